//! A version as one viewer sees it, and the plans of a case: what is not disclosed is absent.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use access::{Action as May, Disclosed, Reader};
use askama::Template;
use casefile::{CaseHead, CaseState};
use decision::{Programme, Timing};
use engine::{Channel, Fail, Look};
use household::{Entry, entry, nameable};
use site::{Answer, Choice, Form, Frame, Req, link};
use task::{TaskKind, TaskState};
use words::code::Code;
use words::id::{CaseId, CommandId, DeskId, EntryId, PersonId, PlanLineId, SupportPlanId};

use crate::difference::{self, Item};
use crate::rules::{Part, Signed, State, Who};
use crate::sql::{self, Line, Plan};

/// One line, ready to be shown.
pub(crate) struct LineView {
    pub id: PlanLineId,
    pub part: Part,
    pub words: String,
    pub who: String,
    pub due: String,
    pub due_iso: String,
    /// `late`, `soon` or nothing, for an open promise.
    pub class: &'static str,
    pub state: String,
    pub achieved: String,
    /// When it was written: of what was seen while it is in force.
    pub when: String,
    /// Whether this viewer may say that it is done.
    pub may_end: bool,
    pub command: CommandId,
    /// Whom it is about, and from whom it is kept, as its desk may know.
    pub marked: String,
    pub kept: String,
    /// Its own page, where both are written: for the desk that may.
    pub marks: Option<String>,
}

/// What changed in one part.
pub(crate) struct ChangedView {
    pub part: String,
    pub new: Vec<String>,
    pub gone: Vec<String>,
}

/// A version, loaded.
pub(crate) struct Version {
    pub plan: Plan,
    pub head: CaseHead,
    pub case_open: bool,
    pub title: String,
    pub state: String,
    pub desk: String,
    pub lines: Vec<LineView>,
    /// Whether something of it cannot be read by this viewer.
    pub hidden: bool,
    pub changed: Vec<ChangedView>,
    pub may_write: bool,
    pub signed: String,
    pub monitoring: String,
    pub rhythm: String,
    pub in_force: String,
    pub ended: String,
    pub outcome: String,
    pub hand_back: String,
    pub members: Vec<(PersonId, String)>,
    pub loaded: casefile::Loaded,
    pub raw: Vec<Line>,
    pub texts: BTreeMap<EntryId, Disclosed<Entry>>,
    pub latest: BTreeMap<EntryId, EntryId>,
}

impl Version {
    /// The lines of a part.
    pub fn of(&self, part: &str) -> Vec<&LineView> {
        self.lines.iter().filter(|l| l.part.code() == part).collect()
    }

    /// The first text of a part.
    pub fn text(&self, part: &str) -> &str {
        self.of(part).first().map_or("", |l| l.words.as_str())
    }

    /// Goals, long and short.
    pub fn goals(&self) -> Vec<&LineView> {
        self.lines.iter().filter(|l| matches!(l.part, Part::LongGoal | Part::ShortGoal)).collect()
    }

    /// The words of a text as they stand, when disclosed.
    pub fn body(&self, id: EntryId) -> Option<&str> {
        self.latest.get(&id).and_then(|id| self.texts.get(id)).map(|e| e.body.as_str())
    }
}

/// `支援プラン（多機関協働）第2版`.
pub(crate) fn title(frame: &Frame, plan: &Plan) -> String {
    let args = [("kind", frame.t.code("decision_programme", plan.kind)), ("n", plan.number.to_string())];
    frame.t.fs("support_plan.name", &args)
}

