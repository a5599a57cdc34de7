//! いまの関わり as it is true today: how far the relation with each person has come, and whether the consent it speaks of still holds.
//! Wherever a stage of today is shown it is asked for here; what was written down at the time stays as it was.

use std::collections::BTreeMap;

use access::Viewer;
use consent::{Standing, known_of, standing};
use engine::{Broken, Look};
use household::Reasons;
use site::T;
use words::id::{CaseId, DeskId, PersonId};

use crate::rules::{self, Engagement};
use crate::sql::around;

/// How far the relation with one person has come, as it stands today.
pub struct StageNow {
    /// In which case.
    pub case: CaseId,
    /// With whom.
    pub person: PersonId,
    /// As it was written down last.
    pub stage: Engagement,
    /// What is said instead, where no consent holds any more.
    gone: Option<&'static str>,
}

impl StageNow {
    /// What it is today, in words.
    pub fn words(&self, t: &T) -> String {
        self.gone.map_or_else(|| t.code("engagement", self.stage), |key| t.s(key).to_owned())
    }

    /// Whether the person agreed and no consent holds today: they are to be asked anew.
    pub fn to_be_asked(&self) -> bool {
        self.gone.is_some()
    }

    /// Whether it says today what would be written down.
    pub fn says(&self, person: PersonId, stage: Engagement) -> bool {
        (self.person, self.stage) == (person, stage) && self.gone.is_none()
    }
}

/// The stages of the people of these cases, each as far as it is disclosed and once a person. Consents are asked for only where a stage
/// speaks of one: a constant number of statements, however many cases there are.
pub async fn stages_now(
    look: &mut Look,
    cases: impl IntoIterator<Item = CaseId>,
    reasons: &mut Reasons,
) -> Result<Vec<StageNow>, Broken> {
    let (viewer, today) = (look.viewer().clone(), look.now().day());
    let m = viewer.municipality;
    let sealed = around::stages(&mut look.conn(), m, cases).await?;
    let mut stages = look.disclose(sealed).await?;
    // The newest comes first, whoever saw it.
    stages.dedup_by_key(|s| (s.case, s.person));
    reasons.of_all(&stages);
    let agreed = || stages.iter().filter(|s| s.stage == Engagement::Consenting);
    let (persons, of): (Vec<PersonId>, Vec<CaseId>) = agreed().map(|s| (s.person, s.case)).unzip();
    let (mut given, mut accountable) = (Vec::new(), BTreeMap::new());
    if !of.is_empty() {
        given = consent::of_persons(&mut look.conn(), m, persons).await?;
        accountable = around::accountable_of(&mut look.conn(), m, of).await?;
    }
    let of_case = |case: CaseId| answers(&viewer, accountable.get(&case).copied());
    Ok(stages
        .iter()
        .map(|s| {
            let known = known_of(&given, &viewer, s.person, of_case(s.case).then_some(s.case));
            let consent =
                if s.stage == Engagement::Consenting { standing(known, today) } else { Standing::Unknown };
            StageNow {
                case: s.case,
                person: s.person,
                stage: s.stage,
                gone: rules::consent_gone(s.stage, consent),
            }
        })
        .collect())
}

/// Whether one of the viewer's desks is accountable for a case.
fn answers(viewer: &Viewer, accountable: Option<DeskId>) -> bool {
    accountable.is_some_and(|desk| viewer.reading_desks().contains(&desk))
}
