//! What the program and its own tests, fuzz targets and benchmarks use, and nobody else should: it changes without notice.

/// Capture files as connections.
pub mod capture {
    pub use crate::capture::*;
}

/// Certificates as evidence.
pub mod certificate {
    pub use crate::certificate::{
        Expectation, Roots, Unchecked, channel_bindings, checkable, evidence, subject_hash,
        subject_public_key, thumbprints,
    };
}

/// The program.
pub mod cli {
    pub use crate::cli::{main, reads};
}

/// The built-in server.
pub mod demo {
    pub use crate::demo::{
        DNS_COMPUTER, Expect, FAULTS, Fault, PASSWORD, Select, Server, Service, Stream, USER,
        answer_datagram, answer_udp, find, gateway, license, listen, run,
    };
}

/// The codes of findings and causes, and their pages.
pub mod diagnose {
    pub use crate::diagnose::{emitted, hypotheses, page, paged};
}

/// A connection as two timed streams.
pub mod flow {
    pub use crate::flow::*;
}

/// Machines that are read from files.
pub mod local {
    pub use crate::local::{
        Redaction,
        host::{event_query, event_xml, files, public_key},
        pages::paged,
    };

    /// Whether a proxy is spared a host.
    pub mod no_proxy {
        pub use crate::local::no_proxy::{freerdp_spares, proxy_applies};
    }
}

/// The recorded wire.
pub mod net {
    pub use crate::net::{
        Door, Framing, Handshake, Instant, Limits, Record, Recorded, Recording, Rejected, Upgrade, Versions,
        Wire, icmp_name,
    };
}

/// Connections that are passed through.
pub mod relay {
    pub use crate::relay::*;
}

/// The older suites of TLS 1.2.
pub mod old_suites {
    pub use crate::old_suites::all;
}

/// What a watched connection shows.
pub mod passive {
    pub use crate::passive::*;
}

/// Every message that is read or written here.
pub mod pdu {
    pub use crate::pdu::*;
}

/// Many hosts.
pub mod scan {
    pub use crate::scan::*;
}

/// Text in UTF-16.
pub mod utf16 {
    pub use crate::utf16::text_to_nul;
}
