//! Taking the content away. Rows and ids stay: foreign keys, case numbers without gaps and figures hold. What is left says
//! that there was something, from when to when, at which desk; not about whom and not what.
//!
//! Everything that belongs to what goes is found through the mark it was given in this very act: `disposed_at` is set
//! once, to the moment of the act, and two acts of one municipality never have the same moment and the same list.

use engine::{Broken, Conn, Statement, args, search};
use words::Instant;
use words::code::Code;
use words::id::{MunicipalityId, ThingId};

use crate::rules::Kind;

/// How many ids one statement names.
const ROUND: usize = 500;

/// Disposes of these records with everything written in them. To be called in the act that holds the right.
pub(crate) async fn dispose(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    now: Instant,
    records: &[(Kind, ThingId)],
) -> Result<(), Broken> {
    for kind in Kind::ALL.iter().copied() {
        let ids: Vec<ThingId> = records.iter().filter(|(k, _)| *k == kind).map(|(_, id)| *id).collect();
        for ids in ids.chunks(ROUND) {
            let head = match kind {
                Kind::Case => {
                    "UPDATE case_file SET disposed_at = ?, version = version + 1 WHERE municipality_id = ? AND id IN"
                }
                Kind::Consultation => {
                    "UPDATE consultation SET disposed_at = ?, version = version + 1 WHERE municipality_id = ? AND id IN"
                }
                Kind::Sheet => {
                    "UPDATE connecting_sheet SET disposed_at = ?, version = version + 1 WHERE municipality_id = ? AND id IN"
                }
                Kind::Session => {
                    "UPDATE meeting SET disposed_at = ?, version = version + 1 WHERE municipality_id = ? AND id IN"
                }
            };
            // A form that was open meanwhile is stale: nobody reopens what is gone.
            conn.run(Statement::new(head, args![now, m]).push_in("", ids.iter().copied())).await?;
        }
    }
    let sessions = records.iter().any(|(kind, _)| *kind == Kind::Session);
    let others = records.iter().any(|(kind, _)| *kind != Kind::Session);
    let statements = WITH_IT.iter().filter(|_| others).chain(OF_SESSIONS.iter().filter(|_| sessions));
    for sql in statements {
        conn.exec(sql, args![m, now]).await?;
    }
    forget(conn, m, now, "entry", ENTRIES).await?;
    forget(conn, m, now, "person", PERSONS).await?;
    forget(conn, m, now, "person_where", PERSONS).await?;
    // Files made of lists may hold what is gone; they are kept for days only and can be made again.
    conn.exec(
        "DELETE FROM export_part WHERE municipality_id = $1 AND export_id IN \
         (SELECT id FROM export WHERE municipality_id = $1 AND asked_at <= $2)",
        args![m, now],
    )
    .await?;
    conn.exec(
        "UPDATE export SET state = 'gone', reason = 'disposal.file_gone', bytes = 0 \
         WHERE municipality_id = $1 AND state IN ('waiting', 'making', 'ready') AND asked_at <= $2",
        args![m, now],
    )
    .await?;
    Ok(())
}

