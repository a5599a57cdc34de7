//! 会議体: the list, one body, and what its secretariat does with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use engine::{Begun, Channel, Fail, Look};
use serde::Serialize;
use site::{Answer, Choice, Form, Frame, Need, Req, T, link};
use words::Day;
use words::code::Code;
use words::id::{AppointmentId, BodyId, BodyMemberId, CommandId, DeskId};

use super::{KEEPERS, before, codes, count, own_desks, sense, shown};
use crate::acts::body::{self as acts, Joins, Said};
use crate::known::Around;
use crate::rules::{LegalForm, MeetingState, Rhythm, Title, covers};
use crate::sql::body::{self as sql, Body};
use crate::sql::{item, meeting};
use crate::views;

struct Line {
    href: String,
    name: String,
    form: String,
    positions: String,
    rhythm: String,
    secretariat: String,
    next: String,
    mine: bool,
}

#[derive(Template)]
#[template(path = "session_bodies.html")]
struct ListPage {
    frame: Frame,
    standing: Vec<Line>,
    over: Vec<Line>,
    keeps: bool,
}

/// GET /bodies
pub(crate) async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let t = frame.t.clone();
    let (m, today) = (ctx.viewer.municipality, ctx.now.day());
    let mut look = ctx.look(Channel::List).await?;
    let all = sql::all(&mut look.conn(), m).await?;
    let names = register::desk_names(&mut look.conn(), m, all.iter().map(|b| b.desk), today).await?;
    let around = Around::load(&mut look.conn(), &ctx.viewer, &[]).await?;
    let mine = sql::of_user(&mut look.conn(), m, ctx.viewer.user, today).await?;
    let coming =
        views::own_sessions(&mut look.conn(), &ctx.viewer, today, (today, today.plus_days(366))).await?;
    let line = |b: &Body| Line {
        href: link::body(b.id),
        name: b.name.clone(),
        form: t.code("session_form", b.form),
        positions: t.join(&around.names(&b.positions)),
        rhythm: rhythm(&t, b),
        secretariat: names.get(&b.desk).cloned().unwrap_or_default(),
        next: coming
            .iter()
            .find(|k| k.body == Some(b.id) && k.state == MeetingState::Planned)
            .map(|k| frame.moment(&k.starts))
            .unwrap_or_default(),
        mine: mine.contains(&b.id),
    };
    let standing = all.iter().filter(|b| b.to.is_none_or(|last| today <= last)).map(line).collect();
    let over = all.iter().filter(|b| b.to.is_some_and(|last| last < today)).map(line).collect();
    let page = ListPage { standing, over, keeps: ctx.viewer.has_role(KEEPERS), frame };
    Answer::page(page.render(), look.close().await?)
}

fn rhythm(t: &site::T, b: &Body) -> String {
    if b.rhythm_words.is_empty() { t.code("session_rhythm", b.rhythm) } else { b.rhythm_words.clone() }
}

struct Member {
    id: BodyMemberId,
    name: String,
    desk: String,
    title: String,
    term: String,
    now: bool,
    leave: CommandId,
}

struct Held {
    href: String,
    title: String,
    when: String,
    state: String,
    planned: bool,
}

struct Waiting {
    href: String,
    what: String,
    position: String,
    priority: String,
    since: String,
    by: String,
}

#[derive(Template)]
#[template(path = "session_body.html")]
struct BodyPage {
    frame: Frame,
    id: BodyId,
    body: Body,
    form: String,
    rhythm: String,
    secretariat: String,
    parent: Option<(String, String)>,
    successor: Option<(String, String)>,
    children: Vec<(String, String)>,
    positions: Vec<String>,
    from: String,
    to: String,
    over: bool,
    members: Vec<Member>,
    past: Vec<Member>,
    coming: Vec<Held>,
    held: Vec<Held>,
    /// The queue, for the secretariat.
    queue: Option<Vec<Waiting>>,
    /// Something is left in the queue.
    waits: bool,
    keeps: bool,
    runs: bool,
}

pub(crate) fn keeps(viewer: &access::Viewer, desk: DeskId) -> bool {
    viewer.seats.iter().any(|s| KEEPERS.contains(&s.role) && s.holds(desk))
}

