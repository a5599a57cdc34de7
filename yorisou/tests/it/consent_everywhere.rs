//! A consent is asked the same wherever it is written down: on its own page, inside a referral, inside an inquiry. And it ends truthfully:
//! with somebody's death, and when it was a mistake.

use access::{Right, System};
use engine::{Origin, args};
use words::{Day, Instant};

use crate::agreement::{begun, give, terms};
use crate::consent::child_and_mother;
use crate::referral::{case_of, first_radio, send};
use crate::sheet::{WITH_CONSENT, sent};
use crate::support::{App, Page, Person};

/// Sends a referral about this person with a consent; the answer.
pub async fn refer(who: &mut Person, case: &str, to: &str, person: &str, given: &[(&str, &str)]) -> Page {
    let path = format!("/cases/{case}/refer");
    who.get(&path).await.is(200);
    let mut fields = vec![
        ("kind", "join"),
        ("to", to),
        ("person", person),
        ("need", "income"),
        ("urgency", "normal"),
        ("trouble", "くらしの困りごと-MARK-S"),
        ("wish", "続けてくらしたい"),
        ("basis", "consent"),
        ("consenting", person),
        ("share_cat", "basic"),
        ("summary_about", person),
        ("summary_cat", "basic"),
    ];
    fields.extend_from_slice(given);
    who.post(&path, &fields).await
}

/// Asks another desk about this person with a consent; the answer.
pub async fn inquire(who: &mut Person, case: &str, to: &str, person: &str, given: &[(&str, &str)]) -> Page {
    who.get(&format!("/inquiries/new?about={case}")).await.is(200);
    let mut fields = vec![
        ("to", to),
        ("person", person),
        ("purpose", "assessment"),
        ("basis", "consent"),
        ("share_cat", "basic"),
        ("questions", "受診していますか-MARK-Q1"),
        ("lead", "困りごとを見立てるためです-MARK-L"),
    ];
    fields.extend_from_slice(given);
    who.post("/inquiries/new", &fields).await
}

/// What is typed when the mother speaks for the child.
pub fn by(mother: &str) -> Vec<(&'static str, &str)> {
    vec![
        ("given_by", "guardian"),
        ("form", "signed"),
        ("giver", mother),
        ("relation", "parent"),
        ("evidence", "戸籍"),
    ]
}

pub async fn set_aside(imai: &mut Person, case: &str, child: &str, mother: &str) {
    let aside = format!("/cases/{case}/set-aside");
    imai.get(&aside).await.is(200);
    let set = [("person", child), ("guardian", mother), ("reason", "abuse"), ("article", "child_abuse_6")];
    imai.post(&aside, &set).await.is(303);
}

async fn dies(who: &mut Person, person: &str, day: &str) {
    who.get(&format!("/persons/{person}")).await.is(200);
    who.post(&format!("/persons/{person}/died"), &[("died", day)]).await.is(303);
}

story!(whoever_speaks_for_somebody_in_a_referral_or_an_inquiry_shows_that_they_may, |app| async {
    let mut imai = app.sign_in("imai").await;
    let (case, child, mother) = child_and_mother(&mut imai).await;
    let ikiiki = app.town.desk("ikiiki").to_string();
    let nameless = [("given_by", "guardian"), ("form", "signed"), ("given_by_name", "だれか")];
    for inquiry in [false, true] {
        let (case, to, child) = (case.as_str(), ikiiki.as_str(), child.as_str());
        let page = if inquiry {
            inquire(&mut imai, case, to, child, &nameless).await
        } else {
            refer(&mut imai, case, to, child, &nameless).await
        };
        // Every problem beside its field, and what was typed is kept.
        page.is(422).see("id=\"relation-error\"").see("id=\"evidence-error\"").see("value=\"だれか\"");
        // A parent speaks until the day before the child comes of age.
        let given = [&by(&mother)[..], &[("until", "R9.4.1")]].concat();
        let page = if inquiry {
            inquire(&mut imai, case, to, child, &given).await
        } else {
            refer(&mut imai, case, to, child, &given).await
        };
        page.is(422).see("18歳になる日の前の日まで").see("id=\"until-error\"");
    }
    let until = [&by(&mother)[..], &[("until", "R9.3.31")]].concat();
    refer(&mut imai, &case, &ikiiki, &child, &until).await.is(303);
    let meant = [&until[..], &[("again", "yes")]].concat();
    inquire(&mut imai, &case, &ikiiki, &child, &meant).await.is(303);
    // From then on the mother is set aside: her word opens nothing, whichever page it is written on.
    set_aside(&mut imai, &case, &child, &mother).await;
    let page = refer(&mut imai, &case, &ikiiki, &child, &until).await;
    page.is(422).see("代わりに同意する人から外されています").see("id=\"giver-error\"");
    let page = inquire(&mut imai, &case, &ikiiki, &child, &until).await;
    page.is(422).see("代わりに同意する人から外されています").see("id=\"giver-error\"");
});

