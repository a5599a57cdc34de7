//! The lists of what has grown old.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use access::{Role, Viewer};
use askama::Template;
use casefile::Engagement;
use engine::{Broken, Channel, Conn, Fail};
use site::{Answer, Frame, Req, T, link};
use words::code::Code;
use words::id::{CaseId, DeskId, PersonId, ThingId, UserId};
use words::{Day, Instant};

use crate::load::first_due;
use crate::rules::{self, Ageing, Decision, Limits, Stage};
use crate::settings;
use crate::sql::{self, Case, Contact, Looked, Promise, Sitting};

/// Lines of one page.
const MOST: usize = 50;

/// What stands about one line, as far as watching may know.
#[derive(Debug, Clone)]
pub(crate) enum What {
    Silent {
        stage: Stage,
        contact: Option<Day>,
        attempt: Option<Day>,
    },
    /// How many people no consent covers, by what stands about one.
    NoConsent {
        people: BTreeMap<consent::Missing, usize>,
        opener: Option<DeskId>,
    },
    Stuck {
        stuck: rules::Stuck,
        changed: Day,
    },
    Alone(rules::Held),
}

/// One line of a list.
#[derive(Debug, Clone)]
pub struct Aged {
    /// The case.
    pub case: CaseId,
    /// Its number.
    pub number: String,
    /// The accountable desk.
    pub desk: DeskId,
    /// How old the matter is, in days.
    pub days: i64,
    pub(crate) what: What,
}

/// What every list of a scope is made of.
struct Of<'a> {
    viewer: &'a Viewer,
    desks: Option<&'a [DeskId]>,
    cases: Vec<Case>,
    limits: Limits,
    now: Instant,
}

impl<'a> Of<'a> {
    async fn load(
        conn: &mut Conn<'_>,
        viewer: &'a Viewer,
        desks: Option<&'a [DeskId]>,
        now: Instant,
    ) -> Result<Self, Broken> {
        let cases = sql::open_cases(conn, viewer, desks).await?;
        let (_, limits) = settings::load(conn, viewer.municipality).await?;
        Ok(Self { viewer, desks, cases, limits, now })
    }

    fn today(&self) -> Day {
        self.now.day()
    }
}

/// One list of a scope, the oldest first. Its length is its count.
pub async fn list(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    which: Ageing,
    desks: Option<&[DeskId]>,
    now: Instant,
) -> Result<Vec<Aged>, Broken> {
    let of = Of::load(conn, viewer, desks, now).await?;
    let mut found = match which {
        Ageing::Silent => {
            let turns = sql::turns(conn, viewer, desks).await?;
            silent_cases(&of, &turns, &sql::contacts(conn, viewer, desks, (now, None)).await?)
        }
        Ageing::NoConsent => no_consent_cases(conn, &of).await?,
        Ageing::Stuck => {
            let turns = sql::turns(conn, viewer, desks).await?;
            let moved = Moved::load(conn, &of, turns).await?;
            let records = moved.records(conn, &of, |_| true).await?;
            stuck_cases(&of, &moved, &records)
        }
        Ageing::Alone => alone_cases(conn, &of).await?,
    };
    found.sort_by(|a: &Aged, b| b.days.cmp(&a.days).then_with(|| a.number.cmp(&b.number)));
    Ok(found)
}

/// How long each list of a scope is: as long as [`list`] makes it. Nothing is asked twice, and of contacts and records only those that can
/// decide whether a case stands there.
pub async fn counts(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    desks: Option<&[DeskId]>,
    now: Instant,
) -> Result<Vec<(Ageing, usize)>, Broken> {
    let of = Of::load(conn, viewer, desks, now).await?;
    let turns = sql::turns(conn, viewer, desks).await?;
    let since = Instant::at(rules::contacts_matter(of.today(), &of.limits), 0, 0);
    let contacts = sql::contacts(conn, viewer, desks, (now, Some(since))).await?;
    let silent = silent_cases(&of, &turns, &contacts).len();
    let missing = consent::uncovered_cases(conn, viewer, desks, of.today()).await?;
    let no_consent = of.cases.iter().filter(|c| missing.contains(&c.id)).count();
    let moved = Moved::load(conn, &of, turns).await?;
    // Of what stands still by the time alone it is not asked how much was written.
    let by_records = |c: &Case| !rules::stuck_by_time(moved.changed(c).day(), of.today(), &of.limits);
    let records = moved.records(conn, &of, by_records).await?;
    let stuck = stuck_cases(&of, &moved, &records).len();
    let alone = alone_cases(conn, &of).await?.len();
    Ok(vec![
        (Ageing::Silent, silent),
        (Ageing::NoConsent, no_consent),
        (Ageing::Stuck, stuck),
        (Ageing::Alone, alone),
    ])
}

