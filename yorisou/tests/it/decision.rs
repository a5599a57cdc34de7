//! What a conference decided: the timing's content, who was there, on which ground.

use crate::agreement::{give, terms, withdraw};
use crate::conference::{pledge, raised};
use crate::referral::first_radio;
use crate::support::{App, Page, Person};

/// The person consents to conferences, to the coordinator's desk; the consent's page.
pub async fn consent(app: &App, sano: &mut Person, case: &str) -> String {
    let page = sano.get(&format!("/cases/{case}/consents/new")).await;
    let person = first_radio(&page.body, "person");
    let desk = app.town.desk("suishin").to_string();
    let more = [
        ("to_desk", desk.as_str()),
        ("purpose", "support"),
        ("purpose", "conference"),
        ("share_cat", "plan"),
        ("share_cat", "support"),
    ];
    give(sano, case, &terms(&person, &more)).await
}

/// Writes down who was there on a day: everybody of the matter whose name is given.
pub async fn present(hase: &mut Person, matter: &str, who: &str, on: &str) {
    let office = format!("{matter}/office");
    let page = hase.get(&office).await;
    let place =
        page.body.split("<div class=\"stack\" id=\"member-").skip(1).find(|x| x.contains(who)).unwrap();
    let member = place.split('"').next().unwrap().to_owned();
    let there = [("member", member.as_str()), ("on", on), ("way", "room"), ("told_by", "")];
    hase.post(&format!("{matter}/present"), &there).await.is(303);
}

/// Writes down that a conference with consent was held on a day, everybody called to it there but those named; the answer.
pub async fn sat(hase: &mut Person, matter: &str, on: &str, absent: &[&str]) -> Page {
    let path = format!("{matter}/once");
    let page = hase.get(&path).await;
    page.is(200).see("一回だけの会議を書きとめる");
    let mut fields: Vec<(String, String)> = vec![("on".to_owned(), on.to_owned())];
    for (n, row) in page.body.split("<input type=\"hidden\" name=\"who-").skip(1).enumerate() {
        let who = row.split("value=\"").nth(1).unwrap().split('"').next().unwrap();
        let label = row.split("</label>").next().unwrap();
        let how = if absent.iter().any(|a| label.contains(a)) { "absent" } else { "room" };
        fields.push((format!("who-{n}"), who.to_owned()));
        fields.push((format!("how-{n}"), how.to_owned()));
    }
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    hase.post(&path, &fields).await
}

/// The same, as it has to go.
pub async fn met(hase: &mut Person, matter: &str, on: &str) {
    let page = sat(hase, matter, on, &[]).await;
    assert_eq!(page.status, 303, "{}", page.text());
}

/// From a no-consent matter to a conference with consent, under the same number. Case, consent, and matter.
pub async fn with_consent(app: &App, sano: &mut Person, hase: &mut Person) -> (String, String, String) {
    let (case, inquiry, matter) = raised(app, sano, hase).await;
    pledge(sano, &matter).await;
    pledge(hase, &matter).await;
    // What was asked is answered in the conference: nobody waits for it any more.
    crate::inquiry::step(sano, &inquiry, "withdraw", &[("reason", "not_needed")]).await.is(303);
    let given = consent(app, sano, &case).await;
    (case, given, go_on(hase, &matter).await)
}

/// The matter goes on as one that rests on consent.
pub async fn go_on(hase: &mut Person, matter: &str) -> String {
    hase.get(&format!("{matter}/office")).await.is(200);
    let page = hase.post(&format!("{matter}/move"), &[("position", "integrated")]).await;
    page.is(303);
    page.location().split('?').next().unwrap().trim_end_matches("/office").to_owned()
}

/// Decides something; the answer of the form.
pub async fn decide(who: &mut Person, place: &str, timing: &str, more: &[(&str, &str)]) -> Page {
    let path = format!("{place}/decide");
    who.get(&path).await.is(200);
    let mut fields = vec![
        ("programme", "multi_agency"),
        ("on", "R8.11.21"),
        ("timing", timing),
        ("words_cat", "plan"),
        ("words_cat", "support"),
    ];
    fields.retain(|(name, _)| !more.iter().any(|(n, _)| n == name));
    fields.extend_from_slice(more);
    who.post(&path, &fields).await
}

/// What 策定 asks for.
pub const GOALS: [(&str, &str); 2] =
    [("goals", "月に一度は図書館に行きたい-MARK-G"), ("monitoring", "R9.2.1")];

/// What 終結 asks for.
pub const END: [(&str, &str); 5] = [
    ("achieved", "家賃の支払いが続いている-MARK-E"),
    ("evaluation", "近所の人と話すようになった"),
    ("follow_up", "needed"),
    ("follow_up_how", "三か月後に電話する"),
    ("follow_up_on", "R9.3.1"),
];

