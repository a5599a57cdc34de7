//! 支援プラン: written, decided, in force, looked at, changed, evaluated, ended; never around the decision, never a trap (R-082 to
//!

use words::Day;

use crate::agreement::withdraw;
use crate::conference::whole;
use crate::decision::{END, GOALS, decide, met, present, with_consent};
use crate::support::{App, Page, Person};

/// A plan of three lines, written by 佐野's desk; its page.
pub async fn write(who: &mut Person, case: &str, more: &[(&str, &str)]) -> String {
    let page = send(who, case, more).await;
    page.is(303);
    page.location().split('?').next().unwrap().to_owned()
}

async fn send(who: &mut Person, case: &str, more: &[(&str, &str)]) -> Page {
    let path = format!("/cases/{case}/plans/new");
    who.get(&format!("{path}?kind=multi_agency")).await.is(200).see("だれが、何を、いつまでに");
    let mut fields = vec![
        ("kind", "multi_agency"),
        ("words", "図書館に行きたい-MARK-W1"),
        ("direction", "家賃と昼の居場所を、いっしょに整える"),
        ("long_1", "月に一度は出かける-MARK-L"),
        ("short_1", "家賃を分けて払う"),
        ("goals_cat", "plan"),
        ("act_1_who", "self"),
        ("act_1_what", "起きたら窓をあける"),
    ];
    fields.retain(|(name, _)| !more.iter().any(|(n, _)| n == name));
    fields.extend(more);
    who.post(&path, &fields).await
}

/// A plan that lies before the conference; its page.
pub async fn proposed(who: &mut Person, case: &str, more: &[(&str, &str)]) -> String {
    let plan = write(who, case, more).await;
    post(who, &plan, "propose", &SIGNED).await.is(303);
    plan
}

/// The decision of a matter; its id.
pub async fn decided(hase: &mut Person, matter: &str, timing: &str, more: &[(&str, &str)]) -> String {
    let page = decide(hase, matter, timing, more).await;
    page.is(303);
    let path = page.location().split('?').next().unwrap().to_owned();
    path.trim_start_matches("/decisions/").to_owned()
}

pub async fn post(who: &mut Person, plan: &str, step: &str, fields: &[(&str, &str)]) -> Page {
    who.get(plan).await.is(200);
    who.post(&format!("{plan}/{step}"), fields).await
}

/// What an evaluation says about every goal.
pub async fn evaluate(who: &mut Person, plan: &str, outcome: &str, more: &[(&str, &str)]) -> Page {
    let path = format!("{plan}/evaluate");
    let page = who.get(&path).await;
    page.is(200);
    let mut goals: Vec<String> =
        page.body.split("name=\"goal_").skip(1).map(|x| x.split('"').next().unwrap().to_owned()).collect();
    goals.dedup();
    let goals: Vec<String> = goals.into_iter().map(|g| format!("goal_{g}")).collect();
    let mut fields = vec![("evaluation", "近所の人と話すようになった-MARK-V"), ("outcome", outcome)];
    fields.extend(goals.iter().map(|g| (g.as_str(), "partly")));
    fields.extend(more);
    who.post(&path, &fields).await
}

pub const SIGNED: [(&str, &str); 2] = [("signed_on", "R8.11.21"), ("signed_how", "paper")];
pub const REPLAN: [(&str, &str); 4] = [
    ("change", "外に出られるようになった"),
    ("review", "半分とどいた"),
    ("new_plan", "居場所に通う"),
    ("monitoring", "R9.5.1"),
];

