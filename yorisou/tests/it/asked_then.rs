//! Whoever asked for a desk that has ended is not called there any more: what is still open names whoever took over, and who asked then.

use words::{Day, Instant};

use crate::capacity::{born, seek};
use crate::conference::{REFUSED, pledge, raised};
use crate::inquiry::{ask, step, withdraw_all};
use crate::offices_end::commissioned;
use crate::referral::{case_of, send};
use crate::support::{App, Person};

story!(a_contact_and_a_referral_of_an_ended_desk_name_whoever_took_over, |app| async {
    commissioned(app).await;
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    born(&mut sano, &case).await;
    let mut minato = app.sign_in("minato").await;
    seek(&mut minato, "青木 ハル", "1950-05-01").await;
    let own = case_of(app, &mut minato, "井上 ナツ", "眠れない-MARK-C").await;
    let shakyo = app.town.desk("shakyo").to_string();
    let referral = send(&mut minato, &own, &shakyo, &[]).await;
    sano.get("/").await.see("連絡してほしいという頼みに応える");
    let link =
        sano.page.body.split("href=\"/contacts/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let contact = format!("/contacts/{link}");
    sano.get(&contact).await.is(200).see("職員minato").not_see("（当時）");
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&format!("{referral}/print")).await.is(200).see("みなと相談所").not_see("（当時）");

    // The contract is over: its work is with the section that commissioned it.
    app.clock.set(Instant::at(Day::new(2027, 4, 2).unwrap(), 9, 0));
    let (mut sano, mut kinoshita) = (app.sign_in("sano").await, app.sign_in("kinoshita").await);
    let heir = "地域共生社会推進室";
    sano.get(&contact).await.is(200).see(heir).see("職員minato（当時）が頼んだもの");
    for path in [referral.clone(), format!("{referral}/print")] {
        kinoshita.get(&path).await.is(200).see(heir).see("（当時）が送ったもの");
    }
});

/// The same person is asked about twice, under a consent that ends and under an article that stands.
async fn asked_twice(app: &App, sano: &mut Person) -> (String, String) {
    let case = case_of(app, sano, "青木 ハル", "家賃が払えない").await;
    let to = app.town.desk("ikiiki").to_string();
    let by_law = ask(sano, &case, &to, &[]).await;
    let consent = [("basis", "consent"), ("given_by", "self"), ("form", "oral")];
    let by_consent = ask(sano, &case, &to, &consent).await;
    (by_law, by_consent)
}

story!(a_question_whose_consent_is_gone_names_nobody_for_another_ones_sake, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (by_law, by_consent) = asked_twice(app, &mut sano).await;
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get(&by_consent).await.is(200).see("青木 ハル").see("MARK-Q1");
    withdraw_all(app).await;
    noguchi.get(&by_law).await.is(200).see("青木 ハル").see("MARK-Q1");
    let page = noguchi.get(&by_consent).await;
    page.is(200).see("名前と質問は見えません").not_see("青木").not_see("MARK");
    let paper = noguchi.get(&format!("{by_consent}/print")).await;
    paper.is(200).see("この照会のもとになる同意は、いまはありません").not_see("青木").not_see("MARK");
    // In the list the one that stands has its name, the other its number only.
    let list = noguchi.get("/inquiries").await;
    assert_eq!(list.is(200).body.matches("青木 ハル").count(), 1, "{}", list.text());
    // Whoever asked goes on seeing whom they asked about.
    sano.get(&by_consent).await.see("青木 ハル").see("別の根拠を選びなおすか");
});

