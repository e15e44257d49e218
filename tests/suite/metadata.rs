//! The head of every page, read by an HTML parser and compared with the sources.

use serde_json::{Value, json};

pub mod newsroom;
pub mod page;

use newsroom::{LONG_TITLE, Newsroom, newsroom};

const SITE: &str = "https://example.org/";
const VOTE: &str = "world/2026/05/vote/";

fn publisher() -> Value {
    json!({
        "@type": "NewsMediaOrganization", "@id": "https://example.org/#publisher", "name": "Harbour & Hill Press",
        "url": "https://press.example.com/", "logo": {"@type": "ImageObject", "url": "https://example.org/logo.svg"},
        "sameAs": ["https://x.com/harbourhill", "https://example.social/@harbour"],
    })
}

#[test]
fn a_story_has_the_metadata_of_its_source() {
    let page = newsroom().page(VOTE);
    let url = format!("{SITE}{VOTE}");
    let lin = json!({
        "@type": "Person", "@id": "https://example.org/authors/lin/#author", "name": "Lin \"Tan\" & Co",
        "url": "https://example.org/authors/lin/", "jobTitle": "Technology reporter",
        "sameAs": ["https://lin.example.com/", "https://example.social/@lin", "https://x.com/lintan"],
    });
    let wanted = json!({
        "@type": "NewsArticle", "additionalType": "https://schema.org/ReportageNewsArticle", "@id": format!("{url}#article"), "url": url,
        "mainEntityOfPage": url, "headline": "The vote & what it \"means\" <today>",
        "description": "In one sentence, with \"quotes\".",
        "datePublished": "2026-05-04T09:30:00+08:00", "dateModified": "2026-05-06T18:05:00+08:00",
        "dateline": "SINGAPORE",
        "image": [{
            "@type": "ImageObject", "url": "https://example.org/world/2026/05/vote/harbour.png", "width": 4, "height": 3,
            "caption": "The harbour", "creditText": "Wei Chen",
        }],
        "author": [
            lin,
            {"@type": "Organization", "@id": "https://example.org/authors/desk/#author", "name": "The Data Desk",
             "url": "https://example.org/authors/desk/"},
            {"@type": "Person", "name": "Gabe Guest", "url": "https://guest.example.com/", "jobTitle": "Professor"},
        ],
        "editor": [{"@type": "Person", "name": "Ed Itor"}],
        "translator": [{"@type": "Person", "name": "Tra Duttore", "url": "https://example.com/tra"}],
        "contributor": [{"@type": "Organization", "name": "The Data Desk", "url": "https://example.org/authors/desk/"}],
        "publisher": publisher(), "articleSection": "World", "keywords": ["Council", "Ports & ships"],
        "inLanguage": "en", "wordCount": 5, "isAccessibleForFree": true,
        "isPartOf": {"@type": "CreativeWorkSeries", "name": "Harbour lights",
                     "url": "https://example.org/series/harbour-lights/"},
        "position": 2,
        "citation": [
            {"@type": "CreativeWork", "name": "The minutes", "url": "https://example.com/minutes?a=1&b=2"},
            {"@type": "CreativeWork", "name": "An official"},
        ],
        "correction": [
            {"@type": "CorrectionComment", "text": "It was Tuesday.", "datePublished": "2026-05-05T00:00:00+08:00"},
        ],
    });
    assert_eq!(*page.node("NewsArticle"), wanted);
}

#[test]
fn the_metadata_of_a_story_is_complete() {
    let page = newsroom().page(VOTE);
    let title = "The vote & what it \"means\" <today>";
    let picture = "https://example.org/world/2026/05/vote/harbour.png";
    let wanted = [
        ("description", "In one sentence, with \"quotes\"."),
        ("robots", "max-image-preview:large, max-snippet:-1, max-video-preview:-1"),
        ("og:title", title),
        ("og:type", "article"),
        ("og:url", "https://example.org/world/2026/05/vote/"),
        ("og:description", "In one sentence, with \"quotes\"."),
        ("og:site_name", "Harbour & Hill"),
        ("og:locale", "en_US"),
        ("og:image", picture),
        ("og:image:width", "4"),
        ("og:image:height", "3"),
        ("og:image:alt", "Cranes \"at dusk\""),
        // Not the desk, whose name many programs would split.
        ("author", "Lin \"Tan\" & Co"),
        ("author", "Gabe Guest"),
        ("article:published_time", "2026-05-04T09:30:00+08:00"),
        ("article:modified_time", "2026-05-06T18:05:00+08:00"),
        ("article:section", "World"),
        ("article:tag", "Council"),
        ("article:tag", "Ports & ships"),
        ("fediverse:creator", "@lin@example.social"),
        // The picture has four by three pixels.
        ("twitter:card", "summary"),
        ("twitter:site", "@harbourhill"),
        ("twitter:creator", "@lintan"),
        ("twitter:image:alt", "Cranes \"at dusk\""),
    ];
    let own = ["charset", "viewport", "color-scheme"];
    let metas = page.metas();
    let metas = metas.iter().filter(|(name, _)| !own.contains(&name.as_str()));
    let found: Vec<(&str, &str)> = metas.map(|(name, content)| (name.as_str(), content.as_str())).collect();
    assert_eq!(found, wanted);
    assert_eq!(page.links("canonical"), ["https://example.org/world/2026/05/vote/"]);
    assert_eq!(page.title(), format!("{title} – Harbour & Hill"));
}

