//! What is new in the register of desks: the first desk and the first contract of an agency, a further desk, and an agency
//! divided into two. Everything from its day on; nothing of it lets anybody read what was written before (domain section 3).

use access::{Right, Role};
use engine::{Act, Fail, Refusal};
use words::Day;
use words::code::Code;
use words::id::{AgencyId, ContractId, DeskId, MunicipalityId};

use super::{add_contract, add_desk, add_post};
use crate::rules::opening::{self, Carry};
use crate::rules::{Programme, Span, SuccessorKind, office};
use crate::sql::{self, DeskRow, find, pages, write};

/// What a new desk runs under.
#[derive(Debug, Clone, Copy)]
pub enum Under<'a> {
    /// No contract: 直営, or a body of its own.
    Nothing,
    /// A contract that is there, and who has the records when it ends.
    Known(ContractId, DeskId),
    /// A contract that begins with the desk.
    New {
        /// What it is called.
        title: &'a str,
        /// Who commissions.
        commissioner: AgencyId,
        /// Its last day.
        until: Day,
        /// Who has the records when it ends.
        heir: DeskId,
    },
}

/// Desks to begin: one for each programme.
#[derive(Debug, Clone)]
pub struct NewDesks<'a> {
    /// Of whom.
    pub agency: AgencyId,
    /// Their programmes.
    pub programmes: &'a [Programme],
    /// Their first day.
    pub from: Day,
    /// The posts at each, with their titles: nobody can be appointed to a desk without one.
    pub posts: &'a [(Role, String)],
    /// What they run under.
    pub under: Under<'a>,
}

/// Begins desks, and their contract when it is a new one.
pub async fn open_desks(act: &mut Act, right: &Right, new: &NewDesks<'_>) -> Result<Vec<DeskId>, Fail> {
    let (at, today) = (act.municipality(), act.now().day());
    let spans = pages::agency_spans(&mut act.facts()?, at).await?;
    let Some(span) = spans.get(&new.agency) else { return Err(Fail::NotVisible) };
    opening::may_open(*span, new.from, today)?;
    let desks = sql::desk_list(&mut act.facts()?, at).await?;
    for programme in new.programmes {
        let same = |d: &&DeskRow| d.agency == new.agency && d.programme == programme.code();
        let there: Vec<Span> = desks
            .iter()
            .filter(same)
            .map(|d| if d.own_span().never() { d.own_span() } else { d.span })
            .collect();
        opening::one_desk(&there, new.from)?;
    }
    let codes: Vec<&str> = new.programmes.iter().map(|p| p.code()).collect();
    let (contract, heir) = match new.under {
        Under::Nothing => (None, None),
        Under::Known(id, heir) => {
            let found = find::contract_find(&mut act.facts()?, at, id).await?.ok_or(Fail::NotVisible)?;
            opening::under_contract(&found.terms(), new.agency, new.programmes, new.from)?;
            let with_it: Vec<DeskId> =
                desks.iter().filter(|d| d.contract == Some(id)).map(|d| d.id).collect();
            heir_there(&desks, heir, &with_it, found.last)?;
            (Some(id), Some(heir))
        }
        Under::New { title, commissioner, until, heir } => {
            opening::may_contract(new.from, until, today)?;
            if commissioner == new.agency {
                return Err(Refusal::new("office.commissions_itself").into());
            }
            let there = spans.get(&commissioner).is_some_and(|s| s.covers(new.from));
            if !there {
                return Err(Refusal::new("office.commissioner_over").into());
            }
            heir_there(&desks, heir, &[], until)?;
            let days = (new.from, until);
            let made = add_contract(act, right, title, new.agency, commissioner, &codes, days).await?;
            (Some(made), Some(heir))
        }
    };
    let mut made = Vec::new();
    for code in codes {
        let desk = add_desk(act, right, new.agency, code, contract, new.from, heir).await?;
        let known = find::post_list(&mut act.facts()?, at).await?;
        for (role, title) in new.posts {
            if !known.iter().any(|p| p.desk == desk && p.role == *role) {
                add_post(act, right, desk, *role, title).await?;
            }
        }
        made.push(desk);
    }
    Ok(made)
}

