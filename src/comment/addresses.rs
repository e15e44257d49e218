//! Finds e-mail and IP addresses in names and URLs, however they are written: comments must not hold any.

use std::borrow::Cow;
use std::net::Ipv6Addr;

use percent_encoding::percent_decode_str;
use unicode_normalization::UnicodeNormalization;

use crate::unicode::is_invisible;

/// An address of a person or their device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PersonalAddress {
    /// An e-mail address.
    Email,
    /// An IP address, of version 4 or 6.
    Ip,
}

impl PersonalAddress {
    /// Its name with an article, for messages.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            PersonalAddress::Email => "an e-mail address",
            PersonalAddress::Ip => "an IP address",
        }
    }
}

/// The most times that a text is percent-decoded.
const MAX_DECODED: usize = 4;

/// The longest address of version 6, in characters (RFC 4291, section 2.2).
const MAX_IPV6: usize = 45;

/// The words of a text that hold an e-mail or IP address, as written.
///
/// ```
/// use presswork::comment::addresses_in;
/// assert_eq!(addresses_in("email: noor@example.net # from 192.0.2.7"), ["noor@example.net", "192.0.2.7"]);
/// ```
pub fn addresses_in(text: &str) -> Vec<&str> {
    let is_border = |letter: char| letter.is_whitespace() || "\"'<>()[]{},;".contains(letter);
    text.split(is_border).filter(|word| in_name(word).is_some()).collect()
}

/// Finds an address anywhere in a name.
pub(super) fn in_name(name: &str) -> Option<PersonalAddress> {
    // Most names have neither, and an archive has many.
    if name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b' ') {
        return None;
    }
    let plain = plain(name);
    has_email(&plain).then_some(PersonalAddress::Email).or_else(|| ip_address(&plain))
}

/// Finds an address in the URL of a site: in place of its host, as its user, in its path or in its query.
pub(super) fn in_url(url: &str) -> Option<PersonalAddress> {
    let plain = plain(url);
    let parsed = ::url::Url::parse(url).ok();
    let is_of_user = parsed.as_ref().is_some_and(|url| !url.username().is_empty() || url.password().is_some());
    if is_of_user || has_email(&plain) {
        return Some(PersonalAddress::Email);
    }
    // Also numbers such as `http://3405803853/`, which are hosts of this kind.
    let is_ip = parsed.as_ref().is_some_and(|url| !matches!(url.host(), Some(::url::Host::Domain(_))));
    is_ip.then_some(PersonalAddress::Ip).or_else(|| ip_address(&plain))
}

/// A text without percent-encoding and invisible characters, in Unicode normalization form KC, which has one form for the
/// wide letters and digits of Chinese and Japanese keyboards.
fn plain(text: &str) -> String {
    let mut text = Cow::Borrowed(text);
    for _ in 0..MAX_DECODED {
        match percent_decode_str(&text).decode_utf8_lossy() {
            decoded if decoded == text => break,
            decoded => text = Cow::Owned(decoded.into_owned()),
        }
    }
    let normal = text.nfkc().filter(|&letter| !is_invisible(letter));
    normal.map(|letter| if letter == '。' { '.' } else { letter }).collect()
}

fn has_email(plain: &str) -> bool {
    plain.match_indices('@').any(|(at, _)| is_email(&plain[..at], &plain[at + 1..]))
}

/// True for the texts before and after the `@` of an e-mail address, which may have spaces around it.
fn is_email(before: &str, after: &str) -> bool {
    let is_user = |letter: char| letter.is_alphanumeric() || "!#$%&'*+-=?^_`{|}~.\"".contains(letter);
    let (user, host) = (before.trim_end(), after.trim_start());
    let has_user = user.ends_with(is_user) && user.contains(char::is_alphanumeric);
    let has_host = host.starts_with(|letter: char| letter.is_alphanumeric() || letter == '[');
    // `Noor @ The Times`, `M@tt` and `12345678@N00` have no host.
    has_user && has_host && is_mail_host(host) && !is_handle(before)
}

/// True if a text begins with the host of a mailbox: a name with a dot inside, an IP address in brackets, or `localhost`.
fn is_mail_host(text: &str) -> bool {
    let end = text.find(|letter: char| letter.is_whitespace() || "/?#&".contains(letter)).unwrap_or(text.len());
    let host = text[..end].trim_end_matches(|letter: char| !letter.is_alphanumeric());
    text.starts_with('[') || host.contains('.') || host.eq_ignore_ascii_case("localhost")
}

/// True if a text ends like the beginning of an account on Mastodon, `@noor` in `@noor@mastodon.example`, which is an
/// address of no mailbox. The names of its accounts are letters, digits and underscores.
fn is_handle(before: &str) -> bool {
    let rest = before.trim_end_matches(|letter: char| letter.is_ascii_alphanumeric() || letter == '_');
    let is_free = |rest: &str| !rest.ends_with(|letter: char| letter.is_alphanumeric() || "._-+\"".contains(letter));
    rest.len() < before.len() && rest.strip_suffix('@').is_some_and(is_free)
}

