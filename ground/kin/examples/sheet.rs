//! A contact sheet of invented families, to be looked at: `cargo run -p kin --example sheet -- out.html app.css`.

#[path = "../tests/invented/mod.rs"]
mod invented;

use kin::svg::{Died, Frame};

fn main() -> std::io::Result<()> {
    let mut args = std::env::args().skip(1);
    let (out, css) = (args.next().unwrap_or_default(), args.next().unwrap_or_default());
    let from: u64 = args.next().and_then(|n| n.parse().ok()).unwrap_or(0);
    let mut html = format!(
        "<!doctype html><meta charset=\"utf-8\"><title>Families</title><style>{}</style><main>",
        std::fs::read_to_string(css)?
    );
    let many = (2..=4).flat_map(|n| [(n, kin::Sex::Male, true), (n, kin::Sex::Female, n == 3)]);
    let many = many.map(|(n, sex, names)| invented::partners(n, sex, names));
    for (seed, family) in (from..).zip((from..from + 30).map(invented::family).chain(many)) {
        let drawing = kin::genogram(&family);
        let id = format!("g{seed}");
        let died = if seed % 2 == 0 { Died::Cross } else { Died::Fill };
        let frame = Frame { id: &id, title: "ジェノグラム", description: "", died };
        let svg = kin::svg::genogram(&family, &drawing, &frame);
        let legend = kin::svg::legend(&kin::svg::used(&family, &drawing), died, |s| s.code().to_owned());
        html.extend(
            [&format!("<h2>{seed}: {}</h2>", family.people.len()), &svg, &legend].map(String::as_str),
        );
    }
    std::fs::write(out, html)
}
