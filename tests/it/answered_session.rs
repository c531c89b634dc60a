//! Who answers, by what a server says from MCS on: each observation counts only as a whole.

use serde_json::{Value, json};

use crate::answered_by::{bare, of, said};

type Change = (&'static str, &'static str, Value);

/// What is said of a healthy server, or one with this fault, that does nothing which tells who it is but this.
async fn with(fault: Option<&str>, changes: &[Change]) -> String {
    let changes: Vec<Change> = bare().into_iter().chain(changes.iter().cloned()).collect();
    said(&of(fault, &changes).await)
}

#[tokio::test(start_paused = true)]
async fn early_capabilities_and_a_message_channel_are_missed_inside_tls_alone() {
    let missed = "inside TLS it announces no early capabilities and no message channel";
    let newer = "it says that it speaks RDP 10 or newer";
    let rows = [
        (None, 0x0008_0004, json!(null), json!(null), [true, false]),
        (None, 0x0008_0004, json!(1), json!(null), [false, false]),
        (None, 0x0008_0004, json!(null), json!(1004), [false, false]),
        (None, 0x0008_0005, json!(null), json!(null), [false, true]),
        (None, 0x0008_0001, json!(null), json!(null), [false, false]),
        (Some("standard-security-only"), 0x0008_0004, json!(null), json!(null), [false, false]),
    ];
    for (fault, version, early, channel, expected) in rows {
        let changes = [
            ("mcs", "server_version", json!(version)),
            ("mcs", "early_capability_flags", early.clone()),
            ("mcs", "message_channel", channel.clone()),
        ];
        let said = with(fault, &changes).await;
        assert_eq!(
            [said.contains(missed), said.contains(newer)],
            expected,
            "{version} {early} {channel}: {said}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_license_request_is_xrdps_by_its_product_and_its_key() {
    let key = |bits: u32| json!({ "kind": "proprietary", "bits": bits, "subject": null, "issuer": null, "not_after": null });
    let (xrdp, windows) =
        ("its license request is xrdp's", "it asks for a license of Microsoft's product A02");
    for (product, bits, company, expected) in [
        ("236", 512, "Other", [true, false]),
        ("236", 511, "Microsoft Corporation", [true, false]),
        ("236", 513, "Other", [false, false]),
        ("A02", 512, "Other", [false, false]),
        ("A02", 2048, "Microsoft Corporation", [false, true]),
    ] {
        let changes = [
            ("licensing", "product", json!(product)),
            ("licensing", "company", json!(company)),
            ("licensing", "certificate", key(bits)),
        ];
        let said = with(Some("license-request"), &changes).await;
        assert_eq!(
            [said.contains(xrdp), said.contains(windows)],
            expected,
            "{product} {bits} {company}: {said}"
        );
    }
}

/// The order of the capability sets is that of the library which made them; GNOME alone measures the way so often.
#[tokio::test(start_paused = true)]
async fn capability_sets_tell_the_library_by_their_order() {
    let (freerdp, xrdp) = ("in the order of FreeRDP's library", "in the order of xrdp");
    let gnome = "it measures the path with many messages, as gnome-remote-desktop does";
    let rows: [(&[u32], u64, [bool; 3]); 6] = [
        (&[1, 2, 3, 8, 13, 20, 9, 14, 18], 4, [true, false, false]),
        (&[1, 2, 3, 8, 13, 20, 9, 14], 5, [true, false, true]),
        (&[1, 2, 3, 8, 13, 20, 9], 5, [false, false, false]),
        (&[1, 2, 3, 8, 20, 13, 9, 14], 35, [false, false, false]),
        (&[9, 1, 2, 14, 3, 29, 30], 5, [false, true, false]),
        (&[9, 1, 2, 14, 3], 5, [false, false, false]),
    ];
    for (order, measures, expected) in rows {
        let sets: Vec<Value> =
            order.iter().map(|code| json!({ "code": code, "name": null, "count": 1 })).collect();
        let changes = [
            ("activate", "capability_sets", json!(sets)),
            ("licensing", "auto_detect_requests", json!(measures)),
        ];
        let said = with(Some("capabilities-odd"), &changes).await;
        let told = [said.contains(freerdp), said.contains(xrdp), said.contains(gnome)];
        assert_eq!(told, expected, "{order:?} {measures}: {said}");
    }
}
