//! Periods, legal holds, lists for disposal: approved by two, carried out in one act, and then gone everywhere.

use words::{Day, Instant};

use crate::casefile::{self, write};
use crate::inquiry;
use crate::referral;
use crate::support::{App, On, Page, Person};

/// Stands in every text and fact of what goes.
const MARK: &str = "zqgone";
/// Stands in what stays.
const STAYS: &str = "zqstays";

pub fn at(app: &App, year: i32, month: u32, day: u32) {
    app.clock.set(Instant::at(Day::new(year, month, day).unwrap(), 9, 0));
}

/// A consultation of 木下's desk; its path.
pub async fn told(who: &mut Person, surname: &str, mark: &str) -> String {
    let (words, name) = (format!("家賃が払えない {mark}"), format!("{surname} {mark}"));
    let address = format!("{surname}町 {mark}");
    who.get("/consultations/new").await.is(200);
    let fields = [
        ("channel", "counter"),
        ("route", "self"),
        ("urgency", "normal"),
        ("occurred", "R8.11.20"),
        ("words", words.as_str()),
        ("name", name.as_str()),
        ("reading", ""),
        ("birth", "昭和33年"),
        ("came_as", mark),
        ("place", mark),
        ("address", address.as_str()),
        ("contact_wish", mark),
    ];
    let page = who.post("/consultations", &fields).await;
    assert_eq!(page.status, 303, "{}", page.text());
    let here = page.location().split('?').next().unwrap().to_owned();
    who.follow().await.is(200);
    here
}

/// A case with everything that can be written in it; its path.
async fn full_case(app: &App, who: &mut Person, mark: &str) -> String {
    let here = told(who, "青柳", mark).await;
    let promise = format!("手紙を書く {mark}");
    let own = [("disposition", "own_support"), ("promise", promise.as_str()), ("due", "R8.11.27")];
    let page = who.post(&format!("{here}/dispose"), &own).await;
    let case = page.location().split('?').next().unwrap().to_owned();
    assert!(case.starts_with("/cases/"), "{}", page.text());
    let body = format!("玄関先で話した {mark}");
    write(who, &case, &[("body", &body), ("body_cat", "health")]).await.is(303);
    let timeline = who.get(&format!("{case}/entries")).await;
    let entry = casefile::text(&timeline, &body);
    let corrected = format!("庭先で話した {mark}");
    who.get(&entry).await.is(200);
    who.post(&entry, &[("body", corrected.as_str()), ("body_cat", "health")]).await.is(303);
    let trouble = format!("くらしの困りごと {mark}");
    let to = app.town.desk("ikiiki").to_string();
    let id = case.rsplit('/').next().unwrap().to_owned();
    let sent = referral::send(who, &id, &to, &[("trouble", &trouble)]).await;
    who.get(&sent).await.is(200);
    who.post(&format!("{sent}/withdraw"), &[("reason", "wrong_place")]).await.is(303);
    // A question to another desk, and a sheet with an answer in words.
    let asked = inquiry::ask(who, &id, &to, &[("questions", mark), ("lead", &trouble)]).await;
    inquiry::step(who, &asked, "withdraw", &[("reason", "not_needed")]).await.is(303);
    let sheet = format!("{case}/sheets/outreach");
    who.get(&sheet).await.is(200);
    let answers = [
        ("occurred", "R8.11.21"),
        ("a-found_by", "minsei"),
        ("m-found_by_cat", "informant"),
        ("a-found_day", "R8.11"),
        ("a-life", body.as_str()),
        ("m-life_cat", "support"),
        ("a-engagement", "watching"),
        ("m-engagement_cat", "support"),
        ("a-risk_soon", "no"),
        ("m-risk_soon_cat", "support"),
    ];
    let filled = who.post(&sheet, &answers).await;
    assert!(filled.location().starts_with("/filled/"), "{}", filled.text());
    // A need with a part, ended with a word.
    let desk = app.town.desk("shakyo").to_string();
    let need = crate::board::need(who, &case, "money", &format!("滞納 {mark}"), &desk, "money").await;
    who.get(&need).await;
    let part = format!("電話する {mark}");
    who.post(&format!("{need}/take"), &[("desk", &desk), ("what", &part), ("due", "R8.12.1")]).await.is(303);
    who.get(&need).await;
    who.post(&format!("{need}/end"), &[("to", "met"), ("outcome", mark)]).await.is(303);
    crate::caution::caution(who, &case, &format!("犬がいる {mark}"), "support").await.is(303);
    family(who, &case, mark).await;
    // A plan, written and written anew.
    let wish = format!("図書館に行きたい {mark}");
    let place = format!("ふれあい文庫 {mark}");
    let lines = [
        ("words", wish.as_str()),
        ("long_1", part.as_str()),
        ("act_1_who", "place"),
        ("act_1_place", place.as_str()),
        ("act_1_what", wish.as_str()),
    ];
    let plan = crate::support_plan::write(who, &id, &lines).await;
    who.get(&format!("{plan}/edit")).await.is(200);
    let anew = [("words", body.as_str()), ("long_1", wish.as_str())];
    who.post(&format!("{plan}/edit"), &anew).await.is(303);
    // Something half written.
    let form = who.get(&format!("{case}/entries?write=1")).await.form("/entries");
    let hidden = form.hidden.clone();
    let mut fields: Vec<(&str, &str)> = hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.push(("body", mark));
    let draft = format!("/drafts/{}", form.value("draft"));
    who.post_with(&draft, &fields, &[("x-requested-with", "draft")]).await.is(200);
    case
}

