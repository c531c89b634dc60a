//! TARGET: a host, an rdp:// address or an .rdp file.

use std::{convert::Infallible, fs::File, io::Read as _, path::PathBuf, str::FromStr};

use super::Error;
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

/// One byte more than is read of a file, so that a longer one is known as such.
fn bytes(path: &PathBuf) -> Result<Vec<u8>, Error> {
    let refused = |why: &dyn std::fmt::Display| Error::new(format!("cannot read {}: {why}", path.display()));
    // Before it is opened: a pipe in its place would keep the program waiting.
    match std::fs::metadata(path) {
        Err(error) => return Err(refused(&error)),
        Ok(about) if about.is_dir() => return Err(refused(&"it is a directory")),
        Ok(about) if !about.is_file() => return Err(refused(&"it is no file")),
        Ok(_) => {}
    }
    let file = File::open(path).map_err(|error| refused(&error))?;
    let mut bytes = Vec::new();
    let read = file.take(LONGEST_FILE as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| refused(&error)).map(|_| bytes)
}
