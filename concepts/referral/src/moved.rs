//! A hand-over after a move, or ahead of one (domain section 2.1: a move proposes a hand-over): where the household will be found, and which
//! desk is there for it. A proposal: whoever sends chooses.

use access::Disclosed;
use casefile::CaseHeader;
use engine::{Fail, Look};
use household::{Person, Whereto, whereto};
use register::{DeskInfo, Takers};
use site::T;
use words::id::AreaId;

/// What a move says about a hand-over.
pub(crate) struct After {
    place: Whereto,
    /// Of the accountable desk, where it is the viewer's and the area is known.
    takers: Option<Takers>,
}

/// What is known of the move that an address names: `yes` for where they live now, the command of one that lies ahead; nothing for no move.
pub(crate) async fn after(
    look: &mut Look,
    case: &CaseHeader,
    (members, told): (&[Disclosed<Person>], &[household::Told]),
    moved: &str,
) -> Result<Option<After>, Fail> {
    if moved.is_empty() {
        return Ok(None);
    }
    let (m, today, own) = (look.viewer().municipality, look.now().day(), look.viewer().desks());
    // The area is the household's: told to whoever knows where somebody of it lives, or will.
    let knows = members.iter().any(|p| !p.known.address.is_empty() || p.planned.is_some());
    let place = if knows {
        whereto(look, case.household, (members, told), moved.parse().ok()).await?
    } else {
        Whereto::Unknown
    };
    let from = case.accountable.filter(|desk| own.contains(desk));
    let takers = match (&place, from) {
        (Whereto::Area(area, _), Some(from)) => {
            let found = register::takes_over(&mut look.conn(), m, [from], *area, today).await?;
            found.into_values().next()
        }
        _ => None,
    };
    Ok(Some(After { place, takers }))
}

impl After {
    /// The desk that is proposed.
    pub(crate) fn to(&self) -> Option<&DeskInfo> {
        self.takers.as_ref()?.desks.first()
    }

    /// The area of the preview: never the one they leave.
    pub(crate) fn area(&self) -> Option<AreaId> {
        match self.place {
            Whereto::Area(area, _) => Some(area),
            Whereto::Outside | Whereto::Part | Whereto::Unknown => None,
        }
    }

    /// Whether it concerns every way of passing on, not only a hand-over: some move, and somebody else joins for them.
    pub(crate) fn of_some(&self) -> bool {
        self.place == Whereto::Part
    }

    /// Why a desk is proposed, or none is.
    pub(crate) fn words(&self, t: &T) -> String {
        match (&self.place, self.to()) {
            (Whereto::Area(_, area), Some(_)) => t.f("referral.moved_area", "area", area),
            (Whereto::Area(_, area), None) if self.takers.as_ref().is_some_and(|t| t.goes_on) => {
                t.f("referral.moved_area_ours", "area", area)
            }
            (Whereto::Area(_, area), None) => t.f("referral.moved_area_nobody", "area", area),
            (Whereto::Outside, _) => t.s("referral.moved_outside").to_owned(),
            (Whereto::Part, _) => t.s("referral.moved_part").to_owned(),
            (Whereto::Unknown, _) => t.s("referral.moved_unknown").to_owned(),
        }
    }
}
