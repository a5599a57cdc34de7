//! The town's own items on the consultation and connecting forms, and the town's words for the items the program asks.
//!
//! The definition in force says which parts the two forms have, in which order their questions come, their words, help
//! and whether they must be answered. The control of a core item is this concept's own (it fills a typed column, and
//! what belongs to it stands beside it); every other item is the town's, shown by [`sheets`] and kept as a filled sheet
//! under that version. What was written is read with the words of the version of its day.

use access::Disclosed;
use engine::{Broken, Fail, Look};
use household::Entry;
use register::Matter;
use sheet::fill::cell as cell_field;
use sheet::fill::{Setting, Typed, fill};
use sheet::print::Words;
use sheet::{Definition, Kind, Tables, shipped};
use sheets::{Choosable, Extra, Filled, ReadPart, Slot, SlotPart};
use site::{Form, Frame, T};
use words::Day;
use words::code::Code;

/// The sheet of a consultation.
pub(crate) const CONSULTATION: &str = "consultation";
/// The connecting sheet.
pub(crate) const CONNECTING: &str = "connecting";

/// A definition in force with what its items can name.
pub(crate) struct Asked {
    definition: Definition,
    tables: Tables,
    can: Choosable,
    day: Day,
}

/// The core items of the consultation sheet, by the sentence that asks each.
pub(crate) const CONSULTATION_WORDS: &[(&str, &str)] = &[
    ("words", "intake.words"),
    ("urgency", "intake.urgency"),
    ("route", "intake.route"),
    ("told_agency", "intake.told_agency"),
    ("channel", "intake.channel"),
    ("occurred", "intake.occurred"),
    ("time", "intake.time"),
    ("topics", "intake.topics"),
    ("main", "intake.main_topic"),
    ("third_party", "intake.third_party"),
    ("name", "intake.name"),
    ("reading", "intake.reading"),
    ("phone", "intake.phone"),
    ("came_as", "intake.came_as"),
    ("contact_wish", "intake.contact_wish"),
    ("address", "intake.address"),
    ("birth", "intake.birth"),
    ("alias", "intake.alias"),
    ("how_to_address", "intake.how_to_address"),
    ("gender", "intake.gender"),
    ("language", "intake.language"),
    ("interpreter", "intake.interpreter"),
    ("area", "intake.area"),
    ("age_band", "intake.age_band"),
    ("consideration", "intake.consideration"),
    ("facts", "intake.facts"),
    ("possibilities", "intake.possibilities"),
    ("response", "intake.response"),
    ("place", "intake.place"),
    // The heads under which the texts are read.
    ("words", "entry_field.words"),
    ("consideration", "entry_field.consideration"),
    ("facts", "entry_field.facts"),
    ("possibilities", "entry_field.possibilities"),
    ("response", "entry_field.response"),
];
/// The core items of the connecting sheet, by the sentence that asks each.
pub(crate) const CONNECTING_WORDS: &[(&str, &str)] = &[
    ("knows", "sheet.knows"),
    ("words", "sheet.words"),
    ("topics", "sheet.near"),
    ("urgency", "intake.urgency"),
    ("name", "intake.name"),
    ("reading", "intake.reading"),
    ("phone", "intake.phone"),
    ("address", "intake.address"),
    ("contact_wish", "sheet.contact"),
    ("consent_form", "sheet.consent_form"),
    ("witness", "sheet.witness"),
    ("area", "intake.area"),
    ("age_band", "intake.age_band"),
    ("words", "entry_field.words"),
];
/// Short core items that stand side by side when they follow one another.
const BESIDE: &[(&str, &str)] = &[
    ("name", "reading"),
    ("phone", "came_as"),
    ("channel", "occurred"),
    ("occurred", "time"),
    ("birth", "alias"),
    ("how_to_address", "gender"),
    ("area", "age_band"),
];
/// Parts that are folded away until somebody needs them.
const FOLDED: &[&str] = &["part_more", "part_members", "part_rough"];

/// A part of a form, laid out.
pub(crate) struct Laid {
    pub part: SlotPart,
    /// Its places in rows: most stand alone.
    pub rows: Vec<Vec<Slot>>,
    pub folded: bool,
    /// Whether a folded part has something in it.
    pub open: bool,
}

/// Loads the definition in force. Neither of these two can be retired. `named`: the form names something of the
/// register, so that the register must be asked whether it is there.
pub(crate) async fn asked(look: &mut Look, key: &str, named: bool) -> Result<Asked, Fail> {
    let (viewer, now) = (look.viewer().clone(), look.now());
    let m = viewer.municipality;
    let version = sheets::in_force(&mut look.conn(), m, key, now.day()).await?;
    let mut definition =
        version.ok_or_else(|| Broken::Corrupt("sheet_definition", key.to_owned()))?.definition;
    if let Some(base) = shipped::definition(key) {
        definition = definition.with_core_of(&base);
    }
    let more = named || definition.items().any(|i| i.core.is_none());
    Ok(Asked {
        tables: sheets::tables_at(&mut look.conn(), m, now).await?,
        // What shipped has core items only: nothing to choose from the register.
        can: if more {
            sheets::choosable(&mut look.conn(), &viewer, now.day(), &[]).await?
        } else {
            Choosable::default()
        },
        day: now.day(),
        definition,
    })
}

