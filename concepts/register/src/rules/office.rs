//! When a contract, a desk or an agency may end, go on, or be given up before it began. Pure, as all rules.

use engine::Refusal;
use words::Day;
use words::id::{AgencyId, DeskId};

use super::Span;

/// How long before it ends something stands on top of the list: time to find a contractor and to tell people.
pub const SOON_DAYS: i64 = 90;

words::codes! {
    /// How a contract or a desk stands on a day.
    pub enum Standing {
        /// In force.
        Now = "now",
        /// To come.
        ToCome = "to_come",
        /// Over.
        Over = "over",
    }
}

impl Standing {
    /// Whether it is in force.
    pub fn is_now(self) -> bool {
        self == Self::Now
    }
}

/// How something with these days stands.
pub fn standing(span: Span, today: Day) -> Standing {
    if span.ended_before(today) {
        Standing::Over
    } else if span.from > today {
        Standing::ToCome
    } else {
        Standing::Now
    }
}

/// What the rules look at of a contract.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// Who is commissioned.
    pub contractor: AgencyId,
    /// Who commissions.
    pub commissioner: AgencyId,
    /// Codes of programmes.
    pub programmes: &'a [String],
    /// Its days.
    pub span: Span,
}

impl Terms<'_> {
    fn same_work(&self, other: &Self) -> bool {
        self.contractor == other.contractor
            && self.commissioner == other.commissioner
            && !other.span.never()
            && self.programmes.iter().any(|p| other.programmes.contains(p))
    }

    /// Whether `other` is the contract that goes on after this one with the same contractor.
    pub fn goes_on_in(&self, other: &Terms<'_>) -> bool {
        self.same_work(other) && other.span.from > self.span.from
    }

    /// Whether this one renewed `earlier`: it begins on the day after.
    pub fn renewed(&self, earlier: &Terms<'_>) -> bool {
        self.same_work(earlier) && earlier.span.to.is_some_and(|to| to.plus_days(1) == self.span.from)
    }
}

/// Whether something with these days may end on `last`. Not on a day that has passed: until now it was open, and what was
/// done there holds.
pub fn may_end(span: Span, last: Day, today: Day) -> Result<(), Refusal> {
    if span.never() || span.ended_before(today) {
        return Err(Refusal::new("office.over"));
    }
    if last < span.from {
        return Err(Refusal::new("office.before_from").arg("day", span.from));
    }
    if last < today {
        return Err(Refusal::new("office.past"));
    }
    match span.to {
        Some(to) if last > to => Err(Refusal::new("office.after_end").arg("day", to)),
        _ => Ok(()),
    }
}

/// Whether a desk may end while these days belong to people appointed to it: nobody may be left appointed to a desk that is over before
/// they begin. `first` is the first of those days, `names` who it is.
pub fn nobody_to_come(names: &[String], first: Option<Day>) -> Result<(), Refusal> {
    match first {
        // Names stand beside each other in every language.
        Some(day) => {
            Err(Refusal::new("office.appointed_later").arg("names", names.join(" / ")).arg("day", day))
        }
        None => Ok(()),
    }
}

/// Whether somebody may be appointed to a desk with these days from a day on: it must be there by then, and not over.
pub fn may_begin(open: Option<Span>, from: Day) -> Result<(), Refusal> {
    match open {
        Some(span) if !span.never() && !span.ended_before(from) => {
            if from < span.from {
                return Err(Refusal::new("register.desk_not_yet").arg("day", span.from));
            }
            Ok(())
        }
        _ => Err(Refusal::new("register.desk_over")),
    }
}

/// Whether something may end on `last` while a contract of theirs begins later: it would begin with nobody behind it.
pub fn no_contract_to_come(title: &str, contract: Span, last: Day) -> Result<(), Refusal> {
    if contract.never() || contract.from <= last {
        return Ok(());
    }
    Err(Refusal::new("office.contract_to_come").arg("title", title).arg("day", contract.from))
}

/// Whether an agency may end on `last` while a desk of theirs with these days of its own begins later.
pub fn no_desk_to_come(own: Span, last: Day) -> Result<(), Refusal> {
    if own.never() || own.from <= last {
        return Ok(());
    }
    Err(Refusal::new("office.desk_to_come").arg("day", own.from))
}

