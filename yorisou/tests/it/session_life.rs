//! What becomes of sessions, their items, homework and questions when life goes on: a death, a move, somebody who is transferred, an
//! office that ends, a body that is dissolved, a consent that is withdrawn. Somebody who answers for it finds it and can bring it to its
//! end, and nobody learns anything by it (domain section 4: no state may be a trap).

use words::{Day, Instant};

use crate::after::{general, in_confidence, place, taker, talked_over};
use crate::casefile;
use crate::conference::{join, pledge, raised};
use crate::inquiry::{partner, withdraw_all};
use crate::minutes::office;
use crate::minutes_words::agreed;
use crate::session::{at, attend, december, found, id_of, plan, propose, step};
use crate::support::{App, Page, Person};

const EVERYBODY: [&str; 8] = ["kinoshita", "oda", "imai", "mieda", "noguchi", "sano", "hase", "tsuji"];
const APPROVE: [(&str, &str); 3] = [("how", "chair"), ("on", "R8.12.9"), ("note", "")];

/// The round of jobs that a server does by itself.
pub async fn night(app: &App) {
    yorisou::jobs::promises(&app.engine).await.unwrap();
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
}

/// Whatever stands on somebody's list leads somewhere: no task opens the page of absence.
pub async fn no_dead_end(app: &App) {
    for login in EVERYBODY {
        let mut who = app.sign_in(login).await;
        let page = who.get("/").await;
        let main = page.body.split("<main").nth(1).unwrap().to_owned();
        let own = ["/sessions", "/tasks/", "/circulation/", "/matters/", "/cases/", "/referrals/"];
        for href in main.split("href=\"").skip(1).map(|s| s.split('"').next().unwrap().to_owned()) {
            if own.iter().any(|o| href.starts_with(o)) {
                let there = who.get(href.split('#').next().unwrap()).await;
                assert_ne!(there.status, 404, "{login} is led to nowhere by {href}:\n{}", page.text());
            }
        }
    }
}

/// How many promises of these kinds are open.
pub async fn open(app: &App, kinds: &[&str]) -> i64 {
    let m = app.town.municipality;
    let (system, origin) = (access::System::Console, engine::Origin::Console);
    let mut act = app.engine.system_act(system, m, origin, "story.open", &kinds).await.unwrap();
    let statement = engine::Statement::new(
        "SELECT COUNT(*) AS n FROM task WHERE municipality_id = ? AND state = 'open'",
        engine::args![m],
    )
    .push_in(" AND kind IN", kinds.iter().copied());
    act.facts().unwrap().select(statement).await.unwrap()[0].get("n").unwrap()
}

/// The body a session belongs to.
fn body_of(page: &Page) -> String {
    format!("/bodies/{}", page.body.split("href=\"/bodies/").nth(1).unwrap().split('"').next().unwrap())
}

/// Everybody leaves a matter whose name is given.
async fn leave(hase: &mut Person, matter: &str, names: &[&str]) {
    for name in names {
        let page = hase.get(&format!("{matter}/office")).await;
        let members = page.body.split("<div class=\"stack\" id=\"member-").skip(1);
        let gone = members.clone().find(|s| s.contains(name)).unwrap();
        let member = gone.split('"').next().unwrap().to_owned();
        let fields = [("member", member.as_str()), ("why", "done")];
        hase.post(&format!("{matter}/leave"), &fields).await.is(303);
    }
}

/// A desk ends on a day; another one goes on.
async fn end_desk(app: &App, desk: &str, heir: &str, last: Day) {
    let (m, right) = (app.town.municipality, access::Right::system(access::System::Import));
    let (system, origin) = (access::System::Import, engine::Origin::File);
    let mut act = app.engine.system_act(system, m, origin, "story.end", &(desk, heir)).await.unwrap();
    register::acts::end_desk(&mut act, &right, app.town.desk(desk), last, app.town.desk(heir)).await.unwrap();
    act.commit("").await.unwrap();
}

/// Gives homework out of an item; its address.
async fn give(hase: &mut Person, session: &str, item: &str, what: &str, fields: &[(&str, &str)]) -> String {
    let path = format!("/sessions/items/{}/homework", id_of(item));
    hase.get(&path).await.is(200);
    // A browser sends the marks that stand ticked; here those are left that the words have anyway.
    let mut all = vec![("what", what), ("due", "R8.12.14"), ("what_marked", "")];
    all.extend_from_slice(fields);
    hase.post(&path, &all).await.is(303);
    hase.get(session).await.link(what)
}

