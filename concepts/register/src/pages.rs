//! The pages of the register: who is responsible, who answers for what, one agency, staff and appointments, the transfer list.

mod agency;
mod duties;
mod law;
mod offices;
mod open_data;
mod staff;
mod town;
mod transfers;
mod who;

use access::{Action, Relation, Right, Role};
use engine::{Act, Fail, Receipt};
use site::{Access, Page, T};
use words::Day;
use words::calendar::OpeningDays;

use crate::rules::Span;

/// Administrators only: accounts and appointments, no household content (domain section 5).
const ADMIN: Access = Access::Role(&[Role::Administrator]);

/// The pages of this concept.
pub fn pages() -> Vec<Page> {
    vec![
        Page::get("/who", Access::SignedIn, who::get),
        Page::get("/agencies/{id}", Access::SignedIn, agency::get),
        Page::post("/agencies/{id}/rename", ADMIN, agency::rename),
        Page::get("/admin/staff", ADMIN, staff::get),
        Page::post("/admin/staff", ADMIN, staff::found),
        Page::get("/admin/appointments/new", ADMIN, staff::new),
        Page::post("/admin/appointments/new", ADMIN, staff::appoint),
        Page::post("/admin/appointments/{id}/end", ADMIN, staff::end),
        Page::get("/admin/offices", ADMIN, offices::get),
        Page::get("/admin/offices/new", ADMIN, offices::new::get),
        Page::post("/admin/offices/new", ADMIN, offices::new::post),
        Page::get("/admin/offices/contracts/{id}/end", ADMIN, offices::contract::end_form),
        Page::post("/admin/offices/contracts/{id}/end", ADMIN, offices::contract::end),
        Page::get("/admin/offices/contracts/{id}/renew", ADMIN, offices::contract::renew_form),
        Page::post("/admin/offices/contracts/{id}/renew", ADMIN, offices::contract::renew),
        Page::get("/admin/offices/contracts/{id}/next", ADMIN, offices::contract::next_form),
        Page::post("/admin/offices/contracts/{id}/next", ADMIN, offices::contract::next),
        Page::get("/admin/offices/contracts/{id}/keep", ADMIN, offices::contract::keep_form),
        Page::post("/admin/offices/contracts/{id}/keep", ADMIN, offices::contract::keep),
        Page::get("/admin/offices/contracts/{id}/cancel", ADMIN, offices::contract::cancel_form),
        Page::post("/admin/offices/contracts/{id}/cancel", ADMIN, offices::contract::cancel),
        Page::get("/admin/offices/desks/{id}/end", ADMIN, offices::desk::end_form),
        Page::post("/admin/offices/desks/{id}/end", ADMIN, offices::desk::end),
        Page::get("/admin/offices/desks/{id}/cancel", ADMIN, offices::desk::cancel_form),
        Page::post("/admin/offices/desks/{id}/cancel", ADMIN, offices::desk::cancel),
        Page::get("/admin/offices/desks/{id}/keep", ADMIN, offices::desk::keep_form),
        Page::post("/admin/offices/desks/{id}/keep", ADMIN, offices::desk::keep),
        Page::get("/admin/offices/agencies/{id}/merge", ADMIN, offices::agency::merge_form),
        Page::post("/admin/offices/agencies/{id}/merge", ADMIN, offices::agency::merge),
        Page::get("/admin/offices/agencies/{id}/split", ADMIN, offices::split::get),
        Page::post("/admin/offices/agencies/{id}/split", ADMIN, offices::split::post),
        Page::get("/admin/offices/agencies/{id}/keep", ADMIN, offices::agency::keep_form),
        Page::post("/admin/offices/agencies/{id}/keep", ADMIN, offices::agency::keep),
        Page::get("/admin/responsibilities", ADMIN, duties::get),
        Page::post("/admin/responsibilities", ADMIN, duties::add),
        Page::post("/admin/responsibilities/{id}/confirm", ADMIN, duties::confirm),
        Page::post("/admin/responsibilities/{id}/end", ADMIN, duties::end),
        Page::get("/admin/legal-bases", ADMIN, law::list),
        Page::get("/admin/legal-bases/new", ADMIN, law::new),
        Page::post("/admin/legal-bases/new", ADMIN, law::add),
        Page::post("/admin/legal-bases/end", ADMIN, law::end),
        Page::post("/admin/legal-bases/take-back", ADMIN, law::take_back),
        Page::post("/admin/legal-bases/verify", ADMIN, law::verify),
        Page::get("/admin/town", ADMIN, town::get),
        Page::post("/admin/town", ADMIN, town::post),
        Page::get("/admin/transfers", ADMIN, transfers::get),
        Page::post("/admin/transfers", ADMIN, transfers::post),
        Page::get("/admin/open-data", ADMIN, open_data::get),
        Page::post("/admin/open-data", ADMIN, open_data::look).takes_files(open_data::MOST_BYTES),
        Page::post("/admin/open-data/load", ADMIN, open_data::load),
    ]
}

fn receipt() -> Receipt {
    Receipt::nothing_personal("registers hold no household data")
}

/// The right to administer. No row of the access log: the register holds nothing about a household, and the command
/// says who did it.
fn administer(act: &Act) -> Result<Right, Fail> {
    let viewer = act.viewer().ok_or(Fail::NotVisible)?;
    Ok(access::may(viewer, Action::Administer, &Relation::of_no_household())?)
}

/// A span in words: from, until, or both.
fn span_words(t: &T, span: Span, today: Day) -> String {
    let show = |day| t.day(day, today);
    match span.to {
        None => t.f("agency.since", "from", show(span.from)),
        Some(to) => t.fs("agency.span", &[("from", show(span.from)), ("to", show(to))]),
    }
}

/// Opening days in words.
fn opening_words(t: &T, opening: &OpeningDays) -> String {
    let days = match opening.weekdays {
        [true, true, true, true, true, false, false] => t.s("who.weekdays").to_owned(),
        [true, true, true, true, true, true, true] => t.s("who.every_day").to_owned(),
        days => {
            let names = t.s("who.days").split(' ').zip(days).filter(|(_, open)| *open).map(|(name, _)| name);
            let names: Vec<&str> = names.collect();
            t.f("who.some_days", "days", names.join(t.s("who.between_days")))
        }
    };
    if opening.open_on_holidays { t.f("who.and_holidays", "days", days) } else { days }
}
