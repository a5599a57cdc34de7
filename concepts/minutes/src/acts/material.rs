//! 資料: put into the register, replaced, used again, taken back.

use access::{Categories, Category, RecordRef, Right};
use attachment::{MediaType, NewAttachment, Taken};
use conference::{Keeping, RestsOn};
use engine::{Act, Fail, Refusal};
use serde::Serialize;
use session::{Item, MeetingState, Opened};
use words::id::{AgendaItemId, AttachmentId, EntryId, HouseholdId, MeetingId, MeetingMaterialId, ThingId};

use crate::rules::MaterialKind;
use crate::section::{self, keep, names_nobody};
use crate::sql::material::{self as sql, Material, Version};

/// A material, as a form says it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct New {
    pub item: Option<AgendaItemId>,
    pub number: String,
    pub kind: MaterialKind,
    pub title: String,
}

/// A file that came with a form.
pub(crate) type File<'a> = Option<(Taken, &'a [u8])>;

struct Here {
    o: Opened,
    item: Option<Item>,
    right: Right,
}

async fn here(act: &mut Act, meeting: MeetingId, item: Option<AgendaItemId>) -> Result<Here, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let today = act.now().day();
    let o = session::open_unasked(&mut act.facts()?, &viewer, meeting, today).await?;
    let item = match item {
        Some(id) => Some(o.items.iter().find(|i| i.id == id).ok_or(Fail::NotVisible)?.clone()),
        None => None,
    };
    let right = section::writing(act, &o, item.as_ref()).await?;
    session::is_kept(o.meeting.disposed_at.is_some())?;
    if o.meeting.state == MeetingState::Cancelled {
        return Err(Refusal::conflict("minutes.was_cancelled").into());
    }
    Ok(Here { o, item, right })
}

/// The household of an item that is about a case, and on what its conference rests; nothing for what is about nobody.
fn home(h: &Here) -> Result<Option<(HouseholdId, RestsOn)>, Fail> {
    let Some(item) = h.item.as_ref().filter(|i| !i.general()) else { return Ok(None) };
    let matter = h.o.standing(item).ok_or(Fail::NotVisible)?;
    Ok(Some((matter.household, matter.rests_on)))
}

async fn store(
    act: &mut Act,
    h: &Here,
    title: Option<EntryId>,
    file: File<'_>,
) -> Result<(Option<ThingId>, Option<AttachmentId>), Fail> {
    let Some((taken, bytes)) = file else { return Ok((None, None)) };
    let Some(((household, rests_on), entry)) = home(h)?.zip(title) else {
        // Nobody looks into a file; its name is looked at.
        names_nobody(act, &taken.name).await?;
        return Ok((Some(sql::keep_file(act, &h.right, &taken, bytes).await?), None));
    };
    if rests_on == RestsOn::Secrecy {
        // What a confidential matter looks at lies in the matter, as a picture on its page, and leaves it as no file.
        if taken.media == MediaType::Pdf {
            return Err(Refusal::new("material.in_matter").into());
        }
        conference::keep_picture(act, &h.right, (household, entry), (taken, bytes)).await?;
        return Ok((None, None));
    }
    let new = NewAttachment {
        of: RecordRef::entry(entry),
        household,
        persons: Vec::new(),
        categories: Categories::all().without(Category::Informant),
        taken,
        bytes,
    };
    Ok((None, Some(attachment::add(act, &h.right, &new).await?)))
}

/// Numbers stand in the clear and remain: they are about nobody, also perhaps. One that is given already is given among those everybody
/// knows of; of the others nobody is told.
async fn may_be_number(act: &mut Act, there: &[Material], number: &str) -> Result<(), Fail> {
    if number.is_empty() {
        return Err(Refusal::new("material.number_needed").into());
    }
    if there.iter().any(|x| !x.withdrawn && x.title_entry.is_none() && x.number == number) {
        return Err(Refusal::new("material.number_taken").into());
    }
    names_nobody(act, number).await?;
    if advice::sense(number, &[]) == advice::Sensed::Nothing {
        Ok(())
    } else {
        Err(Refusal::new("material.number_somebody").into())
    }
}

/// The number of what is about a case: its place on the agenda, and the first that is free.
fn counted(there: &[Material], item: usize) -> String {
    let free = |n: &usize| !there.iter().any(|x| x.number == format!("{item}-{n}"));
    let n = (1..=there.len() + 1).find(free).unwrap_or(1);
    format!("{item}-{n}")
}

