//! What lies between the members of a household, and between it and the town: read off the relations and the theme, so that
//! the same household always has the same.

use crate::model::{Household, Person, Theme};

/// A tie of a household, by positions in its members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HomeTie {
    /// parent, spouse, separated, caring, violence, conflict, close, distant, key_person, outside.
    pub kind: &'static str,
    /// The first; none for the household as a whole.
    pub first: Option<usize>,
    /// The second.
    pub second: Option<usize>,
    /// What is outside.
    pub outside: Option<Outside>,
}

const CHILDREN: [&str; 5] = ["長男", "長女", "二男", "二女", "三子"];

/// Something outside of a household: name, kind, strength, direction.
pub type Outside = (&'static str, &'static str, &'static str, &'static str);

/// What is outside of a household of a theme.
const AROUND: &[(Theme, &[Outside])] = &[
    (
        Theme::ElderAlone,
        &[
            ("民生委員", "person", "strong", "from"),
            ("かかりつけの医院", "agency", "plain", "both"),
            ("老人会", "group", "weak", ""),
        ],
    ),
    (
        Theme::EightyFifty,
        &[
            ("かかりつけの医院", "agency", "plain", "from"),
            ("近所の人", "person", "weak", ""),
            ("前の勤め先", "place", "stressful", ""),
        ],
    ),
    (
        Theme::YoungCarer,
        &[("中学校の担任", "person", "strong", "from"), ("こども食堂", "place", "plain", "both")],
    ),
    (
        Theme::DoubleCare,
        &[
            ("保育園", "agency", "strong", "both"),
            ("デイサービス", "agency", "plain", "both"),
            ("夫の職場", "place", "stressful", ""),
        ],
    ),
    (Theme::Hikikomori, &[("釣りの仲間", "group", "weak", "to"), ("家族会", "group", "plain", "both")]),
    (Theme::SingleParent, &[("学童保育", "agency", "plain", "both"), ("パート先", "place", "stressful", "")]),
    (Theme::Violence, &[("子どもの学校", "agency", "plain", "from")]),
    (
        Theme::Foreign,
        &[
            ("日本語教室", "group", "strong", "both"),
            ("同じ国の友人", "person", "strong", "both"),
            ("勤め先の工場", "place", "plain", ""),
        ],
    ),
    (Theme::Debt, &[("消費者金融", "agency", "stressful", "from"), ("幼なじみ", "person", "weak", "")]),
    (Theme::Hoarding, &[("隣の人", "person", "stressful", "from"), ("民生委員", "person", "plain", "from")]),
    (
        Theme::Disability,
        &[("通っている作業所", "agency", "strong", "both"), ("訪問看護", "agency", "plain", "from")],
    ),
    (
        Theme::JobLoss,
        &[("仕事をさがす窓口", "agency", "plain", "to"), ("貸し主", "person", "stressful", "from")],
    ),
];

/// The ties of a household.
pub fn of_home(household: &Household, persons: &[Person]) -> Vec<HomeTie> {
    let relation = |at: usize| household.members.get(at).map_or("", |m| persons[*m as usize].relation);
    let count = household.members.len();
    let mut ties = Vec::new();
    let mut add = |kind, first, second| {
        ties.push(HomeTie { kind, first: Some(first), second: Some(second), outside: None });
    };
    let spouse = (1..count).find(|at| matches!(relation(*at), "妻" | "夫"));
    if let Some(spouse) = spouse {
        add("spouse", 0, spouse);
    }
    for at in 1..count {
        if CHILDREN.contains(&relation(at)) {
            add("parent", 0, at);
            if let Some(spouse) = spouse {
                add("parent", spouse, at);
            }
        } else if relation(at) == "妻の母"
            && let Some(spouse) = spouse
        {
            add("parent", at, spouse);
        }
    }
    let (focus, other) = (usize::from(household.focus), household.other.map(usize::from));
    match (household.theme, other) {
        (Theme::Violence, _) if focus != 0 => add("violence", 0, focus),
        (Theme::YoungCarer, Some(parent)) => add("caring", focus, parent),
        (Theme::DoubleCare, Some(mother)) => add("caring", focus, mother),
        (Theme::EightyFifty | Theme::Hikikomori, Some(parent)) => add("conflict", focus, parent),
        (Theme::NinetySixty | Theme::Disability, Some(parent)) => add("caring", parent, focus),
        (Theme::SingleParent | Theme::Foreign, Some(other)) if other != focus => add("close", focus, other),
        (Theme::SchoolAbsence, Some(parent)) if parent != focus => add("distant", focus, parent),
        _ => {}
    }
    let children: Vec<usize> = (1..count).filter(|at| CHILDREN.contains(&relation(*at))).collect();
    if let [elder, younger, ..] = children[..] {
        match household.theme {
            Theme::YoungCarer | Theme::SingleParent => add("close", elder, younger),
            Theme::Debt | Theme::DoubleCare => add("distant", elder, younger),
            _ => {}
        }
    }
    let around =
        AROUND.iter().find(|(theme, _)| *theme == household.theme).map_or(&[][..], |(_, around)| *around);
    let outside =
        around.iter().map(|o| HomeTie { kind: "outside", first: None, second: None, outside: Some(*o) });
    ties.extend(outside);
    ties
}
