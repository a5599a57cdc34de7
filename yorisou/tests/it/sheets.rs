//! The town's sheets: filled in, read and printed under their version; locked until decided; shaped by the town itself.

use crate::plan::as_filled;
use crate::support::{Page, Person};

/// A case of 木下's desk; its path.
pub async fn case(kinoshita: &mut Person) -> String {
    kinoshita.get("/consultations/new").await.is(200);
    let told = [
        ("channel", "counter"),
        ("route", "self"),
        ("urgency", "normal"),
        ("occurred", "R8.11.21"),
        ("words", "電気を止めると手紙が来た。"),
        ("name", "浜田 よし子"),
    ];
    let page = kinoshita.post("/consultations", &told).await;
    let at = page.location().split('?').next().unwrap().to_owned();
    kinoshita.follow().await.is(200);
    let promise = [("disposition", "own_support"), ("promise", "手紙を書く"), ("due", "R8.11.27")];
    let page = kinoshita.post(&format!("{at}/dispose"), &promise).await;
    let case = page.location().split('?').next().unwrap().to_owned();
    assert!(case.starts_with("/cases/"), "{}", page.text());
    case
}

/// The value of a hidden or filled field on a page.
pub fn value(page: &Page, name: &str) -> String {
    let tag = page.body.split(&format!("name=\"{name}\"")).nth(1).unwrap_or_else(|| panic!("no {name}"));
    let tag = tag.split('>').next().unwrap();
    tag.split("value=\"").nth(1).map_or("", |v| v.split('"').next().unwrap()).to_owned()
}

const OUTREACH: [(&str, &str); 8] = [
    ("occurred", "R8.11.21"),
    ("a-found_by", "minsei"),
    ("a-found_day", "R8.11"),
    ("m-found_by_cat", "informant"),
    ("a-engagement", "watching"),
    ("m-engagement_cat", "support"),
    ("a-risk_soon", "no"),
    ("m-risk_soon_cat", "support"),
];

