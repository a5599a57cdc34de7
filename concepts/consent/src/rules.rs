//! What a consent must say to be one.

use access::{Categories, RecordRef};
use engine::Refusal;
use serde::{Deserialize, Serialize};
use words::id::{AgencyId, CaseId, DeskId, PersonId, ThingId, UserId};
use words::{Day, codes};

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
    use access::Category;

    fn uuid() -> uuid::Uuid {
        uuid::Uuid::from_u128(7)
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
