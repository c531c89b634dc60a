//! A ClientHello of our own, for what a TLS library cannot or will not say: made of the library's, so that it differs in nothing but
//! what it is for (RFC 8446 4.1.2, RFC 5246 7.4.1.2, RFC 7685).
//!
//! The first 2 KiB that the TLS library sent stay with the trace until it is judged, in no report, and `pdu::hello`
//! reads the ClientHello out of them. `large-hello` only adds padding (RFC 7685). `small-hello` keeps suites, groups,
//! versions, signature algorithms and key share, has no session id, and of the other extensions keeps what fits:
//! hardly ever the name, for which `no-sni` is the control. `legacy-hello` drops what TLS 1.3 added, changes the
//! suites and adds secp521r1. Random, session id and the key on X25519 are new, because no such handshake is
//! finished. If no hello was sent, one of the same kind is made; a posture makes its own.

use super::hello::{
    ClientHello, Extension, SERVER_NAME, SUPPORTED_VERSIONS, TLS_1_2, TLS_1_3, with_long, with_short, words,
};

/// The extension supported_groups.
pub(crate) const SUPPORTED_GROUPS: u16 = 10;
const EC_POINT_FORMATS: u16 = 11;
/// The extension signature_algorithms.
pub(crate) const SIGNATURE_ALGORITHMS: u16 = 13;
const PADDING: u16 = 21;
const EXTENDED_MASTER_SECRET: u16 = 23;
const PSK_KEY_EXCHANGE_MODES: u16 = 45;
const KEY_SHARE: u16 = 51;
const RENEGOTIATION_INFO: u16 = 0xFF01;
const X25519: u16 = 0x001D;
/// secp521r1, which only other clients take.
const SECP521R1: u16 = 0x0019;
/// x25519, secp256r1, secp384r1.
const GROUPS: [u16; 3] = [X25519, 0x0017, 0x0018];
const LEGACY_GROUPS: [u16; 4] = [X25519, 0x0017, 0x0018, SECP521R1];
/// ECDSA and RSA with SHA-256, 384 and 512, RSASSA-PSS, and last SHA-1 for servers that know nothing else.
const SIGNATURES: [u16; 9] = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601, 0x0201];
/// Those that the TLS library offers, so that no suite tells a hello of our own from one of its.
const MODERN_SUITES: [u16; 9] = [0x1302, 0x1301, 0x1303, 0xC02C, 0xC02B, 0xCCA9, 0xC030, 0xC02F, 0xCCA8];
/// What other clients speak: forward secrecy first, with AES-GCM for the sake of secp521r1, then RSA key exchange, 3DES and RC4.
const LEGACY_SUITES: [u16; 28] = [
    0xC02B, 0xC02C, 0xC02F, 0xC030, 0xC027, 0xC028, 0xC023, 0xC024, 0xC013, 0xC014, 0xC009, 0xC00A, 0x009E,
    0x009F, 0x0067, 0x006B, 0x0033, 0x0039, 0x009C, 0x009D, 0x003C, 0x003D, 0x002F, 0x0035, 0xC012, 0x000A,
    0x0005, 0x0004,
];
/// CCM, Camellia and ARIA, which only clients with OpenSSL or GnuTLS know.
pub const STRANGE_SUITES: [u16; 40] = [
    0xC0AC, 0xC0AD, 0xC0AE, 0xC0AF, 0xC09E, 0xC09F, 0xC0A2, 0xC0A3, 0xC09C, 0xC09D, 0xC0A0, 0xC0A1, 0xC08A,
    0xC08B, 0xC086, 0xC087, 0xC07C, 0xC07D, 0xC07A, 0xC07B, 0xC076, 0xC077, 0xC072, 0xC073, 0x00BE, 0x00C4,
    0x0045, 0x0088, 0x00BA, 0x00C0, 0x0041, 0x0084, 0xC060, 0xC061, 0xC05C, 0xC05D, 0xC052, 0xC053, 0xC050,
    0xC051,
];

/// A suite of no number that is assigned.
const UNASSIGNED: u16 = 0xCB5A;

