//! Traces a Remote Desktop connection phase by phase and says where, how and by whom it ended.

#[doc(hidden)]
pub mod certificate;
#[doc(hidden)]
pub mod cli;
pub mod codes;
#[doc(hidden)]
pub mod demo;
pub mod destination;
#[doc(hidden)]
pub mod diagnose;
pub mod endpoint;
mod experiment;
pub mod explain;
mod guard;
pub mod local;
#[doc(hidden)]
pub mod net;
#[doc(hidden)]
pub mod old_suites;
#[doc(hidden)]
pub mod pdu;
mod phase;
mod plain;
mod posture;
mod probe;
#[doc(hidden)]
pub mod render;
pub mod report;
mod sections;
pub mod settings;
pub mod wait;

pub use destination::Target;
use diagnose::Again;
pub use diagnose::diagnose;
pub use endpoint::{DEFAULT_PORT, Endpoint};
use experiment::Round;
pub use local::Checked;
pub use net::{BoxStream, Network, Stream, System};
pub use pdu::canvas::Picture;
pub use probe::{Observer, Unobserved, probe};
pub use report::{Report, Trace};
use settings::Experiments;
pub use settings::Settings;
pub use wait::wait;

/// What an .rdp file asks of the connection beside its address, on top of `settings`. Never an account: whoever the file names
/// is not logged on.
pub fn honour(file: &destination::RdpFile, settings: Settings) -> Settings {
    Settings {
        nla: file.flag("enablecredsspsupport").unwrap_or(settings.nla),
        direct_tls: file.flag("negotiate security layer").map_or(settings.direct_tls, |negotiate| !negotiate),
        ..honour_route(file, settings)
    }
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
    Settings { routing_token, preconnection: file.text("pcb").map(str::to_owned), ..settings }
}

/// The whole way: probes the target, follows a failure up, and judges the trace.
pub async fn run<N: Network>(
    target: &Target,
    settings: &Settings,
    network: &N,
    observer: &dyn Observer,
) -> Report {
    let begin = net::Instant::now();
    let roots = &probe::roots(settings, network);
    let mut trace = probe::trace(target, settings, network, observer, roots).await;
    follow_up(&mut trace, target, settings, network, (begin, roots, observer)).await;
    diagnose(trace)
}

/// The same until `interrupt` ends: then what is known is judged, and told to be that.
pub async fn run_until<N: Network>(
    target: &Target,
    settings: &Settings,
    network: &N,
    observer: &dyn Observer,
    interrupt: impl Future<Output = ()>,
) -> Ended {
    let (begin, started) = (net::Instant::now(), report::Timestamp(network.now()));
    let known = probe::Known::new(observer);
    let whole = tokio::select! {
        // The interrupt is listened for before anything is sent.
        biased;
        () = interrupt => None,
        report = run(target, settings, network, &known) => Some(report),
    };
    match whole {
        Some(report) => Ended::Whole(report),
        None => {
            let roots = probe::roots(settings, network);
            let way = (target, settings);
            Ended::Interrupted(diagnose(probe::unfinished(way, (begin, started), &roots, known.take())))
        }
    }
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
async fn follow_up<N: Network>(
    trace: &mut Trace,
    target: &Target,
    settings: &Settings,
    network: &N,
    run: (net::Instant, &probe::Roots<'_>, &dyn Observer),
) {
    let wanted = match settings.experiments {
        Experiments::Auto => diagnose::wanted(trace),
        Experiments::Off => Vec::new(),
        Experiments::All => experiment::kinds(),
    };
    Box::pin(experiment::run(trace, &Round::First(&wanted), target, settings, network, run)).await;
    let Again { times, between } = diagnose::again(trace, &wanted);
    let round = Round::Again { times, between: &between };
    Box::pin(experiment::run(trace, &round, target, settings, network, run)).await;
}

/// What the server accepts: a trace without an account, then each protocol, TLS version and suite on its own; where the trace fails
/// its experiments follow, as many as there are connections left.
pub async fn posture<N: Network>(
    target: &Target,
    settings: &Settings,
    network: &N,
    observer: &dyn Observer,
) -> Report {
    let begin = net::Instant::now();
    let settings = &of_posture(settings);
    let roots = &probe::roots(settings, network);
    let mut trace = probe::trace(target, settings, network, observer, roots).await;
    ask_posture(&mut trace, settings);
    let answers = posture::run(&mut trace, target, settings, network, observer, (begin, roots)).await;
    if answers && trace.described().is_some_and(report::Connection::has_failed) {
        follow_up(&mut trace, target, settings, network, (begin, roots, observer)).await;
    }
    diagnose(trace)
}

/// The same until `interrupt` ends: then what is known is judged.
pub async fn posture_until<N: Network>(
    target: &Target,
    settings: &Settings,
    network: &N,
    observer: &dyn Observer,
    interrupt: impl Future<Output = ()>,
) -> Ended {
    let (begin, started) = (net::Instant::now(), report::Timestamp(network.now()));
    let known = probe::Known::new(observer);
    let whole = tokio::select! {
        // The interrupt is listened for before anything is sent.
        biased;
        () = interrupt => None,
        report = posture(target, settings, network, &known) => Some(report),
    };
    match whole {
        Some(report) => Ended::Whole(report),
        None => {
            let settings = &of_posture(settings);
            let roots = probe::roots(settings, network);
            let way = (target, settings);
            let mut trace = probe::unfinished(way, (begin, started), &roots, known.take());
            ask_posture(&mut trace, settings);
            Ended::Interrupted(diagnose(trace))
        }
    }
}

/// A posture goes no deeper than it must, and nobody is logged on.
fn of_posture(settings: &Settings) -> Settings {
    Settings { until: None, account: None, screenshot: false, ..settings.clone() }
}

fn ask_posture(trace: &mut Trace, settings: &Settings) {
    trace.request.posture = true;
    trace.request.posture_connections = settings.posture_connections;
}

/// What a machine's checks showed, as a report of its own.
pub fn checked(
    machine: &dyn local::Host,
    choice: local::RoleChoice,
    subject: Option<&local::Subject>,
) -> Report {
    checked_with(machine, choice, subject, None, &System)
}

/// The same beside the .rdp file that names the server; its signature is checked now, with the roots of the system.
pub fn checked_with<N: Network>(
    machine: &dyn local::Host,
    choice: local::RoleChoice,
    subject: Option<&local::Subject>,
    file: Option<&destination::RdpFile>,
    network: &N,
) -> Report {
    let (began, started) = (net::Instant::now(), machine.now().into());
    let checked = local::check(machine, choice, subject);
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
