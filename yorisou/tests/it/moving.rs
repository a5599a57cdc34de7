//! Moving house: written ahead, come about by itself, called off; kept where somebody is sheltered; handed over to whoever is there for the
//! new address; and found by where somebody lives, will live and lived.

use access::System;
use engine::{Origin, args};

use crate::family::{areas, household};
use crate::referral::{case_of, send};
use crate::same::{Told, records};
use crate::shelter::{ADDRESS, known_to_two, shelter};
use crate::support::{App, Page, Person};

/// Writes a move of one person on the page of the household.
async fn moves(who: &mut Person, home: &str, on: &str, (address, person): (&str, &str)) -> Page {
    who.get(home).await.is(200);
    let fields = [("moved", on), ("moved_address", address), ("moved_who", person)];
    who.post(&format!("{home}/moved"), &fields).await
}

/// The first move ahead on the page of a household.
fn plan_of(page: &Page) -> String {
    page.body.split("/moved/").nth(1).expect("a move lies ahead").split("/off").next().unwrap().to_owned()
}

async fn rounds(app: &App) -> usize {
    household::watch_moves(&app.engine, app.town.municipality).await.unwrap()
}

/// ハル's household, and where she lives.
async fn at_home(app: &App, sano: &mut Person) -> (String, String, String) {
    let (case, home, haru) = household(app, sano).await;
    let person = format!("/persons/{haru}");
    sano.get(&person).await.is(200);
    let known = [("name", "青木 ハル"), ("address", "湘南台7-7-7"), ("lives_together", "1")];
    sano.post(&person, &known).await.is(303);
    (case, home, haru)
}

