//! What the README shows is what the program prints.

use crate::program::{rdptrace, text};

const README: &str = include_str!("../../README.md");
const SHOWN: &str = "$ rdptrace demo --fault certificate-expired; echo \"exit code $?\"\n";

/// Addresses, times, dates and thumbprints differ from run to run, and columns with them.
fn without_numbers(text: &str) -> Vec<String> {
    let is_word = |word: &&str| !word.chars().any(|c| c.is_ascii_digit());
    text.split_whitespace().filter(is_word).map(str::to_owned).collect()
}

#[test]
fn the_example_is_a_run_of_today() {
    let (_, after) = README.split_once(SHOWN).expect("the example");
    let (shown, _) = after.split_once("```").expect("its end");
    let output = rdptrace(&["demo", "--fault", "certificate-expired"]);
    let ended = format!("exit code {}\n", output.status.code().expect("it ended"));
    assert!(shown.ends_with(&ended), "{ended}");
    assert_eq!(without_numbers(shown), without_numbers(&(text(&output.stdout) + &ended)));
}
