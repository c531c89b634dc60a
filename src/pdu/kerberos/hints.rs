//! What a KDC says of the keys of an account (RFC 4120 section 5.2.7): their types, and the salt of each.

use crate::pdu::{
    Malformed, Reader,
    der::{GENERAL_STRING, OCTET_STRING, SEQUENCE, element, expect, fields, inside, integer},
};

const PW_SALT: u32 = 3;
const ETYPE_INFO2: u32 = 19;

/// The type of a key, and its salt.
pub(super) type Hinted = (u32, Option<Vec<u8>>);

/// The hints in the e-data of a KRB-ERROR, or in the padata of an AS-REP.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// PA-ETYPE-INFO2: the types of the keys with their salts, best first.
    pub keys: Vec<Hinted>,
    /// PA-PW-SALT, the older form.
    pub salt: Option<Vec<u8>>,
}

impl Hints {
    /// Reads METHOD-DATA.
    ///
    /// # Errors
    /// It is none.
    pub fn of(data: &[u8]) -> Result<Self, Malformed> {
        let mut hints = Self::default();
        for (kind, value) in method_data(data)? {
            match kind {
                ETYPE_INFO2 => hints.keys = etype_info(value)?,
                PW_SALT => hints.salt = Some(value.to_vec()),
                _ => {}
            }
        }
        Ok(hints)
    }

    /// The salt of a key of this type; where none is said it is the realm and the name.
    pub fn salt_of(&self, encryption_type: u32) -> Option<&[u8]> {
        match self.keys.iter().find(|(kind, _)| *kind == encryption_type) {
            Some((_, salt)) => salt.as_deref(),
            None => self.salt.as_deref(),
        }
    }
}

/// METHOD-DATA: the type and the value of each entry.
pub(super) fn method_data(data: &[u8]) -> Result<Vec<(u32, &[u8])>, Malformed> {
    let mut all = fields(data)?;
    let mut entries = Vec::new();
    while !all.is_empty() {
        let mut one = Reader::new(expect(&mut all, SEQUENCE)?);
        let kind = integer(expect(&mut one, 0xA1)?)?;
        entries.push((kind, inside(expect(&mut one, 0xA2)?, OCTET_STRING)?));
    }
    Ok(entries)
}

fn etype_info(value: &[u8]) -> Result<Vec<Hinted>, Malformed> {
    let mut all = fields(value)?;
    let mut keys = Vec::new();
    while !all.is_empty() {
        let mut one = Reader::new(expect(&mut all, SEQUENCE)?);
        let kind = integer(expect(&mut one, 0xA0)?)?;
        let mut salt = None;
        while !one.is_empty() {
            if let (0xA1, content) = element(&mut one)? {
                salt = Some(inside(content, GENERAL_STRING)?.to_vec());
            }
        }
        keys.push((kind, salt));
    }
    Ok(keys)
}
