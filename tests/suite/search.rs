//! The search index: it finds every word of every public story and no other, in the program and in its script.

mod client;
mod index;

use std::fs;
use std::path::{Path, PathBuf};

use presswork::search::{DamagedIndex, SearchIndex, SearchQuery, SearchResults};
use tempfile::TempDir;

use crate::support::{self, Call};
use crate::tree;

/// Texts in many scripts. Each is the beginning of article 1 of the Universal Declaration of Human Rights, which is in the
/// public domain, in one language.
pub const TEXTS: &[(&str, &str)] = &[
    ("en", "All human beings are born free and equal in dignity and rights."),
    ("de", "Alle Menschen sind frei und gleich an Würde und Rechten geboren."),
    ("fr", "Tous les êtres humains naissent libres et égaux en dignité et en droits."),
    ("es", "Todos los seres humanos nacen libres e iguales en dignidad y derechos."),
    ("pt", "Todos os seres humanos nascem livres e iguais em dignidade e em direitos."),
    ("ru", "Все люди рождаются свободными и равными в своём достоинстве и правах."),
    ("el", "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα."),
    ("tr", "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar."),
    ("pl", "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw."),
    ("ar", "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق."),
    ("fa", "تمام افراد بشر آزاد به دنیا می‌آیند و از لحاظ حیثیت و حقوق با هم برابرند."),
    ("he", "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם."),
    ("zh-Hans", "人人生而自由，在尊严和权利上一律平等。"),
    ("zh-Hant", "人人生而自由，在尊嚴和權利上一律平等。"),
    ("ja", "すべての人間は、生れながらにして自由であり、かつ、尊厳と権利とについて平等である。"),
    ("ko", "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다."),
    ("th", "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ"),
    ("hi", "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है।"),
    ("ta", "மனிதப் பிறிவியினர் சகலரும் சுதந்திரமாகவே பிறக்கின்றனர்."),
    ("ka", "ყველა ადამიანი იბადება თავისუფალი და თანასწორი თავისი ღირსებითა და უფლებებით."),
    ("vi", "Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền."),
];

/// A site that has been built.
pub struct Searched {
    folder: TempDir,
}

impl Searched {
    /// Builds a site of the default theme with these files.
    pub fn new(site: &str, files: &[(String, String)]) -> Searched {
        let searched = Searched { folder: support::scratch() };
        let site = format!("title: The Paper\nbase_url: https://example.org/\n{site}");
        searched.write("site.yaml", &site);
        searched.write("content/authors/lin-tan.md", "---\nname: Lin Tan\n---\n");
        for (path, text) in files {
            searched.write(path, text);
        }
        searched.build();
        searched
    }

    pub fn root(&self) -> PathBuf {
        self.folder.path().join("site")
    }

    pub fn public(&self) -> PathBuf {
        self.root().join("public")
    }

    pub fn write(&self, path: &str, text: &str) {
        let file = self.root().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    #[track_caller]
    pub fn build(&self) {
        let built = support::run(&self.root(), &Call::default());
        assert_eq!(built.code, 0, "{built:?}");
    }

    /// The titles of the stories that a reader finds.
    pub fn titles(&self, words: &str) -> Vec<String> {
        let found = self.find(&SearchQuery::parse(words)).unwrap();
        found.stories.into_iter().map(|story| story.title).collect()
    }

    /// The stories for a query, from the published files.
    pub fn find(&self, query: &SearchQuery) -> Result<SearchResults, DamagedIndex> {
        find(&self.public(), query)
    }
}

/// The stories for a query, from the files of a published site.
pub fn find(public: &Path, query: &SearchQuery) -> Result<SearchResults, DamagedIndex> {
    let read = |path: &str| fs::read(public.join("search/index").join(path)).map_err(|_| DamagedIndex);
    let root = fs::read(public.join("search/root.json")).map_err(|_| DamagedIndex)?;
    SearchIndex::open(&root, &read)?.search(query, usize::MAX, &|_| String::new())
}

/// The files of the published index, by path.
pub fn index_files(public: &Path) -> tree::Tree {
    let mut files = tree::read(public).unwrap();
    files.retain(|path, _| path.starts_with("search/index") && path.extension().is_some_and(|end| end == "idx"));
    files
}

/// A story in the folder `news`, or in another one.
pub fn story(path: &str, keys: &str, text: &str) -> (String, String) {
    (format!("content/{path}.md"), format!("---\n{keys}\n---\n\n{text}\n"))
}
