//! What was written down wrongly is found, put right or taken back; a doubt that comes late reaches whoever reviews; nobody who carries
//! most is called the lightest; and whoever takes a case up knows what they must know before they go there.

use engine::args;
use words::Day;

use crate::casefile::first;
use crate::referral::{case_of, first_radio, send};
use crate::support::{App, Page, Person};

async fn round(app: &App) -> usize {
    life_stage::watch(&app.engine, app.town.municipality).await.unwrap()
}

async fn sound(app: &App) {
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
}

/// Writes down that a case's first person comes to 要対協の見守りが終わる on a day.
async fn write(who: &mut Person, case: &str, on: &str) -> Page {
    let page = who.get(&format!("/stages/new?case={case}")).await;
    page.is(200);
    let person = first_radio(&page.body, "person");
    let fields = [("case", case), ("person", &person), ("stage", "protection_ends"), ("on", on)];
    who.post("/stages/new", &fields).await
}

/// Corrects the day of a stage.
async fn correct(who: &mut Person, at: &str, on: &str, why: &str) -> Page {
    who.get(at).await.is(200);
    who.post(&format!("{at}/day"), &[("on", on), ("why", why)]).await
}

/// The page of the first person of a case.
async fn person_of(who: &mut Person, case: &str) -> String {
    let household = first(&who.get(&format!("/cases/{case}")).await, "households");
    let person = first(&who.get(&household).await, "persons");
    who.get(&person).await.is(200);
    person
}

async fn dies(who: &mut Person, person: &str, day: &str) {
    who.get(person).await.is(200);
    who.post(&format!("{person}/died"), &[("died", day)]).await.is(303);
}

story!(a_stage_with_a_wrong_day_is_refused_or_found_and_put_right, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case_of(app, &mut kinoshita, "青木 ハル", "見守り-MARK").await;
    // R80 for R8: refused beside the field, with what was typed.
    write(&mut kinoshita, &case, "R80.1.1").await.is(422).see("20年より先の日です").see("R80.1.1");
    // R25 for R9: within twenty years, and to be found all the same.
    write(&mut kinoshita, &case, "R25.3.31").await.is(303);
    kinoshita.get("/stages").await.see("2043年3月").see("令和25年3月31日").see("青木 ハル");
    let new = format!("/stages/new?case={case}");
    kinoshita.get(&new).await.see("この窓口で書いた節目").see("令和25年3月31日");
    // Written once; the refusal leads to the one there is.
    let page = write(&mut kinoshita, &case, "R9.3.31").await;
    page.is(422).see("もう書いてあります");
    let at = page.link("書いてある節目を開く");
    kinoshita.get(&at).await.is(200).see("青木 ハル").see("令和25年3月31日").see("これから");
    let mut sano = app.sign_in("sano").await;
    sano.get(&at).await.is(404);
    let right = [("on", "R9.3.31"), ("why", "mistyped")];
    sano.post(&format!("{at}/day"), &right).await.is(404);
    sano.post(&format!("{at}/take-back"), &[("back_why", "mistyped")]).await.is(404);
    // Another day: within the same bounds, and with a reason.
    correct(&mut kinoshita, &at, "R25.3.31", "mistyped").await.is(422).see("前と同じ日");
    correct(&mut kinoshita, &at, "R80.3.31", "mistyped").await.is(422).see("20年より先").see("R80.3.31");
    correct(&mut kinoshita, &at, "R8.1.1", "mistyped").await.is(422).see("もう過ぎた日");
    correct(&mut kinoshita, &at, "R9.3.31", "").await.is(422);
    correct(&mut kinoshita, &at, "R9.3.31", "not_coming").await.is(422);
    let mut oda = app.sign_in("oda").await;
    oda.get(&at).await.is(200);
    correct(&mut kinoshita, &at, "R9.3.31", "mistyped").await.goes_to(&format!("{at}?done=stage_corrected"));
    let page = kinoshita.get(&at).await;
    page.see("令和25年3月31日 を 令和9年3月31日 に直した（書きまちがい）").see("木下 ひろみさん");
    kinoshita.get("/stages").await.see("令和9年3月31日").not_see("令和25年3月31日");
    // A colleague's stale page is told so.
    oda.post(&format!("{at}/take-back"), &[("back_why", "not_coming")])
        .await
        .is(409)
        .see("ほかの人が直しました");
    // Taken back, with its reason; what stood there is kept, and the right one can be written.
    kinoshita.get(&at).await;
    kinoshita.post(&format!("{at}/take-back"), &[("back_why", "")]).await.is(422);
    kinoshita.get(&at).await;
    kinoshita
        .post(&format!("{at}/take-back"), &[("back_why", "not_coming")])
        .await
        .goes_to(&format!("{at}?done=stage_taken_back"));
    kinoshita
        .get(&at)
        .await
        .is(200)
        .see("取り消した")
        .see("来ないことになった")
        .not_see("この節目を取り消す");
    kinoshita.get("/stages").await.not_see("令和9年3月31日");
    kinoshita.get(&new).await.see("取り消した");
    kinoshita.post(&format!("{at}/day"), &right).await.is(409).see("もう取り消されています");
    write(&mut kinoshita, &case, "R9.4.30").await.is(303);
    kinoshita.get("/stages").await.see("令和9年4月30日");
    sound(app).await;
});

