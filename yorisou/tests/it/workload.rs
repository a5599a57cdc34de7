//! How much everybody carries, and what has grown old: numbers, desks and dates, and nothing of what is in a case.

use crate::referral::case_of;
use crate::support::{App, Page, Person};

/// What the wrong viewer must not find on any of these pages.
fn bare(page: &Page) {
    page.not_see("青木").not_see("三浦").not_see("MARK");
}

const LISTS: [&str; 4] = ["/watch/silent", "/watch/no-consent", "/watch/stuck", "/watch/alone"];

/// A case of 木下's desk with somebody in charge of its promise.
async fn carried(app: &App, who: &mut Person, name: &str) -> String {
    let case = case_of(app, who, name, &format!("{name}の困りごと-MARK")).await;
    let page = who.get(&format!("/cases/{case}")).await;
    page.is(200);
    case
}

/// Writes a support record.
async fn met(who: &mut Person, case: &str, form: &str) {
    let entries = format!("/cases/{case}/entries");
    who.get(&format!("{entries}?write=1")).await.is(200);
    who.post(&entries, &[("form", form), ("body", "話した-MARK"), ("occurred", "R8.12.11"), ("at", "8:00")])
        .await
        .is(303);
}

/// Lines of a list.
fn lines(page: &Page) -> usize {
    page.body.matches("href=\"/watch/look?").count()
}

story!(lists_of_what_grows_old_hold_numbers_and_dates_and_no_more, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = carried(app, &mut kinoshita, "青木 ハル").await;
    app.sign_in("imai").await.get("/watch/silent").await.is(200).not_see("2026-00001");
    // Nobody was in contact since: after two weeks it is there, for the lead of the agency and for the coordinator.
    app.clock.forward_minutes(60 * 24 * 20);
    let (mut imai, mut hase) = (app.sign_in("imai").await, app.sign_in("hase").await);
    let mut kinoshita = app.sign_in("kinoshita").await;
    for who in [&mut imai, &mut hase] {
        let page = who.get("/watch/silent").await;
        page.is(200).see("2026-00001").see("はじめの30日").see("20日");
        bare(&page);
        let page = who.get("/nobody").await;
        page.see("しばらく会えていないケース").not_see("MARK");
        for list in LISTS {
            let page = who.get(list).await;
            page.is(200);
            bare(&page);
            let page = who.get(&format!("{list}?looked=no")).await;
            page.is(200);
        }
        bare(&who.get("/load").await);
    }
    // A lead of another agency, and whoever does not watch, have nothing of it.
    let mut mieda = app.sign_in("mieda").await;
    for list in LISTS {
        mieda.get(list).await.is(200).not_see("2026-00001");
        kinoshita.get(list).await.is(404);
    }
    mieda.get("/load").await.is(200).not_see("木下");
    kinoshita.get("/load").await.is(404);
    // Its number leads to the case for the lead of its desk, and nowhere for the coordinator.
    imai.get("/watch/silent").await.see("2026-00001");
    assert!(imai.get("/watch/silent").await.body.contains(&format!("href=\"/cases/{case}\"")));
    assert!(!hase.get("/watch/silent").await.body.contains("href=\"/cases/"));
    // An attempt that met nobody is no contact; a telephone call is.
    met(&mut kinoshita, &case, "attempt").await;
    hase.get("/watch/silent").await.see("2026-00001").see("会えなかった訪問など");
    met(&mut kinoshita, &case, "phone").await;
    hase.get("/watch/silent").await.not_see("2026-00001");
});

