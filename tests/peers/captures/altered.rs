//! Recordings that editcap and mergecap change: other formats and times, cut packets, lost ones, copies; and packets in another order.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use rdptrace::internal::{
    capture::{File, Item},
    flow::{Flow, Side, Stream},
};

use super::{found, recordings, sent};

/// A file that is made of a recording and is gone after its test.
struct Altered(PathBuf);

impl Altered {
    fn new(of: &Path, how: &str) -> Self {
        let name = of.file_name().expect("a name").to_string_lossy();
        Self(std::env::temp_dir().join(format!("rdptrace-{}-{how}-{name}", std::process::id())))
    }

    /// What editcap makes of a recording with these options, of all but these packets.
    fn edited(of: &Path, how: &str, options: &[&str], without: &[String]) -> Self {
        let altered = Self::new(of, how);
        run(Command::new("editcap").args(options).arg(of).arg(&altered.0).args(without));
        altered
    }
}

impl Drop for Altered {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn run(command: &mut Command) {
    let output = command.output().expect("it runs");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// The connections of a file, in the order in which they began.
fn flows(path: &Path) -> Vec<Flow> {
    let (mut flows, ..) = found(path);
    flows.sort_by_key(|flow| (flow.began, flow.client));
    flows
}

/// Each direction of the same connections in both files.
fn pairs(whole: &[Flow], altered: &[Flow]) -> Vec<(Stream, Stream)> {
    let mut pairs = Vec::new();
    for altered in altered {
        let same = |flow: &&Flow| flow.client == altered.client && flow.server == altered.server;
        let Some(whole) = whole.iter().find(same) else { continue };
        for side in [Side::Client, Side::Server] {
            pairs.push((whole.stream(side).clone(), altered.stream(side).clone()));
        }
    }
    pairs
}

/// Whether all bytes that are here are at their places.
fn agrees(whole: &Stream, part: &Stream) -> bool {
    let mut from = 0;
    let mut missing = 0;
    let ends = part.gaps.iter().map(|gap| (gap.offset, gap.length as usize));
    for (offset, length) in ends.chain([(part.bytes.len(), 0)]) {
        // What lies beyond the bytes that the other file has kept cannot be compared.
        let expected = whole.bytes.get(from + missing..).unwrap_or_default();
        if !part.bytes[from..offset].iter().zip(expected).all(|(part, whole)| part == whole) {
            return false;
        }
        (from, missing) = (offset, missing + length);
    }
    true
}

#[test]
fn every_format_tells_the_same() {
    for path in recordings() {
        let whole = sent(&found(&path).0);
        for format in ["pcap", "nsecpcap", "modpcap", "pcapng"] {
            let altered = Altered::edited(&path, format, &["-F", format], &[]);
            assert_eq!(sent(&found(&altered.0).0), whole, "{} as {format}", path.display());
        }
    }
}

#[test]
fn times_are_those_of_the_packets() {
    for path in recordings() {
        let altered = Altered::edited(&path, "later", &["-t", "3600.5"], &[]);
        for (whole, later) in flows(&path).iter().zip(&flows(&altered.0)) {
            assert_eq!(later.began - whole.began, 3_600_500_000_000, "{}", path.display());
            assert_eq!(later.from_server.marks.len(), whole.from_server.marks.len());
            for (whole, later) in whole.from_server.marks.iter().zip(&later.from_server.marks) {
                assert_eq!((later.at - whole.at, later.packet), (3_600_500_000_000, whole.packet));
            }
        }
    }
}

#[test]
fn cut_packets_leave_gaps_and_nothing_else() {
    for path in recordings() {
        let altered = Altered::edited(&path, "cut", &["-s", "96"], &[]);
        let pairs = pairs(&flows(&path), &flows(&altered.0));
        for (whole, cut) in &pairs {
            assert_eq!(cut.total, whole.total, "{}", path.display());
            assert!(agrees(whole, cut), "{}", path.display());
            let long = whole.packets.longest > 96;
            assert!(cut.has_gaps() || !long, "{}: {:?}", path.display(), whole.packets);
        }
    }
}

#[test]
fn lost_packets_leave_gaps_and_nothing_else() {
    for path in recordings() {
        let lost: Vec<String> = (5..400).step_by(7).map(|packet| packet.to_string()).collect();
        let altered = Altered::edited(&path, "lost", &[], &lost);
        for (whole, lost) in &pairs(&flows(&path), &flows(&altered.0)) {
            assert!(lost.total <= whole.total, "{}", path.display());
            assert!(agrees(whole, lost), "{}", path.display());
        }
    }
}

#[test]
fn copies_of_packets_change_nothing() {
    for path in recordings() {
        let (later, both) =
            (Altered::edited(&path, "copied", &["-t", "0.00001"], &[]), Altered::new(&path, "both"));
        run(Command::new("mergecap").arg("-w").arg(&both.0).arg(&path).arg(&later.0));
        let (whole, twice) = (flows(&path), flows(&both.0));
        assert_eq!(sent(&twice), sent(&whole), "{}", path.display());
        for (whole, twice) in &pairs(&whole, &twice) {
            let (whole, twice) = (&whole.packets, &twice.packets);
            assert_eq!(twice.retransmissions, whole.retransmissions, "{}", path.display());
            assert_eq!(twice.count, whole.count * 2, "{}", path.display());
            assert!(twice.duplicates > whole.duplicates || whole.count == 0, "{}", path.display());
        }
    }
}

#[test]
fn packets_in_another_order_change_nothing() {
    for path in recordings() {
        let altered = Altered::new(&path, "shuffled");
        fs::write(&altered.0, shuffled(&path)).expect("a file");
        assert_eq!(sent(&found(&altered.0).0), sent(&found(&path).0), "{}", path.display());
    }
}

/// The packets of a recording as a pcap file, each five in the opposite order.
fn shuffled(path: &Path) -> Vec<u8> {
    let mut file = File::open(fs::File::open(path).expect("a recording")).expect("a capture");
    let (mut packets, mut link) = (Vec::new(), 0);
    while let Some(item) = file.next_item().expect("whole") {
        let Item::Packet(packet) = item else { continue };
        link = packet.link;
        let (second, part) = (packet.at / 1_000_000_000, packet.at % 1_000_000_000);
        let numbers = [second as u32, part as u32, packet.bytes.len() as u32, packet.length as u32];
        packets.push([&numbers.map(u32::to_le_bytes).concat()[..], packet.bytes].concat());
    }
    let head = [0xa1b2_3c4d_u32, 0x0004_0002, 0, 0, 262_144, link].map(u32::to_le_bytes).concat();
    let packets = packets.chunks(5).flat_map(|five| five.iter().rev()).flatten().copied();
    head.into_iter().chain(packets).collect()
}