/// Gives a desk up before it begins: it never comes to be. Whom the row names as its heir inherits nothing, for nothing was there.
pub async fn cancel_desk(act: &mut Act, right: &Right, desk: DeskId) -> Result<(), Fail> {
    let (at, today) = (act.municipality(), act.now().day());
    let desks = sql::desk_list(&mut act.facts()?, at).await?;
    let Some(found) = desks.iter().find(|d| d.id == desk) else { return Err(Fail::NotVisible) };
    let named = desks.iter().any(|d| d.heir == Some(desk) && !d.own_span().never());
    opening::may_cancel_desk(found.own_span(), named, today)?;
    let lasting = |d: &&DeskRow| d.id != desk && !d.own_span().never() && d.span.to.is_none();
    let alike = desks.iter().filter(lasting).find(|d| d.programme == found.programme);
    let heir = found.heir.or_else(|| alike.or_else(|| desks.iter().find(lasting)).map(|d| d.id));
    let heir = heir.ok_or_else(|| Refusal::new("register.heir_missing"))?;
    super::office::nobody_to_come(act, right, &[desk], found.span.from.plus_days(-1)).await?;
    Ok(write::desk_end(&mut act.save(right)?, at, desk, found.span.from.plus_days(-1), heir).await?)
}

/// Whether the desk named as heir is there on the day after the contract.
fn heir_there(desks: &[DeskRow], heir: DeskId, with_it: &[DeskId], last: Day) -> Result<(), Refusal> {
    let open = desks.iter().find(|d| d.id == heir).map(|d| d.span);
    office::there_afterwards(heir, open, with_it, last.plus_days(1))
}

/// Gives a desk the posts of another, with nobody in them, unless it has posts already.
pub(super) async fn same_posts(
    act: &mut Act,
    right: &Right,
    at: MunicipalityId,
    (of, to): (DeskId, DeskId),
) -> Result<(), Fail> {
    let posts = find::post_list(&mut act.facts()?, at).await?;
    if posts.iter().any(|p| p.desk == to) {
        return Ok(());
    }
    for post in posts.iter().filter(|p| p.desk == of) {
        add_post(act, right, to, post.role, &post.title).await?;
    }
    Ok(())
}

/// Divides an agency into two on a day to come. For each of its desks it is said who has its records and work; what was written
/// before keeps the old name. Nobody is appointed by it, and consents name nobody new.
pub async fn split_agency(
    act: &mut Act,
    right: &Right,
    agency: AgencyId,
    (one, two): (AgencyId, AgencyId),
    carried: &[(DeskId, Carry)],
    from: Day,
) -> Result<(), Fail> {
    let (at, today, last) = (act.municipality(), act.now().day(), from.plus_days(-1));
    let spans = pages::agency_spans(&mut act.facts()?, at).await?;
    let Some(span) = spans.get(&agency) else { return Err(Fail::NotVisible) };
    let others = [one, two].map(|id| (id, spans.get(&id).copied()));
    opening::may_split(*span, agency, others, from, today)?;
    super::office::nothing_to_come(act, right, agency, last).await?;
    let desks = sql::desk_list(&mut act.facts()?, at).await?;
    for desk in desks.iter().filter(|d| d.agency == agency && d.span.covers(last)) {
        opening::contract_over(desk.contract.is_some(), desk.span, from)?;
        let Some((_, carry)) = carried.iter().find(|(id, _)| *id == desk.id) else {
            return Err(Refusal::new("register.heir_missing").into());
        };
        let (to, other) = if carry.to_first() { (one, two) } else { (two, one) };
        let heir = desk_of(act, right, &desks, desk, (to, from)).await?;
        if carry.both() {
            desk_of(act, right, &desks, desk, (other, from)).await?;
        }
        write::desk_end(&mut act.save(right)?, at, desk.id, last, heir).await?;
    }
    let command = act.command();
    let mut conn = act.save(right)?;
    for successor in [one, two] {
        let kind = SuccessorKind::Split;
        write::successor_add(&mut conn, at, agency, successor, kind, (from, command)).await?;
    }
    Ok(write::agency_end(&mut conn, at, agency, last).await?)
}

/// The desk of a programme at a successor: the one that is there, or one that begins with the posts of the former.
pub(super) async fn desk_of(
    act: &mut Act,
    right: &Right,
    desks: &[DeskRow],
    former: &DeskRow,
    (successor, from): (AgencyId, Day),
) -> Result<DeskId, Fail> {
    let at = act.municipality();
    let there =
        |d: &&DeskRow| d.agency == successor && d.programme == former.programme && d.span.covers(from);
    if let Some(known) = desks.iter().find(there) {
        return Ok(known.id);
    }
    let made = add_desk(act, right, successor, &former.programme, None, from, None).await?;
    same_posts(act, right, at, (former.id, made)).await?;
    Ok(made)
}
