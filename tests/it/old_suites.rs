//! The records of the older suites of TLS 1.2, against a second implementation (RFC 5246 6.2.3), and what is wrong with them.

use std::collections::BTreeSet;

use aes::{Aes128, Aes256};
use cbc::{
    Encryptor,
    cipher::{BlockModeEncrypt as _, KeyIvInit as _, block_padding::NoPadding},
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rdptrace::{
    internal::old_suites,
    report::{OLD_SUITES, TlsEvidence},
};
use sha1::Sha1;
use sha2::Sha256;
use tokio_rustls::rustls::{
    ContentType, Error, ProtocolVersion, SupportedCipherSuite, Tls12CipherSuite,
    crypto::cipher::{AeadKey, InboundOpaqueMessage, MessageDecrypter, OutboundChunks, OutboundPlainMessage},
};

const MAC_KEY: [u8; 32] = [0x0B; 32];
const BLOCK_KEY: [u8; 32] = [0xC5; 32];
const IV: [u8; 16] = [0x1F; 16];
const SEQUENCE: u64 = 0x0102_0304_0506_0708;
const LONGEST: usize = 1 << 14;

fn suites() -> impl Iterator<Item = &'static Tls12CipherSuite> {
    old_suites::all().map(|suite| match suite {
        SupportedCipherSuite::Tls12(suite) => suite,
        SupportedCipherSuite::Tls13(_) => unreachable!("they are of TLS 1.2"),
    })
}

fn name(suite: &Tls12CipherSuite) -> &'static str {
    suite.common.suite.as_str().expect("rustls knows the name")
}

fn block_key(suite: &Tls12CipherSuite) -> &'static [u8] {
    &BLOCK_KEY[..if name(suite).contains("AES_128") { 16 } else { 32 }]
}

fn decrypter(suite: &Tls12CipherSuite) -> Box<dyn MessageDecrypter> {
    suite.aead_alg.decrypter(AeadKey::from(MAC_KEY), block_key(suite))
}

/// What becomes of a record's payload.
fn opened(suite: &Tls12CipherSuite, payload: &[u8]) -> Result<Vec<u8>, Error> {
    let mut payload = payload.to_vec();
    let message =
        InboundOpaqueMessage::new(ContentType::ApplicationData, ProtocolVersion::TLSv1_2, &mut payload);
    decrypter(suite).decrypt(message, SEQUENCE).map(|message| message.payload.to_vec())
}

fn tag(suite: &Tls12CipherSuite, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).expect("a short content").to_be_bytes();
    let header = [&SEQUENCE.to_be_bytes()[..], &[23, 3, 3], &length].concat();
    let parts = [&header[..], content].concat();
    if name(suite).ends_with("SHA256") {
        let mut mac = Hmac::<Sha256>::new_from_slice(&MAC_KEY).expect("any key");
        mac.update(&parts);
        return mac.finalize().into_bytes().to_vec();
    }
    let mut mac = Hmac::<Sha1>::new_from_slice(&MAC_KEY).expect("any key");
    mac.update(&parts);
    mac.finalize().into_bytes().to_vec()
}

/// Content, MAC and padding as they are, encrypted.
fn sealed(suite: &Tls12CipherSuite, parts: &[&[u8]]) -> Vec<u8> {
    let mut content = parts.concat();
    let length = content.len();
    let key = block_key(suite);
    if key.len() == 16 {
        let cipher = Encryptor::<Aes128>::new_from_slices(key, &IV).expect("their lengths");
        cipher.encrypt_padded::<NoPadding>(&mut content, length).expect("whole blocks");
    } else {
        let cipher = Encryptor::<Aes256>::new_from_slices(key, &IV).expect("their lengths");
        cipher.encrypt_padded::<NoPadding>(&mut content, length).expect("whole blocks");
    }
    [&IV[..], &content].concat()
}

/// Every padding that this content can have: the length of each is one more than its bytes say.
fn paddings(suite: &Tls12CipherSuite, content: usize) -> impl Iterator<Item = Vec<u8>> {
    let before = content + tag(suite, &[]).len();
    (0..=u8::MAX)
        .filter(move |byte| (before + usize::from(*byte) + 1).is_multiple_of(16))
        .map(|byte| vec![byte; usize::from(byte) + 1])
}

#[test]
fn they_are_the_six_that_the_report_knows() {
    let known: BTreeSet<&str> = OLD_SUITES.into_iter().collect();
    assert_eq!(suites().map(name).collect::<BTreeSet<_>>(), known);
    for suite in OLD_SUITES {
        let mut evidence = TlsEvidence::default();
        (evidence.version, evidence.cipher_suite) = (Some("TLSv1.2".into()), Some(suite.into()));
        assert!(evidence.selects_old_suite() && !evidence.has_old_suite(), "{suite}");
    }
}

