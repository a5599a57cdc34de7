//! Asking, and being answered: the question that stayed open for a month, and "we cannot tell you, it is personal information".

use engine::args;
use words::{Day, Instant};

use crate::referral::{case_of, first_radio};
use crate::support::{App, Page, Person};

const LAW: &str = "pipa_69_2_2";

/// Asks about the first person of a case or consultation; the inquiry's path.
pub async fn ask(who: &mut Person, about: &str, to: &str, more: &[(&str, &str)]) -> String {
    let page = ask_page(who, about, to, more).await;
    assert_eq!(page.status, 303, "{}", page.text());
    page.location().split('?').next().unwrap().to_owned()
}

async fn ask_page(who: &mut Person, about: &str, to: &str, more: &[(&str, &str)]) -> Page {
    let page = who.get(&format!("/inquiries/new?about={about}")).await;
    page.is(200);
    let person = first_radio(&page.body, "person");
    let mut fields: Vec<(&str, &str)> = vec![
        ("to", to),
        ("person", &person),
        ("purpose", "assessment"),
        ("basis", "law"),
        ("article", LAW),
        ("share_cat", "basic"),
        ("share_cat", "health"),
        ("questions", "受診していますか-MARK-Q1\nいつからですか-MARK-Q2"),
        ("lead", "困りごとを見立てるためです-MARK-L"),
        // Meant, also beside another consent to the same desk.
        ("again", "yes"),
    ];
    fields.retain(|(name, _)| !more.iter().any(|(n, _)| n == name));
    fields.extend_from_slice(more);
    who.post("/inquiries/new", &fields).await
}

/// Takes a step from the inquiry's own page.
pub async fn step(who: &mut Person, inquiry: &str, step: &str, fields: &[(&str, &str)]) -> Page {
    who.get(inquiry).await.is(200);
    who.post(&format!("{inquiry}/{step}"), fields).await
}

/// A partner in which nobody can sign in; its desk.
pub async fn partner(app: &App) -> String {
    let m = app.town.municipality;
    let right = access::Right::system(access::System::Import);
    let mut act = app
        .engine
        .system_act(access::System::Import, m, engine::Origin::File, "story.partner", &1)
        .await
        .unwrap();
    let from = Day::new(2025, 4, 1).unwrap();
    let entity =
        register::acts::add_legal_entity(&mut act, &right, "こころ薬局", register::EntityKind::Corporation)
            .await
            .unwrap();
    let new = register::NewAgency {
        has_login: false,
        phone: "0466-00-0000".to_owned(),
        ..register::NewAgency::new("こころ薬局", entity, from)
    };
    let agency = register::acts::add_agency(&mut act, &right, &new).await.unwrap();
    let programme = "comprehensive_consultation";
    let desk = register::acts::add_desk(&mut act, &right, agency, programme, None, from, None).await.unwrap();
    act.commit("").await.unwrap();
    desk.to_string()
}

const REFUSED: [(&str, &str); 5] = [
    ("reason", "forbidden"),
    ("refusal_article", "地方税法 第22条"),
    ("decider_name", "課長 東"),
    ("decider_post", "課長"),
    ("words", ""),
];

async fn number(app: &App, sql: &'static str) -> i64 {
    let m = app.town.municipality;
    let mut act = app
        .engine
        .system_act(access::System::Console, m, engine::Origin::Console, "story.count", &m)
        .await
        .unwrap();
    act.facts().unwrap().one(sql, args![m]).await.unwrap().get("n").unwrap()
}

async fn whole(app: &App) {
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
    // Whoever waits has an open promise with a date.
    let alone = number(
        app,
        "SELECT COUNT(*) AS n FROM inquiry i WHERE i.municipality_id = $1 \
         AND i.state IN ('sent', 'partly_answered', 'raised') AND NOT EXISTS (SELECT 1 FROM task t \
         WHERE t.municipality_id = i.municipality_id AND t.inquiry_id = i.id AND t.state = 'open')",
    )
    .await;
    assert_eq!(alone, 0, "an inquiry waits and nobody owes anything");
}

