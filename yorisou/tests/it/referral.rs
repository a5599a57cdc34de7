//! The spine: a consultation comes in, the right desk takes it, the sender hears back.

use engine::args;
use words::id::CaseId;

use crate::support::{App, Person};

/// Writes a consultation and opens a case with it; the case's id.
pub async fn case_of(app: &App, who: &mut Person, name: &str, words: &str) -> String {
    who.get("/consultations/new").await.is(200);
    let mut page = who
        .post(
            "/consultations",
            &[
                ("words", words),
                ("name", name),
                ("reading", ""),
                ("channel", "counter"),
                ("occurred", "R8.11.20"),
                ("route", "self"),
                ("urgency", "normal"),
                ("topics", "income"),
            ],
        )
        .await;
    if page.status == 200 {
        // Somebody alike is known: nobody of them, record anew.
        let form = page.form("/consultations");
        let fields: Vec<(&str, &str)> =
            form.hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).chain([("checked", "yes")]).collect();
        page = who.post_exactly("/consultations", &fields).await;
    }
    assert_eq!(page.status, 303, "{}", page.text());
    let here = page.location().split('?').next().unwrap().to_owned();
    who.get(&here).await.is(200).see(words);
    let dispose = format!("{here}/dispose");
    let page = who
        .post(&dispose, &[("disposition", "own_support"), ("promise", "電話する"), ("due", "R8.11.27")])
        .await;
    assert_eq!(page.status, 303, "{}", page.text());
    let id = newest_case(app).await;
    id.to_string()
}

pub async fn newest_case(app: &App) -> CaseId {
    let m = app.town.municipality;
    let mut act = app
        .engine
        .system_act(access::System::Console, m, engine::Origin::Console, "story.look", &m)
        .await
        .unwrap();
    let row = act
        .facts()
        .unwrap()
        .one("SELECT id FROM case_file WHERE municipality_id = $1 ORDER BY number DESC LIMIT 1", args![m])
        .await
        .unwrap();
    row.get("id").unwrap()
}

/// Sends a referral for a case; its path.
pub async fn send(who: &mut Person, case: &str, to: &str, more: &[(&str, &str)]) -> String {
    let path = format!("/cases/{case}/refer");
    let page = who.get(&path).await;
    page.is(200);
    let form = page.form("/refer");
    let person = first_radio(&page.body, "person");
    let mut fields: Vec<(&str, &str)> = vec![
        ("kind", "hand_over"),
        ("to", to),
        ("person", &person),
        ("need", "income"),
        ("urgency", "normal"),
        ("trouble", "くらしの困りごと-MARK-S"),
        ("wish", "続けてくらしたい"),
        ("basis", "consent"),
        ("consenting", &person),
        ("given_by", "self"),
        ("form", "oral"),
        ("share_cat", "basic"),
        ("share_cat", "contact"),
        ("share_cat", "household"),
        ("share_cat", "money"),
        ("share_cat", "support"),
        ("summary_about", &person),
        ("summary_cat", "basic"),
        ("summary_cat", "money"),
        // Meant, also beside another consent to the same desk.
        ("again", "yes"),
        ("caution_told", "yes"),
    ];
    fields.retain(|(name, _)| !more.iter().any(|(n, _)| n == name));
    fields.extend_from_slice(more);
    assert!(!form.action.is_empty());
    let page = who.post(&path, &fields).await;
    assert_eq!(page.status, 303, "{}", page.text());
    page.location().split('?').next().unwrap().to_owned()
}

/// The value of the first radio button of this name.
pub fn first_radio(body: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let at = body.find(&mark).unwrap_or_else(|| panic!("no field {name}"));
    body[at + mark.len()..].split('"').next().unwrap().to_owned()
}