/// What lies between people and around the household, a name of before, a move, and a search somebody saved.
async fn family(who: &mut Person, case: &str, mark: &str) {
    let household = casefile::first(&who.get(case).await, "households");
    who.get(&format!("{household}/outside/new")).await.is(200);
    let outside = [("out_name", mark), ("out_kind", "place"), ("strength", "strong"), ("from", "R7.4.1")];
    who.post(&format!("{household}/outside"), &outside).await.is(303);
    let page = who.get(&household).await;
    let person = page.body.split("href=\"/persons/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    who.get(&format!("{household}/ties/new")).await.is(200);
    let father = format!("青柳 父 {mark}");
    let kin = [("kind", "parent"), ("a", "new"), ("b", &*person), ("name", &*father), ("died", "R1.5.1")];
    who.post(&format!("{household}/ties"), &kin).await.is(303);
    let home = format!("/persons/{person}");
    who.get(&home).await;
    let before = [("former_name", mark), ("former_reading", mark), ("former_until", "S60")];
    who.post(&format!("{home}/names"), &before).await.is(303);
    who.get(&household).await;
    who.get(&home).await;
    let lived = [("lived_address", mark), ("lived_from", "S60"), ("lived_until", "H2")];
    who.post(&format!("{home}/addresses"), &lived).await.is(303);
    who.get(&household).await;
    let to = format!("青柳町 {mark} 2-1");
    let moved = [("moved", "R8.11.20"), ("moved_address", &*to), ("moved_who", &*person)];
    who.post(&format!("{household}/moved"), &moved).await.is(303);
    who.search(mark).await.is(200);
    who.post("/search/saved", &[("name", mark)]).await.is(303);
}

pub async fn close(who: &mut Person, case: &str, mark: &str) {
    let words = format!("落ち着いた {mark}");
    let end = [
        ("to", "closed"),
        ("reason", "settled"),
        ("words", words.as_str()),
        ("watch", "民生委員"),
        ("ends", "yes"),
    ];
    who.get(&format!("{case}/end")).await.is(200);
    let page = who.post(&format!("{case}/end"), &end).await;
    assert_eq!(page.status, 303, "{}", page.text());
}

/// Makes a list up to today; its path, or nothing when nothing is due.
pub async fn list(mori: &mut Person) -> Option<String> {
    let day = mori.get("/disposal").await.form("/disposal").html;
    let day = day.split("name=\"up_to\"").nth(1).unwrap().split("value=\"").nth(1).unwrap();
    let day = day.split('"').next().unwrap().to_owned();
    let fields = [("kind", "case"), ("kind", "consultation"), ("kind", "sheet"), ("up_to", day.as_str())];
    let page = mori.post("/disposal", &fields).await;
    if page.status == 422 {
        page.see("この日までに期間が過ぎた記録はありません");
        return None;
    }
    assert_eq!(page.status, 303, "{}", page.text());
    Some(page.location().split('?').next().unwrap().to_owned())
}

pub async fn step(who: &mut Person, list: &str, step: &str, more: &[(&str, &str)]) -> Page {
    who.get(list).await.is(200);
    let mut fields = vec![("step", step)];
    fields.extend(more);
    who.post(list, &fields).await
}

/// How many rows of all tables hold these letters, in whatever case; every column of every table is read.
pub async fn rows_with(app: &App, on: On, mark: &str) -> Vec<String> {
    use sqlx::{Connection, Row};
    let mut found = Vec::new();
    let like = format!("%{mark}%");
    let hex = format!("%{}%", engine::hex(mark.as_bytes()));
    match on {
        On::Sqlite => {
            let conn = crate::support::sqlite(app);
            let columns = "SELECT t.name AS t, c.name AS c FROM sqlite_master t, pragma_table_info(t.name) c \
                           WHERE t.type = 'table'";
            let mut columns = conn.prepare(columns).unwrap();
            let columns = columns.query_map([], |row| Ok((row.get("t")?, row.get("c")?))).unwrap();
            for (table, column) in columns.map(|c: rusqlite::Result<(String, String)>| c.unwrap()) {
                let sql = format!(
                    "SELECT COUNT(*) AS n FROM \"{table}\" WHERE CAST(\"{column}\" AS TEXT) LIKE $1 \
                     OR CAST(\"{column}\" AS TEXT) LIKE $2"
                );
                let n: i64 = conn.query_row(&sql, [&like, &hex], |row| row.get("n")).unwrap();
                if n > 0 {
                    found.push(format!("{table}.{column}"));
                }
            }
        }
        On::Postgres => {
            let mut conn = sqlx::PgConnection::connect(&app.url).await.unwrap();
            sqlx::query("SELECT set_config('yorisou.municipality', $1, FALSE)")
                .bind(app.town.municipality.uuid().to_string())
                .execute(&mut conn)
                .await
                .unwrap();
            let tables = "SELECT CAST(relname AS TEXT) AS t FROM pg_class \
                          WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'";
            for row in sqlx::query(tables).fetch_all(&mut conn).await.unwrap() {
                let table: String = row.get("t");
                let sql = crate::support::of_the_schema(format!(
                    "SELECT COUNT(*) AS n FROM \"{table}\" x WHERE x::text ILIKE $1 OR x::text ILIKE $2"
                ));
                let n: i64 =
                    sqlx::query(sql).bind(&like).bind(&hex).fetch_one(&mut conn).await.unwrap().get("n");
                if n > 0 {
                    found.push(table);
                }
            }
        }
    }
    found
}

async fn invariants(app: &App) {
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
}

pub fn on(app: &App) -> On {
    if app.url.starts_with("sqlite") { On::Sqlite } else { On::Postgres }
}

story!(what_is_disposed_of_is_gone_everywhere_and_what_stays_stays, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = full_case(app, &mut kinoshita, MARK).await;
    let household = casefile::first(&kinoshita.get(&case).await, "households");
    let alone = told(&mut kinoshita, "白川", MARK).await;
    let answered = [("disposition", "information_given"), ("told", MARK)];
    kinoshita.post(&format!("{alone}/dispose"), &answered).await.is(303);
    let other = full_case(app, &mut kinoshita, STAYS).await;
    close(&mut kinoshita, &case, MARK).await;
    assert!(rows_with(app, on(app), MARK).await.len() > 3, "the marks stand where they shall be sought");

    // Ended in the fiscal year 2026: kept until the end of March 2032.
    at(app, 2032, 3, 31);
    let mut mori = app.sign_in("mori").await;
    assert_eq!(list(&mut mori).await, None);
    at(app, 2032, 4, 1);
    let mut mori = app.sign_in("mori").await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&case).await.is(200).see(MARK);
    let here = list(&mut mori).await.unwrap();
    mori.get(&here).await.is(200).see("2026-00001").see("バックアップふじさわ社協").see("令和14年3月31日");
    mori.page.not_see(MARK).not_see("2026-00002").not_see("残す: ").see("窓口の承認待ち");

    // Nobody but those concerned knows of it.
    kinoshita.get("/disposal").await.is(404);
    kinoshita.get(&here).await.is(404);
    let mut mieda = app.sign_in("mieda").await;
    mieda.get("/disposal").await.is(200).see("廃棄の一覧はありません");
    let nothing = "/disposal/00000000-0000-7000-8000-000000000000";
    assert_eq!(mieda.get(&here).await.body, mieda.get(nothing).await.body);
    mieda.get(&here).await.is(404);
    mieda.post(&here, &[("step", "approve_all"), ("base_version", "1")]).await.is(404);

    // What waits on one list is on no other.
    assert_eq!(list(&mut mori).await, None);

    // Two people, then the act.
    mori.get(&here).await;
    mori.post(&here, &[("step", "execute"), ("sure", "1")]).await.is(422).see("まだ承認がそろっていません");
    let mut imai = app.sign_in("imai").await;
    imai.get("/disposal").await.see("承認待ち");
    imai.get(&here).await.is(200).see("2026-00001").not_see(MARK);
    step(&mut imai, &here, "approve_desk", &[]).await.is(422).see("記録を選んで");
    step(&mut imai, &here, "approve_all", &[]).await.goes_to(&format!("{here}?done=disposal_approved"));
    step(&mut mori, &here, "approve_list", &[]).await.is(303);
    mori.get(&here).await.see("実行できる");
    imai.get(&format!("{here}/certificate")).await.is(404);
    step(&mut mori, &here, "execute", &[]).await.is(422).see("印をつけて");
    step(&mut mori, &here, "execute", &[("sure", "1")])
        .await
        .goes_to(&format!("{here}?done=disposal_executed"));
    mori.follow().await.see("廃棄した").not_see(MARK);
    step(&mut mori, &here, "cancel", &[]).await.is(422).see("もう終わっています");

    // Absent, like what never was.
    let mut kinoshita = app.sign_in("kinoshita").await;
    for path in [&case, &alone, &household, &format!("{case}/entries"), &format!("{case}/print")] {
        kinoshita.get(path).await.is(404).not_see(MARK);
    }
    for path in ["/", "/cases", "/consultations", "/referrals?list=over", "/drafts"] {
        kinoshita.get(path).await.is(200).not_see(MARK).not_see("2026-00001");
    }
    kinoshita.get("/cases").await.see("2026-00002");
    kinoshita.search(MARK).await.not_see("青柳").not_see("/cases/");
    kinoshita.search("2026-00001").await.not_see(&case);
    kinoshita.get(&other).await.is(200).see(STAYS);
    // Nobody has used what was saved for years: it went by itself, before what it names.
    assert_eq!(finding::forget_old(&app.engine, app.town.municipality).await.unwrap(), 2);
    assert_eq!(rows_with(app, on(app), MARK).await, [""; 0]);
    assert!(rows_with(app, on(app), STAYS).await.len() > 3);
    // Keys say nothing to a reader, but they are made of names: they go too, and those of others stay.
    let m = app.town.municipality;
    let begun =
        app.engine.system_act(access::System::Console, m, engine::Origin::Console, "story.keys", &m).await;
    let mut act = begun.unwrap();
    for (sql, there) in [
        (
            "SELECT COUNT(*) AS n FROM person_block b JOIN person p ON p.municipality_id = b.municipality_id \
             AND p.id = b.person_id WHERE b.municipality_id = $1 AND p.disposed_at IS NOT NULL",
            false,
        ),
        ("SELECT COUNT(*) AS n FROM person_block WHERE municipality_id = $1", true),
    ] {
        let n: i64 = act.facts().unwrap().one(sql, engine::args![m]).await.unwrap().get("n").unwrap();
        assert_eq!(n > 0, there, "{sql}");
    }
    drop(act);
    invariants(app).await;

    // Nor in the file.
    if on(app) == On::Sqlite {
        crate::support::sqlite(app).execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        let file = std::fs::read(app.url.trim_start_matches("sqlite:")).unwrap();
        let letters = MARK.as_bytes();
        assert!(!file.windows(letters.len()).any(|w| w.eq_ignore_ascii_case(letters)), "left in the file");
    }

    // The certificate stays, and says the same as the list.
    let page = mori.get(&format!("{here}/certificate")).await;
    page.is(200)
        .see("2026-00001")
        .see("今井 まこと")
        .see("森 健一")
        .see("いまの一覧と同じです")
        .not_see(MARK);
    imai.get(&format!("{here}/certificate")).await.is(200).see("2026-00001");
    crate::papers::same(&mut mori, &format!("{here}/certificate")).await.see("2026-00001").not_see(MARK);
    mieda.get(&format!("{here}/certificate")).await.is(404);
    mieda.get(&format!("{here}/certificate?as=pdf")).await.is(404);
});

