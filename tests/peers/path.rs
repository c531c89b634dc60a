//! Faults of the way to an xrdp that is well: rules that drop, reject and cut, and links with a small MTU.

use std::net::TcpListener;

use serde_json::json;

use crate::{
    lab::{Traced, trace},
    namespace::Namespace,
    xrdp::{Xrdp, xrdp_in},
};

const LOOPBACK: &str = "127.0.0.1";
const NAMED: [&str; 4] = ["--timeout", "1", "--server-name", "xrdp.example"];

/// An xrdp in a namespace whose rules begin to hold when it listens.
fn behind(rules: &str) -> Option<(Namespace, Xrdp)> {
    let namespace = Namespace::new()?;
    let server = xrdp_in(&namespace, &[("security_layer", "tls")])?;
    namespace.rules(rules);
    Some((namespace, server))
}

fn aborted(traced: &Traced, phase: &str, kind: &str) {
    assert_eq!(traced.ending(), [json!("aborted"), json!(phase), json!(kind)], "{traced:#?}");
}

#[test]
fn a_packet_filter_shows_in_the_connection() {
    let again = ["repeat: connect refused"];
    for (rule, kind, experiments) in [
        ("drop", "timeout", &[][..]),
        ("reject with tcp reset", "refused", &again[..]),
        ("reject with icmp type port-unreachable", "refused", &again),
        ("reject with icmp type host-unreachable", "unreachable", &[]),
        ("reject with icmp type admin-prohibited", "unreachable", &[]),
    ] {
        let Some((namespace, _server)) = behind(&format!("tcp dport 3389 {rule}")) else { return };
        let traced = namespace.trace(LOOPBACK, &["--timeout", "1"]);
        aborted(&traced, "connect", kind);
        assert_eq!(traced.experiments(), experiments, "{rule}");
        assert_eq!(traced.code, Some(11));
    }
}

/// The small hello offers TLS 1.3 and is answered with it: what the others lack is the length, not the version, although
/// the hello of TLS 1.2 alone is short enough to be answered too.
#[test]
fn long_segments_that_are_dropped_leave_the_small_hello_answered() {
    let Some((namespace, _server)) = behind("tcp dport 3389 meta length > 270 drop") else { return };
    let traced = namespace.trace(LOOPBACK, &NAMED);
    aborted(&traced, "tls", "timeout");
    let expected = [
        "tls12-only: tls passed",
        "tls13-only: tls timeout",
        "small-hello: tls passed",
        "large-hello: tls timeout",
        "no-sni: tls timeout",
        "protocol-rdp: negotiate negotiation_failure",
        "small-segments: tls timeout",
        "hello-for-alert: tls tls_alert",
        "repeat: tls timeout",
    ];
    assert_eq!(traced.experiments(), expected);
    assert_eq!(traced.experiment("small-hello", "tls")["version"], "TLSv1.3");
    assert!(traced.experiment("small-hello", "tls")["bytes_sent"].as_u64() < Some(180));
    assert_eq!(traced.evidence("tls", "bytes_received"), 0);
    assert_eq!(traced.code, Some(14));
}

#[test]
fn a_filter_of_longer_segments_is_found_though_the_trace_passes() {
    let Some((namespace, _server)) = behind("tcp dport 3389 meta length > 1000 drop") else { return };
    let traced = namespace.trace(LOOPBACK, &[&NAMED[..], &["--experiments", "all"]].concat());
    only_the_large_hello_is_lost(&traced);
}

fn only_the_large_hello_is_lost(traced: &Traced) {
    assert_eq!(traced.ending(), [json!("passed"), json!(null), json!(null)], "{traced:#?}");
    let expected = [
        "tls12-only: tls passed",
        "tls13-only: tls passed",
        "small-hello: tls passed",
        "large-hello: tls timeout",
        "no-sni: tls passed",
        "legacy-hello: tls passed",
        "direct-tls: tls not_tls",
        "no-cookie: tls passed",
        "protocol-rdp: negotiate negotiation_failure",
        "protocol-ssl: negotiate passed",
        "protocol-hybrid: negotiate negotiation_failure",
        "protocol-hybrid-ex: negotiate negotiation_failure",
        "protocol-rdstls: negotiate negotiation_failure",
        "repeat: licensing passed",
    ];
    assert_eq!(traced.experiments(), expected);
}

