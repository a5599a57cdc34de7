//! 宿題: on the page of a session as its viewer may know it, the form that gives it, and its own page.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use access::Viewer;
use askama::Template;
use engine::{Begun, Channel, Fail, Look};
use household::{Reasons, ToldBy, entry};
use site::{Answer, Choice, Form, Frame, Need, Req, T, link};
use task::TaskState;
use words::code::Code;
use words::id::{AgendaItemId, CommandId, DeskId, HomeworkId, InviteeId, MeetingId, UserId};

use super::session::Names;
use super::step::Sent;
use super::{before, codes, sense, shown};
use crate::acts::homework::{self as acts, Given};
use crate::acts::said::may_keep;
use crate::known::{Around, Depth};
use crate::marks::{self, Offered};
use crate::rules::homework::{ByWhen, may_give};
use crate::sql::homework::{self as sql, Absence, Homework};
use crate::sql::item::{self, Item};
use crate::sql::meeting;
use crate::views::{self, Opened};

/// Longest text of homework.
const MOST: usize = 400;

/// Homework as its viewer may know it.
#[derive(Debug, Clone)]
pub struct Owed {
    /// Its own page, or the invitation that somebody did not follow.
    pub href: String,
    /// What is to be done.
    pub what: String,
    /// Whose it is.
    pub who: String,
    /// By when.
    pub due: String,
    /// Where it stands, in words.
    pub state: String,
    /// Still to be done.
    pub open: bool,
    /// Open after its day.
    pub late: bool,
    /// What came of it.
    pub result: String,
    /// The session that gave it, on the page of another one.
    pub from: String,
}

/// The words of homework that this viewer may read, and the names of whose it is.
struct Read {
    words: BTreeMap<words::id::EntryId, String>,
    desks: HashMap<DeskId, String>,
    users: HashMap<UserId, String>,
}

async fn read(look: &mut Look, all: &[Homework], reasons: &mut Reasons) -> Result<Read, Fail> {
    let (viewer, today) = (look.viewer().clone(), look.now().day());
    let m = viewer.municipality;
    let ids: BTreeSet<_> = all.iter().flat_map(|h| [h.entry, h.result_entry]).flatten().collect();
    let latest = entry::latest(&mut look.conn(), m, ids.iter().copied()).await?;
    let sealed = entry::by_ids(&mut look.conn(), &viewer, latest.values().copied()).await?;
    let open = look.disclose(sealed).await?;
    reasons.of_all(&open);
    let body = |id| open.iter().find(|e| Some(&e.id) == latest.get(&id)).map(|e| e.body.clone());
    let words = ids.into_iter().filter_map(|id| Some((id, body(id)?))).collect();
    let desks = all.iter().flat_map(|h| [h.desk, h.held_by]);
    Ok(Read {
        words,
        desks: register::desk_names(&mut look.conn(), m, desks, today).await?,
        users: register::user_names(&mut look.conn(), m, all.iter().filter_map(|h| h.user)).await?,
    })
}

impl Read {
    fn owed(&self, frame: &Frame, h: &Homework, from: String) -> Owed {
        let t = &frame.t;
        let said = |plain: &str, entry: Option<_>| match entry {
            None => plain.to_owned(),
            Some(id) => {
                self.words.get(&id).cloned().unwrap_or_else(|| t.s("session.homework_hidden").to_owned())
            }
        };
        let desk = self.desks.get(&h.desk).cloned().unwrap_or_default();
        let person = h.user.and_then(|u| self.users.get(&u)).cloned().unwrap_or_else(|| h.name.clone());
        let mut who = if person.is_empty() { desk } else { format!("{desk} {person}") };
        // The desk has ended or was merged: somebody else holds it now.
        if !h.heard
            && h.held_by != h.desk
            && let Some(now) = self.desks.get(&h.held_by)
        {
            who = t.fs("session.homework_now_at", &[("who", who), ("desk", now.clone())]);
        }
        let open = h.state == TaskState::Open;
        Owed {
            href: link::homework(h.id),
            what: said(&h.what, h.entry),
            who,
            due: due(frame, h),
            state: if h.told_by.is_empty() {
                t.code("session_homework", h.state)
            } else {
                let how = t.code("told_by", &h.told_by);
                t.fs("session.homework_told", &[("state", t.code("session_homework", h.state)), ("how", how)])
            },
            open,
            late: open && h.due_at < frame.now,
            result: if h.result_entry.is_none() { h.result.clone() } else { said("", h.result_entry) },
            from,
        }
    }
}

