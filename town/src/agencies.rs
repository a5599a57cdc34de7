//! The network: legal entities, agencies, their place in the register, contracts and desks.

use crate::lines::LINES;
use crate::model::{
    Agency, AgencyChange, AgencyProgramme, Area, ChangeKind, Contract, Day, Desk, EntityKind, Field,
    LegalEntity, Programme,
};
use crate::places::DISTRICT_READINGS;
use crate::pos;

/// The register of the city's plan.
const REGISTER: &str = include_str!("../data/programmes.csv");

const ENTITIES: &[(&str, &str, EntityKind)] = &[
    ("藤沢市（市長）", "フジサワシ シチョウ", EntityKind::Mayor),
    ("藤沢市教育委員会", "フジサワシキョウイクイインカイ", EntityKind::Education),
    ("藤沢市民病院", "フジサワシミンビョウイン", EntityKind::Hospital),
    ("社会福祉法人 藤沢市社会福祉協議会", "フジサワシシャカイフクシキョウギカイ", EntityKind::Council),
    ("社会福祉法人 みなと会", "ミナトカイ", EntityKind::Corporation),
    ("社会福祉法人 汐風福祉会", "シオカゼフクシカイ", EntityKind::Corporation),
    ("社会福祉法人 あおば学園", "アオバガクエン", EntityKind::Corporation),
    ("特定非営利活動法人 はまゆうの輪", "ハマユウノワ", EntityKind::Corporation),
    ("一般社団法人 若草わかもの支援", "ワカクサワカモノシエン", EntityKind::Corporation),
    ("藤沢市薬剤師会", "フジサワシヤクザイシカイ", EntityKind::Association),
    ("神奈川県", "カナガワケン", EntityKind::Prefecture),
    ("神奈川県警察", "カナガワケンケイサツ", EntityKind::Police),
    ("国（労働局）", "クニ ロウドウキョク", EntityKind::State),
    ("藤沢市民生委員児童委員協議会", "ミンセイイインジドウイインキョウギカイ", EntityKind::Residents),
    ("福祉のまちづくり委員会", "フクシノマチヅクリイインカイ", EntityKind::Residents),
    ("医療法人 汐路会", "シオジカイ", EntityKind::Medical),
    ("医療法人 さざなみ", "サザナミ", EntityKind::Medical),
];
pub(crate) const CITY: u32 = 0;
pub(crate) const SCHOOLS: u32 = 1;
pub(crate) const HOSPITAL: u32 = 2;
pub(crate) const COUNCIL: u32 = 3;
const CONTRACTORS: [u32; 3] = [4, 5, 7];

/// The further centres beside the one in each district; invented by direction.
const MORE_CENTRES: [(usize, &str, &str); 6] = [
    (0, "北", "キタ"),
    (6, "西", "ニシ"),
    (7, "東", "ヒガシ"),
    (8, "北", "キタ"),
    (9, "東", "ヒガシ"),
    (10, "南", "ミナミ"),
];
const PLACES_MORE: &[&str] =
    &["こもれび", "なぎさ", "たんぽぽ", "すずらん", "ゆうなぎ", "はまかぜ", "わかくさ", "つきみ"];

/// The network as built.
pub struct Network {
    /// Legal entities.
    pub entities: Vec<LegalEntity>,
    /// Agencies.
    pub agencies: Vec<Agency>,
    /// Changes in the past.
    pub changes: Vec<AgencyChange>,
    /// The register.
    pub register: Vec<AgencyProgramme>,
    /// Contracts.
    pub contracts: Vec<Contract>,
    /// Desks.
    pub desks: Vec<Desk>,
}

impl Network {
    /// The agency of that name.
    pub fn agency(&self, name: &str) -> u32 {
        pos(self.agencies.iter().position(|a| a.name == name).unwrap_or(0))
    }
}

