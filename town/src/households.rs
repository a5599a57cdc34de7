//! Households whose members' ages fit together and fit the theme.

use crate::dice::Dice;
use crate::model::{Birth, Day, Gender, Household, Person, Quarter, Theme};
use crate::names::{ForeignFamily, Names, Surname, foreign_family, writings};
use crate::{places, pos};

/// How often each theme occurs among households.
const SHARES: &[(Theme, u32)] = &[
    (Theme::Ordinary, 24),
    (Theme::ElderAlone, 15),
    (Theme::EightyFifty, 7),
    (Theme::NinetySixty, 3),
    (Theme::YoungCarer, 3),
    (Theme::DoubleCare, 4),
    (Theme::Hoarding, 3),
    (Theme::Hikikomori, 5),
    (Theme::SingleParent, 6),
    (Theme::Violence, 3),
    (Theme::Foreign, 4),
    (Theme::Debt, 5),
    (Theme::SchoolAbsence, 4),
    (Theme::Neighbour, 3),
    (Theme::NoConsent, 2),
    (Theme::Refuses, 3),
    (Theme::Disability, 5),
    (Theme::JobLoss, 5),
];

const WISHES: &[&str] = &[
    "電話は午前中を希望",
    "留守番電話に用件を残さないでほしい",
    "自宅への郵便物は市の名前の入らない封筒で",
    "携帯電話への連絡のみ",
    "夕方6時以降は電話に出られない",
    "訪問の前に必ず電話がほしい",
    "長女を通して連絡してほしい",
    "耳が遠いため、ゆっくり大きな声で",
    "メールでの連絡を希望",
    "家族に相談したことを知られたくない",
];

/// Somebody to be born: relation, gender, age today.
type Part = (&'static str, Gender, i32);
/// The members and the positions and labels of the two the theme turns on.
struct Cast {
    parts: Vec<Part>,
    focus: u8,
    focus_label: &'static str,
    other: Option<u8>,
    other_label: &'static str,
}

/// Draws all households with their members.
pub fn build(
    dice: &mut Dice,
    names: &Names,
    quarters: &[Quarter],
    today: Day,
    years: i32,
    count: usize,
) -> (Vec<Household>, Vec<Person>) {
    let mut households = Vec::with_capacity(count);
    let mut persons = Vec::with_capacity(count * 2);
    for number in 0..count {
        // The first households carry every theme once, so that no theme is missing in a small town.
        let theme = Theme::ALL.get(number).copied().unwrap_or_else(|| dice.weighted(SHARES));
        let cast = cast(dice, theme, years + 2);
        let foreign = (theme == Theme::Foreign || dice.percent(1)).then(|| foreign_family(dice));
        let surname = foreign.as_ref().map_or_else(|| names.surname(dice), |family| family.surname);
        // The demonstration looks at one district more closely, so more of the town lives there.
        let near = quarters.iter().position(|quarter| quarter.name.starts_with("辻堂")).unwrap_or(0);
        let quarter = if dice.percent(14) { near + dice.index(6) } else { dice.index(quarters.len()) };
        let flat = dice.percent(55);
        let members = cast.parts.iter().map(|part| {
            let person = person(dice, names, foreign.as_ref(), surname, pos(number), *part, today);
            persons.push(person);
            pos(persons.len() - 1)
        });
        households.push(Household {
            theme,
            members: members.collect(),
            quarter: pos(quarter),
            address: places::address(dice, &quarters[quarter].name, flat),
            housing: if flat {
                dice.word(&["民間賃貸", "市営住宅", "民間賃貸", "社宅", "UR賃貸"])
            } else {
                dice.word(&["持家", "持家", "持家", "借家"])
            },
            focus: cast.focus,
            focus_label: cast.focus_label,
            other: cast.other,
            other_label: cast.other_label,
        });
    }
    (households, persons)
}

fn either(dice: &mut Dice) -> Gender {
    if dice.percent(50) { Gender::Female } else { Gender::Male }
}

const fn child_word(gender: Gender, younger: bool) -> &'static str {
    match (gender, younger) {
        (Gender::Female, false) => "長女",
        (Gender::Female, true) => "二女",
        (_, false) => "長男",
        (_, true) => "二男",
    }
}

