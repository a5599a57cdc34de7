//! What may stand in the library, who decides, and which case is like another. Pure.

use std::collections::{BTreeMap, BTreeSet};

use engine::Refusal;
use words::bigram::bigrams;
use words::codes;
use words::fold::fold;
use words::id::UserId;

codes! {
    /// Where it lay, in the words of the meetings.
    pub enum Cause {
        /// 人.
        Person = "person",
        /// 組織.
        Organisation = "organisation",
        /// 制度.
        System = "system",
        /// 資源.
        Resource = "resource",
    }

    /// The parts of a reflection.
    pub enum Part {
        /// うまくいったこと.
        Well = "well",
        /// むずかしかったこと.
        Hard = "hard",
        /// 次にすること.
        Next = "next",
    }

    /// Where a case for the library stands.
    pub enum State {
        /// Somebody else reads it first.
        Sent = "sent",
        /// It stands in the library.
        Published = "published",
        /// Given back to its author.
        Returned = "returned",
        /// Taken out.
        Withdrawn = "withdrawn",
    }
}

/// Characters of one text of a library case.
pub const MOST_CHARACTERS: usize = 2_000;
/// Characters of its title, and of its words to find it by.
pub const MOST_TITLE: usize = 60;
/// Cases that a search shows.
pub const MOST_HITS: usize = 10;

/// Whether this person may decide about a case for the library: a lead or coordinator who did not write it.
pub fn may_decide(state: State, author: Option<UserId>, me: UserId) -> Result<(), Refusal> {
    if author == Some(me) {
        return Err(Refusal::new("lesson.own"));
    }
    if state == State::Sent { Ok(()) } else { Err(Refusal::conflict("lesson.decided")) }
}

/// Which of the texts sent of one reflection (the newest first) its form begins with: the one that was asked for, if it was given back;
/// otherwise the newest, if that was. A text that waits or stands is not sent again.
pub fn to_correct<Id: Copy + PartialEq>(sent: &[(Id, State)], asked: Option<Id>) -> Option<Id> {
    let given_back = |(id, state): &(Id, State)| (*state == State::Returned).then_some(*id);
    let wanted = asked.and_then(|a| sent.iter().find(|(id, _)| *id == a).and_then(given_back));
    wanted.or_else(|| sent.first().and_then(given_back))
}

/// Whether it can be taken out.
pub fn may_withdraw(state: State) -> Result<(), Refusal> {
    match state {
        State::Sent | State::Published => Ok(()),
        State::Returned | State::Withdrawn => Err(Refusal::conflict("lesson.gone")),
    }
}

/// What gives a household away in a text: names whole and in their parts, readings, telephone numbers, and addresses with the part
/// before their numbers. Shorter than two characters they would be found in every word.
pub fn giveaways(fields: &[String]) -> Vec<String> {
    let mut found = BTreeSet::new();
    for field in fields {
        let whole: String = field.chars().filter(|c| !c.is_whitespace()).collect();
        let parts = field.split_whitespace().map(str::to_owned);
        let before: String = whole.chars().take_while(|c| !c.is_numeric()).collect();
        // An address is written without its town, too, down to the 丁目.
        let quarter = words::address::quarter(&before).map(str::to_owned);
        for text in parts.chain([whole.clone(), before]).chain(quarter) {
            if text.chars().count() > 1 {
                found.insert(text);
            }
        }
    }
    found.into_iter().collect()
}

/// Words to find a case by, as typed: separated by blanks or commas, each once.
pub fn tags(typed: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for tag in typed.split(|c: char| c.is_whitespace() || matches!(c, ',' | '、' | '，')) {
        if !tag.is_empty() && !found.iter().any(|f| fold(f) == fold(tag)) {
            found.push(tag.to_owned());
        }
    }
    found
}

