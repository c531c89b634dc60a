//! `rdptrace trace`.

use crate::{
    Ended, Tracer,
    cli::{
        Error,
        apart::{Input, Written},
        arguments::{
            choices::{LocalArgument, SecurityArgument},
            local::in_folder,
            trace::TraceArguments,
        },
        beside::{Beside, of_checks},
        capturing::Capturing,
        exit,
        output::Output,
        progress::{Progress, Shows},
        promised::Promised,
        start::{begin_logging, runtime},
    },
    codes::Phase,
    destination::Target,
    honour, join, local,
    net::{Network, System, hardware_id},
    pdu::canvas::Picture,
    settings::{Account, Depth, Gateway, Kerberos, Logon, Security, Settings},
    wait::{self, Patience},
};

/// Traces the target, writes the report and returns the exit code.
///
/// # Errors
/// Something could not be read or written; nothing was sent if it was read before the trace.
pub(crate) fn run(arguments: &TraceArguments) -> Result<u8, Error> {
    begin_logging(&arguments.output.telling, &arguments.output.place);
    if arguments.checks.host_files.is_some() && arguments.checks.local == LocalArgument::Off {
        return Err(Error::new("--host-files is checked, which --local off forbids"));
    }
    may_log_on(arguments)?;
    apart(arguments)?;
    let promised = Promised::read(&arguments.promises, &arguments.output.telling)?;
    let target = arguments.target.read()?;
    let settings = settings(arguments, &target)?;
    let checked = || local::Target { is_direct: settings.route.gateway.is_none(), ..of_checks(&target) };
    // Before the output is opened: files without use leave it as it was.
    let files =
        arguments.checks.host_files.as_deref().map(|path| Beside::of_folder(path, &checked())).transpose()?;
    let output = Output::open(&arguments.output, arguments.depth.screenshot.as_deref())?;
    let capturing = match Capturing::begin(&arguments.capture, &settings) {
        Ok(capturing) => capturing,
        Err(error) => {
            output.abandon();
            return Err(error);
        }
    };
    let network: &dyn Network = capturing.as_ref().map_or(&System, |capturing| &capturing.network);
    let own = || (arguments.checks.local == LocalArgument::Auto).then_some(Beside::ThisMachine);
    let beside = files.or_else(own);
    let ended = report(arguments, &target, &settings, network);
    let captured = capturing.map_or(Ok(()), Capturing::end);
    let code = match ended {
        Ok((Ended::Interrupted(report), picture)) => {
            let report = promised.judge(report);
            output.write(&report, picture.as_ref())?;
            exit::of_interrupted(&report, &arguments.output)
        }
        Ok((Ended::Whole(report), picture)) => {
            let report = match beside.and_then(|beside| beside.finish(&report)) {
                Some(checked) => join(report, checked),
                None => report,
            };
            let report = promised.judge(report);
            output.write(&report, picture.as_ref())?;
            promised.finish(Some(&report))?;
            exit::of(&report, &arguments.output)
        }
        Err(error) => {
            output.abandon();
            return Err(error);
        }
    };
    captured.map(|()| code)
}

/// Holds that a logon has all that it needs, before a password is asked for.
fn may_log_on(arguments: &TraceArguments) -> Result<(), Error> {
    let lacks = match (&arguments.account.user, arguments.depth.take_session, arguments.depth.security) {
        _ if !arguments.account.logon => return Ok(()),
        (None, false, _) => {
            "needs an account and the permission to begin its session: --user and --take-session"
        }
        (None, true, _) => "needs an account: --user",
        (Some(_), false, _) => {
            "begins a session of the account, or takes over the one that there is: --take-session allows it"
        }
        (Some(_), true, Some(SecurityArgument::Rdp)) => {
            "sends the password over TLS only, which --security rdp rules out"
        }
        (Some(_), true, _) => return depth(arguments).map(drop),
    };
    Err(Error::new(format!("--logon {lacks}")))
}

/// Holds that nothing is written over what is read.
fn apart(arguments: &TraceArguments) -> Result<(), Error> {
    let password =
        arguments.account.password_file.as_deref().map(|path| Input::file("--password-file", path));
    let standard = arguments.account.password_stdin.then(Input::standard);
    let mut inputs = arguments.kerberos.inputs();
    inputs.extend(arguments.target.input().into_iter().chain(password).chain(standard));
    inputs.extend(arguments.connection.inputs().chain(arguments.gateway.input()));
    inputs.extend(in_folder(arguments.checks.host_files.as_deref()));
    let picture = arguments.depth.screenshot.as_deref().map(|path| Written { what: "--screenshot", path });
    let capture = arguments.capture.capture.as_deref().map(|path| Written { what: "--capture", path });
    inputs.extend(arguments.promises.input());
    arguments.output.apart(&inputs, picture.into_iter().chain(capture).chain(arguments.promises.written()))
}