story!(a_spoken_consent_inside_a_referral_ends_by_itself, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let shakyo = app.town.desk("shakyo").to_string();
    let form = sano.get(&format!("/cases/{case}/refer")).await;
    form.is(200).see("日を空けておいても92日で終わります");
    let referral = send(&mut sano, &case, &shakyo, &[("kind", "join")]).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&referral).await.is(200);
    kinoshita.post(&format!("{referral}/accept"), &[]).await.is(303);
    kinoshita.get(&referral).await.is(200).see("青木 ハル");
    let list = sano.get(&format!("/cases/{case}/consents")).await;
    let withdraw = list.is(200).see("2月21日").link("撤回を書きとめる");
    sano.get(withdraw.trim_end_matches("/withdraw")).await.is(200).see("一人で聞いたので、92日で終わります");
    app.clock.set(Instant::at(Day::new(2027, 2, 22).unwrap(), 9, 0));
    app.sign_in("kinoshita").await.get(&referral).await.is(200).not_see("青木 ハル");
});

story!(the_dead_neither_consent_nor_speak_for_others, |app| async {
    let mut imai = app.sign_in("imai").await;
    let (case, child, mother) = child_and_mother(&mut imai).await;
    let ikiiki = app.town.desk("ikiiki").to_string();
    let new = format!("/cases/{case}/consents/new");
    // Somebody of seventeen is nobody's guardian.
    let by_child = [
        ("to_desk", ikiiki.as_str()),
        ("given_by", "guardian"),
        ("giver", child.as_str()),
        ("relation", "adult_guardian"),
        ("evidence", "登記事項証明書"),
    ];
    imai.get(&new).await.is(200);
    let page = imai.post(&new, &terms(&mother, &by_child)).await;
    page.is(422).see("18歳になっていない人は").see("id=\"giver-error\"");
    dies(&mut imai, &mother, "R8.11.20").await;
    imai.get(&new).await.is(200);
    let page = imai.post(&new, &terms(&mother, &[("to_desk", &ikiiki)])).await;
    page.is(422).see("亡くなった人の同意は").see("id=\"person-error\"");
    let own = [("given_by", "self"), ("form", "signed")];
    let page = refer(&mut imai, &case, &ikiiki, &mother, &own).await;
    page.is(422).see("亡くなった人の同意は").see("id=\"consenting-error\"");
    inquire(&mut imai, &case, &ikiiki, &mother, &own).await.is(422).see("亡くなった人の同意は");
    let until = [&by(&mother)[..], &[("until", "R9.3.31")]].concat();
    let page = refer(&mut imai, &case, &ikiiki, &child, &until).await;
    page.is(422).see("亡くなった人は、代わりに言えません").see("id=\"giver-error\"");
});

story!(after_a_death_a_consent_ends_without_a_word_of_the_dead, |app| async {
    let (mut sano, case, person) = begun(app).await;
    let shakyo = app.town.desk("shakyo").to_string();
    let here = give(&mut sano, &case, &terms(&person, &[("to_desk", &shakyo)])).await;
    let (card, died) = (format!("/persons/{person}"), format!("{here}/died"));
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&card).await.is(200);
    sano.get(&here).await.is(200).not_see("亡くなったため終える");
    let version = [("base_version", "1")];
    sano.post(&died, &version).await.is(422).see("亡くなったことが書かれていません");
    dies(&mut sano, &person, "R8.11.20").await;
    // Nobody says so after their death; the page says what to do instead.
    let path = format!("{here}/withdraw");
    sano.get(&path).await.is(200);
    let page = sano.post(&path, &[("told_by", "self"), ("way", "oral")]).await;
    page.is(422).see("本人が亡くなったあとの日です").see("id=\"said-error\"");
    // It ends for that reason, and nobody is said to have taken it back.
    kinoshita.get(&here).await.not_see("亡くなったため終える");
    assert_ne!(kinoshita.post(&died, &version).await.status, 303);
    sano.get(&here).await.is(200).see("亡くなったため終える");
    sano.post(&died, &[]).await.goes_to(&format!("{here}?done=consent_ended_by_death"));
    sano.follow().await.is(200).see("本人が亡くなったため終えた").not_see("撤回を言った人");
    kinoshita.get(&card).await.is(404);
    sano.get(&format!("/cases/{case}/consents")).await.see("本人が亡くなったため終えた");
});

