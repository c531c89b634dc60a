//! TSRequest, the envelope of CredSSP (MS-CSSP 2.2.1), and the kind of TSCredentials (2.2.1.2).

use crate::pdu::Malformed;
use crate::pdu::der::{
    INTEGER, OCTET_STRING, SEQUENCE, context, element, encode, fields, inside, integer, unsigned,
};

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
        let mut fields = encode(context(0), &[&encode(INTEGER, &[&octets[unused..]])]);
        if let Some(token) = &self.token {
            let token = encode(context(0), &[&encode(OCTET_STRING, &[token])]);
            let tokens = encode(SEQUENCE, &[&encode(SEQUENCE, &[&token])]);
            fields.extend(encode(context(1), &[&tokens]));
        }
        for (number, octets) in [(2, &self.auth_info), (3, &self.pub_key_auth)] {
            if let Some(octets) = octets {
                fields.extend(encode(context(number), &[&encode(OCTET_STRING, &[octets])]));
            }
        }
        if let Some(code) = self.error_code {
            fields.extend(encode(context(4), &[&encode(INTEGER, &[&code.to_be_bytes()])]));
        }
        if let Some(nonce) = &self.client_nonce {
            fields.extend(encode(context(5), &[&encode(OCTET_STRING, &[nonce])]));
        }
        encode(SEQUENCE, &[&fields])
    }

    /// Reads one; fields with unknown tags are skipped.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut fields = fields(bytes)?;
        let mut request = Self::default();
        while !fields.is_empty() {
            let (tag, value) = element(&mut fields)?;
            let octets = || inside(value, OCTET_STRING).map(|octets| Some(octets.to_vec()));
            match tag & 0x1F {
                0 => request.version = unsigned(value)?,
                1 => request.token = Some(first_token(value)?),
                2 => request.auth_info = octets()?,
                3 => request.pub_key_auth = octets()?,
                4 => request.error_code = Some(integer(value)?),
                5 => request.client_nonce = octets()?,
                _ => {}
            }
        }
        Ok(request)
    }
}

/// The credType of TSCredentials: 1 password, 2 smart card, 6 remote guard.
pub(super) fn credentials_kind(bytes: &[u8]) -> Result<u32, Malformed> {
    unsigned(inside(inside(bytes, SEQUENCE)?, context(0))?)
}

/// NegoData is a SEQUENCE OF SEQUENCE { [0] OCTET STRING }.
fn first_token(value: &[u8]) -> Result<Vec<u8>, Malformed> {
    let item = inside(inside(value, SEQUENCE)?, SEQUENCE)?;
    Ok(inside(inside(item, context(0))?, OCTET_STRING)?.to_vec())
}
