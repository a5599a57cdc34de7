//! 緊急の見きわめ: from a report to a judgement that a senior has read, on both engines; and every way out of it.

use access::{Right, System};
use engine::{Origin, args};
use words::Day;

use crate::support::{App, Form, Page, Person};

/// An urgent consultation written by this person; its path.
pub async fn consultation(person: &mut Person, words: &str) -> String {
    person.get("/consultations/new").await.is(200);
    let told = [
        ("channel", "phone"),
        ("route", "neighbour"),
        ("urgency", "urgent"),
        ("occurred", "R8.11.21"),
        ("words", words),
        ("name", "浜田 よし子"),
        ("birth", "昭和33年"),
    ];
    let mut page = person.post("/consultations", &told).await;
    if page.status == 200 {
        // Somebody alike is known: nobody of them, record anew.
        let form = page.form("/consultations");
        let hidden = form.hidden.iter().map(|(n, v)| (n.as_str(), v.as_str()));
        let fields: Vec<(&str, &str)> = hidden.chain([("checked", "yes")]).collect();
        page = person.post_exactly("/consultations", &fields).await;
    }
    assert_eq!(page.status, 303, "{}", page.text());
    page.location().split('?').next().unwrap().to_owned()
}

/// The query that says what a triage begins from: `/consultations/ID` becomes `consultation=ID`.
fn from(path: &str) -> String {
    let mut parts = path.trim_start_matches('/').split('/');
    let kind = parts.next().unwrap_or_default().trim_end_matches('s');
    format!("{kind}={}", parts.next().unwrap_or_default())
}

/// Begins a triage; its path.
pub async fn begin(person: &mut Person, of: &str, kind: &str) -> String {
    let query = from(of);
    person.get(&format!("/triage/new?{query}")).await.is(200);
    let (field, id) = query.split_once('=').unwrap();
    let fields = [(field, id), ("kind", kind), ("started", "R8.11.21"), ("at", "8:50")];
    let page = person.post("/triage", &fields).await;
    assert_eq!(page.status, 303, "{}", page.text());
    page.location().split('?').next().unwrap().to_owned()
}

/// Ticks an item by its own form, as a finger does.
pub async fn tick(person: &mut Person, triage: &str, list: &str, item: &str, done: &str) -> Page {
    let page = person.get(triage).await;
    let wanted = |f: &Form| f.value("list") == list && f.value("item") == item;
    let form = page.forms().into_iter().find(wanted).unwrap_or_else(|| panic!("no {list} {item}"));
    let mut fields: Vec<(&str, &str)> = form.hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.push(("done", done));
    person.post_exactly(&format!("{triage}/tick"), &fields).await
}

/// Judges; every fact that is missing is said to be unknown.
async fn judge(person: &mut Person, triage: &str, more: &[(&str, &str)]) -> Page {
    person.get(triage).await.is(200);
    let mut fields = vec![
        ("outcome", "emergency"),
        ("scope", "with_others"),
        ("reason", "玄関先で本人の声を聞けなかった"),
        ("unknown", "家族の連絡先が分からない"),
    ];
    fields.retain(|(n, _)| !more.iter().any(|(m, _)| m == n));
    fields.extend(more);
    person.post(&format!("{triage}/judge"), &fields).await
}

async fn answer(person: &mut Person, triage: &str, fields: &[(&str, &str)]) -> Page {
    person.get(triage).await.is(200);
    person.post(&format!("{triage}/answer"), fields).await
}

/// A number out of the database.
async fn count(app: &App, sql: &'static str) -> i64 {
    let at = app.town.municipality;
    let mut act = app
        .engine
        .system_act(System::Console, at, Origin::Console, "test", &())
        .await
        .unwrap_or_else(|_| panic!("an act begins"));
    act.facts().unwrap().one(sql, args![at]).await.unwrap().get("n").unwrap()
}

