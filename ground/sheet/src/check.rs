//! What a definition must keep to, beyond being readable: keys, limits, conditions on earlier items, and the core.

use std::collections::BTreeSet;

use words::input::{self, TextProblem};

use crate::value::{is_code, is_key};
use crate::{About, CodeTable, Condition, Definition, Fault, Item, Kind, Label, Need, Tables};

/// How large a definition may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the text.
    pub bytes: usize,
    /// Sections.
    pub sections: usize,
    /// Items in all.
    pub items: usize,
    /// Columns of a table item.
    pub columns: usize,
    /// Rows of a table item.
    pub rows: usize,
    /// Entries of a code table.
    pub codes: usize,
    /// Characters of an answer's text.
    pub text: usize,
    /// Characters of a label.
    pub label: usize,
    /// Characters of a help text.
    pub help: usize,
    /// Levels of a condition.
    pub depth: usize,
    /// Parts of a condition.
    pub condition: usize,
}

impl Default for Limits {
    /// A form of three hundred items fills twenty printed pages: nobody needs more.
    fn default() -> Self {
        Self {
            bytes: 1_000_000,
            sections: 40,
            items: 300,
            columns: 12,
            rows: 30,
            codes: 500,
            text: 10_000,
            label: 200,
            help: 1000,
            depth: 6,
            condition: 40,
        }
    }
}

struct Check<'a> {
    tables: &'a Tables,
    limits: &'a Limits,
    faults: Vec<Fault>,
}

/// Everything that is wrong with a definition.
pub(crate) fn definition(
    d: &Definition,
    tables: &Tables,
    base: Option<&Definition>,
    limits: &Limits,
) -> Vec<Fault> {
    let mut check = Check { tables, limits, faults: Vec::new() };
    check.key("key", &d.key);
    check.label("title", &d.title, limits.label, true);
    if d.sections.len() > limits.sections {
        check.fault("sections", "sheet_fault.too_many", limits.sections);
    }
    let count = d.items().count();
    if count == 0 {
        check.fault("sections", "sheet_fault.no_items", "");
    }
    if count > limits.items {
        check.fault("sections", "sheet_fault.too_many", limits.items);
        return check.faults;
    }
    check.sections(d);
    core(&mut check, d, base);
    check.faults
}

/// Everything that is wrong with a code table.
pub(crate) fn table(t: &CodeTable, limits: &Limits) -> Vec<Fault> {
    let tables = Tables::default();
    let mut check = Check { tables: &tables, limits, faults: Vec::new() };
    check.key("key", &t.key);
    check.label("title", &t.title, limits.label, true);
    check.text("source", &t.source, limits.help);
    if t.codes.is_empty() {
        check.fault("codes", "sheet_fault.none", "");
    }
    if t.codes.len() > limits.codes {
        check.fault("codes", "sheet_fault.too_many", limits.codes);
        return check.faults;
    }
    for (n, entry) in t.codes.iter().enumerate() {
        let path = format!("codes[{n}]");
        if !is_code(&entry.code) {
            check.fault(&format!("{path}.code"), "sheet_fault.key", &entry.code);
        }
        check.label(&format!("{path}.label"), &entry.label, limits.label, true);
        if matches!((entry.from, entry.until), (Some(from), Some(until)) if until < from) {
            check.fault(&path, "sheet_fault.range", "");
        }
        for earlier in t.codes.iter().take(n).filter(|e| e.overlaps(entry)) {
            if earlier.code == entry.code {
                check.fault(&path, "sheet_fault.overlap", &entry.code);
            } else if earlier.label.ja == entry.label.ja {
                // Two answers that read the same on one day could not be told apart by whoever chooses.
                check.fault(&path, "sheet_fault.duplicate", &entry.label.ja);
            }
        }
    }
    check.faults
}

