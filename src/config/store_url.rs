//! The places that a site is deployed to, as URLs.

use crate::route::scheme;

/// A place that keeps files by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreUrl {
    /// A folder of this machine: absolute, or relative to the project's folder.
    Folder(String),
    /// A folder on a server, through the user's own `ssh`.
    Ssh {
        /// The host, with the user before it if one is named; also a name of `~/.ssh/config`.
        host: String,
        /// The port, if it is not the host's own.
        port: Option<u16>,
        /// The folder: absolute, or relative to the user's home.
        path: String,
    },
    /// A bucket of an object store.
    Bucket {
        /// Its service.
        service: BucketService,
        /// Its name.
        bucket: String,
        /// The start of every name in it: without a slash at the beginning, with one at the end unless it is empty.
        prefix: String,
    },
}

/// A service that keeps objects in buckets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BucketService {
    /// Amazon S3, and the many services that speak its language: R2, MinIO, Ceph, Spaces, B2.
    S3,
    /// Google Cloud Storage.
    Gcs,
    /// Azure Blob Storage, whose buckets are called containers.
    Azure,
}

impl BucketService {
    /// The scheme of its URLs.
    pub fn scheme(self) -> &'static str {
        match self {
            BucketService::S3 => "s3",
            BucketService::Gcs => "gs",
            BucketService::Azure => "az",
        }
    }
}

/// A place that a site is deployed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetUrl {
    /// Files that are put one by one.
    Store(StoreUrl),
    /// A branch of a Git repository that holds the site and nothing else.
    Git {
        /// The repository, as `git` names it.
        remote: String,
        /// The branch.
        branch: String,
    },
    /// A host that takes the whole folder through its own program.
    Service {
        /// The host.
        service: DeployService,
        /// The name of the site or project there.
        name: String,
    },
}

/// A host with a program of its own that uploads a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeployService {
    /// Netlify, through `netlify`.
    Netlify,
    /// Cloudflare Pages, through `wrangler`.
    Cloudflare,
    /// Vercel, through `vercel`.
    Vercel,
}

impl DeployService {
    /// The scheme of its URLs, and its name in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            DeployService::Netlify => "netlify",
            DeployService::Cloudflare => "cloudflare",
            DeployService::Vercel => "vercel",
        }
    }
}

