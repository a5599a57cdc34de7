//! What may be asked and answered without saying who it is, and when a typed name is somebody.

use engine::Refusal;
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
