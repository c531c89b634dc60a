//! Traces a Remote Desktop connection phase by phase and says where, how and by whom it ended.
//!
//! This is the library of the program `rdptrace`, for tools that want the report as a value. It connects as a Remote Desktop
//! client does, follows the connection until licensing, and logs nobody on unless the settings hold an account.
//!
//! # Example
//!
//! Nothing listens on this port, so the trace ends in the phase `connect`.
//!
//! ```
//! use std::time::Duration;
//!
//! use rdptrace::{Settings, System, Target, Tracer, codes::Phase, report::Outcome, settings::Experiments};
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let target: Target = "127.0.0.1:1".parse()?;
//!     let settings = Settings::default().timeout(Duration::from_secs(5)).experiments(Experiments::Off);
//!     let report = Tracer::new(&target, &settings, &System).run().await;
//!
//!     assert_eq!(report.verdict.outcome, Outcome::Aborted);
//!     assert_eq!(report.verdict.phase, Some(Phase::Connect));
//!     for cause in &report.causes {
//!         println!("{}: {}", cause.code, cause.fix.join("; "));
//!     }
//!     rdptrace::render::text(&report, &mut std::io::stdout())?;
//!     Ok(())
//! }
//! ```
//!
//! # From a host to a report
//!
//! - A [`Target`] is parsed from a host, an address or an `rdp://` address, or read from an .rdp file ([`Target::of_file`]). What
//!   the file asks for besides becomes part of the settings with [`honour`].
//! - [`Settings`] say how deep and how long to trace, by which way, and with which account.
//! - A [`Tracer`] makes the connections: [`Tracer::run`] traces, [`Tracer::posture`] lists what the server accepts, and
//!   [`wait()`] traces until the host is ready. An [`Observer`] is told of each phase as it ends.
//! - A [`Network`] is what the tracer sees of the world. [`System`] is the real one; a test can invent another.
//! - A [`Report`] holds the [`Trace`], which is facts only, and what was judged of it: verdict, findings and causes. [`diagnose()`]
//!   judges a stored trace again.
//! - A [`Policy`] holds a report against what was promised of its host.
//! - [`render`] writes a report as text, JSON or JUnit, [`explain`] says what its codes mean, and [`local`] checks the machine at
//!   either end.
//!
//! # What to know before use
//!
//! - Whatever the server does is data of the report. A trace has no error.
//! - An account is used in one attempt at most, and never in the experiments that follow a failure.
//! - The program wipes all memory that it frees, by its global allocator. A library cannot: if you give it a password, install
//!   such an allocator too (`zeroizing-alloc`).
//! - It runs on tokio, with I/O and time enabled. Its futures are not `Send`, so they stay on the thread that polls them.
//! - The [JSON report](report_schema) keeps its fixed fields for as long as [`report::SCHEMA_VERSION`] stays.

mod capture;
mod certificate;
mod cli;
pub mod codes;
mod demo;
pub mod destination;
mod diagnose;
pub mod diff;
pub mod endpoint;
mod experiment;
pub mod explain;
mod filetime;
mod flow;
mod guard;
#[doc(hidden)]
pub mod internal;
pub mod local;
mod net;
mod old_suites;
mod passive;
mod pdu;
mod phase;
mod plain;
pub mod policy;
mod posture;
mod probe;
mod random;
mod relay;
pub mod render;
pub mod report;
mod scan;
mod sections;
pub mod settings;
mod utf16;
pub mod wait;

pub use destination::Target;
use diagnose::Again;
pub use diagnose::diagnose;
pub use endpoint::{DEFAULT_PORT, Endpoint};
use experiment::Round;
pub use local::Checked;
pub use net::{BoxDatagrams, BoxStream, Datagrams, Network, Pending, Stream, System};
pub use pdu::canvas::Picture;
pub use policy::{Policy, policy_schema};
pub use probe::{Observer, Tracer, Unobserved};
pub use report::{Report, Trace};
use settings::Experiments;
pub use settings::Settings;
pub use wait::wait;

/// What an .rdp file asks of the connection beside its address, on top of `settings`. Never an account: whoever the file names
/// is not logged on.
pub fn honour(file: &destination::RdpFile, settings: Settings) -> Settings {
    let mut settings = honour_route(file, settings);
    let offer = &mut settings.offer;
    offer.nla = file.flag("enablecredsspsupport").unwrap_or(offer.nla);
    offer.direct_tls = file.flag("negotiate security layer").map_or(offer.direct_tls, |negotiate| !negotiate);
    settings
}

/// The RD Gateway that the file demands (`gatewayusagemethod` 1), with the file's token for it. Where the gateway is only for
/// hosts that cannot be reached directly (2), the direct way is the one that is traced.
pub fn gateway_of(file: &destination::RdpFile) -> Option<settings::Gateway> {
    file.gateway().and_then(|_| named_gateway_of(file))
}

/// The RD Gateway that the file names, whenever it is to be used, with the file's token for it.
pub fn named_gateway_of(file: &destination::RdpFile) -> Option<settings::Gateway> {
    let endpoint = file.named_gateway()?.ok()?;
    let token = file.gateway_token().map(|token| settings::Token(token.to_owned().into()));
    Some(settings::Gateway { token, ..settings::Gateway::new(endpoint) })
}

