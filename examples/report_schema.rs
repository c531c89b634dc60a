//! Prints the JSON schema of the report, as the types make it.
//!
//! `cargo run --example report_schema > schema/report.json`

#![allow(clippy::disallowed_macros, reason = "an example prints")]

fn main() {
    print!("{}", rdptrace::report_schema());
}
