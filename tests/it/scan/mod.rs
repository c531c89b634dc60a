//! `rdptrace scan`: which hosts a list names, in which order and how many at once, and what is left of a run that was cut off.

mod interrupted;
mod lists;
mod order;
mod outputs;
mod program;
mod queue;
mod resumed;
mod targets;
