//! Real servers and a real client, started on loopback by the tests themselves; a test without its program says so.

// The servers are programs of unix; the Windows program is tested from there, under Wine.
#![cfg(unix)]
// Tests print what they skip, and wait for servers that have no clock to pause.
#![allow(clippy::disallowed_macros, clippy::disallowed_methods, clippy::disallowed_types)]

mod acceptor;
mod boxes;
mod broker;
mod captured_clients;
mod captured_place;
mod captured_way;
mod captures;
mod clients;
mod dante;
mod demo_gateway;
mod demo_server;
mod desktops;
mod display;
mod dumpcap;
mod freerdp;
mod fronts;
mod haproxy;
#[path = "../it/heads.rs"]
mod heads;
mod ironrdp;
mod kerberos;
mod krb5_conf;
mod lab;
mod large_flight;
mod listened;
mod logon;
mod namespace;
mod old_suites;
mod old_tls;
mod path;
mod posture;
#[cfg(target_os = "linux")]
mod prompt;
mod proxy;
mod rdpsign;
mod realms;
mod rejected;
mod relay;
mod relayed;
mod replay;
mod server_key;
mod squid;
mod srv_records;
mod udp;
mod weston;
mod windows;
mod windows_registry;
mod working;
mod xrdp;
