//! What rests on a session: who was there counts for what was talked over and decided, nothing outlives what it rests on, and whoever is not
//! expected any more hears of it.

use words::Day;

use crate::after::{general, in_confidence, place, taker, talked_over};
use crate::compartment::on_agenda;
use crate::conference::{pledge, raised, whole};
use crate::decision::{END, GOALS, decide, met, present, with_consent};
use crate::minutes::begun;
use crate::session::{at, attend, december, found, id_of, plan, propose, step};
use crate::session_life::{night, no_dead_end};
use crate::support::{App, Page, Person};
use crate::support_plan::{decided, post, proposed};

/// Changes something without any page: for what was stored before the program asked.
async fn stored(app: &App, sql: &'static str, item: &str) {
    let m = app.town.municipality;
    let (system, origin) = (access::System::Console, engine::Origin::Console);
    let mut act = app.engine.system_act(system, m, origin, "story.stored", &item).await.unwrap();
    let id: words::id::AgendaItemId = id_of(item).parse().unwrap();
    let right = access::Right::system(system);
    assert_eq!(act.save(&right).unwrap().exec(sql, engine::args![m, id]).await.unwrap(), 1);
    act.commit("").await.unwrap();
}

/// Notes one way for every row that says this.
async fn note(hase: &mut Person, session: &str, who: &str, way: &str) -> Page {
    note_with(hase, session, (who, way), &[]).await
}

/// The same, with what else the form says.
pub async fn note_with(
    hase: &mut Person,
    session: &str,
    (who, way): (&str, &str),
    more: &[(&str, &str)],
) -> Page {
    let page = hase.get(session).await;
    let rows = page.body.split("<tr>").map(|r| r.split("</tr>").next().unwrap());
    let rows = rows.filter(|r| r.contains("name=\"how-") && r.contains(who));
    let name = |r: &str| r.split("name=\"how-").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let fields: Vec<String> = rows.map(|r| format!("how-{}", name(r))).collect();
    assert!(!fields.is_empty(), "nobody is called {who}:\n{}", page.text());
    let mut fields: Vec<(&str, &str)> = fields.iter().map(|f| (f.as_str(), way)).collect();
    fields.extend(more);
    hase.post(&format!("{session}/attend"), &fields).await
}

/// How a member was there, as the office of a matter says it; nothing when nothing was noted.
pub async fn at_office(hase: &mut Person, matter: &str, who: &str) -> String {
    let page = hase.get(&format!("{matter}/office")).await;
    let place =
        page.body.split("<div class=\"stack\" id=\"member-").skip(1).find(|x| x.contains(who)).unwrap();
    place.split("出席:").nth(1).map(|x| x.split("</p>").next().unwrap().to_owned()).unwrap_or_default()
}

pub const PROVIDER: &str = "地域共生社会推進室";

/// A plan that a session with consent decided while everybody was there: whoever wrote it and whoever coordinates, signed in on that day.
pub struct DecidedThere {
    pub sano: Person,
    pub hase: Person,
    pub case: String,
    pub matter: String,
    pub session: String,
    /// Its turn has come, and it is not over.
    pub item: String,
    pub plan: String,
    /// The id of the decision.
    pub by: String,
}

/// What 策定 asks for, on the day of the session.
fn goals() -> Vec<(&'static str, &'static str)> {
    GOALS.iter().copied().chain([("on", "R8.12.9")]).collect()
}

