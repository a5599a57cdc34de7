//! Whom a session invites, computed from its body and from the cases on its agenda. Pure.

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

impl Guest {
    /// Whether somebody is meant, and not whoever of the desk comes.
    pub fn named(&self) -> bool {
        self.user.is_some() || !self.name.is_empty()
    }
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
    /// Whether it is talked over in confidence: then nobody but its members is invited to it.
    pub confidential: bool,
    /// Whether a section of the municipality sits in its matter, whichever.
    pub city: bool,
    /// Who is kept out of its household: their desk is called as somebody else (disclosure rule 14).
    pub kept_out: Vec<UserId>,
}

impl Called {
    /// The desks that have to be there in confidence and for which nobody sits in the matter: a member is added, nobody is invited. The
    /// municipality is there with any of its sections.
    pub fn unseated(&self) -> impl Iterator<Item = DeskId> {
        let alone = |p: &&(DeskId, Why)| {
            let spoken =
                self.members.iter().any(|g| g.desk == p.0) || (p.1 == Why::Municipality && self.city);
            self.confidential && !spoken
        };
        self.parties.iter().filter(alone).map(|p| p.0)
    }
}

/// Who sits in the whole session by name: the fixed members of its body, where they are asked for, and whoever was invited by name and does
/// not only look on. Whose term is over sits for their desk no more.
fn sitting(core: Option<&[Guest]>, there: &[Invitation]) -> Vec<Guest> {
    let over = |i: &Invitation| i.why == Why::Core && core.is_some_and(|all| !all.contains(&i.guest));
    let sits = |i: &&Invitation| i.item.is_none() && i.guest.named() && i.why != Why::Observer && !over(i);
    let invited = there.iter().filter(sits).map(|i| i.guest.clone());
    core.into_iter().flatten().filter(|g| g.named()).cloned().chain(invited).collect()
}

/// Whom a party of an item is called as, and to what. A desk of which somebody sits there already is called as that person: one invitation,
/// one answer. The municipality and the provider come for the whole session; in confidence, where only members are there, by their member.
fn called_as(
    called: &Called,
    (desk, why): (DeskId, Why),
    sitting: &[Guest],
) -> (Guest, Option<AgendaItemId>) {
    let whole = matches!(why, Why::Municipality | Why::Provider);
    let to = (!whole).then_some(called.item);
    let member = called.members.iter().find(|g| g.desk == desk).map(|k| (k.clone(), Some(called.item)));
    let out = |g: &Guest| g.user.is_some_and(|user| called.kept_out.contains(&user));
    let person = sitting.iter().find(|g| g.desk == desk && !out(g)).map(|g| (g.clone(), to));
    let found = if called.confidential || !whole { member.or(person) } else { person.or(member) };
    found.unwrap_or((Guest { desk, user: None, name: String::new() }, to))
}

/// Everybody the items of a session and its body call for, each once.
fn wanted(sitting: &[Guest], core: &[Guest], items: &[Called]) -> Vec<Invitation> {
    let mut all: Vec<Invitation> = Vec::new();
    for called in items {
        for (desk, why) in &called.parties {
            let whole = matches!(why, Why::Municipality | Why::Provider);
            if called.unseated().any(|d| d == *desk) && !whole {
                continue;
            }
            let (guest, item) = called_as(called, (*desk, *why), sitting);
            all.push(Invitation { guest, item, why: *why });
        }
        for member in &called.members {
            all.push(Invitation { guest: member.clone(), item: Some(called.item), why: Why::Matter });
        }
    }
    all.extend(core.iter().map(|guest| Invitation { guest: guest.clone(), item: None, why: Why::Core }));
    let mut once: Vec<Invitation> = Vec::new();
    for new in all {
        if !once.iter().any(|old| old.guest == new.guest && old.item == new.item) {
            once.push(new);
        }
    }
    once
}

