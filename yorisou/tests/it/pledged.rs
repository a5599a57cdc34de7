//! 誓約: what is kept as accepted is what was shown (disclosure rule 8), and what the words of a pledge may be (decision 0049).

use crate::conference::{pledge, raised};
use crate::support::{App, Page, Person};

const NEW: &str = "/admin/positions/new?code=support_conference";
const ARTICLES: [(&str, &str); 3] = [
    ("article", "社会福祉法 第106条の6第1項"),
    ("secrecy_article", "社会福祉法 第106条の6第5項"),
    ("note", ""),
];
const WORDS: &str = "MARK-NEW 私は、この会議で知ったことを、正当な理由なく話しません。";

/// An administrator writes down words of a pledge from a day on, under the articles that stand.
async fn word(kanri: &mut Person, words: &str, from: &str) -> Page {
    kanri.get(NEW).await.is(200);
    let fields = [&ARTICLES[..], &[("pledge", words), ("from", from)]].concat();
    kanri.post("/admin/positions/new", &fields).await
}

/// What was kept as accepted in the matters of the town.
async fn kept(app: &App) -> Vec<(i64, String)> {
    let mut look = app.engine.nobody_in(app.town.municipality).look(engine::Channel::Page).await.unwrap();
    let sql = "SELECT pledge_version, pledge FROM matter_member WHERE municipality_id = $1 AND pledged_at IS NOT NULL \
               ORDER BY pledged_at, id";
    let rows = look.conn().all(sql, engine::args![app.town.municipality]).await.unwrap();
    let found = rows.iter().map(|r| (r.get("pledge_version").unwrap(), r.get("pledge").unwrap())).collect();
    look.close().await.unwrap();
    found
}

/// The form of a wording that was a slip.
fn slip(page: &Page) -> Option<Vec<(String, String)>> {
    let form = page
        .forms()
        .into_iter()
        .find(|f| f.action == "/admin/positions/take-back" && f.value("code") == "support_conference");
    form.map(|f| f.hidden)
}

async fn take_back(kanri: &mut Person, hidden: &[(String, String)]) -> Page {
    let fields: Vec<(&str, &str)> = hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    kanri.post_exactly("/admin/positions/take-back", &fields).await
}

story!(a_pledge_is_kept_in_the_words_that_were_shown, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let mut kanri = app.sign_in("kanri").await;
    let (_, _, matter) = raised(app, &mut sano, &mut hase).await;
    let at = format!("{matter}/pledge");
    sano.get(&matter).await.is(200).see("正当な理由なく").not_see("MARK-NEW");
    // Meanwhile the town puts it in its own words: what was read is not what is in force.
    word(&mut kanri, WORDS, "R8.11.21").await.goes_to("/admin/positions?done=position_added");
    let page = sano.post(&at, &[]).await;
    page.is(409).see("MARK-NEW").see("まだ誓約は記録されていません").not_see("青木").not_see("MARK-CQ");
    assert_eq!(kept(app).await, [], "nothing was accepted");
    sano.get("/").await.see("誓約");
    // Nothing of the matter shows, and a form that names no words asks as well.
    sano.get(&matter).await.see("MARK-NEW").not_see("MARK-CQ");
    sano.post(&at, &[("edition", "")]).await.is(409);
    let page = sano.post(&at, &[]).await;
    page.goes_to(&format!("{matter}?done=matter_pledged"));
    let found = kept(app).await;
    assert_eq!(found.len(), 1);
    assert!(found[0].0 == 2 && found[0].1.contains("MARK-NEW"), "{found:?}");
    // Whoever sits there sits on under the words they read; whoever comes now reads the new ones.
    word(&mut kanri, "MARK-NEWER 私は、この会議で知ったことを、だれにも話しません。", "R8.11.22")
        .await
        .is(303);
    app.clock.forward_minutes(60 * 24);
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    sano.get(&matter).await.is(200).see("MARK-CQ").not_see("MARK-NEWER");
    hase.get(&matter).await.see("MARK-NEWER").not_see("MARK-CQ");
    hase.post(&at, &[]).await.is(303);
    let found = kept(app).await;
    assert!(found[0].1.contains("MARK-NEW ") && found[1].1.contains("MARK-NEWER"), "{found:?}");
});