story!(a_written_stage_shows_to_its_desk_whoever_answers_for_the_case, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "見守り-MARK").await;
    let to = app.town.desk("shakyo").to_string();
    let referral = send(&mut sano, &case, &to, &[("kind", "join")]).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&referral).await.is(200);
    kinoshita.post(&format!("{referral}/accept"), &[]).await.is(303);
    write(&mut kinoshita, &case, "R15.3.31").await.is(303);
    let page = kinoshita.get("/stages").await;
    page.see("令和15年3月31日").see("青木 ハル").see("2026-00001");
    // Who answers for the case sees nothing of it: whoever wrote it is led to telling them.
    kinoshita
        .get(&first(&page, "stages"))
        .await
        .is(200)
        .see("青木 ハル")
        .see("このケースの主担当は、いまは")
        .see(&format!("/cases/{case}/refer?kind=information"));
    sano.get("/stages").await.is(200).not_see("令和15年3月31日");
    sano.get(&format!("/stages/new?case={case}")).await.is(200).not_see("令和15年3月31日");
    // Kept out of the household, it is nowhere.
    app.keep_out(&case, "kinoshita").await;
    kinoshita.get("/stages").await.is(200).not_see("令和15年3月31日").not_see("青木");
});

story!(the_task_of_a_written_stage_follows_its_day_and_a_mistaken_death, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case_of(app, &mut kinoshita, "青木 ハル", "見守り").await;
    write(&mut kinoshita, &case, "R9.3.31").await.is(303);
    app.clock.forward_minutes(60 * 24 * 80);
    assert_eq!(round(app).await, 1);
    let mut kinoshita = app.sign_in("kinoshita").await;
    let page = kinoshita.get("/").await;
    page.see("節目の準備をする");
    let at = first(&page, "stages");
    // Years later: nothing is to be prepared now. Soon after all: it comes again, and keeps pace.
    correct(&mut kinoshita, &at, "R12.3.31", "moved").await.is(303);
    kinoshita.get("/").await.not_see("節目の準備をする");
    assert_eq!(round(app).await, 0);
    correct(&mut kinoshita, &at, "R9.4.5", "moved").await.is(303);
    assert_eq!(round(app).await, 1);
    kinoshita.get("/").await.see("節目の準備をする");
    correct(&mut kinoshita, &at, "R9.4.1", "moved").await.is(303);
    kinoshita.get("/").await.see("節目の準備をする");
    assert_eq!(round(app).await, 0);
    // Dead: taken back; what a desk wrote is not thrown away, and is there again when it was a mistake.
    let person = person_of(&mut kinoshita, &case).await;
    dies(&mut kinoshita, &person, "R9.2.1").await;
    kinoshita.get(&at).await.is(200).see("亡くなっています").not_see("準備した。つなぎを書く");
    kinoshita.get("/stages").await.not_see("令和9年4月1日");
    assert_eq!(round(app).await, 1);
    kinoshita.get("/").await.not_see("節目の準備をする");
    assert_eq!(round(app).await, 0);
    kinoshita.get(&person).await;
    kinoshita.post(&format!("{person}/died/undo"), &[("undo_died", "misheard")]).await.is(303);
    while round(app).await > 0 {}
    kinoshita.get("/").await.see("節目の準備をする");
    kinoshita.get(&at).await.is(200).see("準備した。つなぎを書く");
    sound(app).await;
});

