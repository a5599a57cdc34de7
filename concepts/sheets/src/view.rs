//! A definition as a form and as a read sheet, ready for the macros of `templates/parts/sheet_parts.html`.

use std::collections::{BTreeMap, BTreeSet};

use access::{Disclosed, Viewer};
use engine::{Broken, Conn};
use household::{Entry, MarksControl};
use sheet::fill::{Known, bytes_field, cell};
use sheet::print::{Words, show};
use sheet::{Answers, Condition, Definition, Item, Kind, Need, Tables};
use site::{Form, T, link};
use uuid::Uuid;
use words::Day;
use words::id::PersonId;

use crate::sql;

/// A choice.
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub word: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// One field of the form: an item, or a cell of a table.
pub struct FieldView {
    /// Its name.
    pub name: String,
    /// Its question.
    pub label: String,
    /// The word of its kind.
    pub kind: &'static str,
    /// What is typed.
    pub value: String,
    /// What can be chosen.
    pub choices: Vec<Choice>,
    /// 円, 回.
    pub unit: String,
    /// Most characters.
    pub max: usize,
    /// What is wrong with it.
    pub error: Option<String>,
}

/// One item of the form.
pub struct ItemView {
    /// The field; of a table only its name and question.
    pub field: FieldView,
    /// What helps.
    pub help: String,
    /// Whether it must be answered whenever it is shown.
    pub must: bool,
    /// 太枠.
    pub reported: bool,
    /// When the script shows it; empty: always.
    pub show_when: String,
    /// Whether its codes were checked against their source.
    pub unverified: bool,
    /// The heads of a table.
    pub heads: Vec<String>,
    /// The rows of a table.
    pub rows: Vec<Vec<FieldView>>,
    /// The field of a file's size.
    pub bytes: Option<FieldView>,
    /// Whom and what the answer is about.
    pub marks: Option<MarksControl>,
}

/// One part of the form.
pub struct PartView {
    /// Its heading.
    pub title: String,
    /// What helps.
    pub help: String,
    /// When the script shows it.
    pub show_when: String,
    /// Its items.
    pub items: Vec<ItemView>,
}

/// What can be chosen in this form beside codes: id and name.
#[derive(Debug, Clone, Default)]
pub struct Choosable {
    /// Members of the household the viewer knows.
    pub persons: Vec<(Uuid, String)>,
    /// Agencies of the register.
    pub agencies: Vec<(Uuid, String)>,
    /// Areas of the register.
    pub areas: Vec<(Uuid, String)>,
}

impl Choosable {
    /// What an answer may name.
    pub fn known(&self) -> Known {
        let ids = |list: &[(Uuid, String)]| list.iter().map(|(id, _)| *id).collect::<BTreeSet<_>>();
        Known { persons: ids(&self.persons), agencies: ids(&self.agencies), areas: ids(&self.areas) }
    }

    /// Their names.
    pub fn names(&self) -> BTreeMap<Uuid, String> {
        [&self.persons, &self.agencies, &self.areas].into_iter().flatten().cloned().collect()
    }
}

/// Loads what can be chosen. Registers hold nothing about a household; the persons come disclosed.
pub async fn choosable(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    today: Day,
    persons: &[(PersonId, String)],
) -> Result<Choosable, Broken> {
    let m = viewer.municipality;
    let areas = register::areas(conn, m, "").await?;
    Ok(Choosable {
        persons: persons.iter().map(|(id, name)| (id.uuid(), name.clone())).collect(),
        agencies: sql::agencies(conn, m, today).await?,
        areas: areas.into_iter().map(|a| (a.id.uuid(), format!("{} {}", a.system, a.name))).collect(),
    })
}

/// What a form is put together from.
pub struct FormOf<'a> {
    /// The words.
    pub t: &'a T,
    /// What is typed, with its problems.
    pub form: &'a Form,
    /// The tables.
    pub tables: &'a Tables,
    /// The day the sheet is about.
    pub day: Day,
    /// What can be chosen.
    pub can: &'a Choosable,
    /// The persons answers can be marked with; `None`: answers carry no marks (no personal data).
    pub marks: Option<&'a [(PersonId, String)]>,
}

/// The form of a definition. `extra_only` leaves out the core items, which the concept's own form asks; conditions on
/// them then look at that form's fields.
pub fn parts(definition: &Definition, of: &FormOf<'_>, extra_only: bool) -> Vec<PartView> {
    let name = |key: &str| match definition.item(key).and_then(|i| i.core.clone()) {
        Some(core) if extra_only => core,
        _ => sheet_field(key),
    };
    let when = |c: Option<&Condition>| c.and_then(|c| pairs(c, &name)).unwrap_or_default();
    definition
        .sections
        .iter()
        .map(|section| PartView {
            title: section.title.show(of.t.lang()).to_owned(),
            help: section.help.show(of.t.lang()).to_owned(),
            show_when: when(section.shown.as_ref()),
            items: section
                .items
                .iter()
                .filter(|i| !extra_only || i.core.is_none())
                .map(|i| item(i, of, when(i.shown.as_ref())))
                .collect(),
        })
        .filter(|p| !p.items.is_empty())
        .collect()
}

