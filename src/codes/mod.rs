//! What the numbers of the protocols and logs mean: one embedded table for each kind of code, and the phases of a connection.

macro_rules! table {
    ($name:literal, $title:literal, $words:expr) => {
        Table::new($name, $title, $words, include_str!(concat!($name, ".tsv")))
    };
}

pub(crate) mod alert;
mod all;
mod cell;
mod connection;
mod denial;
pub(crate) mod icmp;
mod index;
mod inside;
pub mod phase;
mod phrase;
mod programs;
mod protocols;
mod search;
mod spelling;
mod table;
mod text_tables;
mod texts;

pub use all::TABLES;
pub use connection::{
    CAPABILITY_SET, CREDSSP_VERSION, DISCONNECT, EARLY_AUTHORIZATION, ERROR_INFO, EVENT, EXTENDED, FAMILY,
    FIRST_PATCHED_CREDSSP, GATEWAY_AUTHENTICATION, GATEWAY_STATUS, HTTP_STATUS, ICMP_UNREACHABLE,
    ICMPV6_UNREACHABLE, KERBEROS_ERROR, LICENSE_ERROR, LICENSE_MESSAGE, LICENSE_TRANSITION, LOGON_ERROR,
    MCS_REASON, MCS_RESULT, NEGOTIATION_FAILURE, NEGOTIATION_PROTOCOL, NEGOTIATION_REQUEST_FLAG,
    NEGOTIATION_RESPONSE_FLAG, NEGOTIATION_STRUCTURE, NTSTATUS, RDSAAD_RESULT, RDSTLS_RESULT,
    SAVE_SESSION_INFO, SHARE_DATA, SOCKS_REPLY, STATUS_VALID_CLIENT, TLS_ALERT, TLS_CIPHER_SUITE,
};
pub(crate) use connection::{
    INCONSISTENT_FLAGS, MAX_SKEW_SECONDS, SEC_E_UNSUPPORTED_FUNCTION, SSL_CERT_NOT_ON_SERVER,
};
pub use denial::kdc_refuses;
pub(crate) use inside::NT_BIT;
pub use inside::{inside, status_in_data};
pub use phase::Phase;
pub use phrase::status_in_words;
pub use programs::{
    CERT_TRUST, ERRNO, FREERDP_ERROR, FREERDP_EXIT, GUACAMOLE_STATUS, OPENSSL_REASON, WIN32, X509_VERIFY,
};
pub use protocols::Protocols;
pub use search::{text_in, texts_in};
pub use spelling::spelt;
pub use table::{Row, Table};
pub use text_tables::{
    AVD, CLIENT_TEXT, EVENT_TEXT, MESSAGE, MESSAGE_DE, MESSAGE_ES, MESSAGE_FR, MESSAGE_IT, MESSAGE_JA,
    MESSAGE_PT, SERVER_TEXT,
};
pub use texts::{Text, meant, texts};
