//! The invented town of `yorisou demo`.

use ::demo::Standing;
use ::site::Language;
use engine::{Broken, Engine};

use crate::site;

/// Makes the town where there is none, as it stands today; the same seed makes the same town. Answers with what is to be said about it,
/// in both languages: that an earlier start was stopped before its town was written, and it is written anew.
pub async fn load(engine: &Engine, seed: u64) -> Result<Option<String>, Broken> {
    let standing = ::demo::standing(engine).await?;
    if standing == Standing::Whole {
        return Ok(None);
    }
    let loaded = ::demo::build(engine, seed, engine.now().day()).await?;
    tracing::info!(
        consultations = loaded.consultations,
        cases = loaded.cases,
        "the invented town is written"
    );
    if standing == Standing::Empty {
        return Ok(None);
    }
    let texts = site::texts()?;
    let said = [Language::Japanese, Language::English].map(|l| texts.of(l).s("demo.written_anew").to_owned());
    Ok(Some(said.join(" / ")))
}