fn silent_cases(of: &Of<'_>, turns: &Turns, contacts: &BTreeMap<CaseId, Contact>) -> Vec<Aged> {
    let today = of.today();
    let line = |c: &Case| {
        let engaged = turns.get(&c.id).map(|t| rules::stages_now(t)).unwrap_or_default();
        let stage = rules::stage(c.opened.day(), today, &engaged);
        let met = contacts.get(&c.id).cloned().unwrap_or_default();
        let contact = met.reached.map(Instant::day);
        let days = rules::silent(stage, c.opened.day(), contact, today, &of.limits)?;
        Some(aged(c, days, What::Silent { stage, contact, attempt: met.attempt.map(Instant::day) }))
    };
    of.cases.iter().filter_map(line).collect()
}

async fn no_consent_cases(conn: &mut Conn<'_>, of: &Of<'_>) -> Result<Vec<Aged>, Broken> {
    let missing = consent::uncovered(conn, of.viewer, of.desks, of.today()).await?;
    let openers = sql::openers(conn, of.viewer, of.desks).await?;
    let by_id: BTreeMap<CaseId, &Case> = of.cases.iter().map(|c| (c.id, c)).collect();
    // One line for each case: who they are is not told, so that a line for each would say the same several times.
    let mut people: BTreeMap<CaseId, BTreeMap<consent::Missing, usize>> = BTreeMap::new();
    for u in &missing {
        *people.entry(u.case).or_default().entry(u.state).or_default() += 1;
    }
    let line = |(id, people): (CaseId, BTreeMap<consent::Missing, usize>)| {
        let case = by_id.get(&id)?;
        let what = What::NoConsent { people, opener: openers.get(&id).copied() };
        Some(aged(case, case.opened.day().days_until(of.today()), what))
    };
    Ok(people.into_iter().filter_map(line).collect())
}

async fn alone_cases(conn: &mut Conn<'_>, of: &Of<'_>) -> Result<Vec<Aged>, Broken> {
    let areas = sql::areas(conn, of.viewer, of.desks).await?;
    let sections = sql::sections(conn, of.viewer, of.desks).await?;
    let boards = sql::boards(conn, of.viewer, of.desks).await?;
    let no_sections = BTreeSet::default();
    let line = |c: &Case| {
        let sections = sections.get(&c.id).unwrap_or(&no_sections);
        let board = boards.get(&c.id).map_or(&[][..], Vec::as_slice);
        let held = rules::held_by_one(areas.get(&c.id).copied().unwrap_or_default(), sections, board)?;
        Some(aged(c, c.opened.day().days_until(of.today()), What::Alone(held)))
    };
    Ok(of.cases.iter().filter_map(line).collect())
}

/// How the relation with the people of each case went on.
type Turns = BTreeMap<CaseId, Vec<(PersonId, Engagement, Instant)>>;

/// When something was written down about each case, and whether people met over it.
type Records = BTreeMap<CaseId, Vec<(Instant, bool)>>;

/// When each case last moved.
struct Moved {
    changes: BTreeMap<CaseId, Instant>,
    turns: Turns,
}

impl Moved {
    async fn load(conn: &mut Conn<'_>, of: &Of<'_>, turns: Turns) -> Result<Self, Broken> {
        Ok(Self { changes: sql::changes(conn, of.viewer, of.desks).await?, turns })
    }

    fn changed(&self, case: &Case) -> Instant {
        let turned = self.turns.get(&case.id).and_then(|t| rules::last_turn(t));
        self.changes.get(&case.id).copied().max(turned).unwrap_or(case.opened)
    }

