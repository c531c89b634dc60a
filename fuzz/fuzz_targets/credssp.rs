//! TSRequest and the NTLM CHALLENGE.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rdptrace::pdu::{ntlm, ts_request::ts_request};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(request) = ts_request(bytes) {
        let _ = ntlm::challenge(&request.nego_token.unwrap_or_default());
    }
    let _ = ntlm::challenge(bytes);
});
