//! Papers: one document, looked at before it is printed, or as a file. What a concept puts on a paper it says once
//! ([`paper::Document`]); the page, the PDF and the spreadsheet show the same and nothing else.
//!
//! The kind of file is asked for in the address (`?as=pdf`, `?as=xlsx`), so that a paper has one address, one reading and one
//! way of being logged.

use std::collections::BTreeMap;

use askama::Template;
use engine::{Broken, Channel, Fail, Receipt};
use paper::{Block, Document, Language, Value};
use tokio::sync::Semaphore;

use crate::page::Body;
use crate::{Answer, Frame, Req, T};

/// As what a paper is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A page to look at and to print from the browser.
    Page,
    /// A PDF.
    Pdf,
    /// A spreadsheet.
    Xlsx,
}

impl Kind {
    /// What the address asks for.
    pub fn of(req: &Req) -> Self {
        match req.query().get("as") {
            Some("pdf") => Self::Pdf,
            Some("xlsx") => Self::Xlsx,
            _ => Self::Page,
        }
    }

    /// The channel its reading is decided and logged under. Whatever becomes of it, it is the same paper: a spreadsheet of it is printed
    /// like the page, so it carries no informant either (disclosure rule 3; a print is a subset of the page).
    pub fn channel(self) -> Channel {
        Channel::Print
    }
}

/// The question whom a paper is given to, the word for the desk itself, and the people: id, name, whether it is they.
pub type GivenTo = (String, String, Vec<(String, String, bool)>);

/// What stands around a paper on its page, and is not printed.
#[derive(Debug, Clone, Default)]
pub struct Around {
    /// The page's title.
    pub title: String,
    /// What this page is for, in a sentence.
    pub lead: String,
    /// Where the way back leads, and its word.
    pub back: (String, String),
    /// Whom the paper can be given to.
    pub given_to: Option<GivenTo>,
    /// Other forms of the same paper: address, word, whether it is this one.
    pub tabs: Vec<(String, String, bool)>,
    /// What has to be known before it is handed out.
    pub warning: String,
    /// What is asked before more stands on it: the question, the address that says yes (or takes it back), and its word.
    pub ask: Option<(String, String, String)>,
    /// The name of a file without its ending: a kind and at most a number, nobody's name.
    pub file: String,
    /// What the file is called for people, without its ending; nobody's name either. Empty: the paper's title and the number in
    /// `file`.
    pub called: String,
    /// Whether it is also given as a spreadsheet.
    pub xlsx: bool,
    /// What its desk does with it, above it on the page.
    pub aside: Option<Aside>,
    /// Whether something is wrong with the form there.
    pub wrong: bool,
    /// The paper's own address, where its page answers a form. Empty: the address that was asked for.
    pub here: String,
}

/// A part of a page that a template of a concept made; everything in it was escaped there.
#[derive(Debug, Clone)]
pub struct Aside(String);

impl Aside {
    /// What this template makes.
    pub fn of(template: &impl Template) -> Result<Self, Fail> {
        let made = template.render().map_err(|e| Broken::Outside(format!("template: {e}")))?;
        Ok(Self(made))
    }
}

impl std::fmt::Display for Aside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Aside {}

/// Turns documents into files. The program gives it to the site; nothing else typesets.
#[derive(Debug, Clone, Copy)]
pub struct Press {
    /// A PDF.
    pub pdf: fn(&Document) -> Result<Vec<u8>, String>,
    /// A spreadsheet with a sheet of this name.
    pub xlsx: fn(&Document, &str) -> Result<Vec<u8>, String>,
}

impl Press {
    /// A site that makes no files.
    pub const NONE: Self =
        Self { pdf: |_| Err("no press".to_owned()), xlsx: |_, _| Err("no press".to_owned()) };
}

/// Files typeset at a time: each keeps a core busy.
static AT_WORK: Semaphore = Semaphore::const_new(2);

impl Answer {
    /// A paper, as what the address asks for. The receipt says that what it discloses is in the log.
    pub fn paper(
        req: &Req,
        frame: Frame,
        document: Document,
        around: Around,
        receipt: Receipt,
    ) -> Result<Self, Fail> {
        match Kind::of(req) {
            Kind::Xlsx if !around.xlsx => Err(Fail::NotVisible),
            Kind::Page if around.wrong => {
                Self::again(PaperPage::new(frame, req, &document, around).render(), receipt)
            }
            Kind::Page => Self::page(PaperPage::new(frame, req, &document, around).render(), receipt),
            kind => {
                let called = if around.called.is_empty() {
                    called(&document.title, &around.file)
                } else {
                    around.called
                };
                let body = Body::Paper { document: Box::new(document), kind, name: (called, around.file) };
                Ok(Self { status: 200, body, cookies: Vec::new(), refresh: None })
            }
        }
    }
}