/// Puts a material into the register of a session.
pub(crate) async fn add(
    act: &mut Act,
    id: MeetingMaterialId,
    meeting: MeetingId,
    new: &New,
    file: File<'_>,
) -> Result<(), Fail> {
    let h = here(act, meeting, new.item).await?;
    let m = act.municipality();
    let there = sql::of_meetings(&mut act.facts()?, m, [meeting]).await?;
    let (number, title, entry) = match h.item.as_ref().filter(|i| !i.general()) {
        None => {
            may_be_number(act, &there, &new.number).await?;
            names_nobody(act, &new.title).await?;
            (new.number.clone(), new.title.clone(), None)
        }
        Some(item) => {
            let how = Keeping { minutes: false, corrects: None, former_stays: true };
            let entry = keep(act, &h.right, (&h.o, item), &new.title, how).await?;
            (counted(&there, h.o.number(item.id)), String::new(), Some(entry))
        }
    };
    let (file, attachment) = store(act, &h, entry, file).await?;
    let row = Material {
        id,
        meeting,
        item: new.item,
        number,
        kind: new.kind,
        title,
        title_entry: entry,
        again_from: None,
        version: 1,
        withdrawn: false,
    };
    sql::insert(act, &h.right, &row).await?;
    version(act, &h, id, (1, file, attachment)).await
}

async fn version(
    act: &mut Act,
    h: &Here,
    material: MeetingMaterialId,
    (version, file, attachment): (i64, Option<ThingId>, Option<AttachmentId>),
) -> Result<(), Fail> {
    let at = act.now();
    let on_day = at.day() >= h.o.meeting.starts.day();
    let desk = h.right.seat().map(|s| s.desk).ok_or(Fail::NotVisible)?;
    sql::add_version(act, &h.right, &Version { material, n: version, at, on_day, file, attachment }, desk)
        .await
}

/// What can be done with a material.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum Step {
    /// 差し替え.
    Replace,
    /// Taken back.
    Withdraw,
}

/// Takes a step.
pub(crate) async fn step(
    act: &mut Act,
    id: MeetingMaterialId,
    step: Step,
    file: File<'_>,
) -> Result<MeetingId, Fail> {
    let m = act.municipality();
    let found = sql::by_id(&mut act.facts()?, m, id).await?.ok_or(Fail::NotVisible)?;
    let h = here(act, found.meeting, found.item).await?;
    act.check_version(found.version)?;
    match step {
        Step::Withdraw => sql::withdraw(act, &h.right, &found).await?,
        Step::Replace => {
            if file.is_none() {
                return Err(Refusal::new("attachment.choose").into());
            }
            // What lies in a matter is taken back there, and something else laid down.
            if home(&h)?.is_some_and(|(_, rests_on)| rests_on == RestsOn::Secrecy) {
                return Err(Refusal::new("material.in_matter").into());
            }
            let (file, attachment) = store(act, &h, found.title_entry, file).await?;
            sql::replaced(act, &h.right, &found).await?;
            version(act, &h, id, (found.version + 1, file, attachment)).await?;
        }
    }
    Ok(found.meeting)
}

/// 再掲: a material of an earlier session of the same body that is about nobody, with its newest file.
pub(crate) async fn again(
    act: &mut Act,
    id: MeetingMaterialId,
    meeting: MeetingId,
    (from, number): (MeetingMaterialId, &str),
) -> Result<(), Fail> {
    let h = here(act, meeting, None).await?;
    let m = act.municipality();
    let old = sql::by_id(&mut act.facts()?, m, from).await?.ok_or(Fail::NotVisible)?;
    let before = session::earlier(&mut act.facts()?, m, &h.o.meeting).await?;
    let gone = sql::taken_back(&mut act.facts()?, m, std::slice::from_ref(&old)).await?;
    let usable = old.title_entry.is_none() && gone.is_empty() && before.iter().any(|k| k.id == old.meeting);
    if !usable {
        return Err(Fail::NotVisible);
    }
    let there = sql::of_meetings(&mut act.facts()?, m, [meeting]).await?;
    may_be_number(act, &there, number).await?;
    let versions = sql::versions(&mut act.facts()?, m, [from]).await?;
    let file = versions.first().and_then(|v| v.file);
    let row = Material {
        id,
        meeting,
        item: None,
        number: number.to_owned(),
        again_from: Some(from),
        version: 1,
        ..old
    };
    sql::insert(act, &h.right, &row).await?;
    version(act, &h, id, (1, file, None)).await
}

/// Whether a viewer puts anything into the register of a session.
pub(crate) fn writes(viewer: &access::Viewer, o: &Opened) -> bool {
    o.runs || o.items.iter().any(|i| section::may_write(viewer, o, Some(i)))
}
