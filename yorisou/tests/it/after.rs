//! What comes out of a session: decisions under their items, homework on the next agenda, その後 to whoever sat there, and the sessions of
//! a rhythm.

use crate::conference::{join, pledge, raised};
use crate::decision::decide;
use crate::inquiry::partner;
use crate::session::{at, attend, december, found, id_of, plan, propose, step};
use words::Day;

use crate::support::{App, Page, Person};

/// A general subject on the agenda of a session; the address of the item.
pub async fn general(hase: &mut Person, body: &str, session: &str, subject: &str) -> String {
    hase.get("/sessions/propose").await.is(200);
    let fields = [("body", id_of(body)), ("subject", subject), ("priority", "normal")];
    let item = at(&hase.post("/sessions/propose", &fields).await);
    place(hase, &item, session).await;
    item
}

pub async fn place(hase: &mut Person, item: &str, session: &str) {
    hase.get(item).await;
    let path = format!("/sessions/items/{}/place", id_of(item));
    hase.post(&path, &[("meeting", id_of(session))]).await.is(303);
}

/// Gives homework out of an item; the answer.
async fn give(hase: &mut Person, item: &str, fields: &[(&str, &str)]) -> Page {
    let path = format!("/sessions/items/{}/homework", id_of(item));
    hase.get(&path).await.is(200);
    hase.post(&path, fields).await
}

/// The address of the homework whose line says this.
fn homework(page: &Page, what: &str) -> String {
    page.link(what)
}

/// The value of whom it can be given to, whose line says this.
pub fn taker(page: &Page, who: &str) -> String {
    let option = page.body.split("<option value=\"").find(|o| o.starts_with("i-") && o.contains(who));
    option.unwrap_or_else(|| panic!("no {who}:\n{}", page.text())).split('"').next().unwrap().to_owned()
}

/// A session of a body on 9 December at which a general subject is talked over, with 辻堂東いきいき and a partner; body, session, item.
pub async fn talked_over(app: &App, hase: &mut Person) -> (String, String, String) {
    let body = found(app, hase, "重層的支援会議", &["support_conference", "integrated"], "").await;
    let session = plan(hase, &body, "第5回 重層的支援会議", "R8.12.9", &[]).await;
    let item = general(hase, &body, &session, "移動の足の確保").await;
    let pharmacy = partner(app).await;
    for (desk, name) in [(app.town.desk("ikiiki").to_string(), ""), (pharmacy, "薬剤師 白石")] {
        hase.get(&session).await;
        let fields = [("desk", desk.as_str()), ("name", name), ("why", "section"), ("obligatory", "")];
        hase.post(&format!("{session}/add"), &fields).await.is(303);
    }
    (body, session, item)
}

