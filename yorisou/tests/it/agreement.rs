//! Consents as records: written down on their own page, given to categories of agencies, renewed, refused, carried over, with
//! their papers; and what the person is told of them.

use access::{Right, System};
use engine::{Origin, args};
use words::Day;

use crate::referral::{case_of, first_radio};
use crate::support::{App, Page, Person};

/// What a form of a consent holds, unless a story says otherwise.
pub fn terms<'a>(person: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![("do", "give"), ("person", person), ("given_by", "self"), ("form", "signed")];
    fields.extend([
        ("share_cat", "basic"),
        ("share_cat", "money"),
        ("purpose", "support"),
        ("from", "R8.11.21"),
        // Meant, also beside another one to the same desk.
        ("again", "yes"),
    ]);
    fields.retain(|(n, _)| *n == "share_cat" || !more.iter().any(|(m, _)| m == n));
    fields.extend(more);
    fields
}

/// A case of 佐野's desk, and who it is about.
pub async fn begun(app: &App) -> (Person, String, String) {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let page = sano.get(&format!("/cases/{case}/consents/new")).await;
    page.is(200).see("同意を書きとめる");
    let person = first_radio(&page.body, "person");
    (sano, case, person)
}

/// Sends the form; the page of the consent.
pub async fn give(who: &mut Person, case: &str, fields: &[(&str, &str)]) -> String {
    let form = format!("/cases/{case}/consents/new");
    who.get(&form).await.is(200);
    let page = who.post(&form, fields).await;
    assert_eq!(page.status, 303, "{}", page.text());
    page.location().split('?').next().unwrap().to_owned()
}

pub async fn withdraw(who: &mut Person, consent: &str) {
    withdraw_said(who, consent, "").await;
}

/// The same, said on an earlier day; an empty one is today.
pub async fn withdraw_said(who: &mut Person, consent: &str, said: &str) {
    let path = format!("{consent}/withdraw");
    who.get(&path).await.is(200);
    who.post(&path, &[("told_by", "self"), ("way", "oral"), ("said", said)]).await.is(303);
}

/// Runs a statement as the program's own role; what the database says to it.
pub async fn raw(app: &App, sql: &'static str, more: engine::Args) -> Result<u64, engine::Broken> {
    let m = app.town.municipality;
    let begun = app.engine.system_act(System::Console, m, Origin::Console, "story.raw", &m).await;
    let mut act = begun.unwrap();
    let mut all = args![m];
    all.extend(more);
    let done = act.save(&Right::system(System::Console)).unwrap().exec(sql, all).await?;
    act.commit("").await.unwrap();
    Ok(done)
}

/// An agency changes its field.
pub async fn of_field(app: &App, desk: &str, field: &'static str) {
    let sql = "UPDATE agency SET field = $3 WHERE municipality_id = $1 AND id = (SELECT agency_id FROM desk \
               WHERE municipality_id = $1 AND id = $2)";
    assert_eq!(raw(app, sql, args![app.town.desk(desk), field]).await.unwrap(), 1);
}

