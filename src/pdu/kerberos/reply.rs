//! KDC-REP (RFC 4120 section 5.4.2): its sealed part, taken out, and put back under another key.

use super::hints::Hints;
use crate::pdu::{
    Malformed, Reader,
    der::{
        GENERAL_STRING, GENERALIZED_TIME, INTEGER, OCTET_STRING, SEQUENCE, element, encode, expect, fields,
        inside, integer,
    },
};

/// An AS-REP or a TGS-REP as far as its sealed part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// What it says of the keys of the account.
    pub hints: Hints,
    /// crealm.
    pub realm: String,
    /// The salt of a key of which none is said: the realm and the components of the name.
    pub salt: Vec<u8>,
    /// etype of the enc-part.
    pub encryption_type: u32,
    /// The encrypted bytes.
    pub cipher: Vec<u8>,
}

const PADATA: u8 = 0xA2;
const SEALED: u8 = 0xA6;

/// Reads an AS-REP or a TGS-REP.
///
/// # Errors
/// It is none, or has no sealed part.
pub fn reply(bytes: &[u8]) -> Result<Reply, Malformed> {
    let (_, content) = element(&mut Reader::new(bytes))?;
    let mut fields = fields(content)?;
    let (mut hints, mut realm, mut name, mut sealed) = (Hints::default(), Vec::new(), Vec::new(), None);
    while !fields.is_empty() {
        match element(&mut fields)? {
            (PADATA, content) => hints = Hints::of(content)?,
            (0xA3, content) => realm = inside(content, GENERAL_STRING)?.to_vec(),
            (0xA4, content) => name = components(content)?,
            (SEALED, content) => sealed = Some(encrypted_data(content)?),
            _ => {}
        }
    }
    let (encryption_type, cipher) =
        sealed.ok_or_else(|| Malformed::new("an answer of a KDC without a sealed part"))?;
    let salt = [realm.as_slice(), &name].concat();
    let realm = String::from_utf8_lossy(&realm).into_owned();
    Ok(Reply { hints, realm, salt, encryption_type, cipher })
}

/// The same answer with another sealed part, and without padata, which spoke of the old one.
///
/// # Errors
/// As [`reply`].
pub fn resealed(bytes: &[u8], encryption_type: u8, cipher: &[u8]) -> Result<Vec<u8>, Malformed> {
    let (tag, content) = element(&mut Reader::new(bytes))?;
    let mut fields = fields(content)?;
    let mut parts = Vec::new();
    while !fields.is_empty() {
        match element(&mut fields)? {
            (PADATA | SEALED, _) => {}
            (other, content) => parts.push(encode(other, &[content])),
        }
    }
    let kind = encode(0xA0, &[&encode(INTEGER, &[&[encryption_type]])]);
    let cipher = encode(0xA2, &[&encode(OCTET_STRING, &[cipher])]);
    parts.push(encode(SEALED, &[&encode(SEQUENCE, &[&kind, &cipher])]));
    Ok(encode(tag, &[&encode(SEQUENCE, &parts.iter().map(Vec::as_slice).collect::<Vec<_>>())]))
}

/// The type and the value of the session key in an opened part (EncKDCRepPart, whatever its tag).
///
/// # Errors
/// There is none.
pub fn session_key(opened: &[u8]) -> Result<(u32, &[u8]), Malformed> {
    let (_, content) = element(&mut Reader::new(opened))?;
    let mut key = self::fields(expect(&mut fields(content)?, 0xA0)?)?;
    let kind = integer(expect(&mut key, 0xA0)?)?;
    let value = inside(expect(&mut key, 0xA1)?, OCTET_STRING)?;
    Ok((kind, value))
}

/// A KRB-ERROR that asks for the proof of the password and hints at nothing (RFC 4120 section 5.9.1).
pub fn preauthentication_required(realm: &str) -> Vec<u8> {
    let small = |tag, value: u8| encode(tag, &[&encode(INTEGER, &[&[value]])]);
    let text = |value: &str| encode(GENERAL_STRING, &[value.as_bytes()]);
    let name = encode(SEQUENCE, &[&text("krbtgt"), &text(realm)]);
    let service = encode(SEQUENCE, &[&small(0xA0, 2), &encode(0xA1, &[&name])]);
    let fields = [
        small(0xA0, 5),
        small(0xA1, 30),
        encode(0xA4, &[&encode(GENERALIZED_TIME, &[b"20000101000000Z"])]),
        small(0xA5, 0),
        small(0xA6, 25),
        encode(0xA9, &[&text(realm)]),
        encode(0xAA, &[&service]),
    ];
    encode(0x7E, &[&encode(SEQUENCE, &fields.iter().map(Vec::as_slice).collect::<Vec<_>>())])
}

/// The parts of a PrincipalName, one after the other.
fn components(content: &[u8]) -> Result<Vec<u8>, Malformed> {
    let mut fields = fields(content)?;
    expect(&mut fields, 0xA0)?;
    let mut parts = self::fields(expect(&mut fields, 0xA1)?)?;
    let mut all = Vec::new();
    while !parts.is_empty() {
        all.extend_from_slice(expect(&mut parts, GENERAL_STRING)?);
    }
    Ok(all)
}

/// EncryptedData: etype, kvno, cipher (RFC 4120 section 5.2.9).
fn encrypted_data(content: &[u8]) -> Result<(u32, Vec<u8>), Malformed> {
    let mut fields = fields(content)?;
    let encryption_type = integer(expect(&mut fields, 0xA0)?)?;
    loop {
        if let (0xA2, content) = element(&mut fields)? {
            return Ok((encryption_type, inside(content, OCTET_STRING)?.to_vec()));
        }
    }
}
