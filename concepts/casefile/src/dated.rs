//! What happened in a case beside its texts: who answered for it, what was passed on, how relations went. Who answered for it is for
//! whoever has a part in the case, what was passed on for the desks between which it went and whoever oversees the case
//! (disclosure rule 13); stages are disclosed.

use engine::{Fail, Look};
use site::{Dated, Frame, link};
use words::id::DeskId;

use crate::sql::{self, around};
use crate::views::Loaded;

/// The dated lines of this concept.
pub async fn dated(look: &mut Look, frame: &Frame, loaded: &mut Loaded) -> Result<Vec<Dated>, Fail> {
    let (viewer, id) = (look.viewer().clone(), loaded.header.id);
    let (m, today) = (viewer.municipality, look.now().day());
    let referrals = around::referral_list(&mut look.conn(), &viewer, &loaded.relation, id).await?;
    let held = sql::accountable_history(&mut look.conn(), m, id).await?;
    let sealed = around::stage_history(&mut look.conn(), &viewer, id).await?;
    let stages = look.disclose(sealed).await?;
    loaded.reasons.of_all(&stages);
    let desks = referrals.iter().flat_map(|r| [r.from, r.to]).chain(held.iter().map(|h| h.0));
    let desks = register::desk_names(&mut look.conn(), m, desks, today).await?;
    let name = |d: DeskId| desks.get(&d).cloned().unwrap_or_default();
    let t = &frame.t;
    let mut lines = Vec::new();
    for r in &referrals {
        let kind = t.code("referral_kind", &r.kind);
        let args = [("kind", kind), ("from", name(r.from)), ("to", name(r.to))];
        let href = Some(link::referral(r.id));
        if let Some(at) = r.sent_at {
            let words = t.fs("case_dated.referral_sent", &args);
            lines.push(Dated::new(at, "referral", words, Some(r.from)).to(href.clone()));
        }
        if let Some(at) = r.ended_at {
            let [kind, from, to] = args;
            let state = ("state", t.code("referral_state", &r.state));
            let words = t.fs("case_dated.referral_ended", &[kind, from, to, state]);
            lines.push(Dated::new(at, "referral", words, Some(r.to)).to(href));
        }
    }
    for (desk, at, why) in &held {
        let words =
            t.fs("case_dated.accountable", &[("desk", name(*desk)), ("why", t.code("case_why", why))]);
        lines.push(Dated::new(*at, "accountable", words, Some(*desk)));
    }
    for e in &stages {
        let Some(person) = loaded.members.iter().find(|p| p.id == e.person) else { continue };
        let words = format!("{} {}", person.called(), t.code("engagement", e.stage));
        lines.push(
            Dated::new(e.since, "engagement", words.trim().to_owned(), Some(e.desk))
                .to(Some(link::case_engagement(id)))
                .about(vec![e.person]),
        );
    }
    Ok(lines)
}
