//! The keys of a license exchange, and the cipher and the MAC made with them: MS-RDPELE 5.1.2 to 5.1.5.

use std::fmt;

use md5::{Digest, Md5};
use rc4::{KeyInit, Rc4, StreamCipher};
use sha1::Sha1;
use zeroize::{Zeroize, Zeroizing};

/// The MAC salt key and the licensing encryption key of one exchange; wiped when dropped, never printed.
pub struct LicenseKeys {
    mac_salt: [u8; 16],
    license: [u8; 16],
}

impl LicenseKeys {
    /// The keys from the premaster secret and both randoms (MS-RDPELE 5.1.2).
    pub fn derive(premaster: &[u8; 48], client_random: &[u8; 32], server_random: &[u8; 32]) -> Self {
        let master = salted_hashes(premaster, client_random, server_random);
        let [mac_salt, encryption, _] = *salted_hashes(master.as_flattened(), server_random, client_random);
        let license = Md5::new()
            .chain_update(encryption)
            .chain_update(client_random)
            .chain_update(server_random)
            .finalize()
            .into();
        Self { mac_salt, license }
    }

    /// RC4 over `data`, which encrypts and decrypts; every blob starts the key stream afresh.
    pub fn cipher(&self, data: &[u8]) -> Vec<u8> {
        let mut rc4 = Rc4::new_from_slice(&self.license).expect("RC4 takes keys of 16 bytes");
        let mut output = data.to_vec();
        rc4.apply_keystream(&mut output);
        output
    }

    /// MACData over unencrypted `data` (MS-RDPELE 5.1.5).
    pub fn mac(&self, data: &[u8]) -> [u8; 16] {
        let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
        let inner = Sha1::new()
            .chain_update(self.mac_salt)
            .chain_update([0x36; 40])
            .chain_update(length.to_le_bytes())
            .chain_update(data)
            .finalize();
        Md5::new().chain_update(self.mac_salt).chain_update([0x5C; 48]).chain_update(inner).finalize().into()
    }

    /// Decrypts `encrypted`; `None` if `mac` is not that of the decrypted bytes.
    pub fn open(&self, encrypted: &[u8], mac: &[u8; 16]) -> Option<Vec<u8>> {
        let data = self.cipher(encrypted);
        (self.mac(&data) == *mac).then_some(data)
    }
}

impl Drop for LicenseKeys {
    fn drop(&mut self) {
        self.mac_salt.zeroize();
        self.license.zeroize();
    }
}

impl fmt::Debug for LicenseKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LicenseKeys").finish_non_exhaustive()
    }
}

/// SaltedHash of `A`, `BB` and `CCC`: MD5(secret + SHA1(letters + secret + both randoms)).
fn salted_hashes(secret: &[u8], first: &[u8; 32], second: &[u8; 32]) -> Zeroizing<[[u8; 16]; 3]> {
    Zeroizing::new([&b"A"[..], b"BB", b"CCC"].map(|letters| {
        let inner = Sha1::new()
            .chain_update(letters)
            .chain_update(secret)
            .chain_update(first)
            .chain_update(second)
            .finalize();
        Md5::new().chain_update(secret).chain_update(inner).finalize().into()
    }))
}
