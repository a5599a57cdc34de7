//! Puts a note together: an opening, what the theme brings, an end, with the slots filled for this household
//! on this day.

use std::fmt::Write as _;

use crate::dice::Dice;
use crate::model::{Categories, Category, Day, Gender, Household, Person, Subjects, Text, TextField};
use crate::names::language_name;
use crate::themes::categories;

/// One household on one day, as a writer sees it.
pub struct Scene<'a> {
    /// The household; none for somebody who gave no name.
    pub household: Option<&'a Household>,
    /// All persons of the town.
    pub persons: &'a [Person],
    /// The day.
    pub on: Day,
    /// The district.
    pub district: &'a str,
    /// Who came, in words.
    pub visitor: &'a str,
}

/// The people and numbers one note speaks of; the same throughout the note.
struct Voices {
    a: String,
    b: String,
    a_at: Option<u8>,
    b_at: Option<u8>,
}

const SYMPTOMS: &[&str] = &[
    "眠れない日",
    "腰の痛み",
    "めまい",
    "食欲の落ち込み",
    "動悸",
    "ひざの痛み",
    "頭の重さ",
    "息切れ",
    "気分の沈み",
    "立ちくらみ",
    "胃の痛み",
    "手のしびれ",
    "足のむくみ",
    "強い疲れ",
    "耳鳴り",
];
const PLACES: &[&str] = &[
    "市民センター",
    "駅前",
    "スーパー",
    "公園",
    "図書館",
    "かかりつけの診療所",
    "集会所",
    "郵便局",
    "銀行",
    "商店街",
    "団地の広場",
    "コンビニ",
    "バス停",
    "薬局",
];
const FOODS: &[&str] = &[
    "おにぎり",
    "カップ麺",
    "菓子パン",
    "うどん",
    "総菜",
    "レトルトのおかゆ",
    "冷凍食品",
    "バナナ",
    "食パン",
    "弁当",
    "そうめん",
    "豆腐",
];
const HELPERS: &[&str] = &[
    "民生委員",
    "隣の方",
    "ケアマネジャー",
    "訪問看護師",
    "大家さん",
    "自治会の班長",
    "担任の先生",
    "新聞配達の方",
    "薬局の薬剤師",
    "ヘルパー",
    "配食の方",
    "別居の親族",
];
const LIKES: &[&str] = &[
    "猫",
    "鉄道の本",
    "将棋",
    "編み物",
    "野球中継",
    "植木",
    "ラジオ",
    "釣り",
    "昔の歌",
    "絵を描くこと",
    "料理番組",
    "ゲーム",
    "散歩",
    "折り紙",
    "写真",
    "ギター",
    "パズル",
    "園芸",
];
const WEEKDAYS: [&str; 7] = ["月", "火", "水", "木", "金", "土", "日"];

