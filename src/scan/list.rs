//! Lists of hosts: one a line with comments, or the CSV of an inventory (RFC 4180), whose header names the column.

use std::borrow::Cow;

use csv::{ReaderBuilder, StringRecord};

use super::place::{Place, place};
use crate::utf16;

/// The columns that may hold a host, the most telling first; signs and case do not count.
const COLUMNS: [&str; 17] = [
    "fqdn",
    "dnshostname",
    "dnsname",
    "dns",
    "host",
    "hostname",
    "hosts",
    "computername",
    "computer",
    "servername",
    "server",
    "name",
    "address",
    "ipaddress",
    "ipv4address",
    "ip",
    "ipv6address",
];

/// What separates the columns; a comma where several would do.
const DELIMITERS: [u8; 3] = *b",;\t";

/// The longest part of a line that is repeated in a sentence.
const LONGEST_QUOTE: usize = 60;

/// An entry of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its line, from 1.
    pub number: u64,
    /// What it names.
    pub place: Place,
}

/// What is wrong with a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// The line, from 1; none for what is wrong with all of it.
    pub number: Option<u64>,
    /// Why.
    pub why: String,
}

/// The entries of a list.
///
/// # Errors
/// The first line that names no host.
pub fn lines(bytes: &[u8]) -> Result<Vec<Line>, BadLine> {
    let text = text(bytes)
        .ok_or_else(|| BadLine { number: None, why: "it is no text in UTF-8 or UTF-16".to_owned() })?;
    // What PowerShell's Export-Csv writes begins with a comment.
    let first = text.lines().find(|line| !uncommented(line).is_empty()).unwrap_or_default();
    match DELIMITERS.into_iter().find(|delimiter| first.as_bytes().contains(delimiter)) {
        Some(delimiter) => table(&text, delimiter),
        // A header may be the only column.
        None if is_header(first) => table(&text, b','),
        None => plain(&text),
    }
}

fn text(bytes: &[u8]) -> Option<Cow<'_, str>> {
    match bytes {
        [0xFF, 0xFE, rest @ ..] => Some(utf16::text(rest).into()),
        [0xFE, 0xFF, rest @ ..] => Some(utf16::text_of_big_endian(rest).into()),
        [0xEF, 0xBB, 0xBF, rest @ ..] => str::from_utf8(rest).ok().map(Cow::Borrowed),
        _ => str::from_utf8(bytes).ok().map(Cow::Borrowed),
    }
}

/// A host a line.
fn plain(text: &str) -> Result<Vec<Line>, BadLine> {
    let entries = text.lines().zip(1..).map(|(line, number)| (uncommented(line), number));
    let entries = entries.filter(|(entry, _)| !entry.is_empty());
    entries.map(|(entry, number)| line(entry, None, number)).collect()
}

/// A host a row, in the first of the known columns that is not empty there.
fn table(text: &str, delimiter: u8) -> Result<Vec<Line>, BadLine> {
    let mut reader = ReaderBuilder::new();
    let reader = reader.delimiter(delimiter).has_headers(false).flexible(true).comment(Some(b'#'));
    let mut columns = None;
    let mut found = Vec::new();
    for record in reader.from_reader(text.as_bytes()).into_records() {
        let number = |record: &StringRecord| record.position().map(csv::Position::line);
        let record = record.map_err(|error| BadLine {
            number: error.position().map(csv::Position::line),
            why: "it is no row of a CSV file".to_owned(),
        })?;
        let number = number(&record).unwrap_or_default();
        let Some(columns) = &columns else {
            if record.iter().any(|cell| !cell.trim().is_empty()) {
                columns = Some(Columns::of(&record, number)?);
            }
            continue;
        };
        found.extend(columns.line(&record, number)?);
    }
    Ok(found)
}

/// Where a host and its port stand.
struct Columns {
    hosts: Vec<usize>,
    port: Option<usize>,
}

impl Columns {
    fn of(header: &StringRecord, number: u64) -> Result<Self, BadLine> {
        let named = |name: &str| header.iter().position(|cell| bare(cell) == name);
        let hosts: Vec<_> = COLUMNS.iter().filter_map(|name| named(name)).collect();
        match hosts.is_empty() {
            false => Ok(Self { hosts, port: named("port") }),
            true => Err(BadLine {
                number: Some(number),
                why: "a table needs a header with a column host, name, fqdn, dns, address or ip".to_owned(),
            }),
        }
    }

    /// None for an empty row.
    fn line(&self, record: &StringRecord, number: u64) -> Result<Option<Line>, BadLine> {
        let cell = |column: usize| record.get(column).map(str::trim).filter(|cell| !cell.is_empty());
        let port = self.port.and_then(cell).map(|text| {
            let port = text.parse::<u16>().ok().filter(|port| *port != 0);
            port.ok_or_else(|| bad(text, "a port is a number from 1 to 65535", number))
        });
        let port = port.transpose()?;
        match self.hosts.iter().find_map(|column| cell(*column)) {
            Some(host) => line(host, port, number).map(Some),
            None if record.iter().all(|cell| cell.trim().is_empty()) => Ok(None),
            None => Err(BadLine { number: Some(number), why: "this row names no host".to_owned() }),
        }
    }
}

fn is_header(line: &str) -> bool {
    COLUMNS.contains(&bare(line).as_str())
}

/// The name of a column without what differs from program to program.
fn bare(cell: &str) -> String {
    cell.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn line(entry: &str, port: Option<u16>, number: u64) -> Result<Line, BadLine> {
    place(entry, port).map(|place| Line { number, place }).map_err(|why| bad(entry, why, number))
}

fn bad(entry: &str, why: &str, number: u64) -> BadLine {
    let more = if entry.chars().nth(LONGEST_QUOTE).is_some() { "..." } else { "" };
    let shown: String = entry.chars().take(LONGEST_QUOTE).collect();
    BadLine { number: Some(number), why: format!("{:?} is no host: {why}", shown + more) }
}

/// The line without spaces and what follows a `#` that begins a word.
fn uncommented(line: &str) -> &str {
    let is_comment = |(at, _): &(usize, &str)| line[..*at].ends_with(char::is_whitespace) || *at == 0;
    let end = line.match_indices('#').find(is_comment).map_or(line.len(), |(at, _)| at);
    line[..end].trim()
}
