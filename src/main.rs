//! The command line: parse it and hand over.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// The allocator of musl lets threads wait for each other, and that of glibc keeps what a storm of requests took.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    ballast::cli::run()
}
