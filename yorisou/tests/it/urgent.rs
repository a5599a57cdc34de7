//! Urgent looks: the reason first, one case for a day, the owner told, somebody else reviews. And every way out.

use access::{Right, Role, System};
use engine::{Engine, Origin, args};
use words::{Day, Instant};

use crate::referral::case_of;
use crate::same::{self, Told};
use crate::support::{App, Person};

const ADDRESS: &str = "湘南台1-2-3";

/// 佐野 of 北部 has a case of 髙橋 ハル, born 1940-05-12. Answers 佐野, the case and the person's page.
async fn known_at_hokubu(app: &App) -> (Person, String, String) {
    let mut sano = app.sign_in("sano").await;
    let (case, person) = known_to(app, &mut sano, "S15.5.12").await;
    (sano, case, person)
}

/// Somebody's desk has a case of 髙橋 ハル; the case and the person's page.
async fn known_to(app: &App, who: &mut Person, birth: &str) -> (String, String) {
    let case = case_of(app, who, "髙橋 ハル", "三日前から電話に出ない-WORDS").await;
    let page = who.get(&format!("/cases/{case}")).await;
    let household = page.body.split("href=\"/households/").nth(1).unwrap().split('"').next().unwrap();
    let page = who.get(&format!("/households/{household}")).await;
    let person = page.body.split("href=\"/persons/").nth(1).unwrap().split('"').next().unwrap();
    let person = format!("/persons/{person}");
    who.get(&person).await.is(200);
    let known = [
        ("name", "髙橋 ハル"),
        ("reading", "たかはし はる"),
        ("birth", birth),
        ("address", "藤沢市湘南台一丁目２番地の３"),
        ("phone", "090-9876-5432"),
    ];
    who.post(&person, &known).await.is(303);
    (format!("/cases/{case}"), person)
}

/// States a reason; the page on which somebody is looked for.
async fn state(who: &mut Person) -> String {
    who.get("/urgent").await.is(200);
    let fields = [("reason", "life"), ("words", "近所から、何日も姿を見ないと電話があった-REASON")];
    let page = who.post("/urgent", &fields).await;
    page.is(303);
    let ask = page.location().split('?').next().unwrap().to_owned();
    who.get(&ask).await.is(200);
    ask
}

async fn find(who: &mut Person, ask: &str, fields: &[(&str, &str)]) -> u16 {
    who.post(&format!("{ask}/find"), fields).await.status
}

/// Looks for 髙橋 ハル with a fresh reason and finds her; the look's page for the desk that was told.
async fn look(who: &mut Person) -> String {
    let ask = state(who).await;
    assert_eq!(find(who, &ask, &[("name", "高橋ハル"), ("birth", "1940-05-12")]).await, 303);
    let page = who.get(&ask).await;
    page.is(200).see("見つかりました");
    let end = page.form("/end").action;
    end.trim_end_matches("/end").to_owned()
}

async fn count(app: &App, sql: &'static str) -> i64 {
    let m = app.town.municipality;
    let mut act = app.engine.system_act(System::Console, m, Origin::Console, "test", &()).await.unwrap();
    act.facts().unwrap().one(sql, args![m]).await.unwrap().get("n").unwrap()
}

fn later(app: &App, minutes: i64) {
    app.clock.set(app.engine.now().plus_minutes(minutes));
}

async fn jobs(engine: &Engine) {
    yorisou::jobs::promises(engine).await.unwrap();
}

/// The review's page, as the look's.
fn review_of(look: &str) -> String {
    look.replace("/urgent/looks/", "/audit/urgent/")
}