story!(whoever_died_has_nothing_to_prepare_and_the_page_says_so_at_once, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case_of(app, &mut kinoshita, "青木 ハル", "介護のこと").await;
    let person = person_of(&mut kinoshita, &case).await;
    kinoshita.post(&person, &[("name", "青木 ハル"), ("birth", "1962-02-01")]).await.is(303);
    assert_eq!(round(app).await, 1);
    let at = first(&kinoshita.get("/").await, "stages");
    kinoshita.get(&at).await.see("準備した。つなぎを書く").not_see("亡くなっています");
    dies(&mut kinoshita, &person, "R8.11.20").await;
    // Before any job has run.
    let page = kinoshita.get(&at).await;
    page.is(200).see("令和8年11月20日に亡くなっています").see("やることから外す");
    page.not_see("準備した。つなぎを書く").not_see("ケアマネジャー");
    kinoshita.post(&format!("{at}/done"), &[]).await.goes_to("/stages?done=stage_dropped");
    kinoshita.get("/").await.not_see("節目の準備をする");
    round(app).await;
    assert_eq!(round(app).await, 0);
    sound(app).await;
});

/// 佐野 of 北部 has a case of 髙橋 ハル, whom 野口 looks for in an emergency: 佐野, 野口 and the look's page.
async fn looked_at(app: &App) -> (Person, Person, String) {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "髙橋 ハル", "三日前から電話に出ない-WORDS").await;
    let person = person_of(&mut sano, &case).await;
    sano.post(&person, &[("name", "髙橋 ハル"), ("birth", "S15.5.12")]).await.is(303);
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get("/urgent").await.is(200);
    let why = [("reason", "life"), ("words", "何日も姿を見ないと電話があった-REASON")];
    let page = noguchi.post("/urgent", &why).await;
    page.is(303);
    let ask = page.location().split('?').next().unwrap().to_owned();
    noguchi.get(&ask).await.is(200);
    let wanted = [("name", "髙橋 ハル"), ("birth", "S15.5.12")];
    noguchi.post(&format!("{ask}/find"), &wanted).await.is(303);
    let end = noguchi.get(&ask).await.form("/end").action;
    (sano, noguchi, end.trim_end_matches("/end").to_owned())
}

async fn review(who: &mut Person, at: &str, outcome: &str, words: &str) -> Page {
    who.get(at).await.is(200);
    who.post(at, &[("outcome", outcome), ("words", words)]).await
}

