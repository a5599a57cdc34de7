//! Beginning, ticking, finding out, judging, confirming. Each act: begin, load, permit, decide, save, settle the guard.

use access::{Action, RecordKind, RecordRef, Relation, Right};
use engine::{Act, Begun, Fail, Receipt, Refusal};
use household::entry::About;
use household::{Field, Marks, NewEntry};
use serde::Serialize;
use site::Req;
use task::{NewTask, TaskKind, TaskState};
use words::Instant;
use words::id::{
    CaseId, CommandId, ConnectingSheetId, ConsultationId, DeskId, DraftId, EntryId, HouseholdId, TriageId,
};

use crate::guide::{Guide, Kind};
use crate::rules::{self, How, Judgement, ListName, Outcome, Scope, Staffing, State};
use crate::sql::ticks::ItemAt;
use crate::sql::{self, Header, Judged, Loaded, NewRow, Origin, Promise, Role, guides, ticks};

/// What an act led to.
pub(crate) enum Done {
    /// Done now.
    Now(TriageId, Receipt),
    /// Done before: the form came twice. What it had led to.
    Before(String),
}

/// A triage to be begun.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Begin {
    pub consultation: Option<ConsultationId>,
    pub sheet: Option<ConnectingSheetId>,
    pub case: Option<CaseId>,
    pub kind: String,
    pub started_at: Instant,
}

/// How the viewer stands to what a triage is begun from, and what it is now: a consultation that became a case goes on in
/// the case. `None` is absence.
pub(crate) struct Start {
    pub origin: Origin,
    pub relation: Relation,
    /// Whom it is about, as far as anybody is recorded. An id only: who they are is disclosed elsewhere.
    pub household: Option<HouseholdId>,
    /// The moment the news came, as far as the record says.
    pub came_at: Option<Instant>,
    pub void: bool,
}

/// What a triage can be begun from, asked the same way for the page and for the act.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Asked {
    Consultation(ConsultationId),
    Sheet(ConnectingSheetId),
    Case(CaseId),
}

fn record(id: TriageId) -> RecordRef {
    RecordRef { kind: RecordKind::Triage, id: id.cast() }
}

/// Begins a triage: checklist and clock as of the guide in force, each step of the clock and the judgement a promise.
pub(crate) async fn begin(req: &Req, new: &Begin) -> Result<Done, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "triage.begin", new).await? {
        Begun::Before(to) => return Ok(Done::Before(to)),
        Begun::New(act) => act,
    };
    let asked = match (new.consultation, new.sheet, new.case) {
        (Some(id), ..) => Asked::Consultation(id),
        (_, Some(id), _) => Asked::Sheet(id),
        (.., Some(id)) => Asked::Case(id),
        _ => return Err(Fail::NotVisible),
    };
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let start = crate::views::start(&mut act.facts()?, &viewer, asked).await?.ok_or(Fail::NotVisible)?;
    let id: TriageId = act.new_id();
    let right = act.permit(Action::Triage, &start.relation, record(id)).await?;
    if start.void {
        return Err(Refusal::new("triage.origin_void").into());
    }
    rules::check_start(new.started_at, act.now())?;
    let (version, kind) = kind_in_force(&mut act, &right, &new.kind).await?;
    let desk = right.seat().map(|s| s.desk).ok_or(Fail::NotVisible)?;
    let row = NewRow {
        id,
        kind: kind.code.clone(),
        guide_version: version,
        categories: kind.marks(),
        desk,
        origin: start.origin,
        started_at: new.started_at,
    };
    sql::insert(&mut act, &right, &row).await?;
    let promise = Promising { id, origin: start.origin, desk };
    for (n, clock) in kind.clock.iter().enumerate() {
        let due = new.started_at.plus_minutes(clock.minutes);
        promise.make(&mut act, &right, TaskKind::TriageStep, Role::Step, Some(n), due).await?;
    }
    let due = new.started_at.plus_minutes(kind.judge_minutes);
    promise.make(&mut act, &right, TaskKind::TriageJudge, Role::Judge, None, due).await?;
    settle(&mut act, &right, start.origin).await?;
    let receipt = act.commit(&id.to_string()).await?;
    Ok(Done::Now(id, receipt))
}