/// Everybody of the conference is there today; a plan in force. Case, consent, matter, plan.
pub async fn in_force(app: &App, sano: &mut Person, hase: &mut Person) -> (String, String, String, String) {
    let (case, given, matter) = with_consent(app, sano, hase).await;
    met(hase, &matter, "R8.11.21").await;
    let hokubu = format!("desk:{}", app.town.desk("hokubu"));
    let more = [
        ("act_2_who", hokubu.as_str()),
        ("act_2_what", "大家さんに電話する-MARK-A"),
        ("act_2_due", "R8.12.1"),
    ];
    let plan = proposed(sano, &case, &more).await;
    let by = decided(hase, &matter, "establish", &GOALS).await;
    post(sano, &plan, "force", &[("decision", &by)]).await.is(303);
    (case, given, matter, plan)
}

/// What a plan in force holds people to: the case stays open, promises are kept, the next look is promised.
async fn held_to(app: &App, sano: &mut Person, plan: &str, end: &str) {
    // A case is not closed, nor paused, over a plan in force.
    sano.get(end).await.see("動いている支援プランが1つ").see("プランを終結にする");
    for to in ["closed", "interrupted"] {
        sano.get(end).await;
        let over = [
            ("to", to),
            ("reason", "settled"),
            ("words", "落ち着いた"),
            ("watch", "民生委員"),
            ("ends", "yes"),
        ];
        sano.post(end, &over).await.is(422).see("動いている支援プランが1つ");
    }
    // Done, looked at, and the next look promised by the rhythm.
    sano.get(plan).await;
    let line = sano.page.form("/done").value("line");
    sano.post(&format!("{plan}/done"), &[("line", &line)]).await.is(303);
    sano.get(plan).await.see("すんだ").see("R9.1.16");
    let seen = [("seen", "図書館に一度行けた-MARK-M"), ("next", "R8.11.20")];
    post(sano, plan, "monitor", &seen).await.is(422).see("あしたから").see("MARK-M");
    let seen = [seen[0], ("next", "R9.1.16")];
    post(sano, plan, "monitor", &seen).await.is(303);
    sano.get(plan).await.see("MARK-M").see("令和9年1月16日");
    whole(app).await;
}

/// The next version, written out of this one and decided; its page.
async fn planned_anew(
    (sano, hase): (&mut Person, &mut Person),
    case: &str,
    plan: &str,
    (used, matter): (&str, &str),
) -> String {
    // 再プラン: evaluated, written out of the former, decided, and what changed is told.
    evaluate(sano, plan, "replan", &[]).await.is(303);
    let next = format!("/cases/{case}/plans/new?kind=multi_agency");
    sano.get(&next).await.see("次の版を書く").see("MARK-L2").see("大家さんに電話する-MARK-A");
    let more = [
        ("change", "外に出られるようになったので-MARK-C"),
        ("long_1", "月に二度は出かける-MARK-L2"),
        ("short_1", "居場所に通う-MARK-N"),
    ];
    let second = write(sano, case, &more).await;
    sano.get(&second)
        .await
        .see("第2版")
        .see("MARK-C")
        .see("なくなった")
        .see("家賃を分けて払う")
        .see("MARK-N");
    post(sano, &second, "propose", &SIGNED).await.is(303);
    // For a decision that does not fit there is no form, and whoever sends one all the same is refused.
    post(sano, &second, "force", &[("decision", used)]).await.is(409);
    let fitting = decided(hase, matter, "replan", &REPLAN).await;
    post(sano, &second, "force", &[("decision", &fitting)]).await.is(303);
    sano.get(&second).await.see("動いている").see("令和9年5月1日");
    sano.get(plan).await.see("次の版に替わった").see("MARK-V");
    second
}

/// How far its goals came to be stands on the page and on the evaluation sheet, and not on what was signed.
async fn evaluated(who: &mut Person, plan: &str) {
    who.get(plan).await.see("終結した").see("一部達成");
    who.get(&format!("{plan}/print")).await.is(200).not_see("一部達成");
    who.get(&format!("{plan}/print?sheet=evaluation")).await.is(200).see("一部達成");
}

/// A case ends.
const OVER: [(&str, &str); 5] = [
    ("to", "closed"),
    ("reason", "settled"),
    ("words", "落ち着いた"),
    ("watch", "民生委員"),
    ("ends", "yes"),
];

