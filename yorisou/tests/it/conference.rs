//! The matter of a confidential conference: raised, opened, pledged, laid down, said, closed; each matter a place of its own.

use words::Day;

use crate::inquiry::{ask, partner, step};
use crate::referral::{case_of, send};
use crate::support::{App, Page, Person};

/// A picture as a camera or a scanner makes it, as far as the program looks at it.
pub const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\0IENDcrc!";

pub const REFUSED: [(&str, &str); 5] = [
    ("reason", "forbidden"),
    ("refusal_article", "地方税法 第22条"),
    ("decider_name", "課長 東"),
    ("decider_post", "課長"),
    ("words", ""),
];

/// 佐野 asked 野口, was refused, raised it, and 長谷 opens a matter of it. Case, inquiry and matter.
pub async fn raised(app: &App, sano: &mut Person, hase: &mut Person) -> (String, String, String) {
    let case = case_of(app, sano, "青木 ハル", "家賃が払えない-MARK-W").await;
    let inquiry = ask(sano, &case, &app.town.desk("ikiiki").to_string(), &[]).await;
    let mut noguchi = app.sign_in("noguchi").await;
    step(&mut noguchi, &inquiry, "refuse", &REFUSED).await.is(303);
    step(sano, &inquiry, "raise", &[]).await.is(303);
    hase.get("/").await.see("支援会議に上げられた照会");
    let page = hase.get(&inquiry).await;
    let new = page.link("事案をひらく");
    let matter = open(app, hase, &new, "support_conference").await;
    (case, inquiry, matter)
}

pub async fn open(app: &App, hase: &mut Person, new: &str, position: &str) -> String {
    let (_, about) = new.split_once('?').unwrap();
    let (from, id) = about.split_once('=').unwrap();
    hase.get(new).await.is(200).see("社会福祉法 第106条の6").not_see("条文は未確認");
    let lead = app.town.desk("hokubu").to_string();
    let fields = [
        ("position", position),
        ("lead", lead.as_str()),
        ("question", "だれが訪ねますか-MARK-CQ"),
        ("fits", "yes"),
        (from, id),
    ];
    let page = hase.post("/matters/new", &fields).await;
    assert_eq!(page.status, 303, "{}", page.text());
    page.location().split('?').next().unwrap().to_owned()
}

pub async fn pledge(who: &mut Person, matter: &str) {
    who.get(matter).await.is(200).see("秘密を守る誓約").see("正当な理由なく").not_see("MARK").not_see("青木");
    who.post(&format!("{matter}/pledge"), &[]).await.goes_to(&format!("{matter}?done=matter_pledged"));
}

/// The secretariat adds somebody of a desk.
pub async fn join(app: &App, hase: &mut Person, matter: &str, who: (&str, &str), instead: &str) {
    let desk = app.town.desk(who.1).to_string();
    hase.get(&format!("{matter}/office?desk={desk}")).await.is(200);
    let appointment = app.town.appointment(who.0, who.1).to_string();
    let fields = [("desk", desk.as_str()), ("appointment", appointment.as_str()), ("instead", instead)];
    hase.post(&format!("{matter}/join"), &fields)
        .await
        .goes_to(&format!("{matter}/office?done=matter_joined"));
}

/// Lays the own desk's card and the text with these words before the members.
async fn lay(who: &mut Person, matter: &str, words: &str) {
    let page = who.get(&format!("{matter}/release")).await;
    page.is(200).see("青木 ハル").see(words);
    let form = page.form(&format!("{matter}/release-person"));
    let person = form.value("person");
    let command = form.value("command");
    let card = [("person", person.as_str()), ("card_cat", "household"), ("command", command.as_str())];
    who.post(&format!("{matter}/release-person"), &card).await.is(303);
    let page = who.get(&format!("{matter}/release")).await;
    let path = format!("{matter}/release-entry");
    let item = page.body.split("<li class=\"stack\">").find(|li| li.contains(words)).unwrap();
    let value = |name: &str| {
        let at = item.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap();
        at.split('"').next().unwrap().to_owned()
    };
    let (entry, command) = (value("entry"), value("command"));
    who.post(&path, &[("entry", &entry), ("command", &command)]).await.is(303);
}

