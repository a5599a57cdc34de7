//! Putting the page of a triage together: load sealed, disclose, and only then show.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use access::{Action, Disclosed, Relation, Viewer};
use engine::{Broken, Conn, Ctx, Fail, Look};
use household::{EntryView, MarksControl, Person, Reasons, entry, household_title, nameable, person};
use site::{Form, Frame, T, link};
use words::Instant;
use words::code::Code;
use words::id::{CommandId, DeskId, EntryId, PersonId, TriageId, UserId};

use crate::acts::{Asked, Start};
use crate::guide::Kind;
use crate::rules::{self, How, Left, ListName, Outcome, Scope, Staffing, State};
use crate::sql::ticks::{self, Tick, Ticks};
use crate::sql::{self, Header, Judged, Loaded, Origin, Promise, Role};

/// What a triage would be begun from, and how the viewer stands to it. `None` is absence. What became a case goes on in the
/// case.
pub(crate) async fn start(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    asked: Asked,
) -> Result<Option<Start>, Broken> {
    let mut asked = asked;
    let mut came_at = None;
    if let Asked::Sheet(id) = asked {
        let Some(sheet) = sql::origins::sheet(conn, viewer, id).await? else { return Ok(None) };
        asked = match (sheet.case, sheet.consultation) {
            (Some(case), _) => Asked::Case(case),
            (_, Some(consultation)) => Asked::Consultation(consultation),
            _ => return Ok(Some(sheet.start)),
        };
    }
    if let Asked::Consultation(id) = asked {
        let Some(found) = sql::origins::consultation(conn, viewer, id).await? else { return Ok(None) };
        let Some(case) = found.case else { return Ok(Some(found.start)) };
        came_at = found.start.came_at;
        asked = Asked::Case(case);
    }
    let Asked::Case(case) = asked else { return Ok(None) };
    let found = casefile::relation(conn, viewer, case).await?;
    Ok(found.map(|(header, relation)| Start {
        origin: Origin::Case(case),
        relation,
        household: Some(header.household),
        came_at,
        void: false,
    }))
}

/// Where a triage was begun, as a link and a word. A case by its number; the others have none.
pub(crate) fn origin_line(t: &T, header: &Header) -> (String, String) {
    match (header.case, header.origin) {
        (Some(case), _) => {
            let number = header.case_number.map_or(String::new(), |(y, n)| casefile::number_text(y, n));
            (link::case(case), number)
        }
        (_, Origin::Consultation(id)) => (link::consultation(id), t.s("triage.of_consultation").to_owned()),
        (_, Origin::Sheet(id)) => (link::sheet(id), t.s("triage.of_sheet").to_owned()),
        (_, Origin::Case(id)) => (link::case(id), String::new()),
    }
}

/// The word for where a triage stands.
pub(crate) fn state_word(t: &T, header: &Header) -> String {
    if header.origin_void && header.state != State::EnteredInError {
        return t.s("triage.state_origin_void").to_owned();
    }
    t.code("triage_state", header.state)
}

/// Time left or gone, in words.
pub(crate) fn left_words(t: &T, due: Instant, now: Instant) -> (String, bool) {
    let (minutes, over) = match rules::left(due, now) {
        Left::Minutes(m) => (m, false),
        Left::Over(m) => (m, true),
    };
    let (days, hours, rest) = (minutes / 1440, minutes % 1440 / 60, minutes % 60);
    let amount = match (days, hours) {
        (0, 0) => t.f("triage.minutes", "m", rest),
        (0, _) => t.fs("triage.hours", &[("h", hours.to_string()), ("m", rest.to_string())]),
        _ => t.fs("triage.days", &[("d", days.to_string()), ("h", hours.to_string())]),
    };
    (t.f(if over { "triage.over" } else { "triage.left" }, "amount", amount), over)
}

