//! The first screen of a page, and the ways from there to everything else.

use serde_json::{Value, json};

use super::driver::Browser;
use super::kinds::{sampled, some};
use super::newsroom::Newsroom;

/// The headlines that are on the first screen as a whole.
const HEADLINES: &str = "
    return [...document.querySelectorAll('main .card-title')]
        .filter(e => e.checkVisibility() && e.getBoundingClientRect().bottom <= innerHeight).length;";

#[test]
fn the_front_page_begins_with_at_least_four_stories() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    browser.resize(1280, 800);
    browser.open(&newsroom.front);
    let count = browser.execute(HEADLINES).as_u64().expect("a number");
    assert!(count >= 4, "{count} headlines on the first screen");
}

/// The sizes of headlines on a page, in pixels, each once.
const SIZES: &str = "
    const size = e => Math.round(parseFloat(getComputedStyle(e).fontSize));
    return [...new Set([...document.querySelectorAll('main .card-title')].map(size))].sort((a, b) => b - a);";

/// The empty spaces of a page of cards: below each column of the lead, between the stories of a column, after the
/// last card of the last row of a grid, and below the words beside an image.
const HOLES: &str = "
    const box = e => e.getBoundingClientRect();
    const end = e => Math.max(...[e, ...e.querySelectorAll('.card-words, img')].filter(e => e.matches('.card-words, img')).map(e => box(e).bottom));
    const holes = [];
    for (const lead of document.querySelectorAll('.lead-package')) {
        const row = [...lead.children].filter(e => Math.abs(box(e).top - box(lead).top) < 5);
        const lowest = Math.max(...row.map(end));
        if (!lead.matches('.lead-alone')) holes.push(...row.map(column => [column.className, lowest - end(column)]));
    }
    for (const column of document.querySelectorAll('.beside-lead')) {
        const cards = [...column.children];
        cards.slice(1).filter((card, at) => box(card).top > box(cards[at]).bottom)
            .forEach((card, at) => holes.push(['between', box(card).top - end(cards[at]) - 20]));
    }
    for (const grid of document.querySelectorAll('.block-cards, .river, .below-lead')) {
        const last = Math.max(...[...grid.children].map(e => box(e).top));
        const row = [...grid.children].filter(e => Math.abs(box(e).top - last) < 5);
        const free = document.dir === 'rtl'
            ? Math.min(...row.map(e => box(e).left)) - box(grid).left
            : box(grid).right - Math.max(...row.map(e => box(e).right));
        holes.push([grid.className, free]);
    }
    for (const card of document.querySelectorAll(':is(.river, .block-river .block-cards) > .has-picture')) {
        const bottom = css => box(card.querySelector(css)).bottom;
        holes.push(['beside an image', bottom('.card-picture') - bottom('.card-words')]);
    }
    return holes.filter(([, size]) => size > 100);";

/// A paper with two sections in which every so many stories have an image, and the newest has a long headline.
fn small_paper(stories: usize, pictured: usize, language: &str) -> Newsroom {
    let titles = [
        "Council votes to keep the night bus for another eleven-month trial after a long evening in the hall",
        "Ferry back in service",
        "Bakers ask for cheaper power",
        "Two bridges, one budget: the county must choose by March",
        "Library opens on Sundays",
    ];
    let picture =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1200\" height=\"800\"><path d=\"M0 0h9v9z\"/></svg>";
    let mut files = vec![("content/town/p.svg".to_owned(), picture.to_owned())];
    for at in 0..stories {
        let section = if at % 2 == 0 { "town" } else { "culture" };
        let image = if at % pictured == 0 { "image: {src: /town/p.svg, alt: A harbour}\n" } else { "" };
        let text = format!(
            "---\ntitle: \"{}\"\ndeck: Nobody had expected so many speakers on a wet evening\ndate: 2026-{:02}-{:02}\n\
             authors: ina-holm\ntags: [Rain]\n{image}---\nThe council meets on Monday.\n",
            titles[at % titles.len()],
            11 - at / 21,
            21 - at % 21
        );
        files.push((format!("content/{section}/s-{at}.md"), text));
    }
    let site = format!(
        "language: {language}\nnavigation:\n- {{title: Town, url: /town/}}\n- {{title: Culture, url: /culture/}}\n"
    );
    Newsroom::of_files(&site, &files)
}

