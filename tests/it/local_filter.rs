//! Rules of the packet filter of a Linux machine: read as the kernel reads them, or unknown.

use rdptrace::{
    local::{Output, RoleChoice, Target},
    report::CheckStatus,
};

use crate::{
    local::{Invented, invented},
    local_garbage::statuses,
};

fn healthy() -> Invented {
    invented().into_iter().find(|invented| invented.name == "linux-client-healthy").expect("it is there")
}

fn client(rules: &str, target: &str) -> (CheckStatus, String) {
    let mut invented = healthy();
    let listed = Output { code: 0, text: rules.to_owned() };
    invented.machine.commands.insert("nft list ruleset".to_owned(), listed);
    let subject = Target::new(target, 3389);
    statuses(&invented.machine, Some(&subject), RoleChoice::Client)
        .remove("firewall-output")
        .expect("it is made")
}

/// Rules of a chain of what is sent, or of what comes in.
fn chain(hook: &str, policy: &str, rules: &str) -> String {
    format!(
        "table inet filter {{\n\tset far {{\n\t\ttype inet_service\n\t\telements = {{ 3389 }}\n\t}}\n\n\tchain own {{\n\t\t\
         type filter hook {hook} priority filter; policy {policy};\n\t\t{rules}\n\t}}\n}}\n"
    )
}

/// Each rule, and what is said of a connection to 192.0.2.15 on 3389.
#[test]
fn rules_of_the_packet_filter_are_read_or_unknown() {
    use CheckStatus::{Ok, Unknown, Warning};
    let sent = [
        ("tcp dport 3389 drop", Warning),
        ("tcp dport 3000-4000 reject with tcp reset", Warning),
        ("tcp dport { 80, 3000-4000 } counter packets 0 bytes 0 drop", Warning),
        ("tcp dport { 80, 443 } drop", Ok),
        ("tcp dport 1-1024 drop", Ok),
        ("tcp dport != 443 drop", Warning),
        ("tcp dport @far drop", Unknown),
        ("udp dport 3389 drop", Ok),
        ("ip daddr 192.0.2.0/24 drop", Warning),
        ("ip daddr 198.51.100.0/24 drop", Ok),
        ("ip daddr { 198.51.100.1, 192.0.2.15 } tcp dport 3389 drop", Warning),
        ("ip daddr @nets drop", Unknown),
        ("ip6 daddr 2001:db8::/32 drop", Ok),
        ("drop", Warning),
        ("ct state invalid drop", Ok),
        ("meta l4proto udp drop", Ok),
        ("meta nfproto ipv4 drop", Warning),
        ("meta nfproto ipv6 drop", Ok),
        ("meta skuid 1000 drop", Unknown),
        ("oifname \"eth0\" tcp dport 3389 drop", Unknown),
        ("tcp dport 3389 accept", Ok),
        ("lorem ipsum drop", Unknown),
        ("lorem ipsum", Unknown),
        ("tcp dport vmap @far", Unknown),
        ("tcp dport vmap { 22 : accept, 3389 : drop }", Warning),
        ("tcp dport vmap { 22 : drop, 3389 : accept }", Ok),
        ("tcp dport vmap { 22 : drop, 3000-4000 : jump @x }", Unknown),
        ("ct state vmap { new : drop, established : accept }", Warning),
        ("ip daddr . tcp dport { 192.0.2.15 . 3389 } drop", Unknown),
        ("tcp dport >= 1024 drop", Warning),
        ("tcp dport < 1024 drop", Ok),
        ("tcp dport 3389 queue to 0", Warning),
        ("tcp dport 22 drop comment \"3389 accept\"", Ok),
        ("tcp dport 3389 accept comment \"or drop\"", Ok),
        ("log prefix \"drop: \" group 0 counter packets 1 bytes 60", Ok),
        ("tcp dport 3389 log prefix \"x\" level info flags tcp sequence drop", Warning),
        ("tcp dport 3389 limit rate over 1/minute drop", Unknown),
        ("meta mark set 0x00000001", Ok),
        ("tcp dport { 22, 80,\n\t\t\t 3389 } drop", Warning),
        ("tcp dport 3389 accept\n\t\ttcp dport 3000-4000 drop", Ok),
        ("tcp dport 3000-4000 drop\n\t\ttcp dport 3389 accept", Warning),
        ("meta skuid 1000 accept\n\t\ttcp dport 3389 drop", Unknown),
        ("meta skuid 1000 accept\n\t\ttcp dport 3389 accept\n\t\tdrop", Ok),
        ("tcp dport 3389 return\n\t\tdrop", Ok),
    ];
    for (rule, status) in sent {
        let said = client(&chain("output", "accept", rule), "192.0.2.15");
        assert_eq!(said.0, status, "{rule}: {}", said.1);
    }
}

