//! The room of a session: typed while people talk, each field a command of its own; who looks on sees what they may know, at that moment.

#![expect(clippy::too_many_lines, reason = "a story is as long as what happens in it")]

use crate::after::{general, in_confidence, place, talked_over};
use crate::inquiry::withdraw_all;
use crate::minutes_words::agreed;
use crate::session::{at, attend, december, found, id_of, plan, propose, step};
use crate::support::{App, Page, Person};

/// The hidden fields of the form for the notes of a place.
fn form(page: &Page, place: &str) -> Vec<(String, String)> {
    let forms = page.forms();
    let found = forms.iter().find(|f| f.action.ends_with("/room/note") && f.value("place") == place);
    found.unwrap_or_else(|| panic!("no notes of {place}:\n{}", page.text())).hidden.clone()
}

/// Types the notes of a place, as the page would without its script, or as the script would.
async fn typed(
    who: &mut Person,
    session: &str,
    hidden: &[(String, String)],
    text: &str,
    script: bool,
) -> Page {
    let mut fields: Vec<(&str, &str)> = hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.push(("text", text));
    let origin = format!("http://{}", who.host());
    let mut headers = vec![("origin", origin.as_str())];
    headers.extend(script.then_some(("x-requested-with", "draft")));
    who.post_with(&format!("{session}/room/note"), &fields, &headers).await
}

async fn revision(who: &mut Person, session: &str) -> String {
    let page = who.get(&format!("{session}/room/revision")).await;
    page.is(200);
    page.body
}

/// How many rows of content somebody's looks have left in the log.
async fn looked(app: &App, who: &str) -> i64 {
    let m = app.town.municipality;
    let begun =
        app.engine.system_act(access::System::Console, m, engine::Origin::Console, "room.count", &m).await;
    let mut act = begun.unwrap();
    let sql = "SELECT COUNT(*) AS n FROM access_log WHERE municipality_id = $1 AND user_id = $2 AND record_kind = 'entry'";
    let row = act.facts().unwrap().one(sql, engine::args![m, app.town.user(who)]).await.unwrap();
    row.get("n").unwrap()
}

