//! Papers: what stands on the page to print is in the PDF, word by word, and nothing of what somebody may not see is in either.

use crate::inquiry::{ask, partner};
use crate::referral::{case_of, send};
use crate::session::{found, plan};
use crate::support::{Page, Person};
use crate::support_plan::in_force;

/// Without spaces: lines of a page and of a paper break at other places.
fn dense(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// The pieces of text inside the paper on a page.
fn pieces(page: &Page) -> Vec<String> {
    let body = page.body.split("<article").nth(1).unwrap().split("</article>").next().unwrap();
    let mut drawn = 0;
    let mut out = Vec::new();
    for part in body.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap_or((part, ""));
        match tag {
            t if t.starts_with("svg") => drawn += 1,
            "/svg" => drawn -= 1,
            _ => {}
        }
        // A drawing is drawn; its letters are found in the sentences below it.
        if drawn == 0 && !text.trim().is_empty() {
            let read = Page { body: text.to_owned(), ..Page::default() }.text();
            out.push(dense(&read));
        }
    }
    out
}

/// What a second program thinks of the file: that it is whole.
fn whole(at: &str, pdf: &[u8]) {
    let file = tempfile::Builder::new().suffix(".pdf").tempfile().unwrap();
    std::fs::write(file.path(), pdf).unwrap();
    let said = std::process::Command::new("qpdf").arg("--check").arg(file.path()).output();
    let said = said.expect("qpdf: scripts/install pdf");
    assert!(said.status.success(), "{at}: {}", String::from_utf8_lossy(&said.stdout));
}

/// Opens a paper as page and as PDF: the file is whole, and says the same words.
pub async fn same(who: &mut Person, at: &str) -> Page {
    let page = who.get(at).await;
    page.is(200);
    let file = page.body.split("as=pdf").next().unwrap().rsplit('"').next().unwrap().replace("&amp;", "&");
    let file = file.replace("&#38;", "&");
    let pdf = who.get(&format!("{file}as=pdf")).await;
    assert_eq!(pdf.status, 200, "{at}: {}", pdf.text());
    assert_eq!(pdf.header("content-type"), Some("application/pdf"), "{at}");
    let name = pdf.header("content-disposition").unwrap();
    assert!(name.rsplit('.').next() == Some("pdf") && name.is_ascii(), "{name}");
    whole(at, &pdf.bytes);
    let words = dense(&pdf.body);
    for piece in pieces(&page) {
        // Boxes and seals are drawn in their own way.
        let drawn = ['\u{2611}', '\u{25a1}', '\u{25cb}', '\u{2192}', '\u{21d2}', '\u{30fb}', '\u{203b}'];
        let piece = piece.trim_start_matches(drawn);
        assert!(words.contains(piece), "{at}: {piece:?} is not in the PDF: {words}");
    }
    pdf
}

story!(a_plan_and_its_evaluation_are_the_same_on_page_and_in_the_file, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (_, given, _, plan) = in_force(app, &mut sano, &mut hase).await;
    let print = format!("{plan}/print");
    let pdf = same(&mut sano, &print).await;
    pdf.see("MARK-W1").see("MARK-L").see("MARK-A").see("利用申込み").see("令和8年11月21日").see("✓");
    assert!(pdf.bytes.starts_with(b"%PDF-"));
    let again = sano.get(&format!("{print}?as=pdf")).await;
    assert_eq!(pdf.bytes, again.bytes, "the same paper is the same file");
    same(&mut sano, &format!("{print}?sheet=evaluation")).await.see("MARK-L").not_see("MARK-W1");
    // Where offices retype.
    let xlsx = sano.get(&format!("{print}?as=xlsx")).await;
    assert_eq!(xlsx.status, 200);
    let table = tabular::read(&xlsx.bytes, &tabular::How::default(), &tabular::Limits::default()).unwrap();
    assert!(table.rows.iter().any(|r| r.cells.iter().any(|c| c.contains("MARK-L"))));
    for login in ["noguchi", "kinoshita", "mori", "kanri"] {
        let mut other = app.sign_in(login).await;
        for kind in ["pdf", "xlsx"] {
            let page = other.get(&format!("{print}?as={kind}")).await;
            page.is(404).not_see("MARK").not_see("青木");
            assert!(page.header("content-disposition").is_none());
        }
    }
    // The coordinator reads it as long as the consent holds, and nothing of it afterwards.
    hase.get(&format!("{print}?as=pdf")).await.is(200).see("MARK-L");
    let consent = same(&mut sano, &format!("{given}/receipt")).await;
    consent.is(200);
    crate::agreement::withdraw(&mut sano, &given).await;
    let gone = hase.get(&format!("{print}?as=pdf")).await;
    gone.is(200).not_see("MARK");
    let gone = hase.get(&format!("{print}?as=xlsx")).await;
    let table = tabular::read(&gone.bytes, &tabular::How::default(), &tabular::Limits::default()).unwrap();
    assert!(table.rows.iter().all(|r| r.cells.iter().all(|c| !c.contains("MARK"))));
});

