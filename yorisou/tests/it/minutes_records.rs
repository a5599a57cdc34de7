//! Minutes write themselves from what was recorded: decisions and homework stand under their items, an approved edition keeps what it was
//! said of, and whoever may not know an item finds none of it (R-044, R-071, R-072; decision 0032).

use crate::after::{general, in_confidence, taker};
use crate::agreement;
use crate::decision::{GOALS, decide, with_consent};
use crate::referral::first_radio;
use crate::session::{at, attend, december, found, id_of, plan, propose, step};
use crate::sitting::note_with;
use crate::support::{App, Page, Person};
use crate::support_plan::proposed;

/// Gives homework out of an item.
async fn give(hase: &mut Person, item: &str, who: &str, what: &str) {
    let path = format!("/sessions/items/{}/homework", id_of(item));
    let page = hase.get(&path).await;
    let who = taker(&page, who);
    // Marked as its form proposes: what nobody marked may tell of an informant, and stands on no paper.
    let fields =
        [("what_cat", "plan"), ("what_cat", "support"), ("what", what), ("who", &who), ("due", "R8.12.14")];
    hase.post(&path, &fields).await.is(303);
}

/// The cells of the spreadsheet of a paper.
async fn cells(who: &mut Person, at: &str) -> String {
    let sheet = who.get(at).await;
    assert_eq!(sheet.status, 200, "{at}");
    let rows = tabular::read(&sheet.bytes, &tabular::How::default(), &tabular::Limits::default()).unwrap();
    rows.rows.into_iter().flat_map(|r| r.cells).collect::<Vec<_>>().join("\n")
}

async fn office(hase: &mut Person, session: &str, what: &str, fields: &[(&str, &str)]) -> Page {
    hase.get(&format!("{session}/minutes")).await.is(200);
    hase.post(&format!("{session}/minutes/{what}"), fields).await
}

/// At once, before anybody confirmed it: meant so.
const APPROVE: [(&str, &str); 4] = [("how", "session"), ("on", "R8.12.9"), ("note", ""), ("sure", "1")];

/// A session of 9 December about a case with consent and a general subject, 木下 in its body; a decision and homework of both were
/// recorded, nothing was typed, and it is over. Session, item, case.
async fn recorded(app: &App) -> (String, String, String) {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    // The desk that carries the case reads what the conference writes: the person agreed to that as well.
    let page = sano.get(&format!("/cases/{case}/consents/new")).await;
    let (person, lead) = (first_radio(&page.body, "person"), app.town.desk("hokubu").to_string());
    let more = [
        ("to_desk", lead.as_str()),
        ("purpose", "support"),
        ("purpose", "conference"),
        ("share_cat", "plan"),
        ("share_cat", "support"),
    ];
    agreement::give(&mut sano, &case, &agreement::terms(&person, &more)).await;
    proposed(&mut sano, &case, &[]).await;
    let body = led(app, &mut hase).await;
    let session = plan(&mut hase, &body, "第5回 重層的支援会議", "R8.12.9", &[]).await;
    let subject = general(&mut hase, &body, &session, "移動の足の確保").await;
    let from = format!("matter={}", id_of(&matter));
    let item = at(&propose(&mut hase, &from, (&body, "integrated"), &[]).await);
    crate::after::place(&mut hase, &item, &session).await;
    hase.get(&session).await;
    hase.post(&format!("{session}/invite"), &[]).await.is(303);
    app.clock.set(december(9, 15));
    let mut hase = app.sign_in("hase").await;
    attend(&mut hase, &session, "room", &[]).await;
    for i in [&subject, &item] {
        step(&mut hase, &session, i, "begin", &[]).await.is(303);
    }
    let goals: Vec<(&str, &str)> = GOALS.into_iter().chain([("on", "R8.12.9")]).collect();
    decide(&mut hase, &matter, "establish", &goals).await.is(303);
    give(&mut hase, &item, "佐野 健", "家賃の滞納を確かめる-MARK-H").await;
    give(&mut hase, &subject, "木下 ひろみ", "巡回バスの時刻をもらう-MARK-B").await;
    for i in [&subject, &item] {
        step(&mut hase, &session, i, "conclude", &[]).await.is(303);
    }
    hase.get(&session).await;
    hase.post(&format!("{session}/hold"), &[]).await.is(303);
    (session, item, case)
}