/// A picture with these letters where its points of colour would be.
fn picture(mark: &str) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    bytes.extend(u32::try_from(mark.len()).unwrap().to_be_bytes());
    bytes.extend(b"IDAT");
    bytes.extend(mark.as_bytes());
    bytes.extend(b"crc!\0\0\0\0IENDcrc!");
    bytes
}

story!(what_lay_before_a_conference_goes_with_its_case, |app| async {
    use crate::conference::{REFUSED, open, pledge};
    let (mut kinoshita, mut hase) = (app.sign_in("kinoshita").await, app.sign_in("hase").await);
    let id = referral::case_of(app, &mut kinoshita, "青木 ハル", "家賃が払えない").await;
    let asked = inquiry::ask(&mut kinoshita, &id, &app.town.desk("ikiiki").to_string(), &[]).await;
    let mut noguchi = app.sign_in("noguchi").await;
    inquiry::step(&mut noguchi, &asked, "refuse", &REFUSED).await.is(303);
    inquiry::step(&mut kinoshita, &asked, "raise", &[]).await.is(303);
    let new = hase.get(&asked).await.link("事案をひらく");
    let matter = open(app, &mut hase, &new, "support_conference").await;
    pledge(&mut kinoshita, &matter).await;
    kinoshita.get(&matter).await.is(200);
    let said = [("words", MARK), ("role", "word")];
    kinoshita.attach_with(&format!("{matter}/say"), &said, "x.png", &picture(MARK)).await.is(303);
    let page = kinoshita.get(&matter).await;
    let shown = page.body.split("<img src=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    kinoshita.get(&shown).await.is(200);
    let there = rows_with(app, on(app), MARK).await;
    assert!(there.iter().any(|x| x.starts_with("attachment_part")), "{there:?}");
    hase.get(&format!("{matter}/office")).await.is(200);
    hase.post(&format!("{matter}/close"), &[("outcome", "settled"), ("sure", "yes")]).await.is(303);
    inquiry::step(&mut kinoshita, &asked, "withdraw", &[("reason", "not_needed")]).await.is(303);
    close(&mut kinoshita, &format!("/cases/{id}"), MARK).await;
    at(app, 2032, 4, 1);
    let (mut mori, mut imai) = (app.sign_in("mori").await, app.sign_in("imai").await);
    let here = list(&mut mori).await.unwrap();
    step(&mut imai, &here, "approve_all", &[]).await.is(303);
    step(&mut mori, &here, "approve_list", &[]).await.is(303);
    step(&mut mori, &here, "execute", &[("sure", "1")]).await.is(303);
    app.sign_in("kinoshita").await.get(&shown).await.is(404);
    let left: Vec<String> =
        rows_with(app, on(app), MARK).await.into_iter().filter(|x| x.starts_with("attachment")).collect();
    assert_eq!(left, [""; 0]);
    invariants(app).await;
});

/// Lifts the hold on the auditor's list, with a reason.
pub async fn lift(mori: &mut Person) {
    let hold = mori.get("/retention/holds").await.link("保全を解く");
    mori.get(&hold).await.is(200);
    let sure = [("why", "over"), ("sure", "1")];
    mori.post(&hold, &sure).await.goes_to("/retention/holds?done=hold_lifted");
}

story!(a_hold_keeps_a_case_until_it_is_lifted, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = casefile::case(&mut kinoshita).await;
    let hold = format!("{case}/hold");
    kinoshita.get(&case).await.not_see(&hold);
    kinoshita.get(&hold).await.is(200).see("推進員か、個人情報保護担当");
    kinoshita.post(&hold, &[("reason", "lawsuit")]).await.is(422).not_see("保全しました");
    let mut sano = app.sign_in("sano").await;
    sano.get(&hold).await.is(404);
    sano.post(&hold, &[]).await.is(404);
    let mut imai = app.sign_in("imai").await;
    imai.get(&hold).await.is(200).see("いまは保全していません");
    imai.post(&hold, &[("note", "令和8年(ワ)第12号")]).await.is(422).see("令和8年(ワ)第12号");
    imai.post(&hold, &[("reason", "lawsuit"), ("note", "令和8年(ワ)第12号")])
        .await
        .goes_to(&format!("{hold}?done=hold_set"));
    kinoshita.get(&case).await.see("保全中: 訴訟");
    kinoshita.get(&hold).await.see("令和8年(ワ)第12号");
    close(&mut kinoshita, &case, "").await;

    at(app, 2033, 4, 2);
    let mut mori = app.sign_in("mori").await;
    mori.get("/retention/holds").await.is(200).see("2026-00001").see("訴訟").not_see("浜田");
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get("/retention/holds").await.is(404);
    let here = list(&mut mori).await.unwrap();
    mori.get(&here).await.see("残す: 保全中");
    let mut imai = app.sign_in("imai").await;
    step(&mut imai, &here, "approve_all", &[]).await.is(422).see("記録を選んで");
    // Lifted by the auditor, and set again by its number while a list is under way: what was approved stays all the same.
    let held = mori.get("/retention/holds").await.link("保全を解く");
    kinoshita.get(&held).await.is(404);
    kinoshita.post(&held, &[("why", "over"), ("sure", "1")]).await.is(404);
    lift(&mut mori).await;
    let here = list(&mut mori).await.unwrap();
    step(&mut imai, &here, "approve_all", &[]).await.is(303);
    step(&mut mori, &here, "approve_list", &[]).await.is(303);
    mori.get("/retention/holds").await;
    mori.post("/retention/holds", &[("number", "2026-00099"), ("reason", "audit")])
        .await
        .is(422)
        .see("番号を見直して");
    let counted = |page: &Page| page.text().replace(char::is_whitespace, "");
    assert!(counted(&mori.get(&here).await).contains("廃棄するもの1件"), "{}", mori.page.text());
    mori.get("/retention/holds").await;
    mori.post("/retention/holds", &[("number", "2026-00001"), ("reason", "audit")]).await.is(303);
    // The list counts it before anybody carries it out.
    let page = mori.get(&here).await;
    page.see("残す: 保全中");
    assert!(counted(&page).contains("廃棄するもの0件"), "{}", page.text());
    mori.get("/retention/holds").await;
    mori.post("/retention/holds", &[("number", "２０２６－００００１"), ("reason", "audit")])
        .await
        .is(422)
        .see("もう保全されています");
    step(&mut mori, &here, "execute", &[("sure", "1")]).await.is(422).see("廃棄する記録がありません");
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&case).await.is(200).see("浜田").see("保全中: 監査・検査");
    step(&mut mori, &here, "cancel", &[]).await.is(303);
    invariants(app).await;
});

