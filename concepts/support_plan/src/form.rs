//! Writing a version: a new one, a next one out of the one in force, or one out of the board; and a draft written anew.

use std::sync::Arc;

use askama::Template;
use casefile::CaseHead;
use decision::Programme;
use engine::{Begun, Channel, Fail, Look, Receipt};
use household::{MarksControl, marks_from, nameable};
use site::{Answer, Choice, Form, Frame, Need, Req, T, link};
use words::Day;
use words::code::Code;
use words::id::{CaseId, DeskId, PersonId, SupportPlanId};

use crate::acts::{self, Step};
use crate::rules::{self, Part, State, Who};
use crate::view::{self, Version};
use crate::write::{Action, Doer, Draft};
use crate::{sql, steps};

const MOST: usize = 2_000;
const MOST_LINE: usize = 300;
/// Goals of each kind, and actions, that a form takes.
const GOALS: usize = 4;
const ACTIONS: usize = 12;
/// Rows that stand empty for what comes next.
const SPARE: usize = 3;
/// 伴走型: weeks between two looks.
const RHYTHMS: [i64; 5] = [2, 4, 8, 12, 26];

/// A row of an action.
struct ActionRow {
    n: usize,
    /// Names of its fields: who, what, by when, the name of a place.
    fields: [String; 4],
    who: Vec<(String, Vec<Choice>)>,
    error: bool,
}

#[derive(Template)]
#[template(path = "plan_form.html")]
struct FormPage {
    frame: Frame,
    form: Form,
    head: CaseHead,
    action: String,
    back: String,
    title: String,
    /// Which kind, when that is still to be chosen.
    kinds: Vec<Choice>,
    /// It takes the place of a version in force: what changed is asked.
    follows: bool,
    from_board: Option<String>,
    longs: Vec<String>,
    shorts: Vec<String>,
    rows: Vec<ActionRow>,
    rhythms: Vec<Choice>,
    marks: MarksControl,
    version: Option<i64>,
    writing: Option<Writing>,
    stale: bool,
    max: usize,
}

/// What is being written of the same kind already: there is one draft at a time.
struct Writing {
    href: String,
    title: String,
    /// The version of a draft: what was typed can be put into it. Not of a proposal.
    version: Option<i64>,
}

/// Whom an action can be given to.
struct Doers {
    desks: Vec<(DeskId, String)>,
    people: Vec<(PersonId, String)>,
}

async fn doers(look: &mut Look, frame: &Frame, loaded: &casefile::Loaded) -> Result<Doers, Fail> {
    let (m, today) = (look.viewer().municipality, look.now().day());
    let all = register::desks(&mut look.conn(), m, today).await?;
    let r = &loaded.relation;
    let joined = |d: DeskId| r.accountable == Some(d) || r.case_desks.contains(&d);
    Ok(Doers {
        desks: all.into_iter().filter(|d| joined(d.id) || !d.has_login).map(|d| (d.id, d.name)).collect(),
        people: nameable(&frame.t, &loaded.members),
    })
}

impl Doers {
    fn groups(&self, frame: &Frame, form: &Form, field: &str) -> Vec<(String, Vec<Choice>)> {
        let t = &frame.t;
        let choice = |value: String, word: String| Choice::new(form, field, value, word);
        let near = [("self", "plan_who.self"), ("place", "plan_who.place")];
        vec![
            (
                t.s("support_plan.who_near").to_owned(),
                near.iter()
                    .map(|(code, key)| choice((*code).to_owned(), t.s(key).to_owned()))
                    .chain(self.people.iter().map(|(id, name)| choice(format!("person:{id}"), name.clone())))
                    .collect(),
            ),
            (
                t.s("support_plan.who_desks").to_owned(),
                self.desks.iter().map(|(id, name)| choice(format!("desk:{id}"), name.clone())).collect(),
            ),
        ]
    }