    /// What was written since the day on which the first of these cases last moved: nothing before it counts for any of them.
    async fn records(
        &self,
        conn: &mut Conn<'_>,
        of: &Of<'_>,
        which: impl Fn(&Case) -> bool,
    ) -> Result<Records, Broken> {
        let first = of.cases.iter().filter(|c| which(c)).map(|c| self.changed(c)).min();
        let Some(first) = first else { return Ok(Records::new()) };
        sql::records(conn, of.viewer, of.desks, Instant::at(first.day(), 0, 0)).await
    }
}

fn stuck_cases(of: &Of<'_>, moved: &Moved, records: &Records) -> Vec<Aged> {
    let today = of.today();
    let line = |c: &Case| {
        let changed = moved.changed(c);
        let after = |met: bool| {
            let written = records.get(&c.id).into_iter().flatten();
            let n = written.filter(|(at, meeting)| *at > changed && (*meeting || !met)).count();
            i64::try_from(n).unwrap_or(i64::MAX)
        };
        let since = rules::Since { meetings: after(true), records: after(false) };
        let changed = changed.day();
        let stuck = rules::stuck(changed, since, today, &of.limits)?;
        Some(aged(c, changed.days_until(today), What::Stuck { stuck, changed }))
    };
    of.cases.iter().filter_map(line).collect()
}

fn aged(case: &Case, days: i64, what: What) -> Aged {
    Aged { case: case.id, number: case.number.clone(), desk: case.desk, days, what }
}

struct Line {
    number: String,
    href: Option<String>,
    desk: String,
    days: i64,
    what: String,
    /// That it may be raised, and who decides.
    raise: Option<String>,
    next: String,
    looked: String,
    /// Whether nobody looked, or the day to look again has come.
    due: bool,
    look: String,
    confer: Option<String>,
}

#[derive(Template)]
#[template(path = "workload_list.html")]
struct ListPage {
    frame: Frame,
    list: &'static str,
    here: &'static str,
    tabs: Vec<(&'static str, &'static str, bool)>,
    whole_town: bool,
    waiting_only: bool,
    choices: Vec<(DeskId, String, bool)>,
    lines: Vec<Line>,
    all: usize,
    /// Which page, and the addresses of those around it.
    at: usize,
    pages: usize,
    before: Option<String>,
    after: Option<String>,
}

/// Where each list is.
pub(crate) const fn address(list: Ageing) -> &'static str {
    match list {
        Ageing::Silent => link::WATCH_SILENT,
        Ageing::NoConsent => link::WATCH_NO_CONSENT,
        Ageing::Stuck => link::WATCH_STUCK,
        Ageing::Alone => link::WATCH_ALONE,
    }
}

/// GET /watch/silent
pub(crate) async fn silent(req: Arc<Req>) -> Result<Answer, Fail> {
    show(&req, Ageing::Silent).await
}
/// GET /watch/no-consent
pub(crate) async fn no_consent(req: Arc<Req>) -> Result<Answer, Fail> {
    show(&req, Ageing::NoConsent).await
}
/// GET /watch/stuck
pub(crate) async fn stuck(req: Arc<Req>) -> Result<Answer, Fail> {
    show(&req, Ageing::Stuck).await
}
/// GET /watch/alone
pub(crate) async fn alone(req: Arc<Req>) -> Result<Answer, Fail> {
    show(&req, Ageing::Alone).await
}

