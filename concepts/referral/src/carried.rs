//! Whether something still carries a referral: asked when it is shown, and again when it is taken on.

use access::{Categories, Category, Viewer};
use consent::Shared;
use engine::{Broken, Conn};
use words::Day;

use crate::acts;
use crate::rules::State;
use crate::sql::ReferralHeader;

/// Whether something still carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Carried {
    /// It rests on something, or names nobody.
    Holds,
    /// What it rested on has ended.
    Gone,
    /// The desk it was sent to has ended, and the consent does not pass to whoever took over.
    NotTheHeirs,
}

impl Carried {
    /// Whether it does.
    pub const fn holds(self) -> bool {
        matches!(self, Self::Holds)
    }
}

/// While it waits, whether it can be taken on; while it is worked on, whether what it rests on still names whoever works on it. Of consents
/// only those count that the viewer may know of (disclosure rule 2).
pub(crate) async fn of(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    r: &ReferralHeader,
    today: Day,
) -> Result<Carried, Broken> {
    let m = viewer.municipality;
    if !r.kind.tells_anew() || r.state.is_final() {
        return Ok(Carried::Holds);
    }
    let reader = consent::reader(conn, m, r.to, today).await?;
    let by_consent = r.basis == "consent";
    // What was agreed to for it begins with the acceptance: until then nobody can look under it.
    let holds = if r.state == State::Sent && !(reader.heir && by_consent) {
        consent::carried(conn, m, r.id.cast(), today).await?
    } else {
        let given = if by_consent { consent::of_persons(conn, m, [r.person]).await? } else { Vec::new() };
        let ours = casefile::header(conn, m, r.case).await?.and_then(|c| acts::ours(&c, viewer));
        let known: Vec<_> = consent::known_of(&given, viewer, r.person, ours).cloned().collect();
        let categories = Categories::NONE.with(Category::Basic);
        Shared { by_consent, subjects: &[r.person], categories }.holds(&known, reader, today)
    };
    Ok(if holds {
        Carried::Holds
    } else if reader.heir && by_consent {
        Carried::NotTheHeirs
    } else {
        Carried::Gone
    })
}
