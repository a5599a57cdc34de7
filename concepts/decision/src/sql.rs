//! Storing decisions: programme, timing, ground, days and codes. The words are entries.

use std::collections::BTreeSet;

use access::Right;
use engine::{Act, Broken, Conn, Fail, Row, Statement, args};
use household::Gone;
use words::code::Code;
use words::id::{
    AgendaItemId, CaseId, DecisionId, DeskId, EntryId, HouseholdId, MatterId, MunicipalityId, PersonId,
    ThingId, UserId,
};
use words::{Day, Instant};

use crate::rules;
use crate::rules::{
    Close, Content, EndedWhy, FollowUp, FollowUpNeed, Ground, InterruptWhy, Part, Programme, Proposal, Stand,
    Timing, Truth, Turn, Under,
};

/// A decision without its words.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub id: DecisionId,
    pub case: CaseId,
    pub matter: Option<MatterId>,
    pub programme: Programme,
    pub timing: Timing,
    pub ground: Ground,
    pub ended: Option<EndedWhy>,
    pub on: Day,
    pub monitoring: Option<Day>,
    pub follow_up: Option<FollowUpNeed>,
    pub follow_up_on: Option<Day>,
    pub interrupt: Option<InterruptWhy>,
    pub desk: DeskId,
    pub user: UserId,
    pub recorded_at: Instant,
    pub used_at: Option<Instant>,
    pub used_by: Option<ThingId>,
    pub voided_at: Option<Instant>,
    /// The proposal that was before the conference.
    pub proposal: Option<Proposal>,
    /// The presence it rests on was corrected, and nobody has said yet whether it stays.
    pub doubted: bool,
}

impl Stored {
    /// As far as its use depends on it.
    pub fn stand(&self) -> Stand {
        Stand {
            programme: self.programme,
            timing: self.timing,
            used: self.used_at.is_some(),
            void: self.voided_at.is_some(),
        }
    }
}

const SELECT: &str = "SELECT id, case_id, matter_id, programme, timing, ground, ended_why, decided_on, monitoring_on, \
     follow_up, follow_up_on, interrupt_why, desk_id, user_id, recorded_at, used_at, used_by, voided_at, plan_id, \
     plan_proposal, EXISTS (SELECT 1 FROM decision_doubt u WHERE u.municipality_id = decision.municipality_id \
     AND u.decision_id = decision.id AND u.outcome = '') AS doubted FROM decision WHERE municipality_id = ?";

fn row(row: &Row) -> Result<Stored, Broken> {
    let plan: Option<ThingId> = row.get("plan_id")?;
    Ok(Stored {
        id: row.get("id")?,
        case: row.get("case_id")?,
        matter: row.get("matter_id")?,
        programme: row.code("programme")?,
        timing: row.code("timing")?,
        ground: row.code("ground")?,
        ended: row.code_opt("ended_why")?,
        on: row.get("decided_on")?,
        monitoring: row.get("monitoring_on")?,
        follow_up: row.code_opt("follow_up")?,
        follow_up_on: row.get("follow_up_on")?,
        interrupt: row.code_opt("interrupt_why")?,
        desk: row.get("desk_id")?,
        user: row.get("user_id")?,
        recorded_at: row.get("recorded_at")?,
        used_at: row.get("used_at")?,
        used_by: row.get("used_by")?,
        voided_at: row.get("voided_at")?,
        proposal: plan.zip(row.get("plan_proposal")?),
        doubted: row.get("doubted")?,
    })
}

/// One decision.
pub(crate) async fn by_id(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: DecisionId,
) -> Result<Option<Stored>, Broken> {
    let statement = Statement::new(SELECT, args![m]).push(" AND id = ?", args![id]);
    conn.select(statement).await?.first().map(row).transpose()
}

/// The decisions of a case, the newest first.
pub(crate) async fn of_case(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    case: CaseId,
) -> Result<Vec<Stored>, Broken> {
    let statement = Statement::new(SELECT, args![m])
        .push(" AND case_id = ? ORDER BY decided_on DESC, id DESC LIMIT 200", args![case]);
    conn.select(statement).await?.iter().map(row).collect()
}

/// The decisions of a matter, the newest first.
pub(crate) async fn of_matter(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    matter: MatterId,
) -> Result<Vec<Stored>, Broken> {
    let statement = Statement::new(SELECT, args![m])
        .push(" AND matter_id = ? ORDER BY decided_on DESC, id DESC LIMIT 200", args![matter]);
    conn.select(statement).await?.iter().map(row).collect()
}

