//! A running preview of a project in a temporary folder, and requests to it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::support;
use crate::tree;

/// The maximum time to wait for something that must happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server, which ends when this is dropped.
pub struct Preview {
    child: Child,
    pub address: SocketAddr,
    pub root: PathBuf,
    pub said: PathBuf,
    agent: ureq::Agent,
    _folder: TempDir,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Answer {
    fn of(mut response: ureq::http::Response<ureq::Body>) -> Answer {
        let mut headers: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in response.headers() {
            let value = value.to_str().unwrap_or("?");
            let all = headers.entry(name.to_string()).or_default();
            *all = if all.is_empty() { value.to_owned() } else { format!("{all}, {value}") };
        }
        let body = response.body_mut().with_config().limit(64 << 20).read_to_vec().unwrap();
        Answer { status: response.status().as_u16(), headers, body }
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The page without the preview's additions.
    pub fn page(&self) -> Vec<u8> {
        let start = b"\n<script src=\"/_presswork/live.js\"";
        let at = self.body.windows(start.len()).rposition(|window| window == start);
        self.body[..at.unwrap_or(self.body.len())].to_vec()
    }
}

/// A small paper: one section, two authors, a story for each number.
pub fn paper(stories: usize) -> tree::Tree {
    let mut tree = support::plain_theme().clone();
    let mut add = |path: &str, text: String| tree.insert(PathBuf::from(path), text.into_bytes());
    add("site.yaml", "title: The Paper\nbase_url: https://example.org/\ntheme: plain\n".to_owned());
    add("content/world/_index.md", "---\ntitle: World\n---\n".to_owned());
    add("content/local/_index.md", "---\ntitle: Local\n---\n".to_owned());
    for (id, name) in [("ana", "Ana Lopez"), ("sam", "Sam Okafor")] {
        add(&format!("content/authors/{id}.md"), format!("---\nname: {name}\n---\n\nWrites.\n"));
    }
    for number in 0..stories {
        add(&format!("content/world/story-{number}.md"), story(number, "Text."));
    }
    tree
}

/// The same with stories in each pending state; in these tests it is 2026-11-22, noon.
pub fn waiting(mut files: tree::Tree) -> tree::Tree {
    let mut add = |name: &str, author: &str, more: &str| {
        let text = format!("---\ntitle: The {name} story\nauthors: [{author}]\n{more}\n---\n\nText.\n");
        files.insert(format!("content/local/{name}.md").into(), text.into_bytes());
    };
    add("today", "ana", "date: 2026-11-22T08:00");
    add("draft", "sam", "date: 2026-11-20\ndraft: true");
    add("embargo", "ana", "date: 2026-11-22\nembargo: 2026-11-22T15:30");
    add("expiring", "sam", "date: 2026-11-01\nexpires: 2026-11-25");
    add("retracted", "ana", "date: 2026-11-02\nretracted: {date: 2026-11-10, reason: Invented}");
    add("corrected", "sam", "date: 2026-11-03\ncorrections: [{date: 2026-11-20, text: It was Tuesday.}]");
    files
}

/// A story with this text.
pub fn story(number: usize, text: &str) -> String {
    format!(
        "---\ntitle: Story {number}\ndate: 2026-01-{:02}\nauthors: [{}]\ntags: [tag {}]\n---\n\n{text}\n",
        number % 28 + 1,
        if number.is_multiple_of(2) { "ana" } else { "sam" },
        number % 5
    )
}

/// The path of a story of the paper.
pub fn path_of(number: usize) -> String {
    format!("/world/2026/01/story-{number}/")
}

impl Preview {
    /// Serves these files as of a fixed time, unless the arguments name another.
    pub fn of(files: &tree::Tree, arguments: &[&str]) -> Preview {
        let folder = support::scratch();
        let root = folder.path().join("paper");
        tree::write(&root, files).unwrap();
        let said = folder.path().join("said.txt");
        let mut command = Command::new(program());
        command.args(["serve", "--port", "0", "--root"]).arg(&root).args(arguments);
        if !arguments.contains(&"--at") && !arguments.contains(&"--now") {
            command.args(["--at", support::INSTANT]);
        }
        command.env_remove("EDITOR").env_remove("VISUAL").env_remove("TERM_PROGRAM");
        command.stdout(Stdio::piped()).stderr(fs::File::create(&said).unwrap());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().expect("a first line").unwrap();
        let url = first.strip_prefix("Preview: http://").unwrap_or_else(|| panic!("{first}"));
        let address = url.split('/').next().unwrap().parse().unwrap();
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(PATIENCE))
            .build()
            .new_agent();
        Preview { child, address, root, said, agent, _folder: folder }
    }

    /// The server's process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[])
    }

    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.agent.get(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::of(request.call().unwrap_or_else(|error| panic!("{path}: {error}")))
    }

