//! # Labels
//!
//! Every sentence and word on the screens can be put into a municipality's own words, because "the word 重層的支援 itself
//! is difficult" (R-188; domain section 6). Kept per municipality and language, with every version and who wrote it; in
//! effect at once, without a restart.
//!
//! - [`rules`]: what an own wording must keep: the places that are filled in, one line where there was one, its length.
//! - [`wording`]: what the site asks for when it shows a page.
//!
//! Invariant: an own wording is plain text. It is escaped like any other, and never read as markup.
//! Invariant: the program's own words are always there to go back to.

mod pages;
pub mod rules;
mod sql;

use engine::{Broken, Channel, Engine};
use site::Own;
use words::id::MunicipalityId;

pub use pages::pages;

/// The sentences of this crate.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };

/// The own words of a municipality; before anyone signed in, of the only one there is.
pub async fn wording(engine: Engine, of: Option<MunicipalityId>) -> Result<Own, Broken> {
    let at = if of.is_some() { of } else { sole(&engine).await? };
    let Some(at) = at else { return Ok(Own::default()) };
    let mut look = engine.nobody_in(at).look(Channel::Page).await?;
    sql::in_force(&mut look.conn(), at).await
}

async fn sole(engine: &Engine) -> Result<Option<MunicipalityId>, Broken> {
    let all = engine::check::municipalities(engine).await?;
    Ok(match all.as_slice() {
        [(only, _)] => Some(*only),
        _ => None,
    })
}
