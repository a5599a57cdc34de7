//! A board as one viewer sees it: the rows whose words are disclosed, and nothing of the others.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use access::{Action, Disclosed, Facts, RecordRef, Viewer};
use casefile::{CaseHead, CaseState, Loaded};
use engine::{Fail, Look};
use household::{Entry, EntryView};
use register::DeskInfo;
use site::{Frame, Req, link};
use task::{TaskKind, TaskState};
use words::code::Code;
use words::id::{CaseId, CommandId, DeskId, EntryId, ThingId, UserId};

use crate::rules::{self, Flags, Held, State};
use crate::sql::{self, Need, Part};

/// One part, ready to be shown.
pub(crate) struct PartView {
    pub id: ThingId,
    /// Who takes it.
    pub who: String,
    /// The person in charge.
    pub person: String,
    /// The desk that takes it today, and its day: for whoever makes a plan of it.
    pub taker: DeskId,
    pub due: words::Day,
    /// What, as far as disclosed.
    pub what: String,
    pub when: String,
    pub when_iso: String,
    /// `late`, `soon` or nothing; for an open one.
    pub class: &'static str,
    pub open: bool,
    /// The word of its state.
    pub state: String,
    /// Whether this viewer may say that it is done.
    pub may_end: bool,
    /// Whether this viewer may give it back or stop it.
    pub may_stop: bool,
    /// Whom to ask: what this viewer's desk took and may not read.
    pub ask: String,
    /// From whom it came back, and why.
    pub back: String,
    /// A command for each of its forms.
    pub command: CommandId,
    pub other: CommandId,
}

/// What a desk of this viewer took of a need that they may not read: its promise is theirs, its words are not.
pub(crate) struct Unseen {
    pub need: ThingId,
    pub part: ThingId,
    pub when: String,
    pub when_iso: String,
    /// `late`, `soon` or nothing.
    pub class: &'static str,
    /// Whom to ask.
    pub ask: String,
    pub command: CommandId,
}

/// One need, ready to be shown.
pub(crate) struct Row {
    pub id: ThingId,
    pub href: String,
    pub area: String,
    pub area_code: &'static str,
    pub text: EntryView,
    pub owner: String,
    pub owner_id: DeskId,
    /// Whether the section that stands for it has a part in the case.
    pub owner_joined: bool,
    pub parts: Vec<PartView>,
    pub open: bool,
    pub held: bool,
    pub state: String,
    /// Why it ended, and when.
    pub reason: String,
    pub outcome: String,
    pub version: i64,
    /// The marks of its words, for what is written about it.
    pub marks: household::Marks,
    /// What its words go by: for the question who can read them.
    pub facts: Facts,
}

/// A board, loaded.
pub(crate) struct Board {
    pub head: CaseHead,
    pub case: CaseId,
    pub case_open: bool,
    pub rows: Vec<Row>,
    pub ended: Vec<Row>,
    /// What the viewer's desks took without being able to read it.
    pub unseen: Vec<Unseen>,
    pub flags: Flags,
    pub may_write: bool,
    /// Desks with a part in the case, and whoever nobody can sign in at: who can take a part.
    pub takers: Vec<DeskInfo>,
    /// Every desk of today: who can stand for a need. Those with a part in the case first.
    pub owners: Vec<(bool, DeskInfo)>,
    pub members: Vec<(words::id::PersonId, String)>,
}

