//! The sessions of a body through a year: planned by its rhythm, each leading to the next; what is carried over, given as homework or waits
//! in the queue arrives where it belongs, also when a day moves or is called off.

use words::{Day, Instant};

use crate::after::{general, place};
use crate::session::{attend, found, id_of, step};
use crate::session_life::night;
use crate::support::{App, Page, Person};

/// Plans the second Wednesdays of December to March at 14:00; the body and its sessions in order.
async fn year(app: &App, hase: &mut Person) -> (String, Vec<String>) {
    let body = found(app, hase, "重層的支援会議", &["integrated"], "1").await;
    let asked = format!(
        "/sessions/series?body={}&show=1&pattern=monthly&nth=2&weekday=wed&closed=later&from=R8.11.22&to=R9.3.31",
        id_of(&body)
    );
    let page = hase.get(&asked).await;
    let days: Vec<String> =
        page.body.split("name=\"days\" value=\"").skip(1).map(|s| s[..10].to_owned()).collect();
    assert_eq!(days, ["2026-12-09", "2027-01-13", "2027-02-10", "2027-03-10"]);
    let mut fields: Vec<(&str, &str)> = vec![
        ("title", "第{n}回 重層的支援会議"),
        ("first", "1"),
        ("starts", "14:00"),
        ("ends", "15:30"),
        ("place", "本庁舎7階"),
        ("answer_before", "7"),
    ];
    fields.extend(days.iter().map(|d| ("days", d.as_str())));
    hase.post("/sessions/series", &fields).await.goes_to(&format!("{body}?done=session_series"));
    let page = hase.get(&body).await;
    let sessions = (1..=4).map(|n| page.link(&format!("第{n}回"))).collect();
    (body, sessions)
}

/// Gives homework until the next session; its address.
async fn until_next(hase: &mut Person, session: &str, item: &str, desk: &str, what: &str) -> String {
    let path = format!("/sessions/items/{}/homework", id_of(item));
    hase.get(&path).await.is(200);
    hase.post(&path, &[("what", what), ("desk", desk), ("by_next", "1")]).await.is(303);
    hase.get(session).await.link(what)
}

fn next_of(page: &Page) -> String {
    page.body
        .split("次回</dt><dd><a href=\"")
        .nth(1)
        .map_or_else(String::new, |s| s.split('"').next().unwrap().to_owned())
}

/// Moves a session to another day at the same time.
async fn moved(hase: &mut Person, session: &str, on: &str, answer_by: &str) -> Page {
    let page = hase.get(&format!("{session}/edit")).await;
    page.is(200);
    let value = |name: &str| {
        let tag = page.body.split("<input").find(|t| t.contains(&format!("name=\"{name}\""))).unwrap();
        tag.split("value=\"").nth(1).unwrap_or_default().split('"').next().unwrap_or_default().to_owned()
    };
    let (title, place) = (value("title"), value("place"));
    let fields = [
        ("title", title.as_str()),
        ("on", on),
        ("starts", "14:00"),
        ("ends", "15:30"),
        ("place", place.as_str()),
        ("answer_by", answer_by),
    ];
    hase.post(&format!("{session}/edit"), &fields).await
}

fn at(year: i32, month: u32, day: u32, hour: u32) -> Instant {
    Instant::at(Day::new(year, month, day).unwrap(), hour, 0)
}

