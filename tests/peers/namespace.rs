//! Network namespaces: a loopback, links and rules of their own, which vanish with the program that holds them.

use std::{
    fs,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use crate::lab::{Program, Traced, folder, has, is_root, skipped, traced, wait_for_line};

pub(crate) struct Namespace {
    holder: Program,
}

impl Namespace {
    /// One with loopback only; none where that cannot be had.
    pub(crate) fn new() -> Option<Self> {
        if !(has(&["unshare", "nsenter", "ip", "nft"]) && is_root()) {
            return None;
        }
        if !Command::new("unshare").args(["-n", "true"]).status().is_ok_and(|status| status.success()) {
            skipped("this system gives no network namespace");
            return None;
        }
        // It outlives every test and does not stay behind one that was killed.
        let script = "ip link set lo up && echo ready && exec sleep 120";
        let mut command = Command::new("unshare");
        command.args(["-n", "sh", "-c", script]);
        let log = folder("namespace").join("log");
        let holder = Program::start(&mut command, &log);
        // Before that, its id would lead into the namespace of the tests.
        wait_for_line(&log, "ready");
        Some(Self { holder })
    }

    /// What `ip` and `nsenter` know it by.
    pub(crate) fn id(&self) -> String {
        self.holder.id().to_string()
    }

    /// A program in it.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["-n", "-t", &self.id(), program]);
        command
    }

    /// Runs shell commands in it.
    pub(crate) fn run(&self, script: &str) {
        let output = self.command("sh").args(["-ec", script]).output().expect("a shell");
        assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Judges what leaves from it by these rules of nft; counts bytes for those that ask.
    pub(crate) fn rules(&self, rules: &str) {
        self.run("echo 1 >/proc/sys/net/netfilter/nf_conntrack_acct");
        let chain = format!("chain leaving {{ type filter hook output priority 0; {rules}; }}");
        let table = format!("table inet path {{ {chain}; }}");
        let output = self.command("nft").arg(&table).output().expect("nft runs");
        assert!(output.status.success(), "{table}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Traces from it.
    pub(crate) fn trace(&self, address: &str, arguments: &[&str]) -> Traced {
        traced(self.command(env!("CARGO_BIN_EXE_rdptrace")), address, 3389, arguments)
    }

    /// Waits until something in it listens on the usual port, on all of its addresses.
    pub(crate) fn wait_for(&self, port: u16) {
        let begin = Instant::now();
        let wanted = format!("00000000:{port:04X} ");
        let table = format!("/proc/{}/net/tcp", self.id());
        while !fs::read_to_string(&table).expect("the table of sockets").contains(&wanted) {
            assert!(begin.elapsed() < Duration::from_secs(20), "nothing listens on {port}");
            thread::park_timeout(Duration::from_millis(20));
        }
    }
}