/// The kind of the guide in force. The built-in guide is kept as the first version when it is first used.
async fn kind_in_force(act: &mut Act, right: &Right, code: &str) -> Result<(i64, Kind), Fail> {
    let m = act.municipality();
    let (mut version, guide) = guides::current(&mut act.facts()?, m).await?;
    if version == 0 {
        version = match guides::keep(act, right, 0, &guide, "").await {
            // Two first triages at once: both begin under the same text.
            Err(Fail::Stale) => 1,
            other => other?,
        };
    }
    let kind = guide.kind(code).filter(|k| !k.retired).cloned();
    Ok((version, kind.ok_or(Refusal::new("triage.no_such_kind"))?))
}

struct Promising {
    id: TriageId,
    origin: Origin,
    desk: DeskId,
}

impl Promising {
    async fn make(
        &self,
        act: &mut Act,
        right: &Right,
        kind: TaskKind,
        role: Role,
        item: Option<usize>,
        due_at: Instant,
    ) -> Result<(), Fail> {
        // Nobody's by name: whoever of the desk is there takes it, and all of them see it.
        let new = NewTask { kind, desk: self.desk, assignee: None, about: self.origin.task_about(), due_at };
        let task = task::add(act, right, &new).await?;
        sql::link_task(act, right, self.id, task, role, item).await
    }
}

async fn settle(act: &mut Act, right: &Right, origin: Origin) -> Result<(), Fail> {
    let m = act.municipality();
    let days = register::settings(&mut act.facts()?, m).await?.next_contact_days;
    let otherwise = act.now().plus_hours(days * 24);
    task::settle(act, right, origin.guarded(), otherwise).await
}

/// A triage as an act works on it.
struct Working {
    header: Header,
    kind: Kind,
    relation: Relation,
    promises: Vec<Promise>,
}

/// Loads a triage for an act; absent for whoever may not see it.
async fn load(act: &mut Act, id: TriageId) -> Result<Working, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let m = viewer.municipality;
    let Loaded { header, triage } =
        sql::by_id(&mut act.facts()?, &viewer, id).await?.ok_or(Fail::NotVisible)?;
    let shown = act.disclose(vec![triage]).await?.pop().ok_or(Fail::NotVisible)?;
    let guide: Option<Guide> = guides::of_version(&mut act.facts()?, m, header.guide_version).await?;
    let kind = guide.and_then(|g| g.kind(&shown.kind).cloned());
    let kind = kind.ok_or(engine::Broken::Corrupt("triage", "kind".to_owned()))?;
    let promises = sql::promises(&mut act.facts()?, m, id).await?;
    let mut relation = Relation::within(shown.facts().cases.iter().copied());
    relation.author = Some(header.desk);
    Ok(Working { header, kind, relation, promises })
}

impl Working {
    /// Where new promises go: the desk that began it, or its heir. A task of an ended desk would be nobody's until the
    /// next round of the job that passes work on.
    async fn promising(&self, act: &mut Act) -> Result<Promising, Fail> {
        let (m, today) = (act.municipality(), act.now().day());
        let desk = register::heir(&mut act.facts()?, m, self.header.desk, today).await?;
        Ok(Promising { id: self.header.id, origin: self.header.origin, desk })
    }

    async fn end(
        &self,
        act: &mut Act,
        right: &Right,
        which: impl Fn(&Promise) -> bool,
        state: TaskState,
        reason: &str,
    ) -> Result<(), Fail> {
        for promise in self.promises.iter().filter(|p| p.open && which(p)) {
            task::end(act, right, promise.task, state, reason).await?;
        }
        Ok(())
    }

    fn about(&self) -> About {
        let of = self.header.origin.task_about();
        About { consultation: of.consultation, sheet: of.sheet, case: self.header.case, ..About::default() }
    }

    fn text(&self, field: Field, body: String, marks: Marks, now: Instant) -> NewEntry {
        NewEntry {
            field,
            form: None,
            household: self.header.household,
            marks,
            body,
            occurred_at: now,
            told: None,
            about: self.about(),
            corrects: None,
        }
    }
}

async fn write(act: &mut Act, right: &Right, text: NewEntry) -> Result<EntryId, Fail> {
    let written = household::entry::write(act, right, vec![text]).await?;
    household::findable::refresh(act, right, &[], &written).await?;
    written.first().copied().ok_or(Fail::NotVisible)
}