pub async fn whole(app: &App) {
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
    let m = app.town.municipality;
    let mut act = app
        .engine
        .system_act(access::System::Console, m, engine::Origin::Console, "story.count", &m)
        .await
        .unwrap();
    let sql = "SELECT COUNT(*) AS n FROM matter w WHERE w.municipality_id = $1 AND w.closed_at IS NULL \
               AND NOT EXISTS (SELECT 1 FROM task t WHERE t.municipality_id = w.municipality_id \
               AND t.thing_id = w.id AND t.state = 'open')";
    let alone: i64 = act.facts().unwrap().one(sql, engine::args![m]).await.unwrap().get("n").unwrap();
    assert_eq!(alone, 0, "a matter is open and nobody owes anything");
}

story!(raised_pledged_laid_down_said_and_closed, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, inquiry, matter) = raised(app, &mut sano, &mut hase).await;
    whole(app).await;
    // The coordinator opened it, and reads not even their own question before the pledge.
    hase.get("/").await.see("会議の秘密を守る誓約をする").not_see("支援会議に上げられた照会");
    hase.get("/matters").await.see("支援会議（社会福祉法）").see("誓約がまだ");
    hase.get(&format!("{matter}/release")).await.is(404);
    let page = hase.get(&format!("{matter}/office")).await;
    page.is(200).see("2026-00001").see("佐野 健").not_see("MARK").not_see("青木");
    pledge(&mut hase, &matter).await;
    hase.get(&matter)
        .await
        .is(200)
        .see("MARK-CQ")
        .see("秘密を守る会議の構成員")
        .see("社会福祉法 第106条の6")
        .not_see("青木");
    // A second button opens the same matter.
    hase.get(&inquiry).await.see("取り上げ");

    // Whoever asked is a member from the beginning; the desk that was asked is not.
    sano.get("/").await.see("会議の秘密を守る誓約をする");
    sano.get("/matters").await.see("誓約がまだ").not_see("2026-00001");
    sano.post(&format!("{matter}/say"), &[("words", "まだです")]).await.is(404);
    pledge(&mut sano, &matter).await;
    sano.get("/").await.see("会議に出す記録を選ぶ");
    let mut noguchi = app.sign_in("noguchi").await;
    for path in ["", "/release", "/office"] {
        noguchi.get(&format!("{matter}{path}")).await.is(404);
    }
    noguchi.get("/matters").await.not_see("支援会議（社会福祉法）");

    // Only what the own desk wrote, one by one; a text without categories may hold who informed.
    let page = sano.get(&format!("{matter}/release")).await;
    page.see("知らせた人").see("家賃が払えない");
    lay(&mut sano, &matter, "MARK-Q1").await;
    sano.get("/").await.not_see("会議に出す記録を選ぶ");
    let page = hase.get(&matter).await;
    page.see("青木 ハル").see("MARK-Q1").see("出しました").not_see("MARK-W").not_see("取りさげる 青木");
    // What is laid before a conference opens no other page, list, or print.
    hase.get(&format!("/cases/{case}")).await.is(404);
    hase.get(&format!("/cases/{case}/print")).await.is(404);
    hase.get("/cases").await.not_see("青木");

    join(app, &mut hase, &matter, ("noguchi", "ikiiki"), "").await;
    noguchi.get("/").await.see("会議の秘密を守る誓約をする");
    pledge(&mut noguchi, &matter).await;
    noguchi.get(&matter).await.see("青木 ハル").see("MARK-Q1").see("MARK-CQ").not_see("MARK-W");
    noguchi
        .post(&format!("{matter}/say"), &[("words", "うちが訪ねます-MARK-N"), ("role", "word")])
        .await
        .is(303);
    // Back in the browser, and sent once more: that is asked about.
    noguchi.get(&matter).await;
    let again = [("words", "うちが訪ねます-MARK-N"), ("role", "word")];
    noguchi.post(&format!("{matter}/say"), &again).await.is(422).see("もう書きとめてあります");
    hase.get(&matter).await.see("MARK-N").see("野口 あや");
    // Not to the colleague beside them, by no way.
    let mut mieda = app.sign_in("mieda").await;
    mieda.get(&matter).await.is(404);
    mieda.search("MARK-N").await.not_see("訪ねます");
    mieda.search("訪ねます").await.not_see("MARK-N");
    let said = noguchi.get(&matter).await;
    let entry = said.body.split("href=\"/entries/").filter_map(|x| x.split('"').next()).last().unwrap();
    let entry = format!("/entries/{entry}");
    noguchi.get(&entry).await.is(200).see("MARK");
    mieda.get(&entry).await.is(404);
    whole(app).await;

    // A leaves, B takes the place: A sees nothing from that moment, B nothing before the pledge.
    let office = hase.get(&format!("{matter}/office")).await;
    let place =
        office.body.split("<div class=\"stack\" id=\"member-").find(|x| x.contains("野口 あや")).unwrap();
    let place = place.split('"').next().unwrap().to_owned();
    join(app, &mut hase, &matter, ("mieda", "ikiiki"), &place).await;
    noguchi.get(&matter).await.is(404);
    noguchi.get(&entry).await.is(404);
    noguchi.post(&format!("{matter}/say"), &[("words", "まだ言いたい")]).await.is(404);
    pledge(&mut mieda, &matter).await;
    mieda.get(&matter).await.see("MARK-N").see("青木 ハル");

    // 持ち帰り可 is said by the desk whose record it is.
    let page = sano.get(&matter).await;
    let text = page.body.split("<li class=\"stack\">").find(|li| li.contains("MARK-Q1")).unwrap();
    let material =
        text.split("name=\"material\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    mieda.post(&format!("{matter}/mark"), &[("material", &material)]).await.is(404);
    sano.post(&format!("{matter}/mark"), &[("material", &material)]).await.is(303);
    mieda.get(&matter).await.see("持ち帰り可");

    // What nobody will read is counted by desk, without a word of it, and left on purpose.
    let office = hase.get(&format!("{matter}/office")).await;
    office.is(200).see("つぎのものには「持ち帰り可」の印がありません").see("件").not_see("MARK");
    let page = hase.post(&format!("{matter}/close"), &[("outcome", "settled")]).await;
    page.is(422).see("だれも読めなくなってよければ").not_see("MARK");
    mieda.get(&matter).await.see("MARK-CQ");
    hase.get(&format!("{matter}/office")).await.is(200);
    hase.post(&format!("{matter}/close"), &[("outcome", "settled"), ("sure", "yes")]).await.is(303);
    whole(app).await;
    let page = mieda.get(&matter).await;
    page.is(200).see("役割が決まった").see("MARK-Q1").not_see("MARK-N").not_see("MARK-CQ");
    // Nor a name to whoever knows it by the matter alone.
    hase.get(&matter).await.see("MARK-Q1").not_see("MARK-CQ").not_see("青木 ハル");
    mieda.get(&entry).await.is(404);
    mieda.post(&format!("{matter}/say"), &[("words", "もうひとこと")]).await.is(422).see("終わっています");
    hase.get("/").await.not_see("会議の事案を進める");
});

