//! Commands that only read, each with a deadline and a bound on what it prints.

use std::{
    io::{self, ErrorKind, Read as _},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use wait_timeout::ChildExt as _;

use super::{Answer, Output, Unreadable, system};

/// A command that takes longer is ended, with what it has started where the system can do that.
const PATIENCE: Duration = Duration::from_secs(2);
/// More of what it prints is not read, in bytes.
const MOST: u64 = 256 << 10;

/// Runs a command in the C locale, without input and without its standard error.
pub(super) fn run(line: &str) -> Answer<Output> {
    let words: Vec<&str> = line.split(' ').collect();
    let printed = bytes(&words, MOST)?;
    Ok(printed.map(|(code, bytes)| Output { code, text: String::from_utf8_lossy(&bytes).into_owned() }))
}

/// The same with its words apart: the exit code and at most this many bytes.
pub(super) fn bytes(words: &[&str], most: u64) -> Answer<(i32, Vec<u8>)> {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).env("LC_ALL", "C");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    system::in_own_group(&mut command);
    match command.spawn() {
        Ok(child) => printed(child, most).map(Some),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Err(Unreadable::Denied),
        Err(error) => Err(Unreadable::Failed(error.to_string())),
    }
}

fn printed(mut child: Child, most: u64) -> Result<(i32, Vec<u8>), Unreadable> {
    let out = child.stdout.take().expect("the output is piped");
    let (done, printed) = mpsc::channel();
    // What it prints beyond the bound meets a closed pipe.
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = out.take(most).read_to_end(&mut bytes).map(|_| bytes);
        let _ = done.send(read);
    });
    let failed = |error: io::Error| Unreadable::Failed(error.to_string());
    let late = || Unreadable::Failed(format!("the command took over {} s", PATIENCE.as_secs()));
    let Some(status) = child.wait_timeout(PATIENCE).map_err(failed)? else {
        system::end_group(&mut child);
        let _ = child.wait();
        return Err(late());
    };
    // A child of the command may hold its output open.
    let bytes = printed.recv_timeout(PATIENCE).map_err(|_| late())?.map_err(failed)?;
    Ok((status.code().unwrap_or(-1), bytes))
}
