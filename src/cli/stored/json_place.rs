//! Where in a JSON text a position lies, by the names of fields: people look for `connections[0].phases.tls`, not for a column.

/// What a place lies in.
enum Level {
    /// An object, and the field that was read last; none before the first.
    Object(Option<String>),
    /// An array, and the index of the item.
    Array(usize),
}

/// Longer names are of no report.
const LONGEST_NAME: usize = 40;
/// More levels are not told.
const MOST_LEVELS: usize = 12;

/// The place of what ends at this line and column, both from 1; empty for the whole text.
pub(super) fn place(text: &[u8], line: usize, column: usize) -> String {
    let before: usize =
        text.split_inclusive(|byte| *byte == b'\n').take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    let end = (before + column).min(text.len());
    let mut levels = Vec::new();
    let mut at = 0;
    while at < end {
        match text[at] {
            b'{' => levels.push(Level::Object(None)),
            b'[' => levels.push(Level::Array(0)),
            // What ends here is the place.
            b'}' | b']' if at + 1 < end => drop(levels.pop()),
            b',' => match levels.last_mut() {
                Some(Level::Array(index)) => *index += 1,
                Some(Level::Object(name)) => *name = None,
                None => {}
            },
            b'"' => {
                let length = string(&text[at + 1..]);
                if let Some(Level::Object(name @ None)) = levels.last_mut() {
                    let read = String::from_utf8_lossy(&text[at + 1..at + 1 + length]);
                    *name = Some(read.chars().take(LONGEST_NAME).collect());
                }
                at += 1 + length;
            }
            _ => {}
        }
        at += 1;
    }
    if matches!(text.get(end.wrapping_sub(1)), Some(b'}' | b']')) {
        levels.pop();
    }
    named(&levels)
}

/// The bytes of a string before its last quotation mark.
fn string(text: &[u8]) -> usize {
    let mut escaped = false;
    let end = text.iter().position(|byte| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    });
    end.unwrap_or(text.len())
}

fn named(levels: &[Level]) -> String {
    let mut place = String::new();
    for level in levels.iter().take(MOST_LEVELS) {
        match level {
            Level::Object(Some(name)) if place.is_empty() => place.push_str(name),
            Level::Object(Some(name)) => place += &format!(".{name}"),
            Level::Array(index) => place += &format!("[{index}]"),
            Level::Object(None) => {}
        }
    }
    place
}
