//! 参加支援: a wish is matched with a place, asked, tried, settled in, ended; what no place could take is an unmet need.

use words::Day;

use crate::agreement::withdraw;
use crate::casefile::{case, first};
use crate::referral::{case_of, send};
use crate::support::{App, Page, Person};

/// Writes a wish of the first person of a case (`/cases/…`); its page.
pub async fn wish(who: &mut Person, case: &str, words: &str, cat: &str) -> String {
    let at = format!("{case}/participation");
    let page = who.get(&at).await;
    page.is(200);
    let person = option(&page, "person");
    let mut fields =
        vec![("person", person.as_str()), ("wish", words), ("next", "R8.12.1"), ("on", "R8.11.20")];
    if !cat.is_empty() {
        fields.push(("wish_cat", cat));
    }
    let desk = option(&page, "desk");
    fields.push(("desk", &desk));
    who.post(&at, &fields).await.goes_to(&format!("{at}?done=participation_begun"));
    let page = who.follow().await;
    page.is(200).see(words);
    let start = format!("<a href=\"{at}/");
    let of = page.body.split(&start).skip(1).find(|rest| rest.split("</a>").next().unwrap().contains(words));
    format!("{at}/{}", of.expect("a link to the wish").split('"').next().unwrap())
}

/// The first choice of a list, the chosen one before the others.
fn option(page: &Page, name: &str) -> String {
    let rest = page.body.split(&format!("<select id=\"{name}\"")).nth(1).expect("a list");
    let list = rest.split("</select>").next().unwrap();
    let value = |o: &str| o.split('"').next().unwrap().to_owned();
    let all: Vec<&str> = list.split("<option value=\"").skip(1).collect();
    let chosen = all.iter().find(|o| o.split('>').next().unwrap().contains("selected"));
    chosen.or(all.iter().find(|o| !value(o).is_empty())).map(|o| value(o)).unwrap()
}

async fn step(who: &mut Person, at: &str, step: &str, fields: &[(&str, &str)]) -> Page {
    who.get(at).await.is(200);
    let fields: Vec<(String, &str)> = fields.iter().map(|(n, v)| (format!("{step}_{n}"), *v)).collect();
    let mut fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), *v)).collect();
    let on = format!("{step}_on");
    fields.push((&on, "R8.11.21"));
    let action = format!("{at}/{step}");
    let offered = who.page.forms().iter().any(|f| f.action == action);
    // A step that is not offered is sent by hand, against the version of the page.
    let version = who
        .page
        .body
        .split("name=\"base_version\" value=\"")
        .nth(1)
        .map_or(String::new(), |rest| rest.split('"').next().unwrap().to_owned());
    if !offered {
        fields.push(("base_version", &version));
    }
    who.post(&action, &fields).await
}

async fn whole(app: &App) {
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
}

const TASK: &str = "参加支援の次の一歩を進める";

