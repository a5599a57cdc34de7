//! A document as a spreadsheet: questions beside answers, tables as tables, for whoever retypes it elsewhere.

use paper::{Block, Document};
use tabular::{Cell, NotWritten, Out, XlsxOut};

/// A document as xlsx, on one sheet of this name.
pub fn xlsx(document: &Document, sheet: &str) -> Result<Vec<u8>, NotWritten> {
    let mut out = XlsxOut::new(sheet)?;
    out.width(0, 28.0)?;
    out.width(1, 60.0)?;
    // The first row stays in sight: what it is, when and by whom it was made.
    put(&mut out, &[&document.title, &document.head[2]])?;
    let said =
        |block: &&Block| !matches!(block, Block::Heading { level: 1, words } if *words == document.title);
    document.blocks.iter().filter(said).try_for_each(|block| write(&mut out, block))?;
    out.finish()
}

fn write(out: &mut XlsxOut, block: &Block) -> Result<(), NotWritten> {
    match block {
        Block::Heading { words, .. } | Block::Paragraph { words, .. } => put(out, &[words]),
        Block::Note { label, words } => put(out, &[label, words]),
        Block::Fields(fields) => {
            for field in fields.rows.iter().flat_map(|r| &r.fields) {
                put(out, &[&field.label, &field.value.line()])?;
            }
            Ok(())
        }
        Block::Grid(grid) => {
            if !grid.heads.is_empty() {
                put(out, &cells(&grid.heads))?;
            }
            grid.rows.iter().try_for_each(|row| put(out, &cells(&row.cells)))
        }
        Block::Ticks { ticks, .. } => ticks.iter().filter(|t| t.on).try_for_each(|t| put(out, &[&t.words])),
        Block::Sign { lines } => lines.iter().try_for_each(|l| put(out, &[&l.label, &l.words])),
        Block::Drawing(drawing) => drawing.says.iter().try_for_each(|line| put(out, &[line])),
        Block::Letter(letter) => {
            let lines = [&letter.number, &letter.day].into_iter().chain(&letter.to).chain(&letter.from);
            lines.chain([&letter.subject]).filter(|l| !l.is_empty()).try_for_each(|l| put(out, &[l]))
        }
        Block::List { items, .. } => items.iter().try_for_each(|item| put(out, &[item])),
        Block::Talk { lines } => lines.iter().try_for_each(|l| {
            // Sign and speaker in one cell, so that what was said has a column of its own.
            put(out, &[format!("{} {}", l.mark.sign(), l.who).trim(), &l.words, &l.tag])
        }),
        Block::Together { blocks, .. } => blocks.iter().try_for_each(|b| write(out, b)),
        Block::Ruled { .. } | Block::NewPage => Ok(()),
    }
}

fn put(out: &mut XlsxOut, row: &[&str]) -> Result<(), NotWritten> {
    out.row(&row.iter().map(|c| Cell::Text(c)).collect::<Vec<_>>())
}

fn cells(row: &[String]) -> Vec<&str> {
    row.iter().map(String::as_str).collect()
}
