//! どの会議? Three questions, in the order in which those who run the meetings ask them.

use words::codes;

codes! {
    /// What somebody wants of a meeting.
    pub enum Purpose {
        /// プランを決める・見直す・終える.
        Plan = "plan",
        /// 役割を分ける.
        Divide = "divide",
        /// 気になることを知らせあい、見守りを考える.
        Share = "share",
        /// 高齢の方の個別のケアを深める.
        Care = "care",
        /// 障がいのある方の支援を考える.
        Disability = "disability",
        /// 子どもを守る.
        Child = "child",
        /// 地域の課題を考える.
        Issue = "issue",
    }
}

/// Codes of the legal positions that fit, the best first; none: a meeting without anybody in it.
///
/// A case without consent, or a person nobody is in touch with, comes before no conference that rests on consent.
pub fn positions(in_touch: bool, consent: bool, purpose: Purpose) -> Vec<&'static str> {
    let open = in_touch && consent;
    match purpose {
        Purpose::Issue => Vec::new(),
        Purpose::Child => vec!["child_protection", "support_conference"],
        Purpose::Care => vec!["community_care", "support_conference"],
        Purpose::Disability => vec!["disability_council", "support_conference"],
        Purpose::Plan | Purpose::Divide if open => vec!["integrated", "needy_coordination"],
        Purpose::Share if open => vec!["support_conference", "integrated"],
        Purpose::Plan | Purpose::Divide | Purpose::Share => vec!["support_conference", "needy_support"],
    }
}

/// Positions of the shipped table that rest on consent, for the tests of the finder.
#[cfg(test)]
const BY_CONSENT: [&str; 2] = ["integrated", "needy_coordination"];

#[cfg(test)]
mod tests {
    use super::*;
    use words::code::Code;

    #[test]
    fn nobody_is_led_to_a_consent_conference_without_contact_and_consent() {
        for purpose in Purpose::ALL {
            for (touch, consent) in [(false, false), (false, true), (true, false)] {
                let found = positions(touch, consent, *purpose);
                assert!(found.iter().all(|p| !BY_CONSENT.contains(p)), "{purpose:?}");
            }
        }
        assert_eq!(positions(true, true, Purpose::Plan)[0], "integrated");
        assert_eq!(positions(false, false, Purpose::Share)[0], "support_conference");
        assert!(positions(true, true, Purpose::Issue).is_empty());
    }
}