/// Loads a version for whoever looks. Constant in statements.
pub(crate) async fn load(
    req: &Req,
    look: &mut Look,
    frame: &Frame,
    id: SupportPlanId,
) -> Result<Version, Fail> {
    let viewer = look.viewer().clone();
    let (m, today, t) = (viewer.municipality, look.now().day(), &frame.t);
    let plan = sql::by_id(&mut look.conn(), m, id).await?.ok_or(Fail::NotVisible)?;
    let mut loaded = casefile::load(look, plan.case).await?;
    let raw = sql::lines(&mut look.conn(), m, [Some(id), plan.follows].into_iter().flatten()).await?;
    let written: Vec<EntryId> = raw.iter().flat_map(|l| [Some(l.entry), l.place]).flatten().collect();
    let latest = entry::latest(&mut look.conn(), m, written).await?;
    let ids: BTreeSet<EntryId> = latest.values().copied().collect();
    let sealed = entry::by_ids(&mut look.conn(), &viewer, ids).await?;
    let shown = look.disclose(sealed).await?;
    loaded.reasons.of_all(&shown);
    let texts: BTreeMap<EntryId, Disclosed<Entry>> = shown.into_iter().map(|e| (e.id, e)).collect();
    let named = raw.iter().flat_map(|l| [l.desk, l.task.map(|x| x.3)]).flatten();
    let named = named.chain([plan.desk]).chain(plan.hand_back.map(|h| h.0));
    let desks = register::desk_names(&mut look.conn(), m, named.collect::<BTreeSet<_>>(), today).await?;
    let members = nameable(t, &loaded.members);
    let own = |e: &Entry| viewer.seats.iter().any(|s| s.role.reads_desk_records() && s.holds(e.desk));
    let marked: Vec<EntryId> = match look.reader() {
        Reader::Screen => texts.values().filter(|e| own(e)).map(|e| e.id).collect(),
        _ => Vec::new(),
    };
    let mut from = household::texts_kept_from(&mut look.conn(), m, marked.iter().copied()).await?;
    let kept: BTreeMap<EntryId, Vec<PersonId>> =
        marked.into_iter().map(|id| (id, from.remove(&id).unwrap_or_default())).collect();
    let may_write = access::may(&viewer, May::WritePlan, &loaded.relation).is_ok();
    let shower = Shower {
        req,
        frame,
        latest: &latest,
        texts: &texts,
        desks: &desks,
        members: &members,
        kept: &kept,
        look,
        state: plan.state,
        writes: may_write,
    };
    let (own, former): (Vec<Line>, Vec<Line>) = raw.into_iter().partition(|l| l.plan == id);
    let lines: Vec<LineView> = own.iter().filter_map(|l| shower.line(l)).collect();
    let old: Vec<LineView> = former.iter().filter_map(|l| shower.line(l)).collect();
    let name = |d: DeskId| desks.get(&d).cloned().unwrap_or_default();
    let day = |d: words::Day| t.full_day(d);
    Ok(Version {
        title: title(frame, &plan),
        state: t.code("plan_state", plan.state),
        desk: name(plan.desk),
        hidden: lines.len() < own.len(),
        changed: if plan.follows.is_some() { changed(frame, &old, &lines) } else { Vec::new() },
        may_write,
        signed: plan
            .signed
            .map(|(on, how)| format!("{} {}", day(on), t.code("plan_signed", how)))
            .unwrap_or_default(),
        monitoring: plan.monitoring.map(day).unwrap_or_default(),
        rhythm: plan.rhythm.map(|n| t.f("support_plan.every", "n", n)).unwrap_or_default(),
        in_force: plan.in_force_at.map(|at| day(at.day())).unwrap_or_default(),
        ended: plan.ended_at.map(|at| day(at.day())).unwrap_or_default(),
        outcome: plan.outcome.map(|o| t.code("plan_outcome", o)).unwrap_or_default(),
        hand_back: plan
            .hand_back
            .map(|(to, on)| t.fs("support_plan.handed_back", &[("desk", name(to)), ("day", frame.day(&on))]))
            .unwrap_or_default(),
        head: CaseHead::new(frame, &loaded, &viewer),
        case_open: loaded.header.state == CaseState::Open,
        lines,
        members,
        loaded,
        raw: own,
        texts,
        latest,
        plan,
    })
}

