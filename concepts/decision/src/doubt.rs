//! A decision whose presence was corrected afterwards: what was noted before, who was there as it is noted now, and the word of its
//! secretariat that it stays or was decided anew.

use std::sync::Arc;

use conference::{Answer as Said, Doubt, There};
use engine::{Act, Begun, Channel, Fail, Look, Receipt, Refusal};
use site::{Answer, Choice, Form, Frame, Need, Req, T, link};
use words::code::Code as _;
use words::id::{DecisionId, DeskId, UserId};

use crate::acts;
use crate::presence::Noted;
use crate::rules::doubt::{self as rules, Successor};
use crate::sql::{self, Stored};
use crate::view::{self, Line};

/// What stands on the page.
pub(crate) struct Card {
    /// Nobody has said yet whether it stays.
    pub open: bool,
    /// Who was there, as it is noted now.
    pub there: String,
    /// Somebody who has to be was not.
    pub absent: bool,
    pub lines: Vec<String>,
    /// What can be said, by whoever may.
    pub answers: Vec<Choice>,
    /// What it may have been decided anew by.
    pub anew: Vec<Choice>,
    /// What was said.
    pub said: Vec<(String, Option<String>)>,
}

/// Who was there, in a sentence.
fn sentence(there: There) -> &'static str {
    match there {
        There { anybody: false, .. } | There { municipality: false, provider: false, .. } => {
            "decision.doubt_nobody"
        }
        There { municipality: false, .. } => "decision.doubt_municipality",
        There { provider: false, .. } => "decision.doubt_provider",
        There { .. } => "decision.doubt_all",
    }
}

fn successor(l: &Line) -> Successor {
    Successor {
        programme: l.programme,
        timing: l.timing,
        ground: l.ground,
        recorded: l.recorded,
        shaky: l.void || l.doubted,
    }
}

/// The card of a decision that this viewer may know of; none when nothing was corrected.
pub(crate) async fn card(
    look: &mut Look,
    frame: &Frame,
    form: &Form,
    (found, may): (&Stored, bool),
) -> Result<Option<Card>, Fail> {
    let (m, today, t) = (look.viewer().municipality, look.now().day(), &frame.t);
    let all = conference::doubts(&mut look.conn(), m, found.id).await?;
    let (Some(last), Some(matter)) = (all.last(), found.matter) else { return Ok(None) };
    let there = Noted::load(&mut look.conn(), m, (matter, found.ground)).await?.there(found.on);
    let desks: Vec<DeskId> = all.iter().map(|d| d.correction.desk).collect();
    let desks = register::desk_names(&mut look.conn(), m, desks, today).await?;
    let of = all.iter().flat_map(|d| [d.correction.user, d.correction.by, d.answered.map(|(_, by)| by)]);
    let of: Vec<UserId> = of.flatten().collect();
    let users = register::user_names(&mut look.conn(), m, of).await?;
    let name = |u| users.get(&u).cloned().unwrap_or_default();
    let line = |d: &Doubt| {
        let c = &d.correction;
        let word = |code: &str| match (code, c.of_session) {
            ("", _) => t.s("decision.doubt_unnoted").to_owned(),
            (code, true) => t.code("session_attendance", code),
            (code, false) => t.code("conference_presence", code),
        };
        let desk = desks.get(&c.desk).map_or("", String::as_str);
        let who = c.user.map_or_else(|| c.name.clone(), name);
        let args = [
            ("who", format!("{desk} {who}").trim().to_owned()),
            ("was", word(&c.was)),
            ("became", word(&c.became)),
            ("why", t.code("corrected_why", c.why)),
            ("by", c.by.map(name).unwrap_or_default()),
            ("when", frame.moment(&c.at)),
        ];
        t.fs("decision.doubt_line", &args)
    };
    let mut said: Vec<(String, Option<String>)> = Vec::new();
    for d in &all {
        let (Some(answer), Some((at, by))) = (d.answer, d.answered) else { continue };
        let args = [("what", t.code("doubt_answer", answer)), ("by", name(by)), ("when", frame.moment(&at))];
        let one = (t.fs("decision.doubt_said", &args), d.anew.map(link::decision));
        // Several corrections are answered by one word.
        if !said.contains(&one) {
            said.push(one);
        }
    }
    let answers: Vec<Choice> = if may && found.doubted { answers(t, form, there) } else { Vec::new() };
    let anew = if answers.is_empty() { Vec::new() } else { anew(look, frame, form, (found, last)).await? };
    Ok(Some(Card {
        open: found.doubted,
        there: t.s(sentence(there)).to_owned(),
        absent: conference::decidable(there).is_err(),
        lines: all.iter().map(line).collect(),
        answers,
        anew,
        said,
    }))
}