story!(a_doubt_after_the_review_reaches_whoever_reviews, |app| async {
    let (mut sano, mut noguchi, look) = looked_at(app).await;
    let at = look.replace("/urgent/looks/", "/audit/urgent/");
    let mut mori = app.sign_in("mori").await;
    // The desk has not answered: whoever reviews is told so, before they decide.
    mori.get(&at).await.is(200).see("まだ返事のない窓口: 北部福祉総合相談室").see("聞いてからのほうが");
    review(&mut mori, &at, "justified", "安否の確認-FIRST").await.is(303);
    mori.get("/").await.not_see("緊急の閲覧を点検する");
    sano.get(&look).await.is(200).see("正当だった");
    sano.post(&format!("{look}/answer"), &[("answer", "doubtful")]).await.is(303);
    // It is theirs again, with a date; what they said before stays.
    assert_eq!(mori.get("/").await.is(200).link("緊急の閲覧を点検する"), at);
    let list = mori.get("/audit/urgent").await;
    list.see("点検待ち").not_see("点検したもの");
    let page = mori.get(&at).await;
    page.see("点検のあとで").see("心あたりがない").see("安否の確認-FIRST").not_see("まだ返事のない窓口");
    sano.get(&look).await.is(200).see("までに点検します");
    // Every outcome is open again, a talk as well.
    review(&mut mori, &at, "talk", "北部の佐野さんと話す").await.is(303);
    mori.get("/").await.see("緊急の閲覧を点検する");
    review(&mut mori, &at, "justified", "話して、わかった").await.is(303);
    mori.get("/").await.not_see("緊急の閲覧を点検する");
    mori.get(&at).await.not_see("点検のあとで").see("安否の確認-FIRST").see("話して、わかった");
    noguchi.get(&look).await.is(200).see("正当だった").not_see("-FIRST");
    sound(app).await;
});

story!(an_answer_that_knows_why_opens_no_review_again, |app| async {
    let (mut sano, _, look) = looked_at(app).await;
    let at = look.replace("/urgent/looks/", "/audit/urgent/");
    let mut mori = app.sign_in("mori").await;
    review(&mut mori, &at, "justified", "安否の確認").await.is(303);
    sano.get(&look).await.is(200);
    sano.post(&format!("{look}/answer"), &[("answer", "understood")]).await.is(303);
    mori.get("/").await.not_see("緊急の閲覧を点検する");
    mori.get(&at).await.not_see("点検のあとで").not_see("まだ返事のない窓口");
    // Decided anew of one's own accord: a talk first is possible as well.
    review(&mut mori, &at, "talk", "もう一度聞いてみる").await.is(303);
    mori.get("/").await.see("緊急の閲覧を点検する");
});

/// The tasks on somebody's list, each once.
fn tasks(page: &Page) -> Vec<String> {
    let rows = page.body.split("class=\"what\"><a href=\"").skip(1);
    let all: std::collections::BTreeSet<String> =
        rows.map(|r| r.split('"').next().unwrap().to_owned()).collect();
    all.into_iter().collect()
}

async fn assign(who: &mut Person, task: &str, to: &str) {
    who.get(task).await.is(200);
    who.post(&format!("{task}/assign"), &[("assignee", to)]).await.is(303);
}

story!(the_only_worker_is_not_called_the_lightest_and_a_lead_with_cases_can_be, |app| async {
    // 小田 has left: 木下 is the only one who works there, 今井 leads.
    app.town.transfer(&app.engine, "oda", "shakyo", "ikiiki", Day::new(2026, 11, 20).unwrap()).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    for name in ["青木 ハル", "三浦 ナツ", "岡本 アキ", "村上 フユ"] {
        case_of(app, &mut kinoshita, name, &format!("{name}のこと")).await;
    }
    let mut imai = app.sign_in("imai").await;
    let all = tasks(&imai.get("/?all=1").await);
    assert_eq!(all.len(), 4, "{all:?}");
    let worker = app.town.user("kinoshita").to_string();
    for task in &all[1..] {
        assign(&mut imai, task, &worker).await;
    }
    assign(&mut imai, &all[0], "").await;
    imai.get(&all[0]).await.is(200).not_see("提案:").not_see("いちばん軽い");
    // The lead carries one of the four: lighter than 木下, and said to be so.
    let lead = app.town.user("imai").to_string();
    assign(&mut imai, &all[1], &lead).await;
    imai.get(&all[0])
        .await
        .see("提案: 今井 まことさん")
        .see("受け持ち 1件")
        .see("くらべた人のなかでいちばん軽い");
});

