//! Some acts are for whoever leads the accountable desk: keeping somebody out, setting a guardian aside. Somebody else of that desk is
//! told so, and whom to ask; only whoever is of another desk is told that it is another desk's (STYLE 9).

use access::{Action, Denied, Viewer};
use engine::{Fail, Look, Refusal};
use site::T;
use words::id::{DeskId, UserId};

use crate::sql::around;
use crate::views::Loaded;

/// The accountable desk, where somebody sits there.
fn ours(viewer: &Viewer, loaded: &Loaded) -> Option<DeskId> {
    loaded.header.accountable.filter(|desk| viewer.seats.iter().any(|seat| seat.holds(*desk)))
}

/// Whether somebody sits at the accountable desk and has to ask whoever leads it for an act: then [`for_leads`] says whom.
pub fn asks_leads(viewer: &Viewer, action: Action, loaded: &Loaded) -> bool {
    let denied = access::may(viewer, action, &loaded.relation).err();
    ours(viewer, loaded).is_some() && matches!(denied, Some(Denied::NotYours))
}

/// The refusal, with the names of those who may.
pub async fn for_leads(look: &mut Look, t: &T, loaded: &Loaded, denied: Denied) -> Result<Fail, Fail> {
    let viewer = look.viewer().clone();
    let (Denied::NotYours, Some(desk)) = (denied, ours(&viewer, loaded)) else { return Ok(denied.into()) };
    let (m, now) = (viewer.municipality, look.now());
    let mut conn = look.conn();
    let mut who: Vec<UserId> = register::leads(&mut conn, m, desk, now.day()).await?;
    let coordinators = register::coordinators(&mut conn, m, now.day()).await?;
    who.extend(coordinators.into_iter().filter(|(_, at)| *at == desk).map(|(user, _)| user));
    // Whoever is kept out of the case cannot be asked about it.
    let out = around::exclusion_list(&mut conn, m, loaded.header.id, now).await?;
    who.retain(|user| !out.iter().any(|x| x.user == *user));
    let mut names: Vec<String> =
        register::user_names(&mut conn, m, who.iter().copied()).await?.into_values().collect();
    names.sort_unstable();
    if names.is_empty() {
        return Ok(Refusal::new("case.needs_lead_nobody").into());
    }
    Ok(Refusal::new("case.needs_lead").arg("who", t.join(&names)).into())
}
