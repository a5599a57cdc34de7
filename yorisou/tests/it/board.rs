//! The board of a case: needs × who takes which part.

use crate::casefile::case;
use crate::inquiry::partner;
use crate::referral::{case_of, send};
use crate::support::{App, Page, Person};

/// Writes a need on the board of a case (`/cases/…`); its own page.
pub async fn need(who: &mut Person, case: &str, area: &str, words: &str, owner: &str, cat: &str) -> String {
    let board = format!("{case}/board");
    who.get(&board).await.is(200);
    let mut fields = vec![("area", area), ("words", words), ("section", owner)];
    if !cat.is_empty() {
        fields.push(("words_cat", cat));
    }
    who.post(&board, &fields).await.goes_to(&format!("{board}?done=need_added"));
    let page = who.follow().await;
    page.is(200).see(words);
    own_page(&page, &board, words)
}

fn own_page(page: &Page, board: &str, words: &str) -> String {
    let start = format!("<a href=\"{board}/");
    let of = page.body.split(&start).skip(1).find(|rest| rest.split("</a>").next().unwrap().contains(words));
    format!("{board}/{}", of.expect("a link to the need").split('"').next().unwrap())
}

async fn take(who: &mut Person, need: &str, desk: &str, what: &str) -> Page {
    who.get(need).await.is(200);
    who.post(&format!("{need}/take"), &[("desk", desk), ("what", what), ("due", "R8.12.1")]).await
}

async fn invariants(app: &App) {
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
}

story!(a_need_has_a_section_and_what_nobody_holds_is_seen, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    let board = format!("{case}/board");
    let shakyo = app.town.desk("shakyo").to_string();
    kinoshita.get(&board).await.is(200).see("まだ書かれていません").see("一行で書き出して");
    // Everything wrong is said at once: a need without a section is not taken.
    let page = kinoshita.post(&board, &[("words", "介護の更新が止まっている")]).await;
    page.is(422).see("介護の更新が止まっている").see("責任をもつ課");
    let care = need(&mut kinoshita, &case, "care", "介護の更新が止まっている", &shakyo, "health").await;
    kinoshita
        .page
        .see("動く窓口が、まだ決まっていない")
        .see("バックアップふじさわ社協")
        .see("動く窓口がまだ決まっていない課題が1件");
    // A part: who, what, by when. It is a promise like any other.
    kinoshita.get(&care).await.is(200);
    let late = [("desk", shakyo.as_str()), ("what", "同行する"), ("due", "R8.11.1")];
    kinoshita.post(&format!("{care}/take"), &late).await.is(422).see("過ぎた日").see("同行する");
    take(&mut kinoshita, &care, &shakyo, "更新の申請に同行する")
        .await
        .goes_to(&format!("{care}?done=part_taken"));
    kinoshita
        .follow()
        .await
        .see("更新の申請に同行する")
        .see("12月1日")
        .not_see("動く窓口が、まだ決まっていない");
    kinoshita.get("/").await.see("役割分担で引きうけたことをする");
    kinoshita.get(&case).await.see("更新の申請に同行する");
    // Done: the row stays, and nobody holds it again.
    kinoshita.get(&care).await;
    let part = kinoshita.page.form("/done").value("part");
    kinoshita.post(&format!("{care}/done"), &[("part", &part)]).await.is(303);
    kinoshita.follow().await.see("すんだ").see("動く窓口が、まだ決まっていない");
    let again = kinoshita.post(&format!("{care}/done"), &[("part", &part)]).await;
    again.is(422);
    invariants(app).await;
});

story!(an_end_says_why_and_leaves_no_promise_behind, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    let shakyo = app.town.desk("shakyo").to_string();
    let money = need(&mut kinoshita, &case, "money", "電気代の滞納", &shakyo, "money").await;
    take(&mut kinoshita, &money, &shakyo, "電力会社に電話する").await.is(303);
    let there = partner(app).await;
    take(&mut kinoshita, &money, &there, "分割払いをたのむ").await.is(303);
    kinoshita.get("/").await.see("ログインのない機関に、引きうけたことがすんだか聞く");
    kinoshita.get(&money).await;
    let end = format!("{money}/end");
    kinoshita
        .post(&end, &[("to", "unmet"), ("outcome", "断られた")])
        .await
        .is(422)
        .see("わけを選んで")
        .see("断られた");
    // A colleague has the page open.
    let mut oda = app.sign_in("oda").await;
    oda.get(&money).await.is(200);
    kinoshita.get(&money).await;
    kinoshita
        .post(&end, &[("to", "unmet"), ("unmet", "not_eligible"), ("outcome", "断られた")])
        .await
        .goes_to(&format!("{case}/board?done=need_ended"));
    kinoshita
        .follow()
        .await
        .see("かなわなかった")
        .see("対象にならない")
        .see("断られた")
        .see("終わった課題（1件）");
    kinoshita.get("/").await.not_see("役割分担で").not_see("引きうけたことがすんだか");
    let page = oda.post(&end, &[("to", "met"), ("outcome", "小田の言葉")]).await;
    page.is(409).see("先に、この課題を書きかえました").see("かなわなかった");
    invariants(app).await;
    // The end is taken back: the same row, and nobody holds it.
    kinoshita.get(&money).await;
    kinoshita.post(&format!("{money}/reopen"), &[]).await.is(303);
    kinoshita.follow().await.see("動く窓口が、まだ決まっていない").see("電力会社に電話する");
    // The words are corrected like every text; the row follows.
    let entry = crate::casefile::first(&kinoshita.page.clone(), "entries");
    kinoshita.get(&entry).await.is(200);
    kinoshita.post(&entry, &[("body", "電気とガスの滞納"), ("body_cat", "money")]).await.is(303);
    kinoshita.get(&format!("{case}/board")).await.see("電気とガスの滞納").not_see("電気代の滞納");
    // When the case ends, its parts end; reopened, the row is there.
    take(&mut kinoshita, &money, &shakyo, "もう一度電話する").await.is(303);
    kinoshita.get(&format!("{case}/end")).await.is(200);
    let over = [
        ("to", "interrupted"),
        ("reason", "unreachable"),
        ("words", "電話に出ない"),
        ("watch", "民生委員"),
        ("ends", "yes"),
    ];
    kinoshita.post(&format!("{case}/end"), &over).await.is(303);
    kinoshita.get("/").await.not_see("役割分担で");
    kinoshita
        .get(&format!("{case}/board"))
        .await
        .see("電気とガスの滞納")
        .see("再開すると")
        .not_see("表にのせる");
    kinoshita.get(&format!("{case}/end")).await;
    kinoshita.post(&format!("{case}/reopen"), &[("due", "R8.12.1"), ("promise", "")]).await.is(303);
    kinoshita
        .get(&format!("{case}/board"))
        .await
        .see("動く窓口が、まだ決まっていない")
        .see("電気とガスの滞納");
    invariants(app).await;
});

