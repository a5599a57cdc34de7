//! The matches of a case as one viewer sees them: what is not disclosed is absent.

use std::collections::{BTreeMap, BTreeSet};

use access::{Action, Disclosed};
use casefile::{CaseHead, CaseState};
use engine::{Fail, Look};
use household::{Person, entry};
use register::DeskInfo;
use site::{Frame, link};
use support_plan::State as PlanState;
use words::Day;
use words::code::Code as _;
use words::id::{CaseId, DeskId, EntryId, PersonId, SupportPlanId, ThingId};

use crate::rules::{self, State, Step};
use crate::sql::{self, Match, StepRow};

/// One step, ready to be shown.
pub(crate) struct StepView {
    pub word: String,
    pub happened: String,
    pub happened_iso: String,
    /// When it was written down, and by whom.
    pub recorded: String,
    pub words: String,
    pub place: String,
    pub trial: String,
    pub reason: String,
    pub taken_back: bool,
}

/// One match, ready to be shown.
pub(crate) struct Row {
    pub id: ThingId,
    pub href: String,
    /// Whose wish; nothing where it is not disclosed.
    pub person: String,
    pub wish: String,
    /// The page of the wish, with its corrections.
    pub wish_href: String,
    pub strength: String,
    /// Its words are not disclosed: it is here because its next step is a task of this viewer's desk.
    pub hidden: bool,
    pub state: State,
    pub state_word: String,
    pub place: String,
    /// That the place has ended, and who came after it.
    pub place_over: String,
    pub plan: Option<(String, String)>,
    pub plan_id: Option<SupportPlanId>,
    pub desk: String,
    pub next: String,
    pub next_iso: String,
    /// `late`, `soon` or nothing.
    pub class: &'static str,
    /// The one next step, in words.
    pub now: String,
    pub steps: Vec<StepView>,
    pub may: Vec<Step>,
    pub may_back: bool,
    pub version: i64,
}

/// The matches of a case, loaded.
pub(crate) struct Board {
    pub head: CaseHead,
    pub case: CaseId,
    pub case_open: bool,
    pub rows: Vec<Row>,
    pub over: Vec<Row>,
    pub may_write: bool,
    pub members: Vec<(PersonId, String)>,
    /// Desks with a part in the case at which somebody can sign in: who can coordinate.
    pub coordinators: Vec<DeskInfo>,
    /// Every desk of today: a place of the register.
    pub places: Vec<DeskInfo>,
    pub plans: Vec<(SupportPlanId, String)>,
    /// What the case could not get, as community issues about nobody: line and form.
    pub lacks: Vec<(String, String)>,
}

struct Around<'a> {
    frame: &'a Frame,
    texts: &'a BTreeMap<EntryId, String>,
    desks: &'a [DeskInfo],
    staff: &'a std::collections::HashMap<words::id::UserId, String>,
    members: &'a [Disclosed<Person>],
    names: &'a [(PersonId, String)],
    plans: &'a [(SupportPlanId, String)],
    case_open: bool,
    may_write: bool,
    today: Day,
}

impl Around<'_> {
    fn desk(&self, id: DeskId) -> String {
        self.desks.iter().find(|d| d.id == id).map(|d| d.name.clone()).unwrap_or_default()
    }

    fn said(&self, id: Option<EntryId>) -> String {
        id.and_then(|id| self.texts.get(&id)).cloned().unwrap_or_default()
    }

    fn place(&self, s: &StepRow) -> String {
        s.place_desk.map_or_else(|| self.said(s.place), |d| self.desk(d))
    }
}

