//! What the pages of traces through a gateway read like.

use rdptrace::settings::GatewayAuthentication;

use super::{
    lab::{Lab, with_account},
    script::Script,
};
use crate::scenarios::{filters, page};

async fn assert_reads(name: &str, script: Script) {
    let lab = Lab::new(Script { schemes: vec!["Negotiate", "NTLM", "Basic"], ..script });
    // The acceptor's NTLM has the time of the machine that the test runs on.
    let gateway = with_account().authentication(GatewayAuthentication::Basic);
    let page = page(&lab.trace(gateway).await);
    let wide: Vec<&str> = page.lines().filter(|line| line.chars().count() > 80).collect();
    assert!(wide.is_empty(), "{name} is wider than 80 columns: {wide:#?}");
    filters().bind(|| insta::assert_snapshot!(name, page));
}

#[tokio::test(start_paused = true)]
async fn both_legs_stand_apart() {
    assert_reads("gateway-passed", Script::default()).await;
    assert_reads("gateway-resource-policy", Script { channel: 0x8007_59DA, ..Script::default() }).await;
    assert_reads("gateway-lost-in-tls", Script { close: Some((2, Some(0x4D4))), ..Script::default() }).await;
}
