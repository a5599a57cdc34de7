//! Taking a request, preparing its rows, deciding about them, issuing, refusing, withdrawing. Each act: begin, load, permit,
//! decide, save.

use std::collections::BTreeMap;

use access::{Action, RecordKind, RecordRef, Relation, Right, System};
use engine::{Act, Begun, Broken, Engine, Fail, Origin, Receipt, Refusal};
use serde::Serialize;
use site::Req;
use task::{NewTask, TaskKind, TaskState};
use words::calendar::{self, OpeningDays};
use words::code::Code;
use words::id::{AccessId, AccessReportId, DeskId, MunicipalityId, PersonId};
use words::{Day, Instant};

use super::exemption;
use super::rules::{
    self, AskedBy, Decided, Kept, LogRow, Requester, SETTINGS, State, Step, Verdict, WithdrawnBecause,
};
use super::sql::{self, NewReport, Report};

/// Business days in which the desk tells the person.
const HAND_OVER_DAYS: u32 = 5;

/// What an act led to: where to go on, and the proof.
pub(crate) enum Done {
    /// Done now.
    Now(String, Receipt),
    /// Done before: the form came twice.
    Before(String),
}

impl Done {
    /// Where it led, and a receipt.
    pub(crate) fn parts(self) -> (String, Receipt) {
        match self {
            Self::Now(to, receipt) => (to, receipt),
            Self::Before(to) => (to, Receipt::nothing_personal("a redirect to what was done before")),
        }
    }
}

pub(crate) fn record(id: AccessReportId) -> RecordRef {
    RecordRef { kind: RecordKind::AccessReport, id: id.cast() }
}

fn about(id: AccessReportId) -> task::About {
    task::About { thing: Some(id.cast()), ..task::About::default() }
}

/// How desks stand to a request: the one that took it; and whoever is kept out of the household is kept out of it.
pub(crate) async fn relation(
    conn: &mut engine::Conn<'_>,
    m: MunicipalityId,
    report: &Report,
) -> Result<Relation, Fail> {
    let mut relation = Relation::within(sql::cases(conn, m, report.household).await?);
    relation.author = Some(report.desk);
    Ok(relation)
}

/// The auditors' desk; where there is none, the desk that took the request keeps it in sight.
async fn auditors(act: &mut Act, otherwise: DeskId) -> Result<DeskId, Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    let auditors = register::auditors(&mut act.facts()?, m, today).await?;
    if let Some((_, desk)) = auditors.first() {
        return Ok(*desk);
    }
    Ok(register::heir(&mut act.facts()?, m, otherwise, today).await?)
}

/// Takes a person's request: a promise of the auditors, by the day the law wants a decision.
pub(crate) async fn take(req: &Req, new: &NewReport) -> Result<Done, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "report.take", new).await? {
        Begun::Before(to) => return Ok(Done::Before(to)),
        Begun::New(act) => act,
    };
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let m = act.municipality();
    let (_, relation, household) = sql::place(&mut act.facts()?, &viewer, new.place).await?;
    let id: AccessReportId = act.new_id();
    let right = act.permit(Action::AskForReport, &relation, record(id)).await?;
    let members = sql::members(&mut act.facts()?, m, household).await?;
    if !rules::is_member(new.person, &members) {
        return Err(Fail::NotVisible);
    }
    may_ask(&mut act.facts()?, m, (new.person, new.asked_by), &new.requester).await??;
    if sql::runs_already(&mut act.facts()?, m, new).await? {
        return Err(Refusal::new("report.asked_already").into());
    }
    let [days] = register::numbers(&mut act.facts()?, m, SETTINGS).await?;
    let due_at = rules::due(new.asked_on, days);
    sql::add(&mut act, &right, id, new, due_at.day()).await?;
    let own = right.seat().map(|s| s.desk).ok_or(Fail::NotVisible)?;
    let desk = auditors(&mut act, own).await?;
    let task = NewTask { kind: TaskKind::AccessReport, desk, assignee: None, about: about(id), due_at };
    task::add(&mut act, &right, &task).await?;
    let receipt = act.commit(&id.to_string()).await?;
    Ok(Done::Now(id.to_string(), receipt))
}

/// A request being worked on by an auditor: begun, loaded, permitted.
struct Working {
    act: Box<Act>,
    right: Right,
    report: Report,
}

enum Begin {
    Work(Box<Working>),
    Before(String),
}

