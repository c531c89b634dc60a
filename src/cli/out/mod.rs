//! The ways out of the program: standard output and files, standard error, and the logs there.

pub mod logs;
pub mod sink;
pub mod stderr;
pub mod usage;