pub async fn decided_there(app: &App) -> DecidedThere {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    let (_, session, item) = on_agenda(app, &mut hase, &matter, "integrated", &[]).await;
    let plan = proposed(&mut sano, &case, &[]).await;
    app.clock.set(december(9, 15));
    let (sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    attend(&mut hase, &session, "room", &[]).await;
    step(&mut hase, &session, &item, "begin", &[]).await.is(303);
    let by = decided(&mut hase, &matter, "establish", &goals()).await;
    DecidedThere { sano, hase, case, matter, session, item, plan, by }
}

story!(no_decision_outlives_the_item_it_rests_on, |app| async {
    let DecidedThere { mut sano, mut hase, matter, session, item, plan, by, .. } = decided_there(app).await;
    // Who made it possible is not corrected away, and the item and its session stay.
    note(&mut hase, &session, PROVIDER, "absent").await.is(422).see("先に決定を取り消して");
    let why = "決まったことが、もう書かれています";
    step(&mut hase, &session, &item, "drop", &[("why", "mistake")]).await.see(why);
    hase.get(&session).await;
    hase.post(&format!("{session}/cancel"), &[]).await.see(why);
    let edit = format!("{session}/edit");
    hase.get(&edit).await;
    let moved = [
        ("title", "第5回 重層的支援会議"),
        ("on", "R8.12.10"),
        ("starts", "14:00"),
        ("ends", "15:30"),
        ("place", "本庁舎7階"),
        ("answer_by", "R8.12.1"),
    ];
    hase.post(&edit, &moved).await.see(why);
    // Taken out of the session before anybody asked: no plan comes into force by what was decided there.
    let gone = "UPDATE agenda_item SET state = 'dropped', dropped_why = 'mistake' WHERE municipality_id = $1 AND id = $2";
    stored(app, gone, &item).await;
    post(&mut sano, &plan, "force", &[("decision", &by)]).await.is(422).see("議題が割愛されたか");
    let back = "UPDATE agenda_item SET state = 'in_session', dropped_why = '' WHERE municipality_id = $1 AND id = $2";
    stored(app, back, &item).await;
    // Taken back, nothing rests on the item any more.
    hase.get(&format!("/decisions/{by}")).await;
    hase.post(&format!("/decisions/{by}/void"), &[]).await.is(303);
    let by = decided(&mut hase, &matter, "establish", &goals()).await;
    step(&mut hase, &session, &item, "carry", &[]).await.is(303);
    post(&mut sano, &plan, "force", &[("decision", &by)]).await.is(303);
    whole(app).await;
});

story!(what_was_decided_before_the_rest_was_carried_over_was_talked_over, |app| async {
    let DecidedThere { mut hase, matter, session, item, by, .. } = decided_there(app).await;
    step(&mut hase, &session, &item, "carry", &[]).await.is(303);
    let end: Vec<_> = END.iter().copied().chain([("on", "R8.12.9")]).collect();
    let second = decided(&mut hase, &matter, "close", &end).await;
    // Where nothing stands that was decided there, nothing says that its turn had come.
    for mistaken in [by, second] {
        hase.get(&format!("/decisions/{mistaken}")).await;
        hase.post(&format!("/decisions/{mistaken}/void"), &[]).await.is(303);
    }
    decide(&mut hase, &matter, "close", &end).await.is(422).see("議題になった会議がありません");
    whole(app).await;
});

story!(what_was_carried_over_before_its_turn_was_not_talked_over, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (_, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    let (_, session, item) = on_agenda(app, &mut hase, &matter, "integrated", &[]).await;
    app.clock.set(december(9, 15));
    let mut hase = app.sign_in("hase").await;
    step(&mut hase, &session, &item, "carry", &[]).await.is(303);
    present(&mut hase, &matter, "長谷 みどり", "R8.12.9").await;
    // What needs no item is written down, and is no sign that the turn of one had come.
    decided(&mut hase, &matter, "other", &[("other", "見守る"), ("on", "R8.12.9")]).await;
    let end: Vec<_> = END.iter().copied().chain([("on", "R8.12.9")]).collect();
    decide(&mut hase, &matter, "close", &end).await.is(422).see("議題になった会議がありません");
    whole(app).await;
});

story!(a_decision_rests_on_the_item_for_which_everybody_obliged_was_there, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    let (_, session, item) = on_agenda(app, &mut hase, &matter, "integrated", &[]).await;
    proposed(&mut sano, &case, &[]).await;
    app.clock.set(december(9, 15));
    let mut hase = app.sign_in("hase").await;
    step(&mut hase, &session, &item, "begin", &[]).await.is(303);
    // The matter alone says that the provider was there: after the decision the session's list does not say the opposite.
    present(&mut hase, &matter, "長谷 みどり", "R8.12.9").await;
    let by = decided(&mut hase, &matter, "establish", &goals()).await;
    note(&mut hase, &session, PROVIDER, "absent").await.is(422).see("先に決定を取り消して");
    hase.get(&format!("/decisions/{by}")).await;
    hase.post(&format!("/decisions/{by}/void"), &[]).await.is(303);
    // They met once more on that day, and it was decided there: who was away from the other session is noted.
    met(&mut hase, &matter, "R8.12.9").await;
    decided(&mut hase, &matter, "establish", &goals()).await;
    note(&mut hase, &session, PROVIDER, "absent").await.is(303);
    whole(app).await;
});

