//! A headless Chromium, driven through chromedriver by the W3C WebDriver protocol.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine;
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(30);
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
const FLAGS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // So nothing is clicked while it scrolls into view.
    "--force-prefers-reduced-motion",
    // Requests to other hosts are seen and counted, but never leave this machine.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
];

/// A browser window with its own profile. Dropping it closes the window and deletes the profile.
pub struct Browser {
    agent: ureq::Agent,
    /// `http://127.0.0.1:PORT/session/ID`.
    session: String,
    _driver: Driver,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// A new browser; `None` with a message on a machine without Chromium and chromedriver, unless
    /// `PRESSWORK_REQUIRE_BROWSER` is set.
    pub fn start() -> Option<Browser> {
        let (Some(chromedriver), Some(chromium)) =
            (on_path(&["chromedriver"]), on_path(&["chromium", "google-chrome"]))
        else {
            skip("chromedriver", "chromium must be on PATH, too");
            return None;
        };
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
        let driver = Driver::start(&chromedriver);
        driver.wait_until_ready(&agent);
        let profile = tempfile::tempdir().expect("a temporary folder");
        let mut flags: Vec<String> = FLAGS.iter().map(|&flag| flag.to_owned()).collect();
        flags.push(format!("--user-data-dir={}", profile.path().display()));
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": {"binary": chromium, "args": flags},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }}});
        let sessions = format!("{}/session", driver.url);
        let started = answer(agent.post(&sessions).send_json(&wanted), "starting Chromium");
        let session = format!("{sessions}/{}", started["sessionId"].as_str().expect("a session"));
        Some(Browser { agent, session, _driver: driver, _profile: profile })
    }

    /// Opens a URL and waits until the page is loaded.
    pub fn open(&self, url: &str) {
        self.post("url", &json!({ "url": url }));
    }

    /// The current tab's handle, for [`Browser::go_to_tab`]. Only tests of the preview use tabs.
    #[cfg(feature = "serve")]
    pub fn tab(&self) -> String {
        as_text(self.get("window"))
    }

    /// Opens a new tab in front.
    #[cfg(feature = "serve")]
    pub fn new_tab(&self) {
        let opened = self.post("window/new", &json!({ "type": "tab" }));
        self.go_to_tab(opened["handle"].as_str().expect("a tab"));
    }

    /// Switches to a tab.
    #[cfg(feature = "serve")]
    pub fn go_to_tab(&self, tab: &str) {
        self.post("window", &json!({ "handle": tab }));
        self.command("Page.bringToFront", &json!({}));
    }

    /// The URL of the current page.
    pub fn current_url(&self) -> String {
        as_text(self.get("url"))
    }

    /// The visible text of the first element that matches a CSS selector.
    pub fn text(&self, css: &str) -> String {
        loop {
            let command = format!("element/{}/text", self.find(css));
            let response = self.agent.get(format!("{}/{command}", self.session)).call();
            match value_of(response, &command) {
                // The page has replaced the element between the two commands.
                Err(error) if error["error"] == "stale element reference" => {}
                value => return as_text(value.unwrap_or_else(|error| panic!("{command}: {error}"))),
            }
        }
    }

    /// The visible texts of all matching elements.
    pub fn texts(&self, css: &str) -> Vec<String> {
        let text = |id: &String| as_text(self.get(&format!("element/{id}/text")));
        self.find_all(css).iter().map(text).collect()
    }

    /// True if an element matches.
    pub fn has(&self, css: &str) -> bool {
        !self.find_all(css).is_empty()
    }

    /// An attribute of the first matching element, as in the markup.
    pub fn attribute(&self, css: &str, name: &str) -> Option<String> {
        self.get(&format!("element/{}/attribute/{name}", self.find(css))).as_str().map(str::to_owned)
    }

    /// Clicks the first matching element as a reader would: a hidden or covered element is an error.
    pub fn click(&self, css: &str) {
        self.click_nth(css, 0);
    }

    /// Clicks the matching element with this index, from 0.
    pub fn click_nth(&self, css: &str, place: usize) {
        let elements = self.find_all(css);
        let id = elements.get(place).unwrap_or_else(|| panic!("no `{css}` {place} on {}", self.current_url()));
        self.post(&format!("element/{id}/click"), &json!({}));
    }

    /// Clicks a link and waits until another page is loaded.
    pub fn follow(&self, css: &str) {
        self.follow_nth(css, 0);
    }

