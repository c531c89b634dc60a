//! What the README, the book in `docs` and the pages of `explain` show is what the program takes and prints.

mod book;
mod command_lines;
mod examples;
mod jq;
mod markdown;
mod shell;

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A document of the repository.
struct Document {
    name: String,
    text: String,
}

impl Document {
    fn read(name: &str) -> Self {
        let text = fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        Self { name: name.to_owned(), text }
    }
}

pub(crate) fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The Markdown files of a folder, by name.
fn folder(name: &str) -> Vec<Document> {
    let entries = fs::read_dir(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let files = entries.map(|entry| entry.expect("a readable entry").file_name());
    let mut names: Vec<String> = files.map(|file| format!("{name}/{}", file.to_string_lossy())).collect();
    names.retain(|name| Path::new(name).extension().is_some_and(|extension| extension == "md"));
    names.sort();
    names.iter().map(|name| Document::read(name)).collect()
}

/// README and the book.
fn guides() -> Vec<Document> {
    let mut guides = vec![Document::read("README.md")];
    guides.extend(folder("docs/src"));
    guides
}

/// The pages that the program carries.
fn pages() -> Vec<Document> {
    ["src/diagnose/pages", "src/explain/pages", "src/local/pages"].into_iter().flat_map(folder).collect()
}