#[test]
fn every_kind_has_its_type() {
    let types = [
        ("analysis", "NewsArticle", "AnalysisNewsArticle"),
        ("opinion", "NewsArticle", "OpinionNewsArticle"),
        ("review", "NewsArticle", "ReviewNewsArticle"),
        ("feature", "NewsArticle", "BackgroundNewsArticle"),
        ("interview", "NewsArticle", ""),
        ("obituary", "NewsArticle", ""),
        ("press-release", "NewsArticle", ""),
        ("sponsored", "Article", "AdvertiserContentArticle"),
        ("live", "NewsArticle", "LiveBlogPosting"),
    ];
    for (kind, wanted, more) in types {
        let page = newsroom().page(&format!("world/2026/04/{kind}/"));
        let story = page.node(wanted);
        assert_eq!(story, &page.nodes()[0], "{kind}: the first script is the story");
        let more = (!more.is_empty()).then(|| json!(format!("https://schema.org/{more}")));
        assert_eq!(story.get("additionalType"), more.as_ref(), "{kind}");
        assert_eq!(story["dateModified"], story["datePublished"], "{kind}");
        assert_eq!(story.get("coverageStartTime").is_some(), kind == "live", "{kind}");
        assert_eq!(page.metas_of("article:modified_time"), Vec::<String>::new(), "{kind}");
        assert_eq!(page.metas_of("twitter:card"), ["summary"], "{kind}");
    }
}

#[test]
fn stories_without_authors_have_a_publisher_as_author() {
    let agency = json!({"@type": "Organization", "name": "Archipelago", "url": "https://wire.example.com/"});
    let wire = newsroom().page("world/2026/04/wire/");
    assert_eq!(wire.node("NewsArticle")["author"], json!([agency]));
    assert_eq!(wire.node("NewsArticle")["sourceOrganization"], agency);
    let unsigned = newsroom().page("world/2026/04/unsigned/");
    assert_eq!(unsigned.node("NewsArticle")["author"], json!([publisher()]));
    let line = newsroom().page("world/2026/04/own-line/");
    assert_eq!(line.node("NewsArticle")["author"][0]["name"], "Lin \"Tan\" & Co");
}

#[test]
fn a_picture_is_shown_large_unless_it_is_known_to_be_small() {
    let story = |image: &str| format!("---\ntitle: A\ndate: 2026-05-04\nimage: {image}\n---\nText.\n");
    let card = |image: &str, svg: &str| {
        let site = ("site.yaml", "title: Own\nbase_url: https://example.org\n");
        let files = [site, ("content/a/a/index.md", &story(image)), ("content/a/a/x.svg", svg)];
        Newsroom::build(&files, None).page("a/2026/05/a/").metas_of("twitter:card").concat()
    };
    assert_eq!(card("https://cdn.example/a.jpg", "<svg/>"), "summary_large_image");
    assert_eq!(card("x.svg", "<svg/>"), "summary", "previews cannot show drawings");
    assert_eq!(card("''", "<svg/>"), "summary");
}

#[test]
fn a_syndicated_story_names_its_original() {
    let page = newsroom().page("world/2026/04/syndicated/");
    assert_eq!(page.links("canonical"), ["https://original.example.com/story?id=1&x=2"]);
    assert_eq!(page.metas_of("og:url"), ["https://original.example.com/story?id=1&x=2"]);
    let story = page.node("NewsArticle");
    assert_eq!(story["isBasedOn"], "https://original.example.com/story?id=1&x=2");
    assert_eq!(story["url"], "https://example.org/world/2026/04/syndicated/");
}

