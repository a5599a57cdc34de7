//! One line of a file as one filling of the consultation form: the same rules, the same problems.

use std::collections::BTreeMap;

use intake::{NewConsultation, Who};
use register::Matter;
use serde::{Deserialize, Serialize};
use site::{Fields, Form, T};
use tabular::{Row, Table};
use words::Instant;
use words::code::Code;
use words::partial::AgeBand;

use crate::{fields, rules};

/// What holds for lines that do not say it themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Standing {
    /// By which way they came.
    pub channel: String,
    /// Through whom.
    pub route: String,
    /// How pressing.
    pub urgency: String,
}

impl Default for Standing {
    fn default() -> Self {
        Self {
            channel: intake::Channel::Online.code().to_owned(),
            route: intake::Route::Own.code().to_owned(),
            urgency: intake::Urgency::Normal.code().to_owned(),
        }
    }
}

/// What is wrong with a line. Holds nothing of what stood there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Problem {
    /// Column, from 0; `None`: the line as a whole.
    pub column: Option<usize>,
    /// Key of the sentence.
    pub key: String,
    /// What the sentence fills in.
    pub args: Vec<(String, String)>,
}

impl Problem {
    pub fn new(column: Option<usize>, key: &str) -> Self {
        Self { column, key: key.to_owned(), args: Vec::new() }
    }

    /// The sentence.
    pub fn sentence(&self, t: &T) -> String {
        self.args.iter().fold(t.s(&self.key).to_owned(), |text, (name, value)| {
            text.replace(&format!("{{{name}}}"), value)
        })
    }
}

/// Reads the lines of one file under one mapping.
pub(crate) struct Reader<'a> {
    header: &'a [String],
    /// Columns of each field.
    columns: BTreeMap<&'a str, Vec<usize>>,
    standing: &'a Standing,
    words: Words,
    t: &'a T,
}

/// Folded words of the closed lists, as this town calls them.
struct Words {
    channel: Vec<(String, String)>,
    route: Vec<(String, String)>,
    urgency: Vec<(String, String)>,
    matter: Vec<(String, String)>,
    age_band: Vec<(String, String)>,
}

impl Words {
    fn of(t: &T) -> Self {
        let list = |name: &str, codes: Vec<&'static str>| {
            codes.into_iter().map(|c| (c.to_owned(), words::fold::fold(&t.code(name, c)))).collect()
        };
        Self {
            channel: list("channel", intake::Channel::choosable().map(Code::code).collect()),
            route: list("route", intake::Route::ALL.iter().map(|c| c.code()).collect()),
            urgency: list("urgency", intake::Urgency::ALL.iter().map(|c| c.code()).collect()),
            matter: list("matter", Matter::ALL.iter().map(|c| c.code()).collect()),
            age_band: list("age_band", AgeBand::ALL.iter().map(|b| b.as_str()).collect()),
        }
    }
}

/// A line that was read.
pub(crate) struct Line {
    /// Its number in the file.
    pub number: u64,
    /// What makes it the same line wherever it comes.
    pub identity: String,
    /// What is to be recorded, or why it cannot be.
    pub outcome: Result<Box<NewConsultation>, Vec<Problem>>,
}

impl Line {
    /// The name of the person it is about.
    pub fn person(&self) -> Option<&household::NewPerson> {
        match self.outcome.as_ref().ok().map(|new| &new.who) {
            Some(Who::New(person, _)) if !person.name.is_empty() => Some(person),
            _ => None,
        }
    }
}

/// Single lines of the form that a column fills as it is.
const PLAIN: &[&str] = &[
    "came_as",
    "place",
    "name",
    "reading",
    "alias",
    "birth",
    "gender",
    "address",
    "phone",
    "contact_wish",
    "language",
];
/// Texts of the form.
const TEXTS: &[&str] = &["words", "facts", "possibilities", "consideration", "response"];

impl<'a> Reader<'a> {
    pub fn new(header: &'a [String], mapping: &'a [String], standing: &'a Standing, t: &'a T) -> Self {
        let mut columns: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (column, field) in mapping.iter().enumerate().take(header.len()) {
            if fields::exists(field) {
                columns.entry(field.as_str()).or_default().push(column);
            }
        }
        Self { header, columns, standing, words: Words::of(t), t }
    }

