//! Writing CP932 without losing anything silently.
//!
//! The usual encoder puts `&#134071;` where a character does not exist in CP932. Here a character without a place
//! becomes 〓 (the printer's mark for a missing letter), or the lookalike that Windows itself uses, and each such
//! place is listed.

use encoding_rs::{EncoderResult, SHIFT_JIS};

/// The mark for a character that CP932 does not have.
pub const MISSING: char = '〓';

/// One character that was not written as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unwritten {
    /// The character.
    pub character: char,
    /// What stands in the file instead; `None` for a selector of a letter's form, which is left out.
    pub instead: Option<char>,
    /// Line, from 1.
    pub line: usize,
    /// Character within the line, from 1.
    pub position: usize,
}

/// A text in CP932, with what could not be written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Encoded {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Every character that is not in the file as it is.
    pub unwritten: Vec<Unwritten>,
}

/// The text in CP932.
pub fn encode(text: &str) -> Encoded {
    let mut encoded = Encoded { bytes: Vec::with_capacity(text.len()), unwritten: Vec::new() };
    let (mut line, mut position) = (1, 0);
    for character in text.chars() {
        position += 1;
        if let Some(bytes) = exact(character) {
            encoded.bytes.extend_from_slice(bytes.as_slice());
        } else {
            let instead = instead(character);
            if let Some(bytes) = instead.and_then(exact) {
                encoded.bytes.extend_from_slice(bytes.as_slice());
            }
            encoded.unwritten.push(Unwritten { character, instead, line, position });
        }
        if character == '\n' {
            (line, position) = (line + 1, 0);
        }
    }
    encoded
}

/// Up to two bytes.
struct Bytes([u8; 4], usize);

impl Bytes {
    fn as_slice(&self) -> &[u8] {
        self.0.get(..self.1).unwrap_or_default()
    }
}

/// The bytes of a character that comes back as itself.
fn exact(character: char) -> Option<Bytes> {
    if character.is_ascii() {
        let mut bytes = [0; 4];
        character.encode_utf8(&mut bytes);
        return Some(Bytes(bytes, 1));
    }
    // These have a place of their own only by bending: they come back as \ and ~ and －.
    if matches!(character, '\u{a5}' | '\u{203e}' | '\u{2212}') {
        return None;
    }
    let mut source = [0; 4];
    let mut bytes = [0; 4];
    let (result, _, written) = SHIFT_JIS.new_encoder().encode_from_utf8_without_replacement(
        character.encode_utf8(&mut source),
        &mut bytes,
        true,
    );
    (result == EncoderResult::InputEmpty).then_some(Bytes(bytes, written))
}

/// What stands for a character that CP932 does not have.
fn instead(character: char) -> Option<char> {
    if words::fold::is_variation_selector(character) || character == '\u{200d}' {
        return None;
    }
    Some(match character {
        '\u{301c}' => '\u{ff5e}',
        '\u{2016}' => '\u{2225}',
        '\u{2212}' => '\u{ff0d}',
        '\u{2014}' => '\u{2015}',
        '\u{a2}' => '\u{ffe0}',
        '\u{a3}' => '\u{ffe1}',
        '\u{ac}' => '\u{ffe2}',
        '\u{a5}' => '\u{ffe5}',
        '\u{203e}' => '\u{ffe3}',
        '\u{a0}' => ' ',
        _ => MISSING,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Encoding, decode};
    use proptest::prelude::*;

    #[test]
    fn names_of_people_are_written_or_listed() {
        let encoded = encode("戸髙 﨑 ①㈱\n𠮷田 〜 葛\u{e0100}");
        assert_eq!(decode(&encoded.bytes, Encoding::Cp932).unwrap(), "戸髙 﨑 ①㈱\n〓田 ～ 葛");
        let listed: Vec<_> =
            encoded.unwritten.iter().map(|u| (u.character, u.instead, u.line, u.position)).collect();
        assert_eq!(listed, [('𠮷', Some('〓'), 2, 1), ('〜', Some('～'), 2, 4), ('\u{e0100}', None, 2, 7)]);
    }

    #[test]
    fn every_lookalike_can_be_written() {
        for c in "\u{301c}\u{2016}\u{2212}\u{2014}¢£¬¥‾\u{a0}𠮷".chars() {
            assert!(exact(c).is_none(), "{c}");
            assert!(instead(c).and_then(exact).is_some(), "{c}");
        }
    }

    proptest! {
        #[test]
        fn what_is_not_listed_comes_back(text in "[ -~ぁ-んァ-ヶ一-龠０-９ｦ-ﾟ〜−¥𠮷\n]{0,40}|\\PC{0,20}") {
            let encoded = encode(&text);
            let back = decode(&encoded.bytes, Encoding::Cp932).unwrap();
            let mut listed = encoded.unwritten.iter();
            let expected: String = text
                .chars()
                .filter_map(|c| match exact(c) {
                    Some(_) => Some(c),
                    None => listed.next().and_then(|u| u.instead),
                })
                .collect();
            prop_assert_eq!(back, expected);
            prop_assert!(listed.next().is_none());
        }
    }
}
