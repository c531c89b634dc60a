//! Many conversations in one capture, many connections in one of them, and several files.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    process::Stdio,
};

use rdptrace::{Report, internal::flow::Flow, render, report::WatchedSide as Side};

use super::{flows, of, written};
use crate::program::{command, file, rdptrace, text};

/// Nanoseconds of a second.
const SECOND: i64 = 1_000_000_000;

/// The same so much later.
fn later(flow: &Flow, by: i64) -> Flow {
    let mut flow = flow.clone();
    for at in [&mut flow.began, &mut flow.last, &mut flow.watched] {
        *at += by;
    }
    let opening = &mut flow.opening;
    [&mut opening.syn, &mut opening.syn_ack, &mut opening.ack].into_iter().flatten().for_each(|at| *at += by);
    for stream in [&mut flow.from_client, &mut flow.from_server] {
        stream.marks.iter_mut().for_each(|mark| mark.at += by);
        stream.end.iter_mut().for_each(|end| end.at += by);
    }
    flow
}

/// So many connections of one client, so many seconds apart.
async fn again(count: u16, apart: i64) -> Vec<Flow> {
    let flow = flows(&["nla-required"]).await.remove(0);
    let one = |index: u16| {
        let mut flow = later(&flow, i64::from(index) * apart * SECOND);
        flow.client.set_port(50_000 + index);
        flow
    };
    (0..count).map(one).collect()
}

fn reports(lines: &[u8]) -> Vec<Report> {
    let lines = text(lines);
    lines.lines().map(|line| serde_json::from_str(line).expect("a report a line")).collect()
}

#[tokio::test(start_paused = true)]
async fn an_attempt_keeps_its_first_and_its_last_connections_and_counts_the_others() {
    let path = written("attempt.pcapng", &again(50, 2).await);
    let output = rdptrace(&["read", of(&path), "--format", "ndjson"]);
    let one = reports(&output.stdout).pop().expect("one conversation").trace;
    let ports: Vec<u16> = one.connections.iter().filter_map(|made| Some(made.local?.port())).collect();
    let expected: Vec<u16> = (50_000..50_008).chain(50_042..50_050).collect();
    assert_eq!((ports, one.connections_omitted), (expected, 34));
    let page = text(&rdptrace(&["read", of(&path)]).stdout);
    assert!(page.contains("34 more connections"), "{page}");
}

#[tokio::test(start_paused = true)]
async fn conversations_are_numbered_by_their_beginning_however_they_end() {
    let mut flows = again(40, 200).await;
    // The first one ends last.
    let end = flows[39].last + 10 * SECOND;
    let first = &mut flows[0];
    first.last = end;
    first.from_server.end.iter_mut().chain(&mut first.from_client.end).for_each(|close| close.at = end);
    let parts = [&flows[1..], &flows[..1]].concat();
    let files = [written("later.pcapng", &parts[..39]), written("earlier.pcapng", &parts[39..])];
    let [later, earlier] = [of(&files[0]), of(&files[1])];
    let page = text(&rdptrace(&["read", later, earlier]).stdout);
    let rows: Vec<&str> = page.lines().filter(|line| line.contains(":500")).take(40).collect();
    let port = |row: &str| row.split_whitespace().nth(2).map(str::to_owned);
    assert_eq!(rows.len(), 40, "{page}");
    assert_eq!(port(rows[0]).as_deref(), Some("192.0.2.1:50000"), "{page}");
    assert!(page.contains("20 more failed"), "{page}");
    let fifth = rdptrace(&["read", later, earlier, "--conversation", "5", "--format", "json"]);
    let fifth: Report = serde_json::from_slice(&fifth.stdout).expect("a report");
    assert_eq!(fifth.trace.connections[0].local.map(|end| end.port()), Some(50_004));
}

