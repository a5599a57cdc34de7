//! The second wall (disclosure rule 12), tried from behind the program: with the program's own role and plain SQL, where
//! no statement names a municipality.

use engine::{Engine, Origin};
use sqlx::{Connection, PgConnection, Row};
use words::id::MunicipalityId;

use crate::support::{App, On, Town};

/// The only table that belongs to no municipality.
const OF_NOBODY: &[&str] = &["schema_version"];
/// Names of municipalities are on the page before sign-in.
const OPEN: &[&str] = &["municipality"];

async fn tables(conn: &mut PgConnection) -> Vec<String> {
    let sql = "SELECT CAST(relname AS TEXT) AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace \
               AND relkind = 'r' ORDER BY relname";
    sqlx::query(sql).fetch_all(conn).await.unwrap().iter().map(|row| row.get("name")).collect()
}

async fn count(conn: &mut PgConnection, table: &str, of: Option<MunicipalityId>) -> i64 {
    let of = of.map(|m| format!(" WHERE municipality_id = '{}'", m.uuid())).unwrap_or_default();
    let sql = crate::support::of_the_schema(format!("SELECT COUNT(*) AS n FROM {table}{of}"));
    sqlx::query(sql).fetch_one(conn).await.unwrap().get("n")
}

async fn stand_in(conn: &mut PgConnection, municipality: MunicipalityId) {
    let sql = "SELECT set_config('yorisou.municipality', $1, FALSE)";
    sqlx::query(sql).bind(municipality.uuid().to_string()).execute(conn).await.unwrap();
}

/// A household with a text in the story's town, and a second municipality beside it.
async fn two_towns(app: &App) -> MunicipalityId {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let day = app.engine.now().day().to_string();
    let fields = [
        ("channel", "counter"),
        ("route", "self"),
        ("urgency", "normal"),
        ("occurred", day.as_str()),
        ("words", "家賃が払えない"),
    ];
    let written = kinoshita.post("/consultations", &fields).await;
    kinoshita.get(written.location()).await.is(200);
    let other = app.engine.new_id();
    engine::check::add_municipality(&app.engine, other, "鎌倉市").await.unwrap();
    other
}

/// Whatever a stranger sends as the value of a form, the connection it was looked up with is no other reader's trouble.
#[tokio::test]
async fn what_a_stranger_sends_takes_no_connection_out_of_use() {
    let app = App::start(On::Postgres).await;
    let mut stranger = app.browser();
    for value in ["\0", "\0a"] {
        for _ in 0..30 {
            stranger.post_exactly("/consultations", &[("csrf", value), ("words", "x")]).await;
        }
    }
    // More often than there are connections.
    let mut sano = app.sign_in("sano").await;
    for _ in 0..50 {
        sano.get("/").await.is(200);
    }
}

#[tokio::test]
async fn a_connection_that_says_nothing_sees_nothing_and_one_that_does_sees_one_town() {
    let app = App::start(On::Postgres).await;
    let other = two_towns(&app).await;
    let mut conn = PgConnection::connect(&app.url).await.unwrap();
    let tables = tables(&mut conn).await;
    assert!(tables.len() > 40, "{tables:?}");
    let mut held = 0;
    for table in tables.iter().filter(|t| !OF_NOBODY.contains(&t.as_str())) {
        let seen = count(&mut conn, table, None).await;
        assert!(seen == 0 || OPEN.contains(&table.as_str()), "{table} shows {seen} rows to nobody");
        stand_in(&mut conn, app.town.municipality).await;
        held += usize::from(count(&mut conn, table, None).await > 0);
        assert_eq!(count(&mut conn, table, Some(other)).await, i64::from(OPEN.contains(&table.as_str())));
        stand_in(&mut conn, other).await;
        assert!(
            count(&mut conn, table, Some(app.town.municipality)).await == 0 || OPEN.contains(&table.as_str())
        );
        sqlx::query("RESET yorisou.municipality").execute(&mut conn).await.unwrap();
    }
    assert!(held > 15, "only {held} tables held rows: the test says little");
    conn.close().await.unwrap();
    app.close().await;
}

