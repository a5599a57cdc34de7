//! Bodies and their sessions: founded, planned, invited, answered, held; who knows what of an item.

use words::{Day, Instant};

use crate::conference::{join, pledge, raised};
use crate::inquiry::{partner, withdraw_all};
use crate::referral::{case_of, send};
use crate::support::{App, Page, Person};

/// 長谷 founds a body of her desk that is held in these positions; its address.
pub async fn found(app: &App, hase: &mut Person, name: &str, positions: &[&str], capacity: &str) -> String {
    let desk = app.town.desk("suishin").to_string();
    hase.get("/bodies/new").await.is(200);
    let mut fields = vec![
        ("name", name),
        ("form", "guideline"),
        ("desk", desk.as_str()),
        ("rhythm", "monthly"),
        ("purpose", "役割を分けるため"),
        ("capacity", capacity),
        ("from", "R8.4.1"),
    ];
    fields.extend(positions.iter().map(|p| ("positions", *p)));
    let page = hase.post("/bodies/new", &fields).await;
    assert_eq!(page.status, 303, "{}", page.text());
    page.location().split('?').next().unwrap().to_owned()
}

/// A session of a body on a day at 14:00; its address.
pub async fn plan(hase: &mut Person, body: &str, title: &str, on: &str, more: &[(&str, &str)]) -> String {
    let id = body.rsplit('/').next().unwrap().to_owned();
    hase.get(&format!("/sessions/new?body={id}")).await.is(200);
    let mut fields = vec![
        ("body", id.as_str()),
        ("title", title),
        ("on", on),
        ("starts", "1400"),
        ("ends", "午後3時半"),
        ("place", "本庁舎7階"),
        ("answer_by", "R8.12.1"),
    ];
    fields.retain(|(name, _)| !more.iter().any(|(n, _)| n == name));
    fields.extend_from_slice(more);
    let page = hase.post("/sessions/new", &fields).await;
    assert_eq!(page.status, 303, "{}", page.text());
    page.location().split('?').next().unwrap().to_owned()
}

/// Brings something up in a position of a body; the answer.
pub async fn propose(
    who: &mut Person,
    from: &str,
    (body, position): (&str, &str),
    more: &[(&str, &str)],
) -> Page {
    let body = body.rsplit('/').next().unwrap();
    let (kind, id) = from.split_once('=').unwrap();
    let page = who.get(&format!("/sessions/propose?{from}")).await;
    page.is(200);
    let meeting = format!("{body}:{position}");
    let mut fields = vec![(kind, id), ("meeting", meeting.as_str()), ("priority", "normal")];
    // A matter with consent: why it is raised, and who decided so, as far as somebody can.
    let lead = decider(&page);
    if (kind, position) == ("matter", "integrated") {
        let raised = [("escalation", "stuck"), ("decided_by", lead.as_str()), ("decided_on", "R8.11.20")];
        fields.extend(raised);
    }
    fields.retain(|(name, _)| !more.iter().any(|(n, _)| n == name));
    fields.extend_from_slice(more);
    who.post("/sessions/propose", &fields).await
}

/// The first of those who may decide that something comes before a meeting.
fn decider(page: &Page) -> String {
    let list = page.body.split("name=\"decided_by\"").nth(1).unwrap_or_default();
    let first = list.split("</select>").next().unwrap().split("<option value=\"").nth(2).unwrap_or_default();
    first.split('"').next().unwrap_or_default().to_owned()
}

pub fn at(page: &Page) -> String {
    assert_eq!(page.status, 303, "{}", page.text());
    page.location().split('?').next().unwrap().to_owned()
}

pub fn id_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

/// The step of an item, from the page of its session.
pub async fn step(hase: &mut Person, session: &str, item: &str, step: &str, more: &[(&str, &str)]) -> Page {
    hase.get(session).await.is(200);
    hase.post(&format!("/sessions/items/{}/{step}", id_of(item)), more).await
}

