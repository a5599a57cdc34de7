//! 資料: the register of a session's materials, with numbers, files, what was replaced, and what is used again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use access::{Disclosed, Viewer};
use askama::Template;
use attachment::take;
use engine::{Act, Begun, Channel, Fail, Look, Receipt};
use household::{Entry, Reasons, entry};
use session::Opened;
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::Instant;
use words::code::Code;
use words::id::{AgendaItemId, CommandId, EntryId, MeetingId, MeetingMaterialId};

use super::before;
use crate::acts::material::{self as acts, New, Step};
use crate::reader;
use crate::rules::MaterialKind;
use crate::section;
use crate::sql::material::{self as sql, Material, Version};

struct VersionLine {
    n: i64,
    when: String,
    on_day: bool,
    href: Option<String>,
}

/// A material, as the viewer may know it.
pub(crate) struct MaterialView {
    id: MeetingMaterialId,
    pub number: String,
    kind: String,
    pub title: String,
    item: String,
    /// About nobody.
    pub general: bool,
    /// When it was put there.
    pub since: Instant,
    again: bool,
    withdrawn: bool,
    replaced: bool,
    version: i64,
    versions: Vec<VersionLine>,
    /// Where what a confidential matter looks at lies.
    matter: Option<String>,
    may: bool,
    replace: CommandId,
    withdraw: CommandId,
}

#[derive(Template)]
#[template(path = "minutes_materials.html")]
struct MaterialsPage {
    frame: Frame,
    form: Form,
    id: MeetingId,
    title: String,
    when: String,
    materials: Vec<MaterialView>,
    writes: bool,
    runs: bool,
    items: Vec<Choice>,
    kinds: Vec<Choice>,
    earlier: Vec<(String, Vec<Choice>)>,
    again: CommandId,
    reasons: Vec<String>,
}

/// The titles that stand as entries, as far as they are disclosed.
async fn titles(
    look: &mut Look,
    o: &Opened,
    found: &[Material],
) -> Result<(BTreeMap<EntryId, String>, Reasons), Fail> {
    let viewer = look.viewer().clone();
    let known =
        |x: &&Material| x.item.is_some_and(|id| o.items.iter().any(|i| i.id == id && o.knows(&viewer, i)));
    let ids: Vec<EntryId> = found.iter().filter(known).filter_map(|x| x.title_entry).collect();
    let mut reasons = Reasons::default();
    if ids.is_empty() {
        return Ok((BTreeMap::new(), reasons));
    }
    let sealed = entry::by_ids(&mut look.conn(), &viewer, ids).await?;
    let shown: Vec<Disclosed<Entry>> = look.disclose(sealed).await?;
    reasons.of_all(&shown);
    Ok((shown.iter().map(|e| (e.id, e.body.clone())).collect(), reasons))
}

fn view(
    req: &Req,
    (frame, viewer, o): (&Frame, &Viewer, &Opened),
    x: &Material,
    versions: &[Version],
    (titles, gone): (&BTreeMap<EntryId, String>, &BTreeSet<MeetingMaterialId>),
) -> Option<MaterialView> {
    let item = x.item.and_then(|id| o.items.iter().find(|i| i.id == id));
    // Of an item that may not be read neither number nor title is there.
    let title = match x.title_entry {
        Some(entry) => titles.get(&entry)?.clone(),
        None => x.title.clone(),
    };
    // What is used again goes with what it was taken from.
    let withdrawn = x.withdrawn || gone.contains(&x.id);
    let of: Vec<&Version> = versions.iter().filter(|v| v.material == x.id).collect();
    let matter = item
        .filter(|i| !i.general())
        .and_then(|i| o.standing(i))
        .filter(|s| s.rests_on == conference::RestsOn::Secrecy)
        .map(|s| link::matter(s.id));
    Some(MaterialView {
        id: x.id,
        number: x.number.clone(),
        kind: frame.t.code("material_kind", x.kind),
        title,
        item: item.map(|i| o.what(&frame.t, viewer, i)).unwrap_or_default(),
        general: x.title_entry.is_none() && !withdrawn,
        since: of.iter().map(|v| v.at).min()?,
        again: x.again_from.is_some(),
        withdrawn,
        replaced: of.len() > 1 && of.first().is_some_and(|v| v.on_day),
        version: x.version,
        versions: of
            .iter()
            .map(|v| VersionLine {
                n: v.n,
                when: frame.moment(&v.at),
                on_day: v.on_day && v.n > 1,
                href: if withdrawn {
                    None
                } else if v.file.is_some() {
                    Some(format!("/materials/{}/{}", x.id, v.n))
                } else {
                    v.attachment.map(link::attachment)
                },
            })
            .collect(),
        may: !withdrawn && section::may_write(viewer, o, item) && matter.is_none(),
        matter,
        replace: req.engine().new_id(),
        withdraw: req.engine().new_id(),
    })
}

