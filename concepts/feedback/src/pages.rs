//! その後: what I am told, and what I still owe.

use std::collections::HashMap;
use std::sync::Arc;

use access::{Action, RecordKind, RecordRef, Relation, Right, Role};
use askama::Template;
use engine::{Act, Begun, Channel, Fail, Receipt, args};
use household::{Marks, MarksControl, Reasons, entry, marks_from, nameable, person};
use register::Way;
use serde::Serialize;
use site::{Access, Answer, Choice, Form, Frame, Need, Page, Req, link};
use task::Guarded;
use words::Instant;
use words::code::Code;
use words::id::{DeskId, FeedbackId, HouseholdId, PersonId};

use crate::rules::{self, GivenBasis, Outcome, Stage, check, stage};
use crate::sql::{self, Feedback, Given};

const MOST: i64 = 60;
const WHO: Access = Access::Role(&[Role::Liaison, Role::Caseworker, Role::AgencyLead, Role::Coordinator]);

/// The pages.
pub fn pages() -> Vec<Page> {
    vec![
        Page::get("/feedback", WHO, list),
        Page::get("/feedback/{id}", WHO, show),
        Page::post("/feedback/{id}", Access::WORKERS, give),
        Page::post("/feedback/{id}/read", WHO, read),
        Page::post("/feedback/{id}/ask", WHO, ask),
    ]
}

/// One line of a list.
struct Line {
    href: String,
    sentence: String,
    with: String,
    about: String,
    when: String,
    state: &'static str,
}

#[derive(Template)]
#[template(path = "feedback_list.html")]
struct ListPage {
    frame: Frame,
    received: Vec<Line>,
    owed: Vec<Line>,
    worker: bool,
    stages: Vec<Choice>,
    asked: bool,
}

async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let mut look = ctx.look(Channel::List).await?;
    let asked = req.query().get("stage").and_then(Stage::parse);
    let most = (ctx.now, MOST);
    let received = sql::received(&mut look.conn(), &ctx.viewer, asked, most).await?;
    let owed = sql::owed(&mut look.conn(), &ctx.viewer, asked, most).await?;
    let choice = |s: &Stage| Choice {
        value: s.to_string(),
        word: frame.t.code("feedback", s),
        on: asked == Some(*s),
        help: String::new(),
    };
    let desks = received.iter().chain(&owed).flat_map(|f| [f.from, f.to]);
    let names = register::desk_names(&mut look.conn(), ctx.viewer.municipality, desks, ctx.now.day()).await?;
    let page = ListPage {
        received: received.iter().map(|f| line(&frame, f, f.from, "feedback.not_yet", &names)).collect(),
        owed: owed.iter().map(|f| line(&frame, f, f.to, "feedback.owe", &names)).collect(),
        worker: ctx.viewer.has_role(site::WORKERS),
        stages: Stage::ALL.iter().map(choice).collect(),
        asked: asked.is_some(),
        frame,
    };
    Answer::page(page.render(), look.close().await?)
}

/// One line of a list. `open` is the sentence for what has not been told yet: it depends on whose turn it is.
fn line(frame: &Frame, f: &Feedback, with: DeskId, open: &str, names: &HashMap<DeskId, String>) -> Line {
    let t = &frame.t;
    let sentence =
        if f.given_at.is_some() { t.code("feedback_outcome", &f.outcome) } else { t.s(open).to_owned() };
    Line {
        href: link::feedback(f.id),
        sentence,
        with: names.get(&with).cloned().unwrap_or_default(),
        about: about(frame, f),
        when: frame.day(&f.given_at.unwrap_or(f.due_at).day()),
        state: match stage(f.given_at.is_some(), f.read_at.is_some(), f.due_at < frame.now) {
            Stage::Late => "feedback.late",
            Stage::Waiting => "feedback.waiting",
            Stage::New => "feedback.new",
            Stage::Read => "feedback.read",
        },
    }
}