story!(whoever_sits_at_both_desks_picks_another_ground, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (_, by_consent) = asked_twice(app, &mut sano).await;
    // From today on they work at the desk that is asked as well.
    let (m, right) = (app.town.municipality, access::Right::system(access::System::Import));
    let origin = engine::Origin::File;
    let mut act =
        app.engine.system_act(access::System::Import, m, origin, "story.second_seat", &1).await.unwrap();
    let desk = app.town.desk("ikiiki");
    let role = access::Role::Caseworker;
    let post = register::acts::add_post(&mut act, &right, desk, role, "").await.unwrap();
    let span = register::Span { from: Day::new(2026, 11, 21).unwrap(), to: None };
    register::acts::appoint(&mut act, &right, app.town.user("sano"), post, None, span, "").await.unwrap();
    act.commit("").await.unwrap();
    let mut sano = app.sign_in("sano").await;
    let steps = |page: &crate::support::Page| {
        let of = |step: &str| page.forms().iter().any(|f| f.action == format!("{by_consent}/{step}"));
        (of("answer"), of("withdraw"), of("rebase"))
    };
    assert_eq!(steps(&sano.get(&by_consent).await), (true, true, false), "theirs on either side");
    withdraw_all(app).await;
    let page = sano.get(&by_consent).await;
    page.is(200).see("別の根拠を選びなおすか").not_see("きいた窓口が根拠を選びなおすのを待っています");
    assert_eq!(steps(&page), (false, true, true));
    let law = [("basis", "law"), ("article", "pipa_69_2_2")];
    sano.post(&format!("{by_consent}/rebase"), &law).await.is(303);
    sano.get(&by_consent).await.see("青木 ハル").see("MARK-Q1");
});

story!(an_answer_that_tells_who_informed_stays_off_its_paper, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (by_law, by_consent) = asked_twice(app, &mut sano).await;
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get(&by_law).await.see("知らせた人");
    let told = [
        ("words", "となりの方から聞いています-MARK-N"),
        ("words_cat", "health"),
        ("words_cat", "informant"),
        ("answer_article", "pipa_69_2_2"),
    ];
    step(&mut noguchi, &by_law, "answer", &told).await.is(303);
    sano.get(&by_law).await.see("MARK-N");
    let paper = sano.get(&format!("{by_law}/result")).await;
    paper.is(200).not_see("MARK-N").see("通報者にかかわる内容は出していません").not_see("見られる理由");
    let said =
        [("words", "受診しています-MARK-O"), ("words_cat", "health"), ("answer_article", "pipa_69_2_2")];
    step(&mut noguchi, &by_consent, "answer", &said).await.is(303);
    sano.get(&format!("{by_consent}/result")).await.is(200).see("MARK-O").not_see("見られる理由");
});

story!(the_letter_of_an_ended_desk_sends_the_answer_to_whoever_took_over, |app| async {
    commissioned(app).await;
    let mut minato = app.sign_in("minato").await;
    let own = case_of(app, &mut minato, "井上 ナツ", "眠れない-MARK-C").await;
    let law = [("article", "pipa_27_1_2")];
    let inquiry = ask(&mut minato, &own, &app.town.desk("ikiiki").to_string(), &law).await;
    let letter = format!("{inquiry}/print");
    minato.get(&letter).await.is(200).see("みなと相談所").see("職員minato").not_see("（当時）");
    app.clock.set(Instant::at(Day::new(2027, 4, 2).unwrap(), 9, 0));
    // On the paper that goes out and on the one that comes back.
    for who in ["noguchi", "hase"] {
        let mut who = app.sign_in(who).await;
        let page = who.get(&letter).await;
        page.is(200).see("地域共生社会推進室").see("（当時）がおたずねしたものです").not_see("相談所　御中");
        who.get(&inquiry).await.is(200).see("地域共生社会推進室").not_see("きいた窓口だけに伝わります");
    }
});