impl Asked {
    /// The version, for the form to come back with.
    pub(crate) fn version(&self) -> u32 {
        self.definition.version
    }

    /// The form: every question in its place.
    pub(crate) fn laid(&self, t: &T, form: &Form) -> Vec<Laid> {
        let of = sheets::FormOf { t, form, tables: &self.tables, day: self.day, can: &self.can, marks: None };
        sheets::slots(&self.definition, &of).into_iter().map(|part| laid(part, t, form)).collect()
    }

    /// The reader's words with the town's for the core items, where they differ from what shipped.
    pub(crate) fn words(&self, t: &T, keys: &[(&str, &str)]) -> T {
        words_of(&self.definition, t, keys)
    }

    /// The matters to choose from: the town's list in its order and words, as far as the program can keep them; and what
    /// the form has chosen already, so that a draft of before loses nothing.
    pub(crate) fn matters(&self, t: &T, form: &Form) -> Vec<(String, String)> {
        let key = "matter";
        let (Some(own), shipped) = (self.tables.get(key), shipped::tables()) else { return Vec::new() };
        let word = |code: &str| match own.label(code, self.day) {
            // A word the town has not changed in its list is said as everywhere, with its labels.
            Some(label) if shipped.get(key).and_then(|s| s.label(code, self.day)) != Some(label) => {
                label.show(t.lang()).to_owned()
            }
            _ => t.code(key, code),
        };
        let kept = |code: &&str| Matter::parse(code).is_some();
        let offered: Vec<&str> = own.on(self.day).map(|c| c.code.as_str()).filter(kept).collect();
        let chosen = form.fields().all("topics").chain(form.fields().get("main"));
        let before: Vec<&str> = chosen.filter(kept).filter(|c| !offered.contains(c)).collect();
        let mut all: Vec<(String, String)> = Vec::new();
        for code in offered.into_iter().chain(before) {
            if all.iter().all(|(known, _)| known != code) {
                all.push((code.to_owned(), word(code)));
            }
        }
        all
    }

    /// What was sent, as the definition reads it: core items by the form's own names.
    fn typed(&self, form: &Form) -> Typed {
        let own = form.fields().pairs().iter().filter(|(n, _)| n.starts_with("a-")).cloned();
        let mut typed = Typed::from_pairs(own);
        for item in self.definition.items() {
            let Some(core) = &item.core else { continue };
            if let Kind::Table { columns, rows } = &item.kind {
                for (row, column) in (0..*rows).flat_map(|row| columns.iter().map(move |c| (row, c))) {
                    let value = form.value(&member_field(row, &column.key));
                    typed.put(cell_field(&item.key, row, &column.key), value.to_owned());
                }
            } else {
                form.fields().all(core).for_each(|v| typed.put(item.field(), v.to_owned()));
            }
        }
        typed
    }

    fn filled(&self, form: &Form) -> sheet::fill::Filled {
        let setting = Setting { tables: &self.tables, day: self.day, known: &self.can.known() };
        fill(&self.definition, &self.typed(form), &setting)
    }

    /// Questions whose typed answers would not be kept.
    pub(crate) fn dropped(&self, t: &T, form: &Form) -> Vec<String> {
        let dropped = self.filled(form).dropped;
        let own = self.definition.items().filter(|i| i.core.is_none() && dropped.contains(&i.key));
        own.map(|i| i.label.show(t.lang()).to_owned()).collect()
    }

    /// Reads the form: every problem beside its field, together with those of the form itself. What would be dropped
    /// is a problem until it is agreed to.
    pub(crate) fn read(&self, form: &mut Form) -> Option<Extra> {
        let filled = self.filled(form);
        if form.fields().get("definition_version").is_some_and(|v| v != self.version().to_string()) {
            form.problem("words", "sheets.version_changed");
        }
        for problem in &filled.problems {
            let core = self.definition.item(&problem.item).and_then(|i| i.core.clone());
            let field = match (core, problem.row, &problem.column) {
                (Some(_), Some(row), Some(column)) => member_field(row, column),
                (Some(core), _, _) => core,
                (None, _, _) => problem.field(),
            };
            form.problem_with(&field, problem.key, problem.args.clone());
        }
        for item in self.definition.items().filter(|i| i.core.is_none() && filled.dropped.contains(&i.key)) {
            if !form.ticked("drop") {
                form.problem(&item.field(), "sheets.dropped_one");
            }
        }
        if form.has_problems() {
            return None;
        }
        let names = self.can.names();
        let words = Words { tables: &self.tables, day: self.day, names: &names, language: "ja" };
        let extra = Extra::new(&self.definition, &filled.answers, &words, true, |_| None);
        (!extra.answers.is_empty()).then_some(extra)
    }
}

