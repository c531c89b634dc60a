//! Scenarios in, reports out: each file of testdata/scenarios as a reviewed page of text.

use std::{fs, future::pending, net::IpAddr, net::SocketAddr, path::Path, time::Duration};

use rdptrace::{
    Report, Settings, Target, Tracer, honour,
    internal::demo::{PASSWORD, USER},
    render,
    settings::{Account, LicensePolicy, Logon, Security},
    wait,
    wait::Patience,
};
use serde::Deserialize;

use crate::{
    lab::{Answer, Host, Lab, Names, Udp, fault},
    wait::{Tries, whole},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    #[allow(dead_code, reason = "it tells the reader of the file what it is for")]
    about: String,
    /// The argument, or else the file below.
    #[serde(default)]
    target: String,
    /// A file of testdata/rdp.
    rdp: Option<String>,
    /// Addresses, `unknown` or `silent`.
    name: Option<Name>,
    #[serde(default)]
    host: Vec<HostRow>,
    #[serde(default)]
    settings: Asked,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Name {
    Addresses(Vec<IpAddr>),
    Word(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HostRow {
    address: SocketAddr,
    /// `demo`, `refused`, `unreachable`, `reset-at-once`, `silent`, or the name of a fault; several in turn, separated by commas.
    answer: String,
    #[serde(default)]
    after_ms: u64,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Asked {
    until: Option<String>,
    security: Option<String>,
    license: Option<String>,
    account: bool,
    password: Option<String>,
    allow_unpatched: bool,
    server_name: Option<String>,
    expected_thumbprint: Option<String>,
    /// How many redirections to follow.
    follow: u32,
    /// `answers`, `late`, `closed`, `silent` or `foreign`.
    udp: Option<String>,
    /// Seconds to try for.
    wait: Option<u64>,
}

/// What is traced, and the settings that a file asks for.
fn target(scenario: &Scenario, settings: Settings) -> (Target, Settings) {
    let Some(name) = &scenario.rdp else { return (scenario.target.parse().expect("a target"), settings) };
    let target = Target::of_file(name, crate::rdp_file::sample(name)).expect("a target");
    let settings = honour(target.file.as_ref().expect("it is from a file"), settings);
    (target, settings)
}

fn settings(asked: &Asked) -> Settings {
    let password = asked.password.clone().unwrap_or_else(|| PASSWORD.to_owned());
    let account = Account::new(USER, password);
    Settings::default()
        .logon(asked.account.then(|| Logon::new(account).allow_unpatched(asked.allow_unpatched)))
        .until(asked.until.as_deref().map(|phase| phase.parse().expect("a phase")))
        .security(match asked.security.as_deref() {
            None => Security::Auto,
            Some("rdp") => Security::Rdp,
            Some("tls") => Security::Tls,
            Some("nla") => Security::Nla,
            Some(other) => panic!("security {other}"),
        })
        .license(match asked.license.as_deref() {
            None => LicensePolicy::Challenge,
            Some("stop") => LicensePolicy::Stop,
            Some("complete") => LicensePolicy::Complete,
            Some(other) => panic!("license {other}"),
        })
        .follow_redirects(asked.follow)
        .udp(asked.udp.is_some())
        .server_name(asked.server_name.clone())
        .expected_thumbprint(asked.expected_thumbprint.clone())
}

fn answer(word: &str) -> Answer {
    match word {
        "demo" => Answer::Demo(None),
        "refused" => Answer::Refused,
        "unreachable" => Answer::Unreachable,
        "reset-at-once" => Answer::ResetAtOnce,
        "silent" => Answer::Silent,
        name => Answer::Demo(Some(fault(name))),
    }
}

fn lab(scenario: &Scenario) -> Lab {
    let host = |row: &HostRow| Host {
        address: row.address,
        after: Duration::from_millis(row.after_ms),
        answer: Answer::InTurn(row.answer.split(", ").map(answer).collect::<Vec<_>>().leak()),
    };
    let names = match &scenario.name {
        Some(Name::Addresses(addresses)) => Names::Known(addresses.clone()),
        Some(Name::Word(word)) if word == "silent" => Names::Silent,
        _ => Names::Unknown,
    };
    let udp = match scenario.settings.udp.as_deref() {
        Some("answers") => Udp::Answers,
        Some("late") => Udp::AnswersLate,
        Some("closed") => Udp::Closed,
        Some("foreign") => Udp::Foreign,
        _ => Udp::Silent,
    };
    Lab::new(names, scenario.host.iter().map(host).collect()).with_udp(udp)
}

/// The report as a page without colours.
pub(crate) fn page(report: &Report) -> String {
    let mut plain = anstream::StripStream::new(Vec::new());
    render::text(report, &mut plain).expect("memory takes everything");
    String::from_utf8(plain.into_inner()).expect("text")
}

/// Keys, and so thumbprints and the sizes of flights, differ from run to run.
pub(crate) fn filters() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_snapshot_path("snapshots");
    settings.add_filter(r"SHA-1(\s+)[0-9a-f]{40}", "SHA-1${1}[thumbprint]");
    settings.add_filter(r"thumbprint(\s+)[0-9a-f]{40}(\s+)is", "thumbprint${1}[served]${2}is");
    settings.add_filter(r"received c00d [0-9a-f ]+", "received c00d [encrypted]");
    settings.add_filter(r"\d+ B of TLS", "[n] B of TLS");
    settings
}

async fn waited(target: &Target, settings: &Settings, lab: &Lab, seconds: u64) -> Report {
    let patience = Patience { time: Duration::from_secs(seconds), jitter: || 0.0 };
    whole(wait(Tracer::new(target, settings, lab), patience, &Tries::default(), pending()).await)
}

#[tokio::test(start_paused = true)]
async fn every_scenario_reads_as_reviewed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/scenarios");
    let mut files: Vec<_> =
        fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry").path()).collect();
    files.sort();
    assert!(files.len() >= 15, "only {} scenarios were found", files.len());
    for file in files {
        let text = fs::read_to_string(&file).expect("a readable scenario");
        let scenario: Scenario =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let (target, settings) = target(&scenario, settings(&scenario.settings));
        let lab = lab(&scenario);
        let report = match scenario.settings.wait {
            None => Tracer::new(&target, &settings, &lab).run().await,
            Some(seconds) => waited(&target, &settings, &lab, seconds).await,
        };
        let page = page(&report);
        let wide: Vec<&str> = page.lines().filter(|line| line.chars().count() > 80).collect();
        assert!(wide.is_empty(), "{} is wider than 80 columns: {wide:#?}", file.display());
        let name = file.file_stem().expect("a name").to_string_lossy().into_owned();
        filters().bind(|| insta::assert_snapshot!(name, page));
    }
}