story!(a_file_attached_after_the_end_counts_as_written_after_it, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = casefile::case(&mut kinoshita).await;
    write(&mut kinoshita, &case, &[("body", "玄関先で話した"), ("body_cat", "health")]).await.is(303);
    let entry = casefile::text(&kinoshita.get(&format!("{case}/entries")).await, "玄関先で話した");
    close(&mut kinoshita, &case, "").await;
    at(app, 2032, 4, 1);
    let (mut mori, mut imai) = (app.sign_in("mori").await, app.sign_in("imai").await);
    let here = list(&mut mori).await.unwrap();
    step(&mut imai, &here, "approve_all", &[]).await.is(303);
    step(&mut mori, &here, "approve_list", &[]).await.is(303);
    // What is put to a record on the last day goes with it only when its own time has come.
    let mut kinoshita = app.sign_in("kinoshita").await;
    let files = format!("{entry}/files");
    kinoshita.get(&files).await.is(200);
    kinoshita.attach(&files, "手紙.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n").await.is(303);
    mori.get(&here).await.see("残す: 保存期間の中");
    step(&mut mori, &here, "execute", &[("sure", "1")]).await.is(422).see("廃棄する記録がありません");
    kinoshita.get(&files).await.is(200).see("手紙");
    step(&mut mori, &here, "cancel", &[]).await.is(303);
    assert_eq!(list(&mut mori).await, None, "counted anew from the day of the file");
    invariants(app).await;
});

