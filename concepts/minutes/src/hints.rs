//! What the program notices beside the field while minutes are written: attendance that does not add up (quirk Q4) and words that are
//! written otherwise here (Q2, Q3). Hints, never refusals: whoever writes knows better. Pure.

use session::{Attendance, Title};

use crate::lines::{Kind, Line};
use crate::vocabulary::{COUNTED, GENERAL, HONORIFICS, LEADERS, UNITS, USUAL};

/// Somebody on the list of a session.
#[derive(Debug, Clone, Default)]
pub struct Present {
    /// Their name.
    pub name: String,
    /// Their desk.
    pub desk: String,
    /// What they are in the body.
    pub title: Option<Title>,
    /// Who came instead.
    pub substitute: String,
    /// Whether they had to come.
    pub obligatory: bool,
    /// How they were there.
    pub attendance: Option<Attendance>,
}

impl Present {
    fn there(&self) -> bool {
        self.attendance.is_some_and(|a| a != Attendance::Absent)
    }

    fn called(&self, key: &str) -> bool {
        let squeezed = |s: &str| s.replace([' ', '\u{3000}'], "");
        [&self.name, &self.substitute, &self.desk].iter().any(|n| !n.is_empty() && squeezed(n).contains(key))
    }
}

/// Something noticed: the key of its sentence, and what it fills in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// Key of the sentence.
    pub key: &'static str,
    /// What it fills in.
    pub args: Vec<(&'static str, String)>,
}

impl Hint {
    fn of(key: &'static str, args: Vec<(&'static str, String)>) -> Self {
        Self { key, args }
    }
}

/// What of a speaker is a name: without the title behind it.
pub(crate) fn name_in(speaker: &str) -> &str {
    let title = GENERAL.iter().filter(|t| speaker.ends_with(*t)).max_by_key(|t| t.len());
    let bare = title.map_or(speaker, |t| &speaker[..speaker.len() - t.len()]);
    HONORIFICS.iter().find_map(|t| bare.strip_suffix(t)).unwrap_or(bare)
}

/// How many people a text says were there: `出席 17名`, `委員＝24人`.
fn headcount(text: &str) -> Option<usize> {
    let folded = words::fold::fold(text);
    let chars: Vec<char> = folded.chars().collect();
    let at = COUNTED.iter().find_map(|w| {
        let word: Vec<char> = words::fold::fold(w).chars().collect();
        chars.windows(word.len()).position(|x| *x == word[..]).map(|n| n + word.len())
    })?;
    let near: Vec<char> = chars.iter().skip(at).take(10).copied().collect();
    let from = near.iter().position(char::is_ascii_digit)?;
    let digits: String = near.iter().skip(from).take_while(|c| c.is_ascii_digit()).collect();
    let unit = near.get(from + digits.len());
    if unit.is_some_and(|u| UNITS.contains(u)) { digits.parse().ok() } else { None }
}

/// What is noticed about attendance in these lines, the roster and the opening beside them.
pub fn hints(roster: &[Present], opening: &str, lines: &[Line]) -> Vec<Hint> {
    let mut found = Vec::new();
    let mut people: Vec<&Present> = roster.iter().filter(|p| !p.name.is_empty()).collect();
    people.sort_by(|a, b| a.name.cmp(&b.name));
    for pair in people.windows(2) {
        let [a, b] = pair else { continue };
        if a.name == b.name {
            let both = a.attendance != b.attendance && a.there() && b.there();
            let key = if both { "minutes_hint.two_ways" } else { "minutes_hint.twice" };
            found.push(Hint::of(key, vec![("name", a.name.clone())]));
        }
    }
    let unknown = roster.iter().filter(|p| p.attendance.is_none()).count();
    if unknown > 0 {
        found.push(Hint::of("minutes_hint.not_noted", vec![("n", unknown.to_string())]));
    }
    for p in roster.iter().filter(|p| p.obligatory && p.attendance == Some(Attendance::Absent)) {
        let who = if p.name.is_empty() { p.desk.clone() } else { format!("{} {}", p.desk, p.name) };
        found.push(Hint::of("minutes_hint.obligatory_absent", vec![("who", who)]));
    }
    let there = roster.iter().filter(|p| p.there()).count();
    if let Some(n) = headcount(opening).filter(|n| *n != there) {
        found.push(Hint::of(
            "minutes_hint.headcount",
            vec![("n", n.to_string()), ("there", there.to_string())],
        ));
    }
    let mut said: Vec<&str> = lines.iter().map(|l| l.speaker.as_str()).filter(|s| !s.is_empty()).collect();
    said.sort_unstable();
    said.dedup();
    for speaker in said {
        found.extend(about_speaker(roster, speaker));
    }
    if lines.iter().any(|l| l.kind == Kind::Question)
        && !lines.iter().any(|l| l.kind == Kind::Answer)
        && lines.iter().all(|l| l.speaker.is_empty())
    {
        found.push(Hint::of("minutes_hint.no_answer", Vec::new()));
    }
    found
}

