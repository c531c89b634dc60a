//! One setting at a time, for settings that differ from others in a few.

use std::time::Duration;

use super::{
    Account, Anchors, Delegation, Experiments, Gateway, Kerberos, LicensePolicy, Logon, Method, Proxy,
    Security, Settings,
};
use crate::codes::Phase;

macro_rules! setters {
    ($($name:ident: $type:ty => $($place:ident).+;)*) => {
        impl Settings {
            $(
                #[doc = concat!("Sets `", stringify!($($place).+), "`.")]
                #[must_use]
                pub fn $name(mut self, $name: $type) -> Self {
                    self.$($place).+ = $name;
                    self
                }
            )*
        }
    };
}

setters! {
    until: Option<Phase> => depth.until;
    license: LicensePolicy => depth.license;
    take_session: bool => depth.take_session;
    screenshot: bool => depth.screenshot;
    udp: bool => depth.udp;
    experiments: Experiments => depth.experiments;
    security: Security => offer.security;
    nla: bool => offer.nla;
    direct_tls: bool => offer.direct_tls;
    routing_token: Option<Vec<u8>> => offer.routing_token;
    preconnection: Option<String> => offer.preconnection;
    proxy: Option<Proxy> => route.proxy;
    gateway: Option<Gateway> => route.gateway;
    follow_redirects: u32 => route.follow_redirects;
    follow_with_account: bool => route.follow_with_account;
    timeout: Duration => limits.timeout;
    deadline: Duration => limits.deadline;
    posture_connections: Option<usize> => limits.posture_connections;
    server_name: Option<String> => trust.server_name;
    expected_thumbprint: Option<String> => trust.expected_thumbprint;
    anchors: Anchors => trust.anchors;
}

/// How an account is used says nothing without one: it is set after [`Settings::account`].
impl Settings {
    /// Logs on with this account, with NTLM unless another method is set, or with none.
    #[must_use]
    pub fn account(mut self, account: Option<Account>) -> Self {
        self.logon = account.map(Logon::new);
        self
    }

    /// Proves the password of the account with a ticket.
    #[must_use]
    pub fn kerberos(mut self, kerberos: Option<Kerberos>) -> Self {
        if let Some(logon) = &mut self.logon {
            logon.method = kerberos.map_or(Method::Ntlm, Method::Kerberos);
        }
        self
    }

    /// Sets what the server is given of the account.
    #[must_use]
    pub fn delegation(mut self, delegation: Delegation) -> Self {
        if let Some(logon) = &mut self.logon {
            logon.delegation = delegation;
        }
        self
    }

    /// Uses the account even with a CredSSP version below 5.
    #[must_use]
    pub fn allow_unpatched(mut self, allow_unpatched: bool) -> Self {
        if let Some(logon) = &mut self.logon {
            logon.allow_unpatched = allow_unpatched;
        }
        self
    }
}
