//! The background of every check: one text a topic, one section a check.

use std::sync::LazyLock;

use crate::sections::Sections;

const TOPICS: &[&str] = &[
    include_str!("pages/names.md"),
    include_str!("pages/clock.md"),
    include_str!("pages/route.md"),
    include_str!("pages/proxy.md"),
    include_str!("pages/windows_proxy.md"),
    include_str!("pages/schannel.md"),
    include_str!("pages/crypto_policy.md"),
    include_str!("pages/roots.md"),
    include_str!("pages/credssp.md"),
    include_str!("pages/ntlm.md"),
    include_str!("pages/sign_in.md"),
    include_str!("pages/kerberos.md"),
    include_str!("pages/known_hosts.md"),
    include_str!("pages/client_key.md"),
    include_str!("pages/client_policy.md"),
    include_str!("pages/client_license.md"),
    include_str!("pages/program.md"),
    include_str!("pages/updates.md"),
    include_str!("pages/programs.md"),
    include_str!("pages/disk.md"),
    include_str!("pages/client_log.md"),
    include_str!("pages/services.md"),
    include_str!("pages/listener.md"),
    include_str!("pages/listener_certificate.md"),
    include_str!("pages/host_settings.md"),
    include_str!("pages/host_firewall.md"),
    include_str!("pages/host_license.md"),
    include_str!("pages/host_log.md"),
    include_str!("pages/xrdp.md"),
    include_str!("pages/files.md"),
];

/// Each check that is told asks for its section.
static SECTIONS: LazyLock<Sections> = LazyLock::new(|| Sections::of(TOPICS));

/// What a check with this code looks at, what its results mean and what to do, as Markdown; begins with a heading that
/// names the code.
pub(crate) fn page(code: &str) -> Option<&'static str> {
    SECTIONS.find(code)
}

/// Every code that has a page, in the order of the pages.
pub fn paged() -> impl Iterator<Item = &'static str> {
    SECTIONS.covered()
}
