//! Furigana: sentences with readings in a small syntax, `｜同意《どうい》`, as 青空文庫 writes them. The text file holds them, so that
//! a municipality can word them anew; nothing outside is asked.

/// A piece of a sentence, with its reading where it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub text: String,
    /// Empty: it has none.
    pub reading: String,
}

impl Piece {
    pub(crate) fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), reading: String::new() }
    }
}

/// A line of pieces.
pub(crate) type Line = Vec<Piece>;

/// Marks: where what is read begins, where its reading begins and ends.
const BASE: char = '\u{ff5c}';
const OPEN: char = '\u{300a}';
const CLOSE: char = '\u{300b}';

/// Reads a sentence. A mark that is not closed is shown as it stands: nothing is lost.
pub(crate) fn pieces(sentence: &str) -> Line {
    let mut line = Line::new();
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once(BASE) {
        let whole = after.split_once(OPEN).and_then(|(base, more)| {
            let (reading, tail) = more.split_once(CLOSE)?;
            (!base.contains(BASE) && !base.is_empty() && !reading.is_empty()).then_some((base, reading, tail))
        });
        let Some((base, reading, tail)) = whole else { break };
        if !before.is_empty() {
            line.push(Piece::plain(before));
        }
        line.push(Piece { text: base.to_owned(), reading: reading.to_owned() });
        rest = tail;
    }
    if !rest.is_empty() {
        line.push(Piece::plain(rest));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(sentence: &str) -> String {
        let show = |p: &Piece| {
            if p.reading.is_empty() { p.text.clone() } else { format!("[{}|{}]", p.text, p.reading) }
        };
        pieces(sentence).iter().map(show).collect()
    }

    #[test]
    fn readings_stand_with_their_words() {
        assert_eq!(
            read("これは｜同意《どうい》の｜控《ひか》えです。"),
            "これは[同意|どうい]の[控|ひか]えです。"
        );
        assert_eq!(read("ひらがなだけ"), "ひらがなだけ");
        assert_eq!(read(""), "");
        assert_eq!(read("｜開いたまま"), "｜開いたまま");
        assert_eq!(read("｜年《》から"), "｜年《》から");
    }

    proptest! {
        #[test]
        fn nothing_is_lost(sentence in "[a-c｜《》]{0,20}") {
            let text: String = pieces(&sentence).into_iter().map(|p| p.text + &p.reading).collect();
            let bare = |s: &str| s.chars().filter(|c| ![BASE, OPEN, CLOSE].contains(c)).collect::<String>();
            prop_assert_eq!(bare(&text), bare(&sentence));
        }
    }
}
