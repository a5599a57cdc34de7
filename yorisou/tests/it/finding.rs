//! Finding: any notation, narrowed, saved for oneself alone, and what was opened last.

use crate::referral::{case_of, first_radio};
use crate::same::{HANAKO, records};
use crate::support::{Page, Person};

story!(somebody_is_found_in_any_notation, |app| async {
    let (mut kinoshita, mut sano) = (app.sign_in("kinoshita").await, app.sign_in("sano").await);
    records(&mut kinoshita, HANAKO).await;
    for typed in [
        "高橋花子",
        "タカハシ",
        "花子",
        "0466-12-3456",
        "０４６６１２３４５６",
        "12-3456",
        "朝日町3-12-5",
        "藤沢市朝日町３丁目１２番５号",
        "朝日町三丁目",
        "高橋 ハナコ",
        "花子 髙橋",
        "はなこ　たかはし",
    ] {
        kinoshita.search(typed).await.is(200).see("髙橋 花子");
        sano.search(typed).await.is(200).not_see("髙橋 花子");
    }
    for typed in ["朝日町3-1", "朝日町3-12-55", "0466-99", "高橋太郎", "高橋 タロウ", "太郎 花子"]
    {
        kinoshita.search(typed).await.is(200).not_see("髙橋 花子");
    }
    // A former name, as people write it.
    let household =
        records(&mut kinoshita, crate::same::Told { name: "森 ゆき", ..Default::default() }).await;
    let page = kinoshita.get(&household).await;
    let person = page.body.split("href=\"/persons/").nth(1).unwrap().split('"').next().unwrap();
    let person = format!("/persons/{person}");
    kinoshita.get(&person).await;
    kinoshita
        .post(&person, &[("name", "森 ゆき"), ("alias", "旧姓 渡邊"), ("address", "本町1-2")])
        .await
        .is(303);
    kinoshita.search("渡辺").await.see("森 ゆき");
    kinoshita.search("本町1丁目2").await.see("森 ゆき");
});

/// More of one name than stand on a page, which are twenty.
const MANY: [&str; 23] = [
    "小林 一",
    "小林 二",
    "小林 三",
    "小林 四",
    "小林 五",
    "小林 六",
    "小林 七",
    "小林 八",
    "小林 九",
    "小林 十",
    "小林 春",
    "小林 夏",
    "小林 秋",
    "小林 冬",
    "小林 東",
    "小林 西",
    "小林 南",
    "小林 北",
    "小林 山",
    "小林 川",
    "小林 海",
    "小林 空",
    "小林 星",
];

story!(a_search_says_when_there_is_more, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    for name in &MANY[..20] {
        records(&mut kinoshita, crate::same::Told { name, ..Default::default() }).await;
    }
    kinoshita
        .search("小林")
        .await
        .is(200)
        .see("20人")
        .not_see("よく合う")
        .not_see("ほかにもいるかもしれません");
    records(&mut kinoshita, crate::same::Told { name: MANY[20], ..Default::default() }).await;
    // Cut: it says so in the heading, and how to narrow it before the list.
    let page = kinoshita.search("小林").await;
    page.is(200).see("よく合う20人").see("ほかにもいるかもしれません");
    let at = |what: &str| page.body.find(what).unwrap();
    assert!(at("ほかにもいるかもしれません") < at("<ul class=\"people\">"), "{}", page.text());
    kinoshita.search("小林 海").await.is(200).see("小林 海").not_see("ほかにもいるかもしれません");
});

story!(a_case_found_by_its_number_says_whose_it_is, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case_of(app, &mut kinoshita, "青木 ハル", "家賃が払えない").await;
    let page = kinoshita.get(&format!("/cases/{case}")).await;
    let number = page.body.split("2026-0").nth(1).unwrap().chars().take(4).collect::<String>();
    let number = format!("2026-0{number}");
    kinoshita
        .search(&number)
        .await
        .is(200)
        .see(&format!("/cases/{case}"))
        .see(&format!("{number} 青木 ハル"))
        .see("支援中");
    let mut sano = app.sign_in("sano").await;
    sano.search(&number).await.is(200).not_see("青木 ハル").not_see(&case);
});

story!(hits_that_look_the_same_say_who_wrote_them, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    // Nothing is known but the name: two records of it look the same.
    records(&mut kinoshita, crate::same::Told { name: "前田 優", ..Default::default() }).await;
    let page = kinoshita.search("前田 優").await;
    page.see("前田 優").not_see("書いた窓口: ");
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "前田 優", "家賃が払えない").await;
    let shakyo = app.town.desk("shakyo").to_string();
    let referral = crate::referral::send(&mut sano, &case, &shakyo, &[("kind", "join")]).await;
    kinoshita.get(&referral).await.is(200);
    kinoshita.post(&format!("{referral}/accept"), &[]).await.is(303);
    let page = kinoshita.search("前田 優").await;
    page.see("2人").see("書いた窓口: バックアップふじさわ社協").see("書いた窓口: 北部福祉総合相談室");
    kinoshita.search("前田").await.is(200);
});

