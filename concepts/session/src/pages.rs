//! The pages of this concept.

pub(crate) mod after;
pub(crate) mod attend;
pub(crate) mod bodies;
pub(crate) mod figures;
pub(crate) mod guide;
pub(crate) mod homework;
pub(crate) mod invitation;
pub(crate) mod item;
pub(crate) mod lacking;
mod letter;
pub(crate) mod notice;
pub(crate) mod obliged;
pub(crate) mod once;
pub(crate) mod outside;
pub(crate) mod own;
pub(crate) mod propose;
pub(crate) mod series;
pub(crate) mod session;
pub(crate) mod sessions;
pub(crate) mod step;

use access::Role;
use engine::{Fail, Look, Receipt};
use site::{Access, Answer, Choice, Form, Need, Page, T};
use words::id::DeskId;

/// Whoever can be a member of a body or be invited.
const SITS: Access = Access::Role(&[
    Role::Liaison,
    Role::Caseworker,
    Role::AgencyLead,
    Role::Coordinator,
    Role::CommitteeMember,
    Role::Secretariat,
]);

/// Who brings up a subject; of a case or a matter only whoever has a part in it, as the act finds out.
const BRING: &[Role] =
    &[Role::Liaison, Role::Caseworker, Role::AgencyLead, Role::Coordinator, Role::Secretariat];

/// The pages.
pub fn pages() -> Vec<Page> {
    let runs = Access::Role(crate::views::RUNNERS);
    let keeps = Access::Role(KEEPERS);
    let brings = Access::Role(BRING);
    let counts = Access::Role(&[Role::AgencyLead, Role::Coordinator, Role::Analyst]);
    vec![
        Page::get("/bodies", SITS, bodies::list),
        Page::get("/bodies/new", keeps, bodies::new),
        Page::post("/bodies/new", keeps, bodies::create),
        Page::get("/bodies/{id}", SITS, bodies::show),
        Page::get("/bodies/{id}/edit", keeps, bodies::edit),
        Page::post("/bodies/{id}/edit", keeps, bodies::change),
        Page::get("/bodies/{id}/end", keeps, bodies::ending),
        Page::post("/bodies/{id}/end", keeps, bodies::end),
        Page::get("/bodies/{id}/members", keeps, bodies::members),
        Page::post("/bodies/{id}/members", keeps, bodies::join),
        Page::post("/bodies/{id}/leave", keeps, bodies::leave),
        Page::get("/sessions", SITS, sessions::list),
        Page::get("/sessions/new", runs, sessions::new),
        Page::post("/sessions/new", runs, sessions::create),
        Page::get("/sessions/series", runs, series::show),
        Page::post("/sessions/series", runs, series::plan),
        Page::get("/sessions/after", SITS, after::show),
        Page::post("/sessions/after/read", SITS, after::read),
        Page::post("/sessions/after/{id}/ask", SITS, after::ask),
        Page::get("/sessions/after/{id}/letter", runs, after::letter),
        Page::post("/sessions/after/{id}/told", runs, after::told),
        Page::get("/sessions/after/questions/{id}", SITS, after::question),
        Page::post("/sessions/after/questions/{id}", SITS, after::answer),
        Page::get("/sessions/guide", SITS, guide::show),
        Page::get("/sessions/propose", brings, propose::show),
        Page::post("/sessions/propose", brings, propose::send),
        Page::get("/sessions/items/{id}", SITS, item::show),
        Page::get("/sessions/items/{id}/homework", runs, homework::new),
        Page::post("/sessions/items/{id}/homework", runs, homework::give),
        Page::post("/sessions/items/{id}/heard", SITS, item::heard),
        Page::post("/sessions/items/{id}/own", runs, own::save),
        Page::post("/sessions/items/{id}/{step}", runs, step::item_step),
        Page::get("/sessions/homework/{id}", SITS, homework::show),
        Page::post("/sessions/homework/{id}/{step}", SITS, homework::end),
        Page::get("/sessions/invitations/{id}", SITS, invitation::show),
        Page::post("/sessions/invitations/{id}", SITS, invitation::answer),
        Page::post("/sessions/invitations/{id}/made-up", SITS, invitation::made_up),
        Page::post("/sessions/invitations/{id}/cancelled", SITS, invitation::heard_cancelled),
        Page::get("/sessions/{id}", SITS, session::show),
        Page::get("/sessions/{id}/edit", runs, sessions::edit),
        Page::post("/sessions/{id}/edit", runs, sessions::change),
        Page::get("/sessions/{id}/notice", SITS, notice::show),
        Page::post("/sessions/{id}/{step}", runs, step::step),
        Page::get("/cases/{id}/conferences", Access::WORKERS, outside::show),
        Page::post("/cases/{id}/conferences", Access::WORKERS, outside::note),
        Page::get("/matters/{id}/once", runs, once::show),
        Page::post("/matters/{id}/once", runs, once::write),
        Page::get("/flow/sessions", counts, figures::show),
        Page::get("/admin/sessions", Access::Role(&[Role::Administrator]), obliged::show),
        Page::post("/admin/sessions", Access::Role(&[Role::Administrator]), obliged::set),
    ]
}

