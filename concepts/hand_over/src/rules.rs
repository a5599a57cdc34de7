//! Who may take a case up, and when a hand-over is finished. Pure.

use std::collections::BTreeSet;

use engine::Refusal;
use words::id::UserId;
use words::{Day, codes};

codes! {
    /// Where a hand-over stands.
    pub enum State {
        /// Under way.
        Open = "open",
        /// Everything was taken up, or needs to be no more.
        Done = "done",
        /// It is not needed: whoever was to go stays.
        Withdrawn = "withdrawn",
    }
}

/// Days before an appointment ends from which its hand-over is made by itself.
pub const DAYS_AHEAD: i64 = 45;

/// Days back in which the last day of somebody can lie whose work is handed over only now.
pub const DAYS_BACK: i64 = 366;

/// Days ahead in which it can lie: beyond, it is a slip of the pen.
pub const DAYS_ON: i64 = 2 * 366;

/// Days in which a receipt can be taken back after everything was taken up, where the last day of whoever goes comes sooner.
pub const DAYS_UNDO: i64 = 14;

/// Whether somebody's last day can be this one: not long over, not before they came to the desk, and not further ahead than anybody plans.
pub fn may_end(last: Day, appointed: Option<Day>, today: Day) -> Result<(), Refusal> {
    if appointed.is_some_and(|from| last < from) {
        return Err(Refusal::new("hand_over.before_they_came"));
    }
    if last < today.plus_days(-DAYS_BACK) {
        return Err(Refusal::new("hand_over.long_over"));
    }
    if last > today.plus_days(DAYS_ON) {
        return Err(Refusal::new("hand_over.too_far"));
    }
    Ok(())
}

/// Who begins the hand-over of somebody's work: they themself, and whoever gives work at their desk (domain section 5: the lead assigns).
/// Where they are gone and nobody leads the desk, anybody there: no state is a trap.
pub fn may_begin(
    me: UserId,
    from: UserId,
    gives: bool,
    (sitting, led): (&[UserId], bool),
) -> Result<(), Refusal> {
    if me == from || gives || (!led && !sitting.contains(&from)) {
        return Ok(());
    }
    Err(Refusal::new("hand_over.lead_begins"))
}

/// Whether a receipt can be taken back: by whoever gave it, as long as the hand-over is under way. The receipt of the last case ends it and
/// is as easily a slip as any other: every receipt can be taken back until the last day of whoever goes, and for [`DAYS_UNDO`] days at least.
/// What was dropped, and a case that has ended or passed on since, stay as they are.
pub fn may_undo(
    (state, last): (State, Day),
    stands: bool,
    received: Option<(UserId, Day)>,
    (me, today): (UserId, Day),
) -> Result<(), Refusal> {
    if state == State::Withdrawn {
        return Err(Refusal::conflict("hand_over.over"));
    }
    let Some((by, on)) = received else { return Err(Refusal::conflict("hand_over.not_received")) };
    if by != me {
        return Err(Refusal::new("hand_over.not_your_receipt"));
    }
    if !stands {
        return Err(Refusal::conflict("hand_over.gone_since"));
    }
    if state == State::Done && today > last.max(on.plus_days(DAYS_UNDO)) {
        return Err(Refusal::new("hand_over.undo_late"));
    }
    Ok(())
}

/// Whose a promise is again once a receipt is taken back: whose it was, as long as they sit at the desk. Of whoever has left since nobody would
/// keep it: then it is nobody's yet, and waits for whoever takes the case up.
pub fn goes_back(before: Option<UserId>, sitting: &[UserId]) -> Option<UserId> {
    before.filter(|user| sitting.contains(user))
}

/// One case of a hand-over, as far as the rules go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    /// Who is to take it.
    pub to: Option<UserId>,
    /// Whether somebody confirmed receipt.
    pub received: bool,
    /// Whether the desk still answers for the case, and it is open.
    pub stands: bool,
}

impl Item {
    /// Whether somebody still has to take it up.
    pub const fn waits(&self) -> bool {
        self.stands && !self.received
    }
}

/// Whether nothing is left to be taken up.
pub fn finished(items: &[Item]) -> bool {
    items.iter().all(|i| !i.waits())
}

/// Who is asked to take something up: who is named, and the desk as a whole where who was named sits there no more.
pub fn asked(items: &[Item], sitting: &[UserId]) -> BTreeSet<Option<UserId>> {
    let named = items.iter().filter(|i| i.waits()).filter_map(|i| i.to);
    named.map(|to| sitting.contains(&to).then_some(to)).collect()
}

