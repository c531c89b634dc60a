//! `rdptrace demo`: the built-in server, traced or served.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use zeroize::Zeroizing;

use super::{
    Error,
    demo_arguments::DemoArguments,
    demo_gateway, exit,
    out::{sink, stderr},
    output::Output,
    progress::Progress,
    trace::{begin_logging, runtime, unless_interrupted},
};
use crate::{
    codes::Phase,
    demo::{self, Fault, Listener, Server, Service},
    net::{Network as _, System},
    report::Report,
    settings::{Account, Settings},
    target::Target,
};

/// Lists the faults, serves, or traces the built-in server and returns the exit code of the trace.
///
/// # Errors
/// The fault is unknown, the address is not free, or the report cannot be written.
pub fn run(arguments: &DemoArguments) -> Result<u8, Error> {
    begin_logging(&arguments.output);
    arguments.output.apart(&[], None)?;
    if arguments.gateway {
        return demo_gateway::run(arguments);
    }
    if arguments.list {
        return sink::print(list().as_bytes());
    }
    let fault = arguments.fault.as_deref().map(fault).transpose()?;
    match arguments.serve {
        Some(address) => serve(address, fault, arguments.udp),
        None => show(fault, arguments),
    }
}

fn fault(name: &str) -> Result<&'static Fault, Error> {
    demo::find(name)
        .ok_or_else(|| Error::new(format!("there is no fault {name:?}; rdptrace demo --list names them")))
}

/// Two lines a fault: its name and what a trace says of it, then what the server does.
fn list() -> String {
    let mut text = String::new();
    for fault in demo::FAULTS {
        let expect = &fault.expect;
        let says = says(expect.finding, (expect.phase, expect.kind), expect.code);
        text += &entry(fault.name, &says, fault.about);
    }
    text
}

/// What a trace says of a fault, by the finding or else by where it ends.
pub fn says(finding: Option<&str>, (place, kind): (&str, &str), code: Option<u32>) -> String {
    let code = code.map(|code| format!(" {code}")).unwrap_or_default();
    match finding {
        Some(finding) => finding.to_owned(),
        None if place.is_empty() => "passes".to_owned(),
        None if kind.is_empty() => format!("stops in {place}"),
        None => format!("{place}: {kind}{code}"),
    }
}

/// The two lines of a fault.
pub fn entry(name: &str, says: &str, about: &str) -> String {
    format!("{name:<33} {says}\n    {about}\n")
}

fn server(fault: Option<&'static Fault>) -> Result<Arc<Server>, Error> {
    let built = Server::new(fault, System.now()).map(Arc::new);
    built.map_err(|error| Error::new(format!("the demo server cannot start: {error}")))
}

pub async fn listen(address: SocketAddr) -> Result<(Listener, SocketAddr), Error> {
    let refused = |error| Error::new(format!("cannot listen on {address}: {error}"));
    let listener = demo::listen(address).await.map_err(refused)?;
    let bound = listener.local_addr().map_err(refused)?;
    Ok((listener, bound))
}

fn serve(address: SocketAddr, fault: Option<&'static Fault>, udp: bool) -> Result<u8, Error> {
    let what = fault.map_or("without a fault", |fault| fault.name);
    keep_serving(address, server(fault)?, what, udp)
}

/// Serves until interrupted; with `udp` the SYN of RDP-UDP is answered too.
pub fn keep_serving<S: Service>(
    address: SocketAddr,
    server: Arc<S>,
    what: &str,
    udp: bool,
) -> Result<u8, Error> {
    runtime()?.block_on(async {
        let (listener, bound) = listen(address).await?;
        stderr::line(format_args!(
            "serving {what} on {bound}, account {}, password {}; Ctrl-C ends it",
            demo::USER,
            demo::PASSWORD
        ));
        match udp {
            true => tokio::select! {
                () = demo::run(listener, server) => Ok(0),
                Err(error) = demo::answer_udp(bound) => {
                    Err(Error::new(format!("cannot listen on UDP {bound}: {error}")))
                }
            },
            false => {
                demo::run(listener, server).await;
                Ok(0)
            }
        }
    })
}

fn show(fault: Option<&'static Fault>, arguments: &DemoArguments) -> Result<u8, Error> {
    let server = server(fault)?;
    report(arguments, async |progress: &Progress| trace(server, fault, progress).await)
}

/// Runs a trace of what the program serves itself, and writes its report.
pub fn report(
    arguments: &DemoArguments,
    trace: impl AsyncFnOnce(&Progress) -> Result<Report, Error>,
) -> Result<u8, Error> {
    let output = Output::open(&arguments.output, None)?;
    let progress = Progress::new(arguments.output.quiet, arguments.output.verbose);
    let runtime = runtime()?;
    let report = runtime.block_on(unless_interrupted(trace(&progress)));
    drop(progress);
    runtime.shutdown_background();
    let report = match report.unwrap_or(Err(Error::Interrupted)) {
        Ok(report) => report,
        Err(error) => {
            output.abandon();
            return Err(error);
        }
    };
    output.write(&report, None)?;
    Ok(exit::code(&report, arguments.output.fail_on.threshold()))
}

async fn trace(
    server: Arc<Server>,
    fault: Option<&'static Fault>,
    progress: &Progress,
) -> Result<Report, Error> {
    let (listener, bound) = listen((Ipv4Addr::LOCALHOST, 0).into()).await?;
    tokio::spawn(demo::run(listener, server));
    let target: Target = bound.to_string().parse().expect("an address and a port are a target");
    Ok(crate::run(&target, &settings(fault), &System, progress).await)
}

/// The built-in account is the server's own, so the whole way can be shown.
fn settings(fault: Option<&'static Fault>) -> Settings {
    let password = Zeroizing::new(demo::PASSWORD.to_owned());
    Settings {
        until: Some(fault.map_or(Phase::Licensing, Fault::depth)),
        take_session: true,
        screenshot: fault.is_some_and(Fault::is_in_session),
        account: Some(Account { user: demo::USER.to_owned(), domain: None, password: password.into() }),
        server_name: Some(demo::DNS_COMPUTER.to_owned()),
        follow_redirects: u32::from(fault.is_some_and(Fault::leads_back)),
        follow_with_account: true,
        timeout: std::time::Duration::from_secs(2),
        ..Settings::default()
    }
}
