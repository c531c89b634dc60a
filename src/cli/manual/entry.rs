//! What is said of one command, and how its help ends with it.

/// A word or a line, and what it means.
pub(crate) type Pairs = &'static [(&'static str, &'static str)];

/// What is said of a command beside its options.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manual {
    /// Its name.
    pub command: &'static str,
    /// Command lines.
    pub examples: Pairs,
    /// A paragraph after them.
    pub notes: &'static str,
    /// Exit codes.
    pub exit: Pairs,
    /// Variables of the environment.
    pub environment: Pairs,
    /// Files that are read or named.
    pub files: Pairs,
}

/// Where what an example does begins, in its line.
const COLUMN: usize = 43;
/// Columns of help.
const WIDTH: usize = 80;

impl Manual {
    /// Examples, notes and exit codes, as help ends with them.
    pub(crate) fn after_help(&self) -> String {
        let mut parts = vec![self.example_lines()];
        if !self.notes.is_empty() {
            parts.push(textwrap::fill(self.notes, WIDTH));
        }
        if !self.exit.is_empty() {
            parts.push(format!("Exit codes:\n{}", listed(self.exit)));
        }
        parts.join("\n\n")
    }

    /// The examples, as short help ends with them where there is room.
    pub(crate) fn example_lines(&self) -> String {
        let lines = self.examples.iter().map(|(line, what)| match line.len() + 3 < COLUMN {
            true => format!("\n  {line:<width$}{what}", width = COLUMN - 2),
            false => format!("\n  {line}\n{:COLUMN$}{what}", ""),
        });
        format!("Examples:{}", lines.collect::<String>())
    }
}

/// Words of a few letters in a column, and what they mean beside it; longer ones stand above it.
fn listed(pairs: Pairs) -> String {
    let entry = |(word, what): &(&str, &str)| {
        let options = textwrap::Options::new(WIDTH).initial_indent("      ").subsequent_indent("      ");
        let what = textwrap::fill(what, options);
        match word.len() {
            0..=3 => format!("  {word:<3} {}", what.trim_start()),
            _ => format!("  {word}\n{what}"),
        }
    };
    pairs.iter().map(entry).collect::<Vec<_>>().join("\n")
}