story!(every_paper_is_the_same_on_page_and_in_the_file, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let case = case_of(app, &mut sano, "𠮷田 髙志", "家賃が払えない").await;
    let page = sano.get(&format!("/cases/{case}")).await;
    let home = page.body.split("/households/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    same(&mut sano, &format!("/cases/{case}/print")).await.see("𠮷田 髙志");
    same(&mut sano, &format!("/households/{home}/print")).await.see("𠮷田 髙志");
    // Asked and passed on.
    let to = partner(app).await;
    let inquiry = ask(&mut sano, &case, &to, &[("article", "pipa_27_1_2")]).await;
    let letter = same(&mut sano, &format!("{inquiry}/print")).await;
    letter.see("協力依頼書").see("御中").see("MARK-Q2").see("回答書");
    let desk = app.town.desk("shakyo").to_string();
    let referral = send(&mut sano, &case, &desk, &[]).await;
    same(&mut sano, &format!("{referral}/print")).await.see("MARK-S");
    // A consultation, also as a spreadsheet.
    let list = sano.get("/consultations").await;
    let at = list.body.split("href=\"/consultations/").map(|x| x.split('"').next().unwrap());
    let at = at.skip(1).find(|x| x.len() > 30).unwrap().to_owned();
    same(&mut sano, &format!("/consultations/{at}/print")).await.see("相談受付票").see("次の約束");
    assert_eq!(sano.get(&format!("/consultations/{at}/print?as=xlsx")).await.status, 200);
    // A notice names nobody.
    let body = found(app, &mut hase, "重層的支援会議", &["support_conference", "integrated"], "4").await;
    let session = plan(&mut hase, &body, "第5回 重層的支援会議", "R8.12.9", &[]).await;
    same(&mut hase, &format!("{session}/notice")).await.see("第5回").see("本庁舎7階");
    // Whoever may not see it gets no file.
    let mut other = app.sign_in("noguchi").await;
    for paper in [
        format!("/cases/{case}/print"),
        format!("/households/{home}/print"),
        format!("{inquiry}/print"),
        format!("{referral}/print"),
        format!("/consultations/{at}/print"),
    ] {
        for kind in ["pdf", "xlsx"] {
            let page = other.get(&format!("{paper}?as={kind}")).await;
            page.is(404).not_see("MARK").not_see("𠮷田");
        }
    }
});

story!(empty_forms_are_there_for_pen, |app| async {
    let mut sano = app.sign_in("sano").await;
    let page = sano.get("/papers").await;
    page.is(200).see("プラン兼利用申込書").see("協力依頼書");
    let forms: Vec<String> = page
        .body
        .split("href=\"/papers/")
        .skip(1)
        .map(|x| x.split('"').next().unwrap().to_owned())
        .filter(|x| !x.contains('?'))
        .collect();
    assert!(forms.len() >= 10, "{forms:?}");
    for form in &forms {
        let pdf = same(&mut sano, &format!("/papers/{form}")).await;
        pdf.not_see("佐野").not_see("青木");
    }
    sano.get("/papers/nothing").await.is(404);
    sano.get("/papers/consent-en?as=pdf").await.see("Consent to tell others").not_see("同意");
});

