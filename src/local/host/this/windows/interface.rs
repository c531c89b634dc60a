//! The interface that packets to an address leave by; nothing is sent.
#![allow(unsafe_code, reason = "no crate wraps these calls")]

use std::{mem, net::IpAddr, ptr};

use windows_sys::Win32::{
    Foundation::{ERROR_NETWORK_UNREACHABLE, ERROR_NOT_FOUND},
    NetworkManagement::IpHelper::{GetBestInterfaceEx, GetIfEntry2, MIB_IF_ROW2},
    Networking::WinSock::{AF_INET, AF_INET6, SOCKADDR_INET},
};

use super::failure::failed;
use crate::local::host::Answer;
use crate::local::host::Interface;

/// The interface; none where there is no way to the address.
pub(crate) fn interface(to: IpAddr) -> Answer<Interface> {
    let (to, mut index) = (address(to), 0_u32);
    // SAFETY: the address is of the family that it names, and as long as the largest of them.
    let code = unsafe { GetBestInterfaceEx(ptr::from_ref(&to).cast(), &raw mut index) };
    match code {
        0 => {}
        ERROR_NETWORK_UNREACHABLE | ERROR_NOT_FOUND => return Ok(None),
        code => return failed(code),
    }
    // SAFETY: zero is a value of every field; the index is what the row is asked by.
    let mut row: MIB_IF_ROW2 = unsafe { mem::zeroed() };
    row.InterfaceIndex = index;
    // SAFETY: the row is ours, and its index is set.
    let code = unsafe { GetIfEntry2(&raw mut row) };
    if code != 0 {
        return failed(code);
    }
    Ok(Some(Interface {
        name: text(&row.Alias),
        description: text(&row.Description),
        kind: row.Type,
        mtu: row.Mtu,
    }))
}

fn address(to: IpAddr) -> SOCKADDR_INET {
    // SAFETY: zero is a value of every field.
    let mut address: SOCKADDR_INET = unsafe { mem::zeroed() };
    match to {
        IpAddr::V4(to) => {
            address.Ipv4.sin_family = AF_INET;
            address.Ipv4.sin_addr.S_un.S_addr = u32::from_ne_bytes(to.octets());
        }
        IpAddr::V6(to) => {
            address.Ipv6.sin6_family = AF_INET6;
            address.Ipv6.sin6_addr.u.Byte = to.octets();
        }
    }
    address
}

/// Up to the first zero.
fn text(wide: &[u16]) -> String {
    String::from_utf16_lossy(wide.split(|unit| *unit == 0).next().unwrap_or_default())
}
