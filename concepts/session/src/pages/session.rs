//! One session: its agenda as the viewer may know it, who is invited, and the secretariat's steps.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use access::{Role, Viewer};
use askama::Template;
use engine::{Channel, Fail, Look};
use household::Reasons;
use site::{Answer, Choice, Form, Frame, Req, T, link};
use words::code::Code;
use words::id::{AgendaItemId, CommandId, DeskId, EntryId, MeetingId, UserId};

use super::attend::{self, Sections};
use super::codes;
use super::homework::{self, Owed};
use crate::acts::invite;
use crate::in_writing::{self, Said};
use crate::invite::{Seat, changed, invitations, seen};
use crate::known::Depth;
use crate::rules::{
    Arrival, Attendance, Dropped, ItemState, MeetingState, Own, Reply, Vote, Why, may_attend, may_invite_own,
};
use crate::sql::invitee::{self, Invitee, Written};
use crate::sql::item::{self, Item};
use crate::talk::{Seat as Guest, together};
use crate::views::{self, Opened};

/// A desk that has to be there.
pub(crate) struct Party {
    pub name: String,
    pub why: String,
    pub state: String,
    /// It has not answered, says no, or was absent.
    pub red: bool,
}

/// An item of the agenda, as the viewer may know it.
pub(crate) struct Line {
    pub id: AgendaItemId,
    pub n: usize,
    pub title: String,
    pub href: Option<String>,
    pub position: String,
    pub state: String,
    pub code: &'static str,
    pub why: String,
    pub initiator: String,
    pub carried: bool,
    pub parties: Vec<Party>,
    pub votes: Vec<(String, usize)>,
    /// How many of those asked approved it in writing, and who has not answered.
    pub outcome: String,
    pub waits: String,
    pub comments: Vec<(String, String)>,
    /// What was decided: address, for those who work with cases, and words.
    pub decided: Vec<(Option<String>, String)>,
    pub homework: Vec<Owed>,
    /// Where a decision is written down, and homework is given.
    pub decide: Option<String>,
    pub give: Option<String>,
    /// Whether the viewer runs it, as secretariat or in its place.
    pub runs: bool,
    /// The board of its case, where parts are divided, and its plans.
    pub opens: Vec<(String, String)>,
    /// It stands in the position that asks three things of each case.
    pub fixed: bool,
    /// Where what is missing in the town becomes a community issue.
    pub issue: Option<String>,
    /// What its case could not get, as categories to begin such an issue with.
    pub lacks: Vec<super::lacking::Lack>,
    /// It is over and nothing came out of it yet.
    pub nothing: bool,
    /// Who of the household, or with them, is invited to it, and how they were there.
    pub own: Vec<(String, String)>,
    /// The same to be chosen: field, label, choices.
    pub own_fields: Vec<(&'static str, String, Vec<Choice>)>,
    pub own_command: CommandId,
    /// Nobody approved it in writing: whoever concludes it says that it is meant so.
    pub unapproved: bool,
    pub earlier: CommandId,
    pub begin: CommandId,
    pub conclude: CommandId,
    pub carry: CommandId,
    pub drop: CommandId,
}

struct Waiting {
    id: AgendaItemId,
    what: String,
    position: String,
    priority: String,
    since: String,
    version: i64,
    place: CommandId,
}

#[derive(Template)]
#[template(path = "session_page.html")]
struct SessionPage {
    frame: Frame,
    form: Form,
    id: MeetingId,
    version: i64,
    title: String,
    body: Option<(String, String)>,
    when: String,
    place: String,
    secretariat: String,
    answer_by: String,
    capacity: Option<i64>,
    taken: usize,
    state: String,
    planned: bool,
    held: bool,
    cancelled: bool,
    /// The day what it kept was disposed of.
    disposed: Option<String>,
    /// Where it is kept beyond its time, for whoever runs it.
    keep: Option<String>,
    begun: bool,
    /// Every item of an agenda has its end: the session can be ended.
    over: bool,
    invited: bool,
    next: Option<(String, String)>,
    /// Attendance can be noted, or corrected until the minutes are approved.
    attends: bool,
    /// An item was concluded, or something decided, on who was there: it is corrected with a reason, one of these.
    whys_corrected: Vec<Choice>,
    /// What was corrected so, for whoever runs it.
    corrected: Vec<String>,
    /// When its day or place was changed.
    moved: Option<String>,
    /// The members of a matter are others than those invited.
    others: bool,
    /// The viewer runs an item of it in the place of its secretariat.
    stands_in: bool,
    /// Conferences that wait for this viewer to name a deputy.
    deputies: usize,
    lines: Vec<Line>,
    /// What earlier sessions gave somebody to do.
    earlier: Vec<Owed>,
    reasons: Vec<String>,
    guests: Vec<Guest>,
    /// Which sections are there, and which are not.
    sections: Vec<Sections>,
    mine: Option<String>,
    missing: Vec<String>,
    runs: bool,
    queue: Vec<Waiting>,
    drops: Vec<(String, String)>,
    desks: Vec<(String, Vec<Choice>)>,
    whys: Vec<Choice>,
    answered: usize,
    total: usize,
    commands: [CommandId; 7],
    /// Where what a step lacked is mended.
    mends: Vec<(String, String)>,
}

/// GET /sessions/{id}
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Channel::Page).await?;
    render(&req, look, req.id("id")?, Form::default()).await
}

