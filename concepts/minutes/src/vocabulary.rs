//! Words and marks by which minutes are read: nothing of it is a sentence of the screens.

use session::Title;

use crate::lines::{Kind, Outcome};

/// What may be told at one's own desk; the first is how it is written here.
pub(crate) const TAKE_BACK: [&str; 5] =
    ["（持ち帰り可）", "(持ち帰り可)", "［持ち帰り可］", "【持ち帰り可】", "(may be told)"];

/// Marks at the beginning of a row.
pub(crate) const MARKS: [(&str, Kind); 15] = [
    ("○", Kind::Question),
    ("〇", Kind::Question),
    ("◯", Kind::Question),
    ("→", Kind::Answer),
    ("->", Kind::Answer),
    ("⇒", Kind::Decision),
    ("=>", Kind::Decision),
    ("・", Kind::Opinion),
    ("･", Kind::Opinion),
    ("《", Kind::Explanation),
    ("≪", Kind::Explanation),
    ("<<", Kind::Explanation),
    ("※", Kind::Remark),
    ("＊", Kind::Remark),
    ("〔", Kind::Heading),
];

/// How titles end: by these a row that holds nothing but who speaks is known.
pub(crate) const TITLES: [&str; 18] = [
    "委員",
    "委員長",
    "会長",
    "副会長",
    "座長",
    "部会長",
    "代表",
    "議長",
    "事務局",
    "オブザーバー",
    "課長",
    "係長",
    "室長",
    "所長",
    "推進員",
    "課",
    "室",
    "センター",
];

/// Titles that say nothing about who it is.
pub(crate) const GENERAL: [&str; 13] = [
    "委員",
    "事務局",
    "委員長",
    "会長",
    "副会長",
    "座長",
    "議長",
    "部会長",
    "代表",
    "オブザーバー",
    "課長",
    "係長",
    "室長",
];

/// Words of the program's own list, beside those of the town: typing slips of published minutes.
pub(crate) const USUAL: [(&str, &str); 2] =
    [("他機関協働", "多機関協働"), ("重層的体制整備", "重層的支援体制整備")];

/// The mark of an opinion, where questions and answers have marks.
pub(crate) const OPINION: &str = "・";

/// What a decision says by its first word, the stronger one first.
pub(crate) const OUTCOMES: [(&str, Outcome); 3] =
    [("了承", Outcome::Agreed), ("承認", Outcome::Approved), ("確認", Outcome::Confirmed)];

/// What stands behind a name instead of a title.
pub(crate) const HONORIFICS: [&str; 2] = ["さん", "氏"];

/// Behind these words stands how many were there.
pub(crate) const COUNTED: [&str; 2] = ["出席", "委員"];

/// How people are counted.
pub(crate) const UNITS: [char; 2] = ['人', '名'];

/// Who leads a body, by what they are called.
pub(crate) const LEADERS: [(&str, Title); 5] = [
    ("会長", Title::Chair),
    ("座長", Title::Chair),
    ("議長", Title::Chair),
    ("委員長", Title::Chair),
    ("副会長", Title::ViceChair),
];

/// What no name or title of somebody who speaks holds.
pub(crate) const NOT_IN_NAMES: &str = "、。「」『』（）()：:・？?！!,.";
