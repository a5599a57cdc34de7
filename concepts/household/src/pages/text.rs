//! A text: read with its provenance, corrected, taken back.

use std::sync::Arc;

use access::Disclosed;
use askama::Template;
use engine::{Channel, Fail, Look, Receipt};
use site::{Answer, Choice, Form, Frame, Need, Req, T, link};
use words::code::Code;
use words::id::{CommandId, EntryId, PersonId};
use words::{Day, Instant};

use super::to;
use crate::acts::Correction;
use crate::entry::{EntryState, MOST_CHARACTERS, RecordForm};
use crate::views::has_time;
use crate::{Entry, EntryView, MarksControl, Reasons, acts, entry, marks_from, nameable, person, rules};

#[derive(Template)]
#[template(path = "household_entry.html")]
struct TextPage {
    frame: Frame,
    form: Form,
    places: Vec<(String, String)>,
    entry: EntryView,
    version: i64,
    may_correct: bool,
    /// Of an answer, its sheet, where its words are changed; and whether they can be there. Here only its marks are.
    sheet: Option<(String, bool)>,
    /// Ways of contact to choose from: of a support record, whose day and way can be wrong, too.
    forms: Vec<Choice>,
    newer: Option<String>,
    reasons: Vec<String>,
    marks: MarksControl,
    max: usize,
    other_command: CommandId,
    /// Persons of the household: id, name, whether the text is kept from them. For the desk that wrote it.
    secret: Vec<(PersonId, String, bool)>,
    secret_command: CommandId,
}

#[derive(Template)]
#[template(path = "household_entry_conflict.html")]
struct ConflictPage {
    frame: Frame,
    form: Form,
    now: Option<EntryView>,
    mine: String,
    marks: MarksControl,
    max: usize,
    command: CommandId,
    version: i64,
}

/// A text with the persons it can be marked with.
struct Loaded {
    entry: Disclosed<Entry>,
    persons: Vec<(PersonId, String)>,
}

async fn load(look: &mut Look, frame: &Frame, id: EntryId) -> Result<Loaded, Fail> {
    let viewer = look.viewer().clone();
    let sealed = entry::by_ids(&mut look.conn(), &viewer, [id]).await?;
    let entry = look.disclose(sealed).await?.pop().ok_or(Fail::NotVisible)?;
    let mut members = Vec::new();
    if let Some(household) = entry.household {
        let sealed = person::members(&mut look.conn(), &viewer, household).await?;
        members = look.disclose(sealed).await?;
        let sealed = person::former_members(&mut look.conn(), &viewer, household).await?;
        members.extend(look.disclose(sealed).await?);
    }
    Ok(Loaded { persons: nameable(&frame.t, &members), entry })
}

/// A form filled with a text and its marks.
fn filled(t: &T, e: &Entry) -> Form {
    let mut pairs = vec![("body", e.body.clone())];
    pairs.extend(e.persons.iter().map(|p| ("body_about", p.to_string())));
    if e.categories != access::Categories::all() {
        pairs.extend(e.categories.iter().map(|c| ("body_cat", c.code().to_owned())));
    }
    if let Some(form) = e.form {
        let at = if has_time(e.occurred_at) { site::show::clock(e.occurred_at) } else { String::new() };
        let day = t.short_day(e.occurred_at.day());
        pairs.extend([("form", form.code().to_owned()), ("occurred", day), ("at", at)]);
    }
    Form::filled(pairs)
}

/// When and how it was, as a correction says; as before where it says nothing of it.
fn when_and_how(form: &mut Form, old: &Entry, today: Day) -> (Instant, Option<RecordForm>) {
    if old.form.is_none() || form.fields().get("occurred").is_none() {
        return (old.occurred_at, old.form);
    }
    let (day, time) = (form.past_day("occurred", Need::Required), form.time("at"));
    let how = form.code::<RecordForm>("form", Need::Required);
    if let Some(Err(refusal)) = day.map(|day| rules::has_happened(day, today)) {
        form.problem("occurred", refusal.key);
    }
    let (hour, minute) = time.unwrap_or((0, 0));
    (day.map_or(old.occurred_at, |day| Instant::at(day, hour, minute)), how)
}

