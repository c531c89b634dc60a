//! pcap and pcapng in every form: units of time, byte orders, sections, interfaces and blocks; gzipped, cut and damaged.

use std::io::{Cursor, Read};

use rdptrace::internal::{
    capture::{Capture, File, Item},
    flow::{KeyLog, Side},
};

use super::{
    blocks::{Order, gzipped},
    flow, read,
    talk::{MILLISECOND, SECOND, START, Talk},
};

/// A conversation of which every format shall tell the same.
fn talk() -> Talk {
    let mut talk = Talk::open();
    talk.tells(Side::Client, b"request");
    talk.tells(Side::Server, b"answer");
    talk.closes(Side::Client);
    talk
}

fn assert_told(file: &[u8]) {
    let flow = flow(file);
    assert_eq!((flow.from_client.bytes, flow.from_server.bytes), (b"request".to_vec(), b"answer".to_vec()));
    assert_eq!((flow.began, flow.last, flow.packet), (START, START + 9 * 2 * MILLISECOND, 1));
    assert_eq!(flow.from_server.marks[0].packet, 6);
    assert!(!flow.cut);
}

const ORDERS: [Order; 2] = [Order(false), Order(true)];

#[test]
fn pcap_has_units_orders_and_a_modified_form() {
    for order in ORDERS {
        assert_told(&order.pcap(0xa1b2_c3d4, 1000, 0, &talk().frames));
        assert_told(&order.pcap(0xa1b2_3c4d, 1, 0, &talk().frames));
        assert_told(&order.pcap(0xa1b2_cd34, 1000, 8, &talk().frames));
    }
}

#[test]
fn pcapng_has_orders_units_and_offsets_of_time() {
    // The unit as `if_tsresol` says it, how many there are in a second, and `if_tsoffset` in seconds.
    let resolutions = [
        (6, 1_000_000_u64, 0_i64),
        (9, 1_000_000_000, 1_000_000_000),
        (3, 1000, -5),
        (0x80 | 32, 1 << 32, 7),
    ];
    for order in ORDERS {
        for (resolution, units, offset) in resolutions {
            let options =
                [order.option(9, &[resolution]), order.option(14, &order.u64(offset.cast_unsigned()))];
            let mut file = [order.section(), order.interface(1, 0, &options)].concat();
            for (at, frame) in talk().frames {
                let at = i128::from(at) - i128::from(offset) * i128::from(SECOND);
                // A fraction that is cut off would be a nanosecond too early.
                let time = (at * i128::from(units)).div_ceil_by(SECOND.into());
                file.extend(order.enhanced(0, time, &frame));
            }
            assert_told(&file);
        }
    }
}

/// Division that rounds up, of numbers that are not negative.
trait DivCeil {
    fn div_ceil_by(self, by: i128) -> u64;
}

impl DivCeil for i128 {
    fn div_ceil_by(self, by: i128) -> u64 {
        ((self + by - 1) / by) as u64
    }
}

#[test]
fn pcapng_has_sections_interfaces_and_blocks_of_every_kind() {
    let nanoseconds = |order: &Order| order.option(9, &[9]);
    let mut file = Vec::new();
    for (index, (at, frame)) in talk().frames.into_iter().enumerate() {
        // Each packet in a section of its own, in the other order than the one before.
        let order = &ORDERS[index % 2];
        file.extend(order.section());
        file.extend(order.interface(113, 0, &[]));
        file.extend(order.block(0xbad, b"a custom block with any length."));
        file.extend(order.interface(1, 0, &[nanoseconds(order)]));
        file.extend(order.block(4, &[0; 400_000]));
        let at = at.cast_unsigned();
        file.extend(if index % 3 == 0 {
            order.obsolete(1, at, &frame)
        } else {
            order.enhanced(1, at, &frame)
        });
        file.extend(order.block(5, &[0; 12]));
    }
    assert_told(&file);
}

#[test]
fn simple_packets_have_no_time() {
    let order = Order(false);
    let mut file = [order.section(), order.interface(1, 64, &[])].concat();
    for (_, frame) in talk().frames {
        let captured = &frame[..frame.len().min(64)];
        file.extend(order.block(3, &[&order.u32(frame.len() as u32)[..], captured].concat()));
    }
    let flow = flow(&file);
    assert_eq!((flow.from_client.bytes, flow.from_server.bytes), (b"request".to_vec(), b"answer".to_vec()));
    assert_eq!(flow.began, 0);
}

#[test]
fn secrets_are_learned_from_the_capture() {
    let log = format!("# a comment\nCLIENT_RANDOM {} {}\n", "ab".repeat(32), "cd".repeat(48));
    for order in ORDERS {
        let mut capture = Capture::new(|_, _| None, KeyLog::default());
        let file = [order.section(), order.secrets(&log), order.block(10, &[0; 64])].concat();
        capture.read(Cursor::new(file), &mut |_, _| ()).expect("a capture");
        let (_, keys) = capture.end(&mut |_, _| ());
        let secrets = keys.of(&[0xab; 32]).expect("secrets");
        assert_eq!(secrets.master.as_ref().expect("a secret").as_slice(), [0xcd; 48]);
    }
}

#[test]
fn captures_may_be_gzipped_in_members_and_twice() {
    let file = talk().pcap();
    assert_told(&gzipped(&file));
    let (first, second) = file.split_at(300);
    assert_told(&[gzipped(first), gzipped(second)].concat());
    assert_told(&gzipped(&gzipped(&file)));
}

/// A pipe, which gives as much as it likes.
struct Drops<'a>(&'a [u8]);

impl Read for Drops<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = buffer.len().min(7).min(self.0.len());
        let (now, later) = self.0.split_at(length);
        buffer[..length].copy_from_slice(now);
        self.0 = later;
        Ok(length)
    }
}

#[test]
fn a_pipe_may_give_a_few_bytes_at_once() {
    let (flows, seen, result) = read(Drops(&talk().pcap()));
    result.expect("a capture");
    assert_eq!((flows.len(), seen.packets, seen.segments), (1, 10, 10));
}

#[test]
fn packets_come_out_as_they_went_in() {
    let file = talk().pcap();
    let mut file = File::open(&file[..]).expect("a capture");
    for (index, (at, frame)) in talk().frames.iter().enumerate() {
        let Some(Item::Packet(packet)) = file.next_item().expect("whole") else { panic!("no packet") };
        assert_eq!((packet.number, packet.at, packet.link), (index as u64 + 1, *at, 1));
        assert_eq!((packet.bytes, packet.length), (&frame[..], frame.len()));
    }
    assert!(file.next_item().expect("whole").is_none());
    assert_eq!(file.packets(), 10);
}