/// Whether an appointment may be given up: only before it begins. After that somebody sat there, and it ends.
pub fn may_cancel_appointment(span: Span, today: Day) -> Result<(), Refusal> {
    if span.from <= today { Err(Refusal::new("register.appointment_begun")) } else { Ok(()) }
}

/// Whether an agency may pass to another on this day: from tomorrow on, for until the day before it is there.
pub fn from_tomorrow(from: Day, today: Day) -> Result<(), Refusal> {
    if from <= today { Err(Refusal::new("office.from_tomorrow")) } else { Ok(()) }
}

/// Whether `heir` can have the records of `desk` from `next` on. `open` are the heir's days; nothing when there is no such desk.
/// `ending` are the desks that end together.
pub fn may_inherit(
    desk: DeskId,
    heir: DeskId,
    open: Option<Span>,
    ending: &[DeskId],
    next: Day,
) -> Result<(), Refusal> {
    if desk == heir {
        return Err(Refusal::new("register.heir_itself"));
    }
    there_afterwards(heir, open, ending, next)
}

/// Why an heir of a desk under a contract is asked for once more: records usually go to the commissioning body or to a successor that does
/// the same work (domain section 3), and once they have passed on nobody brings them back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unusual {
    /// Nobody there signs in: the records would be open to nobody.
    NoLogin,
    /// Neither the same work nor the commissioning body.
    OtherWork,
}

/// What is unusual about an heir: whether its people sign in, whether it does the same work as the desk that ends, and whether it is of the
/// body that commissioned it.
pub fn unusual(has_login: bool, same_work: bool, commissions: bool) -> Option<Unusual> {
    if !has_login {
        return Some(Unusual::NoLogin);
    }
    (!same_work && !commissions).then_some(Unusual::OtherWork)
}

/// Whether a desk is there on the day after others ended, and does not end with them.
pub fn there_afterwards(
    heir: DeskId,
    open: Option<Span>,
    ending: &[DeskId],
    next: Day,
) -> Result<(), Refusal> {
    if ending.contains(&heir) || !open.is_some_and(|span| span.covers(next)) {
        return Err(Refusal::new("register.heir_over"));
    }
    Ok(())
}

/// Whether a contract may be renewed until `until`. Also after it has run out: papers are often late.
pub fn may_renew(span: Span, followed: bool, until: Day, today: Day) -> Result<(), Refusal> {
    if span.never() {
        return Err(Refusal::new("office.over"));
    }
    if followed {
        return Err(Refusal::new("office.followed"));
    }
    if let Some(to) = span.to.filter(|to| until <= *to) {
        return Err(Refusal::new("office.renew_early").arg("day", to));
    }
    if until < today {
        return Err(Refusal::new("office.past"));
    }
    Ok(())
}

/// Whether a contract goes on with a desk when it is renewed: one without any behind it would stand on the list and nobody could work under
/// it. `ends` are the own last days of its desks, without those that never came to be; a desk without one goes on.
pub fn desk_goes_on(ends: &[Option<Day>], last: Day, today: Day) -> Result<(), Refusal> {
    if ends.iter().any(Option::is_none) {
        return Ok(());
    }
    let on = |day: Day| ends.contains(&Some(day));
    Err(Refusal::new(if ends.is_empty() {
        "office.renew_no_desk"
    } else if last >= today && on(last) {
        "office.renew_end_entered"
    } else if ends.iter().flatten().any(|end| *end >= today) {
        "office.renew_desk_ends"
    } else {
        "office.renew_desks_over"
    }))
}

/// What is unusual about a merger, said before it is registered: records pass to the other agency, and after the day nobody brings them back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Odd {
    /// The other is another body in law: what was use inside becomes somebody else's.
    OtherEntity,
    /// Nobody there signs in: the records would be open to nobody.
    NoLogin,
    /// It has no desk of a programme: one is made, with nobody at it.
    NoDesk,
}

/// What is unusual: whether both are of one legal entity, whether the other's people sign in, and whether it has a desk for each that passes.
pub fn odd_merger(same_entity: bool, has_login: bool, desks_there: bool) -> Vec<Odd> {
    [(same_entity, Odd::OtherEntity), (has_login, Odd::NoLogin), (desks_there, Odd::NoDesk)]
        .into_iter()
        .filter_map(|(usual, odd)| (!usual).then_some(odd))
        .collect()
}

