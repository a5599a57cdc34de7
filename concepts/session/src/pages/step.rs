//! The secretariat's steps of a session and of its items. What a guard refuses stands on the page it was asked from, the page of the session
//! or its room, beside its button, with the page where what is missing is mended.

use std::sync::Arc;

use access::Viewer;
use conference::CorrectedWhy;
use engine::{Begun, Channel, Fail, Receipt};
use serde::Serialize;
use site::{Answer, Form, Need, Req, T, link};
use words::code::Code;
use words::id::{AgendaItemId, MeetingId};

use super::{attend, before, item, session};
use crate::acts::attend as noting;
use crate::acts::invite::{self, Extra};
use crate::acts::item as items;
use crate::acts::meeting as acts;
use crate::rules::attend::Said;
use crate::rules::{Attendance, Why};
use crate::views::Opened;

/// Somebody else noted something else about the same people meanwhile.
const MEANWHILE: &str = "session.attended_meanwhile";

/// Whoever is called was invited before.
const NOBODY: &str = "session_invited_nobody";

/// What became of a form that was sent.
pub enum Sent {
    /// It was done.
    Done(Answer),
    /// It was not; what was typed, and what is wrong with it.
    Again(Form),
}

/// Where what a step lacked is mended, for the problem a form has: addresses and words.
pub fn mends(t: &T, viewer: &Viewer, o: &Opened, form: &Form) -> Vec<(String, String)> {
    let Some(key) = form.found().find(|(field, ..)| matches!(*field, "step" | "hold")).map(|p| p.1) else {
        return Vec::new();
    };
    let of = o.items.iter().find(|i| i.id.to_string() == form.value("item"));
    let session = link::meeting(o.meeting.id);
    let item = of.map(|i| link::agenda_item(i.id));
    // Who sits there is the secretariat's of the matter to say, for whoever may know of it.
    let matter = of.and_then(|i| o.standing(i)).filter(|s| s.sensed(viewer));
    let office = matter.map(|s| format!("{}{}", link::matter(s.id), if s.office { "/office" } else { "" }));
    let word = |key: &str| t.s(key).to_owned();
    let one = |href: Option<String>, key| href.map(|href| (href, word(key)));
    let found = match key {
        "session.attendance_missing" => vec![Some(("#attend".to_owned(), word("session.mend_attend")))],
        "session.provider_missing" | "session.municipality_missing" => vec![
            Some(("#attend".to_owned(), word("session.mend_attend"))),
            one(Some(format!("{session}#invited")), "session.mend_invite"),
        ],
        "session.items_open" => {
            let open = o.items.iter().find(|i| i.state.is_open());
            vec![one(open.map(|i| format!("#item-{}", i.id)), "session.mend_item_open")]
        }
        "session.member_absent"
        | "session.party_not_pledged"
        | "session.nobody_sits"
        | "session.pledge_first" => {
            vec![
                one(office, "session.mend_members"),
                Some(("#attend".to_owned(), word("session.mend_attend"))),
            ]
        }
        "session.no_consent" => {
            vec![one(office, "session.mend_consent"), one(item, "session.mend_item")]
        }
        "session.no_matter" | "session.no_initiator" => vec![one(item, "session.mend_item")],
        "session.not_begun" => vec![one(Some(session), "session.mend_session")],
        _ => Vec::new(),
    };
    found.into_iter().flatten().collect()
}

#[derive(Serialize)]
enum Step {
    Invite,
    Remind,
    Attend(Vec<Said>, bool, Option<CorrectedWhy>),
    Hold,
    Cancel,
    Add(Extra),
}

/// POST /sessions/{id}/{step}
pub(crate) async fn step(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: MeetingId = req.id("id")?;
    match step_from(&req, id, false).await? {
        Sent::Done(answer) => Ok(answer),
        Sent::Again(form) => session::render(&req, req.ctx()?.look(Channel::Page).await?, id, form).await,
    }
}

/// A step of a session, named by the address of a form of its page, or of the room: whoever takes notes while people talk stays there.
pub async fn step_from(req: &Req, id: MeetingId, room: bool) -> Result<Sent, Fail> {
    let ctx = req.ctx()?;
    let mut form = req.form();
    let (step, done, field) = read(&mut form, req.param("step"))?;
    let Some(step) = step.filter(|_| !form.has_problems()) else { return Ok(Sent::Again(form)) };
    let to = if room { link::room(id) } else { link::meeting(id) };
    match ctx.act(&req.envelope(), "session.step", &(id, &step)).await? {
        Begun::Before(said) => {
            Ok(Sent::Done(Answer::to(&to, if said == NOBODY { NOBODY } else { done }, before())))
        }
        Begun::New(mut act) => {
            // Whether there was nobody to invite: then nothing was sent, and the page does not say that it was.
            let taken = match &step {
                Step::Invite => invite::send(&mut act, id).await.map(|new| new == 0),
                Step::Remind => invite::remind(&mut act, id).await.map(|()| false),
                Step::Attend(said, all, why) => {
                    noting::attend(&mut act, id, (said, *all, *why)).await.map(|()| false)
                }
                Step::Hold => acts::hold(&mut act, id).await.map(|()| false),
                Step::Cancel => acts::cancel(&mut act, id).await.map(|()| false),
                Step::Add(extra) => invite::add(&mut act, id, extra).await.map(|()| false),
            };
            match taken {
                Ok(true) => Ok(Sent::Done(Answer::to(&to, NOBODY, act.commit(NOBODY).await?))),
                Ok(false) => {
                    let receipt = act.commit(&id.to_string()).await?;
                    match step {
                        Step::Attend(..) if req.wants_draft() => {
                            Ok(Sent::Done(attend::follows(req, id).await?))
                        }
                        _ => Ok(Sent::Done(Answer::to(&to, done, receipt))),
                    }
                }
                // To the script the answer is that somebody else wrote: the button then shows the page that says what.
                Err(Fail::Refused(refusal)) if refusal.key == MEANWHILE && req.wants_draft() => {
                    let receipt = Receipt::nothing_personal("that somebody else wrote; nothing is shown");
                    Ok(Sent::Done(Answer::json("{\"conflict\":true}".to_owned(), receipt).status(409)))
                }
                Err(Fail::Refused(refusal)) if refusal.key == MEANWHILE => {
                    drop(act);
                    let Step::Attend(said, ..) = &step else { return Err(Fail::Refused(refusal)) };
                    Ok(Sent::Done(attend::conflict(req, id, said, room).await?))
                }
                Err(Fail::Refused(refusal)) => {
                    drop(act);
                    form.problem(field, refusal.key);
                    Ok(Sent::Again(form))
                }
                Err(other) => Err(other),
            }
        }
    }
}

