//! Panics of dependencies as data: caught, and told by whoever caught them, never printed.
//!
//! IronRDP's image decoders, sspi and picky may panic on damaged data. The hook keeps quiet about it; whoever caught
//! the panic reports it, as an undecodable PDU or as `malformed`.

use std::{
    panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook},
    sync::Once,
};

use self::depth::DEPTH;

#[allow(clippy::missing_const_for_thread_local, reason = "it is const; on Windows clippy does not see so")]
mod depth {
    use std::cell::Cell;

    thread_local! {
        pub static DEPTH: Cell<u32> = const { Cell::new(0) };
    }
}

/// A dependency has panicked, which is a bug there that no peer may turn against us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Panicked;

/// Does work of a dependency on what came from outside. What it held when it panicked is not to be used again.
///
/// # Errors
/// It has panicked.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    static HOOK: Once = Once::new();
    HOOK.call_once(keep_quiet);
    DEPTH.set(DEPTH.get() + 1);
    let done = catch_unwind(AssertUnwindSafe(work));
    DEPTH.set(DEPTH.get() - 1);
    done.map_err(|_| Panicked)
}

/// Every other panic is told as before.
fn keep_quiet() {
    let tell = take_hook();
    set_hook(Box::new(move |panic| {
        if DEPTH.get() == 0 {
            tell(panic);
        }
    }));
}
