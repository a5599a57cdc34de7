//! 同意の控え: a paper for the person, in plain Japanese (with furigana on demand) or in English.

use std::sync::Arc;

use access::Disclosed;
use askama::Template;
use consent::Consent;
use engine::Fail;
use household::Person;
use paper::{Block, Document, Field, Fields, SignLine, Tick, Value};
use site::paper::{Around, Kind};
use site::{Answer, Frame, Language, Req, T, link};
use words::Day;
use words::code::Code;
use words::id::{CaseId, ConsentId};

use crate::one;
use crate::ruby::{self, Line, Piece};
use crate::terms::{self, Names};

/// What the person is told of their rights. It must be true of what goes on, too: own records, what the law allows, other consents.
const RIGHTS: [&str; 6] = ["stop", "stays", "help_goes_on", "who_looked", "change", "ask"];

/// One question with its answers.
struct Part {
    title: Line,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "agreement_receipt.html")]
struct ReceiptPage {
    frame: Frame,
    back: String,
    here: String,
    /// The same as a file.
    pdf: String,
    /// The paper's language.
    lang: &'static str,
    furigana: bool,
    english: bool,
    title: Line,
    intro: Vec<Line>,
    parts: Vec<Part>,
    rights: Vec<Line>,
    state: String,
    holds: bool,
    desk: String,
    phone: String,
    today: Line,
    reasons: Vec<String>,
}

/// The words of the paper.
struct Paper<'a> {
    t: &'a T,
}

impl Paper<'_> {
    fn line(&self, key: &str) -> Line {
        ruby::pieces(self.t.s(key))
    }

    /// A sentence with readings around something that has none, or one of its own.
    fn with(&self, key: &str, name: &str, value: &Line) -> Line {
        let mark = format!("{{{name}}}");
        let sentence = self.t.s(key);
        let (before, after) = sentence.split_once(&mark).unwrap_or((sentence, ""));
        let mut line = ruby::pieces(before);
        line.extend(value.iter().cloned());
        line.extend(ruby::pieces(after));
        line
    }

    /// A day: western year first, it is the one that other calendars share.
    fn day(&self, day: Day) -> Line {
        let text = self.t.fs(
            "receipt.day",
            &[("y", day.year().to_string()), ("m", day.month().to_string()), ("d", day.day().to_string())],
        );
        ruby::pieces(&text)
    }

    fn coded(&self, list: &str, code: impl std::fmt::Display) -> Line {
        ruby::pieces(&self.t.code(list, code))
    }
}

/// A name with its reading.
fn named(of: &Person) -> Line {
    let name = of.called().to_owned();
    let reading = if of.known.name.is_empty() { String::new() } else { of.known.reading.clone() };
    vec![Piece { text: name, reading }]
}

fn recipients(paper: &Paper<'_>, c: &Consent, names: &Names) -> Vec<Line> {
    let mut lines: Vec<Line> =
        c.recipients.iter().map(|(r, _)| vec![Piece::plain(names.recipient(*r))]).collect();
    for field in &c.fields {
        let word = paper.coded("receipt_field", field.named.field);
        let key = if field.named.later { "receipt.field_later" } else { "receipt.field_now" };
        lines.push(paper.with(key, "field", &word));
        lines.extend(names.of_field(field).into_iter().map(|name| vec![Piece::plain(name)]));
    }
    lines
}

fn parts(paper: &Paper<'_>, c: &Consent, names: &Names, who: Vec<Line>) -> Vec<Part> {
    let part = |key: &str, lines: Vec<Line>| Part { title: paper.line(key), lines };
    let from = paper.with("receipt.from", "day", &paper.day(c.from));
    let until = match c.until {
        Some(day) => paper.with("receipt.until", "day", &paper.day(day)),
        None => paper.line("receipt.no_end"),
    };
    vec![
        part("receipt.who", who),
        part("receipt.to_whom", recipients(paper, c, names)),
        part("receipt.what", c.categories.iter().map(|x| paper.coded("receipt_category", x)).collect()),
        part("receipt.why", c.purposes.iter().map(|p| paper.coded("receipt_purpose", p)).collect()),
        part("receipt.when", vec![from, until]),
        part("receipt.how", vec![paper.coded("receipt_form", c.form)]),
    ]
}

