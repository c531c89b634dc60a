//! `rdptrace read` as a program: one conversation, several, and files that are none.

mod counts;
mod keys;
mod many;
#[cfg(unix)]
mod pipes;
mod redacted;
pub(crate) mod server_key;
mod unnamed;

use std::{fs, path::PathBuf};

use rdptrace::internal::{capture::Writer, flow::Flow};

use crate::{
    passive::captured,
    program::{file, rdptrace, text},
};

/// A capture of these connections.
fn written(name: &str, flows: &[Flow]) -> PathBuf {
    let path = file(name);
    let mut writer = Writer::new(fs::File::create(&path).expect("a file")).expect("a capture begins");
    flows.iter().for_each(|flow| writer.flow(flow).expect("it is written"));
    path
}

fn of(path: &std::path::Path) -> &str {
    path.to_str().expect("a name in UTF-8")
}

/// The demo's connections with these faults, each from another client.
async fn flows(names: &[&'static str]) -> Vec<Flow> {
    let mut flows = Vec::new();
    for (name, port) in names.iter().zip(50_000..) {
        let (mut flow, _) = captured(name).await;
        flow.client = ([192, 0, 2, u8::try_from(port - 49_999).expect("few")], port).into();
        flow.server = ([192, 0, 2, 200], 3389).into();
        flows.push(flow);
    }
    flows
}

#[tokio::test(start_paused = true)]
async fn one_conversation_is_a_report_with_its_exit_code() {
    let path = written("one.pcapng", &flows(&["nla-required"]).await);
    let output = rdptrace(&["read", of(&path)]);
    let page = text(&output.stdout);
    assert_eq!(output.status.code(), Some(13), "{page}");
    assert!(page.contains("the server refused the offer with failure 5"), "{page}");
}

#[tokio::test(start_paused = true)]
async fn several_are_a_table_and_the_failed_ones() {
    let path = written("several.pcapng", &flows(&["nla-required", "negotiate-silence", "mcs-refused"]).await);
    let output = rdptrace(&["read", of(&path)]);
    let page = text(&output.stdout);
    assert_eq!(output.status.code(), Some(13), "{page}");
    let table: Vec<&str> = page.lines().take_while(|line| !line.is_empty()).collect();
    let row = |number: &str| {
        let begin = table.iter().position(|line| line.starts_with(number)).expect("a row");
        table[begin..].iter().take(3).map(|line| line.trim()).collect::<Vec<_>>().join(" ")
    };
    assert!(row("1  ").contains("failed in negotiate: the server refused"), "{page}");
    assert!(row("2  ").contains("failed in negotiate: "), "{page}");
    assert!(row("3  ").contains("closed (FIN) by the "), "{page}");
    // Without keys the third is seen up to TLS, and nothing says that it failed.
    assert_eq!(page.matches("Verdict ").count(), 2, "{page}");
    let lines = text(&rdptrace(&["read", of(&path), "--format", "ndjson"]).stdout);
    assert_eq!(lines.lines().count(), 3);
    let second = text(&rdptrace(&["read", of(&path), "--conversation", "2"]).stdout);
    assert!(second.contains("the server sent nothing"), "{second}");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_is_one_sentence_and_exit_code_2() {
    let several = written("refused.pcapng", &flows(&["negotiate-reset", "tls-alert-at-once"]).await);
    let none = file("none.pcapng");
    fs::write(&none, "no capture at all").expect("a file");
    let empty = written("empty.pcapng", &[]);
    let cases: [(&[&str], &str); 6] = [
        (&["read", "-", "-"], "standard input can be read only once"),
        (&["read", of(&none)], "not a capture: neither pcap nor pcapng"),
        (&["read", "/no/such/file"], "/no/such/file"),
        (&["read", of(&empty)], "no connection of Remote Desktop is in the capture"),
        (&["read", of(&several), "--format", "json"], "2 conversations, and json is one report"),
        (&["read", of(&several), "--conversation", "9"], "there is no conversation 9"),
    ];
    for (arguments, words) in cases {
        let output = rdptrace(arguments);
        let said = text(&output.stderr);
        assert_eq!((output.status.code(), said.lines().count()), (Some(2), 1), "{arguments:?}: {said}");
        assert!(said.contains(words) && output.stdout.is_empty(), "{arguments:?}: {said}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_capture_that_is_cut_tells_what_it_holds() {
    let path = written("whole.pcapng", &flows(&["nla-required", "tls-alert-at-once"]).await);
    let whole = fs::read(&path).expect("a file");
    let cut = file("cut.pcapng");
    fs::write(&cut, &whole[..whole.len() - 40]).expect("a file");
    let output = rdptrace(&["read", of(&cut)]);
    assert!(text(&output.stderr).contains("cut in the middle of a packet"));
    assert!(text(&output.stdout).contains("failure 5"), "{}", text(&output.stdout));
}

/// A capture that was stopped does not say that nobody closed the connection.
#[tokio::test(start_paused = true)]
async fn a_record_that_stops_shows_no_end() {
    let mut flow = flows(&["session-slow-path"]).await.remove(0);
    (flow.from_client.end, flow.from_server.end) = (None, None);
    let path = written("stopped.pcapng", &[flow.clone()]);
    let page = text(&rdptrace(&["read", of(&path)]).stdout);
    assert!(page.contains("the record ends while it is open") && page.contains("capture-cut"), "{page}");
    // Nobody can close what was never opened.
    let mut asked = Flow::new(flow.client, flow.server, flow.began);
    asked.opening.syn = Some(flow.began);
    let mut later =
        Flow { began: asked.began + 3_000_000_000, last: asked.last + 3_000_000_000, ..asked.clone() };
    later.opening.syn = Some(later.began);
    later.client.set_port(50_009);
    let path = written("unanswered.pcapng", &[asked, later]);
    let page = text(&rdptrace(&["read", of(&path)]).stdout);
    assert!(page.contains("nothing answered the SYN") && !page.contains("\n  ended"), "{page}");
}