fn due(frame: &Frame, h: &Homework) -> String {
    let day = frame.day(&h.due_at.day());
    if h.by_next {
        frame.t.f("session.homework_by_next", "day", day)
    } else {
        frame.t.f("session.until", "day", day)
    }
}

/// The homework of these items that the viewer may know, by item. Of an item they may not know nothing is told, not even that somebody
/// has something to do.
pub(crate) async fn of_items(
    look: &mut Look,
    frame: &Frame,
    (items, around): (&[Item], &Around),
    reasons: &mut Reasons,
) -> Result<Vec<(AgendaItemId, Owed)>, Fail> {
    let viewer = look.viewer().clone();
    let known: Vec<AgendaItemId> =
        items.iter().filter(|i| around.depth(&viewer, i, false) == Depth::Case).map(|i| i.id).collect();
    let all = sql::of_items(&mut look.conn(), viewer.municipality, known).await?;
    let read = read(look, &all, reasons).await?;
    Ok(all.iter().map(|h| (h.item, read.owed(frame, h, String::new()))).collect())
}

/// What earlier sessions gave, for the agenda of this one; and of those who had to come and did not, what they still owe
///
pub(crate) async fn earlier(
    look: &mut Look,
    frame: &Frame,
    o: &Opened,
    reasons: &mut Reasons,
) -> Result<Vec<Owed>, Fail> {
    let (viewer, today) = (look.viewer().clone(), look.now().day());
    let m = viewer.municipality;
    let carried: Vec<AgendaItemId> = o.items.iter().filter_map(|i| i.carried_from).collect();
    let all = sql::before(&mut look.conn(), m, &o.meeting, &carried).await?;
    let items = item::by_ids(&mut look.conn(), m, all.iter().map(|h| h.item)).await?;
    let around = Around::load(&mut look.conn(), &viewer, &items).await?;
    let known = |h: &Homework| {
        let of = items.iter().find(|i| i.id == h.item);
        of.is_some_and(|i| around.depth(&viewer, i, false) == Depth::Case)
    };
    let all: Vec<Homework> = all.into_iter().filter(known).collect();
    let absences = sql::absences(&mut look.conn(), m, &o.meeting).await?;
    let meetings: BTreeSet<MeetingId> =
        all.iter().map(|h| h.meeting).chain(absences.iter().map(|a| a.meeting)).collect();
    let titles: BTreeMap<MeetingId, String> =
        meeting::by_ids(&mut look.conn(), m, meetings).await?.into_iter().map(|k| (k.id, k.title)).collect();
    let read = read(look, &all, reasons).await?;
    let title = |id| titles.get(&id).cloned().unwrap_or_default();
    let mut found: Vec<Owed> = all.iter().map(|h| read.owed(frame, h, title(h.meeting))).collect();
    // Who comes to one item only says something about it.
    let told: Vec<&Absence> = absences
        .iter()
        .filter(|a| {
            a.meeting != o.meeting.id && (a.item.is_none() || o.runs || viewer.desks().contains(&a.desk))
        })
        .collect();
    let desks = register::desk_names(&mut look.conn(), m, told.iter().map(|a| a.desk), today).await?;
    found.extend(told.into_iter().map(|a| {
        let open = a.state == TaskState::Open;
        Owed {
            href: link::invitation(a.invitee),
            what: frame.t.s("session.homework_absence").to_owned(),
            who: desks.get(&a.desk).cloned().unwrap_or_default(),
            due: frame.t.f("session.until", "day", frame.day(&a.due_at.day())),
            state: frame.t.code("session_homework", a.state),
            open,
            late: open && a.due_at < frame.now,
            result: String::new(),
            from: title(a.meeting),
        }
    }));
    Ok(found)
}

/// Whom homework can be given to: those invited, then every desk; in confidence only members who have pledged, and their desks.
pub(crate) struct Takers {
    pub invited: Vec<Choice>,
    pub desks: Vec<(String, Vec<Choice>)>,
}

/// Those invited to an item, or to the whole session, who may have something to do about it.
pub(crate) fn invited(form: &Form, o: &Opened, of: &Item, names: &Names) -> Vec<Choice> {
    let mut once = BTreeSet::new();
    o.invitees
        .iter()
        .filter(|i| i.item.is_none_or(|x| x == of.id))
        .filter(|i| o.around.may_take(of, (i.desk, i.user, &i.name)))
        .filter(|i| once.insert(i.who()))
        .map(|i| {
            let word = format!("{} {}", names.desk(i.desk), names.guest(i));
            Choice::new(form, "who", format!("i-{}", i.id), word.trim().to_owned())
        })
        .collect()
}

