//! A gateway that is the KDC proxy too: who has not proved to be the same peer is asked for no ticket.

use rdptrace::{
    Endpoint, Report, Target, Tracer,
    internal::certificate::thumbprints,
    report::{Credentials, FailureKind},
    settings::{Account, Gateway, Kdc, KdcSource, KdcTransport, Kerberos, Others},
};

use super::{
    lab::{HOST, Lab, anonymous},
    script::Script,
};

/// Asks the gateway for a ticket to the server behind it.
async fn trace(lab: &Lab, pin: Option<String>) -> Report {
    let target: Target = "rdsh01.corp.example".parse().expect("a target");
    let path = "/KdcProxy".to_owned();
    let kdc = Kdc { transport: KdcTransport::Https, endpoint: Endpoint::new(HOST, 443), path };
    let kerberos = Kerberos {
        realm: "CORP.EXAMPLE".to_owned(),
        kdcs: vec![kdc],
        source: KdcSource::Argument,
        or_ntlm: false,
        others: Others::default(),
    };
    let user = "alice@CORP.EXAMPLE".to_owned();
    let account = Account { user, domain: None, password: "secret".to_owned().into() };
    let gateway = Gateway { expected_thumbprint: pin, ..anonymous() };
    let settings = lab.settings(gateway).account(Some(account)).kerberos(Some(kerberos));
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
