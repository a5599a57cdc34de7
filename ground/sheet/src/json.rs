//! Definitions and code tables as JSON text, read and written. `docs/sheets.md` has the form in words.

use access::{Categories, Category};
use serde_json::{Map, Value as Json, json};
use words::Day;
use words::code::Code;

use crate::check;
use crate::walk::{Walk, label_json};
use crate::{
    About, CodeEntry, CodeTable, Column, Compare, Condition, Definition, Fault, Item, Kind, Label, Limits,
    Need, Number, Section, Tables, Whose,
};

/// What a text of one line may hold when nobody says otherwise.
const LINE: usize = 200;
/// What a text of several lines may hold when nobody says otherwise.
const PARAGRAPH: usize = 2000;

impl Definition {
    /// Reads a definition: all faults at once, each with its place; never a panic. `base` is the shipped definition
    /// of the same sheet, whose core items must all be there and as strict.
    pub fn parse(
        text: &str,
        tables: &Tables,
        base: Option<&Self>,
        limits: &Limits,
    ) -> Result<Self, Vec<Fault>> {
        let mut walk = Walk::new(limits);
        let read = walk.root(text).and_then(|json| definition(&mut walk, &json));
        if let Some(definition) = &read {
            // What could not be read would only make further faults of the same thing.
            if walk.faults.is_empty() {
                walk.faults = check::definition(definition, tables, base, limits);
            }
        }
        walk.done(read)
    }

    /// Reads a definition that was checked when it was stored. Tables may have changed since; an old sheet is still
    /// read under its definition.
    pub fn stored(text: &str) -> Result<Self, Vec<Fault>> {
        let limits = Limits::default();
        let mut walk = Walk::new(&limits);
        let read = walk.root(text).and_then(|json| definition(&mut walk, &json));
        walk.done(read)
    }

    /// Everything that is wrong with a definition put together otherwise than by [`Definition::parse`].
    pub fn faults(&self, tables: &Tables, base: Option<&Self>, limits: &Limits) -> Vec<Fault> {
        check::definition(self, tables, base, limits)
    }

    /// The JSON text that [`Definition::parse`] reads back to the same definition.
    pub fn to_json(&self) -> String {
        let sections: Vec<Json> = self.sections.iter().map(section_json).collect();
        let json = json!({
            "key": self.key, "version": self.version, "title": label_json(&self.title),
            "about": self.about.code(), "sections": sections,
        });
        format!("{json:#}\n")
    }
}

impl CodeTable {
    /// Reads a code table: all faults at once.
    pub fn parse(text: &str, limits: &Limits) -> Result<Self, Vec<Fault>> {
        let mut walk = Walk::new(limits);
        let read = walk.root(text).and_then(|json| code_table(&mut walk, &json));
        if let Some(table) = &read
            && walk.faults.is_empty()
        {
            walk.faults = check::table(table, limits);
        }
        walk.done(read)
    }

    /// Everything that is wrong with a table put together otherwise.
    pub fn faults(&self, limits: &Limits) -> Vec<Fault> {
        check::table(self, limits)
    }

    /// The JSON text that [`CodeTable::parse`] reads back to the same table.
    pub fn to_json(&self) -> String {
        let codes: Vec<Json> = self.codes.iter().map(code_json).collect();
        let json = json!({
            "key": self.key, "version": self.version, "title": label_json(&self.title),
            "verified": self.verified, "source": self.source, "codes": codes,
        });
        format!("{json:#}\n")
    }
}

fn definition(walk: &mut Walk<'_>, json: &Json) -> Option<Definition> {
    let map = walk.object("", json, &["key", "version", "title", "about", "sections"])?;
    let mut sections = Vec::new();
    for (n, json) in walk.list("sections", map.get("sections"), walk.limits.sections).iter().enumerate() {
        sections.extend(section(walk, &format!("sections[{n}]"), json));
    }
    let version = walk.count("version", map.get("version"), 1_000_000, 1);
    Some(Definition {
        key: walk.text("key", map.get("key")).to_owned(),
        version: u32::try_from(version).unwrap_or(1),
        title: walk.label("title", map.get("title")),
        about: word(walk, "about", map.get("about"), About::Case),
        sections,
    })
}

