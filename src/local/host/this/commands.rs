//! Commands that only read, each with a deadline and a bound on what it prints.

use std::{
    io::{self, ErrorKind, Read as _},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use super::{Answer, Output, Unreadable};

/// A command that takes longer is ended.
const PATIENCE: Duration = Duration::from_secs(2);
/// More of what it prints is not read.
const MOST: u64 = 256 << 10;

/// Runs a command in the C locale, without input and without its standard error.
pub fn run(line: &str) -> Answer<Output> {
    let mut words = line.split(' ');
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words).env("LC_ALL", "C").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    match command.spawn() {
        Ok(child) => output(child).map(Some),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Err(Unreadable::Denied),
        Err(error) => Err(Unreadable::Failed(error.to_string())),
    }
}

fn output(mut child: Child) -> Result<Output, Unreadable> {
    let out = child.stdout.take().expect("the output is piped");
    let (done, printed) = mpsc::channel();
    // The thread ends with the command, which is killed below at the latest.
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = out.take(MOST).read_to_end(&mut bytes).map(|_| bytes);
        let _ = done.send(read);
    });
    let read = printed.recv_timeout(PATIENCE);
    if read.is_err() {
        let _ = child.kill();
    }
    let ended = child.wait();
    let failed = |error: io::Error| Unreadable::Failed(error.to_string());
    let bytes = read
        .map_err(|_| Unreadable::Failed(format!("the command took over {} s", PATIENCE.as_secs())))?
        .map_err(failed)?;
    let code = ended.map_err(failed)?.code().unwrap_or(-1);
    Ok(Output { code, text: String::from_utf8_lossy(&bytes).into_owned() })
}