story!(a_worker_is_led_from_the_report_to_a_judgement_that_a_senior_has_read, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let call = consultation(&mut kinoshita, "三日ほど姿を見ない。新聞がたまっている。").await;
    kinoshita.get(&call).await.see("緊急の見きわめ").see("/triage/new?consultation=");
    // The kinds are offered with their sentence; what is missing is said at once.
    let page = kinoshita.get(&format!("/triage/new?{}", from(&call))).await;
    page.is(200).see("安否確認").see("児童虐待の通告").see("行方不明").see("浜田 よし子").see("110・119");
    let (_, id) = from(&call).split_once('=').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let wrong = [("consultation", id.as_str()), ("started", "R8.11.22"), ("at", "")];
    kinoshita
        .post("/triage", &wrong)
        .await
        .is(422)
        .see("いちばん近いもの")
        .see("時刻を書いて")
        .see("まだ来ていない日");

    let triage = begin(&mut kinoshita, &call, "welfare_check").await;
    let page = kinoshita.follow().await;
    page.is(200).see("安否確認").see("浜田 よし子さんの世帯").see("見られる理由").see("じぶんの窓口の記録");
    // The clock: fifty minutes are left of sixty, by the server's time, without a script.
    page.see("家に行って、姿か声を確かめる")
        .see("あと50分")
        .see("11月21日（土） 9:50まで")
        .see("あと1時間50分");
    page.see("119")
        .see("「地域との関係」を受け持つ窓口が決まっていません")
        .see("地域包括支援センター（高齢の人）");

    // It stands first in today's work, with number, kind, state and time only.
    let today = kinoshita.get("/").await;
    today
        .see("安否確認　見きわめ中")
        .see("あと50分")
        .not_see("新聞がたまっている")
        .not_see("緊急: 期限までに");
    kinoshita.get("/triage").await.see("安否確認").see("見きわめ中").not_see("浜田");

    // At the door: ticks, one by one, each kept; and what was found out.
    app.clock.forward_minutes(15);
    tick(&mut kinoshita, &triage, "first", "0", "1").await.goes_to(&format!("{triage}#first-0"));
    kinoshita.get(&triage).await.see("9:15 木下 ひろみ").see("aria-pressed=\"true\"");
    tick(&mut kinoshita, &triage, "clock", "0", "1").await.is(303);
    kinoshita.get(&triage).await.see("済みました");
    assert_eq!(
        count(app, "SELECT COUNT(*) AS n FROM task WHERE municipality_id = $1 AND kind = 'triage_step' AND state = 'open'")
            .await,
        0
    );
    tick(&mut kinoshita, &triage, "clock", "0", "0").await.is(303);
    kinoshita.get(&triage).await.see("取り消しました").see("あと35分");
    let page = kinoshita.get(&triage).await;
    let form =
        page.forms().into_iter().find(|f| f.action.ends_with("/fact") && f.value("item") == "1").unwrap();
    let hidden: Vec<(&str, &str)> = form.hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let said =
        |words: &'static str| [hidden.clone(), vec![("body", words), ("body_cat", "contact")]].concat();
    kinoshita.post_exactly(&format!("{triage}/fact"), &said("")).await.is(422).see("ここは必ず");
    kinoshita.post_exactly(&format!("{triage}/fact"), &said("123456789018")).await.is(422).see("個人番号");
    let at = format!("{triage}/fact");
    kinoshita.post_exactly(&at, &said("18日の朝、ごみ出しで隣の人が見た")).await.is(303);
    kinoshita.get(&triage).await.see("18日の朝、ごみ出しで").see("連絡先・住所").see("まだ4つ");
    // What is found out belongs to the consultation, too.
    kinoshita.get(&call).await.see("18日の朝、ごみ出しで");

    // The judgement says what is not known.
    judge(&mut kinoshita, &triage, &[("unknown", "")])
        .await
        .is(422)
        .see("4つ残っています")
        .see("玄関先で本人の声");
    judge(&mut kinoshita, &triage, &[("outcome", "pass_on")]).await.is(422).see("どこへつなぐか");
    judge(&mut kinoshita, &triage, &[]).await.goes_to(&format!("{triage}?done=triage_judged"));
    let page = kinoshita.follow().await;
    page.see("確認待ち")
        .see("緊急対応")
        .see("【まだ分からないこと】")
        .see("今井 まこと の確認を待っています");
    page.see("相談の対応を決める");
    // Nobody confirms their own; a colleague waits for the lead.
    answer(&mut kinoshita, &triage, &[("answer", "confirm"), ("base_version", "2")])
        .await
        .is(422)
        .see("じぶんの判断は");
    let mut oda = app.sign_in("oda").await;
    answer(&mut oda, &triage, &[("answer", "confirm"), ("base_version", "2")])
        .await
        .is(422)
        .see("推進員が確かめます");
    let mut imai = app.sign_in("imai").await;
    imai.get("/").await.see("安否確認　確認待ち").see("読んで確かめる");
    answer(&mut imai, &triage, &[("answer", "confirm"), ("words", "消防と一緒に入ってください")])
        .await
        .goes_to(&format!("{triage}?done=triage_confirmed"));
    imai.follow().await.see("確認済み").see("今井 まこと が確かめました（推進員として）").see("消防と一緒に");
    imai.get("/").await.not_see("安否確認");
    imai.get("/triage?list=over").await.see("安否確認").see("確認済み");
    // The promises of the triage are kept; the consultation's own promise guards it as before.
    let open = "SELECT COUNT(*) AS n FROM task WHERE municipality_id = $1 AND kind LIKE 'triage%' AND state = 'open'";
    assert_eq!(count(app, open).await, 1, "the step of the clock that was taken back");
});

