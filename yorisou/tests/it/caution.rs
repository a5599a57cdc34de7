//! What stands first on a case: cautions, how far the relation has come, a line written quickly, and hints with their reason
//!

use words::{Day, Instant};

use crate::casefile::{case, first};
use crate::referral::{case_of, send};
use crate::support::{Page, Person};

/// Sets a caution on a case (`/cases/…`).
pub async fn caution(who: &mut Person, case: &str, words: &str, cat: &str) -> Page {
    let at = format!("{case}/cautions");
    who.get(&at).await.is(200);
    let mut fields = vec![("kind", "two_people"), ("words", words), ("review_on", "R9.3.1")];
    if !cat.is_empty() {
        fields.push(("words_cat", cat));
    }
    who.post(&at, &fields).await
}

story!(a_caution_comes_first_stays_on_screens_and_not_for_ever, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    let at = format!("{case}/cautions");
    kinoshita.get(&at).await.is(200).see("いま注意はありません");
    let page = kinoshita.post(&at, &[("words", "玄関に犬"), ("review_on", "R10.12.1")]).await;
    page.is(422).see("玄関に犬").see("1年より先").see("選んでください");
    caution(&mut kinoshita, &case, "長男が大声を出す-SECRETDOG", "support")
        .await
        .goes_to(&format!("{at}?done=caution_set"));
    // On every page of the case, and where a visit is planned.
    for page in ["", "/entries?write=1", "/board", "/sheets", "/consents", "/engagement"] {
        let page = kinoshita.get(&format!("{case}{page}")).await;
        page.is(200).see("二人以上で訪ねる").see("SECRETDOG").see("木下 ひろみ");
        assert!(page.body.find("SECRETDOG").unwrap() < page.body.find("class=\"facts\"").unwrap());
    }
    let today = kinoshita.get("/").await;
    let task = first(&today, "tasks");
    kinoshita.get(&task).await.is(200).see("SECRETDOG");
    // Not on paper, whoever it is for; not among what happened.
    let print = kinoshita.get(&format!("{case}/print")).await;
    print.is(200).not_see("SECRETDOG").not_see("二人以上");
    let member = print.body.split("<option value=\"").nth(2).unwrap().split('"').next().unwrap().to_owned();
    kinoshita
        .get(&format!("{case}/print?for={member}"))
        .await
        .is(200)
        .not_see("SECRETDOG")
        .not_see("二人以上");
    let entries = kinoshita.get(&format!("{case}/entries")).await;
    assert_eq!(entries.body.matches("SECRETDOG").count(), 1, "above, not in the list");
    // Its day comes: a task of the desk that answers for the case, once.
    app.clock.set(Instant::at(Day::new(2027, 3, 2).unwrap(), 9, 0));
    let mut kinoshita = app.sign_in("kinoshita").await;
    for expected in [1, 0] {
        let made = ::casefile::caution_watch(&app.engine, app.town.municipality).await.unwrap();
        assert_eq!(made, expected);
    }
    kinoshita.get("/").await.see("訪問時の注意が、まだ要るかを確かめる");
    kinoshita.get(&case).await.see("見直す日を過ぎています");
    let mut oda = app.sign_in("oda").await;
    oda.get(&at).await.is(200);
    let page = kinoshita.get(&at).await;
    let keep = page.form("/keep").action;
    kinoshita.post(&keep, &[("review_on", "R9.3.2")]).await.is(422).see("あしたより先");
    kinoshita.get(&at).await;
    kinoshita.post(&keep, &[("review_on", "R9.6.1")]).await.is(303);
    kinoshita.get("/").await.not_see("まだ要るかを確かめる");
    kinoshita.get(&case).await.see("SECRETDOG").not_see("見直す日を過ぎています");
    // A colleague's stale page is told so.
    oda.post(&keep, &[("review_on", "R9.7.1")]).await.is(409).see("先に、この注意を見直しました");
    // Ended, with its reason.
    let lift = kinoshita.get(&at).await.form("/lift").action;
    kinoshita.post(&lift, &[("why", "")]).await.is(422);
    kinoshita.get(&at).await;
    kinoshita.post(&lift, &[("why", "passed")]).await.is(303);
    kinoshita.get(&case).await.not_see("SECRETDOG");
    kinoshita.get(&at).await.see("終わった注意（1件）").see("いまは心配がない");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(whoever_may_not_read_a_caution_or_a_reason_sees_nothing_of_them, |app| async {
    let mut sano = app.sign_in("sano").await;
    let id = case_of(app, &mut sano, "青木 ハル", "玄関までごみがたまっている-SECRETWORD").await;
    let at = format!("/cases/{id}");
    caution(&mut sano, &at, "包丁を持ち出した-SECRETKNIFE", "violence").await.is(303);
    caution(&mut sano, &at, "呼び鈴は鳴らない-SHAREDBELL", "support").await.is(303);
    sano.get(&at).await.see("SECRETKNIFE").see("ごみ・家のなか").see("記録に「ごみがたま」という言葉");
    let to = app.town.desk("shakyo").to_string();
    let referral = send(&mut sano, &id, &to, &[("kind", "join")]).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&at).await.is(404);
    kinoshita.get(&referral).await;
    kinoshita.post(&format!("{referral}/accept"), &[]).await.is(303);
    for page in ["", "/entries", "/cautions", "/board", "/print", "/engagement"] {
        let page = kinoshita.get(&format!("{at}{page}")).await;
        page.is(200).not_see("SECRET").not_see("ごみ・家のなか").not_see("ごみがたま");
    }
    kinoshita.get(&at).await.see("SHAREDBELL");
    // What is hidden is not there to be changed.
    let mine = sano.get(&format!("{at}/cautions")).await;
    for form in mine.forms().iter().filter(|f| f.action.ends_with("/lift")) {
        let page = kinoshita.get(&format!("{at}/cautions")).await;
        if !page.body.contains(&form.action) {
            kinoshita.post(&form.action, &[("why", "passed")]).await.is(404);
        }
    }
    sano.get(&at).await.see("SECRETKNIFE");
    // What a desk says to a hint is its own.
    sano.get(&at).await;
    sano.post(&format!("{at}/themes"), &[("theme", "rubbish"), ("said", "confirmed")]).await.is(303);
    sano.follow().await.see("確かめた");
    kinoshita.get(&at).await.not_see("ごみ・家のなか").not_see("確かめた");
    for login in ["noguchi", "mori"] {
        let mut other = app.sign_in(login).await;
        for page in ["", "/cautions", "/engagement"] {
            other.get(&format!("{at}{page}")).await.is(404).not_see("SECRET");
        }
        other.post(&format!("{at}/themes"), &[("theme", "e8050"), ("said", "confirmed")]).await.is(404);
    }
});