/// After as many bytes as the request and a short hello have.
#[test]
fn a_cut_after_some_bytes_shows_as_the_reset_that_it_is() {
    let cut = "tcp dport 3389 ct original bytes > 500 tcp flags != rst reject with tcp reset";
    let Some((namespace, _server)) = behind(cut) else { return };
    let traced = namespace.trace(LOOPBACK, &NAMED);
    aborted(&traced, "tls", "reset");
    let expected = [
        "tls12-only: tls reset",
        "tls13-only: tls reset",
        "small-hello: tls passed",
        "large-hello: tls reset",
        "no-sni: tls reset",
        "legacy-hello: tls reset",
        "protocol-rdp: negotiate negotiation_failure",
        "repeat: tls reset",
    ];
    assert_eq!(traced.experiments(), expected);
}

#[test]
fn a_black_hole_after_some_bytes_shows_as_silence() {
    let hole = "tcp dport 3389 ct original bytes > 500 drop";
    let Some((namespace, _server)) = behind(hole) else { return };
    let traced = namespace.trace(LOOPBACK, &[&NAMED[..], &["--deadline", "3"]].concat());
    aborted(&traced, "tls", "timeout");
    let made = traced.experiments();
    assert!(made.contains(&"small-hello: tls passed".to_owned()), "{made:?}");
    assert!(made.contains(&"large-hello: tls timeout".to_owned()), "{made:?}");
}

/// A router that gives a connection up says so, and the system only keeps it.
#[test]
fn what_icmp_says_of_an_open_connection_is_told() {
    let gone = "tcp dport 3389 ct original bytes > 300 reject with icmp type host-unreachable";
    let Some((namespace, _server)) = behind(gone) else { return };
    let traced = namespace.trace(LOOPBACK, &NAMED);
    aborted(&traced, "tls", "timeout");
    assert_eq!(traced.at("/causes/0/code"), "path-black-hole", "{traced:#?}");
    let told = "No route to host (os error 113)";
    assert_eq!(traced.at("/connections/0/tcp/icmp_error"), told, "{traced:#?}");
    assert!(traced.at("/causes/0/because").to_string().contains(told), "{traced:#?}");
}

/// TCP itself tells who is silent: what is lost is never acknowledged, what a service ignores is.
#[test]
fn silence_of_the_path_and_of_the_host_are_told_apart() {
    let Some((namespace, _server)) = behind("tcp dport 3389 meta length > 60 drop") else { return };
    let traced = namespace.trace(LOOPBACK, &NAMED);
    aborted(&traced, "negotiate", "timeout");
    assert_eq!(traced.at("/causes/0/code"), "path-black-hole", "{traced:#?}");
    assert!(traced.at("/connections/0/tcp/unacknowledged").as_u64() > Some(0), "{traced:#?}");
    assert!(traced.found("flow"));
    let silent = TcpListener::bind((LOOPBACK, 0)).expect("a port");
    let port = silent.local_addr().expect("an address").port();
    let traced = trace(port, &["--timeout", "1"], None);
    aborted(&traced, "negotiate", "timeout");
    assert_eq!(traced.at("/connections/0/tcp/unacknowledged"), 0);
    assert!(!traced.found("path-loss") && traced.found("flow"));
    let causes = traced.at("/causes").as_array().expect("causes");
    assert!(causes.iter().all(|cause| cause["code"] != "path-black-hole"), "{causes:#?}");
}

/// The second SYN follows after a second, and all else is well.
#[test]
fn a_lost_first_packet_is_told_although_the_trace_passes() {
    let lost = "tcp dport 3389 tcp flags syn numgen inc mod 2 0 drop";
    let Some((namespace, _server)) = behind(lost) else { return };
    let traced = namespace.trace(LOOPBACK, &["--server-name", "xrdp.example"]);
    assert_eq!(traced.ending(), [json!("passed"), json!(null), json!(null)], "{traced:#?}");
    assert!(traced.found("path-loss") && !traced.found("host-slow"), "{traced:#?}");
}

