//! What is new on an April 1, by the administrator on the pages 窓口・委託: a contractor with its first contract and desk, a further
//! desk, an agency that becomes two (domain section 3; R-002).

use access::{Right, System};
use engine::Origin;
use register::{NewUser, acts};
use words::{Day, Instant};

use crate::offices_end::{count, february, kept, option};
use crate::referral::{case_of, send};
use crate::support::{App, Person};

const LIST: &str = "/admin/offices";
const NEW: &str = "/admin/offices/new";
const AGENCIES: &str = "SELECT COUNT(*) AS n FROM agency WHERE municipality_id = $1";
const DESKS: &str = "SELECT COUNT(*) AS n FROM desk WHERE municipality_id = $1";

fn april(hour: u32) -> Instant {
    Instant::at(Day::new(2027, 4, 1).unwrap(), hour, 0)
}

/// 職員umi, who sits nowhere yet.
async fn umi(app: &App) {
    let (m, right) = (app.town.municipality, Right::system(System::Import));
    let mut act = app.engine.system_act(System::Import, m, Origin::File, "story.umi", &1).await.unwrap();
    let new = NewUser {
        login: "umi".to_owned(),
        name: "職員umi".to_owned(),
        reading: String::new(),
        demo_line: "試す".to_owned(),
    };
    acts::add_user(&mut act, &right, &new).await.unwrap();
    act.commit("").await.unwrap();
}

/// Days on which a desk is open, as a browser sends them.
const OPEN: [(&str, &str); 5] = [("open", "0"), ("open", "1"), ("open", "2"), ("open", "3"), ("open", "4")];

/// A new agency with all that is asked of it; the rest is added.
fn minato<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("new_name", "みなと相談所"),
        ("new_reading", "みなとそうだんじょ"),
        ("new_entity", "社会福祉法人みなと"),
        ("entity_kind", "corporation"),
        ("field", "general"),
        ("place", "港町1-2-3"),
        ("phone", "0466-12-3456"),
        ("login", "yes"),
        ("programmes", "comprehensive_consultation"),
        ("posts", "caseworker"),
        ("posts", "agency_lead"),
        ("from", "R9.4.1"),
    ];
    fields.extend(OPEN);
    fields.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    fields.extend(more);
    fields.retain(|(_, value)| !value.is_empty());
    fields
}

/// The administrator appoints 職員umi to the caseworker's post of a desk.
async fn appointed(kanri: &mut Person, desk: &str) {
    let page = kanri.get("/admin/appointments/new").await;
    let (user, post) = (option(&page, "職員umi"), option(&page, &format!("{desk} 相談支援サポーター")));
    let new = [("user", user.as_str()), ("post", &post), ("from", "R9.4.1")];
    kanri.post("/admin/appointments/new", &new).await.is(303);
}

