//! Paths in the languages of timers: the shell, crontabs and systemd's units.

/// A text as one word of the shell.
pub(in crate::cli) fn shell(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// A command of the shell on one line of a crontab, where `%` ends the command.
pub(super) fn crontab(command: &str) -> String {
    command.replace('%', "\\%")
}

/// A text as one word of a unit's command, where `%` and `$` are replaced.
pub(super) fn systemd(text: &str) -> String {
    let mut word = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => word.extend(['\\', letter]),
            '%' | '$' => word.extend([letter, letter]),
            _ => word.push(letter),
        }
    }
    word.push('"');
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_its_own_escapes() {
        let path = "/srv/it's \"100%\" $HOME";
        assert_eq!(shell(path), "'/srv/it'\\''s \"100%\" $HOME'");
        assert_eq!(crontab(&shell("100%")), "'100\\%'");
        assert_eq!(systemd(path), "\"/srv/it's \\\"100%%\\\" $$HOME\"");
    }
}
