//! Traces one host with default settings and prints what a monitoring job would keep.
//!
//! `cargo run --example trace_host -- rdsh01.corp.example`

#![allow(clippy::disallowed_macros, reason = "an example prints")]

use rdptrace::{Settings, System, Target, Tracer};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let argument = std::env::args().nth(1).ok_or("give a host")?;
    let target: Target = argument.parse()?;
    let report = Tracer::new(&target, &Settings::default(), &System).run().await;
    println!("{target}: {}", report.verdict.summary);
    if let Some(certificate) = &report.certificate {
        println!("certificate {} until {}", certificate.sha1, certificate.not_after.0.date());
    }
    for finding in &report.findings {
        println!("{}: {}", finding.code, finding.message);
    }
    Ok(())
}
