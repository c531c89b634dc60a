//! What the manual says of each command beside its options.

use super::{
    entry::{Manual, Pairs},
    many::{SCAN, SCAN_EXIT, SCAN_FILES},
    watching::{CAPTURES, LISTEN, LISTEN_EXIT, READ, READ_EXIT, RELAY, RELAY_EXIT, RELAY_FILES},
};

/// The program and its commands, by name.
pub(crate) const MANUALS: &[Manual] = &[
    Manual {
        command: "rdptrace",
        examples: PROGRAM,
        exit: EXIT,
        environment: ENVIRONMENT,
        files: FILES,
        ..NONE
    },
    Manual { command: "trace", examples: TRACE, exit: EXIT, environment: ENVIRONMENT, files: FILES, ..NONE },
    Manual {
        command: "posture",
        examples: POSTURE,
        exit: POSTURE_EXIT,
        environment: POSTURE_ENVIRONMENT,
        files: FILES,
        ..NONE
    },
    Manual {
        command: "scan",
        examples: SCAN,
        exit: SCAN_EXIT,
        environment: COLOURS,
        files: SCAN_FILES,
        ..NONE
    },
    Manual { command: "demo", examples: DEMO, exit: DEMO_EXIT, environment: COLOURS, ..NONE },
    Manual {
        command: "local",
        examples: LOCAL,
        exit: LOCAL_EXIT,
        environment: LOCAL_ENVIRONMENT,
        files: LOCAL_FILES,
        ..NONE
    },
    Manual {
        command: "judge",
        examples: JUDGE,
        exit: JUDGE_EXIT,
        environment: COLOURS,
        files: REPORTS,
        ..NONE
    },
    Manual {
        command: "diff",
        examples: DIFF,
        notes: DIFF_NOTES,
        exit: DIFF_EXIT,
        environment: COLOURS,
        files: REPORTS,
    },
    Manual {
        command: "read",
        examples: READ,
        exit: READ_EXIT,
        environment: COLOURS,
        files: CAPTURES,
        ..NONE
    },
    Manual {
        command: "relay",
        examples: RELAY,
        exit: RELAY_EXIT,
        environment: COLOURS,
        files: RELAY_FILES,
        ..NONE
    },
    Manual { command: "listen", examples: LISTEN, exit: LISTEN_EXIT, environment: COLOURS, ..NONE },
    Manual {
        command: "explain",
        examples: EXPLAIN,
        notes: EXPLAIN_NOTES,
        exit: EXPLAIN_EXIT,
        environment: COLOURS,
        ..NONE
    },
    Manual { command: "schema", examples: SCHEMA, ..NONE },
    Manual { command: "completions", examples: COMPLETIONS, files: COMPLETION_FILES, ..NONE },
    Manual { command: "man", examples: MAN, files: MAN_FILES, ..NONE },
];

const NONE: Manual =
    Manual { command: "", examples: &[], notes: "", exit: &[], environment: &[], files: &[] };

const PROGRAM: Pairs = &[
    ("rdptrace host.corp.example", "trace a host"),
    ("rdptrace demo", "the same with a built-in server"),
    ("rdptrace explain 0x904/0x7", "a code of a message box"),
    ("rdptrace local", "check this machine"),
];

const TRACE: Pairs = &[
    ("rdptrace host.corp.example", "trace a host; trace may be left out"),
    ("rdptrace trace 192.0.2.7:3390 --server-name host.corp.example", "an address, with the name to check"),
    ("rdptrace trace session.rdp", "what a .rdp file connects to"),
    ("rdptrace trace host.corp.example -u 'CORP\\alice'", "with an account; one attempt"),
    ("rdptrace trace host -u alice --logon --take-session", "without NLA too: begins a session"),
    ("rdptrace trace host --gateway gw.corp.example --gateway-user alice", "through an RD Gateway"),
    ("rdptrace trace host.corp.example --wait 5m", "until the host is ready"),
    ("rdptrace trace host.corp.example --until tls", "no further than TLS"),
    ("rdptrace trace host.corp.example --policy promises.toml", "held against what was promised"),
    ("rdptrace trace host.corp.example --format json -o report.json", "a report to keep or to judge"),
    ("rdptrace trace host.corp.example --format html -o report.html", "a page to hand on"),
];

const POSTURE: Pairs = &[
    ("rdptrace posture host.corp.example", "what the server accepts"),
    ("rdptrace posture host.corp.example --fail-on warning", "for a script: exit code 1 on a warning"),
    ("rdptrace posture host.corp.example --report junit=posture.xml", "also for a CI system"),
];