story!(a_sheet_of_a_case_is_filled_in_read_and_printed, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    kinoshita
        .get(&format!("{case}/sheets"))
        .await
        .is(200)
        .see("アウトリーチ等支援事業用シート")
        .see("まだありません");
    let form = format!("{case}/sheets/outreach");
    // What is noted of a question for whoever makes the sheet is no matter of whoever fills it in.
    kinoshita
        .get(&form)
        .await
        .is(200)
        .see("把握のきっかけ")
        .see("第1版")
        .not_see("太枠")
        .not_see("原本と未照合");
    let mut kanri = app.sign_in("kanri").await;
    kanri.get("/admin/forms/outreach/1").await.is(200).see("太枠");
    kanri.get("/admin/forms/assessment/1").await.is(200).see("原本と未照合");
    // Everything wrong at once, and nothing typed is lost.
    let wrong = [
        ("occurred", "R8.11.25"),
        ("a-found_by", "no_such"),
        ("a-life", "戸が閉まったまま"),
        ("a-attempts-0-words", "声をかけた"),
        ("a-found_words", "番号は 1234 5678 9018"),
    ];
    let page = kinoshita.post(&form, &wrong).await;
    page.is(422)
        .see("まだ来ていない日")
        .see("どれかを選んで")
        .see("戸が閉まったまま")
        .see("声をかけた")
        .see("個人番号");
    // What would not be kept is asked about first.
    kinoshita.get(&form).await.is(200);
    let mut right: Vec<(&str, &str)> = OUTREACH.to_vec();
    right.push(("a-risk_what", "あした訪ねる"));
    right.extend([
        ("a-attempts-0-day", "R8.11.20"),
        ("a-attempts-0-result", "absent"),
        ("m-attempts_cat", "support"),
    ]);
    let page = kinoshita.post(&form, &right).await;
    page.is(422).see("残りません").see("だれが、いつ確かめますか").see("あした訪ねる");
    right.push(("drop", "yes"));
    let page = kinoshita.post(&form, &right).await;
    let filled = page.location().split('?').next().unwrap().to_owned();
    assert!(filled.starts_with("/filled/"), "{}", page.text());
    kinoshita.follow().await.is(200).see("民生委員・児童委員").see("様子見").see("令和8年11月").see("第1版");
    kinoshita.page.see("不在").not_see("あした訪ねる").see("見られる理由");
    kinoshita.get(&format!("{case}/sheets")).await.see("アウトリーチ等支援事業用シート").see(&filled);
    // The timeline is not buried under answers; the filter shows them.
    kinoshita.get(&format!("{case}/entries")).await.is(200).not_see("様子見");
    kinoshita.get(&format!("{case}/entries?kind=field:item")).await.is(200).see("様子見");
    // Who told is never printed.
    let print = kinoshita.get(&format!("{filled}/print")).await;
    print.is(200).see("様子見").not_see("民生委員・児童委員");
    let pdf = crate::papers::same(&mut kinoshita, &format!("{filled}/print")).await;
    pdf.see("様子見").not_see("民生委員・児童委員");
    let file = kinoshita.get(&format!("{filled}/print?as=xlsx")).await;
    let rows = tabular::read(&file.bytes, &tabular::How::default(), &tabular::Limits::default()).unwrap();
    let cells: Vec<String> = rows.rows.into_iter().flat_map(|r| r.cells).collect();
    assert!(
        cells.iter().any(|c| c.contains("様子見")) && !cells.iter().any(|c| c.contains("民生委員・児童委員"))
    );
    // An answer is corrected on the sheet; nobody overwrites anybody, and the first words are kept.
    let edit = kinoshita.get(&format!("{filled}/edit")).await;
    edit.is(200).see("答えを直す");
    let base = value(&edit, "base_version");
    let mut better: Vec<(&str, &str)> =
        OUTREACH.iter().filter(|(n, _)| !n.ends_with("_cat")).copied().collect();
    better.retain(|(n, _)| *n != "a-engagement");
    better.extend([("base_version", base.as_str()), ("a-engagement", "building")]);
    let page = kinoshita.post(&format!("{filled}/edit"), &better).await;
    assert_eq!(page.status, 303, "{}", page.text());
    kinoshita.follow().await.is(200).see("関係構築").not_see("様子見").not_see("不在");
    kinoshita.get(&format!("{filled}/edit")).await.is(200);
    kinoshita.post(&format!("{filled}/edit"), &better).await.is(409).see("ほかの人が先に");
    // Another desk has no basis: the sheet is not there.
    let mut other = app.sign_in("sano").await;
    other.get(&filled).await.is(404);
    other.get(&format!("{filled}/print")).await.is(404);
    other.get(&format!("{filled}/edit")).await.is(404);
});

story!(an_answer_is_marked_like_every_text, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    kinoshita.get(&format!("{case}/sheets/outreach")).await.is(200);
    let page = kinoshita.post(&format!("{case}/sheets/outreach"), &OUTREACH).await;
    let filled = page.location().split('?').next().unwrap().to_owned();
    let page = kinoshita.follow().await;
    let entry = page.body.split("href=\"/entries/").nth(2).unwrap().split('"').next().unwrap().to_owned();
    let entry = format!("/entries/{entry}");
    let page = kinoshita.get(&entry).await;
    page.is(200).see("だれのこと・分類を直す").see("シートをひらく").not_see("この文を直す");
    assert!(page.body.contains(&format!("href=\"{filled}\"")) && !page.body.contains("<textarea"));
    let body = value(&page, "body");
    // Its words are changed on the sheet, its marks here.
    let page = kinoshita.post(&entry, &[("body", "ほかの言葉")]).await;
    page.see("シートの画面で直して");
    kinoshita.get(&entry).await.is(200);
    kinoshita.post(&entry, &[("body", &body), ("body_cat", "health")]).await;
    kinoshita.get(&filled).await.is(200).see(body.split(": ").nth(1).unwrap());
});

story!(the_participation_sheet_waits_for_a_decision, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    let list = format!("{case}/sheets");
    kinoshita.get(&list).await.is(200).see("まだ書けません").see("多機関協働で参加支援が決まってから");
    kinoshita.page.not_see("決定を残す");
    let refused = kinoshita.get(&format!("{case}/sheets/participation")).await;
    assert_ne!(refused.status, 200);
    refused.see("多機関協働で参加支援が決まってから");
    // A caseworker cannot record the decision.
    kinoshita.get(&list).await.is(200);
    let told = [("on", "R8.11.20"), ("by", "consent_conference")];
    let page = kinoshita.post_exactly(&format!("{case}/decision"), &told).await;
    assert_ne!(page.status, 303);
});

