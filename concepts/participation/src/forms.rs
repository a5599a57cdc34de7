//! The matches of a case, and one of them with what can be done next.

use std::sync::Arc;

use askama::Template;
use board::{Area, WhyUnmet};
use engine::{Channel, Fail};
use household::{MarksControl, marks_from};
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::Day;
use words::code::Code;
use words::id::{CaseId, CommandId, DeskId, PersonId, SupportPlanId, ThingId};

use crate::acts::{self, Asked, Begin, Place, Taken};
use crate::rules::{self, Days, State, Step, WhyEnded};
use crate::view::{self, Board, Row};

const MOST_LINE: usize = 200;
const MOST_WORDS: usize = 1_000;

#[derive(Template)]
#[template(path = "participation_list.html")]
struct ListPage {
    frame: Frame,
    form: Form,
    board: Board,
    persons: Vec<Choice>,
    desks: Vec<Choice>,
    plans: Vec<Choice>,
    marks: MarksControl,
    writing: bool,
}

/// Desks by field.
type Groups = Vec<(String, Vec<Choice>)>;
/// Area, reason and words of a place there is not: names of fields and what they offer.
type Lacks = (String, Vec<Choice>, String, Vec<Choice>, String);

/// The form of one step. Names of its fields begin with its code: several stand on one page.
struct StepForm {
    code: &'static str,
    title: String,
    help: String,
    command: CommandId,
    open: bool,
    on: String,
    next: String,
    words: String,
    words_label: &'static str,
    trial: Option<(String, String)>,
    place: Option<(String, Groups, String)>,
    why: Option<(String, Vec<Choice>)>,
    desk: Option<(String, Vec<Choice>)>,
    lacks: Option<Lacks>,
}

#[derive(Template)]
#[template(path = "participation_page.html")]
struct MatchPage {
    frame: Frame,
    form: Form,
    board: Board,
    id: ThingId,
    forms: Vec<StepForm>,
    plans: Vec<Choice>,
    stale: bool,
    wrong: String,
    back: CommandId,
    plan: CommandId,
}

impl MatchPage {
    fn row(&self) -> Option<&Row> {
        view::find(&self.board, self.id)
    }
}

fn desks(form: &Form, field: &str, board: &Board) -> Vec<Choice> {
    board.coordinators.iter().map(|d| Choice::new(form, field, d.id, d.name.clone())).collect()
}

fn plans(form: &Form, board: &Board) -> Vec<Choice> {
    board.plans.iter().map(|(id, name)| Choice::new(form, "plan", id, name.clone())).collect()
}

fn codes<C: Code>(frame: &Frame, form: &Form, field: &str, list: &str) -> Vec<Choice> {
    C::ALL.iter().map(|c| Choice::new(form, field, c.code(), frame.t.code(list, c.code()))).collect()
}

/// GET /cases/{id}/participation
pub(crate) async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let own = req.ctx()?.viewer.seats.first().map(|s| s.desk.to_string()).unwrap_or_default();
    let today = req.t().short_day(req.now().day());
    render(&req, Form::filled(vec![("on", today), ("desk", own)])).await
}

