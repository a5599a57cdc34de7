//! A paper that one of the household is given tells of them, and of what was promised to them: nothing that desks ask or tell one another,
//! and nothing about others, least of all where somebody is sheltered or violence is feared (disclosure rules 3 and 4, decision 0048). What
//! the desk's own paper leaves out, it says in its place.

use crate::inquiry::{ask, step};
use crate::referral::newest_case;
use crate::support::{App, Page, Person};
use crate::support_plan::write;

/// A line that stands for one that is left out.
const LEFT_OUT: &str = "<li>この紙には載せていません</li>";

/// A case of ハル with a promise to her, and with what a consultation says beside the usual.
async fn told(app: &App, who: &mut Person, words: &str, more: &[(&str, &str)]) -> String {
    who.get("/consultations/new").await.is(200);
    let mut fields = vec![
        ("words", words),
        ("name", "青木 ハル"),
        ("reading", ""),
        ("channel", "counter"),
        ("occurred", "R8.11.20"),
        ("route", "self"),
        ("urgency", "normal"),
        ("topics", "income"),
    ];
    fields.retain(|(name, _)| !more.iter().any(|(n, _)| n == name));
    fields.extend(more);
    let page = who.post("/consultations", &fields).await;
    assert_eq!(page.status, 303, "{}", page.text());
    let here = page.location().split('?').next().unwrap().to_owned();
    who.get(&here).await.is(200);
    let promise = [("disposition", "own_support"), ("promise", "電話する-MARK-P"), ("due", "R8.11.27")];
    who.post(&format!("{here}/dispose"), &promise).await.is(303);
    newest_case(app).await.to_string()
}

/// The text of the one promise of the town.
async fn promise_of(app: &App) -> words::id::EntryId {
    let m = app.town.municipality;
    let begun =
        app.engine.system_act(access::System::Console, m, engine::Origin::Console, "story.promise", &m).await;
    let mut act = begun.unwrap();
    let sql = "SELECT id FROM entry WHERE municipality_id = $1 AND field = 'promise'";
    act.facts().unwrap().one(sql, engine::args![m]).await.unwrap().get("id").unwrap()
}

/// 次郎 comes into the household of a case; the ids of ハル and of him.
async fn both(who: &mut Person, case: &str) -> (String, String) {
    let page = who.get(&format!("/cases/{case}")).await;
    let household = page.body.split("href=\"/households/").nth(1).unwrap().split('"').next().unwrap();
    let home = format!("/households/{household}");
    who.get(&home).await.is(200);
    who.post(&format!("{home}/members"), &[("name", "青木 次郎"), ("relation", "夫")]).await.is(303);
    let page = who.get(&format!("/cases/{case}/print")).await;
    (person(&page, "青木 ハル"), person(&page, "青木 次郎"))
}

/// Somebody whom a paper can be given to.
fn person(page: &Page, name: &str) -> String {
    let option = page.body.split("<option value=\"").find(|o| o.contains(&format!("{name}</option>")));
    option.unwrap_or_else(|| panic!("no {name}:\n{}", page.text())).split('"').next().unwrap().to_owned()
}

/// A record about somebody, or about the whole household.
async fn record(who: &mut Person, case: &str, about: &str, words: &str) {
    let entries = format!("/cases/{case}/entries");
    who.get(&format!("{entries}?write=1")).await.is(200);
    let mut fields =
        vec![("form", "phone"), ("body", words), ("occurred", "R8.11.20"), ("body_cat", "money")];
    fields.extend((!about.is_empty()).then_some(("body_about", about)));
    who.post(&entries, &fields).await.is(303);
}

async fn shelter(app: &App, who: &mut Person, person: &str) {
    let own = app.town.desk("hokubu").to_string();
    let fields = [("shelter_reason", "dv"), ("shelter_desk", own.as_str()), ("shelter_review", "R9.11.20")];
    who.get(&format!("/persons/{person}")).await.is(200);
    who.post(&format!("/persons/{person}/shelter"), &fields).await.is(303);
}