/// The choices, as far as the viewer may know who is invited.
pub(crate) async fn takers(
    look: &mut Look,
    (t, form): (&T, &Form),
    o: &Opened,
    of: &Item,
    names: &Names,
) -> Result<Takers, Fail> {
    let (m, today) = (look.viewer().municipality, look.now().day());
    let invited = invited(form, o, of, names);
    let mut desks = register::desks(&mut look.conn(), m, today).await?;
    desks.retain(|d| o.around.may_take(of, (d.id, None, "")));
    Ok(Takers { invited, desks: register::desk_groups(t, form, "desk", &desks, &[]) })
}

#[derive(Template)]
#[template(path = "session_homework_form.html")]
struct FormPage {
    frame: Frame,
    form: Form,
    id: AgendaItemId,
    meeting: (String, String),
    item: String,
    given: Vec<Owed>,
    takers: Takers,
    marks: Offered,
    /// It is talked over in confidence: what may be told at a desk is marked.
    secret: bool,
    next: String,
    max: usize,
    reasons: Vec<String>,
}

/// An item of a session that the viewer runs, and of which they may know what it is about: whoever may not can give nobody
/// anything to do.
async fn opened(look: &mut Look, id: AgendaItemId) -> Result<(Opened, Item), Fail> {
    let (viewer, today) = (look.viewer().clone(), look.now().day());
    let m = viewer.municipality;
    let i = item::by_id(&mut look.conn(), m, id).await?.ok_or(Fail::NotVisible)?;
    let meeting = i.meeting.ok_or(Fail::NotVisible)?;
    let o = views::open(&mut look.conn(), &viewer, meeting, today).await?;
    if o.runs_item(&viewer, &i) && o.knows(&viewer, &i) { Ok((o, i)) } else { Err(Fail::NotVisible) }
}

/// Whether homework can be given out of an item by whoever runs its session and may know it.
pub(crate) fn may(viewer: &Viewer, o: &Opened, i: &Item) -> bool {
    o.runs_item(viewer, i) && o.knows(viewer, i) && may_give(o.meeting.state, i.state).is_ok()
}

/// GET /sessions/items/{id}/homework
pub(crate) async fn new(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Channel::Write).await?;
    form_page(&req, look, Form::default()).await
}

async fn form_page(req: &Req, mut look: Look, form: Form) -> Result<Answer, Fail> {
    let frame = req.frame();
    let t = frame.t.clone();
    let m = look.viewer().municipality;
    let (o, i) = opened(&mut look, req.id("id")?).await?;
    let names = Names::load(&mut look, &o).await?;
    let mut reasons = Reasons::default();
    let given = of_items(&mut look, &frame, (std::slice::from_ref(&i), &o.around), &mut reasons).await?;
    let next = match o.meeting.next {
        Some(next) => meeting::by_id(&mut look.conn(), m, next).await?,
        None => None,
    };
    let page = FormPage {
        id: i.id,
        meeting: (link::meeting(o.meeting.id), o.meeting.title.clone()),
        item: super::bodies::what(&t, &o.around, look.viewer(), &i, o.number(i.id)),
        given: given.into_iter().map(|(_, h)| h).collect(),
        takers: takers(&mut look, (&t, &form), &o, &i, &names).await?,
        marks: marks::offered(&mut look, (&t, &form, "what"), (&o, &i), None).await?,
        secret: o.in_confidence(&i),
        next: next.map(|k| frame.moment(&k.starts)).unwrap_or_default(),
        max: MOST,
        reasons: reasons.sentences(&t),
        frame,
        form: form.clone(),
    };
    let receipt = look.close().await?;
    shown(page.render(), &form, receipt)
}

