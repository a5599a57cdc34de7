//! Which column of a file is which field.
//!
//! Form services and spreadsheets name the same thing in many ways, in any order, with numbers in front and
//! "(required)" behind. A proposal is only ever a proposal: people confirm it, and it is kept for the next time.

use std::collections::BTreeMap;

use words::fold::fold;

/// A field that columns can be mapped to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its stable key.
    pub key: String,
    /// Headers that mean it, the most usual first.
    pub names: Vec<String>,
    /// Whether several columns may go into it, one after another.
    pub several: bool,
}

/// How sure a proposal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sure {
    /// A name of the field is only part of the header.
    Guess,
    /// The header is a name of the field, apart from numbering and remarks.
    Near,
    /// The header is a name of the field, or was mapped so before.
    Exact,
}

/// What is proposed for one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposed {
    /// Key of the field; `None`: no field was found.
    pub field: Option<String>,
    /// How sure.
    pub sure: Sure,
}

/// What is kept of a mapping: the folded header → the key of its field, empty for "leave out".
pub type Kept = BTreeMap<String, String>;

/// The key under which a header's mapping is kept.
pub fn header_key(header: &str) -> String {
    fold(header)
}

/// Proposes a field for every column. What was kept from earlier comes first; then the surest match; a field that
/// takes one column only gets its surest.
pub fn propose(headers: &[String], fields: &[Field], kept: &Kept) -> Vec<Proposed> {
    let none = Proposed { field: None, sure: Sure::Guess };
    let mut proposed = vec![none; headers.len()];
    let mut candidates: Vec<(Sure, usize, usize, usize)> = Vec::new();
    for (column, header) in headers.iter().enumerate() {
        if let Some(known) = kept.get(&header_key(header)) {
            // A field kept from earlier that no longer exists is proposed anew.
            if known.is_empty() {
                proposed[column].sure = Sure::Exact;
                continue;
            }
            if let Some(field) = fields.iter().position(|f| f.key == *known) {
                candidates.push((Sure::Exact, usize::MAX, column, field));
                continue;
            }
        }
        for (n, field) in fields.iter().enumerate() {
            if let Some((sure, length)) = likeness(header, field) {
                candidates.push((sure, length, column, n));
            }
        }
    }
    // The surest first, then the longest name, then the order of the file.
    candidates.sort_by_key(|(sure, length, column, field)| {
        (std::cmp::Reverse(*sure), std::cmp::Reverse(*length), *column, *field)
    });
    let mut taken = vec![false; fields.len()];
    let mut placed = vec![false; headers.len()];
    for (sure, _, column, field) in candidates {
        if placed[column] || (taken[field] && !fields[field].several) {
            continue;
        }
        (placed[column], taken[field]) = (true, true);
        proposed[column] = Proposed { field: Some(fields[field].key.clone()), sure };
    }
    proposed
}

/// How like a header is to a field, and how long the name is by which it was recognised.
fn likeness(header: &str, field: &Field) -> Option<(Sure, usize)> {
    let whole = fold(header);
    let bare = fold(bare(header));
    field
        .names
        .iter()
        .chain([&field.key])
        .filter_map(|name| {
            let name = fold(name);
            let length = name.chars().count();
            match () {
                () if name.is_empty() => None,
                () if name == whole => Some((Sure::Exact, length)),
                () if name == bare => Some((Sure::Near, length)),
                // One letter inside a header says nothing.
                () if length > 1 && bare.contains(&name) => Some((Sure::Guess, length)),
                () => None,
            }
        })
        .max()
}