story!(a_count_is_as_long_as_its_list_and_who_is_kept_out_is_in_neither, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let mut sano = app.sign_in("sano").await;
    let first = carried(app, &mut kinoshita, "青木 ハル").await;
    carried(app, &mut kinoshita, "三浦 ナツ").await;
    carried(app, &mut sano, "山田 花子").await;
    app.clock.forward_minutes(60 * 24 * 200);
    let (mut imai, mut hase) = (app.sign_in("imai").await, app.sign_in("hase").await);
    let counted = |page: &Page, key: &str| -> usize {
        let row = page.body.split(key).nth(1).unwrap();
        let number = row.split('件').next().unwrap();
        number.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap()
    };
    let keys =
        ["しばらく会えていないケース", "同意のない人", "動きのないケース", "一つの課だけで抱えているケース"];
    for (who, expected) in [(&mut imai, 2), (&mut hase, 3)] {
        for (list, key) in LISTS.iter().zip(keys) {
            let nobody = who.get("/nobody").await;
            let main = nobody.body.split("<main").nth(1).unwrap().to_owned();
            let nobody = Page { body: main, ..nobody };
            let n = lines(&who.get(list).await);
            assert_eq!(n, counted(&nobody, key), "{list}");
            assert_eq!(n, if *list == "/watch/alone" { 0 } else { expected }, "{list}");
        }
    }
    // 長谷 is kept out of the first household: of every list and of every count.
    imai.get(&format!("/cases/{first}/consents")).await.is(200);
    let user = app.town.user("hase").to_string();
    imai.post(&format!("/cases/{first}/exclusions"), &[("user", &user), ("reason", "relative")])
        .await
        .is(303);
    for list in LISTS {
        hase.get(list).await.is(200).not_see("2026-00001");
    }
    assert_eq!(lines(&hase.get("/watch/silent").await), 2);
    hase.get(&format!("/watch/look?list=silent&case={first}")).await.is(404);
    let fields = [("list", "silent"), ("case", first.as_str()), ("next", "R9.7.1"), ("decision", "go_on")];
    hase.post("/watch/look", &fields).await.is(404);
    hase.get(&format!("/matters/new?no_consent={first}")).await.is(404);
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(a_count_is_as_long_as_its_list_also_by_what_was_written, |app| async {
    let (mut kinoshita, mut sano) = (app.sign_in("kinoshita").await, app.sign_in("sano").await);
    let met_often = carried(app, &mut kinoshita, "青木 ハル").await;
    let met_lately = carried(app, &mut kinoshita, "三浦 ナツ").await;
    carried(app, &mut sano, "山田 花子").await;
    app.clock.forward_minutes(60 * 24 * 70);
    let mut kinoshita = app.sign_in("kinoshita").await;
    // Three times people met over it and nothing changed, which is long ago; of the other one somebody heard last week.
    for _ in 0..3 {
        met(&mut kinoshita, &met_often, "meeting").await;
    }
    let entries = format!("/cases/{met_lately}/entries");
    kinoshita.get(&format!("{entries}?write=1")).await.is(200);
    let fields = [("form", "phone"), ("body", "話した-MARK"), ("occurred", "R9.1.22"), ("at", "8:00")];
    kinoshita.post(&entries, &fields).await.is(303);
    let (mut imai, mut hase) = (app.sign_in("imai").await, app.sign_in("hase").await);
    let keys = ["しばらく会えていないケース", "同意のない人", "動きのないケース"];
    for (who, expected) in [(&mut imai, [1, 2, 1]), (&mut hase, [2, 3, 1])] {
        let nobody = who.get("/nobody").await;
        let main = nobody.body.split("<main").nth(1).unwrap().to_owned();
        for ((list, key), n) in LISTS.iter().zip(keys).zip(expected) {
            let row = main.split(key).nth(1).unwrap().split('件').next().unwrap();
            let counted = row.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap();
            assert_eq!(counted, n.to_string(), "{list}");
            assert_eq!(lines(&who.get(list).await), n, "{list}");
        }
    }
});

story!(somebody_looks_says_when_next_and_asks_the_desk_to_decide, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = carried(app, &mut kinoshita, "青木 ハル").await;
    app.clock.forward_minutes(60 * 24 * 20);
    let mut hase = app.sign_in("hase").await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    let page = hase.get("/watch/silent?looked=no").await;
    assert_eq!(lines(&page), 1);
    let look = page.link("確かめる");
    let page = hase.get(&look).await;
    page.is(200).see("2026-00001").see("木下 ひろみ").not_see("青木");
    let kinoshita_id = app.town.user("kinoshita").to_string();
    let post = |next: &'static str, decision: &'static str, decider: String| {
        vec![
            ("list", "silent".to_owned()),
            ("case", case.clone()),
            ("next", next.to_owned()),
            ("decision", decision.to_owned()),
            ("decider", decider),
            ("ticks", "tried".to_owned()),
        ]
    };
    let sent = |fields: &[(&'static str, String)]| -> Vec<(&'static str, String)> { fields.to_vec() };
    // Everything that is wrong at once, and nothing lost.
    let fields = sent(&post("R8.1.1", "ask", String::new()));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    hase.post("/watch/look", &fields).await.is(422).see("明日から1年").see("R8.1.1");
    hase.get(&look).await;
    let fields = sent(&post("R9.1.15", "ask", kinoshita_id));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    hase.post("/watch/look", &fields).await.goes_to("/watch/silent?done=watch_asked");
    hase.get("/watch/silent").await.see("進め方を決めるよう頼んだ");
    assert_eq!(lines(&hase.get("/watch/silent?looked=no").await), 0);
    // It is in the work of whoever decides, with the way to raise it; and it ends by saying so.
    let today = kinoshita.get("/").await;
    today.see("次の進め方を決める");
    let task = today.link("見守りから: 次の進め方を決める");
    kinoshita.get(&task).await.is(200).see("支援依頼を送る").see("青木 ハル");
    kinoshita.post(&format!("{task}/done"), &[]).await.is(303);
    kinoshita.get("/").await.not_see("次の進め方を決める");
    // On its day it waits again.
    app.clock.forward_minutes(60 * 24 * 40);
    let mut hase = app.sign_in("hase").await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    assert_eq!(lines(&hase.get("/watch/silent?looked=no").await), 1);
    // Asked again, and the case ends meanwhile: nothing is left behind.
    hase.get(&look).await;
    let fields = sent(&post("R9.3.15", "ask", app.town.user("oda").to_string()));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    hase.post("/watch/look", &fields).await.is(303);
    app.sign_in("oda").await.get("/").await.see("次の進め方を決める");
    kinoshita.get(&format!("/cases/{case}/end")).await.is(200);
    let end = [
        ("to", "closed"),
        ("reason", "settled"),
        ("words", "落ち着いた"),
        ("watch", "民生委員"),
        ("ends", "yes"),
    ];
    kinoshita.post(&format!("/cases/{case}/end"), &end).await.is(303);
    hase.get("/watch/silent").await.not_see("2026-00001");
    hase.get(&look).await.is(404);
    app.sign_in("oda").await.get("/").await.not_see("次の進め方を決める");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(without_consent_the_way_to_a_confidential_conference_is_open_and_shows_nobody, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = carried(app, &mut sano, "青木 ハル").await;
    let mut hase = app.sign_in("hase").await;
    let page = hase.get("/watch/no-consent").await;
    page.is(200).see("2026-00001").see("北部福祉総合相談室").see("1人（まだたずねていない）");
    bare(&page);
    let new = page.link("会議へ");
    assert_eq!(new, format!("/matters/new?no_consent={case}"));
    let page = hase.get(&new).await;
    page.is(200).see("2026-00001");
    bare(&page);
    let lead = app.town.desk("suishin").to_string();
    let fields = [
        ("position", "support_conference"),
        ("lead", lead.as_str()),
        ("question", ""),
        ("no_consent", case.as_str()),
    ];
    let page = hase.post("/matters/new", &fields).await;
    page.is(303);
    let matter = page.location().split('?').next().unwrap().to_owned();
    hase.get(&matter).await.is(200);
    hase.post(&format!("{matter}/pledge"), &[]).await.is(303);
    bare(&hase.get(&matter).await);
    hase.get(&format!("/cases/{case}")).await.is(404);
    // A lead watches, and does not open matters.
    let mut mieda = app.sign_in("mieda").await;
    mieda.get(&new).await.is(404);
    // Whom a consent covers is on the list no more.
    let to = app.town.desk("shakyo").to_string();
    crate::referral::send(&mut sano, &case, &to, &[("kind", "join")]).await;
    hase.get("/watch/no-consent").await.not_see("2026-00001");
    hase.get(&new).await.is(404);
});

story!(people_of_one_case_without_consent_are_one_line, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = carried(app, &mut sano, "青木 ハル").await;
    let page = sano.get(&format!("/cases/{case}")).await;
    let household = page.body.split("href=\"/households/").nth(1).unwrap().split('"').next().unwrap();
    let household = format!("/households/{household}");
    sano.get(&household).await.is(200);
    sano.post(&format!("{household}/members"), &[("name", "青木 次郎-MARK")]).await.is(303);
    let mut hase = app.sign_in("hase").await;
    let page = hase.get("/watch/no-consent").await;
    page.is(200).see("2人（まだたずねていない）");
    bare(&page);
    assert_eq!(lines(&page), 1, "who they are is not told, so one line is enough");
});

story!(what_nobody_holds_leads_to_its_list_and_nowhere_dead, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = carried(app, &mut sano, "青木 ハル").await;
    let to = app.town.desk("shakyo").to_string();
    crate::referral::send(&mut sano, &case, &to, &[("kind", "join")]).await;
    app.clock.forward_minutes(60 * 24 * 90);
    for who in ["hase", "mieda", "imai"] {
        let mut who = app.sign_in(who).await;
        let page = who.get("/nobody").await;
        page.is(200);
        bare(&page);
        let main = page.body.split("<main").nth(1).unwrap().split("</main>").next().unwrap().to_owned();
        for href in main.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            match href.split_once('#') {
                Some((_, place)) => assert!(main.contains(&format!("id=\"{place}\"")), "{href}"),
                None => {
                    who.get(href).await.is(200);
                }
            }
        }
    }
    let mut hase = app.sign_in("hase").await;
    hase.get("/nobody")
        .await
        .see("href=\"/nobody#quiet\"")
        .see("href=\"/nobody#unanswered\"")
        .see("2026-00001");
});