story!(two_people_tick_at_once_and_a_form_sent_twice_is_one, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let call = consultation(&mut kinoshita, "帰ってこない").await;
    let triage = begin(&mut kinoshita, &call, "missing").await;
    let mut oda = app.sign_in("oda").await;
    let (here, there) = (kinoshita.get(&triage).await, oda.get(&triage).await);
    let fields = |page: &Page, item: &str| {
        let form =
            page.forms().into_iter().find(|f| f.value("list") == "check" && f.value("item") == item).unwrap();
        [form.hidden, vec![("done".to_owned(), "1".to_owned())]].concat()
    };
    for (mine, item) in [(true, "0"), (false, "0"), (false, "1")] {
        let (person, page) = if mine { (&mut kinoshita, &here) } else { (&mut oda, &there) };
        let owned = fields(page, item);
        let fields: Vec<(&str, &str)> = owned.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        // Pages of before the other's ticks: nothing is refused, and twice is once.
        person.post_exactly(&format!("{triage}/tick"), &fields).await.is(303);
        person.post_exactly(&format!("{triage}/tick"), &fields).await.is(303);
    }
    kinoshita.get(&triage).await.see("2 / 4").see("小田 りか");
    assert_eq!(count(app, "SELECT COUNT(*) AS n FROM triage_tick WHERE municipality_id = $1").await, 3);
    // The beginning sent twice is one triage.
    kinoshita.get(&format!("/triage/new?{}", from(&call))).await.see("これまでの見きわめ").see("行方不明");
    let (_, id) = from(&call).split_once('=').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let form = kinoshita.page.form("/triage");
    let mut twice: Vec<(&str, &str)> = form.hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    twice.extend([("consultation", id.as_str()), ("kind", "other"), ("started", "R8.11.21"), ("at", "9:00")]);
    let first = kinoshita.post_exactly("/triage", &twice).await.location().to_owned();
    let second = kinoshita.post_exactly("/triage", &twice).await.location().to_owned();
    assert_eq!(first, second);
    assert_eq!(count(app, "SELECT COUNT(*) AS n FROM triage WHERE municipality_id = $1").await, 2);
    // What is on no list is not there.
    for (list, item) in [("check", "99"), ("nothing", "0"), ("check", "x")] {
        kinoshita.get(&triage).await;
        kinoshita.post(&format!("{triage}/tick"), &[("list", list), ("item", item)]).await.is(404);
    }
});

