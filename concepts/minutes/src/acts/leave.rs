//! A correction that is not made: the approved words stand again.

use access::Right;
use conference::Keeping;
use engine::{Act, Fail};
use session::Opened;
use words::id::EntryId;

use crate::section::{keep, may_write, words_of, writing};
use crate::sql::section::{self as sql, New, Stored};

/// Puts every section back to the text of the last approval, as its next version.
pub(super) async fn put_back(act: &mut Act, o: &Opened, right: &Right, edition: i64) -> Result<(), Fail> {
    let (m, meeting) = (act.municipality(), o.meeting.id);
    let desk = right.seat().map(|s| s.desk).ok_or(Fail::NotVisible)?;
    let approved = sql::of_meeting(&mut act.facts()?, m, meeting, Some(edition)).await?;
    let left = sql::of_meeting(&mut act.facts()?, m, meeting, None).await?;
    for now in &left {
        let was = approved.iter().find(|s| s.id == now.id);
        let (body, then) = was.map_or(("", None), |s| (s.body.as_str(), s.entry));
        if now.body == body && now.entry == then {
            continue;
        }
        let entry = match now.entry {
            Some(abandoned) => again(act, o, right, (now, abandoned, then)).await?,
            None => then,
        };
        if now.body == body && now.entry == entry {
            continue;
        }
        let new = New { meeting, part: now.part, item: now.item, body, entry, desk };
        sql::put(act, right, Some(now), &new).await?;
    }
    Ok(())
}

/// The entry that stands for a section about a case again. Whoever may write there keeps the approved words anew, in the place of the
/// abandoned ones. For whoever may not read them the approved entry itself stands again, and its matter's members no longer have the
/// abandoned one before them.
async fn again(
    act: &mut Act,
    o: &Opened,
    right: &Right,
    (now, abandoned, then): (&Stored, EntryId, Option<EntryId>),
) -> Result<Option<EntryId>, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let item = o.items.iter().find(|i| Some(i.id) == now.item);
    if let Some(item) = item.filter(|i| may_write(&viewer, o, Some(i))) {
        let words = words_of(act, abandoned).await?;
        let approved = match then {
            Some(id) => words_of(act, id).await?,
            None => Some(String::new()),
        };
        if let (Some(words), Some(approved)) = (words, approved) {
            if words == approved {
                return Ok(Some(abandoned));
            }
            let right = writing(act, o, Some(item)).await?;
            let how = Keeping { minutes: true, corrects: Some(abandoned), former_stays: false };
            return keep(act, &right, (o, item), &approved, how).await.map(Some);
        }
    }
    if let Some(matter) = item.and_then(|i| o.standing(i)) {
        conference::take_back_words(act, right, matter.id, abandoned).await?;
    }
    Ok(then)
}
