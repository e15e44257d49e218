//! Finds the files that CSS names: `url(quay.png)`.

/// The URLs of a style sheet or a `style` attribute, without quotes (CSS Syntax 3, section 4.3.6). Escapes stay.
pub(super) fn css_urls(css: &str) -> impl Iterator<Item = &str> {
    memchr::memmem::find_iter(css.as_bytes(), b"(").filter_map(|open| {
        let name = css[..open].get(open.checked_sub(3)?..)?;
        let inside = css[open + 1..].trim_start();
        let url = match inside.chars().next().filter(|quote| matches!(quote, '"' | '\'')) {
            Some(quote) => inside[1..].split(quote).next()?,
            None => inside.split(')').next()?.trim_end(),
        };
        let is_word = css[..open - 3].ends_with(|letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_'));
        (name.eq_ignore_ascii_case("url") && !is_word && !url.is_empty()).then_some(url)
    })
}

#[cfg(test)]
mod tests {
    use super::css_urls;

    #[test]
    fn urls_are_found_with_and_without_quotes() {
        let css =
            "a { background: red url( a.png ) } b { src: URL(\"b (1).woff2\"), url('c.woff') } .curl(x), éé(y) {}";
        assert_eq!(css_urls(css).collect::<Vec<_>>(), ["a.png", "b (1).woff2", "c.woff"]);
    }
}