story!(what_became_no_case_is_held_too_and_holds_the_rest_of_its_household, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let alone = told(&mut kinoshita, "白川", MARK).await;
    let hold = format!("{alone}/keep");
    // Who leads the desk finds it on the page; a colleague is told who that is, and nobody else that there is anything.
    kinoshita.get(&alone).await.not_see(&hold);
    kinoshita.get(&hold).await.is(200).see("担当の窓口").see("推進員").not_see("白川");
    kinoshita.post(&hold, &[("reason", "complaint")]).await.is(422).not_see("保全しました");
    let mut sano = app.sign_in("sano").await;
    sano.get(&hold).await.is(404);
    sano.post(&hold, &[("reason", "complaint")]).await.is(404);
    let mut imai = app.sign_in("imai").await;
    assert_eq!(imai.get(&alone).await.link("保全"), hold);
    imai.get(&hold).await.is(200).see("いまは保全していません");
    imai.post(&hold, &[("note", "苦情第7号 zqgone")]).await.is(422).see("苦情第7号");
    let here = format!("{hold}?done=hold_set");
    imai.post(&hold, &[("reason", "complaint"), ("note", "苦情第7号 zqgone")]).await.goes_to(&here);
    kinoshita.get(&alone).await.is(200);
    let answered = [("disposition", "information_given"), ("told", MARK)];
    kinoshita.post(&format!("{alone}/dispose"), &answered).await.is(303);

    at(app, 2033, 4, 2);
    let mut mori = app.sign_in("mori").await;
    mori.get("/retention/holds").await.is(200).see("相談 令和8年11月20日").see("苦情").not_see("白川");
    let here = list(&mut mori).await.unwrap();
    mori.get(&here).await.see("残す: 保全中");
    let mut imai = app.sign_in("imai").await;
    step(&mut imai, &here, "approve_all", &[]).await.is(422).see("記録を選んで");
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&alone).await.is(200).see(MARK);
    // Lifted by the auditor, it goes, and the number of the complaint with it.
    lift(&mut mori).await;
    mori.get("/retention/holds").await.see("保全しているものはありません");
    let here = list(&mut mori).await.unwrap();
    step(&mut imai, &here, "approve_all", &[]).await.is(303);
    step(&mut mori, &here, "approve_list", &[]).await.is(303);
    step(&mut mori, &here, "execute", &[("sure", "1")]).await.is(303);
    assert_eq!(rows_with(app, on(app), MARK).await, [""; 0]);
    imai.get(&hold).await.is(404);
    invariants(app).await;
});

