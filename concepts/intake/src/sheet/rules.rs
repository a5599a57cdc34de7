//! What a connecting sheet may say, and what may happen to it.

use access::{Categories, Category};
use engine::Refusal;
use household::NewPerson;
use register::Matter;
use words::codes;

use crate::rules::{matter_categories, topic_categories};

codes! {
    /// Whether the person knows that this is passed on (R-075: consent first).
    pub enum Knows {
        /// はい、いま一緒に書いています.
        Yes = "yes",
        /// まだ伝えていません.
        NotYet = "not_yet",
        /// 伝えると危ない・いのちがあぶない.
        Danger = "danger",
    }

    /// Where a sheet stands.
    pub enum SheetState {
        /// 届いた.
        Sent = "sent",
        /// 受けとられた: a consultation of the provider.
        Taken = "taken",
        /// 答えがあった.
        Answered = "answered",
        /// 誤登録.
        EnteredInError = "entered_in_error",
    }

    /// Why a sheet was entered in error. A list and no words: a notice has no place in which to name anyone.
    pub enum ErrorReason {
        /// 同じことを二度送った.
        Duplicate = "duplicate",
        /// 人や内容をまちがえた.
        Mistaken = "mistaken",
        /// 送り先をまちがえた.
        WrongPlace = "wrong_place",
        /// その他.
        Other = "other",
    }
}

/// What only consent lets through: who, and in which words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Telling {
    /// The person.
    pub person: NewPerson,
    /// Their words.
    pub words: String,
}

impl Telling {
    fn is_empty(&self) -> bool {
        // Tie and home are filled in by the form, not by the writer.
        let bare = NewPerson { relation: String::new(), lives_together: false, ..self.person.clone() };
        self.words.is_empty() && bare == NewPerson::default()
    }
}

/// What goes on: with consent everything; without it nothing that could name anyone. The flag says that
/// something was left behind, so that the page can say so.
pub fn with_consent(knows: Knows, telling: Telling) -> (Option<Telling>, bool) {
    match knows {
        Knows::Yes => (Some(telling), false),
        Knows::NotYet | Knows::Danger => (None, !telling.is_empty()),
    }
}

/// Why a sheet may not become a consultation.
pub fn take(state: SheetState) -> Result<SheetState, Refusal> {
    if state == SheetState::Sent { Ok(SheetState::Taken) } else { Err(Refusal::new("sheet.not_open")) }
}

/// Takes a sheet back as entered in error: only before it is taken up. Afterwards the provider works with it.
pub fn take_back(state: SheetState) -> Result<SheetState, Refusal> {
    if state == SheetState::Sent {
        Ok(SheetState::EnteredInError)
    } else {
        Err(Refusal::new("sheet.not_open"))
    }
}

/// Puts a sheet back that was taken up by mistake: it waits again.
pub fn put_back(state: SheetState) -> Result<SheetState, Refusal> {
    if state == SheetState::Taken { Ok(SheetState::Sent) } else { Err(Refusal::new("sheet.not_open")) }
}

/// The sentence about a day after the person's death, where the page of the sheet can end the consent by it.
pub const AFTER_DEATH: &str = "sheet.withdraw_after_death";

