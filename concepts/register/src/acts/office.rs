//! An April 1 as a city enters it: a contract ends, goes on or passes to another contractor; a desk closes; two agencies become
//! one. And each of it taken back before its day, because a slip of the finger must not be a trap.
//!
//! What never came to be keeps its row with a last day before its first: no day is in it, and nothing is deleted.

use access::Right;
use engine::{Act, Fail, Refusal};
use words::Day;
use words::id::{AgencyId, AppointmentId, CommandId, ContractId, DeskId, UserId};

use super::{add_contract, add_desk, opening, succeed_agency};
use crate::rules::{SuccessorKind, office};
use crate::sql::find::Contract;
use crate::sql::pages::{self, Which};
use crate::sql::{self, DeskRow, find, write};

/// The contract of another contractor.
#[derive(Debug, Clone)]
pub struct NextContract<'a> {
    /// The contractor.
    pub contractor: AgencyId,
    /// What it is called.
    pub title: &'a str,
    /// Its last day. It begins on the day after the former one's end.
    pub last: Day,
}

async fn contract_of(act: &mut Act, id: ContractId) -> Result<(Contract, Vec<Contract>), Fail> {
    let at = act.municipality();
    let mut all = find::contract_list(&mut act.facts()?, at).await?;
    let place = all.iter().position(|c| c.id == id).ok_or(Fail::NotVisible)?;
    Ok((all.swap_remove(place), all))
}

/// Refuses to end desks on a day while somebody is appointed to one of them from a later day on: nobody may be left appointed to a desk
/// that is over. Whoever appoints somebody there in this very moment waits.
pub(super) async fn nobody_to_come(
    act: &mut Act,
    right: &Right,
    desks: &[DeskId],
    last: Day,
) -> Result<(), Fail> {
    let at = act.municipality();
    write::desk_hold(&mut act.save(right)?, at, desks).await?;
    let later = pages::appointed_later(&mut act.facts()?, at, desks, last).await?;
    let mut users: Vec<UserId> = Vec::new();
    for (user, _) in &later {
        if !users.contains(user) {
            users.push(*user);
        }
    }
    let names = crate::user_names(&mut act.facts()?, at, users.iter().copied()).await?;
    let names: Vec<String> = users.iter().filter_map(|u| names.get(u).cloned()).collect();
    Ok(office::nobody_to_come(&names, later.first().map(|(_, from)| *from))?)
}

/// Refuses to end an agency on a day while a contract or a desk of theirs begins later, or somebody at a desk that ends with it.
pub(super) async fn nothing_to_come(
    act: &mut Act,
    right: &Right,
    agency: AgencyId,
    last: Day,
) -> Result<(), Fail> {
    let at = act.municipality();
    for contract in find::contract_list(&mut act.facts()?, at).await? {
        if contract.contractor == agency {
            office::no_contract_to_come(&contract.title, contract.span(), last)?;
        }
    }
    let desks = sql::desk_list(&mut act.facts()?, at).await?;
    let theirs = || desks.iter().filter(|d| d.agency == agency);
    for desk in theirs() {
        office::no_desk_to_come(desk.own_span(), last)?;
    }
    let ending: Vec<DeskId> = theirs().filter(|d| d.span.covers(last)).map(|d| d.id).collect();
    nobody_to_come(act, right, &ending, last).await
}

/// Ends a contract today or later. From the next day its records and work are with the heirs.
pub async fn end_contract(
    act: &mut Act,
    right: &Right,
    contract: ContractId,
    last: Day,
    heirs: &[(DeskId, DeskId)],
) -> Result<(), Fail> {
    let (found, others) = contract_of(act, contract).await?;
    office::may_end(found.span(), last, act.now().day())?;
    // Its desks are under the next one by now: between the two they would stand without a contract.
    if others.iter().any(|c| found.terms().goes_on_in(&c.terms())) {
        return Err(Refusal::new("office.followed").into());
    }
    let at = act.municipality();
    let ending = find::contract_ending(&mut act.facts()?, at, contract, last).await?;
    nobody_to_come(act, right, &ending, last).await?;
    super::end_contract(act, right, contract, last, heirs).await
}

/// The own last days of the desks under a contract, without those that never came to be.
pub(crate) fn own_ends(desks: &[DeskRow], contract: ContractId) -> Vec<Option<Day>> {
    let under = |d: &&DeskRow| d.contract == Some(contract) && !d.own_span().never();
    desks.iter().filter(under).map(|d| d.own_end).collect()
}