story!(what_a_decision_rests_on_is_not_corrected_away_at_the_office, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (_, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    met(&mut hase, &matter, "R8.11.21").await;
    let by = decided(&mut hase, &matter, "other", &[("other", "見守る")]).await;
    let away = async |hase: &mut Person| {
        let page = hase.get(&format!("{matter}/office")).await;
        let places = page.body.split("<div class=\"stack\" id=\"member-").skip(1);
        let place = places.into_iter().find(|x| x.contains("長谷 みどり")).unwrap();
        let member = place.split('"').next().unwrap().to_owned();
        let said = [("member", member.as_str()), ("on", "R8.11.21"), ("way", "absent"), ("told_by", "")];
        hase.post(&format!("{matter}/present"), &said).await
    };
    away(&mut hase).await.is(422).see("先に決定を取り消して");
    assert!(at_office(&mut hase, &matter, "長谷 みどり").await.contains("会場"));
    // Taken back in the open first.
    hase.get(&format!("/decisions/{by}")).await;
    hase.post(&format!("/decisions/{by}/void"), &[]).await.is(303);
    away(&mut hase).await.is(303);
    assert!(at_office(&mut hase, &matter, "長谷 みどり").await.contains("欠席"));
});

story!(in_confidence_a_desk_that_came_is_no_member_who_came, |app| async {
    let h = begun(app, &[]).await;
    // Beside their member the desk was asked by hand.
    let mut hase = app.sign_in("hase").await;
    let desk = app.town.desk("suishin").to_string();
    hase.get(&h.session).await;
    let fields = [("desk", desk.as_str()), ("name", ""), ("why", "guest"), ("obligatory", "")];
    hase.post(&format!("{}/add", h.session), &fields).await.is(303);
    app.clock.set(december(9, 15));
    let mut hase = app.sign_in("hase").await;
    step(&mut hase, &h.session, &h.item, "begin", &[]).await.is(303);
    // The provider's only member is away; somebody else of the desk came, or was sent.
    for way in ["room", "substitute"] {
        attend(&mut hase, &h.session, "room", &[("長谷 みどり", "absent"), (PROVIDER, way)]).await;
        let page = step(&mut hase, &h.session, &h.item, "conclude", &[]).await;
        page.see("窓口として来た人や代理の出席は数えません");
        let member = at_office(&mut hase, &h.matter, "長谷 みどり").await;
        assert!(member.contains("欠席") && !member.contains("会場"), "{way}: {member}");
        hase.get(&format!("{}/decide", h.matter)).await.is(200).not_see("そろっている");
    }
    decide(&mut hase, &h.matter, "other", &[("other", "x"), ("on", "R8.12.9")])
        .await
        .is(422)
        .see("多機関協働の事業者の出席");
    note(&mut hase, &h.session, "長谷 みどり", "room").await.is(303);
    hase.get(&format!("{}/decide", h.matter)).await.see("そろっている");
    step(&mut hase, &h.session, &h.item, "conclude", &[]).await.is(303);
    whole(app).await;
});

story!(with_consent_a_colleague_who_came_is_not_noted_as_the_member, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (_, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    let (_, session, item) = on_agenda(app, &mut hase, &matter, "integrated", &[]).await;
    app.clock.set(december(9, 15));
    let mut hase = app.sign_in("hase").await;
    attend(&mut hase, &session, "room", &[("長谷 みどり", "substitute")]).await;
    step(&mut hase, &session, &item, "begin", &[]).await.is(303);
    // Their desk was there by somebody else, and they were not.
    let member = at_office(&mut hase, &matter, "長谷 みどり").await;
    assert!(member.contains("代理") && !member.contains("会場"), "{member}");
    step(&mut hase, &session, &item, "conclude", &[]).await.is(303);
    assert!(at_office(&mut hase, &matter, "長谷 みどり").await.contains("代理"));
});

story!(carried_over_before_its_turn_nobody_is_expected_for_it, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (_, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    let shakyo = app.town.desk("shakyo").to_string();
    let (_, session, item) = on_agenda(app, &mut hase, &matter, "integrated", &[("sections", &shakyo)]).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get("/").await.see("会議の招集に答える");
    step(&mut hase, &session, &item, "carry", &[]).await.is(303);
    kinoshita.get("/").await.not_see("会議の招集に答える");
    kinoshita.get(&session).await.is(404);
    app.clock.set(december(9, 16));
    let (mut hase, mut kinoshita) = (app.sign_in("hase").await, app.sign_in("kinoshita").await);
    // Each was called to it alone.
    let page = hase.get(&session).await;
    assert!(!page.body.contains("name=\"how-"), "{}", page.text());
    hase.post(&format!("{session}/hold"), &[]).await.goes_to(&format!("{session}?done=session_held"));
    kinoshita.get("/").await.not_see("欠席した会議の宿題を出す");
    whole(app).await;
});

