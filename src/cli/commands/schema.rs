//! `rdptrace schema`.

use crate::cli::{Error, arguments::choices::SchemaArgument, out::sink::print};

/// As committed: making it anew takes a megabyte of code that nothing else needs.
const REPORT: &str = include_str!("../../../schema/report.json");
const POLICY: &str = include_str!("../../../schema/policy.json");
const DIFF: &str = include_str!("../../../schema/diff.json");

/// Prints the JSON schema of the report, of a policy or of differences, and returns the exit code.
///
/// # Errors
/// Standard output cannot be written.
pub(crate) fn run(of: SchemaArgument) -> Result<u8, Error> {
    let schema = match of {
        SchemaArgument::Report => REPORT,
        SchemaArgument::Policy => POLICY,
        SchemaArgument::Diff => DIFF,
    };
    print(schema.as_bytes())
}
