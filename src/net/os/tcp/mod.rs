//! What TCP counts: TCP_INFO of Linux, TCP_CONNECTION_INFO of macOS, SIO_TCP_INFO of Windows.

#[cfg(any(target_os = "linux", target_os = "android"))]
#[path = "linux.rs"]
mod system;
#[cfg(target_vendor = "apple")]
#[path = "macos.rs"]
mod system;
#[cfg(windows)]
#[path = "windows.rs"]
mod system;
#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple", windows)))]
mod system {
    pub fn counts(_socket: &socket2::Socket) -> Option<crate::report::Tcp> {
        None
    }

    pub fn opened(_socket: &socket2::Socket) -> Option<u32> {
        None
    }
}

pub(crate) use system::{counts, opened};
