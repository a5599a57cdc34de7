//! `agencies`: offices of a field from open data: a municipality's lists in both generations of column names
//! (推奨データセット and its successor 自治体標準オープンデータセット), WAM NET's list of disability services, and lists
//! of consultation offices. They are known to the register without desks and without login, so that a referral can
//! name them.
//!
//! Which header means what, and which service belongs to which field, is data (`data/open_data_*.csv`). Column names
//! of the newer generation beyond those of the older one could not be checked against a published file.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use access::{Right, System};
use engine::{Act, Engine, Fail, Origin};
use tabular::columns::{self, Kept, Sure};
use tabular::{Cell, CsvOut, How, Limits, NotWritten, Out, Row, Table};
use words::Day;
use words::code::Code;
use words::id::MunicipalityId;

use crate::acts::NewAgency;
use crate::import::resolve::Directory;
use crate::import::{Problem, Report, What, table};
use crate::rules::{EntityKind, Field, Span};
use crate::sql::{find, write};

const COLUMNS: &str = include_str!("../../data/open_data_columns.csv");
const FIELDS: &str = include_str!("../../data/open_data_fields.csv");

static NAMES: LazyLock<Vec<columns::Field>> = LazyLock::new(|| {
    let field = |line: &str| {
        let mut parts = line.split(',').map(str::to_owned);
        let key = parts.next()?;
        Some(columns::Field { key, names: parts.collect(), several: false })
    };
    COLUMNS.lines().filter_map(field).collect()
});

/// An agency as a list has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The line it stands in first.
    pub line: u64,
    /// Name.
    pub name: String,
    /// Reading.
    pub reading: String,
    /// What it is called.
    pub alias: String,
    /// The body that runs it; empty: itself.
    pub corporation: String,
    /// Field.
    pub field: Field,
    /// Address.
    pub place: String,
    /// Phone.
    pub phone: String,
    /// Open on Monday, Tuesday, … Sunday, where the list says so.
    pub weekdays: Option<[bool; 7]>,
}

/// What a list holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// Header and the field it was taken for; those not used have none.
    pub columns: Vec<(String, Option<String>)>,
    /// Agencies, each once.
    pub agencies: Vec<Listed>,
    /// Lines read.
    pub lines: usize,
    /// Lines about other places than the one asked for.
    pub elsewhere: usize,
    /// Lines about an agency that stood in an earlier one: one line per service is usual.
    pub repeated: usize,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// Reads a list. `only`: a part of the address, such as the name of the town; empty takes all.
pub fn read(bytes: &[u8], only: &str) -> Listing {
    match tabular::read(bytes, &How::default(), &Limits::default()) {
        Ok(table) => of_table(&table, only),
        Err(trouble) => Listing { problems: vec![table::problem(&trouble)], ..Listing::default() },
    }
}

fn of_table(table: &Table, only: &str) -> Listing {
    let found = columns::propose(&table.header, &NAMES, &Kept::new());
    // A guess is not enough here: nobody confirms these columns one by one.
    let taken: Vec<Option<String>> =
        found.into_iter().map(|p| p.field.filter(|_| p.sure > Sure::Guess)).collect();
    let place: BTreeMap<&str, usize> =
        taken.iter().enumerate().filter_map(|(n, field)| Some((field.as_deref()?, n))).collect();
    let mut listing = Listing { lines: table.rows.len(), ..Listing::default() };
    if !place.contains_key("name") {
        listing.problems.push(Problem::new(table.header_line, "name", "import.column_missing"));
    }
    let general = default_field(&table.header);
    let only = words::address::fold_address(only);
    let mut seen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in &table.rows {
        let cells = Cells { row, place: &place };
        let address = cells.address();
        if !only.is_empty() && !words::address::fold_address(&address).contains(&only) {
            listing.elsewhere += 1;
            continue;
        }
        let Some(mut agency) = cells.agency(address, general, &mut listing.problems) else { continue };
        let same_name = seen.entry(words::name::name_key(&agency.name)).or_default();
        if !same_name.insert(words::address::fold_address(&agency.place)) {
            listing.repeated += 1;
            continue;
        }
        if same_name.len() > 1 {
            // Two houses of one name: told apart by where they stand.
            agency.name = format!("{}（{}）", agency.name, agency.place);
        }
        listing.agencies.push(agency);
    }
    if listing.agencies.is_empty() && listing.problems.is_empty() {
        listing.problems.push(Problem::new(1, "", "import.empty"));
    }
    listing.columns = table.header.iter().cloned().zip(taken).collect();
    listing
}

