//! 関係: what lies between two people of one household's record, and between the household and the world around it
//! (domain section 2.1). Dated, recorded by a desk, about both people, disclosed like everything else; corrected by another
//! row, never rewritten.

use std::collections::{BTreeMap, BTreeSet};

use access::{Categories, Category, Content, Facts, RecordKind, RecordRef, Right, Sealed, Subjects, Viewer};
use engine::{Act, Broken, Conn, Fail, Row, Statement, args};
use serde::{Deserialize, Serialize};
use words::code::Code;
use words::id::{AgencyId, DeskId, HouseholdId, MunicipalityId, PersonId, ThingId, UserId};
use words::partial::PartialDate;
use words::{Instant, codes};

use crate::entry::EntryState;
use crate::subjects;

codes! {
    /// What lies between two people. Where it has a direction it goes from the first to the second.
    pub enum TieKind {
        /// 親（実親）: the first is a parent of the second.
        Parent = "parent",
        /// 養親.
        AdoptiveParent = "adoptive_parent",
        /// 継親.
        StepParent = "step_parent",
        /// 里親.
        FosterParent = "foster_parent",
        /// 夫婦.
        Spouse = "spouse",
        /// 内縁.
        Partner = "partner",
        /// 別居している夫婦.
        Separated = "separated",
        /// 離婚した.
        Divorced = "divorced",
        /// きょうだい, where the parents are not known.
        Sibling = "sibling",
        /// 世話・介護をしている.
        Caring = "caring",
        /// 後見人など.
        Guardian = "guardian",
        /// 仲がよい.
        Close = "close",
        /// 疎遠.
        Distant = "distant",
        /// 対立.
        Conflict = "conflict",
        /// 暴力.
        Violence = "violence",
        /// キーパーソン: about one person only.
        KeyPerson = "key_person",
        /// つながり: to an agency, a person, a place outside (エコマップ).
        Outside = "outside",
    }

    /// How strong a tie to the outside is.
    pub enum Strength {
        /// 強い.
        Strong = "strong",
        /// ふつう.
        Plain = "plain",
        /// 弱い.
        Weak = "weak",
        /// ストレスになっている.
        Stressful = "stressful",
    }

    /// From whom something goes to whom.
    pub enum Direction {
        /// From the household.
        To = "to",
        /// To the household.
        From = "from",
        /// Both.
        Both = "both",
    }

    /// What is outside.
    pub enum OutsideKind {
        /// 機関.
        Agency = "agency",
        /// 人.
        Person = "person",
        /// 場所.
        Place = "place",
        /// 集まり・グループ.
        Group = "group",
    }
}

impl TieKind {
    /// The ways to be a parent.
    pub const PARENTS: [Self; 4] = [Self::Parent, Self::AdoptiveParent, Self::StepParent, Self::FosterParent];
    /// The ways to be a couple.
    pub const COUPLES: [Self; 4] = [Self::Spouse, Self::Partner, Self::Separated, Self::Divorced];

    /// Whether it says the same of the second and the first.
    pub fn is_mutual(self) -> bool {
        Self::COUPLES.contains(&self)
            || matches!(self, Self::Sibling | Self::Close | Self::Distant | Self::Conflict)
    }

    /// Whether it says how two people are family, and not how they get on or who is there for them.
    pub const fn is_kinship(self) -> bool {
        match self {
            Self::Parent
            | Self::AdoptiveParent
            | Self::StepParent
            | Self::FosterParent
            | Self::Spouse
            | Self::Partner
            | Self::Separated
            | Self::Divorced
            | Self::Sibling => true,
            Self::Caring
            | Self::Guardian
            | Self::Close
            | Self::Distant
            | Self::Conflict
            | Self::Violence
            | Self::KeyPerson
            | Self::Outside => false,
        }
    }

    /// What it says at least: nobody sees it without being granted all of it.
    pub fn categories(self) -> Categories {
        let household = Categories::NONE.with(Category::Household);
        if self == Self::Violence { household.with(Category::Violence) } else { household }
    }
}

/// What is outside, and what goes to and fro.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outside {
    /// An agency of the register.
    pub agency: Option<AgencyId>,
    /// Its name otherwise.
    pub name: String,
    /// What it is.
    pub kind: OutsideKind,
    /// How strong.
    pub strength: Strength,
    /// From whom to whom.
    pub direction: Option<Direction>,
}

