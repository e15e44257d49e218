//! Stories with more of something than their authors expected: categories, lines, notes, columns, letters, pictures.

use std::collections::BTreeSet;

use serde_json::json;

use super::driver::Browser;
use super::newsroom::Newsroom;

const STORY: &str = "news/2026/06/story/";

#[test]
fn a_chart_names_every_category_and_its_legend_shows_the_dashes() {
    let Some(browser) = Browser::start() else { return };
    let countries =
        "Country,Share\nUnited Kingdom,31\nUnited States,22\nSwitzerland,9\nSaudi Arabia,5\nPhilippines,3\n";
    let seats = "Year,Reds,Greens,Blues\n2001,10,20,30\n2005,12,18,33\n2009,20,10,30\n";
    let text = "{{< chart data=\"a.csv\" title=\"Exports\" >}}\n\n{{< chart data=\"b.csv\" title=\"Seats\" type=\"line\" >}}\n";
    let paper = Newsroom::of_story("", text, &[("a.csv", countries), ("b.csv", seats)]);
    for width in [320, 1280] {
        browser.resize(width, 900);
        browser.open(&paper.page(STORY));
        let missing = browser.execute(
            "const shown = document.querySelector('figure.chart > svg').textContent;
            return [...document.querySelectorAll('figure.chart')[0].querySelectorAll('tbody th')]
                .map(name => name.textContent).filter(name => !shown.includes(name));",
        );
        assert_eq!(missing, json!([]), "at {width} px");
        let apart = browser.execute(
            "return [...document.querySelectorAll('figure.chart > svg')].map(svg => {
                const boxes = [...svg.querySelectorAll('text')].map(text => text.getBoundingClientRect());
                return boxes.every((a, at) => boxes.slice(at + 1).every(b =>
                    a.right <= b.left || b.right <= a.left || a.bottom <= b.top + 4 || b.bottom <= a.top + 4));
            });",
        );
        assert_eq!(apart, json!([true, true]), "no text runs into another at {width} px");
    }
    let dashes = |css: &str| {
        browser.execute(&format!(
            "return [...document.querySelectorAll('{css}')].map(line => getComputedStyle(line).strokeDasharray)"
        ))
    };
    let lines = dashes("figure.chart > svg .chart-line");
    assert_eq!(dashes(".chart-legend .chart-line"), lines);
    let lines: Vec<&str> = lines.as_array().into_iter().flatten().filter_map(|dash| dash.as_str()).collect();
    assert!(lines.len() == 3 && lines.iter().collect::<BTreeSet<_>>().len() == 3, "{lines:?}");
}

#[test]
fn notes_leave_no_empty_column_below_the_text() {
    let Some(browser) = Browser::start() else { return };
    let sentence = "The order was read aloud at the gate and kept in the harbour office until the fire. ";
    let text = |paragraphs: usize, notes: usize, length: usize| {
        let paragraph = |at: usize| {
            let references: String = (0..notes).map(|note| format!("{sentence}[^{at}-{note}]")).collect();
            format!("{}{references}\n\n", sentence.repeat(4))
        };
        let note = |(at, note): (usize, usize)| format!("[^{at}-{note}]: {}\n", sentence.repeat(length));
        let all: String = (0..paragraphs).map(paragraph).collect();
        let notes: String = (0..paragraphs).flat_map(|at| (0..notes).map(move |note| (at, note))).map(note).collect();
        all + &notes
    };
    let gap = "
        const bottom = css => Math.max(...[...document.querySelectorAll(css)].map(e => e.getBoundingClientRect().bottom));
        return bottom('.story-body > .footnote') - bottom('.story-body > p');";
    browser.resize(1280, 900);
    for (paragraphs, notes, length, are_beside) in
        [(8, 5, 2, false), (1, 1, 12, false), (6, 2, 1, true), (1, 1, 1, true)]
    {
        let paper = Newsroom::of_story("", &text(paragraphs, notes, length), &[]);
        browser.open(&paper.page(STORY));
        assert_eq!(browser.has(".story-body > .footnote"), are_beside, "{paragraphs} × {notes} notes of {length}");
        assert_eq!(browser.has(".footnotes"), !are_beside, "{paragraphs} × {notes} notes of {length}");
        let below = browser.execute(gap).as_f64().unwrap_or_default();
        assert!(below < 200.0, "{paragraphs} × {notes} notes of {length}: {below} px below the text");
    }
}