story!(what_a_session_leaves_arrives_at_the_next_one_whatever_becomes_of_its_day, |app| async {
    let mut hase = app.sign_in("hase").await;
    let (body, s) = year(app, &mut hase).await;
    // Each leads to the next; calendar, week and list show them.
    for (n, session) in s.iter().enumerate() {
        let page = hase.get(session).await;
        assert_eq!(next_of(&page), s.get(n + 1).cloned().unwrap_or_default(), "{}", page.text());
    }
    hase.get("/calendar?on=2027-01-20").await.see("14:00 第2回 重層的支援会議");
    hase.get("/calendar?view=week&on=2027-02-12").await.see("第3回 重層的支援会議").see("本庁舎7階");
    hase.get("/sessions").await.see("第1回").see("第4回");

    // The first one: homework until the next, one item carried over, desks invited.
    let talk = general(&mut hase, &body, &s[0], "移動の足の確保").await;
    let late = general(&mut hase, &body, &s[0], "見守りの輪").await;
    let ikiiki = app.town.desk("ikiiki").to_string();
    for session in &s[..2] {
        hase.get(session).await;
        let fields = [("desk", ikiiki.as_str()), ("name", ""), ("why", "section"), ("obligatory", "")];
        hase.post(&format!("{session}/add"), &fields).await.is(303);
    }
    app.clock.set(at(2026, 12, 9, 15));
    let mut hase = app.sign_in("hase").await;
    step(&mut hase, &s[0], &talk, "begin", &[]).await.is(303);
    let homework = until_next(&mut hase, &s[0], &talk, &ikiiki, "時刻表を集める").await;
    step(&mut hase, &s[0], &talk, "conclude", &[]).await.is(303);
    step(&mut hase, &s[0], &late, "carry", &[]).await.is(303);
    attend(&mut hase, &s[0], "room", &[]).await;
    hase.get(&s[0]).await;
    hase.post(&format!("{}/hold", s[0]), &[]).await.is(303);
    let page = hase.get(&s[1]).await;
    page.see("見守りの輪").see("前の回から").see("時刻表を集める").see("1月13日");

    // Its day moves: the homework with it; who had answered is asked again.
    let mut noguchi = app.sign_in("noguchi").await;
    let invitation = noguchi.get("/sessions").await.link("第2回 重層的支援会議");
    noguchi.get(&invitation).await;
    noguchi.post(&invitation, &[("reply", "attends")]).await.is(303);
    noguchi.get("/").await.not_see("会議の招集に答える");
    moved(&mut hase, &s[1], "R9.1.20", "R9.1.15").await.is(303);
    hase.get(&s[0]).await.see("1月20日");
    noguchi.get(&homework).await.is(200).see("1月20日");
    noguchi.get("/").await.see("会議の招集に答える");
    hase.get(&s[1]).await.see("返事なし");
    noguchi.get(&invitation).await;
    noguchi.post(&invitation, &[("reply", "attends")]).await.is(303);
    // The same day at another place asks nobody again.
    moved(&mut hase, &s[1], "R9.1.20", "R9.1.16").await.is(303);
    noguchi.get("/").await.not_see("会議の招集に答える");
    // Past the one after it: the order follows the days.
    moved(&mut hase, &s[1], "R9.2.17", "R9.2.10").await.is(303);
    for (from, to) in [(0, 2), (2, 1), (1, 3)] {
        assert_eq!(next_of(&hase.get(&s[from]).await), s[to], "{from} leads to {to}");
    }
    noguchi.get(&homework).await.see("2月10日");
    moved(&mut hase, &s[1], "R9.1.20", "R9.1.16").await.is(303);
    for (from, to) in [(0, 1), (1, 2), (2, 3)] {
        assert_eq!(next_of(&hase.get(&s[from]).await), s[to], "{from} leads to {to} again");
    }

    // Called off: what stood on its agenda waits, first in line, and its homework is due at the one after it.
    hase.get(&s[1]).await;
    hase.post(&format!("{}/cancel", s[1]), &[]).await.is(303);
    assert_eq!(next_of(&hase.get(&s[0]).await), s[2]);
    noguchi.get(&homework).await.see("2月10日");
    hase.get(&s[2]).await.see("時刻表を集める");
    hase.get("/calendar?on=2027-01-20").await.not_see("第2回 重層的支援会議");
    hase.get(&body).await.see("見守りの輪").see("前の回から");
    noguchi.get("/").await.not_see("会議の招集に答える");
    // A day in between takes its place in the order.
    let id = id_of(&body).to_owned();
    hase.get(&format!("/sessions/new?body={id}")).await.is(200);
    let fields = [
        ("body", id.as_str()),
        ("title", "臨時の回"),
        ("on", "R9.1.27"),
        ("starts", "10:00"),
        ("ends", "11:00"),
        ("place", "本庁舎7階"),
        ("answer_by", "R9.1.25"),
    ];
    let between = crate::session::at(&hase.post("/sessions/new", &fields).await);
    assert_eq!(next_of(&hase.get(&s[0]).await), between);
    assert_eq!(next_of(&hase.get(&between).await), s[2]);
    noguchi.get(&homework).await.see("1月27日");
    // The one that waits is placed from the page of the session.
    let page = hase.get(&between).await;
    let waiting = page.forms().into_iter().find(|f| f.action.ends_with("/place")).unwrap().action;
    hase.post(&waiting, &[]).await.is(303);
    hase.get(&between).await.see("見守りの輪");
    night(app).await;
    assert_eq!(crate::session_life::open(app, &["place_item"]).await, 0);
    noguchi.get(&homework).await;
    noguchi.post(&format!("{homework}/done"), &[("result", "三本あった")]).await.is(303);
    hase.get(&between).await.see("三本あった");
});