/// A tie to be recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTie {
    /// What it is.
    pub kind: TieKind,
    /// The first; `None` for the household as a whole.
    pub a: Option<PersonId>,
    /// The second.
    pub b: Option<PersonId>,
    /// What is outside.
    pub outside: Option<Outside>,
    /// Since when, as far as known.
    pub from: Option<PartialDate>,
    /// Until when, as far as known; `None` while it lasts.
    pub until: Option<PartialDate>,
    /// Further categories, beside those of its kind.
    pub categories: i64,
}

impl NewTie {
    /// The categories a decision is made on.
    pub fn all_categories(&self) -> Categories {
        Categories::from_bits(self.categories).union(self.kind.categories())
    }
}

/// A tie.
pub struct Tie {
    /// Its id.
    pub id: ThingId,
    /// The household in whose record it stands.
    pub household: HouseholdId,
    /// The desk that recorded it.
    pub desk: DeskId,
    /// Who recorded it.
    pub author: Option<UserId>,
    /// What it says.
    pub known: NewTie,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// Whether it stands.
    pub state: EntryState,
}

impl Content for Tie {
    /// Who is whose parent or partner the family knows. How others stand to one another, and to a desk or a place outside, is theirs.
    fn for_one(&self, _person: PersonId, theirs: bool) -> bool {
        self.known.kind.is_kinship() || theirs
    }
}

impl Tie {
    /// The version a change of it is written against: it stands, or it no longer does.
    pub fn version(&self) -> i64 {
        if self.state == EntryState::Valid { 1 } else { 2 }
    }

    /// Whether it lasts on a day.
    pub fn lasts(&self, on: words::Day) -> bool {
        self.known.until.is_none_or(|until| until.latest() >= on)
    }
}

/// The record of a tie.
pub fn record(id: ThingId) -> RecordRef {
    RecordRef { kind: RecordKind::Tie, id }
}

const SELECT: &str = "SELECT id, household_id, desk_id, author_id, kind, a_id, b_id, agency_id, outside, outside_kind, \
     strength, direction, from_day, until_day, categories, state, recorded_at FROM tie \
     WHERE municipality_id = ? AND disposed_at IS NULL AND NOT EXISTS (SELECT 1 FROM person g \
     WHERE g.municipality_id = tie.municipality_id AND g.id IN (tie.a_id, tie.b_id) AND g.in_error_id IS NOT NULL)";

/// The ties of a household that stand, as they were recorded.
pub async fn of_household(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    household: HouseholdId,
) -> Result<Vec<Sealed<Tie>>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality])
        .push(" AND household_id = ? AND state = 'valid' ORDER BY recorded_at, id", args![household]);
    load(conn, viewer, statement).await
}

/// These ties; what no longer stands only for the desk that recorded it.
pub async fn by_ids(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    ids: impl IntoIterator<Item = ThingId>,
) -> Result<Vec<Sealed<Tie>>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality])
        .push_in(" AND id IN", ids)
        .push(" AND (state = 'valid' OR desk_id", args![])
        .push_in(" IN", viewer.reading_desks())
        .push(") ORDER BY id", args![]);
    load(conn, viewer, statement).await
}

/// What was said of this tie before, the latest first: the rows it took the place of.
pub(crate) async fn before(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: ThingId,
) -> Result<Vec<Sealed<Tie>>, Broken> {
    let rows = conn
        .all(
            "WITH RECURSIVE line (id, n) AS (SELECT corrects_id, 1 FROM tie WHERE municipality_id = $1 AND id = $2 \
             UNION ALL SELECT t.corrects_id, line.n + 1 FROM tie t JOIN line ON t.id = line.id \
             WHERE t.municipality_id = $1 AND line.n < 50) SELECT id FROM line WHERE id IS NOT NULL",
            args![viewer.municipality, id],
        )
        .await?;
    let ids: Vec<ThingId> = rows.iter().map(|row| row.get("id")).collect::<Result<_, _>>()?;
    let mut ties = by_ids(conn, viewer, ids.clone()).await?;
    ties.sort_by_key(|t| ids.iter().position(|id| *id == t.facts().record.id));
    Ok(ties)
}

/// The tie that took the place of this one.
pub(crate) async fn after(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: ThingId,
) -> Result<Option<ThingId>, Broken> {
    conn.maybe(
        "SELECT id FROM tie WHERE municipality_id = $1 AND corrects_id = $2 ORDER BY recorded_at DESC, id DESC",
        args![m, id],
    )
    .await?
    .map(|row| row.get("id"))
    .transpose()
}

