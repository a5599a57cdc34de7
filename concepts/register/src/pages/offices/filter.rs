//! What of the list somebody looks for: words of a name, a programme, how it stands. A town has dozens of contracts and desks.

use site::{Choice, Fields, Form, T};
use words::code::Code;
use words::name::name_key;

use super::Register;
use crate::rules::Programme;
use crate::rules::office::{self, Standing};
use crate::sql::DeskRow;
use crate::sql::find::Contract;

/// As asked for in the address; names of agencies are no personal data.
#[derive(Default)]
pub(super) struct Filter {
    /// As typed.
    pub q: String,
    key: String,
    programme: Option<Programme>,
    standing: Option<Standing>,
}

impl Filter {
    pub fn read(query: &Fields) -> Self {
        let q: String = query.get("q").unwrap_or_default().trim().chars().take(60).collect();
        Self {
            key: name_key(&q),
            q,
            programme: query.get("programme").and_then(Programme::parse),
            standing: query.get("standing").and_then(Standing::parse),
        }
    }

    /// Whether anything is asked for.
    pub fn is_set(&self) -> bool {
        !self.key.is_empty() || self.programme.is_some() || self.standing.is_some()
    }

    /// Whether what is over is asked for, or nothing is said about it: then it stands apart.
    pub fn shows_past(&self) -> bool {
        self.standing.is_none_or(|standing| standing == Standing::Over)
    }

    fn named<'a>(&self, mut names: impl Iterator<Item = &'a str>) -> bool {
        self.key.is_empty() || names.any(|name| name_key(name).contains(&self.key))
    }

    fn of_programme<'a>(&self, mut codes: impl Iterator<Item = &'a str>) -> bool {
        self.programme.is_none_or(|programme| codes.any(|code| code == programme.code()))
    }

    pub fn keeps_contract(&self, register: &Register, contract: &Contract) -> bool {
        let desks: Vec<String> =
            register.desks_of(contract).iter().map(|desk| register.desk(desk.id)).collect();
        let (contractor, commissioner) =
            (register.agency(contract.contractor), register.agency(contract.commissioner));
        let names = [contractor.as_str(), commissioner.as_str(), contract.title.as_str()];
        self.standing.is_none_or(|asked| asked == office::standing(contract.span(), register.today))
            && self.of_programme(contract.programmes.iter().map(String::as_str))
            && self.named(names.into_iter().chain(desks.iter().map(String::as_str)))
    }

    pub fn keeps_desk(&self, register: &Register, desk: &DeskRow) -> bool {
        let (own, agency) = (register.desk(desk.id), register.agency(desk.agency));
        let standing = office::standing(desk.span, register.today);
        self.standing.map_or(standing != Standing::Over, |asked| asked == standing)
            && self.of_programme([desk.programme.as_str()].into_iter())
            && self.named([own.as_str(), agency.as_str()].into_iter())
    }

    /// What can be chosen.
    pub fn choices(&self, t: &T) -> [Vec<Choice>; 2] {
        let chosen = [
            ("programme", self.programme.map_or_else(String::new, |p| p.code().to_owned())),
            ("standing", self.standing.map_or_else(String::new, |s| s.code().to_owned())),
        ];
        let form = Form::filled(chosen.to_vec());
        let programmes =
            Programme::ALL.iter().map(|p| Choice::new(&form, "programme", p.code(), t.code("programme", p)));
        let standings = Standing::ALL
            .iter()
            .map(|s| Choice::new(&form, "standing", s.code(), t.code("office_standing", s)));
        [programmes.collect(), standings.collect()]
    }
}