story!(what_desks_ask_one_another_is_on_no_paper_for_one_of_the_household, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = told(app, &mut sano, "家賃が払えない", &[]).await;
    let (haru, jiro) = both(&mut sano, &case).await;
    ask(&mut sano, &case, &app.town.desk("ikiiki").to_string(), &[]).await;
    let triage = crate::triage::begin(&mut sano, &format!("/cases/{case}"), "welfare_check").await;
    sano.get(&triage).await.is(200);
    let print = format!("/cases/{case}/print");
    let page = sano.get(&print).await;
    page.is(200).see("MARK-Q1").see("照会に答える").see("緊急: ").see("電話する-MARK-P");
    for one in [&haru, &jiro] {
        let paper = format!("{print}?for={one}");
        let page = sano.get(&paper).await;
        page.is(200).not_see("MARK-Q").not_see("MARK-L").not_see("照会に答える").not_see("緊急: ");
        // What was promised to the household is theirs to read.
        page.see("電話する-MARK-P").see("11月27日");
        assert_eq!(sano.get(&format!("{paper}&as=xlsx")).await.status, 200);
        let pdf = crate::papers::same(&mut sano, &paper).await;
        pdf.not_see("MARK-Q").not_see("MARK-L").not_see("緊急: ").not_see("印刷していません");
    }
    // What is not on it is said on the screen, to whoever hands it over, and not on the paper.
    let page = sano.get(&format!("{print}?for={jiro}")).await;
    page.see("この人に渡す紙です").not_see("印刷していません");
    sano.get(&print).await.not_see("この人に渡す紙です").see("印刷していません");
});

story!(a_promise_whose_words_are_kept_from_somebody_is_not_on_their_paper_at_all, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = told(app, &mut sano, "家賃が払えない", &[]).await;
    let (_, jiro) = both(&mut sano, &case).await;
    let text = format!("/entries/{}", promise_of(app).await);
    sano.get(&text).await.is(200);
    sano.post(&format!("{text}/secret"), &[("from", &jiro)]).await.is(303);
    let paper = format!("/cases/{case}/print?for={jiro}");
    sano.get(&paper).await.is(200).not_see("MARK-P").not_see("11月27日");
    crate::papers::same(&mut sano, &paper).await.not_see("次の約束");
});

story!(what_is_about_others_is_theirs_and_where_somebody_is_sheltered_so_is_what_is_about_all, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = told(app, &mut sano, "家賃が払えない", &[]).await;
    let (haru, jiro) = both(&mut sano, &case).await;
    record(&mut sano, &case, "", "家計の話-ALL").await;
    record(&mut sano, &case, &haru, "貯金のこと-HERS").await;
    record(&mut sano, &case, &jiro, "仕送りのこと-HIS").await;
    let print = format!("/cases/{case}/print");
    sano.get(&format!("{print}?for={jiro}")).await.is(200).see("-ALL").see("-HIS").not_see("-HERS");
    sano.get(&format!("{print}?for={haru}")).await.is(200).see("-ALL").see("-HERS").not_see("-HIS");

    shelter(app, &mut sano, &haru).await;
    let his = sano.get(&format!("{print}?for={jiro}")).await;
    his.is(200).see("-HIS").not_see("-ALL").not_see("-HERS").not_see("MARK-P").not_see("同意と記録を見直す");
    // She is given what is about the home she is sheltered in, and their desk has it all.
    sano.get(&format!("{print}?for={haru}")).await.is(200).see("-ALL").see("-HERS").not_see("-HIS");
    sano.get(&print).await.is(200).see("-ALL").see("-HERS").see("-HIS");
});

story!(whoever_lives_elsewhere_reads_of_nobody_who_lives_there, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = told(app, &mut sano, "家賃が払えない", &[]).await;
    let (haru, jiro) = both(&mut sano, &case).await;
    record(&mut sano, &case, "", "家計の話-ALL").await;
    record(&mut sano, &case, &jiro, "仕送りのこと-HIS").await;
    let page = sano.get(&format!("/cases/{case}")).await;
    let home = page.body.split("href=\"/households/").nth(1).unwrap().split('"').next().unwrap();
    let home = format!("/households/{home}");
    // Her former partner was written down with a tie; 次郎 moves out; somebody comes to live with her.
    sano.get(&format!("{home}/ties/new")).await.is(200);
    let tie = [("kind", "parent"), ("a", haru.as_str()), ("b", "new"), ("name", "岡 浩")];
    sano.post(&format!("{home}/ties"), &tie).await.is(303);
    sano.get(&format!("/persons/{jiro}")).await.is(200);
    sano.post(&format!("/persons/{jiro}/left"), &[("left", "R8.11.20")]).await.is(303);
    sano.get(&home).await.is(200);
    let new = [("name", "木戸 蒼"), ("relation", "同居の相手"), ("lives_together", "1")];
    sano.post(&format!("{home}/members"), &new).await.is(303);
    let own = sano.get(&format!("/cases/{case}/print")).await;
    own.is(200).see("木戸 蒼");
    let oka = person(&own, "岡 浩");
    for one in [&jiro, &oka] {
        for paper in [format!("/cases/{case}/print?for={one}"), format!("{home}/print?for={one}")] {
            let page = sano.get(&paper).await;
            page.is(200).not_see("木戸").not_see("同居の相手").not_see("-ALL").not_see("青木 ハル");
            crate::papers::same(&mut sano, &paper).await.not_see("木戸").not_see("青木 ハル");
        }
    }
    sano.get(&format!("/cases/{case}/print?for={jiro}")).await.see("-HIS").see("青木 次郎");
    let aoi = person(&own, "木戸 蒼");
    sano.get(&format!("/cases/{case}/print?for={aoi}")).await.see("青木 ハル");
    sano.get(&format!("{home}/print?for={haru}")).await.is(200).see("木戸 蒼");
});

