//! The first minute: a host without a command, mistyped commands, help that fits a screen, manual pages and completions.

use std::{fs, net::TcpListener};

use serde_json::Value;

use crate::program::{Served, file, rdptrace, text};

const COMMANDS: &[&str] = &[
    "trace",
    "posture",
    "scan",
    "read",
    "relay",
    "listen",
    "demo",
    "local",
    "judge",
    "diff",
    "explain",
    "schema",
    "completions",
    "man",
];

fn judged(arguments: &[&str]) -> Value {
    let output = rdptrace(arguments);
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{arguments:?}: {}", text(&output.stderr)))
}

#[test]
fn a_host_alone_is_traced_with_the_options_of_trace() {
    let server = Served::start(&[]);
    let address = format!("rdp://full%20address=s:{}", server.1.replace(':', "%3A"));
    let named = file("a-session.rdp");
    fs::write(&named, format!("full address:s:{}\r\n", server.1)).expect("a file");
    let named = named.to_str().expect("a path of text");
    for target in [server.1.as_str(), &address, named] {
        for words in [vec![target], vec!["trace", target], vec!["--", target]] {
            let words = [&["--until", "tls", "--format", "json"][..], &words].concat();
            let words = match words.contains(&"trace") {
                true => [&["trace"][..], &words[..4], &words[5..]].concat(),
                false => words,
            };
            assert_eq!(judged(&words)["verdict"]["reached"], "tls", "{words:?}");
        }
        let output = rdptrace(&[target, "--until", "tls", "--format", "json"]);
        assert_eq!(output.status.code(), Some(0), "{target}: {}", text(&output.stderr));
    }
}

/// Nothing listens on this port, so the trace ends in connect, whatever the host is called.
#[test]
fn names_that_only_begin_like_a_command_are_hosts() {
    let closed = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port that was free");
    let host = format!("localhost:{}", closed.port());
    assert_eq!(rdptrace(&[&host, "--experiments", "off"]).status.code(), Some(11));
    for host in ["localhost", "demo1.invalid", "trace-1.invalid", "server.invalid", "127.0.0.1", "[::1]"] {
        let words = [
            host,
            "--proxy",
            "socks5://127.0.0.1:1",
            "--experiments",
            "off",
            "--local",
            "off",
            "--format",
            "json",
        ];
        assert_eq!(judged(&words)["target"]["input"], host);
    }
}

