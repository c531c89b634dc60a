//! `rdptrace local`, the checks beside a trace, and files in place of another machine.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::mpsc,
    thread,
    time::Duration,
};

use clap::Args;

use super::{
    Error,
    apart::{Input, Written},
    choices::RoleArgument,
    exit,
    out::stderr,
    output::Output,
    output_arguments::OutputArguments,
    run::begin_logging,
    target::TargetArgument,
};
use crate::{
    checked_with,
    destination::Target,
    endpoint::DEFAULT_PORT,
    local::{
        Checked, Collection, Host, Recorder, RoleChoice, Subject, check, check_beside,
        files::{Files, Given},
        is_answered, is_damaged, new_file, this_machine,
    },
    net::System,
    report::{LocalCheck, Machine, Report},
};

#[derive(Args, Debug)]
#[command(next_help_heading = "Machine")]
pub struct LocalArguments {
    /// Check it as client, host or auto
    ///
    /// auto is a client, and a host where the machine is one; files are checked as the side that they
    /// are of.
    #[arg(long, value_enum, value_name = "ROLE", default_value = "auto", hide_possible_values = true)]
    pub role: RoleArgument,

    /// Also look for what this machine says about this host
    #[arg(long, value_name = "TARGET")]
    pub target: Option<TargetArgument>,

    /// Also write what was asked to this new zip file
    ///
    /// It is for --collected on another machine. It holds no secrets, and the names of users, hosts and
    /// domains are replaced. What goes into it is listed, unless -q is given.
    #[arg(long, value_name = "OUT.zip", value_hint = clap::ValueHint::FilePath, conflicts_with_all = ["evtx", "reg", "hive", "collected", "host_files"])]
    pub collect: Option<PathBuf>,

    /// Leave the names of users and hosts in what --collect writes
    #[arg(long, requires = "collect", hide_short_help = true)]
    pub no_redact: bool,

    #[command(flatten)]
    pub files: FileArguments,

    #[command(flatten)]
    pub output: OutputArguments,
}

/// The files that a machine is read from in place of this one.
#[derive(Args, Debug)]
#[command(next_help_heading = "Files of another machine")]
pub struct FileArguments {
    /// Read an event log, not this machine
    ///
    /// Each of these options may be given more than once.
    #[arg(long, value_name = "FILE")]
    pub evtx: Vec<PathBuf>,

    /// Read a registry export (.reg)
    #[arg(long, value_name = "FILE")]
    pub reg: Vec<PathBuf>,

    /// Read a hive: SYSTEM, SOFTWARE, NTUSER.DAT
    ///
    /// Any other with the key that it holds, such as HKLM\SOFTWARE\Policies=FILE.
    #[arg(long, value_name = "[KEY=]FILE")]
    pub hive: Vec<String>,

    /// Read a zip file that --collect wrote
    #[arg(long, value_name = "FILE.zip")]
    pub collected: Option<PathBuf>,

    /// Read every such file of a folder
    #[arg(long, value_name = "DIR")]
    pub host_files: Option<PathBuf>,
}

impl FileArguments {
    /// The files that are read, also those of a folder.
    fn inputs(&self) -> Vec<Input> {
        let files = |what, paths: &[PathBuf]| -> Vec<Input> {
            paths.iter().map(|path| Input::file(what, path)).collect()
        };
        let hives = self.hive.iter().map(|text| Input::file("--hive", hive(text).path()));
        let mut inputs: Vec<Input> = hives.collect();
        inputs.extend(files("--evtx", &self.evtx));
        inputs.extend(files("--reg", &self.reg));
        inputs.extend(self.collected.as_deref().map(|path| Input::file("--collected", path)));
        inputs.extend(in_folder(self.host_files.as_deref()));
        inputs
    }

    /// The machine in the files; none where no file was named.
    ///
    /// # Errors
    /// A file is missing or of another kind.
    fn open(&self) -> Result<Option<Files>, Error> {
        let logs = self.evtx.iter().cloned().map(Given::Log);
        let exports = self.reg.iter().cloned().map(Given::Export);
        let hives = self.hive.iter().map(|text| hive(text));
        let collected = self.collected.iter().cloned().map(Given::Collected);
        let folder = self.host_files.iter().cloned().map(Given::Folder);
        let given: Vec<_> = logs.chain(exports).chain(hives).chain(collected).chain(folder).collect();
        match given.as_slice() {
            [] => Ok(None),
            given => Files::open(given).map(Some).map_err(Error::new),
        }
    }
}

