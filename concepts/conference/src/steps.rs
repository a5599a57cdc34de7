//! The forms of a matter: read, taken, and back to where they came from.

use std::sync::Arc;

use access::{Categories, Category, Viewer};
use engine::{Begun, Channel, Conn, Fail, Receipt};
use household::{ToldBy, entry};
use site::{Answer, Form, Need, Req, link};
use words::code::Code;
use words::id::{MatterId, PersonId};

use crate::acts::{self, Step};
use crate::rules::{self, Left, Outcome, Presence, Role};
use crate::{office, page, sql};

/// The page a form stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Matter,
    Release,
    Office,
}

/// POST /matters/{id}/{step}
pub(crate) async fn step(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: MatterId = req.id("id")?;
    let mut form = req.form();
    let (step, place, done) = read(&mut form, req.param("step"))?;
    let picture = if req.param("step") == "say" { picture(&req, &mut form) } else { None };
    let Some(step) = step.filter(|_| !form.has_problems()) else { return again(&req, place, form).await };
    let here = match place {
        Place::Matter => link::matter(id),
        Place::Release => format!("{}/release", link::matter(id)),
        Place::Office => format!("{}/office", link::matter(id)),
    };
    let said = (id, &step, picture.as_ref().map(|(_, bytes)| bytes.len()));
    match ctx.act(&req.envelope(), "matter.step", &said).await? {
        Begun::Before(_) if place == Place::Office => {
            let mut look = ctx.look(Channel::Write).await?;
            let to = onward(&mut look.conn(), &ctx.viewer, id).await?;
            Ok(Answer::to(&to, done, look.close().await?))
        }
        Begun::Before(_) => {
            let receipt = Receipt::nothing_personal("the command was done before; nothing is shown");
            Ok(Answer::to(&here, done, receipt))
        }
        Begun::New(mut act) => match acts::step(&mut act, id, &step, picture).await {
            Ok(next) => {
                let to = match next {
                    None if place != Place::Office => here,
                    next => onward(&mut act.facts()?, &ctx.viewer, next.unwrap_or(id)).await?,
                };
                Ok(Answer::to(&to, done, act.commit(&id.to_string()).await?))
            }
            Err(Fail::Refused(refusal)) => match beside(&step, refusal.key) {
                Some(field) => {
                    drop(act);
                    form.problem(field, refusal.key);
                    again(&req, place, form).await
                }
                None => Err(Fail::Refused(refusal)),
            },
            Err(other) => Err(other),
        },
    }
}

/// Where whoever took a step of the secretariat goes on: its page as long as they run the matter, which a deputy no longer does after giving it
/// back or ending it; then the matter where they are a member, otherwise the list of their matters.
async fn onward(conn: &mut Conn<'_>, viewer: &Viewer, id: MatterId) -> Result<String, Fail> {
    let runs = sql::by_id(conn, viewer, id).await?.is_some_and(|(h, _)| h.runs_as(viewer).is_some());
    if runs {
        return Ok(format!("{}/office", link::matter(id)));
    }
    let members = sql::members(conn, viewer.municipality, id).await?;
    let sits = members.iter().any(|k| k.is(viewer));
    Ok(if sits { link::matter(id) } else { link::MATTERS.to_owned() })
}

/// The picture of a form; what is none is a problem beside its field.
fn picture<'r>(req: &'r Req, form: &mut Form) -> acts::Picture<'r> {
    let (taken, bytes) = attachment::take(req, form, "file")?;
    if taken.media == attachment::MediaType::Pdf {
        form.problem("file", "conference.pictures_only");
        return None;
    }
    Some((taken, bytes))
}

/// Beside which field a refusal of this step belongs.
fn beside(step: &Step, refusal: &str) -> Option<&'static str> {
    match step {
        Step::Pledge { .. } if refusal == rules::wording::CHANGED => Some("edition"),
        Step::PledgeTold { .. } if refusal == rules::wording::CHANGED => Some("told_by"),
        Step::Say { .. } => Some("words"),
        Step::Join { .. } => Some("appointment"),
        Step::Close { .. } if refusal == "conference.close_sure" => Some("sure"),
        Step::Present { .. } => Some(match refusal {
            "conference.nobody_instead" | "conference.pledge_first" => "way",
            "conference.decided_with_them" => "corrected",
            _ => "on",
        }),
        Step::About { .. } => Some("about"),
        Step::MoveToConsent { .. } | Step::MoveToSecrecy { .. } => Some("position"),
        _ => None,
    }
}

async fn again(req: &Req, place: Place, form: Form) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Channel::Page).await?;
    match place {
        Place::Office => office::render(req, look, form).await,
        Place::Matter | Place::Release => page::render(req, look, form).await,
    }
}

