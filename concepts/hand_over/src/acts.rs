//! Beginning a hand-over, giving its cases, taking them up, dropping it.

use access::{Action, RecordKind, RecordRef, Relation, Right, Viewer};
use engine::{Act, Conn, Fail, Refusal};
use household::entry::{self, About};
use household::{Field, Marks, NewEntry};
use serde::Serialize;
use task::{NewTask, TaskKind, TaskState};
use words::calendar::{OpeningDays, add_business_days};
use words::id::{CaseId, DeskId, ThingId, UserId};
use words::{Day, Instant};

use crate::rules::{self, State};
use crate::sql::{self, Item, Pack};

/// A hand-over to begin.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Begin {
    pub desk: DeskId,
    pub from: UserId,
    pub last: Day,
}

/// Several cases for one receiver: each at the version that was seen.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct GiveMany {
    pub to: UserId,
    pub cases: Vec<(CaseId, i64)>,
}

/// Who takes a case, and what they should know.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Give {
    pub to: Option<UserId>,
    pub words: String,
    pub marks: Marks,
}

fn record(id: ThingId) -> RecordRef {
    RecordRef { kind: RecordKind::HandOver, id }
}

/// A hand-over of a desk this person sits at, or that passed to theirs; absence otherwise.
pub(crate) async fn pack(conn: &mut Conn<'_>, viewer: &Viewer, id: ThingId) -> Result<Pack, Fail> {
    let pack = sql::by_id(conn, viewer.municipality, id).await?.ok_or(Fail::NotVisible)?;
    if viewer.reading_desks().contains(&pack.desk) { Ok(pack) } else { Err(Fail::NotVisible) }
}

/// How desks stand to a case of it: the desk it belongs to, and everybody kept out of the household.
async fn relation(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    pack: &Pack,
    item: Option<&Item>,
) -> Result<Relation, Fail> {
    let mut relation = match item {
        Some(item) => {
            let all = household::cases_of(conn, viewer, [item.household]).await?;
            Relation::within(all.into_values().flatten().chain([item.case]))
        }
        None => Relation::of_no_household(),
    };
    relation.task = Some(pack.desk);
    Ok(relation)
}

/// One case of a hand-over; absent for whoever is kept out of it.
pub(crate) async fn item(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    pack: ThingId,
    case: CaseId,
) -> Result<Item, Fail> {
    let all = sql::items(conn, viewer.municipality, &[pack], Some(viewer)).await?;
    all.into_iter().find(|i| i.case == case).ok_or(Fail::NotVisible)
}

/// Who sits at the desk of a hand-over today, or at the one that inherited from it.
pub(crate) async fn sitting(
    conn: &mut Conn<'_>,
    m: words::id::MunicipalityId,
    desk: DeskId,
    today: Day,
) -> Result<(DeskId, Vec<(UserId, String)>), Fail> {
    let desk = register::heir(conn, m, desk, today).await?;
    Ok((desk, register::staff_of(conn, m, desk, today).await?))
}

/// Begins a hand-over with every case somebody carries at the desk.
pub(crate) async fn begin(act: &mut Act, right: &Right, id: ThingId, new: &Begin) -> Result<bool, Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    let cases = sql::carried(&mut act.facts()?, m, new.desk, new.from).await?;
    let pack = Pack { id, desk: new.desk, from: new.from, last: new.last, state: State::Open, version: 1 };
    if !sql::insert(act, right, &pack, &cases).await? {
        return Ok(false);
    }
    if cases.is_empty() {
        sql::end(act, right, id, State::Done).await?;
        return Ok(true);
    }
    let (desk, _) = sitting(&mut act.facts()?, m, new.desk, today).await?;
    see_to_it(act, right, &pack, desk).await?;
    Ok(true)
}

/// The lead of the desk that stands in its place today sees to it that each case is taken up by the last day; without a lead it is
/// everybody's at the desk.
async fn see_to_it(act: &mut Act, right: &Right, pack: &Pack, desk: DeskId) -> Result<(), Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    let leads = register::leads(&mut act.facts()?, m, desk, today).await?;
    let assignee = leads.into_iter().find(|l| *l != pack.from);
    let due_at = due(pack.last, today);
    let about = task::About { thing: Some(pack.id), ..task::About::default() };
    task::add(act, right, &NewTask { kind: TaskKind::CheckTakeOver, desk, assignee, about, due_at }).await?;
    Ok(())
}

