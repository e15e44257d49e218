//! Random mistakes never remove a published story without an error.

use std::collections::BTreeSet;
use std::fs;

use proptest::prelude::*;

use super::{NOW, Paper, SETTINGS, source, story};

/// A mistake of an editor or operator.
#[derive(Debug, Clone)]
enum Slip {
    Zone(&'static str),
    Permalink,
    SectionSlug(&'static str),
    Expires(usize),
    Embargo(usize),
    Delete(usize),
    /// Another story takes the URL of a deleted one.
    Take(usize),
    RenameSection(&'static str),
    RenameFile(usize),
    RenameBundle,
    Date(usize, &'static str),
    Draft(usize),
    Clock(&'static str),
    LoseLedger,
}

/// The sections `opinion` and `local` have one story each, and the URLs of the stories dated at a month's end change with
/// the time zone.
const DATED: [(&str, &str); 8] = [
    ("news/one", "2026-11-22 07:00"),
    ("news/two", "2026-11-22 08:00"),
    ("news/three", "2026-10-31T23:30:00+00:00"),
    ("world/four", "2026-11-22 10:00"),
    ("world/five", "2026-11-01T00:30:00+00:00"),
    ("opinion/six", "2026-11-22 11:00"),
    ("local/seven", "2026-09-30T22:00:00+00:00"),
    ("world/bundle/index", "2026-11-22 09:00"),
];

fn slip() -> impl Strategy<Value = Slip> {
    let story = || 0..DATED.len();
    prop_oneof![
        prop_oneof![Just("America/New_York"), Just("Pacific/Honolulu"), Just("Asia/Tokyo")].prop_map(Slip::Zone),
        Just(Slip::Permalink),
        prop_oneof![Just("news"), Just("opinion")].prop_map(Slip::SectionSlug),
        story().prop_map(Slip::Expires),
        story().prop_map(Slip::Embargo),
        story().prop_map(Slip::Delete),
        story().prop_map(Slip::Take),
        prop_oneof![Just("news"), Just("world"), Just("opinion"), Just("local")].prop_map(Slip::RenameSection),
        story().prop_map(Slip::RenameFile),
        Just(Slip::RenameBundle),
        (
            story(),
            prop_oneof![
                Just("2062-11-22"),
                Just("2026-11-23"),
                Just("2027-01-01"),
                Just("2006-11-22"),
                Just("2026-10-22")
            ]
        )
            .prop_map(|(at, date)| Slip::Date(at, date)),
        story().prop_map(Slip::Draft),
        prop_oneof![Just("2026-11-21T12:00:00Z"), Just("2026-11-22T09:30:00Z")].prop_map(Slip::Clock),
        Just(Slip::LoseLedger),
    ]
}

/// A paper in which mistakes are made.
struct Slipping {
    paper: Paper,
    /// Where the stories are now; `None` if deleted.
    names: Vec<Option<String>>,
    /// The lines of `site.yaml` that slips have added.
    zone: &'static str,
    permalink: &'static str,
    now: &'static str,
    /// True if one story was made a draft, or one file renamed: that may remove one page.
    is_one_meant: bool,
    /// The stories with an expiry. Without a ledger nobody knows that it is new.
    expiring: BTreeSet<usize>,
    has_ledger: bool,
}

impl Slipping {
    fn rename(&self, from: &str, to: &str) -> bool {
        fs::rename(self.paper.root.join("content").join(from), self.paper.root.join("content").join(to)).is_ok()
    }

    fn make(&mut self, slip: &Slip) {
        let paper = &self.paper;
        match slip {
            Slip::Zone(zone) => self.zone = zone,
            Slip::Permalink => self.permalink = "permalink: \"{section}/{slug}/\"\n",
            Slip::SectionSlug(name) => {
                if paper.root.join("content").join(name).is_dir() {
                    paper.write(&format!("content/{name}/_index.md"), "---\nslug: other\n---\n");
                }
            }
            // Each only once, since a key given twice is an error.
            Slip::Expires(at) => {
                self.add(*at, "expires: 2026-11-22 11:30");
                self.expiring.insert(*at);
            }
            Slip::Embargo(at) => self.add(*at, "embargo: 2027-11-22"),
            Slip::Delete(at) => self.names[*at].take().iter().for_each(|name| paper.remove(name)),
            Slip::Take(at) => self.take(*at),
            Slip::RenameSection(name) => {
                if self.rename(name, &format!("{name}-old")) {
                    let moved = |path: &str| path.strip_prefix(name).map(|rest| format!("{name}-old{rest}"));
                    let (old, names) = (format!("{name}/"), self.names.iter_mut().flatten());
                    names.filter(|path| path.starts_with(&old)).for_each(|path| *path = moved(path).unwrap());
                }
            }
            Slip::RenameFile(at) => {
                if let Some(name) = self.names[*at].clone().filter(|name| !name.ends_with("index")) {
                    let new = format!("{name}-new");
                    self.rename(&format!("{name}.md"), &format!("{new}.md"));
                    self.names[*at] = Some(new);
                    self.is_one_meant = true;
                }
            }
            Slip::RenameBundle => {
                let name = self.names[7].clone().unwrap_or_default();
                let new = name.replace("/bundle/", "/parcel/");
                if new != name && self.rename(name.trim_end_matches("/index"), new.trim_end_matches("/index")) {
                    self.names[7] = Some(new);
                }
            }
            Slip::Date(at, date) => {
                self.names[*at].iter().for_each(|name| paper.change(name, |text| text.replace("2026-11-22", date)));
            }
            Slip::Draft(at) => {
                if let Some(name) = &self.names[*at] {
                    paper.change(name, |text| text.replace("draft: true\n", ""));
                    paper.add(name, "draft: true");
                    self.is_one_meant = true;
                }
            }
            Slip::Clock(instant) => self.now = instant,
            Slip::LoseLedger => {
                self.has_ledger = fs::remove_dir_all(paper.root.join(".presswork")).is_err();
            }
        }
        self.paper.write("site.yaml", &format!("{SETTINGS}timezone: {}\n{}", self.zone, self.permalink));
    }

    /// Deletes a story and gives its URL to a new one.
    fn take(&mut self, at: usize) {
        let Some(name) = self.names[at].take() else { return };
        self.paper.remove(&name);
        let name = name.trim_end_matches("/index");
        let (section, slug) = name.rsplit_once('/').unwrap();
        let front = format!("date: {}\nslug: {slug}\n", DATED[at].1);
        self.paper.write(&source(&format!("{section}/taker")), &story(&front));
    }

    fn add(&self, at: usize, line: &str) {
        if let Some(name) = &self.names[at] {
            self.paper.change(name, |text| text.replace(&format!("{line}\n"), ""));
            self.paper.add(name, line);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// After any mistakes a build either stops, or every page is where it was. A single draft or renamed file is no mistake.
    #[test]
    fn mistakes_never_remove_a_page_without_an_error(slips in proptest::collection::vec(slip(), 1..5)) {
        let paper = Paper::of(&DATED.map(|(name, date)| (name, format!("date: {date}\n"))));
        let before = paper.pages();
        let names = DATED.iter().map(|(name, _)| Some((*name).to_owned())).collect();
        let mut slipping = Slipping {
            paper,
            names,
            zone: "UTC",
            permalink: "",
            now: NOW,
            is_one_meant: false,
            expiring: BTreeSet::new(),
            has_ledger: true,
        };
        slips.iter().for_each(|slip| slipping.make(slip));
        let built = slipping.paper.build(&["--now", slipping.now]);
        let after = slipping.paper.pages();
        let lost = before.keys().filter(|path| !after.contains_key(*path)).count();
        let expired = if slipping.has_ledger { 0 } else { slipping.expiring.len() };
        let may_lose = usize::from(slipping.is_one_meant) + expired;
        prop_assert!(built.code == 1 || lost <= may_lose, "{slips:?}: {lost} lost");
        if built.code == 1 {
            prop_assert_eq!(after, before);
        }
    }
}
