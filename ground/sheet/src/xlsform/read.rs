//! An XLSForm as a definition. Whatever it has that a definition cannot say is listed.

use std::collections::{BTreeMap, BTreeSet};

use access::{Categories, Category};
use words::Day;
use words::code::Code;

use super::expression::{self, Named};
use super::{Book, Rows};
use crate::value::{is_code, is_key};
use crate::{
    About, CodeEntry, CodeTable, Column, Condition, Definition, Fault, Item, Kind, Label, Limits, Need,
    Number, Section, Tables, Whose,
};

/// What was read of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// The definition; `None` when there is nothing that could be one.
    pub definition: Option<Definition>,
    /// The code tables of the form.
    pub tables: Vec<CodeTable>,
    /// What makes it unusable as it is.
    pub faults: Vec<Fault>,
    /// What the form has and a definition cannot say: left out or simplified.
    pub lost: Vec<Fault>,
}

/// Columns of the survey sheet that are read.
const SURVEY: &[&str] = &["type", "name", "required", "relevant", "constraint", "appearance", "parameters"];

/// Reads a form. `existing` are the code tables a town has already: a form may use them without bringing them.
pub fn read(book: &Book, existing: &Tables, base: Option<&Definition>, limits: &Limits) -> Read {
    let mut reader = Reader { faults: Vec::new(), lost: Vec::new(), names: BTreeMap::new() };
    let size: usize = book.sheets().iter().flat_map(|(_, rows)| rows.iter().flatten()).map(String::len).sum();
    if size > limits.bytes {
        let faults = vec![Fault::of("", "sheet_fault.too_big", limits.bytes)];
        return Read { definition: None, tables: Vec::new(), faults, lost: Vec::new() };
    }
    let tables = reader.tables(book);
    let definition = reader.definition(book);
    let mut known = existing.clone();
    for table in &tables {
        reader.faults.extend(table.faults(limits));
        known.put(table.clone());
    }
    if reader.faults.is_empty() {
        reader.faults = definition.faults(&known, base, limits);
    }
    Read { definition: Some(definition), tables, faults: reader.faults, lost: reader.lost }
}

struct Reader {
    faults: Vec<Fault>,
    lost: Vec<Fault>,
    /// What each name of the survey is called here.
    names: BTreeMap<String, Named>,
}

/// A row under its heads.
struct Line<'a> {
    number: usize,
    cells: BTreeMap<String, &'a str>,
}

impl Line<'_> {
    fn get(&self, head: &str) -> &str {
        self.cells.get(head).copied().unwrap_or_default()
    }

    /// The Japanese and English texts of `label` or `hint`. A form in another language alone is taken as it is.
    fn label(&self, head: &str) -> Label {
        let mut label = Label::default();
        let mut other = "";
        for (name, text) in self.cells.iter().filter(|(_, t)| !t.is_empty()) {
            match language(name, head) {
                Some("ja") => (*text).clone_into(&mut label.ja),
                Some("en") => (*text).clone_into(&mut label.en),
                Some("") => other = text,
                Some(_) if other.is_empty() => other = text,
                _ => {}
            }
        }
        if label.ja.is_empty() {
            label.ja = if other.is_empty() { std::mem::take(&mut label.en) } else { other.to_owned() };
        }
        label
    }
}

/// The language of a column `head::language`; `""` for the bare head, `None` for another column.
fn language<'n>(name: &'n str, head: &str) -> Option<&'n str> {
    let rest = name.strip_prefix(head)?;
    let rest = match rest.strip_prefix("::").or_else(|| rest.strip_prefix(':')) {
        Some(language) => language.trim(),
        None => return rest.is_empty().then_some(""),
    };
    let has = |words: &[&str]| words.iter().any(|w| rest.contains(w));
    if has(&["(ja)", "日本語", "japanese"]) || rest == "ja" {
        Some("ja")
    } else if has(&["(en)", "english"]) || rest == "en" {
        Some("en")
    } else {
        Some(rest)
    }
}

fn lines(rows: &Rows) -> (Vec<String>, Vec<Line<'_>>) {
    let Some((first, rest)) = rows.split_first() else { return (Vec::new(), Vec::new()) };
    let heads: Vec<String> = first.iter().map(|h| h.trim().to_lowercase()).collect();
    let lines = rest
        .iter()
        .enumerate()
        .filter(|(_, row)| row.iter().any(|c| !c.trim().is_empty()))
        .map(|(n, row)| Line {
            number: n + 2,
            cells: heads.iter().cloned().zip(row.iter().map(|c| c.trim())).collect(),
        })
        .collect();
    (heads, lines)
}

