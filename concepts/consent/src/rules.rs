//! What a consent must say to be one.

use access::{Categories, RecordRef, Viewer};
use engine::Refusal;
use serde::{Deserialize, Serialize};
use words::code::Code;
use words::id::{AgencyId, CaseId, ConsentId, DeskId, PersonId, ThingId, UserId};
use words::{Day, Instant, codes};

codes! {
    /// Who gave it.
    pub enum GivenBy {
        /// 本人.
        Itself = "self",
        /// 親権者・後見人.
        Guardian = "guardian",
        /// 代理人.
        Representative = "representative",
    }

    /// How it was given.
    pub enum ConsentForm {
        /// 署名.
        Signed = "signed",
        /// 口頭.
        Oral = "oral",
        /// 電子.
        Electronic = "electronic",
    }

    /// For what.
    pub enum Purpose {
        /// 相談と支援.
        Support = "support",
        /// つなぎ先との連携.
        Cooperation = "cooperation",
        /// 話し合い（重層的支援会議など）.
        Conference = "conference",
    }
}

/// A desk or a whole agency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Recipient {
    /// One desk.
    Desk(DeskId),
    /// Every desk of an agency.
    Agency(AgencyId),
}

codes! {
    /// Where a consent stands. Expiry is not a state: it is read off the last day.
    pub enum ConsentState {
        /// Given.
        Given = "given",
        /// Withdrawn.
        Withdrawn = "withdrawn",
        /// Replaced by a newer one.
        Superseded = "superseded",
        /// Never given.
        EnteredInError = "entered_in_error",
    }
}

/// A consent as recorded. Its terms are shown to whoever may see the case's sharing; the giver's name is a
/// person's fact, disclosed like any other.
#[derive(Debug, Clone)]
pub struct Consent {
    /// Its id.
    pub id: ConsentId,
    /// Where it stands.
    pub state: ConsentState,
    /// Whose facts it covers.
    pub person: PersonId,
    /// Who gave it.
    pub given_by: GivenBy,
    /// How.
    pub form: ConsentForm,
    /// Categories.
    pub categories: Categories,
    /// Codes of the purposes.
    pub purposes: Vec<String>,
    /// First day.
    pub from: Day,
    /// Last day.
    pub until: Option<Day>,
    /// When it was given.
    pub given_at: Instant,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Instant>,
    /// The desk that recorded it.
    pub desk: DeskId,
    /// The case it was given in.
    pub case: Option<CaseId>,
    /// Version.
    pub version: i64,
    /// Whom it names, and since when it holds for them.
    pub recipients: Vec<(Recipient, Option<Instant>)>,
}

impl Consent {
    /// Whether one of the viewer's desks recorded it, or inherited it from the one that did.
    pub fn recorded_by(&self, viewer: &Viewer) -> bool {
        viewer.seats.iter().any(|seat| seat.role.reads_desk_records() && seat.holds(self.desk))
    }

    /// Whether a recipient is the viewer: the named desk itself or a desk of the named agency, once it holds for
    /// them. It does not pass to an heir silently, and before a referral is accepted its receiver knows the preview
    /// only (domain section 4.3).
    pub fn names(viewer: &Viewer, recipient: &(Recipient, Option<Instant>)) -> bool {
        recipient.1.is_some()
            && viewer.seats.iter().any(|seat| {
                seat.role.reads_desk_records()
                    && match recipient.0 {
                        Recipient::Desk(desk) => desk == seat.desk,
                        Recipient::Agency(agency) => agency == seat.agency,
                    }
            })
    }

    /// Whether its terms are for this viewer to see: they recorded it, it names them, or they are `accountable` for
    /// what it was given in. For everyone else there is no such consent (disclosure rule 2): that somebody agreed to
    /// tell a certain desk about violence says as much as the text itself.
    pub fn shown_to(&self, viewer: &Viewer, accountable: bool) -> bool {
        self.state != ConsentState::EnteredInError
            && (accountable
                || self.recorded_by(viewer)
                || self.recipients.iter().any(|r| Self::names(viewer, r)))
    }

    /// Whether it opens something at `to` on a day: in force, for support, and in effect for that desk.
    fn opens_for(&self, to: Recipient, agency: Option<AgencyId>, today: Day) -> bool {
        let support = [Purpose::Support.code(), Purpose::Cooperation.code()];
        self.holds_on(today)
            && self.purposes.iter().any(|p| support.contains(&p.as_str()))
            && self.recipients.iter().any(|(recipient, since)| {
                since.is_some()
                    && (*recipient == to || agency.is_some_and(|a| *recipient == Recipient::Agency(a)))
            })
    }