story!(homework_stands_on_the_next_agenda_until_it_is_done, |app| async {
    let mut hase = app.sign_in("hase").await;
    let (body, session, item) = talked_over(app, &mut hase).await;
    app.clock.set(december(9, 15));
    let mut hase = app.sign_in("hase").await;
    step(&mut hase, &session, &item, "begin", &[]).await.is(303);
    hase.get(&session).await.see("宿題を出す");
    // Everything that is missing is said at once; a general subject names nobody.
    let page = give(&mut hase, &item, &[("what", "佐藤さんに電話する"), ("due", "R8.12.1")]).await;
    page.is(422)
        .see("だれのことか")
        .see("だれの宿題かを選んで")
        .see("もう過ぎた日")
        .see("佐藤さんに電話する");
    let page = hase.get(&format!("/sessions/items/{}/homework", id_of(&item))).await;
    let (ikiiki, pharmacy) = (taker(&page, "辻堂東いきいき"), taker(&page, "薬剤師 白石"));
    let fields = [("what", "巡回バスの時刻を確かめる"), ("who", ikiiki.as_str()), ("by_next", "1")];
    give(&mut hase, &item, &fields).await.is(303);
    let fields = [("what", "配達のできる日を出す"), ("who", pharmacy.as_str()), ("due", "R8.12.16")];
    give(&mut hase, &item, &fields).await.is(303);
    hase.get(&session).await.see("巡回バスの時刻を確かめる").see("次回まで").see("配達のできる日");
    hase.get("/").await.see("宿題がどうなったか聞いて");

    // The next session is planned: what is due by it follows its day, also when that is moved.
    let more = [("after", id_of(&session)), ("answer_by", "R9.1.6")];
    let next = plan(&mut hase, &body, "第6回 重層的支援会議", "R9.1.13", &more).await;
    let page = hase.get(&next).await;
    page.see("前の回からの宿題").see("巡回バスの時刻を確かめる").see("第5回 重層的支援会議").see("1月13日");
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get("/").await.see("会議の宿題をする");
    let page = noguchi.get(&session).await;
    let own = homework(&page, "巡回バスの時刻を確かめる");
    noguchi.get(&own).await.is(200).see("移動の足の確保").see("次回まで（令和9年1月13日");
    // Whoever does not sit there and owes nothing learns nothing of it.
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&own).await.is(404);
    kinoshita.post(&format!("{own}/done"), &[("base_version", "1")]).await.is(404);
    noguchi.get(&own).await;
    noguchi
        .post(&format!("{own}/done"), &[("result", "佐藤さんの家の前は通らない")])
        .await
        .is(422)
        .see("だれのことか");
    noguchi.post(&format!("{own}/done"), &[("result", "朝と夕方だけ通る")]).await.is(303);
    noguchi.get("/").await.not_see("会議の宿題をする");
    noguchi.post(&format!("{own}/done"), &[("base_version", "2")]).await.see("もう終わっています");
    // Of a partner without a login the secretariat writes down what it heard.
    let page = hase.get(&session).await;
    let theirs = homework(&page, "配達のできる日を出す");
    hase.get(&theirs).await;
    hase.post(&format!("{theirs}/done"), &[("result", "火曜と金曜")]).await.is(422).see("どうやって聞");
    hase.post(&format!("{theirs}/done"), &[("result", "火曜と金曜"), ("told_by", "phone")]).await.is(303);
    hase.get(&next).await.see("朝と夕方だけ通る").see("火曜と金曜").see("すんだ");
    // What is not needed any more leaves the agenda.
    let fields = [("what", "もうひとつ"), ("who", ikiiki.as_str()), ("by_next", "1")];
    give(&mut hase, &item, &fields).await.is(303);
    let page = hase.get(&next).await;
    let third = homework(&page, "もうひとつ");
    noguchi.get(&third).await;
    noguchi.post(&format!("{third}/drop"), &[("base_version", "1")]).await.is(404);
    hase.get(&third).await;
    hase.post(&format!("{third}/drop"), &[]).await.is(303);
    hase.get(&next).await.not_see("もうひとつ");
});

/// A confidential matter on an agenda, decided and with homework, in which 三枝 has not pledged, 野口 is a member no more, and 今井 was
/// invited and never one: session, item, matter.
pub async fn in_confidence(app: &App) -> (String, String, String) {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (_, _, matter) = raised(app, &mut sano, &mut hase).await;
    pledge(&mut sano, &matter).await;
    pledge(&mut hase, &matter).await;
    join(app, &mut hase, &matter, ("noguchi", "ikiiki"), "").await;
    let mut noguchi = app.sign_in("noguchi").await;
    pledge(&mut noguchi, &matter).await;
    join(app, &mut hase, &matter, ("mieda", "ikiiki"), "").await;
    let body = found(app, &mut hase, "支援会議", &["support_conference"], "").await;
    let session = plan(&mut hase, &body, "第1回 支援会議", "R8.12.9", &[]).await;
    let (lead, shakyo) = (app.town.desk("hokubu").to_string(), app.town.desk("shakyo").to_string());
    let from = format!("matter={}", id_of(&matter));
    let fields = [("initiator", lead.as_str()), ("sections", shakyo.as_str())];
    let item = at(&propose(&mut sano, &from, (&body, "support_conference"), &fields).await);
    place(&mut hase, &item, &session).await;
    hase.get(&session).await;
    hase.post(&format!("{session}/invite"), &[]).await.is(303);
    // Nobody of 社協 sits in the matter: they are called to the session as such.
    hase.get(&session).await;
    let fields = [("desk", shakyo.as_str()), ("name", ""), ("why", "section"), ("obligatory", "")];
    hase.post(&format!("{session}/add"), &fields).await.is(303);
    app.clock.set(december(9, 15));
    let mut hase = app.sign_in("hase").await;
    attend(&mut hase, &session, "room", &[]).await;
    step(&mut hase, &session, &item, "begin", &[]).await.is(303);
    // Whoever is noted as there is there for the matter: the decision can be written down at once.
    hase.get(&session).await.see("決まったことを書く");
    let words = [("other", "佐野が週に一度訪ねる-MARK-D"), ("on", "R8.12.9")];
    decide(&mut hase, &matter, "other", &words).await.is(303);
    let page = hase.get(&format!("/sessions/items/{}/homework", id_of(&item))).await;
    let sano_at = taker(&page, "佐野 健");
    let fields = [("what", "家賃の滞納を確かめる-MARK-H"), ("who", sano_at.as_str()), ("due", "R8.12.14")];
    give(&mut hase, &item, &fields).await.is(303);
    let fields = [("what", "配食の空きを聞く-MARK-I"), ("desk", lead.as_str()), ("due", "R8.12.14")];
    give(&mut hase, &item, &fields).await.is(303);
    step(&mut hase, &session, &item, "conclude", &[]).await.is(303);
    // Replaced: at once.
    let page = hase.get(&format!("{matter}/office")).await;
    let gone =
        page.body.split("<div class=\"stack\" id=\"member-").find(|s| s.contains("野口 あや")).unwrap();
    let member = gone.split('"').next().unwrap().to_owned();
    let fields = [("member", member.as_str()), ("why", "done")];
    hase.post(&format!("{matter}/leave"), &fields).await.is(303);
    (session, item, matter)
}

