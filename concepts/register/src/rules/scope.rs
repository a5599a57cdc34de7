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
