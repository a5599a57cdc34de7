//! What came out of a session reaches nobody who may not know it: homework, questions, notices, letters; and nothing typed in the room is lost
//! or written twice.

use access::{Right, Role, System};
use engine::Origin;
use words::Day;

use crate::after::{in_confidence, talked_over};
use crate::inquiry::partner;
use crate::session::{attend, december, id_of};
use crate::support::{App, Person};

/// The case of a matter.
async fn case_of(app: &App, matter: &str) -> String {
    let m = app.town.municipality;
    let begun = app.engine.system_act(System::Console, m, Origin::Console, "story.case", &m).await;
    let mut act = begun.unwrap();
    let id: words::id::MatterId = id_of(matter).parse().unwrap();
    let sql = "SELECT case_id FROM matter WHERE municipality_id = $1 AND id = $2";
    let row = act.facts().unwrap().one(sql, engine::args![m, id]).await.unwrap();
    let case: words::id::CaseId = row.get("case_id").unwrap();
    case.to_string()
}

/// How many notices wait at the invitations of a desk.
async fn notices(app: &App, desk: &str) -> i64 {
    let m = app.town.municipality;
    let begun = app.engine.system_act(System::Console, m, Origin::Console, "story.count", &m).await;
    let mut act = begun.unwrap();
    let sql = "SELECT COUNT(*) AS n FROM item_notice n JOIN invitee i ON i.municipality_id = n.municipality_id \
               AND i.id = n.invitee_id WHERE n.municipality_id = $1 AND i.desk_id = $2";
    let row = act.facts().unwrap().one(sql, engine::args![m, app.town.desk(desk)]).await.unwrap();
    row.get("n").unwrap()
}

/// Somebody asks what became of an item; the address of the question, as the desk that was asked finds it.
async fn ask(who: &mut Person, item: &str, asked: &mut Person) -> String {
    who.get("/sessions/after").await.is(200);
    who.post(&format!("/sessions/after/{}/ask", id_of(item)), &[]).await.is(303);
    let page = asked.get("/").await;
    page.see("その後を聞かれた");
    let id = page.body.split("href=\"/sessions/after/questions/").nth(1).unwrap().split('"').next().unwrap();
    format!("/sessions/after/questions/{id}")
}

story!(whoever_is_kept_out_of_a_family_finds_no_homework_about_it, |app| async {
    let (session, item, matter) = in_confidence(app).await;
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let page = sano.get(&session).await;
    let both = [page.link("MARK-H"), page.link("MARK-I")];
    let question = ask(&mut hase, &item, &mut sano).await;
    // 小田 works at the desk that was asked, and is no member.
    let day = Day::new(2026, 12, 9).unwrap();
    app.town.appoint(&app.engine, "oda", "hokubu", Role::Caseworker, day).await;
    let mut oda = app.sign_in("oda").await;
    oda.get(&both[1]).await.is(200).see("事案の構成員だけが見られます").not_see("MARK-I");
    oda.get(&question).await.is(200).not_see("2026-00001");
    oda.get("/").await.see("会議の宿題をする").see("その後を聞かれた");
    app.keep_out(&case_of(app, &matter).await, "oda").await;
    // Not even the bare promise stands on their list, in their calendar, or under its own address.
    for path in ["/", "/calendar?on=2026-12-14", "/calendar?view=week&on=2026-12-14", "/nobody"] {
        let page = oda.get(path).await;
        page.not_see("会議の宿題をする").not_see("その後を聞かれた").not_see("/sessions/homework/");
    }
    let list = sano.get("/").await;
    let mut absent = 0;
    for id in list.body.split("href=\"/tasks/").skip(1).map(|s| s.split(['"', '/']).next().unwrap()) {
        let page = sano.get(&format!("/tasks/{id}")).await.text();
        if page.contains("会議の宿題をする") || page.contains("その後を聞かれた") {
            oda.get(&format!("/tasks/{id}")).await.is(404);
            absent += 1;
        }
    }
    assert!(absent >= 2, "homework and the question stand on the desk's list");
    for path in &both {
        oda.get(path).await.is(404);
        for step in ["done", "drop"] {
            oda.post(&format!("{path}/{step}"), &[("base_version", "1")]).await.is(404);
        }
    }
    oda.get(&question).await.is(404);
    for fields in [[("answer", "ことば"), ("base_version", "1")], [("in_vain", "1"), ("base_version", "1")]]
    {
        oda.post(&question, &fields).await.is(404);
    }
    // Everything is still to be done.
    sano.get("/sessions/after").await.see("2件のうち0件");
    sano.get("/").await.see("その後を聞かれた");
});

