//! The program `scrm-mock`: starts the box, prints where it is and whom it accepts, and runs until it is interrupted.

use std::{fs, io::Write, path::PathBuf, process::ExitCode};

use clap::Parser;
use scrm_mock::{Builder, Customer, FaultRule, Mock};

/// A server on this machine that answers like the vendors in the schema files.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Port on 127.0.0.1; 0 takes any that is free.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// How many people are made up.
    #[arg(long)]
    customers: Option<u32>,
    /// Own people: a JSON list of objects, or comma-separated lines (file name ends in .csv).
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// What is made up, and faults by chance, follow from this number.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Shops of each vendor.
    #[arg(long, default_value_t = 1)]
    shops: usize,
    /// Folder of schema files to read instead of those built in.
    #[arg(long, value_name = "FOLDER")]
    schemas: Option<PathBuf>,
    /// A fault as JSON, as POST /_control/faults takes it; may be given several times. Example: '{"fault":{"status":{"status":503}},"on":"user_list","at_calls":[2]}'
    #[arg(long, value_name = "JSON")]
    fault: Vec<String>,
    /// Every answer is this late, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    latency: u64,
    /// At most this much later, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    jitter: u64,
    /// Rows come newest first.
    #[arg(long)]
    newest_first: bool,
    /// Empty objects come as [].
    #[arg(long)]
    php_answers: bool,
    /// No call is refused because of a quota.
    #[arg(long)]
    without_quotas: bool,
    /// Threads of the server.
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do when even standard error is closed.
            writeln!(std::io::stderr(), "scrm-mock: {error}").ok();
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let mock = builder(arguments)?.start_blocking()?;
    print(&mock)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(tokio::signal::ctrl_c())?;
    Ok(())
}

fn builder(arguments: Arguments) -> Result<Builder, Box<dyn std::error::Error>> {
    let mut builder = Mock::builder().port(arguments.port).seed(arguments.seed).shops(arguments.shops).threads(arguments.threads);
    if let Some(customers) = arguments.customers {
        builder = builder.customers(customers);
    }
    if let Some(file) = &arguments.data {
        let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let table = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        let customers = if table { Customer::from_csv(&text) } else { Customer::from_json(&text) };
        builder = builder.own_customers(customers.map_err(|error| format!("{}: {error}", file.display()))?);
    }
    if let Some(folder) = arguments.schemas {
        builder = builder.schemas(folder);
    }
    for text in &arguments.fault {
        let rule: FaultRule = serde_json::from_str(text).map_err(|error| format!("--fault {text}: {error}"))?;
        builder = builder.fault(rule);
    }
    if arguments.latency > 0 || arguments.jitter > 0 {
        builder = builder.fault(FaultRule::new(scrm_mock::Fault::Latency { fixed_ms: arguments.latency, jitter_ms: arguments.jitter }));
    }
    for (asked, apply) in [
        (arguments.newest_first, Builder::newest_first as fn(Builder) -> Builder),
        (arguments.php_answers, Builder::php_answers),
        (arguments.without_quotas, Builder::without_quotas),
    ] {
        if asked {
            builder = apply(builder);
        }
    }
    Ok(builder)
}

fn print(mock: &Mock) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for vendor in mock.vendors() {
        writeln!(out, "{vendor} {}", mock.base_url(&vendor))?;
        for (name, value) in mock.credentials(&vendor) {
            writeln!(out, "  {name} {value}")?;
        }
    }
    writeln!(out, "control {}/_control/stats", mock.url())?;
    out.flush()
}
