//! Readers who move through a page with the Tab key.

use serde_json::Value;

use super::driver::Browser;
use super::kinds::some;
use super::newsroom::Newsroom;

const TAB: char = '\u{e004}';
const STEPS: usize = 40;

/// Describes the focused element: its name, its position, and whether a reader sees that it has the focus.
const FOCUSED: &str = "
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    const outlined = (element, pseudo) => {
        const style = getComputedStyle(element, pseudo);
        return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0
            && !/^transparent$|^rgba\\(.*, 0\\)$|\\/ 0\\)$/.test(style.outlineColor);
    };
    // A headline whose link covers its card may have the outline around the card.
    const card = element.closest('article, li');
    const box = [...element.getClientRects()].find(box => box.width > 1 && box.height > 1);
    const at = box && document.elementFromPoint(
        Math.min(Math.max(box.x + box.width / 2, 0), innerWidth - 1), Math.min(Math.max(box.y + box.height / 2, 0), innerHeight - 1));
    const whole = element.getBoundingClientRect();
    return {
        name: element.outerHTML.slice(0, 120),
        main: !!element.closest('main'),
        rtl: getComputedStyle(element).direction === 'rtl',
        outlined: [element, card].some(e => e && [null, '::before', '::after'].some(pseudo => outlined(e, pseudo))),
        shown: !!box && box.bottom > 0 && box.top < innerHeight,
        // A label or an overlay of the same element is fine.
        covered: !!at && !element.contains(at) && !at.contains(element) && !!at.closest('header, nav, dialog'),
        top: whole.top + scrollY, bottom: whole.bottom + scrollY, left: whole.left, right: whole.right,
    };";

#[test]
fn the_tab_key_leads_through_a_page_as_it_is_read() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    browser.resize(1280, 800);
    let mut problems = Vec::new();
    for kind in some(&newsroom, &["front", "article-rich", "article-arabic", "year"]) {
        // Forced colours remove shadows and backgrounds: the rest must show the focus.
        let forced = if kind.name == "front" { "active" } else { "none" };
        browser.emulate("screen", &[("forced-colors", forced), ("prefers-reduced-motion", "reduce")]);
        browser.open(&kind.url);
        let positive = browser
            .execute("return document.querySelectorAll('[tabindex]:not([tabindex=\"0\"], [tabindex^=\"-\"])').length");
        assert_eq!(positive, 0, "{}: an order other than the document's", kind.name);
        let mut before: Option<Value> = None;
        for step in 0..STEPS {
            browser.press(TAB);
            let now = browser.execute(FOCUSED);
            if now.is_null() {
                break;
            }
            let mut problem =
                |what: &str| problems.push(format!("{}, step {step}: {what}: {}", kind.name, now["name"]));
            if step == 0 && browser.execute("return document.activeElement.matches('a.skip-link')") == false {
                problem("the first step is not the skip link");
            }
            if now["outlined"] == false {
                problem("nothing shows the focus");
            }
            if now["shown"] == false {
                problem("the focus is out of sight");
            }
            if now["covered"] == true {
                problem("the focus is covered");
            }
            if before.as_ref().is_some_and(|before| goes_back(before, &now)) {
                problem("stands above and before what came before it");
            }
            before = Some(now);
        }
    }
    assert!(problems.is_empty(), "{} to fix:\n{}", problems.len(), problems.join("\n"));
}

/// True if a reader of `main` would read the second element before the first: it is above it, and not in a later
/// column.
fn goes_back(first: &Value, second: &Value) -> bool {
    let number = |value: &Value, key: &str| value[key].as_f64().unwrap_or_default();
    let in_main = first["main"] == true && second["main"] == true;
    let above = number(second, "bottom") <= number(first, "top");
    let before = if first["rtl"] == true {
        number(second, "right") >= number(first, "right")
    } else {
        number(second, "left") <= number(first, "left")
    };
    in_main && above && before
}