/// Who lives together under a theme. `child` is the least age of a child the texts speak of.
fn cast(dice: &mut Dice, theme: Theme, child: i32) -> Cast {
    let gender = either(dice);
    let sole = |dice: &mut Dice, low, high, other| Cast {
        parts: vec![("世帯主", gender, dice.between(low, high))],
        focus: 0,
        focus_label: "本人",
        other: None,
        other_label: other,
    };
    match theme {
        Theme::EightyFifty => with_parent(dice, gender, (48, 58), (25, 31)),
        Theme::NinetySixty => with_parent(dice, gender, (60, 68), (24, 30)),
        Theme::Hikikomori => with_parent(dice, gender, (22, 42), (26, 34)),
        Theme::Disability => with_parent(dice, gender, (20, 45), (25, 33)),
        Theme::NoConsent => with_parent(dice, gender, (45, 60), (24, 30)),
        Theme::DoubleCare => double_care(dice, child),
        Theme::YoungCarer => {
            let mother = dice.between(38, 48);
            let mut cast = parent_and_child(dice, gender, mother, (child.max(12), 17));
            cast.parts.push((child_word(either(dice), true), either(dice), dice.between(child, 9)));
            cast.parts[2].0 = child_word(cast.parts[2].1, gender == cast.parts[2].1);
            cast
        }
        Theme::SchoolAbsence => {
            let mother = dice.between(38, 50);
            parent_and_child(dice, gender, mother, (child.max(9), 15))
        }
        Theme::SingleParent => {
            let mother = dice.between(31, 44);
            let mut cast = parent_and_child(dice, gender, mother, (child.max(9), 14.min(mother - 20)));
            (cast.focus, cast.focus_label, cast.other, cast.other_label) =
                (0, "本人", Some(1), cast.focus_label);
            cast
        }
        Theme::Violence => {
            let mother = dice.between(29, 48);
            let child_age = dice.between(child.max(8), 14.min(mother - 20));
            Cast {
                parts: vec![
                    ("世帯主", Gender::Male, mother + dice.between(-2, 8)),
                    ("妻", Gender::Female, mother),
                    (child_word(gender, false), gender, child_age),
                ],
                focus: 1,
                focus_label: "妻",
                other: Some(2),
                other_label: child_word(gender, false),
            }
        }
        Theme::Foreign => {
            let age = dice.between(32, 45);
            let child_age = dice.between(child.max(11), 15.min(age - 20));
            Cast {
                parts: vec![
                    ("世帯主", Gender::Male, age + dice.between(0, 5)),
                    ("妻", Gender::Female, age),
                    (child_word(gender, false), gender, child_age),
                ],
                focus: 1,
                focus_label: "妻",
                other: Some(2),
                other_label: child_word(gender, false),
            }
        }
        Theme::ElderAlone => sole(dice, 72, 94, "別居の長女"),
        Theme::Hoarding => sole(dice, 56, 84, "別居の弟"),
        Theme::Refuses => sole(dice, 50, 82, "別居の姉"),
        Theme::Debt => sole(dice, 30, 66, "別居の兄"),
        Theme::JobLoss => sole(dice, 28, 62, "別居の母"),
        Theme::Neighbour => sole(dice, 35, 80, "隣の住人"),
        Theme::Ordinary => ordinary(dice),
    }
}

/// A parent (or two) who is head, and a grown child on whom the theme turns.
fn with_parent(dice: &mut Dice, gender: Gender, age: (i32, i32), gap: (i32, i32)) -> Cast {
    let age = dice.between(age.0, age.1);
    let parent = (age + dice.between(gap.0, gap.1)).min(98);
    let mother = dice.percent(70);
    let mut parts = vec![("世帯主", if mother { Gender::Female } else { Gender::Male }, parent)];
    parts.push((child_word(gender, false), gender, age));
    if dice.percent(25) {
        let (word, other) = if mother { ("夫", Gender::Male) } else { ("妻", Gender::Female) };
        parts.push((word, other, (parent + dice.between(-3, 4)).min(99)));
    }
    Cast {
        parts,
        focus: 1,
        focus_label: child_word(gender, false),
        other: Some(0),
        other_label: if mother { "母" } else { "父" },
    }
}

fn parent_and_child(dice: &mut Dice, gender: Gender, parent: i32, age: (i32, i32)) -> Cast {
    let mother = dice.percent(82);
    Cast {
        parts: vec![
            ("世帯主", if mother { Gender::Female } else { Gender::Male }, parent),
            (child_word(gender, false), gender, dice.between(age.0, age.1)),
        ],
        focus: 1,
        focus_label: child_word(gender, false),
        other: Some(0),
        other_label: if mother { "母" } else { "父" },
    }
}