story!(whoever_was_asked_by_hand_hears_that_a_session_is_called_off, |app| async {
    let mut hase = app.sign_in("hase").await;
    let (_, session, _) = talked_over(app, &mut hase).await;
    let mut noguchi = app.sign_in("noguchi").await;
    let invitation = noguchi.get("/sessions").await.link("第5回");
    noguchi.get(&invitation).await;
    noguchi.post(&invitation, &[("reply", "attends")]).await.is(303);
    hase.get(&session).await;
    hase.post(&format!("{session}/cancel"), &[]).await.is(303);
    noguchi.get("/").await.see("会議の取りやめを確かめる");
    noguchi.get(&invitation).await.see("取りやめになりました");
    hase.get("/").await.see("会議の取りやめを知らせる");
});

story!(what_was_carried_over_leaves_its_place_to_another, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (_, _, matter) = raised(app, &mut sano, &mut hase).await;
    pledge(&mut sano, &matter).await;
    pledge(&mut hase, &matter).await;
    let body = found(app, &mut hase, "支援会議", &["support_conference"], "1").await;
    let session = plan(&mut hase, &body, "第1回 支援会議", "R8.12.9", &[]).await;
    let lead = app.town.desk("hokubu").to_string();
    let (from, as_what) = (format!("matter={}", id_of(&matter)), (body.as_str(), "support_conference"));
    let one = at(&propose(&mut sano, &from, as_what, &[("initiator", &lead)]).await);
    let two = at(&propose(&mut sano, &from, as_what, &[("initiator", &lead)]).await);
    place(&mut hase, &one, &session).await;
    let to = format!("/sessions/items/{}/place", id_of(&two));
    hase.get(&two).await;
    hase.post(&to, &[("meeting", id_of(&session))]).await.is(422).see("もういっぱい");
    step(&mut hase, &session, &one, "carry", &[]).await.is(303);
    hase.get(&session).await.see("1件のうち0件");
    place(&mut hase, &two, &session).await;
    hase.get(&session).await.see("1件のうち1件");
});

story!(nothing_is_talked_over_before_its_day, |app| async {
    let mut hase = app.sign_in("hase").await;
    let (_, session, item) = talked_over(app, &mut hase).await;
    let begin = format!("/sessions/items/{}/begin", id_of(&item));
    let page = hase.get(&session).await;
    assert!(page.forms().iter().all(|f| f.action != begin), "{}", page.text());
    let typed = [("back", id_of(&session))];
    step(&mut hase, &session, &item, "begin", &typed).await.see("まだ会議の日ではありません");
    app.clock.set(december(9, 9));
    let mut hase = app.sign_in("hase").await;
    let page = hase.get(&session).await;
    assert!(page.forms().iter().any(|f| f.action == begin), "{}", page.text());
    step(&mut hase, &session, &item, "begin", &[]).await.is(303);
});

story!(which_meeting_leads_nobody_to_a_page_they_may_not_open, |app| async {
    let day = Day::new(2026, 11, 21).unwrap();
    app.town.appoint(&app.engine, "mori", "suishin", access::Role::Secretariat, day).await;
    let guide = "/sessions/guide?touch=yes&consent=yes&purpose=issue";
    let (mut hase, mut mori) = (app.sign_in("hase").await, app.sign_in("mori").await);
    let page = hase.get(guide).await;
    page.is(200).see("名前を出さずに会議の議題にできます").not_see("ケースの画面の");
    let links = |page: &crate::support::Page, to: &str| page.body.contains(&format!("href=\"{to}\""));
    assert!(links(&page, "/issues") && links(&page, "/sessions/propose"), "{}", page.body);
    mori.get("/issues").await.is(404);
    let page = mori.get(guide).await;
    page.is(200).see("名前を出さずに会議の議題にできます");
    assert!(!links(&page, "/issues") && links(&page, "/sessions/propose"), "{}", page.body);
    // Sent without an answer it says what is missing; opened without a question it says nothing.
    hase.get("/sessions/guide?asked=1&touch=yes")
        .await
        .is(422)
        .see("会議のための同意がありますか: どれかを選んでください")
        .see("送る前に、次のところを直してください");
    hase.get("/sessions/guide").await.is(200).not_see("送る前に、次のところを直してください");
});