story!(a_consent_is_written_down_shown_printed_and_withdrawn, |app| async {
    let (mut sano, case, person) = begun(app).await;
    let card = format!("/persons/{person}");
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&card).await.is(404);
    // Nothing chosen is nothing agreed to: every problem at once.
    let form = format!("/cases/{case}/consents/new");
    sano.get(&form).await;
    let page = sano.post(&form, &[("do", "give"), ("person", person.as_str())]).await;
    page.is(422).see("だれに伝えてよいかを選んでください").see("何を伝えてよいかを選んでください");
    // What one heard alone ends soon.
    let shakyo = app.town.desk("shakyo").to_string();
    sano.get(&form).await;
    let alone = terms(&person, &[("to_desk", &shakyo), ("form", "oral")]);
    sano.post(&form, &alone).await.is(422).see("いっしょに聞いた人");
    let here = give(&mut sano, &case, &terms(&person, &[("to_desk", &shakyo)])).await;
    sano.get(&here).await.is(200).see("青木 ハル").see("バックアップふじさわ社協").see("お金・くらし");
    kinoshita.get(&card).await.is(200).see("青木 ハル");
    // The terms are for who recorded it and whom it names; another desk has nothing there.
    app.sign_in("noguchi").await.get(&here).await.is(404);
    // The receipt: plain, with furigana, in English.
    let receipt = format!("{here}/receipt");
    let plain = sano.get(&receipt).await;
    plain.is(200).see("同意の控え").see("青木 ハル").see("いつでも、やめることができます").not_see("<ruby>");
    sano.get(&format!("{receipt}?furigana=1")).await.see("<ruby>同意<rp>(</rp><rt>どうい</rt>");
    let english = sano.get(&format!("{receipt}?lang=en")).await;
    english.see("Receipt of your consent").see("Your name and date of birth").not_see("どうい");
    // Who holds what, in plain words, before it is withdrawn.
    let held = sano.get(&format!("{here}/withdraw")).await;
    held.is(200).see("だれが何を知っているか").see("バックアップふじさわ社協").see("名前など 1件を見た");
    sano.get(&format!("{here}/holders"))
        .await
        .is(200)
        .see("この同意で、あなたのことを見た窓口")
        .see("名前など 1件");
    crate::papers::same(&mut sano, &format!("{here}/holders")).await.see("名前など 1件");
    // An open tab: the next request shows nothing any more.
    kinoshita.get(&card).await.is(200);
    withdraw(&mut sano, &here).await;
    kinoshita.get(&card).await.is(404);
    sano.get(&here).await.is(200).see("に撤回");
});

story!(a_withdrawal_reaches_a_file_that_is_being_made, |app| async {
    let (mut sano, case, person) = begun(app).await;
    let shakyo = app.town.desk("shakyo").to_string();
    let referral = crate::referral::send(&mut sano, &case, &shakyo, &[("kind", "join")]).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&referral).await.is(200);
    kinoshita.post(&format!("{referral}/accept"), &[]).await.is(303);
    let page = sano.get(&format!("/cases/{case}/consents")).await;
    withdraw(&mut sano, page.link("くわしく").as_str()).await;
    let here = give(&mut sano, &case, &terms(&person, &[("to_desk", &shakyo)])).await;
    kinoshita.get("/cases").await.is(200).see("青木 ハル");
    kinoshita.post("/downloads", &[("format", "csv")]).await.is(303);
    let file = kinoshita.page.location().to_owned();
    // The job is under way and is stopped in the middle; meanwhile the person says no.
    let words = yorisou::site::texts().unwrap();
    export::work(&app.engine, &words, || false).await.unwrap();
    withdraw(&mut sano, &here).await;
    export::work(&app.engine, &words, || true).await.unwrap();
    let fetched = kinoshita.get(&format!("{file}/file")).await;
    assert!(
        fetched.is(200).body.contains("2026-00001") && !fetched.body.contains("青木"),
        "{}",
        fetched.body
    );
});

story!(a_category_of_agencies_never_widens_by_itself, |app| async {
    let (mut sano, case, person) = begun(app).await;
    let card = format!("/persons/{person}");
    of_field(app, "ikiiki", "medical").await;
    let (mut noguchi, mut kinoshita) = (app.sign_in("noguchi").await, app.sign_in("kinoshita").await);
    let here = give(&mut sano, &case, &terms(&person, &[("to_field", "medical")])).await;
    sano.get(&here).await.see("医療の機関").see("辻堂東いきいきサポートセンター");
    noguchi.get(&card).await.is(200);
    // Named is not taking part: the case and its pages are not there for it.
    noguchi.get(&here).await.is(404);
    kinoshita.get(&card).await.is(404);
    // It joins the category later: the person was not told of it.
    of_field(app, "shakyo", "medical").await;
    kinoshita.get(&card).await.is(404);
    kinoshita.get(&here).await.is(404);
    // And one that leaves it is no longer what the person was told of.
    of_field(app, "ikiiki", "general").await;
    noguchi.get(&card).await.is(404);
    // Where the person says so, those that join later are meant.
    let later = terms(&person, &[("to_field", "medical"), ("later", "yes")]);
    give(&mut sano, &case, &later).await;
    kinoshita.get(&card).await.is(200);
    noguchi.get(&card).await.is(404);
    of_field(app, "ikiiki", "medical").await;
    noguchi.get(&card).await.is(200);
});

