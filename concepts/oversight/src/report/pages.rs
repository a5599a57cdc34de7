//! For the auditor: the requests, one request with its rows, and the paper. No content and no name of anybody but staff, unless whoever
//! reads it may know the person: the desk does, and for the auditor the end of the record's number says whose it is.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use access::{Action, Role};
use askama::Template;
use engine::{Channel, Fail, Look, Receipt};
use household::person;
use register::ArticleNames;
use site::{Answer, Choice, Form, Frame, Need, Req, T, link};
use words::code::Code;
use words::id::{AccessId, AccessReportId, CommandId, DeskId, PersonId};

use super::acts::{self, Decision, Done};
use super::desk::changed;
use super::exemption::{self, Exemption};
use super::rules::{self, Danger, Decided, Line, State, Verdict, WithdrawnBecause};
use super::sql::{self, Of, Report};

/// Requests on one list.
const MOST: i64 = 100;

/// A request as lists show it.
pub(crate) struct ReportLine {
    pub href: String,
    pub number: String,
    /// Whose records, by name; empty for whoever may not know.
    pub whose: String,
    /// Whose records, by the end of the record's number.
    pub mark: String,
    pub state: String,
    pub asked_on: String,
    pub due: String,
    pub late: bool,
    pub runs: bool,
}

/// What lists and papers call what a request was taken in.
pub(crate) fn number(t: &T, of: Of) -> String {
    match of {
        Of::Case(year, number) => casefile::number_text(year, number),
        Of::Consultation(day) => t.f("report.of_consultation", "day", t.full_day(day)),
    }
}

/// The end of the number of a person's record: on the paper and on every page of it, so that two of a household are not mixed up. The log
/// shows the auditor the whole of it.
pub(super) fn mark(person: PersonId) -> String {
    let id = person.to_string();
    let from = id.len().saturating_sub(8);
    id.get(from..).unwrap_or_default().to_owned()
}

pub(crate) fn report_line(frame: &Frame, r: &Report) -> ReportLine {
    ReportLine {
        href: link::access_report(r.id),
        number: number(&frame.t, r.of),
        whose: String::new(),
        mark: mark(r.person),
        state: frame.t.code("report_state", r.state),
        asked_on: frame.day(&r.asked_on),
        due: frame.day(&r.due),
        late: rules::runs(r.state) && r.due < frame.now.day(),
        runs: rules::runs(r.state),
    }
}

#[derive(Template)]
#[template(path = "oversight_reports.html")]
struct ListPage {
    frame: Frame,
    running: Vec<ReportLine>,
    over: Vec<ReportLine>,
}

/// GET /audit/reports
pub(crate) async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let m = ctx.viewer.municipality;
    let mut look = ctx.look(Channel::List).await?;
    look.audit(Vec::new())?;
    let running = sql::all(&mut look.conn(), m, true, MOST).await?;
    let over = sql::all(&mut look.conn(), m, false, MOST).await?;
    let page = ListPage {
        running: running.iter().map(|r| report_line(&frame, r)).collect(),
        over: over.iter().map(|r| report_line(&frame, r)).collect(),
        frame,
    };
    Answer::page(page.render(), look.close().await?)
}

/// A line of the log as the auditor and the person read it.
pub(super) struct RowView {
    line: AccessId,
    pub(super) when: String,
    pub(super) desk: String,
    pub(super) role: String,
    pub(super) kind: String,
    pub(super) categories: String,
    pub(super) why: String,
    pub(super) channel: String,
    pub(super) count: String,
    decided: String,
    suggested: String,
    open: bool,
    /// Withheld once by a provision that refuses a request as a whole only.
    whole: bool,
    /// What stands about it: `show`, an exemption, or nothing while nobody has decided.
    stands: String,
    /// What its field holds.
    chosen: String,
    /// What somebody else decided in the meantime, and what was chosen here.
    clash: String,
}