/// One place of a form that a concept lays out itself: its own control for a core item, or a town's item.
pub enum Slot {
    /// An item that fills a typed column.
    Core(CoreView),
    /// An item of the town.
    Own(Box<ItemView>),
}

/// What a definition says about a core item; its control is the concept's.
pub struct CoreView {
    /// The column it fills.
    pub column: String,
    /// Its question.
    pub label: String,
    /// What helps.
    pub help: String,
    /// Whether it must be answered whenever it is shown.
    pub must: bool,
    /// 太枠.
    pub reported: bool,
    /// When the script shows it; empty: always.
    pub show_when: String,
}

/// A part of such a form.
pub struct SlotPart {
    /// Its key: what ships has the same over versions.
    pub key: String,
    /// Its heading.
    pub title: String,
    /// What helps.
    pub help: String,
    /// When the script shows it.
    pub show_when: String,
    /// Its places, in order.
    pub slots: Vec<Slot>,
}

/// The form of a definition whose core items have controls of their own, named by their columns.
pub fn slots(definition: &Definition, of: &FormOf<'_>) -> Vec<SlotPart> {
    let name =
        |key: &str| definition.item(key).and_then(|i| i.core.clone()).unwrap_or_else(|| sheet_field(key));
    let when = |c: Option<&Condition>| c.and_then(|c| pairs(c, &name)).unwrap_or_default();
    let lang = of.t.lang();
    let slot = |i: &Item| {
        let show_when = when(i.shown.as_ref());
        match &i.core {
            None => Slot::Own(Box::new(item(i, of, show_when))),
            Some(column) => Slot::Core(CoreView {
                column: column.clone(),
                label: i.label.show(lang).to_owned(),
                help: i.help.show(lang).to_owned(),
                must: i.required == Need::Always,
                reported: i.reported,
                show_when,
            }),
        }
    };
    definition
        .sections
        .iter()
        .map(|section| SlotPart {
            key: section.key.clone(),
            title: section.title.show(lang).to_owned(),
            help: section.help.show(lang).to_owned(),
            show_when: when(section.shown.as_ref()),
            slots: section.items.iter().map(slot).collect(),
        })
        .filter(|p| !p.slots.is_empty())
        .collect()
}

/// The name of the marks of an item: apart from every answer's field, whatever keys a town chooses.
pub(crate) fn marks_field(key: &str) -> String {
    format!("m-{key}")
}

fn sheet_field(key: &str) -> String {
    format!("a-{key}")
}

/// A condition as the script's `field=value` pairs, any of which shows the item. What cannot be said so is always
/// shown: the server decides when it is sent.
fn pairs(condition: &Condition, name: &dyn Fn(&str) -> String) -> Option<String> {
    match condition {
        Condition::Answered(item) => Some(format!("{}=*", name(item))),
        Condition::Equals(item, code) => Some(format!("{}={code}", name(item))),
        Condition::AnyOf(item, codes) => {
            Some(codes.iter().map(|c| format!("{}={c}", name(item))).collect::<Vec<_>>().join(","))
        }
        Condition::Any(list) => {
            list.iter().map(|c| pairs(c, name)).collect::<Option<Vec<_>>>().map(|p| p.join(","))
        }
        _ => None,
    }
}

fn item(item: &Item, of: &FormOf<'_>, show_when: String) -> ItemView {
    let lang = of.t.lang();
    let name = item.field();
    let (heads, rows) = match &item.kind {
        Kind::Table { columns, rows } => {
            let heads = columns
                .iter()
                .map(|c| {
                    let must = if c.required { format!(" ({})", of.t.s("site.must")) } else { String::new() };
                    format!("{}{must}", c.label.show(lang))
                })
                .collect();
            let used = (0..*rows)
                .rev()
                .find(|r| columns.iter().any(|c| !of.form.value(&cell(&item.key, *r, &c.key)).is_empty()));
            let shown = used.map_or(3, |last| last + 3).min(*rows);
            let row = |r: usize| {
                columns
                    .iter()
                    .map(|c| {
                        let label = format!("{} {}", c.label.show(lang), r + 1);
                        field(cell(&item.key, r, &c.key), label, &c.kind, of)
                    })
                    .collect()
            };
            (heads, (0..shown).map(row).collect())
        }
        _ => (Vec::new(), Vec::new()),
    };
    let number = Kind::Number {
        min: sheet::Number::MIN,
        max: sheet::Number::MAX,
        decimals: 0,
        unit: sheet::Label::default(),
    };
    ItemView {
        help: item.help.show(lang).to_owned(),
        must: item.required == Need::Always,
        reported: item.reported,
        unverified: item.kind.table().and_then(|t| of.tables.get(t)).is_some_and(|t| !t.verified),
        show_when,
        heads,
        rows,
        bytes: (item.kind == Kind::File)
            .then(|| field(bytes_field(&item.key), of.t.s("sheets.bytes").to_owned(), &number, of)),
        marks: of.marks.map(|persons| MarksControl::new(of.t, of.form, &marks_field(&item.key), persons)),
        field: field(name, item.label.show(lang).to_owned(), &item.kind, of),
    }
}