/// Names that a page of a session shows: of desks and of people who work there.
pub(crate) struct Names {
    pub desks: HashMap<DeskId, String>,
    pub users: HashMap<UserId, String>,
}

impl Names {
    pub async fn load(look: &mut Look, o: &Opened) -> Result<Self, Fail> {
        let (m, today) = (look.viewer().municipality, look.now().day());
        let desks: BTreeSet<DeskId> = o
            .invitees
            .iter()
            .map(|i| i.desk)
            .chain(o.parties.iter().map(|p| p.1))
            .chain(o.items.iter().filter_map(|i| o.around.initiator(i)))
            .chain([o.meeting.desk])
            .collect();
        Ok(Self {
            desks: register::desk_names(&mut look.conn(), m, desks, today).await?,
            users: register::user_names(&mut look.conn(), m, o.invitees.iter().filter_map(|i| i.user))
                .await?,
        })
    }

    pub fn desk(&self, id: DeskId) -> String {
        self.desks.get(&id).cloned().unwrap_or_default()
    }

    pub fn guest(&self, i: &Invitee) -> String {
        i.user.and_then(|u| self.users.get(&u)).cloned().unwrap_or_else(|| i.name.clone())
    }
}

/// The agenda, as the viewer may know it.
pub(crate) fn lines(
    (t, new): (&T, impl Fn() -> CommandId),
    viewer: &Viewer,
    o: &Opened,
    names: &Names,
    written: &[Written],
) -> Vec<Line> {
    let everybody: Vec<Seat> = o.invitees.iter().map(|i| (i.item, i.desk, i.attendance)).collect();
    o.items
        .iter()
        .enumerate()
        .map(|(at, i)| {
            let depth = o.depth(viewer, i);
            // Before the pledge a member knows which kind of conference it is, and nothing else (disclosure rule 8).
            let open = o.runs || depth == Depth::Case;
            let votes: Vec<Vote> = written.iter().filter(|w| w.item == i.id).map(|w| w.vote).collect();
            // While it goes on those count who may hear it; afterwards who was there stays who was there.
            let sitting = i.state.is_open().then(|| o.around.seats(i, &o.invitees));
            let seats = sitting.as_deref().unwrap_or(&everybody);
            let asked = if open { in_writing::of_item(o, i, written) } else { Vec::new() };
            Line {
                outcome: in_writing::outcome(t, &asked),
                waits: waits(t, o, names, &asked),
                id: i.id,
                n: at + 1,
                title: super::bodies::what(t, &o.around, viewer, i, at + 1),
                href: href(viewer, o, i, depth),
                position: if depth >= Depth::Position { o.around.position(i) } else { String::new() },
                state: t.code("session_item", i.state),
                code: i.state.code(),
                why: i.dropped.filter(|_| open).map(|d| t.code("session_dropped", d)).unwrap_or_default(),
                initiator: o.around.initiator(i).filter(|_| open).map(|d| names.desk(d)).unwrap_or_default(),
                carried: i.carried_from.is_some(),
                parties: if open { parties(t, o, i, names, seats) } else { Vec::new() },
                votes: if open && o.meeting.writing { tallied(t, &votes) } else { Vec::new() },
                comments: written
                    .iter()
                    .filter(|w| w.item == i.id && !w.comment.is_empty() && depth == Depth::Case)
                    .map(|w| {
                        let who = o.invitees.iter().find(|g| g.id == w.invitee);
                        (who.map(|g| came_in(t, names, g, w)).unwrap_or_default(), w.comment.clone())
                    })
                    .collect(),
                decided: Vec::new(),
                homework: Vec::new(),
                decide: None,
                give: None,
                runs: o.runs_item(viewer, i),
                opens: opens(t, viewer, o, i),
                fixed: fixed(viewer, o, i),
                issue: issue(viewer, o, i),
                lacks: Vec::new(),
                nothing: false,
                own: o.own(t, viewer, i),
                own_fields: own_fields(t, viewer, o, i),
                own_command: new(),
                unapproved: o.meeting.writing && !votes.contains(&Vote::Approve),
                earlier: new(),
                begin: new(),
                conclude: new(),
                carry: new(),
                drop: new(),
            }
        })
        .collect()
}

