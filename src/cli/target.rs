//! TARGET: a host, an rdp:// address or an .rdp file.

use std::{
    convert::Infallible,
    path::{Path, PathBuf},
    str::FromStr,
};

use super::{Error, files};
use crate::target::{BadTarget, LONGEST_FILE, RdpFile, Target};

/// The argument before anything is read; only a plain host is judged with the other arguments, because what stands in an
/// address may be secret and is not repeated.
#[derive(Clone, Debug)]
pub enum TargetArgument {
    /// A host, with or without a port.
    Host(Target),
    /// An address that begins with rdp://.
    Address(String),
    /// A path that ends with .rdp.
    File(PathBuf),
}

impl FromStr for TargetArgument {
    type Err = BadTarget;

    fn from_str(text: &str) -> Result<Self, BadTarget> {
        let lower = text.to_ascii_lowercase();
        // Also where it is written wrong: what is wrong is said without what stands in it.
        if lower.trim_start().starts_with("rdp:/") {
            Ok(Self::Address(text.to_owned()))
        } else if lower.ends_with(".rdp") {
            let path: Result<PathBuf, Infallible> = text.parse();
            Ok(Self::File(path.unwrap_or_default()))
        } else {
            text.parse().map(Self::Host)
        }
    }
}

impl TargetArgument {
    /// The target, read from the file where it is one.
    ///
    /// # Errors
    /// The file cannot be read, is none, or names no host that can be traced.
    pub fn read(&self) -> Result<Target, Error> {
        let bad = |error: BadTarget| Error::new(error.to_string());
        match self {
            Self::Host(target) => Ok(target.clone()),
            Self::Address(address) => Target::of_address(address).map_err(bad),
            Self::File(path) => {
                let name = path.display().to_string();
                let file =
                    RdpFile::parse(&bytes(path)?).map_err(|why| Error::new(format!("{name} {why}")))?;
                Target::of_file(&name, file).map_err(bad)
            }
        }
    }
}

fn bytes(path: &Path) -> Result<Vec<u8>, Error> {
    let read = files::bytes(path, LONGEST_FILE as u64);
    read.map_err(|why| Error::new(format!("cannot read {}: {why}", path.display())))
}
