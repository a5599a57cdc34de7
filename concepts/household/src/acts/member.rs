//! Members come, live apart and together again, and move; people are called otherwise. Each is dated and kept; a wrong one is
//! taken back.

use access::{Action, Category, Disclosed, RecordRef, Right};
use engine::{Act, Begun, Fail, Refusal};
use serde::Serialize;
use site::Req;
use words::Day;
use words::code::Code;
use words::id::{CommandId, HouseholdId, PersonId, ThingId};
use words::partial::PartialDate;

use super::{Done, known, planned, review, written_by};
use crate::dwelling::{self, NewFormerAddress};
use crate::former::{self, NewFormerName};
use crate::rules::AreaAfter;
use crate::{Happened, HouseholdHeader, Person, event, living, person, rules, sql, whereto};

/// Somebody joins the household, or comes back: from then on they are meant by what is about the whole household, so whoever
/// has open work looks consents and texts through.
pub(crate) async fn joined(
    req: &Req,
    id: PersonId,
    on: Day,
    relation: &str,
    together: bool,
) -> Result<Done, Fail> {
    let body = (id, on, relation, together);
    let mut act = match req.ctx()?.act(&req.envelope(), "household.joined", &body).await? {
        Begun::Before(outcome) => return Ok(Done::Before(outcome)),
        Begun::New(act) => act,
    };
    let person = known(&mut act, id).await?;
    let relation_to = written_by(&mut act, person.desk, Some(person.household)).await?;
    let right = act.permit(Action::EditHousehold, &relation_to, RecordRef::person(id)).await?;
    rules::may_join(is_member(&person), person.left, on)?;
    act.check_version(person.version)?;
    living::join(&mut act, &right, (person.household, id), on, relation, together).await?;
    event::note(&mut act, &right, id, Happened::Joined, PartialDate::of_day(on)).await?;
    let outcome = review(&mut act, &right, person.household).await?.to_string();
    let receipt = act.commit(&outcome).await?;
    Ok(Done::Now(outcome, receipt))
}

fn is_member(person: &Person) -> bool {
    person.joined.is_some() && person.left.is_none()
}

/// A member lives apart, or together with the others again.
pub(crate) async fn lives(req: &Req, id: PersonId, on: PartialDate, together: bool) -> Result<Done, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "household.lives", &(id, on, together)).await? {
        Begun::Before(outcome) => return Ok(Done::Before(outcome)),
        Begun::New(act) => act,
    };
    let person = known(&mut act, id).await?;
    let relation = written_by(&mut act, person.desk, Some(person.household)).await?;
    let right = act.permit(Action::EditHousehold, &relation, RecordRef::person(id)).await?;
    rules::may_live(is_member(&person), person.known.lives_together, together)?;
    act.check_version(person.version)?;
    living::bump(&mut act, &right, id).await?;
    living::live_together(&mut act, &right, id, together).await?;
    let kind = if together { Happened::Together } else { Happened::Apart };
    event::note(&mut act, &right, id, kind, on).await?;
    let outcome = id.to_string();
    let receipt = act.commit(&outcome).await?;
    Ok(Done::Now(outcome, receipt))
}

/// Since when a member lives with the others, of somebody who was written down as living there already. It changes nothing else.
pub(crate) async fn since(req: &Req, id: PersonId, on: PartialDate) -> Result<Done, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "household.since", &(id, on)).await? {
        Begun::Before(outcome) => return Ok(Done::Before(outcome)),
        Begun::New(act) => act,
    };
    let person = known(&mut act, id).await?;
    let relation = written_by(&mut act, person.desk, Some(person.household)).await?;
    let right = act.permit(Action::EditHousehold, &relation, RecordRef::person(id)).await?;
    let written = written(&mut act, &person, Happened::Since).await?.is_some();
    rules::may_say_since(is_member(&person), person.known.lives_together, written)?;
    act.check_version(person.version)?;
    living::bump(&mut act, &right, id).await?;
    event::note(&mut act, &right, id, Happened::Since, on).await?;
    let outcome = id.to_string();
    let receipt = act.commit(&outcome).await?;
    Ok(Done::Now(outcome, receipt))
}

/// The day of the latest event of a kind, if it is what stands now.
pub(super) async fn written(
    act: &mut Act,
    person: &Disclosed<Person>,
    kind: Happened,
) -> Result<Option<String>, Fail> {
    let (m, id) = (act.municipality(), person.id);
    let stands = match kind {
        Happened::Joined => is_member(person),
        Happened::Apart => !person.known.lives_together,
        Happened::Together | Happened::Since => person.known.lives_together,
        _ => true,
    };
    let events = event::standing(&mut act.facts()?, m, id).await?;
    Ok(events.into_iter().find(|e| stands && e.kind == kind).map(|e| e.day))
}

/// Takes the effect of an event back.
pub(super) async fn undo(act: &mut Act, right: &Right, id: PersonId, kind: Happened) -> Result<(), Fail> {
    living::bump(act, right, id).await?;
    match kind {
        Happened::Joined => living::unjoin(act, right, id).await,
        Happened::Apart => living::live_together(act, right, id, true).await,
        Happened::Together => living::live_together(act, right, id, false).await,
        _ => Ok(()),
    }
}

