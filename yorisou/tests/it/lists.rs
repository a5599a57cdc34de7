//! Lists are as long as they say, and nobody's work is lost from them when people go.

use crate::casefile::{case, first};
use crate::support::{App, Person};

/// A short consultation about nobody in particular.
async fn note(person: &mut Person, words: &str) {
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

/// Keeps somebody out of a case.
async fn keep_out(app: &App, case: &str, login: &str) {
    let mut imai = app.sign_in("imai").await;
    imai.get(&format!("{case}/consents")).await.is(200);
    let user = app.town.user(login).to_string();
    imai.post(&format!("{case}/exclusions"), &[("user", &user), ("reason", "relative")]).await.is(303);
}

story!(a_page_of_consultations_is_full_as_long_as_there_is_more, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    for n in 0..51 {
        note(&mut kinoshita, &format!("相談その{n:03}のことば")).await;
    }
    // The newest one is about a household somebody is kept out of.
    let case = case(&mut kinoshita).await;
    let lines = |body: &str| body.matches("href=\"/consultations/0").count();
    let mut oda = app.sign_in("oda").await;
    let before = lines(&oda.get("/consultations").await.body);
    keep_out(app, &case, "oda").await;
    let page = oda.get("/consultations").await;
    page.not_see("浜田");
    assert_eq!(lines(&page.body), before, "{}", page.text());
});

story!(what_nobody_holds_is_counted_as_it_is_listed, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    keep_out(app, &case, "hase").await;
    // A month later the promise is late.
    app.clock.forward_minutes(60 * 24 * 30);
    for (login, count) in [("imai", "1件"), ("hase", "0件")] {
        let mut person = app.sign_in(login).await;
        let page = person.get("/nobody").await;
        let zeros = page.body.split("class=\"zeros\"").nth(1).unwrap().split("</table>").next().unwrap();
        let late = zeros.split("期限を過ぎたもの").nth(1).unwrap();
        assert!(late.split("</tr>").next().unwrap().contains(count), "{login}: {}", page.text());
        let listed =
            page.body.split("<ol class=\"tasks\">").nth(1).map_or(0, |l| l.matches("2026-00001").count());
        assert_eq!(listed > 0, count == "1件", "{login}: {}", page.text());
    }
});

story!(who_goes_leaves_the_work_to_the_desk, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    let mut oda = app.sign_in("oda").await;
    oda.get("/").await.not_see("2026-00001");
    let mut kanri = app.sign_in("kanri").await;
    kanri.get("/admin/staff").await.is(200);
    let end = format!("/admin/appointments/{}/end", app.town.appointment("kinoshita", "shakyo"));
    // Work is open: the page says so, and who will have it.
    let page = kanri.post(&end, &[("last", "R8.11.20")]).await;
    page.is(422)
        .see("終わっていない仕事が 1件")
        .see("次の約束")
        .see("小田 りか")
        .see("引き継ぎ先を確かめて")
        .not_see("息子さん")
        .not_see("浜田");
    // Later is announced early enough: nothing to tick.
    kanri.post(&end, &[("last", "R8.11.20"), ("seen", "1")]).await.is(303);
    oda.get("/").await.see("2026-00001");
    oda.get(&first(&oda.page.clone(), "tasks")).await.is(200);
    kinoshita.get(&case).await.is(404);
});
