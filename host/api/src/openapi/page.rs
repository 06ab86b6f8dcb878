//! The document as one page of HTML, which needs nothing else and runs no scripts.

use super::html::{Escaped, Inline, Prose};
use axum::http::HeaderValue;
use data_encoding::BASE64;
use serde_json::Value;
use std::fmt::{self, Write as _};
use tasker_domain::digest::Digest;

const STYLE: &str = include_str!("page.css");

/// The page may use its own style and nothing else.
pub fn content_security_policy() -> HeaderValue {
    let style = BASE64.encode(Digest::of(STYLE.as_bytes()).as_bytes());
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).expect("base64 is visible ASCII")
}

/// The page of a document.
pub fn page(document: &Value) -> String {
    let mut html = String::with_capacity(1 << 20);
    let written = write_page(document, &mut html);
    written.expect("a String takes everything");
    html
}

fn write_page(document: &Value, html: &mut String) -> fmt::Result {
    let title = text(&document["info"]["title"]);
    write!(
        html,
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>API of {title}</title><style>{STYLE}</style></head><body>"
    )?;
    navigation(document, html)?;
    write!(
        html,
        "<main><h1>API of {title} {}</h1>",
        text(&document["info"]["version"])
    )?;
    write!(html, "{}", Prose(text(&document["info"]["description"])))?;
    html.push_str("<p>As OpenAPI 3.1: <a href=\"/v1/openapi.json\">/v1/openapi.json</a></p>");
    for tag in items(&document["tags"]) {
        let name = text(&tag["name"]);
        write!(html, "<h2 id=\"{}\">{}</h2>", anchor(name), Escaped(name))?;
        write!(html, "{}", Prose(text(&tag["description"])))?;
        for (path, method, operation) in operations_of(document, name) {
            write_operation(document, (path, method, operation), html)?;
        }
    }
    html.push_str("<h2 id=\"schemas\">Schemas</h2>");
    for (name, schema) in members(&document["components"]["schemas"]) {
        write!(html, "<h3 id=\"schema-{name}\"><code>{name}</code></h3>")?;
        write_schema(schema, html)?;
    }
    html.push_str("</main></body></html>\n");
    Ok(())
}

fn navigation(document: &Value, html: &mut String) -> fmt::Result {
    html.push_str("<nav aria-label=\"Operations\">");
    for tag in items(&document["tags"]) {
        let name = text(&tag["name"]);
        write!(html, "<details><summary>{}</summary><ul>", Escaped(name))?;
        for (_, _, operation) in operations_of(document, name) {
            let id = text(&operation["operationId"]);
            let summary = Inline(text(&operation["summary"]));
            write!(
                html,
                "<li><a href=\"#{id}\" title=\"{id}\">{summary}</a></li>"
            )?;
        }
        html.push_str("</ul></details>");
    }
    html.push_str("<a href=\"#schemas\">Schemas</a></nav>");
    Ok(())
}

fn write_operation(
    document: &Value,
    (path, method, operation): (&str, &str, &Value),
    html: &mut String,
) -> fmt::Result {
    let id = text(&operation["operationId"]);
    let verb = method.to_ascii_uppercase();
    write!(html, "<h3 id=\"{id}\"><span class=\"method\">{verb}</span>")?;
    write!(html, "<code>{}</code></h3>", Escaped(path))?;
    write!(html, "<p>{}.</p>", Inline(text(&operation["summary"])))?;
    write!(html, "{}", Prose(text(&operation["description"])))?;
    let deprecation = text(&operation["x-deprecation"]);
    if !deprecation.is_empty() {
        write!(html, "<p><strong>{}</strong></p>", Inline(deprecation))?;
    }
    let repeat = match operation["x-idempotent"].as_bool() {
        Some(true) => "It is safe to repeat.",
        _ => "It is not safe to repeat.",
    };
    write!(html, "<p class=\"note\">{id}. {repeat}</p>")?;
    write_parameters(operation, html)?;
    write_body(&operation["requestBody"], html)?;
    write_responses(document, operation, html)?;
    let example = curl(path, &verb, operation);
    write!(
        html,
        "<h4>Example</h4><pre><code>{}</code></pre>",
        Escaped(&example)
    )
}

fn write_parameters(operation: &Value, html: &mut String) -> fmt::Result {
    if items(&operation["parameters"]).next().is_none() {
        return Ok(());
    }
    html.push_str("<h4>Parameters</h4><div class=\"scroll\"><table><tbody>");
    for parameter in items(&operation["parameters"]) {
        let name = text(&parameter["name"]);
        let place = match parameter["required"].as_bool() {
            Some(true) => format!("{}, required", text(&parameter["in"])),
            _ => text(&parameter["in"]).to_owned(),
        };
        let (kind, meaning) = (form(&parameter["schema"]), text(&parameter["description"]));
        write!(
            html,
            "<tr><td><code>{name}</code></td><td>{place}</td><td>{kind}</td><td>{}</td></tr>",
            Inline(meaning)
        )?;
    }
    html.push_str("</tbody></table></div>");
    Ok(())
}

fn write_body(body: &Value, html: &mut String) -> fmt::Result {
    if body.is_null() {
        return Ok(());
    }
    write!(
        html,
        "<h4>Body</h4><p>{}</p><ul>",
        Inline(text(&body["description"]))
    )?;
    for (media_type, content) in members(&body["content"]) {
        write!(
            html,
            "<li><code>{media_type}</code>: {}</li>",
            form(&content["schema"])
        )?;
    }
    html.push_str("</ul>");
    Ok(())
}

