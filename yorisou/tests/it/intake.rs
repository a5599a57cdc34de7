//! A consultation from the first word to its decision, and a sheet from a liaison to the provider and back.

use engine::Engine;

use crate::support::{App, Page, Person};

const WORDS: &str = "夫が亡くなってから、息子と二人。電気を止めると手紙が来た。<ことば>&\"しるし\"";

/// A form filled in as little as it allows.
async fn tell(person: &mut Person, more: &[(&str, &str)]) -> Page {
    person.get("/consultations/new").await.is(200);
    let mut fields = vec![
        ("channel", "counter"),
        ("route", "self"),
        ("urgency", "normal"),
        ("occurred", "R8.11.21"),
        ("words_cat", "auto"),
    ];
    if !more.iter().any(|(n, _)| *n == "words") {
        fields.push(("words", WORDS));
    }
    fields.retain(|(n, _)| !more.iter().any(|(m, _)| m == n) || *n == "words_cat");
    fields.extend(more);
    person.post("/consultations", &fields).await
}

/// The path of a consultation just written.
async fn told(person: &mut Person, more: &[(&str, &str)]) -> String {
    let page = tell(person, more).await;
    assert_eq!(page.status, 303, "{}", page.text());
    let path = page.location().split('?').next().unwrap().to_owned();
    assert!(path.starts_with("/consultations/"), "{path}");
    person.follow().await.is(200).see("相談を受けました");
    path
}

async fn decide(person: &mut Person, at: &str, fields: &[(&str, &str)]) -> Page {
    person.get(at).await.is(200);
    person.post(&format!("{at}/dispose"), fields).await
}

story!(words_alone_are_enough_and_information_ends_it, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let page = kinoshita.get("/consultations/new").await;
    let must = page.body.matches("class=\"must\"").count();
    assert!(must <= 6, "{must} required fields");
    let at = told(&mut kinoshita, &[]).await;
    kinoshita.page.see(WORDS).see("じぶんの窓口の記録").see("匿名の相談").see("11月24日");
    // Ending with information says what was told.
    let again = decide(&mut kinoshita, &at, &[("disposition", "information_given")]).await;
    again.is(422).see("何を伝えたか");
    let told = [("disposition", "information_given"), ("told", "電力会社の相談先を伝えた")];
    decide(&mut kinoshita, &at, &told).await.goes_to(&format!("{at}?done=consultation_answered"));
    kinoshita.follow().await.see("答えて終わった").see("電力会社の相談先を伝えた").not_see("これで決める");
    kinoshita.get("/consultations").await.is(200).see("答えて終わった").see("木下 ひろみ");
    kinoshita.get("/consultations?state=open").await.is(200).see("相談はありません");
});

story!(what_a_neighbour_said_stands_on_no_paper, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let said = "隣の家で子どもが泣いている";
    let more = [("words", said), ("route", "neighbour"), ("name", "野分 太一"), ("topics", "child_rearing")];
    let at = told(&mut kinoshita, &more).await;
    kinoshita.get(&at).await.is(200).see(said).see("知らせた人");
    let support = [("disposition", "own_support"), ("promise", "訪ねる"), ("due", "R8.11.30")];
    let page = decide(&mut kinoshita, &at, &support).await;
    let case = page.is(303).location().split('?').next().unwrap().to_owned();
    kinoshita.get(&format!("{case}/entries")).await.is(200).see(said);
    kinoshita.get(&format!("{case}/print")).await.is(200).not_see(said);
});

