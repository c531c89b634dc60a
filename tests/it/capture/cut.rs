//! Files that are no captures, end too early, are damaged, or have packets of which nothing is known here.

use rdptrace::internal::{capture::Error, flow::Side};

use super::{
    blocks::{Order, gzipped},
    read,
    talk::Talk,
};

fn talk() -> Talk {
    let mut talk = Talk::open();
    talk.tells(Side::Client, b"request");
    talk.tells(Side::Server, b"answer");
    talk.closes(Side::Client);
    talk
}

#[test]
fn what_is_no_capture_is_named() {
    for bytes in [&b""[..], b"PK", b"not a capture at all", &[0x0a, 0x0d, 0x0d, 0x0a, 1, 2, 3, 4, 5, 6, 7, 8]]
    {
        let (_, seen, result) = read(bytes);
        assert!(matches!(result, Err(Error::NotCapture)), "{bytes:?}");
        assert_eq!(seen.packets, 0);
    }
}

#[test]
fn a_capture_that_is_cut_anywhere_counts_as_far_as_it_goes() {
    let file = talk().pcap();
    let before_last = file.len() - 54 - 16;
    for length in before_last + 1..file.len() {
        let (flows, seen, result) = read(&file[..length]);
        assert!(matches!(result, Err(Error::Cut)), "{length}");
        assert_eq!((flows.len(), seen.packets), (1, 9));
    }
    let (flows, _, result) = read(&file[..before_last]);
    result.expect("whole packets");
    assert!(flows[0].cut, "the server's FIN was not acknowledged");
    let zipped = gzipped(&file);
    let (_, _, result) = read(&zipped[..zipped.len() - 9]);
    assert!(matches!(result, Err(Error::Cut)), "{result:?}");
}

#[test]
fn damage_ends_the_reading_with_what_was_read() {
    let mut file = talk().pcap();
    let third = 24 + (16 + 62) * 2;
    file[third + 8..third + 12].fill(0xff);
    let (flows, seen, result) = read(&file[..]);
    let error = result.expect_err("damage").to_string();
    assert_eq!(error, "the capture is damaged: a packet or a block claims more than 16 MiB");
    assert_eq!((flows.len(), seen.packets), (1, 2));

    let order = Order(false);
    let undescribed = [order.section(), order.enhanced(0, 0, &talk().frames[0].1)].concat();
    let (_, _, result) = read(&undescribed[..]);
    let error = result.expect_err("damage").to_string();
    assert_eq!(error, "the capture is damaged: a packet names an interface that is not described");
}

#[test]
fn packets_with_unknown_headers_are_counted_by_their_number() {
    let order = Order(false);
    let mut file = [order.section(), order.interface(127, 0, &[]), order.interface(1, 0, &[])].concat();
    for (at, frame) in talk().frames {
        file.extend(order.enhanced(0, 0, b"radio"));
        file.extend(order.enhanced(1, (at / 1000).cast_unsigned(), &frame));
    }
    let (flows, seen, result) = read(&file[..]);
    result.expect("a capture");
    assert_eq!((flows.len(), flows[0].packet, flows[0].from_server.marks[0].packet), (1, 2, 12));
    assert_eq!(seen.unsupported.into_iter().collect::<Vec<_>>(), [(127, 10)]);
}
