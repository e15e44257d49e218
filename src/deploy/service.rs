//! Deploys a site to hosts that take the whole folder through their own programs, which know what has changed.

use std::path::Path;
use std::process::Command;

use crate::config::DeployService;

use super::error::DeployError;
use super::files::SiteFiles;

/// The limits of a host, from its documentation.
struct ServiceLimits {
    files: Option<usize>,
    /// Bytes of one file.
    bytes: Option<u64>,
    source: &'static str,
}

fn limits(service: DeployService) -> ServiceLimits {
    match service {
        DeployService::Netlify => ServiceLimits { files: None, bytes: None, source: "" },
        DeployService::Cloudflare => ServiceLimits {
            files: Some(20_000),
            bytes: Some(25 << 20),
            source: "https://developers.cloudflare.com/pages/platform/limits/",
        },
        DeployService::Vercel => {
            ServiceLimits { files: Some(15_000), bytes: Some(100_000_000), source: "https://vercel.com/docs/limits" }
        }
    }
}

/// The program of a host with its arguments.
fn command(service: DeployService, name: &str, folder: &Path) -> (&'static str, Vec<String>) {
    let folder = folder.display().to_string();
    match service {
        DeployService::Netlify => {
            let arguments = ["deploy", "--prod", "--no-build", "--site", name, "--dir", &folder];
            ("netlify", arguments.map(str::to_owned).to_vec())
        }
        DeployService::Cloudflare => {
            let arguments = ["pages", "deploy", &folder, "--project-name", name];
            ("wrangler", arguments.map(str::to_owned).to_vec())
        }
        DeployService::Vercel => {
            let arguments = ["deploy", &folder, "--prod", "--yes", "--project", name];
            ("vercel", arguments.map(str::to_owned).to_vec())
        }
    }
}

/// Checks that a host accepts the site.
///
/// # Errors
/// If there are more files than the host takes, or larger ones, which are named.
pub fn check_limits(service: DeployService, site: &SiteFiles) -> Result<(), DeployError> {
    let ServiceLimits { files, bytes, source } = limits(service);
    let (name, count) = (service.as_str(), site.files.len());
    if let Some(most) = files.filter(|&most| count > most) {
        let message = format!("{name} takes at most {most} files, and the site has {count}");
        return Err(DeployError::new(message).hint(format!("deploy to a store or a server instead ({source})")));
    }
    let Some(most) = bytes else { return Ok(()) };
    for file in &site.files {
        let path = site.folder.join(&file.route);
        let length = std::fs::metadata(&path).map_or(0, |metadata| metadata.len());
        if length > most {
            let message = format!("{name} takes files of at most {most} bytes, and /{} has {length}", file.route);
            return Err(DeployError::new(message).hint(format!("put it on another host ({source})")));
        }
    }
    Ok(())
}

/// Runs the host's program on the output folder; what it prints goes to standard error. `name` is the site or project.
///
/// # Errors
/// If the host does not accept the site, or its program is missing or fails.
pub fn deploy_to_service(service: DeployService, name: &str, site: &SiteFiles) -> Result<(), DeployError> {
    check_limits(service, site)?;
    let (program, arguments) = command(service, name, &site.folder);
    let mut command = Command::new(program);
    command.args(arguments).stdout(std::io::stderr());
    let status = command.status().map_err(|error| {
        DeployError::new(format!("cannot run {program}: {error}"))
            .hint(format!("install it (npm install --global {}), and make sure that it is in PATH", package(service)))
    })?;
    match status.success() {
        true => Ok(()),
        false => Err(DeployError::new(format!("{program} has failed, as it says above: {status}"))),
    }
}

fn package(service: DeployService) -> &'static str {
    match service {
        DeployService::Netlify => "netlify-cli",
        DeployService::Cloudflare => "wrangler",
        DeployService::Vercel => "vercel",
    }
}
