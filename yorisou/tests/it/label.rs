//! Labels: a municipality's own words on the screens.

use crate::support::App;

const EDIT: &str = "/admin/labels/edit";

fn at(key: &str) -> String {
    format!("{EDIT}?key={key}&language=ja")
}

/// 管 puts a sentence into own words.
async fn says(app: &App, key: &str, wording: &str) {
    let mut kanri = app.sign_in("kanri").await;
    kanri.get(&at(key)).await.is(200);
    let page = kanri.post(EDIT, &[("wording", wording), ("step", "save")]).await;
    assert_eq!(page.status, 303, "{}", page.text());
}

story!(a_town_says_it_its_own_way_and_at_once, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get("/cases").await.see("だれが受け持つか");
    let mut kanri = app.sign_in("kanri").await;
    kanri.get("/admin/labels").await.see("変えたいことばをさがしてください");
    let page = kanri.get("/admin/labels?q=だれが受け持つ").await;
    page.see("nav.who");
    kanri.get(&at("nav.who")).await.see("もとのことば").see("だれが受け持つか");
    let page = kanri.post(EDIT, &[("wording", "どこに聞くか"), ("step", "look")]).await;
    page.is(200).see("どこに聞くか");
    kinoshita.get("/cases").await.not_see("どこに聞くか");
    kanri
        .post(EDIT, &[("wording", "どこに聞くか"), ("step", "save")])
        .await
        .goes_to("/admin/labels/edit?key=nav.who&language=ja&done=label_saved");
    kanri.follow().await.see("管 りえ").see("このまちのことばに変えました");
    kinoshita.get("/cases").await.see("どこに聞くか").not_see("だれが受け持つか");
    kanri.get("/admin/labels?own=1").await.see("どこに聞くか").see("1件あります");
    // Only the language it was said in.
    kanri
        .get("/admin/labels?q=Who%20is%20responsible&language=en")
        .await
        .see("Who is responsible")
        .see("もとのまま");
    // Back to the program's own words, with both kept in the history.
    kanri.get(&at("nav.who")).await;
    kanri.post(EDIT, &[("step", "reset")]).await.is(303);
    kinoshita.get("/cases").await.see("だれが受け持つか").not_see("どこに聞くか");
    kanri.get(&at("nav.who")).await.see("どこに聞くか").see("もとのことばに戻した");
});

story!(another_server_says_it_soon_and_so_does_the_way_in, |app| async {
    let mut outside = app.browser();
    outside.get("/sign-in").await.see("寄り添う");
    says(app, "site.name", "つながる藤沢").await;
    app.clock.forward_minutes(1);
    outside.get("/sign-in").await.see("つながる藤沢").not_see("寄り添う");
});

story!(what_a_sentence_fills_in_is_kept, |app| async {
    let mut kanri = app.sign_in("kanri").await;
    kanri.get(&at("site.count_left")).await.see("{n}");
    let page = kanri.post(EDIT, &[("wording", "のこりわずか"), ("step", "save")]).await;
    page.is(422).see("{n} がありません").see("のこりわずか");
    kanri.post(EDIT, &[("wording", "<b>{n}</b>"), ("step", "save")]).await.is(422).see("ふつうの文字で");
    kanri
        .post(EDIT, &[("wording", "{n}と{who}"), ("step", "save")])
        .await
        .is(422)
        .see("{who} は、この文では使えません");
    let long = format!("{{n}}{}", "長".repeat(200));
    kanri.post(EDIT, &[("wording", &long), ("step", "save")]).await.is(422).see("長すぎます");
    kanri.post(EDIT, &[("wording", "123456789018"), ("step", "save")]).await.is(422).see("個人番号");
    kanri.get("/admin/labels/edit?key=no.such&language=ja").await.is(404);
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get("/admin/labels").await.is(404);
    kinoshita.get(&at("nav.who")).await.is(404);
});

story!(a_stale_wording_shows_both, |app| async {
    let mut kanri = app.sign_in("kanri").await;
    kanri.get(&at("nav.cases")).await;
    says(app, "nav.cases", "支えている世帯").await;
    let page = kanri.post(EDIT, &[("wording", "かかわる世帯"), ("step", "save")]).await;
    page.is(409).see("支えている世帯").see("かかわる世帯");
    kanri.post(EDIT, &[("wording", "かかわる世帯"), ("step", "save")]).await.is(303);
    kanri.get("/admin/labels?own=1").await.see("かかわる世帯").not_see("支えている世帯");
});
