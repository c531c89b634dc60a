//! What to probe: a host name or an address with a port, also as .rdp files and rdp:// addresses say it. Pure.

mod host;
mod rdp_address;
mod rdp_file;
mod target;
mod token;

pub use host::{endpoint_or, host_and_port, unusable};
pub use rdp_address::decoded;
pub use rdp_file::{Encoding, LONGEST_FILE, MalformedLine, RdpFile, Signature};
pub use target::{BadTarget, Target};
pub use token::{LONGEST_TOKEN, typed_inside, without_end};
