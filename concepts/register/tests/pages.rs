//! The pages of the register, asked over HTTP by an administrator and by a caseworker.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::HashMap;
use std::sync::Arc;

use access::{Right, Role, System, Viewer};
use engine::{Engine, Origin, SetClock};
use register::acts::{self, NewResponsibility, NewUser};
use register::import::{What, load};
use register::rules::Span;
use register::{Matter, seats};
use site::{Hooks, Languages, Signed, Site};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use words::id::{MunicipalityId, UserId};
use words::{Day, Id, Instant};

const AREAS: &[u8] = include_bytes!("../../../town/data/areas.csv");
const PROGRAMMES: &[u8] = include_bytes!("../../../town/data/programmes.csv");

struct Town {
    address: std::net::SocketAddr,
    path: std::path::PathBuf,
    agency: String,
}

impl Drop for Town {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

async fn signed(engine: Engine, at: MunicipalityId, user: &str, now: Instant) -> Signed {
    let admin = engine.system_act(System::Console, at, Origin::Console, "test", &()).await;
    let mut act = admin.unwrap();
    let user: UserId = user.parse().unwrap();
    let seats = seats(&mut act.facts().unwrap(), at, user, now.day()).await.unwrap();
    let appointment = seats.first().map(|s| s.appointment);
    Signed {
        session: Id::new(uuid::Uuid::from_u128(1)),
        viewer: Viewer { municipality: at, user, seats, excluded_from: Vec::new(), urgent: Vec::new() },
        name: "山口 結".to_owned(),
        municipality: "藤沢市".to_owned(),
        desks: HashMap::new(),
        csrf: "token".to_owned(),
        appointment,
        language: None,
        habits: site::habits::Habits::default(),
    }
}

async fn town() -> (Town, String, String) {
    let path = std::env::temp_dir().join(format!("register-pages-{}.db", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let today = Day::new(2027, 2, 1).unwrap();
    let clock = SetClock::new(Instant::at(today, 9, 0));
    let engine = Engine::open(&format!("sqlite:{}", path.display()), clock, Some(7)).await.unwrap();
    engine::migrate::run(&engine, None).await.unwrap();
    let at: MunicipalityId = engine.new_id();
    engine::check::add_municipality(&engine, at, "藤沢市").await.unwrap();
    let mut act = engine.system_act(System::Console, at, Origin::Console, "test", &()).await.unwrap();
    let right = Right::system(System::Console);
    for (what, file) in [(What::Areas, AREAS), (What::Programmes, PROGRAMMES)] {
        assert_eq!(load(&mut act, &right, what, file, today).await.unwrap().problems, []);
    }
    let desks = register::desks(&mut act.facts().unwrap(), at, today).await.unwrap();
    let areas = register::areas(&mut act.facts().unwrap(), at, "").await.unwrap();
    let desk = desks.iter().find(|d| d.name.starts_with("バックアップふじさわ社協")).unwrap();
    let span = Span { from: Day::new(2026, 4, 1).unwrap(), to: None };
    let responsible = NewResponsibility {
        desk: desk.id,
        area: areas.iter().find(|a| a.name == "辻堂").map(|a| a.id),
        matter: Matter::Debt,
        contact: "内線 3251 代理 森".to_owned(),
        span,
        confirmed: Some(today),
    };
    acts::add_responsibility(&mut act, &right, &responsible).await.unwrap();
    let mut people = Vec::new();
    for (login, role) in [("admin", Role::Administrator), ("saegusa", Role::Caseworker)] {
        let new = NewUser {
            login: login.to_owned(),
            name: format!("{login} さん"),
            reading: String::new(),
            demo_line: String::new(),
        };
        let user = acts::add_user(&mut act, &right, &new).await.unwrap();
        let post = acts::add_post(&mut act, &right, desk.id, role, "主任").await.unwrap();
        acts::appoint(&mut act, &right, user, post, None, span, "辞令").await.unwrap();
        people.push(user.to_string());
    }
    let agency = desk.agency.to_string();
    act.commit("").await.unwrap();
    let resolve = move |engine, user: String, now| -> std::pin::Pin<Box<dyn Future<Output = _> + Send>> {
        Box::pin(async move { Ok(Some(signed(engine, at, &user, now).await)) })
    };
    let site = Site {
        engine,
        texts: Languages::read(&[site::TEXT, register::TEXT]).unwrap(),
        demo: false,
        secure_cookies: false,
        hooks: Hooks {
            resolve: Box::new(resolve),
            signed_out: Box::new(|_| Box::pin(async { Err(engine::Fail::NotVisible) })),
        },
        press: site::paper::Press::NONE,
        scanner: site::scan::Scanner::None,
        recall: site::Recall::default(),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = site::router(Arc::new(site), register::pages());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let caseworker = people.pop().unwrap();
    (Town { address, path, agency }, people.pop().unwrap(), caseworker)
}

impl Town {
    async fn ask(&self, user: &str, method: &str, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncookie: {}={user}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
            site::SESSION_COOKIE,
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        (answer[9..12].parse().unwrap(), answer)
    }
}

/// The value of the first field of a name.
fn value_of(html: &str, name: &str) -> String {
    html.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap().split('"').next().unwrap().to_owned()
}

/// The value of the option whose word begins so.
fn option(html: &str, word: &str) -> String {
    let before = html.split(&format!(">{word}")).next().unwrap();
    before.rsplit("value=\"").next().unwrap().split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_register_on_screen() {
    let (town, admin, caseworker) = town().await;
    let ok = async |user: &str, path: &str| {
        let (status, html) = town.ask(user, "GET", path, &[]).await;
        assert_eq!(status, 200, "{path}: {html}");
        html
    };

    let who = ok(&caseworker, "/who").await;
    assert!(who.contains("担当が決まっていません") && who.contains("207か所"));
    let tsujido = option(&who, "辻堂");
    let duties = ok(&caseworker, &format!("/who?matter=debt&area={tsujido}")).await;
    assert!(duties.contains("内線 3251 代理 森") && duties.contains("2月1日"));
    let found =
        ok(&caseworker, "/who?q=%EF%BE%8A%EF%BE%9E%EF%BD%AF%EF%BD%B8%EF%BD%B1%EF%BD%AF%EF%BE%8C%EF%BE%9F")
            .await;
    assert!(found.contains("<h3><a href=\"/agencies/"));

    let agency = ok(&caseworker, &format!("/agencies/{}", town.agency)).await;
    assert!(agency.contains("藤沢市社会福祉協議会") && !agency.contains("名前を変える"));
    for path in ["/admin/staff", "/admin/transfers", "/admin/appointments/new"] {
        assert_eq!(town.ask(&caseworker, "GET", path, &[]).await.0, 404, "{path}");
    }

    duties_on_screen(&town, &admin, &caseworker).await;

    // A rename is for administrators, and is there from its day.
    let rename = format!("/agencies/{}/rename", town.agency);
    let fields = [("csrf", "token"), ("name", "よりそい社協"), ("from", "R9.4.1")];
    assert_eq!(town.ask(&caseworker, "POST", &rename, &fields).await.0, 404);
    assert_eq!(town.ask(&admin, "POST", &rename, &[("csrf", "token"), ("name", "")]).await.0, 422);
    assert_eq!(town.ask(&admin, "POST", &rename, &fields).await.0, 303);
    let agency = ok(&admin, &format!("/agencies/{}", town.agency)).await;
    assert!(agency.contains("<h1>バックアップふじさわ社協</h1>") && agency.contains("よりそい社協"));

    // An appointment ahead, and its end.
    let form = ok(&admin, "/admin/appointments/new").await;
    let (user, post) = (option(&form, "saegusa"), option(&form, "バックアップふじさわ社協"));
    let fields =
        [("csrf", "token"), ("user", &*user), ("post", &*post), ("from", "2027-04-01"), ("to", "2027-03-01")];
    let (status, again) = town.ask(&admin, "POST", "/admin/appointments/new", &fields).await;
    assert!(status == 422 && again.contains("終わりの日が、始まりの日より前です。"));
    let (status, staff) =
        town.ask(&admin, "POST", "/admin/staff", &[("csrf", "token"), ("q", "saegusa")]).await;
    assert_eq!(status, 200);
    assert!(staff.contains("いま") && !staff.contains("admin さん"));
    let end = staff.split("action=\"/admin/appointments/").nth(1).unwrap().split('"').next().unwrap();
    let fields = [("csrf", "token"), ("last", "R9.3.31")];
    assert_eq!(town.ask(&admin, "POST", &format!("/admin/appointments/{end}"), &fields).await.0, 303);

    // A transfer list: looked at, then loaded once.
    let coming = ok(&admin, "/admin/transfers").await;
    assert!(coming.contains("saegusa さん") && coming.contains("おわる"));
    let list = "ログイン名\t氏名\t旧所属\t新所属\t新事業\t新役割\t発令日\r\n\
                kato\t加藤 実\t\t高齢者支援課\t包括的相談支援\t相談支援推進員\tR9.4.1\r\n";
    let wrong = list.replace("R9.4.1", "R9.4.31");
    let (status, html) =
        town.ask(&admin, "POST", "/admin/transfers", &[("csrf", "token"), ("list", &wrong)]).await;
    assert!(status == 422 && html.contains("2行目の「発令日」") && html.contains("R9.4.31"), "{html}");
    let (status, html) =
        town.ask(&admin, "POST", "/admin/transfers", &[("csrf", "token"), ("list", list)]).await;
    assert!(status == 200 && html.contains("1人の異動"), "{html}");
    let command = value_of(&html, "command");
    let fields = [("csrf", "token"), ("command", &*command), ("step", "load"), ("list", list)];
    for _ in 0..2 {
        assert_eq!(town.ask(&admin, "POST", "/admin/transfers", &fields).await.0, 303);
    }
    let coming = ok(&admin, "/admin/transfers").await;
    assert_eq!(coming.matches("加藤 実").count(), 1);
}

/// An administrator adds a responsibility, notes that it was checked and ends it; others do not see the way there.
async fn duties_on_screen(town: &Town, admin: &str, caseworker: &str) {
    const PATH: &str = "/admin/responsibilities";
    assert_eq!(town.ask(caseworker, "GET", PATH, &[]).await.0, 404);
    assert_eq!(town.ask(caseworker, "POST", PATH, &[("csrf", "token")]).await.0, 404);
    assert!(!town.ask(caseworker, "GET", "/who", &[]).await.1.contains(PATH));
    assert!(town.ask(admin, "GET", "/who?matter=housing", &[]).await.1.contains("?matter=housing&"));
    let (status, html) = town.ask(admin, "GET", PATH, &[]).await;
    assert!(status == 200 && html.contains("内線 3251 代理 森"), "{html}");
    let desk = option(&html, "バックアップふじさわ社協");
    let wrong = [
        ("csrf", "token"),
        ("matter", "housing"),
        ("desk", &*desk),
        ("contact", "内線 9"),
        ("from", "R9.3.2"),
        ("to", "R9.3.1"),
    ];
    let (status, again) = town.ask(admin, "POST", PATH, &wrong).await;
    assert!(status == 422 && again.contains("始まりの日より前です。") && again.contains("内線 9"), "{again}");
    let good: Vec<_> =
        wrong[..5].iter().map(|f| if f.0 == "from" { ("from", "R9.2.1") } else { *f }).collect();
    assert_eq!(town.ask(admin, "POST", PATH, &good).await.0, 303);
    let (status, again) = town.ask(admin, "POST", PATH, &good).await;
    assert!(status == 422 && again.contains("もう受け持っています"));
    let found = town.ask(caseworker, "GET", "/who?matter=housing", &[]).await.1;
    assert!(found.contains("内線 9") && found.contains("2月1日"));
    let (_, html) = town.ask(admin, "GET", PATH, &[]).await;
    let card = html.split("<h3>").find(|c| c.contains("内線 9")).unwrap();
    let action = card.split("action=\"").nth(1).unwrap().split("/confirm").next().unwrap();
    assert_eq!(town.ask(admin, "POST", &format!("{action}/confirm"), &[("csrf", "token")]).await.0, 303);
    let end = format!("{action}/end");
    let early = [("csrf", "token"), ("last", "R9.1.1")];
    assert_eq!(town.ask(admin, "POST", &end, &early).await.0, 422);
    assert_eq!(town.ask(admin, "POST", &end, &[("csrf", "token"), ("last", "R9.2.1")]).await.0, 303);
    let other = format!("{PATH}/01890000-0000-7000-8000-000000000000/confirm");
    assert_eq!(town.ask(admin, "POST", &other, &[("csrf", "token")]).await.0, 404);
    assert!(
        town.ask(caseworker, "GET", "/who?matter=housing", &[]).await.1.contains("内線 9"),
        "until the day ends"
    );
}
