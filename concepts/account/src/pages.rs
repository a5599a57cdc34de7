//! The pages, and who may come to each.

use site::{Access, Page, link};

use crate::{habits, me, sign_in};

const COMING: Access = Access::Anyone("how one comes in");
/// Leaving must always work, also from a tab of an earlier session. A form from another site is refused before.
const GOING: Access = Access::Anyone("how one leaves");

/// The pages of this concept.
pub fn pages() -> Vec<Page> {
    vec![
        Page::get(link::SIGN_IN, COMING, sign_in::show),
        Page::post(link::SIGN_IN, COMING, sign_in::enter),
        Page::post("/sign-in/code", COMING, sign_in::second_step),
        Page::post(link::SIGN_OUT, GOING, sign_in::sign_out),
        Page::get(link::LOCK, COMING, sign_in::lock),
        Page::post(link::LOCK, GOING, sign_in::leave_seat),
        Page::get(link::SEAT, Access::SignedIn, me::seats),
        Page::post(link::SEAT, Access::SignedIn, me::sit),
        Page::get(link::ME, Access::SignedIn, me::show),
        Page::post(
            "/language",
            Access::Anyone("the language of a page says nothing about anyone"),
            me::choose_language,
        ),
        Page::post("/habits/filter", Access::SignedIn, habits::save_filter),
        Page::post("/habits/filter/forget", Access::SignedIn, habits::forget_filter),
        Page::post("/habits/columns", Access::SignedIn, habits::choose_columns),
        Page::post("/habits/keys", Access::SignedIn, habits::switch_keys),
        Page::post("/me/password", Access::SignedIn, me::change_password),
        Page::post("/me/second", Access::SignedIn, me::take_second),
        Page::post("/me/second/remove", Access::SignedIn, me::remove_second),
    ]
}
