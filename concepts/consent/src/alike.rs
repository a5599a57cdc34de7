//! A second consent to the same recipient: it would not end with the first, so that one is renewed instead. Asked wherever a consent is
//! written down: on its own page, inside a referral, inside an inquiry (`docs/decisions/0038`).

use access::{Action, Categories, Relation, Viewer};
use engine::{Broken, Conn, Look};
use register::Field;
use site::{T, link};
use words::Day;
use words::code::Code;
use words::id::{AgencyId, CaseId, DeskId, PersonId};

use crate::rules::{Consent, ConsentState, NewConsent, Purpose, Recipient, may_follow};
use crate::sql;
use crate::withdrawal::Sight;

/// What is chosen on a form, as far as it is chosen already.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// Whose consent.
    pub person: PersonId,
    /// To whom.
    pub recipients: Vec<Recipient>,
    /// To which categories of agencies.
    pub fields: Vec<Field>,
    /// What.
    pub categories: Categories,
    /// What for.
    pub purposes: Vec<Purpose>,
}

impl Chosen {
    /// What a consent says.
    pub fn of(new: &NewConsent) -> Self {
        Self {
            person: new.person,
            recipients: new.recipients.clone(),
            fields: new.fields.iter().map(|f| f.field).collect(),
            categories: new.categories,
            purposes: new.purposes.clone(),
        }
    }
}

/// The consents of this person that say as much, or more, or less, to one of those named, for one of the same purposes, and go on: a
/// second one beside them would not end with the first, so that one is renewed instead. What is not chosen yet rules nothing out.
pub fn there_already<'c>(chosen: &Chosen, known: &'c [Consent], today: Day) -> Vec<&'c Consent> {
    let to = |c: &Consent| {
        c.recipients.iter().any(|(r, _)| chosen.recipients.contains(r))
            || c.fields.iter().any(|f| chosen.fields.contains(&f.named.field))
    };
    let says = |c: &Consent| chosen.categories.within(c.categories) || c.categories.within(chosen.categories);
    let meant = |c: &Consent| {
        chosen.purposes.is_empty() || chosen.purposes.iter().any(|purpose| c.meant_for(*purpose))
    };
    let goes_on = |c: &Consent| c.sight(today) != Sight::Closed;
    known.iter().filter(|c| c.person == chosen.person && to(c) && says(c) && meant(c) && goes_on(c)).collect()
}

impl Consent {
    /// A desk that is only named sees itself, and not who else was told.
    pub fn narrow(&mut self, viewer: &Viewer) {
        self.recipients.retain(|r| Self::names(viewer, r));
        self.fields.retain(|f| f.since.is_some() && Self::means(f, viewer));
        for field in &mut self.fields {
            field.counts.retain(|a| viewer.seats.iter().any(|s| s.agency == *a));
            field.listed.retain(|a| viewer.seats.iter().any(|s| s.agency == *a));
        }
    }
}

/// The consents of these people that a viewer may know of, each as far as they may: there is no other for them, and who else one names is
/// not found out by trying (disclosure rule 2). `accountable`: the case their desk is accountable for.
pub async fn known(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    persons: impl IntoIterator<Item = PersonId>,
    accountable: Option<CaseId>,
) -> Result<Vec<Consent>, Broken> {
    let mut known = sql::of_persons(conn, viewer.municipality, persons).await?;
    let ours = |c: &Consent| accountable.is_some() && c.case == accountable;
    known.retain(|c| c.shown_to(viewer, ours(c)));
    for c in known.iter_mut().filter(|c| !c.recorded_by(viewer) && !ours(c)) {
        c.narrow(viewer);
    }
    Ok(known)
}

/// A consent that is there already, as the forms show it (`parts/alike.html`).
pub struct AlikeRow {
    /// Its page; none outside of a case.
    pub href: Option<String>,
    /// Whose it is; empty where the form is about one person alone.
    pub whose: String,
    /// Whom it names.
    pub to: String,
    /// Where it stands.
    pub state: String,
    /// Whether it holds today.
    pub holds: bool,
    /// What it lets be told.
    pub what: String,
    /// Where it is renewed, for whoever may.
    pub renew: Option<String>,
}

