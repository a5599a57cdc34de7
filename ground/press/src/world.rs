//! Typesetting: what typst sees of the world is one text, one document and three fonts.

use std::fmt;
use std::path::PathBuf;
use std::sync::LazyLock;

use paper::Document;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::PdfOptions;

use crate::words::prepared;

/// The fonts, as they are compiled in. Regular is the whole font; the others are parts (see `fonts/README.md`).
static FONTS: [&[u8]; 3] = [
    include_bytes!("../fonts/BIZUDPGothic-Regular.ttf"),
    include_bytes!("../fonts/BIZUDPGothic-Bold-subset.ttf"),
    include_bytes!("../fonts/YorisouRareKanji-Regular.otf"),
];

/// How many typesettings later what was remembered of one is forgotten. What every paper uses (fonts, the form) is used again
/// each time and stays.
const REMEMBERED: usize = 3;

/// A document that could not be set: a drawing in it is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotSet(String);

impl fmt::Display for NotSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotSet {}

/// What is the same for every document.
struct Shop {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    form: Source,
    data: FileId,
}

static SHOP: LazyLock<Shop> = LazyLock::new(|| {
    let fonts: Vec<Font> = FONTS.iter().filter_map(|f| Font::new(Bytes::new(*f), 0)).collect();
    Shop {
        library: LazyHash::new(Library::builder().build()),
        book: LazyHash::new(FontBook::from_fonts(&fonts)),
        fonts,
        form: Source::new(file("form.typ"), include_str!("form.typ").to_owned()),
        data: file("document.json"),
    }
});

fn file(name: &str) -> FileId {
    #[expect(clippy::expect_used, reason = "the names are this file's own and plain")]
    let path = VirtualPath::new(name).expect("a plain name");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

/// Whether the main font draws this kanji in this variant.
pub(crate) fn has_variant(c: char, variant: char) -> bool {
    use typst::text::FontVariant;
    static FACE: LazyLock<Option<typst::text::FontInstance>> = LazyLock::new(|| {
        let font = SHOP.fonts.first()?.clone();
        let size = typst::layout::Abs::pt(10.0);
        Some(font.instantiate(FontVariant::default(), size, &typst::text::FontVariations::default()))
    });
    FACE.as_ref().is_some_and(|f| f.ttf().glyph_variation_index(c, variant).is_some())
}

/// One document to be set.
struct Sheet {
    data: Bytes,
    drawings: Vec<(FileId, Bytes)>,
}

impl World for Sheet {
    fn library(&self) -> &LazyHash<Library> {
        &SHOP.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &SHOP.book
    }

    fn main(&self) -> FileId {
        SHOP.form.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == SHOP.form.id() { Ok(SHOP.form.clone()) } else { Err(FileError::NotFound(PathBuf::new())) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == SHOP.data {
            return Ok(self.data.clone());
        }
        let drawing = self.drawings.iter().find(|(name, _)| *name == id);
        drawing.map(|(_, bytes)| bytes.clone()).ok_or_else(|| FileError::NotFound(PathBuf::new()))
    }

    fn font(&self, index: usize) -> Option<Font> {
        SHOP.fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// The pages of a document, before they become a file.
pub fn typeset(document: &Document) -> Result<PagedDocument, NotSet> {
    let (data, drawings) = prepared(document);
    let sheet = Sheet {
        data: Bytes::from_string(data.to_string()),
        drawings: drawings
            .into_iter()
            .enumerate()
            .map(|(n, svg)| (file(&format!("{n}.svg")), Bytes::from_string(svg)))
            .collect(),
    };
    let set = typst::compile::<PagedDocument>(&sheet);
    set.output.map_err(|errors| trouble(&errors))
}

/// A document as PDF: the same bytes for the same document.
pub fn pdf(document: &Document) -> Result<Vec<u8>, NotSet> {
    let pages = typeset(document)?;
    let options = PdfOptions { creator: Smart::Custom(Some("Yorisou".to_owned())), ..PdfOptions::default() };
    let bytes = typst_pdf::pdf(&pages, &options).map_err(|errors| trouble(&errors));
    comemo::evict(REMEMBERED);
    bytes
}

/// What is wrong, without anything of the document in it.
fn trouble(errors: &[typst::diag::SourceDiagnostic]) -> NotSet {
    let first = errors.first().map_or("unknown", |e| e.message.as_str());
    // Messages about data quote it; what stands before the first quote says enough.
    let plain = first.split(['"', '`', '(']).next().unwrap_or_default();
    NotSet(plain.trim().to_owned())
}