story!(a_danger_opens_one_case_for_a_day_and_the_owner_knows_at_once, |app| async {
    let (mut sano, case, person) = known_at_hokubu(app).await;
    let mut noguchi = app.sign_in("noguchi").await;
    let absent = noguchi.get("/cases/00000000-0000-7000-8000-000000000001").await;
    assert_eq!(noguchi.get(&case).await.is(404).text(), absent.text());

    // First the reason, both parts of it.
    noguchi.get("/urgent").await.is(200).see("あと10回");
    noguchi.post("/urgent", &[("reason", "life")]).await.is(422);
    noguchi.get("/urgent").await.is(200);
    noguchi.post("/urgent", &[("words", "あぶない")]).await.is(422);
    assert_eq!(count(app, "SELECT COUNT(*) AS n FROM urgent_ask WHERE municipality_id = $1").await, 0);
    let ask = state(&mut noguchi).await;
    // A name alone never answers, and the attempt is none.
    assert_eq!(find(&mut noguchi, &ask, &[("name", "高橋ハル")]).await, 422);
    noguchi.page.see("名前だけではさがせません");
    // A miss says nothing, keeps what was typed, and counts.
    noguchi.get(&ask).await.is(200);
    assert_eq!(find(&mut noguchi, &ask, &[("name", "高橋ハル"), ("birth", "1941-05-12")]).await, 422);
    noguchi.page.see("見られる記録はありませんでした").see("value=\"高橋ハル\"").see("あと9回");
    // The form that came back is another command: it can be put right and sent.
    let found = [("name", "タカハシ　ハル"), ("birth", "S15.5.12")];
    assert_eq!(find(&mut noguchi, &ask, &found).await, 303, "{}", noguchi.page.text());
    let page = noguchi.get(&ask).await;
    page.is(200).see("見つかりました").see("11月22日").not_see("だれのことかを入れる");
    let end = page.form("/end").action;
    let notice = end.trim_end_matches("/end").to_owned();

    // The whole case, with its basis; to read and not to write; and not for a colleague.
    noguchi.get(&case).await.is(200).see("緊急の保護").see("髙橋 ハル").see("-WORDS").not_see("経過を書く");
    noguchi.get(&person).await.is(200).see("緊急の保護").see("湘南台");
    noguchi.get(&format!("{case}/entries")).await.is(200).see("-WORDS");
    noguchi.get(&format!("{case}/refer")).await.is(404);
    noguchi.get("/cases").await.is(200).not_see("髙橋");
    noguchi.search("高橋").await.is(200).not_see("髙橋 ハル");
    let mut mieda = app.sign_in("mieda").await;
    let nothing = mieda.get("/cases/00000000-0000-7000-8000-000000000001").await;
    assert_eq!(mieda.get(&case).await.is(404).text(), nothing.text());
    mieda.get(&person).await.is(404);
    mieda.get(&notice).await.is(404);

    // The owner is told at once: who, when, until when, which reason; not the words.
    let page = sano.get("/").await;
    page.is(200).see("緊急の閲覧があったことを確かめる");
    assert_eq!(page.link("見て答える"), notice);
    let page = sano.get(&notice).await;
    page.is(200).see("野口 あや").see("辻堂東いきいきサポートセンター").see("命").not_see("-REASON");
    sano.post(&format!("{notice}/answer"), &[]).await.is(422);
    sano.get(&notice).await;
    let doubt = [("answer", "doubtful"), ("words", "電話はありませんでした-DOUBT")];
    sano.post(&format!("{notice}/answer"), &doubt).await.is(303);
    // The words of the doubt are for whoever reviews it, and not for whoever looked.
    noguchi.get(&notice).await.is(200).not_see("-DOUBT");
    sano.get("/").await.is(200).not_see("緊急の閲覧があったことを確かめる");
    sano.get(&case).await.is(200).not_see("緊急の閲覧があったことを確かめる");

    // The auditor reviews it: the reason and what was said, nothing of the case.
    let mut mori = app.sign_in("mori").await;
    let review = review_of(&notice);
    assert_eq!(mori.get("/").await.is(200).link("緊急の閲覧を点検する"), review);
    mori.get("/audit/urgent").await.is(200).see("野口 あや").not_see("髙橋");
    mori.get(&review).await.is(200).see("-REASON").see("心あたりがない").see("-DOUBT").not_see("髙橋");
    mori.page.see("見つからず1回");
    noguchi.get(&review).await.is(404);
    mori.get(&case).await.is(404);
    mori.get(&review).await;
    mori.post(&review, &[("outcome", "talk"), ("words", "")]).await.is(422);
    mori.get(&review).await;
    mori.post(&review, &[("outcome", "talk"), ("words", "窓口の三枝さんと話す")]).await.is(303);
    mori.get("/").await.is(200).see("緊急の閲覧を点検する");
    mori.get(&review).await;
    mori.post(&review, &[("outcome", "not_justified"), ("words", "先に電話ができた")]).await.is(303);
    mori.get("/").await.is(200).not_see("緊急の閲覧を点検する");
    mori.get(&review).await.is(200).see("先に電話ができた").see("窓口の三枝さんと話す");
    let page = mori.get("/audit/urgent").await;
    page.is(200).see("辻堂東いきいきサポートセンター");
    let figures =
        page.body.split("<table class=\"figures\">").nth(1).unwrap().split("</table>").next().unwrap();
    let cells: Vec<&str> =
        figures.split("<td class=\"num\">").skip(1).map(|c| c.split('<').next().unwrap()).collect();
    assert_eq!(cells, ["1", "1", "1", "1", "1"], "looks, misses, doubts, reviewed, not justified");
    noguchi.get(&notice).await.is(200).see("正当でなかった").not_see("先に電話ができた");
    sano.get(&notice).await.is(200).see("正当でなかった");

    // The log has the misses without a record, the case with one; what was typed is nowhere.
    let tried = "SELECT COUNT(*) AS n FROM access_log WHERE municipality_id = $1 AND basis = 'look_urgently' \
                 AND record_kind = 'urgent_look'";
    assert_eq!(count(app, tried).await, 3, "the reason, a miss, a hit");
    let opened = "SELECT COUNT(*) AS n FROM access_log WHERE municipality_id = $1 AND basis = 'look_urgently' \
                  AND record_kind = 'case'";
    assert_eq!(count(app, opened).await, 1);
    let seen = "SELECT COUNT(*) AS n FROM access_log WHERE municipality_id = $1 AND basis = 'urgent_protection' \
                AND source_id IN (SELECT id FROM urgent_look)";
    assert!(count(app, seen).await > 3);
    let m = app.town.municipality;
    assert_eq!(engine::check::invariants(&app.engine, m).await.unwrap(), []);
});

