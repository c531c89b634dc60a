//! A license server without a network: it decrypts what clients send and issues licenses; MS-RDPELE 3.2.5.

use num_bigint::BigUint;

use crate::pdu::license_frame::{
    PREAMBLE_VERSION_3_0, blob, blob_type, frame, message, read_blob, read_frame,
};
use crate::pdu::license_keys::LicenseKeys;
use crate::pdu::server_certificate::{SIGNING_MODULUS, signature_plaintext};
use crate::pdu::{Malformed, Reader};
use crate::random::random;
use crate::utf16;

/// ERR_INVALID_MAC.
pub const ERR_INVALID_MAC: u32 = 3;
/// ERR_INVALID_CLIENT.
pub const ERR_INVALID_CLIENT: u32 = 8;
/// ST_TOTAL_ABORT.
pub const ST_TOTAL_ABORT: u32 = 1;
/// ST_NO_TRANSITION.
pub const ST_NO_TRANSITION: u32 = 2;

const SCOPE: &str = "microsoft.com";
const COMPANY: &str = "Microsoft Corporation";
const PRODUCT: &str = "A02";
/// Windows Server 2016.
const PRODUCT_VERSION: u32 = 0x000A_0000;
/// Stands where a license server would send a certificate chain; clients store it unread.
const LICENSE: &[u8] = b"rdptrace demo license";

const KEY_EXCHANGE_ALG_RSA: u32 = 1;
const SIGNATURE_ALG_RSA: u32 = 1;

/// The demo key of 512 bits, made for this file and good for nothing else; numbers are little-endian.
pub(super) const SERVER_MODULUS: [u8; 64] = [
    0xDB, 0x4D, 0xF4, 0x08, 0x8B, 0xB4, 0x00, 0x45, 0xD2, 0xE8, 0xD8, 0xEE, 0x20, 0x18, 0x78, 0x1B, 0xC7,
    0x62, 0x05, 0x41, 0x54, 0x00, 0x82, 0x6B, 0x09, 0xB2, 0x08, 0xC1, 0x3D, 0xE2, 0xD8, 0x09, 0x58, 0xD2,
    0x47, 0x60, 0x46, 0xF3, 0xE1, 0x0D, 0x62, 0xB9, 0xDC, 0xA6, 0xF4, 0x2C, 0x28, 0x66, 0x1D, 0x5B, 0x16,
    0xE3, 0x0C, 0x3A, 0x1A, 0xAF, 0xBE, 0x28, 0xCD, 0x1A, 0x10, 0x5F, 0xC1, 0xDC,
];
pub(super) const SERVER_PRIVATE_EXPONENT: [u8; 64] = [
    0xE1, 0x3B, 0x3F, 0x8D, 0xCD, 0x3C, 0x00, 0x8C, 0x96, 0x0D, 0xB9, 0xA6, 0x96, 0x80, 0x32, 0x17, 0xB5,
    0xC8, 0x9B, 0x22, 0x50, 0xAD, 0xB0, 0x1D, 0x7A, 0xC5, 0xB4, 0x33, 0x60, 0x3C, 0x2A, 0x88, 0x48, 0xED,
    0xF9, 0xA0, 0x19, 0x0F, 0xDE, 0xDF, 0x28, 0xB0, 0xD6, 0xE7, 0x5E, 0x91, 0x6E, 0x1F, 0x68, 0x91, 0x0C,
    0xA1, 0x43, 0x42, 0x1B, 0x07, 0x82, 0x70, 0x49, 0xF6, 0x92, 0xE3, 0x91, 0x3A,
];
const SERVER_EXPONENT: u32 = 65537;

/// The private half of the Terminal Services signing key, published in MS-RDPBCGR 5.3.3.1.1.
const SIGNING_PRIVATE_EXPONENT: [u8; 64] = [
    0x87, 0xA7, 0x19, 0x32, 0xDA, 0x11, 0x87, 0x55, 0x58, 0x00, 0x16, 0x16, 0x25, 0x65, 0x68, 0xF8, 0x24,
    0x3E, 0xE6, 0xFA, 0xE9, 0x67, 0x49, 0x94, 0xCF, 0x92, 0xCC, 0x33, 0x99, 0xE8, 0x08, 0x60, 0x17, 0x9A,
    0x12, 0x9F, 0x24, 0xDD, 0xB1, 0x24, 0x99, 0xC7, 0x3A, 0xB8, 0x0A, 0x7B, 0x0D, 0xDD, 0x35, 0x07, 0x79,
    0x17, 0x0B, 0x51, 0x9B, 0xB3, 0xC7, 0x10, 0x01, 0x13, 0xE7, 0x3F, 0xF3, 0x5F,
];
/// The server's side of one license exchange.
pub struct LicenseServer {
    server_random: [u8; 32],
    challenge: [u8; 16],
    /// Known once the client has asked for a license.
    keys: Option<LicenseKeys>,
}

