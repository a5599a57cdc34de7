//! Storing consents and provisions.

pub(crate) mod effect;
pub(crate) mod handed;
pub(crate) mod record;
pub(crate) mod watch;

use std::collections::BTreeMap;

use access::{Right, Viewer};
use engine::{Act, Broken, Bulk, Conn, Fail, Refusal, Row, Statement, args};
use register::{Field, Sharing};
use words::code::Code;
use words::id::{
    AgencyId, CaseId, ConsentId, EntryId, MunicipalityId, PersonId, ProvisionId, ThingId, UserId,
};
use words::partial::PartialDate;
use words::{Day, Instant};

use crate::giving::{self, Life, can_stand_in, said_in_life, still_speaks};
use crate::rules::{
    Because, Consent, FieldTerms, GivenBy, NamedField, NewConsent, NewProvision, Recipient, check,
    field_counts,
};
use crate::stand_in::{StandIn, speaks};
use crate::withdrawal::Withdrawal;

/// What is recorded of these people's lives.
pub(crate) async fn lives(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    of: impl IntoIterator<Item = PersonId>,
) -> Result<BTreeMap<PersonId, Life>, Broken> {
    let statement = Statement::new("SELECT id, birth, died FROM person WHERE municipality_id = ?", args![m])
        .push_in(" AND id IN", of);
    let mut lives = BTreeMap::new();
    for row in &conn.select(statement).await? {
        let day = |text: Option<String>| text.as_deref().and_then(PartialDate::parse_iso);
        let life = Life { birth: day(row.get("birth")?), died: day(row.get("died")?) };
        lives.insert(row.get("id")?, life);
    }
    Ok(lives)
}

/// Whether somebody set aside by name, from outside the record, is called like whoever speaks: written down since then, they are no other.
fn called_aside(by: GivenBy, name: &str, aside: &[record::SetAside]) -> bool {
    by != GivenBy::Itself && {
        let named = record::Guardian::Named(words::name::PersonName::new(name, None));
        aside.iter().any(|s| s.is(&named))
    }
}

/// Asks of a consent what is asked of every one.
async fn ask(act: &mut Act, new: &NewConsent) -> Result<(), Fail> {
    check(new)?;
    let (m, today) = (act.municipality(), act.now().day());
    let viewer = act.viewer().cloned();
    match problems(&mut act.facts()?, (m, viewer.as_ref()), new, today).await?.into_iter().next() {
        Some(refusal) => Err(refusal.into()),
        None => Ok(()),
    }
}

/// What is wrong with a consent that this user would write down: with the lives of those concerned, as they are recorded and as a desk of
/// theirs has learnt since, and who is set aside.
pub(crate) async fn problems(
    conn: &mut Conn<'_>,
    (m, viewer): (MunicipalityId, Option<&Viewer>),
    new: &NewConsent,
    today: Day,
) -> Result<Vec<Refusal>, Broken> {
    let concerned = || std::iter::once(new.person).chain(new.giver);
    let mut lives = lives(conn, m, concerned()).await?;
    let desks = viewer.map(Viewer::reading_desks).unwrap_or_default();
    for (person, died) in household::deaths_written_by(conn, m, &desks, concerned()).await? {
        lives.entry(person).or_default().died.get_or_insert(died);
    }
    let aside = record::set_asides(conn, m, [new.person]).await?;
    let typed = new.given_by != GivenBy::Itself && new.giver.is_none();
    if called_aside(new.given_by, &new.given_by_name, &aside)
        || typed && record::named_aside(conn, m, new.person, &new.given_by_name).await?
    {
        return Ok(vec![Refusal::new("consent.giver_set_aside")]);
    }
    let names = register::user_names(conn, m, viewer.map(|v| v.user)).await?;
    let around = giving::Around {
        person: lives.get(&new.person).copied().unwrap_or_default(),
        giver: new.giver.and_then(|giver| lives.get(&giver).copied()),
        aside: &aside,
        recorder: names.values().next().map_or("", String::as_str),
        today,
    };
    Ok(giving::problems(new, &around))
}

