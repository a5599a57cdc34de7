//! 同意の控え: a paper for the person, in plain Japanese (with furigana on demand) or in English.

use std::collections::HashMap;
use std::sync::Arc;

use access::Disclosed;
use askama::Template;
use consent::{Consent, ConsentState, Recipient};
use engine::{Fail, Look};
use household::Person;
use paper::{Block, Document, Field, Fields, SignLine, Tick, Value};
use register::{Called, Programme};
use site::paper::{Around, Kind};
use site::{Answer, Frame, Language, Req, T, link};
use words::Day;
use words::code::Code;
use words::id::{AgencyId, CaseId, ConsentId, DeskId};
use words::kana;

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
    desk: Line,
    phone: String,
    municipality: Line,
    today: Line,
    reasons: Vec<String>,
}

/// The words of the paper.
struct Paper<'a> {
    t: &'a T,
    /// For whoever reads Latin letters.
    english: bool,
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

    /// A name with its reading above it; on an English paper in Latin letters, as it is written behind them. A name in kana is read as it
    /// stands.
    fn name(&self, name: &str, reading: &str) -> Line {
        if !self.english {
            return vec![Piece { text: name.to_owned(), reading: kana::hiragana(reading) }];
        }
        let letters = kana::latin(if reading.is_empty() { name } else { reading });
        match letters.filter(|letters| letters != name) {
            Some(letters) => {
                let args = [("letters", letters), ("name", name.to_owned())];
                vec![Piece::plain(self.t.fs("receipt.name_read", &args))]
            }
            None => vec![Piece::plain(name)],
        }
    }

    /// What stands behind the name of an agency: the programme of the desk, with its reading where it is called as the paper knows it.
    fn behind(&self, rest: &str) -> Line {
        let plain = |text: &str| (!text.is_empty()).then(|| Piece::plain(text));
        for programme in Programme::ALL {
            let read = self.coded("receipt_programme", programme);
            let bare: String = read.iter().map(|p| p.text.as_str()).collect();
            if let Some((before, after)) = rest.split_once(&bare).filter(|_| !bare.is_empty()) {
                return plain(before).into_iter().chain(read).chain(plain(after)).collect();
            }
        }
        plain(rest).into_iter().collect()
    }
}

/// A person's name with its reading. What somebody is called for want of a name has none.
fn named(paper: &Paper<'_>, of: &Person) -> Line {
    paper.name(of.called(), if of.known.name.is_empty() { "" } else { &of.known.reading })
}

/// How desks and agencies are read, and what they are for: the one thing on the paper that must be recognised.
struct Read {
    /// The agency of a desk.
    of: HashMap<DeskId, AgencyId>,
    called: HashMap<AgencyId, Called>,
}

impl Read {
    async fn load(look: &mut Look, c: &Consent, asked: DeskId) -> Result<Self, Fail> {
        let (m, today) = (look.viewer().municipality, look.now().day());
        let desks = c.recipients.iter().filter_map(|(r, _)| match r {
            Recipient::Desk(desk) => Some(*desk),
            Recipient::Agency(_) => None,
        });
        let desks = desks.chain([asked]);
        let desks = register::desks_by_id(&mut look.conn(), m, desks, today).await?;
        let of: HashMap<DeskId, AgencyId> = desks.iter().map(|d| (d.id, d.agency)).collect();
        let named = c.recipients.iter().filter_map(|(r, _)| match r {
            Recipient::Agency(agency) => Some(*agency),
            Recipient::Desk(_) => None,
        });
        let counted = c.fields.iter().flat_map(|f| f.counts.iter().copied());
        let agencies: Vec<AgencyId> = of.values().copied().chain(named).chain(counted).collect();
        let called = register::called(&mut look.conn(), m, &agencies, today).await?;
        Ok(Self { of, called })
    }

    /// The agency behind a recipient.
    fn agency(&self, recipient: Recipient) -> Option<AgencyId> {
        match recipient {
            Recipient::Agency(agency) => Some(agency),
            Recipient::Desk(desk) => self.of.get(&desk).copied(),
        }
    }

    /// A name with its reading above it; on an English paper in Latin letters, with what the place is for.
    fn line(&self, paper: &Paper<'_>, agency: Option<AgencyId>, name: String) -> Line {
        let called = agency.and_then(|agency| self.called.get(&agency));
        let reading = called.map_or("", |c| c.reading.as_str());
        if paper.english {
            let Some(called) = called else { return vec![Piece::plain(name)] };
            let gloss = paper.t.code("receipt_field", &called.field);
            let letters = kana::latin(reading);
            let key = if letters.is_none() { "receipt.place" } else { "receipt.place_read" };
            let args = [("name", name), ("reading", letters.unwrap_or_default()), ("field", gloss)];
            return vec![Piece::plain(paper.t.fs(key, &args))];
        }
        match called.and_then(|called| called.within(&name)) {
            Some((read, rest)) => {
                let mut line = paper.name(read, reading);
                line.extend(paper.behind(rest));
                line
            }
            None => vec![Piece::plain(name)],
        }
    }
}

/// What has happened around a consent that whoever keeps the paper must know.
struct Past {
    /// Recipients that are no longer there: nobody is told anything by their names.
    gone: Vec<Recipient>,
    /// When the one was given in whose place this one came.
    instead: Option<Day>,
}

