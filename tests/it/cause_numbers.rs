//! The causes that a server names by number, each judged from a trace with that number; and every cause is shown somewhere.

use std::collections::BTreeSet;

use rdptrace::{
    Report, diagnose,
    internal::{demo::FAULTS, diagnose::hypotheses},
    report::{Failure, FailureKind, Likelihood, Trace},
};

use crate::{
    causes::on,
    faults::told_of,
    lab::{Answer, fault},
};

/// A fault that fails in the same way, another number, and the cause that stands first.
const NUMBERS: &[(&str, i64, &str)] = &[
    ("account-locked", 0xC000_0072, "account-disabled"),
    ("account-locked", 0xC000_0193, "account-expired"),
    ("account-locked", 0xC000_0224, "password-expired"),
    ("account-locked", 0xC000_006E, "account-restricted"),
    ("account-locked", 0xC000_006F, "account-restricted"),
    ("account-locked", 0xC000_0064, "credentials-wrong"),
    ("account-locked", 0x8009_030C, "credentials-wrong"),
    ("account-locked", 0xC000_0413, "selective-authentication"),
    ("account-locked", 0xC000_00DF, "domain-unknown"),
    ("account-locked", 0xC000_0233, "domain-controller-unreachable"),
    ("account-locked", 0xC000_0192, "netlogon-stopped"),
    ("account-locked", 0xC000_018D, "domain-trust-broken"),
    ("account-locked", 0xC000_0133, "clocks-differ"),
    ("account-locked", 0xC000_035B, "tls-intercepted"),
    ("account-locked", 0x8009_0302, "ntlm-restricted"),
    ("account-locked", 0x8009_0322, "target-name-wrong"),
    ("account-locked", 0x8009_0303, "target-name-wrong"),
    ("account-locked", 0xC000_0388, "domain-controller-unreachable"),
    ("account-locked", 0x8009_030F, "credssp-message-altered"),
    ("account-locked", 0xC000_015B, "logon-right-missing"),
    ("account-locked", 0xC000_02FA, "smart-card-required"),
    ("account-locked", 0xC000_0380, "smart-card-unusable"),
    ("account-locked", 0xC000_0383, "smart-card-unusable"),
    ("account-locked", 0xC000_038D, "smart-card-unusable"),
    ("account-locked", 0xC000_0320, "domain-controller-certificate"),
    ("account-locked", 0xC000_040E, "domain-controller-certificate"),
    ("account-locked", 0x8009_0331, "server-said-status"),
    ("account-locked", 0xC007_0532, "server-said-status"),
    ("error-info-denied", 12, "server-said-error-info"),
    ("error-info-denied", 5, "session-taken-over"),
    ("error-info-denied", 6, "host-out-of-resources"),
    ("error-info-denied", 9, "logon-right-missing"),
    ("error-info-denied", 10, "fresh-credentials-required"),
    ("error-info-denied", 17, "display-driver-failed"),
    ("error-info-denied", 23, "session-process-crashed"),
    ("error-info-denied", 26, "host-shutting-down"),
    ("error-info-no-license-server", 0x112E, "display-driver-failed"),
    ("error-info-no-license-server", 0x112F, "display-driver-failed"),
    ("error-info-no-license-server", 0x112D, "server-said-error-info"),
    ("error-info-no-license-server", 0x10F3, "server-said-error-info"),
    ("error-info-no-license-server", 0x10D2, "server-said-error-info"),
    ("error-info-no-license-server", 0x1193, "server-said-error-info"),
    ("error-info-no-license-server", 0x102, "license-none-left"),
    ("error-info-no-license-server", 0x105, "license-of-client-unusable"),
    ("error-info-no-license-server", 0x408, "broker-refuses"),
    ("error-info-no-license-server", 0x100, "license-service-failed"),
    ("error-info-no-license-server", 0x103, "license-exchange-broken"),
    ("error-info-no-license-server", 0x106, "license-exchange-broken"),
    ("error-info-no-license-server", 0x10A, "remote-connections-not-licensed"),
    ("license-server-missing", 1, "license-certificate-damaged"),
    ("license-server-missing", 2, "license-none-left"),
    ("license-server-missing", 4, "license-kind-wrong"),
    ("license-server-missing", 8, "license-of-client-unusable"),
    ("license-server-missing", 11, "license-kind-wrong"),
    ("license-server-missing", 0x99, "newer-server"),
    ("license-server-missing", 7, "license-error-told"),
    ("early-authorization-denied", 0, "server-said-result"),
    ("mcs-refused", 15, "connection-denied"),
    ("tls-internal-error", 112, "sni-refused"),
    ("tls-internal-error", 10, "tls-message-rejected"),
    ("tls-internal-error", 47, "tls-message-rejected"),
    ("tls-internal-error", 50, "tls-message-rejected"),
    ("tls-internal-error", 48, "tls-certificate-rejected"),
    ("tls-internal-error", 49, "tls-access-denied"),
    ("tls-internal-error", 90, "server-sent-alert"),
];

