//! Swagger tables in Markdown: literal bold labels, a column for where a parameter goes, sub-objects apart or nested by `└─`.

use crate::document;
use crate::lines::Line;
use crate::page::Page;
use crate::page_builder::PageBuilder;

pub(super) fn shows(lines: &[Line]) -> bool {
    lines.iter().any(|line| line.text.contains("**consumes**") || line.text.contains("**produces**") || line.text.contains("**接口地址**"))
        || lines.iter().any(|line| line.text.contains("数据类型") && line.text.contains("schema") && line.text.contains('|'))
}

pub(super) fn read(lines: &[Line], mut page: PageBuilder) -> Page {
    document::read(lines, &mut page);
    page.finish()
}
