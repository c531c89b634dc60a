//! What is invented: the names of the server and its domain, its build, its account and its desktop.

use ironrdp_connector::DesktopSize;

/// The only account.
pub const USER: &str = "demo";
/// Its password.
pub const PASSWORD: &str = "demo";
/// The server's NetBIOS name.
pub(super) const NETBIOS_COMPUTER: &str = "RDSH01";
/// The NetBIOS name of its domain.
pub(super) const NETBIOS_DOMAIN: &str = "CORP";
/// The server's DNS name, also in its certificate.
pub const DNS_COMPUTER: &str = "rdsh01.corp.example";
/// The DNS name of its domain and of its forest.
pub(super) const DNS_DOMAIN: &str = "corp.example";
/// The build of Windows that it claims to be, version 10.0.
pub(super) const BUILD: u16 = 20348;
/// The size of the desktop.
pub(super) const DESKTOP: DesktopSize = DesktopSize { width: 1024, height: 768 };
