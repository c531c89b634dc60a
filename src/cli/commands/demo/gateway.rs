//! `rdptrace demo --gateway`: the built-in gateway, traced through or served.

use std::{net::Ipv4Addr, sync::Arc, time::Duration};

use zeroize::Zeroizing;

use super::serving::{Beside, entry, keep_serving, listen, report, says};
use crate::{
    Ended, Endpoint, Tracer,
    cli::{Error, arguments::demo::DemoArguments, out::sink, progress::Progress},
    codes::Phase,
    demo::{
        self,
        gateway::{self, Entry, Fault, Gateway},
    },
    destination::Target,
    net::{Network as _, System},
    settings::{self, Account, Anchors, GatewayAuthentication, Settings, Token},
};

/// Lists the faults, serves, or traces through the built-in gateway and returns the exit code of the trace.
///
/// # Errors
/// The fault is unknown, the address is not free, or the report cannot be written.
pub(super) fn run(arguments: &DemoArguments) -> Result<u8, Error> {
    if arguments.list {
        return sink::print(list().as_bytes());
    }
    let fault = arguments.fault.as_deref().map(fault).transpose()?;
    let built = Gateway::new(fault, System.now()).map(Arc::new);
    let gateway = built.map_err(|error| Error::new(format!("the demo gateway cannot start: {error}")))?;
    match arguments.serve {
        Some(address) => {
            let what = fault.map_or("a gateway without a fault", |fault| fault.name);
            keep_serving(address, gateway, what, Beside::Nothing)
        }
        None => report(arguments, async |progress: &Progress| trace(gateway, fault, progress).await),
    }
}

fn fault(name: &str) -> Result<&'static Fault, Error> {
    gateway::find(name).ok_or_else(|| {
        Error::new(format!(
            "there is no fault {name:?} of the gateway; rdptrace demo --gateway --list names them"
        ))
    })
}

fn list() -> String {
    let line = |fault: &Fault| {
        let expect = &fault.expect;
        entry(fault.name, &says(expect.finding, (expect.step, expect.kind), expect.code), fault.about)
    };
    gateway::all().map(line).collect()
}

async fn trace(
    gateway: Arc<Gateway>,
    fault: Option<&'static Fault>,
    progress: &Progress,
) -> Result<Ended, Error> {
    let (listener, bound) = listen((Ipv4Addr::LOCALHOST, 0).into()).await?;
    let entry = fault.map_or(Entry::Account, |fault| fault.entry);
    let settings = settings(&gateway, entry, bound.port());
    tokio::spawn(demo::run(listener, gateway));
    let target: Target = demo::DNS_COMPUTER.parse().expect("a name is a target");
    let tracer = Tracer::new(&target, &settings, &System).observed_by(progress);
    Ok(tracer.run_until(progress.interrupt()).await)
}

/// The certificate is trusted: a password would not be shown otherwise.
fn settings(gateway: &Gateway, entry: Entry, port: u16) -> Settings {
    Settings::default()
        .until(Some(Phase::Licensing))
        .take_session(true)
        .account(Some(account()))
        .follow_redirects(1)
        .gateway(Some(way(entry, port)))
        .anchors(Anchors { given: vec![gateway.certificate().to_vec()], system: false })
        .timeout(Duration::from_secs(2))
}

/// How to come to the gateway.
fn way(entry: Entry, port: u16) -> settings::Gateway {
    let way = settings::Gateway::new(Endpoint::new(Ipv4Addr::LOCALHOST.to_string(), port));
    let with_account = settings::Gateway { account: Some(account()), ..way.clone() };
    match entry {
        Entry::Account => with_account,
        Entry::Negotiate => {
            settings::Gateway { authentication: GatewayAuthentication::Negotiate, ..with_account }
        }
        Entry::Basic => settings::Gateway { authentication: GatewayAuthentication::Basic, ..with_account },
        Entry::Token => settings::Gateway { token: Some(Token(gateway::TOKEN.to_owned().into())), ..way },
        Entry::Consent => settings::Gateway { accept_consent: true, ..with_account },
    }
}

fn account() -> Account {
    let password = Zeroizing::new(demo::PASSWORD.to_owned());
    Account { user: demo::USER.to_owned(), domain: None, password: password.into() }
}