/// Every page and form that leads on from what came of sessions, with every byte it sends.
async fn every_page(who: &mut Person, session: &str, item: &str, more: &[String]) -> Vec<(String, Page)> {
    let mut paths: Vec<String> =
        ["/", "/sessions", "/sessions/after", "/calendar", "/matters", "/flow/sessions"]
            .iter()
            .map(|p| (*p).to_owned())
            .collect();
    paths.extend([
        session.to_owned(),
        item.to_owned(),
        format!("{session}/notice"),
        format!("{item}/homework"),
    ]);
    paths.extend([format!("{session}/room"), format!("{session}/room/view"), format!("{session}/minutes")]);
    paths.extend(more.iter().cloned());
    let mut seen = Vec::new();
    while let Some(path) = paths.pop() {
        if seen.iter().any(|(p, _)| *p == path) {
            continue;
        }
        let page = who.get(&path).await;
        let links = page.body.split("href=\"").skip(1).map(|s| s.split('"').next().unwrap_or_default());
        let own = ["/sessions/homework/", "/sessions/after/", "/sessions/invitations/", "/tasks/"];
        paths.extend(links.filter(|h| own.iter().any(|o| h.starts_with(o))).map(str::to_owned));
        seen.push((path, page));
    }
    seen
}

story!(what_was_given_in_confidence_can_be_taken_back_by_its_secretariat, |app| async {
    let (_, _, matter) = in_confidence(app).await;
    let mut hase = app.sign_in("hase").await;
    let page = hase.get(&matter).await;
    let piece = page.body.split("<li class=\"stack\">").find(|li| li.contains("MARK-I")).unwrap();
    let material = piece.split("name=\"material\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let material = material.to_owned();
    hase.post(&format!("{matter}/recall"), &[("material", &material)]).await.is(303);
    hase.get(&matter).await.not_see("MARK-I").see("MARK-D");
});

story!(what_came_of_a_confidential_item_is_its_members_alone, |app| async {
    let (session, item, matter) = in_confidence(app).await;
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    for member in [&mut sano, &mut hase] {
        let page = member.get(&session).await;
        page.see("MARK-H").see("MARK-I").see("⇒").see("そのほか");
        let decision =
            page.body.split("href=\"/decisions/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        member.get(&format!("/decisions/{decision}")).await.is(200).see("MARK-D");
    }
    sano.get("/sessions/after").await.see("2026-00001").see("進んでいる").see("2件のうち0件").see("MARK-H");
    let page = sano.get(&session).await;
    let both = [homework(&page, "MARK-H"), homework(&page, "MARK-I")];
    session::digest(&app.engine, app.town.municipality).await.unwrap();

    let secrets = ["MARK-", "2026-00001", id_of(&matter), "青木", "⇒", "進んでいる"];
    for name in ["imai", "mieda", "noguchi", "kinoshita"] {
        let mut who = app.sign_in(name).await;
        for (path, page) in every_page(&mut who, &session, &item, &both).await {
            for secret in secrets {
                // A member before the pledge is led to the words of the pledge, by the address of the matter.
                let led = name == "mieda" && secret == id_of(&matter);
                assert!(
                    led || !page.body.contains(secret),
                    "{name} sees {secret} at {path}:\n{}",
                    page.text()
                );
            }
        }
        who.post(&format!("/sessions/after/{}/ask", id_of(&item)), &[]).await.is(404);
        who.post(&format!("/sessions/items/{}/homework", id_of(&item)), &[("what", "MARK")]).await.is(404);
    }
    let mut imai = app.sign_in("imai").await;
    imai.get(&both[0]).await.is(404);
    imai.get(&both[1]).await.is(404);
    // Somebody else of the desk that was asked and no member: that it owes something, and nothing of what it is about.
    let day = Day::new(2026, 12, 9).unwrap();
    app.town.appoint(&app.engine, "oda", "hokubu", access::Role::Caseworker, day).await;
    let mut oda = app.sign_in("oda").await;
    oda.get(&both[1]).await.is(200).see("事案の構成員だけが見られます").not_see("MARK-I");
    // It can be done without words; words about it are refused, and say where they belong.
    oda.get(&both[1]).await;
    oda.post(&format!("{}/done", both[1]), &[("result", "ことば")]).await.is(422).see("構成員だけが書けます");
    oda.get(&both[1]).await;
    oda.post(&format!("{}/done", both[1]), &[]).await.is(303);
    sano.get("/sessions/after").await.see("2件のうち1件");
});

story!(whoever_sat_there_is_told_and_can_ask_what_became_of_it, |app| async {
    let mut hase = app.sign_in("hase").await;
    let (_, session, item) = talked_over(app, &mut hase).await;
    app.clock.set(december(9, 15));
    let mut hase = app.sign_in("hase").await;
    attend(&mut hase, &session, "room", &[]).await;
    step(&mut hase, &session, &item, "begin", &[]).await.is(303);
    let page = hase.get(&format!("/sessions/items/{}/homework", id_of(&item))).await;
    let shakyo = app.town.desk("shakyo").to_string();
    let pharmacy = taker(&page, "薬剤師 白石");
    for fields in [
        [("what", "巡回バスの時刻を確かめる"), ("desk", shakyo.as_str()), ("due", "R8.12.14")],
        [("what", "配達のできる日を出す"), ("who", pharmacy.as_str()), ("due", "R8.12.11")],
    ] {
        give(&mut hase, &item, &fields).await.is(303);
    }
    step(&mut hase, &session, &item, "conclude", &[]).await.is(303);
    let m = app.town.municipality;
    assert_eq!(session::digest(&app.engine, m).await.unwrap(), 0);
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get("/").await.not_see("会議のその後を見る");
    noguchi.get("/sessions/after").await.see("移動の足の確保").see("進んでいる").not_see("新しいお知らせ");

    // One is done, one is late: each participant is told once, without a name or a word of it.
    let theirs = homework(&hase.get(&session).await, "配達のできる日を出す");
    hase.get(&theirs).await;
    hase.post(&format!("{theirs}/done"), &[("result", "火曜と金曜"), ("told_by", "fax")]).await.is(303);
    app.clock.set(december(15, 9));
    assert_eq!(session::digest(&app.engine, m).await.unwrap(), 3);
    assert_eq!(session::digest(&app.engine, m).await.unwrap(), 0);
    let mut noguchi = app.sign_in("noguchi").await;
    let page = noguchi.get("/").await;
    page.see("会議のその後を見る").not_see("移動の足").not_see("巡回バス");
    let page = noguchi.get("/sessions/after").await;
    page.see("新しいお知らせが2件")
        .see("宿題がすんだ")
        .see("宿題の期限が過ぎた")
        .see("期限を過ぎた約束がある");
    page.see("火曜と金曜").see("2件のうち1件");
    noguchi.post("/sessions/after/read", &[]).await.goes_to("/sessions/after?done=session_after_read");
    noguchi.get("/sessions/after").await.not_see("新しいお知らせ").see("期限を過ぎた約束がある");
    noguchi.get("/").await.not_see("会議のその後を見る");

    // One press asks whoever answers for the item; the answer comes to all who sat there.
    let page = noguchi.get("/sessions/after").await;
    page.see("どうなったか聞く");
    let ask = format!("/sessions/after/{}/ask", id_of(&item));
    noguchi.post(&ask, &[]).await.is(303);
    noguchi.get("/sessions/after").await.see("聞いています").not_see("どうなったか聞く");
    noguchi.post(&ask, &[]).await.see("もう聞いています");
    let mut hase = app.sign_in("hase").await;
    hase.get("/").await.see("その後を聞かれた");
    let task = hase.get("/").await;
    let question =
        task.body.split("href=\"/sessions/after/questions/").nth(1).unwrap().split('"').next().unwrap();
    let question = format!("/sessions/after/questions/{question}");
    noguchi.get(&question).await.is(404);
    hase.get(&question).await.is(200).see("野口 あや").see("移動の足の確保").see("巡回バスの時刻");
    hase.post(&question, &[("answer", "佐藤さんの件は済み")]).await.is(422).see("だれのことか");
    hase.post(&question, &[("answer", "試しに一便ふやすことになった")]).await.is(303);
    hase.get("/").await.not_see("その後を聞かれた");
    hase.get(&question).await;
    hase.post(&question, &[("answer", "もう一度"), ("base_version", "2")]).await.see("もう答えがあります");
    noguchi.get("/sessions/after").await.see("試しに一便ふやす");
    session::digest(&app.engine, m).await.unwrap();
    noguchi.get("/sessions/after").await.see("その後の答えがあった");

    // A participant without a login is written to, and it is written down that they were told.
    let page = hase.get("/sessions/after").await;
    let letter = page.link("薬剤師 白石").replace("&amp;", "&");
    let page = hase.get(&letter).await;
    page.is(200).see("薬剤師 白石 様").see("移動の足の確保").see("宿題の期限が過ぎた");
    crate::papers::same(&mut hase, &letter).await.see("薬剤師 白石 様").see("移動の足の確保");
    hase.get(&letter).await;
    let told = format!("/sessions/after/{}/told", id_of(&item));
    hase.post(&told, &[("told_by", "")]).await.is(422).see("薬剤師 白石");
    hase.get(&letter).await;
    hase.post(&told, &[("told_by", "letter")]).await.is(303);
    hase.get("/sessions/after").await.see("手紙で知らせました");
    noguchi.get(&letter).await.is(404);
    noguchi.get(&format!("{letter}&as=pdf")).await.is(404);
    noguchi.post(&told, &[("told_by", "letter")]).await.is(404);
});

story!(the_sessions_of_a_rhythm_are_planned_at_once, |app| async {
    let mut hase = app.sign_in("hase").await;
    let body = found(app, &mut hase, "重層的支援会議", &["integrated"], "").await;
    hase.get(&body).await.see("まとめて回を決める");
    let page = format!("/sessions/series?body={}", id_of(&body));
    hase.get(&page).await.is(200).see("第何週").not_see("この日でつくる");
    let asked =
        format!("{page}&show=1&pattern=monthly&nth=4&weekday=mon&closed=later&from=R8.11.22&to=R9.3.31");
    let page = hase.get(&asked).await;
    // The fourth Monday of November is 勤労感謝の日; that of December is open.
    page.is(200).see("祝日なので、ずらしました").see("11月24日").see("12月28日").see("この日でつくる");
    let days: Vec<String> =
        page.body.split("name=\"days\" value=\"").skip(1).map(|s| s[..10].to_owned()).collect();
    assert_eq!(days, ["2026-11-24", "2026-12-28", "2027-01-25", "2027-02-22", "2027-03-23"]);
    let skipped = asked.replace("closed=later", "closed=skip");
    hase.get(&skipped).await.see("ひらかない日が").not_see("11月24日");
    hase.get(&asked.replace("nth=4&", "")).await.see("第何週かを選んで");
    hase.get(&asked).await;
    let mut fields: Vec<(&str, &str)> = vec![
        ("title", "第{n}回 重層的支援会議"),
        ("first", "4"),
        ("starts", "14:00"),
        ("ends", "15:30"),
        ("place", ""),
        ("answer_before", "7"),
    ];
    hase.post("/sessions/series", &fields).await.is(422).see("ところを書くか").see("ひとつ以上");
    fields.retain(|(name, _)| *name != "place");
    fields.push(("place", "本庁舎7階"));
    fields.extend(days[..3].iter().map(|d| ("days", d.as_str())));
    hase.get(&asked).await;
    hase.post("/sessions/series", &fields).await.goes_to(&format!("{body}?done=session_series"));
    let page = hase.get(&body).await;
    page.see("第4回 重層的支援会議").see("第6回 重層的支援会議").not_see("第7回");
    page.link("第4回 重層的支援会議");
});
