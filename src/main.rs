//! The program.

use std::process::ExitCode;

use contact_gateway::cli;

// Contacts are many allocations of all sizes on many threads, which mimalloc serves faster than the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::run()
}
