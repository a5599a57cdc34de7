//! Saying something of a pair: begin, load, permit, decide, save.

use access::{Action, Disclosed, RecordKind, RecordRef, Relation, Right, Viewer};
use engine::{Act, Begun, Envelope, Fail, Receipt};
use household::Person;
use site::Req;
use words::id::{PersonId, ThingId};

use crate::rules::{self, Said, State, Step, next};
use crate::{sql, views};

/// What came of it: nothing is shown, the page is loaded anew.
pub(crate) async fn say(req: &Req, envelope: &Envelope, id: ThingId, step: Step) -> Result<Receipt, Fail> {
    let mut act = match req.ctx()?.act(envelope, "same.say", &(id, step)).await? {
        Begun::Before(_) => {
            return Ok(Receipt::nothing_personal("the command was done before; nothing is shown"));
        }
        Begun::New(act) => act,
    };
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let pair = sql::by_id(&mut act.facts()?, &viewer, id).await?.ok_or(Fail::NotVisible)?;
    let sealed = household::person::by_ids(&mut act.facts()?, &viewer, pair.persons).await?;
    let people = act.disclose(sealed).await?;
    let sides = views::both(&pair, &people).ok_or(Fail::NotVisible)?;
    // Whoever came after the desk that proposed it confirms for it; where it has nobody else, somebody who may see both.
    let wrote = sides.map(|p| p.desk);
    let stands_in = match pair.said {
        Some(said) if pair.state == State::Proposed && said.by != viewer.user => {
            let (m, now) = (act.municipality(), act.now());
            let proposed = sql::proposed(&mut act.facts()?, m, &pair, said, now).await?;
            rules::stands_in(proposed, &viewer, wrote)
        }
        _ => false,
    };
    let own = wrote.iter().any(|desk| viewer.seats.iter().any(|s| s.holds(*desk)));
    let answers = matches!(step, Step::Confirm | Step::Other);
    let action =
        if stands_in && answers && !own { Action::ReviewSamePerson } else { Action::JudgeSamePerson };
    let right = right(&mut act, &viewer, sides, action).await?;
    act.check_version(pair.version)?;
    let to = next(pair.state, pair.said, step, (viewer.user, &viewer.reading_desks(), stands_in))?;
    let desk = right.seat().map(|s| s.desk).ok_or(Fail::NotVisible)?;
    if pair.state == State::Same {
        household::elsewhere::unlinked(&mut act, &right, pair.persons).await?;
    }
    sql::say(&mut act, &right, &pair, (step, to), Said { by: viewer.user, desk }).await?;
    if to == State::Same {
        household::elsewhere::linked(&mut act, &right, pair.persons).await?;
    }
    Ok(act.commit(&id.to_string()).await?)
}

/// Pairs two records by hand: the first word on them is that they are one person. Where something was said of the two before,
/// nothing is said anew: its page tells. Both must be visible, and one of them written by a desk of this viewer.
pub(crate) async fn pair(req: &Req, one: PersonId, other: PersonId) -> Result<(ThingId, Receipt), Fail> {
    let persons = [one.min(other), one.max(other)];
    let mut act = match req.ctx()?.act(&req.envelope(), "same.pair", &persons).await? {
        Begun::Before(outcome) => {
            let id = outcome.parse().map_err(|_| Fail::NotVisible)?;
            return Ok((id, Receipt::nothing_personal("the command was done before; nothing is shown")));
        }
        Begun::New(act) => act,
    };
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let sealed = household::person::by_ids(&mut act.facts()?, &viewer, persons).await?;
    let people = act.disclose(sealed).await?;
    let sides = views::sides(persons, &people).ok_or(Fail::NotVisible)?;
    let right = right(&mut act, &viewer, sides, Action::JudgeSamePerson).await?;
    let desk = right.seat().map(|s| s.desk).ok_or(Fail::NotVisible)?;
    let pair = sql::pair_of(&mut act, &right, persons).await?;
    if pair.state == State::Found {
        let to = next(pair.state, pair.said, Step::Propose, (viewer.user, &[desk], false))?;
        sql::say(&mut act, &right, &pair, (Step::Propose, to), Said { by: viewer.user, desk }).await?;
    }
    Ok((pair.id, act.commit(&pair.id.to_string()).await?))
}

/// The right to say something of these two: it is for the desk that wrote one of them, or for whoever stands in.
async fn right(
    act: &mut Act,
    viewer: &Viewer,
    [a, b]: [&Disclosed<Person>; 2],
    action: Action,
) -> Result<Right, Fail> {
    let cases = household::cases_of(&mut act.facts()?, viewer, [a.household, b.household]).await?;
    let mut relation = Relation::within(cases.into_values().flatten());
    let wrote = [a.desk, b.desk];
    // One of the two desks that wrote: this viewer's own, where there is one.
    relation.author =
        wrote.iter().copied().find(|d| viewer.seats.iter().any(|s| s.holds(*d))).or(Some(wrote[0]));
    let record = RecordRef { kind: RecordKind::Person, id: a.id.min(b.id).cast() };
    act.permit(action, &relation, record).await
}