/// The files of `--host-files` that are read.
pub fn in_folder(folder: Option<&Path>) -> Vec<Input> {
    let files = folder.map(Files::in_folder).unwrap_or_default();
    files.iter().map(|path| Input::file("a file of --host-files", path)).collect()
}

/// A hive, with the key that it holds before an equals sign.
fn hive(text: &str) -> Given {
    let key = text.split_once('=').filter(|(key, _)| {
        let root = key.split('\\').next().unwrap_or_default();
        root.eq_ignore_ascii_case("HKLM") || root.eq_ignore_ascii_case("HKCU")
    });
    match key {
        Some((key, file)) => Given::Hive(file.into(), Some(key.trim_end_matches('\\').to_owned())),
        None => Given::Hive(text.into(), None),
    }
}

/// Checks a machine, writes the report and returns the exit code.
///
/// # Errors
/// A file cannot be read, or the report or the zip file cannot be written.
pub fn run(arguments: &LocalArguments) -> Result<u8, Error> {
    begin_logging(&arguments.output);
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
    let named = target.as_ref().map(subject);
    let role = arguments.role.into();
    let file = target.as_ref().and_then(|target| target.file.as_ref());
    let checked =
        |machine: &dyn Host, named: Option<&Subject>| checked_with(machine, role, named, file, &System);
    let report = match (&files, &arguments.collect) {
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
            if let Err(error) = collect(&collection, path, arguments.output.quiet) {
                output.abandon();
                return Err(error);
            }
            report
        }
    };
    output.write(&report, None)?;
    Ok(exit::code(&report, arguments.output.fail_on.threshold()))
}

/// That no check asks for what the files hold, or could read it.
fn useless(files: &Files, checks: &[LocalCheck], machine: Option<&Machine>) -> Error {
    let told = files.source().unwrap_or_default().told();
    if let Some(damaged) = checks.iter().find(|check| is_damaged(check)) {
        return Error::new(format!("nothing that a check asks for can be read: {}: {told}", damaged.message));
    }
    let roles = machine.map_or(&[][..], |machine| &machine.roles);
    let roles: Vec<_> = roles.iter().map(|role| role.name()).collect();
    Error::new(format!("no check as {} asks for what the files hold: {told}", roles.join(" and ")))
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
fn asked(files: &Files) -> Option<Subject> {
    let asked = files.asked();
    let host = asked.host.clone()?;
    Some(Subject::new(host, asked.port.unwrap_or(DEFAULT_PORT)))
}

/// The checks beside a trace.
pub enum Beside {
    /// Those of this machine.
    ThisMachine,
    /// Those of files, in its place.
    Files(Box<Checked>),
}

/// Checks that hang are left out this much later, such as those of a file on a server that is gone.
const PATIENCE: Duration = Duration::from_secs(5);

impl Beside {
    /// Makes those of a folder.
    ///
    /// # Errors
    /// There is nothing to read in it, or nothing that a check asks for.
    pub fn of_folder(path: &Path, subject: &Subject) -> Result<Self, Error> {
        let files = Files::open(&[Given::Folder(path.to_owned())]).map_err(Error::new)?;
        let made = check(&files, RoleChoice::Auto, Some(subject));
        match is_answered(&made.checks) {
            true => Ok(Self::Files(Box::new(made))),
            false => Err(useless(&files, &made.checks, Some(&made.machine))),
        }
    }

    /// Those that matter to a trace that has ended; none when they hang.
    pub fn finish(self, report: &Report) -> Option<Checked> {
        if let Self::Files(made) = self {
            return Some(made.beside(report));
        }
        let (done, checked) = mpsc::channel();
        let report = report.clone();
        thread::spawn(move || {
            let _ = done.send(check_beside(&this_machine(), &report));
        });
        let checked = checked.recv_timeout(PATIENCE).ok();
        if checked.is_none() {
            stderr::say("the checks of the machine hang and are left out");
        }
        checked
    }
}

/// The target, as the checks are told of it.
pub fn subject(target: &Target) -> Subject {
    Subject::new(&target.endpoint.host, target.endpoint.port)
}
