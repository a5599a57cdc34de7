//! A move on the page of a household: what lies ahead and what has been of late, and to whom its matters could be handed over.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::Disclosed;
use engine::{Fail, Look};
use site::{Answer, Fields, Form, Frame, Req, T, link};
use words::id::{CaseId, CommandId, DeskId, HouseholdId};
use words::partial::PartialDate;

use super::to;
use crate::planned::{Ahead, ahead};
use crate::rules::{Became, became};
use crate::{Person, Told, Whereto, acts, event, planned, whereto};

/// Days for which a move proposes a hand-over on the page.
const MOVED_DAYS: i64 = 60;

/// An open case of the household.
pub(super) struct OpenCase {
    pub id: CaseId,
    pub accountable: DeskId,
    pub number: String,
}

/// A move that lies ahead, or was of late, and what it asks for.
pub(super) struct Proposal {
    /// Where it stands on the page.
    pub anchor: &'static str,
    /// That there is one.
    pub says: String,
    /// Who moves where to, of one that lies ahead.
    pub who: String,
    /// Where that is.
    pub there: String,
    /// Whether it is another municipality.
    pub outside: bool,
    /// The cases that can be handed over: where it is written, and in words.
    pub offers: Vec<(String, String)>,
    /// The cases another desk answers for: that it is to be told, where that is written, and in words.
    pub tell: Vec<(String, String, String)>,
    /// Of one that lies ahead.
    pub plan: Option<Plan>,
}

/// What can be done about a move that lies ahead.
pub(super) struct Plan {
    /// Where it is changed.
    pub change: String,
    /// Where it is called off.
    pub off: String,
    /// What that is called among the fields of the page: what is wrong with it stands beside its button.
    pub field: String,
    /// The command that calls it off.
    pub command: CommandId,
}

/// The field of calling a plan off.
fn field_of(plan: CommandId) -> String {
    format!("off-{plan}")
}

/// What was sent from a page that others, or another tab, had overtaken.
#[derive(Debug, Clone, Copy)]
pub(super) enum Refused {
    /// To call a plan off.
    Off(CommandId),
    /// To write a move; instead of a plan, where one was to be changed.
    Move(Option<CommandId>),
}

/// Says beside what was pressed why nothing was done, and what is true now. Nobody is named: it may have been oneself.
pub(super) async fn say_refused(
    look: &mut Look,
    form: &mut Form,
    t: &T,
    (household, members): (HouseholdId, &[Disclosed<Person>]),
    refused: Refused,
) -> Result<(), Fail> {
    let (Refused::Off(plan) | Refused::Move(Some(plan))) = refused else {
        form.problem("moved", "household.moved_since");
        return Ok(());
    };
    let m = look.viewer().municipality;
    let instead = planned::instead(&mut look.conn(), m, household).await?;
    let ahead = ahead(members);
    let commands: Vec<CommandId> = ahead.iter().map(|a| a.what.by).collect();
    let became = became(plan, &commands, &instead);
    let (now, key) = match became {
        Became::Stands => (Some(plan), "household.plan_stands"),
        Became::Changed(by) => (Some(by), "household.plan_changed"),
        Became::Over => (None, "household.plan_over"),
    };
    let day = ahead.iter().find(|a| Some(a.what.by) == now).map(|a| t.full_day(a.what.on));
    let field = match (refused, now) {
        (Refused::Move(_), _) => "moved".to_owned(),
        (Refused::Off(_), Some(now)) => field_of(now),
        (Refused::Off(_), None) => "move".to_owned(),
    };
    form.problem_with(&field, key, day.map(|day| ("day", day)).into_iter().collect());
    Ok(())
}

/// What a page of a household knows of its moves.
pub(super) struct Around<'a> {
    pub household: HouseholdId,
    pub members: &'a [Disclosed<Person>],
    /// What was learnt of them since.
    pub told: &'a [Told],
    pub open: &'a [OpenCase],
}

/// The moves of a household that are to be thought of: those that lie ahead, the next first, and one of late.
pub(super) async fn proposals(
    req: &Req,
    look: &mut Look,
    frame: &Frame,
    around: &Around<'_>,
) -> Result<Vec<Proposal>, Fail> {
    let (m, today, t) = (look.viewer().municipality, look.now().day(), &frame.t);
    let mut found = Vec::new();
    for one in ahead(around.members) {
        let says = t.f("moved.will", "day", t.full_day(one.what.on));
        let mut proposal = propose(look, frame, around, (says, Some(one.what.by))).await?;
        let home = link::household(around.household);
        proposal.anchor = "planned";
        proposal.who = who(t, &one);
        proposal.plan = Some(Plan {
            change: format!("{home}?plan={}#move", one.what.by),
            off: format!("{home}/moved/{}/off", one.what.by),
            field: field_of(one.what.by),
            command: req.engine().new_id(),
        });
        found.push(proposal);
    }
    let since = (today.plus_days(-MOVED_DAYS), today);
    if let Some(day) = event::moved_since(&mut look.conn(), m, around.household, since).await? {
        let day = PartialDate::parse_iso(&day).map_or(day, |d| t.partial_date(d));
        found.push(propose(look, frame, around, (t.f("moved.was", "day", day), None)).await?);
    }
    Ok(found)
}