/// Records a consent, whichever way it came in: all of them are asked the same. Given for a sharing act (a referral, an inquiry) it is `pending` until that takes effect.
pub async fn give(
    act: &mut Act,
    right: &Right,
    new: &NewConsent,
    pending: Option<ThingId>,
) -> Result<ConsentId, Fail> {
    ask(act, new).await?;
    let (municipality, command, now) = (act.municipality(), act.command(), act.now());
    let desk = right.seat().map(|s| s.desk).or(act.desk()).ok_or(Fail::NotVisible)?;
    let id: ConsentId = act.new_id();
    let purposes: Vec<&str> = new.purposes.iter().map(|p| p.code()).collect();
    let mut conn = act.save(right)?;
    conn.exec(
        "INSERT INTO consent (municipality_id, id, state, person_id, given_by, given_by_name, form, witness, \
         categories, purposes, from_day, until_day, given_at, desk_id, case_id, command_id, relation, evidence, \
         giver_id) VALUES ($1, $2, 'given', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        args![
            municipality,
            id,
            new.person,
            new.given_by.code(),
            &new.given_by_name,
            new.form.code(),
            &new.witness,
            new.categories,
            purposes.join(","),
            new.from,
            new.until,
            now,
            desk,
            new.case,
            command,
            new.relation.map_or("", Code::code),
            &new.evidence,
            new.giver,
        ],
    )
    .await?;
    let mut rows = Bulk::new(
        "INSERT INTO consent_recipient (municipality_id, consent_id, kind, recipient_id, referral_id, \
         effective_from) VALUES",
        6,
    );
    let mut recipients = new.recipients.clone();
    recipients.sort_unstable();
    recipients.dedup();
    for recipient in recipients {
        let (kind, thing): (&str, ThingId) = match recipient {
            Recipient::Desk(desk) => ("desk", desk.cast()),
            Recipient::Agency(agency) => ("agency", agency.cast()),
        };
        let effective = pending.is_none().then_some(now);
        rows.row(args![municipality, id, kind, thing, pending, effective]);
    }
    rows.run(&mut conn).await?;
    if !new.fields.is_empty() {
        name_fields(&mut conn, municipality, id, &new.fields, pending.is_none().then_some(now)).await?;
    }
    // From here on the database lets nobody change a term or add a recipient.
    conn.exec(
        "UPDATE consent SET complete = TRUE WHERE municipality_id = $1 AND id = $2",
        args![municipality, id],
    )
    .await?;
    if pending.is_none() {
        household::findable::refresh_about(act, right, &[new.person]).await?;
    }
    Ok(id)
}

/// Names categories of agencies, with the agencies they stand for now.
async fn name_fields(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: ConsentId,
    fields: &[NamedField],
    effective: Option<Instant>,
) -> Result<(), Broken> {
    let mut fields = fields.to_vec();
    fields.sort_unstable();
    // Named twice, the narrower of the two holds.
    fields.dedup_by_key(|f| f.field);
    for named in fields {
        let field = named.field.code();
        conn.exec(
            "INSERT INTO consent_field (municipality_id, consent_id, field, later, effective_from) \
             VALUES ($1, $2, $3, $4, $5)",
            args![m, id, field, named.later, effective],
        )
        .await?;
        // One that has ended is not among them.
        conn.exec(
            "INSERT INTO consent_field_agency (municipality_id, consent_id, field, agency_id) \
             SELECT a.municipality_id, $2, $3, a.id FROM agency a JOIN consent c \
             ON c.municipality_id = a.municipality_id AND c.id = $2 WHERE a.municipality_id = $1 AND a.field = $3 \
             AND a.valid_from <= c.from_day AND (a.valid_to IS NULL OR a.valid_to >= c.from_day)",
            args![m, id, field],
        )
        .await?;
    }
    Ok(())
}

/// Records that these records are handed over under an article.
///
/// The article must be one of the municipality's table in force today: an invented one would open records.
pub async fn provide(act: &mut Act, right: &Right, new: &NewProvision) -> Result<(), Fail> {
    let (municipality, command, now) = (act.municipality(), act.command(), act.now());
    let articles = register::legal_bases(&mut act.facts()?, municipality, now.day()).await?;
    let serves = new.kind.serves();
    // An article of a conference is a ground among its members, for what it asks and what is answered: whoever ticks another act for it in
    // the table does not change that.
    if serves != Sharing::Inquiry && register::position_of(&new.article).is_some() {
        return Err(Refusal::new("law_ground.conference").into());
    }
    let Some(article) = articles.iter().find(|a| a.code == new.article && a.serves(serves)) else {
        return Err(Refusal::new("consent.no_such_article").into());
    };
    let mut rows = Bulk::new(
        "INSERT INTO provision (municipality_id, id, act_kind, act_id, record_kind, record_id, desk_id, user_id, \
         categories, article, effective_from, command_id, article_name) VALUES",
        13,
    );
    for record in &new.records {
        let id: ProvisionId = act.new_id();
        let effective = (!new.pending).then_some(now);
        rows.row(args![
            municipality,
            id,
            new.kind.code(),
            new.act,
            record.kind.code(),
            record.id,
            new.desk,
            new.user,
            new.categories,
            &new.article,
            effective,
            command,
            // What it was called when it was used: an amendment does not rewrite it.
            &article.name,
        ]);
    }
    rows.run(&mut act.save(right)?).await?;
    Ok(())
}

