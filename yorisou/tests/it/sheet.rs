//! A connecting sheet when things go otherwise than hoped: withdrawn, entered in error, taken up by mistake, too short to
//! act on.

use crate::support::{App, Page, Person};

pub const WITH_CONSENT: &[(&str, &str)] = &[
    ("knows", "yes"),
    ("words", "母の介護で眠れない"),
    ("topics", "care"),
    ("name", "佐藤 一"),
    ("phone", "0466-98-7654"),
];

async fn write(person: &mut Person, fields: &[(&str, &str)]) -> Page {
    person.get("/sheets/new").await.is(200);
    let mut all =
        vec![("urgency", "normal"), ("consent_form", "oral"), ("given_by", "self"), ("share", "auto")];
    all.retain(|(n, _)| !fields.iter().any(|(m, _)| m == n));
    all.extend(fields);
    person.post("/sheets", &all).await
}

/// The path of a sheet just sent.
pub async fn sent(person: &mut Person, fields: &[(&str, &str)]) -> String {
    let page = write(person, fields).await;
    assert_eq!(page.status, 303, "{}", page.text());
    page.location().split('?').next().unwrap().to_owned()
}

/// The address at which the consent of the page is withdrawn.
fn withdrawal(page: &Page) -> String {
    page.link("撤回を書きとめる")
}

async fn invariants(app: &App) {
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
}

story!(consent_given_on_a_sheet_is_withdrawn_by_the_desk_that_wrote_it_down, |app| async {
    let mut tsuji = app.sign_in("tsuji").await;
    let also = app.town.desk("ikiiki").to_string();
    let at = sent(&mut tsuji, &[WITH_CONSENT, &[("also", also.as_str())]].concat()).await;
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get(&at).await.is(200).see("母の介護で眠れない").see("本人の同意");
    // A desk that is named sees itself, not who else was told, and takes nothing back for others.
    noguchi.page.see("辻堂東いきいきサポートセンター").not_see("撤回を書きとめる");
    let page = tsuji.get(&at).await;
    page.is(200).see("同意あり").see("辻堂東いきいきサポートセンター");
    let path = withdrawal(&page);
    // On paper, for whoever reads it: the same, also what each may see of the consent.
    let print = format!("{at}/print");
    let pdf = crate::papers::same(&mut tsuji, &print).await;
    pdf.see("つなぐシート").see("母の介護で眠れない").see("佐藤 一").see("辻堂東いきいきサポートセンター");
    assert_eq!(tsuji.get(&format!("{print}?as=xlsx")).await.status, 200);
    crate::papers::same(&mut noguchi, &print).await.see("母の介護で眠れない");
    noguchi.get(&path).await.is(404);
    let mut sano = app.sign_in("sano").await;
    sano.get(&path).await.is(404);
    for kind in ["", "?as=pdf", "?as=xlsx"] {
        sano.get(&format!("{print}{kind}")).await.is(404).not_see("眠れない");
    }
    sano.post(&path, &[("told_by", "self"), ("way", "oral")]).await.is(404);
    tsuji.get(&at).await;
    tsuji
        .get(&path)
        .await
        .is(200)
        .see("地域共生社会推進室")
        .see("辻堂東いきいきサポートセンター")
        .see("健康・病気");
    tsuji.post(&path, &[("told_by", "self")]).await.is(422).see("選んで");
    tsuji.get(&path).await;
    // Whoever says so in the person's place says who they are, and what shows that they may.
    let mut told = vec![("told_by", "guardian"), ("way", "oral"), ("given_by_name", "佐藤 母")];
    let page = tsuji.post(&path, &told).await;
    page.is(422).see("id=\"relation-error\"").see("id=\"evidence-error\"").see("value=\"佐藤 母\"");
    told.extend([("relation", "adult_guardian"), ("evidence", "登記事項証明書")]);
    tsuji.get(&path).await;
    tsuji.post(&path, &told).await.goes_to(&format!("{at}?done=sheet_withdrawn"));
    tsuji.follow().await.see("に撤回").not_see(&path);
    // From the next request on it is not there for the desk that had only the consent.
    noguchi.get(&at).await.is(404);
    noguchi.search("佐藤").await.not_see("佐藤 一");
    // The provider has the sheet by its programme, knows that the consent is over, and is not held by "take it".
    let mut hase = app.sign_in("hase").await;
    hase.get(&at).await.is(200).see("いま有効な同意はありません").see("一言で答える");
    hase.post(&format!("{at}/answer"), &[("outcome", "declined"), ("answer", "承知しました")]).await.is(303);
    tsuji.get(&at).await.see("承知しました");
    invariants(app).await;
});

story!(the_provider_that_holds_a_sheet_can_write_down_its_withdrawal_too, |app| async {
    let mut tsuji = app.sign_in("tsuji").await;
    let at = sent(&mut tsuji, WITH_CONSENT).await;
    let mut hase = app.sign_in("hase").await;
    let path = withdrawal(&hase.get(&at).await);
    hase.get(&path).await.is(200);
    hase.post(&path, &[("told_by", "self"), ("way", "signed")]).await.is(303);
    tsuji.get(&at).await.see("に撤回").not_see("撤回を書きとめる");
    // A second time there is nothing to withdraw.
    tsuji.get(&path).await.is(200).see("いま有効ではありません");
});