async fn begin<B: Serialize>(
    req: &Req,
    id: AccessReportId,
    kind: &'static str,
    body: &B,
) -> Result<Begin, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), kind, &(id, body)).await? {
        Begun::Before(to) => return Ok(Begin::Before(to)),
        Begun::New(act) => act,
    };
    let m = act.municipality();
    let report = sql::report(&mut act.facts()?, m, id).await?.ok_or(Fail::NotVisible)?;
    let relation = relation(&mut act.facts()?, m, &report).await?;
    let right = act.permit(Action::PrepareReport, &relation, record(id)).await?;
    Ok(Begin::Work(Box::new(Working { act, right, report })))
}

impl Working {
    async fn done(self) -> Result<Done, Fail> {
        let to = self.report.id.to_string();
        let receipt = self.act.commit(&to).await?;
        Ok(Done::Now(to, receipt))
    }
}

/// Gathers the looks at what is about the person, less what is kept from them. Doing it again adds what came since.
pub(crate) async fn prepare(req: &Req, id: AccessReportId) -> Result<Done, Fail> {
    let mut work = match begin(req, id, "report.prepare", &()).await? {
        Begin::Before(to) => return Ok(Done::Before(to)),
        Begin::Work(work) => work,
    };
    let to = rules::step(work.report.state, Step::Prepare)?;
    work.act.check_version(work.report.version)?;
    let (m, report) = (work.act.municipality(), work.report.clone());
    let span = (Instant::at(report.from, 0, 0), Instant::at(report.until.plus_days(1), 0, 0));
    let mut conn = work.act.facts()?;
    let records = sql::records(&mut conn, m, report.person).await?;
    let rows = sql::looks(&mut conn, m, &records, span).await?;
    if rows.len() > rules::MOST {
        return Err(Refusal::new("report.too_many").arg("n", rules::MOST).into());
    }
    let kept = sql::kept(&mut conn, m, report.person).await?;
    let ids: Vec<AccessId> =
        rows.iter().filter(|row| !rules::never_shown(row, &kept)).map(|row| row.id).collect();
    sql::gather(&mut work.act, &work.right, id, &ids).await?;
    sql::step(&mut work.act, &work.right, &report, to, "").await?;
    work.done().await
}

/// What is decided about one line, or about all that nothing has been decided about.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Decision {
    /// The first row of the line; `None` for the rest.
    pub line: Option<AccessId>,
    /// Show, or withhold.
    pub verdict: &'static str,
    /// By which exemption.
    pub exemption: String,
    /// What stood about the line when the form was opened.
    pub was: String,
}

impl Decision {
    /// What was chosen, as its field says it.
    fn chosen(&self) -> &str {
        if self.exemption.is_empty() { self.verdict } else { &self.exemption }
    }
}

/// Decides about lines, or the rest: all of it or nothing. When nothing is open any more, the copy is reviewed. What somebody else decided
/// otherwise since the form was opened stands, and nothing else of the form is decided either (disclosure rule 6).
pub(crate) async fn decide(req: &Req, id: AccessReportId, decisions: &[Decision]) -> Result<Done, Fail> {
    let mut work = match begin(req, id, "report.row", &decisions).await? {
        Begin::Before(to) => return Ok(Done::Before(to)),
        Begin::Work(work) => work,
    };
    if !matches!(work.report.state, State::Prepared | State::Reviewed) {
        return Err(Refusal::new("report.is_over").into());
    }
    let (exemptions, only_whole) = (exemption::on(work.act.now().day()), exemption::only_whole());
    // Rows that were gathered since have not been looked at by whoever lets the rest out.
    if decisions.iter().any(|d| d.line.is_none()) {
        work.act.check_version(work.report.version)?;
    }
    sql::touch(&mut work.act, &work.right, id).await?;
    let m = work.act.municipality();
    let report = sql::report(&mut work.act.facts()?, m, id).await?.ok_or(Fail::NotVisible)?;
    let (rows, before) = sql::rows(&mut work.act.facts()?, m, id).await?;
    let kept = sql::kept(&mut work.act.facts()?, m, report.person).await?;
    let decided = rules::counts(before.clone(), |code| only_whole.contains(code));
    let lines = rules::lines(&rows);
    let open = |line: &&rules::Line| rules::standing(line, &decided).is_empty();
    let mut then = decided.clone();
    let mut alike: BTreeMap<(&str, &str), Vec<AccessId>> = BTreeMap::new();
    for decision in decisions {
        // Nothing chosen: whoever decided takes it back, and somebody looks at it again.
        let verdict = if decision.verdict.is_empty() {
            None
        } else {
            let verdict = Verdict::parse(decision.verdict).ok_or(Fail::NotVisible)?;
            let known = exemptions.iter().find(|e| e.code == decision.exemption).map(|e| e.whole);
            rules::may_decide(verdict, known)?;
            Some(verdict)
        };
        let wanted: Vec<AccessId> = if let Some(first) = decision.line {
            let line = lines.iter().find(|l| l.rows.contains(&first)).ok_or(Fail::NotVisible)?;
            if rules::stale(&decision.was, rules::standing(line, &decided), decision.chosen()) {
                return Err(Fail::Stale);
            }
            line.rows.clone()
        } else {
            // What is suggested to be withheld, or was withheld in part, is decided by whoever looks at it.
            let nothing_against =
                |l: &&rules::Line| l.suggested.is_none() && rules::withheld(l, &before).is_none();
            let plain = lines.iter().filter(open).filter(nothing_against);
            plain.flat_map(|l| l.rows.clone()).collect()
        };
        alike.entry((decision.verdict, &decision.exemption)).or_default().extend(&wanted);
        for row in wanted {
            match verdict {
                Some(verdict) => then.insert(row, (verdict, decision.exemption.clone())),
                None => then.remove(&row),
            };
        }
    }
    for ((verdict, exemption), rows) in &alike {
        sql::decide(&mut work.act, &work.right, id, rows, (verdict, exemption)).await?;
    }
    if undecided(&rows, &then, &kept).next().is_none() && report.state == State::Prepared {
        let to = rules::step(report.state, Step::Review)?;
        sql::step(&mut work.act, &work.right, &report, to, "").await?;
    }
    work.done().await
}