story!(from_a_matter_without_consent_to_the_follow_up_after_the_end, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, given, matter) = with_consent(app, &mut sano, &mut hase).await;
    sano.get(&format!("/cases/{case}/plans")).await.is(200).see("プランは、まだありません");
    // Everything wrong is said at once, and what was typed stays.
    let desk = format!("desk:{}", app.town.desk("hokubu"));
    let wrong = [("act_2_who", desk.as_str()), ("act_2_what", ""), ("act_3_what", "だれかが行く")];
    let page = send(&mut sano, &case, &wrong).await;
    page.is(422)
        .see("何をするかを書いて")
        .see("いつまでかを書いて")
        .see("だれがするかを選んで")
        .see("MARK-L");
    let more = [
        ("act_2_who", desk.as_str()),
        ("act_2_what", "大家さんに電話する-MARK-A"),
        ("act_2_due", "R8.12.1"),
        ("act_3_who", "place"),
        ("act_3_place", "ふれあい図書館-MARK-P"),
        ("act_3_what", "居場所をあけておく"),
        ("rhythm", "8"),
    ];
    let plan = write(&mut sano, &case, &more).await;
    sano.get(&plan).await.see("下書き").see("MARK-L").see("MARK-A").see("MARK-P").see("本人").see("8週ごと");
    // One of a kind is written at a time.
    send(&mut sano, &case, &[]).await.is(422).see("もう書かれています");
    // A draft is written anew; the other text stays what it was.
    sano.get(&format!("{plan}/edit")).await.is(200).see("MARK-L").see("MARK-P");
    let anew = [
        ("words", "図書館に行きたい-MARK-W1"),
        ("long_1", "月に二度は出かける-MARK-L2"),
        ("short_1", "家賃を分けて払う"),
        ("goals_cat", "plan"),
        ("act_1_who", desk.as_str()),
        ("act_1_what", "大家さんに電話する-MARK-A"),
        ("act_1_due", "R8.12.1"),
        ("rhythm", "8"),
    ];
    sano.post(&format!("{plan}/edit"), &anew).await.goes_to(&format!("{plan}?done=plan_written"));
    sano.get(&plan).await.see("MARK-L2").not_see("MARK-L<").not_see("MARK-P");
    // The application comes first, then the decision, and nothing goes around it.
    post(&mut sano, &plan, "propose", &[]).await.is(422).see("申し込んだ日");
    post(&mut sano, &plan, "propose", &SIGNED).await.is(303);
    sano.get(&plan)
        .await
        .see("会議にはかる案")
        .see("「プラン策定」の決定が、まだありません")
        .see("包括化推進員に");
    sano.get(&format!("{plan}/print"))
        .await
        .is(200)
        .see("利用申込み")
        .see("MARK-L2")
        .see("太い枠")
        .see("署名");
    post(&mut sano, &plan, "force", &[("decision", "")]).await.is(422);
    let nothing = app.engine.new_id::<words::id::kind::Decision>().to_string();
    let typed = [("decision", nothing.as_str()), ("base_version", "3")];
    post(&mut sano, &plan, "force", &typed).await.is(422).see("ここでは使えません");
    met(&mut hase, &matter, "R8.11.21").await;
    let other = decided(&mut hase, &matter, "replan", &REPLAN).await;
    let typed = [("decision", other.as_str()), ("base_version", "3")];
    post(&mut sano, &plan, "force", &typed).await.is(422).see("ここでは使えません");
    hase.get(&plan).await.is(404);
    let by = decided(&mut hase, &matter, "establish", &GOALS).await;
    sano.get(&plan).await.see("プラン策定（多機関協働）");
    post(&mut sano, &plan, "force", &[("decision", &by)])
        .await
        .goes_to(&format!("{plan}?done=plan_in_force"));
    sano.get(&plan).await.see("動いている").see("令和9年2月1日");
    post(&mut sano, &plan, "drop", &[("base_version", "4")]).await.is(422).see("評価をして");
    whole(app).await;
    // Promises; and to the coordinator, whom the person's consent lets, the words.
    sano.get("/").await.see("プランで引きうけたことをする");
    hase.get(&plan).await.is(200).see("MARK-L2").see("本人の同意");
    for login in ["noguchi", "kinoshita", "mori", "kanri"] {
        let mut other = app.sign_in(login).await;
        for page in [plan.clone(), format!("{plan}/print"), format!("/cases/{case}/plans")] {
            other.get(&page).await.is(404).not_see("MARK");
        }
        other.search("出かける").await.not_see("MARK-L2");
    }
    let end = format!("/cases/{case}/end");
    held_to(app, &mut sano, &plan, &end).await;
    let second = planned_anew((&mut sano, &mut hase), &case, &plan, (&by, &matter)).await;
    // The end: only with its decision; the follow-up survives the closing of the case.
    evaluate(&mut sano, &second, "end", &[]).await.is(422).see("支援終結");
    evaluate(&mut sano, &second, "interrupt", &[("pause_by", &nothing)])
        .await
        .is(422)
        .see("ここでは使えません");
    let last = decided(&mut hase, &matter, "close", &END).await;
    sano.get(&format!("{second}/evaluate")).await.see("支援終結（多機関協働）");
    evaluate(&mut sano, &second, "end", &[("close_by", &last), ("later", "R9.6.1")]).await.is(303);
    evaluated(&mut sano, &second).await;
    sano.get(&format!("/cases/{case}/timeline")).await.see("支援プラン（多機関協働）第2版").see("会議の決定");
    sano.get(&end).await;
    sano.post(&end, &OVER).await.is(303);
    let page = sano.get(&format!("/cases/{case}")).await;
    page.see("終結").see("3月1日").see("6月1日");
    whole(app).await;
    // The consent gone, the coordinator reads nothing of it any more.
    withdraw(&mut sano, &given).await;
    hase.get(&second).await.is(200).not_see("MARK").see("読めない文");
    hase.get(&format!("{second}/print")).await.is(200).not_see("MARK");
});

