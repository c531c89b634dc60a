//! A client's X.224 Connection Request, read tolerantly (MS-RDPBCGR 2.2.1.1).

use super::{Malformed, Reader, x224::TPKT_VERSION};

const CONNECTION_REQUEST: u8 = 0xE0;
const TYPE_RDP_NEG_REQ: u8 = 1;
const CORRELATION_INFO_PRESENT: u8 = 0x08;
const RESTRICTED_ADMIN_MODE_REQUIRED: u8 = 0x01;
const COOKIE: &[u8] = b"Cookie: mstshash=";
/// What a line before the offer may have.
const LONGEST_LINE: usize = 256;

/// What a client asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectionRequest {
    /// The value of the cookie, which is mostly the beginning of an account's name.
    pub cookie: Option<String>,
    /// A line in its place: the token of a load balancer.
    pub routing_token: Option<Vec<u8>>,
    /// requestedProtocols; none from a client that knows Standard RDP Security only.
    pub protocols: Option<u32>,
    /// Flags of the request.
    pub flags: u8,
    /// correlationId.
    pub correlation_id: Option<[u8; 16]>,
}

impl ConnectionRequest {
    /// Whether Restricted Admin mode is demanded.
    pub fn is_restricted_admin(&self) -> bool {
        self.flags & RESTRICTED_ADMIN_MODE_REQUIRED != 0
    }

    /// Reads a whole TPKT frame.
    ///
    /// # Errors
    /// It is no Connection Request.
    pub fn read(frame: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(frame);
        let (version, _reserved, _length) = (reader.u8()?, reader.u8()?, reader.u16_be()?);
        let (_indicator, code) = (reader.u8()?, reader.u8()?);
        if (version, code & 0xF0) != (TPKT_VERSION, CONNECTION_REQUEST) {
            return Err(Malformed::new("no X.224 Connection Request"));
        }
        // Destination and source reference, class.
        reader.bytes(5)?;
        let mut request = Self::default();
        request.line(&mut reader)?;
        request.offer(&mut reader);
        Ok(request)
    }

    /// A line that ends with CR LF, if one begins here; the offer begins with its type, which no line does.
    fn line(&mut self, reader: &mut Reader<'_>) -> Result<(), Malformed> {
        let rest = reader.rest();
        let searched = &rest[..rest.len().min(LONGEST_LINE)];
        let Some(length) = searched.windows(2).position(|pair| pair == b"\r\n") else { return Ok(()) };
        if rest.first() == Some(&TYPE_RDP_NEG_REQ) {
            return Ok(());
        }
        let line = reader.bytes(length)?;
        reader.bytes(2)?;
        match line.strip_prefix(COOKIE) {
            Some(value) => self.cookie = Some(String::from_utf8_lossy(value).into_owned()),
            None => self.routing_token = Some(line.to_vec()),
        }
        Ok(())
    }

    fn offer(&mut self, reader: &mut Reader<'_>) {
        let (Ok(TYPE_RDP_NEG_REQ), Ok(flags), Ok(_), Ok(protocols)) =
            (reader.u8(), reader.u8(), reader.u16(), reader.u32())
        else {
            return;
        };
        (self.flags, self.protocols) = (flags, Some(protocols));
        if flags & CORRELATION_INFO_PRESENT != 0 && reader.bytes(4).is_ok() {
            self.correlation_id = reader.array().ok();
        }
    }
}
