//! Every number of the tables by which a peer ends a connection has a cause, judged from one trace a table.

use rdptrace::{
    Report,
    codes::{self, Table},
    diagnose,
    report::{FailureKind, Likelihood, Selected, Trace},
};

use crate::{
    cause_numbers::{failure, of},
    gateway, kerberos,
};

/// A table, and the demo faults that end in its way, each in another phase.
const BY_FAULT: &[(&Table, &[&str])] = &[
    (&codes::NTSTATUS, &["account-locked"]),
    (&codes::EARLY_AUTHORIZATION, &["early-authorization-denied"]),
    (
        &codes::TLS_ALERT,
        &["tls-internal-error", "credssp-alert", "mcs-alert", "licensing-alert", "activate-alert"],
    ),
    (&codes::NEGOTIATION_FAILURE, &["certificate-missing"]),
    (&codes::MCS_RESULT, &["mcs-refused"]),
    (&codes::MCS_REASON, &["mcs-ultimatum"]),
    (&codes::LICENSE_ERROR, &["license-server-missing"]),
    (&codes::ERROR_INFO, &["error-info-no-license-server", "error-info-in-finalization"]),
];

/// A trace for each table that ends with a number of it.
async fn traces() -> Vec<(&'static Table, String, Trace)> {
    let mut traces = Vec::new();
    for (table, faults) in BY_FAULT {
        for name in *faults {
            traces.push((*table, (*name).to_owned(), Box::pin(of(name)).await.trace));
        }
    }
    for (table, protocol) in
        [(&codes::RDSTLS_RESULT, Selected::Rdstls), (&codes::RDSAAD_RESULT, Selected::Aad)]
    {
        let mut trace = Box::pin(of("account-locked")).await.trace;
        let negotiate = trace.connections[0].phases.negotiate.as_mut().expect("it was negotiated");
        negotiate.evidence.selected = Some(protocol);
        traces.push((table, format!("{protocol:?}"), trace));
    }
    let gateways = Box::pin(gateway::faults::reports()).await;
    let kinds =
        [(&codes::GATEWAY_STATUS, FailureKind::GatewayError), (&codes::HTTP_STATUS, FailureKind::HttpStatus)];
    for (table, kind) in kinds {
        traces.push((table, "gateway".to_owned(), ended(&gateways, kind)));
    }
    traces.push((&codes::KERBEROS_ERROR, "kdc".to_owned(), Box::pin(kerberos::refused()).await.trace));
    traces
}

/// The first of them that a gateway ended by a number of this kind.
fn ended(reports: &[Report], kind: FailureKind) -> Trace {
    let said = |report: &&Report| {
        report.verdict.failure.as_ref().is_some_and(|failure| failure.kind == kind && failure.code.is_some())
    };
    reports.iter().find(said).expect("a gateway says so").trace.clone()
}

/// What is left to say of a status of the gateway that no rule is about.
pub(crate) fn of_gateway(reports: &[Report]) -> Report {
    const ERROR_BAD_ARGUMENTS: i64 = 0xA0;
    with(ended(reports, FailureKind::GatewayError), ERROR_BAD_ARGUMENTS)
}

/// The same trace with another number.
fn with(trace: Trace, code: i64) -> Report {
    let mut trace = trace;
    failure(&mut trace).code = Some(code);
    diagnose(trace)
}

#[tokio::test(start_paused = true)]
#[expect(clippy::disallowed_macros, reason = "the figure is for whoever runs the tests")]
async fn every_number_of_the_tables_has_a_cause() {
    let (mut all, mut wrong) = (0, Vec::new());
    for (table, place, mut trace) in traces().await {
        for row in table.rows() {
            let code = row.code.expect("these tables have numbers");
            let report = with(trace, code.into());
            let of = || format!("{} {} in {place}", table.name, table.written(code));
            wrong.extend(report.causes.is_empty().then(of));
            let empty = report.causes.iter().find(|cause| cause.confirm.is_empty() || cause.fix.is_empty());
            wrong.extend(empty.map(|cause| format!("{}: {} says nothing to do", of(), cause.code)));
            let certain = report.causes.iter().any(|cause| cause.likelihood == Likelihood::Certain);
            let normal = row.hint.contains("normal for") || code == 0;
            wrong.extend((normal && certain).then(|| format!("{} is certain of what is normal", of())));
            all += 1;
            trace = report.trace;
        }
    }
    println!("{} of {all} codes have a cause", all - wrong.len());
    assert!(wrong.is_empty(), "{} of {all} codes: {wrong:#?}", wrong.len());
}

/// A number that no table has is told as such.
#[tokio::test(start_paused = true)]
async fn an_unknown_number_is_told_with_its_number() {
    for (table, place, trace) in traces().await {
        let unknown = if table.flags { 0x4000_0000 } else { 0x7ABC };
        let report = with(trace, unknown);
        let because: Vec<&String> = report.causes.iter().flat_map(|cause| &cause.because).collect();
        assert!(!report.causes.is_empty(), "{place}");
        let certain = report.causes.iter().any(|cause| cause.likelihood == Likelihood::Certain);
        assert!(!certain, "{place}: {:#?}", report.causes);
        let told = because.iter().any(|text| text.contains("0x7ABC") || text.contains("newer"));
        let general = report.causes.iter().all(|cause| !cause.code.as_str().contains("said"));
        assert!(told || general, "{place}: {because:#?}");
    }
}

/// What stands first is cheap: nothing is deleted and no session ends before something was looked at.
#[tokio::test(start_paused = true)]
async fn what_a_number_advises_first_does_no_harm() {
    let harm = ["delete", "restart", "remove", "every session ends"];
    for (table, place, mut trace) in traces().await {
        for row in table.rows() {
            let report = with(trace, row.code.expect("these tables have numbers").into());
            for cause in &report.causes {
                let first = &cause.confirm[0];
                let harmful = harm.iter().find(|word| first.contains(**word));
                assert!(harmful.is_none(), "{place} {:?}: {}: {first}", row.code, cause.code);
            }
            trace = report.trace;
        }
    }
}
