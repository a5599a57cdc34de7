//! Where the words of minutes go, and where they do not: paper, drafts, half-written corrections, what may not be read any more, what
//! was taken back.

use crate::after::{general, place};
use crate::agreement::{give, terms};
use crate::conference::join;
use crate::decision::with_consent;
use crate::inquiry::{partner, withdraw_all};
use crate::minutes::{Held, begun, held, office, write};
use crate::referral::first_radio;
use crate::session::{at, december, found, id_of, plan, propose};
use crate::support::App;

const GENERAL: &str = "○木下委員：巡回の便はいつから始まりますか。\n⇒了承";
const CLOSED: &str = "○だれが訪ねますか。MARK-MIN\n⇒週1回の見守りを続ける。MARK-MIN";
const APPROVE: [(&str, &str); 3] = [("how", "chair"), ("on", "R8.12.9"), ("note", "")];

/// A case and its matter that rests on a consent to 木下's desk, of which she is a member.
pub async fn agreed(app: &App) -> (String, String) {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    let page = sano.get(&format!("/cases/{case}/consents/new")).await;
    let person = first_radio(&page.body, "person");
    let shakyo = app.town.desk("shakyo").to_string();
    let mut more = vec![("to_desk", shakyo.as_str()), ("purpose", "support"), ("purpose", "conference")];
    for cat in [
        "basic",
        "contact",
        "household",
        "health",
        "disability",
        "money",
        "work_school",
        "crime",
        "violence",
        "support",
        "plan",
        "opinion",
    ] {
        more.push(("share_cat", cat));
    }
    give(&mut sano, &case, &terms(&person, &more)).await;
    join(app, &mut hase, &matter, ("kinoshita", "shakyo"), "").await;
    (case, matter)
}

/// A session with a general subject and an item that rests on consent, which 木下 may read; a partner is invited to the whole of it.
pub async fn consented(app: &App, pharmacy: &str) -> Held {
    let mut hase = app.sign_in("hase").await;
    let (case, matter) = agreed(app).await;
    let shakyo = app.town.desk("shakyo").to_string();
    let body = found(app, &mut hase, "重層的支援会議", &["integrated"], "").await;
    let seat = app.town.appointment("kinoshita", "shakyo").to_string();
    hase.get(&format!("{body}/members?desk={shakyo}")).await.is(200);
    let fields =
        [("desk", shakyo.as_str()), ("appointment", seat.as_str()), ("title", "chair"), ("from", "R8.4.1")];
    hase.post(&format!("{body}/members"), &fields).await.is(303);
    let session = plan(&mut hase, &body, "第1回 重層的支援会議", "R8.12.9", &[]).await;
    let from = format!("matter={}", id_of(&matter));
    let item = at(&propose(&mut hase, &from, (&body, "integrated"), &[]).await);
    place(&mut hase, &item, &session).await;
    let general = general(&mut hase, &body, &session, "巡回の便について").await;
    hase.get(&session).await;
    hase.post(&format!("{session}/invite"), &[]).await.is(303);
    hase.get(&session).await;
    let fields = [("desk", pharmacy), ("name", "薬剤師 白石"), ("why", "section"), ("obligatory", "")];
    hase.post(&format!("{session}/add"), &fields).await.is(303);
    Held { body, session, general, item, matter, case }
}

