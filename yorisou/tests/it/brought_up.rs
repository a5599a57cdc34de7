//! What is brought before a session: whom the case itself calls, what whoever brought it up hears, who decides that it comes there, what
//! those it was said for can read, and where it goes when the consent ends.

use words::id::{MatterId, MatterMemberId};

use crate::agreed_to::also;
use crate::agreement::{give, terms, withdraw};
use crate::compartment::on_agenda;
use crate::conference::join;
use crate::decision::{consent, go_on, with_consent};
use crate::inquiry::partner;
use crate::minutes::office;
use crate::referral::{case_of, first_radio};
use crate::session::{at, attend, december, found, id_of, plan, propose, step};
use crate::support::{App, Person};

/// A case of 佐野's desk whose confidential matter 長谷 opened from the list of people without consent: of it she is the only member. Case
/// and matter.
async fn opened_elsewhere(app: &App, sano: &mut Person, hase: &mut Person) -> (String, String) {
    let case = case_of(app, sano, "青木 ハル", "家賃が払えない-MARK-W").await;
    hase.get(&format!("/matters/new?no_consent={case}")).await.is(200);
    let lead = app.town.desk("suishin").to_string();
    let fields = [
        ("position", "support_conference"),
        ("lead", lead.as_str()),
        ("question", ""),
        ("no_consent", case.as_str()),
    ];
    let page = hase.post("/matters/new", &fields).await;
    let matter = at(&page);
    hase.get(&matter).await.is(200);
    hase.post(&format!("{matter}/pledge"), &[]).await.is(303);
    (case, matter)
}

const CALLED: &str = "会議の招集に答える";
const BECAME: &str = "会議に出した議題がどうなったか読む";

story!(the_desk_that_carries_a_case_is_called_without_being_ticked, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, matter) = opened_elsewhere(app, &mut sano, &mut hase).await;
    // In confidence it is not told of the conference: the page says that it has no member.
    let suishin = app.town.desk("suishin").to_string();
    let body = found(app, &mut hase, "支援会議", &["support_conference"], "").await;
    let session = plan(&mut hase, &body, "第1回 支援会議", "R8.12.9", &[]).await;
    let from = format!("matter={}", id_of(&matter));
    let as_what = (body.as_str(), "support_conference");
    let item = at(&propose(&mut hase, &from, as_what, &[("initiator", &suishin)]).await);
    hase.get(&item).await.see("この事案の構成員がいません").see("北部福祉総合相談室");
    hase.post(&format!("/sessions/items/{}/place", id_of(&item)), &[("meeting", id_of(&session))])
        .await
        .is(303);
    hase.get(&session).await;
    hase.post(&format!("{session}/invite"), &[]).await.is(303);
    sano.get("/").await.not_see(CALLED);
    sano.get("/sessions").await.not_see("第1回 支援会議");
    step(&mut hase, &session, &item, "drop", &[("why", "to_confidential")]).await.is(303);

    // With consent it is called, whatever was ticked; the form offers it.
    consent(app, &mut sano, &case).await;
    let matter = go_on(&mut hase, &matter).await;
    let (_, session, _) = on_agenda(app, &mut hase, &matter, "integrated", &[]).await;
    let page = sano.get(&format!("/sessions/propose?case={case}")).await;
    let hokubu = app.town.desk("hokubu").to_string();
    page.see("はじめから印がついています");
    assert!(page.body.contains(&format!("name=\"sections\" value=\"{hokubu}\" checked")), "{}", page.text());
    sano.get("/").await.see(CALLED);
    hase.get(&session).await.see("北部福祉総合相談室").see("このケースの課");
    let page = sano.get("/sessions").await;
    let invitation = page.link("第5回");
    // Whoever has to be there sends somebody, or says that there is nobody to send: then the secretariat hears at once.
    sano.get(&invitation).await.see("いなければなりません").see("代理に出せる人がいない");
    sano.post(&invitation, &[("reply", "absent")]).await.is(422).see("「代理が出る」を選ぶか");
    hase.get("/").await.not_see("必須の窓口が欠席と答えた");
    sano.get(&invitation).await;
    sano.post(&invitation, &[("reply", "absent"), ("nobody", "1")]).await.is(303);
    hase.get("/").await.see("必須の窓口が欠席と答えた");
    sano.get(&invitation).await;
    sano.post(&invitation, &[("reply", "attends")]).await.is(303);
    hase.get("/").await.not_see("必須の窓口が欠席と答えた");
});

