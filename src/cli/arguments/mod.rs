//! What the command line is made of: the commands, their arguments, and what these say. No command is known here.

pub mod account;
pub mod choices;
pub mod connection;
pub mod demo;
pub mod explain;
pub mod farm;
pub mod gateway;
pub mod judge;
pub mod kerberos;
pub mod local;
pub mod output;
pub mod posture;
pub mod program;
pub mod proxy;
pub mod proxy_url;
pub mod target;
pub mod trace;
pub mod values;