story!(a_move_is_written_ahead_and_comes_about_by_itself, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (case, home, haru) = at_home(app, &mut sano).await;
    let (person, timeline) = (format!("/persons/{haru}"), format!("/cases/{case}/timeline"));
    moves(&mut sano, &home, "R10.4.1", ("辻堂8-8-8", &haru))
        .await
        .is(422)
        .see("id=\"moved-error\"")
        .see("1年より先")
        .see("value=\"R10.4.1\"")
        .see("value=\"辻堂8-8-8\"");
    moves(&mut sano, &home, "R8.12.10", ("辻堂8-8-8", &haru)).await.is(303);
    // The address of now stays the address; everywhere it says what is to come, and the hand-over is thought of at once.
    let page = sano.get(&home).await;
    page.see("令和8年12月10日に引っ越す予定です")
        .see("辻堂8-8-8")
        .see("湘南台7-7-7")
        .see(&format!("/cases/{case}/refer?kind=hand_over"))
        .not_see("引っ越しがありました");
    sano.get(&person)
        .await
        .see("value=\"湘南台7-7-7\"")
        .see("令和8年12月10日に引っ越す予定: 辻堂8-8-8")
        .not_see("引っ越したこと（");
    sano.get(&format!("/cases/{case}")).await.see("辻堂8-8-8").see("同意と記録を見直す");
    sano.get(&timeline).await.see("青木 ハルさんが引っ越す予定です").not_see("引っ越しました");
    sano.get(&format!("/cases/{case}/print")).await.is(200).not_see("辻堂8-8-8");
    for words in ["辻堂8-8-8", "湘南台7-7-7"] {
        sano.search(words).await.see("青木 ハル").see("引っ越す予定: 辻堂8-8-8");
    }
    assert_eq!(rounds(app).await, 0, "not yet");
    // Changed, with the form filled in; the review is about the move as it is planned now.
    let plan = plan_of(&page);
    sano.get(&format!("{home}?plan={plan}"))
        .await
        .see("value=\"辻堂8-8-8\"")
        .see(&plan)
        .see("<summary>引っ越す予定を変える</summary>")
        .see("引っ越す予定を変える</button>")
        .not_see("引っ越しを書く</button>");
    let fields = [("moved", "R8.12.5"), ("moved_address", "辻堂9-9-9"), ("moved_who", &*haru)];
    sano.post(&format!("{home}/moved"), &fields)
        .await
        .goes_to(&format!("{home}?done=household_moves_changed#planned"));
    sano.get(&home).await.see("令和8年12月5日に引っ越す予定です").not_see("辻堂8-8-8").not_see("12月10日");
    sano.get(&person).await.see("引っ越す予定が変わった").see("令和8年12月10日　辻堂8-8-8");
    sano.search("辻堂8-8-8").await.not_see("青木 ハル");
    assert_eq!(open_reviews(app).await, 1);
    // Its day comes.
    app.clock.forward_minutes(60 * 24 * 20);
    yorisou::jobs::promises(&app.engine).await.unwrap();
    assert_eq!(rounds(app).await, 0, "once");
    let mut sano = app.sign_in("sano").await;
    sano.get(&person)
        .await
        .see("value=\"辻堂9-9-9\"")
        .see("湘南台7-7-7（令和8年12月5日まで）")
        .not_see("引っ越す予定:");
    sano.get(&home).await.see("令和8年12月5日に引っ越しがありました").not_see("引っ越す予定です");
    sano.get(&timeline).await.see("青木 ハルさんが引っ越しました");
    sano.search("辻堂9-9-9").await.see("青木 ハル");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

pub async fn open_reviews(app: &App) -> i64 {
    let m = app.town.municipality;
    let mut act = app.engine.system_act(System::Console, m, Origin::Console, "story", &m).await.unwrap();
    let sql =
        "SELECT COUNT(*) AS n FROM task WHERE municipality_id = $1 AND kind = 'review' AND state = 'open'";
    act.facts().unwrap().one(sql, args![m]).await.unwrap().get("n").unwrap()
}

/// The first review among today's work; its page.
async fn the_review(who: &mut Person) -> String {
    let today = who.get("/?all=1").await;
    let line = today.body.split("<li class=\"task").skip(1).find(|line| line.contains("同意と記録を見直す"));
    let line = line.unwrap_or_else(|| panic!("no review: {}", today.text()));
    format!("/tasks/{}", line.split("/tasks/").nth(1).unwrap().split('"').next().unwrap())
}

story!(a_planned_move_is_called_off, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (_, home, haru) = at_home(app, &mut sano).await;
    moves(&mut sano, &home, "R8.12.10", ("辻堂8-8-8", &haru)).await.is(303);
    let off = format!("{home}/moved/{}/off", plan_of(&sano.get(&home).await));
    let asked = the_review(&mut sano).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    assert_eq!(kinoshita.post(&off, &[]).await.status, 404);
    sano.get(&home).await;
    let mut tab = sano.clone();
    tab.get(&home).await;
    sano.post(&off, &[]).await.is(303);
    tab.post(&off, &[]).await.is(422).see("この引っ越す予定はなくなりました").not_see("ほかの人が");
    sano.get(&home).await.not_see("引っ越す予定です").not_see("辻堂8-8-8");
    // What was planned is kept; nothing of it is said to be to come.
    sano.get(&format!("/persons/{haru}"))
        .await
        .see("引っ越す予定がなくなった")
        .see("令和8年12月10日　辻堂8-8-8")
        .not_see("引っ越す予定: 辻堂");
    sano.search("辻堂8-8-8").await.not_see("青木 ハル");
    assert_eq!(open_reviews(app).await, 0);
    // By its link it says that it is needed no more, and nothing of it looks as if it were to be done.
    sano.get(&asked)
        .await
        .is(200)
        .see("このやることは、いらなくなりました")
        .not_see("担当者はまだ決まっていません")
        .not_see("引っ越す予定です");
    // Taken back on the page of the person it is none any more, either.
    moves(&mut sano, &home, "R8.12.10", ("辻堂8-8-8", &haru)).await.is(303);
    let person = format!("/persons/{haru}");
    sano.get(&person).await;
    let back = [("undo_what", "moved"), ("undo_living", "slip")];
    sano.post(&format!("{person}/living/undo"), &back).await.is(303);
    sano.get(&home).await.not_see("引っ越す予定です");
    // Where to was not known yet: wherever they went, it has come about.
    moves(&mut sano, &home, "R8.12.10", ("", &haru)).await.is(303);
    moves(&mut sano, &home, "R8.11.18", ("辻堂7-7-7", &haru)).await.is(303);
    sano.get(&home).await.see("引っ越しがありました").not_see("引っ越す予定です");
    // It was written by hand that they have moved there: that is the move that was planned.
    moves(&mut sano, &home, "R8.12.10", ("辻堂8-8-8", &haru)).await.is(303);
    moves(&mut sano, &home, "R8.11.20", ("辻堂８丁目８番地の８", &haru)).await.is(303);
    sano.get(&home).await.see("引っ越しがありました").not_see("引っ越す予定です");
    // Whoever dies moves no more.
    moves(&mut sano, &home, "R8.12.10", ("鵠沼1-1-1", &haru)).await.is(303);
    sano.get(&person).await;
    sano.post(&format!("{person}/died"), &[("died", "R8.11.20")]).await.is(303);
    sano.get(&home).await.not_see("引っ越す予定です").not_see("鵠沼1-1-1");
    app.clock.forward_minutes(60 * 24 * 25);
    assert_eq!(rounds(app).await, 0);
    let mut sano = app.sign_in("sano").await;
    sano.get(&person).await.not_see("value=\"鵠沼1-1-1\"").not_see("引っ越す予定: 鵠沼");
});

