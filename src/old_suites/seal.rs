//! Protects a record: MAC, then padding, then encryption under an IV of its own (RFC 5246 6.2.3.2).

use tokio_rustls::rustls::{
    Error,
    crypto::cipher::{
        MessageEncrypter, OutboundOpaqueMessage, OutboundPlainMessage, PrefixedPayload, make_tls12_aad,
    },
};

use super::{
    algorithm::Keys,
    block::{BLOCK, encrypt},
};

impl MessageEncrypter for Keys {
    fn encrypt(
        &mut self,
        message: OutboundPlainMessage<'_>,
        sequence: u64,
    ) -> Result<OutboundOpaqueMessage, Error> {
        let OutboundPlainMessage { typ, version, payload } = message;
        let mut content = payload.to_vec();
        let header = make_tls12_aad(sequence, typ, version, content.len());
        let tag = self.tag(&header, &content, content.len());
        content.extend(&tag[..self.hash.length()]);
        pad(&mut content);
        let mut iv = [0; BLOCK];
        getrandom::fill(&mut iv).map_err(|_| Error::FailedToGetRandomBytes)?;
        encrypt(&self.block, &iv, &mut content);
        let mut record = PrefixedPayload::with_capacity(iv.len() + content.len());
        record.extend_from_slice(&iv);
        record.extend_from_slice(&content);
        Ok(OutboundOpaqueMessage::new(typ, version, record))
    }

    fn encrypted_payload_len(&self, length: usize) -> usize {
        BLOCK + (length + self.hash.length() + 1).next_multiple_of(BLOCK)
    }
}

/// As little as fills the last block; every byte, the length too, is the number of those before the last.
fn pad(content: &mut Vec<u8>) {
    let missing = BLOCK - content.len() % BLOCK;
    let byte = u8::try_from(missing - 1).expect("less than a block is missing");
    content.resize(content.len() + missing, byte);
}