/// Somebody becomes a member of a body, under an appointment.
pub async fn member(app: &App, hase: &mut Person, body: &str, (login, short): (&str, &str)) {
    let (desk, seat) = (app.town.desk(short).to_string(), app.town.appointment(login, short).to_string());
    hase.get(&format!("{body}/members?desk={desk}")).await.is(200);
    let fields =
        [("desk", desk.as_str()), ("appointment", seat.as_str()), ("title", "member"), ("from", "R8.4.1")];
    hase.post(&format!("{body}/members"), &fields).await.is(303);
}

async fn hold(hase: &mut Person, session: &str) {
    hase.get(session).await;
    hase.post(&format!("{session}/hold"), &[]).await.goes_to(&format!("{session}?done=session_held"));
}

story!(after_a_death_everything_of_a_matter_is_brought_to_its_end, |app| async {
    let (session, item, matter) = in_confidence(app).await;
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let page = sano.get(&session).await;
    let homework = [page.link("MARK-H"), page.link("MARK-I")];
    let body = body_of(&page);
    let more = [("after", id_of(&session)), ("answer_by", "R9.1.6")];
    let next = plan(&mut hase, &body, "第2回 支援会議", "R9.1.13", &more).await;
    let lead = app.town.desk("hokubu").to_string();
    let (from, as_what) = (format!("matter={}", id_of(&matter)), (body.as_str(), "support_conference"));
    let waiting = at(&propose(&mut sano, &from, as_what, &[("initiator", &lead)]).await);
    let placed = at(&propose(&mut sano, &from, as_what, &[("initiator", &lead)]).await);
    place(&mut hase, &placed, &next).await;
    hase.get(&next).await;
    hase.post(&format!("{next}/invite"), &[]).await.is(303);

    // 青木 ハル dies. Nothing ends by itself, and everything can be ended by whoever answers for it.
    let case = sano.get("/cases").await.link("2026-00001");
    let person = casefile::first(&sano.get(&case).await, "persons");
    sano.get(&person).await.is(200);
    sano.post(&format!("{person}/died"), &[("died", "R8.12")]).await.is(303);
    sano.get("/").await.see("会議の宿題をする");
    hase.get("/").await.see("順番を待つ議題を、回に入れる");
    night(app).await;
    no_dead_end(app).await;
    hase.get(&waiting).await.is(200);
    let died = [("why", "died")];
    hase.post(&format!("/sessions/items/{}/drop", id_of(&waiting)), &died).await.is(303);
    hase.get(&next).await;
    hase.post(&format!("/sessions/items/{}/drop", id_of(&placed)), &died).await.is(303);
    hase.get(&next).await.see("割愛").see("亡くなった");
    // Homework ends without words by its desk, or is taken back by the secretariat.
    sano.get(&homework[0]).await;
    sano.post(&format!("{}/done", homework[0]), &[]).await.is(303);
    hase.get(&homework[1]).await;
    hase.post(&format!("{}/drop", homework[1]), &[]).await.is(303);
    hase.get(&format!("{matter}/office")).await.is(200);
    hase.post(&format!("{matter}/close"), &[("outcome", "died"), ("sure", "yes")]).await.is(303);
    // What was talked over before stays with its members, and with nobody else.
    sano.get(&session).await.see("2026-00001").see("MARK-H");
    for login in ["imai", "noguchi", "kinoshita"] {
        let mut who = app.sign_in(login).await;
        for path in [&session, &next, &item, &homework[0], &waiting] {
            who.get(path).await.not_see("MARK").not_see("2026-00001").not_see("青木");
        }
    }
    // Both sessions end like any other, and nobody owes anything any more.
    hold(&mut hase, &session).await;
    office(&mut hase, &session, "approve", &APPROVE).await.is(303);
    app.clock.set(Instant::at(Day::new(2027, 1, 13).unwrap(), 15, 0));
    let mut hase = app.sign_in("hase").await;
    // Who was called to what is not talked over any more is not expected.
    assert!(!hase.get(&next).await.body.contains("name=\"how-"), "{}", hase.page.text());
    hold(&mut hase, &next).await;
    let approve = [("how", "chair"), ("on", "R9.1.13"), ("note", "")];
    office(&mut hase, &next, "approve", &approve).await.is(303);
    night(app).await;
    no_dead_end(app).await;
    let kinds = [
        "homework",
        "hear_homework",
        "place_item",
        "hold_session",
        "hold_matter",
        "write_minutes",
        "make_up",
        "answer_invitation",
        "fetch_invitation",
        "pledge_secrecy",
    ];
    assert_eq!(open(app, &kinds).await, 0);
});

