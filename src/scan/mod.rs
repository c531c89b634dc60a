//! Many hosts: which they are, in which order, and how many at once. Files are read, and reports written, elsewhere.

mod exclusion;
mod intervals;
mod list;
mod order;
mod place;
mod queue;
mod range;
mod targets;

pub use exclusion::Exclusion;
pub use list::{BadLine, Line, lines};
pub use order::Order;
pub use place::{Place, place};
pub use queue::{Ended, Pace, Stopped, Why, run};
pub use range::Range;
pub use targets::{Listed, MOST, Targets};
