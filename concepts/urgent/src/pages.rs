//! Pages of urgent looks: the reason, the look-up, the notice to the desk; and the auditor's list, figures and reviews.

mod audit;
mod look;
mod notice;

use std::collections::HashMap;

use access::Role;
use engine::{Fail, Look};
use site::{Access, Frame, Page, link};
use words::id::{DeskId, UserId};

use crate::rules;
use crate::sql;

/// Characters of a reason, and of what a desk writes that was told.
const WORDS: usize = 500;

/// The pages of this concept.
pub fn pages() -> Vec<Page> {
    const AUDITORS: Access = Access::Role(&[Role::PrivacyAuditor]);
    const REVIEWERS: Access = Access::Role(&[Role::PrivacyAuditor, Role::Coordinator, Role::AgencyLead]);
    vec![
        Page::get("/urgent", Access::WORKERS, look::list),
        Page::post("/urgent", Access::WORKERS, look::state),
        Page::get("/urgent/asks/{id}", Access::WORKERS, look::ask),
        Page::post("/urgent/asks/{id}/find", Access::WORKERS, look::find),
        Page::post("/urgent/looks/{id}/end", Access::WORKERS, look::end),
        Page::get("/urgent/looks/{id}", Access::WORKERS, notice::show),
        Page::post("/urgent/looks/{id}/answer", Access::WORKERS, notice::answer),
        Page::get("/audit/urgent", AUDITORS, audit::list),
        Page::get("/audit/urgent/{id}", REVIEWERS, audit::show),
        Page::post("/audit/urgent/{id}", REVIEWERS, audit::review),
    ]
}

/// A look as every page shows it: number, desks, codes and moments, nothing of the case.
pub(crate) struct LookLine {
    pub id: words::id::UrgentLookId,
    pub href: String,
    pub case_href: String,
    pub number: String,
    pub who: String,
    pub desk: String,
    pub reason: String,
    pub from: String,
    pub until: String,
    pub until_iso: String,
    pub holds: bool,
    pub ended: String,
    pub state: String,
    pub due: String,
    pub late: bool,
    /// A command of its own for the form beside it.
    pub command: words::id::CommandId,
}

/// Lines of looks. Two statements, whatever their number.
pub(crate) async fn lines(
    look: &mut Look,
    frame: &Frame,
    looks: &[sql::Look],
    engine: &engine::Engine,
) -> Result<Vec<LookLine>, Fail> {
    let (m, today) = (look.viewer().municipality, look.now().day());
    let users: HashMap<UserId, String> =
        register::user_names(&mut look.conn(), m, looks.iter().map(|l| l.user)).await?;
    let desks: HashMap<DeskId, String> =
        register::desk_names(&mut look.conn(), m, looks.iter().map(|l| l.desk), today).await?;
    Ok(looks.iter().map(|l| line(frame, l, &users, &desks, engine)).collect())
}

fn line(
    frame: &Frame,
    l: &sql::Look,
    users: &HashMap<UserId, String>,
    desks: &HashMap<DeskId, String>,
    engine: &engine::Engine,
) -> LookLine {
    let t = &frame.t;
    LookLine {
        id: l.id,
        href: link::urgent_look(l.id),
        case_href: link::case(l.case),
        number: casefile::number_text(l.number.0, l.number.1),
        who: users.get(&l.user).cloned().unwrap_or_default(),
        desk: desks.get(&l.desk).cloned().unwrap_or_default(),
        reason: t.code("urgent_reason", l.reason),
        from: frame.moment(&l.from),
        until: frame.moment(&l.until),
        until_iso: l.until.iso(),
        holds: rules::holds(l.from, l.until, l.ended, frame.now),
        ended: l.ended.map(|at| frame.moment(&at)).unwrap_or_default(),
        state: t.code("urgent_review", l.state),
        due: frame.day(&l.due.day()),
        late: rules::owed(l.state) && l.due < frame.now,
        command: engine.new_id(),
    }
}
