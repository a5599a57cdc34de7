//! Writing in the table of articles: a new wording is a new row with its own days, an old one never changes.

use access::Right;
use engine::{Act, Fail, Refusal};
use words::Day;

use crate::rules::{self, Span};
use crate::sql::{self, write};
use crate::views::LegalBasis;

/// Adds an article, or a new wording of one. The wording in force until then ends the day before.
pub(crate) async fn add(act: &mut Act, right: &Right, new: &LegalBasis) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    let known = sql::legal_basis_all(&mut act.facts()?, m).await?;
    let spans: Vec<Span> = known.iter().filter(|b| b.code == new.code).map(|b| b.span).collect();
    let ends = rules::next_wording(&spans, new.span)?;
    let mut conn = act.save(right)?;
    if let Some(from) = ends {
        write::legal_basis_end(&mut conn, m, &new.code, from, new.span.from.plus_days(-1)).await?;
    }
    let added = write::legal_basis_add(&mut conn, m, new, Some(command)).await?;
    if added == 0 { Err(Refusal::new("law.there").into()) } else { Ok(()) }
}

/// Ends one wording: its last day. What was shared under it stays shared under it.
pub(crate) async fn end(act: &mut Act, right: &Right, code: &str, from: Day, last: Day) -> Result<(), Fail> {
    let m = act.municipality();
    if last < from {
        return Err(Refusal::new("register.span").into());
    }
    let ended = write::legal_basis_end(&mut act.save(right)?, m, code, from, last).await?;
    if ended == 0 { Err(Refusal::new("law.over").into()) } else { Ok(()) }
}

/// Notes that one wording was held against its source, today, by whoever acts.
pub(crate) async fn verify(act: &mut Act, right: &Right, code: &str, from: Day) -> Result<(), Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    let by = act.viewer().map(|v| v.user);
    let done = write::legal_basis_verify(&mut act.save(right)?, m, code, from, today, by).await?;
    if done == 0 { Err(Fail::Stale) } else { Ok(()) }
}
