//! Taking back what one has just done: one more state, a history that shows both, and nobody's words overwritten.

use crate::plan::{row, saves, with_plan};
use crate::support::Page;
use crate::triage::{begin, consultation, tick};

/// The form that takes a change back.
fn offer(page: &Page) -> Option<String> {
    page.forms().into_iter().map(|f| f.action).find(|a| a.ends_with("/undo"))
}

const CHANGED: &str = "そのあと変わっているので、そのままにしました";

story!(a_tick_is_taken_back_by_whoever_made_it, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let call = consultation(&mut kinoshita, "三日ほど姿を見ない").await;
    let triage = begin(&mut kinoshita, &call, "welfare_check").await;

    // A step of the clock is a promise: taken back, it is owed again.
    tick(&mut kinoshita, &triage, "clock", "0", "1").await.goes_to(&format!("{triage}#clock-0"));
    let after = kinoshita.page.location().to_owned();
    let page = kinoshita.follow().await;
    page.see("印を付けました").see("もとに戻す").see("済みました");
    let undo = offer(&page).unwrap();
    // A colleague of the desk can untick it, but cannot take back what is not theirs.
    let mut oda = app.sign_in("oda").await;
    assert_eq!(offer(&oda.get(&after).await), None);
    oda.post(&undo, &[]).await.is(404);
    kinoshita.get(&after).await;
    kinoshita.post(&undo, &[]).await.goes_to(&format!("{triage}?done=undone#clock-0"));
    let page = kinoshita.follow().await;
    page.see("もとに戻しました").see("あと").see("木下 ひろみ が取り消しました").not_see("済みました");
    assert_eq!(offer(&page), None);

    // Once it was ticked by somebody else, too, taking the own tick back would undo theirs: a conflict, and nothing changes.
    tick(&mut kinoshita, &triage, "check", "0", "1").await.is(303);
    let undo = offer(&kinoshita.follow().await).unwrap();
    tick(&mut oda, &triage, "check", "0", "1").await.is(303);
    kinoshita.post(&undo, &[]).await.is(409).see(CHANGED);
    kinoshita.get(&triage).await.see("1 / ").see("小田 りか");

    // For others it does not exist, and neither does its undoing.
    let mut sano = app.sign_in("sano").await;
    sano.get("/").await;
    sano.post(&undo, &[]).await.is(404);
});

story!(a_renaming_is_taken_back, |app| async {
    let mut kanri = app.sign_in("kanri").await;
    let at = "/admin/labels/edit?key=nav.who&language=ja";
    let edit = "/admin/labels/edit";
    kanri.get(at).await.is(200);
    kanri.post(edit, &[("wording", "どこに聞くか"), ("step", "save")]).await.is(303);
    kanri.follow().await;
    kanri.post(edit, &[("wording", "どこかに聞くか"), ("step", "save")]).await.is(303);
    let stale = kanri.page.location().to_owned();
    let page = kanri.follow().await;
    page.see("このまちのことばに変えました").see("もとに戻す");
    let undo = offer(&page).unwrap();
    kanri.post(&undo, &[]).await.goes_to(&format!("{at}&done=undone"));
    let page = kanri.follow().await;
    // Three versions in the history, and the words of the first are on the screens.
    page.see("もとに戻しました").see("どこかに聞くか");
    assert_eq!(page.body.matches("<li><span class=\"said\">").count(), 3);
    kanri.get("/cases").await.see("どこに聞くか").not_see("どこかに聞くか");
    // Not twice, and not what was changed since.
    assert_eq!(offer(&kanri.get(&stale).await), None);
    kanri.post(&undo, &[]).await.is(409).see(CHANGED);
    kanri.get("/cases").await.see("どこに聞くか");
    // Before the first renaming were the program's own words.
    let first = "/admin/labels/edit?key=nav.cases&language=ja";
    kanri.get(first).await;
    kanri.post(edit, &[("wording", "世帯の記録"), ("step", "save")]).await.is(303);
    let undo = offer(&kanri.follow().await).unwrap();
    kanri.post(&undo, &[]).await.is(303);
    kanri.follow().await.see("もとのことばに戻した");
    kanri.get("/cases").await.not_see("世帯の記録");
    // Whoever keeps no labels has none of this.
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get("/").await;
    kinoshita.post(&undo, &[]).await.is(404);
});

story!(a_row_of_the_plan_is_taken_back, |app| async {
    let mut kanri = with_plan(app).await;
    let page = kanri.get("/plan").await;
    let path = row(&page, "おくすり相談薬局");
    saves(&mut kanri, &path, &[("note", "まちがえた注")]).await.is(303);
    let page = kanri.follow().await;
    page.see("まちがえた注").see("もとに戻す");
    let undo = offer(&page).unwrap();
    kanri.post(&undo, &[]).await.goes_to("/plan?done=undone");
    kanri.follow().await.see("もとに戻しました").not_see("まちがえた注");
    // Both are in the history of the row.
    kanri.get(&path).await.see("まちがえた注");

    // The end of a row: it is in the plan again.
    kanri.get(&path).await;
    kanri.post(&format!("{path}/end"), &[("end_from", "2026-11-21")]).await.is(303);
    let page = kanri.follow().await;
    page.not_see("おくすり相談薬局</span>");
    let undo = offer(&page).unwrap();
    kanri.post(&undo, &[]).await.is(303);
    kanri.follow().await.see("おくすり相談薬局");
    // Sent twice it is once; asked for anew it is a conflict.
    kanri.post(&undo, &[]).await.is(409).see(CHANGED);
    // Somebody wrote since: their words stay.
    saves(&mut kanri, &path, &[("note", "一つ目")]).await.is(303);
    let undo = offer(&kanri.follow().await).unwrap();
    saves(&mut kanri, &path, &[("note", "二つ目")]).await.is(303);
    kanri.post(&undo, &[]).await.is(409).see(CHANGED);
    kanri.get("/plan").await.see("二つ目");
});
