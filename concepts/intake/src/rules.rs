//! What a consultation is, what may happen to it next, and what its texts count as when nobody says otherwise.

use access::{Categories, Category};
use engine::Refusal;
use household::Field;
use register::Matter;
use words::codes;

codes! {
    /// By which way a consultation came.
    pub enum Channel {
        /// 来所.
        Counter = "counter",
        /// 電話.
        Phone = "phone",
        /// メール.
        Email = "email",
        /// 訪問.
        Visit = "visit",
        /// 手紙・ファクス.
        Letter = "letter",
        /// オンライン.
        Online = "online",
        /// 出張相談会・行事.
        Event = "event",
        /// つなぐシート: set when a sheet is taken up, never chosen on the form.
        Sheet = "sheet",
    }

    /// 相談経路. The list of the national form could not be checked against its source (reference B-3 marks it
    /// "(K) check"): it is to become an editable, dated table, and until then nothing depends on its values.
    pub enum Route {
        /// 本人.
        Own = "self",
        /// 家族・親族.
        Family = "family",
        /// 近所・民生委員など地域の人.
        Neighbour = "neighbour",
        /// 関係機関・関係者からの紹介.
        Agency = "agency",
        /// こちらから訪ねて.
        Outreach = "outreach",
        /// その他.
        Other = "other",
    }

    /// How pressing it is.
    pub enum Urgency {
        /// 急ぎではない.
        Normal = "normal",
        /// 数日のうちに.
        Soon = "soon",
        /// いま命や安全があぶない.
        Urgent = "urgent",
    }

    /// Where a consultation stands (domain section 4.1). A draft is private to its author and lives elsewhere.
    pub enum ConsultationState {
        /// 下書き.
        Draft = "draft",
        /// 受けたところ.
        Open = "open",
        /// 答えて終わった.
        Answered = "answered",
        /// ケースになった.
        BecameCase = "became_case",
        /// ほかへつないだ.
        PassedOn = "passed_on",
        /// 誤登録.
        EnteredInError = "entered_in_error",
    }

    /// What is decided at the end of a consultation (R-093: alone, with others, or passed on).
    pub enum Disposition {
        /// 情報を伝えて終わる.
        InformationGiven = "information_given",
        /// じぶんの窓口で支援する.
        OwnSupport = "own_support",
        /// ほかへつなぐ.
        PassOn = "pass_on",
        /// いますぐ動く.
        Urgent = "urgent",
    }
}

impl Channel {
    /// The ways a person at a window can choose from.
    pub fn choosable() -> impl Iterator<Item = Self> {
        use words::code::Code;
        Self::ALL.iter().copied().filter(|c| *c != Self::Sheet)
    }
}

/// The fields that must be filled; `words` stands for "the person's words or facts, one of them". Six at most
/// (quality, "People"), and all but the first two come filled in.
pub const REQUIRED: &[&str] = &["words", "channel", "occurred", "route", "urgency"];

/// What each disposition needs to be possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Where the consultation stands.
    pub state: ConsultationState,
    /// Whether it is known whom it is about: a case is opened for a household, never for nobody.
    pub has_household: bool,
}

/// Decides on an open consultation.
pub fn dispose(now: Standing, disposition: Disposition) -> Result<ConsultationState, Refusal> {
    if now.state != ConsultationState::Open {
        return Err(Refusal::new("consultation.not_open"));
    }
    if disposition != Disposition::InformationGiven && !now.has_household {
        return Err(Refusal::new("consultation.nobody"));
    }
    Ok(match disposition {
        Disposition::InformationGiven => ConsultationState::Answered,
        Disposition::OwnSupport | Disposition::Urgent => ConsultationState::BecameCase,
        Disposition::PassOn => ConsultationState::PassedOn,
    })
}

/// Marks a consultation as entered in error. What has become a case is corrected there, text by text: others may
/// already act on it.
pub fn mark_in_error(state: ConsultationState, reason: &str) -> Result<ConsultationState, Refusal> {
    if !matches!(state, ConsultationState::Open | ConsultationState::Answered) {
        return Err(Refusal::new("consultation.not_erasable"));
    }
    if reason.trim().is_empty() {
        return Err(Refusal::new("consultation.error_reason"));
    }
    Ok(ConsultationState::EnteredInError)
}

/// Whether a household can still be named.
pub fn name_person(now: Standing) -> Result<(), Refusal> {
    if now.has_household {
        return Err(Refusal::new("consultation.already_named"));
    }
    match now.state {
        ConsultationState::Open | ConsultationState::Answered => Ok(()),
        _ => Err(Refusal::new("consultation.not_open")),
    }
}

/// The categories a matter falls into. 「その他」 can be anything, so it counts as everything.
pub fn matter_categories(matter: Matter) -> Categories {
    use Category::{Contact, Disability, Health, Household, Money, Violence, WorkSchool};
    let list: &[Category] = match matter {
        Matter::IllnessDisability => &[Health, Disability],
        Matter::Housing => &[Contact, Money],
        Matter::Income | Matter::RentLoan | Matter::TaxUtility | Matter::Debt | Matter::NoFood => &[Money],
        Matter::JobSearch | Matter::WorkTrouble => &[WorkSchool],
        Matter::Community | Matter::Family | Matter::ChildRearing => &[Household],
        Matter::Care => &[Health, Household],
        Matter::HikikomoriSchool => &[Health, WorkSchool],
        Matter::DvAbuse => &[Violence, Household],
        Matter::Other => return Categories::all(),
    };
    list.iter().copied().collect()
}

/// The categories of several matters. None chosen: nothing is known, so everything.
pub fn topic_categories(topics: &[Matter]) -> Categories {
    if topics.is_empty() {
        return Categories::all();
    }
    topics.iter().fold(Categories::NONE, |set, m| set.union(matter_categories(*m)))
}

/// What a text counts as when its writer leaves it to the field and the topics (disclosure rule 3). Too many
/// categories hide a text from others; too few would show it: so a field starts from all its topics.
pub fn default_marks(field: Field, topics: &[Matter]) -> Categories {
    let topical = topic_categories(topics);
    let more: &[Category] = match field {
        Field::Words | Field::Facts => &[Category::Basic, Category::Household],
        Field::Possibilities => &[Category::Basic, Category::Household, Category::Opinion],
        // How somebody is to be met is no address: a warning that fell off the desk's own paper with a kept home would warn of nothing.
        Field::Consideration => &[Category::Basic, Category::Support],
        Field::Response | Field::Promise => &[Category::Support],
        _ => return Categories::all(),
    };
    more.iter().fold(topical, |set, c| set.with(*c))
}

/// Whether whoever came by this route tells of others, and must be able to rely on not being named to them (disclosure rule 3: 通報者).
pub fn told_on(route: Route) -> bool {
    route == Route::Neighbour
}

/// The categories of a consultation's own facts: who came, by which route, about what.
pub fn facts_categories(topics: &[Matter], route: Route, third_party: bool) -> Categories {
    let set = topic_categories(topics).with(Category::Basic);
    let set = if route == Route::Family { set.with(Category::Household) } else { set };
    // Who told is what an informant must be able to rely on (disclosure rule 3: 通報者).
    if third_party || told_on(route) { set.with(Category::Informant) } else { set }
}

#[cfg(test)]
#[path = "rules_test.rs"]
mod tests;
