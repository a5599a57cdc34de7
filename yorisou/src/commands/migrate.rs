//! `yorisou migrate`.

use crate::config::Config;
use crate::{Trouble, out};

/// Brings the schema forward: as the owner when one is configured. A SQLite file that holds something is copied first.
pub(super) async fn run(config: &Config) -> Result<(), Trouble> {
    let database = &config.database;
    let engine = super::open_url(database.owner_url.as_ref().unwrap_or(&database.url)).await?;
    if let Some(copy) = engine::migrate::copy_before(&engine).await? {
        out::line(format!("the database as it was is kept in {}", copy.display()));
    }
    let steps = engine::migrate::run(&engine, database.app_role.as_deref()).await?;
    engine.close().await;
    out::line(match steps {
        0 => "the database was up to date".to_owned(),
        n => format!("the database took {n} steps and is up to date"),
    });
    Ok(())
}
