//! The command line as a whole: what each command's help leaves out, adds, and says differently of an option that several share.

use clap::{Arg, ArgAction, Command, CommandFactory as _};

use super::{arguments::program::Cli, manual};

/// What an option means for one command, where that is less or something else than for `trace`.
const DIFFERENT: &[(&str, &str, &str)] = &[
    ("trace", "quiet", "No progress and no logs; errors and why there is no screenshot are still said"),
    ("posture", "server_name", "Name for SNI and certificate if TARGET is an address"),
    (
        "posture",
        "expect_thumbprint",
        "SHA-1 or SHA-256 of the certificate that must be served under the target's name",
    ),
    ("posture", "deadline", "Seconds for all connections"),
    (
        "posture",
        "proxy",
        "Connect through this proxy, which looks up the target's name: http://HOST:PORT, \
      socks5://HOST:PORT, or env for HTTPS_PROXY, ALL_PROXY and NO_PROXY",
    ),
    ("posture", "quiet", "No progress and no logs; errors are still said"),
    ("scan", "quiet", "No progress, no table where -o has the reports, and no logs; errors are still said"),
    ("demo", "quiet", "No progress, no logs and no advice at the end; errors are still said"),
    ("local", "fail_on", "Exit 1 on a check with error, with warning or never"),
    ("local", "quiet", "Do not list what goes into the file of --collect; errors are still said"),
    ("local", "verbose", "Log to standard error"),
    ("judge", "quiet", "No logs; errors are still said"),
    ("judge", "verbose", "Log to standard error"),
    ("diff", "output", "Write the differences to this file instead of standard output"),
    ("explain", "output", "Write the explanation to this file instead of standard output"),
];

/// Options of which every command's short help has room for one less.
const ONLY_IN_LONG_HELP: &[(&str, &str)] =
    &[("demo", "output"), ("demo", "fail_on"), ("posture", "connections"), ("explain", "output")];

/// The commands with their help.
pub(super) fn command() -> Command {
    let program = own(Cli::command(), "rdptrace", "Program");
    let names: Vec<String> = program.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    let program = names.iter().fold(program, |program, name| {
        let heading = match name.as_str() {
            "schema" | "completions" | "man" => "Options",
            _ => "Report",
        };
        program.mut_subcommand(name, |command| own(told(command), name, heading))
    });
    program.override_usage("rdptrace <COMMAND> [OPTIONS], or rdptrace <TARGET> [OPTIONS OF trace]")
}

/// The command with its own words for what it shares with others.
fn told(command: Command) -> Command {
    let name = command.get_name().to_owned();
    let different = DIFFERENT.iter().filter(|(command, ..)| *command == name);
    let command = different.fold(command, |command, (_, option, help)| {
        command.mut_arg(option, |arg| arg.help(*help).long_help(None::<&str>))
    });
    let hidden = ONLY_IN_LONG_HELP.iter().filter(|(command, _)| *command == name);
    let command = match name.as_str() {
        // Refused with a sentence that says what writes one.
        "scan" => command.mut_arg("write_policy", |arg| arg.hide(true)),
        _ => command,
    };
    hidden.fold(command, |command, (_, option)| command.mut_arg(option, |arg| arg.hide_short_help(true)))
}

/// Commands whose short help fills a screen without their examples.
const LONG: [&str; 8] = ["rdptrace", "trace", "posture", "scan", "read", "local", "relay", "listen"];

/// With help among the options of a heading, so that short help needs no heading for it alone, and what the manual says after it.
fn own(command: Command, name: &str, heading: &'static str) -> Command {
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).help_heading(heading);
    let help = help.help("Print help; --help says more than -h").display_order(1000);
    let version = Arg::new("version").short('V').long("version").action(ArgAction::Version);
    let version = version.help("Print the version").help_heading(heading).display_order(1001);
    let version = version.hide(name != "rdptrace");
    let command = command.disable_help_flag(true).disable_version_flag(true).arg(help).arg(version);
    match manual::of(name) {
        Some(manual) if LONG.contains(&name) => command.after_long_help(manual.after_help()),
        Some(manual) => command.after_help(manual.example_lines()).after_long_help(manual.after_help()),
        None => command,
    }
}
