//! A table of codes: tab-separated text with a header row, read in place.

const WELL_FORMED: &str = "a test parses every embedded table";

/// One kind of code, such as NTSTATUS.
#[derive(Debug)]
pub struct Table {
    /// The name of the table's file, without its extension.
    pub name: &'static str,
    tsv: &'static str,
}

/// What is known about one code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// The number on the wire.
    pub code: u32,
    /// The name in the specification, or empty when it has none.
    pub symbol: &'a str,
    /// What the code means: a clause in lower case without a full stop.
    pub meaning: &'a str,
    /// Whether a server that sends this code refused the credentials; false in tables that do not say.
    pub refuses_credentials: bool,
    /// How sure the meaning is: `documented`, `secondary`, `observed` or `inferred`.
    pub confidence: &'a str,
    /// Where the code comes from, such as `MS-RDPBCGR 2.2.5.1.1`.
    pub source: &'a str,
}

impl Table {
    pub(super) const fn new(name: &'static str, tsv: &'static str) -> Self {
        Self { name, tsv }
    }

    /// All rows, by ascending code.
    pub fn rows(&self) -> impl Iterator<Item = Row<'static>> + use<> {
        let mut lines = self.tsv.lines();
        let columns = Columns::of(lines.next().expect(WELL_FORMED));
        lines.map(move |line| columns.row(line))
    }

    /// The row of this code.
    pub fn find(&self, code: u32) -> Option<Row<'static>> {
        self.rows().find(|row| row.code == code)
    }

    /// The name of this code in the specification.
    pub fn symbol(&self, code: u32) -> Option<&'static str> {
        self.find(code).map(|row| row.symbol).filter(|symbol| !symbol.is_empty())
    }
}

/// Where each column stands, as the header row says.
#[derive(Clone, Copy)]
struct Columns {
    code: usize,
    symbol: usize,
    meaning: usize,
    refuses_credentials: Option<usize>,
    confidence: usize,
    source: usize,
}

impl Columns {
    fn of(header: &str) -> Self {
        let position = |name| header.split('\t').position(|column| column == name);
        Self {
            code: position("code").expect(WELL_FORMED),
            symbol: position("symbol").expect(WELL_FORMED),
            meaning: position("meaning").expect(WELL_FORMED),
            refuses_credentials: position("refuses_credentials"),
            confidence: position("confidence").expect(WELL_FORMED),
            source: position("source").expect(WELL_FORMED),
        }
    }

    fn row(self, line: &'static str) -> Row<'static> {
        let cell = |index| line.split('\t').nth(index).expect(WELL_FORMED);
        Row {
            code: cell(self.code).parse().expect(WELL_FORMED),
            symbol: cell(self.symbol),
            meaning: cell(self.meaning),
            refuses_credentials: self.refuses_credentials.is_some_and(|index| cell(index) == "yes"),
            confidence: cell(self.confidence),
            source: cell(self.source),
        }
    }
}
