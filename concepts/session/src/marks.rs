//! Whom words about an item are about, chosen where they are written, and who will not be able to read them (disclosure rule 3; R-074).
//! Of a general subject there is nobody, and what is said in confidence is its members' alone: only where a conference rests on consent
//! something is marked.

use std::collections::BTreeSet;

use conference::{RestsOn, Standing};
use engine::{Fail, Look};
use household::{Marks, MarksControl, marks_from, nameable};
use site::{Form, T};
use words::code::Code;
use words::id::{DeskId, HouseholdId, PersonId};

use crate::sql::item::Item;
use crate::views::Opened;

/// The marks of words about an item, in a form.
#[derive(Default)]
pub struct Offered {
    /// The control; absent where the viewer does not know by name everybody the words are about: then they stay as they are.
    pub control: Option<MarksControl>,
    /// Desks invited to the item that will not be able to read them, as far as the viewer may know.
    pub cannot_read: Vec<String>,
}

fn standing<'o>(look: &Look, (o, item): (&'o Opened, &Item)) -> Option<&'o Standing> {
    let known = o.knows(look.viewer(), item);
    o.standing(item).filter(|s| known && s.rests_on == RestsOn::Consent)
}

async fn persons(look: &mut Look, t: &T, household: HouseholdId) -> Result<Vec<(PersonId, String)>, Fail> {
    let viewer = look.viewer().clone();
    let sealed = household::person::members(&mut look.conn(), &viewer, household).await?;
    let members = look.disclose(sealed).await?;
    Ok(nameable(t, &members))
}

/// The control under `field`, as the form says or else as the words are marked `now`, otherwise as they would be.
pub async fn offered(
    look: &mut Look,
    (t, form, field): (&T, &Form, &str),
    (o, item): (&Opened, &Item),
    now: Option<Marks>,
) -> Result<Offered, Fail> {
    let Some(standing) = standing(look, (o, item)) else { return Ok(Offered::default()) };
    let (viewer, today) = (look.viewer().clone(), look.now().day());
    let m = viewer.municipality;
    let known = persons(look, t, standing.household).await?;
    let marks = match (typed(form, field), now) {
        (true, _) => marks_from(&mut form.clone(), field, &known),
        (false, Some(marks)) => marks,
        (false, None) => conference::marks_of(&mut look.conn(), m, standing.id, today).await?,
    };
    let all_known = marks.persons.iter().all(|p| known.iter().any(|(k, _)| k == p));
    let control =
        (all_known && !known.is_empty()).then(|| MarksControl::new(t, &filled(field, &marks), field, &known));
    let own = viewer.reading_desks();
    let invited: BTreeSet<DeskId> =
        o.invitees.iter().filter(|i| i.item.is_none_or(|x| x == item.id)).map(|i| i.desk).collect();
    let others: Vec<DeskId> = invited.into_iter().filter(|d| !own.contains(d)).collect();
    let place = (standing.household, standing.secretariat);
    let blind = conference::cannot_read(&mut look.conn(), &viewer, place, &marks, &others, today).await?;
    let names = register::desk_names(&mut look.conn(), m, blind.iter().copied(), today).await?;
    let cannot_read = blind.iter().filter_map(|d| names.get(d).cloned()).collect();
    Ok(Offered { control, cannot_read })
}

/// The marks a form says; nothing when it did not ask for them.
pub async fn chosen(
    look: &mut Look,
    (t, form, field): (&T, &mut Form, &str),
    (o, item): (&Opened, &Item),
) -> Result<Option<Marks>, Fail> {
    let Some(standing) = standing(look, (o, item)).filter(|_| typed(form, field)) else { return Ok(None) };
    let known = persons(look, t, standing.household).await?;
    Ok(Some(marks_from(form, field, &known)))
}

fn typed(form: &Form, field: &str) -> bool {
    form.value(&format!("{field}_marked")) == "1"
}

fn filled(field: &str, marks: &Marks) -> Form {
    let (about, cat) = (format!("{field}_about"), format!("{field}_cat"));
    let persons = marks.persons.iter().map(|p| (about.as_str(), p.to_string()));
    let set = access::Categories::from_bits(marks.categories);
    let all = access::Category::ALL.iter().filter(|c| set.has(**c));
    let categories = all.map(|c| (cat.as_str(), c.code().to_owned()));
    Form::filled(persons.chain(categories).collect())
}