/// Begins the hand-over of 木下's work with a last day.
async fn hand_over(app: &App, who: &mut Person, last: &str) -> Page {
    who.get("/handovers").await.is(200);
    let whose = format!("{}.{}", app.town.desk("shakyo"), app.town.user("kinoshita"));
    who.post("/handovers", &[("whose", &whose), ("last", last)]).await
}

async fn packs(app: &App) -> i64 {
    let m = app.town.municipality;
    let (system, origin) = (access::System::Console, engine::Origin::Console);
    let mut act = app.engine.system_act(system, m, origin, "story.count", &()).await.unwrap();
    let sql = "SELECT COUNT(*) AS n FROM hand_over_pack WHERE municipality_id = $1";
    act.facts().unwrap().one(sql, args![m]).await.unwrap().get("n").unwrap()
}

story!(a_hand_over_has_a_last_day_that_can_be, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    case_of(app, &mut kinoshita, "青木 ハル", "家賃が払えない").await;
    for (last, said) in [
        ("R1.5.1", "この窓口に来る前の日です"),
        ("R7.10.1", "1年より前の日です"),
        ("R11.3.31", "2年より先の日です"),
    ] {
        let page = hand_over(app, &mut kinoshita, last).await;
        page.is(422).see(said).see(&format!("value=\"{last}\"")).see("id=\"last-error\"");
    }
    assert_eq!(packs(app).await, 0);
    hand_over(app, &mut kinoshita, "R9.3.31").await.is(303);
    assert_eq!(packs(app).await, 1);
});

story!(whoever_takes_a_case_up_knows_what_to_mind_whom_they_met_and_how_far_it_came, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = crate::casefile::case(&mut kinoshita).await;
    crate::caution::caution(&mut kinoshita, &case, "玄関に犬がいる-DOG", "support").await.is(303);
    let visit = [("body", "玄関先で話した-MET"), ("body_cat", "support"), ("occurred", "R8.11.19")];
    crate::casefile::write(&mut kinoshita, &case, &visit).await.is(303);
    let absent = [("form", "absent"), ("body", "留守だった"), ("body_cat", "support")];
    crate::casefile::write(&mut kinoshita, &case, &absent).await.is(303);
    let at = format!("{case}/engagement");
    let page = kinoshita.get(&at).await;
    let person = page.body.split("name=\"person\"").nth(1).unwrap().split("value=\"").nth(2).unwrap();
    let person = person.split('"').next().unwrap().to_owned();
    for (stage, since) in [("refuses", "R8.11.1"), ("watching", "R8.11.20")] {
        kinoshita.get(&at).await;
        kinoshita.post(&at, &[("person", &person), ("stage", stage), ("since", since)]).await.is(303);
    }
    let page = hand_over(app, &mut kinoshita, "R9.3.31").await;
    page.is(303);
    let pack = page.location().split('?').next().unwrap().to_owned();
    let mut oda = app.sign_in("oda").await;
    let page = oda.get(&pack).await;
    page.is(200).see("二人以上で訪ねる").see("玄関に犬がいる-DOG").see("最後に会えた日").see("11月19日");
    page.see("浜田 よし子 様子をみている").not_see("断られている").not_see("11月20日").not_see("-MET");
    // On paper as well, but for what whoever visits is warned of: that stays on the screen.
    let print = oda.get(&format!("{pack}/print")).await;
    print.is(200).see("11月19日").see("浜田 よし子 様子をみている").see("訪ねる前に、ケースの画面で");
    print.not_see("DOG").not_see("二人以上");
    // Another desk has nothing of it.
    app.sign_in("sano").await.get(&pack).await.is(404);
});
