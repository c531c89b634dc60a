//! The server's side of NTLMv2 (MS-NLMP 2.2.1, 3.3.2) with a realistic identity. Pure: time and challenge come from the caller.

use md4::{Digest, Md4};
use time::OffsetDateTime;

use super::invented::{BUILD, DNS_DOMAIN, NETBIOS_DOMAIN, USER};
use super::ntlm_session::{KEY_EXCH, Session, rc4};
use crate::filetime;
use crate::pdu::ntlm::hmac_md5;
use crate::pdu::{Malformed, Reader};
use crate::utf16::{self, text_to_nul};

const SIGNATURE: &[u8; 8] = b"NTLMSSP\0";
/// UNICODE, SIGN, SEAL, ALWAYS_SIGN, EXTENDED_SESSIONSECURITY, 128, KEY_EXCH, 56: taken when the client offers them.
const NEGOTIABLE: u32 = 0xE008_8031;
/// REQUEST_TARGET, NTLM, TARGET_TYPE_DOMAIN, TARGET_INFO, VERSION: always set.
const CONSTANT: u32 = 0x0281_0204;
/// MsvAvFlags: the AUTHENTICATE message has a MIC.
const HAS_MIC: u32 = 2;
const MIC: std::ops::Range<usize> = 72..88;

/// The names of the computer that challenges.
#[derive(Clone, Copy)]
pub(super) struct Names {
    /// The NetBIOS name.
    pub netbios: &'static str,
    /// The DNS name.
    pub dns: &'static str,
}

/// A challenge that was sent, and what it answered.
pub(super) struct Challenge {
    negotiate: Vec<u8>,
    message: Vec<u8>,
    server_challenge: [u8; 8],
}

impl Challenge {
    /// Answers a NEGOTIATE message.
    pub(super) fn new(
        names: Names,
        negotiate: &[u8],
        server_challenge: [u8; 8],
        now: OffsetDateTime,
    ) -> Result<Self, Malformed> {
        let offered = header(negotiate, 1)?.u32()?;
        let message = challenge_message(names, offered & NEGOTIABLE | CONSTANT, server_challenge, now);
        Ok(Self { negotiate: negotiate.to_vec(), message, server_challenge })
    }

    /// The CHALLENGE message.
    pub(super) fn message(&self) -> &[u8] {
        &self.message
    }

    /// Verifies an AUTHENTICATE message; `None` when it does not prove this password of the account.
    pub(super) fn authenticate(&self, message: &[u8], password: &str) -> Result<Option<Session>, Malformed> {
        let mut fields = header(message, 3)?;
        fields.bytes(8)?;
        let response = field(message, &mut fields)?;
        let domain = field(message, &mut fields)?;
        let user = field(message, &mut fields)?;
        fields.bytes(8)?;
        let encrypted_key = field(message, &mut fields)?;
        let flags = fields.u32()?;

        let (proof, temp) =
            response.split_at_checked(16).ok_or_else(|| Malformed::new("no NTLMv2 response"))?;
        let key = response_key(&text_to_nul(user), domain, password);
        if text_to_nul(user).split('@').next().is_none_or(|name| !name.eq_ignore_ascii_case(USER))
            || *hmac_md5(&key, &[&self.server_challenge, temp]) != *proof
        {
            return Ok(None);
        }
        let base_key = hmac_md5(&key, &[proof]);
        let session_key =
            if flags & KEY_EXCH != 0 { rc4(&*base_key, encrypted_key) } else { base_key.to_vec() };
        let mic_holds = !has_mic(temp)? || self.verify_mic(&session_key, message);
        Ok(mic_holds.then(|| Session::new(&session_key, flags)))
    }

    fn verify_mic(&self, session_key: &[u8], message: &[u8]) -> bool {
        let (Some(before), Some(mic), Some(after)) =
            (message.get(..MIC.start), message.get(MIC), message.get(MIC.end..))
        else {
            return false;
        };
        *hmac_md5(session_key, &[&self.negotiate, &self.message, before, &[0; 16], after]) == *mic
    }
}

