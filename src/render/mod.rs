//! Reports as text and as JSON; one file a format.

mod activation;
mod cells;
mod json;
mod page;
mod phases;
mod text;

pub use json::json;
pub use text::text;
