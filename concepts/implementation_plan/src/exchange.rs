//! The tables as a spreadsheet: one line per sub-item, out and in. What is written, read and written again is the same
//! to the last byte. Pure: bytes are the tabular reader's and writer's.

use std::collections::HashMap;

use register::plan::{Item, Plan, Row, Set, TABLES, without_mark};
use register::{ConsultableBy, Delivery, Position, Programme, Statutory};
use site::T;
use words::Day;
use words::code::Code;
use words::codes;
use words::id::{AgencyId, AgencyProgrammeId};

use crate::framework;
use crate::rules::{Names, Shown, ShownItem, ShownSet, mark};

codes! {
    /// Columns, in their order. Three have the printed plan's heads.
    pub enum Column {
        /// 事業.
        Programme = "programme",
        /// 行.
        Row = "row",
        /// 相談支援機関（事業）.
        Name = "name",
        /// 内訳.
        Item = "item",
        /// 数.
        Count = "count",
        /// 単位.
        Unit = "unit",
        /// 内訳の注.
        ItemNote = "item_note",
        /// ただし書き.
        Note = "note",
        /// 除くもの.
        Excludes = "excludes",
        /// 相談できる人.
        AskedBy = "asked_by",
        /// 所管課・委託元課.
        Owners = "owners",
        /// 実施者.
        Contractor = "contractor",
        /// 実施方式.
        Delivery = "delivery",
        /// 法定事業.
        Statutory = "statutory",
        /// 法定事業の名.
        StatutoryName = "statutory_name",
        /// 交付金の区分.
        Base = "base",
        /// 位置づけ.
        Position = "position",
        /// 本事業における主な役割.
        Role = "role",
        /// 集合.
        SetOf = "set_of",
        /// 集合から除く行.
        SetExcept = "set_except",
        /// 表の区切り.
        Block = "block",
        /// ID: which row it is.
        Id = "id",
    }
}

/// Between several values in one cell.
const BETWEEN: &str = ";";
/// What stands where a new table begins.
const BEGINS: &str = "1";

/// The heads.
pub fn head(t: &T) -> Vec<String> {
    Column::ALL.iter().map(|c| t.code("plan_column", c)).collect()
}

/// The rows as lines: what belongs to the whole row is repeated for each sub-item, so that lines can be sorted.
pub fn lines(t: &T, rows: &[Shown]) -> Vec<Vec<String>> {
    rows.iter()
        .flat_map(|row| {
            row.items.iter().enumerate().map(move |(place, item)| {
                Column::ALL.iter().map(|column| cell(t, row, (place, item), *column)).collect()
            })
        })
        .collect()
}

fn cell(t: &T, row: &Shown, (place, item): (usize, &ShownItem), column: Column) -> String {
    let statutory = Statutory::parse(&item.statutory).unwrap_or(Statutory::None);
    match column {
        Column::Programme => t.code("programme", row.programme),
        Column::Row => row.row_no.to_string(),
        Column::Name => row.name.clone(),
        Column::Item if item.name.is_empty() => String::new(),
        Column::Item => format!("{}{}", mark(place), item.name),
        Column::Count => item.count.map_or_else(String::new, |n| n.to_string()),
        Column::Unit => item.unit.clone(),
        Column::ItemNote => item.note.clone(),
        Column::Note => row.note.clone(),
        Column::Excludes => row.excludes.clone(),
        Column::AskedBy => t.code("consultable", row.asked_by),
        Column::Owners => row.owners.join(BETWEEN),
        Column::Contractor => row.contractor.clone(),
        Column::Delivery => {
            row.delivery.iter().map(|d| t.code("delivery", d)).collect::<Vec<_>>().join(BETWEEN)
        }
        Column::Statutory => match statutory {
            Statutory::None => String::new(),
            Statutory::Part => t.s("statutory.part").to_owned(),
            Statutory::All | Statutory::Named(_) => t.s("statutory.all").to_owned(),
        },
        Column::StatutoryName => match statutory {
            Statutory::Named(name) => name,
            _ => String::new(),
        },
        Column::Base if item.base.is_empty() => String::new(),
        Column::Base => t.code("plan_base", &item.base),
        Column::Position => t.code("position", row.position),
        Column::Role => row.role.clone(),
        Column::SetOf => row.set.as_ref().map_or_else(String::new, |set| t.code("programme", set.programme)),
        Column::SetExcept => row.set.as_ref().map_or_else(String::new, |set| set.except.join(BETWEEN)),
        Column::Block => if row.starts_block { BEGINS } else { "" }.to_owned(),
        Column::Id => id_word(row.id),
    }
}

