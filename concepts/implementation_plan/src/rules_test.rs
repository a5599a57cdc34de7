use super::*;
use register::plan::{Item, Role, Set};
use words::Id;
use words::code::Code;

/// The five tables of the city's plan, as facts.
const FILE: &str = include_str!("../../../town/data/programmes.csv");

fn id<K>(n: usize) -> Id<K> {
    Id::new(uuid::Uuid::from_u128(n as u128 + 1))
}

/// The city's plan: one role text for the same words, sets by name.
pub(crate) fn city(on: Day) -> Plan {
    let mut plan = Plan::default();
    let mut sets: Vec<(usize, String)> = Vec::new();
    for (n, line) in FILE.lines().skip(1).enumerate() {
        let c: Vec<&str> = line.split(',').collect();
        let programme = Programme::parse(c[0]).unwrap();
        let row_no = c[1].parse().unwrap();
        let item = Item {
            name: register::plan::without_mark(c[3]).to_owned(),
            count: c[4].parse().ok(),
            unit: c[5].to_owned(),
            note: if c[3].is_empty() { String::new() } else { c[6].to_owned() },
            statutory: Statutory::parse(c[10]).unwrap(),
            base: c[15].to_owned(),
        };
        if let Some(row) = plan.states.last_mut().filter(|r| (r.programme, r.row_no) == (programme, row_no)) {
            row.items.push(item);
            continue;
        }
        let role = plan.role_with(c[12], on).unwrap_or_else(|| {
            let role = Role { id: id(1000 + n), version: 1, from: on, body: c[12].to_owned(), command: None };
            plan.roles.push(role);
            id(1000 + n)
        });
        if c[6].starts_with("all_of:") {
            sets.push((plan.states.len(), c[6].to_owned()));
        }
        plan.states.push(Row {
            id: id(n),
            version: 1,
            programme,
            from: on,
            ended: false,
            row_no,
            starts_block: c[16] == "1",
            agency: None,
            name: c[2].to_owned(),
            note: if c[3].is_empty() && !c[6].starts_with("all_of:") {
                c[6].to_owned()
            } else {
                String::new()
            },
            excludes: c[13].to_owned(),
            asked_by: ConsultableBy::parse(c[14]).unwrap_or(ConsultableBy::Anyone),
            sections: c[7].split(';').filter(|s| !s.is_empty()).map(str::to_owned).collect(),
            contractor: c[8].to_owned(),
            delivery: register::rules::parse_delivery(c[9]).unwrap(),
            position: Position::parse(c[11]).unwrap(),
            role: Some(role),
            set: None,
            items: vec![item],
            command: None,
        });
    }
    for (at, text) in sets {
        let mut parts = text.trim_start_matches("all_of:").split(';');
        let programme = Programme::parse(parts.next().unwrap()).unwrap();
        let names: Vec<&str> = parts.filter_map(|p| p.strip_prefix("except:")).collect();
        let except = plan
            .states
            .iter()
            .filter(|r| r.programme == programme && names.contains(&r.name.as_str()))
            .map(|r| r.id)
            .collect();
        plan.states[at].set = Some(Set { programme, except });
    }
    plan
}

pub(crate) fn april() -> Day {
    Day::new(2023, 4, 1).unwrap()
}

pub(crate) fn city_shown() -> Vec<Shown> {
    shown(&city(april()), &Names::default(), april())
}

fn cells_of(programme: Programme) -> Vec<Vec<RoleCell>> {
    let rows = of(&city_shown(), programme);
    blocks(&rows).iter().map(|b| b.rows.iter().map(|(_, cell)| *cell).collect()).collect()
}

#[test]
fn cells_are_merged_as_in_the_printed_plan() {
    use RoleCell::{Covered as C, SameAsAbove, Words};
    // 基幹型, いきいき and 障がい have one cell; on the next page ten rows say 「上記と同様」; バックアップ and its
    // partner have one. The first two windows are one row in print and two here, with one cell.
    let consultation = cells_of(Programme::ComprehensiveConsultation);
    assert_eq!(consultation[0], [Words(2), C, Words(1), Words(3), C, C]);
    let mut ten = vec![SameAsAbove(10)];
    ten.extend([C; 9]);
    assert_eq!(consultation[1], ten);
    assert_eq!(consultation[2], [Words(1), Words(2), C]);
    // Every place has its own words; the long table breaks twice.
    let places = cells_of(Programme::CommunityBuilding);
    assert_eq!(places.iter().map(Vec::len).collect::<Vec<_>>(), [6, 5, 5]);
    assert!(places.iter().flatten().all(|c| *c == Words(1)));
    let hub = cells_of(Programme::MultiAgency);
    assert_eq!(hub, [vec![Words(2), C], vec![Words(3), C, C]]);
    assert_eq!(cells_of(Programme::Outreach), [vec![Words(1); 5]]);
    assert_eq!(cells_of(Programme::Participation), [vec![Words(1); 3]]);
}