/// Who said something in writing, when it came in, and how, when somebody else wrote it down.
fn came_in(t: &T, names: &Names, who: &Invitee, w: &Written) -> String {
    let told = if w.told_by.is_empty() { String::new() } else { t.code("told_by", &w.told_by) };
    let on = t.f("session.received_on", "day", t.full_day(w.received));
    let name = format!("{} {}", names.desk(who.desk), names.guest(who));
    [name.trim(), &on, &told].into_iter().filter(|x| !x.is_empty()).collect::<Vec<_>>().join("\u{3000}")
}

/// Who has not answered in writing yet.
fn waits(t: &T, o: &Opened, names: &Names, asked: &[Said]) -> String {
    let silent = asked.iter().filter(|s| s.answer.is_none());
    let who = silent.filter_map(|s| o.invitees.iter().find(|g| g.id == s.invitee));
    let all: Vec<String> =
        who.map(|g| format!("{} {}", names.desk(g.desk), names.guest(g)).trim().to_owned()).collect();
    all.join(t.s("site.comma"))
}

/// Where the parts of a case are divided and its plans stand, for whoever has a part in it.
fn opens(t: &T, viewer: &Viewer, o: &Opened, i: &Item) -> Vec<(String, String)> {
    let Some(case) = o.around.part(viewer, i) else { return Vec::new() };
    let word = |key: &str| t.s(key).to_owned();
    vec![
        (link::case_board(case), word("session.to_board")),
        (link::case_plans(case), word("session.to_plans")),
    ]
}

/// 重層的支援会議 asks of each case whether the plan fits, how it ends, and what the town does not have.
fn fixed(viewer: &Viewer, o: &Opened, i: &Item) -> bool {
    i.position == "integrated" && o.knows(viewer, i) && i.state != ItemState::Dropped
}

/// Roles that open and write community issues.
pub(crate) const WRITES_ISSUES: &[Role] =
    &[Role::Caseworker, Role::AgencyLead, Role::Coordinator, Role::Liaison, Role::CommitteeMember];

/// From what a case lacks, and from a general subject that was talked over, to a community issue, which names nobody.
fn issue(viewer: &Viewer, o: &Opened, i: &Item) -> Option<String> {
    if !viewer.has_role(WRITES_ISSUES) {
        return None;
    }
    if i.general() && matches!(i.state, ItemState::InSession | ItemState::Concluded) {
        let title = site::Fields::from_pairs(vec![("a-title".to_owned(), i.subject.clone())]).encode();
        return Some(format!("{}/new?{title}", link::ISSUES));
    }
    fixed(viewer, o, i).then(|| format!("{}/new", link::ISSUES))
}

/// Who of the household, or with them, can be invited to an item, and how they came: for whoever runs the session and knows whose it is.
fn own_fields(t: &T, viewer: &Viewer, o: &Opened, i: &Item) -> Vec<(&'static str, String, Vec<Choice>)> {
    let theirs = may_invite_own(i.general(), o.around.in_confidence(i)).is_ok();
    let over = o.meeting.state == MeetingState::Cancelled || i.state == ItemState::Dropped;
    if !o.runs_item(viewer, i) || over || !theirs || !o.knows(viewer, i) {
        return Vec::new();
    }
    Own::ALL
        .iter()
        .map(|who| {
            let now = o.own.iter().find(|(id, w, _)| *id == i.id && w == who);
            let form = Form::filled(vec![("came", now.map(|n| n.2.code().to_owned()).unwrap_or_default())]);
            (who.code(), t.code("session_own", who), codes(t, &form, "came", "session_came", Arrival::ALL))
        })
        .collect()
}