story!(a_plan_is_decided_with_consent_and_everybody_obliged_there, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter) = raised(app, &mut sano, &mut hase).await;
    pledge(&mut sano, &matter).await;
    // The coordinator has not pledged: nothing of it is there, also not the form.
    hase.get(&format!("{matter}/decide")).await.is(404);
    pledge(&mut hase, &matter).await;
    present(&mut hase, &matter, "長谷 みどり", "R8.11.21").await;
    hase.get(&format!("{matter}/decide")).await.is(200).see("プランは決められません").see("そろっている");
    decide(&mut hase, &matter, "establish", &GOALS)
        .await
        .is(422)
        .see("本人の同意による会議で決めます")
        .see("MARK-G");
    // Something else can be decided, and stays in its compartment.
    let page = decide(&mut hase, &matter, "other", &[("other", "佐野が週に一度訪ねる-MARK-S")]).await;
    page.is(303);
    let said = page.location().split('?').next().unwrap().to_owned();
    hase.get(&said).await.is(200).see("MARK-S").see("構成員だけ");
    sano.get(&said).await.is(200).see("MARK-S");
    let mut kinoshita = app.sign_in("kinoshita").await;
    let mut noguchi = app.sign_in("noguchi").await;
    kinoshita.get(&said).await.is(404);
    noguchi.get(&said).await.is(404);
    sano.get(&format!("/cases/{case}/timeline")).await.see("会議の決定");
    sano.get(&format!("/cases/{case}/timeline?print=1")).await.not_see("MARK-S").not_see("会議の決定");

    // With consent it moves on, under the same number; now the plan can be decided, if all were there.
    consent(app, &mut sano, &case).await;
    let next = go_on(&mut hase, &matter).await;
    decide(&mut hase, &next, "establish", &GOALS).await.is(422).see("出席が記録されていません");
    present(&mut hase, &next, "佐野 健", "R8.11.21").await;
    decide(&mut hase, &next, "establish", &GOALS).await.is(422).see("多機関協働の事業者の出席");
    present(&mut hase, &next, "長谷 みどり", "R8.11.21").await;
    // Who was there is not enough: it was decided under an item of a meeting.
    decide(&mut hase, &next, "establish", &GOALS).await.is(422).see("議題になった会議がありません");
    sat(&mut hase, &next, "R8.11.21", &["長谷 みどり", "地域共生社会推進室"])
        .await
        .is(422)
        .see("多機関協働事業者の出席");
    met(&mut hase, &next, "R8.11.21").await;
    // Everything that is missing is said at once.
    decide(&mut hase, &next, "establish", &[("goals", ""), ("monitoring", "")])
        .await
        .is(422)
        .see("本人の目標")
        .see("モニタリングの日");
    decide(&mut hase, &next, "close", &[("achieved", "x"), ("follow_up", "needed")])
        .await
        .is(422)
        .see("終結の評価");
    decide(&mut hase, &next, "interrupt", &[("interrupt", "unreachable")])
        .await
        .is(422)
        .see("これまでの働きかけ");
    decide(&mut hase, &next, "establish", &[GOALS[0], ("monitoring", "R8.11.21")])
        .await
        .is(422)
        .see("決まった日よりあと");
    // A plan is decided about a text that lies before the conference.
    decide(&mut hase, &next, "establish", &GOALS).await.is(422).see("「会議にはかる案」がありません");
    crate::support_plan::proposed(&mut sano, &case, &[]).await;
    let page = decide(&mut hase, &next, "establish", &GOALS).await;
    page.is(303);
    let plan = page.location().split('?').next().unwrap().to_owned();
    hase.get(&plan).await.is(200).see("MARK-G").see("プラン策定").see("令和9年2月1日");
    // The provider has a part in the case from here on: number and promises, not what others wrote.
    hase.get(&format!("/cases/{case}")).await.is(200).see("2026-00001").not_see("MARK-W");
    sano.get(&plan).await.is(200).see("プラン策定");
    kinoshita.get(&plan).await.is(404);
    noguchi.get(&plan).await.is(404);
    noguchi.search("図書館").await.not_see("MARK-G");
    // A mistake is taken back by whoever decides, as long as nothing rests on it.
    sano.post(&format!("{plan}/void"), &[]).await.is(404);
    hase.get(&plan).await;
    hase.post(&format!("{plan}/void"), &[]).await.is(303);
    hase.get(&plan).await.see("取り消した");
    hase.post(&format!("{plan}/void"), &[]).await.is(409);
});

story!(without_consent_support_is_ended_with_a_reason_only, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, given, matter) = with_consent(app, &mut sano, &mut hase).await;
    let alone = format!("/cases/{case}");
    // As long as the consent holds, nobody decides alone.
    sano.get(&format!("{alone}/decide")).await.is(200).see("まだ続いています");
    decide(&mut sano, &alone, "close", &END).await.is(422).see("わけをえらんで");
    let with = |why: &'static str| END.iter().copied().chain([("ended", why)]).collect::<Vec<_>>();
    decide(&mut sano, &alone, "close", &with("withdrawn")).await.is(422).see("まだ続いています");
    decide(&mut sano, &alone, "establish", &GOALS).await.is(422).see("本人の同意による会議で決めます");
    // Withdrawn: the conference decides no plan any more, and the end says why.
    withdraw(&mut sano, &given).await;
    present(&mut hase, &matter, "長谷 みどり", "R8.11.21").await;
    decide(&mut hase, &matter, "establish", &GOALS).await.is(422).see("同意が、いまはそろっていません");
    decide(&mut hase, &matter, "close", &END).await.is(422).see("わけをえらんで");
    decide(&mut hase, &matter, "close", &with("withdrawn")).await.is(303);
    let page = decide(&mut sano, &alone, "close", &with("withdrawn")).await;
    page.is(303);
    let said = page.location().split('?').next().unwrap().to_owned();
    sano.get(&said).await.see("会議はひらいていない").see("撤回された").see("MARK-E");
    app.sign_in("noguchi").await.get(&said).await.is(404);
});
