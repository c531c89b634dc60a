//! FILETIME: 100 ns since 1601-01-01 in UTC (MS-DTYP 2.3.3). Pure.

use time::{Duration, OffsetDateTime, macros::datetime};

const EPOCH: OffsetDateTime = datetime!(1601-01-01 0:00 UTC);

/// This moment; 0 before 1601.
pub(crate) fn ticks(moment: OffsetDateTime) -> u64 {
    u64::try_from((moment - EPOCH).whole_nanoseconds() / 100).unwrap_or_default()
}

/// The moment; none after the year 9999.
pub(crate) fn moment(ticks: u64) -> Option<OffsetDateTime> {
    let moment = EPOCH.checked_add(Duration::microseconds(i64::try_from(ticks / 10).ok()?))?;
    (moment.year() <= 9999).then_some(moment)
}
