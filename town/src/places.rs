//! Districts, overlapping areas and invented quarters and addresses.

use crate::dice::Dice;
use crate::model::{Area, AreaSystem, Quarter};

/// The districts and blocks of the register.
const AREAS: &str = include_str!("../data/areas.csv");

/// The readings of the 13 districts, in the order of their codes.
pub const DISTRICT_READINGS: [&str; 13] = [
    "ムツアイ",
    "カタセ",
    "メイジ",
    "ゴショミ",
    "エンドウ",
    "チョウゴ",
    "ツジドウ",
    "ゼンギョウ",
    "ショウナンオオバ",
    "ショウナンダイ",
    "クゲヌマ",
    "フジサワ",
    "ムラオカ",
];

/// For each district: its block, its living area and its area of disability counselling. Which district lies in
/// which block is an assumption of the story, not a statement of the register.
const MEMBERSHIP: [(usize, usize, usize); 13] = [
    (1, 1, 1),
    (2, 2, 2),
    (3, 1, 3),
    (0, 0, 0),
    (0, 0, 0),
    (0, 0, 0),
    (3, 2, 3),
    (1, 1, 1),
    (3, 1, 3),
    (0, 0, 0),
    (2, 2, 2),
    (2, 2, 2),
    (1, 1, 1),
];

/// Invented quarters, which every district has.
const QUARTERS: &[(&str, &str)] = &[
    ("汐路町", "シオジチョウ"),
    ("若草町", "ワカクサチョウ"),
    ("千鳥町", "チドリチョウ"),
    ("月見町", "ツキミチョウ"),
    ("花里町", "ハナサトチョウ"),
    ("鈴ヶ丘", "スズガオカ"),
];

const BUILDINGS: &[&str] = &[
    "コーポ汐風",
    "ハイツ若葉",
    "グリーンハイム",
    "メゾン千鳥",
    "第二さざなみ荘",
    "サンハイツ月見",
    "松風アパート",
    "ひまわり荘",
    "レジデンス鈴",
    "パークサイド花里",
    "みどり団地3号棟",
    "みどり団地7号棟",
    "メゾンド浜辺",
    "カーサ小波",
];

/// Systems, areas and quarters.
pub fn build() -> (Vec<AreaSystem>, Vec<Area>, Vec<Quarter>) {
    let mut systems: Vec<AreaSystem> = Vec::new();
    let mut areas: Vec<Area> = Vec::new();
    let extra = [
        ("圏域", "N", "北部圏域"),
        ("圏域", "C", "中部圏域"),
        ("圏域", "S", "南部圏域"),
        ("障がい相談圏域", "a", "北部"),
        ("障がい相談圏域", "b", "東部"),
        ("障がい相談圏域", "c", "南部"),
        ("障がい相談圏域", "d", "西部"),
    ];
    let listed = AREAS.lines().skip(1).filter_map(|line| {
        let mut cells = line.splitn(4, ',');
        Some((cells.next()?, cells.next()?, cells.next()?, cells.next().unwrap_or("")))
    });
    for (system, code, name, note) in listed.chain(extra.into_iter().map(|(s, c, n)| (s, c, n, ""))) {
        if systems.last().is_none_or(|last| last.name != system) {
            systems.push(AreaSystem { name: system, areas: Vec::new() });
        }
        let at = systems.len() - 1;
        systems[at].areas.push(crate::pos(areas.len()));
        areas.push(Area { system: crate::pos(at), code, name, note });
    }
    let mut quarters = Vec::new();
    for (district, (block, living, disability)) in MEMBERSHIP.iter().enumerate() {
        for (name, reading) in QUARTERS {
            let of = [district, *block, *living, *disability];
            quarters.push(Quarter {
                name: format!("{}{name}", areas[district].name),
                reading: format!("{}{reading}", DISTRICT_READINGS[district]),
                areas: of.iter().zip(&systems).map(|(at, system)| system.areas[*at]).collect(),
            });
        }
    }
    (systems, areas, quarters)
}

/// An invented address in a quarter.
pub fn address(dice: &mut Dice, quarter: &str, flat: bool) -> String {
    let (chome, block, house) = (dice.between(1, 5), dice.between(1, 28), dice.between(1, 19));
    if flat {
        let room = dice.between(1, 4) * 100 + dice.between(1, 8);
        format!("{quarter}{chome}丁目{block}-{house} {} {room}", dice.pick(BUILDINGS))
    } else {
        format!("{quarter}{chome}丁目{block}-{house}")
    }
}

/// A telephone number in a range that is not given to anybody.
pub fn phone(dice: &mut Dice, mobile: bool) -> String {
    let tail = dice.between(0, 9_999);
    if mobile { format!("090-0000-{tail:04}") } else { format!("0466-00-{tail:04}") }
}
