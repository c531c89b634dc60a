//! A served certificate chain.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rdptrace::{
    internal::certificate::{self, Expectation, Roots},
    report::Timestamp,
};

fuzz_target!(|bytes: &[u8]| {
    let roots = Roots::new(Ok(Vec::new()));
    let now = Timestamp(time::OffsetDateTime::UNIX_EPOCH + time::Duration::days(20_000));
    let expectation = Expectation { name: "rdsh01.corp.example", now, roots: &roots, pin: None };
    let _ = certificate::evidence(&[bytes.to_vec(), bytes.to_vec()], &expectation);
    let _ = certificate::checkable(bytes);
});
