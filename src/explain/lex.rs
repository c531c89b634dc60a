//! What was typed or pasted, in tokens: words, numbers and the marks between them; what is never a code is a token of noise.

use super::{
    name,
    noise::{is_noise, is_url},
    number::{Number, number},
    word,
};

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Word(String),
    /// A number as it was written; `Err` where it has more than 32 bits.
    Number(String, Result<Number, ()>),
    /// Two numbers with a slash and nothing else between them.
    Pair(Number, Number),
    /// The name of a setting of an .rdp file, whose value is no code.
    Setting(String),
    /// What is never a code.
    Noise,
    Slash,
    Comma,
    Open,
    Close,
    /// The end of a sentence.
    End,
}

const OPENING: &[char] = &['(', '[', '{'];
const CLOSING: &[char] = &[')', ']', '}'];
/// What separates parts without a meaning of its own.
const OTHERS: &[char] = &['"', '=', '<', '>', '|', '&'];
const AROUND: &[char] = &['.', ':', '!', '?', '\'', '#', '`', '*', '$', '~', '\u{2026}'];
/// What is so short ends no sentence with its point, as in `no. 5`.
const SHORT: usize = 3;
/// Where writing without spaces between words begins: Chinese, Japanese and Korean.
const IDEOGRAPHIC: char = '\u{2e80}';

/// The tokens of a text.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    for run in unqualified(&spelt(text)).split_whitespace() {
        let core = run.trim_matches(|c| AROUND.contains(&c) || c == '"' || c == ',');
        if is_url(run) && !name::is_exact(core) {
            tokens.push(Token::Noise);
        } else if name::is_exact(core) {
            tokens.push(Token::Word(core.to_owned()));
        } else {
            parts(run, &mut tokens);
        }
        let is_short = core.chars().count() <= SHORT;
        if !is_short && run.trim_end_matches(['"', ')', '\'']).ends_with(['.', '!', '?']) {
            tokens.push(Token::End);
        }
    }
    tokens
}

/// A text in which the numbers of events have no qualifiers, which stand between the word and its number in XML.
fn unqualified(text: &str) -> String {
    const QUALIFIERS: &str = " Qualifiers=";
    let mut parts = text.split(QUALIFIERS);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |whole, part| whole + part.find('>').map_or(part, |at| &part[at..]))
}

/// One spelling for the marks of several ways of writing, and a space where these meet.
fn spelt(text: &str) -> String {
    let mut spelt = String::with_capacity(text.len() + 16);
    let mut before = ' ';
    for c in text.chars().filter(|c| !is_invisible(*c)) {
        let c = same(c);
        let meets =
            before.is_ascii_alphanumeric() && c >= IDEOGRAPHIC || before >= IDEOGRAPHIC && c.is_ascii();
        if meets {
            spelt.push(' ');
        }
        spelt.push(c);
        before = c;
    }
    spelt
}

/// Marks of the direction of writing, and what has no width.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn same(c: char) -> char {
    match c {
        '\u{2018}' | '\u{2019}' => '\'',
        '\u{201c}'..='\u{201f}' | '\u{ab}' | '\u{bb}' | '\u{300c}'..='\u{300f}' => '"',
        '\u{2010}'..='\u{2012}' | '\u{2212}' => '-',
        '\u{2013}' | '\u{2014}' | '\u{3000}' | '\u{a0}' | '\u{202f}' => ' ',
        '\u{3001}' => ',',
        '\u{3002}' => '.',
        // The wide forms of ASCII.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        c => c,
    }
}

fn parts(run: &str, tokens: &mut Vec<Token>) {
    let is_mark =
        |c: char| OPENING.contains(&c) || CLOSING.contains(&c) || OTHERS.contains(&c) || c == ',' || c == ';';
    let mut rest = run;
    let mut before = None;
    while !rest.is_empty() {
        let at = rest.find(is_mark).unwrap_or(rest.len());
        // What follows an address in brackets is its port.
        let is_port = before == Some(']') && rest[..at].starts_with(':') && at > 1;
        let digits = at > 0 && rest[..at].bytes().all(|b| b.is_ascii_digit());
        // What is glued to a name in brackets is its process or its line.
        let is_process =
            matches!(before, Some('[' | '(')) && digits && is_unlabelled(&run[..run.len() - rest.len()]);
        // The thousandths of a clock.
        let is_fraction = before == Some(',') && digits && is_clock(&run[..run.len() - rest.len()]);
        // What a name in brackets is worth, as in `[SSL][0x00000001]`.
        let is_worth = run[..run.len() - rest.len()].ends_with("][") && is_small(&rest[..at]);
        // The place of an event among others, as wevtutil prints it.
        let is_worth = is_worth || run[..run.len() - rest.len()].eq_ignore_ascii_case("event[") && digits;
        let is_value = is_value(&run[..run.len() - rest.len()], &rest[..at]);
        if is_value {
            tokens.pop();
        }
        if is_port || is_process || is_worth || is_fraction || is_value {
            tokens.push(Token::Noise)
        } else {
            part_of(&rest[..at], tokens)
        }
        let mark = rest[at..].chars().next();
        tokens.extend(mark.and_then(marked));
        before = mark;
        rest = &rest[at + mark.map_or(0, char::len_utf8)..];
    }
}

