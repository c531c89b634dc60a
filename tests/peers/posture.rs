//! What real servers accept, as they were set.

use serde_json::json;

use crate::{
    freerdp::shadow,
    lab::{Traced, posture},
    xrdp::{VALID, xrdp},
};

/// Suites of one version, sorted.
fn suites(asked: &Traced, version: usize, list: &str) -> Vec<String> {
    let listed = asked.at(&format!("/posture/tls/{version}/{list}")).as_array().expect("a list");
    let mut suites: Vec<String> =
        listed.iter().map(|suite| suite.as_str().expect("a name").to_owned()).collect();
    suites.sort();
    suites
}

fn connections(asked: &Traced) -> usize {
    asked.at("/connections").as_array().map_or(0, Vec::len)
}

/// It selects Standard RDP Security also for offers of NLA, which others take for its NLA.
#[test]
fn xrdp_that_negotiates_has_no_nla_and_selects_what_was_not_offered() {
    let Some(server) = xrdp(&[("security_layer", "negotiate")], VALID) else { return };
    let asked = posture(server.port, &["--server-name", "xrdp.example"]);
    assert_eq!(asked.at("/posture/nla"), "absent", "{asked:#?}");
    assert_eq!(asked.protocols(), ["accepted", "accepted", "refused", "refused", "refused", "refused"]);
    assert_eq!(asked.at("/posture/protocols/2/selected_code"), 0);
    assert_eq!(asked.at("/posture/rdp_security"), &json!({ "method": 2, "level": 3 }));
    assert!(asked.found("rdp-security-accepted") && asked.found("nla-not-required"));
    assert!(asked.found("protocol-not-requested") && !asked.found("standard-rdp-security"));
    assert!(connections(&asked) <= 25);
    assert_eq!(asked.code, Some(0));
}

#[test]
fn xrdp_accepts_exactly_the_version_and_the_suites_that_it_was_given() {
    let ciphers = "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-SHA";
    let settings = [("security_layer", "tls"), ("ssl_protocols", "TLSv1.2"), ("tls_ciphers", ciphers)];
    let Some(server) = xrdp(&settings, VALID) else { return };
    let asked = posture(server.port, &[]);
    assert_eq!(asked.versions(), ["TLSv1.2"], "{asked:#?}");
    // The certificate has an EC key, which fits two of the three.
    let accepted = ["TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"];
    assert_eq!(suites(&asked, 2, "accepted"), accepted);
    assert_eq!(suites(&asked, 2, "unknown"), Vec::<String>::new());
    assert_eq!(asked.protocols(), ["refused", "accepted", "refused", "refused", "refused", "refused"]);
    assert!(!asked.found("tls-legacy-accepted"));
}

#[test]
fn xrdp_with_old_versions_is_found_out() {
    let settings = [
        ("security_layer", "tls"),
        ("ssl_protocols", "TLSv1, TLSv1.1, TLSv1.2, TLSv1.3"),
        ("tls_ciphers", "ALL:@SECLEVEL=0"),
    ];
    let Some(server) = xrdp(&settings, VALID) else { return };
    let asked = posture(server.port, &[]);
    assert_eq!(asked.versions(), ["TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"], "{asked:#?}");
    assert!(asked.found("tls-legacy-accepted"));
    assert!(connections(&asked) <= 25);
}

#[test]
fn xrdp_without_tls_shows_its_encryption() {
    let Some(server) = xrdp(&[("security_layer", "rdp"), ("crypt_level", "low")], VALID) else { return };
    let asked = posture(server.port, &[]);
    assert_eq!(asked.at("/posture/nla"), "absent", "{asked:#?}");
    assert_eq!(asked.at("/posture/rdp_security/level"), 1);
    assert_eq!(asked.at("/posture/tls"), &json!([]));
    assert_eq!(asked.code, Some(1));
}

#[test]
fn freerdp_that_requires_nla_says_so() {
    let Some(server) = shadow("/sec:nla", "+auth") else { return };
    let asked = posture(server.port, &[]);
    assert_eq!(asked.at("/posture/nla"), "required", "{asked:#?}");
    assert_eq!(asked.protocols(), ["refused", "refused", "accepted", "refused", "refused", "refused"]);
    assert_eq!(asked.at("/posture/protocols/1/failure_name"), "HYBRID_REQUIRED_BY_SERVER");
    assert_eq!(asked.at("/posture/credssp"), &json!({ "version": 6, "cve_2018_0886": "no" }));
    assert_eq!(asked.versions(), ["TLSv1.2", "TLSv1.3"]);
    assert!(!asked.found("nla-not-required"));
    assert!(connections(&asked) <= 25);
    assert_eq!(asked.code, Some(0));
}