story!(a_withdrawal_a_death_and_a_closed_desk_are_no_trap, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, given, matter, plan) = in_force(app, &mut sano, &mut hase).await;
    // Nobody ends it alone as long as the consent holds and everybody is there.
    sano.get(&format!("{plan}/evaluate"))
        .await
        .see("「支援終結」の決定が、まだありません")
        .not_see("自分たちの記録だけで決める");
    withdraw(&mut sano, &given).await;
    sano.get(&format!("{plan}/evaluate")).await.see("自分たちの記録だけで決める");
    // The desk closes; its plan, its promises and the case pass to the heir.
    let (m, last) = (app.town.municipality, Day::new(2026, 11, 30).unwrap());
    let mut act = app
        .engine
        .system_act(access::System::Import, m, engine::Origin::File, "story.end", &m)
        .await
        .unwrap();
    let right = access::Right::system(access::System::Import);
    let (hokubu, shakyo) = (app.town.desk("hokubu"), app.town.desk("shakyo"));
    register::acts::end_desk(&mut act, &right, hokubu, last, shakyo).await.unwrap();
    act.commit("").await.unwrap();
    app.clock.forward_minutes(12 * 24 * 60);
    casefile::office_end(&app.engine, m).await.unwrap();
    whole(app).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&plan).await.is(200).see("バックアップふじさわ社協").see("MARK-A");
    kinoshita.get("/").await.see("プランで引きうけたことをする");
    // The heir ends it on the records, with the reason; the code says that no conference was held.
    let alone = format!("/cases/{case}");
    let why: Vec<_> = END.iter().copied().chain([("ended", "withdrawn"), ("on", "R8.12.3")]).collect();
    let page = decide(&mut kinoshita, &alone, "close", &why).await;
    page.is(303);
    let by = page.location().split('?').next().unwrap().trim_start_matches("/decisions/").to_owned();
    evaluate(&mut kinoshita, &plan, "end", &[("close_by", &by)]).await.is(303);
    evaluate_again(&mut kinoshita, &plan).await;
    let end = format!("/cases/{case}/end");
    kinoshita.get(&end).await;
    let over = [
        ("to", "closed"),
        ("reason", "declined"),
        ("words", "本人が望まない"),
        ("watch", "民生委員"),
        ("ends", "yes"),
    ];
    kinoshita.post(&end, &over).await.is(303);
    whole(app).await;
    // The conference goes on knowing nothing of what was decided without it, and can be closed.
    let mut hase = app.sign_in("hase").await;
    hase.get(&format!("{matter}/office")).await.is(200);
    hase.post(&format!("{matter}/close"), &[("outcome", "settled"), ("sure", "yes")]).await.is(303);
});

