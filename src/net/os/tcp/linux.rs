//! TCP_INFO and SIOCOUTQ (tcp(7)).

use std::{mem, os::fd::AsRawFd as _, time::Duration};

use crate::report::Transport;

/// What the system tells, with the fields that newer ones add (linux/tcp.h).
#[repr(C)]
struct Info {
    known: libc::tcp_info,
    more: [u32; 30],
}

/// Where tcpi_dsack_dups is among the new fields.
const DSACK_DUPS: usize = 28;

/// None where the system refuses. A segment that the peer says it had twice was not lost.
#[allow(unsafe_code)]
pub fn counts(socket: &socket2::Socket) -> Option<Transport> {
    let mut length = libc::socklen_t::try_from(mem::size_of::<Info>()).ok()?;
    // SAFETY: these are plain integers, for which zeros are valid.
    let mut info: Info = unsafe { mem::zeroed() };
    let (fd, place) = (socket.as_raw_fd(), (&raw mut info).cast());
    // SAFETY: the descriptor is open, and the system writes no more than `length` bytes into `info`.
    let result = unsafe { libc::getsockopt(fd, libc::IPPROTO_TCP, libc::TCP_INFO, place, &raw mut length) };
    let mut waiting: libc::c_int = 0;
    // SAFETY: TIOCOUTQ writes one integer.
    let asked = unsafe { libc::ioctl(fd, libc::TIOCOUTQ, &raw mut waiting) };
    (result == 0).then(|| Transport {
        round_trip_ms: Some(Duration::from_micros(info.known.tcpi_rtt.into()).into()),
        retransmissions: Some(info.known.tcpi_total_retrans.saturating_sub(info.more[DSACK_DUPS])),
        unacknowledged: if asked == 0 { u32::try_from(waiting).ok() } else { None },
        ..Transport::default()
    })
}
