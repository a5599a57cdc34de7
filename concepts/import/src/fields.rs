//! The fields of a consultation that a column can hold, and the words other systems use for them and their values.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use tabular::columns::Field;

const FIELDS: &str = include_str!("../data/fields.csv");
const VALUES: &str = include_str!("../data/values.csv");

/// Fields that take several columns, one after another.
const SEVERAL: &[&str] = &["topics", "words", "facts", "possibilities", "consideration", "response"];

/// Every field with the headers by which it is recognised.
pub(crate) static ALL: LazyLock<Vec<Field>> = LazyLock::new(|| {
    FIELDS
        .lines()
        .filter_map(|line| {
            let mut parts = line.split(',').map(str::to_owned);
            let key = parts.next().filter(|k| !k.is_empty())?;
            Some(Field { several: SEVERAL.contains(&key.as_str()), names: parts.collect(), key })
        })
        .collect()
});

/// Folded words of other systems, by list: word → code.
static CODES: LazyLock<BTreeMap<(&str, String), &str>> = LazyLock::new(|| {
    VALUES
        .lines()
        .filter_map(|line| {
            let (list, rest) = line.split_once(',')?;
            let (code, word) = rest.split_once(',')?;
            Some(((list, words::fold::fold(word)), code))
        })
        .collect()
});

/// Whether a field takes several columns.
pub(crate) fn takes_several(field: &str) -> bool {
    SEVERAL.contains(&field)
}

/// Whether there is such a field.
pub(crate) fn exists(field: &str) -> bool {
    ALL.iter().any(|f| f.key == field)
}

/// The code of a word in a list: the code itself, our own word, or another system's.
pub(crate) fn code<'c>(list: &'static str, typed: &str, ours: &'c [(String, String)]) -> Option<&'c str> {
    let folded = words::fold::fold(typed);
    let also = CODES.get(&(list, folded.clone())).copied();
    ours.iter()
        .find(|(code, word)| *word == folded || code == typed || also == Some(code.as_str()))
        .map(|(code, _)| code.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_read_whole() {
        assert_eq!(ALL.len(), FIELDS.lines().count());
        assert_eq!(CODES.len(), VALUES.lines().count(), "a word twice in a list");
        assert!(SEVERAL.iter().all(|f| exists(f)));
    }

    #[test]
    fn headers_of_a_form_service_find_their_fields() {
        let headers: Vec<String> = [
            "受付番号",
            "回答日時",
            "お名前（必須）",
            "お名前（フリガナ）",
            "生年月日",
            "ご住所",
            "日中の連絡先",
            "ご相談内容",
            "希望する連絡方法",
            "同意する",
        ]
        .map(str::to_owned)
        .into();
        let found = tabular::columns::propose(&headers, &ALL, &tabular::columns::Kept::new());
        let keys: Vec<_> = found.iter().map(|p| p.field.as_deref().unwrap_or("-")).collect();
        assert_eq!(
            keys,
            [
                "number",
                "occurred",
                "name",
                "reading",
                "birth",
                "address",
                "phone",
                "words",
                "contact_wish",
                "-"
            ]
        );
    }
}
