//! The account in Client Info (MS-RDPBCGR 2.2.1.11.1.1), which a server without NLA logs on with.

use super::Step;
use crate::{
    net::Wire,
    pdu::client_info,
    phase::{PhaseResult, Secured, credssp::client, tls::Known},
    report::LicensingEvidence,
    settings::Account,
};

/// What Client Info is to say of an account.
#[derive(Debug)]
pub(crate) enum InfoAccount<'a> {
    /// Nothing with a password: none was asked for.
    Nobody,
    /// This one.
    Given(Entrusted<'a>),
    /// It was asked for and may not be sent, for this reason.
    Withheld(String),
}

/// An account for a server that may be given its password.
#[derive(Debug)]
pub(crate) struct Entrusted<'a>(&'a Account);

impl<'a> Entrusted<'a> {
    /// Only a peer that is known is given one.
    pub(crate) fn new(account: &'a Account, _to: Known<'a>) -> Self {
        Self(account)
    }
}

/// Sends Client Info, made from this frame of one without an account.
///
/// # Errors
/// As [`Wire::send_secret`].
pub(super) async fn send(
    wire: &mut Wire,
    secured: &mut Secured,
    frame: &[u8],
    account: &InfoAccount<'_>,
    evidence: &mut LicensingEvidence,
) -> PhaseResult<()> {
    let InfoAccount::Given(Entrusted(account)) = account else {
        // It holds no password, but may hold the account's name.
        return secured.send_client_info(wire, frame).await.map(Step::Passed);
    };
    let (domain, user) = client::name(account);
    let named = client_info::Account { domain, user, password: &account.password };
    match client_info::with_account(frame, named) {
        Ok(info) => {
            evidence.account_sent = true;
            secured.send_client_info(wire, &info).await.map(Step::Passed)
        }
        Err(why) => Ok(Step::Stopped(format!("the account cannot be sent: {why}").into())),
    }
}
