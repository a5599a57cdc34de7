//! What may be asked and answered without saying who it is, and when a typed name is somebody.

use engine::Refusal;
use sheet::personal::{self, Looks};
use words::codes;
use words::partial::PartialDate;

codes! {
    /// What a desk says.
    pub enum Reply {
        /// 受けられる.
        Yes = "yes",
        /// 受けられない.
        No = "no",
        /// あとでなら.
        Later = "later",
    }

    /// Why not, or why later.
    pub enum Why {
        /// いっぱい.
        Full = "full",
        /// 担当のこと・地区ではない.
        NotOurs = "not_ours",
        /// 人手・専門がたりない.
        Staff = "staff",
        /// もう少し話を聞きたい.
        AskMore = "ask_more",
        /// その他.
        Other = "other",
    }

    /// How a question ended.
    pub enum Outcome {
        /// 窓口を選んだ.
        Chosen = "chosen",
        /// 受けられるところがなかった.
        Nobody = "nobody",
        /// たずねるのをやめた.
        Withdrawn = "withdrawn",
    }

    /// Why a contact is sought.
    pub enum About {
        /// 心配なことがあった.
        Worried = "worried",
        /// これから支援を始める.
        Starting = "starting",
        /// 支援を引きつぎたい.
        Handing = "handing",
        /// 訪問などの日を合わせたい.
        Meeting = "meeting",
    }
}

/// Most desks of one question.
pub const MOST_DESKS: usize = 12;

/// Whether area and age band would tell a worker who it is: fewer people than the threshold are recorded there in that band.
/// Saying neither tells nothing.
pub fn would_tell(area: bool, band: bool, people: i64, threshold: i64) -> bool {
    (area || band) && people < threshold
}

/// An answer can be given, and given anew, while the question is open; a no and a later say why.
pub fn may_answer(open: bool, reply: Reply, why: Option<Why>) -> Result<(), Refusal> {
    if !open {
        return Err(Refusal::new("capacity.is_settled"));
    }
    if reply != Reply::Yes && why.is_none() {
        return Err(Refusal::new("capacity.say_why"));
    }
    Ok(())
}

/// One is chosen of those who said yes or later.
pub fn may_choose(open: bool, said: Option<Reply>) -> Result<(), Refusal> {
    if !open {
        return Err(Refusal::new("capacity.is_over"));
    }
    match said {
        Some(Reply::Yes | Reply::Later) => Ok(()),
        _ => Err(Refusal::new("capacity.not_offered")),
    }
}

/// What the line that says how to reach somebody seems to hold of others. It goes to desks that are told nothing of whom it is about,
/// and is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// Nothing.
    Nothing,
    /// Something that may be the asker's own: a name with a title, a telephone number. Whoever writes can say so.
    Perhaps(Vec<String>),
    /// Somebody's name, the number of a case, an address or a birth date.
    Surely(Vec<String>),
}

impl Heard {
    /// The words found.
    pub fn words(&self) -> &[String] {
        match self {
            Self::Nothing => &[],
            Self::Perhaps(words) | Self::Surely(words) => words,
        }
    }
}

/// What is the asker's own: their name, and the telephone numbers of their desks.
#[derive(Debug, Clone, Default)]
pub struct Own {
    /// Their name.
    pub name: String,
    /// The numbers.
    pub phones: Vec<String>,
}

/// The digits of a number, whatever stands between them and however wide they are.
fn digits(text: &str) -> String {
    words::fold::fold(text).chars().filter(char::is_ascii_digit).collect()
}

/// Looks through how somebody wants to be reached. `known` are names: of people the own desks have recorded, and the one that was typed.
/// An e-mail address is a way to reach the asker.
pub fn hear(text: &str, known: &[&str], own: &Own) -> Heard {
    let family = own.name.split_whitespace().next().unwrap_or_default();
    let mine = |word: &str| !family.is_empty() && word.starts_with(family);
    let called =
        |word: &str| own.phones.iter().any(|phone| !phone.is_empty() && digits(phone) == digits(word));
    let numbers = words::case_number::sense(text);
    let (mut surely, mut perhaps) = (numbers.surely, numbers.perhaps);
    for found in personal::find(text, known) {
        let word = found.words(text);
        match found.looks {
            Looks::Known | Looks::Address | Looks::Birth => surely.push(word),
            Looks::Titled if !mine(&word) => perhaps.push(word),
            Looks::Phone if !called(&word) => perhaps.push(word),
            // A 個人番号 is repeated nowhere; the form refuses it before.
            Looks::Titled | Looks::Phone | Looks::Email | Looks::MyNumber => {}
        }
    }
    if !surely.is_empty() {
        Heard::Surely(surely)
    } else if perhaps.is_empty() {
        Heard::Nothing
    } else {
        Heard::Perhaps(perhaps)
    }
}

/// Whether it may be sent; `meant` is the word of whoever writes that it is all their own.
pub fn may_send(heard: &Heard, meant: bool) -> Result<(), Refusal> {
    match heard {
        Heard::Surely(_) => Err(Refusal::new("capacity.reach_somebody")),
        Heard::Perhaps(_) if !meant => Err(Refusal::new("capacity.reach_perhaps")),
        Heard::Nothing | Heard::Perhaps(_) => Ok(()),
    }
}