/// What was said in writing, with the words about cases that this viewer may read.
pub(crate) async fn said_in_writing(
    look: &mut Look,
    o: &Opened,
    reasons: &mut Reasons,
) -> Result<Vec<Written>, Fail> {
    let viewer = look.viewer().clone();
    let mut written = invitee::written(&mut look.conn(), viewer.municipality, o.meeting.id).await?;
    let known = |w: &&Written| o.items.iter().any(|i| i.id == w.item && o.knows(&viewer, i));
    let entries: Vec<EntryId> = written.iter().filter(known).filter_map(|w| w.entry).collect();
    if entries.is_empty() {
        return Ok(written);
    }
    let sealed = household::entry::by_ids(&mut look.conn(), &viewer, entries).await?;
    let texts = look.disclose(sealed).await?;
    reasons.of_all(&texts);
    for w in &mut written {
        if let Some(text) = texts.iter().find(|e| Some(e.id) == w.entry) {
            w.comment.clone_from(&text.body);
        }
    }
    Ok(written)
}

fn tallied(t: &T, votes: &[Vote]) -> Vec<(String, usize)> {
    let counted = crate::rules::tally(votes);
    Vote::ALL
        .iter()
        .zip(counted)
        .filter(|(_, n)| *n > 0)
        .map(|(v, n)| (t.code("session_vote", v), n))
        .collect()
}

fn href(viewer: &Viewer, o: &Opened, i: &Item, depth: Depth) -> Option<String> {
    if i.general() {
        return o.around.lesson(viewer, i).map(link::library_case);
    }
    match (i.matter, o.around.matter(i)) {
        (Some(matter), Some(standing)) if standing.sensed(viewer) => Some(link::matter(matter)),
        (None, _) if depth == Depth::Case => i.case.map(link::case),
        _ => None,
    }
}

fn parties(t: &T, o: &Opened, i: &Item, names: &Names, seats: &[Seat]) -> Vec<Party> {
    let alone: Vec<DeskId> = o.around.called(i, &o.parties).unseated().collect();
    o.parties
        .iter()
        .filter(|p| p.0 == i.id)
        .map(|(_, desk, why)| {
            let name = names.desk(*desk);
            let why_word = t.code("session_why", why);
            if i.state.is_open() && alone.contains(desk) {
                let state = t.s("session.no_member").to_owned();
                return Party { name, why: why_word, state, red: true };
            }
            let speak = o.around.speaking(i, (*desk, *why));
            let of_desk = |g: &&Invitee| speak.contains(&g.desk) && g.item.is_none_or(|x| x == i.id);
            let replies: Vec<Reply> = o.invitees.iter().filter(of_desk).filter_map(|g| g.reply).collect();
            let reply = replies.iter().find(|r| **r != Reply::Absent).or(replies.first()).copied();
            let noted: Vec<Attendance> = speak.iter().filter_map(|d| seen(i.id, *d, seats)).collect();
            let attendance = noted.iter().find(|a| a.was_there()).or(noted.first()).copied();
            let (state, red) = match (attendance, reply) {
                (Some(a), _) => (t.code("session_attendance", a), !a.was_there()),
                (None, Some(r)) => (t.code("session_reply", r), r == Reply::Absent),
                (None, None) => (t.s("session.silent").to_owned(), o.meeting.invited_at.is_some()),
            };
            Party { name, why: why_word, state, red }
        })
        .collect()
}

/// Whether the viewer may see this invitation: those to the whole session everybody does, those to an item whoever runs the session
/// or may know which case it is, and one's own; of one's own family nothing that is not everybody's.
pub(crate) fn sees(viewer: &Viewer, o: &Opened, i: &Invitee) -> bool {
    match i.item {
        None => true,
        Some(of) => {
            (invite::answers(viewer, i) && !o.keeps_out(viewer, i))
                || o.runs
                || o.items.iter().any(|x| x.id == of && o.knows(viewer, x))
        }
    }
}

