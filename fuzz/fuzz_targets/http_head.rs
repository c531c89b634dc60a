//! Heads, challenges and bodies of HTTP responses.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rdptrace::internal::{
    net::Framing,
    pdu::http::{BodyLength, ResponseHead, challenges},
};

fuzz_target!(|bytes: &[u8]| {
    let _ = challenges(&String::from_utf8_lossy(bytes));
    if let Ok(Some(length)) = Framing::HttpBody(BodyLength::Chunked).length(bytes) {
        assert!(BodyLength::Chunked.content(&bytes[..length]).is_ok());
    }
    let Ok(Some(length)) = Framing::HttpHead.length(bytes) else { return };
    let Ok(head) = ResponseHead::parse(&bytes[..length]) else { return };
    let _ = (head.challenges(), head.proxy_challenges());
    if let Ok(body) = head.body("GET") {
        let _ = (head.keeps_alive(body), body.length(&bytes[length..]));
    }
});
