//! Which addresses are of the internet, where only a proxy may lead out: a host in the same network needs none.

use rdptrace::Report;
use serde_json::json;

use crate::{causes::on, joined::with, lab::Answer};

/// A host at this address that does not answer, asked from a machine whose programs use a proxy.
async fn unreached(address: &str) -> Report {
    let proxy = json!({ "address": "proxy.corp.example:8080", "source": "Internet Settings" });
    with(on(&[(address, Answer::Silent)]).await, json!({ "proxies": [proxy] }), json!([]))
}

/// By the registries of RFC 6890 and RFC 4291.
#[tokio::test(start_paused = true)]
async fn a_proxy_leads_out_to_addresses_of_the_internet_alone() {
    let outside = [
        "9.9.9.9",
        "100.63.0.1",
        "100.128.0.1",
        "192.0.1.1",
        "198.20.0.1",
        "172.32.0.1",
        "2606:4700::1",
        "2001:db9::1",
        "3fff::1",
    ];
    let inside = [
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.1.1",
        "100.64.0.1",
        "100.127.0.1",
        "192.0.0.8",
        "198.18.0.1",
        "198.19.0.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "2001:db8::1",
        "fd00::1",
        "fe80::1",
        "::1",
        "::ffff:10.0.0.1",
    ];
    let all = outside.into_iter().map(|one| (one, true)).chain(inside.into_iter().map(|one| (one, false)));
    for (address, is_outside) in all {
        let place =
            if address.contains(':') { format!("[{address}]:3389") } else { format!("{address}:3389") };
        let report = unreached(&place).await;
        let told = report.causes.iter().any(|cause| cause.code.as_str() == "only-proxy-leads-out");
        assert_eq!(told, is_outside, "{address}");
    }
}