#[derive(Template)]
#[template(path = "oversight_report.html")]
struct ReportPage {
    frame: Frame,
    form: Form,
    id: AccessReportId,
    version: i64,
    line: ReportLine,
    asked_by: String,
    /// Whether the person is a minor, for the auditor; empty for whoever reads the record itself.
    age: String,
    /// Who asks in the person's place: each line a name and a word.
    requester: Vec<(&'static str, String)>,
    identity: String,
    days: String,
    result: String,
    /// What whoever lets the copy go out must know.
    cautions: Vec<&'static str>,
    auditor: bool,
    desk: bool,
    state: String,
    rows: Vec<RowView>,
    open: usize,
    hidden: usize,
    exemptions: Vec<Choice>,
    /// Those by which one row can be withheld.
    of_rows: Vec<Choice>,
    reasons: Vec<Choice>,
    paper: bool,
    owes: bool,
    commands: [CommandId; 5],
}

/// GET /reports/{id}
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    show_page(&req, Form::default()).await
}

/// Who looks at a request: the auditor, or the desk that took it. Absence for everybody else.
pub(super) async fn standing(look: &mut Look, report: &Report, action: Action) -> Result<(bool, bool), Fail> {
    let viewer = look.viewer().clone();
    let relation = acts::relation(&mut look.conn(), viewer.municipality, report).await?;
    let auditor = viewer.has_role(&[Role::PrivacyAuditor]);
    let desk = viewer.reading_desks().contains(&report.desk);
    if relation.keeps_out(&viewer) || !(auditor || desk) {
        return Err(Fail::NotVisible);
    }
    let action = if auditor { Action::PrepareReport } else { action };
    look.permit(action, &relation, acts::record(report.id))?;
    Ok((auditor, desk))
}

/// What the people of a request are called, as far as whoever reads it may know.
pub(super) async fn names(look: &mut Look, report: &Report) -> Result<BTreeMap<PersonId, String>, Fail> {
    let viewer = look.viewer().clone();
    let ids = [Some(report.person), report.requester.person].into_iter().flatten();
    let people = person::by_ids(&mut look.conn(), &viewer, ids).await?;
    let people = look.disclose(people).await?;
    Ok(people.iter().map(|p| (p.id, p.called().to_owned())).filter(|(_, name)| !name.is_empty()).collect())
}

/// Who asks in the person's place. What was typed about them is for the desk that typed it.
fn requester(
    t: &T,
    report: &Report,
    names: &BTreeMap<PersonId, String>,
    desk: bool,
) -> Vec<(&'static str, String)> {
    let who = &report.requester;
    let Some(tie) = who.tie else { return Vec::new() };
    let of = |key: &str| t.s(key).to_owned();
    let name = match who.person {
        Some(id) => names.get(&id).cloned().unwrap_or_else(|| of("report.of_household")),
        None if desk => who.name.clone(),
        None => of("report.outside"),
    };
    let mut lines = vec![("report.requester", name), ("report.tie", t.code("report_tie", tie))];
    if desk {
        lines.push(("report.evidence", who.evidence.clone()));
    }
    lines
}

/// What whoever works on the copy must know before it goes out: of the auditor what is so in the household, of both that nobody may have it.
fn cautions(danger: Option<Danger>, barred: bool) -> Vec<&'static str> {
    let danger = danger.unwrap_or_default();
    [
        (barred, "report.barred"),
        (danger.aside, "report.danger_aside"),
        (danger.aside_of_others, "report.danger_others"),
        (danger.sheltered, "report.danger_shelter"),
    ]
    .into_iter()
    .filter_map(|(so, key)| so.then_some(key))
    .collect()
}

