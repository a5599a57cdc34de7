//! What may change in what is known of people, and in texts.

mod beside;
mod odd;

use std::collections::BTreeMap;

use access::{Evidence, Facts, Viewer};
use engine::Refusal;
use words::id::{CommandId, DeskId, PersonId};
use words::partial::PartialDate;
use words::{Day, Instant};

pub use beside::{OpenCase, adds_as, is_newer, learns_in, moved_beside};
pub use odd::{Odd, odd, twice};

use crate::entry::EntryState;
use crate::event::Happened;
use crate::tie::{NewTie, TieKind};

/// Days until a shelter is looked through at the latest: a person forgotten behind it is found again.
const LONGEST_SHELTER: i64 = 731;

/// A death is written once.
pub fn may_die(died_before: bool, birth: Option<PartialDate>, on: PartialDate) -> Result<(), Refusal> {
    if died_before {
        return Err(Refusal::new("household.already_dead"));
    }
    match birth {
        Some(birth) if on.latest() < birth.earliest() => Err(Refusal::new("tie.died_before_birth")),
        _ => Ok(()),
    }
}

/// Whether everybody of a desk, with what the desk has and not one person alone (an urgent look, a confidential conference), may see each of
/// these records of one person now. Then what stands on one of them may be told to the desk that works with the other; otherwise not even
/// that there is something to look at (disclosure rule 2). A desk with nobody in it is told nothing.
pub(crate) fn may_be_told(staff: &[Viewer], of: &[Facts], evidence: &Evidence, now: Instant) -> bool {
    let mut of_the_desk = Evidence { matters: Vec::new(), urgent: Vec::new(), ..evidence.clone() };
    of_the_desk.provisions.retain(|p| p.user.is_none());
    let seen_by_all = |record: &Facts| {
        access::audience(staff, std::slice::from_ref(record), &of_the_desk, now).len() == staff.len()
    };
    !staff.is_empty() && of.iter().all(seen_by_all)
}

/// Who left cannot leave again, and nobody left before they were born.
pub fn may_leave(left_before: bool, birth: Option<PartialDate>, on: Day) -> Result<(), Refusal> {
    match birth {
        _ if left_before => Err(Refusal::new("household.already_left")),
        Some(birth) if on < birth.earliest() => Err(Refusal::new("household.left_before_birth")),
        _ => Ok(()),
    }
}

/// The same of members who leave together, each by their birth: at least one, and none of them before they were born.
pub fn may_leave_together(
    births: impl IntoIterator<Item = Option<PartialDate>>,
    on: Day,
) -> Result<(), Refusal> {
    let mut births = births.into_iter().peekable();
    if births.peek().is_none() {
        return Err(Refusal::new("household.nobody_leaves"));
    }
    births.try_for_each(|birth| may_leave(false, birth, on))
}

/// Who is a member cannot join; who comes back comes after they left.
pub fn may_join(member: bool, left: Option<Day>, on: Day) -> Result<(), Refusal> {
    match left {
        _ if member => Err(Refusal::new("household.already_member")),
        Some(left) if on <= left => Err(Refusal::new("household.joins_before_leaving")),
        _ => Ok(()),
    }
}

/// Age of majority (民法4条).
const OF_AGE: u32 = 18;

/// Whose name a household goes by on a day, of those who have one, each by their birth and whether they are gone (died, or left as it was learnt
/// since): the first who is there and not surely a minor, then the first who is there, then the first. Whose birth is not known may be an adult.
pub fn whose_name(named: impl IntoIterator<Item = (Option<PartialDate>, bool)>, on: Day) -> Option<usize> {
    let minor = |birth: Option<PartialDate>| birth.is_some_and(|b| b.age_on(on).max < OF_AGE);
    let rank = |(birth, gone)| if gone { 2 } else { u8::from(minor(birth)) };
    named.into_iter().enumerate().min_by_key(|(place, of)| (rank(*of), *place)).map(|(place, _)| place)
}

/// What a move does to the area of a household.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AreaAfter {
    /// It stays: somebody still lives where they lived, or nobody said where to.
    Stays,
    /// It is that of the new address.
    OfAddress,
    /// Nobody is told: somebody of them is sheltered (disclosure rule 4).
    Kept,
}