story!(what_was_agreed_to_for_a_desk_that_ended_does_not_carry_a_referral_to_its_heir, |app| async {
    let (m, shakyo) = (app.town.municipality, app.town.desk("shakyo"));
    let mut sano = app.sign_in("sano").await;
    let waits = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let runs = case_of(app, &mut sano, "井上 ナツ", "眠れない").await;
    let by_law = case_of(app, &mut sano, "上田 アキ", "仕事がない").await;
    let to = app.town.desk("ikiiki").to_string();
    let join = ("kind", "join");
    let waits = send(&mut sano, &waits, &to, &[join]).await;
    let runs = send(&mut sano, &runs, &to, &[join]).await;
    let unnamed = send(&mut sano, &by_law, &to, &[join, ("basis", "preview")]).await;
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get(&runs).await.is(200);
    noguchi.post(&format!("{runs}/accept"), &[]).await.is(303);
    noguchi.get(&waits).await.is(200).see("引き受けるか、受けられないか");
    // The desk ends; another one goes on with its work.
    let right = access::Right::system(access::System::Import);
    let origin = engine::Origin::File;
    let mut act = app.engine.system_act(access::System::Import, m, origin, "story.end", &1).await.unwrap();
    let last = Day::new(2026, 11, 30).unwrap();
    register::acts::end_desk(&mut act, &right, app.town.desk("ikiiki"), last, shakyo).await.unwrap();
    act.commit("").await.unwrap();
    app.clock.set(Instant::at(Day::new(2026, 12, 1).unwrap(), 9, 0));
    casefile::office_end(&app.engine, m).await.unwrap();
    let (mut sano, mut kinoshita) = (app.sign_in("sano").await, app.sign_in("kinoshita").await);
    // It is said to both what to do, and nothing can be taken on by it.
    let page = kinoshita.get(&waits).await;
    page.is(200)
        .see("終わった窓口にあてたものです")
        .see("いまの窓口あてにつなぎなおすよう頼みます")
        .not_see("青木");
    assert!(!page.forms().iter().any(|f| f.action.ends_with("/accept")), "{}", page.text());
    let version = page.form("/refuse").value("base_version");
    let page = kinoshita.post(&format!("{waits}/accept"), &[("base_version", &version)]).await;
    page.is(422).see("受けられません。送った窓口に確かめてください。").not_see("青木");
    sano.get(&waits).await.is(200).see("送り先の窓口は終わりました").see("つなぎなおすか、取り下げます");
    // No trap: it can be answered.
    kinoshita.get(&waits).await.is(200);
    kinoshita.post(&format!("{waits}/refuse"), &[("reason", "other")]).await.is(303);
    // What is worked on already is not seen any more, either.
    kinoshita
        .get(&runs)
        .await
        .is(200)
        .see("引きついだ窓口には及ばないので")
        .not_see("井上")
        .not_see("MARK-S");
    sano.get(&runs).await.is(200).see("引きついだ窓口あての同意を書きとめます").see("井上 ナツ");
    // What names nobody is taken on as before.
    kinoshita.get(&unnamed).await.is(200).not_see("終わった窓口にあてたもの");
    kinoshita.post(&format!("{unnamed}/accept"), &[]).await.is(303);
});

story!(what_is_asked_anew_of_an_ended_desk_is_told_to_whoever_took_over, |app| async {
    let m = app.town.municipality;
    let mut sano = app.sign_in("sano").await;
    let (_, by_consent) = asked_twice(app, &mut sano).await;
    let right = access::Right::system(access::System::Import);
    let origin = engine::Origin::File;
    let mut act = app.engine.system_act(access::System::Import, m, origin, "story.end", &1).await.unwrap();
    let (last, heir) = (Day::new(2026, 11, 30).unwrap(), app.town.desk("shakyo"));
    register::acts::end_desk(&mut act, &right, app.town.desk("ikiiki"), last, heir).await.unwrap();
    act.commit("").await.unwrap();
    app.clock.set(Instant::at(Day::new(2026, 12, 1).unwrap(), 9, 0));
    let (mut sano, mut kinoshita) = (app.sign_in("sano").await, app.sign_in("kinoshita").await);
    kinoshita.get(&by_consent).await.is(200).see("名前と質問は見えません").not_see("青木").not_see("MARK");
    // The person agrees anew: to whoever is there now.
    let agreed = [("basis", "consent"), ("given_by", "self"), ("form", "signed")];
    step(&mut sano, &by_consent, "rebase", &agreed).await.is(303);
    kinoshita.get(&by_consent).await.is(200).see("青木 ハル").see("MARK-Q1");
    let list = kinoshita.get("/inquiries").await;
    assert_eq!(list.is(200).body.matches("青木 ハル").count(), 2, "{}", list.text());
    withdraw_all(app).await;
    kinoshita.get(&by_consent).await.is(200).not_see("MARK");
});

