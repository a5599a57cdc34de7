//! Reads the command line, runs one command, says in one sentence what went wrong.

use std::process::ExitCode;

use clap::Parser;
use yorisou::commands::Cli;

#[tokio::main]
async fn main() -> ExitCode {
    match yorisou::commands::run(Cli::parse()).await {
        Ok(code) => code,
        Err(trouble) => {
            yorisou::out::trouble(trouble);
            ExitCode::FAILURE
        }
    }
}