story!(a_consent_that_was_a_mistake_counts_for_nothing_and_is_kept_struck, |app| async {
    let (mut sano, case, person) = begun(app).await;
    let shakyo = app.town.desk("shakyo").to_string();
    let here = give(&mut sano, &case, &terms(&person, &[("to_desk", &shakyo)])).await;
    let (card, error) = (format!("/persons/{person}"), format!("{here}/error"));
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&card).await.is(200);
    // Whom it names does not mark it; whoever wrote it says why.
    kinoshita.get(&here).await.not_see("誤登録にする");
    let why = [("because", "wrong_person"), ("base_version", "1")];
    let refused = kinoshita.post(&error, &why).await;
    assert_ne!(refused.status, 303);
    kinoshita.get(&card).await.is(200);
    sano.get(&here).await.is(200).see("誤登録にする");
    sano.post(&error, &[]).await.is(422).see("id=\"because-error\"");
    sano.get(&here).await;
    // That somebody died is no mistake.
    sano.post(&error, &[("because", "died")]).await.is(422).see("id=\"because-error\"");
    sano.get(&here).await;
    sano.post(&error, &why[..1]).await.goes_to(&format!("{here}?done=consent_in_error"));
    let page = sano.follow().await;
    page.is(200).see("この同意は誤登録です").see("ちがう人の同意として書いた").see("<del>");
    page.not_see("控えを渡す").not_see("撤回を書きとめる").not_see("聞きなおして");
    kinoshita.get(&card).await.is(404);
    kinoshita.get(&here).await.is(404);
    // It is kept for the desk that wrote it, and has no paper and no further step.
    sano.get(&format!("/cases/{case}/consents")).await.is(200).see("誤登録");
    for part in ["/receipt", "/holders", "/withdraw"] {
        sano.get(&format!("{here}{part}")).await.is(404);
    }
    sano.post(&error, &why).await.is(404);
});

story!(a_receipt_promises_what_holds, |app| async {
    let (mut sano, case, person) = begun(app).await;
    let shakyo = app.town.desk("shakyo").to_string();
    let here = give(&mut sano, &case, &terms(&person, &[("to_desk", &shakyo)])).await;
    let plain = sano.get(&format!("{here}/receipt")).await;
    plain.is(200).not_see("困ることはありません").not_see("すぐに見えなくなります");
    plain.see("この窓口に残ります").see("法律で決まっているとき").see("ほかの同意は、そのまま続きます");
    plain.see("この窓口の相談は、これからも続きます");
    sano.get(&format!("{here}/receipt?furigana=1")).await.is(200).see("<rt>ほうりつ</rt>");
    let english = sano.get(&format!("{here}/receipt?lang=en")).await;
    english.is(200).not_see("nobody sees it any more").not_see("Nothing bad happens");
    english.see("This desk keeps its own records").see("Your other consents go on");
});

/// The form with these terms; what it says.
async fn tried(imai: &mut Person, app: &App, (case, person): (&str, &str), more: &[(&str, &str)]) -> Page {
    let ikiiki = app.town.desk("ikiiki").to_string();
    let new = format!("/cases/{case}/consents/new");
    imai.get(&new).await.is(200);
    let all = [&[("to_desk", ikiiki.as_str())], more].concat();
    imai.post(&new, &terms(person, &all)).await
}

