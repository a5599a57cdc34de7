//! The network: legal entities, agencies, their place in the register, contracts and desks.

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
const CITY: u32 = 0;
const SCHOOLS: u32 = 1;
const HOSPITAL: u32 = 2;
const COUNCIL: u32 = 3;
const CONTRACTORS: [u32; 3] = [4, 5, 7];

/// One line of the table below.
struct Line {
    name: &'static str,
    reading: &'static str,
    aliases: &'static str,
    entity: u32,
    parent: &'static str,
    department: &'static str,
    field: Field,
    /// Keys into the register, `agency` or `agency/item`, separated by `;`.
    register: &'static str,
    login: bool,
    matters: &'static str,
}

/// Shortens the table: name, reading, aliases, entity, parent, department, field, register, login, matters.
macro_rules! lines {
    ($(($name:literal, $reading:literal, $aliases:literal, $entity:expr, $parent:literal, $dep:literal,
        $field:ident, $register:literal, $login:literal, $matters:literal)),+ $(,)?) => {
        &[$(Line { name: $name, reading: $reading, aliases: $aliases, entity: $entity, parent: $parent,
            department: $dep, field: Field::$field, register: $register, login: $login, matters: $matters }),+]
    };
}

const LINES: &[Line] = lines![
    (
        "地域共生社会推進室",
        "チイキキョウセイシャカイスイシンシツ",
        "地域包括ケアシステム推進室;推進室;共生室",
        CITY,
        "",
        "福祉部",
        General,
        "",
        true,
        "会議の事務局、重層的支援、支援機関のことで困ったとき"
    ),
    (
        "福祉総合相談支援センター",
        "フクシソウゴウソウダンシエンセンター",
        "総合相談;福祉総合相談支援センタ",
        CITY,
        "地域共生社会推進室",
        "福祉部＞地域共生社会推進室",
        General,
        "福祉総合相談支援センター",
        true,
        "どこに相談すればよいか分からないとき"
    ),
    (
        "北部福祉総合相談室",
        "ホクブフクシソウゴウソウダンシツ",
        "北部相談室",
        CITY,
        "地域共生社会推進室",
        "福祉部＞地域共生社会推進室",
        General,
        "北部福祉総合相談室",
        true,
        "北部にお住まいの方の困りごと全般"
    ),
    (
        "バックアップふじさわ",
        "バックアップフジサワ",
        "バックアップ藤沢;地域生活支援窓口",
        CITY,
        "地域共生社会推進室",
        "福祉部＞地域共生社会推進室",
        Poverty,
        "バックアップふじさわ",
        true,
        "生活費、家賃、仕事、借金、住まい"
    ),
    (
        "バックアップふじさわ社協",
        "バックアップフジサワシャキョウ",
        "社協バックアップ;CSW;バックアップ社協",
        COUNCIL,
        "地域共生社会推進室",
        "藤沢市社会福祉協議会＞生活支援課",
        Poverty,
        "バックアップふじさわ社協",
        true,
        "ひきこもり、孤立、制度の狭間、地域の居場所"
    ),
    (
        "高齢者支援課",
        "コウレイシャシエンカ",
        "高齢福祉課;高齢者支援",
        CITY,
        "",
        "福祉部",
        Elderly,
        "",
        true,
        "高齢者の虐待、認知症、見守り、緊急通報"
    ),
    (
        "基幹型地域包括支援センター",
        "キカンガタチイキホウカツシエンセンター",
        "基幹包括",
        CITY,
        "高齢者支援課",
        "福祉部＞高齢者支援課",
        Elderly,
        "基幹型地域包括支援センター",
        true,
        "高齢者虐待、いきいきサポートセンターの後方支援"
    ),
    (
        "認知症初期集中支援チーム",
        "ニンチショウショキシュウチュウシエンチーム",
        "初期集中",
        CITY,
        "高齢者支援課",
        "福祉部＞高齢者支援課",
        Elderly,
        "認知症初期集中支援チーム",
        true,
        "受診につながらない認知症の方"
    ),
    (
        "障がい者支援課",
        "ショウガイシャシエンカ",
        "障害福祉課;障害者支援課;障がい福祉課",
        CITY,
        "",
        "福祉部",
        Disability,
        "",
        true,
        "手帳、障がい福祉サービス、障がい者虐待"
    ),
    (
        "福祉総務課",
        "フクシソウムカ",
        "福祉総務",
        CITY,
        "",
        "福祉部",
        General,
        "",
        true,
        "民生委員、地域福祉計画"
    ),
    (
        "生活援護課",
        "セイカツエンゴカ",
        "生活保護課;保護課;福祉事務所",
        CITY,
        "",
        "福祉部",
        Poverty,
        "",
        true,
        "生活保護"
    ),
    (
        "介護保険課",
        "カイゴホケンカ",
        "介護保険",
        CITY,
        "",
        "福祉部",
        Elderly,
        "",
        true,
        "要介護認定、介護保険料"
    ),
    (
        "地域医療推進課",
        "チイキイリョウスイシンカ",
        "地域医療",
        CITY,
        "",
        "健康医療部",
        Medical,
        "",
        true,
        "在宅医療、救急の体制"
    ),
    (
        "保健予防課",
        "ホケンヨボウカ",
        "保健所;精神保健",
        CITY,
        "",
        "健康医療部＞保健所",
        Health,
        "精神保健福祉相談",
        true,
        "こころの病気、依存症、受診の相談"
    ),
    (
        "健康づくり課",
        "ケンコウヅクリカ",
        "健康作り課;健康増進課",
        CITY,
        "",
        "健康医療部＞保健所",
        Health,
        "こんにちは赤ちゃん事業（ハローベビィ訪問）;お口の相談窓口",
        true,
        "赤ちゃん訪問、健診、歯と口"
    ),
    (
        "北保健センター",
        "キタホケンセンター",
        "北保健;保健センター",
        CITY,
        "健康づくり課",
        "健康医療部＞健康づくり課",
        Health,
        "母子保健相談・子育て世代包括支援センター",
        true,
        "妊娠、出産、乳幼児の健診"
    ),
    (
        "南保健センター",
        "ミナミホケンセンター",
        "南保健",
        CITY,
        "健康づくり課",
        "健康医療部＞健康づくり課",
        Health,
        "母子保健相談・子育て世代包括支援センター",
        true,
        "妊娠、出産、乳幼児の健診"
    ),
    (
        "子ども家庭課",
        "コドモカテイカ",
        "こども家庭課;家庭児童相談室",
        CITY,
        "",
        "子ども青少年部",
        Child,
        "子ども・子育て・青少年に関する相談",
        true,
        "児童虐待、発達の心配、ヤングケアラー"
    ),
    (
        "子育て給付課",
        "コソダテキュウフカ",
        "子育て給付",
        CITY,
        "",
        "子ども青少年部",
        Child,
        "ひとり親家庭相談",
        true,
        "ひとり親、児童扶養手当、医療証"
    ),
    (
        "保育課",
        "ホイクカ",
        "保育コンシェルジュ;ほいく課",
        CITY,
        "",
        "子ども青少年部",
        Child,
        "保育コンシェルジュ",
        true,
        "保育所、一時預かり"
    ),
    (
        "子育て企画課",
        "コソダテキカクカ",
        "子育て企画",
        CITY,
        "",
        "子ども青少年部",
        Child,
        "",
        true,
        "子育て支援センター、つどいの広場"
    ),
    (
        "青少年課",
        "セイショウネンカ",
        "青少年",
        CITY,
        "",
        "子ども青少年部",
        Child,
        "",
        true,
        "若者の居場所、児童館、地域子どもの家"
    ),
    ("産業労働課", "サンギョウロウドウカ", "労働課", CITY, "", "経済部", Work, "", true, "就労、労働相談"),
    (
        "保険年金課",
        "ホケンネンキンカ",
        "国保;保険年金",
        CITY,
        "",
        "市民自治部",
        Tax,
        "",
        true,
        "国民健康保険、年金"
    ),
    ("納税課", "ノウゼイカ", "納税", CITY, "", "財務部", Tax, "", true, "税の分割納付"),
    (
        "住まい暮らし政策課",
        "スマイクラシセイサクカ",
        "住宅課;市営住宅",
        CITY,
        "",
        "計画建築部",
        Housing,
        "",
        true,
        "市営住宅、住まい探し"
    ),
    (
        "消費生活センター",
        "ショウヒセイカツセンター",
        "消費者相談",
        CITY,
        "",
        "市民自治部",
        Safety,
        "",
        true,
        "悪質商法、契約のトラブル"
    ),
    (
        "環境事業センター",
        "カンキョウジギョウセンター",
        "ごみ;一声ふれあい収集",
        CITY,
        "",
        "環境部",
        Community,
        "",
        true,
        "ごみ出しの困りごと、ふれあい収集"
    ),
    (
        "学校教育相談センター",
        "ガッコウキョウイクソウダンセンター",
        "教育相談;相談センター",
        SCHOOLS,
        "",
        "教育部＞教育指導課",
        Education,
        "学校教育相談センター",
        true,
        "不登校、学校生活、就学"
    ),
    (
        "教育指導課",
        "キョウイクシドウカ",
        "教育指導",
        SCHOOLS,
        "",
        "教育部",
        Education,
        "",
        true,
        "学校との調整、スクールソーシャルワーカー"
    ),
    (
        "藤沢市民病院・患者総合支援センター",
        "フジサワシミンビョウイン カンジャソウゴウシエンセンター",
        "市民病院;患者支援センター;市民病院相談室",
        HOSPITAL,
        "",
        "市民病院",
        Medical,
        "藤沢市民病院・患者総合支援センター",
        true,
        "入退院、医療費、転院"
    ),
    (
        "在宅医療支援センター",
        "ザイタクイリョウシエンセンター",
        "在宅医療",
        5,
        "地域医療推進課",
        "",
        Medical,
        "在宅医療支援センター",
        true,
        "訪問診療、支援機関からの相談"
    ),
    (
        "障がい者基幹相談支援センター",
        "ショウガイシャキカンソウダンシエンセンター",
        "基幹相談;障害者基幹相談支援センター",
        7,
        "障がい者支援課",
        "",
        Disability,
        "障がい者相談支援事業所/①基幹相談支援センター",
        true,
        "障がいのある方の困りごと全般"
    ),
    (
        "地域相談支援センター きた",
        "チイキソウダンシエンセンター キタ",
        "地域相談北;きた",
        7,
        "障がい者支援課",
        "",
        Disability,
        "障がい者相談支援事業所/②地域相談支援センター",
        true,
        "北部の障がい相談"
    ),
    (
        "地域相談支援センター ひがし",
        "チイキソウダンシエンセンター ヒガシ",
        "地域相談東;ひがし",
        4,
        "障がい者支援課",
        "",
        Disability,
        "障がい者相談支援事業所/②地域相談支援センター",
        true,
        "東部の障がい相談"
    ),
    (
        "地域相談支援センター みなみ",
        "チイキソウダンシエンセンター ミナミ",
        "地域相談南;みなみ",
        6,
        "障がい者支援課",
        "",
        Disability,
        "障がい者相談支援事業所/②地域相談支援センター",
        true,
        "南部の障がい相談"
    ),
    (
        "地域相談支援センター にし",
        "チイキソウダンシエンセンター ニシ",
        "地域相談西;にし",
        5,
        "障がい者支援課",
        "",
        Disability,
        "障がい者相談支援事業所/②地域相談支援センター",
        true,
        "西部の障がい相談"
    ),
    (
        "発達障がい相談 ひなた",
        "ハッタツショウガイソウダン ヒナタ",
        "専門相談（発達）;発達相談",
        6,
        "障がい者支援課",
        "",
        Disability,
        "障がい者相談支援事業所/③専門相談支援事業所",
        true,
        "発達障がい"
    ),
    (
        "高次脳機能障がい相談 なぎ",
        "コウジノウキノウショウガイソウダン ナギ",
        "専門相談（高次脳）",
        5,
        "障がい者支援課",
        "",
        Disability,
        "障がい者相談支援事業所/③専門相談支援事業所",
        true,
        "高次脳機能障がい"
    ),
    (
        "重症心身障がい相談 つばさ",
        "ジュウショウシンシンショウガイソウダン ツバサ",
        "専門相談（重心）",
        6,
        "障がい者支援課",
        "",
        Disability,
        "障がい者相談支援事業所/③専門相談支援事業所",
        true,
        "重症心身障がい、医療的ケア"
    ),
    (
        "ユースワークふじさわ",
        "ユースワークフジサワ",
        "ユースサポート;若者サポート",
        8,
        "青少年課",
        "",
        Work,
        "ユースサポート・ユースワークふじさわ",
        true,
        "若者の居場所と仕事"
    ),
    (
        "おくすり相談薬局",
        "オクスリソウダンヤッキョク",
        "薬局;薬剤師会",
        9,
        "",
        "",
        Medical,
        "おくすり相談薬局",
        true,
        "薬と暮らしの相談"
    ),
    (
        "湘南台子育て支援センター",
        "ショウナンダイコソダテシエンセンター",
        "子育て支援センター",
        6,
        "子育て企画課",
        "",
        Child,
        "子育て支援センター",
        true,
        "親子の交流、子育ての相談"
    ),
    (
        "地域福祉プラザ",
        "チイキフクシプラザ",
        "地域福祉活動センター;福祉プラザ",
        COUNCIL,
        "福祉総務課",
        "藤沢市社会福祉協議会",
        Community,
        "地域福祉プラザ（地域福祉活動センター）",
        true,
        "ボランティア、地域活動"
    ),
    (
        "地域の縁側 ひだまり",
        "チイキノエンガワ ヒダマリ",
        "縁側;ひだまり",
        7,
        "高齢者支援課",
        "",
        Community,
        "地域の縁側/①基幹型",
        true,
        "誰でも立ち寄れる居場所"
    ),
    (
        "辻堂児童館",
        "ツジドウジドウカン",
        "辻児;辻堂子どもの家",
        CITY,
        "青少年課",
        "子ども青少年部＞青少年課",
        Child,
        "",
        true,
        "放課後の居場所、気になる子どものこと"
    ),
    (
        "長後地域子どもの家",
        "チョウゴチイキコドモノイエ",
        "長後子供の家",
        CITY,
        "青少年課",
        "子ども青少年部＞青少年課",
        Child,
        "",
        true,
        "放課後の居場所"
    ),
    (
        "村岡地域子どもの家",
        "ムラオカチイキコドモノイエ",
        "村岡子供の家",
        CITY,
        "青少年課",
        "子ども青少年部＞青少年課",
        Child,
        "",
        true,
        "放課後の居場所"
    ),
    (
        "汐路小学校",
        "シオジショウガッコウ",
        "汐路小",
        SCHOOLS,
        "教育指導課",
        "教育部",
        Education,
        "",
        true,
        "学校で気になる子どものこと"
    ),
    (
        "若草中学校",
        "ワカクサチュウガッコウ",
        "若草中",
        SCHOOLS,
        "教育指導課",
        "教育部",
        Education,
        "",
        true,
        "学校で気になる子どものこと"
    ),
    (
        "千鳥高等学校",
        "チドリコウトウガッコウ",
        "千鳥高",
        10,
        "",
        "",
        Education,
        "",
        false,
        "高校生の生活、退学の心配"
    ),
    (
        "藤沢市民生委員児童委員協議会",
        "フジサワシミンセイイインジドウイインキョウギカイ",
        "民児協;民生委員;民生児童委員",
        13,
        "",
        "",
        Community,
        "",
        false,
        "地域の見守り"
    ),
    (
        "福祉のまちづくり委員会",
        "フクシノマチヅクリイインカイ",
        "まちづくり委員会",
        14,
        "",
        "",
        Community,
        "",
        false,
        "地域の課題"
    ),
    ("汐路クリニック", "シオジクリニック", "汐路診療所", 15, "", "", Medical, "", false, "内科、訪問診療"),
    (
        "さざなみこころの診療所",
        "サザナミココロノシンリョウジョ",
        "さざなみ;さざなみ心療内科",
        16,
        "",
        "",
        Medical,
        "",
        false,
        "こころの診療"
    ),
    (
        "藤沢警察署",
        "フジサワケイサツショ",
        "警察;生活安全課",
        11,
        "",
        "",
        Safety,
        "",
        false,
        "事件、事故、行方不明"
    ),
    (
        "中央児童相談所",
        "チュウオウジドウソウダンジョ",
        "児相;児童相談所",
        10,
        "",
        "",
        Child,
        "",
        false,
        "児童虐待の通告、一時保護"
    ),
    (
        "ハローワーク藤沢",
        "ハローワークフジサワ",
        "職安;公共職業安定所",
        12,
        "",
        "",
        Work,
        "",
        false,
        "仕事探し、失業手当"
    ),
];

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