/// Notes how everybody invited was there: the same way for all whose line does not say otherwise, and absent whoever may not be there.
pub async fn attend(hase: &mut Person, session: &str, way: &str, other: &[(&str, &str)]) {
    let page = hase.get(session).await;
    let mut noted: Vec<(String, String)> = Vec::new();
    let rows = page.body.split("<tr>").map(|r| r.split("</tr>").next().unwrap());
    for row in rows.filter(|r| r.contains("name=\"how-")) {
        let said = other.iter().find(|(who, _)| row.contains(who)).map_or(way, |(_, said)| *said);
        // The first choice of a row is for all of theirs; where it may not be, the others say so themselves.
        for (n, list) in row.split("<select ").skip(1).enumerate() {
            let list = list.split("</select>").next().unwrap();
            let name = list.split("name=\"").nth(1).unwrap().split('"').next().unwrap();
            let may = list.contains(&format!("value=\"{said}\""));
            if n == 0 || !may {
                noted.push((name.to_owned(), if may { said } else { "absent" }.to_owned()));
            }
        }
    }
    let noted: Vec<(&str, &str)> = noted.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    assert!(!noted.is_empty(), "nobody is invited:\n{}", page.text());
    hase.post(&format!("{session}/attend"), &noted)
        .await
        .goes_to(&format!("{session}?done=session_attended"));
}

pub fn december(day: u32, hour: u32) -> Instant {
    Instant::at(Day::new(2026, 12, day).unwrap(), hour, 0)
}

