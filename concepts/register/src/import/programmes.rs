//! `programmes.csv`: the five tables of the implementation plan, and what follows from them:
//! legal entities, agencies with their sections, desks, contracts.

use std::collections::{HashMap, HashSet};

use access::Right;
use engine::{Act, Fail};
use words::Day;
use words::calendar::fiscal_year;
use words::code::Code;
use words::id::{AgencyId, ContractId, DeskId, LegalEntityId, MunicipalityId};

use crate::acts::NewAgency;
use crate::import::resolve::Directory;
use crate::import::table::Line;
use crate::import::{Cells, Problem, Report};
use crate::plan::{self, Item, Plan, Row, Set};
use crate::rules::{
    ConsultableBy, Delivery, EntityKind, Field, Position, Programme, Span, Statutory, fiscal_span,
    parse_delivery,
};
use crate::sql::{find, write};

pub(crate) const COLUMNS: &[&str] = &[
    "programme",
    "row",
    "agency",
    "item",
    "count",
    "unit",
    "note",
    "sections",
    "contractor",
    "delivery",
    "statutory",
    "position",
    "role",
];
// Beside these: `excludes`, `asked_by`, `base` (code of the statutory programme), `block` (1 where a new table begins).

/// The mark of a row that is a set of agencies: no agency of its own, so no desk.
const SET: &str = "all_of:";
/// What a set leaves out, by name.
const EXCEPT: &str = "except:";

/// A line of the plan.
#[derive(Debug, Clone)]
pub(crate) struct Planned {
    pub line: u64,
    pub programme: Programme,
    pub row: i64,
    pub sub: i64,
    pub agency: String,
    pub item: String,
    pub count: Option<i64>,
    pub unit: String,
    pub note: String,
    pub excludes: String,
    pub asked_by: Option<ConsultableBy>,
    pub sections: Vec<String>,
    pub contractor: String,
    pub delivery: Vec<Delivery>,
    pub statutory: Statutory,
    pub base: String,
    pub position: Position,
    pub role: String,
    pub starts_block: bool,
}

pub(crate) fn parse(lines: &[Line], problems: &mut Vec<Problem>) -> Vec<Planned> {
    let mut planned: Vec<Planned> = Vec::new();
    for line in lines {
        let mut cells = Cells::new(line, problems);
        let programme: Option<Programme> = cells.required_code("programme", "programme");
        let row = cells.number("row");
        if row.is_none() && line.cell("row").is_empty() {
            cells.problem("row", "import.required");
        }
        let agency = cells.required("agency");
        let delivery = parse_delivery(line.cell("delivery"));
        if delivery.is_none() {
            cells.problem("delivery", "import.code");
        }
        let statutory = Statutory::parse(line.cell("statutory"));
        if statutory.is_none() {
            cells.problem("statutory", "import.code");
        }
        let position: Option<Position> = cells.required_code("position", "position");
        let item = cells.text("item");
        let same = planned.iter().rev().find(|p| Some(p.programme) == programme && Some(p.row) == row);
        let sub = match same {
            None => i64::from(!item.is_empty()),
            Some(before) if before.agency == agency && before.sub > 0 && !item.is_empty() => before.sub + 1,
            Some(_) => {
                cells.problem("row", "import.twice");
                0
            }
        };
        let count = cells.number("count");
        let (unit, note, contractor) = (cells.text("unit"), cells.text("note"), cells.text("contractor"));
        let (role, excludes, base) = (cells.text("role"), cells.text("excludes"), cells.text("base"));
        let asked_by = cells.code("asked_by", "consultable");
        let starts_block = line.cell("block") == "1";
        let sections = cells
            .text("sections")
            .split(';')
            .map(|s| s.trim().to_owned())
            .filter(|s| !s.is_empty())
            .collect();
        if let (Some(programme), Some(row), Some(delivery), Some(statutory), Some(position)) =
            (programme, row, delivery, statutory, position)
        {
            planned.push(Planned {
                line: line.number,
                programme,
                row,
                sub,
                agency,
                item,
                count,
                unit,
                note,
                excludes,
                asked_by,
                sections,
                contractor,
                delivery,
                statutory,
                base,
                position,
                role,
                starts_block,
            });
        }
    }
    planned
}

