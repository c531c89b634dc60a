//! The answers to Connection Requests, from Windows of many years and from a peer that is no server.

use rdptrace::internal::{
    net::Framing,
    pdu::x224::{self, Confirm},
};

use super::recording::{Recording, Side};

/// Response flags of Windows 10 and Server 2022, without and with the older ones.
const ALL: u8 = 0x1F;

const RDP: u32 = 0;
const TLS: u32 = 1;
const NLA: u32 = 2;
const NLA_EX: u32 = 8;

const SSL_NOT_ALLOWED_BY_SERVER: u32 = 2;
const HYBRID_REQUIRED_BY_SERVER: u32 = 5;

const fn selected(flags: u8, selected: u32) -> Confirm<'static> {
    Confirm::Response { flags, selected }
}

/// Each with its TCP connection.
const CONFIRMS: [(&str, usize, Confirm<'static>); 18] = [
    ("windows-nla-kerberos-auth1.pcapng", 0, selected(ALL, NLA_EX)),
    ("windows-nla-ntlm-rejected1.pcapng", 0, selected(ALL, NLA_EX)),
    ("windows-nla-ntlm-rejected1.pcapng", 1, Confirm::Failure { code: HYBRID_REQUIRED_BY_SERVER }),
    ("windows-nla-ntlm-rejected2.pcapng", 0, selected(ALL, NLA_EX)),
    ("windows-no-nla-accepted1.pcapng", 0, selected(ALL, TLS)),
    ("windows-no-nla-rejected1.pcapng", 0, Confirm::Failure { code: HYBRID_REQUIRED_BY_SERVER }),
    ("windows-no-tls-accepted1.pcapng", 0, Confirm::Failure { code: SSL_NOT_ALLOWED_BY_SERVER }),
    ("windows-no-tls-accepted1.pcapng", 1, selected(ALL, RDP)),
    ("windows-restricted-admin-rejected1.pcapng", 0, selected(ALL, NLA_EX)),
    ("ndpi-rdp.pcap", 0, selected(ALL, NLA_EX)),
    ("ndpi-rdp3.pcap", 0, Confirm::Plain),
    // No server: its data says that it is zero bytes long, and selects what nobody offers.
    ("zeek-rdp-invalid-length.pcap", 0, selected(3, 0x0200_0001)),
    ("zeek-rdp-no-cookie-mstshash.pcap", 0, selected(ALL, NLA_EX)),
    ("zeek-rdp-proprietary-encryption.pcap", 0, Confirm::Failure { code: SSL_NOT_ALLOWED_BY_SERVER }),
    ("zeek-rdp-proprietary-encryption.pcap", 1, selected(0, RDP)),
    ("zeek-rdp-to-ssl.pcap", 0, selected(1, NLA)),
    ("zeek-rdp-unknown-keyboard.pcap", 0, selected(0, RDP)),
    ("zeek-rdp-x509.pcap", 0, selected(0, RDP)),
];

#[test]
fn confirms_and_refusals() {
    for (name, stream, expected) in CONFIRMS {
        let Some(recording) = Recording::open(name) else { continue };
        let said = recording.plain(stream).of(Side::Server);
        let length = Framing::Tpkt.length(&said).expect("TPKT").expect("a length");
        assert_eq!(x224::confirm(&said[..length]), Ok(expected), "{name}, connection {stream}");
    }
}
