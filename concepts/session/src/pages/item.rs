//! One item: in the queue, placed into a session; on an agenda, on to its session.

use std::sync::Arc;

use askama::Template;
use engine::{Begun, Channel, Fail, Look};
use site::{Answer, Choice, Form, Frame, Req, link};
use words::id::{AgendaItemId, CommandId, DeskId};

use super::{before, codes, shown};
use crate::acts::item as acts;
use crate::known::{Around, Depth};
use crate::rules::{Dropped, ItemState, MeetingState, Why};
use crate::sql::body;
use crate::sql::item::{self as sql, Item};
use crate::sql::meeting;
use crate::views;

#[derive(Template)]
#[template(path = "session_item.html")]
struct ItemPage {
    frame: Frame,
    form: Form,
    id: AgendaItemId,
    version: i64,
    what: String,
    general: bool,
    href: Option<String>,
    body: (String, String),
    position: String,
    state: String,
    waits: bool,
    /// Its body has ended and nobody goes on with its queue.
    over: bool,
    /// Where its successor is named, for whoever keeps it.
    succeed: Option<String>,
    initiator: String,
    proposed: String,
    priority: String,
    reasons: Vec<String>,
    decided: String,
    parties: Vec<(String, String)>,
    places: Vec<Choice>,
    drops: Vec<Choice>,
    runs: bool,
    /// The session it was placed into, for whoever brought it up: its address, when they sit there.
    placed: Option<(Option<String>, String)>,
    /// Why it was dropped.
    dropped: String,
    /// Desks the case itself calls and nobody of the matter speaks for; where a member is added.
    uncalled: Vec<String>,
    office: Option<String>,
    /// Somebody of this desk still has to read what became of it.
    heard: Option<CommandId>,
    /// Where the conference that needs no consent is opened, when there is none.
    open_matter: Option<String>,
    confer: Option<String>,
    drop: CommandId,
}

/// GET /sessions/items/{id}
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Channel::Page).await?;
    render(&req, look, Form::default()).await
}

#[expect(clippy::too_many_lines, reason = "the page, field by field")]
pub(crate) async fn render(req: &Req, mut look: Look, form: Form) -> Result<Answer, Fail> {
    let viewer = look.viewer().clone();
    let id: AgendaItemId = req.id("id")?;
    let (m, today) = (viewer.municipality, look.now().day());
    let i = sql::by_id(&mut look.conn(), m, id).await?.ok_or(Fail::NotVisible)?;
    let around = Around::load(&mut look.conn(), &viewer, std::slice::from_ref(&i)).await?;
    let brought = around.brought(&viewer, &i);
    let hears = brought && hears(&mut look, id).await?;
    let mut placed = None;
    if let Some(meeting) = i.meeting {
        let sits = match views::open(&mut look.conn(), &viewer, meeting, today).await {
            Ok(_) => true,
            Err(Fail::NotVisible) if brought => false,
            Err(other) => return Err(other),
        };
        // Whoever sits there finds it on the agenda; whoever brought it up, first what became of it.
        if sits && !hears {
            let to = format!("{}#item-{id}", link::meeting(meeting));
            return Ok(Answer::to(&to, "", look.close().await?));
        }
        let of = meeting::by_id(&mut look.conn(), m, meeting).await?.ok_or(Fail::NotVisible)?;
        let to = sits.then(|| format!("{}#item-{id}", link::meeting(meeting)));
        placed = Some((to, format!("{} {}", req.frame().moment(&of.starts), of.title)));
    }
    let all = body::all(&mut look.conn(), m).await?;
    let body = all.iter().find(|b| Some(b.id) == i.body).ok_or(Fail::NotVisible)?;
    let runs = views::runs(&viewer).contains(&body.desk);
    let depth = around.depth(&viewer, &i, runs);
    // Of something in confidence the pledge comes first, also for whoever brought it up.
    let inner = runs || depth == Depth::Case || (brought && !around.in_confidence(&i));
    // A general subject on a queue is its proposer's and the secretariat's; a case is whoever's may know of it.
    if !(runs || brought || (!i.general() && depth >= Depth::Position)) {
        return Err(Fail::NotVisible);
    }
    let waits = i.state == ItemState::Proposed;
    let parties = sql::parties(&mut look.conn(), m, [id]).await?;
    let uncalled = if depth == Depth::Case && waits { uncalled(&around, &i, &parties) } else { Vec::new() };
    let sessions = meeting::of_body(&mut look.conn(), m, body.id).await?;
    let desks = parties.iter().map(|p| p.1).chain(around.initiator(&i)).chain([i.proposed_desk]);
    let desks = desks.chain(uncalled.iter().copied());
    let names = register::desk_names(&mut look.conn(), m, desks, today).await?;
    let users = i.proposed_by.into_iter().chain(i.decided_by);
    let users = register::user_names(&mut look.conn(), m, users).await?;
    let frame = req.frame();
    let t = frame.t.clone();
    let user = |id: Option<words::id::UserId>| id.and_then(|u| users.get(&u)).cloned().unwrap_or_default();
    let desk = |id| names.get(&id).cloned().unwrap_or_default();
    let stuck = form.found().map(|(_, key, _)| key).next().unwrap_or_default();
    let case = i.case.filter(|_| depth == Depth::Case);
    let hub = viewer.has_role(&[access::Role::Coordinator]);
    let page = ItemPage {
        id,
        version: i.version,
        what: match around.number_brought(&viewer, &i) {
            Some(number) => t.f("session.case_n", "number", number),
            None => super::bodies::what(&t, &around, &viewer, &i, 1),
        },
        general: i.general(),
        href: href(&viewer, &around, &i, depth),
        body: (link::body(body.id), body.name.clone()),
        position: if depth >= Depth::Position || brought { around.position(&i) } else { String::new() },
        state: t.code("session_item", i.state),
        waits,
        placed,
        dropped: i.dropped.map(|why| t.code("session_dropped", why)).unwrap_or_default(),
        office: around
            .matter(&i)
            .filter(|s| s.office && !uncalled.is_empty())
            .map(|s| format!("{}/office", link::matter(s.id))),
        uncalled: uncalled.into_iter().map(desk).collect(),
        heard: hears.then(|| req.engine().new_id()),
        over: body.to.is_some_and(|last| last < today),
        succeed: super::bodies::keeps(&viewer, body.desk).then(|| format!("{}/end", link::body(body.id))),
        initiator: around.initiator(&i).filter(|_| inner).map(desk).unwrap_or_default(),
        proposed: if inner {
            let when = frame.day(&i.proposed_at.day());
            format!("{when} {} {}", desk(i.proposed_desk), user(i.proposed_by))
        } else {
            String::new()
        },
        priority: t.code("session_priority", i.priority),
        reasons: i.escalation.iter().filter(|_| inner).map(|e| t.code("session_escalation", e)).collect(),
        decided: i
            .decided_on
            .filter(|_| inner)
            .map(|day| format!("{} {}", frame.day(&day), user(i.decided_by)))
            .unwrap_or_default(),
        parties: parties
            .iter()
            .filter(|_| inner)
            .map(|(_, d, w)| (desk(*d), t.code("session_why", w)))
            .collect(),
        places: sessions
            .iter()
            .rev()
            .filter(|k| k.state == MeetingState::Planned)
            .map(|k| Choice::new(&form, "meeting", k.id, k.title.clone()).with_help(frame.moment(&k.starts)))
            .collect(),
        drops: codes(&t, &form, "why", "session_dropped", reasons()),
        runs: around.runs(&viewer, &i, runs),
        open_matter: case
            .filter(|_| stuck == "session.no_matter" && hub)
            .map(|c| link::matter_new("case", c)),
        confer: case.filter(|_| stuck == "session.no_consent").map(|c| link::propose("case", c)),
        drop: req.engine().new_id(),
        frame,
        form: form.clone(),
    };
    let receipt = look.close().await?;
    shown(page.render(), &form, receipt)
}

