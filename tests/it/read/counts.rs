//! What of a capture is not read is counted, and one packet is told as one.

use std::fs;

use super::of;
use crate::{
    capture::talk::{SECOND, START, pcap},
    program::{file, rdptrace, text},
};

/// A header that is not known here (LINKTYPE_USER0).
const UNKNOWN: u32 = 147;

#[test]
fn one_packet_has_and_two_packets_have() {
    for (packets, told) in [
        (1, "1 packet has link type 147, which is not read here"),
        (2, "2 packets have link type 147, which is not read here"),
    ] {
        let frames: Vec<_> = (0..packets).map(|index| (START + index * SECOND, vec![0; 60])).collect();
        let path = file(&format!("counted-{packets}.pcap"));
        fs::write(&path, pcap(UNKNOWN, &frames)).expect("a file");
        let said = text(&rdptrace(&["read", of(&path)]).stderr);
        assert!(said.contains(told), "{said}");
    }
}