story!(a_session_stands_on_the_timeline_for_its_members_alone, |app| async {
    let (_, _, matter) = in_confidence(app).await;
    let at = format!("/cases/{}/timeline", case_of(app, &matter).await);
    let mut sano = app.sign_in("sano").await;
    sano.get(&at).await.is(200).see("第1回 支援会議で話しあった");
    sano.get(&format!("{at}?kind=session")).await.see("第1回 支援会議で話しあった");
    sano.get(&format!("{at}?print=1")).await.is(200).not_see("第1回 支援会議");
    // A colleague who works on the case and is no member.
    let day = Day::new(2026, 12, 9).unwrap();
    app.town.appoint(&app.engine, "oda", "hokubu", Role::Caseworker, day).await;
    let mut oda = app.sign_in("oda").await;
    oda.get(&at).await.is(200).not_see("第1回 支援会議");
});

story!(nothing_said_in_confidence_goes_on_a_letter, |app| async {
    let (session, item, matter) = in_confidence(app).await;
    let mut hase = app.sign_in("hase").await;
    // A partner without a login is written down as a member and as there; it has not pledged.
    let desk = partner(app).await;
    hase.get(&format!("{matter}/office?desk={desk}")).await.is(200);
    let fields = [("desk", desk.as_str()), ("name", "薬剤師 星")];
    hase.post(&format!("{matter}/join"), &fields).await.is(303);
    hase.get(&session).await;
    let fields = [("desk", desk.as_str()), ("name", "薬剤師 星"), ("why", "section"), ("obligatory", "")];
    hase.post(&format!("{session}/add"), &fields).await.is(303);
    attend(&mut hase, &session, "room", &[]).await;
    let page = hase.get(&session).await;
    let row = page.body.split("<tr>").find(|r| r.contains("薬剤師 星") && r.contains("name=\"how-")).unwrap();
    let guest = row.split("name=\"how-").nth(1).unwrap().split('"').next().unwrap().to_owned();
    session::digest(&app.engine, app.town.municipality).await.unwrap();

    let page = hase.get("/sessions/after").await;
    page.see("秘密を守る会議のことは、紙にしません").not_see("薬剤師 星");
    assert!(!page.body.contains("/letter?"), "{}", page.text());
    let letter = format!("/sessions/after/{}/letter?who={guest}", id_of(&item));
    hase.get(&letter).await.is(404);
    let fields = [("who", guest.as_str()), ("told_by", "letter")];
    hase.post(&format!("/sessions/after/{}/told", id_of(&item)), &fields).await.is(404);
});

story!(nobody_is_told_of_an_item_they_may_not_know, |app| async {
    let (_, item, matter) = in_confidence(app).await;
    let m = app.town.municipality;
    let case = case_of(app, &matter).await;
    app.keep_out(&case, "sano").await;
    session::digest(&app.engine, m).await.unwrap();
    // A member who is kept out of the family hears nothing; the others do.
    assert_eq!(notices(app, "hokubu").await, 0);
    assert!(notices(app, "suishin").await > 0);
    app.sign_in("sano").await.get("/").await.not_see("会議のその後を見る");

    // The same item with a case and no matter: 社協 and いきいき sat there and have no part in the case.
    let begun = app.engine.system_act(System::Console, m, Origin::Console, "story.no_matter", &m).await;
    let mut act = begun.unwrap();
    let sql = "UPDATE agenda_item SET matter_id = NULL, confidential = FALSE, case_id = $3 \
               WHERE municipality_id = $1 AND id = $2";
    let item: words::id::AgendaItemId = id_of(&item).parse().unwrap();
    let case: words::id::CaseId = case.parse().unwrap();
    let args = engine::args![m, item, case];
    act.save(&Right::system(System::Console)).unwrap().exec(sql, args).await.unwrap();
    act.commit("").await.unwrap();
    session::digest(&app.engine, m).await.unwrap();
    for desk in ["hokubu", "shakyo", "ikiiki"] {
        assert_eq!(notices(app, desk).await, 0, "{desk}");
    }
    for name in ["imai", "mieda"] {
        app.sign_in(name).await.get("/").await.not_see("会議のその後を見る");
    }
});

story!(homework_of_a_confidential_item_goes_to_pledged_members_only, |app| async {
    let (session, item, _) = in_confidence(app).await;
    let mut hase = app.sign_in("hase").await;
    let path = format!("/sessions/items/{}/homework", id_of(&item));
    let page = hase.get(&path).await;
    page.is(200)
        .see("佐野 健")
        .not_see("三枝 直人")
        .not_see("バックアップふじさわ社協")
        .not_see("辻堂東いきいき");
    let room = hase.get(&format!("{session}/room")).await;
    let takers = room.body.split("name=\"who\"").nth(1).unwrap().split("</select>").next().unwrap();
    assert!(takers.contains("佐野 健") && !takers.contains("三枝 直人"), "{takers}");
    // 今井 was invited and is no member, 三枝 has not pledged: neither by their desk nor by their invitation.
    let page = hase.get(&session).await;
    let row = page.body.split("<tr>").find(|r| r.contains("三枝 直人") && r.contains("name=\"how-")).unwrap();
    let mieda = format!("i-{}", row.split("name=\"how-").nth(1).unwrap().split('"').next().unwrap());
    let (shakyo, ikiiki) = (app.town.desk("shakyo").to_string(), app.town.desk("ikiiki").to_string());
    for whose in [("desk", shakyo.as_str()), ("desk", ikiiki.as_str()), ("who", mieda.as_str())] {
        hase.get(&path).await;
        let fields = [("what", "ひとつ頼む-MARK-Z"), whose, ("due", "R8.12.14")];
        hase.post(&path, &fields).await.is(422).see("誓約した構成員").see("MARK-Z");
    }
    hase.get(&session).await.not_see("MARK-Z");
});

