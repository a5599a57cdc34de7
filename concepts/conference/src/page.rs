//! One matter, for its members: before the pledge nothing but the words of it, then what is asked, said and laid before them.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::{Disclosed, RecordKind};
use askama::Template;
use engine::{Channel, Fail, Look};
use household::{Entry, EntryView, Person, Reasons, entry, person};
use site::{Answer, Form, Frame, Req, T, link};
use words::id::{AttachmentId, CommandId, EntryId, MaterialId, MatterId, PersonId, ThingId};

use crate::acts;
use crate::positions;
use crate::rules::{RestsOn, Role};
use crate::sql::{self, Header, Material, Member};
use crate::steps::asks_anew;
use crate::whose::{self, WhoseCard};

#[derive(Template)]
#[template(path = "conference_pledge.html")]
struct PledgePage {
    frame: Frame,
    id: MatterId,
    name: String,
    article: String,
    secretariat: String,
    opened: String,
    /// What an inquiry was raised to, when the matter became another conference.
    raised_to: String,
    pledge: Vec<String>,
    /// Which words these are: what is kept is what was shown.
    edition: i64,
    office: bool,
    form: Form,
}

/// What can be done with one thing that lies before the members.
pub(crate) struct Handle {
    pub material: MaterialId,
    pub desk: String,
    pub released: String,
    /// 持ち帰り可.
    pub marked: bool,
    pub may_mark: bool,
    pub may_recall: bool,
    pub mark: CommandId,
    pub recall: CommandId,
}

/// A text before the members.
pub(crate) struct Piece {
    pub entry: EntryView,
    /// Where its pictures are.
    pub pictures: Vec<String>,
    pub handle: Handle,
}

/// A person's card before the members.
pub(crate) struct Card {
    pub name: String,
    pub reading: String,
    pub birth: String,
    pub relation: String,
    pub contact: String,
    pub died: bool,
    pub handle: Handle,
}

/// A member, as the others see them.
pub(crate) struct Sitting {
    pub name: String,
    pub desk: String,
    pub pledged: bool,
}

#[derive(Template)]
#[template(path = "conference_page.html")]
struct MatterPage {
    frame: Frame,
    form: Form,
    id: MatterId,
    name: String,
    article: String,
    secrecy: bool,
    number: String,
    case: Option<String>,
    initiator: String,
    secretariat: String,
    lead: String,
    opened: String,
    closed: Option<(String, String)>,
    follows: Option<String>,
    goes_on: Option<String>,
    members: Vec<Sitting>,
    questions: Vec<Piece>,
    said: Vec<Piece>,
    cards: Vec<Card>,
    texts: Vec<Piece>,
    /// Whether the viewer writes down what was decided.
    decides: bool,
    office: bool,
    may_release: bool,
    now: String,
    /// Whose consent carries it; of a conference that rests on consent.
    whose: Option<WhoseCard>,
    reasons: Vec<String>,
}

/// GET /matters/{id}
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Channel::Page).await?;
    render(&req, look, Form::default()).await
}

/// The page, also with what was typed and is wrong.
pub(crate) async fn render(req: &Req, mut look: Look, form: Form) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: MatterId = req.id("id")?;
    let m = ctx.viewer.municipality;
    let Some((h, _)) = sql::by_id(&mut look.conn(), &ctx.viewer, id).await? else {
        // A promise names a member's place: on to its matter.
        let matter = sql::matter_of_member(&mut look.conn(), m, id.cast()).await?.ok_or(Fail::NotVisible)?;
        let mine = sql::members(&mut look.conn(), m, matter).await?.iter().any(|k| k.is(&ctx.viewer));
        if !mine {
            return Err(Fail::NotVisible);
        }
        return Ok(Answer::to(&link::matter(matter), "", look.close().await?));
    };
    let members = sql::members(&mut look.conn(), m, id).await?;
    let office = h.runs_as(&ctx.viewer).is_some();
    let Some(me) = members.iter().find(|k| k.is(&ctx.viewer)) else {
        if office {
            return Ok(Answer::to(&format!("{}/office", link::matter(id)), "", look.close().await?));
        }
        return Err(Fail::NotVisible);
    };
    if h.rests_on == RestsOn::Secrecy && me.pledged_at.is_none() {
        // What was closed before they pledged was never theirs to see.
        if h.closed_at.is_some() {
            return Err(Fail::NotVisible);
        }
        return pledge_page(req, look, (&h, office), form).await;
    }
    matter_page(req, look, &h, (&members, me, office), form).await
}

