//! 記載: every piece of text, with the persons it is about and its categories.

mod read;
mod write;

use access::{Categories, Content};
use serde::{Deserialize, Serialize};
use words::id::{
    AgencyId, CaseId, ConnectingSheetId, ConsultationId, DeskId, EntryId, FilledSheetId, HouseholdId,
    MatterId, PersonId, ReferralId, UserId,
};
use words::{Instant, codes};

use crate::learnt::Learnt;

pub use read::{
    Timeline, by_ids, considerations, correction_of, items_of, latest, lineage, of_all_filled, of_case,
    of_consultation, of_filled, of_households, of_referral, of_sheet, said_today, standing, struck_of_filled,
    timeline,
};
pub(crate) use read::{learnt, learnt_away};
pub(crate) use write::desk_seq;
pub use write::{carry_all_secrets, carry_secrets, replace, set_state, write, write_answers};

codes! {
    /// What a text is. Facts stand apart from possibilities.
    pub enum Field {
        /// 本人の言葉.
        Words = "words",
        /// わかっていること.
        Facts = "facts",
        /// 可能性（確かめていないこと）.
        Possibilities = "possibilities",
        /// 配慮してほしいこと: shown first.
        Consideration = "consideration",
        /// その場での対応.
        Response = "response",
        /// 支援の経過.
        Support = "support",
        /// つなぎの要約: what is sent.
        Summary = "summary",
        /// つなぎへの返事.
        Answer = "answer",
        /// その後.
        Feedback = "feedback",
        /// 終結・中断の理由とその後の見守り.
        Ending = "ending",
        /// 次の約束.
        Promise = "promise",
        /// 緊急の見きわめの判断と理由.
        Judgement = "judgement",
        /// 照会: what is asked, and why.
        Inquiry = "inquiry",
        /// 照会への回答.
        InquiryAnswer = "inquiry_answer",
        /// 会議の問い: what a confidential conference is asked.
        MatterQuestion = "matter_question",
        /// 会議での発言・書きこみ.
        MatterWord = "matter_word",
        /// 引きつぎの言葉: advice of whoever goes to whoever comes.
        HandOver = "hand_over",
        /// ふりかえり: what went well, what did not, what next.
        Reflection = "reflection",
        /// シートの答え: one answered item of a filled sheet.
        Item = "item",
        /// 課題: a need on the board, or what became of it.
        Need = "need",
        /// 役割: the part of a need that a desk takes.
        Role = "role",
        /// 訪問時の注意: for whoever goes there; never on paper.
        Caution = "caution",
        /// 決まったこと: what a conference decided.
        Decision = "decision",
        /// 支援プラン: one line of a plan.
        Plan = "plan",
        /// 参加支援: a place that was asked, what was arranged there, how it went.
        Participation = "participation",
        /// 会議録: what was said to one item, a comment on it, a material of it.
        Minutes = "minutes",
        /// わかったこと: what was learnt since about somebody whose card another desk wrote (decision 0045).
        Learnt = "learnt",
    }

    /// How a support record came about.
    pub enum RecordForm {
        /// 電話.
        Phone = "phone",
        /// 訪問.
        Visit = "visit",
        /// 来所.
        Office = "office",
        /// 手紙・メール.
        Letter = "letter",
        /// つながらなかった電話など.
        Attempt = "attempt",
        /// 訪ねたが不在.
        Absent = "absent",
        /// 会うのを断られた.
        Refused = "refused",
        /// 玄関先で少し.
        Doorstep = "doorstep",
        /// オンライン.
        Online = "online",
        /// 話し合い・同行など.
        Meeting = "meeting",
        /// その他.
        Other = "other",
    }

    /// How a partner without a login told it.
    pub enum ToldBy {
        /// 電話.
        Phone = "phone",
        /// ファクス.
        Fax = "fax",
        /// 手紙.
        Letter = "letter",
        /// 対面.
        InPerson = "in_person",
    }

    /// Whether a text stands.
    pub enum EntryState {
        /// It stands.
        Valid = "valid",
        /// A later entry corrects it; it is kept.
        Corrected = "corrected",
        /// It was entered in error; it is kept, and shown as such to its desk.
        EnteredInError = "entered_in_error",
    }
}

impl Field {
    /// Whether a text of this kind may stand on a paper that somebody of the household is given, as far as it is about them: what they
    /// said, what is known, what was done, promised and planned with them. Never what desks say to one another (inquiries, referrals and what
    /// came of them, hand-overs), weigh among themselves (possibilities, urgent judgements, conferences, reflections, sheets) or
    /// learn from others (disclosure rule 4, decision 0048). Each kind has its place here: a new one does not compile without.
    pub const fn for_one(self) -> bool {
        match self {
            Self::Words
            | Self::Facts
            | Self::Consideration
            | Self::Response
            | Self::Support
            | Self::Promise
            | Self::Need
            | Self::Role
            | Self::Plan
            | Self::Participation => true,
            Self::Possibilities
            | Self::Summary
            | Self::Answer
            | Self::Feedback
            | Self::Ending
            | Self::Judgement
            | Self::Inquiry
            | Self::InquiryAnswer
            | Self::MatterQuestion
            | Self::MatterWord
            | Self::HandOver
            | Self::Reflection
            | Self::Item
            | Self::Caution
            | Self::Decision
            | Self::Minutes
            | Self::Learnt => false,
        }
    }
}

