//! Prints the JSON schema of a policy, as the table of promises makes it.
//!
//! `cargo run --example policy_schema > schema/policy.json`

#![allow(clippy::disallowed_macros, reason = "an example prints")]

fn main() {
    print!("{}", rdptrace::policy_schema());
}
