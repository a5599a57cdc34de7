//! 開示請求の写し: who may ask for it, that it comes to nobody it would harm, whose it is, and that a citizen can read it; and a page
//! opened at night is one look (domain section 4.5, disclosure rules 4, 5 and 7; 個人情報の保護に関する法律 76条2項, 78条1項1号).

use words::{Day, Instant};

use crate::oversight::person_of;
use crate::referral::{case_of, send};
use crate::support::{Page, Person};

/// The days of every request here.
const DAYS: [(&str, &str); 3] = [("asked_on", "R8.11.21"), ("from", "R8.4.1"), ("until", "R8.11.21")];

/// A child of seventeen and her mother at 今井's desk: the case, the child, the mother.
pub async fn family(imai: &mut Person) -> (String, String, String) {
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
    let page = imai.get(&format!("/cases/{case}/reports")).await;
    let (child, mother) = (offered(&page, "青木 ハル"), offered(&page, "青木 みどり"));
    (case, child, mother)
}

/// The id that a page offers by this name.
fn offered(page: &Page, name: &str) -> String {
    let end = format!(">{name}</option>");
    let option = page.body.split("<option value=\"").find(|o| o.contains(&end));
    option.unwrap_or_else(|| panic!("{name}: {}", page.text())).split('"').next().unwrap().to_owned()
}

/// Sends a request from the page of a case.
async fn ask(who: &mut Person, case: &str, fields: &[(&str, &str)]) -> Page {
    let path = format!("/cases/{case}/reports");
    who.get(&path).await.is(200);
    who.post(&path, &[fields, &DAYS[..]].concat()).await
}

/// Where what was sent stands.
fn taken(page: &Page) -> String {
    assert_eq!(page.status, 303, "{}", page.text());
    page.location().split('?').next().unwrap().to_owned()
}

/// A request in the child's place, by whoever `more` names.
async fn for_child(imai: &mut Person, case: &str, child: &str, more: &[(&str, &str)]) -> Page {
    let mut fields = vec![
        ("person", child),
        ("asked_by", "guardian"),
        ("tie", "parent"),
        ("evidence", "戸籍-EVIDENCE"),
        ("identity", "authority"),
    ];
    fields.retain(|(name, _)| !more.iter().any(|(n, _)| n == name));
    fields.extend_from_slice(more);
    ask(imai, case, &fields).await
}

async fn set_aside(imai: &mut Person, case: &str, child: &str, mother: &str) {
    let aside = format!("/cases/{case}/set-aside");
    imai.get(&aside).await.is(200);
    let fields = [("person", child), ("guardian", mother), ("reason", "abuse"), ("article", "child_abuse_6")];
    imai.post(&aside, &fields).await.is(303);
}

async fn heard_again(imai: &mut Person, case: &str) {
    let aside = format!("/cases/{case}/set-aside");
    imai.get(&aside).await.is(200);
    let form = imai.page.form("/set-aside/end");
    let (id, person) = (form.value("aside"), form.value("person"));
    imai.post(&format!("{aside}/end"), &[("aside", &id), ("person", &person)]).await.is(303);
}

/// A step of the auditor on a request.
async fn step(mori: &mut Person, report: &str, step: &str) -> Page {
    mori.get(report).await.is(200);
    mori.post(&format!("{report}/{step}"), &[]).await
}

/// Gathered and decided: only to be given out.
async fn reviewed(mori: &mut Person, report: &str) {
    step(mori, report, "prepare").await.is(303);
    step(mori, report, "rest").await.is(303);
    mori.get(report).await.is(200).see("点検ずみ");
}

fn mark(person: &str) -> String {
    format!("記録の番号の終わり {}", &person[person.len() - 8..])
}

