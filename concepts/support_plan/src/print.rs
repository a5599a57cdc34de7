//! プラン兼利用申込書 on A4: for the desk, or for somebody of the household without what is kept from them. What the state is
//! told stands in a thick frame. A confidential conference never stands on paper.

use std::sync::Arc;

use askama::Template;
use engine::{Channel, Fail};
use site::{Answer, Frame, Req};
use words::id::{PersonId, SupportPlanId};

use crate::view::{self, Version};

#[derive(Template)]
#[template(path = "plan_print.html")]
struct PrintPage {
    frame: Frame,
    id: SupportPlanId,
    v: Version,
    today: String,
    given_to: Vec<(PersonId, String, bool)>,
    number: String,
}

/// GET /plans/{id}/print?for=
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: SupportPlanId = req.id("id")?;
    let frame = req.frame();
    let mut look = req.ctx()?.look(Channel::Print).await?;
    let given_to = household::paper_for(&req, &mut look)?;
    let v = view::load(&req, &mut look, &frame, id).await?;
    let page = PrintPage {
        id,
        today: frame.t.full_day(frame.now.day()),
        given_to: v
            .members
            .iter()
            .map(|(person, name)| (*person, name.clone(), given_to == Some(*person)))
            .collect(),
        number: v.loaded.header.number_text(),
        v,
        frame,
    };
    let (html, receipt) = (page.render(), look.close().await?);
    Answer::page(html, receipt)
}
