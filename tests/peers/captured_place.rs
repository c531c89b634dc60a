//! A trace across a router that loses or forges packets, captured beside the client and beside the server: each capture says what can be
//! known there, and no more.

use serde_json::{Value, json};

use crate::{
    dumpcap::{capturing_on, read_until},
    lab::{Traced, folder, has},
    path::{Way, way},
};

/// Once the ClientHello has passed, nothing of the server does.
const ANSWERS_LOST: &str = "tcp sport 3389 ct original bytes > 500 drop";
/// The server's answer to it is rejected: the server gets a RST in the client's name, and the client nothing.
const REJECTED: &str = "tcp sport 3389 ct original bytes > 500 tcp flags != rst reject with tcp reset";
const ASKED_IN_VAIN: &str = "tcp dport 3389 tcp flags syn drop";

/// A client, a router that counts bytes, and an xrdp.
fn routed() -> Option<Way> {
    if !has(&["dumpcap"]) {
        return None;
    }
    let way = way(1500, 1500)?;
    way.router.run("echo 1 >/proc/sys/net/netfilter/nf_conntrack_acct");
    Some(way)
}

/// The live report with this rule, and those of captures beside the client and beside the server once these facts
/// are in them; none where no fact is asked for.
fn all(way: &Way, rule: &str, facts: [&str; 2]) -> [Traced; 3] {
    let chain = format!("chain fault {{ type filter hook forward priority 0; {rule}; }}");
    way.router
        .run(&format!("nft 'table ip fault {{}}; delete table ip fault; table ip fault {{ {chain}; }}'"));
    let folder = folder("captured-place");
    let captures = ["client.pcapng", "server.pcapng"].map(|name| folder.join(name));
    let _at_client = capturing_on(way.client.command("dumpcap"), "near", 3389, &captures[0]);
    let _at_server = capturing_on(way.server.command("dumpcap"), "far", 3389, &captures[1]);
    let live = way.client.trace("10.0.2.1", &["--timeout", "4", "--experiments", "off"]);
    let read = |capture, fact: &str| {
        let is_there = |report: &Value| report.pointer(fact).is_some_and(|fact| !fact.is_null());
        let report = if fact.is_empty() { Value::Null } else { read_until(capture, is_there) };
        Traced { report, code: None }
    };
    let [client, server] = &captures;
    [live, read(client, facts[0]), read(server, facts[1])]
}

fn message(traced: &Traced, code: &str) -> String {
    let findings = traced.at("/findings").as_array().cloned().unwrap_or_default();
    let finding = findings.iter().find(|finding| finding["code"] == code);
    finding.map(|finding| finding["message"].to_string()).unwrap_or_else(|| panic!("{code}: {traced:#?}"))
}

#[test]
fn lost_answers_are_told_as_each_side_can_know_of_them() {
    let Some(way) = routed() else { return };
    let vain = ["/connections/0/watched/client/in_vain", "/connections/0/watched/server/in_vain"];
    let [live, client, server] = all(&way, ANSWERS_LOST, vain);
    for traced in [&live, &client, &server] {
        assert_eq!(traced.ending(), [json!("aborted"), json!("tls"), json!("timeout")], "{traced:#?}");
        assert_eq!(traced.at("/causes/0/code"), "path-black-hole", "{traced:#?}");
        assert!(!traced.found("path-loss"), "{traced:#?}");
    }
    let told = message(&client, "packets-never-arrive");
    assert!(told.contains("beside the client, where nobody sees whether they or the answers"), "{told}");
    let summary = client.at("/verdict/summary").to_string();
    assert!(summary.contains("the server never acknowledged") && !summary.contains("reached"), "{summary}");
    let told = message(&server, "packets-never-arrive");
    assert!(told.contains("the server sent") && told.contains("says that it has not got them"), "{told}");

    // What is left of that connection answers no SYN of the next one.
    let [live, client, _] = all(&way, ASKED_IN_VAIN, ["/verdict/phase", ""]);
    for traced in [&live, &client] {
        assert_eq!(traced.ending(), [json!("aborted"), json!("connect"), json!("timeout")], "{traced:#?}");
        assert!(traced.found("host-silent"), "{traced:#?}");
    }
}

#[test]
fn a_reset_in_the_name_of_a_client_that_goes_on_is_the_routers() {
    let Some(way) = routed() else { return };
    let [_, _, server] = all(&way, REJECTED, ["", "/connections/0/ended_by/against/0"]);
    assert_eq!(server.at("/connections/0/ended_by/side"), "path", "{server:#?}");
    let told = message(&server, "reset-from-the-path");
    assert!(told.contains("its TTL is 64, that of the client's packets 63; the client went on"), "{told}");
    assert_eq!(server.at("/causes/0/code"), "reset-from-the-path", "{server:#?}");
    assert!(!server.found("packets-never-arrive"), "{server:#?}");
}