/// An item that can be ticked.
pub(crate) struct Item {
    pub list: &'static str,
    pub n: usize,
    pub text: String,
    pub done: bool,
    /// Who ticked it (or took the tick back) when.
    pub by: String,
    pub command: CommandId,
    /// Where the tick that was just made is taken back.
    pub undo: Option<String>,
}

/// A step of the clock.
pub(crate) struct ClockLine {
    /// `None` for the judgement and the confirmation, which are not ticked.
    pub item: Option<Item>,
    pub what: String,
    pub due: String,
    pub due_iso: String,
    pub left: String,
    pub done: bool,
    pub over: bool,
}

/// A fact that must be known, and what was found out.
pub(crate) struct FactLine {
    pub item: Item,
    pub entries: Vec<EntryView>,
    pub command: CommandId,
    pub marks: MarksControl,
    /// What was typed, when the form comes back.
    pub typed: String,
    pub error: Option<String>,
}

/// Somebody to call.
pub(crate) struct Contact {
    pub matter: String,
    pub name: String,
    pub href: String,
    pub phone: String,
    pub tel: String,
    pub how: String,
}

/// A judgement, as kept.
pub(crate) struct JudgementView {
    pub outcome: String,
    pub scope: String,
    pub to: String,
    pub when: String,
    pub by: String,
    pub entry: Option<EntryView>,
    pub answer: String,
    pub answer_entry: Option<EntryView>,
}

/// One choice of a form.
pub(crate) struct Choice {
    pub value: String,
    pub word: String,
    pub help: String,
    pub chosen: bool,
}

/// What the senior's card asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answering {
    /// Nothing waits, or it is not for this viewer.
    Nothing,
    /// This viewer confirms in person.
    InPerson(How),
    /// This viewer judged, and nobody else is there: by word of mouth.
    Oral,
    /// Somebody else has to.
    Others,
}

/// A whole triage, ready to be shown.
pub(crate) struct TriageView {
    pub id: TriageId,
    pub version: i64,
    pub kind: String,
    pub lead: String,
    pub state: String,
    pub state_word: String,
    pub workable: bool,
    pub origin_href: String,
    pub origin_word: String,
    pub name: String,
    pub started: String,
    pub started_iso: String,
    pub desk: String,
    pub author: String,
    pub guide_version: i64,
    pub clocks: Vec<ClockLine>,
    pub first: Vec<Item>,
    pub facts: Vec<FactLine>,
    pub missing: usize,
    pub checks: Vec<Item>,
    pub checks_done: usize,
    pub parties: Vec<String>,
    pub calls: Vec<(String, String)>,
    pub contacts: Vec<Contact>,
    pub gaps: Vec<String>,
    pub judgements: Vec<JudgementView>,
    pub voided: Vec<EntryView>,
    pub next: Option<(String, String)>,
    pub answering: Answering,
    pub seniors: Vec<String>,
    pub reasons: Vec<String>,
    pub may_work: bool,
    /// For marks and choices of the judgement.
    pub known: Vec<(PersonId, String)>,
    pub categories: Vec<String>,
    pub scope: Scope,
    pub desks: Vec<(DeskId, String)>,
}

/// What a page needs of a triage, loaded and disclosed.
pub(crate) struct Seen {
    pub header: Header,
    pub kind: Kind,
    pub members: Vec<Disclosed<Person>>,
    /// By what the household goes, where anybody of it is known.
    pub name: Option<String>,
    pub reasons: Reasons,
}

