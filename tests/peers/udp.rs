//! RDP-UDP as others see it: Wireshark's dissector, a server without UDP, and rules that swallow it.

use std::{fs, process::Command};

use serde_json::json;

use rdptrace::internal::pdu::rdpudp;

use crate::{
    lab::{folder, has, trace},
    namespace::Namespace,
    xrdp::{VALID, xrdp, xrdp_in},
};

const WITH_UDP: [&str; 5] = ["--udp", "--local", "off", "--until", "connect"];
const RAW_IP: u32 = 101;

/// A capture of one datagram to the usual port (libpcap's format, version 2.4).
fn capture(datagram: &[u8]) -> Vec<u8> {
    let length = |bytes: usize| u16::try_from(bytes).expect("a datagram").to_be_bytes();
    let mut udp = [&40_000_u16.to_be_bytes()[..], &3389_u16.to_be_bytes()].concat();
    udp.extend([&length(8 + datagram.len())[..], &[0, 0], datagram].concat());
    let mut packet = [&[0x45, 0][..], &length(20 + udp.len()), &[0, 0, 0, 0, 64, 17, 0, 0]].concat();
    packet.extend([127, 0, 0, 1, 127, 0, 0, 1]);
    packet.extend(udp);
    let words = |words: &[u32]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<_>>();
    let size = u32::try_from(packet.len()).expect("a packet");
    let header = words(&[0xA1B2_C3D4, 0x0004_0002, 0, 0, 65_535, RAW_IP]);
    [header, words(&[0, 0, size, size]), packet].concat()
}

#[test]
fn wireshark_reads_the_syn() {
    if !has(&["tshark"]) {
        return;
    }
    let file = folder("udp").join("syn.pcap");
    let id = rdpudp::correlation_id([7; 16]);
    fs::write(&file, capture(&rdpudp::syn(0x0102_0304, &id))).expect("a file");
    let fields = [
        "frame.protocols",
        "rdpudp.snsourceack",
        "rdpudp.flags",
        "rdpudp.initialsequencenumber",
        "rdpudp.upstreammtu",
        "rdpudp.downstreammtu",
        "rdpudp.correlationid",
        "rdpudp.synex.version",
    ];
    let mut command = Command::new("tshark");
    command.arg("-r").arg(&file).args(["-T", "fields", "-E", "separator=/s"]);
    command.args(fields.iter().flat_map(|field| ["-e", field]));
    let output = command.output().expect("tshark runs");
    let said = String::from_utf8_lossy(&output.stdout);
    let read: Vec<&str> = said.split_whitespace().collect();
    assert_eq!(read, EXPECTED, "{}", String::from_utf8_lossy(&output.stderr));
}

const EXPECTED: [&str; 8] = [
    "raw:ip:udp:rdpudp",
    "0xffffffff",
    "0x1801",
    "0x01020304",
    "1232",
    "1232",
    "07070707070707070707070707070707",
    "0x0002",
];

/// xrdp has no UDP, so the system answers with ICMP.
#[test]
fn a_server_without_udp_is_closed() {
    let Some(server) = xrdp(&[("security_layer", "tls")], VALID) else { return };
    let traced = trace(server.port, &WITH_UDP, None);
    assert_eq!(traced.at("/udp/outcome"), "closed", "{traced:#?}");
    assert!(traced.found("udp-closed"));
    assert_eq!(traced.code, Some(0));
}

/// What is dropped at the server's door looks like silence; a firewall that answers looks closed.
#[test]
fn a_packet_filter_of_udp_is_undecided_or_closed() {
    for (rule, outcome, tries) in [("drop", "inconclusive", 3), ("reject", "closed", 1)] {
        let Some(namespace) = Namespace::new() else { return };
        let Some(_server) = xrdp_in(&namespace, &[("security_layer", "tls")]) else { return };
        // At the way in: what is dropped on the way out the system tells the sender.
        let chain = format!("chain door {{ type filter hook input priority 0; udp dport 3389 {rule}; }};");
        namespace.run(&format!("nft 'table inet door {{ {chain} }};'"));
        let traced = namespace.trace("127.0.0.1", &WITH_UDP);
        assert_eq!(traced.at("/udp/outcome"), outcome, "{rule}: {traced:#?}");
        assert_eq!(traced.at("/udp/tries"), &json!(tries), "{rule}");
        assert_eq!(traced.code, Some(0));
    }
}