/// A move of several members of a household.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Move {
    /// When, as far as it is known.
    pub on: PartialDate,
    /// The new address; empty when it is not known, or not to be written.
    pub address: String,
    /// Who moves.
    pub persons: Vec<PersonId>,
    /// The move ahead that it is written instead of, by its command.
    pub instead: Option<CommandId>,
}

/// The members of a household, as far as the acting viewer may know them.
pub(crate) async fn members(act: &mut Act, id: HouseholdId) -> Result<Vec<Disclosed<Person>>, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let sealed = person::members(&mut act.facts()?, &viewer, id).await?;
    Ok(act.disclose(sealed).await?)
}

/// People move: their address is the new one, what happened is kept, and every desk with open work about the household is
/// asked whether the matter is to be handed over (domain section 2.1).
pub(crate) async fn moved(req: &Req, id: HouseholdId, new: &Move) -> Result<Done, Fail> {
    #[derive(Serialize)]
    struct Body<'a>(HouseholdId, &'a Move);
    let mut act = match req.ctx()?.act(&req.envelope(), "household.moved", &Body(id, new)).await? {
        Begun::Before(outcome) => return Ok(Done::Before(outcome)),
        Begun::New(act) => act,
    };
    let m = act.municipality();
    let household = sql::header(&mut act.facts()?, m, id).await?.ok_or(Fail::NotVisible)?;
    let relation = written_by(&mut act, household.desk, Some(id)).await?;
    let record = RecordRef::person(id.cast());
    let right = act.permit(Action::EditHousehold, &relation, record).await?;
    act.check_version(household.version)?;
    let members = members(&mut act, id).await?;
    let own = |p: &&Disclosed<Person>| is_own(&act, p) && new.persons.contains(&p.id);
    let moving: Vec<&Disclosed<Person>> = members.iter().filter(own).collect();
    if moving.is_empty() {
        return Err(Refusal::new("household.nobody_moves").into());
    }
    sql::bump(&mut act, &right, id).await?;
    for p in &moving {
        living::move_to(&mut act, &right, p, &new.address).await?;
        if rules::keeps_address(&p.known.address, &new.address) {
            dwelling::keep(&mut act, &right, p.id, &p.known.address, new.on).await?;
        }
        event::note(&mut act, &right, p.id, Happened::Moved, new.on).await?;
    }
    let moved: Vec<PersonId> = moving.iter().map(|p| p.id).collect();
    crate::findable::refresh(&mut act, &right, &moved, &[]).await?;
    planned::came_about(&mut act, &right, id, new, &moved).await?;
    let home_moves = home_moves(&mut act, &household, new, &members).await?;
    // Of a day that is known in part, the last it can be: what the table says of it is what it says of today, or nearly.
    let on = new.on.latest().min(act.now().day());
    follow(&mut act, &right, id, &Follow { on, address: &new.address, home_moves }).await?;
    let outcome = review(&mut act, &right, id).await?.to_string();
    let receipt = act.commit(&outcome).await?;
    Ok(Done::Now(outcome, receipt))
}

/// Whether it is a card of the desks of whoever writes: on others they write nothing, also where they see them (decision 0045).
pub(super) fn is_own(act: &Act, person: &Person) -> bool {
    act.viewer().is_some_and(|v| v.reading_desks().contains(&person.desk))
}

/// Whether all who live together move, as far as it can be known: a member who is not shown is one of whom nothing is.
async fn home_moves(
    act: &mut Act,
    home: &HouseholdHeader,
    new: &Move,
    members: &[Disclosed<Person>],
) -> Result<bool, Fail> {
    let m = act.municipality();
    let stays =
        |p: &Disclosed<Person>| p.known.lives_together && p.died.is_none() && !new.persons.contains(&p.id);
    let shown = members.iter().filter(|p| p.desk == home.desk).count();
    let all = sql::present(&mut act.facts()?, m, home.id).await?;
    Ok(all == shown && !members.iter().any(stays))
}

/// A move, as the area of the household follows it.
pub(crate) struct Follow<'a> {
    /// The day.
    pub on: Day,
    /// The new address; empty when it is not known.
    pub address: &'a str,
    /// Whether all who live together move.
    pub home_moves: bool,
}

/// The area follows the move, by the dated table of 町字; an address outside of the town is in none of its areas.
pub(crate) async fn follow(
    act: &mut Act,
    right: &Right,
    id: HouseholdId,
    to: &Follow<'_>,
) -> Result<(), Fail> {
    let m = act.municipality();
    let people = sql::people(&mut act.facts()?, m, id).await?;
    let sheltered = !engine::home::kept(&mut act.facts()?, m, people).await?.is_empty();
    let area = match rules::area_after(to.home_moves, !to.address.is_empty(), sheltered) {
        AreaAfter::Stays => return Ok(()),
        AreaAfter::Kept => None,
        AreaAfter::OfAddress => {
            let before = sql::header(&mut act.facts()?, m, id).await?.and_then(|h| h.area);
            whereto::area_of(&mut act.facts()?, m, (to.address, to.on), before).await?
        }
    };
    sql::set_area(act, right, id, area).await
}