/// Loads a triage for a read; absent for whoever has no basis.
pub(crate) async fn seen(look: &mut Look, t: &T, id: TriageId) -> Result<Seen, Fail> {
    let viewer = look.viewer().clone();
    let m = viewer.municipality;
    let Loaded { header, triage } =
        sql::by_id(&mut look.conn(), &viewer, id).await?.ok_or(Fail::NotVisible)?;
    let shown = look.disclose_one(triage).await?.ok_or(Fail::NotVisible)?;
    let mut reasons = Reasons::default();
    reasons.of(&shown);
    let guide = sql::guides::of_version(&mut look.conn(), m, header.guide_version).await?;
    let kind = guide.and_then(|g| g.kind(&shown.kind).cloned());
    let kind = kind.ok_or(Broken::Corrupt("triage", "kind".to_owned()))?;
    let members = match header.household {
        Some(household) => {
            let sealed = person::members(&mut look.conn(), &viewer, household).await?;
            household::known(look, sealed, &mut reasons).await?
        }
        None => Vec::new(),
    };
    let name = match header.household {
        Some(household) => household_title(look, t, (household, &members), &mut reasons).await?,
        None => None,
    };
    Ok(Seen { header, kind, members, name, reasons })
}

/// Everything beside the triage that its page shows.
struct Around {
    ticks: Ticks,
    promises: Vec<Promise>,
    judged: Vec<Judged>,
    texts: BTreeMap<EntryId, EntryView>,
    of_item: BTreeMap<EntryId, Option<usize>>,
    staff: HashMap<UserId, String>,
    names: HashMap<DeskId, String>,
    desks: Vec<(DeskId, String)>,
    seniors: Vec<UserId>,
}

async fn around(look: &mut Look, frame: &Frame, seen: &mut Seen) -> Result<Around, Fail> {
    let viewer = look.viewer().clone();
    let (m, today, id) = (viewer.municipality, look.now().day(), seen.header.id);
    let mut conn = look.conn();
    let ticks = ticks::tick_list(&mut conn, m, id).await?;
    let promises = sql::promises(&mut conn, m, id).await?;
    let judged = sql::judgements(&mut conn, m, id).await?;
    let of_item = sql::entries(&mut conn, m, id).await?;
    let desk = register::heir(&mut conn, m, seen.header.desk, today).await?;
    let seniors = crate::acts::seniors(&mut conn, m, desk, today).await?;
    let standing = register::desks(&mut conn, m, today).await?;
    let mut ids: BTreeSet<EntryId> = of_item.keys().copied().collect();
    ids.extend(judged.iter().flat_map(|j| std::iter::once(j.entry).chain(j.answer_entry)));
    let sealed = entry::by_ids(&mut look.conn(), &viewer, ids).await?;
    let shown = look.disclose(sealed).await?;
    seen.reasons.of_all(&shown);
    let texts = EntryView::build_all(look, frame, shown).await?.into_iter().map(|e| (e.id, e)).collect();
    let mut people: BTreeSet<UserId> = ticks.people().collect();
    people.extend(judged.iter().flat_map(|j| [j.by, j.answered_by]).flatten());
    people.extend(seen.header.author.into_iter().chain(seniors.iter().copied()));
    let staff = register::user_names(&mut look.conn(), m, people).await?;
    let named = judged.iter().filter_map(|j| j.to).chain([seen.header.desk]);
    let names = register::desk_names(&mut look.conn(), m, named, today).await?;
    let desks = standing.into_iter().map(|d| (d.id, d.name)).collect();
    Ok(Around { ticks, promises, judged, texts, of_item, staff, names, desks, seniors })
}

