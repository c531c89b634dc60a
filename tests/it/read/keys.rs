//! Secrets that open nothing, and TLS that nothing opens.

use std::fs;

use rdptrace::internal::flow::Secret;

use super::{flows, of, written};
use crate::{
    passive::captured,
    program::{file, rdptrace, text},
};

#[tokio::test(start_paused = true)]
async fn a_key_log_that_opens_nothing_is_told_and_changes_nothing_else() {
    let path = written("keyed.pcapng", &flows(&["mcs-refused"]).await);
    let keys = file("other.log");
    let another = format!("CLIENT_RANDOM {} {}\n", "ab".repeat(32), "cd".repeat(48));
    let none = "other.log holds no secret of TLS";
    for (log, told) in [(another.as_str(), "other.log fits a session"), ("", none), ("no key log\n", none)] {
        fs::write(&keys, log).expect("a file");
        let (without, with) =
            (rdptrace(&["read", of(&path)]), rdptrace(&["read", of(&path), "--keylog", of(&keys)]));
        assert_eq!((without.status.code(), text(&without.stdout)), (with.status.code(), text(&with.stdout)));
        let said = text(&with.stderr);
        assert!(said.contains(told), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

#[tokio::test(start_paused = true)]
async fn tls_that_no_key_opens_is_counted() {
    let mut flows = flows(&["mcs-refused", "tls-close", "nla-required"]).await;
    for flow in &mut flows[..2] {
        flow.server.set_port(443);
        // TLS from the first byte on.
        for stream in [&mut flow.from_client, &mut flow.from_server] {
            let length = stream.marks.get(1).map_or(stream.bytes.len(), |mark| mark.offset);
            stream.bytes.drain(..length);
            stream.total -= length as u64;
            stream.marks.remove(0);
            stream.marks.iter_mut().for_each(|mark| mark.offset -= length);
        }
    }
    let told = "2 TLS connections on port 443 could not be opened: an RD Gateway is seen only with --keylog";
    let alone = rdptrace(&["read", of(&written("gateway.pcapng", &flows[..2]))]);
    assert_eq!((alone.status.code(), text(&alone.stderr).lines().count()), (Some(2), 1));
    assert!(text(&alone.stderr).contains(told), "{}", text(&alone.stderr));
    let beside = rdptrace(&["read", of(&written("beside.pcapng", &flows))]);
    assert_eq!(beside.status.code(), Some(13));
    assert!(text(&beside.stderr).contains(told), "{}", text(&beside.stderr));
}

/// There is nothing to open where the capture, or the connection, ends within the handshake.
#[tokio::test(start_paused = true)]
async fn a_handshake_that_does_not_end_is_told_instead_of_a_key_log_that_does_not_fit() {
    let mut flows = flows(&["mcs-refused", "tls-close"]).await;
    let cut = &mut flows[0];
    for (stream, kept) in [(&mut cut.from_client, 2), (&mut cut.from_server, 1)] {
        let end = stream.marks[kept].offset;
        stream.bytes.truncate(end);
        stream.marks.truncate(kept);
        (stream.total, stream.end) = (end as u64, None);
    }
    let keys = file("unfinished.log");
    fs::write(&keys, format!("CLIENT_RANDOM {} {}\n", "ab".repeat(32), "cd".repeat(48))).expect("a file");
    for flow in flows {
        let read = rdptrace(&["read", of(&written("unfinished.pcapng", &[flow])), "--keylog", of(&keys)]);
        let said = text(&read.stderr);
        assert!(said.contains("no handshake of TLS ends in the capture"), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

/// A key log of this very session opens nothing of which the handshake is not in the capture.
#[tokio::test(start_paused = true)]
async fn a_handshake_that_is_not_whole_is_told_instead_of_a_key_log_that_does_not_fit() {
    let mut flows = flows(&["mcs-refused", "mcs-refused"]).await;
    for flow in &mut flows {
        let server = &mut flow.from_server;
        let kept = server.marks[1].offset;
        // The server's hello is missing.
        let mut lacking = rdptrace::internal::flow::Stream {
            end: server.end,
            packets: server.packets.clone(),
            ..Default::default()
        };
        for (index, mark) in server.marks.iter().enumerate() {
            let end = server.marks.get(index + 1).map_or(server.bytes.len(), |next| next.offset);
            match mark.offset == kept {
                true => lacking.miss((end - mark.offset) as u64),
                false => lacking.push(&server.bytes[mark.offset..end], mark.at, mark.packet),
            }
        }
        *server = lacking;
    }
    let keys = file("session.log");
    fs::write(&keys, format!("CLIENT_RANDOM {} {}\n", "ab".repeat(32), "cd".repeat(48))).expect("a file");
    for (count, told) in
        [(1, "no key can open the connection: bytes"), (2, "no key can open the 2 connections: bytes")]
    {
        let path = written("handshake.pcapng", &flows[..count]);
        let said = text(&rdptrace(&["read", of(&path), "--keylog", of(&keys)]).stderr);
        assert!(said.contains(told) && !said.contains("fits a session"), "{said}");
    }
}

/// A secret that is missing is named, and the others are not told as those of another session.
#[tokio::test(start_paused = true)]
async fn a_key_log_that_lacks_a_secret_is_told_by_its_name() {
    let (mut flow, recorded) = captured("mcs-refused").await;
    (flow.client, flow.server) = (([192, 0, 2, 1], 50_000).into(), ([192, 0, 2, 200], 3389).into());
    let path = written("partial.pcapng", &[flow]);
    let keys = file("partial.log");
    let all: Vec<_> = recorded.keys.secrets().collect();
    assert!(all.len() >= 4, "{}", all.len());
    for missing in all.iter().map(|(label, ..)| *label) {
        let lines = all.iter().filter(|(label, ..)| *label != missing);
        let line = |(label, random, secret): &(&str, &[u8; 32], &Secret)| {
            format!("{label} {} {}\n", hex(&random[..]), hex(secret.as_slice()))
        };
        fs::write(&keys, lines.map(line).collect::<String>()).expect("a file");
        let read = rdptrace(&["read", of(&path), "--keylog", of(&keys)]);
        let said = text(&read.stderr);
        let told = format!("partial.log fit a session of this capture, but {missing} is not among them");
        assert!(said.contains(&told) && said.lines().count() == 1, "{said}");
        let page = text(&read.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(page.contains(&format!("of its secrets {missing} is not known")), "{page}");
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A Connection Confirm is one of Remote Desktop, on any port, and keys open what follows it.
#[tokio::test(start_paused = true)]
async fn a_lost_connection_request_hides_nothing_of_what_follows() {
    let (mut flow, recorded) = captured("mcs-refused").await;
    (flow.client, flow.server) = (([192, 0, 2, 1], 50_000).into(), ([192, 0, 2, 200], 3390).into());
    let client = &mut flow.from_client;
    let mut lacking = rdptrace::internal::flow::Stream {
        end: client.end,
        packets: client.packets.clone(),
        ..Default::default()
    };
    for (index, mark) in client.marks.iter().enumerate() {
        let end = client.marks.get(index + 1).map_or(client.bytes.len(), |mark| mark.offset);
        match index {
            0 => lacking.miss((end - mark.offset) as u64),
            _ => lacking.push(&client.bytes[mark.offset..end], mark.at, mark.packet),
        }
    }
    *client = lacking;
    let told = crate::passive::report(flow.clone(), &recorded);
    let failure = told.verdict.failure.as_ref().expect("a refusal by number");
    assert_eq!(failure.kind.name(), "mcs_result", "{}", told.verdict.summary);
    let read = rdptrace(&["read", of(&written("unasked.pcapng", &[flow]))]);
    assert_ne!(read.status.code(), Some(2), "{}", text(&read.stderr));
}
