//! What goes on when a case ends, a desk closes or somebody dies in the middle of something else: an end that is being written, a hand-over, a
//! planned move, the second look at two records of one person. Nothing is lost, nothing is a trap, and nobody learns more for it.

use words::Day;

use crate::agreed_to::also;
use crate::casefile::first;
use crate::hand_over::closes;
use crate::referral::case_of;
use crate::support::{App, Page, Person};

const OVER: [(&str, &str); 5] = [
    ("to", "closed"),
    ("reason", "settled"),
    ("words", "落ち着いた-MARK"),
    ("watch", "民生委員"),
    ("ends", "yes"),
];

async fn sound(app: &App) {
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
}

async fn close(who: &mut Person, case: &str) -> Page {
    let end = format!("/cases/{case}/end");
    who.get(&end).await.is(200);
    who.post(&end, &OVER).await
}

async fn reopen(who: &mut Person, case: &str, due: &str) {
    who.get(&format!("/cases/{case}/end")).await.is(200).see("再開する");
    who.post(&format!("/cases/{case}/reopen"), &[("due", due)]).await.is(303);
}

/// The household of a case and its first person: their paths.
async fn home(who: &mut Person, case: &str) -> (String, String) {
    let household = first(&who.get(&format!("/cases/{case}")).await, "households");
    let person = first(&who.get(&household).await, "persons");
    (household, person)
}

async fn dies(who: &mut Person, person: &str) {
    who.get(person).await.is(200);
    who.post(&format!("{person}/died"), &[("died", "R8.11.20")]).await.is(303);
}

/// Begins the hand-over of somebody's work at the desk of 木下.
async fn pack(app: &App, who: &mut Person, whose: &str) -> String {
    who.get("/handovers").await.is(200);
    let value = format!("{}.{}", app.town.desk("shakyo"), app.town.user(whose));
    let page = who.post("/handovers", &[("whose", &value), ("last", "R9.3.31")]).await;
    assert_eq!(page.status, 303, "{}", page.text());
    page.location().split('?').next().unwrap().to_owned()
}

async fn press(who: &mut Person, pack: &str, action: &str) -> Page {
    let page = who.get(pack).await;
    page.is(200);
    let form = page.form(action);
    let fields: Vec<(&str, &str)> = form.hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    who.post_exactly(&form.action, &fields).await
}

story!(
    a_case_that_ends_while_it_is_handed_over_need_not_be_taken_up_and_waits_again_when_it_goes_on,
    |app| async {
        let mut kinoshita = app.sign_in("kinoshita").await;
        let ended = case_of(app, &mut kinoshita, "青木 ハル", "家賃が払えない").await;
        let stays = case_of(app, &mut kinoshita, "三浦 ナツ", "仕事がない").await;
        let at = pack(app, &mut kinoshita, "kinoshita").await;
        let mut oda = app.sign_in("oda").await;
        // 小田 has the page open on which the first one waits.
        let before = oda.get(&at).await;
        let form = before.form(&format!("{ended}/received"));
        let fields: Vec<(&str, &str)> = form.hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        close(&mut kinoshita, &ended).await.is(303);
        oda.post_exactly(&form.action, &fields).await.is(409).see("受けとる必要はありません");
        assert_eq!(
            hand_over::watch(&app.engine, app.town.municipality).await.unwrap(),
            0,
            "the other one waits"
        );
        kinoshita.get(&at).await.see("引きつぎ中").see("いらなくなった");
        kinoshita.get(&format!("{at}/cases/{ended}")).await.is(200);
        let named = app.town.user("oda").to_string();
        kinoshita.post(&format!("{at}/cases/{ended}"), &[("to", named.as_str())]).await.is(422);
        // It goes on: it is handed over like the other one.
        reopen(&mut kinoshita, &ended, "R8.12.1").await;
        kinoshita.get(&at).await.not_see("いらなくなった");
        press(&mut oda, &at, &format!("{ended}/received")).await.is(303);
        oda.get(&format!("/cases/{ended}")).await.see("小田 りか");
        oda.get(&at).await.see("引きつぎ中");
        press(&mut oda, &at, &format!("{stays}/received")).await.is(303);
        oda.get(&at).await.see("終わった");
        sound(app).await;
    }
);

story!(what_is_planned_outlives_the_end_of_a_case_and_is_asked_again_when_it_goes_on, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case_of(app, &mut kinoshita, "青木 ハル", "家賃が払えない").await;
    let (home, person) = home(&mut kinoshita, &case).await;
    let haru = person.rsplit('/').next().unwrap().to_owned();
    kinoshita.get(&home).await;
    let fields = [("moved", "R8.12.10"), ("moved_address", "辻堂8-8-8"), ("moved_who", &*haru)];
    kinoshita.post(&format!("{home}/moved"), &fields).await.is(303);
    let says = "青木 ハルさんが令和8年12月10日に引っ越す予定です";
    kinoshita.get(&format!("/cases/{case}")).await.see(says);
    // Its review ends with the case, as the page of the end says; the plan does not.
    kinoshita.get(&format!("/cases/{case}/end")).await.see("同意と記録を見直す");
    close(&mut kinoshita, &case).await.is(303);
    kinoshita.get("/?all=1").await.not_see("引っ越す予定です");
    kinoshita.get(&home).await.see("令和8年12月10日に引っ越す予定です");
    // Whoever goes on with it is asked again, in the same words.
    reopen(&mut kinoshita, &case, "R8.12.1").await;
    kinoshita.get("/?all=1").await.see(says);
    kinoshita.get(&format!("/cases/{case}")).await.see(says);
    // Ended once more, the day comes all the same.
    close(&mut kinoshita, &case).await.is(303);
    app.clock.forward_minutes(60 * 24 * 21);
    yorisou::jobs::promises(&app.engine).await.unwrap();
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&person).await.see("value=\"辻堂8-8-8\"").not_see("引っ越す予定:");
    // What came about is planned no more: nothing is asked about it.
    reopen(&mut kinoshita, &case, "R8.12.21").await;
    kinoshita.get("/?all=1").await.not_see("引っ越す予定です");
    sound(app).await;
});