/// What is said when a withdrawal is refused on a sheet. The desk that wrote it need have no part in the case: that somebody is set aside is
/// not for it to learn.
pub fn withdrawal_refused(key: &'static str) -> &'static str {
    match key {
        "consent.giver_set_aside" | "consent.which_guardian" => "sheet.withdraw_not_here",
        "consent.said_after_death" => AFTER_DEATH,
        other => other,
    }
}

/// Says a word to the writer of a notice. An answer ends a notice nobody has taken up; a question to the writer
/// (`asking`) leaves it open, and so does any word about one that is being worked on. A sheet written with the
/// person is taken up: they are waiting for someone, not for a sentence.
pub fn answer(state: SheetState, consented: bool, asking: bool, words: &str) -> Result<SheetState, Refusal> {
    if !matches!(state, SheetState::Sent | SheetState::Taken) {
        return Err(Refusal::new("sheet.not_open"));
    }
    if consented {
        return Err(Refusal::new("sheet.take_it"));
    }
    if words.trim().is_empty() {
        return Err(Refusal::new("sheet.answer_words"));
    }
    Ok(if state == SheetState::Sent && !asking { SheetState::Answered } else { state })
}

/// What the person agrees to pass on when the writer leaves it to the topics: name, contact, family, and the
/// topics themselves. 「その他」 adds nothing: a consent names what it covers.
pub fn default_consent(topics: &[Matter]) -> Categories {
    let base: Categories = [Category::Basic, Category::Contact, Category::Household].into_iter().collect();
    topics.iter().filter(|m| **m != Matter::Other).fold(base, |set, m| set.union(matter_categories(*m)))
}

/// The categories of the words on a sheet. Written together with the person: where the topics say nothing, they
/// are what the person agreed to pass on.
pub fn words_categories(topics: &[Matter], consented: Categories) -> Categories {
    let topical = topic_categories(topics);
    if topical == Categories::all() {
        consented
    } else {
        topical.with(Category::Basic).with(Category::Household)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use words::code::Code;

    #[test]
    fn a_notice_without_consent_can_name_nobody() {
        let telling = Telling {
            person: NewPerson {
                name: "さとう".to_owned(),
                relation: "本人".to_owned(),
                ..NewPerson::default()
            },
            words: "母の介護で眠れない".to_owned(),
        };
        assert_eq!(with_consent(Knows::Yes, telling.clone()), (Some(telling.clone()), false));
        for knows in [Knows::NotYet, Knows::Danger] {
            assert_eq!(with_consent(knows, telling.clone()), (None, true));
        }
        let nothing = Telling {
            person: NewPerson { relation: "本人".to_owned(), lives_together: true, ..NewPerson::default() },
            words: String::new(),
        };
        assert_eq!(with_consent(Knows::NotYet, nothing), (None, false));
    }

    #[test]
    fn an_open_sheet_can_always_be_taken_and_only_a_notice_be_answered() {
        for state in SheetState::ALL {
            assert_eq!(take(*state).is_ok(), *state == SheetState::Sent);
            let open = matches!(state, SheetState::Sent | SheetState::Taken);
            assert_eq!(answer(*state, false, false, "訪ねてみます").is_ok(), open);
            assert_eq!(take_back(*state).is_ok(), *state == SheetState::Sent);
            assert_eq!(put_back(*state).is_ok(), *state == SheetState::Taken);
        }
        assert_eq!(answer(SheetState::Sent, false, false, "x"), Ok(SheetState::Answered));
        assert_eq!(
            answer(SheetState::Sent, false, true, "x"),
            Ok(SheetState::Sent),
            "a question ends nothing"
        );
        assert_eq!(answer(SheetState::Taken, false, false, "x"), Ok(SheetState::Taken));
        assert_eq!(answer(SheetState::Sent, true, false, "x").unwrap_err().key, "sheet.take_it");
        assert_eq!(answer(SheetState::Sent, false, false, " ").unwrap_err().key, "sheet.answer_words");
    }

    #[test]
    fn a_refused_withdrawal_does_not_say_who_is_set_aside() {
        for key in ["consent.giver_set_aside", "consent.which_guardian"] {
            assert_eq!(withdrawal_refused(key), "sheet.withdraw_not_here");
        }
        assert_eq!(withdrawal_refused("consent.said_after_death"), AFTER_DEATH);
        assert_eq!(withdrawal_refused("consent.of_age_already"), "consent.of_age_already");
    }

    #[test]
    fn a_consent_never_covers_everything_by_default() {
        assert_ne!(default_consent(&[Matter::Other]), Categories::all());
        assert!(!default_consent(Matter::ALL).has(Category::Informant));
    }

    proptest! {
        #[test]
        fn the_words_pass_with_the_consent_as_proposed(topics in proptest::collection::vec(proptest::sample::select(Matter::ALL), 0..4)) {
            let consented = default_consent(&topics);
            prop_assert!(words_categories(&topics, consented).within(consented));
        }
    }
}