impl Scene<'_> {
    fn person(&self, at: u8) -> Option<&Person> {
        let household = self.household?;
        household.members.get(usize::from(at)).and_then(|p| self.persons.get(*p as usize))
    }

    /// Chooses how this note calls the two.
    fn voices(&self, dice: &mut Dice) -> Voices {
        let Some(household) = self.household else {
            return Voices { a: "相談者".into(), b: "家族".into(), a_at: None, b_at: None };
        };
        let call = |dice: &mut Dice, at: Option<u8>, label: &str| {
            let person = at.and_then(|at| self.person(at));
            let Some(person) = person else { return label.to_owned() };
            match dice.between(0, 9) {
                0..3 => label.to_owned(),
                3..5 if !person.given_reading.is_empty() => format!("{}さん", person.given_reading),
                5..7 => format!("{}さん", person.given),
                7 if label != "本人" => format!("{label}の{}さん", person.given),
                _ => format!("{label}（{}歳）", self.on.age_of(person.born)),
            }
        };
        Voices {
            a: call(dice, Some(household.focus), household.focus_label),
            b: call(dice, household.other, household.other_label),
            a_at: Some(household.focus),
            b_at: household.other,
        }
    }

    /// A note from sentences, each with its categories, joined in order.
    pub fn note(&self, dice: &mut Dice, field: TextField, sentences: &[&'static str]) -> Text {
        let voices = self.voices(dice);
        let mut body = String::with_capacity(200);
        let mut found = Categories(0);
        let mut subjects = Subjects(0);
        for sentence in sentences {
            let (set, words) = categories(sentence);
            found = found.with(set);
            for (mark, at) in [("{a}", voices.a_at), ("{b}", voices.b_at)] {
                if let Some(at) = at
                    && words.contains(mark)
                {
                    subjects.0 |= 1 << at;
                }
            }
            self.fill(dice, &voices, words, &mut body);
        }
        let (mut base, whole) = match field {
            TextField::Words => (Category::Household, voices.a_at.is_none()),
            TextField::Facts => (Category::Basic, false),
            TextField::Possibilities => (Category::Opinion, false),
            TextField::Consideration => (Category::Contact, false),
            TextField::Response => (Category::Support, false),
        };
        if whole {
            base = Category::Basic;
        }
        if found.0 == 0 || field == TextField::Possibilities {
            found = found.with(Categories::of(base));
        }
        Text { field, body, subjects, categories: found }
    }

    /// One line with its slots filled, for closings and answers.
    pub fn line(&self, dice: &mut Dice, sentences: &[&'static str]) -> String {
        self.note(dice, TextField::Response, sentences).body
    }

    fn fill(&self, dice: &mut Dice, voices: &Voices, words: &str, out: &mut String) {
        let mut rest = words;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let Some((slot, tail)) = after.split_once('}') else {
                rest = after;
                continue;
            };
            match slot {
                "a" => out.push_str(&voices.a),
                "b" => out.push_str(&voices.b),
                _ => self.slot(dice, voices, slot, out),
            }
            rest = tail;
        }
        out.push_str(rest);
    }

    fn slot(&self, dice: &mut Dice, voices: &Voices, slot: &str, out: &mut String) {
        let gender = |at: Option<u8>| at.and_then(|at| self.person(at)).map(|p| p.gender);
        let age = |at: Option<u8>| at.and_then(|at| self.person(at)).map_or(0, |p| self.on.age_of(p.born));
        let written = match slot {
            "c" => {
                out.push_str(if gender(voices.a_at) == Some(Gender::Female) { "娘" } else { "息子" });
                Ok(())
            }
            "bc" => {
                out.push_str(if gender(voices.b_at) == Some(Gender::Female) { "娘" } else { "息子" });
                Ok(())
            }
            "p" => {
                out.push_str(if gender(voices.b_at) == Some(Gender::Male) { "父" } else { "母" });
                Ok(())
            }
            "age" => write!(out, "{}歳", age(voices.a_at)),
            "bage" => write!(out, "{}歳", age(voices.b_at)),
            "decade" => write!(out, "{}代", age(voices.a_at) / 10 * 10),
            "grade" => {
                out.push_str(&self.grade(voices));
                Ok(())
            }
            "yen" => match dice.between(0, 2) {
                0 => write!(out, "{}万円", dice.between(2, 24)),
                1 => write!(out, "{}万{}千円", dice.between(2, 18), dice.between(1, 9)),
                _ => write!(out, "約{}万円", dice.between(3, 30)),
            },
            "debt" => write!(out, "{}万円", dice.between(4, 48) * 10),
            "coins" => write!(out, "{}円", dice.between(2, 48) * 100),
            "months" => write!(out, "{}か月", dice.between(2, 9)),
            "days" => write!(out, "{}日", dice.between(3, 20)),
            "weeks" => write!(out, "{}週間", dice.between(1, 6)),
            "years" => write!(out, "{}年", dice.between(2, 17)),
            "n" => write!(out, "{}", dice.between(2, 6)),
            "hour" => write!(out, "{}時", dice.between(9, 18)),
            "eve" => write!(out, "{}時", dice.between(19, 22)),
            "night" => write!(out, "{}時", dice.between(1, 4)),
            "kg" => write!(out, "{}キロ", dice.between(3, 12)),
            "past" => self.day(dice, -26, -2, out),
            "next" => self.day(dice, 3, 24, out),
            "month" => write!(out, "{}月", (self.on.plus(dice.between(20, 90))).ymd().1),
            "wd" => write!(out, "{}曜日", dice.pick(&WEEKDAYS[..5])),
            "season" => {
                out.push_str(season(self.on));
                Ok(())
            }
            "weather" => {
                out.push_str(dice.word(weather(self.on)));
                Ok(())
            }
            "language" => {
                let code = voices.a_at.and_then(|at| self.person(at)).and_then(|p| p.language).unwrap_or("");
                out.push_str(language_name(code));
                Ok(())
            }
            other => {
                out.push_str(match other {
                    "symptom" => dice.word(SYMPTOMS),
                    "place" => dice.word(PLACES),
                    "food" => dice.word(FOODS),
                    "helper" => dice.word(HELPERS),
                    "like" => dice.word(LIKES),
                    "district" => self.district,
                    "visitor" => self.visitor,
                    _ => "",
                });
                Ok(())
            }
        };
        debug_assert!(written.is_ok(), "writing into a String cannot fail");
    }

    fn day(&self, dice: &mut Dice, low: i32, high: i32, out: &mut String) -> std::fmt::Result {
        let day = self.on.plus(dice.between(low, high));
        let day = if high > 0 { day.or_next_business() } else { day };
        let (_, month, date) = day.ymd();
        write!(out, "{month}月{date}日")?;
        if dice.percent(35) {
            write!(out, "（{}）", WEEKDAYS[day.weekday() as usize])?;
        }
        Ok(())
    }

    /// The school year on the day, which turns over in April.
    fn grade(&self, voices: &Voices) -> String {
        // The pupil is the younger of the two, whichever part that person plays.
        let both = [voices.a_at, voices.b_at].into_iter().flatten().filter_map(|at| self.person(at));
        let Some(person) = both.max_by_key(|person| person.born) else { return "学校".into() };
        let (year, month, day) = person.born.ymd();
        let entered = if (month, day) < (4, 2) { year + 6 } else { year + 7 };
        let years = self.on.fiscal_start().ymd().0 - entered + 1;
        match years {
            ..1 => "就学前".into(),
            1..=6 => format!("小学{years}年"),
            7..=9 => format!("中学{}年", years - 6),
            10..=12 => format!("高校{}年", years - 9),
            _ => "高校卒業後".into(),
        }
    }
}

const fn season(day: Day) -> &'static str {
    match day.ymd().1 {
        3..=5 => "春",
        6 => "梅雨どき",
        7..=9 => "夏",
        10 | 11 => "秋",
        _ => "冬",
    }
}

const fn weather(day: Day) -> &'static [&'static str] {
    match day.ymd().1 {
        3..=5 => &["風の強い日", "花の散るころ", "暖かい午後", "雨上がり"],
        6 => &["蒸し暑い日", "長雨の続くころ", "雨の合間"],
        7..=9 => &["猛暑の中", "夕立のあと", "残暑の厳しい日", "日差しの強い日"],
        10 | 11 => &["肌寒い朝", "秋晴れの日", "日が短くなったころ", "風の冷たい夕方"],
        _ => &["冷え込んだ朝", "北風の強い日", "底冷えのする日", "雪のちらつく日"],
    }
}
