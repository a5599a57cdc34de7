//! Every page as nobody, as somebody without the role, and with an id that names nothing. A new page appears in
//! `golden/routes.txt` or this fails; what it answers to strangers is tested without anybody writing a test.

use site::{Access, Method};

use crate::support::App;

/// Regenerate with `UPDATE_GOLDEN=1`; read the change: each line is a decision about who may come.
const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/golden/routes.txt");

fn who(access: &Access) -> String {
    match access {
        Access::Anyone(why) => format!("anyone: {why}"),
        Access::SignedIn => "signed in".to_owned(),
        Access::Role(roles) => roles.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}

#[test]
fn every_page_says_who_may_come() {
    let mut lines: Vec<String> = yorisou::site::pages()
        .iter()
        .map(|p| format!("{:<4} {:<48} {}", format!("{:?}", p.method).to_uppercase(), p.path, who(&p.access)))
        .collect();
    lines.sort_unstable();
    let now = lines.join("\n") + "\n";
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(GOLDEN, &now).unwrap();
    }
    let golden = std::fs::read_to_string(GOLDEN).unwrap_or_default();
    assert_eq!(now, golden, "pages changed: read the difference, then UPDATE_GOLDEN=1");
}

/// A path with ids that name nothing.
fn concrete(path: &str) -> String {
    path.split('/')
        .map(|part| match part {
            "{id}" | "{consent}" | "{request}" | "{case}" | "{person}" | "{entry}" => {
                "00000000-0000-7000-8000-000000000001"
            }
            "{step}" => "accept",
            "{kind}" => "csv",
            "{key}" | "{version}" => "none",
            other => other,
        })
        .collect::<Vec<_>>()
        .join("/")
}

async fn strangers(app: &App) {
    let mut nobody = app.browser();
    let mut lowest = app.sign_in("mori").await;
    let absent = lowest.get("/there-is-no-such-page").await;
    assert_eq!(absent.status, 404);
    let mut tried = 0;
    for page in yorisou::site::pages() {
        let path = concrete(page.path);
        tried += 1;
        if !matches!(page.access, Access::Anyone(_)) {
            let answer = match page.method {
                Method::Get => nobody.get(&path).await,
                Method::Post => nobody.post_exactly(&path, &[("words", "ひみつのことば")]).await,
            };
            let sent_away = answer.status == 303 && answer.location().starts_with("/sign-in");
            let asked_to_sign_in = answer.status == 200 || answer.status == 401 || answer.status == 422;
            assert!(sent_away || asked_to_sign_in, "{path} answers {} to nobody", answer.status);
            assert!(
                answer
                    .header("set-cookie")
                    .is_none_or(|c| !c.contains("yorisou_session=") || c.contains("Max-Age=0"))
            );
            nobody = app.browser();
        }
        if let Access::Role(roles) = page.access
            && !roles.contains(&access::Role::PrivacyAuditor)
        {
            let answer = match page.method {
                Method::Get => lowest.get(&path).await,
                Method::Post => lowest.post(&path, &[]).await,
            };
            assert_eq!(answer.status, 404, "{path} answers {} without the role", answer.status);
            assert_eq!(answer.text(), absent.text(), "{path} is not the page of absence");
        }
    }
    assert!(tried > 40, "only {tried} pages");
}

async fn unknown_ids(app: &App) {
    let mut coordinator = app.sign_in("hase").await;
    let absent = coordinator.get("/there-is-no-such-page").await;
    let mut tried = 0;
    for page in yorisou::site::pages() {
        if !page.path.contains("{id}") && !page.path.contains("{case}") {
            continue;
        }
        if page.path.starts_with("/drafts") {
            // A draft's id is made by whoever begins it: an unknown one is a new draft.
            continue;
        }
        tried += 1;
        let path = concrete(page.path);
        let answer = match page.method {
            Method::Get => coordinator.get(&path).await,
            Method::Post => coordinator.post(&path, &[]).await,
        };
        let refused_before_looking = answer.status == 422 && page.method == Method::Post;
        assert!(answer.status == 404 || refused_before_looking, "{path} answers {}", answer.status);
        if answer.status == 404 {
            assert_eq!(answer.text(), absent.text(), "{path}");
        }
        let unreadable = path.replace("00000000-0000-7000-8000-000000000001", "not-an-id");
        if page.method == Method::Get {
            assert_eq!(coordinator.get(&unreadable).await.text(), absent.text(), "{unreadable}");
        }
    }
    assert!(tried > 15, "only {tried} pages");
}

story!(nobody_and_the_wrong_role_learn_nothing, |app| async {
    strangers(app).await;
});

story!(an_unknown_id_is_absence, |app| async {
    unknown_ids(app).await;
});

/// How often somebody was looked up, by what the log says of it.
async fn audited(app: &App, kind: &str, id: words::id::ThingId) -> i64 {
    let at = app.town.municipality;
    let mut act = app
        .engine
        .system_act(access::System::Console, at, engine::Origin::Console, "test", &())
        .await
        .unwrap_or_else(|_| panic!("an act begins"));
    let sql = "SELECT COUNT(*) AS n FROM access_log WHERE municipality_id = $1 AND basis = 'audit_access' \
               AND action = 'read' AND user_id = $2 AND record_kind = $3 AND record_id = $4";
    let args = engine::args![at, app.town.user("mori"), kind, id];
    act.facts().unwrap().one(sql, args).await.unwrap().get("n").unwrap()
}