story!(work_is_proposed_to_the_lightest_load_and_never_to_somebody_kept_out, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let first = carried(app, &mut kinoshita, "青木 ハル").await;
    let mut imai = app.sign_in("imai").await;
    let task = imai.get("/?all=1").await.link("次の約束");
    let page = imai.get(&task).await;
    page.is(200).see("提案:").see("決めるのはあなたです");
    let user = app.town.user("kinoshita").to_string();
    imai.post(&format!("{task}/assign"), &[("assignee", &user)]).await.is(303);
    // 木下 carries one case now: the next is proposed to 小田.
    carried(app, &mut kinoshita, "三浦 ナツ").await;
    let today = imai.get("/?all=1").await;
    let tasks: Vec<String> = today
        .body
        .split("class=\"what\"><a href=\"")
        .skip(1)
        .map(|r| r.split('"').next().unwrap().to_owned())
        .filter(|t| *t != task)
        .collect();
    let second = tasks.first().unwrap().clone();
    imai.get(&second).await.see("提案: 小田 りかさん");
    imai.get("/load").await.see("木下 ひろみ").see("2件");
    // 小田 is kept out of that household: not proposed, and nothing says why.
    let case = crate::referral::newest_case(app).await.to_string();
    assert_ne!(case, first);
    imai.get(&format!("/cases/{case}/consents")).await;
    let oda = app.town.user("oda").to_string();
    imai.post(&format!("/cases/{case}/exclusions"), &[("user", &oda), ("reason", "relative")]).await.is(303);
    imai.get(&second).await.not_see("提案: 小田");
    // Whoever takes work for themselves gets no proposal.
    kinoshita.get(&second).await.is(200).not_see("提案:");
});