story!(a_consultation_is_passed_on_and_comes_back, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない-MARK-W").await;
    let to = app.town.desk("shakyo").to_string();
    let referral = send(&mut sano, &case, &to, &[]).await;
    sano.get(&referral).await.is(200).see("青木 ハル").see("返事まち");

    // Before acceptance: the preview, and nobody's name.
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get("/").await.see("つなぎに返事をする").not_see("青木");
    kinoshita.get("/referrals").await.see("収入").not_see("青木");
    kinoshita.get(&referral).await.is(200).see("北部福祉総合相談室").not_see("青木").not_see("MARK");
    kinoshita.get(&format!("{referral}/print")).await.not_see("青木").not_see("MARK");
    kinoshita.get(&format!("/cases/{case}")).await.is(404);
    kinoshita.search("青木").await.not_see("青木 ハル");

    // Accepting moves accountability, and what the consent covers is there; what the sender wrote beyond it is not.
    kinoshita.get(&referral).await;
    kinoshita
        .post(&format!("{referral}/accept"), &[("promise", "R8.12.1")])
        .await
        .goes_to(&format!("{referral}?done=referral_moved"));
    kinoshita.get(&referral).await.see("青木 ハル").see("MARK-S").see("本人の同意");
    kinoshita.get(&format!("/cases/{case}")).await.is(200).see("青木");
    kinoshita.search("青木").await.see("青木 ハル");
    sano.get(&format!("/cases/{case}")).await.is(200);

    // Work, and tell what became of it.
    kinoshita.get(&referral).await;
    kinoshita.post(&format!("{referral}/start"), &[]).await.is(303);
    kinoshita.get(&referral).await.see("対応中");
    let done = kinoshita
        .post(
            &format!("{referral}/complete"),
            &[("outcome", "supported"), ("words", ""), ("basis", "status_only")],
        )
        .await;
    done.is(303);
    sano.get("/feedback").await.is(200).see("支援が始まりました").see("バックアップふじさわ社協");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(a_refusal_comes_back_with_its_reason_and_a_next_step, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let referral = send(&mut sano, &case, &app.town.desk("shakyo").to_string(), &[]).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&referral).await;
    // Without a reason: the page again, with what was typed.
    let page =
        kinoshita.post(&format!("{referral}/refuse"), &[("reason", ""), ("words", "書いたこと")]).await;
    page.is(422).see("書いたこと");
    kinoshita.post(&format!("{referral}/refuse"), &[("reason", "no_capacity"), ("words", "")]).await.is(303);
    kinoshita.get(&referral).await.not_see("青木");
    sano.get("/").await.see("次のつなぎ先を考える");
    sano.get(&referral).await.see("いま空きがない");
    sano.get("/feedback").await.see("そこでは受けられませんでした");
    // It is over: no step is left, and none is taken.
    kinoshita.get(&referral).await;
    // The page offers no form, so nobody has a version to send: refused before the step is looked at.
    kinoshita.post(&format!("{referral}/accept"), &[]).await.is(422).not_see("青木");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(accepting_twice_is_accepting_once, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let referral = send(&mut sano, &case, &app.town.desk("shakyo").to_string(), &[]).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    let mut oda = app.sign_in("oda").await;
    let page = kinoshita.get(&referral).await;
    let form = page.form("/accept");
    let fields: Vec<(&str, &str)> = form.hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    oda.get(&referral).await;
    let path = format!("{referral}/accept");
    kinoshita.post_exactly(&path, &fields).await.is(303);
    kinoshita.post_exactly(&path, &fields).await.is(303);
    // A colleague's stale page: told so, nothing typed is lost.
    let page = oda.post(&path, &[("words", "わたしが受けます")]).await;
    page.is(422).see("わたしが受けます");
});

story!(a_withdrawn_consent_closes_the_door_at_once, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let referral = send(&mut sano, &case, &app.town.desk("shakyo").to_string(), &[("kind", "join")]).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&referral).await;
    kinoshita.post(&format!("{referral}/accept"), &[]).await.is(303);
    kinoshita.get(&referral).await.see("青木 ハル").see("MARK-S").not_see("もとになった同意は");
    kinoshita.get("/referrals?list=working").await.see("青木 ハル").not_see("いまは同意なし");
    sano.get(&referral).await.not_see("もとになった同意は");
    let right = access::Right::system(access::System::Console);
    let m = app.town.municipality;
    let mut act = app
        .engine
        .system_act(access::System::Console, m, engine::Origin::Console, "story", &1)
        .await
        .unwrap();
    let row = act
        .facts()
        .unwrap()
        .one("SELECT id FROM consent WHERE municipality_id = $1", args![m])
        .await
        .unwrap();
    let said = (consent::GivenBy::Itself, consent::Withdrawal::default());
    let who = consent::StandIn::default();
    consent::withdraw_for(&mut act, &right, row.get("id").unwrap(), said, &who).await.unwrap();
    act.commit("").await.unwrap();
    kinoshita.get(&referral).await.is(200).not_see("青木").not_see("MARK-S");
    kinoshita.get(&format!("/cases/{case}")).await.is(200).not_see("青木");
    kinoshita.search("青木").await.not_see("青木 ハル");
    sano.get(&referral).await.see("青木 ハル");
    // That it was taken on under a consent that is over is said to both, and what to do.
    kinoshita
        .get(&referral)
        .await
        .see("もとになった同意は、撤回されたか、終わりました")
        .not_see("本人の同意による");
    kinoshita.get("/referrals?list=working").await.see("いまは同意なし");
    sano.get(&referral).await.see("相手からは、名前も書かれたことも、もう見られません");
});

