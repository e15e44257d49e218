//! Archives that are folders of text files with front matter: the files, and what their keys mean.

pub mod authors;
pub mod fields;
pub mod folder;
pub mod front_matter;

pub use authors::AuthorBook;
pub use fields::Fields;
pub use folder::{Folder, FolderFile};
pub use front_matter::{Document, read_document};