#[test]
fn a_retracted_story_says_so_and_is_kept_out_of_search() {
    let page = newsroom().page("world/2026/04/retracted/");
    let story = page.node("NewsArticle");
    assert_eq!(story["creativeWorkStatus"], "Withdrawn");
    let reason = json!({"@type": "CorrectionComment", "text": "The <documents> were forged.",
                        "datePublished": "2026-05-01T00:00:00+08:00"});
    assert_eq!(story["correction"], json!([reason]));
    assert_eq!(page.metas_of("robots"), ["noindex"]);
}

#[test]
fn pages_kept_out_of_search_say_so() {
    assert_eq!(newsroom().page("world/2026/04/unlisted/").metas_of("robots"), ["noindex"]);
    assert_eq!(newsroom().page("404.html").metas_of("robots"), ["noindex"]);
}

#[test]
fn a_long_headline_is_replaced_with_a_shorter_one() {
    let story = newsroom().page("world/2026/04/long/");
    let story = story.node("NewsArticle");
    assert_eq!(story["headline"], "Short for search");
    assert_eq!(story["alternativeHeadline"], LONG_TITLE);
}

#[test]
fn characters_count_in_scripts_without_spaces() {
    let page = newsroom().page("world/2026/04/zh/");
    let story = page.node("NewsArticle");
    assert_eq!((&story["wordCount"], &story["inLanguage"]), (&json!(7), &json!("zh-Hant")));
    assert_eq!(page.metas_of("og:locale"), ["zh_TW"]);
}

#[test]
fn an_author_page_is_a_profile() {
    let page = newsroom().page("authors/lin/");
    let profile = page.node("ProfilePage");
    let wanted = json!({
        "@type": "Person", "@id": "https://example.org/authors/lin/#author", "name": "Lin \"Tan\" & Co",
        "alternateName": "譚林", "url": "https://example.org/authors/lin/", "jobTitle": "Technology reporter",
        "description": "Lin covers <ships> & chips.",
        "image": {"@type": "ImageObject", "url": "https://example.org/authors/lin.png", "width": 3, "height": 3},
        "sameAs": ["https://lin.example.com/", "https://example.social/@lin", "https://x.com/lintan"],
        "workLocation": {"@type": "Place", "name": "Singapore"}, "worksFor": publisher(),
    });
    assert_eq!(profile["mainEntity"], wanted);
    assert_eq!(profile["url"], "https://example.org/authors/lin/");
    let me = ["https://lin.example.com/", "https://example.social/@lin", "https://x.com/lintan"];
    assert_eq!(page.links("me"), me);
    assert_eq!(page.metas_of("og:type"), ["profile"]);
    assert_eq!(page.metas_of("og:image"), ["https://example.org/authors/lin.png"]);
    let desk = newsroom().page("authors/desk/");
    assert_eq!(desk.node("ProfilePage")["mainEntity"]["@type"], "Organization");
    assert_eq!(desk.node("ProfilePage")["mainEntity"].get("worksFor"), None);
}

#[test]
fn the_front_page_names_the_publisher_and_its_policies() {
    let page = newsroom().page("");
    let mut wanted = publisher();
    wanted["ethicsPolicy"] = json!("https://example.org/ethics/");
    wanted["ownershipFundingInfo"] = json!("https://press.example.com/owners");
    assert_eq!(*page.node("NewsMediaOrganization"), wanted);
    let site = json!({
        "@type": "WebSite", "@id": "https://example.org/#website", "name": "Harbour & Hill", "url": SITE,
        "description": "News from where the land ends.", "inLanguage": "en",
        "publisher": {"@id": "https://example.org/#publisher"},
    });
    assert_eq!(*page.node("WebSite"), site);
    assert_eq!(page.links("me"), ["https://x.com/harbourhill", "https://example.social/@harbour"]);
    assert_eq!(page.metas_of("description"), ["News from where the land ends."]);
    assert_eq!(page.nodes().len(), 2);
}

#[test]
fn every_page_except_the_front_has_breadcrumbs() {
    let way = |path: &str| -> Vec<(String, String)> {
        let page = newsroom().page(path);
        let list = page.node("BreadcrumbList");
        let items = list["itemListElement"].as_array().unwrap();
        for (at, item) in items.iter().enumerate() {
            assert_eq!((&item["@type"], &item["position"]), (&json!("ListItem"), &json!(at + 1)));
        }
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        items.iter().map(|item| (text(&item["name"]), text(&item["item"]))).collect()
    };
    let pair = |name: &str, path: &str| (name.to_owned(), format!("{SITE}{path}"));
    let title = "The vote & what it \"means\" <today>";
    assert_eq!(way(VOTE), [pair("Harbour & Hill", ""), pair("World", "world/"), pair(title, VOTE)]);
    assert_eq!(way("world/"), [pair("Harbour & Hill", ""), pair("World", "world/")]);
    let tag = "tags/council/";
    assert_eq!(way(tag), [pair("Harbour & Hill", ""), pair("Tags", "tags/"), pair("Council", tag)]);
}

