//! A gateway that is the KDC proxy too: who has not proved to be the same peer is asked for no ticket.

use rdptrace::{
    Endpoint, Report, Target, Tracer,
    internal::certificate::thumbprints,
    report::{Credentials, FailureKind},
    settings::{Account, Kdc, KdcSource, Kerberos, Logon},
};

use super::{
    lab::{HOST, Lab, anonymous},
    script::Script,
};

/// Asks the gateway for a ticket to the server behind it.
async fn trace(lab: &Lab, pin: Option<String>) -> Report {
    let target: Target = "rdsh01.corp.example".parse().expect("a target");
    let kdc = Kdc::proxy(Endpoint::new(HOST, 443), "/KdcProxy");
    let kerberos = Kerberos::new("CORP.EXAMPLE", vec![kdc], KdcSource::Argument);
    let account = Account::new("alice@CORP.EXAMPLE", "secret");
    let gateway = anonymous().expected_thumbprint(pin);
    let settings = lab.settings(gateway).logon(Some(Logon::new(account).with_kerberos(kerberos)));
    Tracer::new(&target, &settings, lab).run().await
}

/// How often the proxy was asked.
fn questions(lab: &Lab) -> usize {
    lab.seen.heads.lock().expect("no panic").iter().filter(|head| head.starts_with("POST ")).count()
}

#[tokio::test(start_paused = true)]
async fn a_kdc_proxy_is_asked_where_it_holds_the_key_and_the_pinned_certificate() {
    let lab = || Lab::new(Script::default());
    let table = [
        (lab(), false, None),
        (lab(), true, None),
        // Another certificate than that of the gateway is nothing wrong where no pin says which it is.
        (lab().with_impostor(true), false, None),
        (lab().with_impostor(true), true, Some(FailureKind::TlsUnsupported)),
        (lab().with_impostor(false), false, Some(FailureKind::KeyBinding)),
        (lab().with_impostor(false), true, Some(FailureKind::KeyBinding)),
    ];
    for (number, (lab, pinned, refused)) in table.into_iter().enumerate() {
        let pin = pinned.then(|| thumbprints(&lab.certificate).sha256);
        let report = trace(&lab, pin).await;
        lab.settle().await;
        let verdict = &report.verdict;
        assert_eq!(verdict.step.as_deref(), Some("kdc"), "{number}: {}", verdict.summary);
        assert_eq!(verdict.credentials, Credentials::NotAttempted, "{number}");
        assert_eq!(questions(&lab) > 0, refused.is_none(), "{number}: {}", verdict.summary);
        let failure = verdict.failure.as_ref().expect("no ticket");
        assert!(refused.is_none_or(|kind| failure.kind == kind), "{number}: {failure:?}");
        assert_eq!(
            failure.detail.contains("it was asked nothing"),
            refused.is_some(),
            "{number}: {failure:?}"
        );
    }
}
