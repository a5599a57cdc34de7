//! その後: asking what became of an item, answering, reading what was told; and the round that tells.

use access::{Action, Relation, Right, System, Viewer};
use engine::{Act, Engine, Fail, Origin, Refusal};
use task::{NewTask, TaskKind, TaskState};
use words::id::{AgendaItemId, DeskId, InviteeId, ItemQuestionId, MunicipalityId, UserId};

use super::invite::answers;
use super::said::keep;
use super::{in_business_days, kept, pointless, promise, record, running};
use crate::known::{Around, Depth};
use crate::rules::ItemState;
use crate::sql::after::{self as sql, Question};
use crate::sql::invitee;
use crate::sql::item as items;
use crate::views::{self, Opened};

/// Business days until somebody who asks is answered, and until what was told is read.
const ANSWER: u32 = 5;
const READ: u32 = 10;
/// Days back that the round looks: what is older was told, or is no news.
const NEWS: i64 = 60;

/// The right to follow what became of an item, for a desk that was asked or asks; not for whoever is kept out of its household.
async fn following<K>(
    act: &mut Act,
    (around, i): (&Around, &items::Item),
    desk: DeskId,
    id: words::id::Id<K>,
) -> Result<Right, Fail> {
    act.permit(Action::FollowItem, &around.given_to(i, desk), record(id)).await
}

/// The session of an item that is over, for whoever may know the item; the answer of absence for everybody else.
async fn over(act: &mut Act, id: AgendaItemId) -> Result<(Opened, items::Item, Viewer), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let (m, today) = (act.municipality(), act.now().day());
    let i = items::by_id(&mut act.facts()?, m, id).await?.ok_or(Fail::NotVisible)?;
    let meeting = i.meeting.ok_or(Fail::NotVisible)?;
    let o = views::open(&mut act.facts()?, &viewer, meeting, today).await?;
    let ended = matches!(i.state, ItemState::Concluded | ItemState::CarriedOver);
    if !ended || !o.knows(&viewer, &i) {
        return Err(Fail::NotVisible);
    }
    Ok((o, i, viewer))
}

/// Who can be asked about an item, the first one first: who takes the initiative, the lead of its matter, the secretariat of its session,
/// the secretariat of its matter; of these only desks that may know the item.
fn able(o: &Opened, i: &items::Item) -> Vec<DeskId> {
    let matter = o.around.matter(i);
    let leads = [o.around.initiator(i), i.initiator, Some(o.meeting.desk), matter.map(|s| s.secretariat)];
    leads.into_iter().flatten().filter(|d| o.around.known_at(i, *d)).collect()
}

/// 「どうなりましたか」: a promise of a desk that may know the item; where there is none, of the secretariat of its session.
pub(crate) async fn ask(act: &mut Act, id: AgendaItemId) -> Result<ItemQuestionId, Fail> {
    let (o, i, viewer) = over(act, id).await?;
    let (m, now) = (act.municipality(), act.now());
    let able = able(&o, &i);
    let desks = register::desks_by_id(&mut act.facts()?, m, able.iter().copied(), now.day()).await?;
    let writes = |d: &&DeskId| desks.iter().any(|x| x.id == **d && x.has_login);
    let to = able.iter().find(writes).copied().unwrap_or(o.meeting.desk);
    let own = viewer.desks();
    let invited = o.invitees.iter().map(|i| i.desk).find(|d| own.contains(d));
    let from = invited.or(own.first().copied()).ok_or(Fail::NotVisible)?;
    let right = following(act, (&o.around, &i), from, id).await?;
    let before = sql::questions(&mut act.facts()?, m, [id]).await?;
    if before.iter().any(|q| q.open && own.contains(&q.desk)) {
        return Err(Refusal::conflict("session.asked_before").into());
    }
    let question: ItemQuestionId = act.new_id();
    sql::ask(act, &right, question, id, (from, viewer.user, to)).await?;
    let due = in_business_days(now, ANSWER);
    promise(act, &right, TaskKind::TellAfter, question.cast(), (to, None), due).await?;
    Ok(question)
}

/// The desk that holds a question now.
pub(crate) async fn held(
    conn: &mut engine::Conn<'_>,
    m: MunicipalityId,
    q: &Question,
) -> Result<DeskId, engine::Broken> {
    let tasks = task::of_things(conn, m, [q.id.cast()], &[TaskKind::TellAfter]).await?;
    Ok(tasks.last().map_or(q.to, |t| t.desk))
}

