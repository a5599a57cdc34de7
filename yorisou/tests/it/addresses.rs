//! No name in an address: not in a link, a form's target, a redirect or where the sign-in leads on. Addresses stay in the
//! history of a browser that five people share, and in the logs of whatever stands in between.

use crate::support::{Page, Person};

/// Every address a page sends somebody to.
fn addresses(page: &Page) -> Vec<String> {
    let mut found = vec![page.location().to_owned()];
    for name in ["href=\"", "action=\"", "formaction=\""] {
        found.extend(page.body.split(name).skip(1).filter_map(|r| r.split('"').next()).map(str::to_owned));
    }
    found
}

#[track_caller]
fn no_words(page: &Page, words: &[&str]) {
    for address in addresses(page) {
        let plain = form_urlencoded::parse(address.as_bytes()).fold(String::new(), |s, (n, v)| s + &n + &v);
        for word in words {
            assert!(!plain.contains(word), "{word} is in {address}");
        }
    }
    // A form that takes words and is not sent as a body would put them there.
    for form in page.forms() {
        let tag = form.html.split('>').next().unwrap_or_default();
        let typed = form.html.contains("type=\"search\"") || form.html.contains("name=\"user\"");
        assert!(!typed || tag.contains("method=\"post\""), "{}", form.html);
    }
}

async fn looked_for(person: &mut Person, path: &str, field: &str, words: &str) -> Page {
    person.get(path).await.is(200);
    no_words(&person.page, &[words]);
    let page = person.post(path, &[(field, words)]).await;
    page.is(200).see(words);
    assert_eq!(page.header("cache-control"), Some("no-store"));
    no_words(&page, &[words]);
    page
}

story!(no_name_is_ever_part_of_an_address, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    looked_for(&mut kinoshita, "/search", "q", "浜田").await;
    // The same box is at the top of every page.
    kinoshita.get("/cases").await.is(200);
    kinoshita.search("浜田").await.is(200).see("浜田");
    // What an old address still carries is not looked for.
    kinoshita.get("/search?q=%E6%B5%9C%E7%94%B0").await.is(200).not_see("浜田");
    let mut kanri = app.sign_in("kanri").await;
    looked_for(&mut kanri, "/admin/staff", "q", "木下").await.see("木下 ひろみ").not_see("三枝");
    let mut mori = app.sign_in("mori").await;
    looked_for(&mut mori, "/audit", "user", "木下").await;

    // Who comes back after the session has ended goes on to the page, without what was typed.
    let mut nobody = app.browser();
    nobody.get("/search?q=%E6%B5%9C%E7%94%B0").await.goes_to("/sign-in?next=%2Fsearch");
    nobody.get("/sign-in?next=%2Fsearch%3Fq%3D%E6%B5%9C%E7%94%B0").await.is(200).not_see("浜田");
    let kept = nobody.post_exactly("/search", &[("q", "浜田")]).await;
    no_words(&kept, &["浜田"]);
});

story!(a_search_without_the_proof_of_the_own_page_is_not_answered, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.post_exactly("/search", &[("q", "浜田")]).await.is(401);
});

story!(a_search_is_no_command_but_its_looks_are_logged, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let before = commands(app).await;
    kinoshita.search("木下").await.is(200);
    assert_eq!(commands(app).await, before);
});

async fn commands(app: &crate::support::App) -> i64 {
    let at = app.town.municipality;
    let mut act = app
        .engine
        .system_act(access::System::Console, at, engine::Origin::Console, "test", &())
        .await
        .unwrap_or_else(|_| panic!("an act begins"));
    let sql = "SELECT COUNT(*) AS n FROM command WHERE municipality_id = $1";
    act.facts().unwrap().one(sql, engine::args![at]).await.unwrap().get("n").unwrap()
}

story!(the_log_is_narrowed_by_name_case_and_days, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = crate::casefile::case(&mut kinoshita).await;
    kinoshita.get(&case).await.is(200);
    let mut mori = app.sign_in("mori").await;
    mori.get("/audit").await.is(200);
    for name in ["kinoshita", "木下 ひろみ", "木下ひろみ", "木下　ひろみ", "木下", "きのした"]
    {
        mori.post("/audit", &[("user", name)]).await.is(200).see("<td data-label=\"だれが\">木下 ひろみ");
    }
    // The records of one page stand together, each with its way on.
    let page = mori.post("/audit", &[("user", "kinoshita")]).await;
    let (looks, records) =
        (page.body.matches("<tr>").count() - 1, page.body.matches("/audit?record=").count());
    assert!(looks < records, "{looks} of {records}: {}", page.text());
    mori.post("/audit", &[("user", "三枝")]).await.is(200).see("その条件の記録はありません");
    mori.post("/audit", &[("case", "２０２６－００００１")]).await.is(200).see("ケース").see("木下 ひろみ");
    mori.post("/audit", &[("case", "2026-00002")]).await.is(200).see("その条件の記録はありません");
    let days = [("user", "木下"), ("from", "令和8年11月21日"), ("until", "R8.11.21")];
    mori.post("/audit", &days).await.is(200).see("木下 ひろみ").see("R8.11.21");
    let later = [("user", "木下"), ("from", "2026-11-22")];
    mori.post("/audit", &later).await.is(200).see("その条件の記録はありません");
    let wrong = [("from", "R8.11.22"), ("until", "R8.11.21")];
    mori.post("/audit", &wrong).await.is(422).see("日付を見直してください");
    mori.post("/audit", &[("from", "きのう")]).await.is(422);
});
