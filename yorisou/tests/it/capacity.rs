//! Two questions without anybody in them: could you take such a case, and whoever supports this person, please get in touch.

use engine::args;

use crate::agreement::raw;
use crate::inquiry::partner;
use crate::referral::{case_of, first_radio, send};
use crate::support::{App, Page, Person};

const FORM: [(&str, &str); 4] = [("need", "elderly"), ("urgency", "soon"), ("area", ""), ("age_band", "")];

/// Puts the question to these desks; its path.
pub async fn put(who: &mut Person, case: &str, desks: &[String]) -> String {
    let path = format!("/cases/{case}/capacity");
    let page = who.get(&path).await;
    page.is(200);
    let need = page.body.split("id=\"need\"").nth(1).unwrap().split("<option value=\"").nth(2).unwrap();
    let need = need.split('"').next().unwrap().to_owned();
    let mut fields: Vec<(&str, &str)> = FORM.to_vec();
    fields[0] = ("need", &need);
    fields.extend(desks.iter().map(|d| ("to", d.as_str())));
    let page = who.post(&path, &fields).await;
    assert_eq!(page.status, 303, "{}", page.text());
    page.location().split('?').next().unwrap().to_owned()
}

async fn number(app: &App, sql: &'static str) -> i64 {
    let m = app.town.municipality;
    let mut act = app
        .engine
        .system_act(access::System::Console, m, engine::Origin::Console, "story.count", &m)
        .await
        .unwrap();
    act.facts().unwrap().one(sql, args![m]).await.unwrap().get("n").unwrap()
}

story!(asked_without_a_name_chosen_and_the_others_hear_only_that_it_is_settled, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない-MARK").await;
    let (shakyo, ikiiki) = (app.town.desk("shakyo").to_string(), app.town.desk("ikiiki").to_string());
    let there = partner(app).await;
    let question = put(&mut sano, &case, &[shakyo.clone(), ikiiki.clone(), there.clone()]).await;
    sano.get("/").await.see("受けられるか聞いて書きとめる");

    // The desks asked: need, urgency and who asks; no name, no number, and not whom else.
    let (mut kinoshita, mut noguchi) = (app.sign_in("kinoshita").await, app.sign_in("noguchi").await);
    kinoshita.get("/").await.see("受けられるか答える").not_see("青木");
    let page = kinoshita.get(&question).await;
    page.is(200)
        .see("北部福祉総合相談室")
        .not_see("青木")
        .not_see("MARK")
        .not_see("2026-")
        .not_see("いきいき");
    kinoshita.get(&format!("/cases/{case}")).await.is(404);
    kinoshita.get("/capacity").await.not_see("青木").not_see("2026-0");
    // Nobody else.
    app.sign_in("hase").await.get(&question).await.is(404);

    // A no says why.
    let no = [("desk", shakyo.as_str()), ("reply", "no"), ("why", "")];
    kinoshita.get(&question).await;
    kinoshita.post(&format!("{question}/answer"), &no).await.is(422).see("わけを選んでください");
    kinoshita.get(&question).await;
    let no = [("desk", shakyo.as_str()), ("reply", "no"), ("why", "full")];
    kinoshita.post(&format!("{question}/answer"), &no).await.is(303);
    kinoshita.get("/").await.not_see("受けられるか答える");
    noguchi.get(&question).await;
    noguchi.post(&format!("{question}/answer"), &[("desk", &ikiiki), ("reply", "yes")]).await.is(303);
    // Nobody answers for another desk.
    kinoshita
        .post(&format!("{question}/answer"), &[("desk", &ikiiki), ("reply", "no"), ("why", "full")])
        .await
        .is(404);
    // Told by telephone.
    sano.get(&question).await;
    let later = [("desk", there.as_str()), ("reply", "later"), ("why", "staff"), ("later_from", "R9.1.5")];
    sano.post(&format!("{question}/answer"), &later).await.is(422);
    sano.get(&question).await;
    let later = [later.as_slice(), &[("told_by", "phone")]].concat();
    sano.post(&format!("{question}/answer"), &later).await.is(303);
    let page = sano.get(&question).await;
    page.see("受けられない").see("いまはいっぱい").see("電話で聞いた").see("1月5日").see("2026-00001");
    sano.get("/").await.see("つなぎ先を選ぶ").not_see("聞いて書きとめる");

    // Choosing begins the ordinary referral, with its basis; the others hear that it is settled.
    let choose = format!("{question}/choose");
    sano.get(&question).await;
    sano.post(&choose, &[("desk", &shakyo)]).await.is(422).see("受けられると答えていません");
    sano.get(&question).await;
    let page = sano.post(&choose, &[("desk", &ikiiki)]).await;
    page.is(303);
    assert!(page.location().starts_with(&format!("/cases/{case}/refer?to={ikiiki}")), "{}", page.location());
    kinoshita.get(&question).await.see("決まりました").not_see("いきいき").not_see("青木");
    noguchi.get(&question).await.see("決まりました").not_see("青木");
    sano.get(&question).await.see("辻堂東いきいきサポートセンターを選びました").see("つなぎを書く");
    let late = [("desk", shakyo.as_str()), ("reply", "yes")];
    kinoshita.post(&format!("{question}/answer"), &late).await.is(422).see("もう決まりました");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
    let open = "SELECT COUNT(*) AS n FROM task WHERE municipality_id = $1 AND state = 'open' AND thing_id IS NOT NULL";
    assert_eq!(number(app, open).await, 0);
});