/// Rows that somebody has to decide about before the copy goes out: what is kept from the person is on no paper anyway.
fn undecided<'r>(
    rows: &'r [LogRow],
    decided: &'r Decided,
    kept: &'r Kept,
) -> impl Iterator<Item = &'r LogRow> {
    rows.iter().filter(|row| !decided.contains_key(&row.id) && !rules::never_shown(row, kept))
}

/// Whether something of a copy is still to be decided about, as it is now.
async fn open(conn: &mut engine::Conn<'_>, m: MunicipalityId, report: &Report) -> Result<bool, Broken> {
    let (rows, decided) = sql::rows(conn, m, report.id).await?;
    let only_whole = exemption::only_whole();
    let decided = rules::counts(decided, |code| only_whole.contains(code));
    let kept = sql::kept(conn, m, report.person).await?;
    Ok(undecided(&rows, &decided, &kept).next().is_some())
}

/// Ends the auditors' promise and makes the desk's: to tell the person.
async fn decided(work: &mut Working) -> Result<(), Fail> {
    let (id, right) = (work.report.id, &work.right);
    task::end_all(&mut work.act, right, about(id), &[TaskKind::AccessReport], TaskState::Done, "").await?;
    let (m, today) = (work.act.municipality(), work.act.now().day());
    let desk = register::heir(&mut work.act.facts()?, m, work.report.desk, today).await?;
    let day = calendar::business_day_after(&OpeningDays::default(), today, HAND_OVER_DAYS);
    let due_at = Instant::at(day, 17, 0);
    let task = NewTask { kind: TaskKind::HandOverReport, desk, assignee: None, about: about(id), due_at };
    task::add(&mut work.act, right, &task).await?;
    Ok(())
}

/// Gives the copy out: the desk prints it and hands it over.
pub(crate) async fn issue(req: &Req, id: AccessReportId) -> Result<Done, Fail> {
    let mut work = match begin(req, id, "report.issue", &()).await? {
        Begin::Before(to) => return Ok(Done::Before(to)),
        Begin::Work(work) => work,
    };
    let to = rules::step(work.report.state, Step::Issue)?;
    work.act.check_version(work.report.version)?;
    let (m, report) = (work.act.municipality(), work.report.clone());
    if open(&mut work.act.facts()?, m, &report).await? {
        return Err(Refusal::new("report.look_first").into());
    }
    // Whoever was set aside in the meantime is given nothing.
    still_asks(&mut work.act.facts()?, m, &report).await??;
    sql::step(&mut work.act, &work.right, &report, to, "").await?;
    decided(&mut work).await?;
    work.done().await
}

/// Whether the one who asked may have the copy today (disclosure rule 5).
pub(crate) async fn still_asks(
    conn: &mut engine::Conn<'_>,
    m: MunicipalityId,
    report: &Report,
) -> Result<Result<(), Refusal>, Broken> {
    may_ask(conn, m, (report.person, report.asked_by), &report.requester).await
}