/// What comes back, chains that nothing leads to, and one that a rule jumps to.
#[test]
fn the_way_back_and_other_chains_count_where_packets_meet_them() {
    use CheckStatus::{Ok, Unknown, Warning};
    let back = [
        ("drop", "tcp dport 22 accept", Unknown),
        ("drop", "ct state established,related accept", Ok),
        ("accept", "tcp sport 3389 drop", Unknown),
        ("accept", "ct state established,related accept\n\t\tdrop", Ok),
        ("accept", "ip saddr 192.0.2.15 drop", Unknown),
        ("accept", "ip saddr 198.51.100.0/24 drop", Ok),
    ];
    for (policy, rules, status) in back {
        let said = client(&chain("input", policy, rules), "192.0.2.15");
        assert_eq!(said.0, status, "{policy} {rules}: {}", said.1);
    }
    assert_eq!(client(&chain("forward", "drop", "drop"), "192.0.2.15").0, Ok);
    assert_eq!(client(&chain("output", "accept", "ip daddr 192.0.2.0/24 drop"), "rdsh01").0, Unknown);
    // A table of one device is not met by every connection, whatever address the name has.
    let device = "table netdev t {\n\tchain o {\n\t\ttype filter hook egress device \"eth1\" priority 0; policy accept;\n\t\t\
                  tcp dport 3389 drop\n\t}\n}\n";
    assert_eq!(client(device, "rdsh01").0, Unknown);
    let jumped = chain("output", "accept", "jump far")
        + "table inet filter {\n\tchain far {\n\t\ttcp dport 3389 drop\n\t}\n}\n";
    assert_eq!(client(&jumped, "192.0.2.15").0, Warning);
    // One that leaves the connection undecided leads back.
    let back = chain("output", "accept", "jump far\n\t\ttcp dport 3389 drop")
        + "table inet filter {\n\tchain far {\n\t\ttcp dport 22 accept\n\t}\n}\n";
    assert_eq!(client(&back, "192.0.2.15").0, Warning);
    let unused = "table ip filter {\n\tchain DOCKER {\n\t\tdrop\n\t}\n}\n";
    assert_eq!(client(unused, "192.0.2.15").0, Ok);
}

/// Rulesets as wholes.
#[test]
fn the_first_rule_that_fits_decides() {
    use CheckStatus::{Ok, Unknown, Warning};
    let said = |rules: &str| client(rules, "192.0.2.15");
    for (policy, rules, status) in [
        ("drop", "tcp dport 443 accept", Warning),
        ("drop", "oifname \"lo\" accept\n\t\ttcp dport 443 accept", Warning),
        ("drop", "oifname \"lo\" accept\n\t\ttcp dport { 443, 3389 } accept", Ok),
        ("drop", "meta skuid 1000 accept", Unknown),
        ("drop", "jump far", Ok),
        ("accept", "jump far\n\t\tdrop", Ok),
        ("accept", "goto nowhere", Unknown),
    ] {
        let rules = chain("output", policy, rules)
            + "table inet filter {\n\tchain far {\n\t\ttcp dport 3389 accept\n\t}\n}\n";
        assert_eq!(said(&rules).0, status, "{rules}");
    }
    let table = |family: &str, inside: &str| format!("table {family} t {{\n{inside}\n}}\n");
    let own = |kind: &str, rule: &str| {
        format!("\tchain o {{\n\t\ttype {kind} priority 0; policy accept;\n\t\t{rule}\n\t}}")
    };
    let mapped = "\tmap m {\n\t\ttype inet_service : verdict\n\t\telements = { 22 : accept,\n\t\t\t     3389 : drop }\n\t}\n\n";
    let output = "filter hook output";
    for (rules, status) in [
        (table("inet", &(mapped.to_owned() + &own(output, "tcp dport vmap @m"))), Unknown),
        (table("inet", &("\tflags dormant\n\n".to_owned() + &own(output, "tcp dport 3389 drop"))), Ok),
        (table("inet", &("\tflags owner\n\n".to_owned() + &own(output, "tcp dport 3389 drop"))), Warning),
        (table("ip", &own("nat hook output", "tcp dport 3389 redirect to :1")), Warning),
        (table("ip", &own("nat hook output", "tcp dport 3389 dnat to 127.0.0.1:1")), Warning),
        (
            table(
                "ip",
                &own("nat hook output", "fib daddr type local tcp dport 3389 dnat to 172.17.0.2:3389"),
            ),
            Unknown,
        ),
        // Whether the first rule lets it pass is not known, so neither is whether the second one is met.
        (
            table("ip", &own("nat hook output", "meta skuid 1000 accept\n\t\ttcp dport 3389 redirect to :1")),
            Unknown,
        ),
        (table("ip", &own("nat hook output", "tcp dport 8080 dnat to 172.17.0.2:80")), Ok),
        (table("ip", &own("nat hook prerouting", "tcp dport 3389 redirect to :1")), Ok),
        (table("ip", &own("nat hook postrouting", "oifname \"eth0\" masquerade")), Ok),
        (table("ip6", &own(output, "tcp dport 3389 drop")), Ok),
        (table("ip", &own(output, "tcp dport 3389 drop")), Warning),
        (table("netdev", &own("filter hook egress device \"lo\"", "tcp dport 3389 drop")), Unknown),
        (table("inet", &own("filter hook postrouting", "tcp dport 3389 drop")), Warning),
        (
            "table inet t {\n\tchain o {\n\t\ttype filter hook output priority 0; policy accept;\n"
                .to_owned(),
            Unknown,
        ),
        ("table inet t {\n\tlorem ipsum\n}\n".to_owned(), Unknown),
    ] {
        let (found, message) = said(&rules);
        assert_eq!(found, status, "{rules}: {message}");
    }
}

