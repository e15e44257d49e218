//! Quotes text for timers: the shell, crontabs and systemd units.

/// Quotes a string as one word for the shell.
pub(in crate::cli) fn shell(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// Escapes a shell command for a crontab, in which `%` ends the command.
pub(super) fn crontab(command: &str) -> String {
    command.replace('%', "\\%")
}

/// Quotes a string as one word of a systemd command, in which `%` and `$` are expanded.
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
