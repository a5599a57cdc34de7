//! Whom a session calls, and what becomes of it: the person themselves, answers in writing, another day, attendance corrected afterwards,
//! members who change.

use crate::after::{general, place, talked_over};
use crate::compartment::{how, on_agenda, row};
use crate::conference::join;
use crate::decision::with_consent;
use crate::inquiry::partner;
use crate::minutes::{begun, held, office, write};
use crate::minutes_words::agreed;
use crate::referral::case_of;
use crate::session::{at, attend, december, found, id_of, plan, propose, step};

const APPROVE: [(&str, &str); 3] = [("how", "chair"), ("on", "R8.12.9"), ("note", "")];

story!(the_person_comes_to_their_own_conference_without_a_name, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (_, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    let (_, session, item) = on_agenda(app, &mut hase, &matter, "integrated", &[]).await;
    let shakyo = app.town.desk("shakyo").to_string();
    hase.get(&session).await.see("本人・家族を招く");
    let fields =
        [("desk", shakyo.as_str()), ("name", "MARK-GUEST 花子"), ("why", "guest"), ("obligatory", "")];
    hase.post(&format!("{session}/add"), &fields).await.is(303);
    let own = format!("/sessions/items/{}/own", id_of(&item));
    hase.get(&session).await;
    hase.post(&own, &[("person", "invited"), ("family", "invited"), ("companion", "")]).await.is(303);
    hase.get(&session).await.see("本人").see("招いた");
    hase.post(&own, &[("person", "room")]).await.see("まだ会議の日ではありません");
    app.clock.set(december(9, 15));
    let (mut hase, mut kinoshita) = (app.sign_in("hase").await, app.sign_in("kinoshita").await);
    hase.get(&session).await;
    hase.post(&own, &[("person", "room"), ("family", "absent"), ("companion", "")]).await.is(303);
    app.sign_in("sano").await.get(&session).await.see("会場で出た").see("来られなかった");
    // Whoever may not know whose item it is does not learn that they came.
    kinoshita.get(&session).await.is(200).see("個別の事案 1").not_see("会場で出た").not_see("来られなかった");
    kinoshita.post(&own, &[("person", "room")]).await.is(404);
    attend(&mut hase, &session, "room", &[]).await;
    step(&mut hase, &session, &item, "begin", &[]).await.is(303);
    step(&mut hase, &session, &item, "conclude", &[]).await.is(303);
    hase.get(&session).await;
    hase.post(&format!("{session}/hold"), &[]).await.is(303);
    let minutes = format!("{session}/minutes");
    hase.get(&minutes).await.see("会場で出た");
    office(&mut hase, &session, "approve", &APPROVE).await.is(303);
    for path in [format!("{minutes}/print"), format!("{minutes}/public")] {
        hase.get(&path).await.is(200).not_see("会場で出た").not_see("来られなかった");
    }
    // A name that somebody typed is on the page of those who were invited, and not in public.
    hase.get(&session).await.see("MARK-GUEST");
    hase.get(&format!("{minutes}/public")).await.see("バックアップふじさわ社協").not_see("MARK-GUEST");
});

story!(nobody_of_the_records_is_a_guest_and_nobody_is_told_of_what_is_said_in_confidence, |app| async {
    let h = begun(app, &[]).await;
    let mut hase = app.sign_in("hase").await;
    case_of(app, &mut hase, "森本 はな", "家のことを相談したい").await;
    hase.get(&h.session).await;
    let desk = app.town.desk("jidokan").to_string();
    let fields = [("desk", desk.as_str()), ("name", "森本 はな"), ("why", "guest"), ("obligatory", "")];
    hase.post(&format!("{}/add", h.session), &fields).await.is(422).see("窓口の記録にある人の名前です");
    hase.get(&h.session).await.not_see("本人・家族を招く</summary>");
    let own = format!("/sessions/items/{}/own", id_of(&h.item));
    let fields = [("back", id_of(&h.session)), ("person", "invited")];
    hase.post(&own, &fields).await.see("同意による会議の議題だけ");
    hase.get(&h.session).await.not_see("招いた ");
});

