//! Rules of this machine's own packet filter about what it sends. Listing them must not load the filter into the kernel.

mod rule;

use std::collections::{BTreeMap, BTreeSet};

use super::names;
use crate::{
    local::{Check, Said, Scene},
    report::{Os::Linux, Role::Client},
};

use rule::{Connection, Fit, refusal};

/// A chain that is jumped to from deeper than this is not followed.
const DEEPEST: usize = 16;
const PORT: u16 = 3389;
const LEGACY: &str = "/proc/net/ip_tables_names";

/// The checks of this topic.
pub const CHECKS: &[Check] = &[Check::logic("firewall-output", Client, &[Linux], judge)];

fn judge(scene: &Scene<'_>) -> Said {
    let (modern, legacy) = match (modern(scene), legacy(scene)) {
        (Ok(modern), Ok(legacy)) => (modern, legacy),
        (Err(said), _) | (_, Err(said)) => return said,
    };
    let mut rules = String::new();
    for (loaded, command) in [(modern, "nft list ruleset"), (legacy, "iptables -S")] {
        match loaded.then(|| scene.command(command)) {
            None => {}
            Some(Ok(Some(output))) if output.code == 0 => rules.push_str(&output.text),
            Some(Ok(_)) if scene.host.elevated() != Some(true) => {
                return Said::unknown(
                    "reading the rules of the packet filter needs an administrator's rights",
                );
            }
            Some(Ok(_)) => {
                return Said::unknown(format!("{command} does not tell the rules of the packet filter"));
            }
            Some(Err(why)) => return Said::unreadable("the rules of the packet filter", &why),
        }
    }
    let port = scene.subject.map_or(PORT, |subject| subject.port);
    let begins =
        |line: &str| ["table ", "#", "-P ", "-N ", "-A "].iter().any(|start| line.starts_with(start));
    if rules.lines().map(str::trim).find(|line| !line.is_empty()).is_some_and(|line| !begins(line)) {
        return Said::unknown("the list of the packet filter's rules is not understood");
    }
    let connection = Connection { port, address: names::address(scene) };
    match against(&rules, connection) {
        Against::Rule(rule) => Said::warning(format!(
            "a rule of this machine's packet filter may stop what it sends to port {port}"
        ))
        .seen(rule),
        Against::Perhaps(rule) => Said::unknown(format!(
            "a rule of this machine's packet filter may stop port {port}, or the answers from there, and is not \
             understood or not for certain about this connection"
        ))
        .seen(rule),
        Against::Nothing => Said::ok(format!("no rule of this machine's packet filter speaks against port {port}")),
    }
}

/// Whether nftables is in the kernel, so that listing does not load it.
fn modern(scene: &Scene<'_>) -> Result<bool, Said> {
    let unreadable = |why| Said::unreadable("the packet filter", &why);
    if scene.host.file("/sys/module/nf_tables").map_err(unreadable)?.is_some() {
        return Ok(true);
    }
    // A kernel without modules cannot load any.
    Ok(scene.host.file("/proc/modules").map_err(unreadable)?.is_none())
}

fn legacy(scene: &Scene<'_>) -> Result<bool, Said> {
    match scene.host.file("/sys/module/iptable_filter") {
        Ok(Some(_)) => return Ok(true),
        Ok(None) => {}
        Err(why) => return Err(Said::unreadable("the packet filter", &why)),
    }
    let tables = scene.host.text(LEGACY).ok().flatten().unwrap_or_default();
    Ok(tables.lines().any(|table| table == "filter"))
}

/// What the rules do to the connection.
enum Against {
    Nothing,
    /// A rule that may stop it, as far as it is understood.
    Perhaps(String),
    /// A rule that stops it, or lets nothing out that no rule allows.
    Rule(String),
}

/// A line of a chain, and whether what is sent and what comes back go through it.
struct Line<'a> {
    chain: String,
    text: &'a str,
}

