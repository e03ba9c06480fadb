//! `cargo xtask import`: a documented page to a schema file, or a page against a committed schema.

use std::{
    fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, ValueEnum};
use scrm_import::{Committed, Imported, Layout, Options};
use scrm_schema::model::VendorFile;

/// Arguments of `cargo xtask import`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The page, or several copies of one page, in any form: text, HTML, MHTML, Markdown, OpenAPI, an Apifox project; `-` reads standard input
    #[arg(required_unless_present = "trial")]
    pages: Vec<PathBuf>,
    /// Folder of the vendor below the schema folder
    #[arg(long, required_unless_present = "trial")]
    vendor: Option<String>,
    /// Reads every page of a folder, each beside its truth (`page.txt`, `page.txt.truth.json`); prints one line a page and the totals form by form
    #[arg(long = "try", value_name = "DIR", id = "trial", conflicts_with_all = ["out", "diff"])]
    trial: Option<PathBuf>,
    /// With --try: what is wrong on each page
    #[arg(long, requires = "trial")]
    faults: bool,
    /// Which operation of a text that holds several: its title, method and path, or a part of them
    #[arg(long)]
    pick: Option<String>,
    /// Every operation of a text that holds several; `--out` is then a folder
    #[arg(long, conflicts_with_all = ["pick", "operation", "diff"])]
    all: bool,
    /// Only lists the operations that the text holds
    #[arg(long, conflicts_with_all = ["out", "diff", "all"])]
    list: bool,
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
    /// Layout of the page, where it is not recognised: gitbook-flat, gitbook-pipes, confluence, confluence-cells, cells, glued, apifox, kancloud, markdown, swagger, items, examples
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

/// Imports, compares or tries; exit code 1 on a difference, on something wrong in silence, or on an error.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let outcome = match (&arguments.trial, &arguments.diff) {
        (Some(folder), _) => crate::trial::run(folder, arguments.faults, arguments.report == ReportFormat::Json),
        (None, Some(schema)) => diff(arguments, schema),
        (None, None) if arguments.list => list(arguments).map(|()| true),
        (None, None) => import(arguments).map(|()| true),
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

fn list(arguments: &Arguments) -> Result<(), String> {
    let (vendor, source, today) = known(arguments)?;
    for path in &arguments.pages {
        let found =
            scrm_import::list(&page(path)?, &options(arguments, vendor.as_ref(), &source, &today)).map_err(|error| error.to_string())?;
        say(&mut io::stdout(), &found.join("\n"));
    }
    Ok(())
}

fn import(arguments: &Arguments) -> Result<(), String> {
    let (vendor, source, today) = known(arguments)?;
    let options = options(arguments, vendor.as_ref(), &source, &today);
    let texts = arguments.pages.iter().map(|path| Ok((name_of(path), page(path)?))).collect::<Result<Vec<_>, String>>()?;
    let imported = match texts.as_slice() {
        [(_, text)] if arguments.all => scrm_import::import_all(text, &options),
        [(_, text)] => scrm_import::import(text, &options).map(|imported| vec![imported]),
        _ if arguments.all => return Err("--all takes one file".to_owned()),
        several => {
            let copies: Vec<(&str, &str)> = several.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
            scrm_import::import_copies(&copies, &options).map(|imported| vec![imported])
        }
    };
    let imported = imported.map_err(|error| error.to_string())?;
    // Nothing is written unless everything can be.
    if let Some(out) = &arguments.out {
        if arguments.all && !out.is_dir() {
            return Err(format!("{} is no folder: --all writes one file for each operation", out.display()));
        }
        let mut files = std::collections::HashSet::new();
        for imported in &imported {
            let file = target(out, imported);
            if file.exists() {
                return Err(format!("{} exists: compare with --diff, or remove it first", file.display()));
            }
            if !files.insert(file.clone()) {
                return Err(format!(
                    "two operations would be written to {}: import them one by one, with --pick and --operation",
                    file.display()
                ));
            }
        }
    }
    for imported in &imported {
        show(arguments, imported)?;
    }
    Ok(())
}