/// Whether this person may confirm receipt: who is named; anybody of the desk when nobody is, or who was named does not sit there any
/// more. Never whoever goes: they have it already.
pub fn may_receive(
    state: State,
    item: &Item,
    from: UserId,
    me: UserId,
    sitting: &[UserId],
) -> Result<(), Refusal> {
    if state != State::Open {
        return Err(Refusal::conflict("hand_over.over"));
    }
    if item.received {
        return Err(Refusal::conflict("hand_over.received_before"));
    }
    if !item.stands {
        return Err(Refusal::conflict("hand_over.case_gone"));
    }
    if me == from {
        return Err(Refusal::new("hand_over.own"));
    }
    match item.to {
        Some(to) if to != me && sitting.contains(&to) => Err(Refusal::new("hand_over.not_you")),
        _ => Ok(()),
    }
}

/// Whether a case can be given to this person: they sit at the desk, are not the one who goes, and are not kept out of it. One
/// sentence for all of it: why somebody cannot take a case is nobody's business (disclosure rule 14).
pub fn may_give(to: UserId, from: UserId, sitting: &[UserId], kept_out: &[UserId]) -> Result<(), Refusal> {
    if to == from || !sitting.contains(&to) || kept_out.contains(&to) {
        return Err(Refusal::new("hand_over.cannot_take"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::str::FromStr;

    fn user(n: u8) -> UserId {
        UserId::from_str(&format!("00000000-0000-7000-8000-0000000000{n:02x}")).unwrap()
    }

    const STANDS: Item = Item { to: None, received: false, stands: true };

    #[test]
    fn a_promise_goes_back_to_whoever_is_still_there() {
        let (gone, there) = (user(1), user(2));
        assert_eq!(goes_back(Some(there), &[there]), Some(there));
        assert_eq!(goes_back(Some(gone), &[there]), None, "nobody's, until somebody takes it up");
        assert_eq!(goes_back(None, &[there]), None, "as it was");
    }

    #[test]
    fn who_is_named_takes_it_and_anybody_when_nobody_can() {
        let (gone, a, b) = (user(1), user(2), user(3));
        let named = Item { to: Some(a), ..STANDS };
        let may = |item: &Item, me, sitting: &[UserId]| may_receive(State::Open, item, gone, me, sitting);
        assert!(may(&named, a, &[a, b]).is_ok());
        assert_eq!(may(&named, b, &[a, b]).unwrap_err().key, "hand_over.not_you");
        assert!(may(&named, b, &[b]).is_ok(), "who was named has left");
        assert!(may(&STANDS, b, &[a, b]).is_ok());
        assert_eq!(may(&STANDS, gone, &[a, b]).unwrap_err().key, "hand_over.own");
        assert_eq!(may(&Item { stands: false, ..STANDS }, a, &[a]).unwrap_err().key, "hand_over.case_gone");
    }

    #[test]
    fn one_begins_ones_own_and_the_lead_everybodys() {
        let (gone, lead, me) = (user(1), user(2), user(3));
        let may =
            |who, gives, there: (&[UserId], bool)| may_begin(who, gone, gives, there).map_err(|r| r.key);
        assert_eq!(may(gone, false, (&[gone, me], true)), Ok(()));
        assert_eq!(may(lead, true, (&[gone, lead], true)), Ok(()));
        assert_eq!(may(me, false, (&[gone, me, lead], true)), Err("hand_over.lead_begins"));
        assert_eq!(may(me, false, (&[me, lead], true)), Err("hand_over.lead_begins"), "the lead is there");
        assert_eq!(may(me, false, (&[gone, me], false)), Err("hand_over.lead_begins"), "they are there");
        assert_eq!(may(me, false, (&[me], false)), Ok(()), "nobody else is");
    }

    #[test]
    fn a_receipt_is_taken_back_by_whoever_gave_it() {
        let (a, b) = (user(2), user(3));
        let day = |m, d| Day::new(2026, m, d).unwrap();
        let may = |state, by: Option<UserId>, me, today| {
            let received = by.map(|by| (by, day(11, 10)));
            may_undo((state, day(11, 30)), true, received, (me, today)).map_err(|r| r.key)
        };
        assert_eq!(may(State::Open, Some(a), a, day(12, 31)), Ok(()), "under way: at any time");
        assert_eq!(may(State::Open, Some(a), b, day(11, 10)), Err("hand_over.not_your_receipt"));
        assert_eq!(may(State::Open, None, a, day(11, 10)), Err("hand_over.not_received"));
        assert_eq!(may(State::Withdrawn, Some(a), a, day(11, 10)), Err("hand_over.over"));
        // Everything was taken up: until the last day.
        assert_eq!(may(State::Done, Some(a), a, day(11, 30)), Ok(()));
        assert_eq!(may(State::Done, Some(a), a, day(12, 1)), Err("hand_over.undo_late"));
        // Taken up about or after the last day: for two weeks.
        let late = |today| {
            may_undo((State::Done, day(11, 30)), true, Some((a, day(12, 5))), (a, today)).map_err(|r| r.key)
        };
        assert_eq!((late(day(12, 19)), late(day(12, 20))), (Ok(()), Err("hand_over.undo_late")));
        let gone = may_undo((State::Open, day(11, 30)), false, Some((a, day(11, 10))), (a, day(11, 10)));
        assert_eq!(gone.unwrap_err().key, "hand_over.gone_since");
    }

    #[test]
    fn a_last_day_lies_about_now_and_not_before_they_came() {
        let day = |y, m, d| Day::new(y, m, d).unwrap();
        let (came, today) = (day(2025, 4, 1), day(2026, 11, 21));
        let key = |last, from| may_end(last, from, today).map_err(|r| r.key);
        for good in [today, day(2027, 3, 31), day(2025, 11, 20), day(2028, 11, 21)] {
            assert_eq!(key(good, Some(came)), Ok(()), "{good}");
        }
        // 令和元年 for 令和9年.
        assert_eq!(key(day(2019, 5, 1), Some(came)), Err("hand_over.before_they_came"));
        assert_eq!(key(day(2019, 5, 1), None), Err("hand_over.long_over"));
        assert_eq!(key(day(2025, 11, 19), None), Err("hand_over.long_over"));
        assert_eq!(key(day(2026, 3, 1), Some(day(2026, 4, 1))), Err("hand_over.before_they_came"));
        assert_eq!(key(day(2029, 3, 31), Some(came)), Err("hand_over.too_far"));
    }

    #[test]
    fn a_case_is_given_to_somebody_of_the_desk_who_is_not_kept_out() {
        let (gone, a, b) = (user(1), user(2), user(3));
        assert!(may_give(a, gone, &[gone, a], &[]).is_ok());
        for (to, sitting, out) in [(gone, vec![gone, a], vec![]), (b, vec![a], vec![]), (a, vec![a], vec![a])]
        {
            assert_eq!(may_give(to, gone, &sitting, &out).unwrap_err().key, "hand_over.cannot_take");
        }
    }

    #[test]
    fn nobody_who_is_gone_is_asked() {
        let (a, b) = (user(2), user(3));
        let to = |to| Item { to, ..STANDS };
        let items = [to(Some(a)), to(Some(a)), to(None), Item { received: true, ..to(Some(b)) }];
        assert_eq!(asked(&items, &[a, b]), [Some(a)].into());
        assert_eq!(asked(&items, &[b]), [None].into(), "once, for whoever is there");
        assert_eq!(asked(&[to(None)], &[a]), BTreeSet::new(), "nobody was named: the lead sees to it");
    }

    proptest! {
        /// No state is a trap: as long as something waits, somebody who sits at the desk can take it, whoever was named.
        #[test]
        fn something_that_waits_can_be_taken(to in prop::option::of(1_u8..6), sitting in prop::collection::btree_set(2_u8..6, 1..4)) {
            let sitting: Vec<UserId> = sitting.into_iter().map(user).collect();
            let item = Item { to: to.map(user), ..STANDS };
            let can = sitting.iter().any(|me| may_receive(State::Open, &item, user(1), *me, &sitting).is_ok());
            prop_assert!(can);
        }

        /// Finished exactly when nothing waits.
        #[test]
        fn finished_is_when_nothing_waits(items in prop::collection::vec((any::<bool>(), any::<bool>()), 0..8)) {
            let items: Vec<Item> = items.into_iter().map(|(received, stands)| Item { to: None, received, stands }).collect();
            prop_assert_eq!(finished(&items), items.iter().filter(|i| i.waits()).count() == 0);
        }
    }
}