/// A question that is still to be answered, for the desk that holds it.
async fn asked(act: &mut Act, id: ItemQuestionId) -> Result<Asked, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let m = act.municipality();
    let q = sql::question_by_id(&mut act.facts()?, m, id).await?.ok_or(Fail::NotVisible)?;
    let i = items::by_id(&mut act.facts()?, m, q.item).await?.ok_or(Fail::NotVisible)?;
    let desk = held(&mut act.facts()?, m, &q).await?;
    let around = Around::load(&mut act.facts()?, &viewer, std::slice::from_ref(&i)).await?;
    let right = following(act, (&around, &i), desk, id).await?;
    if q.answered_at.is_some() {
        return Err(Refusal::conflict("session.answered_before").into());
    }
    if !q.open {
        return Err(Refusal::conflict("session.question_over").into());
    }
    act.check_version(q.version)?;
    Ok(Asked { viewer, around, right, q, i })
}

struct Asked {
    viewer: Viewer,
    around: Around,
    right: Right,
    q: Question,
    i: items::Item,
}

/// Nobody can answer it: it ends without words, and can be asked again.
pub(crate) async fn in_vain(act: &mut Act, id: ItemQuestionId) -> Result<(), Fail> {
    let Asked { right, .. } = asked(act, id).await?;
    pointless(act, &right, id.cast(), &[TaskKind::TellAfter]).await
}

/// Answers a question, in words that stand where the item's words stand.
pub(crate) async fn answer(act: &mut Act, id: ItemQuestionId, words: &str) -> Result<(), Fail> {
    let Asked { viewer, around, right, q, i } = asked(act, id).await?;
    if around.depth(&viewer, &i, false) != Depth::Case {
        return Err(Refusal::new("session.words_in_matter").into());
    }
    let said = keep(act, &right, (&viewer, &around), &i, words, None).await?;
    sql::answer(act, &right, &q, (&said.text, said.entry)).await?;
    kept(act, &right, id.cast(), &[TaskKind::TellAfter]).await
}

/// Whoever was told has read it: everything that was told to them, under whatever invitation.
pub(crate) async fn read(act: &mut Act, told: &[InviteeId]) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let m = act.municipality();
    let desk = viewer.acting().map(|s| s.desk).ok_or(Fail::NotVisible)?;
    let mut relation = Relation::of_no_household();
    relation.receiver = Some(desk);
    let right = act.permit(Action::FollowItem, &relation, record(viewer.user)).await?;
    let mine = invitee::by_ids(&mut act.facts()?, m, told.iter().copied()).await?;
    let mine: Vec<InviteeId> = mine.iter().filter(|i| answers(&viewer, i)).map(|i| i.id).collect();
    sql::mark_read(act, &right, &mine, None, "").await?;
    let desks: Vec<DeskId> =
        viewer.seats.iter().flat_map(|s| s.inherited.iter().copied().chain([s.desk])).collect();
    sql::end_reading(act, &right, &desks, viewer.user).await
}

/// A partner without a login was told by letter, as somebody wrote down. Of what was said in confidence there is none.
pub(crate) async fn told(act: &mut Act, id: AgendaItemId, who: InviteeId, told_by: &str) -> Result<(), Fail> {
    let (o, i, _) = over(act, id).await?;
    if o.around.in_confidence(&i) {
        return Err(Fail::NotVisible);
    }
    let right = running(act, o.meeting.desk, id).await?;
    if o.invitees.iter().all(|i| i.id != who) {
        return Err(Fail::NotVisible);
    }
    sql::mark_read(act, &right, &[who], Some(id), told_by).await
}

/// Tells participants what became of their items: a notice each, and one task per person as long as something waits to be read. It
/// holds no name, no number and no words. How many notices. Doing it again changes nothing.
pub async fn digest(engine: &Engine, m: MunicipalityId) -> Result<usize, Fail> {
    let now = engine.now();
    let mut act = engine.system_act(System::ItemDigest, m, Origin::Job, "session.digest", &now.iso()).await?;
    let right = Right::system(System::ItemDigest);
    let news = sql::news(&mut act.facts()?, m, (now.plus_hours(-24 * NEWS), now)).await?;
    if news.is_empty() {
        return Ok(0);
    }
    sql::tell(&mut act, &right, &news).await?;
    let mut asked = sql::asked_to_read(&mut act.facts()?, m).await?;
    let desks = register::desks_by_id(&mut act.facts()?, m, news.iter().map(|n| n.desk), now.day()).await?;
    let mut new: Vec<NewTask> = Vec::new();
    for n in news.iter().filter(|n| n.name.is_empty()) {
        let login = desks.iter().any(|d| d.id == n.desk && d.has_login);
        let who: (DeskId, Option<UserId>) = (n.desk, n.user);
        if !login || asked.contains(&who) {
            continue;
        }
        asked.push(who);
        new.push(NewTask {
            kind: TaskKind::ReadAfter,
            desk: n.desk,
            assignee: n.user,
            about: task::About { thing: Some(n.invitee.cast()), ..task::About::default() },
            due_at: in_business_days(now, READ),
        });
    }
    task::add_many(&mut act, &right, &new).await?;
    act.commit("").await?;
    Ok(news.len())
}

/// Whether a promise about an item is still to be kept.
pub(crate) fn is_open(state: TaskState) -> bool {
    state == TaskState::Open
}