    /// Sends a body with these headers.
    pub fn post(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut request = self.agent.post(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::of(request.send(body).unwrap_or_else(|error| panic!("{path}: {error}")))
    }

    /// Sends these bytes unchanged and returns the answer.
    pub fn raw(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Writes a file as most programs do.
    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).unwrap()
    }

    /// Waits until a page has these words.
    pub fn wait_for(&self, path: &str, words: &str) -> Answer {
        self.wait(path, &format!("`{words}`"), |answer| answer.text().contains(words))
    }

    /// Waits until an answer meets a condition.
    pub fn wait(&self, path: &str, what: &str, is_so: impl Fn(&Answer) -> bool) -> Answer {
        let mut last = None;
        until(
            || {
                let answer = self.get(path);
                let so = is_so(&answer).then(|| answer.clone());
                last = Some(answer);
                so
            },
            || format!("{path} has not come to {what}"),
        )
        .unwrap_or_else(|why| {
            panic!("{why}; it is {} {}", last.as_ref().unwrap().status, last.as_ref().unwrap().text())
        })
    }

    /// Opens the event stream of an open page.
    pub fn listen(&self, path: &str) -> Live {
        // From this event on it receives everything.
        self.listen_from(path, "problems")
    }

    /// The same for a page whose first event is another one.
    pub fn listen_from(&self, path: &str, first: &str) -> Live {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let hash = self.get(path).header("etag").trim_matches('"').to_owned();
        let request =
            format!("GET /_presswork/live?path={path}&hash={hash} HTTP/1.1\r\nHost: {}\r\n\r\n", self.address);
        (&stream).write_all(request.as_bytes()).unwrap();
        let mut live = Live { lines: BufReader::new(stream), passed: Vec::new() };
        live.next(first);
        live
    }

    /// The output at the terminal.
    pub fn said(&self) -> String {
        fs::read_to_string(&self.said).unwrap()
    }

    /// Memory in bytes.
    pub fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap() << 10
    }

    /// Presses Ctrl-C and returns the exit code and the time until the end.
    pub fn interrupt(&mut self) -> (Option<i32>, Duration) {
        let start = Instant::now();
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        let code = self.child.wait().unwrap().code();
        (code, start.elapsed())
    }

    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The event stream of an open page.
pub struct Live {
    lines: BufReader<TcpStream>,
    /// The names of the events so far, in order.
    pub passed: Vec<String>,
}

impl Live {
    /// The data of the next event with this name; others are skipped.
    pub fn next(&mut self, name: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        let mut event = String::new();
        loop {
            assert!(Instant::now() < deadline, "no `{name}` has come, but {:?}", self.passed);
            let mut line = String::new();
            let read = self.lines.read_line(&mut line);
            let read = read.unwrap_or_else(|error| panic!("`{name}`: {error}; {:?}", self.passed));
            assert!(read > 0, "the connection has ended before `{name}`: {:?}", self.passed);
            if let Some(kind) = line.trim_end().strip_prefix("event: ") {
                event = kind.to_owned();
            } else if let Some(data) = line.trim_end().strip_prefix("data: ") {
                self.passed.push(format!("{event}: {data}"));
                if event == name {
                    return data.to_owned();
                }
            }
        }
    }
}

/// The program; for measurements, another build of it.
fn program() -> PathBuf {
    std::env::var_os("PRESSWORK_BINARY").map_or_else(|| env!("CARGO_BIN_EXE_presswork").into(), PathBuf::from)
}

/// Polls until there is a value; an error when time runs out.
pub fn until<T>(mut look: impl FnMut() -> Option<T>, what: impl FnOnce() -> String) -> Result<T, String> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return Ok(found);
        }
        if Instant::now() > deadline {
            return Err(what());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Every file below a folder, with the time of its last change.
pub fn stamps(root: &Path) -> BTreeMap<PathBuf, support::Stamp> {
    support::stamps(root)
}
