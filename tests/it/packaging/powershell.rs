//! The PowerShell module calls the program as the program wants it.

use std::{ffi::OsString, iter::once};

use rdptrace::internal::cli;

use super::{read, repository};

/// What a variable of the module may hold, by its name.
fn sample(variable: &str) -> &'static str {
    match variable {
        "$Target" | "$Gateway" => "rdsh01.corp.example",
        "$FailOn" => "warning",
        "$Wait" => "15m",
        "$Until" => "tls",
        "$file" => "report.json",
        other => panic!("{other} is unknown to this test"),
    }
}

/// The lists of arguments, each with the function that it is in and with samples for variables.
fn lists(module: &str) -> Vec<(String, Vec<String>)> {
    let mut lists = Vec::new();
    for function in module.split("\nfunction ").skip(1) {
        let name = function.split_whitespace().next().expect("a name");
        for list in function.split("@(").skip(1) {
            let items = list.split(')').next().expect("an end").split(", ");
            let item = |item: &str| match item.strip_prefix('\'').and_then(|item| item.strip_suffix('\'')) {
                Some(word) => word.to_owned(),
                None => sample(item).to_owned(),
            };
            lists.push((name.to_owned(), items.map(item).collect()));
        }
    }
    lists
}

#[test]
fn every_list_of_arguments_is_taken() {
    let module = read(&repository("packaging/rdptrace.psm1"));
    let lists = lists(&module);
    let mut commands = 0;
    for (function, list) in lists.iter().filter(|(_, list)| !list[0].starts_with('-')) {
        commands += 1;
        let more = lists.iter().filter(|(other, list)| other == function && list[0].starts_with('-'));
        // What Invoke-Program adds; a machine is no target of its own command.
        let further = ["--output", "report.json", "--", "rdsh01.corp.example"].map(str::to_owned);
        let further = if list[0] == "local" { &further[..2] } else { &further[..] };
        let words = list.iter().chain(more.flat_map(|(_, list)| list)).chain(further);
        let words: Vec<OsString> =
            once("rdptrace").chain(words.map(String::as_str)).map(Into::into).collect();
        assert_eq!(cli::reads(&words), Ok(()), "{function}: {words:?}");
    }
    assert_eq!(commands, 3);
}

#[test]
fn every_exported_function_has_help() {
    let module = read(&repository("packaging/rdptrace.psm1"));
    let exported = module.split("Export-ModuleMember -Function ").nth(1).expect("exports");
    for name in exported.trim().split(", ").map(|name| name.trim_matches('\'')) {
        let body = module.split(&format!("\nfunction {name} {{")).nth(1).expect("a function");
        let help = body.split("#>").next().expect("help");
        assert!(help.contains(".SYNOPSIS") && help.contains(".EXAMPLE"), "{name}");
        for parameter in parameters(body) {
            assert!(help.contains(&format!(".PARAMETER {parameter}\n")), "{name} -{parameter}");
        }
    }
}

/// The parameters of a function, by the variables that follow their types.
fn parameters(body: &str) -> Vec<&str> {
    let declared = body.split("param(").nth(1).and_then(|rest| rest.split(")\n").next());
    let names = declared.expect("parameters").split("] $").skip(1);
    names.map(|name| name.split(|c: char| !c.is_alphanumeric()).next().expect("a name")).collect()
}
