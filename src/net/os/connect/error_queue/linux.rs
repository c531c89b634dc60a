//! IP_RECVERR (ip(7)) and IPV6_RECVERR (ipv6(7)): a queue of errors beside the stream.

use std::{
    io, mem,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    os::fd::AsRawFd as _,
    ptr, slice,
};

use socket2::Socket;

use crate::{
    net::rejection::{Rejected, icmp_name},
    report::{IcmpError, RejectedBy},
};

/// Where the fields are in struct sock_extended_err (linux/errqueue.h), which the address of the sender follows.
const ORIGIN: usize = 4;
const TYPE: usize = 5;
const CODE: usize = 6;
const OFFENDER: usize = 16;
/// Where an address begins in sockaddr_in and in sockaddr_in6.
const V4: usize = OFFENDER + 4;
const V6: usize = OFFENDER + 8;
/// More than such an error has.
const ROOM: usize = 32;

/// Has the system keep the errors of this socket, which also makes them errors of the connection.
pub(crate) fn keep(socket: &Socket, address: SocketAddr) {
    set(socket, address, 1);
}

/// Has it keep no more.
pub(crate) fn drop_later(socket: &Socket, address: SocketAddr) {
    set(socket, address, 0);
}

#[allow(unsafe_code)]
fn set(socket: &Socket, address: SocketAddr, value: libc::c_int) {
    let (level, option) = option(address);
    let length = libc::socklen_t::try_from(mem::size_of_val(&value)).unwrap_or_default();
    // SAFETY: the descriptor is open, and the system reads `length` bytes of `value`. Where it refuses, nothing is known.
    let _ = unsafe { libc::setsockopt(socket.as_raw_fd(), level, option, (&raw const value).cast(), length) };
}

fn option(address: SocketAddr) -> (libc::c_int, libc::c_int) {
    match address {
        SocketAddr::V4(_) => (libc::IPPROTO_IP, libc::IP_RECVERR),
        SocketAddr::V6(_) => (libc::IPPROTO_IPV6, libc::IPV6_RECVERR),
    }
}

/// The error of a connection to this address, with who caused it. What no message is behind this system says itself, but for the
/// RST and the silence of others.
pub(crate) fn told(socket: &Socket, address: SocketAddr, error: io::Error) -> io::Error {
    use io::ErrorKind::{HostUnreachable, NetworkUnreachable, PermissionDenied};
    let icmp = queued(socket).and_then(|(kind, bytes)| icmp(kind, &bytes));
    let own = socket.local_addr().ok().and_then(|local| local.as_socket()).map(|local| local.ip());
    let by = match &icmp {
        Some(icmp) if icmp.from == Some(address.ip()) => RejectedBy::Host,
        Some(icmp) if icmp.from == own => RejectedBy::Link,
        Some(_) => RejectedBy::Router,
        None if matches!(error.kind(), HostUnreachable | NetworkUnreachable | PermissionDenied) => {
            RejectedBy::ThisMachine
        }
        None => return error,
    };
    Rejected { error, by, icmp }.into_error()
}

/// The first error in the queue: the option that it belongs to, and what is said of it.
#[allow(unsafe_code)]
fn queued(socket: &Socket) -> Option<((libc::c_int, libc::c_int), Vec<u8>)> {
    let mut room = [0_u64; ROOM];
    // SAFETY: msghdr is integers and pointers, for which zeros are valid.
    let mut message: libc::msghdr = unsafe { mem::zeroed() };
    message.msg_control = room.as_mut_ptr().cast();
    message.msg_controllen = mem::size_of_val(&room) as _;
    let flags = libc::MSG_ERRQUEUE | libc::MSG_DONTWAIT;
    // SAFETY: the descriptor is open, and the system writes no more than `msg_controllen` bytes into `room`.
    if unsafe { libc::recvmsg(socket.as_raw_fd(), &raw mut message, flags) } < 0 {
        return None;
    }
    // SAFETY: the system has set `msg_controllen` to what it wrote; the first header is null where that is too short for one.
    let first = unsafe { libc::CMSG_FIRSTHDR(&raw const message) };
    if first.is_null() {
        return None;
    }
    // SAFETY: a header lies there, in `room`; the data begin behind it.
    let (header, data) = unsafe { (ptr::read_unaligned(first), libc::CMSG_DATA(first)) };
    let before = (data as usize).saturating_sub(first as usize);
    #[allow(clippy::unnecessary_cast)]
    let length = (header.cmsg_len as usize).min(message.msg_controllen as usize).checked_sub(before)?;
    // SAFETY: `length` bytes from `data` on are within what was written into `room`.
    let bytes = unsafe { slice::from_raw_parts(data, length) }.to_vec();
    Some(((header.cmsg_level, header.cmsg_type), bytes))
}

/// What an entry says, where it came in an ICMP message.
fn icmp(kind: (libc::c_int, libc::c_int), bytes: &[u8]) -> Option<IcmpError> {
    let v6 = match kind {
        (libc::IPPROTO_IP, libc::IP_RECVERR) => false,
        (libc::IPPROTO_IPV6, libc::IPV6_RECVERR) => true,
        _ => return None,
    };
    let origins = [libc::SO_EE_ORIGIN_ICMP, libc::SO_EE_ORIGIN_ICMP6];
    let (origin, kind, code) = (*bytes.get(ORIGIN)?, *bytes.get(TYPE)?, *bytes.get(CODE)?);
    let from = offender(v6, bytes);
    origins.contains(&origin).then(|| IcmpError { kind, code, name: icmp_name(v6, kind, code), from })
}

fn offender(v6: bool, bytes: &[u8]) -> Option<IpAddr> {
    let family = u16::from_ne_bytes(bytes.get(OFFENDER..OFFENDER + 2)?.try_into().ok()?);
    let known = |wanted: libc::c_int| i32::from(family) == wanted;
    if !v6 && known(libc::AF_INET) {
        let address: [u8; 4] = bytes.get(V4..V4 + 4)?.try_into().ok()?;
        return Some(Ipv4Addr::from(address).into());
    }
    let address: [u8; 16] =
        bytes.get(V6..V6 + 16).filter(|_| v6 && known(libc::AF_INET6))?.try_into().ok()?;
    Some(Ipv6Addr::from(address).into())
}