/// The area follows those who live together when all of them move and it is said where to. Where somebody is sheltered it
/// never follows.
pub fn area_after(home_moves: bool, address_known: bool, sheltered: bool) -> AreaAfter {
    match (sheltered, home_moves && address_known) {
        (true, _) => AreaAfter::Kept,
        (false, true) => AreaAfter::OfAddress,
        (false, false) => AreaAfter::Stays,
    }
}

/// Living apart, or together again, is written of a member, and only when it changes something.
pub fn may_live(member: bool, now: bool, together: bool) -> Result<(), Refusal> {
    match (member, now == together) {
        (false, _) => Err(Refusal::new("household.no_member")),
        (true, true) => Err(Refusal::new("household.lives_so_already")),
        (true, false) => Ok(()),
    }
}

/// Since when somebody lives there is written once, of a member who lives with the others; another day is written after the first was
/// taken back.
pub fn may_say_since(member: bool, together: bool, written: bool) -> Result<(), Refusal> {
    match (member && together, written) {
        (false, _) => Err(Refusal::new("household.lives_elsewhere")),
        (true, true) => Err(Refusal::new("household.since_written")),
        (true, false) => Ok(()),
    }
}

/// Whether a move leaves an address behind that is to be kept: one that is known to whoever writes the move, and is not the new one
/// in another notation. Without a new address the old one stays where it is.
pub fn keeps_address(before: &str, now: &str) -> bool {
    let fold = words::address::fold_address;
    !before.is_empty() && !now.is_empty() && fold(before) != fold(now)
}

/// Days ahead for which a move can be written down: whoever plans further is asked again.
const LONGEST_AHEAD: i64 = 366;

/// The day of a move that lies ahead; none of one that has been. What has been is known as far as it is known; what is to come about by
/// itself needs its day.
pub fn moves_ahead(on: PartialDate, today: Day) -> Result<Option<Day>, Refusal> {
    if on.earliest() > today.plus_days(LONGEST_AHEAD) {
        return Err(Refusal::new("household.moves_too_late"));
    }
    match on.whole_day() {
        _ if on.earliest() <= today => Ok(None),
        Some(day) => Ok(Some(day)),
        None => Err(Refusal::new("household.moves_on_a_day")),
    }
}

/// What has become of a plan that somebody still had on their screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// It stands as it was: something else about the household was written.
    Stands,
    /// It was changed: this one stands in its place.
    Changed(CommandId),
    /// It is none any more: called off, or its day came.
    Over,
}

/// Follows a plan through what was written in its place, by `instead`, to the one that is ahead now.
pub fn became(plan: CommandId, ahead: &[CommandId], instead: &BTreeMap<CommandId, CommandId>) -> Became {
    if ahead.contains(&plan) {
        return Became::Stands;
    }
    // Each was written after the one before, so this ends; a plan that names itself would not.
    let next = |by: &CommandId| instead.get(by).copied();
    let changed = std::iter::successors(next(&plan), next).take(instead.len()).find(|by| ahead.contains(by));
    changed.map_or(Became::Over, Became::Changed)
}

/// A former address does not end before it began.
pub fn may_have_lived(from: Option<PartialDate>, until: Option<PartialDate>) -> Result<(), Refusal> {
    match (from, until) {
        (Some(from), Some(until)) if until.latest() < from.earliest() => {
            Err(Refusal::new("household.lived_backwards"))
        }
        _ => Ok(()),
    }
}

/// Only what was written can be taken back: the day it was written with.
pub fn may_take_back(kind: Happened, written: Option<String>) -> Result<String, Refusal> {
    written.ok_or_else(|| {
        Refusal::new(match kind {
            Happened::Died => "household.not_dead",
            Happened::Left => "household.not_left",
            Happened::Joined | Happened::Apart | Happened::Together | Happened::Moved | Happened::Since => {
                "household.not_written"
            }
        })
    })
}

/// Only a text that stands is entered in error: a corrected one is already replaced.
pub fn may_void(state: EntryState) -> Result<(), Refusal> {
    if state == EntryState::Valid { Ok(()) } else { Err(Refusal::new("household.not_standing")) }
}

