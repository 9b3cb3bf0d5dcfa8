//! The `tokaudit` program: arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    tokaudit::cli::main()
}
