//! Finds files in `content/` that nobody means to publish: backups, copies of sources, hidden files and
//! secrets.

use crate::content_path::STATIC;

/// The reason that a file isn't published unless it is named explicitly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unwanted {
    /// A backup by an editor or merge tool: `vote.png~`, `table.csv.orig`, `~$minutes.docx`.
    Backup,
    /// A copy of an article with another extension, `vote.md.txt`, or that a program made because two people changed it.
    SourceCopy,
    /// Its name, or that of a folder in `content/static/`, begins with a dot.
    Hidden,
}

/// Extensions of backups and autosaves by editors (Vim, nano, Emacs, joe) and merge tools (patch, Git,
/// Mercurial).
const BACKUP_EXTENSIONS: &[&str] =
    &["autosave", "backup", "bak", "kate-swp", "old", "orig", "rej", "save", "swn", "swo", "swp", "temp", "tmp"];

/// Dot files that hosts read, so that a site may include them in `content/static/`: RFC 8615's folder,
/// and the files of Apache, GitHub Pages and Codeberg Pages.
const HOST_FILES: &[&str] = &[".well-known", ".htaccess", ".nojekyll", ".domains"];

/// Files and folders with passwords, keys, or the history of everything else.
const SECRETS: &[&str] = &[
    ".aws",
    ".bzr",
    ".git",
    ".git-credentials",
    ".gnupg",
    ".hg",
    ".htpasswd",
    ".netrc",
    ".npmrc",
    ".pypirc",
    ".ssh",
    ".svn",
];

/// Files that operating systems add to folders.
const SYSTEM_FILES: &[&str] = &[".ds_store", "thumbs.db", "desktop.ini"];

/// The reason not to publish a file, by its path below the project folder; `None` if there is none.
pub fn unwanted(path: &str) -> Option<Unwanted> {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let in_static = path.strip_prefix(STATIC);
    if in_static.is_some_and(|below| below.split('/').any(|part| part.starts_with('.') && !HOST_FILES.contains(&part)))
    {
        return Some(Unwanted::Hidden);
    }
    if in_static.is_none() && is_conflict_copy(path) {
        return Some(Unwanted::SourceCopy);
    }
    let is_copy = name.contains(".md.") || name.contains(".md~") || name.ends_with(".md#");
    if is_copy && (in_static.is_none() || is_backup(&name)) {
        return Some(Unwanted::SourceCopy);
    }
    is_backup(&name).then_some(Unwanted::Backup)
}

/// True for the copies that programs make of a file that two people changed: Dropbox and Nextcloud (`vote (conflicted copy
/// 2026-05-04).md`), Syncthing (`vote.sync-conflict-20260504-….md`) and `git mergetool` (`vote_REMOTE_123.md`).
pub(super) fn is_conflict_copy(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let side = stem.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let is_side =
        side.len() < stem.len() && ["_BACKUP_", "_BASE_", "_LOCAL_", "_REMOTE_"].iter().any(|of| side.ends_with(of));
    is_side || name.contains(".sync-conflict-") || name.to_ascii_lowercase().contains("conflicted copy")
}

/// True if a lower-case name is that of a backup, also with a number, as in `plan.bak2` and
/// `vote.md.save.1`.
fn is_backup(name: &str) -> bool {
    let is_autosave = name.len() > 2 && name.starts_with('#') && name.ends_with('#');
    if is_autosave || name.ends_with('~') || name.starts_with("~$") || name.starts_with(".#") {
        return true;
    }
    let base = name.trim_end_matches(|letter: char| letter.is_ascii_digit()).trim_end_matches('.');
    base.rsplit_once('.').is_some_and(|(stem, extension)| !stem.is_empty() && BACKUP_EXTENSIONS.contains(&extension))
}

/// True if a file or folder with this name is never published, even if named.
pub(super) fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with(".env") || SECRETS.contains(&name.as_str())
}

/// True if the operating system creates files with this name.
pub(super) fn is_system_file(name: &str) -> bool {
    SYSTEM_FILES.contains(&name.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backups_are_known_by_their_names() {
        let names = "a.png~ a.csv.bak plan.bak2 a.orig a.REJ a.save.1 #a.txt# ~$a.docx a.swp a.tmp a.csv.~1~ a.old";
        for name in names.split(' ') {
            assert_eq!(unwanted(&format!("content/world/{name}")), Some(Unwanted::Backup), "{name}");
            assert_eq!(unwanted(&format!("content/static/{name}")), Some(Unwanted::Backup), "{name}");
        }
        for name in ["a.png", "save", "bak.png", "a.b.txt", "2026.01", "orig.csv", "#1.png", "~a.png", "a.1"] {
            assert_eq!(unwanted(&format!("content/world/{name}")), None, "{name}");
        }
    }

    #[test]
    fn copies_of_articles_are_known_by_their_names() {
        for name in ["a.md.txt", "a.md.bak", "#a.md#", "a.md~", "A.MD.orig", "a.md.~2~", "a.md.2026-11-01"] {
            assert_eq!(unwanted(&format!("content/world/{name}")), Some(Unwanted::SourceCopy), "{name}");
        }
        for name in
            ["a (Ana's conflicted copy 2026-05-04).md", "a.sync-conflict-20260504-101010-ABC.md", "a_REMOTE_12.md"]
        {
            assert_eq!(unwanted(&format!("content/world/{name}")), Some(Unwanted::SourceCopy), "{name}");
        }
        for name in ["a_remote_12.md", "a_REMOTE_.md", "sync-conflict.md", "copy.md"] {
            assert_eq!(unwanted(&format!("content/world/{name}")), None, "{name}");
        }
        assert_eq!(unwanted("content/static/a.md.txt"), None);
        assert_eq!(unwanted("content/static/a.md.bak"), Some(Unwanted::SourceCopy));
    }

    #[test]
    fn hosts_get_their_dot_files() {
        for path in [".well-known/security.txt", ".htaccess", "private/.htaccess", ".nojekyll"] {
            assert_eq!(unwanted(&format!("content/static/{path}")), None, "{path}");
        }
        for path in [".vscode/settings.json", "a/.hidden", ".well-known/.notes", ".well-knownish"] {
            assert_eq!(unwanted(&format!("content/static/{path}")), Some(Unwanted::Hidden), "{path}");
        }
        assert!(is_secret(".git") && is_secret(".env") && is_secret(".env.local") && !is_secret("env"));
    }
}