/// Gives the elements that scroll sideways and that no keyboard reaches.
const UNREACHABLE: &str = "
    const scrolls = e => /auto|scroll/.test(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth;
    return [...document.body.querySelectorAll('*')].filter(e => scrolls(e) && e.tabIndex < 0).map(e => e.outerHTML);";

#[test]
fn keyboards_reach_all_that_scrolls_sideways() {
    let Some(browser) = Browser::start() else { return };
    let code = "1234567890123456789012345678";
    let cells: String = (0..20).map(|column| format!("<td>Column {column}</td>")).collect();
    let columns: String = (0..20).map(|column| format!("| Column {column} ")).collect();
    let text = format!(
        "- a\n  - b\n    - c\n\n      ```\n      {code}\n      ```\n\n```\n{code}\n```\n\nA note.[^1]\n\n\
         <table><tr>{cells}</tr></table>\n\n<pre>{code}{code}</pre>\n\n{columns}|\n{}|\n\n\
         {{{{< aside title=\"Box\" >}}}}\n```\n{code}\n```\n{{{{< /aside >}}}}\n\n[^1]: Code:\n\n    ```\n    {code}\n    ```\n",
        "|---".repeat(20)
    );
    let paper = Newsroom::of_story("outputs: [text]\n", &text, &[]);
    browser.resize(320, 800);
    for (page, least) in [(STORY.to_owned(), 7), (format!("text/{STORY}"), 6)] {
        browser.open(&paper.page(&page));
        assert_eq!(browser.execute(UNREACHABLE), json!([]), "{page}");
        let reached = browser.execute("return document.querySelectorAll('main [tabindex=\"0\"]').length");
        assert!(reached.as_u64() >= Some(least), "{page}: {reached} of {least}");
    }
}

#[test]
fn a_large_staff_has_letters_to_jump_to() {
    let Some(browser) = Browser::start() else { return };
    let name = |at: usize| (["Ana", "Bo", "Cem", "Édith"][at % 4], format!("Author {at:03}"));
    let author = |at: usize| {
        let (first, last) = name(at);
        let former = if at.is_multiple_of(5) { "former: true\n" } else { "" };
        (format!("content/authors/a-{at}.md"), format!("---\nname: {first} {last}\nrole: Reporter\n{former}---\n"))
    };
    let mut files: Vec<(String, String)> = (0..200).map(author).collect();
    let story = "---\ntitle: The story\ndate: 2026-06-01\nauthors: a-1\n---\nText.\n";
    files.push(("content/news/story.md".to_owned(), story.to_owned()));
    let paper = Newsroom::of_files("", &files);
    browser.resize(390, 844);
    browser.open(&paper.page("authors/"));
    assert_eq!(browser.texts(".letters a"), ["A", "B", "C", "E", "I", "Former staff"]);
    let height = browser.execute("return document.documentElement.scrollHeight").as_f64().unwrap_or_default();
    // Each name is as large as a fingertip, and the letters lead to it.
    assert!(height < 11_000.0, "{height} px for 200 people");
    let lines: Vec<String> = browser.texts(".staff-lines li");
    let bo = lines
        .iter()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .find(|line| line.contains("001"));
    assert_eq!(bo.as_deref(), Some("Bo Author 001 Reporter 1 story"));
    let names = browser.texts(".h-card .p-name");
    assert_eq!((names.len(), names[0].as_str(), names[200].as_str()), (201, "Ana Author 004", "Édith Author 195"));
    browser.click_nth(".letters a", 3);
    let top = browser
        .execute("return document.querySelector(location.hash.replace(':', '\\\\:')).getBoundingClientRect().top");
    assert!(top.as_f64().is_some_and(|top| (0.0..100.0).contains(&top)), "{top}");
}

#[test]
fn a_wide_table_is_printed_whole() {
    let Some(browser) = Browser::start() else { return };
    let row = |cell: &str| format!("| {}|\n", (0..30).map(|at| format!("{cell} {at} | ")).collect::<String>());
    let markdown = format!("{}{}\n{}", row("Column"), "|---".repeat(30) + "|", row("1234").repeat(3));
    let cells: String = (0..30).map(|at| format!("<td>Column {at}</td>")).collect();
    let address = "https://example.org/a/long/address/of/a/page.html";
    let text = format!(
        "See <{address}> and [the list](https://example.org/).\n\n{markdown}\n\n<table><tr>{cells}</tr></table>\n"
    );
    let paper = Newsroom::of_story("", &text, &[]);
    browser.emulate("print", &[]);
    // A4 without margins of 18 millimetres.
    browser.resize(658, 900);
    browser.open(&paper.page(STORY));
    let cut_off = browser.execute(
        "const paper = document.documentElement.clientWidth;
        return [...document.querySelectorAll('td, th')].filter(cell => cell.getBoundingClientRect().right > paper + 1)
            .map(cell => cell.textContent);",
    );
    assert_eq!(cut_off, json!([]));
    let printed = browser.execute(
        "return [...document.querySelectorAll('.story-body p a')].map(link => getComputedStyle(link, '::after').content)",
    );
    assert_eq!(printed[0], "none", "an address is not printed behind itself");
    assert!(printed[1].to_string().contains("example.org"), "{printed}");
}

#[test]
fn chinese_lines_with_latin_words_are_not_torn() {
    let Some(browser) = Browser::start() else { return };
    let paper = Newsroom::of_story("language: zh-Hans\n", "它依赖于 gtkmm-3.0 和 *题图 MJ/de9d18fe* 等库。\n", &[]);
    browser.open(&paper.page(STORY));
    let style = |css: &str, property: &str| {
        browser.execute(&format!("return getComputedStyle(document.querySelector('{css}')).{property}"))
    };
    assert_eq!(style(".story-body p", "textAlign"), "start");
    assert_ne!(style(".story-body em", "textEmphasisStyle"), "none");
    assert_eq!(style(".story-body em .latin", "textEmphasisStyle"), "none");
}

#[test]
fn counts_beside_long_tags_are_whole() {
    let Some(browser) = Browser::start() else { return };
    let story = |at: usize| {
        let front = format!("---\ntitle: Story {at}\ndate: 2026-06-01\nauthors: ina-holm\n");
        let tags = "tags: [Application programming interface of government, product-and-project-management]";
        (format!("content/news/story-{at}.md"), format!("{front}{tags}\n---\nText.\n"))
    };
    let paper = Newsroom::of_files("", &(0..138).map(story).collect::<Vec<_>>());
    for width in [320, 1280] {
        browser.resize(width, 900);
        browser.open(&paper.page("tags/"));
        let lines = browser.execute(
            "return [...document.querySelectorAll('.terms .count')].map(count => {
                const text = document.createRange();
                text.selectNodeContents(count);
                return text.getClientRects().length;
            });",
        );
        assert_eq!(lines, json!([1, 1]), "{width} px");
    }
}