/// The reason why a URL is not valid, and a hint.
pub(super) type StoreUrlError = (String, &'static str);

/// The message for a URL with a password; its place is not shown, since the report would print the password.
pub(super) const PASSWORD: &str = "the URL of a target holds a password";

/// The forms of URLs, for hints.
const FORMS: &str = "write a folder, or a URL such as ssh://user@host/srv/www/paper, s3://bucket/prefix, gs://bucket, \
                     az://container, git+https://host/repository.git#branch, netlify:site, cloudflare:project or \
                     vercel:project";
const STORES: &str = "write a folder, or a URL such as ssh://user@host/path, s3://bucket/prefix, gs://bucket or \
                      az://container";

impl StoreUrl {
    /// Parses a URL.
    ///
    /// # Errors
    /// The reason why it names no place for files.
    pub(super) fn parse(text: &str) -> Result<StoreUrl, StoreUrlError> {
        check_characters(text)?;
        let Some(scheme) = scheme(text) else { return Ok(StoreUrl::Folder(text.to_owned())) };
        let rest = &text[scheme.len() + 1..];
        match scheme.as_str() {
            // `C:\site` is a folder on Windows.
            drive if drive.len() == 1 => Ok(StoreUrl::Folder(text.to_owned())),
            "file" => match rest.strip_prefix("//").unwrap_or(rest) {
                path if path.starts_with('/') => Ok(StoreUrl::Folder(path.to_owned())),
                _ => Err((format!("`{text}` has no absolute path"), "write file:///srv/www/paper")),
            },
            "ssh" | "sftp" => ssh(text, rest),
            "s3" => bucket(text, rest, BucketService::S3),
            "gs" => bucket(text, rest, BucketService::Gcs),
            "az" => bucket(text, rest, BucketService::Azure),
            _ => Err((format!("`{text}` is not a place for files that Presswork knows"), STORES)),
        }
    }
}

impl TargetUrl {
    /// Parses a URL.
    ///
    /// # Errors
    /// The reason why a site cannot be deployed there.
    pub(super) fn parse(text: &str) -> Result<TargetUrl, StoreUrlError> {
        check_characters(text)?;
        let known = scheme(text).unwrap_or_default();
        let rest = text.get(known.len() + 1..).unwrap_or_default();
        if let Some(inner) = known.strip_prefix("git+") {
            return git(text, inner, rest);
        }
        let services = [DeployService::Netlify, DeployService::Cloudflare, DeployService::Vercel];
        if let Some(service) = services.into_iter().find(|service| service.as_str() == known) {
            let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            return match !rest.is_empty() && !rest.starts_with('-') && rest.chars().all(is_name) {
                true => Ok(TargetUrl::Service { service, name: rest.to_owned() }),
                false => Err((format!("`{text}` names no site of {known}"), "write its name after the colon")),
            };
        }
        StoreUrl::parse(text)
            .map(TargetUrl::Store)
            .map_err(|(message, hint)| (message, if hint == STORES { FORMS } else { hint }))
    }
}

/// Refuses what no place has in its name, and passwords, which everybody who reads `site.yaml` would know.
fn check_characters(text: &str) -> Result<(), StoreUrlError> {
    if text.trim().is_empty() {
        return Err(("the target has no place".to_owned(), FORMS));
    }
    if text.starts_with('-') || text.chars().any(char::is_control) {
        return Err((format!("`{}` is not a place", text.escape_debug()), FORMS));
    }
    let authority = text.split_once("://").map_or("", |(_, rest)| rest.split('/').next().unwrap_or_default());
    if authority.split_once('@').is_some_and(|(user, _)| user.contains(':')) {
        let hint = "credentials come from the environment, or from the configuration of ssh and git";
        return Err((PASSWORD.to_owned(), hint));
    }
    Ok(())
}

/// `//user@host:port/path`; a path that begins with `~/` is relative to the user's home.
fn ssh(text: &str, rest: &str) -> Result<StoreUrl, StoreUrlError> {
    let error = || (format!("`{text}` names no folder on a server"), "write ssh://user@host/srv/www/paper");
    let rest = rest.strip_prefix("//").ok_or_else(error)?;
    let (authority, path) = rest.split_once('/').ok_or_else(error)?;
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) => (host, Some(port.parse().map_err(|_| error())?)),
        None => (authority, None),
    };
    let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@' | '[' | ']' | ':');
    let path = path.trim_end_matches('/');
    // `ssh` would read a name that begins with a hyphen as an option.
    if host.is_empty() || host.starts_with('-') || !host.chars().all(is_host) || path.is_empty() {
        return Err(error());
    }
    let path = match path.strip_prefix("~/") {
        Some(below_home) if !below_home.is_empty() => below_home.to_owned(),
        Some(_) => return Err(error()),
        None => format!("/{path}"),
    };
    match path.split('/').any(|part| part == "..") {
        true => Err(error()),
        false => Ok(StoreUrl::Ssh { host: host.to_owned(), port, path }),
    }
}

fn bucket(text: &str, rest: &str, service: BucketService) -> Result<StoreUrl, StoreUrlError> {
    let hint = match service {
        BucketService::S3 => "write s3://bucket or s3://bucket/prefix",
        BucketService::Gcs => "write gs://bucket or gs://bucket/prefix",
        BucketService::Azure => "write az://container or az://container/prefix; the account is in the environment",
    };
    let error = || (format!("`{text}` names no bucket"), hint);
    let rest = rest.strip_prefix("//").ok_or_else(error)?;
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let prefix = prefix.trim_matches('/');
    let is_prefix = prefix.is_empty() || prefix.split('/').all(|part| !matches!(part, "" | "." | ".."));
    if bucket.is_empty() || !bucket.chars().all(is_name) || !is_prefix || prefix.contains(['?', '#']) {
        return Err(error());
    }
    let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
    Ok(StoreUrl::Bucket { service, bucket: bucket.to_owned(), prefix })
}

/// `git+https://host/path#branch`; also `git+ssh` and `git+file`.
fn git(text: &str, inner: &str, rest: &str) -> Result<TargetUrl, StoreUrlError> {
    let hint = "write git+https://host/repository.git#branch, git+ssh://… or git+file:///…";
    let error = || (format!("`{text}` names no branch of a Git repository"), hint);
    let (address, branch) = rest.split_once('#').ok_or_else(error)?;
    let is_branch = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    let is_valid = matches!(inner, "https" | "http" | "ssh" | "file")
        && address.len() > 2
        && address.starts_with("//")
        && !branch.is_empty()
        && !branch.starts_with(['-', '/', '.'])
        && !branch.contains("..")
        && !branch.ends_with(['/', '.'])
        && branch.chars().all(is_branch);
    match is_valid {
        true => Ok(TargetUrl::Git { remote: format!("{inner}:{address}"), branch: branch.to_owned() }),
        false => Err(error()),
    }
}
