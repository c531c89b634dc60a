//! A served certificate chain as evidence (RFC 5280). Pure: takes the time, the name and the trust anchors.

mod bindings;
mod cms;
mod evidence;
mod expectation;
mod fields;
mod names;
mod publisher;
mod roots;
mod subject_hash;
mod trust;
mod unchecked;

pub use bindings::channel_bindings;
pub use evidence::{checkable, evidence, subject_public_key};
pub use expectation::{Expectation, thumbprints};
pub(crate) use names::any_matches;
pub(crate) use publisher::{Checked, publisher};
pub use roots::Roots;
pub(crate) use roots::{Store, is_anchor};
pub use subject_hash::subject_hash;
pub use unchecked::Unchecked;
