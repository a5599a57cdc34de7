//! One answer, and the text it is stored as.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;

use uuid::Uuid;
use words::partial::PartialDate;

use crate::{Column, Kind};

/// A decimal number, exact: `units` thousandths. Large enough for every amount of money of a town.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(i64);

/// Thousandths in one.
const ONE: i64 = 1000;
/// The largest whole number that can be answered: twelve digits, so that thousandths survive JSON and spreadsheets.
const LARGEST: i64 = 999_999_999_999;

impl Number {
    /// The largest number.
    pub const MAX: Self = Self(LARGEST * ONE);
    /// The smallest number.
    pub const MIN: Self = Self(-LARGEST * ONE);

    /// A whole number; `None` beyond twelve digits.
    pub fn whole(value: i64) -> Option<Self> {
        (value.abs() <= LARGEST).then(|| Self(value * ONE))
    }

    /// Reads `12`, `-3.5`, `1,200`: full-width digits and thousands commas as people type them. `None` for anything
    /// else, more than three decimals or more than twelve digits.
    pub fn parse(text: &str) -> Option<Self> {
        let plain: String = text.trim().chars().map(plain).collect();
        let (negative, digits) = match plain.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, plain.strip_prefix('+').unwrap_or(&plain)),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let whole = without_commas(whole)?;
        let bare = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || whole.len() > 12 || !bare(&whole) || part.len() > 3 || !bare(part) {
            return None;
        }
        if digits.ends_with('.') {
            return None;
        }
        let units = whole.parse::<i64>().ok()? * ONE + format!("{part:0<3}").parse::<i64>().ok()?;
        Some(Self(if negative { -units } else { units }))
    }

    /// Digits behind the point that are needed to write it.
    pub fn decimals(self) -> u8 {
        match (self.0 % ONE, self.0 % 100, self.0 % 10) {
            (0, _, _) => 0,
            (_, 0, _) => 1,
            (_, _, 0) => 2,
            _ => 3,
        }
    }
}

/// Full-width digits, points, commas and every kind of minus as their ASCII forms.
fn plain(c: char) -> char {
    match c {
        '０'..='９' => char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')).unwrap_or(c),
        '．' => '.',
        '，' => ',',
        '＋' => '+',
        c if words::fold::is_hyphen_like(c) => '-',
        c => c,
    }
}

/// A run of digits without its thousands commas; commas must stand in their places.
fn without_commas(text: &str) -> Option<String> {
    if !text.contains(',') {
        return Some(text.to_owned());
    }
    let groups: Vec<&str> = text.split(',').collect();
    let first = groups.first().is_some_and(|g| (1..=3).contains(&g.len()));
    (first && groups.iter().skip(1).all(|g| g.len() == 3)).then(|| groups.concat())
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, part) = (self.0.abs() / ONE, self.0.abs() % ONE);
        let digits = format!("{part:03}");
        match digits.trim_end_matches('0') {
            "" => write!(f, "{sign}{whole}"),
            part => write!(f, "{sign}{whole}.{part}"),
        }
    }
}

/// A file as it is known today: its name and size. The file itself is not stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileAnswer {
    /// Name, one line.
    pub name: String,
    /// Size in bytes, when it is known.
    pub bytes: Option<u64>,
}

/// A row of a table: answers by column key; never empty.
pub type Row = BTreeMap<String, Value>;

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// One line or several.
    Text(String),
    /// A number.
    Number(Number),
    /// A day, or as much of it as is known.
    Date(PartialDate),
    /// A code.
    Choice(String),
    /// Codes, each once, in the order of their table.
    Many(Vec<String>),
    /// Rows.
    Table(Vec<Row>),
    /// A person, an agency or an area: the item's kind says which.
    Thing(Uuid),
    /// A file's name and size.
    File(FileAnswer),
}

impl Value {
    /// The canonical text it is stored as: what [`Value::read`] reads back to the same value.
    pub fn store(&self) -> String {
        match self {
            Self::Text(t) => t.clone(),
            Self::Number(n) => n.to_string(),
            Self::Date(d) => d.to_string(),
            Self::Choice(c) => c.clone(),
            Self::Many(codes) => codes.join(" "),
            Self::Thing(id) => id.to_string(),
            Self::Table(_) | Self::File(_) => self.json().to_string(),
        }
    }

    /// Its value in the JSON of all answers: what the JSON Schema describes.
    pub fn json(&self) -> serde_json::Value {
        use serde_json::{Value as Json, json};
        match self {
            // A number's own text is a JSON number; the fallback is never reached.
            Self::Number(n) => serde_json::from_str(&n.to_string()).unwrap_or(Json::Null),
            Self::Many(codes) => json!(codes),
            Self::Table(rows) => rows
                .iter()
                .map(|row| Json::Object(row.iter().map(|(k, v)| (k.clone(), v.json())).collect()))
                .collect(),
            Self::File(file) => match file.bytes {
                Some(bytes) => json!({ "name": file.name, "bytes": bytes }),
                None => json!({ "name": file.name }),
            },
            other => Json::String(other.store()),
        }
    }