story!(for_others_a_triage_does_not_exist, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let call = consultation(&mut kinoshita, "見えてはいけない言葉").await;
    let triage = begin(&mut kinoshita, &call, "dv").await;
    judge(&mut kinoshita, &triage, &[("reason", "見えてはいけないわけ")]).await.is(303);
    let task = kinoshita.get("/?all=1").await;
    task.see("確認待ち");
    for login in ["sano", "mieda", "hase"] {
        let mut other = app.sign_in(login).await;
        let absent = other.get("/triage/00000000-0000-7000-8000-000000000000").await;
        for place in [triage.clone(), format!("/triage/new?{}", from(&call))] {
            let page = other.get(&place).await;
            page.is(404).not_see("DV").not_see("見えては");
            assert_eq!(page.body, absent.body, "{place} differs from absence for {login}");
        }
        other.get("/triage").await.is(200).see("いま見きわめ中のものはありません").not_see("DV");
        other.get("/").await.not_see("DV");
        for (step, fields) in [
            ("tick", vec![("list", "first"), ("item", "0")]),
            ("fact", vec![("item", "0"), ("body", "よそから")]),
            ("judge", vec![("outcome", "ordinary"), ("scope", "city_only"), ("reason", "よそから")]),
            ("answer", vec![("answer", "confirm")]),
            ("void", vec![("why", "よそから")]),
        ] {
            other.post(&format!("{triage}/{step}"), &fields).await.is(404);
        }
        let fields = [
            ("case", "00000000-0000-7000-8000-000000000000"),
            ("kind", "dv"),
            ("started", "R8.11.21"),
            ("at", "9"),
        ];
        other.post("/triage", &fields).await.is(404);
    }
    // A coordinator who watches the whole town learns that something is late: kind of promise, desk, date. Not what.
    app.clock.forward_minutes(10 * 60);
    task::escalate(&app.engine, app.town.municipality).await.unwrap();
    let mut hase = app.sign_in("hase").await;
    hase.get("/nobody")
        .await
        .see("緊急: 判断を先輩が確かめる")
        .not_see("DV")
        .not_see("浜田")
        .not_see("見えては");
});

story!(where_no_lead_is_appointed_or_none_comes_it_can_still_be_confirmed, |app| async {
    // 佐野 is alone at his desk: by word of mouth of a senior elsewhere, with the name.
    let mut sano = app.sign_in("sano").await;
    let call = consultation(&mut sano, "食べものがない").await;
    let triage = begin(&mut sano, &call, "no_food_home").await;
    judge(&mut sano, &triage, &[("outcome", "ordinary"), ("scope", "city_only")]).await.is(303);
    sano.follow().await.see("電話などで確かめてもらい");
    answer(&mut sano, &triage, &[("answer", "confirm"), ("told", "")])
        .await
        .is(422)
        .see("確かめてくれた人の名前");
    answer(&mut sano, &triage, &[("answer", "confirm"), ("told", "推進室 長谷、電話で")]).await.is(303);
    sano.follow().await.see("確認済み").see("口頭で").see("推進室 長谷、電話で");

    // At 木下's desk a lead is appointed and does not come: escalated, and a colleague stands in.
    let mut kinoshita = app.sign_in("kinoshita").await;
    let call = consultation(&mut kinoshita, "電話に出ない").await;
    let triage = begin(&mut kinoshita, &call, "welfare_check").await;
    judge(&mut kinoshita, &triage, &[]).await.is(303);
    let mut oda = app.sign_in("oda").await;
    oda.get(&triage).await.see("今井 まこと の確認を待っています");
    app.clock.forward_minutes(3 * 60);
    task::escalate(&app.engine, app.town.municipality).await.unwrap();
    let told = "SELECT COUNT(*) AS n FROM task WHERE municipality_id = $1 AND kind = 'triage_confirm' AND state = 'open' \
                AND lead_told_at IS NOT NULL";
    assert_eq!(count(app, told).await, 1, "the unconfirmed judgement climbed the ladder");
    let mut oda = app.sign_in("oda").await;
    oda.get("/").await.see("過ぎています");
    oda.get(&triage).await.see("代わりに確かめた、と残ります");
    answer(&mut oda, &triage, &[("answer", "confirm")]).await.is(303);
    oda.follow().await.see("小田 りか が確かめました（代わりに）");
});

