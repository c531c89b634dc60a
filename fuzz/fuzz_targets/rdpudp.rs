//! Datagrams of the set-up of RDP-UDP, as the client and the demo server read them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rdptrace::internal::{demo::answer_datagram, pdu::rdpudp::Setup};

fuzz_target!(|datagram: &[u8]| {
    if let Some(answer) = answer_datagram(datagram) {
        let (asked, answered) = (Setup::parse(datagram), Setup::parse(&answer));
        let number = asked.expect("it was answered").sequence_number;
        assert!(answered.expect("our own").acknowledges(number) && answer.len() <= datagram.len());
    }
});
