//! `yorisou user`.

use std::io::BufRead;

use account::console::{self, NewAccount};
use engine::Engine;

use crate::config::Config;
use crate::{Trouble, out};

/// What to do with accounts. Passwords come on standard input or are made, never on the command line, where other
/// users of the machine could read them.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Make an account. Its password is read from standard input, or made with --generate.
    Add {
        #[command(flatten)]
        whom: Whom,
        /// Name of the person.
        #[arg(long)]
        name: String,
        /// Reading of the name.
        #[arg(long, default_value = "")]
        reading: String,
        /// Make a password and print it once.
        #[arg(long)]
        generate: bool,
    },
    /// Set a password, read from standard input or made with --generate.
    Password {
        #[command(flatten)]
        whom: Whom,
        /// Make a password and print it once.
        #[arg(long)]
        generate: bool,
    },
    /// Shut an account; what it wrote stays.
    Disable(Whom),
    /// Open an account that was shut or disabled.
    Unlock(Whom),
    /// Take the second factor away: the phone is lost.
    SecondFactor(Whom),
    /// List accounts.
    List,
}

/// An account.
#[derive(Debug, clap::Args)]
pub(super) struct Whom {
    /// Login name.
    login: String,
    /// Name of the municipality; needed when there are several.
    #[arg(long, value_name = "NAME")]
    municipality: Option<String>,
}

/// Runs one of them.
pub(super) async fn run(config: &Config, command: Command) -> Result<(), Trouble> {
    let engine = super::open(config).await?;
    match command {
        Command::Add { whom, name, reading, generate } => {
            let municipality = super::municipality(&engine, whom.municipality.as_deref()).await?;
            let (password, made) = password(&engine, generate)?;
            let new = NewAccount { login: whom.login, name, reading, demo_line: String::new() };
            console::create(&engine, municipality, &new, Some(&password)).await?;
            say(made, &password);
        }
        Command::Password { whom, generate } => {
            let municipality = super::municipality(&engine, whom.municipality.as_deref()).await?;
            let (password, made) = password(&engine, generate)?;
            console::set_password(&engine, municipality, &whom.login, &password).await?;
            say(made, &password);
        }
        Command::Disable(whom) => {
            let municipality = super::municipality(&engine, whom.municipality.as_deref()).await?;
            console::disable(&engine, municipality, &whom.login).await?;
        }
        Command::Unlock(whom) => {
            let municipality = super::municipality(&engine, whom.municipality.as_deref()).await?;
            console::unlock(&engine, municipality, &whom.login).await?;
        }
        Command::SecondFactor(whom) => {
            let municipality = super::municipality(&engine, whom.municipality.as_deref()).await?;
            console::reset_second_factor(&engine, municipality, &whom.login).await?;
        }
        Command::List => list(&engine).await?,
    }
    engine.close().await;
    Ok(())
}

fn password(engine: &Engine, generate: bool) -> Result<(String, bool), Trouble> {
    if generate {
        return Ok((console::generate_password(engine), true));
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    let password = line.trim_end_matches(['\r', '\n']).to_owned();
    if password.is_empty() {
        return Err(Trouble::new("give the password on standard input, or --generate one"));
    }
    Ok((password, false))
}

fn say(made: bool, password: &str) {
    if made {
        out::line(format!("password: {password}"));
    }
}

async fn list(engine: &Engine) -> Result<(), Trouble> {
    let now = engine.now();
    for a in console::list(engine).await? {
        let mut state = Vec::new();
        if let Some(since) = a.disabled_at {
            state.push(format!("disabled since {}", since.day()));
        }
        if let Some(until) = a.locked_until.filter(|until| *until > now) {
            state.push(format!("shut until {until}"));
        }
        if a.second_factor {
            state.push("second factor".to_owned());
        }
        out::line(format!("{}\t{}\t{}\t{}", a.login, a.name, a.town, state.join(", ")));
    }
    Ok(())
}
