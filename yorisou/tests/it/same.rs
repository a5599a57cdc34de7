//! The same person recorded twice: hints that explain themselves, links by two people, and nobody told who may not know.

use engine::args;
use words::Day;

use crate::hand_over::closes;
use crate::support::{App, Page, Person};

/// One record, as it is typed at a window.
#[derive(Clone, Copy, Default)]
pub struct Told {
    pub name: &'static str,
    pub reading: &'static str,
    pub birth: &'static str,
    pub phone: &'static str,
    pub address: &'static str,
}

pub const HANAKO: Told = Told {
    name: "髙橋 花子",
    reading: "たかはし はなこ",
    birth: "1958-05-12",
    phone: "0466-12-3456",
    address: "朝日町三丁目１２番地の５",
};

/// The same person, as another window wrote her down.
pub const AGAIN: Told = Told {
    name: "高橋 華子",
    reading: "タカハシ ハナコ",
    birth: "1958-05-21",
    phone: "0466123456",
    address: "藤沢市朝日町3-12-5",
};

/// Types a consultation of this person.
async fn types(who: &mut Person, told: Told, more: &[(&str, &str)]) -> Page {
    who.get("/consultations/new").await.is(200);
    let mut fields = vec![
        ("words", "家賃が払えない"),
        ("name", told.name),
        ("reading", told.reading),
        ("birth", told.birth),
        ("phone", told.phone),
        ("address", told.address),
        ("channel", "counter"),
        ("occurred", "R8.11.20"),
        ("route", "self"),
        ("urgency", "normal"),
        ("topics", "income"),
    ];
    fields.extend(more);
    who.post("/consultations", &fields).await
}

/// Records this person as somebody new; the household's path.
pub async fn records(who: &mut Person, told: Told) -> String {
    let page = types(who, told, &[("checked", "yes"), ("pick", "new")]).await;
    assert_eq!(page.status, 303, "{}", page.text());
    let here = page.location().split('?').next().unwrap().to_owned();
    let page = who.get(&here).await;
    let household = page.body.split("href=\"/households/").nth(1).unwrap().split('"').next().unwrap();
    format!("/households/{household}")
}

async fn compared(app: &App) -> usize {
    household::look_for(&app.engine, app.town.municipality).await.unwrap()
}

/// The ids of every pair there is.
async fn pairs(app: &App) -> Vec<String> {
    let m = app.town.municipality;
    let mut act = app
        .engine
        .system_act(access::System::Console, m, engine::Origin::Console, "story.pairs", &m)
        .await
        .unwrap();
    let rows = act
        .facts()
        .unwrap()
        .all("SELECT id FROM same_pair WHERE municipality_id = $1 ORDER BY id", args![m])
        .await
        .unwrap();
    rows.iter().map(|row| row.get::<words::id::ThingId>("id").unwrap().to_string()).collect()
}

/// What came back but for what differs between any two answers: the proof of the form.
fn bytes(page: &Page) -> (u16, String) {
    (page.status, page.body.clone())
}

story!(a_hint_says_field_by_field_why, |app| async {
    let (mut kinoshita, mut oda) = (app.sign_in("kinoshita").await, app.sign_in("oda").await);
    records(&mut kinoshita, HANAKO).await;
    let hint = types(&mut oda, AGAIN, &[]).await;
    hint.is(200)
        .see("同じ人の記録がありませんか")
        .see("髙橋 花子")
        .see("ほぼまちがいなく同じ人")
        .see("字はちがうが、よみが同じ")
        .see("日だけちがう")
        .see("電話")
        .see("家族かもしれない分");
    // Somebody of the same name and another birth date is shown, with what speaks against it.
    let other = Told { birth: "1991-01-03", phone: "", address: "", ..HANAKO };
    types(&mut oda, other, &[]).await.is(200).see("別の人らしい").not_see("ほぼまちがいなく");
    // Another desk gets the answer of absence.
    let mut sano = app.sign_in("sano").await;
    types(&mut sano, AGAIN, &[]).await.is(303);
});

