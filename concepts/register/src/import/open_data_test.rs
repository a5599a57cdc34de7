use super::*;

/// 推奨データセット, 公共施設一覧.
const OLDER: &str = "都道府県コード又は市区町村コード,NO,都道府県名,市区町村名,名称,名称_カナ,名称_通称,POIコード,住所,方書,電話番号,法人番号,団体名,利用可能曜日\n\
    142051,1,神奈川県,藤沢市,つくり市民センター,ツクリシミンセンター,つくりセン,,神奈川県藤沢市つくり1-2-3,2階,0466-00-0001,,,月;火;水;木;金;土\n";
/// 自治体標準オープンデータセット, the same house.
const NEWER: &str = "全国地方公共団体コード,ID,地方公共団体名,名称,名称_カナ,名称_英字,所在地_連結表記,所在地_都道府県,所在地_市区町村,所在地_町字,所在地_番地以下,建物名等(方書),電話番号,団体名,利用可能曜日\n\
    142051,x1,神奈川県藤沢市,つくり市民センター,ツクリシミンセンター,,神奈川県藤沢市つくり1-2-3,神奈川県,藤沢市,つくり,1-2-3,2階,0466-00-0001,,月火水木金土\n";
/// WAM NET: one line per service.
const WAM: &str = "\u{feff}都道府県コード又は市区町村コード,NO（※システム内の固有の番号、連番）,指定機関名,法人の名称,法人の名称_かな,法人番号,法人住所（市区町村）,法人住所（番地以降）,法人電話番号,サービス種別,事業所の名称,事業所の名称_かな,事業所番号,事業所住所（市区町村）,事業所住所（番地以降）,事業所電話番号\n\
    14000,E1,神奈川県,社会福祉法人つくり会,しゃかいふくしほうじんつくりかい,7000012050002,神奈川県鎌倉市,大船1,0467-00-0000,就労移行支援,つくりの里,つくりのさと,1,神奈川県藤沢市,つくり1-4,0466-00-0002\n\
    14000,E2,神奈川県,社会福祉法人つくり会,しゃかいふくしほうじんつくりかい,7000012050002,神奈川県鎌倉市,大船1,0467-00-0000,就労継続支援Ｂ型,つくりの里,つくりのさと,1,神奈川県藤沢市,つくり1-4,0466-00-0002\n\
    14000,E3,神奈川県,社会福祉法人つくり会,しゃかいふくしほうじんつくりかい,7000012050002,神奈川県鎌倉市,大船1,0467-00-0000,放課後等デイサービス,つくりの里,つくりのさと,2,神奈川県藤沢市,べつ2-5,0466-00-0003\n\
    14000,E4,神奈川県,社会福祉法人つくり会,しゃかいふくしほうじんつくりかい,7000012050002,神奈川県鎌倉市,大船1,0467-00-0000,行動援護,鎌倉の里,かまくらのさと,3,神奈川県鎌倉市,よそ3,0467-00-0004\n";

#[test]
fn both_generations_of_columns_are_the_same_agency() {
    let (older, newer) = (read(OLDER.as_bytes(), ""), read(NEWER.as_bytes(), ""));
    assert_eq!(older.problems, []);
    assert_eq!(older.agencies.len(), 1);
    assert_eq!(Listed { alias: String::new(), ..older.agencies[0].clone() }, newer.agencies[0]);
    let agency = &older.agencies[0];
    assert_eq!((agency.name.as_str(), agency.alias.as_str()), ("つくり市民センター", "つくりセン"));
    assert_eq!(agency.place, "神奈川県藤沢市つくり1-2-3 2階");
    assert_eq!(agency.weekdays, Some([true, true, true, true, true, true, false]));
}

#[test]
fn a_service_list_gives_each_house_once_and_only_this_town() {
    let list = read(WAM.as_bytes(), "藤沢市");
    assert_eq!((list.lines, list.elsewhere, list.repeated, list.problems.len()), (4, 1, 1, 0));
    let names: Vec<_> = list.agencies.iter().map(|a| (a.name.as_str(), a.field)).collect();
    assert_eq!(
        names,
        [("つくりの里", Field::Disability), ("つくりの里（神奈川県藤沢市べつ2-5）", Field::Child)]
    );
    // The body is the corporation, and its own address and phone are nobody's.
    assert_eq!(list.agencies[0].corporation, "社会福祉法人つくり会");
    assert_eq!(
        (list.agencies[0].place.as_str(), list.agencies[0].phone.as_str()),
        ("神奈川県藤沢市つくり1-4", "0466-00-0002")
    );
    assert_eq!(read(WAM.as_bytes(), "").agencies.len(), 3);
}

