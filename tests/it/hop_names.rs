//! The names by which a redirection can be followed, and the account that it may bring.

use rdptrace::{
    Report, Settings,
    codes::Phase,
    report::{
        Credentials, Failure, FailureKind, Hop, Likelihood, Outcome, Redirection, Severity, Status,
        Unfollowed,
    },
    settings::Account,
};

use crate::{
    farm::{BROKER, Farm, HOST, found, purposes, without_nla},
    faults,
    scenarios::page,
};

fn last_hop(report: &Report) -> &Hop {
    report.trace.described().and_then(|made| made.hop.as_ref()).expect("a hop")
}

fn tried(report: &Report) -> Vec<(&str, Phase)> {
    last_hop(report).tried.iter().map(|tried| (tried.host.as_str(), tried.phase)).collect()
}

fn said<'a>(report: &'a Report, code: &str) -> &'a str {
    report
        .findings
        .iter()
        .find(|finding| finding.code.as_str() == code)
        .map_or("", |finding| &finding.message)
}

/// The second host of the farm has the address 192.0.2.2, which is in the redirection, and no name there.
#[tokio::test(start_paused = true)]
async fn a_name_that_is_not_known_here_is_a_finding_and_the_address_is_next() {
    let farm = Farm(&[(BROKER, "redirect-several-ways"), ("elsewhere", ""), ("unnamed", "")]);
    let report = farm.trace(without_nla(5)).await;
    assert_eq!(purposes(&report), ["main", "hop:1"]);
    let hop = last_hop(&report);
    assert_eq!(
        (hop.host.as_str(), hop.server_name.as_str()),
        ("192.0.2.2", HOST),
        "the name is that of the certificate"
    );
    assert_eq!(tried(&report), [(HOST, Phase::Resolve)]);
    assert_eq!(report.verdict.outcome, Outcome::Passed, "{}", report.verdict.summary);
    let said = said(&report, "redirect-name-failed");
    assert!(said.contains(HOST) && said.ends_with("192.0.2.2 answers"), "{said}");
    assert!(!found(&report, "redirect-target-failed"));
    assert!(
        page(&report).contains("tried before: rdsh02.corp.example fails in resolve"),
        "{}",
        page(&report)
    );
}

#[tokio::test(start_paused = true)]
async fn the_netbios_name_is_the_last_way() {
    let farm = Farm(&[(BROKER, "redirect-several-ways"), ("RDSH02", "")]);
    let report = farm.trace(without_nla(5)).await;
    assert_eq!(last_hop(&report).host, "RDSH02");
    let failed = [(HOST, Phase::Resolve), ("192.0.2.2", Phase::Connect), ("192.0.2.3", Phase::Connect)];
    assert_eq!(tried(&report), failed, "each address once");
    assert_eq!(report.verdict.outcome, Outcome::Passed, "{}", report.verdict.summary);
}

#[tokio::test(start_paused = true)]
async fn where_no_way_answers_the_one_that_got_furthest_is_described() {
    let report = Farm(&[(BROKER, "redirect-several-ways")]).trace(without_nla(5)).await;
    assert_eq!((report.verdict.outcome, report.verdict.phase), (Outcome::Aborted, Some(Phase::Connect)));
    assert_eq!(last_hop(&report).host, "192.0.2.2");
    let failed = [(HOST, Phase::Resolve), ("192.0.2.3", Phase::Connect), ("RDSH02", Phase::Resolve)];
    assert_eq!(tried(&report), failed);
    let said = said(&report, "redirect-target-failed");
    assert!(
        said.contains("192.0.2.3 fails in connect") && said.contains("RDSH02 fails in resolve"),
        "{said}"
    );
    assert!(!found(&report, "redirect-name-failed"));
    let certain = |cause: &&rdptrace::report::Cause| cause.likelihood == Likelihood::Certain;
    assert_eq!(report.causes.iter().find(certain).map(|cause| &cause.code), None);
}

