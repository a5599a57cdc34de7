//! Who takes a matter over when a household moves into another area (domain section 2.1: a move proposes a hand-over): whoever the table of
//! who answers for what names there for what the desk answers for here, and the desk of the same programme that is there for that area.

use std::collections::BTreeMap;

use engine::{Broken, Conn};
use words::Day;
use words::code::Code;
use words::id::{AreaId, DeskId, MunicipalityId};

use crate::rules::Matter;
use crate::views::{DeskInfo, Responsible, desks, responsible};

/// To whom the matters of a desk can be handed in an area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Takers {
    /// The likeliest first; none where the desk is there for that area itself.
    pub desks: Vec<DeskInfo>,
    /// Whether it is: a matter can stay with it.
    pub goes_on: bool,
}

/// To whom the matters of each of these desks can be handed in an area.
pub async fn takes_over(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    from: impl IntoIterator<Item = DeskId>,
    area: AreaId,
    on: Day,
) -> Result<BTreeMap<DeskId, Takers>, Broken> {
    let all = desks(conn, municipality, on).await?;
    let duties = responsible(conn, municipality, Matter::ALL, None, on).await?;
    // Nobody who cannot sign in can keep the promises of a matter.
    let known = |id: DeskId| all.iter().find(|d| d.id == id && d.has_login).cloned();
    let of = |from: DeskId| Takers {
        desks: offered(&all, &duties, from, area).into_iter().filter_map(known).collect(),
        goes_on: goes_on(&all, &duties, from, area),
    };
    Ok(from.into_iter().map(|from| (from, of(from))).collect())
}

/// Whether a desk is there for an area too: by its own area, or for the whole town, as far as the table does not say otherwise.
fn goes_on(desks: &[DeskInfo], duties: &[Responsible], from: DeskId, area: AreaId) -> bool {
    let there = |of: Option<AreaId>| of.is_none_or(|of| of == area);
    let everywhere = || duties.iter().filter(|d| d.desk == from).all(|d| there(d.area));
    let own = desks.iter().find(|d| d.id == from);
    own.is_some_and(|own| own.area == Some(area) || (own.area.is_none() && everywhere()))
}

fn offered(desks: &[DeskInfo], duties: &[Responsible], from: DeskId, area: AreaId) -> Vec<DeskId> {
    let Some(own) = desks.iter().find(|d| d.id == from) else { return Vec::new() };
    if own.area == Some(area) {
        return Vec::new();
    }
    let mine = |d: &&Responsible| d.desk == from;
    // For what it does in the whole town, or there too, nobody else is there.
    let goes_on = |matter: Matter| {
        duties.iter().filter(mine).any(|d| d.matter == matter && d.area.is_none_or(|a| a == area))
    };
    let leaves = |matter: Matter| duties.iter().filter(mine).any(|d| d.matter == matter) && !goes_on(matter);
    let named =
        duties.iter().filter(|d| d.area == Some(area) && d.desk != from && leaves(d.matter)).map(|d| d.desk);
    let of_the_same =
        |d: &&DeskInfo| own.area.is_some() && d.area == Some(area) && d.programme == own.programme;
    let mut offered: Vec<DeskId> = Vec::new();
    for desk in named.chain(desks.iter().filter(of_the_same).map(|d| d.id)) {
        if !offered.contains(&desk) {
            offered.push(desk);
        }
    }
    offered
}

#[cfg(test)]
mod tests {
    use super::*;
    use words::calendar::OpeningDays;

    fn id<K>(n: u128) -> words::Id<K> {
        words::Id::new(uuid::Uuid::from_u128(n))
    }

    fn desk(n: u128, programme: &str, area: Option<u128>) -> DeskInfo {
        DeskInfo {
            id: id(n),
            seq: 1,
            agency: id(n),
            legal_entity: id(n),
            name: n.to_string(),
            programme: programme.to_owned(),
            field: String::new(),
            area: area.map(id),
            has_login: true,
            phone: String::new(),
            opening: OpeningDays::default(),
            consultable_by: String::new(),
            valid_to: None,
            heir: None,
        }
    }

    fn duty(n: u128, matter: Matter, area: Option<u128>) -> Responsible {
        Responsible {
            matter,
            desk: id(n),
            agency: id(n),
            name: String::new(),
            phone: String::new(),
            contact: String::new(),
            area: area.map(id),
        }
    }

    #[test]
    fn whoever_is_there_for_the_new_area_takes_over() {
        let (first, second) = (Matter::ALL[0], Matter::ALL[1]);
        let desks =
            [desk(1, "a", Some(10)), desk(2, "a", Some(20)), desk(3, "b", Some(20)), desk(4, "c", None)];
        let of = |duties: &[Responsible], from| offered(&desks, duties, id(from), id(20));
        assert_eq!(of(&[], 1), [id(2)], "the same work, there");
        assert!(of(&[], 2).is_empty() && of(&[], 4).is_empty() && of(&[], 9).is_empty());
        // The table comes first, for what the desk answers for in its own area.
        let table = [duty(1, first, Some(10)), duty(3, first, Some(20)), duty(2, second, Some(20))];
        assert_eq!(of(&table, 1), [id(3), id(2)]);
        // What it does in the whole town it goes on doing.
        let table = [duty(4, first, None), duty(3, first, Some(20))];
        assert!(of(&table, 4).is_empty());
        // Elsewhere than its table says, it hands over, too.
        let table = [duty(4, first, Some(10)), duty(3, first, Some(20))];
        assert_eq!(of(&table, 4), [id(3)]);
    }

    #[test]
    fn a_desk_for_the_whole_town_goes_on() {
        let desks = [desk(1, "a", Some(10)), desk(2, "a", Some(20)), desk(4, "c", None)];
        let of = |duties: &[Responsible], from| goes_on(&desks, duties, id(from), id(20));
        assert!(of(&[], 2) && of(&[], 4) && !of(&[], 1) && !of(&[], 9));
        assert!(of(&[duty(4, Matter::ALL[0], None)], 4));
        assert!(!of(&[duty(4, Matter::ALL[0], Some(10))], 4), "for one area, by the table");
    }
}