story!(the_days_and_the_second_pair_of_ears_of_a_consent_can_be_meant, |app| async {
    let mut imai = app.sign_in("imai").await;
    let (case, child, mother) = child_and_mother(&mut imai).await;
    let at = (case.as_str(), child.as_str());
    let page = tried(&mut imai, app, at, &[("from", "H20.1.1")]).await;
    page.is(422).see("本人が生まれるより前の日です").see("id=\"from-error\"");
    let page = tried(&mut imai, app, at, &[("from", "R3.11.20")]).await;
    page.is(422).see("5年より前の日です").see("id=\"from-error\"");
    let page = tried(&mut imai, app, at, &[("until", "R18.11.22")]).await;
    page.is(422).see("10年より先の日です").see("id=\"until-error\"");
    // Whoever writes it down is not the second one who heard it.
    let heard = tried(&mut imai, app, at, &[("form", "oral"), ("witness", "今井まこと")]).await;
    heard.is(422).see("あなたとは別の人です").see("id=\"witness-error\"");
    // A parent of somebody grown up: the message stands where it can be mended.
    let grown = tried(&mut imai, app, (&case, &mother), &[("from", "R8.11.21")]).await;
    let standing = grown.is(303).location().split('?').next().unwrap().to_owned();
    let form = format!("/cases/{case}/consents/new");
    let page = imai.get(&form).await;
    let first = first_radio(&page.body, "person");
    assert_eq!(first, child);
    let late = [&by(&mother)[..], &[("from", "R9.4.1"), ("until", "R9.5.1")]].concat();
    let page = tried(&mut imai, app, at, &late).await;
    page.is(422).see("18歳になっています").see("id=\"relation-error\"");
    // Renewed for somebody else: beside the person.
    let renew = format!("{form}?follows={}", standing.rsplit('/').next().unwrap());
    imai.get(&renew).await.is(200);
    let ikiiki = app.town.desk("ikiiki").to_string();
    let page = imai.post(&form, &terms(&child, &[("to_desk", &ikiiki)])).await;
    page.is(422).see("前の同意とちがう人です").see("id=\"person-error\"");
});

story!(whoever_is_set_aside_speaks_by_no_other_name_and_a_guardian_from_outside_does, |app| async {
    let mut imai = app.sign_in("imai").await;
    let (case, child, mother) = child_and_mother(&mut imai).await;
    let ikiiki = app.town.desk("ikiiki").to_string();
    let here = give(&mut imai, &case, &terms(&child, &[("to_desk", &ikiiki)])).await;
    set_aside(&mut imai, &case, &child, &mother).await;
    let (path, card) = (format!("{here}/withdraw"), format!("/persons/{child}"));
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get(&card).await.is(200);
    // By name, as a representative: a parent is none, and whoever is called so is who is set aside.
    let said = |by, name, relation| {
        let who = [("given_by_name", name), ("relation", relation), ("evidence", "戸籍")];
        [&[("told_by", by), ("way", "signed")][..], &who].concat()
    };
    for (by, name, relation, says, field) in [
        ("representative", "早乙女 剛", "parent", "代理人ではなく", "relation-error"),
        (
            "representative",
            "青木みどり",
            "agent",
            "代わりに同意する人から外されています",
            "given_by_name-error",
        ),
        (
            "guardian",
            "青木 みどり",
            "minor_guardian",
            "代わりに同意する人から外されています",
            "given_by_name-error",
        ),
        ("guardian", "早乙女 剛", "parent", "どの親権者・後見人が言ったか", "giver-error"),
        ("guardian", "早乙女 剛", "agent", "どの親権者・後見人が言ったか", "giver-error"),
    ] {
        imai.get(&path).await.is(200);
        let page = imai.post(&path, &said(by, name, relation)).await;
        page.is(422).see(says).see(&format!("id=\"{field}\""));
        noguchi.get(&card).await.is(200);
    }
    // It is written down on the same terms.
    let by_name = [
        ("given_by", "representative"),
        ("given_by_name", "早乙女 剛"),
        ("relation", "parent"),
        ("evidence", "戸籍"),
        ("until", "R9.3.31"),
    ];
    let page = tried(&mut imai, app, (&case, &child), &by_name).await;
    page.is(422).see("代理人ではなく").see("id=\"relation-error\"");
    // Nobody speaks for a child because the child asked them to.
    let asked = [
        ("given_by", "representative"),
        ("given_by_name", "早乙女 剛"),
        ("relation", "agent"),
        ("evidence", "委任状"),
    ];
    let page = tried(&mut imai, app, (&case, &child), &asked).await;
    page.is(422).see("18歳になっていない人の代わりに").see("id=\"relation-error\"").see("早乙女 剛");
    // Who stands in for the child now comes from outside.
    imai.get(&path).await.is(200);
    imai.post(&path, &said("guardian", "湘南児童相談所長", "institution")).await.is(303);
    noguchi.get(&card).await.is(404);
});

/// A sheet on which the mother agrees for a child of six; its path.
pub async fn sheet_of_a_child(tsuji: &mut Person) -> String {
    let by_mother = [
        ("birth", "R2.5.1"),
        ("given_by", "guardian"),
        ("given_by_name", "佐藤 母"),
        ("relation", "parent"),
        ("evidence", "戸籍"),
        ("consent_form", "signed"),
    ];
    sent(tsuji, &[WITH_CONSENT, &by_mother].concat()).await
}

