//! Reports as text, JSON, JUnit, Markdown, metrics and as a plug-in prints it, and explanations of codes; one file a format.

mod activation;
mod causes;
mod cells;
mod client;
mod connections;
mod conversations;
mod ended;
mod experiments;
mod explanation;
mod gateway;
mod json;
mod junit;
mod local;
mod markdown;
mod nagios;
mod page;
mod passed;
mod phases;
mod posture;
mod prometheus;
mod rdp_file;
mod session;
mod target;
mod text;
mod udp;
mod wait;

pub use conversations::{Place, Row, conversations, place};
pub use explanation::{explanation, explanation_within};
pub use json::{json, ndjson};
pub use junit::{junit, junit_foot, junit_head, junit_suite};
pub use markdown::markdown;
pub use nagios::{State, nagios, nagios_unknown};
pub use page::USUAL;
pub use prometheus::prometheus;
pub use text::{colophon, text, text_within};
pub use wait::tried;