/// The address of the picture beside these words, and of the text it belongs to.
fn beside(page: &crate::support::Page, words: &str) -> (String, String) {
    let piece = page.body.split("<li class=\"stack\">").find(|li| li.contains(words)).unwrap();
    let at = |before: &str| piece.split(before).nth(1).unwrap().split('"').next().unwrap().to_owned();
    (at("<img src=\""), format!("/entries/{}", at("href=\"/entries/")))
}

story!(pictures_lie_before_the_members_and_leave_as_no_file, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter) = raised(app, &mut sano, &mut hase).await;
    pledge(&mut sano, &matter).await;
    pledge(&mut hase, &matter).await;
    // 三枝 is a member who has not pledged, 野口 was one and left.
    join(app, &mut hase, &matter, ("noguchi", "ikiiki"), "").await;
    let mut noguchi = app.sign_in("noguchi").await;
    pledge(&mut noguchi, &matter).await;
    let say = format!("{matter}/say");
    let said = [("words", "玄関の前-MARK-PIC"), ("role", "word")];
    sano.get(&matter).await.is(200).see("ファイルとしては出ません");
    let pdf = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n";
    sano.attach_with(&say, &said, "x.pdf", pdf).await.is(422).see("PDFはページの中で見せられない");
    sano.get(&matter).await.not_see("MARK-PIC");
    sano.attach_with(&say, &said, "青木さんの家.png", PICTURE).await.is(303);
    let (picture, text) = beside(sano.get(&matter).await.not_see("青木さんの家"), "MARK-PIC");
    let id = picture.rsplit('/').next().unwrap().to_owned();
    for member in [&mut sano, &mut hase, &mut noguchi] {
        member.get(&matter).await.see("MARK-PIC").see(&picture);
        let shown = member.get(&picture).await;
        shown.is(200);
        assert_eq!(shown.bytes, PICTURE);
        assert_eq!(shown.header("content-disposition"), Some("inline"));
        assert_eq!(shown.header("cache-control"), Some("no-store"));
        // By no other way: not as a file, not of the text, not of the case.
        member.get(&format!("/attachments/{id}")).await.is(404);
        member.get(&format!("{text}/files")).await.is(200).not_see(&id);
        member.get(&format!("/matters/{id}/pictures/{id}")).await.is(404);
    }
    sano.get(&format!("/cases/{case}/print?as=pdf")).await.is(200).not_see("MARK-PIC");
    join(app, &mut hase, &matter, ("mieda", "ikiiki"), "").await;
    let office = hase.get(&format!("{matter}/office")).await;
    let place = office.body.split("<div class=\"stack\" id=\"member-").find(|x| x.contains("野口 あや"));
    let place = place.unwrap().split('"').next().unwrap().to_owned();
    hase.post(&format!("{matter}/leave"), &[("member", place.as_str()), ("why", "done")]).await.is(303);
    for login in ["mieda", "noguchi", "tsuji", "kinoshita", "oda", "imai", "mori", "kanri"] {
        let mut who = app.sign_in(login).await;
        for path in [&picture, &format!("/attachments/{id}"), &format!("{text}/files"), &text] {
            let page = who.get(path).await;
            page.is(404);
            assert!(!page.bytes.starts_with(b"\x89PNG"), "{login} {path}");
        }
        who.search("MARK-PIC").await.not_see(&id);
    }
    // With the text it goes, and with the matter.
    sano.get(&matter).await;
    sano.attach_with(&say, &[("words", "庭-MARK-TWO"), ("role", "word")], "x.png", PICTURE).await.is(303);
    let (second, _) = beside(&sano.get(&matter).await, "MARK-TWO");
    let page = sano.get(&matter).await;
    let piece = page.body.split("<li class=\"stack\">").find(|li| li.contains("MARK-PIC")).unwrap();
    let material = piece.split("name=\"material\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    sano.post(&format!("{matter}/recall"), &[("material", material)]).await.is(303);
    hase.get(&picture).await.is(404);
    hase.get(&second).await.is(200);
    hase.get(&format!("{matter}/office")).await.is(200);
    hase.post(&format!("{matter}/close"), &[("outcome", "settled"), ("sure", "yes")]).await.is(303);
    for member in [&mut sano, &mut hase] {
        member.get(&second).await.is(404);
    }
});