story!(asked_refused_raised_and_taken_up, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない-MARK-W").await;
    let inquiry = ask(&mut sano, &case, &app.town.desk("ikiiki").to_string(), &[]).await;
    sano.get(&inquiry)
        .await
        .is(200)
        .see("答えまち")
        .see("MARK-Q1")
        .see("MARK-L")
        .see("地域")
        .not_see("MARK-W");

    // The desk that is asked: name and questions, under the article, and nothing else of the case.
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get("/").await.see("照会に答える").see("北部福祉総合相談室");
    let page = noguchi.get(&inquiry).await;
    page.is(200).see("青木 ハル").see("MARK-Q1").see("MARK-L").see("法令に基づく提供").not_see("MARK-W");
    noguchi.get(&format!("/cases/{case}")).await.is(404);
    noguchi.get("/inquiries").await.see("青木 ハル").see("困りごとを見立てる");
    noguchi.search("青木").await.see("青木 ハル");
    // Another desk has no such inquiry.
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&inquiry).await.is(404);
    kinoshita.get(&format!("{inquiry}/print")).await.is(404);
    kinoshita.get("/inquiries").await.not_see("青木").not_see("2026-");
    kinoshita.post(&format!("{inquiry}/answer"), &[("words", "x"), ("base_version", "1")]).await.is(404);

    // "It is personal information" alone is no refusal.
    let bare = [
        ("reason", ""),
        ("refusal_article", ""),
        ("decider_name", ""),
        ("decider_post", ""),
        ("words", "個人情報だから"),
    ];
    let page = step(&mut noguchi, &inquiry, "refuse", &bare).await;
    page.is(422).see("「個人情報だから」だけでは断れません").see("だれが決めたか").see("個人情報だから");
    // Of the law what these two can use: no conference has asked (decision 0050).
    page.see("法令は、ここまで許しています").see("同じ機関の中では").not_see("支援会議では、構成員が");
    step(&mut noguchi, &inquiry, "refuse", &REFUSED)
        .await
        .goes_to(&format!("{inquiry}?done=inquiry_refused"));
    whole(app).await;
    sano.get("/").await.see("照会の結果を確かめる");
    sano.get(&inquiry)
        .await
        .see("答えられない")
        .see("地方税法 第22条")
        .see("課長 東")
        .see("支援会議に上げる");
    sano.get(&format!("{inquiry}/result")).await.is(200).see("地方税法 第22条").see("課長 東");
    let paper = format!("{inquiry}/result");
    crate::papers::same(&mut sano, &paper).await.see("地方税法 第22条").see("課長 東");

    // One button.
    step(&mut sano, &inquiry, "raise", &[]).await.is(303);
    whole(app).await;
    sano.get(&inquiry).await.see("支援会議に上げました").see("構成員だけが");
    let mut hase = app.sign_in("hase").await;
    hase.get("/").await.see("支援会議に上げられた照会").not_see("青木");
    hase.get("/inquiries?list=raised")
        .await
        .see("佐野 健")
        .see("北部福祉総合相談室")
        .not_see("青木")
        .not_see("見立てる");
    let page = hase.get(&inquiry).await;
    page.is(200)
        .see("取り上げました")
        .see("事案をひらく")
        .not_see("青木")
        .not_see("MARK")
        .not_see("地方税法");
    hase.get(&format!("{inquiry}/print")).await.is(404);
    hase.get(&format!("{inquiry}/result")).await.is(404);
    step(&mut hase, &inquiry, "take_up", &[]).await.goes_to("/inquiries?list=raised&done=inquiry_moved");
    whole(app).await;
    sano.get("/").await.see("照会の結果を確かめる");
    // Whoever refused can still answer: then it is over, and off every list.
    step(
        &mut noguchi,
        &inquiry,
        "answer",
        &[("words", "受診しています-MARK-A"), ("words_cat", "health"), ("answer_article", LAW)],
    )
    .await
    .is(303);
    sano.get(&inquiry).await.see("MARK-A").see("法令に基づく提供");
    hase.get("/inquiries?list=raised").await.not_see("2026-");
    hase.get(&inquiry).await.is(404);
    whole(app).await;
});