story!(whoever_was_overtaken_reads_beside_the_button_what_is_true_now, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (_, home, haru) = at_home(app, &mut sano).await;
    moves(&mut sano, &home, "R8.12.10", ("辻堂8-8-8", &haru)).await.is(303);
    let old = plan_of(&sano.get(&home).await);
    let (off, write) = (format!("{home}/moved/{old}/off"), format!("{home}/moved"));
    let mut tab = sano.clone();
    // It asks once: the button is behind a fold that says what becomes of it.
    tab.get(&home)
        .await
        .see(&format!("id=\"off-{old}\""))
        .see("この予定をなくす")
        .not_see("この画面を開いたあとで");
    let mut other = sano.clone();
    other.get(&format!("{home}?plan={old}")).await.is(200);
    sano.get(&format!("{home}?plan={old}")).await.is(200);
    let fields = [("moved", "R8.12.5"), ("moved_address", "辻堂9-9-9"), ("moved_who", &*haru)];
    sano.post(&write, &fields).await.is(303);
    let new = plan_of(&sano.get(&home).await);
    // Nothing is done. It is said at the top and in the box of the plan, and in no form that was not pressed; nobody else is blamed.
    let page = tab.post(&off, &[]).await;
    page.is(422)
        .see("この引っ越す予定は変わりました。いまは、令和8年12月5日に引っ越す予定です")
        .see(&format!("href=\"#off-{new}\""))
        .see(&format!("id=\"off-{new}-error\""))
        .see(&format!("id=\"off-{new}\" open"))
        .not_see("id=\"moved-error\"")
        .not_see("ほかの人が");
    // The same for whoever changes it, in that form, with what was typed.
    let again = [("moved", "R8.12.20"), ("moved_address", "辻堂7-7-7"), ("moved_who", &*haru)];
    other
        .post(&write, &again)
        .await
        .is(422)
        .see("id=\"moved-error\"")
        .see("いまは、令和8年12月5日に引っ越す予定です")
        .see("value=\"R8.12.20\"")
        .see("引っ越す予定を変える</button>")
        .not_see("ほかの人が");
    other.post(&write, &again).await.is(303);
    // Something else was written meanwhile: the plan itself stands.
    let stands = plan_of(&sano.get(&home).await);
    let mut tab = sano.clone();
    tab.get(&home).await;
    moves(&mut sano, &home, "R8.11.1", ("", &haru)).await.is(303);
    sano.get(&home).await.see(&stands);
    let stale = format!("{home}/moved/{stands}/off");
    tab.post(&stale, &[]).await.is(422).see("いまもあります").see(&format!("id=\"off-{stands}-error\""));
    // Pressed again on the page of now, it is called off, and can be written anew.
    tab.post(&stale, &[]).await.is(303);
    moves(&mut sano, &home, "R8.12.20", ("辻堂7-7-7", &haru)).await.is(303);
    sano.get(&home).await.see("令和8年12月20日");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(a_move_of_which_the_day_is_not_known_is_written_as_far_as_it_is, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (case, home, haru) = at_home(app, &mut sano).await;
    let person = format!("/persons/{haru}");
    // What is to come about by itself needs its day.
    for (typed, says) in
        [("R8.12", "日まで書いてください"), ("R80", "1年より先"), ("いつか", "読みとれません")]
    {
        let page = moves(&mut sano, &home, typed, ("辻堂8-8-8", &haru)).await;
        page.is(422).see("id=\"moved-error\"").see(says).see(&format!("value=\"{typed}\""));
    }
    moves(&mut sano, &home, "R8.10", ("辻堂8-8-8", &haru)).await.is(303);
    sano.get(&home).await.see("令和8年10月に引っ越しがありました");
    sano.get(&person).await.see("value=\"辻堂8-8-8\"").see("湘南台7-7-7（令和8年10月まで）");
    sano.get(&format!("/cases/{case}/timeline"))
        .await
        .see("青木 ハルさんが引っ越しました")
        .see("令和8年10月");
    moves(&mut sano, &home, "昭和20年", ("", &haru)).await.is(303);
    sano.get(&person).await.see("昭和20年");
    // And is taken back like any other.
    let back = [("undo_what", "moved"), ("undo_living", "slip")];
    sano.post(&format!("{person}/living/undo"), &back).await.is(303);
    sano.get(&person).await.see("引っ越したこと（昭和20年）は誤りでした");
    sano.get(&home).await.see("令和8年10月に引っ越しがありました");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(where_some_move_and_others_stay_the_case_is_not_offered_to_another_area, |app| async {
    areas(app).await;
    let mut sano = app.sign_in("sano").await;
    let (case, home, haru) = at_home(app, &mut sano).await;
    let son = crate::agreed_to::also(&mut sano, &case, "青木 太郎", "child").await;
    sano.get(&format!("/persons/{son}")).await.is(200);
    let known = [("name", "青木 太郎"), ("address", "湘南台7-7-7"), ("lives_together", "1")];
    sano.post(&format!("/persons/{son}"), &known).await.is(303);
    moves(&mut sano, &home, "R8.12.10", ("緑町2-1-1", &haru)).await.is(303);
    let page = sano.get(&home).await;
    page.see("ほかの人はいまの所に残ります").not_see("南部福祉総合相談室").not_see("引っ越し先の地区は");
    let form = format!("/cases/{case}/refer?moved={}", plan_of(&page));
    page.see(&form);
    sano.get(&form).await.is(200).see("残る人のことも考えて").not_see("引っ越し先の地区は");
    // Whoever lives elsewhere already does not stay behind: with them gone, or moving along, the home moves.
    sano.get(&home).await;
    let both =
        [("moved", "R8.12.10"), ("moved_address", "緑町2-1-1"), ("moved_who", &*haru), ("moved_who", &*son)];
    sano.post(&format!("{home}/moved"), &both).await.is(303);
    sano.get(&home).await.see("引っ越し先の地区は南の地区です").see("南部福祉総合相談室 に引き継ぐ");
});

story!(a_desk_that_is_there_for_the_new_area_too_goes_on, |app| async {
    areas(app).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    let (case, home, haru) = household(app, &mut kinoshita).await;
    moves(&mut kinoshita, &home, "R8.12.10", ("緑町2-1-1", &haru)).await.is(303);
    let plan = plan_of(&kinoshita.get(&home).await);
    kinoshita
        .get(&format!("/cases/{case}/refer?kind=hand_over&moved={plan}"))
        .await
        .is(200)
        .see("引っ越し先の地区は南の地区です。いまの主担当の窓口は、その地区も受け持っています")
        .not_see("見つかりません");
});

story!(the_review_of_a_plan_ends_with_the_last_who_would_have_moved, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (case, home, haru) = at_home(app, &mut sano).await;
    let son = crate::agreed_to::also(&mut sano, &case, "青木 太郎", "child").await;
    sano.get(&home).await.is(200);
    let together =
        [("moved", "R8.12.10"), ("moved_address", "辻堂8-8-8"), ("moved_who", &*haru), ("moved_who", &*son)];
    sano.post(&format!("{home}/moved"), &together).await.is(303);
    assert_eq!(open_reviews(app).await, 1);
    let plan = the_review(&mut sano).await;
    // One of the two dies: the other one still moves, and both are to be looked at.
    let dies = async |sano: &mut Person, who: &str| {
        sano.get(&format!("/persons/{who}")).await.is(200);
        sano.post(&format!("/persons/{who}/died"), &[("died", "R8.11.20")]).await.is(303);
    };
    dies(&mut sano, &haru).await;
    assert_eq!(open_reviews(app).await, 2);
    sano.get(&plan).await.see("引っ越す予定です").see("青木 太郎");
    // Nobody moves any more: what is left to look at are the two deaths.
    dies(&mut sano, &son).await;
    assert_eq!(open_reviews(app).await, 2);
    sano.get(&plan).await.is(200).see("いらなくなりました").not_see("引っ越す予定です");
    sano.get(&home).await.is(200).not_see("引っ越す予定です").not_see("辻堂8-8-8");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(where_a_sheltered_person_will_live_is_kept_like_where_they_live, |app| async {
    let (mut sano, mut kinoshita, case, haru, referral) = known_to_two(app).await;
    let home = sano.get(&haru).await.link("世帯");
    let id = haru.trim_start_matches("/persons/").to_owned();
    moves(&mut sano, &home, "R8.12.10", ("辻堂8-8-8", &id)).await.is(303);
    let pages =
        [haru.clone(), home.clone(), format!("/cases/{case}"), format!("/cases/{case}/timeline"), referral];
    kinoshita.get(&haru).await.see("引っ越す予定: 辻堂8-8-8");
    kinoshita.get(&pages[3]).await.see("引っ越す予定です");
    kinoshita.get(&pages[4]).await.see("辻堂8-8-8");
    kinoshita.search("辻堂8-8-8").await.see("青木 ハル");
    shelter(app, &mut sano, &haru).await;
    for page in &pages {
        kinoshita.get(page).await.not_see("辻堂").not_see("引っ越す予定");
    }
    kinoshita.search("辻堂8-8-8").await.not_see("青木 ハル");
    sano.get(&haru).await.see("辻堂8-8-8");
    // And on its day: it is the address, and kept; the area is told to nobody.
    app.clock.forward_minutes(60 * 24 * 25);
    assert_eq!(rounds(app).await, 1);
    let (mut sano, mut kinoshita) = (app.sign_in("sano").await, app.sign_in("kinoshita").await);
    sano.get(&haru).await.see("value=\"辻堂8-8-8\"").see(ADDRESS);
    kinoshita.get(&haru).await.is(200).not_see("辻堂").not_see("湘南台").not_see("引っ越");
    kinoshita.search("湘南台9-9-9").await.not_see("青木 ハル");
});

story!(whoever_lives_where_a_sheltered_person_will_live_gives_it_away_to_nobody, |app| async {
    let (mut sano, mut kinoshita, _, haru, _) = known_to_two(app).await;
    let home = sano.get(&haru).await.link("世帯");
    sano.get(&home).await.is(200);
    sano.post(&format!("{home}/members"), &[("name", "青木 ふみ"), ("relation", "妹")]).await.is(303);
    let id = crate::family::id_of(&mut sano, &home, "青木 ふみ").await;
    shelter(app, &mut sano, &format!("/persons/{id}")).await;
    kinoshita.get(&haru).await.is(200).see(ADDRESS);
    moves(&mut sano, &home, "R8.12.10", ("湘南台９丁目９番地の９", &id)).await.is(303);
    kinoshita.get(&haru).await.is(200).not_see("湘南台").not_see("1234");
    let off = format!("{home}/moved/{}/off", plan_of(&sano.get(&home).await));
    sano.post(&off, &[]).await.is(303);
    kinoshita.get(&haru).await.see(ADDRESS);
});

/// Whether a choice of a form is made.
fn chosen(page: &Page, value: &str) -> bool {
    page.body.contains(&format!("<option value=\"{value}\" selected"))
}

/// Makes a desk answer for a matter in an area, by name.
async fn answers(app: &App, desk: words::id::DeskId, area: &str) {
    use register::{Matter, NewResponsibility, Span, acts};
    use words::code::Code;
    let m = app.town.municipality;
    let right = access::Right::system(System::Import);
    let mut act = app.engine.system_act(System::Import, m, Origin::File, "story.duty", &desk).await.unwrap();
    let areas = register::areas(&mut act.facts().unwrap(), m, "").await.unwrap();
    let area = areas.iter().find(|a| a.name == area).map(|a| a.id);
    assert!(area.is_some());
    let duty = NewResponsibility {
        desk,
        area,
        matter: Matter::parse("income").unwrap(),
        contact: String::new(),
        span: Span { from: words::Day::new(2025, 4, 1).unwrap(), to: None },
        confirmed: None,
    };
    acts::add_responsibility(&mut act, &right, &duty).await.unwrap();
    act.commit("").await.unwrap();
}

story!(a_hand_over_is_proposed_to_whoever_is_there_for_the_new_address, |app| async {
    let south = areas(app).await;
    let mut sano = app.sign_in("sano").await;
    let (case, home, haru) = at_home(app, &mut sano).await;
    moves(&mut sano, &home, "R8.12.10", ("緑町2-1-1", &haru)).await.is(303);
    let page = sano.get(&home).await;
    page.see("引っ越し先の地区は南の地区です").see("南部福祉総合相談室 に引き継ぐ");
    let plan = plan_of(&page);
    let form = format!("/cases/{case}/refer?kind=hand_over&moved={plan}");
    let page = sano.get(&form).await;
    page.is(200).see("引っ越し先の地区は南の地区です。その地区を受け持つ窓口を選んであります");
    assert!(chosen(&page, &south.to_string()));
    assert!(page.body.contains("selected>地区: 南の地区"), "the area of the preview is the new one");
    // The table of who answers for what comes first: for what this desk answers for here, whoever does so there.
    let shakyo = app.town.desk("shakyo");
    answers(app, app.town.desk("hokubu"), "北の地区").await;
    answers(app, shakyo, "南の地区").await;
    let page = sano.get(&form).await;
    assert!(chosen(&page, &shakyo.to_string()) && !chosen(&page, &south.to_string()));
    // Out of the town: nobody of it is proposed.
    sano.get(&format!("{home}?plan={plan}")).await;
    let fields = [("moved", "R8.12.10"), ("moved_address", "茅ヶ崎市緑町1-2-3"), ("moved_who", &*haru)];
    sano.post(&format!("{home}/moved"), &fields).await.is(303);
    let page = sano.get(&home).await;
    page.see("引っ越し先は市の外です").see("転出先の窓口に引き継ぐ").not_see("南部福祉総合相談室");
    let page = sano.get(&format!("/cases/{case}/refer?kind=hand_over&moved={}", plan_of(&page))).await;
    page.is(200).see("引っ越し先は市の外です");
    assert!(!chosen(&page, &south.to_string()) && !chosen(&page, &shakyo.to_string()));
});

story!(what_another_desk_answers_for_is_not_handed_over_but_told, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (case, home, haru) = at_home(app, &mut sano).await;
    let shakyo = app.town.desk("shakyo").to_string();
    let referral = send(&mut sano, &case, &shakyo, &[("kind", "hand_over")]).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&referral).await.is(200);
    kinoshita.post(&format!("{referral}/accept"), &[]).await.is(303);
    moves(&mut sano, &home, "R8.11.20", ("辻堂8-8-8", &haru)).await.is(303);
    let page = sano.get(&home).await;
    page.see("主担当は バックアップふじさわ社協").not_see("refer?kind=hand_over");
    let tell = page.link("引っ越しを知らせる（情報提供を書く）");
    let page = sano.get(&tell).await;
    page.is(200);
    assert!(chosen(&page, &shakyo));
});

story!(a_household_of_another_desk_says_so_to_its_reader, |app| async {
    let (mut sano, mut kinoshita, _, haru, _) = known_to_two(app).await;
    let home = sano.get(&haru).await.link("世帯");
    sano.get(&home).await.see("この窓口で聞いたことだけを書きます").not_see("ほかの窓口が書いた世帯");
    kinoshita.get(&home).await.is(200).see("ほかの窓口が書いた世帯").not_see("この窓口で聞いたことだけ");
});

story!(somebody_is_found_by_where_they_lived_before, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (case, home, haru) = at_home(app, &mut sano).await;
    moves(&mut sano, &home, "R8.11.20", ("辻堂8-8-8", &haru)).await.is(303);
    // In any notation, and it says that they live there no more.
    for words in ["湘南台7-7-7", "湘南台七丁目７番７号"] {
        sano.search(words).await.see("青木 ハル").see("前の住所: 湘南台7-7-7").see("辻堂8-8-8");
    }
    sano.search("辻堂8-8-8").await.see("青木 ハル").not_see("前の住所:");
    sano.search("湘南台7-7-77").await.not_see("青木 ハル");
    // By hand, and taken back.
    let person = format!("/persons/{haru}");
    sano.get(&person).await;
    let hand = [("lived_address", "大庭5-5-5"), ("lived_until", "H20")];
    sano.post(&format!("{person}/addresses"), &hand).await.is(303);
    sano.search("大庭5-5-5").await.see("前の住所: 大庭5-5-5");
    let page = sano.get(&person).await;
    let row = page.body.split("<li>").find(|l| l.starts_with("大庭5-5-5")).unwrap();
    let remove = row.split("action=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    sano.post(&remove, &[]).await.is(303);
    sano.search("大庭5-5-5").await.not_see("青木 ハル");
    // Whoever has no basis finds nobody; with one, as long as she is not sheltered.
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.search("湘南台7-7-7").await.not_see("青木 ハル");
    let referral = send(&mut sano, &case, &app.town.desk("shakyo").to_string(), &[("kind", "join")]).await;
    kinoshita.get(&referral).await.is(200);
    kinoshita.post(&format!("{referral}/accept"), &[]).await.is(303);
    kinoshita.search("湘南台7-7-7").await.see("青木 ハル");
    shelter(app, &mut sano, &person).await;
    kinoshita.search("湘南台7-7-7").await.not_see("青木 ハル").not_see("前の住所:");
    sano.search("湘南台7-7-7").await.see("前の住所: 湘南台7-7-7");
    // What was there before this was looked for is put into the index by the job.
    let m = app.town.municipality;
    let id: words::id::PersonId = haru.parse().unwrap();
    let right = access::Right::system(System::Console);
    let mut act = app.engine.system_act(System::Console, m, Origin::Console, "story", &m).await.unwrap();
    let mut conn = act.save(&right).unwrap();
    engine::search::remove_many(&mut conn, m, "person_where", vec![id.cast()]).await.unwrap();
    for sql in [
        "DELETE FROM person_block WHERE municipality_id = $1",
        "DELETE FROM person_due WHERE municipality_id = $1",
        "DELETE FROM same_mark WHERE municipality_id = $1",
    ] {
        conn.exec(sql, args![m]).await.unwrap();
    }
    act.commit("").await.unwrap();
    sano.search("湘南台7-7-7").await.not_see("青木 ハル");
    household::look_for(&app.engine, m).await.unwrap();
    sano.search("湘南台7-7-7").await.see("前の住所: 湘南台7-7-7");
});

story!(what_a_filter_passes_by_is_no_look_at_anybody, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    case_of(app, &mut kinoshita, "青木 ハル", "家賃が払えない").await;
    records(&mut kinoshita, Told { name: "青木 ナツ", ..Told::default() }).await;
    records(&mut kinoshita, Told { name: "青木 アキ", ..Told::default() }).await;
    kinoshita.get("/search").await;
    let before = looked_at(app).await;
    let page = kinoshita.post("/search", &[("q", "青木"), ("open", "yes")]).await;
    page.see("青木 ハル")
        .not_see("青木 ナツ")
        .not_see("青木 アキ")
        .see("1人")
        .not_see("ほかにもいるかもしれません");
    assert_eq!(looked_at(app).await - before, 1, "only who was shown");
    kinoshita.get("/search").await;
    let before = looked_at(app).await;
    let other = app.town.desk("hokubu").to_string();
    kinoshita.post("/search", &[("q", "青木"), ("desk", &*other)]).await.not_see("青木 ハル");
    assert_eq!(looked_at(app).await, before, "nobody");
});