/// The whole page.
pub(crate) async fn view(
    ctx: &Ctx,
    look: &mut Look,
    frame: &Frame,
    mut seen: Seen,
    form: &Form,
    just: Option<CommandId>,
) -> Result<TriageView, Fail> {
    let mut around = around(look, frame, &mut seen).await?;
    let (contacts, gaps) = contacts(look, frame, &seen).await?;
    let case_open = match seen.header.case {
        Some(case) => casefile::relation(&mut look.conn(), &ctx.viewer, case)
            .await?
            .is_some_and(|(c, _)| c.state == casefile::CaseState::Open),
        None => false,
    };
    let t = &frame.t;
    let (header, kind) = (&seen.header, &seen.kind);
    // Whoever is kept out of its household did not get here: the seal was not opened for them.
    let mut relation = Relation::within(header.case);
    relation.author = Some(header.desk);
    let may = |action| access::may(&ctx.viewer, action, &relation).is_ok();
    let workable = rules::workable(header.state, header.origin_void).is_ok();
    let new_id = || ctx.engine.new_id();
    let just = just.filter(|_| workable && may(Action::Triage));
    let undone = just.and_then(|change| Some((around.ticks.own(change, ctx.viewer.user)?, change)));
    let item = |list: ListName, n: usize, text: &str| {
        let tick = around.ticks.last((list, n));
        Item {
            list: list.code(),
            n,
            text: text.to_owned(),
            done: tick.is_some_and(|t| t.done),
            by: tick.map_or_else(String::new, |tick| ticked(frame, tick, &around.staff)),
            command: new_id(),
            undo: undone
                .filter(|(at, _)| *at == (list, n))
                .map(|(_, change)| format!("{}/ticks/{change}/undo", link::triage(header.id))),
        }
    };
    let items = |list: ListName| -> Vec<Item> {
        kind.items(list).into_iter().enumerate().map(|(n, text)| item(list, n, text)).collect()
    };
    let known = nameable(t, &seen.members);
    let (first, checks, clock_items) =
        (items(ListName::First), items(ListName::Check), items(ListName::Clock));
    let fact_items = items(ListName::Fact);
    let missing = fact_items.iter().filter(|i| !i.done).count();
    let checks_done = checks.iter().filter(|i| i.done).count();
    let clocks = clocks(frame, header, kind, &around, clock_items);
    let answering = answering(ctx, header, &around, may(Action::ConfirmTriage));
    let next = next(t, header, &around, case_open);
    let (origin_href, origin_word) = origin_line(t, header);
    let categories = default_categories(kind);
    let name = |desk: DeskId| around.names.get(&desk).cloned().unwrap_or_default();
    let person = |user: Option<UserId>| user.and_then(|u| around.staff.get(&u)).cloned().unwrap_or_default();
    let (desk, author) = (name(header.desk), person(header.author));
    let seniors = around.seniors.iter().filter_map(|u| around.staff.get(u)).cloned().collect();
    let mut judgements = Vec::new();
    for j in std::mem::take(&mut around.judged).iter().rev() {
        judgements.push(judgement(frame, j, &mut around));
    }
    let mut by_item: BTreeMap<Option<usize>, Vec<EntryView>> = BTreeMap::new();
    for (id, at) in &around.of_item {
        if let Some(text) = around.texts.remove(id).filter(|e| !e.replaced) {
            by_item.entry(*at).or_default().push(text);
        }
    }
    let facts = fact_lines(ctx, t, fact_items, form, &mut by_item, &categories, &known);
    Ok(TriageView {
        id: header.id,
        version: header.version,
        kind: kind.name.clone(),
        lead: kind.lead.clone(),
        state: header.state.to_string(),
        state_word: state_word(t, header),
        workable,
        origin_href,
        origin_word,
        name: seen.name.clone().unwrap_or_default(),
        started: frame.moment(&header.started_at),
        started_iso: header.started_at.iso(),
        desk,
        author,
        guide_version: header.guide_version,
        clocks,
        first,
        facts,
        missing,
        checks,
        checks_done,
        parties: kind.parties.clone(),
        calls: kind.call.iter().map(|c| (c.name.clone(), c.phone.clone())).collect(),
        contacts,
        gaps,
        judgements,
        voided: by_item.remove(&None).unwrap_or_default(),
        next,
        answering,
        seniors,
        reasons: seen.reasons.sentences(t),
        may_work: workable && may(Action::Triage),
        known,
        categories,
        scope: kind.scope(),
        desks: around.desks,
    })
}

