//! The JSON schema of a policy, with which editors complete and check it.

use serde_json::{Map, Value, json};

use super::{
    promise::Promise,
    table::ALLOW,
    topics,
    wanted::{Kind, Measure},
};
use crate::report::FindingCode;

/// The schema, indented, with a final newline.
pub fn policy_schema() -> String {
    let mut defined = promises_by_name();
    let promises: Map<String, Value> = defined.keys().map(|name| (name.clone(), refer(name))).collect();
    let mut whole = promises.clone();
    whole.insert("defaults".to_owned(), refer(PROMISES));
    whole.insert(
        "groups".to_owned(),
        tables("Hosts that are promised the same; a later group wins.", &refer(GROUP)),
    );
    whole.insert("hosts".to_owned(), tables("One host; it wins over its groups.", &refer(PROMISES)));
    let mut group = promises.clone();
    group.insert(
        "hosts".to_owned(),
        json!({
            "description": "host, host:port, *.domain or a network",
            "type": "array", "items": { "type": "string" },
        }),
    );
    let mut group = object(group);
    group["required"] = json!(["hosts"]);
    let families = topics::all().filter(|promise| promise.name.contains('*'));
    defined.extend(families.map(|promise| (promise.name.to_owned(), of(promise))));
    let further = [(PROMISES, object(promises)), (GROUP, group), (ALLOWANCE, allowance())];
    defined.extend(further.map(|(name, schema)| (name.to_owned(), schema)));
    let mut schema = object(whole);
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("Policy of rdptrace");
    schema["$defs"] = Value::Object(defined);
    let mut text = serde_json::to_string_pretty(&schema).expect("a schema is JSON");
    text.push('\n');
    text
}

const PROMISES: &str = "promises";
const GROUP: &str = "group";
const ALLOWANCE: &str = "allowance";

fn refer(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

/// Tables of any name.
fn tables(about: &str, each: &Value) -> Value {
    json!({ "description": about, "type": "object", "additionalProperties": each })
}

/// The promises as a tree of tables.
fn promises_by_name() -> Map<String, Value> {
    let mut tree = Map::new();
    for promise in topics::all() {
        for (name, part) in promise.names() {
            let is_one = part.is_empty();
            insert(&mut tree, &name, if is_one { of(promise) } else { refer(promise.name) });
        }
    }
    insert(&mut tree, ALLOW, json!({ "type": "array", "items": refer(ALLOWANCE) }));
    tree
}

fn insert(tree: &mut Map<String, Value>, name: &str, schema: Value) {
    let Some((first, rest)) = name.split_once('.') else {
        tree.insert(name.to_owned(), schema);
        return;
    };
    let inner = tree.entry(first).or_insert_with(|| object(Map::new()));
    if let Some(properties) = inner["properties"].as_object_mut() {
        insert(properties, rest, schema);
    }
}

fn object(properties: Map<String, Value>) -> Value {
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

fn of(promise: &Promise) -> Value {
    let one_or_many =
        |one: Value| json!({ "anyOf": [one, { "type": "array", "items": one, "minItems": 1 }] });
    let mut schema = match promise.shape.kind {
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Number(most) => json!({ "type": "integer", "minimum": 0, "maximum": most }),
        Kind::Word(names) => json!({ "enum": names() }),
        Kind::Words(names) => one_or_many(json!({ "enum": names() })),
        Kind::Texts(_) => one_or_many(json!({ "type": "string" })),
        Kind::Name(_) => json!({ "anyOf": [{ "const": true }, { "type": "string" }, {
            "type": "array", "items": { "type": "string" }, "minItems": 1,
        }] }),
    };
    let unit = match promise.shape.measure {
        Measure::AtLeast(unit) | Measure::AtMost(unit) => unit.trim(),
        Measure::Is | Measure::Never | Measure::Only => "",
    };
    let about =
        if unit.is_empty() { promise.about.to_owned() } else { format!("{} In {unit}.", promise.about) };
    schema["description"] = json!(about);
    schema
}

fn allowance() -> Value {
    let codes: Vec<&str> = FindingCode::ALL.iter().map(|code| code.as_str()).collect();
    let mut schema = object(Map::from_iter([
        ("code".to_owned(), json!({ "enum": codes })),
        ("reason".to_owned(), json!({ "type": "string", "minLength": 1 })),
        ("until".to_owned(), json!({ "description": "The last day.", "type": "string", "format": "date" })),
    ]));
    schema["required"] = json!(["code", "reason", "until"]);
    schema
}
