//! `rdptrace demo`: the built-in server, traced or served.
//!
//! The demo traces itself with its own account down to licensing, or to activation if the fault sits there, with two
//! seconds a phase.

mod gateway;
mod next;
mod serving;

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use zeroize::Zeroizing;

use self::serving::{Beside, entry, keep_serving, listen, report, says};
use crate::{
    Ended, Tracer,
    certificate::thumbprints,
    cli::{Error, arguments::demo::DemoArguments, out::sink, progress::Progress, start::begin_logging},
    codes::Phase,
    demo::{self, Fault, Server},
    destination::Target,
    net::{Network as _, System},
    settings::{Account, Security, Settings},
};

/// Lists the faults, serves, or traces the built-in server and returns the exit code of the trace.
///
/// # Errors
/// The fault is unknown, the address is not free, or the report cannot be written.
pub(crate) fn run(arguments: &DemoArguments) -> Result<u8, Error> {
    begin_logging(&arguments.output.telling, &arguments.output.place);
    let read: Vec<_> = arguments.promises.input().into_iter().collect();
    arguments.output.apart(&read, arguments.promises.written())?;
    if arguments.gateway {
        return gateway::run(arguments);
    }
    if arguments.list {
        return sink::print(list().as_bytes());
    }
    let fault = arguments.fault.as_deref().map(fault).transpose()?;
    match arguments.serve {
        Some(address) => serve(address, fault, if arguments.udp { Beside::Udp } else { Beside::Nothing }),
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

fn server(fault: Option<&'static Fault>) -> Result<Arc<Server>, Error> {
    let built = Server::new(fault, System.now()).map(Arc::new);
    built.map_err(|error| Error::new(format!("the demo server cannot start: {error}")))
}

fn serve(address: SocketAddr, fault: Option<&'static Fault>, beside: Beside) -> Result<u8, Error> {
    let what = fault.map_or("without a fault", |fault| fault.name);
    keep_serving(address, server(fault)?, what, beside)
}

fn show(fault: Option<&'static Fault>, arguments: &DemoArguments) -> Result<u8, Error> {
    let server = server(fault)?;
    report(arguments, async |progress: &Progress| trace(server, fault, progress).await)
}

async fn trace(
    server: Arc<Server>,
    fault: Option<&'static Fault>,
    progress: &Progress,
) -> Result<Ended, Error> {
    let (listener, bound) = listen((Ipv4Addr::LOCALHOST, 0).into()).await?;
    let pin = thumbprints(server.certificate()).sha256;
    tokio::spawn(demo::run(listener, server));
    let target: Target = bound.to_string().parse().expect("an address and a port are a target");
    let settings = match fault.filter(|fault| fault.logs_on()) {
        Some(_) => settings(fault).security(Security::Tls).log_on(true).expected_thumbprint(Some(pin)),
        None => settings(fault),
    };
    let tracer = Tracer::new(&target, &settings, &System).observed_by(progress);
    Ok(tracer.run_until(progress.interrupt()).await)
}

/// The built-in account is the server's own, so the whole way can be shown.
fn settings(fault: Option<&'static Fault>) -> Settings {
    let password = Zeroizing::new(demo::PASSWORD.to_owned());
    let account = Account { user: demo::USER.to_owned(), domain: None, password: password.into() };
    Settings::default()
        .until(Some(fault.map_or(Phase::Licensing, Fault::depth)))
        .take_session(true)
        .screenshot(fault.is_some_and(Fault::is_in_session))
        .account(Some(account))
        .server_name(Some(demo::DNS_COMPUTER.to_owned()))
        .follow_redirects(u32::from(fault.is_some_and(Fault::leads_back)))
        .follow_with_account(true)
        .timeout(std::time::Duration::from_secs(2))
}
