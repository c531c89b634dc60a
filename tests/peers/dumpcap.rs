//! Captures that dumpcap makes while a test runs, and what `read` reports of them.

use std::{
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::lab::{Program, folder, wait_for_line};

pub(crate) fn rdptrace(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rdptrace"));
    command.args(arguments);
    command
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("a name in UTF-8")
}

/// What crosses to this port on loopback, in a file.
pub(crate) fn capturing(port: u16, file: &Path) -> Program {
    capturing_on(Command::new("dumpcap"), "lo", port, file)
}

/// What crosses this interface to this port, in a file, as this dumpcap sees it.
pub(crate) fn capturing_on(mut dumpcap: Command, interface: &str, port: u16, file: &Path) -> Program {
    let log = folder("dumpcap").join("log");
    let filter = format!("tcp port {port}");
    let dumpcap = Program::start(dumpcap.args(["-i", interface, "-f", &filter, "-w", text(file)]), &log);
    wait_for_line(&log, "File:");
    dumpcap
}

/// What `read` reports of a capture once the end of the connection is in it.
pub(crate) fn read(capture: &Path) -> Value {
    read_until(capture, |report| {
        report.pointer("/connections/0/ended_by/how").is_some_and(|how| how != "silence")
    })
}

/// What `read` reports of a capture once that is so.
pub(crate) fn read_until(capture: &Path, is_complete: impl Fn(&Value) -> bool) -> Value {
    told(&["read", text(capture), "--format", "ndjson"], is_complete)
}

/// The same with these secrets, once they are written too.
pub(crate) fn read_keyed(capture: &Path, secrets: &Path, is_complete: impl Fn(&Value) -> bool) -> Value {
    told(&["read", text(capture), "--keylog", text(secrets), "--format", "ndjson"], is_complete)
}

fn told(arguments: &[&str], is_complete: impl Fn(&Value) -> bool) -> Value {
    let begin = Instant::now();
    loop {
        let output = rdptrace(arguments).output().expect("it runs");
        let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        if is_complete(&report) {
            return report;
        }
        assert!(begin.elapsed() < Duration::from_secs(10), "not all is captured: {report}");
        thread::park_timeout(Duration::from_millis(50));
    }
}