story!(whoever_brought_it_up_hears_what_became_of_it, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, matter) = opened_elsewhere(app, &mut sano, &mut hase).await;
    let given = consent(app, &mut sano, &case).await;
    go_on(&mut hase, &matter).await;
    let body = found(app, &mut hase, "重層的支援会議", &["integrated"], "").await;
    let session = plan(&mut hase, &body, "第5回 重層的支援会議", "R8.12.9", &[]).await;
    let from = format!("case={case}");
    let as_what = (body.as_str(), "integrated");

    // Who decided it is asked of those who may decide it, and on a day that has come.
    let (noguchi, lead) = (app.town.user("noguchi").to_string(), app.town.user("hase").to_string());
    for (by, on, said) in [
        (noguchi.as_str(), "R8.11.20", "上げると決められるのは"),
        (lead.as_str(), "R8.12.20", "まだ来ていない日です"),
    ] {
        let more = [("escalation", "stuck"), ("decided_by", by), ("decided_on", on)];
        propose(&mut sano, &from, as_what, &more).await.is(422).see(said);
    }
    let more = [("escalation", "stuck"), ("decided_by", lead.as_str()), ("decided_on", "R8.11.20")];
    let item = at(&propose(&mut sano, &from, as_what, &more).await);
    sano.get("/").await.not_see(BECAME);

    // Placed: the desk that brought it up is told, and reads it although it does not sit there.
    hase.get(&item).await;
    hase.post(&format!("/sessions/items/{}/place", id_of(&item)), &[("meeting", id_of(&session))])
        .await
        .is(303);
    sano.get("/").await.see(BECAME);
    sano.get(&item).await.is(200).see("2026-00001").see("議題に入った").see("第5回 重層的支援会議");
    sano.get(&session).await.is(404);
    let heard = format!("/sessions/items/{}/heard", id_of(&item));
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&item).await.is(404);
    kinoshita.post(&heard, &[]).await.is(404);
    sano.get(&item).await;
    sano.post(&heard, &[]).await.is(303);
    sano.get("/").await.not_see(BECAME);

    // Dropped: with its reason, which tells of no confidential conference.
    step(&mut hase, &session, &item, "drop", &[("why", "to_confidential")]).await.is(303);
    sano.get("/").await.see(BECAME);
    let page = sano.get(&item).await;
    page.is(200).see("割愛").see("ほかの形で続ける").not_see("秘密を守る会議に移った");
    // Kept out of the family meanwhile: there is no such item, and nothing to read.
    app.keep_out(&case, "sano").await;
    let mut sano = app.sign_in("sano").await;
    sano.get(&item).await.is(404);
    sano.get("/").await.not_see(BECAME);
    assert!(given.contains("/consents/"), "{given}");
});