#[test]
fn fronts_of_papers_of_any_size_have_no_holes_and_four_sizes_of_headlines() {
    let Some(browser) = Browser::start() else { return };
    browser.resize(1280, 800);
    let newsroom = Newsroom::shared();
    let example = ["", "business/", "tags/shipping/", "culture/"].map(|page| (newsroom.page(page), 4));
    let check = |pages: &[(String, usize)]| {
        for (page, least) in pages {
            browser.open(page);
            assert_eq!(browser.execute(HOLES), json!([]), "{page}");
            let sizes = browser.execute(SIZES);
            assert!(sizes.as_array().is_some_and(|sizes| sizes.len() >= *least), "{page}: {sizes}");
        }
    };
    check(&example);
    for (stories, pictured, language) in
        [(4, 3, "en"), (4, 100, "en"), (7, 3, "en"), (7, 100, "ar"), (11, 2, "en"), (11, 1, "en"), (30, 3, "ar")]
    {
        let paper = small_paper(stories, pictured, language);
        check(&[(paper.page(""), 4), (paper.page("town/"), 2), (paper.page("tags/rain/"), 4)]);
    }
}

#[test]
fn sections_with_one_story_share_rows_that_end_at_the_edge() {
    let Some(browser) = Browser::start() else { return };
    let story = |at: usize| {
        let text = format!("---\ntitle: Story {at}\ndate: 2026-11-20\nauthors: ina-holm\n---\nIt rained.\n");
        (format!("content/section-{at}/story.md"), text)
    };
    let paper = Newsroom::of_files("", &(10..41).map(story).collect::<Vec<_>>());
    browser.resize(1280, 800);
    browser.open(&paper.front);
    let rows = browser.execute(
        "const rows = {};
        const edge = document.querySelector('.blocks').getBoundingClientRect().right;
        for (const block of document.querySelectorAll('.blocks > *')) {
            const box = block.getBoundingClientRect();
            (rows[Math.round(box.top)] ??= []).push(edge - box.right);
        }
        return Object.values(rows).map(row => [row.length, Math.min(...row)]);",
    );
    let rows: Vec<(usize, f64)> = serde_json::from_value(rows).expect("rows");
    assert!(rows.iter().filter(|(blocks, _)| *blocks == 3).count() > 2, "{rows:?}");
    assert!(rows.iter().all(|(_, left)| left.abs() < 1.0), "{rows:?}");
}

#[test]
fn topics_begin_with_their_newest_stories_and_end_with_an_index_by_year() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    browser.open(&newsroom.page("tags/shipping/"));
    assert!(browser.has(".lead-story.has-picture"), "a story with an image leads");
    let years = browser.texts(".topic-year h2");
    assert!(years.len() >= 3 && years.is_sorted_by(|a, b| a > b), "{years:?}");
    let wrong = "return [...document.querySelectorAll('.topic-year')].flatMap(year =>
        [...year.querySelectorAll('time')].filter(time => !time.dateTime.startsWith(year.querySelector('h2').textContent)));";
    assert_eq!(browser.execute(wrong), json!([]));
}

#[test]
fn the_archive_of_a_young_paper_shows_only_its_months() {
    let Some(browser) = Browser::start() else { return };
    let paper = small_paper(4, 3, "en");
    browser.open(&paper.page("archive/"));
    assert_eq!(browser.execute("return document.querySelectorAll('.calendar li').length"), json!(1));
    let newsroom = Newsroom::shared();
    browser.open(&newsroom.page("archive/"));
    let months = "return [...document.querySelectorAll('.calendar')].map(year => year.children.length)";
    let months = browser.execute(months);
    let months: Vec<u64> = serde_json::from_value(months).expect("numbers");
    assert!(months.len() > 2 && months[1..months.len() - 1].iter().all(|count| *count == 12), "{months:?}");
    let outer = "return [...document.querySelectorAll('.calendar')].flatMap((year, at, all) =>
        [at === 0 ? year.lastElementChild : null, at === all.length - 1 ? year.firstElementChild : null])
        .filter(month => month && !month.querySelector('a')).length";
    assert_eq!(browser.execute(outer), json!(0), "the newest and the oldest month have stories");
}

