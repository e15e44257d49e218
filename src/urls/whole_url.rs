//! Guesses the URL that a link's target was meant to be: a host, an e-mail address or a telephone number
//! without the scheme that links need (RFC 3986, section 4.3), or with a mistyped one.

/// A URL that a target probably means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WholeUrl {
    /// The URL.
    pub url: String,
    reason: &'static str,
}

impl WholeUrl {
    /// A hint with the URL, or with a link to it, as `shown`.
    pub fn hint(&self, shown: &str) -> String {
        format!("{} {shown}", self.reason)
    }
}

/// The longest telephone number, in digits (E.164).
const MAX_DIGITS: usize = 15;
/// The shortest telephone number to be recognized, in digits.
const MIN_DIGITS: usize = 7;

/// Returns the URL that a target probably means; `None` if it is more likely a path.
///
/// ```
/// use presswork::urls::whole_url;
/// let url = |target| whole_url(target).map(|found| found.url);
/// assert_eq!(url("example.org/a"), Some("https://example.org/a".to_owned()));
/// assert_eq!(url("+65 1234 5678"), Some("tel:+6512345678".to_owned()));
/// assert_eq!(url("desk@example.org"), Some("mailto:desk@example.org".to_owned()));
/// assert_eq!(url("plan.pdf"), None);
/// ```
pub fn whole_url(target: &str) -> Option<WholeUrl> {
    let target = target.trim();
    mistyped(target).or_else(|| telephone(target)).or_else(|| mail(target)).or_else(|| host(target, false))
}

/// A URL whose scheme has a typing error or is followed by a space.
fn mistyped(target: &str) -> Option<WholeUrl> {
    let letters = target.find(|letter: char| !letter.is_ascii_alphanumeric())?;
    let (written, rest) = target.split_at(letters);
    let scheme = written.to_ascii_lowercase();
    let after = rest.trim_start_matches([':', ';', ',', ' ', '/', '\\']);
    let marks = &rest[..rest.len() - after.len()];
    match &*scheme {
        "tel" | "phone" => telephone(after).filter(|_| marks.contains(':')),
        "mailto" | "mail" | "email" => mail(after).filter(|_| marks.contains([':', ';'])),
        _ => {
            let is_meant = marks.contains("//") || marks.contains(':') && is_web(&scheme);
            let is_right = marks == "://" && matches!(&*scheme, "http" | "https");
            let url = host(after, true).filter(|_| is_meant && !is_right && is_nearly_web(&scheme))?.url;
            Some(WholeUrl { url, reason: "the URL has a mistyped beginning: write" })
        }
    }
}

fn is_web(scheme: &str) -> bool {
    matches!(scheme, "http" | "https")
}

/// True for `https` and `http`, and with one letter wrong, missing or repeated.
fn is_nearly_web(scheme: &str) -> bool {
    is_web(scheme)
        || matches!(scheme, "htp" | "htps" | "ttp" | "ttps" | "htttp" | "htttps" | "hhttp" | "hhttps")
        || matches!(scheme, "httpss" | "httsp" | "htpps" | "hxxp" | "hxxps" | "hptts" | "hpttp")
}

/// A telephone number with its country code, or with the leading zero of numbers within a country.
fn telephone(target: &str) -> Option<WholeUrl> {
    let is_separator = |letter: char| {
        matches!(
            letter,
            ' ' | '-' | '.' | '/' | '(' | ')' | '\u{a0}' | '\u{2009}' | '\u{202f}' | '\u{2010}'..='\u{2013}'
        )
    };
    let (is_whole, national) = match target.strip_prefix('+').or_else(|| target.strip_prefix('＋')) {
        Some(rest) => (true, rest),
        None => (false, target),
    };
    // The zero is dialled within the country only.
    let national = if is_whole { national.replace("(0)", "") } else { national.to_owned() };
    let digits: String = national.chars().filter(char::is_ascii_digit).collect();
    let is_number = national.chars().all(|letter| letter.is_ascii_digit() || is_separator(letter))
        && (MIN_DIGITS..=MAX_DIGITS).contains(&digits.len());
    match (is_number, is_whole) {
        (true, true) => {
            let url = format!("tel:+{digits}");
            Some(WholeUrl { url, reason: "a telephone number needs `tel:`: write" })
        }
        // A date or another figure begins with another digit.
        (true, false) if digits.starts_with('0') && !target.contains(['.', '/']) => {
            let url = format!("tel:{digits}");
            let reason =
                "a telephone number needs `tel:`, and abroad `+` and its country code instead of the zero: write";
            Some(WholeUrl { url, reason })
        }
        _ => None,
    }
}

/// One e-mail address, or several separated by commas.
fn mail(target: &str) -> Option<WholeUrl> {
    let end = target.find(['?', '#']).unwrap_or(target.len());
    let (addresses, tail) = target.split_at(end);
    let is_address = |address: &str| {
        let Some((name, host)) = address.split_once('@') else { return false };
        !name.is_empty() && !name.contains(['/', ' ', ':']) && is_host(host)
    };
    let addresses: Vec<&str> = addresses.split([',', ';']).map(str::trim).collect();
    addresses.iter().all(|address| is_address(address)).then(|| WholeUrl {
        url: format!("mailto:{}{tail}", addresses.join(",")),
        reason: "an e-mail address needs `mailto:`: write",
    })
}