story!(asked_answered_in_part_and_then_whole, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let inquiry = ask(&mut sano, &case, &app.town.desk("ikiiki").to_string(), &[]).await;
    let mut noguchi = app.sign_in("noguchi").await;
    let part = [
        ("words", "月に一度です-MARK-P"),
        ("words_cat", "health"),
        ("answer_article", LAW),
        ("reason", "looking_into"),
    ];
    // Which question stays open has to be said.
    step(&mut noguchi, &inquiry, "part", &part).await.is(422).see("まだ答えられない質問").see("MARK-P");
    let open = [part.as_slice(), &[("open", "2")]].concat();
    step(&mut noguchi, &inquiry, "part", &open).await.is(303);
    whole(app).await;
    let page = sano.get(&inquiry).await;
    page.see("一部回答").see("MARK-P").see("まだ答えがない").see("いま調べている").see("法令に基づく提供");
    sano.get(&format!("/cases/{case}/entries")).await.see("MARK-P");
    noguchi.get("/").await.see("照会に答える");
    // Whoever asked has seen it; what is still owed stays owed.
    step(&mut sano, &inquiry, "seen", &[]).await.is(303);
    sano.get("/").await.not_see("照会の結果を確かめる");
    whole(app).await;
    step(
        &mut noguchi,
        &inquiry,
        "answer",
        &[("words", "去年からです-MARK-A"), ("words_cat", "health"), ("answer_article", LAW)],
    )
    .await
    .is(303);
    sano.get(&inquiry).await.see("MARK-P").see("MARK-A").not_see("まだ答えがない");
    sano.get(&format!("{inquiry}/result")).await.see("MARK-P").see("MARK-A").see("青木 ハル");
    step(&mut sano, &inquiry, "seen", &[]).await.is(303);
    whole(app).await;
    // It is over: nothing is asked for any more, and no step but the correction of a mistake is left.
    noguchi.get("/").await.not_see("照会に答える");
    sano.get(&inquiry).await;
    // The page offers no such form, so nobody has a version to send.
    sano.post(&format!("{inquiry}/withdraw"), &[("reason", "not_needed")]).await.is(409);
    // The case can be closed: nobody waits.
    sano.get(&format!("/cases/{case}/inquiries")).await.see("回答").see("青木 ハル");
});

story!(what_stays_open_can_be_enough, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let inquiry = ask(&mut sano, &case, &app.town.desk("ikiiki").to_string(), &[]).await;
    // A case does not close over the head of somebody who is asked.
    let end = format!("/cases/{case}/end");
    sano.get(&end).await.see("つなぎや照会、「受けられますか」が1件").see("答えまち");
    let mut noguchi = app.sign_in("noguchi").await;
    let part = [
        ("words", "月に一度です"),
        ("answer_article", LAW),
        ("reason", "not_ours"),
        ("open", "1"),
        ("open", "2"),
    ];
    step(&mut noguchi, &inquiry, "part", &part).await.is(303);
    step(&mut sano, &inquiry, "enough", &[]).await.is(303);
    noguchi.get("/").await.not_see("照会に答える");
    sano.get(&end).await.not_see("つなぎや照会が");
    whole(app).await;
});

story!(a_partner_without_a_login_answers_by_telephone, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let to = partner(app).await;
    sano.get(&format!("/inquiries/new?about={case}"))
        .await
        .see("こころ薬局（電話")
        .not_see("辻堂児童館（電話");
    let inquiry = ask(&mut sano, &case, &to, &[("article", "pipa_27_1_2")]).await;
    sano.get("/").await.see("照会の答えを聞いて書きとめる").see("こころ薬局");
    let letter = sano.get(&format!("{inquiry}/print")).await;
    letter
        .is(200)
        .see("協力依頼書")
        .see("こころ薬局")
        .see("御中")
        .see("2026-00001")
        .see("青木 ハル")
        .see("MARK-Q2");
    letter.see("第27条第1項第2号").see("回答書").see("令和8年11月30日").see("決めた人");
    // How it was told has to be said.
    step(&mut sano, &inquiry, "answer", &[("words", "来ています-MARK-T")]).await.is(422).see("MARK-T");
    step(&mut sano, &inquiry, "answer", &[("words", "来ています-MARK-T"), ("told_by", "phone")])
        .await
        .is(303);
    sano.get(&inquiry).await.see("MARK-T").see("電話").see("こころ薬局");
    sano.get("/").await.not_see("照会の答えを聞いて").not_see("照会の結果を確かめる");
    whole(app).await;
    // So can a refusal, with everything it must say.
    let again = ask(&mut sano, &case, &to, &[("article", "pipa_27_1_2")]).await;
    let refused = [REFUSED.as_slice(), &[("told_by", "fax")]].concat();
    step(&mut sano, &again, "refuse", &refused).await.is(303);
    sano.get(&again).await.see("ファクス").see("地方税法 第22条");
    whole(app).await;
});