story!(a_matter_that_is_over_leaves_nothing_on_an_agenda_that_cannot_end, |app| async {
    // The household has moved away: its matter is closed while an item waits, another is on an agenda and homework is open.
    let (session, _, matter) = in_confidence(app).await;
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let page = sano.get(&session).await;
    let (body, homework) = (body_of(&page), page.link("MARK-H"));
    let next = plan(&mut hase, &body, "第2回 支援会議", "R8.12.10", &[("answer_by", "R8.12.10")]).await;
    let lead = app.town.desk("hokubu").to_string();
    let (from, as_what) = (format!("matter={}", id_of(&matter)), (body.as_str(), "support_conference"));
    let waiting = at(&propose(&mut sano, &from, as_what, &[("initiator", &lead)]).await);
    let placed = at(&propose(&mut sano, &from, as_what, &[("initiator", &lead)]).await);
    place(&mut hase, &placed, &next).await;
    hase.get(&format!("{matter}/office")).await;
    hase.post(&format!("{matter}/close"), &[("outcome", "settled"), ("sure", "yes")]).await.is(303);
    night(app).await;
    no_dead_end(app).await;
    app.clock.set(december(10, 15));
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    step(&mut hase, &next, &placed, "begin", &[]).await.see("事案が、まだひらかれていません");
    step(&mut hase, &next, &placed, "drop", &[("why", "moved")]).await.is(303);
    hase.get(&waiting).await;
    let drop = format!("/sessions/items/{}/drop", id_of(&waiting));
    hase.post(&drop, &[("why", "moved")]).await.is(303);
    // Of a matter that is over nothing is written any more; that the homework is done can be said.
    sano.get(&homework).await;
    sano.post(&format!("{homework}/done"), &[("result", "引っ越した-MARK")]).await.is(422);
    sano.get(&homework).await;
    sano.post(&format!("{homework}/done"), &[]).await.is(303);
    no_dead_end(app).await;
});