fn who(t: &T, one: &Ahead<'_>) -> String {
    let names: Vec<String> = one.who.iter().map(|p| called(t, p)).collect();
    let address = match one.what.address.as_str() {
        "" => t.s("moved.somewhere").to_owned(),
        address => address.to_owned(),
    };
    t.fs("moved.who_where", &[("who", t.join(&names)), ("address", address)])
}

fn called(t: &T, p: &Person) -> String {
    match p.called() {
        "" => t.s("member.someone").to_owned(),
        name => name.to_owned(),
    }
}

/// Whoever is accountable may hand over to a desk that is there for the area; whoever is not tells the desk that is.
async fn propose(
    look: &mut Look,
    frame: &Frame,
    around: &Around<'_>,
    (says, plan): (String, Option<CommandId>),
) -> Result<Proposal, Fail> {
    let (m, today, t) = (look.viewer().municipality, look.now().day(), &frame.t);
    let own = look.viewer().desks();
    let place = whereto(look, around.household, (around.members, around.told), plan).await?;
    let there = match &place {
        Whereto::Area(_, area) if plan.is_some() => t.f("moved.area_then", "area", area),
        Whereto::Area(_, area) => t.f("moved.area", "area", area),
        Whereto::Outside => t.s("moved.is_outside").to_owned(),
        Whereto::Part => t.s("moved.part").to_owned(),
        Whereto::Unknown => String::new(),
    };
    let names =
        register::desk_names(&mut look.conn(), m, around.open.iter().map(|c| c.accountable), today).await?;
    let near = match &place {
        Whereto::Area(area, _) => {
            let from = around.open.iter().map(|c| c.accountable).filter(|d| own.contains(d));
            register::takes_over(&mut look.conn(), m, from, *area, today).await?
        }
        Whereto::Outside | Whereto::Part | Whereto::Unknown => BTreeMap::new(),
    };
    let after = plan.map_or_else(|| "yes".to_owned(), |by| by.to_string());
    let (mut offers, mut tell) = (Vec::new(), Vec::new());
    for case in around.open {
        let form = link::referral_new(case.id);
        let number = ("number", case.number.clone());
        if !own.contains(&case.accountable) {
            let desk = ("desk", names.get(&case.accountable).cloned().unwrap_or_default());
            tell.push((
                t.fs("moved.other_answers", &[number, desk]),
                format!("{form}?kind=information&to={}&moved={after}", case.accountable),
                t.s("moved.tell").to_owned(),
            ));
            continue;
        }
        // Those who stay are its household, too: whether it is handed over is for whoever writes.
        if place == Whereto::Part {
            offers.push((format!("{form}?moved={after}"), t.fs("moved.refer", &[number])));
            continue;
        }
        for desk in near.get(&case.accountable).into_iter().flat_map(|near| &near.desks) {
            let words = [number.clone(), ("desk", desk.name.clone())];
            offers.push((
                format!("{form}?kind=hand_over&to={}&moved={after}", desk.id),
                t.fs("moved.hand_over_to", &words),
            ));
        }
        let key = if place == Whereto::Outside { "moved.hand_over_outside" } else { "moved.hand_over" };
        offers.push((format!("{form}?kind=hand_over&moved={after}"), t.fs(key, &[number])));
    }
    Ok(Proposal {
        anchor: "moved-on",
        says,
        who: String::new(),
        there,
        outside: place == Whereto::Outside,
        offers,
        tell,
        plan: None,
    })
}

/// The form of a move, filled in with one that lies ahead and is to be changed.
pub(super) fn to_change(form: Form, frame: &Frame, members: &[Disclosed<Person>], plan: CommandId) -> Form {
    let Some(one) = ahead(members).into_iter().find(|a| a.what.by == plan) else { return form };
    let mut pairs: Vec<(String, String)> = form.fields().pairs().to_vec();
    let mut fill = |name: &str, value: String| pairs.push((name.to_owned(), value));
    fill("moved", frame.t.short_day(one.what.on));
    fill("moved_address", one.what.address.clone());
    fill("moved_instead", plan.to_string());
    for p in &one.who {
        fill("moved_who", p.id.to_string());
    }
    Form::new(Fields::from_pairs(pairs))
}

/// POST /households/{id}/moved/{plan}/off.
pub(crate) async fn call_off(req: Arc<Req>) -> Result<Answer, Fail> {
    let (id, plan): (HouseholdId, CommandId) = (req.id("id")?, req.id("plan")?);
    match acts::planned::call_off(&req, id, plan).await {
        Ok(done) => Ok(to(done, "household_move_off", |_| link::household(id))),
        Err(Fail::Stale) => super::home::again(&req, Form::default(), Some(Refused::Off(plan))).await,
        Err(other) => Err(other),
    }
}