story!(where_violence_is_feared_a_plan_is_given_to_one_only_after_somebody_made_sure, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = told(app, &mut sano, "夫がこわい", &[("topics", "dv_abuse")]).await;
    let (haru, jiro) = both(&mut sano, &case).await;
    record(&mut sano, &case, "", "家計の話-ALL").await;
    for one in [&haru, &jiro] {
        sano.get(&format!("/cases/{case}/print?for={one}")).await.is(200).not_see("-ALL");
    }
    let plan = write(&mut sano, &case, &[]).await;
    let own = sano.get(&format!("{plan}/print")).await;
    own.is(200).see("MARK-L").see("MARK-W1").not_see("確かめたので").see("窓口の控えです");
    for one in [&haru, &jiro] {
        for sheet in ["", "&sheet=evaluation"] {
            let paper = format!("{plan}/print?for={one}{sheet}");
            let page = sano.get(&paper).await;
            page.is(200).not_see("MARK-L").not_see("MARK-W1").not_see("窓口の控えです");
            page.see("この人に渡す紙です").see("確かめたので、のせる");
            sano.get(&format!("{paper}&all=1")).await.is(200).see("MARK-L").see("のせない");
        }
    }
    crate::papers::same(&mut sano, &format!("{plan}/print?for={haru}")).await.not_see("MARK-L");
    // Said to be about her, and kept from him: hers without a question, and never his.
    let text = sano.get(&plan).await.link("図書館に行きたい-MARK-W1");
    sano.get(&text).await.is(200);
    let about = [("body", "図書館に行きたい-MARK-W1"), ("body_about", haru.as_str()), ("body_cat", "plan")];
    sano.post(&text, &about).await.is(303);
    let text = sano.page.location().split('?').next().unwrap().to_owned();
    sano.get(&text).await.is(200);
    sano.post(&format!("{text}/secret"), &[("from", &jiro)]).await.is(303);
    sano.get(&plan).await.see("だれについて: 青木 ハル").see("知らせない人: 青木 次郎");
    sano.get(&format!("{plan}/print?for={haru}")).await.see("MARK-W1").not_see("MARK-L");
    sano.get(&format!("{plan}/print?for={jiro}&all=1")).await.not_see("MARK-W1").see("MARK-L");
    // The draft is written on: the marks stay, of what is new in its place too.
    let page = sano.get(&format!("{plan}/edit")).await;
    let version = crate::sheets::value(&page, "base_version");
    let fields = [
        ("base_version", version.as_str()),
        ("words", "図書館で働きたい-MARK-W2"),
        ("direction", "家賃と昼の居場所を、いっしょに整える"),
        ("long_1", "月に一度は出かける-MARK-L"),
        ("goals_cat", "plan"),
        ("act_1_who", "self"),
        ("act_1_what", "起きたら窓をあける"),
    ];
    sano.post(&format!("{plan}/edit"), &fields).await.is(303);
    sano.get(&plan).await.see("MARK-W2").see("だれについて: 青木 ハル").see("知らせない人: 青木 次郎");
    sano.get(&format!("{plan}/print?for={jiro}&all=1")).await.is(200).not_see("MARK-W2").see("MARK-L");
});