story!(who_was_asked_by_name_and_left_is_no_dead_end_for_colleagues, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (_, _, matter) = raised(app, &mut sano, &mut hase).await;
    pledge(&mut sano, &matter).await;
    pledge(&mut hase, &matter).await;
    join(app, &mut hase, &matter, ("noguchi", "ikiiki"), "").await;
    let mut noguchi = app.sign_in("noguchi").await;
    pledge(&mut noguchi, &matter).await;
    let body = found(app, &mut hase, "支援会議", &["support_conference"], "").await;
    member(app, &mut hase, &body, ("kinoshita", "shakyo")).await;
    let session = plan(&mut hase, &body, "第1回 支援会議", "R8.12.9", &[]).await;
    let (lead, ikiiki) = (app.town.desk("hokubu").to_string(), app.town.desk("ikiiki").to_string());
    let from = format!("matter={}", id_of(&matter));
    let fields = [("initiator", lead.as_str()), ("sections", ikiiki.as_str())];
    let item = at(&propose(&mut sano, &from, (&body, "support_conference"), &fields).await);
    place(&mut hase, &item, &session).await;
    hase.get(&session).await;
    hase.post(&format!("{session}/invite"), &[]).await.is(303);
    app.sign_in("kinoshita").await.get("/").await.see("会議の招集に答える");

    // 木下, a fixed member, and 野口, who has to come for the item, are transferred.
    let last = Day::new(2026, 11, 30).unwrap();
    app.town.transfer(&app.engine, "kinoshita", "shakyo", "jidokan", last).await;
    app.town.transfer(&app.engine, "noguchi", "ikiiki", "somu", last).await;
    app.clock.set(december(1, 9));
    let mut imai = app.sign_in("imai").await;
    imai.get("/").await.see("会議の招集に答える");
    night(app).await;
    night(app).await;
    no_dead_end(app).await;
    for login in ["imai", "mieda", "kinoshita", "noguchi"] {
        let mut who = app.sign_in(login).await;
        who.get("/").await.not_see("会議の招集に答える");
        who.get(&session).await.is(404);
        who.get("/sessions").await.not_see("第1回 支援会議");
    }
    // The secretariat finds out who comes instead.
    let mut hase = app.sign_in("hase").await;
    let page = hase.get("/").await;
    assert!(page.text().matches("招集への返事をきいて書きとめる").count() >= 2, "{}", page.text());
    let page = hase.get(&session).await;
    let row = page.body.split("<tr>").find(|r| r.contains("木下 ひろみ")).unwrap();
    let behalf = row.split("href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    hase.get(&behalf).await.is(200);
    hase.post(&behalf, &[("reply", "absent"), ("told_by", "phone")]).await.is(303);

    // The section that had to come was not there: what it left to do is heard by the secretariat.
    app.clock.set(december(9, 15));
    let (mut hase, mut sano) = (app.sign_in("hase").await, app.sign_in("sano").await);
    step(&mut hase, &session, &item, "begin", &[]).await.is(303);
    attend(&mut hase, &session, "room", &[("野口 あや", "absent"), ("木下 ひろみ", "absent")]).await;
    step(&mut hase, &session, &item, "conclude", &[]).await.is(303);
    let homework = give(&mut hase, &session, &item, "家賃を確かめる-MARK-H", &[("desk", &lead)]).await;
    hold(&mut hase, &session).await;
    night(app).await;
    night(app).await;
    app.sign_in("mieda").await.get("/").await.not_see("欠席した会議の宿題を出す");
    hase.get("/").await.see("欠席した会議の宿題を出す");
    assert_eq!(open(app, &["make_up"]).await, 1);
    let page = hase.get(&session).await;
    let row = page.body.split("<tr>").find(|r| r.contains("野口 あや")).unwrap();
    let invitation = row.split("name=\"how-").nth(1).or(row.split("invitations/").nth(1));
    let from_task = hase.get("/").await;
    let invitation = invitation.map_or_else(
        || from_task.body.split("/sessions/invitations/").nth(1).unwrap().to_owned(),
        str::to_owned,
    );
    let invitation = format!("/sessions/invitations/{}", invitation.split('"').next().unwrap());
    hase.get(&invitation).await.is(200).see("欠席の宿題");
    hase.post(&format!("{invitation}/made-up"), &[]).await.is(303);
    assert_eq!(open(app, &["make_up"]).await, 0);

    // 佐野 is told what became of the item, and leaves before reading it: nobody else is asked to read what they may not know.
    sano.get(&homework).await;
    sano.post(&format!("{homework}/done"), &[]).await.is(303);
    hase.get(&session).await;
    office(&mut hase, &session, "send-out", &[("until", "R8.12.20")]).await;
    night(app).await;
    app.town.transfer(&app.engine, "sano", "hokubu", "shakyo", Day::new(2026, 12, 9).unwrap()).await;
    app.clock.set(december(10, 9));
    night(app).await;
    no_dead_end(app).await;
    let mut sano = app.sign_in("sano").await;
    for path in [&session, &item, &homework] {
        sano.get(path).await.is(404);
    }
});

