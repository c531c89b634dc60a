//! A zip file that `local --collect` wrote: the answers of a machine, and which target they were asked for.

use std::io::{Read, Seek, SeekFrom, Write};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::error::Category;
use zip::{CompressionMethod, ZipArchive, ZipWriter, result::ZipError, write::SimpleFileOptions};

use super::super::Recorded;

const MACHINE: &str = "machine.json";
const ASKED: &str = "asked.json";
const README: &str = "README.txt";
/// A larger zip file is not read, in bytes.
const LARGEST_FILE: u64 = 64 << 20;
/// A larger member is not read, in bytes.
const LARGEST_MEMBER: u64 = 32 << 20;

/// A member with more commas is not read.
const MOST_ENTRIES: usize = 400_000;

/// What a machine was collected for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The target that was named, as it is called in the answers.
    #[serde(default)]
    pub host: Option<String>,
    /// Its TCP port.
    #[serde(default)]
    pub port: Option<u16>,
    /// Names were replaced in the answers, so that no other name can be looked for.
    #[serde(default)]
    pub is_redacted: bool,
}

/// Why nothing is read of a zip file.
#[derive(Debug, PartialEq, Eq)]
pub enum NoMachine {
    /// It is no zip file, or another one.
    Other,
    /// It is damaged; why.
    Damaged(String),
}

/// Reads a machine.
///
/// # Errors
/// There is none in the file, or it is damaged.
pub fn read<R: Read + Seek>(mut file: R) -> Result<(Recorded, Asked), NoMachine> {
    let damaged = |why: &dyn ToString| NoMachine::Damaged(why.to_string());
    let length = file.seek(SeekFrom::End(0)).map_err(|error| damaged(&error))?;
    file.rewind().map_err(|error| damaged(&error))?;
    let mut magic = [0; 4];
    if file.read_exact(&mut magic).is_err() || !magic.starts_with(b"PK") {
        return Err(NoMachine::Other);
    }
    if length > LARGEST_FILE {
        return Err(NoMachine::Other);
    }
    let mut archive = ZipArchive::new(file).map_err(|error| damaged(&error))?;
    let machine = member(&mut archive, MACHINE)?.ok_or(NoMachine::Other)?;
    let asked = member(&mut archive, ASKED)?.unwrap_or_default();
    Ok((machine, asked))
}

fn member<R: Read + Seek, T: DeserializeOwned>(
    archive: &mut ZipArchive<R>,
    name: &str,
) -> Result<Option<T>, NoMachine> {
    let damaged = |why: &dyn ToString| NoMachine::Damaged(format!("{name}: {}", why.to_string()));
    let member = match archive.by_name(name) {
        Ok(member) => member,
        Err(ZipError::FileNotFound) => return Ok(None),
        Err(error) => return Err(damaged(&error)),
    };
    let mut text = Vec::new();
    member.take(LARGEST_MEMBER + 1).read_to_end(&mut text).map_err(|error| damaged(&error))?;
    if text.len() as u64 > LARGEST_MEMBER {
        return Err(damaged(&"it is larger than what is read"));
    }
    // Little text can stand for a long list.
    if text.iter().filter(|byte| **byte == b',').count() > MOST_ENTRIES {
        return Err(damaged(&"it has more entries than are read"));
    }
    serde_json::from_slice(&text).map(Some).map_err(|error| damaged(&unread(&error)))
}

/// What is wrong with JSON, without the words of the library.
fn unread(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        Category::Eof => "it is cut off",
        Category::Data => "it is not what --collect writes",
        Category::Syntax | Category::Io => "it is no JSON",
    };
    format!("{what} (line {}, column {})", error.line(), error.column())
}

/// Writes a machine.
///
/// # Errors
/// It cannot be written, or is larger than what is read; why.
pub fn write<W: Write + Seek>(to: W, machine: &Recorded, asked: &Asked, readme: &str) -> Result<(), String> {
    let machine = serde_json::to_vec_pretty(machine).map_err(|error| error.to_string())?;
    let asked = serde_json::to_vec_pretty(asked).map_err(|error| error.to_string())?;
    if machine.len() as u64 > LARGEST_MEMBER {
        return Err(format!("the answers take {} MiB, more than is read again", machine.len() >> 20));
    }
    let mut archive = ZipWriter::new(to);
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let written: Result<(), ZipError> = (|| {
        for (name, content) in
            [(README, readme.as_bytes()), (MACHINE, machine.as_slice()), (ASKED, asked.as_slice())]
        {
            archive.start_file(name, options)?;
            archive.write_all(content)?;
        }
        archive.finish().map(|_| ())
    })();
    written.map_err(|error| error.to_string())
}
