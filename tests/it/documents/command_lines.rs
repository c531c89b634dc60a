//! Every command line in the documents is one that the program takes.

use std::{ffi::OsString, iter::once};

use rdptrace::{
    explain::explain,
    internal::{cli, demo::FAULTS},
};

use super::{
    guides,
    markdown::{blocks, spans_and_prose},
    pages, shell,
};

const COMMANDS: &[&str] = &[
    "trace",
    "posture",
    "scan",
    "demo",
    "local",
    "judge",
    "diff",
    "explain",
    "schema",
    "completions",
    "man",
];

/// Words that a reader replaces with a code.
const PLACEHOLDERS: &[&str] = &["CODE", "NUMBER", "NAME", "STATUS"];

/// What is wrong with the arguments, if anything.
fn refusal(arguments: &[String]) -> Option<String> {
    let (first, rest) = arguments.split_first()?;
    // The name of a command alone speaks of the command.
    if rest.is_empty() && COMMANDS.contains(&first.as_str()) {
        return None;
    }
    let words: Vec<OsString> =
        once("rdptrace").chain(arguments.iter().map(String::as_str)).map(Into::into).collect();
    let refused = cli::reads(&words).err();
    refused.or_else(|| match first.as_str() {
        "explain" => unexplained(rest),
        "demo" => no_such_fault(rest),
        _ => None,
    })
}

fn unexplained(arguments: &[String]) -> Option<String> {
    let codes: Vec<String> = arguments.iter().take_while(|word| !word.starts_with("--")).cloned().collect();
    if codes.iter().any(|code| PLACEHOLDERS.contains(&code.as_str())) {
        return None;
    }
    let known = explain(&codes).is_ok_and(|explanation| explanation.is_complete());
    (!known).then(|| "explain does not know it".to_owned())
}

fn no_such_fault(arguments: &[String]) -> Option<String> {
    let fault = arguments.iter().skip_while(|word| *word != "--fault").nth(1)?;
    let known = FAULTS.iter().any(|known| known.name == fault);
    (!known).then(|| format!("there is no fault {fault}"))
}

/// What of a block is typed: all of it, or the lines after a prompt.
fn typed(block: &str) -> String {
    if !block.starts_with("$ ") {
        return block.to_owned();
    }
    let lines: Vec<&str> = block.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
    lines.join("\n")
}

#[test]
fn every_command_line_is_taken() {
    let (mut seen, mut wrong) = (0, Vec::new());
    for document in guides().iter().chain(&pages()) {
        let in_blocks = blocks(&document.text).into_iter().map(|block| typed(&block.text));
        let scripts = in_blocks.chain(spans_and_prose(&document.text).0);
        for arguments in scripts.flat_map(|script| shell::calls(&script, "rdptrace")) {
            seen += 1;
            let refused = refusal(&arguments);
            let line = arguments.join(" ");
            wrong.extend(refused.map(|why| format!("{}: rdptrace {line}: {why}", document.name)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 150, "only {seen} command lines were found");
}

/// A command line without backticks is in no test.
#[test]
fn no_command_line_is_outside_of_backticks() {
    let mut bare = Vec::new();
    for document in guides().iter().chain(&pages()) {
        for prose in spans_and_prose(&document.text).1 {
            let after = prose.match_indices("rdptrace ").map(|(start, name)| &prose[start + name.len()..]);
            let words = after.map(|rest| rest.split([' ', ',', '.', ':', ';']).next().unwrap_or_default());
            let commands = words.filter(|word| COMMANDS.contains(word) || *word == "HOST");
            bare.extend(commands.map(|word| format!("{}: rdptrace {word}", document.name)));
        }
    }
    assert!(bare.is_empty(), "put these between backticks:\n{}", bare.join("\n"));
}