story!(who_looks_at_the_log_is_in_the_log, |app| async {
    let mut mori = app.sign_in("mori").await;
    let whole = app.town.municipality.cast();
    assert_eq!(audited(app, "access_log", whole).await, 0);
    mori.get("/audit").await.is(200);
    assert_eq!(audited(app, "access_log", whole).await, 1);

    let hase: words::id::ThingId = app.town.user("hase").cast();
    mori.post("/audit", &[("user", "hase")]).await.is(200).see("その条件の記録はありません");
    assert_eq!(audited(app, "app_user", hase).await, 1, "the person sought, by id");
    let record: words::id::ThingId = app.engine.new_id();
    mori.get(&format!("/audit?record={record}")).await.is(200);
    assert_eq!(audited(app, "record", record).await, 1, "the record sought, by id");
    mori.post("/audit", &[("user", "nobody-of-this-name")]).await.is(200).see("その条件の記録はありません");
    assert_eq!(audited(app, "access_log", whole).await, 2, "what was typed is not kept");

    mori.post("/audit", &[("user", "mori")]).await.is(200).see("見た記録をしらべた").see("職員の見た記録");
});

/// Somebody in the household of another case whose number ends as this one's.
async fn ends_alike(app: &App, person: words::id::PersonId, case: &str) -> words::id::PersonId {
    let (m, right) = (app.town.municipality, access::Right::system(access::System::Import));
    let begun =
        app.engine.system_act(access::System::Import, m, engine::Origin::File, "story.twin", &1).await;
    let mut act = begun.unwrap();
    // The last eight digits are the same, those before them another's.
    let (other, of): (words::id::PersonId, String) = (act.new_id(), person.to_string());
    let other = other.to_string();
    let twin: words::id::PersonId =
        format!("{}{}", &other[..other.len() - 8], &of[of.len() - 8..]).parse().unwrap();
    let case: words::id::CaseId = case.parse().unwrap();
    let mut conn = act.save(&right).unwrap();
    let statements = [
        "INSERT INTO person (municipality_id, id, household_id, desk_id, name, command_id) \
         SELECT p.municipality_id, $3, p.household_id, p.desk_id, '森田 ヨシ', p.command_id FROM person p \
         JOIN case_file c ON c.municipality_id = p.municipality_id AND c.household_id = p.household_id \
         WHERE p.municipality_id = $1 AND c.id = $2",
        "INSERT INTO household_member (municipality_id, household_id, person_id, relation, valid_from, command_id) \
         SELECT k.municipality_id, k.household_id, $3, 'child', k.valid_from, k.command_id FROM household_member k \
         JOIN case_file c ON c.municipality_id = k.municipality_id AND c.household_id = k.household_id \
         WHERE k.municipality_id = $1 AND c.id = $2",
    ];
    for sql in statements {
        assert_eq!(conn.exec(sql, engine::args![m, case, twin]).await.unwrap(), 1);
    }
    act.commit("").await.unwrap();
    twin
}

story!(the_log_is_narrowed_by_the_number_that_is_shown_and_by_nothing_else, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = crate::referral::case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    sano.get(&format!("/cases/{case}")).await.is(200);
    let mut look = app.engine.nobody_in(app.town.municipality).look(engine::Channel::Page).await.unwrap();
    let sql = "SELECT id FROM person WHERE municipality_id = $1";
    let row = look.conn().one(sql, engine::args![app.town.municipality]).await.unwrap();
    let person: words::id::PersonId = row.get("id").unwrap();
    look.close().await.unwrap();
    let mut kinoshita = app.sign_in("kinoshita").await;
    let other = crate::referral::case_of(app, &mut kinoshita, "森田 ケン", "眠れない").await;
    kinoshita.get(&format!("/cases/{other}")).await.is(200);
    let mut mori = app.sign_in("mori").await;
    let whole = person.to_string();
    let end = &whole[whole.len() - 8..];
    mori.get("/audit").await.is(200).see("佐野").see("木下");
    let words = format!("記録の番号の終わり {end}");
    for typed in [&whole, end, &end.to_uppercase(), &words] {
        mori.post("/audit", &[("record", typed)]).await.is(200).see("佐野").not_see("木下");
    }
    // Two numbers can end alike: of everybody so called while nobody asked for a copy, and then of whoever did.
    let twin = ends_alike(app, person, &other).await;
    kinoshita.get(&format!("/persons/{twin}")).await.is(200);
    mori.post("/audit", &[("record", end)]).await.is(200).see("佐野").see("木下");
    let report = [("person", whole.as_str()), ("asked_by", "person"), ("identity", "photo")];
    let days = [("asked_on", "R8.11.21"), ("from", "R8.4.1"), ("until", "R8.11.21")];
    let path = format!("/cases/{case}/reports");
    sano.get(&path).await.is(200);
    sano.post(&path, &[&report[..], &days[..]].concat()).await.is(303);
    mori.post("/audit", &[("record", end)]).await.is(200).see("佐野").not_see("木下");
    mori.post("/audit", &[("record", &twin.to_string())]).await.is(200).see("木下");
    // Neither a number nor its end: a word beside the field, and never everything.
    for typed in ["zzz", &end[1..], "2026-00001"] {
        let page = mori.post("/audit", &[("record", typed)]).await;
        page.is(422).see("終わりの8字を書いてください").see(typed).not_see("佐野").not_see("木下");
    }
    mori.post("/audit", &[("record", "00000000")]).await.is(200).see("その条件の記録はありません");
    mori.get("/audit?record=zzz").await.is(422).not_see("佐野");
});