async fn pledge_page(
    req: &Req,
    mut look: Look,
    (h, office): (&Header, bool),
    form: Form,
) -> Result<Answer, Fail> {
    let frame = req.frame();
    let (m, today) = (look.viewer().municipality, look.now().day());
    let position =
        acts::position_of(&mut look.conn(), m, &h.position, today).await?.ok_or(Fail::NotVisible)?;
    let names = register::desk_names(&mut look.conn(), m, [h.secretariat], today).await?;
    let raised_to = match h.inquiry.filter(|_| h.position != positions::RAISED_TO) {
        Some(_) => positions::one(&mut look.conn(), m, positions::RAISED_TO, h.opened_at.day())
            .await?
            .map_or_else(String::new, |p| format!("{} {}", p.name, p.article)),
        None => String::new(),
    };
    let page = PledgePage {
        id: h.id,
        raised_to,
        name: position.name,
        article: h.article.clone(),
        secretariat: names.get(&h.secretariat).cloned().unwrap_or_default(),
        opened: frame.day(&h.opened_at.day()),
        pledge: position.pledge.lines().filter(|l| !l.trim().is_empty()).map(str::to_owned).collect(),
        edition: position.pledge_version,
        office,
        frame,
        form,
    };
    let receipt = look.close().await?;
    if asks_anew(&page.form) {
        Answer::conflict(page.render(), receipt)
    } else if req.body().pairs().is_empty() {
        Answer::page(page.render(), receipt)
    } else {
        Answer::again(page.render(), receipt)
    }
}

/// What lies before the members, as far as it is open to this one.
struct Laid {
    texts: BTreeMap<ThingId, Disclosed<Entry>>,
    cards: BTreeMap<ThingId, Disclosed<Person>>,
    reasons: Reasons,
}

async fn laid(look: &mut Look, materials: &[Material]) -> Result<Laid, Fail> {
    let viewer = look.viewer().clone();
    let of = |kind: RecordKind| {
        materials
            .iter()
            .filter(move |x| x.record.kind == kind && x.recalled_at.is_none())
            .map(|x| x.record.id)
    };
    let persons: Vec<PersonId> = of(RecordKind::Person).map(words::Id::cast).collect();
    let entries: Vec<EntryId> = of(RecordKind::Entry).map(words::Id::cast).collect();
    let sealed = person::by_ids(&mut look.conn(), &viewer, persons).await?;
    let mut reasons = Reasons::default();
    // What lies before all of them is what the cards say, and nothing that one of them alone has learnt since.
    let cards = look.disclose(sealed).await?;
    reasons.of_all(&cards);
    let sealed = entry::by_ids(&mut look.conn(), &viewer, entries).await?;
    let texts = look.disclose(sealed).await?;
    reasons.of_all(&texts);
    Ok(Laid {
        texts: texts.into_iter().map(|e| (e.id.cast(), e)).collect(),
        cards: cards.into_iter().map(|p| (p.id.cast(), p)).collect(),
        reasons,
    })
}

/// What lies before the members of a matter now, as far as this viewer reads it.
async fn before_them(look: &mut Look, h: &Header) -> Result<Vec<Material>, Fail> {
    let m = look.viewer().municipality;
    let mut materials = sql::materials(&mut look.conn(), m, h.id).await?;
    // After the end, also that something lay there is no longer told.
    materials.retain(|x| x.recalled_at.is_none() && (h.closed_at.is_none() || x.take_back_at.is_some()));
    // Unfinished words are read by whoever writes them, on every page alike; the others read them when they go round.
    let unfinished = sql::unfinished(&mut look.conn(), m, h.id).await?;
    let viewer = look.viewer();
    let ours = |desk| viewer.seats.iter().any(|s| s.holds(desk));
    materials.retain(|x| ours(x.desk) || !unfinished.contains(&x.record.id));
    Ok(materials)
}

/// Where its case is opened, for whoever has a part in it.
async fn its_case(look: &mut Look, h: &Header) -> Result<Option<String>, Fail> {
    let viewer = look.viewer().clone();
    let Some(case) = h.case else { return Ok(None) };
    Ok(casefile::relation(&mut look.conn(), &viewer, case).await?.map(|_| link::case(case)))
}

