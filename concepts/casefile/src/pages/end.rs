//! Ending, pausing and reopening a case.
//!
//! 終結 and 中断 of multi-agency, outreach and participation support need a decision of a conference (R-043, R-044, domain
//! section 4.2). It is used where the plan is evaluated: as long as a plan is in force, this page leads there. A proposal, a decided plan
//! that is not in force yet, and an open conference with consent are multi-agency support as well: they are brought to their own end
//! first, or the end is decided. A plan that was interrupted, and what a conference with consent talked over, is closed by 終結 alone. Support
//! without any of it is ended by its accountable desk in its own words.

use std::collections::HashMap;
use std::sync::Arc;

use access::Viewer;
use askama::Template;
use engine::{Channel, Fail, Look, Receipt};
use household::entry::{MOST_CHARACTERS, Timeline};
use household::{EntryView, MarksControl, marks_from, nameable};
use site::{Answer, Form, Frame, Need, Req, link};
use task::Task;
use words::code::Code;
use words::id::{CaseId, CommandId, DeskId, TaskId};

use crate::acts::{self, NewEnding, Promise};
use crate::rules::ending::{self, Ongoing, Support};
use crate::rules::{self, CaseState, EndReason};
use crate::sql::{around, ending as held};
use crate::views::{self, CaseHead, Loaded};

/// Attempts shown as a reminder.
const ATTEMPTS: usize = 20;

/// Lines of what was cancelled, in the record of an ending.
const LINES: usize = 20;

/// Characters kept for who keeps an eye and for what was cancelled, in the text of an ending.
const BESIDE: usize = 3100;

struct Choice {
    value: String,
    word: String,
    chosen: bool,
}

/// Something of the case that waits for an answer.
struct Waiting {
    /// Where, for whoever can open it.
    href: Option<String>,
    to: String,
    state: String,
    /// What has to be asked of a desk that alone can end it.
    ask: &'static str,
    /// Its telephone.
    phone: String,
}

/// What is not answered, in the order of referrals, inquiries and questions for capacity. A question is followed by the desk that asked alone:
/// for everybody else it has no page, and they ask that desk.
async fn waiting(look: &mut Look, frame: &Frame, case: CaseId) -> Result<Vec<Waiting>, Fail> {
    let (viewer, today) = (look.viewer().clone(), look.now().day());
    let (m, mut conn) = (viewer.municipality, look.conn());
    let lines = around::every_referral(&mut conn, m, case).await?;
    let asked = around::waiting_inquiries(&mut conn, m, case).await?;
    let questions = around::open_questions(&mut conn, m, case).await?;
    let to = lines.iter().map(|r| r.to).chain(asked.iter().map(|(_, to, _)| *to));
    let names = register::desk_names(&mut conn, m, to, today).await?;
    let asking = register::desks_by_id(&mut conn, m, questions.iter().map(|(_, from)| *from), today).await?;
    let named = |desk: &DeskId| names.get(desk).cloned().unwrap_or_default();
    let at = |href, to, state| Waiting { href: Some(href), to, state, ask: "", phone: String::new() };
    let mut waits: Vec<Waiting> = lines
        .iter()
        .filter(|r| r.waits())
        .map(|r| at(link::referral(r.id), named(&r.to), frame.t.code("referral_state", &r.state)))
        .collect();
    waits.extend(
        asked
            .iter()
            .map(|(id, to, state)| at(link::inquiry(*id), named(to), frame.t.code("inquiry_state", state))),
    );
    for (id, from) in &questions {
        let desk = asking.iter().find(|d| d.id == *from);
        let state = frame.t.s("case_end.capacity_open").to_owned();
        let mut w = at(link::capacity(id), desk.map(|d| d.name.clone()).unwrap_or_default(), state);
        if !viewer.seats.iter().any(|s| s.role.reads_desk_records() && s.holds(*from)) {
            w.href = None;
            w.ask = "case_end.capacity_elsewhere";
            w.phone = desk.map(|d| d.phone.clone()).unwrap_or_default();
        }
        waits.push(w);
    }
    Ok(waits)
}

/// Something that goes on: what it is, how it is brought to its end, and where, for whoever can.
struct GoesOn {
    what: String,
    how: String,
    href: Option<String>,
    to: String,
}

