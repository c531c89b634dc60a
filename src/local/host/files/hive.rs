//! A registry hive (format `regf`) as a file: which key it holds, its keys and its values, read in place.
//!
//! Our own reader, because the crates under our licenses (notatin, regf) read the whole file into memory, and hives
//! of over 100 MB are common; this one reads cells in place, 5 MB for a hive of 74 MB. Cells are counted, so lists
//! that name each other end. A hive's logs are not replayed; a hive that needs them says so.

mod cells;
mod whose;

use std::{
    fmt,
    io::{Read, Seek, SeekFrom},
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use time::OffsetDateTime;

use super::keys::{Keys, MOST_NAMES, same, value};
use crate::{
    filetime,
    local::host::{Answer, Unreadable, Value},
    utf16::text_to_nul,
};
use cells::{Cells, FIRST, Key, u32_at};

/// How many notes about damage are kept.
const MOST_NOTES: usize = 4;

/// A hive and the key that it holds.
pub struct Hive<R> {
    state: Mutex<State<R>>,
    root: u32,
    mount: String,
    control_set: Option<String>,
    written: Option<OffsetDateTime>,
    /// The end of the path where the system had it.
    place: String,
}

struct State<R> {
    cells: Cells<R>,
    notes: Vec<String>,
}

/// Why a file is not read as a hive.
#[derive(Debug, PartialEq, Eq)]
pub enum NoHive {
    /// It is a log of changes beside a hive.
    Log,
    /// It is something else.
    Other,
    /// It holds a key that is not known.
    Unknown,
    /// It is too damaged; why.
    Damaged(String),
}

impl fmt::Display for NoHive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Log => "it is a log of changes beside a registry hive, which is not read",
            Self::Other => "it is no registry hive",
            Self::Unknown => "its contents do not tell which key it holds, so KEY=FILE is needed",
            Self::Damaged(why) => why,
        })
    }
}

impl<R: Read + Seek> Hive<R> {
    /// Reads the beginning; `mount` is the key that the hive holds, else its contents tell.
    ///
    /// # Errors
    /// It is no hive, or holds no key that is known.
    pub fn open(mut file: R, mount: Option<&str>) -> Result<Self, NoHive> {
        let length = file.seek(SeekFrom::End(0)).map_err(failed)?;
        file.rewind().map_err(failed)?;
        let mut head = [0; 512];
        let read = file.read_exact(&mut head);
        if read.is_err() || !head.starts_with(b"regf") {
            return Err(NoHive::Other);
        }
        let field = |from| u32_at(&head, from).unwrap_or_default();
        if field(28) != 0 {
            return Err(NoHive::Log);
        }
        let told = FIRST + u64::from(field(40));
        let mut notes = notes(&head, length.min(told), told);
        let mut cells = Cells::new(file, length.min(told), field(24));
        let root = field(36);
        let mount = match mount {
            Some(mount) => Some(mount.to_owned()),
            None => recognized(&mut cells, root)
                .map_err(|why| NoHive::Damaged(format!("its root cannot be read: {why}")))?
                .map(str::to_owned),
        };
        let mount = mount.ok_or(NoHive::Unknown)?;
        let control_set = control_set(&mut cells, root, &mount).unwrap_or_else(|why| {
            notes.push(why);
            None
        });
        let ticks = head[12..20].try_into().map(u64::from_le_bytes).unwrap_or_default();
        // Of a hive that was never written it is 0.
        let written = Some(ticks).filter(|ticks| *ticks > 0).and_then(filetime::moment);
        let place = text_to_nul(&head[48..112]);
        Ok(Self { state: Mutex::new(State { cells, notes }), root, mount, control_set, written, place })
    }

    /// The key that it holds.
    pub fn mount(&self) -> &str {
        &self.mount
    }

    /// Whether it looks like a user's and is nobody's: that of the system's own accounts, or what new users begin with.
    pub fn is_of_nobody(&self, file: &Path) -> bool {
        same(&self.mount, "HKCU")
            && (whose::is_of_nobody(&self.place) || whose::is_of_nobody(&file.to_string_lossy()))
    }

    /// When it was last written.
    pub fn written(&self) -> Option<OffsetDateTime> {
        self.written
    }

    fn state(&self) -> MutexGuard<'_, State<R>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers with what is found at a key of this hive.
    fn ask<T>(
        &self,
        key: &str,
        found: impl FnOnce(&mut Cells<R>, &Key) -> Result<Option<T>, String>,
    ) -> Answer<T> {
        let Some(path) = below(key, &self.mount) else { return Err(Unreadable::NotHeld) };
        let set = self.control_set.as_deref();
        let path = path.split('\\').filter(|part| !part.is_empty()).enumerate();
        let path = path.map(|(depth, part)| match set {
            Some(set) if depth == 0 && same(part, "CurrentControlSet") => set,
            _ => part,
        });
        let mut state = self.state();
        let answer = walk(&mut state.cells, self.root, path)
            .and_then(|key| key.map_or(Ok(None), |key| found(&mut state.cells, &key)));
        answer.map_err(|why| {
            if state.notes.len() < MOST_NOTES && !state.notes.contains(&why) {
                state.notes.push(why.clone());
            }
            Unreadable::Failed(format!("the hive is damaged, {why}"))
        })
    }
}