/// Builds the network as it stands today, with its recent past.
pub fn build(areas: &[Area], today: Day, years: u32, wanted: usize) -> Network {
    let entities =
        ENTITIES.iter().map(|(name, reading, kind)| LegalEntity { name, reading, kind: *kind }).collect();
    let old = Day::new(2015, 4, 1);
    let mut builder = Builder { agencies: Vec::new(), keys: Vec::new(), old };
    for line in LINES {
        let parent = builder.find(line.parent);
        let at = builder.add(
            line.name.into(),
            line.reading.into(),
            line.entity,
            parent,
            line.field,
            line.register,
        );
        at.aliases = line.aliases.split(';').filter(|a| !a.is_empty()).map(Into::into).collect();
        at.department = line.department.into();
        at.has_login = line.login;
        at.matters = line.matters;
        at.area =
            (0..13).find(|d| line.name.starts_with(areas[*d].name) && line.field == Field::Child).map(pos);
    }
    builder.districts(areas);
    let merged_on = builder.history(areas, today, years);
    builder.fill_up(areas, wanted);
    let Builder { agencies, keys, .. } = builder;
    let mut network = Network {
        entities,
        agencies,
        changes: Vec::new(),
        register: parse(),
        contracts: Vec::new(),
        desks: Vec::new(),
    };
    network.place(&keys);
    network.commission(today, years);
    network.changed(today, merged_on);
    network
}

struct Builder {
    agencies: Vec<Agency>,
    keys: Vec<&'static str>,
    old: Day,
}

impl Builder {
    fn find(&self, name: &str) -> Option<u32> {
        self.agencies.iter().position(|a| a.name == name).map(pos)
    }

    fn add(
        &mut self,
        name: String,
        reading: String,
        entity: u32,
        parent: Option<u32>,
        field: Field,
        register: &'static str,
    ) -> &mut Agency {
        let number = self.agencies.len();
        let commissioned = (4..=8).contains(&entity);
        self.keys.push(register);
        self.agencies.push(Agency {
            name,
            reading,
            aliases: Vec::new(),
            legal_entity: entity,
            parent,
            department: String::new(),
            field,
            area: None,
            phone: format!("0466-00-{:04}", 1_000 + number * 7),
            opening: if commissioned {
                "月曜日から土曜日 8時30分～17時15分"
            } else {
                "月曜日から金曜日 8時30分～17時"
            },
            opening_days: if commissioned { 0b011_1111 } else { 0b001_1111 },
            who_may_consult: match field {
                Field::Elderly => "おおむね65歳以上の方とその家族、支援する人",
                Field::Disability => "障がいのある方、その心配がある方と家族",
                Field::Child | Field::Education => "18歳未満の子どもと家族、妊娠中の方",
                Field::Work => "働くことに困っている方、39歳までの若者",
                _ => "市内にお住まいの方はどなたでも",
            },
            matters: "",
            has_login: true,
            valid_from: self.old,
            valid_until: None,
        });
        &mut self.agencies[number]
    }

    /// The windows and centres of the 13 districts.
    fn districts(&mut self, areas: &[Area]) {
        let (room, elderly) = (self.find("地域共生社会推進室"), self.find("高齢者支援課"));
        for district in 0..13 {
            let (name, reading) = (areas[district].name, DISTRICT_READINGS[district]);
            let keys = "地区福祉窓口;市民センター・公民館";
            let at = self.add(
                format!("{name}地区福祉窓口"),
                format!("{reading}チクフクシマドグチ"),
                CITY,
                room,
                Field::General,
                keys,
            );
            at.department = "市民自治部＞市民センター・公民館".into();
            at.aliases = vec![format!("{name}市民センター"), format!("{name}窓口")];
            at.area = Some(pos(district));
            at.matters = "手続きのついでの困りごと";
        }
        let first = (0..13).map(|d| (d, "", ""));
        for (number, (district, side, side_reading)) in first.chain(MORE_CENTRES).enumerate() {
            let (name, reading) = (areas[district].name, DISTRICT_READINGS[district]);
            let entity = if name == "辻堂" && side.is_empty() { 5 } else { CONTRACTORS[number % 3] };
            let at = self.add(
                format!("{name}{side}いきいきサポートセンター"),
                format!("{reading}{side_reading}イキイキサポートセンター"),
                entity,
                elderly,
                Field::Elderly,
                "いきいきサポートセンター",
            );
            at.aliases = vec![format!("{name}{side}包括"), format!("{name}{side}地域包括支援センター")];
            at.area = Some(pos(district));
            at.matters = "介護、もの忘れ、ひとり暮らしの高齢者";
        }
    }