story!(a_consultation_taken_by_mistake_puts_its_sheet_back, |app| async {
    let mut tsuji = app.sign_in("tsuji").await;
    let at = sent(&mut tsuji, WITH_CONSENT).await;
    let mut hase = app.sign_in("hase").await;
    hase.get(&at).await;
    let page = hase.post(&format!("{at}/take"), &[]).await;
    let consultation = page.location().split('?').next().unwrap().to_owned();
    hase.get("/feedback").await.see("つなぐシート");
    hase.get(&consultation).await.is(200);
    hase.post(&format!("{consultation}/error"), &[("reason", "べつの人の続きだった")]).await.is(303);
    // The sheet waits again, with a task; nobody owes word of a consultation that never was.
    hase.get(&at).await.is(200).see("届いた").see("受けとって、相談として始めます");
    hase.get("/").await.see("つなぐシートを受けとる");
    hase.get("/feedback").await.not_see("辻堂児童館");
    tsuji.get(&at).await.see("受けとるのを待っています");
    invariants(app).await;
    let page = hase.get(&at).await;
    page.is(200);
    let page = hase.post(&format!("{at}/take"), &[]).await;
    assert_ne!(page.location().split('?').next().unwrap(), consultation);
    hase.follow().await.is(200).see("佐藤 一さんの相談");
    invariants(app).await;
});

story!(a_sheet_is_taken_back_by_its_writer_before_it_is_taken_up, |app| async {
    let mut tsuji = app.sign_in("tsuji").await;
    let at = sent(&mut tsuji, WITH_CONSENT).await;
    let mut hase = app.sign_in("hase").await;
    hase.get(&at).await.is(200);
    // The provider does not take back what others wrote.
    hase.post(&format!("{at}/error"), &[("error_reason", "mistaken")]).await.is(422);
    tsuji.get(&at).await;
    tsuji.post(&format!("{at}/error"), &[]).await.is(422).see("選んで");
    tsuji.get(&at).await;
    tsuji
        .post(&format!("{at}/error"), &[("error_reason", "mistaken")])
        .await
        .goes_to(&format!("{at}?done=sheet_error"));
    tsuji.follow().await.see("誤登録").see("人や内容をまちがえた").see("母の介護で眠れない");
    // For the provider it was never sent.
    hase.get(&at).await.is(404);
    hase.get("/sheets").await.not_see("佐藤").not_see("辻 さくら");
    hase.search("佐藤").await.not_see("佐藤 一");
    hase.get("/").await.not_see("つなぐシートを受けとる");
    hase.post(&format!("{at}/take"), &[]).await.is(404);
    invariants(app).await;
    // What has been taken up is the provider's work: it is not taken back any more.
    let at = sent(&mut tsuji, WITH_CONSENT).await;
    hase.get(&at).await;
    hase.post(&format!("{at}/take"), &[]).await.is(303);
    tsuji.get(&at).await.not_see("誤登録にする");
    tsuji.post(&format!("{at}/error"), &[("error_reason", "mistaken")]).await.is(422);
});

story!(a_notice_in_danger_leads_to_the_writer, |app| async {
    let mut tsuji = app.sign_in("tsuji").await;
    let at = sent(&mut tsuji, &[("knows", "danger"), ("topics", "dv_abuse")]).await;
    let mut hase = app.sign_in("hase").await;
    hase.get(&at).await.is(200).see("0466-34-0000").see("一言で答える").see("もう少し教えてください");
    // A question ends nothing: the sheet still waits.
    let question = [("outcome", "asking"), ("answer", "どのお宅か、電話で教えてください")];
    hase.post(&format!("{at}/answer"), &question).await.is(303);
    tsuji.get(&at).await.see("どのお宅か、電話で教えてください").see("届いた");
    tsuji.get("/feedback").await.see("もう少し教えてください");
    hase.get(&at).await;
    hase.post(&format!("{at}/take"), &[]).await.is(303);
    // Also after it was taken up.
    hase.get(&at).await.see("受けとられた").see("0466-34-0000").see("一言で答える");
    let word = [("outcome", "watching"), ("answer", "児童相談所と動いています")];
    hase.post(&format!("{at}/answer"), &word).await.is(303);
    hase.get(&at).await.see("受けとられた");
    tsuji.get(&at).await.see("児童相談所と動いています");
    invariants(app).await;
});

story!(who_agreed_on_a_sheet_is_asked_and_kept, |app| async {
    let mut tsuji = app.sign_in("tsuji").await;
    let form = tsuji.get("/sheets/new").await;
    let words = form.body.split("for=\"words\"").nth(1).unwrap().split("</label>").next().unwrap();
    assert!(words.contains("class=\"must\""), "the words are not marked as needed: {words}");
    let child = [WITH_CONSENT, &[("given_by", "guardian")]].concat();
    write(&mut tsuji, &child).await.is(422).see("母の介護で眠れない").see("同意した人の名前");
    let named = [child.as_slice(), &[("given_by_name", "佐藤 母")]].concat();
    write(&mut tsuji, &named).await.is(422).see("id=\"relation-error\"").see("id=\"evidence-error\"");
    let named = [named.as_slice(), &[("relation", "parent"), ("evidence", "戸籍")]].concat();
    let at = sent(&mut tsuji, &named).await;
    tsuji.get(&at).await.see("親権者・後見人から");
});

story!(unknown_areas_and_desks_on_a_sheet_stand_beside_their_field, |app| async {
    let mut tsuji = app.sign_in("tsuji").await;
    let nowhere = "00000000-0000-7000-8000-000000000000";
    for field in ["also", "area"] {
        let fields = [WITH_CONSENT, &[(field, nowhere)]].concat();
        let page = write(&mut tsuji, &fields).await;
        page.is(422).see("母の介護で眠れない").see(&format!("id=\"{field}-error\""));
    }
});
