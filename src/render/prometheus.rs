//! The report as metrics in Prometheus' text format, for the text file collector of node_exporter.
//!
//! Metrics that mean what blackbox_exporter's mean have its names. All carry the target, because one collector reads the
//! files of many. What is not known has no sample: a phase that was not entered is neither a success nor a failure.

use std::io::{self, Write};

use super::{State, cells};
use crate::{
    endpoint::place,
    plain,
    report::{Connection, Millis, PromiseStatus, Report, Status},
};

/// A name of a metric, and what it says.
type Metric = (&'static str, &'static str);

const SUCCESS: Metric = ("probe_success", "Whether the trace got as far as it was asked to.");
const DURATION: Metric = ("probe_duration_seconds", "Time that the trace took.");
const LOOKUP: Metric = ("probe_dns_lookup_time_seconds", "Time that the name resolution took.");
const IP: Metric = ("probe_ip_protocol", "Whether the host was reached over IPv4 or IPv6: 4 or 6.");
const EXPIRY: Metric =
    ("probe_ssl_earliest_cert_expiry", "Unix time at which the first certificate of the chain expires.");
const TLS: Metric = ("probe_tls_version_info", "The version of TLS.");
const CIPHER: Metric = ("probe_tls_cipher_info", "The cipher suite of TLS.");
const PHASE_TIME: Metric = ("rdp_phase_duration_seconds", "Time that a phase of the connection took.");
const PHASE: Metric =
    ("rdp_phase_success", "Whether a phase of the connection passed; no sample if it was not gone through.");
const FAILURE: Metric = ("rdp_failure_info", "What ended the connection: phase, kind, number and name.");
const NOT_AFTER: Metric =
    ("rdp_certificate_not_after_seconds", "Unix time at which the server's certificate expires.");
const FINDING: Metric = ("rdp_finding", "A finding, by code and severity.");
const PROMISE: Metric =
    ("rdp_promise_kept", "Whether a promise of the policy was kept; no sample if it was not checked.");

/// Writes the metrics.
///
/// # Errors
/// Those of the writer.
pub fn prometheus(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let target = report.trace.target.as_ref().map(|target| place(&target.host, target.port));
    let mut page = Exposition { out, target: target.unwrap_or_else(|| "this machine".to_owned()) };
    page.one(SUCCESS, u8::from(State::of(report, None) == State::Ok).into())?;
    page.one(DURATION, seconds(report.trace.elapsed_ms))?;
    if let Some(made) = report.trace.described() {
        connection(&mut page, made)?;
    }
    if let Some(served) = &report.certificate {
        let chain = served.chain.iter().filter_map(|link| link.not_after).chain([served.not_after]);
        let ends = chain.map(|end| end.0.unix_timestamp()).min().unwrap_or_default();
        page.one(EXPIRY, whole(ends))?;
        page.one(NOT_AFTER, whole(served.not_after.0.unix_timestamp()))?;
    }
    failure(&mut page, report)?;
    let findings = report.findings.iter().map(|found| {
        (
            vec![("code", found.code.to_string()), ("severity", cells::severity(found.severity).to_owned())],
            1.0,
        )
    });
    page.metric(FINDING, findings.collect())?;
    let checked = report.promises.iter().filter_map(|one| match one.status {
        PromiseStatus::Kept => Some((vec![("name", one.name.clone())], 1.0)),
        PromiseStatus::Broken => Some((vec![("name", one.name.clone())], 0.0)),
        PromiseStatus::NotChecked => None,
    });
    page.metric(PROMISE, checked.collect())
}

fn connection(page: &mut Exposition<'_>, made: &Connection) -> io::Result<()> {
    let phases = &made.phases;
    if let Some(resolve) = &phases.resolve {
        page.one(LOOKUP, seconds(resolve.elapsed_ms))?;
    }
    if let Some(peer) = phases.connect.as_ref().and_then(|connect| connect.evidence.peer) {
        page.one(IP, if peer.is_ipv4() { 4.0 } else { 6.0 })?;
    }
    if let Some(tls) = &phases.tls {
        let version = tls.evidence.version.as_ref().map(|version| version.replace("TLSv", "TLS "));
        page.metric(TLS, version.map(|version| (vec![("version", version)], 1.0)).into_iter().collect())?;
        let suite = tls.evidence.cipher_suite.clone();
        page.metric(CIPHER, suite.map(|suite| (vec![("cipher", suite)], 1.0)).into_iter().collect())?;
    }
    let summaries = phases.summaries();
    let name = |phase: crate::codes::Phase| vec![("phase", phase.name().to_owned())];
    let entered = summaries.iter().filter(|seen| seen.status != Status::Unseen);
    page.metric(PHASE_TIME, entered.map(|seen| (name(seen.phase), seconds(seen.elapsed_ms))).collect())?;
    let ended = summaries.iter().filter_map(|seen| match seen.status {
        Status::Passed => Some((name(seen.phase), 1.0)),
        Status::Failed => Some((name(seen.phase), 0.0)),
        Status::Stopped | Status::Unseen => None,
    });
    page.metric(PHASE, ended.collect())
}

fn failure(page: &mut Exposition<'_>, report: &Report) -> io::Result<()> {
    let Some(failure) = &report.verdict.failure else { return Ok(()) };
    let phase = report.verdict.phase.map_or("", |phase| phase.name());
    let code = failure.code.map(|code| code.to_string()).unwrap_or_default();
    let labels = vec![
        ("phase", phase.to_owned()),
        ("kind", failure.kind.name().to_owned()),
        ("code", code),
        ("name", failure.name.clone().unwrap_or_default()),
    ];
    page.metric(FAILURE, vec![(labels, 1.0)])
}

/// Seconds, to the microsecond.
fn seconds(millis: Millis) -> f64 {
    (millis.0 * 1000.0).round() / 1_000_000.0
}

/// Unix times are far below what a double holds exactly.
#[allow(clippy::cast_precision_loss, reason = "a date needs 36 bits")]
fn whole(number: i64) -> f64 {
    number as f64
}

/// The labels of a sample, and its value.
type Sample = (Vec<(&'static str, String)>, f64);

struct Exposition<'a> {
    out: &'a mut dyn Write,
    target: String,
}

impl Exposition<'_> {
    fn one(&mut self, metric: Metric, value: f64) -> io::Result<()> {
        self.metric(metric, vec![(Vec::new(), value)])
    }

    /// All samples of a metric stand together; one without samples is left out.
    fn metric(&mut self, (name, help): Metric, samples: Vec<Sample>) -> io::Result<()> {
        if samples.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "# HELP {name} {help}\n# TYPE {name} gauge")?;
        for (labels, value) in samples {
            let labels = [vec![("target", self.target.clone())], labels].concat();
            let labels: Vec<_> =
                labels.iter().map(|(label, value)| format!("{label}=\"{}\"", quoted(value))).collect();
            writeln!(self.out, "{name}{{{}}} {value}", labels.join(","))?;
        }
        Ok(())
    }
}

/// The value of a label; what must not be shown is replaced, ends of lines too.
fn quoted(text: &str) -> String {
    plain::line(text).replace('\\', "\\\\").replace('"', "\\\"")
}
