//! The form in which several members leave a household on one day, on the page of the household.

use std::sync::Arc;

use engine::{Fail, Refusal};
use site::{Answer, Form, Need, Req, T, link};
use words::id::{CommandId, HouseholdId, PersonId};

use super::happened;
use crate::acts::leaving::{self as acts, Leaving};
use crate::family::Look as Family;

/// The form of those who leave together.
pub(super) struct Leavers {
    pub command: CommandId,
    /// Whether it was sent and something is wrong with it.
    pub wrong: bool,
    /// Who can leave: id, name, ticked.
    pub who: Vec<(PersonId, String, bool)>,
}

/// What the names of its fields begin with.
pub(super) const FIELDS: &str = "leave";

/// Whether a form that came back is this one.
pub(super) fn sent(form: &Form) -> bool {
    form.fields().get("leave_on").is_some()
}

/// The form, where two can leave together or it came back with something wrong; of one it is written on their own page. Nobody is ticked ahead: a day typed in a hurry would
/// empty the household.
pub(super) fn form_of(req: &Req, t: &T, form: &Form, family: &Family) -> Option<Leavers> {
    // Of those whom another desk added this one writes nothing (decision 0045).
    let own = req.ctx().map(|ctx| ctx.viewer.reading_desks()).unwrap_or_default();
    let living = family.members.iter().filter(|p| p.died.is_none() && own.contains(&p.desk));
    let who: Vec<_> = living.map(|p| (p.id, family.name(t, p.id), form.chose("leave_who", p.id))).collect();
    let wrong = sent(form) && form.has_problems();
    // What was wrong with it is said even where nobody is left to choose from: somebody else wrote it in the meantime.
    (wrong || who.len() > 1).then(|| Leavers { command: req.engine().new_id(), wrong, who })
}

/// POST /households/{id}/left.
pub(crate) async fn left(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: HouseholdId = req.id("id")?;
    let today = req.now().day();
    let mut form = req.form();
    let last = form.past_day("leave_on", Need::Required);
    if last.is_some_and(|day| day > today) {
        form.problem("leave_on", "date.in_future");
    }
    let mut persons: Vec<PersonId> = form.ids("leave_who");
    persons.sort_unstable();
    persons.dedup();
    if persons.is_empty() {
        form.problem("leave_who", "household.nobody_leaves");
    }
    if let (Some(last), false) = (last, form.has_problems()) {
        match acts::left(&req, id, &Leaving { last, persons }).await {
            Ok(done) => {
                return Ok(happened(done, ("person_left", "person_left_alone"), &link::household(id)));
            }
            Err(Fail::Refused(Refusal { key: key @ "household.left_before_birth", .. })) => {
                form.problem("leave_on", key);
            }
            Err(Fail::Stale) => form.problem("leave_who", "household.left_since"),
            Err(other) => return Err(other),
        }
    }
    super::home::again(&req, form, None).await
}
