//! Who can approve what stands on a list: whoever leads the desk it is of, or the desk that took over from it; nobody for a household they are
//! kept out of (disclosure rule 14), and nobody who gave the other approval.

use std::collections::{BTreeMap, BTreeSet};

use access::Action;
use engine::{Broken, Conn, Statement, args};
use words::Instant;
use words::id::{DeskId, HouseholdId, MunicipalityId, UserId};

use crate::sql::{Item, List};

/// Who leads the desks of a list on a day.
pub(crate) struct Approvers {
    /// Whoever leads a desk, by the desk whose items they answer for.
    leads: BTreeMap<DeskId, BTreeSet<UserId>>,
    /// Who is kept out of a household.
    out: BTreeSet<(UserId, HouseholdId)>,
    /// Who has approved the list as its auditor.
    auditor: Option<UserId>,
    /// The desk that answers for each desk of the list: itself, or whoever took over.
    heirs: BTreeMap<DeskId, DeskId>,
}

impl Approvers {
    /// Of these items: three statements, whatever their number.
    pub(crate) async fn load(
        conn: &mut Conn<'_>,
        m: MunicipalityId,
        now: Instant,
        (list, items): (&List, &[Item]),
    ) -> Result<Self, Broken> {
        let desks: BTreeSet<DeskId> = items.iter().map(|i| i.desk).collect();
        let roles = access::rule(Action::ApproveDisposal).0;
        let mut leads: BTreeMap<DeskId, BTreeSet<UserId>> = BTreeMap::new();
        for (user, seats) in register::all_seats(conn, m, now.day()).await? {
            for seat in seats.iter().filter(|s| roles.contains(&s.role)) {
                for desk in desks.iter().filter(|d| seat.holds(**d)) {
                    leads.entry(*desk).or_default().insert(user);
                }
            }
        }
        let users: BTreeSet<UserId> = leads.values().flatten().copied().collect();
        let statement = Statement::new(
            "SELECT x.user_id, c.household_id FROM exclusion x JOIN case_file c \
             ON c.municipality_id = x.municipality_id AND c.id = x.case_id WHERE x.municipality_id = ? \
             AND (x.until IS NULL OR x.until > ?)",
            args![m, now],
        )
        .push_in(" AND x.user_id IN", users);
        let mut out = BTreeSet::new();
        for row in &conn.select(statement).await? {
            out.insert((row.get("user_id")?, row.get("household_id")?));
        }
        let heirs = register::heirs(conn, m, desks, now.day()).await?;
        Ok(Self { leads, out, auditor: list.approved.map(|(_, by)| by), heirs })
    }

    /// Whether anybody can approve it now.
    pub(crate) fn can(&self, item: &Item) -> bool {
        let of = self.leads.get(&item.desk).into_iter().flatten();
        of.copied().any(|user| {
            self.auditor != Some(user) && item.household.is_none_or(|h| !self.out.contains(&(user, h)))
        })
    }

    /// The desk whose lead approves it: the one that took over, where its own has ended.
    pub(crate) fn desk(&self, item: &Item) -> DeskId {
        self.heirs.get(&item.desk).copied().unwrap_or(item.desk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Kind;
    use words::Day;
    use words::id::Id;

    fn id<K>(n: u8) -> Id<K> {
        Id::new(format!("00000000-0000-7000-8000-0000000000{n:02}").parse().unwrap())
    }

    fn item(desk: u8, household: u8) -> Item {
        let day = Day::new(2020, 4, 1).unwrap();
        Item {
            seq: 1,
            kind: Kind::Case,
            record: id(90),
            household: Some(id(household)),
            number: String::new(),
            desk: id(desk),
            ended: day,
            kept_until: day,
            years: 5,
            rule: String::new(),
            held: String::new(),
            approved: None,
            refusal: String::new(),
            refused_by: None,
            disposed: false,
        }
    }

    #[test]
    fn whoever_leads_the_desk_or_its_heir_can_unless_kept_out_or_the_auditor_themselves() {
        let lead: UserId = id(1);
        let approvers = |auditor| Approvers {
            leads: [(id(10), [lead].into())].into(),
            out: [(lead, id(31))].into(),
            auditor,
            heirs: [(id(10), id(11))].into(),
        };
        assert!(approvers(None).can(&item(10, 30)));
        assert!(!approvers(None).can(&item(10, 31)), "kept out of the household");
        assert!(!approvers(None).can(&item(12, 30)), "nobody leads it");
        assert!(!approvers(Some(lead)).can(&item(10, 30)), "two approvals are two people's");
        assert_eq!(approvers(None).desk(&item(10, 30)), id(11));
        assert_eq!(approvers(None).desk(&item(12, 30)), id(12));
    }
}
