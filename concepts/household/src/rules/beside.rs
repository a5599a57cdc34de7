//! Who writes beside the desk that began the record of a household (decision 0045).

use access::Viewer;
use words::Day;
use words::id::{CaseId, DeskId};
use words::partial::PartialDate;

/// An open case of a household: who answers for it, and who has a part in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCase {
    /// Which.
    pub id: CaseId,
    /// 主担当.
    pub accountable: Option<DeskId>,
    /// Desks with a part.
    pub desks: Vec<DeskId>,
}

/// The desk for which a viewer may add to the record of a household: people, and ties between them. The desk that began it; or the one
/// that answers for an open case of it, if it sees anybody of it. What it adds is its own record, and shown to nobody for that.
pub fn adds_as(viewer: &Viewer, began: DeskId, open: &[OpenCase], sees: bool) -> Option<DeskId> {
    let own = viewer.reading_desks();
    if own.contains(&began) {
        return Some(began);
    }
    open.iter().filter(|_| sees).filter_map(|c| c.accountable).find(|d| own.contains(d))
}

/// The open case in which a viewer writes what was learnt since about somebody: where their desk answers for it, otherwise where it has a
/// part. Whoever has a part may write in the case anyhow, that somebody died among it; this is the same with its day. The desk that
/// wrote the card writes on it.
pub fn learns_in<'c>(viewer: &Viewer, wrote: DeskId, open: &'c [OpenCase]) -> Option<&'c OpenCase> {
    let own = viewer.reading_desks();
    if own.contains(&wrote) {
        return None;
    }
    let answers = open.iter().find(|c| c.accountable.is_some_and(|d| own.contains(&d)));
    answers.or_else(|| open.iter().find(|c| c.desks.iter().any(|d| own.contains(d))))
}

/// Where those who live together live now, if all of them are known to have moved since their cards were written: of each where to, empty where
/// nobody knows it. As on cards the area of a household follows when all of them move ([`super::area_after`]); whoever may not know of the
/// new address has the area of the old one.
pub fn moved_beside<'a>(home: impl IntoIterator<Item = Option<&'a str>>) -> Option<&'a str> {
    let to: Vec<&str> = home.into_iter().collect::<Option<_>>()?;
    to.iter().copied().find(|to| !to.is_empty()).or(to.first().copied())
}

/// Whether a move that was learnt happened after the last one that stands on the card: otherwise the card is the newer one.
pub fn is_newer(learnt: Option<PartialDate>, on_card: Option<Day>) -> bool {
    on_card.is_none_or(|last| learnt.is_some_and(|day| day.earliest() > last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use access::{Role, Seat};

    fn id<K>(n: u128) -> words::Id<K> {
        words::Id::new(uuid::Uuid::from_u128(n))
    }

    fn at(desk: u128, role: Role) -> Viewer {
        Viewer {
            municipality: id(1),
            user: id(2),
            seats: vec![Seat {
                appointment: id(3),
                desk: id(desk),
                inherited: Vec::new(),
                agency: id(4),
                role,
                programme: String::new(),
            }],
            excluded_from: Vec::new(),
            urgent: Vec::new(),
        }
    }

    #[test]
    fn the_desk_that_began_it_adds_and_the_one_that_answers_if_it_sees_it() {
        let open = [OpenCase { id: id(90), accountable: Some(id(8)), desks: vec![id(7), id(8), id(9)] }];
        let adds = |desk, sees, open: &[OpenCase]| adds_as(&at(desk, Role::Caseworker), id(7), open, sees);
        assert_eq!(adds(7, false, &[]), Some(id(7)));
        assert_eq!(adds(8, true, &open), Some(id(8)));
        assert_eq!(adds(8, false, &open), None, "whoever sees nobody adds nobody");
        assert_eq!(adds(8, true, &[]), None, "its case has ended");
        assert_eq!(adds(9, true, &open), None, "a part is not enough");
        assert_eq!(adds_as(&at(8, Role::Liaison), id(7), &open, true), None);
    }

    #[test]
    fn the_area_follows_when_all_who_live_together_moved() {
        assert_eq!(moved_beside([]), None);
        assert_eq!(moved_beside([Some("大船7-7"), Some("大船7-7")]), Some("大船7-7"));
        assert_eq!(moved_beside([Some("大船7-7"), None]), None, "one stays");
        assert_eq!(moved_beside([Some(""), Some("大船7-7")]), Some("大船7-7"));
        assert_eq!(moved_beside([Some("")]), Some(""), "nobody knows where to");
    }

    #[test]
    fn a_move_that_was_learnt_gives_way_to_a_newer_one_on_the_card() {
        let day = |d| Day::new(2026, 11, d);
        let newer = |on: &str, card| is_newer(PartialDate::parse_iso(on), card);
        assert!(newer("2026-11-10", None) && newer("2026-11-10", day(9)));
        assert!(!newer("2026-11-10", day(10)) && !newer("2026-11-10", day(20)));
        assert!(!newer("2026-11", day(20)), "it may be the older one");
    }

    #[test]
    fn whoever_has_a_part_writes_what_was_learnt_but_on_no_own_card() {
        let open = [
            OpenCase { id: id(90), accountable: Some(id(7)), desks: vec![id(7), id(8)] },
            OpenCase { id: id(91), accountable: Some(id(8)), desks: vec![id(8), id(9)] },
        ];
        let learns = |desk| learns_in(&at(desk, Role::Caseworker), id(7), &open).map(|c| c.id);
        assert_eq!(learns(7), None);
        assert_eq!(learns(8), Some(id(91)), "where it answers");
        assert_eq!(learns(9), Some(id(91)));
        assert_eq!(learns(10), None);
        assert!(learns_in(&at(8, Role::Liaison), id(7), &open).is_none());
    }
}
