//! The arguments of `rdptrace explain`.

use clap::{Args, ValueEnum};

use super::output::PlaceArguments;

#[derive(Args, Debug)]
pub(crate) struct ExplainArguments {
    /// Numbers, pairs, names, or the text around them
    ///
    /// Numbers may be decimal, hexadecimal or signed.
    #[arg(value_name = "CODE", required = true, allow_negative_numbers = true)]
    pub codes: Vec<String>,

    /// Write the explanation as text or json
    #[arg(long, value_enum, default_value = "text", hide_possible_values = true, help_heading = "Report")]
    pub format: ExplanationFormat,

    #[command(flatten)]
    pub place: PlaceArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExplanationFormat {
    Text,
    Json,
}