/// A row is one line if the page is wide enough, and otherwise how it ended is below.
#[tokio::test(start_paused = true)]
async fn the_table_keeps_to_the_width_of_the_page() {
    let path = written("table.pcapng", &flows(&["nla-required", "certificate-expired"]).await);
    let all = reports(&rdptrace(&["read", of(&path), "--format", "ndjson"]).stdout);
    let told = all.iter().find_map(|report| report.verdict.failure.as_ref()).expect("one failed");
    for (width, is_beside) in [(80, false), (100, true), (120, true)] {
        let mut rows: Vec<render::Row> = all.iter().map(render::Row::of).collect();
        let mut bytes = Vec::new();
        render::conversations(&mut rows, width, &mut bytes).expect("memory takes everything");
        let table = text(&bytes);
        assert!(
            table.lines().all(|line| line.chars().count() <= width && line == line.trim_end()),
            "{table}"
        );
        let whole = table.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(is_beside || whole.contains(&told.detail), "{table}");
        let row = table.lines().find(|line| line.contains("192.0.2.2:50001")).expect("a row");
        assert_eq!(row.split_whitespace().count() > 5, is_beside, "{table}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_named_twice_is_read_once() {
    let path = written("twice.pcapng", &flows(&["nla-required", "tls-alert-at-once"]).await);
    let copy = path.with_file_name("copy.pcapng");
    fs::copy(&path, &copy).expect("a copy");
    let once = rdptrace(&["read", of(&path), "--format", "ndjson"]);
    let twice = rdptrace(&["read", of(&path), of(&copy), "--format", "ndjson"]);
    let (once, twice) = (reports(&once.stdout), reports(&twice.stdout));
    assert_eq!((once.len(), twice.len()), (2, 2));
    assert!(once.iter().zip(&twice).all(|(once, twice)| is_same(once, twice)));
}

/// Whether two readings saw the same, but for when the second file would have had it.
fn is_same(one: &Report, other: &Report) -> bool {
    let facts = |report: &Report| {
        let made = &report.trace.connections[0];
        let watched = made.watched.as_ref().expect("it was watched");
        let count = |side: &Side| (side.packets, side.retransmissions, side.duplicates, side.missing_bytes);
        (report.verdict.summary.clone(), report.trace.started, count(&watched.client), count(&watched.server))
    };
    facts(one) == facts(other)
}

/// The same pcapng file by a clock that is so much ahead: the times of its Enhanced Packet Blocks.
fn shifted(capture: &[u8], by: i64) -> Vec<u8> {
    let mut bytes = capture.to_vec();
    let number = |bytes: &[u8], at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four"));
    let mut block = 0;
    while block < bytes.len() {
        if number(&bytes, block) == 6 {
            let (high, low) = (number(&bytes, block + 12), number(&bytes, block + 16));
            let at = (i64::from(high) << 32 | i64::from(low)) + by;
            bytes[block + 12..block + 16].copy_from_slice(&((at >> 32) as u32).to_le_bytes());
            bytes[block + 16..block + 20].copy_from_slice(&(at as u32).to_le_bytes());
        }
        block += number(&bytes, block + 4) as usize;
    }
    bytes
}

/// Each place has a clock of its own, which the packets that both hold tell.
#[tokio::test(start_paused = true)]
async fn clocks_of_two_places_are_compared() {
    let one = written("client-side.pcapng", &flows(&["tls-close", "mcs-refused"]).await);
    let once = reports(&rdptrace(&["read", of(&one), "--format", "ndjson"]).stdout);
    for (by, said) in [
        (5 * SECOND, "its clock is 5.000 s ahead of that of "),
        (-SECOND / 2, "its clock is 0.500 s behind that of "),
        (SECOND / 2000, ""),
    ] {
        let other = one.with_file_name("server-side.pcapng");
        fs::write(&other, shifted(&fs::read(&one).expect("a file"), by)).expect("a file");
        let output = rdptrace(&["read", of(&one), of(&other), "--format", "ndjson"]);
        let told = text(&output.stderr);
        assert!(told.contains(said) && told.is_empty() == said.is_empty(), "{by}: {told}");
        let both = reports(&output.stdout);
        assert!(both.len() == 2 && once.iter().zip(&both).all(|(one, both)| is_same(one, both)), "{by}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_conversation_is_told_while_the_capture_goes_on() {
    let path = written("live.pcapng", &again(2, 900).await);
    let mut child = command(&["read", "-", "--format", "ndjson"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(&fs::read(&path).expect("a file")).expect("it is read");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
    assert_eq!(reports(line.as_bytes())[0].trace.connections[0].local.map(|end| end.port()), Some(50_000));
    drop(stdin);
    assert_eq!(child.wait().expect("it ends").code(), Some(13));
}

#[tokio::test(start_paused = true)]
async fn junit_has_a_suite_a_conversation() {
    let path = written("suites.pcapng", &flows(&["nla-required", "negotiate-silence"]).await);
    let page = text(&rdptrace(&["read", of(&path), "--format", "junit"]).stdout);
    let counts = ["<testsuites>", "<testsuite ", "</testsuite>", "</testsuites>"]
        .map(|part| page.matches(part).count());
    assert_eq!(counts, [1, 2, 2, 1], "{page}");
    assert!(page.contains("from 192.0.2.2:50001"), "{page}");
}

/// Nothing of these two fails; the exit code 1 is told by what was promised.
#[tokio::test(start_paused = true)]
async fn a_conversation_that_breaks_a_promise_is_shown() {
    let path = written("promised.pcapng", &flows(&["certificate-expired", "certificate-weak-key"]).await);
    let policy = file("promised.toml");
    fs::write(&policy, "selected = \"rdp\"\nreached = \"negotiate\"").expect("a file");
    let output = rdptrace(&["read", of(&path), "--policy", of(&policy)]);
    let page = text(&output.stdout);
    assert_eq!((output.status.code(), page.matches("; 1 promise broken").count()), (Some(1), 2), "{page}");
    assert_eq!(page.matches("  broken       selected: ").count(), 2, "{page}");
    let new = file("several-promised.toml");
    let refused = rdptrace(&["read", of(&path), "--write-policy", of(&new)]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        text(&refused.stderr).contains("2 conversations: --conversation N picks"),
        "{}",
        text(&refused.stderr)
    );
    assert!(!new.exists());
}
