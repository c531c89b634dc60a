//! TSRequest, the NTLM CHALLENGE, and the proof that answers it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rdptrace::internal::pdu::{ntlm, ts_request::ts_request};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(request) = ts_request(bytes) {
        let _ = ntlm::challenge(&request.nego_token.unwrap_or_default());
    }
    let _ = ntlm::challenge(bytes);
    let identity = ntlm::Identity { user: "user", domain: "domain", password: "password", bound: None };
    let fresh = ntlm::Fresh { challenge: [1; 8], session_key: [2; 16].into(), time: 3 };
    let _ = ntlm::authenticate(&identity, &ntlm::negotiate("computer"), bytes, &fresh);
});