#[test]
fn a_mistyped_command_is_no_host() {
    let cases = [
        ("trase", "trace"),
        ("Trace", "trace"),
        ("dmeo", "demo"),
        ("demos", "demo"),
        ("explian", "explain"),
        ("completion", "completions"),
        ("postrue", "posture"),
        ("jugde", "judge"),
        ("locla", "local"),
        ("shcema", "schema"),
        ("mna", "man"),
        ("hlep", "help"),
        ("version", "--version"),
    ];
    for (word, meant) in cases {
        for more in [&[][..], &["x.invalid"]] {
            let output = rdptrace(&[&[word][..], more].concat());
            let said = text(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{word}: {said}");
            assert!(said.contains(word) && said.contains(&format!("'{meant}'")), "{word}: {said}");
            assert!(said.contains(&format!("rdptrace trace {word}")), "{word}: {said}");
        }
    }
}

#[test]
fn words_that_are_neither_are_told_as_such() {
    for words in [
        &["frobnicate", "0x904"][..],
        &["--hlep"],
        &["--frobnicate"],
        &["-x", "demo"],
        &["host.invalid", "--fault", "x"],
    ] {
        let output = rdptrace(words);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert!(output.stdout.is_empty(), "{words:?}");
        assert!(
            text(&output.stderr).contains(words[0].trim_matches('-')) || words[0] == "host.invalid",
            "{words:?}"
        );
    }
}

/// With an option of a trace the first word is a host, and what is wrong is the other one.
#[test]
fn a_word_too_many_of_a_trace_is_told_as_that() {
    let output = rdptrace(&["frobnicate", "--until", "tls", "surplus"]);
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    assert!(said.contains("'surplus'") && !said.contains("subcommand"), "{said}");
}

#[test]
fn short_help_fits_a_screen_and_long_help_has_headings() {
    for command in COMMANDS.iter().map(|name| vec![*name, "-h"]).chain([vec!["-h"]]) {
        let said = text(&rdptrace(&command).stdout);
        assert!(said.lines().count() <= 24, "{command:?}: {} lines\n{said}", said.lines().count());
        assert!(said.lines().all(|line| line.chars().count() <= 80), "{command:?}: {said}");
    }
    let said = text(&rdptrace(&["trace", "--help"]).stdout);
    for heading in [
        "Target",
        "Account",
        "Depth",
        "Gateway",
        "Proxy",
        "Redirection",
        "Limits",
        "Report",
        "Examples",
        "Exit codes",
    ] {
        assert!(said.contains(&format!("\n{heading}:\n")), "{heading}: {said}");
    }
    assert!(!said.contains("\nOptions:\n"), "{said}");
}

/// What makes no difference to a command is not in its help.
#[test]
fn options_say_what_they_do_for_their_command() {
    let help = |command| {
        text(&rdptrace(&[command, "--help"]).stdout).split_whitespace().collect::<Vec<_>>().join(" ")
    };
    for word in ["the account", "screenshot", "gateway", "principal", "experiments"] {
        assert!(!help("posture").to_lowercase().contains(word), "posture: {word}");
    }
    for command in ["judge", "local", "explain", "demo"] {
        assert!(!help(command).contains("screenshot"), "{command}");
    }
    assert!(!help("local").contains("finding"), "local");
}

#[test]
fn each_command_has_a_page_with_examples_that_can_be_given() {
    for name in COMMANDS.iter().copied().chain(["rdptrace"]) {
        let page = text(&rdptrace(&["man", name]).stdout);
        let title = if name == "rdptrace" { name.to_owned() } else { format!("rdptrace\\-{name}") };
        assert!(
            page.contains(&format!(".TH {title} 1"))
                || page.contains(&format!(".TH {} 1", title.replace('\\', ""))),
            "{name}: {page}"
        );
        assert!(page.contains(".SH EXAMPLES"), "{name}: {page}");
        let mut sections: Vec<&str> = page.lines().filter(|line| line.starts_with(".SH ")).collect();
        let (all, synopsis) =
            (sections.len(), page.lines().skip_while(|line| *line != ".SH SYNOPSIS").nth(1));
        sections.sort_unstable();
        sections.dedup();
        assert_eq!(sections.len(), all, "{name}: {sections:?}");
        assert!(synopsis.is_some_and(|usage| usage.len() < 100), "{name}: {synopsis:?}");
        let lines: Vec<&str> = page.lines().collect();
        let untold = lines.windows(3).find(|lines| lines[0] == ".TP" && lines[2].is_empty());
        assert_eq!(untold, None, "{name}");
    }
    let page = text(&rdptrace(&["man", "trace"]).stdout);
    assert!(page.contains(".SH ENVIRONMENT") && page.contains("RDPTRACE_PASSWORD"), "{page}");
    assert!(page.contains(".SH FILES") && page.contains("/etc/krb5.conf"), "{page}");
    assert!(page.contains(".SH \"EXIT STATUS\""), "{page}");
    for (command, expected) in [("explain", true), ("trace", false)] {
        let page = text(&rdptrace(&["man", command]).stdout);
        assert_eq!(page.contains(".SH NOTES"), expected, "{page}");
    }
    let unknown = rdptrace(&["man", "trase"]);
    assert_eq!(unknown.status.code(), Some(2));
}

/// The examples of every help can be given as they are printed.
#[test]
fn examples_in_help_are_command_lines() {
    let mut seen = 0;
    for command in COMMANDS.iter().map(|name| vec![*name, "--help"]).chain([vec!["--help"]]) {
        let said = text(&rdptrace(&command).stdout);
        let (_, examples) = said.split_once("\nExamples:\n").expect("examples");
        for line in examples
            .lines()
            .take_while(|line| !line.is_empty())
            .filter(|line| line.starts_with("  rdptrace "))
        {
            let line = line.trim().split("  ").next().expect("a line").replace("$(cat message.txt)", "x");
            let words: Vec<String> = line.replace(['\'', '"'], "").split(' ').map(str::to_owned).collect();
            let words: Vec<_> = words.into_iter().map(Into::into).collect();
            assert_eq!(rdptrace::internal::cli::reads(&words), Ok(()), "{line}");
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen}");
}

#[test]
fn completions_know_phases_faults_shells_and_pages() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = text(&rdptrace(&["completions", shell]).stdout);
        for word in ["licensing", "certificate-expired", "powershell", "negotiate", "junit", "posture"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    let powershell = text(&rdptrace(&["completions", "powershell"]).stdout);
    assert!(powershell.contains("'trace --until' = @('resolve', 'connect',"), "{powershell}");
    assert!(powershell.contains("'completions completions' = @('bash',"), "{powershell}");
    let elvish = text(&rdptrace(&["completions", "elvish"]).stdout);
    assert!(
        elvish.contains("&'trace --until'= [resolve connect ") && elvish.contains("all $values"),
        "{elvish}"
    );
    let fish = text(&rdptrace(&["completions", "fish"]).stdout);
    assert!(fish.contains(" help\n    or set cmd trace\n"), "{fish}");
    assert!(fish.contains("subcommand completions\" -f -a \"bash elvish fish powershell zsh\""), "{fish}");
}

/// The script, run by bash itself where there is one.
#[cfg(unix)]
#[test]
fn bash_completes_phases_and_faults() {
    let script = file("completions.bash");
    fs::write(&script, rdptrace(&["completions", "bash"]).stdout).expect("a file");
    let ask = |words: &str, count: usize| {
        let line = format!(
            "source {}; COMP_WORDS=({words}); COMP_CWORD={count}; _rdptrace rdptrace \"${{COMP_WORDS[$COMP_CWORD]}}\" \"${{COMP_WORDS[$((COMP_CWORD-1))]}}\"; echo \"${{COMPREPLY[@]}}\"",
            script.display()
        );
        std::process::Command::new("bash")
            .args(["--norc", "-c", &line])
            .output()
            .map(|output| text(&output.stdout))
    };
    let Ok(phases) = ask("rdptrace trace --until l", 3) else { return };
    assert_eq!(phases.trim(), "licensing");
    let faults = ask("rdptrace demo --fault certificate-exp", 3).expect("bash runs");
    assert_eq!(faults.trim(), "certificate-expired");
    for option in ["accept", "fail-on"] {
        let codes = ask(&format!("rdptrace trace --{option} certificate-exp"), 3).expect("bash runs");
        assert_eq!(codes.trim(), "certificate-expired certificate-expires-soon", "{option}");
    }
    let options = ask("rdptrace rdsh01.corp.example --until l", 3).expect("bash runs");
    assert_eq!(options.trim(), "licensing", "a host without the word trace");
}

#[test]
fn the_list_of_the_demo_is_no_report() {
    for option in [["--format", "json"], ["-o", "list.txt"], ["--report", "json=list.json"]] {
        let output = rdptrace(&[&["demo", "--list"], &option[..]].concat());
        assert_eq!(output.status.code(), Some(2), "{option:?}");
        assert!(
            output.stdout.is_empty() && text(&output.stderr).contains("cannot be used with"),
            "{option:?}"
        );
    }
}
