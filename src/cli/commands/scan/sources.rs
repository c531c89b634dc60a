//! Where the hosts come from: arguments, lists, standard input, and folders of .rdp files.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    cli::{
        Error,
        arguments::{scan::ScanArguments, target::TargetArgument},
        files,
    },
    plain,
    scan::{BadLine, Listed, MOST, Place, Targets, lines, place},
};

/// The largest list that is read, in bytes.
const LARGEST: u64 = 64 << 20;
/// The hosts of a /16; more are asked for explicitly.
const USUAL: u64 = 1 << 16;
/// The files of one folder that are read.
const MOST_FILES: usize = 65_536;

/// Every host that is to be scanned, once.
///
/// # Errors
/// One of the sources cannot be read, or names what is no host; there are none, or too many.
pub(super) fn targets(arguments: &ScanArguments) -> Result<Targets, Error> {
    let mut listed = Listed::default();
    for text in &arguments.targets {
        listed.add(argument(text)?);
    }
    for path in &arguments.from {
        match path.is_dir() {
            true => folder(path, &mut listed)?,
            false => list(path, &mut listed)?,
        }
    }
    if listed.is_empty() {
        let names: Vec<_> = arguments.from.iter().map(|path| name(path)).collect();
        return Err(Error::new(format!("there is no host in {}", names.join(" and "))));
    }
    let targets = listed.without(&arguments.exclude);
    match targets.count() {
        0 => Err(Error::new("no host is left: --exclude names them all")),
        count if count > MOST => {
            Err(Error::new(format!("{count} hosts are more than one scan takes, which is {MOST}")))
        }
        count if count > USUAL && !arguments.large => {
            Err(Error::new(format!("these are {count} hosts, more than a /16 has: --large scans them")))
        }
        _ => Ok(targets),
    }
}

/// A range, or what `trace` takes.
fn argument(text: &str) -> Result<Place, Error> {
    if let Ok(range @ Place::Range(..)) = place(text, None) {
        return Ok(range);
    }
    let is_list = Path::new(text).is_file() && !text.to_ascii_lowercase().ends_with(".rdp");
    let more = |error: Error| match is_list {
        true => Error::new(format!("{error}; --from {text} reads a list of hosts")),
        false => error,
    };
    let of_range = place(text, None).err().filter(|_| text.contains('/') && !text.contains("://"));
    let argument = text.parse::<TargetArgument>().map_err(|why| match of_range {
        Some(why) => Error::new(format!("{text:?} is no target: {why}")),
        None => Error::new(why.to_string()),
    })?;
    argument.read().map(Place::Host).map_err(more)
}

fn list(path: &Path, listed: &mut Listed) -> Result<(), Error> {
    let name = name(path);
    let bytes = if is_standard(path) { files::input(LARGEST) } else { files::bytes(path, LARGEST) };
    let bytes = bytes.map_err(|error| Error::new(format!("cannot read {name}: {error}")))?;
    let found = lines(&bytes).map_err(|BadLine { number, why }| match number {
        Some(number) => Error::new(format!("{name}, line {number}: {why}")),
        None => Error::new(format!("cannot read {name}: {why}")),
    })?;
    found.into_iter().for_each(|line| listed.add(line.place));
    Ok(())
}

/// The .rdp files of a folder, by name.
fn folder(path: &Path, listed: &mut Listed) -> Result<(), Error> {
    let unread = |error| Error::new(format!("cannot read {}: {error}", path.display()));
    let mut found: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(path).map_err(unread)? {
        let file = entry.map_err(unread)?.path();
        if file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("rdp")) {
            found.push(file);
        }
    }
    match found.len() {
        0 => return Err(Error::new(format!("there is no .rdp file in {}", path.display()))),
        many if many > MOST_FILES => {
            let files = plain::plural(many as u64, "file");
            return Err(Error::new(format!("{} has {files}, more than {MOST_FILES}", path.display())));
        }
        _ => found.sort_unstable(),
    }
    for file in found {
        listed.add(Place::Host(TargetArgument::File(file).read()?));
    }
    Ok(())
}

fn is_standard(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn name(path: &Path) -> String {
    if is_standard(path) { "standard input".to_owned() } else { path.display().to_string() }
}