    /// Reads a line as of `now`.
    pub fn line(&self, row: &Row, now: Instant) -> Line {
        let identity = rules::identity(self.cell(row, "number"), &row.cells);
        let mut problems = Vec::new();
        if row.too_long {
            problems.push(Problem::new(None, "import_line.too_long"));
        }
        let mut form = Form::new(Fields::from_pairs(self.pairs(row, &mut problems)));
        // A 個人番号 is refused in every column, also in those that are left out (disclosure rule 10).
        for (column, cell) in row.cells.iter().enumerate() {
            if words::mynumber::contains_my_number(cell) {
                problems.push(Problem::new(Some(column), "text.my_number"));
            }
        }
        for column in self.columns.values().flatten() {
            if row.cells.get(*column).is_some_and(|cell| cell.chars().any(is_gaiji)) {
                problems.push(Problem::new(Some(*column), "import_line.gaiji"));
            }
        }
        let new = intake::read_form(&mut form, self.t, now);
        for (field, key, args) in form.found() {
            let column = self.column_of(field);
            if problems.iter().any(|p| p.column.is_some() && p.column == column) {
                continue;
            }
            let args = args.iter().map(|(n, v)| ((*n).to_owned(), v.clone())).collect();
            problems.push(Problem { column, key: key.to_owned(), args });
        }
        let outcome = if problems.is_empty() { Ok(Box::new(new)) } else { Err(problems) };
        Line { number: row.line, identity, outcome }
    }

    /// The line as the form would send it.
    fn pairs(&self, row: &Row, problems: &mut Vec<Problem>) -> Vec<(String, String)> {
        let mut pairs: Vec<(String, String)> =
            TEXTS.iter().map(|f| (format!("{f}_cat"), "auto".to_owned())).collect();
        let mut put = |name: &str, value: String| pairs.push((name.to_owned(), value));
        let (day, time) = day_and_time(self.cell(row, "occurred"), self.cell(row, "time"));
        put("occurred", day);
        put("time", time);
        for (field, list, standing) in [
            ("channel", &self.words.channel, self.standing.channel.as_str()),
            ("route", &self.words.route, self.standing.route.as_str()),
            ("urgency", &self.words.urgency, self.standing.urgency.as_str()),
        ] {
            put(field, self.coded(row, field, list, standing, problems));
        }
        put("age_band", self.age_band(row, problems));
        for field in PLAIN {
            put(field, self.cell(row, field).to_owned());
        }
        let (topics, unknown) = self.topics(row);
        for topic in topics {
            put("topics", topic);
        }
        for field in TEXTS {
            let mut text = self.text(row, field);
            if *field == "facts" && !unknown.is_empty() {
                // The word of another system for the matter is kept as it is; it may say more than ours.
                let kept = self.t.join(&unknown);
                text = if text.is_empty() { kept } else { format!("{text}\n{kept}") };
            }
            put(field, text);
        }
        pairs
    }

    fn columns(&self, field: &str) -> &[usize] {
        self.columns.get(field).map_or(&[], Vec::as_slice)
    }

    fn column_of(&self, field: &str) -> Option<usize> {
        let field = match field {
            "time" if self.columns("time").is_empty() => "occurred",
            other => other,
        };
        self.columns(field).first().copied()
    }

    fn cell<'r>(&self, row: &'r Row, field: &str) -> &'r str {
        self.columns(field).first().and_then(|c| row.cells.get(*c)).map_or("", |c| c.trim())
    }

    /// A text of one column as it is; of several columns each under its header.
    fn text(&self, row: &Row, field: &str) -> String {
        let columns = self.columns(field);
        let filled = columns
            .iter()
            .filter_map(|c| row.cells.get(*c).zip(self.header.get(*c)))
            .filter(|(cell, _)| !cell.trim().is_empty());
        if columns.len() == 1 {
            return filled.map(|(cell, _)| cell.clone()).collect();
        }
        let parts: Vec<String> = filled
            .map(|(cell, header)| {
                format!(
                    "{}
{}",
                    self.t.f("import_line.under", "header", header),
                    cell.trim()
                )
            })
            .collect();
        parts.join("\n")
    }

    /// A value of a closed list; what is not in it is a problem, because nobody can guess it.
    fn coded(
        &self,
        row: &Row,
        field: &'static str,
        list: &[(String, String)],
        standing: &str,
        problems: &mut Vec<Problem>,
    ) -> String {
        let typed = self.cell(row, field);
        if typed.is_empty() {
            return standing.to_owned();
        }
        let code = fields::code(field, typed, list);
        if code.is_none() {
            problems.push(Problem::new(self.column_of(field), "import_line.unknown_value"));
        }
        code.unwrap_or(standing).to_owned()
    }

    /// An age band by its word, or the band of an age in years.
    fn age_band(&self, row: &Row, problems: &mut Vec<Problem>) -> String {
        let typed = self.cell(row, "age_band");
        if typed.is_empty() {
            return String::new();
        }
        if let Some(code) = fields::code("age_band", typed, &self.words.age_band) {
            return code.to_owned();
        }
        let age = words::fold::fold(typed).trim_end_matches(['歳', '才']).parse::<u32>();
        match age {
            Ok(age) if age < 130 => AgeBand::of(age).as_str().to_owned(),
            _ => {
                problems.push(Problem::new(self.column_of("age_band"), "import_line.unknown_value"));
                String::new()
            }
        }
    }

    /// The matters of a line, and the words for matters that are in no list of ours: those count as "other".
    fn topics(&self, row: &Row) -> (Vec<String>, Vec<String>) {
        let (mut topics, mut unknown): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
        let cells = self.columns("topics").iter().filter_map(|c| row.cells.get(*c));
        for cell in cells {
            // The whole cell first: some of our own words have a comma in them.
            let known = |typed: &str| fields::code("matter", typed, &self.words.matter).map(str::to_owned);
            let parts: Vec<&str> = match known(cell) {
                Some(_) => vec![cell.as_str()],
                None => cell.split([',', '、', '，', ';', '；', '|', '/', '\n']).collect(),
            };
            for part in parts.into_iter().map(str::trim).filter(|p| !p.is_empty()) {
                let topic = known(part).unwrap_or_else(|| {
                    unknown.push(part.to_owned());
                    Matter::Other.code().to_owned()
                });
                if !topics.contains(&topic) {
                    topics.push(topic);
                }
            }
        }
        (topics, unknown)
    }
}

