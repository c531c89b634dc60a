//! SIO_TCP_INFO (mstcpip.h).

use std::{mem, os::windows::io::AsRawSocket as _, ptr, time::Duration};

use windows_sys::Win32::Networking::WinSock::{SIO_TCP_INFO, TCP_INFO_v0, WSAIoctl};

use crate::report::Tcp;

/// None where the system refuses, as before Windows 10 version 1703.
#[allow(unsafe_code)]
pub(crate) fn counts(socket: &socket2::Socket) -> Option<Tcp> {
    let (version, mut info, mut written) = (0_u32, TCP_INFO_v0::default(), 0);
    let length = |size: usize| u32::try_from(size).ok();
    let (asked, room) = (length(mem::size_of_val(&version))?, length(mem::size_of_val(&info))?);
    let handle = usize::try_from(socket.as_raw_socket()).ok()?;
    // SAFETY: both buffers live longer than the call, which does not overlap, and their lengths are theirs.
    let result = unsafe {
        WSAIoctl(
            handle,
            SIO_TCP_INFO,
            (&raw const version).cast(),
            asked,
            (&raw mut info).cast(),
            room,
            &raw mut written,
            ptr::null_mut(),
            None,
        )
    };
    (result == 0).then(|| Tcp {
        round_trip_ms: Some(Duration::from_micros(info.RttUs.into()).into()),
        // Episodes of one or more segments.
        retransmissions: Some(info.FastRetrans + info.TimeoutEpisodes + u32::from(info.SynRetrans)),
        unacknowledged: Some(info.BytesInFlight),
        syn_retries: Some(info.SynRetrans.into()),
        ..Tcp::default()
    })
}

/// How often the SYN was sent again.
pub(crate) fn opened(socket: &socket2::Socket) -> Option<u32> {
    counts(socket)?.syn_retries
}
