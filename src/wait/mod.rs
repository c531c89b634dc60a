//! Waiting for a host: the same trace again and again until the requested phase is reached or the time is over.
//!
//! It ends when the requested phase passes, when the trace stops by our own choice (another try would choose the
//! same), after the account was used, or with the time. A phase that does not occur on this server may still come, so
//! it is tried for. If another certificate than the expected one is served, the account would not be used, so the
//! server is not ready and the wait goes on. The report is that of the last try, with the others in `wait`.

mod backoff;
mod timeline;

use std::{future::Future, time::Duration};

pub use backoff::random;

use crate::{
    Ended,
    diagnose::diagnose,
    experiment_on,
    net::{Instant, pause},
    probe::{ConnectionKeeper, Observer, Tracer},
    report::{FindingCode, Outcome, Report, Status, Timestamp, Trace, Wait, WaitEntry},
    settings::LicensePolicy,
};
use backoff::Backoff;
use timeline::Timeline;

/// The last try begins this long before the end at the latest, so that it is not cut off as it begins.
const LAST_TRY: Duration = Duration::from_secs(2);

/// Of a short wait no more than this part is kept for the last try.
const LAST_PART: u32 = 10;

/// The findings of a pin that forbids the account.
const OTHER_CERTIFICATE: [FindingCode; 2] =
    [FindingCode::CertificateThumbprintMismatch, FindingCode::GatewayCertificateThumbprintMismatch];

/// How long to wait, and where the jitter between tries comes from.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// The time for all tries and the pauses between them.
    pub time: Duration,
    /// A number from 0 to 1; [`random`] but in tests.
    pub jitter: fn() -> f64,
}

/// Is told how each try ended, besides its phases.
pub trait Watcher: Observer {
    /// A try has ended.
    fn tried(&self, tried: &Tried<'_>);
}

/// A try that has ended.
#[derive(Clone, Copy, Debug)]
pub struct Tried<'a> {
    /// The first try is 1.
    pub number: u64,
    /// What the report will say of it.
    pub entry: &'a WaitEntry,
    /// What it saw.
    pub report: &'a Report,
    /// What follows.
    pub next: Next,
}

/// What follows a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Another try, after this pause.
    Again(Duration),
    /// The server is ready and may be shown the account: the try with the account, at once.
    WithAccount,
    /// Nothing, the time is over.
    TimeOver,
    /// Nothing, another try would tell no more.
    Done,
}

/// Tries until the requested phase is reached, the time is over or `interrupt` ends. The report is that of the last try that
/// ended; only if an interrupt leaves none is it [`Ended::Interrupted`], with what the first try saw.
///
/// The account is used at most once: tries go without it until one shows that the server is ready, and whatever
/// the server does after AUTHENTICATE was sent ends the wait. Those tries consume no license either. A failure that is left at
/// the end gets the experiments that a single trace would make, in the deadline of the last try.
pub async fn wait(
    tracer: Tracer<'_>,
    patience: Patience,
    watcher: &dyn Watcher,
    interrupt: impl Future<Output = ()>,
) -> Ended {
    let (begin, started) = (Instant::now(), Timestamp(tracer.network.now()));
    let keeper = ConnectionKeeper::new(watcher);
    let tracer = &tracer.observed_by(&keeper);
    let mut seen = Seen::default();
    let interrupted = tokio::select! {
        // The interrupt is listened for before anything is tried.
        biased;
        () = interrupt => true,
        () = tries(tracer, patience, Told { watcher, keeper: &keeper }, &mut seen) => false,
    };
    let record = seen.timeline.record(interrupted);
    match seen.last {
        Some(mut report) => {
            report.trace.wait = Some(record);
            Ended::Whole(report)
        }
        None => {
            let trace = tracer.unfinished(begin, started, keeper.take());
            let wait = Some(Wait { elapsed_ms: trace.elapsed_ms, ..record });
            Ended::Interrupted(diagnose(Trace { wait, ..trace }))
        }
    }
}

/// Who hears of a try.
#[derive(Clone, Copy)]
struct Told<'a> {
    watcher: &'a dyn Watcher,
    keeper: &'a ConnectionKeeper<'a>,
}