/// The field of a whole list, by columns that only lists of that field have.
fn default_field(header: &[String]) -> Field {
    let has = |word: &str| header.iter().any(|h| h.trim() == word);
    if has("介護サービス事業所名称") {
        Field::Elderly
    } else if has("医療機関の種類") || has("診療科目") {
        Field::Medical
    } else if has("サービス種別") && has("指定機関名") {
        Field::Disability
    } else if has("認可等年月日") || has("収容定員") {
        Field::Child
    } else {
        Field::General
    }
}

struct Cells<'a> {
    row: &'a Row,
    place: &'a BTreeMap<&'a str, usize>,
}

impl Cells<'_> {
    fn raw(&self, field: &str) -> &str {
        self.place.get(field).and_then(|n| self.row.cells.get(*n)).map_or("", |c| c.trim())
    }

    /// A line of text; what the register does not take is a problem of its cell.
    fn text(&self, field: &str, problems: &mut Vec<Problem>) -> String {
        words::input::optional_line(self.raw(field), 400).map_or_else(
            |_| {
                problems.push(Problem::new(self.row.line, field, "import.text"));
                String::new()
            },
            Option::unwrap_or_default,
        )
    }

    /// The address in one, or put together from its parts.
    fn address(&self) -> String {
        let (whole, building) = (self.raw("address"), self.raw("building"));
        let parts = ["prefecture", "city", "street", "number"].map(|f| self.raw(f));
        let mut address = if whole.is_empty() {
            // WAM NET writes the prefecture into the city.
            let [prefecture, rest @ ..] = parts;
            if rest[0].starts_with(prefecture) { rest.concat() } else { parts.concat() }
        } else {
            whole.to_owned()
        };
        if !building.is_empty() && !address.ends_with(building) {
            address.push(' ');
            address.push_str(building);
        }
        address
    }

    fn agency(&self, address: String, general: Field, problems: &mut Vec<Problem>) -> Option<Listed> {
        let before = problems.len();
        let name = self.text("name", problems);
        if name.is_empty() && problems.len() == before {
            problems.push(Problem::new(self.row.line, "name", "import.required"));
        }
        let phone = self.raw("phone");
        if !phone.is_empty() && words::input::phone(phone).is_err() {
            problems.push(Problem::new(self.row.line, "phone", "import.phone").value(phone));
        }
        if words::mynumber::contains_my_number(&address) {
            problems.push(Problem::new(self.row.line, "address", "import.text"));
        }
        let listed = Listed {
            line: self.row.line,
            reading: self.text("reading", problems),
            alias: self.text("alias", problems),
            corporation: self.text("corporation", problems),
            field: field_of(self.raw("service"), general),
            place: address,
            phone: phone.to_owned(),
            weekdays: weekdays(self.raw("weekdays")),
            name,
        };
        (problems.len() == before).then_some(listed)
    }
}

/// The field of a service, by the words in its name; the code of a field stands for itself.
fn field_of(service: &str, general: Field) -> Field {
    if service.is_empty() {
        return general;
    }
    let by_word = FIELDS
        .lines()
        .filter_map(|line| line.split_once(','))
        .find(|(_, word)| service.contains(word))
        .and_then(|(code, _)| Field::parse(code));
    Field::parse(service).or(by_word).unwrap_or(general)
}

/// 月火水木金, 月;火;…, 月曜日・火曜日: which days. Nothing that can be read: `None`.
fn weekdays(text: &str) -> Option<[bool; 7]> {
    const DAYS: [char; 7] = ['月', '火', '水', '木', '金', '土', '日'];
    // In 月曜日 the last letter is no Sunday.
    let bare = text.replace("曜日", "").replace("曜", "");
    let known =
        |c: char| DAYS.contains(&c) || c.is_whitespace() || matches!(c, ';' | ',' | '、' | '・' | '/');
    let days = DAYS.map(|d| bare.contains(d));
    (bare.chars().all(known) && days.contains(&true)).then_some(days)
}