/// GET /bodies/{id}
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: BodyId = req.id("id")?;
    let frame = req.frame();
    let t = frame.t.clone();
    let (m, today) = (ctx.viewer.municipality, ctx.now.day());
    let mut look = ctx.look(Channel::Page).await?;
    let all = sql::all(&mut look.conn(), m).await?;
    let body = all.iter().find(|b| b.id == id).cloned().ok_or(Fail::NotVisible)?;
    let runs = views::runs(&ctx.viewer).contains(&body.desk);
    let terms = sql::members(&mut look.conn(), m, [id]).await?;
    let member = terms.iter().any(|k| k.user == Some(ctx.viewer.user) && covers(k.from, k.until, today));
    let queue = if runs { Some(item::queue(&mut look.conn(), m, id).await?) } else { None };
    let around = Around::load(&mut look.conn(), &ctx.viewer, queue.as_deref().unwrap_or_default()).await?;
    let desks = terms.iter().map(|k| k.desk).chain([body.desk]);
    let desks = desks.chain(queue.iter().flatten().map(|i| i.proposed_desk));
    let names = register::desk_names(&mut look.conn(), m, desks, today).await?;
    let users = register::user_names(&mut look.conn(), m, terms.iter().filter_map(|k| k.user)).await?;
    let name = |desk: &DeskId| names.get(desk).cloned().unwrap_or_default();
    let (now, past): (Vec<_>, Vec<_>) = terms.iter().partition(|k| k.until.is_none_or(|last| today <= last));
    let line = |k: &sql::BodyMember| Member {
        id: k.id,
        name: k.user.and_then(|u| users.get(&u)).cloned().unwrap_or_else(|| k.name.clone()),
        desk: name(&k.desk),
        title: t.code("session_title", k.title),
        term: span(&frame, k.from, k.until),
        now: covers(k.from, k.until, today),
        leave: req.engine().new_id(),
    };
    let sessions = if runs || member {
        meeting::of_body(&mut look.conn(), m, id).await?
    } else {
        let own = views::own_sessions(
            &mut look.conn(),
            &ctx.viewer,
            today,
            (today.plus_days(-366), today.plus_days(366)),
        )
        .await?;
        own.into_iter().filter(|k| k.body == Some(id)).collect()
    };
    let held = |k: &meeting::Meeting| Held {
        href: link::meeting(k.id),
        title: k.title.clone(),
        when: frame.moment(&k.starts),
        state: t.code("session_state", k.state),
        planned: k.state == MeetingState::Planned,
    };
    let to = |wanted: Option<BodyId>| {
        let found = wanted.and_then(|w| all.iter().find(|b| b.id == w));
        found.map(|b| (link::body(b.id), b.name.clone()))
    };
    let page = BodyPage {
        id,
        form: t.code("session_form", body.form),
        rhythm: rhythm(&t, &body),
        secretariat: name(&body.desk),
        parent: to(body.parent),
        successor: to(body.successor),
        children: all
            .iter()
            .filter(|b| b.parent == Some(id) && b.stands(today))
            .map(|b| (link::body(b.id), b.name.clone()))
            .collect(),
        positions: around.names(&body.positions),
        from: frame.t.day_long(body.from),
        to: body.to.map(|d| frame.t.day_long(d)).unwrap_or_default(),
        over: body.to.is_some_and(|last| last < today),
        members: now.into_iter().map(line).collect(),
        past: past.into_iter().map(line).collect(),
        coming: sessions.iter().rev().filter(|k| k.state == MeetingState::Planned).map(held).collect(),
        held: sessions.iter().filter(|k| k.state != MeetingState::Planned).map(held).collect(),
        waits: queue.as_ref().is_some_and(|items| !items.is_empty()),
        queue: queue.map(|items| {
            items
                .iter()
                .enumerate()
                .map(|(n, i)| Waiting {
                    href: link::agenda_item(i.id),
                    what: what(&t, &around, &ctx.viewer, i, n + 1),
                    position: around.position(i),
                    priority: t.code("session_priority", i.priority),
                    since: frame.day(&i.proposed_at.day()),
                    by: name(&i.proposed_desk),
                })
                .collect()
        }),
        keeps: keeps(&ctx.viewer, body.desk),
        runs,
        body,
        frame,
    };
    Answer::page(page.render(), look.close().await?)
}

/// What stands for an item: its subject, the number of its case for whoever may know it, its place for everybody else.
pub(crate) fn what(
    t: &site::T,
    around: &Around,
    viewer: &access::Viewer,
    i: &item::Item,
    n: usize,
) -> String {
    if i.general() {
        return i.subject.clone();
    }
    match around.number(viewer, i) {
        Some(number) => t.f("session.case_n", "number", number),
        None => t.f("session.item_n", "n", n),
    }
}

fn span(frame: &Frame, from: Day, until: Option<Day>) -> String {
    frame.t.fs(
        "session.term",
        &[
            ("from", frame.t.full_day(from)),
            ("until", until.map(|d| frame.t.full_day(d)).unwrap_or_default()),
        ],
    )
}