story!(what_is_typed_in_the_room_saves_itself_and_loses_nothing, |app| async {
    let mut hase = app.sign_in("hase").await;
    let (_, session, item) = talked_over(app, &mut hase).await;
    let room = format!("{session}/room");
    hase.get(&room).await.is(200).see("会議の日になると").not_see("行のはじめに");
    app.clock.set(december(9, 14));
    let mut hase = app.sign_in("hase").await;
    let mut noguchi = app.sign_in("noguchi").await;
    hase.get(&session).await.see("会議の部屋");
    let page = hase.get(&room).await;
    page.is(200).see("移動の足の確保").see("メモ").see("開会");
    noguchi.get(&room).await.is(404);
    let view = format!("{room}/view");
    noguchi.get(&view).await.is(200).see("移動の足の確保").not_see("保存する");
    let before = revision(&mut noguchi, &session).await;
    assert_eq!(before, revision(&mut noguchi, &session).await);

    // By the script: the version comes back; the same command again is the same, also when its answer was lost.
    let first = form(&page, id_of(&item));
    let saved = typed(&mut hase, &session, &first, "○ 便は何本ありますか", true).await;
    saved.is(200);
    assert_eq!(saved.body, "{\"version\":1}");
    let again = typed(&mut hase, &session, &first, "○ 便は何本ありますか", true).await;
    assert_eq!((again.status, again.body.as_str()), (200, "{\"version\":1}"));
    assert_ne!(before, revision(&mut noguchi, &session).await);
    noguchi.get(&view).await.see("便は何本ありますか");
    // Two tabs: the later one is told, and without the script sees both texts side by side.
    let mut other = app.sign_in("hase").await;
    let page = other.get(&room).await;
    page.see("便は何本ありますか");
    let second = form(&page, id_of(&item));
    typed(&mut other, &session, &second, "○ 便は何本ありますか\n→ 朝と夕方です", true).await.is(200);
    let page = hase.get(&room).await;
    let mut stale = form(&page, id_of(&item));
    for (name, value) in &mut stale {
        if name == "base_version" {
            "1".clone_into(value);
        }
    }
    let said = typed(&mut hase, &session, &stale, "○ 便は何本\n→ 三本です", true).await;
    assert_eq!((said.status, said.body.contains("conflict")), (409, true));
    let both = typed(&mut hase, &session, &stale, "○ 便は何本\n→ 三本です", false).await;
    both.is(409).see("朝と夕方です").see("三本です").see("ひとつにまとめて書く");
    let merged = form(&both, id_of(&item));
    typed(&mut hase, &session, &merged, "○ 便は何本ありますか\n→ 三本、朝と夕方です", false).await.is(303);
    noguchi.get(&view).await.see("三本、朝と夕方です");
    // Whoever has no session any more is told so, by the script's own answer; a name is refused with its sentence.
    let page = hase.get(&room).await;
    let next = form(&page, id_of(&item));
    let wrong = typed(&mut hase, &session, &next, "090-1234-5678 に電話する", true).await;
    wrong.is(422);
    assert!(wrong.body.contains("problem"), "{}", wrong.body);
    typed(&mut hase, &session, &next, "090-1234-5678 に電話する", false).await.is(422).see("090-1234-5678");
    let mut nobody = app.browser();
    typed(&mut nobody, &session, &next, "だれでもない", true).await.is(401);

    // Attendance, one decision more, homework and the steps are forms of the room, and lead back to it.
    attend(&mut hase, &session, "room", &[]).await;
    let page = hase.get(&room).await;
    let decide = page
        .forms()
        .into_iter()
        .find(|f| f.action.ends_with("/note") && f.value("add") == "decision")
        .unwrap();
    let mut fields: Vec<(&str, &str)> = decide.hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.push(("words", "試しに一便ふやす"));
    // Pressed twice it is written once, and is no conflict.
    for _ in 0..2 {
        hase.post_exactly(&format!("{room}/note"), &fields).await.is(303);
    }
    let page = hase.get(&room).await;
    page.see("⇒ 試しに一便ふやす").see("三本、朝と夕方です");
    assert_eq!(page.body.matches("⇒ 試しに一便ふやす").count(), 1);
    noguchi.get(&view).await.see("⇒ 試しに一便ふやす").see("会場");
    // The note was changed after the page was read: what was decided is added to what stands there now, and the page says so.
    let page = hase.get(&room).await;
    let find = |page: &Page| {
        let forms = page.forms().into_iter();
        let mut found = forms.filter(|f| f.action.ends_with("/note") && f.value("add") == "decision");
        found.next().unwrap().hidden
    };
    let old = find(&page);
    let newer = form(&page, id_of(&item));
    typed(&mut hase, &session, &newer, "○ 書きかえたメモ\n⇒ 試しに一便ふやす", false).await.is(303);
    let mut fields: Vec<(&str, &str)> = old.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.push(("words", "二便にする"));
    for _ in 0..2 {
        let page = hase.post_exactly(&format!("{room}/note"), &fields).await;
        page.is(303);
    }
    let page = hase.get(&format!("{room}?done=room_added")).await;
    page.see("あなたが開いたあとに、メモが書きかえられていました").see("○ 書きかえたメモ");
    assert_eq!(page.text().matches("⇒ 二便にする").count(), 1, "{}", page.text());
    // What is refused stays in its own field, and takes nothing from the note.
    let again = find(&page);
    let mut fields: Vec<(&str, &str)> = again.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.push(("words", "090-1234-5678 に電話する"));
    let page = hase.post_exactly(&format!("{room}/note"), &fields).await;
    page.is(422).see("090-1234-5678 に電話する").see("○ 書きかえたメモ").see("⇒ 二便にする");
    hase.get(&room).await;
    let page = hase.post(&format!("{room}/items/{}/begin", id_of(&item)), &[]).await;
    assert!(page.location().starts_with(&format!("{room}?")), "{}", page.location());
    let page = hase.get(&room).await;
    let who = crate::after::taker(&page, "辻堂東いきいき");
    // What is wrong is said in the room, with what was typed, and it goes on there.
    let path = format!("{room}/homework");
    let wrong =
        [("item", id_of(&item)), ("what", "時刻を確かめる"), ("who", who.as_str()), ("due", "R8.1.5")];
    let page = hase.post(&path, &wrong).await;
    page.is(422).see("もう過ぎた日です").see("構成員に見えるようす").see("メモ");
    assert!(page.body.contains("value=\"時刻を確かめる\"") && page.body.contains("value=\"R8.1.5\""));
    assert!(page.body.contains(&format!("href=\"#due-{}\"", id_of(&item))), "{}", page.text());
    assert!(page.body.contains(&format!("value=\"{who}\" selected")), "{}", page.text());
    let given = [("item", id_of(&item)), ("what", "時刻を確かめる"), ("who", who.as_str()), ("by_next", "1")];
    let page = hase.post(&path, &given).await;
    assert!(page.location().starts_with(&format!("{room}?")), "{}", page.location());
    noguchi.get(&view).await.see("時刻を確かめる");
    hase.get(&format!("{session}/minutes")).await.see("試しに一便ふやす");
    let mut kinoshita = app.sign_in("kinoshita").await;
    for path in [&room, &view, &format!("{room}/revision")] {
        kinoshita.get(path).await.is(404);
    }
});