/// The answer to an item of a sheet has a value beside its words: it is changed on the sheet, where both are. Its
/// marks can be changed like those of every text.
pub fn may_reword(is_answer: bool, same_words: bool) -> Result<(), Refusal> {
    if is_answer && !same_words { Err(Refusal::new("household.answer_elsewhere")) } else { Ok(()) }
}

/// What is noted as having happened has happened.
pub fn has_happened(on: Day, today: Day) -> Result<(), Refusal> {
    if on > today { Err(Refusal::new("date.in_future")) } else { Ok(()) }
}

/// What was learnt of somebody has its day and its place beside its words: another day is another text. Its marks can be changed.
pub fn may_say_otherwise(is_learnt: bool, same_words: bool) -> Result<(), Refusal> {
    if is_learnt && !same_words { Err(Refusal::new("learnt.written_anew")) } else { Ok(()) }
}

/// Words in confidence are a matter's: corrected here, the new ones would lie before nobody. They are taken back there and said again.
pub fn may_correct_here(in_confidence: bool) -> Result<(), Refusal> {
    if in_confidence { Err(Refusal::new("household.said_in_confidence")) } else { Ok(()) }
}

/// A shelter names the desk that sets it, so that somebody can lift it, and is looked through within two years.
pub fn may_shelter(own: DeskId, desks: &[DeskId], review_on: Day, today: Day) -> Result<(), Refusal> {
    if !desks.contains(&own) {
        return Err(Refusal::new("household.shelter_without_us"));
    }
    if review_on <= today || review_on > today.plus_days(LONGEST_SHELTER) {
        return Err(Refusal::new("household.shelter_review"));
    }
    Ok(())
}

/// A tie has whom it needs: two different people, one for a key person, something outside for a tie to the outside; and it
/// does not end before it began.
pub fn may_tie(tie: &NewTie) -> Result<(), Refusal> {
    let whom = match tie.kind {
        TieKind::Outside => {
            tie.b.is_none() && tie.outside.as_ref().is_some_and(|o| o.agency.is_some() || !o.name.is_empty())
        }
        TieKind::KeyPerson => tie.a.is_some() && tie.b.is_none() && tie.outside.is_none(),
        _ => tie.a.is_some() && tie.b.is_some() && tie.outside.is_none(),
    };
    if !whom {
        return Err(Refusal::new("tie.whom_missing"));
    }
    if tie.a == tie.b && tie.a.is_some() {
        return Err(Refusal::new("tie.same_person"));
    }
    match (tie.from, tie.until) {
        (Some(from), Some(until)) if until.latest() < from.earliest() => Err(Refusal::new("tie.ends_before")),
        _ => Ok(()),
    }
}

/// Whether a tie can stand beside those that stand, of people and ties that its writer may see: none is written twice, a couple is of one
/// kind at a time, nobody is their own ancestor or born of three, and nobody was born before a parent of theirs.
pub fn fits(
    tie: &NewTie,
    standing: &[&NewTie],
    born: impl Fn(Option<PersonId>) -> Option<PartialDate>,
    today: Day,
) -> Result<(), Refusal> {
    let no = |key| Err(Refusal::new(key));
    let couple = |t: &NewTie| TieKind::COUPLES.contains(&t.kind);
    let parent = |t: &NewTie| TieKind::PARENTS.contains(&t.kind);
    let lasts = |t: &NewTie| t.until.is_none_or(|until| until.latest() >= today);
    let alike =
        |t: &NewTie| (t.a, t.b) == (tie.a, tie.b) || (tie.kind.is_mutual() && (t.b, t.a) == (tie.a, tie.b));
    let named = |t: &NewTie| t.outside.as_ref().map(|o| words::fold::fold(&o.name));
    for other in standing.iter().filter(|t| alike(t) && lasts(t) && lasts(tie)) {
        if other.kind == tie.kind && named(other) == named(tie) {
            return no("tie.written_already");
        }
        if couple(other) && couple(tie) {
            return no("tie.couple_stands");
        }
    }
    if !parent(tie) {
        return Ok(());
    }
    if standing.iter().any(|t| t.kind == tie.kind && (t.a, t.b) == (tie.a, tie.b)) {
        return no("tie.written_already");
    }
    let birth = |t: &NewTie| t.kind == TieKind::Parent;
    if birth(tie) && tie.b.is_some() && standing.iter().filter(|t| birth(t) && t.b == tie.b).count() >= 2 {
        return no("tie.two_parents");
    }
    // Whoever is above the parent, step by step.
    let (mut above, mut at) = (vec![tie.a], 0);
    while let Some(child) = above.get(at).copied() {
        let parents = standing.iter().filter(|t| parent(t) && t.b == child).map(|t| t.a);
        let found: Vec<_> = parents.filter(|p| !above.contains(p)).collect();
        above.extend(found);
        at += 1;
    }
    // Somebody new stands above nobody.
    if tie.b.is_some() && above.contains(&tie.b) {
        return no("tie.own_ancestor");
    }
    let younger = born(tie.a).zip(born(tie.b)).is_some_and(|(of, child)| child.latest() <= of.earliest());
    if tie.kind != TieKind::StepParent && younger { no("tie.parent_younger") } else { Ok(()) }
}

