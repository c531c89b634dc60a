//! TCP_INFO and SIOCOUTQ (tcp(7)).

use std::{io::ErrorKind, mem, os::fd::AsRawFd as _, time::Duration};

use socket2::TcpKeepalive;

use crate::report::Tcp;

/// The shortest time that the system takes, and the most questions.
const EVERY: Duration = Duration::from_secs(1);
const MOST: u32 = 127;

/// Where the fields are in struct tcp_info (linux/tcp.h), in words of 32 bits: older systems fill fewer of them.
/// Octets; the fourth counts the probes that nobody answered.
const STATE: usize = 0;
const LAST_ACK_RECV: usize = 14;
const RTT: usize = 17;
const TOTAL_RETRANS: usize = 25;
const DSACK_DUPS: usize = 54;

/// None where the system refuses. The error that the socket keeps is taken with them, so they are for its end.
pub(crate) fn counts(socket: &socket2::Socket) -> Option<Tcp> {
    Some(Tcp { icmp_error: icmp_error(socket), ..numbers(socket)? })
}

/// A segment that the peer says it had twice was not lost.
#[allow(unsafe_code)]
fn numbers(socket: &socket2::Socket) -> Option<Tcp> {
    let mut info = [0_u32; DSACK_DUPS + 1];
    let mut length = libc::socklen_t::try_from(mem::size_of_val(&info)).ok()?;
    let (fd, place) = (socket.as_raw_fd(), (&raw mut info).cast());
    // SAFETY: the descriptor is open, and the system writes no more than `length` bytes into `info`.
    let result = unsafe { libc::getsockopt(fd, libc::IPPROTO_TCP, libc::TCP_INFO, place, &raw mut length) };
    let mut waiting: libc::c_int = 0;
    // SAFETY: TIOCOUTQ writes one integer.
    let asked = unsafe { libc::ioctl(fd, libc::TIOCOUTQ, &raw mut waiting) };
    (result == 0).then(|| Tcp {
        round_trip_ms: Some(Duration::from_micros(info[RTT].into()).into()),
        retransmissions: Some(info[TOTAL_RETRANS].saturating_sub(info[DSACK_DUPS])),
        unacknowledged: if asked == 0 { u32::try_from(waiting).ok() } else { None },
        acknowledged_before_ms: Some(Duration::from_millis(info[LAST_ACK_RECV].into()).into()),
        probes: Some(info[STATE].to_ne_bytes()[3].into()),
        ..Tcp::default()
    })
}

/// The last ICMP error since something was acknowledged, which the system only keeps (RFC 5461 section 2).
fn icmp_error(socket: &socket2::Socket) -> Option<String> {
    use ErrorKind::{ConnectionRefused, HostUnreachable, NetworkUnreachable};
    let error = socket.take_error().ok().flatten()?;
    let told = matches!(error.kind(), ConnectionRefused | HostUnreachable | NetworkUnreachable);
    told.then(|| error.to_string())
}

/// How often the SYN or its answer was sent again. From now on a silent peer is asked every second whether it is there
/// (RFC 9293 section 3.8.4), which shows in the last acknowledgment; that it is not there ends nothing.
pub(crate) fn opened(socket: &socket2::Socket) -> Option<u32> {
    let asking = TcpKeepalive::new().with_time(EVERY).with_interval(EVERY).with_retries(MOST);
    // Without it less is known.
    let _ = socket.set_tcp_keepalive(&asking);
    numbers(socket)?.retransmissions
}
