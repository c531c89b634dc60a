//! Reads a report that `rdptrace trace --format json` wrote and prints how long each phase took.
//!
//! `cargo run --example read_report -- report.json`

#![allow(clippy::disallowed_macros, reason = "an example prints")]

use rdptrace::Report;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("give a file")?;
    let report: Report = serde_json::from_str(&std::fs::read_to_string(path)?)?;
    let host = report.trace.target.as_ref().map_or("this machine", |target| &target.host);
    println!("{host} {}", report.verdict.summary);
    for connection in &report.trace.connections {
        for phase in connection.phases.summaries() {
            println!("{:8} {:10} {:9.2} ms", connection.purpose.to_string(), phase.phase, phase.elapsed_ms.0);
        }
    }
    Ok(())
}
