//! Reads the facts of an NTLM CHALLENGE (MS-NLMP 2.2.1.2, 2.2.2.1); the client's own messages are below.

mod proof;
mod session;

pub use proof::{Fresh, Identity, authenticate, negotiate};
pub use session::Session;

use super::{Malformed, Reader, reader::utf16};

/// What a CHALLENGE says of the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Challenge {
    /// MsvAvNbComputerName.
    pub netbios_computer: Option<String>,
    /// MsvAvNbDomainName.
    pub netbios_domain: Option<String>,
    /// MsvAvDnsComputerName.
    pub dns_computer: Option<String>,
    /// MsvAvDnsDomainName.
    pub dns_domain: Option<String>,
    /// MsvAvDnsTreeName.
    pub dns_tree: Option<String>,
    /// MsvAvTimestamp: 100 ns since 1601-01-01.
    pub timestamp: Option<u64>,
    /// Major and minor version and build.
    pub version: Option<(u8, u8, u16)>,
    /// Whether there is a list of these pairs.
    pub has_target_info: bool,
}

const SIGNATURE: &[u8] = b"NTLMSSP\0";
const NTLMSSP_NEGOTIATE_VERSION: u32 = 0x0200_0000;
const MAX_PAIRS: usize = 64;

/// Finds and reads the CHALLENGE in a security token, wrapped in SPNEGO or bare.
///
/// # Errors
/// There is none, or it ends too early.
pub fn challenge(token: &[u8]) -> Result<Challenge, Malformed> {
    let start = token
        .windows(SIGNATURE.len())
        .position(|window| window == SIGNATURE)
        .ok_or_else(|| Malformed::new("a security token without an NTLM message"))?;
    let message = &token[start..];
    let mut reader = Reader::new(message);
    reader.bytes(SIGNATURE.len())?;
    let kind = reader.u32()?;
    if kind != 2 {
        return Err(Malformed(format!("an NTLM message of type {kind} where the CHALLENGE belongs")));
    }
    // TargetName.
    reader.bytes(8)?;
    let flags = reader.u32()?;
    // ServerChallenge.
    reader.bytes(8)?;
    let mut challenge = Challenge::default();
    // What follows is left out by old servers; what can be read of it is read.
    let _ = target_info(message, flags, &mut reader, &mut challenge);
    Ok(challenge)
}

fn target_info(
    message: &[u8],
    flags: u32,
    reader: &mut Reader<'_>,
    challenge: &mut Challenge,
) -> Result<(), Malformed> {
    // Reserved.
    reader.bytes(8)?;
    let length = usize::from(reader.u16()?);
    reader.u16()?;
    let offset = usize::try_from(reader.u32()?).unwrap_or(usize::MAX);
    if flags & NTLMSSP_NEGOTIATE_VERSION != 0 {
        challenge.version = Some((reader.u8()?, reader.u8()?, reader.u16()?));
    }
    let rest = message.get(offset..).unwrap_or_default();
    challenge.has_target_info = length > 0 && length <= rest.len();
    pairs(&rest[..length.min(rest.len())], challenge)
}

fn pairs(info: &[u8], challenge: &mut Challenge) -> Result<(), Malformed> {
    let mut reader = Reader::new(info);
    for _ in 0..MAX_PAIRS {
        let id = reader.u16()?;
        let length = usize::from(reader.u16()?);
        let value = reader.bytes(length)?;
        let text = || Some(utf16(value)).filter(|text| !text.is_empty());
        match id {
            0 => break,
            1 => challenge.netbios_computer = text(),
            2 => challenge.netbios_domain = text(),
            3 => challenge.dns_computer = text(),
            4 => challenge.dns_domain = text(),
            5 => challenge.dns_tree = text(),
            7 => challenge.timestamp = Reader::new(value).u64().ok(),
            _ => {}
        }
    }
    Ok(())
}
