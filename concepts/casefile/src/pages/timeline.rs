//! 経過: the timeline of a case, and writing into it.

use std::str::FromStr;
use std::sync::Arc;

use askama::Template;
use draft::DraftKind;
use engine::{Channel, Fail, Look, Receipt};
use household::entry::{MOST_CHARACTERS, Timeline};
use household::{EntryView, Field, MarksControl, RecordForm, ToldBy, marks_from, nameable};
use site::{Answer, Fields, Form, Frame, Need, Req, link};
use words::Instant;
use words::code::Code;
use words::id::{AgencyId, CaseId, DraftId, PersonId};

use super::list::cursor;
use crate::acts::{self, NewSupport, Promise};
use crate::rules::{self, CaseState, Engagement};
use crate::sql::around;
use crate::views::{self, CaseHead, Loaded};

/// Texts on one page.
const PAGE: usize = 50;

struct Choice {
    value: String,
    word: String,
    chosen: bool,
}

struct StageRow {
    field: String,
    name: String,
    now: String,
    choices: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "casefile_entries.html")]
struct TimelinePage {
    frame: Frame,
    head: CaseHead,
    form: Form,
    entries: Vec<EntryView>,
    kinds: Vec<Choice>,
    filtered: bool,
    paged: bool,
    next: Option<String>,
    forms: Vec<Choice>,
    told_bys: Vec<Choice>,
    partners: Vec<Choice>,
    stages: Vec<StageRow>,
    marks: MarksControl,
    draft: DraftId,
    draft_version: i64,
    /// Ways of contact with a sentence to start with.
    starts: Vec<(String, String)>,
    /// Whether the form stands open.
    writing: bool,
    max: usize,
}

/// What the filter chose: `form:visit` or `field:ending`.
fn filter(fields: &Fields) -> (Timeline, String) {
    let kind = fields.get("kind").unwrap_or_default().to_owned();
    let mut of = Timeline { before: fields.get("before").and_then(cursor), ..Timeline::default() };
    match kind.split_once(':') {
        Some(("form", code)) => of.form = RecordForm::parse(code),
        Some(("field", code)) => of.field = Field::parse(code),
        _ => {}
    }
    (of, kind)
}

fn kinds(frame: &Frame, chosen: &str) -> Vec<Choice> {
    let t = &frame.t;
    let forms = RecordForm::ALL.iter().map(|f| (format!("form:{f}"), t.code("record_form", f)));
    let fields = Field::ALL
        .iter()
        .filter(|f| **f != Field::Support)
        .map(|f| (format!("field:{f}"), t.code("entry_field", f)));
    forms.chain(fields).map(|(value, word)| Choice { chosen: value == chosen, value, word }).collect()
}

fn codes<C: Code + std::fmt::Display>(frame: &Frame, list: &str, form: &Form, field: &str) -> Vec<Choice> {
    C::ALL
        .iter()
        .map(|c| Choice { value: c.to_string(), word: frame.t.code(list, c), chosen: form.chose(field, c) })
        .collect()
}

async fn page(req: &Req, form: Form, draft: (DraftId, i64)) -> Result<(TimelinePage, Receipt), Fail> {
    let id: CaseId = req.id("id")?;
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Page).await?;
    let mut loaded = views::load(&mut look, id).await?;
    let frame = req.frame();
    let (of, kind) = filter(req.query());
    let mut texts = views::visible(&mut look, id, of, PAGE + 1).await?;
    let more = texts.len() > PAGE;
    texts.truncate(PAGE);
    let next = texts.last().filter(|_| more).map(|e| {
        let kind: String = site::Fields::from_pairs(vec![("kind".to_owned(), kind.clone())]).encode();
        format!("{}?{kind}&before={}_{}", link::case_entries(id), e.occurred_at.millis(), e.id)
    });
    loaded.reasons.of_all(&texts);
    let entries = EntryView::build(&mut look, &frame, texts).await?;
    let head = CaseHead::new(&frame, &loaded, &ctx.viewer);
    let partners = if head.may_write { partners(&mut look, &form).await? } else { Vec::new() };
    let page = TimelinePage {
        entries,
        kinds: kinds(&frame, &kind),
        filtered: !kind.is_empty(),
        paged: of.before.is_some(),
        next,
        forms: codes::<RecordForm>(&frame, "record_form", &form, "form"),
        told_bys: codes::<ToldBy>(&frame, "told_by", &form, "told_by"),
        partners,
        stages: stages(&frame, &form, &loaded),
        marks: MarksControl::new(&frame.t, &form, "body", &nameable(&frame.t, &loaded.members)),
        starts: RecordForm::ALL
            .iter()
            .filter(|f| frame.t.sentence(&format!("record_start.{f}")).is_some())
            .map(|f| (f.code().to_owned(), frame.t.code("record_form", f)))
            .collect(),
        writing: form.has_problems()
            || draft.1 > 0
            || ["write", "start"].iter().any(|q| req.query().get(q).is_some()),
        draft: draft.0,
        draft_version: draft.1,
        max: MOST_CHARACTERS,
        head,
        form,
        frame,
    };
    Ok((page, look.close().await?))
}

