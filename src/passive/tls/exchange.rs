//! The master secret of a session with RSA key exchange, by the server's private key (RFC 5246 sections 7.4.7.1 and 8.1, RFC 7627).

use std::fmt;

use super::opener::Agreed;
use crate::{
    flow::Secrets,
    pdu::{
        Reader,
        handshake::{CLIENT_HELLO, CLIENT_KEY_EXCHANGE, SERVER_HELLO_DONE, message},
        server_certificate::x509_key,
        server_key::ServerKey,
    },
};

/// The length of a master secret.
const MASTER: usize = 48;

/// Why nothing that is known opens a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::passive) enum Locked {
    /// No key is known.
    NoKey,
    /// Of the secrets of the session the one with this label is not known.
    Incomplete(&'static str),
    /// No server key can: what is used instead of RSA key exchange.
    Ephemeral(&'static str),
    /// The keys are those of an earlier session.
    Resumed,
    /// The server key is not that of the certificate.
    OtherCertificate,
    /// What the client sent is not encrypted for the server key.
    OtherKey,
    /// The suite is not read here.
    Suite,
}

impl fmt::Display for Locked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self {
            Self::NoKey => return f.write_str("it is encrypted, and no key that opens it is known"),
            Self::Incomplete(label) => {
                return write!(f, "it is encrypted, and of its secrets {label} is not known");
            }
            Self::Ephemeral(what) => {
                return write!(
                    f,
                    "it is encrypted with keys of {what}, which a key log opens and no server key"
                );
            }
            Self::Resumed => "its TLS session was resumed, which a server key alone does not open",
            Self::OtherCertificate => "the server key is not that of the server's certificate",
            Self::OtherKey => {
                "the server key is not that of this server: it does not decrypt the key exchange"
            }
            Self::Suite => "its cipher suite is not read here",
        };
        write!(f, "it is encrypted, and {why}")
    }
}

/// What both sides said in plain, message after message.
#[derive(Default)]
pub(super) struct Exchange {
    pub client: Vec<u8>,
    pub server: Vec<u8>,
}

impl Exchange {
    /// The secrets of the session.
    ///
    /// # Errors
    /// Why the keys do not give them.
    pub(super) fn secrets(
        &self,
        agreed: &Agreed,
        is_extended: bool,
        chain: &[Vec<u8>],
        keys: &[ServerKey],
    ) -> Result<Secrets, Locked> {
        let public = chain.first().and_then(|leaf| x509_key(leaf));
        let fits = |key: &&ServerKey| public.as_ref().is_none_or(|public| key.is_of(public));
        // A resumed session goes without a certificate, and without an exchange.
        let missing = if chain.is_empty() { Locked::Resumed } else { Locked::OtherKey };
        let (said, encrypted) = self.messages().ok_or(missing)?;
        let mut fitting = keys.iter().filter(fits).peekable();
        if fitting.peek().is_none() {
            return Err(Locked::OtherCertificate);
        }
        let secret = fitting.find_map(|key| key.pre_master_secret(encrypted)).ok_or(Locked::OtherKey)?;
        let make = |label: &[u8], seed: &[&[u8]]| agreed.prf.make(&secret, label, seed, MASTER);
        let master = match is_extended {
            true => make(b"extended master secret", &[&agreed.prf.digest(&said)]),
            false => make(b"master secret", &[&agreed.client_random, &agreed.server_random]),
        };
        Ok(Secrets { master: Some(master), ..Secrets::default() })
    }

    /// All messages up to ClientKeyExchange, in their order, and what that encrypts; none if there is none.
    fn messages(&self) -> Option<(Vec<u8>, &[u8])> {
        let mut client = Reader::new(&self.client);
        let (kind, hello) = message(&mut client).ok()??;
        (kind == CLIENT_HELLO).then_some(())?;
        let server = up_to(&self.server, SERVER_HELLO_DONE)?.0;
        let begin = 4 + hello.len();
        let (rest, exchange) = up_to(&self.client[begin..], CLIENT_KEY_EXCHANGE)?;
        let messages = [&self.client[..begin], server, rest].concat();
        let mut body = Reader::new(exchange);
        let length = body.u16_be().ok()?;
        Some((messages, body.bytes(length.into()).ok()?))
    }
}

/// The messages up to one of this type, and its body.
fn up_to(messages: &[u8], wanted: u8) -> Option<(&[u8], &[u8])> {
    let mut reader = Reader::new(messages);
    while let Ok(Some((kind, body))) = message(&mut reader) {
        if kind == wanted {
            return Some((&messages[..messages.len() - reader.rest().len()], body));
        }
    }
    None
}
