//! The arguments of `rdptrace local`, and the files that they name.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{choices::RoleArgument, output::OutputArguments, target::TargetArgument};
use crate::{
    cli::{Error, apart::Input},
    local::files::{Files, Given},
};

#[derive(Args, Debug)]
#[command(next_help_heading = "Machine")]
pub(crate) struct LocalArguments {
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
pub(crate) struct FileArguments {
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
    pub(crate) fn inputs(&self) -> Vec<Input> {
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
    pub(crate) fn open(&self) -> Result<Option<Files>, Error> {
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
pub(crate) fn in_folder(folder: Option<&Path>) -> Vec<Input> {
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
