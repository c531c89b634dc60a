//! TSRequest, the envelope of CredSSP (MS-CSSP 2.2.1), and the kind of TSCredentials (2.2.1.2).

use super::der::{self, INTEGER, OCTET_STRING, SEQUENCE, context};
use crate::pdu::{Malformed, Reader};

/// A TSRequest; `token` is the only NegoToken that is ever sent.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct TsRequest {
    /// The sender's CredSSP version.
    pub version: u32,
    /// An NTLM or SPNEGO message.
    pub token: Option<Vec<u8>>,
    /// Sealed TSCredentials.
    pub auth_info: Option<Vec<u8>>,
    /// The sealed key binding.
    pub pub_key_auth: Option<Vec<u8>>,
    /// An NTSTATUS.
    pub error_code: Option<u32>,
    /// The nonce of the key binding, from version 5 on.
    pub client_nonce: Option<Vec<u8>>,
}

impl TsRequest {
    /// The DER encoding; errorCode is written as a signed INTEGER of four bytes, as Windows does.
    pub(super) fn encode(&self) -> Vec<u8> {
        let octets = self.version.to_be_bytes();
        let unused = octets.iter().take_while(|octet| **octet == 0).count().min(3);
        let mut fields = der::element(context(0), &der::element(INTEGER, &octets[unused..]));
        if let Some(token) = &self.token {
            let token = der::element(context(0), &der::element(OCTET_STRING, token));
            let tokens = der::element(SEQUENCE, &der::element(SEQUENCE, &token));
            fields.extend(der::element(context(1), &tokens));
        }
        for (number, octets) in [(2, &self.auth_info), (3, &self.pub_key_auth)] {
            if let Some(octets) = octets {
                fields.extend(der::element(context(number), &der::element(OCTET_STRING, octets)));
            }
        }
        if let Some(code) = self.error_code {
            fields.extend(der::element(context(4), &der::element(INTEGER, &code.to_be_bytes())));
        }
        if let Some(nonce) = &self.client_nonce {
            fields.extend(der::element(context(5), &der::element(OCTET_STRING, nonce)));
        }
        der::element(SEQUENCE, &fields)
    }

    /// Reads one; fields with unknown tags are skipped.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut fields = Reader::new(der::content(bytes, SEQUENCE)?);
        let mut request = Self::default();
        while !fields.is_empty() {
            let (tag, value) = der::any(&mut fields)?;
            let octets = || der::content(value, OCTET_STRING).map(|octets| Some(octets.to_vec()));
            match tag & 0x1F {
                0 => request.version = der::unsigned(value)?,
                1 => request.token = Some(first_token(value)?),
                2 => request.auth_info = octets()?,
                3 => request.pub_key_auth = octets()?,
                4 => request.error_code = Some(der::unsigned(value)?),
                5 => request.client_nonce = octets()?,
                _ => {}
            }
        }
        Ok(request)
    }
}

/// The credType of TSCredentials: 1 password, 2 smart card, 6 remote guard.
pub(super) fn credentials_kind(bytes: &[u8]) -> Result<u32, Malformed> {
    der::unsigned(der::content(der::content(bytes, SEQUENCE)?, context(0))?)
}

/// NegoData is a SEQUENCE OF SEQUENCE { [0] OCTET STRING }.
fn first_token(value: &[u8]) -> Result<Vec<u8>, Malformed> {
    let item = der::content(der::content(value, SEQUENCE)?, SEQUENCE)?;
    Ok(der::content(der::content(item, context(0))?, OCTET_STRING)?.to_vec())
}