story!(what_is_found_can_be_narrowed, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case_of(app, &mut kinoshita, "青木 ハル", "家賃が払えない").await;
    records(&mut kinoshita, crate::same::Told { name: "青木 ナツ", ..Default::default() }).await;
    let mut look = async |more: &[(&str, &str)]| {
        kinoshita.get("/search").await;
        let fields: Vec<(&str, &str)> = [("q", "青木")].iter().chain(more).copied().collect();
        kinoshita.post("/search", &fields).await
    };
    look(&[]).await.is(200).see("青木 ハル").see("青木 ナツ").see(&format!("/cases/{case}")).see("2人");
    look(&[("open", "yes")]).await.see("青木 ハル").not_see("青木 ナツ");
    look(&[("kind", "cases")]).await.see(&format!("/cases/{case}")).not_see("青木 ナツ");
    look(&[("kind", "words")]).await.not_see("青木 ハル").see("2文字から");
    look(&[("from", "いつか")]).await.is(422).see("青木");
    look(&[("from", "R8.11.20"), ("to", "R8.11.1")]).await.is(422).see("「いつから」より後の日").see("青木");
    kinoshita.get("/search").await;
    let words = [("q", "家賃"), ("kind", "words")];
    kinoshita.post("/search", &words).await.see("が払えない");
    let past = [("q", "家賃"), ("kind", "words"), ("to", "R7.1.1")];
    kinoshita.post("/search", &past).await.not_see("が払えない");
});

