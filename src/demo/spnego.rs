//! SPNEGO around NTLM (RFC 4178, MS-SPNG): unwraps the client's tokens and answers in kind.

use crate::pdu::der::{
    ENUMERATED, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, context, element, encode, expect, fields, inside,
};
use crate::pdu::{Malformed, Reader};

const INITIAL: u8 = 0x60;
const NTLM: &[u8] = &[0x2B, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 10];
const ACCEPT_COMPLETED: u8 = 0;
const ACCEPT_INCOMPLETE: u8 = 1;

/// What a client's token carried.
#[derive(Default)]
pub(super) struct Token {
    /// The NTLM message; `None` when another mechanism came first.
    pub ntlm: Option<Vec<u8>>,
    /// The mechListMIC.
    pub mic: Option<Vec<u8>>,
}

/// How the client packs its tokens.
pub(super) enum Packing {
    /// NTLM messages as they are.
    Raw,
    /// In SPNEGO, with these encoded MechTypes.
    Spnego(Vec<u8>),
}

impl Packing {
    /// Reads the client's first token.
    pub(super) fn open(token: Vec<u8>) -> Result<(Self, Token), Malformed> {
        if token.first() != Some(&INITIAL) {
            return Ok((Self::Raw, Token { ntlm: Some(token), mic: None }));
        }
        let mut initial = Reader::new(inside(&token, INITIAL)?);
        expect(&mut initial, OBJECT_IDENTIFIER)?;
        let mut fields = fields(expect(&mut initial, context(0))?)?;
        let (mut mech_types, mut message) = (&[][..], None);
        while !fields.is_empty() {
            match element(&mut fields)? {
                (0xA0, value) => mech_types = value,
                (0xA2, value) => message = Some(inside(value, OCTET_STRING)?.to_vec()),
                _ => {}
            }
        }
        let preferred = inside(inside(mech_types, SEQUENCE)?, OBJECT_IDENTIFIER)?;
        let ntlm = message.filter(|_| preferred == NTLM);
        Ok((Self::Spnego(mech_types.to_vec()), Token { ntlm, mic: None }))
    }

    /// Reads a later token.
    pub(super) fn next(&self, token: Vec<u8>) -> Result<Token, Malformed> {
        if matches!(self, Self::Raw) {
            return Ok(Token { ntlm: Some(token), mic: None });
        }
        let mut fields = fields(inside(&token, context(1))?)?;
        let mut found = Token::default();
        while !fields.is_empty() {
            match element(&mut fields)? {
                (0xA2, value) => found.ntlm = Some(inside(value, OCTET_STRING)?.to_vec()),
                (0xA3, value) => found.mic = Some(inside(value, OCTET_STRING)?.to_vec()),
                _ => {}
            }
        }
        Ok(found)
    }

    /// Packs the CHALLENGE, or without one asks for NTLM instead of the client's first choice.
    pub(super) fn challenge(&self, message: Option<&[u8]>) -> Vec<u8> {
        if let Self::Raw = self {
            return message.unwrap_or_default().to_vec();
        }
        let mut fields = state(ACCEPT_INCOMPLETE);
        fields.extend(encode(context(1), &[&encode(OBJECT_IDENTIFIER, &[NTLM])]));
        if let Some(message) = message {
            fields.extend(encode(context(2), &[&encode(OCTET_STRING, &[message])]));
        }
        response(&fields)
    }

    /// The last token, with the server's mechListMIC; nothing without SPNEGO.
    pub(super) fn completed(&self, mic: Option<&[u8]>) -> Option<Vec<u8>> {
        let Self::Spnego(_) = self else { return None };
        let mut fields = state(ACCEPT_COMPLETED);
        if let Some(mic) = mic {
            fields.extend(encode(context(3), &[&encode(OCTET_STRING, &[mic])]));
        }
        Some(response(&fields))
    }
}

fn state(state: u8) -> Vec<u8> {
    encode(context(0), &[&encode(ENUMERATED, &[&[state]])])
}

fn response(fields: &[u8]) -> Vec<u8> {
    encode(context(1), &[&encode(SEQUENCE, &[fields])])
}
