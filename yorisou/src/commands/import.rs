//! `yorisou import`.

use std::path::PathBuf;
use std::process::ExitCode;

use access::{Right, System};
use engine::{Engine, Origin};
use register::import::What;
use words::code::Code;
use words::id::MunicipalityId;

use crate::config::Config;
use crate::{Trouble, out};

/// What to load, and where to.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What the file holds: areas, programmes, desks, staff, responsibilities, transfers, or agencies from open data.
    #[arg(value_parser = what)]
    what: What,
    /// A CSV or xlsx file.
    file: PathBuf,
    /// Name of the municipality; needed when there are several.
    #[arg(long, value_name = "NAME")]
    municipality: Option<String>,
    /// For agencies: only those with this in their address, such as the name of the town.
    #[arg(long, value_name = "PART", default_value = "")]
    only: String,
    /// Read and check, store nothing.
    #[arg(long)]
    dry_run: bool,
    /// Make the municipality, with this code of the list of local governments.
    #[arg(long, value_name = "CODE", requires = "municipality", conflicts_with = "dry_run")]
    create: Option<String>,
}

fn what(text: &str) -> Result<What, String> {
    What::parse(text).ok_or_else(|| What::ALL.iter().map(|w| w.code()).collect::<Vec<_>>().join(", "))
}

/// Loads the file whole or not at all.
pub(super) async fn run(config: &Config, args: Args) -> Result<ExitCode, Trouble> {
    let file =
        std::fs::read(&args.file).map_err(|e| Trouble::new(format!("{}: {e}", args.file.display())))?;
    let engine = super::open(config).await?;
    if let (Some(code), Some(name)) = (&args.create, &args.municipality) {
        let there = engine::check::municipalities(&engine).await?.iter().any(|(_, n)| n == name);
        if !there {
            create(&engine, name, code).await?;
        }
    }
    let municipality = super::municipality(&engine, args.municipality.as_deref()).await?;
    let on = engine.now().day();
    let report = match args.what {
        What::Agencies => {
            register::import::open_data::import(&engine, municipality, &file, on, &args.only, args.dry_run)
                .await?
        }
        what => register::import::import(&engine, municipality, what, &file, on, args.dry_run).await?,
    };
    engine.close().await;
    for problem in &report.problems {
        out::line(problem);
    }
    let made: Vec<String> = report.made.iter().map(|(what, n)| format!("{n} {what}")).collect();
    let made = if made.is_empty() { "nothing new".to_owned() } else { made.join(", ") };
    out::line(match (report.stored, report.problems.len()) {
        (true, _) => format!("{} lines read; {made}", report.lines),
        (false, 0) => format!("{} lines read; {made}; nothing was stored (--dry-run)", report.lines),
        (false, n) => format!("{} lines read; {n} problems; nothing was stored", report.lines),
    });
    Ok(if report.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Makes a municipality with its code, and the articles a sharing can rest on: without them nobody could name one.
pub(crate) async fn create(engine: &Engine, name: &str, code: &str) -> Result<MunicipalityId, Trouble> {
    let municipality = engine.new_id();
    engine::check::add_municipality(engine, municipality, name).await?;
    let right = Right::system(System::Import);
    let mut act =
        engine.system_act(System::Import, municipality, Origin::Console, "register.create", &name).await?;
    register::acts::create_municipality(&mut act, &right, name, code).await?;
    register::seed_legal_bases(&mut act, &right, municipality).await?;
    conference::seed_positions(&mut act, &right, municipality).await?;
    act.commit("").await?;
    Ok(municipality)
}
