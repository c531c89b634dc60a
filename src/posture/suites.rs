//! The suites that are asked for, by kind: what an auditor tells apart (IANA TLS Cipher Suites; RFC 8446 B.4).

use crate::pdu::{
    client_hello::STRANGE_SUITES,
    hello::{TLS_1_0, TLS_1_2, TLS_1_3},
};

/// Suites of one kind.
struct Group {
    /// The oldest version that knows them.
    since: u16,
    kind: Kind,
    suites: &'static [u16],
}

/// What an auditor tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Those of TLS 1.3.
    Tls13,
    /// ECDHE with authenticated encryption.
    EcdheAead,
    /// ECDHE with CBC.
    EcdheCbc,
    /// DHE.
    Dhe,
    /// RSA key exchange with authenticated encryption.
    RsaAead,
    /// RSA key exchange with CBC.
    RsaCbc,
    /// Triple DES.
    TripleDes,
    /// RC4.
    Rc4,
    /// CCM, Camellia and ARIA, which Schannel has not.
    Strange,
}

/// The best first, as a client would offer them.
const GROUPS: &[Group] = &[
    Group { since: TLS_1_3, kind: Kind::Tls13, suites: &[0x1302, 0x1301, 0x1303] },
    Group {
        since: TLS_1_2,
        kind: Kind::EcdheAead,
        suites: &[0xC030, 0xC02F, 0xCCA8, 0xC02C, 0xC02B, 0xCCA9],
    },
    Group { since: TLS_1_2, kind: Kind::Dhe, suites: &[0x009F, 0x009E, 0xCCAA, 0x006B, 0x0067] },
    Group { since: TLS_1_2, kind: Kind::EcdheCbc, suites: &[0xC028, 0xC027, 0xC024, 0xC023] },
    Group { since: TLS_1_0, kind: Kind::EcdheCbc, suites: &[0xC014, 0xC013, 0xC00A, 0xC009] },
    Group { since: TLS_1_0, kind: Kind::Dhe, suites: &[0x0039, 0x0033] },
    Group { since: TLS_1_2, kind: Kind::RsaAead, suites: &[0x009D, 0x009C] },
    Group { since: TLS_1_2, kind: Kind::RsaCbc, suites: &[0x003D, 0x003C] },
    Group { since: TLS_1_0, kind: Kind::RsaCbc, suites: &[0x0035, 0x002F] },
    Group { since: TLS_1_0, kind: Kind::TripleDes, suites: &[0xC012, 0xC008, 0x0016, 0x000A] },
    Group { since: TLS_1_0, kind: Kind::Rc4, suites: &[0xC011, 0xC007, 0x0005, 0x0004] },
    Group { since: TLS_1_2, kind: Kind::Strange, suites: &STRANGE_SUITES },
];

/// The suites that a version knows.
pub(super) fn of_version(version: u16) -> Vec<u16> {
    let knows = |group: &&Group| group.since <= version && (group.since == TLS_1_3) == (version == TLS_1_3);
    GROUPS.iter().filter(knows).flat_map(|group| group.suites).copied().collect()
}

/// What kind of suite it is; none for one that is never asked for.
pub(super) fn kind(suite: u16) -> Option<Kind> {
    GROUPS.iter().find(|group| group.suites.contains(&suite)).map(|group| group.kind)
}
