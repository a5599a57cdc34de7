//! Whom a task or a case is about, as far as this viewer may know: names, disclosed like everything else.

use std::collections::{BTreeMap, BTreeSet};

use access::Disclosed;
use engine::{Broken, Look, Statement, args};
use household::{Person, Reasons};
use words::Id;
use words::id::{CaseId, ConsultationId, PersonId, ReferralId};

/// Names by what they belong to; what is not disclosed is not there.
#[derive(Default)]
pub struct Called {
    cases: BTreeMap<CaseId, PersonId>,
    consultations: BTreeMap<ConsultationId, PersonId>,
    referrals: BTreeMap<ReferralId, PersonId>,
    names: BTreeMap<PersonId, String>,
    /// Why they may be seen.
    pub reasons: Reasons,
}

impl Called {
    /// The name of the person a case was opened for.
    pub fn case(&self, id: Option<CaseId>) -> Option<&str> {
        self.name(id.and_then(|id| self.cases.get(&id)))
    }

    /// The name of the person a consultation is about.
    pub fn consultation(&self, id: Option<ConsultationId>) -> Option<&str> {
        self.name(id.and_then(|id| self.consultations.get(&id)))
    }

    /// The name of the person a referral is about.
    pub fn referral(&self, id: Option<ReferralId>) -> Option<&str> {
        self.name(id.and_then(|id| self.referrals.get(&id)))
    }

    fn name(&self, person: Option<&PersonId>) -> Option<&str> {
        person.and_then(|p| self.names.get(p)).map(String::as_str).filter(|n| !n.is_empty())
    }
}

/// Looks up the persons behind tasks and cases and discloses their names. Four statements, whatever the number.
pub async fn called(
    look: &mut Look,
    cases: Vec<CaseId>,
    consultations: Vec<ConsultationId>,
    referrals: Vec<ReferralId>,
) -> Result<Called, Broken> {
    let viewer = look.viewer().clone();
    let m = viewer.municipality;
    let mut called = Called::default();
    let mut conn = look.conn();
    if !cases.is_empty() {
        let statement = Statement::new(
            "SELECT case_id AS id, person_id FROM consultation WHERE municipality_id = ? AND person_id IS NOT NULL \
             AND case_id IN",
            args![m],
        )
        .push_in("", cases)
        .push(" ORDER BY occurred_at DESC", args![]);
        for row in conn.select(statement).await? {
            // Later rows are earlier consultations: the one that opened the case stays.
            called.cases.insert(row.get("id")?, row.get("person_id")?);
        }
    }
    if !consultations.is_empty() {
        let statement = Statement::new(
            "SELECT id, person_id FROM consultation WHERE municipality_id = ? AND person_id IS NOT NULL AND id IN",
            args![m],
        )
        .push_in("", consultations);
        for row in conn.select(statement).await? {
            called.consultations.insert(row.get("id")?, row.get("person_id")?);
        }
    }
    if !referrals.is_empty() {
        let statement = Statement::new(
            "SELECT id, person_id FROM referral WHERE municipality_id = ? AND id IN",
            args![m],
        )
        .push_in("", referrals);
        for row in conn.select(statement).await? {
            called.referrals.insert(row.get("id")?, row.get("person_id")?);
        }
    }
    let persons: Vec<PersonId> = called
        .cases
        .values()
        .chain(called.consultations.values())
        .chain(called.referrals.values())
        .map(|p| Id::new(p.uuid()))
        .collect();
    if persons.is_empty() {
        return Ok(called);
    }
    let sealed = household::person::by_ids(&mut conn, &viewer, persons).await?;
    let persons = household::known(look, sealed, &mut called.reasons).await?;
    for person in &persons {
        called.names.insert(person.id, person.called().to_owned());
    }
    let dead: Vec<_> = persons.iter().filter(|p| p.died.is_some()).collect();
    in_their_place(look, &mut called, &dead).await?;
    Ok(called)
}

/// Nobody asks on the telephone for somebody who has died: what was about them goes by the name of their household.
async fn in_their_place(
    look: &mut Look,
    called: &mut Called,
    dead: &[&Disclosed<Person>],
) -> Result<(), Broken> {
    if dead.is_empty() {
        return Ok(());
    }
    let viewer = look.viewer().clone();
    let homes = || dead.iter().map(|p| p.household);
    let sealed = household::person::of_households(&mut look.conn(), &viewer, homes()).await?;
    let gone = household::known_away(look, homes()).await?;
    // Nobody else of it is looked at.
    let today = look.now().day();
    let goes_by = |mut members: Vec<Disclosed<Person>>| {
        let of = |dead: &&Disclosed<Person>| {
            let home: Vec<_> = members.iter().filter(|p| p.household == dead.household).collect();
            household::goes_by_of(home, &gone, today).map(|p| p.id)
        };
        let named: BTreeSet<PersonId> = dead.iter().filter_map(of).collect();
        members.retain(|p| named.contains(&p.id));
        members
    };
    let named = look.disclose_chosen(sealed, goes_by).await?;
    called.reasons.of_all(&named);
    for person in dead {
        if let Some(named) = named.iter().find(|p| p.household == person.household) {
            called.names.insert(person.id, named.called().to_owned());
        }
    }
    Ok(())
}
