//! The program; everything is in the library.

use zeroizing_alloc::ZeroAlloc;

/// Whatever is freed is wiped before: dependencies copy passwords, and nobody sees to all of them.
#[global_allocator]
static WIPING: ZeroAlloc<std::alloc::System> = ZeroAlloc(std::alloc::System);

fn main() -> std::process::ExitCode {
    rdptrace::internal::cli::main()
}