story!(news_of_one_thing_is_shown_once_to_whoever_was_invited_twice, |app| async {
    let mut hase = app.sign_in("hase").await;
    let body = found(app, &mut hase, "重層的支援会議", &["integrated"], "").await;
    let (ikiiki, shakyo) = (app.town.desk("ikiiki").to_string(), app.town.desk("shakyo").to_string());
    let seat = app.town.appointment("noguchi", "ikiiki").to_string();
    hase.get(&format!("{body}/members?desk={ikiiki}")).await.is(200);
    let fields =
        [("desk", ikiiki.as_str()), ("appointment", seat.as_str()), ("title", "member"), ("from", "R8.4.1")];
    hase.post(&format!("{body}/members"), &fields).await.is(303);
    let session = plan(&mut hase, &body, "第5回 重層的支援会議", "R8.12.9", &[]).await;
    let item = general(&mut hase, &body, &session, "移動の足の確保").await;
    for (desk, why) in [(&ikiiki, "section"), (&shakyo, "guest")] {
        hase.get(&session).await;
        let fields = [("desk", desk.as_str()), ("name", ""), ("why", why), ("obligatory", "")];
        hase.post(&format!("{session}/add"), &fields).await.is(303);
    }
    hase.get(&session).await;
    hase.post(&format!("{session}/invite"), &[]).await.is(303);
    app.clock.set(december(9, 15));
    let mut hase = app.sign_in("hase").await;
    attend(&mut hase, &session, "room", &[]).await;
    step(&mut hase, &session, &item, "begin", &[]).await.is(303);
    let path = format!("/sessions/items/{}/homework", id_of(&item));
    let page = hase.get(&path).await;
    let who = taker(&page, "バックアップふじさわ社協");
    let fields = [("what", "巡回バスの時刻を確かめる"), ("who", who.as_str()), ("due", "R8.12.14")];
    hase.post(&path, &fields).await.is(303);
    step(&mut hase, &session, &item, "conclude", &[]).await.is(303);
    let homework = hase.get(&session).await.link("巡回バスの時刻");
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&homework).await;
    kinoshita.post(&format!("{homework}/done"), &[("result", "朝と夕方だけ")]).await.is(303);
    assert_eq!(
        session::digest(&app.engine, app.town.municipality).await.unwrap(),
        2,
        "the desk, and the person"
    );
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get("/sessions/after").await.see("新しいお知らせが1件").see("宿題がすんだ");
    noguchi.post("/sessions/after/read", &[]).await.is(303);
    noguchi.get("/sessions/after").await.not_see("新しいお知らせ");
    noguchi.get("/").await.not_see("会議のその後を見る");
});

story!(homework_of_a_matter_that_is_over_ends_without_words, |app| async {
    let (session, _, matter) = in_confidence(app).await;
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let homework = sano.get(&session).await.link("MARK-H");
    sano.get(&homework).await.see("name=\"result\"");
    hase.get(&format!("{matter}/office")).await;
    hase.post(&format!("{matter}/close"), &[("outcome", "settled"), ("sure", "yes")]).await.is(303);
    sano.get(&homework).await.see("ことばは残せません").not_see("name=\"result\"");
    let done = format!("{homework}/done");
    sano.post(&done, &[("result", "ことば-MARK-R")]).await.is(422).see("ことばはもう残せません");
    sano.get(&homework).await;
    sano.post(&done, &[]).await.is(303);
    sano.get(&homework).await.see("すんだ").not_see("MARK-R");
    whole(app).await;
});

story!(who_was_transferred_leaves_homework_in_confidence_to_its_secretariat, |app| async {
    let (session, _, _) = in_confidence(app).await;
    let mut sano = app.sign_in("sano").await;
    let page = sano.get(&session).await;
    let (given, asked) = (page.link("MARK-H"), page.link("MARK-I"));
    // A colleague who is no member comes to the desk; 佐野 goes to another one.
    let day = Day::new(2026, 12, 9).unwrap();
    app.town.appoint(&app.engine, "oda", "hokubu", access::Role::Caseworker, day).await;
    app.town.transfer(&app.engine, "sano", "hokubu", "jidokan", day).await;
    app.clock.set(december(10, 9));
    night(app).await;
    night(app).await;
    let mut oda = app.sign_in("oda").await;
    let page = oda.get("/").await;
    assert!(!page.body.contains(&given), "what only 佐野 could do:\n{}", page.text());
    assert!(page.body.contains(&asked), "what was asked of the desk stays there:\n{}", page.text());
    oda.get(&given).await.is(404);
    app.sign_in("sano").await.get(&given).await.is(404);
    no_dead_end(app).await;
    let mut hase = app.sign_in("hase").await;
    let page = hase.get("/").await;
    assert!(page.body.contains(&given), "{}", page.text());
    hase.get(&given).await.is(200).see("MARK-H");
    hase.post(&format!("{given}/done"), &[("result", "家主にたずねた-MARK-R")]).await.is(303);
    hase.get(&given).await.see("MARK-R");
    assert!(!hase.get("/").await.body.contains(&given));
    whole(app).await;
});