/// A referral was accepted, an inquiry sent: what was consented to or provided for this act holds from now. The consent of somebody who
/// has died since begins no more ([`carried`](effect::carried)).
pub async fn take_effect(act: &mut Act, right: &Right, of: ThingId) -> Result<(), Fail> {
    let (municipality, now) = (act.municipality(), act.now());
    let begin = effect::still_begin(&mut act.facts()?, municipality, of, now.day()).await?;
    let mut conn = act.save(right)?;
    let begins = Statement::new(
        "UPDATE consent_recipient SET effective_from = ? WHERE municipality_id = ? AND referral_id = ? \
         AND effective_from IS NULL",
        args![now, municipality, of],
    );
    conn.run(begins.push_in(" AND consent_id IN", begin)).await?;
    conn.exec(
        "UPDATE provision SET effective_from = $3 \
         WHERE municipality_id = $1 AND act_id = $2 AND effective_from IS NULL AND ended_at IS NULL",
        args![municipality, of, now],
    )
    .await?;
    refresh(act, right, of).await
}

/// The act was entered in error: what it handed over is handed over no longer.
pub async fn end_act(act: &mut Act, right: &Right, of: ThingId) -> Result<(), Fail> {
    let (municipality, now) = (act.municipality(), act.now());
    let mut conn = act.save(right)?;
    conn.exec(
        "UPDATE consent_recipient SET effective_from = NULL WHERE municipality_id = $1 AND referral_id = $2",
        args![municipality, of],
    )
    .await?;
    conn.exec(
        "UPDATE provision SET ended_at = $3 WHERE municipality_id = $1 AND act_id = $2 AND ended_at IS NULL",
        args![municipality, of, now],
    )
    .await?;
    refresh(act, right, of).await
}

/// What was handed over by this act is handed over no longer; what somebody consented to stays consented to.
pub async fn end_provisions(act: &mut Act, right: &Right, of: ThingId) -> Result<(), Fail> {
    let (municipality, now) = (act.municipality(), act.now());
    act.save(right)?
        .exec(
            "UPDATE provision SET ended_at = $3 WHERE municipality_id = $1 AND act_id = $2 AND ended_at IS NULL",
            args![municipality, of, now],
        )
        .await?;
    refresh(act, right, of).await
}

/// Keeps the search index in step with what a sharing act shares.
async fn refresh(act: &mut Act, right: &Right, of: ThingId) -> Result<(), Fail> {
    let municipality = act.municipality();
    let mut conn = act.facts()?;
    let rows = conn
        .all(
            "SELECT record_kind, record_id FROM provision WHERE municipality_id = $1 AND act_id = $2",
            args![municipality, of],
        )
        .await?;
    let mut persons: Vec<PersonId> = Vec::new();
    let mut entries: Vec<EntryId> = Vec::new();
    for row in &rows {
        match row.get::<String>("record_kind")?.as_str() {
            "person" => persons.push(row.get("record_id")?),
            "entry" => entries.push(row.get("record_id")?),
            _ => {}
        }
    }
    let consented = conn
        .all(
            "SELECT DISTINCT c.person_id FROM consent c JOIN consent_recipient r \
             ON r.municipality_id = c.municipality_id AND r.consent_id = c.id \
             WHERE r.municipality_id = $1 AND r.referral_id = $2",
            args![municipality, of],
        )
        .await?;
    for row in &consented {
        let person: PersonId = row.get("person_id")?;
        persons.push(person);
        let texts = conn
            .all(
                "SELECT entry_id AS id FROM entry_subject WHERE municipality_id = $1 AND person_id = $2 UNION \
                 SELECT e.id FROM entry e JOIN household_member m ON m.municipality_id = e.municipality_id \
                 AND m.household_id = e.household_id WHERE e.municipality_id = $1 AND m.person_id = $2 \
                 AND e.whole_household",
                args![municipality, person],
            )
            .await?;
        for text in &texts {
            entries.push(text.get("id")?);
        }
    }
    household::findable::refresh(act, right, &persons, &entries).await
}

