//! How the model client authenticates.

use ironrdp_connector::sspi::credssp::{ClientMode, CredSspClient, CredSspMode};
use ironrdp_connector::sspi::negotiate::ProtocolConfig;
use ironrdp_connector::sspi::ntlm::NtlmConfig;
use ironrdp_connector::sspi::{AuthIdentity, KerberosConfig, NegotiateConfig, Secret, Username};

/// How a client packs its NTLM messages.
#[derive(Clone, Copy, Debug)]
pub(super) enum Packing {
    Raw,
    Spnego,
    /// In SPNEGO that puts Kerberos first.
    KerberosFirst,
}

/// How a client authenticates.
#[derive(Clone, Copy, Debug)]
pub(super) struct Account {
    pub user: &'static str,
    pub password: &'static str,
    pub packing: Packing,
}

pub(super) const DEMO: Account = Account { user: "demo", password: "demo", packing: Packing::Raw };

impl Account {
    /// A CredSSP client for the server with this certificate.
    pub(super) fn client(&self, certificate: &[u8]) -> CredSspClient {
        let (_, certificate) = x509_parser::parse_x509_certificate(certificate).expect("a certificate");
        let key = certificate.public_key().subject_public_key.data.to_vec();
        let identity = AuthIdentity {
            username: Username::new(self.user, None).expect("a user name"),
            password: Secret::from(self.password.to_owned()),
        };
        let ntlm = NtlmConfig::new("client".to_owned());
        let negotiate = |protocol| {
            ClientMode::Negotiate(NegotiateConfig::from_protocol_config(protocol, "client".to_owned()))
        };
        let mode = match self.packing {
            Packing::Raw => ClientMode::Ntlm(ntlm),
            Packing::Spnego => negotiate(Box::new(ntlm) as Box<dyn ProtocolConfig>),
            Packing::KerberosFirst => negotiate(Box::new(KerberosConfig {
                kdc_url: None,
                client_computer_name: "client".to_owned(),
            })),
        };
        let spn = "TERMSRV/rdsh01.corp.example".to_owned();
        CredSspClient::new(key, identity.into(), CredSspMode::WithCredentials, mode, spn)
            .expect("a CredSSP client")
    }
}
