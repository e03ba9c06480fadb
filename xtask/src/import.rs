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
    /// Schema file (a path that ends in `.json`) or folder to write, made where it is missing; without it the schema goes to standard output and the report
    /// to standard error
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
    let reports = imported.iter().map(|imported| match arguments.report {
        ReportFormat::Text => imported.report.text(),
        ReportFormat::Json => format!("{:#}", imported.report.json()),
    });
    match &arguments.out {
        Some(out) => {
            let files = write(&targets(out, arguments.all, &imported)?)?;
            for (report, file) in reports.zip(files) {
                say(&mut io::stdout(), &format!("{report}\nwritten: {}", file.display()));
            }
        }
        None => {
            for (report, imported) in reports.zip(&imported) {
                say(&mut io::stderr(), &report);
                say(&mut io::stdout(), imported.schema.trim_end());
            }
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

/// The file of each draft with its text. A path that ends in `.json` is a file, any other a folder, whether it is there already or not.
fn targets<'a>(out: &Path, all: bool, imported: &'a [Imported]) -> Result<Vec<(PathBuf, &'a str)>, String> {
    let is_file = !out.is_dir() && out.extension().is_some_and(|extension| extension == "json");
    if out.is_file() && (all || !is_file) {
        return Err(format!("{} is a file, and a folder is needed there", out.display()));
    }
    if all && is_file {
        return Err(format!("{} is the name of one file: --all writes one for each operation into a folder", out.display()));
    }
    let mut targets: Vec<(PathBuf, &str)> = Vec::new();
    for imported in imported {
        let file = if is_file { out.to_owned() } else { out.join(&imported.file) };
        if targets.iter().any(|(known, _)| *known == file) {
            return Err(format!(
                "two operations would be written to {}: import them one by one, with --pick and --operation",
                file.display()
            ));
        }
        targets.push((file, &imported.schema));
    }
    Ok(targets)
}

/// Writes all files, with the folders that are missing, or none. A file that is there already was perhaps edited by a person, and is left alone. A reader
/// never meets half of one.
fn write(targets: &[(PathBuf, &str)]) -> Result<Vec<PathBuf>, String> {
    if let Some((file, _)) = targets.iter().find(|(file, _)| file.exists()) {
        return Err(format!("{} exists: compare with --diff, or remove it first", file.display()));
    }
    let mut made = Made::default();
    for (file, text) in targets {
        made.part(file, text).map_err(|error| format!("{} cannot be written: {error}; nothing was written", file.display()))?;
    }
    for (file, _) in targets {
        made.whole(file).map_err(|error| format!("{} cannot be written: {error}; nothing was written", file.display()))?;
    }
    made.kept = true;
    Ok(targets.iter().map(|(file, _)| file.clone()).collect())
}

/// What was made so far; it is taken away again unless all of it is kept.
#[derive(Default)]
struct Made {
    folders: Vec<PathBuf>,
    files: Vec<PathBuf>,
    kept: bool,
}

impl Made {
    fn part(&mut self, file: &Path, text: &str) -> io::Result<()> {
        let missing: Vec<&Path> =
            file.ancestors().skip(1).take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists()).collect();
        for folder in missing.into_iter().rev() {
            fs::create_dir(folder)?;
            self.folders.push(folder.to_owned());
        }
        let part = part_of(file);
        self.files.push(part.clone());
        fs::write(part, text)
    }

    fn whole(&mut self, file: &Path) -> io::Result<()> {
        fs::rename(part_of(file), file)?;
        self.files.push(file.to_owned());
        Ok(())
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        for file in &self.files {
            let _ = fs::remove_file(file);
        }
        for folder in self.folders.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

fn part_of(file: &Path) -> PathBuf {
    file.with_extension("json.part")
}

/// Prints; a reader that went away is no error.
pub(crate) fn say(to: &mut impl Write, text: &str) {
    let _ = writeln!(to, "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything below a folder, sorted.
    fn holds(folder: &Path) -> Vec<String> {
        let mut found = Vec::new();
        let mut open = vec![folder.to_owned()];
        while let Some(inner) = open.pop() {
            for entry in fs::read_dir(inner).unwrap() {
                let path = entry.unwrap().path();
                found.push(path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/"));
                if path.is_dir() {
                    open.push(path);
                }
            }
        }
        found.sort();
        found
    }

    fn drafts(names: &[&str]) -> Vec<Imported> {
        let page = |name: &str| {
            format!(
                "# 页\n\n- 请求方式: POST\n- 请求地址: /{name}\n\n请求参数\n\n| 参数名 | 必选 | 类型 | 说明 |\n|---|---|---|---|\n| a | 是 | int | 甲 |\n\n返回参数\n\n\
                 | 参数名 | 类型 | 说明 |\n|---|---|---|\n| code | int | 码 |\n"
            )
        };
        let options = Options { vendor: None, operation: None, layout: None, pick: None, page: "page", url: None, read: "2026-01-01" };
        names.iter().map(|name| scrm_import::import(&page(name), &options).unwrap()).collect()
    }

    fn written(out: &Path, all: bool, names: &[&str]) -> Result<Vec<PathBuf>, String> {
        let drafts = drafts(names);
        write(&targets(out, all, &drafts)?)
    }

    #[test]
    fn folders_that_are_missing_are_made() {
        let folder = tempfile::tempdir().unwrap();
        written(&folder.path().join("schemas/acme/user/user-list.json"), false, &["user_list"]).unwrap();
        written(&folder.path().join("drafts/all"), true, &["one", "two_words"]).unwrap();
        written(&folder.path().join("schemas/acme/order"), false, &["order_list"]).unwrap();
        assert_eq!(
            holds(folder.path()),
            [
                "drafts",
                "drafts/all",
                "drafts/all/one.json",
                "drafts/all/two-words.json",
                "schemas",
                "schemas/acme",
                "schemas/acme/order",
                "schemas/acme/order/order-list.json",
                "schemas/acme/user",
                "schemas/acme/user/user-list.json"
            ]
        );
        let text = fs::read_to_string(folder.path().join("drafts/all/one.json")).unwrap();
        assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
    }

    #[test]
    fn all_files_are_written_or_none_and_no_folder_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("a/b");
        assert!(written(&out, true, &["one", "one"]).unwrap_err().contains("two operations would be written"));
        assert!(written(&folder.path().join("a/b.json"), true, &["one"]).unwrap_err().contains("the name of one file"));
        assert_eq!(holds(folder.path()), [""; 0]);
        // The second file cannot be written: a folder stands where its first part would.
        fs::create_dir_all(folder.path().join("two.json.part")).unwrap();
        let wrong = written(folder.path(), true, &["one", "two"]).unwrap_err();
        assert!(wrong.contains("two.json cannot be written") && wrong.contains("nothing was written"), "{wrong}");
        assert_eq!(holds(folder.path()), ["two.json.part"]);
        // A file stands where a folder is needed.
        fs::write(folder.path().join("file"), "").unwrap();
        assert!(written(&folder.path().join("file"), true, &["one"]).unwrap_err().contains("is a file, and a folder is needed there"));
        assert!(written(&folder.path().join("file/new/one.json"), false, &["one"]).is_err());
        assert_eq!(holds(folder.path()), ["file", "two.json.part"]);
    }

    #[test]
    fn a_file_that_is_there_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("one.json");
        fs::write(&file, "mine").unwrap();
        for (out, all) in [(file.clone(), false), (folder.path().to_owned(), false), (folder.path().to_owned(), true)] {
            assert!(written(&out, all, &["two", "one"][usize::from(!all)..]).unwrap_err().contains("exists"));
        }
        assert_eq!((holds(folder.path()), fs::read_to_string(file).unwrap()), (vec!["one.json".to_owned()], "mine".to_owned()));
    }
}
