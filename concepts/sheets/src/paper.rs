//! Sheets on paper: filled in, or empty to be filled in by pen, in the order and words of their definition. What the state is told
//! stands in a thick frame (太枠).

use engine::{Broken, Look};
use paper::{Block, Document, Field, Fields, Grid, Tick, Value};
use sheet::{Definition, Item, Kind, Tables};
use site::paper::language;
use site::{Frame, T};
use words::{Day, Instant};

use crate::sql;
use crate::view::ReadPart;

/// Lines of an answer in running words, by pen.
const LONG: u8 = 4;

/// A sheet's paper as far as its title.
pub(crate) fn begun(frame: &Frame, title: &str, version: i64) -> Document {
    let t = &frame.t;
    let made = format!("{} {}", t.full_day(frame.now.day()), frame.name);
    Document::new(title, language(t))
        .head([title, &t.f("sheets.version_n", "n", version), &made])
        .foot([format!("{} {}", frame.municipality, t.s("site.name")).as_str(), t.s("sheets.left_out")])
        .with(Block::heading(1, title))
}

/// What was answered, part by part.
pub(crate) fn parts(mut document: Document, t: &T, parts: &[ReadPart]) -> Document {
    if parts.iter().flat_map(|p| &p.lines).any(|l| l.thick) {
        document.push(Block::small(t.s("sheets.thick")));
    }
    for part in parts {
        let mut fields = Fields::new().label_mm(48);
        for line in &part.lines {
            fields.push(Field::new(&line.label, &line.value).thick_if(line.thick));
        }
        document.push(Block::heading(2, &part.title));
        document.push(fields);
    }
    document
}

/// A sheet empty, to fill in by pen: every question, every choice as a box.
pub(crate) fn blank(frame: &Frame, definition: &Definition, tables: &Tables, day: Day) -> Document {
    let (t, lang) = (&frame.t, frame.t.lang());
    let title = definition.title.show(lang);
    let mut document = begun(frame, title, i64::from(definition.version));
    // Who made the empty form says nothing.
    document.head[2] = String::new();
    document.foot[1] = String::new();
    if definition.items().any(|i| i.reported) {
        document.push(Block::small(t.s("sheets.thick")));
    }
    document.push(Fields::new().label_mm(48).beside([
        Field::new(t.s("sheets.col_day"), t.s("paper.blank_day")),
        Field::pen(t.s("sheets.col_by"), 1),
    ]));
    for section in &definition.sections {
        document.push(Block::heading(2, section.title.show(lang)));
        let mut fields = Fields::new().label_mm(48);
        for item in &section.items {
            if let Kind::Table { columns, rows } = &item.kind {
                if !fields.is_empty() {
                    document.push(std::mem::take(&mut fields).label_mm(48));
                }
                let heads = columns.iter().map(|c| c.label.show(lang));
                let rows = u8::try_from((*rows).min(6)).unwrap_or(6);
                document.push(Block::heading(3, item.label.show(lang)));
                document.push(Grid::new(heads).empty(rows, 10));
            } else {
                fields.push(
                    Field::new(item.label.show(lang), pen(item, tables, day, lang)).thick_if(item.reported),
                );
            }
        }
        if !fields.is_empty() {
            document.push(fields);
        }
    }
    document
}

/// Where an answer goes.
fn pen(item: &Item, tables: &Tables, day: Day, lang: &str) -> Value {
    match &item.kind {
        Kind::Choice { table } | Kind::Many { table } => {
            let codes = tables.get(table).map(|t| t.on(day)).into_iter().flatten();
            Value::ticks(codes.map(|c| Tick::new(false, c.label.show(lang))))
        }
        Kind::LongText { .. } => Value::Pen { lines: LONG },
        Kind::Number { unit, .. } => {
            Value::from(format!("\u{3000}\u{3000}\u{3000}\u{3000}{}", unit.show(lang)))
        }
        _ => Value::Pen { lines: 1 },
    }
}

/// Every sheet of the town empty, with its key, as it is in force on a day.
pub async fn blanks(look: &mut Look, frame: &Frame, at: Instant) -> Result<Vec<(String, Document)>, Broken> {
    let m = look.viewer().municipality;
    let versions = sql::versions(&mut look.conn(), m).await?;
    let tables = sql::tables_at(&mut look.conn(), m, at).await?;
    let mut keys: Vec<&str> = versions.iter().map(|v| v.definition.key.as_str()).collect();
    keys.dedup();
    let in_force = keys.into_iter().filter_map(|key| sql::among(&versions, key, at.day()));
    Ok(in_force.map(|v| (v.definition.key.clone(), blank(frame, &v.definition, &tables, at.day()))).collect())
}