/// A task of the case, as the page of its end shows it: kind, desk and day, which are no content (disclosure rule 13), and what it is about as
/// far as that was disclosed.
struct Promised {
    id: TaskId,
    what: String,
    /// Who and what it is about, as far as this viewer may know.
    words: String,
    day: String,
    desk: String,
    /// Its line in the record of the ending.
    line: String,
}

/// What an ending cancels, and what stays to be done.
struct Promises {
    ends: Vec<Promised>,
    stays: Vec<Promised>,
}

async fn promises(look: &mut Look, frame: &Frame, loaded: &mut Loaded) -> Result<Promises, Fail> {
    let (m, today, t) = (look.viewer().municipality, look.now().day(), &frame.t);
    let own = look.viewer().reading_desks();
    let words = views::said_of(look, frame, loaded).await?;
    let open = &loaded.tasks;
    let desks = register::desk_names(&mut look.conn(), m, open.iter().map(|t| t.desk), today).await?;
    let promised = |task: &Task| {
        let desk = desks.get(&task.desk).cloned().unwrap_or_default();
        let (what, day) = (t.code("task_kind", task.kind), frame.day(&task.due_at.day()));
        // The record is read, printed and handed out beyond those with a part in the case: which other desks have one is not for them.
        let by =
            if own.contains(&task.desk) { desk.clone() } else { t.s("case_end.ended_elsewhere").to_owned() };
        let said = [("what", what.clone()), ("day", t.full_day(task.due_at.day())), ("desk", by)];
        let noted = ending::noted(task.kind);
        let line = if noted { t.fs("case_end.ended_line", &said) } else { String::new() };
        let words = words.get(&task.id).cloned().unwrap_or_default();
        Promised { id: task.id, what, words, day, desk, line }
    };
    let (ends, stays): (Vec<_>, Vec<_>) = open.iter().partition(|t| ending::cancels(t.kind));
    let all = |them: Vec<&Task>| them.into_iter().map(promised).collect();
    Ok(Promises { ends: all(ends), stays: all(stays) })
}

fn goes_on(frame: &Frame, viewer: &Viewer, o: &Ongoing, desks: &HashMap<DeskId, String>) -> GoesOn {
    let t = &frame.t;
    let desk = desks.get(&o.desk).cloned().unwrap_or_default();
    let programme =
        if o.programme.is_empty() { String::new() } else { t.code("decision_programme", &o.programme) };
    let say = |part: &str| {
        let key = format!("case_end.{}_{part}", o.what.code());
        t.fs(&key, &[("programme", programme.clone()), ("desk", desk.clone())])
    };
    // A matter is closed at its secretariat; whoever is not of it asks there.
    let runs = viewer.seats.iter().any(|s| s.role.reads_desk_records() && s.holds(o.desk));
    let href = match o.what {
        Support::Plan | Support::Paused => Some(link::support_plan(o.id)),
        Support::Decision => Some(link::decision(o.id)),
        Support::Matter if runs => Some(format!("{}/office#close", link::matter(o.id))),
        Support::Met if runs => Some(link::matter(o.id)),
        Support::Matter | Support::Met => None,
    };
    GoesOn { what: say("what"), how: say("how"), href, to: say("to") }
}

#[derive(Template)]
#[template(path = "casefile_end.html")]
struct EndPage {
    frame: Frame,
    head: CaseHead,
    form: Form,
    version: i64,
    /// For the form after a conflict: the refused command is not used again.
    new_command: CommandId,
    may_end: bool,
    /// Somebody else changed the case while this was being written.
    stale: bool,
    waiting: Vec<Waiting>,
    /// Plans in force, which a decision ends first: address and programme.
    plans: Vec<(String, String)>,
    /// What of multi-agency support goes on besides, which its own end or a decision of 終結 or 中断 ends first.
    ongoing: Vec<GoesOn>,
    /// What was begun and is closed by a decision of 終結 alone; it keeps nobody from a pause.
    undecided: Vec<GoesOn>,
    /// Where the end is decided when no conference with consent can.
    decide: String,
    /// What ends with the case, and what stays to be done.
    promises: Promises,
    attempts: Vec<EntryView>,
    endings: Vec<EntryView>,
    states: Vec<Choice>,
    reasons: Vec<Choice>,
    end_reason: String,
    marks: MarksControl,
    max: usize,
}