story!(two_matters_of_one_household_know_nothing_of_each_other, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, first) = raised(app, &mut sano, &mut hase).await;
    pledge(&mut sano, &first).await;
    lay(&mut sano, &first, "MARK-Q2").await;
    // The same household in another law's conference, with other members.
    let inquiry =
        ask(&mut sano, &case, &app.town.desk("shakyo").to_string(), &[("questions", "ほかのこと-MARK-Z")])
            .await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    step(&mut kinoshita, &inquiry, "refuse", &REFUSED).await.is(303);
    step(&mut sano, &inquiry, "raise", &[]).await.is(303);
    let new = hase.get(&inquiry).await.link("事案をひらく");
    let second = open(app, &mut hase, &new, "child_protection").await;
    join(app, &mut hase, &second, ("kinoshita", "shakyo"), "").await;
    pledge(&mut kinoshita, &second).await;
    kinoshita.get(&second).await.is(200).see("児童福祉法 第25条の2").not_see("MARK-Q2").not_see("青木");
    kinoshita.get(&first).await.is(404);
    // A member of both reads each in its place; a pledge for one is none for the other.
    sano.get(&second).await.is(200).see("秘密を守る誓約").not_see("MARK");
    sano.get(&first).await.see("MARK-Q2");
});

story!(a_member_without_a_login_pledges_and_is_present_as_told, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (_, _, matter) = raised(app, &mut sano, &mut hase).await;
    let desk = partner(app).await;
    let office = format!("{matter}/office");
    hase.get(&format!("{office}?desk={desk}")).await.is(200).see("いま加えられる人がいません");
    hase.post(&format!("{matter}/join"), &[("desk", &desk), ("name", "")])
        .await
        .is(422)
        .see("名前を書いてください");
    hase.get(&format!("{office}?desk={desk}")).await.is(200);
    hase.post(&format!("{matter}/join"), &[("desk", &desk), ("name", "薬剤師 星")]).await.is(303);
    let page = hase.get(&office).await;
    page.see("薬剤師 星").see("ログインなし").see("誓約がまだ");
    let member = page.form(&format!("{matter}/pledge-told")).value("member");
    let told = [("member", member.as_str()), ("told_by", "")];
    hase.post(&format!("{matter}/pledge-told"), &told).await.is(422);
    hase.get(&office).await;
    let told = [("member", member.as_str()), ("told_by", "phone")];
    hase.post(&format!("{matter}/pledge-told"), &told).await.is(303);
    hase.get(&office).await.see("誓約").see("電話で聞いた");
    let there = [("member", member.as_str()), ("on", "R8.11.21"), ("way", "phone"), ("told_by", "phone")];
    hase.post(&format!("{matter}/present"), &there).await.is(303);
    hase.get(&office).await.see("出席:").see("電話で");
    let there = [("member", member.as_str()), ("on", "R8.11.1"), ("way", "room"), ("told_by", "")];
    hase.post(&format!("{matter}/present"), &there).await.is(422).see("ひらかれた日から");
    hase.get(&office).await;
    let there =
        [("member", member.as_str()), ("on", "令和8年13月1日"), ("way", "online"), ("told_by", "phone")];
    let page = hase.post(&format!("{matter}/present"), &there).await;
    page.is(422);
    let open = page.body.split("<details class=\"more\" open>").nth(1).unwrap_or_default();
    let form = open.split("</details>").next().unwrap_or_default();
    for kept in
        ["id=\"on-error\"", "value=\"令和8年13月1日\"", "\"online\" selected", "\"phone\" selected", &member]
    {
        assert!(form.contains(kept), "{kept}: {}", page.text());
    }
    whole(app).await;
});

