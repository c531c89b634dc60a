//! Rules of this machine's own packet filter about what it sends. Listing them must not load the filter into the kernel.

use crate::{
    local::{Check, Said, Scene},
    report::{Os::Linux, Role::Client},
};

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
    match against(&rules, port) {
        Some(rule) => Said::warning(format!(
            "a rule of this machine's packet filter may stop what it sends to port {port}"
        ))
        .seen(rule),
        None => Said::ok(format!("no rule of this machine's packet filter speaks against port {port}")),
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

/// The first rule that drops or rejects this port, or everything that no rule allows.
fn against(rules: &str, port: u16) -> Option<String> {
    let mut incoming = false;
    for line in rules.lines().map(str::trim) {
        if line.starts_with("chain ") {
            incoming = false;
        }
        if line.contains("hook input") || line.contains("hook forward") || line.contains("hook prerouting") {
            incoming = true;
        }
        let outgoing = !incoming && !line.starts_with("-A INPUT") && !line.starts_with("-A FORWARD");
        let closed = line.contains("hook output") && line.contains("policy drop") || line == "-P OUTPUT DROP";
        if closed || outgoing && stops(line, port) {
            return Some(line.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    None
}

fn stops(rule: &str, port: u16) -> bool {
    let refuses = ["drop", "reject", "DROP", "REJECT"];
    let port = port.to_string();
    let mut words = rule.split([' ', ',', '{', '}']);
    rule.contains("dport")
        && words.clone().any(|word| word == port || word == "ms-wbt-server")
        && words.any(|word| refuses.contains(&word))
}
