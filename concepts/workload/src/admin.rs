//! The municipality's own table of weights and ages.

use std::sync::Arc;

use access::{Action, Relation};
use askama::Template;
use engine::{Begun, Channel, Fail, Receipt};
use site::{Answer, Form, Frame, Need, Req, link};

use crate::settings::{KEYS, defaults, numbers};

/// The largest number of the table.
const MOST: i64 = 999;

struct Field {
    name: &'static str,
    value: String,
    default: i64,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "workload_admin.html")]
struct AdminPage {
    frame: Frame,
    form: Form,
    version: i64,
    weights: Vec<Field>,
    limits: Vec<Field>,
}

fn receipt() -> Receipt {
    Receipt::nothing_personal("weights and limits are settings of the municipality")
}

/// What a change is written against: the same for the same numbers.
fn version(numbers: &[i64]) -> i64 {
    numbers.iter().fold(7_i64, |sum, n| sum.wrapping_mul(31).wrapping_add(*n)) & i64::from(i32::MAX)
}

/// GET /admin/workload
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    render(&req, None).await
}

async fn render(req: &Req, typed: Option<Form>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Page).await?;
    let now = numbers(&mut look.conn(), ctx.viewer.municipality).await?;
    look.close().await?;
    let frame = req.frame();
    let wrong = typed.is_some();
    let set = KEYS.iter().zip(now).map(|(key, n)| (*key, n.to_string())).collect();
    let form = typed.unwrap_or_else(|| Form::filled(set));
    let field = |(key, default): (&'static str, i64)| Field {
        name: key,
        value: form.value(key).to_owned(),
        default,
        error: form.error(&frame.t, key),
    };
    let mut fields: Vec<Field> = KEYS.into_iter().zip(defaults()).map(field).collect();
    let limits = fields.split_off(9);
    let page = AdminPage { version: version(&now), weights: fields, limits, frame, form };
    if wrong { Answer::again(page.render(), receipt()) } else { Answer::page(page.render(), receipt()) }
}

/// POST /admin/workload
pub(crate) async fn save(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut form = req.form();
    let mut values = Vec::new();
    for key in KEYS {
        let typed = form.line(key, Need::Required, 4);
        match words::fold::fold(&typed).trim().parse::<i64>() {
            Ok(n) if (0..=MOST).contains(&n) => values.push(n),
            _ if typed.is_empty() => {}
            _ => form.problem(key, "workload_admin.wrong"),
        }
    }
    if form.has_problems() {
        return render(&req, Some(form)).await;
    }
    match ctx.act(&req.envelope(), "workload.settings", &values).await? {
        Begun::Before(_) => Ok(Answer::to(link::WORKLOAD_SETTINGS, "workload_set", receipt())),
        Begun::New(mut act) => {
            let m = act.municipality();
            let right = access::may(&ctx.viewer, Action::Administer, &Relation::of_no_household())?;
            let now = numbers(&mut act.facts()?, m).await?;
            act.check_version(version(&now))?;
            for (key, value) in KEYS.into_iter().zip(&values) {
                register::acts::set_setting(&mut act, &right, key, &value.to_string()).await?;
            }
            Ok(Answer::to(link::WORKLOAD_SETTINGS, "workload_set", act.commit("").await?))
        }
    }
}
