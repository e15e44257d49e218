//! A folder on a server as a store, through the user's own `ssh`: its configuration, keys and jump hosts are used.
//!
//! One `ssh` runs a small loop in the server's shell for many calls, since a connection takes longer than a file. The server
//! needs a POSIX shell and nothing else.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;

use crate::hosts::StoredHeaders;

use super::{Put, PutCondition, Store, StoreError, StoreErrorKind, StoredFile, Version};

/// A folder on a server. Its web server sets headers, so those given are ignored.
pub(super) struct SshStore {
    host: String,
    port: Option<u16>,
    path: String,
    /// Connections that are not in use.
    idle: Mutex<Vec<SshConnection>>,
}

/// A connection whose other end runs the loop.
struct SshConnection {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

/// The number of connections at the same time; servers often refuse more than ten at once.
const CONNECTIONS: usize = 4;

/// The loop on the server. A call is a line: its name, the lengths of the bytes that follow, and the file's name. The
/// answer is a line that begins with `ok`, `refused` or `error`; after `ok` and a length come that many bytes.
///
/// `take` must read no byte too many: GNU and BusyBox `head` don't, and the first call proves it; elsewhere `dd` does it,
/// slowly. `receive` ends the loop if the connection is lost before all bytes have come, so that no part of a file gets its
/// name.
const LOOP: &str = r#"
private=.presswork-deploy; mine=$private/unfinished/$$; LC_ALL=C; export LC_ALL
take() { if [ "$exact" = yes ]; then head -c "$1"; else dd bs=1 count="$1" 2>/dev/null; fi; }
receive() {
  take "$1" > "$2"
  [ "$(wc -c < "$2" | tr -d ' ')" = "$1" ] || { rm -f "$mine" "$mine.old"; exit 1; }
}
fail() { printf 'error %s\n' "$(printf '%s' "$1" | tr '\n' ' ')"; }
mkdir -p -- "$root" && cd -- "$root" && mkdir -p "$private/unfinished" || { echo 'error the folder cannot be created'; exit 1; }
exact=yes; printf 'hello\n'
probe=$(take 1; printf .); read -r rest
if [ "$probe$rest" != 'a.b' ]; then exact=no; printf 'inexact\n'; else printf 'exact\n'; fi
place() {
  folder=$(dirname -- "./$2") && mkdir -p -- "$folder" && mv -f -- "$1" "./$2"
}
while IFS=' ' read -r call size other name; do
  case $call in
  get)
    if [ ! -f "./$name" ]; then echo missing
    elif said=$(cp -- "./$name" "$mine" 2>&1); then
      printf 'ok %s\n' "$(wc -c < "$mine" | tr -d ' ')"; cat "$mine"; rm -f "$mine"
    else fail "$said"; fi ;;
  put)
    receive "$size" "$mine"
    if said=$(place "$mine" "$name" 2>&1); then echo ok; else fail "$said"; fi ;;
  new)
    receive "$size" "$mine"
    if [ -e "./$name" ]; then rm -f "$mine"; echo refused
    elif said=$(mkdir -p -- "$(dirname -- "./$name")" 2>&1 && ln -- "$mine" "./$name" 2>&1); then rm -f "$mine"; echo ok
    elif [ -e "./$name" ]; then rm -f "$mine"; echo refused
    else rm -f "$mine"; fail "$said"; fi ;;
  same)
    receive "$other" "$mine.old"; receive "$size" "$mine"
    find "$private/changing" -prune -mmin +1 -exec rmdir {} \; 2>/dev/null
    if ! mkdir "$private/changing" 2>/dev/null; then echo busy
    else
      if ! cmp -s "$mine.old" "./$name"; then echo refused
      elif said=$(place "$mine" "$name" 2>&1); then echo ok
      else fail "$said"; fi
      rmdir "$private/changing"
    fi
    rm -f "$mine" "$mine.old" ;;
  delete)
    if [ -d "./$name" ]; then echo ok
    elif said=$(rm -f -- "./$name" 2>&1); then
      folder=$(dirname -- "./$name")
      while [ "$folder" != . ] && rmdir -- "$folder" 2>/dev/null; do folder=$(dirname -- "$folder"); done
      echo ok
    else fail "$said"; fi ;;
  tidy)
    find "$private/unfinished" -type f -mmin +60 -exec rm -f {} \; ; echo ok ;;
  esac