impl Check<'_> {
    fn fault(&mut self, path: &str, key: &'static str, what: impl ToString) {
        if self.faults.len() < 200 {
            self.faults.push(Fault::of(path, key, what));
        }
    }

    fn key(&mut self, path: &str, key: &str) {
        if !is_key(key) {
            self.fault(path, "sheet_fault.key", key);
        }
    }

    fn text(&mut self, path: &str, text: &str, max: usize) {
        let read = input::optional_line(text, max);
        match read {
            Ok(kept) if kept.as_deref().unwrap_or_default() == text => {}
            Err(TextProblem::TooLong { max, .. }) => self.fault(path, "sheet_fault.too_many", max),
            Ok(_) | Err(_) => self.fault(path, "sheet_fault.text", ""),
        }
    }

    fn label(&mut self, path: &str, label: &Label, max: usize, needed: bool) {
        if needed && label.ja.is_empty() {
            self.fault(path, "sheet_fault.label", "");
        }
        if label.ja.is_empty() && !label.en.is_empty() {
            self.fault(path, "sheet_fault.label", "");
        }
        self.text(path, &label.ja, max);
        self.text(path, &label.en, max);
    }

    fn sections(&mut self, d: &Definition) {
        let mut keys = BTreeSet::new();
        let mut earlier: Vec<&Item> = Vec::new();
        for (n, section) in d.sections.iter().enumerate() {
            let path = format!("sections[{n}]");
            self.key(&format!("{path}.key"), &section.key);
            // Sections and items share one space of names, as they do in an XLSForm.
            if !keys.insert(section.key.as_str()) {
                self.fault(&format!("{path}.key"), "sheet_fault.duplicate", &section.key);
            }
            self.label(&format!("{path}.title"), &section.title, self.limits.label, true);
            self.label(&format!("{path}.help"), &section.help, self.limits.help, false);
            self.condition(&format!("{path}.shown"), section.shown.as_ref(), &earlier);
            for (n, item) in section.items.iter().enumerate() {
                let path = format!("{path}.items[{n}]");
                if !keys.insert(item.key.as_str()) {
                    self.fault(&format!("{path}.key"), "sheet_fault.duplicate", &item.key);
                }
                self.item(&path, item, d.about, &earlier);
                earlier.push(item);
            }
        }
    }

    fn item(&mut self, path: &str, item: &Item, about: About, earlier: &[&Item]) {
        self.key(&format!("{path}.key"), &item.key);
        self.label(&format!("{path}.label"), &item.label, self.limits.label, true);
        self.label(&format!("{path}.help"), &item.help, self.limits.help, false);
        self.kind(path, &item.kind);
        if let Need::When(condition) = &item.required {
            self.condition(&format!("{path}.required"), Some(condition), earlier);
        }
        self.condition(&format!("{path}.shown"), item.shown.as_ref(), earlier);
        if about == About::Community && (item.kind == Kind::Person || item.whose != crate::Whose::Nobody) {
            // Disclosure rule 11: a community issue names nobody.
            self.fault(path, "sheet_fault.about", "");
        }
    }

    fn kind(&mut self, path: &str, kind: &Kind) {
        match kind {
            Kind::Text { max } | Kind::LongText { max } if !(1..=self.limits.text).contains(max) => {
                self.fault(&format!("{path}.max"), "sheet_fault.range", format!("1-{}", self.limits.text));
            }
            Kind::Number { min, max, decimals, unit } => {
                self.label(&format!("{path}.unit"), unit, 20, false);
                if min > max || *decimals > 3 || min.decimals() > *decimals || max.decimals() > *decimals {
                    self.fault(&format!("{path}.max"), "sheet_fault.range", "");
                }
            }
            Kind::Choice { table } | Kind::Many { table } if self.tables.get(table).is_none() => {
                self.fault(&format!("{path}.table"), "sheet_fault.table", table);
            }
            Kind::Table { columns, rows } => {
                if !(1..=self.limits.rows).contains(rows) {
                    self.fault(
                        &format!("{path}.rows"),
                        "sheet_fault.range",
                        format!("1-{}", self.limits.rows),
                    );
                }
                if columns.is_empty() || columns.len() > self.limits.columns {
                    let most = format!("1-{}", self.limits.columns);
                    self.fault(&format!("{path}.columns"), "sheet_fault.range", most);
                }
                let mut keys = BTreeSet::new();
                for (n, column) in columns.iter().enumerate() {
                    let path = format!("{path}.columns[{n}]");
                    self.key(&format!("{path}.key"), &column.key);
                    if !keys.insert(column.key.as_str()) {
                        self.fault(&format!("{path}.key"), "sheet_fault.duplicate", &column.key);
                    }
                    self.label(&format!("{path}.label"), &column.label, self.limits.label, true);
                    if column.kind.is_simple() {
                        self.kind(&path, &column.kind);
                    } else {
                        self.fault(&format!("{path}.kind"), "sheet_fault.simple", column.kind.word());
                    }
                }
            }
            _ => {}
        }
    }

    fn condition(&mut self, path: &str, condition: Option<&Condition>, earlier: &[&Item]) {
        let Some(condition) = condition else { return };
        if condition.depth() > self.limits.depth || condition.size() > self.limits.condition {
            self.fault(path, "sheet_fault.deep", self.limits.depth);
            return;
        }
        let mut parts = Vec::new();
        condition.each(&mut |c| parts.push(c));
        for part in parts {
            self.part(path, part, earlier);
        }
    }

    fn part(&mut self, path: &str, part: &Condition, earlier: &[&Item]) {
        let (item, codes, number): (_, &[String], _) = match part {
            Condition::Answered(item) => (item, &[], false),
            Condition::Equals(item, code) => (item, std::slice::from_ref(code), false),
            Condition::AnyOf(item, codes) => (item, codes, false),
            Condition::Number(item, _, _) => (item, &[], true),
            // Without parts, "all" would always and "any" never hold: surely a slip.
            Condition::All(list) | Condition::Any(list) if list.is_empty() => {
                return self.fault(path, "sheet_fault.condition", "");
            }
            _ => return,
        };
        let Some(found) = earlier.iter().find(|i| i.key == *item) else {
            return self.fault(path, "sheet_fault.later", item);
        };
        if number && !matches!(found.kind, Kind::Number { .. }) {
            self.fault(path, "sheet_fault.kind_of", item);
        }
        if matches!(part, Condition::AnyOf(_, codes) if codes.is_empty()) {
            self.fault(path, "sheet_fault.condition", "");
        }
        if codes.is_empty() {
            return;
        }
        let Some(table) = found.kind.table() else {
            return self.fault(path, "sheet_fault.kind_of", item);
        };
        // An unknown table was told where it is named.
        if let Some(table) = self.tables.get(table) {
            for code in codes.iter().filter(|c| !table.knows(c)) {
                self.fault(path, "sheet_fault.no_code", code);
            }
        }
    }
}

