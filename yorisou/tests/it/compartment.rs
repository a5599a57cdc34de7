//! A confidential conference is a compartment of its own: nobody hears it who has not pledged, nobody learns of it by the way, nobody who is
//! kept out of a family has anything to do with what is said about it, and unfinished minutes are read by whoever writes them.

use crate::conference::{join, pledge, raised};
use crate::decision::with_consent;
use crate::minutes::{begun, held, office, write};
use crate::session::{at, attend, december, found, id_of, plan, propose, step};
use crate::support::{App, Page, Person};

/// The row of somebody invited.
pub fn row(page: &Page, who: &str) -> String {
    let row = page.body.split("<tr>").find(|r| r.contains("<th scope=\"row\">") && r.contains(who));
    row.unwrap_or_else(|| panic!("nobody called {who}:\n{}", page.text()))
        .split("</tr>")
        .next()
        .unwrap()
        .to_owned()
}

/// The field of how somebody invited was there.
pub fn how(page: &Page, who: &str) -> String {
    row(page, who).split("name=\"how-").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

/// An item of a matter on the agenda of a session on 9 December, and everybody is invited; body, session, item.
pub async fn on_agenda(
    app: &App,
    hase: &mut Person,
    matter: &str,
    position: &str,
    more: &[(&str, &str)],
) -> (String, String, String) {
    let body = found(app, hase, "重層的支援会議", &["support_conference", "integrated"], "").await;
    let session = plan(hase, &body, "第5回 重層的支援会議", "R8.12.9", &[]).await;
    let from = format!("matter={}", id_of(matter));
    let item = at(&propose(hase, &from, (&body, position), more).await);
    hase.get(&item).await;
    hase.post(&format!("/sessions/items/{}/place", id_of(&item)), &[("meeting", id_of(&session))])
        .await
        .is(303);
    hase.get(&session).await;
    hase.post(&format!("{session}/invite"), &[]).await.is(303);
    (body, session, item)
}

story!(nobody_hears_a_confidential_item_before_the_pledge_or_for_another, |app| async {
    let h = begun(app, &[]).await;
    app.clock.set(december(9, 15));
    let (mut hase, mut sano) = (app.sign_in("hase").await, app.sign_in("sano").await);
    step(&mut hase, &h.session, &h.item, "begin", &[]).await.is(303);
    let page = hase.get(&h.session).await;
    let unpledged = row(&page, "三枝 直人");
    assert!(unpledged.contains("誓約がまだ") && unpledged.contains("value=\"absent\""), "{unpledged}");
    assert!(
        !unpledged.contains("value=\"room\"") && !unpledged.contains("value=\"observer\""),
        "{unpledged}"
    );
    // Not by a form that no page offered either, and nobody instead of a member who has pledged.
    for (who, way, why) in [
        ("三枝 直人", "room", "誓約した構成員だけ"),
        ("三枝 直人", "public", "誓約した構成員だけ"),
        ("佐野 健", "substitute", "代わりの人は出られません"),
    ] {
        let page = hase.get(&h.session).await;
        let field = format!("how-{}", how(&page, who));
        hase.post(&format!("{}/attend", h.session), &[(field.as_str(), way)]).await.is(422).see(why);
    }
    let page = hase.get(&format!("{}/office", h.matter)).await;
    let place =
        page.body.split("<div class=\"stack\" id=\"member-").find(|s| s.contains("三枝 直人")).unwrap();
    let member = place.split('"').next().unwrap().to_owned();
    for (way, answer) in [("room", 422), ("substitute", 422), ("absent", 303)] {
        hase.get(&format!("{}/office", h.matter)).await;
        let fields = [("member", member.as_str()), ("on", "R8.12.9"), ("way", way), ("told_by", "")];
        hase.post(&format!("{}/present", h.matter), &fields).await.is(answer);
    }
    // Whoever has pledged answers that somebody else comes: not to this item.
    let page = sano.get("/sessions").await;
    let invitation = page.link("第5回");
    let page = sano.get(&invitation).await;
    page.see("その議題には、代わりの人は出られません").not_see("「代理が出る」を選ぶと");
    assert!(!page.body.contains("value=\"substitute\""), "{}", page.text());
    let fields = [("reply", "substitute"), ("substitute", "係長 森")];
    sano.post(&invitation, &fields).await.is(422).see("代わりの人は出られません");
    // That they are away is an answer: the secretariat adds somebody else.
    sano.get(&invitation).await;
    sano.post(&invitation, &[("reply", "absent")]).await.is(303);
    // After the pledge they are there.
    let mut mieda = app.sign_in("mieda").await;
    pledge(&mut mieda, &h.matter).await;
    let page = hase.get(&h.session).await;
    let field = format!("how-{}", how(&page, "三枝 直人"));
    hase.post(&format!("{}/attend", h.session), &[(field.as_str(), "room")]).await.is(303);
});

story!(in_confidence_a_section_is_seated_before_it_is_invited, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (_, _, matter) = raised(app, &mut sano, &mut hase).await;
    pledge(&mut sano, &matter).await;
    let (shakyo, lead) = (app.town.desk("shakyo").to_string(), app.town.desk("hokubu").to_string());
    let fields = [("sections", shakyo.as_str()), ("initiator", lead.as_str())];
    let (_, session, item) = on_agenda(app, &mut hase, &matter, "support_conference", &fields).await;
    // 社協 has nobody in the matter: nobody of it is told, and the secretariat adds somebody.
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get("/").await.not_see("会議の招集に答える");
    kinoshita.get(&session).await.is(404);
    hase.get("/").await.see("会議に欠かせない課の人を、事案の構成員に加える");
    hase.get(&format!("{matter}/office"))
        .await
        .see("まだ構成員がいないところ")
        .see("バックアップふじさわ社協");
    join(app, &mut hase, &matter, ("kinoshita", "shakyo"), "").await;
    hase.get("/").await.not_see("会議に欠かせない課の人を");
    hase.get(&session).await.see("事案の構成員が変わりました");
    hase.post(&format!("{session}/invite"), &[]).await.is(303);
    let page = hase.get(&session).await;
    page.not_see("事案の構成員が変わりました");
    assert!(row(&page, "木下 ひろみ").contains("必須"), "{}", page.text());
    kinoshita.get("/").await.see("会議の招集に答える");

    // The provider's coordinator sits there and has not pledged: nothing is concluded in their presence.
    app.clock.set(december(9, 15));
    let mut hase = app.sign_in("hase").await;
    attend(&mut hase, &session, "room", &[]).await;
    step(&mut hase, &session, &item, "begin", &[]).await.is(303);
    step(&mut hase, &session, &item, "conclude", &[]).await.see("構成員として誓約していません");
    pledge(&mut hase, &matter).await;
    // They are noted as there, as a member.
    step(&mut hase, &session, &item, "conclude", &[]).await.see("出席が書きとめられていません");
    attend(&mut hase, &session, "room", &[]).await;
    step(&mut hase, &session, &item, "conclude", &[]).await.is(303);
});

