//! Which files a machine is read from: named one by one, or all of a folder.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use time::OffsetDateTime;

use super::{
    Asked, Files, Keys,
    archive::{self, NoMachine},
    evtx::Log,
    hive::{Hive, NoHive},
    reg::Export,
};
use crate::local::regular_file;

/// More keys of all registry exports together are not remembered; a whole Windows has about half as many.
const MOST_KEYS: usize = 1_000_000;
/// More files of a folder are not looked at.
const MOST_FILES: usize = 1000;

/// A file that a user named, as what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// An event log.
    Log(PathBuf),
    /// A registry export.
    Export(PathBuf),
    /// A registry hive, and the key that it holds where that was said.
    Hive(PathBuf, Option<String>),
    /// A zip file that `--collect` wrote.
    Collected(PathBuf),
    /// Every file of these kinds in a folder.
    Folder(PathBuf),
}

/// Why a file is not read.
enum Trouble {
    /// It is of another kind, or not there; why.
    Wrong(String),
    /// It is of this kind and damaged; why.
    Damaged(String),
}

impl Files {
    /// Opens the files.
    ///
    /// # Errors
    /// A file is missing or of another kind, or there is nothing to read; one sentence.
    pub fn open(given: &[Given]) -> Result<Self, String> {
        let mut files = Self {
            keys: Vec::new(),
            keys_left: MOST_KEYS,
            logs: Vec::new(),
            collected: None,
            asked: Asked::default(),
            read: Vec::new(),
            damage: Vec::new(),
            is_windows: false,
            now: OffsetDateTime::UNIX_EPOCH,
        };
        for given in given {
            match given {
                Given::Folder(path) => files.folder(path)?,
                one => match files.add(one) {
                    Ok(()) => {}
                    Err(Trouble::Damaged(why)) => files.damage.push(format!("{}: {why}", name(one.path()))),
                    Err(Trouble::Wrong(why)) => return Err(format!("{}: {why}", one.path().display())),
                },
            }
        }
        match (&files.collected, files.damage.first()) {
            (None, Some(why)) if !files.is_windows => return Err(format!("nothing can be read: {why}")),
            (Some(machine), _)
                if files.is_windows && machine.machine.system != crate::report::Os::Windows =>
            {
                return Err(
                    "the collected machine has no Windows, so the other files are another one's".to_owned()
                );
            }
            _ => {}
        }
        files.now = files.newest(given);
        Ok(files)
    }

    /// The files of a folder that are read as one of these kinds; none where it cannot be read.
    pub fn in_folder(path: &Path) -> Vec<PathBuf> {
        members(path).unwrap_or_default().iter().map(|given| given.path().to_owned()).collect()
    }