/// The required facts, each with its texts and the field for another one.
fn fact_lines(
    ctx: &Ctx,
    t: &T,
    items: Vec<Item>,
    form: &Form,
    texts: &mut BTreeMap<Option<usize>, Vec<EntryView>>,
    categories: &[String],
    known: &[(PersonId, String)],
) -> Vec<FactLine> {
    let typed = form.fields().pairs().iter().any(|(name, _)| name == "body");
    let line = |item: Item| {
        let again = typed && form.value("item") == item.n.to_string();
        let marked = if again { form.clone() } else { preset("body", categories) };
        FactLine {
            entries: texts.remove(&Some(item.n)).unwrap_or_default(),
            command: ctx.engine.new_id(),
            marks: MarksControl::new(t, &marked, "body", known),
            typed: if again { form.value("body").to_owned() } else { String::new() },
            error: if again { form.error(t, "body") } else { None },
            item,
        }
    };
    items.into_iter().map(line).collect()
}

/// A form with the categories of the kind ticked; none ticked counts as all.
pub(crate) fn preset(field: &str, categories: &[String]) -> Form {
    let name = format!("{field}_cat");
    Form::filled(categories.iter().map(|c| (name.as_str(), c.clone())).collect())
}

/// The categories of a kind as codes; empty when it counts as everything.
fn default_categories(kind: &Kind) -> Vec<String> {
    let marks = kind.marks();
    if marks == access::Categories::all() {
        Vec::new()
    } else {
        marks.iter().map(|c| c.to_string()).collect()
    }
}

fn ticked(frame: &Frame, tick: &Tick, staff: &HashMap<UserId, String>) -> String {
    let who = tick.by.and_then(|u| staff.get(&u)).cloned().unwrap_or_default();
    let key = if tick.done { "triage.ticked" } else { "triage.unticked" };
    frame.t.fs(key, &[("when", frame.moment(&tick.at)), ("who", who)])
}

fn clocks(frame: &Frame, header: &Header, kind: &Kind, around: &Around, items: Vec<Item>) -> Vec<ClockLine> {
    let (t, now) = (&frame.t, frame.now);
    let line = |item: Option<Item>, what: String, due: Instant, done: bool| {
        let (left, over) = left_words(t, due, now);
        ClockLine {
            what,
            due: frame.moment(&due),
            due_iso: due.iso(),
            left: if done { t.s("triage.clock_done").to_owned() } else { left },
            over: over && !done,
            done,
            item,
        }
    };
    let mut lines: Vec<(Instant, ClockLine)> = items
        .into_iter()
        .zip(&kind.clock)
        .map(|(item, clock)| {
            let due = header.started_at.plus_minutes(clock.minutes);
            let done = item.done;
            (due, line(Some(item), clock.what.clone(), due, done))
        })
        .collect();
    // The promise itself says when: after a judgement was sent back, the time runs anew.
    let promised = |role: Role| around.promises.iter().rev().find(|p| p.role == role);
    if let Some(p) = promised(Role::Judge) {
        lines.push((p.due_at, line(None, t.s("triage.clock_judge").to_owned(), p.due_at, !p.open)));
    }
    if let Some(p) = promised(Role::Confirm) {
        lines.push((p.due_at, line(None, t.s("triage.clock_confirm").to_owned(), p.due_at, !p.open)));
    }
    lines.sort_by_key(|(due, _)| *due);
    lines.into_iter().map(|(_, line)| line).collect()
}

/// Who confirms what waits, as far as this viewer is concerned.
fn answering(ctx: &Ctx, header: &Header, around: &Around, may: bool) -> Answering {
    let Some(judge) = around.judged.last().filter(|_| header.state == State::Judged).and_then(|j| j.by)
    else {
        return Answering::Nothing;
    };
    let me = ctx.viewer.user;
    let staffing = Staffing {
        other_seniors: around.seniors.iter().filter(|u| **u != judge).count(),
        overdue: crate::acts::overdue(&around.promises, ctx.now),
    };
    let role = |seat: &access::Seat| seat.holds(header.desk).then_some(seat.role);
    let seats: Vec<access::Role> = ctx.viewer.seats.iter().filter_map(role).collect();
    let senior = seats.iter().copied().find(|r| *r != access::Role::Caseworker);
    let Some(role) = senior.or(seats.first().copied()).filter(|_| may) else { return Answering::Others };
    match rules::confirm(header.state, header.origin_void, judge, (me, role), staffing, "") {
        Ok(how) => Answering::InPerson(how),
        Err(why) if why.key == "triage.own_judgement_alone" => Answering::Oral,
        Err(_) => Answering::Others,
    }
}

