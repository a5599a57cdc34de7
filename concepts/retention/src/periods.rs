//! How long each kind is kept: for the administrator.

use std::sync::Arc;

use access::{Action, Relation};
use askama::Template;
use engine::{Begun, Channel, Fail};
use serde::Serialize;
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::Day;
use words::code::Code;

use crate::pages::receipt;
use crate::rules::{DEFAULT_YEARS, Kind, Period, in_force};
use crate::sql;

struct PeriodView {
    from: String,
    years: String,
    rule: String,
    verified: bool,
}

struct KindView {
    word: String,
    /// In force today; the program's default when nobody has said.
    now: PeriodView,
    default: bool,
    /// Every one that was recorded, the newest first.
    all: Vec<PeriodView>,
}

#[derive(Template)]
#[template(path = "retention_periods.html")]
struct PeriodsPage {
    frame: Frame,
    form: Form,
    kinds: Vec<KindView>,
    choices: Vec<Choice>,
    version: String,
}

async fn page(req: &Req, form: Form) -> Result<PeriodsPage, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let t = &frame.t;
    let today = req.now().day();
    let mut look = ctx.look(Channel::Page).await?;
    let periods = sql::periods(&mut look.conn(), ctx.viewer.municipality).await?;
    let view = |p: &Period| PeriodView {
        from: t.full_day(p.from),
        years: t.f("retention.years_short", "n", p.years),
        rule: p.rule.clone(),
        verified: p.verified,
    };
    let kind = |kind: &Kind| {
        let all = periods.get(kind).map_or(&[][..], Vec::as_slice);
        let now = in_force(all, today);
        KindView {
            word: t.code("retention_kind", kind),
            default: now.is_none(),
            now: now.map_or_else(
                || PeriodView {
                    from: String::new(),
                    years: t.f("retention.years_short", "n", DEFAULT_YEARS),
                    rule: String::new(),
                    verified: false,
                },
                view,
            ),
            all: all.iter().rev().map(view).collect(),
        }
    };
    let typed = form.value("base_version").to_owned();
    let version = if typed.is_empty() { count(&periods).to_string() } else { typed };
    Ok(PeriodsPage {
        kinds: Kind::ALL.iter().map(kind).collect(),
        choices: Kind::ALL
            .iter()
            .map(|k| Choice::new(&form, "kind", k, t.code("retention_kind", k)))
            .collect(),
        version,
        form,
        frame,
    })
}

/// How many periods were ever recorded: what a new one is written against.
fn count(periods: &std::collections::BTreeMap<Kind, Vec<Period>>) -> usize {
    periods.values().map(Vec::len).sum()
}

/// `GET /admin/retention`
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    Answer::page(page(&req, Form::default()).await?.render(), receipt())
}

#[derive(Serialize)]
struct Body {
    kind: Kind,
    from: Day,
    years: i64,
    rule: String,
    verified: bool,
}

fn read(form: &mut Form) -> Option<Body> {
    let kind = form.code::<Kind>("kind", Need::Required);
    let typed = form.line("years", Need::Required, 4);
    let years: Option<i64> = words::fold::fold(&typed).trim().parse().ok().filter(|n| (1..=100).contains(n));
    if years.is_none() && !typed.is_empty() {
        form.problem("years", "retention.years_wrong");
    }
    let from = form.day("from", Need::Required);
    let rule = form.line("rule", Need::Optional, 100);
    let verified = form.ticked("verified");
    if verified && rule.is_empty() {
        form.problem("rule", "retention.rule_missing");
    }
    if form.has_problems() {
        return None;
    }
    Some(Body { kind: kind?, from: from?, years: years?, rule, verified })
}

/// `POST /admin/retention`: one more period. The old ones stay.
pub(crate) async fn add(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut form = req.form();
    let Some(body) = read(&mut form) else {
        return Answer::again(page(&req, form).await?.render(), receipt());
    };
    let ctx = req.ctx()?;
    let Begun::New(mut act) = ctx.act(&req.envelope(), "retention.period", &body).await? else {
        return Ok(Answer::to(link::RETENTION, "retention_saved", receipt()));
    };
    let viewer = act.viewer().ok_or(Fail::NotVisible)?;
    let right = access::may(viewer, Action::Administer, &Relation::of_no_household())?;
    let (m, stamp) = (act.municipality(), (act.now(), act.command()));
    let periods = sql::periods(&mut act.facts()?, m).await?;
    let known = count(&periods);
    act.check_version(i64::try_from(known).unwrap_or(i64::MAX))?;
    let new = Period { from: body.from, years: body.years, rule: body.rule, verified: body.verified };
    let next = i64::try_from(known).unwrap_or(i64::MAX).saturating_add(1);
    sql::period_add(&mut act.save(&right)?, m, (body.kind, next), &new, stamp).await?;
    Ok(Answer::to(link::RETENTION, "retention_saved", act.commit("").await?))
}