const DEMO: Pairs = &[
    ("rdptrace demo", "a trace that passes"),
    ("rdptrace demo --list", "the faults that can be shown"),
    ("rdptrace demo --fault certificate-expired", "a trace of a faulty server"),
    ("rdptrace demo --gateway", "through a built-in RD Gateway"),
    ("rdptrace demo --serve 127.0.0.1:3390", "serve it for other clients"),
];

const LOCAL: Pairs = &[
    ("rdptrace local", "this machine as client and host"),
    ("rdptrace local --role host", "as a host only"),
    ("rdptrace local --target host.corp.example", "also what it says about this host"),
    ("rdptrace local --collect machine.zip", "answers to take to another machine"),
    ("rdptrace local --collected machine.zip", "and judged there"),
    ("rdptrace local --evtx Security.evtx --reg policies.reg", "files of another machine"),
];

const JUDGE: Pairs = &[
    ("rdptrace judge report.json", "judge a stored report again"),
    ("rdptrace judge - --format json", "one from standard input"),
];

const DIFF: Pairs = &[
    ("rdptrace diff before.json after.json", "what an update changed"),
    ("rdptrace diff mon.ndjson tue.ndjson", "two scans, a report a line"),
    ("rdptrace diff before.json - -o diff.txt", "the later one from a pipe"),
];

const DIFF_NOTES: &str = "\
Findings, promises and checks are compared by code and status, not by their sentences. What only one of two reports could \
see, because the other got less far or did not ask, is no difference and is told as not compared.";

const EXPLAIN: Pairs = &[
    ("rdptrace explain 0x904/0x7", "a code with its extended code"),
    ("rdptrace explain Error code: 0x204", "pasted from the message box"),
    ("rdptrace explain event 1026", "a Windows event"),
    ("rdptrace explain errinfo 0x112F", "Set Error Info, a \"protocol error\""),
    ("rdptrace explain STATUS_LOGON_FAILURE", "a name"),
    ("rdptrace explain \"An internal error has occurred\"", "a text that has no number"),
    ("rdptrace explain \"$(cat message.txt)\"", "a whole box, log or event"),
    ("rdptrace explain -1073741715", "a status as a signed number"),
    ("rdptrace explain certificate-expired", "a finding or a cause of a trace"),
    ("rdptrace explain names-hosts-file", "a check of this machine"),
];

const EXPLAIN_NOTES: &str = "\
A word in front of a number asks for its tables, such as disconnect, extended, errinfo, ntstatus, negotiation, tls, \
credssp, mcs, license, gateway, http, event; if these lack the code the others are asked. In a sentence a number is a \
code if it has 0x, is a status of Windows or follows a word such as code or error; dates, clocks, addresses, versions, \
sessions and names are not.";

const SCHEMA: Pairs = &[
    ("rdptrace schema", "the JSON schema of --format json"),
    ("rdptrace schema policy", "that of the file of --policy"),
    ("rdptrace schema diff", "that of the JSON of rdptrace diff"),
];

const COMPLETIONS: Pairs = &[
    ("rdptrace completions bash", "for bash"),
    ("rdptrace completions zsh", "for zsh"),
    ("rdptrace completions fish", "for fish"),
    ("rdptrace completions powershell", "for PowerShell"),
];

const MAN: Pairs = &[
    ("rdptrace man", "every page, one after the other"),
    ("rdptrace man trace", "that of one command"),
    ("rdptrace man rdptrace", "that of the program"),
];

const EXIT: Pairs = &[
    ("0", "passed, or stopped by our own choice at the default depth"),
    ("1", "the same, but a finding is at or above --fail-on, or a promise is broken"),
    ("2", "could not run: usage, unreadable file, internal error"),
    ("3", "stopped by our own choice before the phase that --until asked for"),
    (
        "10 to 18",
        "the connection ended in this phase: 10 resolve, 11 connect, 12 gateway, 13 negotiate, 14 tls, 15 credssp, \
         16 mcs, 17 licensing, 18 activate",
    ),
    ("20", "the server refused the credentials"),
    ("130", "Ctrl-C or SIGTERM in a trace, or in the first try of a wait"),
];