/// Loads the matches of a case for whoever looks. Constant in statements.
pub(crate) async fn load(look: &mut Look, frame: &Frame, case: CaseId) -> Result<Board, Fail> {
    let viewer = look.viewer().clone();
    let (m, today) = (viewer.municipality, look.now().day());
    let mut loaded = casefile::load(look, case).await?;
    let matches = sql::of_case(&mut look.conn(), m, case).await?;
    let steps = sql::steps(&mut look.conn(), m, case).await?;
    let written = matches.iter().flat_map(|x| [Some(x.wish), x.strength]);
    let written = written.chain(steps.iter().flat_map(|s| [s.words, s.place])).flatten();
    let (texts, shown) = entry::said_today(look, written.collect::<BTreeSet<_>>()).await?;
    loaded.reasons.of_all(&shown);
    let all = register::desks(&mut look.conn(), m, today).await?;
    let concerned = matches.iter().map(|x| x.desk);
    let concerned = concerned.chain(steps.iter().flat_map(|s| [Some(s.desk), s.place_desk]).flatten());
    let mut desks =
        register::desks_by_id(&mut look.conn(), m, concerned.collect::<BTreeSet<_>>(), today).await?;
    let heirs: BTreeSet<DeskId> = desks.iter().filter_map(|d| d.heir).collect();
    desks.extend(all.iter().filter(|d| heirs.contains(&d.id)).cloned());
    let staff = register::user_names(&mut look.conn(), m, steps.iter().filter_map(|s| s.author)).await?;
    let plans = plans(look, frame, case).await?;
    let lacks = lacks(look, frame, case).await?;
    let names = household::offered(&frame.t, &loaded.members);
    // Nobody who has died wishes for anything to come.
    let living = household::nameable(&frame.t, loaded.members.iter().filter(|p| p.died.is_none()));
    let case_open = loaded.header.state == CaseState::Open;
    let may_write = access::may(&viewer, Action::WriteSupport, &loaded.relation).is_ok();
    let around = Around {
        frame,
        texts: &texts,
        desks: &desks,
        staff: &staff,
        members: &loaded.members,
        names: &names,
        plans: &plans,
        case_open,
        may_write,
        today,
    };
    let mine = |desk: DeskId| viewer.seats.iter().any(|s| s.holds(desk));
    let rows = matches
        .iter()
        .filter(|x| texts.contains_key(&x.wish) || (mine(x.desk) && !x.state.over()))
        .map(|x| row(&around, x, &steps));
    let (over, rows): (Vec<Row>, Vec<Row>) = rows.partition(|r| r.state.over());
    let joined =
        |d: DeskId| loaded.relation.accountable == Some(d) || loaded.relation.case_desks.contains(&d);
    Ok(Board {
        case,
        case_open,
        coordinators: all.iter().filter(|d| d.has_login && joined(d.id)).cloned().collect(),
        places: all,
        may_write,
        plans,
        lacks,
        head: CaseHead::new(frame, &loaded, &viewer),
        members: living,
        rows,
        over,
    })
}

async fn plans(look: &mut Look, frame: &Frame, case: CaseId) -> Result<Vec<(SupportPlanId, String)>, Fail> {
    let m = look.viewer().municipality;
    let found = support_plan::participation_plans(&mut look.conn(), m, case).await?;
    let name = |n: i64, state: PlanState| {
        let args = [("n", n.to_string()), ("state", frame.t.code("plan_state", state))];
        frame.t.fs("participation.plan_name", &args)
    };
    Ok(found.into_iter().map(|(id, n, state)| (id, name(n, state))).collect())
}

/// What the case could not get, as far as its words are disclosed, each area and reason once.
async fn lacks(look: &mut Look, frame: &Frame, case: CaseId) -> Result<Vec<(String, String)>, Fail> {
    let found = board::lacking(look, [case]).await?;
    let issues: BTreeMap<String, String> =
        found.iter().map(|l| board::as_issue(&frame.t, l.area, l.why)).collect();
    Ok(issues.into_iter().collect())
}