    /// Two centres that were merged, kept with their last day because records name them.
    fn history(&mut self, areas: &[Area], today: Day, years: u32) -> Day {
        let (year, _, _) = today.fiscal_start().ymd();
        let on = Day::new(if years > 1 { year - 1 } else { year }, 4, 1);
        let elderly = self.find("高齢者支援課");
        for (ordinal, reading) in [("第一", "ダイイチ"), ("第二", "ダイニ")] {
            let name = format!("{}{ordinal}いきいきサポートセンター", areas[1].name);
            let kana = format!("{}{reading}イキイキサポートセンター", DISTRICT_READINGS[1]);
            // The plan lists the centres of today, so these have no line in it.
            let at = self.add(name, kana, 4, elderly, Field::Elderly, "");
            at.area = Some(1);
            at.matters = "介護、もの忘れ、ひとり暮らしの高齢者";
            at.valid_until = Some(on.plus(-1));
        }
        if let Some(at) = self.find("片瀬いきいきサポートセンター") {
            self.agencies[at as usize].valid_from = on;
        }
        on
    }

    /// Further meeting places where a larger network is asked for.
    fn fill_up(&mut self, areas: &[Area], wanted: usize) {
        let parent = self.find("地域共生社会推進室");
        let mut number = 0;
        while self.agencies.len() < wanted {
            let area = number % 13;
            let place = PLACES_MORE[number % PLACES_MORE.len()];
            let name = format!("地域の縁側 {}{place}{}", areas[area].name, number / 13 + 1);
            let at = self.add(name, String::new(), 7, parent, Field::Community, "地域の縁側/③基本型");
            at.reading = "チイキノエンガワ".into();
            at.matters = "誰でも立ち寄れる居場所";
            at.area = Some(pos(area));
            number += 1;
        }
    }
}

/// Reads the register as the plan has it.
fn parse() -> Vec<AgencyProgramme> {
    let programme = |code: &str| Programme::ALL.iter().copied().find(|p| p.code() == code);
    REGISTER
        .lines()
        .skip(1)
        .filter_map(|line| {
            let cell: Vec<&'static str> = line.split(',').collect();
            let [
                code,
                row,
                agency,
                item,
                count,
                unit,
                note,
                sections,
                contractor,
                delivery,
                statutory,
                position,
                role,
                excludes,
                asked_by,
                base,
                block,
            ] = cell.as_slice()
            else {
                return None;
            };
            let list = |cell: &'static str| cell.split(';').filter(|part| !part.is_empty()).collect();
            Some(AgencyProgramme {
                programme: programme(code)?,
                row: row.parse().ok()?,
                agency,
                item,
                count: count.parse().ok(),
                unit,
                note,
                sections: list(sections),
                contractor,
                delivery: list(delivery),
                statutory,
                position,
                role,
                excludes,
                asked_by,
                base,
                starts_block: *block == "1",
                agencies: Vec::new(),
            })
        })
        .collect()
}