#[test]
fn a_very_long_picture_is_capped_and_boxes_stand_beside_small_ones() {
    let Some(browser) = Browser::start() else { return };
    let picture = |width: u32, height: u32| {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\"><rect width=\"9\" height=\"9\"/></svg>"
        )
    };
    let (long, small) = (picture(200, 10_000), picture(300, 300));
    let text = "![A long list](long.svg)\n\n{{< figure src=\"small.svg\" alt=\"A crane\" size=\"small\" >}}\n\n\
        {{< aside title=\"Box\" >}}\nText in a box that stands beside the picture.\n{{< /aside >}}\n";
    let paper = Newsroom::of_story("", text, &[("long.svg", &long), ("small.svg", &small)]);
    browser.resize(1280, 900);
    browser.open(&paper.page(STORY));
    let height = browser.execute("return document.querySelector('img[src*=\"long\"]').getBoundingClientRect().height");
    assert!(height.as_f64().is_some_and(|height| (1.0..=1_024.0).contains(&height)), "{height}");
    let beside = browser.execute(
        "const [box, picture] = ['.box', '.picture-small'].map(css => document.querySelector(css).getBoundingClientRect());
        return box.top < picture.bottom && box.right <= picture.left;",
    );
    assert_eq!(beside, true);
}

#[test]
fn the_text_after_a_lead_picture_begins_on_the_first_screen() {
    let Some(browser) = Browser::start() else { return };
    let title =
        "Council votes to keep the night bus for another year after a long and noisy evening in the crowded town hall";
    let deck = "Nobody had expected so many speakers, and the last of them was heard at half past midnight, when most had gone home";
    let many = "authors: [ina-holm, sam, ole]\n";
    let notices = "corrections:\n- {date: 2026-06-02, text: It is Friday.}\n- {date: 2026-06-03, text: The bus is the 12.}\n\
        notes:\n- {date: 2026-06-04, text: The hall is old., kind: clarification}\n";
    let series = "kind: sponsored\nseries: {id: The night buses, part: 1}\nauthors: [ina-holm, sam, ole, mia, lin]\n";
    let author = |name: &str| {
        let text = format!("---\nname: {name} Brandt\nimage: /news/face.gif\n---\n");
        (format!("content/authors/{}.md", name.to_lowercase()), text)
    };
    let sizes = [(880, 1_400), (112, 10_000), (256, 320), (1_600, 1_600), (1_536, 1_024), (3_072, 368)];
    let mut files: Vec<(String, String)> = ["Sam", "Ole", "Mia", "Lin"].map(author).into();
    files.push(("content/news/face.gif".to_owned(), picture(112, 112)));
    for (at, (width, height)) in sizes.into_iter().enumerate() {
        files.push((format!("content/news/{at}.gif"), picture(width, height)));
        for (kind, more) in [("plain", "authors: ina-holm\n"), ("noted", &format!("{many}{notices}")), ("part", series)]
        {
            let more = more.replace("part: 1", &format!("part: {}", at + 1));
            let text = format!(
                "---\ntitle: {title}\ndeck: {deck}\ndate: 2026-06-01 10:00\n{more}\
                 image: {{src: {at}.gif, alt: A crane, caption: The crane, credit: Sam Okafor}}\n---\nThe text of the story.\n"
            );
            files.push((format!("content/news/{kind}-{at}.md"), text));
        }
    }
    let paper = Newsroom::of_files("", &files);
    for (screen, limit) in [((390, 844), 1_000.0), ((1280, 800), 800.0)] {
        browser.resize(screen.0, screen.1);
        for (at, (width, height)) in sizes.iter().enumerate() {
            for kind in ["plain", "noted", "part"] {
                browser.open(&paper.page(&format!("news/2026/06/{kind}-{at}/")));
                let found = browser.execute(
                    "const box = css => document.querySelector(css).getBoundingClientRect();
                    return [scrollY + box('.story-body > p').top, box('.lead-picture img').width];",
                );
                let found: Vec<f64> = serde_json::from_value(found).expect("numbers");
                let case = format!("{kind}, {width} × {height}, {} px", screen.0);
                assert!(found[0] < limit, "{case}: the text begins at {} px", found[0]);
                assert!(found[1] >= 180.0, "{case}: the picture is {} px wide", found[1]);
            }
        }
    }
}

/// One pixel of a GIF of this size, in which all bytes are characters of a text in UTF-8.
fn picture(width: u16, height: u16) -> String {
    let size: String = [width, height].iter().flat_map(|side| side.to_le_bytes()).map(char::from).collect();
    assert!(size.is_ascii(), "{width} × {height}");
    format!("GIF89a{size}\0\0\0,\0\0\0\0\u{1}\0\u{1}\0\0\u{2}\u{2}D\u{1}\0;")
}