#[test]
fn a_record_of_any_length_and_padding_is_opened() {
    for suite in suites() {
        for length in [0, 1, 11, 12, 15, 16, 31, 63, 64, 200, 256, 1000, LONGEST] {
            let content: Vec<u8> = (0..=u8::MAX).cycle().take(length).collect();
            let tag = tag(suite, &content);
            for padding in paddings(suite, length) {
                let record = sealed(suite, &[&content, &tag, &padding]);
                assert_eq!(opened(suite, &record).as_deref(), Ok(&content[..]), "{} {length}", name(suite));
            }
        }
    }
}

#[test]
fn what_is_sealed_is_opened_and_as_long_as_announced() {
    for suite in suites() {
        let mut encrypter = suite.aead_alg.encrypter(AeadKey::from(MAC_KEY), block_key(suite), &[]);
        let mut before = Vec::new();
        for length in (0..100).chain([LONGEST]) {
            let content = vec![0x42; length];
            let message = OutboundPlainMessage {
                typ: ContentType::ApplicationData,
                version: ProtocolVersion::TLSv1_2,
                payload: OutboundChunks::Single(&content),
            };
            let record = encrypter.encrypt(message, SEQUENCE).expect("it is sealed").encode();
            let payload = &record[5..];
            assert_eq!(payload.len(), encrypter.encrypted_payload_len(length), "{} {length}", name(suite));
            assert_eq!(opened(suite, payload).as_deref(), Ok(&content[..]), "{} {length}", name(suite));
            assert_ne!(payload[..16], before, "an IV of its own");
            payload[..16].clone_into(&mut before);
        }
    }
}

/// Nothing tells a wrong padding from a wrong MAC, nor either from a wrong length.
#[test]
fn whatever_is_wrong_is_one_error() {
    for suite in suites() {
        let content = [0x33; 100];
        let good = tag(suite, &content);
        let mut wrong = Vec::new();
        for padding in paddings(suite, content.len()) {
            for index in 0..padding.len() {
                let mut other = padding.clone();
                other[index] ^= 0x80;
                wrong.push(sealed(suite, &[&content, &good, &other]));
            }
            for index in [0, good.len() / 2, good.len() - 1] {
                let mut other = good.clone();
                other[index] ^= 1;
                wrong.push(sealed(suite, &[&content, &other, &padding]));
            }
        }
        // Padding that would leave no room for the MAC, in records of every length.
        wrong.extend((1..40).map(|blocks| sealed(suite, &[&vec![0xFF; 16 * blocks]])));
        wrong.extend((1..40).map(|blocks| sealed(suite, &[&vec![0; 16 * blocks]])));
        let whole = sealed(suite, &[&content, &good, &paddings(suite, 100).next().expect("one")]);
        wrong.extend((0..whole.len()).map(|length| whole[..length].to_vec()));
        for record in &wrong {
            let error = opened(suite, record).expect_err(name(suite));
            assert_eq!(error, Error::DecryptError, "{} {}", name(suite), record.len());
        }
    }
}

/// The header is under the MAC: a record in another place, of another type or version is wrong.
#[test]
fn a_record_belongs_where_it_was_sealed() {
    for suite in suites() {
        let content = [7; 20];
        let padding = paddings(suite, content.len()).next().expect("one");
        let record = sealed(suite, &[&content, &tag(suite, &content), &padding]);
        for (kind, version, sequence) in [
            (ContentType::Handshake, ProtocolVersion::TLSv1_2, SEQUENCE),
            (ContentType::ApplicationData, ProtocolVersion::TLSv1_0, SEQUENCE),
            (ContentType::ApplicationData, ProtocolVersion::TLSv1_2, SEQUENCE + 1),
        ] {
            let mut payload = record.clone();
            let message = InboundOpaqueMessage::new(kind, version, &mut payload);
            let result = decrypter(suite).decrypt(message, sequence).map(|message| message.payload.len());
            assert_eq!(result, Err(Error::DecryptError), "{}", name(suite));
        }
    }
}

#[test]
fn a_record_with_too_much_in_it_is_refused() {
    for suite in suites() {
        let content = vec![0; LONGEST + 1];
        let padding = paddings(suite, content.len()).next().expect("one");
        let record = sealed(suite, &[&content, &tag(suite, &content), &padding]);
        assert_eq!(opened(suite, &record), Err(Error::PeerSentOversizedRecord), "{}", name(suite));
    }
}

/// Whatever comes, nothing but the error does.
#[test]
fn no_record_of_random_bytes_is_opened_or_panics() {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = || {
        // xorshift64.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    for suite in suites() {
        for length in 0..700 {
            let record: Vec<u8> = (0..length).map(|_| random()).collect();
            assert_eq!(opened(suite, &record), Err(Error::DecryptError), "{} {length}", name(suite));
        }
    }
}
