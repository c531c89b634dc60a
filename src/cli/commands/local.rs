//! `rdptrace local`: this machine, or files in place of another.

use std::{fs, path::Path};

use crate::{
    checked_with,
    cli::{
        Error,
        apart::Written,
        arguments::{local::LocalArguments, target::TargetArgument},
        beside::{of_checks, useless},
        exit,
        out::stderr,
        output::Output,
        start::begin_logging,
    },
    endpoint::DEFAULT_PORT,
    local::{Collection, Host, Recorder, Target, files::Files, is_answered, new_file, this_machine},
    net::{Network as _, System},
    policy::Policy,
};

/// Checks a machine, writes the report and returns the exit code.
///
/// # Errors
/// A file cannot be read, or the report or the zip file cannot be written.
pub(crate) fn run(arguments: &LocalArguments) -> Result<u8, Error> {
    begin_logging(&arguments.output.telling, &arguments.output.place);
    if arguments.collect.as_deref().is_some_and(|path| path.as_os_str() == "-") {
        return Err(Error::new("--collect needs the name of a file, a zip file is not for standard output"));
    }
    if let Some(path) = arguments.collect.as_deref().filter(|path| path.symlink_metadata().is_ok()) {
        return Err(Error::new(format!("{} exists and is not overwritten", path.display())));
    }
    let collected = arguments.collect.as_deref().map(|path| Written { what: "--collect", path });
    let named = arguments.target.as_ref().and_then(TargetArgument::input);
    let inputs: Vec<_> = arguments.files.inputs().into_iter().chain(named).collect();
    arguments.output.apart(&inputs, collected)?;
    let target = arguments.target.as_ref().map(TargetArgument::read).transpose()?;
    let files = arguments.files.open()?;
    let output = Output::open(&arguments.output, None)?;
    let named = target.as_ref().map(of_checks);
    let role = arguments.role.into();
    let file = target.as_ref().and_then(|target| target.file.as_ref());
    let checked =
        |machine: &dyn Host, named: Option<&Target>| checked_with(machine, role, named, file, &System);
    let mut report = match (&files, &arguments.collect) {
        (Some(files), _) => {
            let report = checked(files, named.or_else(|| asked(files)).as_ref());
            if !is_answered(&report.trace.local) {
                output.abandon();
                return Err(useless(files, &report.trace.local, report.trace.machine.as_ref()));
            }
            report
        }
        (None, None) => checked(&this_machine(), named.as_ref()),
        (None, Some(path)) => {
            let machine = this_machine();
            let recorder = Recorder::new(&machine);
            let report = checked(&recorder, named.as_ref());
            let collection =
                Collection::new(&machine, recorder.finish(), named.as_ref(), !arguments.no_redact);
            if let Err(error) = collect(&collection, path, arguments.output.telling.quiet) {
                output.abandon();
                return Err(error);
            }
            report
        }
    };
    let policy = Policy::default().counting(arguments.output.telling.counted());
    policy.judge(&mut report, System.now().date());
    output.write(&report, None)?;
    Ok(exit::of(&report, &arguments.output))
}

/// Makes a new file, says what is taken along, and writes it.
fn collect(collection: &Collection, path: &Path, quiet: bool) -> Result<(), Error> {
    let unwritable =
        |why: &dyn std::fmt::Display| Error::new(format!("cannot write {}: {why}", path.display()));
    let file = new_file(path).map_err(|error| unwritable(&error))?;
    if !quiet {
        stderr::say(format_args!("this goes into {}, and no secrets:", path.display()));
        collection.list().iter().for_each(|entry| stderr::line(format_args!("  {entry}")));
    }
    collection.write(file).map_err(|why| {
        let _ = fs::remove_file(path);
        unwritable(&why)
    })
}

/// The target that the answers were collected for.
fn asked(files: &Files) -> Option<Target> {
    let asked = files.asked();
    let host = asked.host.clone()?;
    Some(Target::new(host, asked.port.unwrap_or(DEFAULT_PORT)))
}