story!(a_guardian_set_aside_is_given_no_copy_of_the_child, |app| async {
    let mut imai = app.sign_in("imai").await;
    let (case, child, mother) = family(&mut imai).await;
    // Whoever asks in her place says who they are, how they stand to her, and what shows it; and shows more than a photo.
    let nobody = [("tie", ""), ("evidence", ""), ("identity", "photo")];
    let page = for_child(&mut imai, &case, &child, &nobody).await;
    page.is(422)
        .see("請求した人を世帯からえらぶか")
        .see("来た人の証明書と、代わりであることを示すものの両方");
    let herself = for_child(&mut imai, &case, &child, &[("requester", &child)]).await;
    herself.is(422).see("本人とはちがう人をえらんでください");
    set_aside(&mut imai, &case, &child, &mother).await;
    // The mother does not get it: chosen, typed, or sent by the child; what was typed stays.
    let refused = "代わりになることから外されています";
    let page = for_child(&mut imai, &case, &child, &[("requester", &mother)]).await;
    page.is(422).see(refused);
    assert!(page.body.contains("戸籍-EVIDENCE"), "what was typed stays");
    let page = for_child(&mut imai, &case, &child, &[("requester_name", "青木　みどり")]).await;
    page.is(422).see(refused);
    let sent = [("requester", mother.as_str()), ("asked_by", "proxy"), ("tie", "agent")];
    for_child(&mut imai, &case, &child, &sent).await.is(422).see(refused);
    let typed = for_child(&mut imai, &case, &child, &[("requester_name", "青木 とおる")]).await;
    typed.is(422).see("代わりから外された親権者・後見人がいます");
    // For herself the mother asks, and so does the child; the auditor hears what to mind, and no name.
    let own = [("person", child.as_str()), ("asked_by", "person"), ("identity", "photo")];
    let of_child = taken(&ask(&mut imai, &case, &own).await);
    let own = [("person", mother.as_str()), ("asked_by", "person"), ("identity", "photo")];
    let of_mother = taken(&ask(&mut imai, &case, &own).await);
    let mut mori = app.sign_in("mori").await;
    let page = mori.get(&of_child).await;
    page.is(200).see("この人について、代わりから外されている親権者・後見人がいます").not_see("青木");
    let page = mori.get(&of_mother).await;
    page.is(200)
        .see("ほかの人の代わりから外されている親権者・後見人がいます")
        .not_see("この人について、代わりから外されている")
        .not_see("青木");
    imai.get(&of_child).await.is(200).not_see("代わりから外されている");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(whoever_is_set_aside_after_they_asked_is_handed_nothing, |app| async {
    let mut imai = app.sign_in("imai").await;
    let (case, child, mother) = family(&mut imai).await;
    let report = taken(&for_child(&mut imai, &case, &child, &[("requester", &mother)]).await);
    imai.get(&report)
        .await
        .is(200)
        .see("青木 ハル")
        .see("青木 みどり")
        .see("父母などの親権者")
        .see("戸籍-EVIDENCE");
    let mut mori = app.sign_in("mori").await;
    let page = mori.get(&report).await;
    page.is(200).see("世帯の人").see("父母などの親権者").not_see("青木").not_see("-EVIDENCE");
    reviewed(&mut mori, &report).await;
    // Set aside before it is given out: it is not.
    set_aside(&mut imai, &case, &child, &mother).await;
    step(&mut mori, &report, "issue").await.is(422).see("代わりになることから外されています");
    mori.get(&report).await.is(200).see("写しは出せません");
    heard_again(&mut imai, &case).await;
    step(&mut mori, &report, "issue").await.is(303);
    let paper = format!("{report}/paper");
    imai.get(&paper).await.is(200).see("青木 みどり 様").see("青木 ハルさん").not_see("あなたの記録");
    // Set aside before it is handed over: there is no paper any more, for nobody.
    set_aside(&mut imai, &case, &child, &mother).await;
    imai.get(&report).await.is(200).see("写しは出せません").not_see("紙を見る");
    imai.get(&paper).await.is(404);
    mori.get(&paper).await.is(404);
});

story!(each_asks_for_whom_they_may_and_once, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let person = person_of(&mut sano, &case).await;
    let card = format!("/persons/{person}");
    sano.get(&card).await.is(200);
    sano.post(&card, &[("name", "青木 ハル"), ("birth", "S15.5.12")]).await.is(303);
    let other = [("person", person.as_str()), ("requester_name", "青木 一郎"), ("evidence", "書類")];
    let as_one = |by, tie, identity| {
        [&other[..], &[("asked_by", by), ("tie", tie), ("identity", identity)][..]].concat()
    };
    // Nobody is the parent of somebody of eighty-six, and nobody the family of the living.
    let page = ask(&mut sano, &case, &as_one("guardian", "parent", "authority")).await;
    page.is(422).see("18歳になっています");
    let page = ask(&mut sano, &case, &as_one("guardian", "adult_guardian", "photo")).await;
    page.is(422).see("代わりであることを示すものの両方");
    let page = ask(&mut sano, &case, &as_one("guardian", "spouse", "authority")).await;
    page.is(422).see("ほかの関係なら");
    let page = ask(&mut sano, &case, &as_one("proxy", "child", "authority")).await;
    page.is(422).see("委任状があるときは");
    let page = ask(&mut sano, &case, &as_one("bereaved", "child", "authority")).await;
    page.is(422).see("亡くなったことが書かれていません");
    taken(&ask(&mut sano, &case, &as_one("guardian", "adult_guardian", "authority")).await);
    // The same twice is one request; withdrawn, it can be made again.
    let own = [("person", person.as_str()), ("asked_by", "person"), ("identity", "photo")];
    let first = taken(&ask(&mut sano, &case, &own).await);
    let page = ask(&mut sano, &case, &own).await;
    page.is(422).see("同じ人の同じ請求を、いま整えています");
    assert!(page.body.contains(&format!("href=\"{first}\"")), "the way to it is on the page");
    sano.get(&first).await.is(200);
    sano.post(&format!("{first}/withdraw"), &[("reason", "mistake")]).await.is(303);
    taken(&ask(&mut sano, &case, &own).await);
    // Of the dead their family asks, and nobody in their name.
    sano.get(&card).await.is(200);
    sano.post(&format!("{card}/died"), &[("died", "R8.11.20")]).await.is(303);
    ask(&mut sano, &case, &own).await.is(422).see("前に亡くなっています");
    let page = ask(&mut sano, &case, &as_one("bereaved", "agent", "authority")).await;
    page.is(422).see("配偶者、子、父母");
    let family = taken(&ask(&mut sano, &case, &as_one("bereaved", "child", "authority")).await);
    sano.get(&family).await.is(200).see("青木 一郎").see("亡くなった人の家族");
    let mut mori = app.sign_in("mori").await;
    mori.get(&family).await.is(200).see("世帯の外の人").not_see("青木");
});

story!(two_papers_of_a_household_are_told_apart, |app| async {
    let mut imai = app.sign_in("imai").await;
    let (case, child, mother) = family(&mut imai).await;
    let mut mori = app.sign_in("mori").await;
    let people = [(&child, "青木 ハル", &mother), (&mother, "青木 みどり", &child)];
    for (person, name, other) in people {
        let own = [("person", person.as_str()), ("asked_by", "person"), ("identity", "photo")];
        let report = taken(&ask(&mut imai, &case, &own).await);
        imai.get(&report).await.is(200).see(name).see(&mark(person));
        imai.get(&format!("/cases/{case}/reports")).await.is(200).see(&mark(person));
        // The auditor knows whose it is by the end of the record's number, which the log names in full.
        mori.get("/audit/reports").await.is(200).see(&mark(person)).not_see("青木");
        mori.get(&report).await.is(200).see(&mark(person)).not_see(&mark(other)).not_see("青木");
        reviewed(&mut mori, &report).await;
        let paper = format!("{report}/paper");
        mori.get(&paper).await.is(200).see(&mark(person)).not_see("青木");
        step(&mut mori, &report, "issue").await.is(303);
        crate::papers::same(&mut imai, &paper).await;
        imai.get(&paper)
            .await
            .is(200)
            .see(&format!("{name} 様"))
            .see(&format!("{name}さん"))
            .see(&mark(person))
            .not_see(&mark(other));
    }
});

story!(a_citizen_reads_the_article_and_how_often, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let person = person_of(&mut sano, &case).await;
    let law = [("kind", "join"), ("basis", "law"), ("article", "child_25")];
    let referral = send(&mut sano, &case, &app.town.desk("shakyo").to_string(), &law).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&referral).await.is(200);
    kinoshita.post(&format!("{referral}/accept"), &[]).await.is(303);
    app.clock.forward_minutes(1);
    kinoshita.get(&referral).await.is(200);
    // His home is kept: the auditor is told so, and not whose.
    let card = format!("/persons/{person}");
    sano.get(&card).await.is(200);
    let own = app.town.desk("hokubu").to_string();
    let fields = [("shelter_reason", "dv"), ("shelter_desk", own.as_str()), ("shelter_review", "R9.11.20")];
    sano.post(&format!("{card}/shelter"), &fields).await.is(303);
    let asked = [("person", person.as_str()), ("asked_by", "person"), ("identity", "photo")];
    let report = taken(&ask(&mut sano, &case, &asked).await);
    let mut mori = app.sign_in("mori").await;
    mori.get(&report).await.is(200).see("住まいが守られている人").not_see("青木");
    sano.get(&report).await.is(200).not_see("住まいが守られている人");
    reviewed(&mut mori, &report).await;
    step(&mut mori, &report, "issue").await.is(303);
    let paper = sano.get(&format!("{report}/paper")).await;
    paper.is(200).see("児童福祉法 第25条").not_see("child_25").see("名前・連絡先などの記録 1件を");
    paper.not_see("人 1件");
    // What was done with requests has words in the log, too.
    let log = mori.get("/audit").await;
    log.is(200)
        .see("開示請求の写しを整えた")
        .see("開示請求を受けつけた")
        .not_see("basis.ask")
        .not_see("basis.prepare")
        .not_see("audit_action.")
        .not_see("audit_kind.");
});

story!(a_page_at_night_is_one_look, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    app.clock.set(Instant::at(Day::new(2026, 11, 24).unwrap(), 23, 0));
    let mut sano = app.sign_in("sano").await;
    // Every page leaves several rows: a dozen pages are a dozen looks.
    for _ in 0..12 {
        sano.get(&format!("/cases/{case}")).await.is(200);
        app.clock.forward_minutes(1);
    }
    let mut mori = app.sign_in("mori").await;
    mori.get("/audit/unusual").await.is(200).not_see("佐野 健　夜や休みの日に見た");
    mori.page.not_see("ページを12回開きました");
    for _ in 0..8 {
        sano.get(&format!("/cases/{case}")).await.is(200);
        app.clock.forward_minutes(1);
    }
    let mut mori = app.sign_in("mori").await;
    mori.get("/audit/unusual").await.is(200).see("ページを20回開きました");
});