impl RecordForm {
    /// Contacts that came to nothing: what an interruption lists (domain section 4.2).
    pub const ATTEMPTS: &'static [Self] = &[Self::Attempt, Self::Absent, Self::Refused];
}

/// Whom a text is about and what it holds. The default is the safe one: the whole household, all categories.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// The persons; empty means the whole household.
    pub persons: Vec<PersonId>,
    /// The categories; empty means all.
    pub categories: i64,
}

impl Marks {
    /// About these persons, with these categories. Either left empty takes the safe default.
    pub fn new(persons: Vec<PersonId>, categories: Categories) -> Self {
        Self { persons, categories: categories.bits() }
    }

    /// The categories a decision is made on.
    pub fn categories(&self) -> Categories {
        let set = Categories::from_bits(self.categories);
        if set.is_empty() { Categories::all() } else { set }
    }
}

/// Where a text belongs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The consultation it was written in.
    pub consultation: Option<ConsultationId>,
    /// The connecting sheet.
    pub sheet: Option<ConnectingSheetId>,
    /// The case.
    pub case: Option<CaseId>,
    /// The referral.
    pub referral: Option<ReferralId>,
    /// The matter of a confidential conference: then nobody but its members reads it.
    pub matter: Option<MatterId>,
}

/// A text to be written.
#[derive(Debug, Clone)]
pub struct NewEntry {
    /// What it is.
    pub field: Field,
    /// For a support record.
    pub form: Option<RecordForm>,
    /// The household it is about, unless nobody is known.
    pub household: Option<HouseholdId>,
    /// Whom and what it is about.
    pub marks: Marks,
    /// The words.
    pub body: String,
    /// When it happened.
    pub occurred_at: Instant,
    /// By which way a partner without a login told it, and which partner.
    pub told: Option<(ToldBy, AgencyId)>,
    /// Where it belongs.
    pub about: About,
    /// The entry it corrects.
    pub corrects: Option<EntryId>,
}

/// Which item of which filled sheet a text answers. The text holds the answer in words; `value` is the same in the
/// canonical form of its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerTo {
    /// The filled sheet.
    pub filled: FilledSheetId,
    /// Key of the item.
    pub item: String,
    /// The canonical text of the value.
    pub value: String,
}

/// A text.
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// What it is.
    pub field: Field,
    /// For a support record.
    pub form: Option<RecordForm>,
    /// The desk that wrote it.
    pub desk: DeskId,
    /// Who wrote it.
    pub author: Option<UserId>,
    /// The household it is about.
    pub household: Option<HouseholdId>,
    /// The persons it names; empty when it is about the whole household.
    pub persons: Vec<PersonId>,
    /// Its categories.
    pub categories: Categories,
    /// The words.
    pub body: String,
    /// When it happened.
    pub occurred_at: Instant,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// How a partner without a login told it.
    pub told_by: Option<ToldBy>,
    /// Which partner.
    pub told_agency: Option<AgencyId>,
    /// Where it belongs.
    pub about: About,
    /// The entry it corrects.
    pub corrects: Option<EntryId>,
    /// The item of a sheet it answers.
    pub answers: Option<AnswerTo>,
    /// Of わかったこと: what happened, when and where to.
    pub learnt: Option<Learnt>,
    /// Whether it stands.
    pub state: EntryState,
}

impl Content for Entry {
    fn screen_only(&self) -> bool {
        self.field == Field::Caution
    }

    fn for_one(&self, _person: PersonId, theirs: bool) -> bool {
        theirs && self.field.for_one()
    }
}

impl Entry {
    /// The version a change of it is written against. Its words never change: it stands, or it no longer does.
    pub const fn version(&self) -> i64 {
        match self.state {
            EntryState::Valid => 1,
            EntryState::Corrected | EntryState::EnteredInError => 2,
        }
    }
}

/// Longest text of a field, in characters: the form says so beside the field.
pub const MOST_CHARACTERS: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;
    use words::code::Code;

    #[test]
    fn on_a_paper_for_one_stands_what_was_said_and_done_with_them_and_nothing_among_desks() {
        let given: Vec<&str> = Field::ALL.iter().filter(|f| f.for_one()).map(|f| f.code()).collect();
        let named = [
            "words",
            "facts",
            "consideration",
            "response",
            "support",
            "promise",
            "need",
            "role",
            "plan",
            "participation",
        ];
        assert_eq!(given, named);
    }
}