async fn page(req: &Req, form: Form, stale: bool) -> Result<(EndPage, Receipt), Fail> {
    let id: CaseId = req.id("id")?;
    let ctx = req.ctx()?;
    let m = ctx.viewer.municipality;
    let mut look = ctx.look(Channel::Page).await?;
    let mut loaded = views::load(&mut look, id).await?;
    let frame = req.frame();
    let waiting = waiting(&mut look, &frame, id).await?;
    let of = Timeline { attempts: true, standing: true, ..Timeline::default() };
    let attempts = views::visible(&mut look, id, of, ATTEMPTS).await?;
    let of = Timeline { field: Some(household::Field::Ending), standing: true, ..Timeline::default() };
    let endings = views::visible(&mut look, id, of, 3).await?;
    loaded.reasons.of_all(&attempts);
    loaded.reasons.of_all(&endings);
    let end_reason = around::end_reason(&mut look.conn(), m, id).await?;
    let choose = |list: &str, field: &str, codes: Vec<String>| {
        codes
            .into_iter()
            .map(|c| Choice { word: frame.t.code(list, &c), chosen: form.chose(field, &c), value: c })
            .collect()
    };
    let plans = held::plans_in_force(&mut look.conn(), m, id).await?;
    let ongoing = held::ongoing(&mut look.conn(), m, id).await?;
    let secretariats =
        register::desk_names(&mut look.conn(), m, ongoing.iter().map(|o| o.desk), ctx.now.day()).await?;
    let (undecided, ongoing): (Vec<_>, Vec<_>) = ongoing.iter().partition(|o| o.may_pause());
    let shown = |them: Vec<&Ongoing>| {
        them.into_iter().map(|o| goes_on(&frame, &ctx.viewer, o, &secretariats)).collect()
    };
    let promises = promises(&mut look, &frame, &mut loaded).await?;
    let page = EndPage {
        promises,
        ongoing: shown(ongoing),
        undecided: shown(undecided),
        decide: link::case_decide(id),
        plans: plans
            .iter()
            .map(|(id, kind)| (link::support_plan(id), frame.t.code("decision_programme", kind)))
            .collect(),
        version: loaded.header.version,
        may_end: access::may(&ctx.viewer, access::Action::CloseCase, &loaded.relation).is_ok(),
        stale,
        new_command: req.engine().new_id(),
        waiting,
        states: choose("ending_kind", "to", vec!["closed".to_owned(), "interrupted".to_owned()]),
        reasons: choose("end_reason", "reason", EndReason::ALL.iter().map(ToString::to_string).collect()),
        end_reason: if end_reason.is_empty() {
            String::new()
        } else {
            frame.t.code("end_reason", end_reason)
        },
        attempts: EntryView::build(&mut look, &frame, attempts).await?,
        endings: EntryView::build(&mut look, &frame, endings).await?,
        marks: MarksControl::new(&frame.t, &form, "words", &nameable(&frame.t, &loaded.members)),
        head: CaseHead::new(&frame, &loaded, &ctx.viewer),
        max: MOST_CHARACTERS - BESIDE,
        form,
        frame,
    };
    Ok((page, look.close().await?))
}

/// GET /cases/{id}/end.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let (page, receipt) = page(&req, Form::default(), false).await?;
    Answer::page(page.render(), receipt)
}

async fn known(req: &Req) -> Result<(Loaded, Promises), Fail> {
    let mut look = req.ctx()?.look(Channel::Write).await?;
    let mut loaded = views::load(&mut look, req.id("id")?).await?;
    let promises = promises(&mut look, &req.frame(), &mut loaded).await?;
    look.close().await?;
    Ok((loaded, promises))
}

async fn again(req: &Req, form: Form) -> Result<Answer, Fail> {
    let (page, receipt) = page(req, form, false).await?;
    Answer::again(page.render(), receipt)
}

