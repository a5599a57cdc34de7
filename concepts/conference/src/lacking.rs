//! What is missing to a consent that would carry a conference: said to whoever has a part in the case, from the consents that are theirs to
//! know of (disclosure rule 2).

use consent::{Consent, Purpose};
use engine::{Fail, Look};
use site::{T, link};
use words::id::{CaseId, DeskId, HouseholdId, PersonId};

use crate::{ask, carried};

/// What is missing, and to whom it would be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lacking {
    /// What.
    pub what: Missing,
    /// The secretariat it has to name.
    pub to: Option<DeskId>,
}

/// What is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// No consent that the viewer may know of goes on.
    All,
    /// One goes on, and is not meant for conferences.
    Purpose,
    /// One is meant for conferences, and does not name the secretariat.
    Secretariat,
}

impl Lacking {
    /// As a sentence.
    pub fn sentence(self, t: &T) -> String {
        let key = match self.what {
            Missing::All => "conference.lacks_all",
            Missing::Purpose => "conference.lacks_purpose",
            Missing::Secretariat => "conference.lacks_secretariat",
        };
        t.s(key).to_owned()
    }
}

/// The form for a consent to a conference: its secretariat and its purposes chosen.
pub fn consent_to_confer(id: CaseId, to: Option<DeskId>) -> String {
    let to = to.map(|desk| format!("&to_desk={desk}")).unwrap_or_default();
    format!("{}?purpose=support&purpose=cooperation&purpose=conference{to}", link::case_consent_new(id))
}

/// From consents that go on: for what each is meant. One that is meant for conferences and did not count does not name the secretariat.
fn missing<'c>(going_on: impl Iterator<Item = &'c Consent>) -> Missing {
    going_on.fold(Missing::All, |found, c| match found {
        _ if c.meant_for(Purpose::Conference) => Missing::Secretariat,
        Missing::Secretariat => Missing::Secretariat,
        Missing::All | Missing::Purpose => Missing::Purpose,
    })
}

/// What is missing to a conference about a household, to the secretariat of a matter or, before there is one, to the desk that would
/// open it.
pub async fn lacking(
    look: &mut Look,
    case: CaseId,
    (household, secretariat): (HouseholdId, Option<DeskId>),
) -> Result<Lacking, Fail> {
    let (viewer, today) = (look.viewer().clone(), look.now().day());
    let m = viewer.municipality;
    let people = carried::of_it(&mut look.conn(), m, household).await?;
    let here: Vec<PersonId> = people.iter().filter(|(_, here)| *here).map(|(id, _)| *id).collect();
    let given = consent::of_persons(&mut look.conn(), m, here.iter().copied()).await?;
    let found = casefile::relation(&mut look.conn(), &viewer, case).await?;
    let accountable = found.and_then(|(_, r)| r.accountable);
    let answers = accountable.is_some_and(|d| viewer.reading_desks().contains(&d));
    // Who answers for one case knows the consents of that case, and not those of every other.
    let ours = answers.then_some(case);
    let known = here.iter().flat_map(|p| consent::known_of(&given, &viewer, *p, ours));
    let what = missing(known.filter(|c| c.holds_on(today)));
    let to = if let Some(desk) = secretariat {
        Some(register::heir(&mut look.conn(), m, desk, today).await?)
    } else {
        ask::opens(&mut look.conn(), m, accountable, today).await?
    };
    Ok(Lacking { what, to })
}
