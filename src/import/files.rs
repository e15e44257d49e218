//! Archives that are folders of text files with front matter: the files, and what their keys mean.

pub mod archive;
pub mod authors;
pub mod calls;
pub mod data;
pub mod facts;
pub mod fields;
pub mod folder;
pub mod front_matter;
pub mod keys;
pub mod liquid;
mod titles;

pub use self::titles::plain_title;
pub use archive::{BodyText, Dialect, ItemIndex, Placed, TextArchive, TextFacts};
pub use authors::AuthorBook;
pub use calls::CallTable;
pub use fields::Fields;
pub use folder::{Folder, FolderFile};
pub use front_matter::{TextDocument, read_document};