async fn partners(look: &mut Look, form: &Form) -> Result<Vec<Choice>, Fail> {
    let (m, today) = (look.viewer().municipality, look.now().day());
    let partners = around::partner_list(&mut look.conn(), m, today).await?;
    Ok(partners
        .into_iter()
        .map(|(id, word)| Choice { value: id.to_string(), chosen: form.chose("told_agency", id), word })
        .collect())
}

fn stage_field(person: PersonId) -> String {
    format!("stage_{person}")
}

fn stages(frame: &Frame, form: &Form, loaded: &Loaded) -> Vec<StageRow> {
    nameable(&frame.t, &loaded.members)
        .into_iter()
        .map(|(id, name)| {
            let field = stage_field(id);
            let now = loaded.stages.iter().find(|s| s.person == id).map(|s| s.words(&frame.t));
            StageRow {
                choices: codes::<Engagement>(frame, "engagement", form, &field),
                now: now.unwrap_or_default(),
                field,
                name,
            }
        })
        .collect()
}

/// GET /cases/{id}/entries.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: CaseId = req.id("id")?;
    let ctx = req.ctx()?;
    let fresh = vec![("occurred", req.t().short_day(req.now().day())), ("at", site::show::clock(req.now()))];
    let mut form = Form::filled(fresh.clone());
    // A sentence to start with, in the municipality's own words.
    if let Some(start) = req.query().get("start").and_then(RecordForm::parse) {
        let body = req.t().code("record_start", start);
        form = Form::filled([fresh, vec![("form", start.code().to_owned()), ("body", body)]].concat());
    }
    let mut draft = (req.engine().new_id(), 0);
    if let Some(wanted) = req.query().get("draft").and_then(|v| DraftId::from_str(v).ok()) {
        let mut look = ctx.look(Channel::Page).await?;
        let found = draft::by_id(&mut look.conn(), &ctx.viewer, wanted).await?;
        let of_this = |d: &draft::Draft| d.kind == DraftKind::Support && d.about == Some(id.cast());
        look.close().await?;
        // Gone: it was sent or thrown away in another window, or begun at a desk where they sit no more. A new one begins.
        if let Some(found) = found.filter(of_this) {
            draft = (wanted, found.version);
            form = Form::new(found.fields);
        }
    }
    let (page, receipt) = page(&req, form, draft).await?;
    Answer::page(page.render(), receipt)
}

/// What the form says, with every problem noted.
fn read(form: &mut Form, frame: &Frame, loaded: &Loaded, now: Instant) -> Option<NewSupport> {
    let kind = form.code::<RecordForm>("form", Need::Required);
    let day = form.past_day("occurred", Need::Required);
    let time = form.time("at");
    let body = form.paragraph("body", Need::Required, MOST_CHARACTERS);
    let known = nameable(&frame.t, &loaded.members);
    let marks = marks_from(form, "body", &known);
    let told_by = form.code::<ToldBy>("told_by", Need::Optional);
    let agency: Option<AgencyId> = form.id("told_agency", Need::Optional);
    if told_by.is_some() != agency.is_some() {
        form.problem(if agency.is_some() { "told_by" } else { "told_agency" }, "casefile.told_both");
    }
    let words = form.paragraph("promise", Need::Optional, 500);
    let due = form.promised_day("due", Need::Optional);
    for (field, key) in rules::check_support(loaded.header.state, day, &words, due, now.day()) {
        // A field that could not be read has its own problem already.
        form.problem(field, key);
    }
    let mut stages = Vec::new();
    for (id, _) in &known {
        if let Some(stage) = form.code::<Engagement>(&stage_field(*id), Need::Optional)
            && !loaded.stages.iter().any(|s| s.says(*id, stage))
        {
            stages.push((*id, stage));
        }
    }
    if form.has_problems() {
        return None;
    }
    let (hour, minute) = time.unwrap_or((0, 0));
    Some(NewSupport {
        form: kind?,
        occurred_at: Instant::at(day?, hour, minute),
        body,
        marks,
        told: told_by.zip(agency),
        promise: due.map(|due| Promise { words, due }),
        stages,
        draft: form.id("draft", Need::Optional),
    })
}

/// POST /cases/{id}/entries.
pub(crate) async fn write(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: CaseId = req.id("id")?;
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Write).await?;
    let loaded = views::load(&mut look, id).await?;
    look.close().await?;
    let mut form = req.form();
    let Some(new) = read(&mut form, &req.frame(), &loaded, req.now()) else {
        let draft =
            form.fields().get("draft").and_then(|v| v.parse().ok()).unwrap_or_else(|| req.engine().new_id());
        let version = form.fields().get("draft_version").and_then(|v| v.parse().ok()).unwrap_or(0);
        let (page, receipt) = page(&req, form, (draft, version)).await?;
        return Answer::again(page.render(), receipt);
    };
    let promised = new.promise.is_some();
    let done = acts::write_support(&req, id, &new).await?;
    let key = match (promised, loaded.header.state) {
        (true, _) => "support_promised",
        (false, CaseState::Open) => "support_written",
        (false, _) => "support_after",
    };
    Ok(Answer::to(&link::case_entries(id), key, done.receipt()))
}