fn report(
    arguments: &TraceArguments,
    target: &Target,
    settings: &Settings,
    network: &dyn Network,
) -> Result<(Ended, Option<Picture>), Error> {
    let runtime = runtime()?;
    let shows = if arguments.depth.wait.is_none() { Shows::Trace } else { Shows::Tries };
    let progress = Progress::new(&arguments.output, shows);
    let tracer = Tracer::new(target, settings, network);
    let ended = match arguments.depth.wait {
        None => {
            let interrupt = progress.interrupt();
            runtime.block_on(tracer.observed_by(&progress).run_until(interrupt))
        }
        Some(time) => {
            let patience = Patience { time, jitter: wait::random };
            let interrupt = progress.interrupt();
            runtime.block_on(wait::wait(tracer, patience, &progress, interrupt))
        }
    };
    // A look-up that hangs in the system's resolver must not keep the program.
    runtime.shutdown_background();
    let picture = progress.take_picture();
    drop(progress);
    Ok((ended, picture))
}

/// What the arguments say, and else the file.
fn settings(arguments: &TraceArguments, target: &Target) -> Result<Settings, Error> {
    let given = arguments.connection.settings()?;
    let given = match &target.file {
        Some(file) => honour(file, given),
        None => given,
    };
    let given = arguments.farm.settings(given);
    if !arguments.output.telling.quiet {
        arguments.farm.explain(target.file.as_ref());
    }
    let kerberos = arguments.kerberos.kerberos(
        arguments.account.user.as_deref(),
        target,
        arguments.connection.proxy.proxy.is_some(),
    )?;
    let gateway = gateway(arguments, target)?;
    let shows = gateway.as_ref().is_some_and(Gateway::is_used_once);
    if arguments.farm.follow_with_account && arguments.account.user.is_none() && !shows {
        return Err(Error::new(
            "--follow-with-account needs an account: --user, or one or a token for a gateway",
        ));
    }
    let logon = arguments.account.account()?.map(|account| logon(arguments, account, kerberos));
    let dialled = gateway.as_ref().map_or(&target.endpoint, |gateway| &gateway.endpoint);
    let mut settings = given.proxy(arguments.connection.proxy.proxy(dialled)?).gateway(gateway).logon(logon);
    settings.offer.security = arguments.depth.security.map_or(Security::Auto, Security::from);
    settings.offer.nla |= arguments.depth.security.is_some();
    settings.depth = Depth {
        until: depth(arguments)?,
        license: arguments.depth.license.into(),
        hardware_id: hardware_id(),
        take_session: arguments.depth.take_session,
        log_on: arguments.account.logon,
        screenshot: arguments.depth.screenshot.is_some(),
        udp: arguments.depth.udp,
        experiments: arguments.depth.experiments.into(),
    };
    Ok(settings)
}

/// The gateway to go through; an account or a token for it is used once, so no wait can go through it.
fn gateway(arguments: &TraceArguments, target: &Target) -> Result<Option<Gateway>, Error> {
    let gateway = arguments.gateway.gateway(target)?;
    let Some(found) = &gateway else {
        return match arguments.depth.until {
            Some(Phase::Gateway) => {
                Err(Error::new("--until gateway needs a gateway: --gateway, or a .rdp file that demands one"))
            }
            _ => Ok(None),
        };
    };
    if let Some(until @ (Phase::Resolve | Phase::Connect)) = arguments.depth.until {
        return Err(Error::new(format!(
            "{until} does not occur behind a gateway: --until gateway is the first"
        )));
    }
    if arguments.depth.wait.is_some() && found.is_used_once() {
        return Err(Error::new(
            "--wait tries more than once, and an account or a token for a gateway is used once",
        ));
    }
    Ok(gateway)
}

/// How the account is used.
fn logon(arguments: &TraceArguments, account: Account, kerberos: Option<Kerberos>) -> Logon {
    let logon = Logon::new(account).allow_unpatched(arguments.account.allow_unpatched);
    let logon = match kerberos {
        Some(kerberos) => logon.with_kerberos(kerberos),
        None => logon,
    };
    if arguments.account.restricted_admin { logon.with_restricted_admin() } else { logon }
}

/// A screenshot asks for the activation by itself.
fn depth(arguments: &TraceArguments) -> Result<Option<Phase>, Error> {
    match arguments.depth.until {
        Some(Phase::Activate) => Ok(arguments.depth.until),
        None if arguments.depth.screenshot.is_some() => Ok(Some(Phase::Activate)),
        Some(phase) if arguments.depth.screenshot.is_some() => {
            Err(Error::new(format!("--screenshot goes on to activate, which --until {phase} does not reach")))
        }
        None if arguments.account.logon => Ok(Some(Phase::Activate)),
        Some(phase) if arguments.account.logon => {
            Err(Error::new(format!("--logon goes on to activate, which --until {phase} does not reach")))
        }
        _ if arguments.depth.take_session => Err(Error::new("--take-session needs --until activate")),
        until => Ok(until),
    }
}