/// The invitations of a session that are still missing. The municipality and the provider come for the whole session, sections and
/// members of a matter for their item alone. A desk of which a fixed member of the body, somebody invited by name or a member of the matter
/// sits there is not invited a second time as a desk: they are obliged for it.
pub fn invitations(there: &[Invitation], core: Option<&[Guest]>, items: &[Called]) -> Vec<Invitation> {
    let mut missing = wanted(&sitting(core, there), core.unwrap_or_default(), items);
    missing.retain(|new| !there.iter().any(|old| old.guest == new.guest && old.item == new.item));
    missing
}

/// What is otherwise now with invitations: for each, by its place in the list, why it stands now, or that it is taken back. Whoever left a
/// matter or was replaced is not expected any more; the obligation of a desk goes to whoever speaks for it now, and a desk whose people sit
/// there is not asked beside them.
pub fn changed(there: &[Invitation], core: Option<&[Guest]>, items: &[Called]) -> Vec<(usize, Option<Why>)> {
    let wanted = wanted(&sitting(core, there), &[], items);
    let mut found = Vec::new();
    for (at, old) in there.iter().enumerate() {
        let now = wanted.iter().find(|w| w.item == old.item && w.guest == old.guest).map(|w| w.why);
        if old.item.is_some() {
            if items.iter().any(|c| Some(c.item) == old.item) && now != Some(old.why) {
                found.push((at, now));
            }
        } else if old.guest.named() {
            if let Some(why) = now.filter(|_| !old.why.obliges() && old.why != Why::Observer) {
                found.push((at, Some(why)));
            }
        } else if now.is_none() && matches!(old.why, Why::Municipality | Why::Provider) {
            let spoken =
                |w: &Invitation| w.guest.named() && w.guest.desk == old.guest.desk && w.why.obliges();
            if wanted.iter().any(spoken) {
                found.push((at, None));
            }
        }
    }
    found
}