story!(what_the_heir_of_who_asked_asks_anew_is_answered_to_them, |app| async {
    commissioned(app).await;
    let mut minato = app.sign_in("minato").await;
    let own = case_of(app, &mut minato, "井上 ナツ", "眠れない-MARK-C").await;
    let consent = [("basis", "consent"), ("given_by", "self"), ("form", "oral")];
    let inquiry = ask(&mut minato, &own, &app.town.desk("ikiiki").to_string(), &consent).await;
    // The contract is over, and so is what was agreed to by word of mouth: the section that took over asks the person anew.
    app.clock.set(Instant::at(Day::new(2027, 4, 2).unwrap(), 9, 0));
    let (mut hase, mut noguchi) = (app.sign_in("hase").await, app.sign_in("noguchi").await);
    noguchi.get(&inquiry).await.is(200).not_see("MARK-Q1");
    let agreed = [("basis", "consent"), ("given_by", "self"), ("form", "signed")];
    step(&mut hase, &inquiry, "rebase", &agreed).await.is(303);
    // Agreed to is what is told to them as well, not to the desk that is gone.
    let said = [("words", "受診しています-MARK-A"), ("words_cat", "health"), ("answer_article", "")];
    step(&mut noguchi, &inquiry, "answer", &said).await.is(303);
    hase.get(&inquiry).await.is(200).see("MARK-A");
});

story!(a_conference_that_is_closed_is_answered_no_more_and_can_be_refused, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter) = raised(app, &mut sano, &mut hase).await;
    pledge(&mut sano, &matter).await;
    let to = app.town.desk("ikiiki").to_string();
    let inquiry = ask(&mut sano, &case, &to, &[("article", "swa_106_6")]).await;
    let mut noguchi = app.sign_in("noguchi").await;
    let own = "value=\"swa_106_6\"";
    let page = noguchi.get(&inquiry).await;
    page.is(200).not_see("もう閉じています").see("支援会議では、構成員が守秘の義務を負って");
    assert!(page.body.contains(own), "{}", page.text());
    // What no conference asked, and nobody here sits in, is no hint either.
    page.not_see("要保護児童対策地域協議会から求められた");
    hase.get(&format!("{matter}/office")).await.is(200);
    hase.post(&format!("{matter}/close"), &[("outcome", "settled"), ("sure", "yes")]).await.is(303);
    let page = noguchi.get(&inquiry).await;
    page.is(200).see("この照会のもとになった会議の事案は、もう閉じています");
    page.not_see("支援会議では、構成員が守秘の義務を負って");
    assert!(!page.body.contains(own), "{}", page.text());
    // Whoever had the page open is told beside the field, and what was typed stays.
    let said =
        [("words", "訪問しています-MARK-A"), ("words_cat", "support"), ("answer_article", "swa_106_6")];
    let page = step(&mut noguchi, &inquiry, "answer", &said).await;
    page.is(422).see("もう閉じています").see("MARK-A");
    assert!(page.body.contains("id=\"answer_article-error\""), "{}", page.text());
    // No trap: it can be refused without words, and answered under another article.
    step(&mut noguchi, &inquiry, "refuse", &REFUSED).await.is(303);
    let other =
        [("words", "訪問しています-MARK-A"), ("words_cat", "support"), ("answer_article", "pipa_69_2_2")];
    step(&mut noguchi, &inquiry, "answer", &other).await.is(303);
    sano.get(&inquiry).await.is(200).see("MARK-A");
});
