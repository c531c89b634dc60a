//! Capture files as connections; pure. Packets out of a file, headers off them, fragments and segments put together: a
//! [`crate::flow::Flow`] for each TCP connection, whoever reads those.
//!
//! Memory is bounded whatever the file holds: so many bytes of a packet, of a direction and of all connections together.

mod acts;
mod assembly;
mod clocks;
mod connection;
mod copies;
mod file;
mod flight;
mod flows;
mod fragments;
mod held;
mod ip;
mod item;
mod keys;
mod lacks;
mod link;
mod packet;
mod pcap;
mod pcapng;
mod prints;
mod read;
mod recent;
mod segments;
mod side;
mod source;
mod tally;
mod tunnel;
mod unread;
mod waiting;
mod writer;

pub use clocks::Sightings;
pub use file::File;
pub use flows::Wanted;
pub use held::Held;
pub use item::{Error, Item, Note, Packet};
pub use keys::{learn as learn_keys, log as key_log};
pub use prints::Taken;
pub use read::{Capture, Found, Seen, Sink};
pub use unread::Unread;
pub use writer::{Ongoing, Writer};
