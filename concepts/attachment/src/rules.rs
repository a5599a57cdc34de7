//! What is taken as a file.

use engine::Refusal;
use words::codes;

use crate::clean;

/// Bytes of one file.
pub const MOST_BYTES: usize = 5 * 1024 * 1024;
/// Characters of a file's name.
const NAME_MAX: usize = 120;

codes! {
    /// What a file is, by its content.
    pub enum MediaType {
        /// PDF.
        Pdf = "application/pdf",
        /// JPEG.
        Jpeg = "image/jpeg",
        /// PNG.
        Png = "image/png",
    }
}

impl MediaType {
    /// How the name of such a file ends.
    const fn ending(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }

    /// What these bytes are; nothing else is taken.
    fn of(bytes: &[u8]) -> Option<Self> {
        const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
        if bytes.starts_with(b"%PDF-1.") || bytes.starts_with(b"%PDF-2.") {
            // A whole one says where it ends.
            let tail = &bytes[bytes.len().saturating_sub(1024)..];
            return tail.windows(5).any(|w| w == b"%%EOF").then_some(Self::Pdf);
        }
        if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
            return Some(Self::Jpeg);
        }
        bytes.starts_with(PNG).then_some(Self::Png)
    }
}

/// A file that may be kept: its name without folder, with the ending of what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Its name.
    pub name: String,
    /// What it is.
    pub media: MediaType,
}

/// Words in a PDF that make it do something when it is opened.
const ACTIVE: [&[u8]; 4] = [b"/JavaScript", b"/JS ", b"/Launch", b"/EmbeddedFile"];

/// Refuses what is too large, of another kind, does something by itself, or names somebody by a 個人番号.
pub fn check(name: &str, bytes: &[u8]) -> Result<Taken, Refusal> {
    let refused = |key| Err(Refusal::new(key));
    if bytes.is_empty() {
        return refused("attachment.empty");
    }
    if bytes.len() > MOST_BYTES {
        return refused("attachment.too_large");
    }
    let Some(media) = MediaType::of(bytes) else { return refused("attachment.kind") };
    if media == MediaType::Pdf && ACTIVE.iter().any(|word| bytes.windows(word.len()).any(|w| w == *word)) {
        return refused("attachment.active");
    }
    if clean::without_origin(media, bytes).is_none() {
        return refused("attachment.broken");
    }
    if words::mynumber::contains_my_number(name) {
        return refused("text.my_number");
    }
    // Some browsers say in which folder it lay.
    let bare = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let bare = words::input::optional_line(bare, NAME_MAX * 2).ok().flatten().unwrap_or_default();
    let stem = bare.rsplit_once('.').map_or(bare.as_str(), |(stem, _)| stem);
    let stem: String = stem.chars().filter(|c| !"\"<>|:*?".contains(*c)).take(NAME_MAX).collect();
    let stem = if stem.trim().is_empty() { "file".to_owned() } else { stem.trim().to_owned() };
    Ok(Taken { name: format!("{stem}.{}", media.ending()), media })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n";
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\0IENDcrc!";
    const JPEG: &[u8] = b"\xff\xd8\xff\xd9";

    fn key(name: &str, bytes: &[u8]) -> &'static str {
        check(name, bytes).unwrap_err().key
    }

    #[test]
    fn what_a_file_is_is_told_by_its_content() {
        assert_eq!(check("同意書.pdf", PDF).unwrap().name, "同意書.pdf");
        assert_eq!(check("C:\\scan\\page.pdf", PNG).unwrap().name, "page.png");
        assert_eq!(check("", JPEG).unwrap(), Taken { name: "file.jpg".to_owned(), media: MediaType::Jpeg });
        assert_eq!(key("page.pdf", b"<html><script>"), "attachment.kind");
        assert_eq!(key("page.pdf", b"%PDF-1.7 and no end"), "attachment.kind");
        assert_eq!(key("page.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "attachment.kind");
        assert_eq!(key("page.exe", b"MZ\x90\x00"), "attachment.kind");
        assert_eq!(key("page.pdf", b""), "attachment.empty");
    }

    #[test]
    fn what_is_too_large_or_does_something_is_refused() {
        assert_eq!(key("a.png", &PNG[..12]), "attachment.broken");
        let mut large = PNG.to_vec();
        large.resize(MOST_BYTES, 0);
        assert!(check("a.png", &large).is_ok());
        large.push(0);
        assert_eq!(key("a.png", &large), "attachment.too_large");
        assert_eq!(key("a.pdf", b"%PDF-1.4 /OpenAction /JavaScript (x) %%EOF"), "attachment.active");
    }

    #[test]
    fn a_name_holds_no_individual_number() {
        assert_eq!(key("123456789018.pdf", PDF), "text.my_number");
        assert!(check("2026-11-21 同意書.pdf", PDF).is_ok());
    }

    proptest! {
        #[test]
        fn a_name_is_always_one_plain_line(name in ".{0,200}") {
            if let Ok(taken) = check(&name, PDF) {
                prop_assert!(taken.name.rsplit_once('.').is_some_and(|(_, ending)| ending == "pdf") && !taken.name.contains(['/', '\\', '"', '\n', '\r']));
                prop_assert!(taken.name.chars().count() <= NAME_MAX + 4);
            }
        }

        #[test]
        fn whatever_comes_is_taken_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = check("a.pdf", &bytes);
        }
    }
}