story!(with_consent_it_goes_on_under_the_same_number, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter) = raised(app, &mut sano, &mut hase).await;
    pledge(&mut sano, &matter).await;
    pledge(&mut hase, &matter).await;
    lay(&mut sano, &matter, "MARK-Q1").await;
    let office = format!("{matter}/office");
    hase.get(&office).await.see("同意が、まだありません");
    // Nobody leaps over the missing consent by typing the address.
    let typed = [("position", "integrated"), ("base_version", "1")];
    hase.post(&format!("{matter}/move"), &typed).await.is(422).see("まだありません");
    // That two desks may work together is no consent to a conference of this secretariat.
    send(&mut sano, &case, &app.town.desk("shakyo").to_string(), &[("kind", "join")]).await;
    hase.get(&office).await.see("同意が、まだありません");
    // What is missing is said to whoever may know of the consent, and the way to the form has it chosen.
    let page = sano.get(&format!("/sessions/propose?case={case}")).await;
    page.is(200).see("「会議のため（話し合い）」が入っていません");
    let form = page.body.split("href=\"").find(|x| x.contains("/consents/new?purpose")).unwrap();
    let form = form.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
    let page = sano.get(&form).await;
    page.is(200);
    let desk = app.town.desk("suishin").to_string();
    for value in ["conference", desk.as_str()] {
        assert!(page.body.contains(&format!("value=\"{value}\" checked")), "{value}: {}", page.text());
    }
    crate::decision::consent(app, &mut sano, &case).await;
    hase.get(&office).await.see("移る先");
    let page = hase.post(&format!("{matter}/move"), &[("position", "integrated")]).await;
    page.is(303);
    let next = page.location().split('?').next().unwrap().to_owned();
    let page = hase.get(&next).await;
    page.is(200).see("重層的支援会議").see("2026-00001").see("佐野 健").not_see("MARK").not_see("誓約がまだ");
    page.not_see("構成員になって誓約します");
    assert!(page.body.contains("<a href=\"/matters\">事案の会議</a>"), "{}", page.text());
    let moved = next.trim_end_matches("/office").to_owned();
    sano.get(&moved)
        .await
        .is(200)
        .see("重層的支援会議")
        .see("ケースの記録を、同意の範囲で")
        .not_see("MARK-Q1");
    // What was laid down stays where it was, and is closed there.
    hase.get(&matter).await.is(200).see("同意による会議に移った").not_see("MARK-Q1");
    whole(app).await;
});

