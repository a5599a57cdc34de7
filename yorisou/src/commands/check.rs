//! `yorisou check`.

use std::path::PathBuf;
use std::process::ExitCode;

use engine::Engine;
use engine::seal::{Flaw, Head};
use words::id::MunicipalityId;

use crate::config::Config;
use crate::jobs::{self, ExportedHead};
use crate::{Trouble, out};

/// With what to compare, and what to write.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Compare the access log with heads exported earlier.
    #[arg(long, value_name = "FILE")]
    head: Option<PathBuf>,
    /// Write the heads of now, to keep elsewhere.
    #[arg(long, value_name = "FILE")]
    write_head: Option<PathBuf>,
}

/// Rows are sealed within seconds; after so many minutes the sealer has stopped.
const UNSEALED_MINUTES: i64 = 10;

/// Says what is wrong, if anything is.
pub(super) async fn run(config: &Config, args: Args) -> Result<ExitCode, Trouble> {
    // The configuration was read, so it holds; an open database with the right schema is the next thing.
    let engine = super::open(config).await?;
    let exported: Vec<ExportedHead> = match &args.head {
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|e| Trouble::new(format!("{}: {e}", path.display())))?;
            serde_json::from_str(&text)
                .map_err(|e| Trouble::new(format!("{} is not a list of heads: {e}", path.display())))?
        }
        None => Vec::new(),
    };
    let mut wrong = 0;
    let municipalities = engine::check::municipalities(&engine).await?;
    for (municipality, name) in &municipalities {
        wrong += invariants(&engine, *municipality, name).await?;
        wrong += chain(&engine, *municipality, name, &exported).await?;
    }
    for head in exported.iter().filter(|h| !municipalities.iter().any(|(id, _)| *id == h.municipality)) {
        wrong += 1;
        out::line(format!("the head names municipality {}, which is not in the database", head.municipality));
    }
    if let Some(path) = &args.write_head {
        std::fs::write(path, jobs::heads(&engine).await?)
            .map_err(|e| Trouble::new(format!("{}: {e}", path.display())))?;
        out::line(format!("heads written to {}", path.display()));
    }
    engine.close().await;
    if wrong == 0 {
        out::line(format!("everything holds in {} municipalities", municipalities.len()));
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}

async fn invariants(engine: &Engine, municipality: MunicipalityId, name: &str) -> Result<usize, Trouble> {
    let violations = engine::check::invariants(engine, municipality).await?;
    for v in &violations {
        out::line(format!("{name}: {} ({} rows)", v.name, v.rows));
    }
    Ok(violations.len())
}

async fn chain(
    engine: &Engine,
    municipality: MunicipalityId,
    name: &str,
    exported: &[ExportedHead],
) -> Result<usize, Trouble> {
    let head = exported.iter().find(|h| h.municipality == municipality).map(|h| Head {
        municipality,
        seq: h.seq,
        hash: h.hash.clone(),
    });
    let flaws = engine::seal::verify(engine, municipality, head.as_ref()).await?;
    for flaw in &flaws {
        out::line(match flaw {
            Flaw::Edited(seq) => {
                format!("{name}: row {seq} of the access log was changed after it was sealed")
            }
            Flaw::Removed(seq) => format!("{name}: row {seq} of the access log is gone"),
            Flaw::Truncated(now, then) => {
                format!(
                    "{name}: the access log has {now} sealed rows, but had {then} when the head was exported"
                )
            }
            Flaw::Forked(seq) => {
                format!("{name}: the access log differs from the exported head at row {seq}")
            }
        });
    }
    if let Some(oldest) = engine::seal::oldest_unsealed(engine, municipality).await?
        && oldest.plus_minutes(UNSEALED_MINUTES) <= engine.now()
    {
        out::line(format!(
            "warning: {name}: rows of the access log since {oldest} are not sealed; is the server running?"
        ));
    }
    Ok(flaws.len())
}
