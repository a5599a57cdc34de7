//! Random definitions: the form, validation, storage, reading back, print, cells, schema and XLSForm agree; and no
//! text can crash the parser.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod agree;
mod broken;
mod make;
mod validator;
