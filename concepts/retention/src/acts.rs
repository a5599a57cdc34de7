//! Making a list, approving it, carrying it out. Each act: begin, load, permit, decide, save.

use std::collections::{BTreeMap, BTreeSet};

use access::{Action, RecordKind, RecordRef, Relation, Right, Viewer};
use engine::{Act, Begun, Broken, Conn, Fail, Receipt, Refusal};
use serde::Serialize;
use sha2::{Digest, Sha256};
use site::Req;
use words::code::Code;
use words::id::{DeskId, HouseholdId, MunicipalityId, ThingId, UserId};
use words::{Day, Instant};

use crate::approvers::Approvers;
use crate::erase;
use crate::rules::{self, ItemFacts, Kind, ListFacts, Period, Refuse, Step};
use crate::sql::{self, Item, Kept, List, Sight, Which};

/// Households named in one statement.
const ROUND: usize = 500;

/// Records on one list: as many as people can look through. The rest is for the next one.
pub(crate) const MOST: usize = 500;

/// What an act led to.
pub(crate) enum Done {
    /// Done now; where it leads, if it made something.
    Now(Receipt, Option<ThingId>),
    /// Done before: the form came twice.
    Before(String),
}

impl Done {
    /// The proof for the answer, and the id of what was made.
    pub(crate) fn end(self) -> (Receipt, Option<ThingId>) {
        match self {
            Self::Now(receipt, made) => (receipt, made),
            Self::Before(outcome) => (
                Receipt::nothing_personal("a form that came twice leads to the same place"),
                outcome.parse().ok(),
            ),
        }
    }
}

/// The record a list is in the log.
fn record(id: ThingId) -> RecordRef {
    RecordRef { kind: RecordKind::Disposal, id }
}

/// The desks whose items this person answers for: where they lead, and what those have inherited.
pub(crate) fn led(viewer: &Viewer) -> Vec<DeskId> {
    let leads = |a: Action| access::rule(a).0;
    let seats = viewer.seats.iter().filter(|s| leads(Action::ApproveDisposal).contains(&s.role));
    seats.flat_map(|s| std::iter::once(s.desk).chain(s.inherited.iter().copied())).collect()
}

/// Whether this person may see every item.
pub(crate) fn audits(viewer: &Viewer) -> bool {
    access::may(viewer, Action::ManageDisposal, &Relation::of_no_household()).is_ok()
}

/// What of the lists this person sees; nothing of a household they are kept out of (disclosure rule 14).
pub(crate) fn sight(viewer: &Viewer) -> Sight {
    Sight { desks: (!audits(viewer)).then(|| led(viewer)), excluded: viewer.excluded_from.clone() }
}

/// Everything, for decisions about a whole list; nothing of it is shown.
const WHOLE: Sight = Sight { desks: None, excluded: Vec::new() };

async fn periods(act: &mut Act) -> Result<BTreeMap<Kind, Vec<Period>>, Fail> {
    let m = act.municipality();
    Ok(sql::periods(&mut act.facts()?, m).await?)
}

/// The records, and beside them every other one of their households, each once.
async fn with_households(
    conn: &mut Conn<'_>,
    (m, today): (MunicipalityId, Day),
    wanted: Vec<Kept>,
) -> Result<Vec<Kept>, Broken> {
    let of: BTreeSet<HouseholdId> = wanted.iter().filter_map(|r| r.household).collect();
    let known: BTreeSet<ThingId> = wanted.iter().map(|r| r.record.id).collect();
    let of: Vec<HouseholdId> = of.into_iter().collect();
    let mut all = wanted;
    for round in of.chunks(ROUND) {
        for kind in Kind::ALL {
            let which = Which::Of(round.to_vec());
            let more = sql::records(conn, m, *kind, &which, today).await?;
            all.extend(more.into_iter().filter(|r| !known.contains(&r.record.id)));
        }
    }
    Ok(all)
}

#[derive(Serialize)]
struct NewList<'a> {
    kinds: &'a [Kind],
    up_to: Day,
}