/// Records a withdrawal: who said so, how, on which day, and who spoke in the person's place, asked as it is when a consent is given and
/// refused of whoever is set aside for them. It holds from the next request on, for everyone.
pub async fn withdraw_for(
    act: &mut Act,
    right: &Right,
    consent: ConsentId,
    (by, said): (GivenBy, Withdrawal),
    who: &StandIn,
) -> Result<(), Fail> {
    let (person, m) = (person_of(act, consent).await?, act.municipality());
    let aside = record::set_asides(&mut act.facts()?, m, [person]).await?;
    take_back(act, right, (consent, person), (by, said), who, &aside).await
}

/// The same on a page that shows nobody of the household: nobody can be picked there, so whoever is set aside is known by name alone.
pub async fn withdraw_by_name(
    act: &mut Act,
    right: &Right,
    consent: ConsentId,
    (by, said): (GivenBy, Withdrawal),
    who: &StandIn,
) -> Result<(), Fail> {
    let person = person_of(act, consent).await?;
    take_back(act, right, (consent, person), (by, said), who, &[]).await
}

async fn take_back(
    act: &mut Act,
    right: &Right,
    (consent, person): (ConsentId, PersonId),
    (by, said): (GivenBy, Withdrawal),
    who: &StandIn,
    aside: &[record::SetAside],
) -> Result<(), Fail> {
    let m = act.municipality();
    speaks(person, by, who, aside)?;
    let typed = by != GivenBy::Itself && who.person.is_none();
    if called_aside(by, &who.name, aside)
        || typed && record::named_aside(&mut act.facts()?, m, person, &who.name).await?
    {
        return Err(Refusal::new("consent.giver_set_aside").into());
    }
    let said_on = said.said.unwrap_or(act.now().day());
    let lives = lives(&mut act.facts()?, m, std::iter::once(person).chain(who.person)).await?;
    let life = |of: PersonId| lives.get(&of).copied().unwrap_or_default();
    said_in_life(life(person), said_on)?;
    if by != GivenBy::Itself {
        still_speaks(who.relation, life(person).birth, said_on)?;
    }
    if let Some(teller) = who.person.filter(|_| by != GivenBy::Itself) {
        can_stand_in(who.relation, life(teller), said_on)?;
    }
    let nobody = StandIn::default();
    let who = if by == GivenBy::Itself { &nobody } else { who };
    end(act, right, (consent, person), Withdrawal { told_by: Some(by), ..said }, who).await
}

async fn person_of(act: &mut Act, consent: ConsentId) -> Result<PersonId, Fail> {
    let m = act.municipality();
    let sql = "SELECT person_id FROM consent WHERE municipality_id = $1 AND id = $2";
    Ok(act.facts()?.one(sql, args![m, consent]).await?.get("person_id")?)
}

/// Writes it down. Who may find the person, and the texts about them, follows the consents that hold now.
async fn end(
    act: &mut Act,
    right: &Right,
    (consent, person): (ConsentId, PersonId),
    said: Withdrawal,
    who: &StandIn,
) -> Result<(), Fail> {
    let (municipality, now) = (act.municipality(), act.now());
    let (told_by, way) = (said.told_by.map_or("", Code::code), said.way.map_or("", Code::code));
    let day = said.said.unwrap_or(now.day());
    let changed = act
        .save(right)?
        .exec(
            "UPDATE consent SET state = 'withdrawn', withdrawn_at = $3, withdrawn_told_by = $4, \
             withdrawn_form = $5, withdrawn_said = $6, withdrawn_by_name = $7, withdrawn_relation = $8, \
             withdrawn_evidence = $9, withdrawn_teller_id = $10, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND state = 'given'",
            args![
                municipality,
                consent,
                now,
                told_by,
                way,
                day,
                &who.name,
                who.relation.map_or("", Code::code),
                &who.evidence,
                who.person,
            ],
        )
        .await?;
    if changed == 0 {
        return Err(Fail::Stale);
    }
    household::findable::refresh_about(act, right, &[person]).await
}