pub(crate) async fn render(req: &Req, mut look: Look, id: MeetingId, form: Form) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let t = frame.t.clone();
    let (m, today) = (ctx.viewer.municipality, ctx.now.day());
    let o = views::open(&mut look.conn(), &ctx.viewer, id, today).await?;
    let names = Names::load(&mut look, &o).await?;
    let mut reasons = Reasons::default();
    let written = said_in_writing(&mut look, &o, &mut reasons).await?;
    let approved = crate::sql::meeting::minutes_stand(&mut look.conn(), m, id).await?;
    let planned = o.meeting.state == MeetingState::Planned;
    let begun = ctx.now.day() >= o.meeting.starts.day();
    let queue = match o.meeting.body.filter(|_| o.runs && planned) {
        Some(body) => item::queue(&mut look.conn(), m, body).await?,
        None => Vec::new(),
    };
    let deputies =
        if planned { conference::deputies_wanted(&mut look.conn(), &ctx.viewer, ctx.now).await? } else { 0 };
    let waiting = crate::known::Around::load(&mut look.conn(), &ctx.viewer, &queue).await?;
    let next = match o.meeting.next {
        Some(next) => crate::sql::meeting::by_id(&mut look.conn(), m, next).await?,
        None => None,
    };
    let corrected = attend::corrected(&mut look, &frame, (id, o.runs)).await?;
    let desks =
        if o.runs && planned { register::desks(&mut look.conn(), m, today).await? } else { Vec::new() };
    let guests = together((&t, &form), &ctx.viewer, &o, &names);
    let mine = o.invitees.iter().find(|i| {
        planned && invite::answers(&ctx.viewer, i) && i.reply.is_none() && !o.keeps_out(&ctx.viewer, i)
    });
    let mut agenda = lines((&t, || req.engine().new_id()), &ctx.viewer, &o, &names, &written);
    outcomes(&mut look, &frame, &o, &mut agenda, &mut reasons).await?;
    let earlier = homework::earlier(&mut look, &frame, &o, &mut reasons).await?;
    let commands = [(); 7].map(|()| req.engine().new_id());
    let page = SessionPage {
        id,
        version: o.meeting.version,
        title: o.meeting.title.clone(),
        body: o.body.as_ref().map(|b| (link::body(b.id), b.name.clone())),
        when: span(&frame, &o.meeting),
        place: super::sessions::place(&t, &o.meeting),
        secretariat: names.desk(o.meeting.desk),
        answer_by: frame.day(&o.meeting.answer_by),
        capacity: o.meeting.capacity,
        taken: o.items.iter().filter(|i| i.takes_room()).count(),
        state: t.code("session_state", o.meeting.state),
        planned,
        held: o.meeting.state == MeetingState::Held,
        cancelled: o.meeting.state == MeetingState::Cancelled,
        disposed: o.meeting.disposed_at.map(|at| frame.day(&at.day())),
        keep: (o.runs && !planned).then(|| link::meeting_keep(id)),
        begun,
        over: begun && !o.items.is_empty() && o.items.iter().all(|i| !i.state.is_open()),
        invited: o.meeting.invited_at.is_some(),
        next: next.map(|k| (link::meeting(k.id), format!("{} {}", k.title, frame.moment(&k.starts)))),
        attends: o.runs && begun && may_attend(o.meeting.state, approved).is_ok(),
        stands_in: !o.runs && o.items.iter().any(|i| o.runs_item(&ctx.viewer, i)),
        whys_corrected: attend::whys(&t, &form, &o),
        corrected,
        moved: o.meeting.moved_at.filter(|_| planned).map(|at| frame.moment(&at)),
        others: o.runs && planned && o.meeting.invited_at.is_some() && others(&o),
        deputies,
        lines: agenda,
        earlier,
        reasons: reasons.sentences(&t),
        missing: guests.iter().filter(|g| g.missed).map(|g| g.desk.clone()).collect(),
        answered: guests.iter().filter(|g| !g.silent).count(),
        total: guests.len(),
        guests,
        sections: attend::sections(&t, &ctx.viewer, &o, &names),
        mine: mine.map(|i| link::invitation(i.id)),
        queue: queue
            .iter()
            .enumerate()
            .map(|(n, i)| Waiting {
                id: i.id,
                what: super::bodies::what(&t, &waiting, &ctx.viewer, i, n + 1),
                position: waiting.position(i),
                priority: t.code("session_priority", i.priority),
                since: frame.day(&i.proposed_at.day()),
                version: i.version,
                place: req.engine().new_id(),
            })
            .collect(),
        drops: Dropped::ALL
            .iter()
            .filter(|d| **d != Dropped::Cancelled)
            .map(|d| (d.code().to_owned(), t.code("session_dropped", d)))
            .collect(),
        desks: register::desk_groups(&t, &form, "desk", &desks, &[]),
        whys: codes(&t, &form, "why", "session_why", &[Why::Guest, Why::Observer, Why::Section]),
        runs: o.runs,
        commands,
        mends: super::step::mends(&t, &ctx.viewer, &o, &form),
        frame,
        form: form.clone(),
    };
    let receipt = look.close().await?;
    super::shown(page.render(), &form, receipt)
}