/// What is left when a wait ends, however it does.
#[derive(Default)]
struct Seen {
    timeline: Timeline,
    last: Option<Report>,
}

async fn tries(tracer: &Tracer<'_>, patience: Patience, told: Told<'_>, seen: &mut Seen) {
    let begin = Instant::now();
    let has_account = tracer.settings.logon.is_some();
    let mut backoff = Backoff::new(patience.jitter);
    let mut complete = !has_account;
    let last = loop {
        let try_begin = Instant::now();
        let left = patience.time.saturating_sub(begin.elapsed());
        let report = attempt(tracer, left, complete).await;
        let entry = seen.timeline.add(begin.elapsed(), &report);
        let left = patience.time.saturating_sub(begin.elapsed());
        let spare = left.saturating_sub(LAST_TRY.min(patience.time / LAST_PART));
        let next = next(&report, complete, spare, &mut backoff);
        // Of tries that have ended nothing is kept but their report.
        told.keeper.take();
        told.watcher.tried(&Tried { number: seen.timeline.tries(), entry: &entry, report: &report, next });
        seen.last = Some(report);
        complete = !has_account || next == Next::WithAccount;
        match next {
            Next::Again(time) => pause(time).await,
            Next::WithAccount => {}
            Next::TimeOver | Next::Done => break try_begin,
        }
    };
    if let Some(Report { mut trace, .. }) = seen.last.clone() {
        experiment_on(tracer, &mut trace, last).await;
        seen.last = Some(diagnose(trace));
    }
}

/// One try, in the time that is left; with the account and a license to consume only when it is `complete`.
async fn attempt(tracer: &Tracer<'_>, left: Duration, complete: bool) -> Report {
    let settings = tracer.settings;
    let license = match settings.depth.license {
        LicensePolicy::Complete if !complete => LicensePolicy::Challenge,
        asked => asked,
    };
    let mut limited = settings.clone().license(license).deadline(settings.limits.deadline.min(left));
    if let Some(logon) = &mut limited.logon {
        logon.kept = !complete;
    }
    let mut trace = tracer.under(&limited).trace().await;
    // What was asked for stays the same when a try was made without it.
    trace.request.account = settings.logon.is_some();
    settings.depth.license.name().clone_into(&mut trace.request.license);
    diagnose(trace)
}

fn next(report: &Report, complete: bool, spare: Duration, backoff: &mut Backoff) -> Next {
    // A server without the certificate that the account is tied to is not ready for it.
    let ready = is_ready(report) && (complete || !has_other_certificate(report));
    match (ready, complete) {
        (true, true) => Next::Done,
        (true, false) => Next::WithAccount,
        (false, true) if used_account(report) => Next::Done,
        // A wrong password must not be shown to a proxy again and again.
        (false, _) if refused_by_proxy(report) => Next::Done,
        _ if spare.is_zero() => Next::TimeOver,
        _ => Next::Again(backoff.next().min(spare)),
    }
}

/// Passed, or stopped by a choice of ours that another try would make again. A phase that does not occur may come.
fn is_ready(report: &Report) -> bool {
    let last = report.trace.described().and_then(|c| c.phases.summaries().last().copied());
    let chosen = last.is_some_and(|summary| summary.status == Status::Stopped);
    report.verdict.outcome == Outcome::Passed || chosen
}

/// Whether another certificate than the expected one is served, so that the account is not used.
pub fn has_other_certificate(report: &Report) -> bool {
    report.findings.iter().any(|found| OTHER_CERTIFICATE.iter().any(|code| found.code == *code))
}

fn refused_by_proxy(report: &Report) -> bool {
    report.findings.iter().any(|found| found.code == FindingCode::ProxyAccountRefused)
}

fn used_account(report: &Report) -> bool {
    report.trace.connections.iter().any(|connection| {
        let phases = &connection.phases;
        let sent = phases.licensing.as_ref().is_some_and(|record| record.evidence.account_sent);
        sent || phases.credssp.as_ref().is_some_and(|record| record.evidence.attempted)
    })
}
