//! What a municipality says of itself: how its name is read on papers, and how long a request to be contacted is kept.

use std::sync::Arc;

use askama::Template;
use engine::{Begun, Channel, Conn, Fail};
use site::{Answer, Form, Frame, Need, Req, link};
use words::id::MunicipalityId;

use super::{administer, receipt};
use crate::rules::CONTACT_KEPT_MOST;
use crate::sql;
use crate::views::{CONTACT_KEPT, contact_kept_days};

/// Characters of a reading.
const READING: usize = 60;

#[derive(Template)]
#[template(path = "town.html")]
struct TownPage {
    frame: Frame,
    form: Form,
    version: i64,
    most: i64,
}

/// What stands now: the reading, and days.
async fn now(conn: &mut Conn<'_>, at: MunicipalityId) -> Result<(String, i64), Fail> {
    Ok((sql::find::municipality_reading(conn, at).await?, contact_kept_days(conn, at).await?))
}

/// What a change is written against: the same for the same words and days.
fn version((reading, days): &(String, i64)) -> i64 {
    let sum = |sum: i64, n: i64| sum.wrapping_mul(31).wrapping_add(n);
    reading.chars().fold(sum(7, *days), |so_far, c| sum(so_far, i64::from(u32::from(c))))
        & i64::from(i32::MAX)
}

async fn render(req: &Req, typed: Option<Form>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Page).await?;
    let stands = now(&mut look.conn(), ctx.viewer.municipality).await?;
    look.close().await?;
    let (version, wrong) = (version(&stands), typed.is_some());
    let form =
        typed.unwrap_or_else(|| Form::filled(vec![("reading", stands.0), ("days", stands.1.to_string())]));
    let page = TownPage { version, most: CONTACT_KEPT_MOST, form, frame: req.frame() };
    if wrong { Answer::again(page.render(), receipt()) } else { Answer::page(page.render(), receipt()) }
}

/// GET /admin/town
pub(in crate::pages) async fn get(req: Arc<Req>) -> Result<Answer, Fail> {
    render(&req, None).await
}

/// POST /admin/town
pub(in crate::pages) async fn post(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut form = req.form();
    let reading = form.line("reading", Need::Optional, READING);
    // A reading is written in kana: it stands over the name.
    if !reading.chars().all(|c| words::fold::is_kana(c) || c.is_whitespace() || c == '\u{30fb}') {
        form.problem("reading", "town_settings.not_kana");
    }
    let typed = form.line("days", Need::Required, 4);
    let days = words::fold::fold(&typed).trim().parse::<i64>().ok();
    let days = days.filter(|n| (1..=CONTACT_KEPT_MOST).contains(n));
    if days.is_none() && !typed.is_empty() {
        form.problem_with("days", "town_settings.wrong_days", vec![("n", CONTACT_KEPT_MOST.to_string())]);
    }
    let (Some(days), false) = (days, form.has_problems()) else { return render(&req, Some(form)).await };
    match req.ctx()?.act(&req.envelope(), "register.town", &(&reading, days)).await? {
        Begun::Before(_) => Ok(Answer::to(link::TOWN_SETTINGS, "town_set", receipt())),
        Begun::New(mut act) => {
            let right = administer(&act)?;
            let at = act.municipality();
            let stands = now(&mut act.facts()?, at).await?;
            act.check_version(version(&stands))?;
            sql::write::municipality_read(&mut act.save(&right)?, at, &reading).await?;
            crate::acts::set_setting(&mut act, &right, CONTACT_KEPT, &days.to_string()).await?;
            Ok(Answer::to(link::TOWN_SETTINGS, "town_set", act.commit("").await?))
        }
    }
}
