//! Several tasks at once: each with its own right, n of n, sent twice, and taken back.

use crate::casefile::first;
use crate::support::{App, Page, Person};

/// A consultation that nobody has decided about: an open task of the desk.
async fn told(person: &mut Person, words: &str) {
    person.get("/consultations/new").await.is(200);
    let told = [
        ("channel", "counter"),
        ("route", "self"),
        ("urgency", "normal"),
        ("occurred", "R8.11.20"),
        ("words", words),
    ];
    person.post("/consultations", &told).await.is(303);
}

/// The values of the ticks on a page, and whether each is set.
fn ticks(page: &Page) -> Vec<(String, bool)> {
    let parts = page.body.split("name=\"pick\" value=\"").skip(1);
    parts
        .map(|p| {
            let tag = p.split('>').next().unwrap();
            (tag.split('"').next().unwrap().to_owned(), tag.contains(" checked"))
        })
        .collect()
}

fn picks(ticks: &[(String, bool)]) -> Vec<(&str, &str)> {
    ticks.iter().map(|(value, _)| ("pick", value.as_str())).collect()
}

async fn commands(app: &App) -> i64 {
    let sql = "SELECT COUNT(*) AS n FROM command WHERE municipality_id = $1 AND kind LIKE 'task.%'";
    let nobody = access::Viewer {
        municipality: app.town.municipality,
        user: app.engine.new_id(),
        seats: Vec::new(),
        excluded_from: Vec::new(),
        urgent: Vec::new(),
    };
    let ctx = engine::Ctx { engine: app.engine.clone(), viewer: nobody, now: app.engine.now() };
    let mut look = ctx.look(engine::Channel::Count).await.unwrap();
    look.conn().one(sql, engine::args![app.town.municipality]).await.unwrap().get("n").unwrap()
}

story!(a_lead_gives_many_to_one_worker_and_takes_it_back, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    for n in 0..4 {
        told(&mut kinoshita, &format!("相談その{n}")).await;
    }
    // Another desk's task, and one that does not exist: neither is counted nor said.
    let mut noguchi = app.sign_in("noguchi").await;
    told(&mut noguchi, "べつの窓口").await;
    let theirs = ticks(&noguchi.get("/?all=1").await);
    let mut imai = app.sign_in("imai").await;
    let page = imai.get("/?all=1").await;
    page.see("えらんだものをまとめて").see("小田 りか");
    let ours = ticks(&page);
    assert_eq!(ours.len(), 4, "{}", page.text());
    // Somebody changes one in the meantime.
    let mut oda = app.sign_in("oda").await;
    oda.get(&first(&page, "tasks")).await.is(200);
    let one = first(&page, "tasks");
    oda.post(&format!("{one}/assign"), &[("assignee", &app.town.user("oda").to_string())]).await.is(303);
    let to = app.town.user("oda").to_string();
    let gone = format!("{}.1", app.engine.new_id::<words::id::kind::Task>());
    let mut fields = picks(&ours);
    fields.push(("pick", &theirs[0].0));
    fields.push(("pick", &gone));
    fields.extend([("pick", "nothing"), ("do", "assign"), ("assignee", to.as_str())]);
    let form = page.form("/tasks/bulk");
    let hidden: Vec<(&str, &str)> =
        form.hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).chain(fields.iter().copied()).collect();
    imai.post_exactly("/tasks/bulk", &hidden).await.is(303);
    let result = imai.page.location().to_owned();
    let page = imai.follow().await;
    page.is(200)
        .see("4件中3件の担当者を小田 りかさんにしました。")
        .see("1件はできませんでした。")
        .see("ほかの人が先に変えました")
        .see("3件を元にもどす");
    let left = ticks(&page);
    assert_eq!(left.iter().map(|(_, on)| *on).collect::<Vec<_>>(), [true], "the failed one is still ticked");
    assert!(left[0].0.ends_with(".2"), "at the version it has now: {left:?}");
    // The same form again, by a double click or by "back": nothing is done twice.
    let done = commands(app).await;
    imai.post_exactly("/tasks/bulk", &hidden).await.goes_to(&result);
    assert_eq!(commands(app).await, done);
    imai.follow().await.see("4件中3件");
    // Nobody else sees what became of it.
    oda.get(&result).await.is(404);
    oda.post(&format!("{result}/undo"), &[]).await.is(404);
    // 小田 moves one of them on to another day: that one stays.
    let today = oda.get("/").await;
    assert_eq!(ticks(&today).len(), 4);
    let changed = ticks(&today).into_iter().find(|(pick, _)| !left[0].0.starts_with(&pick[..36])).unwrap();
    let task = format!("/tasks/{}", &changed.0[..36]);
    oda.get(&task).await.is(200);
    oda.post(&format!("{task}/postpone"), &[("due", "R8.12.4"), ("reason", "person")]).await.is(303);
    let before = imai.get(&result).await;
    before.see("2件を元にもどす");
    imai.post(&format!("{result}/undo"), &[]).await.is(303);
    let undone = imai.page.location().to_owned();
    let page = imai.follow().await;
    page.see("3件中2件を元にもどしました。").see("1件はできませんでした").see("そのあと変わっている");
    assert_ne!(undone, result);
    imai.get(&result).await.not_see("元にもどす<").see("元にもどした結果を見る");
    let mine = ticks(&oda.get("/").await).len();
    assert_eq!(mine, 2, "what was taken back is 木下's again");
});

