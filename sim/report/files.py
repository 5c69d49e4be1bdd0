"""A report on disk: `report.html`, and its pictures beside it, whole or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from sim.folders import unfinished, whole
from sim.report.blocks import Report
from sim.report.html import to_html
from sim.report.pictures import write_pictures

REPORT_FILE = "report.html"
PICTURES = "pictures"


def write_page(report: Report, file: Path) -> Path:
    """Write the page alone; what stood there is replaced.

    Raises:
        OSError: if it cannot be written; then what was there stays as it was.
    """
    with whole(file) as part:
        part.write_text(to_html(report), encoding="utf-8")
    return file


def write_report(report: Report, folder: Path) -> Path:
    """Write a report into a folder that exists; what an earlier one has left there is replaced.

    Returns:
        The page.

    Raises:
        OSError: if it cannot be written; then what was there stays as it was.
    """
    page = folder / REPORT_FILE
    with unfinished(folder, wait=False) as new:
        (new / REPORT_FILE).write_text(to_html(report), encoding="utf-8")
        write_pictures(report, new / PICTURES)
        if (folder / PICTURES).is_dir():
            shutil.move(folder / PICTURES, new / "old")
        os.replace(new / PICTURES, folder / PICTURES)
        os.replace(new / REPORT_FILE, page)
    return page