story!(colleagues_who_have_not_pledged_keep_the_frame_and_do_not_end_it, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (_, _, matter) = raised(app, &mut sano, &mut hase).await;
    let from = Day::new(2026, 4, 1).unwrap();
    app.town.appoint(&app.engine, "noguchi", "suishin", access::Role::Caseworker, from).await;
    let mut noguchi = app.sign_in("noguchi").await;
    let office = format!("{matter}/office");
    let page = noguchi.get(&office).await;
    page.is(200).see("終わりにできるのは").not_see("MARK").not_see("青木");
    let ends = |page: &Page| {
        page.forms().iter().any(|f| f.action.ends_with("/close") || f.action.ends_with("/move"))
    };
    assert!(!ends(&page), "nothing is offered that is refused");
    let end = [("outcome", "settled"), ("sure", "yes")];
    noguchi.post(&format!("{matter}/close"), &end).await.is(422).see("誓約をした構成員");
    let to_consent = [("position", "integrated")];
    noguchi.get(&office).await;
    noguchi.post(&format!("{matter}/move"), &to_consent).await.is(422);
    // The coordinator who could open it ends it, as the law of the matter asks nothing more of the frame.
    let page = hase.get(&office).await;
    page.is(200).not_see("終わりにできるのは");
    assert!(ends(&page), "{}", page.text());
    hase.post(&format!("{matter}/close"), &end).await.is(303);
    whole(app).await;
});

story!(no_state_is_a_trap, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (_, _, matter) = raised(app, &mut sano, &mut hase).await;
    pledge(&mut sano, &matter).await;
    pledge(&mut hase, &matter).await;
    lay(&mut sano, &matter, "MARK-Q1").await;
    // A member is transferred: the day after, they read nothing, and the secretariat is told.
    let last = Day::new(2026, 11, 21).unwrap();
    app.town.transfer(&app.engine, "sano", "hokubu", "shakyo", last).await;
    app.clock.forward_minutes(24 * 60);
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    sano.get(&matter).await.is(404);
    sano.get("/matters").await.not_see("支援会議（社会福祉法）");
    hase.get(&format!("{matter}/office")).await.see("任命が終わった");
    hase.get(&matter).await.see("MARK-Q1");
    // The coordinator is transferred as well: whoever comes to the desk carries the matter on.
    app.town.transfer(&app.engine, "hase", "suishin", "jidokan", last.plus_days(1)).await;
    app.town.appoint(&app.engine, "imai", "suishin", access::Role::Coordinator, last).await;
    app.clock.forward_minutes(24 * 60);
    let (mut imai, mut hase) = (app.sign_in("imai").await, app.sign_in("hase").await);
    hase.get(&matter).await.is(404);
    let office = format!("{matter}/office");
    imai.get(&office).await.is(200).not_see("MARK");
    imai.get(&matter).await.goes_to(&office);
    imai.get(&office).await;
    imai.post(&format!("{matter}/close"), &[("outcome", "died"), ("sure", "yes")]).await.is(303);
    imai.get(&office).await.see("本人が亡くなった");
    whole(app).await;
});

