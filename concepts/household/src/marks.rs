//! The marks of a text in a form: whom it is about, and its categories (disclosure rule 3).

use std::collections::BTreeSet;

use access::{Categories, Category, Disclosed};
use site::{Form, T};
use words::code::Code;
use words::id::PersonId;

use crate::{Marks, Person};

/// One box to tick.
pub struct Tick {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub word: String,
    /// Whether it is ticked.
    pub chosen: bool,
    /// Whether it guards the text more than the others.
    pub guard: bool,
}

/// The control under a text: fields `{field}_about` and `{field}_cat`. Shown by the macro `marks_control` of
/// `parts/entry_item.html`.
pub struct MarksControl {
    /// Name of the text's field.
    pub field: String,
    /// The closed line.
    pub line: String,
    /// The persons.
    pub persons: Vec<Tick>,
    /// The categories.
    pub categories: Vec<Tick>,
}

/// Categories that are never part of an ordinary sharing: shown apart.
const GUARDED: &[Category] = &[Category::Crime, Category::Violence, Category::Informant];

impl MarksControl {
    /// The control for `field`, ticked as `form` says; `persons` are those the viewer knows by name.
    pub fn new(t: &T, form: &Form, field: &str, persons: &[(PersonId, String)]) -> Self {
        let (about, cat) = (format!("{field}_about"), format!("{field}_cat"));
        let persons: Vec<Tick> = persons
            .iter()
            .map(|(id, name)| Tick {
                value: id.to_string(),
                word: name.clone(),
                chosen: form.chose(&about, id),
                guard: false,
            })
            .collect();
        let categories: Vec<Tick> = Category::ALL
            .iter()
            .map(|c| Tick {
                value: c.code().to_owned(),
                word: t.code("category", c),
                chosen: form.chose(&cat, c),
                guard: GUARDED.contains(c),
            })
            .collect();
        let line = format!(
            "{}: {} / {}: {}",
            t.s("marks.about"),
            ticked(&persons, t.s("marks.everyone")),
            t.s("marks.categories"),
            ticked(&categories, t.s("marks.all")),
        );
        Self { field: field.to_owned(), line, persons, categories }
    }
}

fn ticked(ticks: &[Tick], none: &str) -> String {
    let words: Vec<&str> = ticks.iter().filter(|t| t.chosen).map(|t| t.word.as_str()).collect();
    if words.is_empty() { none.to_owned() } else { words.join(", ") }
}

/// The persons a text can be marked with: those disclosed, by the name they go by. Who has neither name nor tie
/// to be told apart by is called somebody of the household.
pub fn nameable<'p>(
    t: &T,
    members: impl IntoIterator<Item = &'p Disclosed<Person>>,
) -> Vec<(PersonId, String)> {
    members
        .into_iter()
        .map(|p| {
            let name = match (p.called(), p.known.relation.as_str()) {
                ("", "") => t.s("entry_view.someone"),
                ("", relation) => relation,
                (name, _) => name,
            };
            (p.id, name.to_owned())
        })
        .collect()
}

/// The same where people are offered for something that is still to come: who died says so (「（亡くなった）」), the same everywhere, so that
/// nobody is asked or promised anything by mistake.
pub fn offered<'p>(
    t: &T,
    members: impl IntoIterator<Item = &'p Disclosed<Person>> + Clone,
) -> Vec<(PersonId, String)> {
    let dead: BTreeSet<PersonId> =
        members.clone().into_iter().filter(|p| p.died.is_some()).map(|p| p.id).collect();
    let named = nameable(t, members).into_iter();
    named
        .map(|(id, name)| (id, if dead.contains(&id) { t.f("entry_view.died", "name", name) } else { name }))
        .collect()
}

/// Reads the marks of `field`. Only persons in `known` count: a foreign id would let a stranger's consent cover
/// the text. Nothing left is the safe default, the whole household and all categories.
pub fn marks_from(form: &mut Form, field: &str, known: &[(PersonId, String)]) -> Marks {
    let categories: Categories = form.codes::<Category>(&format!("{field}_cat")).into_iter().collect();
    let mut persons: Vec<PersonId> = form.ids(&format!("{field}_about"));
    persons.retain(|id| known.iter().any(|(k, _)| k == id));
    persons.sort_unstable();
    persons.dedup();
    Marks::new(persons, categories)
}

#[cfg(test)]
mod tests {
    use super::*;
    use site::Fields;

    fn person(n: u128) -> PersonId {
        PersonId::new(uuid::Uuid::from_u128(n))
    }

    #[test]
    fn marks_are_read_and_strangers_are_left_out() {
        let known = [(person(1), "A".to_owned())];
        let pairs = [
            ("note_about", person(2).to_string()),
            ("note_about", person(1).to_string()),
            ("note_about", person(1).to_string()),
            ("note_cat", "health".to_owned()),
        ];
        let pairs = pairs.into_iter().map(|(n, v)| (n.to_owned(), v)).collect();
        let mut form = Form::new(Fields::from_pairs(pairs));
        let marks = marks_from(&mut form, "note", &known);
        assert_eq!(marks.persons, vec![person(1)]);
        assert_eq!(marks.categories(), Categories::NONE.with(Category::Health));
        let only_stranger = Fields::from_pairs(vec![("note_about".to_owned(), person(2).to_string())]);
        let marks = marks_from(&mut Form::new(only_stranger), "note", &known);
        assert!(marks.persons.is_empty(), "falls back to the whole household");
        assert_eq!(marks.categories(), Categories::all());
    }
}