pub(crate) async fn show_page(req: &Req, form: Form) -> Result<Answer, Fail> {
    let (page, receipt) = page(req, form).await?;
    let (html, wrong) = (page.render(), page.form.has_problems());
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

async fn page(req: &Req, form: Form) -> Result<(ReportPage, Receipt), Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let id: AccessReportId = req.id("id")?;
    let m = ctx.viewer.municipality;
    let mut look = ctx.look(Channel::Page).await?;
    let report = sql::report(&mut look.conn(), m, id).await?.ok_or(Fail::NotVisible)?;
    let (auditor, desk) = standing(&mut look, &report, Action::AskForReport).await?;
    let t = &frame.t;
    let exemptions = exemption::on(ctx.now.day());
    let (rows, hidden) = if auditor {
        views(&mut look, &frame, &report, (&exemptions, &form)).await?
    } else {
        (Vec::new(), 0)
    };
    let names = names(&mut look, &report).await?;
    let barred = acts::still_asks(&mut look.conn(), m, &report).await?.is_err();
    let runs = rules::runs(report.state);
    let danger = if auditor && runs { Some(sql::danger(&mut look.conn(), m, &report).await?) } else { None };
    let named = |code: &str| exemptions.iter().find(|e| e.code == code).map(|e| e.on_paper(t));
    let page = ReportPage {
        version: report.version,
        line: ReportLine {
            whose: names.get(&report.person).cloned().unwrap_or_default(),
            ..report_line(&frame, &report)
        },
        asked_by: t.code("report_asked_by", report.asked_by),
        age: if auditor {
            t.code("report_age", sql::age(&mut look.conn(), m, report.person, ctx.now.day()).await?)
        } else {
            String::new()
        },
        requester: requester(t, &report, &names, desk),
        identity: t.code("report_identity", report.identity),
        days: t.fs(
            "report.from_until",
            &[("from", t.full_day(report.from)), ("until", t.full_day(report.until))],
        ),
        result: match report.state {
            State::Refused => named(&report.reason).unwrap_or_else(|| report.reason.clone()),
            State::Withdrawn => t.code("report_withdrawn", &report.reason),
            _ => String::new(),
        },
        cautions: cautions(danger, barred && (runs || report.state == State::Issued)),
        state: report.state.to_string(),
        open: rows.iter().filter(|r| r.open).count(),
        hidden,
        rows,
        exemptions: exemptions.iter().map(|e| Choice::new(&form, "exemption", &e.code, e.name(t))).collect(),
        of_rows: exemptions
            .iter()
            .filter(|e| !e.whole)
            .map(|e| Choice::new(&form, "exemption", &e.code, e.name(t)))
            .collect(),
        reasons: WithdrawnBecause::ALL
            .iter()
            .map(|w| Choice::new(&form, "reason", w, t.code("report_withdrawn", w)))
            .collect(),
        paper: (auditor && matches!(report.state, State::Prepared | State::Reviewed))
            || (report.state == State::Issued && !barred),
        owes: desk && sql::owes(&mut look.conn(), m, id).await?,
        commands: std::array::from_fn(|_| ctx.engine.new_id()),
        auditor,
        desk,
        id,
        form,
        frame,
    };
    Ok((page, look.close().await?))
}

/// The lines of a prepared copy, less what is kept from the person now; and how many rows that took away since.
pub(super) async fn kept_lines(
    look: &mut Look,
    report: &Report,
) -> Result<(Vec<Line>, Decided, usize), Fail> {
    let m = look.viewer().municipality;
    let (rows, decided) = sql::rows(&mut look.conn(), m, report.id).await?;
    let kept = sql::kept(&mut look.conn(), m, report.person).await?;
    let all = rows.len();
    let rows: Vec<_> = rows.into_iter().filter(|row| !rules::never_shown(row, &kept)).collect();
    Ok((rules::lines(&rows), decided, all - rows.len()))
}

pub(super) async fn desk_names(look: &mut Look, lines: &[Line]) -> Result<HashMap<DeskId, String>, Fail> {
    let (m, today) = (look.viewer().municipality, look.now().day());
    Ok(register::desk_names(&mut look.conn(), m, lines.iter().filter_map(|l| l.desk), today).await?)
}

pub(super) async fn articles(look: &mut Look) -> Result<ArticleNames, Fail> {
    let m = look.viewer().municipality;
    Ok(ArticleNames::load(&mut look.conn(), m).await?)
}

