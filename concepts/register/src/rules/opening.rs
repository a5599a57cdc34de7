//! When a new desk may begin, and when an agency may be divided into two. Pure, as all rules.

use engine::Refusal;
use words::Day;
use words::code::Code;
use words::id::AgencyId;

use super::office::{self, Terms};
use super::{Programme, Span};

/// How far back the first day of a new desk may lie: papers are often late, and a year by a slip of the finger is noticed.
pub const LATE_DAYS: i64 = 366;

words::codes! {
    /// Who has the records and the work of a desk whose agency is divided, and whether the other one gets an empty desk of the
    /// same programme.
    pub enum Carry {
        /// The first agency alone.
        First = "first",
        /// The second agency alone.
        Second = "second",
        /// The first agency; the second one has a desk of that programme too.
        FirstBoth = "first_both",
        /// The second agency; the first one has a desk of that programme too.
        SecondBoth = "second_both",
    }
}

impl Carry {
    /// Whether the first agency has the records.
    pub const fn to_first(self) -> bool {
        matches!(self, Self::First | Self::FirstBoth)
    }

    /// Whether the other one has a desk of that programme too.
    pub const fn both(self) -> bool {
        matches!(self, Self::FirstBoth | Self::SecondBoth)
    }
}

/// Whether an agency with these days may have a new desk from a day on.
pub fn may_open(agency: Span, from: Day, today: Day) -> Result<(), Refusal> {
    if agency.never() || agency.ended_before(from) || agency.ended_before(today) {
        return Err(Refusal::new("office.agency_over"));
    }
    if from < agency.from {
        return Err(Refusal::new("office.before_from").arg("day", agency.from));
    }
    not_long_past(from, today)
}

/// Whether a first day is not further back than [`LATE_DAYS`].
pub fn not_long_past(from: Day, today: Day) -> Result<(), Refusal> {
    if from < today.plus_days(-LATE_DAYS) {
        return Err(Refusal::new("office.long_past"));
    }
    Ok(())
}

/// Whether a desk of a programme may begin beside those of the same agency and programme that there are.
pub fn one_desk(there: &[Span], from: Day) -> Result<(), Refusal> {
    if there.iter().any(|span| !span.never() && !span.ended_before(from)) {
        return Err(Refusal::new("office.desk_there"));
    }
    Ok(())
}

/// Whether a first contract may run on these days.
pub fn may_contract(from: Day, until: Day, today: Day) -> Result<(), Refusal> {
    if until < from {
        return Err(Refusal::new("office.until_before").arg("day", from));
    }
    if until < today {
        return Err(Refusal::new("office.past"));
    }
    Ok(())
}

/// Whether a desk of these programmes may begin under a contract that is there.
pub fn under_contract(
    contract: &Terms<'_>,
    agency: AgencyId,
    programmes: &[Programme],
    from: Day,
) -> Result<(), Refusal> {
    if contract.contractor != agency {
        return Err(Refusal::new("office.not_their_contract"));
    }
    if !contract.span.covers(from) {
        return Err(Refusal::new("office.outside_contract"));
    }
    if programmes.iter().any(|p| !contract.programmes.iter().any(|c| c == p.code())) {
        return Err(Refusal::new("office.not_contracted"));
    }
    Ok(())
}

/// Whether a desk under contract may be divided on this day: not while the contract runs. It is with the one contractor, and the desks
/// that come of it would stand without a commissioner and without an end.
pub fn contract_over(contracted: bool, span: Span, from: Day) -> Result<(), Refusal> {
    if contracted && span.covers(from) {
        return Err(Refusal::new("office.contract_runs"));
    }
    Ok(())
}

/// Whether a desk may be given up before it begins. `named`: another desk names it as its heir.
pub fn may_cancel_desk(own: Span, named: bool, today: Day) -> Result<(), Refusal> {
    if own.never() {
        return Err(Refusal::new("office.over"));
    }
    if own.from <= today {
        return Err(Refusal::new("office.desk_begun"));
    }
    if named {
        return Err(Refusal::new("office.desk_is_heir"));
    }
    Ok(())
}

/// Whether an agency may become, among others, this one on a day. `open` are the other's days, as far as there is such an agency.
pub fn may_become(
    span: Span,
    agency: AgencyId,
    (other, open): (AgencyId, Option<Span>),
    from: Day,
    today: Day,
) -> Result<(), Refusal> {
    if other == agency {
        return Err(Refusal::new("register.heir_itself"));
    }
    office::may_merge(span, open, from, today)
}

/// Whether an agency may be divided into two on a day. `others` are the two with their days, as far as there are such agencies.
pub fn may_split(
    span: Span,
    agency: AgencyId,
    others: [(AgencyId, Option<Span>); 2],
    from: Day,
    today: Day,
) -> Result<(), Refusal> {
    let [(one, _), (two, _)] = others;
    if one == two {
        return Err(Refusal::new("office.two_same"));
    }
    others.into_iter().try_for_each(|other| may_become(span, agency, other, from, today))
}

