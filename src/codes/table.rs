//! A table of codes: tab-separated text with a header row, read in place; columns that a table does not need it leaves out.
//!
//! `codes::Row` has every column, so a table is a TSV file and a line. An event's number is unique only with its
//! provider. What mstsc shows for a status is deduced, so it is marked `inferred`.

use super::cell::{WELL_FORMED, number};

/// One kind of code, such as NTSTATUS.
#[derive(Debug)]
pub struct Table {
    /// The name of the table's file, without its extension.
    pub name: &'static str,
    /// What its codes are, such as `mstsc disconnect reason`.
    pub title: &'static str,
    /// The words that mean this table in front of a number; some are shared with other tables.
    pub words: &'static [&'static str],
    /// Whether the codes are single bits of a number.
    pub flags: bool,
    /// Whether its codes are commonly written in decimal.
    pub decimal: bool,
    /// Whether its numbers mean so many other things that a number alone does not ask for it.
    pub by_word: bool,
    /// Whether its numbers are those of a program of which nobody speaks without naming it.
    pub of_program: bool,
    /// Whether its rows are texts that people paste in place of a number.
    pub of_texts: bool,
    tsv: &'static str,
}

/// What is known about one code; a text is empty where nothing is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// The number on the wire or in a log; none for what is known by its text alone.
    pub code: Option<u32>,
    /// The name in the specification, or the text.
    pub symbol: &'a str,
    /// What the code means: a clause in lower case without a full stop.
    pub meaning: &'a str,
    /// Whether a server that sends this code refused the credentials; false in tables that do not say.
    pub refuses_credentials: bool,
    /// Where the code can arise, with commas: phases, `client` (before anything is sent), `session` (after them), `any`.
    pub phases: &'a str,
    /// What to look at: a clause in lower case without a full stop.
    pub hint: &'a str,
    /// The disconnect reason that the Windows client shows for this code, deduced from names and meanings.
    pub mstsc: Option<u32>,
    /// The security status that Schannel has for this TLS alert.
    pub schannel: Option<u32>,
    /// The level of an event.
    pub level: &'a str,
    /// The provider of an event.
    pub provider: &'a str,
    /// The log that holds an event.
    pub channel: &'a str,
    /// The machine that logs an event: `client`, `server`, `both`, `gateway` or `broker`.
    pub side: &'a str,
    /// The bits that count, in a table of families; all where there is no such column.
    pub mask: u32,
    /// The page that explains the topic of this code.
    pub page: &'a str,
    /// What a text stands for: a table with a code or a name in it, several with commas, such as `disconnect 0x704`.
    pub stands_for: &'a str,
    /// Whether a text says so little that any other one that is found comes before it.
    pub general: bool,
    /// How sure the meaning is: `documented`, `secondary`, `observed` or `inferred`.
    pub confidence: &'a str,
    /// Where the code comes from, such as `MS-RDPBCGR 2.2.5.1.1`.
    pub source: &'a str,
}

impl Table {
    pub(super) const fn new(
        name: &'static str,
        title: &'static str,
        words: &'static [&'static str],
        tsv: &'static str,
    ) -> Self {
        Self {
            name,
            title,
            words,
            flags: false,
            decimal: false,
            by_word: false,
            of_program: false,
            of_texts: false,
            tsv,
        }
    }

    pub(super) const fn of_flags(self) -> Self {
        Self { flags: true, ..self }
    }

    pub(super) const fn in_decimal(self) -> Self {
        Self { decimal: true, ..self }
    }

    pub(super) const fn by_word(self) -> Self {
        Self { by_word: true, ..self }
    }

    pub(super) const fn of_program(self) -> Self {
        Self { by_word: true, of_program: true, ..self }
    }

    pub(super) const fn of_texts(self) -> Self {
        Self { of_texts: true, ..self }
    }

    /// The number as the codes of this table are commonly written.
    pub fn written(&self, code: u32) -> String {
        if self.decimal { code.to_string() } else { format!("0x{code:X}") }
    }

    /// All rows, by ascending code.
    pub fn rows(&self) -> impl Iterator<Item = Row<'static>> + use<> {
        let (header, lines) = self.lines();
        lines.map(move |line| Row::of(header, line))
    }

    /// Whether it has this column.
    pub fn has(&self, column: &str) -> bool {
        self.lines().0.split('\t').any(|own| own == column)
    }

    /// The lines under the header.
    pub(super) fn lines(&self) -> (&'static str, std::str::Lines<'static>) {
        let mut lines = self.tsv.lines();
        (lines.next().expect(WELL_FORMED), lines)
    }
}

impl Row<'static> {
    /// An empty row, which a table's own columns fill.
    const EMPTY: Self = Self {
        code: None,
        symbol: "",
        meaning: "",
        refuses_credentials: false,
        phases: "",
        hint: "",
        mstsc: None,
        schannel: None,
        level: "",
        provider: "",
        channel: "",
        side: "",
        mask: u32::MAX,
        page: "",
        stands_for: "",
        general: false,
        confidence: "",
        source: "",
    };

    pub(super) fn of(header: &'static str, line: &'static str) -> Self {
        let mut row = Self::EMPTY;
        for (column, cell) in header.split('\t').zip(line.split('\t')) {
            match column {
                "code" => row.code = number(cell),
                "symbol" => row.symbol = cell,
                "meaning" => row.meaning = cell,
                "refuses_credentials" => row.refuses_credentials = cell == "yes",
                "phases" => row.phases = cell,
                "hint" => row.hint = cell,
                "mstsc" => row.mstsc = number(cell),
                "schannel" => row.schannel = number(cell),
                "level" => row.level = cell,
                "provider" => row.provider = cell,
                "channel" => row.channel = cell,
                "side" => row.side = cell,
                "mask" => row.mask = number(cell).expect(WELL_FORMED),
                "page" => row.page = cell,
                "stands_for" => row.stands_for = cell,
                "general" => row.general = cell == "yes",
                "confidence" => row.confidence = cell,
                "source" => row.source = cell,
                _ => panic!("{WELL_FORMED}: {column}"),
            }
        }
        row
    }
}
