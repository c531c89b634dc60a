//! Opens a record: whatever is wrong with its length, padding or MAC is the same error (RFC 5246 6.2.3.2).

use std::ops::Range;

use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _, ConstantTimeGreater as _};
use tokio_rustls::rustls::{
    ContentType, Error, ProtocolVersion,
    crypto::cipher::{InboundOpaqueMessage, InboundPlainMessage, MessageDecrypter, make_tls12_aad},
};

use super::{
    algorithm::{Hash, Keys},
    block::{BLOCK, decrypt},
    mac::Tag,
};

/// The longest content of a record (RFC 5246 6.2.1).
const LONGEST_CONTENT: usize = 1 << 14;

impl MessageDecrypter for Keys {
    fn decrypt<'a>(
        &mut self,
        mut message: InboundOpaqueMessage<'a>,
        sequence: u64,
    ) -> Result<InboundPlainMessage<'a>, Error> {
        let header = Header { sequence, kind: message.typ, version: message.version };
        let content = self.open(header, &mut message.payload).ok_or(Error::DecryptError)?;
        if content.len() > LONGEST_CONTENT {
            return Err(Error::PeerSentOversizedRecord);
        }
        Ok(message.into_plain_message_range(content))
    }
}

/// What the MAC covers beside the content and its length.
struct Header {
    sequence: u64,
    kind: ContentType,
    version: ProtocolVersion,
}

impl Keys {
    /// Where the content is in what has been decrypted in place.
    ///
    /// Constant in time for records of one length, so that wrong padding and a wrong MAC look alike (Lucky Thirteen), are how many
    /// blocks are decrypted and hashed, which bytes are read for the padding and for the MAC that came, and both comparisons.
    /// Not constant is how the end of the content is copied into the last block that is hashed, a few instructions.
    fn open(&self, header: Header, payload: &mut [u8]) -> Option<Range<usize>> {
        let (iv, padded) = payload.split_at_mut_checked(BLOCK)?;
        // Without any padding but its length; how long the record is, everyone can see.
        let longest = padded.len().checked_sub(self.hash.length() + 1)?;
        if !padded.len().is_multiple_of(BLOCK) {
            return None;
        }
        decrypt(&self.block, iv, padded);
        let (padding, is_padded) = padding(padded, longest);
        let length = longest - usize::from(padding);
        let authenticated = make_tls12_aad(header.sequence, header.kind, header.version, length);
        let made = self.tag(&authenticated, &padded[..length], longest);
        let is_whole = made.ct_eq(&received(self.hash, padded, longest, padding));
        bool::from(is_padded & is_whole).then_some(BLOCK..BLOCK + length)
    }
}

/// As much padding as there can be.
fn most(longest: usize) -> u8 {
    u8::try_from(longest).unwrap_or(u8::MAX)
}

/// How much there is, none where it is wrong, and whether it is right. Every byte that can be padding is looked at.
fn padding(padded: &[u8], longest: usize) -> (u8, Choice) {
    let last = padded.last().copied().unwrap_or_default();
    let mut is_right = !last.ct_gt(&most(longest));
    for (distance, byte) in (0..=most(longest)).zip(padded.iter().rev()) {
        is_right &= distance.ct_gt(&last) | byte.ct_eq(&last);
    }
    (u8::conditional_select(&0, &last, is_right), is_right)
}

/// The MAC that came; it is read at every place where it can be.
fn received(hash: Hash, padded: &[u8], longest: usize, padding: u8) -> Tag {
    let mut tag = Tag::default();
    for candidate in 0..=most(longest) {
        let start = longest - usize::from(candidate);
        let is_here = candidate.ct_eq(&padding);
        for (byte, seen) in tag.iter_mut().zip(&padded[start..start + hash.length()]) {
            byte.conditional_assign(seen, is_here);
        }
    }
    tag
}
