//! What KDCs, KDC proxies and servers answer where Kerberos is spoken, and the DER below it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rdptrace::internal::pdu::{
    Reader,
    der::{element, encode},
    kdc_proxy,
    kerberos::{Hints, kdc_message, reply, resealed, session_key, tcp_length, tcp_message},
    spnego,
};

fuzz_target!(|bytes: &[u8]| {
    if let Ok((tag, content)) = element(&mut Reader::new(bytes)) {
        let again = encode(tag, &[content]);
        assert_eq!(element(&mut Reader::new(&again)).expect("our own"), (tag, content));
    }
    let _ = (tcp_length(bytes), kdc_message(bytes), spnego::response(bytes));
    let _ = (Hints::of(bytes), session_key(bytes), spnego::kerberos_error(bytes));
    if let Ok(sealed) = reply(bytes) {
        assert!(sealed.cipher.len() <= bytes.len());
        let again = reply(&resealed(bytes, 18, &sealed.cipher).expect("it was read")).expect("our own");
        assert_eq!(again.cipher, sealed.cipher);
    }
    if let Ok(message) = kdc_proxy::answer(bytes) {
        assert_eq!(tcp_message(&message[4..]), message);
    }
});