/// What a form or a line of one says.
pub(crate) async fn read_given(
    look: &mut Look,
    (t, form): (&T, &mut Form),
    o: &Opened,
    i: &Item,
) -> Result<Option<Given>, Fail> {
    let what = form.paragraph("what", Need::Required, MOST);
    if i.general() && !what.is_empty() {
        sense(look, form, "what", &what).await?;
    }
    let invited: Option<InviteeId> = form.value("who").strip_prefix("i-").and_then(|v| v.parse().ok());
    let invited = invited
        .and_then(|id| o.invitees.iter().find(|g| g.id == id))
        .filter(|g| g.item.is_none_or(|x| x == i.id));
    let desk: Option<DeskId> = form.id("desk", Need::Optional);
    let name = form.line("name", Need::Optional, 60);
    let on = form.promised_day("due", Need::Optional);
    let by = match (form.ticked("by_next"), on) {
        (true, _) => Some(ByWhen::Next),
        (false, Some(day)) => Some(ByWhen::Day(day)),
        (false, None) => None,
    };
    let whose = match (invited, desk) {
        (Some(g), _) => Some((g.desk, g.user, g.name.clone())),
        (None, Some(desk)) => Some((desk, None, name)),
        (None, None) => None,
    };
    match &whose {
        None => form.problem("who", "session.homework_whose"),
        Some((desk, user, name)) if !o.around.may_take(i, (*desk, *user, name)) => {
            form.problem("who", "session.homework_members");
        }
        Some(_) => {}
    }
    match by {
        None => form.problem("due", "session.homework_when"),
        Some(ByWhen::Day(day)) if day < look.now().day() => form.problem("due", "session.homework_past"),
        Some(_) => {}
    }
    let marks = marks::chosen(look, (t, form, "what"), (o, i)).await?;
    let given = whose.zip(by).map(|((desk, user, name), by)| Given { what, desk, user, name, by, marks });
    Ok(given.filter(|_| !form.has_problems()))
}

/// POST /sessions/items/{id}/homework
pub(crate) async fn give(req: Arc<Req>) -> Result<Answer, Fail> {
    match give_from(&req, req.id("id")?, false).await? {
        Sent::Done(answer) => Ok(answer),
        Sent::Again(form) => form_page(&req, req.ctx()?.look(Channel::Write).await?, form).await,
    }
}

/// Gives homework out of an item from a form of its own page, or of the room: whoever takes notes while people talk stays there.
pub async fn give_from(req: &Req, id: AgendaItemId, room: bool) -> Result<Sent, Fail> {
    let ctx = req.ctx()?;
    let mut form = req.form();
    let mut look = ctx.look(Channel::Write).await?;
    let (o, i) = opened(&mut look, id).await?;
    let Some(given) = read_given(&mut look, (&req.t(), &mut form), &o, &i).await? else {
        look.close().await?;
        return Ok(Sent::Again(form));
    };
    look.close().await?;
    let room = if room { "/room" } else { "" };
    let to = format!("{}{room}?done=session_homework_given#item-{id}", link::meeting(o.meeting.id));
    let done = |receipt| Ok(Sent::Done(Answer::to(&to, "", receipt)));
    match ctx.act(&req.envelope(), "session.homework", &(id, &given)).await? {
        Begun::Before(_) => done(before()),
        Begun::New(mut act) => match acts::give(&mut act, id, &given).await {
            Ok(made) => done(act.commit(&made.to_string()).await?),
            Err(Fail::Refused(refusal)) => {
                drop(act);
                form.problem("what", refusal.key);
                Ok(Sent::Again(form))
            }
            Err(other) => Err(other),
        },
    }
}

#[derive(Template)]
#[template(path = "session_homework.html")]
struct HomeworkPage {
    frame: Frame,
    form: Form,
    id: HomeworkId,
    version: i64,
    /// What it is, for whoever may know the item.
    owed: Owed,
    known: bool,
    meeting: Option<(String, String)>,
    item: String,
    own: bool,
    runs: bool,
    told: Vec<Choice>,
    drop: CommandId,
    reasons: Vec<String>,
    /// Why no words can be kept about it, in one sentence: then it ends without.
    wordless: &'static str,
    max: usize,
}

/// GET /sessions/homework/{id}
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Channel::Page).await?;
    render(&req, look, Form::default()).await
}

