//! RDP-UDP of Windows, recorded: versions 2 and 3 that are answered, and a SYN that is not.

use serde_json::{Value, json};

use super::{judged::reports, recordings};

/// The version in the answer and the one that was offered, and what follows.
type Shown = (Option<u16>, u16, Option<&'static str>);

/// A recording, with the outcome and how often the SYN was sent.
const KNOWN: [(&str, &str, u64, Shown); 3] = [
    ("zeek-rdpeudp-handshake-fail.pcap", "inconclusive", 3, (None, 2, None)),
    ("zeek-rdpeudp-handshake-success.pcap", "reachable", 1, (Some(2), 3, Some("tls"))),
    ("zeek-rdpeudp2-handshake-success.pcap", "reachable", 1, (Some(0x0101), 0x0101, Some("tls"))),
];

#[test]
fn what_is_recorded_of_it_is_told() {
    for path in recordings() {
        let known = KNOWN.iter().find(|(name, ..)| path.ends_with(name));
        let Some((name, outcome, tries, (version, offered, inside))) = known else { continue };
        let reports = reports(&path);
        assert_eq!(reports.len(), 1, "{name}");
        let at = |pointer: &str| reports[0].pointer(pointer).cloned().unwrap_or(Value::Null);
        assert_eq!((at("/udp/outcome"), at("/udp/tries")), (json!(outcome), json!(tries)), "{name}");
        assert_eq!(
            (at("/udp/version"), at("/udp/watched/offered_version")),
            (json!(version), json!(offered)),
            "{name}"
        );
        assert_eq!(at("/udp/watched/inside"), json!(inside), "{name}");
        assert_eq!(at("/udp/watched/offered_upstream_mtu"), 1232, "{name}");
    }
}
