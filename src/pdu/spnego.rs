//! SPNEGO (RFC 4178) around tokens of Kerberos and NTLM: what the client says, and the server's answer.

use super::{
    Malformed, Reader,
    der::{ENUMERATED, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, element, encode, expect, fields, inside},
    kerberos::{KdcMessage, KrbError, kdc_message},
    ntlm::SIGNATURE,
};

/// 1.3.6.1.5.5.2.
const SPNEGO: &[u8] = &[0x2B, 0x06, 0x01, 0x05, 0x05, 0x02];
/// 1.2.840.113554.1.2.2.
const KERBEROS: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 0x01, 0x02, 0x02];
/// 1.2.840.48018.1.2.2, the same with a slip of 16 bits, which Windows knows it by.
const MS_KERBEROS: &[u8] = &[0x2A, 0x86, 0x48, 0x82, 0xF7, 0x12, 0x01, 0x02, 0x02];

/// TOK_ID of a KRB-ERROR.
const KRB_ERROR: &[u8] = &[0x03, 0x00];

/// 1.3.6.1.4.1.311.2.2.10.
const NTLM: &[u8] = &[0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0A];
const ACCEPT_INCOMPLETE: u8 = 1;

/// What the server makes of the offer (RFC 4178 section 4.2.2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// negState: 0 accept-completed, 1 accept-incomplete, 2 reject, 3 request-mic.
    pub state: Option<u8>,
    /// responseToken.
    pub token: Option<Vec<u8>>,
    /// Whether supportedMech is Kerberos.
    pub selects_kerberos: bool,
}

/// A NegTokenInit that offers Kerberos and nothing else, with its first token.
pub fn kerberos_init(token: &[u8]) -> Vec<u8> {
    let oid = |oid: &[u8]| encode(OBJECT_IDENTIFIER, &[oid]);
    init(&encode(SEQUENCE, &[&oid(KERBEROS), &oid(MS_KERBEROS)]), token)
}

fn init(mechanisms: &[u8], token: &[u8]) -> Vec<u8> {
    let token = encode(0xA2, &[&encode(OCTET_STRING, &[token])]);
    let init = encode(SEQUENCE, &[&encode(0xA0, &[mechanisms]), &token]);
    encode(0x60, &[&encode(OBJECT_IDENTIFIER, &[SPNEGO]), &encode(0xA0, &[&init])])
}

/// Reads a NegTokenResp.
///
/// # Errors
/// It is none.
pub fn response(bytes: &[u8]) -> Result<Response, Malformed> {
    let content = inside(bytes, 0xA1)?;
    let mut fields = fields(content)?;
    let mut response = Response::default();
    while !fields.is_empty() {
        match element(&mut fields)? {
            (0xA0, content) => {
                response.state = inside(content, ENUMERATED)?.first().copied();
            }
            (0xA1, content) => {
                let mechanism = inside(content, OBJECT_IDENTIFIER)?;
                response.selects_kerberos = [KERBEROS, MS_KERBEROS].contains(&mechanism);
            }
            (0xA2, content) => {
                response.token = Some(inside(content, OCTET_STRING)?.to_vec());
            }
            _ => {}
        }
    }
    Ok(response)
}

/// The KRB-ERROR in a token of Kerberos, where it is one (RFC 4121 section 4.1): bare, or framed as GSS-API frames it.
pub fn kerberos_error(token: &[u8]) -> Option<KrbError> {
    let bare = match element(&mut Reader::new(token)).ok()? {
        (0x60, content) => {
            let mut rest = Reader::new(content);
            expect(&mut rest, OBJECT_IDENTIFIER).ok()?;
            rest.rest().strip_prefix(KRB_ERROR)?
        }
        _ => token,
    };
    match kdc_message(bare).ok()? {
        KdcMessage::Error(error) => Some(error),
        _ => None,
    }
}

/// Whether a client's NegTokenInit names Kerberos among its mechanisms; none if the token is none.
pub fn offers_kerberos(token: &[u8]) -> Option<bool> {
    let mut content = Reader::new(inside(token, 0x60).ok()?);
    let is_spnego = expect(&mut content, OBJECT_IDENTIFIER).ok()? == SPNEGO;
    let init = fields(expect(&mut content, 0xA0).ok().filter(|_| is_spnego)?).ok();
    let mut mechanisms = Reader::new(inside(expect(&mut init?, 0xA0).ok()?, SEQUENCE).ok()?);
    let mut found = false;
    while let Ok((OBJECT_IDENTIFIER, mechanism)) = element(&mut mechanisms) {
        found |= [KERBEROS, MS_KERBEROS].contains(&mechanism);
    }
    Some(found)
}

/// Whether a token is an NTLM message without SPNEGO around it.
pub fn is_bare_ntlm(token: &[u8]) -> bool {
    token.starts_with(SIGNATURE)
}

/// The NTLM message in a NegTokenResp, or the token itself where it is none.
pub fn without_spnego(token: &[u8]) -> Vec<u8> {
    response(token).ok().and_then(|said| said.token).unwrap_or_else(|| token.to_vec())
}

/// MechTypeList with NTLM alone.
pub fn ntlm_mechanisms() -> Vec<u8> {
    encode(SEQUENCE, &[&encode(OBJECT_IDENTIFIER, &[NTLM])])
}

/// A NegTokenInit that offers NTLM and nothing else, with its first message.
pub fn ntlm_init(message: &[u8]) -> Vec<u8> {
    init(&ntlm_mechanisms(), message)
}

/// A client's NegTokenResp around a message, with the MIC over its list of mechanisms.
pub fn answered(message: &[u8], mic: Option<&[u8]>) -> Vec<u8> {
    // As Windows does; some read no answer without it.
    let state = encode(0xA0, &[&encode(ENUMERATED, &[&[ACCEPT_INCOMPLETE]])]);
    let octets = |tag, octets| encode(tag, &[&encode(OCTET_STRING, &[octets])]);
    let mic = mic.map(|mic| octets(0xA3, mic)).unwrap_or_default();
    encode(0xA1, &[&encode(SEQUENCE, &[&state, &octets(0xA2, message), &mic])])
}