const CONSENT: [(&str, &str); 3] = [("basis", "consent"), ("given_by", "self"), ("form", "oral")];

pub async fn withdraw_all(app: &App) {
    let right = access::Right::system(access::System::Console);
    let m = app.town.municipality;
    let mut act = app
        .engine
        .system_act(access::System::Console, m, engine::Origin::Console, "story", &1)
        .await
        .unwrap();
    let rows = act
        .facts()
        .unwrap()
        .all("SELECT id FROM consent WHERE municipality_id = $1 AND state = 'given'", args![m])
        .await
        .unwrap();
    for row in rows {
        let said = (consent::GivenBy::Itself, consent::Withdrawal::default());
        let who = consent::StandIn::default();
        consent::withdraw_for(&mut act, &right, row.get("id").unwrap(), said, &who).await.unwrap();
    }
    act.commit("").await.unwrap();
}

story!(a_withdrawn_consent_closes_the_question_and_tells_whoever_asked, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let inquiry = ask(&mut sano, &case, &app.town.desk("ikiiki").to_string(), &CONSENT).await;
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get(&inquiry).await.see("青木 ハル").see("MARK-Q1").see("本人の同意");
    withdraw_all(app).await;
    // At once, without any job.
    noguchi.get(&inquiry).await.is(200).not_see("青木").not_see("MARK").see("名前と質問は見えません");
    noguchi.get("/inquiries").await.not_see("青木");
    noguchi.get(&format!("{inquiry}/print")).await.not_see("青木").not_see("MARK");
    noguchi.search("青木").await.not_see("青木 ハル");
    let said = [("words", "書いたこと"), ("answer_article", LAW), ("base_version", "1")];
    noguchi
        .post(&format!("{inquiry}/answer"), &said)
        .await
        .is(422)
        .see("書いたこと")
        .see("同意がなくなりました");
    // Saying no is always possible; here they wait. Whoever asked is told, once.
    assert_eq!(inquiry::watch_bases(&app.engine, app.town.municipality).await.unwrap(), 1);
    assert_eq!(inquiry::watch_bases(&app.engine, app.town.municipality).await.unwrap(), 0);
    sano.get("/").await.see("照会の結果を確かめる");
    sano.get(&inquiry).await.see("別の根拠を選びなおすか、取り下げてください").see("根拠を選びなおす");
    whole(app).await;
    // A consent that is gone is no existing one.
    step(&mut sano, &inquiry, "rebase", &[("basis", "existing")]).await.is(422).see("いまの記録にありません");
    step(&mut sano, &inquiry, "rebase", &[("basis", "law"), ("article", LAW)]).await.is(303);
    noguchi.get(&inquiry).await.see("青木 ハル").see("MARK-Q1").see("法令に基づく提供");
    sano.get("/").await.not_see("照会の結果を確かめる");
    // A basis that holds is not picked anew.
    sano.get(&inquiry).await;
    sano.post(&format!("{inquiry}/rebase"), &[("basis", "law"), ("article", LAW), ("base_version", "2")])
        .await
        .is(422);
    step(&mut noguchi, &inquiry, "answer", &[("words", "はい-MARK-A"), ("answer_article", LAW)])
        .await
        .is(303);
    sano.get(&inquiry).await.see("MARK-A");
    whole(app).await;
});

story!(an_answer_under_a_consent_stays_within_it, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let inquiry = ask(&mut sano, &case, &app.town.desk("ikiiki").to_string(), &CONSENT).await;
    let mut noguchi = app.sign_in("noguchi").await;
    // Money was not consented to; nor was everything.
    for cats in [&[("words_cat", "money")][..], &[]] {
        let said = [&[("words", "借金がある-MARK-M"), ("answer_article", "")], cats].concat();
        step(&mut noguchi, &inquiry, "answer", &said)
            .await
            .is(422)
            .see("MARK-M")
            .see("同意が、いまの記録にありません");
    }
    let said = [("words", "通院中-MARK-H"), ("answer_article", ""), ("words_cat", "health")];
    step(&mut noguchi, &inquiry, "answer", &said).await.is(303);
    sano.get(&inquiry).await.see("MARK-H").see("本人の同意");
    withdraw_all(app).await;
    sano.get(&inquiry).await.not_see("MARK-H").see("青木 ハル").see("いまは見られません");
    noguchi.get(&inquiry).await.see("MARK-H").not_see("青木");
});