story!(no_statement_changes_what_was_agreed_to, |app| async {
    let (mut sano, case, person) = begun(app).await;
    let shakyo = app.town.desk("shakyo").to_string();
    let here =
        give(&mut sano, &case, &terms(&person, &[("to_desk", &shakyo), ("to_field", "general")])).await;
    let id: words::id::ConsentId = here.rsplit('/').next().unwrap().parse().unwrap();
    for sql in [
        "UPDATE consent SET categories = 8191 WHERE municipality_id = $1 AND id = $2",
        "UPDATE consent SET until_day = '2099-03-31' WHERE municipality_id = $1 AND id = $2",
        "UPDATE consent SET complete = FALSE WHERE municipality_id = $1 AND id = $2",
        "INSERT INTO consent_recipient (municipality_id, consent_id, kind, recipient_id, effective_from) \
         VALUES ($1, $2, 'desk', $2, '2026-11-21T09:00:00.000+09:00')",
        "UPDATE consent_recipient SET recipient_id = $2 WHERE municipality_id = $1 AND consent_id = $2",
        "UPDATE consent_field SET later = TRUE WHERE municipality_id = $1 AND consent_id = $2",
        "INSERT INTO consent_field (municipality_id, consent_id, field, later) VALUES ($1, $2, 'medical', TRUE)",
    ] {
        assert!(raw(app, sql, args![id]).await.is_err(), "{sql}");
    }
    let state = "UPDATE consent SET state = 'given' WHERE municipality_id = $1 AND id = $2";
    withdraw(&mut sano, &here).await;
    assert!(raw(app, state, args![id]).await.is_err(), "a withdrawn consent does not come back");
});

story!(a_consent_is_asked_for_refused_given_and_renewed, |app| async {
    let (mut sano, case, person) = begun(app).await;
    let shakyo = app.town.desk("shakyo").to_string();
    sano.get("/consents/missing").await.is(200).see("青木 ハル").see("まだ聞いていない");
    let form = format!("/cases/{case}/consents/new");
    let ask: Vec<(&str, &str)> = terms(&person, &[("to_desk", &shakyo), ("do", "ask")]);
    sano.get(&form).await;
    sano.post(&form, &ask).await.is(303);
    let asked = sano.page.location().split('?').next().unwrap().to_owned();
    sano.get(&asked).await.is(200).see("返事をまっている").see("バックアップふじさわ社協");
    app.sign_in("kinoshita").await.get(&asked).await.is(404);
    // Whoever was asked answers to that: the way of the list leads there.
    assert_eq!(sano.get("/consents/missing").await.see("頼んでいる").link("返事を書きとめる"), asked);
    sano.get(&asked).await;
    let no = [("told_by", "self"), ("reason", "not_now")];
    sano.post(&format!("{asked}/refuse"), &no).await.is(303);
    sano.get(&format!("/cases/{case}/consents")).await.see("ことわられた");
    sano.get("/consents/missing").await.see("ことわられた");
    sano.get(&asked).await.see("いまは決められない");
    // Asked again, and now they agree: the form begins with what was asked.
    sano.get(&form).await;
    sano.post(&form, &ask).await.is(303);
    let asked = sano.page.location().split('?').next().unwrap().to_owned();
    let link = sano.get(&asked).await.link("同意があった");
    sano.get(&link).await.is(200);
    let until = terms(&person, &[("to_desk", &shakyo), ("until", "R8.12.10")]);
    let page = sano.post(&form, &until).await;
    let first = page.is(303).location().split('?').next().unwrap().to_owned();
    sano.get(&asked).await.see("同意があった");
    sano.get("/consents/missing").await.see("同意のない人はいません");
    // It ends within thirty days: one task, however often somebody looks.
    let m = app.town.municipality;
    assert_eq!(agreement::watch(&app.engine, m).await.unwrap(), 1);
    assert_eq!(agreement::watch(&app.engine, m).await.unwrap(), 0);
    sano.get("/").await.see("同意を続けるか、本人に確かめる");
    let link = sano.get(&first).await.link("聞きなおして");
    sano.get(&link).await.is(200);
    let again = terms(&person, &[("to_desk", &shakyo), ("purpose", "support"), ("until", "R9.11.20")]);
    // What holds today is replaced from today: a later first day would leave nobody able to see anything until then.
    let later = terms(&person, &[("to_desk", &shakyo), ("from", "R8.12.11"), ("until", "R9.11.20")]);
    sano.post(&form, &later).await.is(422).see("あとの日から始めると");
    let page = sano.post(&form, &again).await;
    let second = page.is(303).location().split('?').next().unwrap().to_owned();
    let (before, after) =
        (format!("href=\"{first}\">前の同意: "), format!("href=\"{second}\">このあとの同意: "));
    sano.get(&second).await.see(&before).see("バックアップふじさわ社協（同じ中身で続けた）");
    sano.get(&first).await.see("続けて、新しい同意に替わった").see(&after);
    sano.get(&format!("/cases/{case}/consents")).await.see(&before).see(&after);
    sano.get("/").await.not_see("同意を続けるか、本人に確かめる");
    // A stale form: what was followed cannot be followed once more.
    sano.get(&link).await;
    let page = sano.post(&form, &again).await;
    assert!(page.status == 409 || page.status == 422, "{}", page.text());
});