story!(a_relation_goes_forward_and_back_and_its_way_is_kept, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    let at = format!("{case}/engagement");
    let page = kinoshita.get(&at).await;
    let person = page.body.split("name=\"person\"").nth(1).unwrap().split("value=\"").nth(2).unwrap();
    let person = person.split('"').next().unwrap().to_owned();
    kinoshita.post(&at, &[("person", &person), ("since", "R8.12.1")]).await.is(422).see("まだ来ていない");
    for (stage, since) in [("refuses", "R8.11.1"), ("building", "R8.11.15"), ("watching", "R8.11.20")] {
        kinoshita.get(&at).await;
        kinoshita.post(&at, &[("person", &person), ("stage", stage), ("since", since)]).await.is(303);
    }
    let page = kinoshita.follow().await;
    page.see("断られている").see("関係をつくっている").see("11月15日");
    page.see("浜田 よし子 様子をみている");
    kinoshita
        .post(
            &at,
            &[
                ("person", "00000000-0000-7000-8000-000000000000"),
                ("stage", "watching"),
                ("since", "R8.11.20"),
            ],
        )
        .await
        .is(422);
});

story!(one_line_and_enter_are_a_record, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    let page = kinoshita.get(&case).await;
    let quick = page.form("/entries");
    assert_eq!(quick.html.matches(" required").count(), 2, "the way and the line");
    let at = format!("{case}/entries");
    kinoshita.post(&at, &[("form", "absent"), ("body", "留守だった。新聞がたまっている")]).await.is(303);
    kinoshita.get(&case).await.see("訪ねたが不在").see("留守だった").see("孤立（孤立死）の心配");
    // Without its way: the whole form, and what was typed is there.
    kinoshita.post(&at, &[("body", "電話した")]).await.is(422).see("電話した").see("どうやって");
    // What an interruption lists.
    kinoshita.get(&format!("{case}/end")).await.see("留守だった");
});

