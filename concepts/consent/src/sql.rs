//! Storing consents and provisions.

use access::Right;
use engine::{Act, Broken, Bulk, Conn, Fail, Refusal, Row, Statement, args};
use words::code::Code;
use words::id::{CaseId, ConsentId, EntryId, MunicipalityId, PersonId, ProvisionId, ThingId};

use crate::rules::{Consent, ConsentForm, NewConsent, NewProvision, Recipient, check};

/// Records a consent. Given for a sharing act (a referral, an inquiry) it is `pending` until that takes effect.
pub async fn give(
    act: &mut Act,
    right: &Right,
    new: &NewConsent,
    pending: Option<ThingId>,
) -> Result<ConsentId, Fail> {
    check(new)?;
    let (municipality, command, now) = (act.municipality(), act.command(), act.now());
    let desk = right.seat().map(|s| s.desk).or(act.desk()).ok_or(Fail::NotVisible)?;
    let id: ConsentId = act.new_id();
    let purposes: Vec<&str> = new.purposes.iter().map(|p| p.code()).collect();
    let mut conn = act.save(right)?;
    conn.exec(
        "INSERT INTO consent (municipality_id, id, state, person_id, given_by, given_by_name, form, witness, \
         categories, purposes, from_day, until_day, given_at, desk_id, case_id, command_id) \
         VALUES ($1, $2, 'given', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
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
    if pending.is_none() {
        household::findable::refresh_about(act, right, &[new.person]).await?;
    }
    Ok(id)
}

/// Records that these records are handed over under an article.
///
/// The article must be one of the municipality's table in force today: an invented one would open records.
pub async fn provide(act: &mut Act, right: &Right, new: &NewProvision) -> Result<(), Fail> {
    let (municipality, command, now) = (act.municipality(), act.command(), act.now());
    let articles = register::legal_bases(&mut act.facts()?, municipality, now.day()).await?;
    if !articles.iter().any(|a| a.code == new.article) {
        return Err(Refusal::new("consent.no_such_article").into());
    }
    let mut rows = Bulk::new(
        "INSERT INTO provision (municipality_id, id, act_kind, act_id, record_kind, record_id, desk_id, user_id, \
         categories, article, effective_from, command_id) VALUES",
        12,
    );
    for record in &new.records {
        let id: ProvisionId = act.new_id();
        let effective = (!new.pending).then_some(now);
        rows.row(args![
            municipality,
            id,
            new.act_kind,
            new.act,
            record.kind.code(),
            record.id,
            new.desk,
            new.user,
            new.categories,
            &new.article,
            effective,
            command,
        ]);
    }
    rows.run(&mut act.save(right)?).await?;
    Ok(())
}

/// A referral was accepted, an inquiry sent: what was consented to or provided for this act holds from now.
pub async fn take_effect(act: &mut Act, right: &Right, of: ThingId) -> Result<(), Fail> {
    let (municipality, now) = (act.municipality(), act.now());
    let mut conn = act.save(right)?;
    conn.exec(
        "UPDATE consent_recipient SET effective_from = $3 \
         WHERE municipality_id = $1 AND referral_id = $2 AND effective_from IS NULL",
        args![municipality, of, now],
    )
    .await?;
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

/// Records a withdrawal: who said so, and how (by word of mouth, on paper). It holds from the next request on, for
/// everyone.
pub async fn withdraw(
    act: &mut Act,
    right: &Right,
    consent: ConsentId,
    told_by: &str,
    form: Option<ConsentForm>,
) -> Result<(), Fail> {
    let (municipality, now) = (act.municipality(), act.now());
    let changed = act
        .save(right)?
        .exec(
            "UPDATE consent SET state = 'withdrawn', withdrawn_at = $3, withdrawn_told_by = $4, \
             withdrawn_form = $5, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND state = 'given'",
            args![municipality, consent, now, told_by, form.map_or("", Code::code)],
        )
        .await?;
    if changed == 0 {
        return Err(Fail::Stale);
    }
    refresh_giver(act, right, consent).await
}

/// Who may find the giver, and the texts about them, follows the consents that hold now.
async fn refresh_giver(act: &mut Act, right: &Right, consent: ConsentId) -> Result<(), Fail> {
    let m = act.municipality();
    let sql = "SELECT person_id FROM consent WHERE municipality_id = $1 AND id = $2";
    let giver: PersonId = act.facts()?.one(sql, args![m, consent]).await?.get("person_id")?;
    household::findable::refresh_about(act, right, &[giver]).await
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

const SELECT: &str = "SELECT id, state, person_id, given_by, form, categories, purposes, from_day, until_day, \
     given_at, withdrawn_at, desk_id, case_id, version FROM consent WHERE municipality_id = ?";

/// The consents given in a case, newest first.
pub async fn of_case(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    case: CaseId,
) -> Result<Vec<Consent>, Broken> {
    let statement = Statement::new(SELECT, args![municipality])
        .push(" AND case_id = ? ORDER BY given_at DESC, id", args![case]);
    load(conn, municipality, statement).await
}

/// The consents that cover these persons, newest first.
pub async fn of_persons(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    persons: impl IntoIterator<Item = PersonId>,
) -> Result<Vec<Consent>, Broken> {
    let statement = Statement::new(SELECT, args![municipality])
        .push_in(" AND person_id IN", persons)
        .push(" ORDER BY given_at DESC, id", args![]);
    load(conn, municipality, statement).await
}

/// One consent.
pub async fn by_id(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    id: ConsentId,
) -> Result<Option<Consent>, Broken> {
    let statement = Statement::new(SELECT, args![municipality]).push(" AND id = ?", args![id]);
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
    Ok(consents)
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
        desk: row.get("desk_id")?,
        case: row.get("case_id")?,
        version: row.get("version")?,
        recipients: Vec::new(),
    })
}