/// Words that tell a field, a legal entity or who may consult, where the plan itself does not say.
struct Keywords(Vec<[&'static str; 4]>);

impl Keywords {
    fn load() -> Self {
        let mut rows = Vec::new();
        for line in include_str!("../../data/keywords.csv").lines().skip(1) {
            let mut cells = line.splitn(4, ',').map(|c| c.trim_end_matches('\r'));
            let mut next = || cells.next().unwrap_or_default();
            rows.push([next(), next(), next(), next()]);
        }
        Self(rows)
    }

    fn find(&self, what: &str, text: &str) -> Option<(&'static str, &'static str)> {
        self.0.iter().find(|row| row[0] == what && text.contains(row[1])).map(|row| (row[2], row[3]))
    }

    fn field(&self, row: &Planned) -> Field {
        std::iter::once(&row.agency)
            .chain(std::iter::once(&row.note))
            .chain(&row.sections)
            .find_map(|text| self.find("field", text))
            .and_then(|(code, _)| Field::parse(code))
            .unwrap_or(Field::General)
    }

    /// The body a section of the town hall belongs to: the mayor's unless a word says otherwise.
    fn own(&self, municipality: &str, name: &str) -> (String, EntityKind) {
        let found =
            self.find("own", name).and_then(|(code, suffix)| Some((EntityKind::parse(code)?, suffix)));
        match found {
            Some((kind, suffix)) => (format!("{municipality}{suffix}"), kind),
            None => (municipality.to_owned(), EntityKind::Mayor),
        }
    }

    /// The legal entity of an agency. Where the plan names none, or only 受託法人, each agency is its own: two
    /// corporations must never count as one, or sharing between them would look like use inside.
    fn entity(&self, municipality: &str, row: &Planned) -> (String, EntityKind) {
        if row.contractor.is_empty() {
            if row.delivery.contains(&Delivery::Direct) {
                let text = format!("{} {}", row.agency, row.sections.join(" "));
                return self.own(municipality, &text);
            }
            return (row.agency.clone(), EntityKind::Residents);
        }
        let (code, generic) = self.find("entity", &row.contractor).unwrap_or(("corporation", ""));
        let kind = EntityKind::parse(code).unwrap_or(EntityKind::Corporation);
        if generic.is_empty() {
            return (row.contractor.clone(), kind);
        }
        let name = crate::views::word("import.entity_of");
        (name.replace("{contractor}", &row.contractor).replace("{agency}", &row.agency), kind)
    }

    fn consultable(&self, row: &Planned) -> ConsultableBy {
        if let Some(said) = row.asked_by {
            return said;
        }
        self.find("consultable", &row.note)
            .and_then(|(code, _)| ConsultableBy::parse(code))
            .unwrap_or(ConsultableBy::Anyone)
    }

    /// Whether people consult there, so that records come into being: everywhere but in 地域づくり, and there where
    /// the plan says so.
    fn consults(&self, row: &Planned) -> bool {
        row.programme != Programme::CommunityBuilding
            || self.find("consults", &format!("{} {}", row.agency, row.role)).is_some()
    }
}

/// What is there and what has been made so far.
struct Loading<'a> {
    right: &'a Right,
    at: MunicipalityId,
    on: Day,
    year: Span,
    municipality: String,
    keywords: Keywords,
    directory: Directory,
    entities: HashMap<String, LegalEntityId>,
    contracts: HashMap<(AgencyId, AgencyId), ContractId>,
    desks: HashMap<(AgencyId, Programme), DeskId>,
    plan: Plan,
    /// The rows of the file, sub-items together.
    rows: Vec<Row>,
    /// The sets of the file: place of the row, and names of what they leave out.
    sets: Vec<(usize, Programme, Vec<String>)>,
}

pub(crate) async fn load(
    act: &mut Act,
    right: &Right,
    lines: &[Line],
    on: Day,
    report: &mut Report,
) -> Result<(), Fail> {
    let planned = parse(lines, &mut report.problems);
    let Some(year) = fiscal_span(fiscal_year(on)).filter(|_| report.problems.is_empty()) else {
        return Ok(());
    };
    let at = act.municipality();
    let mut conn = act.facts()?;
    let directory = Directory::load(&mut conn, at).await?;
    let contracts = find::contract_list(&mut conn, at).await?;
    let mut loading = Loading {
        right,
        at,
        on,
        year,
        municipality: find::municipality_name(&mut conn, at).await?,
        keywords: Keywords::load(),
        entities: find::legal_entity_list(&mut conn, at).await?,
        contracts: contracts
            .iter()
            .filter(|c| Some(c.last) >= year.to && c.from <= on)
            .map(|c| ((c.contractor, c.commissioner), c.id))
            .collect(),
        desks: directory
            .desks
            .iter()
            .filter_map(|d| Some(((d.agency, Programme::parse(&d.programme)?), d)))
            // An ended contract does not end the row: its desk goes on under the new year's contract.
            .filter(|(_, d)| d.span.covers(on) || (d.contract.is_some() && d.own_end.is_none()))
            .map(|(key, d)| (key, d.id))
            .collect(),
        plan: plan::load(&mut conn, at).await?,
        rows: Vec::new(),
        sets: Vec::new(),
        directory,
    };
    let with_login: HashSet<&str> = planned
        .iter()
        .filter(|p| p.delivery.iter().any(|d| matches!(d, Delivery::Direct | Delivery::Commissioned)))
        .map(|p| p.agency.as_str())
        .collect();
    for row in &planned {
        loading.row(act, row, with_login.contains(row.agency.as_str()), report).await?;
    }
    loading.store(act, report).await
}

impl Loading<'_> {
    async fn row(
        &mut self,
        act: &mut Act,
        row: &Planned,
        login: bool,
        report: &mut Report,
    ) -> Result<(), Fail> {
        if let Some(set) = row.note.strip_prefix(SET) {
            return self.set(act, row, set, report).await;
        }
        let mut sections = Vec::new();
        for name in &row.sections {
            let entity = self.keywords.own(&self.municipality, name);
            let field = Keywords::field(&self.keywords, &Planned { agency: name.clone(), ..row.clone() });
            sections.push(self.agency(act, name, entity, None, |a| a.field = field, report).await?);
        }
        let entity = self.keywords.entity(&self.municipality, row);
        // A contractor is not part of the section that pays it.
        let parent = row.contractor.is_empty().then(|| sections.first().copied()).flatten();
        let (field, consultable_by) = (self.keywords.field(row), self.keywords.consultable(row));
        let fill = |a: &mut NewAgency| {
            a.field = field;
            a.consultable_by = consultable_by;
            a.has_login = login;
        };
        let agency = self.agency(act, &row.agency, entity, parent, fill, report).await?;
        self.gather(act, row, Some(agency)).await?;
        let commissioner = sections.first().copied().filter(|s| *s != agency);
        let mut contract = None;
        if row.delivery.contains(&Delivery::Commissioned)
            && let Some(commissioner) = commissioner
        {
            contract = Some(self.contract(act, row, (agency, commissioner), report).await?);
        }
        if !self.keywords.consults(row) {
            return Ok(());
        }
        // What was written under a contract passes to the commissioning section: its desk is named from the start.
        let heir = match (contract, commissioner) {
            (Some(_), Some(section)) => {
                Some(self.desk(act, (section, row.programme), None, None, report).await?)
            }
            _ => None,
        };
        self.desk(act, (agency, row.programme), contract, heir, report).await?;
        Ok(())
    }

    /// Puts a line to its row: the first line makes it, the others are its sub-items.
    async fn gather(&mut self, act: &mut Act, line: &Planned, agency: Option<AgencyId>) -> Result<(), Fail> {
        let item = Item {
            name: plan::without_mark(&line.item).to_owned(),
            count: line.count,
            unit: line.unit.clone(),
            note: if line.sub > 0 { line.note.clone() } else { String::new() },
            statutory: line.statutory.clone(),
            base: line.base.clone(),
        };
        let place = |r: &&mut Row| r.programme == line.programme && r.row_no == line.row;
        if let Some(row) = self.rows.iter_mut().find(place) {
            row.items.push(item);
            return Ok(());
        }
        let role = plan::save_role(act, self.right, &mut self.plan, None, &line.role, self.year.from).await?;
        let asked_by = self.keywords.consultable(line);
        self.rows.push(Row {
            id: act.new_id(),
            version: 0,
            programme: line.programme,
            from: self.year.from,
            ended: false,
            row_no: line.row,
            starts_block: line.starts_block,
            agency,
            name: if agency.is_none() { line.agency.clone() } else { String::new() },
            note: if line.sub > 0 || agency.is_none() { String::new() } else { line.note.clone() },
            excludes: line.excludes.clone(),
            asked_by,
            sections: line.sections.clone(),
            contractor: line.contractor.clone(),
            delivery: line.delivery.clone(),
            position: line.position,
            role,
            set: None,
            items: vec![item],
            command: None,
        });
        Ok(())
    }

    /// A row that is a set: `PROGRAMME;except:NAME;except:NAME`.
    async fn set(
        &mut self,
        act: &mut Act,
        line: &Planned,
        set: &str,
        report: &mut Report,
    ) -> Result<(), Fail> {
        let mut parts = set.split(';').map(str::trim);
        let Some(programme) = parts.next().and_then(Programme::parse) else {
            report.problems.push(Problem::new(line.line, "note", "import.code").value(&line.note));
            return Ok(());
        };
        let except = parts.filter_map(|p| p.strip_prefix(EXCEPT)).map(str::to_owned).collect();
        self.gather(act, line, None).await?;
        self.sets.push((self.rows.len() - 1, programme, except));
        Ok(())
    }

    /// Stores the rows that say something new. What stands in the same place is the same row.
    async fn store(mut self, act: &mut Act, report: &mut Report) -> Result<(), Fail> {
        for row in &mut self.rows {
            let place = (row.programme, row.row_no);
            if let Some(known) = self.plan.on(self.on).into_iter().find(|r| (r.programme, r.row_no) == place)
            {
                row.id = known.id;
            }
        }
        for (at, programme, names) in std::mem::take(&mut self.sets) {
            let mut except = Vec::new();
            for name in &names {
                let agency = self.directory.agency(name, self.on);
                let found = self
                    .rows
                    .iter()
                    .find(|r| r.programme == programme && r.agency.is_some() && r.agency == agency);
                match found {
                    Some(row) => except.push(row.id),
                    None => report.problems.push(Problem::new(0, "note", "import.no_agency").value(name)),
                }
            }
            except.sort();
            self.rows[at].set = Some(Set { programme, except });
        }
        if !report.problems.is_empty() {
            return Ok(());
        }
        // A set points to rows: those first.
        let (sets, rows): (Vec<Row>, Vec<Row>) = self.rows.into_iter().partition(|r| r.set.is_some());
        for mut row in rows.into_iter().chain(sets) {
            if let Some(known) = self.plan.newest(row.id) {
                if self.plan.row(row.id, self.on).is_some_and(|now| now.says_the_same(&row)) {
                    continue;
                }
                row.version = known.version;
                row.from = self.on;
            }
            plan::save_row(act, self.right, &row).await?;
            report.made("plan_row");
        }
        Ok(())
    }

    async fn agency(
        &mut self,
        act: &mut Act,
        name: &str,
        (entity, kind): (String, EntityKind),
        parent: Option<AgencyId>,
        fill: impl FnOnce(&mut NewAgency),
        report: &mut Report,
    ) -> Result<AgencyId, Fail> {
        if let Some(agency) = self.directory.agency(name, self.on) {
            return Ok(agency);
        }
        let legal_entity = if let Some(id) = self.entities.get(&entity) {
            *id
        } else {
            let id = act.new_id();
            write::legal_entity_add(&mut act.save(self.right)?, self.at, id, &entity, kind).await?;
            report.made("legal_entity");
            self.entities.insert(entity, id);
            id
        };
        let mut agency = NewAgency::new(name, legal_entity, self.year.from);
        agency.parent = parent;
        fill(&mut agency);
        let id = act.new_id();
        write::agency_add(&mut act.save(self.right)?, self.at, id, &agency).await?;
        report.made("agency");
        self.directory.add(name, id, Span { from: self.year.from, to: None });
        Ok(id)
    }

    async fn contract(
        &mut self,
        act: &mut Act,
        row: &Planned,
        parties: (AgencyId, AgencyId),
        report: &mut Report,
    ) -> Result<ContractId, Fail> {
        let id = if let Some(id) = self.contracts.get(&parties) {
            *id
        } else {
            let id = act.new_id();
            let title = crate::views::word("import.contract_title").replace("{agency}", &row.agency);
            let title = title.replace("{year}", &words::wareki::show_wareki_short(self.year.from));
            let last = self.year.to.unwrap_or(self.on);
            let mut conn = act.save(self.right)?;
            write::contract_add(&mut conn, self.at, id, &title, parties, (self.year.from, last)).await?;
            report.made("contract");
            self.contracts.insert(parties, id);
            id
        };
        write::contract_programme_add(&mut act.save(self.right)?, self.at, id, row.programme.code()).await?;
        Ok(id)
    }

    async fn desk(
        &mut self,
        act: &mut Act,
        key: (AgencyId, Programme),
        contract: Option<ContractId>,
        heir: Option<DeskId>,
        report: &mut Report,
    ) -> Result<DeskId, Fail> {
        if let Some(id) = self.desks.get(&key) {
            if contract.is_some() {
                write::desk_contract(&mut act.save(self.right)?, self.at, *id, contract, heir).await?;
            }
            return Ok(*id);
        }
        let id = act.new_id();
        let place = (key.0, key.1.code());
        write::desk_add(&mut act.save(self.right)?, self.at, id, place, contract, self.year.from, heir)
            .await?;
        report.made("desk");
        self.desks.insert(key, id);
        Ok(id)
    }
}
