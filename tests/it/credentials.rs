//! What a trace may say of an account: verified, refused, not attempted or not verifiable.

use rdptrace::{
    codes::Phase,
    report::{Credentials, Severity},
    settings::Account,
};

use crate::{
    faults::{settings, told_of, trace, unlike},
    lab::fault,
};

/// A fault, the depth asked for, and what must be said of the credentials.
const CASES: &[(&str, Option<Phase>, Credentials)] = &[
    ("hybrid", None, Credentials::Verified),
    ("hybrid", Some(Phase::Licensing), Credentials::Verified),
    ("auto-detect", None, Credentials::Verified),
    ("early-authorization-denied", None, Credentials::Verified),
    ("mcs-refused", Some(Phase::Licensing), Credentials::Verified),
    ("logon-failure", None, Credentials::Refused),
    ("account-locked", None, Credentials::Refused),
    ("logon-type-not-granted", None, Credentials::Refused),
    ("hybrid-logon-type-not-granted", None, Credentials::Refused),
    ("no-logon-servers", None, Credentials::NotVerifiable),
    ("hybrid-no-logon-servers", None, Credentials::NotVerifiable),
    ("hybrid-no-logon-servers", Some(Phase::Licensing), Credentials::NotVerifiable),
    ("hybrid-close-after-credentials", None, Credentials::NotVerifiable),
    ("hybrid-close-after-credentials", Some(Phase::Mcs), Credentials::NotVerifiable),
    ("credssp-close-after-authenticate", None, Credentials::NotVerifiable),
    ("credssp-close-after-credentials", None, Credentials::NotVerifiable),
    ("credssp-status-foreign", None, Credentials::NotVerifiable),
    ("early-authorization-unknown", None, Credentials::NotVerifiable),
    ("key-binding-altered", None, Credentials::NotVerifiable),
    ("standard-security", None, Credentials::NotVerifiable),
    ("credssp-status-at-once", None, Credentials::NotAttempted),
    ("credssp-old-version", None, Credentials::NotAttempted),
    ("certificate-weak-key", None, Credentials::NotAttempted),
    ("credssp-close", None, Credentials::NotAttempted),
    ("tls-reset", None, Credentials::NotAttempted),
    ("negotiate-close", None, Credentials::NotAttempted),
];

#[tokio::test(start_paused = true)]
async fn nothing_more_is_said_of_an_account_than_was_proved() {
    for (name, until, expected) in CASES {
        let settings = settings().until(*until);
        let report = trace(Some(fault(name)), &settings).await;
        assert_eq!(report.verdict.credentials, *expected, "{name} {until:?}");
    }
}

/// An account that was given and not used must not leave a script with a green light.
#[tokio::test(start_paused = true)]
async fn an_account_that_was_not_used_is_an_error() {
    for name in ["certificate-weak-key", "credssp-old-version"] {
        let report = trace(Some(fault(name)), &settings().until(None)).await;
        let found = report.findings.iter().find(|finding| finding.code.as_str() == "account-not-used");
        assert_eq!(found.map(|finding| finding.severity), Some(Severity::Error), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_an_account_nothing_is_ever_attempted() {
    for fault in unlike() {
        let report = trace(Some(fault), &settings().account(None)).await;
        assert_eq!(report.verdict.credentials, Credentials::NotAttempted, "{}", fault.name);
        let attempted = |connection: &rdptrace::report::Connection| {
            connection.phases.credssp.as_ref().is_some_and(|credssp| credssp.evidence.attempted)
        };
        assert!(!report.trace.connections.iter().any(attempted), "{}", fault.name);
    }
}

/// One exchange in one connection, whatever the server answers.
#[tokio::test(start_paused = true)]
async fn an_account_is_used_once() {
    for fault in rdptrace::internal::demo::FAULTS {
        let report = told_of(Some(fault)).await;
        let attempts = report.trace.connections.iter().filter(|connection| {
            connection.phases.credssp.as_ref().is_some_and(|credssp| credssp.evidence.attempted)
        });
        assert!(attempts.count() <= 1, "{}", fault.name);
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_user_and_a_wrong_password_look_the_same() {
    for (user, password) in [("demo", "wrong"), ("nobody", "demo"), ("CORP-demo", "")] {
        let account = Account::new(user, password);
        let report = trace(None, &settings().account(Some(account))).await;
        assert_eq!(report.verdict.credentials, Credentials::Refused, "{user}");
        let failure = report.verdict.failure.expect("a refusal");
        assert_eq!(failure.name.as_deref(), Some("STATUS_LOGON_FAILURE"), "{user}");
    }
}