/// Ticks an item, or takes the tick off. No version is asked for: two people at two doors tick at once.
pub(crate) async fn tick(req: &Req, id: TriageId, (list, item): ItemAt, done: bool) -> Result<Done, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "triage.tick", &(id, list, item, done)).await? {
        Begun::Before(to) => return Ok(Done::Before(to)),
        Begun::New(act) => act,
    };
    let (working, right) = work(&mut act, id).await?;
    if item >= working.kind.items(list).len() {
        return Err(Fail::NotVisible);
    }
    set(&mut act, &right, &working, (list, item), done).await?;
    let receipt = act.commit(&id.to_string()).await?;
    Ok(Done::Now(id, receipt))
}

/// Takes one own tick back: the item stands as before, and both are kept. The item comes back with it.
pub(crate) async fn untick(req: &Req, id: TriageId, change: CommandId) -> Result<(Done, ItemAt), Fail> {
    let ctx = req.ctx()?;
    let (m, me) = (ctx.viewer.municipality, ctx.viewer.user);
    let mut act = match ctx.act(&req.envelope(), "triage.untick", &(id, change)).await? {
        Begun::Before(to) => return Ok((Done::Before(to), (ListName::First, 0))),
        Begun::New(act) => act,
    };
    let (working, right) = work(&mut act, id).await?;
    let (item, done) = ticks::tick_list(&mut act.facts()?, m, id).await?.before(change, me)?;
    set(&mut act, &right, &working, item, done).await?;
    let receipt = act.commit(&id.to_string()).await?;
    Ok((Done::Now(id, receipt), item))
}

/// A triage that can be worked on, and the right to.
async fn work(act: &mut Act, id: TriageId) -> Result<(Working, Right), Fail> {
    let working = load(act, id).await?;
    let right = act.permit(Action::Triage, &working.relation, record(id)).await?;
    rules::workable(working.header.state, working.header.origin_void)?;
    Ok((working, right))
}

async fn set(
    act: &mut Act,
    right: &Right,
    working: &Working,
    (list, item): ItemAt,
    done: bool,
) -> Result<(), Fail> {
    ticks::tick_add(act, right, working.header.id, (list, item), done).await?;
    if list == ListName::Clock {
        step(act, right, working, item, done).await?;
        settle(act, right, working.header.origin).await?;
    }
    Ok(())
}

/// A step of the clock is a promise: ticked, it is kept; taken back, it is owed again at its old moment.
async fn step(act: &mut Act, right: &Right, working: &Working, item: usize, done: bool) -> Result<(), Fail> {
    let mine = |p: &Promise| p.role == Role::Step && p.item == Some(item);
    if done {
        return working.end(act, right, mine, TaskState::Done, "").await;
    }
    if working.promises.iter().any(|p| p.open && mine(p)) {
        return Ok(());
    }
    let minutes = working.kind.clock.get(item).map_or(0, |c| c.minutes);
    let due = working.header.started_at.plus_minutes(minutes);
    working.promising(act).await?.make(act, right, TaskKind::TriageStep, Role::Step, Some(item), due).await
}

/// A fact as found out.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Fact {
    pub item: usize,
    pub body: String,
    pub marks: Marks,
}

/// Writes down what was found out, which also ticks it.
pub(crate) async fn fact(req: &Req, id: TriageId, new: &Fact) -> Result<Done, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "triage.fact", &(id, new)).await? {
        Begun::Before(to) => return Ok(Done::Before(to)),
        Begun::New(act) => act,
    };
    let (working, right) = work(&mut act, id).await?;
    if new.item >= working.kind.facts.len() {
        return Err(Fail::NotVisible);
    }
    let text = working.text(Field::Facts, new.body.clone(), new.marks.clone(), act.now());
    let entry = write(&mut act, &right, text).await?;
    sql::link_entry(&mut act, &right, id, entry, "fact", Some(new.item)).await?;
    ticks::tick_add(&mut act, &right, id, (ListName::Fact, new.item), true).await?;
    let receipt = act.commit(&id.to_string()).await?;
    Ok(Done::Now(id, receipt))
}

/// A judgement as written.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct NewJudgement {
    pub outcome: Outcome,
    pub scope: Scope,
    pub to: Option<DeskId>,
    pub reason: String,
    pub unknown: String,
    /// Headings of the two parts, from the sentences: a text is read without its form.
    pub headings: [String; 2],
    pub marks: Marks,
    pub draft: Option<DraftId>,
}

impl NewJudgement {
    fn body(&self) -> String {
        if self.unknown.is_empty() {
            return self.reason.clone();
        }
        let [reason, unknown] = &self.headings;
        format!("【{reason}】\n{}\n\n【{unknown}】\n{}", self.reason, self.unknown)
    }
}