/// Homework for whoever owes it, runs its session, or sits in its session and may know its item; the answer of absence for everybody
/// else, and for whoever is kept out of the household it is about.
async fn render(req: &Req, mut look: Look, form: Form) -> Result<Answer, Fail> {
    let frame = req.frame();
    let t = frame.t.clone();
    let (viewer, today) = (look.viewer().clone(), look.now().day());
    let town = viewer.municipality;
    let id: HomeworkId = req.id("id")?;
    let h = sql::by_id(&mut look.conn(), town, id).await?.ok_or(Fail::NotVisible)?;
    let i = item::by_id(&mut look.conn(), town, h.item).await?.ok_or(Fail::NotVisible)?;
    let own = acts::owes(&viewer, &h);
    let sits = match views::open(&mut look.conn(), &viewer, h.meeting, today).await {
        Ok(o) => Some(o),
        Err(Fail::NotVisible) => None,
        Err(other) => return Err(other),
    };
    let runs = sits.as_ref().is_some_and(|o| o.runs);
    let around = Around::load(&mut look.conn(), &viewer, std::slice::from_ref(&i)).await?;
    // A general subject is known to those who sit there and to whoever has to do something about it.
    let known = around.depth(&viewer, &i, false) == Depth::Case && (sits.is_some() || own);
    if around.keeps_out(&viewer, &i) || !(own || runs || known) {
        return Err(Fail::NotVisible);
    }
    let mut reasons = Reasons::default();
    let shown_of: &[Homework] = if known { std::slice::from_ref(&h) } else { &[] };
    let mut read = read(&mut look, shown_of, &mut reasons).await?;
    if !known {
        read.desks = register::desk_names(&mut look.conn(), town, [h.desk, h.held_by], today).await?;
    }
    let number = sits.as_ref().map_or(0, |o| o.number(i.id));
    let page = HomeworkPage {
        id,
        version: h.version,
        owed: read.owed(&frame, &h, String::new()),
        known,
        meeting: sits.as_ref().map(|o| (link::meeting(h.meeting), o.meeting.title.clone())),
        item: match &sits {
            Some(o) => super::bodies::what(&t, &o.around, &viewer, &i, number),
            None if known => super::bodies::what(&t, &around, &viewer, &i, 1),
            None => String::new(),
        },
        own,
        runs,
        told: codes(&t, &form, "told_by", "told_by", ToldBy::ALL),
        drop: req.engine().new_id(),
        reasons: reasons.sentences(&t),
        wordless: match may_keep(&viewer, &around, &i) {
            Ok(()) => "",
            Err(no) if no.key == "session.words_over" => "session.homework_over_words",
            Err(_) => "session.homework_pledge_words",
        },
        max: MOST,
        frame,
        form: form.clone(),
    };
    let receipt = look.close().await?;
    shown(page.render(), &form, receipt)
}

/// POST /sessions/homework/{id}/{step}: done, or not needed any more.
pub(crate) async fn end(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: HomeworkId = req.id("id")?;
    let mut form = req.form();
    let dropped = match req.param("step") {
        "done" => false,
        "drop" => true,
        _ => return Err(Fail::NotVisible),
    };
    let mut look = ctx.look(Channel::Write).await?;
    let h = sql::by_id(&mut look.conn(), ctx.viewer.municipality, id).await?.ok_or(Fail::NotVisible)?;
    let i = item::by_id(&mut look.conn(), ctx.viewer.municipality, h.item).await?.ok_or(Fail::NotVisible)?;
    let own = acts::owes(&ctx.viewer, &h);
    let result = form.paragraph("result", Need::Optional, MOST);
    if i.general() && !result.is_empty() {
        sense(&mut look, &mut form, "result", &result).await?;
    }
    let need = if own || dropped { Need::Optional } else { Need::Required };
    let told: Option<ToldBy> = form.code("told_by", need);
    if form.has_problems() {
        return render(&req, look, form).await;
    }
    look.close().await?;
    let told_by = told.filter(|_| !own).map(|b| b.code().to_owned()).unwrap_or_default();
    let to = link::homework(id);
    let word = if dropped { "session_homework_dropped" } else { "session_homework_done" };
    match ctx.act(&req.envelope(), "session.homework_end", &(id, dropped, &result, &told_by)).await? {
        Begun::Before(_) => Ok(Answer::to(&to, word, before())),
        Begun::New(mut act) => {
            let ended = if dropped {
                acts::drop_it(&mut act, id).await
            } else {
                acts::done(&mut act, id, &result, &told_by).await
            };
            match ended {
                Ok(()) => Ok(Answer::to(&to, word, act.commit(&id.to_string()).await?)),
                Err(Fail::Refused(refusal)) => {
                    drop(act);
                    form.problem("result", refusal.key);
                    render(&req, ctx.look(Channel::Page).await?, form).await
                }
                Err(other) => Err(other),
            }
        }
    }
}
