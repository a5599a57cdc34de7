//! The words of the policy's tables: what stands above each code in its enum.

use std::fmt::Write as _;

use words::code::Code;

/// The sources whose doc comments hold the Japanese terms.
const SOURCES: [&str; 4] = [
    include_str!("../../src/actor.rs"),
    include_str!("../../src/category.rs"),
    include_str!("../../src/decide.rs"),
    include_str!("../../src/policy.rs"),
];

/// What stands above `= "code"` in its enum: the Japanese term, or a sentence in English.
pub fn doc(of: &str, code: &str) -> String {
    for source in SOURCES {
        let mut inside = false;
        let mut text = String::new();
        for line in source.lines().map(str::trim) {
            if let Some(name) = line.strip_prefix("pub enum ") {
                inside = name.trim_end_matches(" {") == of;
            }
            if let Some(comment) = line.strip_prefix("/// ") {
                let space = if text.is_empty() { "" } else { " " };
                let _ = write!(text, "{space}{comment}");
            } else {
                if inside && line.ends_with(&format!("= \"{code}\",")) {
                    return text.trim_end_matches('.').to_owned();
                }
                text.clear();
            }
        }
    }
    panic!("no doc comment for {of} {code}")
}

pub fn english(code: &str) -> String {
    code.replace('_', " ")
}

/// `basic (基本)`: the Japanese part is what stands before the English explanation.
pub fn term<C: Code>(of: &str, value: C) -> String {
    let doc = doc(of, value.code());
    let japanese = doc.split(": ").next().unwrap_or(&doc).split(", by ").next().unwrap_or(&doc);
    format!("{} ({})", english(value.code()), japanese)
}
