//! Who sees the terms of a consent, and who can write down that it is over: also before it begins, with who says so in whose place, and
//! with what goes on all the same.

use words::{Day, Instant};

use crate::agreement::{begun, give, terms, withdraw};
use crate::referral::{case_of, send};
use crate::support::Person;

async fn accept(person: &mut Person, referral: &str) {
    person.get(referral).await.is(200);
    person.post(&format!("{referral}/accept"), &[]).await.is(303);
}

/// A case of 佐野's desk with a consent for 社協 and one, about violence, for いきいき.
async fn two_consents(app: &crate::support::App) -> (Person, String) {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let to = app.town.desk("shakyo").to_string();
    let referral = send(&mut sano, &case, &to, &[("kind", "join")]).await;
    accept(&mut app.sign_in("kinoshita").await, &referral).await;
    let to = app.town.desk("ikiiki").to_string();
    let form = sano.get(&format!("/cases/{case}/refer")).await;
    let person = crate::referral::first_radio(&form.body, "person");
    let more = [
        ("kind", "join"),
        ("share_cat", "basic"),
        ("share_cat", "violence"),
        ("summary_about", person.as_str()),
        ("summary_cat", "basic"),
    ];
    let referral = send(&mut sano, &case, &to, &more).await;
    accept(&mut app.sign_in("noguchi").await, &referral).await;
    (sano, case)
}

story!(each_desk_sees_the_consents_it_recorded_and_those_that_name_it, |app| async {
    let (mut sano, case) = two_consents(app).await;
    let page = format!("/cases/{case}/consents");
    sano.get(&page).await.is(200).see("お金・くらし").see("暴力・虐待");
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&page).await.is(200).see("お金・くらし").not_see("暴力・虐待");
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get(&page).await.is(200).see("暴力・虐待").not_see("お金・くらし");
});

story!(provisions_are_shown_to_giver_receiver_and_accountable_desk, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let page = sano.get(&format!("/cases/{case}/refer")).await;
    let article = page.body.split("id=\"article\"").nth(1).unwrap().split("value=\"").nth(2).unwrap();
    let article = article.split('"').next().unwrap().to_owned();
    let more = [("basis", "law"), ("article", article.as_str()), ("kind", "join")];
    let referral = send(&mut sano, &case, &app.town.desk("ikiiki").to_string(), &more).await;
    accept(&mut app.sign_in("noguchi").await, &referral).await;
    let more = [("kind", "join"), ("share_cat", "basic"), ("summary_cat", "basic")];
    let referral = send(&mut sano, &case, &app.town.desk("shakyo").to_string(), &more).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    accept(&mut kinoshita, &referral).await;
    let page = format!("/cases/{case}/consents");
    sano.get(&page).await.see("法令に基づく提供").see("本人の同意が");
    app.sign_in("noguchi").await.get(&page).await.is(200).see("本人の同意が").see("お金・くらし");
    kinoshita.get(&page).await.is(200).not_see("本人の同意が").not_see("お金・くらし");
});

story!(the_recording_desk_withdraws_after_the_case_has_gone_to_another, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let referral = send(&mut sano, &case, &app.town.desk("shakyo").to_string(), &[]).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    accept(&mut kinoshita, &referral).await;
    kinoshita.get(&referral).await.see("青木 ハル");
    // 佐野's desk is not accountable any more, but the person comes to the window they know.
    let page = sano.get(&format!("/cases/{case}/consents")).await;
    let path = page.link("撤回を書きとめる");
    sano.get(&path).await.is(200).see("どのように聞きましたか");
    sano.post(&path, &[("told_by", "self")]).await.is(422);
    sano.get(&path).await;
    sano.post(&path, &[("told_by", "self"), ("way", "signed")]).await.is(303);
    kinoshita.get(&referral).await.is(200).not_see("青木");
    // A consent that is not there for a desk is not withdrawn by it either.
    let (mut sano, case) = two_consents(app).await;
    let page = sano.get(&format!("/cases/{case}/consents")).await;
    let violence = page.body.split("暴力・虐待").nth(1).unwrap();
    let path = violence.split("href=\"").nth(2).unwrap().split('"').next().unwrap().to_owned();
    assert!(path.ends_with("/withdraw"), "{path}");
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&path).await.is(404);
    kinoshita.post(&path, &[("told_by", "self"), ("way", "oral")]).await.is(404);
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get(&path).await.is(422);
});

