//! Pipes that a shell puts in the place of files, which can be read only once.

use std::process::Command;

use super::{flows, of, written};
use crate::program::text;

/// What the program says of these words of a shell; `$1` and `$2` are the captures.
fn told(words: &str, captures: [&str; 2]) -> String {
    let script = format!("\"$0\" read {words}");
    let mut bash = Command::new("bash");
    let output = bash.args(["-c", &script, env!("CARGO_BIN_EXE_rdptrace")]).args(captures).output();
    let output = output.expect("bash runs");
    [text(&output.stdout), text(&output.stderr)].concat()
}

#[tokio::test(start_paused = true)]
async fn they_are_read_as_files_are() {
    let all = flows(&["nla-required", "negotiate-silence"]).await;
    let (first, second) = (written("pipe-1.pcapng", &all[..1]), written("pipe-2.pcapng", &all[1..]));
    let captures = [of(&first), of(&second)];
    let [files, pipes, one] =
        ["\"$1\" \"$2\"", "<(cat \"$1\") <(cat \"$2\")", "<(cat \"$1\") <(cat \"$2\") --conversation 2"]
            .map(|words| told(words, captures));
    assert!(files.lines().any(|line| line.starts_with("2  ")), "{files}");
    let table = |page: &str| page.lines().take_while(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    assert_eq!(table(&pipes), table(&files));
    assert!(one.contains("192.0.2.200:3389") && !one.contains("not a capture"), "{one}");
}

#[tokio::test(start_paused = true)]
async fn a_key_log_may_be_one() {
    let path = written("pipe-3.pcapng", &flows(&["nla-required"]).await);
    let secret = format!("CLIENT_RANDOM {} {}", "11".repeat(32), "22".repeat(48));
    let said = told(&format!("\"$1\" --keylog <(echo {secret})"), [of(&path), ""]);
    assert!(said.contains("fits a session of this capture") && said.contains("Verdict"), "{said}");
}
