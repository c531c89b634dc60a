//! `rdptrace explain`: what a code means.

use clap::{Args, ValueEnum};

use super::{
    Error,
    args::PlaceArguments,
    out::{sink::Sink, stderr},
};
use crate::{explain, render};

const EXAMPLES: &str = "\
Examples:
  rdptrace explain 0x904/0x7             a code with its extended code
  rdptrace explain Error code: 0x204     pasted from the message box
  rdptrace explain event 1026            a Windows event
  rdptrace explain errinfo 0x112F        Set Error Info, a \"protocol error\"
  rdptrace explain STATUS_LOGON_FAILURE  a name
  rdptrace explain \"An internal error has occurred\"
                                         a text that has no number
  rdptrace explain \"$(cat message.txt)\"   a whole box, log or event
  rdptrace explain -1073741715           a status as a signed number
  rdptrace explain certificate-expired   a finding or a cause of a trace
  rdptrace explain names-hosts-file      a check of this machine

A word in front of a number asks for its tables, such as disconnect, extended,
errinfo, ntstatus, negotiation, tls, credssp, mcs, license, gateway, http, event;
where these lack the code the others are asked. In a sentence a number is a code
if it has 0x, is a status of Windows or follows a word such as code or error;
dates, clocks, addresses, versions, sessions and names are none.

Exit codes:
  0   every code is known
  1   no table has one of them; its family and similar codes are shown
  2   there is no code in what was given";

const UNKNOWN: u8 = 1;

#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct ExplainArguments {
    /// Numbers (decimal, hexadecimal or signed), pairs, names, or the text around them
    #[arg(value_name = "CODE", required = true, allow_negative_numbers = true)]
    pub codes: Vec<String>,

    /// How to write the explanation
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,

    #[command(flatten)]
    pub place: PlaceArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
}

/// Explains the codes and returns 1 when no table has one of them.
///
/// # Errors
/// An argument is no code, or the explanation cannot be written.
pub fn run(arguments: &ExplainArguments) -> Result<u8, Error> {
    let explanation = explain::explain(&arguments.codes).map_err(|error| Error::new(error.to_string()))?;
    arguments.place.apart()?;
    let sink = Sink::main(&arguments.place)?;
    let mut bytes = Vec::new();
    let written = match arguments.format {
        Format::Text => render::explanation(&explanation, &mut bytes),
        Format::Json => render::json(&explanation, &mut bytes),
    };
    written.map_err(|error| Error::new(format!("cannot write the explanation: {error}")))?;
    sink.write(&bytes)?;
    if let Some(sentence) = explanation.left_out() {
        stderr::say(sentence);
    }
    Ok(if explanation.is_complete() { 0 } else { UNKNOWN })
}
