//! The background of every finding and cause: one text a topic, one section a code.
//!
//! A finding and a cause that mean the same share a section, whose heading names both. A cause's `confirm` and `fix`
//! come from it (`sections::read`): `Check: ` and `Fix: `, or `Check (Windows): ` for one system. The first check is
//! the cheapest that tells causes apart. What ends sessions is a fix, and the last.

use std::sync::LazyLock;

use crate::sections::Sections;

const TOPICS: &[&str] = &[
    include_str!("pages/reach.md"),
    include_str!("pages/negotiation.md"),
    include_str!("pages/tls.md"),
    include_str!("pages/certificate.md"),
    include_str!("pages/credssp.md"),
    include_str!("pages/account.md"),
    include_str!("pages/kerberos.md"),
    include_str!("pages/session.md"),
    include_str!("pages/host.md"),
    include_str!("pages/path.md"),
    include_str!("pages/told.md"),
    include_str!("pages/redirection.md"),
    include_str!("pages/rdp-file.md"),
    include_str!("pages/machine.md"),
    include_str!("pages/proxy.md"),
    include_str!("pages/udp.md"),
    include_str!("pages/gateway.md"),
    include_str!("pages/gateway-leg.md"),
    include_str!("pages/watched.md"),
    include_str!("pages/client.md"),
];

/// A report asks for a section of each of its causes.
static SECTIONS: LazyLock<Sections> = LazyLock::new(|| Sections::of(TOPICS));

/// What a finding or a cause with this code means, why it happens, how to check and how to fix it, as Markdown; begins with
/// a heading that names the code.
pub fn page(code: &str) -> Option<&'static str> {
    SECTIONS.find(code)
}

/// Every code that has a page, in the order of the pages.
pub fn paged() -> impl Iterator<Item = &'static str> {
    SECTIONS.covered()
}