async fn show(req: &Req, which: Ageing) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let viewer = &ctx.viewer;
    let (m, now) = (viewer.municipality, ctx.now);
    let mut look = ctx.look(Channel::List).await?;
    let scope = sql::watched(&mut look.conn(), viewer).await?;
    let chosen: Option<DeskId> = req.query().get("desk").and_then(|d| d.parse().ok());
    let inside = chosen.filter(|d| scope.as_ref().is_none_or(|s| s.contains(d)));
    let narrowed: Option<Vec<DeskId>> = inside.map(|d| vec![d]).or(scope.clone());
    let desks = narrowed.as_deref();
    let found = list(&mut look.conn(), viewer, which, desks, now).await?;
    let looked = sql::looked(&mut look.conn(), viewer, which, desks).await?;
    let promises = sql::promises(&mut look.conn(), viewer, desks).await?;
    let due = first_due(&promises);
    let deciders = if which.asks_to_raise() {
        deciders(&sql::sitting(&mut look.conn(), m, desks, now.day()).await?, &found, &promises)
    } else {
        Deciders::new()
    };
    let own = sql::own_part(&mut look.conn(), viewer).await?;
    let named = found.iter().flat_map(|a| {
        let opener = if let What::NoConsent { opener, .. } = &a.what { *opener } else { None };
        std::iter::once(a.desk).chain(opener)
    });
    let names = register::desk_names(&mut look.conn(), m, named, now.day()).await?;
    let mut desks = register::desks(&mut look.conn(), m, now.day()).await?;
    desks.retain(|d| d.has_login && scope.as_ref().is_none_or(|s| s.contains(&d.id)));
    let frame = req.frame();
    let waiting_only = req.query().get("looked") == Some("no");
    let confers = viewer.has_role(&[Role::Coordinator]);
    let line = |a: &Aged| {
        line(&frame, a, looked.get(&a.case), &names).with(&due, &own, which, confers).raised(
            &frame,
            which,
            deciders.get(&a.case),
        )
    };
    let mut lines: Vec<Line> = found.iter().map(line).collect();
    lines.retain(|l| l.due || !waiting_only);
    let all = lines.len();
    let pages = all.div_ceil(MOST).max(1);
    let at = req.query().get("page").and_then(|p| p.parse().ok()).unwrap_or(1).clamp(1, pages);
    let lines: Vec<Line> = lines.into_iter().skip((at - 1) * MOST).take(MOST).collect();
    let other = |page: usize| {
        let desk = inside.map(|d| format!("&desk={d}")).unwrap_or_default();
        let looked = if waiting_only { "&looked=no" } else { "" };
        format!("{}?page={page}{desk}{looked}", address(which))
    };
    let tab = |list: Ageing| (address(list), list_key(list), list == which);
    let page = ListPage {
        list: list_key(which),
        here: address(which),
        tabs: Ageing::ALL.iter().map(|l| tab(*l)).collect(),
        whole_town: scope.is_none(),
        waiting_only,
        choices: desks.iter().map(|d| (d.id, d.name.clone(), inside == Some(d.id))).collect(),
        lines,
        all,
        at,
        pages,
        before: (at > 1).then(|| other(at - 1)),
        after: (at < pages).then(|| other(at + 1)),
        frame,
    };
    Answer::page(page.render(), look.close().await?)
}

/// The key of a list's sentences.
pub(crate) const fn list_key(list: Ageing) -> &'static str {
    match list {
        Ageing::Silent => "silent",
        Ageing::NoConsent => "no_consent",
        Ageing::Stuck => "stuck",
        Ageing::Alone => "alone",
    }
}

type Names = std::collections::HashMap<DeskId, String>;

/// Who would decide how a case goes on, by case: their name.
type Deciders = BTreeMap<CaseId, String>;

fn deciders(sitting: &[Sitting], found: &[Aged], promises: &BTreeMap<CaseId, Vec<Promise>>) -> Deciders {
    let of = |a: &Aged| {
        let there: Vec<&Sitting> = sitting.iter().filter(|s| s.desk == a.desk).collect();
        let seats: Vec<(UserId, bool)> = there.iter().map(|s| (s.user, s.leads)).collect();
        let users: Vec<UserId> = seats.iter().map(|s| s.0).collect();
        let open = promises.get(&a.case).into_iter().flatten().filter(|p| p.desk == a.desk);
        let open: Vec<_> = open.map(|p| (p.due, p.assignee)).collect();
        let decides = rules::decider(&seats, rules::carrier(&open, &users))?;
        Some((a.case, there.iter().find(|s| s.user == decides)?.name.clone()))
    };
    found.iter().filter_map(of).collect()
}

impl Line {
    /// The proposal to raise the case, with whoever decides; a proposal only.
    fn raised(self, frame: &Frame, which: Ageing, decides: Option<&String>) -> Self {
        let t = &frame.t;
        let raise = which.asks_to_raise().then(|| match decides {
            Some(name) => t.f("watch.raise", "name", name),
            None => t.s("watch.raise_nobody").to_owned(),
        });
        Self { raise, ..self }
    }
}

