//! What a decision of a conference needs to know of its matter, and how its words are kept in the matter's own compartment
//! (domain section 4.2; ). Who may read what is decided as everywhere; nothing here shows anything.

use access::{Action, RecordRef, Relation, Right, Viewer};
use engine::{Act, Broken, Conn, Fail, args};
use household::entry::About as Place;
use household::{Field, Marks, NewEntry, entry};
use words::Instant;
use words::id::{CaseId, DeskId, EntryId, HouseholdId, MatterId};

use crate::acts::said_categories;
use crate::rules::{RestsOn, Role};
use crate::sql::{self, Header, Member};

/// A matter as one viewer stands to it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Which.
    pub id: MatterId,
    /// Its legal position, as a code.
    pub position: String,
    /// On what it rests.
    pub rests_on: RestsOn,
    /// The case it is about, once there is one.
    pub case: Option<CaseId>,
    /// Number of that case.
    pub number: String,
    /// The household.
    pub household: HouseholdId,
    /// Its secretariat.
    pub secretariat: DeskId,
    /// When it was opened.
    pub opened_at: Instant,
    /// When it was closed.
    pub closed_at: Option<Instant>,
    /// Whether the viewer is a member now, and has pledged where a pledge is asked for.
    pub member: bool,
    /// Whether the secretariat is at a desk of the viewer's, or they run it in its place.
    pub office: bool,
    /// Whether they run it in the place of the secretariat.
    pub deputy: bool,
}

impl Seen {
    /// By which right a decision is written down and taken back: the coordinator's, and in their place the deputy's.
    pub fn decides(&self) -> Action {
        if self.deputy { Action::RunMatter } else { Action::RecordDecision }
    }

    /// Whether it may be known at all by this viewer that something was decided in it: of a confidential one only by
    /// members (disclosure rule 8).
    pub fn open_to(&self) -> bool {
        self.member || (self.rests_on == RestsOn::Consent && self.office)
    }
}

fn seen(h: &Header, me: Option<&Member>, viewer: &Viewer) -> Seen {
    let pledged = |k: &Member| h.rests_on == RestsOn::Consent || k.pledged_at.is_some();
    Seen {
        id: h.id,
        position: h.position.clone(),
        rests_on: h.rests_on,
        case: h.case,
        number: h.case_number.map(|(y, n)| casefile::number_text(y, n)).unwrap_or_default(),
        household: h.household,
        secretariat: h.secretariat,
        opened_at: h.opened_at,
        closed_at: h.closed_at,
        member: me.is_some_and(pledged),
        office: h.runs_as(viewer).is_some(),
        deputy: h.runs_as(viewer).is_some_and(|desk| desk != h.secretariat),
    }
}

/// One matter with how desks stand to it; absent for whoever is neither member nor secretariat.
pub async fn stand(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: MatterId,
) -> Result<Option<(Seen, Relation)>, Broken> {
    let Some((h, relation)) = sql::by_id(conn, viewer, id).await? else { return Ok(None) };
    let members = sql::members(conn, viewer.municipality, id).await?;
    let seen = seen(&h, members.iter().find(|k| k.is(viewer)), viewer);
    Ok((seen.member || seen.office).then_some((seen, relation)))
}

/// The matters of a case of which this viewer is a member, or whose secretariat is at one of their desks.
pub async fn of_case(conn: &mut Conn<'_>, viewer: &Viewer, case: CaseId) -> Result<Vec<Seen>, Broken> {
    let desks: Vec<DeskId> = viewer.reading_desks().into_iter().collect();
    let found = sql::of_viewer(conn, viewer, &desks, sql::Among::Case(case)).await?;
    Ok(found.iter().map(|(h, me)| seen(h, me.as_ref(), viewer)).collect())
}

