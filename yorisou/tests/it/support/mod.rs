//! What stories need: a running program on either engine, a clock that can be moved, a small town, and people
//! with browsers.
//!
//! ```ignore
//! story!(a_caseworker_sees_her_desk, |app| async {
//!     let mut kinoshita = app.sign_in("kinoshita").await;
//!     kinoshita.get("/seat").await.see("バックアップふじさわ社協");
//! });
//! ```
#![allow(dead_code, reason = "shared by stories that each use a part of it")]

mod person;
mod town;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use engine::{Engine, SetClock};
use tokio::net::TcpListener;
use tokio::sync::OnceCell;
use words::{Day, Instant};

pub use person::{Form, Page, Person};
pub use town::Town;

/// A password that is good enough for everybody in the stories.
pub const PASSWORD: &str = "seven kites over enoshima";

/// Which database a story runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// A fresh file.
    Sqlite,
    /// A fresh database of the server that `scripts/postgres` starts.
    Postgres,
}

/// The running program.
pub struct App {
    /// Database, clock, chance.
    pub engine: Engine,
    /// The clock: Saturday 21 November 2026, 9:00, until a story moves it.
    pub clock: SetClock,
    /// Who is who.
    pub town: Town,
    /// The URL of the database, as the program's own role.
    pub url: String,
    folder: PathBuf,
    strict: SocketAddr,
    demo: SocketAddr,
}

/// A statement with names of tables and columns that the database itself gave.
#[expect(clippy::disallowed_methods, reason = "names out of the database's own catalogue")]
pub fn of_the_schema(sql: String) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(sql)
}

/// The story's database on SQLite, without the program.
pub fn sqlite(app: &App) -> rusqlite::Connection {
    rusqlite::Connection::open(app.url.trim_start_matches("sqlite:")).unwrap()
}

static COUNT: AtomicUsize = AtomicUsize::new(0);
/// The file of a database with the schema in it, made once: a copy takes a hundredth of the time of all migrations.
static SQLITE: OnceCell<Vec<u8>> = OnceCell::const_new();
/// The database of the server with the schema in it.
static POSTGRES: OnceCell<String> = OnceCell::const_new();