async fn views(
    look: &mut Look,
    frame: &Frame,
    report: &Report,
    (exemptions, form): (&[Exemption], &Form),
) -> Result<(Vec<RowView>, usize), Fail> {
    let (lines, before, hidden) = kept_lines(look, report).await?;
    let only_whole = exemption::only_whole();
    let decided = if rules::runs(report.state) {
        rules::counts(before.clone(), |code| only_whole.contains(code))
    } else {
        before.clone()
    };
    let said = Said {
        frame,
        desks: desk_names(look, &lines).await?,
        decided,
        exemptions: exemptions.iter().map(|e| (e.code.as_str(), e.on_paper(&frame.t))).collect(),
        articles: articles(look).await?,
        kinds: "audit_kind",
    };
    let view = |line: &Line| {
        let mut view = said.view(line, *line.rows.first()?);
        if let Some(code) = rules::withheld(line, &before).filter(|_| view.open) {
            view.whole = only_whole.contains(code);
            view.suggested = said.exemption(code);
        }
        said.typed(&mut view, form);
        Some(view)
    };
    Ok((lines.iter().filter_map(view).collect(), hidden))
}

/// What lines of the log are said with.
pub(super) struct Said<'a> {
    pub(super) frame: &'a Frame,
    pub(super) desks: HashMap<DeskId, String>,
    pub(super) decided: Decided,
    pub(super) exemptions: BTreeMap<&'a str, String>,
    pub(super) articles: ArticleNames,
    /// The words for kinds of records: the auditor's, or those a person reads.
    pub(super) kinds: &'static str,
}

impl Said<'_> {
    pub(super) fn exemption(&self, code: &str) -> String {
        self.exemptions.get(code).cloned().unwrap_or_else(|| code.to_owned())
    }

    /// A decision in words, from what stands in a field.
    fn word(&self, chosen: &str) -> String {
        match chosen {
            "" => self.frame.t.s("report.undecided").to_owned(),
            show if show == Verdict::Show.code() => self.frame.t.s("report.show").to_owned(),
            code => self.exemption(code),
        }
    }

    /// What was chosen and could not be decided stays in its field. Where somebody else decided otherwise meanwhile, the field holds what
    /// stands, and both are said: nobody undoes it without having read it.
    fn typed(&self, view: &mut RowView, form: &Form) {
        let Some(chosen) = form.fields().get(&line_field(view.line)) else { return };
        let was = form.value(&was_field(view.line));
        if chosen == was {
            return;
        }
        if rules::stale(was, &view.stands, chosen) {
            let both = [("now", self.word(&view.stands)), ("chosen", self.word(chosen))];
            view.clash = self.frame.t.fs("report.clash", &both);
        } else {
            chosen.clone_into(&mut view.chosen);
        }
    }

    pub(super) fn view(&self, line: &Line, first: AccessId) -> RowView {
        let t = &self.frame.t;
        let stands = rules::standing(line, &self.decided).to_owned();
        let count = [("n", line.records.to_string()), ("times", line.times.to_string())];
        RowView {
            line: first,
            when: self.frame.moment(&line.first),
            desk: line.desk.and_then(|d| self.desks.get(&d)).cloned().unwrap_or_default(),
            role: line.role.map(|r| t.code("role", r)).unwrap_or_default(),
            kind: t.code(self.kinds, &line.kind),
            categories: self.categories(line),
            why: self.why(line),
            channel: t.code("audit_channel", &line.channel),
            count: t.fs("report.times", &count),
            decided: match stands.as_str() {
                "" => String::new(),
                show if show == Verdict::Show.code() => t.s("report.shown").to_owned(),
                code => self.exemption(code),
            },
            suggested: line.suggested.map(|code| self.exemption(code)).unwrap_or_default(),
            open: stands.is_empty(),
            whole: false,
            chosen: stands.clone(),
            clash: String::new(),
            stands,
        }
    }

    /// What of the record was seen. That somebody asked for an urgent look is a row of its own, in which nothing was seen yet.
    fn categories(&self, line: &Line) -> String {
        let t = &self.frame.t;
        if line.categories == access::Categories::all() {
            return t.s("report.all_categories").to_owned();
        }
        let each: Vec<String> = line.categories.iter().map(|c| t.code("category", c)).collect();
        match (each.is_empty(), line.basis.split('+').any(|b| b == "look_urgently")) {
            (true, true) => t.s("report.urgent_step").to_owned(),
            (true, false) => t.s("report.no_category").to_owned(),
            (false, _) => t.join(&each),
        }
    }

    /// Why somebody could look: the bases, the article by the name it had that day, what was in danger.
    fn why(&self, line: &Line) -> String {
        let t = &self.frame.t;
        let mut bases: Vec<String> = line
            .basis
            .split('+')
            .map(|b| if b == "look_urgently" { t.code("audit_action", b) } else { t.code("basis", b) })
            .collect();
        bases.dedup();
        let mut why = t.join(&bases);
        if !line.article.is_empty() {
            why.push_str(&t.f("reasons.article", "article", self.articles.at(&line.article, line.day)));
        }
        if !line.reason.is_empty() {
            why.push_str(&t.f("report.danger", "reason", t.code("urgent_reason", &line.reason)));
        }
        why
    }
}

