//! A writer and a tolerant reader of TSRequest (MS-CSSP 2.2.1): a number of more than 32 bits is an
//! error that shows its bytes, unknown fields are passed over.

use super::{
    Malformed,
    der::{INTEGER, OCTET_STRING, SEQUENCE, element, encode, expect, fields, inside, integer, unsigned},
};

/// The fields of a TSRequest that a trace reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TsRequest {
    /// version.
    pub version: u32,
    /// The first of negoTokens.
    pub nego_token: Option<Vec<u8>>,
    /// pubKeyAuth.
    pub pub_key_auth: Option<Vec<u8>>,
    /// Whether there is authInfo, which only a client sends.
    pub auth_info: bool,
    /// errorCode; zero says success and counts as none.
    pub error_code: Option<u32>,
}

/// The fields of a TSRequest that a client sends; an absent one is not written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sent<'a> {
    /// The only one of negoTokens.
    pub nego_token: Option<&'a [u8]>,
    /// authInfo.
    pub auth_info: Option<&'a [u8]>,
    /// pubKeyAuth.
    pub pub_key_auth: Option<&'a [u8]>,
    /// clientNonce.
    pub client_nonce: Option<&'a [u8]>,
}

/// The version that this client speaks.
const VERSION: u8 = 6;

/// Reads a whole TSRequest.
///
/// # Errors
/// It is no SEQUENCE that begins with a version, or a number in it is none of 32 bits.
pub fn ts_request(bytes: &[u8]) -> Result<TsRequest, Malformed> {
    let mut fields = fields(bytes)?;
    let version = number("version", unsigned(expect(&mut fields, 0xA0)?))?;
    let mut request = TsRequest { version, ..TsRequest::default() };
    while !fields.is_empty() {
        let (tag, content) = element(&mut fields)?;
        match tag {
            0xA1 => request.nego_token = Some(nego_token(content)?.to_vec()),
            0xA2 => request.auth_info = true,
            0xA3 => {
                request.pub_key_auth = Some(inside(content, OCTET_STRING)?.to_vec());
            }
            0xA4 => {
                request.error_code = Some(number("errorCode", integer(content))?).filter(|code| *code != 0);
            }
            _ => {}
        }
    }
    Ok(request)
}

impl Sent<'_> {
    /// The bytes of it.
    pub fn encode(&self) -> Vec<u8> {
        let octets =
            |tag, field: Option<&[u8]>| field.map(|field| encode(tag, &[&encode(OCTET_STRING, &[field])]));
        let token = octets(0xA0, self.nego_token)
            .map(|token| encode(0xA1, &[&encode(SEQUENCE, &[&encode(SEQUENCE, &[&token])])]));
        let others = [(0xA2, self.auth_info), (0xA3, self.pub_key_auth), (0xA5, self.client_nonce)];
        let others = others.map(|(tag, field)| octets(tag, field).unwrap_or_default());
        let version = encode(0xA0, &[&encode(INTEGER, &[&[VERSION]])]);
        let [auth_info, pub_key_auth, nonce] = &others;
        encode(SEQUENCE, &[&version, &token.unwrap_or_default(), auth_info, pub_key_auth, nonce])
    }
}

/// Names the field that is no number of 32 bits.
fn number(field: &str, read: Result<u32, Malformed>) -> Result<u32, Malformed> {
    read.map_err(|error| Malformed(format!("its {field} is {error}")))
}

/// NegoData is a SEQUENCE OF SEQUENCE with the token in [0].
fn nego_token(content: &[u8]) -> Result<&[u8], Malformed> {
    let tokens = inside(content, SEQUENCE)?;
    let token = inside(tokens, SEQUENCE)?;
    let tagged = inside(token, 0xA0)?;
    inside(tagged, OCTET_STRING)
}
