//! The few fields of MCS PDUs that the model client looks at.

/// Whether an MCS answer has the result 0 (T.125: BER in the Connect Response, PER bits in the confirms).
pub(super) fn is_success(pdu: &[u8]) -> bool {
    match pdu.get(7).map(|byte| byte >> 2) {
        Some(0x1F) => pdu.windows(3).find(|bytes| bytes[..2] == [0x0A, 1]).is_some_and(|bytes| bytes[2] == 0),
        Some(11 | 15) => result_bits(pdu) == 0,
        _ => false,
    }
}

/// What an MCS Send Data Indication carries.
pub(super) fn user_data(pdu: &[u8]) -> &[u8] {
    if pdu[13] < 0x80 { &pdu[14..] } else { &pdu[15..] }
}

/// The result of an Attach User Confirm or a Channel Join Confirm.
pub(super) fn result_bits(pdu: &[u8]) -> u8 {
    (pdu[7] & 1) << 3 | pdu[8] >> 5
}