/// What came out of each item, as far as the viewer may know it: decisions and homework, and where more is written down.
pub(crate) async fn outcomes(
    look: &mut Look,
    frame: &Frame,
    o: &Opened,
    lines: &mut [Line],
    reasons: &mut Reasons,
) -> Result<(), Fail> {
    let viewer = look.viewer().clone();
    let works = viewer.has_role(site::WORKERS);
    let decided = decision::of_items(&mut look.conn(), &viewer, o.items.iter().map(|i| i.id)).await?;
    let owed = homework::of_items(look, frame, (&o.items, &o.around), reasons).await?;
    for (line, i) in lines.iter_mut().zip(&o.items) {
        let words = |d: &decision::Line| {
            let address = works.then(|| link::decision(d.id));
            let void = if d.void { frame.t.code("decision_state", "void") } else { String::new() };
            (address, format!("{} {void}", d.words(frame)).trim().to_owned())
        };
        line.decided = decided.iter().filter(|(of, _)| *of == i.id).map(|(_, d)| words(d)).collect();
        line.homework = owed.iter().filter(|(of, _)| *of == i.id).map(|(_, h)| h.clone()).collect();
        line.decide = decides(&viewer, o, i);
        line.give = homework::may(&viewer, o, i).then(|| format!("{}/homework", link::agenda_item(i.id)));
        let over = i.state == ItemState::Concluded && o.knows(&viewer, i);
        line.nothing = over && o.runs && line.decided.is_empty() && line.homework.is_empty();
    }
    super::lacking::add(look, &frame.t, o, lines).await
}

/// Whether others than those invited sit in the matters of the agenda now, or have to come.
fn others(o: &Opened) -> bool {
    let open: Vec<_> = o.items.iter().filter(|i| i.state.is_open()).collect();
    let called: Vec<_> = open.iter().map(|i| o.around.called(i, &o.parties)).collect();
    let there: Vec<_> = o.invitees.iter().map(Invitee::invitation).collect();
    let otherwise = changed(&there, None, &called);
    let open = |(at, why): &(usize, Option<Why>)| {
        why.is_some() || o.invitees.get(*at).is_some_and(|i| !invite::stays_noted(i))
    };
    otherwise.iter().any(open) || !invitations(&there, None, &called).is_empty()
}

/// Where a decision of this item is written down, for a coordinator who sits in its matter, or its deputy.
fn decides(viewer: &Viewer, o: &Opened, i: &Item) -> Option<String> {
    let standing = o.around.matter(i).filter(|s| s.open && s.known(viewer))?;
    let sits = standing.pledged || (standing.office && standing.rests_on == conference::RestsOn::Consent);
    let now = matches!(i.state, ItemState::InSession | ItemState::Concluded);
    let writes = standing.deputy.is_some() || viewer.has_role(&[access::Role::Coordinator]);
    let may = sits && now && standing.case.is_some() && writes;
    may.then(|| format!("{}?on={}", link::matter_decide(standing.id), o.meeting.starts.day()))
}

/// `2026年12月9日（水） 14:00〜15:30`.
pub fn span(frame: &Frame, k: &crate::sql::meeting::Meeting) -> String {
    let clock = |at: words::Instant| format!("{}:{:02}", at.hour(), at.minute());
    format!("{} {}〜{}", frame.t.full_day(k.starts.day()), clock(k.starts), clock(k.ends))
}
