//! Somebody who was written into a household by mistake: out of every list as if they had never been in it, kept for whoever could see
//! them, and put back when that was wrong.

use crate::agreement::{give, terms};
use crate::family::{add, household, id_of};
use crate::support::{App, Page, Person};

/// A household of 佐野's desk with 青木 ハル and, by mistake, 山本 鉄平 as her child. Her case, the household, him.
async fn with_him(app: &App, sano: &mut Person) -> (String, String, String) {
    let (case, home, haru) = household(app, sano).await;
    let child =
        [("kind", "parent"), ("a", &*haru), ("b", "new"), ("name", "山本 鉄平"), ("lives_together", "1")];
    assert_eq!(add(sano, &home, &child).await, 303);
    let him = id_of(sano, &home, "山本 鉄平").await;
    (case, home, format!("/persons/{him}"))
}

async fn take_out(sano: &mut Person, him: &str, why: &str) -> Page {
    sano.get(him).await.is(200);
    sano.post(&format!("{him}/error"), &[("wrong", why)]).await
}

/// The page of the household without its list of those who were written down by mistake.
async fn home_without(sano: &mut Person, home: &str) -> String {
    let page = sano.get(home).await;
    let (before, after) = page.body.split_once("id=\"by-mistake\"").unwrap();
    format!("{before}{}", after.split_once("</details>").unwrap().1)
}

story!(somebody_written_down_by_mistake_is_in_nothing_and_kept, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (case, home, him) = with_him(app, &mut sano).await;
    sano.get(&home).await.see("山本 鉄平").not_see("まちがいで書かれた人");
    sano.search("山本").await.see("山本 鉄平");
    take_out(&mut sano, &him, "").await.is(422).see("山本 鉄平");
    take_out(&mut sano, &him, "not_of_it").await.goes_to(&format!("{home}?done=person_mistaken"));
    // Neither member nor former member, in no drawing, in no search, in no form.
    let shown = home_without(&mut sano, &home).await;
    assert!(!shown.contains("山本") && shown.contains("青木 ハル"));
    sano.search("山本").await.not_see("山本 鉄平");
    sano.get(&format!("{home}/ties/new")).await.not_see("山本");
    sano.get(&format!("/cases/{case}")).await.not_see("山本");
    sano.get(&format!("/cases/{case}/timeline")).await.not_see("山本");
    // What was written, who took it out and why; for nobody who could not see it.
    let page = sano.get(&him).await;
    page.is(200).see("山本 鉄平").see("まちがいで書かれた人").see("が外しました（この世帯の人ではない）");
    page.not_see("亡くなった");
    sano.get(&home).await.see("山本 鉄平");
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&him).await.is(404);
    kinoshita.post(&format!("{him}/error/undo"), &[("base_version", "2")]).await.is(404);
    // Nothing is written on about them.
    sano.post(&format!("{him}/left"), &[("left", "R8.11.20")]).await.is(404);
    // It was no mistake: all as before, and what had been said is kept.
    sano.get(&him).await;
    sano.post(&format!("{him}/error/undo"), &[]).await.goes_to(&format!("{him}?done=person_not_mistaken"));
    sano.get(&home).await.see("山本 鉄平").not_see("まちがいで書かれた人").see("青木 ハル");
    sano.search("山本").await.see("山本 鉄平");
    sano.get(&him).await.see("がもどしました").see("亡くなった");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(on_whom_something_rests_stays_and_it_is_said_what_to_do, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (case, home, him) = with_him(app, &mut sano).await;
    let person = him.trim_start_matches("/persons/").to_owned();
    let shakyo = app.town.desk("shakyo").to_string();
    let consent = give(&mut sano, &case, &terms(&person, &[("to_desk", &shakyo)])).await;
    sano.get(&him).await.see("有効な同意が1件あります").not_see("まちがいとして外す</button>");
    take_out(&mut sano, &him, "slip")
        .await
        .is(422)
        .see("先に次のことをしてください")
        .see("撤回を書きとめるか");
    crate::agreement::withdraw(&mut sano, &consent).await;
    take_out(&mut sano, &him, "slip").await.is(303);
    // Whoever the consultation was with stays, and whoever is the last one.
    let haru = sano
        .get(&home)
        .await
        .body
        .split("href=\"/persons/")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let haru = format!("/persons/{haru}");
    sano.get(&haru).await.see("この人が相談した人になっている相談").see("ほかにだれも書かれていません");
    take_out(&mut sano, &haru, "slip").await.is(422);
});