/// A word of a closed list.
fn word<C: Code>(walk: &mut Walk<'_>, path: &str, json: Option<&Json>, absent: C) -> C {
    match walk.optional_text(path, json) {
        None => absent,
        Some(text) => C::parse(text).unwrap_or_else(|| {
            walk.fault(path, "sheet_fault.word", text);
            absent
        }),
    }
}

fn section(walk: &mut Walk<'_>, path: &str, json: &Json) -> Option<Section> {
    let map = walk.object(path, json, &["key", "title", "help", "shown", "items"])?;
    let mut items = Vec::new();
    let at = format!("{path}.items");
    for (n, json) in walk.list(&at, map.get("items"), walk.limits.items).iter().enumerate() {
        items.extend(item(walk, &format!("{at}[{n}]"), json));
    }
    Some(Section {
        key: walk.text(&format!("{path}.key"), map.get("key")).to_owned(),
        title: walk.label(&format!("{path}.title"), map.get("title")),
        help: walk.label(&format!("{path}.help"), map.get("help")),
        shown: optional_condition(walk, &format!("{path}.shown"), map.get("shown")),
        items,
    })
}

/// The fields of an item that say what it is about; the others belong to its kind.
const ITEM: &[&str] = &[
    "key",
    "label",
    "help",
    "kind",
    "required",
    "shown",
    "subjects",
    "categories",
    "reported",
    "core",
    "max",
    "min",
    "decimals",
    "unit",
    "partial",
    "table",
    "columns",
    "rows",
];

fn item(walk: &mut Walk<'_>, path: &str, json: &Json) -> Option<Item> {
    let map = walk.object(path, json, ITEM)?;
    let kind = kind(walk, path, map)?;
    let required = need(walk, &format!("{path}.required"), map.get("required"));
    let mut categories = Categories::NONE;
    let at = format!("{path}.categories");
    for json in walk.list(&at, map.get("categories"), Category::ALL.len()) {
        let text = walk.text(&at, Some(json));
        match Category::parse(text) {
            Some(category) => categories = categories.with(category),
            None => walk.fault(&at, "sheet_fault.word", text),
        }
    }
    Some(Item {
        key: walk.text(&format!("{path}.key"), map.get("key")).to_owned(),
        label: walk.label(&format!("{path}.label"), map.get("label")),
        help: walk.label(&format!("{path}.help"), map.get("help")),
        kind,
        required,
        shown: optional_condition(walk, &format!("{path}.shown"), map.get("shown")),
        whose: word(walk, &format!("{path}.subjects"), map.get("subjects"), Whose::Person),
        categories,
        reported: walk.flag(&format!("{path}.reported"), map.get("reported")),
        core: walk.optional_text(&format!("{path}.core"), map.get("core")).map(str::to_owned),
    })
}

fn need(walk: &mut Walk<'_>, path: &str, json: Option<&Json>) -> Need {
    match json {
        None | Some(Json::Null) => Need::Never,
        Some(Json::String(word)) if word == "always" => Need::Always,
        Some(Json::String(word)) if word == "never" => Need::Never,
        Some(Json::String(other)) => {
            walk.fault(path, "sheet_fault.word", other);
            Need::Never
        }
        Some(json) => condition(walk, path, json, 1).map_or(Need::Never, Need::When),
    }
}