/// Why a judgement was not taken.
pub(crate) enum NotJudged {
    /// Something is missing beside this field.
    Field(&'static str, Refusal),
    /// Anything else.
    Fail(Fail),
}

impl<E: Into<Fail>> From<E> for NotJudged {
    fn from(e: E) -> Self {
        Self::Fail(e.into())
    }
}

/// Judges, or corrects a judgement: the one before is kept, and a senior is asked to confirm.
pub(crate) async fn judge(req: &Req, id: TriageId, new: &NewJudgement) -> Result<Done, NotJudged> {
    let mut act = match req.ctx()?.act(&req.envelope(), "triage.judge", &(id, new)).await? {
        Begun::Before(to) => return Ok(Done::Before(to)),
        Begun::New(act) => act,
    };
    let working = load(&mut act, id).await?;
    let right = act.permit(Action::Triage, &working.relation, record(id)).await?;
    act.check_version(working.header.version)?;
    let m = act.municipality();
    let ticks = ticks::tick_list(&mut act.facts()?, m, id).await?;
    let known = |n: usize| ticks.done((ListName::Fact, n));
    let judgement = Judgement {
        outcome: new.outcome,
        to: new.to,
        reason: &new.reason,
        unknown: &new.unknown,
        missing_facts: (0..working.kind.facts.len()).filter(|n| !known(*n)).count(),
    };
    let header = &working.header;
    let to = rules::judge(header.state, header.origin_void, &judgement)
        .map_err(|(f, r)| NotJudged::Field(f, r))?;
    if let Some(desk) = new.to {
        receiving(&mut act, desk).await?;
    }
    let text = working.text(Field::Judgement, new.body(), new.marks.clone(), act.now());
    let entry = write(&mut act, &right, text).await?;
    let going_to = new.to.filter(|_| new.outcome == Outcome::PassOn);
    sql::add_judgement(&mut act, &right, id, (new.outcome, new.scope, going_to), entry).await?;
    sql::step(&mut act, &right, header, to).await?;
    working.end(&mut act, &right, |p| p.role == Role::Judge, TaskState::Done, "").await?;
    working.end(&mut act, &right, |p| p.role == Role::Confirm, TaskState::Cancelled, "judged_anew").await?;
    let due = act.now().plus_minutes(working.kind.confirm_minutes);
    let promising = working.promising(&mut act).await?;
    promising.make(&mut act, &right, TaskKind::TriageConfirm, Role::Confirm, None, due).await?;
    if let Some(draft) = new.draft {
        draft::delete(&mut act, &right, draft).await?;
    }
    settle(&mut act, &right, header.origin).await?;
    let receipt = act.commit(&id.to_string()).await.map_err(Fail::from)?;
    Ok(Done::Now(id, receipt))
}

/// A desk named in a judgement is one that stands today.
async fn receiving(act: &mut Act, desk: DeskId) -> Result<(), NotJudged> {
    let (m, today) = (act.municipality(), act.now().day());
    let known = register::desk(&mut act.facts()?, m, desk, today).await?;
    if known.is_some_and(|d| d.valid_to.is_none_or(|last| last >= today)) {
        return Ok(());
    }
    Err(NotJudged::Field("to", Refusal::new("triage.to_ended")))
}

/// A senior's answer.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct NewAnswer {
    pub confirmed: bool,
    pub words: String,
    /// The senior elsewhere who said so by word of mouth.
    pub told: String,
    /// The heading for that, from the sentences.
    pub told_heading: String,
}

