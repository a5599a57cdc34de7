//! Whoever is called to a session more than once stands in its list once: one answer, one attendance, what is otherwise beneath.

use crate::after::{in_confidence, talked_over};
use crate::session::{attend, december, id_of, step};
use crate::support::{Page, Person};

/// The rows of the list that say this.
fn rows<'p>(page: &'p Page, who: &str) -> Vec<&'p str> {
    let all = page.body.split("<tr>").skip(1).map(|r| r.split("</tr>").next().unwrap());
    all.filter(|r| r.contains(who)).collect()
}

/// The invitations a row holds, the first one first.
fn invitations(row: &str) -> Vec<&str> {
    row.split("name=\"how-").skip(1).map(|r| r.split('"').next().unwrap()).collect()
}

async fn invite(hase: &mut Person, session: &str) -> Page {
    hase.get(session).await;
    hase.post(&format!("{session}/invite"), &[]).await
}

story!(whoever_is_called_twice_stands_in_the_list_once, |app| async {
    let (session, ..) = in_confidence(app).await;
    let mut hase = app.sign_in("hase").await;
    let page = hase.get(&session).await;
    let body =
        format!("/bodies/{}", page.body.split("href=\"/bodies/").nth(1).unwrap().split('"').next().unwrap());
    // A member of the matter becomes a fixed member of the body as well.
    let desk = app.town.desk("hokubu").to_string();
    let seat = app.town.appointment("sano", "hokubu").to_string();
    hase.get(&format!("{body}/members?desk={desk}")).await.is(200);
    let fields =
        [("desk", desk.as_str()), ("appointment", seat.as_str()), ("title", "member"), ("from", "R8.4.1")];
    hase.post(&format!("{body}/members"), &fields).await.is(303);
    invite(&mut hase, &session).await.goes_to(&format!("{session}?done=session_invited"));
    // Nobody new: it is said.
    let page = invite(&mut hase, &session).await;
    page.goes_to(&format!("{session}?done=session_invited_nobody"));
    hase.get(page.location()).await.see("新しく招く人はいませんでした");

    let page = hase.get(&session).await;
    let found = rows(&page, "佐野 健");
    assert_eq!(found.len(), 1, "{}", page.text());
    assert!(found[0].contains("固定の構成員") && found[0].contains("議題1だけ"), "{}", found[0]);
    let both: Vec<String> = invitations(found[0]).into_iter().map(|id| format!("how-{id}")).collect();
    assert_eq!(both.len(), 2);
    // Whoever may not know the item sees them once as well, and nothing of it.
    let mut imai = app.sign_in("imai").await;
    let page = imai.get(&session).await;
    let seen = rows(&page, "佐野 健");
    assert_eq!(seen.len(), 1, "{}", page.text());
    assert!(!seen[0].contains("このケースの課") && !seen[0].contains("議題1"), "{}", seen[0]);
    // What was noted for the item stands; the one choice is for the rest, and for both when it is said so.
    hase.get(&session).await;
    let (one, two) = (both[0].as_str(), both[1].as_str());
    hase.post(&format!("{session}/attend"), &[(one, "late"), (two, "room")]).await.is(303);
    let page = hase.get(&session).await;
    assert!(rows(&page, "佐野 健")[0].contains("value=\"room\" selected"), "{}", page.text());
    hase.post(&format!("{session}/attend"), &[(one, "late"), (two, "")]).await.is(303);
    let page = hase.get(&session).await;
    let row = rows(&page, "佐野 健")[0];
    assert!(!row.contains("value=\"room\" selected"), "{row}");
    let noted = |x: &str| x.split('>').next().unwrap().contains("value=\"late\"");
    assert!(row.split("name=\"was_").skip(1).all(noted), "{row}");
    imai.get(&format!("{session}/room/view")).await.see("遅参").not_see("議題1 ");
});