story!(a_matter_comes_before_a_session_and_whoever_was_absent_has_homework, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter) = raised(app, &mut sano, &mut hase).await;
    pledge(&mut sano, &matter).await;
    pledge(&mut hase, &matter).await;
    let body = found(app, &mut hase, "重層的支援会議", &["support_conference", "integrated"], "2").await;
    hase.get(&body).await.see("重層的支援会議").see("支援会議（社会福祉法）").see("まだ構成員がいません");
    let session = plan(&mut hase, &body, "第5回 重層的支援会議", "R8.12.9", &[]).await;
    hase.get("/").await.see("会議をひらく");

    // A section that this case cannot do without is obliged; so is the provider.
    let ikiiki = app.town.desk("ikiiki").to_string();
    let from = format!("matter={}", id_of(&matter));
    let lead = app.town.desk("hokubu").to_string();
    let wrong = propose(&mut sano, &from, (&body, "support_conference"), &[("sections", &ikiiki)]).await;
    wrong.is(422).see("主導する窓口を選んでください");
    let fields = [("sections", ikiiki.as_str()), ("initiator", lead.as_str())];
    let item = at(&propose(&mut sano, &from, (&body, "support_conference"), &fields).await);
    sano.get(&item)
        .await
        .is(200)
        .see("2026-00001")
        .see("辻堂東いきいき")
        .see("事務局が回に入れるのを待っています");

    hase.get("/").await.see("順番を待つ議題を、回に入れる");
    hase.get(&item).await.see("どの回に入れますか");
    let place = format!("/sessions/items/{}/place", id_of(&item));
    hase.post(&place, &[("meeting", id_of(&session))]).await.is(303);
    hase.get("/").await.not_see("順番を待つ議題を、回に入れる");
    let page = hase.get(&session).await;
    page.see("ケース 2026-00001").see("支援会議（社会福祉法）").see("北部福祉総合相談室").not_see("青木");
    hase.post(&format!("{session}/invite"), &[]).await.is(303);
    hase.get(&session).await.see("返事なし").see("必須").see("佐野 健");
    // いきいき has nobody in the matter: it is called to the session, and not to what is talked over in confidence.
    let fields = [("desk", ikiiki.as_str()), ("name", ""), ("why", "section"), ("obligatory", "1")];
    hase.post(&format!("{session}/add"), &fields).await.is(303);

    // Whoever is invited answers; what the item is about is known to the members of its matter alone.
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get("/").await.see("会議の招集に答える");
    let page = noguchi.get("/sessions").await;
    page.see("第5回 重層的支援会議").see("返事がまだ");
    let invitation = page.link("第5回");
    let page = noguchi.get(&invitation).await;
    page.is(200).see("個別の事案 1").see("いなければなりません").not_see("2026-00001").not_see("青木");
    noguchi.post(&invitation, &[("reply", "substitute")]).await.is(422).see("代理に出る人の名前");
    noguchi.post(&invitation, &[("reply", "attends")]).await.is(303);
    noguchi.get("/").await.not_see("会議の招集に答える");
    let page = noguchi.get(&session).await;
    page.is(200).see("個別の事案 1").not_see("2026-00001").not_see(&case).not_see(id_of(&matter));
    noguchi.get(&format!("{session}/notice")).await.is(200).see("個別の事案").not_see("2026-00001");
    noguchi.get(&item).await.goes_to(&format!("{session}#item-{}", id_of(&item)));
    sano.get(&session).await.see("ケース 2026-00001");
    let mut kinoshita = app.sign_in("kinoshita").await;
    for path in [&session, &item, &invitation, &format!("{session}/notice")] {
        kinoshita.get(path).await.is(404);
    }
    kinoshita.get("/sessions").await.not_see("第5回");

    // Nothing is noted or closed before the day; nothing is concluded without the provider.
    hase.get(&session).await;
    hase.post(&format!("{session}/hold"), &[]).await.is(422).see("まだ会議の日ではありません");
    app.clock.set(december(9, 15));
    let mut hase = app.sign_in("hase").await;
    let mut noguchi = app.sign_in("noguchi").await;
    step(&mut hase, &session, &item, "begin", &[]).await.is(303);
    step(&mut hase, &session, &item, "conclude", &[]).await.see("多機関協働事業者の出席");
    attend(&mut hase, &session, "room", &[("辻堂東いきいき", "absent")]).await;
    hase.get(&session).await;
    hase.post(&format!("{session}/hold"), &[]).await.is(422).see("終わりのついていない議題");
    step(&mut hase, &session, &item, "conclude", &[]).await.is(303);
    hase.get(&session).await;
    hase.post(&format!("{session}/hold"), &[]).await.goes_to(&format!("{session}?done=session_held"));
    let page = hase.get(&session).await;
    page.see("必須欠席").see("欠席した機関に").see("終わった").not_see("会議を終える");
    // Which sections are there, at a glance.
    let sections = page.body.split("id=\"sections\"").nth(1).unwrap().split("</section>").next().unwrap();
    let away = sections.split("欠席").nth(1).unwrap();
    assert!(away.contains("辻堂東いきいき") && sections.contains("出席"), "{sections}");
    hase.get("/").await.not_see("会議をひらく");
    // What the session noted counts for the matter.
    hase.get(&format!("{matter}/office")).await.see("会場で");

    // The absent desk has homework; handing it in ends it.
    noguchi.get("/").await.see("欠席した会議の宿題を出す");
    noguchi.get(&invitation).await.see("欠席の宿題");
    noguchi.post(&format!("{invitation}/made-up"), &[]).await.is(303);
    noguchi.get("/").await.not_see("欠席した会議の宿題を出す");
    let page = hase.get("/flow/sessions").await;
    page.is(200).see("辻堂東いきいきサポートセンター").see("必須欠席");
});