    /// Clicks the link with this index, from 0, and waits until another page is loaded.
    pub fn follow_nth(&self, css: &str, place: usize) {
        let before = self.current_url();
        self.click_nth(css, place);
        poll(&format!("`{css}` to lead away from {before}"), || {
            self.current_url() != before && self.execute("return document.readyState") == "complete"
        });
    }

    /// Waits until a URL is loaded, directly or through redirect pages.
    pub fn wait_for_url(&self, url: &str) {
        poll(&format!("{url} to be shown"), || {
            self.current_url() == url && self.execute("return document.readyState") == "complete"
        });
    }

    /// Presses a key: a character, or one of WebDriver's key codes.
    pub fn press(&self, key: char) {
        let strokes = json!([{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]);
        self.post("actions", &json!({"actions": [{"type": "key", "id": "keyboard", "actions": strokes}]}));
    }

    /// Moves the mouse from one place to another with its button pressed: pixels from the left upper corner of the window. A
    /// place given twice is clicked.
    #[cfg(all(feature = "serve", feature = "pictures"))]
    pub fn drag(&self, from: (i64, i64), to: (i64, i64)) {
        let at = |(x, y): (i64, i64)| json!({"type": "pointerMove", "x": x, "y": y, "duration": 0});
        let button = |kind: &str| json!({"type": kind, "button": 0});
        let middle = ((from.0 + to.0) / 2, (from.1 + to.1) / 2);
        let moves = [at(from), button("pointerDown"), at(middle), at(to), button("pointerUp")];
        self.post("actions", &json!({"actions": [{"type": "pointer", "id": "mouse", "actions": moves}]}));
    }

    /// Runs JavaScript as the body of a function and returns its result.
    pub fn execute(&self, script: &str) -> Value {
        self.post("execute/sync", &json!({"script": script, "args": []}))
    }

    /// Runs JavaScript as the body of a function and returns the value that it passes to `done`.
    pub fn execute_until_done(&self, script: &str) -> Value {
        let script = format!("const done = arguments[arguments.length - 1]; {script}");
        self.post("execute/async", &json!({"script": script, "args": []}))
    }

    /// Runs JavaScript in each page opened from now on, before the page's own scripts.
    pub fn bring_along(&self, script: &str) {
        self.command("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": script }));
    }

    /// Sets the size of the viewport in CSS pixels.
    pub fn resize(&self, width: u32, height: u32) {
        self.resize_at(width, height, 1);
    }

    /// Sets the size of the viewport in CSS pixels, on a screen with so many pixels for each.
    pub fn resize_at(&self, width: u32, height: u32, scale: u32) {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": scale, "mobile": false});
        self.command("Emulation.setDeviceMetricsOverride", &size);
    }

    /// Emulates a medium (`screen` or `print`) and a reader's preferences, such as `("prefers-color-scheme", "dark")`.
    pub fn emulate(&self, medium: &str, preferences: &[(&str, &str)]) {
        let features: Vec<_> = preferences.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
        self.command("Emulation.setEmulatedMedia", &json!({"media": medium, "features": features}));
    }

    /// Turns scripts on or off.
    pub fn allow_scripts(&self, allowed: bool) {
        self.command("Emulation.setScriptExecutionDisabled", &json!({ "value": !allowed }));
    }

    /// Sets the reader's own font size in pixels; it is 16 by default.
    pub fn read_at(&self, pixels: u32) {
        let sizes = json!({"fontSizes": {"standard": pixels, "fixed": pixels * 13 / 16}});
        self.command("Page.setFontSizes", &sizes);
    }

    /// Hides scroll bars in screenshots.
    pub fn hide_scroll_bars(&self) {
        self.command("Emulation.setScrollbarsHidden", &json!({ "hidden": true }));
    }

    /// Sends a command of the Chrome DevTools Protocol.
    fn command(&self, name: &str, parameters: &Value) -> Value {
        self.post("goog/cdp/execute", &json!({"cmd": name, "params": parameters}))
    }

    /// The URLs requested since the last call, including those of the pages themselves.
    pub fn requests(&self) -> Vec<String> {
        let entries = self.post("se/log", &json!({"type": "performance"}));
        let request = |entry: &Value| {
            let event: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
            let event = &event["message"];
            let url = event["params"]["request"]["url"].as_str()?;
            // Chromium's own pages, and data inside a page, need no network.
            let is_remote = !["chrome:", "data:", "blob:"].iter().any(|scheme| url.starts_with(scheme));
            (event["method"] == "Network.requestWillBeSent" && is_remote).then(|| url.to_owned())
        };
        entries.as_array().into_iter().flatten().filter_map(request).collect()
    }

    /// The console's messages since the last call: level and text.
    pub fn console(&self) -> Vec<(String, String)> {
        let entries = self.post("se/log", &json!({"type": "browser"}));
        let entry = |entry: &Value| (as_text(entry["level"].clone()), as_text(entry["message"].clone()));
        entries.as_array().into_iter().flatten().map(entry).collect()
    }

    /// Saves a screenshot as a PNG file.
    pub fn screenshot(&self, path: &Path) {
        let encoded = as_text(self.get("screenshot"));
        let image = base64::engine::general_purpose::STANDARD.decode(encoded).expect("a picture in base64");
        std::fs::write(path, image).expect("the screenshot can be written");
    }

    fn find(&self, css: &str) -> String {
        let first = self.find_all(css).into_iter().next();
        first.unwrap_or_else(|| panic!("no `{css}` on {}", self.current_url()))
    }

    fn find_all(&self, css: &str) -> Vec<String> {
        let found = self.post("elements", &json!({"using": "css selector", "value": css}));
        let id = |element: &Value| as_text(element[ELEMENT].clone());
        found.as_array().into_iter().flatten().map(id).collect()
    }

    fn get(&self, command: &str) -> Value {
        answer(self.agent.get(format!("{}/{command}", self.session)).call(), command)
    }

    fn post(&self, command: &str, body: &Value) -> Value {
        answer(self.agent.post(format!("{}/{command}", self.session)).send_json(body), command)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.agent.delete(&self.session).call();
    }
}