/// A case about a child of seventeen and her mother, at 今井's desk: the case, the child, the mother.
async fn family(imai: &mut Person) -> (String, String, String) {
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
    let here =
        imai.post("/consultations", &told).await.is(303).location().split('?').next().unwrap().to_owned();
    imai.get(&here).await.is(200);
    let decided = [("disposition", "own_support"), ("promise", "また会う"), ("due", "R8.11.30")];
    let page = imai.post(&format!("{here}/dispose"), &decided).await;
    let case = page.is(303).location().split('/').nth(2).unwrap().split('?').next().unwrap().to_owned();
    let form = imai.get(&format!("/cases/{case}/consents/new")).await;
    let people: Vec<&str> =
        form.body.split("name=\"person\" value=\"").skip(1).map(|p| p.split('"').next().unwrap()).collect();
    (case, people[0].to_owned(), people[1].to_owned())
}

story!(a_guardian_set_aside_neither_agrees_nor_refuses, |app| async {
    let mut imai = app.sign_in("imai").await;
    let (case, child, mother) = family(&mut imai).await;
    let ikiiki = app.town.desk("ikiiki").to_string();
    let by_mother = [
        ("to_desk", ikiiki.as_str()),
        ("given_by", "guardian"),
        ("giver", mother.as_str()),
        ("relation", "parent"),
        ("evidence", "戸籍"),
    ];
    // A parent speaks until the day before the child comes of age.
    let form = format!("/cases/{case}/consents/new");
    imai.get(&form).await;
    imai.post(&form, &terms(&child, &by_mother)).await.is(422).see("18歳になる日の前の日まで");
    let mut until = by_mother.to_vec();
    until.push(("until", "R9.3.31"));
    let here = give(&mut imai, &case, &terms(&child, &until)).await;
    imai.get(&here).await.see("青木 みどり").see("父母などの親権者").see("戸籍");
    let card = format!("/persons/{child}");
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get(&card).await.is(200);
    // Only those who lead the accountable desk set somebody aside, on an article that serves.
    let aside = format!("/cases/{case}/set-aside");
    app.sign_in("kinoshita").await.get(&aside).await.is(422);
    noguchi.get(&aside).await.is(404);
    let page = imai.get(&aside).await;
    page.is(200)
        .see("虐待・暴力の疑い")
        .see("児童虐待の防止等に関する法律 第6条")
        .not_see("社会福祉法 第106条の6");
    let set = [
        ("person", child.as_str()),
        ("guardian", mother.as_str()),
        ("reason", "abuse"),
        ("article", "child_abuse_6"),
    ];
    imai.post(&aside, &set).await.is(303);
    noguchi.get(&card).await.is(404);
    imai.get(&here).await.see("数えない");
    imai.get(&aside).await.see("数えていないもの: 1件");
    imai.get(&form).await;
    imai.post(&form, &terms(&child, &until)).await.is(422).see("代わりに同意する人から外されています");
    // Her no is no no of the child.
    imai.get(&form).await;
    imai.post(&form, &terms(&child, &[("to_desk", &ikiiki), ("do", "ask")])).await.is(303);
    let asked = imai.page.location().split('?').next().unwrap().to_owned();
    imai.get(&asked).await;
    let no = [("told_by", "guardian"), ("teller", mother.as_str()), ("reason", "privacy")];
    imai.post(&format!("{asked}/refuse"), &no).await.is(303);
    imai.get(&format!("/cases/{case}/consents")).await.see("ことわられたが、数えない");
    // Until she speaks for the child again.
    imai.get(&aside).await;
    let page = imai.page.form("/set-aside/end");
    let end = [("aside", page.value("aside")), ("person", page.value("person"))];
    let end: Vec<(&str, &str)> = end.iter().map(|(n, v)| (*n, v.as_str())).collect();
    imai.post(&format!("{aside}/end"), &end).await.is(303);
    noguchi.get(&card).await.is(200);
    // Sixty days before she comes of age somebody is told to ask herself.
    let m = app.town.municipality;
    assert_eq!(agreement::watch(&app.engine, m).await.unwrap(), 0);
    app.clock.forward_minutes(60 * 24 * 75);
    assert_eq!(agreement::watch(&app.engine, m).await.unwrap(), 1);
    app.sign_in("imai").await.get("/").await.see("18歳になる本人に、同意を聞きなおす");
});

