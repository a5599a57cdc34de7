//! The town's own items on the consultation and connecting forms, and the town's words for the items the program asks.
//!
//! The forms of this concept ask the core items, in the order people are listened to; the definition in force gives
//! their words, help and whether they must be answered, and every further item behind them. What the town added is
//! kept as a filled sheet under that version.

use access::Disclosed;
use engine::{Broken, Fail, Look};
use household::Entry;
use sheet::fill::{Setting, Typed, fill};
use sheet::print::Words;
use sheet::{Definition, Need, Tables, shipped};
use sheets::{Choosable, Extra, Filled, PartView, ReadPart};
use site::{Form, Frame, T};
use words::Day;

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

/// Loads the definition in force. Neither of these two can be retired.
pub(crate) async fn asked(look: &mut Look, key: &str) -> Result<Asked, Fail> {
    let (viewer, now) = (look.viewer().clone(), look.now());
    let m = viewer.municipality;
    let version = sheets::in_force(&mut look.conn(), m, key, now.day()).await?;
    let definition = version.ok_or_else(|| Broken::Corrupt("sheet_definition", key.to_owned()))?.definition;
    let more = definition.items().any(|i| i.core.is_none());
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

    /// The town's items, as a form.
    pub(crate) fn parts(&self, t: &T, form: &Form) -> Vec<PartView> {
        let of = sheets::FormOf { t, form, tables: &self.tables, day: self.day, can: &self.can, marks: None };
        sheets::parts(&self.definition, &of, true)
    }

    /// The reader's words with the town's for the core items, where they differ from what shipped.
    pub(crate) fn words(&self, t: &T, keys: &[(&str, &str)]) -> T {
        let Some(base) = shipped::definition(&self.definition.key) else { return t.clone() };
        let mut changed = Vec::new();
        for (core, key) in keys {
            let (Some(mine), Some(was)) = (self.definition.core(core), base.core(core)) else { continue };
            let must = mine.required == Need::Always && was.required != Need::Always;
            let mut label = mine.label.show(t.lang()).to_owned();
            if must {
                label = format!("{label} ({})", t.s("site.must"));
            }
            if mine.label != was.label || must {
                changed.push(((*key).to_owned(), label));
            }
            if mine.help != was.help && !mine.help.is_empty() {
                changed.push((format!("{key}_help"), mine.help.show(t.lang()).to_owned()));
            }
        }
        t.with(changed)
    }

    /// What was sent, as the definition reads it: core items by the form's own names.
    fn typed(&self, form: &Form) -> Typed {
        let own = form.fields().pairs().iter().filter(|(n, _)| n.starts_with("a-")).cloned();
        let core = self.definition.items().filter_map(|i| i.core.as_ref().map(|core| (i.field(), core)));
        let core = core.flat_map(|(name, core)| {
            form.fields().all(core).map(|v| (name.clone(), v.to_owned())).collect::<Vec<_>>()
        });
        Typed::from_pairs(own.chain(core))
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
    pub(crate) fn read(&self, form: &mut Form, own_only: bool) -> Option<Extra> {
        let filled = self.filled(form);
        if form.fields().get("definition_version").is_some_and(|v| v != self.version().to_string()) {
            form.problem("words", "sheets.version_changed");
        }
        for problem in &filled.problems {
            let core = self.definition.item(&problem.item).and_then(|i| i.core.clone());
            if core.is_some() && own_only {
                continue;
            }
            form.problem_with(&core.unwrap_or_else(|| problem.field()), problem.key, problem.args.clone());
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
