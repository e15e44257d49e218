//! Tells the program which program it is, and rebuilds it when a file of the embedded theme comes, changes or goes.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

fn main() {
    // Everything that decides what the program makes of a site: its code, its theme and the versions of its libraries.
    let mut files = vec![PathBuf::from("Cargo.toml"), PathBuf::from("Cargo.lock")];
    for folder in ["src", "themes/broadsheet"] {
        println!("cargo:rerun-if-changed={folder}");
        collect(Path::new(folder), &mut files);
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        // The lock file does not come with every way of installing the program.
        let Ok(bytes) = fs::read(&file) else { continue };
        file.hash(&mut hasher);
        bytes.hash(&mut hasher);
    }
    println!("cargo:rerun-if-changed=Cargo.lock");
    println!("cargo:rustc-env=PRESSWORK_PROGRAM={:016x}", hasher.finish());
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}
