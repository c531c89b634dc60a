//! Through an RD Gateway, step by step, against a gateway that does what the test says.

mod acceptor;
pub(crate) mod faults;
mod forms;
mod headers;
mod hop;
mod kdc_proxy;
pub(crate) mod lab;
mod limits;
mod packets;
mod pages;
mod passing;
mod pinned;
mod reply_text;
mod rows;
mod script;
mod second;
mod tunnel;
mod watched;
mod wire;
