//! Whoever asked for a desk that has ended is not called there any more: what is still open names whoever took over, and who asked then.

use words::{Day, Instant};

use crate::capacity::{born, seek};
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
        who.get(&inquiry).await.is(200).see("地域共生社会推進室");
    }
});
