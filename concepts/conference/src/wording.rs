//! Keeping the table of positions: an administrator notes that a wording was held against the law, and writes down a new one from a day
//! on. An old wording is ended and never changed: whoever pledged, pledged to the words of then, and sits on under them (decision 0049).
//! A slip is taken back as long as nothing rests on it.

use std::sync::Arc;

use access::{Action, Relation, Right};
use askama::Template;
use engine::{Act, Begun, Broken, Channel, Conn, Fail, Receipt, Refusal, args};
use register::Span;
use register::rules::Added;
use serde::Serialize;
use site::{Answer, Form, Frame, Need, Req, link};
use words::code::Code;
use words::id::{MunicipalityId, UserId};
use words::{Day, Instant};

use crate::positions::{self, Position};
use crate::rules::{RestsOn, wording};

/// Characters of the words of a pledge.
const PLEDGE: usize = 4_000;

fn receipt() -> Receipt {
    Receipt::nothing_personal("on what conferences rest: articles and days")
}

fn administer(act: &Act) -> Result<Right, Fail> {
    let viewer = act.viewer().ok_or(Fail::NotVisible)?;
    Ok(access::may(viewer, Action::Administer, &Relation::of_no_household())?)
}

/// POST /admin/positions/verify: somebody held it against the law, today.
pub(crate) async fn verify(req: Arc<Req>) -> Result<Answer, Fail> {
    let field = |name: &str| req.body().get(name).unwrap_or_default().to_owned();
    let (code, from) = (field("code"), Day::parse_iso(&field("since")).ok_or(Fail::NotVisible)?);
    let body = (&code, from.to_string());
    let Begun::New(mut act) = req.ctx()?.act(&req.envelope(), "position.verify", &body).await? else {
        return Ok(Answer::to(link::POSITIONS, "position_verified", receipt()));
    };
    let right = administer(&act)?;
    let (m, today) = (act.municipality(), act.now().day());
    let by = act.viewer().map(|v| v.user);
    let done = act
        .save(&right)?
        .exec(
            "UPDATE conference_position SET verified = TRUE, verified_on = $4, verified_by = $5 \
             WHERE municipality_id = $1 AND code = $2 AND valid_from = $3 AND NOT verified",
            args![m, &code, from, today, by],
        )
        .await?;
    if done == 0 {
        return Err(Fail::Stale);
    }
    Ok(Answer::to(link::POSITIONS, "position_verified", act.commit("").await?))
}

#[derive(Template)]
#[template(path = "conference_wording.html")]
struct WordingPage {
    frame: Frame,
    form: Form,
    name: String,
    secrecy: bool,
    /// Whether the articles of the wording before were held against the law: they need no second look while they stay.
    verified: bool,
}

/// The newest wording of a position, also one to come.
async fn newest(req: &Req, code: &str) -> Result<Position, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Page).await?;
    // What was taken back is not gone on from.
    let all = positions::on(&mut look.conn(), ctx.viewer.municipality, None).await?;
    all.into_iter().filter(|p| p.code == code).max_by_key(|p| p.from).ok_or(Fail::NotVisible)
}

fn render(req: &Req, before: Position, form: Form) -> Result<Answer, Fail> {
    let wrong = form.has_problems();
    let secrecy = before.rests_on == RestsOn::Secrecy;
    let verified = before.verified;
    let html = WordingPage { frame: req.frame(), form, name: before.name, secrecy, verified }.render();
    if wrong { Answer::again(html, receipt()) } else { Answer::page(html, receipt()) }
}

/// GET /admin/positions/new?code=: begins with the wording that stands.
pub(crate) async fn new(req: Arc<Req>) -> Result<Answer, Fail> {
    let before = newest(&req, req.query().get("code").unwrap_or_default()).await?;
    let form = Form::filled(vec![
        ("code", before.code.clone()),
        ("article", before.article.clone()),
        ("secrecy_article", before.secrecy_article.clone()),
        ("note", before.note.clone()),
        ("pledge", before.pledge.clone()),
    ]);
    render(&req, before, form)
}

#[derive(Serialize)]
struct Wording {
    code: String,
    article: String,
    secrecy_article: String,
    note: String,
    pledge: String,
    from: String,
    verified: bool,
}

