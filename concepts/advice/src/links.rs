//! Links into records, pasted where nobody may stand: whoever may open one finds somebody behind it. Pure.

use words::fold::is_hyphen_like;

use crate::traces::{plain, words};

/// Digits of the groups of an id.
const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];

/// The links and ids of records in a text: 「/cases/…」 with or without what stands before it, and any UUID.
pub fn links(text: &str) -> Vec<String> {
    let typed: Vec<char> = text.chars().collect();
    let flat: Vec<char> = typed.iter().map(|c| plain(*c).to_ascii_lowercase()).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < flat.len() {
        let length = path(&flat, at).or_else(|| id(&flat, at));
        if let Some(length) = length {
            found.push(typed[at..at + length].iter().collect());
        }
        at += length.unwrap_or(1);
    }
    found
}

/// The length of the path of a record at a place: /cases/ and what follows.
fn path(text: &[char], at: usize) -> Option<usize> {
    let behind = text[at..].strip_prefix(&['/'])?;
    let word = behind.iter().take_while(|c| c.is_ascii_lowercase() || **c == '_').count();
    let name: String = behind[..word].iter().collect();
    let rest = behind[word..].strip_prefix(&['/'])?;
    let more = rest.iter().take_while(|c| c.is_ascii_alphanumeric() || is_hyphen_like(**c)).count();
    (more > 0 && words("record").any(|w| w == name)).then_some(word + 2 + more)
}

/// The length of an id at a place.
fn id(text: &[char], at: usize) -> Option<usize> {
    if at > 0 && text[at - 1].is_ascii_alphanumeric() {
        return None;
    }
    let mut end = at;
    for (n, digits) in GROUPS.into_iter().enumerate() {
        end += usize::from(n > 0 && text.get(end).is_some_and(|c| is_hyphen_like(*c)));
        let group = text.get(end..end + digits)?;
        if !group.iter().all(char::is_ascii_hexdigit) {
            return None;
        }
        end += digits;
    }
    (!text.get(end).is_some_and(char::is_ascii_alphanumeric)).then_some(end - at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn links_of_records_and_ids_are_found_and_other_links_are_not() {
        for (text, link) in [
            ("https://yorisou.example/cases/019f1608-aaaa", "/cases/019f1608-aaaa"),
            (
                "/households/018ee0c8-cd80-7950-badf-67cbdf7a839a を見て",
                "/households/018ee0c8-cd80-7950-badf-67cbdf7a839a",
            ),
            ("／ｃａｓｅｓ／０１９ｆ", "／ｃａｓｅｓ／０１９ｆ"),
            ("019F1608-CD80-7950-BADF-67CBDF7A839Aです", "019F1608-CD80-7950-BADF-67CBDF7A839A"),
            ("番号019f1608cd807950badf67cbdf7a839a。", "019f1608cd807950badf67cbdf7a839a"),
        ] {
            assert_eq!(links(text), [link], "{text}");
        }
        for text in [
            "https://example.jp/news/20241123",
            "and/or",
            "/cases/",
            "2026-11-21",
            "0466-25-1111",
            "/library/",
        ] {
            assert_eq!(links(text), Vec::<String>::new(), "{text}");
        }
    }

    proptest! {
        /// Any text can be looked through, and no id gets through.
        #[test]
        fn no_id_gets_through(before in "[ぁ-ん、。]{0,8}", a in "[0-9a-f]{8}", b in "[0-9a-f]{4}", c in "[0-9a-f]{12}", near in "[/a-f0-9-]{0,40}") {
            let id = format!("{a}-{b}-{b}-{b}-{c}");
            prop_assert_eq!(links(&format!("{before}{id}")), [id]);
            let _ = links(&near);
        }
    }
}