/// A host that sends its clients to itself, into a session, is asked for that session once.
#[tokio::test(start_paused = true)]
async fn a_redirection_back_to_the_same_place_is_followed_once() {
    let report = Farm(&[(HOST, "redirect-to-name")]).trace(without_nla(5)).await;
    assert_eq!(purposes(&report), ["main", "hop:1"]);
    assert_eq!(report.trace.unfollowed, Some(Unfollowed::Loop));
}

#[tokio::test(start_paused = true)]
async fn the_account_is_not_tried_where_the_redirection_brings_another() {
    for followed in [false, true] {
        let settings = faults::settings().follow_redirects(5).follow_with_account(followed).server_name(None);
        let report = Farm(&[(BROKER, "redirect-with-account")]).trace(settings).await;
        assert_eq!((report.verdict.outcome, report.verdict.phase), (Outcome::Stopped, Some(Phase::Credssp)));
        assert!(last_hop(&report).own_account);
        let credssp =
            report.trace.described().and_then(|made| made.phases.credssp.as_ref()).expect("CredSSP");
        assert!(!credssp.evidence.attempted, "one attempt, at the first host");
        assert!(
            report.verdict.summary.contains("the account that the redirection brought"),
            "{}",
            report.verdict.summary
        );
        assert_eq!(report.verdict.credentials, Credentials::Verified, "by the first host");
        let said = said(&report, "redirect-own-account");
        assert!(said.contains("of 6 bytes for the user D\\u"), "{said}");
        let text = page(&report);
        assert!(text.contains("user D\\u") && text.contains("a password or cookie of 6 B"), "{text}");
        assert!(!text.contains("credentials: refused") && report.causes.is_empty(), "{text}");
    }
}

/// The server's broker repeats the account of a user who logs on through it.
#[tokio::test(start_paused = true)]
async fn the_same_user_is_no_other_account() {
    let given = |user: &str, domain: Option<&str>| {
        Some(Account::new(user, "pw").of_domain(domain.map(str::to_owned)))
    };
    let users = [
        ("U", None, false),
        ("u@corp.example", None, false),
        ("other", None, true),
        ("u", Some("d.corp.example"), false),
        ("u", Some("OTHER"), true),
    ];
    for (user, domain, own) in users {
        let settings = without_nla(5).account(given(user, domain)).follow_with_account(true);
        let report = Farm(&[(BROKER, "redirect-with-account")]).trace(settings).await;
        assert_eq!(last_hop(&report).own_account, own, "{user}");
    }
}

/// Also through a broker of whom nobody knows what its names are good for.
#[tokio::test(start_paused = true)]
async fn an_address_that_is_a_name_is_looked_up_like_one() {
    let report = Farm(&[(BROKER, "redirect-to-named-address"), (HOST, "")]).trace(without_nla(5)).await;
    let hop = last_hop(&report);
    assert_eq!((hop.host.as_str(), hop.server_name.as_str()), (HOST, HOST));
    assert_eq!(report.verdict.outcome, Outcome::Passed, "{}", report.verdict.summary);
    assert!(!found(&report, "redirect-nowhere") && !found(&report, "redirect-name-unusable"));
}

