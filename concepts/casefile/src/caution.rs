//! 訪問時の注意 as it is shown: at the top of every page of the case, and where somebody plans to go there.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use engine::{Broken, Look};
use household::Reasons;
use site::Frame;
use words::id::{CaseId, DeskId, EntryId, ThingId, UserId};

use crate::sql::caution::{self as rows, CautionRow};

/// A caution with its words, as disclosed.
pub(crate) struct Flag {
    pub id: ThingId,
    pub kind: String,
    pub words: String,
    pub desk: DeskId,
    pub by: String,
    pub row: CautionRow,
}

/// A caution, ready to be shown.
pub struct CautionLine {
    /// The word of its kind.
    pub kind: String,
    /// Its words.
    pub words: String,
    /// Who set it, and when.
    pub by: String,
    /// When it is looked at again.
    pub review: String,
    /// Whether that day has passed.
    pub late: bool,
}

impl Flag {
    pub(crate) fn line(&self, frame: &Frame, desks: &HashMap<DeskId, String>) -> CautionLine {
        let t = &frame.t;
        let desk = desks.get(&self.desk).map_or("", String::as_str);
        let day = frame.day(&self.row.set_at.day());
        CautionLine {
            kind: t.code("caution_kind", &self.kind),
            words: self.words.clone(),
            by: format!("{desk} {} {day}", self.by).trim().to_owned(),
            review: frame.day(&self.row.review_on),
            late: self.row.review_on < frame.now.day(),
        }
    }
}

/// The cautions of a case that are in force. One statement where there is none.
pub(crate) async fn in_force(
    look: &mut Look,
    case: CaseId,
    reasons: &mut Reasons,
) -> Result<Vec<Flag>, Broken> {
    load(look, case, reasons, false).await
}

/// Cautions whose words are disclosed to whoever looks; also the ended ones, if asked for. A caution whose words are not is
/// absent: its kind says as much as they do.
pub(crate) async fn load(
    look: &mut Look,
    case: CaseId,
    reasons: &mut Reasons,
    ended_too: bool,
) -> Result<Vec<Flag>, Broken> {
    let viewer = look.viewer().clone();
    let m = viewer.municipality;
    let found = rows::cautions(&mut look.conn(), m, case, ended_too).await?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let latest = household::entry::latest(&mut look.conn(), m, found.iter().map(|c| c.entry)).await?;
    let ids: BTreeSet<EntryId> = latest.values().copied().collect();
    let sealed = household::entry::by_ids(&mut look.conn(), &viewer, ids).await?;
    let shown = look.disclose(sealed).await?;
    reasons.of_all(&shown);
    // A text entered in error warns of nothing any more.
    let words: BTreeMap<EntryId, String> = shown
        .iter()
        .filter(|e| e.state != household::EntryState::EnteredInError)
        .map(|e| (e.id, e.body.clone()))
        .collect();
    let staff: HashMap<UserId, String> =
        register::user_names(&mut look.conn(), m, found.iter().filter_map(|c| c.author)).await?;
    Ok(found
        .into_iter()
        .filter_map(|row| {
            let words = latest.get(&row.entry).and_then(|id| words.get(id))?.clone();
            let by = row.author.and_then(|u| staff.get(&u)).cloned().unwrap_or_default();
            let kind = words::code::Code::code(row.kind).to_owned();
            Some(Flag { id: row.id, kind, words, desk: row.desk, by, row })
        })
        .collect())
}

/// The cautions in force of a case, for a page of work that leads there. The caller has asked whether the viewer stands to the
/// case at all.
pub async fn of_case(
    look: &mut Look,
    frame: &Frame,
    case: CaseId,
    reasons: &mut Reasons,
) -> Result<Vec<CautionLine>, Broken> {
    let flags = in_force(look, case, reasons).await?;
    let (m, today) = (look.viewer().municipality, look.now().day());
    let desks = register::desk_names(&mut look.conn(), m, flags.iter().map(|f| f.desk), today).await?;
    Ok(flags.iter().map(|f| f.line(frame, &desks)).collect())
}
