//! Remembers in the output folder which of its files Presswork wrote, so that nobody else's is ever touched.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use crate::route::Route;

/// The file's name in the output folder. It lies there and not with the project, so that it goes where the files go
/// and a lost cache never makes them look like somebody else's.
pub const FILE: &str = ".presswork-manifest";
const FIRST_LINE: &str = "presswork 1: files below were written by Presswork and will be removed by it";

/// The routes that Presswork wrote to an output folder, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    routes: Vec<Box<str>>,
}

impl Manifest {
    /// A manifest of these routes.
    pub fn new<'r>(routes: impl Iterator<Item = &'r str>) -> Manifest {
        let mut routes: Vec<Box<str>> = routes.map(Box::from).collect();
        routes.sort_unstable();
        routes.dedup();
        Manifest { routes }
    }

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
        Ok(Manifest::new(lines.filter(|line| Route::file(line).is_ok())))
    }

    /// The routes, in order.
    pub fn routes(&self) -> impl Iterator<Item = &str> {
        self.routes.iter().map(AsRef::as_ref)
    }

    /// The hash of all routes.
    pub fn digest(&self) -> u128 {
        let mut hasher = xxhash_rust::xxh3::Xxh3::new();
        for route in &self.routes {
            hasher.update(route.as_bytes());
            hasher.update(b"\n");
        }
        hasher.digest128()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.routes.is_empty()
    }

    /// Whether a route is named.
    pub fn contains(&self, route: &str) -> bool {
        self.routes.binary_search_by(|known| known.as_ref().cmp(route)).is_ok()
    }

    /// The routes of both.
    #[must_use]
    pub fn union(&self, other: &Manifest) -> Manifest {
        Manifest::new(self.routes().chain(other.routes()))
    }

    /// Writes the manifest to a file of its own, to be moved into place.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let length = self.routes.iter().map(|route| route.len() + 1).sum::<usize>();
        let mut text = String::with_capacity(FIRST_LINE.len() + 1 + length);
        text.push_str(FIRST_LINE);
        text.push('\n');
        for route in &self.routes {
            text.push_str(route);
            text.push('\n');
        }
        // What lies there is of a build that was cut off, or a link that must not be written through.
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        fs::File::create_new(path)?.write_all(text.as_bytes())
    }
}