/// It ends because its person has died: nobody is asked who said so, and nothing is written down that nobody said. Refused of somebody of
/// whom no death is recorded, neither on their card nor by the desk that ends it.
pub async fn end_by_death(
    act: &mut Act,
    right: &Right,
    (consent, person): (ConsentId, PersonId),
) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let died = lives(&mut act.facts()?, m, [person]).await?.get(&person).is_some_and(|l| l.died.is_some());
    let desks = act.viewer().map(Viewer::reading_desks).unwrap_or_default();
    let learnt = household::deaths_written_by(&mut act.facts()?, m, &desks, [person]).await?;
    if !died && learnt.is_empty() {
        return Err(Refusal::new("consent.not_dead").into());
    }
    let sql = "UPDATE consent SET state = 'withdrawn', withdrawn_at = $3, ended_because = $4, version = version + 1 \
               WHERE municipality_id = $1 AND id = $2 AND state = 'given'";
    if act.save(right)?.exec(sql, args![m, consent, now, Because::Died.code()]).await? == 0 {
        return Err(Fail::Stale);
    }
    household::findable::refresh_about(act, right, &[person]).await
}

/// It was written down by mistake: it was never given, counts for nothing from now on, and is kept with the reason.
pub async fn mark_in_error(
    act: &mut Act,
    right: &Right,
    (consent, person): (ConsentId, PersonId),
    because: Because,
) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let by = act.viewer().map(|v| v.user);
    let sql = "UPDATE consent SET state = 'entered_in_error', ended_because = $3, error_at = $4, error_by = $5, \
               version = version + 1 WHERE municipality_id = $1 AND id = $2 AND state IN ('given', 'withdrawn')";
    if act.save(right)?.exec(sql, args![m, consent, because.code(), now, by]).await? == 0 {
        return Err(Fail::Stale);
    }
    household::findable::refresh_about(act, right, &[person]).await
}

/// The records it was written down with were entered in error: it was never given, and grants nothing from now.
pub async fn in_error(act: &mut Act, right: &Right, consent: ConsentId) -> Result<(), Fail> {
    let municipality = act.municipality();
    act.save(right)?
        .exec(
            "UPDATE consent SET state = 'entered_in_error', version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND state <> 'entered_in_error'",
            args![municipality, consent],
        )
        .await?;
    Ok(())
}

const SELECT: &str = "SELECT c.id, c.state, c.person_id, c.given_by, c.form, c.categories, c.purposes, c.from_day, \
     c.until_day, c.given_at, c.withdrawn_at, c.withdrawn_said, c.desk_id, c.case_id, c.version, c.relation, c.giver_id, \
     c.ended_because, c.error_at, c.error_by, b.before_id, b.how AS before_how, n.consent_id AS next_id, n.how AS next_how, \
     (SELECT MIN(x.set_at) FROM guardian_set_aside x WHERE x.municipality_id = c.municipality_id \
     AND x.person_id = c.person_id AND x.ended_at IS NULL AND (c.giver_id = x.guardian_id \
     OR (c.giver_id IS NULL AND c.given_by = 'guardian' AND c.given_at < x.set_at))) AS set_aside_at FROM consent c \
     LEFT JOIN consent_follow b ON b.municipality_id = c.municipality_id AND b.consent_id = c.id \
     LEFT JOIN consent_follow n ON n.municipality_id = c.municipality_id AND n.before_id = c.id \
     WHERE c.municipality_id = ? AND NOT EXISTS (SELECT 1 FROM person g WHERE g.municipality_id = c.municipality_id \
     AND g.id = c.person_id AND g.disposed_at IS NOT NULL)";

/// The consents given in a case, newest first.
pub async fn of_case(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    case: CaseId,
) -> Result<Vec<Consent>, Broken> {
    let statement = Statement::new(SELECT, args![municipality])
        .push(" AND c.case_id = ? ORDER BY c.given_at DESC, c.id", args![case]);
    load(conn, municipality, statement).await
}

/// The consents that cover these persons, newest first.
pub async fn of_persons(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    persons: impl IntoIterator<Item = PersonId>,
) -> Result<Vec<Consent>, Broken> {
    let statement = Statement::new(SELECT, args![municipality])
        .push_in(" AND c.person_id IN", persons)
        .push(" ORDER BY c.given_at DESC, c.id", args![]);
    load(conn, municipality, statement).await
}

/// One consent.
pub async fn by_id(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    id: ConsentId,
) -> Result<Option<Consent>, Broken> {
    let statement = Statement::new(SELECT, args![municipality]).push(" AND c.id = ?", args![id]);
    Ok(load(conn, municipality, statement).await?.pop())
}

