//! The built-in server.
pub mod license;