story!(an_article_hands_over_only_what_was_sent, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない-MARK-W").await;
    let page = sano.get(&format!("/cases/{case}/refer")).await;
    let article = page.body.split("id=\"article\"").nth(1).unwrap().split("value=\"").nth(2).unwrap();
    let article = article.split('"').next().unwrap().to_owned();
    let more = [("basis", "law"), ("article", article.as_str()), ("kind", "join")];
    let referral = send(&mut sano, &case, &app.town.desk("ikiiki").to_string(), &more).await;
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get(&referral).await.is(200).not_see("青木");
    noguchi.post(&format!("{referral}/accept"), &[]).await.is(303);
    noguchi.get(&referral).await.see("青木 ハル").see("MARK-S").see("法令に基づく提供").not_see("MARK-W");
    noguchi.get(&format!("/cases/{case}")).await.is(200).not_see("MARK-W");
    noguchi.search("MARK-W").await.not_see("家賃が払えない");
});

// Found by the marker histories: the first of 長谷's two desks that has a part in the case was taken for the sender.
story!(whoever_sits_at_the_accountable_desk_hands_over_from_there, |app| async {
    let mut hase = app.sign_in("hase").await;
    let case = case_of(app, &mut hase, "青木 ハル", "家賃が払えない").await;
    let to_ikiiki = send(&mut hase, &case, &app.town.desk("ikiiki").to_string(), &[]).await;
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get(&to_ikiiki).await;
    noguchi.post(&format!("{to_ikiiki}/accept"), &[]).await.is(303);
    // Back to the other of her desks.
    let back = send(&mut noguchi, &case, &app.town.desk("suishin_soudan").to_string(), &[]).await;
    hase.get(&back).await;
    hase.post(&format!("{back}/accept"), &[]).await.is(303);
    let on = send(&mut hase, &case, &app.town.desk("shakyo").to_string(), &[]).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&on).await;
    kinoshita.post(&format!("{on}/accept"), &[]).await.is(303);
    hase.get(&format!("/cases/{case}")).await.is(200).see("バックアップふじさわ社協");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

/// What a browser's script sends while somebody types.
async fn type_on(
    person: &mut Person,
    path: &str,
    version: &str,
    typed: &[(&str, &str)],
) -> crate::support::Page {
    let form = person.page.form(path).hidden;
    let draft = form.iter().find(|(n, _)| n == "draft").unwrap().1.clone();
    let mut fields: Vec<(&str, &str)> =
        form.iter().filter(|(n, _)| n != "draft_version").map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.push(("draft_version", version));
    fields.extend(typed);
    let kept = person.page.clone();
    let page = person.post_with(&format!("/drafts/{draft}"), &fields, &[("x-requested-with", "draft")]).await;
    person.page = kept;
    page
}

/// How many rows `command` has for this kind.
async fn commands(app: &App, kind: &str) -> i64 {
    let m = app.town.municipality;
    let mut act = app
        .engine
        .system_act(access::System::Console, m, engine::Origin::Console, "story.look", &kind)
        .await
        .unwrap();
    let row = act
        .facts()
        .unwrap()
        .one("SELECT COUNT(*) AS n FROM command WHERE municipality_id = $1 AND kind = $2", args![m, kind])
        .await
        .unwrap();
    row.get("n").unwrap()
}

story!(a_draft_of_a_referral_is_taken_up_again_and_ends_with_the_sending, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let to = app.town.desk("shakyo").to_string();
    let path = format!("/cases/{case}/refer");
    sano.get(&path).await.is(200);
    let person = first_radio(&sano.page.body, "person");
    let typed = [
        ("kind", "hand_over"),
        ("to", to.as_str()),
        ("person", person.as_str()),
        ("need", "debt"),
        ("urgency", "soon"),
        ("trouble", "途中まで書いた困りごと"),
        ("wish", "家にいたい"),
        ("basis", "consent"),
        ("consenting", person.as_str()),
        ("share_cat", "money"),
        ("summary_cat", "money"),
    ];
    type_on(&mut sano, "/refer", "0", &typed[..6]).await.is(200).see("{\"version\":1}");
    type_on(&mut sano, "/refer", "1", &typed).await.is(200).see("{\"version\":2}");
    assert_eq!(commands(app, "draft.save").await, 0, "typing leaves no commands behind");
    let list = sano.get("/drafts").await;
    let reopen = list.link("途中まで書いた困りごと");
    assert!(reopen.starts_with(&format!("{path}?draft=")), "{reopen}");
    let page = sano.get(&reopen).await;
    page.is(200).see("途中まで書いた困りごと").see("家にいたい");
    for chosen in [
        format!("value=\"{to}\" selected"),
        "value=\"debt\" selected".to_owned(),
        "value=\"soon\" selected".to_owned(),
        "name=\"kind\" value=\"hand_over\" required checked".to_owned(),
        "name=\"basis\" value=\"consent\" required checked".to_owned(),
        "name=\"share_cat\" value=\"money\" checked".to_owned(),
    ] {
        assert!(page.body.contains(&chosen), "{chosen} is lost");
    }
    // A form that comes back with problems still writes the same draft.
    sano.post(&path, &typed).await.is(422).see("途中まで書いた困りごと");
    type_on(&mut sano, "/refer", "2", &typed).await.is(200).see("{\"version\":3}");
    // Nobody else has it, and it is no draft of another case.
    let mut hase = app.sign_in("hase").await;
    hase.get(&reopen).await.is(404);
    let other = case_of(app, &mut sano, "三浦 次郎", "仕事がない").await;
    let elsewhere = reopen.replace(&case, &other);
    sano.get(&elsewhere).await.goes_to(&format!("/cases/{other}/refer?done=draft_gone"));
    sano.get(&reopen).await.is(200);
    let rest =
        [("given_by", "self"), ("form", "oral"), ("share_cat", "basic"), ("summary_about", person.as_str())];
    let page = sano.post(&path, &[typed.as_slice(), &rest].concat()).await;
    assert_eq!(page.status, 303, "{}", page.text());
    sano.get("/drafts").await.see("下書きはありません");
    sano.get(&reopen).await.goes_to(&format!("{path}?done=draft_gone"));
});