/// A header without the numbering in front and the remarks in brackets behind, as form services write them.
fn bare(header: &str) -> &str {
    let mut text = header.trim();
    loop {
        let before = text;
        text = text.trim_start_matches(['*', '＊', '※', '■', '●', '○', '◎', '・']).trim();
        if let Some(rest) = numbered(text) {
            text = rest.trim();
        }
        for (open, close) in
            [('(', ')'), ('（', '）'), ('[', ']'), ('［', '］'), ('【', '】'), ('<', '>'), ('＜', '＞')]
        {
            if let Some(inner) = text.strip_suffix(close)
                && let Some(at) = inner.rfind(open).filter(|at| *at > 0)
            {
                text = inner[..at].trim();
            }
            if let Some(rest) = text.strip_prefix(open)
                && let Some(at) = rest.find(close)
                && !rest[at + close.len_utf8()..].trim().is_empty()
            {
                text = rest[at + close.len_utf8()..].trim();
            }
        }
        if text == before {
            return text;
        }
    }
}

/// The rest behind `Q1.`, `問１　`, `1-2.`, `（1）`.
fn numbered(text: &str) -> Option<&str> {
    let text = text.trim_start_matches(['Q', 'q', 'Ｑ', '問', '設']);
    let rest = text.trim_start_matches(|c: char| c.is_numeric() || matches!(c, '-' | '－' | '_'));
    if rest.len() == text.len() {
        return None;
    }
    let behind = rest.trim_start_matches(['.', '．', '、', ':', '：', ')', '）', ' ', '　', '_']);
    (behind.len() < rest.len() && !behind.is_empty()).then_some(behind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn field(key: &str, names: &[&str], several: bool) -> Field {
        Field { key: key.into(), names: names.iter().map(|n| (*n).to_owned()).collect(), several }
    }

    fn fields() -> Vec<Field> {
        vec![
            field("name", &["氏名", "お名前", "相談者氏名"], false),
            field("reading", &["ふりがな", "氏名（フリガナ）"], false),
            field("phone", &["電話番号", "電話", "連絡先"], false),
            field("words", &["相談内容", "ご相談の内容", "困りごと"], true),
        ]
    }

    fn proposed(headers: &[&str], kept: &Kept) -> Vec<Option<String>> {
        let headers: Vec<String> = headers.iter().map(|h| (*h).to_owned()).collect();
        propose(&headers, &fields(), kept).into_iter().map(|p| p.field).collect()
    }

    #[test]
    fn any_order_any_spelling() {
        let found = proposed(
            &["受付番号", "Q3. ご相談の内容（必須）", "【必須】お名前", "ﾌﾘｶﾞﾅ", "電話番号 ※日中", "name2"],
            &Kept::new(),
        );
        let words: Vec<_> = found.iter().map(|f| f.as_deref().unwrap_or("-")).collect();
        assert_eq!(words, ["-", "words", "name", "reading", "phone", "-"]);
    }

    #[test]
    fn one_column_for_a_field_that_takes_one_and_the_surest() {
        let found = proposed(&["配偶者の氏名", "氏名", "困りごと", "ほかの困りごと"], &Kept::new());
        assert_eq!(found, [None, Some("name".into()), Some("words".into()), Some("words".into())]);
    }

    #[test]
    fn what_was_decided_before_comes_first() {
        let kept = Kept::from([(header_key("氏名"), String::new()), (header_key("回答４"), "phone".into())]);
        assert_eq!(proposed(&["氏名", "回答４", "電話"], &kept), [None, Some("phone".into()), None]);
        let gone = Kept::from([(header_key("電話"), "no_such_field".into())]);
        assert_eq!(proposed(&["電話"], &gone), [Some("phone".into())]);
    }

    proptest! {
        #[test]
        fn any_header_is_survived(headers in proptest::collection::vec("[()（）【】Q問0-9. 氏名電話あ]{0,12}|\\PC{0,12}", 0..8)) {
            let proposals = propose(&headers, &fields(), &Kept::new());
            prop_assert_eq!(proposals.len(), headers.len());
            let names = proposals.iter().filter(|p| p.field.as_deref() == Some("name")).count();
            prop_assert!(names <= 1);
        }
    }
}
