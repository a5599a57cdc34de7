//! Where a household lives after a move, as far as its area goes: for whoever hands its matter over. Nobody is told where somebody of it is
//! sheltered: a district and the desk responsible for it say where they live (disclosure rule 4).

use access::{Category, Disclosed};
use engine::{Broken, Conn, Fail, Look, args};
use words::Day;
use words::address::{elsewhere, fold_address};
use words::id::{AreaId, CommandId, HouseholdId, MunicipalityId};

use crate::planned::Ahead;
use crate::{HouseholdHeader, LearntKind, Person, event, find, planned, rules, sql};

/// Where that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whereto {
    /// In an area of the town.
    Area(AreaId, String),
    /// In another municipality.
    Outside,
    /// Only some move, and others who live with them stay: the matter of the household is not wholly somewhere else.
    Part,
    /// Not known, or not told.
    Unknown,
}

/// The area of an address on a day, by the dated table of 町字: in the system of the area before, otherwise in the finest.
pub(crate) async fn area_of(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    (address, on): (&str, Day),
    before: Option<AreaId>,
) -> Result<Option<AreaId>, Broken> {
    let areas = register::areas(conn, m, "").await?;
    let of = areas.iter().find(|a| Some(a.id) == before).or(areas.first());
    let system = of.map_or("", |a| a.system.as_str());
    let address = find::in_town(conn, m, address).await?;
    register::area_of_town(conn, m, &address, system, on).await
}

/// Members of a household with what this viewer was told of them since ([`crate::since`]).
pub type Known<'a> = (&'a [Disclosed<Person>], &'a [crate::Told]);

/// Where all who live together are known to have moved since, beside their cards.
async fn moved_beside<'a>(look: &mut Look, (members, told): Known<'a>) -> Result<Option<&'a str>, Broken> {
    let (m, today) = (look.viewer().municipality, look.now().day());
    let moved: Vec<_> = told.iter().filter(|t| t.learnt.kind == LearntKind::Moved && !t.ahead).collect();
    if moved.is_empty() {
        return Ok(None);
    }
    let on_cards = event::last_moves(&mut look.conn(), m, moved.iter().map(|t| t.person), today).await?;
    let home = members.iter().filter(|p| p.known.lives_together && !p.is_gone());
    Ok(rules::moved_beside(home.map(|p| {
        let learnt = &moved.iter().find(|t| t.person == p.id)?.learnt;
        rules::is_newer(learnt.day, on_cards.get(&p.id).copied()).then_some(learnt.what.as_str())
    })))
}

/// The area of a household for whoever knows these members of it: where all who live together are known to have moved since, the one of where
/// they live now. The area of its record is its own desk's.
pub async fn area_known(
    look: &mut Look,
    header: &HouseholdHeader,
    known: Known<'_>,
) -> Result<Option<AreaId>, Broken> {
    let moved = moved_beside(look, known).await?;
    area_after(look, header, moved).await
}

async fn area_after(
    look: &mut Look,
    header: &HouseholdHeader,
    moved: Option<&str>,
) -> Result<Option<AreaId>, Broken> {
    let (m, today) = (look.viewer().municipality, look.now().day());
    match moved {
        None => Ok(header.area),
        Some("") => Ok(None),
        Some(address) => area_of(&mut look.conn(), m, (address, today), header.area).await,
    }
}

/// Where these members of a household live now, or will live after the move ahead that a command wrote.
pub async fn whereto(
    look: &mut Look,
    household: HouseholdId,
    (members, told): Known<'_>,
    plan: Option<CommandId>,
) -> Result<Whereto, Fail> {
    let (m, today) = (look.viewer().municipality, look.now().day());
    let people = sql::people(&mut look.conn(), m, household).await?;
    if !engine::home::kept(&mut look.conn(), m, people).await?.is_empty() {
        return Ok(Whereto::Unknown);
    }
    let header = sql::header(&mut look.conn(), m, household).await?.ok_or(Fail::NotVisible)?;
    let ahead = planned::ahead(members).into_iter().find(|a| Some(a.what.by) == plan);
    if let Some(by) = plan.filter(|_| ahead.is_none())
        && !event::has_moved(&mut look.conn(), m, by, today).await?
    {
        // It was changed or called off since: where they live now is not where they will.
        return Ok(Whereto::Unknown);
    }
    let moved = moved_beside(look, (members, told)).await?;
    let home = members.iter().filter(|p| p.known.lives_together && !p.is_gone());
    // As the area follows a move: only when all who live together move (`rules::area_after`).
    let told = |p: &&Disclosed<Person>| p.shown().has(Category::Contact);
    let stays = |a: &Ahead<'_>| home.clone().filter(told).any(|p| !a.who.iter().any(|w| w.id == p.id));
    if ahead.as_ref().is_some_and(stays) {
        return Ok(Whereto::Part);
    }
    let on_cards = || home.map(|p| p.known.address.as_str()).find(|a| !a.is_empty()).unwrap_or_default();
    let now = moved.unwrap_or_else(on_cards);
    let (address, on) = ahead.as_ref().map_or((now, today), |a| (a.what.address.as_str(), a.what.on));
    let before = if ahead.is_none() { area_after(look, &header, moved).await? } else { None };
    let area = match before {
        Some(area) => Some(area),
        None => area_of(&mut look.conn(), m, (address, on), header.area).await?,
    };
    if let Some(area) = area {
        let areas = register::areas(&mut look.conn(), m, "").await?;
        let name = areas.into_iter().find(|a| a.id == area).map(|a| a.name).unwrap_or_default();
        return Ok(Whereto::Area(area, name));
    }
    let mut conn = look.conn();
    let town: String =
        conn.one("SELECT name FROM municipality WHERE municipality_id = $1", args![m]).await?.get("name")?;
    let outside = elsewhere(&fold_address(address), &fold_address(&town));
    Ok(if outside { Whereto::Outside } else { Whereto::Unknown })
}
