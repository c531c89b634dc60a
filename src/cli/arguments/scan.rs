//! The arguments of `rdptrace scan`.

use std::{path::PathBuf, time::Duration};

use clap::Args;

use super::{
    choices::{Format, SecurityArgument},
    connection::AnchorArguments,
    output::{PlaceArguments, TellingArguments},
    policy::PolicyArguments,
    values::{PHASE, duration, further_report, rate, seconds},
};
use crate::{
    cli::{
        Error,
        apart::{Input, Written, apart},
    },
    codes::Phase,
    scan::Exclusion,
};

#[derive(Args, Debug)]
#[command(next_help_heading = "Hosts")]
pub(crate) struct ScanArguments {
    /// host, host:port, CIDR, range or .rdp file
    ///
    /// Also rdp://... addresses. The default port is 3389. A range is two addresses, or an address and the last octet of
    /// another, such as 192.0.2.1-50; a CIDR and a range may have a port behind them. Each host is probed once.
    #[arg(required_unless_present = "from")]
    pub targets: Vec<String>,

    /// Read hosts from a file, a folder of .rdp files, or -
    ///
    /// Standard input is -. The file has a host or range a line, with comments behind #; or it is CSV whose header names
    /// a column host, hostname, name, fqdn, dns, address or ip, and perhaps one port.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::AnyPath)]
    pub from: Vec<PathBuf>,

    /// Leave out this host or range
    ///
    /// May be given more than once; without a port it is left out at every port.
    #[arg(long, value_name = "HOST", value_parser = exclusion)]
    pub exclude: Vec<Exclusion>,

    /// Scan more than 65536 hosts, which is refused otherwise
    #[arg(long, hide_short_help = true)]
    pub large: bool,

    #[command(flatten)]
    pub asked: AskedArguments,

    #[command(flatten)]
    pub pace: PaceArguments,

    #[command(flatten)]
    pub anchors: AnchorArguments,

    #[command(flatten)]
    pub promises: PolicyArguments,

    #[command(flatten)]
    pub output: ScanOutputArguments,
}

/// What each host is asked.
#[derive(Args, Debug)]
#[command(next_help_heading = "Depth")]
pub(crate) struct AskedArguments {
    /// Ask what each host accepts, as posture does
    ///
    /// That takes up to 25 connections to each.
    #[arg(long, conflicts_with_all = ["until", "security"])]
    pub posture: bool,

    /// Stop after this phase, such as tls [default: licensing]
    #[arg(long, value_name = "PHASE", value_parser = PHASE, hide_possible_values = true, hide_short_help = true)]
    pub until: Option<Phase>,

    /// What to offer in the negotiation
    #[arg(long, value_enum, value_name = "OFFER", hide_short_help = true)]
    pub security: Option<SecurityArgument>,
}

/// How many, how fast, how long.
#[derive(Args, Debug)]
#[command(next_help_heading = "Limits")]
pub(crate) struct PaceArguments {
    /// Probe at most so many hosts at once
    #[arg(long, value_name = "N", default_value = "256", value_parser = clap::value_parser!(u32).range(1..=65536))]
    pub concurrency: u32,

    /// Begin with at most so many hosts in a second
    #[arg(long, value_name = "N", value_parser = rate)]
    pub rate: Option<f64>,

    /// Seconds for each phase
    #[arg(long, value_name = "SECS", default_value = "10", value_parser = seconds, allow_negative_numbers = true, hide_short_help = true)]
    pub timeout: Duration,

    /// End after so long, such as 30m
    ///
    /// What is left is not tried, which makes the exit code 3 unless a host failed.
    #[arg(long, value_name = "DURATION", value_parser = duration, allow_negative_numbers = true)]
    pub deadline: Option<Duration>,
}

/// Where the reports go.
#[derive(Args, Debug)]
#[command(next_help_heading = "Report")]
pub(crate) struct ScanOutputArguments {
    /// Write text, ndjson, junit or html [default: text, ndjson with -o]
    ///
    /// ndjson is a report a line, as soon as a host has ended. The file of -o is then what a scan
    /// goes on from: hosts whose line is complete are not probed again, and the table is printed.
    #[arg(long, value_enum, value_name = "FORMAT", hide_possible_values = true)]
    pub format: Option<Format>,

    #[command(flatten)]
    pub place: PlaceArguments,

    /// Write a further report, such as junit=report.xml; may be given more than once
    #[arg(long = "report", value_name = "FORMAT=FILE", value_parser = further_report, hide_short_help = true)]
    pub reports: Vec<(Format, PathBuf)>,

    #[command(flatten)]
    pub telling: TellingArguments,
}

impl ScanArguments {
    /// The files that are read.
    pub(crate) fn inputs(&self) -> Vec<Input> {
        let lists = self.from.iter().map(|path| match path.as_os_str() == "-" {
            true => Input::standard(),
            false => Input::file("--from", path),
        });
        let others = self.anchors.input().into_iter().chain(self.promises.input());
        lists.chain(others).collect()
    }
}

impl ScanOutputArguments {
    /// The format that was asked for, or else the one that suits the place.
    pub(crate) fn chosen(&self) -> Format {
        let usual = if self.place.file().is_some() { Format::Ndjson } else { Format::Text };
        self.format.unwrap_or(usual)
    }

    /// Holds that all files are different ones.
    ///
    /// # Errors
    /// Two are the same.
    pub(crate) fn apart(&self, inputs: &[Input]) -> Result<(), Error> {
        let own = self.place.file().map(|path| Written { what: "-o", path });
        let reports = self.reports.iter().map(|(_, path)| Written { what: "--report", path });
        let written: Vec<_> = own.into_iter().chain(reports).collect();
        apart(inputs, &written, true)
    }
}

fn exclusion(text: &str) -> Result<Exclusion, String> {
    Exclusion::read(text).map_err(str::to_owned)
}