story!(the_words_of_a_reason_that_led_to_nobody_go_after_a_year, |app| async {
    let mut noguchi = app.sign_in("noguchi").await;
    let ask = state(&mut noguchi).await;
    let missed = [("name", "どこにも いない"), ("birth", "1950-01-01")];
    assert_eq!(find(&mut noguchi, &ask, &missed).await, 422);
    let words = "SELECT COUNT(*) AS n FROM urgent_words WHERE municipality_id = $1";
    assert_eq!(count(app, words).await, 1);
    later(app, 364 * 24 * 60);
    jobs(&app.engine).await;
    assert_eq!(count(app, words).await, 1, "whoever reviews may still ask");
    later(app, 2 * 24 * 60);
    jobs(&app.engine).await;
    assert_eq!(count(app, words).await, 0);
    let tries = "SELECT COUNT(*) AS n FROM urgent_try WHERE municipality_id = $1";
    assert_eq!(count(app, tries).await, 1, "that somebody looked stays");
});

story!(a_look_is_over_at_the_very_moment_or_when_its_looker_says_so, |app| async {
    let (_, case, person) = known_at_hokubu(app).await;
    let mut noguchi = app.sign_in("noguchi").await;
    look(&mut noguchi).await;
    let from = app.engine.now();
    app.clock.set(Instant::from_millis(from.plus_hours(24).millis() - 1));
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get(&case).await.is(200);
    app.clock.set(from.plus_hours(24));
    let absent = noguchi.get("/cases/00000000-0000-7000-8000-000000000001").await;
    assert_eq!(noguchi.get(&case).await.is(404).text(), absent.text());
    noguchi.get(&person).await.is(404);
    noguchi.get("/urgent").await.is(200).see("これまでの緊急の閲覧").not_see("いま開いているケース");

    // Two that overlap: the one ends, the other goes on; done is done for both.
    let first = look(&mut noguchi).await;
    later(app, 30);
    let second = look(&mut noguchi).await;
    assert_ne!(first, second);
    let mut tab = noguchi.clone();
    tab.get(&case).await.is(200);
    noguchi.get("/urgent").await.is(200);
    noguchi.post(&format!("{first}/end"), &[]).await.is(303);
    // The open tab sees it at the next request.
    tab.get(&case).await.is(404);
    tab.get(&person).await.is(404);
    // Ending it once more does no harm, and nobody ends another's.
    noguchi.get("/urgent").await;
    noguchi.post(&format!("{second}/end"), &[]).await.is(303);
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.post(&format!("{second}/end"), &[]).await.is(404);
    // Each has its own review.
    let reviews = "SELECT COUNT(*) AS n FROM task WHERE municipality_id = $1 AND kind = 'urgent_review' \
                   AND state = 'open'";
    assert_eq!(count(app, reviews).await, 3);
});