/// What it is about, naming nobody.
fn about(frame: &Frame, f: &Feedback) -> String {
    let kind = frame.t.s(if f.sheet.is_some() { "feedback.of_sheet" } else { "feedback.of_referral" });
    match f.case_number {
        Some((year, number)) => format!("{kind} {year}-{number:05}"),
        None => kind.to_owned(),
    }
}

#[derive(Template)]
#[template(path = "feedback_page.html")]
struct FeedbackPage {
    frame: Frame,
    form: Form,
    id: FeedbackId,
    version: i64,
    about: String,
    from: String,
    to: String,
    line: String,
    given: String,
    due: String,
    words: Option<String>,
    may_give: bool,
    may_read: bool,
    may_ask: bool,
    marks: MarksControl,
    outcomes: Vec<(&'static str, String)>,
    articles: Vec<(String, String)>,
    source: Option<String>,
    reasons: Vec<String>,
}

async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    render(&req, Form::default()).await
}

async fn render(req: &Req, form: Form) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let id: FeedbackId = req.id("id")?;
    let m = ctx.viewer.municipality;
    let mut look = ctx.look(Channel::Page).await?;
    let (f, giver) = sql::by_id(&mut look.conn(), &ctx.viewer, id).await?.ok_or(Fail::NotVisible)?;
    let names = register::desk_names(&mut look.conn(), m, [f.from, f.to], ctx.now.day()).await?;
    let mut reasons = Reasons::default();
    let sealed = entry::by_ids(&mut look.conn(), &ctx.viewer, f.entry).await?;
    let words = look.disclose(sealed).await?.pop();
    if let Some(words) = &words {
        reasons.of(words);
    }
    let may_give = giver && f.given_at.is_none();
    let mut known = Vec::new();
    if may_give && let Some(household) = household_of(&mut look, &f).await? {
        let members = person::members(&mut look.conn(), &ctx.viewer, household).await?;
        let members = look.disclose(members).await?;
        reasons.of_all(&members);
        known = nameable(&frame.t, &members);
    }
    let t = frame.t.clone();
    let articles =
        register::legal_bases_for(&mut look.conn(), m, ctx.now.day(), register::Sharing::Feedback).await?;
    // Both bodies are known here: only what fits between them is offered.
    let between = register::between(&mut look.conn(), m, (f.from, f.to), ctx.now.day()).await?;
    let fits = |scope| register::ground(scope, Way::Tell, between).is_none();
    let articles = register::sorted_articles(&articles, form.value("article"), fits, |_| false);
    let articles: Vec<(String, String)> = articles.fit.into_iter().chain(articles.other).collect();
    let wrong = form.has_problems();
    let name = |desk: DeskId| names.get(&desk).cloned().unwrap_or_default();
    let page = FeedbackPage {
        marks: MarksControl::new(&t, &form, "words", &known),
        id,
        version: f.version(),
        about: about(&frame, &f),
        from: name(f.from),
        to: name(f.to),
        line: if f.outcome.is_empty() { String::new() } else { t.code("feedback_outcome", &f.outcome) },
        given: f.given_at.map(|at| frame.moment(&at)).unwrap_or_default(),
        due: frame.day(&f.due_at.day()),
        words: words.map(|w| w.body.clone()),
        may_give,
        may_read: !giver && f.given_at.is_some() && f.read_at.is_none(),
        may_ask: !giver && f.given_at.is_none(),
        outcomes: Outcome::endings().map(|o| (o.code(), t.code("feedback_outcome", o))).collect(),
        articles,
        source: match (f.referral, f.sheet) {
            (Some(id), _) => Some(link::referral(id)),
            (_, Some(id)) => Some(link::sheet(id)),
            _ => None,
        },
        reasons: reasons.sentences(&t),
        frame,
        form,
    };
    let html = page.render();
    let receipt = look.close().await?;
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// The household behind a feedback, for marking the words.
async fn household_of(look: &mut engine::Look, f: &Feedback) -> Result<Option<HouseholdId>, Fail> {
    let m = look.viewer().municipality;
    let mut conn = look.conn();
    let row = match (f.referral, f.sheet) {
        (Some(id), _) => {
            conn.maybe(
                "SELECT household_id FROM referral WHERE municipality_id = $1 AND id = $2",
                args![m, id],
            )
            .await?
        }
        (_, Some(id)) => {
            conn.maybe(
                "SELECT household_id FROM connecting_sheet WHERE municipality_id = $1 AND id = $2",
                args![m, id],
            )
            .await?
        }
        _ => None,
    };
    Ok(match row {
        Some(row) => row.get("household_id")?,
        None => None,
    })
}

