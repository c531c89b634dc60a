//! Where the account and its password come from; never from an argument.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, IsTerminal as _, Write as _},
    path::Path,
};

use zeroize::Zeroizing;

use super::{Error, args::TraceArguments, trace::runtime};
use crate::{net::outlive_interrupts, settings::Account};

const VARIABLE: &str = "RDPTRACE_PASSWORD";

/// A password longer than this is no password.
const LONGEST: u64 = 4096;

/// The account, if a user was given.
///
/// # Errors
/// The password cannot be read.
pub fn account(arguments: &TraceArguments) -> Result<Option<Account>, Error> {
    let Some(name) = &arguments.user else { return Ok(None) };
    let (domain, user) = match name.split_once('\\') {
        Some((domain, user)) => (Some(domain), user),
        None => (None, name.as_str()),
    };
    if sspi::Username::new(user, domain).is_err() {
        return Err(Error::new(format!("{name} is no account: USER, DOMAIN\\USER or a UPN is expected")));
    }
    let password = match &arguments.password_file {
        Some(path) => from_file(path)?,
        None if arguments.password_stdin => first_line(io::stdin().lock(), "standard input")?,
        None => from_environment().map_or_else(|| prompt(name), Ok)?,
    };
    Ok(Some(Account { user: user.to_owned(), domain: domain.map(str::to_owned), password }))
}

fn from_file(path: &Path) -> Result<Zeroizing<String>, Error> {
    let name = path.display();
    let file = File::open(path)
        .map_err(|error| Error::new(format!("cannot read the password file {name}: {error}")))?;
    first_line(BufReader::new(file), &format!("the password file {name}"))
}

fn first_line(reader: impl io::BufRead, what: &str) -> Result<Zeroizing<String>, Error> {
    let mut line = Zeroizing::new(String::new());
    let mut reader = BufReader::new(reader.take(LONGEST + 1));
    let read = reader.read_line(&mut line);
    let read = read.map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => {
            Error::new(format!("{what} is not UTF-8; PowerShell's > writes UTF-16"))
        }
        _ => Error::new(format!("cannot read the password from {what}: {error}")),
    })?;
    if read as u64 > LONGEST {
        return Err(Error::new(format!("the first line of {what} is longer than {LONGEST} bytes")));
    }
    // Editors on Windows put a byte order mark before the first character.
    let text = line.strip_prefix('\u{feff}').unwrap_or(&line);
    let password = Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned());
    if password.is_empty() {
        return Err(Error::new(format!("{what} holds no password in its first line")));
    }
    if password.chars().any(char::is_control) {
        return Err(Error::new(format!("the password in {what} holds control characters; is it UTF-8?")));
    }
    Ok(password)
}

fn from_environment() -> Option<Zeroizing<String>> {
    std::env::var(VARIABLE).ok().map(Zeroizing::new).filter(|password| !password.is_empty())
}

fn prompt(user: &str) -> Result<Zeroizing<String>, Error> {
    let missing = || {
        Error::new(format!(
            "no password for {user}: give --password-file, --password-stdin or {VARIABLE}, or run in a terminal"
        ))
    };
    if !io::stdin().is_terminal() {
        return Err(missing());
    }
    // On unix rpassword answers Ctrl-C with SIGINT before it turns echo on again: the program must live to see that. On
    // Windows it never sees Ctrl-C, which must end the program there.
    runtime()?.block_on(outlive_interrupts());
    let _ = write!(anstream::stderr(), "Password for {user}: ");
    let password = rpassword::read_password().map(Zeroizing::new);
    password.map_err(|error| match error.kind() {
        io::ErrorKind::Interrupted => Error::Interrupted,
        _ => Error::new(format!("cannot read the password: {error}")),
    })
}