story!(a_consent_that_begins_later_is_withdrawn_before_and_never_opens, |app| async {
    let (mut sano, case, person) = begun(app).await;
    let shakyo = app.town.desk("shakyo").to_string();
    let later = terms(&person, &[("to_desk", &shakyo), ("from", "R8.11.23")]);
    let here = give(&mut sano, &case, &later).await;
    let path = format!("{here}/withdraw");
    assert_eq!(sano.get(&here).await.see("これから始まる").link("撤回を書きとめる"), path);
    let list = sano.get(&format!("/cases/{case}/consents")).await;
    assert_eq!(list.see("それまでは見られません").link("撤回を書きとめる"), path);
    // Nobody sees anything yet, and the page and the paper say from when they would.
    let page = sano.get(&path).await;
    page.is(200).see("まだ見ていません").see("11月23日").see("それまでは見られません");
    page.see("始まることになっています").not_see("いま見ている窓口");
    let paper = crate::papers::same(&mut sano, &format!("{here}/holders")).await;
    paper.see("まだ見ていません").see("11月23日").not_see("いま見ている窓口");
    withdraw(&mut sano, &here).await;
    sano.get(&here).await.is(200).see("に撤回").not_see("これから始まる").not_see("それまでは見られません");
    sano.get(&path).await.is(200).see("もう終わっています");
    app.clock.set(Instant::at(Day::new(2026, 11, 24).unwrap(), 9, 0));
    app.sign_in("kinoshita").await.get(&format!("/persons/{person}")).await.is(404);
});

story!(whoever_takes_a_consent_back_for_somebody_says_who_they_are, |app| async {
    let (mut sano, case, person) = begun(app).await;
    let shakyo = app.town.desk("shakyo").to_string();
    let here = give(&mut sano, &case, &terms(&person, &[("to_desk", &shakyo)])).await;
    let (path, card) = (format!("{here}/withdraw"), format!("/persons/{person}"));
    let mut kinoshita = app.sign_in("kinoshita").await;
    for by in ["guardian", "representative"] {
        sano.get(&path).await.is(200);
        let page = sano.post(&path, &[("told_by", by), ("way", "oral")]).await;
        page.is(422).see("本人に代わって言った人の名前を書いてください");
        kinoshita.get(&card).await.is(200);
    }
    // What is typed stays, and what shows that they may is asked for as when a consent is given.
    let mut said = vec![
        ("told_by", "guardian"),
        ("way", "signed"),
        ("given_by_name", "青木 次郎"),
        ("relation", "adult_guardian"),
    ];
    sano.get(&path).await;
    let page = sano.post(&path, &said).await;
    page.is(422).see("value=\"青木 次郎\"").see("id=\"evidence-error\"");
    kinoshita.get(&card).await.is(200);
    said.push(("evidence", "登記事項証明書"));
    sano.get(&path).await;
    sano.post(&path, &said).await.is(303);
    kinoshita.get(&card).await.is(404);
    let page = sano.get(&here).await;
    page.is(200).see("撤回を言った人").see("青木 次郎").see("成年後見人").see("登記事項証明書");
});

/// A case about a child of seventeen and her mother, at 今井's desk: the case, the child, the mother.
pub async fn child_and_mother(imai: &mut Person) -> (String, String, String) {
    imai.get("/consultations/new").await.is(200);
    let told = [
        ("words", "家でどなられる"),
        ("name", "青木 ハル"),
        ("birth", "H21.4.1"),
        ("m1_name", "青木 みどり"),
        ("m1_relation", "母"),
        ("channel", "counter"),
        ("occurred", "R8.11.20"),
        ("route", "self"),
        ("urgency", "normal"),
        ("topics", "income"),
    ];
    let page = imai.post("/consultations", &told).await;
    let here = page.is(303).location().split('?').next().unwrap().to_owned();
    imai.get(&here).await.is(200);
    let decided = [("disposition", "own_support"), ("promise", "また会う"), ("due", "R8.11.30")];
    let page = imai.post(&format!("{here}/dispose"), &decided).await;
    let case = page.is(303).location().split('/').nth(2).unwrap().split('?').next().unwrap().to_owned();
    let form = imai.get(&format!("/cases/{case}/consents/new")).await;
    let people: Vec<&str> =
        form.body.split("name=\"person\" value=\"").skip(1).map(|p| p.split('"').next().unwrap()).collect();
    (case, people[0].to_owned(), people[1].to_owned())
}