/// The form field of a further member's column.
fn member_field(row: usize, column: &str) -> String {
    format!("m{}_{column}", row + 1)
}

/// Lines of a text's field: the words get the most room.
pub(crate) fn rows(column: &str) -> usize {
    match column {
        "words" => 5,
        "consideration" => 2,
        _ => 3,
    }
}

fn laid(mut part: SlotPart, t: &T, form: &Form) -> Laid {
    let folded = FOLDED.contains(&part.key.as_str());
    let touched = |name: &str| !form.value(name).is_empty() || form.error(t, name).is_some();
    let open = folded
        && part.slots.iter().any(|s| match s {
            Slot::Core(c) if c.column == "members" => (0..crate::form::MEMBERS)
                .any(|n| ["name", "relation", "birth"].iter().any(|f| touched(&member_field(n, f)))),
            Slot::Core(c) => touched(&c.column),
            // A town's question in there must not be missed.
            Slot::Own(i) => i.must || touched(&i.field.name),
        });
    let mut rows: Vec<Vec<Slot>> = Vec::new();
    for slot in part.slots.drain(..) {
        let beside = match (rows.last().and_then(|r| r.last()), &slot) {
            (Some(Slot::Core(before)), Slot::Core(this)) => {
                BESIDE.contains(&(before.column.as_str(), this.column.as_str()))
            }
            _ => false,
        };
        match rows.last_mut().filter(|_| beside) {
            Some(row) => row.push(slot),
            None => rows.push(vec![slot]),
        }
    }
    Laid { part, rows, folded, open }
}

/// Words with those of a definition for its core items, where they differ from what shipped.
fn words_of(definition: &Definition, t: &T, keys: &[(&str, &str)]) -> T {
    let Some(base) = shipped::definition(&definition.key) else { return t.clone() };
    let mut changed = Vec::new();
    for (core, key) in keys {
        let (Some(mine), Some(was)) = (definition.core(core), base.core(core)) else { continue };
        if mine.label != was.label {
            changed.push(((*key).to_owned(), mine.label.show(t.lang()).to_owned()));
        }
        if mine.help != was.help {
            changed.push((format!("{key}_help"), mine.help.show(t.lang()).to_owned()));
        }
    }
    t.with(changed)
}

/// The words of the version in force on the day something was recorded, to read it with; and the order of its texts.
pub(crate) async fn words_then(
    look: &mut Look,
    t: &T,
    key: &str,
    on: Day,
    keys: &[(&str, &str)],
) -> Result<(T, Vec<String>), Broken> {
    let m = look.viewer().municipality;
    let Some(version) = sheets::in_force(&mut look.conn(), m, key, on).await? else {
        return Ok((t.clone(), Vec::new()));
    };
    let order = version.definition.items().filter_map(|i| i.core.clone()).collect();
    Ok((words_of(&version.definition, t, keys), order))
}

/// The town's items of a consultation or connecting sheet, under the version they were written with.
pub(crate) struct Town {
    /// The version.
    pub version: i64,
    parts: Vec<ReadPart>,
}

impl Town {
    /// Its parts.
    pub(crate) fn parts(&self) -> &[ReadPart] {
        &self.parts
    }
}

/// Makes them ready to be read; `None` when there are none, or none may be seen.
pub(crate) async fn read_back(
    look: &mut Look,
    frame: &Frame,
    filled: Option<Filled>,
    answers: &[Disclosed<Entry>],
) -> Result<Option<Town>, Broken> {
    let of = |f: &Filled| answers.iter().any(|e| e.answers.as_ref().is_some_and(|a| a.filled == f.id));
    let Some(filled) = filled.filter(of) else { return Ok(None) };
    let viewer = look.viewer().clone();
    let m = viewer.municipality;
    let Some(version) = sheets::version(&mut look.conn(), m, &filled.key, filled.version).await? else {
        return Ok(None);
    };
    let tables = sheets::tables_at(&mut look.conn(), m, filled.recorded_at).await?;
    let names = sheets::choosable(&mut look.conn(), &viewer, filled.occurred_on, &[]).await?.names();
    let words = Words { tables: &tables, day: filled.occurred_on, names: &names, language: frame.t.lang() };
    let parts = sheets::read_parts(&version.definition, answers, &words, true);
    Ok(Some(Town { version: filled.version, parts }))
}