/// What a server says of a license that this program never had.
const OF_NOBODY: &[(&str, i64)] = &[
    ("error-info-no-license-server", 0x104),
    ("error-info-no-license-server", 0x105),
    ("error-info-no-license-server", 0x109),
];

/// Numbers that name nothing.
const UNKNOWN: &[(&str, i64)] = &[
    ("account-locked", 0xC000_0001),
    ("error-info-denied", 0xABCD),
    ("error-info-no-license-server", 0x1234),
    ("license-server-missing", 0x99),
    ("certificate-missing", 0x99),
    ("early-authorization-denied", 0x99),
    ("mcs-refused", 0x99),
    ("mcs-ultimatum", 7),
];

pub(crate) async fn of(name: &str) -> Report {
    told_of(Some(fault(name))).await
}

/// The failure that ended the trace.
pub(crate) fn failure(trace: &mut Trace) -> &mut Failure {
    let phases = &mut trace.connections[0].phases;
    let failures = [
        phases.gateway.as_mut().and_then(|record| record.failure.as_mut()),
        phases.negotiate.as_mut().and_then(|record| record.failure.as_mut()),
        phases.tls.as_mut().and_then(|record| record.failure.as_mut()),
        phases.credssp.as_mut().and_then(|record| record.failure.as_mut()),
        phases.mcs.as_mut().and_then(|record| record.failure.as_mut()),
        phases.licensing.as_mut().and_then(|record| record.failure.as_mut()),
        phases.activate.as_mut().and_then(|record| record.failure.as_mut()),
    ];
    failures.into_iter().flatten().next().expect("the trace failed")
}

/// The same trace with another number wherever this one was met.
async fn with_number(name: &str, code: i64) -> Report {
    let mut trace = Box::pin(of(name)).await.trace;
    let met = failure(&mut trace).code;
    failure(&mut trace).code = Some(code);
    let phases = trace.connections.iter_mut().map(|made| &mut made.phases);
    let failures = phases.flat_map(|phases| {
        let negotiate = phases.negotiate.as_mut().and_then(|record| record.failure.as_mut());
        negotiate.into_iter().chain(phases.tls.as_mut().and_then(|record| record.failure.as_mut()))
    });
    failures.filter(|failure| failure.code == met).for_each(|failure| failure.code = Some(code));
    diagnose(trace)
}

#[tokio::test(start_paused = true)]
async fn what_the_server_says_by_number_is_the_first_cause() {
    for (name, code, cause) in NUMBERS {
        let report = with_number(name, *code).await;
        let first = report.causes.first().map(|cause| cause.code.as_str());
        assert_eq!(first, Some(*cause), "{name} with {code:#x}");
    }
}