/// Whether a clock stands at the end, in front of a comma.
fn is_clock(text: &str) -> bool {
    let clock = text.trim_end_matches(',').rsplit(|c: char| !c.is_ascii_digit() && c != ':').next();
    clock.is_some_and(|clock| clock.contains(':') && is_noise(clock))
}

/// Whether a number is that of a setting or a variable, as in `UserAuthentication=0x1`.
fn is_value(before: &str, value: &str) -> bool {
    let Some(label) = before.strip_suffix('=') else { return false };
    let label = label.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
    let plain = !label.is_empty() && !word::is_label(label) && !name::is_name(label);
    plain && is_small(value)
}

/// Whether it is a number that is no status.
fn is_small(text: &str) -> bool {
    matches!(number(text), Some(Ok(number)) if !number.is_status())
}

/// Whether a word that is no label stands at the end, in front of a bracket.
fn is_unlabelled(text: &str) -> bool {
    let text = text.trim_end_matches(OPENING);
    let word = text.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
    !word.is_empty() && !word::is_reason(word) && !name::is_name(word)
}

fn marked(mark: char) -> Option<Token> {
    match mark {
        c if OPENING.contains(&c) => Some(Token::Open),
        c if CLOSING.contains(&c) => Some(Token::Close),
        ',' | ';' => Some(Token::Comma),
        _ => None,
    }
}

fn part_of(text: &str, tokens: &mut Vec<Token>) {
    let part = text.trim_matches(AROUND);
    let pair = || part.split_once('/').map(|(first, second)| (number(first), number(second)));
    let after = part.strip_prefix('/').filter(|rest| rest.is_empty() || number(rest).is_some());
    let before = part.strip_suffix('/').filter(|rest| number(rest).is_some());
    if let Some(rest) = after {
        tokens.push(Token::Slash);
        part_of(rest, tokens);
    } else if let Some(rest) = before {
        part_of(rest, tokens);
        tokens.push(Token::Slash);
    } else if !part.contains(char::is_alphanumeric) {
    } else if is_noise(part) {
        tokens.push(Token::Noise);
    } else if let Some(number) = number(part) {
        tokens.push(Token::Number(part.to_owned(), number));
    } else if let Some((Some(Ok(first)), Some(Ok(second)))) = pair() {
        tokens.push(Token::Pair(first, second));
    } else if part.contains(':') {
        labelled(part, tokens);
    } else if let Some((first, second)) = part.split_once('/') {
        slashed(first, second, tokens);
    } else {
        // WinHTTP's names for the statuses stand beside their numbers.
        let word = if part.starts_with("HTTP_STATUS_") { "http" } else { part };
        tokens.push(Token::Word(word.to_owned()));
    }
}

/// A label with its value, a setting with its type, a host with its port, a file with its line.
fn labelled(labelled: &str, tokens: &mut Vec<Token>) {
    let mut pieces = labelled.split(':').peekable();
    let mut label = "";
    while let Some(piece) = pieces.next() {
        let is_type = pieces.peek().is_some_and(|next| matches!(*next, "s" | "i" | "b"));
        if is_type && label.is_empty() && name::is_exact(piece) {
            return tokens.push(Token::Setting(piece.to_owned()));
        }
        let digits = !piece.is_empty() && piece.chars().all(|c| c.is_ascii_digit());
        let is_value = label.is_empty() || word::is_label(label);
        if digits && !is_value {
            tokens.push(Token::Noise)
        } else {
            part_of(piece, tokens)
        }
        label = piece;
    }
}

/// A protocol with its version, or two words.
fn slashed(first: &str, second: &str, tokens: &mut Vec<Token>) {
    part_of(first, tokens);
    let is_version = second.contains('.') && second.starts_with(|c: char| c.is_ascii_digit());
    if !is_version && !first.eq_ignore_ascii_case("http") {
        part_of(second, tokens);
    }
}
