//! A KDC that knows one password and grants tickets, as answers that a scripted KDC gives (RFC 4120 section 5.4.2).

use picky_krb::crypto::CipherSuite;
use rdptrace::internal::pdu::der::encode;

use super::messages::{name, number};

pub(super) const PASSWORD: &str = "secret";

/// The session key of every ticket, as long as its type wants it.
const SESSION: [u8; 32] = [0x5A; 32];

/// How an AS-REP tells the salt of the key of its sealed part.
#[derive(Clone, Copy, Debug)]
pub(super) enum Salt {
    /// PA-ETYPE-INFO2, as Active Directory and MIT do.
    Info2(&'static str),
    /// PA-ETYPE-INFO2 without one, so the default holds.
    Info2Alone,
    /// PA-PW-SALT, as Heimdal does.
    Older(&'static str),
    /// Not at all.
    Untold,
}

/// The salt where none is told.
pub(super) const DEFAULT_SALT: &str = "CORP.EXAMPLEalice";

/// An AS-REP for alice, sealed with a key of this type, with a session key of type 18.
pub(super) fn as_rep(kind: u8, salt: Salt) -> Vec<u8> {
    let used = match salt {
        Salt::Info2(salt) | Salt::Older(salt) => salt,
        Salt::Info2Alone | Salt::Untold => DEFAULT_SALT,
    };
    let cipher = suite(kind).cipher();
    let key = cipher.generate_key_from_password(PASSWORD.as_bytes(), used.as_bytes()).expect("a key");
    let sealed =
        cipher.encrypt(&key, 3, &opened(0x79, 18, &["krbtgt", "CORP.EXAMPLE"])).expect("it is sealed");
    kdc_rep(0x6B, padata(kind, salt), &["krbtgt", "CORP.EXAMPLE"], (kind, &sealed))
}

/// A TGS-REP with a ticket for this service, whose session key is of this type; it is asked for with one of type `held`.
pub(super) fn tgs_rep(service: &[&str], kind: u8, held: u8) -> Vec<u8> {
    let sealed = suite(held).cipher().encrypt(session(held), 8, &opened(0x7A, kind, service));
    kdc_rep(0x6D, None, service, (held, &sealed.expect("it is sealed")))
}

/// A TGS-REP that refers to the KDC of this realm.
pub(super) fn refers_to(realm: &str) -> Vec<u8> {
    tgs_rep(&["krbtgt", realm], 18, 18)
}

/// The ticket for the server that is traced.
pub(super) fn ticket() -> Vec<u8> {
    tgs_rep(&["TERMSRV", "rdsh01.corp.example"], 18, 18)
}

/// ETYPE-INFO2-ENTRY in a list, as PA-DATA.
pub(super) fn etype_info2(kind: u8, salt: Option<&str>) -> Vec<u8> {
    let salt = salt.map(|salt| encode(0xA1, &[&encode(0x1B, &[salt.as_bytes()])])).unwrap_or_default();
    let entry = encode(0x30, &[&encode(0xA0, &[&encode(0x02, &[&[kind]])]), &salt]);
    pa_data(19, &encode(0x30, &[&entry]))
}

fn pa_data(kind: u8, value: &[u8]) -> Vec<u8> {
    let kind = encode(0xA1, &[&encode(0x02, &[&[kind]])]);
    encode(0x30, &[&kind, &encode(0xA2, &[&encode(0x04, &[value])])])
}

fn padata(kind: u8, salt: Salt) -> Option<Vec<u8>> {
    match salt {
        Salt::Info2(salt) => Some(etype_info2(kind, Some(salt))),
        Salt::Info2Alone => Some(etype_info2(kind, None)),
        Salt::Older(salt) => Some(pa_data(3, salt.as_bytes())),
        Salt::Untold => None,
    }
}

fn suite(kind: u8) -> CipherSuite {
    CipherSuite::try_from(usize::from(kind)).expect("a known type")
}

fn session(kind: u8) -> &'static [u8] {
    &SESSION[..suite(kind).cipher().key_size()]
}

/// EncKDCRepPart (RFC 4120 section 5.4.2).
fn opened(tag: u8, kind: u8, service: &[&str]) -> Vec<u8> {
    let time = |field| encode(field, &[&encode(0x18, &[b"20300101000000Z"])]);
    let key = [encode(0xA0, &[&number(kind)]), encode(0xA1, &[&encode(0x04, &[session(kind)])])];
    let last = encode(0x30, &[&encode(0xA0, &[&number(0)]), &time(0xA1)]);
    let fields = [
        encode(0xA0, &[&encode(0x30, &[&key[0], &key[1]])]),
        encode(0xA1, &[&encode(0x30, &[&last])]),
        encode(0xA2, &[&number(1)]),
        encode(0xA4, &[&encode(0x03, &[&[0, 0x40, 0, 0, 0]])]),
        time(0xA5),
        time(0xA7),
        encode(0xA9, &[&encode(0x1B, &[b"CORP.EXAMPLE"])]),
        encode(0xAA, &[&name(2, service)]),
    ];
    encode(tag, &[&sequence(&fields)])
}

fn kdc_rep(tag: u8, padata: Option<Vec<u8>>, service: &[&str], sealed: (u8, &[u8])) -> Vec<u8> {
    let realm = |field| encode(field, &[&encode(0x1B, &[b"CORP.EXAMPLE"])]);
    let ticket = [
        encode(0xA0, &[&number(5)]),
        realm(0xA1),
        encode(0xA2, &[&name(2, service)]),
        encode(0xA3, &[&encrypted(18, b"for the service alone")]),
    ];
    let fields = [
        encode(0xA0, &[&number(5)]),
        encode(0xA1, &[&number(if tag == 0x6B { 11 } else { 13 })]),
        padata.map(|data| encode(0xA2, &[&encode(0x30, &[&data])])).unwrap_or_default(),
        realm(0xA3),
        encode(0xA4, &[&name(1, &["alice"])]),
        encode(0xA5, &[&encode(0x61, &[&sequence(&ticket)])]),
        encode(0xA6, &[&encrypted(sealed.0, sealed.1)]),
    ];
    encode(tag, &[&sequence(&fields)])
}

fn encrypted(kind: u8, cipher: &[u8]) -> Vec<u8> {
    let fields = [encode(0xA0, &[&number(kind)]), encode(0xA2, &[&encode(0x04, &[cipher])])];
    sequence(&fields)
}

fn sequence(fields: &[Vec<u8>]) -> Vec<u8> {
    encode(0x30, &fields.iter().map(Vec::as_slice).collect::<Vec<_>>())
}
