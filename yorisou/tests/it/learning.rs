//! Looking back, the library without anybody in it, and which case is like another.

use crate::referral::case_of;
use crate::support::Person;

/// Writes a reflection of a case; where it is made into a case for the library.
async fn reflect(who: &mut Person, case: &str) -> String {
    let at = format!("/cases/{case}/reflections");
    who.get(&at).await.is(200);
    let fields = [
        ("causes", "organisation"),
        ("causes", "resource"),
        ("well", "毎週たずねたこと-MARK"),
        ("hard", "受けとる窓口がなかった-MARK"),
        ("next", ""),
    ];
    who.post(&at, &fields).await.is(303);
    who.get(&at).await.see("毎週たずねたこと-MARK").see("組織").link("事例集に出す")
}

fn lesson(situation: &str) -> Vec<(&'static str, String)> {
    vec![
        ("title", "80代の親と50代の子".to_owned()),
        ("topics", "income".to_owned()),
        ("tags", "8050、ごみ屋敷".to_owned()),
        ("situation", situation.to_owned()),
        ("done", "好きな本の話から始め、半年かけて片づけた".to_owned()),
        ("learned", "急がないこと".to_owned()),
    ]
}

async fn post(who: &mut Person, path: &str, fields: &[(&'static str, String)]) -> crate::support::Page {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    who.get(path).await.is(200);
    who.post(path, &fields).await
}

/// Sends a case for the library; its path.
async fn sent(who: &mut Person, share: &str) -> String {
    let page = post(who, share, &lesson("家の中に物がたまり、家賃が払えない")).await;
    assert_eq!(page.status, 303, "{}", page.text());
    page.location().split('?').next().unwrap().to_owned()
}

async fn act(who: &mut Person, path: &str, step: &str, answer: &str) -> crate::support::Page {
    who.get(path).await.is(200);
    who.post(&format!("{path}/{step}"), &[("answer", answer)]).await
}

story!(a_reflection_becomes_a_case_without_anybody_in_it, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case_of(app, &mut kinoshita, "青木 ハル", "家賃が払えない-MARK").await;
    let share = reflect(&mut kinoshita, &case).await;
    kinoshita.post(&format!("/cases/{case}/reflections"), &[("well", "")]).await.is(422).see("どれか一つ");
    // Names, in parts too, numbers and places: stopped, whatever is ticked. Nothing typed is lost.
    for told in ["青木の家です", "ハルが言った", "090-1234-5678 にかけた", "湘南台9丁目9番9号です"]
    {
        let mut fields = lesson(told);
        fields.push(("meant", "1".to_owned()));
        post(&mut kinoshita, &share, &fields).await.is(422).see("だれのことかわかる言葉").see(told);
    }
    post(&mut kinoshita, &share, &lesson("田中さんのような人")).await.is(422).see("名前かもしれない");
    // What stands around the household tells of it, too: it is said, and stays the writer's to decide.
    let page = kinoshita.get(&format!("/cases/{case}")).await;
    let household = page.body.split("href=\"/households/").nth(1).unwrap().split('"').next().unwrap();
    let household = format!("/households/{household}");
    kinoshita.get(&format!("{household}/outside/new")).await.is(200);
    let shop = [("out_name", "マルヤ商店"), ("out_kind", "place"), ("strength", "strong")];
    kinoshita.post(&format!("{household}/outside"), &shop).await.is(303);
    let page = post(&mut kinoshita, &share, &lesson("ﾏﾙﾔ商店の人が気にかけていた")).await;
    page.is(422).see("マルヤ商店").see("だれのことか分かりません").see("ﾏﾙﾔ商店の人が気にかけていた");
    let path = sent(&mut kinoshita, &share).await;
    // Not there before somebody else has read it; not its author, not another desk.
    let mut sano = app.sign_in("sano").await;
    sano.get("/library").await.is(200).not_see("80代の親");
    sano.get(&path).await.is(404);
    kinoshita.get(&path).await.is(200).not_see("事例集にのせる");
    act(&mut kinoshita, &path, "approve", "").await.is(404);
    let mut imai = app.sign_in("imai").await;
    imai.get("/").await.see("事例集にのせてよいか決める");
    act(&mut imai, &path, "return", "").await.is(422);
    act(&mut imai, &path, "approve", "").await.is(303);
    imai.get("/").await.not_see("事例集にのせてよいか決める");
    // Readable by all who work with people, and no way back to the household.
    let page = sano.get(&path).await;
    page.is(200).see("半年かけて片づけた").not_see("2026-00001").not_see("青木").not_see("MARK");
    assert!(!page.body.contains(&case) && !page.body.contains("/reflections/"), "no way back");
    sano.get(&share).await.is(404);
    sano.get(&format!("/cases/{case}/reflections")).await.is(404);
    // Found as alike, with the reasons; what was looked for stays out of the address.
    sano.get("/library").await;
    let page =
        sano.post("/library/similar", &[("words", "ごみ屋敷と8050のこと"), ("topics", "income")]).await;
    page.is(200).see("80代の親と50代の子").see("同じ:").see("8050");
    sano.post("/library/similar", &[("words", "")]).await.is(422);
    sano.post("/library/similar", &[("words", "まったくちがうはなし")])
        .await
        .is(200)
        .see("見つかりませんでした");
    app.sign_in("tsuji").await.get("/library").await.is(404);
    // Taken out again.
    act(&mut kinoshita, &path, "withdraw", "").await.is(303);
    sano.get(&path).await.is(404);
    sano.get("/library").await.not_see("80代の親");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(where_the_only_lead_wrote_it_a_coordinator_reads_it, |app| async {
    let mut mieda = app.sign_in("mieda").await;
    let case = case_of(app, &mut mieda, "青木 ハル", "家賃が払えない-MARK").await;
    let share = reflect(&mut mieda, &case).await;
    let path = sent(&mut mieda, &share).await;
    mieda.get(&path).await.not_see("事例集にのせる");
    act(&mut mieda, &path, "approve", "").await.is(422);
    let mut hase = app.sign_in("hase").await;
    hase.get("/").await.see("事例集にのせてよいか決める");
    hase.get(&path).await.is(200).not_see("MARK").not_see("青木");
    act(&mut hase, &path, "return", "青木ハルのことですか 0466-34-0000").await.is(422);
    act(&mut hase, &path, "return", "年代をぼかしてください").await.is(303);
    hase.get(&path).await.is(404);
    mieda.get(&path).await.see("年代をぼかしてください").see("返ってきた");
    // Corrected from its page: what was sent is filled in, with what the reader said beside it; what is typed stays, and so does that.
    let again = mieda.page.link("直して、もう一度見てもらう");
    let page = mieda.get(&again).await;
    page.is(200).see("年代をぼかしてください").see("家の中に物がたまり、家賃が払えない").see("急がないこと");
    assert_eq!(crate::sheets::value(&page, "title"), "80代の親と50代の子");
    let id = path.rsplit('/').next().unwrap().to_owned();
    let mut fields = lesson("090-1234-5678 にかけた");
    fields.push(("again", id));
    post(&mut mieda, &share, &fields).await.is(422).see("年代をぼかしてください").see("1234-5678");
    "年をとった親と子".clone_into(&mut fields[3].1);
    let page = post(&mut mieda, &share, &fields).await;
    assert_eq!(page.status, 303, "{}", page.text());
    mieda.get("/library").await.see("80代の親と50代の子").not_see(&path);
    hase.get("/").await.see("事例集にのせてよいか決める");
    mieda.get(&path).await.is(200).not_see("もう一度見てもらう");
    // Somebody kept out of the household finds neither the reflection nor the way to share it.
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get(&share).await.is(200);
    let user = app.town.user("noguchi").to_string();
    mieda.get(&format!("/cases/{case}/consents")).await;
    mieda
        .post(&format!("/cases/{case}/exclusions"), &[("user", &user), ("reason", "relative")])
        .await
        .is(303);
    noguchi.get(&share).await.is(404);
    noguchi.get(&format!("/cases/{case}/reflections")).await.is(404);
});

story!(causes_are_counted_without_content_and_small_counts_are_hidden, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case_of(app, &mut kinoshita, "青木 ハル", "家賃が払えない-MARK").await;
    reflect(&mut kinoshita, &case).await;
    let mut hase = app.sign_in("hase").await;
    let page = hase.get("/flow/lessons").await;
    page.is(200).see("資源").see("＊").not_see("MARK").not_see("青木");
    for _ in 0..6 {
        reflect(&mut kinoshita, &case).await;
    }
    hase.get("/flow/lessons").await.see("7");
    kinoshita.get("/flow/lessons").await.is(404);
});

story!(whoever_asks_for_advice_says_their_own_view_first, |app| async {
    let mut sano = app.sign_in("sano").await;
    let to = app.town.desk("suishin").to_string();
    let page = sano.get("/advice/new").await;
    page.is(200).see("まず、じぶんの考え");
    let topic = page.body.split("id=\"topic\"").nth(1).unwrap().split("<option value=\"").nth(2).unwrap();
    let topic = topic.split('"').next().unwrap().to_owned();
    let mut fields =
        vec![("to", to.as_str()), ("topic", topic.as_str()), ("question", "はじめに何を話しますか")];
    sano.post("/advice/new", &fields).await.is(422).see("はじめに何を話しますか");
    sano.get("/advice/new").await;
    fields.push(("own_view", "まず本人の好きなことを聞くつもりです"));
    let page = sano.post("/advice/new", &fields).await;
    page.is(303);
    let advice = page.location().split('?').next().unwrap().to_owned();
    app.sign_in("hase").await.get(&advice).await.is(200).see("まず本人の好きなことを聞くつもりです");
});

story!(a_case_of_the_library_is_brought_before_a_meeting, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case_of(app, &mut kinoshita, "青木 ハル", "家賃が払えない-MARK").await;
    let share = reflect(&mut kinoshita, &case).await;
    let path = sent(&mut kinoshita, &share).await;
    let id = path.rsplit('/').next().unwrap().to_owned();
    let bring = format!("/sessions/propose?lesson={id}");
    // Not before it stands in the library, and never one that does not exist.
    kinoshita.get(&bring).await.is(404);
    act(&mut app.sign_in("imai").await, &path, "approve", "").await.is(303);
    let mut hase = app.sign_in("hase").await;
    let body = crate::session::found(app, &mut hase, "地域ケア会議", &["community_care"], "").await;
    assert_eq!(kinoshita.get(&path).await.link("会議で扱ってもらう"), bring);
    kinoshita.get(&bring).await.is(200).see("80代の親と50代の子").see("事例集の事例");
    let fields = [
        ("lesson", id.as_str()),
        ("body", body.rsplit('/').next().unwrap()),
        ("subject", "80代の親と50代の子"),
        ("priority", "normal"),
    ];
    let page = kinoshita.post("/sessions/propose", &fields).await;
    let item = page.is(303).location().split('?').next().unwrap().to_owned();
    assert_eq!(hase.get(&item).await.link("事例を読む"), path);
    // On the agenda, and on the next one when there was no time.
    let session = crate::session::plan(&mut hase, &body, "地域ケア会議", "R8.12.9", &[]).await;
    let place = hase.get(&session).await.forms().into_iter().find(|f| f.action.ends_with("/place")).unwrap();
    hase.post(&place.action, &[]).await.is(303);
    assert!(hase.get(&session).await.body.contains(&path), "linked on the agenda");
    // Taken out of the library it is a subject like any other.
    act(&mut kinoshita, &path, "withdraw", "").await.is(303);
    let page = hase.get(&session).await;
    assert!(!page.see("80代の親と50代の子").body.contains(&path), "no dead link");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(colleagues_say_what_they_can_and_somebody_else_confirms_it, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let mine = kinoshita.get("/skills").await.is(200).see("だれもいない").link("自分のスキルと経験");
    kinoshita.get(&mine).await.is(200);
    let said = [("youth", "teaches"), ("court", "learning"), ("outreach", "does")];
    kinoshita.post(&mine, &said).await.is(303);
    kinoshita.get(&mine).await.not_see("確認ずみ");
    kinoshita.post(&mine, &[("youth", "wizard")]).await.is(422);
    // Nobody confirms their own word; a lead of the desk does.
    kinoshita.get(&mine).await;
    kinoshita.post(&format!("{mine}/confirm"), &[]).await.is(422);
    let mut oda = app.sign_in("oda").await;
    oda.get("/skills").await.is(200).see("木下 ひろみ").see("若者・ひきこもり");
    oda.get(&mine).await.is(200).see("訪問・アウトリーチ").not_see("このとおりだと確かめる");
    let mut imai = app.sign_in("imai").await;
    imai.get(&mine).await.is(200).see("このとおりだと確かめる");
    imai.post(&format!("{mine}/confirm"), &[]).await.is(303);
    oda.get(&mine).await.see("確認ずみ");
    // Nobody writes for somebody else; who changes their own word loses the confirmation of that.
    oda.post(&mine, &[("school", "teaches")]).await.is(404);
    let mut sano = app.sign_in("sano").await;
    let line = |page: &crate::support::Page, skill: &str| {
        let text = page.text();
        let from = text.find(skill).unwrap_or_else(|| panic!("no {skill}"));
        text[from..].chars().take(60).collect::<String>()
    };
    // Another agency sees what somebody can teach, and nothing else of them.
    let page = sano.get("/skills").await;
    assert!(line(page.is(200), "若者・ひきこもり").contains("木下 ひろみ"));
    assert!(!line(&page, "裁判所・弁護士").contains("木下"), "what she wants to learn is for her colleagues");
    assert!(!line(&page, "訪問・アウトリーチ").contains("木下"));
    sano.get(&mine).await.is(404);
    kinoshita.get(&mine).await;
    kinoshita.post(&mine, &[("youth", "does"), ("outreach", "does")]).await.is(303);
    let page = oda.get(&mine).await;
    assert!(line(&page, "訪問・アウトリーチ").contains("確認ずみ"));
    assert!(!line(&page, "若者・ひきこもり").chars().take(20).collect::<String>().contains("確認ずみ"));
    assert!(!line(&sano.get("/skills").await, "若者・ひきこもり").contains("木下"));
    // Two windows on one list: the second is told.
    let mut window = app.sign_in("kinoshita").await;
    window.get(&mine).await.is(200);
    kinoshita.get(&mine).await;
    kinoshita.post(&mine, &[("school", "teaches")]).await.is(303);
    window.post(&mine, &[("court", "does")]).await.is(409);
    app.sign_in("kanri").await.get("/skills").await.is(404);
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});
