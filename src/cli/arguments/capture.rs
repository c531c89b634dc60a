//! The capture that a trace writes of itself.

use std::path::PathBuf;

use clap::Args;

#[derive(Args, Debug)]
#[command(next_help_heading = "Capture")]
pub(crate) struct CaptureArguments {
    /// Write what crosses TCP to this pcapng file, with what decrypts it
    ///
    /// The secrets of the TLS sessions are in the file, so that Wireshark shows what is inside. Of each
    /// direction of a connection the first 256 KiB and the last 16 KiB are kept.
    #[arg(long, value_name = "FILE", conflicts_with = "wait", hide_short_help = true, value_hint = clap::ValueHint::FilePath)]
    pub capture: Option<PathBuf>,

    /// Allow --capture with an account or a token, which whoever has the file can read then
    #[arg(long, requires = "capture", hide_short_help = true)]
    pub capture_secrets: bool,
}
