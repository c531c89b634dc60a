//! What answers a ClientHello of our own, record after record.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rdptrace::internal::net::Framing;
use rdptrace::internal::pdu::server_hello::Answer;

fuzz_target!(|bytes: &[u8]| {
    let mut answer = Answer::default();
    let mut rest = bytes;
    while let Ok(Some(length)) = Framing::TlsRecord.length(rest) {
        let Some((record, after)) = rest.split_at_checked(length) else { break };
        if answer.take(record).is_err() || answer.is_complete {
            break;
        }
        rest = after;
    }
});