fn kind(walk: &mut Walk<'_>, path: &str, map: &Map<String, Json>) -> Option<Kind> {
    let at = |field: &str| format!("{path}.{field}");
    let name = walk.text(&at("kind"), map.get("kind")).to_owned();
    let fields: &[&str] = match name.as_str() {
        "text" | "long_text" => &["max"],
        "number" => &["min", "max", "decimals", "unit"],
        "date" => &["partial"],
        "choice" | "many" => &["table"],
        "table" => &["columns", "rows"],
        _ => &[],
    };
    let own = ["max", "min", "decimals", "unit", "partial", "table", "columns", "rows"];
    for field in own.iter().filter(|f| map.contains_key(**f) && !fields.contains(*f)) {
        walk.fault(&at(field), "sheet_fault.kind_of", &name);
    }
    let longest = walk.limits.text;
    Some(match name.as_str() {
        "text" => Kind::Text { max: walk.count(&at("max"), map.get("max"), longest, LINE) },
        "long_text" => Kind::LongText { max: walk.count(&at("max"), map.get("max"), longest, PARAGRAPH) },
        "number" => Kind::Number {
            min: number(walk, &at("min"), map.get("min")).unwrap_or(Number::MIN),
            max: number(walk, &at("max"), map.get("max")).unwrap_or(Number::MAX),
            decimals: match map.get("decimals").map(Json::as_u64) {
                None => 0,
                Some(Some(n @ 0..=3)) => u8::try_from(n).unwrap_or(0),
                Some(_) => {
                    walk.fault(&at("decimals"), "sheet_fault.range", "0-3");
                    0
                }
            },
            unit: walk.label(&at("unit"), map.get("unit")),
        },
        "date" => Kind::Date { partial: walk.flag(&at("partial"), map.get("partial")) },
        "choice" => Kind::Choice { table: walk.text(&at("table"), map.get("table")).to_owned() },
        "many" => Kind::Many { table: walk.text(&at("table"), map.get("table")).to_owned() },
        "table" => Kind::Table {
            columns: columns(walk, &at("columns"), map.get("columns")),
            rows: walk.count(&at("rows"), map.get("rows"), walk.limits.rows, 10),
        },
        "person" => Kind::Person,
        "agency" => Kind::Agency,
        "area" => Kind::Area,
        "file" => Kind::File,
        _ => {
            walk.fault(&at("kind"), "sheet_fault.word", name);
            return None;
        }
    })
}

fn columns(walk: &mut Walk<'_>, path: &str, json: Option<&Json>) -> Vec<Column> {
    let fields = ["key", "label", "kind", "required", "max", "min", "decimals", "unit", "partial", "table"];
    let mut columns = Vec::new();
    for (n, json) in walk.list(path, json, walk.limits.columns).iter().enumerate() {
        let path = format!("{path}[{n}]");
        let Some(map) = walk.object(&path, json, &fields) else { continue };
        let Some(kind) = kind(walk, &path, map) else { continue };
        columns.push(Column {
            key: walk.text(&format!("{path}.key"), map.get("key")).to_owned(),
            label: walk.label(&format!("{path}.label"), map.get("label")),
            kind,
            required: walk.flag(&format!("{path}.required"), map.get("required")),
        });
    }
    columns
}

fn number(walk: &mut Walk<'_>, path: &str, json: Option<&Json>) -> Option<Number> {
    let json = json?;
    let read = match json {
        Json::Number(n) => Number::parse(&n.to_string()),
        _ => None,
    };
    if read.is_none() {
        walk.fault(path, "sheet_fault.number", "");
    }
    read
}

fn optional_condition(walk: &mut Walk<'_>, path: &str, json: Option<&Json>) -> Option<Condition> {
    json.filter(|j| !j.is_null()).and_then(|j| condition(walk, path, j, 1))
}

