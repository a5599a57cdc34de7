//! A row in words, line by line, as the printed plan writes its left-hand cell.

use register::{ConsultableBy, Delivery, Statutory};
use site::T;

use crate::rules::{Shown, ShownItem, mark, statutory};

/// What a line of the cell is, so that a page can set it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The name, with its count.
    Name,
    /// A sub-item.
    Item,
    /// A remark in brackets, 所管課, 実施者.
    Remark,
    /// ※…: who may ask, what is not counted, whom a set leaves out.
    Proviso,
    /// 法定事業: framed.
    Statutory,
}

/// One line of the cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellLine {
    /// What it is.
    pub kind: Kind,
    /// Its words.
    pub text: String,
}

/// The left-hand cell of a row.
pub fn cell(t: &T, row: &Shown) -> Vec<CellLine> {
    let mut lines = Vec::new();
    let mut say = |kind, text| lines.push(CellLine { kind, text });
    match row.items.as_slice() {
        [only] if only.name.is_empty() => say(Kind::Name, with_count(&row.name, only)),
        items => {
            say(Kind::Name, row.name.clone());
            for (place, item) in items.iter().enumerate() {
                let text = format!("{}{}", mark(place), with_count(&item.name, item));
                say(Kind::Item, text);
            }
        }
    }
    for item in row.items.iter().filter(|i| !i.note.is_empty()) {
        say(Kind::Remark, t.f("plan.bracketed", "text", &item.note));
    }
    if !row.note.is_empty() {
        say(Kind::Remark, t.f("plan.bracketed", "text", &row.note));
    }
    if row.asked_by != ConsultableBy::Anyone {
        say(Kind::Proviso, t.code("plan_asked", row.asked_by));
    }
    if !row.excludes.is_empty() {
        say(Kind::Proviso, t.f("plan.except", "names", &row.excludes));
    }
    if let Some(set) = row.set.as_ref().filter(|s| !s.except.is_empty()) {
        say(Kind::Proviso, t.f("plan.except", "names", set.except.join(t.s("plan.and"))));
    }
    if !row.contractor.is_empty() {
        say(Kind::Remark, t.f("plan.bracketed", "text", &row.contractor));
    }
    let owners = row.owners.join(t.s("plan.comma"));
    let commissioned = row.delivery.contains(&Delivery::Commissioned);
    // Whoever carries it out at its own windows stands there already: the plan writes 市民センター・公民館 once.
    if !owners.is_empty() && (commissioned || owners != row.note) {
        say(
            Kind::Remark,
            t.f(if commissioned { "plan.commissioner" } else { "plan.bracketed" }, "text", owners),
        );
    }
    for text in statutory_words(t, &row.items) {
        say(Kind::Statutory, text);
    }
    lines
}

fn with_count(name: &str, item: &ShownItem) -> String {
    item.count.map_or_else(|| name.to_owned(), |n| format!("{name} {n}{}", item.unit).trim_start().to_owned())
}

/// What a row says about 法定事業, in the plan's words.
pub fn statutory_words(t: &T, items: &[ShownItem]) -> Vec<String> {
    statutory(items)
        .into_iter()
        .map(|line| {
            let what = match &line.what {
                Statutory::Named(name) => t.f("plan.statutory_named", "name", name),
                Statutory::Part => t.s("plan.statutory_part").to_owned(),
                Statutory::All | Statutory::None => t.s("plan.statutory_all").to_owned(),
            };
            if line.places.is_empty() {
                return what;
            }
            let marks: Vec<String> = line.places.iter().map(|p| mark(*p)).collect();
            let joined = match marks.as_slice() {
                [one, two] => format!("{one}{}{two}", t.s("plan.with")),
                marks => marks.join(t.s("plan.comma")),
            };
            t.fs("plan.statutory_items", &[("marks", joined), ("what", what)])
        })
        .collect()
}

/// 実施方式, each code on its own.
pub fn delivery_words(t: &T, row: &Shown) -> Vec<String> {
    row.delivery.iter().map(|d| t.code("delivery", d)).collect()
}