/// What a couple becomes: another kind of couple. Everything else only ends.
pub fn may_become(kind: TieKind, becomes: Option<TieKind>) -> Result<(), Refusal> {
    match becomes {
        None => Ok(()),
        Some(next)
            if TieKind::COUPLES.contains(&kind) && TieKind::COUPLES.contains(&next) && kind != next =>
        {
            Ok(())
        }
        Some(_) => Err(Refusal::new("tie.becomes_nothing")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tie::{Outside, OutsideKind, Strength};
    use words::code::Code;

    #[test]
    fn members_come_go_and_live_apart() {
        let day = |d| Day::new(2026, 11, d).unwrap();
        assert!(may_join(false, None, day(1)).is_ok() && may_join(false, Some(day(1)), day(2)).is_ok());
        assert_eq!(may_join(true, None, day(1)).unwrap_err().key, "household.already_member");
        assert_eq!(may_join(false, Some(day(2)), day(2)).unwrap_err().key, "household.joins_before_leaving");
        assert!(may_live(true, true, false).is_ok() && may_live(true, false, true).is_ok());
        assert_eq!(may_live(true, true, true).unwrap_err().key, "household.lives_so_already");
        assert_eq!(may_live(false, true, false).unwrap_err().key, "household.no_member");
        assert!(may_say_since(true, true, false).is_ok());
        assert_eq!(may_say_since(true, true, true).unwrap_err().key, "household.since_written");
        for (member, together) in [(false, true), (true, false)] {
            let refused = may_say_since(member, together, false).unwrap_err();
            assert_eq!(refused.key, "household.lives_elsewhere");
        }
        assert!(keeps_address("湘南台1-2-3", "茅ヶ崎市東海岸1-2-3"));
        for (before, now) in [("", "湘南台1-2-3"), ("湘南台1-2-3", ""), ("湘南台１－２－３", "湘南台1-2-3")]
        {
            assert!(!keeps_address(before, now), "{before} {now}");
        }
        let of = PartialDate::of_year;
        assert!(may_have_lived(of(2001), of(2001)).is_ok() && may_have_lived(None, of(2000)).is_ok());
        assert_eq!(may_have_lived(of(2001), of(2000)).unwrap_err().key, "household.lived_backwards");
    }

    #[test]
    fn a_household_goes_by_an_adult_before_a_child_and_by_the_living_before_the_dead() {
        let today = Day::new(2026, 11, 23).unwrap();
        let born = |text: &str| PartialDate::parse_iso(text);
        let (adult, child, unknown) = (born("1956"), born("2017-04-02"), None);
        for (named, first) in [
            (vec![], None),
            (vec![(adult, false), (child, false)], Some(0)),
            // Both parents died; the grandmother lives there.
            (vec![(adult, true), (adult, true), (child, false), (adult, false)], Some(3)),
            (vec![(child, false), (unknown, false)], Some(1)),
            (vec![(child, false), (child, false)], Some(0)),
            (vec![(adult, true), (child, false)], Some(1)),
            (vec![(adult, true), (child, true)], Some(0)),
            // Eighteen today; eighteen tomorrow; eighteen some day of this year.
            (vec![(born("2008-11-23"), false), (adult, false)], Some(0)),
            (vec![(born("2008-11-24"), false), (adult, false)], Some(1)),
            (vec![(born("2008"), false), (adult, false)], Some(0)),
        ] {
            assert_eq!(whose_name(named.clone(), today), first, "{named:?}");
        }
    }

    #[test]
    fn a_move_is_said_ahead_for_a_year() {
        let today = Day::new(2026, 11, 23).unwrap();
        let key = |on| moves_ahead(on, today).map_err(|r| r.key);
        let on = |days| PartialDate::of_day(today.plus_days(days));
        assert_eq!((key(on(0)), key(on(-400))), (Ok(None), Ok(None)));
        for days in [1, LONGEST_AHEAD] {
            assert_eq!(key(on(days)), Ok(Some(today.plus_days(days))));
        }
        assert_eq!(key(on(LONGEST_AHEAD + 1)), Err("household.moves_too_late"));
        // What has been, as far as it is known; what is to come, by its day.
        let (year, month) = (PartialDate::of_year, |y, m| PartialDate::of_month(y, m).unwrap());
        for known in [year(1945).unwrap(), month(2026, 10), month(2026, 11)] {
            assert_eq!(key(known), Ok(None), "{known}");
        }
        assert_eq!(key(month(2026, 12)), Err("household.moves_on_a_day"));
        assert_eq!(key(year(2098).unwrap()), Err("household.moves_too_late"));
    }

    #[test]
    fn a_plan_is_followed_to_what_stands_in_its_place() {
        let [a, b, c, job] = [1, 2, 3, 9].map(|n| -> CommandId { words::Id::new(uuid::Uuid::from_u128(n)) });
        let instead = BTreeMap::from([(a, b), (b, c)]);
        assert_eq!(became(c, &[c], &instead), Became::Stands);
        assert_eq!(
            (became(a, &[c], &instead), became(b, &[c], &instead)),
            (Became::Changed(c), Became::Changed(c))
        );
        assert_eq!(became(a, &[], &BTreeMap::from([(a, b), (b, job)])), Became::Over);
        assert_eq!(became(a, &[c], &BTreeMap::from([(a, a)])), Became::Over);
    }

    #[test]
    fn a_tie_has_whom_it_needs() {
        let person = |n| -> PersonId { words::Id::new(uuid::Uuid::from_u128(n)) };
        let of = |kind, a, b| NewTie { kind, a, b, outside: None, from: None, until: None, categories: 0 };
        let key = |tie: &NewTie| may_tie(tie).err().map(|r| r.key);
        let (a, b) = (Some(person(1)), Some(person(2)));
        assert_eq!(key(&of(TieKind::Spouse, a, b)), None);
        assert_eq!(key(&of(TieKind::Spouse, a, None)), Some("tie.whom_missing"));
        assert_eq!(key(&of(TieKind::Spouse, a, a)), Some("tie.same_person"));
        assert_eq!(key(&of(TieKind::KeyPerson, a, None)), None);
        assert_eq!(key(&of(TieKind::KeyPerson, a, b)), Some("tie.whom_missing"));
        assert_eq!(key(&of(TieKind::Outside, None, None)), Some("tie.whom_missing"));
        let outside = |name: &str| {
            let (kind, strength) = (OutsideKind::Place, Strength::Weak);
            let outside =
                Some(Outside { agency: None, name: name.to_owned(), kind, strength, direction: None });
            NewTie { outside, ..of(TieKind::Outside, None, None) }
        };
        assert_eq!(key(&outside("B")), None);
        assert_eq!(key(&outside("")), Some("tie.whom_missing"));
        let dated = |from, until| NewTie {
            from: PartialDate::of_year(from),
            until: PartialDate::of_year(until),
            ..of(TieKind::Close, a, b)
        };
        assert_eq!(key(&dated(2000, 2000)), None);
        assert_eq!(key(&dated(2001, 2000)), Some("tie.ends_before"));
    }

    #[test]
    fn a_tie_fits_those_that_stand() {
        let person = |n| -> Option<PersonId> { Some(words::Id::new(uuid::Uuid::from_u128(n))) };
        let of = |kind, a, b| NewTie {
            kind,
            a: person(a),
            b: person(b),
            outside: None,
            from: None,
            until: None,
            categories: 0,
        };
        let today = Day::new(2026, 11, 21).unwrap();
        // 1 and 2 are the parents of 3, who was born in 2000 and is the parent of 4.
        let all = [
            of(TieKind::Spouse, 1, 2),
            of(TieKind::Parent, 1, 3),
            of(TieKind::Parent, 2, 3),
            of(TieKind::Parent, 3, 4),
            of(TieKind::Caring, 4, 1),
        ];
        let young = [person(3), person(4)];
        let born = |who: Option<PersonId>| young.contains(&who).then(|| PartialDate::of_year(2000)).flatten();
        let standing: Vec<&NewTie> = all.iter().collect();
        let key = |tie: &NewTie| fits(tie, &standing, born, today).err().map(|r| r.key);
        assert_eq!(key(&of(TieKind::Spouse, 2, 1)), Some("tie.written_already"), "whoever is named first");
        assert_eq!(key(&of(TieKind::Divorced, 2, 1)), Some("tie.couple_stands"));
        assert_eq!(key(&of(TieKind::Caring, 4, 1)), Some("tie.written_already"));
        assert_eq!(key(&of(TieKind::Caring, 1, 4)), None, "each of them cares for the other");
        assert_eq!(key(&of(TieKind::Parent, 1, 3)), Some("tie.written_already"));
        assert_eq!(key(&of(TieKind::Parent, 4, 1)), Some("tie.own_ancestor"));
        assert_eq!(key(&of(TieKind::FosterParent, 4, 2)), Some("tie.own_ancestor"));
        assert_eq!(key(&of(TieKind::Conflict, 1, 2)), None);
        assert_eq!(key(&of(TieKind::Parent, 5, 3)), Some("tie.two_parents"));
        assert_eq!(key(&of(TieKind::AdoptiveParent, 5, 3)), None);
        let until = |tie: NewTie, year| NewTie { until: PartialDate::of_year(year), ..tie };
        assert_eq!(key(&until(of(TieKind::Spouse, 1, 2), 2010)), None, "an earlier marriage of the same two");
        // Somebody new, of whom a birth is typed.
        let new_parent = NewTie { a: None, ..of(TieKind::Parent, 1, 4) };
        for (year, wrong) in [(2000, None), (1970, None), (2001, Some("tie.parent_younger"))] {
            let born =
                |who: Option<PersonId>| if who.is_none() { PartialDate::of_year(year) } else { born(who) };
            assert_eq!(fits(&new_parent, &standing, born, today).err().map(|r| r.key), wrong, "{year}");
            let step = NewTie { kind: TieKind::StepParent, ..new_parent.clone() };
            assert!(fits(&step, &standing, born, today).is_ok());
        }
        let outside = |name: &str| {
            let (kind, strength) = (OutsideKind::Place, Strength::Weak);
            let o = Outside { agency: None, name: name.to_owned(), kind, strength, direction: None };
            NewTie { a: None, b: None, outside: Some(o), ..of(TieKind::Outside, 1, 2) }
        };
        let there = outside("ﾃﾞｲサービス");
        assert_eq!(
            fits(&outside("デイサービス"), &[&there], born, today).unwrap_err().key,
            "tie.written_already"
        );
        assert!(fits(&outside("保育園"), &[&there], born, today).is_ok());
    }

    #[test]
    fn a_couple_becomes_another_kind_of_couple() {
        for kind in TieKind::ALL {
            assert!(may_become(*kind, None).is_ok());
            let couple = TieKind::COUPLES.contains(kind);
            assert_eq!(
                may_become(*kind, Some(TieKind::Divorced)).is_ok(),
                couple && *kind != TieKind::Divorced
            );
            assert!(may_become(*kind, Some(TieKind::Parent)).is_err());
        }
        assert!(TieKind::Violence.categories().has(access::Category::Violence));
        assert!(!TieKind::Conflict.categories().has(access::Category::Violence));
    }

    #[test]
    fn what_happened_once_does_not_happen_again() {
        let day = |text| PartialDate::parse_iso(text).unwrap();
        let on = day("2026-11");
        assert_eq!(may_die(true, None, on).unwrap_err().key, "household.already_dead");
        assert_eq!(may_die(false, Some(day("2027")), on).unwrap_err().key, "tie.died_before_birth");
        assert!(may_die(false, Some(day("2026")), on).is_ok());
        let birth = Some(day("2010-04-02"));
        let leave = |left, birth| may_leave(left, birth, Day::new(2010, 4, 1).unwrap()).err().map(|r| r.key);
        assert_eq!(leave(true, None), Some("household.already_left"));
        assert_eq!(leave(false, birth), Some("household.left_before_birth"));
        assert_eq!(leave(false, Some(day("2010"))), None, "somewhere in that year");
        let together = |births: &[_]| {
            let births = births.iter().copied();
            may_leave_together(births, Day::new(2010, 4, 1).unwrap()).err().map(|r| r.key)
        };
        assert_eq!(together(&[]), Some("household.nobody_leaves"));
        assert_eq!(together(&[None, birth]), Some("household.left_before_birth"));
        assert_eq!(together(&[None, Some(day("1980"))]), None);
        assert!(may_die(false, None, on).is_ok() && leave(false, None).is_none());
        for (kind, key) in [(Happened::Died, "household.not_dead"), (Happened::Left, "household.not_left")] {
            assert_eq!(may_take_back(kind, None).unwrap_err().key, key);
            assert_eq!(may_take_back(kind, Some("2026-11".to_owned())).unwrap(), "2026-11");
        }
        assert_eq!(may_reword(true, false).unwrap_err().key, "household.answer_elsewhere");
        assert!(may_reword(true, true).is_ok() && may_reword(false, false).is_ok());
        assert_eq!(may_correct_here(true).unwrap_err().key, "household.said_in_confidence");
        assert!(may_correct_here(false).is_ok());
        let day = |d| Day::new(2026, 11, d).unwrap();
        assert!(has_happened(day(21), day(21)).is_ok() && has_happened(day(22), day(21)).is_err());
        let (us, other): (DeskId, DeskId) =
            (words::Id::new(uuid::Uuid::from_u128(1)), words::Id::new(uuid::Uuid::from_u128(2)));
        let today = Day::new(2026, 11, 21).unwrap();
        let review = |desks: &[DeskId], days| may_shelter(us, desks, today.plus_days(days), today);
        assert!(review(&[other, us], 1).is_ok() && review(&[us], LONGEST_SHELTER).is_ok());
        assert_eq!(review(&[other], 1).unwrap_err().key, "household.shelter_without_us");
        assert_eq!(review(&[us], 0).unwrap_err().key, "household.shelter_review");
        assert_eq!(review(&[us], LONGEST_SHELTER + 1).unwrap_err().key, "household.shelter_review");
        assert!(may_void(EntryState::Valid).is_ok());
        assert!(may_void(EntryState::Corrected).is_err() && may_void(EntryState::EnteredInError).is_err());
    }

    #[test]
    fn a_desk_is_told_only_where_everybody_of_it_may_see_both_records() {
        use access::{RecordRef, Role, Seat, Subjects};
        fn id<K>(n: u128) -> words::Id<K> {
            words::Id::new(uuid::Uuid::from_u128(n))
        }
        let record = |n, desk| Facts {
            record: RecordRef::person(id(n)),
            desk: id(desk),
            author: None,
            subjects: Subjects::Persons(vec![id(n)]),
            categories: crate::person::categories(),
            cases: vec![id(90 + n)],
            sent_to_provider: None,
            confided_to: None,
        };
        let worker = |n, excluded_from| Viewer {
            municipality: id(1),
            user: id(n),
            seats: vec![Seat {
                appointment: id(n + 10),
                desk: id(7),
                inherited: Vec::new(),
                agency: id(70),
                role: Role::Caseworker,
                programme: String::new(),
            }],
            excluded_from,
            urgent: Vec::new(),
        };
        let now = Instant::at(Day::new(2026, 11, 21).unwrap(), 9, 0);
        let told = |staff: &[Viewer], of: &[Facts]| may_be_told(staff, of, &Evidence::default(), now);
        let (own, other) = ([record(1, 7), record(2, 7)], [record(1, 7), record(2, 8)]);
        let both = [worker(2, Vec::new()), worker(3, Vec::new())];
        assert!(told(&both, &own), "what the desk wrote itself");
        assert!(!told(&both, &other), "one of the two is another desk's");
        assert!(!told(&[worker(2, Vec::new()), worker(3, vec![id(92)])], &own), "one of them is kept out");
        assert!(!told(&[], &own), "nobody is there");
    }
}