story!(a_wish_finds_its_place_step_by_step, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    let list = format!("{case}/participation");
    kinoshita.get(&list).await.is(200).see("まだ書かれていません");
    // Everything wrong is said at once, and what was typed stays.
    let page = kinoshita.post(&list, &[("wish", "静かなところで手を動かしたい"), ("next", "R8.11.1")]).await;
    page.is(422).see("静かなところで手を動かしたい").see("過ぎた日").see("選んでください");
    let at = wish(&mut kinoshita, &case, "静かなところで手を動かしたい-MARK-W", "support").await;
    kinoshita.page.see("場をさがしている").see("12月1日").see("合う場をさがし");
    kinoshita.get("/").await.see(TASK);
    // A trial needs a place; a place is a desk or a name, not both.
    let trial = [("trial", "R8.12.3"), ("next", "R8.12.4")];
    step(&mut kinoshita, &at, "trial", &trial).await.is(422).see("場がまだ決まっていません");
    let page =
        step(&mut kinoshita, &at, "ask", &[("next", "R8.11.27"), ("words", "見学できるか-TYPED")]).await;
    page.is(422).see("場の名前を書いてください").see("TYPED");
    let ask = [("named", "みどり工房 店主（0466-00-0000）"), ("next", "R8.11.27")];
    step(&mut kinoshita, &at, "ask", &ask).await.goes_to(&format!("{at}?done=participation_step"));
    kinoshita.follow().await.see("受入れを相談中").see("みどり工房").see("木下 ひろみ").see("11月27日");
    // A colleague has the page open; what they write is kept.
    let mut oda = app.sign_in("oda").await;
    oda.get(&at).await.is(200);
    let arranged = [
        ("trial", "R8.12.3"),
        ("trial_to", "R8.12.2"),
        ("words", "午前だけ。奥の席。-MARK-T"),
        ("next", "R8.12.4"),
    ];
    step(&mut kinoshita, &at, "trial", &arranged).await.is(422).see("体験の日からあと").see("MARK-T");
    let arranged: Vec<_> = arranged.iter().copied().filter(|f| f.0 != "trial_to").collect();
    step(&mut kinoshita, &at, "trial", &arranged).await.is(303);
    kinoshita.follow().await.see("体験中").see("体験: ").see("12月3日").see("MARK-T");
    let late = [("next_on", "R8.11.21"), ("next_next", "R8.12.9"), ("next_words", "小田の言葉")];
    oda.post(&format!("{at}/next"), &late)
        .await
        .is(409)
        .see("先に、この記録をすすめました")
        .see("小田の言葉");
    // The newest step was a mistake: it stays, and does not count.
    kinoshita.get(&at).await;
    kinoshita.post(&format!("{at}/back"), &[]).await.goes_to(&format!("{at}?done=participation_back"));
    kinoshita.follow().await.see("受入れを相談中").see("取り消されました").see("MARK-T").see("11月27日");
    step(&mut kinoshita, &at, "trial", &arranged).await.is(303);
    step(&mut kinoshita, &at, "settle", &[("next", "R9.1.15"), ("words", "週に一度通う")]).await.is(303);
    kinoshita.follow().await.see("定着を見守り中").see("1月15日").not_see("場にたずねた（受入れの相談）");
    step(&mut kinoshita, &at, "look", &[("next", "R9.4.15"), ("words", "笑うようになった-MARK-L")])
        .await
        .is(303);
    kinoshita.get(&at).await.see("MARK-L").see("4月15日");
    whole(app).await;
    // Its end says why, in words where it is another reason; and takes its promise with it.
    step(&mut kinoshita, &at, "end", &[("why", "other")]).await.is(422).see("どうなったかを書いて");
    step(&mut kinoshita, &at, "end", &[("why", "settled"), ("words", "友だちと通う")]).await.is(303);
    kinoshita.follow().await.see("終わった").see("支えがいらなくなった").see("もう一度さがす");
    kinoshita.get("/").await.not_see(TASK);
    step(&mut kinoshita, &at, "look", &[("next", "R9.5.1")]).await.is(422).see("この記録は終わっています");
    kinoshita.get(&list).await.see("終わった記録（1件）");
    step(&mut kinoshita, &at, "resume", &[("next", "R8.12.10")]).await.is(303);
    kinoshita.get("/").await.see(TASK);
    // The words stand among the texts of the case.
    kinoshita.get(&format!("{case}/entries")).await.see("MARK-W").see("MARK-L");
    app.sign_in("sano").await.get(&at).await.is(404);
    whole(app).await;
});

