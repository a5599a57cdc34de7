//! What somebody chooses for themselves: language, saved filters, columns, keys.

use site::{Language, Texts};

const FILTER: &str = "月曜に見るもの";

story!(a_language_is_chosen_once_and_follows_the_person, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get("/").await.is(200).see("<html lang=\"ja\">").see("今日の仕事");
    kinoshita.post("/language", &[("language", "en")]).await.goes_to("/");
    kinoshita.get("/cases").await.is(200).see("<html lang=\"en\">").see("Cases");
    // Another browser: the choice is the person's, not the PC's.
    let mut elsewhere = app.sign_in("kinoshita").await;
    elsewhere.get("/").await.see("Today's work").not_see("今日の仕事");
    // Before anyone signs in, the browser's choice holds; a stranger's place to go back to is not followed.
    let mut visitor = app.browser();
    visitor.get("/sign-in").await.see("サインイン");
    let host = visitor.host();
    let (referer, evil) =
        (format!("http://{host}/sign-in?next=%2Fcases"), "https://evil.example/".to_owned());
    for (from, to) in [(referer, "/sign-in?next=%2Fcases"), (evil, "/")] {
        visitor.post_with("/language", &[("language", "en")], &[("referer", &from)]).await.goes_to(to);
    }
    visitor.get("/sign-in").await.see("Staff number").not_see("職員番号");
    // Somebody else on the same PC has their own.
    let mut hase = app.sign_in("hase").await;
    hase.get("/").await.see("今日の仕事");
});

story!(in_english_no_japanese_sentence_is_left, |app| async {
    let japanese = Texts::read(Language::Japanese, yorisou::site::TEXTS).unwrap();
    let pages: [(&str, &[&str]); 5] = [
        (
            "kinoshita",
            &[
                "/",
                "/consultations",
                "/consultations/new",
                "/cases",
                "/referrals",
                "/feedback",
                "/drafts",
                "/who",
                "/me",
                "/seat",
            ],
        ),
        ("imai", &["/", "/nobody", "/cases"]),
        ("tsuji", &["/", "/sheets", "/sheets/new"]),
        ("kanri", &["/", "/admin/staff", "/admin/transfers"]),
        ("mori", &["/", "/audit"]),
    ];
    // Names of the register are data, and some of them are also words of the program; the sheets of an XLSForm have
    // the standard's own names.
    let data = [
        "role.",
        "programme.",
        "decision_programme.",
        "field.",
        "entity.",
        "site.other_language",
        "forms.settings",
    ];
    let sentences: Vec<(&str, &str)> = japanese
        .sentences()
        .filter(|(key, said)| {
            !data.iter().any(|d| key.starts_with(d))
                && said.chars().count() > 3
                && !said.is_ascii()
                && !said.contains('{')
        })
        .collect();
    for (login, paths) in pages {
        let mut person = app.sign_in(login).await;
        person.post("/language", &[("language", "en")]).await.is(303);
        for path in paths {
            let page = person.get(path).await;
            assert!(page.status == 200, "{login} {path}: {}", page.status);
            let text = page.text();
            for (key, said) in &sentences {
                assert!(!text.contains(said), "{path}: {key} is said in Japanese: {said}");
            }
            let wareki = ["令和", "月", "年"].iter().find(|w| text.contains(**w));
            assert!(wareki.is_none(), "{path}: a date is said in Japanese: {wareki:?}\n{text}");
        }
    }
});

story!(a_filter_is_kept_under_a_name_and_forgotten, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get("/consultations?state=open&mine=1").await.is(200);
    kinoshita
        .post("/habits/filter", &[("name", FILTER)])
        .await
        .goes_to("/consultations?state=open&mine=1&done=filter_saved");
    let page = kinoshita.follow().await;
    assert_eq!(page.link(FILTER), "/consultations?state=open&mine=1");
    app.sign_in("hase").await.get("/consultations").await.not_see(FILTER);
    // A name that is missing or too long, and words that would stay in an address.
    kinoshita.post("/habits/filter", &[("name", "")]).await.is(422);
    kinoshita.get("/consultations").await;
    kinoshita.post("/habits/filter", &[("name", "長い名前長い名前長い名前長い名前長い名前長")]).await.is(422);
    kinoshita.get("/consultations").await;
    kinoshita.post("/habits/filter", &[("name", "x"), ("query", "q=%E4%BD%90%E8%97%A4")]).await.is(422);
    kinoshita.get("/consultations").await;
    kinoshita.post("/habits/filter", &[("name", "x"), ("list", "/staff/../me")]).await.is(404);
    kinoshita.get("/consultations").await;
    kinoshita.post("/habits/filter/forget", &[]).await.is(303);
    kinoshita.follow().await.not_see(FILTER);
});