/// Loads the board of a case for whoever looks. Constant in statements.
pub(crate) async fn load(req: &Req, look: &mut Look, frame: &Frame, case: CaseId) -> Result<Board, Fail> {
    let viewer = look.viewer().clone();
    let (m, today) = (viewer.municipality, look.now().day());
    let mut loaded = casefile::load(look, case).await?;
    let needs = sql::needs(&mut look.conn(), m, case).await?;
    let parts = sql::parts(&mut look.conn(), m, needs.iter().map(|n| n.id)).await?;
    let (latest, mut texts) = texts(look, &mut loaded, &needs, &parts).await?;
    let all = register::desks(&mut look.conn(), m, today).await?;
    let named = parts.iter().flat_map(|p| [Some(p.holder), Some(p.desk), p.giver]).flatten();
    let named = named.chain(needs.iter().map(|n| n.owner)).chain(loaded.header.accountable);
    let desks = register::desks_by_id(&mut look.conn(), m, named.collect::<BTreeSet<_>>(), today).await?;
    let staff = register::user_names(&mut look.conn(), m, parts.iter().filter_map(|p| p.assignee)).await?;
    let about: BTreeMap<EntryId, household::Marks> =
        texts.iter().map(|(id, e)| (*id, crate::acts::same_marks(&e.persons, e.categories))).collect();
    let mut facts: BTreeMap<EntryId, Facts> = texts.iter().map(|(id, e)| (*id, e.facts().clone())).collect();
    let shown: Vec<EntryId> = needs.iter().filter_map(|n| latest.get(&n.entry).copied()).collect();
    let bodies: BTreeMap<EntryId, String> = texts.iter().map(|(id, e)| (*id, e.body.clone())).collect();
    let own_words: Vec<Disclosed<Entry>> = shown.iter().filter_map(|id| texts.remove(id)).collect();
    let views = EntryView::build_all(look, frame, own_words).await?;
    let mut views: BTreeMap<EntryId, EntryView> = views.into_iter().map(|v| (v.id, v)).collect();
    let joined =
        |d: DeskId| loaded.relation.accountable == Some(d) || loaded.relation.case_desks.contains(&d);
    let body = |id: EntryId| latest.get(&id).and_then(|id| bodies.get(id)).cloned().unwrap_or_default();
    let name = |id: DeskId| desks.iter().find(|d| d.id == id).map(|d| d.name.clone()).unwrap_or_default();
    let agency = |id: DeskId| desks.iter().find(|d| d.id == id).map(|d| d.agency);
    let of = Of { req, frame, loaded: &loaded, desks: &desks, staff: &staff, viewer: &viewer };
    let (mut rows, mut ended, mut held) = (Vec::new(), Vec::new(), Vec::new());
    for need in &needs {
        let Some(id) = latest.get(&need.entry) else { continue };
        let (Some(text), Some(facts)) = (views.remove(id), facts.remove(id)) else { continue };
        let taken: Vec<&Part> = parts.iter().filter(|p| p.need == need.id).collect();
        let open_parts: Vec<&&Part> = taken.iter().filter(|p| p.state == TaskState::Open).collect();
        if need.state == State::Open
            && let Some(owner) = agency(need.owner)
        {
            let takers = open_parts.iter().filter_map(|p| agency(p.taker())).collect();
            held.push(Held { area: need.area, owner, takers });
        }
        let row = Row {
            id: need.id,
            href: link::case_need(case, need.id),
            area: frame.t.code("need_area", need.area),
            area_code: need.area.code(),
            owner: name(need.owner),
            owner_id: need.owner,
            owner_joined: joined(need.owner),
            parts: taken.iter().map(|p| of.part(p, p.was(&parts), body(p.entry))).collect(),
            open: need.state == State::Open,
            held: !open_parts.is_empty(),
            state: frame.t.code("need_state", need.state),
            reason: why(frame, need),
            outcome: need.outcome.map(body).unwrap_or_default(),
            version: need.version,
            marks: about
                .get(id)
                .cloned()
                .unwrap_or_else(|| household::Marks::new(Vec::new(), access::Categories::NONE)),
            facts,
            text,
        };
        if row.open { rows.push(row) } else { ended.push(row) }
    }
    let read: BTreeSet<ThingId> = rows.iter().chain(&ended).map(|r: &Row| r.id).collect();
    let unseen =
        parts.iter().filter(|p| !read.contains(&p.need) && of.mine(p)).map(|p| of.unseen(p)).collect();
    let case_open = loaded.header.state == CaseState::Open;
    let mut owners: Vec<(bool, DeskInfo)> = all.iter().map(|d| (joined(d.id), d.clone())).collect();
    owners.sort_by_key(|(joined, _)| !joined);
    Ok(Board {
        case,
        case_open,
        flags: rules::flags(&held),
        may_write: access::may(&viewer, Action::DivideRoles, &loaded.relation).is_ok(),
        takers: all.into_iter().filter(|d| joined(d.id) || !d.has_login).collect(),
        owners,
        members: household::nameable(&frame.t, &loaded.members),
        head: CaseHead::new(frame, &loaded, &viewer),
        rows,
        ended,
        unseen,
    })
}