impl LicenseServer {
    /// A server with randoms of its own.
    pub fn new() -> Self {
        Self::with_randoms(random(), random())
    }

    /// A server that says the same in every run, for recorded exchanges.
    pub fn with_randoms(server_random: [u8; 32], challenge: [u8; 16]) -> Self {
        Self { server_random, challenge, keys: None }
    }

    /// SERVER_LICENSE_REQUEST, with which the exchange begins.
    pub fn request(&self) -> Vec<u8> {
        let body = [
            &self.server_random[..],
            &PRODUCT_VERSION.to_le_bytes(),
            &counted(&utf16::bytes(&format!("{COMPANY}\0"))),
            &counted(&utf16::bytes(&format!("{PRODUCT}\0"))),
            &blob(blob_type::KEY_EXCHANGE_ALGORITHM, &KEY_EXCHANGE_ALG_RSA.to_le_bytes()),
            &blob(blob_type::CERTIFICATE, &certificate()),
            &1u32.to_le_bytes(),
            &blob(blob_type::SCOPE, &ansi(SCOPE)),
        ]
        .concat();
        frame(message::LICENSE_REQUEST, PREAMBLE_VERSION_3_0, &body)
    }

    /// The answer to a client's licensing PDU; `None` if `user_data` is none, or one that ends the exchange.
    pub fn on_message(&mut self, user_data: &[u8]) -> Option<Vec<u8>> {
        let (message_type, reader) = read_frame(user_data).ok()?;
        let answer = match message_type {
            message::NEW_LICENSE_REQUEST => self.on_new_license_request(reader),
            message::PLATFORM_CHALLENGE_RESPONSE => self.on_challenge_response(reader),
            message::LICENSE_INFO => self.on_license_info(reader),
            message::ERROR_ALERT => return None,
            other => Err(Malformed(format!("licensing message {other:#04x} is not for a server"))),
        };
        Some(answer.unwrap_or_else(|_| error_alert(ERR_INVALID_CLIENT, ST_TOTAL_ABORT)))
    }

    fn on_new_license_request(&mut self, mut reader: Reader<'_>) -> Result<Vec<u8>, Malformed> {
        let keys = self.read_keys(&mut reader)?;
        let _user_and_machine = (read_blob(&mut reader)?, read_blob(&mut reader)?);
        let challenge = [
            &0u32.to_le_bytes()[..],
            &blob(blob_type::ENCRYPTED_DATA, &keys.cipher(&self.challenge)),
            &keys.mac(&self.challenge),
        ]
        .concat();
        self.keys = Some(keys);
        Ok(frame(message::PLATFORM_CHALLENGE, PREAMBLE_VERSION_3_0, &challenge))
    }

    fn on_challenge_response(&mut self, mut reader: Reader<'_>) -> Result<Vec<u8>, Malformed> {
        let keys =
            self.keys.take().ok_or_else(|| Malformed::new("challenge response before the challenge"))?;
        let response = keys.cipher(read_blob(&mut reader)?);
        let hardware = keys.cipher(read_blob(&mut reader)?);
        let mac: [u8; 16] = reader.array()?;
        if mac != keys.mac(&[&response[..], &hardware].concat()) || !self.is_echoed(&response) {
            return Ok(error_alert(ERR_INVALID_MAC, ST_TOTAL_ABORT));
        }
        Ok(license(message::NEW_LICENSE, &keys))
    }

    /// A client that shows a license gets it upgraded, whatever the license says.
    fn on_license_info(&mut self, mut reader: Reader<'_>) -> Result<Vec<u8>, Malformed> {
        let keys = self.read_keys(&mut reader)?;
        let _license = read_blob(&mut reader)?;
        let hardware = read_blob(&mut reader)?;
        Ok(match keys.open(hardware, &reader.array()?) {
            Some(_) => license(message::UPGRADE_LICENSE, &keys),
            None => error_alert(ERR_INVALID_MAC, ST_TOTAL_ABORT),
        })
    }