/// Roles that keep bodies.
pub(crate) const KEEPERS: &[Role] = &[Role::AgencyLead, Role::Coordinator, Role::Secretariat];

/// Why a page of this concept writes nothing into the log of content.
pub(crate) const WHY: &str =
    "bodies and sessions hold days, desks and numbers; what an item is about stays with its matter";

/// The command was done before.
pub(crate) fn before() -> Receipt {
    Receipt::nothing_personal("the command was done before; nothing is shown")
}

/// Looks through a text that others will read: it names nobody (disclosure rule 11).
pub(crate) async fn sense(look: &mut Look, form: &mut Form, field: &str, text: &str) -> Result<(), Fail> {
    let viewer = look.viewer().clone();
    let named = household::telling::named_in(&mut look.conn(), &viewer, text).await?;
    let named = look.disclose(named).await?;
    let known = household::telling::called(&named);
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    if advice::sense(text, &known) != advice::Sensed::Nothing {
        form.problem(field, "session.somebody");
    }
    Ok(())
}

/// A whole number of a field, from one on.
pub(crate) fn count(form: &mut Form, field: &str) -> Option<i64> {
    let typed = form.line(field, Need::Optional, 4);
    if typed.is_empty() {
        return None;
    }
    let n = words::fold::fold(&typed).trim().parse::<i64>().ok().filter(|n| (1..=99).contains(n));
    if n.is_none() {
        form.problem(field, "session.a_number");
    }
    n
}

/// The own desks in these roles, to choose the secretariat among.
pub(crate) async fn own_desks(
    look: &mut Look,
    form: &Form,
    field: &str,
    roles: &[Role],
) -> Result<Vec<Choice>, Fail> {
    let viewer = look.viewer().clone();
    let today = look.now().day();
    let mut ids: Vec<DeskId> =
        viewer.seats.iter().filter(|s| roles.contains(&s.role)).map(|s| s.desk).collect();
    ids.sort_unstable();
    ids.dedup();
    let one = ids.len() == 1;
    let names =
        register::desk_names(&mut look.conn(), viewer.municipality, ids.iter().copied(), today).await?;
    Ok(ids
        .into_iter()
        .map(|id| {
            let mut choice = Choice::new(form, field, id, names.get(&id).cloned().unwrap_or_default());
            choice.on |= one;
            choice
        })
        .collect())
}

/// Choices of a closed list.
pub(crate) fn codes<C: words::code::Code + Copy + std::fmt::Display + 'static>(
    t: &T,
    form: &Form,
    field: &str,
    list: &str,
    all: &[C],
) -> Vec<Choice> {
    all.iter().map(|c| Choice::new(form, field, c, t.code(list, c))).collect()
}

/// A page, or the same page again with what was wrong in it.
pub(crate) fn shown(
    html: Result<String, askama::Error>,
    form: &Form,
    receipt: Receipt,
) -> Result<Answer, Fail> {
    if form.has_problems() { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}
