//! Somebody who was written into a household by mistake: saying so, what was written down, and taking it back.

use std::sync::Arc;

use askama::Template;
use engine::{Channel, Fail, Look};
use site::{Answer, Frame, Req, T, link};
use words::code::Code;
use words::id::{HouseholdId, PersonId, UserId};

use super::{person, to};
use crate::acts::mistaken as acts;
use crate::mistaken::{self, Wrong};
use crate::{MemberView, Reasons};

#[derive(Template)]
#[template(path = "household_mistaken.html")]
struct MistakenPage {
    frame: Frame,
    title: String,
    household: String,
    member: MemberView,
    version: i64,
    /// Who said so, when and why, and what was taken back before.
    said: Vec<String>,
    reasons: Vec<String>,
}

/// What is asked on the page of a person before they are taken out.
pub(super) struct Asked {
    /// What rests on them, each with what to do instead; empty when nothing does.
    pub rests: Vec<String>,
    /// Why: codes and words.
    pub reasons: Vec<(&'static str, String)>,
}

/// The form of it, for the desk that wrote them down.
pub(super) async fn asked(look: &mut Look, t: &T, of: &crate::Person) -> Result<Asked, Fail> {
    let (m, today) = (look.viewer().municipality, look.now().day());
    let rests = mistaken::rests(&mut look.conn(), m, (of.id, of.household), today).await?;
    Ok(Asked {
        rests: rests.iter().map(|(key, n)| t.f(key, "n", n)).collect(),
        reasons: Wrong::ALL.iter().map(|w| (w.code(), t.code("wrong_member", w))).collect(),
    })
}

/// What was said of a person, in sentences, the latest first.
pub(super) async fn sentences(look: &mut Look, frame: &Frame, id: PersonId) -> Result<Vec<String>, Fail> {
    let (m, t) = (look.viewer().municipality, &frame.t);
    let said = mistaken::said(&mut look.conn(), m, id).await?;
    let people: Vec<UserId> =
        said.iter().flat_map(|s| [s.author, s.back.and_then(|b| b.0)]).flatten().collect();
    let names = register::user_names(&mut look.conn(), m, people).await?;
    let name = |user: Option<UserId>| user.and_then(|u| names.get(&u)).map_or("—", String::as_str).to_owned();
    Ok(said
        .iter()
        .map(|s| {
            let mut args = vec![
                ("at", frame.moment(&s.at)),
                ("who", name(s.author)),
                ("reason", t.code("wrong_member", s.reason)),
            ];
            match s.back {
                None => t.fs("mistaken.said", &args),
                Some((by, at)) => {
                    args.extend([("by", name(by)), ("back", frame.moment(&at))]);
                    t.fs("mistaken.said_back", &args)
                }
            }
        })
        .collect())
}

/// Those of a household, as far as they are disclosed: where each stands, and the name.
pub(super) async fn listed(
    look: &mut Look,
    frame: &Frame,
    household: HouseholdId,
    reasons: &mut Reasons,
) -> Result<Vec<(String, String)>, Fail> {
    let viewer = look.viewer().clone();
    let sealed = crate::person::mistaken(&mut look.conn(), &viewer, household).await?;
    let found = look.disclose(sealed).await?;
    reasons.of_all(&found);
    let name = |p: &crate::Person| match p.called() {
        "" => frame.t.s("member.someone").to_owned(),
        name => name.to_owned(),
    };
    Ok(found.iter().map(|p| (link::person(p.id), name(p))).collect())
}

/// GET /persons/{id} of somebody who was written down by mistake.
pub(super) async fn show(req: &Req) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Page).await?;
    let sealed = crate::person::mistaken_by_id(&mut look.conn(), &ctx.viewer, req.id("id")?).await?;
    let found = match sealed {
        Some(sealed) => look.disclose_one(sealed).await?,
        None => None,
    };
    let person = found.ok_or(Fail::NotVisible)?;
    let frame = req.frame();
    let mut reasons = Reasons::default();
    reasons.of(&person);
    let page = MistakenPage {
        title: match person.called() {
            "" => frame.t.s("person_page.title").to_owned(),
            name => frame.t.f("person_page.title_of", "name", name),
        },
        household: link::household(person.household),
        member: MemberView::new(&frame, &ctx.viewer, &person),
        version: person.version,
        said: sentences(&mut look, &frame, person.id).await?,
        reasons: reasons.sentences(&frame.t),
        frame,
    };
    Answer::page(page.render(), look.close().await?)
}

/// POST /persons/{id}/error.
pub(crate) async fn mark(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: PersonId = req.id("id")?;
    let Some(reason) = Wrong::parse(req.body().get("wrong").unwrap_or_default()) else {
        return person::again(&req, "wrong", "text.choose").await;
    };
    match acts::mark(&req, id, reason).await {
        Ok(done) => Ok(to(done, "person_mistaken", |home| match home.parse() {
            Ok(home) => link::household(home),
            Err(_) => link::person(id),
        })),
        // What rests on them stands on the page, with what to do first.
        Err(Fail::Refused(refusal)) if refusal.key.starts_with("rests.") => {
            person::again(&req, "wrong", "mistaken.rests_first").await
        }
        Err(Fail::Stale) => person::again(&req, "wrong", "household.changed_since").await,
        Err(other) => Err(other),
    }
}

/// POST /persons/{id}/error/undo.
pub(crate) async fn take_back(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: PersonId = req.id("id")?;
    Ok(to(acts::take_back(&req, id).await?, "person_not_mistaken", |_| link::person(id)))
}