#[test]
fn lists_are_collections_and_other_pages_are_not() {
    for path in ["world/", "tags/council/", "latest/", "authors/", "archive/", "archive/2026/", "series/"] {
        let page = newsroom().page(path);
        assert_eq!(page.node("CollectionPage")["url"], format!("{SITE}{path}"));
        assert_eq!(page.node("CollectionPage")["isPartOf"]["@id"], "https://example.org/#website");
    }
    let leaf = newsroom().page("ethics/");
    assert_eq!(leaf.node("WebPage")["name"], "How we work");
    assert_eq!(leaf.node("WebPage")["dateModified"], "2026-03-01T00:00:00+08:00");
}

#[test]
fn feeds_are_found_from_every_page() {
    let site = [
        ("application/rss+xml", "Harbour & Hill (RSS)", "/rss.xml"),
        ("application/atom+xml", "Harbour & Hill (Atom)", "/atom.xml"),
        ("application/feed+json", "Harbour & Hill (JSON Feed)", "/feed.json"),
    ];
    assert_eq!(newsroom().page("").feeds(), site);
    assert_eq!(newsroom().page(VOTE).feeds(), site);
    assert_eq!(newsroom().page("latest/").feeds(), site);
    let mut world = vec![
        ("application/rss+xml", "World – Harbour & Hill (RSS)", "/world/rss.xml"),
        ("application/atom+xml", "World – Harbour & Hill (Atom)", "/world/atom.xml"),
        ("application/feed+json", "World – Harbour & Hill (JSON Feed)", "/world/feed.json"),
    ];
    world.extend(site);
    assert_eq!(newsroom().page("world/").feeds(), world);
    assert_eq!(newsroom().page("world/page/1/").feeds(), world);
    for path in ["tags/council/", "authors/lin/", "series/harbour-lights/"] {
        let own = format!("/{path}rss.xml");
        assert_eq!(newsroom().page(path).feeds()[0].2, own);
    }
    let none = Newsroom::build(&[("site.yaml", "title: None\nbase_url: https://example.org\nfeeds: false\n")], None);
    assert_eq!(none.page("").feeds(), Vec::<(&str, &str, &str)>::new());
}

#[test]
fn no_text_leaves_its_attribute_or_script() {
    let title = newsroom::HOSTILE;
    let page = newsroom().page("world/2026/04/hostile/");
    let story = page.node("NewsArticle");
    for field in ["headline", "description", "dateline", "articleSection"] {
        let wanted = if field == "articleSection" { "World" } else { title };
        assert_eq!(story[field], wanted, "{field}");
    }
    assert_eq!(story["author"][0]["name"], title);
    // Spaces in the names of tags are collapsed, and invisible direction marks are dropped.
    let visible = |text: &str| text.replace(['\u{202e}', '\u{200f}'], "");
    let plain = |text: &str| visible(text).split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(story["keywords"][0], plain(title));
    assert_eq!(story["correction"][0]["text"], title);
    // Attributes contain no control characters, and spaces for line ends.
    let cleaned: String = title
        .chars()
        .map(|letter| if letter == '\n' { ' ' } else { letter })
        .filter(|letter| !letter.is_control())
        .collect();
    assert_eq!(page.metas_of("article:tag").len(), 1);
    for name in ["og:title", "description", "og:description"] {
        assert_eq!(page.metas_of(name), [cleaned.as_str()], "{name}");
    }
    assert_eq!(page.scripts(), 2);
    let bytes = newsroom().bytes("world/2026/04/hostile/");
    // The title before it is the theme's.
    let head = bytes.split("</head>").next().unwrap().split_once("<meta name=\"description\"").unwrap().1;
    assert!(!head.chars().any(|letter| letter.is_control() && letter != '\n'), "control characters in {head}");
    let json = head.split("ld+json\">").nth(1).unwrap().split("</script>").next().unwrap();
    assert!(!json.contains(['<', '>', '&', '\u{2028}', '\u{2029}']), "{json}");
}