story!(one_button_notes_everybody_who_is_left_as_in_the_room, |app| async {
    let mut hase = app.sign_in("hase").await;
    let (_, session, _) = talked_over(app, &mut hase).await;
    let desk = app.town.desk("shakyo").to_string();
    hase.get(&session).await;
    let fields = [("desk", desk.as_str()), ("name", ""), ("why", "guest"), ("obligatory", "")];
    hase.post(&format!("{session}/add"), &fields).await.is(303);
    // They say that they will not come.
    let page = hase.get(&session).await;
    let of = invitations(rows(&page, "バックアップふじさわ社協").first().copied().unwrap_or_default());
    assert!(of.is_empty(), "nothing is noted before the day");
    let mut kinoshita = app.sign_in("kinoshita").await;
    let row = rows(&page, "バックアップふじさわ社協")[0];
    let invitation = row.split("/sessions/invitations/").nth(1).unwrap().split('"').next().unwrap();
    let path = format!("/sessions/invitations/{invitation}");
    kinoshita.get(&path).await.is(200);
    kinoshita.post(&path, &[("reply", "absent")]).await.is(303);
    app.clock.set(december(9, 14));
    let mut hase = app.sign_in("hase").await;
    let room = format!("{session}/room");
    let page = hase.get(&room).await;
    page.see("まだの人を全員「会場」にする");
    let away = format!("how-{invitation}");
    let fields = [("all", "room"), (away.as_str(), "")];
    hase.post(&format!("{room}/step/attend"), &fields)
        .await
        .goes_to(&format!("{room}?done=session_attended"));
    let page = hase.get(&session).await;
    assert!(!rows(&page, "バックアップふじさわ社協")[0].contains(" selected"), "{}", page.text());
    let others = page.body.matches("value=\"room\" selected").count();
    assert_eq!(others + 1, page.body.matches("name=\"was_").count(), "{}", page.text());
    // To the script: for whom a decision still waits.
    hase.get(&room).await;
    let origin = format!("http://{}", hase.host());
    let headers = [("origin", origin.as_str()), ("x-requested-with", "draft")];
    let hidden = hase.page.form(&format!("{room}/step/attend")).hidden;
    let mut fields: Vec<(&str, &str)> = hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.push((away.as_str(), "absent"));
    let said = hase.post_with(&format!("{room}/step/attend"), &fields, &headers).await;
    said.is(200);
    assert!(said.body.contains("\"waits\""), "{}", said.body);
});

story!(what_the_minutes_hold_is_not_told_as_nothing_and_the_notice_can_be_answered_by_fax, |app| async {
    let mut hase = app.sign_in("hase").await;
    let (_, session, item) = talked_over(app, &mut hase).await;
    let page = hase.get(&format!("{session}/notice")).await;
    page.is(200).see("令和8年12月9日（水）").see("返信票").see("代理が出席（お名前").see("欠席");
    app.clock.set(december(9, 14));
    let mut hase = app.sign_in("hase").await;
    attend(&mut hase, &session, "room", &[]).await;
    step(&mut hase, &session, &item, "begin", &[]).await.is(303);
    let room = format!("{session}/room");
    let page = hase.get(&room).await;
    let forms = page.forms();
    let notes =
        forms.iter().find(|f| f.action.ends_with("/note") && f.value("place") == id_of(&item)).unwrap();
    let mut fields: Vec<(&str, &str)> = notes.hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.push(("text", "○ 便は何本か\n⇒ 二便にする"));
    hase.post_exactly(&format!("{room}/note"), &fields).await.is(303);
    step(&mut hase, &session, &item, "conclude", &[]).await.is(303);
    hase.get("/sessions/after").await.see("会議録に決まったことが1つ").not_see("宿題も決定もない");
    // Others read it once the minutes go round: until then nothing of them is counted.
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get("/sessions/after").await.see("宿題も決定もない").not_see("会議録に決まった");
});

story!(a_desk_of_which_somebody_sits_there_is_asked_as_that_person, |app| async {
    let mut hase = app.sign_in("hase").await;
    let (_, _, matter) = crate::decision::with_consent(app, &mut app.sign_in("sano").await, &mut hase).await;
    let desk = app.town.desk("shakyo").to_string();
    let sections = [("sections", desk.as_str())];
    let (body, session, _) =
        crate::compartment::on_agenda(app, &mut hase, &matter, "integrated", &sections).await;
    // The provider is asked as its member, who sits in the matter: nobody is asked as a desk beside them. Of the section nobody sits there.
    let page = hase.get(&session).await;
    let provider = rows(&page, "地域共生社会推進室");
    assert_eq!(provider.len(), 1, "{}", page.text());
    assert!(provider[0].contains("長谷") && provider[0].contains("多機関協働事業者"), "{}", provider[0]);
    assert!(!rows(&page, "バックアップふじさわ社協")[0].contains("木下"), "{}", page.text());
    // Somebody of it becomes a fixed member: it is asked as them, once, and they have to be there for it.
    let seat = app.town.appointment("kinoshita", "shakyo").to_string();
    hase.get(&format!("{body}/members?desk={desk}")).await.is(200);
    let fields =
        [("desk", desk.as_str()), ("appointment", seat.as_str()), ("title", "member"), ("from", "R8.4.1")];
    hase.post(&format!("{body}/members"), &fields).await.is(303);
    invite(&mut hase, &session).await.is(303);
    let page = hase.get(&session).await;
    let found = rows(&page, "バックアップふじさわ社協");
    assert_eq!(found.len(), 1, "{}", page.text());
    assert!(found[0].contains("木下 ひろみ") && found[0].contains("必須"), "{}", found[0]);
    // One answer is for all of it.
    let mut kinoshita = app.sign_in("kinoshita").await;
    let invitation = kinoshita.get("/sessions").await.link("重層的支援会議");
    kinoshita.get(&invitation).await.is(200);
    kinoshita.post(&invitation, &[("reply", "attends")]).await.is(303);
    let page = hase.get(&session).await;
    assert!(!rows(&page, "木下 ひろみ")[0].contains("返事なし"), "{}", page.text());
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});
