//! The commands.

mod check;
mod demo;
pub(crate) mod import;
mod migrate;
mod serve;
mod user;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use engine::{Engine, SystemClock, migrate::Standing};
use words::id::MunicipalityId;

use crate::Trouble;
use crate::config::{Config, DatabaseUrl, Log, LogFormat};

/// Stand by one household together: consultations, referrals and promises of a town's welfare desks.
#[derive(Debug, Parser)]
#[command(name = "yorisou", version)]
pub struct Cli {
    /// Configuration file; yorisou.toml when not named, and the defaults when there is none.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the pages.
    Serve,
    /// Try it with an invented town; nobody needs a password.
    Demo(demo::Args),
    /// Bring the database to the schema of this program.
    Migrate,
    /// Accounts.
    #[command(subcommand)]
    User(user::Command),
    /// Look whether everything is as it must be.
    Check(check::Args),
    /// Load a register from a file.
    Import(import::Args),
}

/// Runs a command.
pub async fn run(cli: Cli) -> Result<ExitCode, Trouble> {
    let named = cli.config.as_deref();
    match cli.command {
        Command::Serve => serve::run(&Config::read(named)?).await?,
        Command::Demo(args) => demo::run(args).await?,
        Command::Migrate => migrate::run(&Config::read(named)?).await?,
        Command::User(command) => user::run(&Config::read(named)?, command).await?,
        Command::Check(args) => return check::run(&Config::read(named)?, args).await,
        Command::Import(args) => return import::run(&Config::read(named)?, args).await,
    }
    Ok(ExitCode::SUCCESS)
}

/// Begins to log, to standard error.
fn begin_logging(log: &Log) -> Result<(), Trouble> {
    let filter = tracing_subscriber::EnvFilter::try_new(&log.level)
        .map_err(|_| Trouble::new(format!("log.level = {:?} is not a level", log.level)))?;
    let builder =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false);
    match log.format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    }
    .map_err(|e| Trouble::new(format!("log: {e}")))
}

async fn open_url(url: &DatabaseUrl) -> Result<Engine, Trouble> {
    Engine::open(url.reveal(), SystemClock, None)
        .await
        .map_err(|e| Trouble::new(format!("database {url}: {e}")))
}

/// Opens the database, which must have the schema of this program.
async fn open(config: &Config) -> Result<Engine, Trouble> {
    let engine = open_url(&config.database.url).await?;
    match engine::migrate::standing(&engine).await? {
        Standing::Current => match engine::wall::gap(&engine).await? {
            None => Ok(engine),
            Some(gap) => Err(Trouble::new(format!(
                "the second wall between municipalities does not stand: {gap} (docs/operate/install.md)"
            ))),
        },
        Standing::Behind(steps) => Err(Trouble::new(format!(
            "the database {} is {steps} steps behind this program; run `yorisou migrate`",
            config.database.url
        ))),
    }
}

/// The municipality with this name; without a name, the only one there is.
async fn municipality(engine: &Engine, name: Option<&str>) -> Result<MunicipalityId, Trouble> {
    let all = engine::check::municipalities(engine).await?;
    let names = || all.iter().map(|(_, n)| n.as_str()).collect::<Vec<_>>().join(", ");
    match (name, all.as_slice()) {
        (Some(name), _) => match all.iter().find(|(_, n)| n == name) {
            Some((id, _)) => Ok(*id),
            None => Err(Trouble::new(format!("there is no municipality {name:?}; there are: {}", names()))),
        },
        (None, [(id, _)]) => Ok(*id),
        (None, []) => {
            Err(Trouble::new("there is no municipality yet; `yorisou import … --create CODE` makes one"))
        }
        (None, _) => Err(Trouble::new(format!("name one with --municipality: {}", names()))),
    }
}
