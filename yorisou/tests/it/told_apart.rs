//! What is told of one person is told apart from what is told of another; what a desk may not read is not asked of it unawares; and a
//! case of the library leads to nobody.

use access::{Right, System};
use engine::Origin;
use register::acts;

use crate::board::need;
use crate::referral::{case_of, send};
use crate::support::{App, Page, Person};

/// A second member of the household of a case.
async fn son(who: &mut Person, case: &str, name: &str) {
    let page = who.get(case).await;
    let home = page.body.split("href=\"/households/").nth(1).unwrap().split(['"', '/', '?']).next().unwrap();
    let home = format!("/households/{home}");
    who.get(&home).await.is(200);
    who.post(&format!("{home}/members"), &[("name", name), ("relation", "長男")]).await.is(303);
}

/// The value of a choice.
fn option(page: &Page, name: &str) -> String {
    let mut options = page.body.split("<option value=\"").skip(1);
    let found = options.find(|o| o.split("</option>").next().unwrap().ends_with(&format!(">{name}")));
    found.unwrap_or_else(|| panic!("no {name}:\n{}", page.text())).split('"').next().unwrap().to_owned()
}

/// Whoever the sheet is about, as the form ticks it.
const CHOSEN: &str = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/// Writes an assessment of a day about somebody (nobody is the household); the sheet's page.
async fn assess(who: &mut Person, case: &str, name: &str, day: &str, more: &[(&str, &str)]) -> String {
    let sheet = format!("{case}/sheets/assessment");
    let page = who.get(&sheet).await;
    let person = if name.is_empty() { String::new() } else { option(&page, name) };
    let mut answers = vec![
        ("occurred", day),
        ("person", person.as_str()),
        ("a-problems", "illness"),
        ("m-problems_cat", "health"),
        ("a-view", "通院を支える"),
        ("m-view_cat", "opinion"),
        ("m-health_about", CHOSEN),
        ("m-health_cat", "health"),
        ("m-community_about", CHOSEN),
        ("m-community_cat", "support"),
        ("m-strength_about", CHOSEN),
        ("m-strength_cat", "support"),
    ];
    answers.extend_from_slice(more);
    let page = who.post(&sheet, &answers).await;
    assert!(page.location().starts_with("/filled/"), "{}", page.text());
    page.location().split('?').next().unwrap().to_owned()
}

/// What stands below the heading of somebody.
fn below<'p>(page: &'p Page, name: &str) -> &'p str {
    let mut parts = page.body.split("<h2 id=\"of-");
    parts.find(|p| p.contains(&format!(">{name}</h2>"))).unwrap_or_else(|| panic!("{name}:\n{}", page.text()))
}

