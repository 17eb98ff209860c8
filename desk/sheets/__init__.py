"""Scoring sheets and sample rules, read from files."""

from desk.sheets.reading import SheetError, read_former, read_sample_rules, read_sheet, read_sheets

__all__ = ["SheetError", "read_former", "read_sample_rules", "read_sheet", "read_sheets"]