story!(a_question_that_nobody_can_answer_ends, |app| async {
    let (_, item, matter) = in_confidence(app).await;
    let mut hase = app.sign_in("hase").await;
    // The desk that takes the initiative has nobody in the matter any more: its secretariat is asked.
    let page = hase.get(&format!("{matter}/office")).await;
    let gone = page.body.split("<div class=\"stack\" id=\"member-").find(|s| s.contains("佐野 健")).unwrap();
    let member = gone.split('"').next().unwrap().to_owned();
    hase.post(&format!("{matter}/leave"), &[("member", member.as_str()), ("why", "done")]).await.is(303);
    let mut asked = app.sign_in("hase").await;
    let question = ask(&mut hase, &item, &mut asked).await;
    hase.get(&question).await.is(200).see("答えられないとき");
    hase.post(&question, &[("in_vain", "1")]).await.is(303);
    hase.get("/").await.not_see("その後を聞かれた");
    hase.get(&question).await.see("この問いは、もう終わっています").not_see("答えられないとき");
    hase.post(&question, &[("in_vain", "1"), ("base_version", "1")]).await.see("もう終わっています");
    // Whoever asked is told so, and can ask again.
    hase.get("/sessions/after").await.see("いまは答えられないとのことです").see("どうなったか聞く");
    ask(&mut hase, &item, &mut asked).await;
});

story!(attendance_noted_from_an_older_page_overwrites_nothing, |app| async {
    let mut hase = app.sign_in("hase").await;
    let (_, session, _) = talked_over(app, &mut hase).await;
    app.clock.set(december(9, 14));
    let (room, path) = (format!("{session}/room"), format!("{session}/room/step/attend"));
    let (mut first, mut second) = (app.sign_in("hase").await, app.sign_in("hase").await);
    let (mut third, mut fourth) = (app.sign_in("hase").await, app.sign_in("hase").await);
    for tab in [&mut first, &mut second, &mut third] {
        tab.get(&room).await.is(200);
    }
    let page = fourth.get(&room).await;
    let old = page.form(&path).hidden;
    let names = page.body.split("name=\"how-").skip(1);
    let names: Vec<String> = names.map(|s| format!("how-{}", s.split('"').next().unwrap())).collect();
    let (one, two) = (names[0].as_str(), names[1].as_str());
    first.post(&path, &[(one, "room"), (two, "")]).await.is(303);
    // Another row from an older page: both stand.
    second.post(&path, &[(one, ""), (two, "online")]).await.is(303);
    let chosen = |way: &str| format!("value=\"{way}\" selected");
    let page = first.get(&session).await;
    assert!(page.body.contains(&chosen("room")) && page.body.contains(&chosen("online")), "{}", page.text());
    // The same row: what was chosen stands there again, and is written once it was looked at.
    let page = third.post(&path, &[(one, "absent"), (two, "")]).await;
    page.is(409).see("出席が、ほかの人と食いちがっています").see("会場").see("欠席");
    assert!(
        page.body.contains(&chosen("absent")) && !page.body.contains(&chosen("online")),
        "{}",
        page.text()
    );
    // To the script it is a conflict.
    let mut fields: Vec<(&str, &str)> = old.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.extend([(one, "late"), (two, "")]);
    let origin = format!("http://{}", fourth.host());
    let headers = [("origin", origin.as_str()), ("x-requested-with", "draft")];
    let said = fourth.post_with(&path, &fields, &headers).await;
    assert_eq!((said.status, said.body.contains("conflict")), (409, true));
    // Chosen again over what was seen; what was noted about somebody else in the same form went along and is not lost.
    third.page = page;
    third.post(&path, &[(one, "absent")]).await.is(303);
    let page = first.get(&session).await;
    assert!(page.body.contains(&chosen("absent")) && !page.body.contains(&chosen("room")), "{}", page.text());
    // Two in the same moment: one stands, the other is told.
    let (mut fifth, mut sixth) = (app.sign_in("hase").await, app.sign_in("hase").await);
    fifth.get(&room).await;
    sixth.get(&room).await;
    let (late, early) = ([(one, "late")], [(one, "left_early")]);
    let (a, b) = tokio::join!(fifth.post(&path, &late), sixth.post(&path, &early));
    let mut said = [a.status, b.status];
    said.sort_unstable();
    assert_eq!(said, [303, 409], "{}\n{}", a.text(), b.text());
});
