//! 一時的な主担当: another desk answers for a case for a while, by the word of both, and gives it back.

use words::Day;

use crate::casefile::write;
use crate::referral::{case_of, send};
use crate::support::{App, Page, Person};

async fn whole(app: &App) {
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
}

/// A case of 佐野's desk in which 木下's has a part: both, and the case (`/cases/…`).
async fn shared(app: &App) -> (Person, Person, String) {
    let (mut sano, mut kinoshita) = (app.sign_in("sano").await, app.sign_in("kinoshita").await);
    let id = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let shakyo = app.town.desk("shakyo").to_string();
    let referral = send(&mut sano, &id, &shakyo, &[("kind", "join")]).await;
    kinoshita.get(&referral).await;
    for (step, fields) in [
        ("accept", vec![]),
        ("start", vec![]),
        ("complete", vec![("outcome", "supported"), ("words", ""), ("basis", "status_only")]),
    ] {
        kinoshita.get(&referral).await;
        kinoshita.post(&format!("{referral}/{step}"), &fields).await.is(303);
    }
    (sano, kinoshita, format!("/cases/{id}"))
}

async fn propose(who: &mut Person, case: &str, taker: &str, more: &[(&str, &str)]) -> Page {
    let at = format!("{case}/lead");
    who.get(&at).await.is(200);
    let mut fields = vec![
        ("taker", taker),
        ("reason", "abuse"),
        ("why", "次男の手が出る-SECRETWHY"),
        ("why_cat", "violence"),
        ("until", "離れて住めたら-SECRETUNTIL"),
        ("check_on", "R8.12.10"),
    ];
    fields.retain(|(n, _)| !more.iter().any(|(m, _)| m == n));
    fields.extend(more);
    who.post(&at, &fields).await
}

/// Takes a step of the one under way.
async fn step(who: &mut Person, case: &str, step: &str, fields: &[(&str, &str)]) -> Page {
    let page = who.get(&format!("{case}/lead")).await;
    let forms = page.forms();
    let form = forms.iter().find(|f| f.action.ends_with(&format!("/{step}"))).expect("a form of the step");
    let action = form.action.clone();
    who.post(&action, fields).await
}

fn offers(page: &Page, step: &str) -> bool {
    page.forms().iter().any(|f| f.action.ends_with(&format!("/{step}")))
}

const ANSWER: &str = "一時的な主担当の相談に返事をする";
const CHECK: &str = "一時的な主担当をもどせるか確かめる";
const ACK: &str = "主担当がもどったこと・かわったことを確かめる";