story!(the_ready_wording_is_read_before_it_leaves, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let to = app.town.desk("ikiiki").to_string();
    let page = ask_page(&mut sano, &case, &to, &[("lead", "")]).await;
    page.is(422)
        .see("文案を入れました")
        .see("困りごとを見立てるにあたり")
        .see("第69条第2項第2号")
        .see("MARK-Q2");
    // Another purpose: the wording follows, as long as nobody has made it theirs.
    let ready =
        page.body.split("id=\"lead\"").nth(1).unwrap().split('>').nth(1).unwrap().split('<').next().unwrap();
    let ready = ready.trim().to_owned();
    let page = ask_page(&mut sano, &case, &to, &[("lead", &ready), ("purpose", "safety")]).await;
    page.is(422).see("安否・安全を確かめる必要があるため").not_see("見立てるにあたり");
    ask_page(&mut sano, &case, &to, &[("lead", &ready)]).await.is(303);
    // Nothing leaves without a purpose, a basis, somebody it is about, and a question.
    let nothing =
        [("purpose", ""), ("basis", ""), ("person", ""), ("questions", ""), ("lead", "x"), ("share_cat", "")];
    let page = ask_page(&mut sano, &case, &to, &nothing).await;
    page.is(422).see("だれについて聞くかを");
    assert!(page.forms().iter().any(|f| f.html.matches("class=\"error\"").count() >= 4), "{}", page.text());
    // The wording is not asked for as long as what it is made of is missing.
    let page = ask_page(&mut sano, &case, &to, &[("basis", ""), ("lead", "")]).await;
    page.is(422).see("どの根拠で聞きますか: ").not_see("前文（目的と根拠）: ");
    // An invented article opens nothing.
    ask_page(&mut sano, &case, &to, &[("article", "made_up")]).await.is(422);
    assert_eq!(number(app, "SELECT COUNT(*) AS n FROM inquiry WHERE municipality_id = $1").await, 1);
});

story!(sent_twice_is_asked_once, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let page = sano.get(&format!("/inquiries/new?about={case}")).await;
    let (person, to) = (first_radio(&page.body, "person"), app.town.desk("ikiiki").to_string());
    let form = page.form("/inquiries/new");
    let typed = [
        ("to", to.as_str()),
        ("person", &person),
        ("purpose", "safety"),
        ("basis", "law"),
        ("article", LAW),
        ("share_cat", "basic"),
        ("questions", "会えていますか"),
        ("lead", "安否を確かめます"),
    ];
    let fields: Vec<(&str, &str)> =
        form.hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).chain(typed).collect();
    let first = sano.post_exactly("/inquiries/new", &fields).await.location().to_owned();
    let second = sano.post_exactly("/inquiries/new", &fields).await.location().to_owned();
    assert_eq!(first, second);
    assert_eq!(number(app, "SELECT COUNT(*) AS n FROM inquiry WHERE municipality_id = $1").await, 1);
    let inquiry = first.split('?').next().unwrap().to_owned();
    // Two people answer: the second sees both, and loses nothing.
    let (mut noguchi, mut mieda) = (app.sign_in("noguchi").await, app.sign_in("mieda").await);
    noguchi.get(&inquiry).await;
    mieda.get(&inquiry).await;
    let answer = format!("{inquiry}/answer");
    noguchi.post(&answer, &[("words", "昨日会いました"), ("answer_article", LAW)]).await.is(303);
    let page = mieda.post(&answer, &[("words", "先週会いました"), ("answer_article", LAW)]).await;
    page.is(409).see("昨日会いました").see("先週会いました").see("先に進んでいます");
});

