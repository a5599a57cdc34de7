//! On what each kind of conference rests: shipped as data, kept with days of validity, looked through by an administrator.

use std::sync::Arc;

use access::{Right, System};
use askama::Template;
use engine::{Act, Broken, Channel, Conn, Engine, Fail, Origin, args};
use register::Span;
use site::{Answer, Frame, Req};
use words::Day;
use words::code::Code;
use words::id::{CommandId, MunicipalityId};

use crate::rules::{self, RestsOn};
use crate::wording;

const SHIPPED: &str = include_str!("../data/positions.csv");
const PLEDGE: &str = include_str!("../data/pledge.txt");

/// The position that an inquiry is raised to (社会福祉法106条の6).
pub(crate) const RAISED_TO: &str = "support_conference";

/// Of which ages a position is for. It goes with the code, whatever its wording; of one that a municipality added nothing is known.
pub(crate) fn ages_of(code: &str) -> Option<rules::Ages> {
    let mut reader = csv::Reader::from_reader(SHIPPED.as_bytes());
    let row = reader.records().filter_map(Result::ok).find(|row| row.get(0) == Some(code))?;
    rules::Ages::parse(row.get(8).unwrap_or_default())
}

/// One legal position.
#[derive(Debug, Clone)]
pub struct Position {
    /// Stable code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// On what it rests.
    pub rests_on: RestsOn,
    /// The provision it is held under.
    pub article: String,
    /// The provision that obliges its members to secrecy.
    pub secrecy_article: String,
    /// What to know of it.
    pub note: String,
    /// Whether the articles were compared with the text of the law.
    pub verified: bool,
    /// What a member accepts.
    pub pledge: String,
    /// The version of that text.
    pub pledge_version: i64,
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Option<Day>,
}

impl Position {
    /// Its days; none, if it was taken back.
    pub(crate) const fn span(&self) -> Span {
        Span { from: self.from, to: self.to }
    }
}

/// A shipped position: its row, and the first day it is known.
type Shipped = Vec<(csv::StringRecord, RestsOn, Day)>;

/// The shipped positions whose code a municipality does not have. One whose code stands in its table is the town's, whatever became
/// of it.
fn missing(known: &[String]) -> Result<Shipped, Broken> {
    let broken = |what: String| Broken::Outside(format!("conference positions: {what}"));
    let mut reader = csv::Reader::from_reader(SHIPPED.as_bytes());
    let mut found = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| broken(e.to_string()))?;
        let cell = |i: usize| record.get(i).unwrap_or_default();
        let from = Day::parse_iso(cell(7)).ok_or_else(|| broken(cell(0).to_owned()))?;
        let rests_on = RestsOn::parse(cell(2)).ok_or_else(|| broken(cell(0).to_owned()))?;
        if !known.iter().any(|code| code == cell(0)) {
            found.push((record, rests_on, from));
        }
    }
    Ok(found)
}

/// The codes of the positions a municipality has, in force or not.
async fn known(conn: &mut Conn<'_>, m: MunicipalityId) -> Result<Vec<String>, Broken> {
    conn.all("SELECT DISTINCT code FROM conference_position WHERE municipality_id = $1", args![m])
        .await?
        .iter()
        .map(|row| row.get("code"))
        .collect()
}

/// Loads the shipped positions; how many were added. Loading them again changes nothing.
pub async fn seed_positions(act: &mut Act, right: &Right, m: MunicipalityId) -> Result<usize, Fail> {
    let new = missing(&known(&mut act.facts()?, m).await?)?;
    for (record, rests_on, from) in &new {
        let cell = |i: usize| record.get(i).unwrap_or_default().to_owned();
        let pledge = match rests_on {
            RestsOn::Secrecy => rules::pledge(PLEDGE.trim(), &cell(1), &cell(3), &cell(4)),
            RestsOn::Consent => String::new(),
        };
        act.save(right)?
            .exec(
                "INSERT INTO conference_position (municipality_id, code, name, rests_on, article, secrecy_article, \
                 note, verified, pledge, valid_from) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
                 ON CONFLICT DO NOTHING",
                args![
                    m,
                    cell(0),
                    cell(1),
                    rests_on.code(),
                    cell(3),
                    cell(4),
                    cell(5),
                    cell(6) == "yes",
                    pledge,
                    *from
                ],
            )
            .await?;
    }
    Ok(new.len())
}

/// Brings an older installation the positions it does not have. Doing it again changes nothing.
pub async fn keep_positions(engine: &Engine, m: MunicipalityId) -> Result<usize, Fail> {
    // Almost always nothing is missing, and a look keeps nobody waiting who writes.
    let mut look = engine.nobody_in(m).look(Channel::Page).await?;
    let there = known(&mut look.conn(), m).await?;
    look.close().await?;
    if missing(&there)?.is_empty() {
        return Ok(0);
    }
    let mut act = engine
        .system_act(System::Import, m, Origin::Job, "conference.positions", &engine.now().iso())
        .await?;
    let added = seed_positions(&mut act, &Right::system(System::Import), m).await?;
    if added > 0 {
        act.commit("").await?;
    }
    Ok(added)
}