/// What a line needs to be shown.
struct Shower<'a> {
    req: &'a Req,
    frame: &'a Frame,
    latest: &'a BTreeMap<EntryId, EntryId>,
    texts: &'a BTreeMap<EntryId, Disclosed<Entry>>,
    desks: &'a HashMap<DeskId, String>,
    members: &'a [(PersonId, String)],
    /// From whom each text of the viewer's own desk is kept.
    kept: &'a BTreeMap<EntryId, Vec<PersonId>>,
    look: &'a Look,
    state: State,
    writes: bool,
}

impl Shower<'_> {
    fn text(&self, id: EntryId) -> Option<&Disclosed<Entry>> {
        self.latest.get(&id).and_then(|id| self.texts.get(id))
    }

    /// Nothing where its words are not disclosed: neither who nor when.
    fn line(&self, l: &Line) -> Option<LineView> {
        let text = self.text(l.entry)?;
        let today = self.frame.now.day();
        let open = l.task.is_some_and(|x| x.2 == TaskState::Open);
        let class = match (open, l.due.map(|d| d.cmp(&today))) {
            (true, Some(std::cmp::Ordering::Less)) => "late",
            (true, Some(std::cmp::Ordering::Equal)) => "soon",
            _ => "",
        };
        let holds = |d: DeskId| self.look.viewer().seats.iter().any(|s| s.holds(d));
        let (t, role) = (&self.frame.t, l.part == Part::Role);
        let theirs =
            self.writes && crate::rules::done_by_them(self.state, (l.part, l.who), l.achieved).is_ok();
        Some(LineView {
            id: l.id,
            part: l.part,
            words: text.body.clone(),
            who: self.who(l),
            due: l.due.map(|d| self.frame.day(&d)).unwrap_or_default(),
            due_iso: l.due.map(|d| d.to_string()).unwrap_or_default(),
            class,
            state: match l.task {
                Some(x) => t.code("plan_action", x.2),
                None if role && l.achieved.is_some() => t.code("plan_action", TaskState::Done),
                None => String::new(),
            },
            achieved: l.achieved.filter(|_| !role).map(|a| t.code("plan_achieved", a)).unwrap_or_default(),
            when: self.frame.day(&text.occurred_at.day()),
            may_end: theirs || open && l.task.is_some_and(|x| holds(x.3)),
            command: self.req.engine().new_id(),
            marked: match text.persons.as_slice() {
                [] => t.s("support_plan.marked_all").to_owned(),
                persons => self.names(persons),
            },
            kept: self.kept.get(&text.id).map(|from| self.names(from)).unwrap_or_default(),
            marks: self.kept.contains_key(&text.id).then(|| link::entry(text.id)),
        })
    }

    fn names(&self, persons: &[PersonId]) -> String {
        let name = |p: &PersonId| {
            let known = self.members.iter().find(|(id, _)| id == p).map(|(_, name)| name.clone());
            known.unwrap_or_else(|| self.frame.t.s("entry_view.someone").to_owned())
        };
        self.frame.t.join(&persons.iter().map(name).collect::<Vec<_>>())
    }

    fn who(&self, l: &Line) -> String {
        let t = &self.frame.t;
        let desk = |d: DeskId| self.desks.get(&d).cloned().unwrap_or_default();
        match l.who {
            // A desk that ended has passed its promise on; a partner without a login stays the partner.
            Some(Who::Desk) => match (l.task, l.desk) {
                (Some((_, TaskKind::PlanAction, _, holder)), _) => desk(holder),
                (_, Some(d)) => desk(d),
                (_, None) => String::new(),
            },
            Some(Who::Person) => {
                let name = l.person.and_then(|p| self.members.iter().find(|(id, _)| *id == p));
                name.map_or_else(|| t.s("entry_view.someone").to_owned(), |(_, name)| name.clone())
            }
            Some(Who::Myself) => t.s("plan_who.self").to_owned(),
            Some(Who::Place) => {
                l.place.and_then(|p| self.text(p)).map(|e| e.body.clone()).unwrap_or_default()
            }
            None => String::new(),
        }
    }
}

