//! Genogram and ecomap on paper, with their legends and in words.

use std::sync::Arc;

use engine::{Fail, Look};
use paper::{Block, Document, Size};
use site::paper::{Around, Kind, language};
use site::{Answer, Frame, Req, T, link};
use words::id::{HouseholdId, PersonId};

use crate::family::Look as Family;
use crate::member::household_name_of;
use crate::{Figures, Reasons, nameable, sql};

/// Whom a paper about a household is for, as its address says: from then on the look leaves out what is kept from them. Nobody: the desk
/// itself.
pub fn paper_for(req: &Req, look: &mut Look, home: HouseholdId) -> Result<Option<PersonId>, Fail> {
    let given_to: Option<PersonId> = req
        .query()
        .get("for")
        .filter(|p| !p.is_empty())
        .map(str::parse)
        .transpose()
        .map_err(|_| Fail::NotVisible)?;
    if let Some(person) = given_to {
        look.for_member(person, Some(home));
    }
    Ok(given_to)
}

/// GET /households/{id}/print: for the desk itself, or `for` somebody of the household, without what is kept from them.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: HouseholdId = req.id("id")?;
    let ctx = req.ctx()?;
    let (viewer, m) = (&ctx.viewer, ctx.viewer.municipality);
    let mut look = ctx.look(Kind::of(&req).channel()).await?;
    let given_to = paper_for(&req, &mut look, id)?;
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
    let t = &frame.t;
    let title = t.s("kin.print_title");
    let figures = Figures::draw(&frame, &family, None);
    let drawn = figures.on_paper(t);
    // Nothing but drawings: where one lies on its side, all of the paper does.
    let turned = drawn.iter().any(|b| matches!(b, Block::Together { turned: true, .. }));
    let mut document = paper_of(&frame, title, "", left_out(t, "kin.print_left_out", given_to))
        .size(if turned { Size::A4Wide } else { Size::A4 })
        .with(Block::heading(1, household_name_of(t, &family.members, &family.former, frame.now.day())));
    document.blocks.extend(why_seen(t, &reasons.sentences(t), given_to));
    if figures.genogram.is_none() && given_to.is_none() {
        document.push(Block::small(t.s("kin.nobody")));
    }
    if !family.told.is_empty() {
        document.push(Block::list(family.told.iter().map(|x| x.words(t))));
    }
    document.blocks.extend(drawn);
    let around = Around {
        title: title.to_owned(),
        lead: t.s("kin.print_lead").to_owned(),
        back: (link::household(id), t.s("tie_form.back").to_owned()),
        given_to: Some(people_to_give(t, nameable(t, family.given_paper(given_to)), given_to)),
        warning: before_giving(t, given_to),
        file: "genogram".to_owned(),
        ..Around::default()
    };
    let receipt = look.close().await?;
    Answer::paper(&req, frame, document, around, receipt)
}

/// A paper of a household with its usual head and foot: what it is, that it is to be handled with care, when and by whom it was
/// made; what was left out of it.
pub fn paper_of(frame: &Frame, title: &str, number: &str, left_out: &str) -> Document {
    let t = &frame.t;
    let made = format!("{} {}", t.full_day(frame.now.day()), frame.name);
    Document::new(title, language(t))
        .head([format!("{title} {number}").trim(), t.s("kin.print_care"), &made])
        .foot([format!("{} {}", frame.municipality, t.s("site.name")).as_str(), left_out])
}

/// What the foot of a paper says was left out of it: nothing on one that somebody of the household is given. That something is kept from
/// them is what it would tell.
pub fn left_out<'t>(t: &'t T, key: &'t str, given_to: Option<PersonId>) -> &'t str {
    if given_to.is_some() { "" } else { t.s(key) }
}

/// The same for whoever hands it over, on the screen: what does not stand on it, and that it is to be read first.
pub fn before_giving(t: &T, given_to: Option<PersonId>) -> String {
    given_to.map(|_| t.s("kin.before_giving").to_owned()).unwrap_or_default()
}

/// Under which basis the desk reads: for the desk's own papers, no matter of the one that somebody of the household is given.
pub fn why_seen(t: &T, reasons: &[String], given_to: Option<PersonId>) -> Option<Block> {
    given_to.is_none().then(|| Block::note(t.s("site.why_seen"), reasons.join(t.s("site.comma"))))
}

/// Whom a paper can be given to, as its page asks it.
pub fn people_to_give(
    t: &T,
    people: Vec<(PersonId, String)>,
    chosen: Option<PersonId>,
) -> (String, String, Vec<(String, String, bool)>) {
    let people = people.into_iter().map(|(id, name)| (id.to_string(), name, chosen == Some(id))).collect();
    (t.s("kin.print_for").to_owned(), t.s("kin.print_for_us").to_owned(), people)
}