/// Where each text went, by the id it was first written under.
type Latest = BTreeMap<EntryId, EntryId>;

/// The words of needs and parts as they stand today, disclosed; and which of them each was corrected to.
async fn texts(
    look: &mut Look,
    loaded: &mut Loaded,
    needs: &[Need],
    parts: &[Part],
) -> Result<(Latest, BTreeMap<EntryId, Disclosed<Entry>>), Fail> {
    let viewer = look.viewer().clone();
    let written: Vec<EntryId> = needs
        .iter()
        .flat_map(|n| [Some(n.entry), n.outcome])
        .flatten()
        .chain(parts.iter().map(|p| p.entry))
        .collect();
    let latest = household::entry::latest(&mut look.conn(), viewer.municipality, written).await?;
    let ids: BTreeSet<EntryId> = latest.values().copied().collect();
    let sealed = household::entry::by_ids(&mut look.conn(), &viewer, ids).await?;
    let shown = look.disclose(sealed).await?;
    loaded.reasons.of_all(&shown);
    Ok((latest, shown.into_iter().map(|e| (e.id, e)).collect()))
}

fn why(frame: &Frame, need: &Need) -> String {
    let list = if need.state == State::Unmet { "need_unmet" } else { "need_not" };
    let reason = if need.reason.is_empty() { String::new() } else { frame.t.code(list, &need.reason) };
    let day = need.ended_at.map(|at| frame.day(&at.day())).unwrap_or_default();
    format!("{reason} {day}").trim().to_owned()
}

/// What every part is shown with.
struct Of<'a> {
    req: &'a Req,
    frame: &'a Frame,
    loaded: &'a Loaded,
    desks: &'a [DeskInfo],
    staff: &'a HashMap<UserId, String>,
    viewer: &'a Viewer,
}

impl Of<'_> {
    fn holds(&self, desk: DeskId) -> bool {
        self.viewer.seats.iter().any(|s| s.holds(desk))
    }

    /// Whether a desk of the viewer is still to do it.
    fn mine(&self, p: &Part) -> bool {
        p.state == TaskState::Open && p.kind == TaskKind::TakePart && self.holds(p.holder)
    }

    fn name(&self, desk: DeskId) -> String {
        self.desks.iter().find(|d| d.id == desk).map(|d| d.name.clone()).unwrap_or_default()
    }

    /// Whom to ask what a part is: the desk that gave it, or the accountable one where it came from oneself.
    fn ask(&self, p: &Part) -> String {
        let t = &self.frame.t;
        let giver = p.giver.filter(|desk| !self.holds(*desk)).or(self.loaded.header.accountable);
        let Some(desk) = giver.and_then(|id| self.desks.iter().find(|d| d.id == id)) else {
            return t.s("board.ask_colleagues").to_owned();
        };
        let key = if desk.phone.is_empty() { "board.ask" } else { "board.ask_phone" };
        t.fs(key, &[("desk", desk.name.clone()), ("phone", desk.phone.clone())])
    }

    fn when(&self, p: &Part) -> String {
        self.frame.t.f("casefile.until", "when", self.frame.day(&p.due_at.day()))
    }

    fn class(&self, p: &Part) -> &'static str {
        let order = p.due_at.day().cmp(&self.frame.now.day());
        match (p.state == TaskState::Open, order) {
            (true, std::cmp::Ordering::Less) => "late",
            (true, std::cmp::Ordering::Equal) => "soon",
            _ => "",
        }
    }

    fn unseen(&self, p: &Part) -> Unseen {
        Unseen {
            need: p.need,
            part: p.id,
            when: self.when(p),
            when_iso: p.due_at.day().to_string(),
            class: self.class(p),
            ask: self.ask(p),
            command: self.req.engine().new_id(),
        }
    }

    fn part(&self, p: &Part, was: Option<&Part>, what: String) -> PartView {
        let open = p.state == TaskState::Open;
        let due = p.due_at.day();
        let mine = self.holds(p.holder);
        let back = was.filter(|_| open).map(|was| {
            let why = state_word(self.frame, was);
            self.frame.t.fs("board.came_back", &[("desk", self.name(was.taker())), ("why", why)])
        });
        PartView {
            id: p.id,
            who: self.name(p.taker()),
            person: p
                .assignee
                .filter(|_| p.kind == TaskKind::TakePart)
                .and_then(|u| self.staff.get(&u))
                .cloned()
                .unwrap_or_default(),
            ask: if what.is_empty() && self.mine(p) { self.ask(p) } else { String::new() },
            back: back.unwrap_or_default(),
            what,
            taker: p.taker(),
            due,
            when: self.when(p),
            when_iso: due.to_string(),
            class: self.class(p),
            open,
            state: state_word(self.frame, p),
            may_end: open && mine,
            may_stop: open && (mine || self.loaded.relation.accountable.is_some_and(|d| self.holds(d))),
            command: self.req.engine().new_id(),
            other: self.req.engine().new_id(),
        }
    }
}