story!(two_people_link_two_records_and_it_can_be_undone, |app| async {
    let (mut kinoshita, mut oda) = (app.sign_in("kinoshita").await, app.sign_in("oda").await);
    let first = records(&mut kinoshita, HANAKO).await;
    let second = records(&mut oda, AGAIN).await;
    assert_eq!(compared(app).await, 1);
    assert_eq!(compared(app).await, 0, "found once");
    let pair = kinoshita.get("/same").await;
    pair.is(200).see("髙橋 花子").see("高橋 華子");
    let path = pair.link("花子");
    let page = kinoshita.get(&path).await;
    page.is(200).see("0466-12-3456").see("0466123456").see("日だけちがう").see("バックアップふじさわ社協");
    // One number in two notations is no difference, nor is one address.
    for field in ["電話", "住所"] {
        assert!(page.body.contains(&format!("<th scope=\"row\">{field}</th>")), "{field}");
    }
    assert!(page.body.contains("<th scope=\"row\">生年月日 <span class=\"chip warn\">"));

    // She says it is one person; she cannot confirm it herself.
    kinoshita.post(&format!("{path}/propose"), &[]).await.is(303);
    kinoshita.get(&path).await.see("ほかの人が確かめるのを待っています").not_see("確かめて、まとめる");
    let version = kinoshita.page.form("/back").value("base_version");
    let own = kinoshita.post(&format!("{path}/confirm"), &[("base_version", &version)]).await;
    own.is(422).see("自分では確かめられません");
    kinoshita.get(&first).await.not_see("ほかの記録");
    // Somebody else of the desk does.
    oda.get(&path).await.is(200).see("確かめて、まとめる");
    oda.post(&format!("{path}/confirm"), &[]).await.is(303);
    kinoshita.get(&first).await.see("高橋 華子さんとしても記録されています").see("バックアップふじさわ社協");
    kinoshita.get(&second).await.see("髙橋 花子さんとしても記録されています");
    // The search shows one line with both records; nothing of either was rewritten.
    kinoshita.search("たかはし").await.is(200).see("髙橋 花子").see("高橋 華子").see("1人");
    kinoshita.get(&first).await.see("昭和33年5月12日");
    kinoshita.get(&second).await.see("昭和33年5月21日");

    // It was a mistake: everything is as before, and what was said stays to be read.
    oda.get(&path).await.see("まとめたのを元に戻す");
    oda.post(&format!("{path}/back"), &[]).await.is(303);
    kinoshita.get(&first).await.not_see("ほかの記録");
    kinoshita.search("たかはし").await.see("2人");
    kinoshita.get(&path).await.see("同じ人です").see("木下 ひろみさん").see("取り消しました");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(whoever_came_after_the_desk_that_proposed_it_confirms, |app| async {
    let (mut kinoshita, mut oda) = (app.sign_in("kinoshita").await, app.sign_in("oda").await);
    records(&mut kinoshita, HANAKO).await;
    records(&mut oda, AGAIN).await;
    compared(app).await;
    let path = kinoshita.get("/same").await.link("花子");
    kinoshita.get(&path).await;
    kinoshita.post(&format!("{path}/propose"), &[]).await.is(303);
    closes(app, "shakyo", "ikiiki", Day::new(2026, 11, 30).unwrap()).await;
    app.clock.forward_minutes(60 * 24 * 12);
    casefile::office_end(&app.engine, app.town.municipality).await.unwrap();
    let mut mieda = app.sign_in("mieda").await;
    mieda.get(&path).await.is(200).see("「同じ人」という申し出があります").see("確かめて、まとめる");
    mieda.post(&format!("{path}/confirm"), &[]).await.is(303);
    mieda.get(&path).await.see("同じ人としてまとめてあります");
});

story!(not_the_same_is_remembered, |app| async {
    let (mut kinoshita, mut oda) = (app.sign_in("kinoshita").await, app.sign_in("oda").await);
    records(&mut kinoshita, HANAKO).await;
    let second = records(&mut oda, AGAIN).await;
    assert_eq!(compared(app).await, 1);
    let path = kinoshita.get("/same").await.link("花子");
    kinoshita.get(&path).await;
    // Two tabs: the second is told that somebody was faster.
    let mut tab = kinoshita.clone();
    kinoshita.post(&format!("{path}/other"), &[]).await.is(303);
    assert!([409, 422].contains(&tab.post(&format!("{path}/propose"), &[]).await.status));
    kinoshita.get(&path).await.see("別の人と決めました").not_see("同じ人です");
    // What is known of her changes: she is compared again, and not proposed again.
    let page = oda.get(&second).await;
    let person = page.body.split("href=\"/persons/").nth(1).unwrap().split('"').next().unwrap();
    let person = format!("/persons/{person}");
    oda.get(&person).await;
    let known = [
        ("name", "高橋 華子"),
        ("reading", "タカハシ ハナコ"),
        ("birth", "1958-05-12"),
        ("phone", "0466123456"),
    ];
    oda.post(&person, &known).await.is(303);
    assert_eq!(compared(app).await, 0);
    kinoshita.get(&path).await.see("別の人と決めました");
    // It can be taken back.
    kinoshita.post(&format!("{path}/back"), &[]).await.is(303);
    kinoshita.get(&path).await.see("同じ人です");
});

story!(a_pair_with_a_side_that_is_not_seen_is_no_pair, |app| async {
    let (mut kinoshita, mut sano) = (app.sign_in("kinoshita").await, app.sign_in("sano").await);
    let empty = kinoshita.get("/same").await;
    records(&mut kinoshita, HANAKO).await;
    records(&mut sano, AGAIN).await;
    assert_eq!(compared(app).await, 1, "linked town-wide, without telling");
    let pair = pairs(app).await.pop().unwrap();
    let nobody = kinoshita.get("/same/01900000-0000-7000-8000-000000000000").await;
    nobody.is(404);
    for who in [&mut kinoshita, &mut sano] {
        assert_eq!(bytes(&who.get(&format!("/same/{pair}")).await).0, 404);
        who.get("/same").await.is(200).not_see("花子").not_see("華子");
        for step in ["propose", "confirm", "other", "back"] {
            let sent = who.post(&format!("/same/{pair}/{step}"), &[("base_version", "1")]).await;
            sent.is(404).not_see("花子").not_see("華子");
        }
    }
    assert_eq!(bytes(&kinoshita.get("/same").await), bytes(&empty), "the same bytes as with no pair");
    let absent = kinoshita.get(&format!("/same/{pair}")).await;
    assert_eq!(bytes(&absent), bytes(&nobody));
    // Nor for whoever may see no records of desks.
    for who in ["kanri", "tsuji", "mori"] {
        app.sign_in(who).await.get(&format!("/same/{pair}")).await.is(404);
    }
});

story!(whoever_is_kept_out_of_one_side_sees_no_pair, |app| async {
    let (mut kinoshita, mut oda) = (app.sign_in("kinoshita").await, app.sign_in("oda").await);
    records(&mut kinoshita, HANAKO).await;
    let case = crate::referral::case_of(app, &mut kinoshita, "高橋 花子", "眠れない").await;
    crate::capacity::born_as(&mut kinoshita, &case, "高橋 花子").await;
    let page = kinoshita.get(&format!("/cases/{case}")).await;
    let household =
        page.body.split("href=\"/households/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let page = kinoshita.get(&format!("/households/{household}")).await;
    let person = page.body.split("href=\"/persons/").nth(1).unwrap().split('"').next().unwrap();
    let person = format!("/persons/{person}");
    kinoshita.get(&person).await;
    kinoshita.post(&person, &[("name", "高橋 花子"), ("birth", "1958-05-12")]).await.is(303);
    assert_eq!(compared(app).await, 1);
    let path = oda.get("/same").await.link("花子");
    oda.get(&path).await.is(200);
    app.keep_out(&case, "oda").await;
    oda.get(&path).await.is(404);
    oda.get("/same").await.is(200).not_see("花子");
    oda.post(&format!("{path}/other"), &[("base_version", "1")]).await.is(404);
    kinoshita.get(&path).await.is(200);
});

story!(where_a_sheltered_person_lives_is_no_reason, |app| async {
    let (mut kinoshita, mut oda) = (app.sign_in("kinoshita").await, app.sign_in("oda").await);
    // What makes them one person is where they live, and nothing else.
    let first = Told { birth: "", reading: "", ..HANAKO };
    let second = Told { name: "高橋 花子", birth: "", reading: "", ..AGAIN };
    let household = records(&mut kinoshita, first).await;
    records(&mut oda, second).await;
    assert_eq!(compared(app).await, 1);
    let path = oda.get("/same").await.link("花子");
    oda.get(&path).await.is(200).see("住所");
    let page = kinoshita.get(&household).await;
    let person = page.body.split("href=\"/persons/").nth(1).unwrap().split('"').next().unwrap();
    let person = format!("/persons/{person}");
    kinoshita.get(&person).await;
    let own = app.town.desk("shakyo").to_string();
    let kept = [("shelter_reason", "dv"), ("shelter_desk", own.as_str()), ("shelter_review", "R9.11.20")];
    kinoshita.post(&format!("{person}/shelter"), &kept).await.is(303);
    // The pair is none any more, even for the desk that may know the address.
    oda.get(&path).await.is(404);
    oda.get("/same").await.is(200).not_see("花子");
    // And a hint names neither address nor telephone.
    let hint = types(&mut oda, second, &[]).await;
    let card = hint.text();
    let card = card
        .split("髙橋 花子")
        .nth(1)
        .unwrap_or_default()
        .split("この人の記録に書く")
        .next()
        .unwrap()
        .to_owned();
    assert!(!card.contains("住所") && !card.contains("電話"), "{card}");
});

/// Of before she married: another surname, another address, another telephone.
const BEFORE: Told = Told {
    name: "小笠原 花子",
    reading: "おがさわら はなこ",
    birth: "1958-05-12",
    phone: "",
    address: "湘南台1-1-1",
};

/// Of after it.
const MARRIED: Told = Told {
    name: "髙橋 花子",
    reading: "たかはし はなこ",
    birth: "1958-05-12",
    phone: "0466-12-3456",
    address: "",
};

story!(whoever_married_is_found_under_the_name_of_before, |app| async {
    let (mut kinoshita, mut oda) = (app.sign_in("kinoshita").await, app.sign_in("oda").await);
    records(&mut kinoshita, BEFORE).await;
    let married = records(&mut oda, MARRIED).await;
    assert_eq!(compared(app).await, 0, "nothing says so yet");
    let page = oda.get(&married).await;
    let person = page.body.split("href=\"/persons/").nth(1).unwrap().split('"').next().unwrap();
    let person = format!("/persons/{person}");
    oda.get(&person).await;
    // The surname alone, as people write it.
    let name = [("former_name", "小笠原"), ("former_reading", "おがさわら"), ("former_until", "S58")];
    oda.post(&format!("{person}/names"), &name).await.is(303);
    assert_eq!(compared(app).await, 1);
    let path = kinoshita.get("/same").await.link("花子");
    kinoshita.get(&path).await.is(200).see("前の名前").see("小笠原").see("前の名前・ほかの名前と同じ");
    // And the other way round, at a window: who is written down under the old surname is reminded of the married one.
    let hint = types(&mut kinoshita, BEFORE, &[]).await;
    hint.is(200).see("髙橋 花子").see("前の名前・ほかの名前と同じ");
    // Who may not see her is told nothing of it, nor by the words of the old name.
    let mut sano = app.sign_in("sano").await;
    types(&mut sano, BEFORE, &[]).await.is(303);
    sano.get("/same").await.is(200).not_see("小笠原").not_see("髙橋 花子");
    sano.get(&path).await.is(404).not_see("小笠原");
    // A wrong one is taken back: it is no reason any more.
    oda.get(&person).await.see("小笠原");
    let taken = oda.page.form("/remove").action.clone();
    oda.post(&taken, &[]).await.is(303);
    compared(app).await;
    kinoshita.get("/same").await.is(200).not_see("髙橋 花子");
});

/// The page of the first person of a household.
async fn person_in(who: &mut Person, household: &str) -> String {
    let page = who.get(household).await;
    let person = page.body.split("href=\"/persons/").nth(1).unwrap().split('"').next().unwrap();
    format!("/persons/{person}")
}

/// What a neighbour called her: nothing by which anybody would compare the two.
const NICKNAME: Told = Told { name: "はなちゃん", reading: "", birth: "", phone: "", address: "" };

story!(two_records_are_paired_by_hand, |app| async {
    let (mut kinoshita, mut oda) = (app.sign_in("kinoshita").await, app.sign_in("oda").await);
    let first = records(&mut kinoshita, HANAKO).await;
    let second = records(&mut oda, NICKNAME).await;
    assert_eq!(compared(app).await, 0, "no comparison finds them");
    let (one, other) = (person_in(&mut kinoshita, &first).await, person_in(&mut oda, &second).await);
    let id = other.trim_start_matches("/persons/").to_owned();
    // Somebody who knows both says so: chosen among what they may see.
    let choose = kinoshita.get(&one).await.link("同じ人の記録を選ぶ");
    kinoshita.get(&choose).await.is(200).see("この記録").see("髙橋 花子").not_see("はなちゃん");
    let search = format!("{choose}/search");
    kinoshita.post(&search, &[("q", "")]).await.is(422).see("q-error");
    kinoshita.get(&choose).await;
    kinoshita.post(&search, &[("q", "はなちゃん")]).await.is(200).see("同じ人かもしれない").see("はなちゃん");
    kinoshita.post(&choose, &[]).await.is(303);
    let pair = kinoshita.page.location().split('?').next().unwrap().to_owned();
    kinoshita.get(&pair).await.is(200).see("確かめるのを待っています").not_see("確かめて、まとめる");
    kinoshita.get("/same").await.is(200).see("はなちゃん");
    // The same again is the same pair, and says nothing anew.
    kinoshita.get(&choose).await;
    kinoshita.post(&choose, &[("other", &id)]).await.is(303);
    assert_eq!(kinoshita.page.location().split('?').next().unwrap(), pair);
    // By two people, as any pair; and it can be undone.
    oda.get(&pair).await.is(200).see("確かめて、まとめる");
    oda.post(&format!("{pair}/confirm"), &[]).await.is(303);
    kinoshita.get(&first).await.see("はなちゃんさんとしても記録されています");
    kinoshita.get(&one).await.see("はなちゃんさんとしても記録されています");
    oda.get(&pair).await;
    oda.post(&format!("{pair}/back"), &[]).await.goes_to(&format!("{pair}?done=same_back"));
    kinoshita.get(&first).await.not_see("としても記録されています");
    // Two who do not look alike are no suggestion once nobody says so; what was said of them stays to be read.
    oda.get(&pair).await.is(200).see("取り消しました");
    oda.get("/same").await.is(200).not_see("はなちゃん");
    // "Two people" is remembered: it is said, and not offered again.
    oda.get(&choose).await;
    oda.post(&choose, &[("other", &id)]).await.goes_to(&format!("{pair}?done=same_proposed"));
    kinoshita.get(&pair).await;
    kinoshita.post(&format!("{pair}/other"), &[]).await.is(303);
    oda.get(&choose).await;
    oda.post(&search, &[("q", "はなちゃん")]).await.is(200).see("別の人").not_see("同じ人かもしれない<");
    oda.get(&choose).await;
    oda.post(&choose, &[("other", &id)]).await.is(303);
    oda.get(&pair).await.is(200).see("別の人と決めました");
    oda.get(&choose).await;
    oda.post(&choose, &[("other", "")]).await.is(422).see("同じ人の記録を一つ選んでください");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(nobody_pairs_what_they_may_not_see, |app| async {
    let (mut kinoshita, mut sano) = (app.sign_in("kinoshita").await, app.sign_in("sano").await);
    let first = records(&mut kinoshita, HANAKO).await;
    let second = records(&mut sano, AGAIN).await;
    let (one, other) = (person_in(&mut kinoshita, &first).await, person_in(&mut sano, &second).await);
    let id = |path: &str| path.trim_start_matches("/persons/").to_owned();
    let choose = format!("{one}/same");
    // Not offered, not found, and the answer is that of somebody who does not exist.
    kinoshita.get(&choose).await.is(200).not_see("華子").see("見つかりません");
    kinoshita
        .post(&format!("{choose}/search"), &[("q", "高橋 華子")])
        .await
        .is(200)
        .not_see("北部福祉総合相談室")
        .see("見つかりません");
    kinoshita.get(&choose).await;
    let theirs = kinoshita.post(&choose, &[("other", &id(&other))]).await;
    kinoshita.get(&choose).await;
    let nobody = kinoshita.post(&choose, &[("other", "01900000-0000-7000-8000-000000000000")]).await;
    theirs.is(404);
    assert_eq!(bytes(&theirs), bytes(&nobody));
    // Nor from a person of somebody else.
    let absent = kinoshita.get("/persons/01900000-0000-7000-8000-000000000000/same").await;
    assert_eq!(bytes(&kinoshita.get(&format!("{other}/same")).await), bytes(&absent));
    for who in ["kanri", "tsuji", "mori"] {
        app.sign_in(who).await.get(&choose).await.is(404);
    }
    assert_eq!(compared(app).await, 1, "and nothing was noted by asking");
});

/// 佐野 is alone at their desk and says of two records of theirs that they are one person: the pair, the two cases, the two people.
async fn said_alone(app: &App, sano: &mut Person) -> (String, [String; 2], [String; 2]) {
    let (mut cases, mut people) = (Vec::new(), Vec::new());
    for name in ["髙橋 花子", "高橋 華子"] {
        let case = crate::referral::case_of(app, sano, name, "眠れない").await;
        let page = sano.get(&format!("/cases/{case}/consents/new")).await;
        people.push(crate::referral::first_radio(&page.body, "person"));
        cases.push(case);
    }
    let choose = format!("/persons/{}/same", people[0]);
    sano.get(&choose).await.is(200);
    let page = sano.post(&choose, &[("other", people[1].as_str())]).await;
    let pair = page.is(303).location().split('?').next().unwrap().to_owned();
    (pair, cases.try_into().unwrap(), people.try_into().unwrap())
}

story!(where_a_desk_has_one_worker_whoever_may_see_both_confirms, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (pair, cases, people) = said_alone(app, &mut sano).await;
    // Nobody may, and it is said with the way on.
    sano.get(&pair).await.is(200).see("いまはだれも確かめられません").see("一つめの人の世帯とケースへ");
    let mut hase = app.sign_in("hase").await;
    hase.get(&pair).await.is(404);
    hase.post(&format!("{pair}/confirm"), &[("base_version", "2")]).await.is(404);
    // With the consent to one of the two there is still no pair for the coordinator; with both it is offered to them.
    let suishin = app.town.desk("suishin").to_string();
    for (n, (case, person)) in cases.iter().zip(&people).enumerate() {
        let more = [("to_desk", suishin.as_str()), ("share_cat", "basic")];
        crate::agreement::give(&mut sano, case, &crate::agreement::terms(person, &more)).await;
        hase.get(&pair).await.is(if n == 0 { 404 } else { 200 });
    }
    sano.get(&pair).await.see("その人が確かめられます").not_see("いまはだれも確かめられません");
    hase.get("/same").await.see("髙橋 花子");
    hase.get("/").await.see("という申し出が1件、あなたが確かめるのを待っています");
    hase.get(&pair)
        .await
        .see("代わりに確かめられます")
        .see("確かめて、まとめる")
        .not_see("取り消す</button>");
    sano.get(&pair).await;
    let version = sano.page.form("/back").value("base_version");
    let own = sano.post(&format!("{pair}/confirm"), &[("base_version", &version)]).await;
    own.is(422).see("自分では確かめられません");
    hase.get(&pair).await;
    hase.post(&format!("{pair}/confirm"), &[]).await.is(303);
    hase.get("/").await.not_see("あなたが確かめるのを待っています");
    sano.get(&pair)
        .await
        .see("同じ人としてまとめてあります")
        .see("長谷 みどりさん")
        .see("まとめたのを元に戻す");
});

story!(what_was_said_of_two_who_do_not_look_alike_stays_to_be_read, |app| async {
    let (mut kinoshita, mut oda) = (app.sign_in("kinoshita").await, app.sign_in("oda").await);
    let mut people = Vec::new();
    for name in ["髙橋 花子", "渡部 茂"] {
        let case = crate::referral::case_of(app, &mut kinoshita, name, "眠れない").await;
        let page = kinoshita.get(&format!("/cases/{case}/consents/new")).await;
        people.push(crate::referral::first_radio(&page.body, "person"));
    }
    let choose = format!("/persons/{}/same", people[0]);
    kinoshita.get(&choose).await.is(200);
    let page = kinoshita.post(&choose, &[("other", people[1].as_str())]).await;
    let pair = page.is(303).location().split('?').next().unwrap().to_owned();
    oda.get(&pair).await;
    oda.post(&format!("{pair}/confirm"), &[]).await.is(303);
    oda.get(&pair).await;
    let back = oda.post(&format!("{pair}/back"), &[]).await;
    assert_eq!(back.is(303).location().split('?').next(), Some(pair.as_str()));
    // Who said it and who took it back is there; they are no suggestion.
    let page = kinoshita.get(&pair).await;
    page.is(200).see("木下 ひろみさん").see("小田").see("取り消しました");
    kinoshita.get("/same").await.is(200).not_see("渡部");
    kinoshita.get(&pair).await;
    kinoshita.post(&format!("{pair}/other"), &[]).await.is(303);
    kinoshita.get(&pair).await.see("別の人と決めました");
});

story!(where_a_colleague_is_there_nobody_stands_in, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (pair, cases, people) = said_alone(app, &mut sano).await;
    let suishin = app.town.desk("suishin").to_string();
    for (case, person) in cases.iter().zip(&people) {
        let more = [("to_desk", suishin.as_str()), ("share_cat", "basic")];
        crate::agreement::give(&mut sano, case, &crate::agreement::terms(person, &more)).await;
    }
    let from = Day::new(2026, 11, 1).unwrap();
    app.town.appoint(&app.engine, "oda", "hokubu", access::Role::Caseworker, from).await;
    sano.get(&pair).await.see("窓口のほかの人が確かめるのを待っています");
    let mut hase = app.sign_in("hase").await;
    hase.get("/").await.not_see("あなたが確かめるのを待っています");
    hase.get(&pair).await.is(200).see("申し出た窓口の人が確かめます").not_see("確かめて、まとめる");
    let mut oda = app.sign_in("oda").await;
    oda.get("/").await.see("という申し出が1件、あなたが確かめるのを待っています");
    oda.get(&pair).await.is(200).see("確かめて、まとめる");
    oda.post(&format!("{pair}/confirm"), &[]).await.is(303);
});

story!(a_record_that_guards_the_home_of_another_is_kept_as_long_as_it_does, |app| async {
    let (mut kinoshita, mut oda) = (app.sign_in("kinoshita").await, app.sign_in("oda").await);
    let id = crate::referral::case_of(app, &mut kinoshita, "髙橋 花子", "家賃が払えない").await;
    let case = format!("/cases/{id}");
    let page = kinoshita.get(&case).await;
    let household = page.body.split("href=\"/households/").nth(1).unwrap().split('"').next().unwrap();
    let person = person_in(&mut kinoshita, &format!("/households/{household}")).await;
    kinoshita.get(&person).await.is(200);
    let known = [("name", HANAKO.name), ("reading", HANAKO.reading), ("birth", HANAKO.birth)];
    kinoshita.post(&person, &known).await.is(303);
    records(&mut oda, Told { birth: HANAKO.birth, ..AGAIN }).await;
    assert_eq!(compared(app).await, 1);
    let pair = kinoshita.get("/same").await.link("花子");
    kinoshita.get(&pair).await.is(200);
    kinoshita.post(&format!("{pair}/propose"), &[]).await.is(303);
    oda.get(&pair).await.is(200);
    oda.post(&format!("{pair}/confirm"), &[]).await.is(303);
    kinoshita.get(&person).await.is(200);
    let own = app.town.desk("shakyo").to_string();
    let kept = [("shelter_reason", "dv"), ("shelter_desk", own.as_str()), ("shelter_review", "R9.11.20")];
    kinoshita.post(&format!("{person}/shelter"), &kept).await.is(303);
    crate::retention::close(&mut kinoshita, &case, "").await;
    // Its time is over; with it the shelter would be gone from the record that stays, and nobody told.
    crate::retention::at(app, 2032, 4, 1);
    let mut mori = app.sign_in("mori").await;
    let here = crate::retention::list(&mut mori).await.unwrap();
    mori.get(&here).await.see("ほかの記録とまとめた人の、住まいを守っている");
    // Two people after all: then it guards nobody else.
    let mut oda = app.sign_in("oda").await;
    oda.get(&pair).await.is(200);
    oda.post(&format!("{pair}/back"), &[]).await.is(303);
    let here = crate::retention::list(&mut mori).await.unwrap();
    mori.get(&here).await.not_see("住まいを守っている");
});
