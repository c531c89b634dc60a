//! Bytes to types and back, where ironrdp-pdu is silent, too strict, or loses a number. Pure: no sockets, no clocks.

pub mod canvas;
pub mod client_hello;
pub mod connect_initial;
pub mod connect_response;
pub mod demand_active;
pub mod der;
pub mod http;
pub mod kdc_proxy;
pub mod kerberos;
pub mod license;
pub mod license_exchange;
pub mod license_frame;
pub mod license_keys;
pub mod mcs;
pub mod message_channel;
pub mod ntlm;
pub mod peer;
pub mod preconnection;
pub mod rdpudp;
pub mod rdsaad;
pub mod rdstls;
pub mod reader;
pub mod redirection;
pub mod rsa;
pub mod security;
pub mod security_keys;
pub mod server_certificate;
pub mod server_hello;
pub mod share;
pub mod socks;
pub mod spnego;
pub mod ts_request;
pub mod tsgu;
pub mod websocket;
pub mod x224;

pub use reader::{Malformed, Reader};