#[test]
fn the_sections_are_in_the_middle_below_the_name() {
    let Some(browser) = Browser::start() else { return };
    browser.resize(1280, 800);
    let paper = small_paper(4, 3, "en");
    let newsroom = Newsroom::shared();
    for front in [paper.page(""), newsroom.page("")] {
        browser.open(&front);
        let off_centre = browser.execute(
            "const entries = [...document.querySelectorAll('.site-nav a')].map(e => e.getBoundingClientRect());
            return Math.abs((entries[0].left + entries.at(-1).right) / 2 - document.body.clientWidth / 2);",
        );
        assert!(off_centre.as_f64().is_some_and(|pixels| pixels < 3.0), "{front}: {off_centre} px");
    }
    // Buttons take the other half of the row.
    let buttons = Newsroom::of_story(
        "subscribe: https://pay.example.com/\ndonate: https://pay.example.com/gift\n",
        "It rained.",
        &[],
    );
    browser.open(&buttons.front);
    let from_edge = browser.execute(
        "const left = css => document.querySelector(css).getBoundingClientRect().left;
        return left('.site-nav a') - left('.blocks');",
    );
    assert!(from_edge.as_f64().is_some_and(|pixels| pixels.abs() < 3.0), "{from_edge} px");
}

/// The height at which the first words of a story's text begin; none without a lead image.
const TEXT: &str = "
    const text = document.querySelector('.story-body > :is(p, h2, ul, ol, blockquote)');
    const image = document.querySelector('.lead-picture');
    return image && text && scrollY + text.getBoundingClientRect().top;";

/// The tops of a story's head: deck or headline, byline, date and share menu and, if it is below them, the image.
const HEAD: &str = "
    const top = css => document.querySelector(css)?.getBoundingClientRect().top;
    const head = [top('.deck') ?? top('h1'), Math.min(top('.byline'), top('.share summary') ?? 9999), top('.published')];
    return innerWidth < 900 ? head.concat(top('.lead-picture')) : head;";

#[test]
fn a_storys_text_begins_on_the_first_screen() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    let stories = stories(&newsroom);
    let mut measured = 0;
    for (width, height, limit) in [(1280, 800, 800.0), (390, 844, 1000.0)] {
        browser.resize(width, height);
        for story in &stories {
            browser.open(story);
            let Some(begins) = browser.execute(TEXT).as_f64() else { continue };
            assert!(begins < limit, "{story} at {width} px: the text begins at {begins}");
            let head: Vec<f64> = numbers(&browser.execute(HEAD));
            assert!(head.is_sorted(), "{story} at {width} px: {head:?}");
            measured += 1;
        }
    }
    assert!(measured >= 10, "{measured} stories with a lead image");
}

/// The parts of a story's head and end that leave their place: a byline or share menu outside the column of a story
/// without an image, names with less than the whole width on a phone, a label beside a related headline.
const OUT_OF_PLACE: &str = "
    const box = css => document.querySelector(css)?.getBoundingClientRect();
    const [column, share, names, head] = ['.story-body', '.share', '.signed', '.story-by'].map(box);
    const found = [];
    if (!document.querySelector('.lead-picture') && (share.right > column.right + 1 || share.left < column.left - 1))
        found.push(['share', share.right, column.right]);
    if (innerWidth < 600 && names.width < head.width - 1) found.push(['names', names.width, head.width]);
    for (const kind of document.querySelectorAll('.related .kind, .neighbours .kind')) {
        const title = kind.nextElementSibling.getBoundingClientRect();
        if (title.top < kind.getBoundingClientRect().bottom - 1) found.push(['label', kind.textContent]);
    }
    return found;";