fn changed(frame: &Frame, old: &[LineView], new: &[LineView]) -> Vec<ChangedView> {
    let items = |lines: &[LineView]| -> Vec<Item> {
        let words = |l: &LineView| match l.part {
            Part::Role => [l.who.as_str(), l.words.as_str(), l.due.as_str()].join("　").trim().to_owned(),
            _ => l.words.clone(),
        };
        lines.iter().map(|l| Item { part: l.part, words: words(l) }).collect()
    };
    let found = difference::difference(&items(old), &items(new));
    found
        .into_iter()
        .map(|c| ChangedView { part: frame.t.code("plan_part", c.part), new: c.new, gone: c.gone })
        .collect()
}

/// A version in a list.
struct Row {
    href: String,
    title: String,
    state: String,
    live: bool,
    days: String,
    desk: String,
    monitoring: String,
    late: bool,
}

#[derive(Template)]
#[template(path = "plan_list.html")]
struct ListPage {
    frame: Frame,
    head: CaseHead,
    case: CaseId,
    rows: Vec<Row>,
    over: Vec<Row>,
    decided: Vec<(String, String, String)>,
    kinds: Vec<(&'static str, String)>,
    may_write: bool,
}

/// GET /cases/{id}/plans
pub(crate) async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let case: CaseId = req.id("id")?;
    let frame = req.frame();
    let mut look = req.ctx()?.look(Channel::Page).await?;
    let viewer = look.viewer().clone();
    let (m, today) = (viewer.municipality, look.now().day());
    let loaded = casefile::load(&mut look, case).await?;
    let plans = sql::of_case(&mut look.conn(), m, case).await?;
    let desks = register::desk_names(&mut look.conn(), m, plans.iter().map(|p| p.desk), today).await?;
    let decided = decision::of_case(&mut look.conn(), &viewer, case).await?;
    let row = |p: &Plan| Row {
        href: link::support_plan(p.id),
        title: title(&frame, p),
        state: frame.t.code("plan_state", p.state),
        live: p.state == State::InForce,
        days: [p.in_force_at, p.ended_at]
            .iter()
            .flatten()
            .map(|at| frame.day(&at.day()))
            .collect::<Vec<_>>()
            .join("–"),
        desk: desks.get(&p.desk).cloned().unwrap_or_default(),
        monitoring: p.monitoring.map(|d| frame.day(&d)).unwrap_or_default(),
        late: p.state == State::InForce && p.monitoring.is_some_and(|d| d < today),
    };
    let alive = |p: &&Plan| matches!(p.state, State::Draft | State::Proposed | State::InForce);
    let writing =
        |k: Programme| plans.iter().any(|p| p.kind == k && matches!(p.state, State::Draft | State::Proposed));
    let page = ListPage {
        case,
        rows: plans.iter().filter(alive).map(row).collect(),
        over: plans.iter().filter(|p| !alive(p)).map(row).collect(),
        decided: decided
            .iter()
            .filter(|d| !d.void)
            .map(|d| {
                let state = if d.used_by.is_some() { "used" } else { "open" };
                (link::decision(d.id), d.words(&frame), frame.t.code("decision_state", state))
            })
            .collect(),
        kinds: Programme::ALL
            .iter()
            .filter(|k| !writing(**k))
            .map(|k| (k.code(), frame.t.code("decision_programme", k)))
            .collect(),
        may_write: loaded.header.state == CaseState::Open
            && access::may(&viewer, May::WritePlan, &loaded.relation).is_ok(),
        head: CaseHead::new(&frame, &loaded, &viewer),
        frame,
    };
    let (html, receipt) = (page.render(), look.close().await?);
    Answer::page(html, receipt)
}

/// A decision that is missing: what is missing, and where to go.
pub(crate) struct Missing {
    pub title: String,
    pub what: String,
    pub steps: Vec<(String, String)>,
    pub decided: Vec<Choice>,
}