/// Makes a list: what of these kinds had its time over on that day, and why some of it is held. True where there was more than one list takes.
pub(crate) async fn make(req: &Req, kinds: &[Kind], up_to: Day) -> Result<(Done, bool), Fail> {
    let begun = req.ctx()?.act(&req.envelope(), "disposal.make", &NewList { kinds, up_to }).await?;
    let mut act = match begun {
        Begun::Before(outcome) => return Ok((Done::Before(outcome), false)),
        Begun::New(act) => act,
    };
    let id: ThingId = act.new_id();
    let right = act.permit(Action::ManageDisposal, &Relation::of_no_household(), record(id)).await?;
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    rules::check_up_to(up_to, now.day())?;
    let periods = periods(&mut act).await?;
    let mut wanted = Vec::new();
    for kind in kinds {
        let shortest =
            periods.get(kind).into_iter().flatten().map(|p| p.years).chain([rules::DEFAULT_YEARS]).min();
        let sieve = Which::EndedBefore(up_to.plus_days(-365 * shortest.unwrap_or(1)));
        wanted.extend(sql::records(&mut act.facts()?, m, *kind, &sieve, now.day()).await?);
    }
    let listed = sql::listed(&mut act.facts()?, m).await?;
    wanted.retain(|r| !listed.contains(&r.record.id));
    let count = wanted.len();
    let all = with_households(&mut act.facts()?, (m, now.day()), wanted).await?;
    let of = |kind: Kind| periods.get(&kind).cloned().unwrap_or_default();
    let verdicts = rules::judge(&all, of, (up_to, now.day()));
    let mut items: Vec<Item> = Vec::new();
    for (kept, verdict) in all.into_iter().zip(verdicts).take(count) {
        let (Some(ended), Some(until)) = (kept.facts.ended, verdict.kept_until) else { continue };
        if until >= up_to {
            continue;
        }
        items.push(item(kept, ended, until, verdict));
    }
    // What can go comes before what is held, so that a list always brings something about.
    items.sort_by_key(|i| (!i.held.is_empty(), i.ended, i.record));
    let more = items.len() > MOST;
    items.truncate(MOST);
    items.sort_by(|a, b| (a.kind, &a.number, a.ended, a.record).cmp(&(b.kind, &b.number, b.ended, b.record)));
    for (n, item) in (1..).zip(&mut items) {
        item.seq = n;
    }
    if items.is_empty() {
        return Err(Refusal::new("disposal.nothing_due").into());
    }
    let by = person(&act)?;
    let mut conn = act.save(&right)?;
    sql::list_add(&mut conn, m, (id, up_to), (now, by, command), &items).await?;
    Ok((Done::Now(act.commit(&id.to_string()).await?, Some(id)), more))
}

fn item(kept: Kept, ended: Day, kept_until: Day, verdict: rules::Verdict) -> Item {
    Item {
        seq: 0,
        kind: kept.kind,
        record: kept.record.id,
        household: kept.household,
        number: kept.record.number,
        desk: kept.record.desk,
        ended,
        kept_until,
        years: verdict.years,
        rule: verdict.rule,
        held: joined(&verdict.held),
        approved: None,
        refusal: String::new(),
        refused_by: None,
        disposed: false,
    }
}

fn joined(held: &[rules::Held]) -> String {
    held.iter().map(|h| h.code()).collect::<Vec<_>>().join(",")
}

fn person(act: &Act) -> Result<UserId, Fail> {
    act.viewer().map(|v| v.user).ok_or(Fail::NotVisible)
}

/// What the rules ask of a list.
pub(crate) fn facts_of(list: &List, items: &[Item]) -> ListFacts {
    ListFacts {
        approved_by: list.approved.map(|(_, by)| by),
        executed: list.executed.is_some(),
        cancelled: list.cancelled_at.is_some(),
        items: items
            .iter()
            .map(|i| ItemFacts {
                held: !i.held.is_empty(),
                refused: !i.refusal.is_empty(),
                approved_by: i.approved.map(|(_, by)| by),
            })
            .collect(),
    }
}

/// What somebody asks for.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Asked {
    /// The step.
    pub step: Step,
    /// Numbers of items, for steps about some.
    pub items: Vec<i64>,
    /// Every item one may approve.
    pub all: bool,
    /// Why they are taken off.
    pub why: Option<Refuse>,
}

