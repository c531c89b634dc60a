//! Ports that are used again, and connections beside each other.

use rdptrace::internal::flow::Side;

use super::{
    flow, flows,
    talk::{RST, SECOND, SYN, Talk},
};

#[test]
fn a_syn_with_another_number_begins_another_connection() {
    let mut talk = Talk::open();
    talk.tells(Side::Client, b"first");
    talk.sends(Side::Client, RST, b"");
    talk.client.next = 5_000_000;
    talk.server.next = 6_000_000;
    talk.opens();
    talk.tells(Side::Client, b"second");
    let flows = flows(&talk.pcap());
    let told: Vec<_> =
        flows.iter().map(|flow| (&flow.from_client.bytes[..], flow.packet, flow.cut)).collect();
    assert_eq!(told, [(&b"first"[..], 1, false), (&b"second"[..], 7, true)]);
}

#[test]
fn a_client_may_forget_a_connection_that_never_ended() {
    let mut talk = Talk::open();
    talk.tells(Side::Client, b"first");
    talk.at += 130 * SECOND;
    talk.client.next = 5_000_000;
    talk.opens();
    assert_eq!(flows(&talk.pcap()).len(), 2);
}

#[test]
fn a_refused_client_tries_again() {
    let mut talk = Talk::default();
    for round in 0..3 {
        let ack = talk.client.next + 1;
        talk.says(Side::Client, SYN, ack - 1, 0, b"");
        talk.says(Side::Server, RST, 0, ack, b"");
        talk.at += SECOND;
        // Windows repeats the same SYN.
        assert_eq!(flow(&talk.pcap()).opening.syn_retries, round);
    }
}

#[test]
fn many_connections_are_told_apart() {
    let mut talks: Vec<_> = (0..200_u16)
        .map(|index| {
            let mut talk = Talk::default();
            talk.client.port += index;
            talk.opens();
            talk.tells(Side::Client, &index.to_be_bytes());
            talk.tells(Side::Server, format!("answer {index}").as_bytes());
            talk.closes(Side::Server);
            talk
        })
        .collect();
    let mut all = Talk::default();
    while talks.iter().any(|talk| !talk.frames.is_empty()) {
        let waiting = talks.iter_mut().filter(|talk| !talk.frames.is_empty());
        all.frames.extend(waiting.map(|talk| talk.frames.remove(0)));
    }
    let mut flows = flows(&all.pcap());
    flows.sort_by_key(|flow| flow.client.port());
    assert_eq!(flows.len(), 200);
    for (index, flow) in flows.iter().enumerate() {
        assert_eq!(flow.from_client.bytes, (index as u16).to_be_bytes());
        assert_eq!(flow.from_server.bytes, format!("answer {index}").as_bytes());
        assert!(!flow.cut);
    }
}
