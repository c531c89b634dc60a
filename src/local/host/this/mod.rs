//! The machine that this program runs on.

mod commands;
mod open;
mod shared;
#[cfg(unix)]
#[path = "unix.rs"]
mod system;
#[cfg(windows)]
#[path = "windows/mod.rs"]
mod system;

use std::{
    fs,
    io::{self, Read as _},
    net::IpAddr,
    path::Path,
};

use time::OffsetDateTime;

use super::{
    Answer, Certificates, Event, File, Host, Interface, LARGEST_TEXT, Output, Owner, PrivateKey, Service,
    Span, Unreadable, Value, pem,
};
use crate::report::Os;

use shared::{Transport, existing};

pub(crate) use open::{readable, regular_file, writable, writable_in_private};
pub use shared::{ThisMachine, this_machine};
pub(crate) use system::{forbid_core_files, standard_input};

/// A new file for a collection, which nobody else may read where the system has such rights.
///
/// # Errors
/// It exists, or cannot be created.
pub(crate) fn new_file(path: &Path) -> io::Result<fs::File> {
    system::private(fs::File::options().write(true).create_new(true)).open(path)
}

impl Host for ThisMachine {
    fn system(&self) -> Os {
        system::KIND
    }

    fn version(&self) -> Option<String> {
        system::version(self)
    }

    fn elevated(&self) -> Option<bool> {
        system::elevated()
    }

    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }

    fn variable(&self, name: &str) -> Answer<String> {
        Ok(std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
    }

    fn file(&self, path: &str) -> Answer<File> {
        let path = expanded(path);
        existing(fs::metadata(&path))?.map(|facts| system::file(&path, &facts)).transpose()
    }

    fn text(&self, path: &str) -> Answer<String> {
        let text = existing(bytes(path, LARGEST_TEXT))?;
        Ok(text.map(|text| String::from_utf8_lossy(&text).into_owned()))
    }

    fn certificates(&self, path: &str) -> Answer<Certificates> {
        let text = existing(bytes(path, LARGEST_STORE))?;
        Ok(text.map(|text| pem::certificates(&String::from_utf8_lossy(&text), self.now())))
    }

    fn private_key(&self, path: &str) -> Answer<PrivateKey> {
        let text = existing(bytes(path, LARGEST_KEY))?;
        Ok(text.map(|text| pem::private_key(&String::from_utf8_lossy(&text))))
    }

    fn folder(&self, path: &str) -> Answer<Vec<String>> {
        let names = |entries: fs::ReadDir| {
            let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
            let mut names: Vec<_> = names.take(MOST_NAMES).collect();
            names.sort();
            names
        };
        Ok(existing(fs::read_dir(expanded(path)))?.map(names))
    }

    fn descriptor(&self, path: &str) -> Answer<String> {
        system::descriptor(&expanded(path))
    }

    fn value(&self, key: &str, name: &str) -> Answer<Value> {
        system::value(key, name)
    }

    fn subkeys(&self, key: &str) -> Answer<Vec<String>> {
        system::subkeys(key)
    }

    fn may_create(&self, key: &str) -> Answer<bool> {
        system::may_create(key)
    }

    fn events(&self, channel: &str) -> Answer<Vec<Event>> {
        system::events(self, channel)
    }

    fn span(&self, channel: &str) -> Option<Span> {
        system::span(channel)
    }

    fn service(&self, name: &str) -> Answer<Service> {
        system::service(self, name)
    }

    fn listener(&self, port: u16) -> Answer<Owner> {
        system::listener(self, port, Transport::Tcp)
    }

    fn udp_listener(&self, port: u16) -> Answer<Owner> {
        system::listener(self, port, Transport::Udp)
    }

    fn interface(&self, to: IpAddr) -> Answer<Interface> {
        system::interface(to)
    }

    fn command(&self, line: &str) -> Answer<Output> {
        commands::run(line)
    }
}

/// More of a store of roots is not read, in bytes.
const LARGEST_STORE: u64 = 8 << 20;
/// More of a private key is not read, in bytes.
const LARGEST_KEY: u64 = 64 << 10;
/// More names than this are not listed.
const MOST_NAMES: usize = 10_000;

/// The first bytes of a file.
fn bytes(path: &str, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    regular_file(expanded(path).as_ref())?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// With `%NAME%` and a leading `~` replaced; what is not set stays, and names nothing.
fn expanded(path: &str) -> String {
    let home = if cfg!(windows) { "%USERPROFILE%" } else { "%HOME%" };
    let path = match path.strip_prefix('~') {
        Some(rest) => format!("{home}{rest}"),
        None => path.to_owned(),
    };
    let mut parts = path.split('%').enumerate();
    let replaced = parts.try_fold(String::new(), |text, (index, part)| match index % 2 {
        0 => Some(text + part),
        _ => std::env::var(part).ok().map(|value| text + &value),
    });
    replaced.unwrap_or(path)
}