/// What is wrong with one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line of the file, the head being line 1.
    pub line: usize,
    /// The column; none for the line as a whole.
    pub column: Option<Column>,
    /// Key of the sentence.
    pub key: &'static str,
    /// What stands there; never a 個人番号.
    pub value: String,
}

impl Problem {
    fn new(line: usize, column: impl Into<Option<Column>>, key: &'static str, value: &str) -> Self {
        let value = if words::mynumber::contains_my_number(value) { "" } else { value };
        Self { line, column: column.into(), key, value: value.to_owned() }
    }

    /// The sentence with the place in front.
    pub fn sentence(&self, t: &T) -> String {
        let reason = t.f(self.key, "value", &self.value);
        let line = self.line.to_string();
        match self.column {
            None => t.fs("plan_import.at_line", &[("line", line), ("reason", reason)]),
            Some(column) => t.fs(
                "plan_import.at_cell",
                &[("line", line), ("column", t.code("plan_column", column)), ("reason", reason)],
            ),
        }
    }
}

/// A row as a file has it, names not yet looked up.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Line on which it begins.
    pub line: usize,
    /// The row it says it is.
    pub id: Option<AgencyProgrammeId>,
    /// The row, with names as written.
    pub shown: Shown,
}

/// Reads the lines of a file: `table` is its head and its lines, numbered. Every problem is found.
pub fn read(t: &T, table: &[(usize, Vec<String>)]) -> (Vec<Draft>, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut drafts: Vec<Draft> = Vec::new();
    let Some(((_, head), lines)) = table.split_first() else {
        return (drafts, vec![Problem::new(1, None, "plan_import.empty", "")]);
    };
    let at = columns(t, head, &mut problems);
    if !problems.is_empty() {
        return (drafts, problems);
    }
    for (line, cells) in lines.iter().filter(|(_, cells)| cells.iter().any(|c| !c.trim().is_empty())) {
        let cells = Cells { t, line: *line, at: &at, texts: cells, problems: &mut problems };
        let Some(draft) = cells.draft() else { continue };
        let same = |d: &&mut Draft| {
            d.shown.programme == draft.shown.programme && d.shown.row_no == draft.shown.row_no
        };
        match drafts.iter_mut().find(same) {
            None => drafts.push(draft),
            Some(first) => join(first, draft, &mut problems),
        }
    }
    if drafts.is_empty() && problems.is_empty() {
        problems.push(Problem::new(1, None, "plan_import.empty", ""));
    }
    drafts.sort_by_key(|d| (register::plan::place(d.shown.programme), d.shown.row_no));
    problems.sort_by_key(|p| p.line);
    (drafts, problems)
}

/// Where each column stands. All must be there: a column left out would empty what it holds.
fn columns(t: &T, head: &[String], problems: &mut Vec<Problem>) -> HashMap<Column, usize> {
    let mut at = HashMap::new();
    for column in Column::ALL {
        let word = words::fold::fold(&t.code("plan_column", column));
        let found: Vec<usize> = head
            .iter()
            .enumerate()
            .filter(|(_, h)| h.trim() == column.code() || words::fold::fold(h) == word)
            .map(|(i, _)| i)
            .collect();
        match found.as_slice() {
            [one] => {
                at.insert(*column, *one);
            }
            [] => problems.push(Problem::new(1, *column, "plan_import.no_column", "")),
            _ => problems.push(Problem::new(1, *column, "plan_import.column_twice", "")),
        }
    }
    at
}

/// A second line of a row is a sub-item; what belongs to the whole row must be as on the first.
fn join(first: &mut Draft, next: Draft, problems: &mut Vec<Problem>) {
    let bare = |shown: &Shown| Shown { items: Vec::new(), ..shown.clone() };
    if next.id != first.id {
        problems.push(Problem::new(next.line, Column::Id, "plan_import.other_row", ""));
    } else if bare(&next.shown) != bare(&first.shown) {
        let line = first.line.to_string();
        problems.push(Problem::new(next.line, None, "plan_import.differs", &line));
    } else if next.shown.items.iter().chain(&first.shown.items).any(|i| i.name.is_empty()) {
        problems.push(Problem::new(next.line, Column::Item, "plan_import.twice", ""));
    }
    first.shown.items.extend(next.shown.items);
}

