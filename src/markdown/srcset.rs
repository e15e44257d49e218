//! Parses `srcset` attributes.

/// A candidate of a `srcset`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ImageCandidate<'s> {
    /// The URL, as written.
    pub url: &'s str,
    /// The width or density, if any, as written.
    pub descriptors: &'s str,
}

/// Returns the candidates (HTML, section 4.8.4.2.1). A URL may contain commas, but doesn't end with one.
pub(super) fn candidates(srcset: &str) -> impl Iterator<Item = ImageCandidate<'_>> {
    let is_between = |letter: char| letter.is_ascii_whitespace() || letter == ',';
    let mut rest = srcset;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(is_between);
        if rest.is_empty() {
            return None;
        }
        let (url, after) = rest.split_at(rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len()));
        let trimmed = url.trim_end_matches(',');
        if trimmed.len() < url.len() {
            rest = after;
            return Some(ImageCandidate { url: trimmed, descriptors: "" });
        }
        let (descriptors, after) = after.split_at(after.find(',').unwrap_or(after.len()));
        rest = after;
        Some(ImageCandidate { url, descriptors: descriptors.trim_ascii() })
    })
}

#[cfg(test)]
mod tests {
    use super::candidates;

    #[test]
    fn commas_separate_candidates_with_and_without_spaces() {
        let found = |srcset| candidates(srcset).map(|one| (one.url, one.descriptors)).collect::<Vec<_>>();
        assert_eq!(found("a.jpg 1x,b.jpg 2x"), [("a.jpg", "1x"), ("b.jpg", "2x")]);
        assert_eq!(found(" a.jpg,\n b,c.jpg  640w , d.jpg"), [("a.jpg", ""), ("b,c.jpg", "640w"), ("d.jpg", "")]);
        assert_eq!(found(", ,"), []);
    }
}