story!(a_case_without_consent_does_not_come_before_a_consent_conference, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter) = raised(app, &mut sano, &mut hase).await;
    pledge(&mut sano, &matter).await;
    pledge(&mut hase, &matter).await;
    let body = found(app, &mut hase, "重層的支援会議", &["support_conference", "integrated"], "").await;
    let session = plan(&mut hase, &body, "第1回", "R8.12.9", &[]).await;
    let from = format!("case={case}");
    sano.get(&format!("/cases/{case}")).await.see("会議にかける");
    let page = propose(&mut sano, &from, (&body, "integrated"), &[]).await;
    page.is(422)
        .see("会議のための同意がありません")
        .see("同意がないあいだは")
        .see("支援会議（社会福祉法）として");

    // With consent it waits in the queue; a coordinator moves the matter, under the same number, and it can be placed.
    // That two desks may work together is no consent to a conference.
    send(&mut sano, &case, &app.town.desk("shakyo").to_string(), &[("kind", "join")]).await;
    propose(&mut sano, &from, (&body, "integrated"), &[]).await.is(422).see("会議のための同意がありません");
    crate::decision::consent(app, &mut sano, &case).await;
    // Raised: somebody decides, by name and day.
    let page = propose(&mut sano, &from, (&body, "integrated"), &[("escalation", "stuck")]).await;
    page.is(422);
    let page = propose(&mut sano, &from, (&body, "integrated"), &[]).await;
    page.is(422).see("会議に上げるわけを一つは選び");
    let lead = app.town.user("hase").to_string();
    let raised = [("escalation", "stuck"), ("decided_by", lead.as_str()), ("decided_on", "R8.11.20")];
    let item = at(&propose(&mut sano, &from, (&body, "integrated"), &raised).await);
    hase.get(&item).await.is(200).not_see("青木");
    let place = format!("/sessions/items/{}/place", id_of(&item));
    hase.post(&place, &[("meeting", id_of(&session))]).await.is(422).see("事案が、まだひらかれていません");
    hase.get(&format!("{matter}/office")).await;
    let page = hase.post(&format!("{matter}/move"), &[("position", "integrated")]).await;
    let moved = page.location().split("/office").next().unwrap().to_owned();
    hase.get(&item).await;
    hase.post(&place, &[("meeting", id_of(&session))]).await.is(303);
    sano.get(&moved).await.is(200).see("会議にかける");

    // When the consent has ended nothing begins; there is a way out.
    withdraw_all(app).await;
    let typed = [("back", id_of(&session))];
    step(&mut hase, &session, &item, "begin", &typed).await.see("会議のための同意がありません");
    step(&mut hase, &session, &item, "drop", &[("why", "consent_gone")]).await.is(303);
    hase.get(&session).await.see("割愛").see("同意がなくなった");
});

story!(no_room_called_off_carried_over_and_a_body_that_ends, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (_, _, matter) = raised(app, &mut sano, &mut hase).await;
    pledge(&mut sano, &matter).await;
    pledge(&mut hase, &matter).await;
    let body = found(app, &mut hase, "支援会議", &["support_conference"], "1").await;
    let first = plan(&mut hase, &body, "第1回 支援会議", "R8.12.9", &[]).await;
    let id = id_of(&first).to_owned();
    let second = plan(
        &mut hase,
        &body,
        "第2回 支援会議",
        "R9.1.13",
        &[("after", id.as_str()), ("answer_by", "R9.1.6")],
    )
    .await;
    hase.get(&first).await.see("第2回 支援会議");
    let lead = app.town.desk("hokubu").to_string();
    let from = format!("matter={}", id_of(&matter));
    let as_what = (body.as_str(), "support_conference");
    let one = at(&propose(&mut sano, &from, as_what, &[("initiator", &lead)]).await);
    let two = at(&propose(&mut sano, &from, as_what, &[("initiator", &lead), ("priority", "urgent")]).await);
    for (item, answer) in [(&one, 303), (&two, 422)] {
        hase.get(item).await;
        let place = format!("/sessions/items/{}/place", id_of(item));
        hase.post(&place, &[("meeting", id_of(&first))]).await.is(answer);
    }
    // 次回送り: onto the next agenda, at once.
    step(&mut hase, &first, &one, "carry", &[]).await.is(303);
    hase.get(&first).await.see("次回送り");
    hase.get(&second).await.see("前の回から").see("ケース 2026-00001");
    // Called off: what stood on the agenda waits again, and is owed again.
    hase.post(&format!("{second}/cancel"), &[]).await.goes_to(&format!("{second}?done=session_cancelled"));
    hase.get(&body).await.see("順番を待つ議題").see("前の回から");
    hase.get("/").await.see("順番を待つ議題を、回に入れる");

    // A body that others wait for needs a successor, which takes the queue.
    hase.get(&format!("{body}/end")).await;
    hase.post(&format!("{body}/end"), &[("last", "R8.11.21")]).await.is(422).see("引きつぐ会議体を選ぶ");
    let next = found(app, &mut hase, "新しい支援会議", &["support_conference"], "").await;
    hase.get(&format!("{body}/end")).await;
    let fields = [("last", "R8.11.21"), ("successor", id_of(&next))];
    hase.post(&format!("{body}/end"), &fields).await.is(303);
    hase.get(&next).await.see("ケース 2026-00001").see("第1回 支援会議");
    app.clock.set(Instant::at(Day::new(2026, 11, 24).unwrap(), 9, 0));
    let mut hase = app.sign_in("hase").await;
    hase.get(&body).await.see("終わりました").see("新しい支援会議").not_see("ケース 2026-00001");

    // A body ends on a day to come: its job passes on what came meanwhile.
    let heir = found(app, &mut hase, "あとの会議", &["support_conference"], "").await;
    hase.get(&format!("{next}/end")).await;
    let fields = [("last", "R8.12.20"), ("successor", id_of(&heir))];
    hase.post(&format!("{next}/end"), &fields).await.is(303);
    app.clock.set(december(22, 9));
    let mut hase = app.sign_in("hase").await;
    assert_eq!(session::body_end(&app.engine, app.town.municipality).await.unwrap(), 1);
    assert_eq!(session::body_end(&app.engine, app.town.municipality).await.unwrap(), 0);
    hase.get(&heir).await.see("ケース 2026-00001");
});