struct Cells<'a> {
    t: &'a T,
    line: usize,
    at: &'a HashMap<Column, usize>,
    texts: &'a [String],
    problems: &'a mut Vec<Problem>,
}

impl Cells<'_> {
    fn raw(&self, column: Column) -> &str {
        self.at.get(&column).and_then(|i| self.texts.get(*i)).map_or("", |c| c.trim())
    }

    fn wrong(&mut self, column: Column, key: &'static str) {
        let problem = Problem::new(self.line, column, key, self.raw(column));
        self.problems.push(problem);
    }

    fn text(&mut self, column: Column, max: usize) -> String {
        let read = if column == Column::Role {
            words::input::optional_paragraph(self.raw(column), max)
        } else {
            words::input::optional_line(self.raw(column), max)
        };
        read.map_or_else(
            |_| {
                self.problems.push(Problem::new(self.line, column, "plan_import.text", ""));
                String::new()
            },
            Option::unwrap_or_default,
        )
    }

    /// A value of a closed list, as its word or its code.
    fn code<C: Code>(&mut self, column: Column, list: &str) -> Option<C> {
        let found = word_or_code(self.t, self.raw(column), list);
        if found.is_none() {
            self.wrong(column, "plan_import.code");
        }
        found
    }

    fn list(&mut self, column: Column) -> Vec<String> {
        parts(&self.text(column, 400))
    }

    fn number(&mut self, column: Column) -> Option<i64> {
        let text = words::fold::fold(self.raw(column));
        let number = text.parse::<i64>().ok().filter(|n| (0..=1_000_000).contains(n));
        if number.is_none() && !text.is_empty() {
            self.wrong(column, "plan_import.number");
        }
        number
    }

    fn item(&mut self) -> ShownItem {
        let name = self.text(Column::Statutory, 40);
        let named = self.text(Column::StatutoryName, 100);
        let is = |key: &str, code: &str| {
            name == code || words::fold::fold(&name) == words::fold::fold(self.t.s(key))
        };
        let statutory = if name.is_empty() || is("statutory.none", "none") {
            if !named.is_empty() {
                self.wrong(Column::StatutoryName, "plan_import.name_without_statutory");
            }
            Statutory::None
        } else if is("statutory.part", "part") {
            Statutory::Part
        } else if is("statutory.all", "all") {
            if named.is_empty() { Statutory::All } else { Statutory::Named(named) }
        } else {
            self.wrong(Column::Statutory, "plan_import.code");
            Statutory::None
        };
        let base = self.base();
        ShownItem {
            name: without_mark(&self.text(Column::Item, 100)).to_owned(),
            count: self.number(Column::Count),
            unit: self.text(Column::Unit, 10),
            note: self.text(Column::ItemNote, 200),
            statutory: statutory.to_string(),
            base,
        }
    }

    fn base(&mut self) -> String {
        let folded = words::fold::fold(self.raw(Column::Base));
        if folded.is_empty() {
            return String::new();
        }
        let word = |code: &str| words::fold::fold(&self.t.code("plan_base", code));
        let raw = self.raw(Column::Base);
        let found = framework::all().into_iter().find(|b| b.code == raw || word(b.code) == folded);
        if found.is_none() {
            self.wrong(Column::Base, "plan_import.code");
        }
        found.map_or_else(String::new, |b| b.code.to_owned())
    }

    fn draft(mut self) -> Option<Draft> {
        let before = self.problems.len();
        let programme: Option<Programme> = self.code(Column::Programme, "programme");
        let row_no = self.number(Column::Row);
        if row_no.is_none() && self.raw(Column::Row).is_empty() {
            self.wrong(Column::Row, "plan_import.required");
        }
        let name = self.text(Column::Name, 100);
        if name.is_empty() && self.problems.len() == before {
            self.wrong(Column::Name, "plan_import.required");
        }
        let id = match self.raw(Column::Id) {
            "" => None,
            text => {
                let id = read_id(text);
                if id.is_none() {
                    self.wrong(Column::Id, "plan_import.id");
                }
                id
            }
        };
        let mut delivery: Vec<Delivery> = Vec::new();
        for part in self.list(Column::Delivery) {
            match word_or_code(self.t, &part, "delivery") {
                Some(code) if !delivery.contains(&code) => delivery.push(code),
                Some(_) => {}
                None => self.wrong(Column::Delivery, "plan_import.code"),
            }
        }
        let set_of: Option<Programme> =
            if self.raw(Column::SetOf).is_empty() { None } else { self.code(Column::SetOf, "programme") };
        let except = self.list(Column::SetExcept);
        if set_of.is_none() && !except.is_empty() {
            self.wrong(Column::SetExcept, "plan_import.except_without_set");
        }
        let asked_by = if self.raw(Column::AskedBy).is_empty() {
            Some(ConsultableBy::Anyone)
        } else {
            self.code(Column::AskedBy, "consultable")
        };
        let position: Option<Position> = self.code(Column::Position, "position");
        if !matches!(self.raw(Column::Block), "" | BEGINS) {
            self.wrong(Column::Block, "plan_import.block");
        }
        let item = self.item();
        let (note, excludes) = (self.text(Column::Note, 200), self.text(Column::Excludes, 200));
        let (owners, contractor) = (self.list(Column::Owners), self.text(Column::Contractor, 100));
        let (role, starts_block) = (self.text(Column::Role, 1000), self.raw(Column::Block) == BEGINS);
        let shown = Shown {
            id: id.unwrap_or(NONE),
            programme: programme?,
            row_no: row_no?,
            starts_block,
            agency: None,
            name,
            note,
            excludes,
            asked_by: asked_by?,
            owners,
            contractor,
            delivery,
            position: position?,
            role_id: None,
            role,
            items: vec![item],
            set: set_of.map(|programme| ShownSet { programme, except, members: Vec::new() }),
        };
        Some(Draft { line: self.line, id, shown })
    }
}

