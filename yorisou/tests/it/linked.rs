//! Two records of one person, linked and undone again: what is written meanwhile stays on the record it was written on, nobody learns more by a
//! link, and a home that is kept on one record is kept on both (decision 0022, disclosure rule 4).

use crate::agreed_to::also;
use crate::agreement::{give, terms};
use crate::referral::{case_of, first_radio};
use crate::support::{App, Person};

const FIRST: &str = "朝日町3-12-5";
const SECOND: &str = "鵠沼4-4-4";

/// A case of the desk of 木下 about somebody who lives there: the case, the page of the person.
async fn recorded(app: &App, who: &mut Person, name: &str, address: &str) -> (String, String) {
    let case = case_of(app, who, name, &format!("{name}の困りごと")).await;
    let page = who.get(&format!("/cases/{case}/consents/new")).await;
    let person = format!("/persons/{}", first_radio(&page.body, "person"));
    who.get(&person).await.is(200);
    let known = [("name", name), ("address", address), ("lives_together", "1")];
    who.post(&person, &known).await.is(303);
    (case, person)
}

fn id(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

/// 木下 says that the two are one person, 小田 says so too: their pair.
async fn link(one: &mut Person, other: &mut Person, [a, b]: [&str; 2]) -> String {
    let choose = format!("{a}/same");
    one.get(&choose).await.is(200);
    one.post(&choose, &[("other", id(b))]).await.is(303);
    let pair = one.page.location().split('?').next().unwrap().to_owned();
    other.get(&pair).await.is(200);
    other.post(&format!("{pair}/confirm"), &[]).await.is(303);
    pair
}

async fn undo(who: &mut Person, pair: &str) {
    who.get(pair).await.is(200);
    who.post(&format!("{pair}/back"), &[]).await.is(303);
}

/// Agrees that 北部福祉総合相談室 may know who this is and where they live.
async fn told_to_hokubu(app: &App, who: &mut Person, case: &str, person: &str) {
    let hokubu = app.town.desk("hokubu").to_string();
    let more = [("to_desk", hokubu.as_str()), ("share_cat", "contact"), ("share_cat", "household")];
    give(who, case, &terms(id(person), &more)).await;
}

/// Writes a support record.
async fn writes(who: &mut Person, case: &str, body: &str) {
    let entries = format!("/cases/{case}/entries");
    who.get(&format!("{entries}?write=1")).await.is(200);
    let fields = [("form", "phone"), ("body", body), ("occurred", "R8.11.20"), ("at", "8:00")];
    who.post(&entries, &fields).await.is(303);
}

story!(a_home_kept_on_one_record_is_kept_on_the_other_as_long_as_they_are_linked, |app| async {
    let (mut kinoshita, mut oda) = (app.sign_in("kinoshita").await, app.sign_in("oda").await);
    let (_, one) = recorded(app, &mut kinoshita, "髙橋 花子", FIRST).await;
    let (case, other) = recorded(app, &mut oda, "高橋 華子", SECOND).await;
    let son = format!("/persons/{}", also(&mut oda, &case, "髙橋 一郎", "child").await);
    oda.get(&son).await.is(200);
    let lives = [("name", "髙橋 一郎"), ("address", SECOND), ("lives_together", "1")];
    oda.post(&son, &lives).await.is(303);
    for person in [&other, &son] {
        told_to_hokubu(app, &mut oda, &case, person).await;
    }
    let mut sano = app.sign_in("sano").await;
    for person in [&other, &son] {
        sano.get(person).await.is(200).see(SECOND);
    }
    // She is sheltered, as the first record says: nothing tells that the second one is about her.
    kinoshita.get(&one).await.is(200);
    let own = app.town.desk("shakyo").to_string();
    let kept = [("shelter_reason", "dv"), ("shelter_desk", own.as_str()), ("shelter_review", "R9.11.20")];
    kinoshita.post(&format!("{one}/shelter"), &kept).await.is(303);
    sano.get(&other).await.see(SECOND);
    // Linked: where she and whoever lives with her live is kept from everybody who is not named.
    let pair = link(&mut kinoshita, &mut oda, [&one, &other]).await;
    for person in [&other, &son] {
        sano.get(person).await.is(200).not_see(SECOND);
    }
    sano.search(SECOND).await.is(200).not_see("高橋 華子").not_see("髙橋 一郎");
    sano.get(&one).await.is(404);
    oda.get(&other).await.see(SECOND);
    // It was a mistake: the second record is as it was, and the first one kept as before.
    undo(&mut oda, &pair).await;
    for person in [&other, &son] {
        sano.get(person).await.is(200).see(SECOND);
    }
    kinoshita.get(&one).await.see("配偶者などからの暴力").see(FIRST);
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(the_desk_that_wrote_the_other_record_goes_on_knowing_what_it_wrote, |app| async {
    let (mut kinoshita, mut oda) = (app.sign_in("kinoshita").await, app.sign_in("oda").await);
    let mut sano = app.sign_in("sano").await;
    let (_, one) = recorded(app, &mut kinoshita, "髙橋 花子", FIRST).await;
    let (case, other) = recorded(app, &mut sano, "高橋 華子", SECOND).await;
    let shakyo = app.town.desk("shakyo").to_string();
    let more = [("to_desk", shakyo.as_str()), ("share_cat", "contact")];
    give(&mut sano, &case, &terms(id(&other), &more)).await;
    let pair = link(&mut kinoshita, &mut oda, [&one, &other]).await;
    kinoshita.get(&one).await.is(200);
    let kept = [("shelter_reason", "dv"), ("shelter_desk", shakyo.as_str()), ("shelter_review", "R9.11.20")];
    kinoshita.post(&format!("{one}/shelter"), &kept).await.is(303);
    // Nothing changes at the window that knows of one record alone: not even that would tell of the other one.
    sano.get(&other).await.is(200).see(SECOND).not_see("としても記録されています");
    sano.get(&one).await.is(404);
    sano.get(&pair).await.is(404);
    kinoshita.get(&other).await.is(200).see(SECOND).see("としても記録されています");
});

story!(what_is_written_between_a_link_and_its_undoing_stays_where_it_was_written, |app| async {
    let (mut kinoshita, mut oda) = (app.sign_in("kinoshita").await, app.sign_in("oda").await);
    let (first, one) = recorded(app, &mut kinoshita, "髙橋 花子", FIRST).await;
    let (second, other) = recorded(app, &mut oda, "高橋 華子", SECOND).await;
    let pair = link(&mut kinoshita, &mut oda, [&one, &other]).await;
    // Of everything something is written, on one of the two.
    writes(&mut kinoshita, &first, "ひとつめに書いた-MARK-A").await;
    writes(&mut oda, &second, "ふたつめに書いた-MARK-B").await;
    kinoshita.get(&one).await.is(200);
    let name =
        [("former_name", "小笠原 花子"), ("former_reading", "おがさわら はなこ"), ("former_until", "S58")];
    kinoshita.post(&format!("{one}/names"), &name).await.is(303);
    told_to_hokubu(app, &mut oda, &second, &other).await;
    let home = crate::casefile::first(&kinoshita.get(&format!("/cases/{first}")).await, "households");
    kinoshita.get(&home).await.is(200);
    let moves = [("moved", "R8.12.10"), ("moved_address", "辻堂8-8-8"), ("moved_who", id(&one))];
    kinoshita.post(&format!("{home}/moved"), &moves).await.is(303);
    // Whom the second one agreed to sees the second one, and hears of no other.
    let mut sano = app.sign_in("sano").await;
    sano.get(&other).await.is(200).see(SECOND).not_see("小笠原").not_see("辻堂").not_see("としても");
    sano.get(&one).await.is(404);
    sano.search("小笠原").await.is(200).not_see("花子").not_see("華子");
    sano.search(FIRST).await.is(200).not_see("花子").not_see("華子");
    // Whoever is kept out of the first household knows of no link.
    app.keep_out(&first, "oda").await;
    oda.get(&one).await.is(404);
    oda.get(&pair).await.is(404);
    oda.get(&other).await.is(200).not_see("としても記録されています");
    undo(&mut kinoshita, &pair).await;
    // Each has what was written on it, and nothing of the other one.
    let entries = |case: &str| format!("/cases/{case}/entries");
    kinoshita.get(&entries(&first)).await.see("MARK-A").not_see("MARK-B");
    kinoshita.get(&entries(&second)).await.see("MARK-B").not_see("MARK-A");
    kinoshita.get(&one).await.see("小笠原 花子").see("辻堂8-8-8").not_see("としても記録されています");
    kinoshita.get(&other).await.see(SECOND).not_see("小笠原").not_see("辻堂8-8-8");
    kinoshita.get(&format!("/cases/{second}/consents")).await.see("北部福祉総合相談室");
    sano.get(&other).await.is(200).see(SECOND);
    oda.get(&one).await.is(404);
    oda.get(&other).await.is(200);
    // The day of the move comes for the one it was written for.
    app.clock.forward_minutes(60 * 24 * 21);
    yorisou::jobs::promises(&app.engine).await.unwrap();
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&one).await.see("value=\"辻堂8-8-8\"");
    kinoshita.get(&other).await.see(&format!("value=\"{SECOND}\"")).not_see("辻堂8-8-8");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});
