//! What is said of a code.

use std::fmt;

use serde::Serialize;

use super::page::Section;

/// What the arguments mean, in their order.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// The version of this shape.
    pub schema_version: u32,
    /// One entry for each code, pair or name.
    pub codes: Vec<Explained>,
    /// Words beside the codes that are none.
    pub unread: Vec<String>,
    /// What was left out because there is much, as a clause.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
}

/// One code, pair or name.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Explained {
    /// The code as it is commonly written, such as `0x904/0x7` or `TLS alert 40`, or the name.
    pub input: String,
    /// The number, also of a name or a text that stands for one code; none for one that stands for several or none.
    pub code: Option<u32>,
    /// The extended code of a pair.
    pub extended: Option<u32>,
    /// Whether a table has it; of a pair both halves.
    pub known: bool,
    /// The most important thing, in a sentence or a few; empty for what no table has.
    pub summary: String,
    /// What else to know of the topic before anything is done.
    pub background: Option<String>,
    /// What it means in each table that has it.
    pub meanings: Vec<Meaning>,
    /// What to know and do; none where the meanings belong to several topics.
    pub sections: Vec<Section>,
    /// Commands that explain one of several topics.
    pub narrower: Vec<String>,
    /// Families of an unknown code.
    pub families: Vec<Family>,
    /// Known codes that may have been meant instead of an unknown one.
    pub near: Vec<Related>,
}

/// What a code means in one table.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Meaning {
    /// The name of the table.
    pub table: &'static str,
    /// What the codes of the table are.
    pub kind: &'static str,
    /// The number; none for a text.
    pub code: Option<u32>,
    /// The number as it is commonly written, in decimal or hexadecimal.
    pub written: Option<String>,
    /// The name in the specification.
    pub symbol: Option<&'static str>,
    /// A clause without a full stop.
    pub meaning: &'static str,
    /// Where the code can arise: phases, `client`, `session` or `any`.
    pub phases: Vec<&'static str>,
    /// What to look at.
    pub hint: Option<&'static str>,
    /// Where an event is logged.
    pub event: Option<Event>,
    /// The same thing in other tables.
    pub related: Vec<Related>,
    /// How sure the meaning is: `documented`, `secondary`, `observed` or `inferred`.
    pub confidence: &'static str,
    /// Where the code comes from.
    pub source: &'static str,
    /// Whether it is a code inside the explained one, by rule.
    pub inside: bool,
}

/// Where an event is logged.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Event {
    /// The provider; empty where there is none.
    pub provider: &'static str,
    /// The log.
    pub channel: &'static str,
    /// The machine: `client`, `server`, `both`, `gateway` or `broker`.
    pub side: &'static str,
    /// The level; empty where it is not known.
    pub level: &'static str,
}

/// Another code.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Related {
    /// How it is related.
    pub relation: Relation,
    /// The name of its table.
    pub table: &'static str,
    /// What the codes of its table are.
    pub kind: &'static str,
    /// Its number.
    pub code: Option<u32>,
    /// Its number as it is commonly written.
    pub written: Option<String>,
    /// Its name.
    pub symbol: Option<&'static str>,
}

/// How two codes are related.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Relation {
    /// The Windows client shows it, as names and meanings let one deduce.
    Mstsc,
    /// Schannel has it for this alert.
    Schannel,
    /// It leads to the explained code.
    ComesFrom,
    /// It has the same number, and is no event.
    OtherTable,
    /// It has the same digits, in hexadecimal.
    Hexadecimal,
    /// It is the status inside the code.
    Inside,
    /// It looks alike.
    LooksAlike,
}

/// A family of codes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Family {
    /// Its name.
    pub name: &'static str,
    /// What its codes are about.
    pub meaning: &'static str,
    /// How sure that is.
    pub confidence: &'static str,
}

/// An argument that is no code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoCode(pub(super) String);

impl fmt::Display for NoCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NoCode {}