story!(own_support_becomes_a_case_with_a_promise, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let at = told(&mut kinoshita, &[("name", "浜田 よし子"), ("topics", "tax_utility")]).await;
    kinoshita.page.see("浜田 よし子さんの相談");
    decide(&mut kinoshita, &at, &[("disposition", "own_support")]).await.is(422).see("次に何をするか");
    let past = [("disposition", "own_support"), ("promise", "手紙を書く"), ("due", "R8.11.20")];
    decide(&mut kinoshita, &at, &past).await.is(422).see("もう過ぎた日").see("手紙を書く");
    let promise = [("disposition", "own_support"), ("promise", "息子さんに手紙を書く"), ("due", "R8.11.27")];
    let page = decide(&mut kinoshita, &at, &promise).await;
    assert!(page.location().starts_with("/cases/"), "{}", page.text());
    kinoshita.get(&at).await.see("ケースになった").see("2026-00001").see("息子さんに手紙を書く");
    // A second consultation of the same person goes into the case they have.
    let hint = tell(&mut kinoshita, &[("name", "濱田 よし子"), ("words", "また手紙が来た")]).await;
    hint.is(200).see("同じ人の記録がありませんか").see("2026-00001");
    let pick = hint.form("/consultations").html;
    let id = pick.split("name=\"pick\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let page = kinoshita.post("/consultations", &[("pick", &id)]).await;
    let second = page.location().split('?').next().unwrap().to_owned();
    kinoshita.follow().await.is(200).see("浜田 よし子さんの相談").see("いまのケース 2026-00001 に加える");
    let case = kinoshita.page.body.split("name=\"into\"").nth(1).unwrap();
    let case = case.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let into = [
        ("disposition", "own_support"),
        ("promise", "電話する"),
        ("due", "R8.11.28"),
        ("into", case.as_str()),
    ];
    decide(&mut kinoshita, &second, &into).await.goes_to(&format!("/cases/{case}?done=consultation_case"));
});

story!(passing_on_leads_to_the_referral_and_urgent_to_the_telephone, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let at = told(&mut kinoshita, &[("name", "浜田 よし子")]).await;
    let page = decide(&mut kinoshita, &at, &[("disposition", "pass_on")]).await;
    assert!(page.location().ends_with("/refer?done=consultation_pass_on"), "{}", page.location());
    let at = told(&mut kinoshita, &[("name", "三浦 次郎"), ("urgency", "urgent")]).await;
    kinoshita.page.see("書くより先に電話を").see("11:00");
    decide(&mut kinoshita, &at, &[("disposition", "urgent"), ("told", "119に電話した")])
        .await
        .goes_to(&format!("{at}?done=consultation_urgent"));
});

story!(without_a_name_one_is_received_and_named_later, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let at = told(&mut kinoshita, &[]).await;
    let promise = [("disposition", "own_support"), ("promise", "電話する"), ("due", "R8.11.27")];
    decide(&mut kinoshita, &at, &promise)
        .await
        .is(422)
        .see("先に「だれのことか」を足してください")
        .see("これで決める");
    kinoshita.get(&at).await;
    kinoshita.post(&format!("{at}/person"), &[]).await.is(422).see("分かるところを一つ");
    kinoshita.get(&at).await;
    kinoshita.post(&format!("{at}/person"), &[("name", "浜田 よし子")]).await.is(303);
    kinoshita.follow().await.see("だれのことかを足しました").see("浜田 よし子さんの相談").see("世帯みんな");
    let page = decide(&mut kinoshita, &at, &promise).await;
    assert!(page.location().starts_with("/cases/"), "{}", page.text());
});

story!(a_complaint_makes_nobody_a_client, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let named = [("third_party", "yes"), ("name", "隣野 太郎"), ("words", "隣の隣野さんが夜中に叫ぶ")];
    tell(&mut kinoshita, &named).await.is(422).see("登録しません").see("隣の隣野さんが夜中に叫ぶ");
    let at = told(&mut kinoshita, &[("third_party", "yes"), ("words", "隣の隣野さんが夜中に叫ぶ")]).await;
    kinoshita.page.see("ほかの人についての訴え").see("すべて").see("だれとも決めない");
    // What tells of who informed stands on no paper: none is offered, and the page says why.
    kinoshita.page.see("紙にはできません").not_see(&format!("{at}/print"));
    // Nobody of that name exists afterwards: the search before recording finds nobody.
    told(&mut kinoshita, &[("name", "隣野 太郎")]).await;
    // Naming the one who complains does not make the text about them.
    kinoshita.get(&at).await;
    kinoshita.post(&format!("{at}/person"), &[("name", "話田 花子")]).await.is(303);
    kinoshita.follow().await.see("話田 花子").see("だれとも決めない");
});

/// A program on the same database, as after a crash.
async fn restarted(app: &App) -> Person {
    let engine = Engine::open(&app.url, app.clock.clone(), Some(8)).await.unwrap();
    let router = yorisou::site::build(engine, true, false).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let mut person = Person::at(address);
    assert_eq!(person.post("/sign-in", &[("account", "kinoshita")]).await.status, 303);
    person.get("/seat").await;
    person
}

const SCRIPT: &[(&str, &str)] = &[("x-requested-with", "draft")];