/// The texts of decisions: which decision, which part, which text.
pub(crate) async fn texts(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: DecisionId,
) -> Result<Vec<(Part, EntryId)>, Broken> {
    conn.all(
        "SELECT part, entry_id FROM decision_text WHERE municipality_id = $1 AND decision_id = $2",
        args![m, id],
    )
    .await?
    .iter()
    .map(|row| Ok((row.code("part")?, row.get("entry_id")?)))
    .collect()
}

/// The texts of these decisions.
pub(crate) async fn texts_of(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    ids: impl IntoIterator<Item = DecisionId>,
) -> Result<Vec<(DecisionId, Part, EntryId)>, Broken> {
    let statement = Statement::new(
        "SELECT decision_id, part, entry_id FROM decision_text WHERE municipality_id = ?",
        args![m],
    )
    .push_in(" AND decision_id IN", ids);
    let rows = conn.select(statement).await?;
    rows.iter().map(|row| Ok((row.get("decision_id")?, row.code("part")?, row.get("entry_id")?))).collect()
}

/// What is true of a household today, and whether consent carries the conference it is asked for; what consents let be held is asked of the
/// conference. Who has died or gone counts where they had agreed to something, for themselves or for somebody of it; whoever will move has not gone.
/// `gone`: what was learnt of it beside the cards, as far as whoever decides may know it.
pub(crate) async fn truth(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    household: HouseholdId,
    (carried, gone, today): (bool, &Gone, Day),
) -> Result<Truth, Broken> {
    let rows = conn
        .all(
            "SELECT p.id, p.died, (SELECT COUNT(*) FROM person_event e WHERE e.municipality_id = p.municipality_id \
             AND e.person_id = p.id AND e.kind IN ('moved', 'left') AND e.corrected_at IS NULL AND e.day <= $3) AS moved FROM person p \
             WHERE p.municipality_id = $1 AND EXISTS (SELECT 1 FROM household_member h \
             WHERE h.municipality_id = p.municipality_id AND h.person_id = p.id AND h.household_id = $2) \
             AND EXISTS (SELECT 1 FROM consent c WHERE c.municipality_id = p.municipality_id \
             AND (c.person_id = p.id OR c.giver_id = p.id OR c.withdrawn_teller_id = p.id) AND c.state <> 'entered_in_error')",
            args![m, household, today],
        )
        .await?;
    let agreed = conference::agreed_once(conn, m, household, (&gone.died, today)).await?;
    let mut truth = Truth {
        carried,
        consented: conference::holdable(conn, m, household, (&gone.died, today)).await?,
        withdrawn: agreed.withdrawn,
        expired: agreed.expired,
        unheld: agreed.goes_on,
        ..Truth::default()
    };
    for row in &rows {
        let died: Option<String> = row.get("died")?;
        let person: PersonId = row.get("id")?;
        truth.died |= died.is_some() || gone.died.contains(&person);
        truth.moved |=
            row.get::<i64>("moved")? > 0 || gone.moved.contains(&person) || gone.left.contains(&person);
    }
    Ok(truth)
}

/// The proposal of a programme that waits for a decision, by its plan and the how many-th it is.
pub(crate) async fn proposal(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    case: CaseId,
    programme: Programme,
) -> Result<Option<Proposal>, Broken> {
    let found = proposals(conn, m, case).await?;
    Ok(found.into_iter().find(|(of, _)| *of == programme).map(|(_, there)| there))
}

/// Every proposal of a case that waits for a decision.
pub(crate) async fn proposals(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    case: CaseId,
) -> Result<Vec<(Programme, Proposal)>, Broken> {
    conn.all(
        "SELECT id, kind, proposal FROM support_plan WHERE municipality_id = $1 AND case_id = $2 AND state = 'proposed' \
         ORDER BY kind",
        args![m, case],
    )
    .await?
    .iter()
    .map(|row| Ok((row.code("kind")?, (row.get("id")?, row.get("proposal")?))))
    .collect()
}

/// An item under which a matter was talked over, and the desks that were there for it: on the day of its session, whoever came to the item
/// or to all of it. Whoever looked on or listened speaks for nobody; nor does whoever was kept out of the household when it began.
#[derive(Debug, Clone)]
pub(crate) struct Sat {
    pub item: AgendaItemId,
    pub turn: Turn,
    pub on: Day,
    /// When that session was over, as it was planned.
    pub over: Instant,
    pub desks: Vec<DeskId>,
}

