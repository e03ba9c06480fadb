//! The same pages by a client that does nothing with them: what the stand-in alone allows, since each page's cursor stands in the page before.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    time::Instant,
};

/// Rows a second.
pub(super) fn rows_per_second(variables: &BTreeMap<String, String>, users: u32) -> Result<f64, String> {
    let given = |name: &str| variables.get(name).cloned().unwrap_or_default();
    let base = given("XIAOE_BASE_URL");
    let (host, path) = base.strip_prefix("http://").and_then(|rest| rest.split_once('/')).ok_or("no base URL")?;
    let mut line = Line::open(host, path).map_err(|error| error.to_string())?;
    let token = format!(
        "token?app_id={}&client_id={}&secret_key={}&grant_type=client_credential",
        given("XIAOE_APP_ID"),
        given("XIAOE_CLIENT_ID"),
        given("XIAOE_SECRET_KEY")
    );
    let answer = line.ask("GET", &token, "").map_err(|error| error.to_string())?;
    let token = between(&answer, "\"access_token\":\"", "\"").ok_or("no token")?.to_owned();
    let (began, mut rows, mut cursor) = (Instant::now(), 0, String::new());
    while rows < users {
        let body = format!("{{\"access_token\":\"{token}\",\"page_size\":50{cursor}}}");
        let page = line.ask("POST", "xe.user.batch.get/2.0.0", &body).map_err(|error| error.to_string())?;
        let last = page.rfind("\"es_skip\":").and_then(|at| page.get(at..)).ok_or("no cursor")?;
        cursor = format!(",{}}}", last.split('}').next().unwrap_or_default());
        rows += 50;
    }
    Ok(f64::from(users) / began.elapsed().as_secs_f64())
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
    text.split_once(start)?.1.split(end).next()
}

/// A connection that is kept.
struct Line {
    reader: BufReader<TcpStream>,
    host: String,
    path: String,
}

impl Line {
    fn open(host: &str, path: &str) -> std::io::Result<Self> {
        let stream = TcpStream::connect(host)?;
        stream.set_nodelay(true)?;
        Ok(Line { reader: BufReader::with_capacity(1 << 16, stream), host: host.to_owned(), path: path.to_owned() })
    }

    fn ask(&mut self, method: &str, target: &str, body: &str) -> std::io::Result<String> {
        let Line { reader, host, path } = self;
        let head = format!(
            "{method} /{path}/{target} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        reader.get_mut().write_all((head + body).as_bytes())?;
        let (mut length, mut line) = (0, String::new());
        loop {
            line.clear();
            reader.read_line(&mut line)?;
            if let Some(told) = line.to_lowercase().strip_prefix("content-length:") {
                length = told.trim().parse().unwrap_or(0);
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        String::from_utf8(body).map_err(std::io::Error::other)
    }
}
