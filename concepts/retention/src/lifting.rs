//! 保全を解く: with a reason and the word of whoever does it that they are sure; by who set it, or by the privacy auditor. The reason is the
//! outcome of the command that lifted it, so that it stands beside who did it and when.

use access::Viewer;
use engine::{Act, Conn, Fail, Look, Refusal, Row};
use site::{Choice, Form, Frame, Need};
use words::Instant;
use words::code::Code;
use words::id::{HouseholdId, UserId};

use crate::acts::audits;
use crate::holds::Hold;
use crate::rules::{self, LiftReason};

/// When and by whom a hold was lifted, and why.
#[derive(Debug, Clone)]
pub(crate) struct Lifted {
    pub at: Instant,
    pub by: UserId,
    /// Code of [`LiftReason`]; empty of what was lifted before reasons were asked for.
    pub why: String,
}

impl Lifted {
    /// Reads it from a row with `lifted_at`, `lifted_by` and the outcome of the command as `lifted_why`.
    pub(crate) fn read(row: &Row) -> Result<Option<Self>, engine::Broken> {
        let (at, by): (Option<Instant>, Option<UserId>) = (row.get("lifted_at")?, row.get("lifted_by")?);
        let Some((at, by)) = at.zip(by) else { return Ok(None) };
        let why: Option<String> = row.get("lifted_why")?;
        Ok(Some(Self { at, by, why: why.unwrap_or_default() }))
    }
}

/// The reasons of a form.
pub(crate) fn whys(frame: &Frame, form: &Form) -> Vec<Choice> {
    LiftReason::ALL.iter().map(|w| Choice::new(form, "why", w, frame.t.code("hold_lifted", w))).collect()
}

/// Reads why a hold is lifted; what is missing is a problem beside its field.
pub(crate) fn read(form: &mut Form) -> Option<LiftReason> {
    let why = form.code::<LiftReason>("why", Need::Required);
    if !form.ticked("sure") {
        form.problem("sure", "hold.choose_sure");
    }
    why.filter(|_| !form.has_problems())
}

/// Refuses whoever neither set the hold nor audits.
pub(crate) fn permitted(viewer: &Viewer, hold: &Hold) -> Result<(), Refusal> {
    rules::may_lift(hold.set.1, viewer.user, audits(viewer))
}

/// Whoever lifts a hold in this act may: asked of the hold as it stands now.
pub(crate) fn check(act: &Act, hold: &Hold) -> Result<(), Fail> {
    let viewer = act.viewer().ok_or(Fail::NotVisible)?;
    permitted(viewer, hold).map_err(Fail::from)
}

/// Says beside the note that somebody can be known by it: the auditor reads it, who sees no names otherwise (disclosure rule 13). Where
/// the auditor writes it, who has recorded nobody, `household` is the one it is about: its names stop as in the note of a lead.
pub(crate) async fn names_nobody(
    look: &mut Look,
    form: &mut Form,
    household: Option<HouseholdId>,
) -> Result<(), Fail> {
    let note = form.value("note").to_owned();
    if note.trim().is_empty() {
        return Ok(());
    }
    let viewer = look.viewer().clone();
    let mut conn: Conn<'_> = look.conn();
    let named = household::telling::named_in(&mut conn, &viewer, &note).await?;
    let named = look.disclose(named).await?;
    let known = household::telling::called(&named);
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let mut says = says_who(&note, &known);
    if let Some(household) = household.filter(|_| !says) {
        says =
            household::telling::names_one_of(&mut look.conn(), viewer.municipality, household, &note).await?;
    }
    if says {
        form.problem("note", "hold.somebody");
    }
    Ok(())
}

/// Whether a note says who it is about; `known` are names of people the own desk has recorded.
fn says_who(note: &str, known: &[&str]) -> bool {
    advice::sense(note, known) != advice::Sensed::Nothing || !advice::links(note).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_document_names_nobody() {
        for note in [
            "令和8年(ワ)第12号",
            "令和8年(行ウ)第3号",
            "苦情第7号",
            "総発第123号 令和8年11月20日付",
            "2026-00087",
        ] {
            assert!(!says_who(note, &["浜田 よし子"]), "{note}");
        }
        for note in [
            "鈴木 糸さんの件",
            "浜田よし子の件",
            "濵田・よし子",
            "0466-00-1113",
            "/cases/019f1608-cd80-7950-badf-67cbdf7a839a",
        ] {
            assert!(says_who(note, &["浜田 よし子"]), "{note}");
        }
    }
}