story!(the_paper_for_a_partner_holds_nothing_of_a_case, |app| async {
    let pharmacy = partner(app).await;
    let h = consented(app, &pharmacy).await;
    app.clock.set(december(9, 15));
    let mut hase = app.sign_in("hase").await;
    write(&mut hase, &h.session, id_of(&h.general), GENERAL).await.is(303);
    write(&mut hase, &h.session, id_of(&h.item), "○ 家計の相談を続ける-MARK-PAPER").await.is(303);
    held(app, &mut hase, &h).await;
    office(&mut hase, &h.session, "approve", &APPROVE).await.is(303);
    let around = format!("{}/circulation", h.session);
    hase.get(&around).await.is(200);
    let fields = [("what", "minutes"), ("due", "R8.12.20"), ("desks", pharmacy.as_str())];
    hase.post(&around, &fields).await.is(303);
    let page = hase.get(&around).await;
    let round = page.body.split("href=\"/circulation/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let round = format!("/circulation/{}", round.trim_end_matches("/print"));
    // The secretariat reads it on its own page; the paper that leaves the house holds its number.
    hase.get(&round).await.is(200).see("巡回の便").see("MARK-PAPER");
    let paper = hase.get(&format!("{round}/print")).await;
    paper
        .is(200)
        .see("巡回の便")
        .see("個別の事案 1")
        .not_see("MARK-PAPER")
        .not_see("2026-00001")
        .not_see("青木");
    assert!(!paper.body.contains(&h.case), "no address of the case");
    let pdf = crate::papers::same(&mut hase, &format!("{round}/print")).await;
    pdf.see("巡回の便").see("読んだ人").not_see("MARK-PAPER").not_see("2026-00001").not_see("青木");
    // With consent a case stands on the paper of who may read it, and on nobody else's.
    let mine = crate::papers::same(&mut hase, &format!("{}/minutes/print", h.session)).await;
    mine.see("MARK-PAPER").see("個別の事案 1").not_see("2026-00001");
});

story!(no_draft_keeps_what_is_said_about_a_case, |app| async {
    let h = begun(app, &[]).await;
    app.clock.set(december(9, 15));
    let mut hase = app.sign_in("hase").await;
    let edit = format!("{}/minutes/edit", h.session);
    let to = "/drafts/01890000-0000-7000-8000-00000000abce";
    for (item, kept) in [(&h.item, false), (&h.general, true)] {
        let page = hase.get(&format!("{edit}?place={}", id_of(item))).await;
        page.is(200);
        let form = page.forms().into_iter().find(|f| f.action == edit).unwrap();
        assert_eq!(form.html.contains("data-draft=\""), kept, "{}", form.html);
        assert_eq!(!form.value("draft_kind").is_empty(), kept);
        // Nor does one come in that no page asked for.
        let command = form.value("command");
        let fields = [
            ("draft_kind", "minutes"),
            ("draft_about", id_of(&h.session)),
            ("draft_version", "0"),
            ("place", id_of(item)),
            ("text", "MARK-DRAFT"),
            ("command", command.as_str()),
        ];
        hase.post(to, &fields).await.is(if kept { 303 } else { 404 });
        let again = hase.post(to, &fields).await;
        assert!(kept || !again.body.contains("MARK-DRAFT"), "{}", again.body);
    }
    // The words themselves are kept where they belong.
    write(&mut hase, &h.session, id_of(&h.item), CLOSED).await.is(303);
    hase.get(&format!("{edit}?place={}", id_of(&h.item))).await.see("MARK-MIN");
});

story!(a_half_written_correction_is_read_by_whoever_writes_it, |app| async {
    let h = begun(app, &[]).await;
    app.clock.set(december(9, 15));
    let (mut hase, mut sano) = (app.sign_in("hase").await, app.sign_in("sano").await);
    let mut kinoshita = app.sign_in("kinoshita").await;
    let (minutes, view) = (format!("{}/minutes", h.session), format!("{}/room/view", h.session));
    write(&mut hase, &h.session, id_of(&h.general), GENERAL).await.is(303);
    write(&mut hase, &h.session, id_of(&h.item), CLOSED).await.is(303);
    kinoshita.get(&view).await.is(200).see("巡回の便");
    held(app, &mut hase, &h).await;
    // It is over: its words are a draft until they go round, in the room as in the minutes.
    let pages = [minutes.clone(), format!("{minutes}/comments"), format!("{minutes}/print"), view.clone()];
    for path in &pages {
        kinoshita.get(path).await.is(200).not_see("巡回の便").not_see("MARK-MIN");
    }
    office(&mut hase, &h.session, "approve", &APPROVE).await.is(303);
    kinoshita.get(&view).await.see("巡回の便").not_see("MARK-MIN");
    sano.get(&view).await.see("MARK-MIN");
    office(&mut hase, &h.session, "correct", &[]).await.is(303);
    write(&mut hase, &h.session, id_of(&h.general), "⇒試し書きの訂正").await.is(303);
    write(&mut hase, &h.session, id_of(&h.item), "⇒MARK-HALF 試し書き").await.is(303);
    for path in &pages {
        kinoshita.get(path).await.is(200).see("巡回の便").not_see("試し書き").not_see("MARK");
        sano.get(path).await.is(200).see("巡回の便").not_see("試し書き").not_see("MARK-HALF");
    }
    hase.get(&minutes).await.see("試し書きの訂正").see("MARK-HALF");
    // It is not made: the approved words stand again, and nothing of it is approved with the next one.
    office(&mut hase, &h.session, "leave", &[]).await.is(303);
    hase.get(&minutes).await.see("巡回の便").see("MARK-MIN").not_see("試し書き");
    office(&mut hase, &h.session, "correct", &[]).await.is(303);
    hase.get(&minutes).await.see("巡回の便").see("MARK-MIN").not_see("試し書き");
    let note = [("how", "chair"), ("on", "R8.12.9"), ("note", "なし")];
    office(&mut hase, &h.session, "approve", &note).await.is(303);
    sano.get(&minutes).await.see("巡回の便").see("MARK-MIN").not_see("試し書き").not_see("MARK-HALF");
    // And it can be corrected once more.
    office(&mut hase, &h.session, "correct", &[]).await.is(303);
    write(&mut hase, &h.session, id_of(&h.item), "⇒月1回にする。MARK-NEXT").await.is(303);
    let note = [("how", "chair"), ("on", "R8.12.9"), ("note", "回数")];
    office(&mut hase, &h.session, "approve", &note).await.is(303);
    sano.get(&minutes).await.see("MARK-NEXT").not_see("MARK-MIN");
    sano.get(&format!("{minutes}?edition=1")).await.see("MARK-MIN").not_see("MARK-HALF");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

/// Takes every text of the minutes back from the members of their matter, as whoever laid them there could.
async fn take_back_all(app: &App) {
    let right = access::Right::system(access::System::Console);
    let m = app.town.municipality;
    let begun =
        app.engine.system_act(access::System::Console, m, engine::Origin::Console, "story.back", &m).await;
    let mut act = begun.unwrap();
    let sql = "SELECT t.entry_id, x.matter_id FROM minutes_text t JOIN matter_material x \
               ON x.municipality_id = t.municipality_id AND x.record_id = t.entry_id WHERE t.municipality_id = $1";
    let rows = act.facts().unwrap().all(sql, engine::args![m]).await.unwrap();
    assert!(!rows.is_empty());
    for row in rows {
        let (entry, matter) = (row.get("entry_id").unwrap(), row.get("matter_id").unwrap());
        conference::take_back_words(&mut act, &right, matter, entry).await.unwrap();
    }
    act.commit("").await.unwrap();
}

story!(what_may_not_be_read_is_not_written_over, |app| async {
    let h = begun(app, &[]).await;
    app.clock.set(december(9, 15));
    let mut hase = app.sign_in("hase").await;
    write(&mut hase, &h.session, id_of(&h.item), CLOSED).await.is(303);
    // The same words again are no new version, and so no new entry.
    write(&mut hase, &h.session, id_of(&h.item), CLOSED).await.is(303);
    let edit = format!("{}/minutes/edit", h.session);
    let page = hase.get(&format!("{edit}?place={}", id_of(&h.item))).await;
    let form = page.forms().into_iter().find(|f| f.action == edit).unwrap();
    assert_eq!(form.value("base_version"), "1");
    take_back_all(app).await;
    let hidden: Vec<(&str, &str)> = form.hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let fields: Vec<(&str, &str)> = hidden.into_iter().chain([("text", "上書きする")]).collect();
    for path in [edit.clone(), format!("{}/room/note", h.session)] {
        let answer = hase.post_exactly(&path, &fields).await;
        answer.is(404);
        assert!(!answer.body.contains("MARK"), "{}", answer.body);
    }
    hase.get(&format!("{}/minutes", h.session)).await.is(200).not_see("MARK-MIN").not_see("上書きする");
});

story!(a_comment_that_cannot_be_read_any_more_holds_no_approval_up, |app| async {
    let h = begun(app, &[]).await;
    app.clock.set(december(9, 15));
    let (mut hase, mut sano) = (app.sign_in("hase").await, app.sign_in("sano").await);
    write(&mut hase, &h.session, id_of(&h.general), GENERAL).await.is(303);
    write(&mut hase, &h.session, id_of(&h.item), CLOSED).await.is(303);
    held(app, &mut hase, &h).await;
    office(&mut hase, &h.session, "send-out", &[("until", "R8.12.25")]).await.is(303);
    let comments = format!("{}/minutes/comments", h.session);
    let page = sano.get(&comments).await;
    let item = page.body.split(&format!("id=\"s-{}\"", id_of(&h.item))).nth(1).unwrap();
    let value = |name: &str| {
        item.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let (section, command) = (value("section"), value("command"));
    let fields =
        [("section", section.as_str()), ("command", command.as_str()), ("words", "MARK-SAY 火曜です")];
    sano.post(&comments, &fields).await.is(303);
    // The matter ends before anybody answered: what was said in it is closed with it.
    hase.get(&format!("{}/office", h.matter)).await;
    hase.post(&format!("{}/close", h.matter), &[("outcome", "settled"), ("sure", "yes")]).await.is(303);
    office(&mut hase, &h.session, "approve", &APPROVE).await.is(422).see("返事をしていない意見");
    let page = hase.get(&comments).await;
    page.is(200).see("この意見の言葉は、もう読めません").not_see("MARK-SAY");
    let form = page.forms().into_iter().find(|f| f.html.contains("name=\"taken\"")).unwrap();
    assert!(!form.html.contains("<textarea"), "nothing is written to it");
    let command = form.value("command");
    hase.post(&form.action, &[("taken", "no"), ("command", command.as_str())]).await.is(303);
    office(&mut hase, &h.session, "approve", &APPROVE).await.is(303);
    // Whoever does not answer for it is told neither that it is there nor how many there are.
    sano.get(&comments).await.is(200).not_see("もう読めません").not_see("MARK-SAY");
});

story!(consent_that_ended_leaves_no_way_to_the_words_by_comments_or_drafts, |app| async {
    let pharmacy = partner(app).await;
    let h = consented(app, &pharmacy).await;
    app.clock.set(december(9, 15));
    let (mut hase, mut kinoshita) = (app.sign_in("hase").await, app.sign_in("kinoshita").await);
    write(&mut hase, &h.session, id_of(&h.item), "○ 家計の相談を続ける-MARK-W").await.is(303);
    held(app, &mut hase, &h).await;
    office(&mut hase, &h.session, "send-out", &[("until", "R8.12.25")]).await.is(303);
    let minutes = format!("{}/minutes", h.session);
    kinoshita.get(&minutes).await.is(200).see("MARK-W");
    withdraw_all(app).await;
    for path in [minutes.clone(), format!("{minutes}/comments"), format!("{minutes}/print")] {
        kinoshita.get(&path).await.not_see("MARK-W");
    }
    kinoshita.get(&format!("{}/room/view", h.session)).await.not_see("MARK-W");
    office(&mut hase, &h.session, "approve", &APPROVE).await.is(303);
});

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n";

story!(what_is_taken_back_is_gone_and_a_number_names_nobody, |app| async {
    let h = begun(app, &[]).await;
    let mut hase = app.sign_in("hase").await;
    let materials = format!("{}/materials", h.session);
    let item = id_of(&h.item).to_owned();
    hase.get(&materials).await.is(200);
    let named = [("number", "山田さん診断書"), ("kind", "annex"), ("title", "案")];
    hase.post(&materials, &named).await.is(422);
    hase.get(&materials).await;
    hase.post(&materials, &[("number", ""), ("kind", "annex"), ("title", "案")])
        .await
        .is(422)
        .see("番号を書いて");
    // Of a case the number is counted, whatever was written there.
    hase.get(&materials).await;
    let secret = [
        ("number", "山田さん診断書"),
        ("kind", "on_day"),
        ("title", "MARK-MAT 経過"),
        ("item", item.as_str()),
    ];
    hase.post(&materials, &secret).await.is(303);
    hase.get(&materials).await.see("2-1").see("MARK-MAT").not_see("山田さん");
    // A number that is given to it tells nobody so.
    hase.get(&materials).await;
    hase.attach_with(
        &materials,
        &[("number", "2-1"), ("kind", "annex"), ("title", "巡回の便の案")],
        "案.pdf",
        PDF,
    )
    .await
    .is(303);
    app.clock.set(december(9, 15));
    let (mut hase, mut kinoshita) = (app.sign_in("hase").await, app.sign_in("kinoshita").await);
    let first = kinoshita.get(&materials).await.link("第1版");
    kinoshita.get(&first).await.is(200);
    let next = plan(&mut hase, &h.body, "第6回 重層的支援会議", "1/13", &[("answer_by", "1/6")]).await;
    let page = hase.get(&format!("{next}/materials")).await;
    let from = page.body.split("<optgroup").nth(1).unwrap().split("value=\"").nth(1).unwrap();
    let from = from.split('"').next().unwrap().to_owned();
    let fields = [("again", "1"), ("from", from.as_str()), ("number", "資料3")];
    hase.post(&format!("{next}/materials"), &fields).await.is(303);
    let again = hase.get(&format!("{next}/materials")).await.link("第1版");
    hase.get(&again).await.is(200);
    // Taken back: the file opens nowhere, and no page leads to it.
    hase.get(&materials).await;
    let fields = [("material", from.as_str()), ("base_version", "1")];
    hase.post(&format!("{materials}/withdraw"), &fields).await.is(303);
    for path in [&first, &again] {
        hase.get(path).await.is(404);
        kinoshita.get(path).await.is(404);
    }
    for path in [materials.clone(), format!("{next}/materials")] {
        let page = hase.get(&path).await;
        page.is(200).see("取りさげ");
        assert!(!page.body.contains("href=\"/materials/"), "{}", page.text());
    }
});

story!(what_is_public_stays_what_was_looked_through, |app| async {
    let h = begun(app, &[]).await;
    app.clock.set(december(9, 15));
    let mut hase = app.sign_in("hase").await;
    let (public, materials) = (format!("{}/minutes/public", h.session), format!("{}/materials", h.session));
    write(&mut hase, &h.session, id_of(&h.general), GENERAL).await.is(303);
    hase.get(&materials).await;
    hase.post(&materials, &[("number", "資料1"), ("kind", "annex"), ("title", "巡回の図")]).await.is(303);
    held(app, &mut hase, &h).await;
    office(&mut hase, &h.session, "approve", &APPROVE).await.is(303);
    hase.get(&public).await.is(200);
    hase.post(&format!("{}/minutes/publish", h.session), &[("meant", "1")]).await.is(303);
    app.clock.set(december(9, 17));
    let (mut hase, mut kinoshita) = (app.sign_in("hase").await, app.sign_in("kinoshita").await);
    hase.get(&materials).await;
    hase.post(&materials, &[("number", "資料2"), ("kind", "annex"), ("title", "あとの図")]).await.is(303);
    kinoshita.get(&public).await.is(200).see("巡回の便").see("巡回の図").not_see("あとの図");
    // A later approval takes nothing away, and comes out when somebody says so.
    office(&mut hase, &h.session, "correct", &[]).await.is(303);
    write(&mut hase, &h.session, id_of(&h.general), "⇒了承（4月から）").await.is(303);
    let note = [("how", "chair"), ("on", "R8.12.9"), ("note", "時期")];
    office(&mut hase, &h.session, "approve", &note).await.is(303);
    kinoshita.get(&public).await.is(200).see("巡回の便").not_see("4月から）");
    kinoshita.get(&format!("{public}?edition=2")).await.is(200).not_see("4月から）");
    hase.get(&public).await.see("第2版は、まだ公開していません").see("巡回の便");
    hase.get(&format!("{public}?edition=2")).await.see("4月から）").see("あとの図");
    hase.post(&format!("{}/minutes/publish", h.session), &[("meant", "1")]).await.is(303);
    kinoshita.get(&public).await.is(200).see("4月から）").see("あとの図");
    // Taken back, nothing is public: not the earlier one either.
    hase.get(&public).await;
    hase.post(&format!("{}/minutes/withdraw", h.session), &[]).await.is(303);
    kinoshita.get(&public).await.is(404);
});
