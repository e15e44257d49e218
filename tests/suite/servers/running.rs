//! Real servers on free ports, configured as docs/PUBLISHING.md says.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A server with one of the files for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Nginx,
    /// Apache with `.htaccess`.
    Htaccess,
    /// Apache with `.apache/vhost.conf`.
    Vhost,
    Caddy,
}

pub const ALL: [Kind; 4] = [Kind::Nginx, Kind::Htaccess, Kind::Vhost, Kind::Caddy];

impl Kind {
    fn program(self) -> &'static str {
        match self {
            Kind::Nginx => "nginx",
            Kind::Htaccess | Kind::Vhost => "apache2",
            Kind::Caddy => "caddy",
        }
    }
}

/// The path of a server's program. Without it, prints that the server is skipped, or fails if
/// `PRESSWORK_REQUIRE_SERVERS` is 1.
#[allow(clippy::disallowed_methods, reason = "what may be left out, and where programs are, is in the environment")]
fn program(kind: Kind) -> Option<PathBuf> {
    let name = kind.program();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    let found = folders.map(|folder| folder.join(name)).find(|file| file.is_file());
    if found.is_none() {
        let is_required = std::env::var_os("PRESSWORK_REQUIRE_SERVERS").is_some_and(|value| value == "1");
        assert!(!is_required, "no {name}, with PRESSWORK_REQUIRE_SERVERS=1");
        eprintln!("skipped: no {name}");
    }
    found
}

/// A server that runs until it is dropped.
pub struct Server {
    process: Child,
    pub port: u16,
    folder: TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

impl Server {
    /// Starts a server for a folder; `None` if it is not installed.
    pub fn start(kind: Kind, public: &Path) -> Option<Server> {
        Server::start_below(kind, public, "")
    }

    /// The same for a site in a subfolder of the server's root.
    pub fn start_below(kind: Kind, root: &Path, below: &str) -> Option<Server> {
        let program = program(kind)?;
        let folder = tempfile::tempdir().unwrap();
        // A server started by root reads files as another user.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings = settings(kind, folder.path(), root, &root.join(below), port);
        let file = folder.path().join("server.conf");
        fs::write(&file, settings).unwrap();
        let mut command = Command::new(program);
        match kind {
            Kind::Nginx => command.arg("-p").arg(folder.path()).arg("-c").arg(&file).args(["-e", "error.log"]),
            Kind::Htaccess | Kind::Vhost => command.arg("-X").arg("-f").arg(&file),
            Kind::Caddy => command.args(["run", "--adapter", "caddyfile", "--config"]).arg(&file),
        };
        let output = fs::File::create(folder.path().join("output.log")).unwrap();
        let errors = output.try_clone().unwrap();
        command.env("HOME", folder.path()).stdin(Stdio::null()).stdout(output).stderr(errors);
        let mut server = Server { process: command.spawn().unwrap(), port, folder };
        server.wait(kind);
        Some(server)
    }

    #[allow(clippy::disallowed_methods, reason = "a server that does not start must not hold the tests up")]
    fn wait(&mut self, kind: Kind) {
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let ended = self.process.try_wait().unwrap();
            let is_late = begun.elapsed() > Duration::from_secs(30);
            assert!(ended.is_none() && !is_late, "{kind:?} does not start:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The server's log.
    pub fn log(&self) -> String {
        let read = |name: &str| fs::read_to_string(self.folder.path().join(name)).unwrap_or_default();
        read("output.log") + &read("error.log")
    }

    /// Requests a path unchanged, as a proxy would.
    pub fn get(&self, path: &str) -> Answer {
        self.get_with(path, "")
    }

    /// The same with further headers, each with a line break at its end.
    pub fn get_with(&self, path: &str, headers: &str) -> Answer {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: www.example.org\r\n{headers}Connection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).unwrap_or_default();
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
        Answer { status, headers, body: body.to_owned() }
    }
}

/// The answer of a server.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    /// The value of a header; empty if it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// The target of a redirect, as a path if it is on this site: a full URL must be one that readers can reach.
    pub fn location(&self) -> &str {
        let location = self.header("location");
        location.strip_prefix("https://www.example.org").unwrap_or(location)
    }
}

fn settings(kind: Kind, folder: &Path, root: &Path, public: &Path, port: u16) -> String {
    let (folder, root, public) = (folder.display(), root.display(), public.display());
    match kind {
        Kind::Nginx => format!(
            "daemon off;\nmaster_process off;\npid {folder}/nginx.pid;\nerror_log {folder}/error.log;\nevents {{}}\n\
             http {{\n  include /etc/nginx/mime.types;\n  default_type application/octet-stream;\n  access_log off;\n  \
             client_body_temp_path {folder}/body;\n  proxy_temp_path {folder}/proxy;\n  \
             fastcgi_temp_path {folder}/fastcgi;\n  uwsgi_temp_path {folder}/uwsgi;\n  scgi_temp_path {folder}/scgi;\n  \
             include \"{public}/.nginx/http.conf\";\n  server {{\n    listen 127.0.0.1:{port};\n    \
             server_name www.example.org;\n    root \"{root}\";\n    include \"{public}/.nginx/server.conf\";\n  }}\n}}\n"
        ),
        Kind::Htaccess | Kind::Vhost => apache(kind, &folder.to_string(), &root.to_string(), &public.to_string(), port),
        Kind::Caddy => format!(
            "{{\n\tadmin off\n\tauto_https off\n}}\nhttp://www.example.org:{port} {{\n\t\
             bind 127.0.0.1\n\troot * {root}\n\timport \"{public}/.caddy/site.caddy\"\n\tfile_server\n}}\n"
        ),
    }
}

fn apache(kind: Kind, folder: &str, root: &str, public: &str, port: u16) -> String {
    let modules = ["authz_core", "alias", "dir", "autoindex", "mime", "env", "headers", "rewrite"];
    let load = |name: &&str| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n");
    let loaded: String = ["mpm_event"].iter().chain(&modules).map(load).collect();
    let (overrides, included) = match kind {
        Kind::Vhost => {
            ("None", format!("Define PRESSWORK \"{public}\"\nInclude \"${{PRESSWORK}}/.apache/vhost.conf\"\n"))
        }
        _ => ("FileInfo", String::new()),
    };
    format!(
        "ServerRoot {folder}\nPidFile {folder}/apache.pid\nErrorLog {folder}/error.log\nMutex file:{folder} default\n\
         User www-data\nGroup www-data\nListen 127.0.0.1:{port}\nServerName www.example.org\n{loaded}\
         TypesConfig /etc/mime.types\nDocumentRoot {root}\n<Directory {root}>\nOptions +Indexes\n\
         AllowOverride {overrides}\nRequire all granted\n</Directory>\n{included}"
    )
}