    fn read(&self, typed: &str, place: &str) -> Option<Doer> {
        match typed.split_once(':') {
            None if typed == "self" => Some(Doer::Myself),
            None if typed == "place" && !place.is_empty() => Some(Doer::Place(place.to_owned())),
            Some(("desk", id)) => {
                let id = id.parse().ok()?;
                self.desks.iter().any(|(d, _)| *d == id).then_some(Doer::Desk(id))
            }
            Some(("person", id)) => {
                let id = id.parse().ok()?;
                self.people.iter().any(|(p, _)| *p == id).then_some(Doer::Person(id))
            }
            _ => None,
        }
    }
}

/// What a form says; problems beside their fields, all at once.
fn read(form: &mut Form, doers: &Doers, today: Day) -> Draft {
    let words = form.paragraph("words", Need::Optional, MOST);
    let direction = form.paragraph("direction", Need::Optional, MOST);
    let change = form.paragraph("change", Need::Optional, MOST);
    let mut goals = |kind: &str| -> Vec<String> {
        let lines = (1..=GOALS).map(|n| form.line(&format!("{kind}_{n}"), Need::Optional, MOST_LINE));
        lines.filter(|l| !l.is_empty()).collect()
    };
    let (long, short) = (goals("long"), goals("short"));
    let mut actions = Vec::new();
    for n in 1..=ACTIONS {
        actions.extend(action(form, doers, n, today));
    }
    let monitoring = form.promised_day("monitoring", Need::Optional);
    if monitoring.is_some_and(|d| d < today) {
        form.problem("monitoring", "support_plan.day_past");
    }
    let rhythm = form.value("rhythm").parse().ok().filter(|w| RHYTHMS.contains(w));
    let marks = marks_from(form, "goals", &doers.people);
    Draft { words, direction, long, short, actions, change, monitoring, rhythm, marks }
}

fn action(form: &mut Form, doers: &Doers, n: usize, today: Day) -> Option<Action> {
    let field = |what: &str| format!("act_{n}_{what}");
    let what = form.line(&field("what"), Need::Optional, MOST_LINE);
    let place = form.line(&field("place"), Need::Optional, MOST_LINE);
    let due = form.day(&field("due"), Need::Optional);
    let typed = form.value(&field("who")).to_owned();
    if what.is_empty() && typed.is_empty() && place.is_empty() && due.is_none() {
        return None;
    }
    let doer = doers.read(&typed, &place);
    if doer.is_none() {
        let key = if typed == "place" { "support_plan.place_name" } else { "support_plan.who" };
        form.problem(&field(if typed == "place" { "place" } else { "who" }), key);
    }
    if what.is_empty() {
        form.problem(&field("what"), "support_plan.what_empty");
    }
    // What a desk does is a promise, and a promise has a day.
    if due.is_none() && matches!(doer, Some(Doer::Desk(_))) {
        form.problem(&field("due"), "support_plan.due_empty");
    }
    if due.is_some_and(|d| d < today) {
        form.problem(&field("due"), "support_plan.day_past");
    }
    Some(Action { doer: doer?, what, due })
}

/// Which page this is.
struct Place<'a> {
    kind: Option<Programme>,
    follows: bool,
    action: String,
    back: String,
    title: String,
    version: Option<i64>,
    stale: bool,
    writing: Option<Writing>,
    new_of: Option<CaseId>,
    loaded: &'a casefile::Loaded,
}

