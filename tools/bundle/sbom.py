"""sbom.cdx.json of a bundle: CycloneDX 1.6, for those who watch for known faults. It holds exactly what the bundle
holds, not what happened to be installed beside it; its number and time are the commit's, so that the same commit gives
the same file."""

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from desk.version import Build
from tools.bundle.parts import Library, Part

FILE = "sbom.cdx.json"
_NUMBERS = uuid.UUID("6f8c9d9e-8f7e-5b8e-9d3d-6a3f4f2a7c10")  # of bundles, one for each commit
_KEPT = ("type", "name", "version", "purl", "licenses", "hashes")  # of what a wheel's maker says of its own parts


def document(parts: Sequence[Part], build: Build, internal: Path) -> str:
    """`internal`: the bundle's folder of libraries; of each library in C the SHA-256 as it lies there."""
    said = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(_NUMBERS, build.commit)}",
        "version": 1,
        "metadata": {
            "timestamp": build.committed_at,
            "component": {
                "type": "application",
                "bom-ref": "desk",
                "name": "desk",
                "version": build.version,
                "licenses": [{"expression": "GPL-3.0-or-later"}],
                "properties": [{"name": "desk:commit", "value": build.commit}],
            },
        },
        "components": [_part(part, internal) for part in parts],
        "dependencies": [{"ref": "desk", "dependsOn": [_ref(part) for part in parts]}],
    }
    return json.dumps(said, indent=1, ensure_ascii=False) + "\n"


def _part(part: Part, internal: Path) -> dict[str, Any]:
    inside = [_library(part, library, internal) for library in part.libraries]
    inside += [_inner(part, number, component) for number, component in enumerate(part.inner)]
    said = {
        "type": "library",
        "bom-ref": _ref(part),
        "name": part.name,
        "version": part.version,
        "licenses": [{"license": {"name": part.licence}}],
        "purl": _ref(part),
        **({"externalReferences": [{"type": "website", "url": part.home}]} if part.home else {}),
    }
    return said | ({"components": inside} if inside else {})


def _library(part: Part, library: Library, internal: Path) -> dict[str, Any]:
    said: dict[str, Any] = {
        "type": "library",
        "bom-ref": f"{_ref(part)}#{library.name}{''.join(library.files[:1])}",
        "name": library.name,
        "licenses": [{"license": {"name": library.licence}}],
    }
    if library.version:
        said["version"] = library.version
    if library.files:
        said["properties"] = [{"name": "desk:file", "value": file} for file in library.files]
        content = hashlib.sha256((internal / library.files[0]).read_bytes()).hexdigest()
        said["hashes"] = [{"alg": "SHA-256", "content": content}]
    return said


def _inner(part: Part, number: int, component: Mapping[str, Any]) -> dict[str, Any]:
    return {key: component[key] for key in _KEPT if key in component} | {"bom-ref": f"{_ref(part)}#inner-{number}"}


def _ref(part: Part) -> str:
    if part.folder is None:
        return f"pkg:generic/{part.name.lower()}@{part.version}"
    return f"pkg:pypi/{part.name.lower().replace('_', '-')}@{part.version}"
