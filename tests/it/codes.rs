//! The tables of codes are whole, and their important rows say what scripts rely on; the phases keep their numbers.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use rdptrace::codes::{self, Phase, TABLES, Table};

#[test]
fn every_table_holds_at_least_the_rows_of_its_source() {
    let minimums = [
        (&codes::DISCONNECT, 154),
        (&codes::EXTENDED, 37),
        (&codes::NTSTATUS, 140),
        (&codes::ERROR_INFO, 121),
        (&codes::NEGOTIATION_FAILURE, 7),
        (&codes::NEGOTIATION_PROTOCOL, 6),
        (&codes::NEGOTIATION_REQUEST_FLAG, 3),
        (&codes::NEGOTIATION_RESPONSE_FLAG, 5),
        (&codes::NEGOTIATION_STRUCTURE, 4),
        (&codes::TLS_ALERT, 37),
        (&codes::TLS_CIPHER_SUITE, 38),
        (&codes::CREDSSP_VERSION, 5),
        (&codes::EARLY_AUTHORIZATION, 2),
        (&codes::RDSTLS_RESULT, 8),
        (&codes::RDSAAD_RESULT, 1),
        (&codes::MCS_RESULT, 16),
        (&codes::MCS_REASON, 5),
        (&codes::LICENSE_MESSAGE, 8),
        (&codes::LICENSE_ERROR, 9),
        (&codes::LICENSE_TRANSITION, 4),
        (&codes::CAPABILITY_SET, 28),
        (&codes::SHARE_DATA, 24),
        (&codes::SAVE_SESSION_INFO, 4),
        (&codes::LOGON_ERROR, 12),
        (&codes::GATEWAY_STATUS, 39),
        (&codes::HTTP_STATUS, 9),
        (&codes::GATEWAY_AUTHENTICATION, 5),
        (&codes::SOCKS_REPLY, 9),
        (&codes::ICMP_UNREACHABLE, 16),
        (&codes::ICMPV6_UNREACHABLE, 7),
        (&codes::KERBEROS_ERROR, 35),
        (&codes::EVENT, 140),
        (&codes::FREERDP_ERROR, 30),
        (&codes::CERT_TRUST, 25),
        (&codes::OPENSSL_REASON, 40),
        (&codes::X509_VERIFY, 42),
        (&codes::WIN32, 120),
        (&codes::ERRNO, 27),
        (&codes::GUACAMOLE_STATUS, 21),
        (&codes::FREERDP_EXIT, 58),
        (&codes::MESSAGE, 220),
        (&codes::MESSAGE_DE, 35),
        (&codes::MESSAGE_FR, 25),
        (&codes::MESSAGE_ES, 14),
        (&codes::MESSAGE_JA, 26),
        (&codes::MESSAGE_IT, 20),
        (&codes::MESSAGE_PT, 19),
        (&codes::EVENT_TEXT, 130),
        (&codes::CLIENT_TEXT, 170),
        (&codes::SERVER_TEXT, 40),
        (&codes::AVD, 44),
    ];
    assert_eq!(minimums.len(), TABLES.len());
    for (table, minimum) in minimums {
        assert!(table.rows().count() >= minimum, "{} lost rows", table.name);
    }
}

#[test]
fn every_row_is_complete_and_unique() {
    for table in all() {
        let (mut last, mut seen) = (None, BTreeSet::new());
        for row in table.rows() {
            let place = format!("{} {:?} {}", table.name, row.code, row.symbol);
            assert!(last <= row.code, "{place}: out of order");
            let text = if row.code.is_none() { row.symbol } else { "" };
            assert!(seen.insert((row.code, row.mask, row.provider, text)), "{place}: repeated");
            assert!(row.code.is_some() || !row.symbol.is_empty(), "{place}: neither number nor text");
            for clause in [row.meaning, row.hint] {
                assert!(!clause.ends_with('.'), "{place}: {clause}");
            }
            assert!(!codes::meant(table, row).is_empty(), "{place}: no meaning");
            let levels = ["documented", "secondary", "observed", "inferred"];
            assert!(levels.contains(&row.confidence), "{place}: {}", row.confidence);
            assert!(!row.source.is_empty(), "{place}: no source");
            last = row.code;
        }
    }
}

#[test]
fn every_row_says_where_its_code_can_arise_and_names_only_codes_that_exist() {
    for table in TABLES {
        for row in table.rows() {
            let place = format!("{} {:?} {}", table.name, row.code, row.symbol);
            for phase in row.phases.split(',').filter(|phase| !phase.is_empty()) {
                let known = ["client", "session", "any"].contains(&phase) || phase.parse::<Phase>().is_ok();
                assert!(known, "{place}: {phase:?} is no phase");
            }
            let shown = row.mstsc.is_none_or(|code| codes::DISCONNECT.find(code).is_some());
            assert!(shown, "{place}: {:?} is no disconnect reason", row.mstsc);
            let logged = row.schannel.is_none_or(|code| codes::NTSTATUS.find(code).is_some());
            assert!(logged, "{place}: {:?} is no security status", row.schannel);
        }
    }
}

