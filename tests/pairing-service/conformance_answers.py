"""Compares the answers that the service's own tests were given with the description of the API.

    conformance_answers.py DESCRIPTION ANSWERS

Every answer has to be described: its status, its headers, its body. And every problem that is described has to have been
seen, but for the service's own failure, which no test can provoke.
"""

import json
import re
import sys

import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

ROOT = "urn:api"
PROBLEM = "application/problem+json"
UNSEEN = {"urn:passcode:problem:internal"}

with open(sys.argv[1], encoding="utf-8") as file:
    api = yaml.safe_load(file)
registry = Registry().with_resource(ROOT, Resource(api, DRAFT202012))


def place(pointer):
    """What stands at a place of the description, and where that is once references are followed."""
    value = api
    for step in pointer.strip("/").split("/"):
        value = value[step.replace("~1", "/")]
    if "$ref" in value:
        return place(value["$ref"].lstrip("#"))
    return value, pointer


def faults(value, pointer):
    validator = Draft202012Validator({"$ref": f"{ROOT}#{pointer}"}, registry=registry)
    return [error.message for error in validator.iter_errors(value)]


def operation(answer):
    path = answer["path"].split("?")[0]
    for template, methods in api["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            if answer["method"].lower() in methods:
                return f"/paths/{template.replace('/', '~1')}/{answer['method'].lower()}"
    return None


def judge(answer):
    """What is wrong with an answer."""
    headers, status = dict(answer["headers"]), str(answer["status"])
    kind, at = headers.get("content-type"), operation(answer)
    if at is None:
        body = json.loads(answer["body"])
        wanted = (404, 405)
        wrong = faults(body, "/components/schemas/Problem")
        return wrong if answer["status"] in wanted else wrong + ["not described"]
    responses, _ = place(f"{at}/responses")
    if status not in responses:
        return [f"status {status} is not described"]
    response, at = place(f"{at}/responses/{status}")
    wrong = []
    for name in response["headers"]:
        header, header_at = place(f"{at}/headers/{name}")
        value = headers.get(name.lower())
        if value is None:
            wrong.append(f"no header {name}")
            continue
        if header["schema"].get("type") == "integer":
            value = int(value)
        wrong += faults(value, f"{header_at}/schema")
    if "content" not in response:
        return wrong + (["a body"] if answer["body"] else [])
    if kind not in response["content"]:
        return wrong + [f"content type {kind}"]
    schema_at = f"{at}/content/{kind.replace('/', '~1')}/schema"
    return wrong + faults(json.loads(answer["body"]), schema_at)


with open(sys.argv[2], encoding="utf-8") as file:
    answers = [json.loads(line) for line in file]
bad = [(answer, wrong) for answer in answers if (wrong := judge(answer))]
for answer, wrong in bad[:20]:
    print(answer["method"], answer["path"], answer["status"], "; ".join(wrong), answer["body"])
kinds = {json.loads(answer["body"]).get("type") for answer in answers if answer["body"]}
described = set(api["components"]["schemas"]["Problem"]["properties"]["type"]["enum"])
missing = described - kinds - UNSEEN
print(f"{len(answers)} answers compared, {len(bad)} differ; problems not seen: {sorted(missing)}")
sys.exit(bool(bad or missing))