#[tokio::test]
async fn nothing_is_written_into_another_town_or_from_nowhere() {
    let app = App::start(On::Postgres).await;
    let other = two_towns(&app).await;
    let mut conn = PgConnection::connect(&app.url).await.unwrap();
    let insert = "INSERT INTO setting (municipality_id, key, value) VALUES ($1, 'story', 'x')";
    let put = async |conn: &mut PgConnection, into: MunicipalityId| {
        sqlx::query(insert).bind(into.uuid()).execute(conn).await.map(|_| ())
    };
    assert!(put(&mut conn, other).await.unwrap_err().to_string().contains("row-level security"));
    stand_in(&mut conn, app.town.municipality).await;
    assert!(put(&mut conn, other).await.unwrap_err().to_string().contains("row-level security"));
    put(&mut conn, app.town.municipality).await.unwrap();
    stand_in(&mut conn, other).await;
    let changed =
        sqlx::query("UPDATE app_user SET name = 'x'").execute(&mut conn).await.unwrap().rows_affected();
    assert_eq!(changed, 0, "rows of the other town");
    // What a search may find is asked through a function of the owner: it keeps the wall as well.
    let grams = "SELECT docid FROM search_find($1, 'entry', 9223372036854775807, 100)";
    let any = "SELECT CAST(MIN(lexeme) AS TEXT) AS token FROM (SELECT unnest(tsvector_to_array(grams)) AS lexeme \
               FROM search_doc WHERE kind = 'entry') x";
    stand_in(&mut conn, app.town.municipality).await;
    let token: String = sqlx::query(any).fetch_one(&mut conn).await.unwrap().get("token");
    let wanted = format!("'{token}'");
    assert_eq!(sqlx::query(grams).bind(&wanted).fetch_all(&mut conn).await.unwrap().len(), 1);
    stand_in(&mut conn, other).await;
    assert!(sqlx::query(grams).bind(&wanted).fetch_all(&mut conn).await.unwrap().is_empty());
    conn.close().await.unwrap();
    app.close().await;
}

#[tokio::test]
async fn the_wall_is_round_every_table_and_the_programs_role_cannot_pass_it() {
    let app = App::start(On::Postgres).await;
    assert_eq!(engine::wall::gap(&app.engine).await.unwrap(), None);
    let mut conn = PgConnection::connect(&app.url).await.unwrap();
    let sql = "SELECT CAST(c.relname AS TEXT) AS name, c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (SELECT 1 \
               FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'wall') AS walled FROM pg_class c \
               WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'";
    for row in sqlx::query(sql).fetch_all(&mut conn).await.unwrap() {
        let (name, walled): (String, bool) = (row.get("name"), row.get("walled"));
        assert_eq!(walled, !OF_NOBODY.contains(&name.as_str()), "{name}");
    }
    for refused in
        ["ALTER TABLE person NO FORCE ROW LEVEL SECURITY", "DROP POLICY wall ON person", "TRUNCATE person"]
    {
        assert!(sqlx::query(refused).execute(&mut conn).await.is_err(), "{refused}");
    }
    conn.close().await.unwrap();
    // Run as the owner, who could take the wall down, the program says so and does not begin.
    let owner = std::env::var("YORISOU_TEST_POSTGRES").unwrap();
    let name = app.url.rsplit_once('/').unwrap().1;
    let url = format!("{}/{name}", owner.rsplit_once('/').unwrap().0);
    let as_owner = Engine::open(&url, app.clock.clone(), None).await.unwrap();
    assert!(engine::wall::gap(&as_owner).await.unwrap().is_some());
    as_owner.close().await;
    app.close().await;
}

#[tokio::test]
async fn people_of_two_towns_come_in_by_the_same_name_and_each_sees_their_own() {
    let app = App::start(On::Postgres).await;
    let there = Town::build(&app.engine).await;
    app.give_password("kinoshita").await;
    let other = "another town, other kites";
    account::console::set_password(&app.engine, there.municipality, "kinoshita", other).await.unwrap();
    for password in [crate::support::PASSWORD, other] {
        let mut person = app.browser();
        let page = person.post("/sign-in", &[("login", "kinoshita"), ("password", password)]).await;
        assert_eq!(page.status, 303, "{}", page.body);
        person.get("/").await.is(200);
        person.get("/consultations").await.is(200);
    }
    let mut act = app
        .engine
        .system_act(access::System::Console, there.municipality, Origin::Console, "story.look", &())
        .await
        .unwrap();
    let sql = "SELECT COUNT(*) AS n FROM session WHERE ended_at IS NULL";
    let here: i64 = act.facts().unwrap().one(sql, Vec::new()).await.unwrap().get("n").unwrap();
    assert_eq!(here, 1, "one session in each town");
    drop(act);
    app.close().await;
}
