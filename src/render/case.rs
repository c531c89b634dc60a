//! A test case of JUnit, and what became of it.

use crate::report::Millis;

/// One test case; its name is made of both.
pub(super) struct Case {
    pub group: String,
    pub name: String,
    pub elapsed: Millis,
    pub result: Ending,
}

/// What became of a test case.
pub(super) enum Ending {
    Passed {
        said: Option<String>,
    },
    Failed {
        kind: String,
        message: String,
    },
    Skipped {
        why: String,
    },
    /// It is not known, because the run was given up.
    Interrupted {
        why: String,
    },
}