impl App {
    /// Starts the program on a fresh database with the small town in it.
    pub async fn start(on: On) -> Self {
        let name = format!("story_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
        let folder = std::env::temp_dir().join(format!("yorisou-{name}"));
        std::fs::create_dir_all(&folder).unwrap();
        let clock = SetClock::new(Instant::at(Day::new(2026, 11, 21).unwrap(), 9, 0));
        let url = match on {
            On::Sqlite => {
                let file = folder.join("story.db");
                std::fs::write(&file, SQLITE.get_or_init(|| sqlite_schema(&folder, &clock)).await).unwrap();
                format!("sqlite:{}", file.display())
            }
            On::Postgres => postgres(&name, &clock).await,
        };
        let engine = Engine::open(&url, clock.clone(), Some(7)).await.unwrap();
        let town = Town::build(&engine).await;
        let strict = serve(&engine, false).await;
        let demo = serve(&engine, true).await;
        Self { engine, clock, town, url, folder, strict, demo }
    }

    /// Somebody who signed in as in a demonstration: without a password, which costs less time.
    pub async fn sign_in(&self, login: &str) -> Person {
        self.sign_in_at(self.demo, login).await
    }

    /// The same at another server of this program.
    pub async fn sign_in_at(&self, at: SocketAddr, login: &str) -> Person {
        let mut person = Person::at(at);
        let page = person.post("/sign-in", &[("account", login)]).await;
        assert_eq!(page.status, 303, "{login} cannot sign in: {}", page.body);
        // Any page has the proof that forms need.
        person.get("/seat").await;
        person
    }

    /// A browser in which nobody has signed in, at the program as an office runs it.
    pub fn browser(&self) -> Person {
        Person::at(self.strict)
    }

    /// A browser at the demonstration.
    pub fn demo_browser(&self) -> Person {
        Person::at(self.demo)
    }

    /// Gives an account [`PASSWORD`].
    pub async fn give_password(&self, login: &str) {
        account::console::set_password(&self.engine, self.town.municipality, login, PASSWORD).await.unwrap();
    }

    /// Somebody who signed in with login name and [`PASSWORD`], as in an office.
    pub async fn sign_in_with_password(&self, login: &str) -> Person {
        self.give_password(login).await;
        let mut person = self.browser();
        let page = person.post("/sign-in", &[("login", login), ("password", PASSWORD)]).await;
        assert_eq!(page.status, 303, "{login} cannot sign in: {}", page.body);
        person.get("/seat").await;
        person
    }

    /// Keeps somebody out of a case without anybody's page: for stories that are about something else.
    pub async fn keep_out(&self, case: &str, login: &str) {
        let system = access::System::Console;
        let m = self.town.municipality;
        let origin = engine::Origin::Console;
        let mut act =
            self.engine.system_act(system, m, origin, "story.keep_out", &(case, login)).await.unwrap();
        let (now, command) = (act.now(), act.command());
        let case: words::id::CaseId = case.rsplit('/').next().unwrap().parse().unwrap();
        let insert = "INSERT INTO exclusion (municipality_id, case_id, user_id, since, command_id) VALUES ($1, $2, $3, $4, $5)";
        let args = engine::args![m, case, self.town.user(login), now, command];
        act.save(&access::Right::system(system)).unwrap().exec(insert, args).await.unwrap();
        act.commit("").await.unwrap();
    }

    /// A folder of this story's own, gone when it ends well.
    pub fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    /// Ends the program. After a failed story everything stays, to be looked at.
    pub async fn close(self) {
        self.engine.close().await;
        std::fs::remove_dir_all(&self.folder).unwrap();
    }
}

/// Serves on a port of this machine.
pub async fn serve(engine: &Engine, demo: bool) -> SocketAddr {
    serve_scanning(engine, demo, site::scan::Scanner::None).await
}

/// The same with a virus scanner.
pub async fn serve_scanning(engine: &Engine, demo: bool, scanner: site::scan::Scanner) -> SocketAddr {
    let router = yorisou::site::build_with(engine.clone(), demo, false, scanner).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

async fn sqlite_schema(folder: &std::path::Path, clock: &SetClock) -> Vec<u8> {
    let file = folder.join("schema.db");
    let engine = Engine::open(&format!("sqlite:{}", file.display()), clock.clone(), None).await.unwrap();
    engine::migrate::run(&engine, None).await.unwrap();
    engine.close().await;
    // The file alone, without what may still stand beside it in the write-ahead log.
    let whole = folder.join("whole.db");
    let conn = rusqlite::Connection::open(&file).unwrap();
    conn.execute("VACUUM INTO $1", [whole.to_str().unwrap()]).unwrap();
    std::fs::read(whole).unwrap()
}

async fn postgres_schema(owner: &str, role: &str, clock: &SetClock) -> String {
    let name = format!("story_{}_schema", std::process::id());
    let server =
        Engine::open(owner, clock.clone(), None).await.expect("the PostgreSQL server does not answer");
    engine::check::create_database(&server, &name, None).await.unwrap();
    server.close().await;
    let (base, _) = owner.rsplit_once('/').expect("the owner's URL ends with a database");
    let own = Engine::open(&format!("{base}/{name}"), clock.clone(), None).await.unwrap();
    engine::migrate::run(&own, Some(role)).await.unwrap();
    own.close().await;
    name
}

/// Makes a database as the owner, and gives the URL of the role that owns nothing.
async fn postgres(name: &str, clock: &SetClock) -> String {
    let missing = "PostgreSQL stories need a server: eval \"$(scripts/postgres start \"$(mktemp -d)\")\"";
    let owner = std::env::var("YORISOU_TEST_POSTGRES").expect(missing);
    let role = std::env::var("YORISOU_TEST_POSTGRES_APP_ROLE").expect(missing);
    let server =
        Engine::open(&owner, clock.clone(), None).await.expect("the PostgreSQL server does not answer");
    let schema = POSTGRES.get_or_init(|| postgres_schema(&owner, &role, clock)).await;
    engine::check::create_database(&server, name, Some(schema)).await.unwrap();
    server.close().await;
    let (base, _) = owner.rsplit_once('/').expect("the owner's URL ends with a database");
    let (scheme, rest) = base.split_once("://").expect("the owner's URL has a scheme");
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    format!("{scheme}://{role}@{host}/{name}")
}

/// A story, told on both engines: `name::on_sqlite` and `name::on_postgres`.
#[macro_export]
macro_rules! story {
    ($name:ident, |$app:ident| async $body:block) => {
        async fn $name($app: &$crate::support::App) $body

        mod $name {
            #[tokio::test]
            async fn on_sqlite() {
                let app = $crate::support::App::start($crate::support::On::Sqlite).await;
                super::$name(&app).await;
                app.close().await;
            }

            #[tokio::test]
            async fn on_postgres() {
                let app = $crate::support::App::start($crate::support::On::Postgres).await;
                super::$name(&app).await;
                app.close().await;
            }
        }
    };
}
