//! What a report says of what was asked for: a stored one is judged again by it.

use rdptrace::{
    Settings, Target, Tracer,
    settings::{LicensePolicy, Security},
};
use serde_json::{Value, json};

use crate::lab::Lab;

async fn request(target: &str, settings: Settings) -> Value {
    let target: Target = target.parse().expect("a target");
    let report = Tracer::new(&target, &settings, &Lab::of(None)).run().await;
    serde_json::to_value(report.trace.request).expect("JSON")
}

/// Each setting is in its own field, and changes no other.
#[tokio::test(start_paused = true)]
async fn each_setting_is_kept_in_its_own_field() {
    const NAME: &str = "rdsh01.corp.example";
    let usual = request(NAME, Settings::default()).await;
    let set = Settings::default;
    let rows: [(Settings, &str, Value); 15] = [
        (set().security(Security::Auto), "security", json!("auto")),
        (set().security(Security::Rdp), "security", json!("rdp")),
        (set().security(Security::Tls), "security", json!("tls")),
        (set().security(Security::Nla), "security", json!("nla")),
        (set().license(LicensePolicy::Stop), "license", json!("stop")),
        (set().license(LicensePolicy::Challenge), "license", json!("challenge")),
        (set().license(LicensePolicy::Complete), "license", json!("complete")),
        (set().expected_thumbprint(Some("00".repeat(20))), "expected_thumbprint", json!("00".repeat(20))),
        (set().server_name(Some("RDSH01.corp.example".to_owned())), "server_name", json!(false)),
        (set().server_name(Some("rds.corp.example".to_owned())), "server_name", json!(true)),
        (set().routing_token(Some(b"tsv://MS".to_vec())), "load_balance_info", json!(true)),
        (set().preconnection(Some("vm".to_owned())), "preconnection", json!(true)),
        (set().screenshot(true), "screenshot", json!(true)),
        (set().follow_with_account(true), "follow_with_account", json!(true)),
        (set().until(Some(rdptrace::codes::Phase::Tls)), "until", json!("tls")),
    ];
    for (settings, field, value) in rows {
        let mut expected = usual.clone();
        expected[field] = value;
        assert_eq!(request(NAME, settings).await, expected, "{field}");
    }
    for (target, name, expected) in
        [(NAME, None, true), ("192.0.2.200", None, false), ("192.0.2.200", Some(NAME), true)]
    {
        let asked = request(target, Settings::default().server_name(name.map(str::to_owned))).await;
        assert_eq!(asked["name_given"], json!(expected), "{target} {name:?}");
    }
}