story!(whoever_is_kept_out_and_whoever_is_sheltered_stay_closed, |app| async {
    let (mut sano, case, person) = known_at_hokubu(app).await;
    let mut noguchi = app.sign_in("noguchi").await;
    // By address, in another notation.
    let ask = state(&mut noguchi).await;
    assert_eq!(find(&mut noguchi, &ask, &[("name", "髙橋ハル"), ("address", ADDRESS)]).await, 303);
    noguchi.get(&ask).await;
    let end = noguchi.page.form("/end").action;
    noguchi.post(&end, &[]).await.is(303);

    // Sheltered: the address is no way to find her, and does not show.
    sano.get(&person).await.is(200);
    let own = app.town.desk("hokubu").to_string();
    let fields = [("shelter_reason", "dv"), ("shelter_desk", own.as_str()), ("shelter_review", "R9.11.20")];
    sano.post(&format!("{person}/shelter"), &fields).await.is(303);
    let ask = state(&mut noguchi).await;
    assert_eq!(find(&mut noguchi, &ask, &[("name", "だれも いない"), ("address", ADDRESS)]).await, 422);
    let nobody = noguchi.page.text().replace("だれも いない", "");
    assert_eq!(find(&mut noguchi, &ask, &[("name", "髙橋 ハル"), ("address", ADDRESS)]).await, 422);
    let kept = noguchi.page.text().replace("髙橋 ハル", "");
    assert_eq!(kept.replace("あと7回", "あと8回").replace("回数: 2回", "回数: 1回"), nobody);
    assert_eq!(find(&mut noguchi, &ask, &[("name", "髙橋 ハル"), ("birth", "S15.5.12")]).await, 303);
    noguchi.get(&case).await.is(200).see("髙橋 ハル").not_see("湘南台");
    noguchi.get(&person).await.is(200).see("髙橋 ハル").not_see("湘南台");
    noguchi.get(&format!("{case}/print")).await.is(200).not_see("湘南台");

    // Kept out of the case: what is open closes, and looking again finds nothing.
    app.keep_out(&case, "noguchi").await;
    noguchi.get(&case).await.is(404);
    noguchi.get(&person).await.is(404);
    let ask = state(&mut noguchi).await;
    assert_eq!(find(&mut noguchi, &ask, &[("name", "髙橋 ハル"), ("birth", "S15.5.12")]).await, 422);
    noguchi.page.see("見られる記録はありませんでした");
});

// One look opens what several desks recorded of one family. What one of them keeps does not stand in the copy of another beside it.
story!(a_home_kept_in_one_record_is_kept_in_all_that_a_look_opened, |app| async {
    let (mut sano, case, person) = known_at_hokubu(app).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    let (second, copy) = known_to(app, &mut kinoshita, "S15.5.12").await;
    let mut noguchi = app.sign_in("noguchi").await;
    let ask = state(&mut noguchi).await;
    let who = [("name", "髙橋ハル"), ("birth", "S15.5.12")];
    assert_eq!(find(&mut noguchi, &ask, &who).await, 303);
    noguchi.get(&copy).await.is(200).see("湘南台").see("090-9876-5432");
    noguchi.get(&person).await.is(200).see("湘南台");
    // Sheltered while the look is open: the next page knows it, in both.
    sano.get(&person).await.is(200);
    let own = app.town.desk("hokubu").to_string();
    let fields = [("shelter_reason", "dv"), ("shelter_desk", own.as_str()), ("shelter_review", "R9.11.20")];
    sano.post(&format!("{person}/shelter"), &fields).await.is(303);
    for page in [&person, &copy, &case, &second] {
        noguchi.get(page).await.is(200).see("髙橋 ハル").not_see("湘南台").not_see("090-9876-5432");
    }
    noguchi.get(&ask).await.see("どれでも、住まいを守っている人と、いっしょにくらす人の住所・電話は出ません");
    // Whoever wrote the other record goes on knowing what they wrote.
    kinoshita.get(&copy).await.is(200).see("湘南台").see("090-9876-5432");
    sano.post(&format!("{person}/shelter/lift"), &[]).await;
});

