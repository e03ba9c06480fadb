//! `cargo xtask import`: a documented page to a schema file, or a page against a committed schema.

use std::{
    fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, ValueEnum};
use scrm_import::{Imported, Layout, Options};
use scrm_schema::model::VendorFile;

/// Arguments of `cargo xtask import`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Text of the page; `-` reads standard input
    page: PathBuf,
    /// Folder of the vendor below the schema folder
    #[arg(long)]
    vendor: String,
    /// Name of the operation, such as `user_list`; without it the path gives one
    #[arg(long)]
    operation: Option<String>,
    /// Schema file or folder to write; without it the schema goes to standard output and the report to standard error
    #[arg(long, value_name = "PATH", conflicts_with = "diff")]
    out: Option<PathBuf>,
    /// Writes nothing; compares the page with this schema file and fails on a difference
    #[arg(long, value_name = "SCHEMA")]
    diff: Option<PathBuf>,
    /// How the report is written
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    report: ReportFormat,
    /// Layout of the page, where it is not recognised: gitbook-flat, gitbook-pipes, confluence, confluence-cells, apifox, kancloud, markdown, swagger
    #[arg(long, value_parser = |name: &str| Layout::from_name(name).ok_or("no such layout"))]
    layout: Option<Layout>,
    /// Address of the page, for the schema's `source`
    #[arg(long)]
    url: Option<String>,
    /// Folder of the schema files
    #[arg(long, value_name = "DIR", default_value_os_t = crate::root().join("schemas"))]
    schemas: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

/// Imports or compares; exit code 1 on a difference or an error.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let outcome = match &arguments.diff {
        Some(schema) => diff(arguments, schema),
        None => import(arguments).map(|()| true),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(wrong) => {
            say(&mut io::stderr(), &wrong);
            ExitCode::FAILURE
        }
    }
}

fn import(arguments: &Arguments) -> Result<(), String> {
    let text = page(&arguments.page)?;
    let (vendor, source, today) = known(arguments)?;
    let imported = scrm_import::import(&text, &options(arguments, vendor.as_ref(), &source, &today)).map_err(|error| error.to_string())?;
    let report = match arguments.report {
        ReportFormat::Text => imported.report.text(),
        ReportFormat::Json => format!("{:#}", imported.report.json()),
    };
    match &arguments.out {
        Some(out) => {
            let file = write(out, &imported)?;
            say(&mut io::stdout(), &format!("{report}\nwritten: {}", file.display()));
        }
        None => {
            say(&mut io::stderr(), &report);
            say(&mut io::stdout(), imported.schema.trim_end());
        }
    }
    Ok(())
}

/// Whether page and schema agree.
fn diff(arguments: &Arguments, schema: &Path) -> Result<bool, String> {
    let text = page(&arguments.page)?;
    let committed = fs::read_to_string(schema).map_err(|error| format!("{} cannot be read: {error}", schema.display()))?;
    let (vendor, source, today) = known(arguments)?;
    let differences =
        scrm_import::diff(&text, &options(arguments, vendor.as_ref(), &source, &today), &committed).map_err(|error| error.to_string())?;
    let lines = match arguments.report {
        ReportFormat::Text if differences.is_empty() => format!("{} says what {} says", arguments.page.display(), schema.display()),
        ReportFormat::Text => differences.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
        ReportFormat::Json => {
            let entries = differences.iter().map(|difference| {
                serde_json::json!({ "change": difference.change.name(), "at": difference.at, "line": difference.line, "text": difference.text })
            });
            format!("{:#}", serde_json::Value::Array(entries.collect()))
        }
    };
    say(&mut io::stdout(), &lines);
    Ok(differences.is_empty())
}

fn page(path: &Path) -> Result<String, String> {
    if path == Path::new("-") {
        let mut text = String::new();
        return io::stdin().read_to_string(&mut text).map(|_| text).map_err(|error| format!("standard input cannot be read: {error}"));
    }
    fs::read_to_string(path).map_err(|error| format!("{} cannot be read: {error}; give the page as UTF-8 text", path.display()))
}

/// The vendor's file if there is one, the source's name, and the date.
fn known(arguments: &Arguments) -> Result<(Option<VendorFile>, String, String), String> {
    let path = arguments.schemas.join(&arguments.vendor).join("vendor.json");
    let vendor = match fs::read_to_string(&path) {
        Ok(text) => Some(serde_json::from_str(&text).map_err(|error| format!("{}: {error}; mend it first", path.display()))?),
        Err(_) => {
            say(&mut io::stderr(), &format!("{} is not there: the usual names of envelope and token are looked for", path.display()));
            None
        }
    };
    let source = arguments.page.file_stem().map_or_else(|| "page".to_owned(), |stem| stem.to_string_lossy().into_owned());
    let today = jiff::Timestamp::now().strftime("%Y-%m-%d").to_string();
    Ok((vendor, source, today))
}

fn options<'a>(arguments: &'a Arguments, vendor: Option<&'a VendorFile>, source: &'a str, today: &'a str) -> Options<'a> {
    Options {
        vendor,
        operation: arguments.operation.as_deref(),
        layout: arguments.layout,
        pick: arguments.pick.as_deref(),
        page: source,
        url: arguments.url.as_deref(),
        read: today,
    }
}

/// Writes the schema; a file that is there already was perhaps edited by a person, and is left alone.
fn write(out: &Path, imported: &Imported) -> Result<PathBuf, String> {
    let file = if out.is_dir() { out.join(&imported.file) } else { out.to_owned() };
    if file.exists() {
        return Err(format!("{} exists: compare with --diff, or remove it first", file.display()));
    }
    fs::write(&file, &imported.schema).map_err(|error| format!("{} cannot be written: {error}", file.display()))?;
    Ok(file)
}

/// Prints; a reader that went away is no error.
fn say(to: &mut impl Write, text: &str) {
    let _ = writeln!(to, "{text}");
}
