//! The background of every check: one text a topic, one section a check.

use crate::sections;

const TOPICS: &[&str] =
    &[include_str!("pages/credssp.md"), include_str!("pages/names.md"), include_str!("pages/files.md")];

/// What a check with this code looks at, what its results mean and what to do, as Markdown; begins with a heading that
/// names the code.
pub fn page(code: &str) -> Option<&'static str> {
    sections::find(TOPICS, code)
}

/// Every code that has a page, in the order of the pages.
pub fn paged() -> impl Iterator<Item = &'static str> {
    sections::covered(TOPICS)
}