story!(a_community_issue_names_nobody, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get("/issues").await.is(200).see("まだありません");
    kinoshita.get("/issues/new").await.is(200);
    let mut told = vec![
        ("a-title", "買い物に行けない"),
        ("a-field", "mobility"),
        ("a-words", "本町三丁目2番5号の浜田さんが、090-1234-5678 に電話してほしいと言っている"),
        ("a-state", "noticed"),
    ];
    let page = kinoshita.post("/issues", &told).await;
    page.is(422).see("浜田さん").see("090-1234-5678").see("本町三丁目2番5号").see("名前のように見えます");
    kinoshita.page.see("電話番号のように見えます").see("広い言い方");
    told[2].1 = "坂の上に住む80代の人が、店まで歩けない。Aさんのような人が三人いる";
    let page = kinoshita.post("/issues", &told).await;
    let at = page.location().split('?').next().unwrap().to_owned();
    assert!(at.starts_with("/issues/"), "{}", page.text());
    kinoshita.follow().await.is(200).see("坂の上に住む").see("移動・買い物");
    // Everybody who works with issues reads them; it is nobody's personal data.
    let mut other = app.sign_in("sano").await;
    other.get("/issues").await.is(200).see("買い物に行けない");
    other.get(&at).await.is(200).see("坂の上に住む");
});

story!(a_town_adds_an_item_and_old_sheets_keep_their_version, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    let form = format!("{case}/sheets/outreach");
    kinoshita.get(&form).await.is(200);
    let page = kinoshita.post(&form, &OUTREACH).await;
    let old = page.location().split('?').next().unwrap().to_owned();

    let mut admin = app.sign_in("kanri").await;
    admin
        .get("/admin/forms")
        .await
        .is(200)
        .see("アウトリーチ等支援事業用シート")
        .see("包括的相談支援事業用シート");
    admin.get("/admin/forms/outreach").await.is(200).see("下書きを始める").see("JSON Schema");
    admin.post("/admin/forms/outreach/draft", &[("op", "begin")]).await;
    let page = admin.get("/admin/forms/outreach").await;
    page.is(200).see("まだ何も変わっていません");
    let edit = value(&page, "edit");
    let pet = [
        ("op", "save"),
        ("key", ""),
        ("edit", edit.as_str()),
        ("label_ja", "ペットはいますか"),
        ("kind", "choice"),
        ("table", "yes_no"),
        ("section", "part_state"),
        ("must", "yes"),
        ("subjects", "household"),
        ("categories", "household"),
    ];
    let page = admin.post("/admin/forms/outreach/item", &pet).await;
    assert_eq!(page.status, 303, "{}", page.text());
    let page = admin.follow().await;
    page.is(200).see("「ペットはいますか」を足しました");
    // Two people at one draft: the second is told, and nothing is lost.
    admin
        .post("/admin/forms/outreach/item", &pet)
        .await
        .is(409)
        .see("ほかの人が先に")
        .see("ペットはいますか");
    // Still version 1 for whoever writes.
    kinoshita.get(&form).await.is(200).see("第1版").not_see("ペットはいますか");
    let page = admin.get("/admin/forms/outreach").await;
    let edit = value(&page, "edit");
    admin.post("/admin/forms/outreach/publish", &[("edit", &edit), ("from", "R8.11.1")]).await.is(422);
    let page = admin.post("/admin/forms/outreach/publish", &[("edit", &edit), ("from", "R8.11.21")]).await;
    assert_eq!(page.status, 303, "{}", page.text());

    // The new one asks it, and asks for an answer.
    kinoshita.get(&form).await.is(200).see("第2版").see("ペットはいますか");
    kinoshita.post(&form, &OUTREACH).await.is(422).see("どれかを選んで");
    let mut told: Vec<(&str, &str)> = OUTREACH.to_vec();
    told.push(("a-item_1", "yes"));
    kinoshita.get(&form).await.is(200);
    let page = kinoshita.post(&form, &told).await;
    assert!(page.location().starts_with("/filled/"), "{}", page.text());
    kinoshita.follow().await.is(200).see("ペットはいますか").see("はい").see("第2版");
    // The old one is shown under its own version.
    kinoshita.get(&old).await.is(200).not_see("ペットはいますか").see("第1版").see("書いたときの版");
    // Whoever shapes sheets sees no filled one; whoever fills them in does not shape them.
    admin.get(&old).await.is(404);
    kinoshita.get("/admin/forms").await.is(404);
    admin.get("/admin/forms/outreach/2/schema.json").await.is(200).see("2020-12").see("ペットはいますか");
    admin.get("/admin/forms/outreach/2/xlsform").await.is(200).see("select_one yes_no").see("form.xlsx");
    admin.get("/admin/forms/outreach/2").await.is(200).see("見本").see("ペットはいますか");
});

