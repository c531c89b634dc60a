//! Captures that are made here, byte by byte, and the connections that are found in them.

mod blocks;
mod bounds;
mod cut;
mod damage;
mod ends;
mod formats;
mod gaps;
pub(crate) mod icmp;
mod keys;
mod links;
mod lost;
mod never_arrived;
mod reuse;
mod streams;
pub(crate) mod talk;
mod tunnels;
mod udp;
mod written;

pub(crate) use streams::Chance;
pub(crate) use written::written;

use std::io::Read;

use rdptrace::internal::{
    capture::{Capture, Error, Found, Seen},
    flow::{Flow, KeyLog},
};

/// What is found in a file, and why it was read no further.
fn read(file: impl Read) -> (Vec<Flow>, Seen, Result<(), Error>) {
    let mut flows = Vec::new();
    let mut capture = Capture::new(|_, _| None, KeyLog::default());
    let mut out = |found: Found<'_>, _: &KeyLog| {
        if let Found::Flow(flow) = found {
            flows.push(*flow);
        }
    };
    let result = capture.read(file, &mut out);
    let (seen, _) = capture.end(&mut out);
    (flows, seen, result)
}

/// The connections of a file that can be read to its end.
pub(crate) fn flows(file: &[u8]) -> Vec<Flow> {
    let (flows, _, result) = read(file);
    result.expect("a capture");
    flows
}

/// The only connection of a file.
pub(crate) fn flow(file: &[u8]) -> Flow {
    let mut flows = flows(file);
    assert_eq!(flows.len(), 1, "{flows:?}");
    flows.remove(0)
}
