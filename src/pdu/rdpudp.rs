//! The connection set-up of RDP-UDP, whose numbers are big-endian: SYN, SYN+ACK and the ACK after it (MS-RDPEUDP 2.2, 3.1.5.1).

use std::ops::RangeInclusive;

use super::{Malformed, Reader};

/// The length that a SYN is padded to, and the MTU it offers: what IPv6 carries everywhere (MS-RDPEUDP 3.1.5.1.1).
pub const MTU: u16 = 1232;

/// The receive window that is offered, in datagrams.
pub const WINDOW: u16 = 64;

/// RDPUDP_FLAG_SYN.
pub const SYN: u16 = 0x0001;
/// RDPUDP_FLAG_ACK.
pub const ACK: u16 = 0x0004;
/// RDPUDP_FLAG_SYNLOSSY: the connection is a lossy one.
pub const SYNLOSSY: u16 = 0x0200;
/// RDPUDP_FLAG_CORRELATION_ID.
pub const CORRELATION_ID: u16 = 0x0800;
/// RDPUDP_FLAG_SYNEX.
pub const SYNEX: u16 = 0x1000;

/// RDPUDP_VERSION_INFO_VALID.
const VERSION_INFO_VALID: u16 = 1;
/// RDPUDP_PROTOCOL_VERSION_2, the highest that needs no cookie of a connection over TCP.
const VERSION_2: u16 = 2;
/// RDPUDP_PROTOCOL_VERSION_3, which Windows takes without the flag that says that there is a version.
const VERSION_3: u16 = 0x0101;
/// What a server speaks that says nothing of versions.
const VERSION_1: u16 = 1;
/// The length of cookieHash.
const COOKIE_HASH: usize = 32;
/// Headers before a ClientHello are shorter.
const LONGEST_HEADERS: usize = 64;
const NOTHING_RECEIVED: u32 = u32::MAX;
/// The MTUs that may be offered, the shorter of which a SYN is padded to (MS-RDPEUDP 2.2.2.5, 3.1.5.1.1).
const MTUS: RangeInclusive<u16> = 1132..=MTU;

/// A client's SYN with its correlation id, offering version 2 and padded with zeros to [`MTU`].
pub fn syn(sequence_number: u32, correlation_id: &[u8; 16]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(usize::from(MTU));
    header(&mut bytes, NOTHING_RECEIVED, SYN | CORRELATION_ID | SYNEX);
    bytes.extend(sequence_number.to_be_bytes());
    bytes.extend(MTU.to_be_bytes());
    bytes.extend(MTU.to_be_bytes());
    bytes.extend(correlation_id);
    bytes.extend([0; 16]);
    bytes.extend(VERSION_INFO_VALID.to_be_bytes());
    bytes.extend(VERSION_2.to_be_bytes());
    bytes.resize(usize::from(MTU), 0);
    bytes
}

/// Makes random bytes a correlation id: its first byte is neither 0 nor 0xF4, and none is 0x0D (MS-RDPBCGR 2.2.1.1.2).
pub fn correlation_id(mut random: [u8; 16]) -> [u8; 16] {
    if matches!(random[0], 0 | 0xF4) {
        random[0] = 1;
    }
    random.map(|byte| if byte == 0x0D { 0x0E } else { byte })
}

/// The ACK of the server's SYN, without a vector of what else was received (MS-RDPEUDP 2.2.2.7).
pub fn ack(server_sequence_number: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    header(&mut bytes, server_sequence_number, ACK);
    bytes.extend([0; 4]);
    bytes
}

fn header(bytes: &mut Vec<u8>, source_ack: u32, flags: u16) {
    bytes.extend(source_ack.to_be_bytes());
    bytes.extend(WINDOW.to_be_bytes());
    bytes.extend(flags.to_be_bytes());
}

/// A datagram of the set-up, as far as both sides' SYN have the same parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setup {
    /// The sequence number that is acknowledged, all ones in a SYN.
    pub source_ack: u32,
    /// The sender's receive window in datagrams.
    pub window: u16,
    /// All flags.
    pub flags: u16,
    /// The sender's first sequence number.
    pub sequence_number: u32,
    /// The longest datagram that the sender sends.
    pub upstream_mtu: u16,
    /// The longest that it takes.
    pub downstream_mtu: u16,
    /// The version, 1 where nothing says so.
    pub version: u16,
    /// The id that servers log.
    pub correlation_id: Option<[u8; 16]>,
    /// Whether a hash of the cookie is there that a connection over TCP has brought; only version 3 has it.
    pub has_cookie_hash: bool,
}

