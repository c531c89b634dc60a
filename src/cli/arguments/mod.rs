//! What the command line is made of: the commands, their arguments, and what these say. No command is known here.

pub(super) mod account;
pub(super) mod capture;
pub(super) mod choices;
pub(super) mod connection;
pub(super) mod demo;
pub(super) mod diff;
pub(super) mod explain;
pub(super) mod farm;
pub(super) mod gateway;
pub(super) mod judge;
pub(super) mod kerberos;
pub(super) mod listen;
pub(super) mod local;
pub(super) mod output;
pub(super) mod policy;
pub(super) mod posture;
pub(super) mod program;
pub(super) mod proxy;
pub(super) mod proxy_url;
pub(super) mod read;
pub(super) mod relay;
pub(super) mod running;
pub(super) mod server_keys;
pub(super) mod target;
pub(super) mod trace;
pub(super) mod values;
