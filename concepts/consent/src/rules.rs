//! What a consent must say to be one.

use access::{Categories, RecordRef, Viewer};
use engine::Refusal;
use register::Field;
use serde::{Deserialize, Serialize};
use words::code::Code;
use words::id::{AgencyId, CaseId, ConsentId, DeskId, PersonId, ThingId, UserId};
use words::{Day, Instant, codes};

use crate::handing::Handing;
use crate::stand_in;

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

codes! {
    /// How whoever gave it for the person stands to them.
    pub enum GiverRelation {
        /// 父母などの親権者.
        Parent = "parent",
        /// 未成年後見人.
        MinorGuardian = "minor_guardian",
        /// 成年後見人.
        AdultGuardian = "adult_guardian",
        /// 保佐人・補助人.
        Curator = "curator",
        /// 任意後見人.
        VoluntaryGuardian = "voluntary_guardian",
        /// 委任を受けた代理人.
        Agent = "agent",
        /// 児童相談所長・施設長など.
        Institution = "institution",
    }

    /// Why a consent ended without anybody taking it back, or never was one.
    pub enum Because {
        /// 本人が亡くなった: nobody takes it back, and nobody has to.
        Died = "died",
        /// ちがう人の同意として書いた.
        WrongPerson = "wrong_person",
        /// 同じ同意を二度書いた.
        Twice = "twice",
        /// 同意はもらっていなかった.
        NotGiven = "not_given",
        /// 中身の書きまちがい.
        Slip = "slip",
    }

    /// How a consent came into the place of an earlier one.
    pub enum Follow {
        /// 同じ中身で続ける.
        Renewed = "renewed",
        /// 中身が変わった.
        Changed = "changed",
        /// 合併や新しい委託先に、本人に確かめて引きついだ.
        CarriedOver = "carried_over",
    }
}

impl GiverRelation {
    /// Whether it ends with the person's coming of age.
    pub fn of_minors(self) -> bool {
        matches!(self, Self::Parent | Self::MinorGuardian | Self::Institution)
    }

    /// Those who speak as 親権者・後見人, not as somebody's 代理人.
    pub fn of_guardians(self) -> bool {
        self.of_minors() || self == Self::AdultGuardian
    }
}

impl Because {
    /// Why a consent is marked as written down by mistake.
    pub const MISTAKES: [Self; 4] = [Self::WrongPerson, Self::Twice, Self::NotGiven, Self::Slip];
}

/// A desk or a whole agency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Recipient {
    /// One desk.
    Desk(DeskId),
    /// Every desk of an agency.
    Agency(AgencyId),
}

/// A category of agencies as a recipient: those that are of it when it is given, by name; one that joins later only where
/// the person said so (`docs/decisions/0018`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NamedField {
    /// The category.
    pub field: Field,
    /// Whether those that join it later are meant as well.
    pub later: bool,
}

/// The same as it stands in a consent.
#[derive(Debug, Clone)]
pub struct FieldTerms {
    /// What was named.
    pub named: NamedField,
    /// Since when it holds.
    pub since: Option<Instant>,
    /// The agencies it stood for when it was given.
    pub listed: Vec<AgencyId>,
    /// The agencies it means today.
    pub counts: Vec<AgencyId>,
}