/// POST /sessions/items/{id}/{step}
pub(crate) async fn item_step(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: AgendaItemId = req.id("id")?;
    let mut form = req.form();
    // A form on the page of a session leads back there; one on the item's own page stays.
    let back: Option<MeetingId> = form.id("back", Need::Optional);
    match (item_step_from(&req, id, back, false).await?, back) {
        (Sent::Done(answer), _) => Ok(answer),
        (Sent::Again(form), Some(meeting)) if form.error(&req.t(), "step").is_some() => {
            session::render(&req, req.ctx()?.look(Channel::Page).await?, meeting, form).await
        }
        // What was not filled in is asked for on the item's own page.
        (Sent::Again(form), _) => item::render(&req, req.ctx()?.look(Channel::Page).await?, form).await,
    }
}

/// A step of an item, named by the address of a form: of its own page, of a session it stands on, or of the room.
pub async fn item_step_from(
    req: &Req,
    id: AgendaItemId,
    back: Option<MeetingId>,
    room: bool,
) -> Result<Sent, Fail> {
    use items::Step as Move;
    let ctx = req.ctx()?;
    let mut form = req.form();
    let (step, done) = match req.param("step") {
        "place" => (
            form.id::<words::id::kind::Meeting>("meeting", Need::Required).map(Move::Schedule),
            "item_placed",
        ),
        "begin" => (Some(Move::Begin), "item_begun"),
        "conclude" => (Some(Move::Conclude { meant: form.ticked("meant") }), "item_concluded"),
        "carry" => (Some(Move::Carry), "item_carried"),
        "drop" => (form.code("why", Need::Required).map(Move::Drop), "item_dropped"),
        "earlier" => (Some(Move::Earlier), "item_earlier"),
        _ => return Err(Fail::NotVisible),
    };
    let Some(step) = step.filter(|_| !form.has_problems()) else { return Ok(Sent::Again(form)) };
    let to = |meeting| {
        let page = if room { link::room(meeting) } else { link::meeting(meeting) };
        Some(format!("{page}?done={done}#item-{id}"))
    };
    let to = match (step, back) {
        (Move::Schedule(meeting), _) | (_, Some(meeting)) => to(meeting),
        _ => None,
    };
    let answer = |receipt| match &to {
        Some(to) => Answer::to(to, "", receipt),
        None => Answer::to(&link::agenda_item(id), done, receipt),
    };
    match ctx.act(&req.envelope(), "session.item", &(id, &step)).await? {
        Begun::Before(_) => Ok(Sent::Done(answer(before()))),
        Begun::New(mut act) => match items::step(&mut act, id, step).await {
            Ok(()) => Ok(Sent::Done(answer(act.commit(&id.to_string()).await?))),
            Err(Fail::Refused(refusal)) => {
                drop(act);
                let field = match step {
                    _ if back.is_some() => "step",
                    Move::Drop(_) => "why",
                    _ => "meeting",
                };
                form.problem(field, refusal.key);
                Ok(Sent::Again(form))
            }
            Err(other) => Err(other),
        },
    }
}

fn read(form: &mut Form, step: &str) -> Result<(Option<Step>, &'static str, &'static str), Fail> {
    Ok(match step {
        "invite" => (Some(Step::Invite), "session_invited", "invite"),
        "remind" => (Some(Step::Remind), "session_reminded", "invite"),
        "hold" => (Some(Step::Hold), "session_held", "hold"),
        "cancel" => (Some(Step::Cancel), "session_cancelled", "cancel"),
        "attend" => {
            let said = form
                .fields()
                .pairs()
                .iter()
                .filter_map(|(name, value)| {
                    let id = name.strip_prefix("how-")?;
                    let was = Attendance::parse(form.value(&format!("was_{id}")));
                    Some(Said { who: id.parse().ok()?, how: Attendance::parse(value), was })
                })
                .collect();
            let all = form.value("all") == "room";
            let why = form.code("corrected", Need::Optional);
            (Some(Step::Attend(said, all, why)), "session_attended", "attend")
        }
        "add" => {
            let desk = form.id("desk", Need::Required);
            let name = form.line("name", Need::Optional, 60);
            let why: Option<Why> = form.code("why", Need::Required);
            let obligatory = form.ticked("obligatory");
            let extra = desk.zip(why).map(|(desk, why)| Step::Add(Extra { desk, name, why, obligatory }));
            (extra, "session_guest", "desk")
        }
        _ => return Err(Fail::NotVisible),
    })
}