    fn folder(&mut self, path: &Path) -> Result<(), String> {
        let members = members(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let before = self.read.len() + self.damage.len();
        for given in &members {
            match self.add(given) {
                Ok(()) => {}
                // What only looks like one of these kinds is somebody else's, unless its name says what it was to be.
                Err(Trouble::Wrong(_)) if !is_called(given.path(), &["evtx", "reg"]) => {}
                Err(Trouble::Wrong(why) | Trouble::Damaged(why)) => {
                    self.damage.push(format!("{}: {why}", name(given.path())));
                }
            }
        }
        match self.read.len() + self.damage.len() > before {
            true => Ok(()),
            false => Err(format!(
                "{}: it holds no event log, no registry export or hive, and nothing that --collect wrote",
                path.display()
            )),
        }
    }

    fn add(&mut self, given: &Given) -> Result<(), Trouble> {
        let path = given.path();
        let file = opened(path)?;
        let name = name(path);
        match given {
            Given::Log(_) => {
                let log = Log::open(file, &name).map_err(Trouble::Wrong)?;
                let channels: Vec<_> = log.channels().collect();
                self.read.push(format!("{name}: events of {}", listed(&channels)));
                self.logs.push((name, log));
                self.is_windows = true;
            }
            Given::Export(_) if self.keys_left == 0 => {
                let why = "the exports before it hold as many keys as are read";
                return Err(Trouble::Damaged(why.to_owned()));
            }
            Given::Export(_) => {
                let export = Export::open(file, self.keys_left).map_err(Trouble::Wrong)?;
                self.keys_left -= export.size();
                let roots: Vec<_> = export.roots().iter().map(String::as_str).collect();
                self.read.push(match (export.size(), export.changes()) {
                    (0, _) => format!("{name}: keys to delete, and no setting"),
                    (_, true) => format!("{name}: {}, some settings, the others are unknown", listed(&roots)),
                    (_, false) => format!("{name}: {}", listed(&roots)),
                });
                self.keep(name, export);
            }
            Given::Hive(_, mount) => {
                let hive = Hive::open(file, mount.as_deref());
                self.is_windows |= matches!(hive, Err(NoHive::Damaged(_)));
                let hive = hive.map_err(|why| match why {
                    NoHive::Damaged(why) => Trouble::Damaged(why),
                    other => Trouble::Wrong(other.to_string()),
                })?;
                if mount.is_none() && hive.is_of_nobody(path) {
                    let why = "it is the profile of no user but of the system, or what new users begin with; \
                               HKCU=FILE reads it as a user's";
                    return Err(Trouble::Wrong(why.to_owned()));
                }
                self.read.push(format!("{name}: {}", hive.mount()));
                self.now = hive.written().map_or(self.now, |written| self.now.max(written));
                self.keep(name, hive);
            }
            Given::Collected(_) => {
                let (machine, asked) = archive::read(file).map_err(|why| match why {
                    NoMachine::Other => Trouble::Wrong("it is no zip file that --collect wrote".to_owned()),
                    NoMachine::Damaged(why) => Trouble::Damaged(why),
                })?;
                if self.collected.is_some() {
                    return Err(Trouble::Damaged("only one collected machine is read at a time".to_owned()));
                }
                self.read.push(format!("{name}: a collected machine"));
                (self.collected, self.asked) = (Some(machine), asked);
            }
            Given::Folder(_) => {}
        }
        Ok(())
    }

    fn keep(&mut self, name: String, keys: impl Keys + 'static) {
        self.keys.push((name, Box::new(keys)));
        self.is_windows = true;
    }

    /// The newest time that a file tells of: what is newer was not there yet.
    fn newest(&self, given: &[Given]) -> OffsetDateTime {
        let logs = self.logs.iter().filter_map(|(_, log)| log.newest());
        let collected = self.collected.iter().map(|machine| machine.machine.now.into());
        let told = logs.chain(collected).max().unwrap_or(self.now).max(self.now);
        if told != OffsetDateTime::UNIX_EPOCH {
            return told;
        }
        let changed = |given: &Given| fs::metadata(given.path()).and_then(|facts| facts.modified()).ok();
        given.iter().filter_map(changed).max().map_or(told, OffsetDateTime::from)
    }
}

impl Given {
    /// The file or the folder.
    pub fn path(&self) -> &Path {
        match self {
            Self::Log(path)
            | Self::Export(path)
            | Self::Hive(path, _)
            | Self::Collected(path)
            | Self::Folder(path) => path,
        }
    }
}

/// What is read of a folder, in order.
fn members(path: &Path) -> io::Result<Vec<Given>> {
    let entries = fs::read_dir(path)?;
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).take(MOST_FILES).collect();
    paths.sort();
    Ok(paths.iter().filter(|path| path.is_file()).filter_map(|path| kind(path)).collect())
}

/// What a file of a folder is, by its first bytes or by its name.
fn kind(path: &Path) -> Option<Given> {
    let mut head = [0; 8];
    let read = regular_file(path).and_then(|mut file| file.read(&mut head)).ok()?;
    match &head[..read] {
        head if head.starts_with(b"ElfFile\0") => Some(Given::Log(path.to_owned())),
        head if head.starts_with(b"regf") => Some(Given::Hive(path.to_owned(), None)),
        head if head.starts_with(b"PK\x03\x04") => Some(Given::Collected(path.to_owned())),
        _ if is_called(path, &["reg"]) => Some(Given::Export(path.to_owned())),
        // It is none, which is told.
        _ if is_called(path, &["evtx"]) => Some(Given::Log(path.to_owned())),
        _ => None,
    }
}

fn is_called(path: &Path, endings: &[&str]) -> bool {
    path.extension().is_some_and(|own| endings.iter().any(|ending| own.eq_ignore_ascii_case(ending)))
}

fn opened(path: &Path) -> Result<File, Trouble> {
    regular_file(path).map_err(|error| Trouble::Wrong(error.to_string()))
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// The first few, and how many more.
fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 3;
    let more = names.len().saturating_sub(SHOWN);
    let shown = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    match (names.is_empty(), more) {
        (true, _) => "nothing that can be read".to_owned(),
        (_, 0) => shown,
        _ => format!("{shown} and {more} more"),
    }
}
