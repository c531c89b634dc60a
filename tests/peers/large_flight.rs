//! A router that drops long packets of an xrdp whose certificate needs some, captured on both sides of it.

use serde_json::json;

use crate::{
    dumpcap::{capturing_on, read_until, text},
    lab::{Traced, folder, has},
    old_tls::self_signed,
    path::{Way, way_to},
};

/// Whole segments of a link with the usual MTU are longer, all else is shorter.
const DROPS: &str = "tcp sport 3389 meta length > 1400 drop";

/// A client, a router with this rule, and an xrdp whose answer to a ClientHello is longer than a segment.
fn long_answer(rule: &str) -> Option<Way> {
    if !has(&["dumpcap", "openssl"]) {
        return None;
    }
    let own = folder("long-certificate");
    self_signed(&own, &["rsa:4096"]);
    let (certificate, key) = (own.join("cert.pem"), own.join("key.pem"));
    let way = way_to(1500, 1500, &[("certificate", text(&certificate)), ("key_file", text(&key))])?;
    // Segments leave as they cross the link, and not several as one.
    way.server.run("ip link set far gso_max_segs 1");
    let chain = format!("chain fault {{ type filter hook forward priority 0; {rule}; }}");
    way.router.run(&format!("nft 'table ip fault {{ {chain}; }}'"));
    Some(way)
}

/// The live report of the client, and those of captures at the server and at the client once the client's end is in them.
fn all(way: &Way) -> [Traced; 3] {
    let folder = folder("long-answer");
    let captures = ["server.pcapng", "client.pcapng"].map(|name| folder.join(name));
    let _at_server = capturing_on(way.server.command("dumpcap"), "far", 3389, &captures[0]);
    let _at_client = capturing_on(way.client.command("dumpcap"), "near", 3389, &captures[1]);
    let live = way.client.trace("10.0.2.1", &["--timeout", "4", "--experiments", "off"]);
    let [server, client] = captures.map(|capture| {
        let report = read_until(&capture, |report| {
            report.pointer("/connections/0/ended_by/side").is_some_and(|side| side == "client")
        });
        Traced { report, code: None }
    });
    [live, server, client]
}

#[test]
fn a_long_answer_that_is_dropped_is_told_from_both_sides() {
    let Some(way) = long_answer(DROPS) else { return };
    let [live, captured, near] = all(&way);
    assert_eq!(live.ending(), [json!("aborted"), json!("tls"), json!("timeout")], "{live:#?}");
    assert!(live.may_be("path-drops-large-packets"), "{live:#?}");
    // At the client nothing of it comes, and the capture of that is whole.
    assert_eq!(near.ending(), live.ending(), "{near:#?}");
    assert_eq!(near.at("/causes/0/code"), "path-drops-large-packets", "{near:#?}");
    assert!(!near.found("capture-has-gaps"), "{near:#?}");
    assert_eq!(near.at("/connections/0/watched/server/never_arrived/bytes"), 1448, "{near:#?}");
    assert!(captured.found("path-drops-large-packets"), "{captured:#?}");
    let server = |field: &str| captured.at(&format!("/connections/0/watched/server/{field}")).as_u64();
    // 1500 B without the headers of IPv4 and TCP, and its timestamps.
    assert_eq!(server("lost_segment"), Some(1448), "{captured:#?}");
    assert!(server("lost_sent") > Some(2) && server("longest_acknowledged") < Some(1400), "{captured:#?}");
    assert_eq!(captured.at("/connections/0/ended_by/side"), "client");
    // The server answered, and what it answered never reached the client.
    assert_eq!(captured.ending(), live.ending(), "{captured:#?}");
    assert_eq!(captured.at("/connections/0/phases/tls/failure/speaker"), "path", "{captured:#?}");
}

#[test]
fn a_long_answer_that_arrives_is_no_fault() {
    let Some(way) = long_answer("accept") else { return };
    let [live, captured, near] = all(&way);
    for traced in [&live, &captured, &near] {
        assert_eq!(traced.at("/connections/0/phases/tls/status"), "passed", "{traced:#?}");
        assert!(!traced.found("path-drops-large-packets"), "{traced:#?}");
    }
    assert_eq!(captured.at("/connections/0/watched/server/longest_acknowledged"), 1448, "{captured:#?}");
}