fn answers(t: &T, form: &Form, there: There) -> Vec<Choice> {
    rules::fitting(there).map(|a| Choice::new(form, "answer", a.code(), t.code("doubt_answer", a))).collect()
}

/// The decisions of the case, as far as this viewer may know of them, that may stand in its place.
async fn anew(
    look: &mut Look,
    frame: &Frame,
    form: &Form,
    (found, last): (&Stored, &Doubt),
) -> Result<Vec<Choice>, Fail> {
    let viewer = look.viewer().clone();
    let lines = view::of_case(&mut look.conn(), &viewer, found.case).await?;
    let fits = |l: &&Line| {
        l.id != found.id && rules::decides_anew(found.programme, last.correction.at, &successor(l))
    };
    Ok(lines.iter().filter(fits).map(|l| Choice::new(form, "anew", l.id, l.words(frame))).collect())
}

/// The word is given: begin, load, permit, decide, save.
async fn answer(act: &mut Act, id: DecisionId, (said, anew): (Said, Option<DecisionId>)) -> Result<(), Fail> {
    let (m, viewer) = (act.municipality(), act.viewer().cloned().ok_or(Fail::NotVisible)?);
    let found = sql::by_id(&mut act.facts()?, m, id).await?.ok_or(Fail::NotVisible)?;
    let matter = found.matter.ok_or(Fail::NotVisible)?;
    let right = acts::deciding(act, &found).await?;
    let all = conference::doubts(&mut act.facts()?, m, id).await?;
    let last = all.last().filter(|_| found.doubted).ok_or(Refusal::conflict("decision.doubt_none"))?;
    let there = Noted::load(&mut act.facts()?, m, (matter, found.ground)).await?.there(found.on);
    let lines = view::of_case(&mut act.facts()?, &viewer, found.case).await?;
    let fits = |l: &&Line| rules::decides_anew(found.programme, last.correction.at, &successor(l));
    let anew = anew.filter(|new| said == Said::Anew && *new != id);
    let anew = anew.and_then(|new| lines.iter().filter(fits).find(|l| l.id == new).map(|l| l.id));
    rules::may_answer(said, there, anew.is_some())?;
    if !conference::settle_doubts(act, &right, id, (said, anew)).await? {
        return Err(Fail::Stale);
    }
    Ok(())
}

/// POST /decisions/{id}/confirm
pub(crate) async fn confirm(req: Arc<Req>) -> Result<Answer, Fail> {
    let (ctx, id) = (req.ctx()?, req.id::<words::id::kind::Decision>("id")?);
    let mut look = ctx.look(Channel::Write).await?;
    view::known(&mut look, id).await?;
    look.close().await?;
    let mut form = req.form();
    form.must_choose("answer");
    let said: Option<Said> = form.code("answer", Need::Required);
    let anew: Option<DecisionId> = form.id("anew", Need::Optional);
    let Some(said) = said.filter(|_| !form.has_problems()) else {
        return view::render(&req, ctx.look(Channel::Page).await?, form).await;
    };
    let done = |receipt| Ok(Answer::to(&link::decision(id), "decision_confirmed", receipt));
    match ctx.act(&req.envelope(), "decision.confirm", &(id, said, anew)).await? {
        Begun::Before(_) => done(Receipt::nothing_personal("the command was done before; nothing is shown")),
        Begun::New(mut act) => match answer(&mut act, id, (said, anew)).await {
            Ok(()) => done(act.commit(&id.to_string()).await?),
            Err(Fail::Refused(refusal)) => {
                drop(act);
                form.problem(
                    if refusal.key == "decision.doubt_which" { "anew" } else { "answer" },
                    refusal.key,
                );
                view::render(&req, ctx.look(Channel::Page).await?, form).await
            }
            Err(other) => Err(other),
        },
    }
}