/// What kind of body a corporation is, by its name.
fn entity_kind(name: &str) -> EntityKind {
    let has = |words: &[&str]| words.iter().any(|w| name.contains(w));
    if has(&["社会福祉協議会"]) {
        EntityKind::Council
    } else if has(&["医療法人", "医師会"]) {
        EntityKind::Medical
    } else {
        EntityKind::Corporation
    }
}

impl Listing {
    /// The agencies as a list under the names of the fields: what a preview carries to the loading.
    pub fn as_csv(&self) -> Result<String, NotWritten> {
        let mut out = CsvOut::new();
        let head = ["name", "reading", "alias", "corporation", "service", "address", "phone", "weekdays"];
        out.row(&head.map(Cell::from))?;
        for a in &self.agencies {
            let days: String = a.weekdays.map_or_else(String::new, |days| {
                "月火水木金土日".chars().zip(days).filter(|(_, open)| *open).map(|(c, _)| c).collect()
            });
            let field = a.field.code();
            let cells = [&a.name, &a.reading, &a.alias, &a.corporation];
            let mut row: Vec<Cell<'_>> = cells.map(Cell::from).into();
            row.extend([Cell::from(field), Cell::from(&a.place), Cell::from(&a.phone), Cell::from(&days)]);
            out.row(&row)?;
        }
        Ok(out.text().to_owned())
    }
}

/// Loads a list inside an act: agencies the register does not know on `on` are made, the others are left as they are.
/// The caller must not commit when the report has problems.
pub async fn load(act: &mut Act, right: &Right, file: &[u8], on: Day, only: &str) -> Result<Report, Fail> {
    let listing = read(file, only);
    let mut report = Report { lines: listing.lines, problems: listing.problems, ..Report::default() };
    if !report.problems.is_empty() {
        return Ok(report);
    }
    let at = act.municipality();
    let mut directory = Directory::load(&mut act.facts()?, at).await?;
    let mut entities = find::legal_entity_list(&mut act.facts()?, at).await?;
    for a in listing.agencies {
        if directory.agency(&a.name, on).is_some() {
            continue;
        }
        // Without a body of its own it is one by itself: never silently inside another.
        let body = if a.corporation.is_empty() { a.name.clone() } else { a.corporation.clone() };
        let legal_entity = if let Some(id) = entities.get(&body) {
            *id
        } else {
            let id = act.new_id();
            write::legal_entity_add(&mut act.save(right)?, at, id, &body, entity_kind(&body)).await?;
            report.made("legal_entity");
            entities.insert(body, id);
            id
        };
        let id = act.new_id();
        let standard = NewAgency::new(&a.name, legal_entity, on);
        let agency = NewAgency {
            reading: a.reading,
            aliases: if a.alias.is_empty() { Vec::new() } else { vec![a.alias] },
            field: a.field,
            phone: a.phone,
            place: a.place,
            has_login: false,
            weekdays: a.weekdays.unwrap_or(standard.weekdays),
            ..standard
        };
        write::agency_add(&mut act.save(right)?, at, id, &agency).await?;
        report.made("agency");
        directory.add(&a.name, id, Span { from: on, to: None });
    }
    Ok(report)
}

/// Loads a list as `yorisou import agencies`; see [`super::import`].
pub async fn import(
    engine: &Engine,
    municipality: MunicipalityId,
    file: &[u8],
    on: Day,
    only: &str,
    dry_run: bool,
) -> Result<Report, Fail> {
    let body = (What::Agencies, on.to_string(), only, file);
    let mut act =
        engine.system_act(System::Import, municipality, Origin::File, "register.import", &body).await?;
    let mut report = load(&mut act, &Right::system(System::Import), file, on, only).await?;
    if report.problems.is_empty() && !dry_run {
        act.commit(What::Agencies.code()).await?;
        report.stored = true;
    }
    Ok(report)
}

#[cfg(test)]
#[path = "open_data_test.rs"]
mod tests;
