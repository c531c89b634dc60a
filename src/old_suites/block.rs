//! AES in CBC mode over whole blocks, with a key of 128 or 256 bits (NIST SP 800-38A 6.2).

use aes::{Aes128, Aes256};
use cbc::{
    Decryptor, Encryptor,
    cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, block_padding::NoPadding},
};

/// The length of a block, and so of an IV.
pub(crate) const BLOCK: usize = 16;

const LENGTHS: &str = "keys, IV and blocks have their lengths";

/// Encrypts in place.
pub(super) fn encrypt(key: &[u8], iv: &[u8], content: &mut [u8]) {
    match key.len() {
        16 => encrypt_with::<Encryptor<Aes128>>(key, iv, content),
        _ => encrypt_with::<Encryptor<Aes256>>(key, iv, content),
    }
}

/// Decrypts in place.
pub(crate) fn decrypt(key: &[u8], iv: &[u8], content: &mut [u8]) {
    match key.len() {
        16 => decrypt_with::<Decryptor<Aes128>>(key, iv, content),
        _ => decrypt_with::<Decryptor<Aes256>>(key, iv, content),
    }
}

fn encrypt_with<C: BlockModeEncrypt + KeyIvInit>(key: &[u8], iv: &[u8], content: &mut [u8]) {
    let length = content.len();
    let cipher = C::new_from_slices(key, iv).expect(LENGTHS);
    cipher.encrypt_padded::<NoPadding>(content, length).expect(LENGTHS);
}

fn decrypt_with<C: BlockModeDecrypt + KeyIvInit>(key: &[u8], iv: &[u8], content: &mut [u8]) {
    C::new_from_slices(key, iv).expect(LENGTHS).decrypt_padded::<NoPadding>(content).expect(LENGTHS);
}
