//! TCP_CONNECTION_INFO (netinet/tcp.h).

use std::{mem, os::fd::AsRawFd as _, time::Duration};

use crate::report::Tcp;

/// None where the system refuses.
#[allow(unsafe_code)]
pub(crate) fn counts(socket: &socket2::Socket) -> Option<Tcp> {
    let mut length = libc::socklen_t::try_from(mem::size_of::<libc::tcp_connection_info>()).ok()?;
    // SAFETY: tcp_connection_info is plain integers, for which zeros are valid.
    let mut info: libc::tcp_connection_info = unsafe { mem::zeroed() };
    let (fd, place) = (socket.as_raw_fd(), (&raw mut info).cast());
    // SAFETY: the descriptor is open, and the system writes no more than `length` bytes into `info`.
    let result =
        unsafe { libc::getsockopt(fd, libc::IPPROTO_TCP, libc::TCP_CONNECTION_INFO, place, &raw mut length) };
    (result == 0).then(|| Tcp {
        round_trip_ms: Some(Duration::from_millis(info.tcpi_srtt.into()).into()),
        // Only bytes are counted here.
        retransmissions: u32::try_from(
            info.tcpi_txretransmitbytes.div_ceil(u64::from(info.tcpi_maxseg.max(1))),
        )
        .ok(),
        unacknowledged: Some(info.tcpi_snd_sbbytes),
        ..Tcp::default()
    })
}

/// The system does not count that by itself.
pub(crate) fn opened(_socket: &socket2::Socket) -> Option<u32> {
    None
}