story!(minutes_hold_what_was_decided_and_given_as_homework, |app| async {
    let (session, item, case) = recorded(app).await;
    let (mut hase, mut sano) = (app.sign_in("hase").await, app.sign_in("sano").await);
    let mut kinoshita = app.sign_in("kinoshita").await;
    let minutes = format!("{session}/minutes");
    // Nobody has typed a word: it stands there, and beside the field of whoever writes.
    for path in [minutes.clone(), format!("{minutes}/edit?place={}", id_of(&item))] {
        hase.get(&path)
            .await
            .is(200)
            .see("策定（多機関協働）")
            .see("本人の目標")
            .see("MARK-G")
            .see("令和9年2月1日")
            .see("記録 ")
            .see("MARK-H")
            .see("佐野 健")
            .see("12月14日");
    }
    hase.get(&minutes).await.see("MARK-B").see("木下 ひろみ");
    // Before they go round nobody but who writes reads them.
    kinoshita.get(&minutes).await.is(200).see("まだできていません").not_see("MARK-");
    for style in ["marks", "speakers"] {
        let at = format!("{minutes}/print?style={style}");
        let pdf = crate::papers::same(&mut hase, &at).await;
        // Lines break where the paper wants.
        let said: String = pdf.body.chars().filter(|c| !c.is_whitespace()).collect();
        for word in ["策定（多機関協働）", "MARK-G", "令和9年2月1日", "MARK-H", "佐野健", "MARK-B"]
        {
            assert!(said.contains(word), "{word} is not in {said}");
        }
        pdf.not_see("青木").not_see("2026-00001");
        let cells = cells(&mut hase, &format!("{at}&as=xlsx")).await;
        for word in ["策定（多機関協働）", "MARK-G", "MARK-H", "佐野 健", "MARK-B"] {
            assert!(cells.contains(word), "{word} is not in {cells}");
        }
        assert!(!cells.contains("青木") && !cells.contains("2026-00001"), "{cells}");
    }
    office(&mut hase, &session, "approve", &APPROVE).await.is(303);
    // 木下 sits in the body and has no part in the case: the general subject, and a number.
    for path in ["", "?edition=1", "/print", "/print?as=pdf"] {
        let page = kinoshita.get(&format!("{minutes}{path}")).await;
        page.is(200).see("MARK-B").not_see("MARK-G").not_see("MARK-H").not_see("策定").not_see(&case);
    }
    sano.get(&minutes).await.see("MARK-G").see("MARK-H");

    // What is taken back, dropped or recorded after the approval changes nothing of what was approved, and is said.
    let page = hase.get(&minutes).await;
    let (decision, homework) = (page.link("策定（多機関協働）"), page.link("MARK-H"));
    hase.get(&decision).await.is(200);
    hase.post(&format!("{decision}/void"), &[]).await.is(303);
    hase.get(&homework).await.is(200);
    hase.post(&format!("{homework}/drop"), &[]).await.is(303);
    give(&mut hase, &item, "佐野 健", "見守りの曜日を決める-MARK-N").await;
    for path in [minutes.clone(), format!("{minutes}?edition=1"), format!("{minutes}/print")] {
        hase.get(&path)
            .await
            .see("MARK-G")
            .see("承認のあとで取り消されました")
            .see("MARK-H")
            .see("承認のあとで、いらなくなりました")
            .not_see("MARK-N")
            .see("入っていなかった決定・宿題が1件");
    }
    // Nobody without a part in the case is told that there is something more.
    kinoshita.get(&minutes).await.not_see("承認のあとで").not_see("入っていなかった");

    // Corrected and approved again it stands as it is now; the first edition stays what it was.
    office(&mut hase, &session, "correct", &[]).await.is(303);
    hase.get(&minutes).await.see("MARK-N").not_see("MARK-G").not_see("MARK-H").not_see("承認のあとで取り消");
    let again = [("how", "members"), ("on", "R8.12.9"), ("note", "宿題をあらためた"), ("sure", "1")];
    office(&mut hase, &session, "approve", &again).await.is(303);
    sano.get(&minutes).await.see("MARK-N").not_see("MARK-G").not_see("入っていなかった");
    // What was taken back is its own desk's alone from then on.
    let first = format!("{minutes}?edition=1");
    sano.get(&first).await.see("承認のあとで取り消").see("MARK-H").not_see("MARK-G").not_see("MARK-N");
    hase.get(&first).await.see("MARK-G").see("MARK-H").not_see("MARK-N");

    // In public stands none of it.
    hase.get(&format!("{minutes}/public")).await.is(200).not_see("MARK-").not_see("宿題（記録");
    hase.post(&format!("{minutes}/publish"), &[]).await.is(303);
    let public = format!("{minutes}/public");
    crate::papers::same(&mut kinoshita, &public).await.not_see("MARK-").not_see("策定").not_see("宿題");
    let cells = cells(&mut kinoshita, &format!("{public}?as=xlsx")).await;
    assert!(!cells.contains("MARK-") && !cells.contains("宿題"), "{cells}");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

/// 木下 leads a body that meets about cases.
async fn led(app: &App, hase: &mut Person) -> String {
    let body = found(app, hase, "重層的支援会議", &["support_conference", "integrated"], "").await;
    let desk = app.town.desk("shakyo").to_string();
    let seat = app.town.appointment("kinoshita", "shakyo").to_string();
    hase.get(&format!("{body}/members?desk={desk}")).await.is(200);
    let fields =
        [("desk", desk.as_str()), ("appointment", seat.as_str()), ("title", "chair"), ("from", "R8.4.1")];
    hase.post(&format!("{body}/members"), &fields).await.is(303);
    body
}

story!(what_a_session_is_called_is_told_to_whoever_is_asked_and_not_to_whoever_watches, |app| async {
    let title = "第5回 重層的支援会議";
    let mut hase = app.sign_in("hase").await;
    let body = led(app, &mut hase).await;
    let session = plan(&mut hase, &body, title, "R8.12.9", &[]).await;
    general(&mut hase, &body, &session, "移動の足の確保").await;
    hase.get(&session).await;
    hase.post(&format!("{session}/invite"), &[]).await.is(303);
    let asked = "会議の招集に答える";
    app.sign_in("kinoshita").await.get("/").await.see(asked).see(title);
    // A colleague at the desk sees that something waits there, and so does whoever watches: not which meeting it is about.
    app.sign_in("oda").await.get("/?all=1").await.see(asked).see("木下 ひろみ").not_see(title);
    app.clock.set(december(8, 9));
    app.sign_in("imai").await.get("/nobody").await.is(200).see(asked).not_see(title);
});

story!(what_was_entered_in_error_before_stands_in_no_edition, |app| async {
    let (session, _, _) = recorded(app).await;
    let mut hase = app.sign_in("hase").await;
    let minutes = format!("{session}/minutes");
    let homework = hase.get(&minutes).await.link("MARK-H");
    hase.get(&homework).await.is(200).see("MARK-H");
    let m = app.town.municipality;
    let (system, origin) = (access::System::Console, engine::Origin::Console);
    let mut act = app.engine.system_act(system, m, origin, "story.look", &m).await.unwrap();
    let sql = "SELECT id FROM entry WHERE municipality_id = $1 AND body LIKE '%MARK-H%'";
    let row = act.facts().unwrap().one(sql, engine::args![m]).await.unwrap();
    let entry = format!("/entries/{}", row.get::<words::id::EntryId>("id").unwrap());
    drop(act);
    hase.get(&entry).await.is(200).see("MARK-H");
    hase.post(&format!("{entry}/error"), &[]).await.is(303);
    hase.get(&minutes).await.not_see("MARK-H");
    office(&mut hase, &session, "approve", &APPROVE).await.is(303);
    for path in ["", "?edition=1", "/print", "/print?as=pdf"] {
        hase.get(&format!("{minutes}{path}")).await.is(200).not_see("MARK-H");
    }
    let said = cells(&mut hase, &format!("{minutes}/print?as=xlsx")).await;
    assert!(!said.contains("MARK-H"), "{said}");
});

story!(what_was_recorded_in_confidence_stands_on_no_paper_and_before_no_stranger, |app| async {
    let (session, item, matter) = in_confidence(app).await;
    let (mut hase, mut sano) = (app.sign_in("hase").await, app.sign_in("sano").await);
    hase.get(&session).await;
    hase.post(&format!("{session}/hold"), &[]).await.is(303);
    let minutes = format!("{session}/minutes");
    hase.get(&minutes).await.is(200).see("MARK-D").see("MARK-H").see("MARK-I").see("の行はありません");
    // What may be told at one's own desk is marked where it is recorded, and counted.
    give(&mut hase, &item, "佐野 健", "見守りの曜日を伝える-MARK-T（持ち帰り可）").await;
    hase.get(&minutes).await.see("MARK-T").see("「持ち帰り可」の1行だけ");
    for file in ["", "?style=speakers", "?as=pdf", "?style=speakers&as=pdf"] {
        let page = hase.get(&format!("{minutes}/print{file}")).await;
        page.is(200).see("個別の事案").not_see("MARK-").not_see("宿題").not_see("支援会議（社会福祉法）");
    }
    let said = cells(&mut hase, &format!("{minutes}/print?as=xlsx")).await;
    assert!(!said.contains("MARK-") && !said.contains("宿題"), "{said}");
    office(&mut hase, &session, "approve", &APPROVE).await.is(303);
    sano.get(&minutes).await.see("MARK-D").see("MARK-H");
    sano.get(&format!("{minutes}/print")).await.is(200).not_see("MARK-");
    hase.get(&format!("{minutes}/public")).await.is(200).not_see("MARK-").not_see("宿題");
    // 今井 was called to the session, 三枝 has not pledged, 野口 is a member no more, the others never were.
    for login in ["imai", "mieda", "noguchi", "kinoshita", "oda", "tsuji", "mori", "kanri"] {
        let mut who = app.sign_in(login).await;
        for path in
            ["", "?edition=1", "/edit", "/comments", "/print", "/print?as=pdf", "/print?as=xlsx", "/public"]
        {
            let page = who.get(&format!("{minutes}{path}")).await;
            for secret in ["MARK-", "佐野が週に一度", "2026-00001", "青木"] {
                assert!(!page.body.contains(secret), "{login} sees {secret} on {path}");
            }
        }
    }
    // The matter ends: its members go on reading what was approved.
    hase.get(&format!("{matter}/office")).await;
    hase.post(&format!("{matter}/close"), &[("outcome", "settled"), ("sure", "yes")]).await.is(303);
    sano.get(&minutes).await.is(200).see("MARK-D");
});

story!(whoever_writes_one_section_reads_of_the_others_what_was_approved, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (_, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    // 社協 runs the session; 長谷 is the secretariat of the matter that comes before it, and writes its section alone.
    let mut imai = app.sign_in("imai").await;
    let desk = app.town.desk("shakyo").to_string();
    imai.get("/bodies/new").await.is(200);
    let fields = [
        ("name", "地域の会議"),
        ("form", "guideline"),
        ("desk", desk.as_str()),
        ("rhythm", "monthly"),
        ("purpose", "役割を分けるため"),
        ("capacity", ""),
        ("from", "R8.4.1"),
        ("positions", "integrated"),
    ];
    let page = imai.post("/bodies/new", &fields).await;
    page.is(303);
    let body = page.location().split('?').next().unwrap().to_owned();
    let session = plan(&mut imai, &body, "第1回 地域の会議", "R8.12.9", &[]).await;
    let subject = general(&mut imai, &body, &session, "移動の足の確保").await;
    let from = format!("matter={}", id_of(&matter));
    let item = at(&propose(&mut hase, &from, (&body, "integrated"), &[]).await);
    crate::after::place(&mut imai, &item, &session).await;
    imai.get(&session).await;
    imai.post(&format!("{session}/invite"), &[]).await.is(303);
    imai.get(&session).await;
    let fields = [("desk", desk.as_str()), ("name", ""), ("why", "guest"), ("obligatory", "")];
    imai.post(&format!("{session}/add"), &fields).await.is(303);
    app.clock.set(december(9, 15));
    let (mut imai, mut hase) = (app.sign_in("imai").await, app.sign_in("hase").await);
    attend(&mut imai, &session, "room", &[]).await;
    for i in [&subject, &item] {
        step(&mut imai, &session, i, "begin", &[]).await.is(303);
    }
    give(&mut imai, &subject, "バックアップふじさわ社協", "巡回バスの時刻をもらう-MARK-B").await;
    for i in [&subject, &item] {
        step(&mut imai, &session, i, "conclude", &[]).await.is(303);
    }
    imai.get(&session).await;
    imai.post(&format!("{session}/hold"), &[]).await.is(303);
    let minutes = format!("{session}/minutes");
    // Before they go round: her own section, and nothing of the others.
    hase.get(&minutes).await.is(200).see("会議録を書く").not_see("MARK-B");
    office(&mut imai, &session, "approve", &APPROVE).await.is(303);
    hase.get(&minutes).await.see("MARK-B");
    office(&mut imai, &session, "correct", &[]).await.is(303);
    give(&mut imai, &subject, "バックアップふじさわ社協", "運賃を調べる-MARK-N").await;
    imai.get(&minutes).await.see("MARK-B").see("MARK-N");
    hase.get(&minutes).await.see("MARK-B").not_see("MARK-N").see("入っていなかった決定・宿題が1件");
    // Of who was there too, unless it was for that section.
    note_with(&mut imai, &session, ("バックアップふじさわ社協", "absent"), &[]).await.is(303);
    imai.get(&minutes).await.see("欠席");
    hase.get(&minutes).await.not_see("欠席").see("承認のあとで、出席の記録が直されました");
});
