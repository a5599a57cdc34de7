//! 相談の流れ: figures for those who steer, small ones hidden, files, and the way behind a figure to one's own only.

use access::{Right, Role, System};
use engine::{Origin, args};
use register::acts;
use register::{NewUser, Span};
use words::Day;

use crate::referral::{case_of, send};
use crate::support::App;

/// An analyst, who is nobody's colleague: figures only.
async fn analyst(app: &App) {
    let right = Right::system(System::Import);
    let mut act = app
        .engine
        .system_act(System::Import, app.town.municipality, Origin::File, "story.analyst", &())
        .await
        .unwrap_or_else(|_| panic!("an act begins"));
    let new = NewUser {
        login: "makabe".to_owned(),
        name: "真壁 徹".to_owned(),
        reading: "まかべ とおる".to_owned(),
        demo_line: "真壁 徹として試す".to_owned(),
    };
    let user = acts::add_user(&mut act, &right, &new).await.unwrap();
    let post = acts::add_post(&mut act, &right, app.town.desk("somu"), Role::Analyst, "").await.unwrap();
    let span = Span { from: Day::new(2025, 4, 1).unwrap(), to: None };
    acts::appoint(&mut act, &right, user, post, None, span, "").await.unwrap();
    act.commit("").await.unwrap();
}

async fn setting(app: &App, key: &str, value: &str) {
    let right = Right::system(System::Import);
    let mut act = app
        .engine
        .system_act(System::Import, app.town.municipality, Origin::File, "story.setting", &(key, value))
        .await
        .unwrap_or_else(|_| panic!("an act begins"));
    acts::set_setting(&mut act, &right, key, value).await.unwrap();
    act.commit("").await.unwrap();
}

async fn count(app: &App, sql: &'static str) -> i64 {
    let at = app.town.municipality;
    let mut act = app
        .engine
        .system_act(System::Console, at, Origin::Console, "test", &())
        .await
        .unwrap_or_else(|_| panic!("an act begins"));
    act.facts().unwrap().one(sql, args![at]).await.unwrap().get("n").unwrap()
}

/// Four referrals from 木下's desk to いきいき, one to 北部: three accepted, one refused.
async fn some_flow(app: &App) {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let (ikiiki, hokubu) = (app.town.desk("ikiiki").to_string(), app.town.desk("hokubu").to_string());
    let mut noguchi = app.sign_in("noguchi").await;
    for (n, name) in ["青木 一", "石田 二", "上田 三", "江口 四"].into_iter().enumerate() {
        let case = case_of(app, &mut kinoshita, name, "家計の相談-ひみつ").await;
        let referral = send(&mut kinoshita, &case, &ikiiki, &[("kind", "join")]).await;
        noguchi.get(&referral).await.is(200);
        let step = if n == 3 { "refuse" } else { "accept" };
        let fields: &[(&str, &str)] = if n == 3 { &[("reason", "no_capacity")] } else { &[] };
        noguchi.post(&format!("{referral}/{step}"), fields).await.is(303);
    }
    let case = case_of(app, &mut kinoshita, "岡 五", "家計の相談-ひみつ").await;
    send(&mut kinoshita, &case, &hokubu, &[("kind", "join")]).await;
}

story!(an_analyst_sees_figures_and_small_ones_not_even_by_subtraction, |app| async {
    analyst(app).await;
    some_flow(app).await;
    let mut makabe = app.sign_in("makabe").await;
    makabe.get("/").await.is(200).see("相談の流れ");
    // Five in all; four and one are small: nothing on the page gives them away.
    let page = makabe.get("/flow?by=desk").await;
    page.is(200)
        .see("バックアップふじさわ社協")
        .see("辻堂東いきいきサポートセンター")
        .see("＊")
        .see("5件未満");
    page.not_see("ひみつ").not_see("青木").not_see("/referrals/").not_see("/flow/referrals");
    let numbers = |page: &crate::support::Page| {
        let table = page
            .body
            .split("aria-labelledby=\"matrix\"><table class=\"figures\">")
            .nth(1)
            .unwrap()
            .to_owned();
        let table = table.split("</table>").next().unwrap().to_owned();
        let cells =
            table.split("<td class=\"num\">").skip(1).map(|c| c.split("</td>").next().unwrap().to_owned());
        cells.map(|c| c.replace("<b>", "").replace("</b>", "")).collect::<Vec<_>>()
    };
    // One window, two desks: 4 and 1. Their sum 5 is not small, and is hidden all the same: with what came of them (three
    // accepted, one refused) it would leave too few values for the 4.
    assert_eq!(numbers(&page), ["＊"; 6]);
    // The threshold is a setting.
    setting(app, "small_cell", "1").await;
    let page = makabe.get("/flow?by=desk").await;
    assert_eq!(numbers(&page), ["4", "1", "5", "4", "1", "5"]);
    page.see("いま空きがない").see("受入不可").see("受け入れて対応中").not_see("5件未満");
    // Wareki, whole months, and problems beside the field.
    makabe.get("/flow?since=R8.11.15&until=R8.11.16").await.is(200).see("11月1日").see("11月30日");
    makabe.get("/flow?since=R7.4.1&until=%E4%BB%A4%E5%92%8C7%E5%B9%B43%E6%9C%88").await.is(422);
    makabe.get("/flow?since=R8.11.15&until=R8.10.1").await.is(422).see("終わりが始まりより前");
    makabe.get("/flow?since=R5.1.1&until=R5.12.1").await.is(200).see("この期間には、ありません");
    makabe.get("/flow?what=consultation").await.is(200).see("ケースになった").see("相談");
    makabe.get("/flow?what=sheet").await.is(200);
    // There is no way behind a figure for whoever sees figures only; and none to records.
    makabe.get("/flow/referrals?by=desk").await.is(404);
    for path in ["/referrals", "/cases", "/consultations", "/nobody", "/triage", "/search?q=青木"] {
        makabe.get(path).await.is(404);
    }
    // Who looked at figures is in the log.
    let looked = "SELECT COUNT(*) AS n FROM access_log WHERE municipality_id = $1 AND basis = 'view_figures' \
                  AND channel = 'count'";
    assert!(count(app, looked).await >= 5);
    // Caseworkers, auditors and administrators have no such page.
    for login in ["noguchi", "mori", "kanri", "tsuji"] {
        app.sign_in(login).await.get("/flow").await.is(404);
    }
});