story!(a_new_contractor_begins_by_page_alone_and_receives_a_referral, |app| async {
    umi(app).await;
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない-MARK-W").await;
    let mut kanri = february(app).await;
    let before = (count(app, AGENCIES).await, count(app, DESKS).await);
    let form = kanri.get(LIST).await.link("機関・窓口・契約を入れる");
    let page = kanri.get(&form).await;
    page.is(200).see("新しい契約").see("始まりの日");
    let section = option(&page, "地域共生社会推進室");
    let heir = app.town.desk("suishin_soudan").to_string();
    // Each thing beside its field, and what was typed stays.
    kanri.post(NEW, &[("phone", "x")]).await.is(422).see("機関を一覧から選ぶか");
    let poor = [("entity_kind", ""), ("programmes", ""), ("from", ""), ("phone", "あいう"), ("open", "")];
    let page = kanri.post(NEW, &minato(&poor)).await;
    page.is(422).see("みなと相談所").see("電話番号の数字が見つかりません").see("開いている曜日を、一つは");
    let under = [
        ("contract", "new"),
        ("title", "相談業務"),
        ("commissioner", section.as_str()),
        ("until", "R10.3.31"),
        ("heir", heir.as_str()),
    ];
    let with = |other: &[(&'static str, &'static str)]| {
        let mut fields = minato(&under);
        fields.retain(|(name, _)| !other.iter().any(|(n, _)| n == name));
        fields.extend(other);
        fields.retain(|(_, value)| !value.is_empty());
        fields
    };
    kanri.post(NEW, &with(&[("entity_kind", "")])).await.is(422).see("どういう団体かを選んで");
    kanri.post(NEW, &with(&[("until", "R9.3.31")])).await.is(422).see("始まりの日");
    kanri.post(NEW, &with(&[("from", "H20.4.1")])).await.is(422).see("1年より前の日です");
    kanri.post(NEW, &with(&[("heir", "")])).await.is(422);
    kanri.post(NEW, &with(&[("new_name", "地域共生社会推進室")])).await.is(422).see("同じ名前の機関");
    assert_eq!((count(app, AGENCIES).await, count(app, DESKS).await), before, "nothing by halves");
    kanri.post(NEW, &with(&[])).await.goes_to("/admin/offices?done=desk_opens");
    let list = kanri.follow().await;
    list.see("窓口を登録しました").see("みなと相談所").see("相談業務").see("これから");
    let agency = kanri.get(&list.link("みなと相談所")).await;
    agency.is(200).see("0466-12-3456").see("港町1-2-3");
    appointed(&mut kanri, "みなと相談所").await;
    // The same desk twice is not entered; a further one under the same contract only of its work.
    let page = kanri.get(&agency.link("窓口を足す")).await;
    let (known, contract) = (option(&page, "みなと相談所"), option(&page, "みなと相談所 相談業務"));
    let further = |programme, from| {
        let mut fields = vec![("agency", known.as_str()), ("programmes", programme), ("from", from)];
        fields.extend([("contract", contract.as_str()), ("heir", heir.as_str()), ("posts", "caseworker")]);
        fields
    };
    let same = further("comprehensive_consultation", "R9.4.1");
    kanri.post(NEW, &same).await.is(422).see("同じ事業の窓口が");
    kanri.post(NEW, &further("outreach", "R9.4.1")).await.is(422).see("この契約にない事業です");
    let own = [("agency", known.as_str()), ("programmes", "outreach"), ("posts", "caseworker")];
    let own: Vec<(&str, &str)> = own.into_iter().chain([("from", "R9.4.1")]).collect();
    kanri.post(NEW, &own).await.goes_to("/admin/offices?done=desk_opens");
    // A slip is given up before its day, and entered anew.
    let cancel = kanri.get(&format!("{LIST}?programme=outreach")).await.link("始まる前に取りやめる");
    kanri.get(&cancel).await.is(200).see("まだ始まっていない窓口を");
    kanri.post(&cancel, &[]).await.goes_to("/admin/offices?done=desk_cancelled");
    kanri.get(&cancel).await.is(404);
    kanri.get(NEW).await;
    kanri.post(NEW, &own).await.goes_to("/admin/offices?done=desk_opens");

    // Before its day nobody can pass anything on to it; from its day on it receives, and reads nothing else.
    let mut sano = app.sign_in("sano").await;
    sano.get(&format!("/cases/{case}/refer")).await.is(200).not_see("みなと相談所");
    app.clock.set(april(9));
    let mut sano = app.sign_in("sano").await;
    let page = sano.get(&format!("/cases/{case}/refer")).await;
    let desk = option(&page, "みなと相談所（包括的相談支援）");
    let referral = send(&mut sano, &case, &desk, &[]).await;
    let mut umi = app.sign_in("umi").await;
    umi.get("/").await.is(200).see("つなぎに返事をする").not_see("青木");
    umi.get(&referral).await.is(200).not_see("MARK");
    umi.get(&format!("/cases/{case}")).await.is(404);
    umi.get(&referral).await;
    umi.post(&format!("{referral}/accept"), &[("promise", "R9.4.8")]).await.is(303);
    umi.get(&referral).await.see("青木 ハル");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(an_agency_becomes_two_and_its_old_records_keep_their_name, |app| async {
    umi(app).await;
    let mut noguchi = app.sign_in("noguchi").await;
    let own = format!("/cases/{}", case_of(app, &mut noguchi, "井上 ナツ", "眠れない-MARK-D").await);
    let mut kanri = february(app).await;
    let agency = kanri.get(LIST).await.link("辻堂東いきいきサポートセンター");
    let split = kanri.get(&agency).await.link("二つに分ける");
    kanri.get(&split).await.is(200).see("同意は引きつがれません").see("開いているケース 1件");
    let carry = format!("carry-{}", app.town.desk("ikiiki"));
    let fields = |two: &'static str, carried: &'static str, from: &'static str| {
        vec![("new_name", "辻堂高齢センター"), ("new_name2", two), ("from", from), (carry.as_str(), carried)]
    };
    kanri.post(&split, &fields("辻堂子どもセンター", "", "R9.4.1")).await.is(422).see("辻堂子どもセンター");
    kanri
        .post(&split, &fields("辻堂高齢センター", "first", "R9.4.1"))
        .await
        .is(422)
        .see("1つめと2つめが同じ");
    kanri.post(&split, &fields("辻堂子どもセンター", "first", "R9.2.1")).await.is(422).see("明日か");
    // A slip of the day, taken back; then as it shall be.
    let done = format!("{agency}?done=agency_splits");
    kanri.post(&split, &fields("辻堂子どもセンター", "first_both", "R9.3.1")).await.goes_to(&done);
    let keep = kanri.get(&agency).await.link("統合・分けるのを取り消す");
    kept(&mut kanri, &keep, &[]).await.goes_to("/admin/offices?done=office_kept");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
    let page = kanri.get(&split).await;
    let (one, two) = (option(&page, "辻堂高齢センター"), option(&page, "辻堂子どもセンター"));
    let again = [("agency", one.as_str()), ("agency2", &two), ("from", "R9.4.1"), (&carry, "first_both")];
    kanri.post(&split, &again).await.goes_to(&done);
    appointed(&mut kanri, "辻堂子どもセンター").await;

    app.clock.set(april(0));
    assert_ne!(noguchi.get(&own).await.status, 200);
    let mut umi = app.sign_in("umi").await;
    umi.get(&own).await.is(404);
    casefile::office_end(&app.engine, app.town.municipality).await.unwrap();
    // Whoever sits at the desk that takes them over reads them, under the name of then.
    let mut kanri = app.sign_in("kanri").await;
    let page = kanri.get("/admin/appointments/new").await;
    let (user, post) = (option(&page, "職員umi"), option(&page, "辻堂高齢センター 相談支援サポーター"));
    let new = [("user", user.as_str()), ("post", &post), ("from", "R9.4.1")];
    kanri.post("/admin/appointments/new", &new).await.is(303);
    let mut umi = app.sign_in("umi").await;
    umi.get(&own).await.is(200).see("MARK-D").see("辻堂東いきいきサポートセンター").see("辻堂高齢センター");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(contracts_and_desks_are_found_by_words_programme_and_day, |app| async {
    let mut kanri = february(app).await;
    let page = kanri.get(NEW).await;
    let (section, heir) = (option(&page, "地域共生社会推進室"), app.town.desk("suishin_soudan").to_string());
    let fields = minato(&[
        ("contract", "new"),
        ("title", "相談業務"),
        ("commissioner", &section),
        ("until", "R10.3.31"),
        ("heir", &heir),
    ]);
    kanri.post(NEW, &fields).await.is(303);
    kanri.get(&format!("{LIST}?q=みなと")).await.is(200).see("みなと相談所").not_see("北部福祉総合相談室");
    kanri.get(&format!("{LIST}?q=相談業務")).await.see("みなと相談所");
    kanri.get(&format!("{LIST}?standing=to_come")).await.see("みなと相談所").not_see("北部福祉総合相談室");
    kanri.get(&format!("{LIST}?standing=now")).await.not_see("みなと相談所").see("北部福祉総合相談室");
    kanri.get(&format!("{LIST}?standing=over")).await.see("あてはまるものはありません");
    kanri.get(&format!("{LIST}?programme=participation&q=みなと")).await.not_see("相談業務");
    kanri.get(&format!("{LIST}?programme=nothing")).await.is(200).see("みなと相談所");
});
