//! After a hand-over the desk in charge writes what it has learnt, and adds to the household: as records of its own, which the desk that began
//! the record sees no more of than anybody else (decision 0045).

use crate::agreed_to::agrees;
use crate::agreement::{give, terms, withdraw};
use crate::casefile::{first, text};
use crate::decision::{END, decide};
use crate::family::{add, id_of};
use crate::referral::{case_of, send};
use crate::shelter::{ADDRESS, shelter};
use crate::support::{App, Page, Person};
use crate::support_plan::decided;

const NEW: &str = "茅ヶ崎市東海岸9-8-7";
const MOVED: &str =
    "青木 ハルさんは、令和8年11月15日に引っ越しています（バックアップふじさわ社協が書きました）。";
const DIED: &str =
    "青木 ハルさんは、令和8年11月20日に亡くなっています（バックアップふじさわ社協が書きました）。";
const REVIEW: &str = "青木 ハルさんが令和8年11月20日に亡くなりました";
const TO_MOVE: [(&str, &str); 3] = [("kind", "moved"), ("on", "R8.11.15"), ("what", NEW)];
const TO_DIE: [(&str, &str); 2] = [("kind", "died"), ("on", "R8.11.20")];

/// A case that 佐野's desk began and 木下's desk answers for now, with the person's consent: both, the case, the household and the person.
struct Handed {
    sano: Person,
    kinoshita: Person,
    case: String,
    home: String,
    haru: String,
}

async fn handed_over(app: &App) -> Handed {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let home = first(&sano.get(&format!("/cases/{case}")).await, "households");
    let haru = first(&sano.get(&home).await, "persons");
    sano.get(&haru).await.is(200);
    let known = [("name", "青木 ハル"), ("relation", "本人"), ("address", ADDRESS), ("lives_together", "1")];
    sano.post(&haru, &known).await.is(303);
    let referral = send(&mut sano, &case, &app.town.desk("shakyo").to_string(), &[]).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&referral).await.is(200);
    kinoshita.post(&format!("{referral}/accept"), &[("promise", "R8.12.1")]).await.is(303);
    Handed { sano, kinoshita, case, home, haru }
}

