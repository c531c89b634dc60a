//! TARGET: a host, an rdp:// address or an .rdp file.
//!
//! An argument that is a file here is read as one and never asked of DNS, whatever its name ends in; a port after a
//! name says that the host is meant. `rdp://` addresses are not clap's to read: it would repeat a bad one with the
//! token in it.

use std::{
    convert::Infallible,
    fs,
    path::{Path, PathBuf},
    str::FromStr,
};

use crate::{
    cli::{Error, apart::Input, files},
    destination::{BadTarget, LONGEST_FILE, RdpFile, Target},
};

/// How the names of files end that people try, in lower case; such a name is no host's, also where the file is missing. The file
/// itself says whether it is one that mstsc opens.
const ENDINGS: &[&str] = &[".rdp", ".rdpw", ".rdg", ".remmina", ".msrcincident"];

/// The argument before anything is read; only a plain host is judged with the other arguments, because what stands in an
/// address may be secret and is not repeated.
#[derive(Clone, Debug)]
pub(crate) enum TargetArgument {
    /// A host, with or without a port.
    Host(Target),
    /// An address that begins with rdp://.
    Address(String),
    /// A file that is there, or a path that ends as one.
    File(PathBuf),
    /// What is no host, and the name of something else.
    Path(PathBuf),
}

impl FromStr for TargetArgument {
    type Err = BadTarget;

    fn from_str(text: &str) -> Result<Self, BadTarget> {
        let lower = text.to_ascii_lowercase();
        // Also where it is written wrong: what is wrong is said without what stands in it.
        if lower.trim_start().starts_with("rdp:/") {
            Ok(Self::Address(text.to_owned()))
        } else if ENDINGS.iter().any(|ending| lower.ends_with(ending)) || is_file(text) {
            let path: Result<PathBuf, Infallible> = text.parse();
            Ok(Self::File(path.unwrap_or_default()))
        } else {
            let host = text.parse().map(Self::Host);
            host.or_else(|why| match Path::new(text).exists() {
                true => Ok(Self::Path(text.into())),
                false => Err(why),
            })
        }
    }
}

impl TargetArgument {
    /// The file, where it is one.
    pub(crate) fn input(&self) -> Option<Input> {
        match self {
            Self::File(path) => Some(Input::file("the target", path)),
            Self::Host(_) | Self::Address(_) | Self::Path(_) => None,
        }
    }

    /// The target, read from the file where it is one.
    ///
    /// # Errors
    /// The file cannot be read, is none, or names no host that can be traced.
    pub(crate) fn read(&self) -> Result<Target, Error> {
        let bad = |error: BadTarget| Error::new(error.to_string());
        match self {
            Self::Host(target) => no_path(target.clone(), &target.input),
            Self::Address(address) => {
                let target = Target::of_address(address).map_err(bad)?;
                match (&target.file, address.split_once("://")) {
                    (None, Some((_, place))) => no_path(target, place.trim_end_matches('/')),
                    _ => Ok(target),
                }
            }
            Self::Path(path) => Err(no_target(path, "")),
            Self::File(path) => {
                let name = path.display().to_string();
                let file = RdpFile::parse(&bytes(path)?);
                let file = file.map_err(|why| Error::new(format!("{name} {why}{}", way_out(&name))))?;
                Target::of_file(&name, file).map_err(bad)
            }
        }
    }
}

/// The target, unless its name is that of a folder, a pipe or a device here: then nobody is asked for such a host.
fn no_path(target: Target, name: &str) -> Result<Target, Error> {
    let path = Path::new(name);
    match fs::metadata(path) {
        Ok(about) if !about.is_file() => {
            Err(no_target(path, &format!("; {target} is the host of that name")))
        }
        _ => Ok(target),
    }
}

fn no_target(path: &Path, way_out: &str) -> Error {
    let what = if path.is_dir() { "a directory" } else { "no regular file" };
    let name = path.display();
    Error::new(format!("{name} is {what}; a target is a host, an rdp:// address or a .rdp file{way_out}"))
}

fn is_file(text: &str) -> bool {
    fs::metadata(text).is_ok_and(|about| about.is_file())
}

/// How the host is asked for whose name is that of a file here; empty where no host is called so.
fn way_out(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    match name.parse::<Target>() {
        Ok(host) if !ENDINGS.iter().any(|ending| lower.ends_with(ending)) => {
            format!("; {host} is the host of that name")
        }
        _ => String::new(),
    }
}

fn bytes(path: &Path) -> Result<Vec<u8>, Error> {
    let read = files::bytes(path, LONGEST_FILE as u64);
    read.map_err(|why| Error::new(format!("cannot read {}: {why}", path.display())))
}