done
rm -f "$mine" "$mine.old"
"#;

/// An answer of the loop.
enum LoopAnswer {
    Ok(Vec<u8>),
    Missing,
    Refused,
}

impl SshStore {
    pub(super) fn new(host: &str, port: Option<u16>, path: &str) -> SshStore {
        SshStore { host: host.to_owned(), port, path: path.to_owned(), idle: Mutex::new(Vec::new()) }
    }

    /// Connects and starts the loop. `ssh` prints its own messages to standard error, and may ask there for a passphrase.
    fn connect(&self) -> Result<SshConnection, StoreError> {
        let mut command = Command::new("ssh");
        if let Some(port) = self.port {
            command.args(["-p", &port.to_string()]);
        }
        let script = format!("root={}\n{LOOP}", shell_quoted(&self.path));
        command.args(["-T", "-o", "ServerAliveInterval=15", "--", &self.host]);
        command.arg(format!("exec sh -c {}", shell_quoted(&script)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command
            .spawn()
            .map_err(|error| StoreError::new(StoreErrorKind::Permanent, format!("cannot run ssh: {error}")))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(StoreError::new(StoreErrorKind::Permanent, "cannot talk to ssh"));
        };
        let mut session = SshConnection { child, input, output: BufReader::new(output) };
        match session.greet() {
            Ok(()) => Ok(session),
            Err(error) => Err(session.end(&self.host).unwrap_or(error)),
        }
    }

    /// Makes a call on a connection that is not in use, or on a new one. After an error that leaves it unclear what was
    /// carried out, the connection is dropped.
    fn call(&self, line: &str, payload: &[&[u8]]) -> Result<LoopAnswer, StoreError> {
        let idle = self.idle.lock().map(|mut idle| idle.pop()).unwrap_or_default();
        let mut session = match idle {
            Some(session) => session,
            None => self.connect()?,
        };
        let answer = session.call(line, payload);
        let is_usable = answer.as_ref().map_or_else(|error| error.kind != StoreErrorKind::Temporary, |_| true);
        if is_usable && let Ok(mut idle) = self.idle.lock() {
            idle.push(session);
        }
        answer
    }
}

impl SshConnection {
    /// Checks that the server's tools read exactly what they are told to.
    fn greet(&mut self) -> Result<(), StoreError> {
        let hello = self.line()?;
        if hello != "hello" {
            return Err(refusal(&hello));
        }
        self.send(&[b"ab\n"])?;
        match self.line()?.as_str() {
            "exact" | "inexact" => Ok(()),
            other => Err(refusal(other)),
        }
    }

    fn call(&mut self, line: &str, payload: &[&[u8]]) -> Result<LoopAnswer, StoreError> {
        self.send(&[line.as_bytes(), b"\n"])?;
        self.send(payload)?;
        let answer = self.line()?;
        match answer.split_once(' ').unwrap_or((&answer, "")) {
            ("ok", "") => Ok(LoopAnswer::Ok(Vec::new())),
            ("ok", length) => {
                let length = length.parse().map_err(|_| refusal(&answer))?;
                let mut bytes = vec![0; length];
                self.output.read_exact(&mut bytes).map_err(|error| lost(&error))?;
                Ok(LoopAnswer::Ok(bytes))
            }
            ("missing", _) => Ok(LoopAnswer::Missing),
            ("refused", _) => Ok(LoopAnswer::Refused),
            ("busy", _) => Err(StoreError::new(StoreErrorKind::Temporary, "another command is changing the same file")),
            _ => Err(refusal(&answer)),
        }
    }

    fn send(&mut self, parts: &[&[u8]]) -> Result<(), StoreError> {
        let sent = parts.iter().try_for_each(|part| self.input.write_all(part)).and_then(|()| self.input.flush());
        sent.map_err(|error| lost(&error))
    }