story!(a_municipality_sets_its_own_weights_and_limits, |app| async {
    let mut kanri = app.sign_in("kanri").await;
    let page = kanri.get("/admin/workload").await;
    page.is(200).see("はじめの決まり: 14");
    let form = page.form("/admin/workload");
    let mut fields: Vec<(String, String)> = form.hidden.clone();
    for key in page.body.split("class=\"field\"><label for=\"").skip(1).map(|r| r.split('"').next().unwrap())
    {
        fields.push((key.to_owned(), if key == "silent_new_days" { "3" } else { "2" }.to_owned()));
    }
    let wrong: Vec<(&str, &str)> = fields
        .iter()
        .map(|(n, v)| (n.as_str(), if n == "load_base" { "たくさん" } else { v.as_str() }))
        .collect();
    kanri.post_exactly("/admin/workload", &wrong).await.is(422).see("0から999").see("たくさん");
    let right: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    kanri.post_exactly("/admin/workload", &right).await.goes_to("/admin/workload?done=workload_set");
    let mut kinoshita = app.sign_in("kinoshita").await;
    carried(app, &mut kinoshita, "青木 ハル").await;
    app.clock.forward_minutes(60 * 24 * 4);
    app.sign_in("imai").await.get("/watch/silent").await.see("2026-00001");
    app.sign_in("kinoshita").await.get("/admin/workload").await.is(404);
});

