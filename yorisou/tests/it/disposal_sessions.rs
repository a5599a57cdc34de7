//! Disposal and sessions: what was said, decided, given as homework, asked and laid down about a household goes with it, in every edition;
//! that a session took place, who was invited and the figures stay. What is about nobody has a period of its own.

#![expect(clippy::too_many_lines, reason = "a story is as long as what happens in it")]

use access::Role;
use words::Day;

use crate::decision::{END, decide};
use crate::inquiry::{partner, withdraw_all};
use crate::minutes::{begun, held, office, write};
use crate::minutes_words::agreed;
use crate::retention::{at as on_day, list, on, rows_with, step as disposal};
use crate::session::{at, attend, december, found, id_of, plan, propose, step};
use crate::support::{App, Person};

/// Stands in every text of what goes; the fixtures of other stories write it too.
const MARK: &str = "-MARK-";
/// The person of these stories.
const NAME: &str = "青木";
/// Stands in what stays.
const STAYS: &str = "zqstays";

/// Every list leads to an end: two approvals and the act. The certificate's address.
async fn dispose(app: &App, kinds_of: &str) -> String {
    let mut mori = app.sign_in("mori").await;
    let here = list(&mut mori).await.unwrap();
    mori.get(&here).await.is(200).see(kinds_of).not_see(MARK).not_see("残す: ");
    let mut imai = app.sign_in("imai").await;
    disposal(&mut imai, &here, "approve_all", &[]).await.is(303);
    disposal(&mut mori, &here, "approve_list", &[]).await.is(303);
    disposal(&mut mori, &here, "execute", &[("sure", "1")])
        .await
        .goes_to(&format!("{here}?done=disposal_executed"));
    mori.get(&format!("{here}/certificate")).await.is(200).not_see(MARK);
    here
}

/// 佐野 ends the case; an inquiry that was raised is answered by then.
async fn end_case(app: &App, sano: &mut Person, case: &str) {
    let m = app.town.municipality;
    let (system, origin) = (access::System::Console, engine::Origin::Console);
    let mut act = app.engine.system_act(system, m, origin, "story.inquiry", &case).await.unwrap();
    let sql = "SELECT id FROM inquiry WHERE municipality_id = $1 AND state = 'raised'";
    let rows = act.facts().unwrap().all(sql, engine::args![m]).await.unwrap();
    drop(act);
    for row in rows {
        let id: words::id::InquiryId = row.get("id").unwrap();
        let inquiry = format!("/inquiries/{id}");
        crate::inquiry::step(sano, &inquiry, "withdraw", &[("reason", "not_needed")]).await.is(303);
    }
    let end = format!("/cases/{case}/end");
    sano.get(&end).await.is(200);
    let fields = [
        ("to", "closed"),
        ("reason", "settled"),
        ("words", "落ち着いた-MARK-E"),
        ("watch", "民生委員"),
        ("ends", "yes"),
    ];
    let page = sano.post(&end, &fields).await;
    assert_eq!(page.status, 303, "{}", page.text());
}

