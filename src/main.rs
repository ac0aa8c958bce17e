//! The command line: parse it and hand over.

use std::process::ExitCode;

fn main() -> ExitCode {
    ballast::cli::run()
}