/// A source is a document that anybody can look up, not a number of somebody's collection.
/// Words of a source that name nothing one could open.
const VAGUE: &[&str] = &[
    "field report",
    "commonly quoted",
    "not verified",
    "messages of",
    "message text",
    "from memory",
    "a blog",
    "a help page",
];

#[test]
fn sources_can_be_looked_up() {
    for row in all().flat_map(Table::rows) {
        let digits = |word: &str| word.len() > 7 && word.chars().all(|c| c.is_ascii_digit());
        assert!(!row.source.split(|c: char| !c.is_alphanumeric()).any(digits), "{}", row.source);
        let vague = VAGUE.iter().find(|words| row.source.contains(**words));
        assert_eq!(vague, None, "{}", row.source);
    }
}

/// The tables that explain, and that of the families.
fn all() -> impl Iterator<Item = &'static Table> {
    TABLES.iter().copied().chain([&codes::FAMILY])
}

#[test]
fn every_file_is_a_clean_table_and_is_registered() {
    let mut registered: BTreeSet<_> = all().map(|table| table.name.to_owned()).collect();
    for file in table_files() {
        let name = file.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        check_shape(&name, &fs::read_to_string(&file).expect("a source file can be read"));
        assert!(registered.remove(&name), "{name}.tsv is in no table");
    }
    assert!(registered.is_empty(), "tables without a file: {registered:?}");
}

fn table_files() -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/codes");
    let entries = fs::read_dir(folder).expect("the folder of the tables can be read");
    let paths = entries.map(|entry| entry.expect("an entry can be read").path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "tsv")).collect()
}

fn check_shape(name: &str, text: &str) {
    assert!(text.ends_with('\n') && !text.contains('\r'), "{name}: line ends");
    let columns = text.lines().next().map(|header| header.split('\t').count());
    for line in text.lines() {
        assert_eq!(Some(line.split('\t').count()), columns, "{name}: {line}");
        assert!(line.split('\t').all(|cell| cell == cell.trim()), "{name}: spaces around a cell: {line}");
        let translated = name.starts_with("message_");
        assert!((translated || line.is_ascii()) && !line.contains("  "), "{name}: {line}");
    }
    for (column, cell) in text.lines().flat_map(|line| cells(text, line)) {
        assert!(column != "refuses_credentials" || ["yes", "no", column].contains(&cell), "{name}: {cell}");
    }
}

fn cells<'a>(text: &'a str, line: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    text.lines().next().unwrap_or_default().split('\t').zip(line.split('\t'))
}

#[test]
fn important_codes_have_their_names() {
    let expected: [(&Table, u32, &str); 17] = [
        (&codes::NEGOTIATION_FAILURE, 5, "HYBRID_REQUIRED_BY_SERVER"),
        (&codes::NEGOTIATION_FAILURE, 7, "ENTRA_AUTH_REQUIRED_BY_SERVER"),
        (&codes::TLS_ALERT, 0, "close_notify"),
        (&codes::TLS_ALERT, 40, "handshake_failure"),
        (&codes::TLS_ALERT, 121, "ech_required"),
        (&codes::NTSTATUS, 0xC000_006D, "STATUS_LOGON_FAILURE"),
        (&codes::NTSTATUS, 0x8009_030C, "SEC_E_LOGON_DENIED"),
        (&codes::EARLY_AUTHORIZATION, 5, "AUTHZ_ACCESS_DENIED"),
        (&codes::RDSTLS_RESULT, 0x52E, "RDSTLS_RESULT_LOGON_FAILURE"),
        (&codes::MCS_RESULT, 15, "rt-user-rejected"),
        (&codes::MCS_REASON, 1, "rn-provider-initiated"),
        (&codes::LICENSE_ERROR, 6, "ERR_NO_LICENSE_SERVER"),
        (&codes::LICENSE_ERROR, 7, "STATUS_VALID_CLIENT"),
        (&codes::LICENSE_TRANSITION, 2, "ST_NO_TRANSITION"),
        (&codes::ERROR_INFO, 0x7, "ERRINFO_SERVER_DENIED_CONNECTION"),
        (&codes::ERROR_INFO, 0x101, "ERRINFO_LICENSE_NO_LICENSE_SERVER"),
        (&codes::ERROR_INFO, 0x112F, "ERRINFO_GRAPHICS_SUBSYSTEM_FAILED"),
    ];
    for (table, code, symbol) in expected {
        assert_eq!(table.symbol(code), Some(symbol), "{} {code:#x}", table.name);
    }
}