/// Terms of a text: runs of Chinese characters, of katakana, of digits and letters. Without a dictionary they are the words that mean
/// something.
pub fn terms(text: &str) -> BTreeSet<String> {
    #[derive(PartialEq, Clone, Copy)]
    enum Kind {
        Kanji,
        Kana,
        Latin,
        None,
    }
    let kind = |c: char| match c {
        '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}' | '々' => Kind::Kanji,
        '\u{30a0}'..='\u{30ff}' => Kind::Kana,
        c if c.is_ascii_alphanumeric() => Kind::Latin,
        _ => Kind::None,
    };
    // Full-width letters and digits as ASCII; katakana stay what they are.
    let flat = |c: char| match c {
        '！'..='～' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        c => c,
    };
    let mut found = BTreeSet::new();
    let (mut run, mut of) = (String::new(), Kind::None);
    for c in text.chars().map(flat).chain([' ']) {
        if kind(c) != of {
            if run.chars().count() > 1 {
                found.insert(std::mem::take(&mut run));
            }
            run.clear();
            of = kind(c);
        }
        if of != Kind::None {
            run.push(c.to_ascii_lowercase());
        }
    }
    found
}

/// A case to be compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    /// Codes of problem areas.
    pub topics: BTreeSet<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Everything it says.
    pub words: String,
}

/// A case of the library that is like what is looked for, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Which one, by its place in the list.
    pub at: usize,
    /// How much alike; the largest first.
    pub score: f64,
    /// Problem areas both have.
    pub topics: Vec<String>,
    /// Words both have, the rarest first.
    pub words: Vec<String>,
}

/// Reasons shown for one case.
const MOST_REASONS: usize = 6;

/// The cases most like the one looked for: shared areas and words weigh most, shared parts of words a little, and what stands in every
/// case nothing. Without any outside service, and always with its reasons: a case that shares no area and no word is not like it.
pub fn similar(wanted: &Text, library: &[Text]) -> Vec<Hit> {
    let n = count(library.len());
    let words = |t: &Text| -> BTreeSet<String> {
        let said = t.tags.iter().map(|tag| fold(tag));
        terms(&t.words).into_iter().map(|w| fold(&w)).chain(said).collect()
    };
    let of: Vec<BTreeSet<String>> = library.iter().map(words).collect();
    let pieces: Vec<BTreeSet<String>> =
        library.iter().map(|t| bigrams(&fold(&t.words)).into_iter().collect()).collect();
    let rare = |all: &[BTreeSet<String>]| -> BTreeMap<String, f64> {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for word in all.iter().flatten() {
            *seen.entry(word.clone()).or_default() += 1;
        }
        seen.into_iter().map(|(w, k)| (w, (1.0 + n / count(k)).ln())).collect()
    };
    let (rare_words, rare_pieces) = (rare(&of), rare(&pieces));
    let (asked, asked_pieces) = (words(wanted), bigrams(&fold(&wanted.words)));
    // As it was written, for whoever reads the reasons.
    let written: BTreeMap<String, String> =
        wanted.tags.iter().cloned().chain(terms(&wanted.words)).map(|w| (fold(&w), w)).collect();
    let mut hits: Vec<Hit> = library
        .iter()
        .enumerate()
        .filter_map(|(at, text)| {
            let topics: Vec<String> = wanted.topics.intersection(&text.topics).cloned().collect();
            let mut shared: Vec<&String> = asked.intersection(&of[at]).collect();
            if topics.is_empty() && shared.is_empty() {
                return None;
            }
            let weight = |w: &str| rare_words.get(w).copied().unwrap_or_default();
            shared.sort_by(|a, b| weight(b).total_cmp(&weight(a)).then_with(|| a.cmp(b)));
            let parts: f64 = asked_pieces
                .iter()
                .filter(|p| pieces[at].contains(*p))
                .map(|p| rare_pieces.get(p).copied().unwrap_or_default())
                .sum();
            let length = (1.0 + count(pieces[at].len())).sqrt();
            let score = 2.0 * count(topics.len())
                + shared.iter().map(|w| weight(w)).sum::<f64>()
                + parts / length / 4.0;
            let words = shared.iter().filter_map(|w| written.get(*w)).take(MOST_REASONS).cloned().collect();
            Some(Hit { at, score, topics, words })
        })
        .collect();
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.at.cmp(&b.at)));
    hits.truncate(MOST_HITS);
    hits
}

fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

#[cfg(test)]
#[path = "rules_test.rs"]
mod tests;