story!(papers_are_kept_with_their_consent, |app| async {
    const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n";
    let (mut sano, case, person) = begun(app).await;
    let (shakyo, ikiiki) = (app.town.desk("shakyo").to_string(), app.town.desk("ikiiki").to_string());
    let here =
        give(&mut sano, &case, &terms(&person, &[("to_desk", &shakyo), ("share_cat", "household")])).await;
    give(&mut sano, &case, &terms(&person, &[("to_desk", &ikiiki)])).await;
    let add = format!("{here}/papers");
    for (name, bytes, says) in [
        ("同意書.pdf", &b"<html><script>alert(1)</script>"[..], "PDF・JPEG・PNG"),
        ("123456789018.pdf", PDF, "個人番号"),
    ] {
        sano.get(&here).await;
        sano.attach(&add, name, bytes).await.is(422).see(says);
    }
    let mut large = b"\x89PNG\r\n\x1a\n".to_vec();
    large.resize(5 * 1024 * 1024 + 1, 0);
    sano.get(&here).await;
    sano.attach(&add, "大きい.png", &large).await.is(422).see("5MBまで");
    sano.get(&here).await;
    sano.attach(&add, "同意書.exe", PDF).await.is(303);
    let file = sano.get(&here).await.link("同意書.pdf");
    let got = sano.get(&file).await;
    got.is(200);
    assert_eq!(got.bytes, PDF);
    assert!(got.header("content-disposition").unwrap().starts_with("attachment"));
    assert_eq!(got.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(got.header("content-type"), Some("application/pdf"));
    // Whoever may know all that stands on it fetches it; whoever may know a part does not.
    let (mut kinoshita, mut noguchi) = (app.sign_in("kinoshita").await, app.sign_in("noguchi").await);
    kinoshita.get(&file).await.is(200);
    noguchi.get(&format!("/persons/{person}")).await.is(200);
    noguchi.get(&file).await.is(404);
    app.sign_in("kanri").await.get(&file).await.is(404);
    let sql = "UPDATE access_log SET at = at WHERE municipality_id = $1 AND channel = 'attachment'";
    assert!(raw(app, sql, args![]).await.is_err(), "each fetch is in the log, and stays there");
    withdraw(&mut sano, &here).await;
    kinoshita.get(&file).await.is(404);
    // Put there by mistake: out of sight.
    let page = sano.get(&here).await;
    let id = page.form(&format!("{add}/remove")).value("file");
    sano.post(&format!("{add}/remove"), &[("file", &id)]).await.is(303);
    sano.get(&file).await.is(404);
});

story!(a_successor_is_told_nothing_until_the_person_agreed, |app| async {
    let (mut sano, case, person) = begun(app).await;
    let card = format!("/persons/{person}");
    let shakyo = app.town.desk("shakyo").to_string();
    let here = give(&mut sano, &case, &terms(&person, &[("to_desk", &shakyo), ("until", "R9.3.31")])).await;
    let (m, right) = (app.town.municipality, Right::system(System::Import));
    let mut act = app.engine.system_act(System::Import, m, Origin::File, "story.merger", &m).await.unwrap();
    let last = Day::new(2026, 11, 30).unwrap();
    let (gone, heir) = (app.town.desk("shakyo"), app.town.desk("ikiiki"));
    register::acts::end_desk(&mut act, &right, gone, last, heir).await.unwrap();
    act.commit("").await.unwrap();
    app.clock.forward_minutes(60 * 24 * 12);
    let (mut sano, mut noguchi) = (app.sign_in("sano").await, app.sign_in("noguchi").await);
    noguchi.get(&card).await.is(404);
    assert_eq!(agreement::watch(&app.engine, m).await.unwrap(), 1);
    let list = sano.get("/consents/ended").await;
    list.is(200).see("青木 ハル").see("辻堂東いきいきサポートセンター");
    noguchi.get("/consents/ended").await.is(200).not_see("青木");
    let carry = list.link("本人に確かめて引きつぐ");
    let page = sano.get(&carry).await;
    page.is(200).see("なくなった相手");
    let box_of = page.body.split("name=\"successor\" value=\"").nth(1).unwrap();
    let successor = box_of.split('"').next().unwrap().to_owned();
    let told = [("given_by", "self"), ("form", "signed"), ("successor", successor.as_str())];
    sano.post(&carry, &told).await.is(422);
    sano.get(&carry).await;
    let mut wrong = told.to_vec();
    wrong.push(("confirmed_on", "R9.1.1"));
    sano.post(&carry, &wrong).await.is(422).see("これから来る日");
    sano.get(&carry).await;
    let mut told = told.to_vec();
    told.push(("confirmed_on", "R8.12.2"));
    let page = sano.post(&carry, &told).await;
    let new = page.is(303).location().split('?').next().unwrap().to_owned();
    sano.get(&new).await.see("令和8年12月2日に、佐野 健が本人に確かめた").see("令和9年3月31日");
    sano.get(&here).await.see("あとの窓口に引きついだ");
    noguchi.get(&card).await.is(200);
    sano.get("/consents/ended").await.see("相手がなくなった同意はありません");
});

/// What is recorded of how an article is named, wherever it stands.
async fn named(who: &mut Person, page: &str) -> Page {
    who.get(page).await
}

/// What an article of the seeds is called.
const OLD: &str = "個人情報の保護に関する法律 第69条第2項第2号";

story!(an_article_keeps_the_name_it_was_used_under, |app| async {
    let (mut sano, case, _) = begun(app).await;
    let shakyo = app.town.desk("shakyo").to_string();
    let law = [("basis", "law"), ("article", "pipa_69_2_2"), ("kind", "join")];
    let referral = crate::referral::send(&mut sano, &case, &shakyo, &law).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&referral).await.is(200);
    kinoshita.post(&format!("{referral}/accept"), &[]).await.is(303);
    kinoshita.get(&referral).await.see(OLD);
    let mut kanri = app.sign_in("kanri").await;
    kanri.get("/admin/legal-bases").await.is(200).see(OLD).see("条文は未確認");
    kanri.get("/admin/legal-bases/new?code=pipa_69_2_2").await.is(200).see("新しい版");
    let new = [
        ("code", "pipa_69_2_2"),
        ("name", "個人情報の保護に関する法律 第70条第2項第2号"),
        ("note", "改正のあと"),
        ("act", "referral"),
        ("from", "R8.12.1"),
    ];
    kanri.post("/admin/legal-bases/new", &new).await.is(303);
    kanri.get("/admin/legal-bases").await.see("第70条第2項第2号").see(OLD);
    // The same day twice is refused; so is anyone who is no administrator.
    kanri.get("/admin/legal-bases/new?code=pipa_69_2_2").await;
    kanri.post("/admin/legal-bases/new", &new).await.is(422).see("日が重なります");
    sano.get("/admin/legal-bases").await.is(404);
    app.clock.forward_minutes(60 * 24 * 11);
    let (mut sano, mut kinoshita) = (app.sign_in("sano").await, app.sign_in("kinoshita").await);
    named(&mut kinoshita, &referral).await.is(200).see(OLD).not_see("第70条");
    named(&mut sano, &format!("/cases/{case}/consents")).await.see(OLD);
    // Whoever picks one now picks the new wording, and only where it serves.
    let form = sano.get(&format!("/cases/{case}/refer")).await;
    form.see("第70条第2項第2号").not_see(&format!(">{OLD}<")).not_see("条文は未確認");
    let sql = "UPDATE legal_basis SET name = 'x' WHERE municipality_id = $1";
    assert!(raw(app, sql, args![]).await.is_err(), "an article as it was written down never changes");
});

