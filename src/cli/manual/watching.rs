//! The same of the commands that watch a connection of others.

use super::entry::Pairs;

pub(super) const READ: Pairs = &[
    ("rdptrace read failing.pcapng", "where it ended, by whom and why"),
    ("rdptrace read failing.pcapng --keylog keys.log", "also what is inside TLS"),
    ("rdptrace read old-server.pcap --server-key server.pem", "the same of a server without ECDHE"),
    ("rdptrace read mirror.pcap.gz --format ndjson", "a report a line"),
    ("rdptrace read mirror.pcap.gz --conversation 3", "one of several"),
];

pub(super) const READ_EXIT: Pairs = &[
    ("any", "that of a trace, for the worst conversation"),
    ("0", "nothing that can be seen failed; what is encrypted is unseen"),
    ("2", "nothing could be read, or no Remote Desktop is in it"),
];

pub(super) const CAPTURES: Pairs = &[
    ("*.pcap, *.pcapng", "captures, gzipped or not"),
    ("SSLKEYLOGFILE", "what --keylog reads: secrets of TLS, a line each"),
    ("*.pem", "what --server-key reads: a private RSA key without a password"),
];

pub(super) const RELAY: Pairs = &[
    ("rdptrace relay host.corp.example --listen 3390", "for a client that connects to localhost:3390"),
    ("rdptrace relay host.corp.example --listen 3390 --capture passed.pcapng", "and keep what passes"),
    ("rdptrace relay host.corp.example --listen 3390 -o reports.ndjson", "a report a line"),
    (
        "rdptrace relay host.corp.example --listen 3390 --server-key server.pem",
        "also what is inside TLS without ECDHE",
    ),
    ("rdptrace relay host.corp.example --listen 192.0.2.9:3390 --once", "for one client of the network"),
];

pub(super) const RELAY_EXIT: Pairs = &[
    ("any", "that of a trace, for the worst connection; also after Ctrl-C or SIGTERM"),
    ("0", "nothing that can be seen failed, or there was no connection"),
    ("2", "it could not listen, or something could not be written"),
];

pub(super) const RELAY_FILES: Pairs = &[
    ("*.pcapng", "what --capture writes: IP packets with right sums, as they may have been"),
    ("SSLKEYLOGFILE", "what --keylog reads: secrets of TLS, a line each"),
    ("*.pem", "what --server-key reads: a private RSA key without a password"),
];

pub(super) const LISTEN: Pairs = &[
    ("rdptrace listen 3390", "for clients that connect to localhost:3390"),
    ("rdptrace listen 3390 --select tls --once", "channels and capabilities of one client"),
    ("rdptrace listen 192.0.2.9:3390 -o clients.ndjson", "for clients of the network, a report a line"),
];

pub(super) const LISTEN_EXIT: Pairs = &[
    ("0", "every client got as far as asked, or none came"),
    ("1", "a finding counts, as --fail-on says"),
    ("2", "it could not listen, or something could not be written"),
    ("3", "a client left before that, or was still there at the end"),
    ("13-18", "the phase in which a client failed, as of trace"),
];