/// One of: `{"answered": item}`, `{"equals": [item, code]}`, `{"any_of": [item, [codes]]}`,
/// `{"number": [item, how, number]}`, `{"not": c}`, `{"all": [c]}`, `{"any": [c]}`.
fn condition(walk: &mut Walk<'_>, path: &str, json: &Json, depth: usize) -> Option<Condition> {
    if depth > walk.limits.depth {
        walk.fault(path, "sheet_fault.deep", walk.limits.depth);
        return None;
    }
    let wrong = |walk: &mut Walk<'_>| {
        walk.fault(path, "sheet_fault.condition", "");
        None
    };
    let Some((name, inner)) = json.as_object().filter(|m| m.len() == 1).and_then(|m| m.iter().next()) else {
        return wrong(walk);
    };
    let list = inner.as_array().map_or(&[][..], Vec::as_slice);
    let text = |j: &Json| j.as_str().map(str::to_owned);
    match (name.as_str(), inner, list) {
        ("answered", Json::String(item), _) => Some(Condition::Answered(item.clone())),
        ("equals", _, [Json::String(item), Json::String(code)]) => {
            Some(Condition::Equals(item.clone(), code.clone()))
        }
        ("any_of", _, [Json::String(item), Json::Array(codes)]) => {
            match codes.iter().map(text).collect::<Option<Vec<String>>>() {
                Some(codes) => Some(Condition::AnyOf(item.clone(), codes)),
                None => wrong(walk),
            }
        }
        ("number", _, [Json::String(item), Json::String(how), with]) => {
            let with = number(walk, path, Some(with))?;
            match Compare::parse(how) {
                Some(how) => Some(Condition::Number(item.clone(), how, with)),
                None => wrong(walk),
            }
        }
        ("not", inner, _) => condition(walk, path, inner, depth + 1).map(|c| Condition::Not(Box::new(c))),
        ("all" | "any", Json::Array(_), list) => {
            let mut read = Vec::new();
            for (n, json) in list.iter().enumerate().take(walk.limits.condition) {
                read.push(condition(walk, &format!("{path}.{name}[{n}]"), json, depth + 1)?);
            }
            if list.len() > walk.limits.condition {
                return wrong(walk);
            }
            Some(if name == "all" { Condition::All(read) } else { Condition::Any(read) })
        }
        _ => wrong(walk),
    }
}

fn code_table(walk: &mut Walk<'_>, json: &Json) -> Option<CodeTable> {
    let map = walk.object("", json, &["key", "version", "title", "verified", "source", "codes"])?;
    let mut codes = Vec::new();
    for (n, json) in walk.list("codes", map.get("codes"), walk.limits.codes).iter().enumerate() {
        let path = format!("codes[{n}]");
        let Some(map) = walk.object(&path, json, &["code", "label", "from", "until"]) else { continue };
        codes.push(CodeEntry {
            code: walk.text(&format!("{path}.code"), map.get("code")).to_owned(),
            label: walk.label(&format!("{path}.label"), map.get("label")),
            from: day(walk, &format!("{path}.from"), map.get("from")),
            until: day(walk, &format!("{path}.until"), map.get("until")),
        });
    }
    let version = walk.count("version", map.get("version"), 1_000_000, 1);
    Some(CodeTable {
        key: walk.text("key", map.get("key")).to_owned(),
        version: u32::try_from(version).unwrap_or(1),
        title: walk.label("title", map.get("title")),
        codes,
        verified: walk.flag("verified", map.get("verified")),
        source: walk.optional_text("source", map.get("source")).unwrap_or_default().to_owned(),
    })
}

fn day(walk: &mut Walk<'_>, path: &str, json: Option<&Json>) -> Option<Day> {
    let text = walk.optional_text(path, json)?;
    let day = Day::parse_iso(text);
    if day.is_none() {
        walk.fault(path, "sheet_fault.day", text);
    }
    day
}

// ── Writing ──

fn put(map: &mut Map<String, Json>, field: &str, json: impl Into<Json>) {
    map.insert(field.to_owned(), json.into());
}

fn put_label(map: &mut Map<String, Json>, field: &str, label: &Label) {
    if !label.is_empty() {
        put(map, field, label_json(label));
    }
}

