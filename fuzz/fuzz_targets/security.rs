//! What Standard RDP Security takes off a server's frames, on the slow path and on the fast path.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rdptrace::internal::pdu::{
    mcs,
    rsa::RsaPublicKey,
    security::{ClientSecurity, Strength},
};

fuzz_target!(|bytes: &[u8]| {
    for strength in [Strength::Bits40, Strength::Bits56, Strength::Bits128] {
        let key = RsaPublicKey::new(&[0xC5; 64], 3);
        let mut client = ClientSecurity::new(strength, &[1; 32], &key, [2; 32]).expect("a usable key");
        let _ = client.open(bytes);
        let _ = client.seal(bytes);
        if let Ok(frame) = client.open_frame(bytes) {
            // The length of the user data may take a byte more than the server spent on it.
            assert!(frame.len() <= bytes.len() + 1, "an opened frame must not grow");
            let _ = mcs::read(&frame);
        }
    }
});