/// What is typed of somebody, folded.
#[derive(Debug, Clone)]
pub struct Match {
    /// The name's key.
    pub name: String,
    /// The reading's key.
    pub reading: String,
    /// The birth date.
    pub birth: Option<PartialDate>,
    /// The folded address.
    pub address: String,
}

/// What a desk recorded of somebody, folded.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The name's key.
    pub name: String,
    /// The reading's key.
    pub reading: String,
    /// The birth date as far as known.
    pub birth: Option<PartialDate>,
    /// The folded address.
    pub address: String,
    /// Where they live is kept: their address is never a reason (disclosure rule 4).
    pub sheltered: bool,
}

/// Whether somebody recorded is the one who was typed: the name or its reading, and the whole birth date or the address.
pub fn matches(typed: &Match, seen: &Seen) -> bool {
    let named = (!typed.name.is_empty() && typed.name == seen.name)
        || (!typed.reading.is_empty() && typed.reading == seen.reading);
    let born = typed
        .birth
        .and_then(PartialDate::whole_day)
        .zip(seen.birth.and_then(PartialDate::whole_day))
        .map(|(a, b)| a == b);
    let lives = !seen.sheltered && !typed.address.is_empty() && typed.address == seen.address;
    // Two birth dates that differ are two people, wherever they live.
    named && born.unwrap_or(lives)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use words::Day;

    fn born(day: u32) -> Option<PartialDate> {
        Day::new(1950, 5, day).map(PartialDate::of_day)
    }

    fn typed(birth: Option<PartialDate>, address: &str) -> Match {
        Match { name: "青木ハル".into(), reading: String::new(), birth, address: address.into() }
    }

    fn seen(birth: Option<PartialDate>, address: &str, sheltered: bool) -> Seen {
        let (name, reading) = ("青木ハル".to_owned(), "あおきはる".to_owned());
        Seen { name, reading, birth, address: address.to_owned(), sheltered }
    }

    #[test]
    fn a_name_alone_is_nobody_and_a_sheltered_address_is_no_reason() {
        assert!(matches(&typed(born(1), ""), &seen(born(1), "", false)));
        assert!(!matches(&typed(None, ""), &seen(born(1), "", false)));
        assert!(matches(&typed(None, "a"), &seen(born(1), "a", false)));
        assert!(!matches(&typed(None, "a"), &seen(born(1), "a", true)));
        assert!(matches(&typed(born(1), "a"), &seen(born(1), "b", true)));
        assert!(
            !matches(&typed(born(2), "a"), &seen(born(1), "a", false)),
            "another birth date, another person"
        );
        assert!(!matches(&typed(None, ""), &seen(None, "", false)), "two empty addresses are not one");
    }

    #[test]
    fn how_to_reach_the_asker_says_nothing_of_others() {
        let own = Own { name: "佐野 美紀".into(), phones: vec!["0466-12-3456".into()] };
        let heard = |text: &str| hear(text, &["山下 一也"], &own);
        for fine in ["内線1234、平日の午後", "０４６６－１２－３４５６ 佐野さんあて", "sano@example.jp"]
        {
            assert_eq!(heard(fine), Heard::Nothing, "{fine}");
            assert!(may_send(&heard(fine), false).is_ok());
        }
        for somebody in ["山下 一也のこと 内線1234", "2026-00790の件"] {
            assert!(matches!(heard(somebody), Heard::Surely(_)), "{somebody}");
            assert_eq!(may_send(&heard(somebody), true).unwrap_err().key, "capacity.reach_somebody");
        }
        for perhaps in ["090-1234-5678", "田中さんに伝えて"] {
            assert!(matches!(heard(perhaps), Heard::Perhaps(_)), "{perhaps}");
            assert_eq!(may_send(&heard(perhaps), false).unwrap_err().key, "capacity.reach_perhaps");
            assert!(may_send(&heard(perhaps), true).is_ok());
        }
    }

    #[test]
    fn a_no_says_why_and_a_settled_question_takes_no_answer() {
        assert!(may_answer(true, Reply::Yes, None).is_ok());
        assert_eq!(may_answer(true, Reply::No, None).unwrap_err().key, "capacity.say_why");
        assert_eq!(may_answer(true, Reply::Later, None).unwrap_err().key, "capacity.say_why");
        assert_eq!(may_answer(false, Reply::Yes, None).unwrap_err().key, "capacity.is_settled");
        assert!(may_choose(true, Some(Reply::Yes)).is_ok() && may_choose(true, Some(Reply::Later)).is_ok());
        assert!(may_choose(true, Some(Reply::No)).is_err() && may_choose(true, None).is_err());
        assert!(may_choose(false, Some(Reply::Yes)).is_err());
    }

    proptest! {
        /// A shelter never makes a match; more people never make a warning.
        #[test]
        fn what_guards_only_takes_away(known: bool, address in "[ab]?", other in "[ab]?", people in 0_i64..9, limit in 1_i64..9) {
            let birth = known.then(|| born(1)).flatten();
            let t = typed(birth, &address);
            if matches(&t, &seen(birth, &other, true)) {
                prop_assert!(matches(&t, &seen(birth, &other, false)));
            }
            prop_assert!(!would_tell(false, false, people, limit));
            if would_tell(true, known, people + 1, limit) {
                prop_assert!(would_tell(true, known, people, limit));
            }
        }
    }
}
