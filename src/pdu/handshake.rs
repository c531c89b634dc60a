//! Messages of the TLS handshake, and the certificates in one (RFC 8446 sections 4 and 4.4.2, RFC 5246 section 7.4).

use super::{Malformed, Reader};

/// ClientHello.
pub const CLIENT_HELLO: u8 = 1;
/// Certificate.
pub const CERTIFICATE: u8 = 11;
/// CertificateRequest.
pub const CERTIFICATE_REQUEST: u8 = 13;
/// ServerHelloDone, up to TLS 1.2.
pub const SERVER_HELLO_DONE: u8 = 14;
/// ClientKeyExchange, up to TLS 1.2.
pub const CLIENT_KEY_EXCHANGE: u8 = 16;
/// The longest message that is read.
pub const MAX_MESSAGE: usize = 64 * 1024;
/// Certificates that are kept of a chain.
const MAX_CHAIN: usize = 16;

/// The next message; none when its end has not come. One that is too long is not waited for.
///
/// # Errors
/// It claims more than [`MAX_MESSAGE`].
pub fn message<'a>(reader: &mut Reader<'a>) -> Result<Option<(u8, &'a [u8])>, Malformed> {
    let Some([kind, length @ ..]) = reader.rest().first_chunk::<4>() else { return Ok(None) };
    let length = length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
    if length > MAX_MESSAGE {
        return Err(Malformed(format!("a TLS message claims {length} bytes, more than {MAX_MESSAGE}")));
    }
    if reader.rest().len() < 4 + length {
        return Ok(None);
    }
    reader.bytes(4)?;
    Ok(Some((*kind, reader.bytes(length)?)))
}

/// The certificates of a Certificate message up to TLS 1.2.
///
/// # Errors
/// It ends before its lengths say.
pub fn chain(body: &[u8]) -> Result<Vec<Vec<u8>>, Malformed> {
    certificates(&mut Reader::new(body), |_| Ok(()))
}

/// The same in TLS 1.3: behind a context, and each with extensions.
///
/// # Errors
/// As [`chain`].
pub fn chain_tls13(body: &[u8]) -> Result<Vec<Vec<u8>>, Malformed> {
    let mut reader = Reader::new(body);
    let context = reader.u8()?;
    reader.bytes(context.into())?;
    certificates(&mut reader, |reader| {
        let extensions = reader.u16_be()?;
        reader.bytes(extensions.into()).map(|_| ())
    })
}

fn certificates(
    reader: &mut Reader<'_>,
    after_each: fn(&mut Reader<'_>) -> Result<(), Malformed>,
) -> Result<Vec<Vec<u8>>, Malformed> {
    let _whole = length24(reader)?;
    let mut chain = Vec::new();
    while !reader.is_empty() && chain.len() < MAX_CHAIN {
        let length = length24(reader)?;
        chain.push(reader.bytes(length)?.to_vec());
        after_each(reader)?;
    }
    Ok(chain)
}

fn length24(reader: &mut Reader<'_>) -> Result<usize, Malformed> {
    Ok(usize::from(reader.u8()?) << 16 | usize::from(reader.u16_be()?))
}
