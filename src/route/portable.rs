//! Checks file names for portability.

use super::RouteError;

/// Checks that Windows can store a file or folder with this name, so that the site can be built on and
/// copied to any system (<https://learn.microsoft.com/windows/win32/fileio/naming-a-file>).
///
/// # Errors
/// The reason that it can't.
pub fn check_portable(segment: &str) -> Result<(), RouteError> {
    if let Some(end @ ('.' | ' ')) = segment.chars().next_back() {
        return Err(RouteError::DroppedEnd(end));
    }
    // Anything may follow the first dot: `aux.txt` is the device too.
    let stem = segment.split('.').next().unwrap_or(segment).trim_end_matches(' ');
    if is_device(stem) { Err(RouteError::Device(stem.to_owned())) } else { Ok(()) }
}

fn is_device(stem: &str) -> bool {
    if !(3..=7).contains(&stem.len()) {
        return false;
    }
    let stem = stem.to_ascii_lowercase();
    let is_number = |rest: &str| matches!(rest, "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³");
    matches!(&*stem, "con" | "prn" | "aux" | "nul" | "conin$" | "conout$")
        || ["com", "lpt"].iter().any(|port| stem.strip_prefix(port).is_some_and(is_number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_devices_are_refused_with_any_ending() {
        for name in ["con", "NUL", "Aux.txt", "com1", "lpt9.tar.gz", "COM²", "prn .html", "conin$"] {
            assert!(matches!(check_portable(name), Err(RouteError::Device(_))), "{name}");
        }
        for name in ["end.", "end ", "a..", "."] {
            assert!(matches!(check_portable(name), Err(RouteError::DroppedEnd(_))), "{name}");
        }
        for name in ["", "cons", "com", "com10", "com0", "auxiliary", "a.con", ".con", "nul-1", "lpt", "index.html"] {
            assert_eq!(check_portable(name), Ok(()), "{name}");
        }
    }
}
