//! TCP_INFO and SIOCOUTQ (tcp(7)).

use std::{mem, os::fd::AsRawFd as _, time::Duration};

use crate::report::Transport;

/// None where the system refuses.
#[allow(unsafe_code)]
pub fn counts(socket: &socket2::Socket) -> Option<Transport> {
    let mut length = libc::socklen_t::try_from(mem::size_of::<libc::tcp_info>()).ok()?;
    // SAFETY: tcp_info is plain integers, for which zeros are valid.
    let mut info: libc::tcp_info = unsafe { mem::zeroed() };
    let (fd, place) = (socket.as_raw_fd(), (&raw mut info).cast());
    // SAFETY: the descriptor is open, and the system writes no more than `length` bytes into `info`.
    let result = unsafe { libc::getsockopt(fd, libc::IPPROTO_TCP, libc::TCP_INFO, place, &raw mut length) };
    let mut waiting: libc::c_int = 0;
    // SAFETY: TIOCOUTQ writes one integer.
    let asked = unsafe { libc::ioctl(fd, libc::TIOCOUTQ, &raw mut waiting) };
    (result == 0).then(|| Transport {
        round_trip_ms: Some(Duration::from_micros(info.tcpi_rtt.into()).into()),
        retransmissions: Some(info.tcpi_total_retrans),
        unacknowledged: if asked == 0 { u32::try_from(waiting).ok() } else { None },
        ..Transport::default()
    })
}