story!(a_pledge_told_is_of_the_words_that_were_read_out, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let mut kanri = app.sign_in("kanri").await;
    let (_, _, matter) = raised(app, &mut sano, &mut hase).await;
    let desk = app.town.desk("shakyo").to_string();
    let office = format!("{matter}/office");
    hase.get(&format!("{office}?desk={desk}")).await.is(200);
    hase.post(&format!("{matter}/join"), &[("desk", &desk), ("name", "薬剤師 星")]).await.is(303);
    let at = format!("{matter}/pledge-told");
    let member = hase.get(&office).await.see("正当な理由なく").form(&at).value("member");
    word(&mut kanri, WORDS, "R8.11.21").await.is(303);
    let told = [("member", member.as_str()), ("told_by", "phone")];
    hase.post(&at, &told).await.is(409).see("MARK-NEW").see("まだ誓約は記録されていません");
    assert_eq!(kept(app).await, []);
    hase.post(&at, &told).await.is(303);
    assert!(kept(app).await[0].1.contains("MARK-NEW"));
});

story!(the_words_of_a_pledge_say_something_and_begin_today_at_the_earliest, |app| async {
    let mut kanri = app.sign_in("kanri").await;
    kanri.get(NEW).await.is(200).see("あらためての誓約は求めません").see("その印は残ります");
    for short in ["新", "ほ", "あたらしい誓約の文。漏らしません。"] {
        word(&mut kanri, short, "R8.12.1").await.is(422).see("20字以上").see(short);
    }
    for early in ["R1.5.1", "R8.11.20"] {
        word(&mut kanri, WORDS, early).await.is(422).see("きょうより前からは始められません").see("MARK-NEW");
    }
    kanri.get("/admin/positions").await.not_see("MARK-NEW");
    assert!(slip(&kanri.page).is_none(), "what came along is no slip of anybody here");
    // The article stays verified when only the words are other ones.
    let mark = "条文を確かめた";
    let before = kanri.page.body.matches(mark).count();
    word(&mut kanri, WORDS, "R8.11.21").await.is(303);
    let page = kanri.get("/admin/positions").await;
    page.see("MARK-NEW").see("誓約の文（第2版）");
    assert_eq!(page.body.matches(mark).count(), before + 1, "both wordings: {}", page.text());
    // Another article that nobody held against the law is not verified.
    let hidden = slip(&page).unwrap();
    take_back(&mut kanri, &hidden).await.goes_to("/admin/positions?done=law_taken_back");
    kanri.get(NEW).await;
    let other =
        [&ARTICLES[1..], &[("article", "社会福祉法 第106条の7"), ("pledge", WORDS), ("from", "R8.11.21")]]
            .concat();
    kanri.post("/admin/positions/new", &other).await.is(303);
    let page = kanri.get("/admin/positions").await;
    assert_eq!(page.body.matches(mark).count(), before, "{}", page.text());
});

story!(words_that_were_a_slip_are_taken_back_and_put_right_on_the_same_day, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let mut kanri = app.sign_in("kanri").await;
    let (_, _, matter) = raised(app, &mut sano, &mut hase).await;
    let wrong = "MARK-SLIP 私は、この会議で知ったことを、みんなに話してまわります。";
    word(&mut kanri, wrong, "R8.11.21").await.is(303);
    let hidden = slip(&kanri.get("/admin/positions").await).expect("it can be taken back");
    take_back(&mut kanri, &hidden).await.is(303);
    let page = kanri.get("/admin/positions").await;
    page.see("取り下げた").see("MARK-SLIP").see("取り下げました。");
    assert!(slip(&page).is_none());
    // The words of before go on, as if nothing had been.
    sano.get(&matter).await.see("正当な理由なく").not_see("MARK-SLIP");
    // Put right on the same day; a page that showed the slip, whose number nothing else gets, asks anew.
    word(&mut kanri, WORDS, "R8.11.21").await.is(303);
    // What was once on a screen is kept, as what it is: held on no day.
    let page = kanri.get("/admin/positions").await;
    page.see("誓約の文（第3版）").see("MARK-NEW").see("MARK-SLIP").see("取り下げました。");
    sano.get(&matter).await.see("MARK-NEW");
    sano.post(&format!("{matter}/pledge"), &[("edition", "2")]).await.is(409);
    sano.post(&format!("{matter}/pledge"), &[]).await.is(303);
    // Now somebody has accepted them.
    assert!(slip(&kanri.get("/admin/positions").await).is_none());
    let stale: Vec<(String, String)> = hidden
        .iter()
        .map(|(n, v)| {
            let fresh = n == "command";
            (
                n.clone(),
                if fresh { app.engine.new_id::<words::id::kind::Command>().to_string() } else { v.clone() },
            )
        })
        .collect();
    take_back(&mut kanri, &stale).await.is(422).see("もう誓約した人がいる");
    app.sign_in("mori").await.get("/admin/positions").await.is(404);
});

story!(a_pledge_before_any_change_goes_as_before, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (_, _, matter) = raised(app, &mut sano, &mut hase).await;
    pledge(&mut sano, &matter).await;
    assert_eq!(kept(app).await.iter().map(|(n, _)| *n).collect::<Vec<_>>(), [1]);
});
