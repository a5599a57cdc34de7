//! Writing texts: never changed, only corrected by another one.

use std::collections::BTreeSet;

use access::{RecordRef, Right};
use engine::{Act, Broken, Bulk, Conn, Fail, args, search};
use words::code::Code;
use words::id::{DeskId, EntryId, PersonId};

use super::{AnswerTo, EntryState, NewEntry};

/// Writes texts for the desk acted for. One multi-row statement per table, however many there are.
pub async fn write(act: &mut Act, right: &Right, entries: Vec<NewEntry>) -> Result<Vec<EntryId>, Fail> {
    write_all(act, right, entries.into_iter().map(|e| (e, None)).collect()).await
}

/// Writes the answers of a filled sheet: each is a text like any other.
pub async fn write_answers(
    act: &mut Act,
    right: &Right,
    answers: Vec<(NewEntry, AnswerTo)>,
) -> Result<Vec<EntryId>, Fail> {
    write_all(act, right, answers.into_iter().map(|(e, a)| (e, Some(a))).collect()).await
}

async fn write_all(
    act: &mut Act,
    right: &Right,
    entries: Vec<(NewEntry, Option<AnswerTo>)>,
) -> Result<Vec<EntryId>, Fail> {
    let (municipality, command, now) = (act.municipality(), act.command(), act.now());
    let desk = right.seat().map(|s| s.desk).or(act.desk()).ok_or(Fail::NotVisible)?;
    let author = act.viewer().map(|v| v.user);
    let mut ids = Vec::with_capacity(entries.len());
    let mut rows = Bulk::new(INSERT, 24);
    let mut subjects =
        Bulk::new("INSERT INTO entry_subject (municipality_id, entry_id, person_id) VALUES", 3);
    for (e, answers) in &entries {
        let id: EntryId = act.new_id();
        ids.push(id);
        rows.row(args![
            municipality,
            id,
            e.field.code(),
            e.form.map_or("", Code::code),
            desk,
            author,
            e.household,
            e.marks.persons.is_empty(),
            e.marks.categories(),
            &e.body,
            e.occurred_at,
            now,
            e.told.map_or("", |(by, _)| by.code()),
            e.told.map(|(_, agency)| agency),
            e.about.consultation,
            e.about.sheet,
            e.about.case,
            e.about.referral,
            e.about.matter,
            e.corrects,
            answers.as_ref().map(|a| a.filled),
            answers.as_ref().map_or("", |a| a.item.as_str()),
            answers.as_ref().map_or("", |a| a.value.as_str()),
            command,
        ]);
        for person in e.marks.persons.iter().collect::<BTreeSet<_>>() {
            subjects.row(args![municipality, id, *person]);
        }
    }
    let mut conn = act.save(right)?;
    rows.run(&mut conn).await?;
    subjects.run(&mut conn).await?;
    let seq = desk_seq(&mut conn, municipality, desk).await?;
    let doc = |(id, (e, _)): (&EntryId, &(NewEntry, Option<AnswerTo>))| search::Doc {
        kind: "entry",
        thing: id.cast(),
        at: e.occurred_at,
        grams: words::bigram::bigrams(&words::fold::fold(&e.body)),
        desks: vec![seq],
    };
    let mut docs: Vec<search::Doc> = ids.iter().zip(&entries).map(doc).collect();
    docs.sort_by_key(|d| d.at);
    search::index_many(&mut conn, municipality, docs).await?;
    Ok(ids)
}

const INSERT: &str = "INSERT INTO entry (municipality_id, id, field, form, desk_id, author_id, household_id, \
     whole_household, categories, body, occurred_at, recorded_at, told_by, told_agency_id, consultation_id, \
     sheet_id, case_id, referral_id, matter_id, corrects_id, filled_id, item, answer, command_id) VALUES";

/// The search number of a desk.
pub(crate) async fn desk_seq(
    conn: &mut Conn<'_>,
    municipality: words::id::MunicipalityId,
    desk: DeskId,
) -> Result<i64, Broken> {
    conn.one("SELECT seq FROM desk WHERE municipality_id = $1 AND id = $2", args![municipality, desk])
        .await?
        .get("seq")
}

/// Writes a text in the place of another one: that is kept as corrected, and from whom it was kept the new one is (disclosure
/// rule 4). [`Fail::Stale`] when the old one no longer stands.
pub async fn replace(
    act: &mut Act,
    right: &Right,
    old: EntryId,
    new: NewEntry,
) -> Result<Vec<EntryId>, Fail> {
    set_state(act, right, old, EntryState::Corrected).await?;
    let written = write(act, right, vec![NewEntry { corrects: Some(old), ..new }]).await?;
    carry_secrets(act, right, old, &written).await?;
    Ok(written)
}

/// Whom the old text was kept from must not read the new one, whether it takes its place or was made of it.
pub async fn carry_secrets(
    act: &mut Act,
    right: &Right,
    old: EntryId,
    written: &[EntryId],
) -> Result<(), Fail> {
    carry_all_secrets(act, right, &[old], written).await
}

/// The same for what was made of several texts: it is kept from whoever any of them is kept from.
pub async fn carry_all_secrets(
    act: &mut Act,
    right: &Right,
    old: &[EntryId],
    written: &[EntryId],
) -> Result<(), Fail> {
    let m = act.municipality();
    let kept = crate::guard::texts_kept_from(&mut act.facts()?, m, old.iter().copied()).await?;
    let mut kept: Vec<PersonId> = kept.into_values().flatten().collect();
    kept.sort_unstable();
    kept.dedup();
    for new in written {
        crate::guard::keep_from(act, right, RecordRef::entry(*new), &kept).await?;
    }
    Ok(())
}

/// Marks a standing entry as corrected or as entered in error. The text is kept. [`Fail::Stale`] when somebody
/// did so before: both wrote against the same text, and neither must be lost.
pub async fn set_state(act: &mut Act, right: &Right, entry: EntryId, state: EntryState) -> Result<(), Fail> {
    let municipality = act.municipality();
    let changed = act
        .save(right)?
        .exec(
            "UPDATE entry SET state = $3 WHERE municipality_id = $1 AND id = $2 AND state = 'valid'",
            args![municipality, entry, state.code()],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}