fn id(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

/// Writes what was learnt of somebody.
async fn learn(who: &mut Person, person: &str, fields: &[(&str, &str)]) -> Page {
    let form = format!("{person}/learnt");
    who.get(&form).await.is(200);
    who.post(&form, fields).await
}

/// The person agrees that a desk knows who they are, where they live and with whom.
async fn agreed(app: &App, who: &mut Person, h: (&str, &str), desk: &str) -> String {
    let desk = app.town.desk(desk).to_string();
    let more = [("to_desk", desk.as_str()), ("share_cat", "contact"), ("share_cat", "household")];
    give(who, h.0, &terms(id(h.1), &more)).await
}

async fn sound(app: &App) {
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
}

story!(the_desk_in_charge_writes_where_somebody_lives_now, |app| async {
    let Handed { mut sano, mut kinoshita, case, home, haru } = handed_over(app).await;
    let page = kinoshita.get(&haru).await;
    page.see("わかったことを書く")
        .see("あなたの窓口の文として書けます")
        .not_see("直せるのは、書いた窓口だけ");
    kinoshita.get(&home).await.see(&format!("href=\"{haru}/learnt\""));
    // Every problem at once, beside its field, with what was typed.
    learn(&mut kinoshita, &haru, &[("words", "娘さんから聞いた-TYPED")])
        .await
        .is(422)
        .see("id=\"kind-error\"")
        .see("娘さんから聞いた-TYPED");
    for (kind, on) in [("moved", "R10.12.15"), ("moved", "R8.12"), ("died", "R8.12.15")] {
        learn(&mut kinoshita, &haru, &[("kind", kind), ("on", on)])
            .await
            .is(422)
            .see("id=\"on-error\"")
            .see(on);
    }
    learn(&mut kinoshita, &haru, &[("kind", "moved")]).await.is(422).see("id=\"on-error\"");
    let stray = [("kind", "died"), ("on", "R8.11.15"), ("what", NEW)];
    learn(&mut kinoshita, &haru, &stray).await.is(422).see("id=\"what-error\"").see(NEW);
    let done = learn(&mut kinoshita, &haru, &TO_MOVE).await;
    done.goes_to(&format!("{haru}?done=learnt_asked"));
    learn(&mut kinoshita, &haru, &[("kind", "contact"), ("what", "090-2222-3333")])
        .await
        .goes_to(&format!("{haru}?done=learnt"));
    // The newer beside the older, with its source, wherever the person is shown.
    kinoshita.get(&haru).await.see(MOVED).see(NEW).see(ADDRESS).see("新しい連絡先: 090-2222-3333");
    kinoshita.get(&home).await.see(MOVED).see(&format!("新しい住所: {NEW}（令和8年11月15日に引っ越し"));
    kinoshita
        .get(&format!("/cases/{case}"))
        .await
        .see(MOVED)
        .see("青木 ハルさんが令和8年11月15日に引っ越しました");
    kinoshita.get(&format!("/cases/{case}/timeline")).await.see(NEW).see("わかったこと");
    kinoshita.search("東海岸9-8-7").await.see("茅ヶ崎市");
    kinoshita.search("090-2222-3333").await.see("新しい連絡先");
    // The desk that began the record knows what it knew, and hears that something changed at most.
    for at in [haru.clone(), home.clone(), format!("/cases/{case}"), format!("/cases/{case}/timeline")] {
        let page = sano.get(&at).await;
        page.is(200)
            .not_see("東海岸")
            .not_see("090-2222")
            .not_see("引っ越しています")
            .not_see("引っ越しました");
    }
    sano.search("東海岸9-8-7").await.not_see("茅ヶ崎市");
    sano.search("090-2222-3333").await.not_see("新しい連絡先");
    sano.get("/").await.not_see("引っ越しました").not_see("東海岸");
    // It writes on its own card, others have no part, and whoever is kept out sees nobody.
    sano.get(&format!("{haru}/learnt")).await.is(404);
    app.sign_in("noguchi").await.get(&format!("{haru}/learnt")).await.is(404);
    app.keep_out(&case, "oda").await;
    let mut oda = app.sign_in("oda").await;
    for at in [format!("{haru}/learnt"), haru.clone(), home.clone()] {
        oda.get(&at).await.is(404);
    }
    // Named by a consent it sees it, and can take it over to its card; then it is no news.
    agreed(app, &mut kinoshita, (&case, &haru), "hokubu").await;
    let page = sano.get(&haru).await;
    page.see(MOVED).see(NEW).see("この窓口の記録にも書く").see(&format!("{home}#move"));
    sano.search("東海岸9-8-7").await.see("茅ヶ崎市");
    sano.get(&home).await;
    let moved = [("moved", "R8.11.15"), ("moved_address", NEW), ("moved_who", id(&haru))];
    sano.post(&format!("{home}/moved"), &moved).await.is(303);
    sano.get(&haru).await.see(NEW).not_see("引っ越しています");
    sound(app).await;
});

story!(the_desk_in_charge_writes_that_somebody_died, |app| async {
    let Handed { mut sano, mut kinoshita, case, home, haru } = handed_over(app).await;
    let case_page = format!("/cases/{case}");
    learn(&mut kinoshita, &haru, &TO_DIE).await.goes_to(&format!("{haru}?done=learnt_asked"));
    for at in [&haru, &home, &case_page] {
        kinoshita.get(at).await.is(200).see(DIED);
    }
    kinoshita.get(&case_page).await.see(REVIEW);
    // Once, and nothing of a life after it.
    learn(&mut kinoshita, &haru, &TO_DIE).await.is(422).see("亡くなったことは、もう書かれています");
    learn(&mut kinoshita, &haru, &TO_MOVE).await.is(422).see("亡くなった人です").see(NEW);
    let form = format!("/cases/{case}/consents/new");
    kinoshita.get(&form).await.is(200);
    let hokubu = app.town.desk("hokubu").to_string();
    let agrees = terms(id(&haru), &[("to_desk", &hokubu)]);
    kinoshita.post(&form, &agrees).await.is(422).see("亡くなった人の同意は、書きとめられません");
    kinoshita.get(&format!("/cases/{case}/refer")).await.is(200).see("青木 ハル（亡くなった）");
    // The desk of the card may not know.
    for at in [&haru, &home, &case_page, &"/".to_owned()] {
        sano.get(at).await.is(200).not_see("亡くなっています").not_see("令和8年11月20日に亡くな");
    }
    // On the page of the text its words are not reworded; it is taken back there, and its reviews with it.
    let entries = kinoshita.get(&format!("/cases/{case}/entries")).await;
    let page = text(&entries, "令和8年11月20日に亡くなりました。");
    kinoshita.get(&page).await.is(200);
    kinoshita
        .post(&page, &[("body", "ちがう日だった-TYPED")])
        .await
        .is(422)
        .see("ここでは直せません")
        .see("-TYPED");
    kinoshita.get(&page).await;
    kinoshita.post(&format!("{page}/error"), &[]).await.is(303);
    for at in [&haru, &home, &case_page] {
        kinoshita.get(at).await.is(200).not_see("亡くなっています").not_see(REVIEW);
    }
    kinoshita.get(&case_page).await.not_see("同意と記録を見直す");
    learn(&mut kinoshita, &haru, &TO_MOVE).await.is(303);
    sound(app).await;
});

story!(a_review_that_was_done_is_to_be_done_again_where_it_was_wrong, |app| async {
    let Handed { mut kinoshita, case, haru, .. } = handed_over(app).await;
    learn(&mut kinoshita, &haru, &TO_DIE).await.is(303);
    let today = kinoshita.get("/?all=1").await;
    let line = today.body.split("<li class=\"task").find(|line| line.contains(REVIEW)).unwrap();
    let task = line.split("href=\"/tasks/").nth(1).unwrap();
    let task = format!("/tasks/{}", task.split('"').next().unwrap());
    kinoshita.get(&task).await.see(REVIEW).see("亡くなった人の同意と");
    kinoshita.post(&format!("{task}/done"), &[]).await.is(303);
    let entries = kinoshita.get(&format!("/cases/{case}/entries")).await;
    let page = text(&entries, "令和8年11月20日に亡くなりました。");
    // Marked otherwise, it says the same and its review is the same.
    kinoshita.get(&page).await;
    let marked =
        [("body", "令和8年11月20日に亡くなりました。"), ("body_cat", "basic"), ("body_cat", "health")];
    let corrected = kinoshita.post(&page, &marked).await;
    assert_eq!(corrected.status, 303, "{}", corrected.text());
    let page = corrected.location().split('?').next().unwrap().to_owned();
    kinoshita.get(&haru).await.see(DIED);
    kinoshita.get(&page).await.is(200);
    kinoshita.post(&format!("{page}/error"), &[]).await.is(303);
    let case_page = kinoshita.get(&format!("/cases/{case}")).await;
    case_page.see("同意と記録を見直す").see("は取り消されました");
    sound(app).await;
});

story!(the_desk_in_charge_adds_a_child_and_what_lies_between_people, |app| async {
    let Handed { mut sano, mut kinoshita, case, home, haru } = handed_over(app).await;
    kinoshita
        .get(&home)
        .await
        .see("人を書きたす")
        .see("あなたの窓口の記録になります")
        .see(&format!("{home}/ties/new"));
    let born =
        [("kind", "parent"), ("a", id(&haru)), ("b", "new"), ("name", "青木 空"), ("lives_together", "1")];
    assert_eq!(add(&mut kinoshita, &home, &born).await, 303);
    let sora = format!("/persons/{}", id_of(&mut kinoshita, &home, "青木 空").await);
    kinoshita.get(&home).await;
    let another = [("name", "青木 海"), ("relation", "二男"), ("lives_together", "1")];
    kinoshita.post(&format!("{home}/members"), &another).await.is(303);
    kinoshita.get(&format!("{home}/outside/new")).await.is(200);
    let place =
        [("out_name", "湘南こども園"), ("out_kind", "place"), ("strength", "strong"), ("who", id(&sora))];
    kinoshita.post(&format!("{home}/outside"), &place).await.is(303);
    // Its own cards, to be changed like any; those of the other desk as they were.
    kinoshita.get(&home).await.see("青木 空").see("青木 海").see("湘南こども園");
    kinoshita.get(&sora).await.is(200).see("保存する").not_see("わかったことを書く");
    kinoshita.get(&haru).await.not_see("保存する");
    kinoshita.get(&format!("/cases/{case}")).await.see("青木 空");
    kinoshita.search("青木 空").await.see("青木 空");
    // The desk that began the household sees and counts none of them.
    for at in [home.clone(), format!("{home}/print"), format!("{home}/ties/new"), format!("/cases/{case}")] {
        sano.get(&at).await.is(200).not_see("青木 空").not_see("青木 海").not_see("こども園");
    }
    sano.get(&sora).await.is(404);
    sano.get(&home).await;
    let moved = [("moved", "R8.11.19"), ("moved_address", NEW), ("moved_who", id(&haru))];
    sano.post(&format!("{home}/moved"), &moved).await.is(303);
    sano.get(&home).await.is(200).not_see("ほかの人はいまの所に残ります");
    sano.get(&haru).await;
    sano.post(&format!("{haru}/error"), &[("wrong", "slip")]).await.not_see("青木 空");
    // Nobody else adds: a desk without a part, and whoever is kept out.
    app.keep_out(&case, "oda").await;
    for login in ["noguchi", "oda"] {
        let mut other = app.sign_in(login).await;
        other.get(&format!("{home}/ties/new")).await.is(404);
        other.post(&format!("{home}/members"), &another).await.is(404);
    }
    sound(app).await;
});

story!(a_new_address_of_somebody_sheltered_is_kept_like_the_old_one, |app| async {
    let Handed { mut sano, mut kinoshita, case, haru, .. } = handed_over(app).await;
    agreed(app, &mut kinoshita, (&case, &haru), "ikiiki").await;
    learn(&mut kinoshita, &haru, &TO_MOVE).await.is(303);
    let mut noguchi = app.sign_in("noguchi").await;
    // A desk that sees the person and has no part reads it, and has no form.
    noguchi.get(&haru).await.is(200).see(MOVED).see(NEW).see("主担当の窓口に伝えてください");
    noguchi.get(&format!("{haru}/learnt")).await.is(404);
    shelter(app, &mut sano, &haru).await;
    noguchi.get(&haru).await.is(200).see("青木 ハル").not_see("東海岸").not_see("引っ越しています");
    // What a desk wrote itself it cannot forget; the desks named are named, and were not told.
    kinoshita.get(&haru).await.is(200).see(MOVED).not_see(ADDRESS);
    sano.get(&haru).await.see(ADDRESS).not_see("東海岸");
    sound(app).await;
});

/// The desk of the cards writes whom ハル is married to; his path.
async fn married(sano: &mut Person, home: &str, haru: &str) -> String {
    let him =
        [("kind", "spouse"), ("a", id(haru)), ("b", "new"), ("name", "青木 陸"), ("lives_together", "1")];
    assert_eq!(add(sano, home, &him).await, 303);
    format!("/persons/{}", id_of(sano, home, "青木 陸").await)
}

story!(what_became_of_a_marriage_that_another_desk_wrote_stands_beside_it, |app| async {
    let Handed { mut sano, mut kinoshita, case, home, haru } = handed_over(app).await;
    let riku = married(&mut sano, &home, &haru).await;
    kinoshita.get(&riku).await.is(404);
    agreed(app, &mut sano, (&case, &riku), "shakyo").await;
    kinoshita.get(&home).await.see("青木 陸").see("夫婦です").not_see("離婚しています");
    let divorced = [("kind", "divorced"), ("a", id(&haru)), ("b", id(&riku)), ("from", "R8.11.1")];
    assert_eq!(add(&mut kinoshita, &home, &divorced).await, 303);
    kinoshita.get(&home).await.see("離婚しています");
    // Written once; and the desk of the marriage is not told.
    kinoshita.get(&format!("{home}/ties/new")).await;
    kinoshita.post(&format!("{home}/ties"), &divorced).await.is(422);
    sano.get(&home).await.is(200).not_see("離婚しています");
    sound(app).await;
});

story!(of_several_moves_the_one_that_happened_last_counts, |app| async {
    let Handed { mut kinoshita, home, haru, .. } = handed_over(app).await;
    learn(&mut kinoshita, &haru, &TO_MOVE).await.is(303);
    // Heard later, of an address of before.
    let earlier = [("kind", "moved"), ("on", "R8.10"), ("what", "大和市中央1-2-3")];
    learn(&mut kinoshita, &haru, &earlier).await.is(303);
    for at in [&haru, &home] {
        kinoshita.get(at).await.see(MOVED).see(NEW).not_see("大和市");
    }
    // What is to come leaves the address of now, and is true by itself on its day.
    let ahead = [("kind", "moved"), ("on", "R8.12.15"), ("what", "鎌倉市大船7-7-7")];
    learn(&mut kinoshita, &haru, &ahead).await.goes_to(&format!("{haru}?done=learnt_asked"));
    kinoshita
        .get(&haru)
        .await
        .see(MOVED)
        .see("青木 ハルさんは、令和8年12月15日に引っ越す予定です")
        .see("移る先: 鎌倉市大船7-7-7");
    kinoshita.get("/?all=1").await.see("青木 ハルさんが令和8年12月15日に引っ越す予定です");
    app.clock.forward_minutes(60 * 24 * 30);
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita
        .get(&haru)
        .await
        .see("令和8年12月15日に引っ越しています")
        .see("新しい住所: 鎌倉市大船7-7-7")
        .not_see("予定です")
        .not_see("東海岸");
    sound(app).await;
});

story!(marks_that_are_corrected_make_an_old_move_no_newer, |app| async {
    let Handed { mut kinoshita, case, haru, .. } = handed_over(app).await;
    let old = "大和市中央1-2-3";
    learn(&mut kinoshita, &haru, &[("kind", "moved"), ("on", "R8"), ("what", old)]).await.is(303);
    app.clock.forward_minutes(60 * 24 * 5);
    let mut kinoshita = app.sign_in("kinoshita").await;
    learn(&mut kinoshita, &haru, &[("kind", "moved"), ("on", "R8.11.25"), ("what", NEW)]).await.is(303);
    kinoshita.get(&haru).await.see(NEW).not_see(old);
    let entries = kinoshita.get(&format!("/cases/{case}/entries")).await;
    let body = format!("令和8年に引っ越しました。新しい住所: {old}");
    let page = text(&entries, &body);
    kinoshita.get(&page).await.is(200);
    let marked =
        [("body", body.as_str()), ("body_cat", "household"), ("body_cat", "contact"), ("body_cat", "health")];
    kinoshita.post(&page, &marked).await.is(303);
    kinoshita.get(&haru).await.see(NEW).not_see(old);
    sound(app).await;
});

story!(what_the_card_says_by_now_is_not_hidden_by_an_older_text, |app| async {
    let Handed { mut sano, mut kinoshita, case, home, haru } = handed_over(app).await;
    learn(&mut kinoshita, &haru, &[("kind", "name"), ("what", "大石 ハル")]).await.is(303);
    learn(&mut kinoshita, &haru, &[("kind", "contact"), ("what", "090-2222-3333")]).await.is(303);
    sano.get(&haru).await;
    let newer = [
        ("name", "湘南 ハル"),
        ("relation", "本人"),
        ("address", ADDRESS),
        ("phone", "080-5555-6666"),
        ("lives_together", "1"),
    ];
    sano.post(&haru, &newer).await.is(303);
    let (case_page, paper) = (format!("/cases/{case}"), format!("/cases/{case}/print"));
    for at in [case_page.as_str(), "/cases", paper.as_str(), home.as_str()] {
        kinoshita.get(at).await.is(200).see("湘南 ハルさんの世帯").not_see("大石 ハルさんの世帯");
    }
    // Both stand where the person is shown, and on the desk's own paper.
    kinoshita.get(&haru).await.see("湘南 ハル").see("080-5555-6666").see("新しい連絡先: 090-2222-3333");
    kinoshita.get(&paper).await.see("新しい名前: 大石 ハル").see("新しい連絡先: 090-2222-3333");
    sound(app).await;
});

story!(a_consent_keeps_the_name_of_the_card_and_none_that_was_learnt, |app| async {
    let Handed { mut sano, mut kinoshita, case, home, haru } = handed_over(app).await;
    let riku = married(&mut sano, &home, &haru).await;
    agreed(app, &mut sano, (&case, &riku), "shakyo").await;
    learn(&mut kinoshita, &riku, &[("kind", "name"), ("what", "大石 陸")]).await.is(303);
    // Chosen, and typed by the name of the card: one and the same.
    let hokubu = app.town.desk("hokubu").to_string();
    let said = [
        ("to_desk", hokubu.as_str()),
        ("given_by", "representative"),
        ("relation", "agent"),
        ("evidence", "委任状"),
    ];
    let mut given = Vec::new();
    for who in [("giver", id(&riku)), ("given_by_name", "青木　陸")] {
        let more = [&said[..], &[who]].concat();
        given.push(give(&mut kinoshita, &case, &terms(id(&haru), &more)).await);
    }
    let entries = kinoshita.get(&format!("/cases/{case}/entries")).await;
    let page = text(&entries, "新しい名前: 大石 陸");
    kinoshita.get(&page).await;
    kinoshita.post(&format!("{page}/error"), &[]).await.is(303);
    for consent in &given {
        kinoshita.get(consent).await.is(200).see("青木 陸").not_see("大石");
    }
    sound(app).await;
});

story!(a_case_its_papers_and_its_lists_go_by_what_its_reader_knows, |app| async {
    let Handed { mut sano, mut kinoshita, case, home, haru } = handed_over(app).await;
    let riku = married(&mut sano, &home, &haru).await;
    agreed(app, &mut sano, (&case, &riku), "shakyo").await;
    let (case_page, paper) = (format!("/cases/{case}"), format!("/cases/{case}/print"));
    let pages = [case_page.as_str(), "/cases", paper.as_str(), home.as_str()];
    for at in pages {
        kinoshita.get(at).await.is(200).see("青木 ハルさんの世帯");
    }
    let named = [("kind", "name"), ("what", "大石 陸")];
    learn(&mut kinoshita, &riku, &named).await.is(303);
    learn(&mut kinoshita, &haru, &[("kind", "died"), ("on", "R8.11.18")]).await.is(303);
    for at in pages {
        kinoshita.get(at).await.is(200).see("青木 陸さんの世帯").not_see("青木 ハルさんの世帯");
    }
    // On paper the death has its day, another name stands beside the card's, and nobody is offered a paper who has died: also while it is for
    // somebody else.
    let offered = format!("value=\"{}\"", id(&haru));
    kinoshita.get(&paper).await.see("令和8年11月18日").see("新しい名前: 大石 陸").not_see(&offered);
    let of_riku = format!("{paper}?for={}", id(&riku));
    kinoshita.get(&of_riku).await.is(200).not_see(&offered).not_see("令和8年11月18日").not_see("大石");
    kinoshita.get(&format!("{home}/print")).await.is(200).not_see(&offered);
    kinoshita.get(&format!("{case_page}/participation")).await.not_see(&format!(">{}<", "青木 ハル"));
    // The desk of the cards knows what it knew.
    for at in pages {
        sano.get(at).await.is(200).see("青木 ハルさんの世帯").not_see("大石").not_see("令和8年11月18日");
    }
    sano.get(&paper).await.see(&offered);
    sound(app).await;
});

story!(what_is_to_be_prepared_goes_where_the_death_is_known_and_stays_where_it_is_not, |app| async {
    let round = || async { life_stage::watch(&app.engine, app.town.municipality).await.unwrap() };
    let Handed { mut sano, mut kinoshita, case, haru, .. } = handed_over(app).await;
    sano.get(&haru).await;
    let known = [("name", "青木 ハル"), ("birth", "1962-02-01"), ("address", ADDRESS)];
    sano.post(&haru, &known).await.is(303);
    sano.get(&format!("/stages/new?case={case}")).await.is(200);
    let written =
        [("case", case.as_str()), ("person", id(&haru)), ("stage", "protection_ends"), ("on", "R8.12.20")];
    sano.post("/stages/new", &written).await.is(303);
    assert_eq!(round().await, 2, "what it wrote at its desk, what a birthday says where the case is");
    let case_page = format!("/cases/{case}");
    kinoshita.get("/").await.see("節目の準備をする");
    learn(&mut kinoshita, &haru, &TO_DIE).await.is(303);
    assert_eq!(round().await, 1);
    kinoshita.get("/").await.not_see("節目の準備をする");
    kinoshita.get("/stages").await.not_see("青木 ハル");
    kinoshita.get(&case_page).await.not_see("65歳になる");
    // Nothing is missing on the pages of the desk that may not know.
    sano.get("/").await.see("節目の準備をする");
    sano.get("/stages").await.see("青木 ハル").see("準備をはじめる");
    sano.get(&case_page).await.see("65歳になる").see("準備をはじめる");
    assert_eq!(round().await, 0);
    // Taken back, it is to be prepared again.
    let entries = kinoshita.get(&format!("/cases/{case}/entries")).await;
    let page = text(&entries, "令和8年11月20日に亡くなりました。");
    kinoshita.get(&page).await;
    kinoshita.post(&format!("{page}/error"), &[]).await.is(303);
    assert!(round().await > 0);
    kinoshita.get("/").await.see("節目の準備をする");
    sound(app).await;
});

story!(a_death_that_the_desk_in_charge_knows_of_is_a_reason_to_end, |app| async {
    let Handed { mut sano, mut kinoshita, case, haru, .. } = handed_over(app).await;
    agrees(app, &mut kinoshita, &case, id(&haru)).await;
    let alone = format!("/cases/{case}");
    let died: Vec<_> = END.iter().copied().chain([("ended", "died")]).collect();
    decide(&mut kinoshita, &alone, "close", &died).await.is(422).see("まだ続いています");
    learn(&mut kinoshita, &haru, &TO_DIE).await.is(303);
    let by = format!("/decisions/{}", decided(&mut kinoshita, &alone, "close", &died).await);
    kinoshita.get(&by).await.is(200).see("本人が亡くなった").see("MARK-E");
    // Whoever has a part in the case and reads none of its words is not told of the death by its reason.
    sano.get(&by).await.is(200).see("支援終結").not_see("亡くなった").not_see("MARK-E");
    sound(app).await;
});

story!(what_others_wrote_of_a_death_ends_no_consent_and_refuses_none, |app| async {
    let Handed { mut sano, mut kinoshita, case, haru, .. } = handed_over(app).await;
    let ikiiki = app.town.desk("ikiiki").to_string();
    let asked = terms(id(&haru), &[("to_desk", &ikiiki)]);
    let given = give(&mut sano, &case, &asked).await;
    agreed(app, &mut kinoshita, (&case, &haru), "hokubu").await;
    learn(&mut kinoshita, &haru, &TO_DIE).await.is(303);
    // It reads what the other desk wrote, and its consents go on as its own card says.
    sano.get(&haru).await.is(200).see(DIED);
    withdraw(&mut sano, &given).await;
    give(&mut sano, &case, &asked).await;
    sound(app).await;
});

story!(nobody_is_asked_for_consent_of_whom_the_desk_knows_that_they_died, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let home = first(&sano.get(&format!("/cases/{case}")).await, "households");
    let haru = first(&sano.get(&home).await, "persons");
    let law = [("basis", "law"), ("article", "pipa_69_2_2"), ("kind", "join")];
    let referral = send(&mut sano, &case, &app.town.desk("shakyo").to_string(), &law).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&referral).await.is(200);
    kinoshita.post(&format!("{referral}/accept"), &[]).await.is(303);
    for who in [&mut sano, &mut kinoshita] {
        who.get("/consents/missing").await.is(200).see("青木 ハル");
    }
    learn(&mut kinoshita, &haru, &TO_DIE).await.is(303);
    kinoshita.get("/consents/missing").await.is(200).not_see("青木 ハル");
    sano.get("/consents/missing").await.is(200).see("青木 ハル");
    sound(app).await;
});
