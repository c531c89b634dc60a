//! The handshakes of servers of Windows from 2008 R2 to 2022, as far as they cross the wire in plain, and their certificates.

use rdptrace::{
    internal::{
        certificate::{Expectation, Roots, evidence},
        net::Framing,
        pdu::server_hello::Answer,
    },
    report::{Certificate, Timestamp},
};
use time::macros::datetime;

use super::{
    network::NAME,
    recording::{Recording, Side},
};

const TLS_1_0: u16 = 0x0301;
const TLS_1_2: u16 = 0x0303;
const ECDHE_RSA_WITH_AES_256_GCM_SHA384: u16 = 0xC030;
const RSA_WITH_AES_256_GCM_SHA384: u16 = 0x009D;
const RSA_WITH_AES_128_CBC_SHA: u16 = 0x002F;

/// Each with whether the certificate is the one that Windows made for itself.
const HELLOS: [(&str, u16, u16, bool); 6] = [
    ("windows-no-nla-accepted1.pcapng", TLS_1_2, ECDHE_RSA_WITH_AES_256_GCM_SHA384, false),
    ("windows-nla-ntlm-rejected1.pcapng", TLS_1_2, ECDHE_RSA_WITH_AES_256_GCM_SHA384, false),
    (
        "windows-rdg-no-kdc-proxy-ntlm-downgrade-success.pcapng",
        TLS_1_2,
        ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        false,
    ),
    ("ndpi-rdp.pcap", TLS_1_2, ECDHE_RSA_WITH_AES_256_GCM_SHA384, true),
    ("zeek-rdp-no-cookie-mstshash.pcap", TLS_1_2, RSA_WITH_AES_256_GCM_SHA384, true),
    ("zeek-rdp-to-ssl.pcap", TLS_1_0, RSA_WITH_AES_128_CBC_SHA, true),
];

#[test]
fn hellos_and_certificates() {
    let roots = Roots::new(Ok(Vec::new()));
    let now = Timestamp(datetime!(2026-11-22 12:00 UTC));
    for (name, version, suite, own) in HELLOS {
        let Some(recording) = Recording::open(name) else { continue };
        let answer = answer(&recording.plain(0).of(Side::Server));
        assert_eq!((answer.version, answer.suite), (Some(version), Some(suite)), "{name}");
        assert!(answer.is_complete && !answer.client_certificate_requested, "{name}");
        let expectation = Expectation { name: NAME, now, roots: &roots, pin: None };
        is_of_a_host(&evidence(&answer.chain, &expectation).expect("a certificate"), own);
    }
}

/// What the server says in plain, behind the confirm where there is one.
fn answer(said: &[u8]) -> Answer {
    let confirm = Framing::Tpkt.length(said).ok().flatten().unwrap_or_default();
    let (mut rest, mut answer) = (&said[confirm..], Answer::default());
    while !answer.is_complete {
        let length = Framing::TlsRecord.length(rest).expect("a record").expect("its length");
        let (record, after) = rest.split_at(length);
        answer.take(record).expect("a record of the handshake");
        rest = after;
    }
    answer
}

/// Windows sends the leaf alone, also where another authority has issued it.
fn is_of_a_host(served: &Certificate, own: bool) {
    assert_eq!((served.key.algorithm.as_str(), served.key.bits), ("RSA", Some(2048)));
    assert_eq!(served.self_signed, own);
    assert!(served.chain.is_empty());
    let usage = &served.usage;
    assert!(usage.server_authentication && usage.restricted && !usage.remote_desktop, "{usage:?}");
    assert!(!served.name_matches && !served.names.is_empty());
}
