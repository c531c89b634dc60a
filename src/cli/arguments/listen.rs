//! The arguments of `rdptrace listen`.

use std::net::SocketAddr;

use clap::{Args, ValueEnum};

use super::{running::RunningArguments, values::listening};
use crate::demo::Select;

#[derive(Args, Debug)]
#[command(next_help_heading = "Listen")]
pub(crate) struct ListenArguments {
    /// Where clients connect: PORT on loopback, or ADDR:PORT
    #[arg(value_name = "ADDR", value_parser = listening)]
    pub address: SocketAddr,

    /// Select nla, tls or rdp [default: the strongest that the client offers]
    ///
    /// With nla the connection ends after the first TSRequest, so that no proof is asked for; with
    /// tls after the Font List, so that channels and capabilities are seen; with rdp after the
    /// client's settings.
    #[arg(long, value_enum, value_name = "PROTOCOL", hide_possible_values = true)]
    pub select: Option<Selection>,

    #[command(flatten)]
    pub output: RunningArguments,
}

/// A security protocol that can be selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Selection {
    Nla,
    Tls,
    Rdp,
}

impl ListenArguments {
    /// What is selected.
    pub(crate) fn selects(&self) -> Select {
        match self.select {
            None => Select::Best,
            Some(Selection::Nla) => Select::Nla,
            Some(Selection::Tls) => Select::Tls,
            Some(Selection::Rdp) => Select::Rdp,
        }
    }
}
