//! Pages of households, persons and texts.

mod drawing;
mod home;
mod learnt;
mod leaving;
mod member;
mod mistaken;
mod moving;
mod person;
mod print;
mod text;
mod tie;
mod tie_words;

use access::Role;
pub use print::{before_giving, left_out, paper_for, paper_of, people_to_give, why_seen};

use engine::Receipt;
use site::{Access, Answer, Form, Need, Page, link};
use words::partial::PartialDate;

use crate::NewPerson;
use crate::acts::Done;

/// The pages.
pub fn pages() -> Vec<Page> {
    const SETTERS: Access = Access::Role(&[Role::Administrator]);
    vec![
        Page::get(link::DRAWINGS, SETTERS, drawing::show),
        Page::post(link::DRAWINGS, SETTERS, drawing::save),
        Page::get("/households/{id}", Access::WORKERS, home::show),
        Page::post("/households/{id}/members", Access::WORKERS, home::add_member),
        Page::get("/households/{id}/print", Access::WORKERS, print::show),
        Page::get("/households/{id}/ties/new", Access::WORKERS, tie::new),
        Page::post("/households/{id}/ties", Access::WORKERS, tie::add),
        Page::get("/households/{id}/outside/new", Access::WORKERS, tie::new_outside),
        Page::post("/households/{id}/outside", Access::WORKERS, tie::add_outside),
        Page::get("/ties/{id}", Access::WORKERS, tie::show),
        Page::post("/ties/{id}", Access::WORKERS, tie::correct),
        Page::post("/ties/{id}/end", Access::WORKERS, tie::end),
        Page::post("/ties/{id}/secret", Access::WORKERS, tie::keep_from),
        Page::post("/ties/{id}/error", Access::WORKERS, tie::void),
        Page::post("/households/{id}/left", Access::WORKERS, leaving::left),
        Page::post("/households/{id}/moved", Access::WORKERS, member::moved),
        Page::post("/households/{id}/moved/{plan}/off", Access::WORKERS, moving::call_off),
        Page::post("/persons/{id}/joined", Access::WORKERS, member::joined),
        Page::post("/persons/{id}/apart", Access::WORKERS, member::apart),
        Page::post("/persons/{id}/together", Access::WORKERS, member::together),
        Page::post("/persons/{id}/living/undo", Access::WORKERS, member::undo),
        Page::post("/persons/{id}/since", Access::WORKERS, member::since),
        Page::post("/persons/{id}/addresses", Access::WORKERS, member::add_address),
        Page::post("/persons/{id}/addresses/{address}/remove", Access::WORKERS, member::remove_address),
        Page::post("/persons/{id}/names", Access::WORKERS, member::add_name),
        Page::post("/persons/{id}/names/{name}/remove", Access::WORKERS, member::remove_name),
        Page::get("/persons/{id}", Access::WORKERS, person::show),
        Page::post("/persons/{id}", Access::WORKERS, person::save),
        Page::get("/persons/{id}/learnt", Access::WORKERS, learnt::show),
        Page::post("/persons/{id}/learnt", Access::WORKERS, learnt::write),
        Page::post("/persons/{id}/died", Access::WORKERS, person::died),
        Page::post("/persons/{id}/left", Access::WORKERS, person::left),
        Page::post("/persons/{id}/died/undo", Access::WORKERS, person::undo_died),
        Page::post("/persons/{id}/left/undo", Access::WORKERS, person::undo_left),
        Page::post("/persons/{id}/error", Access::WORKERS, mistaken::mark),
        Page::post("/persons/{id}/error/undo", Access::WORKERS, mistaken::take_back),
        Page::post("/persons/{id}/shelter", Access::WORKERS, person::set_shelter),
        Page::post("/persons/{id}/shelter/lift", Access::WORKERS, person::lift_shelter),
        Page::get("/entries/{id}", Access::SignedIn, text::show),
        Page::post("/entries/{id}", Access::WORKERS, text::correct),
        Page::post("/entries/{id}/secret", Access::WORKERS, text::keep_from),
        Page::post("/entries/{id}/error", Access::WORKERS, text::void),
    ]
}

/// Reads what is known of a person. Nothing is required.
fn read_person(form: &mut Form, today: words::Day) -> NewPerson {
    const LINE: usize = 100;
    NewPerson {
        name: form.line("name", Need::Optional, LINE),
        reading: form.line("reading", Need::Optional, LINE),
        alias: form.line("alias", Need::Optional, LINE),
        birth: form.birth("birth", today),
        gender: form.line("gender", Need::Optional, LINE),
        how_to_address: form.line("how_to_address", Need::Optional, LINE),
        language: form.line("language", Need::Optional, LINE),
        interpreter: form.ticked("interpreter"),
        address: form.line("address", Need::Optional, 200),
        phone: form.phone("phone"),
        contact_wish: form.line("contact_wish", Need::Optional, 500),
        relation: form.line("relation", Need::Optional, LINE),
        lives_together: form.ticked("lives_together"),
    }
}

/// A form filled with what is known.
fn filled(p: &NewPerson) -> Form {
    let tick = |on: bool| if on { "1".to_owned() } else { String::new() };
    Form::filled(vec![
        ("name", p.name.clone()),
        ("reading", p.reading.clone()),
        ("alias", p.alias.clone()),
        ("birth", p.birth.map(PartialDate::show_wareki).unwrap_or_default()),
        ("gender", p.gender.clone()),
        ("how_to_address", p.how_to_address.clone()),
        ("language", p.language.clone()),
        ("interpreter", tick(p.interpreter)),
        ("address", p.address.clone()),
        ("phone", p.phone.clone()),
        ("contact_wish", p.contact_wish.clone()),
        ("relation", p.relation.clone()),
        ("lives_together", tick(p.lives_together)),
    ])
}

/// On to `path` after an act.
fn to(done: Done, key: &str, path: impl FnOnce(&str) -> String) -> Answer {
    let (outcome, receipt) = match done {
        Done::Now(outcome, receipt) => (outcome, receipt),
        Done::Before(outcome) => {
            (outcome, Receipt::nothing_personal("a form that came twice leads to the same place"))
        }
    };
    Answer::to(&path(&outcome), key, receipt)
}

/// What happened to somebody is written down: that desks were asked to look is said only where one was.
fn happened(done: Done, (asked, alone): (&str, &str), path: &str) -> Answer {
    let (Done::Now(reviews, _) | Done::Before(reviews)) = &done;
    let key = if reviews == "0" { alone } else { asked };
    to(done, key, |_| path.to_owned())
}
