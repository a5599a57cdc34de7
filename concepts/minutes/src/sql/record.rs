//! What an approval was said of besides the texts of sections: decisions, homework and what was said in writing, by their ids and the ids
//! of their texts.

use access::Right;
use engine::{Act, Broken, Bulk, Conn, Fail, Row, args};
use words::Instant;
use words::id::{AgendaItemId, DecisionId, EntryId, HomeworkId, InviteeId, MeetingId, MunicipalityId};

/// One line of it.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub item: AgendaItemId,
    pub decision: Option<DecisionId>,
    pub homework: Option<HomeworkId>,
    /// Of a decision: which of its texts, by its code.
    pub part: String,
    /// The text as it was; none: homework about nobody.
    pub entry: Option<EntryId>,
    /// Of homework: by when.
    pub due: Option<Instant>,
}

fn kept(row: &Row) -> Result<Kept, Broken> {
    Ok(Kept {
        item: row.get("item_id")?,
        decision: row.get("decision_id")?,
        homework: row.get("homework_id")?,
        part: row.get("part")?,
        entry: row.get("entry_id")?,
        due: row.get("due_at")?,
    })
}

/// What an edition was said of.
pub(crate) async fn of_edition(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    (id, edition): (MeetingId, i64),
) -> Result<Vec<Kept>, Broken> {
    conn.all(
        "SELECT item_id, decision_id, homework_id, part, entry_id, due_at FROM minutes_edition_record \
         WHERE municipality_id = $1 AND meeting_id = $2 AND edition = $3 ORDER BY seq",
        args![m, id, edition],
    )
    .await?
    .iter()
    .map(kept)
    .collect()
}

/// Keeps what an edition is said of.
pub(crate) async fn keep(
    act: &mut Act,
    right: &Right,
    (id, edition): (MeetingId, i64),
    all: &[Kept],
) -> Result<(), Fail> {
    let m = act.municipality();
    let mut rows = Bulk::new(
        "INSERT INTO minutes_edition_record (municipality_id, meeting_id, edition, seq, item_id, decision_id, homework_id, \
         part, entry_id, due_at) VALUES",
        10,
    );
    for (k, seq) in all.iter().zip(1_i64..) {
        rows.row(args![m, id, edition, seq, k.item, k.decision, k.homework, &k.part, k.entry, k.due]);
    }
    rows.run(&mut act.save(right)?).await?;
    Ok(())
}

/// Somebody who was asked in writing about an item when an edition was approved.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub item: AgendaItemId,
    pub invitee: InviteeId,
    /// They had answered.
    pub answered: bool,
    /// Their words about a case, as they were.
    pub entry: Option<EntryId>,
}

/// Who had been asked in writing when an edition was approved.
pub(crate) async fn asked_of_edition(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    (id, edition): (MeetingId, i64),
) -> Result<Vec<Asked>, Broken> {
    conn.all(
        "SELECT item_id, invitee_id, answered, entry_id FROM minutes_edition_written \
         WHERE municipality_id = $1 AND meeting_id = $2 AND edition = $3",
        args![m, id, edition],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Asked {
            item: row.get("item_id")?,
            invitee: row.get("invitee_id")?,
            answered: row.get("answered")?,
            entry: row.get("entry_id")?,
        })
    })
    .collect()
}

/// Keeps who was asked in writing.
pub(crate) async fn keep_asked(
    act: &mut Act,
    right: &Right,
    (id, edition): (MeetingId, i64),
    all: &[Asked],
) -> Result<(), Fail> {
    let m = act.municipality();
    let mut rows = Bulk::new(
        "INSERT INTO minutes_edition_written (municipality_id, meeting_id, edition, item_id, invitee_id, answered, \
         entry_id) VALUES",
        7,
    );
    for a in all {
        rows.row(args![m, id, edition, a.item, a.invitee, a.answered, a.entry]);
    }
    rows.run(&mut act.save(right)?).await?;
    Ok(())
}
