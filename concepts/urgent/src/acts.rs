//! Stating a reason, looking for somebody, ending a look, answering a notice. Each act: begin, load, permit, decide, save.

use std::collections::BTreeSet;

use access::{Action, RecordKind, RecordRef, Relation, Right, Role};
use engine::{Act, Begun, Conn, Envelope, Fail, Receipt};
use household::{Exact, Wanted};
use serde::Serialize;
use site::Req;
use task::{NewTask, TaskKind, TaskState};
use words::Instant;
use words::id::{CaseId, DeskId, HouseholdId, MunicipalityId, UrgentAskId, UrgentLookId, UserId};

use crate::rules::{self, Answer, Clocks, Reason, Reviewers, TryOutcome};
use crate::sql::{self, Found, NewLook};

/// Cases opened by one look-up. One person can be recorded by several desks; a name and a birth date fit few people.
const MOST_CASES: usize = 5;

/// What an act led to.
pub(crate) enum Done {
    /// Done now.
    Now(String, Receipt),
    /// Done before: the form came twice.
    Before(String),
}

pub(crate) fn of_ask(id: UrgentAskId) -> RecordRef {
    RecordRef { kind: RecordKind::UrgentLook, id: id.cast() }
}

pub(crate) fn of_look(id: UrgentLookId) -> RecordRef {
    RecordRef { kind: RecordKind::UrgentLook, id: id.cast() }
}

/// The municipality's clocks.
pub(crate) async fn clocks(conn: &mut Conn<'_>, m: MunicipalityId) -> Result<Clocks, Fail> {
    Ok(Clocks::of(register::numbers(conn, m, rules::SETTINGS).await?))
}

/// How often somebody has looked for somebody today.
pub(crate) async fn tried_today(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    user: UserId,
    now: Instant,
) -> Result<i64, Fail> {
    Ok(sql::tried(conn, m, user, Instant::at(now.day(), 0, 0)).await?)
}

/// States a reason: before anybody is looked for.
pub(crate) async fn state(req: &Req, reason: Reason, words: &str) -> Result<Done, Fail> {
    #[derive(Serialize)]
    struct Body<'a>(&'a str, &'a str);
    let body = Body(words::code::Code::code(reason), words);
    let mut act = match req.ctx()?.act(&req.envelope(), "urgent.state", &body).await? {
        Begun::Before(to) => return Ok(Done::Before(to)),
        Begun::New(act) => act,
    };
    let id: UrgentAskId = act.new_id();
    let right = act.permit(Action::LookUrgently, &Relation::of_no_household(), of_ask(id)).await?;
    sql::state(&mut act, &right, id, reason, words).await?;
    let receipt = act.commit(&id.to_string()).await?;
    Ok(Done::Now(id.to_string(), receipt))
}

/// Looks for somebody and, when they are found, opens their case. The outcome's code is what the act leads to. Of what was
/// typed nothing is kept: the command holds its hash.
pub(crate) async fn find(req: &Req, id: UrgentAskId, wanted: &Wanted) -> Result<Done, Fail> {
    #[derive(Serialize)]
    struct Body<'a>(UrgentAskId, &'a str, Option<words::partial::PartialDate>, &'a str);
    let body = Body(id, &wanted.name, wanted.birth, &wanted.address);
    let mut act = match req.ctx()?.act(&req.envelope(), "urgent.find", &body).await? {
        Begun::Before(to) => return Ok(Done::Before(to)),
        Begun::New(act) => act,
    };
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let (m, now) = (act.municipality(), act.now());
    let ask = sql::ask(&mut act.facts()?, m, id, viewer.user).await?.ok_or(Fail::NotVisible)?;
    // Found or not, the log has the same row of it: the reason, by its id.
    let right = act.permit(Action::LookUrgently, &Relation::of_no_household(), of_ask(id)).await?;
    let clocks = clocks(&mut act.facts()?, m).await?;
    let before = sql::outcomes(&mut act.facts()?, m, id).await?;
    let tried = tried_today(&mut act.facts()?, m, viewer.user, now).await?;
    rules::may_try(ask.stated_at, before.contains(&TryOutcome::Hit), tried, now, clocks)?;
    let found = household::exactly(&mut act.facts()?, &viewer, wanted).await?;
    let cases = sql::cases(&mut act.facts()?, m, found.iter().map(|f| f.household)).await?;
    let own = viewer.reading_desks();
    let (mine, others): (Vec<Exact>, Vec<Exact>) = found.iter().partition(|f| own.contains(&f.desk));
    let opened = to_open(&others, &cases, &viewer.excluded_from);
    let outcome = if !opened.is_empty() {
        TryOutcome::Hit
    } else if mine.iter().any(|f| !kept_out(&cases, f.household, &viewer.excluded_from)) {
        TryOutcome::Own
    } else {
        TryOutcome::Miss
    };
    sql::note_try(&mut act, &right, id, outcome).await?;
    for (case, recorded_by) in opened {
        open(&mut act, &right, id, &case, recorded_by, clocks).await?;
    }
    let outcome = words::code::Code::code(outcome).to_owned();
    let receipt = act.commit(&outcome).await?;
    Ok(Done::Now(outcome, receipt))
}