/// What is shown about one line without being kept anywhere.
struct Begun<'a> {
    aged: &'a Aged,
    desk: String,
    what: String,
    looked: String,
    due: bool,
    frame: &'a Frame,
}

fn line<'a>(frame: &'a Frame, a: &'a Aged, looked: Option<&Looked>, names: &Names) -> Begun<'a> {
    let t = &frame.t;
    let today = frame.now.day();
    let said = looked.map(|l| {
        let key = if l.decision == Decision::Ask { "watch.asked_until" } else { "watch.looked_until" };
        t.fs(key, &[("day", frame.day(&l.at.day())), ("next", frame.day(&l.next))])
    });
    Begun {
        aged: a,
        desk: names.get(&a.desk).cloned().unwrap_or_default(),
        what: what(t, frame, &a.what, names),
        looked: said.unwrap_or_else(|| t.s("watch.not_looked").to_owned()),
        due: looked.is_none_or(|l| l.next <= today),
        frame,
    }
}

impl Begun<'_> {
    fn with(
        self,
        due: &BTreeMap<CaseId, Instant>,
        own: &std::collections::BTreeSet<CaseId>,
        which: Ageing,
        confers: bool,
    ) -> Line {
        let case = self.aged.case;
        let mine = own.contains(&case);
        let from = if mine { "case" } else { "no_consent" };
        let id: ThingId = case.cast();
        // Whoever does not open matters asks for one, about a case of their own.
        let confer = match (confers, mine) {
            (true, _) => Some(link::matter_new(from, id)),
            (false, true) => Some(link::propose("case", case)),
            (false, false) => None,
        };
        Line {
            number: self.aged.number.clone(),
            href: mine.then(|| link::case(case)),
            desk: self.desk,
            days: self.aged.days,
            what: self.what,
            raise: None,
            next: due.get(&case).map(|at| self.frame.day(&at.day())).unwrap_or_default(),
            looked: self.looked,
            due: self.due,
            look: format!("{}?list={}&case={case}", link::WATCH_LOOK, list_key(which)),
            confer: if which == Ageing::NoConsent { confer } else { None },
        }
    }
}

fn what(t: &T, frame: &Frame, what: &What, names: &Names) -> String {
    let day = |d: Option<Day>, none: &'static str| d.map_or_else(|| t.s(none).to_owned(), |d| frame.day(&d));
    match what {
        What::Silent { stage, contact, attempt } => {
            let mut said = t.fs(
                "watch.silent_what",
                &[("stage", t.code("case_stage", stage)), ("day", day(*contact, "watch.no_contact"))],
            );
            if let Some(attempt) = attempt {
                said.push_str(&t.f("watch.attempted", "day", frame.day(attempt)));
            }
            said
        }
        What::NoConsent { people, opener } => t.fs(
            "watch.no_consent_what",
            &[
                ("people", without_consent(t, people)),
                ("desk", opener.and_then(|d| names.get(&d)).cloned().unwrap_or_default()),
            ],
        ),
        What::Stuck { stuck, changed } => t.fs(
            "watch.stuck_what",
            &[
                ("day", frame.day(changed)),
                ("months", stuck.months.to_string()),
                ("n", stuck.meetings.to_string()),
                ("k", stuck.records.to_string()),
            ],
        ),
        What::Alone(rules::Held::Topics(n)) => t.f("watch.alone_what", "n", n),
        What::Alone(rules::Held::Board(n)) => t.f("watch.alone_board", "n", n),
    }
}

/// How many, and what stands about their consents: one number where it is the same for all.
fn without_consent(t: &T, people: &BTreeMap<consent::Missing, usize>) -> String {
    let all: usize = people.values().sum();
    let of = |(state, n): (&consent::Missing, &usize)| {
        t.fs("watch.no_consent_of", &[("state", t.code("missing_state", state)), ("n", n.to_string())])
    };
    let states: Vec<String> = match people.keys().next() {
        Some(one) if people.len() == 1 => vec![t.code("missing_state", one)],
        _ => people.iter().map(of).collect(),
    };
    t.fs("watch.no_consent_people", &[("n", all.to_string()), ("states", t.join(&states))])
}
