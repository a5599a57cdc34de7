//! A withdrawal has two days: the one the person said it on, and the one it was written down on, from which nothing is opened any more.
//! Whoever writes it down is told which desks looked in between.

use words::{Day, Instant};

use crate::agreement::{begun, give, terms};
use crate::sheet::{WITH_CONSENT, sent};

fn on(day: u32, hour: u32) -> Instant {
    Instant::at(Day::new(2026, 11, day).unwrap(), hour, 0)
}

story!(who_looked_between_the_word_and_its_recording_is_told_to_the_desk, |app| async {
    let (mut sano, case, person) = begun(app).await;
    let shakyo = app.town.desk("shakyo").to_string();
    let here = give(&mut sano, &case, &terms(&person, &[("to_desk", &shakyo)])).await;
    let card = format!("/persons/{person}");
    app.sign_in("kinoshita").await.get(&card).await.is(200);
    app.clock.set(on(23, 10));
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&card).await.is(200);
    kinoshita.get(&card).await.is(200);
    app.clock.set(on(24, 9));
    let (mut sano, mut kinoshita) = (app.sign_in("sano").await, app.sign_in("kinoshita").await);
    let path = format!("{here}/withdraw");
    let said = |day| [("told_by", "self"), ("way", "oral"), ("said", day)];
    sano.get(&path).await.is(200).see("申し出のあった日").see("value=\"R8.11.24\"");
    sano.post(&path, &said("R8.11.25")).await.is(422).see("これからの日です");
    sano.get(&path).await;
    sano.post(&path, &said("R8.11.20")).await.is(422).see("同意をもらうより前の日です").see("R8.11.20");
    kinoshita.get(&card).await.is(200);
    sano.get(&path).await;
    sano.post(&path, &said("R8.11.23")).await.goes_to(&format!("{here}?done=consent_withdrawn"));
    // Both days; how often, by which desk, and nothing of what was seen there. What 木下 saw before that day is not among it.
    let page = sano.follow().await;
    page.is(200).see("11月23日").see("に申し出").see("撤回を書きとめた").see("申し出から書きとめるまで");
    let part = page.body.split("id=\"meanwhile\"").nth(1).unwrap().split("</section>").next().unwrap();
    assert!(part.contains("のべ3回 見られ、0件 送られました"), "{part}");
    assert!(part.contains("バックアップふじさわ社協: のべ3回（記録 1件）見た"), "{part}");
    assert!(!part.contains("青木"), "{part}");
    crate::papers::same(&mut sano, &format!("{here}/holders")).await.see("のべ3回（記録 1件）見た");
    sano.get(&format!("{here}/receipt")).await.is(200).see("に申し出");
    sano.get(&format!("/cases/{case}/timeline")).await.is(200).see("の撤回を書きとめた（申し出は");
    // From the recording on, and not before.
    kinoshita.get(&card).await.is(404);
});

story!(a_withdrawal_of_that_very_day_says_nothing_of_a_time_between, |app| async {
    let (mut sano, case, person) = begun(app).await;
    let shakyo = app.town.desk("shakyo").to_string();
    let here = give(&mut sano, &case, &terms(&person, &[("to_desk", &shakyo)])).await;
    app.sign_in("kinoshita").await.get(&format!("/persons/{person}")).await.is(200);
    crate::agreement::withdraw(&mut sano, &here).await;
    sano.get(&here).await.is(200).see("に撤回").not_see("申し出から書きとめるまで").not_see("に申し出");
});

story!(a_consent_of_a_sheet_keeps_both_days_too, |app| async {
    let mut tsuji = app.sign_in("tsuji").await;
    let also = app.town.desk("ikiiki").to_string();
    let at = sent(&mut tsuji, &[WITH_CONSENT, &[("also", also.as_str())]].concat()).await;
    let path = tsuji.get(&at).await.link("撤回を書きとめる");
    app.clock.set(on(24, 9));
    let (mut tsuji, mut noguchi) = (app.sign_in("tsuji").await, app.sign_in("noguchi").await);
    noguchi.get(&at).await.is(200);
    let said = |day| [("told_by", "self"), ("way", "oral"), ("said", day)];
    tsuji.get(&path).await.is(200).see("value=\"R8.11.24\"");
    tsuji.post(&path, &said("R8.11.20")).await.is(422).see("同意をもらうより前の日です");
    tsuji.get(&path).await;
    tsuji.post(&path, &said("R8.11.22")).await.goes_to(&format!("{path}?done=sheet_withdrawn"));
    tsuji.follow().await.is(200).see("に申し出").see("辻堂東いきいきサポートセンター: のべ");
    tsuji.get(&at).await.see("に申し出").see("申し出から書きとめるまで").not_see("撤回を書きとめる");
    noguchi.get(&at).await.is(404);
});