async fn autosave(person: &mut Person, form: &[(String, String)], version: &str, words: &str) -> Page {
    let path = format!("/drafts/{}", value(form, "draft"));
    let mut fields: Vec<(&str, &str)> =
        form.iter().filter(|(n, _)| n != "draft_version").map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.extend([("draft_version", version), ("words", words)]);
    person.post_with(&path, &fields, SCRIPT).await
}

fn value(form: &[(String, String)], name: &str) -> String {
    form.iter().find(|(n, _)| n == name).unwrap().1.clone()
}

story!(a_draft_outlives_the_server_and_is_nobody_elses, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let form = kinoshita.get("/consultations/new").await.form("/consultations").hidden;
    let draft = value(&form, "draft");
    autosave(&mut kinoshita, &form, "0", WORDS).await.is(200).see("{\"version\":1}");
    autosave(&mut kinoshita, &form, "1", "夫が亡くなってから二年").await.is(200).see("{\"version\":2}");
    let number = autosave(&mut kinoshita, &form, "2", "番号は 1234 5678 9018").await;
    assert_eq!(number.status, 422);
    let mut after = restarted(app).await;
    after.get("/drafts").await.is(200).see("夫が亡くなってから二年").see("相談");
    let page = after.get(&format!("/consultations/new?draft={draft}")).await;
    page.is(200).see("夫が亡くなってから二年");
    let mut oda = app.sign_in("oda").await;
    oda.get("/drafts").await.is(200).not_see("夫が亡くなってから二年");
    oda.get(&format!("/consultations/new?draft={draft}")).await.is(303).not_see("夫が亡くなってから二年");
    let foreign = oda.get("/consultations/new").await.form("/consultations").hidden;
    let mut theirs = foreign.clone();
    theirs.iter_mut().filter(|(n, _)| n == "draft").for_each(|(_, v)| v.clone_from(&draft));
    autosave(&mut oda, &theirs, "2", "よその下書き").await.is(404);
    // Recording it ends the draft, and a save that comes too late does not bring it back.
    after.get(&format!("/consultations/new?draft={draft}")).await;
    let fields = [
        ("words", "夫が亡くなってから二年"),
        ("channel", "phone"),
        ("route", "self"),
        ("urgency", "normal"),
        ("occurred", "R8.11.21"),
    ];
    after.post("/consultations", &fields).await.is(303);
    after.get("/drafts").await.see("下書きはありません");
    autosave(&mut kinoshita, &form, "2", "遅れて届いた").await.is(200).see("sent");
    kinoshita.get("/drafts").await.see("下書きはありません");
});

story!(a_draft_in_two_tabs_loses_neither_text, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let form = kinoshita.get("/consultations/new").await.form("/consultations").hidden;
    autosave(&mut kinoshita, &form, "0", "はじめの窓で").await.is(200);
    autosave(&mut kinoshita, &form, "0", "もう一つの窓で").await.is(409);
    let path = format!("/drafts/{}", value(&form, "draft"));
    let mut fields: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.push(("words", "もう一つの窓で"));
    kinoshita.post_exactly(&path, &fields).await.is(409).see("はじめの窓で").see("もう一つの窓で");
    kinoshita.post(&path, &[]).await.goes_to("/drafts?done=draft_saved");
    kinoshita.follow().await.see("もう一つの窓で");
    let delete = format!("{path}/delete");
    kinoshita.post(&delete, &[]).await.goes_to("/drafts?done=draft_deleted");
    kinoshita.follow().await.see("下書きはありません");
});