impl Past {
    async fn load(look: &mut Look, loaded: &casefile::Loaded, c: &Consent) -> Result<Self, Fail> {
        let (m, today) = (look.viewer().municipality, look.now().day());
        let among = consent::EndedWhich::Among(vec![c.id]);
        let ended = consent::recipients_ended(&mut look.conn(), m, today, among).await?;
        // As far as the viewer may know of it, as on the page.
        let before = match c.follows {
            Some((id, _)) => terms::load_consents(look, loaded).await?.into_iter().find(|b| b.id == id),
            None => None,
        };
        Ok(Self {
            gone: ended.into_iter().map(|e| e.recipient).collect(),
            // One that was written down by mistake was never said.
            instead: before.filter(|b| b.state == ConsentState::Superseded).map(|b| b.given_at.day()),
        })
    }
}

fn recipients(paper: &Paper<'_>, c: &Consent, (names, read): (&Names, &Read), past: &Past) -> Vec<Line> {
    let named = |r: Recipient| {
        let mut line = read.line(paper, read.agency(r), names.recipient(r));
        if past.gone.contains(&r) {
            line.extend(paper.line("receipt.gone"));
        }
        line
    };
    let mut lines: Vec<Line> = c.recipients.iter().map(|(r, _)| named(*r)).collect();
    for field in &c.fields {
        let word = paper.coded("receipt_field", field.named.field);
        let key = if field.named.later { "receipt.field_later" } else { "receipt.field_now" };
        lines.push(paper.with(key, "field", &word));
        let known = field.counts.iter().filter_map(|a| Some((*a, names.agencies.get(a)?.clone())));
        lines.extend(known.map(|(agency, name)| read.line(paper, Some(agency), name)));
    }
    lines
}

fn parts(paper: &Paper<'_>, c: &Consent, around: (&Names, &Read), past: &Past, who: Vec<Line>) -> Vec<Part> {
    let part = |key: &str, lines: Vec<Line>| Part { title: paper.line(key), lines };
    let from = paper.with("receipt.from", "day", &paper.day(c.from));
    let until = match c.until {
        Some(day) => paper.with("receipt.until", "day", &paper.day(day)),
        None => paper.line("receipt.no_end"),
    };
    let instead = past.instead.map(|day| paper.with("receipt.instead", "day", &paper.day(day)));
    vec![
        part("receipt.who", who),
        part("receipt.to_whom", recipients(paper, c, around, past)),
        part("receipt.what", c.categories.iter().map(|x| paper.coded("receipt_category", x)).collect()),
        part("receipt.why", c.purposes.iter().map(|p| paper.coded("receipt_purpose", p)).collect()),
        part("receipt.when", [from, until].into_iter().chain(instead).collect()),
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
    let paper = Paper { t: &words, english };
    let mut look = ctx.look(Kind::of(&req).channel()).await?;
    // Whose consent it is must be known before the paper is made for them; nothing is disclosed until then.
    let found = consent::by_id(&mut look.conn(), m, wanted).await?.ok_or(Fail::NotVisible)?;
    look.for_member(found.person, None);
    let (mut loaded, found, names) = one::load(&mut look, case, wanted).await?;
    let frame = req.frame();
    let party = one::party(&mut look, &frame, &mut loaded, &found).await?;
    let ids = std::iter::once(found.person).chain(found.giver);
    let sealed = household::person::by_ids(&mut look.conn(), &viewer, ids).await?;
    let people: Vec<Disclosed<Person>> = look.disclose(sealed).await?;
    let mut who: Vec<Line> =
        people.iter().filter(|p| p.id == found.person).map(|p| named(&paper, p)).collect();
    if let Some(party) = party.filter(|p| !p.name.is_empty()) {
        let giver = people.iter().find(|p| Some(p.id) == found.giver && p.called() == party.name);
        let name = giver.map_or_else(|| paper.name(&party.name, ""), |p| named(&paper, p));
        who.push(paper.with("receipt.given_for", "name", &name));
        who.extend(found.relation.map(|r| paper.coded("receipt_relation", r)));
    }
    // Whom to tell that they stop: the desk that wrote it down, or once that has ended the one that took over.
    let asked = register::heir(&mut look.conn(), m, found.desk, ctx.now.day()).await?;
    let desks = register::desks_by_id(&mut look.conn(), m, [asked], ctx.now.day()).await?;
    let desk = desks.first();
    let read = Read::load(&mut look, &found, asked).await?;
    let past = Past::load(&mut look, &loaded, &found).await?;
    let town = register::municipality_reading(&mut look.conn(), m).await?;
    let own = desk.map(|d| d.name.clone()).unwrap_or_default();
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
        parts: parts(&paper, &found, (&names, &read), &past, who),
        rights: rights.iter().map(|r| paper.line(&format!("receipt_right.{r}"))).collect(),
        state: terms::state(&frame, &found),
        holds: found.holds_on(ctx.now.day()),
        desk: read.line(&paper, read.agency(Recipient::Desk(asked)), own),
        phone: desk.map(|d| d.phone.clone()).unwrap_or_default(),
        municipality: paper.name(&frame.municipality, &town),
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
            // The title stands above the text, once.
            .head([String::new(), String::new(), words(&self.today)])
            .foot([words(&self.municipality), String::new()])
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
            Block::styled(paper::Style::Strong, format!("{}{phone}", words(&self.desk))),
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
    let paper = Paper { t: words, english: false };
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