story!(an_age_that_would_tell_who_it_is_is_warned_about, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let path = format!("/cases/{case}/capacity");
    let to = app.town.desk("shakyo").to_string();
    let page = sano.get(&path).await;
    let need = page.body.split("id=\"need\"").nth(1).unwrap().split("<option value=\"").nth(2).unwrap();
    let need = need.split('"').next().unwrap().to_owned();
    let fields = [("need", need.as_str()), ("urgency", "normal"), ("age_band", "75_"), ("to", to.as_str())];
    sano.post(&path, &fields).await.is(422).see("だれのことか分かるおそれ");
    let meant = [fields.as_slice(), &[("meant", "1")]].concat();
    sano.post(&path, &meant).await.is(303);
});

pub async fn seek(who: &mut Person, name: &str, birth: &str) -> Page {
    who.get("/contacts/new").await.is(200);
    let fields = [("name", name), ("birth", birth), ("about", "worried"), ("reach", "内線1234-MARK-R")];
    who.post("/contacts/new", &fields).await.goes_to("/contacts/sent");
    who.follow().await
}

/// Gives the case's first person a birth date.
pub async fn born(who: &mut Person, case: &str) {
    born_as(who, case, "青木 ハル").await;
}

/// The same for somebody of this name.
pub async fn born_as(who: &mut Person, case: &str, name: &str) {
    let page = who.get(&format!("/cases/{case}")).await;
    let household =
        page.body.split("href=\"/households/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let page = who.get(&format!("/households/{household}")).await;
    let person = page.body.split("href=\"/persons/").nth(1).unwrap().split('"').next().unwrap();
    let person = format!("/persons/{person}");
    who.get(&person).await.is(200);
    who.post(&person, &[("name", name), ("birth", "1950-05-01")]).await.is(303);
}

story!(blind_contact_is_always_answered_alike, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    born(&mut sano, &case).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    let nobody = seek(&mut kinoshita, "山田 花子", "1950-05-01").await;
    let wrong = seek(&mut kinoshita, "青木 ハル", "1950-05-02").await;
    let somebody = seek(&mut kinoshita, "青木 ハル", "1950-05-01").await;
    let again = seek(&mut kinoshita, "青木 ハル", "1950-05-01").await;
    for other in [&wrong, &somebody, &again] {
        assert_eq!(other.text(), nobody.text(), "the answer tells whether there is somebody");
    }
    // A name alone finds nobody, and says so before anything is looked for.
    kinoshita.get("/contacts/new").await;
    let bare = [("name", "青木 ハル"), ("about", "worried"), ("reach", "内線")];
    kinoshita.post("/contacts/new", &bare).await.is(422).see("生年月日（年月日）か住所");

    // One task, to the desk that supports the person: who asks and how to reach them.
    sano.get("/").await.see("連絡してほしいという頼みに応える");
    let tasks = "SELECT COUNT(*) AS n FROM task WHERE municipality_id = $1 AND kind = 'return_contact'";
    assert_eq!(number(app, tasks).await, 1, "asked twice, told once; for the others nobody");
    let link =
        sano.page.body.split("href=\"/contacts/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let contact = format!("/contacts/{link}");
    let page = sano.get(&contact).await;
    page.is(200).see("木下 ひろみ").see("MARK-R").see("青木 ハル").see("じぶんの窓口の記録");
    // Not for the asker, nor anybody else.
    for login in ["kinoshita", "noguchi", "hase"] {
        app.sign_in(login).await.get(&contact).await.is(404);
    }
    sano.post(&format!("{contact}/done"), &[]).await.is(303);
    sano.get("/").await.not_see("連絡してほしいという頼み");
    kinoshita.get("/").await.not_see("青木").not_see("連絡");
    kinoshita.get("/capacity").await.not_see("青木");
    // What was typed is not kept.
    let kept = "SELECT COUNT(*) AS n FROM person WHERE municipality_id = $1 AND name LIKE '山田%'";
    assert_eq!(number(app, kept).await, 0);
});

story!(whoever_asked_blindly_takes_it_back_and_learns_nothing_by_it, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    born(&mut sano, &case).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get("/contacts/mine").await.is(200).see("頼んだものはありません");
    // A birth to come is a slip: nobody would ever answer.
    kinoshita.get("/contacts/new").await.is(200);
    let slip = [("name", "山田 花子"), ("birth", "2038-01-01"), ("about", "worried"), ("reach", "内線1234")];
    kinoshita.post("/contacts/new", &slip).await.is(422).see("まだ来ていない日です").see("山田 花子");
    seek(&mut kinoshita, "山田 花子", "1950-05-01").await;
    seek(&mut kinoshita, "青木 ハル", "1950-05-01").await;
    seek(&mut kinoshita, "青木 ハル", "1950-05-01").await;
    // Three that look alike: nothing of whom they were about, nothing of whether there is somebody.
    let list = kinoshita.get("/contacts/mine").await;
    list.is(200).see("頼んでいます").see("内線1234-MARK-R").not_see("青木").not_see("山田");
    let ids = |page: &Page| -> Vec<String> {
        let parts = page.body.split("name=\"request\" value=\"").skip(1);
        parts.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    };
    let requests = ids(&list);
    assert_eq!(requests.len(), 3);
    let open = "SELECT COUNT(*) AS n FROM task WHERE municipality_id = $1 AND kind = 'return_contact' \
                AND state = 'open'";
    // The newest first: the second of the same person, then the first, then nobody's. Each is answered alike.
    let mut answers = Vec::new();
    for (request, left) in requests.iter().zip([1, 0, 0]) {
        kinoshita.get("/contacts/mine").await;
        let page = kinoshita.post("/contacts/mine/end", &[("request", request)]).await;
        page.goes_to("/contacts/mine?done=contact_back");
        answers.push((page.status, page.location().to_owned()));
        assert_eq!(number(app, open).await, left);
    }
    assert!(answers.iter().all(|a| *a == answers[0]));
    sano.get("/").await.not_see("連絡してほしいという頼み");
    kinoshita.get("/contacts/mine").await.see("取り下げました").not_see("取り下げる");
    // Nobody takes back another's, and nobody twice.
    kinoshita.get("/contacts/mine").await;
    kinoshita.get("/contacts/new").await;
    // A second click is told that it is done, on the list; of another's request there is nothing.
    let page = kinoshita.post("/contacts/mine/end", &[("request", &requests[0])]).await;
    page.goes_to("/contacts/mine?done=contact_back_before");
    kinoshita.follow().await.is(200).see("もう取り下げてあります");
    let mut sano = app.sign_in("sano").await;
    sano.get("/contacts/mine").await;
    sano.post("/contacts/mine/end", &[("request", &requests[0])]).await.is(404);
    // Of two of the same desk that stand, the other goes on when the told one is taken back.
    seek(&mut kinoshita, "青木 ハル", "1950-05-01").await;
    seek(&mut kinoshita, "青木 ハル", "1950-05-01").await;
    let standing = ids(&kinoshita.get("/contacts/mine").await);
    kinoshita.post("/contacts/mine/end", &[("request", &standing[1])]).await.is(303);
    assert_eq!(number(app, open).await, 1);
    let page = sano.get("/").await;
    let link = page.body.split("href=\"/contacts/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let contact = format!("/contacts/{link}");
    sano.get(&contact).await.is(200).see("MARK-R");
    sano.post(&format!("{contact}/done"), &[]).await.is(303);
    assert_eq!(number(app, open).await, 0);
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get("/contacts/mine").await;
    noguchi.get("/contacts/new").await;
    noguchi.post("/contacts/mine/end", &[("request", &standing[0])]).await.is(404);
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(how_to_be_reached_says_nothing_of_others_and_a_request_is_forgotten, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    born(&mut sano, &case).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    let asked = |reach: &'static str| {
        [("name", "山田 花子"), ("birth", "1950-05-01"), ("about", "worried"), ("reach", reach)]
    };
    kinoshita.get("/contacts/new").await.is(200).see("ほかの人の電話は書きません");
    for somebody in ["山田 花子のこと、内線1234", "2026-00790のことで"] {
        kinoshita.post("/contacts/new", &asked(somebody)).await.is(422).see("id=\"reach-error\"");
        kinoshita.get("/contacts/new").await;
    }
    // What may be the asker's own, they say so themselves.
    let phone = asked("090-1234-5678");
    kinoshita.post("/contacts/new", &phone).await.is(422).see("090-1234-5678").see("まちがいありません");
    let meant = [&phone[..], &[("meant", "1")]].concat();
    kinoshita.post("/contacts/new", &meant).await.goes_to("/contacts/sent");
    kinoshita.get("/contacts/mine").await.is(200).not_see("同じ頼みがもう一つ");
    // The very same once more is told to whoever asked, of the two alone.
    seek(&mut kinoshita, "青木 ハル", "1950-05-01").await;
    seek(&mut kinoshita, "青木 ハル", "1950-05-01").await;
    let page = kinoshita.get("/contacts/mine").await;
    assert_eq!(page.body.matches("同じ頼みがもう一つあります").count(), 2);
    page.not_see("青木");
    // By their age alone they are forgotten, and nobody owes an answer any more.
    capacity::forget_old(&app.engine, app.town.municipality).await.unwrap();
    let kept = "SELECT COUNT(*) AS n FROM contact_request WHERE municipality_id = $1";
    assert_eq!(number(app, kept).await, 3);
    crate::retention::at(app, 2027, 12, 1);
    assert_eq!(capacity::forget_old(&app.engine, app.town.municipality).await.unwrap(), 3);
    assert_eq!(number(app, kept).await, 0);
    let open = "SELECT COUNT(*) AS n FROM task WHERE municipality_id = $1 AND kind = 'return_contact' \
                AND state = 'open'";
    assert_eq!(number(app, open).await, 0);
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(a_younger_request_beside_one_that_is_forgotten_is_told, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    born(&mut sano, &case).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    seek(&mut kinoshita, "青木 ハル", "1950-05-01").await;
    // Half a year later once more: nobody is told twice.
    crate::retention::at(app, 2027, 6, 1);
    let mut kinoshita = app.sign_in("kinoshita").await;
    seek(&mut kinoshita, "青木 ハル", "1950-05-01").await;
    let told = "SELECT COUNT(*) AS n FROM task k JOIN contact_target t ON t.municipality_id = k.municipality_id \
                AND t.id = k.thing_id WHERE k.municipality_id = $1 AND k.kind = 'return_contact' AND k.state = 'open'";
    assert_eq!(number(app, told).await, 1);
    crate::retention::at(app, 2027, 12, 1);
    assert_eq!(capacity::forget_old(&app.engine, app.town.municipality).await.unwrap(), 1);
    assert_eq!(number(app, told).await, 1, "the younger one goes on");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(a_list_of_own_requests_goes_on, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    for _ in 0..51 {
        seek(&mut kinoshita, "山田 花子", "1950-05-01").await;
    }
    let page = kinoshita.get("/contacts/mine").await;
    assert_eq!(page.body.matches("name=\"request\"").count(), 50);
    let page = kinoshita.get(&page.link("次へ")).await;
    assert_eq!(page.is(200).body.matches("name=\"request\"").count(), 1);
});

story!(a_chosen_question_leads_to_the_form_of_a_referral, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    sano.get(&format!("/cases/{case}")).await.see("受けられるかたずねる");
    let to = app.town.desk("ikiiki").to_string();
    let page = sano.get(&format!("/cases/{case}/refer?to={to}")).await;
    page.is(200);
    assert!(!first_radio(&page.body, "person").is_empty());
});

story!(a_case_does_not_end_while_others_are_asked_for_room, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let question = put(&mut sano, &case, &[app.town.desk("shakyo").to_string()]).await;
    let end = format!("/cases/{case}/end");
    sano.get(&end).await.see("「受けられますか」が1件").see(&format!("href=\"{question}\""));
    sano.get(&format!("/cases/{case}")).await.is(200);
    let over = [
        ("to", "closed"),
        ("reason", "settled"),
        ("words", "落ち着いた"),
        ("watch", "民生委員"),
        ("ends", "1"),
    ];
    // Sent all the same, from a page opened before the question was put: refused in the act.
    sano.post(&end, &over).await.is(422).see("先に終えるか取り下げて");
    sano.get(&question).await.is(200);
    sano.post(&format!("{question}/withdraw"), &[]).await.is(303);
    sano.get(&end).await.is(200).not_see("「受けられますか」が");
    sano.post(&end, &over).await.is(303);
});

story!(whoever_ends_a_case_is_told_which_other_desk_still_asks, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let shakyo = app.town.desk("shakyo").to_string();
    let referral = send(&mut sano, &case, &shakyo, &[]).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&referral).await.is(200);
    kinoshita.post(&format!("{referral}/accept"), &[("promise", "R8.12.1")]).await.is(303);
    // The desk that passed it on still looks for room somewhere.
    let question = put(&mut sano, &case, &[app.town.desk("ikiiki").to_string()]).await;
    let phone = "UPDATE agency SET phone = '0466-50-1234' WHERE municipality_id = $1 \
                 AND id = (SELECT agency_id FROM desk WHERE municipality_id = $1 AND id = $2)";
    raw(app, phone, args![app.town.desk("hokubu")]).await.unwrap();
    kinoshita.get(&question).await.is(404);
    let page = kinoshita.get(&format!("/cases/{case}/end")).await;
    page.is(200).see("北部福祉総合相談室").see("おわりにしてもらってから").see("0466-50-1234");
    assert!(!page.body.contains(&format!("href=\"{question}\"")), "a link that leads nowhere");
});

