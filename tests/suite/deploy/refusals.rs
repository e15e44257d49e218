//! Refusals of a deploy: to go back, to work beside another one, to touch files of others, to delete too much.

use std::sync::Barrier;
use std::thread;

use presswork::store::Patient;

use super::*;

#[track_caller]
fn refused(result: Result<DeployReport, DeployError>, message: &str) {
    let error = result.unwrap_err();
    assert!(error.message.contains(message), "not `{message}` but: {error:?}");
    assert!(error.hint.is_some(), "{error:?}");
}

#[test]
fn two_deploys_at_once_leave_one_edition() {
    let [mut one, mut other] = [Paper::new(5), Paper::new(5)];
    one.build(0);
    other.build(1);
    let trees = [&one, &other].map(|paper| tree::read(&paper.root().join("public")).unwrap());
    let barrier = Barrier::new(2);
    for _ in 0..12 {
        let race = |paper: &'static str, site: &Paper, place: &Paper| {
            // One may tidy up what the other is about to rename: such errors are temporary, as for the command.
            let patient = |folder| Patient::new(Box::new(FolderStore::new(folder)), Interrupt::default());
            let (target, state) = (patient(place.online()), patient(place.state()));
            barrier.wait();
            site.with(&target, &state, paper, OPTIONS, |deployment| deploy(deployment, &site.files()))
        };
        let results = thread::scope(|scope| {
            let first = scope.spawn(|| race("one", &one, &one));
            let second = scope.spawn(|| race("other", &other, &one));
            [first.join().unwrap(), second.join().unwrap()]
        });
        assert!(results.iter().any(Result::is_ok), "{results:?}");
        for error in results.iter().filter_map(|result| result.as_ref().err()) {
            assert!(error.message.contains("deploy"), "{error:?}");
        }
        let online = one.readable();
        assert!(trees.iter().any(|tree| tree::difference(tree, &online).is_none()));
        let deploys = results.iter().filter(|result| result.is_ok()).count();
        assert!(deploys == 1 || deploys == 2);
    }
}

#[test]
fn a_lock_expires_and_belongs_to_its_folder() {
    let mut paper = Paper::new(2);
    paper.build(0);
    let state = paper.state();
    let lock = |folder: &str, expires: i64| {
        fs::create_dir_all(&state).unwrap();
        let text = format!("{{\"id\":\"x\",\"folder\":\"{folder}\",\"name\":\"ana on desk-2\",\"expires\":{expires}}}");
        fs::write(state.join("lock.json"), text).unwrap();
    };
    lock("another", NOW + 300);
    refused(paper.deploy_with(OPTIONS), "ana on desk-2 is deploying; its lock expires in 300 s");
    assert_eq!(paper.readable().len(), 0);
    lock("another", NOW + 9_000);
    refused(paper.deploy_with(OPTIONS), "from the future");
    // An earlier process of the same folder is gone, since this one has the folder's own lock.
    lock("one", NOW + 300);
    paper.deploy();
    paper.build(1);
    lock("another", NOW - 1);
    paper.deploy();
    paper.build(0);
    lock("another", NOW + 300);
    paper.deploy_with(DeployOptions { break_lock: true, ..OPTIONS }).unwrap();
    paper.assert_complete();
}

#[test]
fn an_earlier_state_does_not_replace_a_later_one() {
    let mut paper = Paper::new(2);
    paper.build(0);
    paper.deploy();
    paper.build(1);
    paper.clock.fetch_sub(60, Ordering::Relaxed);
    refused(paper.deploy_with(OPTIONS), "a later state");
    paper.clock.fetch_sub(3_600, Ordering::Relaxed);
    refused(paper.deploy_with(OPTIONS), "a clock is wrong");
    paper.clock.fetch_add(3_600, Ordering::Relaxed);
    paper.deploy_with(DeployOptions { allow_older: true, ..OPTIONS }).unwrap();
    paper.assert_complete();
}

#[test]
fn files_of_others_are_not_replaced() {
    let mut paper = Paper::new(2);
    paper.build(0);
    fs::create_dir_all(paper.online().join("about")).unwrap();
    fs::write(paper.online().join("index.html"), "It works!").unwrap();
    refused(paper.deploy_with(OPTIONS), "a front page that Presswork did not put there");
    fs::remove_file(paper.online().join("index.html")).unwrap();
    fs::write(paper.online().join("about/index.html"), "Theirs").unwrap();
    refused(paper.deploy_with(OPTIONS), "/about/index.html exists");
    assert_eq!(fs::read_to_string(paper.online().join("about/index.html")).unwrap(), "Theirs");
    paper.deploy_with(DeployOptions { take_over: true, ..OPTIONS }).unwrap();
    paper.assert_complete();
}

