//! Coming in, staying, changing places.

use totp_rs::{Builder, Secret};
use words::{Day, Instant};

use crate::support::{App, PASSWORD, Person};

const WORDS: &str = "母のことで、夜も眠れないと話された。\n「だれにも言えなかった」<ことば>&\"しるし\"";
const WRONG: &str = "サインインできませんでした";

async fn tries(person: &mut Person, login: &str, password: &str) -> crate::support::Page {
    person.get("/sign-in").await;
    person.post("/sign-in", &[("login", login), ("password", password)]).await
}

story!(one_comes_in_and_goes, |app| async {
    app.give_password("kinoshita").await;
    let mut kinoshita = app.browser();
    kinoshita.get("/seat").await.goes_to("/sign-in?next=%2Fseat");
    kinoshita.follow().await.is(200).see("サインイン").not_see("kinoshita");
    let page = kinoshita.post("/sign-in", &[("login", "ｋｉｎｏｓｈｉｔａ"), ("password", PASSWORD)]).await;
    page.goes_to("/seat");
    let cookie = page.header("set-cookie").unwrap();
    assert!(cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax"), "{cookie}");
    kinoshita
        .follow()
        .await
        .is(200)
        .see("木下 ひろみ")
        .see("バックアップふじさわ社協")
        .see("相談支援サポーター");
    let token = kinoshita.cookies["yorisou_session"].clone();
    kinoshita.post("/sign-out", &[]).await.goes_to("/sign-in?done=signed_out");
    kinoshita.follow().await.see("おつかれさまでした");
    // The token is worth nothing any more, wherever it is kept.
    kinoshita.cookies.insert("yorisou_session".to_owned(), token);
    kinoshita.get("/seat").await.is(303);
});

story!(whatever_is_wrong_the_answer_is_one, |app| async {
    app.give_password("kinoshita").await;
    app.give_password("oda").await;
    account::console::disable(&app.engine, app.town.municipality, "oda").await.unwrap();
    let mut browser = app.browser();
    let wrong = tries(&mut browser, "kinoshita", "not the password").await;
    wrong.is(422).see(WRONG).not_see("not the password");
    for (login, password) in [("nobody-here", PASSWORD), ("oda", PASSWORD), ("mieda", ""), ("", "")] {
        let page = tries(&mut browser, login, password).await;
        let blind = |body: &str, login: &str| body.replace(&format!("value=\"{login}\""), "value=\"\"");
        assert_eq!(page.status, 422);
        assert_eq!(blind(&page.body, login), blind(&wrong.body, "kinoshita"), "{login}");
    }
    // Without a demonstration nobody comes in without a password.
    browser.post_exactly("/sign-in", &[("account", "kinoshita")]).await.is(422).see(WRONG);
});

story!(five_wrong_tries_shut_an_account_for_a_while, |app| async {
    app.give_password("kinoshita").await;
    let mut browser = app.browser();
    for _ in 0..5 {
        tries(&mut browser, "kinoshita", "wrong wrong wrong").await.is(422);
    }
    tries(&mut browser, "kinoshita", PASSWORD).await.is(422).see(WRONG);
    app.clock.forward_minutes(14);
    tries(&mut browser, "kinoshita", PASSWORD).await.is(422);
    app.clock.forward_minutes(1);
    tries(&mut browser, "kinoshita", PASSWORD).await.goes_to("/");
    // A right one in between starts the count anew, and the console can open it.
    let mut other = app.browser();
    for _ in 0..5 {
        tries(&mut other, "kinoshita", "wrong wrong wrong").await.is(422);
    }
    account::console::unlock(&app.engine, app.town.municipality, "kinoshita").await.unwrap();
    tries(&mut other, "kinoshita", PASSWORD).await.goes_to("/");
});

story!(each_sign_in_makes_a_new_session, |app| async {
    let mut browser = app.sign_in_with_password("kinoshita").await;
    let first = browser.cookies["yorisou_session"].clone();
    tries(&mut browser, "kinoshita", PASSWORD).await.goes_to("/");
    assert_ne!(browser.cookies["yorisou_session"], first);
    let mut old = app.browser();
    old.cookies.insert("yorisou_session".to_owned(), first);
    old.get("/seat").await.is(303);
    // A token from outside is never taken over.
    let mut fixed = app.browser();
    fixed.cookies.insert("yorisou_session".to_owned(), "0".repeat(64));
    tries(&mut fixed, "kinoshita", PASSWORD).await.goes_to("/");
    assert_ne!(fixed.cookies["yorisou_session"], "0".repeat(64));
});

story!(a_form_from_elsewhere_changes_nothing, |app| async {
    let mut hase = app.sign_in("hase").await;
    let other = app.town.appointment("hase", "suishin_soudan").to_string();
    let before = hase.get("/seat").await.body.matches("いまの立場").count();
    let fields = [("csrf", "0000"), ("appointment", other.as_str())];
    hase.post_exactly("/seat", &fields).await.is(401).see("もう一度サインイン");
    hase.post_exactly("/seat", &fields[1..]).await.is(401);
    let csrf = hase.get("/seat").await.form("/seat").value("csrf");
    let fields = [("csrf", csrf.as_str()), ("appointment", other.as_str())];
    for header in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
        hase.post_with("/seat", &fields, &[header]).await.is(422);
        hase.post_with("/sign-out", &[], &[header]).await.is(422);
    }
    assert_eq!(hase.get("/seat").await.is(200).body.matches("いまの立場").count(), before);
});