impl Reader {
    fn lose(&mut self, path: impl Into<String>, key: &'static str, what: impl ToString) {
        let fault = Fault::of(path, key, what);
        if !self.lost.contains(&fault) && self.lost.len() < 500 {
            self.lost.push(fault);
        }
    }

    /// Names columns that are filled somewhere and not read.
    fn columns(&mut self, sheet: &str, heads: &[String], lines: &[Line<'_>], read: &[&str], texts: &[&str]) {
        for head in heads.iter().filter(|h| !h.is_empty() && !h.starts_with("yorisou_")) {
            if read.contains(&head.as_str()) || lines.iter().all(|l| l.get(head).is_empty()) {
                continue;
            }
            match texts.iter().find_map(|t| language(head, t)) {
                Some("ja" | "en" | "") => {}
                Some(other) => self.lose(sheet, "xlsform.language", other),
                None => self.lose(sheet, "xlsform.column", head),
            }
        }
    }

    /// A name as a key here; told when it had to change.
    fn key(&mut self, path: &str, name: &str) -> String {
        let key = key_of(name);
        if key != name {
            self.lose(path, "xlsform.renamed", format!("{name} → {key}"));
        }
        key
    }

    fn tables(&mut self, book: &Book) -> Vec<CodeTable> {
        let (heads, entries) = lines(&book.choices);
        self.columns("choices", &heads, &entries, &["list_name", "list name", "name", "value"], &["label"]);
        let (_, about) = lines(&book.tables);
        let mut tables: Vec<CodeTable> = Vec::new();
        for line in &entries {
            let path = format!("choices {}", line.number);
            let list = [line.get("list_name"), line.get("list name")].concat();
            if list.is_empty() {
                self.faults.push(Fault::new(path, "sheet_fault.missing"));
                continue;
            }
            let key = self.key(&path, &list);
            let name = if line.get("name").is_empty() { line.get("value") } else { line.get("name") };
            let code = code_of(name);
            if code != name {
                self.lose(&path, "xlsform.renamed", format!("{name} → {code}"));
            }
            let mut label = line.label("label");
            if label.ja.is_empty() {
                label.ja.clone_from(&code);
            }
            let from = self.day(&path, line.get("yorisou_from"));
            let until = self.day(&path, line.get("yorisou_until"));
            let entry = CodeEntry { code, label, from, until };
            if let Some(table) = tables.iter_mut().find(|t| t.key == key) {
                table.codes.push(entry);
            } else {
                let about = about.iter().find(|l| l.get("list_name") == list);
                tables.push(table(key, &list, about, entry));
            }
        }
        tables
    }

    fn day(&mut self, path: &str, text: &str) -> Option<Day> {
        let day = Day::parse_iso(text);
        if day.is_none() && !text.is_empty() {
            self.faults.push(Fault::of(path, "sheet_fault.day", text));
        }
        day
    }

    fn definition(&mut self, book: &Book) -> Definition {
        let (heads, lines_) = lines(&book.settings);
        let known = ["form_title", "form_id", "version", "default_language", "allow_choice_duplicates"];
        for head in heads.iter().filter(|h| !known.contains(&h.as_str()) && !h.starts_with("yorisou_")) {
            if lines_.iter().any(|l| !l.get(head).is_empty()) {
                self.lose("settings", "xlsform.setting", head);
            }
        }
        let setting = |head: &str| lines_.first().map_or("", |l| l.get(head)).to_owned();
        let id = setting("form_id");
        let key = self.key("settings", if id.is_empty() { "form" } else { &id });
        let title = setting("form_title");
        let title =
            Label { ja: if title.is_empty() { key.clone() } else { title }, en: setting("yorisou_title_en") };
        let about = About::parse(&setting("yorisou_about")).unwrap_or(About::Case);
        Definition {
            version: setting("version").parse().ok().filter(|v| *v > 0).unwrap_or(1),
            sections: self.sections(book, &title),
            key,
            title,
            about,
        }
    }

    fn sections(&mut self, book: &Book, title: &Label) -> Vec<Section> {
        let (heads, lines) = lines(&book.survey);
        self.columns("survey", &heads, &lines, SURVEY, &["label", "hint"]);
        self.name_all(&lines);
        let mut survey = Survey { sections: Vec::new(), open: Vec::new(), title: title.clone() };
        let mut at = 0;
        while let Some(line) = lines.get(at) {
            at += 1;
            let path = format!("survey {}", line.number);
            match word(line.get("type")) {
                (t, _) if t == "begin_group" => {
                    let group = self.group(&path, line);
                    if !survey.open.is_empty() {
                        self.lose(&path, "xlsform.group", &group.title.ja);
                    }
                    survey.begin(group);
                }
                (t, _) if t == "end_group" => {
                    if survey.open.pop().is_none() {
                        self.lose(&path, "xlsform.unclosed", "end_group");
                    }
                }
                (t, _) if t == "begin_repeat" => {
                    let (item, end) = self.repeat(&lines, at - 1);
                    at = end;
                    survey.section().items.extend(item);
                }
                (t, _) if t == "end_repeat" => self.lose(&path, "xlsform.unclosed", "end_repeat"),
                _ => {
                    if let Some(item) = self.item(&path, line) {
                        survey.section().items.push(item);
                    }
                }
            }
        }
        if !survey.open.is_empty() {
            self.lose("survey", "xlsform.unclosed", "begin_group");
        }
        survey.sections
    }

    /// First pass: what every name that conditions may use is.
    fn name_all(&mut self, lines: &[Line<'_>]) {
        let mut inside = 0_usize;
        for line in lines {
            let (kind, _) = word(line.get("type"));
            match kind.as_str() {
                "begin_repeat" => inside += 1,
                "end_repeat" => inside = inside.saturating_sub(1),
                _ => {}
            }
            if inside == 0 || (inside == 1 && kind == "begin_repeat") {
                let number = matches!(kind.as_str(), "integer" | "decimal" | "range");
                let named = Named { key: key_of(line.get("name")), number };
                self.names.insert(line.get("name").to_owned(), named);
            }
        }
    }

    fn group(&mut self, path: &str, line: &Line<'_>) -> Section {
        let key = self.key(path, line.get("name"));
        let mut title = line.label("label");
        if title.ja.is_empty() {
            title.ja.clone_from(&key);
        }
        Section {
            key,
            title,
            help: line.label("hint"),
            shown: self.condition(path, line, "relevant"),
            items: Vec::new(),
        }
    }

    fn condition(&mut self, path: &str, line: &Line<'_>, head: &str) -> Option<Condition> {
        let text = line.get(head);
        if text.is_empty() {
            return None;
        }
        let find = |name: &str| self.names.get(name).cloned();
        let read = expression::read(text, &find, &code_of);
        if read.is_none() {
            self.lose(format!("{path} {head}"), "xlsform.expression", text);
        }
        read
    }

    fn item(&mut self, path: &str, line: &Line<'_>) -> Option<Item> {
        let kind = self.kind(path, line)?;
        Some(self.around(path, line, kind, "required"))
    }

    /// An item of a kind: everything about it that is not its kind.
    fn around(&mut self, path: &str, line: &Line<'_>, kind: Kind, required: &str) -> Item {
        let key = self.key(path, line.get("name"));
        let mut label = line.label("label");
        if label.ja.is_empty() {
            label.ja.clone_from(&key);
        }
        let need = match line.get(required).to_ascii_lowercase().as_str() {
            "" | "no" | "false" | "false()" => Need::Never,
            "yes" | "true" | "true()" => Need::Always,
            _ => self.condition(path, line, required).map_or(Need::Never, Need::When),
        };
        let mut categories = Categories::NONE;
        for word in line.get("yorisou_categories").split_whitespace() {
            match Category::parse(word) {
                Some(category) => categories = categories.with(category),
                None => self.faults.push(Fault::of(path, "sheet_fault.word", word)),
            }
        }
        Item {
            key,
            label,
            help: line.label("hint"),
            kind,
            required: need,
            shown: self.condition(path, line, "relevant"),
            whose: Whose::parse(line.get("yorisou_subjects")).unwrap_or(Whose::Person),
            categories,
            reported: line.get("yorisou_reported") == "yes",
            core: Some(line.get("yorisou_core").to_owned()).filter(|c| !c.is_empty()),
        }
    }

    fn kind(&mut self, path: &str, line: &Line<'_>) -> Option<Kind> {
        let (name, rest) = word(line.get("type"));
        let limits = match expression::limits(line.get("constraint")) {
            Some(limits) => limits,
            None if line.get("constraint").is_empty() => expression::Limits::default(),
            None => {
                self.lose(format!("{path} constraint"), "xlsform.expression", line.get("constraint"));
                expression::Limits::default()
            }
        };
        let multiline = line.get("appearance").split_whitespace().any(|a| a == "multiline");
        for appearance in line.get("appearance").split_whitespace().filter(|a| *a != "multiline") {
            self.lose(path, "xlsform.column", format!("appearance {appearance}"));
        }
        if !line.get("parameters").is_empty() && name != "range" {
            self.lose(path, "xlsform.column", format!("parameters {}", line.get("parameters")));
        }
        let decimals = line.get("yorisou_decimals").parse().ok().filter(|d| *d <= 3);
        let number = |decimals: u8| Kind::Number {
            min: limits.min.unwrap_or(Number::MIN),
            max: limits.max.unwrap_or(Number::MAX),
            decimals,
            unit: Label {
                ja: line.get("yorisou_unit").to_owned(),
                en: line.get("yorisou_unit_en").to_owned(),
            },
        };
        Some(match name.as_str() {
            "text" | "string" => match line.get("yorisou_kind") {
                "person" => Kind::Person,
                "agency" => Kind::Agency,
                "area" => Kind::Area,
                _ if multiline => Kind::LongText { max: limits.length.unwrap_or(2000) },
                _ => Kind::Text { max: limits.length.unwrap_or(200) },
            },
            "integer" | "int" => number(0),
            "decimal" => number(decimals.unwrap_or(3)),
            "range" => self.range(path, line),
            "date" => Kind::Date { partial: line.get("yorisou_kind") == "partial_date" },
            "select_one" => Kind::Choice { table: self.list(path, &rest) },
            "select_multiple" => Kind::Many { table: self.list(path, &rest) },
            "file" => Kind::File,
            "note" => {
                self.lose(path, "xlsform.note", line.label("label").ja);
                return None;
            }
            other => {
                self.lose(path, "xlsform.type", format!("{other} {}", line.get("name")));
                return None;
            }
        })
    }

    /// `start=1 end=10 step=1`.
    fn range(&mut self, path: &str, line: &Line<'_>) -> Kind {
        let value = |name: &str| {
            let parts = line.get("parameters").split([' ', ';', ',']);
            parts
                .filter_map(|p| p.split_once('='))
                .find(|(n, _)| n.trim() == name)
                .and_then(|(_, v)| Number::parse(v))
        };
        let step = value("step").unwrap_or_else(|| Number::whole(1).unwrap_or(Number::MAX));
        if value("step").is_some() {
            self.lose(path, "xlsform.column", "parameters step");
        }
        let (min, max) = (value("start").unwrap_or(Number::MIN), value("end").unwrap_or(Number::MAX));
        let decimals = step.decimals().max(min.decimals()).max(max.decimals());
        Kind::Number { min, max, decimals, unit: Label::default() }
    }

    /// The table of a select.
    fn list(&mut self, path: &str, rest: &str) -> String {
        let mut words = rest.split_whitespace();
        let list = words.next().unwrap_or_default();
        for word in words {
            self.lose(path, "xlsform.type", word);
        }
        self.key(path, list)
    }

    /// A repeat as a table; the line behind its end.
    fn repeat(&mut self, lines: &[Line<'_>], start: usize) -> (Option<Item>, usize) {
        let line = &lines[start];
        let mut columns = Vec::new();
        let (mut depth, mut at) = (1_usize, start + 1);
        while let Some(inner) = lines.get(at).filter(|_| depth > 0) {
            at += 1;
            let path = format!("survey {}", inner.number);
            let (kind, _) = word(inner.get("type"));
            match kind.as_str() {
                "end_repeat" => depth -= 1,
                "begin_repeat" => {
                    depth += 1;
                    self.lose(&path, "xlsform.repeat", inner.get("name"));
                }
                "begin_group" | "end_group" => self.lose(&path, "xlsform.group", inner.get("name")),
                _ if depth > 1 => self.lose(&path, "xlsform.repeat", inner.get("name")),
                _ => columns.extend(self.column(&path, inner)),
            }
        }
        let path = format!("survey {}", line.number);
        if depth > 0 {
            self.lose(&path, "xlsform.unclosed", "begin_repeat");
        }
        if columns.is_empty() {
            self.lose(&path, "xlsform.repeat", line.get("name"));
            return (None, at);
        }
        let rows = line.get("yorisou_rows").parse().unwrap_or(10);
        let kind = Kind::Table { columns, rows };
        (Some(self.around(&path, line, kind, "yorisou_required")), at)
    }

    fn column(&mut self, path: &str, line: &Line<'_>) -> Option<Column> {
        let kind = match self.kind(path, line)? {
            Kind::LongText { max } => Kind::Text { max },
            kind if kind.is_simple() => kind,
            other => {
                self.lose(path, "xlsform.repeat", format!("{} {}", other.word(), line.get("name")));
                return None;
            }
        };
        if !line.get("relevant").is_empty() {
            self.lose(format!("{path} relevant"), "xlsform.expression", line.get("relevant"));
        }
        let item = self.around(path, &without_conditions(line), kind, "required");
        Some(Column {
            key: item.key,
            label: item.label,
            kind: item.kind,
            required: item.required == Need::Always,
        })
    }
}

fn without_conditions<'a>(line: &Line<'a>) -> Line<'a> {
    let cells = line.cells.iter().filter(|(h, _)| *h != "relevant").map(|(h, c)| (h.clone(), *c)).collect();
    Line { number: line.number, cells }
}

/// Sections being put together. Nested groups become sections of their own.
struct Survey {
    sections: Vec<Section>,
    open: Vec<Section>,
    title: Label,
}

impl Survey {
    fn begin(&mut self, mut group: Section) {
        if let Some(outer) = self.open.last() {
            group.title.ja = format!("{} / {}", outer.title.ja, group.title.ja);
            if !outer.title.en.is_empty() && !group.title.en.is_empty() {
                group.title.en = format!("{} / {}", outer.title.en, group.title.en);
            }
            group.shown = match (outer.shown.clone(), group.shown) {
                (Some(a), Some(b)) => Some(Condition::All(vec![a, b])),
                (a, b) => a.or(b),
            };
        }
        self.sections.push(Section { items: Vec::new(), ..group.clone() });
        self.open.push(group);
    }

