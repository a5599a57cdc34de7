//! Between whom an article lets something be told: 個情法 69条 binds public bodies, 27条 private ones, and each of their items says
//! whether it is about use inside or provision outside. Which of it two desks are, their legal entities say (domain section 3).

use words::codes;
use words::id::LegalEntityId;

use super::EntityKind;

codes! {
    /// Between whom an article lets something be told.
    pub enum Scope {
        /// Nothing of both sides is asked: statutes with a secrecy of their own (社会福祉法106条の6 …), and every article of which
        /// nothing is known.
        Any = "any",
        /// By a public body, to whomever: 個情法69条1項 (法令に基づく場合).
        Public = "public",
        /// Inside one public body: 69条2項2号 (行政機関等の内部での利用).
        PublicInside = "public_inside",
        /// By one public body to another: 69条2項3号. A mayor and a board of education are two (地方公共団体の機関).
        PublicToPublic = "public_to_public",
        /// By a public body to anybody outside of it: 69条2項4号, which speaks of provision only.
        PublicOutside = "public_outside",
        /// By a private body: 27条1項各号. Inside one 18条3項 names the same cases, so they are not told apart.
        Private = "private",
        /// Where the person agreed: 69条2項1号. That is a consent, which is written down, and no law to be picked instead.
        Consent = "consent",
    }
}

/// A legal entity: which one it is, and of what kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entity {
    /// The entity.
    pub id: LegalEntityId,
    /// Its kind.
    pub kind: EntityKind,
}

impl EntityKind {
    /// Whether what it holds is told under the rules for public bodies (個情法 chapter 5); `None` where the kind does not say. A public
    /// hospital is treated like a private body in what it does as one (58条2項1号), and a body of residents may be a circle of
    /// neighbours or 民生委員, who are officials.
    const fn holds_as_public(self) -> Option<bool> {
        match self {
            Self::Mayor | Self::Education | Self::Prefecture | Self::Police | Self::State => Some(true),
            Self::Council | Self::Corporation | Self::Association | Self::Medical => Some(false),
            Self::Hospital | Self::Residents => None,
        }
    }

    /// Whether it is a public body for whoever tells it something: a public hospital stays a 地方公共団体の機関.
    const fn hears_as_public(self) -> Option<bool> {
        if matches!(self, Self::Hospital) { Some(true) } else { self.holds_as_public() }
    }
}

impl Scope {
    /// Whether `holder` may tell `hearer` something under an article of this scope. What is not known rules nothing out.
    pub fn lets_tell(self, holder: Entity, hearer: Entity) -> bool {
        let outside = holder.id != hearer.id;
        let public = holder.kind.holds_as_public() != Some(false);
        match self {
            Self::Any => true,
            Self::Public => public,
            Self::PublicInside => public && !outside,
            Self::PublicToPublic => public && outside && hearer.kind.hears_as_public() != Some(false),
            Self::PublicOutside => public && outside,
            Self::Private => holder.kind.holds_as_public() != Some(true),
            Self::Consent => false,
        }
    }

    /// Whether `asker` may ask `asked` under it. Asking tells something, too: about whom it is, and what is asked. So an article fits
    /// that lets the one side ask, or the other answer.
    pub fn lets_ask(self, asker: Entity, asked: Entity) -> bool {
        self.lets_tell(asker, asked) || self.lets_tell(asked, asker)
    }
}

/// Which way something is told under an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The one asks the other: who is asked hears about whom and what, and the article is the ground on which an answer is asked for.
    Ask,
    /// The other answers the one who asked.
    Answer,
    /// The one tells the other, without having been asked: a referral, and what became of it.
    Tell,
}

/// The two bodies something is told between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Between {
    /// The legal entity that asks or tells.
    pub from: Entity,
    /// The legal entity that is asked or told.
    pub to: Entity,
}

