//! The syntax of MIT's profile library: sections, groups in braces, relations, includes in place, and what is final.

use std::{collections::BTreeSet, iter, slice};

use crate::local::host::{Host, Unreadable};

/// What could not be read, and why.
pub struct Unread {
    /// The file or the variable.
    pub what: String,
    /// Why.
    pub why: Unreadable,
}

/// More included files than this are not read, and none that is included deeper.
const MOST: usize = 64;
const DEEPEST: usize = 8;
/// Groups inside of groups.
const MOST_GROUPS: usize = 64;

/// A name, its value, and the section and groups that it stands in.
pub(super) struct Relation {
    /// The section, then the groups.
    pub path: Vec<String>,
    /// The name.
    pub name: String,
    /// The value, without quotes.
    pub value: String,
}

/// What was read so far, in the order in which it counts.
pub(super) struct Profile<'a> {
    host: &'a dyn Host,
    /// The files.
    pub files: Vec<String>,
    /// The relations.
    pub relations: Vec<Relation>,
    /// Sections, groups and relations that nothing is added to any more.
    closed: BTreeSet<Vec<String>>,
    depth: usize,
}

/// Where in a file a line stands.
#[derive(Default)]
struct Place {
    /// Before the first section everything is a comment.
    has_begun: bool,
    /// The section and the groups.
    path: Vec<String>,
    /// For each of them whether what stands there counts.
    counts: Vec<bool>,
    /// A name without a value was read, so the next line opens its group.
    wants_brace: bool,
}

impl<'a> Profile<'a> {
    /// Nothing is read yet.
    pub(super) fn new(host: &'a dyn Host) -> Self {
        Self { host, files: Vec::new(), relations: Vec::new(), closed: BTreeSet::new(), depth: 0 }
    }

    /// Reads a file; false where there is none.
    pub(super) fn file(&mut self, path: &str) -> Result<bool, Unread> {
        let unread = |why| Unread { what: path.to_owned(), why };
        let Some(text) = self.host.text(path).map_err(unread)? else { return Ok(false) };
        self.files.push(path.to_owned());
        if self.files.len() > MOST || self.depth > DEEPEST {
            return Err(unread(Unreadable::Failed("its includes lead to too many files".to_owned())));
        }
        let mut place = Place::default();
        for (number, line) in iter::zip(1.., text.lines()) {
            let included = match directive(line) {
                Some(("include", file)) => self.included(slice::from_ref(&file.to_owned()))?,
                Some((_, folder)) => {
                    let files = self.inside(folder);
                    files.map_or(Ok(false), |files| self.included(&files))?
                }
                None => {
                    let read = self.line(line, &mut place);
                    read.map_err(|why| unread(Unreadable::Failed(format!("line {number}: {why}"))))?;
                    true
                }
            };
            if !included {
                let why = "what it includes is missing, and MIT's libraries then read nothing at all";
                return Err(unread(Unreadable::Failed(format!("line {number}: {why}"))));
            }
        }
        Ok(true)
    }

    /// Reads files in place of a line; false where one is missing.
    fn included(&mut self, files: &[String]) -> Result<bool, Unread> {
        self.depth += 1;
        for file in files {
            if !self.file(file)? {
                return Ok(false);
            }
        }
        self.depth -= 1;
        Ok(true)
    }

    /// The files of a folder with names that count, in order; none where there is no folder.
    fn inside(&self, folder: &str) -> Option<Vec<String>> {
        let is_plain = |name: &&String| {
            let simple = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            !name.starts_with('.') && (name.ends_with(".conf") || name.chars().all(simple))
        };
        let names = self.host.folder(folder).ok().flatten()?;
        let folder = folder.trim_end_matches('/');
        Some(names.iter().filter(is_plain).map(|name| format!("{folder}/{name}")).collect())
    }

    fn line(&mut self, line: &str, place: &mut Place) -> Result<(), &'static str> {
        if place.wants_brace {
            place.wants_brace = false;
            return line.trim_start().starts_with('{').then_some(()).ok_or("a { is missing");
        }
        if !place.has_begun {
            if line.strip_prefix("module").is_some_and(|rest| rest.starts_with(char::is_whitespace)) {
                return Err("a module reads the configuration, which is not asked");
            }
            place.has_begun = line.starts_with('[');
            if !place.has_begun {
                return Ok(());
            }
        }
        let line = line.trim();
        match line.chars().next() {
            None | Some('#' | ';') => Ok(()),
            Some('[') => self.section(&line[1..], place),
            Some('}') => self.end(&line[1..], place),
            Some(_) => self.relation(line, place),
        }
    }

    fn section(&mut self, line: &str, place: &mut Place) -> Result<(), &'static str> {
        if place.path.len() > 1 {
            return Err("a section begins inside of a group");
        }
        let (name, rest) = line.split_once(']').ok_or("a ] is missing")?;
        place.path = vec![name.trim().to_owned()];
        place.counts = vec![!self.closed.contains(&place.path)];
        let after = rest.strip_prefix('*');
        if after.is_some() {
            self.closed.insert(place.path.clone());
        }
        let is_alone = after.unwrap_or(rest).trim().is_empty();
        is_alone.then_some(()).ok_or("something stands behind the name of a section")
    }

    fn end(&mut self, rest: &str, place: &mut Place) -> Result<(), &'static str> {
        if place.path.len() < 2 {
            return Err("a } closes nothing");
        }
        if rest.starts_with('*') {
            self.closed.insert(place.path.clone());
        }
        place.path.pop();
        place.counts.pop();
        Ok(())
    }

    fn relation(&mut self, line: &str, place: &mut Place) -> Result<(), &'static str> {
        let (name, value) = line.split_once('=').ok_or("it is neither a section nor a relation")?;
        let mut words = name.split_whitespace();
        let (Some(name), None) = (words.next(), words.next()) else {
            return Err("the name of a relation is one word");
        };
        let (name, is_final) = match name.split_once('*') {
            Some((name, _)) => (name, true),
            None => (name, false),
        };
        let value = value.trim_start();
        let opens = value.strip_prefix('{').is_some_and(|rest| rest.trim().is_empty());
        let inner: Vec<String> = place.path.iter().cloned().chain([name.to_owned()]).collect();
        let counts = place.counts.iter().all(|counts| *counts) && !self.closed.contains(&inner);
        if is_final {
            self.closed.insert(inner.clone());
        }
        if opens || value.is_empty() {
            place.wants_brace = value.is_empty();
            place.path = inner;
            place.counts.push(counts);
            return (place.path.len() <= MOST_GROUPS).then_some(()).ok_or("there are too many groups");
        }
        if counts {
            let value = value.strip_prefix('"').map_or_else(|| value.to_owned(), quoted);
            self.relations.push(Relation { path: place.path.clone(), name: name.to_owned(), value });
        }
        Ok(())
    }
}

/// `include` or `includedir` at the very beginning of a line, and what it names.
fn directive(line: &str) -> Option<(&'static str, &str)> {
    ["include", "includedir"].into_iter().find_map(|word| {
        let rest = line.strip_prefix(word).filter(|rest| rest.starts_with(char::is_whitespace))?;
        Some((word, rest.trim()))
    })
}

/// What stands before the closing quote, with its escapes.
fn quoted(text: &str) -> String {
    let (mut value, mut characters) = (String::new(), text.chars());
    while let Some(c) = characters.next().filter(|c| *c != '"') {
        value.push(match c {
            '\\' => match characters.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some('b') => '\u{8}',
                Some(other) => other,
                None => break,
            },
            other => other,
        });
    }
    value
}