fn double_care(dice: &mut Dice, child: i32) -> Cast {
    let age = dice.between(36, 47);
    let gender = either(dice);
    let mut parts = vec![
        ("世帯主", Gender::Male, age + dice.between(-2, 5)),
        ("妻", Gender::Female, age),
        (child_word(gender, false), gender, dice.between(child, 9)),
        ("妻の母", Gender::Female, age + dice.between(28, 36)),
    ];
    if dice.percent(40) {
        let second = either(dice);
        parts.push((child_word(second, second == gender), second, dice.between(1, 4)));
    }
    Cast { parts, focus: 1, focus_label: "妻", other: Some(3), other_label: "妻の母" }
}

fn ordinary(dice: &mut Dice) -> Cast {
    let gender = either(dice);
    let age = dice.between(28, 79);
    let mut parts = vec![("世帯主", gender, age)];
    if dice.percent(55) {
        let (word, other) =
            if gender == Gender::Male { ("妻", Gender::Female) } else { ("夫", Gender::Male) };
        parts.push((word, other, age + dice.between(-5, 4)));
    }
    if (30..58).contains(&age) {
        let first = either(dice);
        for nth in 0..dice.between(0, 3) {
            let child = if nth == 0 { first } else { either(dice) };
            let low = (age - 42).max(0);
            let word = match nth {
                0 => child_word(child, false),
                1 => child_word(child, child == first),
                _ => "三子",
            };
            parts.push((word, child, dice.between(low, age - 25)));
        }
    }
    // Only a grown-up speaks or answers the door.
    let second = parts.get(1).filter(|part| part.2 >= 25);
    let (other, other_label) = second.map_or((None, "家族"), |part| (Some(1), part.0));
    Cast { parts, focus: 0, focus_label: "本人", other, other_label }
}

fn person(
    dice: &mut Dice,
    names: &Names,
    foreign: Option<&ForeignFamily>,
    surname: Surname,
    household: u32,
    (relation, gender, age): Part,
    today: Day,
) -> Person {
    // The latest birthday that makes somebody this old today, then up to a year earlier.
    let (year, month, day) = today.ymd();
    let latest = Day::new(year - age, month, if month == 2 && day == 29 { 28 } else { day });
    let born = latest.plus(-dice.between(0, 360));
    let (given, given_reading) = match foreign {
        Some(family) => family.given(dice, gender),
        None => names.given(dice, gender, born.ymd().0),
    };
    // A son- or daughter-in-law's mother has her own surname.
    let surname = if relation == "妻の母" && foreign.is_none() { names.surname(dice) } else { surname };
    let mut variants: Vec<String> =
        writings(surname.0).iter().filter(|_| dice.percent(60)).map(|s| format!("{s} {given}")).collect();
    if foreign.is_some() && dice.percent(70) {
        variants.push(format!("{given_reading} {}", surname.1));
    } else if dice.percent(8) {
        variants.push(format!("{} {given_reading}", surname.0));
    }
    let (y, m, d) = born.ymd();
    let known = dice.between(0, 99);
    let short = |n: u32| u8::try_from(n).ok();
    let year = i16::try_from(y).ok();
    let birth = match known {
        0..4 => Birth { year: None, month: None, day: None },
        4..10 => Birth { year, month: None, day: None },
        10..14 => Birth { year, month: short(m), day: None },
        _ => Birth { year, month: short(m), day: short(d) },
    };
    let adult = age >= 18;
    Person {
        household,
        surname: surname.0.into(),
        given: given.into(),
        surname_reading: if dice.percent(94) { surname.1 } else { "" },
        given_reading: if dice.percent(94) { given_reading.into() } else { String::new() },
        variants,
        gender: if dice.percent(1) { Gender::Unstated } else { gender },
        birth,
        born,
        died: None,
        relation,
        phone: (adult && dice.percent(72)).then(|| {
            let mobile = dice.percent(if age < 70 { 85 } else { 35 });
            places::phone(dice, mobile)
        }),
        language: foreign.map(|family| family.language),
        interpreter: foreign.is_some() && adult && dice.percent(65),
        contact_wish: (adult && dice.percent(14)).then(|| *dice.pick(WISHES)),
    }
}