/// Whether the people of `desk` could not read a need, or the words of a part that is written about it now: whoever gives the part is
/// told before. Nothing is said of a desk of their own.
pub(crate) async fn blind(look: &mut Look, row: &Row, desk: DeskId) -> Result<bool, Fail> {
    let viewer = look.viewer().clone();
    if viewer.reading_desks().contains(&desk) {
        return Ok(false);
    }
    let (m, now) = (viewer.municipality, look.now());
    let seats = register::all_seats(&mut look.conn(), m, now.day()).await?;
    let staff: Vec<Viewer> = seats
        .into_iter()
        .filter_map(|(user, mut seats)| {
            seats.retain(|s| s.desk == desk && s.role.reads_desk_records());
            // Who is kept out of the case is between them and the case: the desk is asked about, and not its people.
            let excluded_from = Vec::new();
            let of = Viewer { municipality: m, user, seats, excluded_from, urgent: Vec::new() };
            (!of.seats.is_empty()).then_some(of)
        })
        .collect();
    // The words of the part are the giver's, with the marks of the need; nothing was sent of them yet.
    let nobody: EntryId = words::Id::new(uuid::Uuid::nil());
    let part = Facts {
        record: RecordRef::entry(nobody),
        desk: nobody.cast(),
        author: None,
        sent_to_provider: None,
        ..row.facts.clone()
    };
    let texts = [row.facts.clone(), part];
    let evidence = look.evidence_of_everybody(&texts).await?;
    Ok(!rules::reads(&staff, &texts, &evidence, now))
}

fn state_word(frame: &Frame, p: &Part) -> String {
    let t = &frame.t;
    match p.state {
        TaskState::Open if p.due_at.day() < frame.now.day() => t.s("board.late").to_owned(),
        TaskState::Open => t.s("board.part_open").to_owned(),
        TaskState::Done => t.s("board.part_done").to_owned(),
        TaskState::Cancelled | TaskState::Moved => {
            let key = format!("need_stopped.{}", p.reason);
            t.sentence(&key).unwrap_or(t.s("board.part_stopped")).to_owned()
        }
    }
}

/// The row of a need, whether it has ended or not.
pub(crate) fn find(board: &Board, id: ThingId) -> Option<&Row> {
    board.rows.iter().chain(&board.ended).find(|r| r.id == id)
}

/// What a board offers to a plan: a need that is still one, and who takes which part of it.
pub struct Offered {
    /// The need in words.
    pub need: String,
    /// Its open parts: desk, what, by when.
    pub parts: Vec<(DeskId, String, words::Day)>,
}

/// The open needs of a case this viewer is shown, for the quick way to a plan.
pub async fn offered(req: &Req, look: &mut Look, frame: &Frame, case: CaseId) -> Result<Vec<Offered>, Fail> {
    let board = load(req, look, frame, case).await?;
    Ok(board
        .rows
        .into_iter()
        .map(|r| Offered {
            need: r.text.body,
            parts: r.parts.into_iter().filter(|p| p.open).map(|p| (p.taker, p.what, p.due)).collect(),
        })
        .collect())
}
