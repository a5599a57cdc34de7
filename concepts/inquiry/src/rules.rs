//! The state machine of an inquiry (domain section 4.4), its reasons, and what an answer must say.

use access::{Categories, Category};
use engine::Refusal;
use words::calendar::{self, OpeningDays};
use words::{Day, Instant, codes};

codes! {
    /// What it is asked for. An inquiry without a purpose is refused before it leaves.
    pub enum Purpose {
        /// 安否・安全を確かめる.
        Safety = "safety",
        /// いまの支援を知る.
        CurrentSupport = "current_support",
        /// アセスメントのため.
        Assessment = "assessment",
        /// 使える制度を調べる.
        Eligibility = "eligibility",
        /// 支援プランをつくる.
        Plan = "plan",
        /// 役割を分ける.
        Coordination = "coordination",
    }

    /// Where it stands. What has not been sent is a draft of its author and no inquiry yet.
    pub enum State {
        /// 照会中.
        Sent = "sent",
        /// 一部回答.
        PartlyAnswered = "partly_answered",
        /// 回答.
        Answered = "answered",
        /// 回答できない.
        Refused = "refused",
        /// 支援会議に上げた.
        Raised = "raised",
        /// 取下げ.
        Withdrawn = "withdrawn",
        /// 誤登録.
        EnteredInError = "entered_in_error",
    }

    /// A step someone takes.
    pub enum Step {
        /// 回答する.
        Answer = "answer",
        /// 一部だけ回答する.
        Part = "part",
        /// 回答できない.
        Refuse = "refuse",
        /// 確かめた: read by whoever asked.
        Seen = "seen",
        /// これで足りる: what stays open is not needed any more.
        Enough = "enough",
        /// 支援会議に上げる.
        Raise = "raise",
        /// 会議で取り上げた, by the coordinator it was raised to.
        TakeUp = "take_up",
        /// 根拠を選びなおす.
        Rebase = "rebase",
        /// 取り下げる.
        Withdraw = "withdraw",
        /// 誤登録にする.
        Error = "error",
    }

    /// Why something is not told, stays open, or is asked no longer.
    pub enum Reason {
        /// 法令で伝えることが禁じられている.
        Forbidden = "forbidden",
        /// 本人の同意がいる.
        NeedsConsent = "needs_consent",
        /// 根拠・目的がたりない.
        BasisUnclear = "basis_unclear",
        /// 本人やほかの人の権利・利益を害するおそれ.
        Harm = "harm",
        /// 調査・審査などに支障.
        Hinders = "hinders",
        /// いま調べている.
        BeingChecked = "looking_into",
        /// 担当がちがう.
        NotOurs = "not_ours",
        /// いらなくなった.
        NotNeeded = "not_needed",
        /// ほかでわかった・会議で決まった.
        KnownElsewhere = "known_elsewhere",
        /// 同意がなくなった.
        ConsentGone = "consent_gone",
        /// 転出・死亡.
        MovedOrDied = "moved_or_died",
        /// 送り先をまちがえた.
        WrongPlace = "wrong_place",
        /// その他.
        Other = "other",
    }
}

/// Which side takes a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The desk that is asked.
    Asked,
    /// The desk that asks.
    Asker,
    /// The coordinator it was raised to.
    Coordinator,
}

impl State {
    /// Whether somebody still owes an answer: then an open task must exist.
    pub const fn is_waiting(self) -> bool {
        matches!(self, Self::Sent | Self::PartlyAnswered | Self::Raised)
    }

    /// Whether the addressee has said something that whoever asked must look at.
    pub const fn has_result(self) -> bool {
        matches!(self, Self::PartlyAnswered | Self::Answered | Self::Refused)
    }
}

impl Step {
    /// Who may take it.
    pub const fn side(self) -> Side {
        match self {
            Self::Answer | Self::Part | Self::Refuse => Side::Asked,
            Self::TakeUp => Side::Coordinator,
            _ => Side::Asker,
        }
    }

    /// Whether it says something in words to whoever asked.
    pub const fn replies(self) -> bool {
        matches!(self, Self::Answer | Self::Part | Self::Refuse)
    }

    /// The reasons to choose from; empty when none is needed. 「個人情報だから」 is not among them: it is no reason, the
    /// law says when personal information may be told.
    pub const fn reasons(self) -> &'static [Reason] {
        use Reason::{
            BasisUnclear, BeingChecked, ConsentGone, Forbidden, Harm, Hinders, KnownElsewhere, MovedOrDied,
            NeedsConsent, NotNeeded, NotOurs, Other, WrongPlace,
        };
        match self {
            Self::Part => &[BeingChecked, NotOurs, NeedsConsent, Forbidden, Harm, Other],
            Self::Refuse => &[Forbidden, NeedsConsent, BasisUnclear, Harm, Hinders, Other],
            Self::Withdraw => &[NotNeeded, KnownElsewhere, ConsentGone, MovedOrDied, WrongPlace, Other],
            Self::Error => &[WrongPlace, Other],
            _ => &[],
        }
    }
}