/// An id in letters only: with digits it could look like a 個人番号 somewhere among many, and the file be refused.
fn id_word(id: AgencyProgrammeId) -> String {
    id.uuid().simple().to_string().bytes().map(|b| char::from(b'a' + nibble(b))).collect()
}

fn nibble(hex: u8) -> u8 {
    if hex.is_ascii_digit() { hex - b'0' } else { hex.saturating_sub(b'a' - 10) }
}

/// The id of [`id_word`].
fn read_id(text: &str) -> Option<AgencyProgrammeId> {
    let text = text.trim().as_bytes();
    if text.len() != 32 || text.iter().any(|b| !(b'a'..=b'p').contains(b)) {
        return None;
    }
    let value = text.iter().fold(0_u128, |value, b| value << 4 | u128::from(b - b'a'));
    Some(words::Id::new(uuid::Uuid::from_u128(value)))
}

/// Stands for a row that has no id yet.
pub(crate) const NONE: AgencyProgrammeId = words::Id::new(uuid::Uuid::nil());

/// The parts of a cell with several values.
pub fn parts(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for part in text.split([';', '；', '、', '\n']).map(str::trim).filter(|p| !p.is_empty()) {
        if !found.iter().any(|f| f == part) {
            found.push(part.to_owned());
        }
    }
    found
}

fn word_or_code<C: Code>(t: &T, text: &str, list: &str) -> Option<C> {
    let folded = words::fold::fold(text);
    C::parse(text)
        .or_else(|| C::ALL.iter().copied().find(|c| words::fold::fold(&t.code(list, c.code())) == folded))
}

/// A file looked up against the register: rows as they would be, with the words of their roles.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The row; its role and version are set when it is stored.
    pub row: Row,
    /// The words of its role.
    pub role: String,
    /// Line on which it begins.
    pub line: usize,
}