story!(homework_and_minutes_reach_those_they_are_for, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, matter) = opened_elsewhere(app, &mut sano, &mut hase).await;
    // Two in the household, one of whom agrees: to the conference, and to 木下's desk, in two categories.
    also(&mut sano, &case, "青木 一郎", "child").await;
    consent(app, &mut sano, &case).await;
    let page = sano.get(&format!("/cases/{case}/consents/new")).await;
    let person = first_radio(&page.body, "person");
    let shakyo = app.town.desk("shakyo").to_string();
    let more = [
        ("to_desk", shakyo.as_str()),
        ("purpose", "support"),
        ("purpose", "conference"),
        ("share_cat", "plan"),
        ("share_cat", "support"),
    ];
    give(&mut sano, &case, &terms(&person, &more)).await;
    let matter = go_on(&mut hase, &matter).await;
    join(app, &mut hase, &matter, ("kinoshita", "shakyo"), "").await;
    join(app, &mut hase, &matter, ("noguchi", "ikiiki"), "").await;
    let (_, session, item) = on_agenda(app, &mut hase, &matter, "integrated", &[]).await;
    app.clock.set(december(9, 15));
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    attend(&mut hase, &session, "room", &[]).await;
    step(&mut hase, &session, &item, "begin", &[]).await.is(303);
    let path = format!("/sessions/items/{}/homework", id_of(&item));
    hase.get(&path).await.is(200).see("宿題");
    let fields = [("what", "家計の表をつくる-MARK-H"), ("desk", shakyo.as_str()), ("due", "R8.12.20")];
    // A line of the room asks for no marks: it is about whoever agreed, support and plan.
    let bare: Vec<(&str, &str)> = fields.iter().copied().chain([("what_marked", "")]).collect();
    hase.post(&path, &bare).await.is(303);
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&session).await.see("MARK-H");
    app.sign_in("noguchi").await.get(&session).await.is(200).see("ケース 2026-00001").not_see("MARK-H");

    // 佐野's desk knows everybody by name: it may mark it otherwise, and hears who will not be able to read it.
    sano.get(&session).await.is(200);
    let edit = format!("{session}/minutes/edit");
    hase.get(&format!("{edit}?place={}", id_of(&item))).await.is(200);
    hase.post(&edit, &[("text", "○ 家計の相談を続ける-MARK-MIN"), ("text_marked", "")]).await.is(303);
    step(&mut hase, &session, &item, "conclude", &[]).await.is(303);
    hase.get(&session).await;
    hase.post(&format!("{session}/hold"), &[]).await.is(303);
    office(&mut hase, &session, "approve", &[("how", "chair"), ("on", "R8.12.9"), ("note", "")])
        .await
        .is(303);
    kinoshita.get(&format!("{session}/minutes")).await.is(200).see("MARK-MIN");
    app.sign_in("noguchi").await.get(&format!("{session}/minutes")).await.is(200).not_see("MARK-MIN");
    // A desk that came to one item alone can be sent what goes round: what is about nobody.
    let around = format!("{session}/circulation");
    let ikiiki = app.town.desk("ikiiki").to_string();
    hase.get(&around).await.see("議題だけに招いた窓口");
    let fields = [("what", "minutes"), ("due", "R8.12.20"), ("desks", ikiiki.as_str())];
    hase.post(&around, &fields).await.is(303);
    let mut mieda = app.sign_in("mieda").await;
    mieda.get("/").await.see("回覧を読む");
    let page = mieda.get("/").await;
    let round = page.body.split("href=\"/circulation/").nth(1).unwrap().split('"').next().unwrap();
    mieda.get(&format!("/circulation/{round}")).await.is(200).not_see("MARK-MIN").not_see("2026-00001");
});

story!(without_consent_a_matter_goes_on_in_confidence_under_the_same_number, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (_, given, matter) = with_consent(app, &mut sano, &mut hase).await;
    withdraw(&mut sano, &given).await;
    hase.get(&format!("{matter}/office")).await.see("秘密を守る会議に移る");
    let path = format!("{matter}/move-in-confidence");
    hase.post(&path, &[("position", "integrated")]).await.is(422);
    hase.get(&format!("{matter}/office")).await;
    let page = hase.post(&path, &[("position", "support_conference")]).await;
    assert_eq!(page.status, 303, "{}", page.text());
    let next = page.location().split("/office").next().unwrap().to_owned();
    hase.get(&format!("{next}/office")).await.is(200).see("2026-00001").see("佐野 健");
    // Nobody reads anything before the pledge, and the former one says only that it goes on.
    sano.get(&next).await.is(200).see("秘密を守る誓約").not_see("青木");
    sano.get(&matter).await.is(200).see("ほかの形で続ける").not_see("秘密を守る会議に移った");
    crate::conference::whole(app).await;
});