story!(a_saved_search_is_its_authors_alone, |app| async {
    let (mut kinoshita, mut oda) = (app.sign_in("kinoshita").await, app.sign_in("oda").await);
    records(&mut kinoshita, HANAKO).await;
    kinoshita.search("たかはし").await.is(200).see("この条件をしまう");
    kinoshita.post("/search/saved", &[("name", "たかはしさん-MARK")]).await.is(303);
    let page = kinoshita.get("/search").await;
    page.see("たかはしさん-MARK");
    let id = page.body.split("name=\"saved\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    kinoshita.post("/search", &[("saved", &id)]).await.is(200).see("髙橋 花子");
    // Nobody else, not even at the same desk: as if it did not exist.
    oda.get("/search").await.is(200).not_see("MARK");
    oda.post("/search", &[("saved", &id)]).await.is(404).not_see("MARK");
    oda.post(&format!("/search/saved/{id}/delete"), &[]).await.is(404);
    kinoshita.get("/search").await.see("たかはしさん-MARK");
    kinoshita.post(&format!("/search/saved/{id}/delete"), &[]).await.is(303);
    kinoshita.get("/search").await.not_see("MARK");
    // Without a name it is called what was looked for; no 個人番号 is kept.
    kinoshita.search("たかはし").await;
    kinoshita.post("/search/saved", &[("name", "")]).await.is(303);
    let page = kinoshita.get("/search").await;
    let id = page.body.split("name=\"saved\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    kinoshita.post(&format!("/search/saved/{id}/delete"), &[]).await.is(303);
    kinoshita.search("たかはし").await;
    kinoshita
        .post("/search/saved", &[("name", "1234 5678 9018")])
        .await
        .is(422)
        .not_see("しまう名前を書いて")
        .see("id=\"name-error\"")
        .see("髙橋 花子");
    // A name that is too long: said beside it, with what was typed and what was found.
    let long = "は".repeat(41);
    kinoshita.search("たかはし").await;
    kinoshita
        .post("/search/saved", &[("name", &long), ("q", "たかはし")])
        .await
        .is(422)
        .see("id=\"name-error\"")
        .see(&format!("value=\"{long}\""))
        .see("value=\"たかはし\"")
        .see("髙橋 花子");
    // After a year without use it is gone by itself.
    kinoshita.search("たかはし").await;
    kinoshita.post("/search/saved", &[("name", "はなこさん")]).await.is(303);
    assert_eq!(finding::forget_old(&app.engine, app.town.municipality).await.unwrap(), 0);
    app.clock.forward_minutes(366 * 24 * 60);
    assert_eq!(finding::forget_old(&app.engine, app.town.municipality).await.unwrap(), 1);
});

story!(from_what_was_opened_one_comes_back_to_what_was_found, |app| async {
    let (mut kinoshita, mut oda) = (app.sign_in("kinoshita").await, app.sign_in("oda").await);
    records(&mut kinoshita, HANAKO).await;
    let page = kinoshita.search("たかはし").await;
    let found = page.body.split('"').find(|a| a.starts_with("/households/") && a.ends_with("?found=1"));
    let found = found.expect("a way into the household").to_owned();
    let page = kinoshita.get(&found).await;
    page.is(200).see("さがした結果にもどる");
    let back = page.link("さがした結果にもどる");
    assert!(!back.contains("たかはし"), "no words in an address: {back}");
    kinoshita.get(&back).await.is(200).see("髙橋 花子").see("value=\"たかはし\"");
    // Nobody else's, not at any other page, and not for ever.
    oda.get(&back).await.is(200).not_see("たかはし").not_see("髙橋");
    kinoshita.get(found.split('?').next().unwrap()).await.not_see("さがした結果にもどる");
    kinoshita.get("/search").await.is(200).not_see("value=\"たかはし\"");
    app.clock.forward_minutes(5 * 60);
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&back).await.is(200).not_see("たかはし");
});

story!(a_saved_search_nobody_uses_is_thrown_away_when_the_town_says, |app| async {
    let m = app.town.municipality;
    let day = |n: i64| app.clock.forward_minutes(n * 24 * 60);
    let mut kanri = app.sign_in("kanri").await;
    kanri.get("/admin/searches").await.is(200).see("はじめの値は365日です");
    kanri.post("/admin/searches", &[("days", "3")]).await.is(422).see("30から365まで").see("value=\"3\"");
    kanri.get("/admin/searches").await;
    let mut late = kanri.clone();
    late.get("/admin/searches").await;
    kanri.post("/admin/searches", &[("days", "６０")]).await.goes_to("/admin/searches?done=searches_set");
    late.post("/admin/searches", &[("days", "90")]).await.is(409);
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get("/admin/searches").await.is(404);
    records(&mut kinoshita, HANAKO).await;
    for name in ["つかう", "つかわない"] {
        kinoshita.search("たかはし").await;
        kinoshita.post("/search/saved", &[("name", name)]).await.is(303);
    }
    day(40);
    let mut kinoshita = app.sign_in("kinoshita").await;
    let page = kinoshita.get("/search").await;
    let id = page
        .body
        .split("name=\"saved\" value=\"")
        .skip(1)
        .find(|f| f.split("</form>").next().unwrap().contains("つかう<"));
    let id = id.unwrap().split('"').next().unwrap().to_owned();
    kinoshita.post("/search", &[("saved", &id)]).await.is(200).see("髙橋 花子");
    assert_eq!(finding::forget_old(&app.engine, m).await.unwrap(), 0);
    day(40);
    assert_eq!(finding::forget_old(&app.engine, m).await.unwrap(), 1);
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get("/search").await.see("つかう").not_see("つかわない");
    day(40);
    assert_eq!(finding::forget_old(&app.engine, m).await.unwrap(), 1);
});

story!(what_was_opened_last_is_decided_again, |app| async {
    let (mut kinoshita, mut oda) = (app.sign_in("kinoshita").await, app.sign_in("oda").await);
    let household = records(&mut kinoshita, HANAKO).await;
    oda.get("/search").await.is(200).not_see("髙橋 花子");
    oda.get(&household).await.is(200);
    oda.get("/search").await.is(200).see("さいごに開いた世帯").see("髙橋 花子");
    // He moves to another desk: what he opened is his no more.
    let last = words::Day::new(2026, 11, 21).unwrap();
    app.town.transfer(&app.engine, "oda", "shakyo", "hokubu", last).await;
    app.clock.forward_minutes(24 * 60);
    let mut oda = app.sign_in("oda").await;
    oda.get("/search").await.is(200).not_see("髙橋 花子");
});

story!(several_words_are_looked_for_each_wherever_it_stands, |app| async {
    let mut sano = app.sign_in("sano").await;
    case_of(app, &mut sano, "青木 ハル", "道に迷い、商店街で見つかったと家族が話す").await;
    case_of(app, &mut sano, "森 ゆき", "道に迷いやすい").await;
    for typed in ["道に迷い 商店街", "商店街　道に迷い", "家族 見つかった"] {
        let page = sano.search(typed).await;
        page.is(200).see("<mark>").see("見つかった").not_see("やすい");
    }
    sano.search("道に迷い").await.see("やすい").see("商店街で");
    sano.search("道に迷い 喫茶店").await.not_see("商店街で").not_see("やすい");
});

story!(a_household_goes_by_one_name_wherever_it_stands, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let son = crate::agreed_to::also(&mut sano, &case, "青木 太郎", "child").await;
    sano.get(&format!("/persons/{son}")).await.is(200);
    sano.get("/search").await.see("青木 ハルさんの世帯").not_see("青木 太郎さんの世帯");
    sano.get("/").await.see("青木 ハル").not_see("青木 太郎");
    let page = sano.get(&format!("/cases/{case}")).await;
    let home = crate::casefile::first(&page, "households");
    let haru = crate::casefile::first(&sano.get(&home).await, "persons");
    sano.get(&haru).await.is(200);
    sano.post(&format!("{haru}/died"), &[("died", "R8.11.20")]).await.is(303);
    // Nobody asks on the telephone for somebody who has died.
    sano.get(&format!("/cases/{case}")).await.see("青木 太郎さんの世帯");
    sano.get("/cases").await.see("青木 太郎さんの世帯").not_see("青木 ハルさんの世帯");
    sano.get("/search").await.see("青木 太郎さんの世帯").not_see("青木 ハルさんの世帯");
    sano.get("/").await.see("青木 太郎さん");
});

