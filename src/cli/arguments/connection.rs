//! The arguments of every connection: names, trust and time.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;
use tokio_rustls::rustls::pki_types::{CertificateDer, pem::PemObject as _};

use super::{
    proxy::ProxyArguments,
    values::{seconds, server_name, thumbprint},
};
use crate::{
    certificate::is_anchor,
    cli::{Error, apart::Input, files},
    settings::{Anchors, Settings},
};

/// The largest file of trust anchors; that of a whole system is a few hundred kilobytes.
const LONGEST_BUNDLE: u64 = 16 << 20;

#[derive(Args, Debug)]
#[command(next_help_heading = "Target")]
pub(crate) struct ConnectionArguments {
    /// Name for SNI, certificate and service principal if TARGET is an address
    #[arg(long, value_name = "NAME", value_parser = server_name, hide_short_help = true)]
    pub server_name: Option<String>,

    /// SHA-1 or SHA-256 of the certificate that must be served under the target's name
    ///
    /// Also if a redirection leads there again. The account is used nowhere else, at no hop either.
    #[arg(long, value_name = "HEX", value_parser = thumbprint, hide_short_help = true)]
    pub expect_thumbprint: Option<String>,

    #[command(flatten)]
    pub anchors: AnchorArguments,

    #[command(flatten)]
    pub proxy: ProxyArguments,

    /// Seconds for each phase
    #[arg(long, value_name = "SECS", default_value = "10", value_parser = seconds, allow_negative_numbers = true, hide_short_help = true, help_heading = "Limits")]
    pub timeout: Duration,

    /// Seconds for the whole run with its experiments
    #[arg(long, value_name = "SECS", default_value = "60", value_parser = seconds, allow_negative_numbers = true, hide_short_help = true, help_heading = "Limits")]
    pub deadline: Duration,
}

/// Whose certificates are trusted.
#[derive(Args, Debug)]
#[command(next_help_heading = "Target")]
pub(crate) struct AnchorArguments {
    /// Trust the certificates in this file instead of the system's
    #[arg(long, value_name = "PEM", hide_short_help = true, value_hint = clap::ValueHint::FilePath)]
    pub ca_file: Option<PathBuf>,

    /// Trust the system's roots besides --ca-file
    #[arg(long, requires = "ca_file", hide_short_help = true)]
    pub system_roots: bool,
}

impl ConnectionArguments {
    /// The files that are read.
    pub(crate) fn inputs(&self) -> impl Iterator<Item = Input> {
        self.anchors.input().into_iter().chain(self.proxy.input())
    }

    /// The settings that follow from these; the others are the defaults.
    ///
    /// # Errors
    /// The file of trust anchors cannot be read.
    pub(crate) fn settings(&self) -> Result<Settings, Error> {
        Ok(Settings::default()
            .server_name(self.server_name.clone())
            .expected_thumbprint(self.expect_thumbprint.clone())
            .anchors(self.anchors.anchors()?)
            .timeout(self.timeout)
            .deadline(self.deadline))
    }
}

impl AnchorArguments {
    /// The file that is read.
    pub(crate) fn input(&self) -> Option<Input> {
        self.ca_file.as_deref().map(|path| Input::file("--ca-file", path))
    }

    /// The trust anchors.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn anchors(&self) -> Result<Anchors, Error> {
        match &self.ca_file {
            None => Ok(Anchors::default()),
            Some(path) => Ok(Anchors { given: certificates(path)?, system: self.system_roots }),
        }
    }
}

fn certificates(path: &Path) -> Result<Vec<Vec<u8>>, Error> {
    let name = path.display();
    let bytes = files::bytes(path, LONGEST_BUNDLE)
        .map_err(|error| Error::new(format!("cannot read {name}: {error}")))?;
    let found: Result<Vec<_>, _> =
        CertificateDer::pem_slice_iter(&bytes).map(|der| der.map(|der| der.to_vec())).collect();
    match found {
        Ok(certificates) if certificates.is_empty() => {
            Err(Error::new(format!("{name} holds no PEM certificate")))
        }
        Ok(certificates) if !certificates.iter().all(|der| is_anchor(der)) => {
            Err(Error::new(format!("{name} holds a certificate that cannot be read")))
        }
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(Error::new(format!("{name} is no valid PEM file: {error}"))),
    }
}
