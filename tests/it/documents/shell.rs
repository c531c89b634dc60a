//! The words of a command line as a shell would split them.

use std::{iter::Peekable, str::Chars};

/// Takes the place of a variable or of the output of another command.
const EXPANDED: &str = "HOST";

/// The arguments of every call of `program` in a piece of a script, also in another program's quotes.
pub(super) fn calls(script: &str, program: &str) -> Vec<Vec<String>> {
    let script = script.replace("cargo run --release -- ", "rdptrace ").replace("\\\n", " ");
    let script = folded(&script);
    let name = format!("{program} ");
    let starts = script.match_indices(&name).filter(|(start, _)| begins_command(&script[..*start]));
    starts
        .map(|(start, _)| {
            let rest = &script[start + name.len()..];
            let quote = script[..start].chars().last().filter(|before| matches!(before, '\'' | '"'));
            let inside = quote.and_then(|quote| rest.split(quote).next());
            words(inside.unwrap_or(rest))
        })
        .collect()
}

/// A line that begins with an option goes on with the line before, as in the folded text of YAML.
fn folded(script: &str) -> String {
    let mut folded = String::new();
    for line in script.lines() {
        let goes_on = line.trim_start().starts_with("--");
        folded.push(if goes_on { ' ' } else { '\n' });
        folded.push_str(line.trim_start());
    }
    folded
}

fn begins_command(before: &str) -> bool {
    before.chars().last().is_none_or(|c| c.is_whitespace() || matches!(c, '\'' | '"' | '('))
}

/// The words up to the end of the command.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\n' | ';' | '|' | '&' | '<' | ')' => break,
            '#' if word.is_none() => break,
            '>' => {
                // The number of a stream belongs to the redirection.
                word = word.filter(|word| !word.chars().all(|c| c.is_ascii_digit()));
                break;
            }
            c if c.is_whitespace() => words.extend(word.take()),
            '\'' => word.get_or_insert_default().extend(rest.by_ref().take_while(|c| *c != '\'')),
            '"' => quoted(&mut rest, word.get_or_insert_default()),
            '$' => expand(&mut rest, word.get_or_insert_default()),
            '\\' => word.get_or_insert_default().extend(rest.next()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

fn quoted(rest: &mut Peekable<Chars<'_>>, word: &mut String) {
    while let Some(c) = rest.next() {
        match c {
            '"' => return,
            '$' => expand(rest, word),
            '\\' if rest.peek().is_some_and(|next| matches!(next, '"' | '\\' | '$')) => {
                word.extend(rest.next())
            }
            c => word.push(c),
        }
    }
}

/// Skips a variable or a substitution and puts a host in its place.
fn expand(rest: &mut Peekable<Chars<'_>>, word: &mut String) {
    word.push_str(EXPANDED);
    let end = match rest.peek() {
        Some('(') => ')',
        Some('{') => '}',
        _ => {
            while rest.next_if(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '?')).is_some() {}
            return;
        }
    };
    rest.by_ref().find(|c| *c == end);
}

#[test]
fn calls_are_found_in_scripts() {
    let call = |script| calls(script, "rdptrace");
    let words = |words: &str| vec![words.split(' ').map(str::to_owned).collect::<Vec<_>>()];
    assert_eq!(call("report=$(rdptrace trace \"$1\" -q 2>&1)\ncode=$?"), words("trace HOST -q"));
    assert_eq!(call("sh 'rdptrace man > file'; echo"), words("man"));
    assert_eq!(
        call("- >\n  rdptrace trace h\n  --report json=x\nname: rdptrace\n"),
        words("trace h --report json=x")
    );
    assert_eq!(call("rdptrace trace 'a&b' -u 'C\\u'\n"), words("trace a&b -u C\\u"));
    assert_eq!(call("rdptrace demo & rdptrace judge \"$(cat x)\""), [vec!["demo"], vec!["judge", "HOST"]]);
    assert!(call("install target/rdptrace x; cargo build").is_empty());
}