/// The materials of a session that this viewer may know, in order; withdrawn ones at the end of none.
pub(crate) async fn of_session(
    req: &Req,
    look: &mut Look,
    o: &Opened,
) -> Result<(Vec<MaterialView>, Reasons), Fail> {
    let frame = req.frame();
    let viewer = look.viewer().clone();
    let m = viewer.municipality;
    let found = sql::of_meetings(&mut look.conn(), m, [o.meeting.id]).await?;
    if found.is_empty() {
        return Ok((Vec::new(), Reasons::default()));
    }
    let versions = sql::versions(&mut look.conn(), m, found.iter().map(|x| x.id)).await?;
    let (titles, reasons) = titles(look, o, &found).await?;
    let gone = sql::taken_back(&mut look.conn(), m, &found).await?;
    let views = found
        .iter()
        .filter_map(|x| view(req, (&frame, &viewer, o), x, &versions, (&titles, &gone)))
        .collect();
    Ok((views, reasons))
}

/// GET /sessions/{id}/materials
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Channel::Page).await?;
    render(&req, look, Form::filled(vec![("kind", MaterialKind::Numbered.code().to_owned())])).await
}

async fn render(req: &Req, mut look: Look, form: Form) -> Result<Answer, Fail> {
    let id: MeetingId = req.id("id")?;
    let frame = req.frame();
    let t = frame.t.clone();
    let viewer = look.viewer().clone();
    let (m, today) = (viewer.municipality, look.now().day());
    let r = reader::find(&mut look.conn(), &viewer, id, today).await?;
    // A former member looks at the minutes and nothing else.
    if r.former {
        return Err(Fail::NotVisible);
    }
    let o = &r.o;
    let (materials, reasons) = of_session(req, &mut look, o).await?;
    let writes = acts::writes(&viewer, o) && o.meeting.state != session::MeetingState::Cancelled;
    let mut earlier = Vec::new();
    if o.runs {
        let before = session::earlier(&mut look.conn(), m, &o.meeting).await?;
        let old = sql::of_meetings(&mut look.conn(), m, before.iter().map(|k| k.id)).await?;
        let gone = sql::taken_back(&mut look.conn(), m, &old).await?;
        for k in &before {
            let of: Vec<Choice> = old
                .iter()
                .filter(|x| x.meeting == k.id && x.title_entry.is_none() && !gone.contains(&x.id))
                .map(|x| Choice::new(&form, "from", x.id, format!("{} {}", x.number, x.title)))
                .collect();
            if !of.is_empty() {
                earlier.push((k.title.clone(), of));
            }
        }
    }
    let page = MaterialsPage {
        id,
        title: o.meeting.title.clone(),
        when: session::span(&frame, &o.meeting),
        materials,
        writes,
        runs: o.runs,
        items: o
            .items
            .iter()
            .filter(|i| section::may_write(&viewer, o, Some(i)))
            .map(|i| {
                Choice::new(&form, "item", i.id, format!("{}. {}", o.number(i.id), o.what(&t, &viewer, i)))
            })
            .collect(),
        kinds: MaterialKind::ALL
            .iter()
            .map(|k| Choice::new(&form, "kind", k, t.code("material_kind", k)))
            .collect(),
        earlier,
        again: req.engine().new_id(),
        reasons: reasons.sentences(&t),
        frame,
        form,
    };
    let wrong = page.form.has_problems();
    let (html, receipt) = (page.render(), look.close().await?);
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

async fn finish(
    req: &Req,
    act: Box<Act>,
    taken: Result<(), Fail>,
    (to, done, field): (&str, &str, &str),
    mut form: Form,
) -> Result<Answer, Fail> {
    match taken {
        Ok(()) => Ok(Answer::to(to, done, act.commit("").await?)),
        Err(Fail::Refused(refusal)) => {
            drop(act);
            let field = if refusal.key.starts_with("material.number") { "number" } else { field };
            form.problem(field, refusal.key);
            render(req, req.ctx()?.look(Channel::Page).await?, form).await
        }
        Err(other) => Err(other),
    }
}

/// POST /sessions/{id}/materials
pub(crate) async fn add(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: MeetingId = req.id("id")?;
    let mut form = req.form();
    let to = link::meeting_materials(id);
    // What is about a case gets its number by counting.
    let number = form.line("number", Need::Optional, 20);
    if form.ticked("again") {
        let from: Option<MeetingMaterialId> = form.id("from", Need::Required);
        let Some(from) = from.filter(|_| !form.has_problems()) else {
            return render(&req, req.ctx()?.look(Channel::Page).await?, form).await;
        };
        return match req.ctx()?.act(&req.envelope(), "material.again", &(id, from, &number)).await? {
            Begun::Before(_) => Ok(Answer::to(&to, "material_added", before())),
            Begun::New(mut act) => {
                let new: MeetingMaterialId = act.new_id();
                let taken = acts::again(&mut act, new, id, (from, &number)).await;
                finish(&req, act, taken, (&to, "material_added", "number"), form).await
            }
        };
    }
    let item: Option<AgendaItemId> = form.id("item", Need::Optional);
    let kind = form.code::<MaterialKind>("kind", Need::Required);
    let title = form.line("title", Need::Required, 120);
    let file = take(&req, &mut form, "file");
    let Some(kind) = kind.filter(|_| !form.has_problems()) else {
        return render(&req, req.ctx()?.look(Channel::Page).await?, form).await;
    };
    let new = New { item, number, kind, title };
    let said = (id, &new, file.as_ref().map(|(taken, bytes)| (taken.name.clone(), bytes.len())));
    match req.ctx()?.act(&req.envelope(), "material.add", &said).await? {
        Begun::Before(_) => Ok(Answer::to(&to, "material_added", before())),
        Begun::New(mut act) => {
            let material: MeetingMaterialId = act.new_id();
            let taken = acts::add(&mut act, material, id, &new, file).await;
            finish(&req, act, taken, (&to, "material_added", "title"), form).await
        }
    }
}

/// POST /sessions/{id}/materials/{step}
pub(crate) async fn step(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: MeetingId = req.id("id")?;
    let mut form = req.form();
    let (step, done) = match req.param("step") {
        "replace" => (Step::Replace, "material_replaced"),
        "withdraw" => (Step::Withdraw, "material_withdrawn"),
        _ => return Err(Fail::NotVisible),
    };
    let material: MeetingMaterialId = form.id("material", Need::Required).ok_or(Fail::NotVisible)?;
    let file = if step == Step::Replace { take(&req, &mut form, "file") } else { None };
    if form.has_problems() {
        return render(&req, req.ctx()?.look(Channel::Page).await?, form).await;
    }
    let to = link::meeting_materials(id);
    let said = (id, material, step, file.as_ref().map(|(taken, bytes)| (taken.name.clone(), bytes.len())));
    match req.ctx()?.act(&req.envelope(), "material.step", &said).await? {
        Begun::Before(_) => Ok(Answer::to(&to, done, before())),
        Begun::New(mut act) => {
            let taken = match acts::step(&mut act, material, step, file).await {
                Ok(of) if of == id => Ok(()),
                Ok(_) => Err(Fail::NotVisible),
                Err(fail) => Err(fail),
            };
            finish(&req, act, taken, (&to, done, "file"), form).await
        }
    }
}

/// GET /materials/{id}/{version}: a file that is about nobody, for whoever may open its session, until it is taken back.
pub(crate) async fn fetch(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: MeetingMaterialId = req.id("id")?;
    let wanted: i64 = req.param("version").parse().map_err(|_| Fail::NotVisible)?;
    let mut look = req.ctx()?.look(Channel::Attachment).await?;
    let viewer = look.viewer().clone();
    let (m, today) = (viewer.municipality, look.now().day());
    let found = sql::by_id(&mut look.conn(), m, id).await?.ok_or(Fail::NotVisible)?;
    let r = reader::find(&mut look.conn(), &viewer, found.meeting, today).await?;
    let gone = sql::taken_back(&mut look.conn(), m, std::slice::from_ref(&found)).await?;
    if r.former || found.title_entry.is_some() || !gone.is_empty() {
        return Err(Fail::NotVisible);
    }
    let versions = sql::versions(&mut look.conn(), m, [id]).await?;
    let file = versions.iter().find(|v| v.n == wanted).and_then(|v| v.file).ok_or(Fail::NotVisible)?;
    let (name, media, bytes) = sql::file(&mut look.conn(), m, file).await?.ok_or(Fail::NotVisible)?;
    look.close().await?;
    let receipt = Receipt::nothing_personal("a material of a session that is about nobody");
    Ok(Answer::file(&name, media.code(), bytes, receipt))
}
