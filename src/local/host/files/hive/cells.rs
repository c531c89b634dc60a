//! The cells of a registry hive: keys, lists of subkeys, values and their data. Every offset and length is held against the file.

use std::io::{Read, Seek, SeekFrom};

use crate::{local::host::files::keys::MOST_VALUES, utf16};

/// Where the cells begin.
pub(super) const FIRST: u64 = 4096;
/// A list that does not exist.
const NONE: u32 = u32::MAX;
/// More cells are not read of one hive, so that lists that name each other end.
const MOST_CELLS: u32 = 2_000_000;
/// More subkeys of one key are not looked at.
const MOST_KEYS: usize = 50_000;
/// A longer value is not read, in bytes.
const LARGEST_VALUE: usize = 1 << 20;
/// Longer data stands in several cells.
const SEGMENT: usize = 16_344;
/// The fixed part of a key and the longest name in UTF-16.
const LONGEST_KEY: usize = 76 + 1024;

/// Cells by their offsets.
pub(super) struct Cells<R> {
    file: R,
    end: u64,
    big_data: bool,
    left: u32,
}

/// A key (`nk`).
#[derive(Clone, Debug)]
pub(super) struct Key {
    /// Its name.
    pub name: String,
    subkeys: u32,
    list: u32,
    values: u32,
    value_list: u32,
}

impl<R: Read + Seek> Cells<R> {
    /// Cells before `end`; versions from 1.4 on know data in several cells.
    pub(super) fn new(file: R, end: u64, minor: u32) -> Self {
        Self { file, end, big_data: minor > 3, left: MOST_CELLS }
    }

    /// A key by its offset.
    pub(super) fn key(&mut self, at: u32) -> Result<Key, String> {
        let cell = self.cell(at, LONGEST_KEY)?;
        if cell.get(..2) != Some(b"nk") {
            return Err(format!("there is no key at {at:#x}"));
        }
        let number = |from| u32_at(&cell, from).ok_or_else(|| format!("the key at {at:#x} is cut off"));
        let length = usize::from(u16_at(&cell, 72).unwrap_or_default());
        let name = cell.get(76..76 + length).ok_or_else(|| format!("the key at {at:#x} has no name"))?;
        let compressed = u16_at(&cell, 2).is_some_and(|flags| flags & 0x20 != 0);
        Ok(Key {
            name: text(name, compressed),
            subkeys: number(20)?,
            list: number(28)?,
            values: number(36)?,
            value_list: number(40)?,
        })
    }

    /// The first subkey that is wanted. One that is damaged is passed over, and told when none is found.
    pub(super) fn find(
        &mut self,
        key: &Key,
        mut wanted: impl FnMut(&Key) -> bool,
    ) -> Result<Option<Key>, String> {
        if key.subkeys == 0 || key.list == NONE {
            return Ok(None);
        }
        let (mut seen, mut damage) = (0, None);
        for list in self.lists(key.list)? {
            let leaf = self.leaf(list).unwrap_or_else(|why| {
                damage = Some(why);
                Vec::new()
            });
            for at in leaf {
                seen += 1;
                if seen > MOST_KEYS {
                    return Err(format!("{} has more than {MOST_KEYS} subkeys", key.name));
                }
                match self.key(at) {
                    Ok(found) if wanted(&found) => return Ok(Some(found)),
                    Ok(_) => {}
                    Err(why) => damage = Some(why),
                }
            }
        }
        damage.map_or(Ok(None), Err)
    }

    /// Type and data of a value.
    pub(super) fn value(&mut self, key: &Key, name: &str) -> Result<Option<(u32, Vec<u8>)>, String> {
        let count = usize::try_from(key.values).unwrap_or(usize::MAX);
        if count == 0 || key.value_list == NONE {
            return Ok(None);
        }
        if count > MOST_VALUES {
            return Err(format!("{} has more than {MOST_VALUES} values", key.name));
        }
        let list = self.cell(key.value_list, count * 4)?;
        let mut damage = (list.len() < count * 4).then(|| format!("the values of {} are cut off", key.name));
        for at in list.as_chunks().0.iter().map(|entry| u32::from_le_bytes(*entry)) {
            match self.named(at, name) {
                Ok(Some(cell)) => return self.data(&cell).map(Some),
                Ok(None) => {}
                Err(why) => damage = Some(why),
            }
        }
        damage.map_or(Ok(None), Err)
    }

    /// The value's cell (`vk`), if it has this name.
    fn named(&mut self, at: u32, name: &str) -> Result<Option<Vec<u8>>, String> {
        let longest = 2 * name.len();
        let cell = self.cell(at, 20 + longest)?;
        let cut = || format!("the value at {at:#x} is damaged");
        if cell.get(..2) != Some(b"vk") || cell.len() < 20 {
            return Err(cut());
        }
        let length = usize::from(u16_at(&cell, 2).unwrap_or_default());
        if length > longest {
            return Ok(None);
        }
        let own = cell.get(20..20 + length).ok_or_else(cut)?;
        let compressed = u16_at(&cell, 16).is_some_and(|flags| flags & 1 != 0);
        let same = text(own, compressed).to_lowercase() == name.to_lowercase();
        Ok(same.then_some(cell))
    }