story!(an_assessment_is_seen_of_each_person_apart, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let case = format!("/cases/{case}");
    son(&mut sano, &case, "青木 次郎").await;
    // The questions name nobody: they follow the choice of the person.
    let page = sano.get(&format!("{case}/sheets/assessment")).await;
    page.is(200)
        .see("だれのこと: このシートの人")
        .not_see("だれのこと: 青木 ハル")
        .not_see("原本と未照合")
        .not_see("太枠");
    assert!(page.body.contains(&format!("value=\"{CHOSEN}\" checked")), "{}", page.text());
    assess(&mut sano, &case, "青木 ハル", "R8.10.1", &[("a-health", "some")]).await;
    assess(&mut sano, &case, "青木 ハル", "R8.11.10", &[("a-health", "none")]).await;
    let of_him = [("a-health", "much"), ("a-community", "unknown"), ("a-strength", "絵がうまい-STRONG")];
    let sheet = assess(&mut sano, &case, "青木 次郎", "R8.11.12", &of_him).await;
    assess(&mut sano, &case, "", "R8.11.14", &[("a-health", "some")]).await;
    let page = sano.get(&format!("{case}/assessment")).await;
    page.is(200);
    let hers = below(&page, "青木 ハル");
    assert!(hers.contains("10月1日") && hers.contains("11月10日") && hers.contains("<polyline"), "{hers}");
    assert!(
        !hers.contains("とても困っている") && !hers.contains("STRONG") && !hers.contains("11月12日"),
        "{hers}"
    );
    let his = below(&page, "青木 次郎");
    assert!(his.contains("とても困っている") && his.contains("STRONG") && his.contains("11月12日"), "{his}");
    assert!(!his.contains("<polyline") && !his.contains("11月10日"), "his one answer is a point: {his}");
    // What nobody knows is said, and is no empty frame.
    assert_eq!(his.matches("class=\"geno trend\"").count(), 1, "{his}");
    assert!(his.contains("困りごとの大きさは、まだ分かっていません（11月12日（木） 分からない）"), "{his}");
    // The levels and the days stand in words; in between is the time that passed.
    for word in [">とても</text>", ">少し</text>", ">なし</text>", ">R8.10.1</text>", ">R8.11.10</text>"]
    {
        assert!(hers.contains(word), "{word}: {hers}");
    }
    let all = below(&page, "世帯みんな・何人かのこと");
    assert!(all.contains("11月14日") && !all.contains("とても困っている"), "{all}");
    // What was stored is his: whoever is chosen is whom it is about.
    let text = crate::casefile::text(&sano.get(&sheet).await, "絵がうまい-STRONG");
    sano.get(&text).await.is(200).see("青木 次郎");
});