fn kept_out(cases: &[Found], household: HouseholdId, excluded_from: &[CaseId]) -> bool {
    cases.iter().any(|c| c.household == household && excluded_from.contains(&c.case))
}

/// Of each household found at another desk, one case: the open one, or the newest. None of a household that the viewer is
/// kept out of (disclosure rule 14).
fn to_open(others: &[Exact], cases: &[Found], excluded_from: &[CaseId]) -> Vec<(Found, DeskId)> {
    others
        .iter()
        .filter(|f| !kept_out(cases, f.household, excluded_from))
        .filter_map(|f| Some((cases.iter().find(|c| c.household == f.household)?.clone(), f.desk)))
        .take(MOST_CASES)
        .collect()
}

/// Opens one case: the look, the notices, the review.
async fn open(
    act: &mut Act,
    right: &Right,
    ask: UrgentAskId,
    found: &Found,
    recorded_by: DeskId,
    clocks: Clocks,
) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    // The look shows the household's file, whichever of its cases it is opened on: all who answer for one of them are told.
    let all = sql::cases(&mut act.facts()?, m, [found.household]).await?;
    let household: Vec<_> = all.iter().map(|c| c.case).collect();
    let case = RecordRef::case(found.case);
    // The case's own log says that it was opened, and once more asks whether this person is kept out of it.
    act.permit(Action::LookUrgently, &Relation::within(household), case).await?;
    let looker = act.viewer().map(|v| v.user).ok_or(Fail::NotVisible)?;
    let at = right.seat().map(|s| s.desk).ok_or(Fail::NotVisible)?;
    let mut concerned: Vec<DeskId> = found.accountable.into_iter().collect();
    concerned.extend(all.iter().filter_map(|c| c.accountable));
    concerned.push(recorded_by);
    let owners = owners(act, &concerned, at).await?;
    let owner = *owners.first().ok_or(Fail::NotVisible)?;
    let id: UrgentLookId = act.new_id();
    let about = task::About { thing: Some(id.cast()), ..task::About::default() };
    let (role, assignee, desk) = reviewer(act, &owners, looker, found.household, owner).await?;
    let due_at = rules::review_due(now, clocks);
    let review = NewTask { kind: TaskKind::UrgentReview, desk, assignee, about, due_at };
    let review_task = task::add(act, right, &review).await?;
    let until = rules::until(now, clocks);
    let look = NewLook { id, ask, case: found.case, until, review_role: role, review_task };
    sql::open(act, right, &look).await?;
    let desks = register::desks_by_id(&mut act.facts()?, m, owners.iter().copied(), now.day()).await?;
    for owner in owners {
        let standard = words::calendar::OpeningDays::default();
        let opening = desks.iter().find(|d| d.id == owner).map_or(&standard, |d| &d.opening);
        let due_at = rules::notice_due(now, opening);
        let notice = NewTask { kind: TaskKind::UrgentSeen, desk: owner, assignee: None, about, due_at };
        let task = task::add(act, right, &notice).await?;
        sql::notice(act, right, id, task).await?;
    }
    Ok(())
}

/// The desks that are told: these, where they are today. The looker's own desk is not told of itself, unless there is no other.
async fn owners(act: &mut Act, concerned: &[DeskId], looker_at: DeskId) -> Result<Vec<DeskId>, Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    let mut owners = Vec::new();
    for desk in concerned {
        let heir = register::heir(&mut act.facts()?, m, *desk, today).await?;
        if !owners.contains(&heir) {
            owners.push(heir);
        }
    }
    if owners.iter().any(|d| *d != looker_at) {
        owners.retain(|d| *d != looker_at);
    }
    Ok(owners)
}

/// To whom the review of a look falls now.
pub(crate) async fn reviewer(
    act: &mut Act,
    owners: &[DeskId],
    looker: UserId,
    household: HouseholdId,
    owner: DeskId,
) -> Result<(Role, Option<UserId>, DeskId), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let today = now.day();
    let mut conn = act.facts()?;
    let mut who = Reviewers {
        auditors: register::auditors(&mut conn, m, today).await?,
        coordinators: register::coordinators(&mut conn, m, today).await?,
        leads: Vec::new(),
    };
    for desk in owners {
        let leads = register::leads(&mut conn, m, *desk, today).await?;
        who.leads.extend(leads.into_iter().map(|user| (user, *desk)));
    }
    let kept_out = sql::kept_out(&mut conn, m, household, now).await?;
    Ok(rules::falls_to(&who, looker, &kept_out, owner))
}