async fn page(req: &Req, form: Option<Form>) -> Result<(TextPage, Receipt), Fail> {
    let id: EntryId = req.id("id")?;
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Page).await?;
    let frame = req.frame();
    let Loaded { entry, persons } = load(&mut look, &frame, id).await?;
    let mut reasons = Reasons::default();
    reasons.of(&entry);
    let newer = match entry.state {
        EntryState::Corrected => newer(&mut look, id).await?.map(|e| link::entry(e.id)),
        _ => None,
    };
    let form = form.unwrap_or_else(|| filled(&frame.t, &entry));
    let may_correct = entry.state == EntryState::Valid
        && entry.about.matter.is_none()
        && ctx.viewer.seats.iter().any(|s| s.role.reads_desk_records() && s.holds(entry.desk));
    let kept = if may_correct {
        crate::guard::kept_from(&mut look.conn(), ctx.viewer.municipality, entry.facts().record).await?
    } else {
        Vec::new()
    };
    let secret = if may_correct {
        persons.iter().map(|(id, name)| (*id, name.clone(), kept.contains(id))).collect()
    } else {
        Vec::new()
    };
    let choice = |f: &RecordForm| Choice::new(&form, "form", f.code(), frame.t.code("record_form", f));
    let forms = entry.form.map_or_else(Vec::new, |_| RecordForm::ALL.iter().map(choice).collect());
    // A sheet of a case has a page for its answers. Those of a consultation or a connecting sheet are taken back, and written anew.
    let sheet = entry.answers.as_ref().map(|a| (link::filled_sheet(a.filled), entry.about.case.is_some()));
    let page = TextPage {
        sheet,
        forms,
        secret,
        secret_command: req.engine().new_id(),
        places: places(&frame, &entry),
        marks: MarksControl::new(&frame.t, &form, "body", &persons),
        may_correct,
        newer,
        reasons: reasons.sentences(&frame.t),
        version: entry.version(),
        entry: EntryView::build_all(&mut look, &frame, vec![entry]).await?.pop().ok_or(Fail::NotVisible)?,
        max: MOST_CHARACTERS,
        other_command: req.engine().new_id(),
        form,
        frame,
    };
    Ok((page, look.close().await?))
}

/// Where the text belongs.
fn places(frame: &Frame, e: &Entry) -> Vec<(String, String)> {
    let word = |key: &str| frame.t.s(key).to_owned();
    if let Some(answers) = &e.answers {
        return vec![(link::filled_sheet(answers.filled), word("entry_page.sheet"))];
    }
    match (e.about.case, e.household) {
        (Some(case), _) => vec![(link::case_entries(case), word("entry_page.case"))],
        (None, Some(household)) => vec![(link::household(household), word("entry_page.household"))],
        (None, None) => Vec::new(),
    }
}

/// The text that took its place, as far as disclosed.
async fn newer(look: &mut Look, id: EntryId) -> Result<Option<Disclosed<Entry>>, Fail> {
    let viewer = look.viewer().clone();
    let Some(newer) = entry::correction_of(&mut look.conn(), viewer.municipality, id).await? else {
        return Ok(None);
    };
    let sealed = entry::by_ids(&mut look.conn(), &viewer, [newer]).await?;
    Ok(look.disclose(sealed).await?.pop())
}

/// GET /entries/{id}.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let (page, receipt) = page(&req, None).await?;
    Answer::page(page.render(), receipt)
}