story!(a_sheet_of_a_wrong_day_or_person_is_taken_back_as_one, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let case = format!("/cases/{case}");
    let household = crate::casefile::first(&sano.get(&case).await, "households");
    let person = crate::casefile::first(&sano.get(&household).await, "persons");
    sano.get(&person).await.is(200);
    sano.post(&person, &[("name", "青木 ハル"), ("birth", "2016-09-21")]).await.is(303);
    // Nobody was asked before they were born, nor on a day to come.
    let form = format!("{case}/sheets/assessment");
    let page = sano.get(&form).await;
    let her = option(&page, "青木 ハル");
    let mut told = [
        ("occurred", "H20.1.1"),
        ("person", her.as_str()),
        ("a-problems", "illness"),
        ("m-problems_cat", "health"),
        ("a-view", "通院を支える"),
        ("m-view_cat", "opinion"),
    ];
    sano.post(&form, &told).await.is(422).see("生まれる前の日です").see("通院を支える").see("H20.1.1");
    told[0].1 = "R8.12.1";
    sano.post(&form, &told).await.is(422).see("まだ来ていない日");
    let right = assess(&mut sano, &case, "青木 ハル", "R8.10.1", &[("a-health", "some")]).await;
    let wrong = assess(&mut sano, &case, "青木 ハル", "R8.11.10", &[("a-health", "much")]).await;
    assert!(below(&sano.get(&format!("{case}/assessment")).await, "青木 ハル").contains("11月10日"));
    // Its page says how day and person are put right; whoever may not correct it finds nothing.
    sano.get(&wrong).await.is(200).see("このシートを誤登録にする").see("後から直せません");
    sano.get(&format!("{wrong}/edit")).await.is(200).see("いつのこと・だれのシートかは、ここでは直せません");
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&wrong).await.is(404);
    kinoshita.post(&format!("{wrong}/error"), &[("sure", "yes")]).await.is(404);
    // Asked before it is done; then every answer goes at once.
    sano.get(&wrong).await;
    sano.post(&format!("{wrong}/error"), &[]).await.is(422).see("印をつけてください").see("とても困っている");
    let done = sano.post(&format!("{wrong}/error"), &[("sure", "yes")]).await;
    done.goes_to(&format!("{wrong}?done=sheet_struck"));
    let page = sano.follow().await;
    page.is(200).see("誤って書いたものとして取り消されています").see("とても困っている");
    page.not_see("答えを直す").not_see("このシートを誤登録にする");
    for gone in ["edit", "print", "table.xlsx"] {
        sano.get(&format!("{wrong}/{gone}")).await.is(404);
    }
    let page = sano.get(&format!("{case}/assessment")).await;
    let hers = below(&page, "青木 ハル");
    assert!(hers.contains("10月1日") && !hers.contains("11月10日"), "{hers}");
    let page = sano.get(&format!("{case}/sheets")).await;
    assert!(page.body.contains(&right) && !page.body.contains(&wrong), "{}", page.text());
    kinoshita.get(&wrong).await.is(404);
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(a_part_that_cannot_be_read_is_told_before_and_can_be_given_back, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let at = format!("/cases/{case}");
    let (hokubu, shakyo) = (app.town.desk("hokubu").to_string(), app.town.desk("shakyo").to_string());
    let hidden = need(&mut sano, &at, "medical", "飲み忘れ-SECRETNEED", &hokubu, "").await;
    let shared = need(&mut sano, &at, "money", "家賃の滞納-SHARED", &hokubu, "money").await;
    let referral = send(&mut sano, &case, &shakyo, &[("kind", "join")]).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&referral).await;
    kinoshita.post(&format!("{referral}/accept"), &[]).await.is(303);
    // Whoever gives it is told first, with the marks, and nothing typed is lost.
    let take = format!("{hidden}/take");
    sano.get(&hidden).await;
    let part = [("desk", shakyo.as_str()), ("what", "薬を数える-SECRETPART"), ("due", "R8.12.1")];
    let page = sano.post(&take, &part).await;
    page.is(422).see("選んだ窓口には、この課題が見えません").see("世帯みんな").see("SECRETPART");
    kinoshita.get("/").await.not_see("役割分担で引きうけたことをする");
    // A tick for one desk is none for another.
    let other = [part[0], part[1], part[2], ("unseen", hokubu.as_str())];
    sano.post(&take, &other).await.is(422);
    let knowing = [part[0], part[1], part[2], ("unseen", shakyo.as_str())];
    sano.post(&take, &knowing).await.goes_to(&format!("{hidden}?done=part_taken"));
    // The desk has the promise, not the words, and is told whom to ask.
    kinoshita.get("/").await.see("役割分担で引きうけたことをする");
    let board = format!("{at}/board");
    let page = kinoshita.get(&board).await;
    page.is(200)
        .see("頼まれた分担")
        .see("北部福祉総合相談室にきいてください")
        .see("12月1日")
        .not_see("SECRET");
    page.not_see("困りごとを、ひとつずつ").see("この分担を返す");
    kinoshita.get(&hidden).await.is(404);
    let stop = format!("{hidden}/stop");
    let given = page.form("/stop").value("part");
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get("/").await.is(200);
    noguchi.post(&stop, &[("part", &given), ("why", "unseen")]).await.is(404);
    kinoshita.get(&board).await;
    kinoshita.post(&stop, &[("part", &given), ("why", "")]).await.is(422).not_see("SECRET");
    kinoshita
        .post(&stop, &[("part", &given), ("why", "unseen")])
        .await
        .goes_to(&format!("{board}?done=part_stopped"));
    kinoshita.follow().await.not_see("頼まれた分担").not_see("SECRET");
    kinoshita.get("/").await.not_see("役割分担で引きうけたことをする");
    // It stands among the tasks of whoever gave it, who reads why.
    sano.get("/").await.see("役割分担で引きうけたことをする");
    let page = sano.get(&hidden).await;
    page.is(200).see("バックアップふじさわ社協から返ってきました（中身が見られない）").see("SECRETPART");
    page.not_see("動く窓口が、まだ決まっていない");
    // To end it there does not send it back again.
    let back = page.form("/stop").value("part");
    sano.post(&stop, &[("part", &back), ("why", "cannot")]).await.is(303);
    sano.follow().await.see("動く窓口が、まだ決まっていない");
    kinoshita.get("/").await.not_see("役割分担で引きうけたことをする");
    // What can be read is given without a word, and comes back too where it cannot be done.
    sano.get(&shared).await;
    let part = [("desk", shakyo.as_str()), ("what", "家計を見る-PART"), ("due", "R8.12.1")];
    sano.post(&format!("{shared}/take"), &part).await.is(303);
    kinoshita.get(&shared).await.is(200).see("家計を見る-PART");
    let given = kinoshita.page.form("/stop").value("part");
    kinoshita.post(&format!("{shared}/stop"), &[("part", &given), ("why", "cannot")]).await.is(303);
    sano.get(&shared).await.see("バックアップふじさわ社協から返ってきました（できなくなった）");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