story!(the_age_band_is_that_of_whom_it_is_about, |app| async {
    let mut sano = app.sign_in("sano").await;
    sano.get("/consultations/new").await.is(200);
    let told = [
        ("words", "眠れない"),
        ("name", "青木 ハル"),
        ("age_band", "40_64"),
        ("channel", "counter"),
        ("occurred", "R8.11.20"),
        ("route", "self"),
        ("urgency", "normal"),
        ("topics", "income"),
    ];
    let page = sano.post("/consultations", &told).await;
    let here = page.location().split('?').next().unwrap().to_owned();
    sano.get(&here).await.is(200);
    let how = [("disposition", "own_support"), ("promise", "電話する"), ("due", "R8.11.27")];
    sano.post(&format!("{here}/dispose"), &how).await.is(303);
    let case = newest_case(app).await.to_string();
    let home = crate::casefile::first(&sano.get(&format!("/cases/{case}")).await, "households");
    sano.get(&home).await.is(200);
    let child = [("name", "青木 空"), ("birth", "R2.5.1"), ("relation", "長男"), ("lives_together", "1")];
    sano.post(&format!("{home}/members"), &child).await.is(303);
    let page = sano.get(&format!("/cases/{case}/refer")).await;
    // What is known of each stands with their name; nothing is chosen for somebody else.
    page.is(200).see("6～14歳").see("えらんだ人の年代のまま");
    assert!(!page.body.contains("value=\"40_64\" selected"), "{}", page.text());
    let tile = page.body.split("name=\"person\" value=\"").skip(1).find(|o| o.contains("青木 空")).unwrap();
    let sora = tile.split('"').next().unwrap().to_owned();
    let to = app.town.desk("shakyo").to_string();
    let mut kinoshita = app.sign_in("kinoshita").await;
    let preview = [("kind", "join"), ("basis", "preview")];
    for (more, band) in [
        (vec![], "40～64歳"),
        (vec![("person", sora.as_str())], "6～14歳"),
        (vec![("person", sora.as_str()), ("age_band", "15_17")], "15～17歳"),
    ] {
        let fields: Vec<(&str, &str)> = preview.into_iter().chain(more).collect();
        let referral = send(&mut sano, &case, &to, &fields).await;
        kinoshita.get(&referral).await.is(200).see(band);
    }
});