/// 長谷 has left a form open too long, and sends it.
async fn sends_too_late(app: &App) -> (Person, String) {
    let mut hase = app.sign_in_with_password("hase").await;
    hase.get("/seat").await.is(200);
    app.clock.forward_minutes(61);
    let other = app.town.appointment("hase", "suishin_soudan").to_string();
    let page = hase.post("/seat", &[("appointment", other.as_str()), ("words", WORDS)]).await;
    page.is(401).see("取ってあります").see("長谷 みどりさんのパスワード");
    (hase, other)
}

story!(what_was_sent_too_late_is_sent_again, |app| async {
    let (mut hase, other) = sends_too_late(app).await;
    // A slip of the finger loses nothing either.
    hase.post("/sign-in", &[("password", "a slip of the finger")])
        .await
        .is(422)
        .see(WRONG)
        .see("取ってあります");
    let page = hase.post("/sign-in", &[("password", PASSWORD)]).await;
    page.is(200).see("data-autosubmit");
    let form = page.form("/seat");
    assert_eq!(form.value("words"), WORDS);
    assert_eq!(form.value("appointment"), other);
    hase.post("/seat", &[]).await.goes_to("/?done=seat_changed");
    let page = hase.get("/seat").await;
    let here = page.body.split("いまの立場").next().unwrap().rsplit("value=\"").next().unwrap().to_owned();
    assert!(here.starts_with(&other), "{here}");
});

story!(another_person_does_not_get_the_words, |app| async {
    let (mut browser, _) = sends_too_late(app).await;
    app.give_password("kinoshita").await;
    let page = browser.post("/sign-in", &[("login", "kinoshita"), ("password", PASSWORD)]).await;
    page.goes_to("/?done=words_dropped").not_see("眠れない");
    browser
        .get("/seat?done=words_dropped")
        .await
        .see("木下 ひろみ")
        .see("送らずに消しました")
        .not_see("眠れない");
});

story!(a_form_of_an_earlier_session_goes_on_for_its_writer_only, |app| async {
    let mut hase = app.sign_in_with_password("hase").await;
    let old = hase.get("/seat").await;
    tries(&mut hase, "hase", PASSWORD).await.goes_to("/");
    let csrf = old.form("/seat").value("csrf");
    let fields = [("csrf", csrf.as_str()), ("words", WORDS)];
    let page = hase.post_exactly("/seat", &fields).await;
    page.is(200).see("data-autosubmit");
    assert_eq!(page.form("/seat").value("words"), WORDS);
    assert_ne!(page.form("/seat").value("csrf"), csrf);
    // The same tab, after somebody else took the seat: it is not theirs.
    app.give_password("kinoshita").await;
    tries(&mut hase, "kinoshita", PASSWORD).await.goes_to("/");
    hase.post_exactly("/seat", &fields).await.is(401).see("長谷 みどりさんのパスワード");
});

story!(a_session_ends_after_twelve_hours_however_busy, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    for _ in 0..23 {
        app.clock.forward_minutes(30);
        kinoshita.get("/seat").await.is(200);
    }
    app.clock.forward_minutes(30);
    kinoshita.get("/seat").await.is(303);
});

