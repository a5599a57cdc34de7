//! Minutes as a paper: the same document becomes the page to print, the PDF and the spreadsheet. It is made of sections that were read for
//! paper, so that what is said in confidence is not in it, whoever prints it (disclosure rules 3 and 8; R-049).

use paper::{Block, Document, Field, Fields, Grid, Mark, Said};
use site::paper::language;
use site::{Frame, T};

use super::show::{LineView, SectionView};
use crate::lines::{Kind, Style};
use crate::opinions::Opinion;
use crate::records::{OfItem, Told};
use words::code::Code as _;

/// Rows to sign in on what goes round.
const ROWS: u8 = 6;

/// Everything a paper of minutes says.
pub(crate) struct Sheet<'a> {
    pub frame: &'a Frame,
    pub style: Style,
    pub public: bool,
    pub title: &'a str,
    pub body: &'a str,
    pub when: String,
    pub place: String,
    /// Which edition, or how far they are.
    pub edition: String,
    pub attendance: Vec<(String, Vec<String>)>,
    /// What became of it after the approval.
    pub attendance_note: String,
    pub sections: &'a [SectionView],
    pub materials: Vec<(String, String)>,
    pub next: String,
}

impl Sheet<'_> {
    fn s(&self, key: &str) -> String {
        self.frame.t.s(&format!("minutes.{key}")).to_owned()
    }

    /// The paper, laid out as its body likes it.
    pub fn document(&self) -> Document {
        let t = &self.frame.t;
        let marks = self.style == Style::Marks;
        let kind = self.s(if marks { "paper_marks" } else { "paper_speakers" });
        let title = format!("{} {kind}", self.title);
        let made = format!("{}\u{3000}{}", self.frame.municipality, t.full_day(self.frame.now.day()));
        let standing = if self.public { self.s("public") } else { self.edition.clone() };
        let mut document = Document::new(&title, language(t))
            .head([title.clone(), standing, made])
            .foot([format!("{} {}", self.frame.municipality, t.s("site.name")), self.left_out()])
            .with(Block::heading(1, &title))
            .with(Block::styled(paper::Style::Centre, [self.body, &self.edition].join("\n").trim()));
        if !marks {
            document.push(Block::heading(2, self.s("p_one")));
        }
        document.push(self.facts(marks));
        document.push(Block::heading(2, self.s(if marks { "p_summary" } else { "p_two" })));
        for s in self.sections.iter().filter(|s| s.n > 0 || s.has_anything()) {
            let name = match (s.n, marks) {
                (0, _) => s.title.clone(),
                (n, true) => format!("({n}) {}", s.title),
                (n, false) => t.fs("minutes.p_item_n", &[("n", n.to_string()), ("title", s.title.clone())]),
            };
            document.push(Block::heading(3, format!("{name}\u{3000}{}", s.position).trim()));
            document.blocks.extend(words_of(t, s));
        }
        if !self.next.is_empty() {
            let next = [Block::heading(3, self.s("p_next")), Block::text(&self.next)];
            document.push(Block::together(next));
        }
        document
    }

    fn facts(&self, marks: bool) -> Fields {
        let t = &self.frame.t;
        let comma = t.s("site.comma");
        let ways = self.attendance.iter().map(|(way, who)| {
            // In public a desk stands once, whoever and how many of it came.
            if marks || self.public {
                t.fs("minutes.p_way_marks", &[("way", way.clone()), ("who", who.join(comma))])
            } else {
                let n = t.f("minutes.people_n", "n", who.len());
                t.fs("minutes.p_way", &[("way", way.clone()), ("n", n), ("who", who.join(comma))])
            }
        });
        let ways: Vec<String> =
            ways.chain(Some(self.attendance_note.clone()).filter(|n| !n.is_empty())).collect();
        let ways = ways.join("\n");
        let who =
            if marks { format!("{}\n{}", self.s("p_who"), self.s("p_marks_who")) } else { self.s("p_who") };
        let items: Vec<String> =
            self.sections.iter().filter(|s| s.n > 0).map(|s| format!("({}) {}", s.n, s.title)).collect();
        let mut fields = Fields::new()
            .row(Field::new(self.s("p_when"), &self.when))
            .row(Field::new(self.s("p_place"), &self.place))
            .row(Field::new(who, ways))
            .row(Field::new(self.s(if marks { "p_items" } else { "p_items_etc" }), items.join("\n")));
        if !self.materials.is_empty() {
            let line = |(number, name): &(String, String)| {
                t.fs("minutes.p_material", &[("number", number.clone()), ("name", name.clone())])
            };
            let all: Vec<String> = self.materials.iter().map(line).collect();
            fields.push(Field::new(self.s("p_materials"), all.join("\n")));
        }
        fields
    }

    /// How many items stand here as their number alone.
    fn left_out(&self) -> String {
        let n = self.sections.iter().filter(|s| !s.general && !s.has_anything()).count();
        let key = if self.public { "minutes.p_left_out_public" } else { "minutes.p_left_out" };
        if n == 0 { String::new() } else { self.frame.t.f(key, "n", n) }
    }
}

/// What goes round, on paper with lines to sign: of a section, its words.
pub(crate) struct Round<'a> {
    pub frame: &'a Frame,
    pub title: &'a str,
    pub what: &'a str,
    pub when: &'a str,
    pub from: &'a str,
    pub due: &'a str,
    pub words: &'a str,
    pub sections: &'a [SectionView],
}

