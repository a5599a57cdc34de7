//! 宿題: given out of an item, done or dropped.

use access::{Action, Right};
use engine::{Act, Fail};
use household::Marks;
use serde::Serialize;
use task::{TaskKind, TaskState};
use words::id::{AgendaItemId, DeskId, HomeworkId, UserId};

use super::said::{Kept, keep};
use super::{in_business_days, item, kept, pointless, promise, record};
use crate::known::Around;
use crate::rules::homework::{self as rules, ByWhen};
use crate::sql::homework::{self as sql, Homework, KINDS, New};
use crate::sql::item::{self as items, Item};
use crate::sql::meeting as meetings;

/// Business days, as long as no next session is planned.
const UNTIL_NEXT: u32 = 20;

/// Homework as a form says it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Given {
    pub what: String,
    pub desk: DeskId,
    pub user: Option<UserId>,
    pub name: String,
    pub by: ByWhen,
    /// Whom its words are about, when somebody chose.
    pub marks: Option<Marks>,
}

/// Gives it: a promise of the desk, or of the secretariat to hear from a partner without a login.
pub(crate) async fn give(act: &mut Act, of: AgendaItemId, g: &Given) -> Result<HomeworkId, Fail> {
    let l = item::load(act, of).await?;
    let meeting = l.meeting.as_ref().ok_or(engine::Refusal::new("session.item_waits"))?;
    crate::rules::is_kept(meeting.disposed_at.is_some())?;
    rules::may_give(meeting.state, l.item.state)?;
    if !l.around.may_take(&l.item, (g.desk, g.user, &g.name)) {
        return Err(engine::Refusal::new("session.homework_members").into());
    }
    let (m, now) = (act.municipality(), act.now());
    let next = match meeting.next {
        Some(next) => meetings::by_id(&mut act.facts()?, m, next).await?.map(|k| k.starts),
        None => None,
    };
    let due = rules::due(g.by, now, next, in_business_days(now, UNTIL_NEXT))?;
    let words = keep(act, &l.right, (&l.viewer, &l.around), &l.item, &g.what, g.marks.as_ref()).await?;
    let id: HomeworkId = act.new_id();
    let new = New {
        id,
        meeting: meeting.id,
        item: of,
        desk: g.desk,
        user: g.user,
        name: &g.name,
        what: &words.text,
        entry: words.entry,
        by_next: g.by == ByWhen::Next,
    };
    sql::insert(act, &l.right, &new).await?;
    let desks = register::desks_by_id(&mut act.facts()?, m, [g.desk], now.day()).await?;
    let login = g.name.is_empty() && desks.first().is_some_and(|d| d.has_login);
    let (kind, desk) =
        if login { (TaskKind::Homework, g.desk) } else { (TaskKind::HearHomework, meeting.desk) };
    promise(act, &l.right, kind, id.cast(), (desk, g.user), due).await?;
    Ok(id)
}

struct Loaded {
    homework: Homework,
    item: Item,
    around: Around,
    right: Right,
}

async fn load(act: &mut Act, id: HomeworkId, own: bool) -> Result<(Loaded, bool), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let m = act.municipality();
    let h = sql::by_id(&mut act.facts()?, m, id).await?.ok_or(Fail::NotVisible)?;
    let item = items::by_id(&mut act.facts()?, m, h.item).await?.ok_or(Fail::NotVisible)?;
    let meeting = meetings::by_id(&mut act.facts()?, m, h.meeting).await?.ok_or(Fail::NotVisible)?;
    let own = own && owes(&viewer, &h);
    let around = Around::load(&mut act.facts()?, &viewer, std::slice::from_ref(&item)).await?;
    // Whoever is kept out of a family ends nothing about it, at whatever desk (disclosure rule 14).
    if around.keeps_out(&viewer, &item) {
        return Err(Fail::NotVisible);
    }
    let right = if own {
        act.permit(Action::FollowItem, &around.given_to(&item, h.held_by), record(id)).await?
    } else {
        act.permit(Action::RunSession, &around.relation(&item, meeting.desk), record(id)).await?
    };
    Ok((Loaded { homework: h, item, around, right }, own))
}

/// Whether this homework is the viewer's desk's to do.
pub(crate) fn owes(viewer: &access::Viewer, h: &Homework) -> bool {
    !h.heard && viewer.seats.iter().any(|s| s.holds(h.held_by))
}

/// It is done, by its desk; or as somebody told the secretariat.
pub(crate) async fn done(act: &mut Act, id: HomeworkId, result: &str, told_by: &str) -> Result<(), Fail> {
    let (l, own) = load(act, id, told_by.is_empty()).await?;
    rules::may_end(l.homework.state == TaskState::Open, own, !told_by.is_empty())?;
    act.check_version(l.homework.version)?;
    let words = if result.is_empty() {
        Kept::default()
    } else {
        let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
        keep(act, &l.right, (&viewer, &l.around), &l.item, result, None).await?
    };
    sql::end(act, &l.right, &l.homework, (&words.text, words.entry), told_by).await?;
    kept(act, &l.right, id.cast(), KINDS).await
}

/// It is not needed any more.
pub(crate) async fn drop_it(act: &mut Act, id: HomeworkId) -> Result<(), Fail> {
    let (l, _) = load(act, id, false).await?;
    rules::may_end(l.homework.state == TaskState::Open, true, false)?;
    act.check_version(l.homework.version)?;
    sql::end(act, &l.right, &l.homework, ("", None), "").await?;
    pointless(act, &l.right, id.cast(), KINDS).await
}