story!(a_session_takes_as_many_cases_as_it_can_and_the_rest_wait_in_order, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (_, _, matter) = crate::conference::raised(app, &mut sano, &mut hase).await;
    crate::conference::pledge(&mut sano, &matter).await;
    crate::conference::pledge(&mut hase, &matter).await;
    let body = found(app, &mut hase, "支援会議", &["support_conference"], "1").await;
    let plan = crate::session::plan;
    let first = plan(&mut hase, &body, "第1回 支援会議", "R8.12.9", &[("capacity", "2")]).await;
    let second = plan(&mut hase, &body, "第2回 支援会議", "R9.1.13", &[("answer_by", "R9.1.6")]).await;
    let lead = app.town.desk("hokubu").to_string();
    let from = format!("matter={}", id_of(&matter));
    let mut items = Vec::new();
    for priority in ["normal", "when_room", "urgent"] {
        let fields = [("initiator", lead.as_str()), ("priority", priority)];
        let page = crate::session::propose(&mut sano, &from, (&body, "support_conference"), &fields).await;
        items.push(crate::session::at(&page));
    }
    // Urgent first, then who waits, then what comes when there is room.
    let page = hase.get(&first).await;
    let forms = page.forms().into_iter().filter(|f| f.action.ends_with("/place"));
    let queue: Vec<String> = forms.map(|f| f.action).collect();
    let wanted: Vec<String> =
        [2, 0, 1].iter().map(|n| format!("/sessions/items/{}/place", id_of(&items[*n]))).collect();
    assert_eq!(queue, wanted);
    place(&mut hase, &items[2], &first).await;
    hase.get(&first).await.see("2件のうち1件");
    place(&mut hase, &items[0], &first).await;
    hase.get(&items[1]).await;
    let path = format!("/sessions/items/{}/place", id_of(&items[1]));
    hase.post(&path, &[("meeting", id_of(&first))]).await.is(422).see("いっぱい");
    // Carried over, one takes the room of the next session; the other waits, before what waited already.
    app.clock.set(at(2026, 12, 9, 15));
    let mut hase = app.sign_in("hase").await;
    step(&mut hase, &first, &items[2], "carry", &[]).await.is(303);
    step(&mut hase, &first, &items[0], "carry", &[]).await.is(303);
    let page = hase.get(&second).await;
    page.see("前の回から").see("1件のうち1件");
    let forms: Vec<String> =
        page.forms().into_iter().filter(|f| f.action.ends_with("/place")).map(|f| f.action).collect();
    assert_eq!(forms.len(), 2);
    assert_eq!(forms[1], path);
    hase.get("/").await.see("順番を待つ議題を、回に入れる");
});
