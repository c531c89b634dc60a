//! Rules of this machine's own packet filter about what it sends. Listing them must not load the filter into the kernel.

mod chains;
mod legacy;
mod rule;
mod values;
mod verdict;
mod walk;

use super::names;
use crate::{
    local::{Beside, Check, Said, Scene},
    report::{Os::Linux, Role::Client},
};

use chains::Chains;
use verdict::Connection;
use walk::{Against, against};

const PORT: u16 = 3389;
/// Of a longer list the end is missing.
const LONGEST: usize = 255 << 10;
const LEGACY: &str = "/proc/net/ip_tables_names";
const TABLES: &[&str] = &["filter", "nat", "mangle", "raw", "security"];

/// The checks of this topic.
pub const CHECKS: &[Check] = &[Check::logic("firewall-output", Client, &[Linux], judge).beside(Beside::Way)];

fn judge(scene: &Scene<'_>) -> Said {
    let rules = match listed(scene) {
        Ok(rules) => rules,
        Err(said) => return said,
    };
    let port = scene.subject.map_or(PORT, |subject| subject.port);
    let connection = Connection { port, address: names::address(scene) };
    match against(&Chains::of(&rules), connection) {
        Against::Rule(rule) => Said::warning(format!(
            "a rule of this machine's packet filter may stop what it sends to port {port}"
        ))
        .seen(rule),
        Against::Elsewhere(rule) => Said::warning(format!(
            "a rule of this machine's packet filter may lead what it sends to port {port} to another place"
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

/// The rules of all packet filters that the kernel has, those of iptables behind the names of their tables.
fn listed(scene: &Scene<'_>) -> Result<String, Said> {
    let mut rules = String::new();
    if modern(scene)? {
        rules.push_str(&printed(scene, "nft list ruleset")?);
    }
    for table in legacy(scene)? {
        let command =
            if table == TABLES[0] { "iptables -S".to_owned() } else { format!("iptables -t {table} -S") };
        rules.push_str(&format!("\n*{table}\n{}", printed(scene, &command)?));
    }
    Ok(rules)
}

/// What lists rules, and nothing else.
fn printed(scene: &Scene<'_>, command: &str) -> Result<String, Said> {
    let output = match scene.command(command) {
        Ok(Some(output)) if output.code == 0 => output,
        Ok(_) if scene.host.elevated() != Some(true) => {
            return Err(Said::unknown(
                "reading the rules of the packet filter needs an administrator's rights",
            ));
        }
        Ok(_) => {
            return Err(Said::unknown(format!("{command} does not tell the rules of the packet filter")));
        }
        Err(why) => return Err(Said::unreadable("the rules of the packet filter", &why)),
    };
    let begins =
        |line: &str| ["table ", "#", "-P ", "-N ", "-A "].iter().any(|start| line.starts_with(start));
    let first = output.text.lines().map(str::trim).find(|line| !line.is_empty());
    if output.text.len() > LONGEST {
        return Err(Said::unknown("the list of the packet filter's rules is longer than what is read of it"));
    }
    match first.is_none_or(begins) {
        true => Ok(output.text),
        false => Err(Said::unknown("the list of the packet filter's rules is not understood")),
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

/// The tables of iptables that are in the kernel.
fn legacy(scene: &Scene<'_>) -> Result<Vec<&'static str>, Said> {
    let names = scene.host.text(LEGACY).ok().flatten().unwrap_or_default();
    let mut tables = Vec::new();
    for table in TABLES {
        match scene.host.file(&format!("/sys/module/iptable_{table}")) {
            Ok(found) if found.is_some() || names.lines().any(|name| name == *table) => tables.push(*table),
            Ok(_) => {}
            Err(why) => return Err(Said::unreadable("the packet filter", &why)),
        }
    }
    Ok(tables)
}
