"""Is a file valid DICOM? Asked of dicom-validator with tables of the standard, and of dciodvfy when it is installed.

dicom-validator usually downloads the standard's text, which a closed network cannot. highdicom ships the same tables
(which modules an object has, which attributes a module has and of which type), so they are handed over from there. They
hold no conditions: dicom-validator then checks types 1 and 2, unexpected attributes and the form of every value, and
dciodvfy, which has the conditions and the permitted terms built in, checks those.
"""

from __future__ import annotations

import logging
import shutil
import subprocess
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pydicom
from dicom_validator.validator.dicom_info import DicomInfo
from dicom_validator.validator.iod_validator import IODValidator
from highdicom._standard_utils import (  # the tables have no public door
    get_iod_module_map,
    get_module_attribute_map,
    get_sop_class_iod_map,
)
from pydicom.datadict import dictionary_description, dictionary_VM, dictionary_VR, tag_for_keyword

# Required when the object holds pixels, as ours do.
WITH_PIXELS = {"general-image", "image-plane", "image-pixel", "multi-frame"}


def _tag(keyword: str) -> str:
    tag = tag_for_keyword(keyword)
    assert tag is not None, keyword
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"


def _module(name: str) -> dict[str, Any]:
    """Attributes of a module, those of sequences below their sequence."""
    attributes: dict[str, Any] = {}
    for row in sorted(get_module_attribute_map()[name], key=lambda each: len(each["path"])):
        place = attributes
        for step in row["path"]:
            place = place.setdefault(_tag(step), {"type": "3"}).setdefault("items", {})
        if tag_for_keyword(row["keyword"]) is not None:
            place.setdefault(_tag(row["keyword"]), {}).update(
                name=dictionary_description(row["keyword"]), type=str(getattr(row["type"], "value", row["type"]))
            )
    if name == "sr-document-content":
        _make_content_tree(attributes)
    return attributes


def _make_content_tree(content: dict[str, Any]) -> None:
    """Let content items hold content items, and need only what every value type needs.

    The tables list the attributes of all value types as if each item had to have all of them; which type needs which is
    for dciodvfy to check.
    """
    tree = _tag("ContentSequence")
    level = content[tree]["items"]
    level[tree] = {"name": "Content Sequence", "type": "3", "items": level}
    for place in (content, level):
        for tag, attribute in place.items():
            if tag not in {_tag("ValueType"), _tag("RelationshipType")}:
                attribute["type"] = {"1": "1C", "2": "2C"}.get(attribute["type"], attribute["type"])


@lru_cache(None)
def tables(*sop_classes: str) -> DicomInfo:
    """The standard's tables for some SOP classes."""
    iods: dict[str, Any] = {}
    modules: dict[str, Any] = {}
    dictionary: dict[str, Any] = {}
    for uid in sop_classes:
        iod = get_sop_class_iod_map()[uid]
        listed = get_iod_module_map()[iod]
        iods[uid] = {
            "title": iod,
            "group_macros": {},
            "modules": {
                row["key"]: {"ref": row["key"], "use": "M" if row["key"] in WITH_PIXELS else row["usage"]}
                for row in listed
            },
        }
        for row in listed:
            modules.setdefault(row["key"], _module(row["key"]))
            for each in get_module_attribute_map()[row["key"]]:
                tag = tag_for_keyword(each["keyword"])
                if tag is not None:
                    dictionary[_tag(each["keyword"])] = {
                        "name": dictionary_description(tag),
                        "vr": dictionary_VR(tag),
                        "vm": dictionary_VM(tag),
                        "prop": "",
                    }
    return DicomInfo(dictionary, iods, modules)


def _problems(path: Path) -> Iterator[str]:
    dataset = pydicom.dcmread(path)
    info = tables(str(dataset.SOPClassUID))
    result = IODValidator(dataset, info, log_level=logging.CRITICAL).validate()
    for module, errors in result.module_errors.items():
        for tag, error in errors.items():
            yield f"{path.name}: {module}: {tag}: {error.code.name} {error.context or ''}"
    if result.errors and not result.module_errors:
        yield f"{path.name}: {result.status.name}"


def validator_says(path: Path) -> list[str]:
    """What dicom-validator finds wrong; nothing for a clean file."""
    return list(_problems(path))


def has_dciodvfy() -> bool:
    """Whether the package dicom3tools is installed."""
    return shutil.which("dciodvfy") is not None


def dciodvfy_says(path: Path) -> list[str]:
    """What dciodvfy finds wrong.

    Two of its warnings are passed over: that dates and numbers of a study are empty is meant, and so is the private
    scheme for metrics without a code of their own.
    """
    meant = ("needed to build DICOMDIR", "Unrecognized defined term = <99PELVICRT>")
    done = subprocess.run(["dciodvfy", "-new", str(path)], capture_output=True, text=True, check=False)
    lines = (done.stdout + done.stderr).splitlines()
    return [line for line in lines if line.startswith(("Error", "Warning")) and not any(map(line.count, meant))]
