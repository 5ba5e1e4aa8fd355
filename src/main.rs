//! The program.

use std::process::ExitCode;

use contact_gateway::cli;

fn main() -> ExitCode {
    cli::run()
}