/// Renews a contract with the same contractor until another last day. At least one of its desks goes on under it.
pub async fn renew_contract(
    act: &mut Act,
    right: &Right,
    contract: ContractId,
    title: &str,
    until: Day,
) -> Result<ContractId, Fail> {
    let (found, others) = contract_of(act, contract).await?;
    let followed = others.iter().any(|c| found.terms().goes_on_in(&c.terms()));
    let today = act.now().day();
    office::may_renew(found.span(), followed, until, today)?;
    let at = act.municipality();
    let desks = sql::desk_list(&mut act.facts()?, at).await?;
    office::desk_goes_on(&own_ends(&desks, contract), found.last, today)?;
    super::renew_contract(act, right, contract, title, until).await
}

/// Ends a contract and begins one with another contractor on the next day: desks of the same programmes, with the same posts
/// and nobody in them. The new contractor reads nothing of the former one's by it, and no consent names it (domain section 3).
pub async fn pass_contract(
    act: &mut Act,
    right: &Right,
    contract: ContractId,
    last: Day,
    heirs: &[(DeskId, DeskId)],
    next: &NextContract<'_>,
) -> Result<ContractId, Fail> {
    let (found, _) = contract_of(act, contract).await?;
    if found.contractor == next.contractor {
        return Err(Refusal::new("office.same_contractor").into());
    }
    let (at, from) = (act.municipality(), last.plus_days(1));
    let ending = find::contract_ending(&mut act.facts()?, at, contract, last).await?;
    end_contract(act, right, contract, last, heirs).await?;
    let programmes: Vec<&str> = found.programmes.iter().map(String::as_str).collect();
    let new = add_contract(
        act,
        right,
        next.title,
        next.contractor,
        found.commissioner,
        &programmes,
        (from, next.last),
    )
    .await?;
    let desks = sql::desk_list(&mut act.facts()?, at).await?;
    for old in desks.iter().filter(|d| ending.contains(&d.id)) {
        let there =
            |d: &DeskRow| d.agency == next.contractor && d.programme == old.programme && d.span.covers(from);
        if desks.iter().any(there) {
            continue;
        }
        let made = add_desk(act, right, next.contractor, &old.programme, Some(new), from, old.heir).await?;
        opening::same_posts(act, right, at, (old.id, made)).await?;
    }
    let command = act.command();
    let mut conn = act.save(right)?;
    let kind = SuccessorKind::Contractor;
    write::successor_add(&mut conn, at, found.contractor, next.contractor, kind, (from, command)).await?;
    Ok(new)
}

/// Takes a planned end of a contract back, or moves it later: it goes on until `until`, its desks with it. `again` are the
/// appointments that ended with it and go on.
pub async fn keep_contract(
    act: &mut Act,
    right: &Right,
    contract: ContractId,
    until: Day,
    again: &[AppointmentId],
) -> Result<(), Fail> {
    let (found, others) = contract_of(act, contract).await?;
    if others.iter().any(|c| found.terms().goes_on_in(&c.terms())) {
        return Err(Refusal::new("office.followed").into());
    }
    let at = act.municipality();
    // Given to another contractor from the day after: that contract is given up first, otherwise both would have the work.
    let next = found.last.plus_days(1);
    let changes = pages::change_list(&mut act.facts()?, at, found.contractor).await?;
    let passed = |c: &pages::Change| {
        c.before == found.contractor && c.kind == SuccessorKind::Contractor && c.from == next
    };
    if changes.iter().any(passed) {
        return Err(Refusal::new("office.passed_on").into());
    }
    office::may_keep(found.span(), Some(until), act.now().day())?;
    let desks = sql::desk_list(&mut act.facts()?, at).await?;
    let ended = |d: &&DeskRow| d.contract == Some(contract) && d.own_end == Some(found.last);
    for desk in desks.iter().filter(ended) {
        reopen(act, right, desk.id, found.last, again).await?;
    }
    Ok(write::contract_end(&mut act.save(right)?, at, contract, until).await?)
}

