//! What the law allows here. And the articles that are a conference's own (社会福祉法106条の6, 生活困窮者自立支援法9条 …): they let a conference ask for what its work
//! needs, and open nothing outside of it (disclosure basis `confidential_conference`). So they are a ground for whoever sits in an open
//! matter of that position about this household, or at its secretariat, and for the answer to what was asked under one.

use access::Viewer;
use engine::{Broken, Conn, Fail, Refusal, args};
use register::{Articles, Between, LegalBasis, Way, sorted_articles};
use site::{Form, T};
use words::Day;
use words::id::{AppointmentId, DeskId, HouseholdId};

use crate::sql::Header;

/// The positions of the conferences somebody asks for.
pub(crate) type Sits = Vec<String>;

/// Under what the viewer sits in an open matter about this household: as a member who has pledged, at its secretariat, or as its deputy.
/// That somebody else sits there is not theirs to know.
pub(crate) async fn sits(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    household: HouseholdId,
) -> Result<Sits, Broken> {
    let rows = conn
        .all(
            "SELECT m.position, m.secretariat_desk_id, k.appointment_id AS member_id, d.appointment_id AS deputy_id \
             FROM matter m \
             LEFT JOIN matter_member k ON k.municipality_id = m.municipality_id AND k.matter_id = m.id \
             AND k.user_id = $3 AND k.until_at IS NULL AND k.pledged_at IS NOT NULL \
             LEFT JOIN matter_deputy d ON d.municipality_id = m.municipality_id AND d.matter_id = m.id \
             AND d.user_id = $3 AND d.until_at IS NULL \
             WHERE m.municipality_id = $1 AND m.household_id = $2 AND m.closed_at IS NULL",
            args![viewer.municipality, household, viewer.user],
        )
        .await?;
    let mut found = Sits::new();
    for row in rows {
        let secretariat: DeskId = row.get("secretariat_desk_id")?;
        let member: Option<AppointmentId> = row.get("member_id")?;
        let deputy: Option<AppointmentId> = row.get("deputy_id")?;
        let here = viewer.seats.iter().any(|s| {
            let seat = Some(s.appointment);
            (s.role.sits_in_confidence() && seat == member)
                || (s.role.reads_desk_records() && (s.holds(secretariat) || seat == deputy))
        });
        if here {
            found.push(row.get("position")?);
        }
    }
    Ok(found)
}

/// For what an answer can be given: also for the conference that asked, whoever sits in it, as long as it is open.
fn answers(mut sits: Sits, asked_under: &str, is_open: bool) -> Sits {
    sits.extend(register::position_of(asked_under).filter(|_| is_open).map(str::to_owned));
    sits
}

/// The same, of this inquiry: a conference asks until its matter is closed (disclosure basis `confidential_conference`, "until").
async fn answers_for(conn: &mut Conn<'_>, viewer: &Viewer, r: &Header, sits: Sits) -> Result<Sits, Broken> {
    let Some(position) = register::position_of(&r.article) else { return Ok(sits) };
    let open = conn
        .maybe(
            "SELECT 1 AS there FROM matter WHERE municipality_id = $1 AND household_id = $2 AND position = $3 \
             AND closed_at IS NULL LIMIT 1",
            args![viewer.municipality, r.household, position],
        )
        .await?;
    Ok(answers(sits, &r.article, open.is_some()))
}

/// What is wrong with an article for somebody who asks, or answers, for these conferences; as the key of its sentence.
pub(crate) fn wrong(article: &str, sits: &[String]) -> Option<&'static str> {
    let own = register::position_of(article)?;
    (!sits.iter().any(|position| position == own)).then_some("law_ground.conference")
}

/// The same of an answer to what was asked under an article: that it was a conference's whose matter is closed by now is said as that.
fn wrong_answer(article: &str, answers: &[String], asked_under: &str) -> Option<&'static str> {
    let of = register::position_of(article);
    wrong(article, answers)
        .map(|key| if of == register::position_of(asked_under) { "inquiry.conference_over" } else { key })
}

/// The same for a command, which does not have to come from a form.
pub(crate) fn fits(article: &str, sits: &[String]) -> Result<(), Refusal> {
    wrong(article, sits).map_or(Ok(()), |key| Err(Refusal::new(key)))
}

/// The same for the command of an answer.
pub(crate) async fn fits_answer(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    r: &Header,
    article: &str,
) -> Result<(), Fail> {
    let sits = sits(conn, viewer, r.household).await?;
    let answers = answers_for(conn, viewer, r, sits).await?;
    wrong_answer(article, &answers, &r.article).map_or(Ok(()), |key| Err(Refusal::new(key).into()))
}

/// The articles of a form without those of conferences that nobody asks for here: they stand behind the others where they are kept
/// (`keeps`), and what was chosen stays in any case.
pub(crate) fn narrowed(articles: Articles, sits: &[String], keeps: impl Fn(&str) -> bool) -> Articles {
    let (behind, fit): (Vec<_>, Vec<_>) =
        articles.fit.into_iter().partition(|(code, _)| wrong(code, sits).is_some());
    let mut other = articles.other;
    other.extend(behind.into_iter().filter(|(code, _)| keeps(code)));
    Articles { fit, other }
}

/// The articles between the two desks of an inquiry, for whoever looks at it.
pub(crate) struct Law {
    /// The conferences the viewer asks for, and those an answer can be given for.
    asks: Sits,
    answers: Sits,
    /// The article it was asked under.
    asked_under: String,
    bases: Vec<LegalBasis>,
    between: Option<Between>,
}

