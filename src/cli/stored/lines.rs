//! The reports of a file: a line each where its first line is one, else the one that the whole file is.

use std::io::{BufRead, Read as _};

use serde::de::IgnoredAny;

use super::{
    LARGEST,
    one::{report, utf8},
};
use crate::report::Report;

/// What PowerShell's `>` makes of the output of a scan is converted as a whole.
const LARGEST_UTF16: u64 = 64 << 20;

/// Hands every report on, in the order of the file; an error of `take` ends it.
///
/// # Errors
/// It cannot be read, or a part of it is no report that this version reads; what follows its name in a sentence.
pub(crate) fn reports(
    file: &mut dyn BufRead,
    take: &mut dyn FnMut(Report) -> Result<(), String>,
) -> Result<(), String> {
    let start = file.fill_buf().map_err(unreadable)?;
    if !is_utf16(start) {
        return lines(file, take);
    }
    let mut bytes = Vec::new();
    file.take(LARGEST_UTF16 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    match bytes.len() as u64 > LARGEST_UTF16 {
        true => Err(format!("is UTF-16 and longer than {} MiB", LARGEST_UTF16 >> 20)),
        false => lines(&mut utf8(&bytes).as_ref(), take),
    }
}

fn is_utf16(start: &[u8]) -> bool {
    matches!(start, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [0, _, ..] | [_, 0, ..])
}

fn lines(file: &mut dyn BufRead, take: &mut dyn FnMut(Report) -> Result<(), String>) -> Result<(), String> {
    let (mut number, mut any, mut line) = (0, false, Vec::new());
    loop {
        line.clear();
        number += 1;
        let length = file.take(LARGEST + 1).read_until(b'\n', &mut line).map_err(unreadable)?;
        if length as u64 > LARGEST {
            return Err(format!("has a report longer than {} MiB (line {number})", LARGEST >> 20));
        }
        let text = utf8(&line);
        match text.as_ref() {
            [] if any => return Ok(()),
            [] => return Err("is empty".to_owned()),
            blank if blank.iter().all(u8::is_ascii_whitespace) => continue,
            text if any || is_whole(text) => {
                take(report(text, number).map_err(|why| placed(why, number))?)?;
            }
            text => return whole(file, text, number, take),
        }
        any = true;
    }
}

/// What is wrong with a whole line has no place of its own.
fn placed(why: String, line: usize) -> String {
    if why.contains("(line ") { why } else { format!("{why} (line {line})") }
}

fn is_whole(line: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(line).is_ok()
}

/// The one report that begins with these bytes.
fn whole(
    file: &mut dyn BufRead,
    start: &[u8],
    line: usize,
    take: &mut dyn FnMut(Report) -> Result<(), String>,
) -> Result<(), String> {
    let mut bytes = start.to_vec();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    match bytes.len() as u64 > LARGEST {
        true => Err(format!("is no list of reports, and longer than {} MiB", LARGEST >> 20)),
        false => take(report(&bytes, line)?),
    }
}

fn unreadable(error: std::io::Error) -> String {
    format!("cannot be read: {error}")
}
