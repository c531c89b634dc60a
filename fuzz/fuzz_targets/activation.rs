//! Demand Active, redirection, the message channel, and PDUs that share a message.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rdptrace::internal::pdu::{confirm_active, demand_active, drdynvc, message_channel, redirection, share};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(demand) = demand_active::demand_active(bytes) {
        let _ = confirm_active::confirm_active(&demand, 1007, 1003);
    }
    let _ = drdynvc::answer(bytes);
    let _ = redirection::redirection(bytes);
    let _ = message_channel::message(bytes);
    let _ = share::session_info_type(bytes);
    let mut rest = bytes;
    while !rest.is_empty() {
        let (pdu, more) = share::first(rest);
        let _ = share::session_pdu(pdu);
        assert!(more.len() < rest.len(), "a message must become shorter");
        rest = more;
    }
});
