//! Two records paired by hand: somebody knows what no comparison finds. Chosen among those this viewer may see, and then an
//! ordinary pair: somebody else confirms, it can be undone, and "two people" is remembered.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::{Disclosed, Role};
use askama::Template;
use engine::{Channel, Fail, Look};
use household::{Likened, LikenessView, Person, Reasons};
use site::{Answer, Form, Frame, Need, Req, link};
use words::id::{CommandId, PersonId};

use crate::rules::State;
use crate::{acts, sql, views};

/// How many are offered.
const MOST: usize = 12;

/// Somebody who can be chosen.
struct Offer {
    id: PersonId,
    name: String,
    sub: String,
    likeness: LikenessView,
    /// What was said of the two before: its page and its word.
    before: Option<(String, String)>,
    command: CommandId,
}

#[derive(Template)]
#[template(path = "same_choose.html")]
struct ChoosePage {
    frame: Frame,
    form: Form,
    id: PersonId,
    name: String,
    sub: String,
    reasons: Vec<String>,
    /// Whether the list is the answer to what was typed.
    searched: bool,
    offers: Vec<Offer>,
}

/// GET /persons/{id}/same
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let (page, receipt) = page(&req, Form::filled(Vec::new()), "").await?;
    Answer::page(page.render(), receipt)
}

/// POST /persons/{id}/same/search: what is looked for stands in the body, never in an address.
pub(crate) async fn search(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut form = req.form();
    let typed = form.line("q", Need::Required, 100);
    if form.has_problems() {
        let (page, receipt) = page(&req, form, "").await?;
        return Answer::again(page.render(), receipt);
    }
    let (page, receipt) = page(&req, form, &typed).await?;
    Answer::page(page.render(), receipt)
}

/// POST /persons/{id}/same: the two are a pair from now on, and somebody else confirms.
pub(crate) async fn choose(req: Arc<Req>) -> Result<Answer, Fail> {
    let one: PersonId = req.id("id")?;
    let mut form = req.form();
    let chosen: Vec<PersonId> = form.ids("other");
    let Some(other) = chosen.first().copied().filter(|o| *o != one) else {
        form.problem("q", "same.choose_one");
        let (page, receipt) = page(&req, form, "").await?;
        return Answer::again(page.render(), receipt);
    };
    let (pair, receipt) = acts::pair(&req, one, other).await?;
    Ok(Answer::to(&link::same(pair), "same_proposed", receipt))
}

async fn page(req: &Req, form: Form, typed: &str) -> Result<(ChoosePage, engine::Receipt), Fail> {
    let id: PersonId = req.id("id")?;
    let ctx = req.ctx()?;
    let frame = req.frame();
    let channel = if typed.is_empty() { Channel::Hint } else { Channel::Search };
    let mut look = ctx.look(channel).await?;
    let sealed = household::person::by_ids(&mut look.conn(), &ctx.viewer, [id]).await?;
    let one = look.disclose(sealed).await?.pop().ok_or(Fail::NotVisible)?;
    // Only a desk that wrote one of the two says something of them; here it is the one that is open.
    if !ctx.viewer.seats.iter().any(|s| s.role != Role::Liaison && s.holds(one.desk)) {
        return Err(Fail::NotVisible);
    }
    let found = found(&mut look, &one, typed).await?;
    let (m, today) = (ctx.viewer.municipality, ctx.now.day());
    let desks = found.iter().map(|(p, _)| p.desk).chain([one.desk]);
    let desks = register::desk_names(&mut look.conn(), m, desks, today).await?;
    let before = sql::of_person(&mut look.conn(), &ctx.viewer, id).await?;
    let mut reasons = Reasons::default();
    reasons.of(&one);
    let sub = |p: &Disclosed<Person>| {
        let birth = p.known.birth.map(|d| frame.t.partial_date(d)).unwrap_or_default();
        let desk = desks.get(&p.desk).cloned().unwrap_or_default();
        [birth, desk].into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>().join("　")
    };
    let mut offers = Vec::new();
    for (p, score) in &found {
        reasons.of(p);
        let said = before.iter().find(|b| b.persons.contains(&p.id) && b.state != State::Found);
        offers.push(Offer {
            id: p.id,
            name: views::title(&frame.t, p),
            sub: sub(p),
            likeness: LikenessView::new(&frame.t, score),
            before: said.map(|b| (link::same(b.id), frame.t.code("same_state", b.state))),
            command: req.engine().new_id(),
        });
    }
    let page = ChoosePage {
        id,
        name: views::title(&frame.t, &one),
        sub: sub(&one),
        reasons: reasons.sentences(&frame.t),
        searched: !typed.is_empty(),
        offers,
        form,
        frame,
    };
    Ok((page, look.close().await?))
}

/// Those who are offered: by what was typed, or whoever looks like this person.
async fn found(
    look: &mut Look,
    one: &Disclosed<Person>,
    typed: &str,
) -> Result<Vec<(Disclosed<Person>, household::Score)>, Fail> {
    let of_one = household::former::known_of(look, std::iter::once(one.facts())).await?;
    let before = of_one.get(&one.id).map_or(&[][..], Vec::as_slice);
    let of_one = Likened { now: &one.known, before };
    if typed.is_empty() {
        // The record itself looks most like itself.
        let mut found = household::who_looks_like(look, of_one, MOST + 1).await?;
        found.retain(|(p, _)| p.id != one.id);
        found.truncate(MOST);
        return Ok(found);
    }
    let reach = household::reach(look).await?;
    let mut people = household::find_persons(look, &reach, typed, MOST + 1).await?;
    people.retain(|p| p.id != one.id);
    people.truncate(MOST);
    let kept = household::sheltered(look, people.iter().map(|p| p.id).chain([one.id])).await?;
    let former: BTreeMap<_, _> =
        household::former::known_of(look, people.iter().map(access::Disclosed::facts)).await?;
    let scored = |p: Disclosed<Person>| {
        let before = former.get(&p.id).map_or(&[][..], Vec::as_slice);
        let sheltered = kept.contains(&p.id) || kept.contains(&one.id);
        let score = household::likeness(of_one, Likened { now: &p.known, before }, sheltered);
        (p, score)
    };
    Ok(people.into_iter().map(scored).collect())
}
