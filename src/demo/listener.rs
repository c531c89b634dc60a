//! A server that goes as far as a client's offer is seen, and never further.

use super::behaviour::Behaviour;
use super::fault::{Expect, Fault};
use super::select::Select;
use crate::pdu::{Malformed, mcs};

/// INFO_UNICODE.
const UNICODE: u8 = 0x10;
/// Security header, code page and flags.
const BEFORE_ACCOUNT: usize = 12;

/// The server that selects so.
pub(super) fn selecting(select: Select) -> &'static Fault {
    match select {
        Select::Best => &BEST,
        Select::Nla => &NLA,
        Select::Tls => &TLS,
        Select::Rdp => &RDP,
    }
}

static BEST: Fault = server(Select::Best);
static NLA: Fault = server(Select::Nla);
static TLS: Fault = server(Select::Tls);
static RDP: Fault = server(Select::Rdp);

const fn server(select: Select) -> Fault {
    Fault {
        name: "listen",
        about: "ends when the client has offered all that it can without a proof",
        expect: Expect { phase: "", kind: "", code: None, finding: None, cause: None },
        behaviour: Behaviour::Listens(select),
    }
}

/// A Client Info frame of which the account, the password and all that follows are left out.
pub(super) fn without_account(frame: &[u8]) -> Result<Vec<u8>, Malformed> {
    let blank = |user_data: &[u8]| {
        let head =
            user_data.get(..BEFORE_ACCOUNT).ok_or_else(|| Malformed::new("a Client Info without flags"))?;
        let mut kept = head.to_vec();
        kept[8] |= UNICODE;
        // Five lengths of nothing and five ends of text; then an address and a folder of nothing, of the family of IPv4.
        kept.extend([0; 20]);
        kept.extend([2, 0, 2, 0, 0, 0, 2, 0, 0, 0]);
        Ok::<_, Malformed>(kept)
    };
    mcs::with_user_data(frame, blank)?.ok_or_else(|| Malformed::new("no Client Info"))
}
