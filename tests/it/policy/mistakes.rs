//! What is said of a file that is no policy: the line, and the name that was meant.

use rdptrace::Policy;

/// A file, the line of its mistake, and a part of what is said.
const MISTAKES: &[(&str, usize, &str)] = &[
    ("reached = ", 1, "no TOML"),
    ("reached = \"tls\"\nreached = \"mcs\"", 2, "no TOML"),
    (
        "certificate.day_left = 30",
        1,
        "no promise is called \"certificate.day_left\"; the nearest is certificate.days_left",
    ),
    ("[certificat]\ndays_left = 30", 1, "the nearest is certificate"),
    ("\n[certificate]\nkeybits = 30", 3, "the nearest is certificate.key_bits"),
    ("reachd = \"tls\"", 1, "the nearest is reached"),
    ("reached = \"licencing\"", 1, "no value is called \"licencing\"; the nearest is licensing"),
    ("nla = true", 1, "nla: a text or a list of texts is expected"),
    ("nla = []", 1, "a text or a list of texts is expected"),
    ("tls.min = 1.2", 1, "tls.min: a text is expected"),
    ("tls.min = \"1.4\"", 1, "the nearest is 1."),
    ("tls.forbidden_suites = [\"TLS_RSA_WITH_NOTHING\"]", 1, "the name of a suite"),
    ("certificate.days_left = -1", 1, "a whole number from 0"),
    ("certificate.days_left = \"30\"", 1, "a whole number from 0"),
    ("certificate.trusted = 1", 1, "true or false is expected"),
    ("certificate.name = false", 1, "a text or true is expected"),
    ("certificate.thumbprint = \"00\"", 1, "a thumbprint"),
    ("address = \"10.0.0.0/33\"", 1, "an address or a network"),
    ("phase.tsl.max_ms = 5", 1, "the nearest is phase.tls"),
    ("local.names-host-file = \"ok\"", 1, "the nearest is local.names-hosts-file"),
    ("findings.forbid = [\"certificate-expird\"]", 1, "the nearest is certificate-expired"),
    ("reached = \"tls\"\n[defaults]\nreached = \"mcs\"", 3, "reached is promised twice"),
    ("defaults = 1", 1, "defaults is a table"),
    ("[groups.a]\nreached = \"tls\"", 1, "the group a needs its hosts"),
    ("[groups.a]\nhosts = [\"a b\"]", 2, "a host, host:port"),
    ("[groups.a]\nhosts = \"a\"", 2, "a list of hosts is expected"),
    ("[hosts.\"a:0\"]\nreached = \"tls\"", 1, "a host, host:port"),
    ("[hosts.rdsh01.corp.example]\nreached = \"tls\"", 1, "a host with dots is quoted"),
    ("findings.allow = \"certificate-expired\"", 1, "a list of { code"),
    (
        "findings.allow = [{ code = \"certificate-expird\", reason = \"x\", until = 2027-01-01 }]",
        1,
        "certificate-expired",
    ),
    ("findings.allow = [{ code = \"certificate-expired\", until = 2027-01-01 }]", 1, "needs a reason"),
    (
        "findings.allow = [{ code = \"certificate-expired\", reason = \" \", until = 2027-01-01 }]",
        1,
        "needs a reason",
    ),
    ("findings.allow = [{ code = \"certificate-expired\", reason = \"x\" }]", 1, "needs its last day"),
    (
        "findings.allow = [{ code = \"certificate-expired\", reason = \"x\", until = \"2027-02-30\" }]",
        1,
        "needs its last day",
    ),
    (
        "findings.allow = [{ code = \"certificate-expired\", reason = \"x\", untill = 2027-01-01 }]",
        1,
        "the nearest is until",
    ),
];

#[test]
fn a_mistake_is_told_with_its_line_and_the_name_that_was_meant() {
    let mut wrong = Vec::new();
    for (text, line, part) in MISTAKES {
        match Policy::read(text) {
            Ok(_) => wrong.push(format!("{text}: is taken")),
            Err(mistake) if mistake.line != *line || !mistake.what.contains(part) => {
                wrong.push(format!("{text}: {mistake}"));
            }
            Err(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Dots and tables are two ways to write one name, and nothing is a policy too.
#[test]
fn tables_and_dots_are_alike() {
    let dots = Policy::read("certificate.days_left = 30\nphase.tls.max_ms = 5").expect("a policy");
    let tables = "[phase.tls]\nmax_ms = 5\n[certificate]\ndays_left = 30";
    assert_eq!(dots, Policy::read(tables).expect("a policy"));
    assert_eq!(Policy::read("").expect("nothing is promised"), Policy::read("# nothing").expect("a policy"));
}
