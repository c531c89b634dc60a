//! The ways out of the program: standard output and files, standard error, and the logs there.

pub(super) mod could_not_run;
pub(super) mod logs;
pub(super) mod sink;
pub(super) mod stderr;
pub(super) mod usage;