/// Looks up what the drafts name. `fresh` makes ids for new rows. A row without an id is the one of the same name in
/// the same table; otherwise it is new.
pub fn resolve(
    drafts: Vec<Draft>,
    plan: &Plan,
    names: &Names,
    from: Day,
    mut fresh: impl FnMut() -> AgencyProgrammeId,
) -> (Vec<Wanted>, Vec<Problem>) {
    let mut problems = Vec::new();
    let now = crate::rules::shown(plan, names, from);
    let mut taken: Vec<AgencyProgrammeId> = drafts.iter().filter_map(|d| d.id).collect();
    let mut wanted: Vec<(Wanted, Vec<String>)> = Vec::new();
    for draft in drafts {
        let by_name = |taken: &[AgencyProgrammeId]| {
            let same = |r: &&Shown| r.programme == draft.shown.programme && r.name == draft.shown.name;
            now.iter().find(|r| same(r) && !taken.contains(&r.id)).map(|r| r.id)
        };
        let id = match draft.id {
            Some(id) => {
                if plan.newest(id).is_none_or(|r| r.programme != draft.shown.programme) {
                    problems.push(Problem::new(draft.line, Column::Id, "plan_import.no_row", ""));
                }
                if wanted.iter().any(|(w, _)| w.row.id == id) {
                    problems.push(Problem::new(draft.line, Column::Id, "plan_import.row_twice", ""));
                }
                id
            }
            None => by_name(&taken).unwrap_or_else(&mut fresh),
        };
        taken.push(id);
        let before = plan.row(id, from);
        let except = draft.shown.set.as_ref().map_or_else(Vec::new, |s| s.except.clone());
        let row = stored(&draft.shown, id, before, names, from);
        for (field, key) in row.problems() {
            problems.push(Problem::new(draft.line, column_of(field), key, ""));
        }
        wanted.push((Wanted { row, role: draft.shown.role, line: draft.line }, except));
    }
    let listed: Vec<(Programme, String, AgencyProgrammeId)> =
        wanted.iter().map(|(w, _)| (w.row.programme, crate::rules::name(&w.row, names), w.row.id)).collect();
    for (w, except) in &mut wanted {
        let Some(set) = &mut w.row.set else { continue };
        for name in except {
            match listed.iter().find(|(p, n, _)| *p == set.programme && n == name) {
                Some((.., id)) => set.except.push(*id),
                None => problems.push(Problem::new(w.line, Column::SetExcept, "plan_import.no_except", name)),
            }
        }
        set.except.sort();
    }
    problems.sort_by_key(|p| p.line);
    (wanted.into_iter().map(|(w, _)| w).collect(), problems)
}

/// A draft as the register keeps it. A name that is the agency's own is not kept, so that a rename is followed; a
/// former name of a section is kept as it was when nothing else was written.
pub(crate) fn stored(
    shown: &Shown,
    id: AgencyProgrammeId,
    before: Option<&Row>,
    names: &Names,
    from: Day,
) -> Row {
    let of_name = |name: &str| -> Option<AgencyId> {
        let mut found = names.agencies.iter().filter(|(_, n)| n.as_str() == name).map(|(id, _)| *id);
        found.next().filter(|_| found.next().is_none())
    };
    let same_name = before.filter(|b| crate::rules::name(b, names) == shown.name);
    let (agency, name) = if shown.set.is_some() {
        (None, shown.name.clone())
    } else if let Some(before) = same_name {
        (before.agency, before.name.clone())
    } else if let Some(agency) = of_name(&shown.name) {
        (Some(agency), String::new())
    } else {
        (before.and_then(|b| b.agency), shown.name.clone())
    };
    let current = |name: &String| names.renamed.get(name).unwrap_or(name).clone();
    let sections = match before {
        Some(b) if b.sections.iter().map(current).eq(shown.owners.iter().cloned()) => b.sections.clone(),
        _ => shown.owners.clone(),
    };
    let contractor = match before {
        Some(b) if current(&b.contractor) == shown.contractor => b.contractor.clone(),
        _ => shown.contractor.clone(),
    };
    Row {
        id,
        version: 0,
        programme: shown.programme,
        from,
        ended: false,
        row_no: shown.row_no,
        starts_block: shown.starts_block,
        agency,
        name,
        note: shown.note.clone(),
        excludes: shown.excludes.clone(),
        asked_by: shown.asked_by,
        sections,
        contractor,
        delivery: shown.delivery.clone(),
        position: shown.position,
        role: None,
        set: shown.set.as_ref().map(|s| Set { programme: s.programme, except: Vec::new() }),
        items: shown
            .items
            .iter()
            .map(|i| Item {
                name: i.name.clone(),
                count: i.count,
                unit: i.unit.clone(),
                note: i.note.clone(),
                statutory: Statutory::parse(&i.statutory).unwrap_or(Statutory::None),
                base: i.base.clone(),
            })
            .collect(),
        command: None,
    }
}

fn column_of(field: &str) -> Option<Column> {
    match field {
        "items" => Some(Column::Item),
        "sections" => Some(Column::Owners),
        other => Column::parse(other),
    }
}

/// Which tables a file speaks of: rows of these that it does not have are to end; other tables are left alone.
pub fn tables_of(wanted: &[Wanted]) -> Vec<Programme> {
    TABLES.into_iter().filter(|p| wanted.iter().any(|w| w.row.programme == *p)).collect()
}
