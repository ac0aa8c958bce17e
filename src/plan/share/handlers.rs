//! Files of figures on their way to a browser.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};

use crate::error::AppError;
use crate::sheet::{FileKind, Table, WriteError, to_csv, to_titled_xlsx};
use crate::web::{Fields, attachment};

/// `table` as a file called `name`; in a workbook `lines` stand above it, in text the heads stay the first line, so that
/// programs can read it.
pub fn table_file(name: &str, kind: FileKind, table: &Table, lines: &[String]) -> Result<Response, AppError> {
    let bytes = match kind {
        FileKind::Csv(separator) => to_csv(table, separator),
        FileKind::Xlsx => to_titled_xlsx(table, lines),
    }
    .map_err(|error: WriteError| AppError::Internal(error.to_string()))?;
    let name = format!("{name}.{}", kind.ending());
    Ok(attachment(&name, kind.media_type(), bytes))
}

/// A picture: shown, or kept as a file where the address says `download`.
pub fn picture_file(name: &str, svg: &str, fields: &Fields) -> Response {
    const KIND: &str = "image/svg+xml; charset=utf-8";
    if fields.has("download") {
        return attachment(&format!("{name}.svg"), KIND, svg.as_bytes().to_vec());
    }
    let kind = HeaderValue::from_static(KIND);
    ([(header::CONTENT_TYPE, kind)], svg.to_owned()).into_response()
}
