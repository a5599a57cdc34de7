//! What forms offer out of the register: desks to turn to, articles to rest on.

use site::{Choice, Form, T};
use words::id::DeskId;

use crate::views::{DeskInfo, LegalBasis};

/// Articles to choose from. Which of them nobody has held against its source is said where that can be done: on the list of whoever keeps
/// the register.
pub fn articles(bases: Vec<LegalBasis>) -> Vec<(String, String)> {
    bases.into_iter().map(|b| (b.code, b.name)).collect()
}

/// The desks a form can turn to, by field of their agency; `own` are left out. Where nobody can sign in, it says so.
pub fn desk_groups(
    t: &T,
    form: &Form,
    field: &str,
    desks: &[DeskInfo],
    own: &[DeskId],
) -> Vec<(String, Vec<Choice>)> {
    let mut groups: Vec<(String, Vec<Choice>)> = Vec::new();
    for desk in desks.iter().filter(|d| !own.contains(&d.id)) {
        let group = t.code("field", &desk.field);
        let word = if desk.has_login {
            desk.name.clone()
        } else {
            t.f("register.desk_no_login", "desk", &desk.name)
        };
        let row = Choice::new(form, field, desk.id, word);
        match groups.iter_mut().find(|(g, _)| *g == group) {
            Some((_, rows)) => rows.push(row),
            None => groups.push((group, vec![row])),
        }
    }
    groups
}