story!(each_right_counts_for_its_own_item, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    for n in 0..2 {
        told(&mut kinoshita, &format!("相談その{n}")).await;
    }
    let page = kinoshita.get("/").await;
    // A caseworker takes work, but gives none to others; a forged choice is refused for each item, in words.
    page.not_see(">小田 りか</option>").see(">木下 ひろみ</option>");
    let all = ticks(&page);
    let send = |fields: &[(&'static str, String)], all: &[(String, bool)]| {
        let mut every: Vec<(String, String)> =
            all.iter().map(|(v, _)| ("pick".to_owned(), v.clone())).collect();
        every.extend(fields.iter().map(|(n, v)| ((*n).to_owned(), v.clone())));
        every
    };
    let oda = app.town.user("oda").to_string();
    let fields = send(&[("do", "assign".to_owned()), ("assignee", oda)], &all);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    kinoshita.post("/tasks/bulk", &fields).await.is(303);
    let page = kinoshita.follow().await;
    page.see("2件中0件").see("2件はできませんでした").see("担当する窓口の人だけができます");
    assert!(ticks(&page).iter().all(|(_, on)| *on) && ticks(&page).len() == 2);
    // Nothing ticked, nothing chosen, a day gone by: said at once, beside the field, and the ticks stay.
    kinoshita.get("/").await;
    let page = kinoshita.post("/tasks/bulk", &[("do", "postpone"), ("due", "R8.11.1")]).await;
    page.is(422).see("一件もえらばれていません").see("一覧に戻る").not_see("もう過ぎた日です");
    kinoshita.get("/").await;
    let past = send(&[("do", "postpone".to_owned()), ("due", "R8.11.1".to_owned())], &all);
    let past: Vec<(&str, &str)> = past.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let page = kinoshita.post("/tasks/bulk", &past).await;
    page.is(422).see("もう過ぎた日です").see("どれかを選んで").see("えらんだもの");
    kinoshita.get("/").await;
    let fields = send(&[("do", "assign".to_owned()), ("assignee", String::new())], &all);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let page = kinoshita.post("/tasks/bulk", &fields).await;
    page.is(422).see("どれかを選んでください");
    assert_eq!(ticks(&page).iter().filter(|(_, on)| *on).count(), 2);
    // A new day for both, from the list of consultations, and back to where they stood.
    let list = kinoshita.get("/consultations?state=open").await;
    let all = ticks(&list);
    assert_eq!(all.len(), 2, "{}", list.text());
    let more =
        [("do", "postpone".to_owned()), ("due", "R8.12.4".to_owned()), ("reason", "person".to_owned())];
    let fields = send(&more, &all);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    kinoshita.post("/tasks/bulk", &fields).await.is(303);
    let result = kinoshita.page.location().to_owned();
    let page = kinoshita.follow().await;
    page.see("2件中2件の期限を12月4日（金）にしました。").see("href=\"/consultations?state=open\"");
    kinoshita.get("/").await.see("12月4日");
    kinoshita.get(&result).await;
    kinoshita.post(&format!("{result}/undo"), &[]).await.is(303);
    kinoshita.follow().await.see("2件中2件を元にもどしました。");
    kinoshita.get("/").await.not_see("12月4日");
});

story!(one_change_is_taken_back_right_away, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    told(&mut kinoshita, "電気が止まる").await;
    let task = first(&kinoshita.get("/").await, "tasks");
    kinoshita.page.see("担当 木下 ひろみ");
    kinoshita.get(&task).await.is(200);
    kinoshita.post(&format!("{task}/assign"), &[("assignee", "")]).await.is(303);
    let after = kinoshita.page.location().to_owned();
    let page = kinoshita.follow().await;
    page.see("担当者を決めました").see("もとに戻す").see("担当者はまだ決まっていません");
    let change = page.forms().into_iter().find(|f| f.action.ends_with("/undo")).unwrap().action;
    // Nobody else can.
    let mut oda = app.sign_in("oda").await;
    oda.get(&after).await.is(200).not_see("もとに戻す");
    oda.post(&change, &[]).await.is(404);
    kinoshita.get(&after).await;
    kinoshita.post(&change, &[]).await.goes_to("/?done=undone");
    kinoshita.follow().await.see("もとに戻しました").see("担当 木下 ひろみ");
    kinoshita.get(&after).await.not_see("もとに戻す");
    kinoshita.post(&change, &[]).await.is(409).see("もう元にもどしてあります");
});

story!(what_one_may_no_longer_see_is_not_counted, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    told(&mut kinoshita, "だれのことでもない").await;
    let case = crate::casefile::case(&mut kinoshita).await;
    let mut oda = app.sign_in("oda").await;
    let page = oda.get("/?all=1").await;
    let all = ticks(&page);
    assert_eq!(all.len(), 2, "{}", page.text());
    let form = page.form("/tasks/bulk");
    let mut imai = app.sign_in("imai").await;
    imai.get(&format!("{case}/consents")).await.is(200);
    let user = app.town.user("oda").to_string();
    imai.post(&format!("{case}/exclusions"), &[("user", &user), ("reason", "relative")]).await.is(303);
    let mut hidden: Vec<(&str, &str)> = form.hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    hidden.extend(picks(&all));
    hidden.extend([("do", "postpone"), ("due", "R8.12.4"), ("reason", "worker")]);
    oda.post_exactly("/tasks/bulk", &hidden).await.is(303);
    let page = oda.follow().await;
    page.see("1件中1件の期限を").not_see("できませんでした").not_see("浜田").not_see("2026-00001");
});