async fn evaluate_again(who: &mut Person, plan: &str) {
    who.get(&format!("{plan}/evaluate")).await.is(422).see("動いているプランではありません");
}

story!(what_a_confidential_conference_decided_is_used_by_its_members_only, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, given, _, plan) = in_force(app, &mut sano, &mut hase).await;
    withdraw(&mut sano, &given).await;
    // The person has withdrawn: a confidential matter of the same case, with 長谷 alone as its member.
    let new = format!("/matters/new?case={case}");
    hase.get(&new).await.is(200);
    let lead = app.town.desk("suishin").to_string();
    let fields =
        [("position", "support_conference"), ("lead", lead.as_str()), ("question", ""), ("case", &case)];
    let page = hase.post("/matters/new", &fields).await;
    page.is(303);
    let secret = page.location().split('?').next().unwrap().to_owned();
    crate::conference::pledge(&mut hase, &secret).await;
    present(&mut hase, &secret, "長谷 みどり", "R8.11.21").await;
    let pause =
        [("interrupt", "refuses"), ("attempts", "三度たずねて断られた-MARK-SECRET"), ("ended", "withdrawn")];
    let by = decided(&mut hase, &secret, "interrupt", &pause).await;
    // 佐野 has a part in the case, and is no member: nothing of it is there, by no way.
    sano.get(&format!("/decisions/{by}")).await.is(404);
    for page in ["", "/plans", "/timeline", "/entries", "/end"] {
        sano.get(&format!("/cases/{case}{page}")).await.is(200).not_see("MARK-SECRET").not_see(&by);
    }
    sano.get(&format!("{plan}/evaluate")).await.is(200).not_see(&by);
    evaluate(&mut sano, &plan, "interrupt", &[("pause_by", &by)]).await.is(422).see("ここでは使えません");
    evaluate(&mut hase, &plan, "interrupt", &[("pause_by", &by)]).await;
    hase.get(&plan).await.is(200);
    sano.get(&plan).await.not_see(&by).not_see("MARK-SECRET");
    whole(app).await;
});

