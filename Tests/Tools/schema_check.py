"""Judges project files by the JSON Schema alone.

usage: schema_check.py SCHEMA FILE...

Prints one line a file: `valid FILE`, or `invalid FILE: why`. Exits 2 when the schema itself is no good: not a JSON Schema
of 2020-12, or a property without a description.
"""

import json
import sys

import jsonschema
import yaml


def undescribed(schema, where="#"):
    """The pointers of all properties that nobody would understand."""
    if isinstance(schema, dict):
        for name, value in schema.get("properties", {}).items():
            # Properties of these only select; they declare nothing.
            if not any(part in where for part in ("/not", "/if", "/then")) and not value.get("description"):
                yield f"{where}/properties/{name}"
        for key, value in schema.items():
            yield from undescribed(value, f"{where}/{key}")
    elif isinstance(schema, list):
        for index, value in enumerate(schema):
            yield from undescribed(value, f"{where}/{index}")


def verdict(validator, path):
    try:
        with open(path, encoding="utf-8") as file:
            document = yaml.safe_load(file)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return f"invalid {path}: {str(error).splitlines()[0]}"
    error = jsonschema.exceptions.best_match(validator.iter_errors(document))
    if error is None:
        return f"valid {path}"
    return f"invalid {path}: {error.json_path}: {error.message.splitlines()[0][:200]}"


def main():
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    nameless = list(undescribed(schema))
    if nameless:
        print("no description: " + ", ".join(nameless), file=sys.stderr)
        return 2
    validator = jsonschema.Draft202012Validator(schema)
    for path in sys.argv[2:]:
        print(verdict(validator, path))
    return 0


if __name__ == "__main__":
    sys.exit(main())