story!(a_hint_says_why_and_is_set_aside_with_a_reason, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    let overview = kinoshita.get(&case).await;
    overview.not_see("8050");
    let household = first(&overview, "households");
    kinoshita.get(&household).await;
    let mother = [("name", "浜田 トメ"), ("relation", "母"), ("birth", "S19.5.1"), ("lives_together", "1")];
    kinoshita.post(&format!("{household}/members"), &mother).await.is(303);
    kinoshita.get(&household).await;
    let son = [("name", "浜田 誠"), ("relation", "長男"), ("birth", "S50.5.1"), ("lives_together", "1")];
    kinoshita.post(&format!("{household}/members"), &son).await.is(303);
    let themes = format!("{case}/themes");
    kinoshita.get(&case).await.see("8050").see("80代の親の世代の人と50代の人が、いっしょに住んでいます");
    kinoshita.post(&themes, &[("theme", "e8050"), ("said", "set_aside"), ("why", "")]).await.is(422);
    kinoshita.get(&case).await;
    kinoshita.post(&themes, &[("theme", "e8050"), ("said", "set_aside"), ("why", "known")]).await.is(303);
    kinoshita.follow().await.see("外したもの（1件）").see("もう手を打っている");
    kinoshita.post(&themes, &[("theme", "e8050"), ("said", "open")]).await.is(303);
    kinoshita.follow().await.see("8050").not_see("外したもの");
    kinoshita.post(&themes, &[("theme", "e8050"), ("said", "confirmed")]).await.is(303);
    kinoshita.follow().await.see("確かめた");
    // Whoever has died hints at nothing; what was confirmed stays.
    kinoshita.get(&format!("{case}/print")).await.not_see("8050");
});

/// The id of somebody on the form of a tie, by name.
async fn choice(who: &mut Person, household: &str, name: &str) -> String {
    let page = who.get(&format!("{household}/ties/new")).await;
    let option =
        page.body.split("<option value=\"").find(|o| o.contains(&format!(">{name}</option>"))).unwrap();
    option.split('"').next().unwrap().to_owned()
}

story!(what_is_recorded_between_people_comes_before_ages, |app| async {
    let mut sano = app.sign_in("sano").await;
    let id = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let at = format!("/cases/{id}");
    let household = first(&sano.get(&at).await, "households");
    for (name, relation, birth) in [
        ("青木 イネ", "同居の人", "S18.5.1"),
        ("青木 学", "同居の人", "S48.5.1"),
        ("青木 澪", "子", "H24.5.1"),
    ] {
        sano.get(&household).await;
        let fields = [("name", name), ("relation", relation), ("birth", birth), ("lives_together", "1")];
        sano.post(&format!("{household}/members"), &fields).await.is(303);
    }
    sano.get(&at)
        .await
        .see("80代の親の世代の人と50代の人が")
        .not_see("ヤングケアラー")
        .not_see("関係の記録から");
    let mut ids = Vec::new();
    for name in ["青木 イネ", "青木 学", "青木 澪", "青木 ハル"] {
        ids.push(choice(&mut sano, &household, name).await);
    }
    let ties = format!("{household}/ties");
    sano.get(&format!("{ties}/new")).await;
    sano.post(&ties, &[("kind", "parent"), ("a", &ids[0]), ("b", &ids[1])]).await.is(303);
    sano.get(&at)
        .await
        .see("80代の親と50代の子が、いっしょに住んでいます（関係の記録から）")
        .not_see("親の世代");
    // A child who cares, written down as something that only few may know.
    sano.get(&format!("{ties}/new")).await;
    let cares = [("kind", "caring"), ("a", &*ids[2]), ("b", &*ids[3]), ("cat", "violence")];
    sano.post(&ties, &cares).await.is(303);
    sano.get(&at).await.see("ヤングケアラー").see("学齢の子が、家族の世話をしています（関係の記録から）");
    let to = app.town.desk("shakyo").to_string();
    let referral = send(&mut sano, &id, &to, &[("kind", "join")]).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&referral).await;
    kinoshita.post(&format!("{referral}/accept"), &[]).await.is(303);
    // Who is not told of the tie is told of no theme by it.
    kinoshita.get(&at).await.is(200).not_see("ヤングケアラー").not_see("家族の世話をしています");
});