/// Where a paper is made, and the story that opens it as page and as file: `same(` with this address. Whoever makes a paper adds a line.
const TRIED: &[(&str, &str, &str)] = &[
    ("concepts/agreement/src/holders.rs", "agreement.rs", "{here}/holders"),
    ("concepts/agreement/src/receipt.rs", "papers.rs", "{given}/receipt"),
    ("concepts/casefile/src/pages/print.rs", "papers.rs", "/cases/{case}/print"),
    ("concepts/hand_over/src/views.rs", "hand_over.rs", "{pack}/print"),
    ("concepts/household/src/pages/print.rs", "papers.rs", "/households/{home}/print"),
    ("concepts/inquiry/src/print.rs", "papers.rs", "{inquiry}/print"),
    ("concepts/inquiry/src/print.rs", "inquiry.rs", "&paper"),
    ("concepts/intake/src/print.rs", "papers.rs", "/consultations/{at}/print"),
    ("concepts/intake/src/sheet/print.rs", "sheet.rs", "&print"),
    ("concepts/minutes/src/pages/circulation.rs", "minutes_words.rs", "{round}/print"),
    ("concepts/minutes/src/pages/sheet.rs", "minutes.rs", "{minutes}/print?style={style}"),
    ("concepts/minutes/src/pages/sheet.rs", "minutes.rs", "&public"),
    ("concepts/oversight/src/report/persons_copy.rs", "oversight.rs", "{report}/paper"),
    ("concepts/referral/src/print.rs", "papers.rs", "{referral}/print"),
    ("concepts/retention/src/pages.rs", "retention.rs", "{here}/certificate"),
    ("concepts/session/src/pages/after.rs", "after.rs", "&letter"),
    ("concepts/session/src/pages/notice.rs", "papers.rs", "{session}/notice"),
    ("concepts/sheets/src/pages/filled.rs", "sheets.rs", "{filled}/print"),
    ("concepts/support_plan/src/print.rs", "papers.rs", "&print"),
    ("yorisou/src/desk/papers.rs", "papers.rs", "/papers/{form}"),
    ("yorisou/src/desk/timeline.rs", "timeline.rs", "{at}?print=1"),
];

/// Papers that are laid out by a template of their own, and why.
const OWN_LAYOUT: &[(&str, &str)] = &[
    (
        "concepts/agreement/templates/agreement_receipt.html",
        "readings above kanji; its file is made of its document",
    ),
    (
        "concepts/implementation_plan/templates/plan_print.html",
        "the published plan, about nobody; its files are its own",
    ),
];

/// Rust files and templates of the program, by path.
fn sources() -> Vec<(String, String)> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut folders = vec![root.join("concepts"), root.join("yorisou/src"), root.join("yorisou/templates")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs" || e == "html") {
                let name = path.strip_prefix(root).unwrap().display().to_string();
                found.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found
}

/// No paper is without its file, and no file without a story in which a second program reads it.
#[test]
fn every_paper_is_read_by_a_second_program() {
    let sources = sources();
    for (name, text) in &sources {
        let makes = text.contains("Answer::paper(");
        assert_eq!(
            makes,
            TRIED.iter().any(|(file, ..)| file == name),
            "{name}: say in which story it is opened"
        );
        let own = OWN_LAYOUT.iter().any(|(file, _)| file == name);
        assert!(own || !text.contains("class=\"sheet"), "{name}: a paper is a document (`site::paper`)");
    }
    let stories = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    for (file, story, address) in TRIED {
        let text = std::fs::read_to_string(stories.join(story)).unwrap();
        let opened = text.split("same(").skip(1).any(|call| call.lines().next().unwrap().contains(address));
        assert!(opened, "{file}: {story} does not open {address} with `same`");
    }
}