story!(one_section_with_three_areas_is_told_to_share, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    let shakyo = app.town.desk("shakyo").to_string();
    let board = format!("{case}/board");
    for (area, words) in [("care", "介護"), ("money", "滞納"), ("isolation", "話し相手がない")] {
        kinoshita.get(&board).await.not_see("ひとつの課だけで");
        need(&mut kinoshita, &case, area, words, &shakyo, "").await;
    }
    kinoshita.get(&board).await.see("ひとつの課だけで3つの分野");
    // Another section stands for one of them: it has no part in the case yet, and the page says so.
    let care = own_page(&kinoshita.page.clone(), &board, "介護");
    let hokubu = app.town.desk("hokubu").to_string();
    kinoshita.get(&care).await;
    kinoshita.post(&format!("{care}/shape"), &[("area", "care"), ("section", &hokubu)]).await.is(303);
    kinoshita
        .follow()
        .await
        .see("北部福祉総合相談室")
        .see("まだケースにかかわっていません")
        .see("責任をもつ課につなぐ");
    kinoshita.get(&board).await.not_see("ひとつの課だけで");
    // A desk without a part in the case holds no promise of it.
    kinoshita.get(&care).await;
    kinoshita
        .post(&format!("{care}/take"), &[("desk", &hokubu), ("what", "x"), ("due", "R8.12.1")])
        .await
        .is(422);
    app.sign_in("sano").await.get(&board).await.is(404);
});

story!(a_need_that_may_not_be_read_is_absent, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let at = format!("/cases/{case}");
    let (hokubu, shakyo) = (app.town.desk("hokubu").to_string(), app.town.desk("shakyo").to_string());
    let hidden = need(&mut sano, &at, "rights", "長男のこと-SECRETNEED", &hokubu, "violence").await;
    let unmarked = need(&mut sano, &at, "medical", "飲み忘れ-SECRETOPEN", &hokubu, "").await;
    let shared = need(&mut sano, &at, "money", "家賃の滞納-SHARED", &hokubu, "money").await;
    take(&mut sano, &hidden, &hokubu, "避難先を探す-SECRETPART").await.is(303);
    // The other desk joins under a consent to basic, money, support.
    let referral = send(&mut sano, &case, &shakyo, &[("kind", "join")]).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&format!("{at}/board")).await.is(404);
    kinoshita.get(&referral).await;
    kinoshita.post(&format!("{referral}/accept"), &[]).await.is(303);
    let board = kinoshita.get(&format!("{at}/board")).await;
    board.is(200).see("SHARED").see("課題が1件").not_see("SECRET");
    board.not_see("chip\">暴力").not_see("chip\">医療");
    for page in [hidden.clone(), unmarked.clone()] {
        let absent = kinoshita.get(&page).await;
        absent.is(404);
        let nothing = kinoshita.get(&format!("{at}/board/00000000-0000-7000-8000-000000000000")).await;
        assert_eq!(absent.body, nothing.body, "differs from absence");
        for (step, fields) in [
            ("take", vec![("desk", shakyo.as_str()), ("what", "x"), ("due", "R8.12.1")]),
            ("end", vec![("to", "met")]),
            ("shape", vec![("area", "care"), ("section", shakyo.as_str())]),
        ] {
            kinoshita.post(&format!("{page}/{step}"), &fields).await.is(404).not_see("SECRET");
        }
    }
    for page in [at.clone(), format!("{at}/entries"), format!("{at}/print"), "/".to_owned()] {
        kinoshita.get(&page).await.not_see("SECRET");
    }
    kinoshita.search("SECRET").await.not_see("長男のこと").not_see("避難先");
    // What is shared can be taken, and its promise is the other desk's.
    take(&mut kinoshita, &shared, &shakyo, "家計をいっしょに見る").await.is(303);
    sano.get(&format!("{at}/board")).await.see("バックアップふじさわ社協").see("SECRETNEED");
    // Nobody else has anything of it.
    for login in ["noguchi", "hase", "mori", "kanri"] {
        let mut other = app.sign_in(login).await;
        for page in [format!("{at}/board"), hidden.clone(), shared.clone()] {
            other.get(&page).await.is(404).not_see("SECRET").not_see("SHARED");
        }
    }
    // The person withdraws: at once it is gone for whoever read it by consent.
    let page = sano.get(&format!("{at}/consents")).await;
    assert!(page.body.contains("/consents/"));
    invariants(app).await;
});
