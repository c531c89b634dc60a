//! A ClientHello of our own, for what a TLS library cannot or will not say (RFC 8446 4.1.2, RFC 5246 7.4.1.2, RFC 7685).

const HANDSHAKE: u8 = 22;
const CLIENT_HELLO: u8 = 1;
const TLS_1_0: u16 = 0x0301;
/// TLS 1.2, which TLS 1.3 calls the legacy version.
const TLS_1_2: u16 = 0x0303;
const TLS_1_3: u16 = 0x0304;
const SERVER_NAME: u16 = 0;
const SUPPORTED_GROUPS: u16 = 10;
const EC_POINT_FORMATS: u16 = 11;
const SIGNATURE_ALGORITHMS: u16 = 13;
const PADDING: u16 = 21;
const SUPPORTED_VERSIONS: u16 = 43;
const KEY_SHARE: u16 = 51;
const RENEGOTIATION_INFO: u16 = 0xFF01;
const X25519: u16 = 0x001D;
/// x25519, secp256r1, secp384r1.
const GROUPS: [u16; 3] = [X25519, 0x0017, 0x0018];
/// The same and secp521r1, which only other clients take.
const LEGACY_GROUPS: [u16; 4] = [X25519, 0x0017, 0x0018, 0x0019];
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

/// The record of a small hello is shorter than this, so that it fits one small segment.
pub const SMALL: usize = 180;
/// The record of a large hello; with its headers it fits no Ethernet frame.
pub const LARGE: usize = 1600;

/// What to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Profile {
    /// TLS 1.2 and 1.3 in fewer than [`SMALL`] bytes.
    Small,
    /// The same, padded to [`LARGE`] bytes.
    Large,
    /// TLS 1.0 to 1.2 with the suites of old servers.
    Legacy,
    /// One version and these suites only.
    Only {
        /// The version, 0x0301 to 0x0304.
        version: u16,
        /// Its suites.
        suites: Vec<u16>,
    },
}

/// A record with a ClientHello; `name` is left out of a small hello that it does not fit into.
pub fn client_hello(profile: &Profile, name: Option<&str>, random: [u8; 32], key_share: [u8; 32]) -> Vec<u8> {
    match profile {
        Profile::Small => {
            let named = modern(name, &random, &key_share, 0);
            if named.len() < SMALL { named } else { modern(None, &random, &key_share, 0) }
        }
        Profile::Large => modern(name, &random, &key_share, LARGE),
        Profile::Legacy => {
            let suites = [&LEGACY_SUITES[..], &STRANGE_SUITES].concat();
            record(TLS_1_2, &random, &suites, &legacy_extensions(name))
        }
        Profile::Only { version: TLS_1_3, suites } => {
            let extensions = modern_extensions(name, &key_share, &[TLS_1_3]);
            record(TLS_1_2, &random, suites, &extensions)
        }
        Profile::Only { version, suites } => record(*version, &random, suites, &legacy_extensions(name)),
    }
}

/// TLS 1.2 and 1.3, padded until the record has this length.
fn modern(name: Option<&str>, random: &[u8; 32], key_share: &[u8; 32], length: usize) -> Vec<u8> {
    let mut extensions = modern_extensions(name, key_share, &[TLS_1_3, TLS_1_2]);
    let bare = record(TLS_1_2, random, &MODERN_SUITES, &extensions);
    if let Some(missing) = length.checked_sub(bare.len() + 4) {
        extensions.extend(extension(PADDING, &vec![0; missing]));
    }
    record(TLS_1_2, random, &MODERN_SUITES, &extensions)
}

fn modern_extensions(name: Option<&str>, key_share: &[u8; 32], versions: &[u16]) -> Vec<u8> {
    let versions = words(versions);
    let share = [&X25519.to_be_bytes()[..], &long(key_share)].concat();
    [
        server_name(name),
        extension(SUPPORTED_GROUPS, &long(&words(&GROUPS))),
        extension(SIGNATURE_ALGORITHMS, &long(&words(&SIGNATURES))),
        extension(SUPPORTED_VERSIONS, &short(&versions)),
        extension(KEY_SHARE, &long(&share)),
    ]
    .concat()
}

fn legacy_extensions(name: Option<&str>) -> Vec<u8> {
    [
        server_name(name),
        extension(SUPPORTED_GROUPS, &long(&words(&LEGACY_GROUPS))),
        extension(EC_POINT_FORMATS, &short(&[0])),
        extension(SIGNATURE_ALGORITHMS, &long(&words(&SIGNATURES))),
        extension(RENEGOTIATION_INFO, &short(&[])),
    ]
    .concat()
}

fn server_name(name: Option<&str>) -> Vec<u8> {
    let Some(name) = name else { return Vec::new() };
    // A list of one name of type host_name.
    let entry = [&[0][..], &long(name.as_bytes())].concat();
    extension(SERVER_NAME, &long(&entry))
}

/// A record version of TLS 1.0, as RFC 8446 5.1 advises for middleboxes; without a session, without compression.
fn record(version: u16, random: &[u8; 32], suites: &[u16], extensions: &[u8]) -> Vec<u8> {
    let body = [
        &version.to_be_bytes()[..],
        random,
        &short(&[]),
        &long(&words(suites)),
        &short(&[0]),
        &long(extensions),
    ]
    .concat();
    let [_, length @ ..] = u32::try_from(body.len()).expect("a hello is small").to_be_bytes();
    let message = [&[CLIENT_HELLO][..], &length, &body].concat();
    [&[HANDSHAKE][..], &TLS_1_0.to_be_bytes(), &long(&message)].concat()
}

fn extension(kind: u16, content: &[u8]) -> Vec<u8> {
    [&kind.to_be_bytes()[..], &long(content)].concat()
}

fn words(words: &[u16]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

/// A vector with one byte of length.
fn short(content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).expect("a short vector");
    [&[length], content].concat()
}

/// A vector with two bytes of length.
fn long(content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).expect("a hello is small");
    [&length.to_be_bytes()[..], content].concat()
}