story!(nothing_goes_while_somebody_waits_to_hear_who_looked, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = casefile::case(&mut kinoshita).await;
    let id = case.trim_start_matches("/cases/");
    let person = crate::oversight::person_of(&mut kinoshita, id).await;
    close(&mut kinoshita, &case, "").await;
    at(app, 2032, 4, 1);
    let mut kinoshita = app.sign_in("kinoshita").await;
    let path = format!("{case}/reports");
    kinoshita.get(&path).await.is(200);
    let fields = [("person", person.as_str()), ("asked_by", "person"), ("identity", "photo")];
    let days = [("asked_on", "R14.4.1"), ("from", "R8.4.1"), ("until", "R14.4.1")];
    let page = kinoshita.post(&path, &[&fields[..], &days[..]].concat()).await;
    let report = page.is(303).location().split('?').next().unwrap().to_owned();
    let mut mori = app.sign_in("mori").await;
    let here = list(&mut mori).await.unwrap();
    mori.get(&here).await.see("残す: 開示請求の写しを渡しおえていない");
    // Taken back, or handed over: then its time is over like that of any other.
    kinoshita.get(&report).await.is(200);
    kinoshita.post(&format!("{report}/withdraw"), &[("reason", "person")]).await.is(303);
    let here = list(&mut mori).await.unwrap();
    mori.get(&here).await.not_see("残す: ").see("窓口の承認待ち");
    invariants(app).await;
});

