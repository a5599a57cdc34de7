//! How fast consultations come in from a file (P7): `cargo bench -p yorisou --bench import`.
//!
//! 10,000 good lines and 300 broken ones, in CSV (CP932) and xlsx, through the pages, with the job run as the server
//! runs it: reading, the look at every line, writing. The register is the demonstration's town, or with `-- town` the
//! large one, so that the hints have names to compare with. With `YORISOU_TEST_POSTGRES` set also on that server,
//! which must make commits durable (`scripts/postgres durable`).

#![expect(clippy::disallowed_methods, reason = "measuring is what a bench is for")]

mod browser;

use std::time::{Duration, Instant as Stopwatch};

use browser::Browser;
use engine::{Engine, SetClock};
use words::{Day, Instant};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The day on which it happens. Fixed, so that runs compare.
const TODAY: (i32, u32, u32) = (2026, 11, 20);
/// The bar: all of it, without the upload's way through the network.
const BAR_SECONDS: f64 = 8.0;
const GOOD: usize = 10_000;
const BROKEN: usize = 300;

#[expect(clippy::print_stdout, reason = "the table is the result")]
fn say(line: &str) {
    println!("{line}");
}

/// The cells of the file: an export of a form service with a name, a birth date, a telephone and a paragraph.
fn rows(run: usize) -> Vec<Vec<String>> {
    const FAMILIES: [&str; 10] =
        ["佐藤", "鈴木", "高橋", "田中", "渡辺", "伊藤", "中村", "小林", "加藤", "吉田"];
    const GIVEN: [&str; 10] = ["誠", "恵子", "健一", "和子", "翔太", "陽子", "大輔", "幸子", "直樹", "美咲"];
    let head = [
        "受付番号",
        "回答日時",
        "お名前",
        "フリガナ",
        "生年月日",
        "ご住所",
        "日中の連絡先",
        "ご相談内容",
        "分類",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    let every = (GOOD + BROKEN) / BROKEN;
    for n in 0..GOOD + BROKEN {
        let broken = n % every == every - 1 && n / every < BROKEN;
        let birth = if broken {
            "むかし".to_owned()
        } else {
            format!("{}/{}/{}", 1930 + n % 70, n % 12 + 1, n % 28 + 1)
        };
        rows.push(vec![
            format!("W{run}-{n:05}"),
            format!("2026/11/{:02} {:02}:{:02}:05", n % 19 + 1, n % 9 + 9, n % 60),
            format!("{}　{}{}", FAMILIES[n % 10], GOOD_NAMES_PREFIX[n / 100 % 10], GIVEN[n / 10 % 10]),
            String::new(),
            birth,
            format!("藤沢市朝日町{}-{}", n % 40 + 1, n % 20 + 1),
            format!("0466-{:02}-{:04}", n % 90 + 10, n % 10_000),
            format!("母の介護のことで困っています。夜も起きることが多く、仕事を休む日がふえました（{n}）。\nだれに相談したらよいでしょうか。"),
            "介護、生活費".to_owned(),
        ]);
    }
    rows
}

/// So that not everybody of a family has one of ten names.
const GOOD_NAMES_PREFIX: [&str; 10] = ["", "千", "真", "志", "美", "佳", "由", "貴", "理", "友"];

fn csv(rows: &[Vec<String>]) -> Vec<u8> {
    let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
    let lines: Vec<String> =
        rows.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(",")).collect();
    tabular::encode_cp932(&(lines.join("\r\n") + "\r\n")).bytes
}

fn xlsx(rows: &[Vec<String>]) -> Result<Vec<u8>> {
    use tabular::{Cell, Out};
    let mut out = tabular::XlsxOut::new("回答")?;
    for row in rows {
        out.row(&row.iter().map(Cell::from).collect::<Vec<_>>())?;
    }
    Ok(out.finish()?)
}

/// How long each part took.
#[derive(Default)]
struct Taken {
    read: Duration,
    check: Duration,
    write: Duration,
}

impl Taken {
    fn all(&self) -> f64 {
        (self.read + self.check + self.write).as_secs_f64()
    }
}

