//! Prints the JSON schema of what `rdptrace diff --format json` writes.
//!
//! `cargo run --example diff_schema > schema/diff.json`

#![allow(clippy::disallowed_macros, reason = "an example prints")]

fn main() {
    print!("{}", rdptrace::diff::diff_schema());
}