fn write_responses(document: &Value, operation: &Value, html: &mut String) -> fmt::Result {
    html.push_str("<h4>Answers</h4><div class=\"scroll\"><table><tbody>");
    for (status, response) in members(&operation["responses"]) {
        let shared = text(&response["$ref"])
            .rsplit('/')
            .next()
            .unwrap_or_default();
        let response = match response["$ref"].is_string() {
            true => &document["components"]["responses"][shared],
            false => response,
        };
        write!(
            html,
            "<tr><td>{status}</td><td>{}</td><td>",
            Inline(text(&response["description"]))
        )?;
        for (media_type, content) in members(&response["content"]) {
            if media_type != "application/problem+json" {
                write!(
                    html,
                    "<code>{media_type}</code>: {} ",
                    form(&content["schema"])
                )?;
            }
        }
        html.push_str("</td></tr>");
    }
    html.push_str("</tbody></table></div>");
    Ok(())
}

fn write_schema(schema: &Value, html: &mut String) -> fmt::Result {
    write!(html, "{}", Prose(text(&schema["description"])))?;
    if members(&schema["properties"]).next().is_none() {
        return write!(html, "<p>{}</p>", form(schema));
    }
    html.push_str("<div class=\"scroll\"><table><tbody>");
    for (name, member) in members(&schema["properties"]) {
        let required = items(&schema["required"]).any(|it| it == name);
        let note = if required { "" } else { "optional" };
        let (kind, meaning) = (form(member), Inline(text(&member["description"])));
        write!(
            html,
            "<tr><td><code>{name}</code></td><td>{kind}</td><td class=\"note\">{note}</td><td>{meaning}</td></tr>"
        )?;
    }
    html.push_str("</tbody></table></div>");
    Ok(())
}

/// What a value has to look like, in a few words.
fn form(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|it| it.rsplit('/').next()) {
        return format!("<a href=\"#schema-{name}\">{name}</a>");
    }
    for alternatives in ["anyOf", "oneOf", "allOf"] {
        let forms: Vec<String> = items(&schema[alternatives]).map(form).collect();
        if !forms.is_empty() {
            return forms.join(if alternatives == "allOf" {
                " and "
            } else {
                " or "
            });
        }
    }
    if schema["items"].is_object() {
        return format!("list of {}", form(&schema["items"]));
    }
    if schema["additionalProperties"].is_object() {
        return format!("map to {}", form(&schema["additionalProperties"]));
    }
    let values: Vec<String> = items(&schema["enum"])
        .map(|it| format!("<code>{}</code>", Escaped(text(it))))
        .collect();
    if !values.is_empty() {
        return values.join(" or ");
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        several => items(several).map(text).collect(),
    };
    let mut form = match types.as_slice() {
        [] => "anything".to_owned(),
        types => types.join(" or "),
    };
    for (keyword, meaning) in BOUNDS {
        if let Some(value) = schema.get(keyword) {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            form += &format!(", {meaning} <code>{}</code>", Escaped(&value));
        }
    }
    form
}

/// Keywords that are shown.
const BOUNDS: [(&str, &str); 8] = [
    ("const", "always"),
    ("format", "format"),
    ("pattern", "pattern"),
    ("minimum", "at least"),
    ("maximum", "at most"),
    ("minLength", "characters at least"),
    ("maxLength", "characters at most"),
    ("default", "by default"),
];

/// The request as a command.
fn curl(path: &str, method: &str, operation: &Value) -> String {
    let mut path = path.to_owned();
    for parameter in items(&operation["parameters"]).filter(|it| it["in"] == "path") {
        let name = text(&parameter["name"]);
        let example = &parameter["example"];
        let value = example
            .as_str()
            .map_or_else(|| format!("${}", name.to_ascii_uppercase()), str::to_owned);
        path = path.replace(&format!("{{{name}}}"), &value);
    }
    let mut command = format!("curl -X {method}");
    if items(&operation["security"]).next().is_some() {
        command += " -H \"authorization: Bearer $TASKER_TOKEN\"";
    }
    if let Some((media_type, content)) = members(&operation["requestBody"]["content"]).next() {
        command += &format!(" \\\n  -H 'content-type: {media_type}'");
        command += &match &content["example"] {
            Value::Null => " --data-binary @file".to_owned(),
            Value::String(text) => format!(" --data-binary {}", quoted(text)),
            example => format!(" -d {}", quoted(&example.to_string())),
        };
    }
    format!("{command} \\\n  \"$TASKER_URL{path}\"")
}

/// A word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// The operations with this tag.
fn operations_of<'d>(
    document: &'d Value,
    tag: &'d str,
) -> impl Iterator<Item = (&'d str, &'d str, &'d Value)> {
    let paths = members(&document["paths"]);
    let operations = paths.flat_map(|(path, operations)| {
        let operations = members(operations);
        operations.map(move |(method, operation)| (path, method, operation))
    });
    operations.filter(move |(.., operation)| operation["tags"][0] == tag)
}

fn anchor(name: &str) -> String {
    format!("tag-{}", name.to_ascii_lowercase().replace(' ', "-"))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let members = value.as_object().into_iter().flatten();
    members.map(|(name, member)| (name.as_str(), member))
}