/// Gives a contract up before it begins. Desks that it renewed are under the one before again; desks made for it never come to
/// be.
pub async fn cancel_contract(act: &mut Act, right: &Right, contract: ContractId) -> Result<(), Fail> {
    let (found, others) = contract_of(act, contract).await?;
    office::may_cancel(found.span(), act.now().day())?;
    let (at, never) = (act.municipality(), found.from.plus_days(-1));
    let earlier = others.iter().find(|c| found.terms().renewed(&c.terms())).map(|c| c.id);
    let desks = sql::desk_list(&mut act.facts()?, at).await?;
    let begins = |d: &&DeskRow| d.contract == Some(contract) && d.span.from >= found.from;
    let unmade: Vec<DeskId> =
        desks.iter().filter(begins).filter(|d| !d.own_span().never()).map(|d| d.id).collect();
    nobody_to_come(act, right, &unmade, never).await?;
    for desk in desks.iter().filter(|d| d.contract == Some(contract) && !d.own_span().never()) {
        if desk.span.from < found.from {
            let Some(earlier) = earlier else { return Err(Refusal::new("office.nothing_before").into()) };
            write::desk_contract(&mut act.save(right)?, at, desk.id, Some(earlier), desk.heir).await?;
            continue;
        }
        let named = |d: &DeskRow| d.heir == Some(desk.id) && !d.own_span().never();
        let Some(heir) = desk.heir.filter(|_| !desks.iter().any(named)) else {
            return Err(Refusal::new("office.is_heir").into());
        };
        write::desk_end(&mut act.save(right)?, at, desk.id, never, heir).await?;
    }
    for change in pages::change_list(&mut act.facts()?, at, found.contractor).await? {
        if change.after == found.contractor
            && change.kind == SuccessorKind::Contractor
            && change.from == found.from
        {
            let pair = (change.before, change.after);
            write::successor_remove(&mut act.save(right)?, at, pair, change.kind, change.from).await?;
        }
    }
    Ok(write::contract_end(&mut act.save(right)?, at, contract, never).await?)
}

/// Ends a desk today or later.
pub async fn end_desk(
    act: &mut Act,
    right: &Right,
    desk: DeskId,
    last: Day,
    heir: DeskId,
) -> Result<(), Fail> {
    let at = act.municipality();
    let found = sql::desk_find(&mut act.facts()?, at, [desk]).await?;
    let Some(found) = found.first() else { return Err(Fail::NotVisible) };
    office::may_end(found.span, last, act.now().day())?;
    if let Some(id) = found.contract {
        let (contract, _) = contract_of(act, id).await?;
        let desks = sql::desk_list(&mut act.facts()?, at).await?;
        // While another desk of it goes on, the contract that comes has somebody behind it.
        let other =
            |d: &DeskRow| d.id != desk && d.contract == Some(id) && d.own_span().covers(contract.from);
        if !desks.iter().any(other) {
            office::no_contract_to_come(&contract.title, contract.span(), last)?;
        }
    }
    nobody_to_come(act, right, &[desk], last).await?;
    super::end_desk(act, right, desk, last, heir).await
}

/// Takes a planned end of a desk back. One that ends with its contract or its agency goes on with them.
pub async fn keep_desk(
    act: &mut Act,
    right: &Right,
    desk: DeskId,
    again: &[AppointmentId],
) -> Result<(), Fail> {
    let at = act.municipality();
    let found = sql::desk_find(&mut act.facts()?, at, [desk]).await?;
    let Some(found) = found.first() else { return Err(Fail::NotVisible) };
    office::may_keep(found.own_span(), None, act.now().day())?;
    let Some(last) = found.own_end else { return Err(Fail::NotVisible) };
    if let Some(contract) = found.contract {
        let (contract, _) = contract_of(act, contract).await?;
        if contract.last <= last {
            return Err(Refusal::new("office.with_contract").into());
        }
    }
    let agency = pages::agency_find(&mut act.facts()?, at, found.agency).await?;
    if agency.is_some_and(|a| a.span.to.is_some_and(|to| to <= last)) {
        return Err(Refusal::new("office.with_agency").into());
    }
    reopen(act, right, desk, last, again).await
}

/// A desk goes on, and with it those of its appointments that are named. Others that ended on the same day (a transfer) stay
/// ended.
async fn reopen(
    act: &mut Act,
    right: &Right,
    desk: DeskId,
    last: Day,
    again: &[AppointmentId],
) -> Result<(), Fail> {
    let at = act.municipality();
    let offered = ended_with(act, desk, last).await?;
    let mut conn = act.save(right)?;
    write::desk_reopen(&mut conn, at, desk).await?;
    for id in again.iter().filter(|id| offered.contains(id)) {
        write::appointment_reopen(&mut conn, at, *id, last).await?;
    }
    Ok(())
}