/// What is wrong with an article here, as the key of its sentence: it stands on papers and under what is shared, so it must be true there.
/// That the person agreed is no law, but a consent, which has a record of its own; whoever the bodies are. Where the register does not know
/// of what kind one of them is, nothing else is ruled out.
pub fn ground(scope: Scope, way: Way, between: Option<Between>) -> Option<&'static str> {
    if scope == Scope::Consent {
        return Some(match way {
            Way::Ask => "law_ground.consent_asked",
            Way::Answer => "law_ground.consent_answered",
            Way::Tell => "law_ground.consent_told",
        });
    }
    let Between { from, to } = between?;
    let fits = match way {
        Way::Ask => scope.lets_ask(from, to),
        Way::Answer => scope.lets_tell(to, from),
        Way::Tell => scope.lets_tell(from, to),
    };
    if fits {
        return None;
    }
    match scope {
        Scope::Any | Scope::Consent => None,
        Scope::Public => Some("law_ground.public"),
        Scope::PublicInside => Some("law_ground.public_inside"),
        Scope::PublicToPublic => Some("law_ground.public_to_public"),
        Scope::PublicOutside => Some("law_ground.public_outside"),
        Scope::Private => Some("law_ground.private"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;
    use words::Id;
    use words::code::Code;

    use super::*;

    fn entity(id: u128, kind: EntityKind) -> Entity {
        Entity { id: Id::new(Uuid::from_u128(id)), kind }
    }

    /// The scopes under which one may tell the other, and under which it may ask.
    fn both(a: Entity, b: Entity) -> (Vec<Scope>, Vec<Scope>) {
        let of = |fits: &dyn Fn(Scope) -> bool| Scope::ALL.iter().copied().filter(|s| fits(*s)).collect();
        (of(&|s| s.lets_tell(a, b)), of(&|s| s.lets_ask(a, b)))
    }

    #[test]
    fn which_article_fits_between_whom() {
        use Scope::{Any, Private, Public, PublicInside, PublicOutside, PublicToPublic};
        let (mayor, board) = (entity(1, EntityKind::Mayor), entity(2, EntityKind::Education));
        let (centre, other) = (entity(3, EntityKind::Corporation), entity(4, EntityKind::Council));
        let cases = [
            (mayor, mayor, vec![Any, Public, PublicInside], vec![Any, Public, PublicInside]),
            (
                mayor,
                board,
                vec![Any, Public, PublicToPublic, PublicOutside],
                vec![Any, Public, PublicToPublic, PublicOutside],
            ),
            (mayor, centre, vec![Any, Public, PublicOutside], vec![Any, Public, PublicOutside, Private]),
            (centre, mayor, vec![Any, Private], vec![Any, Public, PublicOutside, Private]),
            (centre, other, vec![Any, Private], vec![Any, Private]),
            (centre, centre, vec![Any, Private], vec![Any, Private]),
        ];
        for (from, to, tells, asks) in cases {
            assert_eq!(both(from, to), (tells, asks), "{} to {}", from.kind, to.kind);
        }
    }

    #[test]
    fn an_article_fits_between_the_two_or_says_what_it_is_for() {
        let (mayor, centre) = (entity(1, EntityKind::Mayor), entity(2, EntityKind::Corporation));
        let between = |from, to| Some(Between { from, to });
        let of = |scope, way, from, to| ground(scope, way, between(from, to));
        let inside = Scope::PublicInside;
        for way in [Way::Ask, Way::Answer, Way::Tell] {
            assert_eq!(of(inside, way, mayor, mayor), None, "{way:?}");
            assert_eq!(of(inside, way, centre, mayor), Some("law_ground.public_inside"), "{way:?}");
        }
        // A pharmacy is asked under what lets it answer; what is asked of the city goes back under what binds the city.
        let private = Scope::Private;
        assert_eq!(of(private, Way::Ask, mayor, centre), None);
        assert_eq!(of(private, Way::Answer, mayor, centre), None);
        assert_eq!(of(private, Way::Ask, centre, mayor), None);
        assert_eq!(of(private, Way::Answer, centre, mayor), Some("law_ground.private"));
        assert_eq!(of(private, Way::Tell, mayor, centre), Some("law_ground.private"));
        assert_eq!(of(private, Way::Tell, centre, mayor), None);
        assert_eq!(of(Scope::PublicOutside, Way::Answer, centre, mayor), None);
        assert_eq!(of(Scope::PublicOutside, Way::Tell, centre, mayor), Some("law_ground.public_outside"));
        assert_eq!(of(Scope::PublicToPublic, Way::Ask, centre, mayor), Some("law_ground.public_to_public"));
        // A consent is none of them, whoever they are; of the town's own nothing is known; nor of a body without a kind.
        let agreed = Scope::Consent;
        assert_eq!(ground(agreed, Way::Ask, None), Some("law_ground.consent_asked"));
        assert_eq!(ground(agreed, Way::Tell, None), Some("law_ground.consent_told"));
        assert_eq!(of(agreed, Way::Answer, mayor, mayor), Some("law_ground.consent_answered"));
        assert_eq!(of(Scope::Any, Way::Ask, centre, mayor), None);
        assert_eq!(ground(inside, Way::Ask, None), None);
    }

    #[test]
    fn a_public_hospital_tells_as_a_private_body_and_hears_as_a_public_one() {
        let (mayor, hospital) = (entity(1, EntityKind::Mayor), entity(2, EntityKind::Hospital));
        assert!(Scope::Private.lets_tell(hospital, mayor) && !Scope::Private.lets_tell(mayor, hospital));
        assert!(Scope::PublicToPublic.lets_tell(mayor, hospital));
    }

    proptest! {
        /// Use inside is inside, provision outside is outside, and nobody's consent is a law, whoever stands on both sides.
        #[test]
        fn inside_is_inside(a in 0..EntityKind::ALL.len(), b in 0..EntityKind::ALL.len(), same: bool) {
            let holder = entity(1, EntityKind::ALL[a]);
            let hearer = if same { holder } else { entity(2, EntityKind::ALL[b]) };
            prop_assert!(same || !Scope::PublicInside.lets_ask(holder, hearer));
            prop_assert!(!same || !Scope::PublicToPublic.lets_ask(holder, hearer));
            prop_assert!(!same || !Scope::PublicOutside.lets_ask(holder, hearer));
            prop_assert!(!Scope::Consent.lets_ask(holder, hearer));
            prop_assert!(Scope::Any.lets_tell(holder, hearer));
            // Nobody is left with statutes of their own only: one of the two laws holds for every body.
            prop_assert!(Scope::Public.lets_tell(holder, hearer) || Scope::Private.lets_tell(holder, hearer));
        }
    }
}