/// Takes a step with a list.
pub(crate) async fn step(req: &Req, id: ThingId, asked: &Asked) -> Result<Done, Fail> {
    #[derive(Serialize)]
    struct Body<'a>(ThingId, &'a Asked);
    let mut act = match req.ctx()?.act(&req.envelope(), "disposal.step", &Body(id, asked)).await? {
        Begun::Before(outcome) => return Ok(Done::Before(outcome)),
        Begun::New(act) => act,
    };
    let m = act.municipality();
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let list = sql::list_by_id(&mut act.facts()?, m, id).await?.ok_or(Fail::NotVisible)?;
    let seen = sql::items(&mut act.facts()?, m, id, &sight(&viewer)).await?;
    if seen.is_empty() && !audits(&viewer) {
        return Err(Fail::NotVisible);
    }
    let chosen: Vec<&Item> = seen
        .iter()
        .filter(|i| i.held.is_empty() && i.refusal.is_empty())
        .filter(|i| asked.all || asked.items.contains(&i.seq))
        .collect();
    let desks = led(&viewer);
    let own = |i: &&Item| desks.contains(&i.desk);
    let chosen: Vec<&Item> = match asked.step {
        Step::ApproveDesk => chosen.into_iter().filter(own).collect(),
        _ => chosen,
    };
    let right = permit(&mut act, id, asked.step, &viewer, &chosen).await?;
    let whole = sql::items(&mut act.facts()?, m, id, &WHOLE).await?;
    rules::step(&facts_of(&list, &whole), asked.step, viewer.user)?;
    let now = act.now();
    if let Some(why) = asked.why.filter(|_| asked.step == Step::Refuse) {
        let approvers = Approvers::load(&mut act.facts()?, m, now, (&list, &whole)).await?;
        let somebody = chosen.iter().any(|i| approvers.can(i));
        rules::may_refuse(why, audits(&viewer), somebody)?;
    }
    let mut conn = act.save(&right)?;
    if act_is_stale(req, list.version)
        || (rules::ages(asked.step) && !sql::bump(&mut conn, m, id, list.version).await?)
    {
        return Err(Fail::Stale);
    }
    let seqs: Vec<i64> = chosen.iter().map(|i| i.seq).collect();
    let stamp = (now, viewer.user);
    match asked.step {
        Step::ApproveDesk => sql::approve_items(&mut conn, m, id, &seqs, stamp).await?,
        Step::ApproveList => {
            if !sql::approve_list(&mut conn, m, id, stamp).await? {
                return Err(Fail::Stale);
            }
        }
        Step::Refuse => {
            let why = asked.why.ok_or_else(|| Refusal::new("disposal.choose_why"))?;
            sql::refuse_items(&mut conn, m, id, (&seqs, why.code()), stamp).await?;
        }
        Step::Cancel => sql::cancel(&mut conn, m, id, stamp).await?,
        Step::Execute => execute(&mut act, &right, &list, whole).await?,
    }
    Ok(Done::Now(act.commit(&id.to_string()).await?, Some(id)))
}

/// Whether the form was filled in before somebody else changed the list.
fn act_is_stale(req: &Req, version: i64) -> bool {
    req.envelope().base_version != Some(version)
}

/// The right to a step. Items are approved for each of their desks; a lead takes off only what is their desk's.
async fn permit(
    act: &mut Act,
    id: ThingId,
    step: Step,
    viewer: &Viewer,
    chosen: &[&Item],
) -> Result<Right, Fail> {
    let about_items = matches!(step, Step::ApproveDesk | Step::Refuse);
    if about_items && chosen.is_empty() {
        return Err(Refusal::new("disposal.choose_items").into());
    }
    if !about_items || (step == Step::Refuse && audits(viewer)) {
        return act.permit(Action::ManageDisposal, &Relation::of_no_household(), record(id)).await;
    }
    let mut right = None;
    for desk in chosen.iter().map(|i| i.desk).collect::<BTreeSet<_>>() {
        // Whoever is kept out of a household does not see its items: what is chosen is of no such household.
        let mut relation = Relation::of_no_household();
        relation.accountable = Some(desk);
        right = Some(act.permit(Action::ApproveDisposal, &relation, record(id)).await?);
    }
    right.ok_or(Fail::NotVisible)
}

