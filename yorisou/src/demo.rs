//! The invented town of `yorisou demo`.

use engine::{Broken, Engine};

/// Makes the town in an empty database, as it stands today. The same seed makes the same town.
pub async fn load(engine: &Engine, seed: u64) -> Result<(), Broken> {
    let loaded = ::demo::build(engine, seed, engine.now().day()).await?;
    tracing::info!(
        consultations = loaded.consultations,
        cases = loaded.cases,
        "the invented town is written"
    );
    Ok(())
}