story!(a_parent_agrees_on_a_sheet_for_a_child_of_six, |app| async {
    let mut tsuji = app.sign_in("tsuji").await;
    let at = sheet_of_a_child(&mut tsuji).await;
    tsuji.get(&at).await.is(200).see("親権者・後見人から").see("同意あり");
    // The other parent, whom nobody can pick there, takes it back.
    let path = tsuji.get(&at).await.link("撤回を書きとめる");
    tsuji.get(&path).await.is(200);
    let father = [("given_by_name", "佐藤 父"), ("relation", "parent"), ("evidence", "戸籍")];
    let said = [&[("told_by", "guardian"), ("way", "oral")][..], &father].concat();
    tsuji.post(&path, &said).await.goes_to(&format!("{at}?done=sheet_withdrawn"));
    // It would have ended no later than any consent: the child is sixteen then, and is asked anew.
    let m = app.town.municipality;
    let mut act = app.engine.system_act(System::Console, m, Origin::Console, "story", &()).await.unwrap();
    let sql = "SELECT until_day FROM consent WHERE municipality_id = $1 AND given_by_name = $2";
    let row = act.facts().unwrap().one(sql, args![m, "佐藤 母"]).await.unwrap();
    assert_eq!(row.get::<Option<Day>>("until_day").unwrap(), Day::new(2036, 11, 21));
});

story!(the_consent_of_a_sheet_ends_with_its_person_s_death, |app| async {
    let mut tsuji = app.sign_in("tsuji").await;
    let at = sent(&mut tsuji, WITH_CONSENT).await;
    let path = tsuji.get(&at).await.link("撤回を書きとめる");
    tsuji.get(&path).await.is(200).not_see("亡くなったため終える");
    // Nobody ends it so who lives.
    tsuji.post(&path, &[("died", "1")]).await.is(422);
    let m = app.town.municipality;
    let mut act = app.engine.system_act(System::Console, m, Origin::Console, "story", &()).await.unwrap();
    let sql = "UPDATE person SET died = $3 WHERE municipality_id = $1 AND name = $2";
    let right = Right::system(System::Console);
    let done = act.save(&right).unwrap().exec(sql, args![m, "佐藤 一", "2026-11-20"]).await;
    assert_eq!(done.unwrap(), 1);
    act.commit("").await.unwrap();
    tsuji.get(&path).await.is(200);
    let page = tsuji.post(&path, &[("told_by", "self"), ("way", "oral"), ("said", "R8.11.21")]).await;
    page.is(422).see("本人が亡くなったあとの日です").see("亡くなったため終える").see("id=\"said-error\"");
    tsuji.get(&path).await.is(200);
    tsuji.post(&path, &[("died", "1")]).await.goes_to(&format!("{at}?done=consent_ended_by_death"));
    tsuji.follow().await.is(200).see("本人が亡くなったため終えた").not_see(&path);
});

story!(a_small_child_s_own_word_is_no_consent_and_who_stands_for_it_is_asked, |app| async {
    let mut imai = app.sign_in("imai").await;
    let case = crate::referral::case_of(app, &mut imai, "青木 みどり", "眠れない").await;
    let page = imai.get(&format!("/cases/{case}")).await;
    let home = page.body.split("href=\"/households/").nth(1).unwrap().split('"').next().unwrap();
    let home = format!("/households/{home}");
    imai.get(&home).await.is(200);
    let child = [("name", "青木 空"), ("birth", "R3.5.1"), ("relation", "長男"), ("lives_together", "1")];
    imai.post(&format!("{home}/members"), &child).await.is(303);
    let page = imai.get(&format!("/cases/{case}/consents/new")).await;
    let people: Vec<&str> =
        page.body.split("name=\"person\" value=\"").skip(1).map(|p| p.split('"').next().unwrap()).collect();
    let (mother, child) = (people[0], people[1]);
    let page = tried(&mut imai, app, (&case, child), &[]).await;
    page.is(422).see("12歳になっていない子どもの同意は").see("id=\"given_by-error\"");
    // Not one whom a child of five cannot have asked, either.
    let mut said = [("given_by", "representative"), ("giver", mother), ("evidence", "委任状")];
    let page = tried(&mut imai, app, (&case, child), &[&said[..], &[("relation", "agent")]].concat()).await;
    page.is(422).see("18歳になっていない人の代わりに").see("id=\"relation-error\"");
    said[0] = ("given_by", "guardian");
    said[2] = ("evidence", "戸籍");
    let until = [("relation", "parent"), ("until", "R10.3.31")];
    tried(&mut imai, app, (&case, child), &[&said[..], &until].concat()).await.is(303);
    tried(&mut imai, app, (&case, mother), &[]).await.is(303);
});