/// Whether somebody at a desk of the viewer's still has to read what became of it.
async fn hears(look: &mut Look, id: AgendaItemId) -> Result<bool, Fail> {
    let viewer = look.viewer().clone();
    let kinds = [task::TaskKind::HearItem];
    let told = task::of_things(&mut look.conn(), viewer.municipality, [id.cast()], &kinds).await?;
    let own = viewer.desks();
    Ok(told.iter().any(|t| t.state == task::TaskState::Open && own.contains(&t.desk)))
}

/// In confidence: the desks that have to be there, or that the case itself calls, and no member speaks for. They can only be made members.
fn uncalled(around: &Around, i: &Item, parties: &[(AgendaItemId, DeskId, Why)]) -> Vec<DeskId> {
    if around.matter(i).is_none() {
        return Vec::new();
    }
    let mut called = around.called(i, parties);
    let more = acts::from_the_case(around, i, &called.parties);
    called.parties.extend(more);
    called.unseated().collect()
}

/// POST /sessions/items/{id}/heard: the desk that brought it up has read what became of it.
pub(crate) async fn heard(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: AgendaItemId = req.id("id")?;
    match ctx.act(&req.envelope(), "session.item_heard", &id).await? {
        Begun::Before(_) => Ok(Answer::to("/", "session_item_heard", before())),
        Begun::New(mut act) => {
            acts::heard(&mut act, id).await?;
            Ok(Answer::to("/", "session_item_heard", act.commit(&id.to_string()).await?))
        }
    }
}

/// The reasons somebody gives; a session that was called off is no one's choice.
pub(crate) fn reasons() -> &'static [Dropped] {
    const GIVEN: &[Dropped] = &[
        Dropped::Settled,
        Dropped::NoTime,
        Dropped::ConsentGone,
        Dropped::ToConfidential,
        Dropped::Died,
        Dropped::Moved,
        Dropped::NotHere,
        Dropped::NotYet,
        Dropped::Mistake,
    ];
    GIVEN
}

fn href(viewer: &access::Viewer, around: &Around, i: &Item, depth: Depth) -> Option<String> {
    if i.general() {
        return around.lesson(viewer, i).map(link::library_case);
    }
    if depth < Depth::Case {
        return None;
    }
    around.matter(i).map(|s| link::matter(s.id)).or_else(|| i.case.map(link::case))
}