/// Whether a planned end may be taken back, so that it goes on until `until`, or without an end. Only before the day: after it
/// records and work have passed to the heir.
pub fn may_keep(span: Span, until: Option<Day>, today: Day) -> Result<(), Refusal> {
    let Some(to) = span.to else { return Err(Refusal::new("office.no_end")) };
    if span.never() || to < today {
        return Err(Refusal::new("office.over"));
    }
    if until.is_some_and(|until| until < to) {
        return Err(Refusal::new("office.keep_early").arg("day", to));
    }
    Ok(())
}

/// Whether what was planned may be given up: only before it begins.
pub fn may_cancel(span: Span, today: Day) -> Result<(), Refusal> {
    if span.never() {
        return Err(Refusal::new("office.over"));
    }
    if span.from <= today {
        return Err(Refusal::new("office.begun"));
    }
    Ok(())
}

/// Whether an agency may pass to another on `from`. `other` are the other's days.
pub fn may_merge(span: Span, other: Option<Span>, from: Day, today: Day) -> Result<(), Refusal> {
    if span.to.is_some() {
        return Err(Refusal::new("office.merged"));
    }
    from_tomorrow(from, today)?;
    may_end(span, from.plus_days(-1), today)?;
    match other {
        Some(other) if other.to.is_none() && other.from <= from => Ok(()),
        _ => Err(Refusal::new("office.successor_over")),
    }
}