fn field(name: String, label: String, kind: &Kind, of: &FormOf<'_>) -> FieldView {
    let choice = |value: String, word: String| Choice { chosen: of.form.chose(&name, &value), value, word };
    let things = |list: &[(Uuid, String)]| {
        list.iter().map(|(id, word)| choice(id.to_string(), word.clone())).collect::<Vec<_>>()
    };
    let choices = match kind {
        Kind::Choice { table } | Kind::Many { table } => match of.tables.get(table) {
            Some(table) => table
                .on(of.day)
                .map(|c| choice(c.code.clone(), c.label.show(of.t.lang()).to_owned()))
                .collect(),
            None => Vec::new(),
        },
        Kind::Person => things(&of.can.persons),
        Kind::Agency => things(&of.can.agencies),
        Kind::Area => things(&of.can.areas),
        _ => Vec::new(),
    };
    let (max, unit) = match kind {
        Kind::Text { max } | Kind::LongText { max } => (*max, ""),
        Kind::Number { unit, .. } => (0, unit.show(of.t.lang())),
        _ => (0, ""),
    };
    FieldView {
        value: of.form.value(&name).to_owned(),
        error: of.form.error(of.t, &name),
        unit: unit.to_owned(),
        kind: kind.word(),
        name,
        label,
        choices,
        max,
    }
}

/// One answered item, to be read.
pub struct ReadLine {
    /// The question.
    pub label: String,
    /// The answer in words; empty when there is none.
    pub value: String,
    /// 太枠.
    pub thick: bool,
    /// The page of the text: whom and what it is about, corrections.
    pub href: Option<String>,
    /// Whether it holds what harms when it leaks.
    pub guarded: bool,
}

/// A part of a sheet, to be read.
pub struct ReadPart {
    /// Its heading.
    pub title: String,
    /// Its lines.
    pub lines: Vec<ReadLine>,
}

/// What was disclosed of a sheet, in the order and words of its own version. `extra_only` leaves the core items to
/// the concept's own page.
pub fn read_parts(
    definition: &Definition,
    entries: &[Disclosed<Entry>],
    words: &Words<'_>,
    extra_only: bool,
) -> Vec<ReadPart> {
    read_parts_without(definition, entries, words, extra_only, (&BTreeSet::new(), ""))
}

/// The same on a paper that leaves answers out: at the items of `left_out` stand these words instead. An empty frame would say that nothing is
/// the matter there.
pub(crate) fn read_parts_without(
    definition: &Definition,
    entries: &[Disclosed<Entry>],
    words: &Words<'_>,
    extra_only: bool,
    (left_out, instead): (&BTreeSet<String>, &str),
) -> Vec<ReadPart> {
    let stored =
        entries.iter().filter_map(|e| e.answers.as_ref()).map(|a| (a.item.as_str(), a.value.as_str()));
    let (answers, _) = Answers::read(definition, stored);
    let of_item = |key: &str| entries.iter().find(|e| e.answers.as_ref().is_some_and(|a| a.item == key));
    let guarded = |e: &Entry| {
        e.categories != access::Categories::all()
            && (e.categories.has(access::Category::Violence) || e.categories.has(access::Category::Informant))
    };
    let mut asked: BTreeMap<String, sheet::print::Line> = sheet::print::page(definition, &answers, words)
        .into_iter()
        .flat_map(|part| part.lines)
        .map(|line| (line.key.clone(), line))
        .collect();
    let mut line = |item: &Item| {
        let (line, without) = (asked.remove(&item.key), left_out.contains(&item.key));
        let entry = of_item(&item.key);
        (line.is_some() || without).then(|| ReadLine {
            label: item.label.show(words.language).to_owned(),
            value: if without { instead.to_owned() } else { line.and_then(|l| l.value).unwrap_or_default() },
            thick: item.reported,
            href: entry.map(|e| link::entry(e.id)),
            guarded: entry.is_some_and(|e| guarded(e)),
        })
    };
    definition
        .sections
        .iter()
        .map(|section| ReadPart {
            title: section.title.show(words.language).to_owned(),
            lines: section
                .items
                .iter()
                .filter(|i| !extra_only || i.core.is_none())
                .filter_map(&mut line)
                .collect(),
        })
        .filter(|p| !p.lines.is_empty())
        .collect()
}

/// The words of an answer's text: the question and the answer, as they read on its day.
pub(crate) fn in_words(item: &Item, value: &sheet::Value, words: &Words<'_>) -> String {
    format!("{}: {}", item.label.show(words.language), show(&item.kind, value, words))
}