fn page(look: &Look, frame: Frame, form: Form, doers: &Doers, place: Place<'_>) -> FormPage {
    let filled = |name: &str| !form.value(name).is_empty();
    let goals = |kind: &str| -> Vec<String> {
        let used = (1..=GOALS).filter(|n| filled(&format!("{kind}_{n}"))).max().unwrap_or(0);
        (1..=GOALS.min(used.max(1) + 1)).map(|n| format!("{kind}_{n}")).collect()
    };
    let any = |n: &usize| ["who", "what", "place", "due"].iter().any(|w| filled(&format!("act_{n}_{w}")));
    let used = (1..=ACTIONS).filter(any).max().unwrap_or(0);
    let wrong = |n: usize| form.found().any(|(f, ..)| f.starts_with(&format!("act_{n}_")));
    let rows = (1..=ACTIONS.min(used + SPARE)).map(|n| ActionRow {
        n,
        fields: ["who", "what", "due", "place"].map(|what| format!("act_{n}_{what}")),
        who: doers.groups(&frame, &form, &format!("act_{n}_who")),
        error: wrong(n),
    });
    FormPage {
        rows: rows.collect(),
        longs: goals("long"),
        shorts: goals("short"),
        kinds: if place.new_of.is_some() {
            Programme::ALL
                .iter()
                .map(|k| Choice::new(&form, "kind", k.code(), frame.t.code("decision_programme", k)))
                .collect()
        } else {
            Vec::new()
        },
        follows: place.follows,
        from_board: place
            .new_of
            .map(|case| format!("{}/new?from=board{}", link::case_plans(case), kind_query(place.kind))),
        rhythms: RHYTHMS
            .iter()
            .map(|w| Choice::new(&form, "rhythm", w, frame.t.f("support_plan.every", "n", w)))
            .collect(),
        marks: MarksControl::new(&frame.t, &form, "goals", &doers.people),
        head: CaseHead::new(&frame, place.loaded, look.viewer()),
        action: place.action,
        back: place.back,
        title: place.title,
        version: place.version,
        writing: place.writing,
        stale: place.stale,
        max: MOST,
        form,
        frame,
    }
}

fn kind_query(kind: Option<Programme>) -> String {
    kind.map(|k| format!("&kind={k}")).unwrap_or_default()
}

/// The fields of a version, for a form. For a next one nothing is promised for a day that has passed.
fn filled(t: &T, v: &Version, from: Option<Day>) -> Vec<(String, String)> {
    let mut pairs = vec![
        ("words".to_owned(), v.text("words").to_owned()),
        ("direction".to_owned(), v.text("direction").to_owned()),
        ("rhythm".to_owned(), v.plan.rhythm.map(|w| w.to_string()).unwrap_or_default()),
    ];
    for (kind, part) in [("long", "long_goal"), ("short", "short_goal")] {
        pairs.extend(
            v.of(part).iter().zip(1..).map(|(l, n): (_, usize)| (format!("{kind}_{n}"), l.words.clone())),
        );
    }
    let actions = v.raw.iter().filter(|l| l.part == Part::Role);
    for (line, n) in actions.filter(|l| v.body(l.entry).is_some()).zip(1_usize..) {
        let who = match (line.who, line.desk, line.person) {
            (Some(Who::Desk), Some(desk), _) => format!("desk:{desk}"),
            (Some(Who::Person), _, Some(person)) => format!("person:{person}"),
            (Some(Who::Place), ..) => "place".to_owned(),
            _ => "self".to_owned(),
        };
        let place = line.place.and_then(|p| v.body(p)).unwrap_or_default();
        pairs.push((format!("act_{n}_who"), who));
        pairs.push((format!("act_{n}_place"), place.to_owned()));
        pairs.push((format!("act_{n}_what"), v.body(line.entry).unwrap_or_default().to_owned()));
        let due = line.due.filter(|d| from.is_none_or(|from| *d >= from));
        pairs.push((format!("act_{n}_due"), due.map(|d| t.short_day(d)).unwrap_or_default()));
    }
    let goal = v.raw.iter().find(|l| matches!(l.part, Part::LongGoal | Part::ShortGoal | Part::Role));
    if let Some(e) = goal.and_then(|l| v.latest.get(&l.entry)).and_then(|id| v.texts.get(id)) {
        pairs.extend(e.persons.iter().map(|p| ("goals_about".to_owned(), p.to_string())));
        let chosen = access::Category::ALL.iter().filter(|c| e.categories.has(**c));
        pairs.extend(chosen.map(|c| ("goals_cat".to_owned(), c.code().to_owned())));
    } else {
        // A draft that was begun empty: what is written into it is a plan, until somebody marks it otherwise.
        pairs.push(("goals_cat".to_owned(), "plan".to_owned()));
    }
    pairs
}