story!(the_search_before_recording_hides_what_is_not_ones_own, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let person = [("name", "浜田 よし子"), ("reading", "はまだ よしこ"), ("phone", "0466-12-3456")];
    let at = told(&mut kinoshita, &person).await;
    // The same desk is shown the person, in any spelling, and goes back without losing a word.
    let mut oda = app.sign_in("oda").await;
    let hint = tell(&mut oda, &[("name", "濱田 よし子"), ("facts", "ひざが痛い")]).await;
    hint.is(200).see("浜田 よし子").see("新しく書く").see("じぶんの窓口の記録");
    let back = oda.post("/consultations", &[("back", "yes")]).await;
    back.is(200).see("濱田 よし子").see("ひざが痛い").see(WORDS);
    let hint = tell(&mut oda, &[("name", "べつの人"), ("phone", "０４６６（１２）３４５６")]).await;
    hint.is(200).see("浜田 よし子");
    oda.post("/consultations", &[("pick", "new")]).await.is(303);
    // Another desk gets the answer of absence: no page, no hint, no difference.
    let mut sano = app.sign_in("sano").await;
    told(&mut sano, &person).await;
    sano.page.see("浜田 よし子さんの相談");
    sano.get(&at).await.is(404);
    sano.get("/consultations").await.not_see(&at);
    // Naming a person one may not see is the answer of absence, too.
    let id = hint.form("/consultations").html;
    let id = id.split("name=\"pick\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let stolen = tell(&mut sano, &[("name", "だれか"), ("checked", "yes"), ("pick", &id)]).await;
    stolen.is(404).not_see("浜田");
});

story!(nothing_typed_is_lost_and_nothing_is_recorded_twice, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let long = "あ".repeat(10_001);
    for (field, typed, why) in [
        ("words", long.as_str(), "長すぎます"),
        ("words", "見えない\u{7}文字", "見えない文字"),
        ("occurred", "きのう", "読みとれません"),
        ("occurred", "R8.11.22", "まだ来ていない日"),
        ("words", "番号は１２３４５６７８９０１８", "個人番号"),
        ("phone", "1234 5678 9018", "個人番号"),
        ("urgency", "sometime", "選んで"),
    ] {
        let page = tell(&mut kinoshita, &[(field, typed), ("facts", "同居の息子がいる")]).await;
        page.is(422).see(why).see("同居の息子がいる").see("送る前に");
        if field != "urgency" {
            page.see(typed);
        }
    }
    kinoshita.get("/consultations").await.see("相談はありません");
    // A double click is one record.
    let form = kinoshita.get("/consultations/new").await.form("/consultations").hidden;
    let mut fields: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let rest = [
        ("words", WORDS),
        ("channel", "phone"),
        ("route", "self"),
        ("urgency", "normal"),
        ("occurred", "R8.11.20"),
    ];
    fields.extend(rest);
    let first = kinoshita.post_exactly("/consultations", &fields).await;
    let second = kinoshita.post_exactly("/consultations", &fields).await;
    assert_eq!((first.status, first.location()), (303, second.location()));
    // The same form with other words: the first stands, and somebody is told.
    fields.retain(|(n, _)| *n != "words");
    fields.push(("words", "ちがう言葉"));
    kinoshita.post_exactly("/consultations", &fields).await.is(422).see("すでに届いています");
    let list = kinoshita.get("/consultations").await;
    assert_eq!(list.body.matches("href=\"/consultations/0").count(), 1, "{}", list.text());
});

story!(a_stale_tab_shows_both_texts, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let at = told(&mut kinoshita, &[]).await;
    let mut oda = app.sign_in("oda").await;
    oda.get(&at).await.is(200);
    let told = [("disposition", "information_given"), ("told", "木下が伝えたこと")];
    decide(&mut kinoshita, &at, &told).await.is(303);
    let late = oda
        .post(&format!("{at}/dispose"), &[("disposition", "information_given"), ("told", "小田が伝えたこと")])
        .await;
    late.is(409).see("木下が伝えたこと").see("小田が伝えたこと");
});

story!(what_was_entered_in_error_is_kept_and_says_so, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let at = told(&mut kinoshita, &[]).await;
    kinoshita.get(&at).await;
    kinoshita.post(&format!("{at}/error"), &[("reason", " ")]).await.is(422);
    kinoshita.get(&at).await;
    kinoshita.post(&format!("{at}/error"), &[("reason", "同じ相談を二度書いた")]).await.is(303);
    kinoshita.follow().await.see("誤登録").see("同じ相談を二度書いた").see(WORDS).not_see("これで決める");
    // Another desk cannot do it, and cannot know.
    let at = told(&mut kinoshita, &[]).await;
    let mut sano = app.sign_in("sano").await;
    sano.post(&format!("{at}/error"), &[("reason", "よそから")]).await.is(404);
    sano.post(&format!("{at}/dispose"), &[("disposition", "information_given"), ("told", "よそから")])
        .await
        .is(404);
});