/// What became of a step: on to the request, or the page once more with what stands in the way.
async fn after(
    req: &Req,
    form: Form,
    field: &str,
    done: Result<Done, Fail>,
    flash: &str,
) -> Result<Answer, Fail> {
    let id: AccessReportId = req.id("id")?;
    let mut form = form;
    match done {
        Ok(done) => Ok(Answer::to(&link::access_report(id), flash, done.parts().1)),
        Err(Fail::Stale) => changed(req, form).await,
        Err(Fail::Refused(why)) => {
            form.problem_with(field, why.key, why.args);
            show_page(req, form).await
        }
        Err(other) => Err(other),
    }
}

/// POST /reports/{id}/prepare
pub(crate) async fn prepare(req: Arc<Req>) -> Result<Answer, Fail> {
    let done = acts::prepare(&req, req.id("id")?).await;
    after(&req, req.form(), "step", done, "report_prepared").await
}

/// The field in which one line is decided about.
fn line_field(line: AccessId) -> String {
    format!("x-{line}")
}

/// The field that says what stood about it when the form was opened.
fn was_field(line: AccessId) -> String {
    format!("was-{line}")
}

/// POST /reports/{id}/row: every line about which something is chosen.
pub(crate) async fn row(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut form = req.form();
    let lines: Vec<AccessId> = form.ids("line");
    let mut decisions = Vec::new();
    for line in lines {
        // What was not asked about was not answered.
        if form.fields().get(&line_field(line)).is_none() {
            continue;
        }
        let chosen = form.line(&line_field(line), Need::Optional, 20);
        let show = chosen == Verdict::Show.code();
        // Set back to undecided, nothing is said of it any more.
        let verdict = match chosen.as_str() {
            "" => "",
            _ if show => Verdict::Show.code(),
            _ => Verdict::Withhold.code(),
        };
        let exemption = if show { String::new() } else { chosen.clone() };
        // What was left as it stood is nobody's decision: somebody else may have decided otherwise since.
        let was = form.value(&was_field(line)).to_owned();
        if chosen != was {
            decisions.push(Decision { line: Some(line), verdict, exemption, was });
        }
    }
    if decisions.is_empty() {
        form.problem("rows", "report.choose_some");
        return show_page(&req, form).await;
    }
    let done = acts::decide(&req, req.id("id")?, &decisions).await;
    if matches!(done, Err(Fail::Stale)) {
        form.problem("rows", "report.rows_changed");
        let (page, receipt) = page(&req, form).await?;
        return Answer::conflict(page.render(), receipt);
    }
    after(&req, form, "rows", done, "report_decided").await
}

/// POST /reports/{id}/rest: everything that nothing stands against.
pub(crate) async fn rest(req: Arc<Req>) -> Result<Answer, Fail> {
    let decision =
        Decision { line: None, verdict: Verdict::Show.code(), exemption: String::new(), was: String::new() };
    let done = acts::decide(&req, req.id("id")?, &[decision]).await;
    after(&req, req.form(), "step", done, "report_decided").await
}

/// POST /reports/{id}/issue
pub(crate) async fn issue(req: Arc<Req>) -> Result<Answer, Fail> {
    let done = acts::issue(&req, req.id("id")?).await;
    after(&req, req.form(), "step", done, "report_issued").await
}

/// POST /reports/{id}/refuse
pub(crate) async fn refuse(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut form = req.form();
    let code = form.line("exemption", Need::Required, 20);
    if form.has_problems() {
        return show_page(&req, form).await;
    }
    let done = acts::refuse(&req, req.id("id")?, &code).await;
    after(&req, form, "exemption", done, "report_refused").await
}
