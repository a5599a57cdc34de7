//! From the town's codes to those the concepts store. Where both use the same word, the test says so.

use std::collections::HashMap;

use access::{Categories, Category};
use casefile::EndReason;
use household::{Field, RecordForm, ToldBy};
use register::{ConsultableBy, EntityKind, Matter, SuccessorKind};
use words::code::Code;

/// A value of a concept that has the same code; the fallback never happens, as the test shows.
fn same<C: Code>(code: &str, otherwise: C) -> C {
    C::parse(code).unwrap_or(otherwise)
}

/// Categories of data.
pub(crate) fn categories(of: town::Categories) -> Categories {
    of.iter().map(|c| same(c.code(), Category::Basic)).collect()
}

/// Which part of a sheet a text stands in.
pub(crate) fn field(of: town::TextField) -> Field {
    same(of.code(), Field::Facts)
}

/// How a support record came about.
pub(crate) fn form(of: town::RecordKind) -> RecordForm {
    same(of.code(), RecordForm::Phone)
}

/// By which way a partner told it.
pub(crate) fn told_by(of: town::ToldBy) -> ToldBy {
    same(of.code(), ToldBy::Phone)
}

/// Matter of a consultation.
pub(crate) fn matter(of: town::Topic) -> Matter {
    same(of.code(), Matter::Other)
}

/// Kind of a legal entity.
pub(crate) fn entity(of: town::EntityKind) -> EntityKind {
    same(of.code(), EntityKind::Corporation)
}

/// Field of an agency.
pub(crate) fn agency_field(of: town::Field) -> register::Field {
    same(of.code(), register::Field::General)
}

/// Programme of a desk.
pub(crate) fn programme(of: town::Programme) -> register::Programme {
    same(of.code(), register::Programme::ComprehensiveConsultation)
}

/// Role of a post.
pub(crate) fn role(of: town::Role) -> access::Role {
    same(of.code(), access::Role::Caseworker)
}

/// Engagement of a person.
pub(crate) fn engagement(of: town::Engagement) -> casefile::Engagement {
    same(of.code(), casefile::Engagement::NotContacted)
}

/// Who may consult an agency of this field (the town says it in words).
pub(crate) fn consultable(of: town::Field) -> ConsultableBy {
    match of {
        town::Field::Disability | town::Field::Child | town::Field::Education => ConsultableBy::Family,
        town::Field::Elderly => ConsultableBy::Community,
        _ => ConsultableBy::Anyone,
    }
}

/// What made one agency follow another. A rename is no succession: the agency keeps its id.
pub(crate) fn successor(of: town::ChangeKind) -> Option<SuccessorKind> {
    match of {
        town::ChangeKind::Renamed => None,
        town::ChangeKind::Merged => Some(SuccessorKind::Merger),
        town::ChangeKind::Successor => Some(SuccessorKind::Contractor),
    }
}

/// The article a provision rests on, a code of the table of articles.
pub(crate) fn article(of: town::LawfulBasis) -> &'static str {
    match of {
        town::LawfulBasis::ConfidentialConference => "swa_106_6",
        town::LawfulBasis::ElderAbuse => "elder_abuse_7",
        town::LawfulBasis::ChildAbuse => "child_abuse_6",
        town::LawfulBasis::DisabledAbuse => "disability_abuse_7",
        town::LawfulBasis::InsideUse => "pipa_69_2_2",
        town::LawfulBasis::LifeAndLimb => "pipa_27_1_2",
    }
}

/// The article under which an answer goes back to whoever sent: what the referral rested on.
pub(crate) fn answer_article(basis: town::Basis, same_entity: bool) -> &'static str {
    match basis {
        town::Basis::Law(law) => article(law),
        town::Basis::Consent(_) => "pipa_69_2_1",
        town::Basis::NoIdentity if same_entity => "pipa_69_2_2",
        town::Basis::NoIdentity => "pipa_69_2_3",
    }
}