/// Without an account the server speaks of one that nobody gave.
#[tokio::test(start_paused = true)]
async fn what_is_said_of_an_account_is_certain_of_a_given_one_alone() {
    for (code, cause) in [(9, "logon-right-missing"), (10, "fresh-credentials-required")] {
        for given in [true, false] {
            let mut trace = Box::pin(with_number("error-info-no-license-server", code)).await.trace;
            trace.request.account = given;
            let report = diagnose(trace);
            let found = report.causes.iter().find(|one| one.code.as_str() == cause).expect("the cause");
            assert_eq!(found.likelihood == Likelihood::Certain, given, "{code} {given}: {found:#?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_number_that_nobody_knows_or_that_speaks_of_nobody_proves_nothing() {
    for (name, code) in UNKNOWN.iter().chain(OF_NOBODY) {
        let report = with_number(name, *code).await;
        let certain = report.causes.iter().find(|cause| cause.likelihood == Likelihood::Certain);
        assert!(certain.is_none(), "{name} with {code:#x}: {certain:#?}");
    }
}

/// Only a status can be any of thousands.
#[tokio::test(start_paused = true)]
async fn a_number_that_is_not_in_its_short_table_may_be_that_of_a_newer_server() {
    for (name, code) in UNKNOWN {
        let report = with_number(name, *code).await;
        let newer = report.causes.iter().find(|cause| cause.code.as_str() == "newer-server");
        let likelihood = newer.map(|cause| cause.likelihood);
        let expected = (*name != "account-locked").then_some(Likelihood::Possible);
        assert_eq!(likelihood, expected, "{name} with {code:#x}: {:#?}", report.causes);
    }
}

/// What one member of a pool says is not true of the others.
#[tokio::test(start_paused = true)]
async fn what_comes_and_goes_is_never_certain() {
    let mut trace = Box::pin(of("intermittent")).await.trace;
    let said = failure(&mut trace);
    (said.kind, said.code) = (FailureKind::ErrorInfo, Some(25));
    let report = diagnose(trace);
    let found =
        report.causes.iter().find(|one| one.code.as_str() == "host-shutting-down").expect("the cause");
    assert_eq!(found.likelihood, Likelihood::Likely, "{found:#?}");
    assert!(found.against.iter().any(|text| text.contains("passed")), "{found:#?}");
}

/// A status for a first message is about no account.
#[tokio::test(start_paused = true)]
async fn no_account_is_wrong_that_nobody_showed() {
    let mut trace = with_number("account-locked", 0x8009_030C).await.trace;
    let credssp = trace.connections[0].phases.credssp.as_mut().expect("CredSSP");
    credssp.evidence.attempted = false;
    let report = diagnose(trace);
    assert!(report.causes.iter().all(|one| one.code.as_str() != "credentials-wrong"), "{:#?}", report.causes);
    assert!(!report.causes.is_empty());
}

/// Every fault, and every number with a cause of its own.
async fn of_demo() -> Vec<Report> {
    let mut reports = Vec::new();
    for fault in FAULTS {
        reports.push(Box::pin(of(fault.name)).await);
    }
    for (name, code, _) in NUMBERS {
        reports.push(Box::pin(with_number(name, *code)).await);
    }
    reports
}

/// Several addresses, and connections that are not let in.
async fn of_addresses() -> Vec<Report> {
    let mut reports = Vec::new();
    let (broken, sound) = (Answer::Demo(Some(fault("tls-reset"))), Answer::Demo(None));
    reports.push(Box::pin(on(&[("192.0.2.15:3389", broken), ("192.0.2.16:3389", sound)])).await);
    let turned_away = Answer::InTurn(vec![broken, Answer::Refused].leak());
    let at_first = Answer::InTurn(vec![Answer::Refused, Answer::Demo(None)].leak());
    for answer in [Answer::Refused, Answer::Unreachable, Answer::Silent, turned_away, at_first] {
        reports.push(Box::pin(on(&[("192.0.2.15:3389", answer)])).await);
    }
    reports
}

/// What has a test of its own.
async fn of_others() -> Vec<Report> {
    let mut reports = Vec::new();
    reports.extend(Box::pin(crate::rdp_file_findings::reports()).await);
    reports.push(Box::pin(crate::hop_names::to_rdstls()).await);
    reports.push(Box::pin(crate::hop_names::unreachable()).await);
    let mut strange = Box::pin(of("mcs-refused")).await.trace;
    (failure(&mut strange).kind, failure(&mut strange).code) = (FailureKind::KeyBinding, None);
    reports.push(diagnose(strange));
    reports.push(Box::pin(crate::kerberos::refused()).await);
    reports.extend(Box::pin(crate::transport::silent()).await);
    reports.push(Box::pin(crate::transport::slow()).await);
    reports.push(Box::pin(crate::passive::reset_on_the_way()).await);
    reports.push(crate::passive::on_the_way::unanswered());
    reports.push(Box::pin(crate::segments::narrow("mcs-silence", None)).await);
    reports
}

/// What is added to a connection, and what stands in front of the server.
async fn of_ways() -> Vec<Report> {
    let mut reports = Vec::new();
    reports.extend(Box::pin(crate::added::reports()).await);
    reports.extend(Box::pin(crate::proxy::reports()).await);
    reports.push(Box::pin(crate::fronts::by_address("tls-name-wanted")).await);
    reports.extend(Box::pin(crate::joined::all()).await);
    let gateways = Box::pin(crate::gateway::faults::reports()).await;
    reports.push(crate::told_codes::of_gateway(&gateways));
    reports.extend(gateways);
    reports
}

/// No hypothesis is in the program that no test has ever seen.
#[tokio::test(start_paused = true)]
async fn every_cause_is_shown_by_something() {
    let mut reports = Box::pin(of_demo()).await;
    reports.extend(Box::pin(of_addresses()).await);
    reports.extend(Box::pin(of_others()).await);
    reports.extend(Box::pin(of_ways()).await);
    let causes = reports.iter().flat_map(|report| &report.causes);
    let shown: BTreeSet<&str> = causes.map(|cause| cause.code.as_str()).collect();
    let unseen: Vec<&str> =
        hypotheses().filter(|code| !shown.contains(code) && !code.starts_with("dns-")).collect();
    assert!(unseen.is_empty(), "{unseen:?}");
}

/// What mstsc shows for these numbers stands in the tables.
#[tokio::test(start_paused = true)]
async fn what_mstsc_shows_for_a_number_of_the_server_is_that_of_the_tables() {
    for row in rdptrace::codes::ERROR_INFO.rows() {
        let code = row.code.expect("a number");
        if !(0x100..=0x10A).contains(&code) && !(0x400..=0x412).contains(&code) {
            continue;
        }
        for name in ["error-info-no-license-server", "error-info-in-finalization"] {
            let label = with_number(name, code.into()).await.verdict.mstsc.expect("a label");
            assert_eq!((label.code.as_str(), label.extended), ("0x3", format!("0x{code:X}")), "{name}");
            assert!(label.text != "licensing failed" && label.text.len() > 20, "{}", label.text);
        }
    }
    let label = with_number("account-locked", 0x8009_0302).await.verdict.mstsc.expect("a label");
    assert!(label.text.contains("function requested is not supported"), "{}", label.text);
}