story!(withdrawn_and_mistaken_inquiries_are_taken_back, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let to = app.town.desk("ikiiki").to_string();
    let mut noguchi = app.sign_in("noguchi").await;
    let withdrawn = ask(&mut sano, &case, &to, &[]).await;
    noguchi.get(&withdrawn).await.see("青木 ハル");
    step(&mut sano, &withdrawn, "withdraw", &[("reason", "")]).await.is(422);
    step(&mut sano, &withdrawn, "withdraw", &[("reason", "moved_or_died")]).await.is(303);
    noguchi.get(&withdrawn).await.is(200).see("取下げ").see("転出・死亡").not_see("青木").not_see("MARK");
    noguchi.get("/").await.not_see("照会に答える");
    noguchi.search("青木").await.not_see("青木 ハル");
    whole(app).await;
    let mistaken = ask(&mut sano, &case, &to, &[]).await;
    let said = [("words", "答え-MARK-A"), ("words_cat", "health"), ("answer_article", LAW)];
    step(&mut noguchi, &mistaken, "answer", &said).await.is(303);
    step(&mut sano, &mistaken, "error", &[("reason", "wrong_place")]).await.is(303);
    noguchi.get(&mistaken).await.is(200).see("誤登録").see("MARK-A").not_see("青木").not_see("MARK-Q");
    sano.get(&mistaken).await.is(200).not_see("MARK-A").see("MARK-Q1");
    whole(app).await;
});

story!(from_a_consultation_that_becomes_a_case, |app| async {
    let mut sano = app.sign_in("sano").await;
    sano.get("/consultations/new").await.is(200);
    let fields = [
        ("words", "家賃が払えない-MARK-W"),
        ("name", "青木 ハル"),
        ("reading", ""),
        ("channel", "counter"),
        ("occurred", "R8.11.20"),
        ("route", "self"),
        ("urgency", "normal"),
        ("topics", "income"),
    ];
    let page = sano.post("/consultations", &fields).await;
    let here = page.location().split('?').next().unwrap().to_owned();
    let about = here.rsplit('/').next().unwrap().to_owned();
    let href = sano.get(&here).await.link("照会する");
    assert_eq!(href, format!("/inquiries/new?about={about}"));
    let inquiry = ask(&mut sano, &about, &app.town.desk("ikiiki").to_string(), &[]).await;
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get(&inquiry).await.see("相談から").see("青木 ハル").not_see("MARK-W");
    noguchi.get(&here).await.is(404);
    // It is not rubbed out while somebody has been told of it.
    sano.get(&here).await;
    sano.post(&format!("{here}/error"), &[("reason", "まちがい")]).await.is(422).see("照会しています");
    sano.get(&here).await;
    sano.post(
        &format!("{here}/dispose"),
        &[("disposition", "own_support"), ("promise", "電話する"), ("due", "R8.11.27")],
    )
    .await
    .is(303);
    noguchi.get("/").await.see("照会に答える");
    step(&mut noguchi, &inquiry, "answer", &[("words", "はい-MARK-A"), ("answer_article", LAW)])
        .await
        .is(303);
    sano.get(&inquiry).await.see("2026-00001").see("MARK-A");
    let case = crate::referral::newest_case(app).await;
    sano.get(&format!("/cases/{case}/inquiries")).await.see("青木 ハル").see("回答");
    whole(app).await;
});

story!(what_is_late_climbs_the_ladder_and_stands_first, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let to = app.town.desk("ikiiki").to_string();
    ask(&mut sano, &case, &to, &[]).await;
    // 3 December: the answer was due on Monday 30 November.
    app.clock.set(Instant::at(Day::new(2026, 12, 4).unwrap(), 9, 0));
    task::escalate(&app.engine, app.town.municipality).await.unwrap();
    let mut mieda = app.sign_in("mieda").await;
    mieda.get("/nobody").await.see("照会に答える");
    mieda.get("/inquiries").await.see("過ぎました").see("9営業日");
    let mut sano = app.sign_in("sano").await;
    sano.get("/inquiries?list=ageing").await.see("青木 ハル").see("9営業日").see("過ぎました");
    // A coordinator sees that it waits, not about whom (the case is not hers).
    let mut hase = app.sign_in("hase").await;
    hase.get("/inquiries?list=ageing")
        .await
        .see("2026-00001")
        .see("9営業日")
        .not_see("青木")
        .not_see("見立てる");
    hase.get("/nobody").await.see("照会に答える").not_see("青木");
    // A desk that has nothing to do with it sees nothing of it.
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get("/inquiries?list=ageing").await.not_see("2026-00001");
    kinoshita.get("/inquiries?list=raised").await.not_see("2026-00001").not_see("上げられた");
    // Urgent ones are due in hours.
    let urgent = ask(&mut sano, &case, &to, &[("urgent", "yes"), ("purpose", "safety")]).await;
    sano.get(&urgent).await.see("緊急").see("11:00");
});

