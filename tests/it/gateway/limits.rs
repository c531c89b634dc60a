//! What a gateway's policy turns off for a session (redirFlags, MS-TSGU 2.2.5.3.7), and how far its clock may be off.

use rdptrace::{Trace, diagnose, report::FindingCode};

use super::{
    lab::{Lab, anonymous, with_account},
    rows::ntlm,
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

/// Kerberos allows five minutes (RFC 4120 section 5.9.1, as Windows sets it).
#[tokio::test(start_paused = true)]
async fn a_clock_that_is_off_by_more_than_five_minutes_is_told() {
    let trace = Lab::new(ntlm()).trace(with_account()).await.trace;
    for (seconds, expected) in [
        (300, None),
        (301, Some("the gateway's clock is 301 s ahead of this machine's")),
        (-300, None),
        (-301, Some("the gateway's clock is 301 s behind this machine's")),
    ] {
        let mut trace = trace.clone();
        let through = trace.connections[0].phases.gateway.as_mut().expect("a gateway");
        let proof = through.evidence.steps.auth.as_mut().expect("an account was asked for");
        proof.evidence.ntlm.as_mut().expect("a CHALLENGE").clock_skew_seconds = Some(seconds);
        let report = diagnose(trace);
        let found = report.findings.iter().find(|finding| finding.code.as_str() == "gateway-clock-skew");
        assert_eq!(found.map(|found| found.message.as_str()), expected);
    }
}