/// Why a case ended. The town says it in words only; interruptions are for those who cannot be reached.
pub(crate) fn end_reason(state: town::CaseState, number: usize) -> EndReason {
    match (state, number % 5) {
        (town::CaseState::Interrupted, n) if n < 3 => EndReason::Unreachable,
        (town::CaseState::Interrupted, _) => EndReason::Declined,
        (_, 0) => EndReason::HandedOn,
        _ => EndReason::Settled,
    }
}

/// The matter of a referral as its preview shows it: that of the consultation or case behind it.
pub(crate) fn need(town: &town::Town, of: &town::Referral) -> Matter {
    let case = of.case.map(|c| town.cases[c as usize].consultation);
    let consultation = of.consultation.or(case).map(|c| &town.consultations[c as usize]);
    consultation.and_then(|c| c.topics.first()).map_or(Matter::Other, |t| matter(*t))
}

/// Why a referral ended or waits, as the referral concept stores it.
pub(crate) fn reason(of: &str) -> &'static str {
    match of {
        "" => "",
        "no_capacity" => "no_capacity",
        "not_our_matter" | "no_resource" => "out_of_scope",
        "other_area" => "other_place",
        "missing_information" => "needs_more",
        "not_reached" => "unreachable",
        "condition_changed" | "solved" | "in_hospital" => "changed",
        "not_needed" | "dislikes_place" | "wants_other" => "not_wanted",
        "moved_away" => "moved_or_died",
        "wrong_desk" | "wrong_person" => "wrong_place",
        _ => "other",
    }
}

/// What a completed referral came to, as the referral concept stores it. The town says it in words; which code
/// they are is in the texts.
pub(crate) fn outcome<'t>(outcomes: &'t HashMap<String, String>, of: &town::Referral) -> &'t str {
    of.outcome.map_or("", |words| outcomes.get(words).map_or("supported", String::as_str))
}

/// What became of a referral, in the one line that always arrives.
pub(crate) fn feedback<'t>(outcomes: &'t HashMap<String, String>, of: &town::Referral) -> &'t str {
    match of.state {
        town::ReferralState::Refused => "refused",
        town::ReferralState::Failed => "failed",
        town::ReferralState::DeclinedByPerson => "declined",
        _ => outcome(outcomes, of),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all<C: Code>(codes: impl Iterator<Item = &'static str>) {
        for code in codes {
            assert!(C::parse(code).is_some(), "{code} is no {}", std::any::type_name::<C>());
        }
    }

    #[test]
    fn every_word_of_the_town_is_one_of_the_product() {
        all::<Category>(town::Category::ALL.iter().map(|c| c.code()));
        all::<Field>(town::TextField::ALL.iter().map(|c| c.code()));
        all::<RecordForm>(town::RecordKind::ALL.iter().map(|c| c.code()));
        all::<ToldBy>(town::ToldBy::ALL.iter().map(|c| c.code()));
        all::<Matter>(town::Topic::ALL.iter().map(|c| c.code()));
        all::<EntityKind>(town::EntityKind::ALL.iter().map(|c| c.code()));
        all::<register::Field>(town::Field::ALL.iter().map(|c| c.code()));
        all::<register::Programme>(town::Programme::ALL.iter().map(|c| c.code()));
        all::<access::Role>(town::Role::ALL.iter().map(|c| c.code()));
        all::<casefile::Engagement>(town::Engagement::ALL.iter().map(|c| c.code()));
        all::<referral::Kind>(town::ReferralKind::ALL.iter().map(|c| c.code()));
        // A draft is not a referral yet.
        let sent = town::ReferralState::ALL.iter().filter(|s| **s != town::ReferralState::Draft);
        all::<referral::State>(sent.map(|c| c.code()));
        all::<intake::Route>(town::Route::ALL.iter().map(|c| c.code()));
        all::<intake::Urgency>(town::Urgency::ALL.iter().map(|c| c.code()));
        all::<intake::Channel>(town::Channel::ALL.iter().map(|c| c.code()));
        all::<consent::ConsentForm>(town::ConsentForm::ALL.iter().map(|c| c.code()));
    }
}