impl Setup {
    /// Reads a SYN or a SYN+ACK; what follows is padding.
    ///
    /// # Errors
    /// It is too short, or no SYN.
    pub fn parse(datagram: &[u8]) -> Result<Self, Malformed> {
        let reader = &mut Reader::new(datagram);
        let (source_ack, window, flags) = (u32_be(reader)?, reader.u16_be()?, reader.u16_be()?);
        if flags & SYN == 0 {
            return Err(Malformed(format!("a datagram with the flags {flags:#06x}, which is no SYN")));
        }
        let (sequence_number, upstream_mtu, downstream_mtu) =
            (u32_be(reader)?, reader.u16_be()?, reader.u16_be()?);
        let mut correlation_id = None;
        if flags & CORRELATION_ID != 0 {
            correlation_id = Some(reader.array()?);
            reader.bytes(16)?;
        }
        let (mut version, mut has_cookie_hash) = (VERSION_1, false);
        if flags & SYNEX != 0 {
            let (valid, offered) = (reader.u16_be()?, reader.u16_be()?);
            let says = valid & VERSION_INFO_VALID != 0 || offered == VERSION_3;
            version = if says { offered } else { VERSION_1 };
            // Without one there is padding.
            let hash = reader.rest().iter().take(COOKIE_HASH);
            has_cookie_hash = version == VERSION_3 && hash.fold(0, |all, byte| all | byte) != 0;
        }
        Ok(Self {
            source_ack,
            window,
            flags,
            sequence_number,
            upstream_mtu,
            downstream_mtu,
            version,
            correlation_id,
            has_cookie_hash,
        })
    }

    /// Whether it is a client's SYN in a datagram of this length.
    pub fn is_syn(&self, length: usize) -> bool {
        let known = SYN | SYNLOSSY | CORRELATION_ID | SYNEX;
        let mtus = [self.upstream_mtu, self.downstream_mtu];
        self.flags & !known == 0
            && self.source_ack == NOTHING_RECEIVED
            && mtus.iter().all(|mtu| MTUS.contains(mtu))
            && length >= usize::from(*MTUS.start())
    }

    /// Whether what is lost in it stays lost.
    pub fn is_lossy(&self) -> bool {
        self.flags & SYNLOSSY != 0
    }

    /// Whether it is a server's answer to the SYN with this sequence number.
    pub fn acknowledges(&self, sequence_number: u32) -> bool {
        self.flags & ACK != 0 && self.source_ack == sequence_number
    }

    /// A server's answer that acknowledges this SYN, padded as the SYN is.
    pub fn answer(&self, sequence_number: u32) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(usize::from(MTU));
        header(&mut bytes, self.sequence_number, SYN | ACK | (self.flags & SYNEX));
        bytes.extend(sequence_number.to_be_bytes());
        bytes.extend(self.upstream_mtu.min(MTU).to_be_bytes());
        bytes.extend(self.downstream_mtu.min(MTU).to_be_bytes());
        if self.flags & SYNEX != 0 {
            bytes.extend(VERSION_INFO_VALID.to_be_bytes());
            bytes.extend(self.version.min(VERSION_2).to_be_bytes());
        }
        bytes.resize(usize::from(MTU), 0);
        bytes
    }
}

/// What secures a connection after its set-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inside {
    /// TLS, in a reliable one.
    Tls,
    /// DTLS, in a lossy one.
    Dtls,
}

/// What a datagram of a client begins, if there is a ClientHello in it. The headers before it differ by version and by what they
/// acknowledge, so it is looked for (RFC 8446 section 5.1, RFC 6347 section 4.1).
pub fn inside(datagram: &[u8]) -> Option<Inside> {
    let begins = datagram.windows(14).take(LONGEST_HEADERS);
    begins
        .filter_map(|bytes| match bytes {
            [22, 3, 0..=4, _, _, 1, ..] => Some(Inside::Tls),
            [22, 254, 253 | 255, 0, 0, _, _, _, _, _, _, _, _, 1] => Some(Inside::Dtls),
            _ => None,
        })
        .next()
}

fn u32_be(reader: &mut Reader<'_>) -> Result<u32, Malformed> {
    Ok(u32::from_be_bytes(reader.array()?))
}
