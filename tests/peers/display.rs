//! A display without a screen, which FreeRDP's programs want.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

/// A display that nobody looks at.
pub(crate) struct Display {
    child: Child,
    /// What DISPLAY must be.
    pub name: String,
}

impl Display {
    /// Xvfb takes a free number and prints it. Without -noreset it starts anew when its last client leaves, and FreeRDP's
    /// shadow server, which opens the display twice, meets it half started.
    pub(crate) fn start() -> Self {
        let arguments = ["-displayfd", "1", "-screen", "0", "640x480x24", "-nolisten", "tcp", "-noreset"];
        let mut child = Command::new("Xvfb")
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb starts");
        let mut number = String::new();
        let stdout = child.stdout.take().expect("it was piped");
        BufReader::new(stdout).read_line(&mut number).expect("a display number");
        Self { child, name: format!(":{}", number.trim()) }
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