/// Presses the button with this word of a further form of the search; the page.
async fn presses(who: &mut Person, word: &str) -> Page {
    let form = who.page.forms().into_iter().find(|f| f.action == "/search" && f.html.contains(word)).unwrap();
    let fields: Vec<(&str, &str)> = form.hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    who.post_exactly("/search", &fields).await
}

/// Brings a case to its end.
async fn ends(who: &mut Person, case: &str) {
    let end = format!("/cases/{case}/end");
    who.get(&end).await.is(200);
    let over = [
        ("to", "closed"),
        ("reason", "settled"),
        ("words", "落ち着いた"),
        ("watch", "民生委員"),
        ("ends", "1"),
    ];
    who.post(&end, &over).await.is(303);
}

story!(what_does_not_fit_on_one_page_is_on_the_next, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    for name in MANY {
        records(&mut kinoshita, crate::same::Told { name, ..Default::default() }).await;
    }
    let shown = |page: &Page| MANY.iter().filter(|name| page.text().contains(**name)).count();
    let page = kinoshita.search("小林").await;
    page.is(200).see("つぎの人を見る").not_see("つづきを見ています");
    let first: Vec<&str> = MANY.iter().copied().filter(|name| page.text().contains(name)).collect();
    assert_eq!(first.len(), 20, "{}", page.text());
    // The words stay, and nothing of them stands in an address.
    let page = presses(&mut kinoshita, "つぎの人を見る").await;
    page.is(200).see("value=\"小林\"").see("つづきを見ています").not_see("つぎの人を見る").not_see("?q=");
    assert_eq!(shown(&page), 3, "{}", page.text());
    assert!(!first.iter().any(|name| page.text().contains(name)), "{}", page.text());
    // Whoever opens somebody comes back to this page.
    let page = kinoshita.get("/search?last=1").await;
    assert_eq!(shown(&page), 3, "{}", page.text());
    presses(&mut kinoshita, "はじめから見る").await.see("つぎの人を見る");
});

story!(an_open_case_under_the_other_name_is_found, |app| async {
    let (mut kinoshita, mut oda) = (app.sign_in("kinoshita").await, app.sign_in("oda").await);
    let first = case_of(app, &mut kinoshita, "西田 学", "家賃が払えない").await;
    let second = case_of(app, &mut oda, "森 まなぶ", "仕事がない").await;
    let page = kinoshita.get(&format!("/cases/{first}/consents/new")).await;
    let choose = format!("/persons/{}/same", first_radio(&page.body, "person"));
    let page = oda.get(&format!("/cases/{second}/consents/new")).await;
    let other = first_radio(&page.body, "person");
    kinoshita.get(&choose).await.is(200);
    kinoshita.post(&choose, &[("other", &other)]).await.is(303);
    let pair = kinoshita.page.location().split('?').next().unwrap().to_owned();
    oda.get(&pair).await.is(200);
    oda.post(&format!("{pair}/confirm"), &[]).await.is(303);
    let open = [("q", "西田 学"), ("open", "yes")];
    ends(&mut kinoshita, &first).await;
    // His own case is closed; that of the record he is linked with is not.
    kinoshita.get("/search").await;
    kinoshita
        .post("/search", &open)
        .await
        .is(200)
        .see("西田 学")
        .see("森 まなぶ")
        .see(&format!("/cases/{second}"))
        .not_see(&format!("/cases/{first}"));
    ends(&mut oda, &second).await;
    kinoshita.get("/search").await;
    kinoshita.post("/search", &open).await.is(200).see("見つかりませんでした").not_see("森 まなぶ");
    kinoshita.search("西田 学").await.see("西田 学").see("森 まなぶ");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});
