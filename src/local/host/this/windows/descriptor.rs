//! Security descriptors as SDDL.
#![allow(unsafe_code, reason = "no crate wraps these calls")]

use std::{ptr, slice};

use windows_sys::Win32::{
    Foundation::{GetLastError, LocalFree},
    Security::{
        Authorization::{
            ConvertSecurityDescriptorToStringSecurityDescriptorW, GetNamedSecurityInfoW, SDDL_REVISION_1,
            SE_FILE_OBJECT, SE_REGISTRY_KEY,
        },
        DACL_SECURITY_INFORMATION, GROUP_SECURITY_INFORMATION, OWNER_SECURITY_INFORMATION,
        PSECURITY_DESCRIPTOR,
    },
};

use super::failure::failed;
use crate::local::host::Answer;

/// Owner, group and access list; the audit part needs a privilege and is not asked for.
const PARTS: u32 = OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;

/// The descriptor of a file, or of a registry key that begins with `HKLM\` or `HKCU\`.
pub(crate) fn descriptor(path: &str) -> Answer<String> {
    let key = path.strip_prefix(r"HKLM\").map(|rest| format!(r"MACHINE\{rest}"));
    let key = key.or_else(|| path.strip_prefix(r"HKCU\").map(|rest| format!(r"CURRENT_USER\{rest}")));
    let kind = if key.is_some() { SE_REGISTRY_KEY } else { SE_FILE_OBJECT };
    let name: Vec<u16> = key.as_deref().unwrap_or(path).encode_utf16().chain([0]).collect();
    let mut found: PSECURITY_DESCRIPTOR = ptr::null_mut();
    let none = ptr::null_mut();
    // SAFETY: the name ends with zero; only the descriptor is asked for, and it is freed below.
    let code = unsafe {
        GetNamedSecurityInfoW(
            name.as_ptr(),
            kind,
            PARTS,
            ptr::null_mut(),
            ptr::null_mut(),
            none,
            ptr::null_mut(),
            &raw mut found,
        )
    };
    if code != 0 {
        return failed(code);
    }
    let text = sddl(found);
    // SAFETY: the system allocated it for us, and nothing refers to it any more.
    unsafe { LocalFree(found) };
    text
}

fn sddl(found: PSECURITY_DESCRIPTOR) -> Answer<String> {
    let (mut text, mut length) = (ptr::null_mut::<u16>(), 0_u32);
    // SAFETY: the descriptor is the system's own; the text is freed below.
    let converted = unsafe {
        ConvertSecurityDescriptorToStringSecurityDescriptorW(
            found,
            SDDL_REVISION_1,
            PARTS,
            &raw mut text,
            &raw mut length,
        )
    };
    if converted == 0 || text.is_null() {
        // SAFETY: it only reads a number of this thread.
        return failed(unsafe { GetLastError() });
    }
    // SAFETY: the system wrote this many characters.
    let wide = unsafe { slice::from_raw_parts(text, usize::try_from(length).unwrap_or(0)) };
    let sddl = String::from_utf16_lossy(wide).trim_end_matches('\0').to_owned();
    // SAFETY: the system allocated it for us, and the text was copied.
    unsafe { LocalFree(text.cast()) };
    Ok(Some(sddl))
}