story!(whoever_is_kept_out_of_the_case_is_no_member_to_anything, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case_of(app, &mut kinoshita, "青木 ハル", "家賃が払えない").await;
    let inquiry = ask(&mut kinoshita, &case, &app.town.desk("ikiiki").to_string(), &[]).await;
    let mut noguchi = app.sign_in("noguchi").await;
    step(&mut noguchi, &inquiry, "refuse", &REFUSED).await.is(303);
    step(&mut kinoshita, &inquiry, "raise", &[]).await.is(303);
    let mut hase = app.sign_in("hase").await;
    let new = hase.get(&inquiry).await.link("事案をひらく");
    let matter = open(app, &mut hase, &new, "community_care").await;
    join(app, &mut hase, &matter, ("noguchi", "ikiiki"), "").await;
    pledge(&mut noguchi, &matter).await;
    pledge(&mut kinoshita, &matter).await;
    lay(&mut kinoshita, &matter, "MARK-Q1").await;
    noguchi.get(&matter).await.see("青木 ハル");
    let mut imai = app.sign_in("imai").await;
    imai.get(&format!("/cases/{case}/consents")).await.is(200);
    let user = app.town.user("noguchi").to_string();
    imai.post(&format!("/cases/{case}/exclusions"), &[("user", &user), ("reason", "relative")]).await.is(303);
    noguchi.get(&matter).await.is(404);
    noguchi.get("/matters").await.not_see("地域ケア会議");
    noguchi.post(&format!("{matter}/say"), &[("words", "なお")]).await.is(404);
});

story!(an_administrator_sees_what_each_conference_rests_on, |app| async {
    let mut kanri = app.sign_in("kanri").await;
    let page = kanri.get("/admin/positions").await;
    page.is(200).see("支援会議（社会福祉法）").see("児童福祉法 第25条の2").see("介護保険法 第115条の48");
    page.see("本人の同意による").see("守秘の義務による").see("まだ確かめていない").see("誓約の文（第1版）");
    app.sign_in("hase").await.get("/admin/positions").await.is(404);
    // Held against the law by somebody, once.
    let of = |page: &crate::support::Page, code: &str| {
        let form =
            page.forms().into_iter().find(|f| f.action.ends_with("/verify") && f.value("code") == code);
        form.map(|f| f.hidden.clone())
    };
    let hidden = of(&kanri.page, "child_protection").unwrap();
    let hidden: Vec<(&str, &str)> = hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    kanri.post_exactly("/admin/positions/verify", &hidden).await.is(303);
    assert!(of(&kanri.get("/admin/positions").await, "child_protection").is_none());
    // The words of a pledge from a day on; what was before ends the day before, and stays to be read.
    let new = "/admin/positions/new?code=support_conference";
    kanri.get(new).await.is(200).see("社会福祉法 第106条の6第1項");
    let wording =
        [("article", "社会福祉法 第106条の7"), ("secrecy_article", "社会福祉法 第106条の7"), ("note", "")];
    let words = [&wording[..], &[("pledge", "MARK-WORDS この会議で知ったことを守ります。")]].concat();
    kanri.post("/admin/positions/new", &words).await.is(422).see("いつから: ここは必ず");
    let early = [&words[..], &[("from", "R3.4.1")]].concat();
    kanri.post("/admin/positions/new", &early).await.is(422).see("MARK-WORDS");
    let from = [&words[..], &[("from", "R9.4.1")]].concat();
    kanri.post("/admin/positions/new", &from).await.goes_to("/admin/positions?done=position_added");
    let page = kanri.get("/admin/positions").await;
    page.see("社会福祉法 第106条の7").see("令和9年3月31日まで").see("誓約の文（第2版）").see("MARK-WORDS");
    assert!(app.sign_in("hase").await.get(new).await.status == 404);
});