story!(five_people_share_a_pc, |app| async {
    for login in ["kinoshita", "oda"] {
        app.give_password(login).await;
    }
    let mut pc = app.browser();
    pc.get("/lock").await.goes_to("/sign-in");
    tries(&mut pc, "oda", PASSWORD).await.goes_to("/");
    pc.get("/seat").await.see("小田 りか");
    tries(&mut pc, "kinoshita", PASSWORD).await.goes_to("/");
    pc.get("/lock").await.goes_to("/");
    pc.get("/seat").await.see("木下 ひろみ");
    pc.post("/lock", &[]).await.goes_to("/lock");
    pc.get("/seat").await.is(303);
    pc.get("/lock").await.is(200).see("木下 ひろみさんがつづける").see("小田 りか").not_see("三枝");
    // Another takes over, with a password of their own.
    let oda = app.town.user("oda").to_string();
    pc.get(&format!("/lock?who={oda}")).await.see("小田 りかさんがつづける");
    pc.post("/sign-in", &[("password", "kinoshita does not know it")]).await.is(422);
    pc.get(&format!("/lock?who={oda}")).await;
    pc.post("/sign-in", &[("password", PASSWORD)]).await.goes_to("/");
    pc.get("/seat").await.see("小田 りか");
    // Elsewhere nobody is listed, and after a month nobody is here.
    app.browser().get("/lock").await.goes_to("/sign-in");
    pc.post("/lock", &[]).await.goes_to("/lock");
    app.clock.forward_minutes(31 * 24 * 60);
    pc.get("/lock").await.goes_to("/sign-in");
});

story!(in_a_demonstration_a_button_is_enough, |app| async {
    let mut browser = app.demo_browser();
    let page = browser.get("/sign-in").await;
    page.see("これは試すための場です").see("data-demo-account=\"kinoshita\"");
    browser.post_exactly("/sign-in", &[("account", "nobody-here")]).await.is(422);
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get("/me").await.is(200);
    let fields = [("current_password", ""), ("new_password", PASSWORD), ("new_password_again", PASSWORD)];
    kinoshita.post("/me/password", &fields).await.is(422).see("試すための場");
    kinoshita.post("/lock", &[]).await.goes_to("/lock");
    kinoshita.get("/lock").await.see("data-demo-account=\"kinoshita\"");
    kinoshita.post("/sign-in", &[]).await.goes_to("/");
});

story!(one_acts_under_one_appointment_at_a_time, |app| async {
    let mut hase = app.sign_in("hase").await;
    let other = app.town.appointment("hase", "suishin_soudan").to_string();
    let foreign = app.town.appointment("kinoshita", "shakyo").to_string();
    hase.get("/seat").await.see("立場をかえる").see("相談支援包括化推進員").see("相談支援サポーター");
    hase.post("/seat", &[("appointment", foreign.as_str())]).await.is(404);
    hase.get("/seat").await;
    hase.post("/seat", &[("appointment", other.as_str())]).await.goes_to("/?done=seat_changed");
    hase.get("/me").await.is(200);
    // The next session begins where the last one was.
    hase.post("/sign-out", &[]).await;
    let mut hase = app.sign_in("hase").await;
    let page = hase.get("/seat").await;
    let here = page.body.split("いまの立場").next().unwrap().rsplit("value=\"").next().unwrap().to_owned();
    assert!(here.starts_with(&other), "{here}");
});

story!(a_transfer_takes_effect_on_its_day_in_an_open_session, |app| async {
    let today = Day::new(2026, 11, 21).unwrap();
    app.town.transfer(&app.engine, "oda", "shakyo", "hokubu", today).await;
    app.clock.set(Instant::at(today, 23, 30));
    let mut oda = app.sign_in("oda").await;
    oda.get("/seat").await.see("バックアップふじさわ社協").not_see("北部福祉総合相談室");
    app.clock.forward_minutes(40);
    oda.get("/seat").await.is(200).see("北部福祉総合相談室").not_see("バックアップふじさわ社協");
});