const POSTURE_EXIT: Pairs = &[
    ("0", "the server was asked, and no finding is at or above --fail-on"),
    ("1", "the same, but a finding is at or above --fail-on, or a promise is broken"),
    ("2", "could not run: usage, unreadable file, internal error"),
    (
        "10 to 14",
        "no connection could be made: every one ended in this phase or before; 10 resolve, 11 connect, 13 negotiate, \
         14 tls",
    ),
    ("130", "Ctrl-C or SIGTERM"),
];

const DEMO_EXIT: Pairs = &[("any", "that of the trace, as rdptrace trace would exit; 0 after --list")];

const LOCAL_EXIT: Pairs = &[
    ("0", "no check is at or above --fail-on"),
    ("1", "a check is at or above --fail-on"),
    ("2", "could not run: usage, unreadable file, internal error"),
];

const JUDGE_EXIT: Pairs = &[
    ("any", "that of the trace in the report, with the rules of this version"),
    ("2", "the file cannot be read or holds no report of a known version"),
];

const DIFF_EXIT: Pairs = &[
    ("0", "nothing differs that both sides could see"),
    ("1", "something is new, gone or different"),
    ("2", "an input cannot be read, or holds what is no report of a known version"),
];

const EXPLAIN_EXIT: Pairs = &[
    ("0", "every code is known"),
    ("1", "no table has one of them; its family and similar codes are shown"),
    ("2", "there is no code in what was given"),
];

const ENVIRONMENT: Pairs = &[
    ("RDPTRACE_PASSWORD", "the password of -u, if no option names where it is"),
    ("RDPTRACE_GATEWAY_PASSWORD", "the password of --gateway-user"),
    ("RDPTRACE_PROXY_PASSWORD", "the password of --proxy-user"),
    ("HTTPS_PROXY, ALL_PROXY, NO_PROXY", "the proxy of --proxy env, also in lower case"),
    ("SSL_CERT_FILE, SSL_CERT_DIR", "trust anchors instead of the system's, except on Windows and macOS"),
    ("KRB5_CONFIG", "the configuration of Kerberos instead of /etc/krb5.conf"),
    ("NO_COLOR, CLICOLOR_FORCE", "no colours, or colours everywhere"),
    ("COLUMNS", "the width of the page on a terminal that does not tell its own"),
];

const POSTURE_ENVIRONMENT: Pairs = &[
    ("RDPTRACE_PROXY_PASSWORD", "the password of --proxy-user"),
    ("HTTPS_PROXY, ALL_PROXY, NO_PROXY", "the proxy of --proxy env, also in lower case"),
    ("SSL_CERT_FILE, SSL_CERT_DIR", "trust anchors instead of the system's, except on Windows and macOS"),
    ("NO_COLOR, CLICOLOR_FORCE", "no colours, or colours everywhere"),
];

const LOCAL_ENVIRONMENT: Pairs = &[
    ("HTTPS_PROXY, ALL_PROXY, NO_PROXY", "checked, not used"),
    ("SSL_CERT_FILE, SSL_CERT_DIR, OPENSSL_CONF, KRB5_CONFIG", "name files that are checked"),
    ("NO_COLOR, CLICOLOR_FORCE", "no colours, or colours everywhere"),
];

const COLOURS: Pairs = &[("NO_COLOR, CLICOLOR_FORCE", "no colours, or colours everywhere")];

const FILES: Pairs = &[
    ("/etc/krb5.conf", "the KDCs of --auth kerberos and negotiate, and the files that it includes"),
    ("/etc/ssl/certs", "the usual trust anchors of Linux; --ca-file names others"),
    ("*.rdp", "a target may be such a file; what it holds is read, and nothing is written to it"),
];

const LOCAL_FILES: Pairs = &[
    (
        "/etc/hosts, /etc/resolv.conf, /etc/krb5.conf",
        "read on Linux and macOS, like other files that a check names",
    ),
    ("/etc/xrdp", "the settings of a host on Linux"),
    ("*.evtx, *.reg, *.zip", "event logs, registry exports and what --collect wrote, of another machine"),
];

const REPORTS: Pairs = &[("*.json, *.ndjson", "what --format json or ndjson wrote, in UTF-8 or UTF-16")];

const COMPLETION_FILES: Pairs = &[
    ("~/.local/share/bash-completion/completions/rdptrace", "where bash looks for them"),
    ("~/.config/fish/completions/rdptrace.fish", "where fish does"),
];

const MAN_FILES: Pairs =
    &[("/usr/local/share/man/man1/rdptrace-trace.1", "where man looks for such a page, one file each")];
