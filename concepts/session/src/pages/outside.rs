//! Case conferences of others, noted lightly: which day, who held it, what was decided, when it goes on. What was decided is a
//! text of the case like any other.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::{Action, Disclosed, RecordRef};
use askama::Template;
use engine::{Begun, Channel, Fail, Look};
use household::entry::{self, About, MOST_CHARACTERS};
use household::{Entry, Field, Marks, MarksControl, NewEntry, Reasons, RecordForm, marks_from, nameable};
use serde::Serialize;
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use task::{Guarded, NewTask, TaskKind};
use words::id::{CaseId, DeskId, EntryId, ThingId};
use words::{Day, Instant};

use super::{before, shown};
use crate::sql::outside::{self as sql, Outside};

struct Line {
    when: String,
    host: String,
    decision: String,
    next: String,
}

#[derive(Template)]
#[template(path = "session_outside.html")]
struct OutsidePage {
    frame: Frame,
    form: Form,
    case: CaseId,
    number: String,
    lines: Vec<Line>,
    desks: Vec<(String, Vec<Choice>)>,
    marks: MarksControl,
    may: bool,
    reasons: Vec<String>,
}

/// GET /cases/{id}/conferences
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Channel::Page).await?;
    render(&req, look, Form::filled(vec![("held", req.t().short_day(req.now().day()))])).await
}

async fn render(req: &Req, mut look: Look, form: Form) -> Result<Answer, Fail> {
    let case: CaseId = req.id("id")?;
    let viewer = look.viewer().clone();
    let (m, today) = (viewer.municipality, look.now().day());
    let loaded = casefile::load(&mut look, case).await?;
    let frame = req.frame();
    let t = frame.t.clone();
    let found = sql::of_case(&mut look.conn(), m, case).await?;
    let sealed = entry::by_ids(&mut look.conn(), &viewer, found.iter().map(|o| o.decision)).await?;
    let texts: Vec<Disclosed<Entry>> = look.disclose(sealed).await?;
    let mut reasons = Reasons::default();
    reasons.of_all(&loaded.members);
    reasons.of_all(&texts);
    let texts: BTreeMap<EntryId, String> = texts.iter().map(|e| (e.id, e.body.clone())).collect();
    let names =
        register::desk_names(&mut look.conn(), m, found.iter().filter_map(|o| o.host_desk), today).await?;
    let desks = register::desks(&mut look.conn(), m, today).await?;
    let page = OutsidePage {
        case,
        number: loaded.header.number_text(),
        // Of which nothing may be read is not there.
        lines: found
            .iter()
            .filter_map(|o| {
                Some(Line {
                    decision: texts.get(&o.decision)?.clone(),
                    when: frame.day(&o.held),
                    host: o.host_desk.and_then(|d| names.get(&d)).cloned().unwrap_or_else(|| o.host.clone()),
                    next: o.next.map(|d| frame.day(&d)).unwrap_or_default(),
                })
            })
            .collect(),
        desks: register::desk_groups(&t, &form, "host_desk", &desks, &[]),
        marks: MarksControl::new(&t, &form, "decision", &nameable(&t, &loaded.members)),
        may: access::may(&viewer, Action::WriteSupport, &loaded.relation).is_ok(),
        reasons: reasons.sentences(&t),
        frame,
        form: form.clone(),
    };
    let receipt = look.close().await?;
    shown(page.render(), &form, receipt)
}

#[derive(Serialize)]
struct Noted {
    case: CaseId,
    held: Day,
    host_desk: Option<DeskId>,
    host: String,
    decision: String,
    next: Option<Day>,
    marks: Marks,
}

/// POST /cases/{id}/conferences
pub(crate) async fn note(req: Arc<Req>) -> Result<Answer, Fail> {
    let case: CaseId = req.id("id")?;
    let ctx = req.ctx()?;
    let today = ctx.now.day();
    let mut form = req.form();
    let held = form.past_day("held", Need::Required);
    let host_desk: Option<DeskId> = form.id("host_desk", Need::Optional);
    let host = form.line("host", Need::Optional, 80);
    let decision = form.paragraph("decision", Need::Required, MOST_CHARACTERS);
    let next = form.promised_day("next", Need::Optional);
    if held.is_some_and(|day| day > today) {
        form.problem("held", "session.not_yet_held");
    }
    if next.is_some_and(|day| day < today) {
        form.problem("next", "session.is_past");
    }
    if host_desk.is_none() && host.is_empty() {
        form.problem("host_desk", "session.who_held");
    }
    let mut look = ctx.look(Channel::Write).await?;
    let loaded = casefile::load(&mut look, case).await?;
    let marks = marks_from(&mut form, "decision", &nameable(&req.frame().t, &loaded.members));
    let Some(held) = held.filter(|_| !form.has_problems()) else {
        return render(&req, look, form).await;
    };
    look.close().await?;
    let host = if host_desk.is_some() { String::new() } else { host };
    let body = Noted { case, held, host_desk, host, decision, next, marks };
    let back = link::case_conferences(case);
    match ctx.act(&req.envelope(), "session.outside", &body).await? {
        Begun::Before(_) => Ok(Answer::to(&back, "outside_noted", before())),
        Begun::New(mut act) => {
            write(&mut act, &body).await?;
            Ok(Answer::to(&back, "outside_noted", act.commit("").await?))
        }
    }
}

async fn write(act: &mut engine::Act, body: &Noted) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let m = act.municipality();
    let (header, relation) =
        casefile::relation(&mut act.facts()?, &viewer, body.case).await?.ok_or(Fail::NotVisible)?;
    let id: ThingId = act.new_id();
    let record = RecordRef::case(body.case);
    let right = act.permit(Action::WriteSupport, &relation, record).await?;
    let now = act.now();
    let new = NewEntry {
        field: Field::Support,
        form: Some(RecordForm::Meeting),
        household: Some(header.household),
        marks: body.marks.clone(),
        body: body.decision.clone(),
        occurred_at: if body.held == now.day() { now } else { Instant::at(body.held, 12, 0) },
        told: None,
        about: About { case: Some(body.case), ..About::default() },
        corrects: None,
    };
    let written = entry::write(act, &right, vec![new]).await?;
    household::findable::refresh(act, &right, &[], &written).await?;
    let decision = *written.first().ok_or(Fail::NotVisible)?;
    let desk = right.seat().map(|s| s.desk).ok_or(Fail::NotVisible)?;
    let noted = Outside {
        id,
        case: body.case,
        held: body.held,
        host_desk: body.host_desk,
        host: body.host.clone(),
        decision,
        next: body.next,
        desk,
    };
    sql::insert(act, &right, &noted).await?;
    if let Some(next) = body.next {
        let about = task::About { case: Some(body.case), ..task::About::default() };
        let due_at = Instant::at(next, 17, 0);
        let new = NewTask { kind: TaskKind::NextPromise, desk, assignee: Some(viewer.user), about, due_at };
        task::add(act, &right, &new).await?;
    }
    let days = register::settings(&mut act.facts()?, m).await?.next_contact_days;
    task::settle(act, &right, Guarded::Case(body.case), now.plus_hours(days * 24)).await
}