/// A host, perhaps with a port and a path. A host alone could be the name of a file, unless it follows a scheme.
fn host(target: &str, follows_scheme: bool) -> Option<WholeUrl> {
    let end = target.find(['?', '#']).unwrap_or(target.len());
    let (host, path) = target[..end].split_at(target[..end].find('/').unwrap_or(end));
    let (host, port) = host.split_once(':').map_or((host, None), |(host, port)| (host, Some(port)));
    let has_port = port.is_none_or(|port| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()));
    let is_www = host.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www."));
    let is_file =
        path.is_empty() && !is_www && !follows_scheme && !is_top_level(host.rsplit('.').next().unwrap_or_default());
    (has_port && is_host(host) && !is_file && !target.contains(char::is_whitespace))
        .then(|| WholeUrl { url: format!("https://{target}"), reason: "for another site, write" })
}

fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        let is_inside = |letter: char| letter.is_alphanumeric() || letter == '-' || is_mark(letter);
        !label.is_empty() && label.chars().all(is_inside) && !label.starts_with('-') && !label.ends_with('-')
    };
    let top = host.rsplit('.').next().unwrap_or_default();
    let is_top = (2..=24).contains(&top.chars().count())
        && (top.chars().all(|letter| letter.is_alphabetic() || is_mark(letter)) || top.starts_with("xn--"));
    host.contains('.') && is_top && host.split('.').all(is_label)
}

/// True for the vowel signs of scripts that write words with them: `समाचार.भारत`.
fn is_mark(letter: char) -> bool {
    unicode_normalization::char::is_combining_mark(letter) || matches!(letter, '\u{200c}' | '\u{200d}')
}

/// True if the last part of a name is more likely a top-level domain than a file extension: `org`, `fr`, `中国`, not
/// `pdf`.
fn is_top_level(label: &str) -> bool {
    const DOMAINS: &[&str] = &[
        "com", "org", "net", "edu", "gov", "info", "int", "news", "app", "asia", "biz", "blog", "cloud", "dev", "live",
        "media", "online", "press", "shop", "site", "store", "tech", "today", "travel", "world",
    ];
    /// Country codes that are also file extensions.
    const EXTENSIONS: &[&str] = &["ai", "cc", "md", "pl", "ps", "py", "rs", "sh", "so", "tf"];
    let label = label.to_lowercase();
    DOMAINS.contains(&&*label)
        || !label.is_ascii()
        || label.starts_with("xn--")
        || (label.len() == 2 && !EXTENSIONS.contains(&&*label))
}

#[cfg(test)]
mod tests {
    use super::whole_url;

    #[test]
    fn targets_without_a_scheme_get_theirs() {
        for (target, url) in [
            ("例子.中国", "https://例子.中国"),
            ("пример.рф", "https://пример.рф"),
            ("समाचार.भारत", "https://समाचार.भारत"),
            ("例子.中国/a?b", "https://例子.中国/a?b"),
            ("www.example.com/a", "https://www.example.com/a"),
            ("WWW.Example.com", "https://WWW.Example.com"),
            ("xn--fsqu00a.xn--fiqs8s", "https://xn--fsqu00a.xn--fiqs8s"),
            ("localhost.example:8080/a", "https://localhost.example:8080/a"),
            ("http//example.org/a", "https://example.org/a"),
            ("https;//port.example", "https://port.example"),
            ("htps://example.org", "https://example.org"),
            ("http:www.example.org", "https://www.example.org"),
            ("https: //example.org", "https://example.org"),
            ("+65 1234 5678", "tel:+6512345678"),
            ("+44 (0)20 7946-0958", "tel:+442079460958"),
            ("＋49 30 123456", "tel:+4930123456"),
            ("0800 123 456", "tel:0800123456"),
            ("(020) 7946 0958", "tel:02079460958"),
            ("tel: +65 1234 5678", "tel:+6512345678"),
            ("a@example.org?subject=x", "mailto:a@example.org?subject=x"),
            ("mailto: a@example.org, b@example.org", "mailto:a@example.org,b@example.org"),
        ] {
            assert_eq!(whole_url(target).map(|found| found.url), Some(url.to_owned()), "{target}");
        }
        for target in [
            "plan.pdf",
            "2026-11-30",
            "2026/11/30",
            "0-0.png",
            "01.02.2026",
            "1.5",
            "@desk",
            "a b.org",
            "../a.md",
            "tide",
            "https://example.org",
            "+1",
            "mailto",
            "tel:+6512345678x",
            "img/2026.中国",
            "07:30",
            "a/b@c.org",
        ] {
            assert_eq!(whole_url(target), None, "{target}");
        }
    }
}
