//! `yorisou demo`.

use std::path::PathBuf;

use crate::config::{DatabaseUrl, Log};
use crate::jobs::Plan;
use crate::{Trouble, demo, site};

/// Where and what.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder of the invented town; made when missing.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Address and port.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: String,
    /// The seed from which the town is made.
    #[arg(long, default_value_t = 2026)]
    seed: u64,
}

/// Makes the town when there is none, and serves it.
pub(super) async fn run(args: Args) -> Result<(), Trouble> {
    super::begin_logging(&Log::default())?;
    std::fs::create_dir_all(&args.data).map_err(|e| Trouble::new(format!("{}: {e}", args.data.display())))?;
    let file = args.data.join("yorisou.db");
    let engine = super::open_url(&DatabaseUrl::new(format!("sqlite:{}", file.display()))).await?;
    engine::migrate::run(&engine, None).await?;
    if engine::check::municipalities(&engine).await?.is_empty() {
        demo::load(&engine, args.seed).await?;
    }
    // On one machine and without TLS: the cookies must come back over plain HTTP.
    let router = site::build(engine.clone(), true, false)?;
    let plan = Plan { head_folder: args.data.join("heads"), seal_seconds: 5, escalation_seconds: 300 };
    super::serve::serve(engine, router, &args.listen, 5, plan).await
}
