//! 事例集: the list, what is alike, one case, and what the causes come to.

use std::sync::Arc;

use access::{Action, RecordKind, RecordRef, Relation, Role, Viewer};
use askama::Template;
use engine::{Begun, Channel, Conn, Fail, Look, Receipt};
use register::Matter;
use site::{Answer, Choice, Form, Frame, Need, Req, T, link};
use statistics::{Counted, Figure, protect};
use task::{TaskKind, TaskState};
use words::code::Code;
use words::id::{CommandId, DeskId, ThingId};
use words::{Day, Instant};

use crate::rules::{self, Cause, MOST_CHARACTERS, State, Text, may_decide, may_withdraw};
use crate::share;
use crate::sql::{self, Lesson};

/// Library cases hold nobody: nothing of any household is on these pages.
const WHY: &str = "cases of the library have nobody in them; they are checked before they are stored and approved by somebody else";

struct Card {
    href: String,
    title: String,
    topics: Vec<String>,
    tags: Vec<String>,
    state: String,
    why: String,
}

#[derive(Template)]
#[template(path = "learning_library.html")]
struct LibraryPage {
    frame: Frame,
    form: Form,
    topics: Vec<Choice>,
    /// Found as alike, when somebody looked for it.
    alike: Option<Vec<Card>>,
    waiting: Vec<Card>,
    cards: Vec<Card>,
    figures: bool,
}

fn card(t: &T, l: &Lesson, why: String) -> Card {
    Card {
        href: link::library_case(l.id),
        title: l.title.clone(),
        topics: l.topics.iter().map(|k| t.code("matter", k)).collect(),
        tags: l.tags.clone(),
        state: t.code("lesson_state", l.state),
        why,
    }
}

/// GET /library
pub(crate) async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Channel::List).await?;
    render(&req, look, Form::default(), None).await
}

/// POST /library/similar: what is looked for stays out of the address.
pub(crate) async fn similar(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut form = req.form();
    let words = form.paragraph("words", Need::Optional, MOST_CHARACTERS);
    let topics = form.codes::<Matter>("topics");
    let look = req.ctx()?.look(Channel::List).await?;
    if words.is_empty() && topics.is_empty() && !form.has_problems() {
        form.problem("words", "lesson.look_for");
    }
    let wanted =
        Text { topics: topics.iter().map(|k| k.code().to_owned()).collect(), tags: Vec::new(), words };
    let wanted = (!form.has_problems()).then_some(wanted);
    render(&req, look, form, wanted).await
}