story!(attendance_is_corrected_until_the_minutes_are_approved, |app| async {
    let mut hase = app.sign_in("hase").await;
    let (_, session, item) = talked_over(app, &mut hase).await;
    let desk = app.town.desk("shakyo").to_string();
    hase.get(&session).await;
    let fields = [("desk", desk.as_str()), ("name", ""), ("why", "section"), ("obligatory", "1")];
    hase.post(&format!("{session}/add"), &fields).await.is(303);
    app.clock.set(december(9, 15));
    let (mut hase, mut kinoshita) = (app.sign_in("hase").await, app.sign_in("kinoshita").await);
    attend(&mut hase, &session, "room", &[("バックアップふじさわ社協", "absent")]).await;
    step(&mut hase, &session, &item, "begin", &[]).await.is(303);
    step(&mut hase, &session, &item, "conclude", &[]).await.is(303);
    hase.get(&session).await;
    hase.post(&format!("{session}/hold"), &[]).await.is(303);
    kinoshita.get("/").await.see("欠席した会議の宿題を出す");
    // They were there online: the note was wrong. What followed from it goes as well.
    let page = hase.get(&session).await;
    page.see("会議録が承認されるまでは、出席を直せます");
    let field = format!("how-{}", how(&page, "バックアップふじさわ社協"));
    hase.post(&format!("{session}/attend"), &[(field.as_str(), "online")]).await.is(303);
    kinoshita.get("/").await.not_see("欠席した会議の宿題を出す");
    hase.get(&session).await.not_see("必須欠席");
    let page = hase.get(&session).await;
    assert!(row(&page, "バックアップふじさわ社協").contains("value=\"online\" selected"), "{}", page.text());
    hase.post(&format!("{session}/attend"), &[(field.as_str(), "absent")]).await.is(303);
    kinoshita.get("/").await.see("欠席した会議の宿題を出す");
    // Approved, it stands; a correction of the minutes opens it again.
    office(&mut hase, &session, "approve", &APPROVE).await.is(303);
    let page = hase.get(&session).await;
    page.not_see("出席を直せます");
    let fields = [(field.as_str(), "room"), ("base_version", "1")];
    hase.post(&format!("{session}/attend"), &fields).await.see("会議録が承認された");
    office(&mut hase, &session, "correct", &[]).await.is(303);
    hase.get(&session).await.see("出席を直せます");
    hase.post(&format!("{session}/attend"), &[(field.as_str(), "room")]).await.is(303);
    kinoshita.get("/").await.not_see("欠席した会議の宿題を出す");
});

story!(who_made_a_conclusion_possible_is_not_corrected_away, |app| async {
    let h = begun(app, &[]).await;
    app.clock.set(december(9, 15));
    let mut hase = app.sign_in("hase").await;
    held(app, &mut hase, &h).await;
    let page = hase.get(&h.session).await;
    // The provider's desk was called, and its coordinator sits in the matter: without both nobody of it was there.
    let of_it = |r: &&str| r.contains("地域共生社会推進室") && r.contains("name=\"how-");
    let name = |r: &str| r.split("name=\"how-").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let fields: Vec<String> =
        page.body.split("<tr>").filter(of_it).map(|r| format!("how-{}", name(r))).collect();
    let absent: Vec<(&str, &str)> = fields.iter().map(|f| (f.as_str(), "absent")).collect();
    hase.post(&format!("{}/attend", h.session), &absent).await.is(422).see("「直すわけ」を選んで");
    hase.get(&h.session).await;
    hase.post(&format!("{}/attend", h.session), &[(fields[0].as_str(), "online")]).await.is(303);
});

story!(another_day_is_asked_about_again_and_a_session_called_off_is_told, |app| async {
    let mut hase = app.sign_in("hase").await;
    let (_, session, _) = talked_over(app, &mut hase).await;
    hase.get(&session).await;
    hase.post(&format!("{session}/invite"), &[]).await.is(303);
    let mut noguchi = app.sign_in("noguchi").await;
    let invitation = noguchi.get("/sessions").await.link("第5回");
    noguchi.get(&invitation).await.not_see("日や場所が変わりました");
    noguchi.post(&invitation, &[("reply", "attends")]).await.is(303);
    noguchi.get("/").await.not_see("会議の招集に答える");
    // The title alone moves nobody.
    let edit = |on: &'static str, place: &'static str, title: &'static str| {
        [
            ("title", title),
            ("on", on),
            ("starts", "14:00"),
            ("ends", "15:30"),
            ("place", place),
            ("answer_by", "R8.12.1"),
        ]
    };
    let path = format!("{session}/edit");
    hase.get(&path).await.see("もう一度たずねます");
    hase.post(&path, &edit("R8.12.9", "本庁舎7階", "第5回 重層的支援会議（改）")).await.is(303);
    noguchi.get("/").await.not_see("会議の招集に答える");
    hase.get(&path).await;
    hase.post(&path, &edit("R8.12.10", "分庁舎2階", "第5回 重層的支援会議")).await.is(303);
    noguchi.get("/").await.see("会議の招集に答える");
    noguchi.get(&session).await.see("日や場所が変わりました").see("返事なし");
    noguchi.get(&invitation).await.see("日や場所が変わりました").see("分庁舎2階");
    noguchi.post(&invitation, &[("reply", "attends")]).await.is(303);
    noguchi.get("/").await.not_see("会議の招集に答える");

    hase.get(&session).await;
    hase.post(&format!("{session}/cancel"), &[]).await.is(303);
    noguchi.get("/").await.see("会議の取りやめを確かめる");
    noguchi.get(&invitation).await.see("取りやめになりました");
    noguchi.post(&format!("{invitation}/cancelled"), &[]).await.is(303);
    noguchi.get("/").await.not_see("会議の取りやめを確かめる");
    noguchi.get(&invitation).await.not_see("取りやめになりました");
    // Of a partner without a login the secretariat tells them.
    let page = hase.get("/").await;
    page.see("会議の取りやめを知らせる");
    let theirs =
        page.body.split("/sessions/invitations/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let theirs = format!("/sessions/invitations/{theirs}");
    hase.get(&theirs).await.see("薬剤師 白石").see("知らせました");
    hase.post(&format!("{theirs}/cancelled"), &[]).await.is(303);
    hase.get("/").await.not_see("会議の取りやめを知らせる");
    app.sign_in("kinoshita").await.post(&format!("{invitation}/cancelled"), &[]).await.is(404);
});