story!(what_no_place_can_take_is_what_the_town_lacks, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    let at = wish(&mut kinoshita, &case, "夜に話せるところがほしい-MARK-W", "support").await;
    step(&mut kinoshita, &at, "unmet", &[]).await.is(422).see("どれかを選んで").see("必ず書いて");
    let lacks = [("what", "夜にひらく居場所-MARK-N"), ("area", "isolation"), ("why", "hours")];
    step(&mut kinoshita, &at, "unmet", &lacks)
        .await
        .goes_to(&format!("{case}/participation?done=participation_step"));
    let page = kinoshita.follow().await;
    page.see("合う場がなかった").see("孤立・つながり: 時間が合わない").see("資源開拓");
    // The board has it as an unmet need, and the form of a community issue begins with area and reason, about nobody.
    kinoshita.get(&format!("{case}/board")).await.see("MARK-N").see("かなわなかった");
    let form = page.body.split("href=\"/issues/new?").nth(1).unwrap().split('"').next().unwrap();
    let form = format!("/issues/new?{}", form.replace("&amp;", "&"));
    kinoshita.get(&form).await.is(200).see("孤立・つながり: 時間が合わない").not_see("MARK").not_see("浜田");
    kinoshita.get("/").await.not_see(TASK);
    // Taken back, the need was a mistake too.
    kinoshita.get(&at).await;
    kinoshita.post(&format!("{at}/back"), &[]).await.is(303);
    kinoshita.follow().await.see("場をさがしている");
    kinoshita.get(&format!("{case}/participation")).await.not_see("資源開拓");
    kinoshita.get("/").await.see(TASK);
    whole(app).await;
});

story!(a_wish_that_may_not_be_read_is_absent_and_its_promise_no_trap, |app| async {
    let mut sano = app.sign_in("sano").await;
    let id = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let case = format!("/cases/{id}");
    let (hokubu, shakyo) = (app.town.desk("hokubu").to_string(), app.town.desk("shakyo").to_string());
    let hidden = wish(&mut sano, &case, "通院のあとに寄りたい-SECRET", "health").await;
    let shared = wish(&mut sano, &case, "畑をやりたい-SHARED", "support").await;
    // A desk without a part in the case coordinates nothing.
    step(&mut sano, &shared, "hand", &[("desk", &shakyo)]).await.is(422);
    let referral = send(&mut sano, &id, &shakyo, &[("kind", "join")]).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&shared).await.is(404);
    kinoshita.get(&referral).await;
    kinoshita.post(&format!("{referral}/accept"), &[]).await.is(303);
    let list = format!("{case}/participation");
    kinoshita.get(&list).await.is(200).see("SHARED").not_see("SECRET");
    let absent = kinoshita.get(&hidden).await;
    let nothing = kinoshita.get(&format!("{list}/00000000-0000-7000-8000-000000000000")).await;
    assert_eq!((absent.status, &absent.body), (404, &nothing.body), "differs from absence");
    let end = [("end_on", "R8.11.21"), ("end_why", "mistaken")];
    kinoshita.post(&format!("{hidden}/end"), &end).await.is(404);
    for login in ["noguchi", "hase", "mori", "kanri"] {
        app.sign_in(login).await.get(&list).await.is(404).not_see("SHARED");
    }
    // The other desk coordinates; then the person withdraws. The words are gone, the promise is not a trap.
    step(&mut sano, &shared, "hand", &[("desk", &shakyo)]).await.is(303);
    kinoshita.get("/").await.see(TASK);
    let page = sano.get(&format!("{case}/consents")).await;
    let start = format!("href=\"{case}/consents/");
    let given = page.body.split(&start).skip(1);
    let given = given.map(|rest| rest.split('"').next().unwrap()).find(|id| id.len() == 36).unwrap();
    let given = format!("{case}/consents/{given}");
    withdraw(&mut sano, &given).await;
    kinoshita.get("/").await.see(TASK);
    kinoshita.get(&list).await.is(200).see("言葉の見えない記録").not_see("SHARED").not_see("青木");
    kinoshita
        .get(&shared)
        .await
        .is(200)
        .see("まとめる窓口をかえるか")
        .not_see("SHARED")
        .not_see("場にたずねた");
    let ask = [("named", "ひまわり農園"), ("next", "R8.12.9")];
    step(&mut kinoshita, &shared, "ask", &ask).await.is(404);
    step(&mut kinoshita, &shared, "hand", &[("desk", &hokubu)])
        .await
        .goes_to(&format!("{list}?done=participation_step"));
    kinoshita.follow().await.is(200).not_see("言葉の見えない記録");
    kinoshita.get("/").await.not_see(TASK);
    sano.get("/").await.see(TASK);
    whole(app).await;
});

