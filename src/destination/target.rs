//! The server to probe, as the user named it.

use std::{fmt, str::FromStr};

use super::{host::endpoint_or, rdp_file::RdpFile};
use crate::endpoint::{DEFAULT_PORT, Endpoint};

/// The server to probe, as the user named it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The argument, unchanged.
    pub input: String,
    /// The host and the port that it names.
    pub endpoint: Endpoint,
    /// The file or the rdp:// address that says so, with what else it asks for.
    pub file: Option<RdpFile>,
}

impl Target {
    /// The target of an .rdp file, with the file.
    ///
    /// # Errors
    /// The file names no host that can be traced; the sentence begins with `name`, the file as the user gave it.
    pub fn of_file(name: &str, file: RdpFile) -> Result<Self, BadTarget> {
        let about = |why: String| BadTarget(format!("{name} {why}"));
        let endpoint = file.endpoint().map_err(about)?;
        Ok(Self { input: name.to_owned(), endpoint, file: Some(file) })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.endpoint.fmt(f)
    }
}

/// Why an argument is no target; the whole sentence for the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadTarget(pub(super) String);

impl fmt::Display for BadTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadTarget {}

impl FromStr for Target {
    type Err = BadTarget;

    fn from_str(input: &str) -> Result<Self, BadTarget> {
        let bad = |why: &str| BadTarget(format!("{input:?} is no target: {why}"));
        if input.contains("://") {
            return Err(bad("give host, host:port or [v6]:port, without a scheme"));
        }
        let endpoint = endpoint_or(input, DEFAULT_PORT).map_err(bad)?;
        Ok(Self { input: input.to_owned(), endpoint, file: None })
    }
}