/// POST /admin/positions/new
pub(crate) async fn add(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut form = req.form();
    let before = newest(&req, form.value("code")).await?;
    let secret = if before.rests_on == RestsOn::Secrecy { Need::Required } else { Need::Optional };
    let article = form.line("article", Need::Required, 200);
    let secrecy_article = form.line("secrecy_article", secret, 200);
    let note = form.line("note", Need::Optional, 300);
    let pledge = form.paragraph("pledge", secret, PLEDGE);
    let from = form.coming_day("from", Need::Required);
    let today = req.ctx()?.now.day();
    if let Some(Err(why)) = from.map(|from| wording::may_begin(from, today)) {
        form.problem("from", why.key);
    }
    if let Err(why) = wording::says_enough(&pledge)
        && before.rests_on == RestsOn::Secrecy
    {
        form.problem_with("pledge", why.key, vec![("n", wording::FEWEST.to_string())]);
    }
    let (Some(from), false) = (from, form.has_problems()) else { return render(&req, before, form) };
    let verified = form.ticked("verified");
    let new = Wording {
        code: before.code.clone(),
        article,
        secrecy_article,
        note,
        pledge,
        from: from.to_string(),
        verified,
    };
    let Begun::New(mut act) = req.ctx()?.act(&req.envelope(), "position.add", &new).await? else {
        return Ok(Answer::to(link::POSITIONS, "position_added", receipt()));
    };
    match keep(&mut act, &before, &new, from).await {
        Ok(()) => Ok(Answer::to(link::POSITIONS, "position_added", act.commit("").await?)),
        Err(Fail::Refused(why)) => {
            form.problem_with("from", why.key, why.args);
            render(&req, before, form)
        }
        Err(other) => Err(other),
    }
}

/// The wording in force until then ends the day before. Other words of the pledge are a version of their own. Articles that stay the same
/// stay verified, by whoever held them against the law.
async fn keep(act: &mut Act, before: &Position, new: &Wording, from: Day) -> Result<(), Fail> {
    let right = administer(act)?;
    let (m, today, command) = (act.municipality(), act.now().day(), act.command());
    wording::may_begin(from, today)?;
    let all = positions::every(&mut act.facts()?, m).await?;
    let of_code: Vec<&Position> = all.iter().filter(|p| p.code == before.code).collect();
    let spans: Vec<Span> = of_code.iter().map(|p| p.span()).collect();
    let ends = register::rules::next_wording(&spans, Span { from, to: None })?;
    let taken: Vec<Day> = of_code.iter().map(|p| p.from).collect();
    let highest = of_code.iter().map(|p| p.pledge_version).max().unwrap_or_default();
    let version = wording::edition((&before.pledge, before.pledge_version), highest, &new.pledge);
    let articles = (before.article.as_str(), before.secrecy_article.as_str(), before.verified);
    let verified = wording::is_verified(articles, (&new.article, &new.secrecy_article), new.verified);
    let looked = match act.viewer().map(|v| v.user).filter(|_| new.verified) {
        Some(by) => (Some(today), Some(by)),
        None if verified => verified_by(&mut act.facts()?, m, before).await?,
        None => (None, None),
    };
    let mut conn = act.save(&right)?;
    if let Some(begun) = ends {
        conn.exec(
            "UPDATE conference_position SET valid_to = $4 WHERE municipality_id = $1 AND code = $2 AND valid_from = $3",
            args![m, &new.code, begun, from.plus_days(-1)],
        )
        .await?;
    }
    // What was taken back gives way to what begins on its day, and stays: its words, and who took it back.
    conn.exec(
        "UPDATE conference_position SET valid_from = $4 WHERE municipality_id = $1 AND code = $2 AND valid_from = $3 \
         AND valid_to < valid_from",
        args![m, &new.code, from, wording::set_aside(from, &taken)],
    )
    .await?;
    let added = conn
        .exec(
            "INSERT INTO conference_position (municipality_id, code, name, rests_on, article, secrecy_article, note, verified, \
             pledge, pledge_version, valid_from, verified_on, verified_by, command_id) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING",
            args![
                m,
                &new.code,
                &before.name,
                before.rests_on.code(),
                &new.article,
                &new.secrecy_article,
                &new.note,
                verified,
                &new.pledge,
                version,
                from,
                looked.0,
                looked.1,
                command
            ],
        )
        .await?;
    if added == 0 { Err(Refusal::new("law.overlaps").into()) } else { Ok(()) }
}

/// When somebody held the articles of a wording against the law, and who; nobody where they came along so.
async fn verified_by(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    of: &Position,
) -> Result<(Option<Day>, Option<UserId>), Fail> {
    let row = conn
        .maybe(
            "SELECT verified_on, verified_by FROM conference_position \
             WHERE municipality_id = $1 AND code = $2 AND valid_from = $3",
            args![m, &of.code, of.from],
        )
        .await?;
    Ok(match row {
        Some(row) => (row.get("verified_on")?, row.get("verified_by")?),
        None => (None, None),
    })
}

/// What is known of who wrote a wording down, or took it back.
pub(crate) struct WordingBy {
    pub code: String,
    pub from: Day,
    pub at: Instant,
    pub who: String,
    /// Whether somebody pledged on its words, or a matter was opened under its article, since then.
    pub used: bool,
}

