//! How much everybody carries; and whom to ask next.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use access::Viewer;
use askama::Template;
use engine::{Broken, Channel, Conn, Fail};
use site::{Answer, Frame, Req, T, link};
use task::Task;
use words::Instant;
use words::id::{CaseId, DeskId, UserId};

use crate::rules::{
    Candidate, CaseFacts, Load, Part, VISIT_DAYS, Weights, carrier, pool, propose, stage, total, weight,
};
use crate::settings;
use crate::sql::{self, Case, Sitting};

/// A case with what it weighs and who carries it.
struct Weighed {
    case: Case,
    parts: Vec<(Part, i64)>,
    carrier: Option<UserId>,
}

/// Everything of a scope: cases with their weight, and what each person carries at each desk.
struct Carried {
    cases: Vec<Weighed>,
    people: Vec<Sitting>,
    loads: BTreeMap<(DeskId, UserId), Load>,
    /// The next promise of each case.
    due: BTreeMap<CaseId, Instant>,
}

/// Weighs the open cases of a scope. Six statements, whatever the number of cases.
async fn carried(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    desks: Option<&[DeskId]>,
    weights: &Weights,
    now: Instant,
) -> Result<Carried, Broken> {
    let today = now.day();
    let open = sql::open_cases(conn, viewer, desks).await?;
    let since = now.plus_hours(-24 * VISIT_DAYS);
    // Visits alone are counted: what was before weighs nothing.
    let contacts = sql::contacts(conn, viewer, desks, (since, Some(since))).await?;
    let engaged = sql::engagements(conn, viewer, desks).await?;
    let promises = sql::promises(conn, viewer, desks).await?;
    let people = sql::sitting(conn, viewer.municipality, desks, today).await?;
    let mut at: BTreeMap<DeskId, Vec<UserId>> = BTreeMap::new();
    for p in &people {
        at.entry(p.desk).or_default().push(p.user);
    }
    let mut loads: BTreeMap<(DeskId, UserId), Load> = BTreeMap::new();
    let mut cases = Vec::with_capacity(open.len());
    for case in open {
        let of_case = promises.get(&case.id).map_or(&[][..], Vec::as_slice);
        let facts = CaseFacts {
            urgent: of_case.iter().any(|p| p.urgent),
            stage: stage(case.opened.day(), today, engaged.get(&case.id).map_or(&[], Vec::as_slice)),
            promises: i64::try_from(of_case.len()).unwrap_or(i64::MAX),
            visits: contacts.get(&case.id).map_or(0, |c| c.visits),
        };
        let own: Vec<_> =
            of_case.iter().filter(|p| p.desk == case.desk).map(|p| (p.due, p.assignee)).collect();
        let carrier = carrier(&own, at.get(&case.desk).map_or(&[], Vec::as_slice));
        let parts = weight(&facts, weights);
        if let Some(user) = carrier {
            let load = loads.entry((case.desk, user)).or_default();
            load.cases += 1;
            load.weight += total(&parts);
        }
        for p in of_case {
            let Some(user) = p.assignee else { continue };
            let load = loads.entry((p.desk, user)).or_default();
            load.promises += 1;
            load.late += i64::from(p.due < now);
        }
        cases.push(Weighed { case, parts, carrier });
    }
    Ok(Carried { cases, people, loads, due: first_due(&promises) })
}

/// Somebody to give work to, and why.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// Who.
    pub user: UserId,
    /// Name.
    pub name: String,
    /// What they carry now.
    pub load: Load,
    /// Others who carry as little.
    pub as_light: usize,
}

/// Whom to ask to take a task: the lightest load at its desk, never somebody who is kept out of its household. `None` when there is no
/// choice. It is for whoever may give work there; nothing follows from it by itself.
pub async fn proposal(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    task: &Task,
    now: Instant,
) -> Result<Option<Proposal>, Broken> {
    let m = viewer.municipality;
    let (weights, _) = settings::load(conn, m).await?;
    let all = carried(conn, viewer, Some(&[task.desk]), &weights, now).await?;
    let kept_out = sql::kept_out(conn, m, task.id, now).await?;
    Ok(lightest(&all, task.desk, |user| kept_out.contains(&user)))
}