/// The state after a step. Every refusal says what can be done instead.
///
/// A refusal is not the last word: whoever refused can still answer, and whoever asked can raise it. What was raised stays
/// raised until it is answered or withdrawn: a second refusal, or a part of an answer, does not take it off the
/// coordinator's list.
pub fn next(state: State, step: Step) -> Result<State, Refusal> {
    use State::{Answered, EnteredInError, PartlyAnswered, Raised, Refused, Sent, Withdrawn};
    match (step, state) {
        (Step::Answer, Sent | PartlyAnswered | Refused | Raised) | (Step::Enough, PartlyAnswered) => {
            Ok(Answered)
        }
        (Step::Part, Sent | PartlyAnswered | Refused) => Ok(PartlyAnswered),
        (Step::Refuse, Sent | PartlyAnswered) => Ok(Refused),
        (Step::Part | Step::Refuse | Step::TakeUp, Raised)
        | (Step::Raise, Sent | PartlyAnswered | Refused) => Ok(Raised),
        (Step::Withdraw, Sent | PartlyAnswered | Refused | Raised) => Ok(Withdrawn),
        (Step::Seen, s) if s.has_result() => Ok(s),
        (Step::Rebase, s) if s.is_waiting() => Ok(s),
        (Step::Error, s) if s != EnteredInError => Ok(EnteredInError),
        (_, Answered | Withdrawn | EnteredInError) => Err(Refusal::new("inquiry.is_over")),
        (Step::Raise, Raised) => Err(Refusal::new("inquiry.is_raised")),
        _ => Err(Refusal::new("inquiry.not_now")),
    }
}

/// The steps that can be taken now by one side. A basis can be picked anew only when the one it rested on is gone.
pub fn open_steps(state: State, side: Side, basis_holds: bool) -> Vec<Step> {
    use words::code::Code;
    Step::ALL
        .iter()
        .copied()
        .filter(|s| s.side() == side && next(state, *s).is_ok())
        .filter(|s| *s != Step::Rebase || !basis_holds)
        // Whoever can no longer read the question cannot answer it either.
        .filter(|s| basis_holds || !matches!(s, Step::Answer | Step::Part))
        .collect()
}

/// What is typed of an answer, as far as it must be complete.
#[derive(Debug, Clone, Copy)]
pub struct Reply<'a> {
    /// The step.
    pub step: Step,
    /// The words.
    pub words: &'a str,
    /// Numbers of the questions that stay open.
    pub open: &'a [i64],
    /// How many questions there are.
    pub questions: i64,
    /// The article a refusal rests on.
    pub article: &'a str,
    /// Who decided it.
    pub decider: (&'a str, &'a str),
}

/// What is wrong with it: the field and the key of the sentence.
pub fn check_reply(r: &Reply<'_>) -> Vec<(&'static str, &'static str)> {
    let mut wrong = Vec::new();
    if matches!(r.step, Step::Answer | Step::Part) && r.words.is_empty() {
        wrong.push(("words", "inquiry.say_what"));
    }
    if r.step == Step::Part {
        let known = r.open.iter().all(|n| (1..=r.questions).contains(n));
        if r.open.is_empty() || !known {
            wrong.push(("open", "inquiry.which_open"));
        }
    }
    if r.step == Step::Refuse {
        if r.article.is_empty() {
            wrong.push(("refusal_article", "inquiry.refusal_article"));
        }
        if r.decider.0.is_empty() {
            wrong.push(("decider_name", "inquiry.who_decided"));
        }
        if r.decider.1.is_empty() {
            wrong.push(("decider_post", "inquiry.who_decided_post"));
        }
    }
    wrong
}

/// Whether something of these categories can be asked. Questions go on paper, as the official request does, and a paper never carries
/// who informed (disclosure rule 3): a request without its words helps nobody.
pub fn can_be_asked(categories: Categories) -> bool {
    !categories.has(Category::Informant)
}

/// Days ahead that an answer can be due at most: a year further on is a slip of the pen, and the question would never be late.
const LATEST: i64 = 366;

/// The chosen day of an answer: not past, and within a year.
pub fn due(day: Day, today: Day) -> Result<Day, Refusal> {
    if day < today {
        return Err(Refusal::new("task_page.due_past"));
    }
    if day > today.plus_days(LATEST) { Err(Refusal::new("inquiry.due_far")) } else { Ok(day) }
}

/// Most questions of one inquiry, and characters of all of them.
pub const MOST_QUESTIONS: usize = 10;

/// The questions of a text: one a line, without the number or bullet somebody typed before it.
pub fn questions(text: &str) -> Vec<String> {
    text.lines().map(|line| bare(line).to_owned()).filter(|line| !line.is_empty()).collect()
}

/// A line without its bullet, or its number if a mark follows: `1. ` and `２）` go, `4 か月前` stays.
fn bare(line: &str) -> &str {
    const BULLETS: [char; 4] = ['-', '*', '\u{30fb}', '\u{25cb}'];
    const MARKS: [char; 5] = ['.', ')', '\u{ff0e}', '\u{ff09}', '\u{3001}'];
    let line = line.trim();
    if let Some(rest) = line.strip_prefix(BULLETS) {
        return rest.trim_start();
    }
    let rest = line.trim_start_matches(char::is_numeric);
    if rest.len() < line.len() { rest.strip_prefix(MARKS).map_or(line, str::trim_start) } else { line }
}

/// Business days an inquiry has been open, up to its end or now.
pub fn days_open(sent: Instant, until: Instant, opening: &OpeningDays) -> i64 {
    if until.day() <= sent.day() {
        return 0;
    }
    calendar::business_days_between(opening, sent.day(), until.day())
}

#[cfg(test)]
#[path = "rules_test.rs"]
mod tests;