#[derive(Serialize)]
struct GiveBody {
    id: FeedbackId,
    outcome: Outcome,
    words: String,
    marks: Marks,
    basis: GivenBasis,
    article: String,
}

async fn give(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: FeedbackId = req.id("id")?;
    let mut form = req.form();
    let outcome = form.code::<Outcome>("outcome", Need::Required);
    if outcome == Some(Outcome::Asking) {
        form.problem("outcome", "text.choose");
    }
    let words = form.paragraph("words", Need::Optional, entry::MOST_CHARACTERS);
    let basis = form.code::<GivenBasis>("basis", Need::Optional).unwrap_or(GivenBasis::StatusOnly);
    let article = form.line("article", Need::Optional, 100);
    if let Err(refusal) = check(&words, basis, &article) {
        form.problem(if refusal.key == "feedback.choose_article" { "article" } else { "basis" }, refusal.key);
    }
    // Whom the words are about is chosen among those this viewer may know.
    let known = known_persons(&req, id).await?;
    let marks = marks_from(&mut form, "words", &known);
    let (Some(outcome), false) = (outcome, form.has_problems()) else {
        return render(&req, form).await;
    };
    let body = GiveBody { id, outcome, words, marks, basis, article };
    let mut act = match ctx.act(&req.envelope(), "feedback.give", &body).await? {
        Begun::New(act) => act,
        Begun::Before(_) => return Ok(Answer::to(link::FEEDBACK, "feedback_given", done_before())),
    };
    let (f, right) = permit(&mut act, id, Action::GiveFeedback).await?;
    act.check_version(f.version())?;
    let household = match (f.referral, f.sheet) {
        (Some(r), _) => {
            one(
                &mut act,
                "SELECT household_id FROM referral WHERE municipality_id = $1 AND id = $2",
                r.uuid(),
            )
            .await?
        }
        (_, Some(s)) => {
            one(
                &mut act,
                "SELECT household_id FROM connecting_sheet WHERE municipality_id = $1 AND id = $2",
                s.uuid(),
            )
            .await?
        }
        _ => None,
    };
    let given = Given {
        outcome: body.outcome,
        words: body.words,
        marks: body.marks,
        household,
        case: f.case,
        basis: body.basis,
        article: body.article,
    };
    match sql::give(&mut act, &right, id, &given).await {
        Err(Fail::Refused(refusal)) if rules::field_of(refusal.key).is_some() => {
            drop(act);
            form.problem_with(rules::field_of(refusal.key).unwrap_or("basis"), refusal.key, refusal.args);
            return render(&req, form).await;
        }
        other => other?,
    }
    settle(&mut act, &right, &f).await?;
    let receipt = act.commit(&id.to_string()).await?;
    Ok(Answer::to(link::FEEDBACK, "feedback_given", receipt))
}

async fn one(act: &mut Act, sql: &'static str, id: uuid::Uuid) -> Result<Option<HouseholdId>, Fail> {
    let m = act.municipality();
    match act.facts()?.maybe(sql, args![m, id]).await? {
        Some(row) => Ok(row.get("household_id")?),
        None => Ok(None),
    }
}

async fn settle(act: &mut Act, right: &Right, f: &Feedback) -> Result<(), Fail> {
    if let Some(case) = f.case {
        let m = act.municipality();
        let settings = register::settings(&mut act.facts()?, m).await?;
        let due = act.now().plus_hours(settings.next_contact_days * 24);
        task::settle(act, right, Guarded::Case(case), due).await?;
    }
    Ok(())
}