story!(partners_without_a_login_and_members_whose_term_ends, |app| async {
    let mut hase = app.sign_in("hase").await;
    let pharmacy = partner(app).await;
    let body = found(app, &mut hase, "地域ケア会議", &["community_care"], "").await;
    // A fixed member under an appointment, and one of a partner.
    let desk = app.town.desk("shakyo").to_string();
    let seat = app.town.appointment("kinoshita", "shakyo").to_string();
    hase.get(&format!("{body}/members?desk={desk}")).await.is(200).see("木下 ひろみ");
    let fields =
        [("desk", desk.as_str()), ("appointment", seat.as_str()), ("title", "chair"), ("from", "R8.4.1")];
    hase.post(&format!("{body}/members"), &fields).await.is(303);
    hase.get(&format!("{body}/members?desk={pharmacy}")).await.is(200);
    let fields = [("desk", pharmacy.as_str()), ("title", "member"), ("from", "R8.4.1")];
    hase.post(&format!("{body}/members"), &fields).await.is(422).see("人を選ぶか、名前を書いて");
    let fields =
        [("desk", pharmacy.as_str()), ("name", "薬剤師 白石"), ("title", "member"), ("from", "R8.4.1")];
    hase.post(&format!("{body}/members"), &fields).await.is(303);
    hase.get(&body).await.see("会長").see("薬剤師 白石");

    // A general subject holds nobody.
    let general = |subject: &'static str| {
        [
            ("body", id_of(&body).to_owned()),
            ("subject", subject.to_owned()),
            ("priority", "normal".to_owned()),
        ]
    };
    hase.get("/sessions/propose").await.is(200);
    for (subject, answer) in
        [("青木 ハルの通院の足", 422), ("090-1234-5678 のこと", 422), ("移動の足の確保", 303)]
    {
        // 長谷's desk has recorded nobody: a name with a title is what the checker can tell.
        let subject = if subject.starts_with("青木") { "青木さんの通院の足" } else { subject };
        let fields = general(subject);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        hase.post("/sessions/propose", &fields).await.is(answer);
    }
    let session =
        plan(&mut hase, &body, "書面 地域ケア会議", "R8.12.9", &[("writing", "1"), ("place", "")]).await;
    let page = hase.get(&session).await;
    let place = page.forms().into_iter().find(|f| f.action.ends_with("/place")).unwrap().action;
    hase.post(&place, &[]).await.is(303);
    hase.get(&session).await.see("移動の足の確保");
    hase.post(&format!("{session}/invite"), &[]).await.is(303);
    hase.get("/").await.see("招集への返事をきいて書きとめる");

    // 書面会議: each answers each item.
    let mut kinoshita = app.sign_in("kinoshita").await;
    let invitation = kinoshita.get("/sessions").await.link("書面 地域ケア会議");
    let page = kinoshita.get(&invitation).await;
    page.is(200).see("移動の足の確保").see("承認");
    let vote = page.body.split("name=\"vote-").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let (vote, comment) = (format!("vote-{vote}"), format!("comment-{vote}"));
    let fields =
        [("reply", "writing"), (vote.as_str(), "approve"), (comment.as_str(), "佐藤さんのときも同じでした")];
    kinoshita.post(&invitation, &fields).await.is(422).see("だれのことか");
    let fields =
        [("reply", "writing"), (vote.as_str(), "approve"), (comment.as_str(), "巡回の便があるとよい")];
    kinoshita.post(&invitation, &fields).await.is(303);
    // The partner's answer is written down as it was told.
    let page = hase.get(&session).await;
    let row = page.body.split("<tr>").find(|r| r.contains("薬剤師 白石")).unwrap();
    let behalf = row.split("href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    hase.get(&behalf).await.is(200).see("どうやって聞きましたか");
    let fields = [("reply", "writing"), (vote.as_str(), "remark")];
    hase.post(&behalf, &fields).await.is(422).see("どうやって聞");
    let fields =
        [("reply", "writing"), (vote.as_str(), "remark"), ("told_by", "phone"), ("received", "R8.11.20")];
    hase.post(&behalf, &fields).await.is(303);
    hase.get(&session).await.see("承認").see("意見あり").see("巡回の便があるとよい").see("電話");
    hase.get("/").await.not_see("招集への返事をきいて書きとめる");
    kinoshita.get(&behalf).await.is(404);

    // A term that ends takes the list away, at the next request.
    let page = hase.get(&body).await;
    let member = page.form(&format!("{body}/leave")).value("member");
    hase.post(&format!("{body}/leave"), &[("member", member.as_str())]).await.is(303);
    kinoshita.get(&body).await.is(200).see("前の構成員");
    // What they were invited to by name stays theirs; what comes after does not.
    plan(&mut hase, &body, "第9回 地域ケア会議", "R8.12.16", &[]).await;
    kinoshita.get("/sessions").await.see("書面 地域ケア会議").not_see("第9回");
});

