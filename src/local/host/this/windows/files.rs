//! Facts of files: attributes, rights and the version that a program carries.
#![allow(unsafe_code, reason = "no crate wraps these calls")]

use std::{
    ffi::c_void,
    fs::{Metadata, OpenOptions},
    os::windows::fs::{MetadataExt as _, OpenOptionsExt as _},
    ptr,
};

use windows_sys::Win32::Storage::FileSystem::{
    FILE_ADD_FILE, FILE_ATTRIBUTE_ARCHIVE, FILE_ATTRIBUTE_COMPRESSED, FILE_ATTRIBUTE_HIDDEN,
    FILE_ATTRIBUTE_READONLY, FILE_ATTRIBUTE_SYSTEM, FILE_FLAG_BACKUP_SEMANTICS, FILE_LIST_DIRECTORY,
    GetFileVersionInfoSizeW, GetFileVersionInfoW, VS_FIXEDFILEINFO, VerQueryValueW,
};

use super::Unreadable;
use crate::local::host::File;

/// A version resource that is larger is not read.
const LARGEST_RESOURCE: u32 = 1 << 20;

const ATTRIBUTES: &[(u32, &str)] = &[
    (FILE_ATTRIBUTE_READONLY, "read-only"),
    (FILE_ATTRIBUTE_HIDDEN, "hidden"),
    (FILE_ATTRIBUTE_SYSTEM, "system"),
    (FILE_ATTRIBUTE_ARCHIVE, "archive"),
    (FILE_ATTRIBUTE_COMPRESSED, "compressed"),
];

/// Facts of a file or a folder that exists; rights are asked for, nothing is written.
pub(crate) fn file(path: &str, facts: &Metadata) -> Result<File, Unreadable> {
    let may = |right: u32| {
        let mut options = OpenOptions::new();
        options.access_mode(right).custom_flags(FILE_FLAG_BACKUP_SEMANTICS).open(path).is_ok()
    };
    let set = ATTRIBUTES.iter().filter(|(bit, _)| facts.file_attributes() & bit != 0);
    Ok(File {
        size: facts.file_size(),
        modified: facts.modified().ok().map(|time| time::OffsetDateTime::from(time).into()),
        readable: may(FILE_LIST_DIRECTORY),
        writable: may(FILE_ADD_FILE),
        attributes: set.map(|(_, name)| (*name).to_owned()).collect(),
        version: if facts.is_file() { version(path) } else { None },
        ..File::default()
    })
}

/// The file version of the fixed part of the version resource.
fn version(path: &str) -> Option<String> {
    let path: Vec<u16> = path.encode_utf16().chain([0]).collect();
    // SAFETY: the path ends with zero; no handle is asked for.
    let size = unsafe { GetFileVersionInfoSizeW(path.as_ptr(), ptr::null_mut()) };
    if size == 0 || size > LARGEST_RESOURCE {
        return None;
    }
    let mut resource = vec![0_u8; usize::try_from(size).ok()?];
    // SAFETY: the buffer has the size that is given.
    let read = unsafe { GetFileVersionInfoW(path.as_ptr(), 0, size, resource.as_mut_ptr().cast()) };
    if read == 0 {
        return None;
    }
    let root: [u16; 2] = [u16::from(b'\\'), 0];
    let (mut found, mut length): (*mut c_void, u32) = (ptr::null_mut(), 0);
    // SAFETY: the resource was filled above; what is found lies inside it.
    let asked =
        unsafe { VerQueryValueW(resource.as_ptr().cast(), root.as_ptr(), &raw mut found, &raw mut length) };
    let whole = usize::try_from(length).is_ok_and(|length| length >= size_of::<VS_FIXEDFILEINFO>());
    if asked == 0 || found.is_null() || !whole {
        return None;
    }
    // SAFETY: the length was checked; the resource still lives, and its alignment is not relied on.
    let fixed = unsafe { found.cast::<VS_FIXEDFILEINFO>().read_unaligned() };
    let [high, low] = [fixed.dwFileVersionMS, fixed.dwFileVersionLS];
    Some(format!("{}.{}.{}.{}", high >> 16, high & 0xFFFF, low >> 16, low & 0xFFFF))
}
