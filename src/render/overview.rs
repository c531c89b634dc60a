//! A table of many hosts: what became of each, its certificate, NLA, who answers and the promises; and how many came to what.
//!
//! An address of a range where nothing answered is counted and has no row: of a subnet most are like that.

mod row;

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use super::page::{Page, Room, Tone};
use crate::{
    plain,
    report::{PromiseStatus, Report},
};
pub use row::HostRow;
use row::Rank;

/// The columns before the remarks, and what separates them.
const HEAD: [&str; 5] = ["host", "verdict", "certificate", "NLA", "answers"];
const GAP: &str = "  ";
/// The last column has at least so many characters a line, or a line of its own.
const NARROWEST: usize = 24;

/// The hosts of a scan as a table.
#[derive(Debug, Default)]
pub struct Overview {
    rows: Vec<HostRow>,
    counts: BTreeMap<(Rank, Box<str>), u64>,
    unlisted: u64,
    kept: u64,
    broken: u64,
    unchecked: u64,
}

impl Overview {
    /// Adds a host that has its own row whatever became of it.
    pub fn add(&mut self, row: HostRow) {
        self.count(&row, 1);
        self.rows.push(row);
    }

    /// Adds an address of a range, which has a row where something answers.
    pub fn add_of_range(&mut self, row: HostRow) {
        if row.is_unanswered() {
            self.add_unlisted(&row, 1);
        } else {
            self.add(row);
        }
    }

    /// Adds so many addresses of ranges that came to the same.
    pub fn add_unlisted(&mut self, row: &HostRow, count: u64) {
        self.count(row, count);
        self.unlisted += count;
    }

    /// Counts the promises of a host.
    pub fn promises(&mut self, report: &Report) {
        for promise in &report.promises {
            match promise.status {
                PromiseStatus::Kept => self.kept += 1,
                PromiseStatus::Broken => self.broken += 1,
                _ => self.unchecked += 1,
            }
        }
    }

    /// How many hosts there are.
    pub fn hosts(&self) -> u64 {
        self.counts.values().sum()
    }

    fn count(&mut self, row: &HostRow, count: u64) {
        *self.counts.entry((row.rank, row.verdict.clone())).or_default() += count;
    }

    /// Writes the table and the counts on a page of so many columns.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write(&mut self, width: usize, out: &mut dyn Write) -> io::Result<()> {
        self.rows();
        let page = &mut Page::new(out, Room::Usual, width);
        if !self.rows.is_empty() {
            self.table(page)?;
            page.gap()?;
        }
        page.row((Tone::Heading, &plain::plural(self.hosts(), "host")), 0, (Tone::Plain, ""), "")?;
        let digits = self.counts.values().max().map_or(0, |most| most.to_string().len());
        for ((_, verdict), count) in &self.counts {
            page.text(2, &format!("{count:>digits$}{GAP}{verdict}"))?;
        }
        self.unlisted().into_iter().chain(self.told_of_promises()).try_for_each(|line| page.text(0, &line))
    }

    /// The rows, what failed first.
    pub(super) fn rows(&mut self) -> &[HostRow] {
        self.rows.sort_unstable();
        &self.rows
    }

    /// What all of them come to, in lines.
    pub(super) fn notes(&self) -> Vec<String> {
        let counts = self.counts.iter().map(|((_, verdict), count)| format!("{count} {verdict}"));
        counts.chain(self.unlisted()).chain(self.told_of_promises()).collect()
    }

    fn unlisted(&self) -> Option<String> {
        (self.unlisted > 0)
            .then(|| format!("addresses of ranges without an answer are not listed: {}", self.unlisted))
    }

    fn told_of_promises(&self) -> Option<String> {
        let Self { kept, broken, unchecked, .. } = self;
        (kept + broken + unchecked > 0)
            .then(|| format!("promises: {kept} kept, {broken} broken, {unchecked} not checked"))
    }

    fn table(&self, page: &mut Page<'_>) -> io::Result<()> {
        let mut widths = HEAD.map(|name| name.chars().count());
        for cells in self.rows.iter().map(HostRow::cells) {
            for (width, cell) in widths.iter_mut().zip(&cells) {
                *width = (*width).max(plain::line(cell).chars().count());
            }
        }
        line(page, &widths, Tone::Heading, &HEAD.map(str::to_owned), "")?;
        self.rows.iter().try_for_each(|row| line(page, &widths, row.tone(), &row.cells(), &row.remarks))
    }
}

/// The remarks stand behind the other cells if that leaves them a column of words, else below them.
fn line(
    page: &mut Page<'_>,
    widths: &[usize; 5],
    tone: Tone,
    cells: &[String; 5],
    remarks: &str,
) -> io::Result<()> {
    let mut lead = String::new();
    for (width, cell) in widths.iter().zip(cells) {
        lead += &format!("{:<width$}{GAP}", plain::line(cell));
    }
    let column = lead.chars().count();
    if column + NARROWEST <= page.width() && !remarks.is_empty() {
        return page.row((tone, &lead), column, (Tone::Plain, ""), remarks);
    }
    page.row((tone, lead.trim_end()), 0, (Tone::Plain, ""), "")?;
    if remarks.is_empty() { Ok(()) } else { page.text(GAP.len(), remarks) }
}
