//! Reads the facts of an NTLM CHALLENGE (MS-NLMP 2.2.1.2, 2.2.2.1); the client's own messages are below.

mod av;
mod fields;
mod proof;
mod session;

pub use fields::Version;
pub use proof::{Bound, Fresh, Identity, authenticate, negotiate};
pub use session::{Session, hmac_md5};

use super::{Malformed, Reader};
use crate::utf16::text_to_nul;
pub(super) use fields::SIGNATURE;
use fields::{Fields, NEGOTIATE_VERSION};

/// MessageType of a NEGOTIATE.
const NEGOTIATE: u32 = 1;

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
    /// The server's system.
    pub version: Option<Version>,
    /// Whether there is a list of these pairs.
    pub has_target_info: bool,
}

/// Finds and reads the CHALLENGE in a security token, wrapped in SPNEGO or bare.
///
/// # Errors
/// There is none, or a field of it is not within it.
pub fn challenge(token: &[u8]) -> Result<Challenge, Malformed> {
    let message = message(token).ok_or_else(|| Malformed::new("a security token without an NTLM message"))?;
    let fields = Fields::of(message)?;
    let mut challenge = Challenge {
        version: fields.version,
        has_target_info: fields.pairs.is_some(),
        ..Challenge::default()
    };
    for (id, value) in fields.pairs.unwrap_or_default() {
        let text = || Some(text_to_nul(value)).filter(|text| !text.is_empty());
        match id {
            av::NB_COMPUTER_NAME => challenge.netbios_computer = text(),
            av::NB_DOMAIN_NAME => challenge.netbios_domain = text(),
            av::DNS_COMPUTER_NAME => challenge.dns_computer = text(),
            av::DNS_DOMAIN_NAME => challenge.dns_domain = text(),
            av::DNS_TREE_NAME => challenge.dns_tree = text(),
            av::TIMESTAMP => challenge.timestamp = value.try_into().ok().map(u64::from_le_bytes),
            _ => {}
        }
    }
    Ok(challenge)
}

/// Whether there is one, whatever its fields are like.
pub fn is_challenge(token: &[u8]) -> bool {
    message(token).is_some_and(|message| message[SIGNATURE.len()..].starts_with(&2u32.to_le_bytes()))
}

/// The flags of a NEGOTIATE and the client's system, where the flags announce one (MS-NLMP 2.2.1.1); none if the message is none.
pub fn negotiated(message: &[u8]) -> Option<(u32, Option<Version>)> {
    let mut reader = Reader::new(message.strip_prefix(SIGNATURE)?);
    let (kind, flags) = (reader.u32().ok()?, reader.u32().ok()?);
    let version = || {
        // The fields of domain and workstation.
        reader.bytes(16).ok()?;
        Version::read(&mut reader).ok()
    };
    (kind == NEGOTIATE).then(|| (flags, (flags & NEGOTIATE_VERSION != 0).then(version).flatten()))
}

/// Where an NTLM message begins in a security token, to its end.
pub fn message(token: &[u8]) -> Option<&[u8]> {
    let start = token.windows(SIGNATURE.len()).position(|window| window == SIGNATURE)?;
    Some(&token[start..])
}