story!(who_is_no_member_sees_nothing_of_an_item, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter) = raised(app, &mut sano, &mut hase).await;
    pledge(&mut sano, &matter).await;
    pledge(&mut hase, &matter).await;
    // 三枝 is a member who has not pledged, 野口 one who has and is replaced, 今井 is invited and none at all.
    join(app, &mut hase, &matter, ("noguchi", "ikiiki"), "").await;
    let mut noguchi = app.sign_in("noguchi").await;
    pledge(&mut noguchi, &matter).await;
    join(app, &mut hase, &matter, ("mieda", "ikiiki"), "").await;
    let body = found(app, &mut hase, "支援会議", &["support_conference"], "").await;
    let session = plan(&mut hase, &body, "第1回 支援会議", "R8.12.9", &[]).await;
    let lead = app.town.desk("hokubu").to_string();
    let shakyo = app.town.desk("shakyo").to_string();
    let from = format!("matter={}", id_of(&matter));
    let fields = [("initiator", lead.as_str()), ("sections", shakyo.as_str())];
    let item = at(&propose(&mut sano, &from, (&body, "support_conference"), &fields).await);
    hase.get(&item).await;
    hase.post(&format!("/sessions/items/{}/place", id_of(&item)), &[("meeting", id_of(&session))])
        .await
        .is(303);
    hase.get(&session).await;
    hase.post(&format!("{session}/invite"), &[]).await.is(303);
    // Nobody of 社協 sits in the matter: they are called to the session as such.
    hase.get(&session).await;
    let fields = [("desk", shakyo.as_str()), ("name", ""), ("why", "section"), ("obligatory", "")];
    hase.post(&format!("{session}/add"), &fields).await.is(303);
    noguchi.get(&session).await.see("ケース 2026-00001");
    noguchi.get("/matters").await.see("2026-00001");
    // Replaced: at once.
    let page = hase.get(&format!("{matter}/office")).await;
    let at_noguchi =
        page.body.split("<div class=\"stack\" id=\"member-").find(|s| s.contains("野口 あや")).unwrap();
    let member = at_noguchi.split('"').next().unwrap().to_owned();
    let fields = [("member", member.as_str()), ("why", "done")];
    hase.post(&format!("{matter}/leave"), &fields).await.is(303);

    let secrets = ["2026-00001", case.as_str(), id_of(&matter), "青木", "MARK"];
    let mut imai = app.sign_in("imai").await;
    let mut mieda = app.sign_in("mieda").await;
    for (who, name) in [(&mut imai, "imai"), (&mut mieda, "mieda"), (&mut noguchi, "noguchi")] {
        let mut pages =
            vec!["/".to_owned(), "/sessions".to_owned(), session.clone(), item.clone(), body.clone()];
        pages.push(format!("{session}/notice"));
        pages.push("/bodies".to_owned());
        pages.push("/flow/sessions".to_owned());
        pages.push("/sessions/guide?touch=no&consent=no&purpose=share".to_owned());
        let list = who.get("/sessions").await;
        pages.extend(
            list.body
                .split("href=\"")
                .skip(1)
                .map(|s| s.split('"').next().unwrap().to_owned())
                .filter(|h| h.starts_with("/sessions/invitations/")),
        );
        for path in &pages {
            let page = who.get(path).await;
            for secret in secrets {
                // A member before the pledge is led to the words of the pledge, by the address of the matter.
                let pledges = name == "mieda" && secret == id_of(&matter);
                assert!(pledges || !page.body.contains(secret), "{name} sees {secret} on {path}");
                assert!(pledges || !page.location().contains(secret), "{name} is led to {secret} by {path}");
            }
        }
        who.get(&session).await.is(200).see("個別の事案 1");
        who.get(&format!("/sessions/propose?{from}")).await.is(404);
        who.get(&format!("/sessions/propose?case={case}")).await.is(404);
    }
    // Before the pledge: which kind of conference, and nothing else; the others not even that.
    mieda.get(&session).await.see("支援会議（社会福祉法）").not_see("主導する窓口").not_see("佐野 健");
    imai.get(&session).await.not_see("支援会議（社会福祉法）").not_see("主導する窓口").not_see("佐野 健");
    noguchi.get(&session).await.not_see("支援会議（社会福祉法）").not_see("主導する窓口");
    // Nobody but the secretariat takes a step, and nobody answers for others.
    for step in ["begin", "conclude", "carry", "earlier"] {
        imai.post(&format!("/sessions/items/{}/{step}", id_of(&item)), &[]).await.is(404);
    }
    for step in ["invite", "hold", "cancel", "remind"] {
        imai.post(&format!("{session}/{step}"), &[("base_version", "1")]).await.is(404);
    }
    imai.get(&format!("{body}/edit")).await.is(404);
    let mut other = app.sign_in("sano").await;
    case_of(app, &mut other, "井上 とし", "べつの家です").await;
});