/// Whom to ask at a desk, by what everybody there carries.
fn lightest(all: &Carried, desk: DeskId, kept_out: impl Fn(UserId) -> bool) -> Option<Proposal> {
    let at_desk = all.people.iter().filter(|p| p.desk == desk);
    let candidates: Vec<Candidate> = at_desk
        .map(|p| Candidate {
            user: p.user,
            load: all.loads.get(&(p.desk, p.user)).copied().unwrap_or_default(),
            leads: p.leads,
            kept_out: kept_out(p.user),
        })
        .collect();
    let chosen = propose(&candidates)?;
    let as_light = pool(&candidates)
        .iter()
        .filter(|c| c.user != chosen.user && c.load.weight == chosen.load.weight)
        .count();
    let name = all.people.iter().find(|p| p.user == chosen.user).map(|p| p.name.clone());
    Some(Proposal { user: chosen.user, name: name.unwrap_or_default(), load: chosen.load, as_light })
}

impl Proposal {
    /// In words, with its reason.
    pub fn words(&self, t: &T) -> String {
        let key = if self.as_light > 0 { "load.propose_tie" } else { "load.propose" };
        let args = [
            ("name", self.name.clone()),
            ("n", self.load.cases.to_string()),
            ("w", self.load.weight.to_string()),
            ("k", self.as_light.to_string()),
        ];
        t.fs(key, &args)
    }
}

struct Worker {
    name: String,
    href: String,
    load: Load,
    /// Share of the heaviest load at the desk, for the bar.
    share: i64,
}

struct DeskLoad {
    name: String,
    href: String,
    people: Vec<Worker>,
    /// Cases nobody is in charge of.
    nobody: Load,
    nobody_href: String,
    all: Load,
    /// Whom to ask for the next case, with the reason; nothing where there is no choice.
    proposal: Option<String>,
}

struct CaseLine {
    number: String,
    href: Option<String>,
    weight: i64,
    why: String,
    days: i64,
    opened: String,
    next: String,
}

struct Picked {
    who: String,
    lines: Vec<CaseLine>,
}

impl DeskLoad {
    /// Weight for each who sits there.
    fn a_head(&self) -> i64 {
        self.all.weight / i64::try_from(self.people.len().max(1)).unwrap_or(1)
    }
}

#[derive(Template)]
#[template(path = "workload_load.html")]
struct LoadPage {
    frame: Frame,
    whole_town: bool,
    /// Of a whole town: one line for each desk, the heaviest first.
    brief: bool,
    choices: Vec<(DeskId, String, bool)>,
    desks: Vec<DeskLoad>,
    picked: Option<Picked>,
}

/// GET /load?desk=&who=
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let (m, now) = (ctx.viewer.municipality, ctx.now);
    let mut look = ctx.look(Channel::List).await?;
    let scope = sql::watched(&mut look.conn(), &ctx.viewer).await?;
    let chosen: Option<DeskId> = req.query().get("desk").and_then(|d| d.parse().ok());
    let inside = chosen.filter(|d| scope.as_ref().is_none_or(|s| s.contains(d)));
    let narrowed: Option<Vec<DeskId>> = inside.map(|d| vec![d]).or(scope.clone());
    let (weights, _) = settings::load(&mut look.conn(), m).await?;
    let all = carried(&mut look.conn(), &ctx.viewer, narrowed.as_deref(), &weights, now).await?;
    let own = sql::own_part(&mut look.conn(), &ctx.viewer).await?;
    let mut desks = register::desks(&mut look.conn(), m, now.day()).await?;
    desks.retain(|d| d.has_login && scope.as_ref().is_none_or(|s| s.contains(&d.id)));
    let frame = req.frame();
    let wanted = req.query().get("who").unwrap_or_default();
    let picked = inside.filter(|_| !wanted.is_empty()).map(|desk| pick(&frame, &all, desk, wanted, &own));
    let brief = scope.is_none() && inside.is_none();
    let mut shown: Vec<DeskLoad> = desks
        .iter()
        .filter(|d| inside.is_none_or(|i| i == d.id))
        .map(|d| of_desk(&frame, &all, d.id, &d.name))
        // Of a whole town: where something is carried.
        .filter(|d| !brief || d.all.cases > 0)
        .collect();
    if brief {
        shown.sort_by_key(|d| std::cmp::Reverse(d.a_head()));
    }
    let page = LoadPage {
        whole_town: scope.is_none(),
        brief,
        desks: shown,
        choices: desks.iter().map(|d| (d.id, d.name.clone(), inside == Some(d.id))).collect(),
        picked,
        frame,
    };
    Answer::page(page.render(), look.close().await?)
}

