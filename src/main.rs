//! The program `presswork`.

use std::process::ExitCode;

fn main() -> ExitCode {
    presswork::cli::run(std::env::args_os())
}