story!(a_paper_for_another_desk_tells_no_more_than_its_screen, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let home = crate::casefile::first(&sano.get(&format!("/cases/{case}")).await, "households");
    let haru = crate::casefile::first(&sano.get(&home).await, "persons");
    sano.get(&haru).await.is(200);
    let known = [
        ("name", "青木 ハル"),
        ("address", "湘南台7-7-7"),
        ("phone", "0466-99-0000"),
        ("relation", "本人-MARKREL"),
        ("lives_together", "1"),
    ];
    sano.post(&haru, &known).await.is(303);
    let ikiiki = app.town.desk("ikiiki").to_string();
    // Asked with the name alone, of a desk that has nothing but the letter: it holds the name alone.
    let name = [("share_cat", "basic"), ("article", "pipa_27_1_2")];
    let there = partner(app).await;
    let inquiry = ask(&mut sano, &case, &there, &name).await;
    for end in ["/print", "/print?file=pdf", "/print?file=xlsx"] {
        let page = sano.get(&format!("{inquiry}{end}")).await;
        page.is(200);
        if end == "/print" {
            page.see("青木 ハル").see("MARK-Q1").not_see("湘南台7-7-7").not_see("0466-99-0000");
        }
    }
    // The same of what is passed on under an article; with the address, it stands there.
    let page = sano.get(&format!("/cases/{case}/refer")).await;
    let article = page.body.split("id=\"article\"").nth(1).unwrap().split("value=\"").nth(2).unwrap();
    let article = article.split('"').next().unwrap().to_owned();
    let law = |cats: &[&'static str]| {
        let mut more =
            vec![("basis", "law".to_owned()), ("article", article.clone()), ("kind", "join".to_owned())];
        more.extend(
            cats.iter().flat_map(|c| [("share_cat", (*c).to_owned()), ("summary_cat", (*c).to_owned())]),
        );
        more
    };
    let pass_on = async |sano: &mut Person, cats: &[&'static str]| {
        let more = law(cats);
        let more: Vec<(&str, &str)> = more.iter().map(|(n, v)| (*n, v.as_str())).collect();
        send(sano, &case, &ikiiki, &more).await
    };
    let referral = pass_on(&mut sano, &["basic"]).await;
    let paper = sano.get(&format!("{referral}/print")).await;
    paper.see("青木 ハル").see("MARK-S").not_see("湘南台7-7-7").not_see("0466-99-0000").not_see("MARKREL");
    let with = pass_on(&mut sano, &["basic", "contact"]).await;
    sano.get(&format!("{with}/print")).await.see("湘南台7-7-7").see("0466-99-0000").not_see("MARKREL");
    // Under nothing, nobody is named.
    let preview = send(&mut sano, &case, &ikiiki, &[("basis", "preview"), ("kind", "join")]).await;
    sano.get(&format!("{preview}/print")).await.is(200).not_see("青木").not_see("MARK-S");
    // The screen of whoever sent it stays whole.
    sano.get(&referral).await.see("湘南台7-7-7");
    // What would not arrive is not sent: beside the field, with what was typed.
    let path = format!("/cases/{case}/refer");
    sano.get(&path).await.is(200);
    let mut fields = law(&["basic"]);
    let person = haru.trim_start_matches("/persons/").to_owned();
    fields.extend([
        ("to", ikiiki.clone()),
        ("person", person.clone()),
        ("consenting", person),
        ("need", "income".to_owned()),
        ("urgency", "normal".to_owned()),
        ("trouble", "こまりごと".to_owned()),
        ("wish", "のぞみ".to_owned()),
        ("summary_cat", "health".to_owned()),
    ]);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    sano.post(&path, &fields).await.is(422).see("id=\"trouble-error\"").see("届きません").see("こまりごと");
});

story!(what_rested_on_a_consent_is_on_no_paper_once_it_was_taken_back, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let there = partner(app).await;
    let agreed = [
        ("basis", "consent"),
        ("given_by", "self"),
        ("form", "oral"),
        ("until", "R9.1.31"),
        ("share_cat", "basic"),
        ("share_cat", "health"),
    ];
    let inquiry = ask(&mut sano, &case, &there, &agreed).await;
    sano.get(&format!("{inquiry}/print")).await.see("青木 ハル").see("MARK-Q1").see("同意");
    let shakyo = app.town.desk("shakyo").to_string();
    let referral = send(&mut sano, &case, &shakyo, &[("kind", "join")]).await;
    sano.get(&format!("{referral}/print")).await.see("青木 ハル").see("MARK-S");
    let list = format!("/cases/{case}/consents");
    let given: Vec<String> = {
        let page = sano.get(&list).await;
        let parts = page.body.split("href=\"").skip(1).map(|p| p.split(['"', '?']).next().unwrap());
        let mut ids: Vec<String> = parts
            .filter(|p| p.contains("/consents/") && p.rsplit('/').next().is_some_and(|id| id.len() == 36))
            .map(str::to_owned)
            .collect();
        ids.sort();
        ids.dedup();
        ids
    };
    assert_eq!(given.len(), 2, "one for each");
    for id in given {
        crate::agreement::withdraw(&mut sano, &id).await;
    }
    for paper in [&inquiry, &referral] {
        sano.get(&format!("{paper}/print"))
            .await
            .is(200)
            .see("もとになる同意は、いまはありません")
            .not_see("青木")
            .not_see("MARK");
    }
});