async fn known_persons(req: &Req, id: FeedbackId) -> Result<Vec<(PersonId, String)>, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Write).await?;
    let Some((f, true)) = sql::by_id(&mut look.conn(), &ctx.viewer, id).await? else {
        return Err(Fail::NotVisible);
    };
    let Some(household) = household_of(&mut look, &f).await? else { return Ok(Vec::new()) };
    let members = person::members(&mut look.conn(), &ctx.viewer, household).await?;
    let members = look.disclose(members).await?;
    let known = nameable(&req.t(), &members);
    look.close().await?;
    Ok(known)
}

/// The feedback and the right to act on it: its giver for giving, its addressee for reading and asking.
async fn permit(act: &mut Act, id: FeedbackId, action: Action) -> Result<(Feedback, Right), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let (f, giver) = sql::by_id(&mut act.facts()?, &viewer, id).await?.ok_or(Fail::NotVisible)?;
    let record = RecordRef { kind: RecordKind::Referral, id: id.cast() };
    let m = act.municipality();
    let owner: DeskId = act
        .facts()?
        .one("SELECT desk_id FROM task WHERE municipality_id = $1 AND id = $2", args![m, f.task])
        .await?
        .get("desk_id")?;
    let cases = household::cases_of(&mut act.facts()?, &viewer, f.household).await?;
    let mut relation = Relation::within(cases.into_values().flatten().chain(f.case));
    relation.case_desks = if giver { vec![owner] } else { Vec::new() };
    let right = act.permit(action, &relation, record).await?;
    Ok((f, right))
}

async fn read(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: FeedbackId = req.id("id")?;
    answer_as_addressee(&req, id, "feedback.read").await
}

async fn ask(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: FeedbackId = req.id("id")?;
    answer_as_addressee(&req, id, "feedback.ask").await
}

/// Reading and asking are the addressee's own, under their own right; they write nothing about a household.
async fn answer_as_addressee(req: &Req, id: FeedbackId, kind: &'static str) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let flash = if kind == "feedback.read" { "feedback_read" } else { "feedback_asked" };
    let mut act = match ctx.act(&req.envelope(), kind, &id).await? {
        Begun::New(act) => act,
        Begun::Before(_) => return Ok(Answer::to(link::FEEDBACK, flash, done_before())),
    };
    let (f, giver) = sql::by_id(&mut act.facts()?, &ctx.viewer, id).await?.ok_or(Fail::NotVisible)?;
    if giver && f.to_user != Some(ctx.viewer.user) {
        return Err(engine::Refusal::new("denied.not_yours").into());
    }
    act.check_version(f.version())?;
    // Its addressee: the desk it is owed to, or the one person there (who may be a liaison).
    // What was owed to one person is theirs wherever they sit now.
    let own = f.to_user == Some(ctx.viewer.user);
    let seats = &ctx.viewer.seats;
    let seat =
        seats.iter().find(|s| s.holds(f.to)).or(seats.iter().find(|s| own && s.role.reads_own_writing()));
    let cases = household::cases_of(&mut act.facts()?, &ctx.viewer, f.household).await?;
    let mut relation = Relation::within(cases.into_values().flatten().chain(f.case));
    relation.receiver = seat.map(|s| s.desk);
    let record = RecordRef { kind: RecordKind::Referral, id: id.cast() };
    let right = act.permit(Action::HearFeedback, &relation, record).await?;
    if kind == "feedback.read" {
        sql::read(&mut act, &right, id).await?;
    } else {
        let opening = words::calendar::OpeningDays::default();
        let day = words::calendar::add_business_days(&opening, ctx.now.day(), 2);
        sql::ask(&mut act, &right, f.task, Instant::at(day, 17, 0)).await?;
    }
    let receipt = act.commit(&id.to_string()).await?;
    Ok(Answer::to(link::FEEDBACK, flash, receipt))
}

fn done_before() -> Receipt {
    Receipt::nothing_personal("the command was done before; nothing is shown")
}
