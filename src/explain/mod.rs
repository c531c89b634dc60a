//! What a code, a finding, a cause or a check of a machine means, from the tables and the pages: a pure function of what the user typed.

mod dump;
mod explaining;
mod explanation;
mod find;
mod finding;
mod lex;
mod meaning;
mod name;
mod near;
mod noise;
mod number;
mod page;
mod place;
mod quoted;
mod reader;
mod term;
mod terms;
mod texts;
mod topic;
mod word;
mod xml;

pub use explaining::explain;
pub use explanation::{Event, Explained, Explanation, Family, Meaning, NoCode, Related, Relation};
pub use page::{PAGES, Page, Section};