/// MsvAvChannelBindings of an AUTHENTICATE message: the digest of what the client is bound to, all zero for nothing.
pub(super) fn bound_to(message: &[u8]) -> Result<[u8; 16], Malformed> {
    let mut fields = header(message, 3)?;
    fields.bytes(8)?;
    let response = field(message, &mut fields)?;
    let temp = response.get(16..).unwrap_or_default();
    Ok(av_pair(temp, 10)?.and_then(|digest| digest.try_into().ok()).unwrap_or_default())
}

/// NTOWFv2.
fn response_key(user: &str, domain: &[u8], password: &str) -> [u8; 16] {
    *hmac_md5(&Md4::digest(utf16::bytes(password)), &[&utf16::bytes(&user.to_uppercase()), domain])
}

fn challenge_message(names: Names, flags: u32, server_challenge: [u8; 8], now: OffsetDateTime) -> Vec<u8> {
    const PAYLOAD: u32 = 56;
    let target_name = utf16::bytes(NETBIOS_DOMAIN);
    let target_info = target_info(names, now);
    let mut message = [&SIGNATURE[..], &2u32.to_le_bytes()].concat();
    message.extend(fields_of(&target_name, PAYLOAD));
    message.extend(flags.to_le_bytes());
    message.extend(server_challenge);
    message.extend([0; 8]);
    message.extend(fields_of(&target_info, PAYLOAD + u32::from(length(&target_name))));
    message.extend([10, 0]);
    message.extend(BUILD.to_le_bytes());
    message.extend([0, 0, 0, 15]);
    message.extend(target_name);
    message.extend(target_info);
    message
}

/// The AV pairs in the order of Windows.
fn target_info(names: Names, now: OffsetDateTime) -> Vec<u8> {
    let names = [(2, NETBIOS_DOMAIN), (1, names.netbios), (4, DNS_DOMAIN), (3, names.dns), (5, DNS_DOMAIN)];
    let mut info = Vec::new();
    let time = (7, filetime::ticks(now).to_le_bytes().to_vec());
    for (id, value) in names.map(|(id, name)| (id, utf16::bytes(name))).into_iter().chain([time]) {
        info.extend(u16::to_le_bytes(id));
        info.extend(length(&value).to_le_bytes());
        info.extend(value);
    }
    info.extend([0; 4]);
    info
}

fn has_mic(temp: &[u8]) -> Result<bool, Malformed> {
    match av_pair(temp, 6)? {
        Some(flags) => Ok(Reader::new(flags).u32()? & HAS_MIC != 0),
        None => Ok(false),
    }
}

/// The value of this AV pair of the client.
fn av_pair(temp: &[u8], wanted: u16) -> Result<Option<&[u8]>, Malformed> {
    let mut pairs = Reader::new(temp);
    pairs.bytes(28)?;
    loop {
        let (id, length) = (pairs.u16()?, pairs.u16()?);
        let value = pairs.bytes(length.into())?;
        match id {
            0 => return Ok(None),
            id if id == wanted => return Ok(Some(value)),
            _ => {}
        }
    }
}

/// What follows the signature and the message type.
fn header(message: &[u8], kind: u32) -> Result<Reader<'_>, Malformed> {
    let mut reader = Reader::new(message);
    if reader.array()? != *SIGNATURE || reader.u32()? != kind {
        return Err(Malformed::new(format!("no NTLM message of type {kind}")));
    }
    Ok(reader)
}

/// The payload that the next length, maximum length and offset point to.
fn field<'a>(message: &'a [u8], fields: &mut Reader<'_>) -> Result<&'a [u8], Malformed> {
    let (length, _, offset) = (usize::from(fields.u16()?), fields.u16()?, fields.u32()?);
    usize::try_from(offset)
        .ok()
        .and_then(|start| message.get(start..start.checked_add(length)?))
        .ok_or_else(|| Malformed::new("a field outside the message"))
}

fn fields_of(value: &[u8], offset: u32) -> Vec<u8> {
    let length = length(value).to_le_bytes();
    [&length[..], &length, &offset.to_le_bytes()].concat()
}

fn length(value: &[u8]) -> u16 {
    u16::try_from(value.len()).expect("the server's names are short")
}