#[tokio::test(start_paused = true)]
async fn a_session_alone_is_asked_for_at_the_same_address() {
    let settings = without_nla(5).routing_token(Some(b"tsv://Farm".to_vec()));
    for (settings, token) in [(without_nla(5), None), (settings, Some("tsv://Farm"))] {
        let report = Farm(&[(BROKER, "redirect-to-session")]).trace(settings).await;
        let hop = last_hop(&report);
        assert_eq!((hop.host.as_str(), hop.session_id, hop.token.as_deref()), (BROKER, 7, token));
        assert_eq!(report.verdict.outcome, Outcome::Passed, "{}", report.verdict.summary);
        assert!(report.trace.unfollowed.is_none() && !found(&report, "redirect-nowhere"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_no_text_is_sent_as_it_is() {
    let report = Farm(&[(BROKER, "redirect-by-bytes")]).trace(without_nla(5)).await;
    let hop = last_hop(&report);
    assert_eq!((hop.token.as_deref(), hop.token_hex.as_deref()), (None, Some("00ff0d0a8001")));
    assert_eq!(report.verdict.outcome, Outcome::Passed, "{}", report.verdict.summary);
    assert!(page(&report).contains("with the token 00ff0d0a8001 (in hex)"), "{}", page(&report));
}

#[tokio::test(start_paused = true)]
async fn names_that_cannot_be_used_are_passed_over_and_told() {
    let report = Farm(&[(BROKER, "redirect-partly-usable"), ("rdsh02", "")]).trace(without_nla(5)).await;
    assert_eq!(last_hop(&report).host, "rdsh02");
    assert_eq!(report.verdict.outcome, Outcome::Passed, "{}", report.verdict.summary);
    let to = said(&report, "redirected");
    assert!(to.is_empty() || to.contains("to rdsh02, session 7"), "{to}");
    let said = said(&report, "redirect-name-unusable");
    for named in
        ["TargetFQDN \"not a host\"", "TargetNetAddress \"192.0.2.2:3390\"", "TargetNetAddresses \"[::1]\""]
    {
        assert!(said.contains(&format!("{named} (it is neither a host name nor an address)")), "{said}");
    }
}

/// Where nothing leads on it is not the server that is blamed: another client may understand what it names.
#[tokio::test(start_paused = true)]
async fn where_no_name_can_be_used_the_sentence_says_which_and_why() {
    let report = Farm(&[(BROKER, "redirect-to-no-host")]).trace(without_nla(5)).await;
    assert_eq!(report.trace.unfollowed, Some(Unfollowed::Nowhere));
    let said = said(&report, "redirect-nowhere");
    assert!(said.starts_with("rdptrace can use nothing of what the redirection names: "), "{said}");
    assert!(said.contains("TargetNetBiosName (it is empty)") && said.contains("\"not a host\""), "{said}");
    assert!(!found(&report, "redirect-name-unusable") && report.causes.is_empty());
    let Redirection { unusable, .. } = report.trace.connections[0].redirection().expect("a redirection");
    assert_eq!(unusable.len(), 4, "{unusable:?}");
}

/// A hop without NLA too: it would not have been used there either.
#[tokio::test(start_paused = true)]
async fn the_given_account_is_told_to_be_unused_where_another_was_brought() {
    let settings =
        without_nla(5).account(faults::settings().logon.map(|logon| logon.account)).follow_with_account(true);
    let report = Farm(&[(BROKER, "redirect-with-account")]).trace(settings).await;
    assert_eq!(report.verdict.credentials, Credentials::NotAttempted, "{}", page(&report));
    assert!(!report.findings.iter().any(|finding| finding.severity == Severity::Error), "{}", page(&report));
    let said = said(&report, "redirect-own-account");
    assert!(
        said.ends_with("the account that was given is not used at the hop rdsh01.corp.example:3389 either"),
        "{said}"
    );
}

pub(crate) async fn to_rdstls() -> Report {
    Farm(&[(BROKER, "redirect-to-rdstls")]).trace(without_nla(5)).await
}

#[tokio::test(start_paused = true)]
async fn a_hop_that_takes_rdstls_alone_is_told_as_such() {
    let report = to_rdstls().await;
    assert_eq!((report.verdict.outcome, report.verdict.phase), (Outcome::Aborted, Some(Phase::Negotiate)));
    let causes: Vec<_> = report.causes.iter().map(|cause| (cause.code.as_str(), cause.likelihood)).collect();
    assert_eq!(causes[0], ("redirect-rdstls-only", Likelihood::Likely), "{causes:?}");
    assert!(causes[1..].iter().all(|(_, likelihood)| *likelihood == Likelihood::Possible), "{causes:?}");
    assert!(found(&report, "redirect-rdstls-only") && !found(&report, "unexplained-failure"));
    assert!(report.verdict.mstsc.is_none(), "mstsc speaks RDSTLS");
    let told = said(&report, "redirect-rdstls-only");
    assert!(told.ends_with("none without it: to that the server closed the connection"), "{told}");
    let advice = report.causes[0].fix.join(" ");
    assert!(!advice.contains("without the broker"), "the hop is the address that was traced: {advice}");
    let experiments = report.trace.connections.iter().filter(|made| !made.purpose.is_traced()).count();
    assert!(experiments <= 16, "{experiments}");
    let mut trace = report.trace;
    let asked =
        trace.connections.iter_mut().find(|made| made.purpose.to_string() == "experiment:protocol-rdstls");
    let negotiate = asked.and_then(|made| made.phases.negotiate.as_mut()).expect("it was negotiated");
    negotiate.status = Status::Failed;
    negotiate.failure = Some(Failure::new(FailureKind::NegotiationFailure, "refused with failure 5"));
    let report = rdptrace::diagnose(trace);
    let told = said(&report, "redirect-rdstls-only");
    let ends = "answers an offer of RDSTLS (refused with failure 5) and none without it (the server closed the connection)";
    assert!(told.ends_with(ends), "{told}");
}

/// Without an account, and where it may not go along, the reasons differ: only one of them is the user's to change.
#[tokio::test(start_paused = true)]
async fn the_reason_to_stop_at_a_hop_names_what_would_go_on() {
    const FARM: Farm = Farm(&[(BROKER, "redirect-to-name"), (HOST, "")]);
    for (account, words) in [(true, "--follow-with-account"), (false, "no account was given")] {
        let account = faults::settings().logon.map(|logon| logon.account).filter(|_| account);
        let settings = Settings::default().account(account).follow_redirects(5).take_session(true);
        let settings = settings.until(Some(Phase::Licensing)).server_name(None);
        let report = FARM.trace(settings).await;
        let credssp = report.trace.described().and_then(|made| made.phases.credssp.as_ref());
        let stopped = credssp.and_then(|credssp| credssp.stopped.as_deref()).unwrap_or_default();
        assert!(stopped.contains(words), "{stopped}");
    }
}

pub(crate) async fn unreachable() -> Report {
    Farm(&[(BROKER, "redirect-to-name")]).trace(without_nla(5)).await
}

pub(crate) async fn unreachable_address() -> Report {
    Farm(&[(BROKER, "redirect-to-address")]).trace(without_nla(5)).await
}

/// What the broker named is nearer than what ails the way, which stays possible and no more.
#[tokio::test(start_paused = true)]
async fn a_hop_that_is_not_reached_is_the_brokers_word() {
    let farms: [Farm; 3] = [
        Farm(&[(BROKER, "redirect-to-name")]),
        Farm(&[(BROKER, "redirect-to-address")]),
        Farm(&[(BROKER, "redirect-several-ways")]),
    ];
    for farm in farms {
        let report = farm.trace(without_nla(5)).await;
        let causes: Vec<_> =
            report.causes.iter().map(|cause| (cause.code.as_str(), cause.likelihood)).collect();
        assert_eq!(causes[0], ("redirect-target-unreachable", Likelihood::Likely), "{:?} {causes:?}", farm.0);
        let known = ["dns-name-missing", "rdp-not-listening", "firewall-rejects"];
        assert!(causes[1..].iter().any(|(code, _)| known.contains(code)), "{causes:?}");
        assert!(causes[1..].iter().all(|(_, likelihood)| *likelihood == Likelihood::Possible), "{causes:?}");
        let cause = &report.causes[0];
        assert!(cause.because[0].starts_with("the redirection names "), "{:?}", cause.because);
        assert!(cause.confirm[0].contains("names and addresses"), "{:?}", cause.confirm);
        assert!(page(&report).contains("redirect-target-unreachable"), "{}", page(&report));
    }
    let reached = Farm(&[(BROKER, "redirect-to-name"), (HOST, "tls-reset")]).trace(without_nla(5)).await;
    assert!(reached.causes.iter().all(|cause| cause.code.as_str() != "redirect-target-unreachable"));
    let alone = Farm(&[(BROKER, "negotiate-reset")]).trace(without_nla(5)).await;
    assert!(alone.causes.iter().all(|cause| cause.code.as_str() != "redirect-target-unreachable"), "no hop");
}