fn show(arguments: &Arguments, imported: &Imported) -> Result<(), String> {
    let report = match arguments.report {
        ReportFormat::Text => imported.report.text(),
        ReportFormat::Json => format!("{:#}", imported.report.json()),
    };
    match &arguments.out {
        Some(out) => {
            let file = write(out, imported)?;
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
    let [path] = arguments.pages.as_slice() else { return Err("--diff takes one page".to_owned()) };
    let text = page(path)?;
    let area = Area::beside(schema)?;
    let (vendor, source, today) = known(arguments)?;
    let differences = scrm_import::diff(&text, &options(arguments, vendor.as_ref(), &source, &today), &area.committed())
        .map_err(|error| error.to_string())?;
    let lines = match arguments.report {
        ReportFormat::Text if differences.is_empty() => format!("{} says what {} says", path.display(), schema.display()),
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

/// A schema file with what stands beside it.
struct Area {
    schema: String,
    definitions: Option<String>,
    others: Vec<String>,
}

impl Area {
    fn beside(schema: &Path) -> Result<Self, String> {
        let read = |path: &Path| fs::read_to_string(path).map_err(|error| format!("{} cannot be read: {error}", path.display()));
        let mut area = Self { schema: read(schema)?, definitions: None, others: Vec::new() };
        let folder = schema.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        for entry in fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
            let path = entry.path();
            if path.file_name() == schema.file_name() || path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            if path.file_name().is_some_and(|name| name == "definitions.json") {
                area.definitions = Some(read(&path)?);
            } else {
                area.others.push(read(&path)?);
            }
        }
        Ok(area)
    }

    fn committed(&self) -> Committed<'_> {
        Committed { schema: &self.schema, definitions: self.definitions.as_deref(), others: &self.others }
    }
}

/// The text of a file, in whatever encoding it is. No more of it is read than a page can have.
pub(crate) fn page(path: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        io::stdin().take(scrm_import::LARGEST as u64 + 1).read_to_end(&mut bytes)
    } else {
        fs::File::open(path).and_then(|file| file.take(scrm_import::LARGEST as u64 + 1).read_to_end(&mut bytes))
    };
    read.map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    scrm_import::decode(&bytes).map_err(|error| format!("{}: {error}", path.display()))
}

fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(|| "page".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// The vendor's file if there is one, the source's name, and the date.
fn known(arguments: &Arguments) -> Result<(Option<VendorFile>, String, String), String> {
    let path = arguments.schemas.join(arguments.vendor.as_deref().unwrap_or("")).join("vendor.json");
    let vendor = match fs::read_to_string(&path) {
        Ok(text) => Some(serde_json::from_str(&text).map_err(|error| format!("{}: {error}; mend it first", path.display()))?),
        Err(_) => {
            say(&mut io::stderr(), &format!("{} is not there: the usual names of envelope and token are looked for", path.display()));
            None
        }
    };
    let source = arguments
        .pages
        .first()
        .and_then(|path| path.file_stem())
        .map_or_else(|| "page".to_owned(), |stem| stem.to_string_lossy().into_owned());
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

fn target(out: &Path, imported: &Imported) -> PathBuf {
    if out.is_dir() { out.join(&imported.file) } else { out.to_owned() }
}

/// Writes the schema; a file that is there already was perhaps edited by a person, and is left alone. A reader never meets half of it.
fn write(out: &Path, imported: &Imported) -> Result<PathBuf, String> {
    let file = target(out, imported);
    if file.exists() {
        return Err(format!("{} exists: compare with --diff, or remove it first", file.display()));
    }
    let beside = file.with_extension("json.part");
    let written = fs::write(&beside, &imported.schema).and_then(|()| fs::rename(&beside, &file));
    if let Err(error) = written {
        let _ = fs::remove_file(&beside);
        return Err(format!("{} cannot be written: {error}", file.display()));
    }
    Ok(file)
}

/// Prints; a reader that went away is no error.
pub(crate) fn say(to: &mut impl Write, text: &str) {
    let _ = writeln!(to, "{text}");
}
