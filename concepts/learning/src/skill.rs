//! スキルと経験: what there is, how far somebody is, who confirms it. Pure.

use engine::Refusal;
use words::codes;
use words::id::UserId;

codes! {
    /// What somebody can, has met, or whom they know: スキル・経験・ネットワーク in the words of the meetings.
    pub enum Skill {
        /// 高齢・認知症.
        Elderly = "elderly",
        /// 障害.
        Disability = "disability",
        /// 子ども・子育て.
        Child = "child",
        /// 若者・ひきこもり.
        Youth = "youth",
        /// 生活困窮・家計.
        Poverty = "poverty",
        /// こころの病気・依存.
        Mind = "mind",
        /// 住まい・ごみ屋敷.
        Housing = "housing",
        /// 虐待・DV.
        Abuse = "abuse",
        /// 権利擁護・成年後見.
        Rights = "rights",
        /// 外国につながる人.
        Foreign = "foreign",
        /// 面接.
        Interview = "interview",
        /// 訪問・アウトリーチ.
        Outreach = "outreach",
        /// 見立て・計画.
        Assessment = "assessment",
        /// 家族全体の調整.
        Family = "family",
        /// 危機への対応.
        Crisis = "crisis",
        /// 会議の進行.
        Facilitation = "facilitation",
        /// 町内会・民生委員.
        Neighbours = "neighbours",
        /// 学校.
        School = "school",
        /// 病院・訪問看護.
        Clinic = "clinic",
        /// 裁判所・弁護士.
        Court = "court",
        /// 警察・消防.
        Police = "police",
        /// 企業・はたらく場.
        Work = "work",
    }

    /// How far somebody is with it.
    pub enum Level {
        /// 学びたい.
        Learning = "learning",
        /// 経験がある.
        Does = "does",
        /// 人に伝えられる; colleagues of other agencies may ask them.
        Teaches = "teaches",
    }

    /// The three parts of the list.
    pub enum Group {
        /// 分野.
        Field = "field",
        /// 技術.
        Craft = "craft",
        /// つながり.
        Network = "network",
    }
}

impl Skill {
    /// The part of the list it stands in.
    pub const fn group(self) -> Group {
        match self {
            Self::Elderly
            | Self::Disability
            | Self::Child
            | Self::Youth
            | Self::Poverty
            | Self::Mind
            | Self::Housing
            | Self::Abuse
            | Self::Rights
            | Self::Foreign => Group::Field,
            Self::Interview
            | Self::Outreach
            | Self::Assessment
            | Self::Family
            | Self::Crisis
            | Self::Facilitation => Group::Craft,
            Self::Neighbours | Self::School | Self::Clinic | Self::Court | Self::Police | Self::Work => {
                Group::Network
            }
        }
    }
}

/// What somebody said of themself, and whether a lead confirmed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// Which.
    pub skill: Skill,
    /// How far.
    pub level: Level,
    /// Whether somebody else confirmed this level.
    pub confirmed: bool,
}

/// Whether this person may confirm what `whose` said: a senior's word, never the own.
pub fn may_confirm(whose: UserId, me: UserId, leads: bool) -> Result<(), Refusal> {
    if whose == me {
        return Err(Refusal::new("skill.own"));
    }
    if leads { Ok(()) } else { Err(Refusal::new("skill.not_lead")) }
}

/// Skills which nobody of these people has: what a desk has to learn, or to find somewhere else.
pub fn gaps(said: &[Said]) -> Vec<Skill> {
    let has = |s: &Skill| said.iter().any(|x| x.skill == *s && x.level != Level::Learning);
    <Skill as words::code::Code>::ALL.iter().copied().filter(|s| !has(s)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::str::FromStr;

    #[test]
    fn nobody_confirms_their_own_word_and_only_leads_confirm() {
        let [a, b] =
            [1, 2].map(|n| UserId::from_str(&format!("00000000-0000-7000-8000-00000000000{n}")).unwrap());
        assert!(may_confirm(a, b, true).is_ok());
        assert_eq!(may_confirm(a, a, true).unwrap_err().key, "skill.own");
        assert_eq!(may_confirm(a, b, false).unwrap_err().key, "skill.not_lead");
    }

    #[test]
    fn wanting_to_learn_fills_no_gap() {
        let said = |level| Said { skill: Skill::School, level, confirmed: false };
        assert!(gaps(&[said(Level::Learning)]).contains(&Skill::School));
        assert!(!gaps(&[said(Level::Learning), said(Level::Does)]).contains(&Skill::School));
        assert_eq!(gaps(&[]).len(), 22);
    }
}