fn row(a: &Around<'_>, x: &Match, steps: &[StepRow]) -> Row {
    let t = &a.frame.t;
    let of: Vec<&StepRow> = steps.iter().filter(|s| s.of == x.id).collect();
    let standing: Vec<&&StepRow> = of.iter().filter(|s| !s.taken_back).collect();
    let hidden = !a.texts.contains_key(&x.wish);
    let asked = standing
        .iter()
        .rev()
        .find(|s| matches!(s.step, Step::Ask | Step::Elsewhere | Step::Resume))
        .filter(|s| s.step == Step::Ask && !hidden);
    let ended = asked
        .and_then(|s| s.place_desk)
        .and_then(|id| a.desks.iter().find(|d| d.id == id))
        .filter(|d| d.valid_to.is_some_and(|last| last < a.today));
    let next = standing.last().and_then(|s| s.next).filter(|_| !x.state.over());
    let shapes: Vec<(Step, State)> = standing.iter().map(|s| (s.step, s.state)).collect();
    let may = |step: &Step| {
        a.may_write
            && rules::take(x.state, *step, a.case_open).is_ok()
            && (!hidden || matches!(step, Step::End | Step::Hand))
    };
    let person = a.members.iter().find(|p| p.id == x.person).filter(|_| !hidden);
    let now = if hidden {
        "participation.now_hidden"
    } else if x.state.over() || !a.case_open {
        if x.state.over() { "" } else { "participation.now_case_ended" }
    } else if person.is_some_and(|p| p.died.is_some()) {
        "participation.now_died"
    } else if person.is_some_and(|p| p.left.is_some_and(|day| day < a.today)) {
        "participation.now_left"
    } else if ended.is_some() {
        "participation.now_place_ended"
    } else {
        ""
    };
    Row {
        id: x.id,
        href: link::participation(x.case, x.id),
        person: person
            .and_then(|p| a.names.iter().find(|(id, _)| *id == p.id))
            .map(|(_, name)| name.clone())
            .unwrap_or_default(),
        wish: a.said(Some(x.wish)),
        wish_href: link::entry(x.wish),
        strength: a.said(x.strength),
        state_word: t.code("participation_state", x.state),
        place: asked.map(|s| a.place(s)).unwrap_or_default(),
        place_over: ended.map_or_else(String::new, |d| match d.heir {
            Some(heir) => t.f("participation.place_heir", "desk", a.desk(heir)),
            None => t.s("participation.place_over").to_owned(),
        }),
        plan: x
            .plan
            .and_then(|id| a.plans.iter().find(|p| p.0 == id))
            .map(|(id, name)| (link::support_plan(*id), name.clone())),
        plan_id: x.plan,
        desk: a.desk(x.desk),
        next: next.map(|day| a.frame.day(&day)).unwrap_or_default(),
        next_iso: next.map(|day| day.to_string()).unwrap_or_default(),
        class: match next.map(|day| day.cmp(&a.today)) {
            Some(std::cmp::Ordering::Less) => "late",
            Some(std::cmp::Ordering::Equal) => "soon",
            _ => "",
        },
        now: if now.is_empty() { t.code("participation_now", x.state) } else { t.s(now).to_owned() },
        steps: if hidden { Vec::new() } else { of.iter().rev().map(|s| step(a, s)).collect() },
        may: Step::ALL.iter().copied().filter(may).collect(),
        may_back: a.may_write && !hidden && rules::back(&shapes, a.case_open).is_ok(),
        version: x.version,
        state: x.state,
        hidden,
    }
}

fn step(a: &Around<'_>, s: &StepRow) -> StepView {
    let t = &a.frame.t;
    let by = s.author.and_then(|u| a.staff.get(&u)).cloned().unwrap_or_default();
    let args = [("day", a.frame.day(&s.recorded_at.day())), ("by", format!("{} {by}", a.desk(s.desk)))];
    let list = if s.step == Step::Unmet { "need_unmet" } else { "participation_why" };
    StepView {
        word: t.code("participation_step", s.step),
        happened: a.frame.day(&s.happened),
        happened_iso: s.happened.to_string(),
        recorded: t.fs("participation.recorded", &args).trim().to_owned(),
        words: a.said(s.words),
        place: a.place(s),
        trial: s.trial.map_or_else(String::new, |(from, to)| match to {
            Some(to) => format!("{} – {}", a.frame.day(&from), a.frame.day(&to)),
            None => a.frame.day(&from),
        }),
        reason: if s.reason.is_empty() { String::new() } else { t.code(list, &s.reason) },
        taken_back: s.taken_back,
    }
}

/// A match of the case, whether it is over or not.
pub(crate) fn find(board: &Board, id: ThingId) -> Option<&Row> {
    board.rows.iter().chain(&board.over).find(|r| r.id == id)
}
