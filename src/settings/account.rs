//! An account, whose password is in one place of the memory however often the account is held.

use std::{fmt, ops::Deref, sync::Arc};

use zeroize::Zeroizing;

/// An account for CredSSP. The password is never printed.
#[derive(Clone)]
#[non_exhaustive]
pub struct Account {
    /// User name without domain, or a user principal name.
    pub user: String,
    /// NetBIOS or DNS domain, when given as DOMAIN\USER.
    pub domain: Option<String>,
    /// The password.
    pub password: Password,
}

impl Account {
    /// An account without a domain of its own: a local one, or a user principal name.
    pub fn new(user: impl Into<String>, password: impl Into<Password>) -> Self {
        Self { user: user.into(), domain: None, password: password.into() }
    }

    /// The same in this domain, or in none.
    #[must_use]
    pub fn of_domain(self, domain: Option<String>) -> Self {
        Self { domain, ..self }
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").finish_non_exhaustive()
    }
}

/// A password that all clones share, and that is wiped with the last of them.
#[derive(Clone)]
pub struct Password(Arc<Zeroizing<String>>);

impl From<Zeroizing<String>> for Password {
    fn from(text: Zeroizing<String>) -> Self {
        Self(Arc::new(text))
    }
}

impl From<String> for Password {
    fn from(text: String) -> Self {
        Zeroizing::new(text).into()
    }
}

impl From<&str> for Password {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl Deref for Password {
    type Target = String;

    fn deref(&self) -> &String {
        &self.0
    }
}
