//! The `reflector` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    reflector::main()
}