#[test]
fn what_a_preview_carries_is_what_it_showed() {
    for list in [read(OLDER.as_bytes(), ""), read(WAM.as_bytes(), "藤沢")] {
        let again = read(list.as_csv().unwrap().as_bytes(), "");
        let bare =
            |l: &Listing| l.agencies.iter().map(|a| Listed { line: 0, ..a.clone() }).collect::<Vec<_>>();
        assert_eq!(bare(&again), bare(&list));
    }
}

#[test]
fn fields_come_from_the_service_or_the_list() {
    for (service, general, field) in [
        ("居宅訪問型児童発達支援", Field::Disability, Field::Child),
        ("訪問介護", Field::General, Field::Elderly),
        ("診療所", Field::General, Field::Medical),
        ("", Field::Elderly, Field::Elderly),
        ("なにか", Field::Child, Field::Child),
        ("tax", Field::General, Field::Tax),
        ("rent", Field::General, Field::Housing),
    ] {
        assert_eq!(field_of(service, general), field, "{service}");
    }
    for line in FIELDS.lines() {
        assert!(line.split_once(',').is_some_and(|(code, _)| Field::parse(code).is_some()), "{line}");
    }
}

#[test]
fn problems_have_their_line_and_column() {
    let list = read("名称,電話番号\nあ,でんわ\n,0466-11-1111\n番号1234-5678-9018,\n".as_bytes(), "");
    let of: Vec<_> = list.problems.iter().map(|p| (p.line, p.column.as_str(), p.key)).collect();
    assert_eq!(
        of,
        [(2, "phone", "import.phone"), (3, "name", "import.required"), (4, "name", "import.text")]
    );
    assert_eq!(read("電話番号\n0466-11-1111\n".as_bytes(), "").problems[0].key, "import.column_missing");
    assert_eq!(weekdays("月曜日から金曜日"), None);
    assert_eq!(weekdays("土曜日"), Some([false, false, false, false, false, true, false]));
}

/// The published lists, where they are at hand.
#[test]
fn published_lists_are_read() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let file = |name: &str| std::fs::read(folder.join(name)).ok();
    if let Some(wam) = file("wamnet-202503/wam_fujisawa_kamakura_komae.csv") {
        let list = read(&wam, "藤沢市");
        assert_eq!((list.lines, list.elsewhere, list.problems.len()), (118, 38, 0), "{:?}", list.problems);
        assert_eq!(list.agencies.len() + list.repeated, 80);
        assert!(list.agencies.iter().all(|a| matches!(a.field, Field::Disability | Field::Child)));
    }
    if let Some(offices) = file("fukushi-portal/offices_kanagawa_tokyo.csv") {
        let list = read(&offices, "");
        assert!(list.agencies.len() > 300, "{} of {}, {:?}", list.agencies.len(), list.lines, list.problems);
        assert!(list.problems.iter().all(|p| p.line > 1));
    }
    // Every column of the older generation that says who, where and how to reach is understood.
    for sheet in ["02_介護サービス事業所一覧", "03_医療機関一覧", "12_公共施設一覧", "13_子育て施設一覧"]
    {
        let Some(text) = file(&format!("standard-opendata-columns/{sheet}.md")) else { continue };
        let text = String::from_utf8(text).unwrap();
        let header: Vec<String> = text
            .lines()
            .filter_map(|l| l.strip_prefix("-  `")?.split('`').next().map(str::to_owned))
            .collect();
        let found = columns::propose(&header, &NAMES, &Kept::new());
        let taken: BTreeSet<&str> =
            found.iter().filter(|p| p.sure > Sure::Guess).filter_map(|p| p.field.as_deref()).collect();
        for field in ["name", "reading", "address", "building", "phone", "corporation"] {
            assert!(taken.contains(field), "{sheet}: {field} of {header:?}");
        }
    }
}