story!(a_judgement_is_sent_back_corrected_and_nothing_is_lost, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let call = consultation(&mut kinoshita, "死にたいと言っている").await;
    let triage = begin(&mut kinoshita, &call, "suicide").await;
    judge(&mut kinoshita, &triage, &[("outcome", "ordinary"), ("reason", "落ち着いた声だった")])
        .await
        .is(303);
    let mut imai = app.sign_in("imai").await;
    answer(&mut imai, &triage, &[("answer", "return")]).await.is(422).see("何が足りないか");
    answer(&mut imai, &triage, &[("answer", "return"), ("words", "道具があるかを聞いてください")])
        .await
        .is(303);
    kinoshita.get("/").await.see("死にたいと言っている　見きわめ中");
    kinoshita
        .get(&triage)
        .await
        .see("今井 まこと が差し戻しました")
        .see("道具があるかを聞いて")
        .see("落ち着いた声");
    // 小田 has the page open while 木下 judges anew: 409, both texts, and what was typed stays in the form.
    let mut oda = app.sign_in("oda").await;
    oda.get(&triage).await.is(200);
    judge(&mut kinoshita, &triage, &[("reason", "薬をためていると聞いた")]).await.is(303);
    let stale = [
        ("outcome", "ordinary"),
        ("scope", "city_only"),
        ("reason", "小田が書いていたわけ"),
        ("unknown", "なし"),
    ];
    let page = oda.post(&format!("{triage}/judge"), &stale).await;
    page.is(409).see("ほかの人が判断や確認をしました").see("薬をためている").see("小田が書いていたわけ");
    // The senior who read the first judgement cannot confirm the second one unread.
    answer(&mut imai, &triage, &[("answer", "confirm")]).await.is(303);
    let stale_answer = [("answer", "confirm"), ("base_version", "1")];
    imai.post(&format!("{triage}/answer"), &stale_answer).await.is(409);
    // Confirmed, it can still be corrected: each judgement stays, and asks for confirmation anew.
    let corrected = [("outcome", "not_applicable"), ("reason", "翌日に会えて、無事だった")];
    judge(&mut kinoshita, &triage, &corrected).await.is(303);
    kinoshita.follow().await.see("該当なし").see("緊急対応").see("落ち着いた声").see("確認待ち");
    assert_eq!(count(app, "SELECT COUNT(*) AS n FROM triage_judgement WHERE municipality_id = $1").await, 3);
    // A draft of a judgement comes back.
    let drafted = [
        ("draft_kind", "triage"),
        ("reason", "書きかけのわけ"),
        ("draft_about", triage.rsplit('/').next().unwrap()),
        ("draft_version", "0"),
    ];
    let draft = "/drafts/01890000-0000-7000-8000-00000000abcd";
    kinoshita.post(draft, &drafted).await.is(303);
    kinoshita.get("/drafts").await.see("緊急の見きわめ");
    kinoshita
        .get(&format!("{triage}?draft=01890000-0000-7000-8000-00000000abcd"))
        .await
        .see("書きかけのわけ");
});