/// Where a matter was talked over, the newest first.
pub(crate) async fn sat(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    matter: MatterId,
) -> Result<Vec<Sat>, Broken> {
    let rows = conn
        .all(
            "SELECT i.id, i.state, k.state AS session, k.starts_at, k.ends_at, v.desk_id, \
             EXISTS (SELECT 1 FROM decision_item x JOIN decision d ON d.municipality_id = x.municipality_id \
             AND d.id = x.decision_id WHERE x.municipality_id = i.municipality_id AND x.item_id = i.id \
             AND d.voided_at IS NULL) AS decided FROM agenda_item i \
             JOIN meeting k ON k.municipality_id = i.municipality_id AND k.id = i.meeting_id \
             LEFT JOIN invitee v ON v.municipality_id = i.municipality_id AND v.meeting_id = k.id \
             AND (v.item_id IS NULL OR v.item_id = i.id) AND v.attendance NOT IN ('', 'absent', 'observer', 'public') \
             AND NOT EXISTS (SELECT 1 FROM exclusion x JOIN case_file o ON o.municipality_id = x.municipality_id AND o.id = x.case_id \
             JOIN matter h ON h.municipality_id = o.municipality_id AND h.household_id = o.household_id \
             WHERE x.municipality_id = i.municipality_id AND h.id = i.matter_id AND x.user_id = v.user_id \
             AND x.since < k.starts_at AND (x.until IS NULL OR x.until > k.starts_at)) \
             WHERE i.municipality_id = $1 AND i.matter_id = $2 ORDER BY k.starts_at DESC, i.id, v.desk_id",
            args![m, matter],
        )
        .await?;
    let mut found: Vec<Sat> = Vec::new();
    for row in &rows {
        let (item, at): (AgendaItemId, Instant) = (row.get("id")?, row.get("starts_at")?);
        let (state, session): (String, String) = (row.get("state")?, row.get("session")?);
        let Some(turn) = rules::turn(&state, &session, row.get("decided")?) else { continue };
        let desk: Option<DeskId> = row.get("desk_id")?;
        if let Some(last) = found.last_mut().filter(|s| s.item == item) {
            last.desks.extend(desk);
        } else {
            let over = row.get("ends_at")?;
            found.push(Sat { item, turn, on: at.day(), over, desks: desk.into_iter().collect() });
        }
    }
    Ok(found)
}

/// What [`insert`] stores.
pub(crate) struct New<'a> {
    pub id: DecisionId,
    pub case: CaseId,
    pub matter: Option<MatterId>,
    pub programme: Programme,
    pub ground: Ground,
    pub ended: Option<EndedWhy>,
    pub on: Day,
    pub content: &'a Content,
    /// The proposal that was before the conference.
    pub proposal: Option<Proposal>,
}

/// Stores a decision.
pub(crate) async fn insert(act: &mut Act, right: &Right, new: &New<'_>) -> Result<(), Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    let desk = right.seat().map(|s| s.desk).ok_or(Fail::NotVisible)?;
    let user = act.viewer().map(|v| v.user).ok_or(Fail::NotVisible)?;
    let (follow_up, follow_up_on) = match new.content {
        Content::Close(Close { follow_up: FollowUp::Needed { on, .. }, .. }) => {
            (FollowUpNeed::Needed.code(), Some(*on))
        }
        Content::Close(_) => (FollowUpNeed::NotNeeded.code(), None),
        _ => ("", None),
    };
    let interrupt = match new.content {
        Content::Interrupt(x) => x.why.code(),
        _ => "",
    };
    act.save(right)?
        .exec(
            "INSERT INTO decision (municipality_id, id, case_id, matter_id, programme, timing, ground, ended_why, \
             decided_on, monitoring_on, follow_up, follow_up_on, interrupt_why, desk_id, user_id, recorded_at, \
             command_id, plan_id, plan_proposal) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
            args![
                m,
                new.id,
                new.case,
                new.matter,
                new.programme.code(),
                new.content.timing().code(),
                new.ground.code(),
                new.ended.map_or("", Code::code),
                new.on,
                new.content.monitoring(),
                follow_up,
                follow_up_on,
                interrupt,
                desk,
                user,
                now,
                command,
                new.proposal.map(|p| p.0),
                new.proposal.map(|p| p.1),
            ],
        )
        .await?;
    Ok(())
}

/// A decision of a matter belongs to the item under which a session talked it over on that day.
pub(crate) async fn belongs(
    act: &mut Act,
    right: &Right,
    id: DecisionId,
    item: AgendaItemId,
) -> Result<(), Fail> {
    let m = act.municipality();
    act.save(right)?
        .exec(
            "INSERT INTO decision_item (municipality_id, decision_id, item_id) VALUES ($1, $2, $3)",
            args![m, id, item],
        )
        .await?;
    Ok(())
}