/// Confirms a judgement, or sends it back.
pub(crate) async fn answer(req: &Req, id: TriageId, new: &NewAnswer) -> Result<Done, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "triage.answer", &(id, new)).await? {
        Begun::Before(to) => return Ok(Done::Before(to)),
        Begun::New(act) => act,
    };
    let working = load(&mut act, id).await?;
    let right = act.permit(Action::ConfirmTriage, &working.relation, record(id)).await?;
    act.check_version(working.header.version)?;
    let m = act.municipality();
    let last = sql::judgements(&mut act.facts()?, m, id).await?.pop();
    let last: Judged = last.ok_or(Refusal::new("triage.not_waiting"))?;
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let role = right.seat().map(|s| s.role).ok_or(Fail::NotVisible)?;
    let (me, judge) = ((viewer.user, role), last.by.unwrap_or(viewer.user));
    let (today, now) = (act.now().day(), act.now());
    let desk = working.promising(&mut act).await?.desk;
    let staffing = staffing(&mut act, desk, today, judge, &working.promises, now).await?;
    let header = &working.header;
    let (to, how) = if new.confirmed {
        let how = rules::confirm(header.state, header.origin_void, judge, me, staffing, &new.told)?;
        (State::Confirmed, how)
    } else {
        let to = rules::send_back(header.state, header.origin_void, judge, me, staffing, &new.words)?;
        (to, if role == access::Role::Caseworker { How::StandIn } else { How::Senior })
    };
    let entry = answer_words(&mut act, &right, &working, new, how).await?;
    let kept = if new.confirmed { "confirmed" } else { "returned" };
    sql::answer(&mut act, &right, id, last.seq, kept, how, entry).await?;
    sql::step(&mut act, &right, header, to).await?;
    working.end(&mut act, &right, |p| p.role == Role::Confirm, TaskState::Done, "").await?;
    if to == State::Open {
        let due = now.plus_minutes(working.kind.judge_minutes);
        let promising = working.promising(&mut act).await?;
        promising.make(&mut act, &right, TaskKind::TriageJudge, Role::Judge, None, due).await?;
    }
    settle(&mut act, &right, header.origin).await?;
    let receipt = act.commit(&id.to_string()).await?;
    Ok(Done::Now(id, receipt))
}

/// What the senior said, as a text with the categories of the kind.
async fn answer_words(
    act: &mut Act,
    right: &Right,
    working: &Working,
    new: &NewAnswer,
    how: How,
) -> Result<Option<EntryId>, Fail> {
    let body = match how {
        How::Oral => format!("{}: {}\n{}", new.told_heading, new.told, new.words).trim_end().to_owned(),
        _ => new.words.clone(),
    };
    if body.is_empty() {
        return Ok(None);
    }
    let marks = Marks::new(Vec::new(), working.kind.marks());
    let text = working.text(Field::Judgement, body, marks, act.now());
    Ok(Some(write(act, right, text).await?))
}

/// Who there is beside the judge, today.
async fn staffing(
    act: &mut Act,
    desk: DeskId,
    today: words::Day,
    judge: words::id::UserId,
    promises: &[Promise],
    now: Instant,
) -> Result<Staffing, Fail> {
    let m = act.municipality();
    let seniors = seniors(&mut act.facts()?, m, desk, today).await?;
    Ok(Staffing {
        other_seniors: seniors.iter().filter(|u| **u != judge).count(),
        overdue: overdue(promises, now),
    })
}

/// Whether the confirmation is overdue.
pub(crate) fn overdue(promises: &[Promise], now: Instant) -> bool {
    promises.iter().any(|p| p.open && p.role == Role::Confirm && p.due_at <= now)
}

/// Leads and coordinators of a desk.
pub(crate) async fn seniors(
    conn: &mut engine::Conn<'_>,
    m: words::id::MunicipalityId,
    desk: DeskId,
    today: words::Day,
) -> Result<Vec<words::id::UserId>, engine::Broken> {
    let mut seniors = register::leads(conn, m, desk, today).await?;
    let coordinators = register::coordinators(conn, m, today).await?;
    seniors.extend(coordinators.into_iter().filter(|(_, at)| *at == desk).map(|(user, _)| user));
    seniors.sort_unstable();
    seniors.dedup();
    Ok(seniors)
}

/// Takes a triage back: begun by mistake. It is kept, with the reason.
pub(crate) async fn void(req: &Req, id: TriageId, words: &str) -> Result<Done, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "triage.void", &(id, words)).await? {
        Begun::Before(to) => return Ok(Done::Before(to)),
        Begun::New(act) => act,
    };
    let working = load(&mut act, id).await?;
    let right = act.permit(Action::Triage, &working.relation, record(id)).await?;
    act.check_version(working.header.version)?;
    let to = rules::void(working.header.state, words)?;
    let marks = Marks::new(Vec::new(), working.kind.marks());
    let text = working.text(Field::Judgement, words.to_owned(), marks, act.now());
    let entry = write(&mut act, &right, text).await?;
    sql::link_entry(&mut act, &right, id, entry, "void", None).await?;
    sql::step(&mut act, &right, &working.header, to).await?;
    working.end(&mut act, &right, |_| true, TaskState::Cancelled, "entered_in_error").await?;
    settle(&mut act, &right, working.header.origin).await?;
    let receipt = act.commit(&id.to_string()).await?;
    Ok(Done::Now(id, receipt))
}