/// Whether something ends so soon that it stands on top.
pub fn ends_soon(span: Span, today: Day) -> bool {
    span.to.is_some_and(|to| !span.never() && to >= today && to <= today.plus_days(SOON_DAYS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use words::Id;

    fn day(month: u32, day: u32) -> Day {
        Day::new(2027, month, day).unwrap()
    }

    fn span(from: Day, to: Option<Day>) -> Span {
        Span { from, to }
    }

    fn key<T>(outcome: Result<T, Refusal>) -> &'static str {
        outcome.err().map_or("", |r| r.key)
    }

    #[test]
    fn an_end_is_today_or_later_within_its_days() {
        let (today, year) = (day(2, 1), span(day(1, 1), Some(day(3, 31))));
        assert_eq!(key(may_end(year, day(3, 31), today)), "");
        assert_eq!(key(may_end(year, today, today)), "");
        assert_eq!(key(may_end(year, day(1, 31), today)), "office.past");
        assert_eq!(key(may_end(year, day(4, 1), today)), "office.after_end");
        assert_eq!(key(may_end(year, day(3, 1), day(4, 1))), "office.over");
        let coming = span(day(4, 1), None);
        assert_eq!(key(may_end(coming, day(3, 31), today)), "office.before_from");
        assert_eq!(key(may_end(coming, day(5, 31), today)), "");
        assert_eq!(key(may_end(span(day(4, 1), Some(day(3, 31))), day(4, 1), today)), "office.over");
    }

    #[test]
    fn nothing_begins_at_what_is_over_by_then() {
        assert_eq!(key(may_begin(Some(span(day(4, 1), Some(day(6, 30)))), day(6, 30))), "");
        let ahead = may_begin(Some(span(day(4, 1), None)), day(3, 31));
        assert!(
            ahead.as_ref().is_err_and(|why| why.args.contains(&("day", day(4, 1).to_string()))),
            "{ahead:?}"
        );
        assert_eq!(key(ahead), "register.desk_not_yet");
        assert_eq!(key(may_begin(Some(span(day(4, 1), None)), day(4, 1))), "");
        assert_eq!(key(may_begin(Some(span(day(4, 1), Some(day(6, 30)))), day(7, 1))), "register.desk_over");
        assert_eq!(key(may_begin(Some(span(day(4, 1), Some(day(3, 31)))), day(3, 1))), "register.desk_over");
        assert_eq!(key(may_begin(None, day(3, 1))), "register.desk_over");
        assert_eq!(unusual(true, true, false), None, "a successor of the same programme");
        assert_eq!(unusual(true, false, true), None, "a section of the commissioning body");
        assert_eq!(unusual(true, false, false), Some(Unusual::OtherWork));
        for (same, commissions) in [(true, true), (true, false), (false, true), (false, false)] {
            assert_eq!(unusual(false, same, commissions), Some(Unusual::NoLogin));
        }
        assert_eq!(key(nobody_to_come(&[], None)), "");
        let refused = nobody_to_come(&["A".to_owned(), "B".to_owned()], Some(day(4, 1))).unwrap_err();
        assert_eq!(refused.key, "office.appointed_later");
        assert!(refused.args.contains(&("names", "A / B".to_owned())), "{:?}", refused.args);
        assert_eq!(key(may_cancel_appointment(span(day(4, 1), None), day(3, 31))), "");
        assert_eq!(
            key(may_cancel_appointment(span(day(4, 1), None), day(4, 1))),
            "register.appointment_begun"
        );
        let year = span(day(4, 1), Some(day(12, 31)));
        assert_eq!(key(no_contract_to_come("x", year, day(3, 31))), "office.contract_to_come");
        assert_eq!(key(no_contract_to_come("x", year, day(4, 1))), "");
        assert_eq!(
            key(no_contract_to_come("x", span(day(4, 1), Some(day(3, 31))), day(3, 1))),
            "",
            "given up"
        );
        assert_eq!(key(no_desk_to_come(span(day(4, 1), None), day(3, 31))), "office.desk_to_come");
        assert_eq!(key(no_desk_to_come(span(day(1, 1), None), day(3, 31))), "");
        assert_eq!(key(no_desk_to_come(span(day(4, 1), Some(day(3, 31))), day(3, 1))), "", "given up");
    }

    #[test]
    fn an_heir_is_another_desk_that_is_there_on_the_next_day() {
        let id = |n: u128| -> DeskId { Id::new(uuid::Uuid::from_u128(n)) };
        let open = Some(span(day(1, 1), None));
        let next = day(4, 1);
        assert_eq!(key(may_inherit(id(1), id(2), open, &[id(1)], next)), "");
        assert_eq!(key(may_inherit(id(1), id(1), open, &[id(1)], next)), "register.heir_itself");
        assert_eq!(key(may_inherit(id(1), id(2), open, &[id(1), id(2)], next)), "register.heir_over");
        assert_eq!(key(may_inherit(id(1), id(2), None, &[id(1)], next)), "register.heir_over");
        let over = Some(span(day(1, 1), Some(day(3, 31))));
        assert_eq!(key(may_inherit(id(1), id(2), over, &[id(1)], next)), "register.heir_over");
    }

    #[test]
    fn a_contract_is_renewed_once_and_kept_or_given_up_before_its_day() {
        let (today, year) = (day(2, 1), span(day(1, 1), Some(day(3, 31))));
        assert_eq!(key(may_renew(year, false, day(12, 31), today)), "");
        assert_eq!(key(may_renew(year, true, day(12, 31), today)), "office.followed");
        assert_eq!(key(may_renew(year, false, day(3, 31), today)), "office.renew_early");
        assert_eq!(key(may_renew(year, false, day(4, 30), day(5, 1))), "office.past");
        assert_eq!(key(may_renew(year, false, day(12, 31), day(5, 1))), "");
        assert_eq!(key(may_keep(year, Some(day(3, 31)), today)), "");
        assert_eq!(key(may_keep(year, None, today)), "");
        assert_eq!(key(may_keep(year, Some(day(3, 30)), today)), "office.keep_early");
        assert_eq!(key(may_keep(year, Some(day(5, 30)), day(4, 1))), "office.over");
        assert_eq!(key(may_keep(span(day(1, 1), None), None, today)), "office.no_end");
        assert_eq!(key(may_cancel(span(day(4, 1), Some(day(12, 31))), today)), "");
        assert_eq!(key(may_cancel(year, today)), "office.begun");
        assert_eq!(key(may_cancel(span(day(4, 1), Some(day(3, 31))), today)), "office.over");
    }

    #[test]
    fn a_contract_is_renewed_only_with_a_desk_that_goes_on() {
        let may = |ends: &[Option<Day>], last, today| key(desk_goes_on(ends, last, today));
        let (today, last) = (day(2, 1), day(3, 31));
        assert_eq!(may(&[None], last, today), "");
        assert_eq!(may(&[Some(day(1, 31)), None], last, today), "", "one is enough");
        assert_eq!(may(&[None], last, day(5, 1)), "", "papers are late");
        assert_eq!(may(&[], last, today), "office.renew_no_desk");
        assert_eq!(may(&[Some(last)], last, today), "office.renew_end_entered");
        assert_eq!(may(&[Some(last), Some(day(1, 31))], last, last), "office.renew_end_entered");
        assert_eq!(may(&[Some(day(2, 28)), Some(day(1, 31))], last, today), "office.renew_desk_ends");
        assert_eq!(may(&[Some(day(1, 31))], last, today), "office.renew_desks_over");
        assert_eq!(may(&[Some(last)], last, day(4, 1)), "office.renew_desks_over");
    }

    #[test]
    fn a_merger_into_another_body_or_without_a_desk_there_is_unusual() {
        assert_eq!(odd_merger(true, true, true), []);
        assert_eq!(odd_merger(false, true, true), [Odd::OtherEntity]);
        assert_eq!(odd_merger(true, false, true), [Odd::NoLogin]);
        assert_eq!(odd_merger(true, true, false), [Odd::NoDesk]);
        assert_eq!(odd_merger(false, false, false), [Odd::OtherEntity, Odd::NoLogin, Odd::NoDesk]);
    }

    #[test]
    fn the_next_contract_is_of_the_same_parties_and_work() {
        let agency = |n: u128| -> AgencyId { Id::new(uuid::Uuid::from_u128(n)) };
        let (one, other) = (["a".to_owned()], ["b".to_owned()]);
        let terms = |contractor, programmes, from, to| Terms {
            contractor: agency(contractor),
            commissioner: agency(9),
            programmes,
            span: span(from, Some(to)),
        };
        let old = terms(1, &one, day(1, 1), day(3, 31));
        let next = terms(1, &one, day(4, 1), day(12, 31));
        assert!(old.goes_on_in(&next) && next.renewed(&old) && !next.goes_on_in(&old));
        assert!(!old.goes_on_in(&terms(2, &one, day(4, 1), day(12, 31))));
        assert!(!old.goes_on_in(&terms(1, &other, day(4, 1), day(12, 31))));
        assert!(!old.goes_on_in(&terms(1, &one, day(4, 1), day(3, 31))), "given up");
    }

    #[test]
    fn a_merger_names_an_agency_that_is_there_and_stays() {
        let (today, open) = (day(2, 1), span(day(1, 1), None));
        assert_eq!(key(may_merge(open, Some(open), day(4, 1), today)), "");
        assert_eq!(key(may_merge(open, Some(open), today, today)), "office.from_tomorrow");
        let ends = span(day(1, 1), Some(day(3, 31)));
        assert_eq!(key(may_merge(ends, Some(open), day(4, 1), today)), "office.merged");
        for other in [Some(ends), Some(span(day(4, 2), None)), None] {
            assert_eq!(key(may_merge(open, other, day(4, 1), today)), "office.successor_over");
        }
    }

    #[test]
    fn what_stands_now_has_begun_and_is_not_over() {
        let days = span(day(2, 1), Some(day(3, 31)));
        assert_eq!(standing(days, day(1, 31)), Standing::ToCome);
        assert_eq!(standing(days, day(2, 1)), Standing::Now);
        assert_eq!(standing(days, day(3, 31)), Standing::Now);
        assert_eq!(standing(days, day(4, 1)), Standing::Over);
    }

    #[test]
    fn what_ends_soon_stands_on_top() {
        let today = day(2, 1);
        assert!(ends_soon(span(day(1, 1), Some(day(3, 31))), today));
        assert!(ends_soon(span(day(1, 1), Some(today)), today));
        assert!(!ends_soon(span(day(1, 1), Some(day(12, 31))), today));
        assert!(!ends_soon(span(day(1, 1), Some(day(1, 31))), today));
        assert!(!ends_soon(span(day(1, 1), None), today));
        assert!(!ends_soon(span(day(4, 1), Some(day(3, 31))), today));
    }
}