story!(why_an_item_was_dropped_tells_of_no_confidential_conference, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (_, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    join(app, &mut hase, &matter, ("kinoshita", "shakyo"), "").await;
    let (_, session, item) = on_agenda(app, &mut hase, &matter, "integrated", &[]).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&session).await.is(200).see("2026-00001");
    step(&mut hase, &session, &item, "drop", &[("why", "to_confidential")]).await.is(303);
    for who in [&mut kinoshita, &mut sano, &mut hase] {
        let page = who.get(&session).await;
        page.not_see("秘密を守る会議に移").not_see("支援会議に移");
        who.get("/").await.not_see("秘密を守る会議に移");
        who.get("/sessions/after").await.not_see("秘密を守る会議に移");
    }
    // Whoever runs the session is told that it goes on in another way; whom nothing ties to it any more finds no session.
    hase.get(&session).await.is(200).see("割愛").see("ほかの形で続ける");
});

story!(whoever_is_kept_out_of_a_family_neither_answers_nor_votes_about_it, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    let shakyo = app.town.desk("shakyo").to_string();
    let (_, session, _) = on_agenda(app, &mut hase, &matter, "integrated", &[("sections", &shakyo)]).await;
    let mut oda = app.sign_in("oda").await;
    oda.get("/").await.see("会議の招集に答える");
    let invitation = oda.get("/sessions").await.link("第5回");
    oda.get(&invitation).await.is(200).see("個別の事案 1");
    app.keep_out(&case, "oda").await;
    oda.get("/").await.is(200).not_see("会議の招集に答える");
    oda.get("/sessions").await.is(200).not_see("第5回");
    oda.get("/calendar?on=2026-12-01").await.not_see("第5回");
    for path in [&session, &invitation, &format!("{session}/room/view"), &format!("{session}/notice")] {
        oda.get(path).await.is(404);
    }
    for fields in
        [[("reply", "absent"), ("base_version", "1")], [("reply", "attends"), ("base_version", "1")]]
    {
        oda.post(&invitation, &fields).await.is(404);
    }
    // Their colleague answers.
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&invitation).await.is(200);
    kinoshita.post(&invitation, &[("reply", "attends")]).await.is(303);
    oda.post(&format!("{invitation}/made-up"), &[]).await.is(404);
    // Somebody of the secretariat who is kept out neither writes an answer down.
    app.keep_out(&case, "hase").await;
    hase.get(&invitation).await.is(404);
});

story!(unfinished_minutes_are_not_before_the_members, |app| async {
    const APPROVE: [(&str, &str); 3] = [("how", "chair"), ("on", "R8.12.9"), ("note", "")];
    let h = begun(app, &[]).await;
    app.clock.set(december(9, 15));
    let (mut hase, mut sano) = (app.sign_in("hase").await, app.sign_in("sano").await);
    write(&mut hase, &h.session, id_of(&h.item), "⇒週1回の見守りを続ける。MARK-MIN").await.is(303);
    held(app, &mut hase, &h).await;
    // Whoever writes them reads them on the page of the matter as well; the other members when they go round.
    sano.get(&h.matter).await.is(200).not_see("MARK-MIN");
    hase.get(&h.matter).await.is(200).see("MARK-MIN");
    office(&mut hase, &h.session, "send-out", &[("until", "R8.12.25")]).await.is(303);
    sano.get(&h.matter).await.see("MARK-MIN");
    office(&mut hase, &h.session, "take-back", &[]).await.is(303);
    sano.get(&h.matter).await.not_see("MARK-MIN");
    office(&mut hase, &h.session, "approve", &APPROVE).await.is(303);
    sano.get(&h.matter).await.see("MARK-MIN");
    office(&mut hase, &h.session, "correct", &[]).await.is(303);
    write(&mut hase, &h.session, id_of(&h.item), "⇒MARK-HALF 試し書き").await.is(303);
    sano.get(&h.matter).await.see("MARK-MIN").not_see("MARK-HALF");
    // Nor do they remain with them when the matter ends before anybody approved them.
    hase.get(&format!("{}/office", h.matter)).await;
    hase.post(&format!("{}/close", h.matter), &[("outcome", "settled"), ("sure", "yes")]).await.is(303);
    sano.get(&h.matter).await.see("MARK-MIN").not_see("MARK-HALF");
});
