//! The connection set-up of RDP-UDP: what clients and servers of Windows send, to 2020.

use rdptrace::internal::pdu::rdpudp::{ACK, CORRELATION_ID, MTU, SYN, SYNEX, Setup, WINDOW};

use super::recording::{Recording, Side};

/// A recording with the version that the client offers and the one that the server takes.
const SET_UPS: [(&str, u16, u16); 2] =
    [("zeek-rdpeudp-handshake-success.pcap", 3, 2), ("zeek-rdpeudp2-handshake-success.pcap", 0x0101, 0x0101)];

#[test]
fn both_sides_of_a_set_up_are_read() {
    for (name, offered, taken) in SET_UPS {
        let Some(recording) = Recording::open(name) else { continue };
        let said = recording.datagrams(0).0;
        let [syn, answer] = [Side::Client, Side::Server].map(|side| {
            let first = said.iter().find(|said| said.by == side).expect("a datagram");
            Setup::parse(&first.bytes).expect("a SYN")
        });
        assert_eq!((syn.flags, syn.version), (SYN | CORRELATION_ID | SYNEX, offered), "{name}");
        assert_eq!((answer.flags, answer.version), (SYN | ACK | SYNEX, taken), "{name}");
        for setup in [syn, answer] {
            assert_eq!(
                (setup.window, setup.upstream_mtu, setup.downstream_mtu),
                (WINDOW, MTU, MTU),
                "{name}"
            );
        }
        assert!(answer.acknowledges(syn.sequence_number), "{name}");
    }
}
