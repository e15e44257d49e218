//! Messages to others after a deploy, to a server that writes down what it is asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use presswork::config::{Announcements, PurgeService};
use presswork::deploy::{Announcer, ServiceUrls};

use super::*;

/// A request: its first line, a header, and its body.
type Request = (String, String, String);

/// Answers every request, and hands it on. The thread ends with the test.
fn server(status: &'static str) -> (String, Receiver<Request>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let (send, requests) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut first, mut key, mut length) = (String::new(), String::new(), 0);
            reader.read_line(&mut first).unwrap();
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                let lower = line.to_lowercase();
                match lower.trim().split_once(": ") {
                    Some(("content-length", value)) => length = value.parse().unwrap(),
                    Some(("authorization" | "fastly-key", _)) => key = line.trim().to_owned(),
                    Some(_) => {}
                    None => break,
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).unwrap();
            if send.send((first.trim().to_owned(), key, String::from_utf8(body).unwrap())).is_err() {
                break;
            }
        }
    });
    (origin, requests)
}

fn all(requests: &Receiver<Request>) -> Vec<Request> {
    std::iter::from_fn(|| requests.recv_timeout(Duration::from_millis(200)).ok()).collect()
}

fn announcements(origin: &str, purge: PurgeService) -> Announcements {
    Announcements {
        purge: Some(purge),
        websub: Some(format!("{origin}/hub")),
        indexnow: Some("0123456789abcdef".to_owned()),
        webhook: Some("PAPER_HOOK".to_owned()),
    }
}

/// Deploys an edition, changes one story, and deploys that.
fn one_story(paper: &mut Paper) -> DeployReport {
    paper.build(0);
    let first = paper.deploy();
    assert!(first.feeds.len() > 1 && first.texts.len() > 4, "{first:?}");
    let story = paper.root().join(newsroom::path_of(2, ""));
    let text = fs::read_to_string(&story).unwrap();
    fs::write(&story, text.replace("The text of", "Another text of")).unwrap();
    assert_eq!(support::run(&paper.root(), &Call::default()).code, 0);
    paper.deploy()
}

#[test]
fn a_hub_search_engines_and_a_webhook_learn_what_is_new() {
    let mut paper = Paper::new(6);
    let report = one_story(&mut paper);
    assert_eq!(report.texts.len(), 1, "only one text has changed: {:?}", report.texts);
    let (origin, requests) = server("200 OK");
    let announcements = announcements(&origin, PurgeService::Cloudflare("zone1".to_owned()));
    let config = paper.config();
    let environment =
        [("CLOUDFLARE_API_TOKEN".to_owned(), "secret".to_owned()), ("PAPER_HOOK".to_owned(), format!("{origin}/hook"))];
    let announcer = Announcer {
        config: &config,
        target: "live",
        announcements: &announcements,
        environment: &environment,
        urls: ServiceUrls {
            cloudflare: origin.clone(),
            fastly: origin.clone(),
            indexnow: format!("{origin}/indexnow"),
        },
    };
    assert_eq!(announcer.purge(&report), (Vec::new(), Vec::new()));
    assert_eq!(announcer.tell(&report), Vec::<String>::new());
    let asked = all(&requests);
    let to = |path: &str| asked.iter().filter(|(first, _, _)| first.contains(path)).collect::<Vec<_>>();
    let purges = to("POST /zones/zone1/purge_cache");
    assert!(!purges.is_empty() && purges[0].1.ends_with("Bearer secret"), "{asked:?}");
    assert!(purges.iter().any(|(_, _, body)| body.contains("/story-2/\"")), "{purges:?}");
    assert_eq!(to("POST /hub").len(), report.feeds.len());
    assert!(to("POST /hub")[0].2.starts_with("hub.mode=publish&hub.url=https%3A%2F%2Fexample.org%2F"), "{asked:?}");
    let [(_, _, submitted)] = to("POST /indexnow")[..] else { panic!("{asked:?}") };
    let submitted: serde_json::Value = serde_json::from_str(submitted).unwrap();
    assert_eq!(submitted["keyLocation"], "https://example.org/0123456789abcdef.txt");
    assert_eq!(submitted["urlList"].as_array().unwrap().len(), 1, "{submitted}");
    assert!(submitted["urlList"][0].as_str().unwrap().contains("story-2"), "{submitted}");
    let [(_, _, called)] = to("POST /hook")[..] else { panic!("{asked:?}") };
    let called: serde_json::Value = serde_json::from_str(called).unwrap();
    assert_eq!((&called["target"], &called["generation"]), (&"live".into(), &2.into()));
}

#[test]
fn what_fails_is_a_note() {
    let mut paper = Paper::new(4);
    let report = one_story(&mut paper);
    let (origin, requests) = server("500 Sorry");
    let announcements = announcements(&origin, PurgeService::Fastly("service1".to_owned()));
    let config = paper.config();
    let mut announcer = Announcer {
        config: &config,
        target: "live",
        announcements: &announcements,
        environment: &[],
        urls: ServiceUrls { cloudflare: origin.clone(), fastly: origin.clone(), indexnow: origin.clone() },
    };
    let (_, failed) = announcer.purge(&report);
    assert!(failed[0].contains("FASTLY_API_TOKEN is not in the environment"), "{failed:?}");
    let token = [("FASTLY_API_TOKEN".to_owned(), "secret".to_owned())];
    announcer.environment = &token;
    let failed = [announcer.purge(&report).1, announcer.tell(&report)].concat();
    assert_eq!(failed.len(), 4, "{failed:?}");
    assert!(failed.iter().all(|note| !note.contains("secret")), "{failed:?}");
    let asked = all(&requests);
    assert!(
        asked.iter().any(|(first, key, _)| first.starts_with("POST /purge/example.org/") && key.ends_with("secret"))
    );
    // Nothing has changed, so nobody is told.
    let (urls, failed) = announcer.purge(&DeployReport::default());
    assert_eq!((urls.len(), failed.len(), announcer.tell(&DeployReport::default()).len()), (0, 0, 0));
    assert_eq!(all(&requests).len(), 0);
    let printed = Announcements { purge: Some(PurgeService::Print), ..Announcements::default() };
    let (urls, _) = Announcer { announcements: &printed, ..announcer }.purge(&report);
    assert!(urls.contains(&"https://example.org/culture/2022/01/story-2/".to_owned()), "{urls:?}");
}