story!(a_plan_begins_from_the_board_and_goes_with_the_household, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = crate::referral::case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let hokubu = app.town.desk("hokubu").to_string();
    let at = format!("/cases/{case}");
    let need = crate::board::need(&mut sano, &at, "housing", "家賃の滞納-MARK-B", &hokubu, "").await;
    sano.get(&need).await;
    let part = [("desk", hokubu.as_str()), ("what", "分割を相談する-MARK-D"), ("due", "R8.12.1")];
    sano.post(&format!("{need}/take"), &part).await.is(303);
    let page = sano.get(&format!("{at}/plans/new?kind=outreach&from=board")).await;
    page.is(200).see("MARK-B").see("MARK-D").see("R8.12.1");
    let one = format!("desk:{hokubu}");
    let more = [
        ("kind", "outreach"),
        ("short_1", "家賃の滞納-MARK-B"),
        ("act_1_who", one.as_str()),
        ("act_1_what", "分割を相談する-MARK-D"),
        ("act_1_due", "R8.12.1"),
    ];
    let plan = write(&mut sano, &case, &more).await;
    // Who is reached without asking has not applied.
    post(&mut sano, &plan, "propose", &[]).await.is(303);
    sano.get(&plan).await.see("会議にはかる案").see("「プラン策定」の決定が、まだありません");
    post(&mut sano, &plan, "back", &[]).await.is(303);
    post(&mut sano, &plan, "drop", &[]).await.is(303);
    sano.get(&plan).await.see("取りやめた");
    // A case of one desk ends as before: a plan that was never in force holds nothing.
    sano.get(&format!("{at}/end")).await;
    let over = [
        ("to", "closed"),
        ("reason", "settled"),
        ("words", "落ち着いた"),
        ("watch", "民生委員"),
        ("ends", "yes"),
    ];
    sano.post(&format!("{at}/end"), &over).await.is(303);
    whole(app).await;
});

story!(the_person_s_own_step_is_done_once, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (_, _, _, plan) = in_force(app, &mut sano, &mut hase).await;
    let step = |page: &Page| {
        let own =
            page.forms().into_iter().find(|f| f.action.contains("/done") && f.html.contains("起きたら"));
        own.map(|f| f.value("line"))
    };
    let line = step(&sano.get(&plan).await).expect("whoever writes the plan notes it");
    sano.post(&format!("{plan}/done"), &[("line", &line)]).await.is(303);
    let page = sano.get(&plan).await;
    page.see("すんだ").see("とりくみ中");
    assert_eq!(step(&page), None);
    sano.post(&format!("{plan}/done"), &[("line", &line)]).await.is(422);
    whole(app).await;
});

story!(what_was_typed_twice_goes_into_the_draft_that_is_there, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = crate::referral::case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let new = format!("/cases/{case}/plans/new");
    sano.get(&format!("{new}?kind=multi_agency")).await;
    sano.post(&new, &[("kind", "multi_agency"), ("goals_cat", "plan")]).await.is(303);
    let plan = sano.page.location().split('?').next().unwrap().to_owned();
    // Empty, it says so, and what is missing stands where it is missing.
    sano.get(&plan).await.see("まだ何も書かれていません").not_see("読める文がありません");
    let page = post(&mut sano, &plan, "propose", &SIGNED).await;
    page.is(422).see("目標をひとつは");
    assert!(page.body.contains("id=\"content-error\"") && !page.body.contains("id=\"signed_on-error\""));
    // Back in the browser, and saved again: the draft is one click away, and takes what was typed.
    let page = send(&mut sano, &case, &[]).await;
    page.is(422).see("もう書かれています").see("この内容で下書きを書きかえる").see("MARK-L");
    assert!(page.body.contains(&format!("href=\"{plan}\"")));
    let (at, typed) = (format!("{plan}/edit"), page.forms());
    let form = typed.iter().find(|f| f.html.contains(&format!("formaction=\"{at}\""))).unwrap();
    let (version, command) = (form.value("base_version"), form.value("command"));
    let fields = [
        ("base_version", version.as_str()),
        ("command", command.as_str()),
        ("long_1", "月に一度は出かける-MARK-L"),
        ("goals_cat", "plan"),
        ("act_1_who", "self"),
        ("act_1_what", "起きたら窓をあける"),
        ("act_1_due", "12/20"),
    ];
    sano.post(&at, &fields).await.is(303);
    let page = sano.get(&plan).await;
    page.see("MARK-L").see("12月20日");
    // The day of the application is there already; days in fields are written alike.
    assert!(page.body.contains("name=\"signed_on\" class=\"w-m\" value=\"R8.11.21\""), "{}", page.body);
    sano.get(&at).await.see("R8.12.20");
    // The copy of the person says nothing of what is reported, and what is empty can be written by pen.
    sano.get(&format!("{plan}/print")).await.see("太い枠");
    let people = sano.page.body.split("name=\"for\"").nth(1).unwrap();
    let person =
        people.split("value=\"").find_map(|v| v.split('"').next().filter(|v| v.len() == 36)).unwrap();
    let given = format!("{plan}/print?for={person}");
    sano.get(&given).await.is(200).see("MARK-L").not_see("太い枠");
});