story!(there_is_a_way_out_when_the_origin_is_void_the_person_dies_or_the_desk_closes, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    // Entered in error: the triage is void by itself, and owes nothing.
    let call = consultation(&mut kinoshita, "まちがえて書いた").await;
    let triage = begin(&mut kinoshita, &call, "other").await;
    kinoshita.get(&call).await;
    kinoshita.post(&format!("{call}/error"), &[("reason", "別の人だった")]).await.is(303);
    kinoshita.get(&triage).await.is(200).see("もとの記録が誤登録").see("進められません").not_see("/tick");
    kinoshita.get("/").await.not_see("その他の緊急");
    kinoshita.get("/triage?list=over").await.see("もとの記録が誤登録");
    kinoshita
        .post(&format!("{triage}/tick"), &[("list", "first"), ("item", "0")])
        .await
        .is(422)
        .see("進められません");
    let open = "SELECT COUNT(*) AS n FROM task WHERE municipality_id = $1 AND state = 'open'";
    assert_eq!(count(app, open).await, 0);

    // The person dies: the judgement says so, and a senior confirms it.
    let call = consultation(&mut kinoshita, "返事がない").await;
    let triage = begin(&mut kinoshita, &call, "welfare_check").await;
    let promise = [("disposition", "own_support"), ("promise", "あした行く"), ("due", "R8.11.27")];
    kinoshita.get(&call).await;
    let case = kinoshita
        .post(&format!("{call}/dispose"), &promise)
        .await
        .location()
        .split('?')
        .next()
        .unwrap()
        .to_owned();
    let home = kinoshita.get(&case).await;
    let link = |page: &Page, kind: &str| {
        let rest = page.body.split(&format!("href=\"/{kind}/")).nth(1).unwrap().to_owned();
        format!("/{kind}/{}", rest.split(['"', '?', '#']).next().unwrap())
    };
    let household = link(&home, "households");
    let person = link(&kinoshita.get(&household).await, "persons");
    kinoshita.get(&person).await;
    kinoshita.post(&format!("{person}/died"), &[("died", "R8.11")]).await.is(303);
    // The consultation became a case: the triage goes on there, under its number.
    kinoshita.get(&triage).await.is(200).see("2026-00001").see("見きわめ中");
    kinoshita.get(&format!("/triage/new?{}", from(&case))).await.see("これまでの見きわめ").see("安否確認");
    judge(&mut kinoshita, &triage, &[("outcome", "not_applicable"), ("reason", "亡くなっていた")])
        .await
        .is(303);
    kinoshita.follow().await.see("ケースを開いて");

    // The desk closes: the heir's people see it, judge and confirm it; the old desk's people do not.
    let second = begin(&mut kinoshita, &case, "other").await;
    let mut act = app
        .engine
        .system_act(System::Import, app.town.municipality, Origin::File, "story.end", &())
        .await
        .unwrap_or_else(|_| panic!("an act begins"));
    let last = Day::new(2026, 11, 21).unwrap();
    let (shakyo, heir) = (app.town.desk("shakyo"), app.town.desk("ikiiki"));
    register::acts::end_desk(&mut act, &Right::system(System::Import), shakyo, last, heir).await.unwrap();
    act.commit("").await.unwrap();
    app.clock.forward_minutes(24 * 60);
    casefile::office_end(&app.engine, app.town.municipality).await.unwrap();
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&second).await.is(404);
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get("/?all=1").await.see("その他の緊急").see("安否確認");
    noguchi.get(&second).await.is(200).see("見きわめ中");
    tick(&mut noguchi, &second, "clock", "0", "1").await.is(303);
    tick(&mut noguchi, &second, "clock", "0", "0").await.is(303);
    judge(&mut noguchi, &second, &[("outcome", "ordinary")]).await.is(303);
    let mut mieda = app.sign_in("mieda").await;
    mieda.get(&second).await.see("読んで、確かめた");
    answer(&mut mieda, &second, &[("answer", "confirm")]).await.is(303);
    answer(&mut mieda, &triage, &[("answer", "confirm")]).await.is(303);
    // Begun by mistake: taken back with the reason; the case still has its promise.
    let third = begin(&mut noguchi, &case, "other").await;
    noguchi.get(&third).await;
    noguchi.post(&format!("{third}/void"), &[("why", "")]).await.is(422);
    noguchi.post(&format!("{third}/void"), &[("why", "同じものを二度始めた")]).await.is(303);
    noguchi.follow().await.see("取り消されています").see("同じものを二度始めた");
    noguchi.get(&case).await.is(200).see("2026-00001");
});

