//! Files of a text: a photograph, a letter that was scanned. They are about the same people with the same categories as the
//! text, also when it is marked more narrowly afterwards, and stay with it through corrections.

use std::sync::Arc;

use access::{Action, Disclosed, RecordRef, Relation};
use askama::Template;
use engine::{Begun, Channel, Fail, Look, Receipt};
use household::{Entry, EntryState, EntryView, Reasons, entry};
use site::{Answer, Form, Frame, Need, Req, link};
use words::id::{AttachmentId, CommandId, EntryId};

use crate::pages::take;
use crate::sql::{self, Attachment, NewAttachment};

/// Files of one text.
const MOST_FILES: usize = 20;

struct Line {
    id: AttachmentId,
    href: String,
    name: String,
    about: String,
    remove: CommandId,
}

#[derive(Template)]
#[template(path = "attachment_files.html")]
struct FilesPage {
    frame: Frame,
    form: Form,
    entry: EntryView,
    files: Vec<Line>,
    reasons: Vec<String>,
    may_add: bool,
    /// Whether a virus scanner looks at what is sent.
    scanned: bool,
}

struct Loaded {
    entry: Disclosed<Entry>,
    files: Vec<Disclosed<Attachment>>,
}

/// A text with its files, and those of what it corrects or was corrected to: they are files of the same thing.
async fn load(look: &mut Look, id: EntryId) -> Result<Loaded, Fail> {
    let viewer = look.viewer().clone();
    let sealed = entry::by_ids(&mut look.conn(), &viewer, [id]).await?;
    let entry = look.disclose(sealed).await?.pop().ok_or(Fail::NotVisible)?;
    let of = entry::lineage(&mut look.conn(), viewer.municipality, id).await?;
    let sealed = sql::of_records(&mut look.conn(), &viewer, of.into_iter().map(words::Id::cast)).await?;
    let files = look.disclose(sealed).await?;
    Ok(Loaded { entry, files })
}

fn may_add(req: &Req, entry: &Entry, kept: usize) -> Result<bool, Fail> {
    let viewer = &req.ctx()?.viewer;
    let own = viewer.seats.iter().any(|s| s.role.reads_desk_records() && s.holds(entry.desk));
    // What stays on screens has no file, and what is said in a conference is its members' alone.
    let plain = entry.about.matter.is_none() && entry.field != household::Field::Caution;
    Ok(own && plain && entry.state == EntryState::Valid && kept < MOST_FILES)
}

/// GET /entries/{id}/files
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    render(&req, Form::default()).await
}

async fn render(req: &Req, form: Form) -> Result<Answer, Fail> {
    let frame = req.frame();
    let mut look = req.ctx()?.look(Channel::Page).await?;
    let Loaded { entry, files } = load(&mut look, req.id("id")?).await?;
    let mut reasons = Reasons::default();
    reasons.of(&entry);
    reasons.of_all(&files);
    let m = req.ctx()?.viewer.municipality;
    let desks = register_names(&mut look, m, &files).await?;
    let may_add = may_add(req, &entry, files.len())?;
    let lines = files
        .iter()
        .map(|f| Line {
            id: f.id,
            href: link::attachment(f.id),
            name: f.name.clone(),
            about: format!(
                "{} {} {}",
                frame.day(&f.at.day()),
                frame.t.f("attachment_files.kilobytes", "n", f.bytes / 1024 + 1),
                desks.get(&f.desk).map_or("", String::as_str)
            )
            .trim()
            .to_owned(),
            remove: req.engine().new_id(),
        })
        .collect();
    let page = FilesPage {
        entry: EntryView::build_all(&mut look, &frame, vec![entry]).await?.pop().ok_or(Fail::NotVisible)?,
        files: lines,
        reasons: reasons.sentences(&frame.t),
        may_add,
        scanned: req.scans_files(),
        form,
        frame,
    };
    let wrong = page.form.has_problems();
    let (html, receipt) = (page.render(), look.close().await?);
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

async fn register_names(
    look: &mut Look,
    m: words::id::MunicipalityId,
    files: &[Disclosed<Attachment>],
) -> Result<std::collections::HashMap<words::id::DeskId, String>, Fail> {
    let today = look.now().day();
    Ok(register::desk_names(&mut look.conn(), m, files.iter().map(|f| f.desk), today).await?)
}

fn before() -> Receipt {
    Receipt::nothing_personal("a form that came twice leads to the same place")
}

/// How desks stand to a text.
fn relation(entry: &Disclosed<Entry>) -> Relation {
    let mut relation = Relation::within(entry.facts().cases.iter().copied());
    relation.author = Some(entry.desk);
    relation
}

/// POST /entries/{id}/files
pub(crate) async fn add(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: EntryId = req.id("id")?;
    let mut look = req.ctx()?.look(Channel::Write).await?;
    let Loaded { entry, files } = load(&mut look, id).await?;
    look.close().await?;
    if !may_add(&req, &entry, files.len())? {
        return Err(engine::Refusal::new("attachment.not_here").into());
    }
    let Some(household) = entry.household else {
        return Err(engine::Refusal::new("attachment.not_here").into());
    };
    let mut form = req.form();
    let Some((taken, bytes)) = take(&req, &mut form, "file") else {
        if !form.has_problems() {
            form.problem("file", "attachment.choose");
        }
        return render(&req, form).await;
    };
    let begun = req.ctx()?.act(&req.envelope(), "entry.attach", &(id, &taken.name, bytes.len())).await?;
    let Begun::New(mut act) = begun else {
        return Ok(Answer::to(&link::entry_files(id), "file_added", before()));
    };
    let record = RecordRef::entry(id);
    let right = act.permit(Action::WriteSupport, &relation(&entry), record).await?;
    let new = NewAttachment {
        of: record,
        household,
        persons: entry.persons.clone(),
        categories: entry.categories,
        taken,
        bytes,
    };
    sql::add(&mut act, &right, &new).await?;
    Ok(Answer::to(&link::entry_files(id), "file_added", act.commit("").await?))
}

/// POST /entries/{id}/files/remove: one that was put there by mistake; it is kept, out of sight.
pub(crate) async fn remove(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: EntryId = req.id("id")?;
    let mut look = req.ctx()?.look(Channel::Write).await?;
    let Loaded { entry, files } = load(&mut look, id).await?;
    look.close().await?;
    let mut form = req.form();
    let file: AttachmentId = form.id("file_id", Need::Required).ok_or(Fail::NotVisible)?;
    if !files.iter().any(|f| f.id == file && f.desk == entry.desk) || !may_add(&req, &entry, 0)? {
        return Err(Fail::NotVisible);
    }
    let Begun::New(mut act) = req.ctx()?.act(&req.envelope(), "entry.detach", &(id, file)).await? else {
        return Ok(Answer::to(&link::entry_files(id), "file_removed", before()));
    };
    let record = RecordRef::entry(id);
    let right = act.permit(Action::WriteSupport, &relation(&entry), record).await?;
    sql::void(&mut act, &right, file).await?;
    Ok(Answer::to(&link::entry_files(id), "file_removed", act.commit("").await?))
}
