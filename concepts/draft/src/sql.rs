//! Storing drafts. Every statement names the author: a draft is private to whoever types it.

use access::{Right, System, Viewer};
use engine::{Act, Broken, Conn, Fail, args};
use site::{Fields, link};
use words::code::Code;
use words::id::{AgendaItemId, CaseId, CommandId, DeskId, DraftId, MunicipalityId, ThingId, UserId};
use words::{Instant, codes};

use crate::rules;

/// The field in which it is kept at which desk a draft was begun. Written here alone: what a form sends under this name is dropped.
pub(crate) const BEGUN_AT: &str = "draft_desk";

codes! {
    /// Which form a draft belongs to.
    pub enum DraftKind {
        /// 相談.
        Consultation = "consultation",
        /// つなぐシート.
        Sheet = "sheet",
        /// つなぎ, about a case.
        Referral = "referral",
        /// 経過, about a case.
        Support = "support",
        /// 照会, about a case or a consultation.
        Inquiry = "inquiry",
        /// 緊急の見きわめの判断, about a triage.
        Triage = "triage",
        /// 会議録の一区切り that is about nobody, of a session; sections about a case are kept nowhere but where they belong.
        Minutes = "minutes",
    }
}

/// A draft of the viewer's own.
pub struct Draft {
    /// Its id.
    pub id: DraftId,
    /// Which form.
    pub kind: DraftKind,
    /// What it is about, for forms about something.
    pub about: Option<ThingId>,
    /// What was typed.
    pub fields: Fields,
    /// Version.
    pub version: i64,
    /// When it was saved.
    pub saved_at: Instant,
}

impl Draft {
    /// The command id of the form it was written in.
    pub fn command(&self) -> Option<CommandId> {
        self.fields.get("command").and_then(|v| v.parse().ok())
    }

    /// The desks it was begun at.
    pub(crate) fn begun_at(&self) -> Vec<DeskId> {
        self.fields.all(BEGUN_AT).filter_map(|v| v.parse().ok()).collect()
    }

    /// Whether its author, as they sit today, still reads it.
    pub(crate) fn read_by(&self, viewer: &Viewer) -> bool {
        rules::still_read(&self.begun_at(), &viewer.desks())
    }

    /// Where it is taken up again.
    pub fn reopen(&self) -> Option<String> {
        let case = self.about.map(|a| -> CaseId { a.cast() });
        let path = match (self.kind, case) {
            (DraftKind::Consultation, _) => link::CONSULTATION_NEW.to_owned(),
            (DraftKind::Sheet, _) => link::SHEET_NEW.to_owned(),
            (DraftKind::Referral, Some(case)) => link::referral_new(case),
            // A case, or a consultation: the page finds out which.
            (DraftKind::Inquiry, Some(about)) => link::inquiry_new(about),
            (DraftKind::Support, Some(case)) => link::case_entries(case),
            (DraftKind::Minutes, Some(meeting)) => link::minutes_edit(meeting),
            (DraftKind::Triage, Some(_)) => self.about.map(|a| link::triage(a.cast()))?,
            _ => return None,
        };
        let mark = if path.contains('?') { '&' } else { '?' };
        Some(format!("{path}{mark}draft={}", self.id))
    }
}

/// One draft of the viewer's own, as long as they sit where it was begun.
pub async fn by_id(conn: &mut Conn<'_>, viewer: &Viewer, id: DraftId) -> Result<Option<Draft>, Broken> {
    Ok(kept_by(conn, viewer.municipality, viewer.user, id).await?.filter(|d| d.read_by(viewer)))
}

/// One draft of this author, wherever they sit by now.
pub(crate) async fn kept_by(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    author: UserId,
    id: DraftId,
) -> Result<Option<Draft>, Broken> {
    conn.maybe(
        "SELECT id, kind, about_id, body, version, saved_at FROM draft \
         WHERE municipality_id = $1 AND id = $2 AND author_id = $3",
        args![municipality, id, author],
    )
    .await?
    .map(|row| draft(&row))
    .transpose()
}

