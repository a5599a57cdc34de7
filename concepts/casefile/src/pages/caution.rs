//! 訪問時の注意: what is in force, what was, and setting, keeping and lifting one.

use std::sync::Arc;

use askama::Template;
use engine::{Channel, Fail, Look};
use household::{MarksControl, marks_from, nameable};
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::code::Code;
use words::id::{CaseId, CommandId, ThingId};

use crate::acts::flags::{self, Step};
use crate::caution::{self, CautionLine, Flag};
use crate::rules::caution::{Caution, WhyLifted, offered};
use crate::views::{self, CaseHead, Loaded};

/// Few words: they are read in the doorway.
const MOST: usize = 300;

struct Item {
    id: ThingId,
    line: CautionLine,
    /// Why it ended, and when; nothing while it is in force.
    ended: String,
    version: i64,
    keep: CommandId,
    lift: CommandId,
}

#[derive(Template)]
#[template(path = "casefile_cautions.html")]
struct CautionsPage {
    frame: Frame,
    head: CaseHead,
    form: Form,
    kinds: Vec<Choice>,
    whys: Vec<(&'static str, String)>,
    marks: MarksControl,
    items: Vec<Item>,
    ended: Vec<Item>,
    review: String,
    /// Which form has problems: `set`, or the id of a caution.
    wrong: String,
    stale: bool,
}

async fn load(look: &mut Look, id: CaseId) -> Result<(Loaded, Vec<Flag>), Fail> {
    let mut loaded = views::load(look, id).await?;
    let flags = caution::load(look, id, &mut loaded.reasons, true).await?;
    Ok((loaded, flags))
}

/// GET /cases/{id}/cautions
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let review = req.t().short_day(offered(req.now().day()));
    render(&req, Form::filled(vec![("review_on", review)]), "", false).await
}

async fn render(req: &Req, form: Form, wrong: &str, stale: bool) -> Result<Answer, Fail> {
    let id: CaseId = req.id("id")?;
    let frame = req.frame();
    let mut look = req.ctx()?.look(Channel::Page).await?;
    let (loaded, flags) = load(&mut look, id).await?;
    let item = |f: &Flag| Item {
        id: f.id,
        line: f.line(&frame, &loaded.desks),
        ended: f.row.ended_at.map_or_else(String::new, |at| {
            format!("{} {}", frame.t.code("caution_lifted", &f.row.end_reason), frame.day(&at.day()))
        }),
        version: f.row.version,
        keep: req.engine().new_id(),
        lift: req.engine().new_id(),
    };
    let (ended, items): (Vec<Item>, Vec<Item>) = flags.iter().map(item).partition(|i| !i.ended.is_empty());
    let page = CautionsPage {
        kinds: Caution::ALL
            .iter()
            .map(|c| Choice::new(&form, "kind", c.code(), frame.t.code("caution_kind", c)))
            .collect(),
        whys: WhyLifted::ALL.iter().map(|w| (w.code(), frame.t.code("caution_lifted", w))).collect(),
        marks: MarksControl::new(&frame.t, &form, "words", &nameable(&frame.t, &loaded.members)),
        head: CaseHead::new(&frame, &loaded, &req.ctx()?.viewer),
        items,
        ended,
        review: frame.t.short_day(offered(frame.now.day())),
        wrong: wrong.to_owned(),
        stale,
        form,
        frame,
    };
    let (html, receipt) = (page.render(), look.close().await?);
    match (stale, wrong.is_empty()) {
        (true, _) => Answer::conflict(html, receipt),
        (false, false) => Answer::again(html, receipt),
        (false, true) => Answer::page(html, receipt),
    }
}

/// POST /cases/{id}/cautions
pub(crate) async fn set(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: CaseId = req.id("id")?;
    let frame = req.frame();
    let mut look = req.ctx()?.look(Channel::Write).await?;
    let (loaded, _) = load(&mut look, id).await?;
    look.close().await?;
    let mut form = req.form();
    let kind = form.code::<Caution>("kind", Need::Required);
    let words = form.paragraph("words", Need::Required, MOST);
    let marks = marks_from(&mut form, "words", &nameable(&frame.t, &loaded.members));
    let review_on = review(&mut form, &req);
    let (Some(kind), Some(review_on), false) = (kind, review_on, form.has_problems()) else {
        return render(&req, form, "set", false).await;
    };
    let done = flags::take(&req, id, &Step::Set { kind, words, marks, review_on }).await?;
    Ok(Answer::to(&link::case_cautions(id), "caution_set", done.receipt()))
}

fn review(form: &mut Form, req: &Req) -> Option<words::Day> {
    let day = form.promised_day("review_on", Need::Required)?;
    if let Err(refusal) = crate::rules::caution::review(day, req.now().day()) {
        form.problem("review_on", refusal.key);
    }
    Some(day)
}

/// POST /cases/{id}/cautions/{caution}/{step}: kept on, or lifted.
pub(crate) async fn step(req: Arc<Req>) -> Result<Answer, Fail> {
    let (id, caution): (CaseId, ThingId) = (req.id("id")?, req.id("caution")?);
    let mut look = req.ctx()?.look(Channel::Write).await?;
    let (_, found) = load(&mut look, id).await?;
    look.close().await?;
    // What is not disclosed is not there to be changed either.
    if !found.iter().any(|f| f.id == caution) {
        return Err(Fail::NotVisible);
    }
    let mut form = req.form();
    let (step, key) = match req.param("step") {
        "keep" => {
            let day = review(&mut form, &req);
            (day.map(|review_on| Step::Keep { caution, review_on }), "caution_kept")
        }
        "lift" => {
            let why = form.code::<WhyLifted>("why", Need::Required);
            (why.map(|why| Step::Lift { caution, why }), "caution_lifted")
        }
        _ => return Err(Fail::NotVisible),
    };
    let Some(step) = step.filter(|_| !form.has_problems()) else {
        return render(&req, form, &caution.to_string(), false).await;
    };
    match flags::take(&req, id, &step).await {
        Ok(done) => Ok(Answer::to(&link::case_cautions(id), key, done.receipt())),
        Err(Fail::Stale) => render(&req, form, &caution.to_string(), true).await,
        Err(other) => Err(other),
    }
}
