//! Who goes on with the work of a desk or an agency that has ended, as far as the register has it (domain section 3): the heir of its records,
//! and the contractor who came next with a desk of the same programme. What was consented to for the former passes to neither by itself.

use std::collections::{BTreeMap, BTreeSet};

use access::Seat;
use engine::{Broken, Conn};
use words::Day;
use words::id::{AgencyId, DeskId, MunicipalityId};

use crate::rules::{Heirs, Span, SuccessorKind, heir_of};
use crate::sql::{self, find};
use crate::views::DeskInfo;

/// A desk or an agency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Office {
    /// A desk.
    Desk(DeskId),
    /// An agency.
    Agency(AgencyId),
}

/// Who came into the place of one that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Successor {
    /// Who.
    pub office: Office,
    /// The day on which they were entered in the register; nothing where an older program kept none.
    pub known: Option<Day>,
}

/// The desk that has the records and the work of one that has ended; nothing while it is there itself. What is sent to the ended one is read
/// there, and whoever sends it is told so.
pub async fn taken_over_by(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    desk: DeskId,
    on: Day,
) -> Result<Option<DeskInfo>, Broken> {
    let now = crate::heir(conn, municipality, desk, on).await?;
    if now == desk { Ok(None) } else { crate::desk(conn, municipality, now, on).await }
}

/// The same of several, with one statement: who has the records and the work of each of them on a day, itself while it is there.
pub async fn heirs(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    of: impl IntoIterator<Item = DeskId>,
    on: Day,
) -> Result<BTreeMap<DeskId, DeskId>, Broken> {
    let heirs = sql::heir_list(conn, municipality, on).await?;
    Ok(of.into_iter().map(|desk| (desk, heir_of(&heirs, desk))).collect())
}

/// Days before and after the last day of a desk on which its people, and those of its heir, read of it among their work.
const TURN_DAYS: i64 = 14;

/// A desk that ends soon, or that ended lately.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turning {
    /// Its name.
    pub desk: String,
    /// Its last day.
    pub last: Day,
    /// Who takes over, or took over; empty where nobody is named yet.
    pub heir: String,
    /// Whether it is over.
    pub over: bool,
}

/// Whether the end of a desk is near enough to be told: ahead to its own people, afterwards to those who took over.
fn is_told(last: Day, on: Day) -> bool {
    last >= on.plus_days(-TURN_DAYS) && last <= on.plus_days(TURN_DAYS)
}

/// What ends soon of the desks somebody sits at, and what they took over lately. One statement, and one more where something ends.
pub async fn turning(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    seats: &[Seat],
    on: Day,
) -> Result<Vec<Turning>, Broken> {
    let ids: BTreeSet<DeskId> =
        seats.iter().flat_map(|s| s.inherited.iter().copied().chain([s.desk])).collect();
    let desks = crate::desks_by_id(conn, municipality, ids, on).await?;
    let told: Vec<&DeskInfo> =
        desks.iter().filter(|d| d.valid_to.is_some_and(|to| is_told(to, on))).collect();
    if told.is_empty() {
        return Ok(Vec::new());
    }
    let now_at = |desk: DeskId| seats.iter().find(|s| s.inherited.contains(&desk)).map(|s| s.desk);
    let heirs = told.iter().filter_map(|d| now_at(d.id).or(d.heir));
    let names = crate::desk_names(conn, municipality, heirs, on).await?;
    let mut turning: Vec<Turning> = told
        .into_iter()
        .filter_map(|d| {
            let heir = now_at(d.id).or(d.heir).and_then(|heir| names.get(&heir).cloned());
            let (desk, last) = (d.name.clone(), d.valid_to?);
            Some(Turning { desk, last, heir: heir.unwrap_or_default(), over: last < on })
        })
        .collect();
    turning.sort_by(|a, b| (a.last, &a.desk).cmp(&(b.last, &b.desk)));
    Ok(turning)
}

/// What the rule looks at of a desk.
struct Place {
    id: DeskId,
    agency: AgencyId,
    programme: String,
    span: Span,
    known: Option<Day>,
}

/// What it looks at of a change from one agency to another.
struct Passed {
    before: AgencyId,
    after: AgencyId,
    kind: SuccessorKind,
    from: Day,
    known: Option<Day>,
}

/// The successors of one, each once.
fn successors_of(of: Office, places: &[Place], passed: &[Passed], heirs: &Heirs, on: Day) -> Vec<Successor> {
    let place = |id: DeskId| places.iter().find(|p| p.id == id);
    let heir = |id: DeskId| Some(heir_of(heirs, id)).filter(|h| *h != id).and_then(place);
    let mut found = BTreeMap::new();
    match of {
        Office::Desk(desk) => {
            found.extend(heir(desk).map(|p| (Office::Desk(p.id), p.known)));
            let own = place(desk);
            for next in own.map(|p| contractors(p.agency, passed, on)).unwrap_or_default() {
                let same = |p: &&Place| {
                    p.agency == next.after
                        && own.is_some_and(|own| own.programme == p.programme)
                        && p.span.covers(on)
                };
                for p in places.iter().filter(same) {
                    found.entry(Office::Desk(p.id)).or_insert(p.known.max(next.known));
                }
            }
        }
        Office::Agency(agency) => {
            let next = passed.iter().filter(|c| c.before == agency && c.from <= on);
            found.extend(next.map(|c| (Office::Agency(c.after), c.known)));
            for p in places.iter().filter(|p| p.agency == agency).filter_map(|p| heir(p.id)) {
                if p.agency != agency {
                    found.entry(Office::Agency(p.agency)).or_insert(p.known);
                }
            }
        }
    }
    found.into_iter().map(|(office, known)| Successor { office, known }).collect()
}

