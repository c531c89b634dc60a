//! What a server says in the licensing phase, read tolerantly: MS-RDPELE 2.2.2 and MS-RDPBCGR 2.2.1.12.

use super::license_frame::{message, read_blob, read_frame};
use super::server_certificate::ServerCertificate;
use super::{Malformed, Reader};
use crate::utf16::text_to_nul;

/// The most scopes that are read from a request.
const MAX_SCOPES: u32 = 256;

/// A licensing PDU from the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LicensePdu {
    /// SERVER_LICENSE_REQUEST: the server enforces licensing for this connection.
    Request(LicenseRequest),
    /// SERVER_PLATFORM_CHALLENGE: the license server is about to issue a license.
    Challenge(PlatformChallenge),
    /// SERVER_NEW_LICENSE.
    NewLicense(EncryptedLicense),
    /// SERVER_UPGRADE_LICENSE.
    UpgradeLicense(EncryptedLicense),
    /// LICENSE_ERROR_MESSAGE, which also says that no license is needed.
    ErrorAlert(ErrorAlert),
    /// A bMsgType that no server sends.
    Unknown {
        /// bMsgType.
        message_type: u8,
    },
}

/// SERVER_LICENSE_REQUEST, MS-RDPELE 2.2.2.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LicenseRequest {
    /// ServerRandom.
    pub server_random: [u8; 32],
    /// dwVersion of the product information: the operating system that the license is for.
    pub version: u32,
    /// pbCompanyName.
    pub company: String,
    /// pbProductId, such as `A02`.
    pub product: String,
    /// KeyExchangeList; 1 is RSA.
    pub key_exchange: Vec<u32>,
    /// ServerCertificate; `None` if the blob is empty or unreadable.
    pub certificate: Option<ServerCertificate>,
    /// ScopeList, such as `microsoft.com`; what is cut short is left out.
    pub scopes: Vec<String>,
}

/// SERVER_PLATFORM_CHALLENGE, MS-RDPELE 2.2.2.4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlatformChallenge {
    /// ConnectFlags, reserved.
    pub connect_flags: u32,
    /// EncryptedPlatformChallenge.
    pub encrypted: Vec<u8>,
    /// MACData over the decrypted challenge.
    pub mac: [u8; 16],
}

/// SERVER_NEW_LICENSE and SERVER_UPGRADE_LICENSE, MS-RDPELE 2.2.2.6 and 2.2.2.7.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncryptedLicense {
    /// EncryptedLicenseInfo.
    pub encrypted: Vec<u8>,
    /// MACData over the decrypted license information.
    pub mac: [u8; 16],
}

/// LICENSE_ERROR_MESSAGE, MS-RDPBCGR 2.2.1.12.1.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorAlert {
    /// dwErrorCode; 7 is STATUS_VALID_CLIENT.
    pub code: u32,
    /// dwStateTransition.
    pub transition: u32,
    /// bbErrorInfo; empty if the blob is missing or cut short.
    pub info: Vec<u8>,
    /// bbErrorInfo as text, if it is printable.
    pub text: Option<String>,
}

/// Reads the user data of an MCS Send Data Indication in the licensing phase.
///
/// # Errors
/// If it is no licensing PDU, or cut short where nothing sensible is left of it.
pub fn read(user_data: &[u8]) -> Result<LicensePdu, Malformed> {
    let (message_type, mut reader) = read_frame(user_data)?;
    Ok(match message_type {
        message::LICENSE_REQUEST => LicensePdu::Request(read_request(&mut reader)?),
        message::PLATFORM_CHALLENGE => LicensePdu::Challenge(read_challenge(&mut reader)?),
        message::NEW_LICENSE => LicensePdu::NewLicense(read_encrypted_license(&mut reader)?),
        message::UPGRADE_LICENSE => LicensePdu::UpgradeLicense(read_encrypted_license(&mut reader)?),
        message::ERROR_ALERT => LicensePdu::ErrorAlert(read_error_alert(&mut reader)?),
        message_type => LicensePdu::Unknown { message_type },
    })
}

fn read_request(reader: &mut Reader<'_>) -> Result<LicenseRequest, Malformed> {
    Ok(LicenseRequest {
        server_random: reader.array()?,
        version: reader.u32()?,
        company: text_to_nul(counted(reader)?),
        product: text_to_nul(counted(reader)?),
        key_exchange: read_key_exchange(read_blob(reader)?),
        certificate: ServerCertificate::read(read_blob(reader)?).ok(),
        scopes: read_scopes(reader),
    })
}

/// The bytes after a 32-bit count of them.
pub(super) fn counted<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], Malformed> {
    let count = reader.u32()?;
    reader.bytes(usize::try_from(count).unwrap_or(usize::MAX))
}

/// Text of one byte per character, up to the first NUL; what is not UTF-8 is replaced.
pub(super) fn ansi(bytes: &[u8]) -> String {
    let text: Vec<u8> = bytes.iter().copied().take_while(|byte| *byte != 0).collect();
    String::from_utf8_lossy(&text).into_owned()
}

fn read_key_exchange(blob: &[u8]) -> Vec<u32> {
    let mut reader = Reader::new(blob);
    std::iter::from_fn(|| reader.u32().ok()).collect()
}

fn read_scopes(reader: &mut Reader<'_>) -> Vec<String> {
    let count = reader.u32().unwrap_or(0).min(MAX_SCOPES);
    (0..count).map_while(|_| read_blob(reader).ok()).map(ansi).collect()
}

fn read_challenge(reader: &mut Reader<'_>) -> Result<PlatformChallenge, Malformed> {
    Ok(PlatformChallenge {
        connect_flags: reader.u32()?,
        encrypted: read_blob(reader)?.to_vec(),
        mac: reader.array()?,
    })
}

fn read_encrypted_license(reader: &mut Reader<'_>) -> Result<EncryptedLicense, Malformed> {
    Ok(EncryptedLicense { encrypted: read_blob(reader)?.to_vec(), mac: reader.array()? })
}

fn read_error_alert(reader: &mut Reader<'_>) -> Result<ErrorAlert, Malformed> {
    let (code, transition) = (reader.u32()?, reader.u32()?);
    let info = read_blob(reader).unwrap_or_default().to_vec();
    let text = printable(&info);
    Ok(ErrorAlert { code, transition, info, text })
}

/// The specification leaves the content of bbErrorInfo open, so text is recognised by its looks.
fn printable(info: &[u8]) -> Option<String> {
    let unpadded = info.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let bytes: Vec<u8> = info.iter().copied().take(unpadded).collect();
    if bytes.is_empty() {
        return None;
    }
    if bytes.iter().all(|byte| (b' '..=b'~').contains(byte)) {
        return String::from_utf8(bytes).ok();
    }
    let text = text_to_nul(info);
    // Nearly any two bytes are some character; one of ASCII among them tells text from numbers.
    let is_text = info.len().is_multiple_of(2)
        && text.chars().any(|c| c.is_ascii_graphic())
        && text.chars().all(|c| !c.is_control() && c != char::REPLACEMENT_CHARACTER);
    is_text.then_some(text)
}
