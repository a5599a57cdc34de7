//! Whom a session invites, computed from its body and from the cases on its agenda. Pure.

use std::collections::BTreeSet;

use words::id::{AgendaItemId, DeskId, UserId};

use crate::rules::{Attendance, Why};

/// Somebody to be invited: a desk, a person of it, or a name of a partner.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Guest {
    /// The desk.
    pub desk: DeskId,
    /// The person.
    pub user: Option<UserId>,
    /// Of a partner without a login.
    pub name: String,
}

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Who.
    pub guest: Guest,
    /// To one item; nothing: to the whole session.
    pub item: Option<AgendaItemId>,
    /// Why.
    pub why: Why,
}

/// An item as far as invitations depend on it.
#[derive(Debug, Clone)]
pub struct Called {
    /// The item.
    pub item: AgendaItemId,
    /// Desks that have to be there.
    pub parties: Vec<(DeskId, Why)>,
    /// Members of its matter now.
    pub members: Vec<Guest>,
}

/// The invitations of a session that are still missing. The municipality and the provider come for the whole session, sections and
/// members of a matter for their item alone. A section that has a member is not invited a second time as a desk: the member is obliged.
pub fn invitations(there: &[Invitation], core: &[Guest], items: &[Called]) -> Vec<Invitation> {
    let mut wanted: Vec<Invitation> =
        core.iter().map(|guest| Invitation { guest: guest.clone(), item: None, why: Why::Core }).collect();
    for called in items {
        for (desk, why) in &called.parties {
            let whole = matches!(why, Why::Municipality | Why::Provider);
            let item = (!whole).then_some(called.item);
            let spoken = called.members.iter().find(|g| g.desk == *desk);
            let guest = match spoken {
                Some(member) if !whole => member.clone(),
                _ => Guest { desk: *desk, user: None, name: String::new() },
            };
            wanted.push(Invitation { guest, item, why: *why });
        }
        let obliged: BTreeSet<DeskId> =
            called.parties.iter().filter(|(_, w)| *w == Why::Section).map(|(d, _)| *d).collect();
        for member in &called.members {
            let first = called.members.iter().find(|g| g.desk == member.desk) == Some(member);
            if !(first && obliged.contains(&member.desk)) {
                wanted.push(Invitation { guest: member.clone(), item: Some(called.item), why: Why::Matter });
            }
        }
    }
    let mut fresh: Vec<Invitation> = Vec::new();
    for new in wanted {
        let same = |old: &Invitation| old.guest == new.guest && old.item == new.item;
        // A fixed member of the body who is the desk's only voice is not asked twice as a desk either.
        if !there.iter().any(same) && !fresh.iter().any(same) {
            fresh.push(new);
        }
    }
    fresh
}

/// An invitation as far as attendance depends on it: item, desk, how they were there.
pub type Seat = (Option<AgendaItemId>, DeskId, Option<Attendance>);

/// How the desk of a party was there for an item: by anybody of it who came to the item or to the whole session. The best of what
/// was noted; nothing when nothing was.
pub fn seen(item: AgendaItemId, desk: DeskId, seats: &[Seat]) -> Option<Attendance> {
    let of_item = |s: &&Seat| s.1 == desk && s.0.is_none_or(|i| i == item);
    let noted: Vec<Attendance> = seats.iter().filter(of_item).filter_map(|s| s.2).collect();
    noted.iter().find(|a| a.was_there()).or(noted.first()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use words::Id;

    fn id<K>(n: usize) -> Id<K> {
        Id::new(format!("00000000-0000-7000-8000-{n:012}").parse().unwrap())
    }

    fn desk(n: usize) -> Guest {
        Guest { desk: id(n), user: None, name: String::new() }
    }

    fn person(d: usize, u: usize) -> Guest {
        Guest { desk: id(d), user: Some(id(u)), name: String::new() }
    }

    #[test]
    fn sections_and_members_come_for_their_item_municipality_and_provider_for_all() {
        let parties =
            |s: usize| vec![(id(1), Why::Municipality), (id(2), Why::Provider), (id(s), Why::Section)];
        let items = [
            Called { item: id(100), parties: parties(3), members: vec![person(3, 30), person(2, 20)] },
            Called { item: id(101), parties: parties(4), members: vec![person(2, 20)] },
        ];
        let made = invitations(&[], &[person(5, 50)], &items);
        let find = |guest: &Guest, item: Option<usize>| {
            made.iter().find(|i| i.guest == *guest && i.item == item.map(id)).map(|i| i.why)
        };
        assert_eq!(find(&person(5, 50), None), Some(Why::Core));
        assert_eq!(find(&desk(1), None), Some(Why::Municipality));
        assert_eq!(find(&desk(2), None), Some(Why::Provider));
        assert_eq!(find(&person(3, 30), Some(100)), Some(Why::Section), "the member is obliged");
        assert_eq!(find(&desk(3), Some(100)), None);
        assert_eq!(find(&desk(4), Some(101)), Some(Why::Section));
        assert_eq!(find(&person(2, 20), Some(101)), Some(Why::Matter));
        assert_eq!(made.len(), 7);
        assert!(invitations(&made, &[person(5, 50)], &items).is_empty(), "nobody is invited twice");
    }

    #[test]
    fn a_desk_was_there_when_anybody_of_it_was() {
        let seats: Vec<Seat> = vec![
            (None, id(1), Some(Attendance::Absent)),
            (Some(id(9)), id(1), Some(Attendance::Late)),
            (Some(id(8)), id(2), Some(Attendance::Room)),
        ];
        assert_eq!(seen(id(9), id(1), &seats), Some(Attendance::Late));
        assert_eq!(seen(id(8), id(1), &seats), Some(Attendance::Absent));
        assert_eq!(seen(id(9), id(2), &seats), None, "they came to another item");
    }

    proptest! {
        /// Whatever stands on the agenda: every party is called by somebody of its desk, and inviting again invites nobody.
        #[test]
        fn every_party_is_called(cells in prop::collection::vec((0_usize..4, 1_usize..6, 1_usize..6), 0..12)) {
            let items: Vec<Called> = (0..4).map(|n| Called {
                item: id(100 + n),
                parties: {
                    let mut desks: Vec<usize> = cells.iter().filter(|c| c.0 == n).map(|c| c.1).collect();
                    desks.sort_unstable();
                    desks.dedup();
                    desks.into_iter().map(|d| (id(d), if d == 1 { Why::Provider } else { Why::Section })).collect()
                },
                members: cells.iter().filter(|c| c.0 == n).map(|c| person(c.2, c.2 * 10)).collect(),
            }).collect();
            let made = invitations(&[], &[], &items);
            for called in &items {
                for (desk, _) in &called.parties {
                    let called_for = |i: &&Invitation| i.guest.desk == *desk && i.why.obliges()
                        && i.item.is_none_or(|x| x == called.item);
                    prop_assert!(made.iter().any(|i| called_for(&i)));
                }
            }
            prop_assert!(invitations(&made, &[], &items).is_empty());
        }
    }
}
