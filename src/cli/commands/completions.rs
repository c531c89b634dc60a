//! `rdptrace completions`: the scripts, with the values of options and arguments also for shells whose scripts clap leaves without.

use std::fmt::Write as _;

use clap::{Arg, Command};
use clap_complete::Shell;

use crate::cli::{Error, command_line, out::sink::print};

/// What the script for PowerShell decides by; before it stands what follows the word that values belong to.
const POWERSHELL: &str = "    $completions = @(switch ($command) {\n";
/// How the script for elvish ends.
const ELVISH: &str = "    $completions[$command]\n}\n";

/// Where the script for bash knows no more words.
const BASH: &str = "            *)\n";
/// A first word that is no command is what a trace is made to.
const BASH_TARGET: &str =
    "            rdptrace,[!-]*)\n                cmd=\"rdptrace__subcmd__trace\"\n                ;;\n";
/// Where the script for fish has the first word.
const FISH: &str = "    and return 1\n    contains -- $cmd[1] $argv\n";

/// The word that values follow, with the command it belongs to, and the values.
struct Values {
    command: String,
    word: String,
    values: Vec<String>,
}

/// Prints the script for this shell and returns the exit code.
///
/// # Errors
/// Standard output cannot be written.
pub(crate) fn run(shell: Shell) -> Result<u8, Error> {
    print(&script(shell))
}

fn script(shell: Shell) -> Vec<u8> {
    let mut command = command_line::command();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "rdptrace", &mut script);
    let script = String::from_utf8(script).expect("a script is text");
    let script = match shell {
        Shell::Bash => script.replacen(BASH, &format!("{BASH_TARGET}{BASH}"), 1),
        Shell::Fish => format!("{}{}", script.replace(FISH, &fish_target(&command)), fish(&command)),
        Shell::PowerShell => script.replace(POWERSHELL, &format!("{}{POWERSHELL}", powershell(&command))),
        Shell::Elvish => script.replace(ELVISH, &elvish(&command)),
        _ => script,
    };
    script.into_bytes()
}

/// Those of every command, by option.
fn values(program: &Command) -> Vec<Values> {
    let mut found = Vec::new();
    for command in program.get_subcommands() {
        for argument in command.get_arguments() {
            let values = names(argument);
            for word in words(command, argument).into_iter().filter(|_| !values.is_empty()) {
                found.push(Values { command: command.get_name().to_owned(), word, values: values.clone() });
            }
        }
    }
    found
}

fn names(argument: &Arg) -> Vec<String> {
    let values = argument.get_possible_values();
    values.iter().filter(|value| !value.is_hide_set()).map(|value| value.get_name().to_owned()).collect()
}

/// An argument without a name follows its command.
fn words(command: &Command, argument: &Arg) -> Vec<String> {
    if argument.is_positional() {
        return vec![command.get_name().to_owned()];
    }
    let long = argument.get_long().map(|long| format!("--{long}"));
    long.into_iter().chain(argument.get_short().map(|short| format!("-{short}"))).collect()
}

/// A first word that is no command is what a trace is made to.
fn fish_target(program: &Command) -> String {
    let names: Vec<&str> = program.get_subcommands().map(Command::get_name).collect();
    let names = names.join(" ");
    format!(
        "    and return 1\n    contains -- $cmd[1] {names} help\n    or set cmd trace\n    contains -- $cmd[1] $argv\n"
    )
}

/// The script has the values of options already.
fn fish(program: &Command) -> String {
    let mut lines = String::new();
    for Values { command, word, values } in values(program) {
        if word == command {
            let values = values.join(" ");
            let _ = writeln!(
                lines,
                "complete -c rdptrace -n \"__fish_rdptrace_using_subcommand {command}\" -f -a \"{values}\""
            );
        }
    }
    lines
}

fn powershell(program: &Command) -> String {
    let mut text = "    $values = @{\n".to_owned();
    for Values { command, word, values } in values(program) {
        let values: Vec<_> = values.iter().map(|value| format!("'{value}'")).collect();
        let _ = writeln!(text, "        '{command} {word}' = @({})", values.join(", "));
    }
    text.push_str(
        r#"    }
    $words = @($commandElements | ForEach-Object { $_.Extent.Text })
    if ($wordToComplete) {
        $words = @($words | Select-Object -SkipLast 1)
    }
    $proposed = $values["$($words[1]) $($words[-1])"]
    if ($proposed) {
        return $proposed | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
            [CompletionResult]::new($_, $_, [CompletionResultType]::ParameterValue, $_)
        }
    }

"#,
    );
    text
}

fn elvish(program: &Command) -> String {
    let mut text = "    var values = [\n".to_owned();
    for Values { command, word, values } in values(program) {
        let _ = writeln!(text, "        &'{command} {word}'= [{}]", values.join(" "));
    }
    text.push_str(
        "    ]
    var before = ''
    if (> (count $words) 2) {
        set before = $words[1]' '$words[-2]
    }
    if (has-key $values $before) {
        all $values[$before]
    } else {
        $completions[$command]
    }
}
",
    );
    text
}