/// GET /cases/{id}/consents/{consent}/receipt: `furigana=1`, `lang=en`.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let (case, wanted): (CaseId, ConsentId) = (req.id("id")?, req.id("consent")?);
    let ctx = req.ctx()?;
    let viewer = ctx.viewer.clone();
    let m = viewer.municipality;
    let english = req.query().get("lang") == Some("en");
    let language = if english { Language::English } else { Language::Japanese };
    let words = if req.language() == language { req.t() } else { req.program_words(language) };
    let paper = Paper { t: &words };
    let mut look = ctx.look(Kind::of(&req).channel()).await?;
    // Whose consent it is must be known before the paper is made for them; nothing is disclosed until then.
    let found = consent::by_id(&mut look.conn(), m, wanted).await?.ok_or(Fail::NotVisible)?;
    look.for_member(found.person);
    let (mut loaded, found, names) = one::load(&mut look, case, wanted).await?;
    let frame = req.frame();
    let party = one::party(&mut look, &frame, &mut loaded, &found).await?;
    let sealed = household::person::by_ids(&mut look.conn(), &viewer, [found.person]).await?;
    let person: Option<Disclosed<Person>> = look.disclose(sealed).await?.pop();
    let mut who: Vec<Line> = person.iter().map(|p| named(p)).collect();
    if let Some(party) = party.filter(|p| !p.name.is_empty()) {
        let name = vec![Piece::plain(party.name)];
        who.push(paper.with("receipt.given_for", "name", &name));
        who.extend(found.relation.map(|r| paper.coded("receipt_relation", r)));
    }
    let desks = register::desks_by_id(&mut look.conn(), m, [found.desk], ctx.now.day()).await?;
    let desk = desks.first();
    let rights = RIGHTS;
    let page = ReceiptPage {
        back: link::case_consent(case, wanted),
        pdf: match frame.query.as_str() {
            "" => format!("{}/receipt?as=pdf", link::case_consent(case, wanted)),
            query => format!("{}/receipt?{query}&as=pdf", link::case_consent(case, wanted)),
        },
        here: format!("{}/receipt", link::case_consent(case, wanted)),
        lang: if english { "en" } else { "ja" },
        furigana: !english && req.query().get("furigana").is_some_and(|v| !v.is_empty()),
        english,
        title: paper.line("receipt.title"),
        intro: vec![paper.line("receipt.intro"), paper.line("receipt.intro_more")],
        parts: parts(&paper, &found, &names, who),
        rights: rights.iter().map(|r| paper.line(&format!("receipt_right.{r}"))).collect(),
        state: terms::state(&frame, &found),
        holds: found.holds_on(ctx.now.day()),
        desk: desk.map(|d| d.name.clone()).unwrap_or_default(),
        phone: desk.map(|d| d.phone.clone()).unwrap_or_default(),
        today: paper.with("receipt.made", "day", &paper.day(ctx.now.day())),
        reasons: loaded.reasons.sentences(&frame.t),
        frame,
    };
    let receipt = look.close().await?;
    if Kind::of(&req) == Kind::Page {
        return Answer::page(page.render(), receipt);
    }
    let document = page.document();
    let around = Around { file: "consent".to_owned(), ..Around::default() };
    Answer::paper(&req, page.frame, document, around, receipt)
}

/// A line as it reads on a paper: readings stand behind their words.
fn flat(line: &Line, furigana: bool) -> String {
    let piece = |p: &Piece| match p.reading.as_str() {
        "" => p.text.clone(),
        _ if !furigana => p.text.clone(),
        reading => format!("{}\u{ff08}{reading}\u{ff09}", p.text),
    };
    line.iter().map(piece).collect()
}

impl ReceiptPage {
    /// The same as a file.
    fn document(&self) -> Document {
        let words = |line: &Line| flat(line, self.furigana);
        let title = flat(&self.title, false);
        let language = paper::Language::of(self.lang);
        let mut document = Document::new(&title, language)
            .head([title.clone(), String::new(), words(&self.today)])
            .foot([self.frame.municipality.clone(), String::new()])
            .with(Block::heading(1, words(&self.title)));
        document.blocks.extend(self.intro.iter().map(|l| Block::text(words(l))));
        for part in &self.parts {
            let list = Block::list(part.lines.iter().map(words));
            document.push(Block::together([Block::heading(2, words(&part.title)), list]));
        }
        let phone =
            if self.phone.is_empty() { String::new() } else { format!("\u{3000}\u{260e} {}", self.phone) };
        document.push(Block::together([
            Block::list(self.rights.iter().map(words)),
            Block::styled(paper::Style::Strong, format!("{}{phone}", self.desk)),
        ]));
        document
    }
}

/// What may be told. Who informed is never asked for.
fn told() -> Vec<String> {
    let all = access::Category::ALL.iter().filter(|c| **c != access::Category::Informant);
    all.map(|c| c.code().to_owned()).collect()
}

/// 同意書, empty, to be filled in and signed by pen: what is asked is what a receipt tells.
pub fn blank(frame: &Frame, words: &T) -> Document {
    let paper = Paper { t: words };
    let line = |key: &str| flat(&paper.line(key), false);
    let ticks = |list: &str, codes: Vec<String>| {
        Value::ticks(codes.into_iter().map(|c| Tick::new(false, flat(&paper.coded(list, c), false))))
    };
    let title = line("receipt.form_title");
    let rights = RIGHTS;
    Document::new(&title, paper::Language::of(words.lang()))
        .foot([frame.municipality.clone(), String::new()])
        .with(Block::heading(1, &title))
        .with(Block::text(line("receipt.form_intro")))
        .with(
            Fields::new()
                .label_mm(42)
                .row(Field::pen(line("receipt.who"), 1))
                .row(Field::pen(line("receipt.to_whom"), 3))
                .row(Field::new(line("receipt.what"), ticks("receipt_category", told())))
                .row(Field::new(
                    line("receipt.why"),
                    ticks(
                        "receipt_purpose",
                        consent::Purpose::ALL.iter().map(|p| p.code().to_owned()).collect(),
                    ),
                ))
                .row(Field::pen(line("receipt.when"), 2)),
        )
        .with(Block::list(rights.iter().map(|r| line(&format!("receipt_right.{r}")))))
        .with(Block::Sign {
            lines: vec![
                SignLine::new(line("receipt.form_day")).words(words.s("paper.blank_day")),
                SignLine::new(line("receipt.form_name")),
                SignLine::new(line("receipt.form_for")),
                SignLine::new(line("receipt.form_desk")),
            ],
        })
}