/// The agencies a category means: those of it today that were listed, or that came later where that was meant.
pub fn field_counts(listed: &[AgencyId], of_field_today: &[AgencyId], later: bool) -> Vec<AgencyId> {
    of_field_today.iter().copied().filter(|a| later || listed.contains(a)).collect()
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

/// A time that has passed, of which it is asked whether a consent held.
#[derive(Debug, Clone, Copy)]
pub struct Then {
    /// The day.
    pub day: Day,
    /// When what took place on it was over, where that is known.
    pub over: Option<Instant>,
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
    /// When it was written down that it is withdrawn: from then on it opens nothing.
    pub withdrawn_at: Option<Instant>,
    /// The day the person said so; of before it was asked for: unknown.
    pub withdrawn_said: Option<Day>,
    /// The desk that recorded it.
    pub desk: DeskId,
    /// The case it was given in.
    pub case: Option<CaseId>,
    /// Version.
    pub version: i64,
    /// Whom it names, and since when it holds for them.
    pub recipients: Vec<(Recipient, Option<Instant>)>,
    /// Categories of agencies it names.
    pub fields: Vec<FieldTerms>,
    /// How whoever gave it stands to the person.
    pub relation: Option<GiverRelation>,
    /// Who gave it, when they are recorded too.
    pub giver: Option<PersonId>,
    /// The guardian who gave it was set aside, since then: it does not count.
    pub set_aside_at: Option<Instant>,
    /// Why it ended without being taken back, or never was one.
    pub because: Option<Because>,
    /// When it was marked as written down by mistake, and by whom.
    pub error: Option<(Instant, UserId)>,
    /// What it followed.
    pub follows: Option<(ConsentId, Follow)>,
    /// What followed it.
    pub followed_by: Option<(ConsentId, Follow)>,
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

    /// Whether it names the viewer: themselves, their agency, or a category their agency counts to.
    pub fn names_viewer(&self, viewer: &Viewer) -> bool {
        self.recipients.iter().any(|r| Self::names(viewer, r))
            || self.fields.iter().any(|f| f.since.is_some() && Self::means(f, viewer))
    }

    /// Whether a category it names means an agency of the viewer today.
    pub fn means(terms: &FieldTerms, viewer: &Viewer) -> bool {
        viewer.seats.iter().any(|s| s.role.reads_desk_records() && terms.counts.contains(&s.agency))
    }

    /// Whether its terms are for this viewer to see: they recorded it, it names them, or they are `accountable` for
    /// what it was given in. For everyone else there is no such consent (disclosure rule 2): that somebody agreed to
    /// tell a certain desk about violence says as much as the text itself.
    pub fn shown_to(&self, viewer: &Viewer, accountable: bool) -> bool {
        self.state != ConsentState::EnteredInError
            && (accountable || self.recorded_by(viewer) || self.names_viewer(viewer))
    }

    /// Whether it names this desk, its agency, or stood for it when it was given or today: who can ever have looked under it.
    pub fn ever_named(&self, desk: DeskId, agency: Option<AgencyId>) -> bool {
        let named = |r: &Recipient| match r {
            Recipient::Desk(named) => *named == desk,
            Recipient::Agency(named) => Some(*named) == agency,
        };
        let stood = |f: &FieldTerms| agency.is_some_and(|a| f.listed.contains(&a) || f.counts.contains(&a));
        self.recipients.iter().any(|(r, _)| named(r)) || self.fields.iter().any(stood)
    }

    /// Whether it opens something at `to` on a day: in force, for support, and in effect for that desk.
    fn opens_for(&self, to: Recipient, agency: Option<AgencyId>, today: Day) -> bool {
        let support = [Purpose::Support.code(), Purpose::Cooperation.code()];
        let named = self.recipients.iter().any(|(recipient, since)| {
            since.is_some()
                && (*recipient == to || agency.is_some_and(|a| *recipient == Recipient::Agency(a)))
        });
        let meant =
            self.fields.iter().any(|f| f.since.is_some() && agency.is_some_and(|a| f.counts.contains(&a)));
        self.holds_on(today)
            && self.purposes.iter().any(|p| support.contains(&p.as_str()))
            && (named || meant)
    }

    /// Whether it lets a conference whose secretariat is this desk speak about the person on a day: it holds, is meant for
    /// conferences, and names the desk, its agency, or a category its agency counts to.
    pub fn lets_speak(&self, desk: DeskId, agency: Option<AgencyId>, today: Day) -> bool {
        self.holds_on(today) && self.speaks_to(desk, agency)
    }

    /// The same of a day that has passed, whatever became of it since. `others` are the consents of the person: one of them may have taken
    /// its place.
    pub fn let_speak(&self, desk: DeskId, agency: Option<AgencyId>, (then, others): (Then, &[Self])) -> bool {
        self.held_on(then, others) && self.speaks_to(desk, agency)
    }

    fn speaks_to(&self, desk: DeskId, agency: Option<AgencyId>) -> bool {
        let named = self.recipients.iter().any(|(to, since)| {
            since.is_some()
                && (*to == Recipient::Desk(desk) || agency.is_some_and(|a| *to == Recipient::Agency(a)))
        });
        let meant =
            self.fields.iter().any(|f| f.since.is_some() && agency.is_some_and(|a| f.counts.contains(&a)));
        self.meant_for(Purpose::Conference) && (named || meant)
    }

    /// Whether it is meant for this.
    pub fn meant_for(&self, purpose: Purpose) -> bool {
        self.purposes.iter().any(|p| p == purpose.code())
    }

    /// Whether it held on a day that has passed: recorded and begun, not past its last day, and nobody had ended it by then. What is
    /// recorded later with an earlier first day lets nobody have spoken before. On the day it ended it counts for what was over by then, where
    /// that hour is known, and for nothing else.
    fn held_on(&self, then: Then, others: &[Self]) -> bool {
        let ended = match self.state {
            ConsentState::EnteredInError => return false,
            ConsentState::Given => None,
            ConsentState::Withdrawn => self.withdrawn_at,
            ConsentState::Superseded => {
                let next = others.iter().find(|c| self.followed_by.is_some_and(|(id, _)| id == c.id));
                next.map(|c| c.given_at)
            }
        };
        let until = [ended, self.set_aside_at].into_iter().flatten().min();
        self.from <= then.day
            && self.given_at.day() <= then.day
            && self.said_before().is_none_or(|said| then.day < said)
            && self.until.is_none_or(|last| then.day <= last)
            && until.is_none_or(|at| then.day < at.day() || then.over.is_some_and(|over| over <= at))
    }

    /// Whether it holds on a day: given, begun, not past its last day, not withdrawn, its giver not set aside.
    pub fn holds_on(&self, today: Day) -> bool {
        self.state == ConsentState::Given
            && self.set_aside_at.is_none()
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
    let opened = |person: &PersonId| opened(consents, *person, (to, agency), today);
    !subjects.is_empty() && subjects.iter().all(|person| categories.within(opened(person)))
}

/// What these consents let a desk know of somebody today.
pub fn opened(
    consents: &[Consent],
    person: PersonId,
    (to, agency): (DeskId, Option<AgencyId>),
    today: Day,
) -> Categories {
    consents
        .iter()
        .filter(|c| c.person == person && c.opens_for(Recipient::Desk(to), agency, today))
        .fold(Categories::NONE, |all, c| all.union(c.categories))
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
    /// Categories of agencies it names.
    pub fields: Vec<NamedField>,
    /// The case it was given in.
    pub case: Option<CaseId>,
    /// How whoever gave it stands to the person, when not the person.
    pub relation: Option<GiverRelation>,
    /// What shows that they may (登記事項証明書 …).
    pub evidence: String,
    /// Who they are, when recorded too.
    pub giver: Option<PersonId>,
}

/// One sharing act under an article.
#[derive(Debug, Clone)]
pub struct NewProvision {
    /// What kind of act.
    pub kind: Handing,
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
    if new.recipients.is_empty() && new.fields.is_empty() {
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
    stand_in::named(new.person, new.given_by, &new.given_by_name, new.giver)
}

/// Whether a further step is possible: only what was given, and has not ended, is withdrawn, renewed or carried over. One
/// past its last day is renewed, too: the person is asked again, and the new one begins today.
pub fn may_follow(state: ConsentState, followed: bool) -> Result<(), Refusal> {
    if followed || state != ConsentState::Given {
        return Err(Refusal::new("consent.over_already"));
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use access::{Category, Role, Seat};

    fn uuid() -> uuid::Uuid {
        uuid::Uuid::from_u128(7)
    }

    pub(crate) fn id<K>(number: u128) -> words::Id<K> {
        words::Id::new(uuid::Uuid::from_u128(number))
    }

    pub(crate) fn now() -> Instant {
        Instant::at(Day::new(2026, 11, 21).unwrap(), 9, 0)
    }

    /// Recorded by desk 1, for desk 2 and the agency 30.
    pub(crate) fn given() -> Consent {
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
            withdrawn_said: None,
            desk: id(1),
            case: None,
            version: 1,
            recipients: vec![(Recipient::Desk(id(2)), Some(now())), (Recipient::Agency(id(30)), Some(now()))],
            fields: Vec::new(),
            relation: None,
            giver: None,
            set_aside_at: None,
            because: None,
            error: None,
            follows: None,
            followed_by: None,
        }
    }

    pub(crate) fn at(desk: u128, agency: u128, role: Role) -> Viewer {
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
    fn who_can_have_looked_under_a_consent() {
        assert!(given().ever_named(id(2), Some(id(20))) && given().ever_named(id(3), Some(id(30))));
        assert!(!given().ever_named(id(1), Some(id(10))), "whoever wrote it down needs none");
        let medical = FieldTerms {
            named: NamedField { field: Field::Medical, later: false },
            since: Some(now()),
            listed: vec![id(40)],
            counts: vec![id(41)],
        };
        let of_field = Consent { recipients: vec![], fields: vec![medical], ..given() };
        assert!(of_field.ever_named(id(9), Some(id(40))) && of_field.ever_named(id(9), Some(id(41))));
        assert!(!of_field.ever_named(id(9), Some(id(42))) && !of_field.ever_named(id(9), None));
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
        let changes: [fn(&mut Consent); 6] = [
            |c| c.set_aside_at = Some(now()),
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

    #[test]
    fn a_category_means_who_was_named_and_is_still_of_it() {
        let (old, gone, new) = (id(1), id(2), id(3));
        assert_eq!(field_counts(&[old, gone], &[old, new], false), [old]);
        assert_eq!(field_counts(&[old, gone], &[old, new], true), [old, new]);
        assert_eq!(field_counts(&[], &[new], false), []);
        let medical = |later| FieldTerms {
            named: NamedField { field: Field::Medical, later },
            since: Some(now()),
            listed: vec![id(30)],
            counts: field_counts(&[id(30)], &[id(30), id(31)], later),
        };
        let named = |later| Consent { recipients: vec![], fields: vec![medical(later)], ..given() };
        let worker = |agency| at(9, agency, Role::Caseworker);
        assert!(named(false).shown_to(&worker(30), false));
        assert!(!named(false).shown_to(&worker(31), false), "it joined later");
        assert!(named(true).shown_to(&worker(31), false));
        let money = Categories::NONE.with(Category::Money);
        let carries =
            |c: Consent, agency: u128| carries(&[c], &[id(50)], money, id(9), Some(id(agency)), now().day());
        assert!(carries(named(false), 30) && !carries(named(false), 31) && carries(named(true), 31));
        let mut waiting = named(true);
        waiting.fields[0].since = None;
        assert!(!carries(waiting.clone(), 30) && !waiting.shown_to(&worker(30), false));
    }

    #[test]
    fn only_what_stands_is_followed() {
        assert_eq!(may_follow(ConsentState::Given, false), Ok(()));
        assert!(may_follow(ConsentState::Given, true).is_err());
        for state in [ConsentState::Withdrawn, ConsentState::Superseded, ConsentState::EnteredInError] {
            assert!(may_follow(state, false).is_err());
        }
    }

    proptest::proptest! {
        /// Whatever happens to the register, a category without "later" never means anyone it did not stand for.
        #[test]
        fn a_category_never_widens(listed in proptest::collection::vec(0_u128..9, 0..6), today in proptest::collection::vec(0_u128..9, 0..6)) {
            let ids = |n: &[u128]| -> Vec<AgencyId> { n.iter().map(|n| id(*n)).collect() };
            let (listed, today) = (ids(&listed), ids(&today));
            for agency in field_counts(&listed, &today, false) {
                proptest::prop_assert!(listed.contains(&agency) && today.contains(&agency));
            }
            for agency in field_counts(&listed, &today, true) {
                proptest::prop_assert!(today.contains(&agency));
            }
        }
    }

    pub(crate) fn consent() -> NewConsent {
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
            fields: Vec::new(),
            case: None,
            relation: None,
            evidence: String::new(),
            giver: None,
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
        let itself = NewConsent { giver: Some(consent().person), ..consent() };
        assert_eq!(key(itself), "consent.giver_is_the_person");
        let field = NamedField { field: Field::Medical, later: false };
        assert_eq!(check(&NewConsent { recipients: vec![], fields: vec![field], ..consent() }), Ok(()));
    }
}