story!(nobody_approves_twice_and_a_list_is_never_a_trap, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = casefile::case(&mut kinoshita).await;
    close(&mut kinoshita, &case, "").await;
    at(app, 2032, 4, 1);
    let day = Day::new(2032, 4, 1).unwrap();
    app.town.appoint(&app.engine, "mori", "shakyo", access::Role::AgencyLead, day).await;
    app.town.appoint(&app.engine, "hase", "shakyo", access::Role::AgencyLead, day).await;
    let mut mori = app.sign_in("mori").await;
    let here = list(&mut mori).await.unwrap();
    step(&mut mori, &here, "approve_all", &[]).await.is(303);
    step(&mut mori, &here, "approve_list", &[]).await.is(422).see("2つ目の承認は、ほかの人に");
    // Taking items off needs a reason, and the record stays.
    step(&mut mori, &here, "refuse", &[("item", "1")]).await.is(422).see("どれかを選んで");
    step(&mut mori, &here, "refuse", &[("item", "1"), ("why", "archive")]).await.is(303);
    mori.get(&here).await.see("外した: 歴史的な価値がある");
    step(&mut mori, &here, "execute", &[("sure", "1")]).await.is(422);
    step(&mut mori, &here, "cancel", &[]).await.is(303);
    // Again, with two people. The auditor's approval changes nothing that a desk decides about: its open page goes on.
    let here = list(&mut mori).await.unwrap();
    let mut hase = app.sign_in("hase").await;
    hase.get(&here).await.is(200);
    step(&mut mori, &here, "approve_list", &[]).await.is(303);
    hase.post(&here, &[("step", "approve_all")]).await.is(303);
    step(&mut mori, &here, "approve_all", &[]).await.is(422).see("ほかの人に");
    step(&mut hase, &here, "execute", &[("sure", "1")]).await.is(404);
    step(&mut mori, &here, "execute", &[("sure", "1")]).await.is(303);
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&case).await.is(404);
    invariants(app).await;
});