story!(somebody_kept_out_of_the_case_sees_no_triage_of_it, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let call = consultation(&mut kinoshita, "あざがある").await;
    let triage = begin(&mut kinoshita, &call, "elder_abuse").await;
    let promise = [("disposition", "urgent")];
    kinoshita.get(&call).await;
    kinoshita.post(&format!("{call}/dispose"), &promise).await.is(303);
    let page = kinoshita.get(&triage).await;
    let case = format!(
        "/cases/{}",
        page.body.split("href=\"/cases/").nth(1).unwrap().split(['"', '?', '#']).next().unwrap()
    );
    let mut imai = app.sign_in("imai").await;
    imai.get(&triage).await.is(200);
    imai.get(&format!("{case}/consents")).await.is(200);
    let oda_id = app.town.user("oda").to_string();
    imai.post(&format!("{case}/exclusions"), &[("user", oda_id.as_str()), ("reason", "relative")])
        .await
        .is(303);
    let mut oda = app.sign_in("oda").await;
    oda.get(&triage).await.is(404);
    oda.get("/triage").await.not_see("高齢者虐待");
    oda.get("/").await.not_see("高齢者虐待");
});

story!(a_town_changes_its_guide_and_old_triages_keep_theirs, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let call = consultation(&mut kinoshita, "姿を見ない").await;
    let before = begin(&mut kinoshita, &call, "welfare_check").await;
    let mut kanri = app.sign_in("kanri").await;
    kanri.get("/admin/triage").await.is(200).see("安否確認").see("第1版").see("児童虐待の通告");
    // One kind in fields, on a page.
    let kind = "/admin/triage/kinds/welfare_check";
    let page = kanri.get(kind).await;
    page.is(200).see("ひとりで家に入らなかった");
    let fields = [
        ("name", "安否確認（狛江方式）"),
        ("lead", "まず電話"),
        ("scope", "with_centre"),
        ("judge_minutes", "９０"),
        ("confirm_minutes", "30"),
        ("clock", "４５ 家に行く"),
        ("first", "電話をかける\n戸をたたく"),
        ("facts", "最後に見た日時"),
        ("checks", "包括に電話した\nひとりで入らなかった"),
        ("parties", "地域包括支援センター"),
        ("call", "１１９ 消防"),
        ("note", "45分にした"),
    ];
    let mut wrong = fields.to_vec();
    wrong.retain(|(n, _)| !["judge_minutes", "call"].contains(n));
    wrong.extend([("judge_minutes", "0"), ("call", "電話 消防")]);
    kanri.post(kind, &wrong).await.is(422).see("1分から30日").see("番号と名前").see("安否確認（狛江方式）");
    kanri.get(kind).await;
    kanri.post(kind, &fields).await.goes_to("/admin/triage?done=triage_guide_kept");
    kanri.follow().await.see("第2版").see("45分にした").see("安否確認（狛江方式）");
    // The old triage is shown under its version; a new one under the new.
    kinoshita.get(&before).await.see("第1版").see("家に行って、姿か声を確かめる").not_see("狛江方式");
    let after = begin(&mut kinoshita, &call, "welfare_check").await;
    kinoshita.follow().await.see("第2版").see("安否確認（狛江方式）").see("包括に電話した").see("あと35分");
    kanri.get("/admin/triage/versions/1").await.see("いまの版ではありません").see("家に行って");
    kanri.get("/admin/triage/versions/7").await.is(404);

    // A whole text, TOML or JSON: every problem at once, a preview, and only then kept.
    kanri.get("/admin/triage").await;
    kanri.post("/admin/triage", &[("text", "[[kind]]\ncode = 1")]).await.is(422).see("2行目が読みとれません");
    kanri.get("/admin/triage").await;
    let json = r#"{"kind":[{"code":"fire","name":"火の不始末","scope":"city_only","judge_minutes":30,"confirm_minutes":30,
        "checks":["火元を見た"],"clock":[{"what":"電話する","minutes":10}]}]}"#;
    let page = kanri.post("/admin/triage", &[("text", json), ("note", "作り直した")]).await;
    page.is(200).see("保存すると変わるところ").see("足す: 火の不始末").see("なくす: 行方不明");
    let form = kanri.page.form("/admin/triage");
    let keep: Vec<(&str, &str)> = form.hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    kanri.post_exactly("/admin/triage", &keep).await.goes_to("/admin/triage?done=triage_guide_kept");
    // Somebody else's page of before: a conflict, and the text is kept in the field.
    let stale = [("text", json), ("keep", "1"), ("base_version", "2"), ("note", "おくれて")];
    kanri.get("/admin/triage").await;
    kanri.post("/admin/triage", &stale).await.is(409).see("火の不始末").see("新しい版を確かめて");
    // Running triages go on although their kind is gone.
    judge(&mut kinoshita, &after, &[("outcome", "ordinary")]).await.is(303);
    kinoshita.get("/triage").await.see("安否確認（狛江方式）").see("安否確認");
    kinoshita.get(&format!("/triage/new?{}", from(&call))).await.see("火の不始末").not_see("行方不明");
    // Not for others; and an administrator sees no triage.
    kanri.get(&before).await.is(404);
    kinoshita.get("/admin/triage").await.is(404);
});

