//! A small static server on a free port: like a publisher's host, it serves a built site with the site's `_headers`.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// Serves until it is dropped.
pub struct Server {
    address: SocketAddr,
    ended: Arc<AtomicBool>,
}

impl Server {
    /// Serves `folder`, which may be created later, below `prefix` (`/` or `/news/`).
    pub fn start(folder: PathBuf, prefix: &str) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let ended = Arc::new(AtomicBool::new(false));
        let (over, place) = (Arc::clone(&ended), Arc::new((folder, prefix.to_owned())));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if over.load(Ordering::SeqCst) {
                    break;
                }
                let place = Arc::clone(&place);
                thread::spawn(move || serve(stream, &place.0, &place.1));
            }
        });
        Server { address, ended }
    }

    /// `http://127.0.0.1:PORT`.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

/// Answers one request and closes the connection.
fn serve(mut stream: TcpStream, folder: &Path, prefix: &str) {
    let Ok(reading) = stream.try_clone() else { return };
    let mut lines = BufReader::new(reading).lines().map_while(Result::ok);
    let Some(request) = lines.next() else { return };
    lines.take_while(|line| !line.is_empty()).for_each(drop);
    let path = request.split(' ').nth(1).unwrap_or_default();
    let (status, kind, body) = respond(folder, prefix, path);
    let own = headers_for(folder, path);
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n{own}Connection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes());
    if !request.starts_with("HEAD ") {
        let _ = stream.write_all(&body);
    }
}

/// The headers that the site's `_headers` gives a path, except for the cache time: the tests change what they have
/// built.
fn headers_for(folder: &Path, path: &str) -> String {
    let text = fs::read_to_string(folder.join("_headers")).unwrap_or_default();
    let mut is_meant = false;
    let mut lines = String::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let Some(header) = line.strip_prefix("  ") {
            if is_meant && !header.starts_with("Cache-Control") {
                lines.push_str(header);
                lines.push_str("\r\n");
            }
        } else {
            is_meant = line.strip_suffix('*').map_or(line == path, |start| path.starts_with(start));
        }
    }
    lines
}

/// Status, content type and body for a request's path.
fn respond(folder: &Path, prefix: &str, path: &str) -> (&'static str, &'static str, Vec<u8>) {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let path = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
    if let Some(file) = path.strip_prefix(prefix).and_then(|path| file_for(folder, path))
        && let Ok(body) = fs::read(&file)
    {
        return ("200 OK", content_type(&file), body);
    }
    let body = fs::read(folder.join("404.html")).unwrap_or_else(|_| b"not found".to_vec());
    ("404 Not Found", "text/html; charset=utf-8", body)
}

/// The file for a path without its leading slash: for a folder, its `index.html`.
fn file_for(folder: &Path, path: &str) -> Option<PathBuf> {
    let outside = path.split('/').any(|part| part == "..");
    let file = folder.join(path.trim_start_matches('/'));
    let file = if path.is_empty() || path.ends_with('/') { file.join("index.html") } else { file };
    (!outside && file.is_file()).then_some(file)
}

fn content_type(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "webmanifest" => "application/json",
        "xml" => "application/xml",
        "txt" => "text/plain; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "gif" => "image/gif",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "pdf" => "application/pdf",
        _ => "application/octet-stream",
    }
}