/// How many looks at people by searching stand in the log.
async fn looked_at(app: &App) -> i64 {
    let m = app.town.municipality;
    let mut act = app.engine.system_act(System::Console, m, Origin::Console, "story", &m).await.unwrap();
    let sql = "SELECT COUNT(*) AS n FROM access_log WHERE municipality_id = $1 AND channel = 'search' \
               AND record_kind = 'person'";
    act.facts().unwrap().one(sql, args![m]).await.unwrap().get("n").unwrap()
}

story!(who_died_is_marked_beside_what_is_about_them, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (case, _, haru) = at_home(app, &mut sano).await;
    let at = format!("/cases/{case}");
    sano.get(&format!("{at}/entries?write=1")).await.is(200);
    let about =
        [("form", "visit"), ("occurred", "R8.11.20"), ("body", "ゆっくり話した"), ("body_about", &*haru)];
    sano.post(&format!("{at}/entries"), &about).await.is(303);
    sano.get(&at).await.see("ゆっくり話した").not_see("（亡くなった）");
    sano.get(&format!("/persons/{haru}")).await;
    sano.post(&format!("/persons/{haru}/died"), &[("died", "R8.11.20")]).await.is(303);
    sano.get(&at).await.see("青木 ハル（亡くなった）").see("青木 ハルさん 令和8年11月20日に亡くなりました");
});
