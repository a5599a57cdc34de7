//! Which encoding a text file has. Strict: a byte that does not fit refuses the encoding, nothing is replaced.

use words::code::Code;
use words::codes;

use crate::{Trouble, What};

codes! {
    /// Encodings of text files that occur in town halls.
    pub enum Encoding {
        /// UTF-8.
        Utf8 = "utf8",
        /// UTF-8 with the mark at its start that Excel needs to recognise it.
        Utf8Bom = "utf8_bom",
        /// Shift JIS as Windows has it (CP932).
        Cp932 = "cp932",
    }
}

impl Encoding {
    /// The value of a form, or nothing for the reader's choice.
    pub fn chosen(text: &str) -> Option<Self> {
        <Self as Code>::parse(text)
    }
}

/// What the bytes look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Detected {
    /// The encoding to read them in.
    pub encoding: Encoding,
    /// Whether another one fits as well: then people should look at the preview.
    pub doubtful: bool,
}

const BOM: &[u8] = &[0xef, 0xbb, 0xbf];

/// Looks at the bytes. Bytes that are valid UTF-8 and valid CP932 are taken for UTF-8: Japanese text in CP932
/// almost never happens to be valid UTF-8, the other way round it is common.
pub fn detect(bytes: &[u8]) -> Result<Detected, Trouble> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Trouble::file(What::Utf16));
    }
    // Much of an image is valid CP932, but no text has this character.
    if bytes.contains(&0) {
        return Err(Trouble::file(What::NotText));
    }
    if let Some(rest) = bytes.strip_prefix(BOM) {
        std::str::from_utf8(rest).map_err(|e| wrong(bytes, e.valid_up_to() + BOM.len()))?;
        return Ok(Detected { encoding: Encoding::Utf8Bom, doubtful: false });
    }
    match std::str::from_utf8(bytes) {
        Ok(_) => {
            let doubtful = !bytes.is_ascii() && cp932(bytes).is_some();
            Ok(Detected { encoding: Encoding::Utf8, doubtful })
        }
        Err(_) if cp932(bytes).is_some() => Ok(Detected { encoding: Encoding::Cp932, doubtful: false }),
        Err(e) => Err(wrong(bytes, e.valid_up_to())),
    }
}

/// The text in an encoding that was chosen or detected.
pub fn decode(bytes: &[u8], encoding: Encoding) -> Result<String, Trouble> {
    match encoding {
        Encoding::Utf8 | Encoding::Utf8Bom => {
            let bare = bytes.strip_prefix(BOM).unwrap_or(bytes);
            let text = std::str::from_utf8(bare).map_err(|e| wrong(bare, e.valid_up_to()))?;
            Ok(text.to_owned())
        }
        Encoding::Cp932 => cp932(bytes).ok_or(Trouble::file(What::Encoding)),
    }
}

fn cp932(bytes: &[u8]) -> Option<String> {
    encoding_rs::SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes).map(Into::into)
}

/// The line in which the first byte stands that does not fit.
fn wrong(bytes: &[u8], at: usize) -> Trouble {
    let before = bytes.get(..at).unwrap_or(bytes);
    let line = before.split(|b| *b == b'\n').count();
    Trouble::at(What::Encoding, u64::try_from(line).unwrap_or(u64::MAX), 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_told_from_the_others() {
        let sjis = encoding_rs::SHIFT_JIS.encode("相談,髙橋").0.into_owned();
        let of = |bytes: &[u8]| detect(bytes).map(|d| (d.encoding, d.doubtful));
        assert_eq!(of("相談,髙橋".as_bytes()), Ok((Encoding::Utf8, false)));
        assert_eq!(of(&[BOM, "相談".as_bytes()].concat()), Ok((Encoding::Utf8Bom, false)));
        assert_eq!(of(&sjis), Ok((Encoding::Cp932, false)));
        assert_eq!(of(b"plain"), Ok((Encoding::Utf8, false)));
        // Two characters that are four letters of half-width kana in the other encoding.
        assert!(of("ﾃﾃ".as_bytes()).unwrap().0 == Encoding::Utf8);
        assert_eq!(detect(&[0xff, 0xfe, 0x61, 0]).unwrap_err().what, What::Utf16);
        assert_eq!(detect(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").unwrap_err().what, What::NotText);
        assert_eq!(detect(b"a\nb\n\x81\x20\xff").unwrap_err(), Trouble::at(What::Encoding, 3, 0));
    }

    #[test]
    fn what_was_chosen_is_not_bent() {
        let sjis = encoding_rs::SHIFT_JIS.encode("相談").0.into_owned();
        assert_eq!(decode(&sjis, Encoding::Utf8).unwrap_err().what, What::Encoding);
        assert_eq!(decode(&sjis, Encoding::Cp932).unwrap(), "相談");
    }
}