/// Finds an IP address, also between letters and other numbers.
fn ip_address(text: &str) -> Option<PersonalAddress> {
    let is_part = |letter: char| letter.is_ascii_hexdigit() || matches!(letter, ':' | '.');
    let runs = text.split(|letter: char| !is_part(letter));
    let has_address = |run: &str| {
        let is_candidate = run.bytes().any(|byte| byte.is_ascii_digit()) && run.len() >= 4;
        is_candidate && (has_ipv4(run) || has_ipv6(run))
    };
    runs.into_iter().any(has_address).then_some(PersonalAddress::Ip)
}

/// True if four numbers up to 255 stand in a row, with dots between them.
fn has_ipv4(run: &str) -> bool {
    let is_number = |part: &str| part.len() <= 3 && part.parse::<u8>().is_ok();
    let mut count = 0;
    for part in run.split('.') {
        // Letters or a port may touch the first number and the last: `Guest203.0.113.77:80`.
        let end = part.len() - part.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
        let begin = part.trim_end_matches(|letter: char| letter.is_ascii_digit()).len();
        let is_inner = is_number(part);
        if count == 3 && is_number(&part[..end]) {
            return true;
        }
        count = match (is_inner, is_number(&part[begin..])) {
            (true, _) => count + 1,
            (false, true) => 1,
            (false, false) => 0,
        };
        if count >= 4 {
            return true;
        }
    }
    false
}

/// True if an address of version 6 is in a run of its characters. One with a single number, such as `::1`, names no
/// device on the Internet.
fn has_ipv6(run: &str) -> bool {
    if run.matches(':').count() < 2 {
        return false;
    }
    let begins = std::iter::once(0).chain(run.match_indices(':').flat_map(|(at, _)| [at, at + 1]));
    let ends: Vec<usize> = run.match_indices([':', '.']).flat_map(|(at, _)| [at, at + 1]).chain([run.len()]).collect();
    let is_address = |text: &str| {
        let has_numbers = text.split(':').filter(|part| !part.is_empty()).count() >= 2;
        has_numbers && text.parse::<Ipv6Addr>().is_ok()
    };
    begins.into_iter().any(|begin| {
        let longer = &ends[ends.partition_point(|&end| end <= begin)..];
        longer.iter().take_while(|&&end| end - begin <= MAX_IPV6).any(|&end| is_address(&run[begin..end]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_wherever_they_stand() {
        for name in [
            "noor.secret@example.net",
            "Noor <noor@example.net>",
            "noor.secret @ example.net",
            "noor.secret @example.net",
            "noor.secret\u{fe6b}example.net",
            "noor.secret＠example。net",
            "noor.secret@localhost",
            "noor.secret%40example.net",
            "noor.secret%2540example.net",
            "@noor.secret@example.net",
            "noor.secret\u{200b}@\u{ad}example.net",
            "\"noor secret\"@example.net",
            "x@[203.0.113.77]",
            "نور@example.net",
        ] {
            assert_eq!(in_name(name), Some(PersonalAddress::Email), "{name}");
        }
        for name in [
            "203.0.113.77",
            "IP:203.0.113.77",
            "203.0.113.77.",
            "Guest_203.0.113.77",
            "Guest203.0.113.77b",
            "203.0.113.77/24",
            "Noor/203.0.113.77",
            "IP=203.0.113.77",
            "203.0.113.77-bot",
            "1.203.0.113.77",
            "203.0.113.77:8080",
            "２０３．０．１１３．７７",
            "2001:db8::1%eth0",
            "[2001:db8::1]:443",
            "IP:2001:db8:0:0:0:0:0:1.",
            "Noor:2001:db8::1",
            "::ffff:203.0.113.77",
        ] {
            assert_eq!(in_name(name), Some(PersonalAddress::Ip), "{name}");
        }
        for name in [
            "Bo 2.0",
            "@bo@mastodon.example",
            "Bo (@bo@mastodon.example)",
            "A :: B",
            "R2-D2",
            "3.14",
            "bo at example",
            "Noor @ The Times",
            "M@tt",
            "@noor",
            "X::9",
            "1.2.3",
            "256.300.1.2",
            "Noor, 100% human",
            "22.11.2018",
        ] {
            assert_eq!(in_name(name), None, "{name}");
        }
    }

    #[test]
    fn addresses_are_found_in_urls() {
        for (url, found) in [
            ("http://noor.secret@example.net", Some(PersonalAddress::Email)),
            ("https://noor:pw@example.net/", Some(PersonalAddress::Email)),
            ("https://:pw@example.net/", Some(PersonalAddress::Email)),
            ("https://example.net/?email=noor.secret@example.net", Some(PersonalAddress::Email)),
            ("https://example.net/?email=noor.secret%40example.net", Some(PersonalAddress::Email)),
            ("https://203.0.113.77/", Some(PersonalAddress::Ip)),
            ("http://3405803853/", Some(PersonalAddress::Ip)),
            ("https://[2001:db8::1]/", Some(PersonalAddress::Ip)),
            ("https://dyn-203.0.113.77.isp.example/", Some(PersonalAddress::Ip)),
            ("https://example.net/?from=203.0.113.77", Some(PersonalAddress::Ip)),
            ("https://example.net:8080/a.b.c?d=1", None),
            ("https://mastodon.example/@noor", None),
            ("https://mastodon.example/@noor@other.example", None),
            ("https://www.flickr.com/photos/12345678@N00/", None),
            ("https://münchen.example/über", None),
            ("https://example.net/2018/11/22/", None),
        ] {
            assert_eq!(in_url(url), found, "{url}");
        }
    }
}
