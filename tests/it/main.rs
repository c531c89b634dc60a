//! What a user relies on, over loopback and in virtual time.

mod activation;
mod certificates;
mod cli;
mod codes;
mod credentials;
mod demo;
mod faults;
mod junit;
mod lab;
mod layers;
mod license;
mod license_wire;
mod posture;
mod program;
mod readers;
mod reports;
mod scenarios;
mod schema;
mod screenshot;
mod security;
mod target;
mod wait;
mod wire;
