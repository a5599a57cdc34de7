//! Genogram and ecomap on paper, with their legends and in words.

use std::sync::Arc;

use askama::Template;
use engine::{Channel, Fail, Look};
use site::{Answer, Frame, Req, link};
use words::id::{HouseholdId, PersonId};

use crate::family::Look as Family;
use crate::member::household_name;
use crate::{Figures, Reasons, nameable, sql};

#[derive(Template)]
#[template(path = "household_print.html")]
struct PrintPage {
    frame: Frame,
    id: HouseholdId,
    household: String,
    name: String,
    today: String,
    reasons: Vec<String>,
    figures: Figures,
    /// Whom the paper can be given to: id, name, chosen.
    given_to: Vec<(PersonId, String, bool)>,
}

/// Whom a paper is for, as its address says: from then on the look leaves out what is kept from them. Nobody: the desk itself.
pub fn paper_for(req: &Req, look: &mut Look) -> Result<Option<PersonId>, Fail> {
    let given_to: Option<PersonId> = req
        .query()
        .get("for")
        .filter(|p| !p.is_empty())
        .map(str::parse)
        .transpose()
        .map_err(|_| Fail::NotVisible)?;
    if let Some(person) = given_to {
        look.for_member(person);
    }
    Ok(given_to)
}

/// GET /households/{id}/print: for the desk itself, or `for` somebody of the household, without what is kept from them.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: HouseholdId = req.id("id")?;
    let ctx = req.ctx()?;
    let (viewer, m) = (&ctx.viewer, ctx.viewer.municipality);
    let mut look = ctx.look(Channel::Print).await?;
    let given_to = paper_for(&req, &mut look)?;
    let header = sql::header(&mut look.conn(), m, id).await?.ok_or(Fail::NotVisible)?;
    let cases = sql::cases(&mut look.conn(), m, id).await?;
    if cases.iter().any(|c| viewer.excluded_from.contains(c)) {
        return Err(Fail::NotVisible);
    }
    let family = Family::load(&mut look, id).await?;
    if !viewer.reading_desks().contains(&header.desk) && family.members.is_empty() && family.former.is_empty()
    {
        return Err(Fail::NotVisible);
    }
    let mut reasons = Reasons::default();
    family.reasons(&mut reasons);
    let frame = req.frame();
    let page = PrintPage {
        id,
        household: link::household(id),
        name: household_name(&frame.t, &family.members),
        today: frame.t.full_day(ctx.now.day()),
        reasons: reasons.sentences(&frame.t),
        figures: Figures::draw(&frame, &family, None),
        given_to: nameable(&frame.t, family.given_paper(given_to))
            .into_iter()
            .map(|(id, name)| (id, name, given_to == Some(id)))
            .collect(),
        frame,
    };
    let receipt = look.close().await?;
    Answer::page(page.render(), receipt)
}
