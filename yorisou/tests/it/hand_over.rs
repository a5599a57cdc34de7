//! Somebody goes, somebody takes up: numbers and promises pass, and nobody may read more for it.

use words::Day;

use crate::referral::{case_of, send};
use crate::support::{App, Page, Person};

async fn round(app: &App) -> usize {
    hand_over::watch(&app.engine, app.town.municipality).await.unwrap()
}

/// Begins the hand-over of somebody's work; its path.
async fn begin(app: &App, who: &mut Person, desk: &str, whose: &str) -> String {
    who.get("/handovers").await.is(200);
    let value = format!("{}.{}", app.town.desk(desk), app.town.user(whose));
    let page = who.post("/handovers", &[("whose", &value), ("last", "R9.3.31")]).await;
    assert_eq!(page.status, 303, "{}", page.text());
    page.location().split('?').next().unwrap().to_owned()
}

/// Names who takes a case, with words.
async fn give(app: &App, who: &mut Person, pack: &str, case: &str, to: &str, words: &str) -> Page {
    let at = format!("{pack}/cases/{case}");
    who.get(&at).await.is(200);
    let to = if to.is_empty() { String::new() } else { app.town.user(to).to_string() };
    who.post(&at, &[("to", to.as_str()), ("words", words), ("words_cat", "support")]).await
}

async fn receive(who: &mut Person, pack: &str, case: &str) -> Page {
    let page = who.get(pack).await;
    page.is(200);
    let form = page.form(&format!("{case}/received"));
    let fields: Vec<(&str, &str)> = form.hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    who.post_exactly(&form.action, &fields).await
}

story!(a_case_is_handed_over_and_its_promises_pass_with_the_receipt, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case_of(app, &mut kinoshita, "青木 ハル", "家賃が払えない-MARK").await;
    let pack = begin(app, &mut kinoshita, "shakyo", "kinoshita").await;
    kinoshita.get(&pack).await.is(200).see("2026-00001").see("青木 ハル").see("電話する").see("まだ");
    // Begun once.
    let value = format!("{}.{}", app.town.desk("shakyo"), app.town.user("kinoshita"));
    kinoshita.get("/handovers").await;
    kinoshita
        .post("/handovers", &[("whose", &value), ("last", "R9.3.31")])
        .await
        .is(422)
        .see("もう始まっています");
    // The lead sees to it, with a date.
    let mut imai = app.sign_in("imai").await;
    imai.get("/").await.see("引きつぎを見届ける");
    give(app, &mut kinoshita, &pack, &case, "", "").await.is(422).see("受けとる人を選ぶか");
    give(app, &mut kinoshita, &pack, &case, "oda", "息子さんの話から入ると安心する-MARK").await.is(303);
    let mut oda = app.sign_in("oda").await;
    oda.get("/").await.see("引きつぎを受けとる");
    oda.get(&pack).await.see("息子さんの話から入ると安心する-MARK").see("見られる理由");
    // Nobody takes it in another's place while who is named is there, nor whoever goes.
    imai.get(&pack).await.not_see("受け取りました");
    kinoshita.get(&pack).await.not_see("受け取りました");
    receive(&mut oda, &pack, &case).await.is(303);
    oda.get(&pack).await.see("小田 りかさんが受けとった").see("終わった");
    oda.get("/").await.not_see("引きつぎを受けとる").see("小田 りか");
    imai.get("/").await.not_see("引きつぎを見届ける");
    // Accountability stays with the desk, and another desk sees nothing of it.
    oda.get(&format!("/cases/{case}")).await.see("バックアップふじさわ社協");
    let mut sano = app.sign_in("sano").await;
    sano.get(&pack).await.is(404);
    sano.get(&format!("{pack}/print")).await.is(404);
    sano.get("/handovers").await.is(200).not_see("木下").not_see("MARK");
    oda.get(&format!("{pack}/print")).await.is(200).see("息子さんの話から").see("2026-00001");
    crate::papers::same(&mut oda, &format!("{pack}/print")).await.see("息子さんの話から");
    sano.get(&format!("{pack}/print?as=pdf")).await.is(404);
    assert_eq!(round(app).await, 0);
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(whoever_takes_up_a_case_reads_what_a_review_is_about, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case_of(app, &mut kinoshita, "青木 ハル", "家賃が払えない").await;
    let page = kinoshita.get(&format!("/cases/{case}/consents/new")).await;
    let haru = crate::referral::first_radio(&page.body, "person");
    kinoshita.get(&format!("/persons/{haru}")).await.is(200);
    kinoshita.post(&format!("/persons/{haru}/died"), &[("died", "R8.11.20")]).await.is(303);
    let pack = begin(app, &mut kinoshita, "shakyo", "kinoshita").await;
    let says = "に亡くなりました";
    kinoshita.get(&pack).await.is(200).see("同意と記録を見直す").see(says);
    crate::papers::same(&mut kinoshita, &format!("{pack}/print")).await.see(says);
});