story!(a_core_question_cannot_be_taken_out, |app| async {
    let mut admin = app.sign_in("kanri").await;
    admin.get("/admin/forms/consultation").await.is(200);
    admin.post("/admin/forms/consultation/draft", &[("op", "begin")]).await;
    let page = admin.get("/admin/forms/consultation").await;
    let edit = value(&page, "edit");
    admin
        .post("/admin/forms/consultation/item", &[("op", "remove"), ("edit", &edit), ("key", "urgency")])
        .await;
    let page = admin.get("/admin/forms/consultation").await;
    page.is(200).see("土台の質問「urgency」がありません");
    let edit = value(&page, "edit");
    let publish = [("edit", edit.as_str()), ("from", "R8.11.21")];
    admin.post("/admin/forms/consultation/publish", &publish).await.is(422).see("先に、上に出ている誤り");
    admin.get("/admin/forms/consultation").await.is(200);
    let page = admin.post("/admin/forms/consultation/draft", &[("op", "retire")]).await;
    assert_ne!(page.status, 303);
});

story!(a_definition_is_brought_as_an_xlsform, |app| async {
    let mut admin = app.sign_in("kanri").await;
    let survey = "type\tname\tlabel::日本語 (ja)\trequired\nselect_one yn\tpet\tペットはいますか\tyes\n\
                  note\thello\tこんにちは\t\ntext\tname_of_pet\tその名前\t";
    let choices = "list_name\tname\tlabel::日本語 (ja)\nyn\ty\tはい\nyn\tn\tいいえ";
    let settings = "form_title\tform_id\nペットのこと\tpets";
    let mut told = vec![("survey", survey), ("choices", choices), ("settings", settings)];
    admin.get("/admin/forms").await.is(200);
    admin.post("/admin/forms", &told).await.is(422).see("使えないところ").see("こんにちは");
    told.push(("without", "yes"));
    let page = admin.post("/admin/forms", &told).await;
    assert_eq!(page.status, 303, "{}", page.text());
    admin.follow().await.is(200).see("ペットのこと").see("その名前");
    admin.get("/admin/codes/yn").await.is(200).see("はい");
    // Nothing that is no definition gets in, and every fault is told.
    admin.get("/admin/forms").await.is(200);
    let page = admin.post("/admin/forms", &[("json", "{\"key\": \"X\", \"sections\": 3}")]).await;
    page.is(422).see("X");
});

story!(a_code_table_has_versions, |app| async {
    let mut admin = app.sign_in("kanri").await;
    admin.get("/admin/codes").await.is(200).see("相談経路").see("原本と未照合");
    let page = admin.get("/admin/codes/yes_no").await;
    page.is(200).see("はい");
    let version = value(&page, "version");
    let told = [
        ("version", version.as_str()),
        ("ja_0", "はい"),
        ("ja_1", "いいえ"),
        ("ja_2", "分からない"),
        ("until_2", "R8.11.20"),
        ("ja_3", "答えたくない"),
        ("source", "窓口の声"),
    ];
    let page = admin.post("/admin/codes/yes_no", &told).await;
    assert_eq!(page.status, 303, "{}", page.text());
    admin.follow().await.is(200).see("答えたくない").see("第2版");
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    kinoshita.get(&format!("{case}/sheets/outreach")).await.is(200).see("答えたくない");
    let mut late: Vec<(&str, &str)> = OUTREACH.to_vec();
    late.retain(|(n, _)| *n != "a-risk_soon");
    late.push(("a-risk_soon", "unknown"));
    kinoshita.post(&format!("{case}/sheets/outreach"), &late).await.is(422).see("この日には選べません");
});