fn judgement(frame: &Frame, j: &Judged, around: &mut Around) -> JudgementView {
    let t = &frame.t;
    let person = |user: Option<UserId>| user.and_then(|u| around.staff.get(&u)).cloned().unwrap_or_default();
    let answer = match (j.answer.as_str(), j.answered_at) {
        ("", _) | (_, None) => String::new(),
        (answer, Some(at)) => {
            let how = j.how.map_or_else(String::new, |h| t.code("triage_how", h));
            let key = if answer == "confirmed" { "triage.confirmed_by" } else { "triage.returned_by" };
            t.fs(key, &[("who", person(j.answered_by)), ("when", frame.moment(&at)), ("how", how)])
        }
    };
    let (by, to) = (person(j.by), j.to.and_then(|d| around.names.get(&d)).cloned().unwrap_or_default());
    JudgementView {
        outcome: t.code("triage_outcome", j.outcome),
        scope: t.code("triage_scope", j.scope),
        to,
        when: frame.moment(&j.at),
        by,
        entry: around.texts.remove(&j.entry),
        answer,
        answer_entry: j.answer_entry.and_then(|e| around.texts.remove(&e)),
    }
}

/// What comes after the judgement, and where it is done.
fn next(t: &T, header: &Header, around: &Around, case_open: bool) -> Option<(String, String)> {
    let last = around.judged.last()?;
    if !matches!(header.state, State::Judged | State::Confirmed) {
        return None;
    }
    let word = |key: &str| t.s(key).to_owned();
    match (header.case, header.origin) {
        (Some(case), _) if last.outcome == Outcome::PassOn && case_open => {
            let to = last.to.map(|d| format!("?to={d}")).unwrap_or_default();
            Some((format!("{}{to}", link::referral_new(case)), word("triage.next_refer")))
        }
        (Some(case), _) => Some((link::case(case), word("triage.next_case"))),
        (None, Origin::Consultation(id)) => {
            Some((format!("{}#decide", link::consultation(id)), word("triage.next_dispose")))
        }
        (None, Origin::Sheet(id)) => Some((link::sheet(id), word("triage.next_sheet"))),
        (None, Origin::Case(_)) => None,
    }
}

/// Whom to call, out of the register: the district's own first. What nobody answers for is a gap that is shown.
async fn contacts(look: &mut Look, frame: &Frame, seen: &Seen) -> Result<(Vec<Contact>, Vec<String>), Fail> {
    let (m, today) = (look.viewer().municipality, look.now().day());
    let mut conn = look.conn();
    let area = match seen.header.household {
        Some(household) => household::header(&mut conn, m, household).await?.and_then(|h| h.area),
        None => None,
    };
    let matters = seen.kind.matters();
    let found = register::responsible(&mut conn, m, &matters, area, today).await?;
    let t = &frame.t;
    let gaps = matters
        .iter()
        .filter(|matter| !found.iter().any(|r| r.matter == **matter))
        .map(|matter| t.code("matter", matter))
        .collect();
    let contacts = found
        .into_iter()
        .take(12)
        .map(|r| Contact {
            matter: t.code("matter", r.matter),
            href: link::agency(r.agency),
            tel: r.phone.chars().filter(|c| c.is_ascii_digit() || "+#*".contains(*c)).collect(),
            name: r.name,
            phone: r.phone,
            how: r.contact,
        })
        .collect();
    Ok((contacts, gaps))
}