story!(raw_sql_puts_no_plan_into_force_without_a_decision, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (_, _, _, _) = in_force(app, &mut sano, &mut hase).await;
    let m = app.town.municipality;
    for sql in [
        "UPDATE support_plan SET decision_id = NULL WHERE municipality_id = $1",
        "UPDATE support_plan SET state = 'ended', ended_at = in_force_at WHERE municipality_id = $1",
        "UPDATE support_plan SET state = 'interrupted', ended_at = in_force_at WHERE municipality_id = $1",
        "UPDATE decision SET timing = 'close' WHERE municipality_id = $1",
    ] {
        let begun = app
            .engine
            .system_act(access::System::Console, m, engine::Origin::Console, "story.raw", &sql)
            .await;
        let mut act = begun.unwrap();
        let right = access::Right::system(access::System::Console);
        let done = act.save(&right).unwrap().exec(sql, engine::args![m]).await;
        assert!(done.is_err(), "{sql}");
    }
});

story!(a_first_check_after_a_hand_back_outlives_the_receiver_s_desk, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter, plan) = in_force(app, &mut sano, &mut hase).await;
    // つなぎ戻し to いきいき, taken up; the plan ends with a day on which they look for the first time.
    let ikiiki = app.town.desk("ikiiki").to_string();
    let back = crate::referral::send(&mut sano, &case, &ikiiki, &[("kind", "hand_back")]).await;
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get(&back).await.is(200);
    noguchi.post(&format!("{back}/accept"), &[]).await.is(303);
    let by = decided(&mut hase, &matter, "close", &END).await;
    let end = [("close_by", by.as_str()), ("hand_back", ikiiki.as_str()), ("first_check", "R9.2.1")];
    let mut who = app.sign_in("noguchi").await;
    let page = sano.get(&format!("{plan}/evaluate")).await;
    let own = if page.status == 200 { &mut sano } else { &mut who };
    evaluate(own, &plan, "end", &end).await.is(303);
    noguchi.get("/").await.see("つなぎ戻しのあとの様子を確かめる");
    // The receiver's desk closes before that day: its heir has the promise, and keeps it.
    let (m, last) = (app.town.municipality, Day::new(2026, 12, 31).unwrap());
    let right = access::Right::system(access::System::Import);
    let (system, origin) = (access::System::Import, engine::Origin::File);
    let mut act = app.engine.system_act(system, m, origin, "story.end", &m).await.unwrap();
    let (gone, heir) = (app.town.desk("ikiiki"), app.town.desk("shakyo"));
    register::acts::end_desk(&mut act, &right, gone, last, heir).await.unwrap();
    act.commit("").await.unwrap();
    app.clock.set(words::Instant::at(Day::new(2027, 1, 4).unwrap(), 9, 0));
    crate::session_life::night(app).await;
    whole(app).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get("/").await.see("つなぎ戻しのあとの様子を確かめる");
    crate::session_life::no_dead_end(app).await;
    let list = kinoshita.get("/").await;
    for id in list.body.split("href=\"/tasks/").skip(1).map(|s| s.split(['"', '/']).next().unwrap()) {
        let task = format!("/tasks/{id}");
        let page = kinoshita.get(&task).await;
        if page.is(200).text().contains("つなぎ戻しのあとの様子を確かめる") {
            kinoshita.post(&format!("{task}/done"), &[]).await.is(303);
            break;
        }
    }
    kinoshita.get("/").await.not_see("つなぎ戻しのあとの様子を確かめる");
    whole(app).await;
});
