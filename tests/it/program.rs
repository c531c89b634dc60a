//! The program as another process, and its demo server as one that serves.

use std::{
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
};

/// The program with these arguments and no password from outside.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rdptrace"));
    command.args(arguments).env_remove("RDPTRACE_PASSWORD").stdin(Stdio::null());
    command
}

/// What it did.
pub(crate) fn rdptrace(arguments: &[&str]) -> Output {
    // Wine now and then fails to start a process, with an internal error.
    const ERROR_INTERNAL_ERROR: i32 = 1359;
    let mut output = command(arguments).output();
    if output.as_ref().is_err_and(|error| error.raw_os_error() == Some(ERROR_INTERNAL_ERROR)) {
        output = command(arguments).output();
    }
    output.expect("the program runs")
}

/// Output as text.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A file of its own for each test.
pub(crate) fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// A demo server with its address; it ends with its owner.
pub(crate) struct Served(Child, pub String);

impl Served {
    /// Serves, with these further arguments.
    pub(crate) fn start(fault: &[&str]) -> Self {
        let mut arguments = vec!["demo", "--serve", "127.0.0.1:0"];
        arguments.extend(fault);
        let mut child = command(&arguments).stderr(Stdio::piped()).spawn().expect("the program runs");
        let mut line = String::new();
        let stderr = child.stderr.take().expect("it was piped");
        BufReader::new(stderr).read_line(&mut line).expect("a line");
        let address = line.split(" on ").nth(1).and_then(|rest| rest.split(',').next()).expect("an address");
        Self(child, address.to_owned())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What a program prints that was asked to end while a client was connected, and its exit code.
#[cfg(unix)]
pub(crate) fn ended_by_sigterm(
    arguments: &[&str],
    connected: impl FnOnce(&str, u32),
) -> (Option<i32>, String) {
    let mut child =
        command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    let mut told = String::new();
    BufReader::new(child.stderr.take().expect("it was piped")).read_line(&mut told).expect("a line");
    let address = told.split([' ', ';']).find(|word| word.starts_with("127.0.0.1:")).expect("an address");
    connected(address, child.id());
    let output = child.wait_with_output().expect("it ends");
    (output.status.code(), text(&output.stdout))
}

#[cfg(unix)]
pub(crate) fn terminate(program: u32) {
    std::process::Command::new("kill").args(["-TERM", &program.to_string()]).status().expect("kill runs");
}
