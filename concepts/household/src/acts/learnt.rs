//! What was learnt since about somebody whose card another desk wrote (decision 0045).

use access::{Action, Disclosed, RecordRef, Relation, Right};
use engine::{Act, Begun, Fail};
use serde::Serialize;
use site::Req;
use task::TaskKind;
use words::Instant;
use words::id::PersonId;

use super::{Done, add_review, closing_in, known, review, settle};
use crate::entry::About;
use crate::learnt::{self, Learnt, Told};
use crate::{Entry, Field, Marks, NewEntry, Person, entry, rules, sql};

/// What was learnt, in the words of the text, with its marks.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct NewLearnt {
    pub learnt: Learnt,
    pub body: String,
    pub marks: Marks,
}

/// Writes down what was learnt about somebody: a text of the desk that has learnt it, in the open case in which it has a part. Desks with
/// open work about the household are asked to review what a death, a departure or a move changes, as when it is written on the card.
pub(crate) async fn write(req: &Req, id: PersonId, new: &NewLearnt) -> Result<Done, Fail> {
    #[derive(Serialize)]
    struct Body<'a>(PersonId, &'a NewLearnt);
    let mut act = match req.ctx()?.act(&req.envelope(), "household.learnt", &Body(id, new)).await? {
        Begun::Before(outcome) => return Ok(Done::Before(outcome)),
        Begun::New(act) => act,
    };
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let person = known(&mut act, id).await?;
    let m = act.municipality();
    let open = sql::open_cases(&mut act.facts()?, m, person.household).await?;
    let case = rules::learns_in(&viewer, person.desk, &open).ok_or(Fail::NotVisible)?;
    let of_household = crate::cases_of(&mut act.facts()?, &viewer, [person.household]).await?;
    let mut relation = Relation::within(of_household.into_values().flatten());
    relation.accountable = case.accountable;
    relation.case_desks.clone_from(&case.desks);
    let right = act.permit(Action::WriteSupport, &relation, RecordRef::case(case.id)).await?;
    let before = before(&mut act, &person).await?;
    learnt::may_be(&new.learnt, &person, &before, act.now().day())?;
    let text = NewEntry {
        field: Field::Learnt,
        form: None,
        household: Some(person.household),
        marks: Marks { persons: vec![id], ..new.marks.clone() },
        body: new.body.clone(),
        occurred_at: act.now(),
        told: None,
        about: About { case: Some(case.id), ..About::default() },
        corrects: None,
    };
    let written = entry::write(&mut act, &right, vec![text]).await?;
    for text in &written {
        learnt::keep(&mut act, &right, *text, &new.learnt).await?;
    }
    crate::findable::refresh(&mut act, &right, &[], &written).await?;
    let asked = match new.learnt.kind.happened() {
        Some(_) => review(&mut act, &right, person.household).await?,
        None => 0,
    };
    let outcome = asked.to_string();
    let receipt = act.commit(&outcome).await?;
    Ok(Done::Now(outcome, receipt))
}

/// What was learnt of somebody before, as far as the acting viewer knows it.
async fn before(act: &mut Act, person: &Disclosed<Person>) -> Result<Vec<Told>, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let sealed = entry::learnt(&mut act.facts()?, &viewer, [person.household]).await?;
    let texts = act.disclose(sealed).await?;
    Ok(learnt::among(&[person], &texts, act.now().day()))
}

/// The marks of a correction: what was learnt stays about whom it was, and carries at least what it is ([`learnt::LearntKind::categories`]).
pub(super) fn marks(old: &Entry, new: &Marks) -> Marks {
    match &old.learnt {
        None => new.clone(),
        Some(learnt) => Marks::new(old.persons.clone(), new.categories().union(learnt.kind.categories())),
    }
}

/// It was wrong: the reviews it made are no longer needed; where one was done already, what was decided by it is to be looked at again.
pub(super) async fn taken_back(act: &mut Act, right: &Right, text: &Entry) -> Result<(), Fail> {
    let (Some(made_by), Some(household)) = (learnt::end(act, right, text.id).await?, text.household) else {
        return Ok(());
    };
    let (m, due): (_, Instant) = (act.municipality(), closing_in(super::REVIEW_DAYS, act.now()));
    let done = task::end_of_command(act, right, made_by, TaskKind::Review, "corrected").await?;
    for work in sql::open_work(&mut act.facts()?, m, household).await? {
        let about = work.about();
        if done.iter().any(|(of, desk)| *of == about && *desk == work.desk) {
            add_review(act, right, about, work.desk, due).await?;
        }
        settle(act, right, about, due).await?;
    }
    Ok(())
}
