//! Who sees the terms of a consent, and who can write down that it is over.

use crate::referral::{case_of, send};
use crate::support::Person;

async fn accept(person: &mut Person, referral: &str) {
    person.get(referral).await.is(200);
    person.post(&format!("{referral}/accept"), &[]).await.is(303);
}

/// A case of 佐野's desk with a consent for 社協 and one, about violence, for いきいき.
async fn two_consents(app: &crate::support::App) -> (Person, String) {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let to = app.town.desk("shakyo").to_string();
    let referral = send(&mut sano, &case, &to, &[("kind", "join")]).await;
    accept(&mut app.sign_in("kinoshita").await, &referral).await;
    let to = app.town.desk("ikiiki").to_string();
    let form = sano.get(&format!("/cases/{case}/refer")).await;
    let person = crate::referral::first_radio(&form.body, "person");
    let more = [
        ("kind", "join"),
        ("share_cat", "basic"),
        ("share_cat", "violence"),
        ("summary_about", person.as_str()),
        ("summary_cat", "basic"),
    ];
    let referral = send(&mut sano, &case, &to, &more).await;
    accept(&mut app.sign_in("noguchi").await, &referral).await;
    (sano, case)
}

story!(each_desk_sees_the_consents_it_recorded_and_those_that_name_it, |app| async {
    let (mut sano, case) = two_consents(app).await;
    let page = format!("/cases/{case}/consents");
    sano.get(&page).await.is(200).see("お金・くらし").see("暴力・虐待");
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&page).await.is(200).see("お金・くらし").not_see("暴力・虐待");
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get(&page).await.is(200).see("暴力・虐待").not_see("お金・くらし");
});

story!(provisions_are_shown_to_giver_receiver_and_accountable_desk, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let page = sano.get(&format!("/cases/{case}/refer")).await;
    let article = page.body.split("id=\"article\"").nth(1).unwrap().split("value=\"").nth(2).unwrap();
    let article = article.split('"').next().unwrap().to_owned();
    let more = [("basis", "law"), ("article", article.as_str()), ("kind", "join")];
    let referral = send(&mut sano, &case, &app.town.desk("ikiiki").to_string(), &more).await;
    accept(&mut app.sign_in("noguchi").await, &referral).await;
    let more = [("kind", "join"), ("share_cat", "basic"), ("summary_cat", "basic")];
    let referral = send(&mut sano, &case, &app.town.desk("shakyo").to_string(), &more).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    accept(&mut kinoshita, &referral).await;
    let page = format!("/cases/{case}/consents");
    sano.get(&page).await.see("法令に基づく提供").see("本人の同意が");
    app.sign_in("noguchi").await.get(&page).await.is(200).see("本人の同意が").see("お金・くらし");
    kinoshita.get(&page).await.is(200).not_see("本人の同意が").not_see("お金・くらし");
});

story!(the_recording_desk_withdraws_after_the_case_has_gone_to_another, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let referral = send(&mut sano, &case, &app.town.desk("shakyo").to_string(), &[]).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    accept(&mut kinoshita, &referral).await;
    kinoshita.get(&referral).await.see("青木 ハル");
    // 佐野's desk is not accountable any more, but the person comes to the window they know.
    let page = sano.get(&format!("/cases/{case}/consents")).await;
    let path = page.link("撤回を書きとめる");
    sano.get(&path).await.is(200).see("どのように聞きましたか");
    sano.post(&path, &[("told_by", "self")]).await.is(422);
    sano.get(&path).await;
    sano.post(&path, &[("told_by", "self"), ("way", "signed")]).await.is(303);
    kinoshita.get(&referral).await.is(200).not_see("青木");
    // A consent that is not there for a desk is not withdrawn by it either.
    let (mut sano, case) = two_consents(app).await;
    let page = sano.get(&format!("/cases/{case}/consents")).await;
    let violence = page.body.split("暴力・虐待").nth(1).unwrap();
    let path = violence.split("href=\"").nth(2).unwrap().split('"').next().unwrap().to_owned();
    assert!(path.ends_with("/withdraw"), "{path}");
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&path).await.is(404);
    kinoshita.post(&path, &[("told_by", "self"), ("way", "oral")]).await.is(404);
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get(&path).await.is(422);
});
