//! The invented town of `yorisou demo`.

use access::{Right, Role, System};
use engine::{Broken, Engine, Fail, Origin};
use register::acts;
use register::{NewUser, Span};
use serde::Deserialize;
use words::code::Code;

const TOWN: &str = include_str!("demo.toml");
const AREAS: &[u8] = include_bytes!("../../town/data/areas.csv");
const PROGRAMMES: &[u8] = include_bytes!("../../town/data/programmes.csv");

#[derive(Deserialize)]
struct Town {
    municipality: String,
    code: String,
    people: Vec<Person>,
}

#[derive(Deserialize)]
struct Person {
    login: String,
    name: String,
    reading: String,
    line: String,
    agency: String,
    programme: String,
    role: String,
}

fn broken(fail: Fail) -> Broken {
    match fail {
        Fail::Broken(e) => e,
        Fail::Refused(refusal) => Broken::Outside(format!("demonstration town refused: {}", refusal.key)),
        Fail::NotVisible | Fail::Stale => Broken::Outside("demonstration town refused".to_owned()),
    }
}

/// Makes the town in an empty database. The same seed makes the same town.
pub async fn load(engine: &Engine, seed: u64) -> Result<(), Broken> {
    build(engine, seed).await.map_err(broken)
}

async fn build(engine: &Engine, seed: u64) -> Result<(), Fail> {
    let town: Town = toml::from_str(TOWN).map_err(|e| Broken::Outside(format!("demo.toml: {e}")))?;
    let municipality = engine.new_id();
    engine::check::add_municipality(engine, municipality, &town.municipality).await?;
    let right = Right::system(System::Demonstration);
    let today = engine.now().day();
    let mut act =
        engine.system_act(System::Demonstration, municipality, Origin::Console, "demo.load", &seed).await?;
    acts::create_municipality(&mut act, &right, &town.municipality, &town.code).await?;
    for (what, file) in
        [(register::import::What::Areas, AREAS), (register::import::What::Programmes, PROGRAMMES)]
    {
        let report = register::import::load(&mut act, &right, what, file, today).await?;
        if let Some(problem) = report.problems.first() {
            return Err(Broken::Outside(format!("demonstration {what}: {problem}")).into());
        }
    }
    // The months before today belong to the story: everybody has been in place for a year.
    let from = today.plus_days(-365);
    let span = Span { from, to: None };
    let desks = register::desks(&mut act.facts()?, municipality, today).await?;
    for person in &town.people {
        let desk = desks
            .iter()
            .find(|d| d.name.starts_with(&person.agency) && d.programme == person.programme)
            .ok_or_else(|| Broken::Outside(format!("demo.toml: no desk of {}", person.agency)))?
            .id;
        let role = Role::parse(&person.role)
            .ok_or_else(|| Broken::Outside(format!("demo.toml: role {}", person.role)))?;
        let post = acts::add_post(&mut act, &right, desk, role, "").await?;
        let user = NewUser {
            login: person.login.clone(),
            name: person.name.clone(),
            reading: person.reading.clone(),
            demo_line: person.line.clone(),
        };
        let user = acts::add_user(&mut act, &right, &user).await?;
        acts::appoint(&mut act, &right, user, post, None, span, "").await?;
    }
    act.commit("").await?;
    Ok(())
}