story!(who_is_replaced_is_not_expected_and_who_comes_is_called, |app| async {
    // 野口 was invited as a member of the matter and left it.
    let h = begun(app, &[]).await;
    let (mut hase, mut noguchi) = (app.sign_in("hase").await, app.sign_in("noguchi").await);
    noguchi.get("/").await.see("会議の招集に答える");
    let page = hase.get(&h.session).await;
    page.see("事案の構成員が変わりました");
    row(&page, "野口 あや");
    hase.post(&format!("{}/invite", h.session), &[]).await.is(303);
    hase.get(&h.session).await.not_see("事案の構成員が変わりました").not_see("野口 あや");
    noguchi.get("/").await.not_see("会議の招集に答える");
    noguchi.get(&h.session).await.is(404);
    // Whoever takes a place is called by the next press, and whoever leaves before the end owes nothing for it.
    join(app, &mut hase, &h.matter, ("kinoshita", "shakyo"), "").await;
    hase.get(&h.session).await;
    hase.post(&format!("{}/invite", h.session), &[]).await.is(303);
    row(&hase.get(&h.session).await, "木下 ひろみ");
});

story!(a_written_session_has_a_place_for_what_is_said_about_a_case, |app| async {
    let mut hase = app.sign_in("hase").await;
    let (_, matter) = agreed(app).await;
    let pharmacy = partner(app).await;
    let body = found(app, &mut hase, "重層的支援会議", &["integrated"], "").await;
    let more = [("writing", "1"), ("place", "")];
    let session = plan(&mut hase, &body, "書面 重層的支援会議", "R8.12.9", &more).await;
    let from = format!("matter={}", id_of(&matter));
    let item = at(&propose(&mut hase, &from, (&body, "integrated"), &[]).await);
    place(&mut hase, &item, &session).await;
    let subject = general(&mut hase, &body, &session, "巡回の便について").await;
    hase.get(&session).await;
    hase.post(&format!("{session}/invite"), &[]).await.is(303);
    hase.get(&session).await;
    let fields =
        [("desk", pharmacy.as_str()), ("name", "薬剤師 白石"), ("why", "observer"), ("obligatory", "")];
    hase.post(&format!("{session}/add"), &fields).await.is(303);
    let mut kinoshita = app.sign_in("kinoshita").await;
    let invitation = kinoshita.get("/sessions").await.link("書面");
    let (vote, comment) = (format!("vote-{}", id_of(&item)), format!("comment-{}", id_of(&item)));
    // 木下 is called to the item of her matter alone: there is a place for what she thinks, and an answer is one to each item.
    let page = kinoshita.get(&invitation).await;
    page.is(200).see("承認").see(&comment).not_see(&format!("vote-{}", id_of(&subject)));
    kinoshita.post(&invitation, &[("reply", "writing")]).await.is(422).see("どの議題にも答えて");
    let fields =
        [("reply", "writing"), (vote.as_str(), "object"), (comment.as_str(), "青木さんは週1回がよい-MARK-W")];
    kinoshita.get(&invitation).await;
    kinoshita.post(&invitation, &fields).await.is(303);
    kinoshita.get(&session).await.see("異議").see("MARK-W");
    // Whoever looks on says nothing to a case, nor anything that would be held for an answer.
    let page = hase.get(&session).await;
    let seat = row(&page, "薬剤師 白石");
    let behalf = seat.split("href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    hase.get(&behalf).await.is(200).not_see("name=\"vote-");
    // Nobody approved it: whoever concludes it says that it is meant so.
    app.clock.set(december(9, 15));
    let mut hase = app.sign_in("hase").await;
    attend(&mut hase, &session, "writing", &[]).await;
    step(&mut hase, &session, &item, "begin", &[]).await.is(303);
    hase.get(&session).await.see("承認がなくても終わったことにする");
    step(&mut hase, &session, &item, "conclude", &[]).await.see("承認がひとつもありません");
    step(&mut hase, &session, &item, "conclude", &[("meant", "1")]).await.is(303);
    write(&mut hase, &session, id_of(&subject), "⇒了承").await.is(303);
});