story!(columns_are_left_out_and_come_back, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let head = |body: &str| body.matches("<th scope=\"col\"").count();
    let fields = [
        ("occurred", "2026-11-20"),
        ("words", "眠れない"),
        ("channel", "phone"),
        ("route", "self"),
        ("urgency", "normal"),
    ];
    kinoshita.get("/consultations/new").await;
    kinoshita.post("/consultations", &fields).await.is(303);
    let all = head(&kinoshita.get("/consultations").await.body);
    assert_eq!(all, 6);
    kinoshita.post("/habits/columns", &[("show", "col_when"), ("show", "col_state")]).await.is(303);
    let page = kinoshita.follow().await;
    assert_eq!(head(&page.body), 3);
    page.see("data-label=\"いまの様子\"").not_see("data-label=\"受けた人\"");
    let every: Vec<(&str, &str)> = ["col_when", "topics_short", "col_state", "received_by", "col_assignee"]
        .map(|c| ("show", c))
        .to_vec();
    kinoshita.post("/habits/columns", &every).await.is(303);
    assert_eq!(head(&kinoshita.follow().await.body), all);
});

story!(single_keys_can_be_switched_off, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get("/cases").await.see("data-keys=\"on\"").see("data-go=\"k\"");
    kinoshita.post("/habits/keys", &[("keys", "off")]).await.goes_to("/?done=keys_off");
    kinoshita.follow().await.see("data-keys=\"off\"");
    kinoshita.post("/habits/keys", &[("keys", "on")]).await.is(303);
    kinoshita.follow().await.see("data-keys=\"on\"");
});

story!(every_list_keeps_filters_and_columns, |app| async {
    for list in site::habits::LISTS {
        let login = if list.path == site::link::SHEETS { "hase" } else { "kinoshita" };
        let mut person = app.sign_in(login).await;
        let page = person.get(list.path).await;
        page.is(200);
        let action = |page: &crate::support::Page, wanted: &str| {
            page.forms().iter().any(|f| f.action == wanted && f.value("list") == list.path)
        };
        assert!(action(&page, "/habits/filter"), "{}: no filter is kept", list.path);
        assert_eq!(action(&page, "/habits/columns"), !list.columns.is_empty(), "{}", list.path);
        // Every column has a word, and the list is whole without any of them.
        for (column, key, shown) in site::habits::Habits::default().columns(list.path) {
            assert!(
                shown && page.body.contains(&format!("value=\"{column}\" checked")),
                "{}: {key}",
                list.path
            );
        }
        let page = person.post("/habits/columns", &[("list", list.path), ("query", "")]).await;
        page.goes_to(&format!("{}?done=columns_chosen", list.path));
        person.follow().await.is(200);
        let kept = [("list", list.path), ("query", "state=open&list=over&undo=x"), ("name", "月曜")];
        person.get(list.path).await;
        let page = person.post("/habits/filter", &kept).await;
        page.goes_to(&format!("{}?state=open&list=over&done=filter_saved", list.path));
        person.follow().await.is(200).see("月曜");
    }
});

story!(lists_are_narrowed_by_their_state, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let call = crate::triage::consultation(&mut kinoshita, "三日ほど姿を見ない").await;
    crate::triage::begin(&mut kinoshita, &call, "welfare_check").await;
    kinoshita.get("/triage?state=open").await.is(200).see("安否確認").see("見きわめ中");
    kinoshita.get("/triage?state=judged").await.is(200).not_see("安否確認");
    // A state of the other list, or none at all, narrows nothing.
    kinoshita.get("/triage?state=confirmed").await.is(200).see("安否確認");
    kinoshita.get("/triage?state=x").await.is(200).see("安否確認");
    for stage in ["late", "waiting", "new", "read"] {
        kinoshita.get(&format!("/feedback?stage={stage}")).await.is(200).see("この様子のものはありません");
    }
    let mut hase = app.sign_in("hase").await;
    hase.get("/sheets?show=ended")
        .await
        .is(200)
        .see("受けとったもの・答えたもの")
        .not_see("<h2>受けとりを待っているもの");
    hase.get("/sheets?show=nothing").await.is(200).see("受けとりを待っているもの");
});