    /// The section the next question belongs to: the innermost open group, opened again if another came between.
    fn section(&mut self) -> &mut Section {
        let wanted = self.open.last().cloned().unwrap_or_else(|| Section {
            key: "main".to_owned(),
            title: self.title.clone(),
            help: Label::default(),
            shown: None,
            items: Vec::new(),
        });
        let same = self.sections.last().is_some_and(|s| s.title == wanted.title && s.shown == wanted.shown);
        if !same {
            let used: BTreeSet<&str> = self.sections.iter().map(|s| s.key.as_str()).collect();
            let base: String = wanted.key.chars().take(36).collect();
            let again = (2..1000).map(|n| format!("{base}_{n}")).find(|k| !used.contains(k.as_str()));
            let key = if used.contains(wanted.key.as_str()) {
                again.unwrap_or_default()
            } else {
                wanted.key.clone()
            };
            self.sections.push(Section { key, items: Vec::new(), ..wanted });
        }
        let last = self.sections.len() - 1;
        &mut self.sections[last]
    }
}

/// The first word of a type with its older spellings, and what follows it.
fn word(text: &str) -> (String, String) {
    let lower = text.trim().to_ascii_lowercase();
    for (old, new) in [
        ("begin group", "begin_group"),
        ("end group", "end_group"),
        ("begin repeat", "begin_repeat"),
        ("end repeat", "end_repeat"),
        ("select one", "select_one"),
        ("select multiple", "select_multiple"),
        ("select all that apply", "select_multiple"),
        ("select1", "select_one"),
    ] {
        if lower.starts_with(old) {
            let rest = text.trim()[old.len()..].trim();
            return (new.to_owned(), rest.strip_prefix("from ").unwrap_or(rest).to_owned());
        }
    }
    let mut parts = text.trim().splitn(2, char::is_whitespace);
    let first = parts.next().unwrap_or_default().to_ascii_lowercase();
    (first, parts.next().unwrap_or_default().trim().to_owned())
}

/// A name as a key: lower case, `_` for what a key cannot have.
fn key_of(name: &str) -> String {
    if is_key(name) {
        return name.to_owned();
    }
    let plain = code_of(name);
    let key = if plain.starts_with(|c: char| c.is_ascii_lowercase()) { plain } else { format!("q_{plain}") };
    key.chars().take(40).collect()
}

/// A choice's name as a code.
fn code_of(name: &str) -> String {
    if is_code(name) {
        return name.to_owned();
    }
    let plain: String = name
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_lowercase() || c.is_ascii_digit() { c } else { '_' })
        .take(40)
        .collect();
    let trimmed = plain.trim_start_matches('_');
    if trimmed.is_empty() { "x".to_owned() } else { trimmed.to_owned() }
}

fn table(key: String, list: &str, about: Option<&Line<'_>>, first: CodeEntry) -> CodeTable {
    let get = |head: &str| about.map_or("", |l| l.get(head)).to_owned();
    let title = get("title");
    CodeTable {
        key,
        version: get("version").parse().ok().filter(|v| *v > 0).unwrap_or(1),
        title: Label { ja: if title.is_empty() { list.to_owned() } else { title }, en: get("title_en") },
        codes: vec![first],
        verified: get("verified") == "yes",
        source: get("source"),
    }
}