async fn render(req: &Req, mut look: Look, form: Form, wanted: Option<Text>) -> Result<Answer, Fail> {
    let viewer = look.viewer().clone();
    let m = viewer.municipality;
    let frame = req.frame();
    let t = frame.t.clone();
    let all = sql::published(&mut look.conn(), m).await?;
    let waiting = waiting(&mut look.conn(), &viewer).await?;
    let alike = wanted.map(|wanted| {
        let texts: Vec<Text> = all.iter().map(Lesson::text).collect();
        rules::similar(&wanted, &texts).into_iter().map(|hit| card(&t, &all[hit.at], why(&t, &hit))).collect()
    });
    let page = LibraryPage {
        topics: Matter::ALL.iter().map(|k| Choice::new(&form, "topics", k, t.code("matter", k))).collect(),
        alike,
        waiting: waiting.iter().map(|l| card(&t, l, String::new())).collect(),
        cards: all.iter().map(|l| card(&t, l, String::new())).collect(),
        figures: viewer.has_role(&[Role::AgencyLead, Role::Coordinator]),
        frame,
        form: form.clone(),
    };
    let wrong = form.has_problems();
    look.close().await?;
    let (html, receipt) = (page.render(), Receipt::nothing_personal(WHY));
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// Why a case is like the one looked for: what both have.
fn why(t: &T, hit: &rules::Hit) -> String {
    let topics = hit.topics.iter().map(|k| t.code("matter", k));
    let words: Vec<String> = topics.chain(hit.words.iter().cloned()).collect();
    t.f("lesson.same", "words", t.join(&words))
}

/// What waits to be read or went back: of the own desks, and for leads and coordinators what they may decide.
async fn waiting(conn: &mut Conn<'_>, viewer: &Viewer) -> Result<Vec<Lesson>, Fail> {
    let m = viewer.municipality;
    let desks: Vec<DeskId> = if viewer.has_role(&[Role::Coordinator]) {
        register::desks(conn, m, Day::new(9999, 12, 31).ok_or(Fail::NotVisible)?)
            .await?
            .into_iter()
            .map(|d| d.id)
            .chain(viewer.reading_desks())
            .collect()
    } else {
        viewer.reading_desks()
    };
    let own = viewer.reading_desks();
    let mut found = sql::own(conn, m, &desks).await?;
    // What went back is its author's desk's matter.
    found.retain(|l| l.state == State::Sent || own.contains(&l.desk));
    Ok(found)
}

/// Whether somebody who is no author may decide about cases of this desk: its leads, and coordinators.
fn decides(viewer: &Viewer, desk: DeskId) -> bool {
    viewer.has_role(&[Role::Coordinator])
        || viewer.seats.iter().any(|s| s.role == Role::AgencyLead && s.holds(desk))
}

/// A case of the library for this person: published for everybody, otherwise for its desk and for whoever decides.
async fn visible(conn: &mut Conn<'_>, viewer: &Viewer, id: ThingId) -> Result<Lesson, Fail> {
    let l = sql::by_id(conn, viewer.municipality, id).await?.ok_or(Fail::NotVisible)?;
    let own = viewer.reading_desks().contains(&l.desk);
    let sees = match l.state {
        State::Published => true,
        State::Sent => own || decides(viewer, l.desk),
        State::Returned | State::Withdrawn => own,
    };
    if sees { Ok(l) } else { Err(Fail::NotVisible) }
}

#[derive(Template)]
#[template(path = "learning_case.html")]
struct CasePage {
    frame: Frame,
    form: Form,
    id: ThingId,
    version: i64,
    lesson: Lesson,
    topics: Vec<String>,
    state: String,
    published: bool,
    may_decide: bool,
    may_withdraw: bool,
    /// Where a text that was given back is corrected, for whoever may write of its reflection.
    correct: Option<String>,
    give_back: CommandId,
    withdraw: CommandId,
    alike: Vec<Card>,
}

/// GET /library/{id}
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Channel::Page).await?;
    page(&req, look, Form::default()).await
}