/// Carries a list out: everything is judged once more, and what is held by now stays.
async fn execute(act: &mut Act, right: &Right, list: &List, items: Vec<Item>) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let going: Vec<Item> = items.into_iter().filter(|i| i.held.is_empty() && i.refusal.is_empty()).collect();
    let of =
        |kind: Kind| -> Vec<ThingId> { going.iter().filter(|i| i.kind == kind).map(|i| i.record).collect() };
    // Whoever sets a hold or reopens a case in this very moment waits until the list is carried out, or comes first.
    for kind in Kind::ALL {
        sql::lock(&mut act.save(right)?, m, *kind, &of(*kind)).await?;
    }
    let now_held = held_now(&mut act.facts()?, (m, now.day()), list.up_to, &going).await?;
    let mut gone = Vec::new();
    let mut conn = act.save(right)?;
    for item in going {
        let held = now_held.get(&item.record).map_or(rules::Held::Gone.code(), String::as_str);
        if held.is_empty() {
            gone.push(item);
        } else {
            sql::hold_item(&mut conn, m, list.id, item.seq, held).await?;
        }
    }
    if gone.is_empty() {
        return Err(Refusal::new("disposal.nothing_goes").into());
    }
    let records: Vec<(Kind, ThingId)> = gone.iter().map(|i| (i.kind, i.record)).collect();
    erase::dispose(&mut conn, m, now, &records).await?;
    let by = person(act)?;
    let list = List { executed: Some((now, by)), ..list.clone() };
    let hash = certificate(&list, &gone);
    sql::executed(&mut act.save(right)?, m, list.id, &hash, (now, by)).await?;
    Ok(())
}

/// What holds the items of a list that are still to go, as of today: what was not there when the list was made. Nothing is written.
pub(crate) async fn held_now(
    conn: &mut Conn<'_>,
    (m, today): (MunicipalityId, Day),
    up_to: Day,
    items: &[Item],
) -> Result<BTreeMap<ThingId, String>, Broken> {
    let going = || items.iter().filter(|i| i.held.is_empty() && i.refusal.is_empty());
    // What is not found any more became part of a case meanwhile, or is gone: it stays as it is.
    let mut held: BTreeMap<ThingId, String> =
        going().map(|i| (i.record, rules::Held::Gone.code().to_owned())).collect();
    let mut wanted = Vec::new();
    for kind in Kind::ALL {
        let ids: Vec<ThingId> = going().filter(|i| i.kind == *kind).map(|i| i.record).collect();
        for ids in ids.chunks(ROUND) {
            wanted.extend(sql::records(conn, m, *kind, &Which::Ids(ids.to_vec()), today).await?);
        }
    }
    let periods = sql::periods(conn, m).await?;
    let all = with_households(conn, (m, today), wanted).await?;
    let of = |kind: Kind| periods.get(&kind).cloned().unwrap_or_default();
    let verdicts = rules::judge(&all, of, (up_to, today));
    held.extend(all.iter().zip(verdicts).map(|(r, v)| (r.record.id, joined(&v.held))));
    Ok(held)
}

/// The lines of a certificate as one hash: who holds the paper can see later whether the list is still the same.
pub(crate) fn certificate(list: &List, gone: &[Item]) -> String {
    let stamp =
        |s: Option<(Instant, UserId)>| s.map_or_else(String::new, |(at, by)| format!("{} {by}", at.iso()));
    let mut text = format!(
        "{}\u{1f}{}\u{1f}{}\u{1f}{}",
        list.id,
        list.up_to,
        stamp(list.approved),
        stamp(list.executed)
    );
    for i in gone {
        let line = [
            i.seq.to_string(),
            i.kind.to_string(),
            i.record.to_string(),
            i.number.clone(),
            i.desk.to_string(),
            i.ended.to_string(),
            i.kept_until.to_string(),
            i.years.to_string(),
            i.rule.clone(),
            stamp(i.approved),
        ];
        text.push('\n');
        text.push_str(&line.join("\u{1f}"));
    }
    engine::hex(&Sha256::digest(text))
}
