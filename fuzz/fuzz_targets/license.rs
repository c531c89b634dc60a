//! License PDUs, and the answers to a license request.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rdptrace::internal::pdu::{
    license::{self, LicensePdu},
    license_exchange::ClientLicense,
};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(LicensePdu::Request(request)) = license::read(bytes)
        && let Ok(client) = ClientLicense::new(&request, None, [1; 32], [2; 48])
    {
        let _ = client.new_license_request("user", "machine");
    }
});
