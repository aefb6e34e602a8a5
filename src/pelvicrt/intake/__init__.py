"""The way in: case files, registry tables and templates, each checked by name before anything is believed."""

from pelvicrt.intake.checking import CaseCheck, MissingFact, check_case
from pelvicrt.intake.dumping import case_text, dump_case, write_case
from pelvicrt.intake.parsing import SCHEMA, load_case, load_preferences, parse_case
from pelvicrt.intake.reading import read_plain
from pelvicrt.intake.schema import case_schema
from pelvicrt.intake.tables import ImportResult, TableSurvey, Written, import_cases, survey_table, write_cases
from pelvicrt.intake.templates import write_table, write_template

__all__ = [
    "SCHEMA",
    "CaseCheck",
    "ImportResult",
    "MissingFact",
    "TableSurvey",
    "Written",
    "case_schema",
    "case_text",
    "check_case",
    "dump_case",
    "import_cases",
    "load_case",
    "load_preferences",
    "parse_case",
    "read_plain",
    "survey_table",
    "write_case",
    "write_cases",
    "write_table",
    "write_template",
]
