//! What the way to a ticket is told in: who named the KDC, how it is asked, and what it answered.

use crate::report::named::names;

names! {
    /// Who named the KDCs.
    KdcSource, b'_':
    /// `--kdc`.
    Argument,
    /// The .rdp file, which names a KDC proxy.
    RdpFile,
    /// krb5.conf.
    Krb5Conf,
    /// SRV records of the realm.
    Dns,
}

names! {
    /// What carries the questions to a KDC.
    KdcCarrier, b'_':
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// HTTPS, to a KDC proxy (MS-KKDCP).
    Https,
}

names! {
    /// What a KDC answered (RFC 4120 section 5).
    KdcAnswer, b'_':
    /// The ticket of a user.
    AsRep,
    /// The ticket of a service.
    TgsRep,
    /// An error.
    KrbError,
}
