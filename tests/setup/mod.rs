//! Files that git cannot hold or would mangle, made from the lines of a golden site's `setup` file.
//!
//! ```text
//! # a comment
//! write PATH TEXT          a file with this text
//! append PATH TEXT [N]     the text (N times) at the end of the file
//! mkdir PATH               a folder, with its parents
//! symlink TARGET LINK      a symbolic link
//! pipe PATH                a named pipe: opening it to read blocks for ever
//! socket PATH              a socket: nobody can open it, not even root
//! remove PATH              removes a file or folder
//! chmod MODE PATH          other permissions, in octal; the site is skipped for root, whom they do not bind
//! ```
//!
//! Words are separated by spaces or enclosed in double quotes; `\n`, `\r`, `\t`, `\0`, `\\`, `\"`, `\ `, `\xFF` and `\u{1F600}`
//! are understood in both.

use std::ffi::OsString;
use std::fs::{self, OpenOptions, Permissions};
use std::io::Write;
use std::iter::Peekable;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::Chars;

/// Runs the lines of `script` in `root`.
///
/// # Errors
///
/// The line that could not be run, and the reason.
pub fn run(script: &str, root: &Path) -> Result<(), String> {
    for (number, line) in script.lines().enumerate() {
        let words = words(line).map_err(|why| format!("setup:{}: {why}", number + 1))?;
        if !words.is_empty() {
            step(&words, root).map_err(|why| format!("setup:{}: `{line}`: {why}", number + 1))?;
        }
    }
    Ok(())
}

/// True if the script takes permissions away, which has no effect on root.
pub fn needs_permissions(script: &str) -> bool {
    script.lines().any(|line| line.split_whitespace().next() == Some("chmod"))
}

fn step(words: &[Vec<u8>], root: &Path) -> Result<(), String> {
    let path = |word: &Vec<u8>| root.join(PathBuf::from(OsString::from_vec(word.clone())));
    let (verb, rest) = words.split_first().ok_or("nothing to do")?;
    let done = match (verb.as_slice(), rest) {
        (b"write", [file, text]) => with_parents(&path(file)).and_then(|()| fs::write(path(file), text)),
        (b"append", [file, text]) => append(&path(file), text),
        (b"append", [file, text, times]) => append(&path(file), &text.repeat(number(times, 10)? as usize)),
        (b"mkdir", [folder]) => fs::create_dir_all(path(folder)),
        (b"symlink", [target, link]) => {
            let target = OsString::from_vec(target.clone());
            with_parents(&path(link)).and_then(|()| symlink(target, path(link)))
        }
        (b"pipe", [pipe]) => with_parents(&path(pipe)).and_then(|()| make_pipe(&path(pipe))),
        (b"socket", [socket]) => with_parents(&path(socket)).and_then(|()| UnixListener::bind(path(socket)).map(drop)),
        (b"remove", [gone]) if path(gone).is_dir() => fs::remove_dir_all(path(gone)),
        (b"remove", [gone]) => fs::remove_file(path(gone)),
        (b"chmod", [mode, file]) => fs::set_permissions(path(file), Permissions::from_mode(number(mode, 8)?)),
        _ => return Err("no such step; tests/setup/mod.rs lists them".to_owned()),
    };
    done.map_err(|error| error.to_string())
}

fn with_parents(path: &Path) -> std::io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)
}

fn make_pipe(path: &Path) -> std::io::Result<()> {
    let made = Command::new("mkfifo").arg(path).status()?;
    if made.success() { Ok(()) } else { Err(std::io::Error::other("mkfifo failed")) }
}

fn append(path: &Path, text: &[u8]) -> std::io::Result<()> {
    with_parents(path)?;
    OpenOptions::new().create(true).append(true).open(path)?.write_all(text)
}

fn number(word: &[u8], radix: u32) -> Result<u32, String> {
    let text = String::from_utf8_lossy(word);
    u32::from_str_radix(&text, radix).map_err(|error| format!("`{text}`: {error}"))
}

/// The words of one line; none for a comment or an empty line.
fn words(line: &str) -> Result<Vec<Vec<u8>>, String> {
    let mut words = Vec::new();
    let mut chars = line.trim().chars().peekable();
    if chars.peek() == Some(&'#') {
        return Ok(words);
    }
    while let Some(&first) = chars.peek() {
        if first.is_whitespace() {
            chars.next();
        } else {
            words.push(word(&mut chars)?);
        }
    }
    Ok(words)
}

fn word(chars: &mut Peekable<Chars<'_>>) -> Result<Vec<u8>, String> {
    let quoted = chars.next_if_eq(&'"').is_some();
    let mut word = Vec::new();
    loop {
        match chars.next() {
            None if quoted => return Err("a `\"` is not closed".to_owned()),
            None => return Ok(word),
            Some('"') if quoted => return Ok(word),
            Some('\\') => escape(chars, &mut word)?,
            Some(char) if char.is_whitespace() && !quoted => return Ok(word),
            Some(char) => push(&mut word, char),
        }
    }
}

fn push(word: &mut Vec<u8>, char: char) {
    word.extend(char.encode_utf8(&mut [0; 4]).as_bytes());
}

fn escape(chars: &mut Peekable<Chars<'_>>, word: &mut Vec<u8>) -> Result<(), String> {
    match chars.next() {
        Some('n') => word.push(b'\n'),
        Some('r') => word.push(b'\r'),
        Some('t') => word.push(b'\t'),
        Some('0') => word.push(0),
        Some(char @ ('\\' | '"' | ' ')) => push(word, char),
        Some('x') => {
            let digits: String = chars.take(2).collect();
            word.push(u8::from_str_radix(&digits, 16).map_err(|_| format!("`\\x{digits}` is no byte"))?);
        }
        Some('u') => {
            let digits: String = chars.skip_while(|&char| char == '{').take_while(|&char| char != '}').collect();
            let char = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32);
            push(word, char.ok_or_else(|| format!("`\\u{{{digits}}}` is no character"))?);
        }
        other => return Err(format!("no escape `\\{}`", other.map(String::from).unwrap_or_default())),
    }
    Ok(())
}

/// Tests the parser of words; `tests/sites.rs` runs it together with the sites.
pub fn check_words() -> Result<(), String> {
    let line = r#"write "a b/ü.md" \xff\0\r\n"\"" \u{1F600}"#;
    let expected: [&[u8]; 4] = [b"write", "a b/ü.md".as_bytes(), b"\xff\0\r\n\"\"\"", "😀".as_bytes()];
    let found = words(line)?;
    if found == expected && words("  # no step")?.is_empty() && words("write \"a").is_err() {
        Ok(())
    } else {
        Err(format!("`{line}` was read as {found:?}"))
    }
}