/// Step by step, from the record to what hangs on it. `$1` is the municipality, `$2` the moment of the act.
const WITH_IT: &[&str] = &[
    // Consultations and sheets go with their case, and with one another.
    "UPDATE consultation SET disposed_at = $2, version = version + 1 WHERE municipality_id = $1 AND disposed_at IS NULL AND case_id IN \
     (SELECT id FROM case_file WHERE municipality_id = $1 AND disposed_at = $2)",
    "UPDATE connecting_sheet SET disposed_at = $2, version = version + 1 WHERE municipality_id = $1 AND disposed_at IS NULL AND (case_id IN \
     (SELECT id FROM case_file WHERE municipality_id = $1 AND disposed_at = $2) OR consultation_id IN \
     (SELECT id FROM consultation WHERE municipality_id = $1 AND disposed_at = $2) OR id IN \
     (SELECT sheet_id FROM consultation WHERE municipality_id = $1 AND disposed_at = $2 AND sheet_id IS NOT NULL))",
    "UPDATE consultation SET came_as = '', place = '' WHERE municipality_id = $1 AND disposed_at = $2",
    "UPDATE filled_sheet SET disposed_at = $2 WHERE municipality_id = $1 AND disposed_at IS NULL AND (case_id IN \
     (SELECT id FROM case_file WHERE municipality_id = $1 AND disposed_at = $2) OR consultation_id IN \
     (SELECT id FROM consultation WHERE municipality_id = $1 AND disposed_at = $2) OR sheet_id IN \
     (SELECT id FROM connecting_sheet WHERE municipality_id = $1 AND disposed_at = $2))",
    // People, when nothing else of their household is left: of no household they belong or belonged to.
    "UPDATE person SET disposed_at = $2, name = '', reading = '', alias = '', name_key = '', reading_key = '', \
     birth = NULL, died = NULL, gender = '', how_to_address = '', language = '', interpreter = FALSE, address = '', \
     address_key = '', phone = '', phone_key = '', contact_wish = '', relation = '' \
     WHERE municipality_id = $1 AND disposed_at IS NULL AND household_id IN \
     (SELECT household_id FROM case_file WHERE municipality_id = $1 AND disposed_at = $2 \
     UNION SELECT household_id FROM consultation WHERE municipality_id = $1 AND disposed_at = $2 \
     AND household_id IS NOT NULL \
     UNION SELECT household_id FROM connecting_sheet WHERE municipality_id = $1 AND disposed_at = $2 \
     AND household_id IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM household_member h \
     WHERE h.municipality_id = person.municipality_id AND h.person_id = person.id AND (\
     EXISTS (SELECT 1 FROM case_file c WHERE c.municipality_id = h.municipality_id \
     AND c.household_id = h.household_id AND c.disposed_at IS NULL) OR \
     EXISTS (SELECT 1 FROM consultation c WHERE c.municipality_id = h.municipality_id \
     AND c.household_id = h.household_id AND c.disposed_at IS NULL) OR \
     EXISTS (SELECT 1 FROM connecting_sheet c WHERE c.municipality_id = h.municipality_id \
     AND c.household_id = h.household_id AND c.disposed_at IS NULL))) \
     AND (EXISTS (SELECT 1 FROM household_member h WHERE h.municipality_id = person.municipality_id \
     AND h.person_id = person.id) OR NOT (\
     EXISTS (SELECT 1 FROM case_file c WHERE c.municipality_id = person.municipality_id \
     AND c.household_id = person.household_id AND c.disposed_at IS NULL) OR \
     EXISTS (SELECT 1 FROM consultation c WHERE c.municipality_id = person.municipality_id \
     AND c.household_id = person.household_id AND c.disposed_at IS NULL) OR \
     EXISTS (SELECT 1 FROM connecting_sheet c WHERE c.municipality_id = person.municipality_id \
     AND c.household_id = person.household_id AND c.disposed_at IS NULL)))",
    // Keys by which they could be found, and what was said of whether two are one.
    "DELETE FROM person_block WHERE municipality_id = $1 AND person_id IN \
     (SELECT id FROM person WHERE municipality_id = $1 AND disposed_at = $2)",
    "DELETE FROM person_due WHERE municipality_id = $1 AND person_id IN \
     (SELECT id FROM person WHERE municipality_id = $1 AND disposed_at = $2)",
    "DELETE FROM same_step WHERE municipality_id = $1 AND pair_id IN (SELECT s.id FROM same_pair s JOIN person p \
     ON p.municipality_id = s.municipality_id AND (p.id = s.person_a OR p.id = s.person_b) \
     WHERE s.municipality_id = $1 AND p.disposed_at = $2)",
    "DELETE FROM same_pair WHERE municipality_id = $1 AND (\
     person_a IN (SELECT id FROM person WHERE municipality_id = $1 AND disposed_at = $2) \
     OR person_b IN (SELECT id FROM person WHERE municipality_id = $1 AND disposed_at = $2))",
    "UPDATE household_member SET relation = '' WHERE municipality_id = $1 AND person_id IN \
     (SELECT id FROM person WHERE municipality_id = $1 AND disposed_at = $2)",
    "UPDATE person_error_member SET relation = '' WHERE municipality_id = $1 AND error_id IN (SELECT e.id \
     FROM person_error e JOIN person p ON p.municipality_id = e.municipality_id AND p.id = e.person_id \
     WHERE e.municipality_id = $1 AND p.disposed_at = $2)",
    "UPDATE person_event SET day = '' WHERE municipality_id = $1 AND person_id IN \
     (SELECT id FROM person WHERE municipality_id = $1 AND disposed_at = $2)",
    "UPDATE former_name SET name = '', reading = '', until_day = NULL WHERE municipality_id = $1 AND person_id IN \
     (SELECT id FROM person WHERE municipality_id = $1 AND disposed_at = $2)",
    "UPDATE former_address SET address = '', from_day = NULL, until_day = NULL WHERE municipality_id = $1 \
     AND person_id IN (SELECT id FROM person WHERE municipality_id = $1 AND disposed_at = $2)",
    "DELETE FROM planned_move WHERE municipality_id = $1 AND person_id IN \
     (SELECT id FROM person WHERE municipality_id = $1 AND disposed_at = $2)",
    // What lies between people goes with the first of them; what the household had outside goes with the last.
    "UPDATE tie SET disposed_at = $2, kind = 'outside', outside = '', strength = '', direction = '', agency_id = NULL, from_day = NULL, until_day = NULL \
     WHERE municipality_id = $1 AND disposed_at IS NULL AND (\
     a_id IN (SELECT id FROM person WHERE municipality_id = $1 AND disposed_at = $2) \
     OR b_id IN (SELECT id FROM person WHERE municipality_id = $1 AND disposed_at = $2) \
     OR household_id IN (SELECT household_id FROM person WHERE municipality_id = $1 AND disposed_at = $2 \
     AND household_id NOT IN (SELECT p.household_id FROM person p WHERE p.municipality_id = $1 \
     AND p.disposed_at IS NULL)))",
    // Texts: what stands, what was corrected, what was entered in error; also what the household has beside its records.
    "UPDATE entry SET disposed_at = $2, body = '', answer = '' WHERE municipality_id = $1 AND disposed_at IS NULL AND (\
     case_id IN (SELECT id FROM case_file WHERE municipality_id = $1 AND disposed_at = $2) \
     OR consultation_id IN (SELECT id FROM consultation WHERE municipality_id = $1 AND disposed_at = $2) \
     OR sheet_id IN (SELECT id FROM connecting_sheet WHERE municipality_id = $1 AND disposed_at = $2) \
     OR filled_id IN (SELECT id FROM filled_sheet WHERE municipality_id = $1 AND disposed_at = $2) \
     OR referral_id IN (SELECT r.id FROM referral r JOIN case_file c ON c.municipality_id = r.municipality_id \
     AND c.id = r.case_id WHERE r.municipality_id = $1 AND c.disposed_at = $2) \
     OR matter_id IN (SELECT w.id FROM matter w LEFT JOIN case_file c ON c.municipality_id = w.municipality_id \
     AND c.id = w.case_id LEFT JOIN consultation k ON k.municipality_id = w.municipality_id \
     AND k.id = w.consultation_id WHERE w.municipality_id = $1 AND (c.disposed_at = $2 OR k.disposed_at = $2)) \
     OR id IN (SELECT e.entry_id FROM inquiry_entry e JOIN inquiry i ON i.municipality_id = e.municipality_id \
     AND i.id = e.inquiry_id LEFT JOIN case_file c ON c.municipality_id = i.municipality_id AND c.id = i.case_id \
     LEFT JOIN consultation k ON k.municipality_id = i.municipality_id AND k.id = i.consultation_id \
     WHERE e.municipality_id = $1 AND (c.disposed_at = $2 OR k.disposed_at = $2)) \
     OR id IN (SELECT x.entry_id FROM triage_entry x JOIN triage t ON t.municipality_id = x.municipality_id \
     AND t.id = x.triage_id WHERE x.municipality_id = $1 AND (t.case_id IN \
     (SELECT id FROM case_file WHERE municipality_id = $1 AND disposed_at = $2) OR t.consultation_id IN \
     (SELECT id FROM consultation WHERE municipality_id = $1 AND disposed_at = $2) OR t.sheet_id IN \
     (SELECT id FROM connecting_sheet WHERE municipality_id = $1 AND disposed_at = $2))) \
     OR id IN (SELECT t.entry_id FROM task t LEFT JOIN case_file c ON c.municipality_id = t.municipality_id \
     AND c.id = t.case_id LEFT JOIN consultation k ON k.municipality_id = t.municipality_id \
     AND k.id = t.consultation_id WHERE t.municipality_id = $1 AND t.entry_id IS NOT NULL \
     AND (c.disposed_at = $2 OR k.disposed_at = $2)) \
     OR household_id IN (SELECT household_id FROM person WHERE municipality_id = $1 AND disposed_at = $2 \
     AND household_id NOT IN (SELECT p.household_id FROM person p WHERE p.municipality_id = $1 \
     AND p.disposed_at IS NULL)))",
    // A correction without the ids of what it corrects, and the other way round.
    "UPDATE entry SET disposed_at = $2, body = '', answer = '' WHERE municipality_id = $1 AND disposed_at IS NULL \
     AND corrects_id IN (SELECT id FROM entry WHERE municipality_id = $1 AND disposed_at = $2)",
    "UPDATE entry SET disposed_at = $2, body = '', answer = '' WHERE municipality_id = $1 AND disposed_at IS NULL \
     AND id IN (SELECT corrects_id FROM entry WHERE municipality_id = $1 AND disposed_at = $2 \
     AND corrects_id IS NOT NULL)",
    "DELETE FROM learnt WHERE municipality_id = $1 AND entry_id IN \
     (SELECT id FROM entry WHERE municipality_id = $1 AND disposed_at = $2)",
    "UPDATE consent SET given_by_name = '', witness = '', relation = '', evidence = '', withdrawn_by_name = '', \
     withdrawn_relation = '', withdrawn_evidence = '' WHERE municipality_id = $1 AND (case_id IN \
     (SELECT id FROM case_file WHERE municipality_id = $1 AND disposed_at = $2) OR person_id IN \
     (SELECT id FROM person WHERE municipality_id = $1 AND disposed_at = $2))",
    // A refusal must name its decider; of what is disposed of nobody needs to know who it was.
    "UPDATE inquiry SET decider_name = '-', decider_post = '-' WHERE municipality_id = $1 AND decider_name <> '' AND \
     (case_id IN (SELECT id FROM case_file WHERE municipality_id = $1 AND disposed_at = $2) OR consultation_id IN \
     (SELECT id FROM consultation WHERE municipality_id = $1 AND disposed_at = $2))",
    // Whoever sat in a conference without a login was written down by name; the desk stays.
    "UPDATE matter_member SET name = '-' WHERE municipality_id = $1 AND name <> '' AND matter_id IN (\
     SELECT w.id FROM matter w LEFT JOIN case_file c ON c.municipality_id = w.municipality_id \
     AND c.id = w.case_id LEFT JOIN consultation k ON k.municipality_id = w.municipality_id \
     AND k.id = w.consultation_id WHERE w.municipality_id = $1 AND (c.disposed_at = $2 OR k.disposed_at = $2))",
    // Whoever was invited to talk it over by name, and who held a conference elsewhere: the desk and the day stay.
    "UPDATE invitee SET name = CASE WHEN name = '' THEN '' ELSE '-' END, \
     substitute = CASE WHEN substitute = '' THEN '' ELSE '-' END WHERE municipality_id = $1 AND item_id IN (\
     SELECT i.id FROM agenda_item i LEFT JOIN matter w ON w.municipality_id = i.municipality_id AND w.id = i.matter_id \
     LEFT JOIN case_file c ON c.municipality_id = i.municipality_id AND (c.id = i.case_id OR c.id = w.case_id) \
     LEFT JOIN consultation k ON k.municipality_id = i.municipality_id AND k.id = w.consultation_id \
     WHERE i.municipality_id = $1 AND (c.disposed_at = $2 OR k.disposed_at = $2))",
    // Who said by telephone what they thought of its minutes: the words are entries and went with them.
    "UPDATE minutes_comment SET name = '-' WHERE municipality_id = $1 AND name <> '' AND section_id IN (\
     SELECT s.id FROM minutes_section s WHERE s.municipality_id = $1 AND s.item_id IN (\
     SELECT i.id FROM agenda_item i LEFT JOIN matter w ON w.municipality_id = i.municipality_id AND w.id = i.matter_id \
     LEFT JOIN case_file c ON c.municipality_id = i.municipality_id AND (c.id = i.case_id OR c.id = w.case_id) \
     LEFT JOIN consultation k ON k.municipality_id = i.municipality_id AND k.id = w.consultation_id \
     WHERE i.municipality_id = $1 AND (c.disposed_at = $2 OR k.disposed_at = $2)))",
    // To whom homework about it was given, of a partner without a login.
    "UPDATE homework SET name = '-' WHERE municipality_id = $1 AND name <> '' AND item_id IN (\
     SELECT i.id FROM agenda_item i LEFT JOIN matter w ON w.municipality_id = i.municipality_id AND w.id = i.matter_id \
     LEFT JOIN case_file c ON c.municipality_id = i.municipality_id AND (c.id = i.case_id OR c.id = w.case_id) \
     LEFT JOIN consultation k ON k.municipality_id = i.municipality_id AND k.id = w.consultation_id \
     WHERE i.municipality_id = $1 AND (c.disposed_at = $2 OR k.disposed_at = $2))",
    // Nobody can say any more what became of it: whoever owes an answer owes none.
    "UPDATE task SET state = 'cancelled', ended_at = $2, version = version + 1 WHERE municipality_id = $1 AND kind = 'tell_after' \
     AND state = 'open' AND thing_id IN (SELECT q.id FROM item_question q JOIN agenda_item i \
     ON i.municipality_id = q.municipality_id AND i.id = q.item_id LEFT JOIN matter w ON w.municipality_id = i.municipality_id \
     AND w.id = i.matter_id LEFT JOIN case_file c ON c.municipality_id = i.municipality_id \
     AND (c.id = i.case_id OR c.id = w.case_id) LEFT JOIN consultation k ON k.municipality_id = w.municipality_id \
     AND k.id = w.consultation_id WHERE q.municipality_id = $1 AND (c.disposed_at = $2 OR k.disposed_at = $2))",
    "UPDATE task SET state = 'cancelled', ended_at = $2, version = version + 1 WHERE municipality_id = $1 AND kind = 'hear_item' \
     AND state = 'open' AND thing_id IN (SELECT i.id FROM agenda_item i LEFT JOIN matter w ON w.municipality_id = i.municipality_id \
     AND w.id = i.matter_id LEFT JOIN case_file c ON c.municipality_id = i.municipality_id \
     AND (c.id = i.case_id OR c.id = w.case_id) LEFT JOIN consultation k ON k.municipality_id = w.municipality_id \
     AND k.id = w.consultation_id WHERE i.municipality_id = $1 AND (c.disposed_at = $2 OR k.disposed_at = $2))",
    "UPDATE outside_conference SET host = '-' WHERE municipality_id = $1 AND host <> '' AND case_id IN (\
     SELECT id FROM case_file WHERE municipality_id = $1 AND disposed_at = $2)",
    // Files: of a consent, of a text, of whatever went.
    "UPDATE attachment SET name = '', sha256 = '', voided_at = COALESCE(voided_at, $2), \
     voided_command_id = COALESCE(voided_command_id, command_id) WHERE municipality_id = $1 AND (of_id IN (\
     SELECT x.id FROM consent x LEFT JOIN case_file c ON c.municipality_id = x.municipality_id AND c.id = x.case_id \
     LEFT JOIN person p ON p.municipality_id = x.municipality_id AND p.id = x.person_id \
     WHERE x.municipality_id = $1 AND (c.disposed_at = $2 OR p.disposed_at = $2) \
     UNION SELECT id FROM case_file WHERE municipality_id = $1 AND disposed_at = $2 \
     UNION SELECT id FROM consultation WHERE municipality_id = $1 AND disposed_at = $2 \
     UNION SELECT id FROM connecting_sheet WHERE municipality_id = $1 AND disposed_at = $2 \
     UNION SELECT id FROM filled_sheet WHERE municipality_id = $1 AND disposed_at = $2 \
     UNION SELECT id FROM entry WHERE municipality_id = $1 AND disposed_at = $2) OR household_id IN \
     (SELECT household_id FROM person WHERE municipality_id = $1 AND disposed_at = $2 \
     AND household_id NOT IN (SELECT p.household_id FROM person p WHERE p.municipality_id = $1 \
     AND p.disposed_at IS NULL)))",
    "DELETE FROM attachment_part WHERE municipality_id = $1 AND attachment_id IN \
     (SELECT id FROM attachment WHERE municipality_id = $1 AND sha256 = '' AND voided_at <= $2)",
    // Nobody is told that something waits to be read.
    "UPDATE feedback SET read_at = $2 WHERE municipality_id = $1 AND given_at IS NOT NULL AND read_at IS NULL AND \
     (referral_id IN (SELECT r.id FROM referral r JOIN case_file c ON c.municipality_id = r.municipality_id \
     AND c.id = r.case_id WHERE r.municipality_id = $1 AND c.disposed_at = $2) OR sheet_id IN \
     (SELECT id FROM connecting_sheet WHERE municipality_id = $1 AND disposed_at = $2))",
    // Why somebody looked urgently, and what was said of it afterwards: that they did stays, like the log.
    "DELETE FROM urgent_words WHERE municipality_id = $1 AND of_id IN (\
     SELECT l.ask_id FROM urgent_look l JOIN case_file c ON c.municipality_id = l.municipality_id AND c.id = l.case_id \
     WHERE l.municipality_id = $1 AND c.disposed_at = $2 \
     UNION SELECT v.id FROM urgent_review v JOIN urgent_look l ON l.municipality_id = v.municipality_id \
     AND l.id = v.look_id JOIN case_file c ON c.municipality_id = l.municipality_id AND c.id = l.case_id \
     WHERE v.municipality_id = $1 AND c.disposed_at = $2 \
     UNION SELECT n.task_id FROM urgent_notice n JOIN urgent_look l ON l.municipality_id = n.municipality_id \
     AND l.id = n.look_id JOIN case_file c ON c.municipality_id = l.municipality_id AND c.id = l.case_id \
     WHERE n.municipality_id = $1 AND c.disposed_at = $2)",
    // What whoever visited was warned of, and what was thought about a family.
    "UPDATE caution SET kind = 'other' WHERE municipality_id = $1 AND case_id IN \
     (SELECT id FROM case_file WHERE municipality_id = $1 AND disposed_at = $2)",
    "DELETE FROM engagement WHERE municipality_id = $1 AND (case_id IN \
     (SELECT id FROM case_file WHERE municipality_id = $1 AND disposed_at = $2) OR person_id IN \
     (SELECT id FROM person WHERE municipality_id = $1 AND disposed_at = $2))",
    "UPDATE need SET area = 'other', reason = CASE WHEN reason = '' THEN '' ELSE 'other' END WHERE municipality_id = $1 \
     AND case_id IN (SELECT id FROM case_file WHERE municipality_id = $1 AND disposed_at = $2)",
    // Why another desk answered for it for a while: that it did stays.
    "UPDATE temporary_lead SET reason = 'other' WHERE municipality_id = $1 AND case_id IN \
     (SELECT id FROM case_file WHERE municipality_id = $1 AND disposed_at = $2)",
    // Where somebody wished to be, and why not: how many there were, and when, stays.
    "UPDATE participation_step SET place_desk_id = NULL, reason = '' WHERE municipality_id = $1 AND participation_id IN \
     (SELECT p.id FROM participation p JOIN case_file c ON c.municipality_id = p.municipality_id AND c.id = p.case_id \
     WHERE p.municipality_id = $1 AND c.disposed_at = $2)",
    "UPDATE participation SET state = 'ended', version = version + 1 WHERE municipality_id = $1 \
     AND state NOT IN ('ended', 'unmet') AND case_id IN \
     (SELECT id FROM case_file WHERE municipality_id = $1 AND disposed_at = $2)",
    // From whom somebody was sheltered, and who was not heard for whom.
    "UPDATE shelter SET reason = 'other' WHERE municipality_id = $1 AND person_id IN \
     (SELECT id FROM person WHERE municipality_id = $1 AND disposed_at = $2)",
    "DELETE FROM shelter_desk WHERE municipality_id = $1 AND shelter_id IN (SELECT s.id FROM shelter s JOIN person p \
     ON p.municipality_id = s.municipality_id AND p.id = s.person_id WHERE s.municipality_id = $1 AND p.disposed_at = $2)",
    // Who asked for a copy of who looked: with the person, and with the record it was asked about, also where the person goes on elsewhere.
    "UPDATE access_report SET requester_name = '', requester_evidence = '' WHERE municipality_id = $1 AND (case_id IN \
     (SELECT id FROM case_file WHERE municipality_id = $1 AND disposed_at = $2) OR consultation_id IN \
     (SELECT id FROM consultation WHERE municipality_id = $1 AND disposed_at = $2) OR person_id IN \
     (SELECT id FROM person WHERE municipality_id = $1 AND disposed_at = $2))",
    "DELETE FROM guardian_set_aside WHERE municipality_id = $1 AND (person_id IN \
     (SELECT id FROM person WHERE municipality_id = $1 AND disposed_at = $2) OR guardian_id IN \
     (SELECT id FROM person WHERE municipality_id = $1 AND disposed_at = $2))",
    // What was asked of other desks without a name, and before whom a blind request stood: that it was asked stays with its case.
    "UPDATE capacity_asked SET reason = '', told_by = '' WHERE municipality_id = $1 AND question_id IN (SELECT q.id \
     FROM capacity_question q JOIN case_file c ON c.municipality_id = q.municipality_id AND c.id = q.case_id \
     WHERE q.municipality_id = $1 AND c.disposed_at = $2)",
    "UPDATE capacity_question SET need = 'other', area_id = NULL, age_band = '' WHERE municipality_id = $1 AND case_id IN \
     (SELECT id FROM case_file WHERE municipality_id = $1 AND disposed_at = $2)",
    "UPDATE task SET state = 'cancelled', ended_at = $2, version = version + 1 WHERE municipality_id = $1 AND state = 'open' \
     AND kind = 'return_contact' AND thing_id IN (SELECT t.id FROM contact_target t JOIN person p \
     ON p.municipality_id = t.municipality_id AND p.id = t.person_id WHERE t.municipality_id = $1 AND p.disposed_at = $2)",
    "DELETE FROM contact_target WHERE municipality_id = $1 AND person_id IN \
     (SELECT id FROM person WHERE municipality_id = $1 AND disposed_at = $2)",
    // Why somebody was kept out tells of their tie to the household.
    "UPDATE exclusion SET reason = '' WHERE municipality_id = $1 AND case_id IN \
     (SELECT id FROM case_file WHERE municipality_id = $1 AND disposed_at = $2)",
    "DELETE FROM theme_mark WHERE municipality_id = $1 AND case_id IN \
     (SELECT id FROM case_file WHERE municipality_id = $1 AND disposed_at = $2)",
    // A case of the library has nobody in it and stays; where it came from is forgotten.
    "UPDATE lesson SET reflection_id = NULL WHERE municipality_id = $1 AND reflection_id IN (SELECT r.id FROM reflection r \
     JOIN case_file c ON c.municipality_id = r.municipality_id AND c.id = r.case_id \
     WHERE r.municipality_id = $1 AND c.disposed_at = $2)",
    // What lay ahead of whom.
    "DELETE FROM life_stage WHERE municipality_id = $1 AND (case_id IN \
     (SELECT id FROM case_file WHERE municipality_id = $1 AND disposed_at = $2) OR person_id IN \
     (SELECT id FROM person WHERE municipality_id = $1 AND disposed_at = $2))",
    "UPDATE legal_hold SET note = '' WHERE municipality_id = $1 AND case_id IN \
     (SELECT id FROM case_file WHERE municipality_id = $1 AND disposed_at = $2)",
    "UPDATE record_hold SET note = '' WHERE municipality_id = $1 AND (consultation_id IN \
     (SELECT id FROM consultation WHERE municipality_id = $1 AND disposed_at = $2) OR sheet_id IN \
     (SELECT id FROM connecting_sheet WHERE municipality_id = $1 AND disposed_at = $2))",
    "DELETE FROM draft WHERE municipality_id = $1 AND about_id IN (\
     SELECT id FROM case_file WHERE municipality_id = $1 AND disposed_at = $2 \
     UNION SELECT id FROM consultation WHERE municipality_id = $1 AND disposed_at = $2 \
     UNION SELECT id FROM connecting_sheet WHERE municipality_id = $1 AND disposed_at = $2 \
     UNION SELECT id FROM filled_sheet WHERE municipality_id = $1 AND disposed_at = $2 \
     UNION SELECT id FROM person WHERE municipality_id = $1 AND disposed_at = $2 \
     UNION SELECT household_id FROM person WHERE municipality_id = $1 AND disposed_at = $2 \
     UNION SELECT id FROM entry WHERE municipality_id = $1 AND disposed_at = $2 \
     UNION SELECT t.id FROM triage t LEFT JOIN case_file c ON c.municipality_id = t.municipality_id \
     AND c.id = t.case_id LEFT JOIN consultation k ON k.municipality_id = t.municipality_id \
     AND k.id = t.consultation_id WHERE t.municipality_id = $1 AND (c.disposed_at = $2 OR k.disposed_at = $2) \
     UNION SELECT r.id FROM referral r JOIN case_file c ON c.municipality_id = r.municipality_id \
     AND c.id = r.case_id WHERE r.municipality_id = $1 AND c.disposed_at = $2 \
     UNION SELECT i.id FROM inquiry i JOIN case_file c ON c.municipality_id = i.municipality_id \
     AND c.id = i.case_id WHERE i.municipality_id = $1 AND c.disposed_at = $2)",
];