/// POST /entries/{id}.
pub(crate) async fn correct(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: EntryId = req.id("id")?;
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Write).await?;
    let loaded = load(&mut look, &req.frame(), id).await?;
    look.close().await?;
    let mut form = req.form();
    let body = form.paragraph("body", Need::Required, MOST_CHARACTERS);
    let mut marks = marks_from(&mut form, "body", &loaded.persons);
    let old = &loaded.entry;
    if !marks.persons.is_empty() {
        // Whom this viewer may no longer name stays a subject: a correction never takes anyone's consent away.
        let unseen = old.persons.iter().filter(|p| !loaded.persons.iter().any(|(k, _)| k == *p));
        marks.persons.extend(unseen.copied());
        marks.persons.sort_unstable();
        marks.persons.dedup();
    }
    if old.learnt.is_some() {
        // What was learnt is about whom it was.
        marks.persons = sorted(&old.persons);
    }
    let (occurred_at, how) = when_and_how(&mut form, old, ctx.now.day());
    let same = body == old.body
        && marks.categories() == old.categories
        && marks.persons == sorted(&old.persons)
        && (occurred_at, how) == (old.occurred_at, old.form);
    if same && !form.has_problems() && old.state == EntryState::Valid {
        form.problem("body", "entry_page.same");
    }
    if let Err(refusal) = rules::may_say_otherwise(old.learnt.is_some(), body == old.body) {
        form.problem("body", refusal.key);
    }
    if form.has_problems() {
        let (page, receipt) = page(&req, Some(form)).await?;
        return Answer::again(page.render(), receipt);
    }
    match acts::correct(&req, id, &Correction { body, marks, occurred_at, form: how }).await {
        Ok(done) => Ok(to(done, "entry_corrected", |new| format!("/entries/{new}"))),
        Err(Fail::Stale) => conflict(&req, id, form).await,
        Err(e) => Err(e),
    }
}

fn sorted(persons: &[PersonId]) -> Vec<PersonId> {
    let mut persons = persons.to_vec();
    persons.sort_unstable();
    persons
}

/// Both texts (disclosure rule 6): the one that stands now, and what this person wrote.
async fn conflict(req: &Req, id: EntryId, form: Form) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Page).await?;
    let frame = req.frame();
    let Loaded { entry: _, persons } = load(&mut look, &frame, id).await?;
    // The last of the chain: it may have been corrected more than once.
    let (mut now, mut last) = (None, id);
    while let Some(next) = newer(&mut look, last).await? {
        last = next.id;
        now = Some(next);
    }
    let standing: Vec<_> = now.into_iter().filter(|e| e.state == EntryState::Valid).collect();
    let version = standing.first().map_or(0, |e| e.version());
    let page = ConflictPage {
        now: EntryView::build_all(&mut look, &frame, standing).await?.pop(),
        mine: form.value("body").to_owned(),
        marks: MarksControl::new(&frame.t, &form, "body", &persons),
        max: MOST_CHARACTERS,
        command: req.engine().new_id(),
        version,
        form,
        frame,
    };
    let receipt = look.close().await?;
    Answer::conflict(page.render(), receipt)
}

/// POST /entries/{id}/secret: from whom of the household the text is kept.
pub(crate) async fn keep_from(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: EntryId = req.id("id")?;
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Write).await?;
    let loaded = load(&mut look, &req.frame(), id).await?;
    let kept =
        crate::guard::kept_from(&mut look.conn(), ctx.viewer.municipality, loaded.entry.facts().record)
            .await?;
    look.close().await?;
    let named = |p: &PersonId| loaded.persons.iter().any(|(known, _)| known == p);
    let mut persons: Vec<PersonId> = req.form().ids("from").into_iter().filter(named).collect();
    // From whom it was kept and whom this viewer may not name: it goes on being kept from them.
    persons.extend(kept.into_iter().filter(|p| !named(p)));
    persons.sort_unstable();
    persons.dedup();
    Ok(to(acts::keep_from(&req, id, &persons).await?, "secret_set", |_| link::entry(id)))
}

/// POST /entries/{id}/error.
pub(crate) async fn void(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: EntryId = req.id("id")?;
    Ok(to(acts::void(&req, id).await?, "entry_error", |_| link::entry(id)))
}