impl Round<'_> {
    /// The paper.
    pub fn document(&self) -> Document {
        let t = &self.frame.t;
        let s = |key: &str| t.s(&format!("circulation.{key}")).to_owned();
        let made = format!("{}\u{3000}{}", self.frame.municipality, t.full_day(self.frame.now.day()));
        let mut document = Document::new(s("title"), language(t))
            .head([s("title"), self.what.to_owned(), made])
            .foot([
                format!("{} {}", self.frame.municipality, t.s("site.name")),
                t.f("circulation.until", "day", self.due),
            ])
            .with(Block::heading(1, format!("{} {}", self.title, self.what)))
            .with(Block::styled(paper::Style::Centre, format!("{}\u{3000}{}", self.when, self.from)))
            .with(Block::text(self.words));
        for x in self.sections.iter().filter(|x| x.n > 0 || x.has_words()) {
            let name = if x.n > 0 { format!("{}. {}", x.n, x.title) } else { x.title.clone() };
            document.push(Block::heading(2, name));
            document.blocks.extend(words_of(t, x));
        }
        let heads = [s("sign_desk"), s("sign_name"), s("sign_day")];
        document.with(Block::together([
            Block::heading(2, s("sign")),
            Grid::new(heads).widths([3, 3, 2]).empty(ROWS, 11).into(),
        ]))
    }
}

/// What was said in a section, line by line; why nothing stands there where nothing does.
fn words_of(t: &T, s: &SectionView) -> Vec<Block> {
    if !s.has_anything() {
        let why = if s.readable { "minutes.nothing_yet" } else { "minutes.p_closed" };
        return vec![Block::small(t.s(why))];
    }
    let (mut blocks, mut lines) = (Vec::new(), Vec::new());
    let end = |lines: &mut Vec<Said>, blocks: &mut Vec<Block>| {
        if !lines.is_empty() {
            blocks.push(Block::Talk { lines: std::mem::take(lines) });
        }
    };
    for l in &s.lines {
        if !l.heading.is_empty() {
            end(&mut lines, &mut blocks);
            blocks.push(Block::heading(3, &l.heading));
        }
        if l.kind == Kind::Heading.code() {
            end(&mut lines, &mut blocks);
            blocks.push(Block::heading(3, &l.words));
        } else {
            lines.push(said(t, l));
        }
    }
    end(&mut lines, &mut blocks);
    blocks.extend(recorded(t, &s.records));
    blocks
}

/// What was recorded under an item: decisions with what their timing asks for, homework as who does what by when.
fn recorded(t: &T, of: &OfItem) -> Vec<Block> {
    let mut blocks = Vec::new();
    if let Some(opinions) = &of.opinions {
        blocks.push(Block::heading(3, t.s("minutes.opinions_written")));
        blocks.push(Block::text(&opinions.outcome));
        blocks.push(Block::Talk { lines: opinions.said.iter().map(|o| opinion(t, o)).collect() });
        if !opinions.waits.is_empty() {
            blocks.push(Block::small(t.f("session.waits_for", "who", &opinions.waits)));
        }
    }
    if !of.decided.is_empty() {
        blocks.push(Block::heading(3, t.s("minutes.recorded_decided")));
    }
    for d in &of.decided {
        let head = Said::new(Mark::Decided, "", format!("{}\u{3000}{}", d.head, d.by)).tag(&d.changed);
        blocks.push(Block::Talk { lines: vec![head] });
        if !d.rows.is_empty() {
            let rows = d.rows.iter();
            let fields = rows.fold(Fields::new(), |f, w| f.row(Field::new(&w.label, words_said(t, w))));
            blocks.push(fields.into());
        }
        if d.hidden {
            blocks.push(Block::small(t.s("decision.hidden")));
        }
    }
    if !of.asked.is_empty() {
        let heads = ["session.homework_what_to_do", "session.homework_who", "session.homework_due"];
        let mut grid = Grid::new(heads.map(|key| t.s(key).to_owned())).widths([5, 4, 3]);
        for a in &of.asked {
            let due = [a.due.as_str(), &a.changed].join("\n");
            grid.push([words_said(t, &a.what).as_str(), &a.who, due.trim()]);
        }
        blocks.push(Block::heading(3, t.s("minutes.recorded_homework")));
        blocks.push(grid.into());
    }
    if of.later > 0 {
        blocks.push(Block::small(t.f("minutes.record_later", "n", of.later)));
    }
    blocks
}

/// What somebody said in writing: who stands above it or behind it, as the style has it.
fn opinion(t: &T, o: &Opinion) -> Said {
    let words = format!("{}\u{3000}{}", o.vote, words_said(t, &o.words));
    let tag = [o.how.as_str(), &o.changed].join("\u{3000}");
    let (mark, who) = if o.above {
        (Mark::Spoke, o.who.clone())
    } else {
        (Mark::Opinion, t.f("minutes.said_by", "who", &o.who))
    };
    Said::new(mark, who, words.trim_end()).tag(tag.trim())
}

fn words_said(t: &T, w: &Told) -> String {
    let tag = if w.take_back { t.s("minutes.take_back") } else { "" };
    format!("{}\u{3000}{tag}", w.words).trim_end().to_owned()
}

fn said(t: &T, l: &LineView) -> Said {
    let spoke = l.mark == Mark::Spoke.sign();
    let mark = match Kind::parse(l.kind) {
        _ if spoke => Mark::Spoke,
        Some(Kind::Question) => Mark::Asked,
        Some(Kind::Answer) => Mark::Answered,
        Some(Kind::Opinion) => Mark::Opinion,
        Some(Kind::Decision) => Mark::Decided,
        Some(Kind::Remark) => Mark::Remark,
        _ => Mark::Plain,
    };
    let who = match l.who.as_str() {
        "" => String::new(),
        who if spoke => who.to_owned(),
        who => t.f("minutes.said_by", "who", who),
    };
    let tag = if l.take_back { t.s("minutes.take_back") } else { "" };
    Said::new(mark, who, &l.words).tag(tag)
}
