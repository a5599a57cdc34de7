//! What people say and what workers write, by theme.
//!
//! Sentences are short and carry slots, so that many different notes come from few lines. A letter or two
//! before `|` names the categories of personal data in the sentence (see [`categories`]). Slots: `{a}` the
//! person the theme turns on, `{b}` the second person, `{c}` 息子 or 娘, `{p}` 母 or 父, `{age}` and `{bage}`
//! their ages on the day, `{grade}` the school year of the child, and many small ones (see `text.rs`).

mod common;
mod eighty_fifty;
mod family;
mod living;
mod money;
mod quiet;

pub use common::*;

use crate::model::{Categories, Category, Theme, Topic};

/// The sentences of one theme.
pub struct Voice {
    /// A title of the case without personal data.
    pub title: &'static str,
    /// Topics, the usual one first.
    pub topics: &'static [Topic],
    /// What the person the theme turns on says.
    pub words_a: &'static [&'static str],
    /// What the second person says.
    pub words_b: &'static [&'static str],
    /// Facts seen or confirmed.
    pub facts: &'static [&'static str],
    /// What may be so but is not confirmed.
    pub maybe: &'static [&'static str],
    /// What to take care of.
    pub care: &'static [&'static str],
    /// What was done at once.
    pub did: &'static [&'static str],
    /// What happens along the way.
    pub course: &'static [&'static str],
    /// What is asked of another desk, without identity.
    pub needs: &'static [&'static str],
    /// How it ends.
    pub ends: &'static [&'static str],
}

impl Voice {
    /// Whether nothing may reach the home: no call, no visit, no letter.
    pub fn guarded(&self) -> bool {
        self.topics.first() == Some(&Topic::DvAbuse)
    }
}

/// The sentences of a theme.
pub const fn voice(theme: Theme) -> &'static Voice {
    match theme {
        Theme::EightyFifty => &eighty_fifty::EIGHTY_FIFTY,
        Theme::NinetySixty => &eighty_fifty::NINETY_SIXTY,
        Theme::Hikikomori => &eighty_fifty::HIKIKOMORI,
        Theme::Disability => &eighty_fifty::DISABILITY,
        Theme::YoungCarer => &family::YOUNG_CARER,
        Theme::DoubleCare => &family::DOUBLE_CARE,
        Theme::SchoolAbsence => &family::SCHOOL_ABSENCE,
        Theme::Violence => &family::VIOLENCE,
        Theme::SingleParent => &money::SINGLE_PARENT,
        Theme::Debt => &money::DEBT,
        Theme::JobLoss => &money::JOB_LOSS,
        Theme::Foreign => &money::FOREIGN,
        Theme::ElderAlone => &living::ELDER_ALONE,
        Theme::Hoarding => &living::HOARDING,
        Theme::Neighbour => &living::NEIGHBOUR,
        Theme::Ordinary => &living::ORDINARY,
        Theme::NoConsent => &quiet::NO_CONSENT,
        Theme::Refuses => &quiet::REFUSES,
    }
}

/// Splits a sentence into its categories and its words.
pub fn categories(sentence: &'static str) -> (Categories, &'static str) {
    let Some((letters, words)) = sentence.split_once('|') else {
        return (Categories(0), sentence);
    };
    let set = letters.chars().fold(Categories(0), |set, letter| {
        set.with(Categories::of(match letter {
            'b' => Category::Basic,
            'c' => Category::Contact,
            'h' => Category::Health,
            'd' => Category::Disability,
            'm' => Category::Money,
            'w' => Category::WorkSchool,
            'k' => Category::Crime,
            'v' => Category::Violence,
            'i' => Category::Informant,
            's' => Category::Support,
            'p' => Category::Plan,
            'o' => Category::Opinion,
            _ => Category::Household,
        }))
    });
    (set, words)
}