pub(crate) struct Way {
    pub client: Namespace,
    pub router: Namespace,
    pub server: Namespace,
    _xrdp: Xrdp,
}

/// A client, a router and an xrdp. The router's links have these MTUs, which it tells nobody: a black hole.
pub(crate) fn way(to_client: u32, to_server: u32) -> Option<Way> {
    way_to(to_client, to_server, &[])
}

/// The same with further settings of xrdp.
pub(crate) fn way_to(to_client: u32, to_server: u32, settings: &[(&str, &str)]) -> Option<Way> {
    let (client, router, server) = (Namespace::new()?, Namespace::new()?, Namespace::new()?);
    for (end, link, net) in [(&client, "near", "10.0.1"), (&server, "far", "10.0.2")] {
        end.run(&format!("ip link add {link} type veth peer name {link} netns {}", router.id()));
        end.run(&format!("ip addr add {net}.1/24 dev {link}; ip link set {link} up"));
        end.run(&format!("ip route add default via {net}.2"));
        router.run(&format!("ip addr add {net}.2/24 dev {link}; ip link set {link} up"));
    }
    router.run(&format!("ip link set near mtu {to_client}; ip link set far mtu {to_server}"));
    router.run("echo 1 >/proc/sys/net/ipv4/ip_forward");
    router.rules("icmp type destination-unreachable drop");
    let xrdp = xrdp_in(&server, &[&[("security_layer", "tls")], settings].concat())?;
    Some(Way { client, router, server, _xrdp: xrdp })
}

#[test]
fn a_small_mtu_toward_the_server_loses_the_large_hello() {
    let Some(way) = way(1500, 1400) else { return };
    only_the_large_hello_is_lost(
        &way.client.trace("10.0.2.1", &[&NAMED[..], &["--experiments", "all"]].concat()),
    );
}

/// The server's flight with its certificate fits no frame, however short the hello is; in short segments it arrives.
#[test]
fn a_small_mtu_toward_the_client_loses_every_answer_in_tls() {
    let Some(way) = way(576, 1500) else { return };
    let traced = way.client.trace("10.0.2.1", &[&NAMED[..], &["--deadline", "30"]].concat());
    aborted(&traced, "tls", "timeout");
    assert_eq!(traced.evidence("tls", "bytes_received"), 0);
    assert_eq!(traced.at("/causes/0/code"), "path-mtu", "{traced:#?}");
    assert_eq!(traced.at("/causes/0/likelihood"), "certain");
    assert_eq!(traced.at("/causes/0/at"), "path");
    let made = traced.experiments();
    for (name, end) in [("small-segments", "passed"), ("large-hello", "timeout"), ("small-hello", "timeout")]
    {
        assert!(made.contains(&format!("{name}: tls {end}")), "{made:?}");
    }
    assert!(made.contains(&"hello-for-alert: tls tls_alert".to_owned()), "{made:?}");
}

/// A host whose services are stopped while the system takes connections for it hears short segments no better.
#[test]
fn a_host_that_is_silent_is_not_called_a_path() {
    let silent = TcpListener::bind((LOOPBACK, 0)).expect("a port");
    let port = silent.local_addr().expect("an address").port();
    let traced = trace(port, &["--timeout", "1"], None);
    let made = traced.experiments();
    assert!(made.contains(&"small-segments: negotiate timeout".to_owned()), "{made:?}");
    assert!(!traced.may_be("path-mtu"), "{traced:#?}");
}

/// At 2 kbit/s each phase takes seconds, and what is late is sent again.
#[test]
fn a_slow_link_is_no_black_hole() {
    let Some(way) = way(1500, 1500) else { return };
    way.router.run(
        "for link in near far; do tc qdisc add dev $link root tbf rate 2kbit burst 1600 limit 30000; done",
    );
    let traced = way.client.trace("10.0.2.1", &["--timeout", "5", "--experiments", "off"]);
    assert_eq!(traced.ending()[2], "timeout", "{traced:#?}");
    let first = traced.at("/causes/0/code").as_str();
    assert!(first.is_some_and(|first| ["path-slow", "path-loss"].contains(&first)), "{traced:#?}");
    assert_ne!(traced.at("/causes/0/likelihood"), "certain");
}
