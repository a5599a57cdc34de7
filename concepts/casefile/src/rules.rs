//! What a case may do next.

use engine::Refusal;
use words::codes;

codes! {
    /// Where a case stands.
    pub enum CaseState {
        /// 支援中.
        Open = "open",
        /// 終結.
        Closed = "closed",
        /// 中断.
        Interrupted = "interrupted",
    }

    /// 関わり段階 of one person. Nobody is forced up the ladder.
    pub enum Engagement {
        /// 未接触.
        NotContacted = "not_contacted",
        /// 拒否.
        Refuses = "refuses",
        /// 様子見.
        Watching = "watching",
        /// 関係構築.
        Building = "building",
        /// 同意.
        Consenting = "consenting",
    }

    /// Why a case ends or pauses.
    pub enum EndReason {
        /// 困りごとが落ち着いた.
        Settled = "settled",
        /// ほかの制度・機関が支えている.
        HandedOn = "handed_on",
        /// 転出.
        Moved = "moved",
        /// 死亡（世帯に支える人が残っていない）.
        Died = "died",
        /// 本人が望まない.
        Declined = "declined",
        /// 連絡がとれない（中断）.
        Unreachable = "unreachable",
        /// その他.
        Other = "other",
    }
}

/// `2026-00087`.
pub fn number_text(fiscal_year: i64, number: i64) -> String {
    format!("{fiscal_year}-{number:05}")
}

/// Ends or pauses an open case. The words say what was reached and who keeps an eye; an interruption lists the
/// attempts made (domain section 4.2).
pub fn end(state: CaseState, to: CaseState, words: &str) -> Result<CaseState, Refusal> {
    if state != CaseState::Open {
        return Err(Refusal::new("case.not_open"));
    }
    if to == CaseState::Open {
        return Err(Refusal::new("case.choose_end"));
    }
    if words.trim().is_empty() {
        return Err(Refusal::new("case.ending_words"));
    }
    Ok(to)
}

/// Reopens a case that ended or paused.
pub fn reopen(state: CaseState) -> Result<CaseState, Refusal> {
    if state == CaseState::Open { Err(Refusal::new("case.already_open")) } else { Ok(CaseState::Open) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use words::code::Code;

    #[test]
    fn there_is_a_way_out_of_every_state() {
        for state in CaseState::ALL {
            let out = end(*state, CaseState::Closed, "見守りは民生委員").or_else(|_| reopen(*state));
            assert!(out.is_ok(), "{state} is a trap");
        }
    }

    #[test]
    fn an_ending_says_who_keeps_an_eye() {
        assert_eq!(end(CaseState::Open, CaseState::Closed, " ").unwrap_err().key, "case.ending_words");
        assert_eq!(end(CaseState::Closed, CaseState::Interrupted, "x").unwrap_err().key, "case.not_open");
        assert_eq!(number_text(2026, 87), "2026-00087");
    }
}