story!(much_written_and_nothing_changed_is_proposed_to_be_raised_by_somebody_named, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = carried(app, &mut kinoshita, "青木 ハル").await;
    let at = format!("/cases/{case}");
    let shakyo = app.town.desk("shakyo").to_string();
    let need = crate::board::need(&mut kinoshita, &at, "money", "家賃の滞納-MARK", &shakyo, "money").await;
    for week in 0..10 {
        app.clock.forward_minutes(60 * 24 * 6);
        let mut kinoshita = app.sign_in("kinoshita").await;
        let day = app.engine.now().day().to_string();
        let body = format!("訪ねた{week}-MARK");
        let fields = [("form", "visit"), ("occurred", day.as_str()), ("body", body.as_str())];
        kinoshita.get(&format!("{at}/entries")).await.is(200);
        kinoshita.post(&format!("{at}/entries"), &fields).await.is(303);
    }
    let mut imai = app.sign_in("imai").await;
    let page = imai.get("/watch/stuck").await;
    page.is(200).see("2026-00001").see("そのあとの記録 10件").see("決める人: 今井 まことさん");
    page.not_see("MARK").not_see("家賃").not_see("青木");
    // The proposal stands in the form, and can be changed: the lead decides.
    let look = page.link("確かめる");
    let form = imai.get(&look).await;
    form.is(200);
    let lead = app.town.user("imai").to_string();
    assert!(form.body.contains(&format!("<option value=\"{lead}\" selected>")), "the lead is named");
    let fields = [
        ("list", "stuck"),
        ("case", case.as_str()),
        ("next", "R9.3.1"),
        ("decision", "ask"),
        ("decider", lead.as_str()),
    ];
    imai.post("/watch/look", &fields).await.goes_to("/watch/stuck?done=watch_asked");
    imai.get("/").await.see("次の進め方を決める");
    // A need that comes to its end is a change.
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&need).await.is(200);
    kinoshita.post(&format!("{need}/end"), &[("to", "met"), ("outcome", "払えた")]).await.is(303);
    imai.get("/watch/stuck").await.not_see("2026-00001");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(a_board_held_by_one_agency_is_listed_and_a_partners_part_takes_it_off, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = carried(app, &mut kinoshita, "青木 ハル").await;
    let at = format!("/cases/{case}");
    let (shakyo, hokubu) = (app.town.desk("shakyo").to_string(), app.town.desk("hokubu").to_string());
    // Another desk has a part in the case and holds nothing.
    let referral = crate::referral::send(&mut kinoshita, &case, &hokubu, &[("kind", "join")]).await;
    let mut sano = app.sign_in("sano").await;
    sano.get(&referral).await;
    sano.post(&format!("{referral}/accept"), &[]).await.is(303);
    let mut imai = app.sign_in("imai").await;
    imai.get("/watch/alone").await.is(200).not_see("2026-00001");
    let mut care = String::new();
    for (area, words) in [("money", "滞納-MARK"), ("isolation", "孤立-MARK"), ("care", "介護-MARK")] {
        care = crate::board::need(&mut kinoshita, &at, area, words, &shakyo, "basic").await;
    }
    let page = imai.get("/watch/alone").await;
    page.is(200).see("2026-00001").see("3つの分野を一つの機関だけ").see("決める人: 今井 まことさん");
    page.not_see("MARK");
    app.sign_in("hase").await.get("/watch/alone").await.see("2026-00001").not_see("MARK");
    app.sign_in("mieda").await.get("/watch/alone").await.not_see("2026-00001");
    // The other desk takes a part.
    kinoshita.get(&care).await;
    let part = [("desk", hokubu.as_str()), ("what", "更新に同行する"), ("due", "R8.12.10")];
    kinoshita.post(&format!("{care}/take"), &part).await.is(303);
    imai.get("/watch/alone").await.not_see("2026-00001");
    // Done, nobody but the one section holds it again.
    let task = sano.get("/").await.link("役割分担で引きうけたことをする");
    sano.get(&task).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&care).await;
    let held = kinoshita.page.forms().iter().find(|f| f.action.ends_with("/stop")).map(|f| f.value("part"));
    let held = held.unwrap();
    kinoshita.post(&format!("{care}/stop"), &[("part", &held), ("why", "another")]).await.is(303);
    imai.get("/watch/alone").await.see("2026-00001");
});