story!(a_death_a_closed_case_and_a_closed_desk_are_no_end_of_the_way, |app| async {
    let mut sano = app.sign_in("sano").await;
    let id = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let case = format!("/cases/{id}");
    let at = wish(&mut sano, &case, "歌いたい-MARK-W", "support").await;
    let there = app.town.desk("jidokan").to_string();
    step(&mut sano, &at, "ask", &[("place", &there), ("next", "R8.12.1")]).await.is(303);
    // The case is paused: nothing new is begun, but it can be handed on, looked after and ended.
    sano.get(&format!("{case}/end")).await;
    let over = [
        ("to", "interrupted"),
        ("reason", "unreachable"),
        ("words", "電話に出ない"),
        ("watch", "民生委員"),
        ("ends", "yes"),
    ];
    sano.post(&format!("{case}/end"), &over).await.is(303);
    sano.get(&at).await.see("ケースは終結か中断").see("この記録を終える").not_see("体験を決めた");
    sano.get("/").await.see(TASK);
    step(&mut sano, &at, "trial", &[("trial", "R8.12.3"), ("next", "R8.12.4")]).await.is(422);
    step(&mut sano, &at, "next", &[("next", "R8.12.20")]).await.is(303);
    sano.get(&format!("{case}/end")).await;
    sano.post(&format!("{case}/reopen"), &[("due", "R8.12.1"), ("promise", "")]).await.is(303);
    whole(app).await;
    // The desk that coordinates and the one that was asked close: the promise passes on, the place says who came after it.
    let (m, last) = (app.town.municipality, Day::new(2026, 11, 30).unwrap());
    let mut act = app
        .engine
        .system_act(access::System::Import, m, engine::Origin::File, "story.end", &m)
        .await
        .unwrap();
    let right = access::Right::system(access::System::Import);
    let (hokubu, shakyo) = (app.town.desk("hokubu"), app.town.desk("shakyo"));
    register::acts::end_desk(&mut act, &right, hokubu, last, shakyo).await.unwrap();
    register::acts::end_desk(&mut act, &right, app.town.desk("jidokan"), last, shakyo).await.unwrap();
    act.commit("").await.unwrap();
    app.clock.forward_minutes(12 * 24 * 60);
    casefile::office_end(&app.engine, m).await.unwrap();
    whole(app).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get("/").await.see(TASK);
    let page = kinoshita.get(&at).await;
    page.is(200)
        .see("MARK-W")
        .see("この窓口は終わりました")
        .see("ほかの場をさがしてください")
        .see("バックアップふじさわ社協");
    step(&mut kinoshita, &at, "elsewhere", &[("why", "place_ended"), ("next", "R8.12.20")]).await.is(303);
    kinoshita.follow().await.see("場をさがしている").see("場がなくなった");
    // Whoever wished it dies: the page says what is to be done.
    let household = first(&kinoshita.get(&case).await, "households");
    let person = first(&kinoshita.get(&household).await, "persons");
    kinoshita.get(&person).await;
    kinoshita.post(&format!("{person}/died"), &[("died", "R8.12.1")]).await.is(303);
    kinoshita.get(&at).await.see("本人は亡くなっています");
    step(&mut kinoshita, &at, "end", &[("why", "died")]).await.is(303);
    kinoshita.get(&at).await.see("終わった").see("亡くなった");
    kinoshita.get("/").await.not_see(TASK);
    whole(app).await;
});
