//! A page for `man`: clap's sections, then examples, exit status, environment and files.

use std::io::{self, Write};

use clap::Command;
use clap_mangen::{
    Man,
    roff::{Inline, Roff, bold, roman},
};

use crate::cli::manual::{Manual, Pairs, names};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Writes the page of the command.
pub(super) fn page(command: &Command, manual: &Manual, to: &mut dyn Write) -> io::Result<()> {
    let bare = command.clone().after_help(None::<&str>).after_long_help(None::<&str>).version(VERSION);
    // Of what the short help leaves out, the page would leave out the text.
    let bare = bare.mut_args(|argument| argument.hide_short_help(false));
    // Without a heading of their own arguments would be options.
    let bare = bare.mut_args(|argument| match argument.is_positional() {
        true => argument.help_heading("Arguments"),
        false => argument,
    });
    let usage = bare.clone().render_usage().to_string();
    let man = Man::new(bare).manual("rdptrace").source(format!("rdptrace {VERSION}"));
    man.render_title(to)?;
    man.render_name_section(to)?;
    synopsis(&usage).to_writer(to)?;
    man.render_description_section(to)?;
    if command.get_arguments().next().is_some() {
        man.render_options_section(to)?;
    }
    if command.has_subcommands() {
        man.render_subcommands_section(to)?;
    }
    let mut roff = Roff::new();
    if !manual.notes.is_empty() {
        roff.control("SH", ["NOTES"]).text([roman(manual.notes)]);
    }
    section(&mut roff, "EXAMPLES", manual.examples, |what, line| (roman(format!("{what}:")), bold(line)));
    section(&mut roff, "EXIT STATUS", manual.exit, |code, what| (bold(code), roman(what)));
    section(&mut roff, "ENVIRONMENT", manual.environment, |name, what| (bold(name), roman(what)));
    section(&mut roff, "FILES", manual.files, |name, what| (bold(name), roman(what)));
    see_also(&mut roff, manual);
    roff.to_writer(to)
}

/// What the help says of the usage; clap_mangen would list every option.
fn synopsis(usage: &str) -> Roff {
    let mut roff = Roff::new();
    let lines = usage.trim_start_matches("Usage:").lines();
    roff.control("SH", ["SYNOPSIS"]).text(lines.map(|line| bold(line.trim())).collect::<Vec<_>>());
    roff
}

/// A term and its text for each pair; of an example the text is the command line.
fn section(roff: &mut Roff, title: &str, pairs: Pairs, entry: fn(&str, &str) -> (Inline, Inline)) {
    if pairs.is_empty() {
        return;
    }
    roff.control("SH", [title]);
    for (first, second) in pairs {
        let (term, text) = match title {
            "EXAMPLES" => entry(second, first),
            _ => entry(first, second),
        };
        roff.control("TP", []).text([term]).text([text]);
    }
}

fn see_also(roff: &mut Roff, manual: &Manual) {
    let pages = names().into_iter().filter(|name| *name != manual.command).map(|name| match name {
        "rdptrace" => "rdptrace(1)".to_owned(),
        name => format!("rdptrace-{name}(1)"),
    });
    roff.control("SH", ["SEE ALSO"]).text([roman(pages.collect::<Vec<_>>().join(", "))]);
}