/// The desks a case itself calls that are not among the parties of an item yet: the one accountable for it, and the one that takes the
/// initiative. In confidence they are not invited before they have a member: their place is asked for.
pub fn called_by_the_case(parties: &[(DeskId, Why)], wanted: [Option<DeskId>; 2]) -> Vec<(DeskId, Why)> {
    let mut found: Vec<(DeskId, Why)> = Vec::new();
    for desk in wanted.into_iter().flatten() {
        let known = parties.iter().chain(&found).any(|(d, _)| *d == desk);
        if !known {
            found.push((desk, Why::Section));
        }
    }
    found
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

/// Whether an invitation calls somebody by name to this item.
pub fn by_name(item: AgendaItemId, i: &Invitation) -> bool {
    i.item == Some(item) && i.guest.named()
}

/// Whether an invitation says how the members of a matter were there for an item. In confidence only the one that calls a member to it by
/// name: whoever came for their desk is nobody of them (disclosure rule 8). With consent a desk speaks for its member, unless they were
/// called themselves.
pub fn speaks(confidential: bool, item: AgendaItemId, i: &Invitation, all: &[Invitation]) -> bool {
    if confidential {
        return by_name(item, i);
    }
    let called = || all.iter().any(|x| x.guest.desk == i.guest.desk && by_name(item, x));
    i.item.is_none_or(|x| x == item) && (i.guest.named() || !called())
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
            Called {
                item: id(100),
                parties: parties(3),
                members: vec![person(3, 30), person(2, 20)],
                confidential: false,
                city: false,
                kept_out: Vec::new(),
            },
            Called {
                item: id(101),
                parties: parties(4),
                members: vec![person(2, 20)],
                confidential: false,
                city: false,
                kept_out: Vec::new(),
            },
        ];
        let made = invitations(&[], Some(&[person(5, 50)]), &items);
        let find = |guest: &Guest, item: Option<usize>| {
            made.iter().find(|i| i.guest == *guest && i.item == item.map(id)).map(|i| i.why)
        };
        assert_eq!(find(&person(5, 50), None), Some(Why::Core));
        assert_eq!(find(&desk(1), None), Some(Why::Municipality));
        assert_eq!(find(&person(2, 20), Some(100)), Some(Why::Provider), "as its member, for each item");
        assert_eq!(find(&person(3, 30), Some(100)), Some(Why::Section), "the member is obliged");
        assert_eq!(find(&desk(3), Some(100)), None);
        assert_eq!(find(&desk(4), Some(101)), Some(Why::Section));
        assert_eq!(find(&person(2, 20), Some(101)), Some(Why::Provider));
        assert_eq!(made.len(), 6);
        assert!(invitations(&made, Some(&[person(5, 50)]), &items).is_empty(), "nobody is invited twice");
    }

    #[test]
    fn a_desk_comes_as_whoever_of_it_sits_there() {
        let mut item = Called {
            item: id(100),
            parties: vec![(id(1), Why::Provider), (id(2), Why::Municipality), (id(3), Why::Section)],
            members: vec![person(2, 20)],
            confidential: false,
            city: false,
            kept_out: Vec::new(),
        };
        let core = [person(1, 10), person(3, 30), person(5, 50)];
        let made = invitations(&[], Some(&core), std::slice::from_ref(&item));
        let find = |guest: Guest, item: Option<usize>| {
            made.iter().find(|i| i.guest == guest && i.item == item.map(id)).map(|i| i.why)
        };
        assert_eq!(find(person(1, 10), None), Some(Why::Provider), "a fixed member, obliged");
        assert_eq!(find(person(2, 20), Some(100)), Some(Why::Municipality), "a member of the matter, for it");
        assert_eq!(find(person(3, 30), Some(100)), Some(Why::Section));
        assert_eq!(find(person(5, 50), None), Some(Why::Core));
        assert!(made.iter().all(|i| i.guest.named()), "no desk is asked beside its own people");
        assert!(changed(&made, Some(&core), std::slice::from_ref(&item)).is_empty());
        assert!(invitations(&made, Some(&core), std::slice::from_ref(&item)).is_empty());
        // Invited before as a desk: it is taken back, and the obligation goes to the person.
        let there = [
            Invitation { guest: desk(1), item: None, why: Why::Provider },
            Invitation { guest: person(1, 10), item: None, why: Why::Core },
        ];
        let found = changed(&there, Some(&core), std::slice::from_ref(&item));
        assert_eq!(found, [(0, None), (1, Some(Why::Provider))]);
        // Somebody invited by name speaks for their desk; who only looks on does not.
        for (why, alone) in [(Why::Guest, false), (Why::Observer, true)] {
            let there = [Invitation { guest: person(1, 11), item: None, why }];
            let made = invitations(&there, None, std::slice::from_ref(&item));
            assert_eq!(made.iter().any(|i| i.guest == desk(1)), alone);
        }
        // In confidence a fixed member of the body is nobody of the matter: its member is called to it.
        item.confidential = true;
        item.members.push(person(1, 12));
        let made = invitations(&[], Some(&core), std::slice::from_ref(&item));
        let find = |guest: Guest, item: Option<usize>| {
            made.iter().find(|i| i.guest == guest && i.item == item.map(id)).map(|i| i.why)
        };
        assert_eq!(find(person(1, 12), Some(100)), Some(Why::Provider));
        assert_eq!(find(person(1, 10), None), Some(Why::Core));
        assert_eq!(find(person(3, 30), Some(100)), None, "the section has nobody in the matter");
    }

    #[test]
    fn a_case_calls_who_is_accountable_and_who_goes_first() {
        let parties = [(id(1), Why::Provider)];
        let called = |wanted| called_by_the_case(&parties, wanted);
        let section = |n: usize| (id(n), Why::Section);
        assert_eq!(called([Some(id(2)), Some(id(3))]), [section(2), section(3)]);
        assert_eq!(called([Some(id(2)), Some(id(2))]), [section(2)], "nobody is called twice");
        assert_eq!(called([Some(id(1)), None]), [], "the provider comes anyway");
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

    #[test]
    fn a_desk_that_came_is_no_member_who_came() {
        let of =
            |guest: Guest, item: Option<usize>| Invitation { guest, item: item.map(id), why: Why::Matter };
        let partner = Guest { desk: id(2), user: None, name: "薬剤師 星".to_owned() };
        let all = [
            of(desk(1), None),
            of(person(1, 10), Some(9)),
            of(desk(2), None),
            of(desk(3), None),
            of(partner, Some(9)),
        ];
        let counts =
            |confidential| all.iter().map(|i| speaks(confidential, id(9), i, &all)).collect::<Vec<_>>();
        assert_eq!(counts(true), [false, true, false, false, true]);
        assert_eq!(
            counts(false),
            [false, true, false, true, true],
            "whose member was not called speaks as a desk"
        );
        // To another item, or to the whole session, somebody is no member of this one.
        for other in [of(person(1, 10), Some(8)), of(person(1, 10), None)] {
            assert!(!speaks(true, id(9), &other, &all));
        }
    }

    #[test]
    fn in_confidence_nobody_is_called_who_is_no_member() {
        let mut item = Called {
            item: id(100),
            parties: vec![(id(1), Why::Provider), (id(3), Why::Section), (id(4), Why::Section)],
            members: vec![person(3, 30)],
            confidential: true,
            city: false,
            kept_out: Vec::new(),
        };
        let made = invitations(&[], None, std::slice::from_ref(&item));
        assert!(made.iter().all(|i| i.guest.desk != id(4)), "the section has nobody in the matter");
        assert_eq!(item.unseated().collect::<Vec<_>>(), [id(1), id(4)], "nor has the provider");
        item.parties.push((id(2), Why::Municipality));
        assert_eq!(item.unseated().collect::<Vec<_>>(), [id(1), id(4), id(2)]);
        item.city = true;
        assert_eq!(
            item.unseated().collect::<Vec<_>>(),
            [id(1), id(4)],
            "another section speaks for the municipality"
        );
        item.confidential = false;
        assert!(invitations(&[], None, std::slice::from_ref(&item)).iter().any(|i| i.guest == desk(4)));
        assert_eq!(item.unseated().count(), 0);
    }

    #[test]
    fn whoever_left_is_taken_back_and_the_obligation_moves() {
        let with = |members| Called {
            item: id(100),
            parties: vec![(id(3), Why::Section)],
            members,
            confidential: false,
            city: false,
            kept_out: Vec::new(),
        };
        let before = with(vec![person(3, 30), person(3, 31), person(5, 50)]);
        let there = invitations(&[], None, std::slice::from_ref(&before));
        assert!(changed(&there, None, std::slice::from_ref(&before)).is_empty());
        // 30 leaves: 31 speaks for the section now; 50 leaves and nobody takes the place.
        let after = with(vec![person(3, 31)]);
        let of = |guest: Guest| there.iter().position(|i| i.guest == guest).unwrap();
        let mut found = changed(&there, None, std::slice::from_ref(&after));
        found.sort_by_key(|(at, _)| *at);
        let mut wanted = vec![
            (of(person(3, 30)), None),
            (of(person(3, 31)), Some(Why::Section)),
            (of(person(5, 50)), None),
        ];
        wanted.sort_by_key(|(at, _)| *at);
        assert_eq!(found, wanted);
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
                confidential: n == 3,
                city: false,
                kept_out: Vec::new(),
            }).collect();
            let made = invitations(&[], None, &items);
            for called in &items {
                for (desk, _) in called.parties.iter().filter(|(d, _)| called.unseated().all(|u| u != *d)) {
                    let called_for = |i: &&Invitation| i.guest.desk == *desk && i.why.obliges()
                        && i.item.is_none_or(|x| x == called.item);
                    prop_assert!(made.iter().any(|i| called_for(&i)));
                }
            }
            prop_assert!(invitations(&made, None, &items).is_empty());
            prop_assert!(changed(&made, None, &items).is_empty());
            for called in items.iter().filter(|c| c.confidential) {
                let members = |i: &Invitation| called.members.contains(&i.guest);
                prop_assert!(made.iter().filter(|i| i.item == Some(called.item)).all(members));
            }
        }
    }
}