/// The drafts of this author, newest first.
pub(crate) async fn of_author(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    author: UserId,
) -> Result<Vec<Draft>, Broken> {
    conn.all(
        "SELECT id, kind, about_id, body, version, saved_at FROM draft \
         WHERE municipality_id = $1 AND author_id = $2 ORDER BY saved_at DESC, id LIMIT 100",
        args![municipality, author],
    )
    .await?
    .iter()
    .map(draft)
    .collect()
}

fn draft(row: &engine::Row) -> Result<Draft, Broken> {
    Ok(Draft {
        id: row.get("id")?,
        kind: row.code("kind")?,
        about: row.get("about_id")?,
        fields: Fields::parse(row.get::<String>("body")?.as_bytes()),
        version: row.get("version")?,
        saved_at: row.get("saved_at")?,
    })
}

/// Ends a draft in the transaction that saves what it was for. Only the author's own.
pub async fn delete(act: &mut Act, right: &Right, id: DraftId) -> Result<(), Fail> {
    let municipality = act.municipality();
    let Some(author) = act.viewer().map(|v| v.user) else { return Ok(()) };
    act.save(right)?
        .exec(
            "DELETE FROM draft WHERE municipality_id = $1 AND id = $2 AND author_id = $3",
            args![municipality, id, author],
        )
        .await?;
    Ok(())
}

/// Whether the form with this command has been sent: then there is nothing left to keep.
pub(crate) async fn was_sent(act: &mut Act, command: CommandId) -> Result<bool, Fail> {
    let municipality = act.municipality();
    let row = act
        .facts()?
        .maybe("SELECT id FROM command WHERE municipality_id = $1 AND id = $2", args![municipality, command])
        .await?;
    Ok(row.is_some())
}

/// The desks that have a part in a case or a consultation: a draft about it is of theirs.
pub(crate) async fn desks_of(act: &mut Act, about: ThingId) -> Result<Vec<DeskId>, Fail> {
    let municipality = act.municipality();
    let rows = act
        .facts()?
        .all(
            "SELECT desk_id FROM case_desk WHERE municipality_id = $1 AND case_id = $2 \
             UNION SELECT accountable_desk_id FROM consultation WHERE municipality_id = $1 AND id = $2 \
             AND accountable_desk_id IS NOT NULL",
            args![municipality, about],
        )
        .await?;
    Ok(rows.iter().map(|row| row.get("desk_id")).collect::<Result<_, _>>()?)
}

/// Whether a section of minutes is about nobody: opening and end are, and an item with a subject.
pub(crate) async fn about_nobody(act: &mut Act, place: &str) -> Result<bool, Fail> {
    if matches!(place, "opening" | "closing") {
        return Ok(true);
    }
    let Ok(item) = place.parse::<AgendaItemId>() else { return Ok(false) };
    let municipality = act.municipality();
    let row = act
        .facts()?
        .maybe(
            "SELECT id FROM agenda_item WHERE municipality_id = $1 AND id = $2 AND subject <> ''",
            args![municipality, item],
        )
        .await?;
    Ok(row.is_some())
}

/// Keeps what was typed over version `base`; the new version, or nothing when another tab was faster. Somebody
/// else's draft is, for this person, no draft.
pub(crate) async fn keep(
    act: &mut Act,
    id: DraftId,
    kind: DraftKind,
    about: Option<ThingId>,
    kept: &Fields,
    base: i64,
) -> Result<Option<i64>, Fail> {
    let (municipality, now) = (act.municipality(), act.now());
    let author = act.viewer().map(|v| v.user).ok_or(Fail::NotVisible)?;
    let mut conn = act.save(&Right::system(System::Account))?;
    let row = conn
        .maybe(
            "INSERT INTO draft (municipality_id, id, author_id, kind, about_id, body, version, saved_at) \
             VALUES ($1, $2, $3, $4, $5, $6, 1, $7) ON CONFLICT (municipality_id, id) DO UPDATE SET \
             body = excluded.body, version = draft.version + 1, saved_at = excluded.saved_at \
             WHERE draft.author_id = excluded.author_id AND draft.version = $8 RETURNING version",
            args![municipality, id, author, kind.code(), about, kept.encode(), now, base],
        )
        .await?;
    match row {
        Some(row) => Ok(Some(row.get("version")?)),
        None if kept_by(&mut conn, municipality, author, id).await?.is_some() => Ok(None),
        None => Err(Fail::NotVisible),
    }
}