/// The record of a small hello is shorter than this, so that it fits one small segment.
pub const SMALL: usize = 180;
/// The record of a large hello; with its headers it fits no Ethernet frame.
pub const LARGE: usize = 1600;

/// What to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Profile {
    /// The same offer in fewer than [`SMALL`] bytes: without a session id, and of what is no part of the offer only what fits, the
    /// name first.
    Small,
    /// The same, padded to [`LARGE`] bytes.
    Large,
    /// The same without TLS 1.3, with the suites of old servers and one group more.
    Legacy,
    /// One that can only be refused: TLS 1.2 with a suite that nobody has.
    Refusable,
    /// One version and these suites only.
    Only {
        /// The version, 0x0301 to 0x0304.
        version: u16,
        /// Its suites.
        suites: Vec<u16>,
    },
}

/// What is new in every hello.
#[derive(Clone, Copy, Debug)]
pub struct Fresh {
    /// The random.
    pub random: [u8; 32],
    /// The id of a session that nobody knows.
    pub session: [u8; 32],
    /// A public key on X25519, whose private half nobody needs.
    pub share: [u8; 32],
}

/// A hello made of this one, which the TLS library sent, or of one like it where it sent none.
pub fn client_hello(
    profile: &Profile,
    like: Option<&ClientHello>,
    name: Option<&str>,
    fresh: &Fresh,
) -> ClientHello {
    let like = || like.cloned().unwrap_or_else(|| modern(name));
    let hello = match profile {
        Profile::Small => small(like()),
        Profile::Large => large(like()),
        Profile::Legacy => legacy(like()),
        Profile::Refusable => hello(TLS_1_2, vec![UNASSIGNED], Vec::new()),
        Profile::Only { version, suites } => only(*version, suites, name),
    };
    refreshed(hello, fresh)
}

fn refreshed(hello: ClientHello, fresh: &Fresh) -> ClientHello {
    let session = fresh.session.iter().copied().take(hello.session.len()).collect();
    let mut hello = ClientHello { random: fresh.random, session, ..hello };
    // One share of 32 bytes behind the length of the list, its group and its own length; any other stays as it is.
    let begin = words(&[36, X25519, 32]);
    let share = hello.extensions.iter_mut().find(|extension| extension.kind == KEY_SHARE);
    if let Some(share) = share.filter(|share| share.content.starts_with(&begin)) {
        share.content = [&begin[..], &fresh.share].concat();
    }
    hello
}

/// What makes the offer.
const OFFER: [u16; 5] =
    [SUPPORTED_GROUPS, SIGNATURE_ALGORITHMS, SUPPORTED_VERSIONS, KEY_SHARE, RENEGOTIATION_INFO];
/// What is kept beside it while it fits, the first first; then whatever there is.
const BESIDE: [u16; 3] = [SERVER_NAME, EC_POINT_FORMATS, EXTENDED_MASTER_SECRET];

fn small(like: ClientHello) -> ClientHello {
    let is_offer = |extension: &&Extension| OFFER.contains(&extension.kind);
    let (mut kept, mut rest): (Vec<&Extension>, Vec<_>) = like.extensions.iter().partition(is_offer);
    rest.sort_by_key(|one| BESIDE.iter().position(|kind| *kind == one.kind).unwrap_or(BESIDE.len()));
    let empty = ClientHello { session: Vec::new(), extensions: Vec::new(), ..like.clone() };
    let mut length = length(&empty) + kept.iter().map(|one| one.length()).sum::<usize>();
    for one in rest.into_iter().filter(|one| one.kind != PSK_KEY_EXCHANGE_MODES) {
        if length + one.length() < SMALL {
            length += one.length();
            kept.push(one);
        }
    }
    let extensions = like.extensions.iter().filter(|one| kept.contains(one)).cloned().collect();
    ClientHello { extensions, ..empty }
}

fn large(mut like: ClientHello) -> ClientHello {
    if let Some(missing) = LARGE.checked_sub(length(&like) + 4) {
        like.extensions.push(Extension::new(PADDING, vec![0; missing]));
    }
    like
}