/// Whether this person gives work to others at a desk.
pub(crate) fn gives(viewer: &Viewer, desk: DeskId) -> bool {
    let mut relation = Relation::of_no_household();
    relation.task = Some(desk);
    access::may(viewer, Action::Assign, &relation).is_ok()
}

/// Who sits at a desk today, or at the one that inherited from it, and whether somebody leads it.
pub(crate) async fn led(
    conn: &mut Conn<'_>,
    m: words::id::MunicipalityId,
    desk: DeskId,
    today: Day,
) -> Result<(Vec<UserId>, bool), Fail> {
    let (desk, staff) = sitting(conn, m, desk, today).await?;
    let leads = register::leads(conn, m, desk, today).await?;
    Ok((staff.into_iter().map(|(id, _)| id).collect(), !leads.is_empty()))
}

/// Whether this person may begin the hand-over of somebody's work at a desk.
pub(crate) async fn may_begin(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    (desk, from): (DeskId, UserId),
    today: Day,
) -> Result<Result<(), Refusal>, Fail> {
    let (users, led) = led(conn, viewer.municipality, desk, today).await?;
    Ok(rules::may_begin(viewer.user, from, gives(viewer, desk), (&users, led)))
}

/// Asked for by somebody of the desk.
pub(crate) async fn begin_asked(act: &mut Act, id: ThingId, new: &Begin) -> Result<(), Fail> {
    let mut relation = Relation::of_no_household();
    relation.task = Some(new.desk);
    let right = act.permit(Action::PassWork, &relation, record(id)).await?;
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let today = act.now().day();
    may_begin(&mut act.facts()?, &viewer, (new.desk, new.from), today).await??;
    if !begin(act, &right, id, new).await? {
        return Err(Refusal::conflict("hand_over.under_way").into());
    }
    Ok(())
}

/// Names who takes a case, and writes down what they should know.
pub(crate) async fn give(act: &mut Act, id: ThingId, case: CaseId, new: &Give) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let (m, now) = (act.municipality(), act.now());
    let pack = pack(&mut act.facts()?, &viewer, id).await?;
    let item = item(&mut act.facts()?, &viewer, id, case).await?;
    let relation = relation(&mut act.facts()?, &viewer, &pack, Some(&item)).await?;
    let right = act.permit(Action::PassWork, &relation, record(id)).await?;
    act.check_version(item.version)?;
    let (desk, staff) = sitting(&mut act.facts()?, m, pack.desk, now.day()).await?;
    let rule = item.rule((pack.desk, desk));
    if pack.state != State::Open || !rule.waits() {
        return Err(Refusal::conflict("hand_over.over").into());
    }
    if let Some(to) = new.to {
        let kept_out = sql::kept_out(&mut act.facts()?, m, item.household, now).await?;
        let users: Vec<UserId> = staff.iter().map(|(id, _)| *id).collect();
        rules::may_give(to, pack.from, &users, &kept_out)?;
    }
    let mut words = item.entry;
    if !new.words.is_empty() {
        // The words may have been corrected on their own page, or taken back as a mistake.
        let standing = entry::standing(&mut act.facts()?, m, item.entry).await?.into_values().next();
        let text = NewEntry {
            field: Field::HandOver,
            form: None,
            household: Some(item.household),
            marks: new.marks.clone(),
            body: new.words.clone(),
            occurred_at: now,
            told: None,
            about: About { case: Some(case), ..About::default() },
            corrects: None,
        };
        let written = match standing {
            Some(before) => entry::replace(act, &right, before, text).await?,
            None => entry::write(act, &right, vec![text]).await?,
        };
        household::findable::refresh(act, &right, &[], &written).await?;
        words = written.first().copied().or(item.entry);
    }
    sql::give(act, &right, &item, new.to, words).await?;
    settle(act, &right, &pack, (desk, &staff)).await?;
    Ok(())
}