story!(what_was_not_offered_stands_beside_its_field, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let path = format!("/cases/{case}/refer");
    let nowhere = "00000000-0000-7000-8000-000000000000";
    for field in ["to", "copy", "area"] {
        sano.get(&path).await.is(200);
        let to = app.town.desk("shakyo").to_string();
        let mut fields = vec![
            ("kind", "join"),
            ("to", to.as_str()),
            ("need", "income"),
            ("urgency", "normal"),
            ("trouble", "くらしの困りごと"),
            ("wish", "続けてくらしたい"),
            ("basis", "preview"),
        ];
        let person = first_radio(&sano.page.body, "person");
        fields.push(("person", &person));
        fields.retain(|(n, _)| *n != field);
        fields.push((field, nowhere));
        let page = sano.post(&path, &fields).await;
        page.is(422).see("くらしの困りごと").see(&format!("id=\"{field}-error\""));
    }
});

/// Opens a form and sends it.
async fn try_it(who: &mut Person, path: &str, fields: &[(&str, String)]) -> crate::support::Page {
    who.get(path).await.is(200);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    who.post(path, &fields).await
}

story!(an_existing_consent_must_really_cover_what_is_sent, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let to = app.town.desk("shakyo").to_string();
    let path = format!("/cases/{case}/refer");
    let page = sano.get(&path).await;
    let person = first_radio(&page.body, "person");
    let existing = |to: &'static str, cat: &'static str| {
        let to = app.town.desk(to).to_string();
        let about = person.clone();
        [
            ("kind", "join".to_owned()),
            ("to", to),
            ("person", about.clone()),
            ("need", "income".to_owned()),
            ("urgency", "normal".to_owned()),
            ("trouble", "くらしの困りごと-MARK-E".to_owned()),
            ("wish", "続けてくらしたい".to_owned()),
            ("basis", "existing".to_owned()),
            ("share_cat", "basic".to_owned()),
            ("share_cat", cat.to_owned()),
            ("summary_about", about),
            ("summary_cat", cat.to_owned()),
        ]
    };
    let refused = |page: &crate::support::Page| {
        page.is(422).see("くらしの困りごと-MARK-E").see("id=\"basis-error\"");
    };
    // Nobody agreed to anything yet.
    refused(&try_it(&mut sano, &path, &existing("shakyo", "money")).await);
    // One that has not taken effect does not count either.
    let referral = send(&mut sano, &case, &to, &[("kind", "join")]).await;
    refused(&try_it(&mut sano, &path, &existing("shakyo", "money")).await);
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&referral).await;
    kinoshita.post(&format!("{referral}/accept"), &[]).await.is(303);
    // What it names goes; what it does not name is refused, and so is another desk.
    refused(&try_it(&mut sano, &path, &existing("shakyo", "health")).await);
    refused(&try_it(&mut sano, &path, &existing("ikiiki", "money")).await);
    let page = try_it(&mut sano, &path, &existing("shakyo", "money")).await;
    assert_eq!(page.status, 303, "{}", page.text());
    let second = page.location().split('?').next().unwrap().to_owned();
    kinoshita.get(&second).await.see("MARK-E").see("本人の同意");
});