    /// Reads a stored text back. `None` when it is not the canonical text of this kind.
    pub fn read(kind: &Kind, text: &str) -> Option<Self> {
        match kind {
            Kind::Text { .. } | Kind::LongText { .. } => {
                (!text.is_empty()).then(|| Self::Text(text.to_owned()))
            }
            Kind::Number { .. } => Number::parse(text).filter(|n| n.to_string() == text).map(Self::Number),
            // A sheet keeps no about: its schema has no place for it.
            Kind::Date { .. } => PartialDate::parse_iso(text).filter(|d| !d.is_about()).map(Self::Date),
            Kind::Choice { .. } => is_code(text).then(|| Self::Choice(text.to_owned())),
            Kind::Many { .. } => {
                let codes: Vec<String> = text.split(' ').map(str::to_owned).collect();
                codes.iter().all(|c| is_code(c)).then_some(Self::Many(codes))
            }
            Kind::Person | Kind::Agency | Kind::Area => Uuid::parse_str(text).ok().map(Self::Thing),
            Kind::Table { .. } | Kind::File => Self::from_json(kind, &serde_json::from_str(text).ok()?),
        }
    }

    /// Reads a value of the JSON of all answers.
    pub fn from_json(kind: &Kind, json: &serde_json::Value) -> Option<Self> {
        match kind {
            Kind::Number { .. } => Number::parse(&json.as_number()?.to_string()).map(Self::Number),
            Kind::Many { .. } => {
                let codes: Option<Vec<String>> =
                    json.as_array()?.iter().map(|c| c.as_str().map(str::to_owned)).collect();
                codes.filter(|c| !c.is_empty() && c.iter().all(|c| is_code(c))).map(Self::Many)
            }
            Kind::Table { columns, .. } => {
                let rows: Option<Vec<Row>> = json.as_array()?.iter().map(|r| row(columns, r)).collect();
                rows.filter(|r| !r.is_empty()).map(Self::Table)
            }
            Kind::File => {
                let name = json.get("name")?.as_str()?.to_owned();
                let bytes = match json.get("bytes") {
                    Some(bytes) => Some(bytes.as_u64()?),
                    None => None,
                };
                Some(Self::File(FileAnswer { name, bytes }))
            }
            _ => Self::read(kind, json.as_str()?),
        }
    }
}

fn row(columns: &[Column], json: &serde_json::Value) -> Option<Row> {
    let row: Option<Row> = json
        .as_object()?
        .iter()
        .map(|(key, value)| {
            let column = columns.iter().find(|c| c.key == *key)?;
            Some((key.clone(), Value::from_json(&column.kind, value)?))
        })
        .collect();
    row.filter(|r| !r.is_empty())
}

/// Whether a text is written like a key of an item or section: what XLSForm accepts as a name too.
pub(crate) fn is_key(text: &str) -> bool {
    text.len() <= 40 && text.starts_with(|c: char| c.is_ascii_lowercase()) && text.bytes().all(is_key_byte)
}

/// Whether a text is written like a code: as a key, and it may begin with a digit.
pub(crate) fn is_code(text: &str) -> bool {
    !text.is_empty() && text.len() <= 40 && !text.starts_with('_') && text.bytes().all(is_key_byte)
}

fn is_key_byte(b: u8) -> bool {
    b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'
}

/// Order of the tables' codes: as they are shown.
pub(crate) fn in_table_order(codes: &mut [String], table: &crate::CodeTable) {
    codes.sort_by(|a, b| match table.position(a).cmp(&table.position(b)) {
        Ordering::Equal => a.cmp(b),
        order => order,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_type_them() {
        for (typed, kept) in [
            ("12", "12"),
            ("１２", "12"),
            ("1,200", "1200"),
            ("-3.50", "-3.5"),
            ("+0.125", "0.125"),
            ("０．５", "0.5"),
            (" 3 ", "3"),
            ("-0", "0"),
            ("−5", "-5"),
            ("999999999999.999", "999999999999.999"),
        ] {
            assert_eq!(Number::parse(typed).map(|n| n.to_string()).as_deref(), Some(kept), "{typed}");
        }
        for typed in ["", "a", "1.2345", "1,20", "1.", ".5", "1e3", "1000000000000", "--1", "1,2345", "二"] {
            assert_eq!(Number::parse(typed), None, "{typed}");
        }
    }
}
