//! Clients that nobody here wrote. Each connects with the account that FreeRDP's shadow server is given.

use std::{
    path::{Path, PathBuf},
    process::Command,
    thread::JoinHandle,
};

use crate::{
    display::Display,
    ironrdp,
    lab::{Program, folder, has, skipped},
};

const ACCOUNT: [&str; 2] = ["alice", "secret1"];

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Client {
    Rdesktop,
    FreeRdp2,
    /// From the folder that tests/chroot sets up.
    FreeRdp3,
    IronRdp,
}

/// A client that runs; a program ends with this.
pub(crate) enum Running {
    Program { _program: Program },
    Thread { _thread: JoinHandle<Result<(), String>> },
}

impl Client {
    pub(crate) const ALL: [Self; 4] = [Self::Rdesktop, Self::FreeRdp2, Self::FreeRdp3, Self::IronRdp];

    pub(crate) fn is_there(self) -> bool {
        match self {
            Self::Rdesktop => has(&["rdesktop"]),
            Self::FreeRdp2 => has(&["xfreerdp"]),
            Self::FreeRdp3 => {
                let is_there = newer("usr/bin/xfreerdp3").is_file();
                if !is_there {
                    skipped("tests/chroot has not been run");
                }
                is_there
            }
            Self::IronRdp => true,
        }
    }

    /// Whether it writes the secrets of TLS.
    pub(crate) fn writes_secrets(self) -> bool {
        matches!(self, Self::FreeRdp3 | Self::IronRdp)
    }

    /// Connects to this port, and writes the secrets of TLS to this file if it can.
    pub(crate) fn connect(self, port: u16, display: &Display, secrets: &Path) -> Running {
        let place = format!("127.0.0.1:{port}");
        let mut command = match self {
            // It asks whether the certificate is trusted, once more for each connection.
            Self::Rdesktop => {
                let mut shell = Command::new("sh");
                shell.args(["-c", "yes yes | exec rdesktop -u alice -p secret1 \"$0\"", &place]);
                shell
            }
            Self::FreeRdp2 => freerdp(Command::new("xfreerdp"), &place),
            Self::FreeRdp3 => {
                let mut freerdp = freerdp(of_newer("usr/bin/xfreerdp3"), &place);
                freerdp.arg(format!("/tls:secrets-file:{}", secrets.display()));
                freerdp
            }
            Self::IronRdp => {
                return Running::Thread { _thread: ironrdp::connect(port, ACCOUNT, secrets.to_owned()) };
            }
        };
        let home = folder("client-home");
        let command = command.env("DISPLAY", &display.name).env("HOME", &home);
        Running::Program { _program: Program::start(command, &home.join("log")) }
    }
}

fn freerdp(mut program: Command, place: &str) -> Command {
    let [user, password] = ACCOUNT;
    program.args([&format!("/v:{place}"), &format!("/u:{user}"), &format!("/p:{password}"), "/cert:ignore"]);
    program
}

/// A file of the newer Debian.
fn newer(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/chroot").join(path)
}

/// A program of the newer Debian with its own libraries, among the files and displays of this one.
pub(crate) fn of_newer(program: &str) -> Command {
    let libraries = ["", "/pulseaudio"].map(|folder| format!("usr/lib/x86_64-linux-gnu{folder}"));
    let libraries = libraries.map(|folder| newer(&folder).display().to_string()).join(":");
    let mut command = Command::new(newer("lib64/ld-linux-x86-64.so.2"));
    command.args(["--library-path", &libraries]).arg(newer(program));
    command
}