/// Consents that are there already, ready to be shown: with the names of those they name, in a constant number of statements. `people`: what
/// those whose consents they are, are called.
pub async fn alike_rows(
    look: &mut Look,
    t: &T,
    (case, relation): (Option<CaseId>, &Relation),
    people: &[(PersonId, String)],
    alike: &[Consent],
) -> Result<Vec<AlikeRow>, Broken> {
    if alike.is_empty() {
        return Ok(Vec::new());
    }
    let viewer = look.viewer().clone();
    let (m, today) = (viewer.municipality, look.now().day());
    let named = || alike.iter().flat_map(|c| &c.recipients).map(|(r, _)| *r);
    let desks: Vec<DeskId> =
        named().filter_map(|r| if let Recipient::Desk(d) = r { Some(d) } else { None }).collect();
    let agencies: Vec<AgencyId> =
        named().filter_map(|r| if let Recipient::Agency(a) = r { Some(a) } else { None }).collect();
    let desks = register::desk_names(&mut look.conn(), m, desks, today).await?;
    let agencies = register::called(&mut look.conn(), m, &agencies, today).await?;
    let row = |c: &Consent| {
        let holds = c.holds_on(today);
        let mut relation = relation.clone();
        relation.author = Some(c.desk);
        let may = access::may(&viewer, Action::RecordWithdrawal, &relation).is_ok();
        let mut to: Vec<String> = c
            .recipients
            .iter()
            .filter_map(|(r, _)| match r {
                Recipient::Desk(d) => desks.get(d).cloned(),
                Recipient::Agency(a) => agencies.get(a).map(|called| called.name.clone()),
            })
            .collect();
        to.extend(c.fields.iter().map(|f| {
            let key = if f.named.later { "agreement.field_later" } else { "agreement.field_now" };
            t.fs(key, &[("field", t.code("field", f.named.field)), ("n", f.counts.len().to_string())])
        }));
        let what: Vec<String> = c.categories.iter().map(|x| t.code("category", x)).collect();
        AlikeRow {
            href: case.map(|case| link::case_consent(case, c.id)),
            whose: people.iter().find(|(id, _)| *id == c.person).map(|(_, n)| n.clone()).unwrap_or_default(),
            to: t.join(&to),
            state: if holds {
                t.code("consent_state", ConsentState::Given.code())
            } else {
                t.s("agreement.state_to_come").to_owned()
            },
            holds,
            what: t.join(&what),
            renew: case
                .filter(|_| may && may_follow(c.state, c.followed_by.is_some()).is_ok())
                .map(|case| link::case_consent_renew(case, c.id)),
        }
    };
    Ok(alike.iter().map(row).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::tests::{at, consent, given, id};
    use crate::rules::{FieldTerms, NamedField};
    use access::{Category, Role};

    fn day(d: i64) -> Day {
        Day::new(2026, 11, 21).unwrap().plus_days(d)
    }

    /// As [`given`] says it: to desk 2 and agency 30.
    fn chosen() -> Chosen {
        let purposes = vec![Purpose::Support];
        let recipients = vec![Recipient::Desk(id(2))];
        Chosen { person: id(50), recipients, fields: vec![], categories: given().categories, purposes }
    }

    #[test]
    fn a_second_one_to_the_same_recipient_is_said_before_it_is_written() {
        let there = |chosen: &Chosen, known: Consent| !there_already(chosen, &[known], day(10)).is_empty();
        assert!(there(&chosen(), given()));
        let medical = || Consent {
            fields: vec![FieldTerms {
                named: NamedField { field: Field::Medical, later: true },
                since: Some(given().given_at),
                listed: vec![id(5)],
                counts: vec![id(5)],
            }],
            ..given()
        };
        let by_field = Chosen { recipients: vec![], fields: vec![Field::Medical], ..chosen() };
        assert!(there(&by_field, medical()), "the same category of agencies");
        assert!(there(&Chosen { categories: Categories::NONE, purposes: vec![], ..chosen() }, given()));
        assert!(
            there(&Chosen { categories: Categories::all(), ..chosen() }, given()),
            "more is a change of it"
        );
        let elsewhere = Chosen { recipients: vec![Recipient::Desk(id(9))], ..chosen() };
        assert!(!there(&elsewhere, medical()));
        let other = Categories::NONE.with(Category::Health);
        assert!(!there(&Chosen { categories: other, ..chosen() }, given()), "about something else");
        assert!(!there(&Chosen { purposes: vec![Purpose::Conference], ..chosen() }, given()));
        assert!(!there(&Chosen { person: id(8), ..chosen() }, given()), "of somebody else");
        assert!(!there(&chosen(), Consent { state: ConsentState::Withdrawn, ..given() }));
        assert!(!there(&chosen(), Consent { until: Some(day(9)), ..given() }), "over by its day");
        assert!(there(&chosen(), Consent { from: day(20), ..given() }), "begins later");
    }

    #[test]
    fn what_is_chosen_is_what_the_consent_says() {
        let of = Chosen::of(&consent());
        assert_eq!((of.person, of.recipients), (consent().person, consent().recipients));
    }

    #[test]
    fn whoever_is_only_named_sees_themselves() {
        let mut seen = given();
        seen.narrow(&at(2, 20, Role::Caseworker));
        let to: Vec<Recipient> = seen.recipients.iter().map(|(r, _)| *r).collect();
        assert_eq!(to, [Recipient::Desk(id(2))]);
    }
}