story!(an_office_that_ends_leaves_its_sessions_to_whoever_goes_on, |app| async {
    let (session, item, matter) = in_confidence(app).await;
    let mut hase = app.sign_in("hase").await;
    let body = body_of(&hase.get(&session).await);
    let next = plan(&mut hase, &body, "第2回 支援会議", "R9.1.13", &[("answer_by", "R9.1.6")]).await;
    let talk = general(&mut hase, &body, &next, "移動の足の確保").await;
    let ikiiki = app.town.desk("ikiiki").to_string();
    let pharmacy = partner(app).await;
    for (desk, name) in [(ikiiki.as_str(), ""), (pharmacy.as_str(), "薬剤師 白石")] {
        hase.get(&next).await;
        let fields = [("desk", desk), ("name", name), ("why", "section"), ("obligatory", "1")];
        hase.post(&format!("{next}/add"), &fields).await.is(303);
    }
    hold(&mut hase, &session).await;
    let given = [("desk", ikiiki.as_str())];
    let homework = give(&mut hase, &next, &talk, "時刻表を集める", &given).await;
    // 推進室 goes into 社協, いきいき into 北部; on the day nobody does anything.
    let last = Day::new(2026, 12, 31).unwrap();
    end_desk(app, "suishin", "shakyo", last).await;
    end_desk(app, "ikiiki", "hokubu", last).await;
    app.clock.set(Instant::at(Day::new(2027, 1, 4).unwrap(), 9, 0));
    night(app).await;
    no_dead_end(app).await;
    // Whoever sat at the secretariat runs nothing of it any more; the heir does, as an office: it knows that there is a case, and reads no word.
    let mut hase = app.sign_in("hase").await;
    for path in [&session, &next, &format!("{session}/minutes/edit"), &format!("{next}/room")] {
        hase.get(path).await.is(404);
    }
    let mut imai = app.sign_in("imai").await;
    imai.get("/").await.see("会議をひらく").see("会議録").see("招集への返事をきいて書きとめる");
    imai.get(&next).await.is(200).see("移動の足の確保");
    imai.get(&session).await.is(200).not_see("MARK").not_see("青木");
    for path in [&item, &matter, &format!("{matter}/office")] {
        imai.get(path).await.not_see("MARK").not_see("青木");
    }
    let page = imai.get(&format!("{session}/minutes")).await;
    page.is(200).not_see("MARK").not_see("青木");
    office(&mut imai, &session, "approve", &[("how", "chair"), ("on", "R8.12.9"), ("note", "")])
        .await
        .is(303);
    // A desk that was invited is answered for by its heir, homework too.
    let mut sano = app.sign_in("sano").await;
    sano.get("/").await.see("会議の宿題をする");
    sano.get(&homework).await.is(200).see("時刻表を集める");
    sano.post(&format!("{homework}/done"), &[]).await.is(303);
    let invitation = sano.get("/sessions").await.link("第2回 支援会議");
    sano.get(&invitation).await.is(200);
    if invitation.contains("/invitations/") {
        sano.post(&invitation, &[("reply", "attends")]).await.is(303);
    }
    app.clock.set(Instant::at(Day::new(2027, 1, 13).unwrap(), 15, 0));
    let mut imai = app.sign_in("imai").await;
    step(&mut imai, &next, &talk, "begin", &[]).await.is(303);
    attend(&mut imai, &next, "room", &[]).await;
    step(&mut imai, &next, &talk, "conclude", &[]).await.is(303);
    hold(&mut imai, &next).await;
    night(app).await;
    no_dead_end(app).await;
    // The body itself is kept by the heir.
    imai.get(&body).await.is(200).see("会議体を終える");
});