/// The item a decision belongs to, as it stands now.
pub(crate) async fn under(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: DecisionId,
) -> Result<Option<Under>, Broken> {
    let row = conn
        .maybe(
            "SELECT i.state, k.state AS session, k.starts_at FROM decision_item x \
             JOIN agenda_item i ON i.municipality_id = x.municipality_id AND i.id = x.item_id \
             LEFT JOIN meeting k ON k.municipality_id = i.municipality_id AND k.id = i.meeting_id \
             WHERE x.municipality_id = $1 AND x.decision_id = $2",
            args![m, id],
        )
        .await?;
    row.map(|row| {
        let (state, session): (String, Option<String>) = (row.get("state")?, row.get("session")?);
        let starts: Option<Instant> = row.get("starts_at")?;
        // What the item is asked about was decided under it.
        let talked_over = session.is_some_and(|s| rules::turn(&state, &s, true).is_some());
        Ok(Under { talked_over, on: starts.map(Instant::day) })
    })
    .transpose()
}

/// Which of these items hold what a conference with consent decided and nobody took back: their session took place. Of what was decided in
/// confidence this says nothing.
pub async fn holding(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    items: impl IntoIterator<Item = AgendaItemId>,
) -> Result<BTreeSet<AgendaItemId>, Broken> {
    let statement = Statement::new(
        "SELECT x.item_id FROM decision_item x JOIN decision d ON d.municipality_id = x.municipality_id AND d.id = x.decision_id \
         WHERE x.municipality_id = ? AND d.ground = 'consent' AND d.voided_at IS NULL",
        args![m],
    )
    .push_in(" AND x.item_id IN", items);
    conn.select(statement).await?.iter().map(|row| row.get("item_id")).collect()
}

/// The decisions that belong to these items, the first first.
pub(crate) async fn of_items(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    items: impl IntoIterator<Item = AgendaItemId>,
) -> Result<Vec<(AgendaItemId, Stored)>, Broken> {
    let statement = Statement::new(
        "SELECT decision.id, case_id, matter_id, programme, timing, ground, ended_why, decided_on, monitoring_on, follow_up, \
         follow_up_on, interrupt_why, desk_id, user_id, recorded_at, used_at, used_by, voided_at, plan_id, plan_proposal, \
         EXISTS (SELECT 1 FROM decision_doubt u WHERE u.municipality_id = decision.municipality_id \
         AND u.decision_id = decision.id AND u.outcome = '') AS doubted, x.item_id FROM decision \
         JOIN decision_item x ON x.municipality_id = decision.municipality_id AND x.decision_id = decision.id \
         WHERE decision.municipality_id = ?",
        args![m],
    )
    .push_in(" AND x.item_id IN", items)
    .push(" ORDER BY decided_on, decision.id", args![]);
    conn.select(statement).await?.iter().map(|r| Ok((r.get("item_id")?, row(r)?))).collect()
}

/// A text of a decision.
pub(crate) async fn add_text(
    act: &mut Act,
    right: &Right,
    id: DecisionId,
    part: Part,
    entry: EntryId,
) -> Result<(), Fail> {
    let m = act.municipality();
    act.save(right)?
        .exec(
            "INSERT INTO decision_text (municipality_id, decision_id, part, entry_id) VALUES ($1, $2, $3, $4)",
            args![m, id, part.code(), entry],
        )
        .await?;
    Ok(())
}

/// A decision is used by something; false when something used it before, or it was taken back.
pub(crate) async fn mark_used(
    act: &mut Act,
    right: &Right,
    id: DecisionId,
    by: ThingId,
) -> Result<bool, Fail> {
    let (m, now) = (act.municipality(), act.now());
    let changed = act
        .save(right)?
        .exec(
            "UPDATE decision SET used_at = $3, used_by = $4 WHERE municipality_id = $1 AND id = $2 \
             AND used_at IS NULL AND voided_at IS NULL",
            args![m, id, now, by],
        )
        .await?;
    Ok(changed == 1)
}

/// A mistaken decision is taken back; false when something rests on it.
pub(crate) async fn mark_void(act: &mut Act, right: &Right, id: DecisionId) -> Result<bool, Fail> {
    let (m, now) = (act.municipality(), act.now());
    let changed = act
        .save(right)?
        .exec(
            "UPDATE decision SET voided_at = $3 WHERE municipality_id = $1 AND id = $2 \
             AND used_at IS NULL AND voided_at IS NULL",
            args![m, id, now],
        )
        .await?;
    Ok(changed == 1)
}
