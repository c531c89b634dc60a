//! A tolerant reader of TSRequest (MS-CSSP 2.2.1): numbers are kept whatever their length, unknown fields are passed over.

use super::{Malformed, Reader};

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
const INTEGER: u8 = 0x02;
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

/// The low 32 bits: an NTSTATUS comes as four bytes or, with a leading zero, as five.
fn integer(content: &[u8]) -> Result<u32, Malformed> {
    let digits = expect(&mut Reader::new(content), INTEGER)?;
    if digits.is_empty() || digits.len() > 8 {
        return Err(Malformed(format!("an INTEGER of {} bytes", digits.len())));
    }
    Ok(digits.iter().fold(0, |sum: u32, digit| (sum << 8) | u32::from(*digit)))
}

fn expect<'a>(reader: &mut Reader<'a>, tag: u8) -> Result<&'a [u8], Malformed> {
    match element(reader)? {
        (found, content) if found == tag => Ok(content),
        (found, _) => Err(Malformed(format!("DER tag {found:#04x} where {tag:#04x} belongs"))),
    }
}

fn element<'a>(reader: &mut Reader<'a>) -> Result<(u8, &'a [u8]), Malformed> {
    let tag = reader.u8()?;
    let first = reader.u8()?;
    let length = match first {
        0..=0x7F => usize::from(first),
        0x81..=0x84 => {
            let digits = reader.bytes(usize::from(first & 0x7F))?;
            digits.iter().fold(0, |sum: usize, digit| (sum << 8) | usize::from(*digit))
        }
        other => return Err(Malformed(format!("a DER length that begins with {other:#04x}"))),
    };
    Ok((tag, reader.bytes(length)?))
}