/// Makes the file of an answer that is a paper; other answers stay as they are.
pub(crate) async fn pressed(press: Press, answer: Answer) -> Result<Answer, Fail> {
    let Body::Paper { document, kind, name } = answer.body else { return Ok(answer) };
    let outside = |e: String| Fail::from(Broken::Outside(format!("paper: {e}")));
    let _turn = AT_WORK.acquire().await.map_err(|e| outside(e.to_string()))?;
    let made = tokio::task::spawn_blocking(move || match kind {
        Kind::Xlsx => (press.xlsx)(&document, &document.title),
        _ => (press.pdf)(&document),
    });
    let bytes = made.await.map_err(|_| outside("it stopped".to_owned()))?.map_err(outside)?;
    let (ending, media_type) = match kind {
        Kind::Xlsx => ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        _ => ("pdf", "application/pdf"),
    };
    let (called, plain) = name;
    let plain = Some(format!("{plain}.{ending}"));
    let body = Body::File { bytes, media_type, name: format!("{}.{ending}", kept_name(&called)), plain };
    Ok(Answer { body, ..answer })
}

/// A paper's title, with the number or the day of its file.
fn called(title: &str, file: &str) -> String {
    let number = file
        .char_indices()
        .find(|(at, c)| *c == '-' && file[at + 1..].starts_with(|next: char| next.is_ascii_digit()));
    match number.map(|(at, _)| &file[at + 1..]) {
        Some(number) if !title.contains(number) => format!("{title}_{number}"),
        _ => title.to_owned(),
    }
}

/// A name every system keeps: what separates folders or is refused somewhere is an underscore, and it does not get long.
fn kept_name(name: &str) -> String {
    let plain = |c: char| c.is_whitespace() || c.is_control() || "/\\:*?\"<>|".contains(c);
    let name: String = name.trim().chars().map(|c| if plain(c) { '_' } else { c }).take(80).collect();
    name.trim_matches(['.', '_']).to_owned()
}

/// The language of a paper whose words are these.
pub fn language(t: &T) -> Language {
    Language::of(t.lang())
}

/// One thing on the page, in order.
struct Item<'a> {
    block: Option<&'a Block>,
    /// `open`, `close`: what stays together on a page; `turned` opens one that lies on its side.
    keep: &'static str,
    /// What a table is called by whoever cannot see it; each differently.
    label: String,
}

#[derive(Template)]
#[template(path = "paper.html")]
struct PaperPage<'a> {
    frame: Frame,
    around: Around,
    head: &'a [String; 3],
    foot: &'a [String; 2],
    lang: &'static str,
    wide: bool,
    items: Vec<Item<'a>>,
    here: String,
    pdf: String,
    xlsx: String,
}

impl<'a> PaperPage<'a> {
    fn new(frame: Frame, req: &Req, document: &'a Document, around: Around) -> Self {
        let mut items = Vec::new();
        let mut at = Naming { heading: document.title.clone(), used: BTreeMap::new() };
        flatten(&document.blocks, &mut at, &mut items);
        let own = match (around.here.as_str(), frame.query.as_str()) {
            ("", "") => req.path().to_owned(),
            ("", query) => format!("{}?{query}", req.path()),
            (own, _) => own.to_owned(),
        };
        let file = |kind: &str| format!("{own}{}as={kind}", if own.contains('?') { '&' } else { '?' });
        Self {
            pdf: file("pdf"),
            xlsx: if around.xlsx { file("xlsx") } else { String::new() },
            here: req.path().to_owned(),
            head: &document.head,
            foot: &document.foot,
            lang: document.language.code(),
            wide: document.size != paper::Size::A4,
            items,
            around,
            frame,
        }
    }
}

struct Naming {
    heading: String,
    used: BTreeMap<String, usize>,
}

fn flatten<'a>(blocks: &'a [Block], at: &mut Naming, items: &mut Vec<Item<'a>>) {
    for block in blocks {
        match block {
            Block::Together { blocks, turned } => {
                let keep = if *turned { "turned" } else { "open" };
                items.push(Item { block: None, keep, label: String::new() });
                flatten(blocks, at, items);
                items.push(Item { block: None, keep: "close", label: String::new() });
            }
            block => {
                if let Block::Heading { words, .. } = block {
                    at.heading.clone_from(words);
                }
                let mut label = String::new();
                if matches!(block, Block::Fields(_) | Block::Grid(_)) {
                    let n = at.used.entry(at.heading.clone()).or_insert(0);
                    *n += 1;
                    label = if *n == 1 { at.heading.clone() } else { format!("{} {n}", at.heading) };
                }
                items.push(Item { block: Some(block), keep: "", label });
            }
        }
    }
}

/// A drawing inside the page: what the drawing crate wrote, everything escaped there.
struct Svg<'a>(&'a str);

impl std::fmt::Display for Svg<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl askama::filters::HtmlSafe for Svg<'_> {}

/// What is drawn inside the page.
trait Drawn {
    /// The drawing.
    fn drawn(&self) -> Svg<'_>;
}

impl Drawn for paper::Drawing {
    fn drawn(&self) -> Svg<'_> {
        Svg(&self.svg)
    }
}

impl Drawn for paper::Sample {
    fn drawn(&self) -> Svg<'_> {
        Svg(&self.svg)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_what_it_is() {
        assert_eq!(called("開催通知", "notice-2026-12-09"), "開催通知_2026-12-09");
        assert_eq!(called("プラン 2026-01021", "plan-2026-01021"), "プラン 2026-01021");
        assert_eq!(called("家族とつながりの図", "genogram"), "家族とつながりの図");
        assert_eq!(kept_name("会議録_第1回 支援会議/月:例"), "会議録_第1回_支援会議_月_例");
        assert_eq!(kept_name(&"会".repeat(200)).chars().count(), 80);
    }
}
