//! A board as one viewer sees it: the rows whose words are disclosed, and nothing of the others.

use std::collections::{BTreeMap, BTreeSet};

use access::{Action, Disclosed};
use casefile::{CaseHead, CaseState, Loaded};
use engine::{Fail, Look};
use household::{Entry, EntryView};
use register::DeskInfo;
use site::{Frame, Req, link};
use task::{TaskKind, TaskState};
use words::code::Code;
use words::id::{CaseId, CommandId, DeskId, EntryId, ThingId};

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
    /// A command for each of its forms.
    pub command: CommandId,
    pub other: CommandId,
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
}

/// A board, loaded.
pub(crate) struct Board {
    pub head: CaseHead,
    pub case: CaseId,
    pub case_open: bool,
    pub rows: Vec<Row>,
    pub ended: Vec<Row>,
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
    let named = parts.iter().flat_map(|p| [p.holder, p.desk]).chain(needs.iter().map(|n| n.owner));
    let desks = register::desks_by_id(&mut look.conn(), m, named.collect::<BTreeSet<_>>(), today).await?;
    let staff = register::user_names(&mut look.conn(), m, parts.iter().filter_map(|p| p.assignee)).await?;
    let about: BTreeMap<EntryId, household::Marks> =
        texts.iter().map(|(id, e)| (*id, crate::acts::same_marks(&e.persons, e.categories))).collect();
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
    let (mut rows, mut ended, mut held) = (Vec::new(), Vec::new(), Vec::new());
    for need in &needs {
        let Some(id) = latest.get(&need.entry) else { continue };
        let Some(text) = views.remove(id) else { continue };
        let of: Vec<&Part> = parts.iter().filter(|p| p.need == need.id).collect();
        let open_parts: Vec<&&Part> = of.iter().filter(|p| p.state == TaskState::Open).collect();
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
            parts: of
                .iter()
                .map(|p| part(req, look, frame, (&loaded, p), (name(p.taker()), body(p.entry)), &staff))
                .collect(),
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
            text,
        };
        if row.open { rows.push(row) } else { ended.push(row) }
    }
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

fn part(
    req: &Req,
    look: &Look,
    frame: &Frame,
    (loaded, p): (&Loaded, &Part),
    (who, what): (String, String),
    staff: &std::collections::HashMap<words::id::UserId, String>,
) -> PartView {
    let (t, today) = (&frame.t, frame.now.day());
    let open = p.state == TaskState::Open;
    let due = p.due_at.day();
    let holds = |desk: DeskId| look.viewer().seats.iter().any(|s| s.holds(desk));
    let mine = holds(p.holder);
    PartView {
        id: p.id,
        who,
        person: p
            .assignee
            .filter(|_| p.kind == TaskKind::TakePart)
            .and_then(|u| staff.get(&u))
            .cloned()
            .unwrap_or_default(),
        what,
        taker: p.taker(),
        due,
        when: t.f("casefile.until", "when", frame.day(&due)),
        when_iso: due.to_string(),
        class: match (open, due.cmp(&today)) {
            (true, std::cmp::Ordering::Less) => "late",
            (true, std::cmp::Ordering::Equal) => "soon",
            _ => "",
        },
        open,
        state: state_word(frame, p),
        may_end: open && mine,
        may_stop: open && (mine || loaded.relation.accountable.is_some_and(holds)),
        command: req.engine().new_id(),
        other: req.engine().new_id(),
    }
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