/// The part of it that says which server is meant.
pub fn honour_route(file: &destination::RdpFile, settings: Settings) -> Settings {
    let routing_token = file.routing_token().map(|token| token.as_bytes().to_vec());
    settings.routing_token(routing_token).preconnection(file.text("pcb").map(str::to_owned))
}

impl Tracer<'_> {
    /// The whole way: probes the target, follows a failure up, and judges the trace.
    pub async fn run(&self) -> Report {
        let begin = net::Instant::now();
        let mut trace = self.trace().await;
        experiment_on(self, &mut trace, begin).await;
        diagnose(trace)
    }

    /// The same until `interrupt` ends: then what is known is judged, and told to be that.
    pub async fn run_until(&self, interrupt: impl Future<Output = ()>) -> Ended {
        let (begin, started) = (net::Instant::now(), report::Timestamp(self.network.now()));
        let keeper = probe::ConnectionKeeper::new(self.observer);
        let tracer = self.under(self.settings).observed_by(&keeper);
        tokio::select! {
            // The interrupt is listened for before anything is sent.
            biased;
            () = interrupt => Ended::Interrupted(diagnose(tracer.unfinished(begin, started, keeper.take()))),
            report = tracer.run() => Ended::Whole(report),
        }
    }

    /// What the server accepts: a trace without an account, then each protocol, TLS version and suite on its own. If the trace
    /// fails its experiments follow, as many as there are connections left.
    pub async fn posture(&self) -> Report {
        let begin = net::Instant::now();
        let settings = &of_posture(self.settings);
        let tracer = &self.under(settings);
        let mut trace = as_posture(tracer.trace().await, settings);
        let answers = posture::run(tracer, &mut trace, begin).await;
        if answers && trace.described().is_some_and(report::Connection::has_failed) {
            experiment_on(tracer, &mut trace, begin).await;
        }
        diagnose(trace)
    }

    /// The same until `interrupt` ends: then what is known is judged.
    pub async fn posture_until(&self, interrupt: impl Future<Output = ()>) -> Ended {
        let (begin, started) = (net::Instant::now(), report::Timestamp(self.network.now()));
        let keeper = probe::ConnectionKeeper::new(self.observer);
        let settings = &of_posture(self.settings);
        let tracer = self.under(settings).observed_by(&keeper);
        tokio::select! {
            // The interrupt is listened for before anything is sent.
            biased;
            () = interrupt => {
                let trace = tracer.unfinished(begin, started, keeper.take());
                Ended::Interrupted(diagnose(as_posture(trace, settings)))
            }
            report = tracer.posture() => Ended::Whole(report),
        }
    }
}

/// A posture goes no deeper than it must, and nobody is logged on.
fn of_posture(settings: &Settings) -> Settings {
    settings.clone().until(None).account(None).screenshot(false)
}

fn as_posture(mut trace: Trace, settings: &Settings) -> Trace {
    trace.request.posture = true;
    trace.request.posture_connections = settings.limits.posture_connections;
    trace
}

/// How a run ended.
#[derive(Clone, Debug)]
pub enum Ended {
    /// By itself.
    Whole(Report),
    /// By the user; this was known.
    Interrupted(Report),
}

/// Makes the experiments that the failure of a trace which began at `begin` deserves.
async fn experiment_on(tracer: &Tracer<'_>, trace: &mut Trace, begin: net::Instant) {
    let wanted = match tracer.settings.depth.experiments {
        Experiments::Auto => diagnose::wanted(trace),
        Experiments::Off => Vec::new(),
        Experiments::All => experiment::kinds(),
    };
    Box::pin(experiment::run(tracer, trace, &Round::First(&wanted), begin)).await;
    let Again { times, between } = diagnose::again(trace, &wanted);
    let round = Round::Again { times, between: &between };
    Box::pin(experiment::run(tracer, trace, &round, begin)).await;
}

/// What a machine's checks showed, as a report of its own.
pub fn checked(
    machine: &dyn local::Host,
    choice: local::RoleChoice,
    target: Option<&local::Target>,
) -> Report {
    checked_with(machine, choice, target, None, &System)
}

/// The same beside the .rdp file that names the server; its signature is checked now, with the roots of the system.
pub fn checked_with(
    machine: &dyn local::Host,
    choice: local::RoleChoice,
    target: Option<&local::Target>,
    file: Option<&destination::RdpFile>,
    network: &dyn Network,
) -> Report {
    let (began, started) = (net::Instant::now(), machine.now().into());
    let checked = local::check(machine, choice, target);
    let file = file.filter(|file| file.encoding != destination::Encoding::Address);
    let settings = Settings::default();
    let now = network.now().into();
    let rdp_file = file.map(|file| probe::rdp_file(file, now, &probe::roots(&settings, network)));
    let trace = Trace::of_machine(checked.machine, checked.checks, started, began.elapsed().into());
    diagnose(Trace { rdp_file, ..trace })
}

/// The report of a trace, judged again with what the checks of a machine showed.
pub fn join(report: Report, checked: Checked) -> Report {
    diagnose(Trace { machine: Some(checked.machine), local: checked.checks, ..report.trace })
}

/// The JSON schema of [`Report`], indented, with a final newline.
pub fn report_schema() -> String {
    let schema = schemars::schema_for!(Report);
    let mut text = serde_json::to_string_pretty(&schema).expect("a schema is JSON");
    text.push('\n');
    text
}
