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

/// Where a password may come from.
pub struct Source<'a> {
    /// The option that names a file.
    pub option: &'static str,
    /// The file, where it was given.
    pub file: Option<&'a Path>,
    /// Whether standard input holds it.
    pub standard_input: bool,
    /// The variable of the environment.
    pub variable: &'static str,
}

/// The account, if a user was given.
///
/// # Errors
/// The password cannot be read.
pub fn account(arguments: &TraceArguments) -> Result<Option<Account>, Error> {
    let source = Source {
        option: "--password-file, --password-stdin",
        file: arguments.password_file.as_deref(),
        standard_input: arguments.password_stdin,
        variable: VARIABLE,
    };
    arguments.user.as_deref().map(|name| read(name, &source)).transpose()
}

/// The account of this name, with its password.
///
/// # Errors
/// The name is none of an account, or the password cannot be read.
pub fn read(name: &str, source: &Source<'_>) -> Result<Account, Error> {
    let (domain, user) = match name.split_once('\\') {
        Some((domain, user)) => (Some(domain), user),
        None => (None, name),
    };
    if sspi::Username::new(user, domain).is_err() {
        return Err(Error::new(format!("{name} is no account: USER, DOMAIN\\USER or a UPN is expected")));
    }
    let password = match source.file {
        Some(path) => from_file(path)?,
        None if source.standard_input => first_line(io::stdin().lock(), "standard input")?,
        None => from_environment(source.variable).map_or_else(|| prompt(name, source), Ok)?,
    };
    Ok(Account { user: user.to_owned(), domain: domain.map(str::to_owned), password })
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
    let _ = write!(anstream::stderr(), "Password for {user}: ");
    let password = rpassword::read_password().map(Zeroizing::new);
    password.map_err(|error| match error.kind() {
        io::ErrorKind::Interrupted => Error::Interrupted,
        _ => Error::new(format!("cannot read the password: {error}")),
    })
}