/// The wordings that a person wrote down or took back. Words and articles that were there before are no use of this one.
pub(crate) async fn written(conn: &mut Conn<'_>, m: MunicipalityId) -> Result<Vec<WordingBy>, Broken> {
    conn.all(
        "SELECT p.code, p.valid_from, c.recorded_at, u.name AS who, CASE WHEN \
         EXISTS (SELECT 1 FROM matter_member k JOIN matter x ON x.municipality_id = k.municipality_id AND x.id = k.matter_id \
         WHERE k.municipality_id = $1 AND x.position = p.code AND k.pledge_version = p.pledge_version \
         AND k.pledged_at >= c.recorded_at AND NOT EXISTS (SELECT 1 FROM conference_position b WHERE b.municipality_id = $1 \
         AND b.code = p.code AND b.valid_from < p.valid_from AND (b.valid_to IS NULL OR b.valid_to >= b.valid_from) \
         AND b.pledge_version = p.pledge_version)) \
         OR EXISTS (SELECT 1 FROM matter x WHERE x.municipality_id = $1 AND x.position = p.code AND x.article = p.article \
         AND x.opened_at >= c.recorded_at AND NOT EXISTS (SELECT 1 FROM conference_position b WHERE b.municipality_id = $1 \
         AND b.code = p.code AND b.valid_from < p.valid_from AND (b.valid_to IS NULL OR b.valid_to >= b.valid_from) \
         AND b.article = p.article)) \
         THEN 1 ELSE 0 END AS used FROM conference_position p \
         JOIN command c ON c.municipality_id = p.municipality_id AND c.id = p.command_id \
         JOIN app_user u ON u.municipality_id = c.municipality_id AND u.id = c.author_id \
         WHERE p.municipality_id = $1",
        args![m],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(WordingBy {
            code: row.get("code")?,
            from: row.get("valid_from")?,
            at: row.get("recorded_at")?,
            who: row.get("who")?,
            used: row.get::<i64>("used")? == 1,
        })
    })
    .collect()
}

/// Whether a wording can be taken back. `all` is every wording there is.
pub(crate) fn may_take_back(
    by: &WordingBy,
    of: &Position,
    all: &[Position],
    today: Day,
) -> Result<(), Refusal> {
    let others = all.iter().filter(|p| p.code == of.code && p.from != of.from);
    let others: Vec<Span> = others.map(Position::span).collect();
    let added = Added { span: of.span(), on: by.at.day(), used: by.used };
    register::rules::may_take_back(added, &others, today).map_err(|why| match why.key {
        "law.is_used" => Refusal::new("conference.wording_used"),
        "law.has_begun" => Refusal::new("conference.wording_begun"),
        _ => why,
    })
}

/// POST /admin/positions/take-back: a wording that was a slip, on which nothing rests yet. It holds on no day; its words and who took it
/// back stay, and the wording that gave way to it goes on.
pub(crate) async fn take_back(req: Arc<Req>) -> Result<Answer, Fail> {
    let field = |name: &str| req.body().get(name).unwrap_or_default().to_owned();
    let (code, from) = (field("code"), Day::parse_iso(&field("since")).ok_or(Fail::NotVisible)?);
    let body = (&code, from.to_string());
    let Begun::New(mut act) = req.ctx()?.act(&req.envelope(), "position.take_back", &body).await? else {
        return Ok(Answer::to(link::POSITIONS, "law_taken_back", receipt()));
    };
    let right = administer(&act)?;
    let (m, today, command) = (act.municipality(), act.now().day(), act.command());
    let all = positions::every(&mut act.facts()?, m).await?;
    let of = all.iter().find(|p| p.code == code && p.from == from).ok_or(Fail::NotVisible)?;
    let written = written(&mut act.facts()?, m).await?;
    let by = written.iter().find(|w| w.code == code && w.from == from);
    may_take_back(by.ok_or(Refusal::new("conference.wording_begun"))?, of, &all, today)?;
    let mut conn = act.save(&right)?;
    let before = from.plus_days(-1);
    conn.exec(
        "UPDATE conference_position SET valid_to = NULL WHERE municipality_id = $1 AND code = $2 AND valid_to = $3 \
         AND valid_from <= valid_to",
        args![m, &code, before],
    )
    .await?;
    conn.exec(
        "UPDATE conference_position SET valid_to = $4, command_id = $5 \
         WHERE municipality_id = $1 AND code = $2 AND valid_from = $3",
        args![m, &code, from, before, command],
    )
    .await?;
    Ok(Answer::to(link::POSITIONS, "law_taken_back", act.commit("").await?))
}
