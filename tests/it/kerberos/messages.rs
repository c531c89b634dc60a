//! Messages of a KDC that need no key: errors, and the parts of all of them (RFC 4120 section 5).

use rdptrace::internal::pdu::der::encode;
use time::{Duration, macros::format_description};

use super::issuer::etype_info2;
use crate::demo::pipe;

/// An INTEGER of one byte.
pub(super) fn number(value: u8) -> Vec<u8> {
    encode(0x02, &[&[value]])
}

/// A PrincipalName of this type.
pub(super) fn name(kind: u8, parts: &[&str]) -> Vec<u8> {
    let parts: Vec<_> = parts.iter().map(|part| encode(0x1B, &[part.as_bytes()])).collect();
    let parts = encode(0x30, &parts.iter().map(Vec::as_slice).collect::<Vec<_>>());
    encode(0x30, &[&encode(0xA0, &[&number(kind)]), &encode(0xA1, &[&parts])])
}

/// A KRB-ERROR with this code.
pub(super) fn error(code: u32) -> Vec<u8> {
    error_at(code, 0)
}

/// A KRB-ERROR with this code in the name of this realm.
pub(super) fn error_of(realm: &str, code: u32) -> Vec<u8> {
    krb_error(code, 0, None, realm)
}

/// The same, by a clock that is ahead by so many seconds.
pub(super) fn error_at(code: u32, ahead: i64) -> Vec<u8> {
    krb_error(code, ahead, None, "CORP.EXAMPLE")
}

/// KDC_ERR_PREAUTH_REQUIRED with PA-ETYPE-INFO2 for aes256-cts-hmac-sha1-96.
pub(super) fn preauthentication_required() -> Vec<u8> {
    wants_proof(18, Some("CORP.EXAMPLEalice"))
}

/// The same for a key of this type and this salt.
pub(super) fn wants_proof(kind: u8, salt: Option<&str>) -> Vec<u8> {
    krb_error(25, 0, Some(&encode(0x30, &[&etype_info2(kind, salt)])), "CORP.EXAMPLE")
}

/// A KRB-ERROR with this e-data.
pub(super) fn error_with(code: u32, data: &[u8]) -> Vec<u8> {
    krb_error(code, 0, Some(data), "CORP.EXAMPLE")
}

/// KDC_ERR_WRONG_REALM with the realm that knows the user.
pub(super) fn user_is_in(realm: &str) -> Vec<u8> {
    let error = error(68);
    let crealm = encode(0xA7, &[&encode(0x1B, &[realm.as_bytes()])]);
    // Behind the tags and lengths of the message and of its list; all are shorter than 128 bytes.
    encode(0x7E, &[&encode(0x30, &[&error[4..], &crealm])])
}

fn krb_error(code: u32, ahead: i64, data: Option<&[u8]>, realm: &str) -> Vec<u8> {
    let form = format_description!("[year][month][day][hour][minute][second]Z");
    let time = (pipe::NOW + Duration::seconds(ahead)).format(form).expect("a time");
    let code = encode(0x02, &[&code.to_be_bytes()[if code < 128 { 3 } else { 2 }..]]);
    let data = data.map(|data| encode(0xAC, &[&encode(0x04, &[data])])).unwrap_or_default();
    let fields = [
        encode(0xA0, &[&number(5)]),
        encode(0xA1, &[&number(30)]),
        encode(0xA4, &[&encode(0x18, &[time.as_bytes()])]),
        encode(0xA5, &[&number(0)]),
        encode(0xA6, &[&code]),
        encode(0xA9, &[&encode(0x1B, &[realm.as_bytes()])]),
        encode(0xAA, &[&name(2, &["krbtgt", realm])]),
        data,
    ];
    encode(0x7E, &[&encode(0x30, &fields.iter().map(Vec::as_slice).collect::<Vec<_>>())])
}