story!(a_referral_begins_with_what_was_said, |app| async {
    let mut sano = app.sign_in("sano").await;
    sano.get("/consultations/new").await.is(200);
    let told = [
        ("words", "家賃が払えず、夜も眠れない"),
        ("words_cat", "money"),
        ("words_cat", "health"),
        ("name", "青木 ハル"),
        ("channel", "counter"),
        ("occurred", "R8.11.20"),
        ("route", "self"),
        ("urgency", "soon"),
        ("topics", "rent_loan"),
        ("main", "rent_loan"),
        ("words_about", "self"),
    ];
    let page = sano.post("/consultations", &told).await;
    assert_eq!(page.status, 303, "{}", page.text());
    let here = page.location().split('?').next().unwrap().to_owned();
    sano.get(&here).await.is(200);
    let page = sano.post(&format!("{here}/dispose"), &[("disposition", "pass_on")]).await;
    let refer = page.location().split('?').next().unwrap().to_owned();
    assert!(refer.ends_with("/refer"), "{}", page.text());
    let page = sano.get(&refer).await;
    page.is(200).see("家賃が払えず、夜も眠れない").see("写してあります");
    for chosen in [
        "value=\"rent_loan\" selected",
        "value=\"soon\" selected",
        "name=\"summary_cat\" value=\"money\" checked",
        "name=\"summary_cat\" value=\"health\" checked",
    ] {
        assert!(page.body.contains(chosen), "{chosen} is not carried over");
    }
    assert!(!page.body.contains("name=\"summary_cat\" value=\"violence\" checked"));
    assert!(
        !page.body.contains("name=\"share_cat\" value=\"money\" checked"),
        "consent is asked, not assumed"
    );
    // A desk that has a part in the case but did not write it begins with an empty sheet.
    let case = refer.trim_start_matches("/cases/").trim_end_matches("/refer").to_owned();
    let referral = send(&mut sano, &case, &app.town.desk("shakyo").to_string(), &[("kind", "join")]).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&referral).await;
    kinoshita.post(&format!("{referral}/accept"), &[]).await.is(303);
    kinoshita.get(&refer).await.is(200).not_see("眠れない").not_see("写してあります");
});

story!(what_has_been_told_and_not_read_comes_first, |app| async {
    let mut sano = app.sign_in("sano").await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    let mut outcomes = vec![("supported", "支援が始まりました"), ("settled", "困りごとが落ち着きました")];
    for (outcome, _) in &outcomes {
        let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
        let referral =
            send(&mut sano, &case, &app.town.desk("shakyo").to_string(), &[("kind", "join")]).await;
        kinoshita.get(&referral).await;
        kinoshita.post(&format!("{referral}/accept"), &[]).await.is(303);
        kinoshita.get(&referral).await;
        let end = [("outcome", *outcome), ("words", ""), ("basis", "status_only")];
        kinoshita.post(&format!("{referral}/complete"), &end).await.is(303);
        app.clock.forward_minutes(5);
    }
    let places = |page: &crate::support::Page, outcomes: &[(&str, &str)]| -> Vec<usize> {
        outcomes.iter().map(|(_, line)| page.body.find(line).unwrap()).collect()
    };
    let list = sano.get("/feedback").await;
    outcomes.reverse();
    let at = places(&list, &outcomes);
    assert!(at[0] < at[1], "the newest first: {}", list.text());
    // The newest has been read: what has not been read goes before it.
    let newest = list.link("困りごとが落ち着きました");
    sano.get(&newest).await.is(200);
    sano.post(&format!("{newest}/read"), &[]).await.is(303);
    outcomes.reverse();
    let list = sano.get("/feedback").await;
    let at = places(&list, &outcomes);
    assert!(at[0] < at[1], "what is unread first: {}", list.text());
    // Whoever reads does so under their own right: it stands in the log.
    let m = app.town.municipality;
    let mut act = app
        .engine
        .system_act(access::System::Console, m, engine::Origin::Console, "story.look", &"log")
        .await
        .unwrap();
    let row = act
        .facts()
        .unwrap()
        .one(
            "SELECT COUNT(*) AS n FROM access_log WHERE municipality_id = $1 AND user_id = $2 \
             AND basis = 'hear_feedback'",
            args![m, app.town.user("sano")],
        )
        .await
        .unwrap();
    assert_eq!(row.get::<i64>("n").unwrap(), 1);
});