fn about_speaker(roster: &[Present], speaker: &str) -> Option<Hint> {
    let who = || vec![("who", speaker.to_owned())];
    let bare = name_in(speaker);
    if bare.is_empty() {
        let title = LEADERS.iter().find(|(called, _)| *called == speaker)?.1;
        let of: Vec<&Present> = roster.iter().filter(|p| p.title == Some(title)).collect();
        return (!of.is_empty() && of.iter().all(|p| p.attendance == Some(Attendance::Absent)))
            .then(|| Hint::of("minutes_hint.speaker_absent", who()));
    }
    let named: Vec<&Present> = roster.iter().filter(|p| p.called(bare)).collect();
    if named.is_empty() {
        return Some(Hint::of("minutes_hint.speaker_unknown", who()));
    }
    let absent = named.iter().all(|p| p.attendance == Some(Attendance::Absent) && p.substitute.is_empty());
    absent.then(|| Hint::of("minutes_hint.speaker_absent", who()))
}

/// Words that are written otherwise here: what stands there, and how it is written.
pub fn words_otherwise(text: &str, own: &[(String, String)]) -> Vec<Hint> {
    let usual = USUAL.iter().map(|(wrong, instead)| ((*wrong).to_owned(), (*instead).to_owned()));
    let mut all: Vec<(String, String)> = own.to_vec();
    all.extend(usual.filter(|(wrong, _)| own.iter().all(|(w, _)| w != wrong)));
    all.into_iter()
        .filter(|(wrong, instead)| {
            // What is right can hold what is wrong: 委員会 holds 委員.
            text.replace(instead.as_str(), "").contains(wrong.as_str())
        })
        .map(|(wrong, instead)| Hint::of("minutes_hint.word", vec![("wrong", wrong), ("instead", instead)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lines::parse;

    fn here(name: &str, attendance: Attendance) -> Present {
        Present { name: name.to_owned(), attendance: Some(attendance), ..Present::default() }
    }

    fn keys(roster: &[Present], opening: &str, text: &str) -> Vec<&'static str> {
        hints(roster, opening, &parse(text))
            .iter()
            .map(|h| h.key.strip_prefix("minutes_hint.").unwrap())
            .collect()
    }

    #[test]
    fn attendance_that_does_not_add_up_is_noticed() {
        use Attendance::{Absent, Online, Room};
        let roster = [
            here("道端 薫", Online),
            here("道端 薫", Online),
            here("山本 智子", Room),
            here("山本 智子", Online),
        ];
        assert_eq!(keys(&roster, "委員＝２４人", ""), ["two_ways", "twice", "headcount"]);
        assert_eq!(
            keys(&roster[2..3], "出席 1名", "○道畑委員：十分です。\n→事務局：はい。"),
            ["speaker_unknown"]
        );
        let roster = [here("石井 由佳", Absent), here("関根 顕", Room)];
        assert_eq!(keys(&roster, "", "○石井委員：どうか。\n○関根委員：よい。"), ["speaker_absent"]);
        assert_eq!(keys(&roster, "", "○委員：どうか。\n→よい。"), [""; 0]);
        let chair = [Present { title: Some(Title::Chair), ..here("河野 正", Absent) }];
        assert_eq!(keys(&chair, "", "・会長：続ける。"), ["speaker_absent"]);
    }

    #[test]
    fn whoever_had_to_come_or_was_not_noted_is_named() {
        let desk = |attendance| Present {
            desk: "生活援護課".to_owned(),
            obligatory: true,
            attendance,
            ..Present::default()
        };
        assert_eq!(
            keys(&[desk(Some(Attendance::Absent)), desk(None)], "", ""),
            ["not_noted", "obligatory_absent"]
        );
    }

    #[test]
    fn words_are_written_as_the_town_writes_them() {
        let own = vec![("バックアップふじわら".to_owned(), "バックアップふじさわ".to_owned())];
        let found =
            |text| words_otherwise(text, &own).iter().map(|h| h.args[0].1.clone()).collect::<Vec<_>>();
        assert_eq!(found("他機関協働事業のバックアップふじわら"), ["バックアップふじわら", "他機関協働"]);
        assert!(found("多機関協働事業のバックアップふじさわ").is_empty());
    }
}
