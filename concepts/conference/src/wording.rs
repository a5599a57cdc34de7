//! Keeping the table of positions: an administrator notes that a wording was held against the law, and writes down a new one from a day
//! on. An old wording is ended and never changed: whoever pledged, pledged to the words of then.

use std::sync::Arc;

use access::{Action, Relation, Right};
use askama::Template;
use engine::{Act, Begun, Channel, Fail, Receipt, Refusal, args};
use register::Span;
use serde::Serialize;
use site::{Answer, Form, Frame, Need, Req, link};
use words::Day;
use words::code::Code;

use crate::positions::{self, Position};
use crate::rules::RestsOn;

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
}

/// The newest wording of a position, also one to come.
async fn newest(req: &Req, code: &str) -> Result<Position, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Page).await?;
    let all = positions::on(&mut look.conn(), ctx.viewer.municipality, None).await?;
    all.into_iter().filter(|p| p.code == code).max_by_key(|p| p.from).ok_or(Fail::NotVisible)
}

fn render(req: &Req, before: Position, form: Form) -> Result<Answer, Fail> {
    let wrong = form.has_problems();
    let secrecy = before.rests_on == RestsOn::Secrecy;
    let html = WordingPage { frame: req.frame(), form, name: before.name, secrecy }.render();
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
    let from = form.day("from", Need::Required);
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

/// The wording in force until then ends the day before. Other words of the pledge are a version of their own.
async fn keep(act: &mut Act, before: &Position, new: &Wording, from: Day) -> Result<(), Fail> {
    let right = administer(act)?;
    let (m, today, command) = (act.municipality(), act.now().day(), act.command());
    let by = act.viewer().map(|v| v.user).filter(|_| new.verified);
    let known = [Span { from: before.from, to: before.to }];
    let ends = register::rules::next_wording(&known, Span { from, to: None })?;
    let version = before.pledge_version + i64::from(before.pledge != new.pledge);
    let mut conn = act.save(&right)?;
    if let Some(begun) = ends {
        conn.exec(
            "UPDATE conference_position SET valid_to = $4 WHERE municipality_id = $1 AND code = $2 AND valid_from = $3",
            args![m, &new.code, begun, from.plus_days(-1)],
        )
        .await?;
    }
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
                new.verified,
                &new.pledge,
                version,
                from,
                new.verified.then_some(today),
                by,
                command
            ],
        )
        .await?;
    if added == 0 { Err(Refusal::new("law.overlaps").into()) } else { Ok(()) }
}