#[derive(Template)]
#[template(path = "session_body_form.html")]
struct FormPage {
    frame: Frame,
    form: Form,
    action: String,
    title: &'static str,
    version: Option<i64>,
    back: Option<(String, String)>,
    forms: Vec<Choice>,
    rhythms: Vec<Choice>,
    positions: Vec<Choice>,
    parents: Vec<Choice>,
    desks: Vec<Choice>,
}

fn filled(t: &T, b: &Body) -> Form {
    let mut pairs = vec![
        ("name", b.name.clone()),
        ("form", b.form.code().to_owned()),
        ("desk", b.desk.to_string()),
        ("parent", b.parent.map(|p| p.to_string()).unwrap_or_default()),
        ("purpose", b.purpose.clone()),
        ("about", b.about.clone()),
        ("rhythm", b.rhythm.code().to_owned()),
        ("rhythm_words", b.rhythm_words.clone()),
        ("capacity", b.capacity.map(|n| n.to_string()).unwrap_or_default()),
        ("from", t.short_day(b.from)),
    ];
    pairs.extend(b.positions.iter().map(|p| ("positions", p.clone())));
    Form::filled(pairs)
}

async fn form_page(req: &Req, mut look: Look, form: Form, of: Option<&Body>) -> Result<Answer, Fail> {
    let frame = req.frame();
    let t = frame.t.clone();
    let (m, today) = (look.viewer().municipality, look.now().day());
    let positions = conference::on(&mut look.conn(), m, Some(today)).await?;
    let all = sql::all(&mut look.conn(), m).await?;
    let desks = own_desks(&mut look, &form, "desk", KEEPERS).await?;
    let page = FormPage {
        action: of.map_or_else(|| format!("{}/new", link::BODIES), |b| format!("{}/edit", link::body(b.id))),
        title: if of.is_some() { "session.body_edit" } else { "session.body_new" },
        version: of.map(|b| b.version),
        back: of.map(|b| (link::body(b.id), b.name.clone())),
        forms: codes(&t, &form, "form", "session_form", LegalForm::ALL),
        rhythms: codes(&t, &form, "rhythm", "session_rhythm", Rhythm::ALL),
        positions: positions
            .iter()
            .map(|p| Choice::new(&form, "positions", &p.code, p.name.clone()))
            .collect(),
        parents: all
            .iter()
            .filter(|b| b.stands(today) && of.is_none_or(|o| o.id != b.id))
            .map(|b| Choice::new(&form, "parent", b.id, b.name.clone()))
            .collect(),
        desks,
        frame,
        form: form.clone(),
    };
    let receipt = look.close().await?;
    shown(page.render(), &form, receipt)
}

async fn read(look: &mut Look, form: &mut Form, of: Option<&Body>) -> Result<Option<Said>, Fail> {
    let (m, today) = (look.viewer().municipality, look.now().day());
    let name = form.line("name", Need::Required, 60);
    let legal: Option<LegalForm> = form.code("form", Need::Required);
    let desk: Option<DeskId> = match of {
        Some(body) => Some(body.desk),
        None => form.id("desk", Need::Required),
    };
    let parent = form.id("parent", Need::Optional);
    let purpose = form.paragraph("purpose", Need::Optional, 400);
    let about = form.line("about", Need::Optional, 120);
    let rhythm: Option<Rhythm> = form.code("rhythm", Need::Required);
    let rhythm_words = form.line("rhythm_words", Need::Optional, 60);
    let capacity = count(form, "capacity");
    let from = match of {
        Some(body) => Some(body.from),
        None => form.day("from", Need::Required),
    };
    let known = conference::on(&mut look.conn(), m, Some(today)).await?;
    let mut positions: Vec<String> = form.fields().all("positions").map(str::to_owned).collect();
    positions.retain(|p| known.iter().any(|k| k.code == *p));
    sense(look, form, "name", &format!("{name}\n{about}\n{rhythm_words}")).await?;
    sense(look, form, "purpose", &purpose).await?;
    let (Some(legal), Some(desk), Some(rhythm), Some(from)) = (legal, desk, rhythm, from) else {
        return Ok(None);
    };
    let said = Said {
        name,
        form: legal,
        desk,
        parent,
        purpose,
        about,
        rhythm,
        rhythm_words,
        capacity,
        from,
        positions,
    };
    Ok((!form.has_problems()).then_some(said))
}

/// GET /bodies/new
pub(crate) async fn new(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Channel::Write).await?;
    let form = Form::filled(vec![("from", req.t().short_day(req.now().day()))]);
    form_page(&req, look, form, None).await
}

