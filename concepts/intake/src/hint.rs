//! Search before recording: is this person perhaps here already? Only what the searcher may see is ever shown;
//! when that is nothing, the form simply goes on, as if nobody had been recorded anywhere (disclosure rule 2).

use access::Disclosed;
use askama::Template;
use engine::{Channel, Ctx, Fail};
use household::{LikenessView, NewPerson, Person, Reasons, Score};
use site::{Answer, Fields, Frame, Req, link};
use words::id::PersonId;

use crate::{sql, views};

/// How many people are shown at most.
const MOST: usize = 12;
/// How many earlier consultations are loaded for all of them.
const MOST_CONSULTATIONS: i64 = 60;
/// Fields of one sending, which the hint page writes itself.
const NOT_CARRIED: &[&str] = &["csrf", "command", "owner", "checked", "pick", "back"];

/// One person found, with what leads to them.
pub(crate) struct Found {
    pub id: PersonId,
    pub name: String,
    pub reading: String,
    pub age: String,
    pub address: String,
    pub likeness: LikenessView,
    pub person: String,
    pub consultations: Vec<(String, String)>,
    pub cases: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "intake_hint.html")]
pub(crate) struct HintPage {
    pub frame: Frame,
    pub reasons: Vec<String>,
    pub action: String,
    pub carried: Vec<(String, String)>,
    pub found: Vec<Found>,
}

/// The page with the people found, or `None` when there is nobody this person may see.
pub(crate) async fn page(req: &Req, new: &NewPerson, action: &str) -> Result<Option<Answer>, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Hint).await?;
    let persons = persons(&mut look, new).await?;
    if persons.is_empty() {
        // What was looked at and not shown is nobody's access.
        return Ok(None);
    }
    let frame = req.frame();
    let mut reasons = Reasons::default();
    for (p, _) in &persons {
        reasons.of(p);
    }
    let found = found(&ctx, &mut look, &frame, persons).await?;
    let page = HintPage {
        reasons: reasons.sentences(&frame.t),
        action: action.to_owned(),
        carried: carried(req.body()),
        found,
        frame,
    };
    let receipt = look.close().await?;
    Ok(Some(Answer::page(page.render(), receipt)?))
}

fn carried(body: &Fields) -> Vec<(String, String)> {
    body.pairs()
        .iter()
        .filter(|(n, v)| !v.is_empty() && !NOT_CARRIED.contains(&n.as_str()))
        .cloned()
        .collect()
}

/// Who looks like the person about to be written down, and whoever can be found by a part of what was typed.
async fn persons(look: &mut engine::Look, new: &NewPerson) -> Result<Vec<(Disclosed<Person>, Score)>, Fail> {
    Ok(household::who_looks_like(look, household::Likened { now: new, before: &[] }, MOST).await?)
}

async fn found(
    ctx: &Ctx,
    look: &mut engine::Look,
    frame: &Frame,
    persons: Vec<(Disclosed<Person>, Score)>,
) -> Result<Vec<Found>, Fail> {
    let households: Vec<_> = persons.iter().map(|(p, _)| p.household).collect();
    let loaded =
        sql::of_households(&mut look.conn(), &ctx.viewer, households.iter().copied(), MOST_CONSULTATIONS)
            .await?;
    let headers: Vec<_> = loaded.iter().map(|l| l.header.clone()).collect();
    let facts = look.disclose(loaded.into_iter().map(|l| l.facts).collect()).await?;
    let cases = sql::cases_with_a_part(&mut look.conn(), &ctx.viewer, households).await?;
    Ok(persons
        .into_iter()
        .map(|(p, score)| {
            let consultations = facts
                .iter()
                .filter_map(|f| {
                    headers.iter().find(|h| h.id == f.id && h.household == Some(p.household)).map(|h| (h, f))
                })
                .take(3)
                .map(|(h, f)| {
                    let main = f.topics.first().map(|m| frame.t.code("matter", m)).unwrap_or_default();
                    (link::consultation(h.id), format!("{} {main}", frame.day(&h.occurred_at.day())))
                })
                .collect();
            let of_person = cases.iter().filter(|c| c.household == p.household);
            Found {
                id: p.id,
                name: p.called().to_owned(),
                reading: p.known.reading.clone(),
                age: views::age(&frame.t, p.known.birth, frame.now.day()),
                address: p.known.address.clone(),
                likeness: LikenessView::new(&frame.t, &score),
                person: link::person(p.id),
                consultations,
                cases: of_person.map(|c| (link::case(c.id), c.number.clone())).collect(),
            }
        })
        .collect())
}