/// Says something about a section of the minutes that stands under this mark, and has it answered.
async fn comment(who: &mut Person, hase: &mut Person, session: &str, item: &str) {
    let comments = format!("{session}/minutes/comments");
    let page = who.get(&comments).await;
    let part = page.body.split(&format!("id=\"s-{}\"", id_of(item))).nth(1).unwrap();
    let value = |name: &str| {
        part.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let (section, command) = (value("section"), value("command"));
    let fields =
        [("section", section.as_str()), ("command", command.as_str()), ("words", "火曜です-MARK-SAY")];
    who.post(&comments, &fields).await.is(303);
    let page = hase.get(&comments).await;
    let form = page.forms().into_iter().find(|f| f.html.contains("name=\"taken\"")).unwrap();
    let command = form.value("command");
    let fields = [("taken", "no"), ("command", command.as_str()), ("why", "木曜のまま-MARK-WHY")];
    hase.post(&form.action, &fields).await.is(303);
}

/// Homework out of an item with words in it, done with words.
async fn homework(hase: &mut Person, sano: &mut Person, session: &str, item: &str, whose: (&str, &str)) {
    let path = format!("/sessions/items/{}/homework", id_of(item));
    hase.get(&path).await.is(200);
    hase.post(&path, &[("what", "滞納を確かめる-MARK-HW"), whose, ("due", "R8.12.14")]).await.is(303);
    let own = hase.get(session).await.link("MARK-HW");
    sano.get(&own).await.is(200);
    let page = sano.post(&format!("{own}/done"), &[("result", "払えた-MARK-HR")]).await;
    assert_eq!(page.status, 303, "{}", page.text());
}

/// Asks what became of an item; whoever is asked says it.
async fn question(who: &mut Person, asked: &mut Person, item: &str) {
    who.get("/sessions/after").await;
    who.post(&format!("/sessions/after/{}/ask", id_of(item)), &[]).await.is(303);
    let page = asked.get("/").await;
    let id = page.body.split("href=\"/sessions/after/questions/").nth(1).unwrap().split('"').next().unwrap();
    let question = format!("/sessions/after/questions/{id}");
    asked.get(&question).await.is(200);
    asked.post(&question, &[("answer", "週に一度になった-MARK-AN")]).await.is(303);
}

story!(what_a_confidential_item_left_goes_with_its_household_and_the_session_stays, |app| async {
    let h = begun(app, &[]).await;
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    // A member without a login, written down by name, comes to the item; what is asked and laid down has words in it.
    let desk = partner(app).await;
    hase.get(&format!("{}/office?desk={desk}", h.matter)).await.is(200);
    hase.post(&format!("{}/join", h.matter), &[("desk", &desk), ("name", "星-MARK-P")]).await.is(303);
    sano.get(&h.matter).await;
    let said = [("words", "木曜に訪ねます-MARK-W2"), ("role", "word")];
    sano.post(&format!("{}/say", h.matter), &said).await.is(303);
    let materials = format!("{}/materials", h.session);
    let item = id_of(&h.item).to_owned();
    hase.get(&materials).await.is(200);
    let secret =
        [("number", "資料9"), ("kind", "on_day"), ("title", "経過のまとめ-MARK-T"), ("item", item.as_str())];
    hase.post(&materials, &secret).await.is(303);
    hase.get(&h.session).await;
    hase.post(&format!("{}/invite", h.session), &[]).await.is(303);
    app.clock.set(december(9, 15));
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    write(&mut hase, &h.session, id_of(&h.general), &format!("○ 便は何本 {STAYS}")).await.is(303);
    write(&mut hase, &h.session, id_of(&h.item), "○ だれが訪ねますか-MARK-M1").await.is(303);
    held(app, &mut hase, &h).await;
    let words = [("other", "佐野が週に一度訪ねる-MARK-D"), ("on", "R8.12.9")];
    decide(&mut hase, &h.matter, "other", &words).await.is(303);
    let lead = app.town.desk("hokubu").to_string();
    homework(&mut hase, &mut sano, &h.session, &h.item, ("desk", &lead)).await;
    question(&mut hase, &mut sano, &h.item).await;
    // Two editions, and what was said about them.
    office(&mut hase, &h.session, "send-out", &[("until", "R8.12.25")]).await.is(303);
    comment(&mut sano, &mut hase, &h.session, &h.item).await;
    let approve = [("how", "chair"), ("on", "R8.12.9"), ("note", "")];
    office(&mut hase, &h.session, "approve", &approve).await.is(303);
    office(&mut hase, &h.session, "correct", &[]).await.is(303);
    write(&mut hase, &h.session, id_of(&h.item), "○ いつ訪ねますか-MARK-M2").await.is(303);
    let approve = [("how", "chair"), ("on", "R8.12.9"), ("note", "日を直した")];
    office(&mut hase, &h.session, "approve", &approve).await.is(303);
    // A conference of others, noted on the case.
    let outside = format!("/cases/{}/conferences", h.case);
    sano.get(&outside).await.is(200);
    let fields = [
        ("held", "R8.11.19"),
        ("host", "よその会-MARK-O"),
        ("decision", "付きそうことになった-MARK-OD"),
        ("next", ""),
    ];
    sano.post(&outside, &fields).await.is(303);

    // An item that still waits, and homework, keep the record: what could not be ended any more is no promise.
    let from = format!("matter={}", id_of(&h.matter));
    let fields = [("initiator", lead.as_str())];
    let late = at(&propose(&mut sano, &from, (&h.body, "support_conference"), &fields).await);
    hase.get(&format!("{}/office", h.matter)).await.is(200);
    hase.post(&format!("{}/close", h.matter), &[("outcome", "settled"), ("sure", "yes")]).await.is(303);
    end_case(app, &mut sano, &h.case).await;
    assert!(rows_with(app, on(app), MARK).await.len() > 3, "the marks stand where they shall be sought");
    on_day(app, 2032, 4, 1);
    let day = Day::new(2032, 4, 1).unwrap();
    app.town.appoint(&app.engine, "imai", "hokubu", Role::AgencyLead, day).await;
    let (mut mori, mut hase) = (app.sign_in("mori").await, app.sign_in("hase").await);
    let here = list(&mut mori).await.unwrap();
    mori.get(&here).await.see("残す: やることが残っている");
    disposal(&mut mori, &here, "cancel", &[]).await.is(303);
    hase.get(&late).await.is(200);
    hase.post(&format!("/sessions/items/{}/drop", id_of(&late)), &[("why", "settled")]).await.is(303);

    let figures = |page: crate::support::Page| page.text().replace(char::is_whitespace, "");
    let before = figures(hase.get("/flow/sessions?from=R8.4.1&to=R9.3.31").await);
    dispose(app, "2026-00001").await;
    assert_eq!(rows_with(app, on(app), MARK).await, [""; 0]);
    assert_eq!(rows_with(app, on(app), NAME).await, [""; 0]);
    // The session took place, with its general subject; nothing of the other item is left on any page.
    let mut hase = app.sign_in("hase").await;
    hase.get(&h.session).await.is(200).see("第5回 重層的支援会議").see("移動の足の確保");
    hase.page.not_see("2026-00001").not_see("個別の事案");
    hase.get(&format!("{}/minutes", h.session)).await.is(200).see(STAYS).not_see("個別の事案");
    for path in [&h.item, &h.matter, &format!("/cases/{}", h.case), &late] {
        hase.get(path).await.is(404);
    }
    assert_eq!(before, figures(hase.get("/flow/sessions?from=R8.4.1&to=R9.3.31").await));
    let mut sano = app.sign_in("sano").await;
    for path in ["/", "/sessions/after", "/sessions", "/matters", "/calendar"] {
        sano.get(path).await.is(200).not_see("2026-00001").not_see("-MARK-");
    }
    crate::session_life::no_dead_end(app).await;
});

story!(what_was_laid_before_a_consent_conference_goes_with_its_files, |app| async {
    const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<</A (-MARK-FILE)>>\nendobj\n%%EOF\n";
    let (case, matter) = agreed(app).await;
    let mut hase = app.sign_in("hase").await;
    let body = found(app, &mut hase, "重層的支援会議", &["integrated"], "").await;
    let session = plan(&mut hase, &body, "第1回 重層的支援会議", "R8.12.9", &[]).await;
    let from = format!("matter={}", id_of(&matter));
    let shakyo = app.town.desk("shakyo").to_string();
    let item = at(&propose(&mut hase, &from, (&body, "integrated"), &[("sections", &shakyo)]).await);
    crate::after::place(&mut hase, &item, &session).await;
    hase.get(&session).await;
    hase.post(&format!("{session}/invite"), &[]).await.is(303);
    let materials = format!("{session}/materials");
    let of = id_of(&item).to_owned();
    hase.get(&materials).await.is(200);
    let fields =
        [("number", "資料9"), ("kind", "numbered"), ("title", "家計の表-MARK-T"), ("item", of.as_str())];
    hase.attach_with(&materials, &fields, "家計-MARK-F.pdf", PDF).await.is(303);
    app.clock.set(december(9, 14));
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    step(&mut hase, &session, &item, "begin", &[]).await.is(303);
    write(&mut hase, &session, &of, "○ 家計の相談を続ける-MARK-M1").await.is(303);
    let mut kinoshita = app.sign_in("kinoshita").await;
    homework(&mut hase, &mut kinoshita, &session, &item, ("desk", &shakyo)).await;
    attend(&mut hase, &session, "room", &[]).await;
    step(&mut hase, &session, &item, "conclude", &[]).await.is(303);
    // Support that a conference took up ends by its decision.
    let ended: Vec<_> = [("on", "R8.12.9")].into_iter().chain(END).collect();
    decide(&mut hase, &matter, "close", &ended).await.is(303);
    hase.get(&session).await;
    hase.post(&format!("{session}/hold"), &[]).await.is(303);
    let approve = [("how", "chair"), ("on", "R8.12.9"), ("note", "")];
    office(&mut hase, &session, "approve", &approve).await.is(303);
    hase.get(&format!("{matter}/office")).await.is(200);
    hase.post(&format!("{matter}/close"), &[("outcome", "settled"), ("sure", "yes")]).await.is(303);
    withdraw_all(app).await;
    end_case(app, &mut sano, &case).await;
    assert!(rows_with(app, on(app), MARK).await.len() > 1);
    on_day(app, 2032, 4, 1);
    let day = Day::new(2032, 4, 1).unwrap();
    app.town.appoint(&app.engine, "imai", "hokubu", Role::AgencyLead, day).await;
    dispose(app, "2026-00001").await;
    assert_eq!(rows_with(app, on(app), MARK).await, [""; 0]);
    assert_eq!(rows_with(app, on(app), NAME).await, [""; 0]);
    let mut hase = app.sign_in("hase").await;
    hase.get(&session).await.is(200).not_see("2026-00001");
    hase.get(&materials).await.is(200).not_see("href=\"/attachments").not_see("2026-00001");
});

/// Makes a list of sessions up to today; nothing when nothing is due.
async fn of_sessions(mori: &mut Person) -> Option<String> {
    let day = mori.get("/disposal").await.form("/disposal").html;
    let day = day.split("name=\"up_to\"").nth(1).unwrap().split("value=\"").nth(1).unwrap();
    let day = day.split('"').next().unwrap().to_owned();
    let page = mori.post("/disposal", &[("kind", "session"), ("up_to", day.as_str())]).await;
    if page.status == 422 {
        page.see("この日までに期間が過ぎた記録はありません");
        return None;
    }
    assert_eq!(page.status, 303, "{}", page.text());
    Some(page.location().split('?').next().unwrap().to_owned())
}

/// Attaches a file to the register of a session that is about nobody.
async fn lay(hase: &mut Person, session: &str, number: &str, title: &str, words: &str) {
    let materials = format!("{session}/materials");
    hase.get(&materials).await.is(200);
    let file = format!("%PDF-1.7\n1 0 obj\n<</A ({words})>>\nendobj\n%%EOF\n");
    let fields = [("number", number), ("kind", "numbered"), ("title", title)];
    hase.attach_with(&materials, &fields, &format!("{words}.pdf"), file.as_bytes()).await.is(303);
}

story!(what_a_session_kept_about_nobody_has_a_period_of_its_own, |app| async {
    let mut kanri = app.sign_in("kanri").await;
    kanri.get("/admin/retention").await.is(200).see("会議の記録");
    let three = [("kind", "session"), ("years", "3"), ("from", "R8.4.1"), ("rule", "会議録の表 2号")];
    kanri.post("/admin/retention", &three).await.is(303);
    let mut hase = app.sign_in("hase").await;
    let (body, session, item) = crate::after::talked_over(app, &mut hase).await;
    let mut noguchi = app.sign_in("noguchi").await;
    let invitation = noguchi.get("/sessions").await.link("第5回");
    noguchi.get(&invitation).await;
    let instead = [("reply", "substitute"), ("substitute", "代理 zqgone")];
    noguchi.post(&invitation, &instead).await.is(303);
    lay(&mut hase, &session, "資料1", "便の案 zqgone", "zqgone").await;
    lay(&mut hase, &session, "資料2", "毎年の表 zqstays", "zqstays").await;
    let more = [("after", id_of(&session)), ("answer_by", "R9.1.6")];
    let next = plan(&mut hase, &body, "第6回 重層的支援会議", "R9.1.13", &more).await;
    let page = hase.get(&format!("{next}/materials")).await;
    let option = page.body.split("<option value=\"").find(|o| o.contains("zqstays")).unwrap();
    let from = option.split('"').next().unwrap().to_owned();
    let again = [("again", "1"), ("from", from.as_str()), ("number", "資料1")];
    hase.post(&format!("{next}/materials"), &again).await.is(303);

    app.clock.set(december(9, 15));
    let (mut hase, mut noguchi) = (app.sign_in("hase").await, app.sign_in("noguchi").await);
    attend(&mut hase, &session, "room", &[]).await;
    step(&mut hase, &session, &item, "begin", &[]).await.is(303);
    write(&mut hase, &session, id_of(&item), "○ 便は何本 zqgone").await.is(303);
    write(&mut hase, &session, "opening", "開会 zqgone").await.is(303);
    let ikiiki = app.town.desk("ikiiki").to_string();
    let path = format!("/sessions/items/{}/homework", id_of(&item));
    hase.get(&path).await;
    let fields = [("what", "時刻表 zqgone"), ("desk", ikiiki.as_str()), ("due", "R8.12.14")];
    hase.post(&path, &fields).await.is(303);
    step(&mut hase, &session, &item, "conclude", &[]).await.is(303);
    hase.get(&session).await;
    hase.post(&format!("{session}/hold"), &[]).await.is(303);
    let own = hase.get(&session).await.link("時刻表");
    noguchi.get(&own).await;
    noguchi.post(&format!("{own}/done"), &[("result", "三本 zqgone")]).await.is(303);
    noguchi.get("/sessions/after").await;
    noguchi.post(&format!("/sessions/after/{}/ask", id_of(&item)), &[]).await.is(303);
    let page = hase.get("/").await;
    let id = page.body.split("href=\"/sessions/after/questions/").nth(1).unwrap().split('"').next().unwrap();
    let question = format!("/sessions/after/questions/{id}");
    hase.get(&question).await;
    hase.post(&question, &[("answer", "一便ふえた zqgone")]).await.is(303);
    office(&mut hase, &session, "send-out", &[("until", "R8.12.25")]).await.is(303);
    let page = noguchi.get(&format!("{session}/minutes/comments")).await;
    let form = page.forms().into_iter().find(|f| !f.value("section").is_empty()).unwrap();
    let (section, command) = (form.value("section"), form.value("command"));
    let fields = [("section", section.as_str()), ("command", &command), ("words", "四本です zqgone")];
    noguchi.post(&format!("{session}/minutes/comments"), &fields).await.is(303);
    let page = hase.get(&format!("{session}/minutes/comments")).await;
    let form = page.forms().into_iter().find(|f| f.html.contains("name=\"taken\"")).unwrap();
    let command = form.value("command");
    let fields = [("taken", "no"), ("command", command.as_str()), ("why", "三本です zqgone")];
    hase.post(&form.action, &fields).await.is(303);
    let approve = [("how", "chair"), ("on", "R8.12.9"), ("note", "")];
    office(&mut hase, &session, "approve", &approve).await.is(303);
    office(&mut hase, &session, "correct", &[]).await.is(303);
    write(&mut hase, &session, id_of(&item), "○ 便は三本 zqgone").await.is(303);
    let approve = [("how", "chair"), ("on", "R8.12.9"), ("note", "数を直した zqgone")];
    office(&mut hase, &session, "approve", &approve).await.is(303);
    let around = format!("{session}/circulation");
    hase.get(&around).await;
    let notice =
        [("what", "notice"), ("words", "読んで zqgone"), ("due", "R8.12.20"), ("desks", ikiiki.as_str())];
    hase.post(&around, &notice).await.is(303);
    // Somebody keeps it: a lawsuit about the town's buses.
    let keep = hase.get(&session).await.link("保全");
    noguchi.get(&keep).await.is(404);
    noguchi.post(&keep, &[("reason", "lawsuit")]).await.is(404);
    hase.get(&keep).await.is(200).see("いまは保全していません");
    hase.post(&keep, &[("note", "令和8年(行ウ)第3号 zqgone")]).await.is(422).see("第3号");
    hase.post(&keep, &[("reason", "lawsuit"), ("note", "令和8年(行ウ)第3号 zqgone")]).await.is(303);
    assert!(rows_with(app, on(app), "zqgone").await.len() > 3);

    // Approved in the fiscal year 2026: kept until the end of March 2030.
    on_day(app, 2030, 3, 31);
    let mut mori = app.sign_in("mori").await;
    assert_eq!(of_sessions(&mut mori).await, None);
    on_day(app, 2030, 4, 1);
    let (mut mori, mut hase) = (app.sign_in("mori").await, app.sign_in("hase").await);
    let here = of_sessions(&mut mori).await.unwrap();
    mori.get(&here).await.see("第5回 重層的支援会議").see("残す: 保全中").see("3年 会議録の表 2号");
    disposal(&mut mori, &here, "cancel", &[]).await.is(303);
    mori.get("/retention/holds").await.see("第5回 重層的支援会議").see("訴訟");
    crate::retention::lift(&mut mori).await;
    hase.get(&keep).await.see("いまは保全していません").see("訴訟");
    let figures = |page: crate::support::Page| page.text().replace(char::is_whitespace, "");
    let before = figures(hase.get("/flow/sessions?from=R8.4.1&to=R9.3.31").await);

    // Two people, then the act; a stranger sees nothing of the list.
    let here = of_sessions(&mut mori).await.unwrap();
    mori.get(&here).await.see("第5回 重層的支援会議").not_see("残す: ").not_see("第6回");
    app.sign_in("mieda").await.get(&here).await.is(404);
    disposal(&mut mori, &here, "approve_list", &[]).await.is(303);
    disposal(&mut mori, &here, "execute", &[("sure", "1")]).await.is(422);
    hase.get(&here).await.is(200).see("第5回 重層的支援会議");
    disposal(&mut hase, &here, "approve_all", &[]).await.is(303);
    disposal(&mut mori, &here, "execute", &[("sure", "1")]).await.is(303);
    mori.get(&format!("{here}/certificate")).await.is(200).see("第5回 重層的支援会議").see("会議の記録");

    assert_eq!(rows_with(app, on(app), "zqgone").await, [""; 0]);
    // That it took place stays, with who came; nothing is written about it any more.
    let (mut hase, mut noguchi) = (app.sign_in("hase").await, app.sign_in("noguchi").await);
    for who in [&mut hase, &mut noguchi] {
        let page = who.get(&session).await;
        page.is(200)
            .see("第5回 重層的支援会議")
            .see("廃棄しました")
            .see("辻堂東いきいき")
            .not_see("移動の足");
        who.get(&format!("{session}/minutes")).await.is(200).see("廃棄しました");
        for path in ["/materials", "/circulation", "/notice", "/minutes/print"] {
            let page = who.get(&format!("{session}{path}")).await;
            assert!(page.status < 500, "{path}: {}", page.text());
            page.not_see("zqgone");
        }
    }
    assert_eq!(before, figures(hase.get("/flow/sessions?from=R8.4.1&to=R9.3.31").await));
    hase.get(&format!("{session}/minutes/edit")).await.is(404);
    hase.get(&format!("{session}/minutes")).await;
    hase.post(&format!("{session}/minutes/correct"), &[("base_version", "9")]).await.see("廃棄されています");
    hase.get(&keep).await.is(404);
    // What a session still kept uses again stays with it.
    let again = hase.get(&format!("{next}/materials")).await.link("第1版");
    assert!(hase.get(&again).await.is(200).body.contains("zqstays"));
    assert_eq!(of_sessions(&mut mori).await, None);
    crate::session_life::no_dead_end(app).await;
});