/// What the form says. What was reached and who keeps an eye are one text, each under its own line, so that they
/// are read together later.
fn read(
    form: &mut Form,
    frame: &Frame,
    (loaded, promises): (&Loaded, Promises),
    today: words::Day,
) -> Option<NewEnding> {
    let to = form.code::<CaseState>("to", Need::Required);
    let reason = form.code::<EndReason>("reason", Need::Required);
    let words = form.paragraph("words", Need::Required, MOST_CHARACTERS - BESIDE);
    let living = loaded.members.iter().any(|p| p.died.is_none());
    let watched =
        if reason.is_none_or(|r| ending::needs_watch(r, living)) { Need::Required } else { Need::Optional };
    let watch = form.paragraph("watch", watched, 1000);
    let marks = marks_from(form, "words", &nameable(&frame.t, &loaded.members));
    let follow_up = form.promised_day("follow_up", Need::Optional);
    if let Err(refusal) = rules::follow_up(follow_up, today) {
        form.problem("follow_up", refusal.key);
    }
    let (agreed, seen): (bool, Vec<TaskId>) = (form.ticked("ends"), form.ids("ends_seen"));
    let ids: Vec<TaskId> = promises.ends.iter().map(|p| p.id).collect();
    // Whether all of it was seen is asked in the act: what keeps the case from its end comes first.
    if let Err(refusal) = ending::agreed(&ids, &ids, agreed) {
        form.problem("ends", refusal.key);
    }
    if form.has_problems() {
        return None;
    }
    let words = if watch.is_empty() {
        words
    } else {
        format!("{words}\n\n{}\n{watch}", frame.t.s("case_end.watch_line"))
    };
    let there = promises.ends.into_iter().filter(|p| seen.contains(&p.id));
    let mut ends: Vec<(TaskId, String)> = there.map(|p| (p.id, p.line)).collect();
    let beyond = ends.iter().filter(|(_, line)| !line.is_empty()).count().saturating_sub(LINES);
    if beyond > 0 {
        shorten(&mut ends, &frame.t.f("case_end.ended_more", "n", beyond));
    }
    let ends_heading = frame.t.s("case_end.ended_heading").to_owned();
    Some(NewEnding { to: to?, reason: reason?, words, marks, follow_up, ends, ends_heading, agreed })
}

/// Of many lines, the first and how many more.
fn shorten(ends: &mut [(TaskId, String)], more: &str) {
    let lines = ends.iter_mut().map(|(_, line)| line).filter(|line| !line.is_empty());
    for (n, line) in lines.skip(LINES).enumerate() {
        if n == 0 { more.clone_into(line) } else { line.clear() }
    }
}

/// POST /cases/{id}/end.
pub(crate) async fn end(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: CaseId = req.id("id")?;
    let (loaded, promises) = known(&req).await?;
    let mut form = req.form();
    let Some(new) = read(&mut form, &req.frame(), (&loaded, promises), req.now().day()) else {
        return again(&req, form).await;
    };
    match acts::end(&req, id, &new).await {
        // Promised in this very moment: the list is shown again, with what came to it.
        Err(Fail::Refused(refusal)) if matches!(refusal.key, "case.ends_changed" | "case.ends_agree") => {
            form.problem("ends", refusal.key);
            again(&req, form).await
        }
        Ok(done) => {
            let key = if new.to == CaseState::Closed { "case_closed" } else { "case_interrupted" };
            Ok(Answer::to(&link::case(id), key, done.receipt()))
        }
        Err(Fail::Stale) => {
            let (page, receipt) = page(&req, form, true).await?;
            Answer::conflict(page.render(), receipt)
        }
        Err(e) => Err(e),
    }
}

/// POST /cases/{id}/reopen.
pub(crate) async fn reopen(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: CaseId = req.id("id")?;
    let mut form = req.form();
    let due = form.promised_day("due", Need::Required);
    let words = form.paragraph("promise", Need::Optional, 500);
    if due.is_some_and(|d| d < req.now().day()) {
        form.problem("due", "case.promise_past");
    }
    let Some(due) = due.filter(|_| !form.has_problems()) else {
        return again(&req, form).await;
    };
    match acts::reopen(&req, id, &Promise { words, due }).await {
        Ok(done) => Ok(Answer::to(&link::case(id), "case_reopened", done.receipt())),
        Err(Fail::Stale) => {
            let (page, receipt) = page(&req, form, true).await?;
            Answer::conflict(page.render(), receipt)
        }
        Err(e) => Err(e),
    }
}