story!(a_parent_is_not_told_of_a_notice_about_the_child, |app| async {
    let mut imai = app.sign_in("imai").await;
    let (case, child, mother) = child_and_mother(&mut imai).await;
    let (ikiiki, north) = (app.town.desk("ikiiki").to_string(), app.town.desk("hokubu").to_string());
    let mut noguchi = app.sign_in("noguchi").await;
    // The notice is about the child; another article lets something be told about the mother; a notice names her.
    for (person, article) in [(&child, "child_abuse_6"), (&mother, "pipa_69_2_2"), (&mother, "child_25")] {
        let law = [
            ("kind", "join"),
            ("basis", "law"),
            ("article", article),
            ("person", person.as_str()),
            ("summary_about", person.as_str()),
        ];
        let referral = send(&mut imai, &case, &ikiiki, &law).await;
        noguchi.get(&referral).await.is(200);
        noguchi.post(&format!("{referral}/accept"), &[]).await.is(303);
    }
    let here = give(&mut imai, &case, &terms(&mother, &[("to_desk", &north)])).await;
    for part in ["/holders", "/withdraw"] {
        let page = imai.get(&format!("{here}{part}")).await;
        page.is(200).see("個人情報の保護に関する法律 第69条").not_see("虐待").not_see("児童福祉法");
    }
    crate::papers::same(&mut imai, &format!("{here}/holders")).await.see("第69条").not_see("虐待");
    // Whoever carries the case goes on seeing all of it.
    imai.get(&format!("/cases/{case}/consents")).await.is(200).see("児童虐待の防止").see("児童福祉法 第25条");
});

story!(a_guardian_set_aside_does_not_take_back_what_the_child_agreed_to, |app| async {
    let mut imai = app.sign_in("imai").await;
    let (case, child, mother) = child_and_mother(&mut imai).await;
    let ikiiki = app.town.desk("ikiiki").to_string();
    let here = give(&mut imai, &case, &terms(&child, &[("to_desk", &ikiiki)])).await;
    let (path, card) = (format!("{here}/withdraw"), format!("/persons/{child}"));
    let aside = format!("/cases/{case}/set-aside");
    imai.get(&aside).await.is(200);
    let set = [
        ("person", child.as_str()),
        ("guardian", mother.as_str()),
        ("reason", "abuse"),
        ("article", "child_abuse_6"),
    ];
    imai.post(&aside, &set).await.is(303);
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get(&card).await.is(200);
    let said = [("told_by", "guardian"), ("way", "oral"), ("relation", "parent"), ("evidence", "戸籍")];
    for (who, says) in [
        (("giver", mother.as_str()), "代わりに同意する人から外されています"),
        (("given_by_name", "青木　みどり"), "代わりに同意する人から外されています"),
        (("given_by_name", "青木 とおる"), "どの親権者・後見人が言ったか"),
    ] {
        imai.get(&path).await.is(200);
        imai.post(&path, &[&said[..], &[who]].concat()).await.is(422).see(says);
        noguchi.get(&card).await.is(200);
    }
    // What the child says herself counts.
    withdraw(&mut imai, &here).await;
    noguchi.get(&card).await.is(404);
});

story!(a_withdrawal_says_which_other_consents_go_on, |app| async {
    let (mut sano, case, person) = begun(app).await;
    let shakyo = app.town.desk("shakyo").to_string();
    let first = give(&mut sano, &case, &terms(&person, &[("to_desk", &shakyo)])).await;
    let second = give(&mut sano, &case, &terms(&person, &[("to_desk", &shakyo)])).await;
    let card = format!("/persons/{person}");
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&card).await.is(200);
    let said = [("told_by", "self"), ("way", "oral")];
    let path = format!("{first}/withdraw");
    let page = sano.get(&path).await;
    page.is(200).see("ほかの同意（1件）は続きます").see(&format!("href=\"{second}\""));
    crate::papers::same(&mut sano, &format!("{first}/holders")).await.see("ほかの同意（1件）");
    sano.get(&path).await;
    sano.post(&path, &said).await.goes_to(&format!("{first}?done=consent_withdrawn_others"));
    let page = sano.follow().await;
    page.is(200).see("ほかの同意は続いています").see("ほかの同意（1件）は続きます");
    page.see(&format!("href=\"{second}\"")).not_see("いまから、だれにも見えません");
    kinoshita.get(&card).await.is(200);
    // The last of them: what ends is this consent, and no more is said.
    let path = format!("{second}/withdraw");
    sano.get(&path).await.is(200).not_see("は続きます");
    sano.post(&path, &said).await.goes_to(&format!("/cases/{case}/consents?done=consent_withdrawn"));
    sano.follow().await.is(200).see("この同意では、だれにも見えません");
    kinoshita.get(&card).await.is(404);
});
