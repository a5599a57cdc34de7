//! Presence that is corrected after something was decided on it: the original stays, the decision stands and waits for a word, and is confirmed
//! or decided anew (R-045; domain section 2.2).

use crate::conference::{pledge, raised, whole};
use crate::decision::{GOALS, met, present, with_consent};
use crate::session::{december, step};
use crate::sitting::{DecidedThere, PROVIDER, at_office, decided_there, note_with};
use crate::support::{Page, Person};
use crate::support_plan::{decided, post, proposed};

const TASK: &str = "出席の記録が訂正された会議の決定を確かめる";
const MARK: &str = "出席の記録が後で訂正された: 確認が要る";

/// At the office of a matter a member was away on a day.
async fn away(hase: &mut Person, matter: &str, who: &str, on: &str, why: &str) -> Page {
    let page = hase.get(&format!("{matter}/office")).await;
    let places = page.body.split("<div class=\"stack\" id=\"member-").skip(1);
    let place = places.into_iter().find(|x| x.contains(who)).unwrap();
    let member = place.split('"').next().unwrap().to_owned();
    let said =
        [("member", member.as_str()), ("on", on), ("way", "absent"), ("told_by", ""), ("corrected", why)];
    hase.post(&format!("{matter}/present"), &said).await
}

async fn confirm(who: &mut Person, decision: &str, answer: &str, anew: &str) -> Page {
    who.get(decision).await.is(200);
    who.post(&format!("{decision}/confirm"), &[("answer", answer), ("anew", anew)]).await
}

story!(attendance_a_plan_in_force_rests_on_is_corrected_and_the_decision_confirmed, |app| async {
    let DecidedThere { mut sano, mut hase, case, matter, session, item, plan, by } = decided_there(app).await;
    step(&mut hase, &session, &item, "conclude", &[]).await.is(303);
    post(&mut sano, &plan, "force", &[("decision", &by)]).await.is(303);
    let (by, absent) = (format!("/decisions/{by}"), (PROVIDER, "absent"));
    hase.get(&by).await.not_see(MARK);
    hase.get(&session).await.see("直すわけ");
    note_with(&mut hase, &session, absent, &[]).await.is(422).see("「直すわけ」を選んで");
    // What the program says for somebody is nobody's reason.
    note_with(&mut hase, &session, absent, &[("corrected", "noted")]).await.is(422);
    note_with(&mut hase, &session, absent, &[("corrected", "not_there")]).await.is(303);
    // How it was noted stays, with who corrected it and why.
    let line = "長谷 みどり: 会場→欠席（実際には出席していなかった）";
    hase.get(&session).await.see("あとで直した出席").see(line);
    assert!(at_office(&mut hase, &matter, "長谷 みどり").await.contains("欠席"));
    // The decision says so, plainly; nothing of it changes.
    hase.get("/").await.see(TASK);
    hase.get(&by).await.see(MARK).see(line).see("いないまま決まったことになります").see("プランに使われた");
    sano.get(&by).await.see(MARK).not_see("この決定をどうしますか");
    sano.get(&plan).await.see("動いている");
    sano.get(&format!("/cases/{case}/plans")).await.is(200);
    confirm(&mut sano, &by, "heard", "").await.is(404);
    confirm(&mut hase, &by, "confirmed", "").await.is(422).see("いなかったことになっています");
    confirm(&mut hase, &by, "heard", "").await.goes_to(&format!("{by}?done=decision_confirmed"));
    hase.get(&by).await.not_see(MARK).see("いなかった窓口に内容を伝え").see(line);
    hase.get("/").await.not_see(TASK);
    hase.post(&format!("{by}/confirm"), &[("answer", "heard")]).await.see("もう確かめられています");
    sano.get(&plan).await.see("動いている");
    whole(app).await;
});

story!(in_confidence_what_was_decided_is_decided_anew_after_a_correction, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (_, _, matter) = raised(app, &mut sano, &mut hase).await;
    pledge(&mut sano, &matter).await;
    pledge(&mut hase, &matter).await;
    present(&mut hase, &matter, "長谷 みどり", "R8.11.21").await;
    let by = decided(&mut hase, &matter, "other", &[("other", "見守る-MARK-S")]).await;
    let by = format!("/decisions/{by}");
    away(&mut hase, &matter, "長谷 みどり", "R8.11.21", "").await.is(422).see("決定のあとで直すわけ");
    away(&mut hase, &matter, "長谷 みどり", "R8.11.21", "other_day").await.is(303);
    assert!(at_office(&mut hase, &matter, "長谷 みどり").await.contains("欠席"));
    hase.get("/").await.see(TASK).not_see("MARK-S");
    hase.get(&by).await.see(MARK).see("市町村の課も多機関協働の事業者もいない").see("別の日の出席だった");
    // Members know of it, nobody else does.
    sano.get(&by).await.see(MARK);
    app.sign_in("kinoshita").await.get(&by).await.is(404);
    confirm(&mut hase, &by, "anew", "").await.is(422).see("訂正のあとに会議で決めた決定を選んで");
    // A conference with everybody who has to be there decides anew.
    app.clock.set(december(9, 15));
    let mut hase = app.sign_in("hase").await;
    present(&mut hase, &matter, "長谷 みどり", "R8.12.9").await;
    let said = [("other", "見守りを続ける-MARK-T"), ("on", "R8.12.9")];
    let new = decided(&mut hase, &matter, "other", &said).await;
    let itself = by.trim_start_matches("/decisions/").to_owned();
    confirm(&mut hase, &by, "anew", &itself).await.is(422);
    confirm(&mut hase, &by, "anew", &new).await.is(303);
    let page = hase.get(&by).await;
    page.not_see(MARK).see("会議であらためて決めた").see("MARK-S");
    assert!(page.body.contains(&format!("/decisions/{new}")), "{}", page.text());
    hase.get("/").await.not_see(TASK);
    whole(app).await;
});

story!(nothing_begins_by_a_decision_whose_attendance_was_corrected_before_it_is_confirmed, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    met(&mut hase, &matter, "R8.11.21").await;
    let plan = proposed(&mut sano, &case, &[]).await;
    let by = decided(&mut hase, &matter, "establish", &GOALS).await;
    away(&mut hase, &matter, "長谷 みどり", "R8.11.21", "told_wrong").await.is(303);
    // The list of the session says that they were there: it is said as it is noted now.
    let page = format!("/decisions/{by}");
    hase.get(&page).await.see(MARK).see("その日にいました");
    post(&mut sano, &plan, "force", &[("decision", &by)]).await.is(422).see("確かめてから使って");
    confirm(&mut hase, &page, "heard", "").await.is(422).see("いまの出席の記録に合う答え");
    confirm(&mut hase, &page, "confirmed", "").await.is(303);
    post(&mut sano, &plan, "force", &[("decision", &by)]).await.is(303);
    // Taken back instead, nothing waits for a word any more.
    let other = decided(&mut hase, &matter, "other", &[("other", "見守る")]).await;
    present(&mut hase, &matter, "長谷 みどり", "R8.11.21").await;
    away(&mut hase, &matter, "長谷 みどり", "R8.11.21", "told_wrong").await.is(303);
    hase.get("/").await.see(TASK);
    for id in [&other, &by] {
        hase.get(&format!("/decisions/{id}")).await.see(MARK);
    }
    hase.post(&format!("/decisions/{other}/void"), &[]).await.is(303);
    hase.get(&format!("/decisions/{other}")).await.not_see(MARK);
    confirm(&mut hase, &page, "confirmed", "").await.is(303);
    hase.get("/").await.not_see(TASK);
    whole(app).await;
});