/// What belongs to TLS 1.3 alone is left out.
fn legacy(like: ClientHello) -> ClientHello {
    const OF_TLS_1_3: [u16; 3] = [SUPPORTED_VERSIONS, KEY_SHARE, PSK_KEY_EXCHANGE_MODES];
    /// Not a suite, but that renegotiation is secure (RFC 5746 3.3).
    const RENEGOTIATION: u16 = 0x00FF;
    let signal = like.suites.contains(&RENEGOTIATION).then_some(RENEGOTIATION);
    let suites = LEGACY_SUITES.iter().chain(&STRANGE_SUITES).copied().chain(signal).collect();
    let kept = like.extensions.into_iter().filter(|one| !OF_TLS_1_3.contains(&one.kind));
    let extensions = kept.map(|one| match one.kind {
        SUPPORTED_GROUPS => with_group(&one, SECP521R1),
        _ => one,
    });
    ClientHello { version: TLS_1_2, suites, extensions: extensions.collect(), ..like }
}

fn with_group(groups: &Extension, more: u16) -> Extension {
    let known = groups.content.get(2..).unwrap_or_default();
    let list = [known, &more.to_be_bytes()].concat();
    Extension::new(groups.kind, with_long(&list).unwrap_or_default())
}

/// What the TLS library would say.
fn modern(name: Option<&str>) -> ClientHello {
    let signal = std::iter::once(0x00FF);
    let mut extensions = modern_extensions(name, &[TLS_1_3, TLS_1_2]);
    extensions.push(Extension::new(EC_POINT_FORMATS, vec![1, 0]));
    extensions.push(Extension::new(EXTENDED_MASTER_SECRET, Vec::new()));
    hello(TLS_1_2, MODERN_SUITES.into_iter().chain(signal).collect(), extensions)
}

fn only(version: u16, suites: &[u16], name: Option<&str>) -> ClientHello {
    match version {
        TLS_1_3 => hello(TLS_1_2, suites.to_vec(), modern_extensions(name, &[TLS_1_3])),
        older => hello(older, suites.to_vec(), old_extensions(name)),
    }
}

/// Without a session and without compression.
fn hello(version: u16, suites: Vec<u16>, extensions: Vec<Extension>) -> ClientHello {
    ClientHello { version, random: [0; 32], session: Vec::new(), suites, compression: vec![0], extensions }
}

fn modern_extensions(name: Option<&str>, versions: &[u16]) -> Vec<Extension> {
    let versions = with_short(&words(versions)).unwrap_or_default();
    let share = [&words(&[36, X25519, 32])[..], &[0; 32]].concat();
    let offer = [
        Extension::list(SUPPORTED_GROUPS, &GROUPS),
        Extension::list(SIGNATURE_ALGORITHMS, &SIGNATURES),
        Extension::new(SUPPORTED_VERSIONS, versions),
        Extension::new(KEY_SHARE, share),
    ];
    server_name(name).into_iter().chain(offer).collect()
}

fn old_extensions(name: Option<&str>) -> Vec<Extension> {
    let offer = [
        Extension::list(SUPPORTED_GROUPS, &LEGACY_GROUPS),
        Extension::new(EC_POINT_FORMATS, vec![1, 0]),
        Extension::list(SIGNATURE_ALGORITHMS, &SIGNATURES),
        Extension::new(RENEGOTIATION_INFO, vec![0]),
    ];
    server_name(name).into_iter().chain(offer).collect()
}

/// A list of one name of type host_name.
fn server_name(name: Option<&str>) -> Option<Extension> {
    let name = with_long(name?.as_bytes())?;
    Some(Extension::new(SERVER_NAME, with_long(&[&[0][..], &name].concat())?))
}

/// The name in the hello, where it names a host.
pub fn named(hello: &ClientHello) -> Option<&str> {
    // The lengths of the list and of the name, and the type of the name.
    let name = hello.extension(SERVER_NAME)?.get(5..)?;
    std::str::from_utf8(name).ok()
}

fn length(hello: &ClientHello) -> usize {
    hello.record().map_or(0, |record| record.len())
}