    fn line(&mut self) -> Result<String, StoreError> {
        let mut line = String::new();
        match self.output.read_line(&mut line) {
            Ok(0) => Err(StoreError::new(StoreErrorKind::Temporary, "the connection was closed")),
            Ok(_) => Ok(line.trim_end().to_owned()),
            Err(error) => Err(lost(&error)),
        }
    }

    /// The reason why `ssh` itself has ended, by its exit code.
    fn end(mut self, host: &str) -> Option<StoreError> {
        drop(self.input);
        let code = self.child.wait().ok()?.code()?;
        // 255: ssh could not connect or log in, and has said why. Anything else is the server's shell.
        let message = match code {
            255 => format!("ssh cannot reach {host}"),
            0 => return None,
            code => format!("the shell of {host} ended with code {code}"),
        };
        Some(StoreError::new(StoreErrorKind::Denied, message))
    }
}

impl Drop for SshStore {
    /// Ends the loops, and waits for them so that no process is left.
    fn drop(&mut self) {
        let idle = self.idle.get_mut().map(std::mem::take).unwrap_or_default();
        for SshConnection { mut child, input, .. } in idle {
            drop(input);
            // Nothing depends on how it ended: every call has had its answer.
            let _ = child.wait();
        }
    }
}

impl Store for SshStore {
    fn get(&self, name: &str) -> Result<Option<StoredFile>, StoreError> {
        match self.call(&format!("get 0 0 {name}"), &[])? {
            LoopAnswer::Ok(bytes) => Ok(Some(StoredFile { version: Version(bytes.clone()), bytes })),
            LoopAnswer::Missing | LoopAnswer::Refused => Ok(None),
        }
    }

    fn put(
        &self,
        name: &str,
        bytes: &[u8],
        _headers: &StoredHeaders,
        condition: PutCondition<'_>,
    ) -> Result<Put, StoreError> {
        let size = bytes.len();
        let answer = match condition {
            PutCondition::Always => self.call(&format!("put {size} 0 {name}"), &[bytes])?,
            PutCondition::New => self.call(&format!("new {size} 0 {name}"), &[bytes])?,
            PutCondition::Same(Version(old)) => {
                self.call(&format!("same {size} {} {name}", old.len()), &[old, bytes])?
            }
        };
        match answer {
            LoopAnswer::Ok(_) => Ok(Put::Done(Version(bytes.to_vec()))),
            LoopAnswer::Missing | LoopAnswer::Refused => Ok(Put::Refused),
        }
    }

    fn delete(&self, name: &str) -> Result<(), StoreError> {
        self.call(&format!("delete 0 0 {name}"), &[]).map(drop)
    }

    fn tidy(&self) -> Result<(), StoreError> {
        self.call("tidy 0 0 .", &[]).map(drop)
    }

    fn concurrency(&self) -> usize {
        CONNECTIONS
    }

    fn address(&self) -> String {
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        let slash = if self.path.starts_with('/') { "" } else { "/~/" };
        format!("ssh://{}{port}{slash}{}", self.host, self.path)
    }
}

/// Quotes a text for a POSIX shell.
fn shell_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn lost(error: &std::io::Error) -> StoreError {
    StoreError::new(StoreErrorKind::Temporary, format!("the connection was lost: {error}"))
}

fn refusal(answer: &str) -> StoreError {
    let said = answer.strip_prefix("error ").unwrap_or(answer);
    let kind = match said.contains("ermission denied") || said.contains("Read-only file system") {
        true => StoreErrorKind::Denied,
        false => StoreErrorKind::Permanent,
    };
    StoreError::new(kind, format!("the server says: {said}"))
}

#[cfg(test)]
mod tests {
    use super::super::PRIVATE_FOLDER;
    use super::*;

    #[test]
    fn the_folder_of_unfinished_files_is_the_hidden_one() {
        assert!(LOOP.contains(&format!("private={PRIVATE_FOLDER};")));
    }

    #[test]
    fn quotes_end_no_shell_word() {
        assert_eq!(shell_quoted("it's $HOME"), r"'it'\''s $HOME'");
    }
}