story!(the_towns_own_list_of_matters_is_what_the_forms_offer, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let offered = |page: &Page, code: &str| page.body.contains(&format!("name=\"topics\" value=\"{code}\""));
    let page = kinoshita.get("/consultations/new").await;
    assert!(offered(&page, "debt") && offered(&page, "care"));
    // The list ends one word, says another its own way, and puts it first.
    let mut admin = app.sign_in("kanri").await;
    let page = admin.get("/admin/codes/matter").await;
    let mut fields = as_filled(&page.form("/admin/codes/matter"));
    let shipped = sheet::shipped::tables();
    let row =
        |code: &str| shipped.get("matter").and_then(|t| t.codes.iter().position(|c| c.code == code)).unwrap();
    let (debt, care) = (row("debt"), row("care"));
    for (name, value) in &mut fields {
        if *name == format!("until_{debt}") {
            "R8.11.20".clone_into(value);
        }
        if *name == format!("ja_{care}") {
            "介護の困りごと".clone_into(value);
        }
    }
    let sent: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let page = admin.post_exactly("/admin/codes/matter", &sent).await;
    assert_eq!(page.status, 303, "{}", page.text());
    let page = kinoshita.get("/consultations/new").await;
    page.see("介護の困りごと");
    assert!(!offered(&page, "debt") && offered(&page, "care"), "{}", page.text());
    let mut tsuji = app.sign_in("tsuji").await;
    let page = tsuji.get("/sheets/new").await;
    page.see("介護の困りごと");
    assert!(!offered(&page, "debt"));
    // What a form of before had chosen comes back with its problem, and is not lost without a word.
    kinoshita.get("/consultations/new").await;
    let late = [("words", "借金がある"), ("topics", "debt"), ("channel", "phone"), ("route", "self")];
    let page = kinoshita.post("/consultations", &late).await;
    page.is(422);
    assert!(offered(&page, "debt"), "{}", page.text());
});

story!(a_sheet_is_renamed_by_a_form, |app| async {
    let mut admin = app.sign_in("kanri").await;
    admin.get("/admin/forms/outreach").await.is(200);
    admin.post("/admin/forms/outreach/draft", &[("op", "begin")]).await;
    let page = admin.get("/admin/forms/outreach").await;
    page.see("シートの名前を変える");
    let edit = value(&page, "edit");
    let item = "/admin/forms/outreach/item";
    let empty = [("op", "title"), ("edit", edit.as_str()), ("title_ja", "")];
    admin.post(item, &empty).await.is(422).see("ここは必ず");
    let page = admin.get("/admin/forms/outreach").await;
    let edit = value(&page, "edit");
    let named =
        [("op", "title"), ("edit", edit.as_str()), ("title_ja", "訪ねるシート"), ("title_en", "Visits")];
    let page = admin.post(item, &named).await;
    assert_eq!(page.status, 303, "{}", page.text());
    let page = admin.get("/admin/forms/outreach").await;
    page.see("<h1>訪ねるシート</h1>").see("value=\"訪ねるシート\"").see("value=\"Visits\"");
    // Until it is published, it has its old name where it is filled in.
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    kinoshita.get(&format!("{case}/sheets")).await.not_see("訪ねるシート");
    let edit = value(&page, "edit");
    let from = [("edit", edit.as_str()), ("from", "R8.11.21")];
    let page = admin.post("/admin/forms/outreach/publish", &from).await;
    assert_eq!(page.status, 303, "{}", page.text());
    kinoshita.get(&format!("{case}/sheets")).await.see("訪ねるシート");
});

