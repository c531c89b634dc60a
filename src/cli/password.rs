//! Where the account and its password come from; never from an argument.
//!
//! The prompt outlives SIGINT: rpassword raises it before it turns echo on again, and a program that died of it would
//! leave the terminal mute. On Windows rpassword does not see Ctrl-C, and the system ends the program.
//!
//! A password is read into one buffer that never moves, from standard input without the library's buffer, and no core
//! file is written from before that. What nobody can wipe is the environment variable, and what the kernel holds of a
//! pipe.

use std::{
    fs::File,
    io::{self, IsTerminal as _, Read as _},
    path::Path,
};

use zeroize::Zeroizing;

use super::{Error, out::stderr, start::runtime};
use crate::{
    local::{forbid_core_files, readable, standard_input},
    net::outlive_interrupts,
    settings::Account,
};

/// A password longer than this is no password.
const LONGEST: usize = 4096;

/// Where a password may come from.
pub(super) struct Source<'a> {
    /// The option that names a file.
    pub option: &'static str,
    /// The file, where it was given.
    pub file: Option<&'a Path>,
    /// Whether standard input holds it.
    pub standard_input: bool,
    /// The variable of the environment.
    pub variable: &'static str,
}

/// The account of this name, with its password.
///
/// # Errors
/// The name is none of an account, or the password cannot be read.
pub(super) fn read(name: &str, source: &Source<'_>) -> Result<Account, Error> {
    let (domain, user) = match name.split_once('\\') {
        Some((domain, user)) => (Some(domain), user),
        None => (None, name),
    };
    if sspi::Username::new(user, domain).is_err() {
        return Err(Error::new(format!("{name} is no account: USER, DOMAIN\\USER or a UPN is expected")));
    }
    forbid_core_files();
    let password = match source.file {
        Some(path) => first_line(readable(path), &format!("the password file {}", path.display()))?,
        None if source.standard_input => first_line(standard_input(), "standard input")?,
        None => from_environment(source.variable).map_or_else(|| prompt(name, source), Ok)?,
    };
    Ok(Account { user: user.to_owned(), domain: domain.map(str::to_owned), password: password.into() })
}

/// The first line, read into one buffer that never moves and is wiped.
fn first_line(from: io::Result<File>, what: &str) -> Result<Zeroizing<String>, Error> {
    let unread = |error: io::Error| Error::new(format!("cannot read {what}: {error}"));
    let mut buffer = Zeroizing::new(vec![0; LONGEST + 1]);
    let read = fill(from.map_err(unread)?, &mut buffer).map_err(unread)?;
    let line = buffer[..read].split(|byte| *byte == b'\n').next().unwrap_or_default();
    if line.len() > LONGEST {
        return Err(Error::new(format!("the first line of {what} is longer than {LONGEST} bytes")));
    }
    let line = str::from_utf8(line)
        .map_err(|_| Error::new(format!("{what} is not UTF-8; PowerShell's > writes UTF-16")))?;
    // Editors on Windows put a byte order mark before the first character.
    let text = line.strip_prefix('\u{feff}').unwrap_or(line);
    let password = Zeroizing::new(text.trim_end_matches('\r').to_owned());
    if password.is_empty() {
        return Err(Error::new(format!("{what} holds no password in its first line")));
    }
    if password.chars().any(char::is_control) {
        return Err(Error::new(format!("the password in {what} holds control characters; is it UTF-8?")));
    }
    Ok(password)
}

/// Reads until a line has ended, there is no more, or the buffer is full.
fn fill(mut from: File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match from.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        }
        if buffer[..filled].contains(&b'\n') {
            break;
        }
    }
    Ok(filled)
}

/// The variable itself stays in the memory of the process, where the system put it.
fn from_environment(variable: &str) -> Option<Zeroizing<String>> {
    std::env::var(variable).ok().map(Zeroizing::new).filter(|password| !password.is_empty())
}

fn prompt(user: &str, source: &Source<'_>) -> Result<Zeroizing<String>, Error> {
    let missing = || {
        Error::new(format!(
            "no password for {user}: give {} or {}, or run in a terminal",
            source.option, source.variable
        ))
    };
    if !io::stdin().is_terminal() {
        return Err(missing());
    }
    // On unix rpassword answers Ctrl-C with SIGINT before it turns echo on again: the program must live to see that. On
    // Windows it never sees Ctrl-C, which must end the program there.
    runtime()?.block_on(outlive_interrupts());
    stderr::piece(format_args!("Password for {user}: "));
    let password = rpassword::read_password().map(Zeroizing::new);
    password.map_err(|error| match error.kind() {
        io::ErrorKind::Interrupted => Error::Interrupted,
        _ => Error::new(format!("cannot read the password: {error}")),
    })
}
