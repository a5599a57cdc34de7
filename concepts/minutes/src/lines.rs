//! The lines of a section, out of what was typed: one big field, with a mark where a line begins. Pure.
//!
//! Whoever types while others talk has no time for fields. `○` asks, `→` answers, `⇒` is decided, `・` is an opinion, `《…》` says that
//! something was explained from its materials, `※` is a remark. Whoever speaks may stand before a colon (`○浅見委員：…`) or alone on the
//! first row (`〇浅見委員`, then what was said); nobody has to. A row without a mark goes on with what stands above it.
//! `（持ち帰り可）` at the end of a line marks what may be told at one's own desk.
//!
//! Invariant: what was typed is kept to the last character: `render(&parse(text)) == text`.

use words::codes;

use crate::vocabulary::{MARKS, NOT_IN_NAMES, OPINION, OUTCOMES, TAKE_BACK, TITLES};

codes! {
    /// What a line is.
    pub enum Kind {
        /// 《…から資料により説明》.
        Explanation = "explanation",
        /// ○ 質問.
        Question = "question",
        /// → 回答.
        Answer = "answer",
        /// ・ 意見.
        Opinion = "opinion",
        /// ⇒ 了承・確認.
        Decision = "decision",
        /// ※ a remark of the secretariat.
        Remark = "remark",
        /// 〔委員との質疑等〕: a heading inside of an item.
        Heading = "heading",
        /// Words without a mark.
        Plain = "plain",
    }

    /// What a decision says, as far as it begins with one of the usual words.
    pub enum Outcome {
        /// 了承.
        Agreed = "agreed",
        /// 確認.
        Confirmed = "confirmed",
        /// 承認.
        Approved = "approved",
        /// 決定 or anything else.
        Decided = "decided",
    }
}

/// One line, in the pieces it was typed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is.
    pub kind: Kind,
    /// The mark and the space after it.
    pub lead: String,
    /// Who speaks: a title or a desk, as typed. Empty: nobody is named.
    pub speaker: String,
    /// What stands between speaker and words: a colon, or the end of the row.
    pub sep: String,
    /// The words, with the rows that go on.
    pub words: String,
    /// A closing bracket and the mark 持ち帰り可.
    pub tail: String,
    /// Empty rows after it.
    pub after: String,
}

/// What closes what these open.
const CLOSES: [&str; 4] = ["》", "≫", ">>", "〕"];

/// Characters of a speaker.
const MOST_SPEAKER: usize = 20;

impl Line {
    /// Whether it may be told at one's own desk.
    pub fn take_back(&self) -> bool {
        TAKE_BACK.iter().any(|mark| self.tail.contains(mark))
    }

    /// What a decision says.
    pub fn outcome(&self) -> Option<Outcome> {
        (self.kind == Kind::Decision).then(|| {
            let said = OUTCOMES.iter().find(|(word, _)| self.words.contains(word));
            said.map_or(Outcome::Decided, |(_, outcome)| *outcome)
        })
    }

    /// Whether nothing stands in it.
    pub fn is_empty(&self) -> bool {
        self.words.trim().is_empty() && self.speaker.is_empty()
    }
}

/// The mark a row begins with, with the space after it.
fn mark(row: &str) -> Option<(Kind, usize)> {
    let (glyph, kind) = MARKS.iter().find(|(glyph, _)| row.starts_with(glyph))?;
    let rest = &row[glyph.len()..];
    let spaces = rest.len() - rest.trim_start_matches([' ', '\u{3000}', '\t']).len();
    Some((*kind, glyph.len() + spaces))
}

fn blank(row: &str) -> bool {
    row.trim().is_empty()
}

/// Words without the mark 持ち帰り可 at their end, and whether it stood there.
pub(crate) fn taken_back(words: &str) -> (String, bool) {
    let words = words.trim_end();
    let without = TAKE_BACK.iter().find_map(|mark| words.strip_suffix(mark));
    (without.unwrap_or(words).trim_end().to_owned(), without.is_some())
}