/// One whole import, and the pages that are shown while it goes on.
async fn import(engine: &Engine, browser: &mut Browser, name: &str, file: &[u8]) -> Result<Taken> {
    let words = yorisou::site::own_texts()?;
    let mut taken = Taken::default();
    browser.get("/imports").await?;
    let begun = Stopwatch::now();
    let here = browser.attach("/imports", name, file).await?;
    taken.read = begun.elapsed();
    let page = browser.get(&here).await?;
    let begun = Stopwatch::now();
    browser.post(&format!("{here}/map"), &browser::chosen(&page)).await?;
    import::work(engine, &words, || true).await?;
    taken.check = begun.elapsed();
    let page = browser.get(&here).await?;
    if !page.contains(&format!("{GOOD}件を記録する")) {
        return Err(format!("the check found something else: {page}").into());
    }
    let begun = Stopwatch::now();
    browser.post(&format!("{here}/step"), &[("step".to_owned(), "write".to_owned())]).await?;
    import::work(engine, &words, || true).await?;
    taken.write = begun.elapsed();
    if !browser.get(&here).await?.contains("記録しました") {
        return Err("not all was written".into());
    }
    Ok(taken)
}

async fn on(kind: &str, url: &str, large: bool) -> Result<()> {
    let now = Instant::at(Day::new(TODAY.0, TODAY.1, TODAY.2).ok_or("a day")?, 17, 30);
    let engine = Engine::open(url, SetClock::new(now), None).await?;
    engine::migrate::run(&engine, None).await?;
    let config = if large { town::Config::bench(TODAY) } else { town::Config::demo(TODAY) };
    let loaded = demo::load(&engine, &town::generate(&config), demo::Options { today: now.day() }).await?;
    let router = yorisou::site::build(engine.clone(), true, false)?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    let mut browser = Browser::sign_in(address, "ishiwata").await?;
    say(&format!("{kind}, {} consultations before", loaded.consultations));
    for run in 0..3 {
        let rows = rows(run);
        let csv_name = format!("{run}.csv");
        let files = [
            (csv_name.clone(), csv(&rows)),
            (format!("{run}.xlsx"), {
                let mut rows = rows.clone();
                for row in rows.iter_mut().skip(1) {
                    row[0].insert(0, 'X');
                }
                xlsx(&rows)?
            }),
        ];
        for (name, file) in files {
            let taken = import(&engine, &mut browser, &name, &file).await?;
            let Taken { read, check, write } = &taken;
            say(&format!(
                "| {kind} | {name}, {} KB | {:.2} s | {:.2} s | {:.2} s | **{:.2} s** | {} |",
                file.len() >> 10,
                read.as_secs_f64(),
                check.as_secs_f64(),
                write.as_secs_f64(),
                taken.all(),
                if taken.all() <= BAR_SECONDS { "holds" } else { "misses" }
            ));
        }
    }
    let broken = engine::check::invariants(&engine, loaded.municipality).await?;
    if !broken.is_empty() {
        return Err(format!("broken afterwards: {broken:?}").into());
    }
    engine.close().await;
    Ok(())
}

#[tokio::main]
async fn main() -> Result<()> {
    let asked: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let wants = |word: &str| asked.iter().any(|a| a == word);
    let folder = tempfile::tempdir()?;
    if !wants("postgres") {
        let url = format!("sqlite:{}", folder.path().join("import.db").display());
        on("SQLite", &url, wants("town")).await?;
    }
    if let Ok(server) = std::env::var("YORISOU_TEST_POSTGRES")
        && !wants("sqlite")
    {
        let (base, _) = server.rsplit_once('/').ok_or("YORISOU_TEST_POSTGRES names no database")?;
        let name = format!("bench_import_{}", std::process::id());
        let admin = Engine::open(&server, engine::SystemClock, None).await?;
        engine::check::create_database(&admin, &name, None).await?;
        admin.close().await;
        on("PostgreSQL", &format!("{base}/{name}"), wants("town")).await?;
    }
    Ok(())
}