/// The next promise of each case.
pub(crate) fn first_due(promises: &BTreeMap<CaseId, Vec<sql::Promise>>) -> BTreeMap<CaseId, Instant> {
    promises
        .iter()
        .filter_map(|(case, all)| all.iter().map(|p| p.due).min().map(|due| (*case, due)))
        .collect()
}

fn of_desk(frame: &Frame, all: &Carried, desk: DeskId, name: &str) -> DeskLoad {
    let here = |user: Option<UserId>| {
        let mut load = Load::default();
        for c in all.cases.iter().filter(|c| c.case.desk == desk && c.carrier == user) {
            load.cases += 1;
            load.weight += total(&c.parts);
        }
        load
    };
    let of = |user| all.loads.get(&(desk, user)).copied().unwrap_or_default();
    let sitting = || all.people.iter().filter(|p| p.desk == desk);
    let heaviest = sitting().map(|p| of(p.user).weight).max().unwrap_or(0).max(1);
    let people: Vec<Worker> = sitting()
        .map(|p| {
            let load = of(p.user);
            Worker {
                name: p.name.clone(),
                href: format!("{}?desk={desk}&who={}", link::LOAD, p.user),
                load,
                share: load.weight * 100 / heaviest,
            }
        })
        .collect();
    let nobody = here(None);
    let sum = |f: fn(&Load) -> i64| people.iter().map(|p| f(&p.load)).sum::<i64>();
    DeskLoad {
        href: format!("{}?desk={desk}", link::LOAD),
        nobody_href: format!("{}?desk={desk}&who=nobody", link::LOAD),
        all: Load {
            cases: sum(|l| l.cases) + nobody.cases,
            weight: sum(|l| l.weight) + nobody.weight,
            promises: sum(|l| l.promises),
            late: sum(|l| l.late),
        },
        people,
        nobody,
        // Of a case to come nobody knows who is kept out of it: asked again in its task, where it is known.
        proposal: lightest(all, desk, |_| false).map(|p| p.words(&frame.t)),
        name: name.to_owned(),
    }
}

fn pick(frame: &Frame, all: &Carried, desk: DeskId, wanted: &str, own: &BTreeSet<CaseId>) -> Picked {
    let user: Option<UserId> = wanted.parse().ok();
    let name = all.people.iter().find(|p| Some(p.user) == user && p.desk == desk).map(|p| p.name.clone());
    let today = frame.now.day();
    let lines = all
        .cases
        .iter()
        .filter(|c| c.case.desk == desk && c.carrier == user)
        .map(|c| CaseLine {
            number: c.case.number.clone(),
            href: own.contains(&c.case.id).then(|| link::case(c.case.id)),
            weight: total(&c.parts),
            why: why(&frame.t, &c.parts),
            days: c.case.opened.day().days_until(today),
            opened: frame.day(&c.case.opened.day()),
            next: all.due.get(&c.case.id).map(|at| frame.day(&at.day())).unwrap_or_default(),
        })
        .collect();
    Picked { who: name.unwrap_or_else(|| frame.t.s("load.nobody").to_owned()), lines }
}

/// What a weight is made of, in words.
fn why(t: &T, parts: &[(Part, i64)]) -> String {
    let words: Vec<String> =
        parts.iter().map(|(part, points)| format!("{} {points}", t.code("load_part", part))).collect();
    t.join(&words)
}
