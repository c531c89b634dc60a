//! A registry export (`.reg`) as a file: where each key begins is remembered, its values are read when they are asked for.

mod always;
mod entry;
mod lines;
mod path;

use std::{
    io::{self, Read, Seek},
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::keys::{Keys, MOST_NAMES, MOST_VALUES, same};
use crate::local::host::{Answer, Unreadable, Value};
use entry::{Entry, entry, may_go_on};
use lines::{Line, Lines, first_line};
use path::{above, hash, is_at_or_below, normal};

/// The longest path of a key that is read, in bytes: Windows allows names of 255 characters, and few are that deep.
const LONGEST_PATH: usize = 8192;
/// More keys that are exported or deleted with all that is below them are not remembered.
const MOST_ROOTS: usize = 256;
/// A key that stands more often in a file is read where it stands last.
const MOST_PLACES: usize = 64;
/// Control sets have numbers up to this one.
const MOST_SETS: u32 = 9;

/// An export, and where its keys are.
pub struct Export<R> {
    lines: Mutex<Lines<R>>,
    places: Vec<Place>,
    roots: Vec<String>,
    deleted: Vec<(String, u64)>,
    control_set: Option<String>,
    old: bool,
    /// It says what to change, so what it leaves out may be there all the same.
    changes: bool,
    notes: Vec<String>,
}

/// A key by the hash of its path and of the path above it.
struct Place {
    key: u64,
    above: u64,
    at: u64,
}

impl<R: Read + Seek> Export<R> {
    /// Reads where the keys are, the first `most` of them.
    ///
    /// # Errors
    /// It is no registry export, or cannot be read; why.
    pub fn open(mut file: R, most: usize) -> Result<Self, String> {
        let failed = |error: io::Error| error.to_string();
        let old = match first_line(&mut file).map_err(failed)?.trim() {
            "Windows Registry Editor Version 5.00" => false,
            "REGEDIT4" => true,
            _ => return Err("it is no registry export".to_owned()),
        };
        let mut lines = Lines::new(file).map_err(failed)?;
        lines.next().map_err(failed)?;
        let mut export = Self {
            lines: Mutex::new(lines),
            places: Vec::new(),
            roots: Vec::new(),
            deleted: Vec::new(),
            control_set: None,
            old,
            changes: false,
            notes: Vec::new(),
        };
        export.find_keys(most).map_err(failed)?;
        if export.places.is_empty() && export.deleted.is_empty() {
            return Err("it holds no key".to_owned());
        }
        export.places.shrink_to_fit();
        export.places.sort_by_key(|place| (place.key, place.at));
        export.control_set = export.current_set();
        export.changes = export.changes || !export.deleted.is_empty() || export.lacks_what_is_always_there();
        Ok(export)
    }

    /// Whether it says what to change, and is no export of what was there.
    pub fn changes(&self) -> bool {
        self.changes
    }

    /// How many keys are remembered.
    pub fn size(&self) -> usize {
        self.places.len()
    }

    /// The keys that it holds with all that is below them.
    pub fn roots(&self) -> &[String] {
        &self.roots
    }

    fn find_keys(&mut self, most: usize) -> io::Result<()> {
        let mut user = None;
        loop {
            let next = self.lines().next()?;
            let Some(line) = next else { break };
            if line.cut {
                self.note("a line is longer than it may be, or the file is cut off");
            } else if line.open {
                self.note("its last line has no end, so it may be cut off");
            }
            if !line.text.starts_with('[') {
                // No export has a value that is to be deleted, or a comment.
                self.changes |= line.text.starts_with(';') || line.text.ends_with("=-");
                continue;
            }
            if line.text.len() > LONGEST_PATH {
                self.note("the path of a key is longer than it may be");
                continue;
            }
            match entry(&line.text, self.old) {
                Entry::Key(key) => {
                    let Some(key) = normal(&key, &mut user) else { continue };
                    if self.places.len() >= most {
                        self.note("it holds more keys than are read");
                        break;
                    }
                    self.places.push(Place { key: hash(&key), above: hash(above(&key)), at: line.at });
                    self.cover(key);
                }
                Entry::NoKey(key) => {
                    let Some(key) = normal(&key, &mut user) else { continue };
                    if self.deleted.len() < MOST_ROOTS {
                        self.deleted.push((key.clone(), line.at));
                    }
                    self.cover(key);
                }
                _ => self.note("the name of a key has no end, so keys may be missing"),
            }
        }
        Ok(())
    }

    fn cover(&mut self, key: String) {
        if self.covers(&key) {
            return;
        }
        if self.roots.len() < MOST_ROOTS {
            self.roots.push(key);
        } else {
            self.note("it holds more separate keys than are read");
        }
    }

    fn covers(&self, key: &str) -> bool {
        self.roots.iter().any(|root| is_at_or_below(key, root))
    }

    fn note(&mut self, note: &str) {
        if !self.notes.iter().any(|known| known == note) {
            self.notes.push(note.to_owned());
        }
    }

    fn lines(&self) -> MutexGuard<'_, Lines<R>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An export of the whole hive may hold the control sets by number only, and one of a machine that does not run one
    /// of them.
    fn current_set(&self) -> Option<String> {
        let own = r"hklm\system\currentcontrolset";
        if self.roots.iter().any(|root| is_at_or_below(root, own)) || self.is_there(own) {
            return None;
        }
        if let Ok(Ok(Some(Value::Number(number)))) = self.look(r"hklm\system\select", "Current") {
            return Some(format!(r"hklm\system\controlset{number:03}"));
        }
        let set = |number: u32| format!(r"hklm\system\controlset{number:03}");
        let is_held =
            |set: &String| self.is_there(set) || self.roots.iter().any(|root| is_at_or_below(root, set));
        let mut sets = (1..=MOST_SETS).map(set).filter(is_held);
        // Of several nothing says which one is used.
        sets.next().filter(|_| sets.next().is_none())
    }

    fn lacks_what_is_always_there(&self) -> bool {
        let lacks = |key: &str, values: &[&str]| {
            let Ok(key) = self.held(key) else { return false };
            values.iter().all(|value| matches!(self.look(&key, value), Ok(Ok(None))))
        };
        always::is_missing(&self.roots, |key| self.is_there(key), lacks)
    }

    fn is_there(&self, key: &str) -> bool {
        let own = hash(key);
        self.places.binary_search_by_key(&own, |place| place.key).is_ok()
    }

    /// The key as it stands in the file, if the file covers it.
    fn held(&self, key: &str) -> Result<String, Unreadable> {
        let key = key.to_lowercase();
        let key = match (&self.control_set, key.strip_prefix(r"hklm\system\currentcontrolset")) {
            (Some(set), Some(rest)) => format!("{set}{rest}"),
            _ => key,
        };
        if self.covers(&key) { Ok(key) } else { Err(Unreadable::NotHeld) }
    }

    /// Where the key begins, once or more; nothing of it before it was deleted.
    fn places(&self, key: &str) -> Vec<u64> {
        let gone = self.deleted.iter().filter(|(root, _)| is_at_or_below(key, root));
        let since = gone.map(|(_, at)| *at).max();
        let own = hash(key);
        let begin = self.places.partition_point(|place| place.key < own);
        let places = self.places[begin..].iter().take_while(|place| place.key == own);
        let places = places.map(|place| place.at).filter(|at| since.is_none_or(|since| *at > since));
        let mut places: Vec<u64> = places.collect();
        places.drain(..places.len().saturating_sub(MOST_PLACES));
        places
    }

    /// What the lines of a key say of a value, the last word first.
    fn look(&self, key: &str, name: &str) -> io::Result<Answer<Value>> {
        let mut answer = Ok(None);
        for place in self.places(key) {
            let mut lines = self.lines();
            lines.go_to(place)?;
            if !lines.next()?.is_some_and(|line| self.is(&line, key)) {
                continue;
            }
            for _ in 0..MOST_VALUES {
                let Some(line) = lines.next()? else { break };
                match entry(&line.text, self.old) {
                    // Also one whose name has no end: what follows is not of this key.
                    _ if line.text.starts_with('[') => break,
                    Entry::Value(found, Some(_))
                        if same(&found, name) && line.open && may_go_on(&line.text) =>
                    {
                        answer = Err(Unreadable::Failed("the export is cut off there".to_owned()));
                    }
                    Entry::Value(found, value) if same(&found, name) => answer = Ok(value),
                    Entry::Damaged(found) if same(&found, name) => {
                        answer = Err(Unreadable::Failed("the export is damaged there".to_owned()));
                    }
                    _ => {}
                }
            }
        }
        Ok(answer)
    }

    fn is(&self, line: &Line, key: &str) -> bool {
        let Entry::Key(found) = entry(&line.text, self.old) else { return false };
        normal(&found, &mut None).is_some_and(|found| found == key)
    }

    fn names(&self, key: &str) -> io::Result<Option<Vec<String>>> {
        let own = hash(key);
        let mut names = Vec::new();
        for place in self.places.iter().filter(|place| place.above == own).take(MOST_NAMES) {
            let mut lines = self.lines();
            lines.go_to(place.at)?;
            let Some(line) = lines.next()? else { continue };
            drop(lines);
            let Entry::Key(found) = entry(&line.text, self.old) else { continue };
            let exists = normal(&found, &mut None)
                .is_some_and(|found| above(&found) == key && self.places(&found).contains(&place.at));
            if exists && let Some((_, name)) = found.rsplit_once('\\') {
                names.push(name.to_owned());
            }
        }
        names.sort();
        names.dedup_by(|one, other| same(one, other));
        let exists = !names.is_empty() || !self.places(key).is_empty();
        Ok(exists.then_some(names))
    }
}

impl<R: Read + Seek + Send> Keys for Export<R> {
    fn value(&self, key: &str, name: &str) -> Answer<Value> {
        let key = self.held(key)?;
        let found = self.look(&key, name).unwrap_or_else(|error| Err(Unreadable::Failed(error.to_string())));
        match found {
            Ok(None) if self.changes => Err(Unreadable::NotHeld),
            found => found,
        }
    }

    fn subkeys(&self, key: &str) -> Answer<Vec<String>> {
        let key = self.held(key)?;
        // There may be others.
        if self.changes {
            return Err(Unreadable::NotHeld);
        }
        self.names(&key).map_err(|error| Unreadable::Failed(error.to_string()))
    }

    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }
}