/// The first rule that refuses what is sent, else the first that may refuse it or what comes back.
fn against(rules: &str, connection: Connection) -> Against {
    let lines = lines(rules);
    let ways = ways(&lines);
    let is_answer = |text: &str| {
        let text = text.to_ascii_lowercase();
        text.contains("established") && text.contains("accept")
    };
    let is_let_in = |line: &Line<'_>| ways.get(&line.chain).is_some_and(|way| way.1) && is_answer(line.text);
    let any_let_in = lines.iter().any(is_let_in);
    let (mut perhaps, mut let_in): (Option<String>, BTreeSet<&str>) = (None, BTreeSet::new());
    for line in &lines {
        let (sent, back) = ways.get(&line.chain).copied().unwrap_or_default();
        let told = || line.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let closed =
            line.text.contains("policy drop") || line.text.ends_with(" DROP") && line.text.starts_with("-P");
        if closed && sent {
            return Against::Rule(told());
        }
        if closed || line.text.starts_with("-P") || line.text.starts_with("type ") {
            if closed && back && !any_let_in {
                perhaps.get_or_insert_with(told);
            }
            continue;
        }
        if is_let_in(line) {
            let_in.insert(&line.chain);
        }
        let out = if sent { refusal(line.text, connection, false) } else { Fit::No };
        let into = if back && !let_in.contains(line.chain.as_str()) {
            refusal(line.text, connection, true)
        } else {
            Fit::No
        };
        match (out, into) {
            (Fit::Yes, _) => return Against::Rule(told()),
            (Fit::No, Fit::No) => {}
            _ => {
                perhaps.get_or_insert_with(told);
            }
        }
    }
    perhaps.map_or(Against::Nothing, Against::Perhaps)
}

/// The lines of every chain, each chain with its table's name.
fn lines(rules: &str) -> Vec<Line<'_>> {
    let (mut table, mut chain, mut lines) = (String::new(), String::new(), Vec::new());
    for text in rules.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        let name = |rest: &str| rest.trim_end_matches('{').trim().to_owned();
        if let Some(rest) = text.strip_prefix("table ") {
            (table, chain) = (name(rest), String::new());
        } else if let Some(rest) = text.strip_prefix("chain ") {
            chain = format!("{table} {}", name(rest));
        } else if let Some(rest) = text.strip_prefix("-A ").or_else(|| text.strip_prefix("-P ")) {
            let own = rest.split_whitespace().next().unwrap_or_default();
            lines.push(Line { chain: format!("-A {own}"), text });
        } else if text == "}" {
            chain.clear();
        } else if !chain.is_empty() && !text.is_empty() {
            lines.push(Line { chain: chain.clone(), text });
        }
    }
    lines
}

/// Of each chain whether what is sent and what comes back go through it: by its hook, or by a jump from one that has it.
fn ways(lines: &[Line<'_>]) -> BTreeMap<String, (bool, bool)> {
    let mut ways: BTreeMap<String, (bool, bool)> = BTreeMap::new();
    ways.insert("-A OUTPUT".to_owned(), (true, false));
    ways.insert("-A INPUT".to_owned(), (false, true));
    for line in lines {
        let hook = line.text.split_once(" hook ").and_then(|(_, rest)| rest.split_whitespace().next());
        if let Some(hook) = hook {
            let sent = matches!(hook, "output" | "postrouting" | "egress");
            let back = matches!(hook, "input" | "prerouting" | "ingress");
            ways.insert(line.chain.clone(), (sent, back));
        }
    }
    for _ in 0..DEEPEST {
        for line in lines {
            let Some((sent, back)) = ways.get(&line.chain).copied() else { continue };
            let mut words = line.text.split_whitespace();
            let Some(jump) = words.find(|word| matches!(*word, "jump" | "goto" | "-j" | "-g")) else {
                continue;
            };
            let table = line.chain.rsplit_once(' ').map_or("", |(table, _)| table);
            let to = format!("{table} {}", words.next().unwrap_or_default());
            let way = ways.entry(to).or_default();
            *way = (way.0 || sent, way.1 || back);
            let _ = jump;
        }
    }
    ways
}