story!(figures_are_about_nobody_and_small_ones_are_hidden, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let to = app.town.desk("ikiiki").to_string();
    let mut noguchi = app.sign_in("noguchi").await;
    for n in 0..6 {
        let inquiry = ask(&mut sano, &case, &to, &[]).await;
        if n < 5 {
            step(&mut noguchi, &inquiry, "answer", &[("words", "はい"), ("answer_article", LAW)])
                .await
                .is(303);
        }
    }
    let mut mieda = app.sign_in("mieda").await;
    let page = mieda.get("/flow/inquiries?by=desk").await;
    page.is(200).see("辻堂東いきいき").see("＊").see("まん中 0日、9割 0日").not_see("青木").not_see("2026-0");
    assert!(page.unfilled().is_empty(), "{:?}", page.unfilled());
    mieda.get("/flow/inquiries?since=x").await.is(422);
    noguchi.get("/flow/inquiries").await.is(404);
    let mut mori = app.sign_in("mori").await;
    mori.get("/flow/inquiries").await.is(404);
    mori.get("/inquiries").await.is(404);
});

// April 1: people go, a desk ends. What was asked goes on with whoever holds the work now.
story!(an_office_that_ends_leaves_no_question_behind, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let to = app.town.desk("ikiiki").to_string();
    let by_law = ask(&mut sano, &case, &to, &[]).await;
    let by_consent = ask(&mut sano, &case, &to, &CONSENT).await;
    let m = app.town.municipality;
    let right = access::Right::system(access::System::Import);
    let mut act = app
        .engine
        .system_act(access::System::Import, m, engine::Origin::File, "story.end", &1)
        .await
        .unwrap();
    let heir = app.town.desk("shakyo");
    register::acts::end_desk(
        &mut act,
        &right,
        app.town.desk("ikiiki"),
        Day::new(2026, 11, 30).unwrap(),
        heir,
    )
    .await
    .unwrap();
    act.commit("").await.unwrap();
    app.clock.set(Instant::at(Day::new(2026, 12, 1).unwrap(), 9, 0));
    casefile::office_end(&app.engine, m).await.unwrap();
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get("/").await.see("照会に答える");
    // What rests on an article passes to the heir; a consent does not pass silently, and whoever asked is told.
    kinoshita.get(&by_law).await.is(200).see("青木 ハル").see("MARK-Q1");
    kinoshita.get(&by_consent).await.is(200).not_see("MARK").not_see("青木").see("名前と質問は見えません");
    assert_eq!(inquiry::watch_bases(&app.engine, m).await.unwrap(), 1);
    let mut sano = app.sign_in("sano").await;
    step(&mut kinoshita, &by_law, "answer", &[("words", "はい-MARK-A"), ("answer_article", LAW)])
        .await
        .is(303);
    sano.get(&by_law).await.see("MARK-A");
    step(&mut sano, &by_consent, "withdraw", &[("reason", "consent_gone")]).await.is(303);
    whole(app).await;
});

story!(whoever_is_kept_out_of_the_case_has_no_inquiry, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let inquiry = ask(&mut sano, &case, &app.town.desk("ikiiki").to_string(), &[]).await;
    app.keep_out(&case, "noguchi").await;
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get(&inquiry).await.is(404);
    noguchi.get("/inquiries").await.not_see("2026-");
    noguchi.get("/inquiries?list=ageing").await.not_see("2026-");
    noguchi.get("/").await.not_see("照会に答える");
    noguchi.post(&format!("{inquiry}/answer"), &[("words", "x"), ("base_version", "1")]).await.is(404);
    // A colleague answers.
    let mut mieda = app.sign_in("mieda").await;
    step(&mut mieda, &inquiry, "answer", &[("words", "はい"), ("answer_article", LAW)]).await.is(303);
});