impl Network {
    /// Opens a desk for every programme an agency stands in, and one for agencies the plan does not list.
    fn place(&mut self, keys: &[&'static str]) {
        for (number, key) in keys.iter().enumerate() {
            let agency = &self.agencies[number];
            let mut here: Vec<(Programme, Option<u32>)> = Vec::new();
            for (row, line) in self.register.iter_mut().enumerate() {
                let named = key.split(';').filter(|k| !k.is_empty()).any(|k| {
                    let (name, item) = k.split_once('/').unwrap_or((k, line.item));
                    name == line.agency && item == line.item
                });
                if named {
                    line.agencies.push(pos(number));
                    if here.iter().all(|(programme, _)| *programme != line.programme) {
                        here.push((line.programme, Some(pos(row))));
                    }
                }
            }
            if here.is_empty() {
                here.push((Programme::ComprehensiveConsultation, None));
            }
            for (nth, (programme, register_row)) in here.into_iter().enumerate() {
                let name = if nth == 0 {
                    agency.name.clone()
                } else {
                    format!("{}（{}）", agency.name, programme.ja())
                };
                self.desks.push(Desk {
                    agency: pos(number),
                    programme,
                    register_row,
                    name,
                    contract: None,
                    valid_from: agency.valid_from,
                    valid_until: agency.valid_until,
                });
            }
        }
    }

    /// A contract per contractor's agency and fiscal year, each following the one before.
    fn commission(&mut self, today: Day, years: u32) {
        let this_year = today.fiscal_start().ymd().0;
        let first = this_year - i32::try_from(years).unwrap_or(3);
        // One centre changed hands a year ago, so that a former contractor's access must end.
        let changed = self.agency("湘南大庭いきいきサポートセンター");
        for agency in 0..pos(self.agencies.len()) {
            let at = &self.agencies[agency as usize];
            if !(3..=8).contains(&at.legal_entity) {
                continue;
            }
            let programmes: Vec<_> =
                self.desks.iter().filter(|d| d.agency == agency).map(|d| d.programme).collect();
            let section = at.parent.unwrap_or(0);
            let (name, entity, begins, ends) =
                (at.name.clone(), at.legal_entity, at.valid_from, at.valid_until);
            let mut before: Option<usize> = None;
            for year in first..=this_year {
                let (from, until) = (Day::new(year, 4, 1), Day::new(year + 1, 3, 31));
                if from < begins || ends.is_some_and(|last| from > last) {
                    continue;
                }
                let contractor = if agency == changed && year < this_year { 4 } else { entity };
                let number = self.contracts.len();
                self.contracts.push(Contract {
                    number: format!("R{}-委-{:03}", year - 2018, agency + 101),
                    title: format!("{name}運営業務委託"),
                    contractor: if agency == changed && year == this_year { 5 } else { contractor },
                    section,
                    agency,
                    programmes: programmes.clone(),
                    from,
                    until,
                    successor: None,
                });
                if let Some(before) = before {
                    self.contracts[before].successor = Some(pos(number));
                }
                before = Some(number);
            }
            let current = before.filter(|_| ends.is_none()).map(pos);
            for desk in self.desks.iter_mut().filter(|d| d.agency == agency) {
                desk.contract = current;
            }
        }
        self.agencies[changed as usize].legal_entity = 5;
    }

    /// Records what changed names, hands or shape.
    fn changed(&mut self, today: Day, merged_on: Day) {
        let this_year = today.fiscal_start();
        let change = |kind, agency, predecessors, old_name: &str, on, note| AgencyChange {
            kind,
            agency,
            predecessors,
            old_name: old_name.into(),
            on,
            note,
        };
        let katase =
            ["片瀬第一いきいきサポートセンター", "片瀬第二いきいきサポートセンター"].map(|n| self.agency(n));
        self.changes = vec![
            change(
                ChangeKind::Renamed,
                self.agency("地域共生社会推進室"),
                Vec::new(),
                "地域包括ケアシステム推進室",
                Day::new(2023, 4, 1),
                "組織改正による名称変更",
            ),
            change(
                ChangeKind::Merged,
                self.agency("片瀬いきいきサポートセンター"),
                katase.to_vec(),
                "",
                merged_on,
                "担当地区の見直しによる統合",
            ),
            change(
                ChangeKind::Successor,
                self.agency("湘南大庭いきいきサポートセンター"),
                Vec::new(),
                "",
                this_year,
                "委託期間の満了に伴う受託法人の交代（みなと会から汐風福祉会へ）",
            ),
        ];
    }
}
