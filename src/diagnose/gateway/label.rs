//! What mstsc would have shown for an ending at the gateway; the tables of statuses say which number they know.

use super::failed;
use crate::{
    codes::{DISCONNECT, GATEWAY_STATUS, HTTP_STATUS},
    diagnose::Facts,
    report::{Confidence, FailureKind, MstscLabel},
};

/// The gateway's address is wrong, or it cannot be reached.
const NOT_REACHED: u32 = 0x300_000C;

/// The label, which is deduced from what the statuses mean.
pub fn label(facts: &Facts<'_>) -> Option<MstscLabel> {
    let (step, failure) = failed(facts)?;
    let code = failure.code.and_then(|code| u32::try_from(code).ok());
    let shown = match failure.kind {
        FailureKind::GatewayError => {
            let code = code?;
            let other = if code >> 16 == 0 { code | 0x8007_0000 } else { code & 0xFFFF };
            GATEWAY_STATUS.find(code).or_else(|| GATEWAY_STATUS.find(other))?.mstsc?
        }
        FailureKind::HttpStatus => HTTP_STATUS.find(code?)?.mstsc?,
        _ if matches!(step, "resolve" | "connect") => NOT_REACHED,
        _ => return None,
    };
    Some(MstscLabel {
        code: format!("0x{shown:X}"),
        extended: "0x0".to_owned(),
        text: DISCONNECT.find(shown)?.meaning.to_owned(),
        confidence: Confidence::Inferred,
    })
}
