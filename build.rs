//! Rebuilds the program when a file of the embedded theme comes, changes or goes.

fn main() {
    println!("cargo:rerun-if-changed=themes/broadsheet");
}
