//! A Client Info PDU (MS-RDPBCGR 2.2.1.11): what it says beside its secrets, and one with an account.
//!
//! What is read is code page and flags, and nothing that follows them. A PDU with an account is made from one
//! without, in a single buffer that never moves and is wiped.

use zeroize::Zeroizing;

use super::{
    Malformed, Reader, mcs,
    security::{SEC_ENCRYPT, SEC_INFO_PKT},
};

/// The client logs on with the account that it names.
pub const INFO_AUTOLOGON: u32 = 0x8;
/// Its texts are UTF-16.
pub const INFO_UNICODE: u32 = 0x10;
/// The client wants to hear of the logon, and of its errors.
const INFO_LOGONNOTIFY: u32 = 0x40;
const INFO_LOGONERRORS: u32 = 0x0001_0000;
/// The longest text, without its end.
const LONGEST: usize = 510;
/// Security header, code page, flags and five lengths.
const HEAD: usize = 22;

/// The fields before the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientInfo {
    /// CodePage, with Unicode the input locale.
    pub code_page: u32,
    /// flags.
    pub flags: u32,
}

/// Reads user data of the I/O channel.
///
/// # Errors
/// It is no Client Info PDU, or one that is encrypted.
pub fn client_info(user_data: &[u8]) -> Result<ClientInfo, Malformed> {
    let mut reader = Reader::new(user_data);
    let (flags, _flags_hi) = (reader.u16()?, reader.u16()?);
    if flags & SEC_INFO_PKT == 0 || flags & SEC_ENCRYPT != 0 {
        return Err(Malformed::new("no Client Info in clear"));
    }
    Ok(ClientInfo { code_page: reader.u32()?, flags: reader.u32()? })
}

/// An account as Client Info names it.
#[derive(Clone, Copy)]
pub struct Account<'a> {
    /// Empty for none.
    pub domain: &'a str,
    /// User name.
    pub user: &'a str,
    /// Password.
    pub password: &'a str,
}

/// The frame of a Client Info PDU without an account, with this one and INFO_AUTOLOGON.
///
/// # Errors
/// A text of the account is longer than 255 characters, or the frame is none of such a PDU.
pub fn with_account(frame: &[u8], account: Account<'_>) -> Result<Zeroizing<Vec<u8>>, Malformed> {
    let (header, user_data) = mcs::split(frame)?;
    let info = client_info(user_data)?;
    let others = user_data.get(HEAD - 4..HEAD).ok_or_else(no_lengths)?;
    let tail = behind_account(user_data)?;
    let texts = [account.domain, account.user, account.password];
    let lengths = texts.map(|text| text.encode_utf16().count() * 2);
    if lengths.iter().any(|length| *length > LONGEST) {
        return Err(Malformed::new("Client Info takes names and passwords of 255 characters at most"));
    }
    let length = HEAD + lengths.iter().map(|length| length + 2).sum::<usize>() + tail.len();
    let total = header.len() + 2 + length;
    let small = |number: usize| u16::try_from(number).expect("bounded texts and the rest of a frame");
    let mut whole = Zeroizing::new(Vec::with_capacity(total));
    whole.extend_from_slice(header);
    whole[2..4].copy_from_slice(&small(total).to_be_bytes());
    whole.extend((small(length) | 0x8000).to_be_bytes());
    whole.extend_from_slice(&user_data[..8]);
    let flags = info.flags | INFO_AUTOLOGON | INFO_UNICODE | INFO_LOGONNOTIFY | INFO_LOGONERRORS;
    whole.extend(flags.to_le_bytes());
    lengths.iter().for_each(|length| whole.extend(small(*length).to_le_bytes()));
    whole.extend_from_slice(others);
    for text in texts {
        text.encode_utf16().for_each(|unit| whole.extend(unit.to_le_bytes()));
        whole.extend([0, 0]);
    }
    whole.extend_from_slice(tail);
    Ok(whole)
}

/// What follows domain, user name and password, with their ends.
fn behind_account(user_data: &[u8]) -> Result<&[u8], Malformed> {
    let mut reader = Reader::new(user_data);
    reader.bytes(12)?;
    let account = usize::from(reader.u16()?) + usize::from(reader.u16()?) + usize::from(reader.u16()?);
    user_data.get(HEAD + account + 3 * 2..).ok_or_else(no_lengths)
}

fn no_lengths() -> Malformed {
    Malformed::new("a Client Info that ends before its texts")
}
