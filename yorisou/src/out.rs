//! The one place that prints.

use std::fmt::Display;

/// Prints a line for whoever called the program.
#[expect(clippy::print_stdout, reason = "a command line program answers on standard output")]
pub fn line(text: impl Display) {
    println!("{text}");
}

/// Prints why something did not work.
pub fn trouble(text: impl Display) {
    eprintln!("yorisou: {text}");
}
