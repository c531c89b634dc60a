//! A router that turns connections down, seen through the error queue of Linux.

use serde_json::json;

use crate::path::{Way, way};

const HOST: &str = "10.0.2.1";
const ROUTER: &str = "10.0.1.2";

/// Its router says what it does not pass on.
fn told_way() -> Option<Way> {
    let way = way(1500, 1500)?;
    way.router.run("nft delete table inet path");
    Some(way)
}

impl Way {
    /// What the router does with what it passes on to the server.
    fn forwards(&self, rule: &str) {
        let chain = "chain passing { type filter hook forward priority 0; tcp dport 3389";
        self.router.run(&format!("nft 'table inet wall {{ {chain} {rule}; }}; }}'"));
    }

    fn told(&self, host: &str) -> (serde_json::Value, serde_json::Value, String) {
        let traced = self.client.trace(host, &["--timeout", "5"]);
        assert_eq!(traced.at("/verdict/phase"), "connect", "{traced:#?}");
        let attempt = traced.evidence("connect", "attempts")[0].clone();
        let first = traced.at("/causes/0/code").as_str().expect("a cause").to_owned();
        (attempt["rejected_by"].clone(), attempt["icmp"].clone(), first)
    }
}

#[test]
fn a_rule_of_a_router_is_told_by_its_icmp_message() {
    for (rule, code, name) in [
        ("admin-prohibited", 13, "admin-prohibited"),
        ("host-prohibited", 10, "host-prohibited"),
        ("host-unreachable", 1, "host-unreachable"),
        ("port-unreachable", 3, "port-unreachable"),
    ] {
        let Some(way) = told_way() else { return };
        way.forwards(&format!("reject with icmp type {rule}"));
        let (by, icmp, first) = way.told(HOST);
        assert_eq!(by, "router");
        assert_eq!(icmp, json!({ "type": 3, "code": code, "name": name, "from": ROUTER }));
        assert_eq!(first, "firewall-rejects", "{rule}");
    }
}

#[test]
fn a_reset_says_nothing_of_who_sent_it() {
    let Some(way) = told_way() else { return };
    way.forwards("reject with tcp reset");
    let told = way.told(HOST);
    assert_eq!(told, (json!(null), json!(null), "rdp-not-listening".to_owned()));
}

#[test]
fn routes_and_hosts_that_are_missing_are_told_from_rules() {
    let Some(way) = told_way() else { return };
    way.router.run("ip route add unreachable 10.0.9.0/24");
    let (by, icmp, first) = way.told("10.0.8.1");
    assert_eq!((by, icmp["code"].clone(), first.as_str()), (json!("router"), json!(0), "no-route"));
    let (by, icmp, first) = way.told("10.0.2.77");
    assert_eq!((by, icmp["code"].clone(), first.as_str()), (json!("router"), json!(1), "host-down"));
    let (by, _, first) = way.told("10.0.1.77");
    assert_eq!((by, first.as_str()), (json!("link"), "host-down"));
    way.client.run("ip route del default");
    let (by, icmp, first) = way.told(HOST);
    assert_eq!((by, icmp, first.as_str()), (json!("this_machine"), json!(null), "no-route"));
}