story!(how_long_a_request_is_kept_and_how_the_town_is_read_is_set_on_a_page, |app| async {
    let mut kanri = app.sign_in("kanri").await;
    let at = "/admin/town";
    kanri.get(at).await.is(200).see("value=\"365\"").see("1から365まで");
    let mut late = kanri.clone();
    // Out of bounds, or no reading: said beside the field, and what was typed stays.
    for (days, reading, why) in
        [("0", "", "1から365までの数"), ("366", "", "1から365までの数"), ("30", "湊市", "かなで書いて")]
    {
        kanri.get(at).await;
        let page = kanri.post(at, &[("days", days), ("reading", reading)]).await;
        page.is(422).see(why).see(&format!("value=\"{days}\""));
    }
    kanri.get(at).await;
    late.get(at).await;
    let right = [("days", "３０"), ("reading", "みなとし")];
    kanri.post(at, &right).await.goes_to("/admin/town?done=town_set");
    kanri.get(at).await.see("value=\"30\"").see("value=\"みなとし\"");
    late.post(at, &[("days", "90"), ("reading", "")]).await.is(409);
    app.sign_in("kinoshita").await.get(at).await.is(404);
    // It is what the request for contact is kept by.
    let mut kinoshita = app.sign_in("kinoshita").await;
    seek(&mut kinoshita, "青木 ハル", "1950-05-01").await;
    app.clock.forward_minutes(29 * 24 * 60);
    let m = app.town.municipality;
    assert_eq!(capacity::forget_old(&app.engine, m).await.unwrap(), 0);
    app.clock.forward_minutes(2 * 24 * 60);
    assert_eq!(capacity::forget_old(&app.engine, m).await.unwrap(), 1);
});