story!(a_body_that_ends_hands_over_its_promises_too, |app| async {
    let (mut sano, mut hase, mut imai) =
        (app.sign_in("sano").await, app.sign_in("hase").await, app.sign_in("imai").await);
    let (_, _, matter) = raised(app, &mut sano, &mut hase).await;
    pledge(&mut sano, &matter).await;
    pledge(&mut hase, &matter).await;
    let old = found(app, &mut hase, "支援会議", &["support_conference"], "").await;
    let session = plan(&mut hase, &old, "第1回 支援会議", "R8.12.9", &[]).await;
    let pharmacy = partner(app).await;
    hase.get(&session).await;
    let guest = [("desk", pharmacy.as_str()), ("name", "薬剤師 白石"), ("why", "guest"), ("obligatory", "")];
    hase.post(&format!("{session}/add"), &guest).await.is(303);
    let lead = app.town.desk("hokubu").to_string();
    let from = format!("matter={}", id_of(&matter));
    let fields = [("initiator", lead.as_str())];
    let item = at(&propose(&mut sano, &from, (&old, "support_conference"), &fields).await);
    // The body that goes on is kept at another desk.
    let shakyo = app.town.desk("shakyo").to_string();
    imai.get("/bodies/new").await.is(200);
    let fields = [
        ("name", "新しい支援会議"),
        ("form", "guideline"),
        ("desk", shakyo.as_str()),
        ("rhythm", "monthly"),
        ("from", "R8.4.1"),
        ("positions", "support_conference"),
    ];
    let page = imai.post("/bodies/new", &fields).await;
    let new = page.location().split('?').next().unwrap().to_owned();
    hase.get(&format!("{old}/end")).await;
    hase.post(&format!("{old}/end"), &[("last", "R8.11.21"), ("successor", id_of(&new))]).await.is(303);
    hase.get("/").await.not_see("会議をひらく").not_see("順番を待つ議題").not_see("招集への返事");
    let page = imai.get("/").await;
    page.see("会議をひらく").see("順番を待つ議題を、回に入れる").see("招集への返事をきいて書きとめる");
    no_dead_end(app).await;
    // It is placed by whoever runs it now, who does not learn which case it is.
    imai.get(&item).await.is(200).not_see("2026-00001").not_see("青木");
    place(&mut imai, &item, &session).await;
    imai.get(&session).await.see("個別の事案 1").not_see("2026-00001");
    imai.get("/").await.not_see("順番を待つ議題");
    step(&mut imai, &session, &item, "drop", &[("why", "not_here")]).await.is(303);

    // A body that ends on a day to come, with nobody to go on: what is brought up until then is no trap.
    let last = found(app, &mut hase, "さいごの会議", &["support_conference"], "").await;
    hase.get(&format!("{last}/end")).await;
    hase.post(&format!("{last}/end"), &[("last", "R8.12.20")]).await.is(303);
    hase.get("/sessions/propose").await.is(200);
    let fields = [("body", id_of(&last)), ("subject", "移動の足の確保"), ("priority", "normal")];
    let late = at(&hase.post("/sessions/propose", &fields).await);
    app.clock.set(december(22, 9));
    night(app).await;
    let (mut hase, mut imai) = (app.sign_in("hase").await, app.sign_in("imai").await);
    hase.get("/").await.see("順番を待つ議題を、回に入れる");
    hase.get(&late).await.see("この会議体は終わりました").see("引きつぐ会議体を決める");
    let end = hase.get(&last).await.link("引きつぐ会議体を決める");
    hase.get(&end).await.is(200);
    hase.post(&end, &[("last", "R8.12.20"), ("successor", id_of(&new))]).await.is(303);
    hase.get("/").await.not_see("順番を待つ議題");
    imai.get("/").await.see("順番を待つ議題を、回に入れる");
    imai.get(&late).await.is(200).see("移動の足の確保");
});

story!(homework_outlives_a_term_and_a_transfer, |app| async {
    let mut hase = app.sign_in("hase").await;
    let (body, session, item) = talked_over(app, &mut hase).await;
    member(app, &mut hase, &body, ("kinoshita", "shakyo")).await;
    hase.get(&session).await;
    hase.post(&format!("{session}/invite"), &[]).await.is(303);
    app.clock.set(december(9, 15));
    let mut hase = app.sign_in("hase").await;
    step(&mut hase, &session, &item, "begin", &[]).await.is(303);
    let page = hase.get(&format!("/sessions/items/{}/homework", id_of(&item))).await;
    let own = taker(&page, "木下 ひろみ");
    let one = give(&mut hase, &session, &item, "便の数を数える", &[("who", &own)]).await;
    let two = give(&mut hase, &session, &item, "停留所を歩く", &[("who", &own)]).await;
    // The term ends: what was promised stays promised, and no session to come is shown.
    let page = hase.get(&body).await;
    let left = page.form(&format!("{body}/leave")).value("member");
    hase.post(&format!("{body}/leave"), &[("member", left.as_str())]).await.is(303);
    let later =
        plan(&mut hase, &body, "第6回 重層的支援会議", "R8.12.16", &[("answer_by", "R8.12.16")]).await;
    app.clock.set(december(10, 9));
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get("/").await.see("会議の宿題をする");
    kinoshita.get(&one).await.is(200).see("便の数を数える");
    kinoshita.post(&format!("{one}/done"), &[("result", "三本でした")]).await.is(303);
    kinoshita.get(&later).await.is(404);
    // Transferred: a colleague at the desk does the rest; whoever left has nothing of it.
    app.town.transfer(&app.engine, "kinoshita", "shakyo", "jidokan", Day::new(2026, 12, 10).unwrap()).await;
    app.clock.set(december(11, 9));
    night(app).await;
    no_dead_end(app).await;
    let (mut kinoshita, mut imai) = (app.sign_in("kinoshita").await, app.sign_in("imai").await);
    kinoshita.get(&two).await.is(404);
    imai.get("/").await.see("会議の宿題をする");
    imai.get(&two).await.is(200).see("停留所を歩く");
    imai.post(&format!("{two}/done"), &[]).await.is(303);
    imai.get("/").await.not_see("会議の宿題をする");
});