story!(whoever_is_recorded_with_a_month_of_birth_is_found_by_it, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (case, _) = known_to(app, &mut sano, "S15.5").await;
    let mut noguchi = app.sign_in("noguchi").await;
    let ask = state(&mut noguchi).await;
    let by = |birth: &'static str| [("name", "髙橋 ハル"), ("birth", birth)];
    assert_eq!(find(&mut noguchi, &ask, &by("S15")).await, 422);
    noguchi.page.see("年だけではさがせません").see("id=\"birth-error\"").see("あと10回");
    assert_eq!(find(&mut noguchi, &ask, &by("昭和15年6月")).await, 422);
    noguchi.page.see("見られる記録はありませんでした");
    assert_eq!(find(&mut noguchi, &ask, &by("昭和15年5月")).await, 303);
    noguchi.get(&case).await.is(200).see("髙橋 ハル");
});

story!(look_ups_are_counted_and_a_reason_serves_an_hour, |app| async {
    known_at_hokubu(app).await;
    let mut noguchi = app.sign_in("noguchi").await;
    let ask = state(&mut noguchi).await;
    for n in (0..10).rev() {
        assert_eq!(find(&mut noguchi, &ask, &[("name", "だれも いない"), ("birth", "S1.12.30")]).await, 422);
        if n > 0 {
            noguchi.page.see(&format!("あと{n}回"));
        }
    }
    assert_eq!(find(&mut noguchi, &ask, &[("name", "髙橋 ハル"), ("birth", "S15.5.12")]).await, 422);
    noguchi.page.see("きょうさがせる10回を使いました").see("110・119");
    // The next day there are new ones, but the reason is old.
    later(app, 24 * 60);
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get(&ask).await.is(200).see("1時間たちました");
    assert_eq!(find(&mut noguchi, &ask, &[("name", "髙橋 ハル"), ("birth", "S15.5.12")]).await, 422);
    let ask = state(&mut noguchi).await;
    let mut tab = noguchi.clone();
    assert_eq!(find(&mut noguchi, &ask, &[("name", "髙橋 ハル"), ("birth", "S15.5.12")]).await, 303);
    // One reason is for one person; the same form sent twice opens nothing twice.
    assert_eq!(find(&mut tab, &ask, &[("name", "髙橋 ハル"), ("birth", "S15.5.12")]).await, 303);
    assert_eq!(count(app, "SELECT COUNT(*) AS n FROM urgent_look WHERE municipality_id = $1").await, 1);
    tab.get(&ask).await;
    assert_eq!(find(&mut tab, &ask, &[("name", "だれも いない"), ("birth", "S15.5.12")]).await, 422);
    tab.page.see("この理由での閲覧は済みました");
    // Another's reason is nobody else's.
    let mut sano = app.sign_in("sano").await;
    sano.get(&ask).await.is(404);
    assert_eq!(find(&mut sano, &ask, &[("name", "髙橋 ハル"), ("birth", "S15.5.12")]).await, 404);
    // The own desk's record needs no urgent look; whoever needs another one is not stopped.
    let own = state(&mut sano).await;
    assert_eq!(find(&mut sano, &own, &[("name", "髙橋 ハル"), ("birth", "S15.5.12")]).await, 303);
    sano.get(&own).await.is(200).see("あなたの窓口の記録に、あてはまる人がいます").see("もう一度さがせます");
    assert_eq!(count(app, "SELECT COUNT(*) AS n FROM urgent_look WHERE municipality_id = $1").await, 1);
});