#[test]
fn a_lost_state_is_said_and_everything_is_put_again() {
    let mut paper = Paper::new(3);
    paper.build(0);
    paper.deploy();
    fs::remove_dir_all(paper.state()).unwrap();
    fs::write(paper.online().join("old.html"), "of an earlier deploy").unwrap();
    refused(paper.deploy_with(OPTIONS), "did not put there");
    let report = paper.deploy_with(DeployOptions { take_over: true, ..OPTIONS }).unwrap();
    assert_eq!(report.put.len(), paper.files().files.len());
    // What only the lost state knew stays.
    let built = tree::read(&paper.root().join("public")).unwrap();
    let online = paper.readable();
    assert!(built.iter().all(|(path, bytes)| online.get(path) == Some(bytes)));
}

#[test]
fn a_damaged_state_is_said() {
    let mut paper = Paper::new(2);
    paper.build(0);
    paper.deploy();
    let head = fs::read_to_string(paper.state().join("head.json")).unwrap();
    fs::write(paper.state().join("head.json"), &head[..40]).unwrap();
    assert!(paper.deploy_with(OPTIONS).unwrap_err().message.contains("head.json"));
    fs::write(paper.state().join("head.json"), head.replace("\"format\":1", "\"format\":9")).unwrap();
    refused(paper.deploy_with(OPTIONS), "has format 9");
    fs::write(paper.state().join("head.json"), &head).unwrap();
    fs::remove_dir_all(paper.state().join("segments")).unwrap();
    // This machine has copies.
    paper.deploy();
    fs::remove_dir_all(paper.folder.path().join("cache")).unwrap();
    refused(paper.deploy_with(OPTIONS), "missing or damaged");
}

#[test]
fn more_than_the_ceiling_is_not_deleted() {
    let mut paper = Paper::new(8);
    paper.build(0);
    paper.deploy();
    let before = paper.readable();
    paper.build(1);
    let options = |max_delete| DeployOptions { max_delete: Some(max_delete), ..OPTIONS };
    let error = paper.deploy_with(options(0)).unwrap_err();
    let count: usize = error.hint.unwrap().rsplit(' ').next().unwrap().parse().unwrap();
    refused(paper.deploy_with(options(count - 1)), "would be deleted");
    assert_eq!(tree::difference(&before, &paper.readable()), None);
    assert_eq!(paper.deploy_with(options(count)).unwrap().deleted.len(), count);
    paper.assert_complete();
}

#[test]
fn another_site_is_not_replaced() {
    let mut paper = Paper::new(2);
    paper.build(0);
    paper.deploy();
    let mut files = paper.files();
    files.site = "https://other.example/".to_owned();
    let (target, state) = (FolderStore::new(paper.online()), FolderStore::new(paper.state()));
    refused(
        paper.with(&target, &state, "one", OPTIONS, |deployment| deploy(deployment, &files)),
        "the target holds https://example.org/",
    );
}

#[test]
fn a_file_that_has_changed_since_the_build_stops_the_deploy() {
    let mut paper = Paper::new(2);
    paper.build(0);
    let files = paper.files();
    fs::write(paper.root().join("public/about/index.html"), "edited by hand").unwrap();
    let (target, state) = (FolderStore::new(paper.online()), FolderStore::new(paper.state()));
    refused(
        paper.with(&target, &state, "one", OPTIONS, |deployment| deploy(deployment, &files)),
        "has changed since it was built",
    );
    assert!(!paper.readable().contains_key(&file_of("")));
}

#[test]
fn a_store_that_ignores_conditions_is_noticed() {
    let mut paper = Paper::new(2);
    paper.build(0);
    let calls = AtomicUsize::new(0);
    let careless = |folder| Unreliable { keeps_conditions: false, ..Unreliable::new(folder, &calls, |_| None) };
    let (target, state) = (careless(paper.online()), careless(paper.state()));
    let report = paper.with(&target, &state, "one", OPTIONS, |deployment| deploy(deployment, &paper.files())).unwrap();
    assert!(report.notes.iter().any(|note| note.contains("ignores conditions")), "{:?}", report.notes);
    paper.assert_complete();
    assert_eq!(paper.readable().len(), tree::read(&paper.root().join("public")).unwrap().len());
}
