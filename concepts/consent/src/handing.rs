//! The acts by which something is handed over under an article.

use register::Sharing;
use words::codes;

codes! {
    /// The acts by which something is handed over under an article (disclosure basis `lawful_provision`).
    pub enum Handing {
        /// つなぎ.
        Referral = "referral",
        /// その後を知らせる.
        Feedback = "feedback",
        /// 照会.
        Inquiry = "inquiry",
        /// 照会への回答.
        Answer = "inquiry_answer",
    }
}

impl Handing {
    /// What an article must be for, so that something is handed over under it: whoever answers does so for what was asked.
    pub const fn serves(self) -> Sharing {
        match self {
            Self::Referral => Sharing::Referral,
            Self::Feedback => Sharing::Feedback,
            Self::Inquiry | Self::Answer => Sharing::Inquiry,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use words::code::Code;

    // What was stored before there was a list of them.
    #[test]
    fn every_act_is_stored_as_before_and_served_by_an_article() {
        let all: Vec<(&str, Sharing)> = Handing::ALL.iter().map(|h| (h.code(), h.serves())).collect();
        let expected = [
            ("referral", Sharing::Referral),
            ("feedback", Sharing::Feedback),
            ("inquiry", Sharing::Inquiry),
            ("inquiry_answer", Sharing::Inquiry),
        ];
        assert_eq!(all, expected);
    }
}
