//! Which promises are about a host: those of all, of its groups, and its own, in this order.

use rdptrace::{Policy, Report};

use super::{
    judged,
    sources::Source::{Changed, Healthy},
};

/// The name of the promise that won, by what it wants.
fn won(report: &Report, policy: &str) -> Option<String> {
    judged(report.clone(), policy).promises.first().map(|promise| promise.wanted.clone())
}

fn of(table: &str, days: u64) -> String {
    format!("\n[{table}]\ncertificate.days_left = {days}\n")
}

#[tokio::test(start_paused = true)]
async fn a_host_wins_over_its_groups_and_a_later_group_over_an_earlier_one() {
    let report = Healthy.report().await;
    let group = |name: &str, days: u64| {
        format!("\n[groups.{name}]\nhosts = [\"*.corp.example\"]\ncertificate.days_left = {days}\n")
    };
    let (all, host) = ("certificate.days_left = 1\n", of("hosts.\"rdsh01.corp.example\"", 4));
    for (policy, days) in [
        (all.to_owned(), 1),
        (of("defaults", 9), 9),
        (format!("{all}{}", group("z", 2)), 2),
        (format!("{all}{}{}", group("z", 2), group("a", 3)), 3),
        (format!("{all}{host}{}{}", group("z", 2), group("a", 3)), 4),
    ] {
        assert_eq!(won(&report, &policy), Some(format!("at least {days} days")), "{policy}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_host_is_known_by_name_domain_network_and_port() {
    let report = Healthy.report().await;
    let elsewhere = Changed(|trace| trace["target"]["port"] = 3390.into()).report().await;
    for (name, is_meant, is_meant_elsewhere) in [
        ("rdsh01.corp.example", true, true),
        ("RDSH01.CORP.EXAMPLE.", true, true),
        ("rdsh01.corp.example:3389", true, false),
        ("rdsh01.corp.example:3390", false, true),
        ("*.corp.example", true, true),
        ("*.example", true, true),
        ("*.orp.example", false, false),
        ("corp.example", false, false),
        ("192.0.2.0/24", true, true),
        ("192.0.3.0/24", false, false),
        ("192.0.2.15", false, false),
        ("[2001:db8::1]:3389", false, false),
    ] {
        let policy = of(&format!("hosts.\"{name}\""), 1);
        assert_eq!(won(&report, &policy).is_some(), is_meant, "{name}");
        assert_eq!(won(&elsewhere, &policy).is_some(), is_meant_elsewhere, "{name}");
        assert_eq!(Policy::read(&policy).expect("a policy").is_about(&report), is_meant, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_address_is_known_however_it_is_written() {
    let report = Changed(|trace| trace["target"]["host"] = "2001:db8::1".into()).report().await;
    for name in ["2001:db8::1", "[2001:db8:0::1]", "[2001:db8::1]:3389", "2001:db8::/32"] {
        assert!(won(&report, &of(&format!("hosts.\"{name}\""), 1)).is_some(), "{name}");
    }
}