/// GET /cases/{id}/plans/new?kind=&from=board
pub(crate) async fn new(req: Arc<Req>) -> Result<Answer, Fail> {
    let case: CaseId = req.id("id")?;
    let frame = req.frame();
    let kind = req.query().get("kind").and_then(Programme::parse);
    let mut look = req.ctx()?.look(Channel::Page).await?;
    let mut pairs = vec![
        ("kind".to_owned(), kind.map(|k| k.code().to_owned()).unwrap_or_default()),
        ("goals_cat".to_owned(), "plan".to_owned()),
    ];
    let m = look.viewer().municipality;
    let all = sql::of_case(&mut look.conn(), m, case).await?;
    let former = kind.and_then(|kind| sql::former(&all, kind));
    let board = req.query().get("from") == Some("board");
    // What was interrupted is taken up again, unless somebody wants to begin from the board.
    let former = former.filter(|p| p.state == State::InForce || !board);
    if let Some(former) = former {
        let v = view::load(&req, &mut look, &frame, former.id).await?;
        pairs = filled(&frame.t, &v, Some(look.now().day()));
        pairs.push(("kind".to_owned(), former.kind.code().to_owned()));
    } else if board {
        let offered = board::offered(&req, &mut look, &frame, case).await?;
        let parts = offered.iter().flat_map(|o| o.parts.iter());
        for ((desk, what, due), n) in parts.take(ACTIONS).zip(1_usize..) {
            pairs.push((format!("act_{n}_who"), format!("desk:{desk}")));
            pairs.push((format!("act_{n}_what"), what.clone()));
            pairs.push((format!("act_{n}_due"), frame.t.short_day(*due)));
        }
        pairs.extend(
            offered.iter().take(GOALS).zip(1_usize..).map(|(o, n)| (format!("short_{n}"), o.need.clone())),
        );
    }
    let form = Form::new(site::Fields::from_pairs(pairs));
    render_new(&req, look, form).await
}