story!(a_password_is_changed_by_who_knows_it, |app| async {
    let new = "eleven boats at katase";
    let mut kinoshita = app.sign_in_with_password("kinoshita").await;
    let mut elsewhere = app.browser();
    tries(&mut elsewhere, "kinoshita", PASSWORD).await.goes_to("/");
    kinoshita.get("/me").await;
    let wrong = [("current_password", "not it"), ("new_password", "kinoshita"), ("new_password_again", "x")];
    let page = kinoshita.post("/me/password", &wrong).await;
    page.is(422).see("いまのパスワードがちがいます").see("短すぎます。10文字以上").see("同じではありません");
    let right = [("current_password", PASSWORD), ("new_password", new), ("new_password_again", new)];
    kinoshita.post("/me/password", &right).await.goes_to("/me?done=password_changed");
    kinoshita.follow().await.is(200).see("パスワードを変えました");
    elsewhere.get("/seat").await.is(303);
    tries(&mut elsewhere, "kinoshita", PASSWORD).await.is(422);
    tries(&mut elsewhere, "kinoshita", new).await.goes_to("/");
});

fn code(secret: &str, now: Instant) -> String {
    let totp = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap();
    totp.generate(u64::try_from(now.millis() / 1000).unwrap()).to_string()
}

fn half_a_minute_later(app: &App) {
    app.clock.set(Instant::from_millis(app.engine.now().millis() + 30_000));
}

story!(the_second_factor_is_asked_for_and_each_code_taken_once, |app| async {
    let mut kinoshita = app.sign_in_with_password("kinoshita").await;
    let page = kinoshita.get("/me").await;
    page.see("role=\"img\"").not_see("style=");
    let secret = page.form("/me/second").value("secret");
    let wrong = kinoshita.post("/me/second", &[("password", PASSWORD), ("code", "000000")]).await;
    wrong.is(422);
    assert_eq!(wrong.form("/me/second").value("secret"), secret, "the same secret is offered again");
    let first = code(&secret, app.engine.now());
    let page = kinoshita.post("/me/second", &[("password", PASSWORD), ("code", &first)]).await;
    page.goes_to("/me?done=second_on");
    kinoshita.post("/sign-out", &[]).await;

    // The password alone opens nothing.
    let page = tries(&mut kinoshita, "kinoshita", PASSWORD).await;
    page.is(200).see("6けたの数字");
    kinoshita.get("/seat").await.is(303);
    tries(&mut kinoshita, "kinoshita", PASSWORD).await;
    kinoshita.post("/sign-in/code", &[("code", &first)]).await.is(422).see("もう使われています");
    half_a_minute_later(app);
    let second = code(&secret, app.engine.now());
    kinoshita.post("/sign-in/code", &[("code", &second)]).await.goes_to("/");
    kinoshita.get("/seat").await.is(200);

    // Without the first step, or too late after it, a right code opens nothing.
    half_a_minute_later(app);
    let third = code(&secret, app.engine.now());
    app.browser().post_exactly("/sign-in/code", &[("code", &third)]).await.is(422);
    let mut late = app.browser();
    tries(&mut late, "kinoshita", PASSWORD).await.is(200);
    app.clock.forward_minutes(5);
    late.post("/sign-in/code", &[("code", &code(&secret, app.engine.now()))])
        .await
        .is(422)
        .see("時間がすぎました");

    // The phone is lost.
    account::console::reset_second_factor(&app.engine, app.town.municipality, "kinoshita").await.unwrap();
    tries(&mut late, "kinoshita", PASSWORD).await.goes_to("/");
});

story!(absence_and_not_yours_look_alike, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let absent = kinoshita.get("/nothing-of-this-name").await;
    absent.is(404).see("見つかりません");
    let forbidden = kinoshita.get("/audit").await;
    assert_eq!((absent.status, &absent.body), (forbidden.status, &forbidden.body));
});

story!(the_program_says_that_it_is_well, |app| async {
    let mut anyone = app.browser();
    let page = anyone.get("/health").await;
    assert_eq!((page.status, page.body.as_str()), (200, "ok\n"));
    let page = anyone.get("/sign-in").await;
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    let css = page.body.split("href=\"/assets/app").nth(1).unwrap().split('"').next().unwrap();
    let css = anyone.get(&format!("/assets/app{css}")).await;
    assert!(css.is(200).header("cache-control").unwrap().contains("immutable"));
});
