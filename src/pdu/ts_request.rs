//! A tolerant reader of TSRequest (MS-CSSP 2.2.1): numbers are kept whatever their length, unknown fields are passed over.

use super::{
    Malformed, Reader,
    der::{element, expect, integer},
};

/// The fields of a TSRequest that a trace reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TsRequest {
    /// version.
    pub version: u32,
    /// The first of negoTokens.
    pub nego_token: Option<Vec<u8>>,
    /// Whether pubKeyAuth is there.
    pub has_pub_key_auth: bool,
    /// errorCode; zero says success and counts as none.
    pub error_code: Option<u32>,
}

const SEQUENCE: u8 = 0x30;
const OCTET_STRING: u8 = 0x04;

/// Reads a whole TSRequest.
///
/// # Errors
/// It is no SEQUENCE that begins with a version.
pub fn ts_request(bytes: &[u8]) -> Result<TsRequest, Malformed> {
    let content = expect(&mut Reader::new(bytes), SEQUENCE)?;
    let mut fields = Reader::new(content);
    let mut request = TsRequest { version: integer(expect(&mut fields, 0xA0)?)?, ..TsRequest::default() };
    while !fields.is_empty() {
        let (tag, content) = element(&mut fields)?;
        match tag {
            0xA1 => request.nego_token = Some(nego_token(content)?.to_vec()),
            0xA3 => request.has_pub_key_auth = true,
            0xA4 => request.error_code = Some(integer(content)?).filter(|code| *code != 0),
            _ => {}
        }
    }
    Ok(request)
}

/// NegoData is a SEQUENCE OF SEQUENCE with the token in [0].
fn nego_token(content: &[u8]) -> Result<&[u8], Malformed> {
    let tokens = expect(&mut Reader::new(content), SEQUENCE)?;
    let token = expect(&mut Reader::new(tokens), SEQUENCE)?;
    let tagged = expect(&mut Reader::new(token), 0xA0)?;
    expect(&mut Reader::new(tagged), OCTET_STRING)
}