async fn load(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    statement: Statement,
) -> Result<Vec<Consent>, Broken> {
    let rows = conn.select(statement).await?;
    let mut consents: Vec<Consent> = rows.iter().map(consent).collect::<Result<_, _>>()?;
    let statement = Statement::new(
        "SELECT consent_id, kind, recipient_id, effective_from FROM consent_recipient WHERE municipality_id = ?",
        args![municipality],
    )
    .push_in(" AND consent_id IN", consents.iter().map(|c| c.id));
    for row in conn.select(statement).await? {
        let id: ConsentId = row.get("consent_id")?;
        let thing: ThingId = row.get("recipient_id")?;
        let recipient = if row.get::<String>("kind")? == "desk" {
            Recipient::Desk(thing.cast())
        } else {
            Recipient::Agency(thing.cast())
        };
        if let Some(c) = consents.iter_mut().find(|c| c.id == id) {
            c.recipients.push((recipient, row.get("effective_from")?));
        }
    }
    load_fields(conn, municipality, &mut consents).await?;
    Ok(consents)
}

/// The categories these consents name, with the agencies they stood for and those they mean today.
async fn load_fields(conn: &mut Conn<'_>, m: MunicipalityId, consents: &mut [Consent]) -> Result<(), Broken> {
    if consents.is_empty() {
        return Ok(());
    }
    let statement = Statement::new(
        "SELECT f.consent_id, f.field, f.later, f.effective_from, l.agency_id FROM consent_field f \
         LEFT JOIN consent_field_agency l ON l.municipality_id = f.municipality_id \
         AND l.consent_id = f.consent_id AND l.field = f.field WHERE f.municipality_id = ?",
        args![m],
    )
    .push_in(" AND f.consent_id IN", consents.iter().map(|c| c.id))
    .push(" ORDER BY f.consent_id, f.field, l.agency_id", args![]);
    let mut named = Vec::new();
    for row in conn.select(statement).await? {
        let id: ConsentId = row.get("consent_id")?;
        let field: Field = row.code("field")?;
        named.push(field);
        let Some(c) = consents.iter_mut().find(|c| c.id == id) else { continue };
        if c.fields.last().is_none_or(|f| f.named.field != field) {
            c.fields.push(FieldTerms {
                named: NamedField { field, later: row.get("later")? },
                since: row.get("effective_from")?,
                listed: Vec::new(),
                counts: Vec::new(),
            });
        }
        if let (Some(terms), Some(agency)) = (c.fields.last_mut(), row.get::<Option<AgencyId>>("agency_id")?)
        {
            terms.listed.push(agency);
        }
    }
    if named.is_empty() {
        return Ok(());
    }
    let statement = Statement::new("SELECT id, field FROM agency WHERE municipality_id = ?", args![m])
        .push_in(" AND field IN", named.iter().map(|f| f.code()))
        .push(" ORDER BY id", args![]);
    let mut today: BTreeMap<Field, Vec<AgencyId>> = BTreeMap::new();
    for row in conn.select(statement).await? {
        today.entry(row.code("field")?).or_default().push(row.get("id")?);
    }
    for terms in consents.iter_mut().flat_map(|c| &mut c.fields) {
        let of_field = today.get(&terms.named.field).map_or(&[][..], Vec::as_slice);
        terms.counts = field_counts(&terms.listed, of_field, terms.named.later);
    }
    Ok(())
}

fn consent(row: &Row) -> Result<Consent, Broken> {
    Ok(Consent {
        id: row.get("id")?,
        state: row.code("state")?,
        person: row.get("person_id")?,
        given_by: row.code("given_by")?,
        form: row.code("form")?,
        categories: row.get("categories")?,
        purposes: row.get::<String>("purposes")?.split(',').map(str::to_owned).collect(),
        from: row.get("from_day")?,
        until: row.get("until_day")?,
        given_at: row.get("given_at")?,
        withdrawn_at: row.get("withdrawn_at")?,
        withdrawn_said: row.get("withdrawn_said")?,
        desk: row.get("desk_id")?,
        case: row.get("case_id")?,
        version: row.get("version")?,
        recipients: Vec::new(),
        fields: Vec::new(),
        relation: row.code_opt("relation")?,
        giver: row.get("giver_id")?,
        set_aside_at: row.get("set_aside_at")?,
        because: row.code_opt("ended_because")?,
        error: row.get::<Option<Instant>>("error_at")?.zip(row.get::<Option<UserId>>("error_by")?),
        follows: row.get::<Option<ConsentId>>("before_id")?.zip(row.code_opt("before_how")?),
        followed_by: row.get::<Option<ConsentId>>("next_id")?.zip(row.code_opt("next_how")?),
    })
}