story!(when_everybody_of_a_confidential_item_is_gone_it_still_ends, |app| async {
    let (session, item, matter) = in_confidence(app).await;
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let page = sano.get(&session).await;
    let (body, homework) = (body_of(&page), page.link("MARK-H"));
    let next = plan(&mut hase, &body, "第2回 支援会議", "R8.12.10", &[("answer_by", "R8.12.10")]).await;
    let lead = app.town.desk("hokubu").to_string();
    let from = format!("matter={}", id_of(&matter));
    let fields = [("initiator", lead.as_str())];
    let second = at(&propose(&mut sano, &from, (&body, "support_conference"), &fields).await);
    place(&mut hase, &second, &next).await;
    hold(&mut hase, &session).await;
    leave(&mut hase, &matter, &["佐野 健", "三枝 直人", "長谷 みどり"]).await;
    night(app).await;
    no_dead_end(app).await;
    // The secretariat knows that there is a case, and reads no word of it.
    app.clock.set(december(10, 15));
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    for path in [&session, &next, &matter, &homework, &format!("{session}/minutes")] {
        hase.get(path).await.not_see("MARK").not_see("青木");
        sano.get(path).await.not_see("MARK").not_see("青木");
    }
    sano.get(&item).await.not_see("2026-00001");
    step(&mut hase, &next, &second, "begin", &[]).await.see("構成員がいません");
    step(&mut hase, &next, &second, "drop", &[("why", "settled")]).await.is(303);
    hase.get(&homework).await.is(200);
    hase.post(&format!("{homework}/drop"), &[]).await.is(303);
    office(&mut hase, &session, "approve", &APPROVE).await.is(303);
    hase.get(&format!("{matter}/office")).await.is(200);
    hase.post(&format!("{matter}/close"), &[("outcome", "settled"), ("sure", "yes")]).await.is(303);
    no_dead_end(app).await;
});

story!(a_consent_withdrawn_between_invitation_and_session_stops_nothing_but_its_words, |app| async {
    let (case, matter) = agreed(app).await;
    let mut hase = app.sign_in("hase").await;
    let body = found(app, &mut hase, "重層的支援会議", &["integrated"], "").await;
    let session = plan(&mut hase, &body, "第1回 重層的支援会議", "R8.12.9", &[]).await;
    let from = format!("matter={}", id_of(&matter));
    let shakyo = app.town.desk("shakyo").to_string();
    let begun = at(&propose(&mut hase, &from, (&body, "integrated"), &[("sections", &shakyo)]).await);
    let waits = at(&propose(&mut hase, &from, (&body, "integrated"), &[]).await);
    place(&mut hase, &begun, &session).await;
    place(&mut hase, &waits, &session).await;
    hase.get(&session).await;
    hase.post(&format!("{session}/invite"), &[]).await.is(303);
    app.clock.set(december(9, 14));
    let mut hase = app.sign_in("hase").await;
    step(&mut hase, &session, &begun, "begin", &[]).await.is(303);
    let homework = give(&mut hase, &session, &begun, "家計簿を見る-MARK-H", &[("desk", &shakyo)]).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&homework).await.see("MARK-H");
    withdraw_all(app).await;
    night(app).await;
    no_dead_end(app).await;
    // Nothing new begins without consent; what was begun ends, and its words are read by nobody who has no other basis.
    kinoshita.get(&homework).await.is(200).not_see("MARK-H");
    kinoshita.get(&session).await.not_see("MARK-H").not_see(&case);
    step(&mut hase, &session, &waits, "begin", &[]).await.see("会議のための同意がありません");
    step(&mut hase, &session, &waits, "drop", &[("why", "consent_gone")]).await.is(303);
    attend(&mut hase, &session, "room", &[]).await;
    step(&mut hase, &session, &begun, "conclude", &[]).await.is(303);
    hold(&mut hase, &session).await;
    kinoshita.get(&homework).await;
    kinoshita.post(&format!("{homework}/done"), &[]).await.is(303);
    office(&mut hase, &session, "approve", &APPROVE).await.is(303);
    night(app).await;
    no_dead_end(app).await;
});
