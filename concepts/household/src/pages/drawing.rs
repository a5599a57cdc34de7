//! How genograms are drawn here: there is no national standard, and regions differ (reference C-6).

use std::sync::Arc;

use access::{Action, Relation};
use askama::Template;
use engine::{Begun, Channel, Fail, Receipt};
use site::{Answer, Form, Frame, Req, link};

use crate::family::{SETTINGS, Style};

#[derive(Template)]
#[template(path = "household_drawing.html")]
struct DrawingPage {
    frame: Frame,
    form: Form,
    version: i64,
}

fn receipt() -> Receipt {
    Receipt::nothing_personal("how drawings look is a setting of the municipality")
}

impl Style {
    /// As the settings keep it, in the order of [`SETTINGS`].
    fn numbers(self) -> [i64; 4] {
        [self.died == kin::svg::Died::Fill, self.no_names, self.no_relations, self.no_twins].map(i64::from)
    }

    /// What a change is written against: the same for the same settings.
    fn version(self) -> i64 {
        self.numbers().iter().fold(1, |sum, n| sum * 2 + n)
    }
}

/// GET /admin/drawings
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Page).await?;
    let style = Style::load(&mut look.conn(), ctx.viewer.municipality).await?;
    look.close().await?;
    let [filled, no_names, no_relations, no_twins] = style.numbers();
    let tick = |on: bool| if on { "1".to_owned() } else { String::new() };
    let form = Form::filled(vec![
        ("died", if filled == 1 { "filled" } else { "cross" }.to_owned()),
        ("names", tick(no_names == 0)),
        ("relations", tick(no_relations == 0)),
        ("twins", if no_twins == 1 { "alike" } else { "point" }.to_owned()),
    ]);
    let page = DrawingPage { frame: req.frame(), form, version: style.version() };
    Answer::page(page.render(), receipt())
}

/// POST /admin/drawings
pub(crate) async fn save(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let form = req.form();
    let filled = form.value("died") == "filled";
    let no_twins = form.value("twins") == "alike";
    let values = [filled, !form.ticked("names"), !form.ticked("relations"), no_twins].map(i64::from);
    match ctx.act(&req.envelope(), "household.drawings", &values).await? {
        Begun::Before(_) => Ok(Answer::to(link::DRAWINGS, "drawings_set", receipt())),
        Begun::New(mut act) => {
            let m = act.municipality();
            let right = access::may(&ctx.viewer, Action::Administer, &Relation::of_no_household())?;
            let now = Style::load(&mut act.facts()?, m).await?;
            act.check_version(now.version())?;
            for (key, value) in SETTINGS.into_iter().zip(values) {
                register::acts::set_setting(&mut act, &right, key, &value.to_string()).await?;
            }
            Ok(Answer::to(link::DRAWINGS, "drawings_set", act.commit("").await?))
        }
    }
}
