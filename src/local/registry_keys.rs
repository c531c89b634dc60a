//! Keys of the registry that more than one file asks for.

/// The client's settings.
pub(super) const CLIENT: &str = r"HKCU\Software\Microsoft\Terminal Server Client";
/// The version of Windows.
pub(super) const CURRENT_VERSION: &str = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion";
/// The Local Security Authority.
pub(super) const LSA: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa";
/// NTLM.
pub(super) const MSV1_0: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa\MSV1_0";
/// Services and drivers.
pub(super) const SERVICES: &str = r"HKLM\SYSTEM\CurrentControlSet\Services";
/// Names of this machine and of its networks.
pub(super) const TCPIP: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters";
/// What policies say of Remote Desktop.
pub(super) const TERMINAL_SERVICES_POLICY: &str =
    r"HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services";