story!(case_conferences_of_others_and_the_calendar, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "井上 とし", "物忘れがある").await;
    let page = format!("/cases/{case}/conferences");
    sano.get(&page).await.is(200).see("まだ書きとめたケース会議はありません");
    let wrong = [("held", "R8.12.1"), ("decision", "")];
    sano.post(&page, &wrong).await.is(422).see("まだ来ていない日").see("ひらいた窓口を選ぶか");
    let host = app.town.desk("ikiiki").to_string();
    let fields = [
        ("held", "R8.11.19"),
        ("host_desk", host.as_str()),
        ("decision", "受診に付きそうことになった-MARK-OC"),
        ("next", "R8.11.30"),
    ];
    sano.post(&page, &fields).await.goes_to(&format!("{page}?done=outside_noted"));
    sano.get(&page).await.see("MARK-OC").see("辻堂東いきいき");
    // A record of the case like any other, and a promise.
    sano.get(&format!("/cases/{case}/entries")).await.see("MARK-OC");
    sano.get("/calendar?on=2026-11-30").await.is(200).see("令和8年11月").see("次の約束");
    sano.get("/calendar?view=week&on=2026-11-30").await.is(200).see("次の約束").see("2026-00001");
    // Nobody else learns of it, nor of its date.
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get(&page).await.is(404);
    for path in ["/calendar?on=2026-11-30", "/calendar?view=week&on=2026-11-30"] {
        noguchi.get(path).await.is(200).not_see("2026-00001").not_see("MARK");
    }
    // One's own sessions stand there too.
    let mut hase = app.sign_in("hase").await;
    let body = found(app, &mut hase, "重層的支援会議", &["integrated"], "").await;
    let session = plan(&mut hase, &body, "第5回 重層的支援会議", "R8.12.9", &[]).await;
    hase.get("/calendar?on=2026-12-01").await.see("14:00 第5回 重層的支援会議");
    noguchi.get("/calendar?on=2026-12-01").await.not_see("第5回");
    noguchi.get(&session).await.is(404);
    hase.get("/sessions/guide?touch=yes&consent=yes&purpose=plan")
        .await
        .see("この会議です")
        .see("重層的支援会議");
    let page = hase.get("/sessions/guide?touch=no&consent=no&purpose=plan").await;
    page.see("支援会議（社会福祉法）").see("秘密を守る会議で話します").see("包括化推進員が決め");
});