/// POST /bodies/new
pub(crate) async fn create(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut form = req.form();
    let mut look = ctx.look(Channel::Write).await?;
    let Some(said) = read(&mut look, &mut form, None).await? else {
        return form_page(&req, look, form, None).await;
    };
    look.close().await?;
    match ctx.act(&req.envelope(), "body.found", &said).await? {
        Begun::Before(to) => Ok(Answer::to(&link::body(to), "body_founded", before())),
        Begun::New(mut act) => {
            let id: BodyId = act.new_id();
            acts::found(&mut act, id, &said).await?;
            Ok(Answer::to(&link::body(id), "body_founded", act.commit(&id.to_string()).await?))
        }
    }
}

/// A body for whoever keeps it.
async fn kept(look: &mut Look, id: BodyId) -> Result<Body, Fail> {
    let viewer = look.viewer().clone();
    let body = sql::by_id(&mut look.conn(), viewer.municipality, id).await?.ok_or(Fail::NotVisible)?;
    if keeps(&viewer, body.desk) { Ok(body) } else { Err(Fail::NotVisible) }
}

/// GET /bodies/{id}/edit
pub(crate) async fn edit(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut look = req.ctx()?.look(Channel::Write).await?;
    let body = kept(&mut look, req.id("id")?).await?;
    form_page(&req, look, filled(&req.t(), &body), Some(&body)).await
}

/// POST /bodies/{id}/edit
pub(crate) async fn change(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut form = req.form();
    let mut look = ctx.look(Channel::Write).await?;
    let body = kept(&mut look, req.id("id")?).await?;
    let Some(said) = read(&mut look, &mut form, Some(&body)).await? else {
        return form_page(&req, look, form, Some(&body)).await;
    };
    look.close().await?;
    let to = link::body(body.id);
    match ctx.act(&req.envelope(), "body.change", &(body.id, &said)).await? {
        Begun::Before(_) => Ok(Answer::to(&to, "body_changed", before())),
        Begun::New(mut act) => {
            acts::change(&mut act, body.id, &said).await?;
            Ok(Answer::to(&to, "body_changed", act.commit(&body.id.to_string()).await?))
        }
    }
}

#[derive(Template)]
#[template(path = "session_body_end.html")]
struct EndPage {
    frame: Frame,
    form: Form,
    body: Body,
    waiting: usize,
    others: Vec<Choice>,
}

/// GET /bodies/{id}/end
pub(crate) async fn ending(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Channel::Write).await?;
    end_page(&req, look, Form::filled(vec![("last", req.t().short_day(req.now().day()))])).await
}

async fn end_page(req: &Req, mut look: Look, form: Form) -> Result<Answer, Fail> {
    let frame = req.frame();
    let (m, today) = (look.viewer().municipality, look.now().day());
    let body = kept(&mut look, req.id("id")?).await?;
    let all = sql::all(&mut look.conn(), m).await?;
    let page = EndPage {
        waiting: sql::waiting(&mut look.conn(), m, body.id).await?,
        others: all
            .iter()
            .filter(|b| b.id != body.id && b.to.is_none_or(|last| today < last))
            .map(|b| Choice::new(&form, "successor", b.id, b.name.clone()))
            .collect(),
        body,
        frame,
        form: form.clone(),
    };
    let receipt = look.close().await?;
    shown(page.render(), &form, receipt)
}

#[derive(Serialize)]
struct End {
    id: BodyId,
    last: Day,
    successor: Option<BodyId>,
}

/// POST /bodies/{id}/end
pub(crate) async fn end(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: BodyId = req.id("id")?;
    let mut form = req.form();
    let last = form.day("last", Need::Required);
    let successor = form.id("successor", Need::Optional);
    let Some(last) = last.filter(|_| !form.has_problems()) else {
        let look = ctx.look(Channel::Write).await?;
        return end_page(&req, look, form).await;
    };
    let body = End { id, last, successor };
    match ctx.act(&req.envelope(), "body.end", &body).await? {
        Begun::Before(_) => Ok(Answer::to(&link::body(id), "body_ended", before())),
        Begun::New(mut act) => match acts::end(&mut act, id, last, successor).await {
            Ok(()) => Ok(Answer::to(&link::body(id), "body_ended", act.commit(&id.to_string()).await?)),
            Err(Fail::Refused(refusal)) => {
                drop(act);
                let field = if refusal.key == "session.ends_before" { "last" } else { "successor" };
                form.problem(field, refusal.key);
                let look = ctx.look(Channel::Write).await?;
                end_page(&req, look, form).await
            }
            Err(other) => Err(other),
        },
    }
}