async fn render_new(req: &Req, mut look: Look, form: Form) -> Result<Answer, Fail> {
    let case: CaseId = req.id("id")?;
    let frame = req.frame();
    let m = look.viewer().municipality;
    let loaded = casefile::load(&mut look, case).await?;
    let doers = doers(&mut look, &frame, &loaded).await?;
    let kind = Programme::parse(form.value("kind"));
    let all = sql::of_case(&mut look.conn(), m, case).await?;
    let follows = kind.is_some_and(|kind| sql::former(&all, kind).is_some());
    let wrong = form.has_problems();
    let written = |p: &&sql::Plan| matches!(p.state, State::Draft | State::Proposed) && Some(p.kind) == kind;
    let writing = all.iter().find(written).map(|p| Writing {
        href: link::support_plan(p.id),
        title: view::title(&frame, p),
        version: (p.state == State::Draft).then_some(p.version),
    });
    let place = Place {
        writing,
        kind,
        follows,
        action: format!("{}/new", link::case_plans(case)),
        back: link::case_plans(case),
        title: frame.t.s(if follows { "support_plan.next" } else { "support_plan.new" }).to_owned(),
        version: None,
        stale: false,
        new_of: Some(case),
        loaded: &loaded,
    };
    let page = page(&look, frame, form, &doers, place);
    let (html, receipt) = (page.render(), look.close().await?);
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// POST /cases/{id}/plans/new
pub(crate) async fn create(req: Arc<Req>) -> Result<Answer, Fail> {
    let case: CaseId = req.id("id")?;
    let (frame, ctx) = (req.frame(), req.ctx()?);
    let mut look = ctx.look(Channel::Write).await?;
    let loaded = casefile::load(&mut look, case).await?;
    let doers = doers(&mut look, &frame, &loaded).await?;
    look.close().await?;
    let mut form = req.form();
    let kind = form.code::<Programme>("kind", Need::Required);
    let draft = read(&mut form, &doers, ctx.now.day());
    let Some(kind) = kind.filter(|_| !form.has_problems()) else {
        let look = ctx.look(Channel::Page).await?;
        return render_new(&req, look, form).await;
    };
    match ctx.act(&req.envelope(), "support_plan.begin", &(case, kind, &draft)).await? {
        Begun::Before(to) => {
            let receipt = Receipt::nothing_personal("the command was done before; nothing is shown");
            Ok(Answer::to(&link::support_plan(to), "plan_written", receipt))
        }
        Begun::New(mut act) => match acts::begin(&mut act, case, kind, &draft).await {
            Ok(id) => {
                let receipt = act.commit(&id.to_string()).await?;
                Ok(Answer::to(&link::support_plan(id), "plan_written", receipt))
            }
            Err(Fail::Refused(refusal)) => {
                drop(act);
                form.problem("kind", refusal.key);
                let look = ctx.look(Channel::Page).await?;
                render_new(&req, look, form).await
            }
            Err(other) => Err(other),
        },
    }
}

/// GET /plans/{id}/edit
pub(crate) async fn edit(req: Arc<Req>) -> Result<Answer, Fail> {
    render_edit(&req, None, false).await
}

async fn render_edit(req: &Req, typed: Option<Form>, stale: bool) -> Result<Answer, Fail> {
    let id: SupportPlanId = req.id("id")?;
    let frame = req.frame();
    let mut look = req.ctx()?.look(Channel::Page).await?;
    let v = view::load(req, &mut look, &frame, id).await?;
    rules::writable(v.plan.state)?;
    let doers = doers(&mut look, &frame, &v.loaded).await?;
    let form = typed.unwrap_or_else(|| {
        let mut pairs = filled(&frame.t, &v, None);
        pairs.push(("change".to_owned(), v.text("change").to_owned()));
        let day = v.plan.monitoring.map(|d| frame.t.short_day(d)).unwrap_or_default();
        pairs.push(("monitoring".to_owned(), day));
        Form::new(site::Fields::from_pairs(pairs))
    });
    let wrong = form.has_problems();
    let place = Place {
        kind: Some(v.plan.kind),
        follows: v.plan.follows.is_some(),
        action: format!("{}/edit", link::support_plan(id)),
        back: link::support_plan(id),
        title: v.title.clone(),
        version: Some(v.plan.version),
        writing: None,
        stale,
        new_of: None,
        loaded: &v.loaded,
    };
    let page = page(&look, frame, form, &doers, place);
    let (html, receipt) = (page.render(), look.close().await?);
    match (stale, wrong) {
        (true, _) => Answer::conflict(html, receipt),
        (false, true) => Answer::again(html, receipt),
        (false, false) => Answer::page(html, receipt),
    }
}

/// POST /plans/{id}/edit
pub(crate) async fn save(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: SupportPlanId = req.id("id")?;
    let (frame, ctx) = (req.frame(), req.ctx()?);
    let mut look = ctx.look(Channel::Write).await?;
    let v = view::load(&req, &mut look, &frame, id).await?;
    let doers = doers(&mut look, &frame, &v.loaded).await?;
    look.close().await?;
    let mut form = req.form();
    let draft = read(&mut form, &doers, ctx.now.day());
    if form.has_problems() {
        return render_edit(&req, Some(form), false).await;
    }
    match steps::take(&req, id, &Step::Write(draft)).await {
        Ok(receipt) => Ok(Answer::to(&link::support_plan(id), "plan_written", receipt)),
        Err(Fail::Stale) => render_edit(&req, Some(form), true).await,
        Err(other) => Err(other),
    }
}
