//! Machines that are read from files: event logs, registry exports, hives and what `--collect` wrote, whole and damaged.

mod changes;
mod collected;
mod evtx_writer;
mod hive_writer;
mod host;
mod log_alone;
mod logs;
mod machine;
mod narrowed;
mod redacted;
mod registry;