/// Appointments at a desk that end on a day, and whose person does not come back to it later anyway.
async fn ended_with(act: &mut Act, desk: DeskId, last: Day) -> Result<Vec<AppointmentId>, Fail> {
    let at = act.municipality();
    let found = sql::desk_find(&mut act.facts()?, at, [desk]).await?;
    let Some(agency) = found.first().map(|d| d.agency) else { return Err(Fail::NotVisible) };
    let all = pages::appointment_list(&mut act.facts()?, at, Which::Agency(agency)).await?;
    Ok(pages::ending_at(&all, desk, last).map(|a| a.id).collect())
}

/// Passes an agency to another at a merger on a day to come: desk by desk of the same programme.
pub async fn merge_agency(
    act: &mut Act,
    right: &Right,
    agency: AgencyId,
    successor: AgencyId,
    from: Day,
) -> Result<(), Fail> {
    if agency == successor {
        return Err(Refusal::new("register.heir_itself").into());
    }
    let (at, today) = (act.municipality(), act.now().day());
    let spans = pages::agency_spans(&mut act.facts()?, at).await?;
    let Some(span) = spans.get(&agency) else { return Err(Fail::NotVisible) };
    office::may_merge(*span, spans.get(&successor).copied(), from, today)?;
    nothing_to_come(act, right, agency, from.plus_days(-1)).await?;
    succeed_agency(act, right, agency, successor, SuccessorKind::Merger, from).await
}

/// A desk that was made by a merger or a division alone never comes to be when that is taken back: `by` is the command that wrote it
/// down. One that somebody entered by hand, also for the same day, that somebody is appointed to, that has a contract, or that others
/// name as their heir, stays.
async fn unmake(
    act: &mut Act,
    right: &Right,
    (desks, made): (&[DeskRow], &DeskRow),
    former: DeskId,
    (from, by): (Day, &[CommandId]),
) -> Result<(), Fail> {
    let at = act.municipality();
    let named = |d: &DeskRow| d.id != former && d.heir == Some(made.id) && !d.own_span().never();
    let own = made.span.from == from && made.made_by.is_some_and(|command| by.contains(&command));
    if !own || made.own_span().never() || made.contract.is_some() || desks.iter().any(named) {
        return Ok(());
    }
    let people = pages::appointment_list(&mut act.facts()?, at, Which::Agency(made.agency)).await?;
    if people.iter().any(|a| a.desk == made.id && !a.span.never()) {
        return Ok(());
    }
    Ok(write::desk_end(&mut act.save(right)?, at, made.id, from.plus_days(-1), former).await?)
}

/// Takes a planned merger or division back before its day: the agency and its desks go on.
pub async fn keep_agency(
    act: &mut Act,
    right: &Right,
    agency: AgencyId,
    again: &[AppointmentId],
) -> Result<(), Fail> {
    let (at, today) = (act.municipality(), act.now().day());
    let Some(found) = pages::agency_find(&mut act.facts()?, at, agency).await? else {
        return Err(Fail::NotVisible);
    };
    office::may_keep(found.span, None, today)?;
    let Some(last) = found.span.to else { return Err(Fail::NotVisible) };
    let from = last.plus_days(1);
    let changes = pages::change_list(&mut act.facts()?, at, agency).await?;
    let taken: Vec<&pages::Change> =
        changes.iter().filter(|c| c.before == agency && c.from == from).collect();
    let by: Vec<CommandId> = taken.iter().filter_map(|c| c.command).collect();
    let desks = sql::desk_list(&mut act.facts()?, at).await?;
    let ended: Vec<&DeskRow> =
        desks.iter().filter(|d| d.agency == agency && d.own_end == Some(last)).collect();
    for desk in &ended {
        reopen(act, right, desk.id, last, again).await?;
        // Under a contract it keeps an heir: there the desk of the merger stays, and is there for that.
        let Some(made) = desks.iter().find(|d| Some(d.id) == desk.heir).filter(|_| desk.contract.is_none())
        else {
            continue;
        };
        write::desk_no_heir(&mut act.save(right)?, at, desk.id).await?;
        unmake(act, right, (&desks, made), desk.id, (from, &by)).await?;
    }
    for change in taken {
        let pair = (change.before, change.after);
        // What was divided may have given the other side a desk that inherits nothing.
        let beside = |d: &&DeskRow| d.agency == change.after && change.kind == SuccessorKind::Split;
        for made in desks.iter().filter(beside) {
            if let Some(former) = ended.iter().find(|d| d.programme == made.programme) {
                unmake(act, right, (&desks, made), former.id, (from, &by)).await?;
            }
        }
        write::successor_remove(&mut act.save(right)?, at, pair, change.kind, change.from).await?;
    }
    Ok(write::agency_reopen(&mut act.save(right)?, at, agency, last).await?)
}
