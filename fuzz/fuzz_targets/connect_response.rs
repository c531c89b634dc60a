//! The MCS Connect Response with its GCC blocks and server certificate.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rdptrace::internal::pdu::{
    connect_response::connect_response, rsa, server_certificate::ServerCertificate,
};

fuzz_target!(|bytes: &[u8]| {
    let _ = connect_response(bytes);
    if let Ok(certificate) = ServerCertificate::read(bytes)
        && let Some(key) = certificate.key()
    {
        let _ = rsa::encrypt(key, &[0x5A; 32]);
    }
});