story!(whoever_is_kept_out_of_a_household_sees_nothing_of_it_on_a_list, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = casefile::case(&mut kinoshita).await;
    let mut hase = app.sign_in("hase").await;
    hase.get("/").await;
    let mut imai = app.sign_in("imai").await;
    imai.get(&format!("{case}/consents")).await;
    let user = app.town.user("oda").to_string();
    imai.post(&format!("{case}/exclusions"), &[("user", &user), ("reason", "relative")]).await.is(303);
    close(&mut kinoshita, &case, "").await;
    at(app, 2032, 4, 1);
    let day = Day::new(2032, 4, 1).unwrap();
    app.town.appoint(&app.engine, "oda", "shakyo", access::Role::AgencyLead, day).await;
    let mut mori = app.sign_in("mori").await;
    let here = list(&mut mori).await.unwrap();
    let mut oda = app.sign_in("oda").await;
    oda.get("/disposal").await.is(200).see("廃棄の一覧はありません");
    oda.get(&here).await.is(404);
    oda.post(&here, &[("step", "approve_all"), ("base_version", "1")]).await.is(404);
});

story!(how_long_is_the_towns_own_rule, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = casefile::case(&mut kinoshita).await;
    close(&mut kinoshita, &case, "").await;
    kinoshita.get("/admin/retention").await.is(404);
    let mut kanri = app.sign_in("kanri").await;
    kanri.get("/admin/retention").await.is(200).see("5年").see("未確認");
    let ten = [("kind", "case"), ("years", "１０"), ("from", "R8.4.1"), ("verified", "1")];
    kanri.post("/admin/retention", &ten).await.is(422).see("規則の名前と条を");
    let wrong = [("kind", "case"), ("years", "0"), ("from", "R8.4.1")];
    kanri.post("/admin/retention", &wrong).await.is(422).see("1から100までの数");
    let mut second = app.sign_in("kanri").await;
    second.get("/admin/retention").await;
    let ten = [&ten[..], &[("rule", "藤沢市文書取扱規程 第30条")]].concat();
    kanri.post("/admin/retention", &ten).await.goes_to("/admin/retention?done=retention_saved");
    kanri.follow().await.see("10年").see("第30条");
    second.post("/admin/retention", &ten).await.is(409);
    at(app, 2032, 4, 1);
    let mut mori = app.sign_in("mori").await;
    assert_eq!(list(&mut mori).await, None, "ten years, not five");
    at(app, 2037, 4, 1);
    let mut mori = app.sign_in("mori").await;
    let here = list(&mut mori).await.unwrap();
    mori.get(&here).await.see("10年 藤沢市文書取扱規程 第30条").see("令和19年3月31日");
});

story!(a_desk_that_ended_is_answered_for_by_its_heir, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = casefile::case(&mut kinoshita).await;
    close(&mut kinoshita, &case, "").await;
    let last = Day::new(2030, 3, 31).unwrap();
    let right = access::Right::system(access::System::Import);
    let (system, m) = (access::System::Import, app.town.municipality);
    let begun = app.engine.system_act(system, m, engine::Origin::File, "story.end", &last).await;
    let mut act = begun.unwrap();
    let (desk, heir) = (app.town.desk("shakyo"), app.town.desk("ikiiki"));
    register::acts::end_desk(&mut act, &right, desk, last, heir).await.unwrap();
    act.commit("").await.unwrap();
    at(app, 2032, 4, 1);
    let mut mori = app.sign_in("mori").await;
    let here = list(&mut mori).await.unwrap();
    let mut mieda = app.sign_in("mieda").await;
    mieda.get(&here).await.is(200).see("2026-00001");
    step(&mut mieda, &here, "approve_all", &[]).await.is(303);
    step(&mut mori, &here, "approve_list", &[]).await.is(303);
    step(&mut mori, &here, "execute", &[("sure", "1")]).await.is(303);
    mieda.get(&case).await.is(404);
    invariants(app).await;
});