story!(who_looks_on_sees_of_a_confidential_item_what_its_members_may, |app| async {
    let (session, item, matter) = in_confidence(app).await;
    let (mut sano, mut hase, mut imai) =
        (app.sign_in("sano").await, app.sign_in("hase").await, app.sign_in("imai").await);
    let mut mieda = app.sign_in("mieda").await;
    let others = (revision(&mut imai, &session).await, revision(&mut mieda, &session).await);
    let members = revision(&mut sano, &session).await;
    let page = hase.get(&format!("{session}/room")).await;
    page.see("ケース 2026-00001").see("MARK-H");
    let hidden = form(&page, id_of(&item));
    typed(&mut hase, &session, &hidden, "○ 家賃はいつから-MARK-N\n→ 夏から-MARK-M", true).await.is(200);
    // Whoever may not know it does not even learn that something was written.
    assert_eq!(others, (revision(&mut imai, &session).await, revision(&mut mieda, &session).await));
    assert_ne!(members, revision(&mut sano, &session).await);
    let view = format!("{session}/room/view");
    sano.get(&view).await.see("MARK-N").see("MARK-M").see("MARK-H");
    for who in [&mut imai, &mut mieda] {
        let page = who.get(&view).await;
        page.is(200).see("個別の事案 1").not_see("MARK").not_see("2026-00001").not_see(id_of(&matter));
    }
    // Asking whether anything changed shows nothing, and notes nothing; reading does.
    let before = looked(app, "sano").await;
    for _ in 0..3 {
        let body = revision(&mut sano, &session).await;
        assert!(!body.contains("MARK") && body.len() < 60, "{body}");
    }
    assert_eq!(before, looked(app, "sano").await);
    sano.get(&view).await;
    assert!(looked(app, "sano").await > before);
    // Replaced: with the next question.
    let now = revision(&mut sano, &session).await;
    let page = hase.get(&format!("{matter}/office")).await;
    let gone = page.body.split("<div class=\"stack\" id=\"member-").find(|s| s.contains("佐野 健")).unwrap();
    let member = gone.split('"').next().unwrap().to_owned();
    hase.post(&format!("{matter}/leave"), &[("member", member.as_str()), ("why", "done")]).await.is(303);
    assert_ne!(now, revision(&mut sano, &session).await);
    sano.get(&view).await.not_see("MARK");
});