#[test]
fn spans_cover_every_row_once() {
    for programme in register::plan::TABLES {
        let rows = of(&city_shown(), programme);
        for block in blocks(&rows) {
            let covered: usize = block
                .rows
                .iter()
                .map(|(_, cell)| match cell {
                    RoleCell::Words(n) | RoleCell::SameAsAbove(n) => *n,
                    RoleCell::Covered => 0,
                })
                .sum();
            assert_eq!(covered, block.rows.len(), "{programme}");
        }
    }
}

#[test]
fn a_set_is_whoever_is_in_the_table_that_day() {
    let rows = city_shown();
    let set = rows.iter().find_map(|r| r.set.as_ref()).unwrap();
    assert_eq!(set.programme, Programme::ComprehensiveConsultation);
    assert_eq!(set.except, ["バックアップふじさわ", "バックアップふじさわ社協"]);
    assert_eq!(set.members.len(), 17);
    assert!(!set.members.iter().any(|m| m.contains("バックアップ")));
    // A row that ends is a member no more, and one that begins is.
    let mut plan = city(april());
    let gone = plan.states.iter().find(|r| r.name == "おくすり相談薬局").unwrap().clone();
    let later = Day::new(2027, 4, 1).unwrap();
    plan.states.push(Row { version: 2, from: later, ended: true, ..gone.clone() });
    plan.states
        .push(Row { id: id(900), version: 1, from: later, name: "新しい窓口".to_owned(), ..gone });
    let members = |day| {
        let rows = shown(&plan, &Names::default(), day);
        rows.into_iter().find_map(|r| r.set).unwrap().members
    };
    assert!(members(april()).contains(&"おくすり相談薬局".to_owned()));
    assert!(!members(later).contains(&"おくすり相談薬局".to_owned()));
    assert!(members(later).contains(&"新しい窓口".to_owned()));
}

#[test]
fn statutory_is_said_once_when_all_agree_and_by_place_when_not() {
    let rows = city_shown();
    let lines = |programme: Programme, name: &str| -> Vec<(Vec<usize>, String)> {
        let row = rows.iter().find(|r| r.programme == programme && r.name == name).unwrap();
        statutory(&row.items).into_iter().map(|l| (l.places, l.what.to_string())).collect()
    };
    let consultation = Programme::ComprehensiveConsultation;
    let places = Programme::CommunityBuilding;
    assert_eq!(lines(consultation, "障がい者相談支援事業所"), [(vec![], "all".to_owned())]);
    assert_eq!(lines(consultation, "地区福祉窓口"), []);
    assert_eq!(lines(consultation, "保育コンシェルジュ"), [(vec![], "named:利用者支援事業".to_owned())]);
    assert_eq!(lines(places, "地域の縁側"), [(vec![0, 1], "all".to_owned())]);
    assert_eq!(lines(places, "地域活動支援センター"), [(vec![1], "all".to_owned())]);
    assert_eq!(lines(places, "地域福祉プラザ（地域福祉活動センター）"), [(vec![], "part".to_owned())]);
    assert_eq!(lines(Programme::MultiAgency, "障がい者相談支援事業所"), [(vec![1], "part".to_owned())]);
}

#[test]
fn the_same_words_stand_once_in_a_cell() {
    let t = site::T::japanese(&[site::TEXT, register::TEXT, crate::TEXT]).unwrap();
    let mut row = city_shown().remove(0);
    (row.note, row.owners) = ("市民センター・公民館".to_owned(), vec!["市民センター・公民館".to_owned()]);
    let times = |row: &Shown| {
        let lines = crate::cells::cell(&t, row);
        lines.iter().filter(|l| l.text.contains("市民センター・公民館")).count()
    };
    row.delivery = vec![register::Delivery::Direct];
    assert_eq!(times(&row), 1);
    // Who commissions is another thing than where it is.
    row.delivery = vec![register::Delivery::Commissioned];
    assert_eq!(times(&row), 2);
}

#[test]
fn marks_go_on_after_twenty() {
    assert_eq!([mark(0), mark(19), mark(20)], ["①", "⑳", "(21)"]);
}