/// Somebody takes a case up: its promises are theirs.
pub(crate) async fn receive(act: &mut Act, id: ThingId, case: CaseId) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let (m, now) = (act.municipality(), act.now());
    let pack = pack(&mut act.facts()?, &viewer, id).await?;
    let item = item(&mut act.facts()?, &viewer, id, case).await?;
    let relation = relation(&mut act.facts()?, &viewer, &pack, Some(&item)).await?;
    let right = act.permit(Action::PassWork, &relation, record(id)).await?;
    act.check_version(item.version)?;
    let (desk, staff) = sitting(&mut act.facts()?, m, pack.desk, now.day()).await?;
    let users: Vec<UserId> = staff.iter().map(|(id, _)| *id).collect();
    rules::may_receive(pack.state, &item.rule((pack.desk, desk)), pack.from, viewer.user, &users)?;
    sql::receive(act, &right, &item, viewer.user).await?;
    let passing = sql::promises(&mut act.facts()?, m, desk, case, pack.from).await?;
    for (task, _) in &passing {
        task::assign(act, &right, *task, Some(viewer.user)).await?;
    }
    sql::keep_passed(act, &right, id, &passing).await?;
    settle(act, &right, &pack, (desk, &staff)).await?;
    Ok(())
}

/// Whoever pressed it by mistake takes a receipt back: the promises are whose they were, as far as those still sit at the desk. A hand-over that
/// was ended by it is under way again, and whoever sees to it is told as at its beginning. Whether some are nobody's now, as whose they were is
/// gone.
pub(crate) async fn unreceive(act: &mut Act, id: ThingId, case: CaseId) -> Result<bool, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let (m, today) = (act.municipality(), act.now().day());
    let pack = pack(&mut act.facts()?, &viewer, id).await?;
    let item = item(&mut act.facts()?, &viewer, id, case).await?;
    let relation = relation(&mut act.facts()?, &viewer, &pack, Some(&item)).await?;
    let right = act.permit(Action::PassWork, &relation, record(id)).await?;
    act.check_version(item.version)?;
    let (desk, staff) = sitting(&mut act.facts()?, m, pack.desk, today).await?;
    let stands = item.rule((pack.desk, desk)).stands;
    rules::may_undo((pack.state, pack.last), stands, item.received(), (viewer.user, today))?;
    if pack.state == State::Done {
        if !sql::reopen(act, &right, &pack).await? {
            return Err(Refusal::conflict("hand_over.another_begun").into());
        }
        see_to_it(act, &right, &pack, desk).await?;
    }
    let users: Vec<UserId> = staff.iter().map(|(id, _)| *id).collect();
    let mut nobodys = false;
    for (task, before) in sql::passed(&mut act.facts()?, m, &item).await? {
        let to = rules::goes_back(before, &users);
        nobodys |= to != before;
        task::assign(act, &right, task, to).await?;
    }
    sql::unreceive(act, &right, &item).await?;
    settle(act, &right, &pack, (desk, &staff)).await?;
    Ok(nobodys)
}

/// Names one receiver for several cases; all of them, or none.
pub(crate) async fn give_many(act: &mut Act, id: ThingId, new: &GiveMany) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let (m, now) = (act.municipality(), act.now());
    let pack = pack(&mut act.facts()?, &viewer, id).await?;
    let of_pack = relation(&mut act.facts()?, &viewer, &pack, None).await?;
    let right = act.permit(Action::PassWork, &of_pack, record(id)).await?;
    let items = sql::items(&mut act.facts()?, m, &[id], Some(&viewer)).await?;
    let (desk, staff) = sitting(&mut act.facts()?, m, pack.desk, now.day()).await?;
    let users: Vec<UserId> = staff.iter().map(|(id, _)| *id).collect();
    for (case, version) in &new.cases {
        let item = items.iter().find(|i| i.case == *case).ok_or(Fail::NotVisible)?;
        if item.version != *version {
            return Err(Fail::Stale);
        }
        if pack.state != State::Open || !item.rule((pack.desk, desk)).waits() {
            return Err(Refusal::conflict("hand_over.over").into());
        }
        let relation = relation(&mut act.facts()?, &viewer, &pack, Some(item)).await?;
        access::may(&viewer, Action::PassWork, &relation).map_err(|_| Fail::NotVisible)?;
        let kept_out = sql::kept_out(&mut act.facts()?, m, item.household, now).await?;
        rules::may_give(new.to, pack.from, &users, &kept_out)
            .map_err(|_| Refusal::new("hand_over.cannot_take_all"))?;
        sql::give(act, &right, item, Some(new.to), item.entry).await?;
    }
    settle(act, &right, &pack, (desk, &staff)).await?;
    Ok(())
}