story!(somebody_dies_while_an_end_is_written, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case_of(app, &mut kinoshita, "青木 ハル", "家賃が払えない").await;
    let son = also(&mut kinoshita, &case, "青木 太郎", "child").await;
    let (_, mother) = home(&mut kinoshita, &case).await;
    let end = format!("/cases/{case}/end");
    kinoshita.get(&end).await.is(200);
    let mut oda = app.sign_in("oda").await;
    dies(&mut oda, &mother).await;
    // What is to be looked at since then was not seen: it is shown, and what was written stays.
    kinoshita
        .post(&end, &OVER)
        .await
        .is(422)
        .see("そのあいだに、やることがふえました")
        .see("同意と記録を見直す")
        .see("落ち着いた-MARK");
    kinoshita.post(&end, &OVER).await.goes_to(&format!("/cases/{case}?done=case_closed"));
    kinoshita.follow().await.see("終結");
    // After it somebody else dies: nothing is open that would have to be looked at, and it is said.
    let son = format!("/persons/{son}");
    dies(&mut oda, &son).await;
    oda.follow().await.not_see("見直すやることができました");
    oda.get("/?all=1").await.not_see("亡くなりました");
    sound(app).await;
});

story!(a_desk_that_closes_while_an_end_is_written_leaves_it_to_the_one_that_follows, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case_of(app, &mut kinoshita, "青木 ハル", "家賃が払えない").await;
    let end = format!("/cases/{case}/end");
    let written = kinoshita.get(&end).await;
    let version = written.form(&end).value("base_version");
    closes(app, "shakyo", "ikiiki", Day::new(2026, 11, 30).unwrap()).await;
    app.clock.forward_minutes(60 * 24 * 12);
    casefile::office_end(&app.engine, app.town.municipality).await.unwrap();
    // Whoever sat at the desk that closed decides nothing about it any more.
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get("/").await;
    kinoshita.post(&end, &OVER).await.is(404);
    // At the one that follows, what was prepared before it answered for the case is not sent over it unseen.
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get(&end).await.is(200).not_see("MARK");
    let stale: Vec<_> = OVER.iter().copied().chain([("base_version", version.as_str())]).collect();
    let page = noguchi.post(&end, &stale).await;
    page.is(409).see("落ち着いた-MARK");
    close(&mut noguchi, &case).await.is(303);
    noguchi.get(&format!("/cases/{case}")).await.see("終結");
    sound(app).await;
});

story!(somebody_dies_while_their_case_is_handed_over, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case_of(app, &mut kinoshita, "青木 ハル", "家賃が払えない").await;
    let at = pack(app, &mut kinoshita, "kinoshita").await;
    let (_, haru) = home(&mut kinoshita, &case).await;
    dies(&mut kinoshita, &haru).await;
    // The review stands among what is handed over, and passes with it.
    kinoshita.get(&at).await.see("引きつぎ中").see("同意と記録を見直す");
    let mut oda = app.sign_in("oda").await;
    press(&mut oda, &at, &format!("{case}/received")).await.is(303);
    oda.get(&at).await.see("終わった");
    let today = oda.get("/").await;
    today.see("亡くなりました").not_see("担当者はまだ決まっていません");
    // Taken back, it is nobody's again.
    press(&mut oda, &at, "/not-mine").await.is(303);
    oda.get("/?all=1").await.see("担当者はまだ決まっていません");
    sound(app).await;
});

story!(somebody_dies_while_two_records_of_them_wait_for_a_second_look, |app| async {
    let (mut kinoshita, mut oda) = (app.sign_in("kinoshita").await, app.sign_in("oda").await);
    let one = crate::same::records(&mut kinoshita, crate::same::HANAKO).await;
    let other = crate::same::records(&mut oda, crate::same::AGAIN).await;
    household::look_for(&app.engine, app.town.municipality).await.unwrap();
    let pair = kinoshita.get("/same").await.link("花子");
    kinoshita.get(&pair).await.is(200);
    kinoshita.post(&format!("{pair}/propose"), &[]).await.is(303);
    let person = first(&kinoshita.get(&one).await, "persons");
    let theirs = first(&oda.get(&other).await, "persons");
    dies(&mut kinoshita, &person).await;
    household::look_for(&app.engine, app.town.municipality).await.unwrap();
    // It still waits, and the second one decides; the death stands where it was written, and nowhere else by that.
    oda.get(&pair).await.is(200).see("確かめて、まとめる");
    oda.post(&format!("{pair}/confirm"), &[]).await.is(303);
    oda.get(&other).await.see("としても記録されています");
    oda.get(&theirs).await.is(200).not_see("亡くなった（");
    // And it is undone like any other.
    oda.get(&pair).await;
    oda.post(&format!("{pair}/back"), &[]).await.is(303);
    oda.get(&other).await.not_see("としても記録されています");
    kinoshita.get(&person).await.see("亡くなった（令和8年11月20日");
    sound(app).await;
});