/// Takes a receipt back, as the page offers it.
async fn unreceive(who: &mut Person, pack: &str, case: &str) -> Page {
    let page = who.get(pack).await;
    page.is(200);
    let form = page.form(&format!("{case}/not-mine"));
    let fields: Vec<(&str, &str)> = form.hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    who.post_exactly(&form.action, &fields).await
}

story!(the_last_receipt_is_taken_back_and_the_hand_over_goes_on, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case_of(app, &mut kinoshita, "青木 ハル", "家賃が払えない-MARK").await;
    let pack = begin(app, &mut kinoshita, "shakyo", "kinoshita").await;
    give(app, &mut kinoshita, &pack, &case, "oda", "").await.is(303);
    let mut oda = app.sign_in("oda").await;
    receive(&mut oda, &pack, &case).await.is(303);
    oda.get(&pack).await.see("終わった").see("小田 りかさんが受けとった").see("また「引きつぎ中」になります");
    // Nobody else takes it back.
    let mut imai = app.sign_in("imai").await;
    imai.get(&pack).await.not_see("受けとりを取り消す");
    unreceive(&mut oda, &pack, &case).await.is(303);
    oda.get(&pack).await.see("引きつぎ中").not_see("小田 りかさんが受けとった").see("受け取りました");
    kinoshita.get(&format!("/cases/{case}")).await.see("木下 ひろみ").not_see("小田 りか");
    // It is told of as before, to whoever was named and to the lead.
    oda.get("/").await.see("引きつぎを受けとる");
    imai.get("/").await.see("引きつぎを見届ける");
    assert_eq!(round(app).await, 0, "nothing else is to be done about it");
    // Taken up in earnest; and for some time it can still be taken back.
    receive(&mut oda, &pack, &case).await.is(303);
    imai.get("/").await.not_see("引きつぎを見届ける");
    // Meanwhile another one of the same person has begun: there it is decided who is in charge.
    let second = case_of(app, &mut kinoshita, "三浦 ナツ", "仕事がない").await;
    let other = begin(app, &mut kinoshita, "shakyo", "kinoshita").await;
    unreceive(&mut oda, &pack, &case).await.is(409).see("もうひとつ始まっています");
    oda.get(&pack).await.see("終わった");
    receive(&mut oda, &other, &second).await.is(303);
    // What has ended since stays as it is.
    let end = format!("/cases/{case}/end");
    oda.get(&end).await.is(200);
    let fields = [
        ("to", "closed"),
        ("reason", "settled"),
        ("words", "落ち着いた"),
        ("watch", "民生委員"),
        ("ends", "yes"),
    ];
    oda.post(&end, &fields).await.is(303);
    oda.get(&pack).await.not_see("受けとりを取り消す");
    // The last day of whoever goes is over: nothing is taken back any more.
    oda.get(&other).await.see("受けとりを取り消す");
    app.clock.forward_minutes(60 * 24 * 140);
    app.sign_in("oda").await.get(&other).await.is(200).not_see("受けとりを取り消す");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(a_transfer_loaded_ahead_begins_it_and_no_departure_is_a_trap, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case_of(app, &mut kinoshita, "青木 ハル", "家賃が払えない-MARK").await;
    let day = |m, d| Day::new(2026, m, d).unwrap();
    app.town.transfer(&app.engine, "kinoshita", "shakyo", "hokubu", day(12, 20)).await;
    assert_eq!(round(app).await, 1);
    assert_eq!(round(app).await, 0, "once");
    let list = kinoshita.get("/handovers").await;
    list.is(200).see("木下 ひろみ").see("12月20日");
    let pack = crate::casefile::first(&list, "handovers");
    give(app, &mut kinoshita, &pack, &case, "oda", "ゆっくり話す-MARK").await.is(303);
    // Who was named leaves as well, and who goes is gone: anybody of the desk can take it up.
    app.town.transfer(&app.engine, "oda", "shakyo", "ikiiki", day(12, 18)).await;
    app.clock.forward_minutes(60 * 24 * 35);
    round(app).await;
    let mut imai = app.sign_in("imai").await;
    imai.get("/").await.see("引きつぎを見届ける");
    imai.get(&pack).await.is(200).see("いまこの窓口にいない").see("ゆっくり話す-MARK");
    // Moved away, they see nothing of it any more: their own words stay with the desk.
    for gone in ["kinoshita", "oda"] {
        let mut gone = app.sign_in(gone).await;
        gone.get(&pack).await.is(404);
        gone.get("/handovers").await.not_see("MARK");
    }
    imai.get("/?all=1").await.see("担当 木下 ひろみ（いまは、この窓口にいません）");
    receive(&mut imai, &pack, &case).await.is(303);
    imai.get("/").await.not_see("引きつぎを見届ける").see("今井 まこと").not_see("この窓口にいません");
    // Taken back, the promises do not go to somebody who is there no more; and the answer says so.
    let page = unreceive(&mut imai, &pack, &case).await;
    page.is(303).goes_to(&format!("{pack}?done=item_unreceived_nobody"));
    imai.follow().await.see("前の人はもうこの窓口にいない").see("引きつぎ中");
    let begun = app
        .engine
        .system_act(
            access::System::Console,
            app.town.municipality,
            engine::Origin::Console,
            "story.promises",
            &pack,
        )
        .await;
    let mut act = begun.unwrap();
    let held =
        "SELECT COUNT(*) AS n FROM task WHERE municipality_id = $1 AND state = 'open' AND assignee_id = $2";
    let of = engine::args![app.town.municipality, app.town.user("kinoshita")];
    let n: i64 = act.facts().unwrap().one(held, of).await.unwrap().get("n").unwrap();
    assert_eq!(n, 0, "nothing hangs on whoever is gone");
    drop(act);
    imai.get("/").await.see("引きつぎを見届ける");
    receive(&mut imai, &pack, &case).await.is(303);
    imai.get("/").await.see("今井 まこと");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(what_ended_or_passed_on_need_not_be_taken_up_and_words_are_never_lost, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let first = case_of(app, &mut kinoshita, "青木 ハル", "家賃が払えない").await;
    let second = case_of(app, &mut kinoshita, "三浦 ナツ", "仕事がない").await;
    let pack = begin(app, &mut kinoshita, "shakyo", "kinoshita").await;
    // Two write words at once: nothing is lost.
    let mut oda = app.sign_in("oda").await;
    let at = format!("{pack}/cases/{first}");
    let stale = oda.get(&at).await;
    give(app, &mut kinoshita, &pack, &first, "oda", "先に書いた").await.is(303);
    oda.page = stale;
    oda.post(&at, &[("to", ""), ("words", "あとから書いた")])
        .await
        .is(409)
        .see("先に書いた")
        .see("あとから書いた");
    // One is handed over to another desk, the other ends: nothing waits.
    let to = app.town.desk("hokubu").to_string();
    let referral = send(&mut kinoshita, &first, &to, &[("basis", "preview")]).await;
    let mut sano = app.sign_in("sano").await;
    sano.get(&referral).await;
    sano.post(&format!("{referral}/accept"), &[("promise", "R8.12.1")]).await.is(303);
    // The words stay what they were: a hand-over to another desk widens nothing.
    sano.get(&format!("/cases/{first}/entries")).await.not_see("先に書いた");
    sano.get(&pack).await.is(404);
    kinoshita.get(&format!("/cases/{second}/end")).await;
    let end = [
        ("to", "closed"),
        ("reason", "settled"),
        ("words", "落ち着いた"),
        ("watch", "民生委員"),
        ("ends", "yes"),
    ];
    kinoshita.post(&format!("/cases/{second}/end"), &end).await.is(303);
    assert_eq!(round(app).await, 1);
    kinoshita.get(&pack).await.see("いらなくなった").see("終わった");
    app.sign_in("imai").await.get("/").await.not_see("引きつぎを見届ける");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(who_is_kept_out_neither_sees_nor_takes_a_case, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case_of(app, &mut kinoshita, "青木 ハル", "家賃が払えない-MARK").await;
    let mut imai = app.sign_in("imai").await;
    let user = app.town.user("oda").to_string();
    imai.get(&format!("/cases/{case}/consents")).await;
    imai.post(&format!("/cases/{case}/exclusions"), &[("user", &user), ("reason", "relative")]).await.is(303);
    let pack = begin(app, &mut kinoshita, "shakyo", "kinoshita").await;
    let at = format!("{pack}/cases/{case}");
    kinoshita.get(&at).await.is(200).not_see("小田 りか");
    give(app, &mut kinoshita, &pack, &case, "oda", "").await.is(422).see("ほかの人を選んでください");
    let mut oda = app.sign_in("oda").await;
    oda.get(&pack).await.is(200).not_see("2026-00001").not_see("青木").not_see("MARK");
    oda.get(&at).await.is(404);
    oda.post(&format!("{at}/received"), &[]).await.is(404);
    oda.get("/handovers").await.see("全0件");
    // Whoever was to go stays.
    let page = kinoshita.get(&pack).await;
    let form = page.form("/withdraw");
    let fields: Vec<(&str, &str)> = form.hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    kinoshita.post_exactly(&form.action, &fields).await.goes_to(&format!("{pack}?done=pack_withdrawn"));
    imai.get("/").await.not_see("引きつぎを見届ける");
    assert_eq!(round(app).await, 0);
});

/// A desk ends on a day, and another takes its place.
/// A desk closes after a day, and another one comes after it.
pub async fn closes(app: &App, gone: &str, heir: &str, last: Day) {
    let (m, right) = (app.town.municipality, access::Right::system(access::System::Import));
    let (gone, heir) = (app.town.desk(gone), app.town.desk(heir));
    let begun = app
        .engine
        .system_act(access::System::Import, m, engine::Origin::File, "story.desk_ends", &(gone, heir))
        .await;
    let mut act = begun.unwrap();
    register::acts::end_desk(&mut act, &right, gone, last, heir).await.unwrap();
    act.commit("").await.unwrap();
}

story!(a_desk_that_closes_before_the_receipt_leaves_its_hand_over_to_the_one_that_follows, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case_of(app, &mut kinoshita, "青木 ハル", "家賃が払えない-MARK").await;
    let pack = begin(app, &mut kinoshita, "shakyo", "kinoshita").await;
    give(app, &mut kinoshita, &pack, &case, "oda", "ゆっくり話す-MARK").await.is(303);
    closes(app, "shakyo", "ikiiki", Day::new(2026, 11, 30).unwrap()).await;
    app.clock.forward_minutes(60 * 24 * 12);
    // Before the work of the desk that closed is passed on, nothing is taken for settled.
    assert_eq!(round(app).await, 1, "who was named sits there no more");
    casefile::office_end(&app.engine, app.town.municipality).await.unwrap();
    round(app).await;
    // Still open: nobody has taken the case up, and somebody is told so.
    let mut mieda = app.sign_in("mieda").await;
    mieda.get("/").await.see("引きつぎを見届ける").see("引きつぎを受けとる");
    mieda.get(&pack).await.is(200).see("2026-00001").see("ゆっくり話す-MARK").see("まだ");
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get(&pack).await.is(200).see("受け取りました");
    // Who sat at the desk that closed sits nowhere now.
    for gone in ["kinoshita", "oda"] {
        app.sign_in(gone).await.get(&pack).await.is(404).not_see("MARK");
    }
    // Another person of the desk that follows can be named, and takes it up.
    give(app, &mut mieda, &pack, &case, "noguchi", "息子さんから-MARK").await.is(303);
    noguchi.get("/").await.see("引きつぎを受けとる");
    receive(&mut noguchi, &pack, &case).await.is(303);
    noguchi.get(&pack).await.see("終わった");
    mieda.get("/").await.not_see("引きつぎを見届ける").not_see("引きつぎを受けとる");
    noguchi.get("/").await.see("野口 あや").see("次の約束");
    // Nobody else reads more for it.
    app.sign_in("sano").await.get(&pack).await.is(404);
    assert_eq!(round(app).await, 0);
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(a_receiver_who_goes_before_the_receipt_leaves_a_task_for_somebody_who_is_there, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case_of(app, &mut kinoshita, "青木 ハル", "家賃が払えない-MARK").await;
    let pack = begin(app, &mut kinoshita, "shakyo", "kinoshita").await;
    give(app, &mut kinoshita, &pack, &case, "oda", "ゆっくり話す-MARK").await.is(303);
    app.sign_in("oda").await.get("/").await.see("引きつぎを受けとる");
    app.town.transfer(&app.engine, "oda", "shakyo", "ikiiki", Day::new(2026, 11, 30).unwrap()).await;
    app.clock.forward_minutes(60 * 24 * 12);
    round(app).await;
    // The task is nobody's who is gone: it waits at the desk, for whoever is there, and the lead sees to it.
    app.sign_in("oda").await.get("/").await.not_see("引きつぎを受けとる").not_see("MARK");
    let mut imai = app.sign_in("imai").await;
    let today = imai.get("/?all=1").await;
    today.see("引きつぎを見届ける").see("引きつぎを受けとる").not_see("小田 りか");
    imai.get(&pack).await.see("小田 りか").see("いまこの窓口にいない");
    assert_eq!(round(app).await, 0, "once");
    receive(&mut imai, &pack, &case).await.is(303);
    imai.get("/?all=1").await.not_see("引きつぎを見届ける").not_see("引きつぎを受けとる");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(words_for_whoever_comes_are_corrected_like_every_text, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case_of(app, &mut kinoshita, "青木 ハル", "家賃が払えない").await;
    let pack = begin(app, &mut kinoshita, "shakyo", "kinoshita").await;
    give(app, &mut kinoshita, &pack, &case, "oda", "火曜に行くと会える").await.is(303);
    // On its own page it is put right, and kept from one of the household.
    let list = kinoshita.get(&format!("/cases/{case}/entries?kind=field:hand_over")).await;
    let entry = crate::casefile::first(&list, "entries");
    let page = kinoshita.get(&entry).await;
    let haru =
        page.body.split("name=\"from\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    kinoshita.post(&format!("{entry}/secret"), &[("from", &haru)]).await.is(303);
    kinoshita.get(&entry).await;
    kinoshita.post(&entry, &[("body", "水曜に行くと会える"), ("body_cat", "support")]).await.is(303);
    let mut oda = app.sign_in("oda").await;
    oda.get(&pack).await.see("水曜に行くと会える").not_see("火曜に行くと会える");
    // Written anew it stands in the place of the corrected one, and is kept from the same person.
    kinoshita.get(&format!("{pack}/cases/{case}")).await.see("水曜に行くと会える");
    give(app, &mut kinoshita, &pack, &case, "oda", "木曜に行くと会える").await.is(303);
    oda.get(&pack).await.see("木曜に行くと会える").not_see("水曜に行くと会える");
    let print = format!("/cases/{case}/print");
    kinoshita.get(&print).await.see("木曜に行くと会える").not_see("水曜に行くと会える");
    kinoshita.get(&format!("{print}?for={haru}")).await.is(200).not_see("曜に行くと会える");
    // Taken back as a mistake it is gone, and other words can be written.
    let list = kinoshita.get(&format!("/cases/{case}/entries?kind=field:hand_over")).await;
    for entry in list.body.split("href=\"/entries/").skip(1) {
        let entry = format!("/entries/{}", entry.split('"').next().unwrap());
        if kinoshita.get(&entry).await.body.contains(&format!("{entry}/error")) {
            kinoshita.post(&format!("{entry}/error"), &[]).await.is(303);
            break;
        }
    }
    oda.get(&pack).await.not_see("曜に行くと会える");
    give(app, &mut kinoshita, &pack, &case, "oda", "金曜に行くと会える").await.is(303);
    oda.get(&pack).await.see("金曜に行くと会える");
});
