//! `yorisou demo`.

use std::path::PathBuf;

use engine::Engine;

use crate::config::{DatabaseUrl, Log};
use crate::jobs::Plan;
use crate::{Trouble, demo, out, site};

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
    /// Keep the town in this PostgreSQL database instead of a file: the URL of its owner. The database is made when it is
    /// missing, if the owner may. Everybody on the machine sees it among the processes: not for a password that matters.
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    /// PostgreSQL: the role the program runs as; it owns nothing.
    #[arg(long, value_name = "ROLE", default_value = "yorisou_app", requires = "postgres")]
    app_role: String,
}

/// Makes the town where there is none or it was not completed, and serves it.
pub(super) async fn run(args: Args) -> Result<(), Trouble> {
    super::begin_logging(&Log::default())?;
    std::fs::create_dir_all(&args.data).map_err(|e| Trouble::new(format!("{}: {e}", args.data.display())))?;
    let engine = if let Some(owner) = &args.postgres {
        on_postgres(owner, &args.app_role, args.seed).await?
    } else {
        let file = args.data.join("yorisou.db");
        let engine = super::open_url(&DatabaseUrl::new(format!("sqlite:{}", file.display()))).await?;
        engine::migrate::run(&engine, None).await?;
        write_town(&engine, args.seed).await?;
        engine
    };
    // On one machine and without TLS: the cookies must come back over plain HTTP.
    let router = site::build(engine.clone(), true, false)?;
    let plan = Plan { head_folder: args.data.join("heads"), seal_seconds: 5, escalation_seconds: 300 };
    super::serve::serve(engine, router, &args.listen, 5, plan).await
}

async fn write_town(engine: &Engine, seed: u64) -> Result<(), Trouble> {
    if let Some(said) = demo::load(engine, seed).await? {
        out::line(said);
    }
    Ok(())
}

/// Brings the schema and writes the town as the owner, since PostgreSQL lets nobody else gather figures about the rows, and opens the
/// database as the role that owns nothing: what the second wall between municipalities refuses in an office is refused where the
/// demonstration is served, too.
async fn on_postgres(owner: &str, role: &str, seed: u64) -> Result<Engine, Trouble> {
    let bad = || Trouble::new("--postgres is not a URL like postgres://owner@host:5432/database");
    let (server, name) = owner.rsplit_once('/').ok_or_else(bad)?;
    let (scheme, place) = server.split_once("://").ok_or_else(bad)?;
    let host = place.rsplit_once('@').map_or(place, |(_, host)| host);
    let schema = if let Ok(engine) = super::open_url(&DatabaseUrl::new(owner)).await {
        engine
    } else {
        let server = super::open_url(&DatabaseUrl::new(format!("{server}/postgres"))).await?;
        engine::check::create_database(&server, name, None).await?;
        server.close().await;
        super::open_url(&DatabaseUrl::new(owner)).await?
    };
    engine::migrate::run(&schema, Some(role)).await?;
    let engine = super::open_url(&DatabaseUrl::new(format!("{scheme}://{role}@{host}/{name}"))).await?;
    if let Some(gap) = engine::wall::gap(&engine).await? {
        return Err(Trouble::new(format!("the second wall between municipalities does not stand: {gap}")));
    }
    write_town(&schema, seed).await?;
    schema.close().await;
    Ok(engine)
}