    /// What CLIENT_NEW_LICENSE_REQUEST and CLIENT_LICENSE_INFO begin with, up to the premaster secret.
    fn read_keys(&self, reader: &mut Reader<'_>) -> Result<LicenseKeys, Malformed> {
        let _algorithm_and_platform = (reader.u32()?, reader.u32()?);
        let client_random = reader.array()?;
        let premaster = private_power(&SERVER_PRIVATE_EXPONENT, &SERVER_MODULUS, read_blob(reader)?);
        let (premaster, padding) = premaster.split_first_chunk().expect("48 of the modulus's 64 bytes");
        if padding.iter().any(|byte| *byte != 0) {
            return Err(Malformed::new("decrypted premaster secret longer than 48 bytes"));
        }
        Ok(LicenseKeys::derive(premaster, &client_random, &self.server_random))
    }

    /// Whether PLATFORM_CHALLENGE_RESPONSE_DATA (MS-RDPELE 2.2.2.5.1) carries the challenge back.
    fn is_echoed(&self, response: &[u8]) -> bool {
        let mut reader = Reader::new(response);
        let version = reader.u16();
        let _client_type_and_detail_level = (reader.u16(), reader.u16());
        version == Ok(0x0100)
            && reader.u16().map(usize::from) == Ok(self.challenge.len())
            && reader.rest() == self.challenge
    }
}

impl Default for LicenseServer {
    fn default() -> Self {
        Self::new()
    }
}

/// LICENSE_ERROR_MESSAGE with these dwErrorCode and dwStateTransition and an empty bbErrorInfo.
pub fn error_alert(code: u32, transition: u32) -> Vec<u8> {
    let body = [&code.to_le_bytes()[..], &transition.to_le_bytes(), &blob(blob_type::ERROR, &[])].concat();
    frame(message::ERROR_ALERT, PREAMBLE_VERSION_3_0, &body)
}

/// PROPRIETARYSERVERCERTIFICATE, signed as MS-RDPBCGR 5.3.3.1.2 says.
pub(super) fn certificate() -> Vec<u8> {
    let key = [
        b"RSA1",
        &72u32.to_le_bytes(),
        &512u32.to_le_bytes(),
        &63u32.to_le_bytes(),
        &SERVER_EXPONENT.to_le_bytes(),
        &SERVER_MODULUS[..],
        &[0; 8],
    ]
    .concat();
    let signed = [
        &1u32.to_le_bytes()[..],
        &SIGNATURE_ALG_RSA.to_le_bytes(),
        &KEY_EXCHANGE_ALG_RSA.to_le_bytes(),
        &blob(blob_type::RSA_KEY, &key),
    ]
    .concat();
    let signature = private_power(&SIGNING_PRIVATE_EXPONENT, &SIGNING_MODULUS, &signature_plaintext(&signed));
    [signed, blob(blob_type::RSA_SIGNATURE, &[&signature[..], &[0; 8]].concat())].concat()
}

/// NEW_LICENSE or UPGRADE_LICENSE.
fn license(message_type: u8, keys: &LicenseKeys) -> Vec<u8> {
    let information = [
        &PRODUCT_VERSION.to_le_bytes()[..],
        &counted(&ansi(SCOPE)),
        &counted(&utf16::bytes(&format!("{COMPANY}\0"))),
        &counted(&utf16::bytes(&format!("{PRODUCT}\0"))),
        &counted(LICENSE),
    ]
    .concat();
    let body =
        [&blob(blob_type::ENCRYPTED_DATA, &keys.cipher(&information))[..], &keys.mac(&information)].concat();
    frame(message_type, PREAMBLE_VERSION_3_0, &body)
}

/// The raw RSA private operation on little-endian numbers; not in constant time, which no published key needs.
pub(super) fn private_power(exponent: &[u8; 64], modulus: &[u8; 64], value: &[u8]) -> [u8; 64] {
    let number = BigUint::from_bytes_le;
    let result = number(value).modpow(&number(exponent), &number(modulus)).to_bytes_le();
    let mut padded = [0; 64];
    padded[..result.len()].copy_from_slice(&result);
    padded
}

/// `data` after its length in 32 bits.
fn counted(data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).expect("the demo's texts are short");
    [&length.to_le_bytes()[..], data].concat()
}

fn ansi(text: &str) -> Vec<u8> {
    [text.as_bytes(), &[0]].concat()
}
