//! What may be decided on a notice.

use engine::Refusal;
use words::codes;

codes! {
    /// Why no conference is needed.
    pub enum Reason {
        /// 別の人だった.
        Others = "others",
        /// もう互いに知っている.
        KnownAlready = "known",
        /// 本人の同意をもらうことにした.
        Consent = "consent",
        /// いまは会議にかけるほどではない.
        Small = "small",
        /// その他.
        Other = "other",
    }

    /// Where a notice stands.
    pub enum State {
        /// Nobody has decided yet.
        Open = "open",
        /// 会議の事案をひらいた.
        Matter = "matter",
        /// 見送った.
        Dismissed = "dismissed",
    }
}

/// A notice is decided once.
pub fn may_decide(state: State) -> Result<(), Refusal> {
    if state == State::Open { Ok(()) } else { Err(Refusal::new("overlap.is_decided")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_decided_once() {
        assert!(may_decide(State::Open).is_ok());
        for state in [State::Matter, State::Dismissed] {
            assert_eq!(may_decide(state).unwrap_err().key, "overlap.is_decided");
        }
    }
}