/// The positions in force on a day; without one all that ever were. What was taken back never was.
pub async fn on(conn: &mut Conn<'_>, m: MunicipalityId, day: Option<Day>) -> Result<Vec<Position>, Broken> {
    let mut found = every(conn, m).await?;
    found.retain(|p| day.map_or_else(|| !p.span().is_empty(), |day| p.span().covers(day)));
    Ok(found)
}

/// Every wording of every position, also those taken back.
pub(crate) async fn every(conn: &mut Conn<'_>, m: MunicipalityId) -> Result<Vec<Position>, Broken> {
    let rows = conn
        .all(
            "SELECT code, name, rests_on, article, secrecy_article, note, verified, pledge, pledge_version, \
             valid_from, valid_to FROM conference_position WHERE municipality_id = $1 \
             ORDER BY rests_on DESC, valid_from, code",
            args![m],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Position {
                code: row.get("code")?,
                name: row.get("name")?,
                rests_on: row.code("rests_on")?,
                article: row.get("article")?,
                secrecy_article: row.get("secrecy_article")?,
                note: row.get("note")?,
                verified: row.get("verified")?,
                pledge: row.get("pledge")?,
                pledge_version: row.get("pledge_version")?,
                from: row.get("valid_from")?,
                to: row.get("valid_to")?,
            })
        })
        .collect()
}

/// The position of a code, as it is in force on a day.
pub(crate) async fn one(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    code: &str,
    day: Day,
) -> Result<Option<Position>, Broken> {
    Ok(on(conn, m, Some(day)).await?.into_iter().find(|p| p.code == code))
}

/// One line of the table.
struct Line {
    code: String,
    /// Its first day, as the button carries it.
    since: Day,
    verify: CommandId,
    /// The newest wording of it: a new one begins there.
    newest: bool,
    /// Whether it was a slip on which nothing rests.
    unused: bool,
    take_back: CommandId,
    /// Who took it back and when, if it was.
    taken_back: String,
    name: String,
    rests_on: String,
    secrecy: bool,
    article: String,
    secrecy_article: String,
    note: String,
    verified: bool,
    days: String,
    pledge: String,
    version: i64,
}

#[derive(Template)]
#[template(path = "conference_positions.html")]
struct PositionsPage {
    frame: Frame,
    lines: Vec<Line>,
    unverified: usize,
}

/// GET /admin/positions
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let t = frame.t.clone();
    let mut look = ctx.look(Channel::Page).await?;
    let (m, today) = (ctx.viewer.municipality, ctx.now.day());
    let found = every(&mut look.conn(), m).await?;
    let written = wording::written(&mut look.conn(), m).await?;
    let stands = |p: &&Position| !p.span().is_empty();
    let last = |code: &str| found.iter().filter(stands).filter(|p| p.code == code).map(|p| p.from).max();
    let by = |p: &Position| written.iter().find(|w| w.code == p.code && w.from == p.from);
    let told = |w: &wording::WordingBy| {
        t.fs("law.taken_back_by", &[("who", w.who.clone()), ("day", t.day(w.at.day(), today))])
    };
    let known: Vec<(bool, bool, String)> = found
        .iter()
        .map(|p| {
            let unused = by(p).is_some_and(|w| wording::may_take_back(w, p, &found, today).is_ok());
            let over = by(p).filter(|_| !stands(&p)).map(told).unwrap_or_default();
            (last(&p.code) == Some(p.from) && stands(&p), unused, over)
        })
        .collect();
    let lines: Vec<Line> = found
        .into_iter()
        .zip(known)
        .map(|(p, (newest, unused, taken_back))| Line {
            since: p.from,
            verify: req.engine().new_id(),
            newest,
            unused,
            take_back: req.engine().new_id(),
            taken_back,
            rests_on: t.code("conference_rests_on", p.rests_on),
            secrecy: p.rests_on == RestsOn::Secrecy,
            days: match p.to {
                Some(_) if p.span().is_empty() => t.s("law.no_day").to_owned(),
                Some(to) => {
                    t.fs("conference.from_to", &[("from", t.full_day(p.from)), ("to", t.full_day(to))])
                }
                None => t.f("conference.from_day", "day", t.full_day(p.from)),
            },
            code: p.code,
            name: p.name,
            article: p.article,
            secrecy_article: p.secrecy_article,
            note: p.note,
            verified: p.verified,
            pledge: p.pledge,
            version: p.pledge_version,
        })
        .collect();
    let unverified = lines.iter().filter(|l| !l.verified && l.taken_back.is_empty()).count();
    let page = PositionsPage { frame, lines, unverified };
    Answer::page(page.render(), look.close().await?)
}