#[test]
fn every_page_of_the_site_can_be_read() {
    let pages = newsroom().pages();
    assert!(pages.len() > 40, "{}", pages.len());
    for path in pages {
        let page = newsroom().page(&path);
        assert_eq!(page.links("canonical").len(), 1, "/{path}");
        for name in ["description", "robots", "og:title", "og:type", "og:url", "og:site_name", "og:locale"] {
            assert_eq!(page.metas_of(name).len(), 1, "/{path}: {name}");
        }
        assert!(!page.nodes().is_empty(), "/{path}");
        let kinds: Vec<&Value> = page.nodes().iter().map(|node| &node["@type"]).collect();
        assert_eq!(kinds.contains(&&json!("BreadcrumbList")), !path.is_empty(), "/{path}");
        page.check_urls(SITE);
    }
}

#[test]
fn a_path_prefix_is_in_every_url() {
    let page = Newsroom::build(&newsroom::files(), Some("https://example.com/paper/")).page(VOTE);
    page.check_urls("https://example.com/paper/");
    let story = page.node("NewsArticle");
    assert_eq!(story["url"], format!("https://example.com/paper/{VOTE}"));
    assert_eq!(story["author"][0]["url"], "https://example.com/paper/authors/lin/");
    assert_eq!(story["image"][0]["url"], format!("https://example.com/paper/{VOTE}harbour.png"));
    assert_eq!(story["publisher"]["logo"]["url"], "https://example.com/paper/logo.svg");
    assert_eq!(page.feeds()[0].2, "/paper/rss.xml");
}

#[test]
fn a_theme_may_write_the_metadata_itself() {
    let site = ("site.yaml", "title: Own\nbase_url: https://example.org\ntheme: own\n");
    let of = |manifest| Newsroom::build(&[site, ("themes/own/theme.yaml", manifest)], None).page("");
    assert_eq!(of("name: own\nextends: broadsheet\nmetadata: false\n").metas_of("description").len(), 0);
    assert_eq!(of("name: own\nextends: broadsheet\n").metas_of("description").len(), 1);
    let middle = ("themes/middle/theme.yaml", "name: middle\nextends: broadsheet\nmetadata: false\n");
    let nearest = |manifest| Newsroom::build(&[site, middle, ("themes/own/theme.yaml", manifest)], None).page("");
    assert_eq!(nearest("name: own\nextends: middle\n").metas_of("description").len(), 0);
    assert_eq!(nearest("name: own\nextends: middle\nmetadata: true\n").metas_of("description").len(), 1);
}

#[test]
fn a_changed_theme_changes_all_pages() {
    let site = ("site.yaml", "title: Own\nbase_url: https://example.org\ntheme: own\n");
    let newsroom = Newsroom::build(&[site, ("themes/own/theme.yaml", "name: own\nextends: broadsheet\n")], None);
    assert_eq!(newsroom.page("").metas_of("description").len(), 1);
    newsroom.edit("themes/own/theme.yaml", "name: own\nextends: broadsheet\nmetadata: false\n");
    assert_eq!(newsroom.page("").metas_of("description").len(), 0);
}

#[test]
fn microformats_name_story_author_and_list() {
    let story = newsroom().page(VOTE);
    let entry = ".h-entry";
    assert_eq!(
        story.texts(&format!("{entry} .p-name")).first().map(String::as_str),
        Some("The vote & what it \"means\" <today>")
    );
    assert_eq!(story.attributes(&format!("{entry} .story-header .u-url"), "value"), [format!("{SITE}{VOTE}")]);
    let authors = ["Lin \"Tan\" & Co", "The Data Desk", "Gabe Guest"];
    assert_eq!(story.texts(&format!("{entry} .p-author.h-card")), authors);
    assert_eq!(story.attributes(&format!("{entry} .dt-published"), "datetime"), ["2026-05-04T09:30:00+08:00"]);
    assert_eq!(story.attributes(&format!("{entry} .dt-updated"), "datetime"), ["2026-05-06T18:05:00+08:00"]);
    assert_eq!(story.texts(&format!("{entry} .p-category")), ["Council", "Ports & ships"]);
    assert_eq!(story.texts(&format!("{entry} .e-content")).len(), 1);
    assert_eq!(story.attributes(&format!("{entry} .lead-picture .u-photo"), "src").len(), 1);
    let own = newsroom().page("world/2026/04/own-line/");
    assert_eq!(own.attributes(&format!("{entry} data.p-author"), "value"), ["Lin \"Tan\" & Co"]);
    let author = newsroom().page("authors/lin/");
    assert_eq!(author.texts(".h-card .p-name"), ["Lin \"Tan\" & Co"]);
    assert_eq!(author.attributes(".h-card .u-uid.u-url", "value"), ["https://example.org/authors/lin/"]);
    assert!(!author.texts(".h-feed > .h-entry .u-url.p-name").is_empty());
}