/// What there is of decisions for one timing, as choices of `field`.
pub(crate) async fn missing(
    look: &mut Look,
    frame: &Frame,
    form: &Form,
    v: &Version,
    (timing, field): (Timing, &str),
) -> Result<Missing, Fail> {
    let of = (&v.loaded.header, &v.loaded.relation);
    let ends = matches!(timing, Timing::Close | Timing::Interrupt);
    let since = v.plan.in_force_at.filter(|_| ends);
    let ways = decision::ways(look, frame, of, v.plan.kind, (timing, since)).await?;
    let mut decided: Vec<Choice> =
        ways.decided.iter().map(|d| Choice::new(form, field, d.id, d.words(frame))).collect();
    if let [only] = decided.as_mut_slice() {
        only.on = true;
    }
    Ok(Missing {
        title: frame.t.code("decision_timing", timing),
        what: ways.missing,
        steps: ways.steps,
        decided,
    })
}

#[derive(Template)]
#[template(path = "plan_page.html")]
pub(crate) struct PlanPage {
    frame: Frame,
    form: Form,
    v: Version,
    id: SupportPlanId,
    /// Somebody else changed it while this was being written.
    stale: bool,
    force: Option<Missing>,
    signed: Vec<Choice>,
    next: String,
    decision: Option<String>,
    /// What the plan rests on is in doubt since attendance was corrected.
    doubted: bool,
    end_decision: Option<String>,
    follows: Option<String>,
    commands: [CommandId; 5],
}

impl PlanPage {
    fn is(&self, state: &str) -> bool {
        self.v.plan.state.code() == state
    }
}

/// GET /plans/{id}
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    page(&req, None, false).await
}

/// The page with what was typed and is wrong.
pub(crate) async fn render(req: &Req, form: Form, stale: bool) -> Result<Answer, Fail> {
    page(req, Some(form), stale).await
}

async fn page(req: &Req, typed: Option<Form>, stale: bool) -> Result<Answer, Fail> {
    let asked = typed.is_none();
    let form = typed.unwrap_or_default();
    let id: SupportPlanId = req.id("id")?;
    let frame = req.frame();
    let mut look = req.ctx()?.look(Channel::Page).await?;
    let v = load(req, &mut look, &frame, id).await?;
    let m = look.viewer().municipality;
    let mut force = None;
    if v.plan.state == State::Proposed && v.may_write && v.case_open {
        let all = sql::of_case(&mut look.conn(), m, v.plan.case).await?;
        let former = all.iter().any(|p| p.kind == v.plan.kind && p.state == State::InForce);
        let timing = if former { Timing::Replan } else { Timing::Establish };
        force = Some(missing(&mut look, &frame, &form, &v, (timing, "decision")).await?);
    }
    let viewer = look.viewer().clone();
    let known: Vec<_> = decision::of_case(&mut look.conn(), &viewer, v.plan.case).await?;
    let doubted =
        v.plan.state == State::InForce && known.iter().any(|k| Some(k.id) == v.plan.decision && k.doubted);
    let known =
        |d: Option<words::id::DecisionId>| d.filter(|d| known.iter().any(|k| k.id == *d)).map(link::decision);
    let wrong = form.has_problems();
    // Whom outreach reaches need not have applied.
    let form = if asked && v.plan.kind != Programme::Outreach {
        Form::filled(vec![("signed_on", frame.t.short_day(frame.now.day()))])
    } else {
        form
    };
    let page = PlanPage {
        id,
        stale,
        force,
        signed: Signed::ALL
            .iter()
            .map(|s| Choice::new(&form, "signed_how", s.code(), frame.t.code("plan_signed", s)))
            .collect(),
        next: crate::rules::by_rhythm(frame.now.day(), v.plan.rhythm)
            .map(|d| frame.t.short_day(d))
            .unwrap_or_default(),
        decision: known(v.plan.decision),
        doubted,
        end_decision: known(v.plan.end_decision),
        follows: v.plan.follows.map(link::support_plan),
        commands: std::array::from_fn(|_| req.engine().new_id()),
        form,
        v,
        frame,
    };
    let (html, receipt) = (page.render(), look.close().await?);
    match (stale, wrong) {
        (true, _) => Answer::conflict(html, receipt),
        (false, true) => Answer::again(html, receipt),
        (false, false) => Answer::page(html, receipt),
    }
}
