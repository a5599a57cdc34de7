//! The board of a case, and one need of it.

use std::sync::Arc;

use askama::Template;
use engine::{Channel, Fail};
use household::{MarksControl, marks_from};
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::code::Code;
use words::id::{CaseId, CommandId, DeskId, ThingId};

use crate::acts::{self, Ending, Step};
use crate::rules::{self, Area, State, WhyNot, WhyStopped, WhyUnmet};
use crate::view::{self, Board, Row};

/// A need is one line; what became of it may be a few.
const MOST_LINE: usize = 200;
const MOST_OUTCOME: usize = 1_000;

#[derive(Template)]
#[template(path = "board_page.html")]
struct BoardPage {
    frame: Frame,
    form: Form,
    board: Board,
    areas: Vec<Choice>,
    owners: Vec<(String, Vec<Choice>)>,
    marks: MarksControl,
    writing: bool,
    /// Why what may not be read is given back, and the part of which the form stands open.
    stops: Vec<(&'static str, String)>,
    giving: Option<ThingId>,
}

impl BoardPage {
    /// Whether the form of this part was sent and stands open.
    fn gives(&self, part: &ThingId) -> bool {
        self.giving.as_ref() == Some(part)
    }
}

/// What a desk that is asked could not read, for whoever asks it.
struct Blind {
    desk: Choice,
    /// Where the marks of the need are put right, and where it is agreed to or passed on.
    entry: String,
    consents: String,
    refer: String,
}

#[derive(Template)]
#[template(path = "board_need.html")]
struct NeedPage {
    frame: Frame,
    form: Form,
    board: Board,
    id: ThingId,
    areas: Vec<Choice>,
    owners: Vec<(String, Vec<Choice>)>,
    takers: Vec<Choice>,
    ends: Vec<Choice>,
    unmet: Vec<Choice>,
    not: Vec<Choice>,
    stops: Vec<(&'static str, String)>,
    /// The desk that was chosen could not read it.
    blind: Option<Blind>,
    /// Somebody else changed the need while this was being written.
    stale: bool,
    /// Which form stands open.
    open: String,
    commands: [CommandId; 4],
}

impl NeedPage {
    fn row(&self) -> Option<&Row> {
        view::find(&self.board, self.id)
    }
}

fn choices<C: Code>(frame: &Frame, form: &Form, field: &str, list: &str, leave: &[&str]) -> Vec<Choice> {
    C::ALL
        .iter()
        .filter(|c| !leave.contains(&c.code()))
        .map(|c| Choice::new(form, field, c.code(), frame.t.code(list, c.code())))
        .collect()
}

/// Who can stand for a need: desks with a part in the case first.
fn owners(frame: &Frame, form: &Form, board: &Board) -> Vec<(String, Vec<Choice>)> {
    let (mut joined, mut others) = (Vec::new(), Vec::new());
    for (part, desk) in &board.owners {
        let choice = Choice::new(form, "section", desk.id, desk.name.clone());
        if *part { joined.push(choice) } else { others.push(choice) }
    }
    vec![
        (frame.t.s("board.joined").to_owned(), joined),
        (frame.t.s("board.not_joined_group").to_owned(), others),
    ]
}

/// GET /cases/{id}/board
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let writing = req.query().get("write").is_some();
    render(&req, Form::default(), writing, None).await
}

fn stops(frame: &Frame) -> Vec<(&'static str, String)> {
    WhyStopped::ALL.iter().map(|w| (w.code(), frame.t.code("need_stopped", w))).collect()
}

async fn render(req: &Req, form: Form, writing: bool, giving: Option<ThingId>) -> Result<Answer, Fail> {
    let frame = req.frame();
    let mut look = req.ctx()?.look(Channel::Page).await?;
    let board = view::load(req, &mut look, &frame, req.id("id")?).await?;
    let wrong = form.has_problems();
    let page = BoardPage {
        areas: choices::<Area>(&frame, &form, "area", "need_area", &[]),
        owners: owners(&frame, &form, &board),
        marks: MarksControl::new(&frame.t, &form, "words", &board.members),
        writing: (wrong && giving.is_none()) || writing,
        stops: stops(&frame),
        giving,
        board,
        form,
        frame,
    };
    let (html, receipt) = (page.render(), look.close().await?);
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// POST /cases/{id}/board: a need.
pub(crate) async fn add(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: CaseId = req.id("id")?;
    let frame = req.frame();
    let mut look = req.ctx()?.look(Channel::Write).await?;
    let board = view::load(&req, &mut look, &frame, id).await?;
    look.close().await?;
    let mut form = req.form();
    let area = form.code::<Area>("area", Need::Required);
    let owner = owner(&mut form, &board);
    let words = form.line("words", Need::Required, MOST_LINE);
    let marks = marks_from(&mut form, "words", &board.members);
    let (Some(area), Some(owner), false) = (area, owner, form.has_problems()) else {
        return render(&req, form, true, None).await;
    };
    let receipt = acts::take(&req, id, &Step::Add { area, owner, words, marks }).await?;
    Ok(Answer::to(&link::case_board(id), "need_added", receipt))
}

fn owner(form: &mut Form, board: &Board) -> Option<DeskId> {
    let offered: Vec<DeskId> = board.owners.iter().map(|(_, d)| d.id).collect();
    form.id_among("section", Need::Required, &offered)
}

/// GET /cases/{id}/board/{need}
pub(crate) async fn one(req: Arc<Req>) -> Result<Answer, Fail> {
    render_one(&req, None, false, None).await
}

async fn render_one(
    req: &Req,
    form: Option<(Form, &str)>,
    stale: bool,
    blind: Option<DeskId>,
) -> Result<Answer, Fail> {
    let frame = req.frame();
    let id: ThingId = req.id("need")?;
    let mut look = req.ctx()?.look(Channel::Page).await?;
    let board = view::load(req, &mut look, &frame, req.id("id")?).await?;
    let row = view::find(&board, id).ok_or(Fail::NotVisible)?;
    let (form, open) = form.map_or_else(
        || {
            let filled = vec![("area", row.area_code.to_owned()), ("section", row.owner_id.to_string())];
            (Form::filled(filled), String::new())
        },
        |(form, step)| (form, step.to_owned()),
    );
    let wrong = form.has_problems();
    let desk = board.takers.iter().find(|d| Some(d.id) == blind);
    let page = NeedPage {
        id,
        blind: desk.map(|d| Blind {
            desk: Choice::new(&form, "unseen", d.id, frame.t.f("board.unseen_do", "desk", &d.name)),
            entry: row.text.href.clone(),
            consents: link::case_consents(board.case),
            refer: format!("{}?to={}", link::referral_new(board.case), d.id),
        }),
        areas: choices::<Area>(&frame, &form, "area", "need_area", &[]),
        owners: owners(&frame, &form, &board),
        takers: board.takers.iter().map(|d| Choice::new(&form, "desk", d.id, d.name.clone())).collect(),
        ends: choices::<State>(&frame, &form, "to", "need_end", &["open"]),
        unmet: choices::<WhyUnmet>(&frame, &form, "unmet", "need_unmet", &[]),
        not: choices::<WhyNot>(&frame, &form, "not", "need_not", &[]),
        stops: stops(&frame),
        stale,
        open,
        commands: std::array::from_fn(|_| req.engine().new_id()),
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

/// POST /cases/{id}/board/{need}/{step}
pub(crate) async fn step(req: Arc<Req>) -> Result<Answer, Fail> {
    let (id, need): (CaseId, ThingId) = (req.id("id")?, req.id("need")?);
    let frame = req.frame();
    let mut look = req.ctx()?.look(Channel::Write).await?;
    let board = view::load(&req, &mut look, &frame, id).await?;
    let mut form = req.form();
    let which = req.param("step");
    // What is not disclosed is not there to be changed either; but what one's own desk took of it can be given back.
    let Some(row) = view::find(&board, need) else {
        look.close().await?;
        return give_back(&req, form, &board).await;
    };
    let step = read(&mut form, which, (&board, row), req.now().day())?;
    let chosen = board.takers.iter().find(|d| which == "take" && d.has_login && form.chose("desk", d.id));
    let mut blind = None;
    if let Some(desk) = chosen
        && view::blind(&mut look, row, desk.id).await?
    {
        blind = Some(desk.id);
        if !form.chose("unseen", desk.id) {
            form.problem("unseen", "board.unseen");
        }
    }
    look.close().await?;
    let Some(step) = step.filter(|_| !form.has_problems()) else {
        return render_one(&req, Some((form, which)), false, blind).await;
    };
    let (key, to) = match step {
        Step::Add { .. } => return Err(Fail::NotVisible),
        Step::Take { .. } => ("part_taken", link::case_need(id, need)),
        Step::Done { .. } => ("part_done", link::case_need(id, need)),
        Step::Stop { .. } => ("part_stopped", link::case_need(id, need)),
        Step::Shape { .. } => ("need_shaped", link::case_need(id, need)),
        Step::End { .. } => ("need_ended", link::case_board(id)),
        Step::Reopen { .. } => ("need_reopened", link::case_need(id, need)),
    };
    match acts::take(&req, id, &step).await {
        Ok(receipt) => Ok(Answer::to(&to, key, receipt)),
        Err(Fail::Stale) => render_one(&req, Some((form, which)), true, None).await,
        Err(Fail::Refused(refusal)) if field_of(refusal.key).is_some() => {
            form.problem(field_of(refusal.key).unwrap_or_default(), refusal.key);
            render_one(&req, Some((form, which)), false, blind).await
        }
        Err(other) => Err(other),
    }
}

/// The step `stop` about a need that may not be read: what one's own desk took of it goes back, with its reason.
async fn give_back(req: &Req, mut form: Form, board: &Board) -> Result<Answer, Fail> {
    let need: ThingId = req.id("need")?;
    let part = form.id("part", Need::Required);
    let own = |u: &&view::Unseen| u.need == need && Some(u.part) == part;
    let part =
        board.unseen.iter().find(own).filter(|_| req.param("step") == "stop").ok_or(Fail::NotVisible)?;
    let Some(why) = form.code::<WhyStopped>("why", Need::Required).filter(|_| !form.has_problems()) else {
        return render(req, form, false, Some(part.part)).await;
    };
    let receipt = acts::take(req, board.case, &Step::Stop { need, part: part.part, why }).await?;
    Ok(Answer::to(&link::case_board(board.case), "part_stopped", receipt))
}

/// The field a refusal stands beside.
fn field_of(key: &str) -> Option<&'static str> {
    match key {
        "board.not_joined" => Some("desk"),
        "board.due_past" => Some("due"),
        "board.choose_end" => Some("to"),
        "board.unmet_why" => Some("unmet"),
        "board.not_needed_why" => Some("not"),
        _ => None,
    }
}

fn read(
    form: &mut Form,
    step: &str,
    (board, row): (&Board, &Row),
    today: words::Day,
) -> Result<Option<Step>, Fail> {
    let need = row.id;
    Ok(match step {
        "take" => {
            let offered: Vec<DeskId> = board.takers.iter().map(|d| d.id).collect();
            let desk = form.id_among("desk", Need::Required, &offered);
            let what = form.line("what", Need::Required, MOST_LINE);
            let due = form.promised_day("due", Need::Required);
            if due.is_some_and(|d| d < today) {
                form.problem("due", "board.due_past");
            }
            let marks = row.marks.clone();
            desk.zip(due).map(|(desk, due)| Step::Take { need, desk, what, due, marks })
        }
        "done" => form.id("part", Need::Required).map(|part| Step::Done { need, part }),
        "stop" => {
            let part = form.id("part", Need::Required);
            let why = form.code::<WhyStopped>("why", Need::Required);
            part.zip(why).map(|(part, why)| Step::Stop { need, part, why })
        }
        "shape" => {
            let area = form.code::<Area>("area", Need::Required);
            area.zip(owner(form, board)).map(|(area, owner)| Step::Shape { need, area, owner })
        }
        "end" => {
            let to = form.code::<State>("to", Need::Required);
            let unmet = form.code::<WhyUnmet>("unmet", Need::Optional);
            let not = form.code::<WhyNot>("not", Need::Optional);
            let words = form.paragraph("outcome", Need::Optional, MOST_OUTCOME);
            if let Some(to) = to
                && let Err(refusal) = rules::end(State::Open, to, unmet, not)
            {
                form.problem(field_of(refusal.key).unwrap_or("to"), refusal.key);
            }
            let marks = row.marks.clone();
            to.map(|to| Step::End { need, end: Ending { to, unmet, not, words, marks } })
        }
        "reopen" => Some(Step::Reopen { need }),
        _ => return Err(Fail::NotVisible),
    })
}
