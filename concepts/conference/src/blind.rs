//! Words about a matter that rests on consent: whom they are about until somebody marks them otherwise, and which desks will not be able
//! to read them (disclosure rule 3). What is said there must reach those it was said for: minutes, homework, answers.

use access::{Category, Viewer};
use engine::{Broken, Conn};
use household::Marks;
use words::Day;
use words::id::{DeskId, HouseholdId, MatterId, MunicipalityId, PersonId};

use crate::carried;
use crate::rules::carriers;

/// About those whose consent carries the matter; and, as what a conference divides among those who help, support and plan. Where nobody's
/// consent carries it the safe default is left: the whole household.
pub async fn marks_of(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    matter: MatterId,
    today: Day,
) -> Result<Marks, Broken> {
    let whose = carried::whose(conn, m, matter, today).await?;
    Ok(Marks::new(carriers(&whose), [Category::Plan, Category::Support].into_iter().collect()))
}

/// Which of these desks no consent lets read words with these marks, as far as the viewer may know of the consents: whoever may not know
/// of one does not find it out here (disclosure rule 2).
pub async fn cannot_read(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    (household, secretariat): (HouseholdId, DeskId),
    marks: &Marks,
    desks: &[DeskId],
    today: Day,
) -> Result<Vec<DeskId>, Broken> {
    let m = viewer.municipality;
    let mut subjects: Vec<PersonId> = marks.persons.clone();
    if subjects.is_empty() {
        let all = carried::of_household(conn, m, household, secretariat, today).await?;
        subjects = all.iter().filter(|w| w.here).map(|w| w.person).collect();
    }
    let mut given = consent::of_persons(conn, m, subjects.iter().copied()).await?;
    given.retain(|c| c.shown_to(viewer, false));
    let found = register::desks_by_id(conn, m, desks.iter().copied(), today).await?;
    let reads = |desk: &register::DeskInfo| {
        consent::carries(&given, &subjects, marks.categories(), desk.id, Some(desk.agency), today)
    };
    Ok(found.iter().filter(|d| !reads(d)).map(|d| d.id).collect())
}