/// The contractors who came after an agency, one after another. Contracts that ran in a circle end where they began.
fn contractors(agency: AgencyId, passed: &[Passed], on: Day) -> Vec<&Passed> {
    let mut seen = BTreeSet::from([agency]);
    let (mut found, mut at) = (Vec::new(), vec![agency]);
    while let Some(agency) = at.pop() {
        let next = |c: &&Passed| c.before == agency && c.kind == SuccessorKind::Contractor && c.from <= on;
        for change in passed.iter().filter(next) {
            if seen.insert(change.after) {
                found.push(change);
                at.push(change.after);
            }
        }
    }
    found
}

/// Who came into the place of each of these, on a day. Five statements, whatever their number; none when nobody is asked about.
pub async fn successors(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    of: impl IntoIterator<Item = Office>,
    on: Day,
) -> Result<BTreeMap<Office, Vec<Successor>>, Broken> {
    let of: BTreeSet<Office> = of.into_iter().collect();
    if of.is_empty() {
        return Ok(BTreeMap::new());
    }
    let known = find::desks_known(conn, municipality).await?;
    let desks = sql::desk_list(conn, municipality).await?;
    let places: Vec<Place> = desks
        .into_iter()
        .filter(|d| !d.own_span().never())
        .map(|d| Place {
            known: known.get(&d.id).copied(),
            id: d.id,
            agency: d.agency,
            programme: d.programme,
            span: d.span,
        })
        .collect();
    let passed: Vec<Passed> = find::agencies_passed(conn, municipality)
        .await?
        .into_iter()
        .map(|(before, after, kind, (from, known))| Passed { before, after, kind, from, known })
        .collect();
    let heirs = sql::heir_list(conn, municipality, on).await?;
    Ok(of.into_iter().map(|office| (office, successors_of(office, &places, &passed, &heirs, on))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use words::Id;

    fn day(month: u32, day: u32) -> Day {
        Day::new(2027, month, day).unwrap()
    }

    fn id<K>(n: u128) -> Id<K> {
        Id::new(uuid::Uuid::from_u128(n))
    }

    fn place(desk: u128, agency: u128, programme: &str, from: Day, known: Option<Day>) -> Place {
        let span = Span { from, to: None };
        Place { id: id(desk), agency: id(agency), programme: programme.to_owned(), span, known }
    }

    fn change(before: u128, after: u128, kind: SuccessorKind, from: Day) -> Passed {
        Passed { before: id(before), after: id(after), kind, from, known: Some(day(2, 1)) }
    }

    #[test]
    fn the_heir_and_the_next_contractor_of_the_same_programme_go_on() {
        let places = [
            place(1, 10, "a", day(1, 1), None),
            place(2, 20, "b", day(1, 1), None),
            place(3, 30, "a", day(4, 1), Some(day(3, 1))),
            place(4, 30, "b", day(4, 1), Some(day(3, 1))),
        ];
        let heirs = Heirs::from([(id(1), id(2))]);
        let passed = [change(10, 30, SuccessorKind::Contractor, day(4, 1))];
        let of = |office, on| successors_of(office, &places, &passed, &heirs, on);
        let next = |office, known| Successor { office, known };
        assert_eq!(
            of(Office::Desk(id(1)), day(4, 1)),
            [next(Office::Desk(id(2)), None), next(Office::Desk(id(3)), Some(day(3, 1)))]
        );
        assert_eq!(of(Office::Desk(id(1)), day(3, 31)), [next(Office::Desk(id(2)), None)], "not begun yet");
        assert_eq!(
            of(Office::Agency(id(10)), day(4, 1)),
            [next(Office::Agency(id(20)), None), next(Office::Agency(id(30)), Some(day(2, 1)))]
        );
        assert_eq!(of(Office::Desk(id(2)), day(4, 1)), [], "one that goes on");
    }

    #[test]
    fn an_end_is_told_two_weeks_ahead_and_two_weeks_after() {
        let on = day(4, 1);
        let told = |last| is_told(last, on);
        assert!(told(day(3, 18)) && told(day(3, 31)) && told(on) && told(day(4, 15)));
        assert!(!told(day(3, 17)) && !told(day(4, 16)));
    }

    #[test]
    fn contractors_follow_each_other_and_a_merger_is_none() {
        let passed = [
            change(10, 30, SuccessorKind::Contractor, day(4, 1)),
            change(30, 40, SuccessorKind::Contractor, day(6, 1)),
            change(40, 10, SuccessorKind::Contractor, day(8, 1)),
            change(10, 50, SuccessorKind::Merger, day(4, 1)),
        ];
        let after = |on| contractors(id(10), &passed, on).iter().map(|c| c.after).collect::<Vec<_>>();
        assert_eq!(after(day(4, 1)), [id(30)]);
        assert_eq!(after(day(9, 1)), [id(30), id(40)]);
        let places = [place(1, 10, "a", day(1, 1), None), place(2, 40, "a", day(6, 1), None)];
        let found = successors_of(Office::Desk(id(1)), &places, &passed, &Heirs::new(), day(6, 1));
        assert_eq!(found.len(), 1);
    }
}