story!(the_desk_s_own_paper_says_where_it_leaves_something_out, |app| async {
    let mut sano = app.sign_in("sano").await;
    let first = [("consideration", "夫のいる時間に電話しない-MARK-C"), ("consideration_cat", "auto")];
    let case = told(app, &mut sano, "家賃が払えない", &first).await;
    let (haru, _) = both(&mut sano, &case).await;
    let print = format!("/cases/{case}/print");
    sano.get(&print).await.is(200).see("MARK-C").not_see(LEFT_OUT);
    // Nobody is to telephone, all the more now.
    shelter(app, &mut sano, &haru).await;
    sano.get(&print).await.is(200).see("MARK-C");

    // What names where somebody lives stays off the paper, and is missed there.
    let mut kinoshita = app.sign_in("kinoshita").await;
    let first = [("consideration", "妹の家にいる-MARK-C"), ("consideration_cat", "informant")];
    let case =
        told(app, &mut kinoshita, "家賃が払えない", &[first.as_slice(), &[("name", "浜田 三郎")]].concat())
            .await;
    kinoshita.get(&format!("/cases/{case}")).await.is(200).see("MARK-C");
    let print = format!("/cases/{case}/print");
    kinoshita.get(&print).await.is(200).not_see("MARK-C").see(LEFT_OUT);
    crate::papers::same(&mut kinoshita, &print).await.not_see("MARK-C");
    let page = kinoshita.get(&print).await;
    let paper = format!("{print}?for={}", person(&page, "浜田 三郎"));
    kinoshita.get(&paper).await.is(200).not_see("MARK-C").not_see(LEFT_OUT);
});

story!(a_sheet_s_paper_says_whose_it_is_and_what_it_leaves_out, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = told(app, &mut sano, "家賃が払えない", &[]).await;
    let (haru, jiro) = both(&mut sano, &case).await;
    let form = format!("/cases/{case}/sheets/assessment");
    let mut sheets = Vec::new();
    for one in [&haru, &jiro] {
        sano.get(&form).await.is(200);
        let answers = [
            ("occurred", "R8.11.20"),
            ("person", one.as_str()),
            ("a-problems", "illness"),
            ("m-problems_cat", "contact"),
            ("a-view", "通院を支える-MARK-V"),
            ("m-view_cat", "opinion"),
        ];
        let page = sano.post(&form, &answers).await;
        assert!(page.location().starts_with("/filled/"), "{}", page.text());
        sheets.push(page.location().split('?').next().unwrap().to_owned());
    }
    for (sheet, whose, other) in
        [(&sheets[0], "青木 ハル", "青木 次郎"), (&sheets[1], "青木 次郎", "青木 ハル")]
    {
        sano.get(sheet).await.is(200).see(whose).not_see(other).see("2026-00001");
        let paper = crate::papers::same(&mut sano, &format!("{sheet}/print")).await;
        paper.see(whose).not_see(other).see("2026-00001").see("MARK-V").not_see("この紙には載せていません");
    }
    let csv = sano.get(&format!("{}/table.csv", sheets[0])).await.is(200).body.clone();
    assert!(csv.contains("2026-00001") && csv.contains("青木 ハル") && csv.contains("青木 次郎"), "{csv}");
    shelter(app, &mut sano, &haru).await;
    let paper = crate::papers::same(&mut sano, &format!("{}/print", sheets[0])).await;
    paper.see("この紙には載せていません").see("MARK-V");
});

story!(an_inquiry_that_was_a_mistake_is_struck_with_its_texts, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = told(app, &mut sano, "家賃が払えない", &[]).await;
    let inquiry = ask(&mut sano, &case, &app.town.desk("ikiiki").to_string(), &[]).await;
    let (print, letter) = (format!("/cases/{case}/print"), format!("{inquiry}/print"));
    sano.get(&print).await.see("MARK-Q1").see("MARK-L");
    sano.get(&letter).await.is(200).see("MARK-Q1");
    step(&mut sano, &inquiry, "error", &[("reason", "wrong_place")]).await.is(303);
    // Marked on the screens of the desk that asked, on no paper of it, and there is no letter any more.
    let page = sano.get(&format!("/cases/{case}/entries")).await;
    page.is(200).see("MARK-Q1").see("誤って書いた記録として取り消しました");
    sano.get(&print).await.is(200).not_see("MARK-Q1").not_see("MARK-L");
    sano.get(&format!("/cases/{case}/timeline?print=1")).await.is(200).not_see("MARK-Q1").not_see("MARK-L");
    let page = sano.get(&inquiry).await;
    assert!(!page.is(200).body.contains(&letter));
    for kind in ["", "?as=pdf"] {
        sano.get(&format!("{letter}{kind}")).await.is(422).see("取り消されています").not_see("MARK-Q1");
    }
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get(&letter).await.not_see("MARK-Q1").not_see("御中");
});