/// The items the work depends on: all there, none looser than shipped.
fn core(check: &mut Check<'_>, d: &Definition, base: Option<&Definition>) {
    let Some(base) = base else { return };
    if base.key != d.key || base.about != d.about {
        check.fault("key", "sheet_fault.word", &d.key);
        return;
    }
    let mut seen = BTreeSet::new();
    for (section, item) in d.items_in_sections() {
        let Some(column) = &item.core else { continue };
        let path = format!("{}.{}", section.key, item.key);
        if !seen.insert(column.as_str()) {
            check.fault(&path, "sheet_fault.duplicate", column);
        }
        let Some((base_section, shipped)) =
            base.items_in_sections().find(|(_, i)| i.core.as_deref() == Some(column))
        else {
            check.fault(&path, "sheet_fault.core_unknown", column);
            continue;
        };
        let asked = section.shown == base_section.shown || section.shown.is_none();
        if let Some(what) = loosened(item, shipped).or_else(|| (!asked).then_some("shown")) {
            check.fault(&path, "sheet_fault.core_loosened", what);
        }
    }
    for item in base.items() {
        if let Some(column) = item.core.as_deref().filter(|c| !seen.contains(c)) {
            check.fault("sections", "sheet_fault.core_missing", column);
        }
    }
}

/// What of a core item is looser than shipped. More categories are stricter: all of them must be granted.
fn loosened(item: &Item, shipped: &Item) -> Option<&'static str> {
    let strict =
        item.required == shipped.required || item.required == Need::Always || shipped.required == Need::Never;
    let kind = match (&item.kind, &shipped.kind) {
        (Kind::Text { max }, Kind::Text { max: most })
        | (Kind::LongText { max }, Kind::LongText { max: most }) => max <= most,
        (kind, shipped) => kind == shipped,
    };
    let marks = shipped.marks().within(item.marks());
    [
        (item.key == shipped.key, "key"),
        (kind, "kind"),
        (strict, "required"),
        (item.shown == shipped.shown || item.shown.is_none(), "shown"),
        (marks, "categories"),
        (item.whose == shipped.whose, "subjects"),
        (item.reported || !shipped.reported, "reported"),
    ]
    .into_iter()
    .find_map(|(kept, what)| (!kept).then_some(what))
}
