//! A trace across a router, and what dumpcap captured of it at the client: both reports name the same end, whatever the router does.

use serde_json::{Value, json};

use crate::{
    dumpcap::{capturing_on, read_until},
    lab::{Traced, folder, has},
    path::{Way, way},
};

/// The router drops the ClientHello, and what is as long.
const DROPS: &str = "tcp dport 3389 meta length > 270 drop";
/// It ends a connection in the server's name once the ClientHello has passed.
const RESETS: &str = "tcp dport 3389 ct original bytes > 500 tcp flags != rst reject with tcp reset";
/// The server's packets are those of a Windows host.
const TTL_OF_WINDOWS: &str = "ip ttl set 128";

/// A client, a router that applies this rule to what it forwards, and an xrdp whose packets this rule changes.
fn faulty(forwarded: &str, sent: &str) -> Option<Way> {
    if !has(&["dumpcap"]) {
        return None;
    }
    let way = way(1500, 1500)?;
    way.router.run("echo 1 >/proc/sys/net/netfilter/nf_conntrack_acct");
    for (end, hook, rule) in [(&way.router, "forward", forwarded), (&way.server, "postrouting", sent)] {
        let chain = format!("chain fault {{ type filter hook {hook} priority 0; {rule}; }}");
        end.run(&format!("nft 'table ip fault {{ {chain}; }}'"));
    }
    Some(way)
}

/// The live report, and that of the capture.
fn both(way: &Way) -> [Traced; 2] {
    let capture = folder("captured-way").join("way.pcapng");
    let _dumpcap = capturing_on(way.client.command("dumpcap"), "near", 3389, &capture);
    let live = way.client.trace("10.0.2.1", &["--timeout", "4", "--experiments", "off"]);
    let report = read_until(&capture, |report| {
        let fact = |pointer: &str| report.pointer(&format!("/connections/0/{pointer}"));
        // A client that is never acknowledged has sent again by now; its FIN waits behind that.
        let was_lost = fact("watched/client/lost_sent").is_some_and(|sent| sent.as_u64() > Some(2));
        was_lost || fact("ended_by/how").is_some_and(|how| how != "silence")
    });
    [live, Traced { report, code: None }]
}

/// Each phase that the capture shows, with its ending and failure.
fn ends(traced: &Traced, shown: &[&str]) -> Vec<[Value; 4]> {
    let of = |phase: &&str| {
        let fact = |name: &str| traced.at(&format!("/connections/0/phases/{phase}/{name}")).clone();
        [json!(phase), fact("status"), fact("failure/kind"), fact("failure/code")]
    };
    shown.iter().map(of).collect()
}

#[test]
fn a_trace_and_the_capture_of_it_name_the_same_end() {
    let shown = ["connect", "negotiate", "tls"];
    for (forwarded, sent, status, kind, from_path) in [
        ("accept", "accept", "passed", json!(null), Some(false)),
        ("accept", TTL_OF_WINDOWS, "passed", json!(null), Some(false)),
        (DROPS, "accept", "failed", json!("timeout"), Some(false)),
        (RESETS, TTL_OF_WINDOWS, "failed", json!("reset"), Some(true)),
        // One hop less says nothing until the server, which knows nothing of it, sends again.
        (RESETS, "accept", "failed", json!("reset"), None),
    ] {
        let Some(way) = faulty(forwarded, sent) else { return };
        let [live, captured] = both(&way);
        let tls = [json!("tls"), json!(status), kind, json!(null)];
        assert_eq!(ends(&captured, &shown)[2], tls, "{forwarded}, {sent} {captured:#?}");
        assert_eq!(ends(&live, &shown), ends(&captured, &shown), "{forwarded}, {sent} {live:#?}");
        let found = captured.found("reset-from-the-path");
        assert_eq!(from_path.unwrap_or(found), found, "{forwarded}, {sent} {captured:#?}");
        let goes_on = captured.at("/findings").to_string().contains("the server went on after it");
        assert!(from_path.is_some() || found == goes_on, "{captured:#?}");
    }
}
