//! Protocols that are known by the bytes of their first message.

use crate::pdu::{
    Reader,
    der::{INTEGER, SEQUENCE, element},
};

/// Bytes at the beginning, and who sends them.
const MAGIC: &[(&[u8], &str)] = &[
    (b"\x7F\x7FICA", "Citrix ICA"),
    (b"\x17\x24", "TeamViewer"),
    (b"\x11\x30", "TeamViewer"),
    (b"REDQ", "SPICE"),
    (b"AMQP", "AMQP"),
    (b"ZBXD", "Zabbix"),
    (b"ES\0\0", "Elasticsearch's transport"),
    (b"AB\0", "AJP"),
    (b"\x13BitTorrent", "BitTorrent"),
    (b"\x01\0\0\0\x25", "Radmin"),
    (b"\xFFSMB", "SMB"),
    (b"\xFESMB", "SMB"),
    (b"\xFDSMB", "SMB"),
];

/// The protocol of a message that begins so.
pub(super) fn named(bytes: &[u8]) -> Option<String> {
    let magic =
        |bytes: &[u8]| MAGIC.iter().find(|(begin, _)| bytes.starts_with(begin)).map(|(_, name)| *name);
    let behind =
        || bytes.get(4..).filter(|rest| bytes[0] == 0 && rest.get(1..4) == Some(b"SMB")).and_then(magic);
    let name = magic(bytes).or_else(behind).or_else(|| proxy(bytes)).or_else(|| directory(bytes));
    let name = name.or_else(|| by_length(bytes)).or_else(|| session(bytes));
    mysql(bytes).or_else(|| name.map(str::to_owned))
}

/// The handshake packet with its version, or an error in its place: a length of three bytes, a sequence number.
fn mysql(bytes: &[u8]) -> Option<String> {
    match bytes {
        [_, _, 0, 0, 10, version @ ..] => {
            let version = version.split(|byte| *byte == 0).next()?;
            let printable = !version.is_empty() && version.iter().all(u8::is_ascii_graphic);
            let version = String::from_utf8_lossy(&version[..version.len().min(40)]).into_owned();
            let family = if version.contains("MariaDB") { "MariaDB" } else { "MySQL" };
            printable.then(|| format!("{family} {version}"))
        }
        [length, high, 0, 0 | 1, 0xFF, _, 4 | 3, text @ ..] if !text.is_empty() => {
            let claimed = usize::from(u16::from_le_bytes([*length, *high]));
            (claimed + 4 >= bytes.len()).then(|| "MySQL or MariaDB".to_owned())
        }
        [5, 0, 0, 0, 0x0B, ..] => Some("MySQL's X protocol".to_owned()),
        _ => None,
    }
}

/// SOCKS 4 and 5, RPC whose version is 5 too, and PostgreSQL.
fn proxy(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0, 0x5A..=0x5D] | [0, 0x5A..=0x5D, _, _, _, _, _, _] => Some("SOCKS4"),
        [5, 0..=9 | 0x80..=0xFF] => Some("SOCKS5"),
        [5, 0..=8, 0, 1 | 3 | 4, ..] if bytes.len() < 16 => Some("SOCKS5"),
        [5, 0 | 1, 0..=19, _, 0x10 | 0, 0, 0, 0, ..] => Some("RPC (DCE)"),
        [b'E', 0, 0, _, _, b'S' | b'V' | b'C' | b'M', ..] => Some("PostgreSQL"),
        [b'E', rest @ ..] if rest.starts_with(b"FATAL:") || rest.starts_with(b"ERROR:") => Some("PostgreSQL"),
        [b'N' | b'S'] => Some("PostgreSQL, as it seems"),
        _ => None,
    }
}

/// LDAP and SNMP: a SEQUENCE that begins with a number.
fn directory(bytes: &[u8]) -> Option<&'static str> {
    let [SEQUENCE, rest @ ..] = bytes else { return None };
    let header = match rest.first()? {
        0..=0x7F => 1,
        long => 1 + usize::from(long & 0x7F).min(4),
    };
    let mut inside = Reader::new(rest.get(header..)?);
    let (INTEGER, _) = element(&mut inside).ok()? else { return None };
    match inside.u8().ok()? {
        // BindResponse, the search's answers, the results of the others, ExtendedResponse, IntermediateResponse (RFC 4511).
        0x61 | 0x64 | 0x65 | 0x67 | 0x69 | 0x6B | 0x6D | 0x6F | 0x73 | 0x78 | 0x79 => Some("LDAP"),
        0x04 => Some("SNMP"),
        _ => None,
    }
}

/// Messages that are known by a length which is right, and a type.
fn by_length(bytes: &[u8]) -> Option<&'static str> {
    // Wider than any of them is sent, because they are counted up.
    let short = |at: usize| Some(u64::from(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?)));
    let long = |at: usize| Some(u64::from(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?)));
    let length = u64::try_from(bytes.len()).ok()?;
    match bytes {
        // AS-REP, TGS-REP, KRB-ERROR (RFC 4120).
        [0, 0, _, _, 0x6B | 0x6D | 0x7E, ..] if long(0)? + 4 >= length => Some("Kerberos"),
        [_, _, 0, 0, 2 | 4 | 5 | 11 | 12, ..] if short(0)? == length && length >= 8 => Some("Oracle"),
        // A response (RFC 1035 section 4.1.1) to no more than one question.
        [_, _, _, _, 0x80..=0x87, _, 0, 0 | 1, ..] if short(0)? + 2 == length => Some("DNS"),
        [4, 1, _, _, ..] if short(2)? == length => Some("SQL Server"),
        [0x81..=0x85, 0..=0x1F, _, _, 0 | 2 | 3 | 6 | 8, ..] if long(5)? + 9 == length => Some("Cassandra"),
        [_, _, 0, 1, 0x1A, 0x2B, 0x3C, 0x4D, ..] => Some("PPTP"),
        [1, _, _, _, 0x21, 0x12, 0xA4, 0x42, ..] => Some("STUN"),
        [low, high, 0, 0, ..] if u64::from(u16::from_le_bytes([*low, *high])) == length => mongo(bytes),
        _ => None,
    }
}

/// OP_REPLY or OP_MSG.
fn mongo(bytes: &[u8]) -> Option<&'static str> {
    matches!(bytes.get(12..16)?, [1, 0, 0, 0] | [0xDD, 7, 0, 0]).then_some("MongoDB")
}

/// What begins a session, or refuses one.
fn session(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x82, 0, 0, 0] | [0x83, 0, 0, 1, 0x80..=0x8F] => Some("SMB (NetBIOS session service)"),
        [0xFF, 0xFA..=0xFE, _, ..] => Some("Telnet"),
        [0xFF, 0, _, 0, 0xA7, ..] => Some("Minecraft"),
        [length, 0, inner, b'{' | b'"', ..] if length > inner => Some("Minecraft"),
        [0x20, length @ 2..=0x1F, 0 | 1, ..] if bytes.len() == 2 + usize::from(*length) => Some("MQTT"),
        // SETTINGS on stream 0 (RFC 9113 section 6.5).
        [0, 0, _, 4, 0, 0, 0, 0, 0, ..] => Some("HTTP/2"),
        [0, _, 11, 0, 0, 0, ..] => Some("X11"),
        _ => None,
    }
}