#[cfg(test)]
mod tests {
    use super::*;
    use words::Id;

    fn day(month: u32, day: u32) -> Day {
        Day::new(2027, month, day).unwrap()
    }

    fn open(from: Day, to: Option<Day>) -> Span {
        Span { from, to }
    }

    fn agency(n: u128) -> AgencyId {
        Id::new(uuid::Uuid::from_u128(n))
    }

    fn key<T>(outcome: Result<T, Refusal>) -> &'static str {
        outcome.err().map_or("", |r| r.key)
    }

    #[test]
    fn a_desk_begins_within_the_days_of_its_agency() {
        let today = day(2, 1);
        let here = open(day(1, 1), None);
        assert_eq!(key(may_open(here, day(4, 1), today)), "");
        assert_eq!(key(may_open(here, day(1, 15), today)), "", "papers are late");
        assert_eq!(key(may_open(open(day(3, 1), None), day(2, 10), today)), "office.before_from");
        assert_eq!(key(may_open(open(day(1, 1), Some(day(3, 31))), day(4, 1), today)), "office.agency_over");
        let old = Day::new(2020, 4, 1).unwrap();
        assert_eq!(key(may_open(open(old, None), old, today)), "office.long_past");
    }

    #[test]
    fn an_agency_has_one_desk_of_a_programme_at_a_time() {
        assert_eq!(key(one_desk(&[], day(4, 1))), "");
        assert_eq!(key(one_desk(&[open(day(1, 1), None)], day(4, 1))), "office.desk_there");
        assert_eq!(key(one_desk(&[open(day(1, 1), Some(day(3, 31)))], day(4, 1))), "");
        assert_eq!(key(one_desk(&[open(day(4, 1), Some(day(3, 31)))], day(4, 1))), "", "never came to be");
        assert_eq!(key(one_desk(&[open(day(6, 1), None)], day(4, 1))), "office.desk_there");
    }

    #[test]
    fn a_contract_ends_after_it_begins_and_not_in_the_past() {
        assert_eq!(key(may_contract(day(4, 1), day(12, 31), day(2, 1))), "");
        assert_eq!(key(may_contract(day(4, 1), day(3, 31), day(2, 1))), "office.until_before");
        assert_eq!(key(may_contract(day(1, 1), day(1, 31), day(2, 1))), "office.past");
    }

    #[test]
    fn a_further_desk_is_of_the_contractor_the_work_and_the_days() {
        let work = ["participation".to_owned()];
        let span = open(day(4, 1), Some(day(12, 31)));
        let terms = Terms { contractor: agency(1), commissioner: agency(2), programmes: &work, span };
        let may = |of, programme, from| key(under_contract(&terms, agency(of), &[programme], from));
        assert_eq!(may(1, Programme::Participation, day(4, 1)), "");
        assert_eq!(may(2, Programme::Participation, day(4, 1)), "office.not_their_contract");
        assert_eq!(may(1, Programme::Outreach, day(4, 1)), "office.not_contracted");
        assert_eq!(may(1, Programme::Participation, day(3, 31)), "office.outside_contract");
    }

    #[test]
    fn a_desk_is_given_up_before_its_day_while_nobody_names_it() {
        let may = |from, to, named| key(may_cancel_desk(open(from, to), named, day(2, 1)));
        assert_eq!(may(day(4, 1), None, false), "");
        assert_eq!(may(day(4, 1), None, true), "office.desk_is_heir");
        assert_eq!(may(day(2, 1), None, false), "office.desk_begun");
        assert_eq!(may(day(4, 1), Some(day(3, 31)), false), "office.over");
    }

    #[test]
    fn a_desk_is_not_divided_while_its_contract_runs() {
        let span = open(day(4, 1), Some(day(9, 30)));
        assert_eq!(key(contract_over(true, span, day(9, 30))), "office.contract_runs");
        assert_eq!(key(contract_over(true, span, day(10, 1))), "");
        assert_eq!(key(contract_over(false, span, day(9, 30))), "");
    }

    #[test]
    fn an_agency_is_divided_into_two_others() {
        let (today, here) = (day(2, 1), open(day(1, 1), None));
        let split = |one, two, open_two| {
            let others = [(agency(one), Some(here)), (agency(two), open_two)];
            key(may_split(here, agency(1), others, day(4, 1), today))
        };
        assert_eq!(split(2, 3, Some(here)), "");
        assert_eq!(split(2, 2, Some(here)), "office.two_same");
        assert_eq!(split(2, 1, Some(here)), "register.heir_itself");
        assert_eq!(split(2, 3, None), "office.successor_over");
    }

    #[test]
    fn what_is_carried_over_names_one_side() {
        let sides: Vec<(bool, bool)> = Carry::ALL.iter().map(|c| (c.to_first(), c.both())).collect();
        assert_eq!(sides, [(true, false), (false, false), (true, true), (false, true)]);
    }
}