async fn load(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    statement: Statement,
) -> Result<Vec<Sealed<Tie>>, Broken> {
    let rows = conn.select(statement).await?;
    let ties: Vec<Tie> = rows.iter().map(tie).collect::<Result<_, _>>()?;
    let cases = subjects::cases_of(conn, viewer, ties.iter().map(|t| t.household)).await?;
    let whole = ties.iter().filter(|t| t.known.a.is_none()).map(|t| t.household);
    let members: BTreeMap<HouseholdId, Vec<PersonId>> =
        subjects::members_of(conn, viewer.municipality, whole).await?;
    let subjects_of = |t: &Tie| match t.known.a {
        Some(a) => Subjects::Persons(std::iter::once(a).chain(t.known.b).collect()),
        None => Subjects::Household(members.get(&t.household).cloned().unwrap_or_default()),
    };
    let outside = ties.iter().filter(|t| t.known.kind == TieKind::Outside);
    let people: BTreeSet<PersonId> = outside.flat_map(|t| subjects_of(t).persons().to_vec()).collect();
    let sheltered = if people.is_empty() {
        BTreeSet::new()
    } else {
        engine::home::kept(conn, viewer.municipality, people).await?
    };
    Ok(ties
        .into_iter()
        .map(|t| {
            let subjects = subjects_of(&t);
            let mut categories = t.known.all_categories();
            // Where a sheltered person goes tells where they live (disclosure rule 4: school, desk, place of visit).
            let kept = subjects.persons().iter().any(|p| sheltered.contains(p));
            if kept && t.known.kind == TieKind::Outside {
                categories = categories.with(Category::Contact);
            }
            let facts = Facts {
                record: record(t.id),
                desk: t.desk,
                author: t.author,
                subjects,
                categories,
                cases: cases.get(&t.household).cloned().unwrap_or_default(),
                sent_to_provider: None,
                confided_to: None,
            };
            Sealed::new(facts, t)
        })
        .collect())
}

fn tie(row: &Row) -> Result<Tie, Broken> {
    let partial = |text: Option<String>| text.as_deref().and_then(PartialDate::parse_iso);
    let outside = match row.code_opt::<OutsideKind>("outside_kind")? {
        None => None,
        Some(kind) => Some(Outside {
            agency: row.get("agency_id")?,
            name: row.get("outside")?,
            kind,
            strength: row.code("strength")?,
            direction: row.code_opt("direction")?,
        }),
    };
    let categories: Categories = row.get("categories")?;
    Ok(Tie {
        id: row.get("id")?,
        household: row.get("household_id")?,
        desk: row.get("desk_id")?,
        author: row.get("author_id")?,
        known: NewTie {
            kind: row.code("kind")?,
            a: row.get("a_id")?,
            b: row.get("b_id")?,
            outside,
            from: partial(row.get("from_day")?),
            until: partial(row.get("until_day")?),
            categories: categories.bits(),
        },
        recorded_at: row.get("recorded_at")?,
        state: row.code("state")?,
    })
}

/// Records a tie of the desk acted for, in place of another one if it corrects one.
pub(crate) async fn write(
    act: &mut Act,
    right: &Right,
    household: HouseholdId,
    new: &NewTie,
    corrects: Option<ThingId>,
) -> Result<ThingId, Fail> {
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    let desk = right.seat().map(|s| s.desk).or(act.desk()).ok_or(Fail::NotVisible)?;
    let author = act.viewer().map(|v| v.user);
    let id: ThingId = act.new_id();
    let outside = new.outside.as_ref();
    act.save(right)?
        .exec(
            "INSERT INTO tie (municipality_id, id, household_id, desk_id, author_id, kind, a_id, b_id, agency_id, \
             outside, outside_kind, strength, direction, from_day, until_day, categories, corrects_id, recorded_at, \
             command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
            args![
                m,
                id,
                household,
                desk,
                author,
                new.kind.code(),
                new.a,
                new.b,
                outside.and_then(|o| o.agency),
                outside.map_or("", |o| o.name.as_str()),
                outside.map_or("", |o| o.kind.code()),
                outside.map_or("", |o| o.strength.code()),
                outside.and_then(|o| o.direction).map_or("", Code::code),
                new.from.map(|d| d.to_string()),
                new.until.map(|d| d.to_string()),
                new.all_categories(),
                corrects,
                now,
                command,
            ],
        )
        .await?;
    Ok(id)
}

/// Marks a standing tie as corrected or as entered in error; it is kept. [`Fail::Stale`] when somebody did so before.
pub(crate) async fn set_state(
    act: &mut Act,
    right: &Right,
    id: ThingId,
    state: EntryState,
) -> Result<(), Fail> {
    let m = act.municipality();
    let changed = act
        .save(right)?
        .exec(
            "UPDATE tie SET state = $3 WHERE municipality_id = $1 AND id = $2 AND state = 'valid'",
            args![m, id, state.code()],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}
