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