/// Whether this can be the name or title of somebody who speaks.
fn speaks(text: &str) -> bool {
    let n = text.chars().count();
    (1..=MOST_SPEAKER).contains(&n) && !text.contains(|c: char| c.is_whitespace() || NOT_IN_NAMES.contains(c))
}

/// The lines of a text.
pub fn parse(text: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    if text.is_empty() {
        return lines;
    }
    let mut after_blank = true;
    for row in text.split('\n') {
        if blank(row)
            && let Some(last) = lines.last_mut()
        {
            last.after.push('\n');
            last.after.push_str(row);
            after_blank = true;
            continue;
        }
        match (mark(row), lines.last_mut()) {
            (Some((kind, at)), _) => lines.push(begun(kind, &row[..at], &row[at..])),
            (None, Some(last)) if !after_blank => {
                last.words.push('\n');
                last.words.push_str(row);
            }
            (None, _) => lines.push(begun(Kind::Plain, "", row)),
        }
        after_blank = blank(row);
    }
    for line in &mut lines {
        finish(line);
    }
    lines
}

fn begun(kind: Kind, lead: &str, words: &str) -> Line {
    Line {
        kind,
        lead: lead.to_owned(),
        speaker: String::new(),
        sep: String::new(),
        words: words.to_owned(),
        tail: String::new(),
        after: String::new(),
    }
}

/// Takes the mark 持ち帰り可, a closing bracket and who speaks out of the words.
fn finish(line: &mut Line) {
    let mut end = line.words.trim_end().len();
    for mark in TAKE_BACK {
        if let Some(before) = line.words[..end].strip_suffix(mark) {
            end = before.trim_end().len();
            break;
        }
    }
    if matches!(line.kind, Kind::Explanation | Kind::Heading) {
        if let Some(before) = CLOSES.iter().find_map(|close| line.words[..end].strip_suffix(close)) {
            end = before.len();
        } else {
            // A bracket that is closed before the end is part of the words.
            line.kind = Kind::Plain;
            end += line.lead.len();
            line.words.insert_str(0, &std::mem::take(&mut line.lead));
        }
    }
    line.tail = line.words.split_off(end);
    if !matches!(line.kind, Kind::Question | Kind::Answer | Kind::Opinion | Kind::Remark) {
        return;
    }
    let first = line.words.split('\n').next().unwrap_or_default();
    let colon = first.find(['：', ':']).filter(|at| speaks(&first[..*at]));
    let alone = line.words.len() > first.len() && speaks(first) && TITLES.iter().any(|t| first.ends_with(t));
    let at = match colon {
        Some(at) => at,
        None if alone => first.len(),
        None => return,
    };
    let rest = line.words.split_off(at);
    line.speaker = std::mem::take(&mut line.words);
    let sep = rest.chars().next().map_or(0, char::len_utf8);
    rest[..sep].clone_into(&mut line.sep);
    rest[sep..].clone_into(&mut line.words);
}

/// The text of lines: what was typed.
pub fn render(lines: &[Line]) -> String {
    let mut text = String::new();
    for (n, line) in lines.iter().enumerate() {
        if n > 0 {
            text.push('\n');
        }
        for piece in [&line.lead, &line.speaker, &line.sep, &line.words, &line.tail, &line.after] {
            text.push_str(piece);
        }
    }
    text
}

codes! {
    /// How minutes are laid out.
    pub enum Style {
        /// 藤沢: who speaks stands above what they say, ≪資料…にもとづき説明≫.
        Speakers = "speakers",
        /// 鎌倉: ○質問 →回答 ⇒了承, opinions and questions under headings of their own.
        Marks = "marks",
    }
}

/// A line as it is shown or printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// What it is.
    pub kind: Kind,
    /// Key of a heading that begins with it; empty mostly.
    pub heading: &'static str,
    /// The mark before it.
    pub mark: &'static str,
    /// Who speaks, in a row of their own.
    pub who: String,
    /// Key of a general word for who speaks, when nobody was named.
    pub who_key: &'static str,
    /// The words.
    pub words: String,
    /// Whether it may be told at one's own desk.
    pub take_back: bool,
}

