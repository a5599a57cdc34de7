//! What a document becomes on its way to the form, and what is set of it.

use paper::{Block, Document, Field, Fields, Grid, Language, Mark, Said};
use proptest::prelude::*;
use serde_json::Value;
use typst::layout::{Frame, FrameItem};

use crate::{prepared, typeset};

/// What is set, in order, without spaces.
fn set(document: &Document) -> String {
    fn walk(frame: &Frame, out: &mut String) {
        for (_, item) in frame.items() {
            match item {
                FrameItem::Group(group) => walk(&group.frame, out),
                FrameItem::Text(text) => out.push_str(&text.text),
                _ => {}
            }
        }
    }
    let mut out = String::new();
    for page in typeset(document).unwrap().pages() {
        walk(&page.frame, &mut out);
    }
    dense(&out)
}

fn dense(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect()
}

fn joined(value: &Value) -> String {
    match value {
        Value::String(s) => s.clone(),
        Value::Array(runs) => runs.iter().map(joined).collect(),
        Value::Object(run) => run.values().map(joined).collect(),
        _ => String::new(),
    }
}

proptest! {
    #[test]
    fn runs_lose_nothing(words in "\\PC{0,60}") {
        let (data, _) = prepared(&Document::new("題", Language::Japanese).with(Block::text(&words)));
        prop_assert_eq!(dense(&joined(&data["blocks"][0]["words"])), dense(&words));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever is written comes out as it was written: nothing is markup, whatever signs it has.
    #[test]
    fn any_text_is_set_as_it_stands(
        words in "[#$*_\\[\\]{}()<>@~`\"'\\\\/=+.\\-&|^%!?;:, a-zA-Z0-9ぁ-んァ-ヶ一-龠。、「」（）]{1,60}"
    ) {
        let here = "ここまで";
        let document = Document::new("題", Language::Japanese)
            .with(Block::heading(1, &words)).with(Block::text(here))
            .with(Block::text(&words)).with(Block::text(here))
            .with(Fields::new().row(Field::new(here, &words)))
            .with(Grid::new([here]).row([&words]))
            .with(Block::Talk { lines: vec![Said::new(Mark::Plain, here, &words)] })
            .with(Block::list([&words]));
        let once = dense(&words);
        let text = set(&document);
        prop_assert!(text.contains(&format!("{once}{here}{once}{here}{here}{once}{here}{once}{here}{once}")), "{}", text);
    }
}

#[test]
fn lines_begin_and_end_as_japanese_does() {
    // Wherever the line ends, neither 。 nor 」 begins one, and 「 ends none.
    for n in 30..60 {
        let words = format!("{}「かぎ」。{}", "あ".repeat(n), "い".repeat(60));
        let document = Document::new("題", Language::Japanese).with(Block::text(words));
        for line in lines(&document) {
            assert!(!line.starts_with(['。', '」', '、', '）']), "{n}: {line}");
            assert!(!line.ends_with(['「', '（']), "{n}: {line}");
        }
    }
}

/// The lines as they are set, told apart by their height on the page.
fn lines(document: &Document) -> Vec<String> {
    fn walk(frame: &Frame, y: f64, out: &mut Vec<(i64, String)>) {
        for (at, item) in frame.items() {
            match item {
                FrameItem::Group(group) => walk(&group.frame, y + at.y.to_pt(), out),
                FrameItem::Text(text) => {
                    #[expect(clippy::cast_possible_truncation, reason = "a page is some hundred points high")]
                    let line = ((y + at.y.to_pt()) * 10.0).round() as i64;
                    match out.last_mut() {
                        Some((same, words)) if *same == line => words.push_str(&text.text),
                        _ => out.push((line, text.text.to_string())),
                    }
                }
                _ => {}
            }
        }
    }
    let mut out = Vec::new();
    for page in typeset(document).unwrap().pages() {
        walk(&page.frame, 0.0, &mut out);
    }
    out.into_iter().map(|(_, words)| words).collect()
}
