//! The client's side of the license exchange, without any input or output: MS-RDPELE 2.2.2.2 to 2.2.2.7.

use std::fmt;

use zeroize::Zeroizing;

use super::license::{EncryptedLicense, LicenseRequest, PlatformChallenge, ansi, counted};
use super::license_frame::{
    EXTENDED_ERROR_MSG_SUPPORTED, PREAMBLE_VERSION_3_0, blob, blob_type, frame, message,
};
use super::license_keys::LicenseKeys;
use super::rsa::RsaPublicKey;
use super::{Malformed, Reader, rsa};
use crate::utf16::text_to_nul;

const KEY_EXCHANGE_ALG_RSA: u32 = 1;
/// CLIENT_OS_ID_WINNT_POST_52 and CLIENT_IMAGE_ID_MICROSOFT, as FreeRDP and IronRDP claim to be.
const PLATFORM_ID: u32 = 0x0401_0000;

const CHALLENGE_RESPONSE_VERSION: u16 = 0x0100;
const OTHER_PLATFORMCHALLENGE_TYPE: u16 = 0xFF00;
const LICENSE_DETAIL_DETAIL: u16 = 3;

/// The longest challenge that is answered, in bytes.
const MAX_CHALLENGE: usize = 4096;
/// The longest name that is sent, in bytes.
const MAX_NAME: usize = 256;

/// Why a message of the exchange cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExchangeError {
    /// MACData does not match: the two sides disagree about the keys, or bytes were changed.
    MacMismatch,
    /// The MAC is right, and the decrypted bytes are not what the specification says.
    Malformed(Malformed),
}

impl fmt::Display for ExchangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MacMismatch => f.write_str("the MAC does not match the decrypted message"),
            Self::Malformed(malformed) => malformed.fmt(f),
        }
    }
}

impl std::error::Error for ExchangeError {}

impl From<Malformed> for ExchangeError {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

/// A client that asks for a license; it answers only what it is told to, and prints no secret.
pub struct ClientLicense {
    random: [u8; 32],
    encrypted_premaster: Vec<u8>,
    keys: LicenseKeys,
}

/// The decrypted license, MS-RDPELE 2.2.2.6.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LicenseInformation {
    /// dwVersion.
    pub version: u32,
    /// pbScope.
    pub scope: String,
    /// pbCompanyName.
    pub company: String,
    /// pbProductId.
    pub product: String,
    /// pbLicenseInfo: the client access license itself.
    pub license: Vec<u8>,
}

impl ClientLicense {
    /// Encrypts `premaster` with the key of the request's certificate, or with that of SC_SECURITY if it has none.
    ///
    /// # Errors
    /// If neither key is there, or the key cannot encrypt 48 bytes.
    pub fn new(
        request: &LicenseRequest,
        fallback_key: Option<&RsaPublicKey>,
        random: [u8; 32],
        premaster: [u8; 48],
    ) -> Result<Self, Malformed> {
        let premaster = Zeroizing::new(premaster);
        let key = request.certificate.as_ref().and_then(|certificate| certificate.key()).or(fallback_key);
        let key = key.ok_or_else(|| Malformed::new("no server key to encrypt the premaster secret with"))?;
        let encrypted_premaster = rsa::encrypt(key, &premaster[..])?;
        let keys = LicenseKeys::derive(&premaster, &random, &request.server_random);
        Ok(Self { random, encrypted_premaster, keys })
    }

    /// CLIENT_NEW_LICENSE_REQUEST, which the server answers with a challenge; no license is issued yet.
    pub fn new_license_request(&self, user: &str, machine: &str) -> Vec<u8> {
        let body = [
            &KEY_EXCHANGE_ALG_RSA.to_le_bytes()[..],
            &PLATFORM_ID.to_le_bytes(),
            &self.random,
            &blob(blob_type::RANDOM, &self.encrypted_premaster),
            &blob(blob_type::CLIENT_USER_NAME, &name(user)),
            &blob(blob_type::CLIENT_MACHINE_NAME, &name(machine)),
        ]
        .concat();
        client_frame(message::NEW_LICENSE_REQUEST, &body)
    }

    /// The decrypted platform challenge.
    ///
    /// # Errors
    /// If the MAC does not match, or the challenge is longer than 4096 bytes.
    pub fn read_challenge(&self, challenge: &PlatformChallenge) -> Result<Vec<u8>, ExchangeError> {
        let length = challenge.encrypted.len();
        if length > MAX_CHALLENGE {
            let detail =
                format!("platform challenge of {length} bytes, at most {MAX_CHALLENGE} are answered");
            return Err(Malformed(detail).into());
        }
        self.keys.open(&challenge.encrypted, &challenge.mac).ok_or(ExchangeError::MacMismatch)
    }

    /// CLIENT_PLATFORM_CHALLENGE_RESPONSE, which makes the server issue a license to this `hardware_id`.
    ///
    /// `challenge` is what [`Self::read_challenge`] returned; of a longer one the first 4096 bytes are sent.
    pub fn challenge_response(&self, challenge: &[u8], hardware_id: [u32; 4]) -> Vec<u8> {
        let challenge = challenge.split_at_checked(MAX_CHALLENGE).map_or(challenge, |(head, _)| head);
        let length = u16::try_from(challenge.len()).expect("4096 fits 16 bits");
        let response = [
            &CHALLENGE_RESPONSE_VERSION.to_le_bytes()[..],
            &OTHER_PLATFORMCHALLENGE_TYPE.to_le_bytes(),
            &LICENSE_DETAIL_DETAIL.to_le_bytes(),
            &length.to_le_bytes(),
            challenge,
        ]
        .concat();
        let hardware: Vec<u8> =
            [PLATFORM_ID].into_iter().chain(hardware_id).flat_map(|part| part.to_le_bytes()).collect();
        let body = [
            &blob(blob_type::ENCRYPTED_DATA, &self.keys.cipher(&response))[..],
            &blob(blob_type::ENCRYPTED_DATA, &self.keys.cipher(&hardware)),
            &self.keys.mac(&[response, hardware].concat()),
        ]
        .concat();
        client_frame(message::PLATFORM_CHALLENGE_RESPONSE, &body)
    }

    /// The decrypted license of SERVER_NEW_LICENSE or SERVER_UPGRADE_LICENSE.
    ///
    /// # Errors
    /// If the MAC does not match, or the license information is cut short.
    pub fn read_license(&self, license: &EncryptedLicense) -> Result<LicenseInformation, ExchangeError> {
        let data = self.keys.open(&license.encrypted, &license.mac).ok_or(ExchangeError::MacMismatch)?;
        let mut reader = Reader::new(&data);
        Ok(LicenseInformation {
            version: reader.u32()?,
            scope: ansi(counted(&mut reader)?),
            company: text_to_nul(counted(&mut reader)?),
            product: text_to_nul(counted(&mut reader)?),
            license: counted(&mut reader)?.to_vec(),
        })
    }
}

impl fmt::Debug for ClientLicense {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientLicense").finish_non_exhaustive()
    }
}

fn client_frame(message_type: u8, body: &[u8]) -> Vec<u8> {
    frame(message_type, PREAMBLE_VERSION_3_0 | EXTENDED_ERROR_MSG_SUPPORTED, body)
}

/// A name with its NUL; the server's ANSI code page is unknown, so only ASCII is sent.
fn name(text: &str) -> Vec<u8> {
    let ascii = text.chars().take_while(|c| *c != '\0').take(MAX_NAME);
    ascii.map(|c| u8::try_from(c).ok().filter(u8::is_ascii).unwrap_or(b'?')).chain([0]).collect()
}