/// The same lines in a style. Empty ones are left out; nothing else is.
pub fn shown(lines: &[Line], style: Style) -> Vec<Shown> {
    let mut under = Kind::Plain;
    let mut typed_heading = false;
    lines
        .iter()
        .filter(|line| !line.is_empty())
        .map(|line| {
            let heading = match (style, line.kind) {
                (Style::Marks, Kind::Opinion) if under != Kind::Opinion && !typed_heading => {
                    "minutes.opinions"
                }
                (Style::Marks, Kind::Question)
                    if !matches!(under, Kind::Question | Kind::Answer) && !typed_heading =>
                {
                    "minutes.questions"
                }
                _ => "",
            };
            typed_heading = line.kind == Kind::Heading;
            under = line.kind;
            one(line, style, heading)
        })
        .collect()
}

fn one(line: &Line, style: Style, heading: &'static str) -> Shown {
    let (mark, who_key) = match (style, line.kind) {
        (Style::Speakers, Kind::Question | Kind::Opinion) => ("〇", "minutes.a_member"),
        (Style::Speakers, Kind::Answer) => ("〇", "minutes.the_office"),
        (Style::Marks, Kind::Question) => ("○", ""),
        (Style::Marks, Kind::Answer) => ("→", ""),
        (Style::Marks, Kind::Opinion) => (OPINION, ""),
        (_, Kind::Decision) => ("⇒", ""),
        (_, Kind::Remark) => ("※", ""),
        (_, Kind::Explanation | Kind::Heading | Kind::Plain) => ("", ""),
    };
    let words = line.words.trim().to_owned();
    let words = match (style, line.kind) {
        (Style::Speakers, Kind::Explanation) => format!("≪{words}≫"),
        (Style::Marks, Kind::Explanation) => format!("《{words}》"),
        (_, Kind::Heading) => format!("〔{words}〕"),
        _ => words,
    };
    Shown {
        kind: line.kind,
        heading,
        mark,
        who: line.speaker.clone(),
        who_key: if line.speaker.is_empty() { who_key } else { "" },
        words,
        take_back: line.take_back(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use words::code::Code;

    fn kinds(text: &str) -> Vec<Kind> {
        parse(text).iter().map(|l| l.kind).collect()
    }

    #[test]
    fn both_ways_of_writing_minutes_are_read() {
        use Kind::{Answer, Decision, Explanation, Heading, Opinion, Question};
        let fujisawa = "≪資料１・２にもとづいて、事務局より説明≫\n〇浅見委員\n 専門部会は何人で共有していますか。\n勉強会は。\n\n〇事務局\n 各１、２名です。";
        let lines = parse(fujisawa);
        assert_eq!(kinds(fujisawa), [Kind::Explanation, Kind::Question, Kind::Question]);
        assert_eq!(lines[0].words, "資料１・２にもとづいて、事務局より説明");
        assert_eq!(
            (lines[1].speaker.as_str(), lines[1].words.trim()),
            ("浅見委員", "専門部会は何人で共有していますか。\n勉強会は。")
        );
        assert_eq!(lines[2].speaker, "事務局");

        let kamakura = "《部会長から資料と合わせ説明》\n・整備指針を作成した。\n〔委員との質疑等〕\n○指針は完成したのか。\n→行政としての決定には至っていない。\n⇒３部会の報告を確認した。";
        assert_eq!(kinds(kamakura), [Explanation, Opinion, Heading, Question, Answer, Decision]);
        assert_eq!(parse(kamakura)[5].outcome(), Some(Outcome::Confirmed));
    }

    #[test]
    fn whoever_speaks_may_stand_before_a_colon_and_nobody_has_to() {
        let lines = parse(
            "○木村委員：いつから始まりますか。\n→4月からです。\n・課題は次のとおり、三つある：費用、人、場所",
        );
        assert_eq!(lines[0].speaker, "木村委員");
        assert_eq!(lines[1].speaker, "");
        assert_eq!(lines[2].speaker, "", "a sentence is nobody's name");
    }

    #[test]
    fn what_may_be_taken_back_is_marked_at_the_end_of_a_line() {
        let lines = parse("⇒週1回の見守りを続ける。（持ち帰り可）\n・家族の病気のこと");
        assert!(lines[0].take_back() && !lines[1].take_back());
        assert_eq!(lines[0].words, "週1回の見守りを続ける。");
    }

    #[test]
    fn one_record_in_two_styles() {
        let lines = parse("《事務局より説明》\n○木村委員：いつからか。\n→4月から。\n・よい取組だ。\n⇒了承");
        let marks = |style| shown(&lines, style).iter().map(|s| s.mark).collect::<Vec<_>>();
        assert_eq!(marks(Style::Speakers), ["", "〇", "〇", "〇", "⇒"]);
        assert_eq!(marks(Style::Marks), ["", "○", "→", "・", "⇒"]);
        let b = shown(&lines, Style::Marks);
        assert_eq!((b[1].heading, b[2].heading, b[3].heading), ("minutes.questions", "", "minutes.opinions"));
        let a = shown(&lines, Style::Speakers);
        assert_eq!(
            (a[1].who.as_str(), a[2].who_key, a[3].who_key),
            ("木村委員", "minutes.the_office", "minutes.a_member")
        );
        assert_eq!(a[0].words, "≪事務局より説明≫");
    }

    fn line() -> impl Strategy<Value = Line> {
        let kinds = prop::sample::select(vec![
            ("○", Kind::Question),
            ("→ ", Kind::Answer),
            ("・", Kind::Opinion),
            ("⇒", Kind::Decision),
        ]);
        (
            kinds,
            prop::option::of("[ぁ-ん一-三]{1,6}委員"),
            "[ぁ-ん一-九]{1,12}(\n[ぁ-ん]{1,8})?",
            any::<bool>(),
        )
            .prop_map(|((lead, kind), speaker, words, back)| {
                let speaker = speaker.filter(|_| kind != Kind::Decision).unwrap_or_default();
                Line {
                    kind,
                    lead: lead.to_owned(),
                    sep: if speaker.is_empty() { String::new() } else { "：".to_owned() },
                    // A row that is nothing but a title would be whoever speaks.
                    words: if speaker.is_empty() { format!("。{words}") } else { words },
                    speaker,
                    tail: if back { TAKE_BACK[0].to_owned() } else { String::new() },
                    after: String::new(),
                }
            })
    }

    proptest! {
        /// Nothing that was typed is lost or changed, whatever it is.
        #[test]
        fn what_was_typed_is_kept(text in "(?s).{0,80}") {
            prop_assert_eq!(render(&parse(&text)), text);
        }

        /// The same, of rows that look like minutes.
        #[test]
        fn what_was_typed_is_kept_also_of_marks(rows in prop::collection::vec(
            "(○|〇|→|⇒|・|《|≪|※|〔|)( |　)?[ぁ-ん：:委員事務局》≫〕、。]{0,10}(（持ち帰り可）)?( )?", 0..8)) {
            let text = rows.join("\n");
            prop_assert_eq!(render(&parse(&text)), text);
        }

        /// Lines written down are read as the same lines.
        #[test]
        fn lines_are_read_as_they_were_written(lines in prop::collection::vec(line(), 0..6)) {
            prop_assert_eq!(parse(&render(&lines)), lines);
        }

        /// In neither style a line with words gets lost.
        #[test]
        fn a_style_leaves_no_words_out(lines in prop::collection::vec(line(), 0..6)) {
            for style in Style::ALL {
                let all: String = shown(&lines, *style).into_iter().map(|s| s.words).collect();
                for l in &lines {
                    prop_assert!(all.contains(l.words.trim()));
                }
            }
        }
    }
}