/// Somebody had another name before.
pub(crate) async fn add_name(req: &Req, id: PersonId, new: &NewFormerName) -> Result<Done, Fail> {
    #[derive(Serialize)]
    struct Body<'a>(PersonId, &'a NewFormerName);
    let mut act = match req.ctx()?.act(&req.envelope(), "household.add_name", &Body(id, new)).await? {
        Begun::Before(outcome) => return Ok(Done::Before(outcome)),
        Begun::New(act) => act,
    };
    let person = known(&mut act, id).await?;
    let relation = written_by(&mut act, person.desk, Some(person.household)).await?;
    let right = act.permit(Action::EditHousehold, &relation, RecordRef::person(id)).await?;
    act.check_version(person.version)?;
    living::bump(&mut act, &right, id).await?;
    former::add(&mut act, &right, id, new).await?;
    // Whoever may find them finds them by it from now on.
    crate::findable::refresh(&mut act, &right, &[id], &[]).await?;
    let outcome = id.to_string();
    let receipt = act.commit(&outcome).await?;
    Ok(Done::Now(outcome, receipt))
}

/// A former name that was wrong is taken back and kept.
pub(crate) async fn remove_name(req: &Req, id: PersonId, name: ThingId) -> Result<Done, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "household.remove_name", &(id, name)).await? {
        Begun::Before(outcome) => return Ok(Done::Before(outcome)),
        Begun::New(act) => act,
    };
    let person = known(&mut act, id).await?;
    let relation = written_by(&mut act, person.desk, Some(person.household)).await?;
    let right = act.permit(Action::EditHousehold, &relation, RecordRef::person(id)).await?;
    act.check_version(person.version)?;
    living::bump(&mut act, &right, id).await?;
    former::remove(&mut act, &right, id, name).await?;
    crate::findable::refresh(&mut act, &right, &[id], &[]).await?;
    let outcome = id.to_string();
    let receipt = act.commit(&outcome).await?;
    Ok(Done::Now(outcome, receipt))
}

/// Somebody lived elsewhere before.
pub(crate) async fn add_address(req: &Req, id: PersonId, new: &NewFormerAddress) -> Result<Done, Fail> {
    #[derive(Serialize)]
    struct Body<'a>(PersonId, &'a NewFormerAddress);
    let mut act = match req.ctx()?.act(&req.envelope(), "household.add_address", &Body(id, new)).await? {
        Begun::Before(outcome) => return Ok(Done::Before(outcome)),
        Begun::New(act) => act,
    };
    let person = known(&mut act, id).await?;
    let relation = written_by(&mut act, person.desk, Some(person.household)).await?;
    let right = act.permit(Action::EditHousehold, &relation, RecordRef::person(id)).await?;
    may_know_where(&person)?;
    rules::may_have_lived(new.from, new.until)?;
    act.check_version(person.version)?;
    living::bump(&mut act, &right, id).await?;
    dwelling::add(&mut act, &right, id, new).await?;
    // Whoever may know where they lived finds them by it.
    crate::findable::refresh(&mut act, &right, &[id], &[]).await?;
    let outcome = id.to_string();
    let receipt = act.commit(&outcome).await?;
    Ok(Done::Now(outcome, receipt))
}

/// A former address that was wrong is taken back and kept.
pub(crate) async fn remove_address(req: &Req, id: PersonId, address: ThingId) -> Result<Done, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "household.remove_address", &(id, address)).await? {
        Begun::Before(outcome) => return Ok(Done::Before(outcome)),
        Begun::New(act) => act,
    };
    let person = known(&mut act, id).await?;
    let relation = written_by(&mut act, person.desk, Some(person.household)).await?;
    let right = act.permit(Action::EditHousehold, &relation, RecordRef::person(id)).await?;
    may_know_where(&person)?;
    act.check_version(person.version)?;
    living::bump(&mut act, &right, id).await?;
    dwelling::remove(&mut act, &right, id, address).await?;
    crate::findable::refresh(&mut act, &right, &[id], &[]).await?;
    let outcome = id.to_string();
    let receipt = act.commit(&outcome).await?;
    Ok(Done::Now(outcome, receipt))
}

/// From whom where somebody lives is kept, the addresses are absent, those of before too (disclosure rules 2 and 6).
fn may_know_where(person: &Disclosed<Person>) -> Result<(), Fail> {
    if person.shown().has(Category::Contact) { Ok(()) } else { Err(Fail::NotVisible) }
}

/// Codes of what is taken back by its own small form on the page of a person.
pub(crate) const LIVING: [&str; 5] = [JOINED, APART, TOGETHER, SINCE, MOVED];
const JOINED: &str = "joined";
const APART: &str = "apart";
const TOGETHER: &str = "together";
const SINCE: &str = "since";
const MOVED: &str = "moved";

/// The event of such a code.
pub(crate) fn living(code: &str) -> Option<Happened> {
    Happened::parse(code).filter(|_| LIVING.contains(&code))
}