/// The reason phrases of gateways, and the texts of Windows for the same statuses.
#[test]
fn a_status_is_read_from_its_words() {
    for (phrase, code) in [
        ("User Account Restricted", 0xC000_006E),
        ("User Account Disabled", 0xC000_0072),
        ("User Account Locked Out", 0xC000_0234),
        ("Account lockout", 0xC000_0234),
        ("User Account Expired", 0xC000_0193),
        ("User Password Expired", 0xC000_0071),
        ("Logon failure: the specified account password has expired.", 0xC000_0071),
        ("User Must Change Password", 0xC000_0224),
        ("Invalid Logon Hours", 0xC000_006F),
        ("Logon failure: account logon time restriction violation.", 0xC000_006F),
        ("Invalid Workstation", 0xC000_0070),
        ("Logon failure: user not allowed to log on to this computer.", 0xC000_0070),
        ("Logon Type Not Granted", 0xC000_015B),
        ("Logon Not Granted", 0xC000_0155),
        ("Smart Card Logon Required", 0xC000_02FA),
        ("No Such User", 0xC000_0064),
        ("Wrong Password", 0xC000_006A),
        ("Logon failure: unknown user name or bad password.", 0xC000_006D),
        ("No Logon Servers Available", 0xC000_005E),
        ("STATUS_ACCOUNT_LOCKED_OUT", 0xC000_0234),
    ] {
        assert_eq!(codes::status_in_words(phrase), Some(code), "{phrase}");
    }
    for phrase in
        ["", "Unauthorized", "Access Denied", "Not Authorized", "Internal Server Error", "Forbidden"]
    {
        assert_eq!(codes::status_in_words(phrase), None, "{phrase}");
    }
}

#[test]
fn a_code_without_a_name_or_a_row_has_no_symbol() {
    assert_eq!(codes::CREDSSP_VERSION.symbol(6), None);
    assert!(codes::CREDSSP_VERSION.find(6).is_some());
    assert_eq!(codes::ERROR_INFO.symbol(0xFFFF_FFFF), None);
    assert_eq!(codes::ERROR_INFO.find(8), None);
}

#[test]
fn only_a_status_that_judges_the_account_refuses_the_credentials() {
    let refuses = |code| codes::NTSTATUS.find(code).expect("the code is in the table").refuses_credentials;
    for code in [0xC000_006D, 0xC000_006A, 0xC000_0064, 0xC000_0071, 0xC000_0072, 0xC000_0234, 0x8009_030C] {
        assert!(refuses(code), "{code:#x}");
    }
    for code in [0xC000_005E, 0xC000_0233, 0xC000_0022, 0xC000_0133, 0xC000_0192, 0x8009_0311, 0x8009_0304] {
        assert!(!refuses(code), "{code:#x}");
    }
    let kdc = |code| codes::KERBEROS_ERROR.find(code).expect("the code is in the table").refuses_credentials;
    assert!([6, 18, 23, 24].into_iter().all(kdc) && ![7, 14, 25, 37, 60].into_iter().any(kdc));
    let judging = [codes::NTSTATUS.name, codes::KERBEROS_ERROR.name];
    let others = TABLES.iter().filter(|table| !judging.contains(&table.name));
    assert!(others.flat_map(|table| table.rows()).all(|row| !row.refuses_credentials));
}

#[test]
fn phases_keep_their_order_names_and_exit_codes() {
    let names =
        ["resolve", "connect", "gateway", "negotiate", "tls", "credssp", "mcs", "licensing", "activate"];
    assert_eq!(Phase::ALL.map(Phase::name), names);
    assert_eq!(Phase::ALL.map(Phase::exit_code), [10, 11, 12, 13, 14, 15, 16, 17, 18]);
    assert!(Phase::ALL.is_sorted());
    for phase in Phase::ALL {
        assert_eq!(phase.to_string().parse(), Ok(phase));
        let json = serde_json::to_string(&phase).expect("a phase is JSON");
        assert_eq!(json, format!("\"{phase}\""));
        assert_eq!(serde_json::from_str::<Phase>(&json).expect("its JSON is a phase"), phase);
    }
}

#[test]
fn a_wrong_phase_is_answered_with_the_names() {
    let error = "x224".parse::<Phase>().expect_err("no phase has this name").to_string();
    assert_eq!(
        error,
        "no phase is called \"x224\"; the phases are resolve, connect, gateway, negotiate, tls, credssp, mcs, \
         licensing, activate"
    );
}
