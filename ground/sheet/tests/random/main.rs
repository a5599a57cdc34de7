//! Random definitions: the form, validation, storage, reading back, print, cells, schema and XLSForm agree; and no
//! text can crash the parser.

mod agree;
mod broken;
mod make;
mod validator;