story!(a_birth_to_come_is_a_slip_and_no_look_up, |app| async {
    known_at_hokubu(app).await;
    let mut noguchi = app.sign_in("noguchi").await;
    let ask = state(&mut noguchi).await;
    let left = noguchi.get(&ask).await.text().contains("あと10回");
    assert!(left, "nothing is counted yet");
    assert_eq!(find(&mut noguchi, &ask, &[("name", "髙橋 ハル"), ("birth", "R99.1.1")]).await, 422);
    noguchi.page.see("まだ来ていない日です").see("id=\"birth-error\"").see("あと10回").see("髙橋 ハル");
    assert_eq!(find(&mut noguchi, &ask, &[("name", "髙橋 ハル"), ("birth", "S15.5.12")]).await, 303);
});

story!(a_review_falls_to_somebody_while_there_is_no_auditor, |app| async {
    let (_, _, _) = known_at_hokubu(app).await;
    let m = app.town.municipality;
    let mut noguchi = app.sign_in("noguchi").await;
    let notice = look(&mut noguchi).await;
    let review = review_of(&notice);
    let mut hase = app.sign_in("hase").await;
    hase.get(&review).await.is(404);
    // The auditor's last day.
    let today = app.engine.now().day();
    let right = Right::system(System::Import);
    let mut act = app.engine.system_act(System::Import, m, Origin::File, "story.leave", &()).await.unwrap();
    let seat = app.town.appointment("mori", "somu");
    register::acts::end_appointment(&mut act, &right, seat, today.plus_days(-1)).await.unwrap();
    act.commit("").await.unwrap();
    jobs(&app.engine).await;
    hase.get("/").await.is(200).see("緊急の閲覧を点検する");
    hase.get(&review).await.is(200).see("-REASON");
    let mut mori = app.sign_in("mori").await;
    mori.get(&review).await.is(404);
    // A new one: the review is theirs again, and no longer the coordinator's.
    app.town.appoint(&app.engine, "mori", "somu", Role::PrivacyAuditor, today).await;
    jobs(&app.engine).await;
    hase.get(&review).await.is(404);
    let mut mori = app.sign_in("mori").await;
    mori.get(&review).await.is(200);
    mori.post(&review, &[("outcome", "justified"), ("words", "安否の確認のため")]).await.is(303);
    mori.get(&review).await.is(200);
    // Decided anew, with words; what was decided stays to be read.
    mori.post(&review, &[("outcome", "justified"), ("words", "もう一度")]).await.is(422);
    mori.get(&review).await;
    mori.post(&review, &[("outcome", "not_justified"), ("words", "話がちがった")]).await.is(303);
    mori.get(&review).await.is(200).see("安否の確認のため").see("話がちがった");
});

