//! Readers write to an Isso server, and their comments come back as plain HTML; replies from elsewhere load on a click.
//!
//! `tests/proof/install.sh` installs Isso; without it, prints `skipped: no Isso`, or fails if `PRESSWORK_REQUIRE_BROWSER`
//! is 1.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::driver::{Browser, skip};
use super::newsroom::Newsroom;
use crate::serve::preview::until;

const ISSO: &str = "target/proof/python/bin/isso";
const STORY: &str = "news/2026/06/story/";
const STATUS: &str = ".comments [role=status]";

/// A running Isso server.
struct Isso {
    process: Child,
    program: PathBuf,
    folder: TempDir,
}

impl Isso {
    /// The installed program.
    fn program() -> Option<PathBuf> {
        let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join(ISSO);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let others = std::env::split_paths(&path).map(|folder| folder.join("isso")).collect::<Vec<_>>();
        std::iter::once(installed).chain(others).find(|program| program.is_file())
    }

    /// Starts the server for a site, and waits until it answers.
    fn start(program: PathBuf, port: u16, site: &str) -> Isso {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("comments.db");
        let config = format!(
            "[general]\ndbpath = {}\nhost = {site}\n[moderation]\nenabled = true\n[server]\nlisten = \
             http://127.0.0.1:{port}/\n[guard]\nenabled = false\n[hash]\nsalt = test\nalgorithm = none\n",
            database.display()
        );
        std::fs::write(folder.path().join("isso.cfg"), config).unwrap();
        let mut command = Command::new(&program);
        command.arg("-c").arg(folder.path().join("isso.cfg")).arg("run");
        let process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let answers = || TcpStream::connect(("127.0.0.1", port)).ok().map(drop);
        until(answers, || "Isso does not answer".to_owned()).unwrap_or_else(|why| panic!("{why}"));
        Isso { process, program, folder }
    }

    /// Runs a statement on its database, and returns the number of comments that wait.
    fn run(&self, statement: &str) -> String {
        let script = "import sqlite3, sys\nbase = sqlite3.connect(sys.argv[1])\nbase.execute(sys.argv[2])\nbase.commit()\n\
                      print(base.execute('select count(*) from comments where mode = 2').fetchone()[0])";
        let python = self.program.with_file_name("python");
        let database = self.folder.path().join("comments.db");
        let output = Command::new(python).args(["-c", script]).arg(database).arg(statement).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}

impl Drop for Isso {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn story(keys: &str) -> (String, String) {
    let text = format!("---\ntitle: The story\ndate: 2026-06-01\nauthors: ina-holm\n{keys}---\n\nThe story.\n");
    ("content/news/story/index.md".to_owned(), text)
}

fn strangers(browser: &Browser, newsroom: &Newsroom) -> Vec<String> {
    browser.requests().into_iter().filter(|url| !url.starts_with(&newsroom.front)).collect()
}

/// Brings in approved comments, and returns what the program says.
fn pull(newsroom: &Newsroom) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_presswork"));
    let output = command.args(["comments", "pull", "--root"]).arg(newsroom.root()).output().unwrap();
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_comment_is_written_approved_pulled_and_shown_without_scripts() {
    let Some(browser) = Browser::start() else { return };
    let Some(program) = Isso::program() else { return skip("Isso", "run tests/proof/install.sh") };
    // Nobody else takes the port in the meantime: the system gives out others first.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let site = format!("hosts: [netlify]\ncomments: {{form: isso, server: \"http://127.0.0.1:{port}/\"}}\n");
    let newsroom = Newsroom::of_files(&site, &[story("")]);
    let isso = Isso::start(program, port, &newsroom.front);

    browser.open(&newsroom.page(STORY));
    assert_eq!(strangers(&browser, &newsroom), Vec::<String>::new(), "nothing is asked before a click");
    let is_visible = "return document.querySelector('.comment-form').checkVisibility()";
    assert_eq!(browser.execute(is_visible), false);
    browser.click(".comments > button");
    assert_eq!(browser.execute("return document.activeElement.name"), "text");
    browser.execute(
        "const {author, text} = document.querySelector('.comment-form').elements;
         author.value = 'Noor Rahimi'; text.value = 'I *counted* <b>them</b>.'",
    );
    browser.click(".comment-form [type=submit]");
    let said = || Some(browser.text(STATUS)).filter(|text| !text.is_empty());
    let said = until(said, || "the form says nothing".to_owned()).unwrap_or_else(|why| panic!("{why}"));
    assert!(said.starts_with("Thank you."), "{said}");
    let refused: Vec<_> = browser.console().into_iter().filter(|(_, said)| said.contains("Content Security")).collect();
    assert!(refused.is_empty(), "{refused:?}");

    assert!(pull(&newsroom).starts_with("0 comments added"), "a comment that waits stays where it is");
    assert_eq!(isso.run("update comments set mode = mode"), "1");
    assert_eq!(isso.run("update comments set mode = 1"), "0");
    assert!(pull(&newsroom).starts_with("1 comment added"));
    assert!(pull(&newsroom).starts_with("0 comments added, 1 were there already"));
    drop(isso);
    newsroom.publish_again();

    browser.allow_scripts(false);
    browser.open(&newsroom.page(STORY));
    assert_eq!(browser.text("#comment-isso-1 .comment-name"), "Noor Rahimi");
    assert_eq!(browser.text("#comment-isso-1 .comment-text"), "I counted <b>them</b>.");
    assert!(browser.has("#comment-isso-1 em"));
    assert_eq!(browser.execute(is_visible), false, "a form that could send nothing stays hidden");
    browser.allow_scripts(true);
}

#[test]
fn replies_from_elsewhere_are_text_and_come_by_a_click() {
    let Some(browser) = Browser::start() else { return };
    let post = "https://mastodon.example/@ina/109";
    let newsroom = Newsroom::of_files("hosts: [netlify]\n", &[story(&format!("comments_thread: {post}\n"))]);
    browser.open(&newsroom.page(STORY));
    assert_eq!(strangers(&browser, &newsroom), Vec::<String>::new());
    assert_eq!(browser.attribute(".comments-state a", "href").as_deref(), Some(post));
    browser.execute(
        "window.asked = [];
         window.fetch = async (url) => {
             window.asked.push(url);
             return { ok: true, json: async () => ({ descendants: [
                 { visibility: 'public', url: 'javascript:alert(1)', created_at: '2026-06-02T10:00:00Z',
                   account: { display_name: '<img src=x onerror=alert(1)>', acct: 'noor' },
                   content: '<p>One<br>two <script>window.hit = 1</' + 'script><img src=y></p><p>three</p>' },
                 { visibility: 'private', url: 'https://x.example/', created_at: '2026-06-02T10:00:00Z',
                   account: { display_name: 'Hidden', acct: 'h' }, content: '<p>Hidden</p>' } ] }) };
         }",
    );
    browser.click(".comments-replies button");
    let replies = || Some(browser.texts(".comments-replies .comment-text p")).filter(|texts| !texts.is_empty());
    let replies = until(replies, || "no reply is shown".to_owned()).unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(replies, ["One", "two window.hit = 1", "three"]);
    assert_eq!(browser.text(".comments-replies .comment-name"), "<img src=x onerror=alert(1)>");
    assert!(!browser.has(".comments-replies img") && browser.attribute(".comments-replies a", "href").is_none());
    let asked = "return [window.asked.length, window.asked[0], window.hit === undefined]";
    let expected = serde_json::json!([1, "https://mastodon.example/api/v1/statuses/109/context", true]);
    assert_eq!(browser.execute(asked), expected);
}