story!(a_sheet_of_a_liaison_can_begin_one_and_contacts_come_from_the_register, |app| async {
    let mut kanri = app.sign_in("kanri").await;
    kanri.get("/admin/responsibilities").await;
    let desk = app.town.desk("ikiiki").to_string();
    let duty =
        [("matter", "dv_abuse"), ("desk", desk.as_str()), ("from", "R8.4.1"), ("contact", "保健師 三枝")];
    kanri.post("/admin/responsibilities", &duty).await.is(303);
    let mut tsuji = app.sign_in("tsuji").await;
    tsuji.get("/sheets/new").await.is(200);
    let provider = app.town.desk("suishin").to_string();
    let sheet = [
        ("knows", "danger"),
        ("provider", provider.as_str()),
        ("urgency", "urgent"),
        ("occurred", "R8.11.21"),
        ("topics", "dv_abuse"),
        ("age_band", "6_14"),
    ];
    let page = tsuji.post("/sheets", &sheet).await;
    assert_eq!(page.status, 303, "{}", page.text());
    let mut hase = app.sign_in("hase").await;
    let list = hase.get("/sheets").await;
    let at = format!(
        "/sheets/{}",
        list.body
            .split("href=\"/sheets/")
            .filter_map(|p| p.split(['"', '?']).next())
            .find(|p| p.len() == 36)
            .unwrap_or_else(|| panic!("{}", list.text()))
    );
    hase.get(&at).await.is(200).see("緊急の見きわめ");
    let triage = begin(&mut hase, &at, "child_abuse").await;
    hase.follow()
        .await
        .see("児童虐待の通告")
        .see("つなぐシート")
        .see("保健師 三枝")
        .see("辻堂東いきいき")
        .see("189");
    hase.get("/").await.see("児童虐待の通告　見きわめ中");
    tsuji.get(&triage).await.is(404);
    // Alone at the desk of the multi-agency provider, too, there is a way to confirm.
    judge(&mut hase, &triage, &[]).await.is(303);
    answer(&mut hase, &triage, &[("answer", "confirm"), ("told", "児童相談所 山田、電話で")]).await.is(303);
});

story!(the_list_begins_with_what_is_latest, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    // The first to begin has an hour, the second a whole day, the third half an hour: neither order of beginning.
    for (words, kind) in [
        ("新聞がたまっている", "welfare_check"),
        ("食べるものがない", "no_food_home"),
        ("帰ってこない", "missing"),
    ] {
        let call = consultation(&mut kinoshita, words).await;
        begin(&mut kinoshita, &call, kind).await;
    }
    let page = kinoshita.get("/triage").await;
    let left: Vec<i64> = page
        .body
        .split("<tr><th scope=\"row\">")
        .skip(1)
        .map(|row| row.split("あと").nth(1).map_or(-1, minutes))
        .collect();
    assert_eq!(left.len(), 3, "{}", page.body);
    assert!(left.is_sorted() && left[0] < left[2], "{left:?}");
});

/// `1時間50分` as minutes.
fn minutes(text: &str) -> i64 {
    let text = text.split('<').next().unwrap();
    let (hours, rest) = text.split_once("時間").unwrap_or(("0", text));
    let rest = rest.trim_end_matches('分');
    hours.parse::<i64>().unwrap_or(10_000) * 60 + rest.parse::<i64>().unwrap_or(0)
}
