//! Captures that are damaged at random are read without a panic, and nothing in them grows.

use rdptrace::internal::flow::{MOST_BYTES, Side};

use super::{
    read,
    streams::Chance,
    talk::{DATA, Talk, pcap},
};

/// A capture with a little of everything.
fn capture(chance: &mut Chance) -> Vec<u8> {
    let mut talk = Talk::open();
    for _ in 0..10 {
        let by = if chance.below(2) == 0 { Side::Client } else { Side::Server };
        let length = chance.below(300);
        let bytes = chance.bytes(length);
        talk.tells(by, &bytes);
        if chance.below(4) == 0 {
            talk.host(by).next += 100;
        }
        talk.sends(by, DATA, b"more");
    }
    talk.closes(Side::Client);
    chance.shuffle(&mut talk.frames);
    pcap(1, &talk.frames)
}

#[test]
fn damage_is_read_without_a_panic() {
    let mut chance = Chance(0x2545_f491_4f6c_dd1d);
    for _ in 0..500 {
        let mut file = capture(&mut chance);
        for _ in 0..1 + chance.below(20) {
            let place = chance.below(file.len());
            file[place] = chance.next() as u8;
        }
        let (flows, seen, _) = read(&file[..]);
        assert!(flows.len() <= seen.packets as usize);
        for stream in flows.iter().flat_map(|flow| [&flow.from_client, &flow.from_server]) {
            assert!(stream.bytes.len() <= MOST_BYTES && stream.bytes.len() <= file.len());
            assert!(stream.bytes.len() as u64 <= stream.total);
            assert!(stream.marks.iter().all(|mark| mark.offset < stream.bytes.len()));
            assert!(stream.gaps.iter().all(|gap| gap.offset <= stream.bytes.len() && gap.length > 0));
        }
    }
}
