//! Each ending at a proxy has one cause, as certain as what the proxy says.

use rdptrace::{
    Endpoint, Report, Settings, Target, Tracer,
    report::Likelihood,
    settings::{Account, Proxy, ProxyKind},
};

use super::{Exchange, Lab, account};

/// One of each ending at a proxy.
pub(crate) async fn reports() -> Vec<Report> {
    const BASIC: &[u8] = b"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"p\"\r\n\r\n";
    let rows: [(&'static [Exchange], Option<Account>); 5] = [
        (&[(b"\r\n\r\n", b"HTTP/1.1 403 Forbidden\r\n\r\n")], None),
        (&[(b"\r\n\r\n", BASIC)], None),
        (&[(b"\r\n\r\n", BASIC)], account()),
        (&[(b"\r\n\r\n", b"HTTP/1.1 503 Down\r\n\r\n")], None),
        (&[(b"\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n")], None),
    ];
    let mut reports = Vec::new();
    for (exchanges, account) in rows {
        reports.push(Lab::new(exchanges, false).trace(ProxyKind::Http, account).await);
    }
    let (kind, host) = (ProxyKind::Http, "proxy.corp.example".to_owned());
    let settings = Settings::default().proxy(Some(Proxy::new(kind, Endpoint::new(host, 3128))));
    let target: Target = "rdsh01.corp.example".parse().expect("a target");
    let nobody = crate::lab::Lab::answering(crate::lab::Answer::Refused);
    reports.push(Tracer::new(&target, &settings, &nobody).run().await);
    reports
}

/// The numbers of both mean different things.
#[tokio::test(start_paused = true)]
async fn a_method_of_socks_is_no_reply() {
    let report = Lab::new(&[(&[5, 1, 0], &[5, 2])], false).trace(ProxyKind::Socks5, None).await;
    let failure = report.verdict.failure.as_ref().expect("a failure");
    assert!(
        failure.detail.contains("wants a user name and a password, SOCKS method 2"),
        "{}",
        failure.detail
    );
    assert_eq!(failure.name, None);
    assert_eq!(report.causes[0].code.as_str(), "proxy-authentication-required");
}

/// A proxy that wants an account by a scheme that is not spoken here may take another client's.
#[tokio::test(start_paused = true)]
async fn a_wanted_account_is_certain_where_it_can_be_given() {
    let rows: [(&'static [Exchange], Likelihood, usize); 2] = [
        (
            &[(b"\r\n\r\n", b"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"p\"\r\n\r\n")],
            Likelihood::Certain,
            1,
        ),
        (&[(b"\r\n\r\n", b"HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM\r\n\r\n")], Likelihood::Likely, 2),
    ];
    for (exchanges, likelihood, reasons) in rows {
        let report = Lab::new(exchanges, false).trace(ProxyKind::Http, None).await;
        let cause = &report.causes[0];
        assert_eq!((cause.code.as_str(), cause.likelihood), ("proxy-authentication-required", likelihood));
        assert_eq!(cause.because.len(), reasons, "{:?}", cause.because);
    }
}

/// What the proxy says by number is certain, and what may have another reason is not.
#[tokio::test(start_paused = true)]
async fn a_refused_account_is_as_certain_as_what_the_proxy_says() {
    type Row = (ProxyKind, &'static [Exchange], Likelihood);
    let rows: [Row; 4] = [
        (
            ProxyKind::Http,
            &[(b"\r\n\r\n", b"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"p\"\r\n\r\n")],
            Likelihood::Certain,
        ),
        (
            ProxyKind::Http,
            &[(b"\r\n\r\n", b"HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM\r\n\r\n")],
            Likelihood::Likely,
        ),
        (ProxyKind::Http, &[(b"\r\n\r\n", b"HTTP/1.0 401 Unauthorized\r\n\r\n")], Likelihood::Likely),
        (ProxyKind::Socks5, &[(&[5, 2, 0, 2], &[5, 2]), (b"s3cret", &[1, 1])], Likelihood::Certain),
    ];
    for (kind, exchanges, likelihood) in rows {
        let report = Lab::new(exchanges, false).trace(kind, account()).await;
        let causes: Vec<_> = report.causes.iter().map(|made| (made.code.as_str(), made.likelihood)).collect();
        assert_eq!(causes, [("proxy-account-refused", likelihood)]);
    }
}
