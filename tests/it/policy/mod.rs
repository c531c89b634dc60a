//! Promises of a policy: what keeps and what breaks each, what is said of a policy that is none, and what the program makes of it.

mod findings;
mod hosts;
mod mistakes;
mod page;
mod program;
mod rows;
mod schema;
mod shown;
mod sources;
mod written;

use rdptrace::{Policy, Report, report::Promise};
use time::{Date, Month};

/// A day of 2027.
fn day(month: Month, day: u8) -> Date {
    Date::from_calendar_date(2027, month, day).expect("a day")
}

/// The report, held against a policy.
fn judged(mut report: Report, policy: &str) -> Report {
    let policy = Policy::read(policy).unwrap_or_else(|mistake| panic!("{mistake}:\n{policy}"));
    policy.judge(&mut report, day(Month::January, 1));
    report
}

/// The one promise of a policy, held against a report.
fn only(report: Report, policy: &str) -> Promise {
    let mut promises = judged(report, policy).promises;
    assert_eq!(promises.len(), 1, "{policy}: {promises:?}");
    promises.remove(0)
}