/// Corrects the last day of whoever goes.
pub(crate) async fn change_last(act: &mut Act, id: ThingId, last: Day) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let (m, today) = (act.municipality(), act.now().day());
    let pack = pack(&mut act.facts()?, &viewer, id).await?;
    let relation = relation(&mut act.facts()?, &viewer, &pack, None).await?;
    let right = act.permit(Action::PassWork, &relation, record(id)).await?;
    act.check_version(pack.version)?;
    if pack.state != State::Open {
        return Err(Refusal::conflict("hand_over.over").into());
    }
    may_begin(&mut act.facts()?, &viewer, (pack.desk, pack.from), today).await??;
    let appointed = sql::appointed(&mut act.facts()?, m, pack.desk, pack.from).await?;
    rules::may_end(last, appointed, today)?;
    sql::change_last(act, &right, &pack, (last, due(last, today))).await
}

/// By when everything is to be taken up.
fn due(last: Day, today: Day) -> Instant {
    Instant::at(add_business_days(&OpeningDays::default(), last.max(today.plus_days(1)), 0), 17, 0)
}

/// It is not needed: whoever was to go stays. What was taken up already stays taken up.
pub(crate) async fn withdraw(act: &mut Act, id: ThingId) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let pack = pack(&mut act.facts()?, &viewer, id).await?;
    let relation = relation(&mut act.facts()?, &viewer, &pack, None).await?;
    let right = act.permit(Action::PassWork, &relation, record(id)).await?;
    act.check_version(pack.version)?;
    if !sql::end(act, &right, id, State::Withdrawn).await? {
        return Err(Refusal::conflict("hand_over.over").into());
    }
    end_tasks(act, &right, id, TaskState::Cancelled).await
}

async fn end_tasks(act: &mut Act, right: &Right, id: ThingId, to: TaskState) -> Result<(), Fail> {
    let kinds = [TaskKind::TakeOver, TaskKind::CheckTakeOver];
    task::end_of_thing(act, right, id, None, &kinds, to).await
}

/// Brings the tasks of a hand-over into line with what waits: one for each person who is to take something, one for the whole desk
/// where that person sits there no more, none when nothing waits. Whether anything changed.
pub(crate) async fn settle(
    act: &mut Act,
    right: &Right,
    pack: &Pack,
    (desk, staff): (DeskId, &[(UserId, String)]),
) -> Result<bool, Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    let items = sql::items(&mut act.facts()?, m, &[pack.id], None).await?;
    let rules: Vec<rules::Item> = items.iter().map(|i| i.rule((pack.desk, desk))).collect();
    if rules::finished(&rules) {
        sql::end(act, right, pack.id, State::Done).await?;
        end_tasks(act, right, pack.id, TaskState::Done).await?;
        return Ok(true);
    }
    let sitting: Vec<UserId> = staff.iter().map(|(id, _)| *id).collect();
    let wanted = rules::asked(&rules, &sitting);
    let mut changed = false;
    let there = sql::receipts(&mut act.facts()?, m, pack.id).await?;
    for (task, whose) in &there {
        if !wanted.contains(whose) {
            changed |= task::end(act, right, *task, TaskState::Done, "").await?;
        }
    }
    let due_at = due(pack.last, today);
    for assignee in wanted.into_iter().filter(|u| !there.iter().any(|(_, w)| w == u)) {
        let about = task::About { thing: Some(pack.id), ..task::About::default() };
        let new = NewTask { kind: TaskKind::TakeOver, desk, assignee, about, due_at };
        task::add(act, right, &new).await?;
        changed = true;
    }
    Ok(changed)
}
