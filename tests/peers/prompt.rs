//! The password prompt in a terminal that util-linux's script makes.

use std::{
    io::{BufReader, Read as _, Write as _},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use crate::lab::has;

/// The shell outlives Ctrl-C, asks how the terminal was left, and may be interrupted in that too.
const SHELL: &str = r#"
trap : INT
"$RDPTRACE" trace 127.0.0.1:1 -u alice
code=$?
until stty -a; do :; done
echo "exit code $code"
"#;

/// A key counts once the prompt reads keys, which cannot be seen from here: so it is pressed until the end.
#[test]
fn ctrl_c_at_the_prompt_leaves_the_terminal_as_it_was() {
    if !has(&["script", "stty"]) {
        return;
    }
    let mut child = Command::new("script")
        .args(["--quiet", "--flush", "--command", SHELL, "/dev/null"])
        .env("RDPTRACE", env!("CARGO_BIN_EXE_rdptrace"))
        .env_remove("RDPTRACE_PASSWORD")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("script starts");
    let mut stdout = BufReader::new(child.stdout.take().expect("it was piped")).bytes();
    let mut said = Vec::new();
    while !said.ends_with(b"Password for alice: ") {
        said.push(stdout.next().expect("more to come").expect("a byte"));
    }
    let mut keys = child.stdin.take().expect("it was piped");
    while child.try_wait().expect("a child").is_none() {
        let _ = keys.write_all(b"\x03");
        thread::park_timeout(Duration::from_millis(50));
    }
    said.extend(stdout.map_while(Result::ok));
    let said = String::from_utf8_lossy(&said);
    assert!(said.contains("exit code 130"), "{said}");
    assert!(said.contains(" echo ") && said.contains(" icanon "), "{said}");
}
