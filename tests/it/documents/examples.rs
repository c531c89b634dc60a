//! The outputs in the guides are outputs of today.

use super::{guides, markdown::blocks, shell};
use crate::program::{rdptrace, text};

const PROMPT: &str = "$ ";
const ENDED: &str = "; echo \"exit code $?\"";

/// Addresses, times, dates and thumbprints differ from run to run, and columns with them. Wine's server takes the error of a reset
/// socket for itself, so that a program reads the end of the stream.
fn without_numbers(text: &str) -> Vec<String> {
    let text = if cfg!(windows) { text.replace("reset", "closed") } else { text.to_owned() };
    let is_word = |word: &&str| !word.chars().any(|c| c.is_ascii_digit());
    text.split_whitespace().filter(is_word).map(str::to_owned).collect()
}

#[test]
fn every_example_is_a_run_of_today() {
    let blocks = guides().into_iter().flat_map(|document| blocks(&document.text));
    let examples: Vec<String> =
        blocks.map(|block| block.text).filter(|text| text.starts_with(PROMPT)).collect();
    assert!(examples.len() >= 2, "the README and the page about reports have one each");
    for example in examples {
        let (typed, shown) = example.split_once('\n').expect("an output");
        let calls = shell::calls(typed, "rdptrace");
        let arguments: Vec<&str> = calls[0].iter().map(String::as_str).collect();
        let output = rdptrace(&arguments);
        let mut printed = text(&output.stdout);
        if typed.ends_with(ENDED) {
            let ended = format!("exit code {}", output.status.code().expect("it ended"));
            assert_eq!(shown.lines().last(), Some(ended.as_str()), "{typed}");
            printed.push_str(&ended);
        }
        assert_eq!(without_numbers(shown), without_numbers(&printed), "{typed}");
    }
}

/// A block without a language is typed, or it is an output and begins with what was typed.
#[test]
fn every_output_begins_with_its_command() {
    for document in guides() {
        for block in blocks(&document.text).iter().filter(|block| block.language.is_empty()) {
            let is_typed = |line: &str| line.starts_with("rdptrace ") || line.starts_with("cargo ");
            let ok = block.text.starts_with(PROMPT) || block.text.lines().all(is_typed);
            assert!(ok, "{}: an output without its command:\n{}", document.name, block.text);
        }
    }
}