story!(another_desk_answers_for_a_while_and_gives_it_back, |app| async {
    let (mut sano, mut kinoshita, case) = shared(app).await;
    let shakyo = app.town.desk("shakyo").to_string();
    write(&mut sano, &case, &[("body", "あざがあった-SECRETNOTE"), ("body_cat", "violence")]).await.is(303);
    propose(&mut sano, &case, &shakyo, &[("until", ""), ("check_on", "R9.11.1")])
        .await
        .is(422)
        .see("SECRETWHY")
        .see("半年より先");
    propose(&mut sano, &case, &shakyo, &[]).await.goes_to(&format!("{case}/lead?done=lead_proposed"));
    sano.follow().await.see("返事まち").see("虐待・暴力への対応").see("SECRETWHY");
    assert!(offers(&sano.page, "withdraw") && !offers(&sano.page, "accept"), "one's own word only");
    propose(&mut sano, &case, &shakyo, &[]).await.is(422).see("もう始まっています");
    // The other desk sees desks and days; why, only as far as it may read it.
    kinoshita.get("/").await.see(ANSWER);
    let page = kinoshita.get(&format!("{case}/lead")).await;
    page.is(200).see("返事まち").not_see("SECRET").not_see("虐待・暴力への対応");
    app.sign_in("noguchi").await.get(&format!("{case}/lead")).await.is(404);
    step(&mut kinoshita, &case, "accept", &[]).await.goes_to(&format!("{case}/lead?done=lead_accept"));
    kinoshita.follow().await.see("一時的に引きうけている").see("もどす先").see("北部福祉総合相談室");
    // It answers for the case now, and reads no more than before.
    kinoshita.get(&case).await.see("いまの主担当は一時的").not_see("SECRET");
    kinoshita.get(&format!("{case}/entries")).await.not_see("SECRET");
    kinoshita.get("/").await.see(CHECK);
    kinoshita.get(&format!("{case}/end")).await.is(200).see("終結");
    assert!(!offers(&sano.get(&format!("{case}/lead")).await, "return"));
    sano.get(&format!("{case}/timeline")).await.see("一時的に引きうけた");
    whole(app).await;
    step(&mut kinoshita, &case, "later", &[("later_on", "R8.11.1")]).await.is(422).see("あしたから");
    step(&mut kinoshita, &case, "later", &[("later_on", "R9.1.15")]).await.is(303);
    kinoshita.follow().await.see("1月15日");
    // One act gives it back; the desk it came from says that it has it.
    kinoshita.get(&format!("{case}/lead")).await.see("主担当は「北部福祉総合相談室」にもどります");
    step(&mut kinoshita, &case, "return", &[]).await.goes_to(&format!("{case}/lead?done=lead_return"));
    kinoshita.follow().await.see("もどした").not_see("このまま主担当になる");
    kinoshita.get("/").await.not_see(CHECK);
    kinoshita.get(&case).await.not_see("いまの主担当は一時的");
    sano.get("/").await.see(ACK);
    step(&mut sano, &case, "acknowledge", &[("acknowledge_on", "R8.12.1")]).await.is(303);
    sano.get("/").await.not_see(ACK);
    let page = sano.get(&format!("{case}/lead")).await;
    page.see("前の一時的な主担当（1件）").see("一時的な主担当からもどった").see("確かめた");
    whole(app).await;
});

story!(it_can_be_offered_declined_kept_and_comes_back_by_a_hand_back, |app| async {
    let (mut sano, mut kinoshita, case) = shared(app).await;
    let (shakyo, hokubu) = (app.town.desk("shakyo").to_string(), app.town.desk("hokubu").to_string());
    // The desk that would take it offers; the accountable one says no, then yes.
    propose(&mut kinoshita, &case, &shakyo, &[("why_cat", "support")]).await.is(303);
    sano.get("/").await.see(ANSWER);
    sano.get(&format!("{case}/lead")).await.see("返事まち").see("相手の窓口に聞いて").not_see("SECRETWHY");
    step(&mut sano, &case, "decline", &[]).await.is(303);
    sano.get("/").await.not_see(ANSWER);
    propose(&mut kinoshita, &case, &shakyo, &[]).await.is(303);
    step(&mut sano, &case, "accept", &[]).await.is(303);
    kinoshita.get("/").await.see(CHECK);
    // Handed back by a referral meanwhile, it has returned.
    let id = case.trim_start_matches("/cases/").to_owned();
    let referral = send(&mut kinoshita, &id, &hokubu, &[("kind", "hand_back")]).await;
    sano.get(&referral).await;
    sano.post(&format!("{referral}/accept"), &[("promise", "R8.12.1")]).await.is(303);
    sano.get(&format!("{case}/lead")).await.see("もどした").see("つなぎや窓口の引きつぎでもどった");
    kinoshita.get("/").await.not_see(CHECK);
    whole(app).await;
    // Kept by an act that says why, and the other desk hears it.
    propose(&mut sano, &case, &shakyo, &[]).await.is(303);
    step(&mut kinoshita, &case, "accept", &[]).await.is(303);
    step(&mut kinoshita, &case, "keep", &[]).await.is(422).see("必ず書いて");
    step(&mut kinoshita, &case, "keep", &[("keep_words", "支援の中心がここに移った")]).await.is(303);
    kinoshita.follow().await.see("そのまま主担当になった");
    sano.get("/").await.see(ACK);
    step(&mut sano, &case, "acknowledge", &[]).await.is(303);
    sano.get("/").await.not_see(ACK);
    whole(app).await;
});