async fn matter_page(
    req: &Req,
    mut look: Look,
    h: &Header,
    (members, me, office): (&[Member], &Member, bool),
    form: Form,
) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let t = frame.t.clone();
    let (m, today) = (ctx.viewer.municipality, ctx.now.day());
    let secrecy = h.rests_on == RestsOn::Secrecy;
    let materials = before_them(&mut look, h).await?;
    let Laid { mut texts, cards, reasons } = laid(&mut look, &materials).await?;
    let desks = members.iter().map(|k| k.desk).chain(materials.iter().map(|x| x.desk));
    let desks = desks.chain([h.initiator, h.secretariat, h.lead]);
    let names = register::desk_names(&mut look.conn(), m, desks, today).await?;
    let name = |d| names.get(&d).cloned().unwrap_or_default();
    let users = register::user_names(&mut look.conn(), m, members.iter().filter_map(|k| k.user)).await?;
    let position = acts::position_of(&mut look.conn(), m, &h.position, today).await?;
    let open = h.closed_at.is_none();
    let handle = |x: &Material| {
        let ours = ctx.viewer.seats.iter().any(|s| s.holds(x.desk));
        Handle {
            material: x.id,
            desk: name(x.desk),
            released: frame.moment(&x.released_at),
            // Minutes remain as minutes: nobody marked them as something to act by.
            marked: x.take_back_at.is_some() && x.role != Role::Minutes,
            may_mark: open && ours && x.take_back_at.is_none() && x.role != Role::Minutes,
            may_recall: (ours || office) && !x.held,
            mark: req.engine().new_id(),
            recall: req.engine().new_id(),
        }
    };
    let shown: Vec<(&Material, Disclosed<Entry>)> =
        materials.iter().filter_map(|x| texts.remove(&x.record.id).map(|e| (x, e))).collect();
    let (kept, entries): (Vec<&Material>, Vec<Disclosed<Entry>>) = shown.into_iter().unzip();
    let pictures = attachment::pictures(&mut look.conn(), m, &entries).await?;
    let views = EntryView::build_all(&mut look, &frame, entries).await?;
    let (mut questions, mut said, mut pieces) = (Vec::new(), Vec::new(), Vec::new());
    for (x, entry) in kept.into_iter().zip(views) {
        let of = pictures.iter().filter(|(_, text)| text.cast() == x.record.id);
        let at =
            |(picture, _): &(AttachmentId, EntryId)| format!("{}/pictures/{picture}", link::matter(h.id));
        let piece = Piece { entry, pictures: of.map(at).collect(), handle: handle(x) };
        match x.role {
            Role::Question => questions.push(piece),
            Role::Word | Role::Minutes => said.push(piece),
            Role::Material => pieces.push(piece),
        }
    }
    let cards = materials
        .iter()
        .filter_map(|x| cards.get(&x.record.id).map(|p| card(&t, p, handle(x))))
        .collect::<Vec<_>>();
    let case = its_case(&mut look, h).await?;
    let whose = if secrecy { None } else { Some(whose::card(&mut look, &frame, h, &form).await?) };
    let mut reasons = reasons;
    if let Some(whose) = &whose {
        reasons.of_all(&whose.shown);
    }
    let goes_on = goes_on(&mut look, h.id).await?;
    let worker = ctx.viewer.seats.iter().any(|s| s.desk == me.desk && s.role.reads_desk_records());
    let page = MatterPage {
        id: h.id,
        name: position.map(|p| p.name).unwrap_or_default(),
        article: h.article.clone(),
        secrecy,
        number: h.case_number.map(|(y, n)| casefile::number_text(y, n)).unwrap_or_default(),
        case,
        initiator: name(h.initiator),
        secretariat: name(h.secretariat),
        lead: name(h.lead),
        opened: frame.day(&h.opened_at.day()),
        closed: h
            .closed_at
            .zip(h.outcome)
            .map(|(at, outcome)| (frame.day(&at.day()), t.code("conference_outcome", outcome))),
        follows: h.follows.map(link::matter),
        goes_on,
        members: members
            .iter()
            .filter(|k| k.until.is_none())
            .map(|k| Sitting {
                name: k.user.and_then(|u| users.get(&u)).cloned().unwrap_or_else(|| k.name.clone()),
                desk: name(k.desk),
                pledged: k.pledged_at.is_some(),
            })
            .collect(),
        now: now_line(&t, h, (questions.is_empty(), cards.is_empty() && pieces.is_empty())),
        questions,
        said,
        cards,
        texts: pieces,
        decides: office && (frame.role == "coordinator" || h.runs_as(&ctx.viewer) != Some(h.secretariat)),
        office,
        may_release: open && secrecy && worker,
        whose,
        reasons: reasons.sentences(&t),
        frame,
        form: form.clone(),
    };
    let wrong = form.has_problems();
    let (html, receipt) = (page.render(), look.close().await?);
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

fn card(t: &T, p: &Person, handle: Handle) -> Card {
    let contact = [p.known.address.as_str(), p.known.phone.as_str(), p.known.contact_wish.as_str()];
    Card {
        name: p.called().to_owned(),
        reading: p.known.reading.clone(),
        birth: p.known.birth.map(|d| t.partial_date(d)).unwrap_or_default(),
        relation: p.known.relation.clone(),
        contact: contact.into_iter().filter(|x| !x.is_empty()).collect::<Vec<_>>().join("　"),
        died: p.died.is_some(),
        handle,
    }
}

/// The first line: what this member does now.
fn now_line(t: &T, h: &Header, (no_question, nothing): (bool, bool)) -> String {
    let key = match h.rests_on {
        _ if h.closed_at.is_some() => "closed",
        RestsOn::Consent => "consent",
        RestsOn::Secrecy if no_question => "ask",
        RestsOn::Secrecy if nothing => "release",
        RestsOn::Secrecy => "talk",
    };
    t.s(&format!("conference_now.{key}")).to_owned()
}

/// Where it goes on, for whoever may know that: of what goes on in confidence only its members (disclosure rule 8).
async fn goes_on(look: &mut Look, id: MatterId) -> Result<Option<String>, Fail> {
    let viewer = look.viewer().clone();
    let Some(next) = sql::follower(&mut look.conn(), viewer.municipality, id).await? else { return Ok(None) };
    let found = crate::views::standings(&mut look.conn(), &viewer, [next]).await?;
    let shown = found.iter().any(|s| s.rests_on == RestsOn::Consent || s.sensed(&viewer));
    Ok(shown.then(|| link::matter(next)))
}
