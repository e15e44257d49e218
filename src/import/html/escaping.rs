//! Escapes text, code and URLs for Markdown.

/// Appends text so that none of it is markup. With `careful`, every ASCII punctuation mark is escaped; `is_before_link`
/// says that a link or picture follows directly.
pub(super) fn push_text(out: &mut String, text: &str, careful: bool, is_before_link: bool) {
    for (at, letter) in text.char_indices() {
        let before = text[..at].chars().next_back().or_else(|| out.chars().next_back());
        let after = &text[at + letter.len_utf8()..];
        let is_line_start = out.is_empty() || out.ends_with('\n');
        let is_markup = match letter {
            _ if careful && letter.is_ascii_punctuation() => true,
            '\\' | '`' | '*' | '[' | ']' | '~' => true,
            '_' => {
                let is_word = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
                !(is_word(before) && is_word(after.chars().next()))
            }
            '<' => after.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')),
            '&' => after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '#'),
            '!' => after.is_empty() && is_before_link,
            '{' => after.starts_with("{<"),
            '#' | '>' | '|' => is_line_start,
            '-' | '+' | '=' => is_line_start && begins_block(letter, after),
            ':' => is_line_start,
            '.' | ')' => ends_number(out) && (after.is_empty() || after.starts_with(' ')),
            _ => false,
        };
        if is_markup {
            out.push('\\');
        }
        match letter {
            // Characters that Presswork refuses or that mark places in its own texts.
            letter if is_forbidden(letter) => {}
            letter => out.push(letter),
        }
    }
}

/// True for characters that HTML forbids (section 13.1), which no text needs.
fn is_forbidden(letter: char) -> bool {
    let is_noncharacter = matches!(letter, '\u{fdd0}'..='\u{fdef}') || u32::from(letter) & 0xfffe == 0xfffe;
    is_noncharacter || (crate::control_characters::is_control(letter) && !letter.is_whitespace())
}

/// True if a mark at the start of a line with this rest begins a list, a rule or an underline.
fn begins_block(mark: char, after: &str) -> bool {
    let is_rule = after.chars().all(|letter| letter == mark || letter == ' ' || letter == '|' || letter == ':');
    after.is_empty() || after.starts_with(' ') || is_rule
}

/// True if the line so far is a number as before an item of a list.
fn ends_number(out: &str) -> bool {
    let line = &out[out.rfind('\n').map_or(0, |at| at + 1)..];
    !line.is_empty() && line.len() < 10 && line.bytes().all(|byte| byte.is_ascii_digit())
}

/// Appends the destination of a link or picture, and its title.
pub(super) fn push_destination(out: &mut String, url: &str, title: &str) {
    // Between angle brackets, parentheses need no escaping, and the URL stands as it is.
    let is_bracketed = url.is_empty() || url.contains(['(', ')']);
    out.push_str(if is_bracketed { "<" } else { "" });
    for (at, letter) in url.char_indices() {
        // A character reference would be decoded.
        if letter == '&' && url[at..].contains(';') {
            out.push('\\');
        }
        out.push(letter);
    }
    out.push_str(if is_bracketed { ">" } else { "" });
    if !title.is_empty() {
        out.push_str(" \"");
        for letter in title.chars() {
            if matches!(letter, '"' | '\\' | '&' | '{' | '<') {
                out.push('\\');
            }
            out.push(if letter.is_whitespace() { ' ' } else { letter });
        }
        out.push('"');
    }
}

/// A URL with the characters encoded that end a destination in Markdown. `None` if nothing is left.
pub(super) fn clean_url(url: &str) -> Option<String> {
    let mut clean = String::with_capacity(url.len());
    // WHATWG URL: tabs and line ends are left out, as are surrounding spaces.
    for letter in url.trim().chars().filter(|letter| !matches!(letter, '\t' | '\n' | '\r')) {
        match letter {
            ' ' => clean.push_str("%20"),
            '<' => clean.push_str("%3C"),
            '>' => clean.push_str("%3E"),
            '\\' => clean.push_str("%5C"),
            '"' => clean.push_str("%22"),
            '`' => clean.push_str("%60"),
            '{' => clean.push_str("%7B"),
            '}' => clean.push_str("%7D"),
            '|' => clean.push_str("%7C"),
            letter if letter.is_control() || is_forbidden(letter) => {}
            letter if letter.is_whitespace() => {
                let mut bytes = [0; 4];
                clean.extend(letter.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")));
            }
            letter => clean.push(letter),
        }
    }
    (!clean.is_empty()).then_some(clean)
}

/// Appends code in a line, between more backticks than it has in a row (CommonMark 0.31.2, section 6.1).
pub(super) fn push_code(out: &mut String, code: &str) {
    let fence = "`".repeat(longest_run(code, '`') + 1);
    let is_padded = code.starts_with(['`', ' ']) || code.ends_with(['`', ' ']);
    let padding = if is_padded && !code.trim().is_empty() { " " } else { "" };
    out.extend([&fence, padding, code, padding, &fence]);
}

/// The length of the longest run of a character.
pub(super) fn longest_run(text: &str, mark: char) -> usize {
    let (mut longest, mut run) = (0, 0);
    for letter in text.chars() {
        run = if letter == mark { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// True if Markdown might read otherwise than it was meant: it has marks, or a line that doesn't begin with a letter.
pub(super) fn may_mislead(markdown: &str) -> bool {
    markdown.contains(['*', '_', '[', '<', '~', '`', '&', '\\', '|', '{'])
        || markdown.lines().any(|line| !line.starts_with(char::is_alphabetic))
}