story!(a_consent_that_is_withdrawn_takes_its_words_off_the_next_refresh, |app| async {
    let mut hase = app.sign_in("hase").await;
    let (_, matter) = agreed(app).await;
    let body = found(app, &mut hase, "重層的支援会議", &["integrated"], "").await;
    let session = plan(&mut hase, &body, "第1回 重層的支援会議", "R8.12.9", &[]).await;
    let from = format!("matter={}", id_of(&matter));
    let item = at(&propose(&mut hase, &from, (&body, "integrated"), &[]).await);
    place(&mut hase, &item, &session).await;
    general(&mut hase, &body, &session, "巡回の便について").await;
    hase.get(&session).await;
    hase.post(&format!("{session}/invite"), &[]).await.is(303);
    app.clock.set(december(9, 14));
    let mut hase = app.sign_in("hase").await;
    step(&mut hase, &session, &item, "begin", &[]).await.is(303);
    let page = hase.get(&format!("{session}/room")).await;
    let hidden = form(&page, id_of(&item));
    typed(&mut hase, &session, &hidden, "○ 家計の相談を続ける-MARK-W", true).await.is(200);
    let mut kinoshita = app.sign_in("kinoshita").await;
    let view = format!("{session}/room/view");
    kinoshita.get(&view).await.is(200).see("2026-00001").see("MARK-W").see("本人の同意");
    let before = revision(&mut kinoshita, &session).await;
    withdraw_all(app).await;
    assert_ne!(before, revision(&mut kinoshita, &session).await);
    kinoshita.get(&view).await.is(200).not_see("MARK-W").see("巡回の便について");
});

story!(what_a_guard_refuses_stands_in_the_room_with_the_way_to_mend_it, |app| async {
    let mut hase = app.sign_in("hase").await;
    let (_, matter) = agreed(app).await;
    let body = found(app, &mut hase, "重層的支援会議", &["integrated"], "").await;
    let session = plan(&mut hase, &body, "第7回 重層的支援会議", "R8.12.9", &[]).await;
    let from = format!("matter={}", id_of(&matter));
    let item = at(&propose(&mut hase, &from, (&body, "integrated"), &[]).await);
    place(&mut hase, &item, &session).await;
    hase.get(&session).await;
    hase.post(&format!("{session}/invite"), &[]).await.is(303);
    app.clock.set(december(9, 15));
    let mut hase = app.sign_in("hase").await;
    let room = format!("{session}/room");
    let of = id_of(&item).to_owned();
    hase.get(&room).await;
    hase.post(&format!("{room}/items/{of}/begin"), &[]).await.is(303);
    let page = hase.get(&room).await;
    let notes = form(&page, &of);
    typed(&mut hase, &session, &notes, "○ いつから始めるか-MARK-T", false).await.is(303);
    // Nobody was noted as there: said beside the button, in the room, with what was typed; and where it is mended.
    hase.get(&room).await;
    let page = hase.post(&format!("{room}/items/{of}/conclude"), &[("item", of.as_str())]).await;
    page.is(422).see("出席を書きとめるか、次回に送ってください").see("会議の部屋").see("MARK-T");
    assert!(page.body.contains(&format!("id=\"step-{of}\"")), "{}", page.text());
    assert!(page.body.contains(&format!("href=\"#step-{of}\"")), "{}", page.text());
    assert_eq!(page.link("招く人を見る"), format!("{session}#invited"));
    assert_eq!(page.link("出席を書く"), "#attend");
    let page = hase.post(&format!("{room}/step/hold"), &[]).await;
    page.is(422).see("終わりのついていない議題があります").see("MARK-T").see("会議の部屋");
    assert_eq!(page.link("まだ終わっていない議題へ"), format!("#item-{of}"));
    // The same on the page of the session: it is no page of its own.
    let page = step(&mut hase, &session, &item, "conclude", &[]).await;
    page.is(422).see("出席を書きとめるか、次回に送ってください").see("招かれた人");
    attend(&mut hase, &session, "room", &[]).await;
    hase.get(&room).await;
    let page = hase.post(&format!("{room}/items/{of}/conclude"), &[("item", of.as_str())]).await;
    assert!(page.location().starts_with(&format!("{room}?")), "{}", page.location());
    hase.get(&room).await;
    let page = hase.post(&format!("{room}/step/hold"), &[]).await;
    assert!(page.location().starts_with(&room), "{}", page.location());
    // Nothing else is done there, and nobody else does it.
    hase.post(&format!("{room}/step/cancel"), &[]).await.is(404);
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.post(&format!("{room}/step/hold"), &[]).await.is(404);
    kinoshita.post(&format!("{room}/items/{of}/conclude"), &[]).await.is(404);
});
