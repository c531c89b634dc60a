//! The account for CredSSP, and how it is used.

use super::{Account, Kerberos};

/// An account, and how CredSSP uses it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Logon {
    /// The account, for one attempt.
    pub account: Account,
    /// What proves the password.
    pub method: Method,
    /// What the server is given after the proof.
    pub delegation: Delegation,
    /// Whether to authenticate to a CredSSP version below 5 (CVE-2018-0886).
    pub allow_unpatched: bool,
    /// Whether the account is kept for a later connection, so that this one does without it.
    pub(crate) kept: bool,
}

/// What proves the password.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Method {
    /// NTLM (MS-NLMP).
    Ntlm,
    /// A Kerberos ticket (RFC 4120).
    Kerberos(Kerberos),
}

/// What the server is given after the proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Delegation {
    /// The password (MS-CSSP 2.2.1.2.1).
    Password,
    /// Nothing: Restricted Admin mode, without which the account is not used.
    RestrictedAdmin,
}

impl Logon {
    /// With NTLM and the password, to a server that is patched.
    pub fn new(account: Account) -> Self {
        let (method, delegation) = (Method::Ntlm, Delegation::Password);
        Self { account, method, delegation, allow_unpatched: false, kept: false }
    }

    /// Proves the password with a Kerberos ticket.
    #[must_use]
    pub fn with_kerberos(self, kerberos: Kerberos) -> Self {
        Self { method: Method::Kerberos(kerberos), ..self }
    }

    /// Gives the server nothing of the account, and does not use it at a server that wants more.
    #[must_use]
    pub fn with_restricted_admin(self) -> Self {
        Self { delegation: Delegation::RestrictedAdmin, ..self }
    }

    /// Sets whether the account is used with a CredSSP version below 5.
    #[must_use]
    pub fn allow_unpatched(self, allow_unpatched: bool) -> Self {
        Self { allow_unpatched, ..self }
    }

    /// How a ticket is had, if one is to prove the password.
    pub(crate) fn kerberos(&self) -> Option<&Kerberos> {
        match &self.method {
            Method::Ntlm => None,
            Method::Kerberos(kerberos) => Some(kerberos),
        }
    }
}