async fn notice(person: &mut Person, fields: &[(&str, &str)]) -> Page {
    person.get("/sheets/new").await.is(200).see("ご本人は知っていますか");
    person
        .post(
            "/sheets",
            &[
                &[("urgency", "normal"), ("given_by", "self"), ("consent_form", "oral"), ("share", "auto")],
                fields,
            ]
            .concat(),
        )
        .await
}

story!(a_sheet_with_consent_goes_to_the_coordinator_and_comes_back, |app| async {
    let mut tsuji = app.sign_in("tsuji").await;
    notice(&mut tsuji, &[("words", "母の介護で眠れない")]).await.is(422).see("母の介護で眠れない");
    let written = [
        ("knows", "yes"),
        ("words", "母の介護で眠れない"),
        ("topics", "care"),
        ("name", "佐藤 一"),
        ("phone", "0466-98-7654"),
    ];
    let page = notice(&mut tsuji, &written).await;
    assert!(page.location().ends_with("?done=sheet_sent"), "{}", page.text());
    let at = page.location().split('?').next().unwrap().to_owned();
    tsuji.follow().await.is(200).see("佐藤 一").see("母の介護で眠れない").see("受けとるのを待っています");
    // Nobody else learns of it: neither another desk nor the provider's other work.
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&at).await.is(404);
    kinoshita.get("/sheets").await.not_see("佐藤");
    let mut hase = app.sign_in("hase").await;
    hase.get("/sheets").await.is(200).see("佐藤 一").see("辻 さくら");
    hase.get(&at).await.is(200).see("母の介護で眠れない").see("0466-98-7654").see("事業の事務");
    let page = hase.post(&format!("{at}/take"), &[]).await;
    let consultation = page.location().split('?').next().unwrap().to_owned();
    hase.follow().await.is(200).see("佐藤 一さんの相談").see("母の介護で眠れない").see("介護");
    // The liaison sees that it was taken up, and nothing of the consultation.
    tsuji.get(&at).await.see("受けとりました");
    tsuji.get("/sheets").await.see("受けとられた");
    tsuji.get(&consultation).await.is(404);
    // Taking it twice is one consultation.
    hase.post(&format!("{at}/take"), &[]).await.is(422).see("もう受けとられています");
    // The coordinator goes on with it as a case.
    let promise = [("disposition", "own_support"), ("promise", "訪ねる"), ("due", "R8.11.27")];
    let page = decide(&mut hase, &consultation, &promise).await;
    assert!(page.location().starts_with("/cases/"), "{}", page.text());
});

story!(a_notice_without_consent_names_nobody, |app| async {
    let mut tsuji = app.sign_in("tsuji").await;
    let typed = [
        ("knows", "not_yet"),
        ("words", "佐藤さんの母の介護"),
        ("name", "佐藤 一"),
        ("topics", "care"),
        ("age_band", "40_64"),
    ];
    let page = notice(&mut tsuji, &typed).await;
    assert!(page.location().ends_with("?done=sheet_dropped"), "{}", page.text());
    let at = page.location().split('?').next().unwrap().to_owned();
    tsuji.follow().await.is(200).see("残していません").not_see("佐藤");
    let mut hase = app.sign_in("hase").await;
    hase.get("/sheets").await.see("名前のない知らせ").not_see("佐藤");
    hase.get(&at).await.is(200).not_see("佐藤").see("介護").see("40～64歳");
    hase.post(&format!("{at}/answer"), &[("answer", " ")]).await.is(422);
    hase.get(&at).await;
    hase.post(
        &format!("{at}/answer"),
        &[("outcome", "watching"), ("answer", "来週、地区の集まりで声をかけます")],
    )
    .await
    .is(303);
    tsuji.get(&at).await.is(200).see("答えがあった").see("来週、地区の集まりで声をかけます");
    tsuji.get("/sheets").await.see("来週、地区の集まりで声をかけます");
    // Danger comes first, says what to do now, and goes as urgent.
    let page = notice(&mut tsuji, &[("knows", "danger"), ("topics", "dv_abuse")]).await;
    assert!(page.location().ends_with("?done=sheet_notice"), "{}", page.text());
    tsuji.follow().await.see("書くより先に電話を").see("119");
    hase.get("/sheets").await.see("緊急");
    // A liaison sees nothing else.
    for path in ["/consultations", "/consultations/new", "/search"] {
        assert_eq!(tsuji.get(path).await.status, 404, "{path}");
    }
    assert_eq!(tsuji.search("佐藤").await.status, 404);
});