/// Whether the words of a pledge are other ones by now than those that were shown: the page asks anew, as after every change.
pub(crate) fn asks_anew(form: &Form) -> bool {
    form.found().any(|(_, key, _)| key == rules::wording::CHANGED)
}

/// The words of a pledge that a page showed; none that there is, where it says nothing.
fn edition(form: &Form) -> i64 {
    form.value("edition").parse().unwrap_or_default()
}

/// What a form says; the page it stands on; the sentence that follows.
fn read(form: &mut Form, step: &str) -> Result<(Option<Step>, Place, &'static str), Fail> {
    let told = |form: &mut Form, need| {
        form.code::<ToldBy>("told_by", need).map(|b| b.code().to_owned()).unwrap_or_default()
    };
    Ok(match step {
        "pledge" => (Some(Step::Pledge { edition: edition(form) }), Place::Matter, "matter_pledged"),
        "say" => {
            let role = if form.chose("role", "question") { Role::Question } else { Role::Word };
            let words = form.paragraph("words", Need::Required, entry::MOST_CHARACTERS);
            (Some(Step::Say { role, words }), Place::Matter, "matter_said")
        }
        "release-entry" => {
            let entry = form.id("entry", Need::Required);
            (entry.map(|entry| Step::ReleaseEntry { entry }), Place::Release, "matter_released")
        }
        "release-person" => {
            let person = form.id("person", Need::Required);
            let chosen: Categories = form.codes::<Category>("card_cat").into_iter().collect();
            let step = person.map(|person| Step::ReleasePerson { person, categories: chosen.bits() });
            (step, Place::Release, "matter_released")
        }
        "nothing" => (Some(Step::NothingToRelease), Place::Matter, "matter_nothing"),
        "recall" => {
            let material = form.id("material", Need::Required);
            (material.map(|material| Step::Recall { material }), Place::Matter, "matter_recalled")
        }
        "mark" => {
            let material = form.id("material", Need::Required);
            (material.map(|material| Step::Mark { material }), Place::Matter, "matter_marked")
        }
        "join" => {
            let desk = form.id("desk", Need::Required);
            let appointment = form.id("appointment", Need::Optional);
            let name = form.line("name", Need::Optional, 100);
            if appointment.is_none() && name.is_empty() {
                form.problem("appointment", "conference.who");
            }
            let instead = form.id("instead", Need::Optional);
            let step = desk.map(|desk| Step::Join { desk, appointment, name, instead });
            (step, Place::Office, "matter_joined")
        }
        "leave" => {
            let member = form.id("member", Need::Required);
            let why = form.code::<Left>("why", Need::Required);
            let step = member.zip(why).map(|(member, why)| Step::Leave { member, why });
            (step, Place::Office, "matter_left")
        }
        "pledge-told" => {
            let member = form.id("member", Need::Required);
            let told_by = told(form, Need::Required);
            let edition = edition(form);
            let step = member.map(|member| Step::PledgeTold { member, edition, told_by });
            (step, Place::Office, "matter_pledged_told")
        }
        "present" => {
            let member = form.id("member", Need::Required);
            let on = form.day("on", Need::Required);
            let way = form.code::<Presence>("way", Need::Required);
            let told_by = told(form, Need::Optional);
            let why = form.code("corrected", Need::Optional);
            let said = member.zip(on).zip(way);
            let step = said.map(|((member, on), way)| Step::Present { member, on, way, told_by, why });
            (step, Place::Office, "matter_present")
        }
        "lead" => {
            let desk = form.id("lead", Need::Required);
            (desk.map(|desk| Step::Lead { desk }), Place::Office, "matter_lead")
        }
        "about" => {
            let persons: Vec<PersonId> = form.ids("person");
            if persons.is_empty() {
                form.problem("about", "conference.about_whom");
            }
            (Some(Step::About { persons }), Place::Office, "matter_about")
        }
        "deputy-end" => (Some(Step::EndDeputy), Place::Office, "matter_deputy_ended"),
        "close" => {
            let outcome = form.code::<Outcome>("outcome", Need::Required);
            let sure = form.ticked("sure");
            (outcome.map(|outcome| Step::Close { outcome, sure }), Place::Office, "matter_closed")
        }
        "move" => {
            form.must_choose("position");
            let position = form.line("position", Need::Required, 60);
            (Some(Step::MoveToConsent { position }), Place::Office, "matter_moved")
        }
        "move-in-confidence" => {
            form.must_choose("position");
            let position = form.line("position", Need::Required, 60);
            let sure = form.ticked("fits");
            (Some(Step::MoveToSecrecy { position, sure }), Place::Office, "matter_moved_in_confidence")
        }
        _ => return Err(Fail::NotVisible),
    })
}
