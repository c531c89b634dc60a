//! What a gateway's policy turns off for a session (redirFlags, MS-TSGU 2.2.5.3.7).

use rdptrace::{Trace, diagnose, report::FindingCode};

use super::{
    lab::{Lab, anonymous},
    script::Script,
};

/// What is said of a gateway with these flags.
fn limited(mut trace: Trace, flags: u32) -> Option<String> {
    let through = trace.connections[0].phases.gateway.as_mut().expect("a gateway");
    let authorize = through.evidence.steps.authorize.as_mut().expect("its policy");
    authorize.evidence.redirection_flags = Some(flags);
    let found = diagnose(trace).findings.into_iter();
    found
        .filter(|found| found.code == FindingCode::GatewayRedirectionLimited)
        .map(|found| found.message)
        .next()
}

#[tokio::test(start_paused = true)]
async fn only_what_a_policy_turns_off_is_told() {
    let trace = Lab::new(Script::default()).trace(anonymous()).await.trace;
    let told = |what: &str| Some(format!("the gateway's policy turns off the redirection of {what}"));
    for (flags, expected) in [
        (0x0A, told("printers, the clipboard (0xa)")),
        (0x4000_0000, told("everything (0x40000000)")),
        // Everything is allowed, whatever else is set; or nothing is known to be turned off.
        (0x8000_0000, None),
        (0x8000_000A, None),
        (0x20, None),
        (0, None),
    ] {
        assert_eq!(limited(trace.clone(), flags), expected, "{flags:#x}");
    }
}