story!(figures_leave_as_files_with_the_same_signs, |app| async {
    analyst(app).await;
    some_flow(app).await;
    let mut makabe = app.sign_in("makabe").await;
    makabe.get("/flow?by=desk").await.see("CSV（UTF-8）").see("Excel");
    let at = "/flow/export?what=referral&by=desk&since=2026-11-01&until=2026-11-30";
    let page = makabe.get(&format!("{at}&table=matrix&as=csv")).await;
    page.is(200).see("どこから ＼ どこへ,").see("バックアップふじさわ社協,＊,＊,＊");
    assert!(page.body.starts_with('\u{feff}'), "the mark by which Excel knows UTF-8");
    assert!(page.header("content-disposition").unwrap().contains("attachment"));
    assert!(page.header("content-type").unwrap().starts_with("text/csv"));
    let page = makabe.get(&format!("{at}&table=desks&as=xlsx")).await;
    assert!(page.is(200).header("content-type").unwrap().contains("spreadsheetml"));
    makabe.get(&format!("{at}&table=parts&as=csv")).await.see("受けられなかったわけ,いま空きがない,＊");
    // CP932: everything can be written here; then a desk with a name that it does not have.
    makabe.get(&format!("{at}&table=matrix&as=csv_cp932")).await.is(200);
    let mut kanri = app.sign_in("kanri").await;
    let agency = kanri.get("/who?q=いきいき").await.link("辻堂東いきいき");
    kanri.get(&agency).await;
    kanri
        .post(&format!("{agency}/rename"), &[("name", "𠮷岡いきいきセンター"), ("from", "R8.11.1")])
        .await
        .is(303);
    let page = makabe.get(&format!("{at}&table=matrix&as=csv_cp932")).await;
    page.is(200).see("書けない文字があります").see("𠮷").see("UTF-8のCSVにする");
    let anyway = page.link("かわりの文字で書き出す");
    let page = makabe.get(&anyway).await;
    assert!(page.header("content-type").unwrap().contains("windows-31j"));
    let logged = "SELECT COUNT(*) AS n FROM access_log WHERE municipality_id = $1 AND basis = 'view_figures' \
                  AND channel = 'export'";
    assert_eq!(count(app, logged).await, 6, "each file that left, and the one that asked first");
    makabe.get(&format!("{at}&table=matrix&as=exe")).await.is(404);
});

story!(behind_a_figure_a_lead_finds_their_own_and_nothing_about_the_rest, |app| async {
    some_flow(app).await;
    let mut imai = app.sign_in("imai").await;
    let page = imai.get("/flow?by=desk").await;
    page.is(200).see("/flow/referrals?by=desk").see("数を押すと");
    let at = page.link("＊");
    // 今井's desk sent them: what its list of referrals shows anyway.
    imai.get(&at).await.is(200).see("青木 一").see("2026-00001").see("じぶんの窓口の記録");
    // 北部 has nobody who steers; 推進室 does: the same figure, and nothing behind it but its own, which is none.
    let mut hase = app.sign_in("hase").await;
    hase.get("/flow?by=desk").await.is(200).see("＊");
    let page = hase.get(&at).await;
    page.is(200).see("あなたの窓口のつなぎはありません").not_see("青木").not_see("2026-00001");
    // 三枝's desk received them: identity only of what it accepted under the consent.
    let mut mieda = app.sign_in("mieda").await;
    mieda.get(&at).await.is(200).see("青木 一").see("2026-00004").not_see("江口");
    let by_field = "/flow/referrals?by=field&row=general&column=general&since=2026-11-01&until=2026-11-30";
    mieda.get(by_field).await.is(200);
    for broken in ["?by=desk&row=x&column=y&since=2026-11-01&until=2026-11-30", "?by=desk", ""] {
        imai.get(&format!("/flow/referrals{broken}")).await.is(404);
    }
    app.sign_in("noguchi").await.get(&at).await.is(404);
});