story!(a_matter_stands_on_the_timeline_for_pledged_members_and_for_nobody_else, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter) = raised(app, &mut sano, &mut hase).await;
    // Two desks have a part in the case: the one that asked, and one that joined.
    let shakyo = app.town.desk("shakyo").to_string();
    let referral = crate::referral::send(&mut sano, &case, &shakyo, &[("kind", "join")]).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&referral).await;
    kinoshita.post(&format!("{referral}/accept"), &[]).await.is(303);
    let at = format!("/cases/{case}/timeline");
    let opened = "支援会議（社会福祉法）";
    let views = ["", "?kind=matter", "?kind=text", "?from=R8.11.1&to=R9.3.31"];
    // Before the pledge the member has nothing of it; nor has whoever is no member.
    for query in views {
        sano.get(&format!("{at}{query}")).await.is(200).not_see(opened);
        kinoshita.get(&format!("{at}{query}")).await.is(200).not_see(opened);
    }
    let before = kinoshita.get(&at).await.text();
    pledge(&mut sano, &matter).await;
    sano.get(&at).await.see(opened).link(opened);
    sano.get(&format!("{at}?kind=matter")).await.see(opened);
    sano.get(&format!("{at}?kind=text")).await.not_see(opened);
    // Never on paper.
    sano.get(&format!("{at}?print=1")).await.is(200).not_see(opened);
    sano.get(&format!("/cases/{case}/print")).await.is(200).not_see(opened);
    // To everybody else the page is the one it was before there was a pledge.
    assert_eq!(kinoshita.get(&at).await.text(), before);
    for login in ["oda", "imai", "kinoshita"] {
        let mut other = app.sign_in(login).await;
        for query in views {
            let page = other.get(&format!("{at}{query}")).await;
            page.is(200).not_see(opened);
            assert!(!page.body.contains(&matter), "{login} is shown where the matter is");
        }
    }
    for login in ["noguchi", "mori", "kanri", "tsuji"] {
        app.sign_in(login).await.get(&at).await.is(404);
    }
    // Closed, it says how, to the same people; whoever left sees it no more.
    pledge(&mut hase, &matter).await;
    hase.get(&format!("{matter}/office")).await.is(200);
    hase.post(&format!("{matter}/close"), &[("outcome", "settled"), ("sure", "yes")]).await.is(303);
    let closed = sano.get(&format!("{at}?kind=matter")).await;
    assert_eq!(closed.body.matches(opened).count(), 2, "opened, and closed");
    kinoshita.get(&at).await.not_see(opened);
});

// A secrecy that does not apply is no ground: a conference for children is not opened by a slip on somebody who has none. It asks, and never
// forbids.
story!(a_conference_for_certain_ages_is_asked_about_when_nobody_is_seen_to_fit, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない-MARK-W").await;
    let inquiry = ask(&mut sano, &case, &app.town.desk("ikiiki").to_string(), &[]).await;
    let mut noguchi = app.sign_in("noguchi").await;
    step(&mut noguchi, &inquiry, "refuse", &REFUSED).await.is(303);
    step(&mut sano, &inquiry, "raise", &[]).await.is(303);
    let new = hase.get(&inquiry).await.link("事案をひらく");
    let (from, id) = new.split_once('?').unwrap().1.split_once('=').unwrap();
    hase.get(&new).await.see("照会を上げたときの会議").not_see("確かめました");
    let lead = app.town.desk("hokubu").to_string();
    let fields =
        [("position", "child_protection"), ("lead", lead.as_str()), ("question", "Q-MARK"), (from, id)];
    let page = hase.post("/matters/new", &fields).await;
    page.is(422).see("18歳未満").see("対象になる人がいることを確かめました").see("Q-MARK").not_see("青木");
    assert!(page.body.contains("id=\"position-error\""), "{}", page.text());
    let sure: Vec<(&str, &str)> = fields.into_iter().chain([("fits", "yes")]).collect();
    let page = hase.post("/matters/new", &sure).await;
    page.is(303);
    let matter = page.location().split('?').next().unwrap().to_owned();
    // The pledge is to the conference that was opened; what it was raised to stays said.
    let page = hase.get(&matter).await;
    page.see("児童福祉法 第25条の5").see("児童福祉法 第25条の2");
    page.see("照会を上げたときの会議").see("社会福祉法 第106条の6");
});
