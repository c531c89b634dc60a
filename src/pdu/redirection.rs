//! The Server Redirection PDU in both of its carriers (MS-RDPBCGR 2.2.13); the password in it is passed over.

use super::{Malformed, Reader, security::SEC_REDIRECTION_PKT};
use crate::utf16::text_to_nul;

/// RedirFlags: which fields follow, and what they mean.
mod flag {
    pub(super) const TARGET_NET_ADDRESS: u32 = 0x0000_0001;
    pub(super) const LOAD_BALANCE_INFO: u32 = 0x0000_0002;
    pub(super) const USERNAME: u32 = 0x0000_0004;
    pub(super) const DOMAIN: u32 = 0x0000_0008;
    pub(super) const PASSWORD: u32 = 0x0000_0010;
    pub(super) const NO_REDIRECT: u32 = 0x0000_0080;
    pub(super) const TARGET_FQDN: u32 = 0x0000_0100;
    pub(super) const TARGET_NETBIOS_NAME: u32 = 0x0000_0200;
    pub(super) const TARGET_NET_ADDRESSES: u32 = 0x0000_0800;
    pub(super) const CLIENT_TSV_URL: u32 = 0x0000_1000;
    pub(super) const REDIRECTION_GUID: u32 = 0x0000_8000;
    pub(super) const TARGET_CERTIFICATE: u32 = 0x0001_0000;
}

/// The most addresses that are kept.
const MAX_ADDRESSES: u32 = 64;

/// RDP_SERVER_REDIRECTION_PACKET without its password.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Redirection {
    /// SessionID.
    pub session_id: u32,
    /// RedirFlags.
    pub flags: u32,
    /// TargetNetAddress.
    pub address: Option<String>,
    /// LoadBalanceInfo.
    pub load_balance_info: Option<Vec<u8>>,
    /// UserName.
    pub user: Option<String>,
    /// Domain.
    pub domain: Option<String>,
    /// How many bytes the Password has, or the cookie in its place.
    pub password: Option<usize>,
    /// TargetFQDN.
    pub fqdn: Option<String>,
    /// TargetNetBiosName.
    pub netbios_name: Option<String>,
    /// TsvUrl.
    pub tsv_url: Option<String>,
    /// RedirectionGuid, the base64 text.
    pub guid: Option<String>,
    /// Whether there is a TargetCertificate.
    pub certificate: bool,
    /// TargetNetAddresses, at most 64.
    pub addresses: Vec<String>,
}

impl Redirection {
    /// Whether the client is only informed and stays (LB_NOREDIRECT).
    pub fn is_informational(&self) -> bool {
        self.flags & flag::NO_REDIRECT != 0
    }
}

/// Reads the user data of the I/O channel: a share control PDU of type 10, or a packet behind a security header.
///
/// # Errors
/// It is neither, or ends in the middle of a field.
pub fn redirection(user_data: &[u8]) -> Result<Redirection, Malformed> {
    let mut reader = Reader::new(user_data);
    // Both carriers begin with two halves, of which only a share control header fills the second.
    reader.u16()?;
    let is_share_control = reader.u16()? != 0;
    if is_share_control {
        let _source_and_padding = (reader.u16()?, reader.u16()?);
    }
    packet(reader)
}

fn packet(mut reader: Reader<'_>) -> Result<Redirection, Malformed> {
    let kind = reader.u16()?;
    if kind != SEC_REDIRECTION_PKT {
        return Err(Malformed(format!("a redirection packet begins with {kind:#06x}")));
    }
    // The length counts padding that some servers leave out.
    reader.u16()?;
    let session_id = reader.u32()?;
    let flags = reader.u32()?;
    let mut next = |bit| match flags & bit {
        0 => Ok(None),
        _ => field(&mut reader).map(Some),
    };
    let text = |bytes: Option<&[u8]>| bytes.map(text_to_nul);
    Ok(Redirection {
        session_id,
        flags,
        address: text(next(flag::TARGET_NET_ADDRESS)?),
        load_balance_info: next(flag::LOAD_BALANCE_INFO)?.map(<[u8]>::to_vec),
        user: text(next(flag::USERNAME)?),
        domain: text(next(flag::DOMAIN)?),
        password: next(flag::PASSWORD)?.map(<[u8]>::len),
        fqdn: text(next(flag::TARGET_FQDN)?),
        netbios_name: text(next(flag::TARGET_NETBIOS_NAME)?),
        tsv_url: text(next(flag::CLIENT_TSV_URL)?),
        guid: text(next(flag::REDIRECTION_GUID)?),
        certificate: next(flag::TARGET_CERTIFICATE)?.is_some(),
        addresses: next(flag::TARGET_NET_ADDRESSES)?.map_or_else(|| Ok(Vec::new()), addresses)?,
    })
}

fn field<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], Malformed> {
    let length = reader.u32()?;
    // A length that no machine word holds is longer than the message too.
    reader.bytes(usize::try_from(length).unwrap_or(usize::MAX))
}

fn addresses(bytes: &[u8]) -> Result<Vec<String>, Malformed> {
    let mut reader = Reader::new(bytes);
    let count = reader.u32()?.min(MAX_ADDRESSES);
    (0..count).map(|_| field(&mut reader).map(text_to_nul)).collect()
}
