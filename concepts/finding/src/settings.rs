//! How long a saved search is kept that nobody uses: for the administrator.

use std::sync::Arc;

use access::{Action, Relation};
use askama::Template;
use engine::{Begun, Channel, Fail, Receipt};
use site::{Answer, Form, Frame, Need, Req, link};

use crate::sql::{KEPT_DAYS, KEPT_KEY, kept_days};

/// The fewest and the most days: no saved word outlives the shortest period of retention, which is a year.
const LEAST: i64 = 30;
const MOST: i64 = 365;

#[derive(Template)]
#[template(path = "finding_settings.html")]
struct SettingsPage {
    frame: Frame,
    form: Form,
    version: i64,
    default: i64,
}

fn receipt() -> Receipt {
    Receipt::nothing_personal("how long saved searches are kept is a setting of the municipality")
}

async fn render(req: &Req, typed: Option<Form>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Page).await?;
    let days = kept_days(&mut look.conn(), ctx.viewer.municipality).await?;
    look.close().await?;
    let wrong = typed.is_some();
    let form = typed.unwrap_or_else(|| Form::filled(vec![("days", days.to_string())]));
    let page = SettingsPage { version: days, default: KEPT_DAYS, form, frame: req.frame() };
    if wrong { Answer::again(page.render(), receipt()) } else { Answer::page(page.render(), receipt()) }
}

/// GET /admin/searches
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    render(&req, None).await
}

/// POST /admin/searches
pub(crate) async fn save(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut form = req.form();
    let typed = form.line("days", Need::Required, 4);
    let days = words::fold::fold(&typed).trim().parse::<i64>().ok().filter(|n| (LEAST..=MOST).contains(n));
    if days.is_none() && !typed.is_empty() {
        form.problem_with(
            "days",
            "finding.wrong_days",
            vec![("from", LEAST.to_string()), ("to", MOST.to_string())],
        );
    }
    let (Some(days), false) = (days, form.has_problems()) else { return render(&req, Some(form)).await };
    match ctx.act(&req.envelope(), "finding.settings", &days).await? {
        Begun::Before(_) => Ok(Answer::to(link::SAVED_SEARCHES, "searches_set", receipt())),
        Begun::New(mut act) => {
            let m = act.municipality();
            let right = access::may(&ctx.viewer, Action::Administer, &Relation::of_no_household())?;
            let now = kept_days(&mut act.facts()?, m).await?;
            act.check_version(now)?;
            register::acts::set_setting(&mut act, &right, KEPT_KEY, &days.to_string()).await?;
            Ok(Answer::to(link::SAVED_SEARCHES, "searches_set", act.commit("").await?))
        }
    }
}