/// What a session kept about nobody. Its title, its day, who was invited and how they came stay; names of partners do not.
const OF_SESSIONS: &[&str] = &[
    "UPDATE minutes_text SET body = '' WHERE municipality_id = $1 AND body <> '' AND section_id IN (SELECT s.id \
     FROM minutes_section s JOIN meeting k ON k.municipality_id = s.municipality_id AND k.id = s.meeting_id \
     WHERE s.municipality_id = $1 AND k.disposed_at = $2)",
    "UPDATE minutes_edition SET note = '' WHERE municipality_id = $1 AND meeting_id IN \
     (SELECT id FROM meeting WHERE municipality_id = $1 AND disposed_at = $2)",
    "UPDATE minutes_comment SET body = '', answer = '', name = CASE WHEN name = '' THEN '' ELSE '-' END \
     WHERE municipality_id = $1 AND meeting_id IN (SELECT id FROM meeting WHERE municipality_id = $1 AND disposed_at = $2)",
    "UPDATE circulation SET words = '-' WHERE municipality_id = $1 AND words <> '' AND meeting_id IN \
     (SELECT id FROM meeting WHERE municipality_id = $1 AND disposed_at = $2)",
    "UPDATE written_answer SET comment = '' WHERE municipality_id = $1 AND comment <> '' AND item_id IN (SELECT a.id \
     FROM agenda_item a JOIN meeting k ON k.municipality_id = a.municipality_id AND k.id = a.meeting_id \
     WHERE a.municipality_id = $1 AND k.disposed_at = $2)",
    "UPDATE homework SET what = CASE WHEN what = '' THEN '' ELSE '-' END, result = '', \
     name = CASE WHEN name = '' THEN '' ELSE '-' END WHERE municipality_id = $1 AND meeting_id IN \
     (SELECT id FROM meeting WHERE municipality_id = $1 AND disposed_at = $2)",
    "UPDATE item_question SET answer = '-' WHERE municipality_id = $1 AND answer <> '' AND item_id IN (SELECT a.id \
     FROM agenda_item a JOIN meeting k ON k.municipality_id = a.municipality_id AND k.id = a.meeting_id \
     WHERE a.municipality_id = $1 AND k.disposed_at = $2)",
    "DELETE FROM agenda_lesson WHERE municipality_id = $1 AND item_id IN (SELECT a.id \
     FROM agenda_item a JOIN meeting k ON k.municipality_id = a.municipality_id AND k.id = a.meeting_id \
     WHERE a.municipality_id = $1 AND k.disposed_at = $2)",
    "UPDATE agenda_item SET subject = '-' WHERE municipality_id = $1 AND subject <> '' AND meeting_id IN \
     (SELECT id FROM meeting WHERE municipality_id = $1 AND disposed_at = $2)",
    "UPDATE invitee SET name = CASE WHEN name = '' THEN '' ELSE '-' END, \
     substitute = CASE WHEN substitute = '' THEN '' ELSE '-' END WHERE municipality_id = $1 AND meeting_id IN \
     (SELECT id FROM meeting WHERE municipality_id = $1 AND disposed_at = $2)",
    "UPDATE meeting_material SET title = '-' WHERE municipality_id = $1 AND title <> '' AND meeting_id IN \
     (SELECT id FROM meeting WHERE municipality_id = $1 AND disposed_at = $2)",
    // A file that a session still kept uses again stays with that one.
    "UPDATE meeting_material_version SET file_id = NULL WHERE municipality_id = $1 AND file_id IS NOT NULL AND material_id IN \
     (SELECT x.id FROM meeting_material x JOIN meeting k ON k.municipality_id = x.municipality_id AND k.id = x.meeting_id \
     WHERE x.municipality_id = $1 AND k.disposed_at = $2)",
    "DELETE FROM meeting_file_part WHERE municipality_id = $1 AND file_id NOT IN (SELECT v.file_id \
     FROM meeting_material_version v WHERE v.municipality_id = $1 AND v.file_id IS NOT NULL)",
    "DELETE FROM meeting_file WHERE municipality_id = $1 AND id NOT IN (SELECT v.file_id \
     FROM meeting_material_version v WHERE v.municipality_id = $1 AND v.file_id IS NOT NULL)",
    // Nobody is asked to read any more what is gone.
    "UPDATE task SET state = 'cancelled', ended_at = $2, version = version + 1 WHERE municipality_id = $1 AND state = 'open' \
     AND kind IN ('read_after', 'read_circulation') AND (thing_id IN (SELECT i.id FROM invitee i JOIN meeting k \
     ON k.municipality_id = i.municipality_id AND k.id = i.meeting_id WHERE i.municipality_id = $1 AND k.disposed_at = $2) \
     OR thing_id IN (SELECT r.id FROM circulation r JOIN meeting k ON k.municipality_id = r.municipality_id \
     AND k.id = r.meeting_id WHERE r.municipality_id = $1 AND k.disposed_at = $2))",
    "UPDATE meeting_hold SET note = '' WHERE municipality_id = $1 AND meeting_id IN \
     (SELECT id FROM meeting WHERE municipality_id = $1 AND disposed_at = $2)",
    "DELETE FROM draft WHERE municipality_id = $1 AND about_id IN \
     (SELECT id FROM meeting WHERE municipality_id = $1 AND disposed_at = $2)",
];

const ENTRIES: &str = "SELECT id FROM entry WHERE municipality_id = $1 AND disposed_at = $2";
const PERSONS: &str = "SELECT id FROM person WHERE municipality_id = $1 AND disposed_at = $2";

/// Nobody finds it by searching.
async fn forget(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    now: Instant,
    kind: &'static str,
    which: &'static str,
) -> Result<(), Broken> {
    let rows = conn.all(which, args![m, now]).await?;
    let ids: Vec<ThingId> = rows.iter().map(|row| row.get("id")).collect::<Result<_, _>>()?;
    for ids in ids.chunks(ROUND) {
        search::remove_many(conn, m, kind, ids.to_vec()).await?;
    }
    Ok(())
}
