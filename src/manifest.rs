//! Remembers in the output folder which of its files Presswork wrote, so that nobody else's is ever touched.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use crate::route::Route;

/// The file's name in the output folder. It lies there and not with the project, so that it goes where the files go
/// and a lost cache never makes them look like somebody else's.
pub const FILE: &str = ".presswork-manifest";
const FIRST_LINE: &str = "presswork 1: files below were written by Presswork and will be removed by it";

/// The routes that Presswork wrote to an output folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The routes.
    pub routes: BTreeSet<Route>,
}

impl Manifest {
    /// Reads the manifest of an output folder; there is none in a new one. A line that is no route is passed over:
    /// a file that is not named here counts as somebody else's and is left alone.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn read(output: &Path) -> io::Result<Manifest> {
        let bytes = match fs::read(output.join(FILE)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Manifest::default()),
            Err(error) => return Err(error),
        };
        let text = String::from_utf8_lossy(&bytes);
        let mut lines = text.lines();
        if lines.next() != Some(FIRST_LINE) {
            return Ok(Manifest::default());
        }
        Ok(Manifest { routes: lines.filter_map(|line| Route::file(line).ok()).collect() })
    }

    /// Replaces the manifest of an output folder in one step.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, output: &Path) -> io::Result<()> {
        let length = self.routes.iter().map(|route| route.as_str().len() + 1).sum::<usize>();
        let mut text = String::with_capacity(FIRST_LINE.len() + 1 + length);
        text.push_str(FIRST_LINE);
        text.push('\n');
        for route in &self.routes {
            text.push_str(route.as_str());
            text.push('\n');
        }
        if fs::read(output.join(FILE)).is_ok_and(|old| old == text.as_bytes()) {
            return Ok(());
        }
        let new = output.join(format!("{FILE}.new"));
        // What lies there is of a build that was cut off, or a link that must not be written through.
        match fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        fs::File::create_new(&new)?.write_all(text.as_bytes())?;
        fs::rename(new, output.join(FILE))
    }
}