#[derive(Template)]
#[template(path = "session_body_members.html")]
struct MembersPage {
    frame: Frame,
    form: Form,
    body: Body,
    desks: Vec<(String, Vec<Choice>)>,
    desk: Option<(DeskId, String)>,
    places: Vec<(String, String)>,
    titles: Vec<Choice>,
}

/// GET /bodies/{id}/members?desk=
pub(crate) async fn members(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Channel::Write).await?;
    let mut form = Form::filled(vec![
        ("from", req.t().short_day(req.now().day())),
        ("title", Title::Member.code().to_owned()),
    ]);
    if let Some(desk) = req.query().get("desk") {
        form = Form::filled(vec![
            ("from", req.t().short_day(req.now().day())),
            ("title", Title::Member.code().to_owned()),
            ("desk", desk.to_owned()),
        ]);
    }
    members_page(&req, look, form).await
}

async fn members_page(req: &Req, mut look: Look, form: Form) -> Result<Answer, Fail> {
    let frame = req.frame();
    let t = frame.t.clone();
    let (m, today) = (look.viewer().municipality, look.now().day());
    let body = kept(&mut look, req.id("id")?).await?;
    let desks = register::desks(&mut look.conn(), m, today).await?;
    let chosen = form.value("desk").parse::<DeskId>().ok();
    let desk = desks.iter().find(|d| Some(d.id) == chosen).map(|d| (d.id, d.name.clone()));
    let places = match &desk {
        Some((desk, _)) => register::places_of(&mut look.conn(), m, *desk, today).await?,
        None => Vec::new(),
    };
    let page = MembersPage {
        desks: register::desk_groups(&t, &form, "desk", &desks, &[]),
        places: places
            .iter()
            .map(|p| (p.appointment.to_string(), format!("{} {}", p.name, t.code("role", p.role))))
            .collect(),
        titles: codes(&t, &form, "title", "session_title", Title::ALL),
        desk,
        body,
        frame,
        form: form.clone(),
    };
    let receipt = look.close().await?;
    shown(page.render(), &form, receipt)
}

/// POST /bodies/{id}/members
pub(crate) async fn join(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: BodyId = req.id("id")?;
    let mut form = req.form();
    let desk: Option<DeskId> = form.id("desk", Need::Required);
    let appointment: Option<AppointmentId> = form.id("appointment", Need::Optional);
    let name = form.line("name", Need::Optional, 60);
    let title: Option<Title> = form.code("title", Need::Required);
    let from = form.day("from", Need::Required);
    let until = form.coming_day("until", Need::Optional);
    if appointment.is_none() && name.is_empty() {
        form.problem("appointment", "session.who");
    }
    let (false, Some(desk), Some(title), Some(from)) = (form.has_problems(), desk, title, from) else {
        let look = ctx.look(Channel::Write).await?;
        return members_page(&req, look, form).await;
    };
    let joins = Joins { desk, appointment, name, title, from, until };
    match ctx.act(&req.envelope(), "body.join", &(id, &joins)).await? {
        Begun::Before(_) => Ok(Answer::to(&link::body(id), "body_joined", before())),
        Begun::New(mut act) => match acts::join(&mut act, id, &joins).await {
            Ok(()) => Ok(Answer::to(&link::body(id), "body_joined", act.commit(&id.to_string()).await?)),
            Err(Fail::Refused(refusal)) => {
                drop(act);
                let field = if refusal.key == "session.term_backwards" { "until" } else { "appointment" };
                form.problem(field, refusal.key);
                let look = ctx.look(Channel::Write).await?;
                members_page(&req, look, form).await
            }
            Err(other) => Err(other),
        },
    }
}

/// POST /bodies/{id}/leave
pub(crate) async fn leave(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: BodyId = req.id("id")?;
    let mut form = req.form();
    let who: Option<BodyMemberId> = form.id("member", Need::Required);
    let (Some(who), last) = (who, ctx.now.day().plus_days(-1)) else { return Err(Fail::NotVisible) };
    match ctx.act(&req.envelope(), "body.leave", &(id, who)).await? {
        Begun::Before(_) => Ok(Answer::to(&link::body(id), "body_left", before())),
        Begun::New(mut act) => {
            acts::leave(&mut act, id, who, last).await?;
            Ok(Answer::to(&link::body(id), "body_left", act.commit(&id.to_string()).await?))
        }
    }
}

/// Names of bodies by id, for lists.
pub(crate) fn names(all: &[Body]) -> BTreeMap<BodyId, String> {
    all.iter().map(|b| (b.id, b.name.clone())).collect()
}