/// Keeps words that were decided in a confidential matter in its compartment, as its minutes: read by its members, and from
/// the beginning theirs to take back.
pub async fn keep_minutes(
    act: &mut Act,
    right: &Right,
    (matter, household): (MatterId, HouseholdId),
    words: Vec<String>,
) -> Result<Vec<EntryId>, Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    let texts = words
        .into_iter()
        .map(|body| NewEntry {
            field: Field::Decision,
            form: None,
            household: Some(household),
            marks: Marks::new(Vec::new(), said_categories()),
            body,
            occurred_at: now,
            told: None,
            about: Place { matter: Some(matter), ..Place::default() },
            corrects: None,
        })
        .collect();
    let written = entry::write(act, right, texts).await?;
    for id in &written {
        let record = RecordRef::entry(*id);
        sql::release(act, right, matter, (record, said_categories()), Role::Minutes).await?;
        act.save(right)?
            .exec(
                "UPDATE matter_material SET take_back_at = $4, take_back_command_id = $5 \
                 WHERE municipality_id = $1 AND matter_id = $2 AND record_id = $3",
                args![m, matter, *id, now, command],
            )
            .await?;
    }
    Ok(written)
}

/// How words are kept in a matter.
#[derive(Debug, Clone, Copy)]
pub struct Keeping {
    /// As minutes: they remain with the members after the end. Otherwise as something said there.
    pub minutes: bool,
    /// The text they take the place of.
    pub corrects: Option<EntryId>,
    /// Whether that one stays before the members: words that were approved do, a draft does not.
    pub former_stays: bool,
}

/// Keeps the words of the minutes of a session, or a comment on them, in the compartment of a confidential matter.
pub async fn keep_words(
    act: &mut Act,
    right: &Right,
    (matter, household): (MatterId, HouseholdId),
    body: String,
    how: Keeping,
) -> Result<EntryId, Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    let new = NewEntry {
        field: Field::Minutes,
        form: None,
        household: Some(household),
        marks: Marks::new(Vec::new(), said_categories()),
        body,
        occurred_at: now,
        told: None,
        about: Place { matter: Some(matter), ..Place::default() },
        corrects: None,
    };
    let written = match how.corrects {
        Some(old) => entry::replace(act, right, old, new).await?,
        None => entry::write(act, right, vec![new]).await?,
    };
    let id = written.first().copied().ok_or(Fail::NotVisible)?;
    let record = RecordRef::entry(id);
    let role = if how.minutes { Role::Minutes } else { Role::Word };
    sql::release(act, right, matter, (record, said_categories()), role).await?;
    if how.minutes {
        let mut conn = act.save(right)?;
        conn.exec(
            "UPDATE matter_material SET take_back_at = $4, take_back_command_id = $5 \
             WHERE municipality_id = $1 AND matter_id = $2 AND record_id = $3",
            args![m, matter, id, now, command],
        )
        .await?;
    }
    if let Some(old) = how.corrects.filter(|_| !how.former_stays) {
        take_back_words(act, right, matter, old).await?;
    }
    Ok(id)
}

/// Keeps a picture with words that were kept in a matter. A PDF is refused: it could not be shown without leaving as a file.
pub async fn keep_picture(
    act: &mut Act,
    right: &Right,
    (household, entry): (HouseholdId, EntryId),
    picture: (attachment::Taken, &[u8]),
) -> Result<(), Fail> {
    crate::acts::attach(act, right, (household, entry), picture).await
}

/// Words kept in a matter are no longer before its members: a draft that something else stands for. Of a matter they do not lie in
/// nothing happens.
pub async fn take_back_words(
    act: &mut Act,
    right: &Right,
    matter: MatterId,
    old: EntryId,
) -> Result<(), Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    act.save(right)?
        .exec(
            "UPDATE matter_material SET recalled_at = $4, recalled_command_id = $5 \
             WHERE municipality_id = $1 AND matter_id = $2 AND record_id = $3 AND recalled_at IS NULL",
            args![m, matter, old, now, command],
        )
        .await?;
    Ok(())
}