    /// Whether it holds on a day: given, begun, not past its last day, not withdrawn.
    pub fn holds_on(&self, today: Day) -> bool {
        self.state == ConsentState::Given
            && self.from <= today
            && self.until.is_none_or(|until| today <= until)
    }
}

/// Whether these consents let a desk know `categories` about each of `subjects` today: what a text "under an existing
/// consent" must be able to rest on. Nobody to be about is nobody who agreed.
pub fn carries(
    consents: &[Consent],
    subjects: &[PersonId],
    categories: Categories,
    to: DeskId,
    agency: Option<AgencyId>,
    today: Day,
) -> bool {
    !subjects.is_empty()
        && subjects.iter().all(|person| {
            let granted = consents
                .iter()
                .filter(|c| c.person == *person && c.opens_for(Recipient::Desk(to), agency, today))
                .fold(Categories::NONE, |all, c| all.union(c.categories));
            categories.within(granted)
        })
}

/// A consent to be recorded.
#[derive(Debug, Clone)]
pub struct NewConsent {
    /// Whose facts it covers.
    pub person: PersonId,
    /// Who gave it.
    pub given_by: GivenBy,
    /// Name of who gave it, when not the person.
    pub given_by_name: String,
    /// How.
    pub form: ConsentForm,
    /// Who was present, for an oral one.
    pub witness: String,
    /// Categories it names.
    pub categories: Categories,
    /// Purposes.
    pub purposes: Vec<Purpose>,
    /// First day.
    pub from: Day,
    /// Last day, inclusive.
    pub until: Option<Day>,
    /// Whom it names.
    pub recipients: Vec<Recipient>,
    /// The case it was given in.
    pub case: Option<CaseId>,
}

/// One sharing act under an article.
#[derive(Debug, Clone)]
pub struct NewProvision {
    /// What kind of act: `referral`, `feedback`.
    pub act_kind: &'static str,
    /// Which act.
    pub act: ThingId,
    /// The records handed over.
    pub records: Vec<RecordRef>,
    /// To which desk.
    pub desk: DeskId,
    /// To one person there only.
    pub user: Option<UserId>,
    /// Which categories of them.
    pub categories: Categories,
    /// Code of the article it rests on.
    pub article: String,
    /// Whether it takes effect only with an acceptance.
    pub pending: bool,
}