/// Areas of the town.
async fn areas(app: &App) {
    let right = Right::system(System::Demonstration);
    let m = app.town.municipality;
    let mut act =
        app.engine.system_act(System::Demonstration, m, Origin::Console, "story.areas", &()).await.unwrap();
    let system = acts::add_area_system(&mut act, &right, "地区").await.unwrap();
    let area = acts::add_area(&mut act, &right, system, "1", "湘南大庭地区", "").await.unwrap();
    let span = register::Span { from: words::Day::new(2025, 4, 1).unwrap(), to: None };
    acts::add_town(&mut act, &right, "湘南台一丁目", area, span).await.unwrap();
    act.commit("").await.unwrap();
}

story!(what_leads_to_somebody_does_not_stand_in_the_library, |app| async {
    areas(app).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case_of(app, &mut kinoshita, "青木 ハル", "家賃が払えない").await;
    let at = format!("/cases/{case}/reflections");
    kinoshita.get(&at).await.is(200);
    kinoshita.post(&at, &[("causes", "resource"), ("well", "毎週たずねた")]).await.is(303);
    let share = kinoshita.get(&at).await.link("事例集に出す");
    let lesson = |situation: &'static str| {
        [
            ("title", "80代の親と50代の子"),
            ("topics", "income"),
            ("situation", situation),
            ("done", "好きな本の話から始めた"),
            ("learned", "急がないこと"),
        ]
    };
    // The number of a case and a full date in any notation are refused, whatever is ticked.
    for told in [
        "ケース2026-00001の世帯。",
        "R8-790のことです。",
        "2026年9月14日に来所した。",
        "来所は2026/9/14。",
        "令和八年九月十四日から。",
    ] {
        kinoshita.get(&share).await.is(200);
        let fields: Vec<(&str, &str)> = lesson(told).into_iter().chain([("meant", "1")]).collect();
        kinoshita.post(&share, &fields).await.is(422).see("だれのことかわかる言葉").see(told);
    }
    // Places, agencies of the register, schools and rooms are told, and stay the writer's to decide.
    for (told, word) in [
        ("湘南台に住む父。", "湘南台"),
        ("湘南大庭の家。", "湘南大庭"),
        ("辻堂児童館に通う。", "辻堂児童館"),
        ("鵠沼小学校6年の女の子。", "鵠沼小学校"),
        ("藤沢市民病院に通う。", "藤沢市民病院"),
        ("さんかく荘201号室に住む。", "さんかく荘201号室"),
        ("9月14日に手紙が来た。", "9月14日"),
    ] {
        kinoshita.get(&share).await.is(200);
        let page = kinoshita.post(&share, &lesson(told)).await;
        page.is(422).see("名前かもしれない").see(&format!("<b>{word}</b>")).see(told);
    }
    kinoshita.get(&share).await.is(200);
    let fields: Vec<(&str, &str)> =
        lesson("鵠沼小学校6年の女の子。").into_iter().chain([("meant", "1")]).collect();
    kinoshita.post(&share, &fields).await.is(303);
    // Common words are no trace of anybody.
    kinoshita.get(&share).await.is(200);
    kinoshita.post(&share, &lesson("地元の小学校に行けず、アパートの2階で3か月。")).await.is(303);
});