/// Prints that a test is skipped because something is missing, and how to install it; fails if
/// `PRESSWORK_REQUIRE_BROWSER` is 1.
#[track_caller]
pub fn skip(missing: &str, advice: &str) {
    let required = std::env::var_os("PRESSWORK_REQUIRE_BROWSER").is_some_and(|value| value == "1");
    assert!(!required, "no {missing}, with PRESSWORK_REQUIRE_BROWSER=1: {advice}");
    let _ = writeln!(std::io::stderr(), "skipped: no {missing}");
}

/// The number of attempts to start chromedriver.
const STARTS: usize = 5;

/// A chromedriver process.
struct Driver {
    process: Child,
    url: String,
}

impl Driver {
    /// Starts one on a free port, which it chooses and prints. If another process takes the port first, chromedriver
    /// exits, and another one is started.
    fn start(program: &Path) -> Driver {
        let started = (0..STARTS).find_map(|_| Driver::try_start(program));
        started.expect("chromedriver prints its port")
    }

    fn try_start(program: &Path) -> Option<Driver> {
        let command = Command::new(program).arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut process = command.expect("chromedriver can be started");
        let mut lines = BufReader::new(process.stdout.take().expect("its output")).lines();
        let port = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let port = line.trim_end_matches('.').rsplit_once("on port ")?.1.parse::<u16>().ok();
            port.filter(|&port| port != 0)
        });
        let Some(port) = port else {
            process.wait().expect("chromedriver has ended");
            return None;
        };
        thread::spawn(move || lines.for_each(drop));
        Some(Driver { process, url: format!("http://127.0.0.1:{port}") })
    }

    fn wait_until_ready(&self, agent: &ureq::Agent) {
        let status = format!("{}/status", self.url);
        poll("chromedriver", || {
            let answer =
                agent.get(&status).call().ok().and_then(|mut answer| answer.body_mut().read_json::<Value>().ok());
            answer.is_some_and(|answer| answer["value"]["ready"] == true)
        });
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Polls until a condition is true; fails when time runs out.
#[track_caller]
fn poll(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "waited {PATIENCE:?} for {what}");
        thread::sleep(BETWEEN_LOOKS);
    }
}

/// The `value` of WebDriver's answer; an error fails the test.
#[track_caller]
fn answer(response: WebDriverResponse, command: &str) -> Value {
    let value = value_of(response, command);
    value.unwrap_or_else(|error| panic!("{command}: {}: {}", error["error"], error["message"]))
}

type WebDriverResponse = Result<ureq::http::Response<ureq::Body>, ureq::Error>;

/// The `value` of WebDriver's answer, or its error.
#[track_caller]
fn value_of(response: WebDriverResponse, command: &str) -> Result<Value, Value> {
    let mut response = response.unwrap_or_else(|error| panic!("{command}: {error}"));
    let mut body: Value = response.body_mut().read_json().unwrap_or_else(|error| panic!("{command}: {error}"));
    let value = body["value"].take();
    if response.status().is_success() { Ok(value) } else { Err(value) }
}

fn as_text(value: Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The first of these programs that is on PATH.
fn on_path(names: &[&str]) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&folders).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|path| path.is_file())
}
