//! Every kind of block, read back by a second program: pdftotext says the words, qpdf says that the file is whole.
#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

#[path = "../examples/papers/mod.rs"]
mod papers;

use std::io::Write as _;
use std::process::{Command, Stdio};

use paper::{Block, Document, Field, Fields, Language};

/// What pdftotext reads, without spaces and line ends.
fn read(pdf: &[u8]) -> String {
    let mut reader = Command::new("pdftotext")
        .args(["-raw", "-enc", "UTF-8", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("pdftotext: scripts/install pdf");
    reader.stdin.take().unwrap().write_all(pdf).unwrap();
    dense(&String::from_utf8(reader.wait_with_output().unwrap().stdout).unwrap())
}

fn dense(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect()
}

/// What qpdf thinks of the file.
fn whole(name: &str, pdf: &[u8]) {
    let path = std::env::temp_dir().join(format!("yorisou-{}-{name}.pdf", std::process::id()));
    std::fs::write(&path, pdf).unwrap();
    let said = Command::new("qpdf").arg("--check").arg(&path).output().expect("qpdf: scripts/install pdf");
    std::fs::remove_file(&path).unwrap();
    assert!(said.status.success(), "{name}: {}", String::from_utf8_lossy(&said.stdout));
}

fn says(document: &Document, pdf: &[u8]) {
    let text = read(pdf);
    for words in document.words() {
        // A mark that cannot be printed is left out.
        let wanted = dense(words);
        assert!(text.contains(&wanted), "{}: {wanted} is not in {text}", document.title);
    }
}

#[test]
fn a_second_program_reads_what_the_document_says() {
    for (name, document) in papers::all() {
        let pdf = press::pdf(&document).unwrap();
        whole(name, &pdf);
        says(&document, &pdf);
    }
}

#[test]
fn the_same_document_is_the_same_file() {
    for (name, document) in papers::all() {
        let first = press::pdf(&document).unwrap();
        assert!(first == press::pdf(&document).unwrap(), "{name}");
    }
}

#[test]
fn head_foot_language_and_title_are_there() {
    let document = Document::new("計画の紙", Language::Japanese)
        .head(["上の左", "上の中", "上の右"])
        .foot(["下の左", "下の右"])
        .with(Block::text("一枚目"))
        .with(Block::NewPage)
        .with(Block::text("二枚目"));
    let pdf = press::pdf(&document).unwrap();
    let text = read(&pdf);
    for words in ["上の左", "上の中", "上の右", "下の左", "下の右"] {
        assert_eq!(text.matches(words).count(), 2, "{words} on every page: {text}");
    }
    assert!(text.contains("1/2") && text.contains("2/2"), "{text}");
    let bytes = String::from_utf8_lossy(&pdf);
    assert!(bytes.contains("/Lang"), "says its language");
    assert!(bytes.contains("/StructTreeRoot"), "is tagged");
    assert!(!bytes.contains("pdfaid"), "claims no PDF/A");
}

#[test]
fn rare_kanji_are_read_back() {
    let names = "𠮷田 髙﨑 濵口 栁田 德永 𠀋 葛\u{e0100}城 邉\u{e0101} 辻\u{e0101}";
    let document = Document::new("字", Language::Japanese)
        .with(Block::heading(1, names))
        .with(Fields::new().row(Field::new("氏名", names)));
    let pdf = press::pdf(&document).unwrap();
    let bare =
        |s: &str| dense(s).chars().filter(|c| !('\u{e0100}'..='\u{e01ef}').contains(c)).collect::<String>();
    assert_eq!(bare(&read(&pdf)).matches(&bare(names)).count(), 2);
}

/// Everything that is drawn: glyphs by font, and how thick the thickest line is, in points.
fn drawn(document: &Document) -> (Vec<(String, u16)>, f64) {
    fn walk(frame: &typst::layout::Frame, glyphs: &mut Vec<(String, u16)>, thickest: &mut f64) {
        use typst::layout::FrameItem;
        for (_, item) in frame.items() {
            match item {
                FrameItem::Group(group) => walk(&group.frame, glyphs, thickest),
                FrameItem::Text(text) => {
                    let font = text.font.info().family.clone();
                    glyphs.extend(text.glyphs.iter().map(|g| (font.clone(), g.id)));
                }
                FrameItem::Shape(shape, _) => {
                    let of = shape.stroke.as_ref().map_or(0.0, |s| s.thickness.to_pt());
                    *thickest = thickest.max(of);
                }
                _ => {}
            }
        }
    }
    let (mut glyphs, mut thickest) = (Vec::new(), 0.0);
    for page in press::typeset(document).unwrap().pages() {
        walk(&page.frame, &mut glyphs, &mut thickest);
    }
    (glyphs, thickest)
}

#[test]
fn a_variant_is_drawn_as_it_was_asked_for() {
    let of = |words: &str| drawn(&Document::new("字", Language::Japanese).with(Block::text(words))).0;
    let plain = of("葛城");
    assert_ne!(of("葛\u{e0100}城"), plain, "the variant is another drawing");
    for words in ["葛\u{e0100}城", "𠮷田", "髙﨑", "邉\u{e0101}", "𠀋"] {
        assert!(of(words).iter().all(|(_, id)| *id != 0), "{words}: a box stands for a sign");
    }
}

#[test]
fn what_is_reported_to_the_state_stands_in_a_thick_frame() {
    let of = |field: Field| drawn(&Document::new("枠", Language::Japanese).with(Fields::new().row(field))).1;
    assert!(of(Field::new("目標", "月に一度")) < 1.5);
    assert!(of(Field::new("目標", "月に一度").thick()) >= 2.0);
}

#[test]
fn a_broken_drawing_is_refused_without_a_word_of_it() {
    let drawing =
        paper::Drawing { svg: "<svg>秘密".to_owned(), width: 10, height: 10, ..Default::default() };
    let said = press::pdf(&Document::new("図", Language::Japanese).with(drawing)).unwrap_err().to_string();
    assert!(!said.contains("秘密"), "{said}");
}

#[test]
fn a_drawing_too_wide_to_be_read_upright_lies_on_its_side() {
    let of = |width| {
        let svg =
            format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"300\"></svg>");
        paper::Drawing { svg, width, height: 300, ..Default::default() }
    };
    let document = Document::new("図", Language::Japanese)
        .with(Block::drawn("ジェノグラム", of(paper::Drawing::UPRIGHT)))
        .with(Block::drawn("エコマップ", of(paper::Drawing::UPRIGHT + 1)))
        .with(Block::text("そのあと"));
    let pages = press::typeset(&document).unwrap();
    let lying: Vec<bool> = pages.pages().iter().map(|p| p.frame.width() > p.frame.height()).collect();
    assert_eq!(lying, [false, true, false]);
    says(&document, &press::pdf(&document).unwrap());
}

#[test]
fn nothing_runs_over_the_edge() {
    let long = "https://example.invalid/".to_owned() + &"a".repeat(300);
    let document = Document::new("長い", Language::Japanese)
        .head([long.as_str(), "", ""])
        .with(Block::heading(1, &long))
        .with(Block::text(&long))
        .with(Fields::new().beside([Field::new(&long, &long), Field::new("あ", "い".repeat(40))]))
        .with(paper::Grid::new(["一", "二", "三"]).widths([1, 1, 6]).row([long.as_str(), "二", "三"]));
    let pages = press::typeset(&document).unwrap();
    for page in pages.pages() {
        inside(&page.frame, typst::layout::Point::zero(), page.frame.width());
    }
    says(&document, &press::pdf(&document).unwrap());
}

fn inside(frame: &typst::layout::Frame, at: typst::layout::Point, width: typst::layout::Abs) {
    use typst::layout::FrameItem;
    for (place, item) in frame.items() {
        let here = at + *place;
        match item {
            FrameItem::Group(group) => inside(&group.frame, here, width),
            FrameItem::Text(text) => assert!(here.x + text.width() <= width, "{}", text.text),
            _ => {}
        }
    }
}

#[test]
fn a_spreadsheet_has_the_same_words() {
    for (_, document) in papers::all() {
        let bytes = press::xlsx(&document, &document.title).unwrap();
        let table = tabular::read(&bytes, &tabular::How::default(), &tabular::Limits::default()).unwrap();
        let all: Vec<String> =
            table.rows.iter().flat_map(|r| r.cells.clone()).chain(table.header.clone()).collect();
        let Some(Block::Fields(fields)) = document.blocks.iter().find(|b| matches!(b, Block::Fields(_)))
        else {
            continue;
        };
        for field in fields.rows.iter().flat_map(|r| &r.fields) {
            assert!(all.contains(&field.label), "{}", field.label);
        }
    }
}