story!(whoever_keeps_meetings_sees_what_they_wait_for_and_not_whom_they_are_about, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter) = raised(app, &mut sano, &mut hase).await;
    pledge(&mut sano, &matter).await;
    pledge(&mut hase, &matter).await;
    let body = found(app, &mut hase, "支援会議", &["support_conference"], "").await;
    let session = plan(&mut hase, &body, "第1回 支援会議", "R8.12.9", &[]).await;
    let lead = app.town.desk("hokubu").to_string();
    let from = format!("matter={}", id_of(&matter));
    let fields = [("initiator", lead.as_str())];
    at(&propose(&mut sano, &from, (&body, "support_conference"), &fields).await);
    // Before there is a seat, nothing of meetings; nor to whoever serves at another desk.
    app.sign_in("mori").await.get("/").await.is(200).not_see("会議をひらく");
    let (today, role) = (Day::new(2026, 11, 21).unwrap(), access::Role::Secretariat);
    app.town.appoint(&app.engine, "mori", "suishin", role, today).await;
    app.town.appoint(&app.engine, "kanri", "ikiiki", role, today).await;
    app.sign_in("kanri").await.get("/").await.see("いまは、会議の仕事はありません");
    let mut mori = app.sign_in("mori").await;
    let page = mori.get("/").await;
    page.see("会議をひらく").see("順番を待つ議題を、回に入れる");
    for secret in ["2026-00001", case.as_str(), id_of(&matter), "青木", "MARK", "会議の事案を進める"]
    {
        page.not_see(secret);
        assert!(!page.body.contains(secret), "{secret} stands on the page of today");
    }
    mori.get(&session).await.is(200).not_see("2026-00001");
    // A colleague who works with people there has it in the ordinary list.
    hase.get("/").await.see("会議をひらく").not_see("会議の仕事");
});