story!(a_closed_case_and_a_desk_that_ended_do_not_keep_a_lead, |app| async {
    let (mut sano, mut kinoshita, case) = shared(app).await;
    let shakyo = app.town.desk("shakyo").to_string();
    propose(&mut sano, &case, &shakyo, &[]).await.is(303);
    step(&mut kinoshita, &case, "accept", &[]).await.is(303);
    kinoshita.get(&format!("{case}/end")).await;
    let over = [
        ("to", "interrupted"),
        ("reason", "unreachable"),
        ("words", "電話に出ない"),
        ("watch", "民生委員"),
        ("ends", "yes"),
    ];
    let page = kinoshita.post(&format!("{case}/end"), &over).await;
    page.is(303);
    kinoshita.get("/").await.see(CHECK);
    step(&mut kinoshita, &case, "later", &[("later_on", "R9.1.15")]).await.is(303);
    // The desk it came from ends, and the one that answers for the case comes after it: it stays, by an act that says so.
    let (m, last) = (app.town.municipality, Day::new(2026, 11, 30).unwrap());
    let mut act = app
        .engine
        .system_act(access::System::Import, m, engine::Origin::File, "story.end", &m)
        .await
        .unwrap();
    let right = access::Right::system(access::System::Import);
    register::acts::end_desk(&mut act, &right, app.town.desk("hokubu"), last, app.town.desk("shakyo"))
        .await
        .unwrap();
    act.commit("").await.unwrap();
    app.clock.forward_minutes(12 * 24 * 60);
    casefile::office_end(&app.engine, m).await.unwrap();
    whole(app).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    let page = kinoshita.get(&format!("{case}/lead")).await;
    page.see("もどせる窓口がありません");
    assert!(!offers(&page, "return"));
    step(&mut kinoshita, &case, "keep", &[("keep_words", "窓口を引きついだ")]).await.is(303);
    kinoshita.get("/").await.not_see(CHECK).not_see(ACK);
    whole(app).await;
});

story!(where_nobody_else_has_a_part_the_page_says_how_they_come_in, |app| async {
    let mut sano = app.sign_in("sano").await;
    let id = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let page = sano.get(&format!("/cases/{id}/lead")).await;
    page.is(200).see("先に「つなぐ」を送ってください").not_see("相手の窓口に相談する");
});

story!(a_desk_that_has_ended_takes_nothing, |app| async {
    let (mut sano, _, case) = shared(app).await;
    let shakyo = app.town.desk("shakyo").to_string();
    sano.get(&format!("{case}/lead")).await.see("バックアップふじさわ社協");
    let (m, heir) = (app.town.municipality, app.town.desk("ikiiki"));
    let (system, origin) = (access::System::Console, engine::Origin::Console);
    let mut act = app.engine.system_act(system, m, origin, "story.ended", &shakyo).await.unwrap();
    let sql = "UPDATE desk SET valid_to = $3, heir_id = $4 WHERE municipality_id = $1 AND id = $2";
    let last = Day::new(2026, 11, 30).unwrap();
    let args = engine::args![m, app.town.desk("shakyo"), last, heir];
    act.save(&access::Right::system(system)).unwrap().exec(sql, args).await.unwrap();
    act.commit("").await.unwrap();
    app.clock.set(words::Instant::at(Day::new(2026, 12, 1).unwrap(), 9, 0));
    let mut sano = app.sign_in("sano").await;
    let page = sano.get(&format!("{case}/lead")).await;
    assert!(!page.body.contains(&format!("value=\"{shakyo}\"")), "{}", page.text());
    propose(&mut sano, &case, &shakyo, &[]).await.is(422);
});