/// How many matters stand before the newest ones of a coordinator's desk.
const MANY: usize = 205;

story!(a_matter_is_found_behind_two_hundred_others, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    let timeline = format!("/cases/{case}/timeline");
    sano.get(&timeline).await.is(200).see("の事案をひらいた");
    let m = app.town.municipality;
    let system = access::System::Demonstration;
    let begun = app.engine.system_act(system, m, engine::Origin::Console, "story.matters", &m).await;
    let mut act = begun.unwrap();
    let right = access::Right::system(system);
    let of: MatterId = id_of(&matter).parse().unwrap();
    let copy = "INSERT INTO matter (municipality_id, id, position, rests_on, article, household_id, initiator_desk_id, \
                secretariat_desk_id, lead_desk_id, opened_at, command_id) SELECT municipality_id, $3, position, rests_on, \
                article, household_id, initiator_desk_id, secretariat_desk_id, lead_desk_id, '2026-11-25T09:00:00.000+09:00', \
                command_id FROM matter WHERE municipality_id = $1 AND id = $2";
    let sits = "INSERT INTO matter_member (municipality_id, id, matter_id, desk_id, user_id, appointment_id, from_at, \
                command_id) SELECT municipality_id, $4, $3, desk_id, user_id, appointment_id, from_at, command_id \
                FROM matter_member WHERE municipality_id = $1 AND matter_id = $2 AND user_id = $5";
    for _ in 0..MANY {
        let (id, member): (MatterId, MatterMemberId) = (act.new_id(), act.new_id());
        let mut conn = act.save(&right).unwrap();
        conn.exec(copy, engine::args![m, of, id]).await.unwrap();
        conn.exec(sits, engine::args![m, of, id, member, app.town.user("sano")]).await.unwrap();
    }
    act.commit("").await.unwrap();
    sano.get(&timeline).await.is(200).see("の事案をひらいた");
    hase.get("/matters").await.is(200);
});

story!(a_section_invited_twice_to_one_session_came_once, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (_, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    let (body, session, item) = on_agenda(app, &mut hase, &matter, "integrated", &[]).await;
    // 佐野's desk is called to its case, and to the whole session as well.
    let hokubu = app.town.desk("hokubu").to_string();
    let pharmacy = partner(app).await;
    hase.get(&session).await;
    let fields = [("desk", hokubu.as_str()), ("name", ""), ("why", "guest"), ("obligatory", "")];
    hase.post(&format!("{session}/add"), &fields).await.is(303);
    hase.get(&session).await;
    let fields = [("desk", pharmacy.as_str()), ("name", "薬剤師 星"), ("why", "guest"), ("obligatory", "")];
    hase.post(&format!("{session}/add"), &fields).await.is(303);
    app.clock.set(december(9, 15));
    let mut hase = app.sign_in("hase").await;
    attend(&mut hase, &session, "room", &[]).await;
    step(&mut hase, &session, &item, "begin", &[]).await.is(303);
    step(&mut hase, &session, &item, "conclude", &[]).await.is(303);
    hase.get(&session).await.see("この会議で確かめる3つのこと");
    hase.post(&format!("{session}/hold"), &[]).await.is(303);
    let counts = |page: &crate::support::Page| -> Vec<String> {
        let row = page.body.split("<tr>").find(|r| r.contains("北部福祉総合相談室")).unwrap();
        row.split("<td class=\"num\">")
            .skip(1)
            .take(2)
            .map(|c| c.split('<').next().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        counts(&hase.get("/flow/sessions").await),
        ["1", "1"],
        "one session, whatever it was called to"
    );
    let of_body = format!("/flow/sessions?body={}", id_of(&body));
    assert_eq!(counts(&hase.get(&of_body).await), ["1", "1"]);
    // The conference with consent is a meeting over the case, and no standstill is counted twice for it.
    hase.get("/watch/stuck").await.is(200);
});
