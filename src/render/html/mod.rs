//! The report as one HTML file: no script, no request, and a policy in it that allows neither.
//!
//! Only [`shown::Shown`] and words of our own reach a template, which escapes both; the JSON is escaped by `json`.

mod alone;
mod causes;
mod connection;
mod end;
mod hosts;
mod json;
mod lanes;
mod many;
mod overview;
mod page;
mod section;
mod sections;
mod shown;
mod timeline;
mod tone;
mod verdict;
mod view;

pub use alone::html;
pub use hosts::{HostPages, html_hosts};
pub use many::html_many;