story!(a_town_says_which_themes_are_looked_for, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    let household = first(&kinoshita.get(&case).await, "households");
    for (name, relation, birth) in [("浜田 トメ", "母", "S29.5.1"), ("浜田 誠", "長男", "S60.5.1")]
    {
        kinoshita.get(&household).await;
        let fields = [("name", name), ("relation", relation), ("birth", birth), ("lives_together", "1")];
        kinoshita.post(&format!("{household}/members"), &fields).await.is(303);
    }
    kinoshita.get(&case).await.not_see("8050");
    kinoshita.get("/admin/themes").await.is(404);
    let mut kanri = app.sign_in("kanri").await;
    kanri.get("/admin/themes").await.is(200).see("8050: 親の年齢").see("はじめの値: 75歳");
    let mut late = kanri.clone();
    let ages = |parent: &'static str, child: &'static str| {
        [
            ("theme_parent_age", parent),
            ("theme_child_age", child),
            ("theme_old_parent_age", "88"),
            ("theme_old_child_age", "55"),
            ("theme_carer_age", "17"),
            ("theme_small_age", "11"),
            ("theme_alone_age", "75"),
        ]
    };
    let with = |ages: [(&'static str, &'static str); 7],
                themes: &[&'static str]|
     -> Vec<(&'static str, &'static str)> {
        ages.into_iter().chain(themes.iter().map(|t| ("theme", *t))).collect()
    };
    // What is wrong stands beside its field, and what was typed stays.
    kanri
        .post("/admin/themes", &with(ages("7", "x"), &["e8050"]))
        .await
        .is(422)
        .see("theme_parent_age-error")
        .see("theme_child_age-error")
        .see("value=\"x\"");
    kanri.get("/admin/themes").await;
    kanri
        .post("/admin/themes", &with(ages("70", "40"), &["e8050"]))
        .await
        .goes_to("/admin/themes?done=themes_set");
    late.post("/admin/themes", &with(ages("90", "40"), &[])).await.is(409);
    kinoshita.get(&case).await.see("8050").see("70代の親の世代の人と40代の人が");
    kanri.get("/admin/themes").await.see("value=\"70\"");
    kanri.post("/admin/themes", &with(ages("70", "40"), &["rubbish"])).await.is(303);
    kinoshita.get(&case).await.is(200).not_see("8050");
});

story!(whoever_hands_a_case_over_thinks_of_its_cautions, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let at = format!("/cases/{case}");
    caution(&mut sano, &at, "大声を出す人がいる-SECRETDOG", "support").await.is(303);
    let refer = format!("{at}/refer");
    // Whoever joins is told as the sender thinks right; the sender sees what stays behind.
    let page = sano.get(&refer).await;
    page.is(200).see("SECRETDOG").see("この注意は、相手には見えません").see("name=\"caution_told\"");
    let shakyo = app.town.desk("shakyo").to_string();
    let person = crate::referral::first_radio(&page.body, "person");
    let mut fields = vec![
        ("kind", "hand_over"),
        ("to", shakyo.as_str()),
        ("person", person.as_str()),
        ("need", "income"),
        ("urgency", "normal"),
        ("trouble", "くらしの困りごと"),
        ("wish", "続けてくらしたい"),
        ("basis", "preview"),
    ];
    let page = sano.post(&refer, &fields).await;
    page.is(422).see("id=\"caution_told-error\"").see("この注意を知らずに訪ねる").see("くらしの困りごと");
    fields.push(("caution_told", "yes"));
    sano.post(&refer, &fields).await.is(303);
});
