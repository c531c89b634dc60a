//! What KDCs, KDC proxies and servers answer where Kerberos is spoken, and the DER below it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rdptrace::pdu::{
    Reader,
    der::{element, encode},
    kdc_proxy,
    kerberos::{kdc_message, sealed_part, tcp_length, tcp_message},
    spnego,
};

fuzz_target!(|bytes: &[u8]| {
    if let Ok((tag, content)) = element(&mut Reader::new(bytes)) {
        let again = encode(tag, &[content]);
        assert_eq!(element(&mut Reader::new(&again)).expect("our own"), (tag, content));
    }
    let _ = (tcp_length(bytes), kdc_message(bytes), spnego::response(bytes));
    if let Ok(Some(sealed)) = sealed_part(bytes) {
        assert!(sealed.cipher.len() <= bytes.len());
    }
    if let Ok(message) = kdc_proxy::answer(bytes) {
        assert_eq!(tcp_message(&message[4..]), message);
    }
});
