//! What a user relies on, over loopback and in virtual time.

mod activation;
mod cause_numbers;
mod causes;
mod certificates;
mod cli;
mod codes;
mod credentials;
mod demo;
mod explain;
mod faults;
mod interrupt;
mod judge;
mod junit;
mod lab;
mod layers;
mod license;
mod license_wire;
mod local;
#[cfg(target_os = "linux")]
mod local_linux;
mod pages;
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