fn section_json(section: &Section) -> Json {
    let mut map = Map::new();
    put(&mut map, "key", section.key.as_str());
    put_label(&mut map, "title", &section.title);
    put_label(&mut map, "help", &section.help);
    if let Some(shown) = &section.shown {
        put(&mut map, "shown", condition_json(shown));
    }
    put(&mut map, "items", section.items.iter().map(item_json).collect::<Vec<_>>());
    Json::Object(map)
}

fn item_json(item: &Item) -> Json {
    let mut map = Map::new();
    put(&mut map, "key", item.key.as_str());
    put_label(&mut map, "label", &item.label);
    put_label(&mut map, "help", &item.help);
    kind_json(&mut map, &item.kind);
    match &item.required {
        Need::Never => {}
        Need::Always => put(&mut map, "required", "always"),
        Need::When(condition) => put(&mut map, "required", condition_json(condition)),
    }
    if let Some(shown) = &item.shown {
        put(&mut map, "shown", condition_json(shown));
    }
    put(&mut map, "subjects", item.whose.code());
    if !item.categories.is_empty() {
        let words: Vec<&str> = item.categories.iter().map(Code::code).collect();
        put(&mut map, "categories", words);
    }
    if item.reported {
        put(&mut map, "reported", true);
    }
    if let Some(core) = &item.core {
        put(&mut map, "core", core.as_str());
    }
    Json::Object(map)
}

fn number_json(number: Number) -> Json {
    crate::Value::Number(number).json()
}

fn kind_json(map: &mut Map<String, Json>, kind: &Kind) {
    put(map, "kind", kind.word());
    match kind {
        Kind::Text { max } | Kind::LongText { max } => put(map, "max", *max),
        Kind::Number { min, max, decimals, unit } => {
            if *min != Number::MIN {
                put(map, "min", number_json(*min));
            }
            if *max != Number::MAX {
                put(map, "max", number_json(*max));
            }
            put(map, "decimals", *decimals);
            put_label(map, "unit", unit);
        }
        Kind::Date { partial } => put(map, "partial", *partial),
        Kind::Choice { table } | Kind::Many { table } => put(map, "table", table.as_str()),
        Kind::Table { columns, rows } => {
            let columns: Vec<Json> = columns
                .iter()
                .map(|c| {
                    let mut map = Map::new();
                    put(&mut map, "key", c.key.as_str());
                    put_label(&mut map, "label", &c.label);
                    kind_json(&mut map, &c.kind);
                    if c.required {
                        put(&mut map, "required", true);
                    }
                    Json::Object(map)
                })
                .collect();
            put(map, "columns", columns);
            put(map, "rows", *rows);
        }
        Kind::Person | Kind::Agency | Kind::Area | Kind::File => {}
    }
}

fn condition_json(condition: &Condition) -> Json {
    match condition {
        Condition::Answered(item) => json!({ "answered": item }),
        Condition::Equals(item, code) => json!({ "equals": [item, code] }),
        Condition::AnyOf(item, codes) => json!({ "any_of": [item, codes] }),
        Condition::Number(item, how, with) => json!({ "number": [item, how.code(), number_json(*with)] }),
        Condition::Not(c) => json!({ "not": condition_json(c) }),
        Condition::All(list) => json!({ "all": list.iter().map(condition_json).collect::<Vec<_>>() }),
        Condition::Any(list) => json!({ "any": list.iter().map(condition_json).collect::<Vec<_>>() }),
    }
}

fn code_json(entry: &CodeEntry) -> Json {
    let mut map = Map::new();
    put(&mut map, "code", entry.code.as_str());
    put_label(&mut map, "label", &entry.label);
    if let Some(from) = entry.from {
        put(&mut map, "from", from.to_string());
    }
    if let Some(until) = entry.until {
        put(&mut map, "until", until.to_string());
    }
    Json::Object(map)
}