story!(people_without_a_consent_come_in_pages_and_the_oldest_first, |app| async {
    let mut sano = app.sign_in("sano").await;
    let first = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    for n in 0..25 {
        app.clock.forward_minutes(1);
        case_of(app, &mut sano, &format!("番号 {n:02}番"), "家賃が払えない").await;
    }
    let list = "/consents/missing";
    let page = sano.get(list).await;
    page.is(200).see("26人（26件のケース）").see("青木 ハル").see("番号 00番").not_see("番号 24番");
    let next = page.link("次へ");
    sano.get(&next)
        .await
        .is(200)
        .see("26人（26件のケース）")
        .see("番号 24番")
        .not_see("青木 ハル")
        .not_see("次へ");
    assert_eq!(sano.get(&next).await.link("いちばん長い人から"), list);
    // Whom a consent covers is on no page, and what follows moves up.
    let page = sano.get(&format!("/cases/{first}/consents/new")).await;
    let (person, shakyo) = (first_radio(&page.body, "person"), app.town.desk("shakyo").to_string());
    give(&mut sano, &first, &terms(&person, &[("to_desk", &shakyo)])).await;
    sano.get(list).await.see("25人（25件のケース）").see("番号 24番").not_see("青木 ハル").not_see("次へ");
});

// A new wording is added where the article is seen; and a slip of today can be put right today.
story!(an_article_is_not_replaced_by_its_code_and_a_slip_is_taken_back, |app| async {
    let mut kanri = app.sign_in("kanri").await;
    kanri.get("/admin/legal-bases/new").await.is(200);
    let new = [
        ("code", "pipa_69_2_2"),
        ("name", "ちがう法律 第9条"),
        ("note", ""),
        ("act", "referral"),
        ("from", "R8.11.20"),
    ];
    let page = kanri.post("/admin/legal-bases/new", &new).await;
    page.is(422)
        .see("この記号の条文は、もうあります")
        .see("href=\"/admin/legal-bases/new?code=pipa_69_2_2\"");
    page.see("ちがう法律 第9条");
    assert!(page.body.contains("id=\"code-error\""), "{}", page.text());
    kanri.get("/admin/legal-bases").await.not_see("ちがう法律");
    // Added as its new version, by mistake.
    let today = app.engine.now().day().to_string();
    let again: Vec<(&str, &str)> =
        new.iter().map(|(k, v)| (*k, if *k == "from" { today.as_str() } else { *v })).collect();
    kanri.get("/admin/legal-bases/new?code=pipa_69_2_2").await;
    kanri.post("/admin/legal-bases/new", &again).await.is(303);
    kanri.get("/admin/legal-bases").await.see("ちがう法律 第9条").see("まちがえて足したので、取り下げる");
    let slip = [("code", "pipa_69_2_2"), ("since", today.as_str())];
    kanri.post("/admin/legal-bases/take-back", &slip).await.is(303);
    let page = kanri.get("/admin/legal-bases").await;
    page.see("取り下げました").see(OLD).see("取り下げた").not_see("まちがえて足したので、取り下げる");
    // The wording of before goes on, and can be picked.
    let (mut sano, case, _) = begun(app).await;
    let page = sano.get(&format!("/cases/{case}/refer")).await;
    page.see(OLD).not_see("ちがう法律");
    // The right words from the same day, and used: no longer a slip.
    let right: Vec<(&str, &str)> =
        again.iter().map(|(k, v)| (*k, if *k == "name" { "正しい法律 第10条" } else { *v })).collect();
    kanri.get("/admin/legal-bases/new?code=pipa_69_2_2").await;
    kanri.post("/admin/legal-bases/new", &right).await.is(303);
    kanri.get("/admin/legal-bases").await.see("正しい法律 第10条");
    app.clock.forward_minutes(1);
    let shakyo = app.town.desk("shakyo").to_string();
    let law = [("basis", "law"), ("article", "pipa_69_2_2"), ("kind", "join")];
    crate::referral::send(&mut sano, &case, &shakyo, &law).await;
    kanri.get("/admin/legal-bases").await.not_see("まちがえて足したので、取り下げる");
    kanri.post("/admin/legal-bases/take-back", &slip).await.see("足したあとに使われています");
    kanri.get("/admin/legal-bases").await.see("正しい法律 第10条");
});
