//! What a client wants to log on with, by its Client Info (MS-RDPBCGR 2.2.1.11.1.1).

use super::channels::user_data;
use super::invented::USER;
use super::server::Server;
use crate::pdu::Reader;
use crate::pdu::client_info::{INFO_AUTOLOGON, client_info};
use crate::utf16;

/// What a client wants to log on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Nothing: it waits for the logon screen.
    Nothing,
    /// The server's own account.
    Right,
    /// Another one.
    Wrong,
}

/// What this Client Info PDU wants.
pub(super) fn wanted(pdu: &[u8], server: &Server) -> Wanted {
    let Some(data) = user_data(pdu) else { return Wanted::Nothing };
    match client_info(data) {
        Ok(info) if info.flags & INFO_AUTOLOGON != 0 => {}
        _ => return Wanted::Nothing,
    }
    if account(data).is_some_and(|(user, password)| {
        user == utf16::bytes(USER) && password == utf16::bytes(&server.password)
    }) {
        return Wanted::Right;
    }
    Wanted::Wrong
}

/// User name and password as they stand there.
fn account(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut reader = Reader::new(data);
    reader.bytes(12).ok()?;
    let mut length = || reader.u16().ok().map(usize::from);
    let (domain, user, password) = (length()?, length()?, length()?);
    reader.bytes(4 + domain + 2).ok()?;
    let user = reader.bytes(user).ok()?;
    reader.bytes(2).ok()?;
    Some((user, reader.bytes(password).ok()?))
}