/// 外字: a character that means something on the machine it was made on, and nothing anywhere else. Kept silently, a
/// name would be lost without anybody noticing.
const fn is_gaiji(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' | '\u{fffd}')
}

/// A day and a time of day, which may stand in one cell: `2026/11/20 10:30:15`, `2026-11-20T10:30`.
fn day_and_time(occurred: &str, time: &str) -> (String, String) {
    // Seconds, as machines write them, are left out: the form asks for none.
    let without_seconds = |text: &str| match text.match_indices(':').nth(1) {
        Some((at, _)) => text[..at].to_owned(),
        None => text.to_owned(),
    };
    if !time.is_empty() {
        return (occurred.to_owned(), without_seconds(time));
    }
    let clock = |rest: &str| {
        let rest = words::fold::fold(rest);
        rest.starts_with(|c: char| c.is_ascii_digit()) && (rest.contains(':') || rest.contains('時'))
    };
    for mark in [' ', '\u{3000}', 'T'] {
        if let Some((day, rest)) = occurred.split_once(mark)
            && clock(rest)
        {
            let rest: String = words::fold::fold(rest);
            return (day.trim().to_owned(), without_seconds(&rest));
        }
    }
    (occurred.to_owned(), String::new())
}

/// What a mapping must have before any line can be good: when, and what; and nothing twice that a line has once. Each with
/// the column beside which it is said.
pub(crate) fn missing(mapping: &[String]) -> Vec<(usize, &'static str)> {
    let has = |field: &str| mapping.iter().any(|m| m == field);
    let twice = |n: usize, m: &str| {
        !m.is_empty() && !fields::takes_several(m) && mapping.iter().take(n).any(|other| other == m)
    };
    let mut missing: Vec<(usize, &'static str)> = mapping
        .iter()
        .enumerate()
        .filter(|(n, m)| twice(*n, m))
        .map(|(n, _)| (n, "import_page.field_twice"))
        .collect();
    // What no column has is said beside the first that has nothing wrong yet.
    for (field, key) in [("occurred", "import_page.no_occurred"), ("words", "import_page.no_words")] {
        if has(field) || (field == "words" && has("facts")) {
            continue;
        }
        let free = (0..mapping.len()).find(|n| missing.iter().all(|(taken, _)| taken != n));
        missing.push((free.unwrap_or(0), key));
    }
    missing.sort_unstable();
    missing
}

/// The broken lines as a table that can be corrected and sent again: line, column and reason before the cells as they
/// were. A cell with a 個人番号 stays empty.
pub(crate) fn broken_rows(
    table: &Table,
    broken: &BTreeMap<u64, Vec<Problem>>,
    t: &T,
    out: &mut impl tabular::Out,
) -> Result<(), tabular::NotWritten> {
    use tabular::Cell;
    let heads = ["import_page.line", "import_page.column", "import_page.reason"].map(|k| t.s(k).to_owned());
    let head: Vec<Cell<'_>> = heads.iter().chain(&table.header).map(Cell::from).collect();
    out.row(&head)?;
    for row in &table.rows {
        let Some(problems) = broken.get(&row.line) else { continue };
        let columns: Vec<&str> = problems
            .iter()
            .map(|p| p.column.and_then(|c| table.header.get(c)).map_or("", String::as_str))
            .filter(|c| !c.is_empty())
            .collect();
        let columns = columns.join("、");
        let reasons = problems.iter().map(|p| p.sentence(t)).collect::<Vec<_>>().join(" ");
        let mut cells: Vec<Cell<'_>> = vec![
            Cell::Whole(i64::try_from(row.line).unwrap_or(i64::MAX)),
            Cell::from(&columns),
            Cell::from(&reasons),
        ];
        cells.extend(
            row.cells
                .iter()
                .map(|c| if words::mynumber::contains_my_number(c) { Cell::Text("") } else { Cell::from(c) }),
        );
        out.row(&cells)?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "line_test.rs"]
mod tests;
