"""Puts the stand-in's token into every call, wherever the document says that a token or a signature goes."""

import os

import schemathesis

TOKEN = os.environ["STAND_IN_TOKEN"]


@schemathesis.hook
def before_call(context, case, kwargs):
    components = context.operation.schema.raw_schema.get("components", {})
    for scheme in components.get("securitySchemes", {}).values():
        if scheme["in"] == "header":
            case.headers[scheme["name"]] = TOKEN
        else:
            case.query = {**(case.query or {}), scheme["name"]: TOKEN}
    # A token or a signature in the body has no security scheme; the document marks the property.
    if isinstance(case.body, dict):
        for media in context.operation.definition.raw["requestBody"]["content"].values():
            name = media["schema"]["$ref"].rsplit("/", 1)[-1]
            for property, schema in components["schemas"][name].get("properties", {}).items():
                if ("x-token" in schema or "x-signature" in schema) and property in case.body:
                    case.body[property] = TOKEN