async fn render(req: &Req, form: Form) -> Result<Answer, Fail> {
    let frame = req.frame();
    let mut look = req.ctx()?.look(Channel::Page).await?;
    let board = view::load(&mut look, &frame, req.id("id")?).await?;
    let wrong = form.has_problems();
    let page = ListPage {
        persons: board
            .members
            .iter()
            .map(|(id, name)| Choice::new(&form, "person", id, name.clone()))
            .collect(),
        desks: desks(&form, "desk", &board),
        plans: plans(&form, &board),
        marks: MarksControl::new(&frame.t, &form, "wish", &[]),
        writing: wrong || req.query().get("write").is_some(),
        board,
        form,
        frame,
    };
    let (html, receipt) = (page.render(), look.close().await?);
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// POST /cases/{id}/participation: a wish.
pub(crate) async fn begin(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: CaseId = req.id("id")?;
    let frame = req.frame();
    let mut look = req.ctx()?.look(Channel::Write).await?;
    let board = view::load(&mut look, &frame, id).await?;
    look.close().await?;
    let mut form = req.form();
    let persons: Vec<PersonId> = board.members.iter().map(|p| p.0).collect();
    let person = form.id_among("person", Need::Required, &persons);
    let wish = form.paragraph("wish", Need::Required, MOST_WORDS);
    let strength = form.paragraph("strength", Need::Optional, MOST_WORDS);
    let categories = marks_from(&mut form, "wish", &[]).categories;
    let coordinators: Vec<DeskId> = board.coordinators.iter().map(|d| d.id).collect();
    let desk = form.id_among("desk", Need::Required, &coordinators);
    let plan = plan(&mut form, &board);
    let happened = form.past_day("on", Need::Required);
    let next = form.promised_day("next", Need::Required);
    let days = Days { happened, next, ..Days::default() };
    for (field, key) in rules::days(Step::Propose, State::Proposed, days, req.now().day()) {
        form.problem(field, key);
    }
    let (Some(person), Some(desk), Some(happened), Some(next), false) =
        (person, desk, happened, next, form.has_problems())
    else {
        return render(&req, form).await;
    };
    let new = Begin { person, wish, strength, categories, desk, plan, happened, next };
    let receipt = acts::take(&req, id, &Asked::Begin(new)).await?;
    Ok(Answer::to(&link::case_participation(id), "participation_begun", receipt))
}

fn plan(form: &mut Form, board: &Board) -> Option<SupportPlanId> {
    let offered: Vec<SupportPlanId> = board.plans.iter().map(|p| p.0).collect();
    form.id_among("plan", Need::Optional, &offered)
}

/// GET /cases/{id}/participation/{match}
pub(crate) async fn one(req: Arc<Req>) -> Result<Answer, Fail> {
    render_one(&req, None, false).await
}

async fn render_one(req: &Req, form: Option<(Form, &str)>, stale: bool) -> Result<Answer, Fail> {
    let frame = req.frame();
    let id: ThingId = req.id("match")?;
    let mut look = req.ctx()?.look(Channel::Page).await?;
    let board = view::load(&mut look, &frame, req.id("id")?).await?;
    let row = view::find(&board, id).ok_or(Fail::NotVisible)?;
    let (form, open) = form.map_or_else(
        || {
            let today = frame.t.short_day(req.now().day());
            let mut filled: Vec<(&str, String)> =
                vec![("plan", row.plan_id.map(|p| p.to_string()).unwrap_or_default())];
            let names: Vec<String> = Step::ALL.iter().map(|s| format!("{s}_on")).collect();
            filled.extend(names.iter().map(|n| (n.as_str(), today.clone())));
            (Form::filled(filled), String::new())
        },
        |(form, step)| (form, step.to_owned()),
    );
    let wrong = form.has_problems();
    let page = MatchPage {
        id,
        forms: row.may.iter().map(|s| step_form(req, &frame, &form, (&board, row), (*s, &open))).collect(),
        plans: plans(&form, &board),
        stale,
        wrong: open,
        back: req.engine().new_id(),
        plan: req.engine().new_id(),
        board,
        form,
        frame,
    };
    let (html, receipt) = (page.render(), look.close().await?);
    match (stale, wrong) {
        (true, _) => Answer::conflict(html, receipt),
        (false, true) => Answer::again(html, receipt),
        (false, false) => Answer::page(html, receipt),
    }
}

fn step_form(
    req: &Req,
    frame: &Frame,
    form: &Form,
    (board, row): (&Board, &Row),
    (step, open): (Step, &str),
) -> StepForm {
    let (t, code) = (&frame.t, step.code());
    let name = |of: &str| format!("{code}_{of}");
    let over = matches!(step, Step::End | Step::Unmet);
    StepForm {
        code,
        title: t.code("participation_do", step),
        help: t.sentence(&format!("participation_help.{code}")).unwrap_or_default().to_owned(),
        command: req.engine().new_id(),
        open: open == code,
        on: name("on"),
        next: if over || step == Step::Hand { String::new() } else { name("next") },
        words: if row.hidden || step == Step::Hand { String::new() } else { name("words") },
        words_label: match step {
            Step::Trial => "participation.words_trial",
            Step::Settle | Step::Seen => "participation.words_look",
            Step::End => "participation.words_end",
            _ => "participation.words",
        },
        trial: (step == Step::Trial).then(|| (name("trial"), name("trial_to"))),
        place: (step == Step::Ask).then(|| {
            let field = name("place");
            let groups = register::desk_groups(t, form, &field, &board.places, &[]);
            (field, groups, name("named"))
        }),
        why: matches!(step, Step::End | Step::Elsewhere)
            .then(|| (name("why"), codes::<WhyEnded>(frame, form, &name("why"), "participation_why"))),
        desk: (step == Step::Hand).then(|| (name("desk"), desks(form, &name("desk"), board))),
        lacks: (step == Step::Unmet).then(|| {
            let (area, why) = (name("area"), name("why"));
            let areas = codes::<Area>(frame, form, &area, "need_area");
            let whys = codes::<WhyUnmet>(frame, form, &why, "need_unmet");
            (area, areas, why, whys, name("what"))
        }),
    }
}

/// POST /cases/{id}/participation/{match}/{step}
pub(crate) async fn step(req: Arc<Req>) -> Result<Answer, Fail> {
    let (id, of): (CaseId, ThingId) = (req.id("id")?, req.id("match")?);
    let frame = req.frame();
    let mut look = req.ctx()?.look(Channel::Write).await?;
    let board = view::load(&mut look, &frame, id).await?;
    look.close().await?;
    // What is not disclosed is not there to be changed either.
    let row = view::find(&board, of).ok_or(Fail::NotVisible)?;
    let mut form = req.form();
    let which = req.param("step");
    let (asked, done) = match which {
        "back" => (Some(Asked::Back(of)), "participation_back"),
        "plan" => (Some(Asked::Plan(of, plan(&mut form, &board))), "participation_plan"),
        code => {
            let step = Step::parse(code).filter(|s| *s != Step::Propose).ok_or(Fail::NotVisible)?;
            let taken = read(&mut form, step, (&board, row), req.now().day());
            (taken.map(|t| Asked::Step(of, Box::new(t))), "participation_step")
        }
    };
    let Some(asked) = asked.filter(|_| !form.has_problems()) else {
        return render_one(&req, Some((form, which)), false).await;
    };
    // Whoever let go of what they cannot read does not see it afterwards.
    let gone = row.hidden || matches!(asked, Asked::Step(_, ref t) if t.step == Step::Unmet);
    let to = if gone { link::case_participation(id) } else { link::participation(id, of) };
    match acts::take(&req, id, &asked).await {
        Ok(receipt) => Ok(Answer::to(&to, done, receipt)),
        Err(Fail::Stale) => render_one(&req, Some((form, which)), true).await,
        Err(other) => Err(other),
    }
}

fn read(form: &mut Form, step: Step, (board, row): (&Board, &Row), today: Day) -> Option<Taken> {
    let name = |of: &str| format!("{step}_{of}");
    let happened = form.past_day(&name("on"), Need::Required);
    let next = form.promised_day(&name("next"), Need::Optional);
    let words = form.paragraph(&name("words"), Need::Optional, MOST_WORDS);
    let trial = form.day(&name("trial"), Need::Optional);
    let trial_to = form.day(&name("trial_to"), Need::Optional);
    let ends = matches!(step, Step::End | Step::Elsewhere);
    let why = ends.then(|| form.code::<WhyEnded>(&name("why"), Need::Optional)).flatten();
    if ends && let Err(refusal) = rules::end(why, &words) {
        let field = if why.is_none() { "why" } else { "words" };
        form.problem(&name(field), refusal.key);
    }
    let place = (step == Step::Ask).then(|| place(form, board)).flatten();
    let desk = (step == Step::Hand)
        .then(|| {
            let offered: Vec<DeskId> = board.coordinators.iter().map(|d| d.id).collect();
            form.id_among(&name("desk"), Need::Required, &offered)
        })
        .flatten();
    let lacks = (step == Step::Unmet).then(|| lacks(form, &name)).flatten();
    // Whether the step fits the state is found out by the act, which says so; its days are asked for here, beside their fields.
    if let Ok(to) = rules::take(row.state, step, board.case_open) {
        let days = Days { happened, next, trial, trial_to };
        for (field, key) in rules::days(step, to, days, today) {
            form.problem(&name(field), key);
        }
    }
    let trial = trial.map(|from| (from, trial_to));
    Some(Taken { step, happened: happened?, next, words, place, trial, why, desk, lacks })
}

/// A desk of the register, or a name with its contact; one of them.
fn place(form: &mut Form, board: &Board) -> Option<Place> {
    let offered: Vec<DeskId> = board.places.iter().map(|d| d.id).collect();
    let desk = form.id_among("ask_place", Need::Optional, &offered);
    let named = form.line("ask_named", Need::Optional, MOST_LINE);
    match (desk, named.is_empty()) {
        (Some(desk), true) => Some(Place::Desk(desk)),
        (None, false) => Some(Place::Named(named)),
        (Some(_), false) => {
            form.problem("ask_named", "participation.one_place");
            None
        }
        (None, true) => {
            form.problem("ask_place", "participation.name_place");
            None
        }
    }
}

fn lacks(form: &mut Form, name: &impl Fn(&str) -> String) -> Option<(Area, WhyUnmet, String)> {
    let area = form.code::<Area>(&name("area"), Need::Required);
    let why = form.code::<WhyUnmet>(&name("why"), Need::Required);
    let what = form.line(&name("what"), Need::Required, MOST_LINE);
    area.zip(why).map(|(area, why)| (area, why, what))
}
