//! The data of an event as Event Viewer shows it, in rows of bytes or words: only the status at its end is a code.

use super::number::STATUSES;
use crate::codes::status_in_data;

/// The longest row, in bytes.
const ROW: usize = 16;
/// How an event in XML holds the same.
const ELEMENT: (&str, &str) = ("<binary>", "</binary>");

/// A text without the dump in it, and the status at the end of the dump; none where it holds no dump.
pub(super) fn apart(text: &str) -> Option<(String, Option<u32>)> {
    if let Some(Parted { before, data, after }) = element(text) {
        return Some((format!("{before} {after}"), status(data)));
    }
    let runs: Vec<&str> = text.split_whitespace().collect();
    let rows: Vec<usize> = (0..runs.len()).filter(|&at| is_row(&runs[at..])).collect();
    let (Some(&first), Some(&last)) = (rows.first(), rows.last()) else { return None };
    let end = last + 1 + data(&runs[last..]).len();
    let all: Vec<&str> = rows.iter().flat_map(|&at| data(&runs[at..])).copied().collect();
    Some((format!("{} {}", runs[..first].join(" "), runs[end..].join(" ")), status(&all.join(" "))))
}

/// A text around data.
struct Parted<'a> {
    before: &'a str,
    data: &'a str,
    after: &'a str,
}

fn element(text: &str) -> Option<Parted<'_>> {
    let lower = text.to_ascii_lowercase();
    let start = lower.find(ELEMENT.0)?;
    let end = start + lower[start..].find(ELEMENT.1)?;
    let (begin, rest) = (start + ELEMENT.0.len(), end + ELEMENT.1.len());
    Some(Parted { before: &text[..start], data: &text[begin..end], after: &text[rest..] })
}

/// Whether an offset with a colon and data begin here.
fn is_row(runs: &[&str]) -> bool {
    let offset = runs[0].strip_suffix(':').unwrap_or_default();
    offset.len() == 4 && offset.bytes().all(|b| b.is_ascii_hexdigit()) && !data(runs).is_empty()
}

/// The bytes or words of a row; what follows them is the column of letters.
fn data<'a, 'b>(runs: &'b [&'a str]) -> &'b [&'a str] {
    let is_data = |run: &&&str| {
        matches!(run.len(), 2 | 8) && run.bytes().all(|b| b.is_ascii_hexdigit()) && run.len() == runs[1].len()
    };
    let count = runs.iter().skip(1).take(ROW).take_while(is_data).count();
    &runs[1..=count]
}

fn status(data: &str) -> Option<u32> {
    status_in_data(data).filter(|status| *status >= STATUSES)
}