story!(a_new_item_is_asked_in_the_next_consultation, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let told = [
        ("channel", "counter"),
        ("route", "self"),
        ("urgency", "normal"),
        ("occurred", "R8.11.21"),
        ("words", "電気を止めると手紙が来た。"),
        ("name", "浜田 よし子"),
    ];
    kinoshita.get("/consultations/new").await.is(200).not_see("ペットはいますか");
    let page = kinoshita.post("/consultations", &told).await;
    let old = page.location().split('?').next().unwrap().to_owned();

    // The town adds an item, and calls the main one by its own word.
    let mut admin = app.sign_in("kanri").await;
    admin.get("/admin/forms/consultation").await.is(200);
    admin.post("/admin/forms/consultation/draft", &[("op", "begin")]).await;
    let page = admin.get("/admin/forms/consultation").await;
    let edit = value(&page, "edit");
    let pet = [
        ("op", "save"),
        ("edit", edit.as_str()),
        ("key", "pet"),
        ("label_ja", "ペットはいますか"),
        ("kind", "choice"),
        ("table", "yes_no"),
        ("section", "part_sorted"),
        ("must", "yes"),
        ("subjects", "household"),
        ("categories", "household"),
    ];
    let page = admin.post("/admin/forms/consultation/item", &pet).await;
    assert_eq!(page.status, 303, "{}", page.text());
    let page = admin.get("/admin/forms/consultation").await;
    let edit = value(&page, "edit");
    let which = [
        ("op", "save"),
        ("edit", edit.as_str()),
        ("key", "pet_name"),
        ("label_ja", "どんなペットですか"),
        ("kind", "text"),
        ("max", "50"),
        ("section", "part_sorted"),
        ("shown_0", "pet=yes"),
        ("subjects", "household"),
        ("categories", "household"),
    ];
    admin.post("/admin/forms/consultation/item", &which).await;
    let page = admin.get("/admin/forms/consultation?item=words").await;
    let edit = value(&page, "edit");
    let reworded = [
        ("op", "save"),
        ("edit", edit.as_str()),
        ("key", "words"),
        ("label_ja", "お困りのこと（そのままの言葉で）"),
        ("kind", "long_text"),
        ("max", "10000"),
        ("section", "part_heard"),
        ("subjects", "household"),
    ];
    admin.post("/admin/forms/consultation/item", &reworded).await;
    let page = admin.get("/admin/forms/consultation").await;
    let edit = value(&page, "edit");
    let publish = [("edit", edit.as_str()), ("from", "R8.11.21")];
    let page = admin.post("/admin/forms/consultation/publish", &publish).await;
    assert_eq!(page.status, 303, "{}", page.text());

    // The next consultation asks it; every problem of both comes at once.
    kinoshita
        .get("/consultations/new")
        .await
        .is(200)
        .see("ペットはいますか")
        .see("お困りのこと（そのままの言葉で）");
    let mut more: Vec<(&str, &str)> = told.to_vec();
    more.push(("checked", "yes"));
    let mut wrong = more.clone();
    wrong.retain(|(n, _)| *n != "words");
    wrong.push(("a-pet_name", "犬のポチ"));
    let page = kinoshita.post("/consultations", &wrong).await;
    page.is(422)
        .see("困りごとか、わかっていることを")
        .see("どれかを選んで")
        .see("犬のポチ")
        .see("残りません");
    kinoshita.get("/consultations/new").await.is(200);
    more.extend([("a-pet", "yes"), ("a-pet_name", "犬のポチ")]);
    let page = kinoshita.post("/consultations", &more).await;
    assert_eq!(page.status, 303, "{}", page.text());
    kinoshita.follow().await.is(200).see("ペットはいますか").see("犬のポチ").see("第2版");
    // The one from before is shown as it was asked.
    kinoshita.get(&old).await.is(200).not_see("ペットはいますか").see("電気を止めると");
    // A 個人番号 is refused here as everywhere.
    kinoshita.get("/consultations/new").await.is(200);
    more.retain(|(n, _)| *n != "a-pet_name");
    more.push(("a-pet_name", "1234 5678 9018"));
    kinoshita.post("/consultations", &more).await.is(422).see("個人番号");
});

const TOLD: [(&str, &str); 7] = [
    ("channel", "counter"),
    ("route", "agency"),
    ("urgency", "normal"),
    ("occurred", "R8.11.21"),
    ("words", "電気を止めると手紙が来た。"),
    ("facts", "封筒を三通あずかった。"),
    ("name", "浜田 よし子"),
];