    fn data(&mut self, value: &[u8]) -> Result<(u32, Vec<u8>), String> {
        let field = |from| u32_at(value, from).unwrap_or_default();
        let (size, at, kind) = (field(4), field(8), field(12));
        if size & 0x8000_0000 != 0 {
            let size = usize::try_from(size & 0x7fff_ffff).unwrap_or(usize::MAX).min(4);
            return Ok((kind, at.to_le_bytes()[..size].to_vec()));
        }
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        if size > LARGEST_VALUE {
            return Err(format!("the value has {size} bytes, more than are read"));
        }
        if size == 0 {
            return Ok((kind, Vec::new()));
        }
        let cell = self.cell(at, size)?;
        let whole = match self.big_data && size > SEGMENT && cell.starts_with(b"db") {
            true => self.segments(&cell, size)?,
            false => cell,
        };
        match whole.get(..size) {
            Some(data) => Ok((kind, data.to_vec())),
            None => Err(format!("the data at {at:#x} is cut off")),
        }
    }

    /// Data that stands in several cells (`db`).
    fn segments(&mut self, cell: &[u8], size: usize) -> Result<Vec<u8>, String> {
        let count = usize::from(u16_at(cell, 2).unwrap_or_default());
        let list = self.cell(u32_at(cell, 4).unwrap_or(NONE), count * 4)?;
        let mut whole = Vec::new();
        for at in list.as_chunks().0.iter().map(|entry| u32::from_le_bytes(*entry)) {
            let left = size.saturating_sub(whole.len());
            if left == 0 {
                break;
            }
            whole.extend(self.cell(at, left.min(SEGMENT))?);
        }
        Ok(whole)
    }

    /// The lists that a list of lists (`ri`) names, or the list itself.
    fn lists(&mut self, at: u32) -> Result<Vec<u32>, String> {
        let cell = self.cell(at, 4 + 4 * usize::from(u16::MAX))?;
        Ok(if cell.starts_with(b"ri") { entries(&cell, 4) } else { vec![at] })
    }

    /// The keys of a list (`lf`, `lh`, `li`).
    fn leaf(&mut self, at: u32) -> Result<Vec<u32>, String> {
        let head = self.cell(at, 4)?;
        let each = match head.get(..2) {
            Some(b"lf" | b"lh") => 8,
            Some(b"li") => 4,
            _ => return Err(format!("there is no list of subkeys at {at:#x}")),
        };
        let count = usize::from(u16_at(&head, 2).unwrap_or_default());
        Ok(entries(&self.cell(at, 4 + each * count)?, each))
    }

    /// The content of a cell that is in use, `most` bytes of it.
    fn cell(&mut self, at: u32, most: usize) -> Result<Vec<u8>, String> {
        let begin = FIRST + u64::from(at);
        if at == NONE || !at.is_multiple_of(8) || begin + 4 > self.end {
            return Err(format!("{at:#x} lies outside the file"));
        }
        let Some(left) = self.left.checked_sub(1) else {
            return Err("it would take too long to read".to_owned());
        };
        self.left = left;
        let failed = |error: std::io::Error| format!("{at:#x}: {error}");
        self.file.seek(SeekFrom::Start(begin)).map_err(failed)?;
        let mut size = [0; 4];
        self.file.read_exact(&mut size).map_err(failed)?;
        // The size of a cell in use is negative and counts itself.
        let size = i64::from(i32::from_le_bytes(size));
        let length = match u64::try_from(-size - 4) {
            Ok(length) if begin + 4 + length <= self.end => length,
            _ => return Err(format!("the cell at {at:#x} is free or longer than the file")),
        };
        let length = length.min(u64::try_from(most).unwrap_or(u64::MAX));
        let mut content = vec![0; usize::try_from(length).unwrap_or_default()];
        self.file.read_exact(&mut content).map_err(failed)?;
        Ok(content)
    }
}

/// The offsets of a list, whose entries take 4 or 8 bytes; fewer where the cell is shorter than it says.
fn entries(cell: &[u8], each: usize) -> Vec<u32> {
    let count = usize::from(u16_at(cell, 2).unwrap_or_default());
    (0..count).map_while(|index| u32_at(cell, 4 + index * each)).collect()
}

/// A name of a key or a value, in Latin-1 where it is compressed.
fn text(bytes: &[u8], compressed: bool) -> String {
    match compressed {
        true => bytes.iter().map(|byte| char::from(*byte)).collect(),
        false => utf16::text(bytes),
    }
}

/// A number of the file.
pub(super) fn u16_at(bytes: &[u8], from: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(from..from + 2)?.try_into().ok()?))
}

/// A number of the file.
pub(super) fn u32_at(bytes: &[u8], from: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(from..from + 4)?.try_into().ok()?))
}

/// The key at this path below another one; none where there is none.
pub(super) fn walk_from<'a, R: Read + Seek>(
    cells: &mut Cells<R>,
    root: Key,
    path: impl Iterator<Item = &'a str>,
) -> Result<Option<Key>, String> {
    let mut key = root;
    for part in path {
        let wanted = part.to_lowercase();
        match cells.find(&key, |found| found.name.to_lowercase() == wanted)? {
            Some(found) => key = found,
            None => return Ok(None),
        }
    }
    Ok(Some(key))
}