impl<R: Read + Seek + Send> Keys for Hive<R> {
    fn value(&self, key: &str, name: &str) -> Answer<Value> {
        self.ask(key, |cells, key| Ok(cells.value(key, name)?.map(|(kind, data)| value(kind, &data))))
    }

    fn subkeys(&self, key: &str) -> Answer<Vec<String>> {
        self.ask(key, |cells, key| {
            let mut names = Vec::new();
            cells.find(key, |found| {
                names.push(found.name.clone());
                names.len() >= MOST_NAMES
            })?;
            names.sort();
            Ok(Some(names))
        })
    }

    fn notes(&self) -> Vec<String> {
        self.state().notes.clone()
    }
}

/// What the first block tells of the state of the file.
fn notes(head: &[u8; 512], there: u64, told: u64) -> Vec<String> {
    let mut notes = Vec::new();
    let field = |from| u32_at(head, from).unwrap_or_default();
    let sum = (0..508).step_by(4).fold(0, |sum, from| sum ^ field(from));
    let sum = match sum {
        0 => 1,
        u32::MAX => u32::MAX - 1,
        sum => sum,
    };
    if field(4) != field(8) || sum != field(508) {
        notes.push("it was copied while it was in use, so its newest changes may be missing".to_owned());
    }
    if there < told {
        notes.push(format!("it is cut off: {there} of {told} bytes are there"));
    }
    notes
}

/// Which key a hive holds, by what stands in it.
fn recognized<R: Read + Seek>(cells: &mut Cells<R>, root: u32) -> Result<Option<&'static str>, String> {
    let root = cells.key(root)?;
    let mut names = Vec::new();
    // A damaged subkey leaves the others to tell.
    let listed = cells.find(&root, |found| {
        names.push(found.name.to_ascii_lowercase());
        names.len() >= 1000
    });
    let has = |name: &str| names.iter().any(|known| known == name);
    let sets = || names.iter().any(|name| name.starts_with("controlset"));
    match () {
        () if sets() && ["select", "setup", "mounteddevices"].into_iter().any(has) => {
            Ok(Some(r"HKLM\SYSTEM"))
        }
        () if has("control") && has("services") && has("enum") => Ok(Some(r"HKLM\SYSTEM\CurrentControlSet")),
        () if has("microsoft") && (has("classes") || has("policies") || has("wow6432node")) => {
            Ok(whose::software(cells, &root))
        }
        () if has("software")
            && (has("environment") || has("control panel") || has("volatile environment")) =>
        {
            Ok(Some("HKCU"))
        }
        () => listed.map(|_| None),
    }
}

/// Which control set was in use, in a hive that holds several.
fn control_set<R: Read + Seek>(cells: &mut Cells<R>, root: u32, mount: &str) -> Answered {
    if !same(mount, r"HKLM\SYSTEM") {
        return Ok(None);
    }
    let select = walk(cells, root, ["Select"].into_iter())?;
    let current = select.map_or(Ok(None), |key| cells.value(&key, "Current"))?;
    if let Some(number) = current.and_then(|(_, data)| u32_at(&data, 0)) {
        return Ok(Some(format!("ControlSet{number:03}")));
    }
    // Where nothing says which one was used there may be one alone.
    let mut sets = Vec::new();
    let root = cells.key(root)?;
    cells.find(&root, |found| {
        if found.name.to_ascii_lowercase().starts_with("controlset") {
            sets.push(found.name.clone());
        }
        false
    })?;
    Ok(sets.pop().filter(|_| sets.is_empty()))
}

type Answered = Result<Option<String>, String>;

fn walk<'a, R: Read + Seek>(
    cells: &mut Cells<R>,
    root: u32,
    path: impl Iterator<Item = &'a str>,
) -> Result<Option<Key>, String> {
    let root = cells.key(root)?;
    cells::walk_from(cells, root, path)
}

/// What stands behind a key's name.
fn below<'a>(key: &'a str, mount: &str) -> Option<&'a str> {
    let (own, rest) = key.split_at_checked(mount.len())?;
    (same(own, mount) && (rest.is_empty() || rest.starts_with('\\'))).then_some(rest)
}

fn failed(error: std::io::Error) -> NoHive {
    NoHive::Damaged(error.to_string())
}