impl Law {
    pub async fn load(conn: &mut Conn<'_>, viewer: &Viewer, r: &Header, today: Day) -> Result<Self, Broken> {
        let m = viewer.municipality;
        let asks = sits(conn, viewer, r.household).await?;
        Ok(Self {
            answers: answers_for(conn, viewer, r, asks.clone()).await?,
            asks,
            asked_under: r.article.clone(),
            bases: register::legal_bases_for(conn, m, today, register::Sharing::Inquiry).await?,
            between: register::between(conn, m, (r.from, r.to), today).await?,
        })
    }

    fn sits(&self, way: Way) -> &[String] {
        if way == Way::Answer { &self.answers } else { &self.asks }
    }

    /// What is wrong with an article this way, as the key of its sentence.
    pub fn wrong(&self, article: &str, way: Way) -> Option<&'static str> {
        register::ground(register::scope_of(article), way, self.between).or_else(|| {
            if way == Way::Answer {
                wrong_answer(article, &self.answers, &self.asked_under)
            } else {
                wrong(article, self.sits(way))
            }
        })
    }

    /// The article it was asked under, where the answer can be handed over under it too.
    pub fn to_answer_under(&self) -> String {
        let fits = self.wrong(&self.asked_under, Way::Answer).is_none();
        if fits { self.asked_under.clone() } else { String::new() }
    }

    /// Whether it was asked for a conference whose matter is closed by now: its article is no ground for an answer any more.
    pub fn is_over(&self) -> bool {
        wrong(&self.asked_under, &self.answers).is_some()
    }

    /// The articles to choose from: those that fit, and what was chosen.
    pub fn offered(&self, form: &Form, field: &str, way: Way) -> Articles {
        let fits = |scope| register::ground(scope, way, self.between).is_none();
        let found = sorted_articles(&self.bases, form.value(field), fits, |_| false);
        narrowed(found, self.sits(way), |code| form.chose(field, code))
    }

    /// What the law allows, beside the form of a refusal: ready sentences, each with the article as the dated table names it. One
    /// whose article the municipality's table does not have (any more) is left out, and so is one that is not for these two bodies, or of a
    /// conference that neither asks nor is sat in here.
    pub fn allowed(&self, t: &T) -> Vec<String> {
        let here = |scope| {
            scope == register::Scope::Consent || register::ground(scope, Way::Answer, self.between).is_none()
        };
        self.bases
            .iter()
            .filter(|b| here(b.scope()) && wrong(&b.code, &self.answers).is_none())
            .filter_map(|b| {
                let key = format!("inquiry_may.{}", b.code);
                t.sentence(&key)?;
                Some(t.f(&key, "article", &b.name))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_article_of_a_conference_is_for_whoever_sits_in_it() {
        let sits = |codes: &[&str]| codes.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>();
        assert_eq!(wrong("swa_106_6", &[]), Some("law_ground.conference"));
        assert_eq!(wrong("swa_106_6", &sits(&["needy_support"])), Some("law_ground.conference"));
        assert_eq!(wrong("swa_106_6", &sits(&["needy_support", "support_conference"])), None);
        assert_eq!(wrong("child_25_3", &sits(&["child_protection"])), None);
        // What is of no conference asks for none, and neither does what a municipality added.
        assert_eq!((wrong("pipa_69_1", &[]), wrong("ours", &[])), (None, None));
        assert!(fits("needy_9", &[]).is_err() && fits("needy_9", &sits(&["needy_support"])).is_ok());
    }

    #[test]
    fn a_conference_is_answered_as_long_as_it_is_open() {
        let child = || vec!["child_protection".to_owned()];
        assert_eq!(answers(child(), "swa_106_6", true), ["child_protection", "support_conference"]);
        assert_eq!(answers(child(), "swa_106_6", false), child());
        assert_eq!(answers(child(), "pipa_69_1", true), child());
        let key =
            |article: &str, open| wrong_answer(article, &answers(child(), "swa_106_6", open), "swa_106_6");
        assert_eq!(
            (key("swa_106_6", true), key("swa_106_6", false)),
            (None, Some("inquiry.conference_over"))
        );
        assert_eq!((key("child_25_3", false), key("pipa_69_1", false)), (None, None));
        assert_eq!(key("needy_9", true), Some("law_ground.conference"), "of another conference");
    }

    #[test]
    fn articles_of_other_conferences_stand_behind() {
        let row = |code: &str| (code.to_owned(), code.to_owned());
        let of = || Articles {
            fit: ["pipa_69_1", "swa_106_6", "needy_9"].map(row).to_vec(),
            other: vec![row("pipa_27_1_2")],
        };
        let codes = |list: &[(String, String)]| list.iter().map(|(c, _)| c.clone()).collect::<Vec<_>>();
        let sits = ["needy_support".to_owned()];
        let found = narrowed(of(), &sits, |_| true);
        assert_eq!(codes(&found.fit), ["pipa_69_1", "needy_9"]);
        assert_eq!(codes(&found.other), ["pipa_27_1_2", "swa_106_6"]);
        let found = narrowed(of(), &[], |code| code == "needy_9");
        assert_eq!(codes(&found.fit), ["pipa_69_1"]);
        assert_eq!(codes(&found.other), ["pipa_27_1_2", "needy_9"]);
    }
}