/// Refuses a consent that would say nothing or contradict itself.
pub fn check(new: &NewConsent) -> Result<(), Refusal> {
    if new.recipients.is_empty() {
        return Err(Refusal::new("consent.no_recipient"));
    }
    if new.categories.is_empty() {
        return Err(Refusal::new("consent.no_category"));
    }
    if new.purposes.is_empty() {
        return Err(Refusal::new("consent.no_purpose"));
    }
    if new.until.is_some_and(|until| until < new.from) {
        return Err(Refusal::new("consent.ends_before_it_begins"));
    }
    if new.given_by != GivenBy::Itself && new.given_by_name.is_empty() {
        return Err(Refusal::new("consent.no_giver_name"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use access::{Category, Role, Seat};

    fn uuid() -> uuid::Uuid {
        uuid::Uuid::from_u128(7)
    }

    fn id<K>(number: u128) -> words::Id<K> {
        words::Id::new(uuid::Uuid::from_u128(number))
    }

    fn now() -> Instant {
        Instant::at(Day::new(2026, 11, 21).unwrap(), 9, 0)
    }

    /// Recorded by desk 1, for desk 2 and the agency 30.
    fn given() -> Consent {
        Consent {
            id: id(100),
            state: ConsentState::Given,
            person: id(50),
            given_by: GivenBy::Itself,
            form: ConsentForm::Oral,
            categories: Categories::NONE.with(Category::Basic).with(Category::Money),
            purposes: vec!["support".to_owned()],
            from: now().day(),
            until: None,
            given_at: now(),
            withdrawn_at: None,
            desk: id(1),
            case: None,
            version: 1,
            recipients: vec![(Recipient::Desk(id(2)), Some(now())), (Recipient::Agency(id(30)), Some(now()))],
        }
    }

    fn at(desk: u128, agency: u128, role: Role) -> Viewer {
        let seat = Seat {
            appointment: id(9),
            desk: id(desk),
            inherited: Vec::new(),
            agency: id(agency),
            role,
            programme: String::new(),
        };
        Viewer {
            municipality: id(1),
            user: id(8),
            seats: vec![seat],
            excluded_from: Vec::new(),
            urgent: Vec::new(),
        }
    }

    #[test]
    fn terms_are_for_who_recorded_them_whom_they_name_and_who_is_accountable() {
        let worker = |desk, agency| at(desk, agency, Role::Caseworker);
        assert!(given().shown_to(&worker(1, 10), false));
        assert!(given().shown_to(&worker(2, 20), false));
        assert!(given().shown_to(&worker(3, 30), false));
        assert!(!given().shown_to(&worker(4, 10), false), "another desk of the recording agency");
        assert!(given().shown_to(&worker(4, 10), true));
        assert!(!given().shown_to(&at(1, 10, Role::Administrator), false));
        let pending = Consent { recipients: vec![(Recipient::Desk(id(2)), None)], ..given() };
        assert!(!pending.shown_to(&worker(2, 20), false), "before the acceptance there is the preview only");
        let error = Consent { state: ConsentState::EnteredInError, ..given() };
        assert!(!error.shown_to(&worker(1, 10), true));
        let mut heir = worker(5, 10);
        heir.seats[0].inherited = vec![id(1)];
        assert!(given().shown_to(&heir, false), "an heir holds the records of the desk");
        heir.seats[0].inherited = vec![id(2)];
        assert!(!given().shown_to(&heir, false), "but is not named where that desk was");
    }

    #[test]
    fn an_existing_consent_carries_only_what_it_names() {
        let money = Categories::NONE.with(Category::Money);
        let day = now().day();
        let carries = |consent: Consent, person: u128, what: Categories, to: u128, agency: u128| {
            super::carries(&[consent], &[id(50), id(person)], what, id(to), Some(id(agency)), day)
        };
        assert!(carries(given(), 50, money, 2, 20));
        assert!(carries(given(), 50, money, 3, 30));
        assert!(!carries(given(), 50, money, 3, 31), "another desk");
        assert!(!carries(given(), 51, money, 2, 20), "somebody else as well");
        assert!(!carries(given(), 50, money.with(Category::Health), 2, 20), "another category");
        assert!(!super::carries(&[given()], &[], money, id(2), None, day), "about nobody");
        let changes: [fn(&mut Consent); 5] = [
            |c| c.state = ConsentState::Withdrawn,
            |c| c.until = Day::new(2026, 11, 20),
            |c| c.from = Day::new(2026, 11, 22).unwrap(),
            |c| c.purposes = vec!["conference".to_owned()],
            |c| c.recipients.iter_mut().for_each(|r| r.1 = None),
        ];
        for change in changes {
            let mut changed = given();
            change(&mut changed);
            assert!(!carries(changed.clone(), 50, money, 2, 20), "{changed:?}");
        }
    }

    fn consent() -> NewConsent {
        NewConsent {
            person: PersonId::new(uuid()),
            given_by: GivenBy::Itself,
            given_by_name: String::new(),
            form: ConsentForm::Oral,
            witness: String::new(),
            categories: Categories::NONE.with(Category::Basic),
            purposes: vec![Purpose::Support],
            from: Day::new(2026, 4, 1).unwrap(),
            until: None,
            recipients: vec![Recipient::Desk(DeskId::new(uuid()))],
            case: None,
        }
    }

    #[test]
    fn a_consent_that_names_nothing_is_refused() {
        assert_eq!(check(&consent()), Ok(()));
        let key = |new: NewConsent| check(&new).unwrap_err().key;
        assert_eq!(key(NewConsent { recipients: vec![], ..consent() }), "consent.no_recipient");
        assert_eq!(key(NewConsent { categories: Categories::NONE, ..consent() }), "consent.no_category");
        assert_eq!(key(NewConsent { purposes: vec![], ..consent() }), "consent.no_purpose");
        let before = Day::new(2026, 3, 31);
        assert_eq!(key(NewConsent { until: before, ..consent() }), "consent.ends_before_it_begins");
        assert_eq!(key(NewConsent { given_by: GivenBy::Guardian, ..consent() }), "consent.no_giver_name");
    }
}
