//! What a user relies on, over loopback and in virtual time.

mod certificates;
mod cli;
mod codes;
mod credentials;
mod demo;
mod faults;
mod lab;
mod layers;
mod license;
mod license_wire;
mod readers;
mod scenarios;
mod schema;
mod security;
mod target;
mod wire;
