//! The fields of a CHALLENGE and what they point to, all of it within the message (MS-NLMP 2.2.1.2, 2.2.2.1).
//!
//! A field outside its message is `malformed`, never missing; the error names the field, its length and its offset.
//! Fields that the flags do not announce are not looked at. A number that does not fit is shown as the bytes that
//! were sent.

use super::av;
use crate::{
    pdu::{Malformed, Reader},
    plain::plural,
};

/// What every message begins with.
pub(in crate::pdu) const SIGNATURE: &[u8] = b"NTLMSSP\0";
const REQUEST_TARGET: u32 = 0x0000_0004;
pub(super) const TARGET_INFO: u32 = 0x0080_0000;
pub(super) const NEGOTIATE_VERSION: u32 = 0x0200_0000;

/// What every CHALLENGE has: up to ServerChallenge.
const FIXED: usize = 32;
/// Where TargetInfoFields end.
const WITH_TARGET_INFO: usize = 48;
const MAX_PAIRS: usize = 64;

/// The AV pairs, by their types.
pub(super) type Pairs<'a> = Vec<(u16, &'a [u8])>;

/// The system that sends a message (MS-NLMP 2.2.2.10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// ProductMajorVersion.
    pub major: u8,
    /// ProductMinorVersion.
    pub minor: u8,
    /// ProductBuild.
    pub build: u16,
}

impl Version {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Self { major: reader.u8()?, minor: reader.u8()?, build: reader.u16()? })
    }
}

/// A CHALLENGE as it came.
pub(super) struct Fields<'a> {
    pub flags: u32,
    pub nonce: &'a [u8],
    pub version: Option<Version>,
    /// None where there is no TargetInfo, or an empty one.
    pub pairs: Option<Pairs<'a>>,
}

/// A length and an offset.
#[derive(Clone, Copy)]
struct Place {
    length: usize,
    offset: usize,
}

impl<'a> Fields<'a> {
    /// Reads a bare CHALLENGE.
    ///
    /// # Errors
    /// It is none, or the field is named that is not within it.
    pub(super) fn of(message: &'a [u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(message);
        if reader.bytes(SIGNATURE.len()).ok() != Some(SIGNATURE) {
            return Err(Malformed::new("a security token that does not begin with an NTLM message"));
        }
        match reader.u32() {
            Ok(2) if message.len() >= FIXED => {}
            Ok(2) | Err(_) => return Err(Malformed(short(message, "its ServerChallenge"))),
            Ok(kind) => {
                return Err(Malformed(format!("an NTLM message of type {kind} where the CHALLENGE belongs")));
            }
        }
        let name = place(&mut reader)?;
        let (flags, nonce) = (reader.u32()?, reader.bytes(8)?);
        // What its flag does not announce is not to be looked at.
        let name = Some(name).filter(|name| flags & REQUEST_TARGET != 0 && name.length > 0);
        if let Some(name) = name {
            name.within(message, "TargetName")?;
        }
        // Old servers leave out what follows, and may begin with the name there.
        let cut = name.is_some_and(|name| name.offset < WITH_TARGET_INFO) || message.len() < WITH_TARGET_INFO;
        let announced = flags & TARGET_INFO != 0;
        if cut {
            let error = || Malformed(short(message, "its TargetInfoFields, which its flags announce"));
            return if announced {
                Err(error())
            } else {
                Ok(Self { flags, nonce, version: None, pairs: None })
            };
        }
        reader.bytes(8)?;
        let info = place(&mut reader)?.within(message, "TargetInfo");
        let info = if announced { info? } else { info.unwrap_or_default() };
        let pairs = if info.is_empty() { None } else { Some(pairs(info)?) };
        let version = (flags & NEGOTIATE_VERSION != 0).then(|| Version::read(&mut reader).ok()).flatten();
        Ok(Self { flags, nonce, version, pairs })
    }
}

impl Place {
    fn within<'a>(self, message: &'a [u8], field: &str) -> Result<&'a [u8], Malformed> {
        let Self { length, offset } = self;
        if length == 0 {
            return Ok(&[]);
        }
        message.get(offset..).and_then(|rest| rest.get(..length)).ok_or_else(|| {
            let (length, all) = (plural(length as u64, "byte"), message.len());
            Malformed(format!(
                "the {field} of the CHALLENGE has {length} at offset {offset}, and the message {all}"
            ))
        })
    }
}

fn place(reader: &mut Reader<'_>) -> Result<Place, Malformed> {
    let (length, _, offset) = (usize::from(reader.u16()?), reader.u16()?, reader.u32()?);
    Ok(Place { length, offset: usize::try_from(offset).unwrap_or(usize::MAX) })
}

fn short(message: &[u8], before: &str) -> String {
    format!("a CHALLENGE of {}, which ends before {before}", plural(message.len() as u64, "byte"))
}

/// The pairs up to MsvAvEOL, or to the end where there is none.
fn pairs(info: &[u8]) -> Result<Pairs<'_>, Malformed> {
    let (mut reader, mut pairs) = (Reader::new(info), Vec::new());
    while !reader.is_empty() {
        let at = info.len() - reader.rest().len();
        let head = |_| {
            Malformed(format!("the TargetInfo of the CHALLENGE ends within the head of a pair at byte {at}"))
        };
        let (id, length) = (reader.u16().map_err(head)?, usize::from(reader.u16().map_err(head)?));
        if id == av::EOL {
            break;
        }
        if pairs.len() == MAX_PAIRS {
            return Err(Malformed(format!(
                "the TargetInfo of the CHALLENGE has more than {MAX_PAIRS} pairs"
            )));
        }
        let left = reader.rest().len();
        let value = reader.bytes(length).map_err(|_| {
            let (name, length) = (av::name(id), plural(length as u64, "byte"));
            Malformed(format!("{name} in the TargetInfo of the CHALLENGE has {length}, and {left} are left"))
        })?;
        if let Some(right) = av::length(id).filter(|right| *right != length) {
            let (name, length) = (av::name(id), plural(length as u64, "byte"));
            return Err(Malformed(format!(
                "{name} in the TargetInfo of the CHALLENGE has {length}, not {right}"
            )));
        }
        pairs.push((id, value));
    }
    Ok(pairs)
}