/// Whether somebody may ask, whether they were picked or typed by name.
async fn may_ask(
    conn: &mut engine::Conn<'_>,
    m: MunicipalityId,
    (person, asked_by): (PersonId, AskedBy),
    requester: &Requester,
) -> Result<Result<(), Refusal>, Broken> {
    let aside = consent::set_asides(conn, m, [person]).await?;
    let typed = asked_by != AskedBy::Person && requester.person.is_none();
    if typed && consent::named_aside(conn, m, person, &requester.name).await? {
        return Ok(Err(Refusal::new("report.set_aside")));
    }
    Ok(rules::may_ask(person, asked_by, requester, &aside))
}

/// Refuses the request as a whole, by an exemption.
pub(crate) async fn refuse(req: &Req, id: AccessReportId, code: &str) -> Result<Done, Fail> {
    let mut work = match begin(req, id, "report.refuse", &code).await? {
        Begin::Before(to) => return Ok(Done::Before(to)),
        Begin::Work(work) => work,
    };
    let to = rules::step(work.report.state, Step::Refuse)?;
    work.act.check_version(work.report.version)?;
    if !exemption::on(work.act.now().day()).iter().any(|e| e.code == code) {
        return Err(Refusal::new("report.choose_exemption").into());
    }
    let report = work.report.clone();
    sql::step(&mut work.act, &work.right, &report, to, code).await?;
    decided(&mut work).await?;
    work.done().await
}

/// Takes a request back, at the desk that took it. It is kept, with the reason.
pub(crate) async fn withdraw(req: &Req, id: AccessReportId, reason: WithdrawnBecause) -> Result<Done, Fail> {
    let begun = req.ctx()?.act(&req.envelope(), "report.withdraw", &(id, reason.code())).await?;
    let mut act = match begun {
        Begun::Before(to) => return Ok(Done::Before(to)),
        Begun::New(act) => act,
    };
    let m = act.municipality();
    let report = sql::report(&mut act.facts()?, m, id).await?.ok_or(Fail::NotVisible)?;
    let relation = relation(&mut act.facts()?, m, &report).await?;
    let right = act.permit(Action::AskForReport, &relation, record(id)).await?;
    act.check_version(report.version)?;
    let to = rules::step(report.state, Step::Withdraw)?;
    sql::step(&mut act, &right, &report, to, reason.code()).await?;
    task::end_all(&mut act, &right, about(id), &[], TaskState::Cancelled, reason.code()).await?;
    let receipt = act.commit(&id.to_string()).await?;
    Ok(Done::Now(id.to_string(), receipt))
}

/// The person has been told: the desk's promise is kept.
pub(crate) async fn handed(req: &Req, id: AccessReportId) -> Result<Done, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "report.handed", &id).await? {
        Begun::Before(to) => return Ok(Done::Before(to)),
        Begun::New(act) => act,
    };
    let m = act.municipality();
    let report = sql::report(&mut act.facts()?, m, id).await?.ok_or(Fail::NotVisible)?;
    let relation = relation(&mut act.facts()?, m, &report).await?;
    let right = act.permit(Action::AskForReport, &relation, record(id)).await?;
    if !matches!(report.state, State::Issued | State::Refused) {
        return Err(Refusal::new("report.not_decided").into());
    }
    task::end_all(&mut act, &right, about(id), &[TaskKind::HandOverReport], TaskState::Done, "").await?;
    let receipt = act.commit(&id.to_string()).await?;
    Ok(Done::Now(id.to_string(), receipt))
}

/// Requests stay with the auditors: when the desk that holds one has no auditor and another has, it goes there. How many.
pub(crate) async fn watch(engine: &Engine, m: MunicipalityId) -> Result<usize, Fail> {
    let system = System::UrgentReview;
    let mut act = engine.system_act(system, m, Origin::Job, "report.watch", &engine.now().iso()).await?;
    let right = Right::system(system);
    let today: Day = act.now().day();
    let auditors = register::auditors(&mut act.facts()?, m, today).await?;
    let Some((_, to)) = auditors.first().copied() else { return Ok(0) };
    let moved = sql::pass_on(&mut act, &right, to, &auditors.iter().map(|a| a.1).collect::<Vec<_>>()).await?;
    if moved > 0 {
        act.commit("").await?;
    }
    Ok(moved)
}