/// What `iptables -S` lists, of the filter and of the translation of addresses.
#[test]
fn rules_of_iptables_are_read_or_unknown() {
    use CheckStatus::{Ok, Unknown, Warning};
    let listed = |table: &str, rules: &str| {
        let mut invented = healthy();
        let machine = &mut invented.machine;
        machine.files.insert(format!("/sys/module/iptable_{table}"), rdptrace::local::File::default());
        let command =
            if table == "filter" { "iptables -S".to_owned() } else { format!("iptables -t {table} -S") };
        machine.commands.insert(command, Output { code: 0, text: rules.to_owned() });
        let subject = Target::new("192.0.2.15", 3389);
        statuses(machine, Some(&subject), RoleChoice::Client).remove("firewall-output").expect("it is made")
    };
    let open = "-P INPUT ACCEPT\n-P FORWARD DROP\n-P OUTPUT ACCEPT\n";
    for (rules, status) in [
        ("", Ok),
        ("-A OUTPUT -p tcp -m tcp --dport 3389 -j DROP\n", Warning),
        (
            "-A OUTPUT -p tcp -m tcp --dport 3389 -m comment --comment \"a b\" -j REJECT --reject-with tcp-reset\n",
            Warning,
        ),
        ("-A OUTPUT -p tcp -m multiport --dports 80,3389 -j ACCEPT\n-A OUTPUT -j DROP\n", Ok),
        ("-N out\n-A OUTPUT -j out\n-A out -p tcp -m tcp --dport 3000:4000 -j DROP\n", Warning),
        ("-A OUTPUT -p tcp -m set --match-set far dst -j DROP\n", Unknown),
        ("-A OUTPUT -j LOG --log-prefix \"DROP \"\n", Ok),
        ("-A OUTPUT -j SOMETHING\n", Unknown),
        ("-A OUTPUT -o lo -j ACCEPT\n-A OUTPUT -p udp -j DROP\n", Ok),
    ] {
        let said = listed("filter", &format!("{open}{rules}"));
        assert_eq!(said.0, status, "{rules}: {}", said.1);
    }
    let nat = "-P PREROUTING ACCEPT\n-P OUTPUT ACCEPT\n-A OUTPUT -p tcp -m tcp --dport 3389 -j REDIRECT --to-ports 1\n";
    assert_eq!(listed("nat", nat).0, Warning);
    assert_eq!(listed("nat", "-P PREROUTING ACCEPT\n-P OUTPUT ACCEPT\n").0, Ok);
    assert_eq!(
        listed("filter", "-P INPUT ACCEPT\n-P OUTPUT DROP\n-A OUTPUT -p tcp -m tcp --dport 3389 -j ACCEPT\n")
            .0,
        Ok
    );
    assert_eq!(listed("filter", "-P INPUT ACCEPT\n-P OUTPUT DROP\n").0, Warning);
}