story!(what_the_register_does_not_have_is_a_problem_beside_its_field, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    for field in ["area", "told_agency"] {
        kinoshita.get("/consultations/new").await.is(200);
        let mut told = TOLD.to_vec();
        told.extend([(field, "0198c6f2-0000-7000-8000-00000000abcd"), ("checked", "yes")]);
        let page = kinoshita.post("/consultations", &told).await;
        page.is(422).see("どれかを選んで").see("電気を止めると").see("浜田 よし子");
        assert!(page.body.contains(&format!("id=\"{field}-error\"")), "{field}: {}", page.text());
    }
});

story!(a_town_rewords_and_reorders_the_consultation_form, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get("/consultations/new").await.is(200);
    let page = kinoshita.post("/consultations", &TOLD).await;
    let old = page.location().split('?').next().unwrap().to_owned();
    let mut admin = app.sign_in("kanri").await;
    admin.get("/admin/forms/consultation").await.is(200);
    admin.post("/admin/forms/consultation/draft", &[("op", "begin")]).await;
    // The facts come before the words, under the town's name, and the place must be told.
    let page = admin.get("/admin/forms/consultation?item=facts").await;
    page.is(200).see("質問を変える").see("仕事がこの質問に頼っています");
    let edit = value(&page, "edit");
    let facts = [
        ("op", "save"),
        ("edit", edit.as_str()),
        ("key", "facts"),
        ("label_ja", "見聞きしたこと"),
        ("help_ja", "その日に確かめたこと"),
        ("kind", "long_text"),
        ("section", "part_heard"),
        ("must", "always"),
        ("subjects", "household"),
    ];
    let page = admin.post("/admin/forms/consultation/item", &facts).await;
    assert_eq!(page.status, 303, "{}", page.text());
    for _ in 0..9 {
        let page = admin.get("/admin/forms/consultation").await;
        let edit = value(&page, "edit");
        admin
            .post("/admin/forms/consultation/item", &[("op", "up"), ("edit", &edit), ("key", "facts")])
            .await;
    }
    let page = admin.get("/admin/forms/consultation").await;
    let edit = value(&page, "edit");
    let part =
        [("op", "part"), ("edit", edit.as_str()), ("key", "part_heard"), ("title_ja", "はじめに聞いたこと")];
    admin.post("/admin/forms/consultation/item", &part).await;
    let page = admin.get("/admin/forms/consultation").await;
    page.is(200).see("はじめに聞いたこと").see("「見聞きしたこと」");
    let edit = value(&page, "edit");
    let page =
        admin.post("/admin/forms/consultation/publish", &[("edit", &edit), ("from", "R8.11.21")]).await;
    assert_eq!(page.status, 303, "{}", page.text());

    let page = kinoshita.get("/consultations/new").await;
    page.is(200).see("はじめに聞いたこと").see("その日に確かめたこと");
    let at = |name: &str| page.body.find(&format!("id=\"{name}\"")).unwrap_or_else(|| panic!("no {name}"));
    assert!(at("facts") < at("words") && at("words") < at("urgency"));
    let mut told = TOLD.to_vec();
    told.push(("checked", "yes"));
    let mut wrong = told.clone();
    wrong.retain(|(n, _)| *n != "facts");
    let page = kinoshita.post("/consultations", &wrong).await;
    page.is(422).see("見聞きしたこと");
    assert!(page.body.contains("id=\"facts-error\""), "{}", page.text());
    kinoshita.get("/consultations/new").await.is(200);
    let page = kinoshita.post("/consultations", &told).await;
    assert_eq!(page.status, 303, "{}", page.text());
    let page = kinoshita.follow().await;
    page.is(200).see("見聞きしたこと");
    assert!(page.text().find("封筒を三通").unwrap() < page.text().find("電気を止める").unwrap());
    // Schema and workbook follow the same definition.
    admin
        .get("/admin/forms/consultation/2/schema.json")
        .await
        .is(200)
        .see("見聞きしたこと")
        .see("told_agency");
    admin.get("/admin/forms/consultation/2/xlsform").await.is(200).see("見聞きしたこと");
    admin.get("/admin/forms/consultation/2/definition.json").await.is(200).see("見聞きしたこと");
    let _ = old;
});
