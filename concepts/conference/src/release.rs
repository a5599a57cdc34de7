//! Choosing which of the own desk's records lie before the members: each by itself, with a button of its own.

use std::collections::BTreeSet;
use std::sync::Arc;

use access::Category;
use askama::Template;
use engine::{Channel, Fail, Look};
use household::{EntryState, EntryView, MemberView, Reasons, entry, person};
use site::{Answer, Form, Frame, Need, Req};
use words::id::{CommandId, HouseholdId, MatterId, PersonId};

use crate::rules::RestsOn;
use crate::sql;

/// Texts offered at once, the newest first.
const MOST: usize = 60;

/// A text of the own desk.
struct Text {
    entry: EntryView,
    laid: bool,
    /// It holds who informed, or has no categories and therefore counts as holding it.
    informant: bool,
    command: CommandId,
}

/// A person's card of the own desk.
struct CardLine {
    id: PersonId,
    name: String,
    about: String,
    laid: bool,
    command: CommandId,
}

#[derive(Template)]
#[template(path = "conference_release.html")]
struct ReleasePage {
    frame: Frame,
    form: Form,
    id: MatterId,
    found: bool,
    cards: Vec<CardLine>,
    texts: Vec<Text>,
    none: CommandId,
    reasons: Vec<String>,
}

/// GET /matters/{id}/release?number=
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Channel::Page).await?;
    render(&req, look).await
}

async fn render(req: &Req, mut look: Look) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let id: MatterId = req.id("id")?;
    let viewer = ctx.viewer.clone();
    let m = viewer.municipality;
    let (h, _) = sql::by_id(&mut look.conn(), &viewer, id).await?.ok_or(Fail::NotVisible)?;
    let members = sql::members(&mut look.conn(), m, id).await?;
    let me = members.iter().find(|k| k.is(&viewer) && k.pledged_at.is_some()).ok_or(Fail::NotVisible)?;
    if h.rests_on == RestsOn::Consent || h.closed_at.is_some() {
        return Err(Fail::NotVisible);
    }
    let materials = sql::materials(&mut look.conn(), m, id).await?;
    let laid: BTreeSet<_> =
        materials.iter().filter(|x| x.recalled_at.is_none()).map(|x| x.record.id).collect();
    let mut form = req.query_form();
    let number = form.line("number", Need::Optional, 20);
    let (mut reasons, mut households) = (Reasons::default(), BTreeSet::new());
    let own = |desk| viewer.seats.iter().any(|s| s.desk == me.desk && s.holds(desk));
    if let Some(header) = household::header(&mut look.conn(), m, h.household).await?
        && own(header.desk)
    {
        households.insert(h.household);
    }
    if number.is_empty() {
        households.extend(same_household(&mut look, &materials).await?);
    } else if let Some(found) = sql::household_of_number(&mut look.conn(), &viewer, &number).await? {
        households.insert(found);
    } else {
        form.problem("number", "conference.no_such_number");
    }
    let ids: Vec<HouseholdId> = households.into_iter().collect();
    let mut sealed = person::of_households(&mut look.conn(), &viewer, ids.iter().copied()).await?;
    sealed.retain(|p| own(p.facts().desk));
    // What is laid before the members is the card.
    let people = look.disclose(sealed).await?;
    reasons.of_all(&people);
    let shown = MemberView::all(&frame, &viewer, &people);
    let cards = people
        .iter()
        .zip(shown)
        .map(|(p, view)| CardLine {
            id: p.id,
            name: p.called().to_owned(),
            about: format!("{} {} {}", view.reading, view.birth, view.relation).trim().to_owned(),
            laid: laid.contains(&p.id.cast()),
            command: req.engine().new_id(),
        })
        .collect::<Vec<_>>();
    let mut sealed = entry::of_households(&mut look.conn(), &viewer, ids.iter().copied(), 300).await?;
    sealed.retain(|e| own(e.facts().desk) && e.facts().confided_to.is_none());
    let mut entries = look.disclose(sealed).await?;
    entries.retain(|e| e.state == EntryState::Valid);
    entries.truncate(MOST);
    reasons.of_all(&entries);
    let informant: Vec<bool> = entries.iter().map(|e| e.categories.has(Category::Informant)).collect();
    let views = EntryView::build_all(&mut look, &frame, entries).await?;
    let texts = views
        .into_iter()
        .zip(informant)
        .map(|(entry, informant)| Text {
            laid: laid.contains(&entry.id.cast()),
            entry,
            informant,
            command: req.engine().new_id(),
        })
        .collect::<Vec<_>>();
    let page = ReleasePage {
        id,
        found: !cards.is_empty() || !texts.is_empty(),
        cards,
        texts,
        none: req.engine().new_id(),
        reasons: reasons.sentences(&frame.t),
        frame,
        form: form.clone(),
    };
    let wrong = form.has_problems();
    let (html, receipt) = (page.render(), look.close().await?);
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// Households of the own desk with somebody of a name that lies before the members.
async fn same_household(look: &mut Look, materials: &[sql::Material]) -> Result<Vec<HouseholdId>, Fail> {
    let viewer = look.viewer().clone();
    let persons = materials
        .iter()
        .filter(|x| x.recalled_at.is_none() && x.record.kind == access::RecordKind::Person)
        .map(|x| x.record.id.cast());
    let sealed = person::by_ids(&mut look.conn(), &viewer, persons).await?;
    let before = look.disclose(sealed).await?;
    let known: Vec<_> = before.iter().map(|p| (p.known.name.as_str(), p.known.birth)).collect();
    if known.is_empty() {
        return Ok(Vec::new());
    }
    Ok(household::same_names(look, &known, i64::MAX).await?.iter().map(|p| p.household).collect())
}