/// Ends one's own looks at the case of this one, before their time.
pub(crate) async fn end(req: &Req, id: UrgentLookId) -> Result<Done, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "urgent.end", &id).await? {
        Begun::Before(to) => return Ok(Done::Before(to)),
        Begun::New(act) => act,
    };
    let user = act.viewer().map(|v| v.user).ok_or(Fail::NotVisible)?;
    let m = act.municipality();
    let look =
        sql::look(&mut act.facts()?, m, id).await?.filter(|l| l.user == user).ok_or(Fail::NotVisible)?;
    let right = act.permit(Action::LookUrgently, &Relation::of_no_household(), of_look(id)).await?;
    sql::end(&mut act, &right, user, look.case).await?;
    let receipt = act.commit(&id.to_string()).await?;
    Ok(Done::Now(id.to_string(), receipt))
}

/// A desk that was told says whether it knows why: its task is done.
pub(crate) async fn answer(req: &Req, id: UrgentLookId, answer: Answer, words: &str) -> Result<Done, Fail> {
    let body = (id, words::code::Code::code(answer), words);
    let envelope: Envelope = req.envelope();
    let mut act = match req.ctx()?.act(&envelope, "urgent.answer", &body).await? {
        Begun::Before(to) => return Ok(Done::Before(to)),
        Begun::New(act) => act,
    };
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let m = act.municipality();
    let look = sql::look(&mut act.facts()?, m, id).await?.ok_or(Fail::NotVisible)?;
    let notices = sql::notices(&mut act.facts()?, m, id).await?;
    let own: BTreeSet<DeskId> = viewer.reading_desks().into_iter().collect();
    let notice =
        notices.iter().filter(|n| own.contains(&n.desk)).max_by_key(|n| n.open).ok_or(Fail::NotVisible)?;
    let mut relation = Relation::within(sql::cases_of(&mut act.facts()?, m, look.household).await?);
    relation.task = Some(notice.desk);
    let right = act.permit(Action::WorkTask, &relation, of_look(id)).await?;
    sql::answer(&mut act, &right, id, notice.task, (answer, words)).await?;
    task::end(&mut act, &right, notice.task, TaskState::Done, "").await?;
    if rules::opens_again(look.state, notice.answer, answer) {
        open_again(&mut act, &right, &look, &notices).await?;
    }
    let receipt = act.commit(&id.to_string()).await?;
    Ok(Done::Now(id.to_string(), receipt))
}

/// A desk doubts a look that was reviewed: whoever reviews it now has it before them again, with a new date.
async fn open_again(
    act: &mut Act,
    right: &Right,
    look: &sql::Look,
    notices: &[sql::Notice],
) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let owners: Vec<DeskId> = notices.iter().map(|n| n.desk).collect();
    let owner = owners.first().copied().unwrap_or(look.task_desk);
    let (role, assignee, desk) = reviewer(act, &owners, look.user, look.household, owner).await?;
    let due_at = rules::review_due(now, clocks(&mut act.facts()?, m).await?);
    let about = task::About { thing: Some(look.id.cast()), ..task::About::default() };
    let review = NewTask { kind: TaskKind::UrgentReview, desk, assignee, about, due_at };
    let task = task::add(act, right, &review).await?;
    sql::open_again(act, right, look.id, role, task).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use words::Id;

    fn id<K>(n: u128) -> Id<K> {
        Id::new(uuid::Uuid::from_u128(n))
    }

    fn found(case: u128, household: u128) -> Found {
        Found { case: id(case), household: id(household), accountable: Some(id(9)) }
    }

    #[test]
    fn one_case_of_each_household_and_none_of_what_one_is_kept_out_of() {
        let at = |household| Exact { household: id(household), desk: id(8) };
        let cases = [found(1, 11), found(2, 12), found(3, 11)];
        let others = [at(11), at(12), at(13)];
        let opened = |excluded: &[CaseId]| {
            to_open(&others, &cases, excluded).into_iter().map(|(f, _)| f.case).collect::<Vec<_>>()
        };
        assert_eq!(opened(&[]), [id(1), id(2)]);
        // Kept out of the closed case of a household: kept out of the household.
        assert_eq!(opened(&[id(3)]), [id(2)]);
        assert!(opened(&[id(3), id(2)]).is_empty());
    }
}