story!(closed_cases_ended_desks_and_the_dead_are_no_traps, |app| async {
    let (mut sano, case, person) = known_at_hokubu(app).await;
    let m = app.town.municipality;
    // A case that was closed can be what saves somebody.
    sano.get(&format!("{case}/end")).await.is(200);
    let ended = [
        ("to", "closed"),
        ("reason", "settled"),
        ("words", "落ち着いた"),
        ("watch", "民生委員"),
        ("ends", "yes"),
    ];
    let page = sano.post(&format!("{case}/end"), &ended).await;
    assert_eq!(page.status, 303, "{}", page.text());
    let mut noguchi = app.sign_in("noguchi").await;
    let notice = look(&mut noguchi).await;
    noguchi.get(&case).await.is(200);
    // She died: nothing of the look changes.
    sano.get(&person).await.is(200);
    sano.post(&format!("{person}/died"), &[("died", "R8.11.20")]).await;
    noguchi.get(&case).await.is(200);
    sano.get(&notice).await.is(200);
    // The desk that was told ends: its heir has the notice.
    let (last, right) = (app.engine.now().day(), Right::system(System::Import));
    let mut act = app.engine.system_act(System::Import, m, Origin::File, "story.end", &()).await.unwrap();
    let (hokubu, shakyo) = (app.town.desk("hokubu"), app.town.desk("shakyo"));
    register::acts::end_desk(&mut act, &right, hokubu, last, shakyo).await.unwrap();
    act.commit("").await.unwrap();
    // Until the last moment of the day the look holds; the looker's own seat ending closes it at once.
    let mut act = app.engine.system_act(System::Import, m, Origin::File, "story.leave", &()).await.unwrap();
    let seat = app.town.appointment("noguchi", "ikiiki");
    register::acts::end_appointment(&mut act, &right, seat, last).await.unwrap();
    act.commit("").await.unwrap();
    noguchi.get(&case).await.is(200);
    app.clock.set(Instant::at(last.plus_days(1), 0, 1));
    jobs(&app.engine).await;
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get(&case).await.is(404);
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get("/?all=1").await.is(200).see("緊急の閲覧があったことを確かめる");
    kinoshita.get(&notice).await.is(200).see("野口 あや");
    kinoshita.post(&format!("{notice}/answer"), &[("answer", "understood")]).await.is(303);
    // A late review climbs nobody's ladder in silence: it is in the list of what is late.
    app.clock.set(Instant::at(Day::new(2026, 12, 10).unwrap(), 9, 0));
    jobs(&app.engine).await;
    let mut hase = app.sign_in("hase").await;
    hase.get("/nobody").await.is(200).see("緊急の閲覧を点検する").not_see("髙橋");
});

story!(a_linked_record_of_somebody_sheltered_is_no_key_either, |app| async {
    let (mut kinoshita, mut oda) = (app.sign_in("kinoshita").await, app.sign_in("oda").await);
    let (case, copy) = known_to(app, &mut oda, "S15.5.12").await;
    let told = Told {
        name: "高橋 ハル",
        reading: "たかはし はる",
        birth: "1940-05-12",
        address: "鵠沼海岸2-3-4",
        ..Told::default()
    };
    let other = same::records(&mut kinoshita, told).await;
    let mut noguchi = app.sign_in("noguchi").await;
    let ask = state(&mut noguchi).await;
    assert_eq!(find(&mut noguchi, &ask, &[("name", "髙橋ハル"), ("address", ADDRESS)]).await, 303);
    noguchi.get(&ask).await;
    let end = noguchi.page.form("/end").action;
    noguchi.post(&end, &[]).await.is(303);

    // Two people of the desk say that both are hers; where the other record says she lives is kept.
    household::look_for(&app.engine, app.town.municipality).await.unwrap();
    let pair = kinoshita.get("/same").await.link("ハル");
    kinoshita.get(&pair).await.is(200);
    kinoshita.post(&format!("{pair}/propose"), &[]).await.is(303);
    oda.get(&pair).await.is(200);
    oda.post(&format!("{pair}/confirm"), &[]).await.is(303);
    let page = kinoshita.get(&other).await;
    let person = page.body.split("href=\"/persons/").nth(1).unwrap().split('"').next().unwrap();
    let person = format!("/persons/{person}");
    kinoshita.get(&person).await.is(200);
    let own = app.town.desk("shakyo").to_string();
    let fields = [("shelter_reason", "dv"), ("shelter_desk", own.as_str()), ("shelter_review", "R9.11.20")];
    kinoshita.post(&format!("{person}/shelter"), &fields).await.is(303);

    // A guessed address finds neither record, and says no more than one where nobody lives.
    let ask = state(&mut noguchi).await;
    for address in [ADDRESS, "鵠沼海岸2-3-4", "鵠沼海岸9-9-9"] {
        assert_eq!(find(&mut noguchi, &ask, &[("name", "髙橋 ハル"), ("address", address)]).await, 422);
        noguchi.page.see("見られる記録はありませんでした");
    }
    assert_eq!(find(&mut noguchi, &ask, &[("name", "髙橋 ハル"), ("birth", "S15.5.12")]).await, 303);
    noguchi.get(&case).await.is(200).see("髙橋 ハル").not_see("湘南台");
    noguchi.get(&copy).await.is(200).not_see("湘南台").not_see("090-9876-5432");
});