async fn page(req: &Req, mut look: Look, form: Form) -> Result<Answer, Fail> {
    let id: ThingId = req.id("id")?;
    let viewer = look.viewer().clone();
    let lesson = visible(&mut look.conn(), &viewer, id).await?;
    let all = sql::published(&mut look.conn(), viewer.municipality).await?;
    let correct = match lesson.reflection.filter(|_| lesson.state == State::Returned) {
        Some(r) if share::may_correct(&mut look.conn(), &viewer, r).await? => {
            Some(format!("{}/share?again={id}", link::reflection(r)))
        }
        _ => None,
    };
    look.close().await?;
    let frame = req.frame();
    let t = frame.t.clone();
    let others: Vec<&Lesson> = all.iter().filter(|l| l.id != id).collect();
    let texts: Vec<Text> = others.iter().map(|l| l.text()).collect();
    let own = viewer.reading_desks().contains(&lesson.desk);
    let page = CasePage {
        id,
        version: lesson.version,
        topics: lesson.topics.iter().map(|k| t.code("matter", k)).collect(),
        state: t.code("lesson_state", lesson.state),
        published: lesson.state == State::Published,
        may_decide: decides(&viewer, lesson.desk)
            && may_decide(lesson.state, lesson.author, viewer.user).is_ok(),
        may_withdraw: (own || decides(&viewer, lesson.desk)) && may_withdraw(lesson.state).is_ok(),
        correct,
        give_back: req.engine().new_id(),
        withdraw: req.engine().new_id(),
        alike: rules::similar(&lesson.text(), &texts)
            .into_iter()
            .take(3)
            .map(|hit| card(&t, others[hit.at], why(&t, &hit)))
            .collect(),
        lesson,
        frame,
        form: form.clone(),
    };
    let (html, receipt) = (page.render(), Receipt::nothing_personal(WHY));
    if form.has_problems() { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// POST /library/{id}/{step}: approve, return, withdraw.
pub(crate) async fn step(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: ThingId = req.id("id")?;
    let ctx = req.ctx()?;
    let step = req.param("step").to_owned();
    let (to, done) = match step.as_str() {
        "approve" => (State::Published, "lesson_approved"),
        "return" => (State::Returned, "lesson_returned"),
        "withdraw" => (State::Withdrawn, "lesson_withdrawn"),
        _ => return Err(Fail::NotVisible),
    };
    let mut form = req.form();
    let need = if to == State::Returned { Need::Required } else { Need::Optional };
    let answer = form.paragraph("answer", need, MOST_CHARACTERS);
    // Words to the author name nobody either.
    if advice::sense(&answer, &[]) != advice::Sensed::Nothing || !advice::links(&answer).is_empty() {
        form.problem("answer", "lesson.somebody");
    }
    if form.has_problems() {
        let look = ctx.look(Channel::Write).await?;
        return page(&req, look, form).await;
    }
    match ctx.act(&req.envelope(), "lesson.step", &(id, &step, &answer)).await? {
        Begun::Before(_) => Ok(Answer::to(link::LIBRARY, done, Receipt::nothing_personal(WHY))),
        Begun::New(mut act) => {
            let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
            let l = visible(&mut act.facts()?, &viewer, id).await?;
            let record = RecordRef { kind: RecordKind::Lesson, id };
            let mut relation = Relation::of_no_household();
            relation.author = Some(l.desk);
            let right = if to == State::Withdrawn {
                may_withdraw(l.state)?;
                let own = viewer.reading_desks().contains(&l.desk);
                let action = if own { Action::ShareLesson } else { Action::ApproveLesson };
                act.permit(action, &relation, record).await?
            } else {
                if !decides(&viewer, l.desk) {
                    return Err(Fail::NotVisible);
                }
                may_decide(l.state, l.author, viewer.user)?;
                act.permit(Action::ApproveLesson, &relation, record).await?
            };
            act.check_version(l.version)?;
            sql::decide(&mut act, &right, &l, to, &answer).await?;
            task::end_of_thing(&mut act, &right, id, None, &[TaskKind::ApproveLesson], TaskState::Done)
                .await?;
            let back = if to == State::Published { link::library_case(id) } else { link::LIBRARY.to_owned() };
            Ok(Answer::to(&back, done, act.commit(&id.to_string()).await?))
        }
    }
}

#[derive(Template)]
#[template(path = "learning_figures.html")]
struct FiguresPage {
    frame: Frame,
    period: String,
    lines: Vec<(String, Option<u64>)>,
    total: Option<u64>,
    hidden: bool,
    threshold: i64,
}

/// GET /flow/lessons
pub(crate) async fn figures(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let t = frame.t.clone();
    let m = ctx.viewer.municipality;
    let today = ctx.now.day();
    let year = words::calendar::fiscal_year(today);
    let from = Day::new(year, 4, 1).ok_or(Fail::NotVisible)?;
    let mut look = ctx.look(Channel::Page).await?;
    look.figures()?;
    let span = (Instant::at(from, 0, 0), Instant::at(today.plus_days(1), 0, 0));
    let counted = sql::causes(&mut look.conn(), m, span).await?;
    let threshold = register::settings(&mut look.conn(), m).await?.small_cell;
    let of = |cause: &Cause| {
        let n = counted.iter().find(|(c, _)| c == cause).map_or(0, |(_, n)| *n);
        u64::try_from(n).unwrap_or(0)
    };
    let cells: Vec<Vec<u64>> = Cause::ALL.iter().map(|c| vec![of(c)]).collect();
    let counted = Counted { cells, ..Counted::default() };
    let figures = protect(&counted, u64::try_from(threshold).unwrap_or(0));
    let lines: Vec<(String, Option<u64>)> =
        Cause::ALL.iter().zip(&figures.rows).map(|(c, f)| (t.code("lesson_cause", c), f.shown())).collect();
    let page = FiguresPage {
        period: t.fs("advice.period", &[("from", t.full_day(from)), ("to", t.full_day(today))]),
        hidden: figures.total == Figure::Hidden || lines.iter().any(|l| l.1.is_none()),
        total: figures.total.shown(),
        lines,
        threshold,
        frame,
    };
    Answer::page(page.render(), look.close().await?)
}