#[test]
fn bylines_and_labels_keep_to_their_column_and_line() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    let arabic = Newsroom::of_stories(3, "ar");
    let mut stories: Vec<String> =
        some(&newsroom, &["article-rich", "article-opinion"]).into_iter().map(|kind| kind.url).collect();
    stories.extend(arabic.pages().into_iter().filter(|url| is_story(&arabic.path(url))).take(1));
    stories.push(newsroom.page("business/2026/11/cranes-without-drivers/"));
    for width in [390, 1280] {
        browser.resize(width, 844);
        for story in &stories {
            browser.open(story);
            assert_eq!(browser.execute(OUT_OF_PLACE), json!([]), "{story} at {width} px");
        }
    }
}

#[test]
fn a_blocks_heading_is_not_repeated_over_its_stories() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    browser.open(&newsroom.front);
    let blocks = browser.execute(
        "const text = element => element.textContent.trim();
        return [...document.querySelectorAll('.block:has(.block-heading)')].map(block =>
            [...block.querySelectorAll('.kicker')].filter(kicker => text(kicker) === text(block.querySelector('.block-heading'))).length);",
    );
    let blocks: Vec<u64> = serde_json::from_value(blocks).expect("numbers");
    assert!(blocks.len() > 4 && blocks.iter().all(|repeated| *repeated == 0), "{blocks:?}");
}

/// The pages of stories, with a sample of the other editions.
fn stories(newsroom: &Newsroom) -> Vec<String> {
    let stories = newsroom.pages().into_iter().filter(|url| is_story(&newsroom.path(url)));
    sampled(stories.collect(), |url| newsroom.path(url))
}

/// True for the page of a story, not of its text version.
fn is_story(path: &str) -> bool {
    let is_year = |part: &str| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_other =
        ["text/", "archive/"].iter().any(|folder| path.starts_with(folder) || path.contains(&format!("/{folder}")));
    !is_other && path.split('/').any(is_year) && path.trim_end_matches('/').split('/').count() > 3
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("numbers").iter().filter_map(Value::as_f64).collect()
}

/// The links and buttons around stories that are smaller than a fingertip.
const SMALL: &str = "
    const small = e => { const box = e.getBoundingClientRect(); return box.height < 43.9 || box.width < 24; };
    const targets = '.site-nav a, .menu-button, .search-link, .site-footer a, .share summary, .topic-list a, .masthead a, '
        + '.breadcrumbs a, .subsections a, .neighbours a, .series summary, .series a, .pager a, .ways-on a, .letters a, '
        + '.editions a, .terms a, .staff a, .staff-lines a, .author-card a, .profile .contact a, .byline a';
    return [...document.querySelectorAll(targets)]
        .filter(e => e.checkVisibility() && small(e)).map(e => e.outerHTML);";

#[test]
fn links_around_stories_are_as_large_as_a_fingertip() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    let kinds = [
        "article-rich",
        "article-opinion",
        "section",
        "section-older",
        "subsection",
        "tag",
        "tags",
        "gone",
        "staff",
        "author",
    ];
    for width in [390, 1280] {
        browser.resize(width, 844);
        for page in some(&newsroom, &kinds).iter().map(|page| page.url.clone()).chain([newsroom.page("technology/")]) {
            browser.open(&page);
            assert_eq!(browser.execute(SMALL), json!([]), "{page} at {width} px");
        }
    }
}

