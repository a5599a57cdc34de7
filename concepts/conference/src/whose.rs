//! Whose consent carries a conference, on the pages of its matter: names as far as they are disclosed, otherwise how many.

use access::Disclosed;
use engine::{Fail, Look};
use household::{Person, Reasons, person};
use site::{Form, Frame};
use words::id::PersonId;

use crate::rules::{self, RestsOn, Whose};
use crate::sql::Header;
use crate::{carried, lacking};

/// Somebody of the household.
pub(crate) struct Line {
    pub person: PersonId,
    /// As far as disclosed; otherwise that there is somebody.
    pub name: String,
    /// The matter is about them.
    pub about: bool,
    pub agreed: bool,
    pub here: bool,
    /// They are chosen on the form.
    pub on: bool,
}

/// Whose consent carries it, who of them has not agreed, and who else there is.
pub(crate) struct WhoseCard {
    pub lines: Vec<Line>,
    /// How many of those it is about have agreed, and how many have not, as a sentence.
    pub counted: String,
    /// Everybody it is about has agreed.
    pub carried: bool,
    /// There is somebody who has agreed.
    pub could: bool,
    /// Where a consent is asked for; for whoever has a part in the case.
    pub ask: Option<String>,
    /// What is missing where nobody has agreed, and where it is written down; for whoever has a part in the case.
    pub lacking: Option<(String, String)>,
    /// The basis of the names.
    pub basis: Vec<String>,
    /// The persons that are shown.
    pub shown: Vec<Disclosed<Person>>,
}

/// The card of one matter.
pub(crate) async fn card(look: &mut Look, frame: &Frame, h: &Header, form: &Form) -> Result<WhoseCard, Fail> {
    let viewer = look.viewer().clone();
    let (m, today, t) = (viewer.municipality, look.now().day(), &frame.t);
    let about = carried::whose(&mut look.conn(), m, h.id, today).await?;
    let all = carried::of_household(&mut look.conn(), m, h.household, h.secretariat, today).await?;
    // Who they are stands on no page of the secretariat of a confidential matter.
    let mut reasons = Reasons::default();
    let shown = if h.rests_on == RestsOn::Consent {
        let sealed = person::by_ids(&mut look.conn(), &viewer, all.iter().map(|w| w.person)).await?;
        household::known(look, sealed, &mut reasons).await?
    } else {
        Vec::new()
    };
    let part = match h.case {
        Some(case) => casefile::relation(&mut look.conn(), &viewer, case).await?.map(|_| case),
        None => None,
    };
    let could = h.case.is_some() && !rules::carriers(&all).is_empty();
    let ask = part.filter(|_| h.closed_at.is_none());
    let lacking = match ask.filter(|_| !could) {
        Some(case) => {
            let found = lacking::lacking(look, case, (h.household, Some(h.secretariat))).await?;
            Some((found.sentence(t), lacking::consent_to_confer(case, found.to)))
        }
        None => None,
    };
    let chosen: Vec<PersonId> = form.ids("person");
    let is_about = |w: &Whose| about.iter().any(|a| a.person == w.person);
    let here = || about.iter().filter(|w| w.here);
    let agreed = here().filter(|w| w.agreed).count();
    let counts = [("yes", agreed.to_string()), ("no", (here().count() - agreed).to_string())];
    let lines = all
        .iter()
        .filter(|w| w.here || is_about(w))
        .map(|w| {
            let named = shown.iter().find(|p| p.id == w.person).map(|p| p.called().to_owned());
            Line {
                person: w.person,
                name: named
                    .filter(|n| !n.is_empty())
                    .unwrap_or_else(|| t.s("conference.somebody").to_owned()),
                about: is_about(w),
                agreed: w.agreed,
                here: w.here,
                on: if form.has_problems() { chosen.contains(&w.person) } else { is_about(w) },
            }
        })
        .collect();
    Ok(WhoseCard {
        lines,
        counted: t.fs("conference.whose_counts", &counts),
        carried: rules::carried(&about),
        could,
        ask: ask.map(|case| lacking::consent_to_confer(case, Some(h.secretariat))),
        lacking,
        basis: reasons.sentences(t),
        shown,
    })
}
