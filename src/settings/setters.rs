//! One setting at a time, for settings that differ from others in a few.

use std::time::Duration;

use super::{Account, Anchors, Experiments, Gateway, LicensePolicy, Logon, Proxy, Security, Settings};
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
    log_on: bool => depth.log_on;
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
    logon: Option<Logon> => logon;
    timeout: Duration => limits.timeout;
    deadline: Duration => limits.deadline;
    posture_connections: Option<usize> => limits.posture_connections;
    server_name: Option<String> => trust.server_name;
    expected_thumbprint: Option<String> => trust.expected_thumbprint;
    anchors: Anchors => trust.anchors;
}

impl Settings {
    /// Logs on with this account, with NTLM and to a server that is patched, or with none. [`Settings::logon`] says how else.
    #[must_use]
    pub fn account(self, account: Option<Account>) -> Self {
        self.logon(account.map(Logon::new))
    }
}