#[test]
fn phones_have_a_menu_without_a_script() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    browser.resize(390, 844);
    browser.allow_scripts(false);
    for page in some(&newsroom, &["front", "article-rich", "section"]) {
        browser.open(&page.url);
        let is_shown = "return document.querySelector('.site-nav a').checkVisibility()";
        assert_eq!(browser.execute(is_shown), json!(false), "{}: the menu is closed", page.name);
        browser.click(".menu-button");
        assert_eq!(browser.execute(is_shown), json!(true), "{}: the menu is open", page.name);
        assert_eq!(browser.execute(SMALL), json!([]), "{}", page.name);
    }
    browser.open(&newsroom.front);
    browser.click(".menu-button");
    browser.follow(".site-nav li:nth-child(3) a");
    browser.follow(".search-link");
    assert!(browser.has("form[role=search]"), "{}", browser.current_url());
}

/// The links to stories at the end of a story's page.
const ENDINGS: &str = "
    return [...document.querySelectorAll('.related a, .neighbours a')].map(e => e.pathname).concat(location.pathname);";

#[test]
fn no_story_is_offered_twice_after_a_story() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    let mut offered = 0;
    for story in stories(&newsroom) {
        browser.open(&story);
        let mut paths: Vec<String> = serde_json::from_value(browser.execute(ENDINGS)).expect("paths");
        offered += paths.len() - 1;
        let all = paths.len();
        paths.sort();
        paths.dedup();
        assert_eq!(paths.len(), all, "{story}");
    }
    assert!(offered > 30, "{offered} stories offered");
}

#[test]
fn nobody_is_asked_what_they_think_of_a_retracted_story() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    browser.open(&some(&newsroom, &["article-retracted"])[0].url);
    assert!(browser.has(".retraction"));
    assert!(!browser.has(".comments, .share"));
}

#[test]
fn the_menu_of_further_sections_opens_below_its_button() {
    let Some(browser) = Browser::start() else { return };
    let names = 1..=30;
    let entries: String = names.clone().map(|at| format!("- {{title: Section {at}, url: /s-{at}/}}\n")).collect();
    let story = |at| {
        let text = format!("---\ntitle: Story {at}\ndate: 2026-11-20\nauthors: ina-holm\n---\nIt rained.\n");
        (format!("content/s-{at}/story.md"), text)
    };
    let paper = Newsroom::of_files(&format!("navigation:\n{entries}"), &names.map(story).collect::<Vec<_>>());
    for (width, height) in [(800, 800), (1280, 800), (1280, 420), (1600, 800)] {
        browser.resize(width, height);
        for page in ["", "s-1/2026/11/story/"] {
            browser.open(&paper.page(page));
            browser.click(".nav-more button");
            let found = browser.execute(
                "const box = css => document.querySelector(css).getBoundingClientRect();
                const [button, menu] = ['.nav-more button', '#page\\\\:more'].map(box);
                const middle = (button.left + button.right) / 2;
                const seen = document.elementFromPoint(middle, (button.top + button.bottom) / 2);
                return [menu.top >= button.bottom - 1, menu.left < middle && middle < menu.right,
                    menu.left >= 0 && menu.right <= innerWidth && menu.bottom <= innerHeight,
                    seen.closest('.nav-more button') !== null];",
            );
            assert_eq!(found, json!([true, true, true, true]), "/{page} at {width} px");
            // Each entry can be scrolled to, and nothing stands beside the menu.
            let reached = browser.execute(
                "const menu = document.querySelector('#page\\\\:more');
                const links = [...menu.querySelectorAll('a')];
                const seen = links.filter(link => {
                    link.scrollIntoView({block: 'nearest', inline: 'nearest'});
                    const box = link.getBoundingClientRect();
                    return link.contains(document.elementFromPoint(box.left + 2, (box.top + box.bottom) / 2));
                });
                return [links.length > 20, links.length - seen.length, menu.scrollWidth <= menu.clientWidth];",
            );
            assert_eq!(reached, json!([true, 0, true]), "/{page} at {width} x {height} px");
            // The button closes it, too.
            browser.execute("document.querySelector('.nav-more button').scrollIntoView({block: 'nearest'})");
            browser.click(".nav-more button");
            let is_open = "return document.querySelector('#page\\\\:more').matches(':popover-open')";
            assert_eq!(browser.execute(is_open), json!(false), "/{page} at {width} px");
        }
    }
}
